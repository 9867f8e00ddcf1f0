"""Word files (.docx): paragraphs and tables as the document is read, tracked changes as accepted.

Walks WordprocessingML (ECMA-376, part 1, 17) itself: python-docx leaves out inserted runs, content controls and text boxes, and
would lose figures. Element names are compared without their namespace, so that the strict and the transitional form both do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auditkit.reading.package import Package
from auditkit.reading.page import (
    LONGEST_TEXT,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    SUPERSCRIPT,
    Block,
    Content,
    Grid,
    Line,
    Page,
    Place,
    ReadingError,
    moved,
    table_blocks,
    too_much,
)

LONGEST_TITLE = 80
MOST_FIELDS = 100
"""Levels of fields within fields; Word stops at 20."""
_RAISED = SUPERSCRIPT | dict(zip(range(ord("０"), ord("９") + 1), SUPERSCRIPT.values(), strict=True))
_NOT_READ = frozenset(
    re.findall(
        r"\w+",
        "del moveFrom delText instrText rPr pPr tblPr tblGrid trPr tcPr sectPr sdtPr sdtEndPr numPr footnotePr annotationRef "
        "commentReference fldData ffData rt",
    )
)
_WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_WHITE = re.compile("(?:[Ff][0-9A-Fa-f]){3}")
_KNOWN = ("http://schemas.microsoft.com/office/", "http://schemas.openxmlformats.org/", "urn:schemas-microsoft-com:")
"""Where the namespaces begin that Word itself asks for in alternatives; of others it shows the fallback."""


def read(data: bytes, path: str) -> Page:
    """Read a Word file into lines and grids, in the document's order.

    What is shown but is no plain figure is marked, so that no figure comes of it: raised digits as superscripts, what is struck
    out, white on white, and formulas in 〔〕. A text box belongs to the cell or paragraph that it is anchored in.

    Raises
    ------
    ReadingError
        If the file is damaged, protected, or beyond the bounds.
    """
    package = Package(data, path)
    main = package.main or "word/document.xml"
    if main not in package.names:
        raise ReadingError(
            path,
            f"文件不完整（缺少 {main}），没有读取。请重新下载，或用 Word、WPS 打开后另存为 .docx。",
            f"incomplete ({main} is missing), not read. Download it again, or open it in Word and save it as .docx.",
        )
    root = package.parse(main)
    walk = _Walk(path, package, main)
    content: Content = []
    walk.into(root, content, {})
    blocks = list(_lines(content))
    short = [b.text for b in blocks[:30] if isinstance(b, Line) and len(b.text) <= LONGEST_TITLE and "。" not in b.text]
    titled = any(re.search("(?:年度|工作|公开)报告|年报", text) for text in short)
    titles = tuple(_titles(walk, root))
    if titled:  # those of the properties, and of headers, often are of last year's file
        titles = tuple(text for text in titles if not re.search("报告|年报|20[0-9]{2}", text))
    return Page(path, titles, tuple(blocks), pictures=walk.pictures)


def _titles(walk: _Walk, root: Any) -> Iterator[str]:
    """Yield the first section's header on its first page, and the title in the file's properties."""
    section = next(root.iter("{*}sectPr"), None)
    wanted = "first" if _value(section, "titlePg") is not None else "default"
    for header in root.iter("{*}headerReference") if section is not None else ():
        part = walk.parts.get(_attribute(header, "id"), ("", ""))[1]
        if header.getparent() is section and _attribute(header, "type") == wanted and part in walk.package.names:
            content: Content = []
            walk.into(walk.package.parse(part), content, {})
            lines = [b.text for b in _lines(content) if isinstance(b, Line)]
            yield from dict.fromkeys(("".join(lines), *lines))
    for kind, part in walk.package.related("").values():
        if kind == "core-properties" and part in walk.package.names:
            yield from (t.text for t in walk.package.parse(part).iter("{*}title") if t.text)


def _lines(content: Content) -> Iterator[Block]:
    words, paragraph = list[str](), 1
    for part in [*content, "\n"]:
        if isinstance(part, str) and part not in ("\n", "\r"):
            words.append(part)
            continue
        if text := " ".join("".join(words).split()):
            yield Line(text, Place(paragraph=paragraph))
        words.clear()
        if not isinstance(part, str):
            yield part
        paragraph += part == "\r"


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Any, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def _child(element: Any, *names: str) -> Any:
    for name in names:
        element = next((e for e in element if _tag(e) == name), None) if element is not None else None
    return element


def _value(element: Any, *names: str) -> str | None:
    """Return the attribute ``val`` of a property, "" if the property has none, None if it is not there or is off."""
    element = _child(element, *names)
    value = _attribute(element, "val") if element is not None else "off"
    return None if value in ("false", "0", "off") else value


def _look(properties: Any) -> dict[str, bool]:
    """Return what run properties say of how a text is shown; what they do not speak of is absent."""
    out: dict[str, bool] = {}
    for e in properties if properties is not None else ():
        tag, value = _tag(e), _attribute(e, "val")
        if tag in ("vanish", "strike", "dstrike"):
            out[tag] = value not in ("false", "0", "off")
        elif tag == "vertAlign":
            out["raised"] = value in ("superscript", "subscript")
        elif tag == "color":
            out["white"] = _WHITE.fullmatch(value) is not None
        elif tag in ("shd", "highlight"):
            out["shaded"] = _shades(e)
        elif tag == "position":  # half points
            out["shifted"] = bool(re.fullmatch(r"-?(?:[6-9]|\d{2,4})", value))
    return out


def _shades(ground: Any) -> bool:
    """Whether a shading or highlighting is of another colour than (nearly) white."""
    colour = _attribute(ground, "fill") or _attribute(ground, "val")
    return colour not in ("auto", "clear", "nil", "none", "white") and not _WHITE.fullmatch(colour)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 1


def _among(element: Any, name: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, those in content controls and insertions too."""
    for child in element:
        if _tag(child) == name:
            yield child
        elif _tag(child) in _WRAPPERS:
            yield from _among(child, name)
        elif _tag(child) == "AlternateContent":
            yield from _among(_alternative(child), name)


def _alternative(element: Any) -> Any:
    """Return the first choice that Word knows, else the fallback: they say the same for newer and older programs."""
    for choice in element:
        spaces = [choice.nsmap.get(prefix, "") for prefix in (choice.get("Requires") or "").split()]
        if _tag(choice) == "Choice" and all(space.startswith(_KNOWN) for space in spaces):
            return choice
    return next((e for e in element if _tag(e) == "Fallback"), ())


class _Walk:
    """One walk over a document; content is a list of texts, a line end each by itself, and blocks of tables."""

    def __init__(self, path: str, package: Package, main: str) -> None:
        self.path, self.package, self.parts = path, package, package.related(main)
        self.tables = self.cells = self.pictures = self.characters = 0
        self.fields: list[bool] = []  # of each field that is open, whether its code is over and its result has begun
        part = next((part for kind, part in self.parts.values() if kind == "styles" and part in package.names), None)
        styles = list(package.parse(part).iter("{*}style")) if part else []
        self.styles = {_attribute(e, "styleId"): e for e in styles}
        first = (
            e for e in styles if _attribute(e, "type") == "paragraph" and _attribute(e, "default") in ("1", "true")
        )
        self.default = next((_attribute(e, "styleId") for e in first), "")

    def based_on(self, name: str | None) -> list[Any]:
        """Return a style and what it is based on, the last first."""
        found: list[Any] = []
        while (element := self.styles.get(name or "")) is not None and len(found) < 20:
            found.insert(0, element)
            name = _value(element, "basedOn")
        return found

    def style(self, name: str | None) -> dict[str, bool]:
        """Return how a style shows a text."""
        out: dict[str, bool] = {}
        for element in self.based_on(name):
            out |= _look(_child(element, "rPr"))
        return out

    def put(self, text: str, out: Content, look: dict[str, bool]) -> None:
        """Add a text as it is shown."""
        if not all(self.fields):
            return
        self.characters += len(text)
        if self.characters > LONGEST_TEXT:
            raise too_much(self.path, LONGEST_TEXT, "个字", "characters")
        if look.get("raised") or look.get("shifted"):
            text = text.translate(_RAISED)
        struck = text.strip() and (look.get("strike") or look.get("dstrike"))
        unseen = text.strip() and look.get("unseen")
        out.append(f"〔删除线：{text}〕" if struck else f"〔白字：{text}〕" if unseen else text)

    def on_white(self, run: Any) -> bool:
        """Whether all that a run stands in has a white ground."""
        for around in run.iterancestors():
            tag = _tag(around)
            styles = self.based_on(_value(around, f"{tag}Pr", f"{tag}Style"))
            grounds = [_child(around, f"{tag}Pr", "shd"), *(e for style in styles for e in style.iter("{*}shd"))]
            if tag == "txbxContent" or any(_shades(e) for e in grounds if e is not None):
                return False
        return next(run.getroottree().iter("{*}background"), None) is None

    def field(self, mark: Any) -> None:
        """Note that a field begins, that its result begins, or that it ends."""
        kind = _attribute(mark, "fldCharType")
        if kind == "begin":
            self.fields.append(False)
            if len(self.fields) > MOST_FIELDS:
                raise too_much(self.path, MOST_FIELDS, "层域", "levels of fields")
        elif self.fields and kind == "separate":
            self.fields[-1] = True
        elif self.fields and kind == "end":
            self.fields.pop()

    def into(self, element: Any, out: Content, look: dict[str, bool]) -> None:
        """Add what an element holds to the content around it, texts shown as `look` says."""
        for child in element:
            tag = _tag(child)
            if tag in _NOT_READ:
                continue
            if tag == "t":
                kept = child.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
                text = child.text or ""
                self.put((text if kept else text.strip(" \t\r\n")).replace("\n", " ").replace("\r", " "), out, look)
            elif tag in _CHARACTERS:
                self.put(_CHARACTERS[tag], out, {})
            elif tag == "sym":  # a character of the font's own, which is no figure
                code = re.fullmatch("[0-9A-Fa-f]{1,4}", _attribute(child, "char"))
                self.put(chr(0xF000 | int(code[0], 16) & 0xFF) if code else "\ufffd", out, {})
            elif tag == "fldChar":
                self.field(child)
            elif tag == "r":
                own = {**look, **self.style(_value(child, "rPr", "rStyle")), **_look(_child(child, "rPr"))}
                if own.get("vanish"):
                    for mark in (e for e in child if _tag(e) == "fldChar"):
                        self.field(mark)
                else:
                    own["unseen"] = own.get("white", False) and not own.get("shaded") and self.on_white(child)
                    self.into(child, out, own)
            elif tag == "p":
                self.into(child, out, self.style(_value(child, "pPr", "pStyle") or self.default))
                mark = _child(child, "pPr", "rPr")
                if all(_value(mark, gone) is None for gone in ("del", "moveFrom", "vanish")):  # else the next one joins
                    out += ["\r", "\n"]
            elif tag == "tbl":
                out.extend(self.table(child) if all(self.fields) else [])
            elif tag == "oMath":
                formula: Content = []
                self.into(child, formula, look)
                text = "".join(part for part in formula if isinstance(part, str))
                out.append(text if all(_tag(e) == "r" for e in child) else f"〔公式：{text}〕")
            elif tag == "txbxContent":
                out.append("\n")
                self.into(child, out, {})
            elif tag == "AlternateContent":
                self.into(_alternative(child), out, look)
            elif tag == "altChunk":
                out.extend(self.chunk(self.parts.get(_attribute(child, "id"), ("", ""))[1]))
            else:
                self.pictures += tag in ("blip", "imagedata", "chart", "relIds")
                self.into(child, out, look)
            if len(out) > 20 * MOST_LINES:
                raise too_much(self.path, MOST_LINES, "行", "lines")

    def chunk(self, part: str) -> list[Block]:
        """Return a web page or text that Word would take in on opening; other files in the file count as pictures."""
        from auditkit.reading import page_of

        data = self.package.read(part) if part in self.package.names else b""
        if not data.strip() or data.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
            self.pictures += 1
            return []
        blocks = page_of(data, self.path).blocks
        before = self.tables
        places = [s.place for b in blocks if isinstance(b, Grid) for row in b.rows for s in row]
        self.tables += max((p.table or 0 for p in places), default=0)
        return [moved(block, tables=before) for block in blocks]

    def table(self, table: Any) -> list[Block]:
        """Return a table as blocks."""
        self.tables += 1
        number = self.tables
        rows: list[list[tuple[Content, int, int]]] = []
        above: dict[int, tuple[int, int, int]] = {}  # column: row, index and width of the cell that goes on downwards
        for row in _among(table, "tr"):
            if any(_value(row, "trPr", gone) is not None for gone in ("del", "hidden")):
                continue
            cells: list[tuple[Content, int, int]] = []
            column = _number(_value(row, "trPr", "gridBefore")) if _value(row, "trPr", "gridBefore") else 0
            if column:
                cells.append(([], min(column, MOST_COLUMNS), 1))
            now: dict[int, tuple[int, int, int]] = {}
            found: list[tuple[Content, int, str | None]] = []  # content, width and whether it goes on from above
            for cell in _among(row, "tc"):
                if _value(cell, "tcPr", "cellDel") is not None:
                    continue
                self.cells += 1
                if self.cells > MOST_CELLS:
                    raise too_much(self.path, MOST_CELLS, "个表格单元格", "table cells")
                width = _number(_value(cell, "tcPr", "gridSpan"))
                content: Content = []
                around = list(self.fields)
                self.into(cell, content, {})
                self.fields = around  # no field that begins in a cell goes on behind it
                if _value(cell, "tcPr", "hMerge") in ("", "continue") and found:  # an older way to span columns
                    first, w, merged = found[-1]
                    found[-1] = (first + content, w + width, merged)
                else:
                    found.append((content, width, _value(cell, "tcPr", "vMerge")))
            for content, width, merged in found:
                if merged in ("", "continue") and column in above and above[column][2] == width:
                    r, i, _ = above[column]
                    first, w, h = rows[r][i]
                    rows[r][i] = (first, w, h + 1)
                    now[column] = above[column]
                else:
                    if merged == "restart":
                        now[column] = (len(rows), len(cells), width)
                    cells.append((content, width, 1))
                column += width
            rows.append(cells)
            above = now
        return table_blocks(number, rows, self.path)
