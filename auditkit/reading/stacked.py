"""Rows that stand as lines in the cells of one row become rows: each line a whole label, beside it as many figures in each cell."""

from __future__ import annotations

from auditkit.reading.numbers import is_entry, squeeze
from auditkit.reading.page import Grid, IsWhole, Spot


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
    above: list[tuple[Spot, ...]] = []
    reaching: list[tuple[Spot, int]] = []
    for row in rows:
        above.append(tuple(s for s, _ in reaching))
        reaching = [(s, more - 1) for s, more in reaching if more > 1] + [
            (s, s.height - 1) for s in row if s.height > 1
        ]
    return Grid(tuple(rows), tuple(above))


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
