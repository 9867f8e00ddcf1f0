"""A file becomes a `Page`: lines of prose and grids of cells, every text with the place it was found at.

One module a format; a new one is a function ``read(data, path) -> Page``, chosen in `_page_of`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeAlias

from auditkit.wording import Lang, say

LARGEST_FILE = 40_000_000
"""Bytes. The largest real report seen is under 1 MB; saved pages with inlined pictures reach some ten."""
MOST_COLUMNS = 200
MOST_CELLS = 30_000
"""The largest real page seen has 800."""
MOST_LINES = 20_000
LONGEST_TEXT = 5_000_000
"""Characters of a plain text."""


class ReadingError(Exception):
    """A file that cannot be read as a report: one sentence that says what, where and what to do."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(f"{path}: {zh}")
        self.path, self._zh, self._en = path, zh, en

    def message(self, lang: Lang) -> str:
        """Return the sentence in one language, without the file's name."""
        return say(lang, self._zh, self._en)


class Place(NamedTuple):
    """Where in the file a text stands; all numbers count from 1.

    Attributes
    ----------
    table, row, cell : of a drawn table, tables counted over the whole file
    line : of a plain text
    page : of a PDF
    box : left, top, right, bottom in points from the upper left corner of the page as it is shown
    paragraph : of a Word document
    sheet, ref : of a workbook: the sheet's name and the cell's address ("B7")
    """

    table: int | None = None
    row: int | None = None
    cell: int | None = None
    line: int | None = None
    page: int | None = None
    box: tuple[int, int, int, int] | None = None
    paragraph: int | None = None
    sheet: str = ""
    ref: str = ""

    def moved(self, *, tables: int = 0, lines: int = 0) -> Place:
        """Count the tables and lines of a part of a file from the file's beginning."""
        return self._replace(table=self.table and self.table + tables, line=self.line and self.line + lines)

    def describe(self, lang: Lang, *, exact: bool = False) -> str:
        """Say the place in words; `exact` adds the box on a page."""
        if self.ref:
            return f"{self.sheet}!{self.ref}"
        parts = []
        if self.page is not None:
            parts.append(say(lang, f"第 {self.page} 页", f"page {self.page}"))
        if self.paragraph is not None:
            parts.append(say(lang, f"第 {self.paragraph} 段", f"paragraph {self.paragraph}"))
        if self.line is not None:
            parts.append(say(lang, f"第 {self.line} 行", f"line {self.line}"))
        if self.table is not None:
            parts.append(say(lang, f"第 {self.table} 个表格", f"table {self.table} from the top"))
            if self.row is not None:
                parts.append(say(lang, f"第 {self.row} 行", f"row {self.row}"))
        if self.cell is not None:
            parts.append(say(lang, f"第 {self.cell} 格", f"cell {self.cell}"))
        if exact and self.box is not None:
            box = ", ".join(map(str, self.box))
            parts.append(say(lang, f"（框 {box}）", f"box {box}"))
        return say(lang, "", ", ").join(parts)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text outside grids; `boxed` where the file marks it as a table cell (a tab before it)."""

    text: str
    place: Place
    boxed: bool = False
    indent: int = 0
    """Spaces before it, where the file draws lines with characters."""

    @property
    def drawn(self) -> str:
        """The text where it stands on its line."""
        return " " * self.indent + self.text


class Spot(NamedTuple):
    """A cell of a grid as it was drawn: its text, its first column (from 0) and its extent."""

    text: str
    place: Place
    column: int
    width: int = 1
    height: int = 1
    hidden: bool = False
    """Whether a reader of the document does not see it: a hidden row or column."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A drawn table: for each row the cells that begin in it, in order of their columns."""

    rows: tuple[tuple[Spot, ...], ...]
    above: tuple[tuple[Spot, ...], ...] = ()
    """For each row the cells that reach into it from a row above."""


Block: TypeAlias = Line | Grid
IsWhole: TypeAlias = Callable[[str], bool]
"""Says whether a text is a whole label; what labels there are only the form tells."""
Content: TypeAlias = list[str | Block]
"""What a cell holds while it is read: texts, ``"\\n"`` where a line ends, and the blocks of tables within."""
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""12 with a raised 1 is not 121."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was read from one file, in the order of the file; `titles` stand outside the body (head, metadata)."""

    path: str
    titles: tuple[str, ...]
    blocks: tuple[Block, ...]
    broken: Place | None = None
    """Where the last text stands, if the file ends within it: its last digits may be missing."""
    pictures: int = 0
    """How many pictures stand in it that may hold what is missing in its text."""


def too_much(path: str, number: int, zh: str, en: str) -> ReadingError:
    """Return the refusal of a file with more than `number` of something."""
    return ReadingError(
        path,
        f"超过 {number} {zh}，不是一份年度报告。请只保存报告正文一页。",
        f"more than {number} {en}: not one annual report. Save the report's own page only.",
    )


def lay_out(rows: list[list[tuple[str, Place, int, int]]], path: str) -> Grid:
    """Give every cell its column, letting spans push later cells to the right as browsers do.

    Parameters
    ----------
    rows : for each row its cells as (text, place, colspan, rowspan), spans >= 1

    Raises
    ------
    ReadingError
        If the table is wider than `MOST_COLUMNS`.
    """
    out: list[tuple[Spot, ...]] = []
    above: list[tuple[Spot, ...]] = []
    reaching: list[tuple[Spot, int]] = []  # a cell and how many more rows it reaches into
    for number, row in enumerate(rows):
        taken = {c for spot, _ in reaching for c in range(spot.column, spot.column + spot.width)} if reaching else ()
        spots: list[Spot] = []
        column, left = 0, len(rows) - number
        for text, place, width, height in row:
            while column in taken:
                column += 1
            if column + width > MOST_COLUMNS:
                raise ReadingError(
                    path,
                    f"表格宽达 {column + width} 列（{place.describe('zh')}），不是法定格式的表格。请换用原网页或 Word 版本。",
                    f"a table {column + width} columns wide ({place.describe('en')}) is no table of the form. "
                    "Use the original web page or the Word version.",
                )
            spots.append(Spot(text, place, column, width, height if height < left else left))
            column += width
        above.append(tuple(spot for spot, _ in reaching))
        out.append(tuple(spots))
        reaching = [(s, more - 1) for s, more in reaching if more > 1]
        reaching += [(s, s.height - 1) for s in spots if s.height > 1]
    return Grid(tuple(out), tuple(above))


def table_blocks(number: int, rows: list[list[tuple[Content, int, int]]], path: str) -> list[Block]:
    """Turn a table whose cells may hold tables into blocks: that is layout, and its rows with tables are lines and grids in order.

    Parameters
    ----------
    number : the table's, from 1, counted over the file
    rows : for each row its cells as (content, colspan, rowspan)
    """
    out: list[Block] = []
    plain: list[list[tuple[str, Place, int, int]]] = []

    def flush() -> None:
        if any(plain):
            out.append(lay_out(plain, path))
        plain.clear()

    for r, row in enumerate(rows, 1):
        texts = [_cell_text(content) for content, _, _ in row]
        if None not in texts:
            plain.append(
                [
                    (t or "", Place(number, r, c), w, h)
                    for c, (t, (_, w, h)) in enumerate(zip(texts, row, strict=True), 1)
                ]
            )
            continue
        flush()
        for c, (content, _, _) in enumerate(row, 1):
            out += lines_and_blocks(content, Place(number, r, c))
    flush()
    return out


def moved(block: Block, *, tables: int = 0, lines: int = 0) -> Block:
    """Count the tables and lines of a block in a part of a file from the file's beginning."""
    if isinstance(block, Line):
        return replace(block, place=block.place.moved(tables=tables, lines=lines))
    spots = {id(s): s._replace(place=s.place.moved(tables=tables, lines=lines)) for row in block.rows for s in row}
    rows, above = (tuple(tuple(spots[id(s)] for s in row) for row in part) for part in (block.rows, block.above))
    return Grid(rows, above)


def lines_and_blocks(content: Content, place: Place | None = None) -> list[Block]:
    """Return texts as lines of this place, else numbered as paragraphs, and the blocks that stand between them."""
    out: list[Block] = []
    words: list[str] = []
    number = 0
    for part in [*content, "\n"]:
        if isinstance(part, str) and part != "\n":
            words.append(part)
            continue
        if words and (text := " ".join("".join(words).split())):
            number += 1
            out.append(Line(text, place or Place(paragraph=number)))
        words.clear()
        if not isinstance(part, str):
            out.append(part)
    return out


def _cell_text(content: Content) -> str | None:
    """Return a cell's text, a line each; None if a table stands in it."""
    if len(content) == 1 and isinstance(content[0], str):
        return " ".join(content[0].split())
    try:
        text = "".join(content).strip()  # type: ignore[arg-type]  # what is not a text raises, which is cheaper than asking each
    except TypeError:
        return None
    if "\n" not in text:
        return " ".join(text.split())
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join([line for line in lines if line])


def decode(data: bytes, path: str) -> str:
    """Turn bytes into text: byte-order mark, then UTF-8, the declared encoding, GB 18030; UTF-16 by its zero bytes.

    A declaration of gb2312 or gbk is read as GB 18030, which contains both; a declaration that does not fit is passed over.
    A few damaged bytes become U+FFFD, which is no figure.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _decoded(data[len(mark) :], name) or _undecodable(path)
    declared = re.search(rb"""(?i)(?:charset|encoding)\s*=\s*["']?\s*([-\w]+)""", data[:4096])
    names = ["utf-8", "gb18030"]  # what is valid UTF-8 is UTF-8, whatever it declares
    if declared and declared[1].lower() not in (b"iso-8859-1", b"latin1", b"windows-1252", b"us-ascii", b"utf-16"):
        name = declared[1].decode("ascii").lower()
        names.insert(1, "gb18030" if name in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else name)
    if data[:400].count(b"\0") > 20:
        names = ["utf-16-le" if data[1:400:2].count(b"\0") > data[0:400:2].count(b"\0") else "utf-16-be"]
    for errors in ("strict", "replace"):
        for name in names:
            text = _decoded(data, name, errors)
            if text is not None:
                return text
    return _undecodable(path)


_ODD = re.compile("[\x00-\x08\x0e-\x1f\ue000-\uf8ff]")


def _decoded(data: bytes, name: str, errors: str = "strict") -> str | None:
    """Decode, with ``replace`` only where hardly a character is damaged."""
    try:
        text = codecs.getincrementaldecoder(name)(errors).decode(data)  # a copy may break off within a character
    except (UnicodeDecodeError, LookupError):
        return None
    if text.count("\ufffd") > 2 + len(text) // 2000:
        return None
    odd = len(_ODD.findall(text, 0, 20_000))
    return None if odd > 0.02 * len(text[:20_000]) + 2 else text


def _undecodable(path: str) -> str:
    raise ReadingError(
        path,
        "不是可识别的文本：既不是 UTF-8、GB 18030，也不是 UTF-16。请用浏览器另存为网页或纯文本（UTF-8）。",
        "not a text that can be recognised: neither UTF-8, GB 18030 nor UTF-16. Save it again as a web page or as plain UTF-8 text.",
    )


_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM")


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

    frames = [frame for name in wrapped.frames_of(data) if (frame := beside(name)) is not None]
    texts = [decode(part, name) for part in (data, *frames)] if frames else []
    return "\n".join(texts).encode("utf-8-sig", "replace") if frames else data


def _bytes(file: Path, name: str) -> bytes:
    try:
        size = file.stat().st_size
        if file.is_dir():
            raise IsADirectoryError
        if size > LARGEST_FILE:
            raise ReadingError(
                name,
                f"文件有 {size / 1e6:.0f} MB，超过 {LARGEST_FILE // 10**6} MB，没有读取。请只保存报告正文一页。",
                f"the file has {size / 1e6:.0f} MB, more than {LARGEST_FILE // 10**6} MB, and was not read. Save the report's own page only.",
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

    page = _page_of(data, name, is_whole)
    return replace(page, blocks=tuple(without_added(b) if isinstance(b, Grid) else b for b in page.blocks))


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
    if data.startswith(_PICTURES) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        raise ReadingError(
            name,
            "是图片（扫描件或截图），其中的表格不是文字，无法读取。请向机关索取网页、Word 或 Excel 版本，或在笔记本 00 中录入。",
            "a picture (a scan or screenshot); the tables in it are no text and cannot be read. Ask the agency for the web, Word or Excel "
            "version, or type the figures in, in notebook 00.",
        )
    from auditkit.reading import wrapped

    text = wrapped.pages_in_archive(data, lambda part: decode(part, name)) or decode(data, name)
    if article := wrapped.article_in_json(text):
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
    raise ReadingError(
        name,
        "不是 Word 或 Excel 文件，也不是装有报告的压缩包。请另存为 .docx、.xlsx、PDF 或网页。",
        "neither a Word or Excel file nor an archive of reports. Save it as .docx, .xlsx, PDF or web page.",
    )
