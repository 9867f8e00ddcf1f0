"""PDF files by PDFium: characters and ruled lines with their places become lines and grids, in a process of its own.

PDFium (pypdfium2, Apache-2.0/BSD) is the engine of a browser, kept for hostile files; it has no tables, so the cells are found here:
rules that cross make a table, what no rule divides is one cell. A PDF says nowhere what a row is: without rules in both
directions, tables stay lines of text, of which only labels tell what they are.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zlib
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from auditkit.reading import MOST_CELLS, MOST_LINES, Block, Line, Page, Place, ReadingError, lay_out, too_much
from auditkit.reading.numbers import is_entry

SECONDS = 30
MEMORY = 1 << 30
"""Bytes that the process may use."""
MOST_PAGES = 200
MOST_MARKS = 400_000
"""Characters and pieces of rules on all pages."""
THIN = 3.0
"""Points: a filled box no wider than this is a rule, and ends of rules that are this near meet."""
_SEEN = 20
"""Characters that a page of text has at least, if it is no picture."""
_PAGE_NUMBER = re.compile(r"^[\s\-—–－·第]*\d{1,3}[\s\-—–－·页]*(?:[/共]\s*\d{1,3}\s*页?)?$")


def read(data: bytes, path: str) -> Page:
    """Read a PDF into lines and grids, page by page; a table that goes on over the page end is one grid.

    Raises
    ------
    ReadingError
        If the file is damaged, encrypted, has no text, or takes more than `SECONDS`, `MEMORY` or the other bounds.
    """
    found = json.loads(_in_a_process("read", data, path))
    if "error" in found:
        raise _refusal(found["error"], path)
    blocks: list[Block] = []
    tables = cells = 0
    for kind, content in found["blocks"]:
        if kind == "line":
            text, page, box = content
            blocks.append(Line(text, Place(page=page, box=tuple(box))))
            continue
        tables += 1
        cells += sum(map(len, content))
        if cells > MOST_CELLS:
            raise too_much(path, MOST_CELLS, "个表格单元格", "table cells")
        rows = []
        for r, row in enumerate(content, 1):
            places = [Place(tables, r, c, page=page, box=tuple(box)) for c, (_, page, box, _, _) in enumerate(row, 1)]
            rows.append([(text, at, w, h) for (text, _, _, w, h), at in zip(row, places, strict=True)])
        blocks.append(lay_out(rows, path))
    if len(blocks) > MOST_LINES:
        raise too_much(path, MOST_LINES, "行", "lines")
    return Page(path, (), tuple(blocks), pictures=found["pictures"])


def crop(data: bytes, page: int, box: Sequence[float], path: str = "") -> bytes:
    """Return a picture (PNG, 150 dpi) of a part of a page: its full width from the top to the bottom of a box in points."""
    return _in_a_process(f"crop {page} {box[1]:.0f} {box[3]:.0f}", data, path)


def _in_a_process(task: str, data: bytes, path: str) -> bytes:
    try:
        command = [sys.executable, "-m", "auditkit.reading.pdf", *task.split()]
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise _refusal("time", path) from None
    if done.returncode or not done.stdout:
        raise _refusal("crash", path)
    return done.stdout


def _refusal(code: str, path: str) -> ReadingError:
    again = "请重新下载；若仍如此，请换用网页版或 Word 版，或在笔记本 00 中录入。"
    otherwise = "Download it again; failing that, use the web or Word version, or type the figures in, in notebook 00."
    zh, en = {
        "password": ("加了密码的 PDF 文件，没有读取。请用密码打开后另存。", "a PDF protected by a password, not read. Save it without one."),
        "damaged": (f"PDF 文件已损坏或不完整。{again}", f"the PDF is damaged or incomplete. {otherwise}"),
        "time": (f"PDF 文件 {SECONDS} 秒内没有读完，已停止。{again}", f"the PDF took more than {SECONDS} s and was given up. {otherwise}"),
        "crash": (f"PDF 文件无法解析（内容异常或过大）。{again}", f"the PDF cannot be parsed (odd or too large). {otherwise}"),
        "much": (f"PDF 文件超过 {MOST_PAGES} 页或内容过多，不是一份年度报告。", f"more than {MOST_PAGES} pages, or far too much on them."),
        "fonts": (
            "PDF 的字体没有文字对照表，读出的只会是乱码，没有读取。请换用网页版或 Word 版，或在笔记本 00 中录入。",
            "the fonts of the PDF do not say which letters their shapes are; nothing was read. Use the web or Word version, or type the "
            "figures in, in notebook 00.",
        ),
        "picture": (
            "PDF 各页没有文字，是图片（扫描件）或转成曲线的字，无法读取。请向机关索取网页、Word 或 Excel 版本，或在笔记本 00 中录入。",
            "the pages hold no text: pictures (a scan) or letters drawn as outlines, which cannot be read. Ask the agency for the web, Word or "
            "Excel version, or type the figures in, in notebook 00.",
        ),
    }[code]  # fmt: skip
    return ReadingError(path, zh, en)


# --- in the process ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Char:
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    turn: int = 0
    """Quarters by which it is turned, after the page has been turned upright."""
    spaced: bool = False
    """Whether a space is written before it."""

    @property
    def size(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


@dataclass(slots=True)
class _Cell:
    text: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    height: int = 1


@dataclass(slots=True)
class _Table:
    """Rows of cells with their places; whether the first and last row are open, cut by a page's end."""

    xs: list[float]
    rows: list[list[_Cell]]
    top: float
    open_top: bool = False
    open_bottom: bool = False


@dataclass(slots=True)
class _Words:
    text: str
    page: int
    box: tuple[float, float, float, float]

    @property
    def top(self) -> float:
        return self.box[1]


@dataclass(slots=True)
class _Marks:
    """What is drawn on a page, upright, in points from its upper left corner."""

    chars: list[_Char] = field(default_factory=list)
    across: list[tuple[float, float, float]] = field(default_factory=list)
    """Horizontal rules: y, from x, to x."""
    down: list[tuple[float, float, float]] = field(default_factory=list)
    """Vertical rules: x, from y, to y."""
    dots: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Pieces too short to tell their direction: left, top, right, bottom."""
    pictures: int = 0
    things: int = 0
    """All that is drawn on it, text and pictures too."""
    covered: float = 0.0
    texts: dict[int, tuple[int, float, float, float, float]] = field(default_factory=dict)
    """By address of a text: when it is drawn, and its left, top, right, bottom."""
    unknown: int = 0
    """Glyphs of which the font does not say which letters they are."""
    covers: list[tuple[int, float, float, float, float]] = field(default_factory=list)
    """Opaque areas: when they are drawn, left, top, right, bottom."""
    turned: int = 0
    """Quarters by which its text had to be turned to stand upright."""


def _bounded() -> None:
    try:
        import resource
    except ImportError:  # Windows: only the time is bounded
        return
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard))


def _with_our_font() -> None:
    """Let PDFium take our font for one that a file does not hold, the same on every machine.

    Without a font that has a letter, PDFium leaves a letter that stands alone out of its text.
    """
    import ctypes

    import pypdfium2.raw as pdf

    folder = ctypes.create_string_buffer(str(Path(__file__).parents[1] / "fonts").encode())
    text = ctypes.POINTER(ctypes.c_char)
    paths = (text * 2)(ctypes.cast(folder, text))  # ends with a null
    pdf.FPDF_DestroyLibrary()
    pdf.FPDF_InitLibraryWithConfig(pdf.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths))


def _main(task: list[str]) -> None:
    _bounded()
    import pypdfium2 as pdfium

    _with_our_font()

    out: bytes
    try:
        data = sys.stdin.buffer.read()
        document = pdfium.PdfDocument(data)
        if not _is_whole(data):
            out = b'{"error": "damaged"}'
        else:
            out = _png(document, *map(int, task[1:])) if task[0] == "crop" else _all_pages(document)
    except pdfium.PdfiumError as error:
        out = json.dumps({"error": "password" if "password" in str(error).lower() else "damaged"}).encode()
    sys.stdout.buffer.write(out)


def _is_whole(data: bytes) -> bool:
    """Whether all compressed parts agree with their checksums: PDFium shows what is left of a damaged one, 5 where 95 stood."""
    if b"/Encrypt" in data:
        return True
    left = MEMORY
    for found in re.finditer(rb"(?<!end)stream\r?\n", data):
        head = data[max(0, found.start() - 600) : found.start()]
        if not re.search(rb"/Filter\s*\[?\s*/Fl(?:ateDecode)?\b", head[head.rfind(b"obj") + 1 :]):
            continue
        part, at = zlib.decompressobj(), found.end()
        try:
            while not part.eof and at < len(data) and left > 0:
                left -= len(part.decompress(part.unconsumed_tail or data[at : at + 65536], 1 << 20))
                at += 0 if part.unconsumed_tail else 65536
        except zlib.error:
            return False
        if left > 0 and not part.eof:
            return False
    return True


def _png(document: Any, number: int, top: int, bottom: int) -> bytes:
    from io import BytesIO

    page = _with_fields(document, number)
    scale = min(150 / 72, 2000 / max(page.get_width(), page.get_height()))
    picture = page.render(scale=scale, rotation=90 * _drawn(page).turned).to_pil().convert("L")
    out = BytesIO()
    picture.crop((0, max(0, int((top - 4) * scale)), picture.width, int((bottom + 4) * scale))).save(out, "PNG")
    return out.getvalue()


def _all_pages(document: Any) -> bytes:
    if len(document) > MOST_PAGES:
        return b'{"error": "much"}'
    pages: list[list[_Table | _Words]] = []
    pictures = scanned = marks = things = chars = unknown = 0
    for number in range(1, len(document) + 1):
        page = _with_fields(document, number)
        drawn = _drawn(page)
        things += drawn.things
        marks += len(drawn.chars) + len(drawn.across) + len(drawn.down)
        if marks > MOST_MARKS:
            return b'{"error": "much"}'
        pictures += drawn.pictures
        if len(drawn.chars) < _SEEN and drawn.covered > 0.3:
            scanned += 1
        chars += len(drawn.chars)
        unknown += drawn.unknown
        pages.append(_blocks(drawn, number))
        page.close()
    if unknown > 0.3 * chars:
        return b'{"error": "fonts"}'
    if not any(pages) or scanned == len(pages):
        return b'{"error": "picture"}' if pictures or things else b'{"error": "damaged"}'
    return json.dumps({"pictures": pictures, "blocks": [_plain(b) for b in _joined(pages)]}).encode()


def _with_fields(document: Any, number: int) -> Any:
    """Return a page (from 1) with what was typed into its fields and over it as part of it."""
    import pypdfium2.raw as pdf

    page = document[number - 1]
    if (
        pdf.FPDFPage_GetAnnotCount(page) > 0
        and pdf.FPDFPage_Flatten(page, pdf.FLAT_NORMALDISPLAY) == pdf.FLATTEN_SUCCESS
    ):
        page.close()
        page = document[number - 1]
    return page


def _drawn(page: Any) -> _Marks:
    """Collect characters and rules of a page, turned as the page and most of its text are turned."""
    import ctypes

    import pypdfium2.raw as pdf

    width, height, out = page.get_width(), page.get_height(), _Marks()
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for at in ((0, 0), (1000, 0), (0, 1000)):  # where the page's own coordinates are shown
        pdf.FPDF_PageToDevice(page, 0, 0, int(width * 100), int(height * 100), 0, *at, x, y)
        corners.append((x.value / 100, y.value / 100))
    (ox, oy), (ax, ay), (bx, by) = corners
    a, b, c, d = (ax - ox) / 1000, (ay - oy) / 1000, (bx - ox) / 1000, (by - oy) / 1000

    def shown(px: float, py: float) -> tuple[float, float]:
        return ox + a * px + c * py, oy + b * px + d * py

    _collect_paths(page, shown, width * height, out)
    out.across += _dashed(out.dots, 1)
    out.down += _dashed(out.dots, 0)
    text = page.get_textpage()
    turns: Counter[int] = Counter()
    hidden: dict[int, list[_Char]] = {}
    spaced = False
    boxes, matrix = pdf.FS_RECTF(), pdf.FS_MATRIX()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for i in range(min(pdf.FPDFText_CountChars(text), MOST_MARKS)):
        code = pdf.FPDFText_GetUnicode(text, i)
        if pdf.FPDFText_IsGenerated(text, i) == 1 or code in (10, 13):
            continue
        thing = pdf.FPDFText_GetTextObject(text, i)
        angle = -pdf.FPDFText_GetCharAngle(text, i) * 2 / 3.14159265 - page.get_rotation() / 90
        if abs(angle - round(angle)) > 0.1:  # a watermark
            continue
        pdf.FPDFText_GetLooseCharBox(text, i, boxes)
        pdf.FPDFText_GetCharBox(text, i, left, right, bottom, top)
        pdf.FPDFText_GetMatrix(text, i, matrix)
        size = pdf.FPDFText_GetFontSize(text, i) * max(abs(matrix.c), abs(matrix.d))
        if boxes.top - boxes.bottom > 2 * size > 0:  # text written downwards: PDFium does not scale its loose boxes
            boxes.left, boxes.right = (left.value + right.value - size) / 2, (left.value + right.value + size) / 2
            boxes.bottom, boxes.top = (bottom.value + top.value - size) / 2, (bottom.value + top.value + size) / 2
        (x0, y0), (x1, y1) = shown(boxes.left, boxes.top), shown(boxes.right, boxes.bottom)
        x0, x1, y0, y1 = *sorted((x0, x1)), *sorted((y0, y1))
        if not (-1 <= (x0 + x1) / 2 <= width + 1 and -1 <= (y0 + y1) / 2 <= height + 1):
            continue
        known = code < 0x110000 and not 0xD800 <= code < 0xE000 and pdf.FPDFText_HasUnicodeMapError(text, i) != 1
        out.unknown += not known  # without a map, PDFium gives the glyph's number
        letter = "-" if code == 2 else chr(code) if known else "\ufffd"
        if letter.isspace() or letter == "\u200b":
            spaced = spaced or letter.isspace()
            continue
        address = ctypes.cast(thing, ctypes.c_void_p).value if thing else None
        drawn, *_ = out.texts.get(address or 0, (MOST_MARKS,))
        turns[round(angle) % 4] += 1
        char = _Char("\ufffd" if letter < " " else letter, x0, y0, x1, y1, round(angle) % 4, spaced)
        spaced = False
        mx, my = char.middle
        over = [n for n, *box in out.covers if n > drawn and box[0] <= mx <= box[2] and box[1] <= my <= box[3]]
        if thing and pdf.FPDFTextObj_GetTextRenderMode(thing) == pdf.FPDF_TEXTRENDERMODE_INVISIBLE:
            over = [drawn]
        if over:
            hidden.setdefault(over[0], []).append(char)
        else:
            out.chars.append(char)
    for (
        n,
        unseen,
    ) in hidden.items():  # not read; but PDFium leaves out what a later text repeats of it: then there is a doubt
        later = [t[1:] for t in out.texts.values() if t[0] > n]
        for char in unseen:
            near = char.x0 - char.size, char.x1 + char.size
            if any(le < near[1] and near[0] < ri and t < char.y1 and char.y0 < b for le, t, ri, b in later):
                char.text = "\ufffd"
                out.chars.append(char)
    turn = turns.most_common(1)[0][0] if turns else 0
    out.turned = turn
    for one in out.chars:
        one.turn = (one.turn - turn) % 4
    for _ in range(turn):
        _turn(out, width, height)
        width, height = height, width
    out.chars = _printed_once(out.chars)
    return out


def _turn(out: _Marks, width: float, height: float) -> None:
    """Turn a page by a quarter, clockwise."""
    out.chars = [_Char(c.text, height - c.y1, c.x0, height - c.y0, c.x1, c.turn, c.spaced) for c in out.chars]
    out.across, out.down = (
        [(x, height - b, height - a) for x, a, b in out.down],
        [(height - y, a, b) for y, a, b in out.across],
    )


def _collect_paths(page: Any, shown: Any, area: float, out: _Marks) -> None:
    import ctypes

    import pypdfium2.raw as pdf

    def matrix(thing: Any) -> tuple[float, ...]:
        m = pdf.FS_MATRIX()
        pdf.FPDFPageObj_GetMatrix(thing, m)
        return m.a, m.b, m.c, m.d, m.e, m.f

    def within(m: tuple[float, ...], n: tuple[float, ...]) -> tuple[float, ...]:
        """Return the matrix that applies m, then n."""
        return (
            m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3], m[2] * n[0] + m[3] * n[2],
            m[2] * n[1] + m[3] * n[3], m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
        )  # fmt: skip

    identity = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    todo: list[tuple[Any, tuple[float, ...], int]] = [
        (pdf.FPDFPage_GetObject(page, i), identity, 0) for i in range(min(pdf.FPDFPage_CountObjects(page), MOST_MARKS))
    ]
    todo.reverse()
    pieces = 0
    ends = [ctypes.c_float() for _ in range(4)]
    x, y, fill, stroke = ctypes.c_float(), ctypes.c_float(), ctypes.c_int(), ctypes.c_int()
    while todo:
        thing, outer, depth = todo.pop()
        kind = pdf.FPDFPageObj_GetType(thing)
        out.things += 1
        if kind == pdf.FPDF_PAGEOBJ_TEXT:
            pdf.FPDFPageObj_GetBounds(thing, *ends)
            i, j, k, n = (e.value for e in ends)
            box = [
                shown(outer[0] * px + outer[2] * py + outer[4], outer[1] * px + outer[3] * py + outer[5])
                for px, py in ((i, j), (k, n))
            ]
            (x0, x1), (y0, y1) = sorted(p[0] for p in box), sorted(p[1] for p in box)
            out.texts[ctypes.cast(thing, ctypes.c_void_p).value or 0] = (out.things, x0, y0, x1, y1)
        m = within(matrix(thing), outer) if kind != pdf.FPDF_PAGEOBJ_TEXT else outer
        if kind == pdf.FPDF_PAGEOBJ_FORM and depth < 8:
            count = min(pdf.FPDFFormObj_CountObjects(thing), MOST_MARKS)
            todo += [(pdf.FPDFFormObj_GetObject(thing, i), m, depth + 1) for i in reversed(range(count))]
        elif kind == pdf.FPDF_PAGEOBJ_IMAGE:
            out.pictures += 1
            out.covered = max(out.covered, abs(m[0] * m[3] - m[1] * m[2]) / area)
            if not pdf.FPDFPageObj_HasTransparency(thing):
                _add_cover([shown(m[0] * i + m[2] * j + m[4], m[1] * i + m[3] * j + m[5]) for i, j in _CORNERS], out)
        elif kind == pdf.FPDF_PAGEOBJ_PATH:
            pdf.FPDFPath_GetDrawMode(thing, fill, stroke)
            paths: list[list[tuple[float, float]]] = []
            for i in range(pdf.FPDFPath_CountSegments(thing)):
                pieces += 1
                if pieces > MOST_MARKS:
                    return
                segment = pdf.FPDFPath_GetPathSegment(thing, i)
                pdf.FPDFPathSegment_GetPoint(segment, x, y)
                point = shown(m[0] * x.value + m[2] * y.value + m[4], m[1] * x.value + m[3] * y.value + m[5])
                if pdf.FPDFPathSegment_GetType(segment) == pdf.FPDF_SEGMENT_MOVETO or not paths:
                    paths.append([])
                paths[-1].append(point)
                if pdf.FPDFPathSegment_GetClose(segment):
                    paths[-1].append(paths[-1][0])
            opaque = bool(fill.value) and len(paths) == 1 and not pdf.FPDFPageObj_HasTransparency(thing)
            for points in paths:
                _add_rules(points, bool(stroke.value), bool(fill.value), out)
                if opaque and all(abs(ax - bx) < 1 or abs(ay - by) < 1 for (ax, ay), (bx, by) in pairwise(points)):
                    _add_cover(points, out)


_CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))


def _add_cover(points: list[tuple[float, float]], out: _Marks) -> None:
    """Note an area that hides what was drawn before it: a scan over its recognised text, white over an old figure."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    if min(max(xs) - min(xs), max(ys) - min(ys)) > THIN:
        out.covers.append((out.things, min(xs), min(ys), max(xs), max(ys)))


def _add_rules(points: list[tuple[float, float]], stroked: bool, filled: bool, out: _Marks) -> None:
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    top, bottom = min(p[1] for p in points), max(p[1] for p in points)
    if (filled or stroked) and min(right - left, bottom - top) <= THIN:
        if right - left > max(THIN, bottom - top):
            out.across.append(((top + bottom) / 2, left, right))
        elif bottom - top > THIN:
            out.down.append(((left + right) / 2, top, bottom))
        else:
            out.dots.append((left, top, right, bottom))
    elif stroked:
        for (ax, ay), (bx, by) in pairwise(points):
            if abs(ay - by) < 1 < abs(ax - bx):
                out.across.append(((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) < 1 < abs(ay - by):
                out.down.append(((ax + bx) / 2, min(ay, by), max(ay, by)))


def _printed_once(chars: list[_Char]) -> list[_Char]:
    """Leave out characters printed once more at almost the same place, as for a fake bold."""
    kept: list[_Char] = []
    seen: dict[tuple[str, int, int], _Char] = {}
    for char in chars:
        key = (char.text, round(char.x0 / 4), round(char.y0 / 4))
        near = (seen.get((key[0], key[1] + i, key[2] + j)) for i in (-1, 0, 1) for j in (-1, 0, 1))
        width = max(char.x1 - char.x0, 1)
        if any(n and abs(n.x0 - char.x0) < width * 0.5 and abs(n.y0 - char.y0) < char.size * 0.5 for n in near):
            continue
        seen[key] = char
        kept.append(char)
    return kept


# --- rules to tables -----------------------------------------------------------------------------------------------------


def _merged(rules: Iterable[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Join rules in one line that touch, overlap or are dashes of one; each keeps the position of its first piece."""
    out: list[tuple[float, float, float]] = []
    for group in _near(sorted(rules)):
        begin = len(out)
        for a, b, at in sorted((a, b, at) for at, a, b in group):
            if len(out) > begin and a <= out[-1][2] + THIN + 1:
                out[-1] = (out[-1][0], out[-1][1], max(out[-1][2], b))
            else:
                out.append((at, a, b))
    return [rule for rule in out if rule[2] - rule[1] > THIN]


def _dashed(dots: list[tuple[float, float, float, float]], side: int) -> list[tuple[float, float, float]]:
    """Return the rules that rows of dots make: horizontal ones for side 1, vertical ones for side 0."""
    rows: dict[int, list[tuple[float, float]]] = {}
    for dot in dots:
        rows.setdefault(round(dot[side] + dot[side + 2]), []).append((dot[1 - side], dot[3 - side]))
    return [
        rule
        for key, row in rows.items()
        for rule in _merged((key / 2, a, b) for a, b in row)
        if rule[2] - rule[1] > 4 * THIN
    ]


def _near(rules: list[tuple[float, float, float]]) -> Iterator[list[tuple[float, float, float]]]:
    group: list[tuple[float, float, float]] = []
    for rule in rules:
        if group and rule[0] - group[-1][0] > 1.5:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def _positions(values: Iterable[float]) -> list[float]:
    """Return one position for each bundle of values that stand close together (double rules, rules of neighbouring cells)."""
    bundles: list[list[float]] = []
    for value in sorted(values):
        if not bundles or value - bundles[-1][-1] > THIN or value - bundles[-1][0] > 2 * THIN:
            bundles.append([])
        bundles[-1].append(value)
    return [(b[0] + b[-1]) / 2 for b in bundles]


def _tables(drawn: _Marks, page: int) -> list[_Table]:
    across, down = _merged(drawn.across), _merged(drawn.down)
    group = list(range(len(across) + len(down)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for i, (y, a, b) in enumerate(across):
        for j, (x, top, bottom) in enumerate(down, len(across)):
            if a - THIN <= x <= b + THIN and top - THIN <= y <= bottom + THIN:
                group[root(j)] = root(i)
    parts: dict[int, tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]] = {}
    for i, rule in enumerate([*across, *down]):
        parts.setdefault(root(i), ([], []))[i >= len(across)].append(rule)
    out = [_ruled(h, v, drawn.chars, page) for h, v in parts.values() if len(h) + len(v) > 3 and len(v) > 1 and h]
    return [t for t in out if t.rows]


def _ruled(
    across: list[tuple[float, float, float]], down: list[tuple[float, float, float]], chars: list[_Char], page: int
) -> _Table:
    """Build a table from rules that cross: cells are what no rule divides."""
    xs = _positions(x for x, _, _ in down)
    ys = _positions(y for y, _, _ in across)
    ends = [b for _, _, b in down], [a for _, a, _ in down]
    low = max(ends[0]) if sum(abs(e - max(ends[0])) < THIN for e in ends[0]) > 1 else ys[-1]
    high = min(ends[1]) if sum(abs(e - min(ends[1])) < THIN for e in ends[1]) > 1 else ys[0]
    open_bottom, open_top = low > ys[-1] + 2 * THIN, high < ys[0] - 2 * THIN
    ys = [*([high] if open_top else []), *ys, *([low] if open_bottom else [])]
    for side, reach in ((0, [a for _, a, _ in across]), (-1, [b for _, _, b in across])):  # sides without a rule
        edge = min(reach) if side == 0 else max(reach)
        if abs(edge - xs[side]) > 4 * THIN and sum(abs(r - edge) < THIN for r in reach) > 1:
            xs = [edge, *xs] if side == 0 else [*xs, edge]
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 2 or rows * columns > MOST_CELLS:  # a frame around lines is no table
        return _Table(xs, [], ys[0])
    whole = {(r, c): (r, c) for r in range(rows) for c in range(columns)}

    def root(key: tuple[int, int]) -> tuple[int, int]:
        while whole[key] != key:
            key = whole[key]
        return key

    for r in range(rows):
        middle = (ys[r] + ys[r + 1]) / 2
        for c in range(columns):
            centre = (xs[c] + xs[c + 1]) / 2
            if c + 1 < columns and not any(abs(x - xs[c + 1]) <= THIN and a <= middle <= b for x, a, b in down):
                whole[root((r, c + 1))] = root((r, c))
            if r + 1 < rows and not any(abs(y - ys[r + 1]) <= THIN and a <= centre <= b for y, a, b in across):
                one, two = root((r, c)), root((r + 1, c))
                whole[max(one, two)] = min(one, two)
    regions: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for key in whole:
        regions.setdefault(root(key), []).append(key)
    texts: dict[tuple[int, int], list[_Char]] = {}

    def cell(x: float, y: float) -> tuple[int, int] | None:
        key = bisect(ys, y) - 1, bisect(xs, x) - 1
        return root(key) if key in whole else None

    for char, (x, y) in _in_cells(chars, cell):
        if home := cell(x, y):
            texts.setdefault(home, []).append(char)
    out: list[list[_Cell]] = [[] for _ in range(rows)]
    for keys in regions.values():
        r0, r1, c0, c1 = min(keys)[0], max(keys)[0], min(c for _, c in keys), max(c for _, c in keys)
        split = [keys] if len(keys) == (r1 - r0 + 1) * (c1 - c0 + 1) else [[key] for key in keys]
        for part in split:
            r0, r1, c0, c1 = min(part)[0], max(part)[0], min(c for _, c in part), max(c for _, c in part)
            text = "\n".join(_line(line, "\n") for line in _lines([ch for key in part for ch in texts.get(key, ())]))
            out[r0].append(_Cell(text, page, xs[c0], ys[r0], xs[c1 + 1], ys[r1 + 1], r1 - r0 + 1))
    for row in out:
        row.sort(key=lambda cell: cell.x0)
    return _Table(xs, out, ys[0], open_top, open_bottom)


# --- characters to text --------------------------------------------------------------------------------------------------


def _in_cells(
    chars: list[_Char], cell: Callable[[float, float], tuple[int, int] | None]
) -> Iterator[tuple[_Char, tuple[float, float]]]:
    """Yield each character with the point that says in which cell it stands: its own middle, unless its run crosses a rule.

    A run that crosses a rule stands where most of it is. With figures in it, that must be clear (two thirds, nothing else
    beside it): else U+FFFD stands behind each character that may belong to another cell, so that no figure is cut in two.
    """
    for line in _lines(chars):
        runs: list[list[_Char]] = []
        for char in line:
            if not runs or char.turn or char.x0 - runs[-1][-1].x1 > 0.3 * char.size:
                runs.append([])
            runs[-1].append(char)
        for run in runs:
            homes = [cell(*c.middle) for c in run]
            over = [
                cell(c.x0 + 0.2 * (c.x1 - c.x0), c.middle[1]) != cell(c.x1 - 0.2 * (c.x1 - c.x0), c.middle[1])
                for c in run
            ]
            apart = [b.x0 - a.x1 > 0.05 * b.size for a, b in pairwise(run)]
            begin = 0
            for i in range(1, len(run) + 1):  # cut where a rule passes between two characters with room for it
                if i < len(run) and (homes[i] == homes[i - 1] or not apart[i - 1] or over[i] or over[i - 1]):
                    continue
                part, where = run[begin:i], homes[begin:i]
                home, most = Counter(where).most_common(1)[0]
                whole = (
                    begin == 0
                    and i == len(run)
                    and not any(
                        h in where and h != home
                        for other in runs
                        if other is not run
                        for h in (cell(*c.middle) for c in other)
                    )
                )
                sure = len(set(where)) == 1 and not any(over[begin:i])
                figure = any(c.text.isdigit() for c in part)
                at = next(c.middle for c, h in zip(part, where, strict=True) if h == home)
                if sure or not figure or (whole and most * 3 >= len(part) * 2):
                    yield from ((c, at) for c in part)
                else:
                    for c in part:
                        yield c, c.middle
                        yield _Char("\ufffd", c.x1, c.y0, c.x1, c.y1), c.middle
                begin = i


def _lines(chars: list[_Char]) -> list[list[_Char]]:
    """Group characters into lines: those whose middles stand within half a character of the line's; turned ones are lines of their own."""
    out: list[list[_Char]] = []
    aside = [[c for c in chars if c.turn == turn] for turn in (1, 2, 3)]
    for char in sorted((c for c in chars if not c.turn), key=lambda c: (c.y0 + c.y1, c.x0)):
        middle = (char.y0 + char.y1) / 2
        last = out[-1] if out else None
        if last and abs(middle - sum(c.y0 + c.y1 for c in last) / len(last) / 2) < max(char.size, last[0].size) / 2:
            last.append(char)
        else:
            out.append([char])
    return [sorted(line, key=lambda c: c.x0) for line in out] + [line for line in aside if line]


def _line(line: list[_Char], wide: str = "  ") -> str:
    """Return a line's text, with a space at a gap of 0.3 of the characters' height and `wide` at one of 1 (of 0.6 between digits).

    Two digits printed over each other have U+FFFD between them: which of them is meant is not known.
    """
    out = line[0].text
    for before, char in pairwise(line):
        size, gap = min(char.size, before.size), char.x0 - before.x1
        digits = before.text.isdigit() and char.text.isdigit()
        if char.turn:
            far = max(abs(a - b) for a, b in zip(char.middle, before.middle, strict=True))
            out += (wide if far > 1.5 * max(size, char.x1 - char.x0) else "") + char.text
        elif digits and gap < -0.4 * (char.x1 - char.x0):
            out += "\ufffd" + char.text
        else:
            apart = gap > 0.3 * size or (digits and char.spaced)
            out += (wide if gap > (0.6 if digits else 1) * size else " " if apart else "") + char.text
    return out


def _blocks(drawn: _Marks, page: int) -> list[_Table | _Words]:
    """Return the tables and the lines outside them, from the top."""
    tables = _tables(drawn, page)
    areas = [
        (t.xs[0], t.rows[0][0].y0, t.xs[-1], max(c.y1 for row in t.rows for c in row)) for t in tables if any(t.rows)
    ]

    def outside(c: _Char) -> bool:
        x, y = (c.x0 + c.x1) / 2, (c.y0 + c.y1) / 2
        return not any(a <= x < b and top <= y < bottom for a, top, b, bottom in areas)

    out: list[_Table | _Words] = list(tables)
    for line in _lines([c for c in drawn.chars if outside(c)]):
        box = (min(c.x0 for c in line), min(c.y0 for c in line), max(c.x1 for c in line), max(c.y1 for c in line))
        out.append(_Words(_line(line), page, box))
    return sorted(out, key=lambda block: block.top)


# --- over pages ----------------------------------------------------------------------------------------------------------


def _joined(pages: list[list[_Table | _Words]]) -> Iterator[_Table | _Words]:
    """Yield the blocks of all pages; a table at a page's end and one at the next page's beginning are one."""
    often = Counter(squeezed for page in pages for squeezed in {_key(b) for b in page if isinstance(b, _Words)})
    out: list[_Table | _Words] = []
    for blocks in pages:
        body = [b for b in blocks if not (isinstance(b, _Words) and _is_running(b, blocks, often))]
        first = body[0] if body else None
        last = out[-1] if out else None
        if isinstance(first, _Table) and isinstance(last, _Table) and _go_on(last, first):
            _append(last, first)
            body = body[1:]
        out += body
    yield from out


def _key(words: _Words) -> str:
    return f"{re.sub(r'[0-9]+', '#', words.text)}@{round(words.top / 6)}"


def _is_running(words: _Words, page: list[_Table | _Words], often: Counter[str]) -> bool:
    """Whether a line is a page number, or a head or foot that other pages have at the same place; bare figures are neither."""
    if words is not page[0] and words is not page[-1]:
        return False
    if re.fullmatch(r"[\d.,\s]+", words.text):
        return words.text.isdigit() and abs(int(words.text[:5]) - words.page) < 3
    return _PAGE_NUMBER.match(words.text) is not None or often[_key(words)] > 1


def _go_on(a: _Table, b: _Table) -> bool:
    return abs(a.xs[0] - b.xs[0]) < 2 * THIN and abs(a.xs[-1] - b.xs[-1]) < 2 * THIN


def _append(a: _Table, b: _Table) -> None:
    """Put the rows of a table behind those of the one it goes on from; a row that the page's end cut becomes one again."""
    upper, lower = a.rows[-1], b.rows[0]
    same = len(upper) == len(lower) and all(abs(u.x0 - v.x0) < 2 * THIN for u, v in zip(upper, lower, strict=True))
    if same and len(a.rows) > 1 and _is_cut(a, b):
        for u, v in zip(upper, lower, strict=True):
            u.text = "\n".join(t for t in (u.text, v.text) if t)
        b.rows = b.rows[1:]
    a.xs = _positions([*a.xs, *b.xs])
    a.rows += b.rows
    a.open_bottom = b.open_bottom


def _is_cut(a: _Table, b: _Table) -> bool:
    """Whether the last row of a and the first of b are certainly one: no rule at the cut, all figures on one side of it.

    Where only one of the two rules is missing, the words too must stand on one side only.
    """
    figures, words = [
        [any(c.text and is_entry(c.text) is kind for c in row) for row in (a.rows[-1], b.rows[0])]
        for kind in (True, False)
    ]
    if all(figures):
        return False
    return (a.open_bottom and b.open_top) or ((a.open_bottom or b.open_top) and not all(words))


def _plain(block: _Table | _Words) -> tuple[str, Any]:
    if isinstance(block, _Words):
        return "line", (block.text, block.page, [round(v) for v in block.box])

    def column(x: float) -> int:
        return min(range(len(block.xs)), key=lambda i: abs(block.xs[i] - x))

    rows = [
        [
            (
                c.text,
                c.page,
                [round(v) for v in (c.x0, c.y0, c.x1, c.y1)],
                max(1, column(c.x1) - column(c.x0)),
                c.height,
            )
            for c in row
        ]
        for row in block.rows
    ]
    return "grid", rows


if __name__ == "__main__":
    _main(sys.argv[1:])
