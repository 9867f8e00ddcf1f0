"""Whose report of which year: from the title, then the opening, then the statistics period, at last the file's name. Conflicts are told."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise, takewhile
from pathlib import PurePath
from typing import Literal

from auditkit.reading.numbers import normal, squeeze
from auditkit.reading.page import Block, Grid, Line, Page
from auditkit.titles import (
    BODY,
    COMPILED,
    KIND,
    LONGEST_TITLE,
    NAME,
    ORGAN,
    TO,
    UNTIL,
    YEAR,
    cleaned,
    titles_in,
    year_of,
)

_OPENING = tuple(
    (re.compile(end), re.compile(rf"{begin}(?P<agency>{BODY}){between}{end}"))
    for begin, between, end in (
        ("(?:现将|公布|公开|发布)(?!镇|乡|街)", "", rf"{YEAR}(?:政府信息公开|年度报告)"),
        ("", "(?:结合[^,。]{0,12},)?(?:组织)?", rf"编制了?{YEAR}(?:政府信息公开|信息公开)"),
        ("", "", rf"{YEAR}(?:政府信息公开|信息公开)(?:工作)?(?:年度)?报告"),
    )
)
"""How a report begins: the end of such a sentence, which is looked for first because that is quick, and the whole."""
_BY = re.compile(rf"(?:本报告|本年报|本年度报告|年度报告)由(?P<agency>{NAME})(?:根据|依据|按照|负责|编制)")
_BY_SENTENCE = re.compile(
    rf"(?:^|[,。;])(?:现)?由?(?P<agency>{NAME})(?:组织)?(?:编制|编写|撰写)(?:了|并公布|并发布)?(?:本报告|本年度报告|本年报)"
)
_ACCORDING = re.compile(
    rf"(?:^|[,。;])由?(?P<agency>{NAME})(?:根据|依据|按照|结合)[^。]{{0,120}}?(?:编制|编写|撰写)(?:了|并公布|并发布)?(?:本|{YEAR})"
)
_LED = re.compile(rf"^{YEAR},(?P<agency>{NAME})(?:在|认真|坚持|深入|严格|以|按照|贯彻|全面|积极|高度|切实|紧紧)")
"""How the first section begins."""
_IN_YEAR = re.compile(rf"(?:^|。){YEAR},(?:在|本|我|按照|根据)")
_DATE = re.compile(
    rf"[（(]?{YEAR}(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})月(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})日[）)]?"
)
_DATED = re.compile(rf"(?:发布|成文|公开|生成|公布)(?:时间|日期):{YEAR}")
_OF_ANOTHER = re.compile(r"(?:根据|按照|依据|参阅|参见|详见|请见|对|针对|[上去]一?年度?)[《“]?$")
_ABOUT_ANOTHER = re.compile(r"[》”]?(?:的通知|的函|反映|中的?问题|指出)")
"""Before and behind the title of another document that a report speaks of."""
_IS = re.compile(rf"本(?:年度)?报告(?:是|为|系)(?P<agency>{BODY}){YEAR}(?:本级)?{KIND}")
_ASK = re.compile(rf"请(?:与|向|联系|径向)(?P<agency>{BODY}[局委厅会院府])(?:办公室|办)?(?:联系|反映|咨询|,|\()")
"""Whom to ask about the report."""
_REST = ("委员会", "员会", "民政府")
"""How a line begins whose name begins in the line above."""
_BEFORE_PLACE = re.compile("^(?:.*[与由向对到将]|现?(?:发布|公布))")
_NO_PLACE = re.compile("关于|根据|按照|本|我")
"""What stands before a place in a sentence, and what is none."""
_TORN = ("人民政府办公室", "人民政府办公厅", "人力资源和社会保障局", "人力资源社会保障局", "委员会")
"""How names end that may be torn behind what is a body's name by itself."""
_ITEM = re.compile(r"^(?:[一二三四五六七八九十]{1,3}|\d{1,2})[、.]|^\([一二三四五六七八九十]{1,3}\)")
"""The number of a heading."""
_FIRST = re.compile(r"\s*一、")
"""Begins the report's first section."""
_LETTERHEAD = re.compile(rf"(?P<agency>{NAME})文件")
"""Over an official letter."""
_FIELD = re.compile(
    r"(?:(?:填报|填表|编制|编报|报送|报告)(?:单位|机关|部门)|单位名称|单位(?=:|\())(?:\((?:盖章|公章|章)\))?:?"
    r"(?P<value>.*?)(?:\((?:盖章|公章|章)\))?(?:(?:填报|填表|报送|制表|审核|联系|负责)(?:时间|日期|人).*)?"
)
_PUBLISHER = re.compile(r"(?:发布(?:机构|单位)|信息来源|来源):(?P<value>.*)")
_YEAR_FIELD = re.compile(r"(?:统计|报告|填报|所属)?年度:?(?P<value>.*)")
"""Fields over a table that was filled in: 填报单位：X, 统计年度：2023."""
_PERIODS = (
    re.compile(rf"{YEAR}(?:1月1日{UNTIL}12月31日|一月一日{UNTIL}十二月三十一日|1(?:月份?)?{TO}12月)"),
    re.compile(rf"(?P<year>20\d\d)[./-]0?1[./-]0?1{TO}(?:20\d\d[./-])?12[./-]31"),
)
_YEAR_BEFORE = re.compile(r"[上前去]一?年")
"""Says that a period is that of the report before."""
_LINK = re.compile(r"[\[【(]?(?:[上下前后]一?[篇条页]|相关(?:链接|阅读|文章|文档|信息|推荐))")
"""Begins a link to another page, of another year perhaps."""
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,8}?[省市县区州盟旗]")
_CHANNEL = re.compile(
    r"公开|要闻|新闻|动态|公告|服务|互动|专题|专栏|网|热线|报告|概况|职能|领导|政策|文件|部门|欢迎|天气|年报|专区|栏目|导航|信箱|之窗|政务|^(?:走[进近]|魅力|美丽|印象|今日)"
)
"""Says that a line is of the page around the report."""
_SERVICES = re.compile(r"政务服务|(?<=.)服务|(?:互联|电)网|网络|新闻出版|政策研究")
"""What bodies are named after, though it stands in such lines too."""
_PATH = re.compile(r"[>＞»›]|首页|位置[:：]")
"""Says that a line is the path to a page."""
MOST_LINKS = 300
"""Links that are looked for within longer lines; a line that is one whole is known of any number of them."""
LONGEST = 8000
"""Characters of a paragraph that are looked at."""
NARROWEST, WIDEST = 40, 200
"""Half characters in a line of a page of text, at least and at most."""
_IN_SENTENCE = re.compile("[,，。;；]")
_END = ("。", "；", ";", "：", ":", "！", "？")
_NO_BEGINNING = frozenset("，。；、》）”")
_AROUND = re.compile(r"(?:发布|时间|日期|来源|字号|机构|单位)\s*[:：]|字号|浏览|点击|[>＞»›|｜]")
"""Said of the page around the report."""
_HEADING = re.compile(
    "[一二三四五六七八九十]{1,2}、|[（(][一二三四五六七八九十]{1,2}[）)]|第[一二三四五六七八九十]{1,2}[章部条]"
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
    prose = unwrapped(prose)
    lines = [_norm(line) for line in prose[:60]]
    period = next((year for text in (*lines[:40], "".join(lines)[:6000]) if (year := _period(text))), None)
    first = next((i for i, line in enumerate(lines) if _FIRST.match(line)), 0)
    said = lines[: max(25, first)]  # above the first section, where menus may stand too
    opening = _from_opening(said)
    signed, dated = _from_signature(prose)
    dated = dated or next((year_of(m["year"]) for line in lines[:40] if (m := _DATED.search(line))), None)
    linked = links_of(page)
    by = next((m["agency"] for p in (_BY, _BY_SENTENCE, _ACCORDING) for line in said if (m := p.search(line))), None)
    bodies = [body for body in (opening[0], signed, by and cleaned(by)) if body]
    before = dated and dated - 1
    agency, year = _from_titles(page, period, bodies, before, linked)
    head = next((y for t in page.titles[:1] for _, y in titles_in(t) if y), None)
    found = {"period": period, "head": head, "opening": opening[1]}
    if year and period not in (None, year) and dated == period + 1 and opening[1] in (None, period):
        found |= {"title": year, "head": None}  # a slip in the title: all else, and the date, are of another year
        year = period
    if year is None or agency is None:
        led = next((m for line in lines[:25] if (m := _LED.match(line))), None)
        over = [*lines[:5], *map("".join, pairwise(lines[:5]))]
        letter = next((cleaned(m["agency"]) for line in over if (m := _LETTERHEAD.fullmatch(line))), None)
        filled_by, filled_for = _from_fields(page)
        year = year or found["opening"] or found["period"] or found["head"] or filled_for
        agency = agency or opening[0] or signed or (by and cleaned(by)) or letter or filled_by or _from_breadcrumb(page)
        agency = agency or (cleaned(led["agency"]) if led else None) or _from_around(page, lines)
        year = year or next((year_of(m["year"]) for line in lines[:25] if (m := _IN_YEAR.search(line))), None)
        heads = [re.fullmatch(rf"\(?{YEAR}\)?", line) for line in lines[:2]]
        year = year or next((year_of(m["year"]) for m in heads if m), None)
    if (year is None or agency is None) and len(set(page.links)) == 1:  # the title itself, perhaps
        of_link = _from_titles(page, period, bodies, before, lambda _: False)
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


def _full(agency: str, page: Page, prose: Sequence[str]) -> str:
    """Return the name with the place before it that the page has somewhere: a path, an opening, a signature, whom to ask."""
    pattern = re.compile(
        rf"(?:^|[^\u4e00-\u9fff]|[将由与向对到])((?:[\u4e00-\u9fff]{{2,6}}[省市州盟区县旗]){{1,2}}){re.escape(agency)}"
    )
    lines = [b.text for b in page.blocks[:60] if isinstance(b, Line)]
    texts = (_norm(t) for t in (*page.titles, *lines, *prose[:60], *prose[-20:]) if agency in t)
    found = (_BEFORE_PLACE.sub("", m[1]) + agency for text in texts for m in pattern.finditer(text))
    return next((name.translate(_BRACKETS) for name in found if name != agency and not _NO_PLACE.match(name)), "")


def unwrapped(lines: Sequence[str]) -> list[str]:
    """Join the lines of sentences that were broken at a page's width; titles are left as they are.

    A line goes on in the next where a sentence or a quoted title has begun in it and not ended, or where it is as wide as most
    lines of sentences are.
    """
    widths = sorted(w for line in lines[:200] if _IN_SENTENCE.search(line) and (w := _width(line)) >= NARROWEST)
    page = widths[len(widths) * 3 // 4] if widths else 0
    out: list[str] = []
    goes_on = False
    for line, below in zip(lines, [*lines[1:], ""], strict=False):
        text = line.strip()
        if out and (goes_on or text[:1] in _NO_BEGINNING) and not _HEADING.match(text):
            out[-1] += text
        else:
            goes_on = False
            out.append(line)
        begun = goes_on or _IN_SENTENCE.search(text) is not None or text.count("《") > text.count("》")
        wide = _width(text)
        as_wide = begun or (NARROWEST <= page <= WIDEST and wide >= 0.85 * page)
        ended = text.endswith(_END) or _AROUND.search(text) or (not begun and _is_title(text))
        goes_on = (as_wide and wide >= NARROWEST and not ended) or (_open(text) > 0 > _open(below.strip()))
    return out


def _open(text: str) -> int:
    """Return how many brackets a line opens and leaves open; below 0 where it closes those of the line above."""
    return sum((c in "（(《") - (c in "）)》") for c in text[:LONGEST_TITLE])


def _width(text: str) -> int:
    """Return how wide a line is printed, in half characters."""
    return sum(1 if unicodedata.east_asian_width(c) in ("N", "Na", "H") else 2 for c in text[:LONGEST].strip())


def _period(text: str) -> int | None:
    """Return the year of the statistics period that a text states for this report."""
    found = (m for pattern in _PERIODS for m in pattern.finditer(text))
    own = (m for m in found if not _YEAR_BEFORE.search(text[max(0, m.start() - 14) : m.start()]))
    return next((year_of(m["year"]) for m in own), None)


def _norm(text: str) -> str:
    return normal(text[:LONGEST])


def links_of(page: Page) -> Callable[[str], bool]:
    """Return whether a line is a link to another report, or holds one: a title that stands on the page by itself, too, is its own."""
    lines = Counter(squeeze(b.text) for b in page.blocks if isinstance(b, Line)) if page.links else Counter()
    linked = {text: n for text, n in Counter(page.links).items() if lines[text] <= n}
    within = list(islice(linked, MOST_LINKS))

    def is_link(line: str) -> bool:
        text = squeeze(line) if linked else ""
        return text in linked or any(link in text for link in within)

    return is_link


def _from_titles(
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
    lines = ["。" if len(t) > 300 or _LINK.match(_norm(t)) or linked(t) else t for t in lines[:60]]  # no title
    first = next((i for i, t in enumerate(lines) if _FIRST.match(t)), 0)
    above = _best_title(page, lines[:first], period, bodies, before, linked) if first else (None, None)
    return above if any(above) else _best_title(page, lines, period, bodies, before, linked)


def _best_title(
    page: Page,
    lines: list[str],
    period: int | None,
    bodies: Sequence[str],
    before: int | None,
    linked: Callable[[str], bool],
) -> tuple[str | None, int | None]:
    """Return agency and year of the best title in these lines, in the page's head or in a table of metadata."""
    windows = [t for t in lines[:12] if len(squeeze(t)) <= 70 and "。" not in t]
    years = [re.fullmatch(YEAR, _norm(t)) is not None for t in lines]
    listed = [a and (b or c) for a, b, c in zip(years, [False, *years], [*years[1:], False], strict=False)]
    solid = ["。" if _PATH.search(t) or tab else t for t, tab in zip(lines, listed, strict=True)]  # with other years
    solid = ["。" if i >= 12 and _is_title(t) else t for i, t in enumerate(solid)]  # whole by itself
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
        if re.fullmatch(YEAR + KIND, _norm(title)) and _is_body(_norm(body)) and not _begins(_norm(above))
    ]
    beneath += [  # a title, its year, the body
        body + _norm(year).strip("()") + title
        for title, year, body in zip(windows, windows[1:], windows[2:], strict=False)
        if re.fullmatch(KIND, _norm(title)) and re.fullmatch(rf"\(?{YEAR}\)?", _norm(year)) and _is_body(_norm(body))
    ]
    beneath += [  # a title without its year, over up to two lines, and the body, in brackets perhaps, with the date
        name + over
        for k in (1, 2)
        for i in range(len(windows) - k)
        if re.fullmatch(rf"(?:{YEAR})?{KIND}", over := _norm("".join(windows[i : i + k])))
        and not (i and _begins(_norm(windows[i - 1])))
        and (name := _body_beneath(windows[i + k : i + k + 2]))
    ]
    headings = [t for t in windows if re.search(KIND + r"(?:[（(]\S{2,8}[）)])?$", _norm(t))]
    sought = [t for t in lines[12:] if len(squeeze(t)) <= 70 and _is_title(t) and _names_one_of(bodies, t)]
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
    heads_norm = [_norm(t) for t in heads]
    headings = [t for t in lines if _norm(t) in heads_norm and re.search(KIND, _norm(t))] + headings  # said twice
    for text in [*headings, *heads, *windows, *beneath, *joined, *cells, *later]:
        for agency, year in titles_in(text):
            if agency and text in joined and not ORGAN.search(agency):
                agency = None
            if agency and bodies and text in heads and text not in lines:  # the site's, perhaps
                agency = agency if same_body(agency, bodies[0]) and len(agency) >= len(bodies[0]) else None
            if agency and year:
                return _organ_of(_with_place(agency, text, lines, bodies), text, lines), year
            best = (best[0] or agency, best[1] or year)
    return best


def _names_one_of(bodies: Sequence[str], title: str) -> bool:
    return any(agency and same_body(agency, body) for agency, _ in titles_in(title) for body in bodies)


def _is_title(text: str) -> bool:
    """Whether a line says agency and year by itself."""
    return len(squeeze(text)) <= 70 and any(agency and year for agency, year in titles_in(text))


def _lines_of(block: Block) -> list[str]:
    """Return a line, or of a drawn table the rows with one text."""
    if isinstance(block, Line):
        return [block.text]
    rows = ([s.text for s in row if squeeze(s.text) and not s.hidden] for row in block.rows[:60])
    return [texts[0] for texts in rows if len(texts) == 1]


def _with_place(agency: str, title: str, lines: Sequence[str], bodies: Sequence[str]) -> str:
    """Put before the name what stands in the line above: a place alone (宿迁市, then 教育局), or where a name without place begins."""
    of_place = re.match("人民政府|办事处|管(?:理委员|委)会", agency)  # of a town too: 马厂镇, then 人民政府
    place = r"[\u4e00-\u9fff]{2,20}[镇乡道省市县区州盟旗]" if of_place else r"[\u4e00-\u9fff]{2,10}[省市县区州盟旗]"
    for above, line in pairwise(lines):
        before = _norm(above)
        if title.startswith(line) and before and (before + agency in bodies or agency.startswith(_REST)):
            return before + agency
        if not title.startswith(line) or _CHANNEL.search(before):
            continue
        if re.fullmatch(place, before):
            own = _PLACE.match(agency)  # of a city stands no other city or district before
            return agency if own and _rank(own[0]) <= _rank(before) else before + agency
        whole = ORGAN.search(before) and not (before + agency).endswith(_TORN)
        torn = _PLACE.match(before) and re.fullmatch(r"[\u4e00-\u9fff]{3,30}", before) and not whole
        if torn and _norm(line).startswith(agency) and not _PLACE.match(agency):
            return before + agency
    return agency


def _body_beneath(lines: Sequence[str]) -> str:
    """Return the body that stands under a title, or under the year that does; brackets and a date with it are left out."""
    texts = [_norm(line) for line in lines]
    text = texts[1] if len(texts) > 1 and re.fullmatch(rf"\(?{YEAR}\)?", texts[0]) else texts[0]
    inner = re.sub(rf"{YEAR}(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?$", "", re.sub(r"^\((.*)\)$", r"\1", text))
    return inner if _is_body(inner) else ""


def _organ_of(agency: str, title: str, lines: Sequence[str]) -> str:
    """Return the organ that stands in brackets behind or under a title that names its place only."""
    at = next((i for i, line in enumerate(lines[:12]) if line == title), len(lines))
    texts = (_norm(title), _norm("".join(lines[at + 1 : at + 2])))
    organs = [found[1] for text in texts if (found := re.search(r"\(([^()]*)\)$", text)) and _is_body(found[1])]
    of_place = re.fullmatch(r".*[省市县区州盟旗]", agency) and organs and organs[0].startswith(agency)
    return organs[0] if of_place else agency


def _begins(text: str) -> bool:
    """Whether a line above a title without a name is the title's beginning; a government's name may be that of the site."""
    return _is_body(text) and not text.endswith("政府")


def is_heading(text: str) -> bool:
    """Whether a line is a body's name by itself, numbered perhaps, or a year, over a report in a file of several."""
    line = _ITEM.sub("", _norm(text))
    return len(text) <= LONGEST_TITLE and (_is_body(line) or re.fullmatch(rf"\(?{YEAR}\)?", line) is not None)


def _is_body(text: str) -> bool:
    """Whether a line is the name of a body and nothing else."""
    return re.fullmatch(NAME, text) is not None and not _CHANNEL.search(_SERVICES.sub("", text))


def _rank(place: str) -> int:
    """Return how high a place is: 0 for a province, 1 for a city, 2 for what a city has."""
    return next(i for i, ends in enumerate(("省", "市州盟", "区县旗")) if place[-1] in ends)


def _from_breadcrumb(page: Page) -> str | None:
    """Return the last body named in a path like 首页 > 政府信息公开 > 宿迁市教育局 > 年报."""
    lines = [b.text for b in page.blocks[:30] if isinstance(b, Line) and len(b.text) <= 200]
    for parts in (re.split(r"[>＞»›]" if re.search(r"[>＞»›]", line) else "/", line) for line in lines):
        bodies = [_norm(p) for p in parts if ORGAN.search(_norm(p)) and not re.search(r"公开|网站|首页", _norm(p))]
        if len(parts) >= 3 and bodies:
            return cleaned(bodies[-1])
    return None


def _from_fields(page: Page) -> tuple[str | None, int | None]:
    """Return the body and the year that were filled in over the tables."""
    spaced = [re.sub(r"(?<=[单年])\s+(?=[位度])", "", b.text) for b in page.blocks[:40] if isinstance(b, Line)]
    lines = [text.split() for text in spaced if len(squeeze(text)) <= 80]
    rows = [
        [s.text for s in r if s.text and not s.hidden]
        for b in page.blocks[:4]
        if isinstance(b, Grid)
        for r in b.rows[:6]
    ]
    agency, year = None, None
    for texts in ([_norm(t) for t in texts] for texts in (*lines, *rows)):
        for text, beside in pairwise([*texts, ""]):
            if agency is None and (field := _FIELD.fullmatch(text)) and _is_body(value := field["value"] or beside):
                agency = cleaned(value)
            elif year is None and (field := _YEAR_FIELD.fullmatch(text)):
                found = re.fullmatch(YEAR, field["value"] or beside)
                year = year_of(found["year"]) if found else None
    return agency, year


def _from_around(page: Page, lines: Sequence[str]) -> str | None:
    """Return the one body that a page's head, its publisher, or a line by itself above the first sentence names; else who answers questions."""
    heads = [
        part for title in page.titles for t in re.split(r"[-_|—–\s]+", title) if not (part := _norm(t)).endswith("政府")
    ]
    blocks = [b.text.split() for b in page.blocks[:40] if isinstance(b, Line) and len(b.text) <= 120]
    cells = [
        [s.text for s in row if s.text and not s.hidden]
        for b in page.blocks[:40]
        if isinstance(b, Grid)
        for row in b.rows[:12]
    ]
    blocks += [[f"{a.rstrip(':：')}:{b}" for a, b in pairwise(row)] for row in cells]
    publishers = [m["value"] for parts in blocks for part in parts if (m := _PUBLISHER.fullmatch(_norm(part)))]
    before = takewhile(lambda line: "。" not in line and (not _FIRST.match(line) or is_heading(line)), lines[:12])
    alone = [_ITEM.sub("", line) for line in before]
    offices = [line for line in alone if not line.endswith("政府")]  # that is the site's, perhaps
    asked = [m["agency"] for line in lines if (m := _ASK.search(line))]
    for bodies in (heads, offices, publishers, alone, asked):
        found = {body for body in bodies if _is_body(body)}
        if len(found) == 1:
            return cleaned(found.pop())
    return None


def _from_opening(lines: Sequence[str]) -> tuple[str | None, int | None]:
    lines = (
        list(takewhile(lambda line: not re.match("一、", line), lines)) or lines
    )  # behind it others may be spoken of
    for found in (m for line in lines if (m := _IS.search(line[:1500]))):
        return cleaned(found["agency"]), year_of(found["year"])
    for text in (line[:1500] for line in lines if len(line) >= 20 and re.search("[,。;]|:$", line)):  # a sentence
        for pattern in (whole for end, whole in _OPENING if end.search(text)):
            for found in pattern.finditer(text):
                if _OF_ANOTHER.search(text[: found.start()]) or _OF_ANOTHER.search(found["agency"]):
                    continue
                if _ABOUT_ANOTHER.match(text, found.end()) or re.search(
                    "关于(?:做好|开展|报送|编制)|参阅|参见|详见|请见", found["agency"]
                ):
                    continue
                agency = cleaned(
                    re.sub(
                        rf"^由|^.*(?:{COMPILED}|社会公布|公布|公开(?!办)|现将|要求|规定|[,，。、;；])",
                        "",
                        found["agency"],
                    )
                )
                if agency and not ORGAN.search(agency):
                    agency = None
                return agency, year_of(found["year"])
    return None, None


def _from_signature(prose: Sequence[str]) -> tuple[str | None, int | None]:
    """The body that signs, and the year: a short line before the closing date, or under the title before a date."""
    lines = [_norm(t) if len(t) <= 80 else "" for t in prose if t.strip()]
    for a, b in pairwise(lines):
        body = re.sub(r"\((?:盖章|公章|章)\)$", "", a)
        if (dated := _DATE.fullmatch(b)) and len(body) <= 30 and ORGAN.search(body):
            return cleaned(body), year_of(dated["year"])
    return None, None


def same_body(a: str, b: str) -> bool:
    """Whether one name is the other, shortened: its characters stand in the other in the same order."""
    short, long = sorted((a, b), key=len)
    rest = iter(long)
    return all(c in rest for c in short)
