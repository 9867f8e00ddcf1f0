"""Panels: plain values in, tables out; what a person chooses changes only the panel it stands in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pdfs
import pytest
from strategies import sheet

import auditkit
from auditkit import widgets
from auditkit.case import Case
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.views.consistency import source_rows

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
SOURCES = shipped("data") / "sources"
REPORTS = [SOURCES / "exercise-2022.html", SOURCES / "exercise-2021.html", SOURCES / "suqian-gov-2023.html"]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return new_case(tmp_path_factory.mktemp("w") / "案 卷", REPORTS)


def control(panel: widgets.Panel, description: str) -> Any:
    return next(c for c in panel.children if getattr(c, "description", "") == description)


def shown(panel: widgets.Panel) -> str:
    return " ".join(c.value for c in panel.children if type(c).__name__ == "HTML")


@pytest.mark.parametrize("name", ["report_chooser", "add_files", "source_of_figure", "row_and_years"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_panel_says_in_a_line_what_it_is_where_no_widgets_show(case: Case, name: str, lang: Any) -> None:
    panel = getattr(widgets, name)(Case(case.path, lang))
    text = panel._repr_mimebundle_()["text/plain"]
    assert text.startswith("【面板】" if lang == "zh" else "[Panel]")
    assert "\n" not in text


@pytest.mark.parametrize("name", ["report_chooser", "add_files", "source_of_figure", "row_and_years"])
def test_every_control_is_labelled(case: Case, name: str) -> None:
    for child in getattr(widgets, name)(case).children:
        if type(child).__name__ != "HTML":
            assert child.description
            assert child.tooltip


def test_choosing_a_report_shows_its_tables(case: Case) -> None:
    panel = widgets.report_chooser(case)
    names = [label for label, _ in control(panel, "报告").options]
    assert len(names) == 3
    control(panel, "报告").value = names.index("示例市演练局 2022 年〔演练〕")
    assert "示例市演练局 2022" in shown(panel)
    assert ">68<" in shown(panel)


def test_the_figure_implied_makes_the_sums_hold_and_another_does_not(case: Case) -> None:
    panel = widgets.source_of_figure(case)
    assert "第 2 个表格第 6 行第 3 格" in shown(panel)
    trial = control(panel, "试填")
    trial.value = "86"
    assert shown(panel).count("成立") == 2
    trial.value = "85"
    assert "成立" not in shown(panel)
    trial.value = "<script>"
    assert "<script>" not in shown(panel)
    assert "不是数字" in shown(panel)


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A PDF with a wrong cell, two years whose balances differ, a section that is missing."""
    folder = tmp_path_factory.mktemp("messy")
    (folder / "a.pdf").write_bytes(pdfs.drawn(sheet("exercise-2021", {"requests.granted.natural_person": "47"})))
    text = (SOURCES / "suqian-gov-2023.html").read_text(encoding="utf-8")
    (folder / "2023.html").write_text(text.replace("<p>六、其他需要报告的事项</p>", ""), encoding="utf-8")
    text = (SOURCES / "suqian-gov-2024.html").read_text(encoding="utf-8")
    (folder / "2024.html").write_text(text.replace("<td>121</td>", "<td>122</td>", 1), encoding="utf-8")
    return new_case(folder / "case", [folder / name for name in ("a.pdf", "2023.html", "2024.html")])


def test_every_exception_is_offered_with_its_row_in_the_source(messy: Case) -> None:
    panel = widgets.source_of_figure(messy)
    offered = control(panel, "例外")
    assert {e.finding.check for e in messy.exceptions} >= {"F-01", "T3-50", "Y-01"}
    assert [label.split()[0] for label, _ in offered.options] == [e.label for e in messy.exceptions]
    seen = {}
    for (_, value), e in zip(offered.options, messy.exceptions, strict=True):
        offered.value = value
        html = panel.children[1].value
        assert e.finding.message("zh") in html
        assert all(f"<td>{text}</td>" in html for _, text in source_rows(messy, e))
        seen[e.finding.check] = html, control(panel, "格").options
    html, _ = seen["T3-50"]
    assert re.search(r'<img [^>]*alt="第 \d+ 页上的该行" src="data:image/png;base64,', html)
    assert ">▶47<" in html
    assert "▶ 本项所涉及的格" in html
    html, cells = seen["Y-01"]  # the rows and the cells of both years
    assert "2023.html（" in html
    assert "2024.html（" in html
    assert {label.split(" · ")[0] for label, _ in cells} == {"宿迁市 2023 年〔摘录〕", "宿迁市 2024 年〔摘录〕"}
    html, cells = seen["F-01"]
    assert not cells
    assert "不在文件的某一行中" in html


def test_a_figure_of_the_year_before_is_tried_in_its_own_report(messy: Case) -> None:
    panel = widgets.source_of_figure(messy)
    control(panel, "例外").value = next(i for i, e in enumerate(messy.exceptions) if e.finding.check == "Y-01")
    cell = control(panel, "格")
    cell.value = next(v for label, v in cell.options if "2023 年" in label and "总计" in label)
    control(panel, "试填").value = "122"
    assert re.search(
        r"新收加上年结转等于办理总计加结转下年（总计）</t[hd]><td[^>]*>0</td><td[^>]*>-1</td>", panel.children[-1].value
    )
    assert "两年之间的见笔记本 03" in panel.children[-1].value


def test_what_if_changes_nothing_in_the_case(case: Case) -> None:
    before = [f.message("zh") for f in case.findings]
    panel = widgets.source_of_figure(case)
    control(panel, "试填").value = "86"
    assert [f.message("zh") for f in Case(case.path).findings] == before


def test_a_row_over_the_years_is_drawn_with_its_figures(case: Case) -> None:
    panel = widgets.row_and_years(case)
    agencies = [label for label, _ in control(panel, "机关").options]
    control(panel, "机关").value = agencies.index("示例市演练局")
    assert 'src="data:image/png;base64,' in shown(panel)
    assert re.search(r"2021\s+208\n2022\s+296", shown(panel))


def test_a_row_that_only_one_form_has_is_not_taken_for_another() -> None:
    panel = widgets.row_and_years(auditkit.open_case(shipped("data"), "zh"))
    agencies = [label for label, _ in control(panel, "机关").options]
    control(panel, "机关").value = agencies.index("示例市演练局")
    control(panel, "行").value = "requests.other.other.total"
    assert "2021" in shown(panel)
    assert not re.search(r"(?m)^2020\s", shown(panel))


def upload(name: str, content: bytes) -> tuple[dict[str, Any], ...]:
    return ({"name": name, "content": content, "type": "", "size": len(content), "last_modified": EPOCH},)


def test_a_file_added_is_in_the_case_and_one_that_is_no_report_is_not(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案卷", REPORTS[:1])
    panel = widgets.add_files(case)
    control(panel, "添加报告文件").value = upload("../../suqian 2023.html", REPORTS[2].read_bytes())
    assert "已添加" in shown(panel)
    control(panel, "添加报告文件").value = upload("x.html", b"<p><script>alert(1)</script>login</p>")
    assert "没有添加" in shown(panel)
    assert "<script>" not in shown(panel)
    assert [s.name for s in Case(case.path).sources] == ["exercise-2022.html", "suqian 2023.html"]
    assert not any(s.changed for s in Case(case.path).sources)


def test_the_demonstration_case_takes_no_files_and_names_the_way() -> None:
    panel = widgets.add_files(auditkit.open_case(shipped("data"), "zh"))
    assert "auditkit lab" in shown(panel)
    assert all(type(c).__name__ == "HTML" for c in panel.children)
