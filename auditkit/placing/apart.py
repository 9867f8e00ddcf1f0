"""Tables that are not the report's own: not seen, last year's beside this year's, comparisons of years, annexes of another scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from auditkit.forms import FORM_IDS, TABLES
from auditkit.naming.titles import FIRST, is_body
from auditkit.placing.captions import ANNEX, BEFORE, LONGEST_CAPTION, YEAR
from auditkit.placing.labels import LONGEST_LINE, Labels, labels, names_clause, section_of, strong
from auditkit.placing.whose import Whose
from auditkit.reading.numbers import is_entry, squeeze, states
from auditkit.reading.page import Block, Grid, Line, Page, Spot

_HEAD = re.compile(r"(?:20\d\d|[上去前本今]一?)年度?(?:数|数据|数量|同期|合计)?")
_OF_FORMS = re.compile(r"[（(]?(?:(?:填[报表制]|制表)?(?:单位|机关|人|日期|时间)|计量单位|盖章)[^，。]{0,20}$")
"""A line that forms have over their tables: who fills them in, the unit."""
_BELOW = re.compile(r"[（(]?(?:以上|上表|上述|备?注[:：]?[上本]表)[为是系数均:：]|(?P<number>表[\d一二三四])")
"""The beginning of a line under a table that is its caption, or a note on it."""
_OF_THE_ONE_ABOVE = re.compile(r"[（(]?(?:以上|上表|上述)")
"""The beginning of a line that is no caption of the table beneath it."""
_HEAD_WORDS = re.compile(
    r"(?:申请人情况|信息内容|行政复议|行政诉讼|本?年?(?:处理决定|制发件|制作|废止件|收费).*)$|^(?:信息内容|行政复议)"
)
"""What heads of the form say; what else a head over several columns says is what the table is of."""
_OF_HEAD = re.compile(
    r"[（(](?P<of>[^（()）]{2,16})[)）]$|^(?P<before>20\d\d年度?(?:[上下]半年)?|[上去]年度?)(?:申请人情况|处理决定数量|制发件数|收费|行政复议|行政诉讼)"
)
"""Of a head: of what time what stands under it is."""
LONGEST_SENTENCE = 200
_BENEATH = r"(?:见下表|如下|下表|列示|附后)"
_FOR_COMPARISON = re.compile(
    rf"{_BENEATH}[^。]*(?:不(?:计入|列入|属于|包含在)本(?:年度)?报告|[供作为](?:对照|对比|参考|比较))|(?:便于|为了?)(?:对照|对比|比较)[^。]*{_BENEATH}"
)
LEAST_SHOWN = 20
"""Figures that are seen, beside which those of tables that are not seen do not count."""
ROWS = 3
"""Of a table, in which its heads may stand."""


class NotItsOwn(NamedTuple):
    """Grids, by their `id`: all that are not the report's own, and those of another year or body, which are never taken for it.

    An annex may be all there is, where the report's own tables are attached to it.
    """

    all: frozenset[int] = frozenset()
    never: frozenset[int] = frozenset()


def not_its_own(page: Page, whose: Whose) -> NotItsOwn:
    """Tell the grids that compare years, are an annex, or whose caption names years, none of them that of a title of the page, or another body.

    One in the report's sections whose caption names another year or body is taken for the report's own where all others do so, too, and
    no pictures may be its own: a former name, a year that was left. Behind the sections a caption stands over all tables up to the next.
    """
    compared, annexed, behind = set[int](), set[int](), set[int]()
    void, sure, foreign = set[int](), set[int](), set[int]()
    dated: dict[int, set[int]] = {}
    grids = [b for b in page.blocks if isinstance(b, Grid)]
    sheets = {sheet for grid in grids if (sheet := _sheet(grid))}
    stale = {sheet for sheet in sheets if whose.is_sheet_of_another_time(sheet)}
    stale = stale if stale < sheets else set()  # where all are named so, the names were left from last year
    bodies = {sheet for sheet in sheets if whose.is_of_another_body(squeeze(sheet))}
    written = {b.place.sheet for b in page.blocks if isinstance(b, Line) and len(b.text) > LONGEST_CAPTION}
    stale |= bodies if bodies < sheets | written or len(bodies) > 1 else set()
    standing, ended = "", False
    for i, block in enumerate(page.blocks):
        if isinstance(block, Line):
            section = section_of(block.text)
            ended = section == "end" or (ended and (bool(standing) or section not in TABLES))  # else a list of contents
            standing = block.text if ended and whose.may_head_a_set(squeeze(block.text)) else standing
            if FIRST.match(block.text):  # a further report begins, which has a part of its own
                standing, ended = "", False
            continue
        behind |= {id(block)} if ended else set()
        key, before = id(block), page.blocks[i - 1] if i else None
        if any(_compares([squeeze(s.text) for s in row]) for row in block.rows[:ROWS]):
            compared.add(key)
        if _sheet(block) in stale or any(map(_is_for_comparison, _lines_above(page.blocks, i))):
            void.add(key)
        if isinstance(before, Grid) and id(before) in annexed:  # an annex's tables, one right behind the other
            annexed.add(key)
        for text in (*_captions(page.blocks, i, whose), squeeze(standing)):
            is_annex = ANNEX.match(text) is not None
            annexed |= {key} if is_annex else set()
            if (is_annex and whose.is_annex_of_a_year_before(text)) or whose.is_of_another_time(text):
                void.add(key)
            elif whose.is_of_another_body(text) or (is_annex and whose.is_annex_of_another(text)):
                sure.add(key)
                foreign.add(key)
            elif whose.is_void(text):
                void.add(key)
            if not is_annex and (years := {y for y in (whose.year_said(text), *map(int, YEAR.findall(text))) if y}):
                dated[key] = years
                sure |= {key} if whose.year_said(text) else set()
            elif BEFORE.search(text) and "本年" not in text:
                compared.add(key)
            elif not is_annex:
                continue
            break
    own = (whose.years or {max(map(max, dated.values()))}) if dated else set()
    of_its_year = {key for key, years in dated.items() if years & own}
    others = {*dated, *sure} - of_its_year | foreign
    out = compared | annexed | void | others
    words = labels(FORM_IDS[-1])
    all_so = bool(sure) and all(id(grid) in out - of_its_year for grid in grids if tables_named(words, grid))
    refused = sure & others
    never = void | (refused & behind if all_so and page.pictures < len(TABLES) else refused)
    return NotItsOwn(frozenset(out), frozenset(never))


def _sheet(grid: Grid) -> str:
    return next((s.place.sheet for row in grid.rows for s in row), "")


def not_seen(blocks: Sequence[Block]) -> list[Grid]:
    """Return the grids that a reader does not see at all, where enough stands there to be seen: hidden sheets, copies of a table."""
    grids = [block for block in blocks if isinstance(block, Grid)]
    unseen = [grid for grid in grids if any(grid.rows) and all(s.hidden for row in grid.rows for s in row)]
    if not unseen:
        return []
    drawn = sum(states(s.text) for grid in grids for row in grid.rows for s in row if not s.hidden)
    on_lines = sum(states(word) for b in blocks if isinstance(b, Line) for word in b.text.split())
    return unseen if drawn + on_lines >= LEAST_SHOWN else []


def tables_named(words: Labels, grid: Grid) -> set[str]:
    """Return the tables of the form of which a grid has rows or, of table four, heads."""
    texts = {s.text for row in grid.rows for s in row}
    named = {m.table for text in texts if len(text) <= LONGEST_LINE and (m := words.row(text)) and strong(m)}
    outcomes = {words.exact_column("disputes", text) for text in texts}
    return named | ({"disputes"} if outcomes >= {"upheld", "corrected"} else set())


def _captions(blocks: Sequence[Block], at: int, whose: Whose) -> Iterator[str]:
    """Yield what may say of what year a table is: a text alone in its first row, the lines above it up to another table or a section.

    Then what says so elsewhere, and nothing else: a note in the last row, a cell left of all rows, the heads, the line below.
    """
    grid = blocks[at]
    texts = _alone(grid.rows[:1]) if isinstance(grid, Grid) else []
    texts += (text for text in map(squeeze, _lines_above(blocks, at)) if not _OF_THE_ONE_ABOVE.match(text))
    yield from (text for text in texts if len(text) <= LONGEST_CAPTION and "。" not in text[:-1])
    notes = _said_within(grid, whose) if isinstance(grid, Grid) else []
    rest = (blocks[i] for i in range(at + 1, len(blocks)))
    below = list(islice((b for b in rest if not isinstance(b, Line) or squeeze(b.text)), 2))
    if below and isinstance(below[0], Line):
        text = squeeze(below[0].text)
        if found := _BELOW.match(text):
            above_all = found["number"] and any(map(_BELOW.match, texts))  # then it is the next table's caption
            notes += [] if above_all else [text]
        elif not is_body(text) and _ends_a_part(*below[1:]):  # else a signature, or the next table's
            notes.append(text)
    yield from (text for text in notes if whose.says_otherwise(text))


def _ends_a_part(behind: Block | None = None) -> bool:
    """Whether what is behind a line is the end, a paragraph, or a section that is not the first of a further set."""
    if not isinstance(behind, Line):
        return behind is None
    return section_of(behind.text) not in (None, TABLES[0]) or len(behind.text) > LONGEST_CAPTION


def parted(page: Page, whose: Whose) -> Page:
    """Return a page whose tables end where a section of the form begins within them, or a caption stands that says otherwise."""
    blocks: list[Block] = []
    for block in page.blocks:
        blocks += _parts(block, whose) if isinstance(block, Grid) else [block]
    return replace(page, blocks=tuple(blocks)) if len(blocks) > len(page.blocks) else page


def _parts(grid: Grid, whose: Whose) -> Iterator[Block]:
    """Yield the parts of a table, before each the line that stands over it; what stands over none is that of the part above."""
    alone = [texts[0] if (texts := _alone([row])) else "" for row in grid.rows]
    begins = [bool(section_of(text)) or len(text) > LONGEST_CAPTION for text in alone]
    said = [text != "" and whose.says_otherwise(text) for text in alone]
    over = [caption and not begin for caption, begin in zip(said, [*begins[1:], True], strict=True)]
    first = 0
    for i, row in enumerate(grid.rows):
        if begins[i] or over[i]:
            if i > first:
                yield Grid(grid.rows[first:i], grid.above[first:i])
            spot = next(s for s in row if squeeze(s.text))
            yield Line(spot.text, spot.place)
            first = i + 1
    if first < len(grid.rows):
        yield Grid(grid.rows[first:], grid.above[first:]) if first else grid


def _lines_above(blocks: Sequence[Block], at: int) -> Iterator[str]:
    """Yield the two lines above a table from below, up to another table or a section's title; blanks and clauses are none."""
    left = 2
    for i in range(at - 1, -1, -1):
        block = blocks[i]
        if isinstance(block, Grid) or not left:
            break
        text = squeeze(block.text)
        if not text:
            continue
        yield block.text
        left -= not (_OF_FORMS.match(text) or names_clause(text))
        if section_of(block.text):
            break


def _is_for_comparison(line: str) -> bool:
    """Whether a line says that the table beneath is there to be compared with the report, and no part of it."""
    return len(line) <= LONGEST_SENTENCE and _FOR_COMPARISON.search(line) is not None


def _alone(rows: Sequence[Sequence[Spot]]) -> list[str]:
    """Return the texts that stand alone in their row."""
    texts = [{squeeze(s.text) for s in row} - {""} for row in rows]
    return [row.pop() for row in texts if len(row) == 1]


def _said_within(grid: Grid, whose: Whose) -> list[str]:
    """Return what may say within a table of what time it is: alone in its last row, in a cell left of all rows, in its heads."""
    left = [squeeze(s.text) for row in grid.rows[:1] for s in row[:1] if s.height == len(grid.rows) > ROWS]
    heads = [s for row in grid.rows[:ROWS] for s in row if len(s.text) <= LONGEST_CAPTION]
    times = [found["of"] or found["before"] for s in heads if (found := _OF_HEAD.search(squeeze(s.text)))]
    wide = [s for s in heads if s.width > 1 or not s.column]  # what one column's says is of that column only
    over = [squeeze(s.text) for s in wide if not is_entry(s.text)]
    times += [rest for text in over if (rest := _HEAD_WORDS.sub("", text))]
    return [
        *_alone(grid.rows[-1:]),
        *left,
        *(times if len({whose.year_said(time) for time in times} - {None}) < 2 else ()),
    ]


def _compares(row: Sequence[str]) -> bool:
    """Whether a row of heads names two years."""
    return len({text for text in row if _HEAD.fullmatch(text)}) > 1
