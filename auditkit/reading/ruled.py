"""Characters and rules of pages become tables and lines: rules that cross make a table, what no rule divides is one cell."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, zip_longest
from math import inf
from statistics import median
from typing import Any, TypeVar

from auditkit.reading.drawing import THIN, Char, Marks, merged
from auditkit.reading.page import MOST_CELLS, SUPERSCRIPT

MOST_BESIDE = 3
"""Figures apart from each other on one line of a cell; an area with more of them is no cell."""

MOST_BENEATH = 3
"""Lines of a cell that are figures; an area with more of them holds several rows."""

LARGE = 2.0
"""Times the size of a table's letters: that of a mark across it."""

MOST_MARGIN = 12.0
"""Points that the sides of a cell keep free; words with more beside them were not wrapped for want of room."""

PITCH = 4.0
"""Points that a letter of a line takes; one for all pages, so that heads on one and rows on the next can be compared. Letters are wider."""

STEP = 0.2
"""Of a digit's size: a gap between figures that stand close to each other, where digits of one have none."""

LARGER = 1.2
"""Times the size of most figures of a table: a digit that is larger does not belong to one of theirs beside it."""

LONG_LINE, LONG_LINES = 10, 3
"""Characters of a line, and how many such lines, by which half a page is a page by itself."""
NOTE, SMALL = 0.9, 0.8
"""Of the size of the letters before it: a digit that is smaller and does not stand on their line is the number of a note; behind a digit
one that is smaller still."""


_Part = TypeVar("_Part")
_Rule = tuple[float, float, float]
"""Where it stands, begins and ends."""


@dataclass(slots=True)
class Cell:
    """What is written between four rules, and where they are."""

    text: str
    page: int
    x0: float
    y0: float
    x1: float
    y1: float
    height: int = 1
    moved: float = 0.0
    """How far it was moved to the right, to stand beside the part of its table that is on another page."""


@dataclass(slots=True)
class Table:
    """Rows of cells with their places; whether the first and last row are open, cut by a page's end."""

    xs: list[float]
    rows: list[list[Cell]]
    top: float
    open_top: bool = False
    open_bottom: bool = False
    ys: list[float] = field(default_factory=list)
    low: float = 0.0
    """How far its texts reach."""


@dataclass(slots=True)
class Words:
    """A line of text outside tables, and its box."""

    text: str
    page: int
    box: tuple[float, float, float, float]
    chars: tuple[Char, ...] = ()

    def runs(self) -> Iterator[tuple[float, float, str]]:
        """Yield what stands apart on the line, with where it begins and ends."""
        begin = 0
        for i, char in enumerate(self.chars, 1):
            if i == len(self.chars) or self.chars[i].x0 - char.x1 > char.size:
                run = list(self.chars[begin:i])
                yield run[0].x0, char.x1, _line(run, " ")
                begin = i

    @property
    def top(self) -> float:
        """Where it begins on the page."""
        return self.box[1]


def positions(values: Iterable[float]) -> list[float]:
    """Return one position for each bundle of values that stand close together (double rules, rules of neighbouring cells)."""
    bundles: list[list[float]] = []
    for value in sorted(values):
        if not bundles or value - bundles[-1][-1] > THIN or value - bundles[-1][0] > 2 * THIN:
            bundles.append([])
        bundles[-1].append(value)
    return [(b[0] + b[-1]) / 2 for b in bundles]


def _root(parents: dict[_Part, _Part], part: _Part) -> _Part:
    """Return which part stands for all those that are one with this one; what leads there is shortened on the way."""
    while parents[part] != part:
        parents[part] = parents[parents[part]]
        part = parents[part]
    return part


def tables(drawn: Marks, page: int, most_beneath: int = MOST_BENEATH) -> list[Table]:
    """Return the tables whose rules cross; those with more lines of figures in one cell than `most_beneath` have no rows."""
    across, down = merged(drawn.across), merged(drawn.down)
    group = {i: i for i in range(len(across) + len(down))}
    for i, (y, a, b) in enumerate(across):
        for j, (x, top, bottom) in enumerate(down, len(across)):
            if a - THIN <= x <= b + THIN and top - THIN <= y <= bottom + THIN:
                group[_root(group, j)] = _root(group, i)
    parts: dict[int, tuple[list[_Rule], list[_Rule]]] = {}
    for i, rule in enumerate([*across, *down]):
        parts.setdefault(_root(group, i), ([], []))[i >= len(across)].append(rule)
    crossing = [(h, v) for h, v in parts.values() if len(h) + len(v) > 3 and len(v) > 1 and h]
    alone = [rule for h, v in parts.values() if not h for rule in v]
    out = [_ruled(h, v + _sides(v, alone), drawn.chars, page, most_beneath) for h, v in crossing]
    return [t for t in out if t.rows]


def _sides(down: list[_Rule], alone: list[_Rule]) -> list[_Rule]:
    """Return the rules beside a table, as high as it: sides of a cell that begins on an earlier page and ends on a later one."""
    ends = [end for _, *rule in down for end in rule]
    left, right = min(x for x, *_ in down), max(x for x, *_ in down)
    high, low = min(ends), max(ends)
    return [
        (x, a, b)
        for x, a, b in alone
        if not left <= x <= right and abs(a - high) < 2 * THIN and abs(b - low) < 2 * THIN
    ]


def _ruled(across: list[_Rule], down: list[_Rule], chars: list[Char], page: int, most_beneath: int) -> Table:
    """Build a table from rules that cross: cells are what no rule divides."""
    xs = positions(x for x, _, _ in down)
    ys = positions(y for y, _, _ in across)
    ends = [b for _, _, b in down], [a for _, a, _ in down]
    low = max(ends[0]) if sum(abs(e - max(ends[0])) < THIN for e in ends[0]) > 1 else ys[-1]
    high = min(ends[1]) if sum(abs(e - min(ends[1])) < THIN for e in ends[1]) > 1 else ys[0]
    open_bottom, open_top = low > ys[-1] + 2 * THIN, high < ys[0] - 2 * THIN
    ys = [*([high] if open_top else []), *ys, *([low] if open_bottom else [])]
    for side, reach in ((0, [a for _, a, _ in across]), (-1, [b for _, _, b in across])):  # sides without a rule
        edge = min(reach) if side == 0 else max(reach)
        beyond = xs[0] - edge if side == 0 else edge - xs[-1]
        if beyond > 4 * THIN and sum(abs(r - edge) < THIN for r in reach) > 1:
            xs = [edge, *xs] if side == 0 else [*xs, edge]
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 2 or rows * columns > MOST_CELLS:  # a frame around lines is no table
        return Table(xs, [], ys[0])
    whole = {(r, c): (r, c) for r in range(rows) for c in range(columns)}
    upright = [[(a, b) for x, a, b in down if abs(x - at) <= THIN] for at in xs]
    level = [[(a, b) for y, a, b in across if abs(y - at) <= THIN] for at in ys]
    for r in range(rows):
        middle = (ys[r] + ys[r + 1]) / 2
        for c in range(columns):
            centre = (xs[c] + xs[c + 1]) / 2
            if c + 1 < columns and not any(a <= middle <= b for a, b in upright[c + 1]):
                whole[_root(whole, (r, c + 1))] = _root(whole, (r, c))
            if r + 1 < rows and not any(a <= centre <= b for a, b in level[r + 1]):
                one, two = _root(whole, (r, c)), _root(whole, (r + 1, c))
                whole[max(one, two)] = min(one, two)
    regions: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for key in whole:
        regions.setdefault(_root(whole, key), []).append(key)
    texts: dict[tuple[int, int], list[Char]] = {}

    def is_open(x: float) -> bool:
        return xs[0] < x < xs[-1] and not any(a <= x <= b for a, b in level[-1])

    hanging = (c.y1 for c in chars if c.y0 < ys[-1] < c.y1 and is_open(c.middle[0]))
    hang = max(hanging, default=ys[-1])  # of a cell that the page's end cuts

    def cell(x: float, y: float) -> tuple[int, int] | None:
        if ys[-1] <= y < hang and is_open(x):
            y = ys[-1] - THIN / 2
        key = bisect(ys, y) - 1, bisect(xs, x) - 1
        return _root(whole, key) if key in whole else None

    chars = _without_watermark(chars, across, down)
    for over in (False, True):  # what is printed over the table belongs to no run of its words
        for char, (x, y) in _in_cells([c for c in chars if c.over is over], cell):
            if (home := cell(x, y)) and not (over and _is_label(texts.get(home, ()))):
                texts.setdefault(home, []).append(char)
    sizes = [c.size for text in texts.values() for c in text if c.text.isdigit()]
    usual = median(sizes) if sizes else 0.0
    out: list[list[Cell]] = [[] for _ in range(rows)]
    drawn: list[tuple[Cell, list[list[Char]]]] = []
    for keys in regions.values():
        r0, r1, c0, c1 = min(keys)[0], max(keys)[0], min(c for _, c in keys), max(c for _, c in keys)
        split = [keys] if len(keys) == (r1 - r0 + 1) * (c1 - c0 + 1) else [[key] for key in keys]
        for part in split:
            r0, r1, c0, c1 = min(part)[0], max(part)[0], min(c for _, c in part), max(c for _, c in part)
            drawn.append(
                (
                    Cell("", page, xs[c0], ys[r0], xs[c1 + 1], ys[r1 + 1], r1 - r0 + 1),
                    [_doubted(line, usual) for line in _lines([ch for key in part for ch in texts.get(key, ())])],
                )
            )
            out[r0].append(drawn[-1][0])
    full = min(
        (
            _room(*one)
            for one in drawn
            if len(one[1]) > 1 and not any(c.text.isdigit() for line in one[1] for c in line)
        ),
        default=0,
    )
    stacked = [(box, lines) for box, lines in drawn if _is_figure_over_figure(lines)]
    apart = {box.y0 for box, lines in stacked if not _is_wrapped(box, lines, full)}  # rows without a rule between them
    whole_figures = {id(box) for box, _ in stacked if box.y0 not in apart}
    for made, lines in drawn:
        made.text = ("" if id(made) in whole_figures else "\n").join(_line(line, "\n") for line in lines)
    beside = [[len(re.findall(r"(?m)^[\d,.]+$", _line(line, "\n"))) for line in lines] for _, lines in drawn]
    if any(max(lines, default=0) > MOST_BESIDE or sum(map(bool, lines)) > most_beneath for lines in beside):
        return Table(xs, [], ys[0])  # frames around rows, or rules between columns only
    for row in out:
        row.sort(key=lambda cell: cell.x0)
    return Table(xs, out, ys[0], open_top, open_bottom, ys, hang)


def _without_watermark(chars: list[Char], across: list[_Rule], down: list[_Rule]) -> list[Char]:
    """Leave out large letters that rules run through: a mark across the table, whose pieces would stand among the figures."""
    large = LARGE * median(c.size for c in chars) if chars else 0

    def is_crossed(c: Char) -> bool:
        (x, y), wide, high = c.middle, (c.x1 - c.x0) / 4, c.size / 4
        level = any(c.y0 + high < at < c.y1 - high and a < x < b for at, a, b in across)
        return level or any(c.x0 + wide < at < c.x1 - wide and a < y < b for at, a, b in down)

    crossed = [(c.y0, c.y1) for c in chars if c.size >= large and is_crossed(c)]
    return [c for c in chars if c.size < large or not any(top < c.middle[1] < bottom for top, bottom in crossed)]


def _is_label(chars: Sequence[Char]) -> bool:
    """Whether words stand in a cell and no figure."""
    return sum(c.text.isalpha() and not c.over for c in chars) > 1


def _doubted(line: list[Char], usual: float = 0.0) -> list[Char]:
    """Return a line with U+FFFD behind each digit that is doubtful: of something printed over it, or beside one of another colour or size.

    By itself one is doubtful that is of another colour and larger than most. Smaller digits behind a figure of the `usual` size of
    figures are a note; where a larger one stands, they are the figure.
    """
    if not any(c.other for c in line) and (not usual or all(c.size < LARGER * usual for c in line)):
        return line
    mixed = any(not c.over for c in line) or bool(usual)
    out: list[Char] = []
    for char, behind in zip_longest(line, line[1:]):
        out.append(char)
        doubt = (mixed and char.over and char.text.isalnum()) or (
            bool(usual) and char.other and char.text.isdigit() and char.size > LARGER * usual
        )
        if behind and char.text.isdigit() and behind.text.isdigit() and not char.turn:
            small, large = sorted((char, behind), key=lambda c: c.size)
            note = small is behind and small.size < NOTE * large.size and large.size < LARGER * (usual or large.size)
            doubt = doubt or (char.other is not behind.other and not note)
            doubt = doubt or (bool(usual) and large.size > LARGER * small.size and small.size > NOTE * usual)
        if doubt:
            near = behind or char
            out.append(Char("\ufffd", char.x1, near.y0, char.x1, near.y1, char.turn))
    return out


def _room(cell: Cell, lines: list[list[Char]]) -> float:
    """Return what the longest line of a cell leaves free of its width."""
    return cell.x1 - cell.x0 - max(line[-1].x1 - line[0].x0 for line in lines)


def _is_figure_over_figure(lines: list[list[Char]]) -> bool:
    return len(lines) == 2 and all(not c.turn and (c.text.isdigit() or c.text in ",.") for line in lines for c in line)


def _is_wrapped(cell: Cell, lines: list[list[Char]], full: float) -> bool:
    """Whether two lines are one figure: the first has no room for a digit more, by the words of the table that are wrapped."""
    (first, *_), (second, *_) = lines
    near = second.y0 - first.y0 < 2 * first.size
    room = _room(cell, lines) - min(full, MOST_MARGIN)
    return near and len(lines[0]) > max(1, len(lines[1])) and room < first.x1 - first.x0


def _in_cells(
    chars: list[Char], cell: Callable[[float, float], tuple[int, int] | None]
) -> Iterator[tuple[Char, tuple[float, float]]]:
    """Yield each character with the point that says in which cell it stands: its own middle, unless its run crosses a rule.

    A run that crosses a rule stands where most of it is. With figures in it, that must be clear (two thirds, nothing else
    beside it): else U+FFFD stands behind each character that may belong to another cell, so that no figure is cut in two.
    Of a run of turned characters that crosses a rule, each stands where its middle is, and no figure is clear.
    """
    for line in _lines(chars):
        runs: list[list[Char]] = []
        for char in line:
            if not runs or (
                _is_apart(runs[-1][-1], char) if char.turn else char.x0 - runs[-1][-1].x1 > 0.3 * char.size
            ):
                runs.append([])
            runs[-1].append(char)
        for run in runs:
            homes = [cell(*c.middle) for c in run]
            if run[0].turn:
                inside = {cell(x, y) for c in run for x in _core(c.x0, c.x1) for y in _core(c.y0, c.y1)}
                for c in run:
                    yield c, c.middle
                    if len(inside) > 1 and c.text.isdigit():
                        yield Char("\ufffd", c.x0, c.y0, c.x1, c.y1, c.turn), c.middle
                continue
            over = [
                cell(c.x0 + 0.2 * (c.x1 - c.x0), c.middle[1]) != cell(c.x1 - 0.2 * (c.x1 - c.x0), c.middle[1])
                for c in run
            ]
            if any(cell(c.middle[0], c.y0 + c.size / 4) != cell(c.middle[0], c.y1 - c.size / 4) for c in run):
                for c in run:  # a line on a rule may belong to the row above or beneath
                    yield c, c.middle
                    yield Char("\ufffd", c.x1, c.y0, c.x1, c.y1), c.middle
                continue
            apart = [b.x0 - a.x1 > 0.05 * b.size for a, b in pairwise(run)]
            begin = 0
            for i in range(1, len(run) + 1):  # cut where a rule passes between two characters with room for it
                if i < len(run) and (homes[i] == homes[i - 1] or not apart[i - 1] or over[i] or over[i - 1]):
                    continue
                part, where = run[begin:i], homes[begin:i]
                home, most = Counter(where).most_common(1)[0]
                whole = (
                    begin == 0
                    and i == len(run)
                    and not any(
                        h in where and h != home
                        for other in runs
                        if other is not run
                        for h in (cell(*c.middle) for c in other)
                    )
                )
                sure = len(set(where)) == 1 and not any(over[begin:i])
                figure = any(c.text.isdigit() for c in part)
                at = next(c.middle for c, h in zip(part, where, strict=True) if h == home)
                if sure or not figure or (whole and most * 3 >= len(part) * 2):
                    yield from ((c, at) for c in part)
                else:
                    for c in part:
                        yield c, c.middle
                        yield Char("\ufffd", c.x1, c.y0, c.x1, c.y1), c.middle
                begin = i


def _core(a: float, b: float) -> tuple[float, float]:
    """Return the ends of a character's extent without the fifths at its sides."""
    return a + 0.2 * (b - a), b - 0.2 * (b - a)


def _is_apart(before: Char, char: Char) -> bool:
    """Whether a turned character does not go on from the one before."""
    far = max(abs(a - b) for a, b in zip(char.middle, before.middle, strict=True))
    return far > 1.5 * max(min(char.size, before.size), char.x1 - char.x0)


def _lines(chars: list[Char]) -> list[list[Char]]:
    """Group characters into lines: those whose middles stand within half a character of the line's; turned ones are lines of their own."""
    out: list[list[Char]] = []
    aside = [[c for c in chars if c.turn == turn] for turn in (1, 2, 3)]
    for char in sorted((c for c in chars if not c.turn), key=lambda c: (c.y0 + c.y1, c.x0)):
        middle = (char.y0 + char.y1) / 2
        last = out[-1] if out else None
        if last and abs(middle - sum(c.y0 + c.y1 for c in last) / len(last) / 2) < max(char.size, last[0].size) / 2:
            last.append(char)
        else:
            out.append([char])
    return [sorted(line, key=lambda c: c.x0) for line in out] + [line for line in aside if line]


def _line(line: list[Char], wide: str | None = None) -> str:
    """Return a line's text, with a space at a gap of 0.3 of the characters' height and `wide` at one of 1 (of 0.6 between digits).

    Without `wide`, as many spaces as bring the next character to its place on the page, counted by `PITCH`, but two at least.

    Digits that are smaller than the letters before them are notes.
    Two digits printed over each other have U+FFFD between them: which of them is meant is not known.
    """
    out = line[0].text if wide else " " * round(line[0].x0 / PITCH) + line[0].text
    full = line[0]
    figures = [] if wide else [c for a, c in pairwise(line) if c.text.isdigit() and c.x0 - a.x1 > c.size]
    for i, ((before, char), behind) in enumerate(zip_longest(pairwise(line), line[2:]), 1):
        size, gap = min(char.size, before.size), char.x0 - before.x1
        far_on = wide or " " * max(2, round(char.x0 / PITCH) - len(out))
        digits = before.text.isdigit() and char.text.isdigit()
        moved = abs(char.middle[1] - full.middle[1]) > 0.1 * full.size
        goes_on = behind is not None and behind.text.isdigit() and behind.size > NOTE * full.size
        most = NOTE if moved else SMALL if full.text.isdigit() and not goes_on else 0.0
        of_row = any(abs(c.size - char.size) + abs(c.middle[1] - char.middle[1]) < 0.1 * c.size for c in figures)
        if char.text.isdigit() and char.size < most * full.size and gap < size and not char.turn and not of_row:
            out += char.text.translate(SUPERSCRIPT)
            continue
        full = char
        if char.turn:
            out += (far_on if _is_apart(before, char) else "") + char.text
        elif digits and gap < -0.4 * (char.x1 - char.x0):
            out += "\ufffd" + char.text
        else:
            apart = gap > 0.3 * size or (digits and char.spaced)
            far = gap > (0.6 if digits else 1) * size or (not wide and digits and _is_step(line, i))
            far = far or (of_row and char.text.isdigit() and not before.text.isdigit() and gap > STEP * size)
            out += (far_on if far else " " if apart else "") + char.text
    return out


def _is_step(line: list[Char], i: int) -> bool:
    """Whether a digit begins another figure than the one before it: no such gap is between the digits on one side of the two."""
    gaps = [
        b.x0 - a.x1 if a.text.isdigit() and b.text.isdigit() else None for a, b in pairwise(line[max(0, i - 2) : i + 2])
    ]
    own = line[i].x0 - line[i - 1].x1
    others = [gap for k, gap in enumerate(gaps) if gap is not None and k != min(i, 2) - 1]
    return own > STEP * line[i].size and bool(others) and min(others) < own / 4


def halves(drawn: Marks) -> list[Marks]:
    """Return the two pages that a sheet shows side by side, or the two columns of a page: text on both sides, and nothing between.

    Tables that reach over both columns part what is above them from what is beneath.
    """
    over = _over_the_middle(drawn)
    if not over:
        return _in_two(drawn)
    top, bottom = min(over) - 1, max(over) + 1
    touching = [rule for rule in drawn.down if rule[1] <= bottom and rule[2] >= top]  # a page's end may cut a row
    top, bottom = min([top, *(y for _, y, _ in touching)]), max([bottom, *(y for _, _, y in touching)])
    above, within, beneath = (_between(drawn, *ends) for ends in ((-inf, top), (top, bottom), (bottom, inf)))
    parts = [*_in_two(above), within, *_in_two(beneath)]
    return [part for part in parts if part.chars or part.across] if len(parts) > 3 else [drawn]


def _over_the_middle(drawn: Marks) -> list[float]:
    """Return how high rules stand that reach over the middle of a page, whole or in two pieces that touch there."""
    middle, free = drawn.width / 2, drawn.width / 200
    left = {round(y) for y, a, b in drawn.across if a < middle - free <= b}
    right = {round(y) for y, a, b in drawn.across if a <= middle + free < b}
    return [y for y in left if right & {y - 1, y, y + 1}]


def _between(drawn: Marks, top: float, bottom: float) -> Marks:
    """Return what stands on a page between two heights."""
    return replace(
        drawn,
        chars=[c for c in drawn.chars if top <= (c.y0 + c.y1) / 2 < bottom],
        across=[rule for rule in drawn.across if top <= rule[0] < bottom],
        down=[rule for rule in drawn.down if top <= (rule[1] + rule[2]) / 2 < bottom],
    )


def _in_two(drawn: Marks) -> list[Marks]:
    middle, free = drawn.width / 2, drawn.width / 200
    if any(c.x0 < middle + free and middle - free < c.x1 for c in drawn.chars):
        return [drawn]
    out = []
    for side in (0, 1):
        chars = [c for c in drawn.chars if (c.x0 > middle) == side]
        words = (sum("\u4e00" <= c.text <= "\u9fff" for c in line) for line in _lines(chars))
        if sum(n >= LONG_LINE for n in words) < LONG_LINES:  # figures beside their labels
            return [drawn]
        across = [rule for rule in drawn.across if (rule[1] > middle) == side]
        down = [rule for rule in drawn.down if (rule[0] > middle) == side]
        out.append(replace(drawn, chars=chars, across=across, down=down))
    return out


def blocks_of(drawn: Marks, page: int) -> list[Table | Words]:
    """Return the tables and the lines outside them, from the top."""
    found = tables(drawn, page)
    areas = [
        (t.xs[0], t.rows[0][0].y0, t.xs[-1], max(t.low, *(c.y1 for row in t.rows for c in row)))
        for t in found
        if any(t.rows)
    ]

    def outside(c: Char) -> bool:
        x, y = (c.x0 + c.x1) / 2, (c.y0 + c.y1) / 2
        return not any(a <= x < b and top <= y < bottom for a, top, b, bottom in areas)

    out: list[Table | Words] = list(found)
    chars = [c for c in drawn.chars if outside(c)]
    for line in _lines(chars):
        box = (min(c.x0 for c in line), min(c.y0 for c in line), max(c.x1 for c in line), max(c.y1 for c in line))
        out.append(Words(_line(_doubted(line)), page, box, tuple(line)))
    return sorted(out, key=lambda block: block.top)


def plain(block: Table | Words) -> tuple[str, Any]:
    """Return a block as what JSON holds: a line, or the rows of a grid with each cell's text, page, box and extent."""
    if isinstance(block, Words):
        return "line", (block.text, block.page, [round(v) for v in block.box])

    def column(x: float) -> int:
        return min(range(len(block.xs)), key=lambda i: abs(block.xs[i] - x))

    rows = [
        [
            (
                c.text,
                c.page,
                [round(v) for v in (c.x0 - c.moved, c.y0, c.x1 - c.moved, c.y1)],
                max(1, column(c.x1) - column(c.x0)),
                c.height,
            )
            for c in row
        ]
        for row in block.rows
    ]
    return "grid", rows
