"""Flags: against the own past and within the year, each planted once and silent on its clean twin."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_compare import PAIR, Case, report, suqian, totals

from auditkit import anomalies, chance, comparable
from auditkit.canvas import Exhibits, Picture
from auditkit.checks import catalog
from auditkit.report import Report
from auditkit.wording import Lang

QUESTIONS = ("power", "own_past", "within_year", "by_chance", "ranked_flags", "questions")

YEARS = (
    report(2020, totals("152 7 63 18 0 1 0 5 5 4 2 6 16 7 3 8 4 1 0 2 5 150 9", "2019"), "演练局", "2019"),
    report(2021, totals("208 9 92 24 0 2 0 7 7 6 5 8 14 7 4 12 5 1 0 3 2 0 5 204 13"), "演练局"),
    report(2022, totals("296 13 109 30 0 2 0 8 9 7 6 10 61 9 5 15 6 1 0 3 3 1 6 291 18"), "演练局"),
)
NOT_HELD, GRANTED = "requests.unavailable.not_held.total", "requests.granted.total"
OTHER = tuple(f"requests.other.{part}.total" for part in ("not_corrected", "fee_unpaid", "other"))


# ---- against the own past --------------------------------------------------------------------------------------------


def test_a_report_is_compared_with_all_its_earlier_years_together() -> None:
    p = comparable.past(YEARS[2], YEARS[:2])
    tests = {t.cells: t for t in p.tests}
    assert p.years == (2020, 2021)
    assert p.span == "2020–2021"
    assert (tests[NOT_HELD,].earlier, tests[NOT_HELD,].later, tests[NOT_HELD,].exposure) == (30, 61, (354, 291))
    assert {t.cells for t in p.tests if t.outcome == "beyond"} == {(NOT_HELD,), (comparable.NEW,)}
    assert tests[comparable.NEW,].exposure == (2, 1)


def test_a_row_that_one_year_does_not_divide_is_taken_whole_in_all() -> None:
    p = comparable.past(YEARS[2], YEARS[:2])
    counts = dict(zip([t.cells for t in p.tests], p.counts, strict=True))
    assert counts[OTHER] == (5, 7)
    assert not any((part,) in counts for part in OTHER)
    later_only = comparable.past(YEARS[2], YEARS[1:2])
    assert {(part,) for part in OTHER} <= {t.cells for t in later_only.tests}


def test_a_blank_year_is_left_out_of_its_row_and_of_its_size() -> None:
    blank = report(2021, totals("208 9 – 24 0 2 0 7 7 6 5 8 14 7 4 12 5 1 0 3 2 0 5 204 13"), "演练局")
    p = comparable.past(YEARS[2], (YEARS[0], blank))
    test = next(t for t in p.tests if t.cells == (GRANTED,))
    assert (test.earlier, test.exposure) == (63, (150, 291))
    assert p.counts[p.tests.index(test)] == (63, None)


def test_without_a_past_it_says_so() -> None:
    alone = anomalies.own_past(Case(YEARS[:1]))
    assert "没有往年可比：演练局。" in alone.text
    assert not any(isinstance(item, Picture) for item in alone)
    assert anomalies.pasts(Case(YEARS[:1])) == ()


def test_the_picture_is_of_the_latest_year_and_marks_what_is_beyond_chance() -> None:
    picture, *tables = anomalies.own_past(Case(YEARS))
    assert isinstance(picture, Picture)
    assert "演练局 2022 年与自身往年（2020–2021 合并）比：2 行超出偶然，其中" in picture.text
    marked = [line for line in picture.text.splitlines() if "◆" in line]
    assert len(marked) == 2
    assert "10–45" in next(line for line in marked if "本机关不掌握" in line)
    assert [t.caption for t in tables if not isinstance(t, Picture)] == [
        "演练局 2020 → 2021：检验 15 行，0 行的变化超出偶然",
        "演练局 2020–2021 → 2022：检验 16 行，2 行的变化超出偶然",
    ]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=25, max_size=25), st.integers(2, 4))
def test_equal_years_raise_no_flag(numbers: list[int], years: int) -> None:
    figures = totals(" ".join(map(str, numbers)))
    reports = tuple(report(2020 + i, figures) for i in range(years))
    assert not [t for p in anomalies.pasts(Case(reports)) for t in p.tests if t.outcome == "beyond"]


# ---- within the year -------------------------------------------------------------------------------------------------

PLANTED: dict[str, tuple[Report, Report]] = {
    "T2-11": (
        suqian(2024, **{"proactive.rules.made": 20, "proactive.rules.in_force": 12}),
        suqian(2024, **{"proactive.rules.made": 12, "proactive.rules.repealed": 0, "proactive.rules.in_force": 12}),
    ),
    "T2-12": tuple(
        replace(suqian(2024, **{"proactive.rules.in_force": 2}), agency=agency) for agency in ("沭阳县人民政府", "宿迁市人民政府")
    ),
    "T2-09": tuple(
        report(2020, {"proactive.procurement.items": 4, "proactive.procurement.amount": amount}, form="2019")
        for amount in ("3562000", "356.20")
    ),
    "T3-61": (suqian(2024, **{"requests.other.other.total": 705}), suqian(2024, **{"requests.other.other.total": 704})),
    "T3-63": (suqian(2024, **{comparable.FORWARD: 565}), suqian(2024, **{comparable.FORWARD: 564})),
    "T3-64": (suqian(2024, **{comparable.FORWARD: 0}), suqian(2024, **{comparable.FORWARD: 1})),
    "T3-67": (
        suqian(2024, **{"requests.denied.security_stability.total": 0}),
        suqian(2024, **{"requests.denied.security_stability.total": 0, "requests.denied.state_secret.total": 0}),
    ),
    "C-06": (
        report(2023, totals(" ".join("0" * 25)) | {f"disputes.{d}.total": n for d, n in zip(
            ("reconsideration", "litigation_direct", "litigation_after_reconsideration"), (3, 0, 0), strict=True)}),
        report(2023, totals(" ".join("0" * 25)) | {f"disputes.{d}.total": 0 for d in
            ("reconsideration", "litigation_direct", "litigation_after_reconsideration")}),
    ),
    "C-02": tuple(
        replace(suqian(2023), fees=(f"发出收费通知3件,总金额400元,实际收取{n}元",)) for n in (500, 400)
    ),
    "C-03": tuple(replace(suqian(2023), fees=(f"收取信息处理费{n}元",)) for n in (2955, 2950)),
    "T4-08": (
        suqian(2024, **{"disputes.litigation_direct.total": 25}),
        suqian(2023, **{"disputes.litigation_direct.total": 25}),
    ),
}  # fmt: skip


def notes(one: Report, lang: Lang = "zh") -> tuple[anomalies.Flag, ...]:
    return anomalies.notes(Case((one,), lang).findings.results[0], lang)


def checks(one: Report) -> set[str]:
    return {flag.check for flag in notes(one)}


@pytest.mark.parametrize("check", PLANTED)
def test_a_rule_speaks_on_the_planted_report_and_is_silent_on_its_clean_twin(check: str) -> None:
    planted, clean = PLANTED[check]
    assert check in checks(planted)
    assert check not in checks(clean)


def test_every_rule_is_planted() -> None:
    assert {check.id for check in catalog().values() if check.question} == set(PLANTED)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("check", PLANTED)
def test_every_note_says_why_it_may_be_innocent_and_what_to_ask(check: str, lang: Lang) -> None:
    flag = next(f for f in notes(PLANTED[check][0], lang) if f.check == check)
    assert all((flag.subject, flag.figures, flag.innocent, flag.question))
    assert flag.innocent in anomalies.within_year(Case((PLANTED[check][0],), lang)).text
    assert flag.question in anomalies.questions(Case((PLANTED[check][0],), lang)).text
    assert (lang == "en") == (not any("\u4e00" <= c <= "\u9fff" for c in flag.figures + flag.innocent + flag.question))


def test_blank_reports_raise_no_note_and_are_named() -> None:
    """A blank is never a zero: 300 new requests and a blank balance are no empty balance."""
    blank = report(2024, totals("300 0 " + "– " * 21 + "300 –"))
    assert notes(blank) == ()
    assert notes(report(2024, {})) == ()
    assert "「总计」空白，不参加判断" in anomalies.within_year(Case((blank,))).note


def test_the_odds_of_an_empty_balance_are_poisson() -> None:
    """3,525 requests at 5 of 250 working days leave 70.5 open."""
    flag = next(f for f in notes(suqian(2024, **{comparable.FORWARD: 0})) if f.check == "T3-64")
    assert flag.odds == pytest.approx(math.exp(-70.5))
    assert "约 70.5 件" in flag.figures


# ---- the questions ---------------------------------------------------------------------------------------------------


def test_power_of_seventeen_requests() -> None:
    table = anomalies.power(Case((report(2020, {comparable.NEW: 17}), report(2021, {comparable.NEW: None}))))
    assert table.rows[0][1:] == (17, "≥ 37 (2.18)", "≤ 4 (0.24)", "17 件，只能发现很大的变化")
    assert "无法判断" in str(table.rows[1][4])
    assert chance.conditional(17, 37, (1, 1)).p < chance.LEVEL <= chance.conditional(17, 36, (1, 1)).p
    assert chance.conditional(17, 4, (1, 1)).p < chance.LEVEL <= chance.conditional(17, 5, (1, 1)).p


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_more_requests_show_smaller_changes(n: int) -> None:
    one, more = chance.chance_range(n, (1, 1)), chance.chance_range(2 * n + 1, (1, 1))
    assert one[0] <= n <= one[1]
    if n:
        assert (more[1] + 1) / (2 * n + 1) <= (one[1] + 1) / n


def test_what_chance_alone_would_raise_is_tests_times_level() -> None:
    rows = {str(row[0]): row[1:] for row in anomalies.by_chance(Case(YEARS)).rows}
    assert rows["演练局 2020 年"] == (0, "0.00", 0, 0, 0)
    assert rows["演练局 2022 年"] == (16, "0.16", 2, 2, 1)


def test_flags_are_ranked_by_their_odds_and_asked_about_one_by_one() -> None:
    found = anomalies.flags(PAIR)
    odds = [f.odds for f in found if f.odds is not None]
    assert odds == sorted(odds)
    assert [f.odds is None for f in found] == sorted(f.odds is None for f in found)
    assert found[0].subject == "（五）不予处理 1.信访举报投诉类申请"
    assert found[0].figures == "2023 年 305 → 2024 年 87；倍数 0.28；占比 8.7% → 2.5%"
    table, asked = anomalies.ranked_flags(PAIR), anomalies.questions(PAIR)
    assert len(table.rows) == len(asked.rows) == len(found)
    assert [row[0] for row in asked.rows] == list(range(1, len(found) + 1))
    assert all("请" in str(row[2]) for row in asked.rows)


@pytest.mark.parametrize(
    ("counts", "asked"),
    [
        ((1000, 1180), False),  # beyond chance, and no more than any agency sees
        ((1000, 2000), True),
        ((1000, 480), True),
        ((1000, 0), True),
        ((0, 40), True),
        ((100, 400, 410), False),  # it was asked about the year before
        ((100, 100, 400), True),
        ((100, None, 400), True),  # against the latest year that is known
        ((100, 400, 100), True),
        ((3, 7), False),
    ],
)
def test_a_row_is_asked_about_if_it_is_beyond_chance_and_far_from_the_year_before(
    counts: tuple[int | None, ...], asked: bool
) -> None:
    reports = tuple(
        report(2021 + i, totals(f"{'–' if n is None else n} 0" + " 0" * 23), "演练局") for i, n in enumerate(counts)
    )
    last = anomalies.pasts(Case(reports))[-1]
    flagged = [t.cells for t, is_flag in zip(last.tests, anomalies.unusual(last), strict=True) if is_flag]
    assert flagged == ([(comparable.NEW,)] if asked else [])
    found = [f for f in anomalies.flags(Case(reports)) if f.check == "own-past" and f.report == last.report.name("zh")]
    assert len(found) == asked


def test_flags_never_speak_of_errors_or_right_values() -> None:
    text = anomalies.ranked_flags(PAIR).text + anomalies.questions(PAIR).text + anomalies.within_year(PAIR).text
    assert "不是错误" in text
    assert not [word for word in ("正确值", "应为", "违法", "造假", "虚报") if word in text]


def test_a_case_without_flags_says_so() -> None:
    quiet = Case((report(2023, totals("17 0 8 " + "0 " * 9 + "7 " + "0 " * 9 + "2 17 0")),))
    assert anomalies.flags(quiet) == ()
    assert "没有提示" in anomalies.ranked_flags(quiet).text
    assert "没有要问的" in anomalies.questions(quiet).text
    assert "没有提示：宿迁市 2023 年" in anomalies.within_year(quiet).note


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered_alike_twice_and_whatever_the_case_holds(question: str, lang: Lang) -> None:
    hostile = "<script>alert(1)</script>$x$"
    cases = [
        Case(PAIR.reports, lang),
        Case(YEARS, lang),
        Case((), lang),
        Case((report(2024, {}, hostile),), lang),
        Case((report(2023, {}, hostile), report(2024, {}, hostile)), lang),
        Case((report(None, {}, None), report(2020, {}, form="2019"), report(2022, {}, variant="single_other")), lang),
        Case((suqian(2023, **{GRANTED: "-5"}), suqian(2024, **{GRANTED: 10**15})), lang),
    ]
    for case in cases:
        shown = getattr(anomalies, question)(case)
        assert shown.text
        assert shown.text == getattr(anomalies, question)(case).text
        for item in shown if isinstance(shown, Exhibits) else (shown,):
            if not isinstance(item, Picture):
                assert "<script>" not in item.html
