"""Numbers that only count, and are no figures: those of labels and headings, and of pages. What each looks like stands here alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

HAN = "一二三四五六七八九十"
_DIGITS, _WORDS = r"\d{1,2}", f"[{HAN}]{{1,3}}"
_MARKS = "[)）.．、]+"
LOOKS = {
    "digits": rf"[（(]?{_DIGITS}\s*{_MARKS}",  # 1. 1、 1） （1）
    "words": rf"(?:第|[（(])?{_WORDS}\s*{_MARKS}",  # 一、 （一） 第一、
    "part": f"[（(]?第{_WORDS}(?:部分?|章)",  # 第一部分
    "clause": f"第{_WORDS}条",  # which is no number of a label, but its name
    "circled": "[①-⑳]",
}
"""What the number of a label or heading looks like, with its mark."""
_NUMBER = re.compile(rf"\s*(?:{LOOKS['digits']}|{LOOKS['words']}|{LOOKS['circled']})\s*")
_HEADING = re.compile(rf"\s*(?:{LOOKS['words']}|{LOOKS['part']}|{LOOKS['clause']})")
_LEADING = re.compile(rf"\s*(?:第?[（(]?(?P<count>{_DIGITS}|{_WORDS})[)）.．、,，:：]+|{LOOKS['part']}[、,，:：]*)")
"""A number before words, where commas and colons are its marks too; by itself 12, is a figure."""

_DIGIT = re.compile("[0-9]")
LEAST_FIGURES = 3
"""Numbers with marks in one row that no label would bear: （18） （0） （18）."""
_PAGE = re.compile(
    r"(?P<before>[-—–－·第\s]*)(?P<number>\d{1,3})(?P<behind>[-—–－·页\s]*)(?:(?:[/,，]?\s*共|/)\s*\d{1,3}\s*页?)?"
)
_DASHES = frozenset("-—–－")


def is_number(text: str) -> bool:
    """Whether a text is the number of a label and nothing else, with a mark: 1. （一） ①."""
    return _NUMBER.fullmatch(text) is not None


def state_figures(texts: Sequence[str]) -> bool:
    """Whether texts beside each other that look like the numbers of labels are figures after all: several, that do not count up."""
    if len(texts) < LEAST_FIGURES or not all(map(_DIGIT.search, texts)) or not all(map(is_number, texts)):
        return False
    numbers = [int("".join(_DIGIT.findall(text))) for text in texts]
    return any(b - a != 1 for a, b in pairwise(numbers))


def is_serial(text: str) -> bool:
    """Whether a text is digits that may be a running number, without a mark."""
    return re.fullmatch(rf"\s*{_DIGITS}\s*", text) is not None


def leads_heading(text: str) -> bool:
    """Whether a text begins with the number of a heading: 一、 （一） 第一部分."""
    return _HEADING.match(text) is not None


def number_of(text: str) -> str:
    """Return the number that a label begins with, without its marks, or nothing: 三 for （三）不予公开."""
    found = _LEADING.match(text)
    return (found["count"] or "") if found else ""


def without_number(text: str) -> str:
    """Return a label or heading without the number it begins with."""
    found = _LEADING.match(text)
    return text[found.end() :] if found else text


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
