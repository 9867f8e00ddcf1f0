"""Reports drawn as PDF files: tables ruled or not, over pages with rows cut or whole, turned, with heads written downwards."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from layouts import AGENCY, TITLES, Box, Rows, Sheet, four, only_labels, three, two_joined
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
LEFT, TOP = 40, 50


@dataclass(frozen=True)
class Over:
    """A text that is printed over a page (from 1; 0 for every page): where its line begins, from the upper left, and how."""

    text: str
    x: float
    y: float
    size: float
    colour: tuple[float, float, float]
    page: int = 0


@dataclass(frozen=True)
class Style:
    """How a file is drawn; sizes in points."""

    size: float = 9
    height: float = 800
    width: float = 595
    label: float = 60
    ruled: bool = True
    cut: bool = False
    """Whether a page may end within a row."""
    closed: bool = False
    """Whether rules are drawn at both sides of such a cut, as LibreOffice draws them."""
    open: bool = False
    """Whether a cell that goes on over a page's end has no rule there, as browsers print it."""
    repeat: bool = False
    """Whether the head rows stand again on each page."""
    filled: bool = False
    """Whether rules are thin filled boxes, as Word draws them, and not lines."""
    downwards: bool = False
    """Whether group labels are written one character a line."""
    number: bool = True
    """Whether a page number stands at the foot."""
    turned: int = 0
    """Degrees by which all that stands on the page is turned, without the page saying so."""
    mark: str = ""
    """Large pale letters across each page, level."""
    over: tuple[Over, ...] = ()
    """What is printed over the pages."""


class Drawing:
    """A file while it is drawn, from the top of each page; a page that ends goes on with the next."""

    def __init__(self, style: Style) -> None:
        self.style, self.out = style, io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=self._paper(), invariant=True)
        self.page, self.y = 1, float(TOP)
        self._begin()

    def _paper(self) -> tuple[float, float]:
        s = self.style
        return (s.height, s.width) if s.turned in (90, 270) else (s.width, s.height)

    def _begin(self) -> None:
        s = self.style
        if s.turned:
            shift = {90: (s.height, 0), 180: (s.width, s.height), 270: (0, s.width)}[s.turned]
            self.canvas.translate(*shift)
            self.canvas.rotate(s.turned)

    @property
    def bottom(self) -> float:
        return self.style.height - 60

    def text(self, x: float, y: float, text: str) -> None:
        self.canvas.setFont(FONT, self.style.size)
        self.canvas.drawString(x, self.style.height - y, text)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        if not self.style.ruled:
            return
        if self.style.filled:
            width, height = max(x1 - x0, 0.5), max(y1 - y0, 0.5)
            self.canvas.rect(x0, self.style.height - y0 - height, width, height, stroke=0, fill=1)
        else:
            self.canvas.line(x0, self.style.height - y0, x1, self.style.height - y1)

    def next_page(self) -> None:
        if self.style.number:
            self.text(self.style.width / 2, self.style.height - 25, f"- {self.page} -")
        if self.style.mark:
            self.canvas.setFont(FONT, 40)
            self.canvas.setFillGray(0.9)
            for part in (3, 2, 1):
                self.canvas.drawCentredString(self.style.width / 2, self.style.height * part / 4, self.style.mark)
        for over in (o for o in self.style.over if o.page in (0, self.page)):
            self.canvas.setFont(FONT, over.size)
            self.canvas.setFillColorRGB(*over.colour)
            self.canvas.drawString(over.x, self.style.height - over.y, over.text)
        self.canvas.setFillGray(0)
        self.canvas.showPage()
        self._begin()
        self.page, self.y = self.page + 1, float(TOP)

    def heading(self, text: str) -> None:
        if self.y + 60 > self.bottom:
            self.next_page()
        self.y += 20
        self.text(LEFT, self.y, text)
        self.y += 8

    def done(self) -> bytes:
        self.next_page()
        self.canvas.save()
        return self.out.getvalue()


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Break a text into lines as wide as a cell."""
    lines = [""]
    for c in text:
        if c == "\n" or pdfmetrics.stringWidth(lines[-1] + c, FONT, size) > width - 4:
            lines.append("")
        lines[-1] += c.strip("\n")
    return lines


def table(d: Drawing, rows: Rows, labels: int, heads: int) -> None:
    """Draw a table: `labels` columns of words, `heads` rows that may be repeated."""
    s = d.style
    columns = max(sum(b.w for b in row) for row in rows)
    first = s.label if labels > 1 else 150
    figure = (s.width - 2 * LEFT - first * labels) / (columns - labels)
    xs = [LEFT + (first * c if c <= labels else first * labels + figure * (c - labels)) for c in range(columns + 1)]
    placed = _placed(rows)
    high = []
    for r in range(len(rows)):
        own = [len(_lines(d, b, xs[c + b.w] - xs[c])) for c, b in placed[r] if b.h == 1]
        high.append(max([1, *own]) * (s.size + 3) + 6)
    for r in range(len(rows) - 2, -1, -1):  # a cell over several rows needs room in them
        for c, b in placed[r]:
            lack = len(_lines(d, b, xs[c + b.w] - xs[c])) * (s.size + 3) + 6 - sum(high[r : r + b.h])
            if b.h > 1 and lack > 0:
                high[r + b.h - 1] += lack
    r = 0
    while r < len(rows):
        room = d.bottom - d.y
        last, taken = r, 0.0
        while last < len(rows) and taken + high[last] <= room:
            taken += high[last]
            last += 1
        if last == r and not s.cut:
            d.next_page()
            continue
        _draw(d, rows, placed, xs, high, r, last, 0.0)
        if last < len(rows) and s.cut and room - taken > 8:  # the rest of the page takes a part of the next row
            over = [(c, b) for r in range(last) for c, b in placed[r] if r + b.h > last] if s.open else []
            _cut_row(d, placed[last], over, xs, high[last], room - taken)
            last += 1
        elif last < len(rows):
            d.next_page()
        r = last
        if r < len(rows) and s.repeat and r > heads:
            _draw(d, rows, placed, xs, high, 0, heads, 0.0)
    d.y += 4


def _placed(rows: Rows) -> list[list[tuple[int, Box]]]:
    taken: set[tuple[int, int]] = set()
    out = []
    for r, row in enumerate(rows):
        line, c = [], 0
        for box in row:
            while (r, c) in taken:
                c += 1
            taken |= {(y, x) for y in range(r, r + box.h) for x in range(c, c + box.w)}
            line.append((c, box))
            c += box.w
        out.append(line)
    return out


def _lines(d: Drawing, box: Box, width: float) -> list[str]:
    if d.style.downwards and box.kind == "group" and box.h > 3:
        return list(box.text)
    return wrapped(box.text, width, d.style.size)


def _draw(
    d: Drawing,
    rows: Rows,
    placed: list[list[tuple[int, Box]]],
    xs: list[float],
    high: list[float],
    a: int,
    b: int,
    _: float,
) -> None:
    """Draw the rows from a to b; a cell from above that reaches in is drawn to its end on this page, empty."""
    tops = {a: d.y}
    for r in range(a, b):
        tops[r + 1] = tops[r] + high[r]
    for r in range(b):
        for c, box in placed[r]:
            begin, end = max(r, a), min(r + box.h, b)
            if begin >= end:
                continue
            x0, x1, y0, y1 = xs[c], xs[c + box.w], tops[begin], tops[end]
            if begin == r or not d.style.open:
                d.rule(x0, y0, x1, y0)
            if end == r + box.h or not d.style.open:
                d.rule(x0, y1, x1, y1)
            d.rule(x0, y0, x0, y1)
            d.rule(x1, y0, x1, y1)
            if r >= a:
                lines = _lines(d, box, x1 - x0)
                step = d.style.size + 3
                y = y0 + max(3, (y1 - y0 - len(lines) * step) / 2) + d.style.size
                for i, line in enumerate(lines):
                    if y + i * step < y1 + 2:
                        d.text(x0 + 3, y + i * step, line)
    d.y = tops[b]


def _cut_row(
    d: Drawing, row: list[tuple[int, Box]], over: list[tuple[int, Box]], xs: list[float], high: float, room: float
) -> None:
    """Draw a row over the page's end: neither rule at the cut is drawn, and each line of text stands on one of the pages.

    Of the cells that reach into it from above, `over`, only the sides are drawn.
    """
    step = d.style.size + 3
    fits = int((room - 3) // step)
    for part in (0, 1):
        top, end = d.y, d.y + (room if part == 0 else max(high - room, step * 2))
        for c, box in over:
            d.rule(xs[c], top, xs[c], end)
            d.rule(xs[c + box.w], top, xs[c + box.w], end)
        for c, box in row:
            x0, x1 = xs[c], xs[c + box.w]
            d.rule(x0, top, x0, end)
            d.rule(x1, top, x1, end)
            for y in (top, end) if d.style.closed else (top if part == 0 else end,):
                d.rule(x0, y, x1, y)
            lines = _lines(d, box, x1 - x0)
            for i, line in enumerate(lines[:fits] if part == 0 else lines[fits:]):
                d.text(x0 + 3, top + 3 + d.style.size + i * step, line)
        d.y = end
        if part == 0:
            d.next_page()


def drawn(sheet: Sheet, style: Style = Style(), *, groups: bool = True) -> bytes:
    d = Drawing(style)
    d.heading(AGENCY)
    d.heading(f"{sheet.year}年政府信息公开工作年度报告")
    d.heading("一、总体情况")
    d.heading("本机关依法公开政府信息，全年发布信息 4511 条。")
    parts = [(two_joined(sheet), 1, 1), (three(sheet), 3, 3), (four(sheet), 0, 3)]
    if not groups:
        parts[1] = (only_labels(three(sheet)), 1, 3)
    for title, (rows, labels, heads) in zip(TITLES, parts, strict=True):
        d.heading(title)
        table(d, rows, labels, heads)
    d.heading("五、存在的主要问题及改进情况")
    return d.done()


LAYOUTS: dict[str, Callable[[Sheet], bytes]] = {
    "ruled": drawn,
    "one label a row": lambda s: drawn(s, groups=False),
    "filled rules": lambda s: drawn(s, Style(filled=True)),
    "heads downwards": lambda s: drawn(s, Style(downwards=True)),
    "small": lambda s: drawn(s, Style(size=6, label=40)),
    "large": lambda s: drawn(s, Style(size=11, label=70, width=842, height=595)),
    "a mark across": lambda s: drawn(s, Style(mark=AGENCY + "2023")),
    "short pages": lambda s: drawn(s, Style(height=330)),
    "short pages, heads repeated": lambda s: drawn(s, Style(height=400, repeat=True)),
    "short pages, no numbers": lambda s: drawn(s, Style(height=330, number=False)),
} | {
    f"turned by {degrees}": (lambda s, degrees=degrees: drawn(s, Style(turned=degrees)))  # type: ignore[misc]
    for degrees in (90, 180, 270)
}
DOUBTFUL: dict[str, Callable[[Sheet], bytes]] = (
    {
        "no rules": lambda s: drawn(s, Style(ruled=False)),
        "no rules, one label a row": lambda s: drawn(s, Style(ruled=False), groups=False),
    }
    | {
        f"rows cut, pages of {height}": (lambda s, height=height: drawn(s, Style(height=height, cut=True)))  # type: ignore[misc]
        for height in range(300, 460, 11)
    }
    | {
        f"rows cut, cells open, pages of {height}": (
            lambda s, height=height: drawn(s, Style(height=height, cut=True, open=True))  # type: ignore[misc]
        )
        for height in range(300, 460, 11)
    }
    | {
        f"rows cut between rules, pages of {height}": (
            lambda s, height=height: drawn(s, Style(height=height, cut=True, closed=True), groups=False)  # type: ignore[misc]
        )
        for height in range(300, 460, 31)
    }
)
