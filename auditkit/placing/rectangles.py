"""Text with one cell a line that was a rectangle: blank lines are blank cells, and what a spanned cell covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import gcd

from auditkit.placing.heads import BLOCK_ORDER, OUTCOMES
from auditkit.placing.labels import VAGUE, Labels, names_block, names_clause, plain, section_of
from auditkit.reading.numbers import squeeze, states
from auditkit.reading.page import Block, Grid, Line, Spot

MOST_BESIDE = 5
"""Columns of a rectangle beside those of the figures: labels, notes, an empty one."""
LEAST_ROWS = 14
"""Rows of table three, of at least 23, that must be found alike."""

_Row = list[Line]


def with_rectangles(lines: Sequence[Line], labels: Labels) -> list[Block]:
    """Return lines with those of each table that are a rectangle, its cells written one a line row by row, as a grid.

    Its width is that after which row labels and heads come back to their columns, with no figure beneath a label and no label
    beneath a figure, throughout the table: one line more or less, and there is none. Table three must be one; then the others may.
    """
    heads = [i for i, line in enumerate(lines) if section_of(line.text)]
    parts = {a: (section_of(lines[a].text), b) for a, b in pairwise([*heads, len(lines)])}
    out: list[Block] = list(lines)
    if all(squeeze(line.text) for line in lines):
        return out
    found: dict[int, tuple[list[_Row], int]] = {}
    for table in ("requests", "proactive", "disputes"):
        for begin, (name, end) in parts.items() if found or table == "requests" else ():
            if name == table:
                found |= _rectangles(lines, begin, end, table, labels)
    spare = Counter(after for _, after in found.values())
    for begin, (rows, after) in sorted(found.items(), reverse=True):
        if spare[after] * 2 > len(found):  # else a line may be lost, or one too many, in its last row
            blank = [Line("", rows[-1][-1].place)] * (len(rows[0]) - len(rows[-1]))
            whole = [*rows[:-1], [*rows[-1], *blank]]
            grid = tuple(tuple(Spot(line.text, line.place, c) for c, line in enumerate(row)) for row in whole)
            out[begin : begin + sum(map(len, rows))] = [Grid(grid, ((),) * len(grid))]
    return out


def _rectangles(
    lines: Sequence[Line], begin: int, end: int, table: str, labels: Labels
) -> dict[int, tuple[list[_Row], int]]:
    """Return the rectangles of a section by the lines they begin at, each with the number of lines behind it.

    The titles of table two's clauses may part them.
    """
    titles = (i for i in range(begin + 1, end - 1) if names_clause(lines[i].text))
    clauses = [
        i for i in titles if squeeze(lines[i + 1].text) and lines[i].text not in (lines[i - 1].text, lines[i + 1].text)
    ]
    out = {}
    for a, b in pairwise([begin, *clauses, end]):
        if found := _rows(lines[a + 1 : b], table, labels):
            start, rows = a + 1 + found[0], found[1]
            out[start] = rows, b - start - sum(map(len, rows))
    return out


def _rows(lines: Sequence[Line], table: str, labels: Labels) -> tuple[int, list[_Row]] | None:
    """Return the rows of the one rectangle that a section's lines are, and how many lines stand before it."""
    figures = max(len(labels.form.row_cells(table, row)) for row in labels.form.rows(table))
    widest = figures * len(BLOCK_ORDER) if table == "disputes" else figures
    is_table = _is_table_four if table == "disputes" else _is_labelled
    found: dict[int, list[tuple[int, list[_Row]]]] = {}
    between = 0 if table == "disputes" else _between_labels(lines, table, labels)
    for width in (w for w in range(figures, widest + MOST_BESIDE + 1) if between % w == 0):
        for begin in range(min(width, len(lines))):
            rows = [list(lines[i : i + width]) for i in range(begin, len(lines), width)]
            if rows and not _is_complete(rows, width):
                rows.pop()
            while rows and not any(squeeze(line.text) for line in rows[-1]):
                rows.pop()
            rest = [line.text for line in (*lines[:begin], *lines[begin + width * len(rows) :])]
            whole = bool(rows) and not any(states(text) or labels.is_head(text) for text in rest)
            if whole and is_table(_without_copies(rows), table, labels):
                found.setdefault(width, []).append((begin, rows))
    (one,) = found.values() if len(found) == 1 else ([],)
    begun = [(begin, rows) for begin, rows in one if squeeze(rows[0][0].text)]  # else with an empty column before it
    return next(iter(begun or one), None)


def _is_complete(rows: list[_Row], width: int) -> bool:
    """Whether the last row lacks at most what parts two rows: lines that are empty in all others."""
    return len(rows[-1]) == width or not any(squeeze(line.text) for row in rows for line in row[len(rows[-1]) :])


def _between_labels(lines: Sequence[Line], table: str, labels: Labels) -> int:
    """Return what divides the number of lines between any two labels of one depth: the width of a rectangle divides it."""
    places: dict[int, list[int]] = {}
    for i, line in enumerate(lines):
        match = labels.row(line.text) if i == 0 or line.text != lines[i - 1].text else None  # else a copy, for a span
        if match and match.table == table and match.key not in VAGUE:
            places.setdefault(len(labels.form.row_cells(table, match.row)[0].row_path), []).append(i)
    return gcd(*(b - a for at in places.values() for a, b in pairwise(at)))


def _without_copies(rows: list[_Row]) -> list[list[str]]:
    """Return the texts of rows; words that stand once more right of or beneath themselves, for a span, are left out."""
    texts = [[line.text for line in row] for row in rows]
    left = [["", *row] for row in texts]
    return [
        [
            "" if text in (before, over) and not states(text) else text
            for text, before, over in zip(row, *beside, strict=False)
        ]
        for row, *beside in zip(texts, left, [[""] * len(rows[0]), *texts], strict=False)
    ]


def _is_labelled(rows: list[list[str]], table: str, labels: Labels) -> bool:
    """Whether the cells are those of table two or three: row labels left of a column, figures from there on, one row each."""
    named: list[str] = []
    places: set[tuple[int, int]] = set()
    heads: list[int] = []
    label_end, held = 0, set[int]()
    for texts in rows:
        figures = [c for c, text in enumerate(texts) if states(text)]
        words = [c for c, text in enumerate(texts) if squeeze(text) and c not in figures]
        matches = [(c, match) for c in words if (match := labels.row(texts[c])) and match.table == table]
        own = {match.row: c for c, match in matches if match.key not in VAGUE}
        if len(own) > 1 or (figures and not words):
            return False
        if own or figures:
            if not own and not (labels.row(texts[words[-1]]) or plain(texts[words[-1]]).endswith("小计")):
                return False
            named += own
            places |= {(len(labels.form.row_cells(table, row)[0].row_path), c) for row, c in own.items()}
            label_end, held = max(label_end, words[-1] + 1), held.union(figures)
        elif not named:
            heads += [c for c in words if labels.column(table, texts[c])]
    most = max((len(labels.form.row_cells(table, row)) for row in named), default=0)
    if not most <= len(set(heads)) == len(heads) or not held.issubset(heads) or label_end > min(heads, default=0):
        return False
    one_column = len({depth for depth, _ in places}) == len(places)  # for labels of one depth
    return one_column and len(set(named)) == len(named) >= (LEAST_ROWS if table == "requests" else 1)


def _is_table_four(rows: list[list[str]], table: str, labels: Labels) -> bool:
    """Whether figures stand under whole runs of the five heads only, and the names of blocks where such a run begins."""
    starts: set[int] = set()
    names: set[int] = set()
    begun = stated = False  # whether a row of figures came since the last heads; whether any figure did
    for texts in rows:
        figures = [c for c, text in enumerate(texts) if states(text)]
        words = [c for c, text in enumerate(texts) if squeeze(text) and c not in figures]
        columns = {c: column for c in words if (column := labels.exact_column(table, texts[c]))}
        heads = list(columns)
        if figures or (starts and not words):
            under = {c for start in starts for c in range(start, start + len(OUTCOMES))}
            beneath = names <= starts and under.issuperset(figures) and all(c < min(starts) for c in words)
            if not beneath or (begun and not words):
                return False
            begun, stated = True, stated or bool(figures)
            continue
        if begun:  # the heads of another block
            starts, names, begun = set(), set(), False
        runs = [heads[i : i + len(OUTCOMES)] for i in range(0, len(heads), len(OUTCOMES))]
        whole = all(run[-1] - run[0] < len(run) and {columns[c] for c in run} == set(OUTCOMES) for run in runs)
        if not whole or starts & {run[0] for run in runs}:
            return False
        starts |= {run[0] for run in runs}
        names |= {c for c in words if names_block(texts[c]) or plain(texts[c]) == "行政诉讼"}
    return stated
