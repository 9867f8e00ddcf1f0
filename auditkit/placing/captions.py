"""What the words of a caption say of a table: of what time it is, of which body, that it is an annex, corrected, void or an example."""

from __future__ import annotations

import re
from typing import NamedTuple

from auditkit.naming.titles import NAME, WORKS, is_body
from auditkit.reading.numbers import normal, simplified

LONGEST_CAPTION = 40
YEAR = re.compile(r"(?:(?<!\d)|(?<=表\d))(20\d\d)年(?!\d{1,2}月|版|新?格式|修订|印发|发布|制定)")
BEFORE = re.compile(r"(?:上|去|前)一?年(?:度|同期)?(?!结转)")
ANNEX = re.compile(r"附(?:件|表|录|注)?[\d一二三四五六:：]")
_ENDS = r"(?:[（(].{0,12}[）)])?[:：]?$"
_LIKE_ONE = re.compile(
    r"(?:数据|情况|[表年度]|统计|对比|报告|汇总|公开|事项|[上下]半年|季度)(?:[（(].{0,12}[）)])?[）)]?[:：]?$|[:：]"
)
_PART = r"(?:(?:下属|局属|所属|直属|全系统)(?:单位|学校|事业单位|机构|部门|企业)?)"
OF_OTHERS = re.compile(
    rf"(?:更正|修改|勘误|修订)前(?:的?(?:表.{{0,3}}|数据|数字|情况))?{_ENDS}|^原(?:公布|发布|报送|填报)?的?(?:数据|数字|表){_ENDS}"
    rf"|已作废[）)]?{_ENDS}|(?:填报|填写)(?:示例|样例){_ENDS}|(?:数据|数字)[均仅]?(?:为|是)(?:示例|虚构)|不(?:计入|列入|属于)本(?:报告|年度?报告)"
    rf"|供(?:对照|对比|参考)[）)]?{_ENDS}|^(?:附[:：])?[上去]年同期(?:情况|数据)?{_ENDS}|^附.*系统.*汇总"
    rf"|^其中[:：]\D{{2,20}}(?:情况|学校|单位|部门|[镇乡局委办]|办公室|中心)[:：]?$|^其[他它](?:单位|部门|机关)[:：]\D{{2,}}$"
    rf"|^(?:附.{{0,4}}|其中[:：])?(?:本?(?:级|机关|单位|部门|局))?{_PART}(?:(?:数据|情况)(?:汇总)?(?:统计)?表?(?:[:：].{{2,20}})?)?{_ENDS}"
    rf"|^(?:附.{{0,3}}[:：]?)?(?:样表|空表|空白表格?|模板|示例|样例){_ENDS}"
    r"|^公共企事业单位|^(?:信访|网上咨询|咨询|投诉|举报|网民留言|12345)[^公开]{0,8}(?:情况|统计)"
    r"|(?:^|[（(])(?:非政府信息公开|不涉及政府信息公开|不属于政府信息公开)|全部(?:行政)?(?:复议|诉讼|应诉)?.{0,6}案件|作为(?:行政)?复议机关"
)
"""Of a caption: whatever table it stands over is not the report's own. Words that speak of what the table includes are none."""
OWN_AGAIN = re.compile(rf"(?:更正|修改|勘误|修订)后|本(?:级|机关|单位|部门|局)(?!不掌握|.{{0,2}}{_PART})")
OF_AN_ANNEX = re.compile(r"^(?:附.{0,3}[:：])?[上去前]一?年度?(?!结转)|全系统|系统(?:数据|情况|汇总)")
"""Of a caption behind the report's own sections: that it is that of an annex of another time or scope."""
_ITEM = r"(?:[（(][一二三四五六七八九十][)）]|[\d一二三四五六七八九十][、.．])?"
OWN_LEVEL = re.compile(
    rf"{_ITEM}(?:[省市县区州旗镇乡]?本级|本(?:机关|单位|部门|局)|.{{2,12}}[（(]本级[)）])(?:情况|数据)?[:：]?"
)
WHOLE = re.compile(rf"{_ITEM}(?:全[省市县区州旗镇乡](?:情况|数据)?(?:汇总|合计|总计)?|汇总)(?:情况|数据)?[:：]?")
"""A line over tables of a body by itself, and one over those of all of its area."""
CORRECTION = re.compile(rf"{_ITEM}[（(【]?(?:更正|修改|勘误|修订)(?P<side>[前后])(?P<only>[）)】]?[:：]?$)?")
"""A line over what was before a correction, or over what is since; `only` if it says nothing else."""

_TITLE = (
    r"主动公开(?:政府信息)?(?:的?情况)?|收到和?(?:处理|办理)政府信息公开申请(?:的?情况)?"
    r"|(?:政府信息公开)?(?:被申请)?(?:行政)?复议[、和及]?(?:行政)?诉讼(?:的?情况)?"
)
_LEADS = (
    r"(?:其中[:：]|附(?:件|表|录|注)?[\d一二三四五六]*[:：、.]?|表(?:[\d一二三四](?=20)|[\d一二三四]+)[:：、.]?|[（(【]|备?注[:：]?"
    r"|(?:以上|上表|上述|本表|下表|此表)(?:数据)?(?:均?[为是系]|[:：])|现将){0,4}"
)
_REST = (
    rf"的?(?:有关|相关|{_TITLE}|政府信息公开(?:工作)?|申请情况|年度报告|年报|报告|数据|数字|情况|统计|汇总|合计|总计|列示|表[一二三四]|[见如下表])*"
    r"[）)】]?[:：。]?"
)
"""What stands before and behind the words that count: 附件2：…数据, （以上为…情况）, 表1 …主动公开政府信息情况."""
_PAST = "[上去前]一?年(?:度|同期)?"
_NO_YEAR = (
    r"(?:20\d\d年?度?)?(?:[上下]半年度?|第?[一二三四]季度|(?!0?1月?[-—–至到~～]12月)\d{1,2}月?[-—–至到~～]\d{1,2}月份?)"
    r"|截[至止](?:20\d\d年)?(?!(?:12|0?[123])月)\d{1,2}月(?:\d{1,2}日)?"
    r"|20\d\d年?[-—–至到~～]20\d\d年(?:度|累计|合计)*|20\d\d年?度?(?:计划|目标|预计|预算)"
    r"|(?:(?:填[报写表])?(?:示例|样例|样表?|模[板版]|范例|空表|空白表))+|各(?:乡镇|镇街|街道|县[（(]?区[）)]?|区县|县市区)(?:合计|汇总)?|公共企事业单位"
)
"""Parts of a year, several, those to come; examples; and all of those below the body, or beside it."""
_TIME = re.compile(
    rf"{_LEADS}(?:(?P<none>{_NO_YEAR})|(?P<past>{_PAST})(?:[（(](?P<then>20\d\d)年度?[）)])?|(?P<year>20\d\d)(?:年度?)?){_REST}"
)
_OF_ALL = re.compile(
    rf"{_LEADS}(?:20\d\d年度?)?全(?P<level>[省市县区州旗镇乡])(?=.*(?:汇总|[合总]计))(?:各[^，。各全]{{1,7}})?{_REST}"
)
_HEADING = re.compile(
    rf"{_ITEM}(?:(?P<year>20\d\d)年度?|(?P<other>{_NO_YEAR}|{_PAST}|(?:下属|所属|直属|局属)(?:单位|学校)|(?:错误|原始?|初稿|旧)(?:数据)?(?=[表数稿:：]|$))"
    rf"|(?P<own>[本今]年度?|全年|实际填报|(?:本|局|厅|委)机?[关局级]|本单位|(?:正确|现|定稿|新)(?:数据)?(?=[表数稿:：]|$))){_REST}"
)
_OF_A_BODY = re.compile(rf"{_LEADS}(?:(?P<body>{NAME})|(?P<all>[^全]{{2,16}}系统))(?:20\d\d年度?)?{_REST}")
_BEGINS_WITH_A_BODY = re.compile(
    rf"(?:附(?:件|表|录)?[\d一二三四五六]*[:、.])?(?P<body>{NAME})(?:20\d\d年度?)?(?:{WORKS}|{_TITLE}|公开|信息|数据|统计|情况).{{0,16}}"
)
_WITH_ITS_PLACE = re.compile(r"^(?!不?包?[含括])[\u4e00-\u9fff]+?[省市县区州盟旗镇乡街][\u4e00-\u9fff]{2,}")
_NO_BODY = re.compile(r"^[全各本我该]|^原(?!州区|平市|阳县)|公开|信息|申请|处理|统计|(?<!人民)政府$")
"""In what looks like the name of a body and is none."""


class Time(NamedTuple):
    """Of what time a caption says that a table is: a year, the year before, or neither (a part of one, an example)."""

    year: int | None = None
    past: bool = False


def time_said(text: str) -> Time | None:
    """Return of what time a caption or note says that a table is, if it says nothing else."""
    found = _TIME.fullmatch(text) if len(text) <= LONGEST_CAPTION else None
    year = found and (found["year"] or found["then"])
    return Time(int(year) if year else None, bool(found["past"]) and not year) if found else None


def level_said(text: str) -> str:
    """Return of all of what a caption says that a table is, if it says nothing else: 市 for 全市汇总, else ``""``."""
    found = _OF_ALL.fullmatch(text) if len(text) <= LONGEST_CAPTION else None
    return found["level"] if found else ""


def is_of_no_year(text: str) -> bool:
    """Whether a caption or note says nothing of a table but that it is of a time that is no year, or an example."""
    return time_said(text) == Time()


def heading(text: str) -> int | bool | None:
    """Return what a heading over whole sets of tables tells them apart by: a year, or whether they are the report's own; None if it is none."""
    found = _HEADING.fullmatch(text) if len(text) <= LONGEST_CAPTION else None
    if found is None:
        return None
    return int(found["year"]) if found["year"] else found["own"] is not None


def body_said(text: str) -> str:
    """Return of which body, by its whole name, or system of bodies a caption or note says that a table is; ``""`` if it says anything else."""
    found = _OF_A_BODY.fullmatch(simplified(normal(text))) if len(text) <= LONGEST_CAPTION else None
    name = re.sub(r"\([^()]*\)$", "", found["body"] or found["all"]) if found else ""
    if not found or _NO_BODY.search(name) or not _WITH_ITS_PLACE.match(name):
        return ""
    return name if found["all"] or is_body(name) else ""


def body_of_annex(text: str) -> str:
    """Return the body with whose name the title of an annex begins, however it goes on, or ``""``."""
    found = _BEGINS_WITH_A_BODY.fullmatch(simplified(normal(text))) if len(text) <= LONGEST_CAPTION else None
    return found["body"] if found and not _NO_BODY.search(found["body"]) else ""


def without_leads(note: str) -> str:
    """Return a note without what it begins with (注：本表为), what it ends with (列示如下。) and its brackets."""
    bare = re.sub(rf"^{_LEADS}|(?:列示)?(?:[见如]下?表?|下表)?[:：。]?$", "", note)
    for begin, end in ("（）", "()", "【】"):  # its beginning may have gone with what led to it
        bare = bare.removeprefix(begin) if bare.count(begin) > bare.count(end) else bare
        bare = bare.removesuffix(end) if bare.count(end) > bare.count(begin) else bare
    return bare


def is_like_one(text: str) -> bool:
    """Whether a line may be a caption by how it ends: no sentence, nor a piece of one."""
    return _LIKE_ONE.search(text) is not None and not re.search("[，。；]", text)
