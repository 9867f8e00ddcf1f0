"""Files become reports: a file is read, cut where another report begins, placed on a form and named; else it is refused in one sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from auditkit.cutting import FIRST_SECTION, parts_of
from auditkit.fees import sentences
from auditkit.naming import name
from auditkit.naming.titles import titles_in
from auditkit.placing import place, preferred
from auditkit.placing.labels import LONGEST_LINE, is_whole, section_of
from auditkit.placing.placement import Placement
from auditkit.placing.tokens import count
from auditkit.reading import page_of, read_bytes
from auditkit.reading.page import Grid, Line, Page, ReadingError
from auditkit.report import Report

_ANY_NAME = re.compile(r"(?:某某|[×xX○＊*]{2})")
_SAMPLE = re.compile(
    r"(?:数据|数字)均?(?:为|是|系)(?:示例|样例|虚构)|[×xX]{2}(?:局|委|办|县|市|区)?20\d[×xX\d]年|^\S{0,6}(?:样表|填报示例|填写示例)"
)
FIRST_YEAR = 2019
"""Of the statutory form (国办公开办函〔2019〕60号); reports before it had another."""
_MARKS = {"摘录：": "extract", "演练材料：": "exercise", "录入：": "typed"}


def load_all(path: str | Path, problems: list[ReadingError] | None = None) -> tuple[Report, ...]:
    """Read every report in a file, a folder or a ZIP archive.

    Parameters
    ----------
    path : a web page, PDF, Word or Excel file or plain text, recognised by its content; or a folder or ZIP archive of these
    problems : where given, what is wrong with a file is added here, and the rest is read

    Returns
    -------
    tuple of Report
        One, or more where a file holds several reports one after the other. `Report.path` is the path as given, for a file
        in a folder or archive followed by its name in it.

    Raises
    ------
    ReadingError
        If a file cannot be read, is no report, or is the blank form, unless `problems` is given; if a folder or archive has
        no files or too many.
    """
    from auditkit.material import files

    reports: list[Report] = []
    for file, data in files(path):
        try:
            if isinstance(data, ReadingError):
                raise data
            reports += load_bytes(file, read_bytes(file) if data is None else data, problems)
        except ReadingError as error:
            if problems is None:
                raise
            problems.append(error)
    return tuple(reports)


class Fault(ReadingError):
    """A file at which the program itself fails: it is named, and the other files are still read."""


def load_bytes(name: str, data: bytes, problems: list[ReadingError] | None = None) -> tuple[Report, ...]:
    """Read every report in a file of this name; raises as `load_all`, and adds to `problems` those that have no tables there."""
    try:
        return _load_bytes(name, data, problems)
    except ReadingError:
        raise
    except Exception as error:
        kind = type(error).__name__
        zh = f"读取时出现程序错误（{kind}），没有结果。请把文件发给维护者。"
        en = f"a fault of the program ({kind}) while reading; no result. Please send the file to the maintainers."
        raise Fault(name, zh, en) from error


def _load_bytes(name: str, data: bytes, problems: list[ReadingError] | None) -> tuple[Report, ...]:
    page = page_of(data, name, is_whole)
    parts = parts_of(page)
    reports = [_report(part, placements) for part, placements in parts]
    if not reports:
        _no_report(page)
    reports = _with_what_is_said_once(reports) if reports else reports
    stated = [r for r in reports if r.unplaced or _is_filled_in(r)]
    if stated and all(map(_is_sample, stated)):
        raise ReadingError(
            name,
            "是样表或填报示例（机关为“某某”“××”，或注明数据为示例），不是填好的报告，没有读取。",
            "a sample form or an example of one (the agency is 某某 or ××, or it says that its figures are examples), not a completed "
            "report: not read.",
        )
    if stated and all(map(_is_of_the_old_form, stated)):
        raise ReadingError(
            name,
            f"是 {stated[0].year} 年的报告：{FIRST_YEAR} 年以前用另一种统计表，不是现行法定格式，没有读取。",
            f"a report of {stated[0].year}: before {FIRST_YEAR} another form of statistics was used, not the statutory form; not read.",
        )
    if problems is not None and stated:
        problems += (_without_tables(r) for r in reports if r.agency and r.year and not r.readings and not r.unplaced)
    if not stated:
        text = next((f.figure.text for r in reports for f in r.readings.values() if f.figure.kind == "text"), "")
        if text:
            raise ReadingError(
                name,
                f"有法定格式的行，但各格都不是数字（如“{text[:20]}”）。请核对是否拿到了填好的报告。",
                f"rows of the statutory form, but no cell holds a figure (“{text[:20]}”, say). Check whether this is the completed report.",
            )
        raise ReadingError(
            name,
            "是空白表格：有法定格式的行，没有任何数字。请核对是否拿到了填好的报告。",
            "the blank form: rows of the statutory form, but no figures. Check whether this is the completed report.",
        )
    return tuple(stated)


def load(path: str | Path) -> Report:
    """Read one report.

    Raises
    ------
    ReadingError
        As `load_all`, and if the file holds more than one report.
    """
    reports = load_all(path)
    if len(reports) > 1:
        raise ReadingError(
            str(path),
            f"一个文件里有 {len(reports)} 份报告。请用 auditkit.load_all 读取全部。",
            f"{len(reports)} reports in one file. Read them with auditkit.load_all.",
        )
    return reports[0]


def _is_filled_in(report: Report) -> bool:
    """Whether a report states anything: a figure, or marks for none (—) in most of its cells, as bodies without requests write it."""
    kinds = [placed.figure.kind for placed in report.readings.values()]
    return "figure" in kinds or bool(report.agency and report.year and kinds.count("none") * 2 > len(kinds))


def _is_of_the_old_form(report: Report) -> bool:
    """Whether a report is of a year before the statutory form, and states nothing in its cells."""
    return (report.year or FIRST_YEAR) < FIRST_YEAR and not any(
        p.figure.kind == "figure" for p in report.readings.values()
    )


def _report(page: Page, placements: tuple[Placement, ...]) -> Report:
    naming = name(page, preferred(placements).prose)
    placement = preferred(placements, naming.year)
    counted = count(page, placement)
    lines = [b.text.strip() for b in page.blocks if isinstance(b, Line)]
    return Report(
        path=page.path,
        agency=naming.agency,
        year=naming.year,
        form=placement.layout.id,
        layout=placement.layout,
        readings=placement.cells,
        unplaced=placement.unplaced + counted.lost,
        remarks=placement.remarks,
        prose=placement.prose,
        fees=sentences(placement.prose),
        naming=naming,
        found=counted.found,
        pictures=page.pictures,
        tags=frozenset(tag for line in lines for mark, tag in _MARKS.items() if line.startswith(mark)),
    )


def _with_what_is_said_once(reports: list[Report]) -> list[Report]:
    """Complete reports of a file that name only their years, or only their agencies: the first one names what all have."""
    first, agencies, years = reports[0], {r.agency for r in reports}, {r.year for r in reports}
    if first.agency and agencies == {first.agency, None} and len(years - {None}) == len(reports):
        return [replace(r, agency=first.agency) for r in reports]
    if first.year and years == {first.year, None} and len(agencies - {None}) == len(reports):
        return [replace(r, year=first.year) for r in reports]
    return reports


def _is_sample(report: Report) -> bool:
    """Whether a report says that it is a sample: by a name that stands for any, or in so many words before its first section."""
    if report.tags & {"exercise", "typed"}:
        return False
    before = [
        line
        for line in takewhile(lambda line: not (FIRST_SECTION.match(line) or section_of(line)), report.prose[:12])
        if len(line) <= LONGEST_LINE
    ]
    return bool(_ANY_NAME.match(report.agency or "")) or any(map(_SAMPLE.search, before))


def _without_tables(report: Report) -> ReadingError:
    """Return what to say of a report that stands without its tables in a file with others."""
    title = f"{report.agency} {report.year}"
    return ReadingError(
        report.path,
        f"文件中“{title} 年”的报告没有法定格式的三张表（可能是图片，或在附件里），没有读取；同一文件中的其他报告已读取。",
        f"of the report “{title}” in this file the three tables are not there (they may be pictures, or in an attachment): not read. The "
        "other reports in the file were.",
    )


def _no_report(page: Page) -> None:
    grids = sum(isinstance(b, Grid) for b in page.blocks)
    words = sum(len(b.text) for b in page.blocks if isinstance(b, Line))
    if not page.blocks:
        raise ReadingError(
            page.path,
            "没有可读的内容。若报告在网页的框架或图片里，请保存报告正文那一页。",
            "nothing readable in it. If the report stands in a frame or a picture, save the page of the report itself.",
        )
    if page.pictures:
        raise ReadingError(
            page.path,
            f"没有法定格式的三张表，而文件里有 {page.pictures} 张图片：表格可能是图片（或在附件里），不是文字就无法读取。"
            "请向机关索取网页、Word 或 Excel 版本，或在笔记本 00 中录入。",
            f"the statutory form's three tables are not here, but pictures are ({page.pictures}): the tables may be pictures (or in an "
            "attachment), which cannot be read. Ask the agency for the web, Word or Excel version, or type them in, in notebook 00.",
        )
    if any(year for text in page.titles[:1] for _, year in titles_in(text)) and not preferred(place(page)).cells:
        raise ReadingError(
            page.path,
            f"标题中有年度报告，但文件里没有法定格式的三张表（{grids} 个表格、{words} 字）。表格可能在附件或图片里，"
            "或由网页脚本显示（请在浏览器中全选复制，存为文本），也可能是解读文章或 2019 年以前的格式；请保存含三张表的报告正文页。",
            f"the title speaks of an annual report, but the form's three tables are not here ({grids} tables, {words} characters): in an "
            "attachment, a picture or a script perhaps (then copy all from a browser), or an older form. Save the page that holds them.",
        )
    raise ReadingError(
        page.path,
        f"不像年度报告：{grids} 个表格、{words} 字，没有找到按法定格式填报的行（如「一、本年新收政府信息公开申请数量」及各类申请人）。"
        "请保存含三张表的报告正文页。",
        f"does not look like an annual report: {grids} tables, {words} characters, but no rows filled in as the statutory form has them "
        "(such as 一、本年新收政府信息公开申请数量). Save the page that holds the three tables.",
    )
