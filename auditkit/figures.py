"""Every picture: drawn by matplotlib as PNG, with alt text and a text twin that carries all its figures.

A figure function takes plain values and returns a :class:`Picture`; what it shows is computed elsewhere. Text in a
picture is never read as mathematics, a character the bundled font lacks is drawn as 〓 (the text twin keeps it), and
neither the system's fonts nor a person's matplotlib settings change a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from auditkit.canvas import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    TEXT,
    WIDTH,
    Picture,
    axes_of,
    draw_mark,
    picture,
    root,
    root_axis,
    style,
    write,
    write_blank,
    write_label,
)
from auditkit.tables import BEYOND, FAILING, Table, heads
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Amount: TypeAlias = int | Decimal | None


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
        return f"{FAILING} {both}" if self.state == "≠" else both


@dataclass(frozen=True, slots=True)
class Strip:
    """One row against its own past: past values, this year's, and the range that chance allows (None: not known)."""

    label: str
    past: tuple[int | None, ...]
    now: int | None
    span: tuple[int, int] | None
    mark: bool = False


def amount(value: Amount, lang: Lang) -> str:
    """Write a figure for people: 1,050,000, 356.20, a blank in words."""
    return say(lang, "空白", "blank") if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,f}"


def signed(value: int | Decimal) -> str:
    """Write a difference with its sign: −1,200, 0, +3."""
    return f"{value:+,}".replace("-", "−") if value else "0"


def waterfall(title: str, steps: Sequence[Step], lang: Lang) -> Picture:
    """Where requests come from and where they go: what flows in, what flows out, the closing balance.

    The title is the finding, in a sentence. A blank is named and leaves the level as it is.
    """
    looks = {"in": (BLUE, "", "+"), "out": (ORANGE, "", "−"), "closing": (GREY, "////", "=")}
    with style():
        axes = axes_of(title, len(steps), row=5.6, left=52, right=24, axis=2)
        level, edges = 0, [0]
        for i, step in enumerate(steps):
            write_label(axes, i, step.label, 38)
            if step.value is None:
                write_blank(axes, i, step.lacking or say(lang, "空白", "blank"))
            else:
                color, hatch, sign = looks[step.kind]
                start = 0 if step.kind == "closing" else level if step.kind == "in" else level - step.value
                axes.barh(i, step.value, left=start, height=0.62, color=color, hatch=hatch, edgecolor="white", lw=0.4)
                if not step.value:
                    draw_mark(axes, start, i, "o", color, hollow=True)
                write(axes, max(start, start + step.value), i, f"{sign} {step.value:,}", (5, 0))
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
        return picture(axes, alt, Table(columns, rows, title))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of marks, each its value, shape and colour; the band behind them; the words beside them."""

    label: str
    marks: tuple[tuple[int | None, str, str], ...]
    words: str
    band: tuple[int, int] | None = None


def _rows(title: str, key: str, rows: Sequence[_Row]) -> Axes:
    """Draw rows of counts on a square-root scale, within :func:`_style`: a blank as ×, zero and squares hollow."""
    axes = axes_of(title, len(rows), row=5.2, left=58, right=3, axis=11, key=key)
    known = [[v for v in (*(v for v, _, _ in row.marks), *(row.band or ())) if v is not None] for row in rows]
    said = [(max(0, *values, 0), row.words) for values, row in zip(known, rows, strict=True)]
    root_axis(axes, [v for values in known for v in values], said, WIDTH - 61)
    for i, row in enumerate(rows):
        write_label(axes, i, row.label, 42)
        if row.band:
            low, high = map(root, row.band)
            axes.barh(i, high - low, left=low, height=0.55, color=PALE, zorder=1)
        for value, shape, color in row.marks:
            if value is not None:
                draw_mark(axes, root(value), i, shape, color, hollow=value == 0 or shape == "s")
            elif shape != "|":  # a past year without a figure is named in the words only
                write_blank(axes, i)
        write(axes, root(said[i][0]), i, row.words, (8, 0))
    return axes


def roll_forward(title: str, boundaries: Sequence[Boundary], lang: Lang) -> Picture:
    """Closing balance of each year against the opening balance of the next: □ carried forward, ● carried over."""
    zh = f"□ 上年报告：结转下年　● 下年报告：上年结转　{FAILING} 不符　所列为总计，以及不符或无法判断的各列　平方根刻度，单位：件"
    en = f"□ carried forward   ● carried over   {FAILING} differ   shown: totals, and columns that do not agree   square-root scale, counts"
    rows = [_Row(b.label, ((b.closing, "s", BLUE), (b.opening, "o", INK)), b.said(lang)) for b in boundaries]
    columns = heads(lang, "相邻年度|结转下年与上年结转", "years|carried forward and carried over")
    twin = Table(columns, tuple((row.label, row.words) for row in rows), title)
    alt = say(lang, f"结转对照图，{len(rows)} 处：{title}。", f"Roll-forward, {len(rows)} boundaries: {title}.")
    with style():
        return picture(_rows(title, say(lang, zh, en), rows), alt, twin)


def own_past(title: str, years: tuple[tuple[int, ...], int], strips: Sequence[Strip], lang: Lang) -> Picture:
    """Each row's past values (│), this year's (dot, ◆ if beyond it) and the range that chance allows (grey band).

    `years` are the past years, in the order of each strip's values, and this year.
    """
    before, year = years
    which = "–".join(map(str, dict.fromkeys((before[0], before[-1]))))
    zh = f"│ {which} 年　● {year} 年（{BEYOND} 超出偶然，空心为 0）　灰带：单看一行，偶然波动的范围　平方根刻度，单位：件"
    en = f"│ {which}   ● {year} ({BEYOND} beyond chance, hollow: 0)   grey: range of chance for one row   square-root scale"
    comma, rows, twin = say(lang, "、", ", "), [], []
    for s in strips:
        span = f"{s.span[0]:,}–{s.span[1]:,}" if s.span else "–"
        words = f"{comma.join(amount(v, lang) for v in s.past)} → {amount(s.now, lang)}"
        words += say(lang, f"（{span}）", f" ({span})")
        now = (s.now, "D", ORANGE) if s.mark else (s.now, "o", BLUE)
        rows.append(_Row(s.label, (*((v, "|", INK) for v in s.past), now), words, s.span))
        twin.append((s.label, *s.past, s.now, span, BEYOND if s.mark else ""))
    last_two = heads(lang, "偶然波动的范围|超出", "range of chance|beyond")
    columns = (say(lang, "行", "row"), *map(str, before), str(year), *last_two)
    alt = say(lang, f"与自身往年对照，{len(rows)} 行：{title}。", f"{len(rows)} rows against their own past: {title}.")
    with style():
        return picture(_rows(title, say(lang, zh, en), rows), alt, Table(columns, tuple(twin), title))


def row_over_years(label: str, years: Sequence[int], values: Sequence[Amount], lang: Lang) -> Picture:
    """One row over ascending years: a missing year is a gap, a blank (None) is said in words, a zero is hollow."""
    first, last, given = years[0], years[-1], dict(zip(years, values, strict=True))
    course = [f"{y}: {amount(v, lang)}" for y, v in given.items() if v is not None]
    said = " → ".join(dict.fromkeys((*course[:1], *course[-1:])))
    title = f"{label}{say(lang, '：', ': ')}{said or say(lang, '各年均为空白', 'blank in every year')}"
    with style():
        axes = axes_of(title, 1, row=42, left=10, right=10, axis=8)
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
                write(axes, year, 0, f"× {word}", (0, 4), ha="center", va="baseline", color=GREY)
                continue
            if before is not None:
                axes.plot([year - 1, year], [float(before), float(value)], color=BLUE, zorder=1)
            draw_mark(axes, year, float(value), "o", BLUE, hollow=value == 0)
            write(axes, year, float(value), amount(value, lang), (0, 6), ha="center", va="baseline", fontsize=TEXT)
        columns = heads(lang, "年度|数值", "year|figure")
        twin = Table(columns, tuple((str(year), value) for year, value in given.items()), title)
        return picture(axes, say(lang, f"折线图：{title}。", f"Line chart: {title}."), twin)
