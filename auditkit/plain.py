"""Reports and findings as a machine reads them: ids and codes, the same in every language."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from auditkit.findings import Finding, Findings, ReportResult, Suspect
from auditkit.forms import load_form
from auditkit.reading.numbers import Number
from auditkit.report import Report
from auditkit.wording import Lang


def as_json(findings: Findings, problems: Sequence[tuple[str, str]], lang: Lang) -> dict[str, Any]:
    """Return what ``check --json`` prints; keys and codes are the same in both languages.

    Parameters
    ----------
    findings : what the checks say
    problems : path and sentence of each file that could not be read
    lang : language of the sentences
    """
    return {
        "reports": [_report(result, lang) for result in findings.results],
        "problems": [{"path": path, "message": message} for path, message in problems],
    }


def figure(value: Number | None) -> int | float | None:
    """Return a figure as JSON has it."""
    return float(value) if isinstance(value, Decimal) else value


def finding_facts(finding: Finding) -> dict[str, Any]:
    """Return a finding without its sentence, which can be made again."""
    return {
        "id": finding.id,
        "check": finding.check,
        "kind": finding.kind,
        "severity": finding.severity,
        "cells": list(finding.cells),
        "expected": figure(finding.expected),
        "found": figure(finding.found),
    }


def suspect_facts(suspect: Suspect) -> dict[str, Any]:
    """Return an explanation: the cells to change, their values then, the slips that would account for them."""
    return {
        "cells": list(suspect.cells),
        "corrected": dict(suspect.corrected),
        "slips": dict(suspect.slips),
        "exact": suspect.exact,
    }


def _report(result: ReportResult, lang: Lang) -> dict[str, Any]:
    report = result.report
    ids = [c.id for c in report.layout.cells]
    return {
        "path": report.path,
        "agency": report.agency,
        "year": report.year,
        "form": report.form,
        "verdict": result.verdict,
        "cells": {i: figure(report.value(i)) for i in (*ids, *_rows_not_printed(report))},
        "printed": {i: report.printed(i) for i in ids if i in report.readings},
        "unplaced": [u.text for u in report.unplaced],
        "checks": [{"check": c.check, "outcome": c.outcome, "reason": c.reason(lang)} for c in result.checks],
        "findings": [{**finding_facts(f), "message": f.message(lang)} for f in result.findings],
        "suspects": [suspect_facts(s) for s in result.suspects],
    }


def _rows_not_printed(report: Report) -> list[str]:
    """Return the cells of the form's own rows that a row variant does not have (null)."""
    return [c.id for c in load_form(report.form).cells if c.id not in report.layout.index]
