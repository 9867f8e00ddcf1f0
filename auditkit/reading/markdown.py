"""Markdown with tables of HTML between its lines, as programs write that turn pages, Word files or scans into text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditkit.reading import html
from auditkit.reading import text as plain
from auditkit.reading.page import Block, IsWhole, Page, Place, moved

_BEGIN, _END = re.compile(r"(?i)<table\b"), re.compile(r"(?i)</table\s*>")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_MARKED = re.compile(r"(?m)^\s{0,3}(?:#{1,6}\s+\S|\|.*\|\s*$|\*\*\S.*\*\*\s*$)")
"""Lines that only Markdown has: headings, rows with pipes, lines in bold."""
_LAID_OUT = re.compile(r"(?i)<(?:!doctype|head|meta|link|script|style|p|br|h[1-6]|li|t[rdh])\b")
"""What only pages have, or what begins lines in HTML: where it stands outside tables, line ends mean nothing."""


LEAST_LINES = 20
MOST_TAGS = 0.25
"""Tags for each line of a text that is no page, but into which some have strayed."""
_PAGE = re.compile(r"(?i)<(?:!doctype|html|head|body)\b")


def is_markdown(text: str) -> bool:
    """Whether a text with tags is Markdown outside its tables, or lines into which a few tags have strayed."""
    if not _PAGE.search(text):
        lines = sum(1 for line in text.split("\n") if line.strip())
        if lines >= LEAST_LINES and len(_TAG.findall(text)) <= MOST_TAGS * lines:
            return True
    marked = False
    for part in (part for part, table in _parts(text) if not table):
        if _LAID_OUT.search(part):
            return False
        marked = marked or _MARKED.search(part) is not None
    return marked


def read(text: str, path: str, is_whole: IsWhole | None = None) -> Page:
    """Read Markdown line by line, and the tables of HTML in it as those of a web page; else as `html.read` and `text.read`."""
    blocks: list[Block] = []
    broken: Place | None = None
    line = tables = 0
    for part, table in _parts(text):
        page = html.read(part, path, tables=tables) if table else plain.read(_TAG.sub("", part), path, is_whole)
        blocks += (moved(block, lines=line) for block in page.blocks)
        broken = (page.broken and page.broken.moved(lines=line)) if part else broken
        tables += len(_BEGIN.findall(part)) if table else 0
        line += part.count("\n")
    return Page(path, (), tuple(blocks), broken)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text at its tables; yield the parts with whether they are tables."""
    at = 0
    while begin := _BEGIN.search(text, at):
        end = _END.search(text, begin.end())
        yield text[at : begin.start()], False
        at = end.end() if end else len(text)  # a copy may break off
        yield text[begin.start() : at], True
    yield text[at:], False
