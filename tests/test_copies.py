"""Two copies of one report: what differs, cell by cell, and which one counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import report, typed
from test_material import control, shown

from auditkit.case import Case
from auditkit.case.folder import put, shipped
from auditkit.case.opening import new_case
from auditkit.copies import compare, difference, groups
from auditkit.forms import load_form
from auditkit.widgets.material import scope

SOURCES = shipped("data") / "sources"
WEB, MIRROR = "suqian-gov-2023.html", "镜像 <b>.html"
FORM = load_form("2021")
TEXTS = dict(typed("suqian-gov-2023"))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    text = (SOURCES / WEB).read_text("utf-8")
    changed = text.replace(">59237.2449<", ">59237.24<", 1).replace("总体情况", "总体概况", 1)
    assert changed != text
    (tmp_path / "mirror.html").write_text(changed, "utf-8")
    return new_case(tmp_path / "案 卷", [SOURCES / WEB, tmp_path / "mirror.html", SOURCES / "exercise-2022.html"])


def test_two_copies_are_found_and_the_cell_that_differs_is_named(case: Case) -> None:
    ((a, b),) = groups(case)
    assert {a.name, b.name} == {WEB, "mirror.html"}
    text = compare(case).text
    assert "表二「行政事业性收费」「本年收费金额（单位：万元）」" in text
    assert "59237.2449" in text
    assert "第 1 个表格第 14 行第 2 格" in text
    assert "199 格相同（其中 0 格写法不同），1 格不同" in text
    assert "只在第一份的文字 1 行，只在第二份的 1 行" in text
    assert "现有 2 份在审阅范围内" in text


CELL = "proactive.licences.decisions"


def test_a_correction_of_one_copy_hides_no_difference_of_the_prints(case: Case) -> None:
    ((a, b),) = groups(case)
    fee = "proactive.fees.amount"
    case.correct(a.report, fee, b.report.printed(fee), reason="看错", author="张三")
    text = compare(Case(case.path)).text
    assert "199 格相同（其中 0 格写法不同），1 格不同" in text
    assert f"程序读作 {a.report.printed(fee)}" in text


def test_what_is_stated_of_one_copy_is_not_stated_of_the_other(tmp_path: Path) -> None:
    """Nor where it was stated before there was another, whichever name this one has."""
    text = (SOURCES / WEB).read_text("utf-8").replace(">3486<", ">3485<")
    files = [tmp_path / name for name in ("m.html", "a.html", "z.html")]
    for n, file in enumerate(files):
        file.write_text(text.replace("总体情况", f"总体情况{n}", 1), "utf-8")
    alone = new_case(tmp_path / "案卷", files[:1])
    of, finding = alone.reports[0], alone.exceptions[0].finding
    alone.confirm(of, "disputes", author="张三")
    alone.dispose(finding, "accepted", reason="只看了这一份", author="张三")
    alone.note("只说这一份", finding=finding, author="张三")
    alone.correct(of, CELL, "17", reason="看错", author="张三")
    for file in files[1:]:
        put(alone.path, file.name, file.read_bytes())
    several = Case(alone.path)
    by_file = {r.copy: r for r in several.reports}
    assert set(by_file) == {f.name for f in files}
    assert {name: several.confirmed(r, "disputes") is not None for name, r in by_file.items()} == {
        "m.html": True, "a.html": False, "z.html": False
    }  # fmt: skip
    assert {name: r.value(CELL) == 17 for name, r in by_file.items()} == {
        "m.html": True,
        "a.html": False,
        "z.html": False,
    }
    same = [(e, several.disposition(e.finding)) for e in several.exceptions if e.finding.what == finding.what]
    assert [Path(e.finding.path).name for e, d in same if d.state == "accepted"] == ["m.html"]
    assert all(several.notes(e.finding) == () for e, _ in same if Path(e.finding.path).name != "m.html")
    other = by_file["a.html"]
    several.correct(other, CELL, "18", reason="看错", author="李四")
    several.confirm(next(r for r in several.reports if r.copy == "a.html"), "proactive", author="李四")
    again = Case(alone.path)
    assert {r.copy: r.value(CELL) for r in again.reports}["m.html"] == 17
    assert {r.copy: r.value(CELL) for r in again.reports}["a.html"] == 18
    assert [r.copy for r in again.reports if again.confirmed(r, "proactive")] == ["a.html"]
    assert again.stated.lapsed == ()


def test_where_every_report_is_there_once_it_says_so() -> None:
    for lang, words in (("zh", "没有同一机关同一年度的两份报告"), ("en", "No report is there twice")):
        assert words in compare(Case(shipped("data"), lang)).text  # type: ignore[arg-type]


def test_a_blank_is_no_zero_and_another_way_of_writing_is_no_difference() -> None:
    a = report(
        FORM, TEXTS | {"requests.new.total": "1,050", "requests.total.other": "", "disputes.reconsideration.total": "—"}
    )
    b = report(
        FORM, TEXTS | {"requests.new.total": "1050", "requests.total.other": "0", "disputes.reconsideration.total": ""}
    )
    table = difference(a, b, "zh")
    assert [row[:3] for row in table.rows] == [("表三「（七）总计」「其他」", "空白", "0")]
    assert "199 格相同（其中 2 格写法不同），1 格不同" in table.note


def test_cells_of_another_row_variant_stand_in_one_copy_only() -> None:
    single = load_form("2021", variant="single_other")
    table = difference(report(FORM, TEXTS), report(single, {c.id: TEXTS.get(c.id, "0") for c in single.cells}), "en")
    assert "only in the first: 21, only in the second: 7" in table.note
    assert len(table.rows) == 28
    assert {"not read"} < {text for row in table.rows for text in row[1:3]}


@given(st.dictionaries(st.sampled_from(sorted(FORM.index)), st.integers(0, 9).map(str), max_size=8))
def test_the_difference_lists_exactly_the_cells_that_differ(changes: dict[str, str]) -> None:
    a, b = report(FORM, TEXTS), report(FORM, TEXTS | changes)
    wanted = [FORM.label(c, "zh") for c in FORM.index if a.value(c) != b.value(c) or a.kind(c) != b.kind(c)]
    assert [row[0] for row in difference(a, b, "zh").rows] == wanted
    assert [(r[0], r[2], r[1]) for r in difference(b, a, "zh").rows] == [r[:3] for r in difference(a, b, "zh").rows]


def test_the_copy_chosen_counts_the_other_stays_on_record_and_it_can_be_undone(case: Case) -> None:
    assert len(case.reports) == 3
    panel = scope(case)
    chosen = control(panel, "以此为准")
    chosen.value = next(value for label, value in chosen.options if label.endswith(WEB))
    control(panel, "审计人员").value = "张三"
    control(panel, "记录").click()
    assert "请写明不审阅的理由" in shown(panel)
    assert len(Case(case.path).reports) == 3
    control(panel, "理由").value = "以网页为准<script>"
    control(panel, "记录").click()
    again = Case(case.path)
    assert [r.path.rsplit("/", 1)[-1] for r in again.reports if r.agency == "宿迁市"] == [WEB]
    assert [s.name for s in again.sources if not s.in_scope] == ["mirror.html"]
    text = compare(again).text
    assert "mirror.html" in text
    assert "不审阅（张三：以网页为准<script>）" in text
    assert "只审阅在范围内的一份" in text
    assert "<script>" not in compare(again).html + shown(panel)
    control(panel, "记录").click()
    assert "已经以此为准" in shown(panel)
    assert "不审阅（张三" in shown(panel)
    assert "其余仍登记在案" in shown(panel)
    chosen.value = next(value for label, value in chosen.options if label.endswith("mirror.html"))
    control(panel, "记录").click()
    assert [s.name for s in Case(case.path).sources if not s.in_scope] == [WEB]
    control(panel, "撤销").click()
    assert all(s.in_scope for s in Case(case.path).sources)


def test_the_copies_are_compared_once_not_in_the_panel_too(case: Case) -> None:
    """The cell beneath the panel lists the cells that differ; the same list above it looked like another pair."""
    assert "只在第一份的" in compare(case).text
    assert "只在第一份的" not in shown(scope(case))
    assert "请选择以哪一份为准" in shown(scope(case))


def test_what_else_a_file_holds_is_said_before_it_is_taken_out(tmp_path: Path) -> None:
    both = b"".join((SOURCES / f"suqian-gov-{year}.html").read_bytes() for year in (2023, 2024))
    (tmp_path / "both.html").write_bytes(both)
    case = new_case(tmp_path / "案卷", [SOURCES / WEB, tmp_path / "both.html"])
    assert len(case.reports) == 3
    panel = scope(case)
    chosen = control(panel, "以此为准")
    chosen.value = next(value for label, value in chosen.options if label.endswith(WEB))
    assert "both.html 中还有 宿迁市 2024 年〔摘录〕，也将不审阅。" in shown(panel)


def test_without_copies_there_is_nothing_to_choose(tmp_path: Path) -> None:
    panel = scope(new_case(tmp_path / "案卷", [SOURCES / WEB]))
    assert "没有一份报告分在两个文件中" in shown(panel)


def test_what_is_stated_of_a_copy_that_is_not_examined_is_not_in_force(case: Case) -> None:
    """It stays on record, with the reason, and is in force again when the copy is."""
    ((a, b),) = groups(case)
    case.correct(a.report, CELL, "17", reason="看错", author="张三")
    case.include(a.source.name, False, reason="以网页为准", author="张三")
    now = Case(case.path)
    assert [r.value(CELL) for r in now.reports if r.key.startswith("宿迁市|2023")] == [b.report.value(CELL)]
    assert [(x.entry.kind, x.why[0]) for x in now.stated.lapsed] == [("correct", "所在的文件不在审阅范围内")]
    assert not [e for e in now.stated.applied if e.kind == "correct"]
    now.include(a.source.name, True, reason="再审", author="张三")
    assert [e.kind for e in Case(case.path).stated.applied if e.kind == "correct"] == ["correct"]


def test_what_is_stated_is_in_force_though_a_file_of_the_very_same_content_is_not_examined(tmp_path: Path) -> None:
    (tmp_path / "again.html").write_bytes((SOURCES / WEB).read_bytes())
    case = new_case(tmp_path / "案卷", [SOURCES / WEB, tmp_path / "again.html"])
    case.include("again.html", False, reason="副本", author="张三")
    case.correct(case.reports[0], CELL, "17", reason="看错", author="张三")
    assert [r.value(CELL) for r in case.reports] == [17]
    assert {e.kind for e in case.stated.applied} == {"scope", "correct"}
    assert not case.stated.lapsed


@pytest.mark.parametrize(("other", "copies"), [("淮安市教育局", 0), ("宿迁市教育局", 1)])
def test_bodies_of_one_short_name_are_no_copies_of_each_other(other: str, copies: int, tmp_path: Path) -> None:
    """Their titles say 教育局, their openings of which city."""
    text = (SOURCES / WEB).read_text("utf-8")
    body = text[text.index("<table") :]
    for name, full in (("a.html", "宿迁市教育局"), ("b.html", other)):
        begin = (
            f"<h1>教育局2023年政府信息公开工作年度报告</h1><p>现将{full}2023年政府信息公开工作年度报告公布如下。</p>"
        )
        (tmp_path / name).write_text(f"<meta charset=utf-8>{begin}<p>一、总体情况</p>{body}", "utf-8")
    case = new_case(tmp_path / "案卷", [tmp_path / "a.html", tmp_path / "b.html"])
    assert {r.naming.full for s in case.sources for r in s.reports} == {"宿迁市教育局", other}
    assert len(groups(case)) == copies
