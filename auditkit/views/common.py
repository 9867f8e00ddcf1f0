"""What the views of several notebooks share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditkit.case import Case
from auditkit.checks import catalog
from auditkit.checks.identities import evaluate
from auditkit.findings import Finding, Outcome, ReportResult, Verdict, in_words
from auditkit.report import Report
from auditkit.tables import Table, Words, heads
from auditkit.wording import Lang, say

WORST: tuple[Verdict, ...] = ("exceptions", "not assessable", "sound if blanks are zero", "sound")


def nothing(lang: Lang, zh: str, en: str) -> Words:
    """Say that there is nothing to list."""
    return Words((say(lang, zh, en),))


def listed(names: Sequence[str], lang: Lang) -> str:
    """Write names one after the other."""
    return say(lang, "、", "; ").join(names)


def file_name(report: Report) -> str:
    """Return the name of a report's file, without its folder."""
    return report.path.replace("\\", "/").rsplit("/", 1)[-1]


def failing_cells(report: Report) -> frozenset[str]:
    """Return the cells that stand in a failing sum."""
    sums = evaluate(report)
    return frozenset(
        cell
        for identity, outcome in zip(report.layout.identities, sums.outcomes, strict=True)
        if outcome == "failed"
        for cell in identity.cells
    )


def numbered(case: Case, *, notes: bool = False) -> Iterator[tuple[str, ReportResult, Finding]]:
    """Yield every exception with the number that all notebooks use; with `notes`, notes too (without number)."""
    n = 0
    for result in case.results:
        for finding in result.findings:
            if finding.severity != "note":
                n += 1
                yield f"E{n}", result, finding
            elif notes:
                yield "–", result, finding


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
