"""A page of several reports is cut where another begins: at its title, its heading, its sheet, or where the same rows come again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, chain, pairwise, takewhile
from typing import TypeAlias

from auditkit.naming import name
from auditkit.naming.headline import links_of
from auditkit.naming.titles import LONGEST_TITLE, heading_said, is_heading, may_be_same, titles_in, titles_of
from auditkit.placing import place, preferred
from auditkit.placing.labels import LONGEST_LINE, labels, section_of, strong
from auditkit.placing.placement import Placement
from auditkit.reading.page import Block, Grid, Line, Page, Place

Part: TypeAlias = tuple[Page, tuple[Placement, ...]]
"""A report's stretch of a page, placed on each of the forms."""

MOST_STARTS = 40
"""Tables and sections of a page at which another report is sought."""
MOST_OF_A_HEAD = 3
"""Rows of what stands over the first table on a sheet: who filled it in, and when."""
MOST_BEFORE, NEAR = 60, 4
"""Blocks before a report's first table in which it begins, and between the lines that say what it is."""
_OF_ITSELF = re.compile(r"统计期限|本报告|本年报|年度报告|编制|信息公开条例")
LEAST_OF_A_PART = 8
"""Cells that are read of a titled report whose other tables are lost, or pictures: table two of the 2021 form has ten."""
LEAST_CELLS = 14
"""Two rows of table three: with fewer cells of the form a page is no report."""
FIRST_SECTION = re.compile(r"\s*(?:一、\s*(?:总体|概述|基本|工作)|[（(]一[）)]\s*总体情况)")


def parts_of(page: Page) -> list[Part]:
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


def _cut_untitled(part: Part) -> list[Part]:
    """Cut where the same rows come again with other figures, but no title stands between: the first report from the rest, then this.

    All must have the same tables, more than one: with another's it is no report, but holds a table of another year, say.
    """
    if _twice(part) < LEAST_CELLS:
        return _cut_alike(part)
    starts = {_opening(part[0], table) for table in _tables_at(part[0])[1:MOST_STARTS]} - {0}
    tried = [_cut(part, [start]) for start in sorted(starts)]
    in_two = [parts for parts in tried if len(parts) == 2 and not _twice(parts[0])]
    pieces = max(in_two, key=lambda parts: sum(map(_taken, parts)) + _taken(parts[0]), default=[part])
    pieces = [*pieces[:1], *(each for rest in pieces[1:] for each in _cut_untitled(rest))]
    tables = {_tables(preferred(placed)) for _, placed in pieces}
    return pieces if len(tables) == 1 and len(tables.pop()) > 1 else [part]


def _under_their_headings(parts: list[Part]) -> list[Part]:
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


def _cut_alike(part: Part) -> list[Part]:
    """Cut between reports with the same figures (all are 0, say) that are of other bodies or years; else the same is there twice."""
    page = part[0]
    firsts = [i for i, b in enumerate(page.blocks) if isinstance(b, Line) and FIRST_SECTION.match(b.text)][:MOST_STARTS]
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


def _twice(part: Part) -> int:
    """Count the figures of a stretch whose cells have others already."""
    return sum(1 for u in preferred(part[1]).unplaced if u.reason == "twice")


def _opening(page: Page, start: int) -> int:
    """Return where a report begins whose first table stands at a block: at its first section's title and what it says of itself above."""
    begin = start
    above = takewhile(lambda b: isinstance(b, Line) and not FIRST_SECTION.match(b.text), page.blocks)
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
            FIRST_SECTION.match(block.text)
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


def _taken(part: Part) -> int:
    placement = preferred(part[1])
    return len(placement.cells) - len(placement.unplaced)


def _rows_named(page: Page, form_id: str) -> int:
    """Count the rows of a form whose labels stand on a page, in cells or on lines of their own."""
    known = labels(form_id)
    texts = {s.text for b in page.blocks for s in ([b] if isinstance(b, Line) else chain.from_iterable(b.rows))}
    found = (known.row(text) for text in texts if len(text) <= LONGEST_LINE)
    return len({match.key for match in found if strong(match)})


def _is_titled(page: Page) -> bool:
    """Whether a page bears the title of one agency's report: then figures that have no cell are that report's."""
    return any(agency and year for agency, year in titles_of(page))


def _cut(whole: Part, starts: list[int]) -> list[Part]:
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
    told_of = [_told(piece, part) for piece, part in zip(pieces, placed, strict=True)]
    cuts, held, told, said = [0], sizes[0], told_of[0], _says_something(pieces[0])
    for i, start in enumerate(starts, 1):
        again = not told.isdisjoint(told_of[i]) and (said or held >= LEAST_OF_A_PART)
        sheet = sheets[start]
        above = sheets[cuts[-1] : start].count(sheet)  # the sheet's name is one
        on_its_sheet = bool(sheet) and sizes[i] >= LEAST_OF_A_PART and above <= 1
        if on_its_sheet and len(cuts) == 1 and told.isdisjoint(told_of[i]):  # the title may stand on the second sheet
            first = [name(piece, part.prose) for piece, part in zip(pieces[:i], placed, strict=False)]
            on_its_sheet = any(n.agency or n.year for n in first)
        if (again or on_its_sheet) and held + sum(sizes[i:]) >= LEAST_OF_A_PART:
            cuts.append(start)
            held, told, said = 0, frozenset(), False
        held, told, said = held + sizes[i], told | told_of[i], said or _says_something(pieces[i])
    parts = [_piece(page, a, b) for a, b in pairwise([*cuts, len(page.blocks)])]
    return [(part, place(part)) for part in parts] if len(parts) > 1 else [whole]


def _told(page: Page, placement: Placement) -> frozenset[tuple[str, bool]]:
    """Return which parts of a report stand in a stretch, by the titles of its sections and by its tables: of two reports, some come again.

    A section's title and its table are told apart: the title may stand above a line that begins the stretch.
    """
    texts = [b.text for b in page.blocks if isinstance(b, Line)]
    sections = {section for text in texts if (section := section_of(text)) and section != "end"}
    first = {"first"} if any(map(FIRST_SECTION.match, texts)) else set()
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
