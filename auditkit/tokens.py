"""A second count of the figures in a page's tables, apart from placing: what placing lost is found here.

Knows only which blocks are the form's tables, what a figure looks like, and what is no figure of the form: running numbers,
and a row or cell that says once more what was read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from auditkit.labels import ASIDE, labels, plain, section_of
from auditkit.placing import Placement, Unplaced
from auditkit.reading import Grid, Line, Page, Place, Spot
from auditkit.reading.numbers import parse, squeeze

_AT_END = re.compile(r"(?P<label>[^。；！？]{0,80}?)(?P<figures>(?:(?:^|\s+)[-+−]?[\d,.]{1,20}[%件]?)+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Count:
    """How many figures stand in the tables of the form, and those of them that placing neither placed nor left unplaced."""

    found: int
    lost: tuple[Unplaced, ...]


def count(page: Page, placement: Placement) -> Count:
    """Count the figures of the form's tables in a page: of drawn tables each cell anew, of loose lines as placing cut them."""
    accounted = Counter(p.place for p in placement.cells.values())
    accounted.update(u.place for u in placement.unplaced)
    loose = {b.place for b in page.blocks if isinstance(b, Line)}
    found = sum(p.figure.kind == "figure" and p.place in loose for p in placement.cells.values())
    found += sum(u.place in loose for u in placement.unplaced)
    said = {squeeze(p.figure.text) for p in placement.cells.values()}
    lost = [u for u in _of_lines(page) if not accounted[u.place]]
    found += len(lost)
    for spot, near in _of_tables(page, placement, set(accounted)):
        known = accounted[spot.place] > 0
        accounted[spot.place] -= 1
        if known:
            found += 1
        elif squeeze(spot.text) not in said:  # else a row, or a cell that spans, printed once more
            found += 1
            lost.append(Unplaced(spot.text, spot.place, near, "outside"))
    return Count(found, tuple(lost))


def _of_lines(page: Page) -> Iterator[Unplaced]:
    """Yield the figures at the end of lines within the form's sections: what stands before them may be a torn label."""
    inside = False
    for line in (b for b in page.blocks if isinstance(b, Line)):
        if section := section_of(line.text):
            inside = section != "end"
        elif inside and line.place != Place() and (found := _AT_END.match(line.text)):
            texts = [t for t in found["figures"].split() if _is_figure(t)]
            if len(texts) > 1 or (texts and re.search(r"\s{2}\S+$", line.text)):
                yield from (Unplaced(t, line.place, found["label"].strip(), "label") for t in texts)


def _of_tables(page: Page, placement: Placement, used: Set[Place]) -> Iterator[tuple[Spot, str]]:
    """Yield the figures of the tables that are the form's, with the text at their row's beginning."""
    inside = False
    for block in page.blocks:
        if isinstance(block, Line):
            if section := section_of(block.text):
                inside = section != "end"
        elif any(s.place in used for row in block.rows for s in row) or (inside and _is_ours(block, placement)):
            yield from _of_grid(block)


def _is_ours(grid: Grid, placement: Placement) -> bool:
    words = labels(placement.layout.id)
    texts = [s.text for row in grid.rows for s in row if squeeze(s.text) and not _is_figure(s.text)]
    return not texts or any(words.row(t) or words.is_head(t) for t in texts)


def _of_grid(grid: Grid) -> Iterable[tuple[Spot, str]]:
    running = _running(grid)
    for row in grid.rows:
        near = next((s.text for s in row if squeeze(s.text) and not _is_figure(s.text)), "")
        yield from ((s, near) for s in row if _is_figure(s.text) and s.column not in running)


def _running(grid: Grid) -> set[int]:
    """Return the columns of running numbers: by their head, or because they count 1, 2, 3 from the left edge."""
    spots = [s for row in grid.rows for s in row]
    found = {c for s in spots if plain(s.text) in ASIDE for c in range(s.column, s.column + s.width)}
    first = [s.text for s in spots if s.column == 0 and re.fullmatch(r"\d{1,2}[.、]?", squeeze(s.text))]
    numbers = [int(re.sub(r"\D", "", t)) for t in first]
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        found.add(0)
    return found


def _is_figure(text: str) -> bool:
    return parse(text).kind == "figure" or parse(text, "万元").kind == "figure"
