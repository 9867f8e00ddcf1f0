"""The form's sums: each identity passed, conditional, not assessable or failed; what explains those that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import prod

import numpy as np

from auditkit.checks import Sink, catalog, worded
from auditkit.checks.blanks import Span, fill, one_cell, spans
from auditkit.findings import Outcome, Suspect, Text, number
from auditkit.forms import Form, Identity
from auditkit.localize import MOST_LISTED, MOST_SEARCHED, Explained, combine, explanations
from auditkit.reading.numbers import Number, parse
from auditkit.report import Report
from auditkit.slips import ROW_SHIFTED, SLIPS, TOGETHER, Change, rank, shifted, slips
from auditkit.wording import LANGS, Lang, say

CHECKS = ("T3-01", "T3-11", "T3-21", "T4-01")
_MAY_BE_OF_A_BLANK = ("label", "heads", "width", "twice", "cut")
"""Why a figure has no cell, where its cell may be one that looks blank."""


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
    """

    values: dict[str, Number]
    blanks: frozenset[str]
    residuals: tuple[Number, ...]
    outcomes: tuple[Outcome, ...]
    rounded: tuple[bool, ...]
    filling: dict[str, Span]
    explained: Explained

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
    filling: dict[str, Span] = {}
    explained = Explained()
    printed = {c: v for c, v in values.items() if c not in blanks}
    for block in _blocks(form):
        rows = [i for i in block if all(c in values for c in form.identities[i].cells)]
        if any(i in doubtful for i in rows):
            filled, found = _judge_blanks(form, printed, blanks, residuals, outcomes, rows, doubtful)
            filling |= filled
            explained = found if found.changes else explained
    return Arithmetic(values, blanks, tuple(residuals), tuple(outcomes), tuple(rounded), filling, explained)


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
        if not found:
            off = {c for i in rows if outcomes[i] == "failed" or i in mine for c in form.identities[i].cells}
            found = one_cell(form, rows, {c: v for c, v in figures.items() if c in off}, empty, residuals)
        if found:
            filled: dict[str, Span] = {}
            if len(found) == 1 and not blanks.isdisjoint(found[0]):
                left = list(residuals)
                for cell in found[0].keys() - blanks:
                    delta = figures[cell] - found[0][cell]
                    left = [r - delta * int(form.matrix[i, form.index[cell]]) for i, r in enumerate(left)]
                filled = spans(form, empty, rows, left)
            return filled, Explained(tuple(found), searched.exact)
    return {}, Explained()


def check(sink: Sink) -> None:
    """Check all identities, say what blanks would have to be, and name the cells that explain what fails."""
    report = sink.report
    sums = evaluate(report)
    for check_id in CHECKS:
        _end(sink, check_id, sums)
    astray = sum(u.reason in _MAY_BE_OF_A_BLANK for u in report.unplaced)
    if sums.filling and astray:
        zh = f"空白不能都按 0 计，而报告有 {astray} 个数字未落位，可能就是这些格的数字"
        en = f"blanks cannot all be 0, but {astray} figures of the report have no cell and may be theirs"
        sink.end("T3-54", "not assessable", zh, en)
    elif sums.filling:
        fixed = all(least == most for least, most in sums.filling.values())

        def listing(lang: Lang) -> str:
            names = [
                f"{report.layout.label(c, lang)}{say(lang, ' ', ': ')}{_span(span, lang)}"
                for c, span in list(sums.filling.items())[:30]
            ]
            rest = len(sums.filling) - len(names)
            more = say(lang, f"等 {len(sums.filling)} 格", f" and {rest} more") if rest else ""
            return say(lang, "，", ", ").join(names) + more

        cells = list(sums.filling)
        sink.find("T3-54", "filled" if fixed else "open", cells, subject="blanks", n=len(cells), list=listing)
        sink.end("T3-54", "not assessable", "空白不能都按 0 计", "blanks that cannot all be 0")
    else:
        sink.conclude("T3-54")
    _explain(sink, sums)
    _subtotals(sink, sums)


def _subtotals(sink: Sink, sums: Arithmetic) -> None:
    """Check the subtotals that the form does not have; where a suspect makes one right, the suspect is the cause."""
    printed = sums.printed
    stated = [(u, parse(u.text).value, u.sums) for u in sink.report.unplaced if u.reason == "subtotal"]
    doubt = any(u.reason != "subtotal" for u in sink.report.unplaced)  # another row may be of the group
    open_ones = [u for u, _, cells in stated if doubt or not cells or any(c not in printed for c in cells)]
    ways = [printed, *({**printed, **suspect.corrected} for suspect in sink.suspects)] if stated else []
    for item, value, cells in stated:
        if item in open_ones or value is None:
            continue
        if all(sum(way[c] for c in cells) != value for way in ways):
            total, one = sum(printed[c] for c in cells), sink.report.layout.cell(cells[0])
            words = {
                "near": item.near,
                "group": (one.row_path[1], one.row_label["en"].partition(":")[0]),
                "column": (one.column_label["zh"], one.column_label["en"]),
                "difference": abs(total - value),
            }
            figures = (item.text,)
            sink.find(
                "T3-57", "sum", cells, expected=total, found=value, place=item.place, figures=figures, words=words
            )
    n = len(open_ones)
    if not stated:
        sink.end("T3-57", "not applicable", "没有小计行", "no subtotals")
    elif not n or any(f.check == "T3-57" for f in sink.findings):
        sink.conclude("T3-57")
    else:
        zh, en = f"{n} 个小计所加的格不明、有空白或未读到", f"subtotals of unknown, blank or unread cells: {n}"
        sink.end("T3-57", "not assessable", zh, en)


def _span(span: Span, lang: Lang) -> str:
    least, most = span
    if most is None and least == 0:
        return say(lang, "0 或更多", "0 or more")
    if most is None:
        return say(lang, f"不少于 {number(least)}", f"at least {number(least)}")
    if least == most:
        return number(least)
    return say(lang, f"{number(least)} 至 {number(most)}", f"{number(least)} to {number(most)}")


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
    parts: list[Sequence[Change]] = []
    exact = "not assessable" not in sums.outcomes
    three = [i for i in failing if form.identities[i].table == "requests"]
    if three:
        found = sums.explained if sums.explained.changes else _changes(form, sums)
        parts.append(found.changes)
        exact = exact and found.exact
        _table_three(sink, sums, three, found)
    sink.conclude("T3-50")
    four = [i for i in failing if form.identities[i].table == "disputes"]
    read = all(c.id in sums.values for c in form.cells if c.table == "disputes")
    moved = shifted(form, sums.values) if read and len(four) > 1 else None  # sums that blanks could mend accuse nobody
    blocks = [_block(sink, sums, i, alone=moved is None) for i in four]
    if moved is None:
        parts += blocks
    else:
        parts.append([moved, *combine(form, blocks, sums.printed)])
        _shifted(sink, sums, four, moved)
    if read:
        sink.conclude("T4-10")
    else:
        sink.end("T4-10", "not assessable", "表四有格未读到或不是数字", "a cell of table four is not read or no figure")
    exact = exact and prod(map(len, parts)) <= MOST_LISTED
    for change in combine(form, parts, sums.printed) if parts else []:
        sink.suspects.append(Suspect(change, slips(form, change, sums.printed), exact))


def _shifted(sink: Sink, sums: Arithmetic, failing: list[int], moved: Change) -> None:
    """Say that the figures of table four stand one place off, with the sums that fail as printed."""
    form = sink.report.layout
    each = (
        "{row}各项合计 {left}，总计 {right}，差 {difference}{blanks}",
        "{row}: items {left}, total {right}, difference {difference}{blanks}",
    )
    said = [worded(each, _words(sink, sums, i)) for i in failing]
    cells = [c.id for c in form.cells if c.table == "disputes"]
    now = {**sums.values, **moved}
    leftward = all(now[to] == sums.values[at] for to, at in pairwise(cells))
    lost = cells[-1 if leftward else 0]
    sink.find(
        "T4-10", "shifted", moved, subject="row", n=len(failing),
        rows=("；".join(zh for zh, _ in said), "; ".join(en for _, en in said)),
        way=("左", "left") if leftward else ("右", "right"), words={"cell": sink.cell(lost), "expected": now[lost]},
    )  # fmt: skip


def _table_three(sink: Sink, sums: Arithmetic, failing: list[int], explained: Explained) -> None:
    form = sink.report.layout
    sentences = tuple(_sentence(sink, sums, i) for i in failing)
    changes = explained.changes
    ways = [{c: v for c, v in change.items() if c not in sums.blanks} for change in changes]
    size = max((len(way) for way in ways), default=0)
    size = size if size < 2 else len(changes[0])  # of several cells, a blank that would not be 0 is one
    if not ways:
        for i in failing:
            _failed_sum(sink, sums, i)
        return
    if len(ways) == 1 and explained.exact:
        wrong = ways[0]
        named = slips(form, wrong, sums.printed)
        if len(wrong) > 1 and len(codes := {named.get(c) for c in wrong}) == 1 and codes <= TOGETHER:
            _one_slip(sink, sums, wrong, codes.pop(), sentences)
            return
        for cell, value in wrong.items():
            touching = tuple(s for i, s in zip(failing, sentences, strict=True) if form.matrix[i, form.index[cell]])
            sink.find(
                "T3-50",
                "cell" if len(wrong) == 1 else "both",
                [cell],
                expected=value,
                found=sums.values[cell],
                consequences=touching,
                cell=sink.cell(cell),
                size=size,
                slip=_slip(named.get(cell)),
            )
        return
    cells = sorted({c for change in ways for c in change}, key=form.index.__getitem__)
    words: dict[str, object] = {
        "n": len(failing),
        "ways": str(len(ways)),
        "size": size,
        "sums": (" ".join(s[0] for s in sentences), " ".join(s[1] for s in sentences)),
        "listed": tuple(_alternatives(sink, ways if size == 1 else ways[:1], lang) for lang in LANGS),
    }
    likely: Text = ("", "")
    if len(ways) > 1 and rank(form, changes[0], sums.printed)[0] < rank(form, changes[1], sums.printed)[0]:
        likely = _likely(sink, changes[0], sums, "zh"), _likely(sink, changes[0], sums, "en")
    elif len(kinds := {frozenset(slips(form, way, sums.printed).values()) for way in changes}) == 1 and any(kinds):
        said = [SLIPS[code] for code in sorted(kinds.pop())]
        likely = (
            f"这些解释同属一种情形：{'，'.join(zh for zh, _ in said)}。",
            f"All of these are of one kind: {', '.join(en for _, en in said)}. ",
        )
    if any(not sums.blanks.isdisjoint(change) for change in changes):
        likely = f"有的解释中有空白不为 0。{likely[0]}", f"In some of these a blank would not be 0. {likely[1]}"
    words["likely"] = likely
    message = "many" if not explained.exact else "either" if size == 1 else "pair"
    if message == "many":
        words["slip"] = (
            _slip(ROW_SHIFTED) if set(slips(form, changes[0], sums.printed).values()) == {ROW_SHIFTED} else ("", "")
        )
        if len(ways) > 1:
            message = "rows"
            rows = list(dict.fromkeys(form.cell(c).row for way in ways for c in way))
            words["listed"] = tuple(
                say(lang, "，", "; ").join(form.row_label("requests", row, lang) for row in rows) for lang in LANGS
            )
    sink.find("T3-50", message, cells, subject=tuple(_subject(form.identities[i]) for i in failing), words=words)


def _one_slip(sink: Sink, sums: Arithmetic, wrong: Change, code: str | None, sentences: tuple[Text, ...]) -> None:
    """Say the one explanation of which several cells are the two ends of one slip: one cause, one finding."""
    names = [(sink.cell(cell), sums.values[cell], value) for cell, value in wrong.items()]
    listed = (
        "；".join(f"{name[0]}印为 {number(found)}，应为 {number(value)}" for name, found, value in names),
        "; ".join(f"{name[1]} is printed {number(found)}, would be {number(value)}" for name, found, value in names),
    )
    words: dict[str, object] = {"size": len(wrong), "listed": listed, "slip": _slip(code)}
    sink.find("T3-50", "together", wrong, consequences=sentences, words=words)


def _slip(code: str | None) -> Text:
    return (f"（{SLIPS[code][0]}）", f" ({SLIPS[code][1]})") if code else ("", "")


def _likely(sink: Sink, change: Change, sums: Arithmetic, lang: Lang) -> str:
    """Say the explanation that takes the commonest slips, where one does."""
    named = slips(sink.report.layout, change, sums.printed)
    said = dict.fromkeys(say(lang, *SLIPS[code]) for code in named.values())
    words = say(lang, "，", ", ").join(said)
    listed = _alternatives(sink, [change], lang) + (say(lang, f"（{words}）", f" ({words})") if words else "")
    return say(
        lang,
        f"若其余数据无误，最合常见差错的一种：{listed}。",
        f"If all other figures are right, the one by the commonest slips: {listed}. ",
    )


def _changes(form: Form, sums: Arithmetic) -> Explained:
    """Explain what fails in table three; nothing is named where blanks of unknown value stand in between."""
    open_blanks = any(
        o == "not assessable" and all(c in sums.values for c in identity.cells)
        for o, identity in zip(sums.outcomes, form.identities, strict=True)
        if identity.table == "requests"
    )
    if open_blanks:
        return Explained()
    usable = [o != "not assessable" for o in sums.outcomes]
    return explanations(form, "requests", sums.printed, sums.residuals, usable)


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
    blank = not sums.blanks.isdisjoint(identity.cells)
    out: dict[str, object] = {"left": left, "right": right, "difference": abs(left - right)}
    out["blanks"] = ("（空白按 0 计）", " (blanks counted as 0)") if blank else ("", "")
    out["verify"] = ("", "")
    out[identity.each] = form.subject(identity, "zh"), form.subject(identity, "en")
    if identity.check == "T3-01":
        out |= dict(zip("abcd", (sums.values[c] for c in identity.cells), strict=True))
    return out


def _sentence(sink: Sink, sums: Arithmetic, i: int) -> Text:
    """Say one failing sum in words."""
    identity = sink.report.layout.identities[i]
    return worded(catalog()[identity.check].messages["sum"], _words(sink, sums, i))


def _failed_sum(sink: Sink, sums: Arithmetic, i: int) -> None:
    identity = sink.report.layout.identities[i]
    words = _words(sink, sums, i) | {"verify": ("，请核实", "; please verify")}
    left, _ = _sides(sums, identity)
    sink.find(
        identity.check, "sum", identity.cells, subject=_subject(identity), expected=left, found=_stated(sums, identity),
        place=sink.report.place(identity.right[0]), words=words,
    )  # fmt: skip


def _stated(sums: Arithmetic, identity: Identity) -> Number | None:
    """Return what the right side states; None where a blank stands there."""
    return None if not sums.blanks.isdisjoint(identity.right) else _sides(sums, identity)[1]


def _block(sink: Sink, sums: Arithmetic, i: int, *, alone: bool) -> list[Change]:
    """A failing sum of table four: one identity cannot tell the cell, unless values below zero leave only one.

    It is a finding only if it is `alone`, no consequence of another.
    """
    report, form = sink.report, sink.report.layout
    identity = form.identities[i]
    changes: list[Change] = []
    for cell in identity.cells:
        if cell in sums.blanks:
            continue
        value = sums.values[cell] - sums.residuals[i] * int(form.matrix[i, form.index[cell]])
        if value >= 0 and value == int(value):
            changes.append({cell: int(value)})
    if not alone:
        return changes
    words = _words(sink, sums, i)
    left, _ = _sides(sums, identity)
    columns = tuple(
        say(lang, "或", " or ").join(
            say(lang, "「{}」（应为 {}）", "“{}” (would be {})").format(form.cell(c).column_label[lang], v)
            for change in changes
            for c, v in change.items()
        )
        for lang in LANGS
    )
    extra: dict[str, object] = {"listed": columns} if changes else {}
    message = {0: "none", 1: "only"}.get(len(changes), "sum")
    sink.find(
        "T4-01", message, identity.cells, subject=_subject(identity), expected=left, found=_stated(sums, identity),
        place=report.place(identity.right[0]), words=words | extra,
    )  # fmt: skip
    return changes
