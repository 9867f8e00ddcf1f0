"""Text with one cell a line in which blank lines are cells, as their number shows: a rectangle, or rows of the same length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from auditkit.heads import BLOCK_ORDER, OUTCOMES
from auditkit.labels import LONGEST_LINE, Labels, names_block, plain, section_of
from auditkit.loose import boxed_runs
from auditkit.reading import Block, Grid, Line, Place, Spot
from auditkit.reading.numbers import is_entry, squeeze
from auditkit.torn import VAGUE

MOST_BESIDE = 5
"""Columns of a rectangle beside those of the figures: labels, notes, an empty one."""
LEAST_ROWS = 14
"""Rows of table three, of at least 23, that must be found alike."""

_BETWEEN = Line("", Place())
"""What parts two rows."""
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
            grid = tuple(tuple(Spot(line.text, line.place, c) for c, line in enumerate(row)) for row in rows)
            out[begin : begin + sum(map(len, rows))] = [Grid(grid, ((),) * len(grid))]
    return out


def _rectangles(
    lines: Sequence[Line], begin: int, end: int, table: str, labels: Labels
) -> dict[int, tuple[list[_Row], int]]:
    """Return the rectangles of a section by the lines they begin at, each with the number of lines behind it.

    The titles of table two's clauses may part them.
    """
    titles = (i for i in range(begin + 1, end - 1) if plain(lines[i].text).startswith("第二十条"))
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
    figures = (
        len(OUTCOMES)
        if table == "disputes"
        else max(len(labels.form.row_cells(table, r)) for r in labels.form.rows(table))
    )
    widest = figures * len(BLOCK_ORDER) if table == "disputes" else figures
    is_table = _is_table_four if table == "disputes" else _is_labelled
    found: dict[int, list[tuple[int, list[_Row]]]] = {}
    for width in range(figures, widest + MOST_BESIDE + 1):
        for begin in range(min(width, len(lines))):
            rows = [list(lines[i : i + width]) for i in range(begin, len(lines) - width + 1, width)]
            while rows and not any(squeeze(line.text) for line in rows[-1]):
                rows.pop()
            rest = (*lines[:begin], *lines[begin + width * len(rows) :])
            if (
                rows
                and not any(_states(line.text) or labels.is_head(line.text) for line in rest)
                and is_table(_without_copies(rows), table, labels)
            ):
                found.setdefault(width, []).append((begin, rows))
    (one,) = found.values() if len(found) == 1 else ([],)
    begun = [(begin, rows) for begin, rows in one if squeeze(rows[0][0].text)]  # else with an empty column before it
    return next(iter(begun or one), None)


def _without_copies(rows: list[_Row]) -> list[list[str]]:
    """Return the texts of rows; words that stand once more right of or beneath themselves, for a span, are left out."""
    texts = [[line.text for line in row] for row in rows]
    left = [["", *row] for row in texts]
    return [
        [
            "" if text in (before, over) and not _states(text) else text
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
        figures = [c for c, text in enumerate(texts) if _states(text)]
        words = [c for c, text in enumerate(texts) if squeeze(text) and c not in figures]
        matches = [(c, match) for c in words if (match := labels.row(texts[c])) and match.table == table]
        own = {match.row: c for c, match in matches if (table, match.row) not in VAGUE}
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
        figures = [c for c, text in enumerate(texts) if _states(text)]
        words = [c for c, text in enumerate(texts) if squeeze(text) and c not in figures]
        columns = {c: column for c in words if (column := labels.exact_column(table, texts[c]))}
        heads = list(columns)
        if figures or (starts and not words):
            under = {c for start in starts for c in range(start, start + len(OUTCOMES))}
            if (
                not (names <= starts and under.issuperset(figures))
                or any(c >= min(starts) for c in words)
                or (begun and not words)
            ):
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


def _states(text: str) -> bool:
    return bool(squeeze(text)) and is_entry(text)


@dataclass(frozen=True, slots=True)
class _Run:
    """The lines behind a row's label, or table four's last head, up to the next words; `cells` of them are expected.

    `beside` is how many of table three's label columns are right of the one that holds the label.
    """

    table: str
    cells: int
    lines: range
    beside: int = 0
    headed: bool = False


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How many lines a cell takes, how many empty ones follow a row; whether label columns without words are printed, `padded`.

    `heads` says whether an empty line stands between table three's heads and its first row; `after` is how many more follow each
    table's last row.
    """

    step: int
    behind: int
    padded: bool
    heads: bool
    after: int = 0


def with_blank_cells(lines: Sequence[Line], labels: Labels) -> tuple[Sequence[Line], bool]:
    """Mark the rows of a text as cells, blank ones too, where each row of table three has as many lines as any other.

    That is one line a cell behind its label; a blank line may stand before each cell, behind each row, or for each label column that is
    right of the label. Had blank cells been left
    out, rows would be of different length: as they are not, it is certain where each figure stands. The other tables count likewise.

    Returns
    -------
    the lines, and whether their blank cells are counted; cells that the file itself marks are left as they are
    """
    if all(squeeze(line.text) for line in lines):
        return lines, False
    if any(line.boxed for line in lines):
        behind = Counter(length for row in boxed_runs(lines) if (length := _behind_label(row, labels)) is not None)
        return lines, list(behind) == [len(labels.form.columns("requests"))] and behind.total() >= LEAST_ROWS
    runs = list(_runs(lines, labels))
    rows = [run for run in runs if run.table == "requests"]
    if len(rows) < LEAST_ROWS:
        return lines, False
    apart = not squeeze(lines[rows[0].lines.start - 2].text)
    ways = (
        _Drawn(step, more, padded, apart and step == 1)
        for padded in (False, True)
        for step in (1, 2)
        for more in (0, 1)
    )
    drawn = next((d for d in ways if all(_held(run, d, lines) or _ends(run, lines) for run in rows)), None)
    if drawn is None:
        return lines, False
    spare = Counter(_over(run, drawn) for run in runs if _ends(run, lines))
    usual = [over for over, n in spare.items() if n * 2 > spare.total()]  # else a line may be lost, or one too many
    drawn = replace(drawn, after=usual[0] if usual else -1)
    out, blank = list(lines), drawn.padded
    for run in reversed(runs):
        if held := _held(run, drawn, lines):
            blank = blank or (run.table == "requests" and not all(squeeze(lines[i].text) for i in held))
            row = [replace(lines[i], boxed=True) for i in (run.lines.start - 1, *held)]
            out[run.lines.start - 1 : run.lines.stop] = [*row, _BETWEEN]
    if not blank:  # blank cells of the other tables may have been left out
        return lines, False
    return [x for x in out if x is _BETWEEN or x.boxed or drawn.step == 1 or squeeze(x.text)], True


def _held(run: _Run, drawn: _Drawn, lines: Sequence[Line]) -> Sequence[int]:
    """Return the lines that are a run's cells, if it has as many as it must have, else none."""
    first = run.lines[_first(run, drawn) :]
    held = first[drawn.step - 1 : drawn.step * run.cells : drawn.step]
    over = _over(run, drawn)
    if over < 0 or any(squeeze(lines[i].text) for i in run.lines if i not in held):
        return ()
    blank = (
        run.headed and drawn.heads and not (drawn.behind or squeeze(lines[held[0]].text))
    )  # a cell, or a line between
    return () if over != (drawn.after if _ends(run, lines) else 0) or (over and blank) else held


def _first(run: _Run, drawn: _Drawn) -> int:
    """Return how many lines of a run stand before those of its cells."""
    beside = drawn.step * run.beside if drawn.padded else 0
    return beside + (run.headed and drawn.heads and drawn.behind)


def _over(run: _Run, drawn: _Drawn) -> int:
    """Return how many lines a run has more than it must have."""
    return len(run.lines) - _first(run, drawn) - drawn.step * run.cells - drawn.behind


def _ends(run: _Run, lines: Sequence[Line]) -> bool:
    """Whether a section ends behind a run: more empty lines may follow there."""
    return run.lines.stop == len(lines) or section_of(lines[run.lines.stop].text) is not None


def _behind_label(row: Sequence[Spot], labels: Labels) -> int | None:
    """Return how many cells stand behind the label of a row of table three."""
    for i, spot in enumerate(row):
        match = labels.row(spot.text)
        if (
            match
            and match.table == "requests"
            and ("requests", match.row) not in VAGUE
            and not any(map(_filled_word, row[i + 1 :]))
        ):
            return len(row) - i - 1
    return None


def _filled_word(spot: Spot) -> bool:
    return bool(squeeze(spot.text)) and not is_entry(spot.text)


def _runs(lines: Sequence[Line], labels: Labels) -> Iterator[_Run]:
    heads, depth = 0, max(len(cell.row_path) for cell in labels.form.cells if cell.table == "requests")
    bare = [not squeeze(line.text) or is_entry(line.text) for line in lines]
    for i, line in enumerate(lines[:-1]):
        if bare[i] or len(line.text) > LONGEST_LINE:
            heads = 0 if squeeze(line.text) else heads
            continue
        heads = 0 if section_of(line.text) else heads
        heads += bool(labels.exact_column("disputes", line.text))
        if not bare[i + 1]:
            continue
        behind = range(i + 1, next((k for k in range(i + 1, len(lines)) if not bare[k]), len(lines)))
        match = labels.row(line.text)
        if heads >= len(OUTCOMES):
            if heads % len(OUTCOMES) == 0:
                yield _Run("disputes", heads, behind, headed=True)
        elif match:
            vague = (match.table, match.row) in VAGUE
            cells = labels.form.row_cells(match.table, match.row)
            beside = depth - len(cells[0].row_path) if cells and match.table == "requests" else 0
            yield _Run("" if vague else match.table, len(cells), behind, beside)
