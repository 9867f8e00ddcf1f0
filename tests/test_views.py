"""What the notebooks show, on the demonstration case and on a case with everything wrong."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from auditkit import views
from auditkit.case import Case, new_case, shipped

VIEWS = [
    f
    for n, f in vars(views).items()
    if inspect.isfunction(f) and f.__module__ == "auditkit.views" and not n.startswith("_")
    if list(inspect.signature(f).parameters) == ["case"]
]


@cache
def demonstration(lang: Any) -> Case:
    return Case(shipped("data"), lang)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case with a hostile report: blanks, a text, an unknown row, markup in every place a report can put it."""
    html = (shipped("data") / "sources" / "suqian-gov-2023.html").read_text(encoding="utf-8")
    html = html.replace("<td>1191</td>", "<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>", 1)
    html = html.replace("<td>0</td>", "<td></td>", 5)
    html = html.replace("</table>", "<tr><td>小计&lt;b&gt;</td><td>1</td><td>2</td></tr></table>", 3)
    html = html.replace("宿迁市2023年", "宿迁&lt;script&gt;市2023年")
    file = tmp_path_factory.mktemp("odd") / "a&b.html"
    file.write_text(html, encoding="utf-8")
    return new_case(file.parent / "case", [file])


@pytest.mark.parametrize("view", VIEWS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_view_says_the_same_figures_as_html_and_as_text(view: Any, lang: Any) -> None:
    shown = view(demonstration(lang))
    html = re.sub(r"<[^>]+>", " ", shown.html).replace(",", "")
    for figure in set(re.findall(r"(?<![\w.])\d{3,}(?![\w.])", shown.text.replace(",", ""))):
        assert figure in html


@pytest.mark.parametrize("view", VIEWS, ids=lambda f: f.__name__)
def test_nothing_of_a_report_is_markup_in_a_view(view: Any, odd: Case) -> None:
    html = view(odd).html
    assert "<script" not in html
    assert "<b>" not in html


@pytest.mark.parametrize("view", VIEWS, ids=lambda f: f.__name__)
def test_english_views_hold_no_chinese_of_ours(view: Any) -> None:
    case = demonstration("en")
    printed = {case.title, *(r.agency or "" for r in case.reports)}
    for report in case.reports:
        printed |= {p.label for p in report.readings.values()} | {p.figure.text for p in report.readings.values()}
    ours = view(case).text
    for text in sorted(printed, key=len, reverse=True):
        if re.search(r"[\u4e00-\u9fff]", text):
            ours = ours.replace(text, "")
    ours = re.sub(
        r"国办公开(?:办)?函〔20\d\d〕\d+号|（[一二三四五六七]）\w+", "", ours
    )  # names of documents and of rows
    assert not re.findall(r"[\u4e00-\u9fff]{4,}", ours)


def test_the_worst_report_stands_first() -> None:
    rows = views.triage(demonstration("zh")).rows
    assert [row[1] for row in rows[:2]] == ["有例外", "有例外"]
    assert "洪泽区" in str(rows[0][0])


def test_the_planted_slip_is_named_with_its_value_and_row() -> None:
    case = demonstration("zh")
    assert "若其余数据无误，此处应为 86" in views.exceptions(case).text
    assert "（一）予以公开 | 68 | 9 | 2 | 3 | 6 | 3 | 109" in views.in_the_source(case).text


def test_numbers_of_exceptions_agree_wherever_they_stand() -> None:
    case = demonstration("zh")
    numbers = [n for n, _, _ in views.numbered(case)]
    assert numbers == [f"E{i}" for i in range(1, len(numbers) + 1)]
    assert [row[0] for row in views.exceptions(case).rows] == numbers  # type: ignore[union-attr]


def test_the_sources_are_listed_with_their_full_hash_and_a_change_is_said(tmp_path: Path) -> None:
    case = new_case(tmp_path / "c", [shipped("data") / "sources" / "suqian-gov-2023.html"])
    file = case.path / "sources" / "suqian-gov-2023.html"
    assert re.search(r"\b[0-9a-f]{64}\b", views.sources(case).text)
    assert "与登记的不一致" not in views.sources(case).text
    file.chmod(0o644)
    file.write_text(file.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert "与登记的不一致" in views.sources(Case(case.path)).text


def test_what_could_not_be_examined_stands_in_the_conclusion(tmp_path: Path) -> None:
    case = new_case(tmp_path / "c", [shipped("data") / "sources" / "suqian-gov-2023.html"])
    (case.path / "sources" / "broken.html").write_text("<p>not a report</p>", encoding="utf-8")
    text = views.conclusion(Case(case.path)).text
    assert "未审阅：broken.html" in text
    assert "正文内容、公布时间和原始台账不在范围内" in text


def test_a_check_without_a_result_stands_in_the_conclusion_with_its_reason(odd: Case) -> None:
    text = views.conclusion(odd).text
    assert "没有得出“通过”或“不通过”的检查" in text
    assert "无法判断" in text
    assert "没有得出" not in views.conclusion(demonstration("zh")).text


def test_a_report_whose_failing_sums_have_no_explanation_is_named(tmp_path: Path) -> None:
    html = (shipped("data") / "sources" / "exercise-2021.html").read_text(encoding="utf-8")
    for figure in ("<td>11</td>", "<td>74</td>", "<td>176</td>", "<td>173</td>", "<td>208</td>"):
        assert figure in html
        html = html.replace(figure, "<td>901</td>", 1)
    file = tmp_path / "a.html"
    file.write_text(html, encoding="utf-8")
    case = new_case(tmp_path / "c", [file])
    assert not case.results[0].suspects
    assert "没有可列解释的报告：示例市演练局 2021 年" in views.suspects(case).text
    assert views.suspects(Case(case.path, "en")).text.startswith("Sums fail without an explanation to list")


def test_the_sign_off_has_a_line_for_each_auditor_and_the_reviewer(tmp_path: Path) -> None:
    case = new_case(tmp_path / "c", [])
    assert [row[0] for row in views.sign_off(case).rows] == ["审计人员", "复核人员"]
    file = case.path / "case.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[]", '["甲", "乙"]', 1), encoding="utf-8")
    assert [row[:2] for row in views.sign_off(Case(case.path)).rows] == [
        ("审计人员", "甲"),
        ("审计人员", "乙"),
        ("复核人员", ""),
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_value_that_would_be_never_stands_without_its_condition(lang: Any) -> None:
    would, condition = {"zh": ("应为", "若其余数据无误"), "en": ("would be", "all other figures are right")}[lang]
    sentences = [f.message(lang) for r in demonstration(lang).results for f in r.findings]
    said = [s for s in sentences if would in s]
    assert len(said) == 3
    assert all(condition in s for s in said)
