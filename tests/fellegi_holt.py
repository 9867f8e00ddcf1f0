"""The published method, to compare with: change the fewest cells so that all edits hold, by integer programming, without ranking.

I. P. Fellegi, D. Holt, JASA 71 (1976) 17-35; as a mixed integer programme in E. de Jonge, M. van der Loo, "Error localization
as a mixed integer problem with the editrules package" (2014), which R's errorlocate solves.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from auditkit.forms import Form


def fewest(form: Form, values: dict[str, int]) -> dict[str, int]:
    """One smallest set of cells of table three, with whole values not below zero, that makes its sums hold.

    HiGHS takes a number for whole that is so but for 1e-6: the bound on a change is kept small, or a cell changes for nothing.
    """
    rows = [i for i, e in enumerate(form.identities) if e.table == "requests"]
    cells = [c.id for c in form.cells if c.table == "requests"]
    a = form.matrix[np.ix_(rows, [form.index[c] for c in cells])].astype(float)
    now, n = np.array([float(values[c]) for c in cells]), len(cells)
    off = a @ now
    largest = 2 * np.abs(off).sum()
    solved = milp(
        np.r_[np.zeros(n), np.ones(n)],
        constraints=[
            LinearConstraint(np.hstack([a, np.zeros_like(a)]), -off, -off),
            LinearConstraint(np.hstack([np.eye(n), -largest * np.eye(n)]), ub=0),
            LinearConstraint(np.hstack([-np.eye(n), -largest * np.eye(n)]), ub=0),
        ],
        integrality=np.ones(2 * n),
        bounds=Bounds(np.r_[-now, np.zeros(n)], np.r_[np.full(n, largest), np.ones(n)]),
    )
    return {c: round(now[i] + solved.x[i]) for i, c in enumerate(cells) if round(solved.x[i])}
