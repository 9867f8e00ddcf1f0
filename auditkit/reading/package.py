"""Zip containers under bounds: Word and Excel files, archives. Nothing is written to disk or fetched, no macro is run."""

from __future__ import annotations

import re
import zipfile
from functools import cached_property
from io import BytesIO
from posixpath import join, normpath, split
from typing import Any

from auditkit.reading.page import ReadingError, too_much

LARGEST_PART = 40_000_000
"""Bytes of one part, unpacked; the headers' own sizes are not trusted."""
LARGEST_WHOLE = 80_000_000
MOST_ENTRIES = 5_000
MOST_MARKS = 2_000_000
"""Tags and attributes of one XML part, which take some 100 bytes each; the largest real report seen has 20,000."""

_MAIN = re.compile(r"\b(wordprocessingml|ms-word|spreadsheetml|ms-excel|presentationml|ms-powerpoint)\..*\.main\+xml$")
_KINDS = {"wordprocessingml": "docx", "ms-word": "docx", "spreadsheetml": "xlsx", "ms-excel": "xlsx"}
_TOO_MUCH = re.compile("(?i)excessive depth|huge")
"""What the parser says where a limit of its own is reached, beyond which it would take any amount of memory."""


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip container does."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


class Package:
    """The parts of a zip container; all that is read counts towards `whole` bytes.

    Raises
    ------
    ReadingError
        From here on, where the container is damaged, encrypted, ambiguous or beyond the bounds.
    """

    def __init__(self, data: bytes, path: str, whole: int = LARGEST_WHOLE) -> None:
        self._path, self._whole, self._sizes = path, whole, dict[str, int]()
        if data.count(b"PK\x01\x02") > 4 * MOST_ENTRIES:  # before zipfile makes an object of each
            raise too_much(path, MOST_ENTRIES, "个文件（压缩包内）", "files in it")
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except Exception:  # whatever zipfile makes of broken bytes
            raise self._damaged("") from None
        found = [(_name(info), info) for info in self._zip.infolist() if not info.is_dir()]
        self._entries = dict(found)
        if len(found) > MOST_ENTRIES:
            raise too_much(path, MOST_ENTRIES, "个文件（压缩包内）", "files in it")
        if len({name.lower() for name in self._entries}) < len(found):
            raise ReadingError(
                path,
                "压缩结构里有重名的内容，读哪一个无法确定，没有读取。请用原程序打开后另存，或解压后逐个读取。",
                "two parts of the same name in it: which one counts is not certain, not read. Save it again, or unpack it first.",
            )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts in the container's order, with slashes; GBK where they are not marked as UTF-8."""
        return tuple(self._entries)

    @cached_property
    def kind(self) -> str:
        """What it holds, by its content: ``docx``, ``xlsx``, ``odf``, ``ofd``, ``iwork``, ``other`` or ``zip`` (any archive)."""
        if "[Content_Types].xml" in self._entries:
            types = [str(e.get("ContentType")) for e in self.parse("[Content_Types].xml")]
            kinds = [_KINDS.get(found[1], "other") for t in types if (found := _MAIN.search(t))]
            by_name = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
            return (kinds + [k for name, k in by_name.items() if name in self._entries] + ["other"])[0]
        if "mimetype" in self._entries:
            return "odf" if b"oasis.opendocument" in self.read("mimetype") else "other"
        if "OFD.xml" in self._entries:
            return "ofd"
        return "iwork" if "Index/Document.iwa" in self._entries else "zip"

    def read(self, name: str) -> bytes:
        """Return a part's bytes.

        Raises
        ------
        KeyError
            If there is no such part.
        """
        info = self._entries[name]
        if info.flag_bits & 1:
            raise ReadingError(
                self._path,
                "文件加了密码，没有读取。请取得密码、打开后另存为不加密的文件。",
                "protected by a password, not read. Open it with the password and save it without one.",
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ReadingError(  # LZMA would take as much memory as the file asks for
                self._path,
                "用了不常用的压缩方法（如 LZMA），没有读取。请解压后逐个读取，或用普通方法重新压缩。",
                "packed by a method that is not in common use (LZMA, say); not read. Unpack it, or pack it again the common way.",
            )
        try:
            with self._zip.open(info) as stream:
                data = stream.read(LARGEST_PART + 1)
        except Exception:  # wrong checksums, cut streams
            raise self._damaged(name) from None
        self._sizes[name] = len(data)
        if len(data) > LARGEST_PART or sum(self._sizes.values()) > self._whole:
            raise too_much(self._path, LARGEST_PART // 10**6, "MB（解压后）", "MB once unpacked")
        return data

    def parse(self, name: str) -> Any:
        """Return the root element of an XML part; comments and processing instructions are left out."""
        from lxml import etree

        data = self.read(name)
        bare = data.replace(b"\0", b"")  # UTF-16
        if bare.count(b"<") + bare.count(b"=") > MOST_MARKS:
            raise too_much(self._path, MOST_MARKS, "个标记", "tags and attributes")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        try:
            root = None if b"<!DOCTYPE" in bare else etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if _TOO_MUCH.search(str(error)):
                raise self._absurd(name) from None
            root = None
        if root is None or root.getroottree().docinfo.internalDTD is not None:  # no office file declares entities
            raise self._damaged(name)
        return root

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part ("" for the whole) refers to: for each id the kind and the name of a part inside."""
        folder, name = split(part)
        rels = join(folder, "_rels", f"{name}.rels")
        if rels not in self._entries:
            return {}
        inner = [rel for rel in self.parse(rels).iter("{*}Relationship") if rel.get("TargetMode") != "External"]
        return {
            rel.get("Id", ""): (
                rel.get("Type", "").rpartition("/")[2],
                normpath(join("/", folder, rel.get("Target", ""))).lstrip("/"),
            )
            for rel in inner
        }

    @property
    def main(self) -> str:
        """The part that an office file begins with, "" if it names none."""
        return next((part for kind, part in self.related("").values() if kind == "officeDocument"), "")

    def _absurd(self, part: str) -> ReadingError:
        return ReadingError(
            self._path,
            f"表格等嵌套过深，或一段文字超过 10 MB（{part}），不是正常的报告，没有读取。请在 Word 中打开，只把报告正文复制到新文件再读取。",
            f"tables nested too deep, or a paragraph of more than 10 MB ({part}): no ordinary report, not read. Open it in Word and copy the "
            "report alone to a new file.",
        )

    def _damaged(self, part: str) -> ReadingError:
        zh, en = (f"（{part}）", f" ({part})") if part else ("", "")
        return ReadingError(
            self._path,
            f"文件已损坏或不完整{zh}，没有读取。请重新下载；若仍不能打开，请向发布机关索取。",
            f"damaged or incomplete{en}, not read. Download it again; if it still does not open, ask the agency for it.",
        )


def _name(info: zipfile.ZipInfo) -> str:
    name = info.orig_filename
    if not info.flag_bits & 0x800:  # zipfile took the bytes for code page 437
        raw = name.encode("cp437")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")
