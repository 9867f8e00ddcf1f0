"""Text with one cell a line in which blank lines are cells, as the number of lines behind each row's label shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from auditkit.placing.heads import OUTCOMES
from auditkit.placing.labels import LONGEST_LINE, VAGUE, Labels, names_clause, plain, section_of
from auditkit.placing.loose import boxed_runs
from auditkit.placing.rectangles import LEAST_ROWS
from auditkit.reading.numbers import is_entry, squeeze, states
from auditkit.reading.page import Line, Place, Spot

_BETWEEN = Line("", Place())
"""What parts two rows."""


@dataclass(frozen=True, slots=True)
class _Run:
    """The lines behind a row's label, or table four's last head, up to the next words; `cells` of them are expected.

    `beside` is how many of table three's label columns are right of the one that holds the label, `ahead` how many are left of the
    one that holds the words behind the run.
    """

    table: str
    cells: int
    lines: range
    beside: int = 0
    ahead: int = 0
    headed: bool = False


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How many lines a cell takes, how many empty ones follow a row.

    `padded` and `led` say whether label columns without words are printed, right of a label that spans them and left of one beneath a
    label that does. `heads` says whether an empty line stands between table three's heads and its first row; `after` is how many more
    (or fewer) follow each table's last row, None if that differs.
    """

    step: int
    behind: int
    padded: bool
    led: bool
    heads: bool
    after: int | None = 0


def with_blank_cells(lines: Sequence[Line], labels: Labels) -> tuple[Sequence[Line], bool]:
    """Mark the rows of a text as cells, blank ones too, where each row of table three has as many lines as any other.

    That is one line a cell behind its label; a blank line may stand before each cell, behind each row, or for each label column that
    is right of the label, or left of it. Had blank cells been left out, rows would be of different length: as they are not, it is
    certain where each figure stands. The other tables count likewise.

    Returns
    -------
    the lines, and whether their blank cells are counted; cells that the file itself marks are left as they are
    """
    if all(squeeze(line.text) for line in lines):
        return lines, False
    marked = any(line.boxed for line in lines)
    if marked and counted_rows(boxed_runs(lines), labels):
        return lines, True
    runs = list(_runs(lines, labels))
    rows = [run for run in runs if run.table == "requests"]
    if len(rows) < LEAST_ROWS:
        return lines, False
    apart = not squeeze(lines[rows[0].lines.start - 2].text)
    ways = (
        _Drawn(step, more, padded, led, apart and step == 1)
        for led in ((True,) if marked else (False, True))
        for padded in (False, True)
        for step in (1, 2)
        for more in (0, 1)
    )
    drawn = next((d for d in ways if all(_held(run, d, lines) or _ends(run, lines) for run in rows)), None)
    if drawn is None:
        return lines, False
    spare = Counter(_over(run, drawn) for run in runs if _ends(run, lines))
    usual = [over for over, n in spare.items() if n * 2 > spare.total()]  # else a line may be lost, or one too many
    drawn = replace(drawn, after=usual[0] if usual else None)
    out = [
        x if not names_clause(x.text) else replace(x, boxed=False) for x in lines
    ]  # the title of a clause is no head
    blank = drawn.padded or drawn.led
    for run in reversed(runs):
        if held := _held(run, drawn, lines):
            blank = blank or (run.table == "requests" and not all(squeeze(lines[i].text) for i in held))
            row = [replace(lines[i], boxed=True) for i in (run.lines.start - 1, *held)]
            before = [_BETWEEN] * (run.table == "proactive")  # whose labels have no group's before them
            out[run.lines.start - 1 : run.lines.stop] = [*before, *row, _BETWEEN]
    if not blank:  # blank cells of the other tables may have been left out
        return lines, False
    return [x for x in out if x is _BETWEEN or x.boxed or drawn.step == 1 or squeeze(x.text)], True


def _held(run: _Run, drawn: _Drawn, lines: Sequence[Line]) -> Sequence[int]:
    """Return the lines that are a run's cells, if it has as many as it must have, else none."""
    first = run.lines[_first(run, drawn) :]
    held = first[drawn.step - 1 : drawn.step * run.cells : drawn.step]
    over = _over(run, drawn)
    last = _ends(run, lines)
    if over < (-drawn.behind if last else 0) or any(squeeze(lines[i].text) for i in run.lines if i not in held):
        return ()
    between = (
        run.headed and drawn.heads and not drawn.behind
    )  # an empty line first may be a cell, or part heads from figures
    if last and over > 0 and squeeze(lines[held[0]].text) and squeeze(lines[held[-1]].text):
        return held  # figures at both ends: what is too many stands behind them
    if over != (drawn.after if last else 0) or (over and between and not squeeze(lines[held[0]].text)):
        return ()
    return held


def _first(run: _Run, drawn: _Drawn) -> int:
    """Return how many lines of a run stand before those of its cells."""
    beside = drawn.step * run.beside if drawn.padded else 0
    return beside + (run.headed and drawn.heads and drawn.behind)


def _over(run: _Run, drawn: _Drawn) -> int:
    """Return how many lines a run has more than it must have."""
    ahead = drawn.step * run.ahead if drawn.led else 0
    return len(run.lines) - _first(run, drawn) - drawn.step * run.cells - drawn.behind - ahead


def _ends(run: _Run, lines: Sequence[Line]) -> bool:
    """Whether a section ends behind a run: more empty lines may follow there."""
    return run.lines.stop == len(lines) or section_of(lines[run.lines.stop].text) is not None


def counted_rows(rows: Iterable[Sequence[Spot]], labels: Labels) -> list[Sequence[Spot]]:
    """Return the rows of table three if each has as many cells behind its label as the form has columns, blank ones too, else none.

    There may be more, if it is one for each label column that is right of the label, or as many in each row, blank in all, before the
    first column and the last that hold figures.
    """
    own = [(row, *behind) for row in rows if (behind := _behind_label(row, labels))]
    width = len(labels.form.columns("requests"))
    whole = all(len(cells) == width for _, cells, _ in own) or all(
        len(cells) == width + beside for _, cells, beside in own
    )
    columns = list(zip(*(map(states, cells) for _, cells, _ in own), strict=False))
    stated = [i for i, column in enumerate(columns) if any(column)]
    even = len({len(cells) for _, cells, _ in own}) == 1
    padded = even and bool(stated) and len(columns) - stated[0] == width and stated[-1] == len(columns) - 1
    return [row for row, *_ in own] if (whole or padded) and len(own) >= LEAST_ROWS else []


def _behind_label(row: Sequence[Spot], labels: Labels) -> tuple[list[str], int] | None:
    """Return the texts in the columns behind the label of a row of table three, and how many label columns stand there on the form."""
    for i, spot in enumerate(row):
        match = labels.row(spot.text)
        behind = row[i + 1 :]
        bare = all(is_entry(s.text) for s in behind)
        if match and match.table == "requests" and match.key not in VAGUE and bare:
            return [s.text for s in behind for _ in range(s.width)], _beside(labels, match.row)
    return None


def _beside(labels: Labels, row: str) -> int:
    """Return how many label columns of table three are right of the one that holds a row's label."""
    paths = {c.row: len(c.row_path) for c in labels.form.cells if c.table == "requests"}
    return max(paths.values()) - paths.get(row, max(paths.values()))


def _ahead(labels: Labels, text: str) -> int:
    """Return how many label columns of table three are left of the one that holds a row's or a group's label."""
    match = labels.row(text)
    for cell in (c for c in labels.form.cells if c.table == "requests"):
        groups = [plain(part) for part in cell.row_path[:-1]]
        if plain(text) in groups:
            return groups.index(plain(text))
        if match and (cell.table, cell.row) == (match.table, match.row):
            return len(groups)
    return 0


def _runs(lines: Sequence[Line], labels: Labels) -> Iterator[_Run]:
    heads = 0
    bare = [is_entry(line.text) for line in lines]
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
            cells = labels.form.row_cells(match.table, match.row) or labels.form.columns(match.table)
            beside = _beside(labels, match.row) if match.table == "requests" else 0
            following = lines[behind.stop].text if behind.stop < len(lines) else ""
            yield _Run("" if match.key in VAGUE else match.table, len(cells), behind, beside, _ahead(labels, following))
