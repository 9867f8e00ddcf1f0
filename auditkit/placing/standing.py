"""Where the figures of rows drawn as text stand: each row's under those of the others and under the heads, which tells blank cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from auditkit.placing.order import Spans, Token
from auditkit.placing.torn import Item
from auditkit.reading.page import Spot

LEAST_UNDER = 3
"""Figures one under the other that make a column."""
MEASURES = ("", "WF", "WFA")
"""The East Asian widths of characters that take two columns: none, those that are wide, or quotation marks and dashes, too."""
TOKEN = re.compile(r"(?<![^ \t])[\u3000\u00a0](?![^ \t])|\S+")
"""A text, or a wide or no-break space by itself: what stands in a cell that is blank."""


def in_columns(
    item: Item, full: list[Item], items: list[Item], width: int, under: dict[int, Spot] | None
) -> list[Spot]:
    """Give each figure of a row with blanks its column, if it stands under the figures of rows that have them all, and no others.

    Programs count a Chinese character, or a quotation mark, as one or as two columns: all `MEASURES` are tried. Where there are no
    such rows, all figures of a page tell the columns, and those `under` the heads.
    """
    plainly = [Spot(s.text, s.place, i) for i, s in enumerate(item.figures, 1)]
    gaps = [b - a for a, b in pairwise([item.end, *(e for s in item.figures for e in (s.column, s.column + s.width))])]
    if len(item.figures) >= width or min(gaps[::2]) < 2:
        return plainly  # squeezed, so that it may stand further right than the others
    page, by_place = item.line.place.page, item.line.place.box is not None
    behind = [r.figures[0].column - r.end for r in (*full, item) if r.words and r.line.place.page == page]
    if len(behind) > 1 and len(set(behind)) == 1:
        return plainly  # figures that follow their labels, wherever these end, are not drawn one under the other
    if not by_place:  # single spaces part words, too: such a row is not drawn in columns
        full = [r for r in full if all(b.column - a.column - a.width > 1 for a, b in pairwise(r.figures))]
    blank = Spot("", item.line.place, 0)
    beneath = [Spot((s := (under or {}).get(i, blank)).text, s.place, i + 1) for i in range(width)]
    if under and not by_place:
        return beneath
    found: set[tuple[int, ...]] = set()
    for wide in MEASURES[:1] if by_place else MEASURES:  # lines of a PDF are spaced by character
        columns = columns_of(full, page, wide=wide) or _bands(items, page, width, wide=wide)
        places = tuple(column_under(columns, *_span(item, s, wide=wide)) for s in item.figures)
        if -1 not in places and len(set(places)) == len(places):
            found.add(places)
    if len(found) != 1:
        return beneath if under else plainly
    at = dict(zip(found.pop(), item.figures, strict=True))
    return [Spot((s := at.get(i, blank)).text, s.place, i + 1) for i in range(width)]


def stand_over(heads: list[Spans], full: list[Item], measures: Sequence[str]) -> bool:
    """Whether each head stands over its column of figures; those of a PDF do, which was asked for the places of both."""
    if not full or full[0].line.place.box:
        return True
    ways = [columns_of(full, full[0].line.place.page, wide=wide) for wide in measures]
    return any(
        len(ends) == len(heads)
        and all(a <= spans[way][1] and spans[way][0] <= b for (a, b), spans in zip(ends, heads, strict=True))
        for way, ends in enumerate(ways)
    )


def under_heads(items: list[Item], heads: Sequence[Spans], measures: Sequence[str]) -> dict[int, dict[int, Spot]]:
    """Return for each row (by its id) the columns of its figures, if each figure of a text is drawn under one head, and no two under one.

    All begin with their heads, end with them, or stand under their middle: what only comes near them may be drawn one column off.
    """
    rows = [item for item in items if item.figures]
    found: list[dict[int, dict[int, Spot]]] = []
    for way, wide in enumerate(measures):
        spans = [spans[way] for spans in heads]
        at = [[_span(r, s, wide=wide) for s in r.figures] for r in rows]
        under = [[column_under(spans, *span) for span in row] for row in at]
        if not spans or any(-1 in row or len(set(row)) < len(row) for row in under):
            continue
        pairs = [
            (a, b, *spans[i])
            for row, columns in zip(at, under, strict=True)
            for (a, b), i in zip(row, columns, strict=True)
        ]
        aligned = (
            all(a == left for a, _, left, _ in pairs)
            or all(b == right for _, b, _, right in pairs)
            or all(abs(a + b - left - right) < 2 for a, b, left, right in pairs)
        )
        if aligned and all(a[1] < b[0] for a, b in pairwise(spans)):
            found.append(
                {id(r): dict(zip(columns, r.figures, strict=True)) for r, columns in zip(rows, under, strict=True)}
            )
    return found[0] if found and all(other == found[0] for other in found) else {}


def measures_of(items: list[Item], width: int) -> Sequence[str]:
    """Return the measures by which figures stand in columns; else all."""
    page = next(item.line.place.page for item in items if item.figures)
    return [wide for wide in MEASURES if _bands(items, page, width, wide=wide)] or MEASURES


def tokens(lines: list[Item], measures: Sequence[str]) -> list[list[Token]]:
    """Return the texts of lines with their ends by each measure."""
    return [
        [
            (m[0], tuple(_span(item, Spot(m[0], item.line.place, m.start(), len(m[0])), wide=w) for w in measures))
            for m in TOKEN.finditer(item.line.drawn)
        ]
        for item in lines
    ]


def columns_of(full: list[Item], page: int | None, *, wide: str) -> list[tuple[int, int]]:
    """Return the first and the last character of each column over the full rows of a page; none if they are not columns."""
    full = [f for f in full if f.line.place.page == page and f.figures[0].place == f.figures[-1].place]
    rows = [[_span(f, s, wide=wide) for s in f.figures] for f in full]
    return _ends([list(column) for column in zip(*rows, strict=False)]) if len(full) > 1 else []


def _bands(items: list[Item], page: int | None, width: int, *, wide: str) -> list[tuple[int, int]]:
    """Return where the figures of a page stand one under the other, if that is in as many places as the form has columns."""
    bands: list[list[tuple[int, int]]] = []
    reach = -1
    for start, end in sorted(_span(i, s, wide=wide) for i in items if i.line.place.page == page for s in i.figures):
        if start >= reach:
            bands.append([])
        bands[-1].append((start, end))
        reach = max(reach, end)
    return _ends(bands) if len(bands) == width and min(map(len, bands)) >= LEAST_UNDER else []


def _ends(columns: list[list[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Return the first and the last character of columns; none if they overlap, or figures are further apart within than between them.

    Programs that do not draw figures one under the other (of the text of PDF files, say) move some by a column.
    """
    ends = [(min(a for a, _ in at), max(b for _, b in at)) for at in columns]
    for place in (min, max, sum):  # of its two ends: where a figure begins, ends, twice its middle
        at = [sorted(map(place, column)) for column in columns]
        between = min((b[0] - a[-1] for a, b in pairwise(at)), default=0)
        if between > max((column[-1] - column[0] for column in at), default=0):
            return ends if all(a[1] < b[0] for a, b in pairwise(ends)) else []
    return []


def column_under(columns: list[tuple[int, int]], start: int, end: int) -> int:
    """Return the one column that a figure stands in, or -1."""
    found = [i for i, (a, b) in enumerate(columns) if a < end and start < b]
    return found[0] if len(found) == 1 else -1


def _span(item: Item, spot: Spot, *, wide: str) -> tuple[int, int]:
    text = item.line.drawn
    begin, end = (
        at + (sum(unicodedata.east_asian_width(c) in wide for c in text[:at]) if wide else 0)
        for at in (spot.column, spot.column + spot.width)
    )
    return begin, end
