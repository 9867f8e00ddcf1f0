"""What the journal's entries come to: figures corrected and placed, tables confirmed, exceptions disposed of.

An entry holds for what its author saw. Where its subject is no longer there, or is no longer what it was, it is not
applied but *lapses*: it is listed with the reason, and nothing of it is lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias, cast

from auditkit.case.journal import Entry, Journal, Kind
from auditkit.case.words import STATES, State, entry_in_words, kind_in_words
from auditkit.findings import Finding, Text, fingerprint
from auditkit.forms import TableId
from auditkit.placing.placement import Placed, Unplaced
from auditkit.reading.numbers import Figure, parse
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.wording import Lang, say

NEED_REASON: frozenset[State] = frozenset(("accepted", "not an exception"))
"""States that close an exception without anyone having to do anything: they need a reason."""
VANISHED = ("所指的内容已不在案卷中", "what it is about is no longer in the case")
OUT_OF_SCOPE = ("所在的文件不在审阅范围内", "the file it is about is not in scope")
_CHANGED = ("所指的数字已经改变，请重新判断", "the figures it is about have changed; please decide again")
_CONFLICT = (
    "与另一条记录冲突，请商定后重新记录",
    "in conflict with another entry; please agree and state it again",
)
_CIRCLE = ("这些名称互相指向，无法确定现用名", "these names point at each other, so the present one is not certain")
_TAKEN = ("该格另有数字", "the cell holds another figure")
_NOT_ZERO = (
    "空白都按 0 计时有等式不成立，没有按 0 计",
    "with all blanks as 0 some sums do not hold; they were not taken as 0",
)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """An entry that is not applied, and why."""

    entry: Entry
    why: Text

    def message(self, lang: Lang) -> str:
        """Say which entry is not applied, and why."""
        e, kind = self.entry, kind_in_words(self.entry.kind, lang)
        about, _, stated = entry_in_words(e, lang)
        about = about.rstrip("。.")
        zh = f"{e.author} 于 {e.time[:10]} 记录的“{kind}”（{about}：{stated}）未采用：{self.why[0]}。"
        en = f"{kind} by {e.author}, {e.time[:10]} ({about}: {stated}): not applied, {self.why[1]}."
        return say(lang, zh, en)


@dataclass(frozen=True, slots=True)
class Stated:
    """Which entries are in force and which are not."""

    applied: tuple[Entry, ...] = ()
    lapsed: tuple[Lapsed, ...] = ()


@dataclass(frozen=True, slots=True)
class Disposition:
    """What was decided on an exception: state, the entry in force, every entry so far, why it is open again."""

    state: State = "open"
    entry: Entry | None = None
    history: tuple[Entry, ...] = ()
    why_open: Text | None = None


@dataclass(frozen=True, slots=True)
class Rereading:
    """A cell of the sample as the program read it and as a person read it in the source."""

    report: Report
    cell: str
    read: str
    seen: str
    agrees: bool
    entry: Entry


# --- figures ------------------------------------------------------------------------------------------------------------


_Step: TypeAlias = Callable[[Report, Entry], Report | Text]
"""Applies an entry to a report, or says why it cannot be."""


def _judged(journal: Journal, kind: Kind, against: Callable[[Entry], Text | None]) -> Stated:
    """Say of each entry of a kind whether it is in force: it contradicts no other, and nothing speaks `against` it."""
    applied, lapsed = list[Entry](), list[Lapsed]()
    for group in journal.standing(kind):
        for entry in group:
            why = _CONFLICT if len(group) > 1 else against(entry)
            if why:
                lapsed.append(Lapsed(entry, why))
            else:
                applied.append(entry)
    return Stated(tuple(applied), tuple(lapsed))


def names(aliases: Mapping[str, str], journal: Journal) -> tuple[dict[str, str], Stated]:
    """Return former to present names: those of ``case.toml``, then those of the journal."""
    alone = _judged(journal, "alias", lambda entry: None)
    given = {**aliases, **{e.subject["name"]: str(e.value) for e in alone.applied}}
    out = {name: last for name in given if (last := last_name(name, given))}
    circles = tuple(Lapsed(e, _CIRCLE) for e in alone.applied if e.subject["name"] not in out)
    return out, Stated(tuple(e for e in alone.applied if e.subject["name"] in out), alone.lapsed + circles)


def last_name(name: str, given: Mapping[str, str]) -> str | None:
    """Return the name at the end of a chain of renamings; None where it goes round in a circle."""
    met = {name}
    while name in given:
        name = given[name]
        if name in met:
            return None
        met.add(name)
    return name


def present_key(key: str, aliases: Mapping[str, str]) -> str:
    """Return a report's key under the present name of its agency."""
    agency, bar, rest = key.partition("|")
    return aliases.get(agency, agency) + bar + rest


def scope(journal: Journal, files: Mapping[str, str]) -> tuple[dict[str, Entry], Stated]:
    """Return the files that are out of scope with the statement that says so; a changed file is in scope again.

    `files` are the names of the sources with their SHA-256.
    """

    def against(entry: Entry) -> Text | None:
        name = entry.subject["file"]
        if files.get(name) == entry.seen.get("source"):
            return None
        return _CHANGED if name in files else VANISHED

    found = _judged(journal, "scope", against)
    return {e.subject["file"]: e for e in found.applied if e.value is False}, found


def told_apart(
    reports: Sequence[tuple[Report, str]], examined: Container[str], aliases: Mapping[str, str], journal: Journal
) -> list[tuple[Report, str]]:
    """Tell reports of one agency and year in several files apart: what people state of one is not stated of the others.

    Parameters
    ----------
    reports : each with the SHA-256 of its file
    examined : the files, by SHA-256, that are in scope
    aliases : former to present names of agencies
    """
    out = list(reports)
    groups = dict[str, list[int]]()
    for i, (report, _) in enumerate(reports):
        groups.setdefault(report.key, []).append(i)
    for key, group in groups.items():
        files = {reports[i][1] for i in group}
        if len(files) == 1:
            continue
        about = ((e, str(e.subject.get("report") or e.seen.get("report") or "")) for e in journal.entries)
        of = (e.seen.get("source") for e, name in about if present_key(name, aliases) == key)
        owner = next((sha for sha in of if sha in files), reports[group[0]][1])
        shown = sum(sha in examined for sha in files) > 1
        for i in group:
            report, sha = reports[i]
            name = Path(report.path).name if shown else ""
            out[i] = dataclasses.replace(report, copy=name, first=sha == owner), sha
    return out


def apply(
    reports: Sequence[tuple[Report, str]],
    aliases: Mapping[str, str],
    journal: Journal,
    zeros_hold: Callable[[Report], bool],
) -> tuple[tuple[Report, ...], tuple[Report, ...], Stated]:
    """Apply placings, corrections and statements on blanks, in this order.

    Parameters
    ----------
    reports : each with the SHA-256 of its file
    aliases : former to present names of agencies
    zeros_hold : whether a report's sums can hold with its blanks as 0

    Returns
    -------
    The reports in the same order; the same before the statements on blanks; which entries are in force.
    """
    steps: tuple[tuple[Kind, _Step], ...] = (
        ("place", _place),
        ("correct", _correct),
        ("blanks", partial(_blanks, zeros_hold=zeros_hold)),
    )
    now = before = [report for report, _ in reports]
    found = list[Stated]()
    for kind, step in steps:
        now, before = list(now), now
        found.append(_judged(journal, kind, partial(_carry_out, step, reports, now, aliases)))
    applied = tuple(entry for part in found for entry in part.applied)
    return tuple(now), tuple(before), Stated(applied, tuple(lapsed for part in found for lapsed in part.lapsed))


def _carry_out(
    step: _Step, reports: Sequence[tuple[Report, str]], now: list[Report], aliases: Mapping[str, str], entry: Entry
) -> Text | None:
    """Apply an entry to those reports of `now` that it is about; return why it could be applied to none."""
    done, why = False, VANISHED
    for i in _subjects(reports, now, entry, aliases):
        after = step(now[i], entry)
        if isinstance(after, Report):
            now[i], done = after, True
        else:
            why = after
    return None if done else why


def _subjects(
    reports: Sequence[tuple[Report, str]], now: Sequence[Report], entry: Entry, aliases: Mapping[str, str]
) -> list[int]:
    """Return the reports that an entry is about: of the file its author had, else of the agency and year."""
    key = present_key(entry.subject["report"], aliases)
    same = [i for i, report in enumerate(now) if report.key == key]
    of_file = [i for i in same if reports[i][1] == entry.seen.get("source")]
    return of_file or same or [
        i for i, (report, sha) in enumerate(reports) if sha == entry.seen.get("source") and str(report.year) == key.split("|")[1]
    ]  # fmt: skip


def _place(report: Report, entry: Entry) -> Report | Text:
    cell = str(entry.value)
    if cell not in report.layout.index:
        return VANISHED
    same = [u for u in report.unplaced if u.text == entry.subject["text"] and u.near == entry.subject["near"]]
    exact = [u for u in same if where(u.place) == entry.subject["place"]]
    item = exact[0] if len(exact) == 1 else same[0] if len(same) == 1 else None
    if item is None:
        return VANISHED
    if report.kind(cell) in ("figure", "text"):
        return _TAKEN
    placed = Placed(parse(item.text, report.layout.cell(cell).unit), item.place, item.near, None, "place")
    rest = tuple(u for u in report.unplaced if u is not item)
    return dataclasses.replace(report, readings={**report.readings, cell: placed}, unplaced=rest)


def where(place: Place) -> str:
    """Return a place as a short text, the same in every language."""
    line = place.line if place.line is not None else place.paragraph
    return "/".join(map(str, (line, place.table, place.row, place.cell)))


def _correct(report: Report, entry: Entry) -> Report | Text:
    cell = entry.subject["cell"]
    if cell not in report.layout.index:
        return VANISHED
    if report.printed(cell) != entry.seen.get("printed"):
        return _CHANGED
    found = report.readings.get(cell)
    place, label, read = (found.place, found.label, found.read or found.figure) if found else (Place(), "", None)
    corrected = Placed(parse(str(entry.value), report.layout.cell(cell).unit), place, label, read, "correct")
    return dataclasses.replace(report, readings={**report.readings, cell: corrected})


def blank_cells(report: Report) -> tuple[str, ...]:
    """Return the blank cells of a report's form."""
    return tuple(c.id for c in report.layout.cells if report.kind(c.id) == "blank")


def _blanks(report: Report, entry: Entry, zeros_hold: Callable[[Report], bool]) -> Report | Text:
    blank = blank_cells(report)
    if fingerprint(*blank) != entry.seen.get("cells"):
        return _CHANGED
    if entry.value != "zero":
        return report
    if not zeros_hold(report):
        return _NOT_ZERO
    zero, zeros = Figure("0", "figure", 0), {}
    for cell in blank:
        found = report.readings[cell]
        zeros[cell] = Placed(zero, found.place, found.label, found.read or found.figure, "blanks")
    return dataclasses.replace(report, readings={**report.readings, **zeros})


def unplaced_subject(report: Report, item: Unplaced) -> dict[str, str]:
    """Return what a placing is about."""
    return {"report": report.key, "text": item.text, "near": item.near, "place": where(item.place)}


def in_one_row(a: Unplaced, b: Unplaced) -> bool:
    """Whether two figures are printed in one row, by the same label."""
    rows = [(p.table, p.row, p.line, p.page, p.sheet, u.near) for u in (a, b) for p in [u.place]]
    return rows[0] == rows[1]


# --- confirmations ------------------------------------------------------------------------------------------------------


def table_digest(report: Report, table: TableId) -> str:
    """Return a fingerprint of a table's texts as they are in force."""
    cells = (c.id for c in report.layout.cells if c.table == table)
    return fingerprint(*(f"{c}={report.shown(c, 'zh')}" for c in cells))


def confirmation(report: Report, table: TableId, aliases: Mapping[str, str], journal: Journal) -> Entry | None:
    """Return the statement that a table agrees with its source, if its figures are still those of then."""
    groups = [journal.current("confirm", {"report": report.key, "table": table})]
    if aliases:
        groups += [g for g in journal.standing("confirm") if g[0].subject.get("table") == table
                   and present_key(g[0].subject["report"], aliases) == report.key]  # fmt: skip
    now = table_digest(report, table)
    return next((e for g in groups for e in g if e.value is not None and e.seen.get("figures") == now), None)


def confirmations(
    reports: Iterable[Report], aliases: Mapping[str, str], journal: Journal
) -> tuple[list[Entry], list[Lapsed]]:
    """Return the confirmations in force, and those whose table has changed or is no longer there."""
    by_key = {report.key: report for report in reports}
    applied, lapsed = list[Entry](), list[Lapsed]()
    for group in journal.standing("confirm"):
        for entry in (e for e in group if e.value is not None):
            report = by_key.get(present_key(entry.subject["report"], aliases))
            table, cell = entry.subject.get("table"), entry.subject.get("cell", "")
            if report is None or (not table and cell not in report.layout.index):
                lapsed.append(Lapsed(entry, VANISHED))
            elif not table and len(group) > 1:
                lapsed.append(Lapsed(entry, _CONFLICT))
            elif (
                entry.seen.get("figures") == table_digest(report, cast(TableId, table))
                if table
                else entry.seen.get("printed") == report.printed(cell)
            ):
                applied.append(entry)
            else:
                lapsed.append(Lapsed(entry, _CHANGED))
    return applied, lapsed


def rereadings(reports: Iterable[Report], aliases: Mapping[str, str], journal: Journal) -> tuple[Rereading, ...]:
    """Return the re-readings that stand for cells whose reading is what it was then."""
    by_key = {report.key: report for report in reports}
    out = []
    for group in journal.standing("confirm"):
        entry = group[-1]
        cell = entry.subject.get("cell", "")
        report = by_key.get(present_key(entry.subject["report"], aliases))
        if len(group) > 1 or report is None or cell not in report.layout.index:
            continue
        read, seen = report.printed(cell), str(entry.value)
        if read == entry.seen.get("printed"):
            unit = report.layout.cell(cell).unit
            out.append(Rereading(report, cell, read, seen, _states(read, unit) == _states(seen, unit), entry))
    return tuple(out)


def _states(text: str, unit: str) -> object:
    figure = parse(text, unit)
    return figure.value if figure.kind == "figure" else "" if figure.kind in ("blank", "none") else figure.text


# --- dispositions -------------------------------------------------------------------------------------------------------


def decided(item: Finding, journal: Journal, aliases: Mapping[str, str]) -> Disposition:
    """Say what was decided on an exception.

    A decision belongs to what the exception is; made on other figures than it has now, it leaves the exception open.
    """
    subject = {"finding": item.id}
    if aliases and not journal.history("dispose", subject):  # decided when the agency still had its former name
        subject = next((dict(e.subject) for e in _under_former_name(item, "dispose", journal, aliases)), subject)
    history, current = journal.history("dispose", subject), journal.current("dispose", subject)
    if not current or all(e.value is None for e in current):
        return Disposition(history=history)
    if len(current) > 1:
        return Disposition(history=history, why_open=_CONFLICT)
    entry = current[0]
    if entry.seen.get("figures") != item.figures:
        return Disposition(history=history, why_open=_CHANGED)
    return Disposition(entry.value if entry.value in STATES else "open", entry, history)


def notes(item: Finding, journal: Journal, aliases: Mapping[str, str]) -> tuple[Entry, ...]:
    """Return the notes that stand on an exception, also those made under a former name of its agency."""
    own = tuple(e for group in journal.standing("note") for e in group if e.subject.get("finding") == item.id)
    former = _under_former_name(item, "note", journal, aliases) if aliases else ()
    return tuple({e.id: e for e in (*former, *own)}.values())


def _under_former_name(item: Finding, kind: Kind, journal: Journal, aliases: Mapping[str, str]) -> tuple[Entry, ...]:
    return _by_present_name(journal, kind, tuple(sorted(aliases.items()))).get((item.report, item.what), ())


@lru_cache(maxsize=4)
def _by_present_name(
    journal: Journal, kind: Kind, aliases: tuple[tuple[str, str], ...]
) -> dict[tuple[str, object], tuple[Entry, ...]]:
    """Return what stands on exceptions by report (under its agency's present name) and by what the exception is."""
    out, names = dict[tuple[str, object], tuple[Entry, ...]](), dict(aliases)
    for entry in (e for group in journal.standing(kind) for e in group if "what" in e.seen):
        key = present_key(str(entry.seen.get("report")), names), entry.seen["what"]
        out[key] = (*out.get(key, ()), entry)
    return out
