"""Which cells explain the failures: every single wrong cell of table three is named with its value."""

from __future__ import annotations

import os
import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fellegi_holt import fewest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from layouts import LAYOUTS, Sheet, write
from strategies import (
    APPLICANTS,
    AS_THE_SEED,
    IN_HTML,
    SOUND,
    form_of,
    only_natural_persons,
    report,
    results,
    sound_figures,
    texts_of,
    typed,
)

import auditkit
from auditkit.batch import locate
from auditkit.findings import ReportResult
from auditkit.forms import Form, load_form
from auditkit.localize import MOST_LISTED, Explained, combine, explanations
from auditkit.report import Report
from auditkit.slips import SLIPS, TOGETHER, slip

PLANTED_EACH = 75
"""Wrong cells planted in each form and layout: 300 in all."""


def wrong_values(value: int, row: int | None, column: int | None) -> list[int]:
    """Return what a slip of the pen makes of a figure; `row` and `column` stand beside it."""
    text = str(value)
    made = [value + 1, abs(value - 1), value * 10, int(text + text[-1]), 0, int(text[1:] or "0"), int(text[::-1])]
    made += [n for n in (row, column) if n is not None]
    return sorted({n for n in made if n != value})


def check(one: Report) -> ReportResult:
    return auditkit.check(one).results[0]


def plant(chance: random.Random, form_id: str) -> tuple[Sheet, str, int]:
    """Choose a sound report, a cell of table three and a wrong figure for it."""
    blank = chance.random() < 0.25
    stem = chance.choice(SOUND[form_id])
    form = load_form(form_id)
    texts = only_natural_persons(form) if blank else dict(typed(stem))
    stated = [c for c in form.cells if c.table == "requests" and texts[c.id]]
    cell = chance.choice(stated)
    beside = int(texts[stated[stated.index(cell) - 1].id])
    true = int(texts[cell.id])
    wrong = chance.choice(wrong_values(true, None, beside))
    return Sheet(form, texts | {cell.id: str(wrong)}, 2023 if form_id == "2021" else 2020), cell.id, true


@pytest.mark.parametrize("layout", [IN_HTML, AS_THE_SEED])
@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_a_wrong_cell_in_a_file_is_detected_and_named_first_with_its_value(
    form_id: str, layout: str, tmp_path: Path
) -> None:
    chance = random.Random(f"{form_id} {layout}")
    for _ in range(PLANTED_EACH):
        sheet, cell, true = plant(chance, form_id)
        one = auditkit.load(write(tmp_path, LAYOUTS[layout](sheet)))
        assert one.layout is sheet.form
        result = check(one)
        assert result.verdict == "exceptions", cell
        assert dict(result.suspects[0].corrected) == {cell: true}
        errors = [f for f in result.findings if f.severity == "error"]
        assert [(f.check, f.cells, f.expected) for f in errors] == [("T3-50", (cell,), true)]
        assert errors[0].found == int(sheet.texts[cell])


@pytest.mark.parametrize("form", [load_form("2019"), load_form("2021"), load_form("2021", "single_other")], ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_one_wrong_cell_of_any_sound_report_is_named(form: Form, data: st.DataObject) -> None:
    values = data.draw(sound_figures(form))
    cell = data.draw(st.sampled_from([c.id for c in form.cells if c.table == "requests"]))
    wrong = data.draw(st.integers(0, 10**6).filter(lambda n: n != values[cell]))
    result = check(report(form, texts_of(values | {cell: wrong})))
    assert [dict(s.corrected) for s in result.suspects] == [{cell: values[cell]}]
    assert result.suspects[0].exact


@settings(max_examples=40)
@given(data=st.data())
def test_a_sound_report_has_no_suspects(data: st.DataObject) -> None:
    form = load_form(data.draw(st.sampled_from(["2019", "2021"])))
    result = check(report(form, texts_of(data.draw(sound_figures(form)))))
    assert result.verdict == "sound"
    assert result.suspects == ()
    assert [f for f in result.findings if f.severity != "note"] == []


def holds(form: Form, values: dict[str, int]) -> bool:
    return not (form.matrix @ np.array([values[c.id] for c in form.cells])).any()


@settings(max_examples=40)
@given(data=st.data())
def test_wrong_cells_are_among_the_explanations_and_each_of_these_is_complete_and_smallest(data: st.DataObject) -> None:
    form = load_form(data.draw(st.sampled_from(["2019", "2021"])))
    values = data.draw(sound_figures(form))
    of_three = [c.id for c in form.cells if c.table == "requests"]
    cells = data.draw(st.lists(st.sampled_from(of_three), min_size=2, max_size=4, unique=True))
    wrong = values | {c: data.draw(st.integers(0, 999).filter(lambda n, c=c: n != values[c])) for c in cells}
    result = check(report(form, texts_of(wrong)))
    listed = [dict(s.corrected) for s in result.suspects]
    assert listed
    assert all(s.exact for s in result.suspects)
    assert all(holds(form, wrong | change) for change in listed)
    assert len({len(change) for change in listed}) == 1
    assert len(listed[0]) <= len(fewest(form, wrong))  # a solver's answer, which need not be the smallest
    if len(listed[0]) == len(cells):
        assert {c: values[c] for c in cells} in listed


def test_four_corners_of_a_rectangle_are_found_and_not_called_exact() -> None:
    """Each failing sum has two of the wrong cells, and none of them can be wrong alone by all of it."""
    form = load_form("2021")
    corners = [f"requests.{r}.{c}" for r in ("granted", "denied.enquiry") for c in ("business", "research")]
    result = check(report(form, {c.id: "5" if c.id in corners else "0" for c in form.cells}))
    assert [(dict(s.corrected), s.exact) for s in result.suspects] == [(dict.fromkeys(corners, 0), False)]


PLANTED_SLIPS = {
    "moved-column": {"requests.granted.natural_person": -1, "requests.granted.business": 1},
    "moved-row": {"requests.granted.natural_person": -2, "requests.partly_granted.natural_person": 2},
    "with-total": {"requests.carried_over.natural_person": 3, "requests.carried_over.total": 3},
}


@pytest.mark.parametrize("code", PLANTED_SLIPS)
def test_a_slip_over_two_cells_is_named(code: str) -> None:
    texts = dict(typed("exercise-2021"))
    planted = {c: str(int(texts[c]) + off) for c, off in PLANTED_SLIPS[code].items()}
    result = check(report(load_form("2021"), texts | planted))
    named = [dict(s.slips) for s in result.suspects if set(s.corrected) == set(planted)]
    assert named == [dict.fromkeys(planted, code)]
    (finding,) = (f for f in result.findings if f.severity == "error")
    assert all(words in finding.message(lang) for words, lang in zip(SLIPS[code], ("zh", "en"), strict=True))


def test_a_figure_split_over_two_cells_is_named() -> None:
    texts = dict(typed("exercise-2021"))
    assert (texts["requests.new.natural_person"], texts["requests.new.business"]) == ("176", "17")
    planted = {"requests.new.natural_person": "17", "requests.new.business": "6"}
    changed = {"requests.new.natural_person": 176, "requests.new.business": 17}
    result = check(report(load_form("2021"), texts | planted))
    (suspect,) = (s for s in result.suspects if dict(s.corrected) == changed)
    assert dict(suspect.slips) == dict.fromkeys(planted, "split")


def test_more_wrong_cells_than_are_searched_are_explained_but_not_called_exact() -> None:
    texts = dict(typed("exercise-2021"))
    planted = {f"requests.new.{c}": str(9000 + 7**k) for k, c in enumerate((*APPLICANTS, "total"))}
    result = check(report(load_form("2021"), texts | planted))
    (suspect,) = result.suspects
    assert not suspect.exact
    values = {c: int(float(t)) for c, t in (texts | planted).items()}
    assert holds(load_form("2021"), values | dict(suspect.corrected))
    (finding,) = (f for f in result.findings if f.severity == "error")
    assert "「一、本年新收政府信息公开申请数量」行一处有误" in finding.message("zh")
    assert "也可能另有解释" in finding.message("zh")


def test_exactly_one_pair_is_said_cell_by_cell() -> None:
    form = load_form("2021")
    texts = dict(typed("suqian-gov-2023"))
    cells = {"requests.granted.natural_person": "2000", "requests.denied.deliberative.business": "77"}
    result = check(report(form, texts | cells))
    assert [set(s.corrected) for s in result.suspects] == [set(cells)]
    found = {f.cells[0]: f for f in result.findings if f.severity == "error"}
    assert set(found) == set(cells)
    assert all("2 格" in f.message("zh") and "least 2 cells" in f.message("en") for f in found.values())


@given(data=st.data())
@settings(max_examples=60)
def test_all_ties_of_table_four_are_listed(data: st.DataObject) -> None:
    form = load_form("2021")
    row = data.draw(st.sampled_from(form.rows("disputes")))
    cells = [c.id for c in form.row_cells("disputes", row)]
    printed = data.draw(st.lists(st.integers(0, 30), min_size=5, max_size=5))
    values = {c.id: 0 for c in form.cells} | dict(zip(cells, printed, strict=True))
    result = check(report(form, texts_of(values)))
    off = sum(printed[:4]) - printed[4]
    possible = {c: n - off for c, n in zip(cells, printed, strict=True) if c != cells[4] and n - off >= 0}
    possible[cells[4]] = printed[4] + off
    expected = [{c: n} for c, n in possible.items()] if off else []
    listed = [dict(s.corrected) for s in result.suspects]
    assert sorted(listed, key=str) == sorted(expected, key=str)
    found = [f for f in result.findings if f.severity == "error"]
    assert [f.check for f in found] == ["T4-01"] * bool(off)
    if off:
        certain = len(possible) == 1
        assert ("只能是" in found[0].message("zh")) == certain
        assert ("only be" in found[0].message("en")) == certain


def test_explanations_of_two_tables_are_joined_into_complete_ones() -> None:
    form = load_form("2021")
    changes = {"requests.granted.natural_person": "2000", "disputes.reconsideration.total": "171"}
    result = check(report(form, typed("suqian-gov-2023") | changes))
    values = {c: int(v) for c, v in (typed("suqian-gov-2023") | changes).items() if v.isdigit()}
    values = {c.id: values.get(c.id, 0) for c in form.cells}
    assert len(result.suspects) >= 2
    for suspect in result.suspects:
        assert "requests.granted.natural_person" in suspect.cells
        assert holds(form, values | dict(suspect.corrected))


def test_explanations_that_are_not_all_listed_are_not_called_exact() -> None:
    """Two cases in wrong columns and a wrong cell in each sum of table four: more combinations than are listed."""
    form = load_form("2021")
    texts = {c.id: "0" for c in form.cells}
    for row, n in {"new": 100, "carried_over": 50, "granted": 100, "total": 100, "carried_forward": 50}.items():
        texts |= {f"requests.{row}.{c}": str(n) for c in APPLICANTS} | {f"requests.{row}.total": str(6 * n)}
    for at, n in {"natural_person": 110, "business": 90, "research": 107, "other": 93}.items():
        texts[f"requests.new.{at}"] = str(n)
    for row in form.rows("disputes"):
        texts |= {c.id: "60" for c in form.row_cells("disputes", row)} | {f"disputes.{row}.total": "250"}
    result = check(report(form, texts))
    assert len(result.suspects) == MOST_LISTED
    assert not any(s.exact for s in result.suspects)


def test_nothing_is_explained_where_one_table_cannot_be() -> None:
    form = load_form("2021")
    cell = {"disputes.reconsideration.total": 5}
    assert combine(form, [[cell], []], cell) == []


def test_explanations_ask_for_whole_counts_that_are_not_negative() -> None:
    form = load_form("2021")
    texts = typed("exercise-2021") | {"requests.total.total": "204.5"}
    result = check(report(form, texts))
    assert [dict(s.corrected) for s in result.suspects] == [{"requests.total.total": 204}]
    texts = typed("exercise-2021") | {"requests.granted.natural_person": "74.5", "requests.granted.business": "7.25"}
    assert all(v >= 0 for s in check(report(form, texts)).suspects for v in s.corrected.values())


def test_nothing_fails_nothing_is_explained() -> None:
    form = load_form("2021")
    values = {c.id: 0 for c in form.cells}
    n = len(form.identities)
    assert explanations(form, "requests", values, [0] * n, [True] * n) == Explained()


# --- cells that hold no figure -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_a_wrong_figure_among_blank_totals_is_found_in_its_column_and_the_blanks_are_not_accused(form_id: str) -> None:
    """Nineteen or twenty-one blank totals, as an office left them, and one wrong figure beside them."""
    form, stem = load_form(form_id), SOUND[form_id][1]
    totals = {f"requests.{row}.total" for row in results(form)}
    texts = dict(typed(stem)) | dict.fromkeys(totals, "")
    chance = random.Random(form_id)
    for _ in range(12):
        cell = f"requests.{chance.choice(results(form))}.{chance.choice(APPLICANTS)}"
        true = int(texts[cell])
        wrong = true + chance.choice((1, 9, 90))
        result = check(report(form, texts | {cell: str(wrong)}))
        assert result.verdict == "exceptions"
        errors = [f for f in result.findings if f.severity == "error"]
        column = {c.id for c in form.cells if c.column == form.cell(cell).column}
        assert [f.check for f in errors] == ["T3-50"]
        assert set(errors[0].cells) <= column  # with its row's total blank, only the column is certain
        assert any(s.corrected.get(cell) == true for s in result.suspects)
        zero = {c.id: int(texts[c.id] or 0) if c.table != "proactive" else 0 for c in form.cells} | {cell: wrong}
        for suspect in result.suspects:
            assert not suspect.exact
            assert holds(form, zero | dict(suspect.corrected))
            assert set(suspect.slips) & totals == set()
            assert len(set(suspect.corrected) - totals) == 1
            assert all(suspect.corrected[c] for c in totals.intersection(suspect.cells)), (
                "a blank changed to 0 is no change"
            )
        assert totals.isdisjoint(c for f in errors for c in f.cells)
        rows = {c.check: c.outcome for c in result.checks}
        assert (rows["T3-11"], rows["T3-21"]) == ("failed", "not assessable")


def test_beside_a_text_the_ties_are_all_listed() -> None:
    """Where a row's sum cannot be assessed, the opening rows of a column cannot be told apart."""
    form = load_form("2021")
    stem = "exercise-2021"
    texts = typed(stem) | {"requests.new.total": "见附件", "requests.carried_over.total": "见附件"}
    true = int(texts["requests.new.natural_person"])
    result = check(report(form, texts | {"requests.new.natural_person": str(true + 3)}))
    assert {c for s in result.suspects for c in s.cells} == {
        "requests.new.natural_person",
        "requests.carried_over.natural_person",
    }
    assert not any(s.exact for s in result.suspects)
    finding = next(f for f in result.findings if f.severity == "error")
    assert (finding.check, set(finding.cells)) == ("T3-50", {c for s in result.suspects for c in s.cells})


def test_no_explanation_asks_for_less_than_nothing() -> None:
    """As above, but what was carried over is too small to be the figure that is too large."""
    form, texts = load_form("2021"), dict(typed("exercise-2021"))
    texts |= {"requests.new.total": "见附件", "requests.carried_over.total": "见附件"}
    true = int(texts["requests.new.natural_person"])
    result = check(report(form, texts | {"requests.new.natural_person": str(true + 10)}))
    assert int(texts["requests.carried_over.natural_person"]) < 10
    assert [dict(s.corrected) for s in result.suspects] == [{"requests.new.natural_person": true}]


def test_a_rounded_figure_does_not_hide_which_cell_is_wrong() -> None:
    form = load_form("2021")
    values = {c.id: 0 for c in form.cells} | dict.fromkeys(
        [f"requests.{row}.{c}" for row in ("new", "granted", "total") for c in ("natural_person", "total")], 10004
    )
    texts = texts_of(values) | {"requests.new.total": "1万", "requests.denied.enquiry.other": "7"}
    result = check(report(form, texts))
    assert [dict(s.corrected) for s in result.suspects] == [{"requests.denied.enquiry.other": 0}]


# --- slips ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "implied", "code"),
    [
        (68, 86, "digits-swapped"),
        (1243, 1234, "digits-swapped"),
        (3, 30, "ten-times"),
        (300, 30, "ten-times"),
        (1000, 100, "ten-times"),
        (233, 23, "digit-doubled"),
        (11, 1, "digit-doubled"),
        (1224, 124, "digit-doubled"),
        (14, 124, "digit-dropped"),
        (24, 124, "digit-dropped"),
        (5, 105, "digit-dropped"),
        (0, 7, "left-at-zero"),
        (0, 1, "left-at-zero"),
        (8, 7, "one-off"),
        (1, 0, "one-off"),
        (10, 9, "one-off"),
        (42, 7, "neighbouring-row"),
        (43, 7, "neighbouring-column"),
        (44, 7, ""),
        (5, 0, ""),
    ],
)
def test_a_slip_has_its_name(printed: int, implied: int, code: str) -> None:
    assert slip(printed, implied, {"row": [42], "column": [43]}) == code


@given(printed=st.integers(0, 10**6), implied=st.integers(0, 10**6))
def test_every_slip_named_is_one_of_the_list(printed: int, implied: int) -> None:
    code = slip(printed, implied, {})
    assert code in ("", *SLIPS)
    if code == "ten-times":
        assert max(printed, implied) == 10 * min(printed, implied)
    if code == "digits-swapped":
        assert sorted(str(printed)) == sorted(str(implied))
    if code == "one-off":
        assert abs(printed - implied) == 1


def test_every_slip_can_be_named_in_a_report() -> None:
    """Each planted in a report of which all else is right."""
    form, stem = load_form("2021"), "exercise-2021"
    values = {c.id: int(typed(stem)[c.id]) for c in form.cells if c.table == "requests"}
    plants = {
        "digits-swapped": ("requests.new.natural_person", 167),  # 176
        "digit-doubled": ("requests.granted.natural_person", 774),  # 74
        "ten-times": ("requests.carried_forward.natural_person", 1),  # 10
        "digit-dropped": ("requests.total.natural_person", 13),  # 173
        "left-at-zero": ("requests.partly_granted.natural_person", 0),  # 21
        "one-off": ("requests.granted.total", 93),  # 92
        "neighbouring-row": ("requests.partly_granted.business", 7),  # 2, and 7 stands above
        "neighbouring-column": ("requests.denied.deliberative.research", 5),  # 0
        "digit-wrong": ("requests.new.natural_person", 476),  # 176
        "sign": ("requests.partly_granted.natural_person", -21),
    }
    values["requests.denied.deliberative.business"] = values["requests.denied.deliberative.business"]
    assert set(plants) == set(SLIPS) - TOGETHER
    named = {}
    for code, (cell, wrong) in plants.items():
        assert values[cell] != wrong
        result = check(report(form, typed(stem) | {cell: str(wrong)}))
        assert dict(result.suspects[0].corrected) == {cell: values[cell]}
        named[code] = result.suspects[0].slips.get(cell)
    assert named == {code: code for code in plants} | {"neighbouring-column": named["neighbouring-column"]}


def test_the_forms_of_the_sound_reports_are_both_forms() -> None:
    assert {form_of(stem).id for stems in SOUND.values() for stem in stems} == {"2019", "2021"}


# --- many reports at once ------------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(data=st.data())
def test_a_batch_is_located_as_each_report_is(data: st.DataObject) -> None:
    form = load_form(data.draw(st.sampled_from(["2019", "2021"])))
    three = [c.id for c in form.cells if c.table == "requests"]
    reports = []
    for _ in range(6):
        values = data.draw(sound_figures(form))
        cells = data.draw(st.lists(st.sampled_from(three), max_size=2, unique=True))
        reports.append(values | {c: data.draw(st.integers(0, 99)) for c in cells})
    found = locate(form, np.array([[float(v[c.id]) for c in form.cells] for v in reports]))
    for i, values in enumerate(reports):
        off = (form.matrix @ [values[c.id] for c in form.cells]).tolist()
        assert found.residuals[i].tolist() == off
        changes = explanations(form, "requests", values, off, [True] * len(off), most=1).changes
        named = {form.cells[found.cell[i]].id: int(found.value[i])} if found.cell[i] >= 0 else {}
        failing = any(r for r, e in zip(off, form.identities, strict=True) if e.table == "requests")
        assert named == (dict(changes[0]) if changes else {})
        assert (found.cell[i] == -1) == (not failing)


@settings(max_examples=60)
@given(data=st.data())
def test_wrong_cells_among_blanks_for_zeros_are_named_as_if_the_blanks_were_zeros(data: st.DataObject) -> None:
    form = load_form(data.draw(st.sampled_from(["2019", "2021"])))
    values = data.draw(sound_figures(form))
    three = [c.id for c in form.cells if c.table == "requests" and values[c.id] > 0]
    assume(len(three) >= 2)
    cells = data.draw(st.lists(st.sampled_from(three), min_size=2, max_size=3, unique=True))
    wrong = values | {c: values[c] + data.draw(st.integers(1000, 9999)) for c in cells}
    texts = {c: "" if n == 0 and c in values else str(n) for c, n in wrong.items()}
    blank, plain = (check(report(form, t)) for t in (texts, texts_of(wrong)))
    if blank.verdict != "exceptions":  # the blanks can be filled so that all holds
        return
    named = [{frozenset(s.corrected.items()) for s in result.suspects} for result in (blank, plain)]
    assert named[0] == named[1]


def test_a_blank_filled_in_beside_one_printed_figure_goes_before_two_printed_figures() -> None:
    """The total of a balance was summed without its one blank; two figures of the other balance would explain it as well."""
    form = load_form("2021")
    texts = {c.id: "0" for c in form.cells}
    for row, n in {"new": "1", "carried_over": "4", "granted": "3", "total": "3"}.items():
        texts |= {f"requests.{row}.natural_person": n, f"requests.{row}.total": n}
    result = check(report(form, texts | {"requests.carried_forward.natural_person": ""}))
    forward = {f"requests.carried_forward.{column}": 2 for column in ("natural_person", "total")}
    assert [dict(s.corrected) for s in result.suspects] == [forward]
    (finding,) = (f for f in result.findings if f.severity == "error")
    assert finding.cells == ("requests.carried_forward.total",)
    assert "With the blanks filled in" in finding.message("en")
    assert "there may be other explanations" in finding.message("en")


def test_a_row_left_blank_is_filled_in_before_more_printed_figures_are_called_wrong() -> None:
    """A total has a figure too many, and one row of few requests is blank; zeros elsewhere would take its figures as well."""
    form = load_form("2021")
    texts = {c.id: "0" for c in form.cells}
    for row, printed in {
        "new": (10, 1, 11), "carried_over": (1, 0, 11), "granted": (9, 0, 9), "denied.enquiry": (2, 1, 3), "total": (11, 1, 12),
    }.items():  # fmt: skip
        for column, n in zip(("natural_person", "other", "total"), printed, strict=True):
            texts[f"requests.{row}.{column}"] = str(n)
    gone = [c.id for c in form.cells if c.table == "requests" and c.row == "denied.enquiry"]
    result = check(report(form, texts | dict.fromkeys(gone, "")))
    (slip,) = (f for f in result.findings if f.check == "T3-50")
    assert slip.cells == ("requests.carried_over.total",)
    assert "（应为 1" in slip.message("zh")
    (filled,) = (f for f in result.findings if f.check == "T3-54")
    assert set(filled.cells) == {f"requests.denied.enquiry.{c}" for c in ("natural_person", "other", "total")}


def test_what_the_solver_writes_is_no_output_of_ours(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """HiGHS writes a line for its developers now and then; before JSON it would spoil that."""
    form = load_form("2021")
    heard: list[int] = []

    def loud(*_: object, **__: object) -> object:
        heard.append(os.write(1, b"HighsMipSolverData::transformNewIntegerFeasibleSolution\n"))
        return SimpleNamespace(x=None)

    monkeypatch.setattr("scipy.optimize.milp", loud)
    rows, columns = form.rows("requests")[2:8], form.columns("requests")[:6]
    six = {pair: 11 + 7 * i for i, pair in enumerate(zip(rows, columns, strict=True))}
    wrong = {c.id: six.get((c.row, c.column), 0) for c in form.cells if c.table == "requests"}
    residuals = form.matrix @ np.array([wrong.get(c.id, 0) for c in form.cells])
    explanations(form, "requests", wrong, residuals.tolist(), [True] * len(residuals))
    assert heard
    print("ours")
    assert capfd.readouterr().out == "ours\n"


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_a_whole_row_that_is_wrong_is_named_as_one_row(data: st.DataObject) -> None:
    """A row shifted by a place, or copied from elsewhere: no cell of another row is named unless any of these would do as well."""
    form = load_form("2021")
    values = data.draw(sound_figures(form))
    row = data.draw(st.sampled_from(results(form)))
    cells = [c.id for c in form.row_cells("requests", row)]
    true = [values[c] for c in cells]
    how = data.draw(st.sampled_from(["right", "left", "copied"]))
    copied = data.draw(st.lists(st.integers(0, 300), min_size=6, max_size=6))
    printed = {"right": [0, *true[:-1]], "left": [*true[1:], 0], "copied": [*copied, sum(copied)]}[how]
    assume(sum(a != b for a, b in zip(true, printed, strict=True)) > 4)
    now = values | dict(zip(cells, printed, strict=True))
    residuals = [int(r) for r in form.matrix @ [now[c.id] for c in form.cells]]
    found = explanations(form, "requests", now, residuals, [True] * len(form.identities))
    mine = {c: t for c, t, p in zip(cells, true, printed, strict=True) if t != p}
    assert mine in found.changes
    assert all(len({form.cell(c).row for c in change}) == 1 for change in found.changes)
    if how != "copied":
        assert found.changes[0] == mine
