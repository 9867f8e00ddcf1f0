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

from auditkit.tables import Table
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Amount: TypeAlias = int | Decimal | None

FONT = Path(__file__).with_name("fonts") / "AuditkitSans-Regular.otf"
FAMILY = "Auditkit Sans"
MISSING = "〓"

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

    Attributes
    ----------
    png : the image, twice as large as it is to be shown
    alt : one or two sentences for who cannot see it
    text : the text twin, with every figure of the picture
    width, height : size to be shown at, in CSS pixels
    """

    png: bytes
    alt: str
    text: str
    width: int
    height: int

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        data = {"image/png": base64.b64encode(self.png).decode("ascii"), "text/plain": self.text}
        return data, {"image/png": {"alt": self.alt, "width": self.width, "height": self.height}}


@dataclass(frozen=True, slots=True)
class Exhibits:
    """Several tables and pictures that are one answer, shown one after the other."""

    items: tuple[Table | Picture, ...]

    def __iter__(self) -> Iterator[Table | Picture]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def text(self) -> str:
        """All items as text, an empty line between them."""
        return "\n\n".join(item.text for item in self.items)

    def __repr__(self) -> str:
        return self.text

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


@dataclass(frozen=True, slots=True)
class Boundary:
    """The turn of a year: what was carried forward, and what the next report says was carried over."""

    label: str
    closing: int | None
    opening: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One row in two years."""

    label: str
    earlier: int | None
    later: int | None


@dataclass(frozen=True, slots=True)
class Strip:
    """One row against its own past: past values, this year's, and the range that chance allows (None: not known)."""

    label: str
    past: tuple[int | None, ...]
    now: int | None
    low: int | None
    high: int | None
    mark: bool = False


# ---- text ------------------------------------------------------------------------------------------------------------


def amount(value: Amount, lang: Lang) -> str:
    """Write a figure for people: thousands marks, no exponent, a blank in words.

    Examples
    --------
    >>> amount(1050000, "en"), amount(None, "en"), amount(Decimal("356.20"), "en")
    ('1,050,000', 'blank', '356.20')
    """
    return say(lang, "空白", "blank") if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,f}"


def signed(value: int | Decimal) -> str:
    """Write a difference with its sign.

    Examples
    --------
    >>> signed(-1200), signed(0), signed(3)
    ('−1,200', '0', '+3')
    """
    return f"{value:+,}".replace("-", "−") if value else "0"


def _columns(text: str) -> int:
    """Width of a text in columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def _cut(text: str, columns: int) -> str:
    """Shorten a text to a width, with … where something was cut."""
    if _columns(text) <= columns:
        return text
    kept = ""
    for c in text:
        if _columns(kept + c) > columns - 2:
            break
        kept += c
    return kept.rstrip() + "…"


def _wrapped(text: str, columns: int, lines: int) -> list[str]:
    """Break a text into at most so many lines: after ； if that is enough, else at spaces and Chinese characters."""
    for mark in ("；", "; "):
        head, found, tail = text.rpartition(mark)
        if found and _columns(text) > columns >= max(_columns(head + mark), _columns(tail)) and lines > 1:
            return [head + mark.rstrip(), tail]
    out = [""]
    for piece in re.findall(r"[^\s\u2e80-\uffff]+\s?|.", text):
        if out[-1] and _columns(out[-1] + piece) > columns:
            out.append("")
        out[-1] += piece
    if len(out) > lines:
        out = [*out[: lines - 1], "".join(out[lines - 1 :])]
    return [_cut(line.rstrip(), columns) for line in out]


@cache
def _drawable() -> frozenset[int]:
    """Code points the bundled font has."""
    _start()
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(FONT)).get_charmap())


def drawn(text: str) -> str:
    """Return the text as a picture can draw it: 〓 for a character without glyph, white space as a space."""
    glyphs = _drawable()
    return "".join(c if ord(c) in glyphs else " " if c.isspace() else MISSING for c in text)


# ---- matplotlib ------------------------------------------------------------------------------------------------------


def _private_font_list() -> str:
    """Make a directory with a font list of matplotlib's that names no font, and return its path.

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
        fonts: dict[str, object] = {
            "_version": version[1],
            "_FontManager__default_weight": "normal",
            "default_size": None,
            "defaultFamily": {"ttf": "DejaVu Sans", "afm": "Helvetica"},
            "afmlist": [],
            "ttflist": [],
            "__class__": "FontManager",
        }
        Path(folder, f"fontlist-v{version[1]}.json").write_text(json.dumps(fonts), encoding="utf-8")
    return folder


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
            mpl.rcParams.update(
                {
                    "font.family": [FAMILY],
                    "font.size": TEXT,
                    "text.parse_math": False,
                    "text.usetex": False,
                    "text.color": INK,
                    "axes.unicode_minus": False,
                    "axes.linewidth": 0.6,
                    "axes.edgecolor": GREY,
                    "xtick.color": GREY,
                    "xtick.labelcolor": INK,
                    "xtick.major.width": 0.6,
                    "xtick.labelsize": SMALL,
                    "lines.linewidth": 1.0,
                }
            )
            yield


@dataclass(slots=True)
class _Sheet:
    """A figure laid out in millimetres: a title above, labels left, one axis."""

    figure: Figure
    axes: Axes
    lines: list[str]
    height: float

    def picture(self, alt: str, text: str) -> Picture:
        """Draw the figure; 64 colours are all it has, in a third of the bytes."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image

        canvas, out = FigureCanvasAgg(self.figure), io.BytesIO()
        canvas.draw()  # type: ignore[no-untyped-call]
        rgba = canvas.buffer_rgba()  # type: ignore[no-untyped-call]
        pixels = Image.frombytes("RGBA", canvas.get_width_height(), rgba).convert("RGB")
        pixels.quantize(64, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            out, "png", dpi=(2 * SCREEN, 2 * SCREEN)
        )
        width, height = (round(mm * MM * SCREEN) for mm in (WIDTH, self.height))
        return Picture(out.getvalue(), alt, text, width, height)


def _sheet(
    title: str, note: str, rows: int, *, row: float, left: float, right: float = 8.0, axis: float = 7.0
) -> _Sheet:
    """Lay out a figure of so many rows, within :func:`_style`.

    Parameters
    ----------
    row, left, right, axis : mm for one row, for the labels, for the right margin, below the axis
    """
    from matplotlib.figure import Figure

    lines = _wrapped(drawn(title), 98, 2)
    notes = _wrapped(drawn(note), 124, 2) if note else []
    top, bottom = 3.0 + 4.2 * len(lines) + 3.6 * len(notes) + 1.5, axis
    height = top + rows * row + bottom
    figure = Figure(figsize=(WIDTH * MM, height * MM), dpi=2 * SCREEN, facecolor="white")
    for i, line in enumerate(lines):
        figure.text(1 / WIDTH, 1 - (2.5 + 4.2 * i) / height, line, fontsize=TITLE, va="top")
    for i, line in enumerate(notes):
        figure.text(
            1 / WIDTH, 1 - (3.5 + 4.2 * len(lines) + 3.6 * i) / height, line, fontsize=SMALL, va="top", color=GREY
        )
    box = (left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, rows * row / height)
    axes = figure.add_axes(box)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_yticks([])
    return _Sheet(figure, axes, lines, height)


def _label(axes: Axes, row: float, text: str, columns: int) -> None:
    """Write a row's label left of the axis, a long one smaller and on two lines."""
    lines = (
        _wrapped(drawn(text), columns, 1) if _columns(text) <= columns else _wrapped(drawn(text), columns * 6 // 5, 2)
    )
    axes.annotate(
        "\n".join(lines),
        (0, row),
        (-4, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=TEXT if len(lines) == 1 else TEXT * 5 / 6,
        linespacing=0.95,
    )


def _beside(axes: Axes, x: float, row: float, text: str, side: int, color: str = INK, gap: float = 5.0) -> None:
    """Write a text right (1) or left (-1) of a mark."""
    axes.annotate(
        drawn(text),
        (x, row),
        (side * gap, 0),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="center",
        fontsize=SMALL,
        color=color,
    )


def _root(value: int) -> float:
    """Place on the square-root scale, on which chance scatters counts of any size about equally."""
    return math.copysign(math.sqrt(min(abs(value), 10**15)), value)


def _root_axis(
    axes: Axes, values: Sequence[int], said: Sequence[tuple[int, str]], width: float, left: float = 4.0
) -> None:
    """Give an axis the square-root scale, with ticks at round counts and room for what is said beside the marks.

    Parameters
    ----------
    values : all values that have a place on the axis
    said : for each row its largest value and the text to stand right of it
    width, left : mm of the axis, and of the room left of the lowest value
    """
    low, high = min(0, *values, 0), max(1, *values, 1)
    start, span = _root(low), _root(high) - _root(low)
    right = 2.0
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


def _mark(axes: Axes, x: float, row: float, value: int, shape: str, color: str, size: float = 5.5) -> None:
    """Draw a value: filled, or hollow for zero."""
    axes.plot(
        [x], [row], shape, color=color, markersize=size, markerfacecolor="white" if value == 0 else color, zorder=3
    )


def _blank(axes: Axes, row: float, word: str = "") -> None:
    """Draw a blank left of the axis' zero: it has no place on the axis."""
    axes.annotate(
        f"× {word}".rstrip(),
        (0, row),
        (1.5, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=SMALL,
        color=GREY,
    )


def _twin(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], note: str = "") -> str:
    """Write a picture's text twin."""
    return Table(tuple(columns), tuple(tuple(row) for row in rows), title, note).text


# ---- the pictures ----------------------------------------------------------------------------------------------------


def waterfall(title: str, steps: Sequence[Step], lang: Lang, note: str = "") -> Picture:
    """Where requests come from and where they go.

    Parameters
    ----------
    title : the finding, in a sentence
    steps : what flows in, then what flows out, then the closing balance; a blank is named and leaves the level as it is
    """
    with _style():
        sheet = _sheet(title, note, len(steps), row=5.6, left=52, right=24, axis=6)
        axes, level, edges = sheet.axes, 0, [0]
        for i, step in enumerate(steps):
            _label(axes, i, step.label, 38)
            if step.value is None:
                _blank(axes, i, say(lang, "空白", "blank"))
                axes.plot([level, level], [i - 0.31, i + 0.69], color=GREY, linewidth=0.6)
                continue
            start = 0 if step.kind == "closing" else level if step.kind == "in" else level - step.value
            color, hatch = {"in": (BLUE, ""), "out": (ORANGE, ""), "closing": (GREY, "////")}[step.kind]
            if step.value:
                axes.barh(
                    i, step.value, left=start, height=0.62, color=color, hatch=hatch, edgecolor="white", linewidth=0.4
                )
            else:
                axes.plot(
                    [start], [i], "o", color=color, markersize=5, markerfacecolor="white", zorder=3, clip_on=False
                )
            sign = {"in": "+", "out": "−", "closing": "="}[step.kind]
            _beside(axes, max(start, start + step.value), i, f"{sign} {step.value:,}", 1)
            if step.kind != "closing":
                level = start if step.kind == "out" else level + step.value
                axes.plot([level, level], [i + 0.31, i + 0.69], color=GREY, linewidth=0.6)
            edges += [start, start + step.value, level]
        axes.set_xlim(min(edges), max(1, *edges) * 1.01)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.axvline(0, color=GREY, linewidth=0.6)
        kinds = {
            "in": say(lang, "加", "in"),
            "out": say(lang, "减", "out"),
            "closing": say(lang, "年末余数", "closing"),
        }
        rows = [(kinds[step.kind], step.label, step.value) for step in steps]
        text = _twin(
            title, (say(lang, "方向", "direction"), say(lang, "项目", "item"), say(lang, "件", "count")), rows, note
        )
        alt = say(lang, f"瀑布图，{len(steps)} 项：{title}。", f"Waterfall of {len(steps)} items: {title}.")
        return sheet.picture(alt, text)


def roll_forward(title: str, boundaries: Sequence[Boundary], lang: Lang, note: str = "") -> Picture:
    """Closing balance of each year against the opening balance of the next: ■ carried forward, ○ carried over."""
    said = [(max(b.closing or 0, b.opening or 0), _balance(b, lang)) for b in boundaries]
    with _style():
        sheet = _sheet(title, note, len(boundaries), row=6.4, left=54, right=4, axis=7)
        axes = sheet.axes
        _root_axis(axes, [v for b in boundaries for v in (b.closing, b.opening) if v is not None], said, WIDTH - 58)
        for i, (b, (highest, words)) in enumerate(zip(boundaries, said, strict=True)):
            _label(axes, i, b.label, 36)
            axes.plot([0, _root(highest)], [i, i], color=PALE, linewidth=0.8, zorder=1)
            if b.closing is None or b.opening is None:
                _blank(axes, i)
            if b.closing is not None:
                axes.plot([_root(b.closing)], [i], "s", color=BLUE, markersize=8.5, markerfacecolor="white", zorder=2)
            if b.opening is not None:
                axes.plot([_root(b.opening)], [i], "o", color=INK, markersize=4, zorder=3)
            _beside(axes, _root(highest), i, words, 1, gap=8)
        rows = [(b.label, b.closing, b.opening, _agreement(b, lang)) for b in boundaries]
        columns = (
            say(lang, "年度之交", "turn of the year"),
            say(lang, "上年报告：结转下年", "earlier report: carried forward"),
            say(lang, "下年报告：上年结转", "later report: carried over"),
            say(lang, "结果", "result"),
        )
        alt = say(
            lang,
            f"结转对照图，{len(boundaries)} 处：{title}。",
            f"Roll-forward, {len(boundaries)} boundaries: {title}.",
        )
        return sheet.picture(alt, _twin(title, columns, rows, note))


def _balance(b: Boundary, lang: Lang) -> str:
    """Both balances of a boundary, and whether they agree, as the picture says it."""
    closing, opening, result = amount(b.closing, lang), amount(b.opening, lang), _agreement(b, lang)
    return say(
        lang,
        f"□ 结转下年 {closing}　● 上年结转 {opening}　{result}",
        f"□ forward {closing}   ● over {opening}   {result}",
    )


def _agreement(b: Boundary, lang: Lang) -> str:
    if b.closing is None or b.opening is None:
        return say(lang, "无法判断", "cannot be judged")
    gap = b.opening - b.closing
    return say(lang, "相符", "agree") if gap == 0 else say(lang, f"▲ 差 {signed(gap)}", f"▲ differ by {signed(gap)}")


def changes(title: str, years: tuple[int, int], rows: Sequence[Change], lang: Lang, note: str = "") -> Picture:
    """Draw the earlier (hollow square) and the later year (dot) of each row, with both counts."""
    said = [
        (max(row.earlier or 0, row.later or 0), f"{amount(row.earlier, lang)} → {amount(row.later, lang)}")
        for row in rows
    ]
    with _style():
        sheet = _sheet(title, note, len(rows), row=5.0, left=58, right=3, axis=11)
        axes = sheet.axes
        _root_axis(axes, [v for row in rows for v in (row.earlier, row.later) if v is not None], said, WIDTH - 61)
        for i, (row, (highest, words)) in enumerate(zip(rows, said, strict=True)):
            _label(axes, i, row.label, 42)
            if row.earlier is None or row.later is None:
                _blank(axes, i)
            places = {v: _root(v) for v in (row.earlier, row.later) if v is not None}
            axes.plot(
                [min(places.values(), default=0), max(places.values(), default=0)],
                [i, i],
                color=GREY,
                linewidth=0.9,
                zorder=1,
            )
            if row.earlier is not None:
                axes.plot(
                    [places[row.earlier]], [i], "s", color=ORANGE, markersize=5.5, markerfacecolor="white", zorder=2
                )
            if row.later is not None:
                _mark(axes, places[row.later], i, row.later, "o", BLUE, 4.5)
            _beside(axes, _root(highest), i, words, 1)
        _key(
            sheet,
            say(
                lang,
                f"□ {years[0]} 年　● {years[1]} 年（空心为 0）　横轴为平方根刻度，单位：件",
                f"□ {years[0]}   ● {years[1]} (hollow: 0)   square-root scale, counts",
            ),
        )
        columns = (say(lang, "行", "row"), str(years[0]), str(years[1]))
        twin = _twin(title, columns, [(row.label, row.earlier, row.later) for row in rows], note)
        alt = say(
            lang,
            f"变化图，{len(rows)} 行，{years[0]} 年与 {years[1]} 年：{title}。",
            f"Changes of {len(rows)} rows from {years[0]} to {years[1]}: {title}.",
        )
        return sheet.picture(alt, twin)


def _key(sheet: _Sheet, text: str) -> None:
    """Write below the axis what the marks and the scale are."""
    sheet.figure.text(1 / WIDTH, 1.0 / sheet.height, drawn(text), fontsize=SMALL, va="bottom", color=GREY)


def own_past(
    title: str, years: tuple[tuple[int, ...], int], strips: Sequence[Strip], lang: Lang, note: str = ""
) -> Picture:
    """Each row's past values (│), this year's (dot, ▲ if flagged) and the range that chance allows (grey band).

    Parameters
    ----------
    years : the past years, in the order of each strip's values, and this year
    """
    known = [[v for v in (*s.past, s.now, s.low, s.high) if v is not None] for s in strips]
    said = [(max(values, default=0), _against(s, lang)) for s, values in zip(strips, known, strict=True)]
    with _style():
        sheet = _sheet(title, note, len(strips), row=5.0, left=58, right=3, axis=11)
        axes = sheet.axes
        _root_axis(axes, [v for values in known for v in values], said, WIDTH - 61)
        for i, (s, (highest, words)) in enumerate(zip(strips, said, strict=True)):
            _label(axes, i, s.label, 42)
            if s.low is not None and s.high is not None:
                low, high = _root(s.low), _root(s.high)
                axes.barh(i, high - low, left=low, height=0.55, color=PALE, zorder=1)
            for value in s.past:
                if value is not None:
                    axes.plot([_root(value)], [i], "|", color=INK, markersize=9, markeredgewidth=1.2, zorder=2)
            if s.now is None:
                _blank(axes, i)
            else:
                _mark(axes, _root(s.now), i, s.now, "^" if s.mark else "o", ORANGE if s.mark else BLUE)
            _beside(axes, _root(highest), i, words, 1)
        rows = [(s.label, *s.past, s.now, _span(s), "▲" if s.mark else "") for s in strips]
        past_years, year = years
        which = "–".join(str(y) for y in dict.fromkeys((past_years[0], past_years[-1])))
        _key(
            sheet,
            say(
                lang,
                f"│ {which} 年　● {year} 年（▲ 超出偶然，空心为 0）　灰带：单看一行，"
                "偶然波动可及的范围　横轴为平方根刻度，单位：件",
                f"│ {which}   ● {year} (▲ beyond chance, hollow: 0)   grey: range of chance for one row   "
                "square-root scale, counts",
            ),
        )
        columns = (
            say(lang, "行", "row"),
            *map(str, past_years),
            str(year),
            say(lang, "偶然波动可及", "range of chance"),
            say(lang, "提示", "flag"),
        )
        alt = say(
            lang, f"与自身往年对照，{len(strips)} 行：{title}。", f"{len(strips)} rows against their own past: {title}."
        )
        return sheet.picture(alt, _twin(title, columns, rows, note))


def _span(s: Strip) -> str:
    return "–" if s.low is None or s.high is None else f"{s.low:,}–{s.high:,}"


def _against(s: Strip, lang: Lang) -> str:
    """Past values, this year's and the range, as the picture says it."""
    past = say(lang, "、", ", ").join(amount(v, lang) for v in s.past)
    return say(lang, f"{past} → {amount(s.now, lang)}（{_span(s)}）", f"{past} → {amount(s.now, lang)} ({_span(s)})")


def row_over_years(label: str, years: Sequence[int], values: Sequence[Amount], lang: Lang) -> Picture:
    """One row over the years: a missing year is a gap, a blank is said in words, a zero is hollow.

    Parameters
    ----------
    label : agency and row, for people
    years : ascending
    values : one for each year; None is a blank
    """
    first, last = years[0], years[-1]
    title = _course(label, years, values, lang)
    with _style():
        sheet = _sheet(title, "", 1, row=42, left=10, right=10, axis=8)
        axes = sheet.axes
        known = [float(v) for v in values if v is not None]
        low, high = min(0.0, *known, 0.0), max(1.0, *known, 1.0)
        axes.set_xlim(first - 0.5, last + 0.5)
        axes.set_ylim(low - 0.08 * (high - low), high + 0.2 * (high - low))
        axes.axhline(0, color=PALE, linewidth=0.8, zorder=0)
        every = range(first, last + 1, max(1, (last - first) // 12 + 1))
        axes.set_xticks(list(every), [str(y) for y in every])
        given = dict(zip(years, values, strict=True))
        for year in range(first, last + 1) if last - first <= 200 else years:
            value, before = given.get(year), given.get(year - 1)
            if value is not None and before is not None:
                axes.plot([year - 1, year], [float(before), float(value)], color=BLUE, zorder=1)
            if value is not None:
                _mark(axes, year, float(value), 0 if value == 0 else 1, "o", BLUE)
                axes.annotate(
                    amount(value, lang),
                    (year, float(value)),
                    (0, 6),
                    textcoords="offset points",
                    ha="center",
                    fontsize=TEXT,
                )
            else:
                word = say(lang, "空白", "blank") if year in given else say(lang, "无报告", "no report")
                axes.annotate(
                    f"× {word}", (year, 0), (0, 4), textcoords="offset points", ha="center", fontsize=SMALL, color=GREY
                )
        rows = [(str(year), value) for year, value in zip(years, values, strict=True)]
        twin = _twin(title, (say(lang, "年度", "year"), say(lang, "数值", "figure")), rows)
        alt = say(lang, f"折线图：{title}。", f"Line chart: {title}.")
        return sheet.picture(alt, twin)


def _course(label: str, years: Sequence[int], values: Sequence[Amount], lang: Lang) -> str:
    """Say a row's course in a line: its first and last known figures."""
    known = [(year, value) for year, value in zip(years, values, strict=True) if value is not None]
    if len(known) < 2:
        only = say(lang, "、", ", ").join(f"{year}: {amount(value, lang)}" for year, value in known)
        return say(lang, f"{label}：{only or '各年均为空白'}", f"{label}: {only or 'blank in every year'}")
    (y0, v0), (y1, v1) = known[0], known[-1]
    return say(
        lang,
        f"{label}：{y0} 年 {amount(v0, lang)} → {y1} 年 {amount(v1, lang)}",
        f"{label}: {y0} {amount(v0, lang)} → {y1} {amount(v1, lang)}",
    )
