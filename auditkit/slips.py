"""The slips of the pen that may have made a figure of another: digits swapped, a row or column mistaken, a row shifted.

References
----------
S. Scholtus, "Automatic correction of simple typing errors in numerical data with balance edits", Statistics Netherlands
discussion paper 09046 (2009).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditkit.forms import Form
from auditkit.reading.numbers import Number

ROW_SHIFTED, COLUMN_SHIFTED, EXCHANGED = "row-shifted", "column-shifted", "exchanged"
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
    "sign": ("可能多写了负号", "a minus sign may have been added"),
    "digit-wrong": ("可能有一位数字有误", "one digit may be wrong"),
    "split": ("可能把一个数字拆填在相邻两格", "one figure may have been split over two neighbouring cells"),
    "moved-column": ("可能填入了同一行的另一列", "it may have been counted in another column of the same row"),
    "moved-row": ("可能填入了相邻的一行", "it may have been counted in the neighbouring row"),
    "with-total": (
        "与该行总计差同样多，可能两处一起填错",
        "off by as much as its row's total: both may have been filled in wrong",
    ),
    ROW_SHIFTED: ("整行可能错位一格", "the whole row may stand one place off"),
    EXCHANGED: ("可能两行或两列填反了", "two rows or columns may have been exchanged"),
    COLUMN_SHIFTED: ("整列可能错位一格", "the whole column may stand one place off"),
}

TOGETHER = frozenset(("split", "moved-column", "moved-row", "with-total", ROW_SHIFTED, COLUMN_SHIFTED, EXCHANGED))
"""Slips that make several cells wrong at once."""
_COSTS = {
    "one-off": 1.1,
    "neighbouring-row": 1.2,
    "neighbouring-column": 1.2,
    ROW_SHIFTED: 0.9,
    COLUMN_SHIFTED: 0.9,
    EXCHANGED: 0.9,
}

Change = dict[str, int]
"""Cell ids to the values that they would have."""


def rank(form: Form, change: Change, values: Mapping[str, Number]) -> tuple[float, int, list[int]]:
    """Return what orders explanations of the same size: how unlikely the slips are, totals, then the form's order.

    A slip that is named costs one, any other two, a figure where none belongs hardly more than a named slip; two cells
    of one slip (a case booked in a neighbouring column or row) cost one together, table four shifted a little less.
    """
    named = slips(form, change, values)
    cost = sum((_COSTS.get(code, 1) for code in {*named.values()} & TOGETHER), start=0.0)
    for cell, value in change.items():
        code = named.get(cell, "")
        if code not in TOGETHER:
            cost += 1.2 if value == 0 and not code.startswith("neighbouring") else _COSTS.get(code, 1 if code else 2)
    totals = sum(form.cell(c).column == "total" or form.cell(c).row == "total" for c in change)
    return cost, totals, [form.index[c] for c in change]


def slips(form: Form, change: Change, values: Mapping[str, Number]) -> dict[str, str]:
    """Name the slip of the pen that may have made each figure, where one fits; blanks (absent in `values`) have none."""
    whole = {c: int(values[c]) for c in change if c in values and values[c] == int(values[c])}
    out = {}
    for cell, printed in whole.items():
        if code := slip(printed, change[cell], _neighbours(form, cell, values)):
            out[cell] = code
    for code, cells in _pairs(form, change, whole):
        out |= dict.fromkeys(cells, code)
    of_four = {c: v for c, v in change.items() if form.cell(c).table == "disputes"}
    if len(of_four) > 1 and of_four == shifted(form, values):
        out |= dict.fromkeys(of_four, ROW_SHIFTED)
    if code := _undoes_a_shift(form, change, values):
        out |= dict.fromkeys(change, code)
    elif exchanged(form, change, values):
        out |= dict.fromkeys(change, EXCHANGED)
    return out


def _undoes_a_shift(form: Form, change: Change, values: Mapping[str, Number]) -> str:
    """Name the shift that a change undoes: all figures of one row or column of table three back by a place, or ``""``.

    What was lost at the end is as the sums say. The total of a row or column may have stayed where it was.
    """
    where = [form.cell(c) for c in change]
    if len(change) < 2 or {c.table for c in where} != {"requests"}:
        return ""
    one = where[0]
    if len({c.row for c in where}) == 1:
        code, line = ROW_SHIFTED, [c for c in form.cells if (c.table, c.row) == (one.table, one.row)]
    elif len({c.column for c in where}) == 1:
        code, line = COLUMN_SHIFTED, [c for c in form.cells if (c.table, c.column) == (one.table, one.column)]
    else:
        return ""
    parts = [c.id for c in line if code == COLUMN_SHIFTED or c.column != "total"]
    for cells in ([c.id for c in line], parts):
        printed = [values.get(c, 0) for c in cells]
        would = [change.get(c, p) for c, p in zip(cells, printed, strict=True)]
        right = would[:-1] == printed[1:] and not printed[0]
        left = would[1:] == printed[:-1] and not printed[-1]
        if change.keys() <= set(cells) and sum(map(bool, printed)) > 1 and (right or left):
            return code
    return ""


def exchanged(form: Form, change: Change, values: Mapping[str, Number]) -> tuple[str, str, str] | None:
    """Return the two rows or columns of table three ("row" or "column" first) whose figures a change exchanges, from three cells on."""
    where = [form.cell(c) for c in change]
    if len(change) < 3 or {c.table for c in where} != {"requests"}:
        return None
    by_place = {(c.row, c.column): c.id for c in where}
    for kind in ("row", "column"):
        lines = sorted({getattr(c, kind) for c in where})
        if len(lines) != 2:
            continue
        other = dict(zip(lines, lines[::-1], strict=True))
        for c in where:
            across = by_place.get((other[c.row], c.column) if kind == "row" else (c.row, other[c.column]))
            if across is None or change[c.id] != values.get(across, 0):
                break
        else:
            return kind, lines[0], lines[1]
    return None


def shifted(form: Form, values: Mapping[str, Number]) -> Change | None:
    """Return what makes table four right if its one row of figures stands a place too far right or left.

    Only where two sums fail at least, the figure at the end is a 0 too many, and what is lost at the other is a count, no
    total of figures that add up as they stand; figures absent in `values` count as 0.
    """
    sums = [e for e in form.identities if e.table == "disputes"]
    cells = [c.id for c in form.cells if c.table == "disputes"]
    row = [values.get(c, 0) for c in cells]
    off_now = [sum(values.get(c, 0) for c in e.left) - values.get(e.right[0], 0) for e in sums]
    if sum(map(bool, off_now)) < 2:
        return None
    one_whole = not off_now[-1] and values.get(cells[-1], 0)
    one_left = (row[0], [*row[1:], 0], cells[-1], sums[-1])
    one_right = (row[-1], [0, *row[:-1]], cells[0], sums[0])
    for extra, moved, lost, end in (one_left, one_right):
        now = dict(zip(cells, moved, strict=True))
        off = sum(now[c] for c in end.left) - now[end.right[0]]
        now[lost] = off if lost in end.right else -off
        holds = all(sum(now[c] for c in e.left) == now[e.right[0]] for e in sums)
        if lost in end.right and one_whole:
            continue
        if holds and not extra and now[lost] >= 0 and all(v == int(v) for v in now.values()):
            return {c: int(now[c]) for c, v in zip(cells, row, strict=True) if now[c] != v}
    return None


def _pairs(form: Form, change: Change, printed: Mapping[str, int]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the pairs of cells that one slip explains."""
    cells = [c for c in change if c in printed]
    for n, a in enumerate(cells):
        for b in cells[n + 1 :]:
            one, two = form.cell(a), form.cell(b)
            if one.table != two.table:
                continue
            off = printed[a] - change[a], printed[b] - change[b]
            if one.row == two.row:
                order = form.columns(one.table)
                beside = abs(order.index(one.column) - order.index(two.column)) == 1
                if beside and f"{printed[a]}{printed[b]}" in (str(change[a]), str(change[b])):
                    yield "split", (a, b)
                elif off[0] == -off[1] and "total" not in (one.column, two.column):
                    yield "moved-column", (a, b)
                elif off[0] == off[1] and "total" in (one.column, two.column):
                    yield "with-total", (a, b)
            elif one.column == two.column and off[0] == -off[1] and "total" not in (one.row, two.row):
                rows = form.rows(one.table)
                if abs(rows.index(one.row) - rows.index(two.row)) == 1:
                    yield "moved-row", (a, b)


def slip(printed: int, implied: int, neighbours: Mapping[str, Sequence[Number]]) -> str:
    """Name the slip that turns the implied figure into the printed one, or return ``""``.

    Parameters
    ----------
    printed, implied : counts
    neighbours : ``"row"`` and ``"column"`` to the figures in the neighbouring rows and columns
    """
    p, v = str(printed), str(implied)
    if implied and printed == -implied:
        return "sign"
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
    if len(p) == len(v) > 1 and sum(a != b for a, b in zip(p, v, strict=True)) == 1:
        return "digit-wrong"
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
