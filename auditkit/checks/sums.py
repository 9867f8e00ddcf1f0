"""What is said of the sums: which fail, what blanks would have to be, which cells explain what does not add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from math import prod

from auditkit.checks import Sink, catalog, worded
from auditkit.checks.blanks import Span
from auditkit.checks.identities import Arithmetic, evaluate
from auditkit.findings import Outcome, Suspect, Text, number
from auditkit.forms import Form, Identity, table_name
from auditkit.localize import BALANCE, MOST_LISTED, Explained, combine, explanations
from auditkit.reading.numbers import Number, parse
from auditkit.slips import SLIPS, TOGETHER, Change, exchanged, rank, shifted, slips
from auditkit.wording import LANGS, Lang, say

CHECKS = ("T3-01", "T3-11", "T3-21", "T4-01")
_MAY_BE_OF_A_BLANK = ("label", "heads", "width", "twice", "cut")
"""Why a figure has no cell, where its cell may be one that looks blank."""
_MOST_SAID = 16
"""Cells that are named in a sentence one by one."""
_MOST_WAYS = 3
"""Figures of which one may be wrong that are named beside the blanks."""
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


def check(sink: Sink) -> None:
    """Check all identities, say what blanks would have to be, and name the cells that explain what fails."""
    report = sink.report
    sums = evaluate(report)
    for check_id in CHECKS:
        _end(sink, check_id, sums)
    astray = sum(u.reason in _MAY_BE_OF_A_BLANK for u in report.unplaced)
    three = [
        i for i, o in enumerate(sums.outcomes) if o == "failed" and report.layout.identities[i].table == "requests"
    ]
    explained = (sums.explained if sums.explained.changes else _changes(report.layout, sums)) if three else Explained()
    if sums.filling and _swapped(report.layout, sums, explained):
        zh = "表三像是两行或两列填反了；对调后空白都可以是 0"
        en = "two rows or columns of table 3 seem exchanged; as they should be, all blanks can be 0"
        sink.end("T3-54", "not assessable", zh, en)
    elif sums.filling and astray:
        zh = f"空白不能都按 0 计，而报告有 {astray} 个数字未落位，可能就是这些格的数字"
        en = f"blanks cannot all be 0, but {astray} figures of the report have no cell and may be theirs"
        sink.end("T3-54", "not assessable", zh, en)
    elif sums.filling:
        fixed = all(least == most for least, most in sums.filling.values())

        def listing(lang: Lang) -> str:
            return _spans_listed(report.layout, sums.filling, 30 if fixed else 12, lang)

        cells, instead = list(sums.filling), _blanks_or_a_figure(sink, sums)
        message = "filled" if fixed else "open"
        given, moved = _given(sink, sums, explained)
        words = {"given": given, "moved": moved}
        sink.find("T3-54", message, cells, subject="blanks", n=len(cells), list=listing, instead=instead, words=words)
        sink.end("T3-54", "not assessable", "空白不能都按 0 计", "blanks that cannot all be 0")
    else:
        sink.conclude("T3-54")
    _explain(sink, sums, explained)
    _subtotals(sink, sums)


def _swapped(form: Form, sums: Arithmetic, explained: Explained) -> tuple[str, str, str] | None:
    """Return the two lines of table three, and of which kind they are, whose exchange is the one explanation found."""
    if len(explained.changes) != 1 or explained.exact:
        return None
    return exchanged(form, explained.changes[0], sums.values)


def _given(sink: Sink, sums: Arithmetic, explained: Explained) -> tuple[Text, Text]:
    """Say on what the figures of blanks rest: all others being right, or one of these being what explains table three; how that came."""
    wrong = [{c: v for c, v in change.items() if c not in sums.blanks} for change in explained.changes]
    if len(wrong) != 1 or not wrong[0] or len(wrong[0]) == len(explained.changes[0]):
        return ("若其余数据无误", "if all other figures are right"), ("", "")
    would = [(sink.cell(c), number(v)) for c, v in wrong[0].items()]
    zh, en = "、".join(f"{n[0]}应为 {v}" for n, v in would), " and ".join(f"{n[1]} would be {v}" for n, v in would)
    given = f"若{zh}，其余数据无误", f"if {en}, and all other figures are right"
    form, (cell, *more) = sink.report.layout, wrong[0]
    to = [c for c, (least, most) in sums.filling.items() if least == most == sums.values[cell]]
    if more or wrong[0][cell] or len(to) != 1:
        return given, ("", "")
    a, b = form.cell(cell), form.cell(to[0])
    rows, columns = form.rows("requests"), form.columns("requests")
    if a.column == b.column and abs(rows.index(a.row) - rows.index(b.row)) == 1:
        return given, (
            "数字相同而相邻，像是填串了行。",
            "The same figure in the next row: it may stand in the wrong one. ",
        )
    if a.row == b.row and abs(columns.index(a.column) - columns.index(b.column)) == 1:
        return given, (
            "数字相同而相邻，像是填串了列。",
            "The same figure in the next column: it may stand in the wrong one. ",
        )
    return given, ("", "")


def _blanks_or_a_figure(sink: Sink, sums: Arithmetic) -> Text:
    """Say which one printed figure would explain table three as well, if all blanks are 0."""
    form = sink.report.layout
    usable = [all(c in sums.values for c in identity.cells) for identity in form.identities]
    found = explanations(form, "requests", sums.printed, sums.residuals, usable, most=1).changes
    if not found or len(found) > _MOST_WAYS or len(sums.filling) == 1:
        return "", ""
    listed = [_in_both(lambda lang: _printed_and_implied(sink, change, sums, lang)) for change in found]  # noqa: B023
    zh, en = "，或".join(zh for zh, _ in listed), ", or ".join(en for _, en in listed)
    return f"另一种可能：空白都是 0，而{zh}。", f"Or else all blanks are 0, and {en}. "


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


def _spans_listed(form: Form, filling: Mapping[str, Span], most: int, lang: Lang) -> str:
    """List what blanks would be; those of one row or column together, where that is shorter."""
    cells = list(filling)[:most]
    between = say(lang, "，", ", ")
    more = say(lang, f"等 {len(filling)} 格", f" and {len(filling) - most} more") if len(filling) > most else ""
    lines = {kind: {(form.cell(c).table, getattr(form.cell(c), kind)) for c in cells} for kind in ("column", "row")}
    kind = min(lines, key=lambda kind: len(lines[kind]))
    if len(lines[kind]) * 2 > len(cells):
        names = [f"{form.label(c, lang)}{say(lang, ' ', ': ')}{_span(filling[c], lang)}" for c in cells]
        return between.join(names) + more
    said = []
    for table, line in dict.fromkeys((form.cell(c).table, getattr(form.cell(c), kind)) for c in cells):
        column, name = kind == "column", form.column_label if kind == "column" else form.row_label
        of, other = say(lang, "列" if column else "行", kind), form.row_label if column else form.column_label
        mine = [c for c in cells if (form.cell(c).table, getattr(form.cell(c), kind)) == (table, line)]
        values = [
            say(lang, "「{}」 {}", "“{}”: {}").format(
                other(table, form.cell(c).row if column else form.cell(c).column, lang), _span(filling[c], lang)
            )
            for c in mine
        ]
        head = say(lang, "{}「{}」{}：", "{}, {} “{}”: ")
        words = (table_name(table, lang), name(table, line, lang), of)
        said.append(head.format(*(words if lang == "zh" else (words[0], words[2], words[1]))) + between.join(values))
    return say(lang, "；", "; ").join(said) + more


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
    if sums.added and check_id == "T3-11":
        zh += f"（表中另有法定格式没有的一行“{sums.added}”，加上它即与总计相符）"
        en += f" (with the row “{sums.added}”, which the form does not have, they are the total)"
    sink.end(check_id, outcome, zh, en)


def _explain(sink: Sink, sums: Arithmetic, explained: Explained) -> None:
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
    blocks = [_block(sink, sums, i, alone=moved is None, others=len(four) - 1) for i in four]
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
    cells = sorted({c for change in ways for c in change}, key=form.index.__getitem__)
    subject = tuple(_subject(form.identities[i]) for i in failing)
    if lines_of := _swapped(form, sums, explained):
        kind, *both = lines_of
        names = [_in_both(lambda lang: _line_label(form, kind, line, lang)) for line in both]  # noqa: B023
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
    words: dict[str, object] = {"n": len(failing), "ways": str(len(ways)), "size": size}
    words["omitted"] = (f"{omitted[0]}。", f"{omitted[1][:1].upper()}{omitted[1][1:]}. ") if any(omitted) else omitted
    words["listed"] = _in_both(lambda lang: _listed(sink, changes[0], sums, lang))
    zh, en = _in_both(lambda lang: _ways(sink, changes, sums, lang, ranked=not any(omitted)))
    if any(not sums.blanks.isdisjoint(change) for change in changes):
        zh, en = f"有的解释中有空白不为 0。{zh}", f"In some of these a blank would not be 0. {en}"
    words["said"] = zh, en
    if size == 1:
        words["listed"] = _in_both(
            lambda lang: say(lang, "、", "; ").join(_listed(sink, way, sums, lang) for way in ways)
        )
    elif one_line:
        words["line"] = _in_both(lambda lang: _line_name(form, ways[0], lang))
        words["listed"] = _in_both(lambda lang: _listed_in_line(sink, ways[0], sums, lang))
    elif None not in lines:
        words["lines"] = _in_both(
            lambda lang: say(lang, "，", "; ").join(dict.fromkeys(_line_name(form, way, lang) for way in ways))
        )
    if explained.exact:
        message = "either" if size == 1 else "pair"
    else:
        message = "line" if one_line else "lines" if len(ways) > 1 and "lines" in words else "many"
    sink.find("T3-50", message, cells, subject=subject, consequences=sentences, words=words)


def _only_way(sink: Sink, sums: Arithmetic, failing: list[int], wrong: Change, size: int, omitted: Text) -> None:
    """Say the one explanation of so few cells: a finding a cell, or one of all if they look like one slip."""
    form, blanks = sink.report.layout, size - len(wrong)
    named = slips(form, wrong, sums.printed)
    codes = {named.get(c) for c in wrong}
    if len(wrong) > 1 and ((len(codes) == 1 and codes <= TOGETHER) or any(omitted)) and _line(form, wrong):
        words = {"size": len(wrong), "listed": _in_both(lambda lang: _printed_and_implied(sink, wrong, sums, lang))}
        slip = _slip(next(iter(codes))) if codes <= TOGETHER else (f"（{omitted[0]}）", f" ({omitted[1]})")
        sentences = tuple(_sentence(sink, sums, i) for i in failing)
        sink.find("T3-50", "together", wrong, consequences=sentences, words=words | {"slip": slip})
        return
    for cell, value in wrong.items():
        sink.find(
            "T3-50",
            "cell" if len(wrong) == 1 else "both",
            [cell],
            expected=value,
            found=sums.values[cell],
            consequences=tuple(_sentence(sink, sums, i) for i in failing if form.matrix[i, form.index[cell]]),
            cell=sink.cell(cell),
            size=size,
            slip=_slip(named.get(cell)),
            blanks=(f"（其中 {blanks} 格是空白）", f" ({blanks} of them blank)") if blanks else ("", ""),
        )


def _in_both(words: Callable[[Lang], str]) -> Text:
    zh, en = (words(lang) for lang in LANGS)
    return zh, en


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


def _printed_and_implied(sink: Sink, change: Change, sums: Arithmetic, lang: Lang) -> str:
    """List cells as they are printed and as they would be."""
    each = say(lang, "{}印为 {}，应为 {}", "{} is printed {}, would be {}")
    cells = [each.format(say(lang, *sink.cell(c)), number(sums.values[c]), number(v)) for c, v in change.items()]
    return say(lang, "；", "; ").join(cells)


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
        out.append(say(lang, f"「{name}」应为 {number(value)}", f"“{name}” would be {number(value)}"))
    named = slips(form, change, sums.printed)
    codes = {named.get(c) for c in change if c in sums.printed}
    slip = say(lang, *_slip(codes.pop())) if len(codes) == 1 else ""
    return say(lang, "，", ", ").join(out) + slip


def _ways(sink: Sink, ways: Sequence[Change], sums: Arithmetic, lang: Lang, *, ranked: bool) -> str:
    """Say all explanations where they are few, else the one by the commonest slips, if there is one, and what all have."""
    form = sink.report.layout
    if_right = say(lang, "若其余数据无误，", "If all other figures are right, ")
    stop, between = say(lang, "。", ". "), say(lang, "；", "; ")
    costs = [rank(form, way, sums.printed)[0] for way in ways]
    first = ranked and len(ways) > 1 and costs[0] < costs[1]
    if len(ways) > 1 and sum(map(len, ways)) <= _MOST_SAID:
        said = [say(lang, f"第 {n} 种：", f"{n}: ") + _listed(sink, way, sums, lang) for n, way in enumerate(ways, 1)]
        said[0] += say(lang, "，最合常见差错", ", by the commonest slips") if first else ""
        return if_right + between.join(said) + stop
    out = ""
    if first:
        one = say(lang, "最合常见差错的一种：", "the one by the commonest slips: ")
        out = if_right + one + _listed(sink, ways[0], sums, lang) + stop
    if common := [c for c in ways[0] if all(c in way for way in ways)] if len(ways) > 1 else []:
        names = say(lang, "、", "; ").join(form.label(c, lang) for c in common)
        out += say(lang, f"每种解释都有{names}。", f"All of them have {names}. ")
    concerned = sorted({c for way in ways for c in way}, key=form.index.__getitem__)
    if not out and 1 < len(concerned) <= _MOST_SAID:
        names = say(lang, "、", "; ").join(form.label(c, lang) for c in concerned)
        out = say(lang, f"所涉各格：{names}。", f"The cells concerned: {names}. ")
    return out


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
    out["verify"] = out["also"] = ("", "")
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


def _block(sink: Sink, sums: Arithmetic, i: int, *, alone: bool, others: int) -> list[Change]:
    """A failing sum of table four: one identity cannot tell the cell, unless values below zero leave only one.

    It is a finding only if it is `alone`, no consequence of another; `others` is how many more of the table fail.
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
    elif others:
        extra["also"] = (
            "；不止一组不平，也可能整段错位一格",
            "; more than one block fails: figures may stand one place off",
        )
    message = {0: "none", 1: "only"}.get(len(changes), "sum")
    sink.find(
        "T4-01", message, identity.cells, subject=_subject(identity), expected=left, found=_stated(sums, identity),
        place=report.place(identity.right[0]), words=words | extra,
    )  # fmt: skip
    return changes
