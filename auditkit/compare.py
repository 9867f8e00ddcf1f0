"""Year over year: whether balances roll forward, what changed, and whether chance explains it.

Functions that take a case answer a question of the third notebook; those before them take reports and return values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from auditkit import figures
from auditkit.canvas import Exhibits, Picture
from auditkit.comparable import (
    LARGEST,
    agency_name,
    count,
    groups,
    matched,
    neighbours,
    pair_name,
    past,
    past_table,
    row_name,
    value,
)
from auditkit.figures import Amount, Boundary, Step, signed
from auditkit.forms import load_bridge
from auditkit.tables import FAILING, Shown, Table, Words, heads, sentence
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from auditkit.case import Case
    from auditkit.report import Report

PERCENT_BASE = 50
"""No percentage on a smaller base: one case more or less would make two points."""
# ---- the questions of the third notebook -----------------------------------------------------------------------------


def _pairs(case: Case) -> list[tuple[Report, Report]]:
    return [pair for series in case.series() for pair in neighbours(series)]


def _nothing(lang: Lang) -> Words:
    return sentence(lang, "没有同一机关的相邻年度，无可比较。", "No two neighbouring years of one agency.")


def years(case: Case) -> Table:
    """Which years of which agency there are: gaps, copies, and what can be compared."""
    lang, rows, comma = case.lang, [], say(case.lang, "、", ", ")
    for series in case.series():
        given = [report.year for report in series.reports if report.year is not None]
        missing = [year for year in range(min(given), max(given)) if year not in given]
        pairs = comma.join(f"{a.year} → {b.year}" for a, b in neighbours(series))
        remark = say(lang, f"可比：{pairs or '无'}", f"comparable: {pairs or 'none'}")
        if copies := comma.join(str(year) for year in dict.fromkeys(given) if given.count(year) > 1):
            remark += say(lang, f"；{copies} 年有多份报告，未作比较", f"; several reports for {copies}, not compared")
        forms = dict.fromkeys(report.layout.name(lang) for report in series.reports)
        gaps, name = comma.join(map(str, missing)) or say(lang, "无", "none"), agency_name(series.reports[0], lang)
        rows.append((name, comma.join(map(str, given)), gaps, comma.join(forms), remark))
    unknown = comma.join(r.name(lang) for r in case.reports if r.agency is None or r.year is None)
    notes = (
        [say(lang, f"机关或年度不明，不参加比较：{unknown}。", f"Agency or year unknown, not compared: {unknown}.")]
        if unknown
        else []
    )
    for short, long in _alike(case):
        zh = f"“{short}”与“{long}”名称相近而年度不同：若是同一机关，请在上面的面板中认定，其后才作比较。"
        en = f"“{short}” and “{long}” are much alike, of different years: if they are one agency, state that above; then they are compared."
        notes.append(say(lang, zh, en))
    columns = heads(lang, "机关|年度|中间缺|格式|说明", "agency|years|gaps|form|remarks")
    return Table(columns, tuple(rows), say(lang, "有哪几年", "Which years there are"), "\n".join(notes))


def _alike(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the names of which one is the other with its place before it, where no year has reports of both."""
    years_of = {series.agency: {report.year for report in series.reports} for series in case.series()}
    for short, of in years_of.items():
        longer = [name for name in years_of if name != short and name.endswith(short)]
        if len(longer) == 1 and not of & years_of[longer[0]]:
            yield short, longer[0]


def bridge(case: Case) -> Exhibits:
    """What of the forms is the same, split or not comparable where two forms meet in this case."""
    lang, pairs = case.lang, _pairs(case)
    crossings: dict[tuple[str, str], list[tuple[Report, Report]]] = {}
    for a, b in pairs:
        forms = a.layout.name(lang), b.layout.name(lang)
        if forms[0] != forms[1]:
            crossings.setdefault(forms, []).append((a, b))
    if pairs and not crossings:
        return Exhibits((sentence(lang, "所有相邻年度都用同一格式。", "All neighbouring years use one form."),))
    return Exhibits(tuple(_bridge_table(found, lang) for found in crossings.values()) or (_nothing(lang),))


def _bridge_table(pairs: Sequence[tuple[Report, Report]], lang: Lang) -> Table:
    """List the rows of two forms that are split or not comparable; the rest counts the same."""
    earlier, later = (report.layout for report in pairs[0])
    found, rows = matched(earlier, later), []
    comma, semicolon, colon = say(lang, "、", ", "), say(lang, "；", "; "), say(lang, "：", ": ")
    for m in found:
        if len(m.earlier) != len(m.later) and later.cell(m.later[0]).column == "total":
            form, cells = (later, m.later) if len(m.later) > 1 else (earlier, m.earlier)
            relation = say(lang, "拆分", "split") if form is later else say(lang, "合并", "merged")
            parts = semicolon.join(row_name(form, (cell,), lang) for cell in cells)
            remark = say(lang, f"按各分行之和比较：{parts}", f"compared by the sum of its parts: {parts}")
            rows.append((row_name(form, cells, lang), relation, remark))
    reached = {cell for m in found for cell in m.earlier}, {cell for m in found for cell in m.later}
    for form, known in zip((earlier, later), reached, strict=True):
        for table, row in dict.fromkeys((cell.table, cell.row) for cell in form.cells if cell.id not in known):
            cells_ = form.row_cells(table, row)
            gone = [cell for cell in cells_ if cell.id not in known]
            which = colon + comma.join(cell.column_label[lang] for cell in gone) if len(gone) < len(cells_) else ""
            only = say(lang, f"只在{form.name(lang)}中有", f"only in the {form.name(lang)}")
            why = load_bridge().reason(gone[0].id, form.id, lang) or only
            rows.append((form.row_label(table, row, lang) + which, say(lang, "不可比", "not comparable"), why))
    same = sum(len(m.earlier) == len(m.later) for m in found)
    where = comma.join(pair_name(a, b, lang) for a, b in pairs)
    zh = f"其余 {same} 格口径相同，可直接比较。涉及：{where}。"
    note = say(lang, zh, f"The other {same} cells count the same. Where: {where}.")
    columns = heads(lang, "行|关系|说明", "row|relation|remark")
    return Table(columns, tuple(dict.fromkeys(rows)), f"{earlier.name(lang)} → {later.name(lang)}", note)


def balances(earlier: Report, later: Report) -> dict[str, Boundary]:
    """Closing balance of a year against the opening balance of the next, by column of table three, the total first."""
    forms = earlier.layout.id, later.layout.id
    rules = load_bridge().continuity(*forms) or load_bridge().continuity(*forms[::-1])  # an older form used too late
    return {
        rule.column: Boundary("", count(earlier, rule.earlier, -LARGEST), count(later, rule.later, -LARGEST))
        for rule in sorted(rules, key=lambda rule: rule.column != "total")
        if rule.column
    }


def roll_forward(case: Case) -> Exhibits:
    """Say whether the next report carries over what a year carried forward, in total and by applicant."""
    lang, pairs, drawn, rows, labels = case.lang, _pairs(case), [], [], {}
    every: list[Boundary] = []
    if not pairs:
        return Exhibits((_nothing(lang),))
    for a, b in pairs:
        cells, found = [], balances(a, b)
        for column, each in found.items():
            labels[column] = b.layout.column_label("requests", column, lang)
            cells.append(each.said(lang))
            if column == "total" or each.state != "=":
                drawn.append(replace(each, label=f"{a.year} → {b.year} {labels[column]} {agency_name(b, lang)}"))
        every += found.values()
        rows.append((pair_name(a, b, lang), *cells, _agreement(found.values(), lang)))
    said, n = _agreement(every, lang), len(pairs)
    title = say(
        lang, f"{n} 组相邻年度的结转（总计与各列）：{said}", f"Balances between neighbouring years ({n}): {said}"
    )
    zh = f"左为上年报告的结转下年，右为下年报告的上年结转。{FAILING} 不符，请核实；机构合并、拆分也会造成不符。"
    en = f"Left: carried forward; right: carried over. {FAILING} differ, please verify; a reorganisation may explain them."
    columns = (*heads(lang, "相邻年度", "years"), *labels.values(), *heads(lang, "结果", "result"))
    return Exhibits((figures.roll_forward(title, drawn, lang), Table(columns, tuple(rows), title, say(lang, zh, en))))


def wrong_year(case: Case) -> Shown:
    """Say of which year the figures are wrong where a balance does not roll forward, if all others are right (03.4)."""
    from auditkit.checks.years import whose, year_at_fault

    lang = case.lang
    rows: list[tuple[object, ...]] = []
    if not _pairs(case):
        return _nothing(lang)
    for a, b in _pairs(case):
        if all(each.state == "=" for each in balances(a, b).values()):
            continue
        explained = whose(a, b)
        year = year_at_fault(explained)
        if not year:
            rows.append((pair_name(a, b, lang), say(lang, "无法判断", "cannot be told"), "–", "–", "–"))
            continue
        by_year = {str(a.year): a, str(b.year): b}
        for way, change in enumerate(explained.changes, 1):
            for name, would in change.items():
                cell = name.partition(":")[2]
                layout, shown = by_year[year].layout, by_year[year].shown(cell, lang)
                which = f"{way} / {len(explained.changes)}"
                rows.append((pair_name(a, b, lang), year, which, f"{layout.label(cell, lang)}  {shown}", would))
    if not rows:
        return sentence(lang, "各相邻年度的结转都接得上。", "All balances between neighbouring years roll forward.")
    columns = heads(
        lang,
        "相邻年度|错在哪一年|第几种解释|格，印为|若其余数据无误，应为",
        "years|the year that is wrong|explanation|cell, as printed|would be, if all others are right",
    )
    zh = (
        "两年各自的等式和两年之间的结转一并求解，列出改动最少的解释；要改动五格以上的，看哪一年换用另一年的数即平。"
        "解释分在两年，或两年各自都平的，只凭报告无法判断。"
    )
    en = (
        "The sums of both years and the balances between them are solved together for the fewest changes; where it takes five cells and "
        "more, it is the year whose sums hold with the other year's figures. Where explanations lie in both years, or both years add up "
        "by themselves, the reports alone cannot tell."
    )
    return Table(columns, tuple(rows), note=say(lang, zh, en))


def _agreement(found: Iterable[Boundary], lang: Lang) -> str:
    states = [each.state for each in found]
    counted = ((states.count("≠"), "处不符", "differ"), (states.count("/"), "处有空白或未读到", "blank or not read"))
    words = [say(lang, f"{n} {zh}", f"{n} {en}") for n, zh, en in counted if n]
    return say(lang, "，", ", ").join(words) or say(lang, "全部相符", "all agree")


def flow(report: Report, lang: Lang) -> tuple[Step, ...]:
    """Where a year's requests came from and where they went: balances, new ones, and the outcomes by group."""
    form = report.layout
    groups: dict[str, list[str]] = {}
    for row in form.rows("requests"):
        path = form.row_cells("requests", row)[0].row_path
        if len(path) > 1 and row != "total":
            chinese, english = path[1].split("（区分")[0], form.row_label("requests", row, "en").split(":")[0]
            groups.setdefault(say(lang, chinese, english), []).append(f"requests.{row}.total")

    def step(row: str, kind: Literal["in", "closing"]) -> Step:
        cells = (f"requests.{row}.total",)
        return Step(form.row_label("requests", row, lang), count(report, cells), kind, _lacking(report, cells, lang))

    outcomes = (
        Step(name, count(report, cells), "out", _lacking(report, cells, lang)) for name, cells in groups.items()
    )
    return (step("carried_over", "in"), step("new", "in"), *outcomes, step("carried_forward", "closing"))


def _lacking(report: Report, cells: Iterable[str], lang: Lang) -> str:
    """Say why cells have no sum: not read, no number, else blank."""
    kinds = {report.kind(cell) for cell in cells}
    if "absent" in kinds:
        return say(lang, "未读到", "not read")
    return say(lang, "不是数字", "no number") if "text" in kinds else ""


def gap(steps: Sequence[Step]) -> int | None:
    """What flows in, minus what flows out, minus the closing balance; None where a figure is blank."""
    known = [s.value if s.kind == "in" else -s.value for s in steps if s.value is not None]
    return sum(known) if len(known) == len(steps) else None


def flows(case: Case) -> Exhibits:
    """Where requests come from and go: a waterfall of each agency's latest year, a table of all its years."""
    lang = case.lang
    out: list[Shown | Picture] = []
    for reports in groups(case):
        steps = [flow(report, lang) for report in reports]
        results = [_result(gap(each), lang) for each in steps]
        out.append(figures.waterfall(f"{reports[-1].name(lang)}{say(lang, '：', ': ')}{results[-1]}", steps[-1], lang))
        values = [{step.label: step.value for step in each} for each in steps]
        labels = list(dict.fromkeys(step.label for each in steps for step in each))
        labels.sort(key=lambda label: label == steps[-1][-1].label)  # an older form's own rows go before the balance
        rows = [(label, *(each.get(label) for each in values)) for label in labels]
        rows.append((say(lang, "核对", "balance"), *results))
        columns = (*heads(lang, "项目（总计列）", "item (total column)"), *(str(r.year or "–") for r in reports))
        out.append(Table(columns, tuple(rows), agency_name(reports[-1], lang)))
    return Exhibits(tuple(out) or (sentence(lang, "本案没有报告。", "No report in this case."),))


def _result(off: int | None, lang: Lang) -> str:
    if off is None:
        zh, en = "有格空白、未读到或不能作为件数，无法判断", "a cell is blank, not read or no count: cannot be judged"
        return say(lang, zh, en)
    if off == 0:
        return say(lang, "收办相符", "the balance agrees")
    return say(lang, f"收办相差 {signed(off)} 件，请核实", f"the balance is off by {signed(off)}, please verify")


def percent(earlier: Amount, later: Amount, lang: Lang) -> str:
    """Write a change in percent, to one decimal; none where the base is below PERCENT_BASE."""
    if earlier is None or later is None:
        return ""
    if earlier < PERCENT_BASE:
        return say(lang, "基数小", "small base")
    change = (Decimal(later) - Decimal(earlier)) * 100 / Decimal(earlier)
    return f"{change:+,.1f}%".replace("-", "−")


def changed(case: Case) -> Exhibits:
    """What changed between neighbouring years: counts first, a percentage only on a base that bears one."""
    return Exhibits(tuple(_changed(a, b, case.lang) for a, b in _pairs(case)) or (_nothing(case.lang),))


def _changed(a: Report, b: Report, lang: Lang) -> Table:
    rows, zero = [], 0
    for m in matched(a.layout, b.layout):
        cell, before, after = b.layout.cell(m.later[0]), value(a, m.earlier), value(b, m.later)
        if cell.table == "requests" and cell.column != "total":
            continue
        if before == after == 0:
            zero += 1
            continue
        difference = say(lang, "无法判断", "cannot be judged")
        if before is not None and after is not None:
            difference = signed(after - before)
        rows.append((row_name(b.layout, m.later, lang), before, after, difference, percent(before, after, lang)))
    name, moved, of = pair_name(a, b, lang), sum(row[1] != row[2] for row in rows), len(rows)
    caption = say(lang, f"{name}：{of} 行中 {moved} 行有变化", f"{name}: {moved} of {of} rows changed")
    zh = f"两年均为 0 的 {zero} 行和不可比的行未列。前一年不足 {PERCENT_BASE} 的不给百分比。"
    en = f"Left out: {zero} rows of zeros, rows not comparable. No percentage on a base below {PERCENT_BASE}."
    columns = heads(lang, f"行|{a.year}|{b.year}|差|变化", f"row|{a.year}|{b.year}|difference|change")
    return Table(columns, tuple(rows), caption, say(lang, zh, en))


def beyond_chance(case: Case) -> Exhibits:
    """Which changes are larger than chance explains: each row's test, adjusted over the comparison."""
    return Exhibits(tuple(past_table(past(b, (a,)), case.lang) for a, b in _pairs(case)) or (_nothing(case.lang),))


def rolled_stocks(earlier: Report, later: Report) -> tuple[tuple[str, Amount, Amount, Amount], ...]:
    """Roll table two's stocks: each cell, its figure in the earlier report, what that implies, what is reported later."""
    out = []
    for rule in load_bridge().continuity(earlier.layout.id, later.layout.id):
        if not rule.column:
            cell = next(name for name in rule.later if name in rule.earlier)
            terms = [(earlier.value(name), k) for name, k in rule.earlier.items()]
            terms += [(later.value(name), k) for name, k in rule.later.items() if name != cell]
            known = [k * figure for figure, k in terms if figure is not None]
            implied = sum(known, 0) if len(known) == len(terms) else None
            out.append((cell, earlier.value(cell), implied, later.value(cell)))
    return tuple(out)


def stocks(case: Case) -> Shown:
    """Say whether the stocks of table two agree from year to year."""
    lang = case.lang
    rows: list[tuple[object, ...]] = []
    for a, b in _pairs(case):
        name, found = pair_name(a, b, lang), rolled_stocks(a, b)
        if not found:
            apart = say(lang, "两种格式口径不同，不可比", "not comparable: the two forms count differently")
            rows.append((name, say(lang, "全部存量", "all stocks"), None, None, None, apart))
        for cell, opening, implied, reported in found:
            result = say(lang, "相符", "agree")
            if implied is None or reported is None:
                result = say(lang, "有空白，无法判断", "blank, cannot be judged")
            elif off := reported - implied:
                result = say(lang, f"差 {signed(off)}，请核实", f"differ by {signed(off)}, please verify")
            rows.append((name, row_name(b.layout, (cell,), lang), opening, implied, reported, result))
    zh, en = (
        "相邻年度|行|上年报告|推算|本年报告|结果",
        "years|row|earlier report|implied|later report|result",
    )
    return Table(heads(lang, zh, en), tuple(rows)) if rows else _nothing(lang)
