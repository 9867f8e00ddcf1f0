"""What is drawn on a page of a PDF: its characters and rules with their places, upright, as PDFium tells them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from auditkit.reading.seen import BLACK, Box, Colour, Matrix, Seen

MOST_MARKS = 400_000
"""Characters and pieces of rules on all pages."""
THIN = 3.0
"""Points: a filled box no wider than this is a rule, and ends of rules that are this near meet."""
NEAR_LINE = 4
"""Points: letters that a rule may run through are looked for in bands of this height, its own and those beside it."""
LONGEST_STRIKE = 8
"""Heights of a letter: a rule through text that is longer is one of a table."""
_CORNERS = ((0, 0), (1, 0), (0, 1), (1, 1))
_AS_IS: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(slots=True)
class Char:
    """A character and its box, in points from the upper left corner of the page."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    turn: int = 0
    """Quarters by which it is turned, after the page has been turned upright."""
    spaced: bool = False
    """Whether a space is written before it."""
    colour: Colour = BLACK
    """As it looks on white paper."""
    other: bool = False
    """Whether it is of another colour than most text."""
    over: bool = False
    """Whether it is printed in a colour in which words run over rules and over other words: a stamp's, a watermark's."""

    @property
    def size(self) -> float:
        """Its height."""
        return self.y1 - self.y0

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of its box."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


@dataclass(slots=True)
class Marks:
    """What is drawn on a page, upright, in points from its upper left corner."""

    chars: list[Char] = field(default_factory=list)
    across: list[tuple[float, float, float]] = field(default_factory=list)
    """Horizontal rules: y, from x, to x."""
    down: list[tuple[float, float, float]] = field(default_factory=list)
    """Vertical rules: x, from y, to y."""
    dots: list[tuple[float, float, float, float]] = field(default_factory=list)
    """Pieces too short to tell their direction: left, top, right, bottom."""
    pictures: int = 0
    things: int = 0
    """All that is drawn on it, text and pictures too."""
    covered: float = 0.0
    texts: dict[int, tuple[int, Box, Matrix]] = field(default_factory=dict)
    """By address of a text: when it is drawn, its box, and how what it is part of stands on the page."""
    unknown: int = 0
    """Glyphs of which the font does not say which letters they are."""
    covers: list[tuple[int, float, float, float, float]] = field(default_factory=list)
    """Opaque areas: when they are drawn, left, top, right, bottom."""
    turned: int = 0
    """Quarters by which its text had to be turned to stand upright."""
    width: float = 0.0


def drawn(page: Any) -> Marks:
    """Collect characters and rules of a page, turned as the page and most of its text are turned."""
    import ctypes

    import pypdfium2.raw as pdf

    width, height, out = page.get_width(), page.get_height(), Marks()
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for at in ((0, 0), (1000, 0), (0, 1000)):  # where the page's own coordinates are shown
        pdf.FPDF_PageToDevice(page, 0, 0, int(width * 100), int(height * 100), 0, *at, x, y)
        corners.append((x.value / 100, y.value / 100))
    (ox, oy), (ax, ay), (bx, by) = corners
    a, b, c, d = (ax - ox) / 1000, (ay - oy) / 1000, (bx - ox) / 1000, (by - oy) / 1000

    def shown(px: float, py: float) -> tuple[float, float]:
        return ox + a * px + c * py, oy + b * px + d * py

    def on_page(m: Matrix, *box: float) -> Box:
        corners = [shown(m[0] * px + m[2] * py + m[4], m[1] * px + m[3] * py + m[5]) for px, py in (box[:2], box[2:])]
        (x0, x1), (y0, y1) = (sorted(p[side] for p in corners) for side in (0, 1))
        return x0, y0, x1, y1

    _collect_paths(page, shown, on_page, width * height, out)
    out.across += _dashed(out.dots, 1)
    out.down += _dashed(out.dots, 0)
    text = page.get_textpage()
    turns: Counter[int] = Counter()
    hidden: dict[int, list[Char]] = {}
    sight = Seen(page, on_page)
    spaced = False
    boxes, matrix = pdf.FS_RECTF(), pdf.FS_MATRIX()
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for i in range(min(pdf.FPDFText_CountChars(text), MOST_MARKS)):
        code = pdf.FPDFText_GetUnicode(text, i)
        if pdf.FPDFText_IsGenerated(text, i) == 1 or code in (10, 13):
            continue
        thing = pdf.FPDFText_GetTextObject(text, i)
        pdf.FPDFText_GetMatrix(text, i, matrix)  # slanted letters stand in an upright line
        angle = math.atan2(matrix.b, matrix.a) * 2 / math.pi - page.get_rotation() / 90
        if abs(angle - round(angle)) > 0.1:  # a watermark
            continue
        pdf.FPDFText_GetLooseCharBox(text, i, boxes)
        pdf.FPDFText_GetCharBox(text, i, left, right, bottom, top)
        if abs(matrix.b) < 0.1 * abs(matrix.a) and matrix.d:  # else slanted letters would stand over each other
            boxes.right -= abs(matrix.c / matrix.d) * (boxes.top - boxes.bottom)
        size = pdf.FPDFText_GetFontSize(text, i) * max(abs(matrix.c), abs(matrix.d))
        if boxes.top - boxes.bottom > 2 * size > 0:  # text written downwards: PDFium does not scale its loose boxes
            boxes.left, boxes.right = (left.value + right.value - size) / 2, (left.value + right.value + size) / 2
            boxes.bottom, boxes.top = (bottom.value + top.value - size) / 2, (bottom.value + top.value + size) / 2
        if 0x4E00 <= code < 0xA000 and boxes.top - boxes.bottom < size / 2:  # of 一, PDFium may tell the ink alone
            middle = (boxes.top + boxes.bottom) / 2
            boxes.bottom, boxes.top = middle - size / 2, middle + size / 2
        address = ctypes.cast(thing, ctypes.c_void_p).value if thing else None
        order, whole, m = out.texts.get(address or 0, (MOST_MARKS, None, _AS_IS))
        x0, y0, x1, y1 = on_page(_AS_IS, boxes.left, boxes.top, boxes.right, boxes.bottom)
        moved = on_page(m, boxes.left, boxes.top, boxes.right, boxes.bottom)
        if whole and _within(moved, whole) and not _within((x0, y0, x1, y1), whole):
            x0, y0, x1, y1 = moved  # PDFium forgets what a letter with a text of its own is part of
        mx, my = min(max((x0 + x1) / 2, 0), width), min(max((y0 + y1) / 2, 0), height)
        if not (2 * x0 - x1 <= mx <= 2 * x1 - x0 and 2 * y0 - y1 <= my <= 2 * y1 - y0):
            continue
        beyond = abs((x0 + x1) / 2 - mx) > 1 or abs((y0 + y1) / 2 - my) > 1  # it may end what the page's edge cuts
        known = (
            not beyond
            and code < 0x110000
            and not 0xD800 <= code < 0xE000
            and pdf.FPDFText_HasUnicodeMapError(text, i) != 1
        )
        out.unknown += not known and not beyond  # without a map, PDFium gives the glyph's number
        letter = "-" if code == 2 else chr(code) if known else "\ufffd"
        if letter.isspace() or letter == "\u200b":
            spaced = spaced or letter.isspace()
            continue
        turns[round(angle) % 4] += 1 if letter.isdigit() else 10  # figures may be turned within upright tables
        char = Char("\ufffd" if letter < " " else letter, x0, y0, x1, y1, round(angle) % 4, spaced)
        spaced = False
        mx, my = char.middle
        over = [n for n, *box in out.covers if n > order and box[0] <= mx <= box[2] and box[1] <= my <= box[3]]
        if not over and not sight.is_seen(thing, (x0, y0, x1, y1), size, m):
            over = [order]
        char.colour = sight.colour(thing, m)
        if over:
            hidden.setdefault(over[0], []).append(char)
        else:
            out.chars.append(char)
    for (
        n,
        unseen,
    ) in hidden.items():  # not read; but PDFium leaves out what a later text repeats of it: then there is a doubt
        later = [box for when, box, _ in out.texts.values() if when > n]
        for char in (
            c for c in unseen if c.text.isdigit() or c.text in ".,-"
        ):  # a letter left out makes no other figure
            near = char.x0 - char.size, char.x1 + char.size
            if any(le < near[1] and near[0] < ri and t < char.y1 and char.y0 < b for le, t, ri, b in later):
                char.text = "\ufffd"
                out.chars.append(char)
    turn = turns.most_common(1)[0][0] if turns else 0
    out.turned = turn
    for one in out.chars:
        one.turn = (one.turn - turn) % 4
    for _ in range(turn):
        _turn(out, height)
        width, height = height, width
    out.chars, out.width = _printed_once(out.chars), width
    _strike(out)
    return out


def _strike(out: Marks) -> None:
    """Say of digits with a line through them that they cannot be read: what was deleted is no digit of what was put beside it."""
    at: dict[int, list[Char]] = {}
    for char in out.chars:
        if char.text.isdigit():
            at.setdefault(round(char.middle[1] / NEAR_LINE), []).append(char)
    for y, a, b in out.across:
        for char in (c for k in (-1, 0, 1) for c in at.get(round(y / NEAR_LINE) + k, ())):
            mx, my = char.middle
            if a <= mx <= b and b - a < LONGEST_STRIKE * char.size and abs(y - my) < char.size / 5:
                char.text = "\ufffd"


def _within(a: Box, b: Box) -> bool:
    return b[0] - 1 < a[0] and b[1] - 1 < a[1] and a[2] < b[2] + 1 and a[3] < b[3] + 1


def _turn(out: Marks, height: float) -> None:
    """Turn a page by a quarter, clockwise."""
    for c in out.chars:
        c.x0, c.y0, c.x1, c.y1 = height - c.y1, c.x0, height - c.y0, c.x1
    out.across, out.down = (
        [(x, height - b, height - a) for x, a, b in out.down],
        [(height - y, a, b) for y, a, b in out.across],
    )


def _collect_paths(page: Any, shown: Any, on_page: Any, area: float, out: Marks) -> None:
    import ctypes

    import pypdfium2.raw as pdf

    def matrix(thing: Any) -> Matrix:
        m = pdf.FS_MATRIX()
        pdf.FPDFPageObj_GetMatrix(thing, m)
        return m.a, m.b, m.c, m.d, m.e, m.f

    def within(m: Matrix, n: Matrix) -> Matrix:
        """Return the matrix that applies m, then n."""
        return (
            m[0] * n[0] + m[1] * n[2], m[0] * n[1] + m[1] * n[3], m[2] * n[0] + m[3] * n[2],
            m[2] * n[1] + m[3] * n[3], m[4] * n[0] + m[5] * n[2] + n[4], m[4] * n[1] + m[5] * n[3] + n[5],
        )  # fmt: skip

    todo: list[tuple[Any, Matrix, int]] = [
        (pdf.FPDFPage_GetObject(page, i), _AS_IS, 0) for i in range(min(pdf.FPDFPage_CountObjects(page), MOST_MARKS))
    ]
    todo.reverse()
    pieces = 0
    ends = [ctypes.c_float() for _ in range(4)]
    x, y, fill, stroke = ctypes.c_float(), ctypes.c_float(), ctypes.c_int(), ctypes.c_int()
    while todo:
        thing, outer, depth = todo.pop()
        kind = pdf.FPDFPageObj_GetType(thing)
        out.things += 1
        if kind == pdf.FPDF_PAGEOBJ_TEXT:
            pdf.FPDFPageObj_GetBounds(thing, *ends)
            box = on_page(outer, *(e.value for e in ends))
            out.texts[ctypes.cast(thing, ctypes.c_void_p).value or 0] = (out.things, box, outer)
        m = within(matrix(thing), outer) if kind != pdf.FPDF_PAGEOBJ_TEXT else outer
        if kind == pdf.FPDF_PAGEOBJ_FORM and depth < 8:
            count = min(pdf.FPDFFormObj_CountObjects(thing), MOST_MARKS)
            todo += [(pdf.FPDFFormObj_GetObject(thing, i), m, depth + 1) for i in reversed(range(count))]
        elif kind == pdf.FPDF_PAGEOBJ_IMAGE:
            out.pictures += 1
            out.covered = max(out.covered, abs(m[0] * m[3] - m[1] * m[2]) / area)
            if not pdf.FPDFPageObj_HasTransparency(thing):
                _add_cover([shown(m[0] * i + m[2] * j + m[4], m[1] * i + m[3] * j + m[5]) for i, j in _CORNERS], out)
        elif kind == pdf.FPDF_PAGEOBJ_PATH:
            pdf.FPDFPath_GetDrawMode(thing, fill, stroke)
            paths: list[list[tuple[float, float]]] = []
            for i in range(pdf.FPDFPath_CountSegments(thing)):
                pieces += 1
                if pieces > MOST_MARKS:
                    return
                segment = pdf.FPDFPath_GetPathSegment(thing, i)
                pdf.FPDFPathSegment_GetPoint(segment, x, y)
                point = shown(m[0] * x.value + m[2] * y.value + m[4], m[1] * x.value + m[3] * y.value + m[5])
                if pdf.FPDFPathSegment_GetType(segment) != pdf.FPDF_SEGMENT_LINETO or not paths:
                    paths.append([])  # a curve, of which the points that shape it are told too, is no rule
                paths[-1].append(point)
                if pdf.FPDFPathSegment_GetClose(segment):
                    paths[-1].append(paths[-1][0])
            opaque = bool(fill.value) and len(paths) == 1 and not pdf.FPDFPageObj_HasTransparency(thing)
            for points in paths:
                _add_rules(points, bool(stroke.value), bool(fill.value), out)
                if opaque and all(abs(ax - bx) < 1 or abs(ay - by) < 1 for (ax, ay), (bx, by) in pairwise(points)):
                    _add_cover(points, out)


def _add_cover(points: list[tuple[float, float]], out: Marks) -> None:
    """Note an area that hides what was drawn before it: a scan over its recognised text, white over an old figure."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    if min(max(xs) - min(xs), max(ys) - min(ys)) > THIN:
        out.covers.append((out.things, min(xs), min(ys), max(xs), max(ys)))


def _add_rules(points: list[tuple[float, float]], stroked: bool, filled: bool, out: Marks) -> None:
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    top, bottom = min(p[1] for p in points), max(p[1] for p in points)
    if (filled or stroked) and min(right - left, bottom - top) <= THIN:
        if right - left > max(THIN, bottom - top):
            out.across.append(((top + bottom) / 2, left, right))
        elif bottom - top > THIN:
            out.down.append(((left + right) / 2, top, bottom))
        else:
            out.dots.append((left, top, right, bottom))
    elif stroked:
        for (ax, ay), (bx, by) in pairwise(points):
            if abs(ay - by) < 1 < abs(ax - bx):
                out.across.append(((ay + by) / 2, min(ax, bx), max(ax, bx)))
            elif abs(ax - bx) < 1 < abs(ay - by):
                out.down.append(((ax + bx) / 2, min(ay, by), max(ay, by)))


def _printed_once(chars: list[Char]) -> list[Char]:
    """Leave out characters printed once more at almost the same place, as for a fake bold."""
    kept: list[Char] = []
    seen: dict[tuple[str, int, int], int] = {}
    for char in chars:
        key = (char.text, round(char.x0 / 4), round(char.y0 / 4))
        near = (seen.get((key[0], key[1] + i, key[2] + j)) for i in (-1, 0, 1) for j in (-1, 0, 1))
        at = next((i for i in near if i is not None and _is_copy(char, kept[i])), None)
        if at is None:
            seen[key] = len(kept)
            kept.append(char)
        elif sum(kept[at].colour) > sum(char.colour):  # the paler one is a shadow
            kept[at], seen[key] = char, at
    return kept


def _is_copy(char: Char, other: Char) -> bool:
    """Whether a character stands almost where the same one does; in another colour it is a copy only of the same size."""
    near = abs(other.x0 - char.x0) < max(char.x1 - char.x0, 1) * 0.5 and abs(other.y0 - char.y0) < char.size * 0.5
    return near and (other.colour == char.colour or abs(other.size - char.size) < 0.1 * char.size)


def _dashed(dots: list[tuple[float, float, float, float]], side: int) -> list[tuple[float, float, float]]:
    """Return the rules that rows of dots make: horizontal ones for side 1, vertical ones for side 0."""
    rows: dict[int, list[tuple[float, float]]] = {}
    for dot in dots:
        rows.setdefault(round(dot[side] + dot[side + 2]), []).append((dot[1 - side], dot[3 - side]))
    return [
        rule
        for key, row in rows.items()
        for rule in merged((key / 2, a, b) for a, b in row)
        if rule[2] - rule[1] > 4 * THIN
    ]


def near(rules: list[tuple[float, float, float]]) -> Iterator[list[tuple[float, float, float]]]:
    """Yield groups of sorted rules whose positions are near each other."""
    group: list[tuple[float, float, float]] = []
    for rule in rules:
        if group and rule[0] - group[-1][0] > 1.5:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def merged(rules: Iterable[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Join rules in one line that touch, overlap or are dashes of one; each keeps the position of its first piece."""
    out: list[tuple[float, float, float]] = []
    for group in near(sorted(rules)):
        begin = len(out)
        for a, b, at in sorted((a, b, at) for at, a, b in group):
            if len(out) > begin and a <= out[-1][2] + THIN + 1:
                out[-1] = (out[-1][0], out[-1][1], max(out[-1][2], b))
            else:
                out.append((at, a, b))
    return [rule for rule in out if rule[2] - rule[1] > THIN]
