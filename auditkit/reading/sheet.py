"""Workbooks (.xlsx): the values Excel has stored, with merged cells as spans. Nothing is calculated or fetched."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from auditkit.reading.numbers import is_entry
from auditkit.reading.page import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    SUPERSCRIPT,
    Block,
    Grid,
    Line,
    Page,
    Place,
    ReadingError,
    lay_out,
    too_much,
)

if TYPE_CHECKING:
    from auditkit.reading.package import Package

MOST_TAGS = 600_000
"""Tags in one part of the file; the largest real report has some ten thousand."""
MOST_MERGED = 5_000
MOST_MERGED_AREA = MOST_COLUMNS * 2000
_DEFAULT_NAME = re.compile(r"(?i)(?:sheet|工作表|table)\s*\d*")
_TITLE = re.compile(r"公开.{0,12}(?:报告|年报)(?:[（(].{0,10}[）)])?$")
LEAST_LINES = 14
"""Rows of a sheet with one column only that are a text, not a table."""
LONGEST_CELL = 200_000
"""Characters of a cell; Excel itself takes no more than 32,767."""
_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|\[(?![<>=])[^\]]*\]|[_*].')
_PLAIN = re.compile(r"[¥￥]?([#?,0]*[#0]|General|@|G/通用格式)(?:\.(0*)[#?]*)?(%?)\s*([\u4e00-\u9fff（）()]*)\s*")


def read(data: bytes, path: str) -> Page:
    """Read a workbook into lines and grids, sheet by sheet: at most one grid a sheet, so that no head loses its columns.

    Raises
    ------
    ReadingError
        If the file is beyond the bounds, or neither openpyxl nor LibreOffice can read it.
    """
    from auditkit.reading import legacy

    try:
        package, parts, book = _open(data, path)
    except _NotOpened:  # styles as some report servers write them
        try:
            package, parts, book = _open(legacy.convert(data, path, "xlsx", "Calc MS Excel 2007 XML"), path)
        except _NotOpened as error:
            raise legacy.unreadable(path) from error
    blocks: list[Block] = []
    for sheet in sorted(
        book.worksheets, key=lambda s: s.sheet_state != "visible"
    ):  # what is hidden stands behind what is seen
        part, formulas = parts.get(sheet.title, ("", {}))
        seen = sheet.sheet_state == "visible"
        named = not _DEFAULT_NAME.fullmatch(sheet.title) and not is_entry(sheet.title)  # 五六, say, is no figure
        if seen and sheet._cells and named:
            blocks.append(Line(sheet.title, Place(sheet=sheet.title)))
        blocks += _Table(sheet, formulas, 1 + sum(isinstance(b, Grid) for b in blocks), path).blocks()
        blocks += [Line(text, Place(sheet=sheet.title)) for text in _boxes(package, part) if seen]
    drawn = sum(bool(re.match(r"xl/(media/|charts/chart\d)", name)) for name in package.names)
    heads = next((sheet.oddHeader for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
    titles = [part.text for part in (heads.left, heads.center, heads.right) if part.text] if heads else []
    return Page(path, tuple(titles), tuple(blocks), pictures=drawn)


class _NotOpened(Exception):
    """openpyxl cannot open the file."""


def _open(data: bytes, path: str) -> tuple[Package, dict[str, tuple[str, dict[str, str]]], Any]:
    from openpyxl import load_workbook

    from auditkit.reading.package import Package

    package = Package(data, path)
    if package.main in package.names and _STRICT in package.read(package.main):
        data = _rewritten(package, _transitional)
        package = Package(data, path)
    parts = _sheets(package, path)
    linked = frozenset(part for part, _ in parts.values() if b"hyperlink" in package.read(part))
    if linked:
        data = _rewritten(package, lambda name, part: _without_links(package, name) if name in linked else part)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about extensions that openpyxl leaves out
            return package, parts, load_workbook(BytesIO(data), data_only=True, keep_links=False, rich_text=True)
    except Exception as error:  # openpyxl raises anything
        raise _NotOpened from error


_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMESPACES = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
"""Of ISO/IEC 29500 Strict, which openpyxl does not know, and of its Transitional."""


def _rewritten(package: Package, change: Callable[[str, bytes], bytes]) -> bytes:
    """Write a workbook anew, each part as `change` makes it of the part's name and bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name in package.names:
            file.writestr(name, change(name, package.read(name)))
    return out.getvalue()


def _transitional(name: str, part: bytes) -> bytes:
    """Return a part of a strict workbook with the names of the transitional one; the rest is the same for what is read."""
    for strict, other in _NAMESPACES.items() if name.endswith((".xml", ".rels")) else ():
        part = part.replace(strict, other)
    return part


def _without_links(package: Package, name: str) -> bytes:
    """Return a sheet's part without links, for which openpyxl would make each cell that they cover."""
    from lxml import etree

    root = package.parse(name)
    for links in list(root.iter("{*}hyperlinks")):
        links.getparent().remove(links)
    return bytes(etree.tostring(root))


# --- before openpyxl -------------------------------------------------------------------------------------------------


def _sheets(package: Package, path: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Bound the file; return for each sheet its part and the formulas whose result is not stored."""
    for name in package.names:
        if name.endswith((".xml", ".rels")) and package.read(name).count(b"<") > MOST_TAGS:
            raise too_much(path, MOST_TAGS, "个标记", "tags")
    out: dict[str, tuple[str, dict[str, str]]] = {}
    filled = 0
    main = package.main
    if main not in package.names or not main.endswith(".xml"):
        return out
    root, targets = package.parse(main), package.related(main)
    unsure = any(calc.get("fullCalcOnLoad") in ("1", "true") for calc in root.iter("{*}calcPr"))
    for sheet in root.iter("{*}sheet"):
        part = next((targets[v][1] for k, v in sheet.attrib.items() if k.endswith("}id") and v in targets), "")
        if part not in package.names or not part.endswith(".xml"):
            continue
        tree = package.parse(part)
        filled += sum(len(cell) > 0 for cell in tree.iter("{*}c"))
        if filled > MOST_CELLS:
            raise too_much(path, MOST_CELLS, "个有内容的单元格", "filled cells")
        _bound_merged(tree, sheet.get("name", ""), path)
        if any(n > 1 for n in Counter(cell.get("r", cell) for cell in tree.iter("{*}c")).values()):
            raise ReadingError(
                path,
                "工作表里有两个地址相同的单元格，读哪一个无法确定，没有读取。请用 Excel 或 WPS 打开后另存。",
                "two cells of one address on a sheet: which one counts is not certain, not read. Open it in Excel or WPS and save it again.",
            )
        out[sheet.get("name", "")] = (part, dict(_uncalculated(tree, unsure=unsure)))
    return out


def _bound_merged(tree: Any, name: str, path: str) -> None:
    """Refuse merged cells that openpyxl would fill the memory with."""
    from openpyxl.utils import range_boundaries

    try:
        areas = [range_boundaries(m.get("ref", "")) for m in tree.iter("{*}mergeCell")]
        area = sum((1 + right - left) * (1 + bottom - top) for left, top, right, bottom in areas)
    except (TypeError, ValueError):
        areas, area = [], MOST_MERGED_AREA + 1
    if len(areas) > MOST_MERGED or area > MOST_MERGED_AREA:
        raise ReadingError(
            path,
            f"工作表“{name}”的合并单元格过多或不合规则，没有读取。请只保留报告的表格，另存后再读。",
            f"the merged cells of the sheet {name} are too many or broken; not read. Keep the report's tables only and save it again.",
        )


def _uncalculated(tree: Any, *, unsure: bool) -> Iterator[tuple[str, str]]:
    """Yield the formulas without a result; a stored 0 is none where the writing program left calculating to Excel."""
    for formula in tree.iter("{*}f"):
        cell = formula.getparent()
        value = cell.findtext("{*}v") or ""
        if (not value and cell.get("t") != "str") or (unsure and value in ("0", "0.0")):
            yield cell.get("r", ""), f"={formula.text or ''}"


def _boxes(package: Package, part: str) -> Iterator[str]:
    """Yield the paragraphs of a sheet's text boxes."""
    for kind, drawing in package.related(part).values() if part else ():
        if kind != "drawing" or drawing not in package.names:
            continue
        for paragraph in package.parse(drawing).iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
            text = "".join(t.text or "" for t in paragraph.iter("{*}t")).strip()
            if text and not any(str(up.tag).endswith("}Fallback") for up in paragraph.iterancestors()):
                yield text


# --- a sheet ---------------------------------------------------------------------------------------------------------


_Texts: TypeAlias = dict[int, dict[int, str]]
"""By row and column."""
_Spans: TypeAlias = dict[tuple[int, int], tuple[int, int]]
"""By row and column of a merged cell its last row and column."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The filled rows of a report on a sheet; which hold a text alone that is seen; which rows and columns are not seen."""

    rows: list[int]
    alone: dict[int, bool]
    dark_rows: set[int]
    dark_columns: set[int]


@dataclass
class _Table:
    """A sheet: the lines above its table, the table (the `number`-th of the file) and the lines beneath it; so for each report on it."""

    sheet: Any
    formulas: dict[str, str]
    number: int
    path: str

    def blocks(self) -> list[Block]:
        """Cut the sheet: a text alone in its row is a line above the table, beneath it if it is long, merged or set off."""
        sheet = self.sheet
        texts: _Texts = {}
        zeros = sheet.sheet_view.showZeros is not False
        plain = {i for i, f in enumerate(sheet.parent._fonts) if _is_plain(f)}
        for (r, c), cell in sorted(sheet._cells.items()):  # iter_rows would walk a whole sheet to one far cell
            if text := self.formulas.get(cell.coordinate) or shown(cell, plain, zeros=zeros):
                if len(text) > LONGEST_CELL:
                    raise too_much(self.path, LONGEST_CELL, "个字的单元格", "characters in a cell")
                texts.setdefault(r, {})[c] = text
        spans = {(m.min_row, m.min_col): (m.max_row, m.max_col) for m in sheet.merged_cells.ranges}
        dark_rows = {r for r, d in sheet.row_dimensions.items() if d.hidden or d.ht == 0}
        dark_columns = {
            c
            for d in sheet.column_dimensions.values()
            if d.hidden or d.width == 0
            for c in range(d.min or 1, min(d.max or 0, MOST_COLUMNS) + 1)
        }
        if sum(text.count("\n") for row in texts.values() for text in row.values()) > MOST_LINES:
            raise too_much(self.path, MOST_LINES, "行", "lines")
        seen, rows = sheet.sheet_state == "visible", sorted(texts)
        columns = {c for row in texts.values() for c in row}
        if (
            len(columns) == 1
            and len(rows) >= LEAST_LINES
            and not spans
            and not dark_rows
            and not columns & dark_columns
        ):
            return self._text(texts, columns.pop())
        alone = {
            r: seen and r not in dark_rows and not dark_columns & set(texts[r]) and _is_words(texts[r].values())
            for r in rows
        }
        titles = [r for r in rows if alone[r] and any(map(_TITLE.search, texts[r].values()))]
        out: list[Block] = []
        ends = [rows[0], *titles[1:], rows[-1] + 1] if rows else []
        for first, behind in pairwise(ends):  # reports one beneath the other
            part = _Part([r for r in rows if first <= r < behind], alone, dark_rows, dark_columns)
            out += self._part(texts, spans, part, self.number + sum(isinstance(b, Grid) for b in out))
        return out

    def _text(self, texts: _Texts, column: int) -> list[Block]:
        """Return a text that was pasted into one column as its lines, empty ones too."""
        name, letter = self.sheet.title, _letters(column)
        every = range(min(texts), min(max(texts), min(texts) + MOST_LINES) + 1)
        return [Line(texts.get(r, {}).get(column, ""), Place(sheet=name, ref=f"{letter}{r}")) for r in every]

    def _part(self, texts: _Texts, spans: _Spans, part: _Part, number: int) -> list[Block]:
        rows, alone = part.rows, [part.alone[r] for r in part.rows]
        begin = alone.index(False) if False in alone else len(rows)
        end = len(rows) - alone[::-1].index(False) if False in alone else len(rows)
        while end < len(rows):
            ((column, text),) = texts[rows[end]].items()
            merged = spans.get((rows[end], column), (0, 0))[1] > column + 1
            if len(text) > 30 or merged or rows[end] > rows[end - 1] + 1:
                break  # else it may be a label whose figures are blank
            end += 1
        out = self._lines(texts, rows[:begin])
        if begin < len(rows):
            grid = self._grid({r: texts[r] for r in rows[begin:end]}, spans, number)
            seen = self.sheet.sheet_state == "visible"
            out.append(_hidden(grid, rows[begin:end], part.dark_rows, part.dark_columns, seen=seen))
        return out + self._lines(texts, rows[end:])

    def _lines(self, texts: _Texts, rows: list[int]) -> list[Block]:
        found = [(self._place(r, c), t) for r in rows for c, text in texts[r].items() for t in text.split("\n")]
        return [Line(text, place) for place, text in found]

    def _place(self, row: int, column: int, at: tuple[int, int, int] | None = None) -> Place:
        table, line, cell = at or (None, None, None)
        return Place(table, line, cell, sheet=self.sheet.title, ref=f"{_letters(column)}{row}")

    def _grid(self, texts: _Texts, spans: _Spans, table: int) -> Grid:
        """Lay the filled rows out, over all columns from the sheet's first to the last filled one."""
        wide = max(c for row in texts.values() for c in row)
        for (r, c), (_, right) in spans.items():
            if c in texts.get(r, {}) and len(texts[r]) > 1:
                wide = max(wide, right)  # a head over columns that hold nothing else
        if wide > MOST_COLUMNS or wide * len(texts) > 3 * MOST_CELLS:
            raise too_much(self.path, MOST_COLUMNS, "列或九万个单元格的表格", "columns, or 90,000 cells, in a table")
        taken: set[tuple[int, int]] = set()
        first: dict[tuple[int, int], tuple[int, int]] = {}
        for (top, left), (bottom, right) in sorted(spans.items()):
            rows = [r for r in texts if top <= r <= bottom]
            cells = {(r, c) for r in rows for c in range(left, min(right, wide) + 1)}
            if cells and not cells & taken:  # merged cells that overlap are none
                taken |= cells
                first[rows[0], left] = (min(right, wide) + 1 - left, len(rows))
        out = []
        for number, (r, row) in enumerate(texts.items(), 1):
            begins = [c for c in range(1, wide + 1) if (r, c) in first or (r, c) not in taken]
            cells_of_row = enumerate(begins, 1)
            out.append(
                [
                    (row.get(c, ""), self._place(r, c, (table, number, n)), *first.get((r, c), (1, 1)))
                    for n, c in cells_of_row
                ]
            )
        return lay_out(out, self.path)


@cache
def _letters(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))


def _is_words(texts: Collection[str]) -> bool:
    """Whether a row holds one text only, and that is no figure."""
    return len(texts) == 1 and not any(map(is_entry, texts))


def _hidden(grid: Grid, rows: list[int], dark_rows: set[int], dark_columns: set[int], *, seen: bool) -> Grid:
    """Mark the cells of which no row or no column is seen."""
    if seen and not dark_columns and not dark_rows.intersection(rows):
        return grid
    marked = {
        spot: spot._replace(hidden=True)
        for i, row in enumerate(grid.rows)
        for spot in row
        if not seen
        or dark_rows.issuperset(rows[i : i + spot.height])
        or dark_columns.issuperset(range(spot.column + 1, spot.column + 1 + spot.width))
    }
    return grid.changed(lambda s: marked.get(s, s))


# --- a cell ----------------------------------------------------------------------------------------------------------


def shown(cell: Any, plain: Collection[int] = (), *, zeros: bool = True) -> str:
    """Return a cell's text as an auditor sees it, but with all digits of its value; "" for one that shows nothing.

    `plain` are the fonts that neither raise nor strike out nor are white.
    A value whose format shows another number (in thousands, with a digit in its literal text) is ``[format]value``: no figure.
    """
    value = cell.value
    if value is None:
        return ""
    as_is = cell._style.fontId in plain
    if as_is and type(value) is int and value and cell.number_format == "General":
        return str(value)
    if isinstance(value, bool):
        text = str(value).upper()
    elif isinstance(value, int | float):
        text = _number(value, cell.number_format, zeros=zeros)
    elif isinstance(value, list):  # text in runs
        text = "".join(run if isinstance(run, str) else _marked(str(run), run.font) for run in value)
    else:
        text = str(value)
    lines = [" ".join(line.split()) for line in text.replace("_x000D_", "").splitlines()]
    text = "\n".join([line for line in lines if line])
    if as_is or not text:
        return text
    return f"〔白字：{text}〕" if _is_unseen(cell) else _marked(text, cell.font)


def _is_plain(font: Any) -> bool:
    return not font.strike and font.vertAlign != "superscript" and not _is_white(font.color)


def _is_white(colour: Any) -> bool:
    return (
        colour is not None
        and not colour.tint
        and (
            (colour.type == "rgb" and re.fullmatch("(?:..)?(?:F[0-9A-F]){3}", str(colour.rgb).upper()) is not None)
            or (colour.type == "theme" and colour.theme == 0)
            or (colour.type == "indexed" and colour.indexed in (1, 9))
        )
    )


def _is_unseen(cell: Any) -> bool:
    """Whether a cell is written white on white, as far as it says; a rule or a style for its table may colour it."""
    fill, sheet = cell.fill, cell.parent
    white = fill.fill_type is None or (fill.fill_type == "solid" and _is_white(fill.fgColor))
    coloured = sheet.tables or any(cell.coordinate in area for area in sheet.conditional_formatting)
    return white and not coloured and cell.font is not None and _is_white(cell.font.color)


def _marked(text: str, font: Any) -> str:
    """Mark what is not part of a figure: 12 with a raised 1 is not 121, and what is struck out is not stated."""
    if font is not None and font.strike and text:
        text = f"~{text}~"
    return text.translate(SUPERSCRIPT) if font is not None and font.vertAlign == "superscript" else text


def _number(value: float, code: str, *, zeros: bool) -> str:
    sections = _LITERAL.sub(_kept, code).split(";")
    section = sections[0 if value > 0 or len(sections) < 2 else 2 if value == 0 and len(sections) > 2 else value < 0]
    if value == 0 and (not zeros or not section.strip() or re.fullmatch(r"[#?,]*(?:\.[#?]*)?", section)):
        return ""  # a blank to whoever sees it
    exact = Decimal(format(value, ".15g"))  # the digits that Excel keeps
    if not exact.is_finite():
        return str(value)
    exact = exact.normalize() if exact else Decimal(0)
    found = _PLAIN.fullmatch(section) or _PLAIN.fullmatch(sections[0])
    without_sign = value < 0 and len(sections) > 1 and not re.search("[-(（]", section)
    if not found or without_sign:
        return f"[{code}]{exact:f}"
    if found[3]:
        return f"{(exact * 100).normalize():f}%"
    places = max(len(found[2] or ""), -int(exact.as_tuple().exponent), 0)
    return f"{exact:{',' if ',' in found[1] else ''}.{places}f}{found[4]}"


def _kept(literal: re.Match[str]) -> str:
    """Keep the words of a number format; a digit, point or percent sign among them would show another number."""
    text = (literal[1] or literal[2] or "").strip()
    return text if re.fullmatch(r"[\u4e00-\u9fff（）()]*", text) else "!"
