"""The one result type of every check: findings, the outcome of each check, the verdict of each report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal, TypeAlias

from auditkit.reading.numbers import Number
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.tables import Table, Words, heads, sentence, shown
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    import pandas as pd

Outcome: TypeAlias = Literal["passed", "failed", "conditional", "not applicable", "not assessable"]
Severity: TypeAlias = Literal["error", "warning", "note"]
Kind: TypeAlias = Literal["contradiction", "compliance", "quality", "reading"]
Verdict: TypeAlias = Literal["exceptions", "not assessable", "sound if blanks are zero", "sound"]
Text: TypeAlias = tuple[str, str]
"""A wording in Chinese and in English."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
_OUTCOMES: Mapping[Outcome, Text] = {
    "passed": ("通过", "passed"),
    "failed": ("不通过", "failed"),
    "conditional": ("空白为 0 时成立", "holds if blanks are 0"),
    "not applicable": ("不适用", "not applicable"),
    "not assessable": ("无法判断", "not assessable"),
}
_VERDICTS: Mapping[Verdict, Text] = {
    "exceptions": ("有例外", "exceptions"),
    "not assessable": ("无法判断", "not assessable"),
    "sound if blanks are zero": ("空白为 0 时勾稽相符", "sound if blanks are zero"),
    "sound": ("勾稽相符", "sound"),
}
_SEVERITIES: Mapping[Severity, Text] = {
    "error": ("矛盾", "contradiction"),
    "warning": ("警告", "warning"),
    "note": ("提示", "note"),
}
_KINDS: Mapping[Kind, Text] = {
    "contradiction": ("自相矛盾", "contradiction"),
    "compliance": ("不合要求", "compliance"),
    "quality": ("数据质量", "quality"),
    "reading": ("读取", "reading"),
}


def in_words(code: str, lang: Lang) -> str:
    """Say an outcome, verdict, severity or kind in words."""
    for known in (_OUTCOMES, _VERDICTS, _SEVERITIES, _KINDS):
        if code in known:
            return say(lang, *known[code])  # type: ignore[index]
    raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a failed check shows.

    Attributes
    ----------
    id : stable across runs, versions and the order of files: what the finding is, not its figures
    check : the catalogue's id
    report, path : the report's key, and its file as named
    cells : ids of the cells concerned; those of another year as ``"2023:requests..."``
    expected, found : figures, where there is one each
    places : where in the file the cells stand
    consequences : sums that fail for the same cause
    """

    id: str
    check: str
    kind: Kind
    severity: Severity
    report: str
    path: str
    cells: tuple[str, ...]
    expected: Number | None
    found: Number | None
    wording: Text
    title: Text
    basis: Text
    procedure: Text
    place: Place
    consequences: tuple[Text, ...] = ()
    figures: str = ""
    """Fingerprint of the figures concerned: a decision on other figures does not hold for these."""
    what: str = ""
    """Fingerprint of what it is, whosever report it stands in: an agency may be renamed."""
    in_text: bool = False
    """Whether only the sentence says what figures would be: of which year, or which else may be the wrong one."""

    def message(self, lang: Lang) -> str:
        """Return the finding's sentence, figures included."""
        return say(lang, *self.wording)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """How one check ended for one report, and why."""

    check: str
    outcome: Outcome
    reason_text: Text
    carries: bool = False

    def reason(self, lang: Lang) -> str:
        """Say why it ended so."""
        return say(lang, *self.reason_text)


@dataclass(frozen=True, slots=True)
class Suspect:
    """One complete explanation: cells that, changed together to these values, make every identity hold."""

    corrected: Mapping[str, int]
    slips: Mapping[str, str]
    exact: bool

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells to change."""
        return tuple(self.corrected)


@dataclass(frozen=True, slots=True)
class ReportResult:
    """Everything the checks say of one report."""

    report: Report
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    suspects: tuple[Suspect, ...]

    @property
    def verdict(self) -> Verdict:
        """The report's verdict: an error decides, then what could not be assessed, then blanks."""
        if any(f.severity == "error" for f in self.findings):
            return "exceptions"
        carried = {c.outcome for c in self.checks if c.carries}
        if "not assessable" in carried:
            return "not assessable"
        return "sound if blanks are zero" if "conditional" in carried else "sound"

    def conclusion(self, lang: Lang) -> str:
        """Say the verdict, and on how many figures and zeros for blanks that an auditor stated it rests."""
        rests = []
        if stated := self.report.stated_figures:
            rests.append(
                say(
                    lang, f"{stated} 个数字由审计人员更正或落位", f"{stated} figures corrected or placed by the auditor"
                )
            )
        if zeros := self.report.stated_zeros:
            rests.append(say(lang, f"{zeros} 格空白由审计人员按 0 计", f"{zeros} blanks taken as 0 by the auditor"))
        said = say(lang, "，", ", ").join(rests)
        return in_words(self.verdict, lang) + (say(lang, f"（{said}）", f" ({said})") if said else "")

    @property
    def mild(self) -> int:
        """Number of checks that failed and found nothing worse than a warning, which leaves the verdict as it is.

        One that found nothing of its own failed for the contradiction that another tells.
        """
        worse = {f.check for f in self.findings if f.severity == "error"}
        found = {f.check for f in self.findings} - worse
        return sum(c.outcome == "failed" and c.check in found for c in self.checks)

    def count(self, outcome: Outcome) -> int:
        """Number of checks that ended so."""
        return sum(c.outcome == outcome for c in self.checks)

    @property
    def stated(self) -> int:
        """Number of the form's cells that were read (figure, blank or text)."""
        return sum(1 for c in self.report.layout.cells if c.id in self.report.readings)


@dataclass(frozen=True, slots=True)
class Numbered:
    """An exception: a finding that is more than a note, with the number by which all notebooks call it."""

    label: str
    result: ReportResult
    finding: Finding

    @property
    def code(self) -> str:
        """A number for what leaves the case, letters and the replies to them: it stays when others come and go, and under another name."""
        report = self.result.report
        return fingerprint(PurePath(report.path).name, report.naming.agency, report.year, self.finding.what)[:4].upper()


@dataclass(frozen=True, slots=True)
class Findings:
    """The result of checking one or several reports, in the order of agency and year."""

    results: tuple[ReportResult, ...]
    lang: Lang = "zh"

    def __iter__(self) -> Iterator[Finding]:
        return (finding for result in self.results for finding in result.findings)

    def __len__(self) -> int:
        return sum(len(result.findings) for result in self.results)

    def exceptions(self) -> tuple[Numbered, ...]:
        """Return the findings that are more than notes, numbered E1, E2, ... in the order of the reports."""
        more = ((r, f) for r in self.results for f in r.findings if f.severity != "note")
        return tuple(Numbered(f"E{n}", r, f) for n, (r, f) in enumerate(more, 1))

    def of(self, report: Report) -> ReportResult:
        """Return what is said of one report; `KeyError` if it was not checked."""
        for result in self.results:
            if result.report is report:
                return result
        raise KeyError(report.path)

    def to_frame(self, lang: Lang | None = None) -> pd.DataFrame:
        """Return a row a finding.

        Returns
        -------
        DataFrame
            Columns ``id, check, kind, severity, report, cells, expected, found, message, basis``.
        """
        import pandas as pd

        lang = lang or self.lang
        rows = [
            {
                "id": f.id,
                "check": f.check,
                "kind": f.kind,
                "severity": f.severity,
                "report": result.report.name(lang),
                "cells": list(f.cells),
                "expected": _plain(f.expected),
                "found": _plain(f.found),
                "message": f.message(lang),
                "basis": say(lang, *f.basis),
            }
            for result in self.results
            for f in result.findings
        ]
        columns = ["id", "check", "kind", "severity", "report", "cells", "expected", "found", "message", "basis"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.astype({"expected": "Float64", "found": "Float64"})

    def table(self, lang: Lang | None = None) -> Table | Words:
        """Return the findings as a table for people."""
        lang = lang or self.lang
        rows = tuple(
            (result.report.name(lang), in_words(f.severity, lang), f.check, f.message(lang))
            for result in self.results
            for f in result.findings
        )
        if not rows:
            return sentence(lang, "没有例外事项。", "No exceptions.")
        return Table(heads(lang, "报告|程度|检查|内容", "report|severity|check|finding"), rows)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.table().bundle()

    def __str__(self) -> str:
        return str(self.table())


def _plain(value: Number | None) -> float | None:
    return None if value is None else float(value)


def fingerprint(*parts: object) -> str:
    """Return a short, stable id of what a finding is: report, check and subject, not figures, order or machine."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode(errors="backslashreplace")).hexdigest()[:12]


def order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: worst first, then by check, then as they stand in the report."""
    return tuple(sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.check)))


def number(value: Number | None) -> str:
    """Write a figure for a sentence."""
    return shown(Decimal(value).normalize() if isinstance(value, Decimal) else value)
