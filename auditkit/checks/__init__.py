"""All checks: what each is stands in ``catalog.toml``, how it is done in one module a kind."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from auditkit.findings import (
    CheckResult,
    Finding,
    Findings,
    Kind,
    Outcome,
    ReportResult,
    Severity,
    Suspect,
    Text,
    fingerprint,
    number,
    order,
)
from auditkit.reading.numbers import Number
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.wording import LANGS, Lang

MOST_STATED = 6
"""Cells that a person stated something of, up to which a finding's sentence repeats both readings."""


@dataclass(frozen=True, slots=True)
class Check:
    """One entry of the catalogue."""

    id: str
    kind: Kind
    severity: Severity
    title: Text
    procedure: Text
    basis: Text
    messages: Mapping[str, Text]
    forms: tuple[str, ...]
    carries: bool
    innocent: Text | None
    question: Text | None
    """What to ask the agency, of what is unusual and may well be right for the reason in `innocent`."""


@cache
def catalog() -> Mapping[str, Check]:
    """Load the catalogue, in its order.

    Raises
    ------
    ValueError
        If an entry lacks a language, or its two languages have different placeholders.
    """
    out = {}
    for name, entry in _data().items():
        if not isinstance(entry, dict):
            continue
        messages = {key: _text(name, m) for key, m in entry["message"].items()}
        for key, (zh, en) in messages.items():
            if _placeholders(zh) != _placeholders(en):
                raise ValueError(f"catalog.toml: {name}, message {key}: the two languages have different placeholders")
        out[name] = Check(
            id=name,
            kind=entry["kind"],
            severity=entry["severity"],
            title=(entry["zh"], entry["en"]),
            procedure=_text(name, entry["procedure"]),
            basis=_text(name, entry["basis"]),
            messages=messages,
            forms=tuple(entry.get("forms", ())),
            carries=entry.get("carries", False),
            innocent=_text(name, entry["innocent"]) if "innocent" in entry else None,
            question=_text(name, entry["question"]) if "question" in entry else None,
        )
    return out


def unchecked() -> tuple[tuple[Text, Text], ...]:
    """Return what is not checked, and why."""
    return tuple(((e["zh"][0], e["en"][0]), (e["zh"][1], e["en"][1])) for e in _data()["unchecked"])


def catalog_version() -> str:
    """Return the catalogue's version, which a memo names."""
    return str(_data()["version"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("catalog.toml").read_text(encoding="utf-8"))


def _text(name: str, entry: Mapping[str, str]) -> Text:
    if set(entry) != {"zh", "en"}:
        raise ValueError(f"catalog.toml: {name} needs zh and en, has {sorted(entry)}")
    return entry["zh"], entry["en"]


def _placeholders(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


@dataclass(slots=True)
class Sink:
    """Collects what the checks say of one report."""

    report: Report
    findings: list[Finding] = field(default_factory=list)
    outcomes: dict[str, tuple[Outcome, Text]] = field(default_factory=dict)
    suspects: list[Suspect] = field(default_factory=list)
    _ids: set[str] = field(default_factory=set)
    """Of the findings so far."""

    def find(
        self,
        check: str,
        message: str,
        cells: Iterable[str],
        *,
        subject: object = None,
        severity: Severity | None = None,
        expected: Number | None = None,
        found: Number | None = None,
        place: Place | None = None,
        consequences: tuple[Text, ...] = (),
        figures: Iterable[object] = (),
        in_text: bool = False,
        words: Mapping[str, object] | None = None,
        **more: object,
    ) -> None:
        """Add a finding.

        `subject` is what it is about if the cells do not tell (it makes the id), `figures` are those that stand in no cell,
        `in_text` whether only the message says what figures would be; `words` and `more` fill the message.
        """
        entry, cells = catalog()[check], tuple(cells)
        about = cells if subject is None else subject
        own = self._new_id(check, message, about)
        if place is None:
            place = self.report.place(cells[0]) if cells else Place()
        values: dict[str, object] = {
            "expected": expected,
            "found": found,
            "where": lambda lang: place.describe(lang) or "–",
        }
        values |= {**(words or {}), **more}
        self.findings.append(
            Finding(
                id=own[0],
                check=check,
                kind=entry.kind,
                severity=severity or entry.severity,
                report=self.report.key,
                path=self.report.path,
                cells=cells,
                expected=expected,
                found=found,
                wording=self._with_statements(worded(entry.messages[message], values), cells),
                title=entry.title,
                basis=entry.basis,
                procedure=entry.procedure,
                place=place,
                consequences=consequences,
                what=own[1],
                in_text=in_text,
                figures=fingerprint(about, expected, found, *((c, self._figure(c)) for c in cells), *figures),
            )
        )

    def _new_id(self, check: str, message: str, subject: object) -> tuple[str, str]:
        """Return what a finding is, with its report and without: check and subject, not figures, on which the wording depends."""
        what: tuple[object, ...] = (check, subject)
        own = fingerprint(self.report.key, *what)
        if own in self._ids:
            what = (check, subject, message)
            own = fingerprint(self.report.key, *what)
        self._ids.add(own)
        return own, fingerprint(*what)

    def _figure(self, cell_id: str) -> object:
        value = self.report.value(cell_id)
        return self.report.printed(cell_id) if value is None else value

    def _with_statements(self, wording: Text, cells: tuple[str, ...]) -> Text:
        """Add what a person stated of the cells concerned, so that both readings stand in the sentence."""
        layout = self.report.layout
        stated = [c for c in cells if (p := self.report.readings.get(c)) and p.stated and c in layout.index]
        if not stated or len(stated) > MOST_STATED:
            return wording
        zh = "；".join(f"{layout.label(c, 'zh')}为{self.report.shown(c, 'zh')}" for c in stated)
        en = "; ".join(f"{layout.label(c, 'en')}: {self.report.shown(c, 'en')}" for c in stated)
        return f"{wording[0]}（{zh}）", f"{wording[1]} ({en})"

    def end(self, check: str, outcome: Outcome, zh: str, en: str) -> None:
        """Say how a check ended."""
        self.outcomes[check] = (outcome, (zh, en))

    def conclude(self, check: str) -> None:
        """End a check by its findings: failed if one is more than a note."""
        found = [f for f in self.findings if f.check == check]
        n = len(found)
        if any(f.severity != "note" for f in found):
            self.end(check, "failed", f"{n} 项", "1 finding" if n == 1 else f"{n} findings")
        elif found:
            self.end(check, "passed", f"有 {n} 条提示", "1 note" if n == 1 else f"{n} notes")
        else:
            self.end(check, "passed", "没有例外", "nothing found")

    def row(self, cell_id: str) -> Text:
        """Return the name of a cell's row in both languages."""
        layout, cell = self.report.layout, self.report.layout.cell(cell_id)
        return layout.row_label(cell.table, cell.row, "zh"), layout.row_label(cell.table, cell.row, "en")

    def cell(self, cell_id: str) -> Text:
        """Return a cell's name in both languages."""
        return self.report.layout.label(cell_id, "zh"), self.report.layout.label(cell_id, "en")


def worded(templates: Text, values: Mapping[str, object]) -> Text:
    """Fill the placeholders of a sentence in both languages; a value may differ between them."""
    out = []
    for i, lang in enumerate(LANGS):
        filled = {}
        for name in _placeholders(templates[i]):
            value = values[name]
            if callable(value):
                value = value(lang)
            elif isinstance(value, tuple):
                value = value[i]
            filled[name] = value if isinstance(value, str) else number(value)  # type: ignore[arg-type]
        out.append(templates[i].format(**filled))
    return out[0], out[1]


def by_agency(report: Report) -> tuple[bool, str, int, str]:
    """Return what reports are ordered by: agency, year, file; those without a name come last."""
    return report.agency is None, report.agency or "", report.year or 0, report.path


def run(reports: Iterable[Report], lang: Lang = "zh") -> Findings:
    """Run every check of the catalogue on each report, and the checks across years on the reports of one agency.

    Parameters
    ----------
    reports : in any order; the result does not depend on it
    lang : the language in which the result shows itself
    """
    from auditkit.checks import plausibility, reading, sums, values, years

    ordered = sorted(reports, key=by_agency)
    sinks = [Sink(report) for report in ordered]
    for sink in sinks:
        for module in (reading, values, sums, plausibility):
            module.check(sink)
    years.check(sinks)
    return Findings(tuple(_result(sink) for sink in sinks), lang)


def _result(sink: Sink) -> ReportResult:
    checks = []
    for check in catalog().values():
        if check.forms and sink.report.form not in check.forms:
            name = "、".join(check.forms)
            zh, en = f"只用于 {name} 年格式", f"only for the {name} form"
            checks.append(CheckResult(check.id, "not applicable", (zh, en), check.carries))
            continue
        outcome, reason = sink.outcomes[check.id]
        checks.append(CheckResult(check.id, outcome, reason, check.carries))
    return ReportResult(sink.report, tuple(checks), order(sink.findings), tuple(sink.suspects))
