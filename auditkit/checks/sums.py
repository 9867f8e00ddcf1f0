"""Which sums hold, which fail, and what blanks would have to be; subtotals that the form does not have."""

from __future__ import annotations

from collections.abc import Mapping

from auditkit.checks import Sink
from auditkit.checks.blanks import Span
from auditkit.checks.causes import causes_of, explain, if_zeros, says_blanks, swapped
from auditkit.checks.identities import Arithmetic, evaluate
from auditkit.checks.sentences import (
    in_both,
    printed_and_implied,
)
from auditkit.findings import Outcome, Text, number
from auditkit.forms import Form, table_name
from auditkit.localize import Explained, explanations
from auditkit.reading.numbers import parse
from auditkit.wording import Lang, say

CHECKS = ("T3-01", "T3-11", "T3-21", "T4-01")


_MAY_BE_OF_A_BLANK = ("label", "heads", "width", "twice", "cut")
"""Why a figure has no cell, where its cell may be one that looks blank."""


_MOST_WAYS = 3
"""Figures of which one may be wrong that are named beside the blanks."""


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
    explained = (sums.explained if sums.explained.changes else causes_of(report.layout, sums)) if three else Explained()
    if sums.filling and swapped(report.layout, sums, explained):
        zh = "表三像是两行或两列填反了；对调后空白都可以是 0"
        en = "two rows or columns of table 3 seem exchanged; as they should be, all blanks can be 0"
        sink.end("T3-54", "not assessable", zh, en)
    elif sums.filling and astray:
        zh = f"空白不能都按 0 计，而报告有 {astray} 个数字未落位，可能就是这些格的数字"
        en = f"blanks cannot all be 0, but {astray} figures of the report have no cell and may be theirs"
        sink.end("T3-54", "not assessable", zh, en)
    elif sums.filling and says_blanks(report.layout, sums, explained):
        zh = "空白不能都按 0 计；应为多少，与同时有误的格一起列出（T3-50）"
        en = "blanks that cannot all be 0; what they would be is listed with the cells that are wrong as well (T3-50)"
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
    explain(sink, sums, explained)
    _subtotals(sink, sums)


def _given(sink: Sink, sums: Arithmetic, explained: Explained) -> tuple[Text, Text]:
    """Say on what the figures of blanks rest: all others being right, or one of these being what explains table three; how that came."""
    wrong = [{c: v for c, v in change.items() if c not in sums.blanks} for change in explained.changes]
    if len(wrong) != 1 or not wrong[0] or len(wrong[0]) == len(explained.changes[0]):
        return ("若其余数据无误", "if all other figures are right"), ("", "")
    would = [(sink.cell(c), number(v)) for c, v in wrong[0].items()]
    zh, en = "、".join(f"{n[0]}为 {v}" for n, v in would), " and ".join(f"{n[1]} is {v}" for n, v in would)
    given = f"若{zh}、其余数据无误", f"if {en} and all other figures are right"
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
    if not found:
        zh, en = ("", "") if "failed" in sums.outcomes else if_zeros(sink, sums)  # else it is said of what fails
        return zh, f"{en.strip()} " if en else ""
    if len(found) > _MOST_WAYS or len(sums.filling) == 1:
        return "", ""
    listed = [in_both(lambda lang: printed_and_implied(sink, change, sums, lang)) for change in found]  # noqa: B023
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
