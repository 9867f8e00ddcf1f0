"""A report's figures drawn as workbooks, as agencies leave them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import xlsxwriter
from layouts import (
    AGENCY,
    TITLES,
    Box,
    Rows,
    Sheet,
    aside,
    bare,
    chain,
    flat_head,
    four,
    grouped,
    only_labels,
    spread,
    three,
    total_first,
    two_joined,
)

Write = Callable[[Any, Any, int, int, Box], None]


def number(book: Any, ws: Any, r: int, c: int, box: Box) -> None:
    """Write a figure as a number, all else as text."""
    if box.kind == "figure" and box.text:
        ws.write_number(r, c, float(box.text))
    else:
        ws.write(r, c, box.text or None, book.add_format())


def text(book: Any, ws: Any, r: int, c: int, box: Box) -> None:
    ws.write_string(r, c, box.text) if box.text else ws.write_blank(r, c, None, book.add_format())


def full_width(book: Any, ws: Any, r: int, c: int, box: Box) -> None:
    text(book, ws, r, c, replace(box, text=box.text.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789."})))


def formatted(code: str) -> Write:
    def write(book: Any, ws: Any, r: int, c: int, box: Box) -> None:
        if box.kind == "figure" and box.text:
            ws.write_number(r, c, float(box.text), book.add_format({"num_format": code}))
        else:
            text(book, ws, r, c, box)

    return write


def formula(book: Any, ws: Any, r: int, c: int, box: Box) -> None:
    """Write every figure as a formula whose result is stored."""
    if box.kind == "figure" and box.text:
        ws.write_formula(r, c, f"=0+{box.text}", None, float(box.text))
    else:
        text(book, ws, r, c, box)


def uncalculated(book: Any, ws: Any, r: int, c: int, box: Box) -> None:
    """Write every figure as a formula as programs do that never calculate: with the result 0."""
    if box.kind == "figure" and box.text:
        ws.write_formula(r, c, f"=0+{box.text}")
    else:
        text(book, ws, r, c, box)


def put(book: Any, ws: Any, rows: Rows, top: int, left: int, write: Write) -> int:
    """Write a table with its spans as merged cells; return the row beneath it."""
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        c = 0
        for box in row:
            while (r, c) in taken:
                c += 1
            if box.w > 1 or box.h > 1:
                ws.merge_range(top + r, left + c, top + r + box.h - 1, left + c + box.w - 1, "")
            write(book, ws, top + r, left + c, box)
            taken |= {(r + y, c + x) for y in range(box.h) for x in range(box.w)}
            c += box.w
    return top + len(rows)


def tables(sheet: Sheet) -> list[Rows]:
    return [two_joined(sheet), three(sheet), four(sheet)]


def draw(
    sheet: Sheet,
    *,
    parts: list[Rows] | None = None,
    write: Write = number,
    each: bool = False,
    left: int = 0,
    top: int = 0,
    gap: int = 0,
    names: tuple[str, ...] = (),
    after: Callable[[Any, Any], None] = lambda book, ws: None,
) -> bytes:
    """Draw a report; `each` gives every table a sheet, `gap` empty rows between what stands in one."""
    data = BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    row, ws = top, None
    for i, (title, rows) in enumerate(zip(TITLES, parts or tables(sheet), strict=True)):
        if ws is None or each:
            ws, row = book.add_worksheet(names[i] if names else None), top
            ws.merge_range(row, left, row, left + 9, f"{AGENCY}{sheet.year}年政府信息公开工作年度报告")
            row += 1 + gap
        ws.write(row, left, title)
        row = put(book, ws, rows, row + 1, left, write) + gap
        after(book, ws)
    ws.write(row, left, "注：本表数据由各科室填报，统计口径为本机关本级，不含下属单位，如有疑问请与办公室联系。")
    book.close()
    return data.getvalue()


def three_as(*changes: Callable[[Rows], Rows]) -> Callable[[Sheet], bytes]:
    return lambda s: draw(s, parts=[two_joined(s), chain(*changes)(three(s)), four(s)], each=True)


def one(**options: Any) -> Callable[[Sheet], bytes]:
    return lambda s: draw(s, **options)


BOOKS: dict[str, Callable[[Sheet], bytes]] = {
    "one sheet": one(),
    "one sheet, gaps": one(gap=1),
    "a sheet a table": one(each=True),
    "named sheets": one(each=True, names=("主动公开", "依申请公开", "复议诉讼")),
    "at C5": one(each=True, left=2, top=4),
    "one sheet at C5": one(left=2, top=4),
    "numbers as text": one(write=text),
    "full-width": one(write=full_width),
    "thousands": one(write=formatted("#,##0.00")),
    "hidden digits": one(write=formatted("0")),
    "accounting": one(write=formatted('_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ')),
    "formulas": one(write=formula),
    "blanks for spans": lambda s: draw(s, parts=[spread(t) for t in tables(s)], each=True),
    "no spans": lambda s: draw(s, parts=[bare(t) for t in tables(s)], each=True),
    "no group labels": three_as(only_labels),
    "group labels as rows": three_as(grouped),
    "one head row": three_as(only_labels, flat_head),
    "total first": three_as(only_labels, flat_head, total_first),
    "running numbers": three_as(only_labels, flat_head, aside("序号", str, 0)),
    "group labels as rows, total first": lambda s: draw(
        s, parts=[two_joined(s), total_first(flat_head(only_labels(three(s)))), four(s)], gap=1
    ),
}
DOUBTFUL: dict[str, Callable[[Sheet], bytes]] = {
    "formulas without results": one(write=uncalculated),
    "shown in thousands": one(write=formatted("0.0,")),
    "a digit in the format": one(write=formatted('0"0"')),
    "percent": one(write=formatted("0%")),
    "dates": one(write=formatted("yyyy-mm-dd")),
}
