"""The form's sums: each identity passed, conditional, not assessable or failed; what explains those that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from auditkit.checks import catalog
from auditkit.checks.blanks import Span, fill, one_cell, spans
from auditkit.findings import Outcome
from auditkit.forms import Form, Identity
from auditkit.localize import MOST_SEARCHED, Explained, explanations
from auditkit.placing.placement import Unplaced
from auditkit.reading.numbers import Number, parse
from auditkit.report import Report
from auditkit.slips import Change, rank
from auditkit.wording import Lang, say


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The identities of one report evaluated.

    Attributes
    ----------
    values : figures by cell, blanks as 0; cells with a text or not read are absent
    blanks : the cells that are blank
    residuals : (identities,) ``A @ x`` with blanks as 0
    outcomes : (identities,)
    rounded : (identities,) whether an identity holds only within the rounding that is shown
    filling : what blanks would have to be, where they cannot be 0: the least and the most of each
    explained : what explains table three, found while judging the blanks
    added : the label of a row that the form does not have, with which table three's total is the sum of its items
    """

    values: dict[str, Number]
    blanks: frozenset[str]
    residuals: tuple[Number, ...]
    outcomes: tuple[Outcome, ...]
    rounded: tuple[bool, ...]
    filling: dict[str, Span]
    explained: Explained
    added: str = ""

    @property
    def printed(self) -> dict[str, Number]:
        """The figures that are printed, without blanks."""
        return {c: v for c, v in self.values.items() if c not in self.blanks}


def evaluate(report: Report) -> Arithmetic:
    """Evaluate all identities of a report's form on its figures."""
    form = report.layout
    kinds = {c.id: report.kind(c.id) for c in form.cells}
    values: dict[str, Number] = {c: report.value(c) or 0 for c, kind in kinds.items() if kind in ("figure", "blank")}
    blanks = frozenset(c for c, kind in kinds.items() if kind == "blank")
    steps = {c: p.figure.step for c, p in report.readings.items() if p.figure.step}
    vector = np.array([values.get(c.id, 0) for c in form.cells], dtype=object)
    sums: list[Number] = (form.matrix.astype(object) @ vector).tolist()
    residuals: list[Number] = [int(r) if r == int(r) else r for r in sums]
    outcomes: list[Outcome] = []
    rounded = []
    doubtful: list[int] = []  # do not hold with blanks as 0
    for i, identity in enumerate(form.identities):
        rounded.append(False)
        if any(c not in values for c in identity.cells):
            outcomes.append("not assessable")
            residuals[i] = 0
            continue
        tolerance = sum((Decimal(steps.get(c, 0)) for c in identity.cells), start=Decimal(0))
        within = abs(Decimal(residuals[i])) <= tolerance
        blank = not blanks.isdisjoint(identity.cells)
        rounded[i] = bool(within and residuals[i])
        if within:
            outcomes.append("conditional" if blank else "passed")
            residuals[i] = 0
        else:
            outcomes.append("failed")
            if blank:
                doubtful.append(i)
    of_items = [i for i, e in enumerate(form.identities) if e.check == "T3-11"]
    added = _added_row(report, [residuals[i] for i in of_items], [outcomes[i] for i in of_items])
    for i in of_items if added else ():
        outcomes[i], residuals[i] = "not assessable", 0
    doubtful = [i for i in doubtful if not (added and i in of_items)]
    filling: dict[str, Span] = {}
    explained = Explained()
    printed = {c: v for c, v in values.items() if c not in blanks}
    for block in _blocks(form):
        rows = [i for i in block if all(c in values for c in form.identities[i].cells)]
        if any(i in doubtful for i in rows):
            filled, found = _judge_blanks(form, printed, blanks, residuals, outcomes, rows, doubtful)
            filling |= filled
            explained = found if found.changes else explained
    return Arithmetic(values, blanks, tuple(residuals), tuple(outcomes), tuple(rounded), filling, explained, added)


def _added_row(report: Report, off: Sequence[Number], outcomes: Sequence[Outcome]) -> str:
    """Return the label of a row of table three without cells in the form whose figures are just what its items lack to the total.

    In most of the columns in which it has any: beside it a figure may be wrong.
    """
    if "failed" not in outcomes or "not assessable" in outcomes:
        return ""
    rows: dict[tuple[object, ...], list[Unplaced]] = {}
    for item in report.unplaced:
        if item.reason == "label" and item.near:
            place = item.place
            rows.setdefault((place.table, place.row, place.line, place.sheet, item.near), []).append(item)
    for (*_, near), row in rows.items():
        figures = [parse(item.text).value for item in row]
        if len(figures) == len(off):
            counted = [by == -v for v, by in zip(figures, off, strict=True) if v]
            if any(counted) and sum(counted) * 2 >= len(counted):
                return str(near)
    return ""


def single_beside_blanks(form: Form, sums: Arithmetic) -> list[Change]:
    """Find each single printed figure of table three whose change, with some blanks filled in, makes all its sums hold."""
    rows = [
        i
        for i, identity in enumerate(form.identities)
        if identity.table == "requests" and all(c in sums.values for c in identity.cells)
    ]
    failing = [set(form.identities[i].cells) for i in rows if sums.residuals[i]]
    off = set[str]().union(*failing).intersection(*(cells for cells in failing if cells.isdisjoint(sums.blanks)))
    blanks = [c.id for c in form.cells if c.id in sums.blanks and c.table == "requests"]
    found = one_cell(form, rows, {c: v for c, v in sums.printed.items() if c in off}, blanks, sums.residuals)
    return [change for change in found if len(change) > 1]


def against_zero(report: Report) -> tuple[Identity, ...]:
    """Return the sums with blanks that do not hold with the blanks as 0."""
    sums = evaluate(report)
    return tuple(
        identity
        for identity, outcome in zip(report.layout.identities, sums.outcomes, strict=True)
        if outcome in ("failed", "not assessable")
        and not sums.blanks.isdisjoint(identity.cells)
        and all(c in sums.values for c in identity.cells)
    )


def sum_name(form: Form, identity: Identity, lang: Lang) -> str:
    """Name a sum: its check's title, and the row or column it is stated for."""
    title, subject = say(lang, *catalog()[identity.check].title), form.subject(identity, lang)
    return say(lang, f"{title}（{subject}）", f"{title} ({subject})")


def _blocks(form: Form) -> list[list[int]]:
    """Identities that share cells: all of table three, each of table four alone."""
    three = [i for i, identity in enumerate(form.identities) if identity.table == "requests"]
    return [three, *([i] for i in range(len(form.identities)) if i not in three)]


def _judge_blanks(
    form: Form,
    printed: dict[str, Number],
    blanks: frozenset[str],
    residuals: Sequence[Number],
    outcomes: list[Outcome],
    rows: list[int],
    doubtful: list[int],
) -> tuple[dict[str, Span], Explained]:
    """Decide the identities of a block whose blanks cannot all be 0, and change their outcomes.

    Where the blanks can be filled so that all of the block holds, these are not assessable. Else those fail that no filling
    can reconcile even alone with the sums that hold. Either way the fewest cells that explain the block are sought, a blank
    that would not be 0 counted as one; where they are too many, a single printed figure with the blanks filled.
    """
    mine = [i for i in rows if i in doubtful]
    touched = {c for i in rows for c in form.identities[i].cells}
    empty = [c.id for c in form.cells if c.id in blanks and c.id in touched]
    failed = [i for i in rows if outcomes[i] == "failed" and i not in doubtful]
    if not failed and fill(form, empty, rows, residuals) is not None:
        for i in mine:
            outcomes[i] = "not assessable"
        return spans(form, empty, rows, residuals), Explained()
    sound = [i for i in rows if outcomes[i] != "failed"]
    open_rows = [i for i in mine if fill(form, empty, [*sound, i], residuals) is not None]
    if len(open_rows) < sum(outcomes[i] == "failed" for i in rows):  # else only together they cannot be: all fail
        for i in open_rows:
            outcomes[i] = "not assessable"
    figures = {c: v for c, v in printed.items() if c in touched}
    if form.identities[rows[0]].table == "requests":
        usable = [i in rows for i in range(len(outcomes))]
        zeros = figures | dict.fromkeys(empty, 0)
        searched = explanations(form, "requests", zeros, residuals, usable, MOST_SEARCHED)
        found = sorted(searched.changes, key=lambda change: rank(form, change, figures))
        exact = searched.exact
        least = min((len(change.keys() - blanks) for change in found), default=2)
        fills = any(not blanks.isdisjoint(change) for change in found)
        exact = exact and not (fills and least > 1)  # more blanks might do with fewer figures, or with others
        # where zeros are printed, a blank was not filled in; blanks accuse nobody: of one figure all that do are sought, whatever they take
        if not found or (least > 1 and 0 in figures.values()) or (least == 1 and fills):
            off = {c for i in rows if outcomes[i] == "failed" or i in mine for c in form.identities[i].cells}
            off = off.intersection(*(form.identities[i].cells for i in failed))  # no blank mends these
            single = one_cell(form, rows, {c: v for c, v in figures.items() if c in off}, empty, residuals)
            found, exact = (single, False) if single else (found, exact)
        if found:
            filled: dict[str, Span] = {}
            if len(found) == 1 and not blanks.isdisjoint(found[0]):
                left = list(residuals)
                for cell in found[0].keys() - blanks:
                    delta = figures[cell] - found[0][cell]
                    left = [r - delta * int(form.matrix[i, form.index[cell]]) for i, r in enumerate(left)]
                filled = spans(form, empty, rows, left)
            return filled, Explained(tuple(found), exact)
    return {}, Explained()
