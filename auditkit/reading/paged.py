"""Tables over several pages are one again: rows that go on on the next page, columns that a spreadsheet prints on pages of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from auditkit.reading.drawing import THIN
from auditkit.reading.numbering import numbers_page, page_number
from auditkit.reading.numbers import is_entry
from auditkit.reading.ruled import Cell, Table, Words, positions

_NUMBER = re.compile(r"(?<!\d)(?!20\d\d(?:年|\s*$))\d+")
"""One that may differ from page to page; a year does not."""
_TITLE = re.compile("公开.*(?:报告|年报)")
"""In the title of a report, which may run over all its pages."""

MOST_BENEATH = 3
"""Lines of a cut row that stand below its rules."""
_DATE = re.compile("20[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日")
"""Of a signature, at the end of each report of several."""
LEAST_ROWS = 8
"""Rows of a table in two parts whose places tell that they are one."""


def side_by_side(pages: list[list[Table | Words]]) -> list[list[Table | Words]]:
    """Put pages together again on which a spreadsheet prints the further columns of tables of earlier pages.

    Such pages have rows at the same places, and words only over their figures. Where the places fit several pages, as many
    must follow each of them, and they follow in the same order.
    """
    further = [_is_further(page) for page in pages]
    fits = [
        [i for i, page in enumerate(pages) if further[j] and not further[i] and _has_rows_of(page, more)]
        for j, more in enumerate(pages)
    ]
    parts: Counter[int] = Counter()
    out: list[list[Table | Words]] = []
    for j, more in enumerate(pages):
        before = [i for i in fits[j] if i < j]
        if before and fits.count(fits[j]) % len(fits[j]) == 0:
            to = min(before, key=lambda i: parts[i])
            parts[to] += 1
            _put_beside(pages[to], more)
        else:
            out.append(more)
    return out


def _tables_of(page: list[Table | Words]) -> list[Table]:
    return [b for b in page if isinstance(b, Table)]


def _holds(row: list[Cell], *, entries: bool) -> bool:
    return any(c.text and is_entry(c.text) is entries for c in row)


def _is_further(page: list[Table | Words]) -> bool:
    """Whether a page has tables with figures, and no words beside them."""
    rows = [row for table in _tables_of(page) for row in table.rows if _holds(row, entries=True)]
    return bool(rows) and not any(_holds(row, entries=False) for row in rows)


def _partner(page: list[Table | Words], more: Table) -> Table | None:
    for t in _tables_of(page):
        if len(t.ys) == len(more.ys) and all(abs(a - b) < 1 for a, b in zip(t.ys, more.ys, strict=True)):
            return t
    return None


def _has_rows_of(page: list[Table | Words], more: list[Table | Words]) -> bool:
    """Whether each table of a page goes on to the right on another, one of them with more rows than table four has."""
    pairs = [(_partner(page, t), t) for t in _tables_of(more)]
    return max(len(t.ys) for _, t in pairs) > LEAST_ROWS and all(t and abs(t.xs[0] - u.xs[0]) < THIN for t, u in pairs)


def _put_beside(page: list[Table | Words], more: list[Table | Words]) -> None:
    for block in more:
        table = _partner(page, block) if isinstance(block, Table) else None
        if table is None or isinstance(block, Words):
            page.append(block)
            continue
        by = table.xs[-1] - block.xs[0]
        table.xs += [x + by for x in block.xs[1:]]
        for row, cells in zip(table.rows, block.rows, strict=True):
            row += [replace(c, x0=c.x0 + by, x1=c.x1 + by, moved=by) for c in cells]
    page.sort(key=lambda block: block.top)


def joined(pages: list[list[Table | Words]]) -> Iterator[Table | Words]:
    """Yield the blocks of all pages; a table at a page's end and one at the next page's beginning are one."""
    often = _often(pages)
    out: list[Table | Words] = []
    for blocks in pages:
        running = [b for b in blocks if isinstance(b, Words) and _is_running(b, blocks, often)]
        title = running[:1] if blocks is pages[0] and running and _TITLE.search(running[0].text) else []
        body = [*title, *(b for b in blocks if b not in running)]
        first = body[0] if body else None
        if isinstance(first, Table):
            _take_in(out, first)
        last = out[-1] if out else None
        if isinstance(first, Table) and isinstance(last, Table) and _go_on(last, first):
            _append(last, first)
            body = body[1:]
        out += body
    yield from out


def running_heads(pages: list[list[Table | Words]]) -> list[str]:
    """Return the lines over the pages that are no titles of a report: an agency may be named there alone."""
    often = _often(pages)
    heads = (page[0] for page in pages if page)
    found = (b.text.strip() for b in heads if isinstance(b, Words) and often[_key(b)] > 1 and not _TITLE.search(b.text))
    return list(dict.fromkeys(found))


def _often(pages: list[list[Table | Words]]) -> Counter[str]:
    return Counter(key for page in pages for key in {_key(b) for b in page if isinstance(b, Words)})


def _key(words: Words) -> str:
    """Return what is the same of a line on many pages: its place and its text but for numbers; a year is none of a page."""
    return f"{_NUMBER.sub('#', words.text)}@{round(words.top / 6)}"


def _is_running(words: Words, page: list[Table | Words], often: Counter[str]) -> bool:
    """Whether a line is a page number, or a head or foot that other pages have at the same place; of bare figures only a year is one."""
    if words is not page[0] and words is not page[-1]:
        return False
    if re.fullmatch(r"[\d.,\s]+", words.text):
        is_year = re.fullmatch("20[0-9]{2}", words.text.strip()) is not None
        return numbers_page(words.text.strip(), words.page) or (is_year and often[_key(words)] > 1)
    repeated = often[_key(words)] > 1 and not _DATE.fullmatch(words.text.strip())
    return repeated or page_number(words.text, at_edge=True) is not None


def _take_in(out: list[Table | Words], below: Table) -> None:
    """Put the words right under a table at a page's end into the cell they stand under: a row that the page cuts reaches below its rule.

    Only where the table goes on on the next page, and never a figure.
    """
    last = next((i for i in range(len(out) - 1, -1, -1) if isinstance(out[i], Table)), len(out))
    table = out[last] if last < len(out) else None
    beneath = [words for words in out[last + 1 :] if isinstance(words, Words)]
    if not 0 < len(beneath) <= MOST_BENEATH or not isinstance(table, Table) or not _go_on(table, below):
        return
    end = max((c.y1 for c in table.rows[-1]), default=0.0)
    cells = [c for row in table.rows for c in row if abs(c.y1 - end) < THIN]
    under: list[tuple[Cell, str]] = []
    near = 0.5 if any(c.text and is_entry(c.text) for c in cells) else 1.0  # beneath figures a title may stand
    for words in beneath:
        _, top, _, bottom = words.box
        if not end - THIN <= top < end + near * (bottom - top) or any(ch.isdigit() for ch in words.text):
            return
        end = bottom
        runs = list(words.runs())
        if not runs:
            return
        for x0, x1, text in runs:
            over = [c for c in cells if c.x0 - THIN <= x0 and x1 <= c.x1 + THIN and c.page == words.page]
            if len(over) != 1:
                return
            under.append((over[0], text.strip()))
    for cell, text in under:
        cell.text += f"\n{text}"
    del out[last + 1 :]


def _go_on(a: Table, b: Table) -> bool:
    return abs(a.xs[0] - b.xs[0]) < 2 * THIN and abs(a.xs[-1] - b.xs[-1]) < 2 * THIN


def _append(a: Table, b: Table) -> None:
    """Put the rows of a table behind those of the one it goes on from; a row that the page's end cut becomes one again."""
    end = max(c.y1 for c in a.rows[-1]) if a.rows[-1] else 0.0
    upper = sorted(
        (c for row in a.rows for c in row if c.page == b.rows[0][0].page - 1 and abs(c.y1 - end) < THIN),
        key=lambda c: c.x0,
    )
    lower = b.rows[0]
    same = len(upper) == len(lower) and all(abs(u.x0 - v.x0) < 2 * THIN for u, v in zip(upper, lower, strict=True))
    if same and len(a.rows) > 1 and _is_cut(a, b):
        for u, v in zip(upper, lower, strict=True):
            u.text = "\n".join(t for t in (u.text, v.text) if t)
            u.height += v.height - 1
        b.rows = b.rows[1:]
    a.xs = positions([*a.xs, *b.xs])
    a.rows += b.rows
    a.open_bottom = b.open_bottom


def _is_cut(a: Table, b: Table) -> bool:
    """Whether the last row of a and the first of b are certainly one: no rule at the cut, all figures on one side of it.

    Where only one of the two rules is missing, the words too must stand on one side only.
    """
    figures, words = [
        [any(c.text and is_entry(c.text) is kind for c in row) for row in (a.rows[-1], b.rows[0])]
        for kind in (True, False)
    ]
    if all(figures):
        return False
    return (a.open_bottom and b.open_top) or ((a.open_bottom or b.open_top) and not all(words))
