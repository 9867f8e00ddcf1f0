"""What one row of a table holds of several: rows as lines in its cells, each a whole label and figures; heads beside each figure."""

from __future__ import annotations

import re

from auditkit.reading.numbers import is_entry, squeeze
from auditkit.reading.page import Grid, IsWhole, Spot

LEAST_NAMED = 3
"""Figures of a row, each with a head before it."""
_NAMED = re.compile(r"(?P<head>[^\d:：\n]{2,20})[:：]\s*(?P<figure>[-+]?\d[\d,.]*)(?:件|个|项|条)?")


def with_rows_apart(grid: Grid, is_whole: IsWhole) -> Grid:
    """Make of each row that holds several the rows that it holds; a figure's place says its line in the cell (in a text, in the file)."""
    parts = [_parts(row, is_whole) for row in grid.rows]
    if not any(parts):
        return grid
    rows: list[tuple[Spot, ...]] = []
    for i, row in enumerate(grid.rows):
        beside = [
            s._replace(height=sum(max(1, len(p)) for p in parts[i : i + s.height]))
            for s in _around(row, bool(parts[i]))
        ]
        pieces: list[tuple[Spot, ...]] = parts[i] or [()]
        rows += [tuple(sorted((*beside, *pieces[0]), key=lambda s: s.column)), *pieces[1:]]
    return _grid(rows)


def _grid(rows: list[tuple[Spot, ...]]) -> Grid:
    above: list[tuple[Spot, ...]] = []
    reaching: list[tuple[Spot, int]] = []
    for row in rows:
        above.append(tuple(s for s, _ in reaching))
        reaching = [(s, more - 1) for s, more in reaching if more > 1] + [
            (s, s.height - 1) for s in row if s.height > 1
        ]
    return Grid(tuple(rows), tuple(above))


def with_heads_apart(grid: Grid, is_whole: IsWhole) -> Grid:
    """Put the heads that stand before each figure of a row (自然人：12, as for narrow screens) into a row of their own above it."""
    named = [[(s, m) for s in row if (m := _NAMED.fullmatch(s.text)) and is_whole(m["head"])] for row in grid.rows]
    if max(map(len, named), default=0) < LEAST_NAMED:
        return grid
    before = [0] * (len(grid.rows) + 1)  # how many rows of heads stand above a row's
    for i, found in enumerate(named):
        before[i + 1] = before[i] + (len(found) >= LEAST_NAMED)
    rows: list[tuple[Spot, ...]] = []
    for i, (row, found) in enumerate(zip(grid.rows, named, strict=True)):
        figures = dict(found) if len(found) >= LEAST_NAMED else {}
        if figures:
            rows.append(tuple(s._replace(text=m["head"], height=1) for s, m in figures.items()))
        taller = [before[min(i + s.height, len(grid.rows))] - before[i] - bool(figures) for s in row]
        rows.append(
            tuple(
                s._replace(text=figures[s]["figure"]) if s in figures else s._replace(height=s.height + more)
                for s, more in zip(row, taller, strict=True)
            )
        )
    return _grid(rows)


def _around(row: tuple[Spot, ...], apart: bool) -> tuple[Spot, ...]:
    """Return the cells of a row that stay whole: all, or those before the labels that stand apart."""
    return row[: _labels(row)] if apart else row


def _labels(row: tuple[Spot, ...]) -> int:
    """Return where the first cell with several lines, beside figures, stands."""
    return next((i for i, s in enumerate(row) if "\n" in s.text), len(row))


def _parts(row: tuple[Spot, ...], is_whole: IsWhole) -> list[tuple[Spot, ...]]:
    """Return the rows that stand as lines in one row, without what stands before their labels; none if it is one row."""
    at = _labels(row)
    if len(row) - at < 2 or any(s.height > 1 or s.hidden for s in row[at:]):
        return []
    columns = [s.text.split("\n") for s in row[at:]]
    labels, figures = columns[0], [lines for lines in columns[1:] if squeeze("".join(lines))]
    if not figures or not all(map(is_whole, labels)) or len(set(labels)) < len(labels):
        return []
    if any(len(lines) != len(labels) or not all(map(is_entry, lines)) for lines in figures):
        return []
    return [
        tuple(
            s._replace(text=lines[k] if len(lines) > k else "", place=s.place._replace(line=s.place.line or k + 1))
            for s, lines in zip(row[at:], columns, strict=True)
        )
        for k in range(len(labels))
    ]
