"""Every table as HTML and as text. Texts of a report are escaped; the markup bears classes, no styles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape as _html
from typing import TYPE_CHECKING

from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from auditkit.report import Report

FAILING, LOOKED_AT, BEYOND = "▲", "▶", "◆"
"""Signs, not colours alone: of figures that contradict each other, of what one looks at, of what chance hardly brings about."""
_MARKS = {
    FAILING: (
        "不平的等式所涉及的格，不表示每一格都有误",
        "cells of sums that fail; it does not mean that each is wrong",
    ),
    LOOKED_AT: ("本项所涉及的格，不表示每一格都有误", "the cells concerned; it does not mean that each is wrong"),
}

SHORT, LONG = 22, 140
"""Columns of text up to which a cell is not broken over lines, and beyond which it gets more room."""


INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, halves of characters, and those that turn the direction of the text around them."""
_MATHEMATICS = re.compile(r"[$\\]")


def visible(text: str) -> str:
    r"""Return a text with the characters written out that would change how the text around them is shown.

    Examples
    --------
    >>> visible("12\u202e34")
    '12〔U+202E〕34'
    """
    return INVISIBLE.sub(lambda m: f"〔U+{ord(m[0]):04X}〕", text)


def escape(text: str) -> str:
    """Return a text as HTML, also of an attribute, that shows just this text."""
    return _html(visible(text))


def _words(text: str) -> str:
    """Return a text as HTML that shows just this text, also where a page looks for mathematics in what it shows.

    JupyterLab does so in every HTML output: ``$`` and what begins with a backslash are mathematics, in one piece of text.
    """
    return _MATHEMATICS.sub(r"<span>\g<0></span>", escape(text))


def heads(lang: Lang, zh: str, en: str) -> tuple[str, ...]:
    """Return a row of texts, written ``一|二`` and ``one|two``."""
    return tuple(say(lang, zh, en).split("|"))


class Shown:
    """Whatever shows itself: in a notebook as HTML beside its text twin."""

    __slots__ = ()

    @property
    def html(self) -> str:
        """The HTML, without script or style."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """The text twin, with every figure."""
        raise NotImplementedError

    def bundle(self) -> dict[str, str]:
        """Return both renderings by MIME type."""
        return {"text/html": self.html, "text/plain": self.text}

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return self.bundle()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, repr=False)
class Table(Shown):
    """A plain table: heads, rows (the first entry of a row is its head), a caption, sentences beneath.

    Numbers are set right with thousands marks; None is shown as –.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    caption: str = ""
    note: str = ""
    kind: str = ""
    """A further class for the style sheet."""

    @property
    def html(self) -> str:
        """The table as HTML."""
        short = (' class="short"' if width(c) <= SHORT // 2 else "" for c in self.columns)
        head = "".join(f'<th scope="col"{css}>{_words(c)}</th>' for c, css in zip(self.columns, short, strict=True))
        body = "".join(
            "<tr>" + "".join(_html_cell(value, first=i == 0) for i, value in enumerate(row)) + "</tr>\n"
            for row in self.rows
        )
        caption = f"<caption>{_words(self.caption)}</caption>" if self.caption else ""
        table = f'<table class="{f"ak {self.kind}".rstrip()}">{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>'
        note = "".join(f'\n<p class="ak-note">{_words(line)}</p>' for line in self.note.splitlines())
        return _scrolling(table, self.caption or " · ".join(self.columns)) + note

    @property
    def text(self) -> str:
        """The table as aligned text."""
        lines = [visible(self.caption)] if self.caption else []
        numeric = {i for row in self.rows for i, value in enumerate(row) if isinstance(value, int | Decimal | float)}
        lines += align([self.columns, *([shown(v) for v in row] for row in self.rows)], numeric)
        return "\n".join([*lines, *map(visible, self.note.splitlines())])


@dataclass(frozen=True, slots=True, repr=False)
class Words(Shown):
    """Sentences, one paragraph each."""

    paragraphs: tuple[str, ...]
    kind: str = ""
    """Classes for the style sheet."""

    @property
    def html(self) -> str:
        """The sentences as HTML paragraphs."""
        inner = "\n".join(f"<p>{_words(p)}</p>" for p in self.paragraphs)
        return f'<div class="{self.kind}">\n{inner}\n</div>' if self.kind else inner

    @property
    def text(self) -> str:
        """The sentences, one a line."""
        return "\n".join(visible(p) for p in self.paragraphs)


def sentence(lang: Lang, zh: str, en: str) -> Words:
    """Return one sentence as it is shown."""
    return Words((say(lang, zh, en),))


@dataclass(frozen=True, slots=True, repr=False)
class Sheet(Shown):
    """Several renderings one after the other."""

    parts: tuple[Shown, ...]

    @property
    def html(self) -> str:
        """All parts as HTML."""
        return "\n".join(part.html for part in self.parts)

    @property
    def text(self) -> str:
        """All parts as text, an empty line between them."""
        return "\n\n".join(part.text for part in self.parts)


def shown(value: object) -> str:
    """Write a value as people read it.

    Examples
    --------
    >>> shown(1050000), shown(Decimal("415.96")), shown(None)
    ('1,050,000', '415.96', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return str(value)


def width(text: str) -> int:
    """Columns a text takes on a terminal: two for a full-width character."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def align(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Set rows of texts in columns, full-width characters counted as two."""
    rows = [[visible(" ".join(str(cell).split())) for cell in row] for row in rows]
    count = max((len(row) for row in rows), default=0)
    widths = [max((width(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    out = []
    for row in rows:
        cells = [
            " " * (widths[i] - width(cell)) + cell if i in right else cell + " " * (widths[i] - width(cell))
            for i, cell in enumerate(row)
        ]
        out.append("  ".join(cells).rstrip())
    return out


def _html_cell(value: object, *, first: bool) -> str:
    words = shown(value)
    text = _words(words).replace("\n", "<br>")
    css = "short" if width(words) <= SHORT else "long" if width(words) > LONG else ""
    if not css and words.isascii() and words.isalnum():  # a hash is broken anywhere
        css = "hash"
    if value is None:
        css = "blank"
    elif isinstance(value, int | Decimal | float):
        css = "num"
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    return f"<{tag}{scope}" + (f' class="{css}"' if css else "") + f">{text}</{tag}>"


def _scrolling(table: str, name: str) -> str:
    """Put a table where it can be scrolled by keyboard, should the page be narrower."""
    return f'<div class="ak-scroll" role="group" tabindex="0" aria-label="{escape(name)}">{table}</div>'


# --- the statutory form ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, repr=False)
class FormTable(Shown):
    """One of a report's tables drawn like the official form, with its texts as printed."""

    report: Report
    table: str
    lang: Lang
    marked: frozenset[str] = frozenset()
    """Cells that stand in a failing sum, or are looked at."""
    mark: str = FAILING

    @property
    def html(self) -> str:
        """The table as HTML with the form's heads and groups."""
        title = self.report.layout.title(self.table, self.lang)
        draw = {"proactive": self._proactive, "requests": self._requests, "disputes": self._disputes}[self.table]
        return _scrolling(f'<table class="ak form"><caption>{_words(title)}</caption>\n{draw()}</table>', title)

    @property
    def text(self) -> str:
        """The table as aligned text; a row's cells in the form's order."""
        layout, lang = self.report.layout, self.lang
        rows, heads = list[list[str]](), list[str]()
        for row in layout.rows(self.table):
            name, cells = layout.row_label(self.table, row, lang), layout.row_cells(self.table, row)
            if self.table == "proactive":
                rows += [[name, f"{c.column_label[lang]}:", self._shown(c.id)] for c in cells]
            else:
                rows.append([name, *(self._shown(c.id) for c in cells)])
        if self.table != "proactive":
            heads = ["", *self._columns()]
            rows.insert(0, heads)
        return "\n".join([layout.title(self.table, lang), *align(rows, range(1, len(heads)) or (2,))])

    def _columns(self) -> list[str]:
        layout = self.report.layout
        return [layout.column_label(self.table, c, self.lang) for c in layout.columns(self.table)]

    def _shown(self, cell_id: str) -> str:
        text = self.report.shown(cell_id, self.lang)
        return self.mark + text if cell_id in self.marked else text

    def _td(self, cell_id: str, span: int = 1) -> str:
        kind = self.report.kind(cell_id)
        css = {"figure": "num", "blank": "blank", "absent": "blank", "text": "word"}[kind]
        css += " mark" if cell_id in self.marked else ""
        return f'<td class="{css}"{_over(span)}>{_words(self._shown(cell_id))}</td>'

    def _row(self, row: str, spans: Sequence[int] = ()) -> str:
        """A row with its label as its head."""
        cells = self.report.layout.row_cells(self.table, row)
        head = _head("row", self.report.layout.row_label(self.table, row, self.lang))
        tds = (self._td(c.id, span) for c, span in zip(cells, spans or [1] * len(cells), strict=True))
        return f"<tr>{head}{''.join(tds)}</tr>"

    def _proactive(self) -> str:
        layout, out = self.report.layout, []
        clause, heads = "", list[str]()
        for row in layout.rows("proactive"):
            cells = layout.row_cells("proactive", row)
            if self.lang == "zh" and cells[0].row_path[0] != clause:
                clause, heads = cells[0].row_path[0], []
                out.append(f'<tr><th colspan="4" scope="colgroup">{_words(clause)}</th></tr>')
            labels, span = [c.column_label[self.lang] for c in cells], 3 // len(cells)
            spans = [span] * (len(cells) - 1) + [3 - span * (len(cells) - 1)]
            if labels != heads:
                heads = labels
                columns = (_head("col", label, _over(n)) for label, n in zip(labels, spans, strict=True))
                out.append(f"<tr>{_head('col', say(self.lang, '信息内容', 'item'))}{''.join(columns)}</tr>")
            out.append(self._row(row, spans))
        return _body(out)

    def _requests(self) -> str:
        layout, rows, columns = self.report.layout, self.report.layout.rows("requests"), self._columns()
        paths = {r: layout.row_cells("requests", r)[0].row_path for r in rows}
        depth = 3 if self.lang == "zh" else 1
        group = say(self.lang, "法人或其他组织", "legal persons and other organisations")
        head = (
            f'<thead>\n<tr><th rowspan="2" colspan="{depth}" scope="col">{say(self.lang, "办理情况", "handling")}</th>'
            f'<th rowspan="2" scope="col">{_words(columns[0])}</th><th colspan="5" scope="colgroup">{group}</th>'
            f'<th rowspan="2" scope="col">{_words(columns[-1])}</th></tr>\n<tr>'
            f"{''.join(_head('col', c) for c in columns[1:-1])}</tr>\n</thead>\n"
        )
        if depth == 1:
            return head + _body([self._row(row) for row in rows])
        body = (
            f"<tr>{_group_heads(paths, rows, i)}{''.join(self._td(c.id) for c in layout.row_cells('requests', row))}</tr>"
            for i, row in enumerate(rows)
        )
        return head + _body(body)

    def _disputes(self) -> str:
        columns = "".join(_head("col", c) for c in (say(self.lang, "类别", "kind"), *self._columns()))
        rows = (self._row(row) for row in self.report.layout.rows("disputes"))
        return f"<thead><tr>{columns}</tr></thead>\n{_body(rows)}"


def _head(scope: str, text: str, extent: str = "") -> str:
    return f'<th scope="{scope}"{extent}>{_words(text)}</th>'


def _over(columns: int) -> str:
    return f' colspan="{columns}"' if columns > 1 else ""


def _body(rows: Iterable[str]) -> str:
    return "<tbody>\n" + "\n".join(rows) + "\n</tbody>"


def _group_heads(paths: Mapping[str, tuple[str, ...]], rows: Sequence[str], i: int) -> str:
    """Row heads of table three: each group once, over its rows."""
    path, out = paths[rows[i]], ""
    for level, part in enumerate(path):
        last = level == len(path) - 1
        begin = i == 0 or paths[rows[i - 1]][: level + 1] != path[: level + 1]
        if not begin and not last:
            continue
        over = 1
        while not last and i + over < len(rows) and paths[rows[i + over]][: level + 1] == path[: level + 1]:
            over += 1
        span = 3 - level if last else 1
        attributes = (f' rowspan="{over}"' if over > 1 else "") + _over(span)
        out += _head("row" if last else "rowgroup", part, attributes)
    return out


def report_tables(report: Report, lang: Lang, failing: frozenset[str] = frozenset()) -> Sheet:
    """Draw a report's three tables like the official form."""
    head = Words((f"{report.name(lang)} · {report.layout.name(lang)}",), "ak-name ak-report")
    return Sheet((head, *(FormTable(report, t, lang, failing) for t in ("proactive", "requests", "disputes"))))


def marks(lang: Lang, mark: str) -> Words:
    """Say beneath a form what the mark on its cells means."""
    return Words((f"{mark} {say(lang, *_MARKS[mark])}{say(lang, '。', '.')}",), "ak-note")


def number_or_text(value: object) -> str:
    """Write a difference with its sign."""
    if isinstance(value, int | Decimal) and value > 0:
        return "+" + shown(value)
    return shown(value)
