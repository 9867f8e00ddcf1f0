"""What a report says of itself beside its title: its opening, who compiled it, its period, its signature, fields that were filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from auditkit.naming.titles import (
    BODY,
    COMPILED,
    FIRST,
    KIND,
    LONGEST_TITLE,
    NAME,
    ORGAN,
    TO,
    UNTIL,
    YEAR,
    cleaned,
    is_body,
    is_heading,
    normalised,
    year_of,
)
from auditkit.reading.numbering import HAN, without_number
from auditkit.reading.numbers import squeeze
from auditkit.reading.page import Grid, Line, Page

_OPENING = tuple(
    (re.compile(end), re.compile(rf"{begin}(?P<agency>{BODY}){between}{end}"))
    for begin, between, end in (
        ("(?:现将|公布|公开|发布)(?!镇|乡|街|办|服务|工作)", "", rf"{YEAR}(?:政府信息公开|年度报告)"),
        ("", "(?:结合[^,。]{0,12},)?(?:组织)?", rf"编制了?{YEAR}(?:政府信息公开|信息公开)"),
        ("", "", rf"{YEAR}(?:政府信息公开|信息公开)(?:工作)?(?:(?:年度)?报告|情况(?:公布|公开|报告)如下)"),
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
_LED = re.compile(
    rf"(?:^{YEAR}(?:以来)?|(?:领导|指导|支持)下),(?P<agency>{NAME})(?:在|认真|坚持|深入|严格|以|按照|贯彻|全面|积极|高度|切实|紧紧)"
)
"""How the first section begins."""
_IN_YEAR = re.compile(rf"(?:^|。){YEAR},(?:在|本|我|按照|根据)")
_DATE = re.compile(rf"[（(]?{YEAR}(?:\d{{1,2}}|[{HAN}]{{1,3}})月(?:\d{{1,2}}|[{HAN}]{{1,3}})日[）)]?")
_DATED = re.compile(rf"(?:发布|成文|公开|生成|公布)(?:时间|日期):{YEAR}")
_NAMELESS = re.compile(r"[我本][省市县区镇乡局委厅办院会街道单位机关部门]{1,2}”?指(?P<agency>[^,。;]{3,30})")
"""What a report means by 我局."""
_OF_OTHERS = re.compile("针对|参照|对照|沿用|往年|以往|^本报告")
"""Says that a report is spoken of which is not this one."""
_OF_ANOTHER = re.compile(r"(?:根据|按照|依据|参阅|参见|详见|请见|对|针对|[上去]一?年度?)[《“]?$")
_ABOUT_ANOTHER = re.compile(r"[》”]?(?:的通知|的函|反映|中(?:存在|发现|提出)?的?问题|指出)")
"""Before and behind the title of another document that a report speaks of."""
_IS = re.compile(rf"本(?:年度)?报告(?:是|为|系)(?P<agency>{BODY}){YEAR}(?:本级)?{KIND}")
_ASK = re.compile(rf"请(?:与|向|联系|径向)(?P<agency>{BODY}[局委厅会院府])(?:办公室|办)?(?:联系|反映|咨询|,|\()")
"""Whom to ask about the report."""
_LETTERHEAD = re.compile(rf"(?P<agency>{NAME})文件")
"""Over an official letter."""
_FIELD = re.compile(
    r"(?:(?:填报|填表|编制|编报|报送|报告|上报|制作|责任|公开|信息提供|供稿)(?:单位|机关|部门|主体)|公开责任部门|信息公开机构|所属机构|"
    r"(?:单位|部门|机构|机关)名称|行政机关名称|单位(?=:|\())(?:\((?:盖章|公章|章)\))?:?"
    r"(?P<value>.*?)(?:\((?:盖章|公章|章)\))?(?:(?:填报|填表|报送|制表|审核|联系|负责)(?:时间|日期|人).*)?"
)
_PUBLISHERS = tuple(
    re.compile(rf"(?:{label}):(?P<value>.*)")
    for label in ("(?:发布|发文)(?:机构|机关|单位)", "(?:信息|文章|稿件)?来源")
)
"""Who published the page, the likelier first."""
_YEAR_FIELD = re.compile(r"(?:统计|报告|填报|所属)?年度:?(?P<value>.*)")
"""Fields over a table that was filled in: 填报单位：X, 统计年度：2023."""
_PERIODS = (
    re.compile(
        rf"{YEAR}(?:1月1日(?:0{{1,2}}[时:]0{{0,2}})?{UNTIL}12月31日|一月一日{UNTIL}十二月三十一日|1(?:月份?)?{TO}12月)"
    ),
    re.compile(rf"(?P<year>20\d\d)[./-]0?1[./-]0?1{TO}(?:20\d\d[./-])?12[./-]31"),
)
_PLANS = re.compile("将|计划|拟")
"""Says that a period is one to come."""
_OVER_TABLE = re.compile(rf"(?P<agency>{NAME}){YEAR}(?:主动公开|收到和处理|政府信息公开行政复议)")
_YEAR_BEFORE = re.compile(r"[上前去]一?年|对比|比较|同期|相比")
"""Says that a period is that of the report before."""


def periods(lines: Sequence[str]) -> list[int]:
    """Return the years of the statistics periods that a report states for itself; others are stated for what it is compared with."""
    return [year for text in (*lines[:40], "".join(lines)[:6000]) for year in _periods_in(text)]


def _periods_in(text: str) -> list[int]:
    found = (m for pattern in _PERIODS for m in pattern.finditer(text))
    own = (m for m in found if not _YEAR_BEFORE.search(text[max(0, m.start() - 14) : m.start()]))
    return [year_of(m["year"]) for m in own if not _PLANS.search(text[m.end() : m.end() + 12])]


def over_tables(page: Page) -> tuple[str | None, int | None]:
    """Return the body and the year in the titles of the tables: 宿迁市教育局2023年主动公开政府信息情况."""
    texts = [
        t for b in page.blocks[:80] for t in ([b.text] if isinstance(b, Line) else [r[0].text for r in b.rows[:3] if r])
    ]
    found = [m for t in texts if len(t) <= LONGEST_TITLE and (m := _OVER_TABLE.match(normalised(t)))]
    bodies, years = {cleaned(m["agency"]) for m in found}, {year_of(m["year"]) for m in found}
    return (bodies.pop(), years.pop()) if len(bodies) == len(years) == 1 else (None, None)


def compiled_by(lines: Sequence[str]) -> str | None:
    """Return the body that a sentence says compiled the report."""
    found = (m for p in (_BY, _BY_SENTENCE, _ACCORDING, _NAMELESS) for line in lines if (m := p.search(line)))
    return next((cleaned(m["agency"]) for m in found), None)


def led_by(lines: Sequence[str]) -> str | None:
    """Return the body with which the first section begins."""
    return next((cleaned(m["agency"]) for line in lines if (m := _LED.search(line[:200]))), None)


def letterhead(lines: Sequence[str]) -> str | None:
    """Return the body over an official letter, on a line or two of the first."""
    over = [*lines[:5], *map("".join, pairwise(lines[:5]))]
    return next((cleaned(m["agency"]) for line in over if (m := _LETTERHEAD.fullmatch(line))), None)


def published_in(lines: Sequence[str]) -> int | None:
    """Return the year in which the page says that it was published."""
    return next((year_of(m["year"]) for line in lines[:40] if (m := _DATED.search(line))), None)


def year(lines: Sequence[str]) -> int | None:
    """Return the year with which a sentence begins, else that on a line by itself above all others."""
    heads = [re.fullmatch(rf"\(?{YEAR}\)?", line) for line in lines[:2]]
    found = (m for m in (*(_IN_YEAR.search(line) for line in lines[:25]), *heads) if m)
    return next((year_of(m["year"]) for m in found), None)


def opening(lines: Sequence[str]) -> tuple[str | None, int | None]:
    """Return the body and the year of the sentence that opens a report: 现将X2023年度政府信息公开工作报告公布如下."""
    lines = (
        list(takewhile(lambda line: not re.match("一、", line), lines)) or lines
    )  # behind it others may be spoken of
    only: int | None = None
    for found in (m for line in lines if (m := _IS.search(line[:1500]))):
        return cleaned(found["agency"]), year_of(found["year"])
    for text in (line[:1500] for line in lines if len(line) >= 20 and re.search("[,。;]|:$", line)):  # a sentence
        for pattern in (whole for end, whole in _OPENING if end.search(text)):
            for found in pattern.finditer(text):
                if _OF_ANOTHER.search(text[: found.start()]) or _OF_ANOTHER.search(found["agency"]):
                    continue
                before = text[: found.start()].rpartition("。")[2]
                if _OF_OTHERS.search(found["agency"]) or _OF_OTHERS.search(before[-6:]) or "往年报告" in before:
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
                if agency:
                    return agency, year_of(found["year"])
                only = only or year_of(found["year"])
    return None, only


def signature(prose: Sequence[str]) -> tuple[str | None, int | None]:
    """The body that signs, and the year: a short line before the closing date, or under the title before a date."""
    lines = [normalised(t) if len(t) <= 80 else "" for t in prose if t.strip()]
    for a, b in pairwise(lines):
        body = re.sub(r"\((?:盖章|公章|章)\)$", "", a)
        if (dated := _DATE.fullmatch(b)) and len(body) <= 30 and ORGAN.search(body):
            return cleaned(body), year_of(dated["year"])
    return None, None


def fields(page: Page) -> tuple[str | None, int | None]:
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
    for texts in ([normalised(t) for t in texts] for texts in (*lines, *rows)):
        for text, beside in pairwise([*texts, ""]):
            if agency is None and (field := _FIELD.fullmatch(text)) and is_body(value := field["value"] or beside):
                agency = cleaned(value)
            elif year is None and (field := _YEAR_FIELD.fullmatch(text)):
                found = re.fullmatch(YEAR, field["value"] or beside)
                year = year_of(found["year"]) if found else None
    return agency, year


def breadcrumb(page: Page) -> str | None:
    """Return the last body named in a path like 首页 > 政府信息公开 > 宿迁市教育局 > 年报."""
    lines = [b.text for b in page.blocks[:30] if isinstance(b, Line) and len(b.text) <= 200]
    for parts in (re.split(r"[>＞»›]" if re.search(r"[>＞»›]", line) else "/", line) for line in lines):
        bodies = [
            normalised(p)
            for p in parts
            if ORGAN.search(normalised(p)) and not re.search(r"公开|网站|首页", normalised(p))
        ]
        if len(parts) >= 3 and bodies:
            return cleaned(bodies[-1])
    return None


def around(page: Page, lines: Sequence[str]) -> str | None:
    """Return the one body that a page's head, its publisher, or a line by itself above the first sentence names; else who answers questions."""
    heads = [
        part
        for title in page.titles
        for t in re.split(r"[-_|—–\s]+", title)
        if not (part := normalised(t)).endswith("政府")
    ]
    blocks = [b.text.split() for b in page.blocks[:40] if isinstance(b, Line) and len(b.text) <= 120]
    cells = [
        [s.text for s in row if s.text and not s.hidden]
        for b in page.blocks[:40]
        if isinstance(b, Grid)
        for row in b.rows[:12]
    ]
    blocks += [[f"{a.rstrip(':：')}:{b}" for a, b in pairwise(row)] for row in cells]
    publishers = [
        [m["value"] for parts in blocks for part in parts if (m := label.fullmatch(normalised(part)))]
        for label in _PUBLISHERS
    ]
    before = takewhile(lambda line: "。" not in line and (not FIRST.match(line) or is_heading(line)), lines[:12])
    alone = [without_number(line) for line in before]
    offices = [line for line in alone if not line.endswith("政府")]  # that is the site's, perhaps
    asked = [m["agency"] for line in lines if (m := _ASK.search(line))]
    for bodies in (heads, offices, *publishers, alone, asked):
        found = {body for body in bodies if is_body(body)}
        if len(found) == 1:
            return cleaned(found.pop())
    return None
