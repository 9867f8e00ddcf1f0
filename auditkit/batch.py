"""The single wrong cell of each of many reports at once, a million if need be, by one multiplication with the form's matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from auditkit.forms import Form

CHUNK = 2048
"""Reports of a batch that are worked on together."""


@dataclass(frozen=True, slots=True)
class Located:
    """Many reports at once: ``A @ x``, and of each report the one cell that explains all of it, with its value then."""

    residuals: npt.NDArray[np.float64]
    """(reports, identities)"""
    cell: npt.NDArray[np.intp]
    """(reports,) index of the cell; -1 where all sums hold, -2 where no single cell explains what fails."""
    value: npt.NDArray[np.float64]
    """(reports,) what the cell would be; not a number where there is none."""


def locate(form: Form, values: npt.NDArray[np.float64]) -> Located:
    """Name the single wrong cell of table three in each of many reports, by the parallel column.

    Parameters
    ----------
    values : (reports, cells) figures in the form's order, none missing; exact up to 2**53

    Notes
    -----
    The identities that fail name the cell (no two cells of table three stand in the same); it is wrong by the residual if
    all its residuals are that, and if what it would be is a whole number not below zero.
    """
    rows = [i for i, identity in enumerate(form.identities) if identity.table == "requests"]
    a = np.ascontiguousarray(form.matrix.T, dtype=np.float64)
    matrix = np.ascontiguousarray(form.matrix[rows], dtype=np.float64)
    weights = 2.0 ** np.arange(len(rows))  # fewer than 53 identities: sums of these are exact
    keys = (matrix != 0).T @ weights
    cells = np.flatnonzero(keys)
    cells = cells[np.argsort(keys[cells])]
    columns, ordered, size = matrix.T[cells], keys[cells], np.abs(matrix).sum(axis=0)[cells]
    n = len(values)
    out = Located(np.empty((n, len(a.T))), np.full(n, -1), np.full(n, np.nan))
    for begin in range(0, n, CHUNK):  # what is written between stays in the processor's cache
        some = values[begin : begin + CHUNK]
        residuals = np.matmul(some, a, out=out.residuals[begin : begin + CHUNK])
        left = residuals[:, rows]
        found = (left != 0) @ weights
        failing = np.flatnonzero(found)
        left, found = left[failing], found[failing]
        at = np.minimum(np.searchsorted(ordered, found), len(cells) - 1)
        column = columns[at]
        delta = np.einsum("ij,ij->i", left, column) / size[at]
        would = some[failing, cells[at]] - delta
        fits = (
            (ordered[at] == found)
            & (left == delta[:, None] * column).all(axis=1)
            & (would >= 0)
            & (would == np.floor(would))
        )
        out.cell[begin + failing] = np.where(fits, cells[at], -2)
        out.value[begin + failing[fits]] = would[fits]
    return out
