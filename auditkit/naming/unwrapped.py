"""Sentences that were broken at a page's width are joined again: no line of one is a title."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditkit.naming.titles import LONGEST, LONGEST_TITLE, is_title
from auditkit.reading.numbering import leads_heading

NARROWEST, WIDEST = 40, 200
"""Half characters in a line of a page of text, at least and at most."""
_IN_SENTENCE = re.compile("[,，。;；]")
_END = ("。", "；", ";", "：", ":", "！", "？")
_NO_BEGINNING = frozenset("，。；、》）”")
_AROUND = re.compile(r"(?:发布|时间|日期|来源|字号|机构|单位)\s*[:：]|字号|浏览|点击|[>＞»›|｜]")
"""Said of the page around the report."""


def unwrapped(lines: Sequence[str]) -> list[str]:
    """Join the lines of sentences that were broken at a page's width; titles are left as they are.

    A line goes on in the next where a sentence or a quoted title has begun in it and not ended, or where it is as wide as most
    lines of sentences are.
    """
    widths = sorted(w for line in lines[:200] if _IN_SENTENCE.search(line) and (w := _width(line)) >= NARROWEST)
    page = widths[len(widths) * 3 // 4] if widths else 0
    out: list[str] = []
    goes_on = False
    for line, below in zip(lines, [*lines[1:], ""], strict=False):
        text = line.strip()
        fits = bool(out) and len(out[-1]) < LONGEST  # else lines without an end would take forever to join
        if fits and (goes_on or text[:1] in _NO_BEGINNING) and not leads_heading(text):
            out[-1] += text
        else:
            goes_on = False
            out.append(line)
        begun = goes_on or _IN_SENTENCE.search(text) is not None or text.count("《") > text.count("》")
        wide = _width(text)
        as_wide = begun or (NARROWEST <= page <= WIDEST and wide >= 0.85 * page)
        ended = text.endswith(_END) or _AROUND.search(text) or (not begun and is_title(text))
        goes_on = (as_wide and wide >= NARROWEST and not ended) or (_open(text) > 0 > _open(below.strip()))
    return out


def _open(text: str) -> int:
    """Return how many brackets a line opens and leaves open; below 0 where it closes those of the line above."""
    text = text[:LONGEST_TITLE]
    return sum(map(text.count, "（(《")) - sum(map(text.count, "）)》"))


def _width(text: str) -> int:
    """Return how wide a line is printed, in half characters: as many as bytes in the Chinese encoding."""
    return len(text[:WIDEST].strip().encode("gb18030", "replace"))
