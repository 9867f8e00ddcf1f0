"""A file becomes a `Page` (reading/page.py): which reader reads it is told by what is in it.

One module a format; a new one is a function ``read(data, path) -> Page``, chosen in `_page_of`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from pathlib import Path

from auditkit.reading.decoding import decode
from auditkit.reading.page import Block, Grid, IsWhole, Page, ReadingError, few_enough

LARGEST_FILE = 40_000_000
"""Bytes. The largest real report seen is under 1 MB; saved pages with inlined pictures reach some ten."""

_MAIL = re.compile(rb"(?i)(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*mime-version:")
_ATTACHED = re.compile(rb"(?im)^content-disposition:\s*attachment")
_REFUSED = (
    (
        re.compile(
            rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|BM.{4}\0{4}|RIFF.{4}WEBP|.{4}ftyp(?:hei[cx]|mif1|avif)",
            re.DOTALL,
        ),
        "是图片（扫描件或截图），其中的表格不是文字，无法读取。请向机关索取网页、Word 或 Excel 版本，或在笔记本 00 中录入。",
        "a picture (a scan or screenshot); the tables in it are no text and cannot be read. Ask the agency for the web, Word or Excel "
        "version, or type the figures in, in notebook 00.",
    ),
    (
        re.compile(rb"Rar!\x1a|7z\xbc\xaf\x27\x1c|\x1f\x8b|BZh|\xfd7zXZ|.{257}ustar", re.DOTALL),
        "是 RAR、7z 等压缩包，没有读取。请先解压，再读取其中的报告（或压缩为 ZIP）。",
        "a packed file (RAR, 7z, gz, tar), not read. Unpack it and read the reports in it, or pack them as ZIP.",
    ),
    (
        re.compile(rb"(?:CAJ|HN)\0"),
        "是知网 CAJ 文件，没有读取。请用 CAJViewer 另存为 PDF，或换用原网页。",
        "a CAJ file, not read. Save it as PDF with CAJViewer, or use the original web page.",
    ),
    (
        re.compile(b"Founder CEB"),
        "是方正 CEB 文件，没有读取。请用 Apabi Reader 打印为 PDF，或换用原网页。",
        "a CEB file, not read. Print it as PDF with Apabi Reader, or use the original web page.",
    ),
)
"""How files begin that are no text, and what is said of them."""


def read_page(path: str | Path, is_whole: IsWhole | None = None) -> Page:
    """Read a file into a `Page`, by what is in it, whatever its name says.

    Parameters
    ----------
    is_whole : says whether a text is a whole label; lines of a plain text between which one is broken are then joined

    Raises
    ------
    ReadingError
        If the file is missing, empty, too large, damaged, encrypted, a picture, or of no kind that is read.
    """
    return page_of(read_bytes(path), str(path), is_whole)


def read_bytes(path: str | Path) -> bytes:
    """Return what is in a file; of a page whose body is in frames saved beside it, the page and the frames one after the other.

    Raises
    ------
    ReadingError
        If it is missing, a folder, too large or may not be opened.
    """
    page = Path(path)
    folder = page.parent.resolve()

    def beside(frame: str) -> bytes | None:
        file = (folder / frame).resolve()
        ours = file.is_relative_to(folder) and file.is_file() and file != page.resolve()
        return _bytes(file, str(file)) if ours else None

    return with_frames(_bytes(page, str(path)), str(path), beside)


def with_frames(data: bytes, name: str, beside: Callable[[str], bytes | None]) -> bytes:
    """Return a page and the frames that its body is in one after the other, `beside` giving what lies beside it by relative name."""
    from auditkit.reading import wrapped

    def text(part: bytes) -> str:
        return decode(part, name)

    frames = [frame for inner in wrapped.frames_of(data, text) if (frame := beside(inner)) is not None]
    pages = wrapped.one_after_the_other(map(text, (data, *frames))) if frames else ""
    return pages.encode("utf-8-sig", "replace") if frames else data


def _bytes(file: Path, name: str) -> bytes:
    try:
        size = file.stat().st_size
        if file.is_dir():
            raise IsADirectoryError
        if not file.is_file():  # reading it might never end
            raise ReadingError(name, "这是设备或管道，不是报告文件。", "this is a device or a pipe, not a report.")
        if size > LARGEST_FILE:
            raise ReadingError(
                name,
                f"文件有 {ceil(size / 1e6)} MB，超过 {LARGEST_FILE // 10**6} MB，没有读取。请只保存报告正文一页。",
                f"the file has {ceil(size / 1e6)} MB, more than {LARGEST_FILE // 10**6} MB, and was not read. Save the report's own page only.",
            )
        data = file.read_bytes()
    except FileNotFoundError:
        raise ReadingError(
            name, "没有这个文件。请检查路径和文件名。", "there is no such file. Check the path and the name."
        ) from None
    except IsADirectoryError:
        raise ReadingError(name, "这是文件夹，不是报告文件。", "this is a folder, not a report.") from None
    except OSError as error:
        raise ReadingError(
            name,
            f"无法打开（{error.strerror}）。请检查权限。",
            f"cannot be opened ({error.strerror}). Check its permissions.",
        ) from error
    return data


def page_of(data: bytes, name: str, is_whole: IsWhole | None = None) -> Page:
    """Read the bytes of a file of this name; parameters and errors as of `read_page`."""
    from auditkit.reading.added import without_added
    from auditkit.reading.stacked import with_heads_apart, with_rows_apart

    def cleaned(block: Block) -> Block:
        if not isinstance(block, Grid):
            return block
        grid = without_added(block)
        return with_rows_apart(with_heads_apart(grid, is_whole), is_whole) if is_whole else grid

    page = _page_of(data, name, is_whole)
    return replace(page, blocks=tuple(map(cleaned, few_enough(page.blocks, name))))


def _page_of(data: bytes, name: str, is_whole: IsWhole | None) -> Page:
    if not data.strip():
        raise ReadingError(name, "文件是空的。请重新下载或另存。", "the file is empty. Download or save it again.")
    if b"%PDF-" in data[:1024]:
        from auditkit.reading import pdf

        return pdf.read(data, name)
    if data.startswith(b"PK\x03\x04"):
        return _packed(data, name)
    old_xml = b"<?mso-application" in data[:400] or b"schemas.microsoft.com/office/word/2003/wordml" in data[:2000]
    if data.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")) or old_xml:
        from auditkit.reading import legacy

        return legacy.read(data, name)
    for begins, zh, en in _REFUSED:
        if begins.match(data):
            raise ReadingError(name, zh, en)
    if _MAIL.match(data[:4000]) and _ATTACHED.search(data) and b"text/html" not in data:
        raise ReadingError(
            name,
            "是电子邮件，报告应在附件里。请把附件另存为文件，再读取附件。",
            "an e-mail; the report should be attached to it. Save the attachment and read that.",
        )
    from auditkit.reading import wrapped

    text = wrapped.pages_in_archive(data, lambda part: decode(part, name)) or decode(data, name)
    if article := wrapped.article_in_json(text) or wrapped.article_in_program(text):
        text = re.sub("[\ud800-\udfff]", "\ufffd", article)  # half a character, as JSON may hold, is none
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r"(?i)<(?:!doctype html|html|head|body|table|div|p|td|span)\b[^<>]*>", text[:200_000]):
        from auditkit.reading import text as plain

        return plain.read(text, name, is_whole)
    from auditkit.reading import html, markdown

    return markdown.read(text, name, is_whole) if markdown.is_markdown(text) else html.read(text, name)


def _packed(data: bytes, name: str) -> Page:
    from auditkit.reading import package

    kind = package.Package(data, name).kind
    if kind == "docx":
        from auditkit.reading import docx

        return docx.read(data, name)
    if kind == "xlsx":
        from auditkit.reading import sheet

        return sheet.read(data, name)
    if kind == "odf":
        from auditkit.reading import legacy

        return legacy.read(data, name)
    if kind == "zip":
        raise ReadingError(
            name,
            "压缩包里还有压缩包。请解压后再读取其中的报告。",
            "an archive within an archive. Unpack it and read the reports in it.",
        )
    if kind == "ofd":
        raise ReadingError(
            name,
            "是 OFD 版式文件，没有读取。请用 OFD 阅读器或 WPS 导出为 PDF，或换用原网页。",
            "an OFD file, not read. Export it as PDF with an OFD reader or WPS, or use the original web page.",
        )
    if kind == "iwork":
        raise ReadingError(
            name,
            "是苹果 Numbers 或 Pages 文件，没有读取。请导出为 Excel、Word 或 PDF。",
            "a file of Apple's Numbers or Pages, not read. Export it as Excel, Word or PDF.",
        )
    raise ReadingError(
        name,
        "不是 Word 或 Excel 文件，也不是装有报告的压缩包。请另存为 .docx、.xlsx、PDF 或网页。",
        "neither a Word or Excel file nor an archive of reports. Save it as .docx, .xlsx, PDF or web page.",
    )
