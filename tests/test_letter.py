"""The letters and the list: polite and exact, the report's own figures, nothing settled, nothing executed, the same bytes."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from test_memo import Page, assert_inert

from auditkit.anomalies import decidable
from auditkit.case import Case
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.letter import issue_list, letters, write
from auditkit.tables import Table
from auditkit.views.memo import exceptions

SOURCES = shipped("data") / "sources"
EVIL = "<script>alert(1)</script><svg onload=alert(1)>[x](javascript:alert(1)) $x$ \u202e\x1b[31m"


@cache
def demonstration(lang: Any) -> Case:
    return Case(shipped("data"), lang)


@pytest.fixture
def own(tmp_path: Path) -> Case:
    files = [SOURCES / f"{name}.html" for name in ("hongze-gov-2023", "exercise-2022", "suqian-gov-2023")]
    return new_case(tmp_path / "case", files)


def setting(case: Case, text: str) -> Case:
    file = case.path / "case.toml"
    file.write_text(text + "\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    return Case(case.path, case.lang)


def page(case: Case, tmp_path: Path, which: Any = "letter") -> Page:
    return assert_inert(write(case, tmp_path / "out.html", which).read_text(encoding="utf-8"))


def test_each_agency_with_open_exceptions_gets_one_letter_that_names_its_report_and_file() -> None:
    text = letters(demonstration("zh")).text
    assert text.count("关于核实政府信息公开工作年度报告有关数据的函") == 2
    assert "\n洪泽区人民政府〔摘录〕：\n" in text
    assert "\n示例市演练局〔演练〕：\n" in text
    assert "贵机关 2023 年政府信息公开工作年度报告（文件 hongze-gov-2023.html）" in text
    assert "宿迁市" not in text  # nothing to ask


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_figures_are_those_of_the_report_and_what_would_be_stands_with_its_condition(lang: Any) -> None:
    case = demonstration(lang)
    items = [part for letter in letters(case).parts for part in getattr(letter, "parts", ())]  # type: ignore[attr-defined]
    rows = [row for part in items if isinstance(part, Table) and part.kind == "items" for row in part.rows]
    assert [(row[3], row[4]) for row in rows if "\n" not in str(row[3])] == [("0", "11"), ("–", "–"), ("68", "86")]
    codes = [e.code for e in case.exceptions]
    assert [row[0] for row in rows] == [
        f"{n}（{code}）" for n, code in zip((1, 2, 3, 1), codes, strict=True)
    ] or lang == "en"
    for e, row in zip(case.exceptions, rows, strict=True):
        assert e.finding.message(lang) in str(row[2])
    would, condition = {"zh": ("应为", "若其余数据无误"), "en": ("would be", "all other")}[lang]
    for line in letters(case).text.splitlines():
        assert would not in line or condition in line or line.startswith(("或", "or"))


def test_what_the_auditor_typed_in_is_cited_as_the_agencys_report_not_by_the_auditors_file(tmp_path: Path) -> None:
    text = (SOURCES / "exercise-2022.html").read_text(encoding="utf-8").replace("演练材料：", "录入：")
    file = tmp_path / "录入-示例市演练局-2022.html"
    file.write_text(text, encoding="utf-8")
    case = new_case(tmp_path / "case", [file])
    assert case.reports[0].tags == {"typed"}
    text = letters(case).text
    assert "\n示例市演练局：\n" in text
    assert "贵机关 2022 年政府信息公开工作年度报告（由我们据原件录入）" in text
    assert "录入-" not in text
    assert case.exceptions
    assert "文件中" not in text


def test_a_letter_asks_and_does_not_accuse() -> None:
    text = letters(demonstration("zh")).text
    assert "列在下面不表示所列数字有误；真实数字以贵机关的原始台账为准" in text
    assert "请" in text
    for word in ("错误", "违规", "虚假", "瞒报", "造假", "责任", "矛盾", "正确值"):
        assert word not in text
    for word in ("error", "false", "violat", "fault", "right value"):
        assert word not in letters(demonstration("en")).text.lower()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_letter_says_nothing_of_what_the_program_may_have_missed(tmp_path: Path, lang: Any) -> None:
    """That a title may be worded otherwise is for the auditor to look at; the agency is asked where the section stands."""
    text = (SOURCES / "suqian-gov-2023.html").read_text(encoding="utf-8")
    file = tmp_path / "2023.html"
    file.write_text(text.replace("<p>六、其他需要报告的事项</p>", ""), encoding="utf-8")
    case = new_case(tmp_path / "case", [file], lang=lang)
    assert [e.finding.check for e in case.exceptions] == ["F-01"]
    limit, asked = {
        "zh": ("另有写法", "如写在其他标题之下，请在回执中指明。"),
        "en": ("worded otherwise", "If it stands under another title, please name it in your reply."),
    }[lang]
    assert limit in exceptions(case).text
    assert limit not in letters(case).text
    assert asked in letters(case).text


def test_only_what_is_open_and_what_the_agency_can_answer_is_asked(own: Case) -> None:
    for e in own.exceptions:
        if e.result.report.agency == "洪泽区人民政府":
            own.dispose(e.finding, "referred", author="甲")
    text = letters(own).text
    assert "洪泽区" not in text
    assert "示例市演练局" in text


def test_a_number_in_a_letter_stays_when_reports_come_and_go(own: Case, tmp_path: Path) -> None:
    """A reply that comes back is booked to what was asked."""
    last = own.exceptions[-1]
    alone = new_case(tmp_path / "fewer", [SOURCES / "exercise-2022.html"])
    same = next(e for e in alone.exceptions if e.finding.id == last.finding.id)
    assert (same.label != last.label, same.code == last.code) == (True, True)
    for case in (own, alone):
        assert last.code in letters(case).text
        assert last.code in issue_list(case).text
        assert last.code in exceptions(case).text


def test_a_number_in_a_letter_stays_when_the_agency_gets_another_name(own: Case) -> None:
    codes = {e.code for e in own.exceptions}
    assert len(codes) == len(own.exceptions)
    own.alias("洪泽区人民政府", "淮安市洪泽区人民政府", reason="全称", author="张三")
    later = Case(own.path)
    assert any(r.agency == "淮安市洪泽区人民政府" for r in later.reports)
    assert {e.code for e in later.exceptions} == codes


def test_two_bodies_of_one_short_name_get_a_letter_each(tmp_path: Path) -> None:
    text = (
        (SOURCES / "exercise-2022.html").read_text(encoding="utf-8").replace("示例市演练局2022年", "西湖区文化局2022年")
    )
    files = []
    for place in ("杭州市", "南昌市"):
        opening = f"<p>请与{place}西湖区文化局联系。</p><p>一、"
        files.append(tmp_path / f"{place}.html")
        files[-1].write_text(text.replace("<p>一、", opening, 1), encoding="utf-8")
    said = letters(new_case(tmp_path / "case", files)).text
    assert said.count(_SUBJECT) == 2
    for place, other in (("杭州市", "南昌市"), ("南昌市", "杭州市")):
        mine = said[said.index(f"\n{place}西湖区文化局") :].split(_SUBJECT)[0]
        assert f"（文件 {place}.html）" in mine
        assert f"（文件 {other}.html）" not in mine


_SUBJECT = "关于核实政府信息公开工作年度报告有关数据的函"


def test_a_letter_says_that_another_report_of_the_same_year_was_reviewed(tmp_path: Path) -> None:
    """A correction may be in the case, too: the agency is not asked as if there were none."""
    text = (SOURCES / "exercise-2022.html").read_text(encoding="utf-8")
    wrong = Path(tmp_path / "original.html")
    wrong.write_text(text, encoding="utf-8")
    right = Path(tmp_path / "corrected.html")
    right.write_text(text.replace("<td>68</td>", "<td>86</td>", 1), encoding="utf-8")
    case = new_case(tmp_path / "case", [wrong, right])
    assert "另一份报告（文件 corrected.html），下列事项不涉及该份" in letters(case).text
    assert "另一份报告" not in letters(new_case(tmp_path / "one", [wrong])).text


def test_an_error_that_the_auditor_has_found_is_asked_to_be_corrected(own: Case) -> None:
    """It stays in the letter until the agency has corrected it."""
    finding = own.exceptions[0].finding
    own.dispose(finding, "error confirmed", reason="已对照原文", author="张三")
    text = letters(Case(own.path)).text
    assert finding.message("zh") in text
    assert text.count("已确认有误，请更正。认定的情况：已对照原文") == text.count("已确认有误，请更正") == 1
    assert "需要请贵机关核实或更正" in text
    own.dispose(finding, "corrected by agency", reason="已重新公布", author="张三")
    assert finding.message("zh") not in letters(Case(own.path)).text


def test_a_flag_is_asked_only_once_the_auditor_found_it_to_be_an_error(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", sorted(SOURCES.glob("*.html")))
    flag = decidable(case)[0].finding
    assert flag.message("zh") not in letters(case).text
    case.dispose(flag, "error confirmed", author="张审计", reason="与台账不符")
    asked = letters(case).text
    assert flag.message("zh") in asked
    assert flag.consequences[0][0] not in asked  # why it may be innocent is no question
    assert asked.count("已确认有误，请更正") == 1


def test_how_the_program_read_a_figure_is_no_matter_of_the_agency(own: Case) -> None:
    e = next(e for e in own.exceptions if e.finding.check == "T4-01")
    cell = next(c for c in e.finding.cells if e.result.report.value(c) == 0)
    own.correct(e.result.report, cell, "1", reason="看错", author="张三")
    case = Case(own.path)
    assert "程序读作" in issue_list(case).text
    assert "程序读作" not in letters(case).text


def test_readings_are_no_matter_of_the_agency(tmp_path: Path) -> None:
    html = (SOURCES / "exercise-2022.html").read_text(encoding="utf-8").replace("<td>68</td>", "<td>86</td>")
    html = html.replace("</table>", "<tr><td>无此行</td><td>1</td><td>2</td></tr></table>")
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    case = new_case(tmp_path / "case", [tmp_path / "a.html"])
    kinds = [e.finding.kind for e in case.exceptions]
    assert kinds
    assert set(kinds) == {"reading"}
    assert letters(case).text == "没有需要请机关核实或更正的事项，不必发函。"
    assert f"未列入 {len(kinds)} 项：读数问题" in issue_list(case).text


def test_without_an_open_exception_one_sentence_says_so(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [SOURCES / "suqian-gov-2023.html"])
    assert "不必发函" in page(case, tmp_path).text
    assert "没有需要列入清单的事项。" in page(case, tmp_path, "list").text


def test_what_the_case_gives_stands_in_the_letter_and_what_it_does_not_give_is_left_to_fill(own: Case) -> None:
    blank = letters(own).text
    assert "请于 ＿＿＿＿＿＿ 前" in blank
    assert "（审计机关）＿＿＿＿＿＿" in blank
    assert "文号" not in blank
    case = setting(own, 'office = "某某审计局"\nreference = "审函〔2024〕1号"\nreply_by = 2024-03-15')
    text = letters(case).text
    assert "请于 2024年3月15日 前" in text
    assert "\n某某审计局\n" in text
    assert "文号：审函〔2024〕1号" in text
    assert "＿ 前" not in text


def test_the_slip_has_a_line_for_each_item(own: Case) -> None:
    for letter in letters(own).parts[1::2]:  # type: ignore[attr-defined]
        items, reply = (part for part in letter.parts if isinstance(part, Table))
        assert [row[:2] for row in items.rows] == [row[:2] for row in reply.rows]
        assert all("□ 与所列情况一致，已更正或将更正（请写明日期）\n□ 数据无误（请说明）" in row for row in reply.rows)


def test_small_differences_are_neither_asked_nor_listed_and_the_list_says_how_many(own: Case) -> None:
    case = setting(own, "materiality = 6")
    assert len(case.exceptions) == 4
    assert "合计 5，总计为 0" in letters(own).text
    assert "合计 5，总计为 0" not in letters(case).text
    assert "未列入 1 项：差额小于 6，只在备忘录中汇总。" in issue_list(case).text


def test_the_list_has_every_agency_with_what_was_decided_and_why(own: Case) -> None:
    first, second, *_ = own.exceptions
    own.dispose(first.finding, "not an exception", reason="原文另有说明", author="甲")
    own.dispose(second.finding, "referred", reason="移交主管部门", author="甲")
    own.note("已联系", author="乙", finding=second.finding)
    table = issue_list(own)
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [e.label for e in own.exceptions[1:]]
    assert table.rows[0][7] == "已移交"
    assert re.fullmatch(r"移交主管部门\n甲 20[\d :-]+ UTC\+8\n已联系 \(乙\)", str(table.rows[0][8]))
    assert "未列入 1 项：已认定不是例外。" in table.text
    assert {row[1] for row in table.rows} == {"洪泽区人民政府〔摘录〕", "示例市演练局〔演练〕"}


def test_the_file_has_a_heading_a_letter_and_no_contents(own: Case, tmp_path: Path) -> None:
    letter, table = page(own, tmp_path), page(own, tmp_path, "list")
    assert len(letter.all("h2")) == 2
    assert letter.all("nav") == table.all("nav") == []
    assert "size: A4 landscape" in table.styles[0]
    assert "size: A4 landscape" not in letter.styles[0]
    assert len(table.all("thead")) == 1  # repeated on every page


@pytest.mark.parametrize("which", ["letter", "list"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_text_is_inert_wherever_it_comes_from(which: Any, lang: Any, tmp_path: Path) -> None:
    escaped = EVIL.replace("<", "&lt;").replace("\x1b", "")  # no web page can hold the escape character itself
    html = (SOURCES / "exercise-2022.html").read_text(encoding="utf-8")
    html = html.replace("示例市演练局", f"示例市{escaped}演练局").replace("<td>9</td>", f"<td>9{escaped}</td>", 1)
    file = tmp_path / "a&b [x](y) \u202e.html"
    file.write_text(html, encoding="utf-8")
    case = new_case(tmp_path / "case", [file, SOURCES / "hongze-gov-2023.html"], title=EVIL, lang=lang)
    case = setting(case, f"office = '{EVIL.replace(chr(27), '')}'\nreference = '</style><script>'")
    first = case.exceptions[0].finding
    case.dispose(first, "referred", reason=EVIL, author=EVIL)
    case.note(EVIL, author=EVIL, finding=first)
    case.correct(case.exceptions[1].result.report, case.exceptions[1].finding.cells[-1], EVIL, reason=EVIL, author=EVIL)
    shown = page(case, tmp_path, which)
    source = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "alert(1)" in shown.text
    links = [value for _, attributes in shown.tags for name, value in attributes.items() if name != "aria-label"]
    assert "javascript:" not in "".join(map(str, links))  # a label is read out, never followed
    assert not set(source) & set("\u202e\x1b")


def test_writing_leaves_the_old_file_or_the_whole_new_one(
    own: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "letter.html"
    out.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        write(own, out, "letter")
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(f.name for f in tmp_path.iterdir()) == ["case", "letter.html"]


@pytest.mark.parametrize("which", ["letter", "list"])
def test_the_english_twin_holds_no_chinese_of_ours(which: Any) -> None:
    case = demonstration("en")
    text = (letters(case) if which == "letter" else issue_list(case)).text
    for name in (case.title, *(r.agency or "" for r in case.reports)):
        text = text.replace(name, "")
    text = re.sub(r"国办公开(?:办)?函〔20\d\d〕\d+号|（六）其他处理", "", text)
    assert not re.findall("[\u4e00-\u9fff]+", text)
