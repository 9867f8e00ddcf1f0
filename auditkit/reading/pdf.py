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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auditkit.reading.drawing import MOST_MARKS, Marks, drawn
from auditkit.reading.overprint import set_apart
from auditkit.reading.page import MOST_CELLS, Block, Line, Page, Place, ReadingError, lay_out, too_much
from auditkit.reading.paged import joined, running_heads, side_by_side
from auditkit.reading.ruled import blocks_of, halves, plain

SECONDS = 30
MEMORY = 768 << 20
"""Bytes that the process may use: with the process that waits for it, less than 1 GiB."""
MOST_PAGES = 200
_SEEN = 20
"""Characters that a page of text has at least, if it is no picture."""


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
            indent = len(text) - len(text.lstrip())
            blocks.append(Line(text.strip(), Place(page=page, box=tuple(box)), indent=indent))
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
    return Page(path, tuple(found["heads"]), tuple(blocks), pictures=found["pictures"])


def crop(data: bytes, page: int, box: Sequence[float], path: str = "") -> bytes:
    """Return a picture (PNG, 150 dpi) of a part of a page: its full width from the top to the bottom of a box in points."""
    picture = _in_a_process(f"crop {page} {box[1]:.0f} {box[3]:.0f}", data, path)
    if picture.startswith(b"{"):
        raise _refusal(json.loads(picture)["error"], path)
    return picture


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
            "PDF 各页没有印出的文字，是图片（扫描件，藏在图片后的识别文字不足为据）或转成曲线的字，无法读取。"
            "请向机关索取网页、Word 或 Excel 版本，或在笔记本 00 中录入。",
            "the pages print no text: pictures (a scan; text recognised behind it is no evidence) or letters drawn as outlines, which "
            "cannot be read. Ask the agency for the web, Word or Excel version, or type the figures in, in notebook 00.",
        ),
    }[code]  # fmt: skip
    return ReadingError(path, zh, en)


# --- in the process ------------------------------------------------------------------------------------------------------


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
    picture = page.render(scale=scale, rotation=90 * drawn(page).turned).to_pil().convert("L")
    out = BytesIO()
    picture.crop((0, max(0, int((top - 4) * scale)), picture.width, int((bottom + 4) * scale))).save(out, "PNG")
    return out.getvalue()


def _all_pages(document: Any) -> bytes:
    if len(document) > MOST_PAGES:
        return b'{"error": "much"}'
    drawings: list[Marks] = []
    pictures = scanned = marks = things = chars = unknown = 0
    for number in range(1, len(document) + 1):
        page = _with_fields(document, number)
        page_marks = drawn(page)
        things += page_marks.things
        marks += len(page_marks.chars) + len(page_marks.across) + len(page_marks.down)
        if marks > MOST_MARKS:
            return b'{"error": "much"}'
        pictures += page_marks.pictures
        legible = sum(char.text != "\ufffd" for char in page_marks.chars)  # what a program recognised is not seen
        if legible < _SEEN and page_marks.covered > 0.3:
            scanned += 1
        chars += len(page_marks.chars)
        unknown += page_marks.unknown
        drawings.append(page_marks)
        page.close()
    if unknown > 0.3 * chars:
        return b'{"error": "fonts"}'
    set_apart(drawings)
    pages = [blocks_of(half, number) for number, marks in enumerate(drawings, 1) for half in halves(marks)]
    if not any(pages) or scanned == len(pages):
        return b'{"error": "picture"}' if pictures or things else b'{"error": "damaged"}'
    pages = side_by_side(pages)
    found = {"pictures": pictures, "heads": running_heads(pages), "blocks": [plain(b) for b in joined(pages)]}
    return json.dumps(found).encode()


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


if __name__ == "__main__":
    _main(sys.argv[1:])
