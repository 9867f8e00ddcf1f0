"""The board: what the auditor decides on an exception is in the case, is seen by everyone, and belongs to its figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditkit.anomalies import FLAG
from auditkit.case import Case
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.checks import catalog
from auditkit.views.decisions import Which, decisions, items
from auditkit.widgets import Panel
from auditkit.widgets.board import board
from auditkit.wording import Lang

SOURCES = shipped("data") / "sources"
REPORTS = [
    SOURCES / f"{name}.html" for name in ("exercise-2021", "exercise-2022", "hongze-gov-2023", "suqian-gov-2024")
]
SLIP = "T3-50"
HOSTILE = "<script>alert(1)</script>"
CHANGES = (
    ("<td>176</td>", "<td>177</td>"),
    ("<td>208</td>", "<td>209</td>"),
    ("申请208件", "申请209件"),
    ("结转下年度13件", "结转下年度14件"),
    (
        "<td>10</td><td>2</td><td>0</td><td>0</td><td>1</td><td>0</td><td>13</td>",
        "<td>11</td><td>2</td><td>0</td><td>0</td><td>1</td><td>0</td><td>14</td>",
    ),
)
"""One request more in the exercise of 2021, carried forward to 2022 and not carried over there: all sums hold."""
WHICH: tuple[Which, ...] = ("consistency", "years", "anomalies")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A case in which the balance does not roll forward, so that there are exceptions across years too."""
    folder = tmp_path_factory.mktemp("board")
    earlier = folder / "exercise-2021.html"
    text = REPORTS[0].read_text(encoding="utf-8")
    for old, new in CHANGES:
        assert text.count(old) == 1
        text = text.replace(old, new)
    earlier.write_text(text, encoding="utf-8")
    return new_case(folder / "案 卷", [earlier, *REPORTS[1:]])


@pytest.fixture
def case(made: Case) -> Iterator[Case]:
    """The case with an empty journal."""
    yield made
    for file in (made.path / "journal").glob("*"):
        file.unlink()


def everything(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def controls(panel: Panel) -> dict[str, Any]:
    return {c.description: c for c in everything(panel) if getattr(c, "description", "")}


def shown(panel: Panel) -> str:
    return " ".join(c.value for c in everything(panel) if type(c).__name__ == "HTML")


def choose(panel: Panel, part: str) -> str:
    """Choose the first line of the list with `part` in it."""
    listed = controls(panel)["提示" if "提示" in controls(panel) else "例外"]
    label, value = next((label, value) for label, value in listed.options if part in label)
    listed.value = value
    return str(label)


def chosen(panel: Panel) -> str:
    listed = controls(panel)["提示" if "提示" in controls(panel) else "例外"]
    return next(str(label) for label, value in listed.options if value == listed.value)


def decide(
    panel: Panel, state: str = "确认有误", reason: str = "", author: str = "王审计", press: str = "记录决定"
) -> None:
    found = controls(panel)
    found["处理结果"].value = dict(found["处理结果"].options)[state]
    found["理由"].value, found["审计人员"].value = reason, author
    found[press].click()


# ---- what is seen ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_control_is_labelled_and_the_panel_says_in_a_line_what_it_is(
    case: Case, which: Which, lang: Lang
) -> None:
    panel = board(Case(case.path, lang), which)
    text = panel._repr_mimebundle_()["text/plain"]
    assert text.startswith("【面板】" if lang == "zh" else "[Panel]")
    assert "\n" not in text
    active = [c for c in everything(panel) if type(c).__name__ in ("Dropdown", "Select", "Text", "Combobox", "Button")]
    assert len(active) >= 15
    assert all(c.description and c.tooltip for c in active)


def test_each_board_has_its_own_and_none_is_forgotten(case: Case) -> None:
    within, across = items(case, "consistency"), items(case, "years")
    assert {e.finding.check[:2] for e in across} == {"Y-"}
    assert sorted(e.label for e in (*within, *across) if e.label != "–") == sorted(e.label for e in case.exceptions)
    unusual = [f for r in case.results for f in r.findings if catalog()[f.check].question]
    assert sum(len(r.findings) for r in case.results) == len(within) + len(across) + len(unusual)
    flags = [e.finding.check.removeprefix(FLAG) for e in items(case, "anomalies")]
    assert sorted(f.check for f in unusual) == sorted(c for c in flags if c in catalog())
    assert not {e.finding.id for e in items(case, "anomalies")} & {f.id for f in case.findings}


def test_notes_are_listed_by_the_filter_only_and_do_not_count(case: Case) -> None:
    panel = board(case)
    listed, severity = controls(panel)["例外"], controls(panel)["程度"]
    n = sum(e.label != "–" for e in items(case, "consistency"))
    assert len(listed.options) == n
    assert f"已处理 0 / {n}" in shown(panel)
    severity.value = "note"
    assert listed.options
    assert all(label.startswith("–") for label, _ in listed.options)
    severity.value = ""
    assert len(listed.options) == len(items(case, "consistency"))
    assert f"已处理 0 / {n}" in shown(panel)


@pytest.mark.parametrize(
    ("label", "value", "part", "out"),
    [("所在表", "requests", "F-08", "T4-01"), ("所在表", "disputes", "T4-01", SLIP), ("程度", "warning", "F-08", SLIP),
     ("种类", "不合要求", "F-08", SLIP), ("机关", "=示例市演练局", SLIP, "F-08")],
)  # fmt: skip
def test_a_filter_lists_what_it_names_and_nothing_else(case: Case, label: str, value: str, part: str, out: str) -> None:
    panel = board(case)
    found = controls(panel)
    assert out in str(found["例外"].options)
    found[label].value = value
    assert part in str(found["例外"].options)
    assert out not in str(found["例外"].options)
    assert part in chosen(panel)


def test_filters_that_leave_nothing_say_so(case: Case) -> None:
    panel = board(case)
    controls(panel)["状态"].value = "referred"
    assert controls(panel)["例外"].options == ()
    assert "没有符合条件的事项" in shown(panel)
    for name in ("上一项", "下一项", "记录决定", "撤销"):
        controls(panel)[name].click()
    assert case.journal.entries == ()


def test_beside_an_exception_stand_its_figure_in_the_form_and_in_the_source(case: Case) -> None:
    panel = board(case)
    choose(panel, SLIP)
    html = shown(panel)
    assert re.search(r'<td class="num mark">▶68</td>', html)
    assert "68 | 9 | 2 | 3 | 6 | 3 | 109" in html
    assert "第 2 个表格第 6 行" in html
    assert re.search(r"应为.*>86<", html, re.S)
    assert "办理结果各项合计 229，（七）总计为 247" in html


def test_beside_an_exception_across_years_stand_the_rows_of_both_reports(case: Case) -> None:
    panel = board(case, "years")
    html = shown(panel)
    assert "11 | 2 | 0 | 0 | 1 | 0 | 14" in html
    assert "10 | 2 | 0 | 0 | 1 | 0 | 13" in html


def test_next_and_previous_stop_at_the_ends(case: Case) -> None:
    panel = board(case)
    found = controls(panel)
    first, last = found["例外"].options[0][0], found["例外"].options[-1][0]
    choose(panel, first)
    found["上一项"].click()
    assert chosen(panel) == first
    for _ in range(len(found["例外"].options) + 2):
        found["下一项"].click()
    assert chosen(panel) == last
    assert last.split(" ")[0] in shown(panel)


# ---- deciding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", WHICH)
def test_a_decision_is_in_the_case_and_a_new_kernel_shows_it(case: Case, which: Which) -> None:
    panel = board(case, which)
    before = chosen(panel)
    decide(panel, "接受", "台账已核对")
    assert "接受" in chosen(panel)
    assert "已记录" in shown(panel)
    fresh = Case(case.path, "zh")
    e = next(e for e in items(fresh, which) if e.label == before.split(" ")[0])
    entry = fresh.disposition(e.finding).entry
    assert entry is not None
    assert (entry.value, entry.reason, entry.author) == ("accepted", "台账已核对", "王审计")
    again = board(fresh, which)
    choose(again, "接受")
    assert controls(again)["处理结果"].value == "accepted"
    assert controls(again)["理由"].value == "台账已核对"
    assert re.search(r"已处理 1 / \d+", shown(again))
    assert not fresh.stated.lapsed


def test_deciding_on_a_flag_changes_no_verdict_and_no_exception(case: Case) -> None:
    before = [r.verdict for r in case.results], [e.label for e in case.exceptions]
    decide(board(case, "anomalies"), "已移交")
    assert ([r.verdict for r in case.results], [e.label for e in case.exceptions]) == before
    assert "已移交" in decisions(case, "anomalies").text
    assert "尚无决定" in decisions(case, "consistency").text


@pytest.mark.parametrize(
    ("state", "reason", "author", "why"),
    [("接受", " ", "王审计", "须写明理由"), ("不是例外", "", "王审计", "须写明理由"), ("确认有误", "", " ", "姓名"),
     ("未决", "", "王审计", "请先选择处理结果")],
)  # fmt: skip
def test_what_cannot_be_recorded_is_not_and_the_panel_says_why(
    case: Case, state: str, reason: str, author: str, why: str
) -> None:
    panel = board(case)
    decide(panel, state, reason, author)
    assert "没有记录" in shown(panel)
    assert why in shown(panel)
    assert case.journal.entries == ()


def test_record_and_next_goes_to_the_next_open_one_and_says_when_there_is_none(case: Case) -> None:
    panel = board(case)
    n = len(controls(panel)["例外"].options)
    choose(panel, SLIP)
    for _ in range(n):
        assert "未决" in chosen(panel)
        decide(panel, press="记录并下一项")
    assert f"已处理 {n} / {n}" in shown(panel)
    assert "列表中没有其他未决事项" in shown(panel)
    assert len({e.topic for e in case.journal.entries}) == n


def test_recording_alone_stays_at_the_item_even_where_the_filter_would_hide_it(case: Case) -> None:
    panel = board(case)
    controls(panel)["状态"].value = "open"
    first = chosen(panel).split(" ")[0]
    decide(panel)
    assert chosen(panel).startswith(f"{first} 确认有误")
    controls(panel)["状态"].value = ""
    controls(panel)["状态"].value = "open"
    assert first not in [label.split(" ")[0] for label, _ in controls(panel)["例外"].options]


def test_undo_opens_it_again_and_the_history_keeps_both(case: Case) -> None:
    panel = board(case)
    decide(panel, "接受", "已核")
    controls(panel)["撤销"].click()
    assert "已撤销" in shown(panel)
    assert "未决" in chosen(panel)
    assert (controls(panel)["处理结果"].value, controls(panel)["理由"].value) == ("open", "")
    assert [(e.value, e.reason) for e in case.journal.entries] == [("accepted", "已核"), (None, "")]
    assert shown(panel).count("已被后来的记录取代") == 1
    assert re.search(r"撤销</td><td></td>|撤销</td><td class=\"short\"></td>", shown(panel))
    controls(panel)["撤销"].click()
    assert "没有可撤销的记录" in shown(panel)


def test_what_was_typed_and_not_recorded_is_still_there_on_coming_back(case: Case) -> None:
    panel = board(case)
    choose(panel, SLIP)
    controls(panel)["理由"].value, controls(panel)["备注"].value = "写到一半", "待电话核实"
    choose(panel, "F-08")
    assert (controls(panel)["理由"].value, controls(panel)["备注"].value) == ("", "")
    decide(panel)
    choose(panel, SLIP)
    assert (controls(panel)["理由"].value, controls(panel)["备注"].value) == ("写到一半", "待电话核实")
    decide(panel, reason="写完了")
    assert controls(panel)["备注"].value == "待电话核实"


def test_what_was_typed_and_not_recorded_is_still_there_when_the_notebook_is_run_again(case: Case) -> None:
    before = board(case)
    item = choose(before, SLIP)
    controls(before)["理由"].value, controls(before)["审计人员"].value = "写到一半", "赵审计"
    again = board(Case(case.path))
    assert chosen(again) == item
    assert (controls(again)["理由"].value, controls(again)["审计人员"].value) == ("写到一半", "赵审计")
    choose(again, "F-08")
    assert controls(again)["理由"].value == ""
    decide(again, reason="")
    choose(again, SLIP)
    assert controls(again)["理由"].value == "写到一半"


def test_a_note_is_in_the_case_and_can_be_taken_back(case: Case) -> None:
    panel = board(case)
    choose(panel, SLIP)
    controls(panel)["审计人员"].value = "王审计"
    controls(panel)["备注"].value = "电话核实中"
    controls(panel)["记录备注"].click()
    assert controls(panel)["备注"].value == ""
    assert "电话核实中" in shown(panel)
    assert "电话核实中" in decisions(Case(case.path, "zh"), "consistency").text
    controls(panel)["撤回备注"].click()
    assert "电话核实中" not in shown(panel)
    assert "尚无决定" in decisions(case, "consistency").text


# ---- two people, other figures -----------------------------------------------------------------------------------------


def test_what_another_kernel_records_is_seen_at_the_next_action(case: Case) -> None:
    panel, other = board(case), board(Case(case.path, "zh"))
    choose(other, SLIP)
    decide(other, "已移交", author="李审计")
    controls(panel)["下一项"].click()
    assert any("已移交" in label for label, _ in controls(panel)["例外"].options)
    assert "已处理 1 /" in shown(panel)


def test_nobody_decides_over_a_decision_they_have_not_seen(case: Case) -> None:
    panel, other = board(case), board(Case(case.path, "zh"))
    choose(panel, SLIP)
    choose(other, SLIP)
    decide(other, "已移交", author="李审计")
    decide(panel, "接受", "台账相符")
    assert "没有记录" in shown(panel)
    assert "李审计" in shown(panel)
    assert controls(panel)["理由"].value == "台账相符"
    assert len(case.journal.entries) == 1
    controls(panel)["记录决定"].click()
    assert "接受" in chosen(panel)
    accepted = next(e for e in case.journal.entries if e.value == "accepted")
    assert accepted.supersedes == tuple(e.id for e in case.journal.entries if e.value == "referred")


def conflict(case: Case, tmp_path: Path) -> None:
    """Two people decide apart from each other; then their journals are copied together."""
    import shutil

    apart = tmp_path / "副本"
    shutil.copytree(case.path, apart)
    for folder, state, author in ((case.path, "接受", "王审计"), (apart, "已移交", "李审计")):
        panel = board(Case(folder, "zh"))
        choose(panel, SLIP)
        decide(panel, state, "理由", author)
    for file in (apart / "journal").iterdir():
        shutil.copy(file, case.path / "journal")


def test_two_decisions_that_conflict_are_both_shown_and_leave_it_open_until_one_is_made(
    case: Case, tmp_path: Path
) -> None:
    conflict(case, tmp_path)
    panel = board(case)
    choose(panel, SLIP)
    assert "未决" in chosen(panel)
    assert shown(panel).count("与另一条冲突，未采用") == 2
    text = decisions(case, "consistency").text
    assert "王审计" in text
    assert "李审计" in text
    decide(panel, "确认有误")
    assert "确认有误" in chosen(panel)
    assert "冲突" not in shown(panel).replace("已被后来的记录取代", "")


def test_a_decision_on_other_figures_is_open_again_with_its_history(case: Case) -> None:
    panel = board(case)
    choose(panel, SLIP)
    decide(panel, "接受", "台账相符")
    report = next(r for r in case.reports if r.agency == "示例市演练局" and r.year == 2022)
    case.correct(report, "requests.granted.natural_person", "67", reason="试验", author="王审计")
    panel = board(Case(case.path, "zh"))
    choose(panel, SLIP)
    assert "未决" in chosen(panel)
    assert "重新未决" in shown(panel)
    assert "台账相符" in shown(panel)
    assert "数字已变，不再适用" in shown(panel)
    text = decisions(case, "consistency").text
    assert "已经改变" in text
    assert "接受 (王审计" in text


def test_a_decision_on_what_is_no_longer_there_is_listed(case: Case) -> None:
    panel = board(case)
    choose(panel, SLIP)
    decide(panel, "接受", "台账相符")
    report = next(r for r in case.reports if r.agency == "示例市演练局" and r.year == 2022)
    case.correct(report, "requests.granted.natural_person", "86", reason="读错", author="王审计")
    text = decisions(Case(case.path, "zh"), "consistency").text
    assert "所指事项已不在案卷中的决定" in text
    assert "台账相符" in text
    controls(panel)["下一项"].click()
    assert not any(SLIP in label for label, _ in controls(panel)["例外"].options)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_board_itself_says_what_was_recorded_and_when(case: Case, lang: Lang) -> None:
    """The cell beneath it shows what was known when it was run: whoever has just decided must not think it lost."""
    own = Case(case.path, lang)
    panel = board(own)
    words = {"zh": "现行决定中最近的一项", "en": "Latest decision in force"}[lang]
    assert words not in shown(panel)
    first, second, *_ = (
        e for e in own.exceptions if not e.finding.check.startswith("Y-") and e.finding.severity == "error"
    )
    for e in (first, second):
        own.dispose(e.finding, "error confirmed", author="王审计")
    again = board(own)
    for at in (panel, again):
        next(c for c in everything(at) if getattr(c, "description", "") in ("下一项", "Next")).click()
        entry = own.disposition(second.finding).entry
        assert entry
        assert f"{words}{'：' if lang == 'zh' else ': '}{second.label} " in shown(at)
        assert entry.signed(lang) in shown(at)


# ---- as text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_decisions_as_text_say_what_is_decided_and_what_is_open(case: Case, lang: Lang) -> None:
    n = sum(e.label != "–" for e in items(case, "consistency"))
    empty = decisions(Case(case.path, lang), "consistency").text
    since = {
        "zh": f"到上次运行为止尚无决定：已处理 0 / {n}。其后",
        "en": f"No decision as of the last run: 0 of {n} decided.",
    }
    assert empty.startswith(since[lang])  # of what is recorded since it cannot know
    panel = board(case)
    decide(panel, "接受", "台账相符")
    text = decisions(Case(case.path, lang), "consistency").text
    assert (f"已处理 1 / {n}" if lang == "zh" else f"1 of {n} decided") in text
    assert all(e.label in text for e in items(case, "consistency") if e.label != "–")
    assert "台账相符" in text
    assert "王审计" in text
    assert text.count("未决" if lang == "zh" else " open") == n - 1


def test_a_flag_is_the_same_in_both_languages(case: Case) -> None:
    zh, en = (items(Case(case.path, lang), "anomalies") for lang in ("zh", "en"))
    assert zh
    assert [(e.finding.id, e.finding.figures, e.label) for e in zh] == [
        (e.finding.id, e.finding.figures, e.label) for e in en
    ]
    assert len({e.finding.id for e in zh}) == len(zh)


@pytest.mark.parametrize("place", ["理由", "备注", "审计人员"])
def test_hostile_text_is_shown_as_text(case: Case, place: str) -> None:
    panel = board(case)
    press = "记录备注" if place == "备注" else "记录决定"
    controls(panel)["审计人员"].value = "王审计"
    controls(panel)["处理结果"].value = "referred"
    controls(panel)[place].value = HOSTILE
    controls(panel)[press].click()
    assert len(case.journal.entries) == 1
    for html in (shown(panel), decisions(case, "consistency").html):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


# ---- nothing to write on -----------------------------------------------------------------------------------------------


def test_in_the_demonstration_case_all_is_shown_nothing_is_recorded_and_the_way_is_named() -> None:
    case = Case(shipped("data"), "zh")
    panel = board(case)
    choose(panel, SLIP)
    assert "▶68" in shown(panel)
    assert "auditkit lab" in shown(panel)
    for name in ("处理结果", "理由", "备注", "审计人员", "记录决定", "记录并下一项", "撤销", "记录备注", "撤回备注"):
        assert controls(panel)[name].disabled
    for name in ("程度", "种类", "所在表", "状态", "机关", "例外", "上一项", "下一项"):
        assert not controls(panel)[name].disabled
    decide(panel)
    assert "演示案卷只读" in shown(panel)
    assert case.journal.entries == ()


def test_a_journal_of_a_newer_version_is_a_sentence_not_a_dead_button(case: Case) -> None:
    panel = board(case)
    decide(panel)
    file = next((case.path / "journal").iterdir())
    newer(file)
    controls(panel)["下一项"].click()
    assert "更新版本" in shown(panel)


def newer(file: Path) -> None:
    import hashlib

    first = re.sub(rb',"hash":"[0-9a-f]{64}"\}$', b"}", file.read_bytes().split(b"\n")[0])
    first = first.replace(b'"format":1', b'"format":99')
    own = hashlib.sha256(first).hexdigest()
    file.write_bytes(first[:-1] + f',"hash":"{own}"}}\n'.encode())


def test_a_case_without_exceptions_says_so(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案卷", [REPORTS[3]])
    for which, say in (("consistency", "已处理 0 / 0"), ("years", "没有符合条件的事项")):
        assert say in shown(board(case, which))  # type: ignore[arg-type]
