"""Web pages: saved pages, article fragments, Word's HTML. Nothing is executed or fetched."""

from __future__ import annotations

import re
from collections import Counter
from typing import TypeAlias

from lxml import etree

from auditkit.reading.mended import mended
from auditkit.reading.numbers import squeeze
from auditkit.reading.page import (
    MOST_CELLS,
    MOST_COLUMNS,
    Block,
    Content,
    Grid,
    Page,
    Place,
    ReadingError,
    Spot,
    lay_out,
    lines_and_blocks,
    moved,
    table_blocks,
    too_much,
)
from auditkit.reading.parts import mark_tables
from auditkit.reading.shown import INLINE, hidden, only_shown
from auditkit.reading.styles import may_hide, styled
from auditkit.reading.wrapped import article_escaped, article_in_script, article_of_source

DEEPEST = 1000
"""Levels of nested elements; browsers stop at 512, real pages seen stay under 60."""

BEGINNING = 20_000
"""Bytes in which a page says by what program it was made."""
LONGEST_LINK = 200
LONGEST_TITLE = 500
"""Characters."""
LONGEST_PARAGRAPH = 10_000_000
"""Bytes."""
MOST_TAGS = 300_000
"""The largest real page seen has 4,000."""

_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "math", "object", "head", "select", "textarea"))
_BREAKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body br center dd details div dl dt fieldset figcaption figure "
        "footer form h1 h2 h3 h4 h5 h6 header hr html iframe legend li main nav ol option p pre section "
        "summary table tbody td tfoot th thead tr ul caption title item description",
    )
)


_PARAGRAPHS = frozenset(("p", "div", "br"))
_ROWS_OF_TABLES = frozenset(("tr",))
_IN_TABLES = {
    "table": frozenset(("tbody", "thead", "tfoot", "tr", "caption", "colgroup", "col")),
    "tbody": _ROWS_OF_TABLES,
    "thead": _ROWS_OF_TABLES,
    "tfoot": _ROWS_OF_TABLES,
    "tr": frozenset(("td", "th")),
    "colgroup": frozenset(("col",)),
}
"""What belongs into the parts of a table that are no cells."""
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
_NONE = ("\ufffe".encode(), "\uffff".encode())
"""Characters that no document may hold."""
_BEHIND = re.compile(rb"(?is)</html\s*>.*<[a-z]")
"""Tags behind the page's end: a browser goes on there, the parser does not."""
_Rows: TypeAlias = list[list[tuple[Content, int, int]]]
_ROWS = re.compile(rb"<t[dr]\b")
_PICTURE = re.compile(rb"<img\b(?![^<>]*\s(?:width|height)\s*=\s*[\"']?\d{1,2}(?!\d))")
"""A picture that is not said to be as small as an icon."""
_INLINED = re.compile(rb"(?<=data:)[a-z][\w.+/-]*;[^\"'\s<>()]+")
"""A picture or font that is written into the page; pages saved whole have megabytes of them."""
_OUT_OF_ORDER = re.compile(rf"(?:Unexpected end tag : |ending tag mismatch: )(?!(?:{'|'.join(INLINE)}|p|script)\b)")
"""What the parser says of tags that it may have mended as no browser does; what parts of a line do is of no matter."""
_OF_APP = re.compile(r"(?:uni|taro)-(view|text|rich-text|scroll-view|page|app|page-body|page-wrapper|block)(?:-core)?$")
_SCRIPT, _SCRIPT_END = b"<script", b"</script"
_SHADOW = re.compile(rb"(?i)<template\b(?=[^<>]*\sshadowroot)")
_PREFORMATTED = re.compile(r"(?i)white-space:\s*pre")


def read(text: str, path: str, *, tables: int = 0) -> Page:
    """Read a web page into lines and grids, in the order of the page; its tables are counted on from `tables`.

    A table that holds other tables is layout: rows without nested tables become grids, the rest lines and grids in order.

    Raises
    ------
    ReadingError
        If elements are nested deeper than `DEEPEST`, or the page has more than `MOST_TAGS` tags or `MOST_CELLS` cells, a paragraph is
        longer than `LONGEST_PARAGRAPH`, or tags are out of order in a page that takes too long to mend.
    """
    source = text.encode("utf-8", "replace")
    lower = source.lower()  # bytes are searched several times faster than Chinese text
    if b"script" in lower:
        source = _without_scripts(source, lower)
        lower = source.lower()
    if len(lower) > LONGEST_PARAGRAPH and b"data:" in lower:
        source = _INLINED.sub(b"", source)
        lower = source.lower()
    if b"shadowroot" in lower:  # shown, unlike other templates
        source = _SHADOW.sub(b"<div ", source)
        lower = source.lower()
    begin = lower[:BEGINNING]
    of_source = b"line-content" in begin or b"viewsource" in begin
    article = article_of_source(text) if of_source else None
    if article or (not _ROWS.search(lower) and (article := article_in_script(text) or article_escaped(text))):
        source = article.encode("utf-8", "replace")
        lower = source.lower()
    if b"&amp;nbsp;" in lower:  # escaped twice
        source = re.sub(rb"(?i)&amp;nbsp;", b" ", source)
        lower = source.lower()
    if len(lower) > 3 * MOST_TAGS and lower.count(b"<") > MOST_TAGS:
        raise too_much(path, MOST_TAGS, "个标记", "tags")
    if len(lower) > LONGEST_PARAGRAPH and max(map(len, lower.split(b"<"))) > LONGEST_PARAGRAPH:
        raise too_much(path, LONGEST_PARAGRAPH, "字节的段落", "bytes in a paragraph")
    parts = [source]
    if lower.count(b"<html") > 1:  # pages may have been joined into one file
        parts = re.split(rb"(?i)(?=<html\b)", source)
    titles: list[str] = []
    links: list[str] = []
    content: Content = []
    cells = 0
    for document in parts:
        for walk in (_Walk(path, tables, cells), _Walk(path, tables, cells, mend=True)):
            try:
                heads, found, within = _read_document(document, lower, walk)
                break
            except _OutOfPlace:
                continue
        tables, cells = walk.tables, walk.cells
        if content:
            content += ["\n", *heads[:1], "\n"]
        else:
            titles += [t for t in heads if t.strip()]
        links += found
        content += within
    blocks = lines_and_blocks(content)
    pictures = len(_PICTURE.findall(lower)) if b"<img" in lower else 0
    return Page(path, tuple(titles), tuple(blocks), _broken(lower, blocks), pictures, tuple(links))


class _OutOfPlace(Exception):
    """Tags are not where they belong: browsers mend that."""


def _read_document(source: bytes, lower: bytes, walk: _Walk) -> tuple[list[str], list[str], Content]:
    """Return what may be a page's title, its links to reports, and what it holds; `lower` is the whole file.

    Raises
    ------
    _OutOfPlace
        If tags are out of place, and `walk` does not say that they are to be mended.
    """
    root = _parsed(source, walk)
    if root is None:
        return [], [], []
    begin = lower[:BEGINNING]
    if b"<uni-" in begin or b"<taro-" in begin:
        _with_parts_of_apps(root)
    if b"mso" in begin and b"_msocom_" in lower:
        for mark in root.xpath("//a[starts-with(@href, '#_msocom_') and string-length(.) < 9]"):
            del mark[:]
            mark.text = None  # of a comment of Word's: [U1]
    styles = styled(root)
    walk.may_hide = may_hide(root, styles)
    walk.may_be_text = next(root.iter("pre"), None) is not None or _PREFORMATTED.search(styles) is not None
    mark_tables(root, may_hide=walk.may_hide)
    only_shown(root, lower, styles, may_hide=walk.may_hide)
    heads, largest = (
        [" ".join("".join(t.itertext()).split())[:LONGEST_TITLE] for t in root.iter(tag)][:most]
        for tag, most in (("title", 1), ("h1", 3))
    )
    heads += [
        meta.get("content") or ""
        for meta in root.iter("meta")
        if (meta.get("name") or meta.get("property") or "").lower() in ("articletitle", "og:title")
    ]
    heads += largest
    etree.strip_elements(root, *_SILENT, with_tail=False)
    links = [text for a in root.iter("a") if (text := _link(a))]
    etree.strip_tags(root, *INLINE)
    return heads, links, walk.page(root)


def _parsed(source: bytes, walk: _Walk) -> etree._Element | None:
    """Parse a page, mended first if `walk` says so.

    Raises
    ------
    _OutOfPlace
        If it is not to be mended, and the parser says that tags are out of order, or would not go on behind the page's end.
    """
    if walk.mend:
        source = mended(source, walk.path)
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, remove_comments=True, remove_pis=True, no_network=True, huge_tree=True
    )
    try:
        root = etree.fromstring(_without_controls(source), parser)
    except etree.ParserError:
        return None
    if root is None:
        return None
    if any(e.type_name == "ERR_RESOURCE_LIMIT" for e in parser.error_log.filter_from_fatals()):
        raise too_deep(walk.path)  # the parser has cut the page off there
    if not walk.mend:
        if any(_OUT_OF_ORDER.match(e.message) for e in parser.error_log) or _BEHIND.search(source):
            raise _OutOfPlace
        if any(next(field.iter("td", "th"), None) is not None for field in root.iter("select")):
            raise _OutOfPlace  # it would be left out with all that it holds
        if any((around := title.getparent()) is None or around.tag != "table" for title in root.iter("caption")):
            raise _OutOfPlace
    return root


def _without_controls(source: bytes) -> bytes:
    """Take out of a page the characters that no document may hold."""
    source = source.translate(None, _CONTROLS)
    for none in _NONE:
        source = source.replace(none, b"")
    return source


def _with_parts_of_apps(root: etree._Element) -> None:
    """Give the parts of a page that frameworks for small programs name (uni-view, taro-text-core) the names that pages have."""
    for part in root.iter():
        if isinstance(part.tag, str) and (kind := _OF_APP.match(part.tag)):
            part.tag = "span" if kind[1] == "text" else "div"


def _link(anchor: etree._Element) -> str:
    """Return the text of a link that may be a report's title; headings link to themselves."""
    text = "".join(anchor.itertext())
    if "报" not in text or len(text) > LONGEST_LINK or next(anchor.iterancestors("h1", "h2", "h3"), None) is not None:
        return ""
    target = anchor.get("href") or (
        "name" not in anchor.attrib and "id" not in anchor.attrib
    )  # else a place in the page
    return squeeze(text) if target else ""


def _without_scripts(source: bytes, lower: bytes) -> bytes:
    """Take scripts out of a page: the parser would end one at the first tag that closes within one of its strings."""
    tags = sorted(
        (tag.start(), tag[0] == _SCRIPT) for p in (_SCRIPT, _SCRIPT_END) for tag in re.finditer(p + rb"\b", lower)
    )
    out, begin, within = [], 0, False
    for at, opens in tags:
        if opens and not within:
            out.append(source[begin:at])
            begin, within = at, True
        elif not opens:
            out.append(b"\n" * source.count(b"\n", begin, at))  # so that lines keep their numbers
            begin, within = at, False
    return b"".join([*out, source[begin:]])


def _broken(lower: bytes, blocks: list[Block]) -> Place | None:
    """Return the place of the last cell, if the page ends before that cell does."""
    last = lower.rfind(b"<td")
    last = max(last, lower.rfind(b"<th", max(last, 0)))
    if last < 0 or re.search(rb"</?t(?:[dhr]|able|body)\b", lower[last + 3 :]):
        return None
    grid = next((b for b in reversed(blocks) if isinstance(b, Grid)), None)
    return next((s.place for row in reversed(grid.rows) for s in reversed(row)), None) if grid else None


class _Walk:
    """A walk through a page, its tables and cells counted on from those before; `mend` says whether its tags were out of place."""

    def __init__(self, path: str, tables: int, cells: int, *, mend: bool = False) -> None:
        self.path, self.tables, self.cells, self.mend = path, tables, cells, mend
        self.may_hide = False
        """Whether rows or cells may be there without being shown."""
        self.may_be_text = False
        """Whether parts may be preformatted text."""
        self.unseen: set[int] = set()
        """Numbers of the tables that are not shown."""
        self.dark: set[tuple[int, int, int]] = set()
        """Cells that are not shown: table, row and cell, from 1."""

    def page(self, root: etree._Element) -> Content:
        """Return what a page holds: its texts, line ends and tables in order.

        Raises
        ------
        _OutOfPlace
            If something stands in a table and in no cell, or a cell in no row.
        """
        content: Content = [root.text] if root.text else []
        hides = self.may_hide and any(map(hidden, root.xpath("(//tr | //td | //th)[@hidden or @style]")))
        rows: _Rows | None = None
        around: list[tuple[Content, _Rows | None, int]] = []
        walk = [(iter(root), root)]  # no recursion: pages nest deeper than Python does
        while walk:
            children, element = walk[-1]
            for child in children:
                tag = child.tag
                if element.tag in _IN_TABLES and rows is not None and not self.mend:
                    self._check(child, element)
                if rows is not None and (tag == "td" or tag == "th"):
                    content = self._cell(child, rows, around[-1][2])
                elif tag == "tr" and rows is not None:
                    content.append("\n")
                    if not hides and (cells := _of_texts(child)):
                        self._count(len(cells))
                        rows.append(cells)
                        content = cells[-1][0]
                        content += ("\n", child.tail or "")
                        continue
                    rows.append([])
                elif self.may_be_text and rows is None and _is_text(child):
                    content += ("\n", *self._preformatted(child), "\n", child.tail or "")
                    continue
                elif tag in _BREAKS:
                    content.append("\n")
                    if tag == "table":
                        self.tables += 1
                        around.append((content, rows, self.tables))
                        if self.may_hide and child.get("hidden") is not None:
                            self.unseen.add(self.tables)
                        rows = []
                elif tag == "input" and (child.get("type") or "text").lower() in ("text", "number"):
                    content.append(f" {child.get('value') or ''} ")
                if text := child.text:
                    content.append(text)
                if len(child):
                    walk.append((iter(child), child))
                    break
                if tag == "table":
                    content, rows = self._closed(rows, around)
                elif tag in _BREAKS:
                    content.append("\n")
                if (tail := child.tail) and (rows is None or tail.strip()):
                    content.append(tail)
            else:
                walk.pop()
                if element.tag == "table":
                    content, rows = self._closed(rows, around)
                elif element.tag in _BREAKS:
                    content.append("\n")
                if tail := element.tail:
                    content.append(tail)
            if len(walk) > DEEPEST:
                raise too_deep(self.path)
        return content

    def _check(self, child: etree._Element, around: etree._Element) -> None:
        """Look whether a part of a table, or of one of its rows, is where it belongs.

        Raises
        ------
        _OutOfPlace
            If it is not, or a text stands beside it.
        """
        if child.tag not in _IN_TABLES[around.tag] and not (child.tag == "input" and child.get("type") == "hidden"):
            raise _OutOfPlace
        if ((tail := child.tail) and tail.strip()) or ((text := around.text) and text.strip()):
            raise _OutOfPlace

    def _preformatted(self, element: etree._Element) -> tuple[Block, ...]:
        """Read a text in which tabs and spaces count; its lines are those of the file."""
        from auditkit.reading import text

        for end in element.iter("br"):
            end.tail = "\n" + (end.tail or "")
        first = element.sourceline or 1
        return tuple(moved(b, lines=first - 1) for b in text.read("".join(element.itertext()), self.path).blocks)

    def _cell(self, element: etree._Element, rows: _Rows, number: int) -> Content:
        self._count(1)
        content: Content = []
        if not rows:
            rows.append([])
        rows[-1].append((content, _span(element.get("colspan")), _span(element.get("rowspan"))))
        if self.may_hide and any(hidden(e) for e in (element, element.getparent()) if e.tag in ("td", "th", "tr")):
            self.dark.add((number, len(rows), len(rows[-1])))
        return content

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > MOST_CELLS:
            raise too_much(self.path, MOST_CELLS, "个表格单元格", "table cells")

    def _closed(
        self, rows: _Rows | None, around: list[tuple[Content, _Rows | None, int]]
    ) -> tuple[Content, _Rows | None]:
        content, outer, number = around.pop()
        if rows and len(rows) == len(rows[0]) == 1:  # a frame around something
            content += (*rows[0][0][0], "\n")
        else:
            for title in [row for row in rows or [] if len(row) == 1 and row[0][1] > MOST_COLUMNS]:  # over all columns
                wide = max((sum(w for _, w, _ in row) for row in rows or [] if len(row) > 1), default=title[0][1])
                title[0] = (title[0][0], wide, title[0][2])
            content += (self._darkened(block, number) for block in table_blocks(number, rows or [], self.path))
        return content, outer

    def _darkened(self, block: Block, number: int) -> Block:
        """Mark the cells of a grid that are not shown; where none of its rows is, they are marked only if its table is not shown."""
        if not isinstance(block, Grid) or not (self.dark or number in self.unseen):
            return block
        spots = {s for row in block.rows for s in row}
        dark = {s for s in spots if (s.place.table, s.place.row, s.place.cell) in self.dark}
        if number in self.unseen:
            dark = spots
        elif not dark or not any(squeeze(s.text) for s in spots - dark):
            return block
        else:
            block, dark = self._closed_up(block, dark)
        return block.changed(lambda s: s._replace(hidden=s in dark))

    def _closed_up(self, grid: Grid, dark: set[Spot]) -> tuple[Grid, set[Spot]]:
        """Let cells that are not shown take no column, as in a browser, where more rows end alike then: heads may count them or not."""
        places = {s.place for s in dark}
        cells = [[(s.text, s.place, s.width * (s.place not in places), s.height) for s in row] for row in grid.rows]
        closed = lay_out(cells, self.path)
        if _ending_alike(closed) <= _ending_alike(grid):
            return grid, dark
        return closed, {s for row in closed.rows for s in row if s.place in places}


def _ending_alike(grid: Grid) -> int:
    """Return how many rows end at the column at which most do."""
    ends = Counter(
        max((s.column + s.width for s in (*row, *above)), default=0)
        for row, above in zip(grid.rows, grid.above, strict=True)
    )
    return max(ends.values(), default=0)


def too_deep(path: str) -> ReadingError:
    """Return the refusal of absurd nesting."""
    return ReadingError(
        path,
        f"网页元素嵌套超过 {DEEPEST} 层，不是正常的网页，没有读取。请用浏览器打开后另存，或复制为纯文本。",
        f"elements nested more than {DEEPEST} deep: no ordinary page, not read. Open it in a browser and save it again, or copy it "
        "as plain text.",
    )


def _of_texts(row: etree._Element) -> list[tuple[Content, int, int]] | None:
    """Return the cells of a row where these hold texts and paragraphs and nothing else, as most do: in half the walk's time."""
    cells: list[tuple[Content, int, int]] = []
    for cell in row:
        tag = cell.tag
        if (tag != "td" and tag != "th") or ((tail := cell.tail) and tail.strip()):
            return None
        text, wide, high = cell.text, cell.get("colspan"), cell.get("rowspan")
        content: Content = [text] if text else []
        for part in cell if len(cell) else ():
            if part.tag not in _PARAGRAPHS or len(part):
                return None
            content += ("\n", part.text or "", "\n", part.tail or "")
        cells.append((content, _span(wide) if wide else 1, _span(high) if high else 1))
    return None if (text := row.text) and text.strip() else cells


def _is_text(element: etree._Element) -> bool:
    """Whether an element is preformatted text, with a tab or several lines."""
    if element.tag != "pre" and not _PREFORMATTED.search(element.get("style", "")):
        return False
    return next(element.iter("table", "tr", "td", "th"), None) is None and any(
        c in t.strip() for t in element.itertext() for c in "\t\n"
    )


def _span(number: str | None) -> int:
    if number is None or number == "1":
        return 1
    if number.isdecimal() and len(number) < 8:
        return max(1, int(number))
    found = re.match(r"\s*(\d{1,7})", number)
    return max(1, int(found[1])) if found else 1
