"""The panel for agencies that were renamed or merged (03.1)."""

from __future__ import annotations

from functools import partial

import ipywidgets as w

from auditkit.case import Case
from auditkit.tables import Table, Words, heads, sentence
from auditkit.widgets.base import WIDE, Panel
from auditkit.widgets.statement import FULL, attempt, author_field, beside, button, reason_field, statement_panel
from auditkit.wording import say


def aliases(case: Case) -> Panel:
    """State that the agency called so in one year is the one called otherwise in another (03.1)."""
    lang = case.lang
    names = tuple(sorted({r.agency for s in case.sources for r in s.read if r.agency}))

    def field(label: str, hint: str) -> w.Combobox:
        return w.Combobox(
            continuous_update=False, options=names, description=label, tooltip=hint, style=WIDE, layout=w.Layout(**FULL)
        )

    former = field(say(lang, "报告中的名称", "Name in a report"), say(lang, "曾用名或并入的机关", "former or merged"))
    present = field(say(lang, "视为同一机关", "Is the same as"), say(lang, "现用名", "the present name"))
    reason, author, said, shown = reason_field(lang), author_field(case), w.HTML(), w.HTML()

    def show() -> None:
        groups = case.journal.standing("alias")
        rows = [(e.subject["name"], str(e.value), e.reason, e.signed(lang)) for g in groups for e in g]
        rows += [(name, to, "case.toml", "–") for name, to in case.aliases.items()]
        columns = heads(lang, "报告中的名称|视为|理由|何人何时", "name in a report|taken for|reason|by, when")
        none = say(lang, "没有改名或合并的认定。", "No agency is stated to be renamed or merged.")
        shown.value = Table(columns, tuple(rows)).html if rows else Words((none,)).html

    def recorded() -> None:
        who = {"reason": reason.value, "author": author.value}
        attempt(lang, said, lambda: case.alias(former.value, present.value, **who))
        show()

    def undone() -> None:
        entries = [e for e in case.journal.current("alias", {"name": former.value.strip()}) if e.value is not None]
        if not entries:
            said.value = sentence(lang, "这个名称没有可撤销的认定。", "Nothing is stated of this name.").html
        for entry in entries[-1:]:  # one withdrawal takes the place of all that stand
            attempt(lang, said, partial(case.withdraw, entry, author=author.value))
        show()

    show()
    record = button(lang, "记录|记入案卷", "Record|record it in the case", recorded)
    undo = button(lang, "撤销|撤销对这个名称的认定", "Undo|take back what is stated", undone)
    title = "认定改名或合并的机关", "state which agencies were renamed or merged"
    children = [former, present, reason, author, beside([record, undo]), said, shown]
    return statement_panel(case, title, children, [former, present, reason, record, undo])
