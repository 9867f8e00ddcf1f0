"""What panels are made of: labelled controls; for those that state something who says it, why, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import ipywidgets as w

from auditkit.case import Case, CaseError
from auditkit.case.journal import Entry
from auditkit.reading.page import ReadingError
from auditkit.report import Report
from auditkit.tables import Words, sentence, visible
from auditkit.widgets.settled import settled
from auditkit.wording import Lang, say

WIDE = {"description_width": "initial"}
NO_REPORT = "案卷中没有可读的报告。", "The case has no report that can be read."
FULL = {"width": "auto", "max_width": "60em"}
"""Layout of what is typed: as wide as the page, never wider."""
_AUTHORS: WeakKeyDictionary[Case, w.Combobox] = WeakKeyDictionary()
_LATEST: dict[Path, w.Combobox] = {}
"""The field for who states it that a case folder had last: a name typed there stands when the notebook is run again."""


class Panel(w.VBox):  # type: ignore[misc]
    """A panel; where no widgets can be shown it says what it is in a line."""

    def __init__(self, words: str, children: Sequence[w.Widget]) -> None:
        super().__init__(children=tuple(children))
        self._words = words

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = super()._repr_mimebundle_(**kwargs)
        if isinstance(data, dict):
            data["text/plain"] = self._words
        return data


def panel(lang: Lang, zh: str, en: str, children: Sequence[w.Widget]) -> Panel:
    """Make a panel; the words say what it is where no widgets are shown."""
    return Panel(say(lang, f"【面板】{zh}（在 JupyterLab 中使用）", f"[Panel] {en} (for use in JupyterLab)"), children)


def named(lang: Lang, zh: str, en: str) -> dict[str, str]:
    """Return a control's label and the hint that explains it, written ``标签|提示`` and ``label|hint``."""
    label, _, hint = say(lang, zh, en).partition("|")
    return {"description": label, "tooltip": hint}


def choice(lang: Lang, zh: str, en: str, options: Sequence[tuple[str, Any]]) -> w.Dropdown:
    """Make a list to choose from, labelled as by `named`."""
    layout = w.Layout(width="max-content", max_width="100%")
    return w.Dropdown(options=readable(options), **named(lang, zh, en), style=WIDE, layout=layout)


def readable(options: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return options with labels that show as they are, whatever characters a report or file name has."""
    return [(visible(label), value) for label, value in options]


def on_change(control: w.Widget, show: Callable[[], None]) -> None:
    """Call `show` whenever a control's value changes; see `settled` for when the browser changed it."""
    act = settled(show)

    def changed(_: object) -> None:
        act()

    control.observe(changed, names="value")


# --- panels that state something --------------------------------------------------------------------------------------


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

    It holds the name that was typed in this folder's case before, else the case's auditor if there is one only; with several it
    offers them.
    """
    if case not in _AUTHORS:
        lang, names = case.lang, case.auditors
        zh, en = "审计人员|谁作这项记录；各面板共用", "Auditor|who states this; the same in all panels"
        field = _AUTHORS[case] = offering(lang, zh, en, names)
        before = _LATEST[case.path].value if case.path in _LATEST else ""
        field.value, field.placeholder = before or (names[0] if len(names) == 1 else ""), say(lang, "姓名", "name")
        field.disabled = case.is_demonstration
    _LATEST[case.path] = _AUTHORS[case]
    return _AUTHORS[case]


def reason_field(lang: Lang) -> w.Text:
    """Return the field for why."""
    return text_field(lang, "理由|为什么这样认定；会写入底稿", "Reason|why; it is filed")


def text_field(lang: Lang, zh: str, en: str) -> w.Text:
    """Return a field for a line of text, labelled as by `named`."""
    # sent when left: no panel needs half a word
    return w.Text(continuous_update=False, **named(lang, zh, en), style=WIDE, layout=w.Layout(**FULL))


def offering(lang: Lang, zh: str, en: str, options: Sequence[str]) -> w.Combobox:
    """Return a field for a line of text that offers some, labelled as by `named`."""
    look = {"continuous_update": False, "style": WIDE, "layout": w.Layout(**FULL)}
    return w.Combobox(options=options, **named(lang, zh, en), **look)


def report_choice(case: Case) -> w.Dropdown:
    """Return the list of the case's reports; its value is the report's place in ``case.reports``, None if there is none."""
    lang = case.lang
    chosen = choice(
        lang, "报告|选择报告", "Report|choose a report", [(r.name(lang), i) for i, r in enumerate(case.reports)]
    )
    chosen.value = 0 if chosen.options else None
    return chosen


def in_force(case: Case, report: Report) -> Report:
    """Return a report as it is stated now, whatever was recorded since; as it was if it is no longer in scope."""
    found = (r for s in case.sources if s.in_scope for r in s.reports)
    return next((r for r in found if r.path == report.path and r.naming == report.naming), report)


def button(lang: Lang, zh: str, en: str, act: Callable[[], None], *, disabled: bool = False) -> w.Button:
    """Return a button that calls `act` (see `settled`), labelled as by `named`."""
    asked = settled(act)
    pressed = w.Button(**named(lang, zh, en), disabled=disabled, layout=w.Layout(width="max-content"))
    pressed.on_click(lambda _: asked())
    return pressed


def beside(children: Sequence[w.Widget]) -> w.Box:
    """Set controls side by side; they wrap where the page is narrow."""
    return w.Box(tuple(children), layout=w.Layout(display="flex", flex_flow="row wrap", width="100%"))


def attempt(lang: Lang, said: w.HTML, act: Callable[[], Entry]) -> Entry | None:
    """Make an entry and say so in the line `said`, or why it was not made."""
    try:
        entry = act()
    except (CaseError, ReadingError) as error:
        why, head = error.message(lang), say(lang, "没有记录：", "Not recorded: ")
        said.value = Words((why if why.startswith(("没有记录", "nothing was recorded")) else head + why,)).html
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
