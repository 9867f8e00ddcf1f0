"""Bytes become text, in whatever encoding they are."""

from __future__ import annotations

import codecs
import re

from auditkit.reading.page import ReadingError

SAMPLE = 4000
"""Characters, taken from all over a text, that tell whether it is one."""
_ODD = re.compile("[\x00-\x08\x0e-\x1f\ue000-\uf8ff]")


def decode(data: bytes, path: str) -> str:
    """Turn bytes into text: byte-order mark, then UTF-8, the declared encoding, GB 18030; UTF-16 by its zero bytes.

    A declaration of gb2312 or gbk is read as GB 18030, which contains both; a declaration that does not fit is passed over.
    A few damaged bytes become U+FFFD, which is no figure.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            found = (_decoded(data[len(mark) :], name, errors) for errors in ("strict", "replace"))
            return next((text for text in found if text is not None), None) or _undecodable(path)
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
        codec = codecs.lookup(name)  # a page may name zlib, or unicode_escape
        if not codec._is_text_encoding or "escape" in codec.name:
            return None
        text = codecs.getincrementaldecoder(name)(errors).decode(data)  # a copy may break off within a character
    except (UnicodeError, LookupError):
        return None
    if text.count("\ufffd") > 2 + len(text) // 2000:
        return None
    sample = text[:: 1 + len(text) // SAMPLE]
    return None if len(_ODD.findall(sample)) > 0.02 * len(sample) + 2 else text


def _undecodable(path: str) -> str:
    raise ReadingError(
        path,
        "不是可识别的文本：既不是 UTF-8、GB 18030，也不是 UTF-16。请用浏览器另存为网页或纯文本（UTF-8）。",
        "not a text that can be recognised: neither UTF-8, GB 18030 nor UTF-16. Save it again as a web page or as plain UTF-8 text.",
    )
