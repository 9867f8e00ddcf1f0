"""What may be compared: which reports, which rows of two forms, and a report with the earlier ones of its agency."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from auditkit import chance
from auditkit.chance import RowTest
from auditkit.figures import Amount
from auditkit.forms import Form, load_bridge, load_form
from auditkit.tables import Table
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from auditkit.case import Case, Series
    from auditkit.report import Report

LARGEST = 10**9
"""A larger number is no count of requests and is neither tested nor drawn."""

NEW, OVER, TOTAL, FORWARD = (f"requests.{row}.total" for row in ("new", "carried_over", "total", "carried_forward"))


# ---- which reports, which rows ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Matched:
    """What may be compared: the sum of some cells of the earlier report with the sum of some of the later."""

    earlier: tuple[str, ...]
    later: tuple[str, ...]


def single_years(series: Series) -> tuple[Report, ...]:
    """Reports whose year has one report only, by year: of two copies nobody has said which one counts."""
    years = [report.year for report in series.reports]
    return tuple(r for r in series.reports if r.year is not None and years.count(r.year) == 1)


def groups(case: Case) -> tuple[tuple[Report, ...], ...]:
    """Reports by agency, ascending years; then each report that belongs to no series, alone."""
    series = tuple(each.reports for each in case.series())
    known = {id(report) for reports in series for report in reports}
    return (*series, *((report,) for report in case.reports if id(report) not in known))


def neighbours(series: Series) -> tuple[tuple[Report, Report], ...]:
    """Pairs of reports of one agency for two years that follow each other."""
    return tuple((a, b) for a, b in pairwise(single_years(series)) if (a.year or 0) + 1 == b.year)


@cache
def counterparts(cell: str, other: str, variant: str = "") -> tuple[str, ...]:
    """Cells of another form (and variant) that stand for a cell under other ids; empty if there are none."""
    index = load_form(other, variant).index
    for first, second in (("2021", "2019"), ("2019", "2021")):
        try:
            found = load_bridge().counterparts(cell, first, second)
        except KeyError:  # the cell is of the other form
            continue
        if found and found != (cell,) and all(name in index for name in found):
            return found
    return ()


def matched(earlier: Form, later: Form) -> tuple[Matched, ...]:
    """Match the cells of two forms, in the order of the later one; a row that one form splits is matched whole."""
    out = []
    for name in later.index:
        if name not in earlier.index:
            if found := counterparts(name, earlier.id, earlier.variant):
                whole = counterparts(found[0], later.id, later.variant) if len(found) == 1 else (name,)
                out.append(Matched(found, whole))
        elif load_bridge().relation(name, later.id, earlier.id) == "same":
            out.append(Matched((name,), (name,)))
    return tuple(dict.fromkeys(out))


def value(report: Report, cells: Iterable[str]) -> Amount:
    """Add up cells of a report; a blank among them leaves a blank, never a zero."""
    known = [report.value(cell) for cell in cells]
    return None if None in known else sum(figure for figure in known if figure is not None)


def count(report: Report, cells: Iterable[str], least: int = 0) -> int | None:
    """Add up cells as a count; None if that is blank, broken, below `least` or beyond all measure."""
    found = value(report, cells)
    return int(found) if found is not None and least <= found <= LARGEST and found == int(found) else None


def row_name(form: Form, cells: tuple[str, ...], lang: Lang) -> str:
    """Official words of a row, with the column in tables two and four; parts taken together bear their whole's name."""
    if len(cells) > 1:
        form = load_form("2019")
        cells = counterparts(cells[0], "2019")
    cell = form.cell(cells[0])
    name = form.row_label(cell.table, cell.row, lang)
    return name if cell.table == "requests" else f"{name}{say(lang, '：', ': ')}{cell.column_label[lang]}"


def agency_name(report: Report, lang: Lang) -> str:
    """Name the agency, marked where the material is an exercise, an extract or typed in."""
    return (report.agency or say(lang, "（未写明机关）", "(agency not stated)")) + replace(report, copy="").marks(lang)


def pair_name(earlier: Report, later: Report, lang: Lang) -> str:
    """Name two reports of one agency, e.g. 宿迁市 2023 → 2024."""
    return f"{agency_name(later, lang)} {earlier.year} → {later.year}"


# ---- a report against earlier ones -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Past:
    """A report against earlier years of its agency: a family of tests, a row each, and the past counts behind them."""

    report: Report
    years: tuple[int, ...]
    tests: tuple[RowTest, ...]
    counts: tuple[tuple[int | None, ...], ...]
    factors: tuple[float, ...]
    """For each row how many times the rate of the latest year known it has, or that year has of it: 1 and more; 0 where none is known."""

    @property
    def span(self) -> str:
        """The past years, as 2020 or 2020–2022."""
        return "–".join(map(str, dict.fromkeys((self.years[0], self.years[-1]))))


def past(report: Report, earlier: tuple[Report, ...]) -> Past:
    """Test each row of table three (total column) of a report against earlier reports taken together.

    A year whose count or size is blank is left out for that row. A row that any of the years does not divide is taken
    whole in all of them.
    """
    form = report.layout
    tested = {f"requests.{row}.total" for row in form.rows("requests")} - {OVER, TOTAL}
    known = [{m.later: m.earlier for m in matched(e.layout, form) if m.later[0] in tested} for e in earlier]
    every = {cells for rows in known for cells in rows}
    rows = [cells for cells in every if not any(set(cells) < set(wider) for wider in every)]
    tests, counts, factors = [], [], []
    for cells in sorted(rows, key=lambda cells: form.index[cells[0]]):
        before = tuple(_count(each, found, cells) for each, found in zip(earlier, known, strict=True))
        sizes = [_size(each, cells) for each in earlier]
        usable = [(n, size) for n, size in zip(before, sizes, strict=True) if n is not None and size]
        total = sum(n for n, _ in usable) if usable else None
        exposure = sum(size for _, size in usable), _size(report, cells)
        tests.append(chance.row_test(cells, (total, count(report, cells)), exposure))
        counts.append(before)
        factors.append(_factor(usable[-1], (tests[-1].later, exposure[1])) if usable else 0.0)
    years = tuple(each.year or 0 for each in earlier)
    return Past(report, years, chance.adjusted(tests), tuple(counts), tuple(factors))


def _factor(last: tuple[int, int], now: tuple[int | None, int | None]) -> float:
    """Return by what factor two rates differ, whichever is larger; 0 if one of them is not known."""
    (a, e), (b, f) = last, now
    if b is None or not f:
        return 0.0
    low, high = sorted((a * f, b * e))
    return high / low if low else math.inf if high else 1.0


def _size(report: Report, cells: tuple[str, ...]) -> int | None:
    """Count what a row is a part of: a year; what was to be handled; else what was handled.

    If twice as many requests come in, twice as many disclosures are nothing to ask about: one cause is one flag. What
    was carried over is decided by the year before, the total by its rows: neither is tested.
    """
    return 1 if cells[0] == NEW else count(report, (NEW, OVER) if cells[0] == FORWARD else (TOTAL,))


def _count(earlier: Report, rows: dict[tuple[str, ...], tuple[str, ...]], cells: tuple[str, ...]) -> int | None:
    """Count an earlier report's cells that are the same thing as a row, matched whole or part by part."""
    found = [rows[cells]] if cells in rows else [rows.get((cell,), ()) for cell in cells]
    return count(earlier, [name for names in found for name in names]) if all(found) else None


def past_table(p: Past, lang: Lang) -> Table:
    """Write the tests of a report against its past, the least likely first."""
    names = {t.cells: row_name(p.report.layout, t.cells, lang) for t in p.tests}
    table = chance.table(p.tests, names, agency_name(p.report, lang), (p.span, str(p.report.year)), lang)
    more = say(
        lang,
        "往年合并计算，其间的起伏未计在内，超出偶然的行偏多。",
        "Past ups and downs are left out: too many rows seem beyond chance.",
    )
    return replace(table, note=f"{table.note}\n{more}") if len(p.years) > 1 else table
