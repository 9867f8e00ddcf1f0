"""What a page's styles say of showing: of each element by itself and by the page's own style sheets, as a wide screen applies them.

Nothing is fetched. Of the cascade this follows media, layers, ``!important``, specificity and order; scripts do not run.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from lxml import etree

from auditkit.reading.numbers import remember

SCREEN = 1280
"""Width in CSS pixels of the screen a page is read on."""
LONGEST_SHEETS = 500_000
"""Characters of a page's style sheets."""
MOST_RULES = 1000
"""Rules that speak of showing; a large framework has some hundred."""
MOST_MATCHES = 10_000_000
"""Selectors of style sheets times elements of the page, and times those beside each other where a rule compares these."""
DEEPEST = 5
"""Levels of rules within rules."""
_HIDES = (
    r"display\s*:\s*none",
    r"visibility\s*:\s*(?:hidden|collapse)",
    r"opacity\s*:\s*(?:0|\.0)(?![.\d]*[1-9])",
    r"font-size\s*:\s*0",
    r":\s*-\d{3}",
    r"overflow\s*:\s*hidden",
    r"clip(?:-path)?\s*:\s*[ric]",
)
"""What may hide anything, in lower case; each by itself, since what begins with a word is found much quicker than one of several."""
_ELSE_SAID = (r"line-through", r"vertical-align\s*:\s*su", r"[\s;{]color\s*:\s*(?:transparent|rgba)")
_STYLES = etree.XPath("//@style", smart_strings=False)
_HIDDEN = etree.XPath("boolean(//@hidden)")
_OF_SIBLINGS = re.compile(r"[~+]|:(?:nth|last|only|first)")
"""Of a selector: then each element is compared with those beside it."""
_SHOWING = frozenset(
    re.findall(
        r"\S+",
        "display visibility opacity overflow font-size left top right text-indent margin-left width height max-width max-height clip "
        "clip-path position text-decoration text-decoration-line vertical-align animation animation-name",
    )
)
"""Properties that may hide, move away or mark; of colours, those that cannot be seen."""
_TELLING = re.compile(
    r"(?:display|visibility|opacity|overflow|clip|clip-path|vertical-align):|font-size:0|text-decoration.*:.*line-through|.*:-\d{3}|color:"
)
"""A declaration for whose sake a rule counts."""
_CLEAR = re.compile(r"transparent|rgba\(.*[,/]\s*0(?:\.0*)?%?\s*\)")
_TRANSITIVE = ("supports", "layer", "container", "scope")
"""Rules around rules that hold on any screen."""
_FEATURE = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*(\d+(?:\.\d+)?)(px|r?em)?\s*\)")
_RANGE = re.compile(r"\(\s*width\s*([<>])=?\s*(\d+(?:\.\d+)?)(px|r?em)?\s*\)")
_MEDIUM = re.compile(r"(?:only\s+)?(all|screen)(?:\s+and\s+|$)")
_IMPORTANT = re.compile(r"!\s*important")

_Weight = tuple[bool, tuple[int, int, int], int]
"""Of a declaration: whether it stands in no layer, its selector's specificity, its place."""


def styled(root: etree._Element) -> str:
    """Write into a page's elements what its style sheets say of showing; return all that its elements' styles say, in lower case.

    Parameters
    ----------
    root : the page, which is changed
    """
    with contextlib.suppress(RecursionError):  # brackets within brackets, without an end
        _apply_sheets(root)
    return "\n".join(set(_STYLES(root))).lower()


def may_hide(root: etree._Element, styles: str) -> bool:
    """Whether a page says that anything is hidden: in its styles, as `styled` gives them, or by itself."""
    return bool(_HIDDEN(root)) or next(root.iter("dialog"), None) is not None or holds_any(_HIDES, styles)


def look(element: etree._Element) -> Mapping[str, str]:
    """Return what an element's style declares, in lower case."""
    style = element.get("style")
    return _declared(style) if style else {}


def holds_any(patterns: tuple[str, ...], text: str) -> bool:
    """Whether one of several patterns is found."""
    return any(re.search(pattern, text) is not None for pattern in patterns)


@remember(0)
def _declared(style: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    firm: dict[str, str] = {}
    for part in style.lower().split(";"):
        name, _, value = part.partition(":")
        plain, important = _IMPORTANT.subn("", value)
        (firm if important else found)[name.strip()] = plain.strip()
    return found | firm


def _apply_sheets(root: etree._Element) -> None:
    """Write what the style sheets say of showing into the elements' own styles: before what these say themselves, or firmly."""
    sheets = [sheet.text for sheet in root.iter("style") if sheet.text and _matters(sheet, sheet.text)]
    if not sheets or sum(map(len, sheets)) > LONGEST_SHEETS:
        return
    import tinycss2

    rules = (r for text in sheets for r in _rules(tinycss2.parse_stylesheet(text, True, True), "", in_layer=False))
    said: dict[etree._Element, dict[tuple[str, bool], tuple[_Weight, str]]] = {}
    elements = sum(1 for _ in root.iter())
    beside = max(map(len, root.iter()), default=0)
    left = MOST_MATCHES
    for place, (selectors, declared, in_layer) in enumerate(islice(rules, MOST_RULES)):
        cost = elements * (1 + selectors.count(",")) * (1 + beside * bool(_OF_SIBLINGS.search(selectors)))
        if cost > left:
            continue  # another rule may still be within the bound
        left -= cost
        for specificity, found in _matching(root, selectors):
            for element in found:
                own = said.setdefault(element, {})
                for name, value, important in declared:
                    weight = (in_layer is important, specificity, place)
                    own[name, important] = max(own.get((name, important), (weight, value)), (weight, value))
    for element, own in said.items():
        usual, firm = (
            ";".join(f"{name}:{value}{mark}" for (name, important), (_, value) in own.items() if important is which)
            for which, mark in ((False, ""), (True, "!important"))
        )
        inline = element.get("style", "")
        firmly = ";".join(part for part in inline.split(";") if "!" in part)
        element.set("style", ";".join(filter(None, (usual, inline, firm, firmly))))


def _matters(sheet: etree._Element, text: str) -> bool:
    lower = text.lower()
    return _holds(sheet.get("media") or "all") and (holds_any(_HIDES, lower) or holds_any(_ELSE_SAID, lower))


def _matching(root: etree._Element, selectors: str) -> Iterator[tuple[tuple[int, int, int], list[etree._Element]]]:
    """Yield the elements that each of a rule's selectors matches, with its specificity."""
    from cssselect import HTMLTranslator, SelectorError, parse

    with contextlib.suppress(SelectorError, etree.XPathError, RecursionError):  # :hover
        for selector in parse(selectors):
            with contextlib.suppress(SelectorError, etree.XPathError, RecursionError):
                path = HTMLTranslator().selector_to_xpath(selector)
                if selector.pseudo_element is None:
                    yield selector.specificity(), root.xpath(path)


def _rules(
    nodes: list[Any], parents: str, *, in_layer: bool, deep: int = 0
) -> Iterator[tuple[str, list[tuple[str, str, bool]], bool]]:
    """Yield the rules that hold on a screen and speak of showing: selectors, declarations (name, value, important), whether in a layer."""
    import tinycss2

    for node in nodes if deep < DEEPEST else ():
        if node.type == "at-rule" and node.content is not None:
            holds = node.lower_at_keyword in _TRANSITIVE or (
                node.lower_at_keyword == "media" and _holds(tinycss2.serialize(node.prelude))
            )
            if holds and not (
                node.lower_at_keyword == "supports" and "not" in tinycss2.serialize(node.prelude).lower()
            ):
                layered = in_layer or node.lower_at_keyword == "layer"
                within = tinycss2.parse_blocks_contents(node.content, True, True) if parents else None
                inner = within or tinycss2.parse_rule_list(node.content, True, True)
                yield from _rules(inner, parents, in_layer=layered, deep=deep + 1)
        elif node.type == "qualified-rule":
            own = tinycss2.serialize(node.prelude).strip()
            around = f":is({parents})"
            selectors = own if not parents else own.replace("&", around) if "&" in own else f"{around} {own}"
            inner = tinycss2.parse_blocks_contents(node.content, True, True)
            declared = [
                (d.lower_name, tinycss2.serialize(d.value).strip().lower(), bool(d.important))
                for d in inner
                if d.type == "declaration"
            ]
            declared = [d for d in declared if d[0] in _SHOWING or (d[0] == "color" and _CLEAR.match(d[1]))]
            if any(_TELLING.match(f"{name}:{value}") for name, value, _ in declared):
                yield selectors, declared, in_layer
            yield from _rules(
                [n for n in inner if n.type != "declaration"], selectors, in_layer=in_layer, deep=deep + 1
            )


def _holds(queries: str) -> bool:
    """Whether one of several media queries holds on a screen of `SCREEN` pixels; what is not known of it does not."""
    return any(map(_query_holds, queries.lower().split(",")))


def _query_holds(query: str) -> bool:
    query = query.strip()
    if query.startswith("not "):
        return not _query_holds(query[4:])
    medium = _MEDIUM.match(query)
    rest = query[medium.end() :] if medium else query
    for part in filter(None, re.split(r"\s+and\s+|\s+(?=\()", rest.strip())):
        if bound := _FEATURE.fullmatch(part):
            pixels = float(bound[2]) * (16 if bound[3] in ("em", "rem") else 1)
            if (pixels > SCREEN) if bound[1] == "min" else (pixels < SCREEN):
                return False
        elif bound := _RANGE.fullmatch(part):
            pixels = float(bound[2]) * (16 if bound[3] in ("em", "rem") else 1)
            if (pixels > SCREEN) if bound[1] == ">" else (pixels < SCREEN):
                return False
        elif not re.fullmatch(
            r"\(\s*(?:orientation\s*:\s*landscape|hover(?:\s*:\s*hover)?|min-resolution.*|color)\s*\)", part
        ):
            return False
    return bool(medium or rest)
