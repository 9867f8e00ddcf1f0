"""Which line of a page is the report's title: not a link, not a line of a sentence, not the title of another document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import groupby, islice, pairwise

from auditkit.naming.titles import (
    CHANNEL,
    FIRST,
    KIND,
    ORGAN,
    PLACE,
    YEAR,
    is_body,
    is_title,
    normalised,
    same_body,
    titles_in,
)
from auditkit.naming.unwrapped import unwrapped
from auditkit.reading.numbers import squeeze
from auditkit.reading.page import Block, Grid, Line, Page

_LINK = re.compile(r"[\[【(]?(?:[上下前后]一?[篇条页]|相关(?:链接|阅读|文章|文档|信息|推荐))")
"""Begins a link to another page, of another year perhaps."""
_ASIDE = re.compile(
    r"[>＞»›]|首页|位置[:：]|网站?$|^\s*(?:(?:信息|文章|稿件)?来源|作者|信息提供|供稿|"
    r"(?:责任)?编辑|(?:发布|发文|主办|承办|供稿|公开|填报|编制)(?:机构|机关|单位|部门|主体)|(?:发布|公开)者)[:：]"
)
"""Says that a line is the path to a page, a site's name or who published the page: no part of a title."""
_REST = ("委员会", "员会", "民政府")
"""How a line begins whose name begins in the line above."""
_TORN = ("人民政府办公室", "人民政府办公厅", "人力资源和社会保障局", "人力资源社会保障局", "委员会")
"""How names end that may be torn behind what is a body's name by itself."""
ALIKE = 0.75
"""Of the characters of two names; misread names share more."""
MOST_LINKS = 300
"""Links that are looked for within longer lines; a line that is one whole is known of any number of them."""


def links_of(page: Page) -> Callable[[str], bool]:
    """Return whether a line is a link to another report, or holds one: a title that stands on the page by itself, too, is its own."""
    lines = Counter(squeeze(b.text) for b in page.blocks if isinstance(b, Line)) if page.links else Counter()
    linked = {text: n for text, n in Counter(page.links).items() if lines[text] <= n}
    within = list(islice(linked, MOST_LINKS))

    def is_link(line: str) -> bool:
        text = squeeze(line) if linked else ""
        return text in linked or any(link in text for link in within)

    return is_link


def best_title(
    page: Page, period: int | None, bodies: Sequence[str], before: int | None, linked: Callable[[str], bool]
) -> tuple[str | None, int | None]:
    """Return agency and year of the best title; of several those first that agree with the period, with who opens or signs, with its date.

    Parameters
    ----------
    bodies : those that the report's opening or signature names
    before : the year before the one in which the report is dated
    linked : whether a line is a link to another report
    """
    together = groupby(page.blocks, key=lambda block: isinstance(block, Line))
    texts = [[t for b in blocks for t in _lines_of(b) if t.strip()] for _, blocks in together]
    lines = [text for part in texts for text in unwrapped(part)]
    lines = ["。" if len(t) > 300 or _LINK.match(normalised(t)) or linked(t) else t for t in lines[:60]]  # no title
    first = next((i for i, t in enumerate(lines) if FIRST.match(t)), 0)
    above = _best_of(page, lines[:first], period, bodies, before, linked) if first else (None, None)
    return above if any(above) else _best_of(page, lines, period, bodies, before, linked)


def _best_of(
    page: Page,
    lines: list[str],
    period: int | None,
    bodies: Sequence[str],
    before: int | None,
    linked: Callable[[str], bool],
) -> tuple[str | None, int | None]:
    """Return agency and year of the best title in these lines, in the page's head or in a table of metadata."""
    windows = [t for t in lines[:12] if len(squeeze(t)) <= 70 and "。" not in t]
    years = [re.fullmatch(YEAR, normalised(t)) is not None for t in lines]
    listed = [a and (b or c) for a, b, c in zip(years, [False, *years], [*years[1:], False], strict=False)]
    solid = ["。" if _ASIDE.search(t) or tab else t for t, tab in zip(lines, listed, strict=True)]  # with other years
    solid = ["。" if i >= 12 and is_title(t) else t for i, t in enumerate(solid)]  # whole by itself
    body = next((i for i, t in enumerate(lines) if "。" in t), len(lines))  # a title stands above the first sentence
    joined = [" ".join(solid[i : i + k]) for k in (2, 3, 4) for i in range(min(max(12, body), len(lines) - k + 1))]
    joined = [t for t in joined if len(squeeze(t)) <= 70 and "。" not in t]
    later = [t for t in lines[12:60] if len(squeeze(t)) <= 60 and "。" not in t]
    cells = [
        s.text
        for b in page.blocks[:40]
        if isinstance(b, Grid)
        for row in b.rows[:12]
        for s in row
        if len(s.text) <= 80 and not s.hidden and not linked(s.text)
    ]
    beneath = [
        body + title
        for above, title, body in zip(["", *windows], windows, windows[1:], strict=False)
        if re.fullmatch(YEAR + KIND, normalised(title)) and is_body(normalised(body)) and not _begins(normalised(above))
    ]
    beneath += [  # a title, its year, the body
        body + normalised(year).strip("()") + title
        for title, year, body in zip(windows, windows[1:], windows[2:], strict=False)
        if re.fullmatch(KIND, normalised(title))
        and re.fullmatch(rf"\(?{YEAR}\)?", normalised(year))
        and is_body(normalised(body))
    ]
    beneath += [  # a title without its year, over up to two lines, and the body, in brackets perhaps, with the date
        name + over
        for k in (1, 2)
        for i in range(len(windows) - k)
        if re.fullmatch(rf"(?:{YEAR})?{KIND}", over := normalised("".join(windows[i : i + k])))
        and not (i and _begins(normalised(windows[i - 1])))
        and (name := _body_beneath(windows[i + k : i + k + 2]))
    ]
    headings = [t for t in windows if re.search(KIND + r"(?:[（(]\S{2,8}[）)])?$", normalised(t))]
    sought = [t for t in lines[12:] if len(squeeze(t)) <= 70 and is_title(t) and _names_one_of(bodies, t)]
    headings += sought  # behind a long list of links
    headings.sort(  # others are links to reports of other years or agencies
        key=lambda t: (
            period not in (years := [y for _, y in titles_in(t)]),
            not _names_one_of(bodies, t),
            before not in years,
        )
    )
    best: tuple[str | None, int | None] = (None, None)
    cuts = (r"[-_|—–\s]+", r"[_|\s]+", r"$")
    heads = [part for title in page.titles for cut in cuts for part in re.split(cut, title)]
    heads_norm = [normalised(t) for t in heads]
    headings = [
        t for t in lines if normalised(t) in heads_norm and re.search(KIND, normalised(t))
    ] + headings  # said twice
    for text in [*headings, *heads, *windows, *beneath, *joined, *cells, *later]:
        for agency, year in titles_in(text):
            if agency and text in joined and not ORGAN.search(agency):
                agency = None
            if agency and bodies and text in joined and not any(_alike(agency, body) for body in bodies):
                agency = None  # another body's name stood above
            if agency and bodies and text in heads and text not in lines:  # the site's, perhaps
                agency = agency if same_body(agency, bodies[0]) and len(agency) >= len(bodies[0]) else None
            if agency and year:
                return _organ_of(_with_place(agency, text, lines, bodies, page.titles), text, lines), year
            best = (best[0] or agency, best[1] or year)
    return best


def _alike(a: str, b: str) -> bool:
    """Whether two names may be of one body, one of them shortened or misread."""
    return same_body(a, b) or SequenceMatcher(None, a, b).ratio() > ALIKE


def _names_one_of(bodies: Sequence[str], title: str) -> bool:
    return any(agency and same_body(agency, body) for agency, _ in titles_in(title) for body in bodies)


def _lines_of(block: Block) -> list[str]:
    """Return a line, or of a drawn table the rows with one text."""
    if isinstance(block, Line):
        return [block.text]
    rows = ([s.text for s in row if squeeze(s.text) and not s.hidden] for row in block.rows[:60])
    return [texts[0] for texts in rows if len(texts) == 1]


def _with_place(agency: str, title: str, lines: Sequence[str], bodies: Sequence[str], titles: Sequence[str]) -> str:
    """Put before the name what stands in the line above: a place alone (宿迁市, then 教育局), or where a name without place begins."""
    known = {*bodies, *(a for t in titles for a, _ in titles_in(t))}
    of_place = re.match("人民政府|办事处|管(?:理委员|委)会", agency)  # of a town too: 马厂镇, then 人民政府
    place = r"[\u4e00-\u9fff]{2,20}[镇乡道省市县区州盟旗]" if of_place else r"[\u4e00-\u9fff]{2,10}[省市县区州盟旗]"
    for above, line in pairwise(lines):
        before = normalised(above)
        if title.startswith(line) and before and (before + agency in known or agency.startswith(_REST)):
            return before + agency
        if not title.startswith(line) or CHANNEL.search(before):
            continue
        if re.fullmatch(place, before):
            own = PLACE.match(agency)  # of a city stands no other city or district before
            return agency if own and _rank(own[0]) <= _rank(before) else before + agency
        whole = ORGAN.search(before) and not (before + agency).endswith(_TORN)
        torn = PLACE.match(before) and re.fullmatch(r"[\u4e00-\u9fff]{3,30}", before) and not whole
        if torn and normalised(line).startswith(agency) and not PLACE.match(agency):
            return before + agency
    return agency


def _body_beneath(lines: Sequence[str]) -> str:
    """Return the body that stands under a title, or under the year that does; brackets and a date with it are left out."""
    texts = [normalised(line) for line in lines]
    text = texts[1] if len(texts) > 1 and re.fullmatch(rf"\(?{YEAR}\)?", texts[0]) else texts[0]
    inner = re.sub(rf"{YEAR}(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?$", "", re.sub(r"^\((.*)\)$", r"\1", text))
    return inner if is_body(inner) else ""


def _organ_of(agency: str, title: str, lines: Sequence[str]) -> str:
    """Return the organ that stands in brackets behind or under a title that names its place only."""
    at = next((i for i, line in enumerate(lines[:12]) if line == title), len(lines))
    texts = (normalised(title), normalised("".join(lines[at + 1 : at + 2])))
    organs = [found[1] for text in texts if (found := re.search(r"\(([^()]*)\)$", text)) and is_body(found[1])]
    of_place = re.fullmatch(r".*[省市县区州盟旗]", agency) and organs and organs[0].startswith(agency)
    return organs[0] if of_place else agency


def _begins(text: str) -> bool:
    """Whether a line above a title without a name is the title's beginning; a government's name may be that of the site."""
    return is_body(text) and not text.endswith("政府")


def _rank(place: str) -> int:
    """Return how high a place is: 0 for a province, 1 for a city, 2 for what a city has."""
    return next(i for i, ends in enumerate(("省", "市州盟", "区县旗")) if place[-1] in ends)
