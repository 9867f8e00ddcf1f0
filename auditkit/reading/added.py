"""What a program adds to a table it writes, as data frames do: words for a blank, also in a head, numbers of rows and columns."""

from __future__ import annotations

import re
from itertools import pairwise

from auditkit.reading.numbers import NO_VALUE
from auditkit.reading.page import Grid, Spot

LEAST_COUNTED = 3
"""Rows of a table before which a program put numbers, and columns over which it did."""
LABEL_COLUMNS = 3
"""Of table three."""
_COLUMN = "Unnamed: "
_COUNT = re.compile(r"\d{1,4}")
_WORDS = re.compile(r"[\u4e00-\u9fff]{2}")


_LETTERS = [a + b for a in ("", *"ABCDEFG") for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
"""The columns of a spreadsheet, as it prints them where it is asked to."""


def without_added(grid: Grid) -> Grid:
    """Take away what a program added to a table: its words for a blank, its numbers of rows and columns."""
    if any(map(_is_place, *grid.rows[:1])):
        grid = grid.changed(lambda s: s._replace(text="") if _is_place(s) else s)
    texts = [s.text for row in grid.rows for s in row]
    if not NO_VALUE.isdisjoint(texts) or _COLUMN in "".join(texts):
        grid = grid.changed(lambda s: s._replace(text="") if _is_added(s.text) else s)
    return _without_counts(_without_numbers_over_heads(grid))


def _without_numbers_over_heads(grid: Grid) -> Grid:
    """Leave out rows of 0, 1, 2, … that a program put over the heads of each of several tables on a sheet."""
    if not any(_begins_with_0(row) for row in grid.rows):
        return grid
    filled = [[t for s in row if (t := s.text.strip())] for row in grid.rows]
    over = {
        i
        for i, (texts, beneath) in enumerate(pairwise(filled))
        if len(texts) >= LEAST_COUNTED and _counts(texts) and len(beneath) > 1 and all(map(_WORDS.search, beneath))
    }
    kept = [i for i in range(len(grid.rows)) if i not in over]
    return Grid(tuple(grid.rows[i] for i in kept), tuple(grid.above[i] for i in kept)) if over else grid


def _begins_with_0(row: tuple[Spot, ...]) -> bool:
    for spot in row:
        if text := spot.text.strip():
            return text == "0"
    return False


def _is_place(spot: Spot) -> bool:
    """Whether a cell holds what a program writes for a head that is blank, in the row it takes for the heads: Col3."""
    return spot.text == f"Col{spot.column + 1}"


def _counts(texts: list[str]) -> bool:
    """Whether texts are 0, 1, 2, …."""
    return texts == [str(n) for n in range(len(texts))]


def _is_added(text: str) -> bool:
    return text in NO_VALUE or text.startswith(_COLUMN)


def _without_counts(grid: Grid) -> Grid:
    """Leave out the numbers that a program put before the rows, and over the columns, of a table it wrote: 0, 1, 2, ….

    They stand before every row, also before heads, where no figure of the form can stand.
    """
    if len(grid.rows) < LEAST_COUNTED or any(s.column == 0 for row in grid.above for s in row):
        return grid
    top_row = [s.text.strip() for s in grid.rows[0]]
    if len(top_row) >= LEAST_COUNTED and _counts(top_row) and grid.rows[1] and _WORDS.search(grid.rows[1][0].text):
        return Grid(grid.rows[1:], grid.above[1:])
    first = [row[0] if row and row[0].column == 0 and row[0].width == 1 else None for row in grid.rows]
    texts = ["".join(s.text.split()) if s else "" for s in first]
    top = _COUNT.fullmatch(texts[0]) is None
    if top and texts[0].lower() not in ("", "index"):
        return grid
    if not all(map(_COUNT.fullmatch, texts[top:])):
        return grid
    numbers = [int(t) for t in texts[top:]]
    filled = [row[1:] for row in grid.rows if any(s.text for s in row[1:])]
    words = sum(any(_WORDS.search(s.text) for s in row[:LABEL_COLUMNS]) for row in filled)
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))) or words * 2 < len(filled):
        return grid
    over = [s.text for s in grid.rows[0][1:]]
    first_row = int(top and (_counts(over) or over == _LETTERS[: len(over)]))
    moved = grid.changed(lambda s: s._replace(column=s.column - 1) if s.column else None)
    return Grid(moved.rows[first_row:], moved.above[first_row:])
