"""Every picture: drawn by matplotlib as PNG, with alt text and a text twin that carries all its figures.

A figure function takes plain values and returns a :class:`Picture`; what it shows is computed elsewhere. Text in a
picture is never read as mathematics, a character the bundled font lacks is drawn as 〓 (the text twin keeps it), and
neither the system's fonts nor a person's matplotlib settings change a picture.
"""

from __future__ import annotations

import atexit
import base64
import io
import json
import math
import os
import re
import shutil
import sys
import tempfile
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from auditkit.tables import Shown, Table, escape, heads, visible
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Amount: TypeAlias = int | Decimal | None

FONT = Path(__file__).with_name("fonts") / "AuditkitSans-Regular.otf"
FAMILY, MISSING = "Auditkit Sans", "〓"

WIDTH = 160.0  # mm: the text width of an A4 page with room for margins
MM = 1 / 25.4  # inches
SCREEN = 96  # a display's pixels an inch; the picture is drawn at twice that
TEXT, SMALL, TITLE = 7.5, 7.0, 9.0  # points

# Okabe & Ito's colours: told apart by colour-blind people, and by their lightness in grey.
BLUE, ORANGE, GREY, PALE, INK = "#0072B2", "#E69F00", "#777777", "#D9D9D9", "#222222"

_lock = threading.RLock()  # matplotlib's settings belong to the process


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that shows itself in a notebook and says the same in text.

    `png` is twice as large as it is to be shown (`width` and `height`, in CSS pixels); `alt` is a sentence for who
    cannot see it; `text` is the text twin, with every figure of the picture.
    """

    png: bytes
    alt: str
    text: str
    width: int
    height: int

    def __repr__(self) -> str:
        return self.text

    @property
    def html(self) -> str:
        """The picture with its alternative text, as HTML without anything from outside."""
        png = base64.b64encode(self.png).decode("ascii")
        return f'<img alt="{escape(self.alt)}" width="{self.width}" src="data:image/png;base64,{png}">'

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        png = base64.b64encode(self.png).decode("ascii")
        data = {"image/png": png, "text/html": self.html, "text/plain": self.text}  # JupyterLab gives alt to HTML only
        return data, {"image/png": {"alt": self.alt, "width": self.width, "height": self.height}}


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Several tables and pictures that are one answer, shown one after the other."""

    items: tuple[Shown | Picture, ...]

    def __iter__(self) -> Iterator[Shown | Picture]:
        return iter(self.items)

    @property
    def text(self) -> str:
        """All items as text, an empty line between them."""
        return "\n\n".join(item.text for item in self.items)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for item in self.items:
            display(item)  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall: what flows in, what flows out, and the balance that remains."""

    label: str
    value: int | None
    kind: Literal["in", "out", "closing"]
    lacking: str = ""
    """What there is in place of a value, in words: a blank, unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The turn of a year: what was carried forward, and what the next report says was carried over."""

    label: str
    closing: int | None
    opening: int | None

    @property
    def state(self) -> Literal["=", "≠", "/"]:
        """Whether the two agree, differ, or (/) cannot be judged."""
        return "/" if self.closing is None or self.opening is None else "=" if self.closing == self.opening else "≠"

    def said(self, lang: Lang) -> str:
        """Write both, e.g. ▲ 121 ≠ 120."""
        both = f"{amount(self.closing, lang)} {self.state} {amount(self.opening, lang)}"
        return f"▲ {both}" if self.state == "≠" else both


@dataclass(frozen=True, slots=True)
class Strip:
    """One row against its own past: past values, this year's, and the range that chance allows (None: not known)."""

    label: str
    past: tuple[int | None, ...]
    now: int | None
    span: tuple[int, int] | None
    mark: bool = False


# ---- text ------------------------------------------------------------------------------------------------------------


def amount(value: Amount, lang: Lang) -> str:
    """Write a figure for people: 1,050,000, 356.20, a blank in words."""
    return say(lang, "空白", "blank") if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,f}"


def signed(value: int | Decimal) -> str:
    """Write a difference with its sign: −1,200, 0, +3."""
    return f"{value:+,}".replace("-", "−") if value else "0"


def _columns(text: str) -> int:
    """Width of a text in columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _wrapped(text: str, columns: int) -> list[str]:
    """Break a text at spaces and Chinese characters into at most two lines, with … where the rest was cut."""
    out = [""]
    for piece in re.findall(r"[^\s\u2e80-\uffff]{1,30}\s?|.", text):
        if out[-1] and _columns(out[-1] + piece) > columns:
            out.append("")
        out[-1] += piece
    if len(out) > 2:
        out = [out[0], out[1].rstrip()[:-2] + "…"]
    return [line.rstrip() for line in out]


def drawn(text: str) -> str:
    """Return the text as a picture can draw it: 〓 for a character without glyph, white space as a space."""
    return "".join(c if ord(c) in _glyphs() else " " if c.isspace() else MISSING for c in text)


@cache
def _glyphs() -> frozenset[int]:
    _start()
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(FONT)).get_charmap())


# ---- matplotlib ------------------------------------------------------------------------------------------------------


def _private_font_list() -> None:
    """Point matplotlib to a directory with a font list that names no font.

    On its first start matplotlib opens every font of the system (seconds to a minute) and warns on stderr meanwhile; a
    home that cannot be written makes it warn, too. Pictures use the bundled font only, so there is nothing to look for.
    Another version of matplotlib that words its list differently ignores this one and looks as it always does.
    """
    folder = tempfile.mkdtemp(prefix="auditkit-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["MPLCONFIGDIR"] = folder
    spec = find_spec("matplotlib.font_manager")
    source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    version = re.search(r"^class FontManager.*?^ +__version__ = ['\"]([^'\"]+)", source, re.MULTILINE | re.DOTALL)
    if version:
        fonts: dict[str, object] = {"__class__": "FontManager", "_version": version[1], "afmlist": [], "ttflist": []}
        fonts |= {"_FontManager__default_weight": "normal", "default_size": None}
        fonts |= {"defaultFamily": {"ttf": "DejaVu Sans", "afm": "Helvetica"}}
        Path(folder, f"fontlist-v{version[1]}.json").write_text(json.dumps(fonts), encoding="utf-8")


@cache
def _start() -> None:
    """Import matplotlib, without its search for fonts if we are the first to import it, and add the bundled font."""
    ours = "matplotlib" not in sys.modules and "MPLCONFIGDIR" not in os.environ
    if ours:
        _private_font_list()
    try:
        import matplotlib.figure  # noqa: F401
        from matplotlib import font_manager, get_cachedir, get_configdir, get_data_path

        _ = get_configdir(), get_cachedir()  # found once a process: now, before the variable goes
    finally:
        if ours:
            os.environ.pop("MPLCONFIGDIR", None)
    if ours:  # others in this process may still draw with matplotlib's own font
        for path in sorted(Path(get_data_path(), "fonts", "ttf").glob("DejaVuSans*.ttf")):
            font_manager.fontManager.addfont(path)
    font_manager.fontManager.addfont(FONT)


@contextmanager
def _style() -> Iterator[None]:
    """Draw with matplotlib's defaults and our settings, whatever a person's matplotlibrc says."""
    with _lock:
        _start()
        import matplotlib as mpl

        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update({"font.family": [FAMILY], "font.size": TEXT, "text.parse_math": False})
            mpl.rcParams.update({"text.color": INK, "lines.linewidth": 1.0, "axes.edgecolor": GREY})
            mpl.rcParams.update({"xtick.color": GREY, "xtick.labelcolor": INK, "xtick.labelsize": SMALL})
            yield


def _axes(title: str, rows: int, *, row: float, left: float, right: float, axis: float, key: str = "") -> Axes:
    """Lay out a figure, within :func:`_style`: a title above, labels left, one axis, a key below; sizes in mm."""
    from matplotlib.figure import Figure

    lines = _wrapped(drawn(title), 98)
    height = 4.5 + 4.2 * len(lines) + rows * row + axis
    figure = Figure(figsize=(WIDTH * MM, height * MM), dpi=2 * SCREEN, facecolor="white")
    for i, line in enumerate(lines):
        figure.text(1 / WIDTH, 1 - (2.5 + 4.2 * i) / height, line, fontsize=TITLE, va="top")
    figure.text(1 / WIDTH, 1 / height, drawn(key), fontsize=SMALL, va="bottom", color=GREY)
    axes = figure.add_axes((left / WIDTH, axis / height, 1 - (left + right) / WIDTH, rows * row / height))
    axes.set_ylim(rows - 0.5, -0.5)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set_yticks([])
    return axes


def _picture(axes: Axes, alt: str, twin: Table) -> Picture:
    """Draw the figure; 64 colours are all it has, in a third of the bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas, out = FigureCanvasAgg(axes.get_figure(root=True)), io.BytesIO()
    canvas.draw()  # type: ignore[no-untyped-call]
    width, height = canvas.get_width_height()
    rgba = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
    pixels = Image.frombytes("RGBA", (width, height), rgba).convert("RGB")
    palette = pixels.quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)  # few pixels, and yet a colour
    palette.save(out, "png", dpi=(2 * SCREEN, 2 * SCREEN))
    return Picture(out.getvalue(), visible(alt), twin.text, (width + 1) // 2, (height + 1) // 2)


def _write(axes: Axes, x: float, y: float, text: str, shift: tuple[float, float], **how: Any) -> None:
    """Write a text so many points from a place of the axes."""
    axes.annotate(text, (x, y), shift, textcoords="offset points", **{"va": "center", "fontsize": SMALL, **how})


def _label(axes: Axes, row: float, text: str, columns: int) -> None:
    """Write a row's label left of the axis, a long one smaller and on two lines."""
    lines, size = [drawn(text)], TEXT
    if _columns(text) > columns:
        lines, size = _wrapped(drawn(text), columns * 6 // 5), TEXT * 5 / 6
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right", "linespacing": 0.95}
    _write(axes, 0, row, "\n".join(lines), (-4, 0), fontsize=size, **beside)


def _blank(axes: Axes, row: float, word: str = "") -> None:
    """Draw a blank left of the axis' zero: it has no place on the axis."""
    _write(axes, 0, row, f"× {word}".rstrip(), (1.5, 0), xycoords=("axes fraction", "data"), color=GREY)


def _mark(axes: Axes, x: float, y: float, shape: str, color: str, *, hollow: bool) -> None:
    size, face = {"s": 8.5, "|": 9.0}.get(shape, 5.0), "white" if hollow else color
    axes.plot([x], [y], shape, color=color, markersize=size, markerfacecolor=face, zorder=3, clip_on=False)


def _root(value: int) -> float:
    """Place on the square-root scale, on which chance scatters counts of any size about equally."""
    return math.copysign(math.sqrt(min(abs(value), 10**15)), value)


def _root_axis(axes: Axes, values: Sequence[int], said: Sequence[tuple[int, str]], width: float) -> None:
    """Give an axis of so many mm the square-root scale, with round ticks and room for what is said right of each row.

    `values` are all that have a place on the axis; `said` holds each row's largest value and its text.
    """
    low, high = min(0, *values, 0), max(1, *values, 1)
    start, span = _root(low), _root(high) - _root(low)
    left, right = 4.0, 2.0
    for value, text in said:  # place * (width - left - right) + left + text must not pass the axis' end
        place, needed = (_root(value) - start) / span, 3.0 + _columns(text) * SMALL / 2 * 0.39
        if place > 0:
            right = max(right, width - left - (width - left - needed) / place)
    room = max(width - left - right, width / 6)
    axes.set_xlim(start - left / room * span, start + (width - left) / room * span)
    ticks = [0]
    for count in sorted((k * 10**p for p in range(16) for k in (1, 2, 5)), reverse=True):
        if count <= high and all(abs(_root(tick) - _root(count)) >= 9.0 / room * span for tick in ticks):
            ticks.append(count)
    axes.set_xticks([_root(t) for t in ticks], [f"{t:,}" for t in ticks])


# ---- the pictures ----------------------------------------------------------------------------------------------------


def waterfall(title: str, steps: Sequence[Step], lang: Lang) -> Picture:
    """Where requests come from and where they go: what flows in, what flows out, the closing balance.

    The title is the finding, in a sentence. A blank is named and leaves the level as it is.
    """
    looks = {"in": (BLUE, "", "+"), "out": (ORANGE, "", "−"), "closing": (GREY, "////", "=")}
    with _style():
        axes = _axes(title, len(steps), row=5.6, left=52, right=24, axis=2)
        level, edges = 0, [0]
        for i, step in enumerate(steps):
            _label(axes, i, step.label, 38)
            if step.value is None:
                _blank(axes, i, step.lacking or say(lang, "空白", "blank"))
            else:
                color, hatch, sign = looks[step.kind]
                start = 0 if step.kind == "closing" else level if step.kind == "in" else level - step.value
                axes.barh(i, step.value, left=start, height=0.62, color=color, hatch=hatch, edgecolor="white", lw=0.4)
                if not step.value:
                    _mark(axes, start, i, "o", color, hollow=True)
                _write(axes, max(start, start + step.value), i, f"{sign} {step.value:,}", (5, 0))
                level = start if step.kind == "out" else level + step.value
                edges += [start, start + step.value]
            if step.kind != "closing":
                top = i - 0.31 if step.value is None else i + 0.31
                axes.plot([level, level], [top, i + 0.69], color=GREY, linewidth=0.6)
        axes.set(xlim=(min(edges), max(1, *edges) * 1.01), xticks=[])
        axes.spines["bottom"].set_visible(False)
        axes.axvline(0, color=GREY, linewidth=0.6)
        shown = [step.value if step.value is not None else step.lacking or None for step in steps]
        rows = tuple((looks[step.kind][2], step.label, value) for step, value in zip(steps, shown, strict=True))
        columns = ("", say(lang, "项目", "item"), say(lang, "件", "count"))
        alt = say(lang, f"瀑布图，{len(steps)} 项：{title}。", f"Waterfall of {len(steps)} items: {title}.")
        return _picture(axes, alt, Table(columns, rows, title))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of marks, each its value, shape and colour; the band behind them; the words beside them."""

    label: str
    marks: tuple[tuple[int | None, str, str], ...]
    words: str
    band: tuple[int, int] | None = None


def _rows(title: str, key: str, rows: Sequence[_Row]) -> Axes:
    """Draw rows of counts on a square-root scale, within :func:`_style`: a blank as ×, zero and squares hollow."""
    axes = _axes(title, len(rows), row=5.2, left=58, right=3, axis=11, key=key)
    known = [[v for v in (*(v for v, _, _ in row.marks), *(row.band or ())) if v is not None] for row in rows]
    said = [(max(0, *values, 0), row.words) for values, row in zip(known, rows, strict=True)]
    _root_axis(axes, [v for values in known for v in values], said, WIDTH - 61)
    for i, row in enumerate(rows):
        _label(axes, i, row.label, 42)
        if row.band:
            low, high = map(_root, row.band)
            axes.barh(i, high - low, left=low, height=0.55, color=PALE, zorder=1)
        for value, shape, color in row.marks:
            if value is not None:
                _mark(axes, _root(value), i, shape, color, hollow=value == 0 or shape == "s")
            elif shape != "|":  # a past year without a figure is named in the words only
                _blank(axes, i)
        _write(axes, _root(said[i][0]), i, row.words, (8, 0))
    return axes


def roll_forward(title: str, boundaries: Sequence[Boundary], lang: Lang) -> Picture:
    """Closing balance of each year against the opening balance of the next: □ carried forward, ● carried over."""
    zh = "□ 上年报告：结转下年　● 下年报告：上年结转　所列为总计，以及不符或无法判断的各列　平方根刻度，单位：件"
    en = "□ carried forward   ● carried over   shown: totals, and columns that do not agree   square-root scale, counts"
    rows = [_Row(b.label, ((b.closing, "s", BLUE), (b.opening, "o", INK)), b.said(lang)) for b in boundaries]
    columns = heads(lang, "相邻年度|结转下年与上年结转", "years|carried forward and carried over")
    twin = Table(columns, tuple((row.label, row.words) for row in rows), title)
    alt = say(lang, f"结转对照图，{len(rows)} 处：{title}。", f"Roll-forward, {len(rows)} boundaries: {title}.")
    with _style():
        return _picture(_rows(title, say(lang, zh, en), rows), alt, twin)


def own_past(title: str, years: tuple[tuple[int, ...], int], strips: Sequence[Strip], lang: Lang) -> Picture:
    """Each row's past values (│), this year's (dot, ▲ if flagged) and the range that chance allows (grey band).

    `years` are the past years, in the order of each strip's values, and this year.
    """
    before, year = years
    which = "–".join(map(str, dict.fromkeys((before[0], before[-1]))))
    zh = f"│ {which} 年　● {year} 年（▲ 超出偶然，空心为 0）　灰带：单看一行，偶然波动的范围　平方根刻度，单位：件"
    en = f"│ {which}   ● {year} (▲ beyond chance, hollow: 0)   grey: range of chance for one row   square-root scale"
    comma, rows, twin = say(lang, "、", ", "), [], []
    for s in strips:
        span = f"{s.span[0]:,}–{s.span[1]:,}" if s.span else "–"
        words = f"{comma.join(amount(v, lang) for v in s.past)} → {amount(s.now, lang)}"
        words += say(lang, f"（{span}）", f" ({span})")
        now = (s.now, "^", ORANGE) if s.mark else (s.now, "o", BLUE)
        rows.append(_Row(s.label, (*((v, "|", INK) for v in s.past), now), words, s.span))
        twin.append((s.label, *s.past, s.now, span, "▲" if s.mark else ""))
    span_and_flag = heads(lang, "偶然波动的范围|提示", "range of chance|flag")
    columns = (say(lang, "行", "row"), *map(str, before), str(year), *span_and_flag)
    alt = say(lang, f"与自身往年对照，{len(rows)} 行：{title}。", f"{len(rows)} rows against their own past: {title}.")
    with _style():
        return _picture(_rows(title, say(lang, zh, en), rows), alt, Table(columns, tuple(twin), title))


def row_over_years(label: str, years: Sequence[int], values: Sequence[Amount], lang: Lang) -> Picture:
    """One row over ascending years: a missing year is a gap, a blank (None) is said in words, a zero is hollow."""
    first, last, given = years[0], years[-1], dict(zip(years, values, strict=True))
    course = [f"{y}: {amount(v, lang)}" for y, v in given.items() if v is not None]
    said = " → ".join(dict.fromkeys((*course[:1], *course[-1:])))
    title = f"{label}{say(lang, '：', ': ')}{said or say(lang, '各年均为空白', 'blank in every year')}"
    with _style():
        axes = _axes(title, 1, row=42, left=10, right=10, axis=8)
        known = [float(v) for v in values if v is not None]
        low, high = min(0.0, *known, 0.0), max(1.0, *known, 1.0)
        axes.set_xlim(first - 0.5, last + 0.5)
        axes.set_ylim(low - 0.08 * (high - low), high + 0.2 * (high - low))
        axes.axhline(0, color=PALE, linewidth=0.8, zorder=0)
        every = range(first, last + 1, max(1, (last - first) // 12 + 1))
        axes.set_xticks(list(every), [str(y) for y in every])
        for year in range(first, last + 1) if last - first <= 200 else years:
            value, before = given.get(year), given.get(year - 1)
            if value is None:
                word = say(lang, "空白", "blank") if year in given else say(lang, "无报告", "no report")
                _write(axes, year, 0, f"× {word}", (0, 4), ha="center", va="baseline", color=GREY)
                continue
            if before is not None:
                axes.plot([year - 1, year], [float(before), float(value)], color=BLUE, zorder=1)
            _mark(axes, year, float(value), "o", BLUE, hollow=value == 0)
            _write(axes, year, float(value), amount(value, lang), (0, 6), ha="center", va="baseline", fontsize=TEXT)
        columns = heads(lang, "年度|数值", "year|figure")
        twin = Table(columns, tuple((str(year), value) for year, value in given.items()), title)
        return _picture(axes, say(lang, f"折线图：{title}。", f"Line chart: {title}."), twin)
