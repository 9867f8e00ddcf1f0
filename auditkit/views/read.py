"""Notebook 01: what was read, what was not, and what people stated of it."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from auditkit.case import Case
from auditkit.case.journal import Entry
from auditkit.case.stated import blank_cells
from auditkit.case.words import says
from auditkit.findings import ReportResult
from auditkit.placing.labels import is_whole
from auditkit.placing.placement import Unplaced
from auditkit.reading import read_page
from auditkit.reading.numbers import is_entry, parse
from auditkit.reading.page import Block, Grid, Line, Place, ReadingError
from auditkit.report import Report
from auditkit.tables import Sheet, Shown, Table, escape, heads, report_tables, sentence
from auditkit.views.common import file_name
from auditkit.wording import Lang, say

MOST_OF_A_LABEL = 2
"""Lines over which the label of a row runs whose figures stand a line each."""
LONGEST_SPAN = 60
"""Lines of a plain text that are shown for one row."""


def reading(case: Case) -> Table:
    """What was read? Cells by kind for each report, and how many people corrected or placed (01.1)."""
    lang, rows = case.lang, []
    for report in case.reports:
        kinds = [report.kind(c.id) for c in report.layout.cells]
        read = f"{len(kinds) - kinds.count('absent')}/{len(kinds)}"
        counts = (*map(kinds.count, ("figure", "blank", "text", "absent")), len(report.unplaced))
        rows.append((report.name(lang), read, *counts, report.stated_figures, file_name(report)))
    zh = "报告|读到|数字|空白|文字|未读到|未落位|更正和落位|文件"
    en = "report|cells read|figures|blanks|texts|not read|unplaced|corrected and placed|file"
    return Table(heads(lang, zh, en), tuple(rows))


def official_tables(case: Case) -> Sheet:
    """The three tables of each report, drawn like the form, texts as printed (01.2)."""
    return Sheet(tuple(report_tables(report, case.lang) for report in case.reports))


def unplaced(case: Case) -> Shown:
    """Which figures have no cell? Those that a person placed stand with their cell (01.3)."""
    lang = case.lang
    as_read = {id(r): raw for s in case.sources for r, raw in zip(s.reports, s.read, strict=True)}
    rows = []
    for report in case.reports:
        for item in as_read[id(report)].unplaced:
            beside, place, why = item.near or "–", item.place.describe(lang) or "–", why_unplaced(item, lang)
            now = say(lang, "未落位", "unplaced") if item in report.unplaced else _placed_in(report, item, lang)
            rows.append((report.name(lang), item.text, beside, place, why, now))
    if not rows:
        return sentence(lang, "全部数字均已落位。", "Every figure has its cell.")
    columns = heads(lang, "报告|数字|所在行|位置|原因|现状", "report|figure|beside|place|reason|now")
    return Table(columns, tuple(rows))


def why_unplaced(item: Unplaced, lang: Lang) -> str:
    """Say why a figure has no cell."""
    reasons = {
        "label": say(lang, "行标题无法确定", "the row is not certain"),
        "heads": say(lang, "列标题不是法定格式的列", "other column heads"),
        "width": say(lang, "格数与法定格式不符", "not the form's number of cells"),
        "twice": say(lang, "同一行不止一处", "the row stands in more than one place"),
        "subtotal": say(lang, "法定格式没有的小计", "a subtotal the form does not have"),
        "outside": say(lang, "在法定格式的列或表以外", "outside the form's columns or tables"),
        "apart": say(lang, "在另一年度、对照或附件的表中", "in a table of another year, a comparison, an annex"),
        "hidden": say(lang, "在隐藏的行、列或工作表中", "in a hidden row, column or sheet"),
        "cut": say(lang, "文件在此处中断", "the file breaks off here"),
    }
    return reasons.get(item.reason, item.reason)


def _placed_in(report: Report, item: Unplaced, lang: Lang) -> str:
    for cell, found in report.readings.items():
        text = (found.read or found.figure).text
        if found.stated in ("place", "correct") and found.place == item.place and text == parse(item.text).text:
            return say(lang, "审计人员落位：", "placed by the auditor: ") + report.layout.label(cell, lang)
    return say(lang, "审计人员落位", "placed by the auditor")


def blanks(case: Case) -> Shown:
    """What of the blanks? Per report: how many, what they would have to be, what was decided (01.5)."""
    lang, rows = case.lang, []
    for result in case.results:
        report, entry = result.report, case.blanks_stated(result.report)
        count = len(blank_cells(case.before_blanks(report)))
        if not count:
            continue
        said = next((f.message(lang) for f in result.findings if f.check == "T3-54"), "")
        if entry and entry.value == "zero":
            said = say(lang, "各等式按空白为 0 计算。", "The sums are computed with the blanks as 0.")
        elif not said and result.count("conditional"):
            zh = "空白按 0 计时，各等式成立；是否为 0 由机关确认。"
            en = "With blanks as 0 the sums hold; whether they are 0 the agency must say."
            said = say(lang, zh, en)
        elif not said and (why := _why_open(result, lang)):
            said = why
        elif not said:
            zh, en = "空白不在任何等式中，或所在等式无法判断。", "The blanks stand in no sum that could be assessed."
            said = say(lang, zh, en)
        decided = blanks_in_words(entry, lang) if entry else say(lang, "尚未决定", "not decided")
        rows.append((report.name(lang), count, said, decided))
    if not rows:
        return sentence(lang, "各报告都没有空白格。", "No report has blank cells.")
    return Table(heads(lang, "报告|空白格|说明|决定", "report|blank cells|what follows|decision"), tuple(rows))


def _why_open(result: ReportResult, lang: Lang) -> str:
    """Say why it was not found what blanks that cannot be 0 would have to be."""
    reason = next((c.reason(lang) for c in result.checks if c.check == "T3-54" and c.outcome == "not assessable"), "")
    return reason and say(lang, f"{reason}。", f"{reason}.")


def blanks_in_words(entry: Entry, lang: Lang) -> str:
    """Say what was decided on a report's blanks, by whom, when and why."""
    value, who = says(entry, lang), entry.signed(lang)
    return say(lang, f"{value}（{who}：{entry.reason}）", f"{value} ({who}: {entry.reason})")


# --- the row as it stands in the source ----------------------------------------------------------------------------------


def row_of(place: Place) -> tuple[object, ...]:
    """Return what the places of one row of a file have in common."""
    return (place.line, place.table, place.row) if place.table or place.line else place


def rows_in_source(
    report: Report, places: Iterable[Place], lang: Lang, *, around: int = 0
) -> tuple[tuple[str, str], ...]:
    """Return the rows of a report's file that stand at some places, as the file has them, whatever was made of them.

    Each is its place in words and its texts divided by ``|``, in the file's order. In loose lines one row of the form runs
    over several: these are one, with its label, or the two lines above where that may stand. With `around` so many rows before and behind are
    returned, too, and a row of a table is marked by ▶.
    """
    wanted = {row_of(p): p for p in places if p != Place()}
    if not wanted:
        return ()
    if any(p.table is None for p in wanted.values()):  # on a line stands one cell, or all of the row
        wanted |= {row_of(p): p for p in _beside(report, wanted)}
    try:
        state = Path(report.path).stat()
        blocks = _blocks(report.path, state.st_mtime_ns, state.st_size)
    except ReadingError as error:
        return (("–", error.message(lang)),)
    except OSError as error:
        zh = f"源文件现在无法读取（{error.strerror}）。"
        en = f"the file cannot be read now ({error.strerror})."
        return (("–", say(lang, zh, en)),)
    out = []
    lines = [b for b in blocks if isinstance(b, Line) and b.text.strip()]
    for grid in (b for b in blocks if isinstance(b, Grid)):
        here = [any(row_of(s.place) in wanted for s in row) for row in grid.rows]
        for i, row in enumerate(grid.rows):
            if row and any(here[max(i - around, 0) : i + around + 1]):
                texts = (" ".join(s.text.split()) or say(lang, "空白", "blank") for s in row)
                place = next((wanted[row_of(s.place)] for s in row if row_of(s.place) in wanted), row[0].place)
                mark = "▶ " if around and here[i] else ""
                out.append((mark + place._replace(cell=None).describe(lang), " | ".join(texts)))
    at = [i for i, b in enumerate(lines) if row_of(b.place) in wanted]
    if at:
        begin = max(at[0] - 2, 0)
        if is_entry(lines[at[0]].text):  # the label is what stands above the figures, up to those of the row before
            begin = at[0]
            while begin and at[0] - begin < MOST_OF_A_LABEL and not is_entry(lines[begin - 1].text):
                begin -= 1
        run = lines[max(begin - around, 0) : at[-1] + 1 + around][:LONGEST_SPAN]
        first, last = run[0].place.describe(lang), run[-1].place.describe(lang)
        out.append((say(lang, f"{first}至{last}", f"{first} to {last}"), " | ".join(b.text for b in run)))
    return tuple(out)


def _beside(report: Report, wanted: Collection[tuple[object, ...]]) -> Iterator[Place]:
    """Yield where the cells stand that are in one row of the form with what stands at some places, and in no table of the file."""
    rows = {(c.table, c.row) for c in report.layout.cells if row_of(report.place(c.id)) in wanted}
    for cell in report.layout.cells:
        place = report.place(cell.id)
        if (cell.table, cell.row) in rows and place != Place() and place.table is None:
            yield place


def in_source(report: Report, places: Iterable[Place], lang: Lang, *, around: int = 0) -> Shown:
    """Show the rows of a report's file that stand at some places, and those `around` them; of a PDF also as they are printed."""
    places = tuple(places)
    rows = rows_in_source(report, places, lang, around=around)
    if not rows:
        return sentence(lang, "在文件中没有找到这一格所在的行。", "The row of this cell was not found in the file.")
    caption = say(lang, f"{file_name(report)}（各格以 | 隔开）", f"{file_name(report)} (cells divided by |)")
    table = Table(heads(lang, "文件中的位置|该行原文", "place in the file|the row in the source"), rows, caption)
    printed = pictures(report, places, lang)
    return Sheet((table, *printed)) if printed else table


@dataclass(frozen=True, slots=True, repr=False)
class Cutting(Shown):
    """A row as it is printed on a page of a PDF."""

    png: bytes
    said: str

    @property
    def html(self) -> str:
        """The picture, with what it shows for who does not see it."""
        source = base64.b64encode(self.png).decode("ascii")
        picture = f'<img style="max-width:100%" alt="{escape(self.said)}" src="data:image/png;base64,{source}">'
        return f'<figure class="ak">{picture}<figcaption>{escape(self.said)}</figcaption></figure>'

    @property
    def text(self) -> str:
        """What the picture shows."""
        return self.said


def pictures(report: Report, places: Iterable[Place], lang: Lang) -> tuple[Cutting, ...]:
    """Cut the rows at some places out of the pages of a PDF; none for other files."""
    by_page: dict[int, list[tuple[int, int]]] = {}
    for p in places:
        if p.page is not None and p.box is not None:
            by_page.setdefault(p.page, []).append((p.box[1], p.box[3]))
    out = []
    for page, edges in sorted(by_page.items()):
        top, bottom = min(a for a, _ in edges), max(b for _, b in edges)
        try:
            png = _cut(report.path, Path(report.path).stat().st_mtime_ns, page, top, bottom)
        except (ReadingError, OSError):  # the text of the row is there
            continue
        out.append(Cutting(png, say(lang, f"第 {page} 页上的该行", f"the row on page {page}")))
    return tuple(out)


@lru_cache(maxsize=32)
def _cut(path: str, changed: int, page: int, top: int, bottom: int) -> bytes:
    from auditkit.reading import pdf, read_bytes

    return pdf.crop(read_bytes(path), page, (0, top, 0, bottom), path)


def side_by_side(report: Report, table: str, lang: Lang) -> Table:
    """Show each row of a table as it is in force beside the row or rows of the file that it was read from (01.4)."""
    layout, rows = report.layout, []

    def label(cell: str) -> str:  # the rows of table two have columns of their own
        return f"{layout.cell(cell).column_label[lang]} " if table == "proactive" else ""

    for row in layout.rows(table):
        cells = [c.id for c in layout.row_cells(table, row)]
        found = rows_in_source(report, [report.place(c) for c in cells], lang)
        as_read = " | ".join(label(c) + report.shown(c, lang) for c in cells)
        texts, places = "\n".join(text for _, text in found), "\n".join(place for place, _ in found)
        rows.append((layout.row_label(table, row, lang), as_read, texts or "–", places or "–"))
    columns = heads(lang, "行|读作|文件中的行|位置", "row|as read|row in the file|place")
    names = " | ".join(layout.column_label(table, c, lang) for c in layout.columns(table))
    note = "" if table == "proactive" else say(lang, f"各列依次为：{names}", f"columns in order: {names}")
    if report.unplaced:
        n = len(report.unplaced)
        note += say(
            lang, f"\n另有 {n} 个数字未落位，见上一问。", f"\n{n} figures more are unplaced: see the question before."
        )
    return Table(columns, tuple(rows), f"{report.name(lang)} · {layout.title(table, lang)}", note)


@lru_cache(maxsize=4)
def _blocks(path: str, changed: int, size: int) -> tuple[Block, ...]:
    """Read a file once as long as it is the same."""
    return read_page(path, is_whole).blocks
