"""Rows that a page's end cuts in two: each half is drawn as a row of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditkit.placing.labels import Labels, strong
from auditkit.placing.records import UNIT
from auditkit.reading.numbering import is_number
from auditkit.reading.numbers import is_entry, squeeze
from auditkit.reading.page import Grid, Spot

_PIECES = re.compile(r"[\d,，.\s]+")
"""A figure that is wrapped, or a part of one: 30, over 600."""


def joined_over_pages(labels: Labels, grid: Grid) -> Grid:
    """Make one row of two that a page's end parts, where only together their words name a row, or only one of them has words."""
    rows, above = list(grid.rows), list(grid.above)
    pages = [row[0].place.page if row else None for row in rows]
    for upper in range(len(rows) - 2, 0, -1):
        lower = upper + 1
        if not pages[upper] or not pages[lower] or pages[lower] == pages[upper]:
            continue
        while lower + 1 < len(rows) and [s.text for s in rows[lower]] == [s.text for s in rows[lower - upper - 1]]:
            lower += 1  # heads that are printed once more
        if joined := _one_row(labels, rows[upper], rows[lower]):
            rows[upper] = joined
            del rows[lower], above[lower]
    return Grid(tuple(rows), tuple(above))


def _one_row(labels: Labels, upper: Sequence[Spot], lower: Sequence[Spot]) -> tuple[Spot, ...] | None:
    """Join two rows column by column if a page's end must have parted them; a figure in two pieces becomes a text."""
    halves = [{s.column: s for s in row if squeeze(s.text) and not UNIT.match(s.text)} for row in (upper, lower)]
    words = [[c for c, s in half.items() if not _is_entry(s.text) or is_number(s.text)] for half in halves]
    figures = [set(half) - set(named) for half, named in zip(halves, words, strict=True)]
    if not (words[0] and halves[1] and figures[1] <= {s.column for s in upper}):
        return None
    label = max([*words[0], *words[1]])
    for half, named in zip(halves, words, strict=True):
        if any(c < label < half[c].column + half[c].width for c in named):
            return None  # a label that begins further left
    printed = [half[label].text for half in halves if label in half]
    match = labels.row("".join(printed))
    if match is None or match.table == "disputes":
        return None
    owns = [labels.row(text) for text in printed]
    first, last = owns[0], owns[-1]
    if any(own.row != match.row and (strong(own) or own is last) for own in owns if own):
        return None  # 3.其他 too, beneath a label that is whole
    if first and last and last.exact and first != last:
        return None  # nor is 3.其他 the beginning of the label beneath it
    if len(printed) > 1 and any(owns) and not match.exact:
        return None  # one of them names a row, and the other is no part of its label
    whole = first and first.exact and first.row == match.row
    torn = len(printed) > 1 and match.exact and not whole  # 2. over 重复申请, too
    if figures[0] and figures[1] and not torn:
        if words[1] or not figures[1] <= figures[0]:
            return None
    elif not figures[1] and label not in halves[1]:
        return None
    texts = {c: "\n".join(half[c].text for half in halves if c in half) for c in {*halves[0], *halves[1]}}
    return tuple(s._replace(text=texts.get(s.column, s.text)) for s in upper)


def _is_entry(text: str) -> bool:
    """Whether a cell holds an entry, or pieces of a figure that is wrapped."""
    return is_entry(text) or _PIECES.fullmatch(text) is not None
