"""Which cells explain the failing sums: the fewest whose change makes every identity hold.

Rows and columns make the form an error-correcting code: in table three no two cells stand in the same identities with the
same signs, so every single wrong cell is named from the residuals alone, with the value it has if all others are right.

References
----------
I. P. Fellegi, D. Holt, "A systematic approach to automatic edit and imputation", JASA 71 (1976) 17-35: change the fewest
fields that make all edits hold. W. W. Peterson, E. J. Weldon, "Error-correcting codes" (1972), chapter 5: errors in arrays
with a check symbol for each row and column.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice, product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from auditkit.forms import Form, load_form
from auditkit.reading.numbers import Number
from auditkit.slips import COLUMN_SHIFTED, ROW_SHIFTED, Change, rank, slips

MOST_SEARCHED = 4
"""Cells that are changed together at most, as far as the search goes; beyond, integer programming looks for one set."""
MOST_CHANGED = 8
MOST_NODES = 60_000
"""Of the search, for each number of cells; up to three cells it has never needed more than a tenth."""
MOST_LISTED = 500
BALANCE = frozenset(("new", "carried_over", "total", "carried_forward"))
"""Rows of table three that are no outcomes."""
LEAST_EXCHANGED = 3
"""Cells that an explanation takes, from which two lines that were exchanged are the likelier one."""


@dataclass(frozen=True, slots=True)
class Explained:
    """All smallest changes found, best first; `exact` unless a limit was reached, so that there may be more or smaller ones."""

    changes: tuple[Change, ...] = ()
    exact: bool = True


Column: TypeAlias = tuple[tuple[int, int], ...]
"""The identities that a cell stands in, each with its sign."""
Line: TypeAlias = tuple[str, object]
"""What an identity is stated for: a family (rows, columns, years) and which of it; no cell stands in two of one family."""


class _Code:
    """Identities and the cells they are about, as an error-correcting code."""

    def __init__(self, columns: Mapping[str, Column], lines: Mapping[int, Line], values: Mapping[str, Number]) -> None:
        self.values, self.lines, self.nodes = values, lines, 0
        self.columns = {c: column for c, column in columns.items() if c in values}
        self.members: dict[int, list[tuple[str, int]]] = {i: [] for i in lines}
        self.by_support: dict[frozenset[int], list[str]] = {}
        for cell, column in self.columns.items():
            self.by_support.setdefault(frozenset(i for i, _ in column), []).append(cell)
            for i, sign in column:
                self.members[i].append((cell, sign))

    def least(self, left: Mapping[int, Number]) -> int:
        """Return how many cells must be changed at least: each stands in one line of a family."""
        found = Counter(family for family, _ in {self.lines[i] for i in left})
        return max(found.values(), default=0)

    def after(self, left: Mapping[int, Number], cell: str, delta: Number) -> dict[int, Number]:
        """Return the residuals that are left when a cell is changed."""
        out = dict(left)
        for i, sign in self.columns[cell]:
            rest = out.get(i, 0) - delta * sign
            if rest:
                out[i] = rest
            else:
                out.pop(i, None)
        return out

    def possible(self, cell: str, delta: Number) -> int | None:
        """Return what a cell would be, or None if that is no count."""
        value = self.values[cell] - delta
        return int(value) if value >= 0 and value == int(value) else None

    def single(self, left: Mapping[int, Number]) -> Iterator[tuple[str, int]]:
        """Yield the cells whose change alone makes all sums hold, by the parallel column."""
        for cell in self.by_support.get(frozenset(left), ()):
            deltas = {left[i] * sign for i, sign in self.columns[cell]}
            if len(deltas) == 1 and (value := self.possible(cell, deltas.pop())) is not None:
                yield cell, value

    def search(self, left: Mapping[int, Number], most: int) -> list[frozenset[tuple[str, int]]]:
        """Find all sets of exactly `most` cells, none of them smaller, that make all sums hold.

        Raises
        ------
        _Limit
            If that takes more than `MOST_NODES` steps.
        """
        found: set[frozenset[tuple[str, int]]] = set()
        seen: set[frozenset[tuple[str, int]]] = set()

        def go(left: Mapping[int, Number], change: frozenset[tuple[str, int]], most: int) -> None:
            if most == 1:
                used = {cell for cell, _ in change}
                found.update(change | {(cell, value)} for cell, value in self.single(left) if cell not in used)
                return
            self.nodes += 1
            if self.nodes > MOST_NODES:
                raise _Limit
            tried = {cell for cell, _ in change}
            moves = {(cell, left[i] * sign) for i in left for cell, sign in self.members[i] if cell not in tried}
            for cell, delta in sorted(moves):
                value = self.possible(cell, delta)
                if value is None:
                    continue
                rest = self.after(left, cell, delta)
                more = change | {(cell, value)}
                if rest and self.least(rest) < most and more not in seen:
                    seen.add(more)
                    go(rest, more, most - 1)

        go(left, frozenset(), most)
        return list(found)


class _Limit(Exception):
    """The search took too many steps."""


@cache
def _columns(form_id: str, variant: str, rows: tuple[int, ...]) -> dict[str, Column]:
    form = load_form(form_id, variant)
    matrix = form.matrix[list(rows)]
    out = {}
    for cell, at in form.index.items():
        column = tuple((rows[k], int(matrix[k, at])) for k in np.flatnonzero(matrix[:, at]).tolist())
        if column:
            out[cell] = column
    return out


@cache
def _lines(form_id: str, variant: str) -> dict[int, Line]:
    form = load_form(form_id, variant)
    out: dict[int, Line] = {}
    for i, identity in enumerate(form.identities):
        columns = {form.cell(c).column for c in identity.cells}
        out[i] = ("rows", i) if len(columns) > 1 else ("columns", (identity.table, *columns))
    return out


def explanations(
    form: Form,
    table: str,
    values: Mapping[str, Number],
    residuals: Sequence[Number],
    usable: Sequence[bool],
    most: int = MOST_CHANGED,
) -> Explained:
    """Find all smallest changes of one table that make its usable identities hold, best first.

    Parameters
    ----------
    form : its identities
    table : the table in question
    values : figures of the cells that may be changed; cells that are blank, hold a text or were not read are absent
    residuals : (identities,) ``A @ x``, blanks as 0
    usable : (identities,) whether an identity can be assessed
    most : how many cells to change at most, unless they stand in one row or column

    Returns
    -------
    Explained
        Changes of the same, smallest size, values whole and not negative; none if there are none of so many cells.

    Notes
    -----
    Among the fewest cells whose changes are determined by the sums, one at least stands in a failing sum alone (their
    columns are independent: else a smaller set, shifted along the dependence, would do, unless a figure fell below zero
    on the way), so its change is that sum's residual. The search removes such cells one by one. It is cut where more
    rows, or more columns, fail than cells are left: each cell stands in one row and one column. The four corners of a
    rectangle are the one dependent set of up to four cells; where they may be meant, the answer is not called exact.
    Beyond `MOST_SEARCHED` cells, changes of one row or column come first (the one that undoes a shift alone, if there is one); else HiGHS
    finds one smallest set.
    """
    rows = [i for i, identity in enumerate(form.identities) if identity.table == table and usable[i]]
    start = {i: residuals[i] for i in rows if residuals[i]}
    if not start:
        return Explained()
    lines = _lines(form.id, form.variant)
    code = _Code(_columns(form.id, form.variant, tuple(rows)), {i: lines[i] for i in rows}, values)
    found = _smallest(code, start, most)
    whole = all(c.id in values for c in form.cells if c.table == table)
    if table == "requests" and whole and all(len(change) >= LEAST_EXCHANGED for change in found.changes):
        exchanged = _exchanged(form, values, rows)
        if len(exchanged) == 1:
            return Explained((exchanged[0],), exact=False)
    if found.changes:
        by_form = (dict(sorted(one.items(), key=lambda pair: form.index[pair[0]])) for one in found.changes)
        return Explained(tuple(sorted(by_form, key=lambda change: rank(form, change, values))), found.exact)
    if most <= 1:
        return Explained()
    if in_lines := _in_one_line(form, table, code, start):
        in_lines.sort(key=lambda change: rank(form, change, values))
        shifted = [change for change in in_lines if _is_shifted(form, change, values)]
        return Explained(tuple(shifted if len(shifted) == 1 else in_lines), exact=False)
    if code.least(start) > most:
        return Explained()
    one = _by_programming(form, code, start, most)
    return Explained((one,) if one else (), exact=False)


def _exchanged(form: Form, values: Mapping[str, Number], rows: Sequence[int]) -> list[Change]:
    """Return what makes table three's sums hold if two of its rows or columns, or two columns of its outcomes, are exchanged."""
    cells = [c for c in form.cells if c.table == "requests"]
    at = {(c.row, c.column): c.id for c in cells}
    outcomes = [row for row in form.rows("requests") if row not in BALANCE]
    pairs = [
        [(at[a, k], at[b, k]) for k in form.columns("requests")] for a, b in combinations(form.rows("requests"), 2)
    ]
    for lines in (form.rows("requests"), outcomes):
        pairs += [[(at[k, a], at[k, b]) for k in lines] for a, b in combinations(form.columns("requests"), 2)]
    matrix = form.matrix[list(rows)].astype(np.float64)
    vector = np.array([float(values.get(c.id, 0)) for c in form.cells])
    found: list[Change] = []
    for pair in pairs:
        now = vector.copy()
        one, two = [form.index[a] for a, _ in pair], [form.index[b] for _, b in pair]
        now[one], now[two] = vector[two], vector[one]
        if not (matrix @ now).any():
            found.append({form.cells[i].id: int(now[i]) for i in (*one, *two) if now[i] != vector[i]})
    return [change for n, change in enumerate(found) if change not in found[:n]]


def _is_shifted(form: Form, change: Change, values: Mapping[str, Number]) -> bool:
    named = slips(form, change, values)
    return bool(named) and set(named.values()) <= {ROW_SHIFTED, COLUMN_SHIFTED}


def _in_one_line(form: Form, table: str, code: _Code, start: Mapping[int, Number]) -> list[Change]:
    """Return the changes of one row or column each that make all sums hold: a line shifted or copied is one mistake of many cells.

    As many lines across it fail as cells must be changed, so none takes fewer.
    """
    found: list[Change] = []
    cells = [c for c in form.cells if c.table == table and c.id in code.columns]
    rows = [("columns", {c.id for c in cells if c.row == row}) for row in form.rows(table)]
    columns = [("rows", {c.id for c in cells if c.column == column}) for column in form.columns(table)]
    for across, own in (*rows, *columns):
        left: dict[int, Number] = dict(start)
        change: Change = {}
        for i in [i for i in start if code.lines[i][0] == across]:
            for cell, sign in ((cell, sign) for cell, sign in code.members[i] if cell in own and i in left):
                delta = left[i] * sign
                if cell in change or (value := code.possible(cell, delta)) is None:
                    break
                change[cell], left = value, code.after(left, cell, delta)
        if change and not left:
            found.append(change)
    return found


def _smallest(code: _Code, start: Mapping[int, Number], most: int) -> Explained:
    """Find all smallest sets of up to `MOST_SEARCHED` cells; not exact where a limit ended the search."""
    for size in range(max(1, code.least(start)), min(most, MOST_SEARCHED) + 1):
        code.nodes = 0
        try:
            found = code.search(start, size)
        except _Limit:
            return Explained(exact=False)
        corners = size == 4 and sorted(Counter(code.lines[i][0] for i in start).values()) == [2, 2]
        if found or corners:
            return Explained(tuple(map(dict, found)), exact=not corners)
    return Explained()


@dataclass(frozen=True, slots=True)
class Year:
    """One report of a series: its year and form, its figures, ``A @ x``, and which identities can be assessed."""

    name: str
    form: Form
    values: Mapping[str, Number]
    residuals: Sequence[Number]
    usable: Sequence[bool]


def across_years(earlier: Year, later: Year, links: Mapping[tuple[str, str], Number]) -> Explained:
    """Find all smallest changes of table three of two years that make their sums, and what links them, hold.

    Parameters
    ----------
    links : cells of the earlier and the later report that state the same, and by how much the first is more

    Returns
    -------
    Explained
        Cells named ``"2023:requests.carried_forward.total"``. Where all changes are of one year, it is that year's figures
        that are wrong, if all others are right. None where it takes more than `MOST_SEARCHED` cells.
    """
    columns: dict[str, Column] = {}
    lines: dict[int, Line] = {}
    values: dict[str, Number] = {}
    start: dict[int, Number] = {}
    offset = 0
    for year in (earlier, later):
        rows = [i for i, e in enumerate(year.form.identities) if e.table == "requests" and year.usable[i]]
        own = _lines(year.form.id, year.form.variant)
        lines |= {offset + i: (family, (year.name, which)) for i in rows for family, which in [own[i]]}
        start |= {offset + i: year.residuals[i] for i in rows if year.residuals[i]}
        values |= {f"{year.name}:{c}": v for c, v in year.values.items() if c.startswith("requests.")}
        for cell, column in _columns(year.form.id, year.form.variant, tuple(rows)).items():
            columns[f"{year.name}:{cell}"] = tuple((offset + i, sign) for i, sign in column)
        offset += len(year.form.identities)
    for k, ((before, after), off) in enumerate(links.items(), offset):
        lines[k] = ("years", k)
        if off:
            start[k] = off
        for year, cell, sign in ((earlier, before, 1), (later, after, -1)):
            name = f"{year.name}:{cell}"
            columns[name] = (*columns.get(name, ()), (k, sign))
    found = _smallest(_Code(columns, lines, values), start, MOST_SEARCHED)
    order = {name: i for i, name in enumerate(columns)}
    changes = (dict(sorted(one.items(), key=lambda pair: order[pair[0]])) for one in found.changes)
    return Explained(tuple(sorted(changes, key=lambda change: [order[c] for c in change])), found.exact)


def _by_programming(form: Form, code: _Code, left: Mapping[int, Number], most: int) -> Change | None:
    """Find one smallest change by integer programming (HiGHS), limited by nodes; None if none is found.

    Fellegi and Holt's problem: a cell's change is ``up - down``, neither negative, and costs one if not 0. Without the demand that
    they are whole first, which sums of whole figures nearly always make them, in a hundredth of the time.
    """
    from scipy.optimize import Bounds, LinearConstraint

    cells, rows = list(code.columns), list(code.members)
    n, bound = len(cells), 2 * sum(abs(float(r)) for r in left.values())
    of_cell = [dict(code.columns[c]) for c in cells]
    a = np.array([[column.get(i, 0) for column in of_cell] for i in rows], dtype=np.float64)
    target = np.array([-float(left.get(i, 0)) for i in rows])
    eye, zero = np.eye(n), np.zeros((n, n))
    most_each = np.r_[np.full(n, bound), np.minimum([float(code.values[c]) for c in cells], bound), np.ones(n)]
    for whole in (0, 1):
        solved = solve(
            np.r_[np.zeros(2 * n), np.ones(n)],
            constraints=[
                LinearConstraint(np.hstack([a, -a, np.zeros((len(rows), n))]), target, target),
                LinearConstraint(np.hstack([eye, zero, -bound * eye]), ub=0),
                LinearConstraint(np.hstack([zero, eye, -bound * eye]), ub=0),
            ],
            integrality=np.r_[np.full(2 * n, whole), np.ones(n, dtype=int)],
            bounds=Bounds(0, most_each),
            options={"node_limit": 2_000},
        )
        if solved is None:
            return None
        deltas = np.round(solved[:n] - solved[n : 2 * n]).astype(int).tolist()
        change = {c: int(code.values[c]) + d for c, d in zip(cells, deltas, strict=True) if d}
        rest: dict[int, Number] = dict(left)
        for cell, value in change.items():
            rest = code.after(rest, cell, code.values[cell] - value)
        if change and not rest:
            return change if len(change) <= most else None
    return None


def solve(goal: npt.NDArray[np.float64], **problem: Any) -> npt.NDArray[np.float64] | None:
    """Minimise by scipy's `milp`, whose arguments these are, without a word on the program's output; None if nothing was found."""
    from scipy.optimize import milp

    with _quiet():
        solved = milp(goal, **problem)
    return None if solved.x is None else np.asarray(solved.x, dtype=float)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what HiGHS writes past Python's own output (a line for the developers, now and then) out of the program's: it may be JSON."""
    sys.stdout.flush()
    try:
        out = os.dup(1)
    except OSError:  # a program without an output
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        yield
    finally:
        os.dup2(out, 1)
        os.close(out)


def combine(form: Form, parts: Sequence[Sequence[Change]], values: Mapping[str, Number]) -> list[Change]:
    """Join the explanations of independent tables and blocks into complete ones, best first, at most `MOST_LISTED`."""
    if not all(parts):
        return []

    def best(change: Change) -> tuple[float, int, list[int]]:
        return rank(form, change, values)

    joined = [
        {cell: value for change in combination for cell, value in change.items()}
        for combination in islice(product(*(sorted(part, key=best) for part in parts)), MOST_LISTED)
    ]
    return sorted(joined, key=best)
