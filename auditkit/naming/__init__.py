"""Whose report of which year: from the title, then the opening, then the statistics period, at last the file's name. Conflicts are told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

from auditkit.naming import said
from auditkit.naming.headline import best_title, links_of
from auditkit.naming.titles import FIRST, ORGAN, normalised, same_body, titles_in
from auditkit.naming.unwrapped import unwrapped
from auditkit.reading.page import Line, Page

_ENDS_OF_PLACES = ("省", "市", "州", "盟", "区", "县", "旗")
_PLACES = re.compile(
    rf"(?:^|[^\u4e00-\u9fff]|[将由与向对到])((?:[\u4e00-\u9fff]{{2,6}}[{''.join(_ENDS_OF_PLACES)}]){{1,2}})$"
)
"""The places that stand before a name."""
_OWN_PLACE = re.compile("[\u4e00-\u9fff]{1,4}?[区县旗]")
_BEFORE_PLACE = re.compile("^(?:.*[与由向对到将]|现?(?:发布|公布))")
_NO_PLACE = re.compile("关于|根据|按照|本|我")
"""What stands before a place in a sentence, and what is none."""
_CALLED = re.compile(r"\((?:以下|下|简)[^()]{0,4}称[^()]{0,20}\)")
_MEANT = re.compile(r"[我本][省市县区镇乡局委厅办院会街道单位机关部门]{1,2}\(([^()]{3,30})\)")
"""What a body is called from here on; 我局 with the name in brackets."""
_PRINTED = re.compile(
    r"\s*20\d\d[/.-]\d{1,2}[/.-]\d{1,2}[,，]?\s+(?:[上下]午)?\d{1,2}:\d\d(?::\d\d)?(?:\s?[AP]M)?\s+(?P<title>\S.*)"
)
_BRACKETS = str.maketrans("()", "（）")
"""A name has the brackets of Chinese text, however the page is typed: the next year's report is of the same agency."""


@dataclass(frozen=True, slots=True)
class Naming:
    """The agency and year of a report, with what elsewhere in it says otherwise."""

    agency: str | None
    year: int | None
    other_years: tuple[tuple[int, str], ...] = ()
    other_agencies: tuple[str, ...] = ()
    of_file: tuple[Literal["agency", "year"], ...] = ()
    """What only the file's name says."""
    full: str = ""
    """The agency's name with its place, as the opening or the signature has it, where the title has less."""


def name(page: Page, prose: Sequence[str]) -> Naming:
    """Find a report's agency and year.

    Parameters
    ----------
    page : the report's page
    prose : its lines outside tables, in order

    Notes
    -----
    The title stands in the first lines (over up to four of them), in the page's head, or in a table of metadata. The publisher
    that such a table names is not the report's agency.
    """
    page, prose = _without_print_head(page), unwrapped(prose)
    lines = [_MEANT.sub(r"\1", _CALLED.sub("", normalised(line))) for line in prose[:60]]
    first = next((i for i, line in enumerate(lines) if FIRST.match(line)), 0)
    above = lines[: max(25, first)]  # the first section, where menus may stand too
    periods, opening, by = said.periods(lines), said.opening(above), said.compiled_by(above)
    period = next(iter(periods), None)
    signed, dated = said.signature(prose)
    dated = dated or said.published_in(lines)
    bodies = [body for body in (opening[0], signed, by) if body]
    before = dated and dated - 1
    agency, year = best_title(page, period, bodies, before, links_of(page))
    head = next((y for t in page.titles[:1] for _, y in titles_in(t) if y), None)
    period = year if year in periods else period
    found = {"period": period, "head": head, "opening": opening[1]}
    if year and period not in (None, year) and before == period and opening[1] in (None, period):
        found |= {"title": year, "head": None}  # a slip in the title: all else, and the date, are of another year
        year = period
    if year is None or agency is None:
        filled_by, filled_for = said.fields(page)
        of_tables = said.over_tables(page)
        year = year or opening[1] or period or head or filled_for or of_tables[1] or said.year(lines)
        agency = agency or opening[0] or signed or by or said.letterhead(lines) or filled_by or said.breadcrumb(page)
        agency = agency or of_tables[0] or said.led_by(lines[:25]) or said.around(page, lines)
    if (year is None or agency is None) and len(set(page.links)) == 1:  # the title itself, perhaps
        of_link = best_title(page, period, bodies, before, lambda _: False)
        if agency in (None, of_link[0]) and year in (None, of_link[1]):
            agency, year = of_link
    told = (
        next(iter(titles_in(PurePath(page.path).stem)), (None, None))
        if year is None or agency is None
        else (None, None)
    )
    of_file: list[Literal["agency", "year"]] = []
    if agency is None and told[0] and ORGAN.search(told[0]):
        agency = told[0]
        of_file.append("agency")
    if year is None and told[1]:
        year = told[1]
        of_file.append("year")
    others = (opening[0],) if opening[0] and agency and not same_body(agency, opening[0]) else ()
    return Naming(
        agency=agency and agency.translate(_BRACKETS),
        year=year,
        other_years=tuple((y, source) for source, y in found.items() if y and y != year),
        other_agencies=tuple(other.translate(_BRACKETS) for other in others),
        of_file=tuple(of_file),
        full=_full(agency, page, prose) if agency else "",
    )


def _without_print_head(page: Page) -> Page:
    """Take the head that a browser prints over a page, its time and the page's title, for the title of the page that it is."""
    heads = {
        i: m["title"] for i, b in enumerate(page.blocks[:3]) if isinstance(b, Line) and (m := _PRINTED.match(b.text))
    }
    if not heads:
        return page
    blocks = tuple(b for i, b in enumerate(page.blocks) if i not in heads)
    return replace(page, titles=(*page.titles, *heads.values()), blocks=blocks)


def _full(agency: str, page: Page, prose: Sequence[str]) -> str:
    """Return the name with the place before it that the page has somewhere: a path, an opening, a signature, whom to ask."""
    lines = [b.text for b in page.blocks[:60] if isinstance(b, Line)]
    texts = [normalised(t) for t in (*page.titles, *lines, *prose[:60], *prose[-20:]) if agency in t]
    befores = [t[: m.start()] for t in texts for m in re.finditer(re.escape(agency), t)]
    places = [m[1] for before in befores if before.endswith(_ENDS_OF_PLACES) and (m := _PLACES.search(before))]
    found = [_BEFORE_PLACE.sub("", place) + agency for place in places]
    if own := _OWN_PLACE.match(agency):  # 鼓楼区财政局, on the site of 南京市鼓楼区
        above = {
            m[1]
            for t in (*page.titles, *lines)
            for m in re.finditer(rf"([\u4e00-\u9fff]{{2,4}}[市州盟]){own[0]}", normalised(t))
        }
        found += [_BEFORE_PLACE.sub("", place) + agency for place in above] if len(above) == 1 else []
    return next((name.translate(_BRACKETS) for name in found if name != agency and not _NO_PLACE.match(name)), "")
