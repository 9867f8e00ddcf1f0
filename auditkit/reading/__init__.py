"""A file becomes a `Page`: lines of prose and grids of cells, every text with the place it was found at.

One module a format; a new one is a function ``read(data, path) -> Page`` and an entry in `_READERS`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

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


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file a text stands: table, row and cell counted from 1, or the line of a plain text."""

    table: int | None = None
    row: int | None = None
    cell: int | None = None
    line: int | None = None

    def describe(self, lang: Lang) -> str:
        """Say the place in words."""
        parts = []
        if self.line is not None:
            parts.append(say(lang, f"第 {self.line} 行", f"line {self.line}"))
        if self.table is not None:
            parts.append(say(lang, f"第 {self.table} 个表格", f"table {self.table} from the top"))
            if self.row is not None:
                parts.append(say(lang, f"第 {self.row} 行", f"row {self.row}"))
        if self.cell is not None:
            parts.append(say(lang, f"第 {self.cell} 格", f"cell {self.cell}"))
        return say(lang, "", ", ").join(parts)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text outside grids; `boxed` where the file marks it as a table cell (a tab before it)."""

    text: str
    place: Place
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a grid as it was drawn: its text, its first column (from 0) and its extent."""

    text: str
    place: Place
    column: int
    width: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class Grid:
    """A drawn table: for each row the cells that begin in it, in order of their columns."""

    rows: tuple[tuple[Spot, ...], ...]
    above: tuple[tuple[Spot, ...], ...] = ()
    """For each row the cells that reach into it from a row above."""


Block: TypeAlias = Line | Grid


@dataclass(frozen=True, slots=True)
class Page:
    """What was read from one file, in the order of the file; `titles` stand outside the body (head, metadata)."""

    path: str
    titles: tuple[str, ...]
    blocks: tuple[Block, ...]
    broken: Place | None = None
    """Where the last text stands, if the file ends within it: its last digits may be missing."""


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
        taken = {c for spot, _ in reaching for c in range(spot.column, spot.column + spot.width)}
        spots: list[Spot] = []
        column = 0
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
            spots.append(Spot(text, place, column, width, min(height, len(rows) - number)))
            column += width
        above.append(tuple(spot for spot, _ in reaching))
        out.append(tuple(spots))
        reaching = [(s, left - 1) for s, left in reaching if left > 1]
        reaching += [(s, s.height - 1) for s in spots if s.height > 1]
    return Grid(tuple(out), tuple(above))


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


def _decoded(data: bytes, name: str, errors: str = "strict") -> str | None:
    """Decode, with ``replace`` only where hardly a character is damaged."""
    try:
        text = codecs.getincrementaldecoder(name)(errors).decode(data)  # a copy may break off within a character
    except (UnicodeDecodeError, LookupError):
        return None
    if text.count("\ufffd") > 2 + len(text) // 2000:
        return None
    odd = sum(1 for c in text[:20_000] if (c < " " and c not in "\t\n\r\f\v") or "\ue000" <= c <= "\uf8ff")
    return None if odd > 0.02 * len(text[:20_000]) + 2 else text


def _undecodable(path: str) -> str:
    raise ReadingError(
        path,
        "不是可识别的文本：既不是 UTF-8、GB 18030，也不是 UTF-16。请用浏览器另存为网页或纯文本（UTF-8）。",
        "not a text that can be recognised: neither UTF-8, GB 18030 nor UTF-16. Save it again as a web page or as plain UTF-8 text.",
    )


_SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "Word / Excel / ZIP"),
    (b"\xd0\xcf\x11\xe0", "Word 97-2003 / Excel 97-2003"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
)


def read_page(path: str | Path) -> Page:
    """Read a file into a `Page`.

    Raises
    ------
    ReadingError
        If the file is missing, empty, too large, of a kind that is not read yet, or not a text.
    """
    name = str(path)
    file = Path(path)
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
    if not data.strip():
        raise ReadingError(name, "文件是空的。请重新下载或另存。", "the file is empty. Download or save it again.")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise ReadingError(
                name,
                f"是 {kind} 文件，目前只能读取网页（HTML）和纯文本。请改用网页版，或另存为网页或纯文本。",
                f"a {kind} file; only web pages (HTML) and plain text can be read so far. Use the web version, or save it as HTML or text.",
            )
    from auditkit.reading import wrapped

    text = wrapped.pages_in_archive(data, lambda part: decode(part, name)) or decode(data, name)
    text = (wrapped.article_in_json(text) or text).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)  # half a character, as JSON may hold, is none
    return _reader(text)(text, name)


def _reader(text: str) -> Callable[[str, str], Page]:
    if re.search(r"(?i)<(?:!doctype html|html|head|body|table|div|p|td|span)\b[^<>]*>", text[:200_000]):
        from auditkit.reading import html

        return html.read
    from auditkit.reading import text as plain

    return plain.read
