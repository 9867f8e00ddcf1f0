"""What the views of several notebooks share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from auditkit.case import Case, Source, typed
from auditkit.checks import catalog
from auditkit.checks.identities import evaluate
from auditkit.findings import Finding, Numbered, Outcome, Text, Verdict, in_words, number
from auditkit.reading.numbers import Number, normal
from auditkit.report import Report
from auditkit.tables import Table, heads, visible
from auditkit.wording import Lang, say

WORST: tuple[Verdict, ...] = ("exceptions", "not assessable", "sound if blanks are zero", "sound")
_LOCATED = ("T3-50", "T4-01")
"""Checks that name the cells which explain failing sums."""
MOST_BESIDE = 3
"""Cells of different rows and columns that are named beside a finding once more."""


def listed(names: Sequence[str], lang: Lang) -> str:
    """Write names one after the other."""
    return say(lang, "、", "; ").join(names)


def file_name(report: Report) -> str:
    """Return the name of a report's file, without its folder."""
    return report.path.replace("\\", "/").rsplit("/", 1)[-1]


def typed_from(case: Case, source: Source) -> tuple[Source, ...]:
    """Return the sources in scope into which the figures of a file that cannot be read were typed: they name it as their origin."""
    name = normal(visible(source.name))
    found = (
        s for s in case.sources if s.in_scope and any(normal(typed.origin(r)[1]).startswith(name) for r in s.reports)
    )
    return tuple(found) if source.problem else ()


def failing_cells(report: Report) -> frozenset[str]:
    """Return the cells that stand in a failing sum."""
    sums = evaluate(report)
    return frozenset(
        cell
        for identity, outcome in zip(report.layout.identities, sums.outcomes, strict=True)
        if outcome == "failed"
        for cell in identity.cells
    )


def numbered(case: Case, *, unusual: bool = False) -> Iterator[Numbered]:
    """Yield every finding in the order of the reports; notes too, which have no number.

    Those that have a question to the agency only if `unusual`: notebook 04 gives them, with why they may be innocent.
    """
    labels = {id(e.finding): e.label for e in case.exceptions}
    for result in case.results:
        for finding in result.findings:
            if catalog()[finding.check].question and not unusual:
                continue
            yield Numbered(labels.get(id(finding), "–"), result, finding)


def coded(e: Numbered, lang: Lang) -> str:
    """Say the number by which letters call an exception."""
    return say(lang, f"函中编号 {e.code}", f"in letters: {e.code}")


def by_materiality(case: Case) -> tuple[tuple[Numbered, ...], tuple[Numbered, ...]]:
    """Return the exceptions to list one by one, and those to sum: their difference is below the case's materiality."""
    least = case.materiality
    listed, summed = list[Numbered](), list[Numbered]()
    for e in case.exceptions:
        off = difference(e.finding)
        (listed if least is None or off is None or off >= least else summed).append(e)
    return tuple(listed), tuple(summed)


def difference(finding: Finding) -> Number | None:
    """Return by how much the two figures of a finding differ; None where it does not set two against each other."""
    if finding.expected is None or finding.found is None:
        return None
    off = abs(Decimal(finding.expected) - Decimal(finding.found))
    return int(off) if off == int(off) else off


def printed_and_implied(e: Numbered, lang: Lang, *, remarks: bool = True) -> tuple[str, str]:
    """Say what is printed, and what would be if all other figures are right; – where no figure follows.

    Where the sums have several explanations, each stands on a line of its own; where each of these takes several cells,
    none is given: the finding's sentence says so. What a person stated of a figure stands with it if `remarks`.
    """
    report, finding = e.result.report, e.finding
    if finding.check == "Y-01":
        zh, en = ("见事项", "see the text") if finding.in_text else ("–", "–")
        return _of_both_years(e, lang), say(lang, zh, en)
    if finding.check == "T3-57":  # a subtotal stands in no cell
        return number(finding.found), number(finding.expected)
    if finding.check not in _LOCATED:
        return _printed(e, lang, remarks=remarks), "–"
    ways = list(dict.fromkeys(_of_finding(e, s.corrected) for s in e.result.suspects))
    pairs = ways[0] if len(ways) == 1 else tuple(way[0] for way in ways if len(way) == 1)
    if not pairs or len(ways) not in (1, len(pairs)):
        return _printed(e, lang, remarks=remarks), "–"
    if len(pairs) == 1:
        instead = say(lang, "见事项", "see the text") if finding.in_text else number(pairs[0][1])
        return _shown(report, pairs[0][0], lang, remarks=remarks), instead
    names = _short_names(report, [c for c, _ in pairs], lang)
    if (
        len(ways) == 1 and len(pairs) > MOST_BESIDE and names[0] == report.layout.label(pairs[0][0], lang)
    ):  # in no one row or column
        return say(lang, f"{len(pairs)} 格，见事项", f"{len(pairs)} cells, see the text"), "–"
    link = say(lang, "或 ", "or ") if len(ways) > 1 else say(lang, "同时 ", "and ")
    would = [f"{name} {number(v)}" for name, (_, v) in zip(names, pairs, strict=True)]
    printed = (f"{name} {_shown(report, c, lang, remarks=remarks)}" for name, (c, _) in zip(names, pairs, strict=True))
    return "\n".join(printed), "\n".join([would[0], *(link + w for w in would[1:])])


def _of_finding(e: Numbered, corrected: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return the cells of an explanation that a finding is about; with several, the blanks that would not be 0 then."""
    report, cells = e.result.report, e.finding.cells
    of_three = [c for c in corrected if report.layout.cell(c).table == "requests"]
    blanks = {c for c in of_three if report.kind(c) == "blank"}
    all_its = len(cells) > 1 and set(of_three) - blanks <= set(cells)
    return tuple((c, v) for c, v in corrected.items() if c in cells or (all_its and c in blanks))


def years_of(e: Numbered) -> tuple[str, ...]:
    """Return the years of the figures that a finding is about, those of the reports it compares."""
    prefixes = {year for name in e.finding.cells for year, _, _ in [name.rpartition(":")] if year}
    return tuple(sorted(prefixes)) or (str(e.result.report.year or "–"),)


def _of_both_years(e: Numbered, lang: Lang) -> str:
    if e.finding.expected is None:  # of several columns, which the sentence lists
        return "–"
    figures = zip(years_of(e), (e.finding.expected, e.finding.found), strict=True)
    return "\n".join(say(lang, f"{year} 年 {number(n)}", f"{year}: {number(n)}") for year, n in figures)


def _printed(e: Numbered, lang: Lang, *, remarks: bool) -> str:
    """Return the figure found, if it is that of a cell and no sum of several."""
    report, found = e.result.report, e.finding.found
    cells = [c for name in e.finding.cells for year, _, c in [name.rpartition(":")] if year in ("", str(report.year))]
    same = [c for c in cells if found is not None and report.value(c) == found]
    same.sort(key=lambda c: report.place(c) != e.finding.place)
    return _shown(report, same[0], lang, remarks=remarks) if same else "–"


def _shown(report: Report, cell: str, lang: Lang, *, remarks: bool) -> str:
    text = report.shown(cell, lang)
    return text if remarks else text.removesuffix(report.remark(cell, lang))


def _short_names(report: Report, cells: Sequence[str], lang: Lang) -> list[str]:
    """Name cells by column where they stand in one row, by row where they stand in one column, else by both."""
    found = [report.layout.cell(c) for c in cells]
    if len({(c.table, c.row) for c in found}) == 1:
        return [c.column_label[lang] for c in found]
    if len({(c.table, c.column) for c in found}) == 1:
        return [report.layout.row_label(c.table, c.row, lang) for c in found]
    return [c.label(lang) for c in found]


ASK: dict[str, Text] = {
    "contradiction": (
        "请核对原始台账并说明；确需更正的，请更正后重新公布。",
        "Please check the original records and explain; if a figure needs correcting, please publish the correction.",
    ),
    "compliance": (
        "请核实；确与该年度适用的格式不符的，请说明原因，今后按该格式填报。",
        "Please verify; if it does depart from the form that applies to the year, please say why and use that form in future.",
    ),
    "quality": ("请核实并说明，或予补报。", "Please verify and explain, or supply the figures."),
    "reading": ("请审计人员对照原文核实读数。", "For the auditor: please compare the reading with the source."),
}
"""What to ask, by the kind of finding."""


def open_checks(case: Case, *outcomes: Outcome) -> Table:
    """List the checks that ended in one of these ways, why, and for which reports."""
    lang = case.lang
    ended: dict[tuple[str, str, str, str], list[str]] = {}
    for result in case.results:
        for c in result.checks:
            if c.outcome in outcomes:
                what = (c.check, say(lang, *catalog()[c.check].title), in_words(c.outcome, lang), c.reason(lang))
                ended.setdefault(what, []).append(result.report.name(lang))
    return Table(
        heads(lang, "检查|内容|结果|原因|报告", "check|what|outcome|why|reports"),
        tuple((*what, listed(names, lang)) for what, names in sorted(ended.items())),
        say(lang, "没有得出“通过”或“不通过”的检查", "Checks that ended neither as passed nor as failed"),
    )
