"""What a caption says of the tables beneath it: that they are another body's or year's, void, an example, or the report's own again."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from itertools import pairwise

from auditkit.forms import TABLES
from auditkit.naming import Naming, name
from auditkit.naming.titles import NAME, WORKS, is_body, same_body, titles_of
from auditkit.placing.labels import section_of
from auditkit.reading.numbers import normal, simplified, squeeze
from auditkit.reading.page import Grid, Line, Page

ANNEX = re.compile(r"附(?:件|表|录|注)?[\d一二三四五六:：]")
LONGEST_CAPTION = 40
LONGEST_ON_LINES = 24
_CAPTION_END = re.compile(
    r"(?:数据|情况|[表年度]|统计|对比|报告|汇总|公开|事项|[上下]半年|季度)(?:[（(].{0,12}[）)])?[）)]?[:：]?$|[:：]"
)
_TAIL = r"(?:[（(].{0,12}[）)])?[:：]?$"
_OF_OTHERS = re.compile(
    rf"(?:更正|修改|勘误|修订)前(?:的?(?:表.{{0,3}}|数据|数字|情况))?{_TAIL}|^原(?:公布|发布|报送|填报)?的?(?:数据|数字|表){_TAIL}"
    rf"|已作废[）)]?{_TAIL}|(?:填报|填写)示例{_TAIL}|(?:数据|数字)均?(?:为|是)(?:示例|虚构)|不(?:计入|列入|属于)本(?:报告|年度?报告)"
    rf"|供(?:对照|对比|参考)[）)]?{_TAIL}|^(?:附[:：])?[上去]年同期(?:情况|数据)?{_TAIL}|^附.*系统.*汇总"
    rf"|^其中[:：]\D{{2,20}}(?:情况|学校|单位|部门|[镇乡局委办]|办公室|中心)[:：]?$|^其[他它](?:单位|部门|机关)[:：]\D{{2,}}$"
    rf"|^(?:附.{{0,4}}|其中[:：])?(?:本?(?:级|机关|单位|部门|局))?(?:下属|局属|所属|直属|全系统)(?:单位|学校|事业单位|机构|部门|企业)?"
    rf"(?:(?:数据|情况)(?:汇总)?(?:统计)?表?(?:[:：].{{2,20}})?)?{_TAIL}|^(?:附.{{0,3}}[:：]?)?(?:样表|空表|空白表格?|模板|示例){_TAIL}"
    r"|^公共企事业单位|^(?:信访|网上咨询|咨询|投诉|举报|网民留言|12345)[^公开]{0,8}(?:情况|统计)"
    r"|(?:^|[（(])(?:非政府信息公开|不涉及政府信息公开|不属于政府信息公开)|全部(?:行政)?(?:复议|诉讼|应诉)?.{0,6}案件|作为(?:行政)?复议机关"
)
"""Of a caption: whatever table it stands over is not the report's own. Words that speak of what the table includes are none."""
_ITEM = r"(?:[（(][一二三四五六七八九十][)）]|[\d一二三四五六七八九十][、.．])?"
_OWN_LEVEL = re.compile(
    rf"{_ITEM}(?:[省市县区州旗镇乡]?本级|本(?:机关|单位|部门|局)|.{{2,12}}[（(]本级[)）])(?:情况|数据)?[:：]?"
)
_WHOLE = re.compile(rf"{_ITEM}(?:全[省市县区州旗镇乡](?:情况|数据)?(?:汇总|合计|总计)?|汇总)(?:情况|数据)?[:：]?")
"""A line over tables of a body by itself, and one over those of all of its area."""
_BEFORE_CORRECTION = re.compile(rf"{_ITEM}(?:更正|修改|勘误|修订)前")
_AFTER_THE_END = re.compile(r"^(?:附.{0,3}[:：])?[上去前]一?年度?(?!结转)|全系统|系统(?:数据|情况|汇总)")
"""Of a caption behind the report's own sections: that it is that of an annex of another time or scope."""
_CORRECTED = re.compile(r"[（(【]?(?:更正|修改|勘误|修订)([前后])[)）】]?[:：]?")
_CORRECTED_TO = re.compile(rf"{_ITEM}[（(【]?(?:更正|修改|勘误|修订)([前后])")
_OWN_AGAIN = re.compile(
    r"(?:更正|修改|勘误|修订)后|本(?:级|机关|单位|部门|局)(?!不掌握|.{0,2}(?:下属|所属|直属|局属|系统))"
)
ANNEX_OF_A_BODY = re.compile(rf"附(?:件|表)?[\d一二三四五六]*[:：](?P<agency>{NAME})20\d\d年度?(?:{WORKS}|情况)")
_TITLE = (
    r"主动公开(?:政府信息)?(?:的?情况)?|收到和?(?:处理|办理)政府信息公开申请(?:的?情况)?"
    r"|(?:政府信息公开)?(?:被申请)?(?:行政)?复议[、和及]?(?:行政)?诉讼(?:的?情况)?"
)
_PAST = "[上去前]一?年(?:度|同期)?"
_TIMES = (
    r"(?:20\d\d年?度?)?(?:[上下]半年度?|第?[一二三四]季度|(?!0?1月?[-—–至到~～]12月)\d{1,2}月?[-—–至到~～]\d{1,2}月份?)"
    r"|20\d\d年?[-—–至到~～]20\d\d年(?:度|累计|合计)*|20\d\d年?度?(?:计划|目标|预计|预算)"
    r"|(?:(?:填[报写表])?(?:示例|样例|样表?|模[板版]|范例|空表|空白表))+"
)
"""Times that are no year that is over: parts of one, several, those to come; and those of examples."""
_LEAD = (
    r"(?:附(?:件|表|录|注)?[\d一二三四五六]*[:：、.]?|表(?:[\d一二三四](?=20)|[\d一二三四]+)[:：、.]?)?"
    r"[（(【]?(?:注[:：]?)?(?:(?:以上|上表|本表|下表|此表)(?:数据)?均?[为是系])?"
)
_REST = rf"的?(?:有关|相关|{_TITLE}|政府信息公开(?:工作)?|申请情况|年度报告|年报|报告|数据|数字|情况|统计|汇总|表)*[）)】]?[:：]?"
_SAYING = re.compile(rf"{_LEAD}(?:(?P<time>{_TIMES})|(?P<past>{_PAST})|(?P<year>20\d\d)(?:年度?)?){_REST}")
"""A caption, or a note under a table, that says of what time a table is, and nothing else of times."""
_HEADING = re.compile(
    rf"{_ITEM}(?:(?P<year>20\d\d)年度?|(?P<past>{_TIMES}|{_PAST}|(?:下属|所属|直属|局属)(?:单位|学校)|(?:错误|原始?|初稿|旧)(?:数据)?(?=[表数稿:：]|$))"
    rf"|(?P<now>[本今]年度?|全年|实际填报|(?:本|局|厅|委)机?[关局级]|本单位|(?:正确|现|定稿|新)(?:数据)?(?=[表数稿:：]|$))){_REST}"
)
"""A heading that says of what time or scope a set of tables is, and nothing else."""
_WHOSE = re.compile(rf"{_LEAD}(?:(?P<agency>{NAME})|(?P<all>[^全]{{2,16}}系统))(?:20\d\d年度?)?{_REST}")
"""One that says of what body a table is, and nothing else."""
_DATED_ANNEX = re.compile(
    rf"(?!.*(?:报告|年报)$)附(?:件|表|录)?[\d一二三四五六]*[:、.](?:{NAME})?20\d\d年度?(?:的?(?:数据|情况)|年?报?数据|{WORKS}.{{0,16}}|收到和处理.{{0,16}}|主动公开.{{0,16}}"
    rf"|(?:政府信息公开)?行政复议.{{0,10}}){_TAIL}"
)
"""Says of what year an annex is, and of whom perhaps; a report by its whole title is one that a link leads to."""
_OF_A_BODY = re.compile(
    rf"(?:附(?:件|表|录)?[\d一二三四五六]*[:、.])?(?P<agency>{NAME})(?:20\d\d年度?)?(?:{WORKS}|{_TITLE}|公开|信息|数据|统计).{{0,16}}"
)
_PLACED = re.compile(r"^(?!不?包?[含括])[\u4e00-\u9fff]+?[省市县区州盟旗镇乡街][\u4e00-\u9fff]{2,}")
"""The name of a body with that of its place."""
_NO_BODY = re.compile(r"^[全各本我该]|公开|信息|申请|处理|统计|(?<!人民)政府$")
"""In what looks like the name of another body and is none."""
YEAR = re.compile(r"(?:(?<!\d)|(?<=表\d))(20\d\d)年(?!\d{1,2}月|版|新?格式|修订|印发|发布|制定)")
BEFORE = re.compile(r"(?:上|去|前)一?年(?:度|同期)?(?!结转)")


class Whose:
    """Whose report of which year a page holds, looked for when it is first asked."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def named(self) -> Naming:
        """What title, opening and signature say."""
        return name(self._page, [b.text for b in self._page.blocks if isinstance(b, Line)])

    @cached_property
    def corrected(self) -> bool:
        """Whether what was before a correction and what is since stand on the page, each under a line that says so."""
        lines = (squeeze(b.text) for b in self._page.blocks if isinstance(b, Line) and len(b.text) <= LONGEST_CAPTION)
        return len({found[1] for text in lines if (found := _CORRECTED_TO.match(text))}) > 1

    @cached_property
    def divided(self) -> bool:
        """Whether the page holds whole sets of tables under headings like 2022年 and 2023年, 上年度 and 本年度."""
        return len({self._heads(text) for text in self._headings}) > 1

    @cached_property
    def _headings(self) -> frozenset[str]:
        """What may be such a heading: it stands over a table or section, and is none of a list of years, as tabs are."""
        blocks, found = self._page.blocks, Counter[str]()
        bare = [isinstance(b, Line) and self._heads(b.text) is not None for b in blocks]
        for i, block in enumerate(blocks):
            if isinstance(block, Line) and bare[i]:
                beneath = any(isinstance(b, Grid) or section_of(b.text) in TABLES for b in blocks[i + 1 : i + 3])
                found[block.text] += 1 if beneath and not any(bare[max(i - 1, 0) : i] + bare[i + 1 : i + 2]) else 2
        return frozenset(text for text, n in found.items() if n == 1)

    def _heads(self, text: str) -> bool | None:
        """Whether a line is nothing but a heading for what is of another time (True), or of the report's own (False)."""
        found = _HEADING.fullmatch(squeeze(text)) if len(text) <= LONGEST_CAPTION else None
        if found is None or (found["year"] and self.named.year is None):
            return None
        return int(found["year"]) < int(self.named.year or 0) if found["year"] else found["now"] is None

    def divides(self, text: str) -> bool | None:
        """Whether a line stands over a whole set of tables of another time (True), or over the report's own (False)."""
        return self._heads(text) if self._heads(text) is not None and self.divided and text in self._headings else None

    @cached_property
    def own_level(self) -> bool:
        """Whether tables of the body itself (市本级, 本机关) are told from others by a line over them."""
        return any(isinstance(b, Line) and _OWN_LEVEL.fullmatch(squeeze(b.text)) for b in self._page.blocks)

    def heads_pages(self, text: str) -> bool:
        """Whether a line may be the running head of a paged document: it stands there more than once."""
        return (
            sum(isinstance(b, Line) and b.place.page is not None and squeeze(b.text) == text for b in self._page.blocks)
            > 1
        )

    @cached_property
    def _longest(self) -> int:
        """Characters of a caption: where nothing is drawn, longer lines may be those of a paragraph that is wrapped."""
        drawn = any(isinstance(b, Grid) for b in self._page.blocks)
        return LONGEST_CAPTION if drawn else LONGEST_ON_LINES

    def may_head(self, text: str) -> bool:
        """Whether a line may be a caption: no sentence, nor a piece of one."""
        return len(text) <= self._longest and _CAPTION_END.search(text) is not None and not re.search("[，。；]", text)

    def goes_on(self, caption: str) -> bool:
        """Whether what a line says holds over sections too: of all before a correction, of a set of tables of another time."""
        found = _CORRECTED.fullmatch(squeeze(caption))
        if self.divides(caption):
            lines = self._page.blocks
            return any(
                isinstance(a, Line) and a.text == caption and isinstance(b, Line) and section_of(b.text)
                for a, b in pairwise(lines)
            )
        return found is not None and found[1] == "前" and self.corrected

    @cached_property
    def years(self) -> frozenset[int]:
        """The years of its titles, and that of the report."""
        named = {self.named.year} if self.named.year else set()
        return frozenset({year for _, year in titles_of(self._page) if year} | named)


def is_of_no_year(text: str) -> bool:
    """Whether a caption or note says nothing of a table but that it is of a time that is no year, or an example."""
    found = _SAYING.fullmatch(text) if len(text) <= LONGEST_CAPTION else None
    return found is not None and found["time"] is not None


def year_said(text: str, whose: Whose) -> int | None:
    """Return the year of which a caption or note says that a table is, if it says nothing else; the report's less one for the year before."""
    found = _SAYING.fullmatch(text) if len(text) <= LONGEST_CAPTION else None
    if found and found["past"]:
        return max(whose.years, default=1) - 1
    return int(found["year"]) if found and found["year"] else None


def is_of_another_time(text: str, whose: Whose, *, ended: bool) -> bool:
    """Whether a caption says that a table is of no year, or of one before; in the report's own sections the latter only of an annex."""
    if is_of_no_year(text):
        return True
    if "年" not in text or not (ended or _DATED_ANNEX.fullmatch(normal(text))):
        return False
    years = [int(year) for year in YEAR.findall(text)]
    own = whose.named.year or max(whose.years, default=None)  # an annex has a title, too
    return bool(years) and own is not None and max(years) < own


def is_sheet_of_another_time(name: str, whose: Whose) -> bool:
    """Whether the name of a sheet says that it is of a year before, or of a part of one, or of more than the body: 2022年, 上年数据, 全系统."""
    text = re.sub(r"^20\d\d$", r"\g<0>年", squeeze(name))
    return _AFTER_THE_END.search(text) is not None or is_of_another_time(text, whose, ended=True)


def is_of_others(caption: str, whose: Whose, *, ended: bool) -> bool | None:
    """Whether a line says that what stands beneath is of others, another year, void, or an example; False if the report's, None if nothing.

    Parameters
    ----------
    ended : whether the report's own sections are behind: there a heading with a body's name or a year is that of an annex
    """
    text = squeeze(caption)
    ended = ended and whose.may_head(text)
    if len(text) > LONGEST_CAPTION or "。" in text:
        return None
    if section_of(text) and not ended:
        return True if _BEFORE_CORRECTION.match(text) and whose.corrected else None
    if _OWN_AGAIN.search(text):
        return False
    if (
        _OF_OTHERS.search(text)
        or (_BEFORE_CORRECTION.match(text) and whose.corrected)
        or (_WHOLE.fullmatch(text) and whose.own_level)
        or (ended and (_AFTER_THE_END.search(text) or is_of_another_time(text, whose, ended=True)))
    ):
        return True
    body = _OF_A_BODY.fullmatch(normal(text)) if ended else None
    if body and whose.named.agency and not _NO_BODY.search(body["agency"]):
        return not _is_same(whose.named.agency, body["agency"])
    return None


def says_otherwise(note: str, whose: Whose) -> bool:
    """Whether a note in or under a table says of it that it is of others, void, an example or of a year, and nothing else of either."""
    bare = re.sub(rf"^{_LEAD}", "", note).strip("（）()【】")
    other = is_of_no_year(note) or is_of_another_body(note, whose) or _OF_OTHERS.search(bare) is not None
    return other or year_said(note, whose) is not None


def is_of_another_body(text: str, whose: Whose) -> bool:
    """Whether a caption or note says nothing of a table but that it is of a body that is not the report's, by its whole name."""
    found = _WHOSE.fullmatch(simplified(normal(text))) if len(text) <= LONGEST_CAPTION else None
    name = found["agency"] or found["all"] if found else ""
    if not found or _NO_BODY.search(name) or not _PLACED.match(name) or not (found["all"] or is_body(name)):
        return False
    if not whose.named.agency or (text == name and whose.heads_pages(text)):
        return False
    return not _is_same(simplified(str(whose.named.agency)), name.removesuffix("系统"))


def _is_same(a: str, b: str) -> bool:
    """Whether two names may be of one body: one the other shortened, or the same place with more before it."""
    short, long = sorted((re.sub("(?:人民)?政府$", "", n) for n in (a, b)), key=len)
    return same_body(a, b) or long.endswith(short)
