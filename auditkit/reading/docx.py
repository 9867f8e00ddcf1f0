"""Word files (.docx): paragraphs and tables as the document is read, tracked changes as accepted.

Walks WordprocessingML (ECMA-376, part 1, 17) itself: python-docx leaves out inserted runs, content controls and text boxes, and
would lose figures. Element names are compared without their namespace, so that the strict and the transitional form both do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from auditkit.reading import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    SUPERSCRIPT,
    Block,
    Content,
    Line,
    Page,
    Place,
    table_blocks,
    too_much,
)
from auditkit.reading.package import Package

_NOT_READ = frozenset(
    re.findall(
        r"\w+",
        "del moveFrom delText instrText rPr pPr tblPr tblGrid trPr tcPr sectPr sdtPr sdtEndPr numPr footnotePr annotationRef "
        "commentReference fldData",
    )
)
_WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "Choice", "AlternateContent"))
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read(data: bytes, path: str) -> Page:
    """Read a Word file into lines and grids, in the document's order.

    Raises
    ------
    ReadingError
        If the file is damaged, protected, or beyond the bounds.
    """
    package = Package(data, path)
    parts = (target for kind, target in package.related("").values() if kind == "officeDocument")
    root = package.parse(next(parts, "word/document.xml"))
    walk = _Walk(path)
    content: Content = []
    walk.into(root, content)
    return Page(path, (), tuple(_lines(content)), pictures=walk.pictures)


def _lines(content: Content) -> Iterator[Block]:
    words, paragraph = list[str](), 1
    for part in [*content, "\n"]:
        if isinstance(part, str) and part != "\n":
            words.append(part)
            continue
        if text := " ".join("".join(words).split()):
            yield Line(text, Place(paragraph=paragraph))
        words.clear()
        if isinstance(part, str):
            paragraph += 1
        else:
            yield part


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(element: Any, *names: str) -> str | None:
    """Return the attribute ``val`` of a property, "" if the property has none, None if it is not there or is off."""
    for name in names:
        element = next((e for e in element if _tag(e) == name), None) if element is not None else None
    if element is None:
        return None
    value = next((str(v) for k, v in element.attrib.items() if k.rpartition("}")[2] == "val"), "")
    return None if value in ("false", "0", "off") else value


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 1


def _among(element: Any, name: str) -> Iterator[Any]:
    """Yield the rows of a table or the cells of a row, those in content controls and insertions too."""
    for child in element:
        if _tag(child) == name:
            yield child
        elif _tag(child) in _WRAPPERS:
            yield from _among(child, name)


class _Walk:
    """One walk over a document; content is a list of texts, a line end each by itself, and blocks of tables."""

    def __init__(self, path: str) -> None:
        self.path, self.tables, self.cells, self.pictures = path, 0, 0, 0

    def into(self, element: Any, out: Content, *, raised: bool = False) -> None:
        """Add what an element holds to the content around it."""
        for child in element:
            tag = _tag(child)
            if tag in _NOT_READ:
                continue
            if tag == "t":
                text = (child.text or "").replace("\n", " ")
                out.append(text.translate(SUPERSCRIPT) if raised else text)
            elif tag in _CHARACTERS:
                out.append(_CHARACTERS[tag])
            elif tag == "r":
                if _value(child, "rPr", "vanish") is None:  # else text that is not shown
                    up = _value(child, "rPr", "vertAlign") in ("superscript", "subscript")
                    self.into(child, out, raised=raised or up)
            elif tag == "p":
                self.into(child, out)
                out.append("\n")
            elif tag == "tbl":
                out.extend(self.table(child))
            elif tag == "txbxContent":
                out.append("\n")
                self.into(child, out)
            elif tag == "AlternateContent":
                first: Content = []
                for choice in child:  # the first that says anything: the others say the same for older programs
                    if not first:
                        self.into(choice, first)
                out.extend(first)
            else:
                self.pictures += tag in ("blip", "imagedata")
                self.into(child, out)
            if len(out) > 10 * MOST_LINES:
                raise too_much(self.path, MOST_LINES, "行", "lines")

    def table(self, table: Any) -> list[Block]:
        """Return a table as blocks."""
        self.tables += 1
        number = self.tables
        rows: list[list[tuple[Content, int, int]]] = []
        above: dict[int, tuple[int, int, int]] = {}  # column: row, index and width of the cell that goes on downwards
        for row in _among(table, "tr"):
            if _value(row, "trPr", "del") is not None:
                continue
            cells: list[tuple[Content, int, int]] = []
            column = _number(_value(row, "trPr", "gridBefore")) if _value(row, "trPr", "gridBefore") else 0
            if column:
                cells.append(([], min(column, MOST_COLUMNS), 1))
            now: dict[int, tuple[int, int, int]] = {}
            for cell in _among(row, "tc"):
                if _value(cell, "tcPr", "cellDel") is not None:
                    continue
                self.cells += 1
                if self.cells > MOST_CELLS:
                    raise too_much(self.path, MOST_CELLS, "个表格单元格", "table cells")
                width = _number(_value(cell, "tcPr", "gridSpan"))
                merged, beside = _value(cell, "tcPr", "vMerge"), _value(cell, "tcPr", "hMerge")
                content: Content = []
                self.into(cell, content)
                if beside in ("", "continue") and cells:  # an older way to span columns
                    first, w, h = cells[-1]
                    cells[-1] = (first + content, w + width, h)
                elif merged in ("", "continue") and column in above and above[column][2] == width:
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
