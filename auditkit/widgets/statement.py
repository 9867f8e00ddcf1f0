"""What every panel that states something has: who says it, why, a button, and the line that says what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import ipywidgets as w

from auditkit.case import Case, CaseError
from auditkit.journal import Entry
from auditkit.reading import ReadingError
from auditkit.report import Report
from auditkit.tables import Words, sentence
from auditkit.widgets.base import WIDE, Panel, choice, named, panel, readable
from auditkit.wording import Lang, say

NO_REPORT = "案卷中没有可读的报告。", "The case has no report that can be read."
FULL = {"width": "auto", "max_width": "60em"}
"""Layout of what is typed: as wide as the page, never wider."""
_AUTHORS: WeakKeyDictionary[Case, w.Combobox] = WeakKeyDictionary()


def off(case: Case) -> Words | None:
    """Say that nothing can be stated here and where it can; None where it can be."""
    if not case.is_demonstration:
        return None
    return sentence(
        case.lang,
        "演示案卷只读，这里不能记录。请在终端运行 auditkit lab，在演示案卷的副本或自己的案卷中记录。",
        "The demonstration case is read-only: nothing is recorded here. Run auditkit lab in a terminal "
        "to record in a copy of it or in a case of your own.",
    )


def author_field(case: Case) -> w.Combobox:
    """Return the field for who states it: one a case, so that a name typed in one panel stands in all.

    It holds the case's auditor if there is one only; with several it offers them.
    """
    if case not in _AUTHORS:
        lang, names = case.lang, case.auditors
        _AUTHORS[case] = w.Combobox(
            continuous_update=False,
            value=names[0] if len(names) == 1 else "",
            options=names,
            description=say(lang, "审计人员", "Auditor"),
            placeholder=say(lang, "姓名", "name"),
            tooltip=say(lang, "谁作这项记录；各面板共用", "who states this; the same in all panels"),
            style=WIDE,
            layout=w.Layout(**FULL),
            disabled=case.is_demonstration,
        )
    return _AUTHORS[case]


def reason_field(lang: Lang) -> w.Text:
    """Return the field for why."""
    return text_field(lang, "理由|为什么这样认定；会写入底稿", "Reason|why; it is filed")


def text_field(lang: Lang, zh: str, en: str) -> w.Text:
    """Return a field for a line of text, labelled as by `named`."""
    # sent when left: sent letter by letter, a button pressed at once would overtake the last ones
    return w.Text(continuous_update=False, **named(lang, zh, en), style=WIDE, layout=w.Layout(**FULL))


def report_choice(case: Case) -> w.Dropdown:
    """Return the list of the case's reports; its value is the report's place in ``case.reports``, None if there is none."""
    lang = case.lang
    chosen = choice(
        lang, "报告|选择报告", "Report|choose a report", [(r.name(lang), i) for i, r in enumerate(case.reports)]
    )
    chosen.value = 0 if chosen.options else None
    return chosen


def in_force(case: Case, report: Report) -> Report | None:
    """Return a report as it is stated now, whatever was recorded since; None if it is no longer in scope."""
    found = (r for s in case.sources if s.in_scope for r in s.reports)
    return next((r for r in found if r.path == report.path and r.naming == report.naming), None)


def button(lang: Lang, zh: str, en: str, act: Callable[[], None], *, disabled: bool = False) -> w.Button:
    """Return a button that calls `act`, labelled as by `named`."""
    pressed = w.Button(**named(lang, zh, en), disabled=disabled, layout=w.Layout(width="max-content"))
    pressed.on_click(lambda _: act())
    return pressed


def beside(children: Sequence[w.Widget]) -> w.Box:
    """Set controls side by side; they wrap where the page is narrow."""
    return w.Box(tuple(children), layout=w.Layout(display="flex", flex_flow="row wrap", width="100%"))


def attempt(lang: Lang, said: w.HTML, act: Callable[[], Entry]) -> Entry | None:
    """Make an entry and say so in the line `said`, or why it was not made."""
    try:
        entry = act()
    except (CaseError, ReadingError) as error:
        said.value = Words((say(lang, "没有记录：", "Not recorded: ") + error.message(lang),)).html
        return None
    done = say(lang, "已记录", "Recorded") if entry.value is not None else say(lang, "已撤销", "Undone")
    said.value = sentence(lang, f"{done}（{entry.signed('zh')}）。", f"{done} ({entry.signed('en')}).").html
    return entry


def take_back(case: Case, said: w.HTML, entries: Iterable[Entry], author: str) -> None:
    """Withdraw what stands of some entries, or say that nothing does."""
    standing = [e for e in entries if e.value is not None]
    if not standing:
        said.value = sentence(case.lang, "没有可撤销的记录。", "There is nothing to undo.").html
    for entry in standing:
        attempt(case.lang, said, partial(case.withdraw, entry, author=author))


def statement_panel(
    case: Case, title: tuple[str, str], children: Sequence[w.Widget], writing: Sequence[w.Widget]
) -> Panel:
    """Put a panel together; in the demonstration case what writes is off, and a sentence says where it is not."""
    closed = off(case)
    for control in writing if closed else ():
        control.disabled = True
    return panel(case.lang, *title, [w.HTML(closed.html), *children] if closed else children)


def only_words(lang: Lang, title: tuple[str, str], text: str) -> Panel:
    """Return a panel in which there is nothing to state, and why."""
    return panel(lang, *title, [w.HTML(Words((text,)).html)])


def refill(control: w.Dropdown, options: Sequence[tuple[str, Any]]) -> None:
    """Put options into a list; what was chosen stays chosen where it is still offered."""
    kept, values, options = control.value, [value for _, value in options], readable(options)
    if tuple(options) != tuple(control.options):
        control.options = options
    control.value = kept if kept in values else values[0] if values else None
