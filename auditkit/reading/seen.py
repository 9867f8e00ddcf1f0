"""Whether the letters of a PDF are seen: not those without ink, in the colour of their ground, cut away, or of a layer that is off."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import pypdfium2.raw as pdf

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Matrix: TypeAlias = tuple[float, float, float, float, float, float]
Colour: TypeAlias = tuple[int, int, int]
LIGHT = 160
"""Of 255: text of a lighter colour than this is looked for in the picture of the page, where it may not show."""
SAME = 24
"""Of 255: colours that differ by no more than this are one to the eye."""
SMALLEST = 1.5
"""Points: smaller letters are specks."""
BLACK = (0, 0, 0)
_OUTLINED = (pdf.FPDF_TEXTRENDERMODE_STROKE, pdf.FPDF_TEXTRENDERMODE_STROKE_CLIP)
_NO_INK = (pdf.FPDF_TEXTRENDERMODE_INVISIBLE, pdf.FPDF_TEXTRENDERMODE_CLIP)


@dataclass(frozen=True, slots=True)
class _Ink:
    """How a text is drawn; `layered` if it is of a layer, which may be off."""

    colour: Colour | None
    clip: Box | None
    layered: bool
    shown: Colour
    """Its colour on white paper, where it is not opaque a paler one."""


class Seen:
    """The letters of one page; its picture is drawn when it is first needed.

    Parameters
    ----------
    page : the page
    on_page : the place on the page of a box within what a matrix places
    """

    def __init__(self, page: Any, on_page: Callable[..., Box]) -> None:
        self.page, self.on_page = page, on_page
        self.scale = min(2.0, 3000 / max(page.get_width(), page.get_height(), 1))
        self.inks: dict[int | None, _Ink] = {}
        self.picture: Any = None

    def is_seen(self, thing: Any, box: Box, size: float, outer: Matrix) -> bool:
        """Whether a letter is seen that belongs to a text, `outer` placing what the text is part of."""
        ink = self._ink_of(thing, outer)
        if ink.colour is None or 0 < size < SMALLEST:
            return False
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if ink.clip and not (ink.clip[0] - 1 < x < ink.clip[2] + 1 and ink.clip[1] - 1 < y < ink.clip[3] + 1):
            return False
        if min(ink.colour) > LIGHT and not self._differs(ink.colour, box):
            return False
        return not ink.layered or self._is_inked(box)

    def colour(self, thing: Any, outer: Matrix) -> Colour:
        """Return the colour of a letter as it looks on white paper."""
        return self._ink_of(thing, outer).shown

    def _ink_of(self, thing: Any, outer: Matrix) -> _Ink:
        key = ctypes.cast(thing, ctypes.c_void_p).value if thing else None
        if key not in self.inks:
            self.inks[key] = self._ink(thing, outer)
        return self.inks[key]

    def _ink(self, thing: Any, outer: Matrix) -> _Ink:
        if not thing:
            return _Ink(BLACK, None, False, BLACK)
        mode = pdf.FPDFTextObj_GetTextRenderMode(thing)
        r, g, b, a = (ctypes.c_uint() for _ in range(4))
        colour: Colour | None = BLACK
        if mode == pdf.FPDF_TEXTRENDERMODE_FILL and pdf.FPDFPageObj_GetFillColor(thing, r, g, b, a):
            colour = (r.value, g.value, b.value) if a.value > SAME else None
        shown, get = BLACK, pdf.FPDFPageObj_GetStrokeColor if mode in _OUTLINED else pdf.FPDFPageObj_GetFillColor
        if get(thing, r, g, b, a):
            red, green, blue = (255 - (255 - part.value) * a.value // 255 for part in (r, g, b))
            shown = red, green, blue
        name, length = ctypes.create_string_buffer(16), ctypes.c_ulong()
        layered = False
        for i in range(min(pdf.FPDFPageObj_CountMarks(thing), 20)):
            mark = pdf.FPDFPageObj_GetMark(thing, i)
            wide = ctypes.cast(name, ctypes.POINTER(ctypes.c_ushort))
            known = pdf.FPDFPageObjMark_GetName(mark, wide, len(name), length)
            layered = layered or (
                bool(known) and name.raw[: length.value].decode("utf-16-le", "replace").rstrip("\0") == "OC"
            )
        return _Ink(None if mode in _NO_INK else colour, self._clip(thing, outer), layered, shown)

    def _clip(self, thing: Any, outer: Matrix) -> Box | None:
        """Return the area beyond which nothing of a text is drawn, as far as upright boxes tell it."""
        clip = pdf.FPDFPageObj_GetClipPath(thing)
        x, y = ctypes.c_float(), ctypes.c_float()
        out: Box | None = None
        for path in range(min(max(pdf.FPDFClipPath_CountPaths(clip), 0), 20) if clip else 0):
            points = []
            for i in range(min(max(pdf.FPDFClipPath_CountPathSegments(clip, path), 0), 200)):
                pdf.FPDFPathSegment_GetPoint(pdf.FPDFClipPath_GetPathSegment(clip, path, i), x, y)
                points.append((x.value, y.value))
            if not points:
                continue
            xs, ys = zip(*points, strict=True)
            box = self.on_page(outer, min(xs), min(ys), max(xs), max(ys))
            out = (
                box
                if out is None
                else (max(out[0], box[0]), max(out[1], box[1]), min(out[2], box[2]), min(out[3], box[3]))
            )
        return out

    def _crop(self, box: Box, more: int) -> Any:
        if self.picture is None:
            self.picture = self.page.render(scale=self.scale).to_pil().convert("RGB")
        left, top, right, bottom = (math.floor(side * self.scale) for side in box)
        return self.picture.crop((left - more, top - more, right + 1 + more, bottom + 1 + more))

    def _differs(self, colour: Colour, box: Box) -> bool:
        """Whether most of what is in a box is of another colour."""
        from PIL import ImageStat

        there = ImageStat.Stat(self._crop(box, 1)).median
        return any(abs(a - b) > SAME for a, b in zip(colour, there, strict=True))

    def _is_inked(self, box: Box) -> bool:
        """Whether anything is drawn in the middle of a box, where no rule runs."""
        width, height = (box[2] - box[0]) / 5, (box[3] - box[1]) / 5
        there = self._crop((box[0] + width, box[1] + height, box[2] - width, box[3] - height), 0)
        return any(high - low > SAME for low, high in there.getextrema())
