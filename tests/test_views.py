"""What the notebooks show, on the demonstration case and on a case with everything wrong."""

from __future__ import annotations

import inspect
import re
from functools import cache
from pathlib import Path
from typing import Any

import pdfs
import pytest
from strategies import sheet

from auditkit import views
from auditkit.anomalies import decidable, own_past
from auditkit.case import Case
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.checks import catalog
from auditkit.tables import Table
from auditkit.views import common, consistency, memo, read, start
from auditkit.widgets.board import in_full

NOT_SHOWN = (memo.decided_line, consistency.confirmed_tables, consistency.corrected_cells)
VIEWS = [
    f
    for module in (start, read, consistency, memo)
    for n, f in sorted(vars(module).items())
    if inspect.isfunction(f) and f.__module__ == module.__name__ and not n.startswith("_")
    if list(inspect.signature(f).parameters) == ["case"] and f not in NOT_SHOWN
]


@cache
def demonstration(lang: Any) -> Case:
    return Case(shipped("data"), lang)


def tables(shown: Any) -> list[Table]:
    """The tables of a view."""
    return [part for part in getattr(shown, "parts", (shown,)) if isinstance(part, Table)]


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
        printed |= {part for c in report.layout.cells for part in c.row_path}  # the rows as their files have them
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
    numbers = [e.label for e in case.exceptions]
    assert numbers == ["E1", "E2", "E3", "E4"]
    assert [e.label for e in common.numbered(case) if e.label != "–"] == numbers
    assert [row[0] for row in tables(memo.exceptions(case))[0].rows] == numbers
    assert [row[0] for row in consistency.in_the_source(case).rows] == numbers  # type: ignore[union-attr]
    assert "本报告的例外：E4 表三 （一）予以公开。" in memo.appendix(case).text


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


def beyond_explaining(file: Path) -> Path:
    """A report with more wrong figures in table three than any explanation may have."""
    html = (shipped("data") / "sources" / "exercise-2021.html").read_text(encoding="utf-8")
    head, table = html.split("三、收到", 1)
    for k in range(14):
        table = table.replace("<td>0</td>", f"<td>{901 + 17 * k * k}</td>", 1)
    table = table.replace("<td>176</td>", "<td>901</td>", 1)
    file.write_text(f"{head}三、收到{table}", encoding="utf-8")
    return file


def test_a_report_whose_failing_sums_have_no_explanation_is_named(tmp_path: Path) -> None:
    case = new_case(tmp_path / "c", [beyond_explaining(tmp_path / "a.html")])
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


# --- what was decided and stated ----------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Case:
    """A case of one's own with the reports that have exceptions, and two years of one agency that do not carry over."""
    sources = shipped("data") / "sources"
    later = tmp_path / "suqian-2024.html"
    text = (sources / "suqian-gov-2024.html").read_text(encoding="utf-8")
    assert text.count("<td>118</td>") >= 2  # 118 carried over by natural persons
    later.write_text(
        text.replace("<td>118</td>", "<td>119</td>", 1).replace("<td>121</td>", "<td>122</td>", 1), "utf-8"
    )
    files = [sources / f"{name}.html" for name in ("hongze-gov-2023", "exercise-2022", "suqian-gov-2023")]
    return new_case(tmp_path / "case", [*files, later])


def of(case: Case, check: str) -> Any:
    return next(e for e in case.exceptions if e.finding.check == check)


def stated(case: Case, text: str) -> Case:
    """The case with something added to its case.toml, before the aliases."""
    file = case.path / "case.toml"
    file.write_text(text + "\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    return Case(case.path, case.lang)


def test_open_exceptions_come_first_and_decided_ones_stay_listed_with_reason_author_and_time(own: Case) -> None:
    e = own.exceptions[0]
    entry = own.dispose(e.finding, "accepted", reason="已电话核实", author="甲")
    n = len(own.exceptions)
    undecided, decided = tables(memo.exceptions(own))
    assert e.label not in [row[0] for row in undecided.rows]
    assert [row[0] for row in decided.rows] == [e.label]
    when = entry.when
    assert decided.rows[0][-1] == f"接受\n已电话核实\n甲，{when}"
    assert memo.exceptions(own).text.startswith(f"例外事项 {n} 项：已有处理结果 1 项，未决 {n - 1} 项。")
    assert f"已有处理结果 1 项，未决 {n - 1} 项" in memo.conclusion(own).text


def test_an_exception_decided_twice_shows_what_was_decided_before(own: Case) -> None:
    finding = own.exceptions[0].finding
    own.dispose(finding, "referred", reason="移交主管部门", author="甲")
    own.dispose(finding, "error confirmed", author="甲")
    said = str(tables(memo.exceptions(own))[-1].rows[0][-1])
    assert said.startswith("确认有误\n甲，")
    assert "\n此前：已移交；移交主管部门；甲，" in said


def test_an_exception_whose_figures_changed_is_open_again_with_its_history(own: Case) -> None:
    total = "disputes.litigation_after_reconsideration.total"
    e = next(e for e in own.exceptions if total in e.finding.cells)
    own.dispose(e.finding, "accepted", reason="金额小", author="甲")
    own.correct(e.result.report, total, "1", reason="原文为 1", author="甲")
    label = next(e.label for e in own.exceptions if total in e.finding.cells)
    row = next(row for row in tables(memo.exceptions(own))[0].rows if row[0] == label)
    assert str(row[-1]).startswith("未决\n所指的数字已经改变")
    assert "此前：接受；金额小；甲" in str(row[-1])
    assert "1〔更正，程序读作 0〕" in str(row[3])  # both readings, wherever the figure stands
    assert "1〔更正，程序读作 0〕" in consistency.suspects(own).text
    assert "| 5 | 0 | 0 | 0 | 0" in str(row[2])  # the source stays as it is


def test_what_is_printed_and_what_would_be_stand_with_their_cells(own: Case) -> None:
    pairs = [common.printed_and_implied(e, "zh") for e in own.exceptions if e.finding.check in ("T4-01", "T3-50")]
    assert ("0", "11") in pairs
    assert ("总计 0\n结果维持 5", "总计 5\n或 结果维持 0") in pairs
    assert ("68", "86") in pairs


def test_many_cells_of_two_rows_are_named_once(tmp_path: Path) -> None:
    """Two rows were exchanged: the finding says which; their figures do not fill a narrow column."""
    html = (shipped("data") / "sources" / "suqian-gov-2024.html").read_text("utf-8")
    rows = re.findall(r"<tr>(?:(?!</tr>).)*(?:二、上年结转|四、结转下年)(?:(?!</tr>).)*</tr>", html, re.DOTALL)
    figures = [re.findall(r"<td>(\d+)</td>", row) for row in rows]
    for row, own, other in zip(rows, figures, reversed(figures), strict=True):
        at, cells = row.index(f"<td>{own[0]}</td>"), "".join(f"<td>{n}</td>" for n in other)
        html = html.replace(row, row[:at] + cells + "</tr>")
    (tmp_path / "a.html").write_text(html, "utf-8")
    case = new_case(tmp_path / "c", [tmp_path / "a.html"])
    (e,) = [e for e in case.exceptions if e.finding.check == "T3-50"]
    assert "对调" in e.finding.message("zh")
    assert common.printed_and_implied(e, "zh") == (f"{len(e.finding.cells)} 格，见事项", "–")


def test_a_subtotal_stands_with_what_its_items_add_up_to(tmp_path: Path) -> None:
    html = (shipped("data") / "sources" / "exercise-2021.html").read_text(encoding="utf-8")
    total = "".join(f"<td>{n}</td>" for n in (32, 3, 0, 0, 1, 0, 35))
    begin = html.index("8.属于行政查询事项")
    end = html.index("</tr>", begin) + len("</tr>")
    (tmp_path / "a.html").write_text(
        f"{html[:end]}<tr><td>（三）不予公开小计</td>{total}</tr>{html[end:]}", encoding="utf-8"
    )
    case = new_case(tmp_path / "c", [tmp_path / "a.html"])
    shown = {e.finding.check: common.printed_and_implied(e, "zh") for e in case.exceptions}
    assert shown["T3-57"] == ("32", "31")


def test_a_sum_of_several_figures_is_not_shown_as_a_printed_figure(tmp_path: Path) -> None:
    case = new_case(tmp_path / "c", [beyond_explaining(tmp_path / "a.html")])
    shown = [(e.finding, common.printed_and_implied(e, "zh")) for e in case.exceptions]
    value = case.reports[0].value
    balances = [pair for finding, pair in shown if finding.check == "T3-01" and all(map(value, finding.cells))]
    assert balances
    assert set(balances) == {("–", "–")}
    printed = {p.figure.text for p in case.reports[0].readings.values()} | {"–"}
    assert {pair[0] for _, pair in shown} <= printed


def test_differences_below_materiality_are_summed_and_nothing_is_lost(own: Case) -> None:
    all_labels = {e.label for e in own.exceptions}
    case = stated(own, "materiality = 6")
    *lists, sums = tables(memo.exceptions(case))
    listed = {str(row[0]) for table in lists for row in table.rows}
    summed = {label for row in sums.rows for label in str(row[-1]).split("、")}
    assert listed | summed == all_labels
    assert not listed & summed
    small = [e for e in own.exceptions if (d := common.difference(e.finding)) is not None and d < 6]
    assert summed == {e.label for e in small}
    assert sum(row[2] for row in sums.rows) == len(small)  # type: ignore[misc]
    assert sum(row[3] for row in sums.rows) == sum(common.difference(e.finding) for e in small)  # type: ignore[misc]
    assert "差额小于 6 的例外" in sums.caption


def test_across_years_lists_what_was_not_disposed_away_and_says_what_was(own: Case) -> None:
    e = of(own, "Y-01")
    assert e.label in memo.across_years(own).text
    own.dispose(e.finding, "error confirmed", author="甲")
    assert "确认有误" in memo.across_years(own).text
    own.dispose(e.finding, "not an exception", reason="机关合并", author="甲")
    assert not tables(memo.across_years(own))
    assert f"未列入：{e.label}" in memo.across_years(own).text


def test_an_exception_across_years_shows_the_rows_of_both_reports(own: Case) -> None:
    rows = consistency.source_rows(own, of(own, "Y-01"))
    assert {place.split(" ")[1] for place, _ in rows} == {"2023", "2024"}
    assert any("119" in text for _, text in rows)
    assert any("118" in text for _, text in rows)


def test_corrections_show_both_readings_the_reason_who_and_when(own: Case) -> None:
    assert memo.corrections(own).text == "没有更正：读数均为程序所读。"
    report = of(own, "T4-01").result.report
    own.correct(report, "disputes.reconsideration.total", "11", reason="原文为 11", author="甲")
    own.alias("宿迁市", "宿迁市人民政府", reason="全称", author="乙")
    own.include("exercise-2022.html", False, reason="仅供演练", author="乙")
    (table,) = tables(memo.corrections(own))
    rows = {row[0]: row for row in table.rows}
    assert rows["更正读数"][1:5] == ("洪泽区人民政府 2023 年〔摘录〕 表四「行政复议」「总计」", "0", "11", "原文为 11")
    assert rows["机关名称"][1:5] == ("宿迁市", "", "宿迁市人民政府", "全称")
    assert rows["审阅范围"][1:5] == ("exercise-2022.html", "", "不审阅", "仅供演练")
    assert all(re.search(r"[甲乙]，20\d\d-\d\d-\d\d", str(row[5])) for row in table.rows)
    assert "未审阅：exercise-2022.html——仅供演练（乙，" in memo.conclusion(own).text


def test_entries_that_no_longer_apply_are_listed_with_the_reason(own: Case) -> None:
    e = of(own, "T4-01")
    own.dispose(e.finding, "accepted", reason="金额小", author="甲")
    own.correct(e.result.report, "disputes.reconsideration.total", "11", reason="原文为 11", author="甲")
    lapsed = tables(memo.corrections(own))[-1]
    assert lapsed.caption == "未采用的记录：1 条"
    assert lapsed.rows[0][0] == "例外的处理"
    assert "总计为 0" in str(lapsed.rows[0][1])
    assert lapsed.rows[0][-1] == "所指的内容已不在案卷中"


def test_a_confirmation_whose_report_is_gone_is_still_in_the_memo(own: Case) -> None:
    report = of(own, "T4-01").result.report
    own.confirm(report, "requests", author="甲")
    own.include(Path(report.path).name, False, reason="另有一份为准", author="乙")
    row = tables(memo.corrections(own))[-1].rows[0]
    assert (row[0], row[-1]) == ("核对读数", "所在的文件不在审阅范围内")


def test_two_corrections_of_one_cell_are_a_conflict_that_is_shown_and_not_applied(own: Case) -> None:
    cell, report = "disputes.reconsideration.total", of(own, "T4-01").result.report
    own.correct(report, cell, "12", reason="原文为 12", author="甲")
    # another person with a copy of the case, who did not see this
    other = new_case(own.path.parent / "other", [own.path / "sources" / "hongze-gov-2023.html"])
    other.correct(other.reports[0], cell, "13", reason="原文为 13", author="丙")
    for file in (other.path / "journal").glob("*.jsonl"):
        (own.path / "journal" / file.name).write_bytes(file.read_bytes())
    case = Case(own.path)
    assert next(r for r in case.reports if r.key == report.key).shown(cell, "zh") == "0"
    lapsed = tables(memo.corrections(case))[-1]
    assert {row[3] for row in lapsed.rows} == {"12", "13"}
    assert all("冲突" in str(row[-1]) for row in lapsed.rows)


def test_confirmed_tables_are_said_and_those_that_changed_since_are_not(own: Case) -> None:
    report = of(own, "T4-01").result.report
    own.confirm(report, "disputes", author="甲")
    own.confirm(report, "requests", author="乙", reason="逐格核对")
    (table,) = tables(memo.confirmations(own))
    row = next(row for row in table.rows if row[0] == report.name("zh"))
    assert row[1] == "未确认"
    assert str(row[2]).startswith("已确认\n逐格核对\n乙，")
    assert "12 张表中有 2 张已由审计人员对照原文确认" in memo.conclusion(own).text
    assert "12 张表中，2 张" in consistency.trust(own).text
    own.correct(report, "disputes.reconsideration.total", "11", reason="原文为 11", author="甲")
    (table,) = tables(memo.confirmations(own))
    row = next(row for row in table.rows if row[0] == report.name("zh"))
    assert row[3] == "未确认：确认之后读数有变"
    assert "11〔更正，程序读作 0〕" in consistency.trust(own).text


def test_auditors_notes_say_what_they_are_about(own: Case) -> None:
    e = own.exceptions[0]
    own.note("全案备注", author="甲")
    own.note("已联系", author="乙", finding=e.finding)
    shown = memo.notes_of_auditors(own)
    assert isinstance(shown, Table)
    assert [row[:2] for row in sorted(shown.rows)] == [
        ("全案", "全案备注"),
        (f"{e.result.report.name('zh')} {e.label}", "已联系"),
    ]


def test_what_is_wrong_with_the_journal_stands_in_the_conclusion(own: Case) -> None:
    own.note("备注", author="甲")
    (file,) = (own.path / "journal").glob("*.jsonl")
    file.write_bytes(file.read_bytes().replace("备注".encode(), "改动".encode()))
    case = Case(own.path)
    assert case.journal.faults
    assert all(fault.message("zh") in memo.conclusion(case).text for fault in case.journal.faults)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_people_typed_is_inert_in_every_view(own: Case, lang: Any) -> None:
    evil = "<script>alert(1)</script><svg onload=x>$x$\u202e\x1b[31m"
    e = of(own, "T4-01")
    own.correct(
        e.result.report, "disputes.litigation_after_reconsideration.total", "9" + evil, reason=evil, author=evil
    )
    own.dispose(of(own, "F-08").finding, "accepted", reason=evil, author=evil)
    own.include("exercise-2022.html", False, reason=evil, author=evil)
    own.note(evil, author=evil)
    own.confirm(e.result.report, "proactive", author=evil, reason=evil)
    case = Case(own.path, lang)
    for view in VIEWS:
        shown = view(case)
        assert not re.search(r"<(?:script|svg)", shown.html), view
        for character in "\u202e\x1b":
            assert character not in shown.html + shown.text, view
    assert "〔U+202E〕" in memo.conclusion(case).text


def test_the_rows_of_a_pdf_in_which_exceptions_stand_are_shown_as_they_are_printed(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdfs.drawn(sheet("exercise-2021", {"requests.granted.natural_person": "47"})))
    case = new_case(tmp_path / "c", [tmp_path / "a.pdf"])
    (label,) = (e.label for e in case.exceptions if e.finding.check == "T3-50")
    for shown in (consistency.in_the_source(case), memo.exceptions(case)):
        assert re.findall(r"<figcaption>(E\d+) · [^<]*第 \d+ 页上的该行</figcaption>", shown.html) == [label]
        assert "data:image/png;base64," in shown.html
        assert f"{label} · " in shown.text


def test_what_was_decided_and_noted_on_notes_and_flags_is_in_the_memo(tmp_path: Path) -> None:
    sources = shipped("data") / "sources"
    written = (sources / "suqian-gov-2023.html").read_text("utf-8").replace("<td>1191</td>", "<td>1191件</td>", 1)
    (tmp_path / "2023.html").write_text(written, "utf-8")
    case = new_case(tmp_path / "案卷", [tmp_path / "2023.html", sources / "suqian-gov-2024.html"])
    note = next(e.finding for e in common.numbered(case) if e.finding.severity == "note")
    first, second, *_ = decidable(case)
    case.dispose(note, "not an exception", reason="单位已换算核对", author="张三")
    case.dispose(first.finding, "accepted", reason="归类口径调整", author="张三")
    case.dispose(second.finding, "error confirmed", reason="统计口径有误", author="张三")
    case.note("问过经办人", finding=note, author="张三")
    case.note("与去年同", finding=second.finding, author="张三")
    for lang in ("zh", "en"):
        now = Case(case.path, lang)
        assert "单位已换算核对" in memo.notes(now).text
        kept, gone = tables(memo.flags(now))
        assert ("统计口径有误" in kept.text, "归类口径调整" in kept.text) == (True, False)
        assert ("统计口径有误" in gone.text, "归类口径调整" in gone.text) == (False, True)
        said = memo.notes_of_auditors(now).text
        assert note.message(lang) in said
        assert second.finding.message(lang) in said
    assert len(kept.rows) + len(gone.rows) == len(decidable(case))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_mark_means_one_thing_and_says_so_where_it_stands(lang: Any) -> None:
    """▲ contradicts, ▶ is looked at, ◆ is beyond chance and no error: the agency's figures are not all called wrong."""
    case = Case(shipped("data"), lang)
    contradicts, beyond = {"zh": ("▲ 不平的等式", "◆ 超出偶然"), "en": ("▲ cells of sums", "◆ beyond chance")}[lang]
    for view in (consistency.failing, memo.appendix):
        assert "▲68" in view(case).text
        assert contradicts in view(case).text
    past = own_past(case)
    assert "▲" not in past.text
    assert "◆" in past.text
    assert beyond in past.text
    e = of(case, "T3-50")
    looked_at = in_full(case, e, case.disposition(e.finding)).text
    assert "▶68" in looked_at
    assert {"zh": "▶ 本项所涉及的格", "en": "▶ the cells concerned"}[lang] in looked_at
    assert "▲" not in looked_at


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_memo_states_and_leaves_nothing_for_its_signer_to_do(tmp_path: Path, lang: Any) -> None:
    """Why a file was not examined, and what was compared: advice to the auditor stands in notebook 00."""
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(64))
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "a.txt").write_text("年度报告", encoding="utf-8")
    files = [
        shipped("data") / "sources" / "hongze-gov-2023.html",
        *(tmp_path / f"a.{end}" for end in ("jpg", "pdf", "txt")),
    ]
    case = new_case(tmp_path / "case", files, lang=lang, problems=[])
    assert sum(s.problem is not None for s in case.sources) == 3
    text = memo.conclusion(case).text
    assert text.count({"zh": "未审阅：a.", "en": "Not examined: a."}[lang]) == 3
    for advice in ("。请", "，请", "其余请", "Please", "please", "Save", "Download", "Ask the agency"):
        assert advice not in text
    assert {"zh": "。请", "en": "Ask the agency"}[lang] in start.sources(case).text
    assert {"zh": "未经人工逐表核对", "en": "read by program only"}[lang] in text


def test_what_is_asked_presumes_no_answer() -> None:
    """An agency is asked whether it departed from the form before it is told what to do in future."""
    asked, english = common.ASK["compliance"]
    assert asked.startswith("请核实；确与")
    assert "if it does" in english
    (alike,) = (c.messages["alike"] for c in catalog().values() if c.id == "Y-17")
    assert "误用" not in alike[0]
    assert "mistake" not in alike[1]
