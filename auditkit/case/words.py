"""The journal's entries in words: what one is about, what its author had before them, and what it states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, cast, get_args

from auditkit.case.journal import Entry, Kind
from auditkit.findings import Text
from auditkit.forms import FORM_IDS, TABLES, load_form, table_name
from auditkit.report import Report
from auditkit.wording import Lang, say

State: TypeAlias = Literal["open", "accepted", "error confirmed", "corrected by agency", "not an exception", "referred"]
STATES: tuple[State, ...] = get_args(State)
_STATES: Mapping[State, Text] = {
    "open": ("未决", "open"),
    "accepted": ("接受", "accepted"),
    "error confirmed": ("确认有误", "error confirmed"),
    "corrected by agency": ("机关已更正", "corrected by the agency"),
    "not an exception": ("不是例外", "not an exception"),
    "referred": ("已移交", "referred"),
}
_KINDS: Mapping[Kind, Text] = {
    "correct": ("更正读数", "correction of a reading"),
    "place": ("落位", "placing"),
    "confirm": ("核对读数", "comparison with the source"),
    "blanks": ("空白的处理", "statement on blanks"),
    "alias": ("机关名称", "name of an agency"),
    "scope": ("审阅范围", "scope"),
    "register": ("机关名录", "agency register"),
    "dispose": ("例外的处理", "disposition"),
    "note": ("备注", "note"),
}
_VALUES: Mapping[str, Text] = {
    "": ("空白", "blank"),
    "agrees": ("与原文相符", "agrees with the source"),
    "zero": ("空白按 0 计", "blanks are 0"),
    "not stated": ("未填报，不作 0", "not stated, not taken as 0"),
    "True": ("列入审阅", "examined"),
    "False": ("不审阅", "not examined"),
}


def state_in_words(state: State, lang: Lang) -> str:
    """Say a disposition in words."""
    return say(lang, *_STATES[state])


def kind_in_words(kind: Kind, lang: Lang) -> str:
    """Say what kind of statement an entry is."""
    return say(lang, *_KINDS[kind])


def entry_in_words(entry: Entry, lang: Lang, reports: Iterable[Report] = ()) -> tuple[str, str, str]:
    """Say what an entry is about, what its author had before them there (empty where nothing), and what it states.

    Reports are named as those of the case are; what is no longer there is named as well as its key allows.
    """
    of, seen, reports = entry.subject, entry.seen, tuple(reports)
    key, blank, read = of.get("report") or str(seen.get("report", "")), say(lang, "空白", "blank"), ""
    parts = [of[part] for part in ("name", "file") if part in of] or [report_in_words(key, lang, reports)]
    if cell := of.get("cell"):
        parts.append(cell_in_words(key, cell, lang, reports))
        read = str(seen.get("printed") or blank)
    elif table := of.get("table"):
        parts.append(table_name(table, lang) if table in TABLES else "")
    elif entry.kind == "place":
        parts.append(of.get("near", ""))
        read = of.get("text", "") + say(lang, "，未落位", ", unplaced")
    elif entry.kind == "blanks":
        read = blank
    parts.append(str(seen.get(lang, "")))  # the exception's sentence
    return " ".join(filter(None, parts)), read, says(entry, lang, reports)


def says(entry: Entry, lang: Lang, reports: Iterable[Report] = ()) -> str:
    """Say what an entry states."""
    value = entry.value
    if value is None:
        return say(lang, "撤销", "withdrawn")
    if isinstance(value, list):
        return say(lang, f"{len(value)} 个机关", f"agencies: {len(value)}")
    if entry.kind == "dispose" and value in STATES:
        return state_in_words(cast(State, value), lang)
    if entry.kind == "place":
        return cell_in_words(entry.subject.get("report", ""), str(value), lang, reports)
    coded = entry.kind in ("blanks", "scope") or "table" in entry.subject or value == ""
    return say(lang, *_VALUES[str(value)]) if coded and str(value) in _VALUES else str(value)


def report_in_words(key: str, lang: Lang, reports: Iterable[Report] = ()) -> str:
    """Say which report a key means."""
    agency, year, *file = [*key.split("|"), ""]
    said = " ".join(part for part in (agency, year and say(lang, f"{year} 年", year), *file) if part)
    known = next((r.name(lang) for r in reports if r.key == key), said)
    return known or say(lang, "全案", "the whole case")


def cell_in_words(key: str, cell: str, lang: Lang, reports: Iterable[Report] = ()) -> str:
    """Name a cell of a report in the form's words."""
    forms = (*(r.layout for r in reports if r.key == key), *map(load_form, reversed(FORM_IDS)))
    unknown = say(lang, "格式中没有的格", "a cell that the form does not have")
    return next((form.label(cell, lang) for form in forms if cell in form.index), unknown)
