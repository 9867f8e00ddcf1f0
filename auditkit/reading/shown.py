"""What a browser shows of a page: parts that are hidden, moved away or white on white are no figures, nor digits of their neighbours.

Styles are taken from the elements and, for these matters only, from the page's own style sheets; nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from lxml import etree

from auditkit.reading.numbers import holds_figures
from auditkit.reading.page import SUPERSCRIPT
from auditkit.reading.styles import holds_any, look

INLINE = tuple(
    re.findall(
        r"\S+",
        "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q s samp small span "
        "st1:chsdate strike strong sub sup time tt u var wbr",
    )
)
"""Parts of a line: what they hold belongs to what is around them."""
SHORTEST = 4
"""Characters of words that tell whether a part is a copy of another."""
MOST_WORDS = 500
"""Of a part that are looked for elsewhere."""
_STRUCK = ("del", "s", "strike")
_RAISES = (r"vertical-align\s*:\s*(?:su|te|-?[1-9.])", r"text-raise", r"top\s*:\s*-")
SLIGHT = 2.5
"""Points by which letters of a line may be raised or lowered, as word processors do, without being a note."""
_WHITENS = re.compile(rb"color\s*[:=]\s*[\"']?(?:#?f|white|rgb|transparent)")
_WHITE = re.compile(
    r"#f[\da-f]f[\da-f]f[\da-f]|#fff|white|rgba?\(\s*25\d[,\s]+25\d[,\s]+25\d.*|rgba\(.*[,/]\s*0(?:\.0*)?\)|transparent"
)
_FAR = re.compile(r"-\d{3,}")
_NOTHING = re.compile(r"(?:0|0?\.0+|1px)(?:px|pt|r?em|%)?")
_CLIPPED = re.compile(r"rect\((?:[01](?:px)?[\s,]*){4}\)")
_CLIPPED_PATH = re.compile(r"inset\((?:50|100)%.*\)|circle\(0.*\)")
_LENGTH = re.compile(r"-?(\d*\.?\d+)(px|pt|r?em|%)")
_POINTS = {"px": 0.75, "pt": 1.0, "em": 10.5, "rem": 12.0, "%": 0.15}
_ROWS = ("html", "body", "tr", "td", "th")


def unseen(root: etree._Element) -> Iterator[etree._Element]:
    """Yield the parts of a page that say that they are not shown, are far away or of no size; rows and cells are none."""
    for part in root.xpath("//*[@hidden or @style or self::dialog]"):
        if part.tag not in _ROWS and part.tag not in INLINE and (hidden(part) or _is_far(part)):
            yield part


def only_shown(root: etree._Element, lower: bytes, styles: str, *, may_hide: bool) -> None:
    """Take out of a page what is not shown, and mark what is raised, struck out or white on white.

    A table in a hidden copy of a part gets the attribute ``hidden``; the words around it in that copy are left out.

    Parameters
    ----------
    root : the page, as `styled` leaves it, which is changed
    lower : its source in lower case, UTF-8
    styles : what `styled` returned
    may_hide : whether anything of it may be hidden
    """
    for field in list(root.iter("select", "textarea", "math", "svg")):
        if next(field.iterancestors("td", "th"), None) is not None:
            _show(field)
    for picture in list(root.iter("img")):
        if picture.get("alt") and (cell := next(picture.iterancestors("td", "th"), None)) is not None:
            _show_words(picture, cell)
    if next(root.iter("sub", "sup"), None) is not None or holds_any(_RAISES, styles):
        for part in root.iter(*INLINE):
            if _is_raised(part):
                _raise(part)
    if may_hide:
        around_tables = {part for table in root.iter("table") for part in (table, *table.iterancestors())}
        gone: set[etree._Element] = set()
        for part in root.xpath("//*[@hidden or @style or self::dialog]"):
            cell = part.getparent() if part.tag in INLINE else next(part.iterancestors("td", "th"), None)
            if cell is not None and part not in around_tables and part not in gone and (hidden(part) or _is_away(part)):
                gone.update(part.iter())
                _leave_out(part, next(part.iterancestors("td", "th"), cell))
        _hide_parts(root)
    if _WHITENS.search(lower):
        for part in root.xpath("(//td | //th)/descendant-or-self::*[@style or @color]"):
            if _is_white_on_white(part):
                mark(part)
    for part in root.iter("del"):
        if _is_replaced(part):
            del part[:]
            part.text = None
    through = root.xpath("//*[contains(@style, 'line-through')]") if "line-through" in styles else []
    if "mso-hide" in styles:  # Word does not show it, a browser does
        through += root.xpath("(//td | //th)//*[contains(@style, 'mso-hide')]")
    cells = [part for part in through if next(part.iterdescendants("table", "tr", "td", "th"), None) is None]
    for part in (*root.iter(*_STRUCK), *cells):
        mark(part)


def _is_replaced(deleted: etree._Element) -> bool:
    """Whether what was deleted is a change that somebody tracked: it says when, or what was put in its place stands beside it."""
    around = next(deleted.iterancestors("td", "th", "p"), None)
    return deleted.get("datetime") is not None or (around is not None and next(around.iter("ins"), None) is not None)


def _show(field: etree._Element) -> None:
    """Leave of a field or formula in a cell the text that it shows."""
    options = list(field.iter("option"))
    chosen = next((o for o in options if o.get("selected") is not None), options[0]) if options else field
    text = " ".join("".join(chosen.itertext()).split())
    if field.tag in ("math", "svg") and any(c.isdigit() for c in text):
        text = f"~{text}~"  # 12 with a raised 2 is not 122
    del field[:]
    field.text, field.tag = text, "span"


def _show_words(picture: etree._Element, cell: etree._Element) -> None:
    """Put the words for a picture that is all there is in a cell into its place: a label is one, a figure is only said to be."""
    words = picture.get("alt", "").strip()
    if words and not "".join(cell.itertext()).strip():
        picture.tag, picture.text = "span", f"~{words}~" if any(c.isdigit() for c in words) else words


def hidden(element: etree._Element) -> bool:
    """Whether an element says that it is not shown."""
    if element.get("hidden") is not None or (element.tag == "dialog" and element.get("open") is None):
        return True
    style = look(element)
    if style.get("display") == "none" or _is_clipped(style):
        return True
    if style.get("visibility") in ("hidden", "collapse"):
        return not any(look(part).get("visibility") == "visible" for part in element.iterdescendants())
    faded = re.fullmatch(r"0(?:\.0*)?%?|\.0+", style.get("opacity", "1")) is not None
    return faded and "animation" not in style and "animation-name" not in style  # else it fades in


def _is_clipped(style: Mapping[str, str]) -> bool:
    """Whether a part is cut away: ``clip`` holds for what is taken out of the flow."""
    away = style.get("position") in ("absolute", "fixed") and _CLIPPED.fullmatch(style.get("clip", ""))
    return bool(away or _CLIPPED_PATH.fullmatch(style.get("clip-path", "")))


def mark(element: etree._Element) -> None:
    """Put marks around a text that is not stated: it is no figure, nor part of one; without digits it is left out."""
    if not _digits(element):
        del element[:]
        element.text = None  # its attributes stay: a cell keeps its span
        return
    element.text = "~" + (element.text or "")
    if len(element):
        element[-1].tail = (element[-1].tail or "") + "~"
    else:
        element.text += "~"


def _hide_parts(root: etree._Element) -> None:
    """Take copies that are not shown out of the page; their tables go, marked ``hidden``, to its end.

    Of a copy, most words stand elsewhere on the page too. What is said nowhere else is to be unfolded, or to be turned to.
    """
    parts = list(unseen(root))
    if not parts:
        return
    within: set[etree._Element] = set()
    outermost = []
    for part in parts:  # in the order of the page
        if part not in within:
            outermost.append(part)
            within.update(part.iter())
    shown = "\n".join(w for e in root.iter() for t, around in _texts(e) if around not in within for w in _words(t))

    def is_copy(part: etree._Element) -> bool:
        own = (w for e in part.iter() for t, around in _texts(e) if around in within for w in _words(t))
        words = list(islice(dict.fromkeys(own), MOST_WORDS))
        return sum(w in shown for w in words) * 2 >= len(words)

    parts = [part for part in outermost if is_copy(part)]
    within = {element for part in parts for element in part.iter()}
    body = root.find("body")
    for table in [table for part in parts for table in part.iter("table")]:
        table.set("hidden", "")
        if next(table.iterancestors("table"), None) not in within:
            gap = etree.Element("div")
            gap.tail, table.tail = table.tail, None
            table.addprevious(gap)
            etree.SubElement(root if body is None else body, "div").append(table)
    for part in parts:
        if part.tag != "table":
            part.clear(keep_tail=True)


def _texts(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield what stands in an element before its first part, and behind it, each with what it stands in."""
    if isinstance(element.tag, str) and element.text:
        yield element.text, element
    if element.tail:
        yield element.tail, element.getparent()


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text of some length, without figures and spaces."""
    bare = re.sub(r"[\s\d]+", "", text)
    if len(bare) >= SHORTEST:
        yield bare


def _is_far(element: etree._Element) -> bool:
    """Whether a part stands off the page, or has no height and hides what goes beyond it."""
    style = look(element)
    flat = style.get("overflow") == "hidden" and any(
        _NOTHING.fullmatch(style.get(side, "auto")) for side in ("height", "max-height", "width", "max-width")
    )
    far = any(_FAR.match(style.get(side, "")) for side in ("left", "top", "text-indent", "margin-left"))
    return flat or far


def _leave_out(element: etree._Element, cell: etree._Element) -> None:
    """Take a part of a cell that is not shown out of it; where no figure is shown beside it, only mark it."""
    if _digits(element) < _digits(cell):
        del element[:]
        element.text = None
        element.attrib.pop("value", None)
    else:
        mark(element)


def _digits(element: etree._Element) -> int:
    texts = (
        t
        for e in element.iter()
        for t in (e.get("value", "") if e.tag == "input" else "", e.text, e is not element and e.tail)
    )
    return sum(c.isdigit() for text in texts if text for c in text)


def _is_away(element: etree._Element) -> bool:
    """Whether a part of a line has no size, or stands off the page; what is in it may have a size of its own."""
    nothing = _NOTHING.fullmatch(look(element).get("font-size", "auto")) is not None
    return len(element) == 0 and (nothing or _is_far(element))


def _is_raised(element: etree._Element) -> bool:
    """Whether a part of a line is written as a note: raised or lowered by more than a little, or smaller; not where it is all there is."""
    if element.tag in ("sup", "sub"):
        return True
    style = look(element)
    aligned, small = style.get("vertical-align", ""), "font-size" in style
    by = [_points(aligned), _points(style.get("mso-text-raise", ""))]
    by += [_points(style.get("top", ""))] if style.get("position") == "relative" else []
    least = 0 if small else SLIGHT
    moved = max(by) > least or aligned in ("super", "sub") or (small and aligned in ("text-top", "text-bottom"))
    if not moved:
        return False
    cell = next(element.iterancestors("td", "th"), None)
    return cell is None or _digits(element) < _digits(cell)


def _points(length: str) -> float:
    """Return how far a length moves, in points; 0 if it is none."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _POINTS[found[2]] if found else 0.0


def _raise(element: etree._Element) -> None:
    for part in element.iter():
        part.text = part.text and part.text.translate(SUPERSCRIPT)
        if part is not element:
            part.tail = part.tail and part.tail.translate(SUPERSCRIPT)


def _with_hash(colour: str) -> str:
    """Return a colour as an attribute says it, with the # that it may lack."""
    return f"#{colour}" if re.fullmatch(r"[\da-f]{3}|[\da-f]{6}", colour) else colour


def _is_white_on_white(element: etree._Element) -> bool:
    """Whether a figure is written in white, and nothing around it says that its ground is of another colour."""
    colour = look(element).get("color") or _with_hash(element.get("color", "").lower())
    if not _WHITE.fullmatch(colour) or not holds_figures("".join(element.itertext())):
        return False
    if any(e.get("color") or look(e).get("color") for e in element.iterdescendants()):
        return False
    for around in (element, *element.iterancestors()):
        style = look(around)
        ground = style.get("background-color") or style.get("background") or around.get("bgcolor", "").lower()
        if ground and ground not in ("none", "transparent", "inherit", "initial"):
            return _WHITE.fullmatch(ground) is not None
        if around.get("background"):
            return False
    return True
