"""Whether the report was read whole, and what is to be said about the reading and the form used."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container
from functools import partial
from pathlib import PurePath

from auditkit.checks import Sink
from auditkit.findings import number
from auditkit.forms import TABLES, form_of_year
from auditkit.naming.titles import PART_OF_YEAR, normalised
from auditkit.placing.placement import Unplaced
from auditkit.reading.numbering import HAN
from auditkit.reading.numbers import squeeze
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.wording import Lang, say

MOST_LISTED = 6
LEAST_ROWS = 3
"""Rows of a table whose figures without a cell are one finding."""
UNKNOWN = ("label", "heads", "width", "subtotal", "outside")
"""Why figures of a table have no cell that may be no table of the form."""


def check(sink: Sink) -> None:
    """Check completeness, placing, writing, naming and form."""
    _completeness(sink)
    _unplaced(sink)
    _texts(sink)
    _heads(sink)
    _labels(sink)
    _writing(sink)
    _naming(sink)
    _form(sink)
    _sections(sink)
    _blanks(sink)


def _rows_in_words(sink: Sink, cells: list[str], lang: Lang) -> str:
    return _listed(sink.report.layout.row_names(cells, lang), lang)


def _listed(names: list[str], lang: Lang) -> str:
    rest = len(names) - MOST_LISTED
    text = say(lang, "、", "; ").join(names[:MOST_LISTED])
    return text + (say(lang, f"等 {len(names)} 项", f" and {rest} more") if rest > 0 else "")


def _completeness(sink: Sink) -> None:
    report = sink.report
    missing = [c.id for c in report.layout.cells if c.id not in report.readings]
    total = len(report.layout.cells)
    if missing:
        n, rows = len(missing), partial(_rows_in_words, sink, missing)
        whole = any({c.id for c in report.layout.cells if c.table == t} <= set(missing) for t in TABLES)
        case = "pictures" if report.pictures and whole else "missing"
        sink.find("R-01", case, missing, subject="missing", n=n, rows=rows, pictures=report.pictures)
        sink.end("R-01", "not assessable", f"{total} 格中有 {n} 格没有读到", f"{n} of {total} cells not read")
    else:
        sink.end("R-01", "passed", f"{total} 格全部读到", f"all {total} cells read")


def _unplaced(sink: Sink) -> None:
    groups: dict[tuple[str, str], list[Unplaced]] = defaultdict(list)
    # a warning a row of a table of which nothing was placed, or of a column beside the form's, would bury the rest
    strange = _strange(sink.report, UNKNOWN) - {_table_of(placed.place) for placed in sink.report.readings.values()}
    beside = _strange(sink.report, ("outside",))
    for item in sink.report.unplaced:
        table = _table_of(item.place)
        if item.reason in UNKNOWN and table in strange:
            groups["table", table].append(item)
        elif item.reason == "outside" and table in beside:
            groups["outside", table].append(item)
        else:
            groups[item.reason, "" if item.reason == "apart" else item.near].append(item)
    for (case, near), items in groups.items():
        texts = [u.text for u in items]
        labels = list(dict.fromkeys(u.near.replace("\n", "") for u in items if u.near))
        sink.find(
            "R-02",
            case,
            (),
            subject=(case, near),
            severity="note" if case == "apart" or all(u.sums for u in items) else None,
            figures=texts,
            place=items[0].place,
            n=len(items),
            texts=lambda lang, texts=texts: _listed(texts, lang),
            near=(_listed(labels, "zh") or "（没有行标题）", _listed(labels, "en") or "(no row label)"),
        )
    sink.conclude("R-02")


def _table_of(place: Place) -> str:
    """Return what tells a table of the file from the others; ``""`` for a figure that stands in none."""
    return place.sheet or (f"{place.table}" if place.table else "")


def _strange(report: Report, reasons: Container[str]) -> set[str]:
    """Return the tables in which several rows have figures that for these reasons have no cell."""
    rows: dict[str, set[str]] = defaultdict(set)
    for item in report.unplaced:
        if item.reason in reasons:
            rows[_table_of(item.place)].add(item.near)
    return {table for table, labels in rows.items() if table and len(labels) >= LEAST_ROWS}


def _texts(sink: Sink) -> None:
    for cell_id, placed in sink.report.readings.items():
        if placed.figure.kind == "text":
            sink.find("R-03", "text", [cell_id], cell=sink.cell(cell_id), printed=placed.figure.text)
    sink.conclude("R-03")


def _heads(sink: Sink) -> None:
    remarks = [r for r in sink.report.remarks if r.code == "order"]
    cells = [c for r in remarks for c in r.cells]
    if remarks:
        rows = partial(_rows_in_words, sink, cells)
        sink.find("R-04", "order", cells, subject="order", n=len(remarks), rows=rows)
    sink.conclude("R-04")


def _labels(sink: Sink) -> None:
    layout = sink.report.layout
    for remark in sink.report.remarks:
        if remark.code != "label" or remark.cells[0] not in layout.index:
            continue
        row = sink.row(remark.cells[0])
        sink.find("R-05", "label", remark.cells, printed=remark.printed, row=row, place=remark.place)
    sink.conclude("R-05")


def _writing(sink: Sink) -> None:
    report = sink.report
    written = [
        (c, f)
        for c, p in report.readings.items()
        if (f := p.figure).kind == "figure" and not f.plain and c in report.layout.index
    ]
    if written:

        def listing(lang: Lang) -> str:
            read = say(lang, "{}“{}”读作 {}", "{} “{}” as {}")
            names = [read.format(report.layout.label(c, lang), f.text, number(f.value)) for c, f in written]
            return _listed(names, lang)

        sink.find("R-06", "written", [c for c, _ in written], subject="written", n=len(written), list=listing)
    for cell in report.layout.cells:
        placed = report.readings.get(cell.id)
        if placed is None or not cell.unit.startswith("万元") or "单位" in cell.column_label["zh"]:
            continue
        if placed.figure.kind == "figure" and placed.figure.value and not placed.figure.unit:
            sink.find("R-06", "unit", [cell.id], cell=sink.cell(cell.id), printed=placed.figure.text)
    sink.conclude("R-06")


TOP = 10
"""Lines in which a report's title stands."""
_SOURCES = {
    "title": ("标题", "title"),
    "period": ("统计期限", "statistics period"),
    "opening": ("正文开头", "opening"),
    "head": ("网页标题", "page head"),
}


_OF_FILE = {"agency": ("机关名称", "agency"), "year": ("年份", "year")}


def _naming(sink: Sink) -> None:
    naming = sink.report.naming
    by_year: dict[int, list[str]] = defaultdict(list)
    for other, source in naming.other_years:
        by_year[other].append(source)
    for other, sources in by_year.items():
        words: dict[str, object] = {"year": str(naming.year), "other": str(other)}
        words["source"] = "、".join(_SOURCES[s][0] for s in sources), " and the ".join(_SOURCES[s][1] for s in sources)
        message = "title" if sources == ["title"] else "year"
        sink.find("F-04", message, (), subject=("year", sources[0]), words=words)
    for other_agency in naming.other_agencies:
        sink.find("F-04", "agency", (), subject="agency", agency=naming.agency or "", other=other_agency)
    for what in naming.of_file:
        stem = PurePath(sink.report.path).stem
        sink.find("F-04", "of_file", (), subject=("of file", what), words={"what": _OF_FILE[what], "name": stem})
    lines = (PART_OF_YEAR.search(normalised(line)) for line in sink.report.prose[:TOP])
    if part := next(filter(None, lines), None):
        sink.find("F-04", "part", (), subject="part", words={"part": part[0]})
    if sink.report.year is None:
        sink.find("F-04", "no_year", (), subject="no year", severity="note")
    if sink.report.agency is None:
        sink.find("F-04", "no_agency", (), subject="no agency", severity="note")
    sink.conclude("F-04")


def _form(sink: Sink) -> None:
    report = sink.report
    if report.year is not None and (due := form_of_year(report.year)) != report.form:
        sink.find("F-08", "form", (), subject="form", year=str(report.year), form=report.form, due=due)
    if report.layout.variant == "single_other":
        cells = [c.id for c in report.layout.row_cells("requests", "other")]
        sink.find("F-08", "single_other", cells)
    sink.conclude("F-08")


_SECTIONS = (
    ("一", "总体情况", "overview", "总体情况|概述|概况|基本情况"),
    ("二", "主动公开政府信息情况", "proactive disclosure", "主动公开"),
    ("三", "收到和处理政府信息公开申请情况", "requests", "收到和处理|依申请公开"),
    ("四", "政府信息公开行政复议、行政诉讼情况", "reconsideration and litigation", "行政复议|行政诉讼"),
    ("五", "存在的主要问题及改进情况", "main problems and what was done", "问题|不足|改进|下一步"),
    ("六", "其他需要报告的事项", "other matters", "其[他它].{0,6}(?:报告|说明|事项)|(?:报告|说明)的其[他它]"),
)
"""The form's sections: number, title, in English, and what a title of other wording holds."""
_WORDS = re.compile("|".join(words for *_, words in _SECTIONS))
_TITLE = re.compile(rf"第?([{HAN[:9]}])(?:部分)?[、.．,，:：]?")
LONGEST_TITLE = 40
LEAST_SECTIONS = 4
"""Titles that must be found before a missing one is spoken of: else the file holds the tables only, or has other titles."""


def section_titles(report: Report) -> tuple[str, ...]:
    """Return what of the prose may be a section's title: lines with a number or a title's words; of long ones the beginning."""
    lines = (squeeze(line) for line in report.prose)
    numbered = ((t, _TITLE.match(t)) for t in lines)
    found = (t for t, number in numbered if number or (len(t) <= LONGEST_TITLE and _WORDS.search(t)))
    return tuple(t[: LONGEST_TITLE + 1] for t in found)


def _sections(sink: Sink) -> None:
    lines = section_titles(sink.report)
    titles = [(m[1], t) for t in lines if len(t) <= LONGEST_TITLE and (m := _TITLE.match(t))]
    found: dict[str, str] = {}
    for due, _, _, holds in _SECTIONS:
        named = [n for n, title in titles if re.search(holds, title)]
        if named:
            found[due] = due if due in named else named[0]
    if len(found) < LEAST_SECTIONS:
        sink.end(
            "F-01",
            "not assessable",
            f"正文中只认出 {len(found)} 个标题",
            f"{len(found)} titles recognised in the text only",
        )
        return
    missing = [
        (f"{n}、{zh}", f"{n}、{en}")
        for n, zh, en, holds in _SECTIONS
        if n not in found and not _otherwise(sink.report, n, holds, titles)
    ]
    if missing:
        listed = {"list": ("；".join(m[0] for m in missing), "; ".join(m[1] for m in missing))}
        sink.find("F-01", "missing", (), subject="missing", n=len(missing), words=listed)
    elif odd := [(n, found[n]) for n in found if found[n] != n]:
        listed = {
            "list": ("；".join(f"应为{n}，印为{p}" for n, p in odd), "; ".join(f"{n} printed {p}" for n, p in odd))
        }
        sink.find("F-01", "number", (), subject="number", severity="note", words=listed)
    sink.conclude("F-01")


def _otherwise(report: Report, number: str, holds: str, titles: list[tuple[str, str]]) -> bool:
    """Whether a section is there without a title as the form has it: its table, its number over other words, or its words."""
    table = {"二": "proactive", "三": "requests", "四": "disputes"}.get(number)
    if table and any(report.layout.cell(c).table == table for c in report.readings if c in report.layout.index):
        return True
    others = "|".join(words for n, _, _, words in _SECTIONS if n != number)
    if any(n == number and not re.search(others, t) for n, t in titles):
        return True
    return any(re.search(holds, t[:LONGEST_TITLE]) for t in section_titles(report))


def _blanks(sink: Sink) -> None:
    report = sink.report
    blanks = [c.id for c in report.layout.cells if report.kind(c.id) == "blank"]
    if blanks:
        sink.find("T3-55", "blanks", blanks, subject="blanks", n=len(blanks))
    sink.conclude("T3-55")
