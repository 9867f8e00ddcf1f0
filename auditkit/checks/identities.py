"""The form's sums: each identity passed, conditional, not assessable or failed; what explains those that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from auditkit.checks import Sink
from auditkit.findings import Outcome, Suspect, Text
from auditkit.forms import Form, Identity
from auditkit.localize import SLIPS, Change, combine, explanations, slips
from auditkit.reading.numbers import Number
from auditkit.report import Report
from auditkit.wording import Lang, say

CHECKS = ("T3-01", "T3-11", "T3-21", "T4-01")


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """The identities of one report evaluated.

    Attributes
    ----------
    values : figures by cell, blanks as 0; cells with a text or not read are absent
    residuals : (identities,) ``A @ x`` with blanks as 0
    outcomes : (identities,)
    rounded : (identities,) whether an identity holds only within the rounding that is shown
    filling : what blanks would have to be, where they cannot be 0
    """

    values: dict[str, Number]
    residuals: tuple[Number, ...]
    outcomes: tuple[Outcome, ...]
    rounded: tuple[bool, ...]
    filling: dict[str, int]

    @property
    def usable(self) -> list[bool]:
        """Whether every cell of an identity holds a figure or is blank."""
        return [o != "not assessable" or r != 0 for o, r in zip(self.outcomes, self.residuals, strict=True)]


def evaluate(report: Report) -> Arithmetic:
    """Evaluate all identities of a report's form on its figures."""
    form = report.layout
    kinds = {c.id: report.kind(c.id) for c in form.cells}
    values: dict[str, Number] = {c: report.value(c) or 0 for c, kind in kinds.items() if kind in ("figure", "blank")}
    steps = {c: p.figure.step for c, p in report.readings.items() if p.figure.step}
    vector = np.array([values.get(c.id, 0) for c in form.cells], dtype=object)
    residuals: list[Number] = (form.matrix.astype(object) @ vector).tolist()
    outcomes: list[Outcome] = []
    rounded = []
    for i, identity in enumerate(form.identities):
        rounded.append(False)
        if any(c not in values for c in identity.cells):
            outcomes.append("not assessable")
            residuals[i] = 0
            continue
        tolerance = sum((Decimal(steps.get(c, 0)) for c in identity.cells), start=Decimal(0))
        within = abs(Decimal(residuals[i])) <= tolerance
        blank = any(kinds[c] == "blank" for c in identity.cells)
        rounded[i] = bool(within and residuals[i])
        if within:
            outcomes.append("conditional" if blank else "passed")
            residuals[i] = 0
        else:
            outcomes.append("not assessable" if blank else "failed")
    filling = _judge_blanks(form, kinds, residuals, outcomes)
    return Arithmetic(values, tuple(residuals), tuple(outcomes), tuple(rounded), filling)


def _judge_blanks(
    form: Form, kinds: dict[str, str], residuals: Sequence[Number], outcomes: list[Outcome]
) -> dict[str, int]:
    """Decide the identities whose blanks cannot all be 0: not assessable if the blanks can be filled, else failed.

    Where no filling satisfies all of them together with those that hold, they fail.
    """
    blanks = [c.id for c in form.cells if kinds[c.id] == "blank"]
    doubtful = [i for i, o in enumerate(outcomes) if o == "not assessable" and residuals[i]]
    if not doubtful:
        return {}
    for i in list(doubtful):  # by its sign alone no filling can help
        signs = {int(form.matrix[i, form.index[c]]) for c in blanks if c in form.identities[i].cells}
        if -1 * (1 if residuals[i] > 0 else -1) not in signs:
            outcomes[i] = "failed"
            doubtful.remove(i)
    rows = [
        i
        for i, identity in enumerate(form.identities)
        if outcomes[i] in ("conditional", "passed") or i in doubtful
        if any(kinds[c] == "blank" for c in identity.cells)
    ]
    filling = fill(form, blanks, rows, residuals) if doubtful else {}
    if filling is None:
        for i in doubtful:
            outcomes[i] = "failed"
        return {}
    return filling


def fill(form: Form, blanks: list[str], rows: list[int], residuals: Sequence[Number]) -> dict[str, int] | None:
    """Find the smallest non-negative whole filling of the blanks that makes the rows hold, or None.

    Parameters
    ----------
    blanks : cell ids
    rows : identities to satisfy
    residuals : (identities,) with blanks as 0

    Notes
    -----
    Solved by HiGHS through scipy's `milp`, limited by nodes; the sum of all fillings is least.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix = form.matrix[np.ix_(rows, [form.index[c] for c in blanks])].astype(float)
    target = np.array([-float(residuals[i]) for i in rows])
    solved = milp(
        np.ones(len(blanks)),
        constraints=LinearConstraint(matrix, target, target),
        integrality=np.ones(len(blanks), dtype=np.int64),
        bounds=Bounds(0, np.inf),
        options={"node_limit": 10_000},
    )
    if solved.x is None:
        return None
    return {c: round(v) for c, v in zip(blanks, solved.x, strict=True) if round(v)}


def check(sink: Sink) -> None:
    """Check all identities, say what blanks would have to be, and name the cells that explain what fails."""
    report = sink.report
    sums = evaluate(report)
    for check_id in CHECKS:
        _end(sink, check_id, sums)
    if sums.filling:

        def listing(lang: Lang) -> str:
            names = [
                f"{report.layout.label(c, lang)}{say(lang, ' ', ': ')}{v}" for c, v in list(sums.filling.items())[:30]
            ]
            return say(lang, "，", ", ").join(names)

        cells = list(sums.filling)
        sink.find("T3-54", "filled", cells, subject="blanks", n=len(cells), list=listing)
        sink.end("T3-54", "not assessable", f"{len(cells)} 格空白不能按 0 计", f"{len(cells)} blanks cannot be 0")
    else:
        sink.conclude("T3-54")
    _explain(sink, sums)


def _end(sink: Sink, check_id: str, sums: Arithmetic) -> None:
    mine = [i for i, identity in enumerate(sink.report.layout.identities) if identity.check == check_id]
    outcomes = [sums.outcomes[i] for i in mine]
    worst: tuple[Outcome, ...] = ("failed", "not assessable", "conditional", "passed")
    outcome = next(o for o in worst if o in outcomes)
    counts = [(o, outcomes.count(o)) for o in worst if o in outcomes]
    words = {
        "failed": ("{} 个不平", "{} fail"),
        "not assessable": ("{} 个无法判断", "{} cannot be assessed"),
        "conditional": ("{} 个在空白为 0 时成立", "{} hold if blanks are 0"),
        "passed": ("{} 个成立", "{} hold"),
    }
    zh = f"{len(mine)} 个等式：" + "，".join(words[o][0].format(n) for o, n in counts)
    en = f"{len(mine)} sums: " + ", ".join(words[o][1].format(n) for o, n in counts)
    if any(sums.rounded[i] for i in mine):
        zh, en = zh + "（有的按所示的取整精度成立）", en + " (some only within the rounding shown)"
    sink.end(check_id, outcome, zh, en)


def _explain(sink: Sink, sums: Arithmetic) -> None:
    form = sink.report.layout
    failing = [i for i, o in enumerate(sums.outcomes) if o == "failed"]
    parts: list[list[Change]] = []
    three = [i for i in failing if form.identities[i].table == "requests"]
    if three:
        parts.append(_table_three(sink, sums, three))
    sink.conclude("T3-50")
    for i in failing:
        if form.identities[i].table == "disputes":
            parts.append(_block(sink, sums, i))
    exact = "not assessable" not in sums.outcomes
    for change in combine(form, parts, sums.values) if parts else []:
        sink.suspects.append(Suspect(change, slips(form, change, sums.values), exact))


def _table_three(sink: Sink, sums: Arithmetic, failing: list[int]) -> list[Change]:
    form = sink.report.layout
    usable = sums.usable
    found = explanations(form, "requests", sums.values, sums.residuals, usable)
    sentences = tuple(_sentence(sink, sums, i) for i in failing)
    if len(found) == 1:
        for cell, value in found[0].items():
            touching = tuple(s for i, s in zip(failing, sentences, strict=True) if form.matrix[i, form.index[cell]])
            code = slips(form, found[0], sums.values).get(cell)
            sink.find(
                "T3-50",
                "cell",
                [cell],
                expected=value,
                found=sums.values[cell],
                consequences=touching,
                cell=sink.cell(cell),
                slip=(f"（{SLIPS[code][0]}）", f" ({SLIPS[code][1]})") if code else ("", ""),
            )
        return found
    if found:
        cells = sorted({c for change in found for c in change}, key=form.index.__getitem__)
        subject = tuple(_subject(form.identities[i]) for i in failing)
        sums_text = (" ".join(s[0] for s in sentences), " ".join(s[1] for s in sentences))
        if len(found[0]) == 1:
            listed = tuple(_alternatives(sink, found, lang) for lang in ("zh", "en"))
            sink.find("T3-50", "either", cells, subject=subject, n=len(failing), listed=listed, sums=sums_text)
        else:
            sink.find("T3-50", "pair", cells, subject=subject, n=len(failing), ways=str(len(found)), sums=sums_text)
        return found
    for i in failing:
        _failed_sum(sink, sums, i)
    return []


def _subject(identity: Identity) -> str:
    return f"{identity.check}:{identity.subject}"


def _alternatives(sink: Sink, found: list[Change], lang: Lang) -> str:
    layout = sink.report.layout
    names = [
        f"{layout.label(c, lang)}{say(lang, f'（应为 {v}）', f' (would be {v})')}"
        for change in found
        for c, v in change.items()
    ]
    return say(lang, "、", "; ").join(names)


def _sides(sums: Arithmetic, identity: Identity) -> tuple[Number, Number]:
    left = sum((sums.values[c] for c in identity.left), start=0)
    right = sum((sums.values[c] for c in identity.right), start=0)
    return left, right


def _words(sink: Sink, sums: Arithmetic, i: int) -> dict[str, object]:
    """Return what the messages of the sums ask for."""
    form = sink.report.layout
    identity = form.identities[i]
    left, right = _sides(sums, identity)
    out: dict[str, object] = {"left": left, "right": right, "difference": abs(left - right)}
    if identity.each == "column":
        out["column"] = tuple(form.column_label(identity.table, identity.subject, lang) for lang in ("zh", "en"))
    else:
        out["row"] = tuple(form.row_label(identity.table, identity.subject, lang) for lang in ("zh", "en"))
    if identity.check == "T3-01":
        out |= dict(zip("abcd", (sums.values[c] for c in identity.cells), strict=True))
    return out


def _sentence(sink: Sink, sums: Arithmetic, i: int) -> Text:
    """Say one failing sum in words."""
    from auditkit.checks import _worded, catalog

    identity = sink.report.layout.identities[i]
    return _worded(catalog()[identity.check].messages["sum"], _words(sink, sums, i))


def _failed_sum(sink: Sink, sums: Arithmetic, i: int) -> None:
    identity = sink.report.layout.identities[i]
    words = _words(sink, sums, i)
    left, right = _sides(sums, identity)
    sink.find(
        identity.check, "sum", identity.cells, subject=_subject(identity), expected=left, found=right,
        place=sink.report.place(identity.right[0]), words=words,
    )  # fmt: skip


def _block(sink: Sink, sums: Arithmetic, i: int) -> list[Change]:
    """A failing sum of table four: one identity cannot tell the cell, unless values below zero leave only one."""
    report, form = sink.report, sink.report.layout
    identity = form.identities[i]
    changes: list[Change] = []
    for cell in identity.cells:
        value = sums.values[cell] - sums.residuals[i] * int(form.matrix[i, form.index[cell]])
        if value >= 0 and value == int(value):
            changes.append({cell: int(value)})
    words = _words(sink, sums, i)
    left, right = _sides(sums, identity)
    columns = tuple(
        say(lang, "或", " or ").join(
            f"{form.cell(c).column_label[lang]}{say(lang, f'（应为 {v}）', f' (would be {v})')}"
            for change in changes
            for c, v in change.items()
        )
        for lang in ("zh", "en")
    )
    extra: dict[str, object] = {"listed": columns} if changes else {}
    sink.find(
        "T4-01", "sum" if changes else "none", identity.cells, subject=_subject(identity), expected=left, found=right,
        place=report.place(identity.right[0]), words=words | extra,
    )  # fmt: skip
    return changes
