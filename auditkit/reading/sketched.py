"""Tables drawn with characters: their bars and dashes are rules, what no rule divides is one cell, over several lines too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from unicodedata import east_asian_width

from auditkit.reading import ruled
from auditkit.reading.drawing import Char, Marks, merged
from auditkit.reading.page import Grid, Place, lay_out
from auditkit.reading.ruled import Table
from auditkit.reading.text import BARS, CORNERS, DASHES

_END = f"[{re.escape(BARS + CORNERS)}]"
_RULE = re.compile(f"(?<={_END})[{re.escape(DASHES)}]+(?={_END})")
MANY_RULES = 9
"""Rules of a table in which each row has its own: one whose head and end are ruled has three."""
MOST_DRAWN = 200_000
"""Characters of the lines that are tried; a report drawn by w3m has 40,000."""
MOST_RULES = 2_000
"""Of one table; of the form's, the largest has 200."""
_WIDTH, _HEIGHT = 6.0, 12.0
"""Points that a character is wide and a line is high, where they are taken for a drawing."""
_Columns = list[tuple[int, int, str]]
"""For each character of a line where it begins and ends, in columns."""


def drawings(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield runs of lines that begin and end with a bar or corner, one of them a rule with corners, and the index of the first."""
    begin = 0
    for i, line in enumerate([*lines, ""]):
        bare = line.strip()
        if len(bare) > 1 and bare[0] in BARS + CORNERS and bare[-1] in BARS + CORNERS:
            continue
        run = lines[begin:i]
        if any(any(c in CORNERS for c in r) and _RULE.search(r) for r in run):
            yield begin, run
        begin = i + 1


def unframed(lines: list[str], deepest: int = 5) -> list[str]:
    """Take away frames of characters around parts of a text: a table of one cell that tables and lines lie in, a page perhaps."""
    out = list(lines)
    for at, drawing in drawings(lines) if deepest else ():
        left = len(drawing[0]) - len(drawing[0].lstrip()) + 1
        rules = [line.strip() for line in (drawing[0], drawing[-1])]
        framed = all(line[0] in CORNERS and set(DASHES).issuperset(line[1:-1]) for line in rules)
        if framed and all(line.strip()[0] in BARS for line in drawing[1:-1]):
            inner = [line.rstrip()[left:-1] for line in drawing[1:-1]]
            out[at : at + len(drawing)] = ["", *unframed(inner, deepest - 1), ""]
    return out


def grid_of(lines: list[str], first: int, path: str, plain: Callable[[str], str]) -> Grid | None:
    """Return the table that lines draw, of which the first has a number; None if they do not, or not each row has its rule.

    `plain` is applied to the text of each cell.

    Programs differ in how many columns a letter takes: of the ways there are, one must bring every bar under a corner. Where
    the spaces are gone, bars are told by their order, if every line has as many.
    """
    drawn = [[_columns(line, wide) for line in lines] for wide in (_as_terminals, _as_in_asia, _as_letters)]
    at = next(filter(_is_upright, drawn), None) or _by_order(lines)
    if at is None:
        return None
    marks = _marks(at, lines)
    if not _is_ruled(lines) or len(merged(marks.across)) + len(merged(marks.down)) > MOST_RULES:
        return None
    found = ruled.tables(marks, 1, len(lines))  # rules stand between its rows: so many lines are one figure
    return _grid(found[0], first, path, plain) if len(found) == 1 and found[0].rows else None


def _as_terminals(c: str) -> int:
    return 2 if east_asian_width(c) in "WF" else 1


def _as_in_asia(c: str) -> int:
    return 2 if east_asian_width(c) in "WFA" and c not in CORNERS + BARS + DASHES else 1


def _as_letters(_: str) -> int:
    return 1


def _columns(line: str, wide: Callable[[str], int]) -> _Columns:
    out: _Columns = []
    end = 0
    for c in line:
        out.append((end, end := end + wide(c), c))
    return out


def _is_upright(at: list[_Columns]) -> bool:
    corners = {a for line in at for a, _, c in line if c in CORNERS}
    return all(a in corners for line in at for a, _, c in line if c in BARS)


def _by_order(lines: list[str]) -> list[_Columns] | None:
    marks = [BARS + ("" if re.search(r"\w", line) else CORNERS) for line in lines]
    parts = [re.split(f"[{re.escape(m)}]", line.strip()) for m, line in zip(marks, lines, strict=True)]
    if len({len(p) for p in parts}) > 1:
        return None
    wide = 1 + max(len(part) for p in parts for part in p)
    out: list[_Columns] = []
    for m, line in zip(marks, lines, strict=True):
        columns: _Columns = []
        bar = at = 0
        for c in line:
            if c in m:
                bar += 1
                at = bar * wide
            columns.append((at, at := at + 1, c))
        out.append(columns)
    return out


def _is_ruled(lines: list[str]) -> bool:
    """Whether rules stand between rows, and not only around a head and groups of rows, of which each line is one."""
    rules = [bool(_RULE.search(line)) for line in lines]
    if sum(rules) >= MANY_RULES:
        return True
    ends = [i for i, rule in enumerate(rules) if rule]
    parts = [lines[a + 1 : b] for a, b in pairwise(ends)]
    full = [
        sum(all(c.strip() for c in re.split(f"[{re.escape(BARS)}]", line.strip()[1:-1])) for line in part)
        for part in parts
    ]
    return sum(n > 1 for n in full) * 3 < len(parts)


def _marks(at: list[_Columns], lines: list[str]) -> Marks:
    """Return the characters as they would be drawn on a page."""
    marks = Marks()
    above: set[int] = set()
    for n, (columns, line) in enumerate(zip(at, lines, strict=True)):
        y = n * _HEIGHT
        dashes = [(found.start(), found.end()) for found in _RULE.finditer(line)]
        ends = {i for begin, end in dashes for i in (begin - 1, end)}
        drawn = {i for begin, end in dashes for i in range(begin, end)}
        drawn |= {i for i, c in enumerate(line) if c in BARS or (c in CORNERS and (c != "+" or i in ends))}
        upright = {columns[i][0] for i in drawn if line[i] not in DASHES}
        marks.across += [
            (y + _HEIGHT / 2, _middle(columns[begin - 1][0]), _middle(columns[end][0])) for begin, end in dashes
        ]
        marks.down += [(_middle(column), y - _HEIGHT / 2, y + _HEIGHT / 2) for column in above & upright]
        marks.chars += [
            Char(c, a * _WIDTH, y + 1, b * _WIDTH, y + _HEIGHT - 1)
            for i, (a, b, c) in enumerate(columns)
            if i not in drawn and not c.isspace()
        ]
        above = upright
    return marks


def _middle(column: int) -> float:
    return (column + 0.5) * _WIDTH


def _grid(table: Table, first: int, path: str, plain: Callable[[str], str]) -> Grid:
    """Number the lines that the cells of a table begin at."""
    _, rows = ruled.plain(table)
    laid = [
        [
            (plain(text), Place(line=first + int(box[1] / _HEIGHT) + 1, cell=i), width, height)
            for i, (text, _, box, width, height) in enumerate(row, 1)
        ]
        for row in rows
    ]
    return lay_out(laid, path)
