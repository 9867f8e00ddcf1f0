"""Reports drawn as text: a pure layouter that wraps labels at a width and sets figures beside them, as converters of PDF do."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable

from layouts import (
    Box,
    Change,
    Rows,
    Sheet,
    chain,
    figured,
    flat_head,
    only_labels,
    separate,
    spread,
    text_page,
    total_first,
)

ACROSS = {"top": 0.0, "middle": 0.5, "bottom": 1.0}


def wide(text: str) -> int:
    """Return the columns a text takes where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for c in text:
        if lines[-1] and wide(lines[-1] + c) > width:
            lines.append("")
        lines[-1] += c
    return lines


def drawn(
    rows: Rows, widths: list[int], *, at: str = "middle", measure: Callable[[str], int] = wide, gap: int = 2
) -> list[str]:
    """Draw a table as lines of text.

    Parameters
    ----------
    rows : its rows with spans
    widths : of its columns, in characters of half width
    at : where in its cell a text stands vertically
    measure : the columns that the program thinks a text takes
    gap : spaces between columns
    """
    boxes: list[tuple[int, int, Box]] = []
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        c = 0
        for box in row:
            while (r, c) in taken:
                c += 1
            boxes.append((r, c, box))
            taken |= {(y, x) for y in range(r, r + box.h) for x in range(c, c + box.w)}
            c += box.w
    lefts = [sum(w + gap for w in widths[:c]) for c in range(len(widths) + 1)]
    texts = {(r, c): wrapped(b.text, max(2, lefts[min(c + b.w, len(widths))] - lefts[c] - gap)) for r, c, b in boxes}
    heights = [max([1, *(len(texts[y, c]) for y, c, b in boxes if y == r and b.h == 1)]) for r in range(len(rows))]
    canvas: list[list[tuple[int, str]]] = [[] for _ in range(sum(heights))]
    for r, c, box in boxes:
        top, room = sum(heights[:r]), sum(heights[r : r + box.h])
        first = top + max(0, int((room - len(texts[r, c])) * ACROSS[at]))
        for i, line in enumerate(texts[r, c]):
            if line:
                canvas[min(first + i, len(canvas) - 1)].append((lefts[c], line))
    out = []
    for parts in canvas:
        line = ""
        for left, text in sorted(parts):
            line += " " * max(1 if line else 0, left - measure(line)) + text
        out.append(line)
    return out


def lines_of(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def layout(
    sheet: Sheet,
    width: int = 24,
    *,
    at: str = "middle",
    measure: Callable[[str], int] = wide,
    gap: int = 2,
    change: Change = lambda rows: rows,
    footer: int = 0,
) -> str:
    """Print a report as ``pdftotext -layout`` does: labels wrapped at a width, and a page number and a form feed now and then."""

    def show(rows: Rows) -> str:
        columns = max(sum(b.w for b in row) for row in rows)
        sizes = {10: [6, 8, width, *[8] * 7], 15: [6] * 15}.get(columns, [width, *[14] * (columns - 1)])
        return "\n".join(drawn(rows, sizes, at=at, measure=measure, gap=gap)) + "\n\n"

    text = text_page(sheet, show, change)
    if not footer:
        return text
    out: list[str] = []
    for i, line in enumerate(text.split("\n")):
        out.append(line)
        if i % footer == footer - 1:
            out += ["", f"{'':30}- {i // footer + 1} -", "\f"]
    return "\n".join(out)


def raw(sheet: Sheet, width: int, *, before: bool = False) -> str:
    """Print a cell after the other, a wrapped label over lines, the figures of a row on one line (or the label's last)."""

    def show(rows: Rows) -> str:
        out: list[str] = []
        for row in rows:
            words = [line for b in row if b.kind != "figure" for line in wrapped(b.text, width)]
            figures = " ".join(b.text for b in row if b.kind == "figure")
            out += [figures, *words] if before and figures else [*words, figures]
        return "\n".join(line for line in out if line) + "\n"

    return text_page(sheet, show)


def commas(rows: Rows, quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows([[b.text for b in row] for row in spread(rows)])
    return out.getvalue() + "\n"


def thousands(mark: str) -> Callable[[str], str]:
    return lambda t: (f"{float(t):,.1f}" if "." in t else f"{int(t):,}").replace(",", mark)


WHOLE: dict[str, Callable[[Sheet], str]] = {
    "8 wide": lambda s: layout(s, 8),
    "16 wide": lambda s: layout(s, 16),
    "16 wide, figures above": lambda s: layout(s, 16, at="top"),
    "24 wide, figures below": lambda s: layout(s, 24, at="bottom"),
    "24 wide, characters counted once": lambda s: layout(s, 24, measure=len),
    "60 wide": lambda s: layout(s, 60),
    "page numbers and form feeds": lambda s: layout(s, 16, footer=17),
    "page numbers and form feeds, longer pages": lambda s: layout(s, 24, footer=41),
    "single spaces": lambda s: layout(s, 16, gap=1),
    "raw": lambda s: raw(s, 16),
    "raw, narrow": lambda s: raw(s, 8),
    "commas": lambda s: text_page(s, commas),
    "commas, all quoted": lambda s: text_page(s, lambda rows: commas(rows, csv.QUOTE_ALL)),
    "commas, thousands": lambda s: text_page(figured(s, thousands(",")), commas),
    "commas, full-width thousands": lambda s: text_page(figured(s, thousands("，")), commas),
    "commas, total first": lambda s: text_page(s, commas, chain(only_labels, flat_head, total_first)),
    "spaces, total first": lambda s: text_page(
        s, lambda rows: separate(rows, "    "), chain(only_labels, flat_head, total_first)
    ),
    "spaces, thousands": lambda s: text_page(figured(s, thousands(",")), lambda rows: separate(rows, "   ")),
}
