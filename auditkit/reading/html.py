"""Web pages: saved pages, article fragments, Word's HTML. Nothing is executed or fetched."""

from __future__ import annotations

import re

from lxml import etree

from auditkit.reading import (
    MOST_CELLS,
    MOST_LINES,
    SUPERSCRIPT,
    Block,
    Content,
    Grid,
    Line,
    Page,
    Place,
    ReadingError,
    table_blocks,
    too_much,
)
from auditkit.reading.wrapped import article_in_script

DEEPEST = 1000
"""Levels of nested elements; browsers stop at 512, real pages seen stay under 60."""

_SILENT = frozenset(("script", "style", "template", "svg", "math", "object", "head", "select", "textarea"))
_STRUCK = frozenset(("del", "s", "strike"))
"""Text that is struck out is kept between marks: it is no figure, nor part of one."""
_BREAKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure "
        "footer form h1 h2 h3 h4 h5 h6 header hr html iframe legend li main nav ol option p pre section "
        "summary table tbody td tfoot th thead tr ul caption",
    )
)


class _Table:
    """A table while it is read: its rows of cells, a cell being a list of texts and of blocks from nested tables."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.rows: list[list[tuple[Content, int, int]]] = []

    def add_cell(self, element: etree._Element) -> None:
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append(([], _span(element, "colspan"), _span(element, "rowspan")))

    @property
    def content(self) -> Content | None:
        """What the cell that is open holds; None outside cells (a caption, stray text)."""
        return self.rows[-1][-1][0] if self.rows and self.rows[-1] else None


def _is_raised(element: etree._Element, tag: str) -> bool:
    """Whether a text is set as a superscript: 12 with a raised 1 is not 121."""
    return tag == "sup" or re.search(r"vertical-align:\s*super", element.get("style") or "") is not None


def _span(element: etree._Element, name: str) -> int:
    found = re.match(r"\s*(\d{1,7})", element.get(name) or "")
    return max(1, int(found[1])) if found else 1


def read(text: str, path: str) -> Page:
    """Read a web page into lines and grids, in the order of the page.

    A table that holds other tables is layout: rows without nested tables become grids, the rest lines and grids in order.

    Raises
    ------
    ReadingError
        If elements are nested deeper than `DEEPEST` or the page has more than `MOST_CELLS` cells.
    """
    text = article_in_script(text) or _without_scripts(text)
    _bound_depth(text, path)
    titles: list[str] = []
    blocks: list[Block] = []
    for document in re.split(r"(?i)(?=<html\b)", text.replace("\0", "")):  # pages may have been joined into one file
        parser = etree.HTMLParser(
            encoding="utf-8", recover=True, remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
        )
        try:
            root = etree.fromstring(document.encode("utf-8", "replace"), parser)
        except etree.ParserError:
            continue
        if root is None:
            continue
        heads = [" ".join("".join(t.itertext()).split()) for t in root.iter("title")][:1]
        heads += [
            meta.get("content") or ""
            for meta in root.iter("meta")
            if (meta.get("name") or meta.get("property") or "").lower() in ("articletitle", "og:title")
        ]
        if blocks:
            blocks += [Line(t, Place()) for t in heads[:1]]
        else:
            titles += [t for t in heads if t.strip()]
        blocks += _blocks(root, path)
    return Page(path, tuple(titles), tuple(blocks), _broken(text, blocks))


def _without_scripts(text: str) -> str:
    """Take scripts out of a page: the parser would end one at the first tag that closes within one of its strings."""
    out, begin, within = [], 0, False
    for tag in re.finditer(r"(?i)<script\b|</script\b", text):
        if tag[0][1] != "/" and not within:
            out.append(text[begin : tag.start()])
            begin, within = tag.start(), True
        elif tag[0][1] == "/":
            begin, within = tag.start(), False
    return "".join([*out, text[begin:]])


def _broken(text: str, blocks: list[Block]) -> Place | None:
    """Return the place of the last cell, if the page ends before that cell does."""
    last = max((text.lower().rfind(tag) for tag in ("<td", "<th")), default=-1)
    if last < 0 or re.search(r"(?i)</?t(?:[dhr]|able|body)\b", text[last + 3 :]):
        return None
    grid = next((b for b in reversed(blocks) if isinstance(b, Grid)), None)
    return next((s.place for row in reversed(grid.rows) for s in reversed(row)), None) if grid else None


def _bound_depth(text: str, path: str) -> None:
    """Refuse absurd nesting before a tree is built (the parser would silently cut the page off there)."""
    depth = deepest = 0
    void = r"(?i:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|td|th|tr|tbody|thead|option|dd|dt)\b"
    for tag in re.finditer(rf"<(/?)(?!{void})[a-zA-Z][\w:-]*(?:[^<>]*?(/)?)>", text):
        if tag[1]:
            depth = max(0, depth - 1)
        elif not tag[2]:
            depth += 1
            deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise ReadingError(
            path,
            f"网页元素嵌套达 {deepest} 层，不是正常的网页，没有读取。请用浏览器打开后另存，或复制为纯文本。",
            f"elements nested {deepest} deep: no ordinary page, not read. Open it in a browser and save it again, or copy it as plain text.",
        )


def _blocks(root: etree._Element, path: str) -> list[Block]:
    out: list[Block] = []
    words: list[str] = []
    tables: list[_Table] = []
    count = cells = silent = raised = 0

    def flush() -> None:
        line = " ".join("".join(words).split())
        if line:
            out.append(Line(line, Place()))
        words.clear()

    def put(text: str | None) -> None:
        if not text or silent:
            return
        if raised:
            text = text.translate(SUPERSCRIPT)
        content = tables[-1].content if tables else None
        if tables and content is None:
            return
        (words if content is None else content).append(text)

    def end_line() -> None:
        content = tables[-1].content if tables else None
        if content is not None:
            content.append("\n")
        elif not tables:
            flush()

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            raised += _is_raised(element, tag)
            if tag in _SILENT:
                silent += 1
            if not silent:
                if tag in _BREAKS:
                    end_line()
                if tag == "table":
                    count += 1
                    tables.append(_Table(count))
                elif tag == "tr" and tables:
                    tables[-1].rows.append([])
                elif tag in ("td", "th") and tables:
                    cells += 1
                    tables[-1].add_cell(element)
            put("~" if tag in _STRUCK else "")
            put(element.text)
            if tag == "input" and (element.get("type") or "text").lower() in ("text", "number"):
                put(element.get("value"))
        else:
            raised -= _is_raised(element, tag)
            if tag in _SILENT:
                silent -= 1
            elif not silent:
                if tag == "table" and tables:
                    table = tables.pop()
                    blocks = table_blocks(table.number, table.rows, path)
                    content = tables[-1].content if tables else None
                    if content is not None:
                        content.extend(blocks)
                    else:
                        out.extend(blocks)
                elif tag in _BREAKS:
                    end_line()
            put("~" if tag in _STRUCK else "")
            put(element.tail)
        if cells > MOST_CELLS:
            raise too_much(path, MOST_CELLS, "个表格单元格", "table cells")
        if len(out) > MOST_LINES:
            raise too_much(path, MOST_LINES, "行", "lines")
    flush()
    return out
