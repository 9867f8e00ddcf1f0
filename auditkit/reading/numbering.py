"""Numbers that only count, and are no figures: those of pages. What each looks like stands here alone."""

from __future__ import annotations

import re

_PAGE = re.compile(
    r"(?P<before>[-—–－·第\s]*)(?P<number>\d{1,3})(?P<behind>[-—–－·页\s]*)(?:(?:[/,，]?\s*共|/)\s*\d{1,3}\s*页?)?"
)
_DASHES = frozenset("-—–－")


def page_number(text: str, *, at_edge: bool = False) -> int | None:
    """Return the number of a page that a text is and nothing else: 第 1 页 共 3 页, - 1 -; `at_edge` of a page also 1, 1/3, — 1.

    Examples
    --------
    >>> [page_number(t) for t in ("第 1 页，共 3 页", "— 2 —", "— 0 —", "3", "第3条")]
    [1, 2, None, None, None]
    """
    found = _PAGE.fullmatch(text.strip())
    if found is None or not (number := int(found["number"])):
        return None
    before, behind = found["before"], found["behind"]
    between_dashes = not _DASHES.isdisjoint(before) and not _DASHES.isdisjoint(behind)
    return number if at_edge or between_dashes or ("第" in before and "页" in behind) else None


def numbers_page(text: str, page: int) -> bool:
    """Whether a text is a bare number about that of its page: covers may not be counted."""
    return text.isdigit() and abs(int(text[:5]) - page) < 3
