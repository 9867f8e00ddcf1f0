"""Tables that are not the report's own: not seen, last year's beside this year's, comparisons of years, annexes of another scope."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditkit.naming.titles import same_body
from auditkit.placing.captions import (
    ANNEX,
    ANNEX_OF_A_BODY,
    BEFORE,
    DATED,
    LONGEST_CAPTION,
    YEAR,
    Whose,
    is_of_another_time,
    is_sheet_of_another_time,
)
from auditkit.placing.labels import LONGEST_LINE, Labels, section_of, strong
from auditkit.reading.numbers import normal, squeeze, states
from auditkit.reading.page import Block, Grid, Line, Page

_HEAD = re.compile(r"(?:20\d\d|[上去前本今]一?)年度?(?:数|数据|数量|同期|合计)?")
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

    One whose caption names another year is taken for the report's own where all others do so, too.
    """
    out, dated, never, sure, annexed = set[int](), dict[int, set[int]](), set[int](), set[int](), set[int]()
    grids = [id(b) for b in page.blocks if isinstance(b, Grid)]
    sheets = {sheet for b in page.blocks if isinstance(b, Grid) and (sheet := _sheet(b))}
    stale = {sheet for sheet in sheets if is_sheet_of_another_time(sheet, whose)}
    stale = stale if stale < sheets else set()  # where all are named so, the names were left from last year
    for i, block in enumerate(page.blocks):
        if not isinstance(block, Grid):
            continue
        if any(_compares([squeeze(s.text) for s in row]) for row in block.rows[:ROWS]):
            out.add(id(block))
        if _sheet(block) in stale:
            out.add(id(block))
            never.add(id(block))
        before = page.blocks[i - 1] if i else None
        if isinstance(before, Grid) and id(before) in annexed:  # an annex's tables, one right behind the other
            annexed.add(id(block))
        for text in _captions(page.blocks, i):
            annexed |= {id(block)} if ANNEX.match(text) else set()
            body, agency = ANNEX_OF_A_BODY.match(normal(text)), whose.named.agency if ANNEX.match(text) else None
            another = body and agency and not same_body(agency, body["agency"])
            if another or is_of_another_time(text, whose, ended=False):
                out.add(id(block))
                never.add(id(block))
            if (years := {int(year) for year in YEAR.findall(text)}) and not ANNEX.match(text):
                dated[id(block)] = years
                sure |= {id(block)} if DATED.fullmatch(text) else set()
            elif (BEFORE.search(text) and "本年" not in text) or ANNEX.match(text):
                out.add(id(block))
            else:
                continue
            break
    out |= annexed
    if dated:
        own = whose.years or {max(max(years) for years in dated.values())}
        others = {key for key, years in dated.items() if not years & own}
        out |= others
        never |= sure & others if out < set(grids) else set()
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


def _captions(blocks: Sequence[Block], at: int) -> Iterator[str]:
    """Yield what may say of what year a table is: a text alone in its first row, the lines above it up to another table or a section."""
    grid = blocks[at]
    first = {squeeze(s.text) for s in grid.rows[0]} - {""} if isinstance(grid, Grid) and grid.rows else set()
    texts = list(first) if len(first) == 1 else []
    for block in reversed(blocks[max(at - 2, 0) : at]):
        if isinstance(block, Grid):
            break
        texts.append(squeeze(block.text))
        if section_of(block.text):
            break
    yield from (text for text in texts if len(text) <= LONGEST_CAPTION and "。" not in text)


def _compares(row: Sequence[str]) -> bool:
    """Whether a row of heads names two years."""
    return len({text for text in row if _HEAD.fullmatch(text)}) > 1
