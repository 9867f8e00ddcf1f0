"""Files become reports: a file is read, cut where another report begins, placed on a form and named; else it is refused in one sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, chain, pairwise, takewhile
from pathlib import Path
from typing import TypeAlias

from auditkit.fees import sentences
from auditkit.naming import name
from auditkit.naming.headline import links_of
from auditkit.naming.titles import LONGEST_TITLE, heading_said, is_heading, may_be_same, titles_in, titles_of
from auditkit.placing import place, preferred
from auditkit.placing.labels import LONGEST_LINE, is_whole, labels, section_of, strong
from auditkit.placing.placement import Placement
from auditkit.placing.tokens import count
from auditkit.reading import page_of, read_bytes
from auditkit.reading.page import Block, Grid, Line, Page, Place, ReadingError
from auditkit.report import Report

_Part: TypeAlias = tuple[Page, tuple[Placement, ...]]
"""A report's stretch of a page, placed on each of the forms."""

MOST_STARTS = 40
"""Tables and sections of a page at which another report is sought."""
MOST_OF_A_HEAD = 3
"""Rows of what stands over the first table on a sheet: who filled it in, and when."""
MOST_BEFORE, NEAR = 60, 4
"""Blocks before a report's first table in which it begins, and between the lines that say what it is."""
_ANY_NAME = re.compile(r"(?:某某|[×xX○＊*]{2})")
_SAMPLE = re.compile(
    r"(?:数据|数字)均?(?:为|是|系)(?:示例|样例|虚构)|[×xX]{2}(?:局|委|办|县|市|区)?20\d[×xX\d]年|^\S{0,6}(?:样表|填报示例|填写示例)"
)
_FIRST = re.compile(r"\s*(?:一、\s*(?:总体|概述|基本|工作)|[（(]一[）)]\s*总体情况)")
_OF_ITSELF = re.compile(r"统计期限|本报告|本年报|年度报告|编制|信息公开条例")
LEAST_OF_A_PART = 8
"""Cells that are read of a titled report whose other tables are lost, or pictures: table two of the 2021 form has ten."""
FIRST_YEAR = 2019
"""Of the statutory form (国办公开办函〔2019〕60号); reports before it had another."""
LEAST_CELLS = 14
"""Two rows of table three: with fewer cells of the form a page is no report."""
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


def load_bytes(name: str, data: bytes, problems: list[ReadingError] | None = None) -> tuple[Report, ...]:
    """Read every report in a file of this name; raises as `load_all`, and adds to `problems` those that have no tables there."""
    page = page_of(data, name, is_whole)
    parts = _parts(page)
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


def _parts(page: Page) -> list[_Part]:
    """Cut a page where another report begins, if both sides have rows of the form."""
    placements = place(page)
    whole = preferred(placements)
    twice = sum(1 for u in whole.unplaced if u.reason == "twice")
    figures = len(whole.cells) + len(whole.unplaced)
    if len(whole.cells) < LEAST_CELLS and not twice:
        enough = figures >= LEAST_CELLS or _rows_named(page, whole.layout.id) >= LEAST_CELLS
        part = len(whole.cells) >= LEAST_OF_A_PART and not whole.unplaced
        if not ((enough or part) and _is_titled(page)):
            return []
    titled = _cut((page, placements), _title_lines(page))
    return [part for piece in titled for part in _under_their_headings(_cut_untitled(piece))]


def _cut_untitled(part: _Part) -> list[_Part]:
    """Cut where the same rows come again with other figures, but no title stands between: the first report from the rest, then this.

    All must have the same tables, more than one: with another's it is no report, but holds a table of another year, say.
    """
    if _twice(part) < LEAST_CELLS:
        return _cut_alike(part)
    tried = [_cut(part, [_opening(part[0], cut)]) for cut in _tables_at(part[0])[1:MOST_STARTS]]
    in_two = [parts for parts in tried if len(parts) == 2 and not _twice(parts[0])]
    pieces = max(in_two, key=lambda parts: sum(map(_taken, parts)) + _taken(parts[0]), default=[part])
    pieces = [*pieces[:1], *(each for rest in pieces[1:] for each in _cut_untitled(rest))]
    tables = {_tables(preferred(placed)) for _, placed in pieces}
    return pieces if len(tables) == 1 and len(tables.pop()) > 1 else [part]


def _under_their_headings(parts: list[_Part]) -> list[_Part]:
    """Take the first of several sets of tables from the title above it, where all stand under headings and its own names another body or year.

    Else the tables of another body, or of a year before, would be those of the report whose title stands first.
    """
    blocks = [block for page, _ in parts for block in page.blocks]
    begins = accumulate((len(page.blocks) for page, _ in parts[:-1]), initial=0)
    found = [_heading_over(blocks, begin) for begin in begins] if len(parts) > 1 else []
    heads = [head for head in found if head]
    if not heads or len(heads) < len(parts) or len({type(told) for _, told in heads}) > 1:
        return parts
    (page, placed), (_, first) = parts[0], heads[0]
    named = name(page, preferred(placed).prose)
    if first == named.year if isinstance(first, int) else not named.agency or may_be_same(named.agency, first):
        return parts
    pieces = [
        replace(page, titles=(), blocks=tuple(blocks[a:b]))
        for a, b in pairwise([*(at for at, _ in heads), len(blocks)])
    ]
    if isinstance(first, int) and named.agency:  # all are of the body that the title names
        pieces = [replace(piece, blocks=(Line(named.agency, Place()), *piece.blocks)) for piece in pieces]
    over, own = tuple(blocks[: heads[0][0]]), str(named.agency)
    for i, (_, told) in enumerate(heads):
        if isinstance(told, str) and may_be_same(own, told):  # the set that the title is of
            pieces[i] = replace(pieces[i], titles=page.titles, blocks=over + pieces[i].blocks)
    return [(piece, place(piece)) for piece in pieces]


def _heading_over(blocks: Sequence[Block], begin: int) -> tuple[int, str | int] | None:
    """Return the last line over a stretch's first table that is but a heading: its block, and the body or year that it names."""
    first = next((i for i in range(begin, len(blocks)) if isinstance(blocks[i], Grid)), begin)
    for i in range(first - 1, -1, -1):
        block = blocks[i]
        if isinstance(block, Grid):
            break
        if (told := heading_said(block.text)) is not None:
            return i, told
    return None


def _cut_alike(part: _Part) -> list[_Part]:
    """Cut between reports with the same figures (all are 0, say) that are of other bodies or years; else the same is there twice."""
    page = part[0]
    firsts = [i for i, b in enumerate(page.blocks) if isinstance(b, Line) and _FIRST.match(b.text)][:MOST_STARTS]
    if len(firsts) < 2 and not _sheet(page.blocks[-1]):
        return [part]
    tables = _tables_at(page)
    sheets = [i for i in tables if i and _sheet(page.blocks[i]) != _sheet(page.blocks[i - 1])]
    behind = [next((i for i in tables if i > first), None) for first in firsts[1:]] or sheets
    starts = sorted({_opening(page, i) for i in behind if i is not None} - {0})
    pieces = _cut(part, starts) if starts else [part]
    if len(pieces) == 1:
        return pieces
    names = [name(piece, preferred(placed).prose) for piece, placed in pieces]
    told = {(n.agency, n.year) for n in names if n.agency}
    return pieces if len(told) == len(pieces) else [part]


def _tables_at(page: Page) -> list[int]:
    """Return the blocks at which a table or, in a text, the first section with one begins."""
    return [i for i, b in enumerate(page.blocks) if isinstance(b, Grid) or section_of(b.text) == "proactive"]


def _twice(part: _Part) -> int:
    """Count the figures of a stretch whose cells have others already."""
    return sum(1 for u in preferred(part[1]).unplaced if u.reason == "twice")


def _opening(page: Page, start: int) -> int:
    """Return where a report begins whose first table stands at a block: at its first section's title and what it says of itself above."""
    begin = start
    above = takewhile(lambda b: isinstance(b, Line) and not _FIRST.match(b.text), page.blocks)
    behind = takewhile(lambda b: isinstance(b, Line), reversed(page.blocks))
    over_first, signed = (any(isinstance(b, Line) and is_heading(b.text) for b in part) for part in (above, behind))
    headings = over_first or not signed  # else bodies' names sign the reports above them, the last one too
    for k in range(start - 1, max(start - MOST_BEFORE, -1), -1):
        block = page.blocks[k]
        if isinstance(block, Grid) or (begin < start and section_of(block.text) == "end"):
            break
        begun = begin < start or isinstance(page.blocks[start], Line)  # at its first section's title
        headed = headings and begun and begin - k <= NEAR and is_heading(block.text)
        if (
            _FIRST.match(block.text)
            or section_of(block.text) == "proactive"
            or headed
            or (begun and begin - k <= NEAR and _OF_ITSELF.search(block.text))
        ):
            begin = k
        if headed:
            break
    sheet = _sheet(page.blocks[start])
    top = next((k + 1 for k in range(start - 1, -1, -1) if _sheet(page.blocks[k]) != sheet), 0)
    alone = not any(isinstance(b, Grid) and len(b.rows) > MOST_OF_A_HEAD for b in page.blocks[top:start])
    return min(begin, top) if sheet and alone else begin


def _tables(placement: Placement) -> frozenset[str]:
    """Return which of the form's tables a part has."""
    return frozenset(placement.layout.cell(cell).table for cell in placement.cells)


def _taken(part: _Part) -> int:
    placement = preferred(part[1])
    return len(placement.cells) - len(placement.unplaced)


def _rows_named(page: Page, form_id: str) -> int:
    """Count the rows of a form whose labels stand on a page, in cells or on lines of their own."""
    known = labels(form_id)
    texts = {s.text for b in page.blocks for s in ([b] if isinstance(b, Line) else chain.from_iterable(b.rows))}
    found = (known.row(text) for text in texts if len(text) <= LONGEST_LINE)
    return len({(match.table, match.row) for match in found if match and strong(match)})


def _is_titled(page: Page) -> bool:
    """Whether a page bears the title of one agency's report: then figures that have no cell are that report's."""
    return any(agency and year for agency, year in titles_of(page))


def _cut(whole: _Part, starts: list[int]) -> list[_Part]:
    """Cut at those starts from which on parts of a report come again that were there before, or where its tables have a sheet of their own.

    What has a title but no such part (a link to a report, a sentence about one) goes with what is before it. A report whose tables are
    lost takes none of the next one's, nor gives its name to them.
    """
    page = whole[0]
    stretches = list(pairwise([0, *starts, len(page.blocks)]))
    if len(stretches) == 1:
        return [whole]
    pieces = [_piece(page, a, b) for a, b in stretches]
    placed = [preferred(place(piece)) for piece in pieces]
    sizes = [len(part.cells) for part in placed]
    sheets = [_sheet(block) for block in page.blocks]
    parts_of = [_parts_told(piece, part) for piece, part in zip(pieces, placed, strict=True)]
    cuts, held, told, said = [0], sizes[0], parts_of[0], _says_something(pieces[0])
    for i, start in enumerate(starts, 1):
        again = not told.isdisjoint(parts_of[i]) and (said or held >= LEAST_OF_A_PART)
        sheet = sheets[start]
        on_its_sheet = (
            bool(sheet) and sizes[i] >= LEAST_OF_A_PART and sheets[cuts[-1] : start].count(sheet) <= 1
        )  # its name
        if (again or on_its_sheet) and held + sum(sizes[i:]) >= LEAST_OF_A_PART:
            cuts.append(start)
            held, told, said = 0, frozenset(), False
        held, told, said = held + sizes[i], told | parts_of[i], said or _says_something(pieces[i])
    parts = [_piece(page, a, b) for a, b in pairwise([*cuts, len(page.blocks)])]
    return [(part, place(part)) for part in parts] if len(parts) > 1 else [whole]


def _parts_told(page: Page, placement: Placement) -> frozenset[tuple[str, bool]]:
    """Return which parts of a report stand in a stretch, by the titles of its sections and by its tables: of two reports, some come again.

    A section's title and its table are told apart: the title may stand above a line that begins the stretch.
    """
    texts = [b.text for b in page.blocks if isinstance(b, Line)]
    sections = {section for text in texts if (section := section_of(text)) and section != "end"}
    first = {"first"} if any(map(_FIRST.match, texts)) else set()
    return frozenset([(name, False) for name in sections | first] + [(name, True) for name in _tables(placement)])


def _says_something(page: Page) -> bool:
    """Whether a stretch has sentences: a list of contents has none."""
    return any("。" in b.text for b in page.blocks if isinstance(b, Line))


def _sheet(block: Block) -> str:
    """Return the sheet of a workbook on which a block stands."""
    place = block.place if isinstance(block, Line) else next((s.place for row in block.rows for s in row), Place())
    return place.sheet


def _piece(page: Page, begin: int, end: int) -> Page:
    return replace(page, titles=page.titles if begin == 0 else (), blocks=page.blocks[begin:end])


def _title_lines(page: Page) -> list[int]:
    """Blocks where the title of a report of another agency or year begins, over up to three lines."""
    out: list[int] = []
    last: tuple[str | None, int | None] | None = None
    linked = links_of(page)
    texts = ((i, b.text) for i, b in enumerate(page.blocks) if isinstance(b, Line) and b.text.strip())
    lines = [(i, "。" if linked(text) else text) for i, text in texts]
    grids = [i for i, b in enumerate(page.blocks) if isinstance(b, Grid)]
    for n, (i, _) in enumerate(lines):
        for k in (1, 2, 3):
            text = " ".join(t for _, t in lines[n : n + k])
            if any(i < g < lines[min(n + k, len(lines)) - 1][0] for g in grids):
                break  # a table stands between
            if len(text) > LONGEST_TITLE or "。" in text or section_of(text):
                break
            rests = (" ".join(t for _, t in lines[m : n + k]) for m in range(n + 1, n + k))
            if last and any(last in titles_in(rest) for rest in rests):
                break  # the same title again, under the name of another sheet
            title = next(((a, y) for a, y in titles_in(text) if y and (a or k == 1)), None)
            if title and title[1] and (title[0] or last is None or title[1] != last[1]):
                if title != last:
                    out.append(i)
                last = title
                break
    return [i for i in out if i > 0]


def _is_sample(report: Report) -> bool:
    """Whether a report says that it is a sample: by a name that stands for any, or in so many words before its first section."""
    if report.tags & {"exercise", "typed"}:
        return False
    before = [
        line for line in takewhile(lambda line: not _FIRST.match(line), report.prose[:12]) if len(line) <= LONGEST_LINE
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
