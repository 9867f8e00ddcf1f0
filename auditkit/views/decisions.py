"""How was each exception dealt with? What the board of notebooks 02, 03 and 04 is about, and its state as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from auditkit.anomalies import FLAG, decidable
from auditkit.case import Case
from auditkit.case.journal import Entry
from auditkit.case.stated import Disposition
from auditkit.case.words import says, state_in_words
from auditkit.findings import Finding, Numbered
from auditkit.tables import Sheet, Shown, Table, heads, sentence
from auditkit.views.common import numbered
from auditkit.wording import Lang, say

Which: TypeAlias = Literal["consistency", "years", "anomalies"]


def items(case: Case, which: Which) -> tuple[Numbered, ...]:
    """Return what there is to decide on, numbered as everywhere: findings (notes without number) or ranked flags."""
    if which == "anomalies":
        return decidable(case)
    return tuple(e for e in numbered(case) if e.finding.check.startswith("Y-") == (which == "years"))


def counts(finding: Finding) -> bool:
    """Whether it counts in "12 of 31 decided": exceptions and flags do, notes do not."""
    return finding.severity != "note" or is_flag(finding)


def is_flag(finding: Finding) -> bool:
    """Whether it is a flag of notebook 04, which is never an error."""
    return finding.check.startswith(FLAG)


def progress(listed: Iterable[tuple[Numbered, Disposition]], lang: Lang) -> str:
    """Say how many are decided."""
    states = [decided.state for e, decided in listed if counts(e.finding)]
    n, of = sum(state != "open" for state in states), len(states)
    return say(lang, f"已处理 {n} / {of}", f"{n} of {of} decided")


def decisions(case: Case, which: Which = "consistency") -> Shown:
    """What was decided on each exception (02.10, 03.10) or flag (04.10): by whom, when, why; what is open again."""
    lang, journal = case.lang, case.journal
    listed = [(e, case.disposition(e.finding)) for e in items(case, which)]
    known = {entry.id for _, decided in listed for entry in decided.history}
    gone = [e for group in journal.standing("dispose") for e in group if e.id not in known and _belongs(e, which)]
    told = [(e.label, str(n.value), n.author, when(n)) for e, _ in listed for n in case.notes(e.finding)]
    done = progress(listed, lang)
    if not (known or gone or told):
        return sentence(
            lang,
            f"到上次运行为止尚无决定：{done}。其后在面板中记录的已写入案卷，再运行本格即列出。",
            f"No decision as of the last run: {done}. What the panel recorded since is in the case; run this cell again to list it.",
        )
    done += say(lang, "（到上次运行为止）", " (as of the last run)")
    rows = [_row(e, decided, lang) for e, decided in listed if counts(e.finding) or decided.history]
    about = [(str(e.seen.get(lang, "–")), says(e, lang), e.reason, e.author, when(e)) for e in gone]
    columns = heads(lang, "编号|报告|事项|处理结果|理由|记录人|时间", "no.|report|exception|disposition|reason|by|when")
    note = heads(lang, "编号|备注|记录人|时间", "no.|note|by|when")
    parts: list[tuple[Sequence[tuple[object, ...]], tuple[str, ...], str]] = [
        (rows, columns, done),
        (about, columns[2:], say(lang, "所指事项已不在案卷中的决定", "Decisions on what is no longer in the case")),
        (told, note, say(lang, "审计人员的备注", "Auditors' notes")),
    ]
    return Sheet(tuple(Table(names, tuple(lines), caption) for lines, names, caption in parts if lines))


def _belongs(entry: Entry, which: Which) -> bool:
    check = str(entry.seen.get("check"))
    return which == ("anomalies" if check.startswith(FLAG) else "years" if check.startswith("Y-") else "consistency")


def _row(e: Numbered, decided: Disposition, lang: Lang) -> tuple[object, ...]:
    head = e.label, e.result.report.name(lang), e.finding.message(lang), state_in_words(decided.state, lang)
    if entry := decided.entry:
        return *head, entry.reason, entry.author, when(entry)
    if not decided.why_open:
        return *head, "", "", ""
    before = say(lang, "；", "; ").join(f"{says(h, lang)} ({h.author}, {when(h)})" for h in decided.history)
    return *head, say(lang, *decided.why_open) + say(lang, "。此前：", ". Before: ") + before, "", ""


def when(entry: Entry) -> str:
    """Return when an entry was made, to the minute."""
    return re.sub(r"(:\d\d):\d\d", r"\1", entry.when)
