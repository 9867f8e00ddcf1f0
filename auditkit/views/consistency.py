"""Notebook 02: what does not add up, which figure most likely is wrong, where it stands in the source."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from itertools import islice

from auditkit.case import Case
from auditkit.findings import Numbered, Outcome, in_words
from auditkit.forms import TABLES, table_name
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.slips import SLIPS
from auditkit.tables import FAILING, FormTable, Sheet, Shown, Table, Words, heads, marks, sentence
from auditkit.views.common import WORST, failing_cells, file_name, listed, numbered, open_checks
from auditkit.views.read import Cutting, pictures, row_of, rows_in_source
from auditkit.wording import say

MOST_ROWS = 4
"""Rows of the source that are shown of one exception."""
MOST_PICTURES = 24
"""Rows of PDF files that a notebook or memo shows as they are printed."""


def scope(case: Case) -> Table:
    """Which reports are audited? (02.1)."""
    lang = case.lang
    rows = tuple((r.name(lang), r.layout.name(lang), file_name(r)) for r in case.reports)
    n = len(case.reports)
    caption = say(lang, f"{case.title}：{n} 份报告", f"{case.title}: {n} reports")
    return Table(heads(lang, "报告|格式|文件", "report|form|file"), rows, caption=caption)


def verdict(case: Case) -> Table:
    """What is the verdict? Per report, the worst first, with the checks by outcome (02.2, 05.1)."""
    lang = case.lang
    outcomes: tuple[Outcome, ...] = ("passed", "failed", "conditional", "not assessable", "not applicable")
    ranked = sorted(case.results, key=lambda r: WORST.index(r.verdict))
    rows = tuple((r.report.name(lang), r.conclusion(lang), *map(r.count, outcomes)) for r in ranked)
    zh = "报告|结论|通过|不通过|空白为 0 时成立|无法判断|不适用"
    en = "report|verdict|passed|failed|holds if blanks are 0|not assessable|not applicable"
    mild = any(r.mild for r in ranked if r.verdict.startswith("sound"))
    zh_note = "“勾稽相符”的报告也可能有检查不通过：只有警告的不改变结论，见下面的例外。"
    en_note = (
        "A sound report may have failed checks, too: those with warnings only change no verdict; see the exceptions."
    )
    return Table(heads(lang, zh, en), rows, note=say(lang, zh_note, en_note) if mild else "")


def not_checked(case: Case) -> Sheet:
    """What could not be checked? Cells that no sum touches, and checks that did not apply (02.3)."""
    lang = case.lang
    layouts = {r.layout.name(lang): r.layout for r in case.reports}
    rows = tuple(
        (name, len(layout.untouched), listed(layout.row_names((c.id for c in layout.untouched), lang), lang))
        for name, layout in sorted(layouts.items())
    )
    columns = heads(lang, "格式|格数|不在任何等式中的格（所在行）", "form|cells|rows whose cells no sum touches")
    zh = "这些格的数字无法由报告内的等式验证；“勾稽相符”没有验证它们。"
    en = "No sum within a report can verify these figures; “sound” does not mean that they were verified."
    untouched = Table(columns, rows, note=say(lang, zh, en))
    return Sheet((untouched, open_checks(case, "not assessable", "not applicable", "conditional")))


def trust(case: Case) -> Sheet:
    """Can the readings be relied on? Tables compared with their source, and corrections in force (02.4)."""
    lang, rows = case.lang, []
    for report in case.reports:
        done = [t for t in TABLES if case.confirmed(report, t)]
        stated = [p.stated for p in report.readings.values()]
        left = [t for t in TABLES if t not in done]
        names = (listed([table_name(t, lang) for t in tables], lang) or "–" for tables in (done, left))
        rows.append((report.name(lang), *names, *map(stated.count, ("correct", "place", "blanks"))))
    zh = "报告|已对照原文确认|尚未确认|人工更正的格|人工落位的数字|人工按 0 计的空白"
    en = "report|compared with the source|not yet compared|cells corrected by hand|figures placed by hand|blanks taken as 0 by hand"
    columns = heads(lang, zh, en)
    n, of = confirmed_tables(case)
    words = say(
        lang,
        f"{of} 张表中，{n} 张已由审计人员对照原文确认。未确认的表，其读数只由程序读取；等式成立不等于读数无误。",
        f"Tables compared with their source by an auditor: {n} of {of}. The figures of the others were read by program "
        "only; sums that hold do not prove the reading.",
    )
    return Sheet((Words((words,)), Table(columns, tuple(rows)), *corrected_cells(case)))


def confirmed_tables(case: Case) -> tuple[int, int]:
    """Return how many tables were compared with their source, and how many there are."""
    return sum(case.confirmed(r, t) is not None for r in case.reports for t in TABLES), len(case.reports) * len(TABLES)


def corrected_cells(case: Case) -> tuple[Table, ...]:
    """Return a table of the cells that a person corrected or placed a figure in, both readings beside each other."""
    lang = case.lang
    rows = tuple(
        (report.name(lang), report.layout.label(cell, lang), report.shown(cell, lang))
        for report in case.reports
        for cell, placed in report.readings.items()
        if placed.stated in ("correct", "place")
    )
    caption = say(lang, "更正和落位后的格", "Cells corrected or placed")
    return (Table(heads(lang, "报告|格|现用", "report|cell|in force"), rows, caption),) if rows else ()


def failing(case: Case) -> Shown:
    """Where does it not add up? The tables concerned, failing sums marked (02.5)."""
    lang = case.lang
    parts: list[Shown] = []
    for report in case.reports:
        cells = failing_cells(report)
        tables = [t for t in ("requests", "disputes") if any(report.layout.cell(c).table == t for c in cells)]
        if tables:
            parts.append(Words((report.name(lang),), "ak-name"))
            parts += [FormTable(report, t, lang, cells) for t in tables]
    if not parts:
        return sentence(lang, "各报告的等式没有不平。", "No sum fails in any report.")
    return Sheet((*parts, marks(lang, FAILING)))


def suspects(case: Case) -> Shown:
    """Which figure most likely is wrong? Every complete explanation, if all other figures are right (02.6)."""
    lang, rows = case.lang, []
    for result in case.results:
        for number, suspect in enumerate(result.suspects, 1):
            for cell, value in suspect.corrected.items():
                explanation, slip = say(lang, f"解释 {number}", f"explanation {number}"), suspect.slips.get(cell)
                what = result.report.layout.label(cell, lang), result.report.shown(cell, lang), value
                rows.append((result.report.name(lang), explanation, *what, say(lang, *SLIPS[slip]) if slip else ""))
    silent = listed([r.report.name(lang) for r in case.results if not r.suspects and failing_cells(r.report)], lang)
    left = say(
        lang,
        f"有等式不平、但没有可列解释的报告：{silent}（要改动的格太多，或空白尚未确定）。",
        f"Sums fail without an explanation to list (too many cells would have to change, or blanks are open): {silent}.",
    )
    if not rows:
        return Words((left,)) if silent else sentence(lang, "各报告的等式没有不平。", "No sum fails in any report.")
    note = say(
        lang,
        "“应为”只在其余数据全部无误时成立；真实数字以机关的原始台账为准，请核实。一份报告有几种解释时，由报告本身无法判断是哪一种。",
        "“Would be” holds only if all other figures are right; the agency's own records decide: please verify. "
        "Where a report has several explanations, the report itself cannot tell which is true.",
    )
    zh = "报告|解释|格|印为|若其余数据无误，应为|可能的差错"
    en = "report|explanation|cell|printed|would be, if all others are right|possible slip"
    return Table(heads(lang, zh, en), tuple(rows), note="\n".join([note, left] if silent else [note]))


def in_the_source(case: Case) -> Shown:
    """Where does it stand in the source? Each exception's row as its file has it (02.7)."""
    lang = case.lang
    found = {e.label: source_rows(case, e) for e in case.exceptions}
    rows = tuple((e.label, e.result.report.name(lang), *row) for e in case.exceptions for row in found[e.label])
    if not found:
        return sentence(lang, "没有例外事项。", "No exceptions.")
    nowhere = listed([label for label, own in found.items() if not own], lang)
    zh = f"涉及行数多的例外只列主要的一行。{f'不在文件某一行中的例外未列入：{nowhere}。' if nowhere else ''}"
    en = f"Of an exception in many rows the main one is listed.{f' Not listed, since in no row of a file: {nowhere}.' if nowhere else ''}"
    note = say(lang, zh, en)
    columns = heads(lang, "编号|报告|文件中的位置|该行原文", "no.|report|place in the file|the row in the source")
    zh = "例外所在行的原文（各格以 | 隔开，未作任何更正）"
    en = "The rows of the exceptions as the files have them (cells divided by |, nothing corrected)"
    table, printed = Table(columns, rows, say(lang, zh, en), note), source_pictures(case, case.exceptions)
    return Sheet((table, *printed)) if printed else table


def source_rows(case: Case, e: Numbered) -> list[tuple[str, str]]:
    """Return the rows of the files in which an exception stands, place and text; of many rows that of its main cell only.

    For an exception across years, the rows of both reports.
    """
    lang, out = case.lang, []
    parts = source_places(case, e)
    for report, places in parts:
        year = f"{report.name(lang)} · " if len(parts) > 1 else ""
        out += [(year + place, text) for place, text in rows_in_source(report, places, lang)]
    return out


def source_pictures(case: Case, exceptions: Iterable[Numbered]) -> list[Cutting]:
    """Return the rows of exceptions as they are printed in PDF files, the first `MOST_PICTURES` of them."""
    found = (
        dataclasses.replace(picture, said=f"{e.label} · {report.name(case.lang)} · {picture.said}")
        for e in exceptions
        for report, places in source_places(case, e)
        for picture in pictures(report, places, case.lang)
    )
    return list(islice(found, MOST_PICTURES))


def cells_concerned(case: Case, e: Numbered) -> list[tuple[Report, str]]:
    """Return the cells that an exception is about, each with its report; across years those of both reports."""
    named = ((year, cell) for year, _, cell in (name.rpartition(":") for name in e.finding.cells))
    return [(r, cell) for year, cell in named for r in _of_year(case, e.result.report, year) if cell in r.layout.index]


def source_places(case: Case, e: Numbered) -> list[tuple[Report, list[Place]]]:
    """Return where an exception stands in which reports; of many rows its main cell only, of no cell where it was found."""
    finding, own = e.finding, e.result.report
    parts: dict[int, tuple[Report, list[Place]]] = {}
    for report, cell in cells_concerned(case, e):
        parts.setdefault(id(report), (report, []))[1].append(report.place(cell))
    if not finding.cells and finding.place != Place():
        return [(own, [finding.place])]
    many = {k for k, (r, places) in parts.items() if len({row_of(p) for p in places}) > MOST_ROWS}
    return [
        (report, [finding.place if report is own else places[-1]] if key in many else places)
        for key, (report, places) in parts.items()
    ]


def _of_year(case: Case, own: Report, year: str) -> list[Report]:
    """Return the report of a year of the same agency; none, if it is not certain which that is."""
    if not year or year == str(own.year):
        return [own]
    found = [r for r in case.reports if r.agency == own.agency and str(r.year) == year]
    return found if len(found) == 1 else []


def tables_two_and_four(case: Case) -> Shown:
    """Exceptions of table two and table four, of reading and of form (02.8)."""
    lang = case.lang
    rows = tuple(
        (e.label, e.result.report.name(lang), in_words(f.severity, lang), f.check, f.message(lang))
        for e in numbered(case)
        if not (f := e.finding).check.startswith(("T3-0", "T3-1", "T3-2", "T3-50", "Y-"))
    )
    if not rows:
        return sentence(lang, "没有例外事项。", "No exceptions.")
    return Table(heads(lang, "编号|报告|程度|检查|内容", "no.|report|severity|check|finding"), rows)
