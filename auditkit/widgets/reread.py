"""The panel of notebook 01 for the re-reading sample: a person reads the source without seeing the program's reading."""

from __future__ import annotations

import ipywidgets as w

from auditkit.case import Case, CaseError
from auditkit.case.journal import Entry
from auditkit.case.stated import Rereading
from auditkit.report import Report
from auditkit.sampling import reread, sample
from auditkit.tables import Words
from auditkit.views.common import file_name
from auditkit.widgets.base import (
    NO_REPORT,
    WIDE,
    Panel,
    attempt,
    author_field,
    beside,
    button,
    in_force,
    named,
    on_change,
    only_words,
    statement_panel,
    text_field,
)
from auditkit.wording import Lang, say


def reread_sample(case: Case) -> Panel:
    """Read a sample of cells again in the source, without being shown what the program read (01.4)."""
    lang, cells = case.lang, sample(case)
    title = "重读抽取的格，估计读取差错率", "read a sample of cells again and estimate the error rate"
    if not cells:
        return only_words(lang, title, say(lang, *NO_REPORT))
    which = named(lang, f"样本第几格|1 至 {len(cells)}", f"Cell no.|1 to {len(cells)}")
    number = w.BoundedIntText(value=1, min=1, max=len(cells), **which, style=WIDE)
    text = text_field(lang, "原文所载|请打开源文件，照原文录入", "The source has|open the file; as it has it")
    zh = "原文此格为空白|原文中这一格没有内容时勾选"
    en = "blank in the source|tick if nothing stands in this cell"
    blank = w.Checkbox(value=False, indent=False, **named(lang, zh, en), disabled=case.is_demonstration)
    author = author_field(case)
    task, said, shown = w.HTML(), w.HTML(), w.HTML()

    def now() -> Report:
        return in_force(case, cells[number.value - 1][0])

    def refresh() -> None:
        of, cell = now(), cells[number.value - 1][1]
        done = reread(case, cells)
        progress = say(
            lang, f"已重读 {len(done)} / {len(cells)} 格。", f"{len(done)} of {len(cells)} cells read again."
        )
        task.value = Words((progress, *_where_to_read(of, cell, lang))).html
        mine = done.get((of.key, cell))
        differs = mine is not None and not mine.agrees
        record.disabled = case.is_demonstration
        undo.disabled = case.is_demonstration or mine is None
        correct.disabled = case.is_demonstration or not differs or of.readings[cell].stated == "correct"
        correct.layout.display = "" if differs else "none"
        shown.value = _compared(mine, of, lang).html if mine else ""

    def chosen() -> None:
        said.value, text.value, blank.value = "", "", False
        refresh()

    def recorded() -> None:
        cell = cells[number.value - 1][1]

        def act() -> Entry:
            if bool(text.value.strip()) == blank.value:
                zh = "请录入原文所载；原文为空白时勾选“原文此格为空白”。"
                en = "please type what the source has, or tick “blank in the source”."
                raise CaseError(zh, en)
            return case.reread(now(), cell, text.value, author=author.value)

        attempt(lang, said, act)
        refresh()

    def undone() -> None:
        mine = reread(case, cells).get((now().key, cells[number.value - 1][1]))
        if mine:
            attempt(lang, said, lambda: case.withdraw(mine.entry, author=author.value))
        refresh()

    def corrected() -> None:
        cell = cells[number.value - 1][1]
        mine = reread(case, cells).get((now().key, cell))
        why = say(lang, "重读样本：原文与程序读数不同", "re-reading sample: the source has another figure")
        if mine:
            attempt(lang, said, lambda: case.correct(now(), cell, mine.seen, reason=why, author=author.value))
        refresh()

    def step(by: int) -> None:
        number.value = min(max(number.value + by, 1), len(cells))

    record = button(lang, "记录重读|记入案卷", "Record|record it in the case", recorded)
    undo = button(lang, "撤销|撤销这一格的重读", "Undo|take this re-reading back", undone)
    zh = "按此更正|按重读的内容更正程序读数"
    en = "Correct accordingly|correct the program's reading to what was read again"
    correct = button(lang, zh, en, corrected)
    back = button(lang, "上一格|样本中的上一格", "Previous|previous cell", lambda: step(-1))
    on = button(lang, "下一格|样本中的下一格", "Next|next cell", lambda: step(1))
    done = reread(case, cells)
    number.value = next((n for n, (r, c) in enumerate(cells, 1) if (r.key, c) not in done), 1)
    on_change(number, chosen)
    refresh()
    controls = [number, task, text, blank, author, beside([record, on, back, undo, correct])]
    return statement_panel(case, title, [*controls, said, shown], [text])


def _compared(mine: Rereading, of: Report, lang: Lang) -> Words:
    """Say what a person read, whether the program read the same, and what is in force where it was corrected."""
    read, seen = (text or say(lang, "空白", "blank") for text in (mine.read, mine.seen))
    verdict = say(lang, f"与程序读数不同，程序读作 {read}", f"the program read {read}")
    if mine.agrees:
        verdict = say(lang, "重读与程序读数一致", "the same as the program read")
    lines = [say(lang, f"重读为 {seen}：{verdict}。", f"Read again as {seen}: {verdict}.")]
    if of.remark(mine.cell, lang):
        lines.append(say(lang, "现行：", "In force: ") + of.shown(mine.cell, lang))
    return Words(tuple(lines))


def _where_to_read(report: Report, cell: str, lang: Lang) -> tuple[str, str]:
    """Say where a cell stands, without what was read in it."""
    place, label = report.place(cell).describe(lang) or "–", report.layout.label(cell, lang)
    zh = f"请打开案卷 sources 中的 {file_name(report)}，{place}；这里不显示程序读数。"
    en = f"Please open {file_name(report)} in the case's sources, {place}; the program's reading is not shown here."
    return (say(lang, f"{report.name(lang)}，{label}", f"{report.name(lang)}, {label}"), say(lang, zh, en))
