"""Reports and findings for machines: the tidy cells of many reports as a file, the account of every figure, and as JSON.

Keys and codes are the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditkit.checks import catalog, catalog_version, unchecked
from auditkit.findings import Finding, Findings, ReportResult, Suspect
from auditkit.forms import FORM_IDS, load_form
from auditkit.reading.numbers import Number
from auditkit.report import Report
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".csv", ".xlsx", ".parquet", ".json")


def tidy(reports: Sequence[Report], lang: Lang = "zh") -> pd.DataFrame:
    """Return the cells of many reports, one a row, then each report's unplaced figures.

    Returns
    -------
    DataFrame
        Columns ``file, agency, year, form, table, row, column`` (labels), ``cell`` (id; missing for an unplaced figure, whose
        ``row`` is the label it stands by), ``value`` (in ``unit``: pieces or 万元; missing for a blank), ``printed``, ``unit``,
        ``source``. Cells that a file does not have are left out.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for r in reports:
        whose = (r.path, r.agency, r.year, r.form)
        for cell in (c for c in r.layout.cells if c.id in r.readings):
            value = r.value(cell.id)
            label = (r.layout.title(cell.table, lang), r.layout.row_label(cell.table, cell.row, lang))
            place = r.place(cell.id).describe(lang, exact=True)
            found = (cell.id, None if value is None else float(value), r.shown_text(cell.id), cell.unit, place)
            rows.append((*whose, *label, cell.column_label[lang], *found))
        for item in r.unplaced:
            place = item.place.describe(lang, exact=True)
            rows.append((*whose, None, item.near or None, None, None, None, item.text, None, place))
    columns = ["file", "agency", "year", "form", "table", "row", "column", "cell", "value", "printed", "unit", "source"]
    frame = pd.DataFrame(rows, columns=columns)
    types = dict.fromkeys(columns, "string") | {"year": "Int64", "value": "Float64"}
    return frame.astype(types)


def write(reports: Sequence[Report], out: Path, lang: Lang = "zh") -> None:
    """Write the tidy cells of reports as the file's ending says, one of `ENDINGS`; JSON is a list of records."""
    frame = tidy(reports, lang)
    ending = out.suffix.lower()
    if ending == ".csv":
        texts = [str(name) for name, kind in frame.dtypes.items() if kind == "string"]
        frame[texts] = frame[texts].map(_no_formula, na_action="ignore")
        frame["value"] = frame["value"].map("{:.15g}".format, na_action="ignore")  # 12, not 12.0
        frame.to_csv(out, index=False, encoding="utf-8-sig", lineterminator="\n")
    elif ending == ".json":
        frame.to_json(out, orient="records", force_ascii=False, indent=1, double_precision=15)
    elif ending == ".parquet":
        frame.to_parquet(out, index=False)
    elif ending == ".xlsx":
        _workbook(frame, out)
    else:
        raise ValueError(out.suffix)


def _no_formula(text: str) -> str:
    """Keep a spreadsheet from computing a text out of a report when it opens the file."""
    return "'" + text if re.match(r"[=@\t\r]|[+-](?![\d.]+$)", text) else text


def _workbook(frame: pd.DataFrame, out: Path) -> None:
    import datetime

    import pandas as pd
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(out), options) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)})  # same input, same bytes
        sheet = book.add_worksheet("cells")
        sheet.freeze_panes(1, 0)
        for c, name in enumerate(frame.columns):
            sheet.write_string(0, c, name)
            for r, value in enumerate(frame[name].astype(object), 1):
                if isinstance(value, str):
                    sheet.write_string(r, c, "".join(ch for ch in value if ch >= " " or ch in "\n\t")[:32_767])
                elif not pd.isna(value):
                    sheet.write_number(r, c, value)


def account(reports: Sequence[Report], lang: Lang) -> str:
    """Say that every figure of the tables is placed or unplaced (or stands unread in its cell); `found` is counted apart from placing."""
    placed = sum(len(r.placed_figures) for r in reports)
    unplaced = sum(len(r.unplaced) + len(r.unread) for r in reports)
    found = sum(r.found for r in reports)
    equal = placed + unplaced == found
    zh = f"数字：已落位 {placed} + 未落位 {unplaced} {'=' if equal else '≠'} 表格中的 {found}"
    en = f"figures: placed {placed} + unplaced {unplaced} {'=' if equal else '≠'} found in the tables {found}"
    return say(lang, zh, en)


# --- JSON --------------------------------------------------------------------------------------------------------------


def as_json(findings: Findings, problems: Sequence[tuple[str, str]], lang: Lang) -> dict[str, Any]:
    """Return what ``check --json`` prints; `problems` are path and sentence of each file that could not be read."""
    return {
        "reports": [_report(result, lang) for result in findings.results],
        "problems": [{"path": path, "message": message} for path, message in problems],
    }


def catalog_as_json(lang: Lang) -> dict[str, Any]:
    """Return what ``check --list --json`` prints: what is checked, how and on what basis, and what is not."""
    return {
        "version": catalog_version(),
        "checks": [
            {"check": c.id, "kind": c.kind, "severity": c.severity, "forms": list(c.forms or FORM_IDS)}
            | {"title": say(lang, *c.title), "procedure": say(lang, *c.procedure), "basis": say(lang, *c.basis)}
            for c in catalog().values()
        ],
        "unchecked": [{"what": say(lang, *what), "why": say(lang, *why)} for what, why in unchecked()],
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
    ids, own = ([c.id for c in form.cells] for form in (report.layout, load_form(report.form)))
    return {
        "path": report.path,
        "agency": report.agency,
        "year": report.year,
        "form": report.form,
        "verdict": result.verdict,
        "cells": {i: figure(report.value(i)) for i in dict.fromkeys((*ids, *own))},
        "printed": {i: report.printed(i) for i in ids if i in report.readings},
        "unplaced": [*(u.text for u in report.unplaced), *report.unread],
        "checks": [{"check": c.check, "outcome": c.outcome, "reason": c.reason(lang)} for c in result.checks],
        "findings": [{**finding_facts(f), "message": f.message(lang)} for f in result.findings],
        "suspects": [suspect_facts(s) for s in result.suspects],
    }
