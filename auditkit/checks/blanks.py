"""What blanks would have to be: where they cannot all be 0, whether any filling makes the sums hold.

Blank cells accuse nobody: they are unknowns here, so that only a sum which no filling can satisfy fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from auditkit.forms import Form
from auditkit.localize import solve
from auditkit.reading.numbers import Number
from auditkit.slips import Change

NODE_LIMIT = 10_000
LARGEST = 10**9
"""No blank is taken to stand for more."""
UNLIMITED = LARGEST // 10
"""A greatest value beyond is not the figures' but ours: `LARGEST`, shared by the blanks that grow with it."""
Span = tuple[int, int | None]
"""The least and the most that a blank can be; None for no upper limit."""


def fill(form: Form, blanks: Sequence[str], rows: Sequence[int], residuals: Sequence[Number]) -> dict[str, int] | None:
    """Find the smallest filling of the blanks, whole and not negative, that makes the rows hold.

    Parameters
    ----------
    blanks : cell ids
    rows : identities to satisfy
    residuals : (identities,) with blanks as 0

    Returns
    -------
    dict or None
        The blanks that are not 0; None if there is no filling.
    """
    found = _solve(form, blanks, rows, residuals, np.linspace(1, 1.001, len(blanks)))  # of equals the first
    return None if found is None else {c: v for c, v in zip(blanks, found, strict=True) if v}


def spans(form: Form, blanks: Sequence[str], rows: Sequence[int], residuals: Sequence[Number]) -> dict[str, Span]:
    """Say between which values each blank lies, if all rows are to hold; those that can only be 0 are left out."""
    zero = list(range(len(blanks)))  # so far always 0
    while zero:
        goal = np.zeros(len(blanks))
        goal[zero] = -1
        found = _solve(form, blanks, rows, residuals, goal)
        if found is None:
            return {}
        if not any(found[i] for i in zero):
            break
        zero = [i for i in zero if not found[i]]
    out: dict[str, Span] = {}
    for at, cell in enumerate(blanks):
        if at in zero:
            continue
        goal = np.zeros(len(blanks))
        goal[at] = 1
        least, most = (_solve(form, blanks, rows, residuals, goal * sign) for sign in (1, -1))
        if least is None or most is None:
            continue
        out[cell] = (least[at], most[at] if most[at] < UNLIMITED else None)
    return out


def _solve(
    form: Form, unknown: Sequence[str], rows: Sequence[int], residuals: Sequence[Number], goal: npt.NDArray[np.float64]
) -> list[int] | None:
    """Minimise the goal over fillings, whole and not negative; None if there is none.

    Notes
    -----
    By HiGHS through scipy's `milp`: without the demand for whole numbers first, which nearly always gives whole ones and is
    faster, then with it, limited by nodes.
    """
    from scipy.optimize import Bounds, LinearConstraint

    matrix = form.matrix[np.ix_(list(rows), [form.index[c] for c in unknown])]
    target = [-residuals[i] for i in rows]
    limits = np.array([float(t) for t in target])
    for whole in (0, 1):
        solved = solve(
            goal,
            constraints=LinearConstraint(matrix.astype(float), limits, limits),
            integrality=np.full(len(unknown), whole),
            bounds=Bounds(0, LARGEST),
            options={"node_limit": NODE_LIMIT},
        )
        if solved is None:
            return None
        values = [round(v) for v in solved]
        if (matrix.astype(object) @ np.array(values, dtype=object)).tolist() == target and (
            whole or np.abs(solved - values).max(initial=0) < 1e-6
        ):
            return values
    return None  # floats came near only


def one_cell(
    form: Form, rows: Sequence[int], printed: Mapping[str, Number], blanks: Sequence[str], residuals: Sequence[Number]
) -> list[Change]:
    """Find each single printed figure whose change, together with a filling of the blanks, makes all rows hold.

    Parameters
    ----------
    printed : the figures that may be changed
    blanks, rows, residuals : as for `fill`

    Returns
    -------
    list of dict
        Each the printed cell first, with the value it has under the smallest filling, then the blanks that are not 0; in
        the form's order. Empty if there is one such cell only and its value is not settled.
    """
    out: list[Change] = []
    for cell, value in printed.items():
        unknown = [*blanks, cell]
        left = [r - value * int(form.matrix[i, form.index[cell]]) for i, r in enumerate(residuals)]
        found = _solve(form, unknown, rows, left, np.r_[np.linspace(1, 1.001, len(blanks)), 1e-4])
        if found is not None:
            out.append({cell: found[-1], **{c: v for c, v in zip(blanks, found, strict=False) if v}})
    if len(out) == 1:
        cell = next(iter(out[0]))
        unknown = [*blanks, cell]
        left = [r - printed[cell] * int(form.matrix[i, form.index[cell]]) for i, r in enumerate(residuals)]
        goal = np.r_[np.zeros(len(blanks)), 1.0]
        least, most = (_solve(form, unknown, rows, left, goal * sign) for sign in (1, -1))
        if least is None or most is None or least[-1] != most[-1]:
            return []
    return out
