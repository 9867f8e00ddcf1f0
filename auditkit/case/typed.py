"""What an auditor types or pastes becomes a source file: in the form's layout or as it was copied, with who says so.

It is read back by the normal reader before it counts: what would not come back as typed is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from auditkit.forms import TABLES, Form
from auditkit.placing.placement import Placed
from auditkit.reading.numbers import Figure, parse
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.tables import FormTable, escape
from auditkit.wording import Lang, say

MARK = "录入："
"""Begins the line of a source that says who typed or pasted it, and from what."""
_ORIGIN = re.compile(r"(?:所据材料|复制自|from)[:：]\s*(.*?)。?$")


def one_line(text: str) -> str:
    """Return a text on one line, without space at its ends."""
    return " ".join(text.split())


def title(agency: str, year: int | str) -> str:
    """Return the title of a report as agencies write it."""
    return f"{one_line(agency)}{year}年政府信息公开工作年度报告"


def said(author: str, origin: str, how: str, lang: Lang) -> str:
    """Say in a line who typed (``typed``) or pasted (``pasted``) a source, and from what; its figures are no table."""
    zh = {"typed": "键入，所据材料", "pasted": "粘贴，复制自"}[how]
    en = {"typed": "typed by {}, from", "pasted": "pasted by {}, copied from"}[how]
    who, what = (re.sub(r"[|｜│┃]", "/", one_line(t)) for t in (author, origin))
    return MARK + say(lang, f"由{who}{zh}：{what}。", f"{en.format(who)}: {what}。")


def origin(report: Report) -> tuple[str, str]:
    """Return the line of a report that says who typed or pasted it, and from what; both empty for one that nobody did."""
    line = next((line for line in report.prose if line.startswith(MARK)), "") if "typed" in report.tags else ""
    found = _ORIGIN.search(line)
    return line, found[1] if found else ""


def page(
    form: Form, values: Mapping[str, str], agency: str, year: int, said_by: str, origin: str, lang: Lang = "zh"
) -> bytes:
    """Write a report as a web page in the form's layout.

    Parameters
    ----------
    form : in the row variant printed
    values : cell id to the text as the source has it; a cell that is not there is blank
    said_by, origin : who typed it, and from what; a line in `lang` says so, all else is in the form's own words
    """
    texts = {c.id: Placed(Figure(one_line(values.get(c.id, "")), "figure"), Place(), "") for c in form.cells}
    typed, name = Report("", None, None, form.id, form, texts), escape(title(agency, year))
    tables = (f"<h2>{escape(form.title(t, 'zh'))}</h2>\n{FormTable(typed, t, 'zh').html}\n" for t in TABLES)
    note = f"<p>{escape(said(said_by, origin, 'typed', lang))}</p>"
    head = f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8"><title>{name}</title></head>\n<body>'
    return f"{head}<h1>{name}</h1>\n{''.join(tables)}{note}</body></html>\n".encode("utf-8", "replace")


def pasted(text: str, agency: str, year: str, said_by: str, origin: str, lang: Lang = "zh") -> bytes:
    """Write what was copied from a sheet or a page as a file: as it is, with a title if one is given, and who pasted it."""
    is_html, line = text.lstrip().startswith("<"), said(said_by, origin, "pasted", lang)
    if is_html:
        head = f"<h1>{escape(title(agency, year))}</h1>\n" if agency and year else ""
        return f"{head}{text}\n<p>{escape(line)}</p>\n".encode("utf-8", "replace")
    head = f"{title(agency, year)}\n\n" if agency and year else ""
    return f"{head}{_unquoted(text)}\n\n{line}\n".encode("utf-8", "replace")


def _unquoted(text: str) -> str:
    """Undo the quotation marks that spreadsheets put round a cell of several lines; such a cell becomes one line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r'(?:^|\t|\n)"', text):
        return text
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:  # quotation marks of the text itself
        return text
    return "\n".join("\t".join(_joined(cell) for cell in row) for row in rows)


def _joined(cell: str) -> str:
    return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<=\d)\s*\n\s*(?=\d)", " / ", cell.strip()))  # two figures stay two


def differing(report: Report, form: Form, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the cells that the reader does not give back as they were typed."""
    wanted = {c.id: parse(one_line(values.get(c.id, "")), c.unit).text for c in form.cells}
    same_form = (report.layout.id, report.layout.variant) == (form.id, form.variant)
    return tuple(c for c, text in wanted.items() if not same_form or report.printed(c) != text)
