"""Audit notebooks for Chinese government information disclosure annual reports (政府信息公开工作年度报告).

Examples
--------
>>> import auditkit
>>> case = auditkit.open_case()              # the demonstration case, outside a case folder
>>> findings = auditkit.check(case.reports)
>>> findings.results[0].verdict
'sound'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "load": "loading",
    "load_all": "loading",
    "Report": "report",
    "Findings": "findings",
    "Finding": "findings",
    "ReadingError": "reading",
    "Form": "forms",
    "load_form": "forms",
    "load_bridge": "forms",
    "Case": "case",
    "CaseError": "case",
    "open_case": "case.opening",
    "new_case": "case.opening",
}
_ROOMS = ("anomalies", "compare", "figures", "views", "widgets")
_BACK_ROOMS = ("copies", "evidence", "letter", "sampling")
"""Modules that notebooks call too."""

__all__ = ["check", *_HOME, *_ROOMS]

if TYPE_CHECKING:
    from collections.abc import Iterable

    from auditkit import anomalies, compare, copies, evidence, figures, letter, sampling, views, widgets
    from auditkit.case import Case, CaseError
    from auditkit.case.opening import new_case, open_case
    from auditkit.findings import Finding, Findings
    from auditkit.forms import Form, load_bridge, load_form
    from auditkit.loading import load, load_all
    from auditkit.reading.page import ReadingError
    from auditkit.report import Report
    from auditkit.wording import Lang


def check(reports: Report | Iterable[Report], lang: Lang = "zh") -> Findings:
    """Run every check on one report, or on several with those across years.

    Parameters
    ----------
    reports : one report or any number, in any order
    lang : language in which the result shows itself
    """
    from auditkit.checks import run
    from auditkit.report import Report

    return run([reports] if isinstance(reports, Report) else list(reports), lang)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"auditkit.{_HOME[name]}"), name)
    if name in (*_ROOMS, *_BACK_ROOMS):
        return import_module(f"auditkit.{name}")
    raise AttributeError(f"module 'auditkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
