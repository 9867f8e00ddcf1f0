"""Tables that a page draws without table tags: rows of parts, each with as many parts as the others, blank ones too."""

from __future__ import annotations

from lxml import etree

from auditkit.reading.shown import unseen

LEAST_ROWS = 3
LEAST_CELLS = 4
MOST_TABLE_ROWS = 8
"""Rows in tables of tags; a page with more has its tables there."""
_CELLS = ("div", "span", "p", "li", "dd", "b", "em", "i", "strong", "label")


def mark_tables(root: etree._Element, *, may_hide: bool) -> None:
    """Turn parts that are drawn as a table into one, where the page shows no other tables to speak of.

    Parameters
    ----------
    root : the page, which is changed
    may_hide : whether parts of it may not be shown
    """
    every = sum(1 for _ in root.iter("tr"))
    if every > MOST_TABLE_ROWS and may_hide:
        every -= len({row for part in unseen(root) for row in part.iter("tr")})
    if every > MOST_TABLE_ROWS:
        return
    for parent in root.iter("div", "section", "article", "ul", "ol", "main"):
        rows = [row for row in parent if isinstance(row.tag, str)]
        widths = {len(row) for row in rows}
        if len(rows) < LEAST_ROWS or len(widths) != 1 or min(widths) < LEAST_CELLS:
            continue
        if not all(_is_cell(cell) for row in rows for cell in row) or any((row.text or "").strip() for row in rows):
            continue
        parent.tag = "table"
        for row in rows:
            row.tag = "tr"
            for cell in row:
                cell.tag = "td"


def _is_cell(element: etree._Element) -> bool:
    """Whether an element holds at most a text of its own, with no further parts beside each other."""
    return element.tag in _CELLS and len(element) < 2 and not (element.tail or "").strip()
