"""Articles inside something else: a saved web archive (MHTML), an answer in JSON, a string in a page's script."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from email import message_from_bytes
from posixpath import normpath
from urllib.parse import unquote

MOST_FRAMES = 8
LEAST_OF_AN_ARTICLE = 10
"""Rows and cells of an article that stands in a script; a counter of visits or an advertisement has fewer."""
_ARCHIVE = re.compile(rb"(?im)^content-type:\s*(?:multipart/(?:related|alternative|mixed)|text/(?:html|plain))")
_SHEET = re.compile(r"(.*\bsheet)(\d{3})(\.html?)", re.IGNORECASE)
"""A sheet of a workbook that Excel saved as a web page: nb.files/sheet001.htm."""
_CALL = re.compile(r"[A-Za-z_$][\w.$]{0,80}\s*\(\s*(?=[{\[])")
_ASSIGNED = re.compile(r"\s*(?:(?:var|let|const)\s+)?[\w$.]{1,80}\s*=\s*[{\[\"'`]")
_MARKUP = re.compile(r"<(?:p|div|span|table|tr|td|h\d|br)\b", re.IGNORECASE)
_STRING = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`""", re.DOTALL)
_ESCAPED = re.compile(r"""(?i)\bsrcdoc\s*=\s*(?:"([^"]*)"|'([^']*)')|<textarea\b[^<>]*>([^<]*)</textarea""")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
LONGEST_TITLE = 80
_TITLE = re.compile(r"公开.{0,12}(?:报告|年报)")
_SPOKEN = {"n": "\n", "r": "\n", "t": "\t", "b": "", "f": "", "\n": ""}


def pages_in_archive(data: bytes, decode: Callable[[bytes], str]) -> str | None:
    """Return the pages of a web archive or a mail one after the other, else its plain texts; None if the bytes are neither."""
    begin = data[:4096].lstrip()
    if begin.startswith(b"<") or not _ARCHIVE.search(begin) or b"\n\n" not in data[:65536].replace(b"\r", b""):
        return None
    pages, texts = [], []
    for part in message_from_bytes(data).walk():
        body = part.get_payload(decode=True)
        if not isinstance(body, bytes) or not body.strip() or part.get_content_disposition() == "attachment":
            continue
        if part.get_content_type() == "text/html":
            pages.append(decode(_declared(part.get_content_charset()) + body))
        elif part.get_content_type() == "text/plain":
            texts.append(decode(body))
    return one_after_the_other(pages) or "\n".join(texts) or None


def one_after_the_other(pages: Iterable[str]) -> str:
    """Return pages as one text in which each begins with its own tag, by which they are told apart again."""
    return "\n".join(page if re.search(r"(?i)<html\b", page) else f"<html>{page}" for page in pages)


def _declared(charset: str | None) -> bytes:
    return f'<meta charset="{charset}">'.encode("ascii", "ignore") if charset else b""


def frames_of(page: bytes, decode: Callable[[bytes], str]) -> list[str]:
    """Return the names, relative to its own, of the files that a page without tables of its own shows in frames."""
    if page.lstrip()[:1] != b"<" or not re.search(rb"(?i)<i?frame\b", page) or re.search(rb"(?i)<t[dr]\b", page):
        return []
    found = re.findall(r"""(?i)<i?frame\b[^<>]*?\ssrc\s*=\s*["']?([^"'<>\s]+)""", decode(page))[:MOST_FRAMES]
    names = (unquote(html.unescape(src)).split("?")[0].split("#")[0] for src in found)
    shown = [normpath(name.replace("\\", "/")) for name in names]
    sheets = [m for p in shown if (m := _SHEET.fullmatch(p))]  # of a workbook: the others only a script shows
    paths = [*shown, *(f"{m[1]}{int(m[2]) + k:03}{m[3]}" for m in sheets for k in range(1, MOST_FRAMES))]
    inside = (p for p in dict.fromkeys(paths) if not p.startswith(("/", "..")) and ":" not in p and "\0" not in p)
    return sorted(inside, key=lambda p: _SHEET.fullmatch(p) is None)  # others: never followed


def article_in_json(text: str) -> str | None:
    """Return the texts of a JSON document as one page, or None if the text is none."""
    text = text.strip("\ufeff \t\r\n")
    if called := _CALL.match(text):  # as a script that calls a page's function with it
        text = text[called.end() :].rstrip("; \n").removesuffix(")")
    if not text.startswith(("{", "[")):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found = [html.unescape(t) if "&lt;" in t and not _MARKUP.search(t) else t for t in _strings(document) if t.strip()]
    if any(_MARKUP.search(t) for t in found):
        return "\n".join(t if _MARKUP.search(t) else f"<p>{html.escape(t)}</p>" for t in found)
    return "\n".join(found)


def _strings(document: object) -> Iterator[str]:
    rest = [document]
    while rest:
        item = rest.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            rest += reversed(item.values())
        elif isinstance(item, list):
            rest += reversed(item)


def article_in_program(text: str) -> str | None:
    """Return the strings with table rows of a script that is a file of its own: var article = {...}."""
    return article_in_script(f"<script>{text}") if _ASSIGNED.match(text) else None


def article_in_script(text: str) -> str | None:
    """Return the strings with table rows that a page's scripts hold; nothing is executed: a literal is only unescaped."""
    found = []
    for piece in re.split(r"(?i)<script\b", text)[1:]:
        script = re.split(r"(?i)</script", piece, maxsplit=1)[0]
        if re.search(r"(?i)t[dr]\b", script):
            strings = (next(s for s in groups if s) for groups in _STRING.findall(script) if any(groups))
            for spoken in map(_unescaped, strings):
                if re.search(r"(?i)<t[dr]\b", spoken):
                    found.append(spoken)
                elif len(spoken) <= LONGEST_TITLE and _TITLE.search(spoken):
                    found.append(f"<p>{html.escape(spoken)}</p>")
    return _if_article("\n".join(found))


def article_escaped(text: str) -> str | None:
    """Return a page's article that stands, its marks escaped, in a frame's ``srcdoc`` or in a field for texts."""
    found = [html.unescape("".join(groups)) for groups in _ESCAPED.findall(text)]
    return _if_article("\n".join(text for text in found if re.search(r"(?i)<t[dr]\b", text)))


def article_of_source(text: str) -> str | None:
    """Return the page whose source a browser's view of it shows, where that view was saved."""
    lines = re.findall(r"""(?is)<td class=["']?line-content["']?[^<>]*>(.*?)</td>""", text)
    if not lines and (begin := re.search(r"""(?i)<body\b[^<>]*\bid=["']?viewsource\b[^<>]*>""", text)):
        lines = [text[begin.end() :]]
    return _if_article(html.unescape(re.sub(r"<[^<>]*>", "", "\n".join(lines)))) if lines else None


def _if_article(text: str) -> str | None:
    return text if len(re.findall(r"(?i)<t[dr]\b", text)) >= LEAST_OF_AN_ARTICLE else None


def _unescaped(literal: str) -> str:
    def one(found: re.Match[str]) -> str:
        if found[3] is not None:
            return _SPOKEN.get(found[3], found[3])
        return chr(int(found[1] or found[2], 16))

    return _ESCAPE.sub(one, literal)
