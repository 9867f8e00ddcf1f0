"""Drawing by matplotlib, kept to itself: the bundled font, our settings, axes in millimetres, PNG with a text beside it.

Text in a picture is never read as mathematics, a character the bundled font lacks is drawn as 〓, and neither the system's fonts nor
a person's matplotlib settings change a picture.
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
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditkit.tables import Shown, Table, escape, visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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


def columns_of(text: str) -> int:
    """Width of a text in columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def wrapped(text: str, columns: int) -> list[str]:
    """Break a text at spaces and Chinese characters into at most two lines, with … where the rest was cut."""
    out = [""]
    for piece in re.findall(r"[^\s\u2e80-\uffff]{1,30}\s?|.", text):
        if out[-1] and columns_of(out[-1] + piece) > columns:
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
def style() -> Iterator[None]:
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


def axes_of(title: str, rows: int, *, row: float, left: float, right: float, axis: float, key: str = "") -> Axes:
    """Lay out a figure, within :func:`_style`: a title above, labels left, one axis, a key below; sizes in mm."""
    from matplotlib.figure import Figure

    lines = wrapped(drawn(title), 98)
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


def picture(axes: Axes, alt: str, twin: Table) -> Picture:
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


def write(axes: Axes, x: float, y: float, text: str, shift: tuple[float, float], **how: Any) -> None:
    """Write a text so many points from a place of the axes."""
    axes.annotate(text, (x, y), shift, textcoords="offset points", **{"va": "center", "fontsize": SMALL, **how})


def write_label(axes: Axes, row: float, text: str, columns: int) -> None:
    """Write a row's label left of the axis, a long one smaller and on two lines."""
    lines, size = [drawn(text)], TEXT
    if columns_of(text) > columns:
        lines, size = wrapped(drawn(text), columns * 6 // 5), TEXT * 5 / 6
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right", "linespacing": 0.95}
    write(axes, 0, row, "\n".join(lines), (-4, 0), fontsize=size, **beside)


def write_blank(axes: Axes, row: float, word: str = "") -> None:
    """Draw a blank left of the axis' zero: it has no place on the axis."""
    write(axes, 0, row, f"× {word}".rstrip(), (1.5, 0), xycoords=("axes fraction", "data"), color=GREY)


def draw_mark(axes: Axes, x: float, y: float, shape: str, color: str, *, hollow: bool) -> None:
    """Draw a mark, filled or hollow."""
    size, face = {"s": 8.5, "|": 9.0}.get(shape, 5.0), "white" if hollow else color
    axes.plot([x], [y], shape, color=color, markersize=size, markerfacecolor=face, zorder=3, clip_on=False)


def root(value: int) -> float:
    """Place on the square-root scale, on which chance scatters counts of any size about equally."""
    return math.copysign(math.sqrt(min(abs(value), 10**15)), value)


def root_axis(axes: Axes, values: Sequence[int], said: Sequence[tuple[int, str]], width: float) -> None:
    """Give an axis of so many mm the square-root scale, with round ticks and room for what is said right of each row.

    `values` are all that have a place on the axis; `said` holds each row's largest value and its text.
    """
    low, high = min(0, *values, 0), max(1, *values, 1)
    start, span = root(low), root(high) - root(low)
    left, right = 4.0, 2.0
    for value, text in said:  # place * (width - left - right) + left + text must not pass the axis' end
        place, needed = (root(value) - start) / span, 3.0 + columns_of(text) * SMALL / 2 * 0.39
        if place > 0:
            right = max(right, width - left - (width - left - needed) / place)
    room = max(width - left - right, width / 6)
    axes.set_xlim(start - left / room * span, start + (width - left) / room * span)
    ticks = [0]
    for count in sorted((k * 10**p for p in range(16) for k in (1, 2, 5)), reverse=True):
        if count <= high and all(abs(root(tick) - root(count)) >= 9.0 / room * span for tick in ticks):
            ticks.append(count)
    axes.set_xticks([root(t) for t in ticks], [f"{t:,}" for t in ticks])
