"""Panels of notebook 01: correct and place, confirm a table, decide on blanks.

What they state goes to the case's journal; each shows the source beside what was read of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import ipywidgets as w

from auditkit.case import Case, CaseError
from auditkit.case.journal import Entry, Kind
from auditkit.case.stated import blank_cells, unplaced_subject
from auditkit.case.words import says
from auditkit.checks import run
from auditkit.checks.identities import Arithmetic, against_zero, evaluate, sum_name
from auditkit.findings import in_words
from auditkit.forms import TABLES
from auditkit.report import Report
from auditkit.tables import LOOKED_AT, FormTable, Table, Words, heads, number_or_text, sentence
from auditkit.views.read import blanks_in_words, in_source, side_by_side, why_unplaced
from auditkit.widgets.base import (
    NO_REPORT,
    Panel,
    attempt,
    author_field,
    beside,
    button,
    choice,
    in_force,
    on_change,
    only_words,
    reason_field,
    refill,
    report_choice,
    statement_panel,
    text_field,
)
from auditkit.wording import Lang, say

NEIGHBOURS = 2
"""Rows before and behind that of a figure without a cell: its label may stand there."""


def correct_and_place(case: Case) -> Panel:
    """Correct a figure that was misread, or place one whose cell is not certain, with the source beside (01.3)."""
    lang, reports = case.lang, case.reports
    title = "更正读错的数字，为未落位的数字落位", "correct misread figures and place unplaced ones"
    if not reports:
        return only_words(lang, title, say(lang, *NO_REPORT))
    report = report_choice(case)
    tasks = [
        (say(lang, "更正一格的读数", "correct the reading of a cell"), "correct"),
        (say(lang, "为未落位的数字落位", "place an unplaced figure"), "place"),
    ]
    task = choice(lang, "做什么|更正，或落位", "Task|correct or place", tasks)
    figure = choice(lang, "未落位的数字|选择数字", "Unplaced figure|choose a figure", [])
    table = choice(lang, "表|选择表", "Table|choose a table", [])
    row = choice(lang, "行|选择行", "Row|choose a row", [])
    column = choice(lang, "列|选择列", "Column|choose a column", [])
    text = text_field(
        lang, "原文所载|照原文录入；原文空白则留空", "The source has|as the source has it; leave empty for a blank"
    )
    reason, author = reason_field(lang), author_field(case)
    said, effect, shown = w.HTML(), w.HTML(), w.HTML()
    filling, subject = False, ("", "", "", "")

    def now() -> Report:
        return in_force(case, reports[report.value])

    def cell() -> str:
        return next(c.id for c in now().layout.row_cells(table.value, row.value) if c.column == column.value)

    def standing() -> Entry | None:
        if task.value == "correct":
            return _standing(case, "correct", now(), {"cell": cell()})
        items = _as_read(case, now()).unplaced
        return _standing(case, "place", now(), unplaced_subject(now(), items[figure.value])) if items else None

    def refresh() -> None:
        nonlocal filling, subject
        if filling:
            return
        filling = True
        of, items, placing = now(), _as_read(case, now()).unplaced, task.value == "place"
        layout = of.layout
        names = [
            f"{i.text} · {i.near or '–'} · {i.place.describe(lang)} · "
            + (why_unplaced(i, lang) if i in of.unplaced else say(lang, "已落位", "placed"))
            for i in items
        ]
        refill(figure, [(name, n) for n, name in enumerate(names)])
        refill(table, [(layout.title(t, lang), t) for t in TABLES])
        refill(row, [(layout.row_label(table.value, r, lang), r) for r in layout.rows(table.value)])
        refill(column, [(c.column_label[lang], c.column) for c in layout.row_cells(table.value, row.value)])
        filling = False
        figure.layout.display, text.layout.display = ("", "none") if placing else ("none", "")
        chosen = (of.path, task.value, str(figure.value) if placing else "", cell())
        if chosen != subject:
            subject, said.value, effect.value = chosen, "", ""
            found = of.readings.get(cell())
            text.value = found.figure.text if found else ""
        record.disabled = case.is_demonstration or (placing and not items)
        undo.disabled = case.is_demonstration or standing() is None
        whole.layout.display, whole.disabled = "" if placing else "none", record.disabled
        place = items[figure.value].place if placing and items else of.place(cell())
        none = say(lang, "这份报告没有未落位的数字。", "This report has no unplaced figure.")
        shown.value = (
            (Words((none,)).html if placing and not items else "")
            + _cell_as_read(of, cell(), lang).html
            + _conflict(case, standing(), lang)
            + in_source(of, [place], lang, around=NEIGHBOURS if placing else 0).html
            + FormTable(of, table.value, lang, frozenset((cell(),)), LOOKED_AT).html
            + Words((say(lang, f"{LOOKED_AT} 为所选的格。", f"{LOOKED_AT} marks the chosen cell."),), "ak-note").html
        )

    def finish(before: Report, at: str, entry: Entry | None) -> None:
        if entry:
            reason.value = reason.value if task.value == "place" else ""  # a row's figures are placed for one reason
            effect.value = _effect_on_cell(case, before, now(), at, lang)
        refresh()

    def recorded() -> None:
        before, at = now(), cell()

        def act() -> Entry:
            if task.value == "place":
                item = _as_read(case, before).unplaced[figure.value]
                return case.place(before, item, at, reason=reason.value, author=author.value)
            if text.value.strip() == before.printed(at):
                zh = "与程序读数相同。要取消已有的更正，请点“撤销”。"
                en = "that is what the program read. To take back a correction, press “Undo”."
                raise CaseError(zh, en)
            return case.correct(before, at, text.value, reason=reason.value, author=author.value)

        finish(before, at, attempt(lang, said, act))

    def placed_row() -> None:
        before, at = now(), cell()

        def act() -> Entry:
            item = _as_read(case, before).unplaced[figure.value]
            return case.place_row(before, item, at, reason=reason.value, author=author.value)[-1]

        if entry := attempt(lang, said, act):
            finish(before, str(entry.value), entry)
            left = [n for n, item in enumerate(_as_read(case, now()).unplaced) if item in now().unplaced]
            figure.value = next((n for n in left if n > figure.value), next(iter(left), figure.value))

    def undone() -> None:
        entry, before, at = standing(), now(), cell()
        if entry:
            act = partial(case.withdraw, entry, reason=reason.value, author=author.value)
            finish(before, at, attempt(lang, said, act))

    record = button(lang, "记录|记入案卷", "Record|record it in the case", recorded)
    whole = button(
        lang, "整行落位|这个数字和同一行其后的数字，依次落在所选格及其右边各格",
        "Place the row|this figure and those behind it in its row, in the cell chosen and those beside it", placed_row,
    )  # fmt: skip
    undo = button(lang, "撤销|撤销现有的更正或落位", "Undo|take back what was stated", undone)
    for control in (report, task, figure, table, row, column):
        on_change(control, refresh)
    refresh()
    controls = [report, task, figure, table, row, column, text, reason, author, beside([record, whole, undo])]
    return statement_panel(case, title, [*controls, said, effect, shown], [text, reason])


def confirm_tables(case: Case) -> Panel:
    """State that a table as read was compared with its source and agrees (01.4)."""
    lang, reports = case.lang, case.reports
    title = "与原文核对各表并确认", "compare tables with their source and confirm them"
    if not reports:
        return only_words(lang, title, say(lang, *NO_REPORT))
    report = report_choice(case)
    titles = [(reports[0].layout.title(t, lang), t) for t in TABLES]
    table = choice(lang, "表|选择要核对的表", "Table|choose the table to compare", titles)
    author = author_field(case)
    said, shown = w.HTML(), w.HTML()

    def now() -> Report:
        return in_force(case, reports[report.value])

    def refresh() -> None:
        of = now()
        confirm.disabled = case.is_demonstration
        undo.disabled = case.is_demonstration or case.confirmed(of, table.value) is None
        shown.value = _confirmed(case, of, lang).html + side_by_side(of, table.value, lang).html

    def chosen() -> None:
        said.value = ""
        refresh()

    def confirmed() -> None:
        attempt(lang, said, lambda: case.confirm(now(), table.value, author=author.value))
        refresh()

    def undone() -> None:
        entry = case.confirmed(now(), table.value)
        if entry:
            attempt(lang, said, lambda: case.withdraw(entry, author=author.value))
        refresh()

    zh = "已与原文核对，无误|确认本表各格的读数与原文一致"
    en = "Compared with the source: agrees|state that every cell of the table reads as its source"
    confirm = button(lang, zh, en, confirmed)
    undo = button(lang, "撤销确认|撤销本表的确认", "Undo|take the confirmation back", undone)
    for control in (report, table):
        on_change(control, chosen)
    refresh()
    return statement_panel(case, title, [report, table, author, beside([confirm, undo]), said, shown], [])


def decide_blanks(case: Case) -> Panel:
    """Decide for each report with blanks whether they are zero or not stated (01.5)."""
    lang = case.lang
    reports = [r for r in case.reports if blank_cells(case.before_blanks(r))]
    title = "决定各报告的空白怎么算", "decide what the blanks of each report are"
    if not reports:
        return only_words(lang, title, say(lang, "各报告都没有空白格。", "No report has blank cells."))
    names = [(r.name(lang), i) for i, r in enumerate(reports)]
    report = choice(lang, "报告|选择有空白的报告", "Report|choose a report with blanks", names)
    value = choice(lang, "空白|选择空白的含义", "Blanks|choose what the blanks are", [])
    reason, author = reason_field(lang), author_field(case)
    facts, said, effect = w.HTML(), w.HTML(), w.HTML()

    def now() -> Report:
        return in_force(case, reports[report.value])

    def refresh() -> None:
        of, entry = case.before_blanks(now()), case.blanks_stated(now())
        options = [(say(lang, "未填报（不作 0）", "not stated (not taken as 0)"), "not stated")]
        if not against_zero(of):
            options.insert(0, (say(lang, "空白按 0 计", "blanks are 0"), "zero"))
        refill(value, options)
        decided = blanks_in_words(entry, lang) if entry else say(lang, "尚未决定", "not decided")
        facts.value = Words((*_blanks_facts(of, lang), say(lang, f"决定：{decided}。", f"Decision: {decided}."))).html
        record.disabled = case.is_demonstration
        undo.disabled = case.is_demonstration or entry is None

    def chosen() -> None:
        said.value, effect.value = "", ""
        refresh()

    def finish(before: Report, entry: Entry | None) -> None:
        if entry:
            reason.value = ""
            effect.value = _verdicts(case, before, now(), lang).html
        refresh()

    def recorded() -> None:
        of = now()
        finish(of, attempt(lang, said, lambda: case.blanks(of, value.value, reason=reason.value, author=author.value)))

    def undone() -> None:
        of, entry = now(), case.blanks_stated(now())
        if entry:
            finish(of, attempt(lang, said, partial(case.withdraw, entry, reason=reason.value, author=author.value)))

    record = button(lang, "记录决定|记入案卷", "Record|record it in the case", recorded)
    undo = button(lang, "撤销|撤销这份报告的决定", "Undo|take the decision back", undone)
    on_change(report, chosen)
    refresh()
    controls = [report, facts, value, reason, author, beside([record, undo])]
    return statement_panel(case, title, [*controls, said, effect], [value, reason])


# --- pieces ---------------------------------------------------------------------------------------------------------------


def _as_read(case: Case, report: Report) -> Report:
    """Return a report of the case as the program read it."""
    pairs = ((now, raw) for s in case.sources for now, raw in zip(s.reports, s.read, strict=True))
    return next((raw for now, raw in pairs if now is report), report)


def _standing(case: Case, kind: Kind, report: Report, subject: Mapping[str, str]) -> Entry | None:
    """Return what stands about a figure of a report, also under a former name of its agency."""
    file = next((s.sha256 for s in case.sources if any(r.path == report.path for r in s.read)), "")
    subject = {k: v for k, v in subject.items() if k != "report"}
    for entry in (e for group in case.journal.standing(kind) for e in group if e.value is not None):
        same = entry.subject["report"] == report.key or entry.seen.get("source") == file
        year = entry.subject["report"].split("|")[1:2] == [str(report.year or "")]
        if same and year and all(entry.subject.get(k) == v for k, v in subject.items()):
            return entry
    return None


def _conflict(case: Case, entry: Entry | None, lang: Lang) -> str:
    """Show the statements that contradict each other, if an entry is one of them: none is applied."""
    current = case.journal.current(entry.kind, entry.subject) if entry else ()
    if len(current) < 2:
        return ""
    rows = tuple((says(e, lang, case.reports), e.reason, e.signed(lang)) for e in current)
    columns = heads(lang, "所载|理由|何人何时", "states|reason|by, when")
    zh = "以下记录互相冲突，均未采用；请商定后重新记录或撤销"
    en = "These contradict each other and none is applied; agree, then record anew or undo"
    return Table(columns, rows, say(lang, zh, en)).html


def _cell_as_read(report: Report, cell: str, lang: Lang) -> Words:
    label, read = report.layout.label(cell, lang), report.printed(cell) or say(lang, "空白", "blank")
    texts = [say(lang, f"{label}：程序读作 {read}。", f"{label}: the program read {read}.")]
    if not report.was_read(cell):
        texts = [say(lang, f"{label}：程序没有读到这一格。", f"{label}: the program read nothing for it.")]
    if report.remark(cell, lang):
        texts.append(say(lang, "现行：", "In force: ") + report.shown(cell, lang))
    return Words(tuple(texts))


def _confirmed(case: Case, report: Report, lang: Lang) -> Table:
    rows = []
    for table in TABLES:
        entry = case.confirmed(report, table)
        said = say(lang, "已确认", "confirmed") if entry else say(lang, "未确认", "not confirmed")
        rows.append((report.layout.title(table, lang), said, entry.signed(lang) if entry else "–"))
    return Table(
        heads(lang, "表|与原文核对|何人何时", "table|compared with the source|by, when"), tuple(rows), report.name(lang)
    )


# --- what a statement changes -----------------------------------------------------------------------------------------


def _effect_on_cell(case: Case, before: Report, after: Report, cell: str, lang: Lang) -> str:
    """Say what a statement changed: the cell, the sums that it stands in, the report's verdict."""
    label = after.layout.label(cell, lang)
    now = say(lang, f"{label}现为 {after.shown(cell, lang)}。", f"{label} is now {after.shown(cell, lang)}.")
    layout, sums = after.layout, (evaluate(before), evaluate(after))
    rows = tuple(
        (sum_name(layout, layout.identities[i], lang), *(_sum_ends(s, i, lang) for s in sums))
        for i in layout.touching(cell)
    )
    columns = heads(lang, "所在等式|原来|现在", "sum it stands in|before|now")
    none = sentence(lang, "这一格不在任何等式中。", "This cell stands in no sum.")
    return (
        Words((now,)).html + (Table(columns, rows) if rows else none).html + _verdicts(case, before, after, lang).html
    )


def _sum_ends(sums: Arithmetic, i: int, lang: Lang) -> str:
    words = in_words(sums.outcomes[i], lang)
    if sums.outcomes[i] != "failed":
        return words
    return say(lang, f"{words}，差 ", f"{words}, difference ") + number_or_text(sums.residuals[i])


def _verdicts(case: Case, before: Report, after: Report, lang: Lang) -> Words:
    """Say a report's verdict before and after; only the reports of its agency are checked again."""
    others = [r for r in case.reports if r is not after and after.agency and r.agency == after.agency]
    was, now = (in_words(run([*others, r], lang).of(r).verdict, lang) for r in (before, after))
    return sentence(
        lang, f"本报告的结论：原为“{was}”，现为“{now}”。", f"Verdict of the report: was “{was}”, is now “{now}”."
    )


def _blanks_facts(report: Report, lang: Lang) -> list[str]:
    """Say how many blanks there are and what follows if they are 0."""
    n, against = len(blank_cells(report)), [sum_name(report.layout, i, lang) for i in against_zero(report)]
    zh = f"{report.name(lang)}：{n} 个空白格。"
    en = f"{report.name(lang)}: {n} blank {'cell' if n == 1 else 'cells'}."
    facts = [say(lang, zh, en)]
    if against:
        names = say(lang, "；", "; ").join(against)
        zh = f"空白按 0 计时，{len(against)} 个等式不成立（{names}），因此不提供“按 0 计”。"
        en = f"With the blanks as 0, {len(against)} sums do not hold ({names}); so “zero” is not offered."
        facts.append(say(lang, zh, en))
        facts += [f.message(lang) for f in run([report], lang) if f.check == "T3-54"]
        return facts
    holds = evaluate(report).outcomes.count("conditional")
    if holds:
        zh = f"含空白的 {holds} 个等式在空白按 0 计时都成立；是否为 0 由机关确认。"
        en = f"The {holds} sums with blanks all hold with the blanks as 0; whether they are 0 the agency must say."
        facts.append(say(lang, zh, en))
    else:
        facts.append(say(lang, "空白不在任何可判断的等式中。", "The blanks stand in no sum that could be assessed."))
    return facts
