"""The panels of notebook 01: what is stated there is in the journal, and a fresh look at the case shows it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import ipywidgets as w
import pytest

from auditkit.case import Case, CaseError
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.reading.page import Place
from auditkit.sampling import sample
from auditkit.views import read
from auditkit.widgets.base import Panel
from auditkit.widgets.reading import confirm_tables, correct_and_place, decide_blanks
from auditkit.widgets.reread import reread_sample

SOURCES = shipped("data") / "sources"
PANELS = [correct_and_place, confirm_tables, reread_sample, decide_blanks]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """One report with a row that cannot be placed, one with blanks that may be 0, one with a blank that cannot."""
    texts = {
        "a.html": (SOURCES / "exercise-2022.html").read_text(encoding="utf-8").replace("（一）予以", "（一）某某"),
        "b.html": (SOURCES / "exercise-2021.html").read_text(encoding="utf-8").replace("<td>0</td>", "<td></td>"),
        "c.html": (SOURCES / "suqian-gov-2023.html").read_text(encoding="utf-8").replace(">3511<", "><"),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = new_case(tmp_path / "案 卷", [tmp_path / name for name in texts])
    (made.path / "case.toml").write_text('title = "t"\nauditors = ["张三"]\nlanguage = "zh"\n', encoding="utf-8")
    return Case(made.path)


def everything(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def control(panel: Panel, description: str) -> Any:
    return next(c for c in everything(panel) if getattr(c, "description", "") == description)


def markup(panel: Panel) -> str:
    return " ".join(c.value for c in everything(panel) if isinstance(c, w.HTML))


def shown(panel: Panel) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", markup(panel))).split())


def choose(panel: Panel, description: str, label: str) -> None:
    """Choose the first entry of a list that begins so."""
    listed = control(panel, description)
    listed.value = next(value for name, value in listed.options if name.startswith(label))


def choose_cell(panel: Panel, report: str, row: str, column: str) -> None:
    choose(panel, "报告", report)
    choose(panel, "表", "三、")
    choose(panel, "行", row)
    choose(panel, "列", column)


# --- all panels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", PANELS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_panel_says_in_one_unchanging_line_what_it_is(case: Case, make: Any, lang: Any) -> None:
    panel = make(Case(case.path, lang))
    text = panel._repr_mimebundle_()["text/plain"]
    assert text.startswith("【面板】" if lang == "zh" else "[Panel]")
    assert "\n" not in text


@pytest.mark.parametrize("make", PANELS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_control_is_labelled_and_explained(case: Case, make: Any, lang: Any) -> None:
    controls = [c for c in everything(make(Case(case.path, lang))) if not isinstance(c, w.HTML | w.Box)]
    assert len(controls) >= 4
    for c in controls:
        assert c.description
        assert c.tooltip


@pytest.mark.parametrize("make", PANELS[:3])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_in_the_demonstration_case_nothing_can_be_recorded_and_the_way_is_named(make: Any, lang: Any) -> None:
    case = Case(shipped("data"), lang)
    panel = make(case)
    assert "auditkit lab" in shown(panel)
    writing = [c for c in everything(panel) if isinstance(c, w.Text | w.Textarea | w.Checkbox)]
    moving = {"上一格", "下一格", "Previous", "Next"}
    writing += [c for c in everything(panel) if isinstance(c, w.Button) and c.description not in moving]
    assert len(writing) >= 3
    assert all(c.disabled for c in writing)


@pytest.mark.parametrize("make", PANELS)
def test_a_case_without_reports_has_panels_that_say_so(tmp_path: Path, make: Any) -> None:
    panel = make(new_case(tmp_path / "空", []))
    assert shown(panel)
    assert not [c for c in everything(panel) if isinstance(c, w.Button)]


def test_an_auditor_named_in_one_panel_is_named_in_all(case: Case) -> None:
    first, second = correct_and_place(case), confirm_tables(case)
    assert control(first, "审计人员").value == "张三"
    control(first, "审计人员").value = "李四"
    assert control(second, "审计人员").value == "李四"


# --- correct and place ----------------------------------------------------------------------------------------------------


def test_a_correction_is_in_the_journal_with_both_readings_and_its_effect_is_shown(case: Case) -> None:
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2021", "一、本年新收", "自然人")
    assert "程序读作 176" in shown(panel)
    assert "第 2 个表格第 4 行 一、本年新收政府信息公开申请数量 | 176 | 17 | 1" in shown(panel)
    control(panel, "原文所载").value = "177"
    control(panel, "理由").value = "看错一位"
    control(panel, "记录").click()
    assert "已记录（张三" in shown(panel)
    assert "现为 177〔更正，程序读作 176〕" in shown(panel)
    assert "（自然人） 通过 不通过，差 +1" in shown(panel)
    assert "原为“空白为 0 时勾稽相符”，现为“有例外”" in shown(panel)
    fresh = Case(case.path)
    entry = fresh.journal.entries[-1]
    assert (entry.kind, entry.value, entry.reason, entry.author) == ("correct", "177", "看错一位", "张三")
    report = next(r for r in fresh.reports if r.year == 2021)
    assert report.value("requests.new.natural_person") == 177
    assert report.printed("requests.new.natural_person") == "176"


def test_a_correction_undone_leaves_the_program_s_reading_and_its_own_history(case: Case) -> None:
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2021", "一、本年新收", "自然人")
    assert control(panel, "撤销").disabled
    control(panel, "原文所载").value, control(panel, "理由").value = "177", "看错"
    control(panel, "记录").click()
    assert not control(panel, "撤销").disabled
    control(panel, "撤销").click()
    assert "已撤销" in shown(panel)
    assert control(panel, "撤销").disabled
    fresh = Case(case.path)
    assert next(r for r in fresh.reports if r.year == 2021).value("requests.new.natural_person") == 176
    assert [e.value for e in fresh.journal.entries] == ["177", None]


def test_corrections_that_contradict_each_other_are_shown_until_one_is_recorded_anew(
    case: Case, tmp_path: Path
) -> None:
    apart = Case(Path(shutil.copytree(case.path, tmp_path / "副本")))
    for each, text in ((case, "177"), (apart, "178")):
        of = next(r for r in each.reports if r.year == 2021)
        each.correct(of, "requests.new.natural_person", text, reason=f"看作 {text}", author="张三")
    for file in (apart.path / "journal").iterdir():
        shutil.copy(file, case.path / "journal")
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2021", "一、本年新收", "自然人")
    assert "互相冲突，均未采用" in shown(panel)
    assert "看作 177" in shown(panel)
    assert "看作 178" in shown(panel)
    control(panel, "原文所载").value, control(panel, "理由").value = "177", "已商定"
    control(panel, "记录").click()
    assert "互相冲突" not in shown(panel)
    assert "177〔更正，程序读作 176〕" in shown(panel)


@pytest.mark.parametrize(
    ("text", "reason", "author", "said"),
    [
        ("177", "", "张三", "理由"),
        ("177", "看错", "", "姓名"),
        ("176", "看错", "张三", "与程序读数相同"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_not_recorded(
    case: Case, text: str, reason: str, author: str, said: str
) -> None:
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2021", "一、本年新收", "自然人")
    control(panel, "原文所载").value, control(panel, "理由").value = text, reason
    control(panel, "审计人员").value = author
    control(panel, "记录").click()
    assert "没有记录" in shown(panel)
    assert said in shown(panel)
    assert not Case(case.path).journal.entries


def test_a_figure_placed_is_in_its_cell_and_taken_back_is_unplaced_again(case: Case) -> None:
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2022", "（一）予以公开", "总计")
    control(panel, "做什么").value = "place"
    choose(panel, "未落位的数字", "109 · ")
    assert "某某公开 | 68 | 9 | 2 | 3 | 6 | 3 | 109" in shown(panel)
    control(panel, "理由").value = "标题写法不同"
    control(panel, "记录").click()
    assert "现为 109〔审计人员落位〕" in shown(panel)
    fresh = Case(case.path)
    report = next(r for r in fresh.reports if r.year == 2022)
    assert report.value("requests.granted.total") == 109
    assert [u.text for u in report.unplaced] == ["68", "9", "2", "3", "6", "3"]
    line = next(x for x in read.unplaced(fresh).text.splitlines() if "  109  " in x)
    assert line.endswith("审计人员落位：表三「（一）予以公开」「总计」")
    control(panel, "撤销").click()
    report = next(r for r in Case(case.path).reports if r.year == 2022)
    assert report.value("requests.granted.total") is None
    assert len(report.unplaced) == 7


def unplaced_row(folder: Path, figures: str, label: str = "某某公开") -> tuple[Case, list[str]]:
    """A case of which one row has a label that is none of the form's; what its figures are."""
    html = (shipped("data") / "sources" / "exercise-2022.html").read_text("utf-8")
    row = re.search(r"<tr>((?!</tr>).)*（一）予以公开((?!</tr>).)*</tr>", html, re.DOTALL)
    assert row
    cells = figures.split(" ")
    drawn = f"<tr><td>三、本年度办理结果</td><td>{label}</td>" + "".join(f"<td>{t}</td>" for t in cells) + "</tr>"
    (folder / "a.html").write_text(html.replace(row[0], drawn.replace("<td>–</td>", "<td></td>")), "utf-8")
    return new_case(folder / "行", [folder / "a.html"]), cells


def test_a_whole_row_is_placed_at_once_and_the_next_figure_is_chosen(tmp_path: Path) -> None:
    case, figures = unplaced_row(tmp_path, "68 9 2 3 6 31 109")
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2022", "（一）予以公开", "自然人")
    control(panel, "做什么").value = "place"
    choose(panel, "未落位的数字", "68 · ")
    control(panel, "理由").value = "标题写法不同"
    control(panel, "审计人员").value = "张三"
    control(panel, "整行落位").click()
    report = Case(case.path).reports[0]
    assert [report.shown_text(c.id) for c in report.layout.row_cells("requests", "granted")] == figures
    assert report.unplaced == ()
    assert len(Case(case.path).journal.entries) == len(figures)


@pytest.mark.parametrize(
    ("figures", "column", "why"),
    [
        ("68 9 – 3 6 31 109", "自然人", "可能有空白格"),
        ("68 9 2 3 6 31 109", "商业企业", "只有 6 格"),
        ("68 9 2 3 6 3 109", "自然人", ""),
    ],
)
def test_a_row_is_not_placed_where_it_is_not_certain_what_stands_where(
    figures: str, column: str, why: str, tmp_path: Path
) -> None:
    case, _ = unplaced_row(tmp_path, figures)
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2022", "（一）予以公开", column)
    control(panel, "做什么").value = "place"
    choose(panel, "未落位的数字", "68 · ")
    control(panel, "理由").value, control(panel, "审计人员").value = "x", "张三"
    control(panel, "整行落位").click()
    assert (not Case(case.path).journal.entries) == bool(why)
    assert why in shown(panel)


def test_figures_of_a_line_are_placed_together_only_if_none_is_missing(tmp_path: Path) -> None:
    """Between words of a line a blank leaves no trace."""
    case, _ = unplaced_row(tmp_path, "68 9 2 3 6 31 109")
    report = case.reports[0]
    on_line = tuple(replace(u, place=Place(line=80, cell=i)) for i, u in enumerate(report.unplaced, 1))
    first = "requests.granted.natural_person"
    with pytest.raises(CaseError, match="可能有空白格"):
        case.place_row(replace(report, unplaced=on_line[:6]), on_line[0], first, reason="x", author="张三")
    assert not Case(case.path).journal.entries
    assert len(case.place_row(replace(report, unplaced=on_line), on_line[0], first, reason="x", author="张三")) == 7


def test_a_figure_is_not_placed_into_a_cell_that_has_one(case: Case) -> None:
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2022", "一、本年新收", "总计")
    control(panel, "做什么").value = "place"
    control(panel, "理由").value = "x"
    control(panel, "记录").click()
    assert "没有记录：这一格已有数字" in shown(panel)
    assert not Case(case.path).journal.entries


def test_a_report_without_unplaced_figures_says_so_and_offers_no_placing(case: Case) -> None:
    panel = correct_and_place(case)
    choose(panel, "报告", "宿迁市")
    control(panel, "做什么").value = "place"
    assert "没有未落位的数字" in shown(panel)
    assert control(panel, "记录").disabled


def test_what_another_kernel_recorded_is_seen_at_the_next_choice(case: Case) -> None:
    panel = correct_and_place(case)
    other = Case(case.path)
    report = next(r for r in other.reports if r.year == 2021)
    other.correct(report, "requests.new.natural_person", "177", reason="看错", author="李四")
    choose_cell(panel, "示例市演练局 2021", "一、本年新收", "自然人")
    assert "177〔更正，程序读作 176〕" in shown(panel)
    assert control(panel, "原文所载").value == "177"


def test_hostile_texts_are_inert_in_every_panel(case: Case) -> None:
    panel = correct_and_place(case)
    choose_cell(panel, "示例市演练局 2021", "一、本年新收", "自然人")
    control(panel, "原文所载").value, control(panel, "理由").value = HOSTILE, HOSTILE
    control(panel, "审计人员").value = HOSTILE
    control(panel, "记录").click()
    assert Case(case.path).journal.entries[-1].author == HOSTILE
    assert "已记录" in shown(panel)
    for made in (panel, *(make(Case(case.path)) for make in PANELS)):
        assert "<script" not in markup(made)


# --- confirm --------------------------------------------------------------------------------------------------------------


def test_a_table_confirmed_is_confirmed_until_undone(case: Case) -> None:
    panel = confirm_tables(case)
    choose(panel, "报告", "示例市演练局 2021")
    choose(panel, "表", "三、")
    assert (
        "一、本年新收政府信息公开申请数量 176 | 17 | 1 | 3 | 8 | 3 | 208 一、本年新收政府信息公开申请数量 | 176 |"
        in shown(panel)
    )
    control(panel, "已与原文核对，无误").click()
    assert "三、收到和处理政府信息公开申请情况 已确认 张三" in shown(panel)
    fresh = Case(case.path)
    report = next(r for r in fresh.reports if r.year == 2021)
    assert fresh.confirmed(report, "requests") is not None
    assert fresh.confirmed(report, "disputes") is None
    control(panel, "撤销确认").click()
    assert Case(case.path).confirmed(report, "requests") is None
    assert "已确认" not in shown(panel)


def test_a_confirmation_does_not_outlive_a_correction_of_its_table(case: Case) -> None:
    panel = confirm_tables(case)
    choose(panel, "报告", "示例市演练局 2021")
    choose(panel, "表", "三、")
    control(panel, "已与原文核对，无误").click()
    report = next(r for r in case.reports if r.year == 2021)
    case.correct(report, "requests.new.total", "209", reason="看错", author="李四")
    choose(panel, "表", "四、")
    assert "三、收到和处理政府信息公开申请情况 未确认" in shown(panel)


# --- the sample -----------------------------------------------------------------------------------------------------------


def test_the_program_s_figure_is_not_shown_before_a_cell_was_read_again(case: Case) -> None:
    report, cell = sample(case)[0]
    case.correct(report, cell, "4711", reason="x", author="李四")
    panel = reread_sample(case)
    assert report.layout.label(cell, "zh") in shown(panel)
    assert report.place(cell).describe("zh") in shown(panel)
    assert "4711" not in shown(panel)
    assert "程序读作" not in shown(panel)


def test_a_rereading_that_agrees_says_so_and_the_next_cell_is_asked(case: Case) -> None:
    panel = reread_sample(case)
    report, cell = sample(case)[0]
    control(panel, "原文所载").value = report.printed(cell)
    control(panel, "原文此格为空白").value = not report.printed(cell)
    control(panel, "记录重读").click()
    assert "已重读 1 / 60 格" in shown(panel)
    assert "与程序读数一致" in shown(panel)
    control(panel, "下一格").click()
    assert control(panel, "样本第几格").value == 2
    assert control(panel, "原文所载").value == ""
    assert "一致" not in shown(panel)
    assert [x.agrees for x in Case(case.path).rereadings] == [True]
    assert control(reread_sample(Case(case.path)), "样本第几格").value == 2


def test_a_rereading_that_differs_offers_the_correction_and_keeps_the_difference(case: Case) -> None:
    panel = reread_sample(case)
    report, cell = sample(case)[0]
    control(panel, "原文所载").value = "4711"
    control(panel, "记录重读").click()
    assert f"程序读作 {report.printed(cell) or '空白'}" in shown(panel)
    control(panel, "按此更正").click()
    assert "现行：4711〔更正" in shown(panel)
    assert control(panel, "按此更正").disabled
    fresh = Case(case.path)
    assert next(r for r in fresh.reports if r.key == report.key).value(cell) == 4711
    assert [x.agrees for x in fresh.rereadings] == [False]
    control(panel, "撤销").click()
    assert not Case(case.path).rereadings


def test_an_empty_field_is_not_taken_for_a_blank(case: Case) -> None:
    panel = reread_sample(case)
    control(panel, "记录重读").click()
    assert "没有记录" in shown(panel)
    assert not Case(case.path).journal.entries
    control(panel, "原文此格为空白").value = True
    control(panel, "记录重读").click()
    assert Case(case.path).rereadings[0].seen == ""


# --- blanks ---------------------------------------------------------------------------------------------------------------


def test_blanks_taken_as_zero_make_the_report_sound_and_undone_leave_it_conditional(case: Case) -> None:
    panel = decide_blanks(case)
    choose(panel, "报告", "示例市演练局 2021")
    control(panel, "空白").value = "zero"
    control(panel, "理由").value = "机关来电确认"
    control(panel, "记录决定").click()
    assert "原为“空白为 0 时勾稽相符”，现为“勾稽相符”" in shown(panel)
    assert "决定：空白按 0 计（张三" in shown(panel)
    fresh = Case(case.path)
    assert next(r for r in fresh.results if r.report.year == 2021).verdict == "sound"
    line = next(x for x in read.blanks(fresh).text.splitlines() if "2021" in x)
    assert "空白按 0 计（张三" in line
    assert "机关来电确认" in line
    control(panel, "撤销").click()
    assert next(r for r in Case(case.path).results if r.report.year == 2021).verdict == "sound if blanks are zero"
    assert "尚未决定" in shown(panel)


def test_zero_is_not_offered_where_the_blanks_cannot_all_be_zero_and_the_sums_are_named(case: Case) -> None:
    panel = decide_blanks(case)
    choose(panel, "报告", "宿迁市 2023")
    assert [value for _, value in control(panel, "空白").options] == ["not stated"]
    assert "2 个等式不成立" in shown(panel)
    assert "（一、本年新收政府信息公开申请数量）" in shown(panel)


def test_a_decision_on_blanks_needs_a_reason(case: Case) -> None:
    panel = decide_blanks(case)
    control(panel, "记录决定").click()
    assert "没有记录" in shown(panel)
    assert not Case(case.path).journal.entries


def test_the_view_of_blanks_keeps_their_number_after_they_were_taken_as_zero(case: Case) -> None:
    report = next(r for r in case.reports if r.year == 2021)
    before = next(x for x in read.blanks(case).text.splitlines() if "2021" in x).split()[2]
    case.blanks(report, "zero", reason="x", author="张三")
    assert next(x for x in read.blanks(case).text.splitlines() if "2021" in x).split()[2] == before


# --- the views ------------------------------------------------------------------------------------------------------------


def test_what_was_read_counts_what_people_corrected_and_placed(case: Case) -> None:
    assert [row[-2] for row in read.reading(case).rows] == [0, 0, 0]
    report = next(r for r in case.reports if r.year == 2021)
    case.correct(report, "requests.new.total", "209", reason="x", author="张三")
    assert [row[-2] for row in read.reading(case).rows] == [0, 1, 0]
    result = next(r for r in case.results if r.report.year == 2021)
    assert result.conclusion("zh").endswith("（1 个数字由审计人员更正或落位）")


def test_the_rows_in_the_source_are_those_of_the_file_in_tables_and_in_loose_lines() -> None:
    case = Case(shipped("data"), "zh")
    loose = next(r for r in case.reports if r.path.endswith("guangxi-hrss-2020.txt"))
    row = [loose.place(c.id) for c in loose.layout.row_cells("requests", "new")]
    [(place, text)] = read.rows_in_source(loose, row, "zh")
    assert place == "第 116 行至第 126 行"
    assert text.endswith("一、本年新收政府信息公开申请数量 | 16 | 1 | 0 | 0 | 0 | 0 | 17")
    for cell in ("total", "natural_person", "business"):  # one cell of a row is shown with all of it
        [(_, text)] = read.rows_in_source(loose, [loose.place(f"requests.unavailable.not_held.{cell}")], "zh")
        assert text == "（四）无法提供 | 1.本机关不掌握相关政府信息 | 7 | 0 | 0 | 0 | 0 | 0 | 7"


def test_a_source_that_is_gone_is_said_to_be(case: Case) -> None:
    report = case.reports[0]
    Path(report.path).unlink()
    assert "无法读取" in read.rows_in_source(report, [report.place("requests.new.total")], "zh")[0][1]
