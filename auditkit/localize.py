"""Which cells explain the failing sums: the fewest whose change makes every identity hold.

Rows and columns make the form an error-correcting code: in table three no two cells stand in the same identities with the
same signs, so every single wrong cell is named from the residuals alone, with the value it has if all others are right.

References
----------
I. P. Fellegi, D. Holt, "A systematic approach to automatic edit and imputation", JASA 71 (1976) 17-35: change the fewest
fields that make all edits hold. S. Scholtus, "Automatic correction of simple typing errors in numerical data with balance
edits", Statistics Netherlands discussion paper 09046 (2009): the slips of the pen looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product

from auditkit.forms import Form
from auditkit.reading.numbers import Number

MOST_CHANGED = 2
MOST_LISTED = 500

SLIPS: Mapping[str, tuple[str, str]] = {
    "digits-swapped": ("可能相邻两位数字颠倒", "two neighbouring digits may have been swapped"),
    "digit-doubled": ("可能重复输入一位数字", "a digit may have been doubled"),
    "ten-times": ("可能多写或少写一个 0", "a 0 may have been added or lost"),
    "digit-dropped": ("可能漏写一位数字", "a digit may have been dropped"),
    "left-at-zero": ("可能漏填，仍为 0", "it may have been left at 0"),
    "one-off": ("相差 1", "off by one"),
    "neighbouring-row": (
        "与相邻行的数字相同，可能填串了行",
        "the same as in a neighbouring row: the rows may have been mixed up",
    ),
    "neighbouring-column": (
        "与相邻列的数字相同，可能填串了列",
        "the same as in a neighbouring column: the columns may have been mixed up",
    ),
}

Change = dict[str, int]
"""Cell ids to the values that they would have."""


def explanations(
    form: Form,
    table: str,
    values: Mapping[str, Number],
    residuals: Sequence[Number],
    usable: Sequence[bool],
    most: int = MOST_CHANGED,
) -> list[Change]:
    """Find all smallest changes of one table that make its usable identities hold.

    Parameters
    ----------
    form : its identities
    table : the table in question
    values : figures of the cells that may be changed; cells that are blank, hold a text or were not read are absent
    residuals : (identities,) ``A @ x``, blanks as 0
    usable : (identities,) whether an identity can be assessed
    most : how many cells to change at most, 1 or 2

    Returns
    -------
    list of dict
        Each a cell-to-value mapping of the same, smallest size, values whole and not negative, in
        the form's order; empty if there is none of that size.

    Notes
    -----
    Complete for changes of one and two cells: since no two columns of table three are parallel, one of two changed cells
    stands in an identity without the other, so that its change is that identity's residual. All coefficients are 1 or -1.
    """
    rows = [i for i, identity in enumerate(form.identities) if identity.table == table and usable[i]]
    columns = {
        cell: {i: int(form.matrix[i, form.index[cell]]) for i in rows if form.matrix[i, form.index[cell]]}
        for cell in values
        if form.cell(cell).table == table
    }
    columns = {cell: column for cell, column in columns.items() if column}
    by_support: dict[frozenset[int], list[str]] = {}
    for cell, column in columns.items():
        by_support.setdefault(frozenset(column), []).append(cell)
    start = {i: residuals[i] for i in rows if residuals[i]}
    if not start:
        return []

    def singles(left: Mapping[int, Number]) -> Iterator[tuple[str, int]]:
        for cell in by_support.get(frozenset(left), ()):
            deltas = {left[i] * sign for i, sign in columns[cell].items()}
            if len(deltas) == 1 and (value := _possible(values[cell] - deltas.pop())) is not None:
                yield cell, value

    found = [{cell: value} for cell, value in singles(start)]
    if found or most < 2:
        return found
    pairs: dict[frozenset[str], Change] = {}
    for cell, column in columns.items():
        for delta in sorted({start[i] * sign for i, sign in column.items() if i in start}):
            value = _possible(values[cell] - delta)
            if value is None:
                continue
            left = dict(start)
            for i, sign in column.items():
                left[i] = left.get(i, 0) - delta * sign
            for other, other_value in singles({i: r for i, r in left.items() if r}):
                if other != cell:
                    change = {cell: value, other: other_value}
                    pairs.setdefault(
                        frozenset(change), {c: change[c] for c in sorted(change, key=form.index.__getitem__)}
                    )
    return sorted(pairs.values(), key=lambda change: [form.index[c] for c in change])


def _possible(value: Number) -> int | None:
    """Return a value as a count, or None if it cannot be one."""
    return int(value) if value >= 0 and value == int(value) else None


def combine(form: Form, parts: Sequence[Sequence[Change]], values: Mapping[str, Number]) -> list[Change]:
    """Join the explanations of independent tables and blocks into complete ones, best first.

    Those that a slip of the pen explains come first, then those in the form's order.
    """
    if not all(parts):
        return []

    def best(change: Change) -> tuple[int, list[int]]:
        return -len(slips(form, change, values)), [form.index[cell] for cell in change]

    joined = [
        {cell: value for change in combination for cell, value in change.items()}
        for combination in islice(product(*(sorted(part, key=best) for part in parts)), MOST_LISTED)
    ]
    return sorted(joined, key=best)


def slips(form: Form, change: Change, values: Mapping[str, Number]) -> dict[str, str]:
    """Name the slip of the pen that may have made each figure, where one fits; blanks (absent in `values`) have none."""
    out = {}
    for cell, value in change.items():
        if cell not in values:
            continue
        code = (
            slip(int(values[cell]), value, _neighbours(form, cell, values)) if values[cell] == int(values[cell]) else ""
        )
        if code:
            out[cell] = code
    return out


def slip(printed: int, implied: int, neighbours: Mapping[str, Sequence[Number]]) -> str:
    """Name the slip that turns the implied figure into the printed one, or return ``""``.

    Parameters
    ----------
    printed, implied : counts
    neighbours : ``"row"`` and ``"column"`` to the figures in the neighbouring rows and columns
    """
    p, v = str(printed), str(implied)
    if len(p) == len(v) and any(v[:i] + v[i + 1] + v[i] + v[i + 2 :] == p != v for i in range(len(v) - 1)):
        return "digits-swapped"
    if any(v[: i + 1] + v[i] + v[i + 1 :] == p for i in range(len(v)) if v != "0" and v[i] != "0"):
        return "digit-doubled"
    if implied and printed and (printed == 10 * implied or implied == 10 * printed):
        return "ten-times"
    if len(v) > 1 and any((v[:i] + v[i + 1 :]).lstrip("0") == p for i in range(len(v))):
        return "digit-dropped"
    if printed == 0:
        return "left-at-zero"
    if abs(printed - implied) == 1:
        return "one-off"
    for where in ("row", "column"):
        if printed in neighbours.get(where, ()):
            return f"neighbouring-{where}"
    return ""


def _neighbours(form: Form, cell_id: str, values: Mapping[str, Number]) -> dict[str, list[Number]]:
    cell = form.cell(cell_id)
    rows, columns = form.rows(cell.table), form.columns(cell.table)
    at, across = rows.index(cell.row), columns.index(cell.column)
    by_place = {(c.row, c.column): c.id for c in form.cells if c.table == cell.table}

    def near(places: list[tuple[str, str]]) -> list[Number]:
        return [values[i] for place in places if (i := by_place.get(place, "")) in values]

    return {
        "row": near([(rows[k], cell.column) for k in (at - 1, at + 1) if 0 <= k < len(rows)]),
        "column": near([(cell.row, columns[k]) for k in (across - 1, across + 1) if 0 <= k < len(columns)]),
    }
