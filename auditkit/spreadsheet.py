"""Writing a workbook: sheets with heads, cells that are numbers, formulas, links or strings, never anything else by accident."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

from auditkit.findings import number
from auditkit.reading.numbers import Number
from auditkit.tables import visible, width

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ROWS = 1_048_576
"""Of a sheet: the limit of the file format."""
LONGEST = 32_000
"""Characters of a cell or comment, in units of UTF-16; the file format takes 32,767."""
DIGITS = 15
"""Digits that a spreadsheet keeps of a number."""
TALLEST = 400
"""Of a row, in points; the file format takes 409."""
_ACTIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "〔U+000D〕")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and the value it has now."""

    text: str
    value: Number | str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another place of the book."""

    text: str
    target: str


Value: TypeAlias = Number | str | Formula | Link | None


def clean(text: str) -> str:
    """Return a text as a spreadsheet takes it: without characters that it cannot hold, cut where it is too long."""
    text = visible(text.replace("\r\n", "\n")).replace("\ufffe", "〔U+FFFE〕").replace("\uffff", "〔U+FFFF〕")
    units = text.encode("utf-16-le")
    if len(units) > 2 * LONGEST:
        text = units[: 2 * LONGEST].decode("utf-16-le", "ignore") + "……（以下截断 / cut here）"
    return " " + text if text.startswith("<r>") else text  # XlsxWriter would take it for markup of its own


class Book:
    """The workbook that is being written."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def sheet(
        self,
        name: str,
        titles: Sequence[str],
        widths: Sequence[float],
        rows: Iterable[Sequence[Value]],
        *,
        plain: Container[int] = (),
        filtered: bool = True,
    ) -> Worksheet:
        """Add a sheet with frozen heads and a filter, set up to be printed on A4 across.

        Parameters
        ----------
        titles, widths : of the columns; widths in characters
        plain : columns (from 0) whose numbers are no amounts: years
        """
        sheet: Worksheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.5, 0.5, 0.6, 0.6)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # figures as printed
        last, heights = 0, [_lines(titles, widths)]
        for i, (title, size) in enumerate(zip(titles, widths, strict=True)):
            sheet.set_column(i, i, size)
            sheet.write_string(0, i, title, self.format(bold=True, bg_color="#DCE6F1"))
        for last, row in enumerate(rows, 1):
            for i, value in enumerate(row):
                self.put(sheet, last, i, value, **({"num_format": "0", "align": "left"} if i in plain else {}))
            heights.append(_lines(row, widths))
        for i, lines in enumerate(heights):  # said, as not every program fits the rows to their texts
            sheet.set_row(i, min(15 * lines, TALLEST))
        if filtered:
            sheet.autofilter(0, 0, max(last, 1), len(widths) - 1)
        return sheet

    def format(self, **look: object) -> Format:
        """Return a cell format; each is made once."""
        look = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#BFBFBF", **look}
        key = tuple(sorted(look.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(look)
        return self._formats[key]

    def put(self, sheet: Worksheet, row: int, column: int, value: Value, **look: object) -> None:
        """Write a cell: a number, an empty cell for None, a formula, a link, else always a string."""
        if isinstance(value, Formula):
            now = value.value if isinstance(value.value, str) else as_number(value.value)
            sheet.write_formula(row, column, value.text, self.format(**_number_format(value.value) | look), now)
        elif value is None or value == "":
            sheet.write_blank(row, column, None, self.format(**look))
        elif isinstance(value, Link):
            sheet.write_url(
                row, column, value.target, self.format(font_color="#0000EE", underline=1, **look), value.text
            )
        elif not isinstance(value, str) and fits(value):
            sheet.write_number(row, column, as_number(value), self.format(**_number_format(value) | look))
        else:
            text = clean(value if isinstance(value, str) else number(value))
            if text.lstrip().startswith(_ACTIVE):  # stays a string when somebody edits the cell
                look["quote_prefix"] = True
            sheet.write_string(row, column, text, self.format(**look))


def _lines(row: Sequence[Value], widths: Sequence[float]) -> int:
    """Return how many lines a row's tallest text takes."""
    texts = [(v.text if isinstance(v, Link) else v, w) for v, w in zip(row, widths, strict=True)]
    return max(
        sum(max(1, ceil(width(line) / w)) for line in v.split("\n")) if isinstance(v, str) else 1 for v, w in texts
    )


def _number_format(value: Number | str) -> dict[str, object]:
    return {} if isinstance(value, str) else {"num_format": "#,##0" if value == int(value) else "#,##0.00##"}


def as_number(value: Number) -> int | float:
    """Return a number as the file format has it."""
    return int(value) if value == int(value) else float(value)


def fits(value: Number) -> bool:
    """Whether a spreadsheet keeps all digits of a number."""
    return len(Decimal(value).normalize().as_tuple().digits) <= DIGITS
