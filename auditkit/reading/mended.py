"""Pages whose tags are out of place, mended as every browser does: by the tree construction of the HTML standard."""

from __future__ import annotations

import re
from itertools import accumulate

from selectolax.lexbor import LexborHTMLParser

from auditkit.reading.page import ReadingError

MOST_NESTED = 1_000_000_000
"""Parts within each other, by tags: each tag may look through all parts that it stands in."""
MOST_REOPENED = 1_000_000
"""Letters never closed, by tags: each paragraph opens such letters anew."""
MOST_PIECES = 4000
"""Of a tag, which the standard compares with each other where they are attributes."""
_LETTERS = re.compile(rb"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b")
_PARTS = re.compile(rb"<(/?)(?!(?:p|li|d[dt]|t[dhr]|option|br|hr|img|input|meta|link|col|wbr|area|base|embed)\b)[a-z]")
"""Without those that end by themselves."""
_MANY_PIECES = re.compile(rb"<(?:[^\s\"'/<>]*+[\s\"'/]++){%d}" % MOST_PIECES)


def mended(source: bytes, path: str) -> bytes:
    """Return a page with every tag where a browser has it.

    By the standard's rules some pages take time by the square of their length: these are refused.

    Parameters
    ----------
    source : the page, UTF-8

    Raises
    ------
    ReadingError
        If the page has more than `MOST_NESTED`, `MOST_REOPENED` or `MOST_PIECES`.
    """
    lower = source.lower()
    tags = lower.count(b"<")
    nested = _most_open(_PARTS, lower) * tags > MOST_NESTED or _most_open(_LETTERS, lower) * tags > MOST_REOPENED
    if nested or _MANY_PIECES.search(lower):
        raise ReadingError(
            path,
            "网页很长而标记错乱，没有读取。请用浏览器打开后另存，或复制为纯文本。",
            "a long page whose tags are out of order, not read. Open it in a browser and save it again, or copy it as plain text.",
        )
    return (LexborHTMLParser(source).html or "").encode("utf-8", "replace")


def _most_open(tags: re.Pattern[bytes], page: bytes) -> int:
    """Return how many tags are open, and not closed yet, where most are."""
    return max(accumulate(-1 if found[1] else 1 for found in tags.finditer(page)), default=0)
