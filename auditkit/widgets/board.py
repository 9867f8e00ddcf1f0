"""The board: exceptions one by one, each beside the form and its source, and what the auditor decides on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import ipywidgets as w

from auditkit.case import Case, CaseError
from auditkit.case.journal import Entry, Journal
from auditkit.case.stated import Disposition
from auditkit.case.words import STATES, State, says, state_in_words
from auditkit.findings import Finding, Findings, Numbered, in_words
from auditkit.forms import TABLES, table_name
from auditkit.tables import LOOKED_AT, FormTable, Sheet, Shown, Table, Words, heads, marks, sentence
from auditkit.views.common import coded, printed_and_implied
from auditkit.views.consistency import source_rows
from auditkit.views.decisions import Which, counts, is_flag, items, progress, when
from auditkit.widgets.base import (
    FULL,
    WIDE,
    Panel,
    attempt,
    author_field,
    beside,
    button,
    choice,
    off,
    on_change,
    panel,
    readable,
    reason_field,
    text_field,
)
from auditkit.wording import Lang, say

ROWS = 10
"""Lines of the list that are seen at a time."""
CUT = 36
"""Letters of a flag that stand in the list."""
_TITLES = {
    "consistency": ("逐项处理报告内的例外", "decide on the exceptions within reports"),
    "years": ("逐项处理跨年的例外", "decide on the exceptions across years"),
    "anomalies": ("逐条处理异常提示", "decide on the anomaly flags"),
}


def board(case: Case, which: Which = "consistency") -> Panel:
    """Decide on exceptions or flags one by one (02.10, 03.10, 04.10).

    `which` is ``consistency`` for what is found within a report, ``years`` for what is found across years, ``anomalies``
    for the ranked flags of notebook 04. In the demonstration case all is shown and nothing recorded.
    """
    new = _Board(case, which)
    if not case.is_demonstration:
        if before := _LATEST.get((case.path, which)):
            new.go_on_from(before)
        _LATEST[case.path, which] = new
    return panel(case.lang, *_TITLES[which], new.children())


_LATEST: dict[tuple[Path, Which], _Board] = {}
"""The board of a case that was shown last: where the notebook is run again, the next one goes on from it."""


class _Board:
    """The controls, and what they stand on: read anew from the case whenever its journal changed."""

    def __init__(self, case: Case, which: Which) -> None:
        self.case, self.which, self.lang = case, which, case.lang
        self.items: tuple[Numbered, ...] = ()
        self.decided: tuple[Disposition, ...] = ()
        self.at: int | None = None
        self.drafts: dict[tuple[str, str], tuple[State, str, str]] = {}
        self._seen: tuple[Findings, Journal] | None = None
        self._quiet = False
        self.read()
        lang = self.lang
        self.filters = self._filters()
        self.list = w.Select(
            rows=ROWS,
            description=say(lang, "提示", "Flags") if which == "anomalies" else say(lang, "例外", "Exceptions"),
            tooltip=say(lang, "用上下箭头键逐项查看", "go through them with the arrow keys"),
            style=WIDE,
            layout=w.Layout(**FULL),
        )
        states = [(state_in_words(s, lang), s) for s in STATES]
        self.state = choice(lang, "处理结果|选择处理结果", "Disposition|choose one", states)
        self.reason, self.author = reason_field(lang), author_field(case)
        self.note = text_field(lang, "备注|与本项有关的备注", "Note|a note on this one")
        self.done, self.said, self.evidence = w.HTML(), w.HTML(), w.HTML(layout=w.Layout(width="100%"))
        self.acts = [
            self._button("上一项|看上一项", "Previous|the one before", partial(self.step, -1)),
            self._button("下一项|看下一项", "Next|the next one", partial(self.step, 1)),
            self._button("记录决定|记录这一项的处理结果", "Record|record the disposition", self.record),
            self._button(
                "记录并下一项|记录后转到下一项未决的",
                "Record, next|record, then go to the next open one",
                self.record_next,
            ),
            self._button("撤销|撤销这一项现行的决定", "Undo|take back the decision in force", self.undo),
            self._button("记录备注|把备注写入案卷", "Record note|write the note to the case", self.record_note),
            self._button(
                "撤回备注|撤回这一项最近的备注", "Undo note|take back the latest note on this one", self.undo_note
            ),
        ]
        for control in (self.state, self.reason, self.note, *self.acts[2:]):
            control.disabled = case.is_demonstration
        for control in self.filters.values():
            on_change(control, self._guard(self.filter))
        on_change(self.list, self._guard(self.choose))
        self.filter()

    def children(self) -> list[w.Widget]:
        """Return the controls in the order of the Tab key; they wrap where the page is narrow."""
        decide = [self.state, self.reason, self.author, beside(self.acts[2:5]), self.note, beside(self.acts[5:])]
        left = w.VBox((self.list, beside(self.acts[:2]), *decide, self.said), layout=_column("1 1 20em"))
        right = w.VBox((self.evidence,), layout=_column("3 1 34em"))
        return [self.done, beside(list(self.filters.values())), beside([left, right])]

    def go_on_from(self, before: _Board) -> None:
        """Look at what the board before looked at, and keep what was typed there and not recorded."""
        before.leave()
        self.drafts |= before.drafts
        at = None if before.at is None else self._find(before.items[before.at].finding.id)
        if at is not None:
            self.at = None  # nothing was typed here yet
            self.fill(at)

    def _button(self, zh: str, en: str, act: Callable[[], object]) -> w.Button:
        return button(self.lang, zh, en, self._guard(act))

    # --- what the case says ---

    def read(self) -> bool:
        """Read what the case says now, if that changed; return whether it did."""
        seen, before = (self.case.findings, self.case.journal), self._seen
        if before and seen[0] is before[0] and seen[1] is before[1]:
            return False
        if before is None or seen[0] is not before[0]:
            current = None if self.at is None else self.items[self.at].finding.id
            self.items = items(self.case, self.which)
            self.at = self._find(current)
        self.decided = tuple(self.case.disposition(e.finding) for e in self.items)
        self._seen = seen
        return True

    def _find(self, finding_id: str | None) -> int | None:
        return next((i for i, e in enumerate(self.items) if e.finding.id == finding_id), None)

    def _guard(self, act: Callable[[], object]) -> Callable[[], None]:
        """Return what a control calls: it says why where the case cannot be read."""

        def guarded() -> None:
            if self._quiet:
                return
            try:
                act()
            except CaseError as error:
                self.said.value = Words((error.message(self.lang),)).html

        return guarded

    # --- filters and list ---

    def _filters(self) -> dict[str, w.Dropdown]:
        lang, every = self.lang, (say(self.lang, "全部", "all"), "")
        other = say(lang, "其他", "other"), "other"
        kinds = dict.fromkeys(_kind(e.finding, lang) for e in self.items)
        agencies = sorted({e.result.report.agency or "" for e in self.items})
        nobody = say(lang, "（未写明机关）", "(agency not stated)")
        found = {
            say(lang, "种类", "Kind"): [every, *((kind, kind) for kind in kinds)],
            say(lang, "所在表", "Table"): [every, *((table_name(table, lang), table) for table in TABLES), other],
            say(lang, "状态", "State"): [every, *((state_in_words(s, lang), s) for s in STATES)],
            say(lang, "机关", "Agency"): [every, *((a or nobody, f"={a}") for a in agencies)],
        }
        if self.which != "anomalies":
            both = (say(lang, "矛盾和警告", "contradictions and warnings"), "both")
            severities = [both, every, *((in_words(s, lang), s) for s in ("error", "warning", "note"))]
            found = {say(lang, "程度", "Severity"): severities, **found}
        out = {}
        for label, options in found.items():
            out[label] = choice(lang, f"{label}|只列出所选{label}的", f"{label}|list only these", options)
            out[label].value = options[0][1]
        return out

    def matches(self, i: int) -> bool:
        """Whether the filters let an item through."""
        finding, report = self.items[i].finding, self.items[i].result.report
        # the filters' codes and words differ from each other, so one set serves all
        facts = {"", finding.severity, _kind(finding, self.lang), f"={report.agency or ''}", self.decided[i].state}
        facts |= {_section(self.items[i])} | ({"both"} if counts(finding) else set())
        return all(control.value in facts for control in self.filters.values())

    def fill(self, at: int | None) -> None:
        """List what the filters let through, and the item that is looked at; show it."""
        here = [i for i in range(len(self.items)) if i == at or self.matches(i)]
        options = readable([(self.line(i), i) for i in here])
        self._quiet = True  # new options move the choice; nothing was chosen by that
        try:
            if list(self.list.options) != options:
                self.list.options = options
            self.list.value = at
        finally:
            self._quiet = False
        self.done.value = Words((progress(zip(self.items, self.decided, strict=True), self.lang), *self._latest())).html
        self.show()

    def _latest(self) -> list[str]:
        """Say what was recorded last, and when; the cell beneath does not know of it until it is run again."""
        found = [(d.entry, e) for e, d in zip(self.items, self.decided, strict=True) if d.entry]
        if not found:
            return []
        order = {entry.id: i for i, entry in enumerate(self.case.journal.entries)}  # two may be of one second
        entry, e = max(found, key=lambda pair: order[pair[0].id])
        state, lang = says(entry, self.lang), self.lang
        zh = f"现行决定中最近的一项：{e.label} {state}（{entry.signed(lang)}）。下一格的清单再运行后更新。"
        en = f"Latest decision in force: {e.label} {state} ({entry.signed(lang)}). The list in the next cell follows when it is run again."
        return [say(lang, zh, en)]

    def line(self, i: int) -> str:
        """Say an item in a line of the list; the state stands early, so that a narrow list shows it."""
        e, lang = self.items[i], self.lang
        words = e.finding.message(lang)
        cut = words[:CUT] + ("…" if len(words) > CUT else "")
        what = cut if is_flag(e.finding) else f"{e.finding.check} · {in_words(e.finding.severity, lang)}"
        return f"{e.label} {state_in_words(self.decided[i].state, lang)} · {e.result.report.name(lang)} · {what}"

    def filter(self) -> None:
        """A filter was set: list anew, from the first."""
        self.leave()
        self.read()
        self.fill(next((i for i in range(len(self.items)) if self.matches(i)), None))

    def choose(self) -> None:
        """Another line was chosen."""
        chosen = None if self.list.value is None else self.items[self.list.value].finding.id
        self.leave()
        self.said.value = ""
        if self.read():
            self.fill(self._find(chosen))
        else:
            self.show()

    def step(self, by: int) -> None:
        """Go to the line before or after; where there is none, at least see what is new."""
        self.leave()
        if self.read():
            self.fill(self.at)
        here = [value for _, value in self.list.options]
        if here:
            to = here.index(self.list.value) + by if self.list.value in here else 0
            self.list.value = here[min(max(to, 0), len(here) - 1)]

    # --- one item ---

    def leave(self) -> None:
        """Keep what was typed and not recorded, for when the item is chosen again."""
        if self.at is not None:
            typed, item = (self.state.value, self.reason.value, self.note.value), _draft_of(self.items[self.at])
            self.drafts.pop(item, None)
            if typed != self._recorded(self.at):
                self.drafts[item] = typed

    def _recorded(self, i: int) -> tuple[State, str, str]:
        entry = self.decided[i].entry
        return self.decided[i].state, entry.reason if entry else "", ""

    def show(self) -> None:
        """Show the item chosen: what it is, the form, the source, its history, and what is recorded or was typed."""
        self.at = self.list.value
        if closed := off(self.case):
            self.said.value = closed.html
        if self.at is None:
            gone = (
                "原先查看的事项已不在案卷中，请在列表中另选一项。",
                "What was looked at is gone; please choose from the list.",
            )
            none = "没有符合条件的事项。", "Nothing to list."
            self.evidence.value = sentence(self.lang, *(gone if self.list.options else none)).html
            return
        e = self.items[self.at]
        self.state.value, self.reason.value, self.note.value = self.drafts.get(_draft_of(e)) or self._recorded(self.at)
        self.evidence.value = in_full(self.case, e, self.decided[self.at]).html

    # --- deciding ---

    def record(self) -> bool:
        """Record the disposition chosen."""
        return self._make(self._dispose)

    def _dispose(self, e: Numbered, decided: Disposition) -> Entry:
        if self.state.value == "open" and decided.entry is None:
            raise CaseError("请先选择处理结果。", "Please choose a disposition first.")
        return self.case.dispose(e.finding, self.state.value, author=self.author.value, reason=self.reason.value)

    def record_next(self) -> None:
        """Record, then go to the next open item of the list."""
        if self.record() and self.at is not None:
            said, here = self.said.value, [value for _, value in self.list.options]
            place = here.index(self.at)
            if rest := [i for i in here[place + 1 :] + here[:place] if self.decided[i].state == "open"]:
                self.list.value = rest[0]
            else:
                said += sentence(self.lang, "列表中没有其他未决事项。", "Nothing else in the list is open.").html
            self.said.value = said

    def undo(self) -> None:
        """Take back the decision in force, or both of two that conflict; the exception is open again."""
        self._make(lambda _, decided: self._withdraw(_current(self.case, decided)))

    def record_note(self) -> None:
        """Write a note on the item."""
        self._make(lambda e, _: self.case.note(self.note.value, author=self.author.value, finding=e.finding))

    def undo_note(self) -> None:
        """Take back the latest note on the item."""
        self._make(lambda e, _: self._withdraw(self.case.notes(e.finding)))

    def _withdraw(self, entries: Sequence[Entry]) -> Entry:
        standing = [entry for entry in entries if entry.value is not None]
        if not standing:
            raise CaseError("没有可撤销的记录。", "There is nothing to take back.")
        last, typed = standing[-1], self.reason.value
        return self.case.withdraw(last, author=self.author.value, reason=typed if typed != last.reason else "")

    def _make(self, act: Callable[[Numbered, Disposition], Entry]) -> bool:
        """Make an entry on the item that is looked at; say so, or why it was not made."""
        if self.at is None:
            raise CaseError("请先在列表中选一项。", "Please choose from the list first.")
        e, decided = self.items[self.at], self.decided[self.at]
        self.leave()
        if self.read() and not self._as_shown(e, decided):
            return False
        entry = attempt(self.lang, self.said, lambda: act(e, decided))
        if entry is None:
            return False
        what = says(entry, self.lang) if entry.kind == "dispose" else say(self.lang, "备注", "note")
        self.said.value = Words((f"{e.label} · {what}",)).html + self.said.value
        self.read()
        if entry.kind == "dispose" and self.at is not None:
            self.state.value, self.reason.value, _ = self._recorded(self.at)
        elif entry.value is not None:
            self.note.value = ""
        self.leave()
        self.fill(self.at)
        return True

    def _as_shown(self, e: Numbered, decided: Disposition) -> bool:
        """Whether an item still is what is on the screen; if not, show it anew: nobody decides over what they did not see."""
        now = None if self.at is None else (self.items[self.at].finding.figures, self.decided[self.at].history)
        if now == (e.finding.figures, decided.history):
            return True
        self.fill(self.at)
        zh = "没有记录：本项另有新的变化，请看过后再决定。"
        en = "Not recorded: this one has changed since; please look again."
        self.said.value = Words((say(self.lang, zh, en),)).html
        return False


def _draft_of(e: Numbered) -> tuple[str, str]:
    """Return under what a draft is kept: what was typed on other figures does not hold for these."""
    return e.finding.id, e.finding.figures


# --- what stands beside the controls ----------------------------------------------------------------------------------


def in_full(case: Case, e: Numbered, decided: Disposition) -> Sheet:
    """Show an exception in words, its history, its rows in the source, what would explain it, the official tables."""
    lang, finding, report = case.lang, e.finding, e.result.report
    code = "" if e.label == "–" or is_flag(finding) else f" · {coded(e, lang)}"
    words = [
        f"{e.label} {report.name(lang)}{code}",
        finding.message(lang),
        *(say(lang, *c) for c in finding.consequences),
    ]
    if basis := say(lang, *finding.basis):
        words.append(say(lang, f"依据：{basis}", f"Basis: {basis}"))
    if decided.why_open:
        words.insert(0, say(lang, "重新未决：", "Open again: ") + say(lang, *decided.why_open))
    implied = printed_and_implied(e, lang)
    rows: list[tuple[Sequence[tuple[object, ...]], str, str]] = [
        (_history(case, decided), "处理经过|时间|记录人|处理结果|理由|效力", "History|when|by|disposition|reason|standing"),
        ([(str(n.value), n.author, when(n)) for n in case.notes(finding)], "备注|备注|记录人|时间", "Notes|note|by|when"),
        (source_rows(case, e), "原文|文件中的位置|该行原文", "In the source|place in the file|the row in the source"),
        ([implied] if implied[1] != "–" else [], "推定（请核实）|现为|若其余数据无误，此处应为",
         "Implied (please verify)|is|would be, if all others are right"),
    ]  # fmt: skip
    parts: list[Shown] = [Words(tuple(words), "ak-verdict")]
    for lines, zh, en in rows:
        caption, *columns = heads(lang, zh, en)
        parts += [Table(tuple(columns), tuple(lines), caption)] if lines else []
    own = frozenset(c for c in finding.cells if c in report.layout.index)
    tables = dict.fromkeys(c.table for c in report.layout.cells if c.id in own)
    parts += [FormTable(report, table, lang, own, LOOKED_AT) for table in tables]
    return Sheet((*parts, marks(lang, LOOKED_AT)) if own else tuple(parts))


def _current(case: Case, decided: Disposition) -> Sequence[Entry]:
    return case.journal.current("dispose", decided.history[-1].subject) if decided.history else ()


def _history(case: Case, decided: Disposition) -> list[tuple[object, ...]]:
    """Every decision so far, oldest first, and what became of it."""
    lang, current = case.lang, _current(case, decided)
    force = say(lang, "现行", "in force")
    if len(current) > 1:
        force = say(lang, "与另一条冲突，未采用", "in conflict with another, not applied")
    elif decided.why_open:
        force = say(lang, "数字已变，不再适用", "figures changed since, no longer applied")
    replaced = say(lang, "已被后来的记录取代", "replaced by a later one")
    return [(when(h), h.author, says(h, lang), h.reason, force if h in current else replaced) for h in decided.history]


def _section(e: Numbered) -> str:
    own = [c for c in e.finding.cells if c in e.result.report.layout.index]
    return e.result.report.layout.cell(own[0]).table if own else "other"


def _kind(finding: Finding, lang: Lang) -> str:
    if not is_flag(finding):
        return in_words(finding.kind, lang)
    past = finding.check.endswith("own-past")
    return say(lang, "与往年相比", "against its own past") if past else say(lang, "依规则", "by rule")


def _column(flex: str) -> w.Layout:
    return w.Layout(flex=flex, min_width="0", margin="0 1.5em 0 0", overflow="visible")
