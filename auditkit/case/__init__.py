"""A case folder: what is examined (with SHA-256), the scope, the notebooks, the journal.

::

    CASE/  case.toml    title, auditors, language, aliases; an as-of date only if given
           sources/     copies of the reports, read-only, with SHA256SUMS (the format of sha256sum)
           journal/     what people stated: append-only, one file a sitting
           notebooks/   working copies, zh and en
           out/         memos
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from auditkit import progress
from auditkit.case import stated
from auditkit.case.folder import FORMAT, names, recorded, sha256, shipped
from auditkit.case.journal import CaseError as CaseError
from auditkit.case.journal import Entry, Journal, Kind, need, topic
from auditkit.case.sittings import Store
from auditkit.case.stated import Disposition, Lapsed, Rereading, Stated
from auditkit.case.words import STATES, State, state_in_words
from auditkit.checks import by_agency, catalog, run
from auditkit.checks.identities import against_zero
from auditkit.findings import Finding, Findings, Numbered, ReportResult, fingerprint
from auditkit.forms import TableId
from auditkit.loading import load_all
from auditkit.placing.placement import Unplaced
from auditkit.reading.page import ReadingError
from auditkit.report import Report, by_body
from auditkit.tables import visible
from auditkit.wording import Lang, say

NOTEBOOKS = ("00_start_here", "01_read", "02_consistency", "03_year_over_year", "04_anomalies", "05_memo")
_ENTRIES: Mapping[str, tuple[type, str]] = {
    "format": (int, "format = 1"),
    "title": (str, 'title = "..."'),
    "auditors": (list, 'auditors = ["..."]'),
    "language": (str, 'language = "zh"'),
    "aliases": (dict, '[aliases] "..." = "..."'),
    "materiality": (int, "materiality = 10"),
    "office": (str, 'office = "..."'),
    "reference": (str, 'reference = "..."'),
}
"""What ``case.toml`` may say: its kind, and how it is written."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the case: its hash now and as recorded, the reports in it, or why it cannot be read.

    `read` holds the reports as the program reads them, `reports` with what people stated of them applied.
    """

    name: str
    sha256: str
    recorded: str
    reports: tuple[Report, ...]
    problem: ReadingError | None = None
    read: tuple[Report, ...] = ()
    scope: Entry | None = None
    """The statement that takes it out of scope (another copy counts), if there is one."""

    @property
    def in_scope(self) -> bool:
        """Whether its reports are examined."""
        return self.scope is None

    @property
    def changed(self) -> bool:
        """Whether the file is not the one that was recorded."""
        return self.recorded != self.sha256


@dataclass(frozen=True, slots=True)
class Series:
    """The reports of one agency, by year."""

    agency: str
    reports: tuple[Report, ...]


@dataclass
class _Now:
    """What the sources and the journal come to: `basis` is the part of the journal that bears on figures."""

    journal: Journal
    basis: object
    aliases: Mapping[str, str]
    sources: tuple[Source, ...]
    before_blanks: Mapping[str, Report]
    """By key: the reports before what was stated on their blanks."""
    stated: Stated
    lang: Lang
    checked: dict[str, tuple[ReportResult, ...]]
    """By agency: what the checks said last, for as long as its reports are the same."""

    @cached_property
    def findings(self) -> Findings:
        groups: dict[str, list[Report]] = {}
        for report in (r for s in self.sources if s.in_scope for r in s.reports):
            groups.setdefault(report.agency or "", []).append(report)
        for agency, reports in groups.items():  # no check looks further than one agency
            if {id(r.report) for r in self.checked.get(agency, ())} != set(map(id, reports)):
                self.checked[agency] = run(reports, self.lang).results
        return Findings(
            tuple(r for agency in sorted(groups, key=lambda name: (not name, name)) for r in self.checked[agency]),
            self.lang,
        )


class Case:
    """One engagement. Everything it shows is recomputed from the files in its folder.

    Parameters
    ----------
    path : the case folder
    lang : language of what is shown; that of ``case.toml`` if None
    until : heads of the journal at an earlier time; the case is then as it was stated at that time

    Attributes
    ----------
    title, auditors, as_of : of the engagement
    aliases : former to present names of agencies, as far as ``case.toml`` gives them
    materiality : exceptions with a difference below this are summed, not listed one by one; None lists all
    office, reference, reply_by : for letters: who writes, under which number, and by when agencies are asked to reply

    Raises
    ------
    CaseError
        If ``case.toml`` is missing or cannot be read, or the case was made by a newer version.
    """

    def __init__(self, path: Path, lang: Lang | None = None, until: Mapping[str, Sequence[Any]] | None = None) -> None:
        self.path = path
        self._store = Store(path / "journal")
        self._until = until
        self._last: _Now | None = None
        file = path / "case.toml"
        try:
            settings = tomllib.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            zh = f"{path}：不是案卷文件夹（没有 case.toml）。请用 auditkit new 新建。"
            en = f"{path}: no case folder (there is no case.toml). Make one with auditkit new."
            raise CaseError(zh, en) from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CaseError(f"{file}：无法读取（{error}）。", f"{file}: cannot be read ({error}).") from error
        for key, (kind, example) in _ENTRIES.items():
            zh = f"{file}：{key} 的写法不对，应如 {example}。"
            en = f"{file}: {key} is not written as it should be, such as {example}."
            need(isinstance(settings.get(key, kind()), kind), zh, en)
        zh = f"{path}：由更新版本的 auditkit 建立，本版本不能打开。请升级 auditkit。"
        en = f"{path}: made by a newer auditkit, which this version cannot open. Update auditkit."
        need(settings.get("format", FORMAT) <= FORMAT, zh, en)
        self._take(settings)
        self.lang: Lang = lang or ("en" if settings.get("language") == "en" else "zh")

    def _take(self, settings: Mapping[str, Any]) -> None:
        """Take over what ``case.toml`` says; what it leaves out is empty."""
        self.title, self.as_of = str(settings.get("title", "")), str(settings.get("as_of", ""))
        self.auditors = tuple(str(a) for a in settings.get("auditors", ()))
        self.aliases = {str(k): str(v) for k, v in settings.get("aliases", {}).items()}
        self.materiality: int | None = settings.get("materiality")
        self.office, self.reference = str(settings.get("office", "")), str(settings.get("reference", ""))
        self.reply_by = str(settings.get("reply_by", ""))

    @property
    def is_demonstration(self) -> bool:
        """Whether this is the demonstration case that ships with auditkit, in which nothing is written."""
        return self.path.resolve() == shipped("data").resolve()

    # --- what is there ---

    @property
    def journal(self) -> Journal:
        """What people stated, as the journal's files are now; `CaseError` if one cannot be read or is of a newer version."""
        return self._store.read(self._until)

    @cached_property
    def _read(self) -> tuple[Source, ...]:
        """The files as the program reads them."""
        hashes, out = recorded(self.path), []
        found = sorted({*hashes, *names(self.path / "sources")})
        for k, name in enumerate(found, 1):
            of = f"{k}/{len(found)}"
            progress.doing(self.lang, f"读取来源文件 {of}：{name}", f"reading source {of}: {name}")
            file = self.path / "sources" / name
            told: list[ReadingError] = []
            reports = load_all(file, told) if _is_text(name) else ()
            problem = next(iter(told), None)
            sha, was = sha256(file) if file.is_file() else "", hashes.get(name, "")
            if not sha:
                zh, en = "文件已不在案卷的 sources 中。", "the file is no longer in the case's sources."
                problem = ReadingError(name, zh, en)
            if not _is_text(name):  # of another system; neither the journal nor a memo could name it
                name = visible(name)
                zh = "文件名不是有效的文字（可能是在其他系统中压缩的），没有读取。请改名，或用 auditkit lab 添加。"
                en = "the file's name is no valid text (perhaps packed on another system); not read. Rename it, or add it in auditkit lab."
                problem = ReadingError(name, zh, en)
            out.append(Source(name, sha, was, reports, problem, reports))
        return tuple(out)

    @property
    def _now(self) -> _Now:
        journal = self.journal
        if self._last is not None and self._last.journal is journal:
            return self._last
        kinds: tuple[Kind, ...] = ("alias", "scope", "place", "correct", "blanks")
        basis = tuple(journal.standing(kind) for kind in kinds)
        if self._last is None or self._last.basis != basis:
            self._last = self._apply(journal, basis)
        else:  # nothing that bears on figures: what was computed of them stays
            self._last.journal = journal
        return self._last

    def _apply(self, journal: Journal, basis: object) -> _Now:
        aliases, named = stated.names(self.aliases, journal)
        out_of_scope, scoped = stated.scope(journal, {s.name: s.sha256 for s in self._read})
        examined = {s.sha256 for s in self._read if s.name not in out_of_scope}
        renamed = [(_renamed(r, aliases), s.sha256) for s in self._read for r in s.read]
        apart = stated.told_apart(renamed, examined, aliases, journal)
        reports, before, figures = stated.apply(apart, aliases, journal, lambda report: not against_zero(report))
        rest = iter(reports)
        sources = tuple(
            dataclasses.replace(s, reports=tuple(next(rest) for _ in s.read), scope=out_of_scope.get(s.name))
            for s in self._read
        )
        parts = (named, scoped, figures)
        everything = Stated(
            tuple(e for part in parts for e in part.applied), tuple(x for part in parts for x in part.lapsed)
        )
        checked = self._last.checked if self._last else {}
        return _Now(journal, basis, aliases, sources, {r.key: r for r in before}, everything, self.lang, checked)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files of the case, by name."""
        return self._now.sources

    @property
    def findings(self) -> Findings:
        """Every check on every report in scope, with what people stated applied."""
        return self._now.findings

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports in scope, in order of agency and year."""
        return tuple(sorted((r for s in self.sources if s.in_scope for r in s.reports), key=by_agency))

    @property
    def results(self) -> tuple[ReportResult, ...]:
        """What the checks say of each report, in order of agency and year."""
        return self.findings.results

    @property
    def exceptions(self) -> tuple[Numbered, ...]:
        """Every finding that is more than a note, with its number."""
        return self.findings.exceptions()

    @property
    def stated(self) -> Stated:
        """Which entries of the journal are in force, and which lapsed and why."""
        now, journal = self._now, self.journal
        confirmed, unconfirmed = stated.confirmations(self.reports, now.aliases, journal)
        applied, lapsed = [*now.stated.applied, *confirmed], [*now.stated.lapsed, *unconfirmed]
        decisions = [stated.decided(f, journal, now.aliases) for f in now.findings]
        in_force = {d.entry.id for d in decisions if d.entry}
        why = {e.id: d.why_open for d in decisions for e in d.history if d.why_open}
        for entry in (e for group in journal.standing("dispose") for e in group if e.value is not None):
            if entry.id in in_force or entry.seen.get("check") not in catalog():  # flags of notebook 04 are no findings
                applied.append(entry)
            else:
                lapsed.append(Lapsed(entry, why.get(entry.id, stated.VANISHED)))
        kinds: tuple[Kind, ...] = ("note", "register")
        applied += [e for kind in kinds for group in journal.standing(kind) for e in group]
        out = {s.sha256 for s in self.sources if not s.in_scope} - {s.sha256 for s in self.sources if s.in_scope}
        of_readings = [e for e in applied if e.kind in ("place", "correct", "blanks") and e.seen.get("source") in out]
        lapsed = [
            Lapsed(x.entry, stated.OUT_OF_SCOPE) if x.entry.kind != "scope" and x.entry.seen.get("source") in out else x
            for x in (*lapsed, *(Lapsed(e, stated.OUT_OF_SCOPE) for e in of_readings))
        ]
        return Stated(tuple(e for e in applied if e not in of_readings), tuple(lapsed))

    def disposition(self, finding: Finding) -> Disposition:
        """Return what was decided on a finding, as long as its figures are those decided on."""
        return stated.decided(finding, self.journal, self._now.aliases)

    def notes(self, finding: Finding) -> tuple[Entry, ...]:
        """Return the notes that stand on a finding."""
        return stated.notes(finding, self.journal, self._now.aliases)

    def confirmed(self, report: Report, table: TableId) -> Entry | None:
        """Return the statement that a table was read against its source, if its figures are still those."""
        return stated.confirmation(report, table, self._now.aliases, self.journal)

    def before_blanks(self, report: Report) -> Report:
        """Return a report without what was stated on its blanks."""
        return self._now.before_blanks.get(report.key, report)

    def blanks_stated(self, report: Report) -> Entry | None:
        """Return the statement on a report's blanks that is in force."""
        mine = (e for e in self._now.stated.applied if e.kind == "blanks")
        return next((e for e in mine if stated.present_key(e.subject["report"], self._now.aliases) == report.key), None)

    @property
    def rereadings(self) -> tuple[Rereading, ...]:
        """The cells that a person read again in the source, as far as their readings are those of then."""
        return stated.rereadings(self.reports, self._now.aliases, self.journal)

    # --- what people state ---

    def correct(self, report: Report, cell_id: str, text: str, *, reason: str, author: str) -> Entry:
        """State that the source has `text` in a cell (empty for a blank), where the program read otherwise."""
        need(cell_id in report.layout.index, "没有这一格。", "there is no such cell.")
        need(reason.strip(), "请写明更正的理由。", "Please give the reason of the correction.")
        seen = {"printed": report.printed(cell_id), "source": self._file_of(report)}
        return self._state("correct", {"report": report.key, "cell": cell_id}, text.strip(), author, reason, seen)

    def place(self, report: Report, item: Unplaced, cell_id: str, *, reason: str, author: str) -> Entry:
        """State which cell an unplaced figure belongs to."""
        need(cell_id in report.layout.index, "没有这一格。", "there is no such cell.")
        need(reason.strip(), "请写明落位的理由。", "Please give the reason of the placing.")
        zh = "这一格已有数字；若读错，请先更正。"
        en = "The cell holds a figure already; if it was misread, correct it first."
        need(report.kind(cell_id) in ("absent", "blank"), zh, en)
        seen = {"source": self._file_of(report)}
        return self._state("place", stated.unplaced_subject(report, item), cell_id, author, reason, seen)

    def place_row(self, report: Report, item: Unplaced, cell_id: str, *, reason: str, author: str) -> tuple[Entry, ...]:
        """State that an unplaced figure and those behind it in its printed row belong to a cell and those beside it, one each.

        Refused where blanks may stand between the figures, or the program could not tell them apart.
        """
        need(cell_id in report.layout.index, "没有这一格。", "there is no such cell.")
        of = report.layout.cell(cell_id)
        row = [c.id for c in report.layout.row_cells(of.table, of.row)]
        printed = [u for u in report.unplaced if stated.in_one_row(u, item)]
        need(item in printed, "这个数字已经落位。", "the figure has its cell already.")
        own, cells = printed[printed.index(item) :], row[row.index(cell_id) :]
        numbers = [u.place.cell for u in own]
        drawn = item.place.table is not None  # on a line, cells are counted without the blanks between them
        gapless = drawn and None not in numbers and all(b == (a or 0) + 1 for a, b in pairwise(numbers))
        whole = len(own) == len(row) == len(cells)
        zh, en = (
            "数字之间可能有空白格，不能依次落位，请逐个落位。",
            "Blanks may stand between the figures: place them one by one.",
        )
        need(gapless or whole or len(own) > len(cells), zh, en)
        zh = f"这一行从所选数字起有 {len(own)} 个数字，从所选格起只有 {len(cells)} 格：请选择第一个数字所在的格，或逐个落位。"
        en = (
            f"From the figure chosen on there are {len(own)} in the row, from the cell on {len(cells)} cells: choose the cell of the first "
            "figure, or place them one by one."
        )
        need(len(own) <= len(cells), zh, en)
        zh, en = "有的格已有数字；请逐个落位。", "Some of the cells hold a figure already: place them one by one."
        need(all(report.kind(c) in ("absent", "blank") for c in cells[: len(own)]), zh, en)
        topics = {topic("place", stated.unplaced_subject(report, u)) for u in own}
        zh = "这一行有相同的数字，无法在原文中区分，请用“更正”逐格录入。"
        en = "Figures of the row are the same and cannot be told apart in the file: use “correct” cell by cell."
        need(len(topics) == len(own), zh, en)
        return tuple(self.place(report, u, c, reason=reason, author=author) for u, c in zip(own, cells, strict=False))

    def confirm(self, report: Report, table: TableId, *, author: str, reason: str = "") -> Entry:
        """State that a table as read was compared with its source and agrees."""
        need(table in report.layout.titles, "没有这张表。", "there is no such table.")
        seen = {"figures": stated.table_digest(report, table), "source": self._file_of(report)}
        return self._state("confirm", {"report": report.key, "table": table}, "agrees", author, reason, seen)

    def reread(self, report: Report, cell_id: str, text: str, *, author: str, reason: str = "") -> Entry:
        """State what a person reads in the source for a cell of the re-reading sample."""
        need(cell_id in report.layout.index, "没有这一格。", "there is no such cell.")
        seen = {"printed": report.printed(cell_id), "source": self._file_of(report)}
        return self._state("confirm", {"report": report.key, "cell": cell_id}, text.strip(), author, reason, seen)

    def blanks(self, report: Report, value: str, *, reason: str, author: str) -> Entry:
        """State that a report's blanks are ``zero`` or ``not stated``."""
        need(value in ("zero", "not stated"), "请选择一项。", "Please choose one.")
        need(reason.strip(), "请写明依据。", "Please give the reason.")
        before = self.before_blanks(report)
        need(stated.blank_cells(before), "这份报告没有空白格。", "The report has no blank cells.")
        zh = "空白都按 0 计时，有等式不成立：请先核对读数，或选“未填报”。"
        en = "With all blanks as 0 some sums do not hold: compare the readings first, or choose “not stated”."
        need(value != "zero" or not against_zero(before), zh, en)
        seen = {"cells": fingerprint(*stated.blank_cells(before)), "source": self._file_of(report)}
        return self._state("blanks", {"report": report.key}, value, author, reason, seen)

    def alias(self, name: str, official: str, *, reason: str, author: str) -> Entry:
        """State that an agency called `name` in a report is the one called `official`."""
        name, official = name.strip(), official.strip()
        need(name and official and name != official, "请写明两个不同的名称。", "Please give two different names.")
        need(reason.strip(), "请写明理由。", "Please give the reason.")
        zh = f"“{official}”已认定为“{name}”；请先撤销那项认定。"
        en = f"“{official}” is already stated to be “{name}”; please take that back first."
        need(stated.last_name(name, {**self._now.aliases, name: official}), zh, en)
        return self._state("alias", {"name": name}, official, author, reason, {})

    def include(self, source: str, value: bool, *, reason: str, author: str) -> Entry:
        """State whether a file's reports are examined: of two copies of one report one counts."""
        found = next((s for s in self.sources if s.name == source), None)
        need(found, f"案卷中没有 {source}。", f"There is no {source} in the case.")
        need(value or reason.strip(), "请写明不审阅的理由。", "Please say why it is not examined.")
        seen = {"source": found.sha256 if found else ""}
        return self._state("scope", {"file": source}, value, author, reason, seen)

    def register(self, rows: Sequence[Mapping[str, str]], *, author: str, reason: str = "") -> Entry:
        """State which agencies have to publish a report: rows with name, aliases, kind and due date."""
        return self._state("register", {}, [dict(row) for row in rows], author, reason, {})

    def dispose(self, finding: Finding, state: State, *, author: str, reason: str = "") -> Entry:
        """State what was decided on an exception; some states need a reason."""
        need(state in STATES, "请选择处理结果。", "Please choose a disposition.")
        zh = f"“{state_in_words(state, 'zh')}”须写明理由。"
        en = f"“{state_in_words(state, 'en')}” needs a reason."
        need(state not in stated.NEED_REASON or reason.strip(), zh, en)
        before = self.disposition(finding).history  # perhaps under a former name of the agency
        subject = before[-1].subject if before else {"finding": finding.id}
        return self._state("dispose", subject, state, author, reason, self._seen(finding))

    def note(self, text: str, *, author: str, report: Report | None = None, finding: Finding | None = None) -> Entry:
        """Write a note on the case, a report or a finding; notes stand beside each other."""
        need(text.strip(), "备注是空的。", "The note is empty.")
        key = finding.report if finding else report.key if report else ""
        subject = {"report": key, "finding": finding.id if finding else "", "text": fingerprint(text, author)}
        return self._state("note", subject, text.strip(), author, "", self._seen(finding) if finding else {})

    def withdraw(self, entry: Entry, *, author: str, reason: str = "") -> Entry:
        """Take back an entry; it stays in the journal."""
        return self._state(entry.kind, entry.subject, None, author, reason, entry.seen)

    def _file_of(self, item: Report | Finding) -> str:
        return next((s.sha256 for s in self.sources if any(r.path == item.path for r in s.read)), "")

    def _seen(self, finding: Finding) -> dict[str, str]:
        """Return what the author of an entry sees of a finding."""
        own = {name: str(getattr(finding, name)) for name in ("figures", "what", "report", "check")}
        return own | {"zh": finding.message("zh"), "en": finding.message("en"), "source": self._file_of(finding)}

    def _state(
        self, kind: Kind, subject: Mapping[str, str], value: Any, author: str, reason: str, seen: Mapping[str, Any]
    ) -> Entry:
        zh = "演示案卷只读。请用 auditkit lab 打开自己的案卷。"
        en = "The demonstration case is read-only. Open a case of your own with auditkit lab."
        need(not self.is_demonstration, zh, en)
        need(self._until is None, "这是案卷以前的状态，只读。", "This is the case at an earlier time: read-only.")
        need(author.strip(), "请先填写审计人员姓名。", "Please give the auditor's name first.")
        return self._store.append(kind, subject, value, author=author.strip(), reason=reason.strip(), seen=seen)

    def series(self) -> tuple[Series, ...]:
        """Return the reports of each agency by year; those without agency or year stand in none."""
        groups = by_body(self.reports)
        return tuple(
            Series(a, tuple(sorted(rs, key=lambda r: (r.year or 0, r.path)))) for a, rs in sorted(groups.items())
        )

    def __repr__(self) -> str:
        return f"Case({self.title}, {len(self.sources)} {say(self.lang, '个文件', 'files')})"


def _is_text(name: str) -> bool:
    """Whether a file's name is text, and not bytes of an unknown encoding."""
    return name == name.encode("utf-8", "replace").decode()


def _renamed(report: Report, aliases: dict[str, str]) -> Report:
    name = aliases.get(report.agency or "")
    return dataclasses.replace(report, agency=name) if name else report
