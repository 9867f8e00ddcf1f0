"""Year over year, on published figures of Suqian and on planted changes with their clean twins."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, false_discovery_control
from strategies import typed

from auditkit import chance, comparable, compare
from auditkit.canvas import Exhibits, Picture
from auditkit.checks import run
from auditkit.checks.years import whose, year_at_fault
from auditkit.figures import Boundary, Step
from auditkit.findings import Findings
from auditkit.forms import load_form
from auditkit.placing.placement import Placed
from auditkit.reading.numbers import parse
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.wording import Lang

# Published annual reports of Suqian for 2023 and 2024 (2021 form): the total column of table three in the form's order,
# the two balances by applicant, and table two.
SUQIAN = {
    2023: (
        "3511 96 1191 328 0 27 6 38 20 9 21 21 1047 28 3 305 39 0 58 4 40 10 291 3486 121",
        {"requests.carried_forward": "118 3 0 0 0 0"},
        "2 0 11 109 489 597 1808595 2822652 20163 59237.2449",
    ),
    2024: (
        "3525 121 1431 471 2 1 4 17 21 11 23 13 897 36 8 87 27 0 3 0 77 38 354 3521 125",
        {"requests.carried_over": "118 3 0 0 0 0"},
        "2 1 12 50 227 420 1573179 2676474 29351 72701.2578",
    ),
}


def report(
    year: int | None,
    figures: Mapping[str, object],
    agency: str | None = "宿迁市",
    form: str = "2021",
    variant: str = "",
    tags: frozenset[str] = frozenset(),
) -> Report:
    """Make a report from cell ids and figures; None is a blank, a cell left out was not in the file."""
    layout = load_form(form, variant)
    cells = {
        cell: Placed(
            parse("" if value is None else str(value), "万元" if cell.endswith(".amount") else "count"), Place(), ""
        )
        for cell, value in figures.items()
    }
    assert cells.keys() <= layout.index.keys()
    return Report(f"{agency}-{year}.html", agency, year, form, layout, cells, tags=tags)


def totals(numbers: str, form: str = "2021", variant: str = "") -> dict[str, object]:
    """Spread numbers over the total column of table three, in the form's order; – is a blank."""
    rows = load_form(form, variant).rows("requests")
    return {f"requests.{r}.total": None if n == "–" else n for r, n in zip(rows, numbers.split(), strict=True)}


def suqian(year: int, **changes: object) -> Report:
    column, parts, second = SUQIAN[year]
    layout = load_form("2021")
    figures = totals(column)
    for row, numbers in parts.items():
        others = [c for c in layout.columns("requests") if c != "total"]
        figures |= {f"{row}.{column}": n for column, n in zip(others, numbers.split(), strict=True)}
    figures |= dict(zip([c.id for c in layout.cells if c.table == "proactive"], second.split(), strict=True))
    for row in layout.rows("disputes"):
        figures |= {cell.id: 0 for cell in layout.row_cells("disputes", row)}
    return report(year, figures | changes)


@dataclass(frozen=True)
class Series:
    agency: str | None
    reports: tuple[Report, ...]


@dataclass(frozen=True)
class Case:
    """A case as the questions see it."""

    reports: tuple[Report, ...]
    lang: Lang = "zh"

    @property
    def findings(self) -> Findings:
        return run(self.reports, self.lang)

    def series(self) -> tuple[Series, ...]:
        agencies = dict.fromkeys(r.agency for r in self.reports if r.agency)
        return tuple(Series(a, tuple(r for r in self.reports if r.agency == a)) for a in agencies)


PAIR = Case((suqian(2023), suqian(2024)))
QUESTIONS = ("years", "bridge", "roll_forward", "flows", "changed", "beyond_chance", "stocks")


# ---- which years, which rows -----------------------------------------------------------------------------------------


def test_gaps_copies_and_lone_years_are_named() -> None:
    case = Case(
        (
            report(2021, {}, "甲局"),
            report(2023, {}, "甲局"),
            report(2022, {}, "乙局"),
            report(2022, {}, "乙局"),
            report(2023, {}, "乙局"),
            report(2024, {}, "丙局", tags=frozenset({"exercise"})),
            report(None, {}, None),
        )
    )
    rows = {row[0]: row for row in compare.years(case).rows}
    assert rows["甲局"][1:3] == ("2021、2023", "2022")
    assert rows["甲局"][4] == "可比：无"
    assert rows["乙局"][4] == "可比：无；2022 年有多份报告，未作比较"
    assert rows["丙局〔演练〕"][4] == "可比：无"
    assert "未写明机关" in compare.years(case).note


def test_a_year_with_two_reports_is_not_compared() -> None:
    twice = Case((suqian(2023), suqian(2023), suqian(2024)))
    assert comparable.neighbours(twice.series()[0]) == ()
    assert "无可比较" in compare.roll_forward(twice).text


def test_years_that_do_not_follow_each_other_are_not_compared() -> None:
    case = Case((report(2021, {}), suqian(2023), suqian(2024)))
    assert [(a.year, b.year) for a, b in comparable.neighbours(case.series()[0])] == [(2023, 2024)]
    assert "2021 → " not in compare.roll_forward(case).text
    assert compare.years(case).rows[0][2:] == ("2022", "2021 年格式", "可比：2023 → 2024")


def test_the_row_that_the_2021_form_splits_is_compared_whole() -> None:
    old, new = load_form("2019"), load_form("2021")
    parts = tuple(f"requests.other.{part}.total" for part in ("not_corrected", "fee_unpaid", "other"))
    assert comparable.Matched(("requests.other.total",), parts) in comparable.matched(old, new)
    assert comparable.Matched(parts, ("requests.other.total",)) in comparable.matched(new, old)
    variant = load_form("2021", "single_other")
    assert comparable.Matched(("requests.other.total",), parts) in comparable.matched(variant, new)
    assert comparable.Matched(("requests.other.total",), ("requests.other.total",)) in comparable.matched(old, variant)


def test_a_report_without_agency_has_its_flow_and_no_past() -> None:
    case = Case((report(None, totals(SUQIAN[2024][0]), None),))
    assert comparable.groups(case) == (case.reports,)
    assert "3,525" in compare.flows(case).text


def test_what_the_forms_count_differently_is_not_matched() -> None:
    reached = {cell for m in comparable.matched(load_form("2019"), load_form("2021")) for cell in m.later}
    assert "proactive.licences.decisions" in reached
    assert "proactive.rules.made" not in reached
    assert "proactive.fees.amount" not in reached


@pytest.mark.parametrize(("form", "variant"), [("2019", ""), ("2021", ""), ("2021", "single_other")])
def test_a_form_matches_itself_cell_by_cell(form: str, variant: str) -> None:
    layout = load_form(form, variant)
    assert comparable.matched(layout, layout) == tuple(comparable.Matched((c.id,), (c.id,)) for c in layout.cells)


def test_the_bridge_is_told_only_where_two_forms_meet() -> None:
    assert len(compare.bridge(PAIR).items) == 1
    assert "所有相邻年度都用同一格式" in compare.bridge(PAIR).text
    told = compare.bridge(Case((report(2020, {}, form="2019"), report(2021, {})))).text
    assert "（六）其他处理" in told
    assert "拆分" in told
    assert "口径不同" in told
    assert "涉及：宿迁市 2020 → 2021" in told
    rows = [line for line in told.splitlines() if "不可比" in line]
    assert len(rows) == len(set(rows))


# ---- balances, flows, changes, stocks --------------------------------------------------------------------------------


def test_suqians_balances_roll_forward() -> None:
    found = compare.balances(*PAIR.reports)
    assert next(iter(found)) == "total"
    assert found["total"] == Boundary("", 121, 121)
    assert found["natural_person"] == Boundary("", 118, 118)
    assert len(found) == 7
    assert all(each.closing == each.opening for each in found.values())


def test_a_balance_that_does_not_roll_forward_is_shown_in_table_and_picture() -> None:
    case = Case((suqian(2023), suqian(2024, **{"requests.carried_over.business": 4})))
    picture, table = compare.roll_forward(case)
    assert "▲ 3 ≠ 4" in table.text
    assert "1 处不符" in picture.text
    assert "商业企业" in picture.text
    clean = compare.roll_forward(PAIR)
    assert "≠" not in clean.text
    assert "全部相符" in clean.text


def test_a_blank_balance_cannot_be_judged_and_is_no_zero() -> None:
    case = Case(
        (suqian(2023, **{"requests.carried_forward.total": None}), suqian(2024, **{"requests.carried_over.total": 0}))
    )
    assert compare.balances(*case.reports)["total"] == Boundary("", None, 0)
    assert "空白 / 0" in compare.roll_forward(case).text
    assert "1 处有空白或未读到" in compare.roll_forward(case).text


def test_balances_roll_forward_onto_an_older_form_too() -> None:
    """A report of 2022 on the 2019 form is the wrong form, but its balances are the same."""
    pair = (
        report(2021, {"requests.carried_forward.total": 5}),
        report(2022, {"requests.carried_over.total": 6}, form="2019"),
    )
    assert len(compare.balances(*pair)) == 7
    assert "▲ 5 ≠ 6" in compare.roll_forward(Case(pair)).text
    assert compare.rolled_stocks(*pair) == ()


def test_suqians_flow_adds_up_by_group() -> None:
    steps = compare.flow(suqian(2024), "zh")
    assert [(s.label, s.value, s.kind) for s in steps[2:8]] == [
        ("（一）予以公开", 1431, "out"),
        ("（二）部分公开", 471, "out"),
        ("（三）不予公开", 92, "out"),
        ("（四）无法提供", 941, "out"),
        ("（五）不予处理", 117, "out"),
        ("（六）其他处理", 469, "out"),
    ]
    assert [s.value for s in (*steps[:2], steps[-1])] == [121, 3525, 125]
    assert compare.gap(steps) == 0


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_outcome_is_in_one_of_six_groups(form: str, lang: Lang) -> None:
    layout = load_form(form)
    ones = report(2021, {f"requests.{row}.total": 1 for row in layout.rows("requests")}, form=form)
    steps = compare.flow(ones, lang)
    assert len(steps) == 9
    assert sum(s.value or 0 for s in steps if s.kind == "out") == len(layout.rows("requests")) - 4


def test_a_flow_that_does_not_add_up_says_by_how_much_and_a_blank_one_nothing() -> None:
    off = Case((suqian(2024, **{"requests.granted.total": 1413}),))
    assert "收办相差 +18 件" in compare.flows(off).text
    blank = Case((suqian(2024, **{"requests.granted.total": None}),))
    assert compare.gap(compare.flow(blank.reports[0], "zh")) is None
    assert "无法判断" in compare.flows(blank).text
    assert compare.gap([Step("a", 1, "in"), Step("b", None, "out")]) is None


def test_a_percentage_needs_a_base_of_fifty() -> None:
    assert compare.percent(49, 98, "zh") == "基数小"
    assert compare.percent(50, 51, "zh") == "+2.0%"
    assert compare.percent(1191, 1431, "zh") == "+20.2%"
    assert compare.percent(Decimal("59237.2449"), Decimal("72701.2578"), "zh") == "+22.7%"
    assert compare.percent(305, 87, "zh") == "−71.5%"
    assert compare.percent(None, 87, "zh") == ""


def test_what_changed_is_told_with_counts() -> None:
    (table,) = compare.changed(PAIR)
    rows = {row[0]: row for row in table.rows}
    assert rows["（五）不予处理 1.信访举报投诉类申请"][1:] == (305, 87, "−218", "−71.5%")
    assert rows["行政事业性收费：本年收费金额（单位：万元）"][3] == "+13,464.0129"
    assert "（五）不予处理 3.要求提供公开出版物" not in rows  # 0 in both years
    assert table.caption == "宿迁市 2023 → 2024：34 行中 33 行有变化"


def test_a_blank_row_has_no_difference() -> None:
    case = Case((suqian(2023), suqian(2024, **{"requests.granted.total": None})))
    (table,) = compare.changed(case)
    row = next(row for row in table.rows if row[0] == "（一）予以公开")
    assert row[1:] == (1191, None, "无法判断", "")


def test_suqians_stocks_agree_and_a_planted_one_does_not() -> None:
    assert compare.rolled_stocks(*PAIR.reports) == (
        ("proactive.rules.in_force", 11, 12, 12),
        ("proactive.normative_documents.in_force", 597, 420, 420),
    )
    assert "请核实" not in compare.stocks(PAIR).text
    off = Case((suqian(2023), suqian(2024, **{"proactive.rules.repealed": 0})))
    assert "差 −1，请核实" in compare.stocks(off).text


def test_stocks_of_the_2019_form_and_of_two_forms() -> None:
    old = {"proactive.licences.previous_items": 22, "proactive.licences.change": "减1"}
    pair = report(2019, old, form="2019"), report(2020, {"proactive.licences.previous_items": 21}, form="2019")
    first = compare.rolled_stocks(*pair)[0]
    assert first[1:] == (22, 21, 21)
    assert compare.rolled_stocks(report(2020, old, form="2019"), report(2021, {})) == ()
    assert "不可比" in compare.stocks(Case((report(2020, old, form="2019"), report(2021, {})))).text


# ---- the test --------------------------------------------------------------------------------------------------------


def family(earlier: Report, later: Report) -> tuple[chance.RowTest, ...]:
    return comparable.past(later, (earlier,)).tests


counts = st.integers(0, 3000)
exposures = st.tuples(st.integers(1, 5000), st.integers(1, 5000))


def test_suqians_changes_beyond_chance() -> None:
    """Petitions fell from 305 of 3,486 to 87 of 3,521; internal affairs went from 20 to 21."""
    tests = {t.cells[0]: t for t in family(*PAIR.reports)}
    beyond = {cell for cell, t in tests.items() if t.outcome == "beyond"}
    assert beyond == {
        f"requests.{row}.total"
        for row in (
            "granted", "partly_granted", "denied.prohibited_by_law", "unavailable.not_held", "not_processed.petition",
            "not_processed.excessive", "other.not_corrected", "other.fee_unpaid",
        )
    }  # fmt: skip
    assert tests["requests.not_processed.publication.total"].outcome == "none"
    assert tests["requests.denied.state_secret.total"].outcome == "too few"
    assert comparable.OVER not in tests
    assert comparable.TOTAL not in tests
    assert sum(t.result is not None for t in tests.values()) == 20


def test_the_test_agrees_with_a_sum_of_binomial_terms() -> None:
    """3 and 14 with equal exposure: twice the sum of C(17, k) / 2**17 for k = 0..3."""
    expected = 2 * sum(math.comb(17, k) for k in range(4)) / 2**17
    assert chance.conditional(3, 14, (1, 1)).p == pytest.approx(expected, rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(counts, counts, exposures)
def test_test_and_interval_are_scipys(x: int, y: int, exposure: tuple[int, int]) -> None:
    if x + y == 0:
        return
    e, f = exposure
    found, share = chance.conditional(x, y, exposure), f / (e + f)
    tails = (binomtest(y, x + y, share, alternative=side).pvalue for side in ("less", "greater"))
    assert found.p == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-6)
    interval = binomtest(y, x + y, share).proportion_ci(1 - chance.LEVEL, method="exact")
    for ratio, end in ((found.low, interval.low), (found.high, interval.high)):
        assert ratio == pytest.approx(math.inf if end == 1 else end / (1 - end) * e / f, rel=1e-6)


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_the_adjustment_is_scipys(pairs: list[tuple[int, int]]) -> None:
    done = [t for t in chance.adjusted([chance.row_test(("a",), pair, (1, 1)) for pair in pairs]) if t.result]
    expected = false_discovery_control([t.result.p for t in done if t.result], method="bh") if done else []
    assert [t.adjusted for t in done] == pytest.approx(list(expected), rel=1e-9)


@pytest.mark.parametrize("exposure", [(1, 10**9), (10**9, 1), (1, 1)])
def test_the_largest_counts_have_a_range(exposure: tuple[int, int]) -> None:
    low, high = chance.chance_range(10**9, exposure)
    assert low <= 10**9 * exposure[1] // exposure[0] <= high


@settings(max_examples=150, deadline=None)
@given(counts, counts, exposures)
def test_swapping_the_years_inverts_ratio_and_interval(x: int, y: int, exposure: tuple[int, int]) -> None:
    if x + y == 0:
        return
    one, other = chance.conditional(x, y, exposure), chance.conditional(y, x, exposure[::-1])
    assert one.p == pytest.approx(other.p, rel=1e-6, abs=1e-12)
    for a, b in ((one.ratio, other.ratio), (one.low, other.high), (one.high, other.low)):
        assert (math.isinf(a) and b == 0) or (a == 0 and math.isinf(b)) or a * b == pytest.approx(1, rel=1e-6)
    assert one.low <= one.ratio <= one.high


@settings(max_examples=150, deadline=None)
@given(counts, counts, exposures)
def test_test_interval_and_range_agree(x: int, y: int, exposure: tuple[int, int]) -> None:
    if x + y == 0:
        return
    result, (low, high) = chance.conditional(x, y, exposure), chance.chance_range(x, exposure)
    assert (result.p < chance.LEVEL) == (not low <= y <= high)
    if abs(result.p - chance.LEVEL) > 1e-9:
        assert (result.p < chance.LEVEL) == (not result.low <= 1 <= result.high)
    if result.p < chance.LEVEL:
        assert chance.can_show(x + y, exposure)


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_adjustment_raises_p_keeps_its_order_and_minds_the_family(pairs: list[tuple[int, int]]) -> None:
    tests = chance.adjusted([chance.row_test(("a",), pair, (1, 1)) for pair in pairs])
    done = sorted((t.result.p, t.adjusted) for t in tests if t.result)
    assert all(p <= q <= 1 for p, q in done)
    assert [q for _, q in done] == sorted(q for _, q in done)
    assert all((t.outcome == "beyond") == (t.adjusted < chance.LEVEL) for t in tests if t.result)


@given(st.lists(st.integers(0, 2000), min_size=25, max_size=25))
@settings(max_examples=25, deadline=None)
def test_two_equal_years_raise_no_flag(numbers: list[int]) -> None:
    figures = totals(" ".join(map(str, numbers)))
    tests = family(report(2023, figures), report(2024, figures))
    assert all(t.outcome in ("within", "too few", "none", "blank") for t in tests)


def test_a_planted_jump_is_beyond_chance_and_its_clean_twin_is_not() -> None:
    """Not held: 18 of 199, then 61 of 290; the twin has 25."""
    before = totals("200 9 90 24 0 2 0 7 7 6 5 8 18 7 4 12 5 1 0 3 2 0 5 199 10")
    jump = totals("296 10 109 30 0 2 0 8 9 7 6 10 61 9 5 15 6 1 0 3 3 1 6 290 16")
    twin = totals("260 10 109 30 0 2 0 8 9 7 6 10 25 9 5 15 6 1 0 3 3 1 6 254 16")
    for after, expected in ((jump, {"requests.unavailable.not_held.total"}), (twin, set())):
        tests = family(report(2021, before), report(2022, after))
        assert {t.cells[0] for t in tests if t.outcome == "beyond"} - {comparable.NEW} == expected


def test_twice_as_many_requests_handled_alike_flag_the_new_ones_only() -> None:
    """An outcome is a share of what was handled: one cause is one flag."""
    before = "400 10 200 50 0 4 2 8 8 8 8 8 60 10 4 20 6 2 2 4 4 2 4 404 6"
    double = " ".join(str(2 * int(n)) for n in before.split())
    tests = family(report(2021, totals(before)), report(2022, totals(double)))
    assert {t.cells[0] for t in tests if t.outcome == "beyond"} == {comparable.NEW}


def test_a_blank_is_not_tested_and_is_named() -> None:
    case = Case((suqian(2023), suqian(2024, **{"requests.granted.total": None})))
    test = next(t for t in family(*case.reports) if t.cells == ("requests.granted.total",))
    assert (test.outcome, test.later, test.result) == ("blank", None, None)
    (table,) = compare.beyond_chance(case)
    assert "未检验：（一）予以公开。" in table.text
    blank = Case((suqian(2023), suqian(2024, **{"requests.total.total": None})))
    assert {t.outcome for t in family(*blank.reports) if t.cells[0] not in (comparable.NEW, comparable.FORWARD)} == {
        "blank"
    }


@pytest.mark.parametrize("value", ["-5", "2.5", 10**12])
def test_what_is_no_count_is_not_tested(value: object) -> None:
    pair = suqian(2023), suqian(2024, **{"requests.granted.total": value})
    test = next(t for t in family(*pair) if t.cells == ("requests.granted.total",))
    assert test.outcome == "blank"


def test_few_cases_cannot_show_anything() -> None:
    """Seven to none is chance in 1 of 64 year with year, eight to none in 1 of 128."""
    assert not chance.can_show(7, (1, 1))
    assert chance.can_show(8, (1, 1))
    assert not chance.can_show(0, (1, 1000))


def test_the_table_says_family_level_and_what_it_does_not_mean() -> None:
    (table,) = compare.beyond_chance(PAIR)
    assert "检验 20 行，8 行的变化超出偶然" in table.caption
    assert "20 行一并按 Benjamini–Hochberg 校正后低于 1%" in table.note
    assert "不说明数字有误" in table.note
    assert "件数太少，看不出：（三）不予公开 1.属于国家秘密" in table.note
    assert table.rows[0][0] == "（五）不予处理 1.信访举报投诉类申请"
    assert table.rows[0][1:5] == ("305 / 3,486", "87 / 3,521", "247–376", "0.28 (0.20–0.39)")
    assert [str(row[6]).startswith("◆") for row in table.rows] == [True] * 8 + [False] * 12


# ---- all questions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered_alike_twice_and_whatever_the_case_holds(question: str, lang: Lang) -> None:
    hostile = "<script>alert(1)</script>$x$"
    empty = report(2024, {}, hostile)
    cases = [
        Case(PAIR.reports, lang),
        Case((), lang),
        Case((empty,), lang),
        Case((report(2023, {}, hostile), empty), lang),
        Case(
            (
                report(2020, totals("17 0 8 " + "0 " * 8 + "7 " + "0 " * 8 + "1 17 0", "2019"), form="2019"),
                report(2021, {}),
            ),
            lang,
        ),
        Case((report(None, {}, None), suqian(2024)), lang),
    ]
    for case in cases:
        shown = getattr(compare, question)(case)
        assert shown.text
        assert shown.text == getattr(compare, question)(case).text
        for item in shown if isinstance(shown, Exhibits) else (shown,):
            if not isinstance(item, Picture):
                assert "<script>" not in item.html


@pytest.mark.parametrize("question", QUESTIONS)
def test_english_answers_hold_no_chinese_but_names(question: str) -> None:
    case = Case((suqian(2023), suqian(2024)), "en")
    text = getattr(compare, question)(case).text.replace("宿迁市", "")
    assert not [c for c in text if "\u4e00" <= c <= "\u9fff"]


# ---- which year is wrong ---------------------------------------------------------------------------------------------


def both(changes: Mapping[int, Mapping[str, int]]) -> Case:
    """Suqian's reports of 2023 and 2024, whole, with changes planted."""
    texts = {year: dict(typed(f"suqian-gov-{year}")) for year in (2023, 2024)}
    for year, cells in changes.items():
        texts[year] |= {f"requests.{cell}": str(value) for cell, value in cells.items()}
    return Case(tuple(report(year, cells, agency="宿迁市") for year, cells in texts.items()))


@pytest.mark.parametrize(
    ("year", "cells"),
    [
        (2024, {"carried_over.natural_person": 181}),
        (2024, {"carried_over.natural_person": 181, "carried_over.total": 184}),
        (2023, {"carried_forward.natural_person": 181, "carried_forward.total": 184}),
        (2023, {"carried_forward.business": 4, "carried_forward.total": 122}),
    ],
)
def test_a_balance_wrong_in_one_year_is_of_that_year_with_its_figures(year: int, cells: dict[str, int]) -> None:
    case = both({year: cells})
    true = {f"{year}:requests.{c}": int(typed(f"suqian-gov-{year}")[f"requests.{c}"]) for c in cells}
    found = whose(*case.reports)
    assert (found.changes, year_at_fault(found)) == ((true,), str(year))
    assert all(f" {value:,}" in compare.wrong_year(case).text for value in true.values())
    (finding,) = (f for r in run(case.reports).results for f in r.findings if f.check == "Y-01")
    assert f"错在 {year} 年的报告" in finding.message("zh")
    assert f"the report of {year} is wrong" in finding.message("en")


def test_where_both_years_are_sound_by_themselves_it_cannot_be_told() -> None:
    assert "都接得上" in compare.wrong_year(both({})).text
    texts = typed("suqian-gov-2024")
    moved = {
        f"{row}.{c}": int(texts[f"requests.{row}.{c}"]) + off
        for row, off in (("carried_over", 5), ("new", -5))
        for c in ("natural_person", "total")
    }
    case = both({2024: moved})
    assert year_at_fault(whose(*case.reports)) == ""
    assert "无法判断" in compare.wrong_year(case).text
    (finding,) = (f for r in run(case.reports).results for f in r.findings if f.check == "Y-01")
    assert "无法判断是哪一年的数错" in finding.message("zh")


def test_two_names_that_may_be_one_agency_s_are_pointed_out() -> None:
    """Only where no year has reports of both, and no third is as near."""
    figures, said = totals(SUQIAN[2023][0]), "若是同一机关"
    short, long, other = "洪泽区人民政府", "淮安市洪泽区人民政府", "金湖县人民政府"

    def note(*named: tuple[str, int]) -> str:
        return compare.years(Case(tuple(report(year, figures, agency) for agency, year in named))).note

    assert f"“{short}”与“{long}”名称相近" in note((short, 2023), (long, 2024))
    assert said not in note((short, 2023), (other, 2024))
    assert said not in note((short, 2023), (long, 2023))
    assert said not in note((short, 2023), (long, 2024), ("丙市洪泽区人民政府", 2024))
