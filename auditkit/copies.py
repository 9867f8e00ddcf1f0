"""Two copies of one report (web and PDF, before and after republication, two mirrors): what differs, which one counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from auditkit.case import Case, Source
from auditkit.reading.numbers import squeeze
from auditkit.report import Report, by_body
from auditkit.tables import Sheet, Shown, Table, Words, heads, sentence
from auditkit.wording import Lang, say

NONE = "没有同一机关同一年度的两份报告。", "No report is there twice."


@dataclass(frozen=True, slots=True)
class Copy:
    """One of several reports of an agency and year, and the file it stands in."""

    source: Source
    report: Report

    @property
    def name(self) -> str:
        """The file's name, with where in the file it begins if it stands there twice."""
        same = [r for r in self.source.reports if r.key == self.report.key]
        at = next(i for i, r in enumerate(same, 1) if r is self.report)
        return f"{self.source.name} ({at})" if len(same) > 1 else self.source.name

    def title(self, lang: Lang) -> str:
        """Say whose report of which year it is a copy of."""
        return replace(self.report, copy="").name(lang)


def groups(case: Case) -> tuple[tuple[Copy, ...], ...]:
    """Return the reports that are there more than once, by agency and year: first those in scope, then by file."""
    found: dict[tuple[str, int], list[Copy]] = {}
    source_of = {id(report): source for source in case.sources for report in source.reports}
    for body, reports in by_body(r for source in case.sources for r in source.reports).items():
        for report in reports:
            if report.year:
                found.setdefault((body, report.year), []).append(Copy(source_of[id(report)], report))
    ranked = (sorted(copies, key=lambda c: not c.source.in_scope) for _, copies in sorted(found.items()))
    return tuple(tuple(copies) for copies in ranked if len(copies) > 1)


def cells(a: Report, b: Report) -> tuple[str, ...]:
    """Return the cells of either report's form, in the form's order."""
    return tuple(dict.fromkeys(c.id for r in (a, b) for c in r.layout.cells))


def alike(a: Report, b: Report, cell: str) -> bool:
    """Whether a cell says the same in both, however it is written: a blank is no zero."""
    kinds = {r.kind(cell) for r in (a, b)}
    if kinds == {"figure"}:
        return a.value(cell) == b.value(cell)
    return len(kinds) == 1 and (kinds != {"text"} or a.printed(cell) == b.printed(cell))


def difference(a: Report, b: Report, lang: Lang) -> Table:
    """List the cells in which two copies differ, each with both texts and places; beneath it, how many agree.

    They differ in what is in force, or in what is printed: a correction of one makes two different prints no copies of each other.
    """
    rows = []
    both = [c for c in cells(a, b) if a.kind(c) != "absent" and b.kind(c) != "absent"]
    prints = _as_read(a), _as_read(b)
    agree = {c for c in cells(a, b) if alike(a, b, c) and alike(*prints, c)}
    for cell in cells(a, b):
        if cell not in agree:
            layout = (a if cell in a.layout.index else b).layout
            texts = (r.shown(cell, lang) for r in (a, b))
            places = (r.place(cell).describe(lang) or None for r in (a, b))
            rows.append((layout.label(cell, lang), *texts, *places))
    same = sum(c in agree for c in both)
    written = sum(c in agree and a.printed(c) != b.printed(c) for c in both)
    only = [sum(r.kind(c) != "absent" for c in cells(a, b)) - len(both) for r in (a, b)]
    lines = [Counter(filter(None, map(squeeze, r.prose))) for r in (a, b)]
    text = [(lines[0] - lines[1]).total(), (lines[1] - lines[0]).total()]
    summary = say(
        lang,
        f"{same} 格相同（其中 {written} 格写法不同），{len(both) - same} 格不同，只在第一份的 {only[0]} 格，只在第二份的 {only[1]} 格；"
        f"表格以外，只在第一份的文字 {text[0]} 行，只在第二份的 {text[1]} 行。",
        f"Cells alike: {same} (written otherwise: {written}), different: {len(both) - same}, only in the first: {only[0]}, only in the "
        f"second: {only[1]}. Outside the tables, lines only in the first: {text[0]}, only in the second: {text[1]}.",
    )
    zh = "格|第一份|第二份|第一份中的位置|第二份中的位置"
    en = "cell|first copy|second copy|place in the first|place in the second"
    return Table(heads(lang, zh, en), tuple(rows), "", summary)


def _as_read(report: Report) -> Report:
    """Return a report without what people stated of its figures."""
    read = {c: replace(p, figure=p.read or p.figure) for c, p in report.readings.items() if p.stated != "place"}
    return replace(report, readings=read)


def compare(case: Case) -> Shown:
    """Say which reports are there twice, what differs, and which one counts (00.4)."""
    lang, parts = case.lang, list[Shown]()
    for copies in groups(case):
        parts.append(standing(copies, lang))
        for other in copies[1:]:
            table = difference(copies[0].report, other.report, lang)
            names = f"第一份：{copies[0].name}；第二份：{other.name}", f"first: {copies[0].name}; second: {other.name}"
            alike = Words((say(lang, *names), say(lang, "各格相同。", "No cell differs."), table.note))
            parts.append(replace(table, caption=say(lang, *names)) if table.rows else alike)
    return Sheet(tuple(parts)) if parts else sentence(lang, *NONE)


def standing(copies: Sequence[Copy], lang: Lang) -> Words:
    """Say which of the copies of a report is examined, and what is left to do."""
    states = [f"{c.name} · SHA-256 {c.source.sha256[:12]}… · {_state(c.source, lang)}" for c in copies]
    counting = sum(c.source.in_scope for c in copies)
    return Words((copies[0].title(lang), *states, _advice(counting, lang)))


def _state(source: Source, lang: Lang) -> str:
    if (why := source.scope) is None:
        return say(lang, "在审阅范围内", "in scope")
    return say(lang, f"不审阅（{why.author}：{why.reason}）", f"not in scope ({why.author}: {why.reason})")


def _advice(counting: int, lang: Lang) -> str:
    if counting == 1:
        return say(lang, "只审阅在范围内的一份；其余仍登记在案。", "One is examined; the others stay on record.")
    return say(
        lang,
        f"现有 {counting} 份在审阅范围内。请选择以哪一份为准，并写明理由：多份同时审阅会使例外重复，且该年不能跨年比较。",
        f"In scope now: {counting}. Choose which one counts, and why: with several, exceptions stand twice and the year "
        "cannot be compared with others.",
    )
