"""What explains sums that fail: one cell, several, a row or column, figures one place off. Said so that it asks and does not accuse."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

from auditkit.checks import Sink, worded
from auditkit.checks.identities import Arithmetic, single_beside_blanks
from auditkit.checks.sentences import (
    failed_sum,
    in_both,
    printed_and_implied,
    sentence,
    sides,
    stated,
    subject_of,
    words_of,
)
from auditkit.findings import Suspect, Text, number
from auditkit.forms import Form
from auditkit.localize import BALANCE, MOST_LISTED, MOST_SEARCHED, Explained, combine, explanations
from auditkit.slips import SLIPS, TOGETHER, Change, exchanged, shifted, slips
from auditkit.wording import LANGS, Lang, say

_KINDS_OF_LINE = {"row": ("行", "rows"), "column": ("列", "columns")}


_OFF_BY = {
    ("T3-01", "carried_over", 1): (
        "各列所差恰为「{}」行的数，可能新收已含上年结转，或办理结果漏计了结转的申请",
        "each column is off by just the figure of row “{}”: new requests may include what was carried over, or its outcomes were left out",
    ),
    ("T3-01", "carried_forward", -1): (
        "各列所差恰为「{}」行的数，可能办理总计已含结转下年的申请",
        "each column is off by just the figure of row “{}”: the total handled may include what is carried forward",
    ),
    ("T3-11", "", 1): (
        "各列所差恰为「{}」行的数，总计可能漏加这一行",
        "each column is off by just the figure of row “{}”: the total may lack that row",
    ),
    ("T3-11", "", -1): (
        "各列所差恰为「{}」行的数，总计可能把这一行多加了一次",
        "each column is off by just the figure of row “{}”: the total may count that row twice",
    ),
}
"""What it may mean that the columns of a check are off by a row's figures, or by these with the other sign: any item, or the row named."""


_COPIED = (
    "各列所差恰为「{}」行的数，「{}」行与它各列相同，可能是照抄",
    "each column is off by just the figure of row “{}”, and row “{}” is the same in each: one may be a copy of the other",
)


_NOT_COUNTED = (
    "各列所差恰为「{}」行的数，或这一行不应有数，或新收和总计都没有计入它",
    "each column is off by just the figure of row “{}”: it may have none, or neither new requests nor the total count it",
)
"""What it means where the total agrees with what was to be handled: with another row of the same figures, and without."""


_FEW = 6
"""Explanations that are worth a sentence where a blank most likely was forgotten."""
_MOST_SAID = 16
"""Cells that are named in a sentence one by one."""


def causes_of(form: Form, sums: Arithmetic) -> Explained:
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


def swapped(form: Form, sums: Arithmetic, explained: Explained) -> tuple[str, str, str] | None:
    """Return the two lines of table three, and of which kind they are, whose exchange is the one explanation found."""
    if len(explained.changes) != 1 or explained.exact:
        return None
    return exchanged(form, explained.changes[0], sums.values)


def says_blanks(form: Form, sums: Arithmetic, explained: Explained) -> bool:
    """Whether the finding on table three lists what blanks would be: those of the line that is wrong, or of all cells concerned."""
    if len(explained.changes) != 1:
        return False
    way = explained.changes[0]
    printed = {c: v for c, v in way.items() if c not in sums.blanks}
    return len(printed) > 1 and (_line(form, way) is not None or _line(form, printed) is None)


def explain(sink: Sink, sums: Arithmetic, explained: Explained) -> None:
    """Say what explains the sums that fail: of table three as `causes_of` found it, of table four sum by sum."""
    form = sink.report.layout
    failing = [i for i, o in enumerate(sums.outcomes) if o == "failed"]
    parts: list[Sequence[Change]] = []
    exact = "not assessable" not in sums.outcomes
    three = [i for i in failing if form.identities[i].table == "requests"]
    if three:
        parts.append(explained.changes)
        exact = exact and explained.exact
        _table_three(sink, sums, three, explained)
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
    said = [worded(each, words_of(sink, sums, i)) for i in failing]
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
    sentences = tuple(sentence(sink, sums, i) for i in failing)
    changes = explained.changes
    ways = [{c: v for c, v in change.items() if c not in sums.blanks} for change in changes]
    size = max((len(way) for way in ways), default=0)
    size = size if size < 2 else len(changes[0])  # of several cells, a blank that would not be 0 is one
    if not ways:
        for i in failing:
            failed_sum(sink, sums, i)
        return
    cells = sorted({c for change in ways for c in change}, key=form.index.__getitem__)
    subject = tuple(subject_of(form.identities[i]) for i in failing)
    if lines_of := swapped(form, sums, explained):
        kind, *both = lines_of
        names = [in_both(lambda lang: _line_label(form, kind, line, lang)) for line in both]  # noqa: B023
        of_outcomes = kind == "column" and not {form.cell(c).row for c in changes[0]} & BALANCE
        what = ("办理结果", "outcomes") if of_outcomes else ("数字", "figures")
        lines_said = {"n": len(failing), "one": names[0], "other": names[1], "kind": _KINDS_OF_LINE[kind], "what": what}
        sink.find("T3-50", "exchanged", cells, subject=subject, consequences=sentences, words=lines_said)
        return
    omitted = _off_by_a_row(form, sums)
    if len(ways) == 1 and explained.exact:
        _only_way(sink, sums, failing, ways[0], size, omitted)
        return
    lines = list(dict.fromkeys(_line(form, way) for way in ways if size > 1))
    one_line = not explained.exact and len(ways) == 1 and None not in lines
    words: dict[str, object] = {
        "n": len(failing),
        "ways": str(len(ways)),
        "size": size,
        "zero": _zero(sink, sums, changes),
    }
    words["omitted"] = (f"{omitted[0]}。", f"{omitted[1][:1].upper()}{omitted[1][1:]}. ") if any(omitted) else omitted
    words["listed"] = in_both(lambda lang: _listed(sink, changes[0], sums, lang))
    zh, en = in_both(lambda lang: _ways(sink, changes, sums, lang))
    if any(not sums.blanks.isdisjoint(change) for change in changes):
        zh, en = f"有的解释中有空白不为 0。{zh}", f"In some of these a blank would not be 0. {en}"
    words["said"] = zh, en
    if size == 1:
        words["listed"] = in_both(
            lambda lang: say(lang, "、", "; ").join(_listed(sink, way, sums, lang) for way in ways)
        )
        many = f"下列 {len(ways)} 格之一", f" (one of these {len(ways)})"
        words["among"] = many if len(ways) > 1 else ("", "")
        words["zeros"] = if_zeros(sink, sums)
    elif one_line:
        words["line"] = in_both(lambda lang: _line_name(form, ways[0], lang))
        whole = changes[0] if _line(form, changes[0]) else ways[0]  # with blanks that would not be 0
        words["listed"] = in_both(lambda lang: _listed_in_line(sink, whole, sums, lang))
    elif None not in lines:
        words["lines"] = in_both(
            lambda lang: say(lang, "，", "; ").join(dict.fromkeys(_line_name(form, way, lang) for way in ways))
        )
    if size == 1 and not explained.exact:
        message = "filled"
    elif explained.exact:
        message = "either" if size == 1 else "pair"
    else:
        message = "line" if one_line else "lines" if len(ways) > 1 and "lines" in words else "many"
    sink.find("T3-50", message, cells, subject=subject, consequences=sentences, words=words)


def _zero(sink: Sink, sums: Arithmetic, ways: Sequence[Change]) -> Text:
    """Say that blanks were counted as 0, where table three has any and none is filled in."""
    blank = any(c.id in sums.blanks for c in sink.report.layout.cells if c.table == "requests")
    if not blank or any(not sums.blanks.isdisjoint(way) for way in ways):
        return "", ""
    return "（空白都按 0 计）", " (with all blanks as 0)"


def if_zeros(sink: Sink, sums: Arithmetic) -> Text:
    """Say what explains table three if all blanks are 0, where that takes several figures: if it prints other zeros, only few ways."""
    form = sink.report.layout
    zeros_printed = any(sums.printed.get(c.id) == 0 for c in form.cells if c.table == "requests")
    usable = [all(c in sums.values for c in identity.cells) for identity in form.identities]
    found = explanations(form, "requests", sums.printed, sums.residuals, usable, MOST_SEARCHED)
    size, ways = len(next(iter(found.changes), ())), len(found.changes)
    if size < 2 or not found.exact or (zeros_printed and ways > _FEW):
        return "", ""
    zh, en = in_both(lambda lang: _ways(sink, found.changes, sums, lang))
    if ways == 1:
        listed = in_both(lambda lang: _listed(sink, found.changes[0], sums, lang))
        zh, en = f"若其余数据无误，{listed[0]}。", f"if all other figures are right, {listed[1]}. "
    return (
        f"若空白都是 0，则至少有 {size} 格有误，{size} 格的解释有 {ways} 种。{zh}",
        f" If all blanks are 0, {size} cells at least are wrong, in {ways} possible ways. {en}".rstrip(),
    )


def _only_way(sink: Sink, sums: Arithmetic, failing: list[int], wrong: Change, size: int, omitted: Text) -> None:
    """Say the one explanation of so few cells: a finding a cell, or one of all if they look like one slip."""
    form, blanks = sink.report.layout, size - len(wrong)
    named = slips(form, wrong, sums.printed)
    codes = {named.get(c) for c in wrong}
    if len(wrong) > 1 and ((len(codes) == 1 and codes <= TOGETHER) or any(omitted)) and _line(form, wrong):
        words = {
            "zero": _zero(sink, sums, [wrong]),
            "size": len(wrong),
            "listed": in_both(lambda lang: printed_and_implied(sink, wrong, sums, lang)),
        }
        slip = _slip(next(iter(codes))) if codes <= TOGETHER else (f"（{omitted[0]}）", f" ({omitted[1]})")
        sentences = tuple(sentence(sink, sums, i) for i in failing)
        sink.find("T3-50", "together", wrong, consequences=sentences, words=words | {"slip": slip})
        return
    beside = _beside(sink, sums) if len(wrong) == 1 and not blanks else ("", "")
    for cell, value in wrong.items():
        sink.find(
            "T3-50",
            "cell" if len(wrong) == 1 else "both",
            [cell],
            expected=value,
            found=sums.values[cell],
            consequences=tuple(sentence(sink, sums, i) for i in failing if form.matrix[i, form.index[cell]]),
            cell=sink.cell(cell),
            size=size,
            slip=_slip(named.get(cell)),
            zero=_zero(sink, sums, [wrong]) if not blanks else ("", ""),
            beside=beside,
            in_text=bool(beside[0]),
            blanks=(f"（其中 {blanks} 格是空白）", f" ({blanks} of them blank)") if blanks else ("", ""),
        )


def _beside(sink: Sink, sums: Arithmetic) -> Text:
    """Say which other figures may be the wrong one if blanks are not 0, where zeros are printed beside them and these are few."""
    form = sink.report.layout
    of_three = {c.id for c in form.cells if c.table == "requests"}
    if not sums.blanks & of_three or not any(sums.printed.get(c) == 0 for c in of_three):
        return "", ""
    found = single_beside_blanks(form, sums)
    if not found or len(found) > _FEW:
        return "", ""
    changes = [{c: v for c, v in change.items() if c not in sums.blanks} for change in found]
    zh, en = in_both(lambda lang: say(lang, "、", "; ").join(_listed(sink, change, sums, lang) for change in changes))
    return f"若空白不都是 0，有误的也可能是{zh}。", f" If not all blanks are 0, the wrong one may also be {en}."


def _line(form: Form, change: Change) -> tuple[str, str] | None:
    """Return the row or column of table three in which all cells of a change stand, if they stand in one."""
    for name in ("row", "column"):
        which = {getattr(form.cell(c), name) for c in change}
        if len(which) == 1:
            return name, which.pop()
    return None


def _line_name(form: Form, change: Change, lang: Lang) -> str:
    kind, which = _line(form, change) or ("", "")
    return _line_label(form, kind, which, lang)


def _line_label(form: Form, kind: str, which: str, lang: Lang) -> str:
    if kind == "row":
        return say(lang, "「{}」行", "row “{}”").format(form.row_label("requests", which, lang))
    return say(lang, "「{}」列", "column “{}”").format(form.column_label("requests", which, lang))


def _off_by_a_row(form: Form, sums: Arithmetic) -> Text:
    """Say that what all columns are off by is just the figures of one row, which may have been left out or counted twice.

    Only where two applicants' columns fail: a single figure is easily the same as another.
    """
    columns, rows = form.columns("requests"), form.rows("requests")
    for (check, only, sign), (zh, en) in _OFF_BY.items():
        mine = {e.subject: i for i, e in enumerate(form.identities) if e.check == check}
        off = [sign * sums.residuals[mine[column]] for column in columns]
        if sum(map(bool, off[:-1])) < 2 or any(sums.outcomes[i] == "not assessable" for i in mine.values()):
            continue
        handled = [sums.outcomes[i] for i, e in enumerate(form.identities) if e.check == "T3-01"]
        if check == "T3-11" and "failed" not in handled:  # the total is right
            if sign < 0:
                continue
            zh, en = _COPIED
        items = {form.cell(c).row for c in form.identities[mine["total"]].left}
        every = [only] if only else [row for row in rows if row in items]
        same = [row for row in every if off == [sums.values.get(c.id) for c in form.row_cells("requests", row)]]
        if (zh, en) == _COPIED and len(same) == 1:
            zh, en = _NOT_COUNTED
        if same:
            named = [[form.row_label("requests", row, lang) for row in same] for lang in LANGS]
            return zh.format(*named[0]), en.format(*named[1])
    return "", ""


def _slip(code: str | None) -> Text:
    return (f"（{SLIPS[code][0]}）", f" ({SLIPS[code][1]})") if code else ("", "")


def _listed(sink: Sink, change: Change, sums: Arithmetic, lang: Lang) -> str:
    """List the cells of one explanation with what each would be and its slip; a slip of several cells after these."""
    layout = sink.report.layout
    named = slips(layout, change, sums.printed)
    out = []
    for cell, value in change.items():
        code = named.get(cell, "")
        slip = "" if code in {"", *TOGETHER} else say(lang, f"，{SLIPS[code][0]}", f"; {SLIPS[code][1]}")
        blank = say(lang, "空白，", "blank, ") if cell in sums.blanks else ""
        would = number(value)
        out.append(
            f"{layout.label(cell, lang)}{say(lang, f'（{blank}应为 {would}{slip}）', f' ({blank}would be {would}{slip})')}"
        )
    together = dict.fromkeys(say(lang, *_slip(code)) for code in named.values() if code in TOGETHER)
    return say(lang, "、", "; ").join(out) + "".join(together)


def _listed_in_line(sink: Sink, change: Change, sums: Arithmetic, lang: Lang) -> str:
    """List the cells of one row by their columns, of one column by their rows, with what each would be."""
    form = sink.report.layout
    kind, _ = _line(form, change) or ("", "")
    of_row = kind == "row"
    out = []
    for cell, value in change.items():
        at = form.cell(cell)
        name = form.column_label("requests", at.column, lang) if of_row else form.row_label("requests", at.row, lang)
        blank = say(lang, "（空白）", " (blank)") if cell in sums.blanks else ""
        out.append(say(lang, f"「{name}」{blank}应为 {number(value)}", f"“{name}”{blank} would be {number(value)}"))
    named = slips(form, change, sums.printed)
    codes = {named.get(c) for c in change if c in sums.printed}
    slip = say(lang, *_slip(codes.pop())) if len(codes) == 1 else ""
    return say(lang, "，", ", ").join(out) + slip


def _ways(sink: Sink, ways: Sequence[Change], sums: Arithmetic, lang: Lang) -> str:
    """Say all explanations where they are few, else what all have, or the cells concerned; the likelier slips first, without saying so.

    Of explanations that slips of the pen make likelier, three of four were not the truth.
    """
    form = sink.report.layout
    if_right = say(lang, "若其余数据无误，", "If all other figures are right, ")
    stop, between = say(lang, "。", ". "), say(lang, "；", "; ")
    if len(ways) > 1 and sum(map(len, ways)) <= _MOST_SAID:
        said = [
            say(lang, f"第 {n} 种：", f"way {n}: ") + _listed(sink, way, sums, lang) for n, way in enumerate(ways, 1)
        ]
        return if_right + between.join(said) + stop
    out = ""
    if common := [c for c in ways[0] if all(c in way for way in ways)] if len(ways) > 1 else []:
        names = say(lang, "、", "; ").join(form.label(c, lang) for c in common)
        out += say(lang, f"每种解释都有{names}。", f"All of them have {names}. ")
    concerned = sorted({c for way in ways for c in way}, key=form.index.__getitem__)
    if not out and 1 < len(concerned) <= _MOST_SAID:
        names = say(lang, "、", "; ").join(form.label(c, lang) for c in concerned)
        out = say(lang, f"所涉各格：{names}。", f"The cells concerned: {names}. ")
    return out


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
    words = words_of(sink, sums, i)
    left, _ = sides(sums, identity)
    columns = tuple(
        say(lang, "或", " or ").join(
            say(lang, "「{}」（应为 {}）", "“{}” (would be {})").format(form.cell(c).column_label[lang], number(v))
            for change in changes
            for c, v in change.items()
        )
        for lang in LANGS
    )
    extra: dict[str, object] = {"listed": columns} if changes else {}
    pending = next((sums.values[c] for c in identity.left if form.cell(c).column.endswith("pending")), 0)
    if pending and sums.residuals[i] == pending:
        extra["also"] = (
            "；所差恰为「尚未审结」的数，总计可能未计这一格",
            "; that is just what is pending: the total may leave it out",
        )
    message = {0: "none", 1: "only"}.get(len(changes), "sum")
    sink.find(
        "T4-01", message, identity.cells, subject=subject_of(identity), expected=left, found=stated(sums, identity),
        place=report.place(identity.right[0]), words=words | extra,
    )  # fmt: skip
    return changes
