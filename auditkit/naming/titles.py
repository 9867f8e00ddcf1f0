"""What a title says: agency and year, in the many forms in which titles of reports are written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from auditkit.reading.numbering import HAN, without_number
from auditkit.reading.numbers import normal, simplified, squeeze
from auditkit.reading.page import Line, Page

LONGEST_TITLE = 60
YEAR = r"(?P<year>(?:19|20)\d\d|二[〇零○O0][一二三四五六七八九〇零○]{2})年?(?:年?度(?!假))?"
WORKS = r"(?:(?:政务公开|政府信息(?:公开)?)[与和及暨、])?(?:政府[信资][息讯]|政务|信息)公开"
KIND = rf"{WORKS}(?:工作)?(?:年度)?(?:工作)?(?:情况)?(?:的)?(?:年度)?(?:总结(?:报告)?|报告|年报)(?!专[栏题]|栏目|汇编|列表|目录|频道)"
_NUMBER = (
    r"\d{3,5}(?=[\u3400-\u9fff]{0,6}(?:热线|服务|平台|中心))|(?<!\d)\d{1,5}(?=医院|团|中学|小学|大队)|"
    r"\d{1,3}(?=号[桥沟闸井]|街道)|(?<=[\u3400-\u9fff])(?<![年月日期第])\d{1,3}(?=号[\u3400-\u9fff])|"
    r"[A-Z]\d{1,3}(?=[\u3400-\u9fff])"
)
"""A number that is part of a name, as in 12345政务服务热线, 301医院, 第36中学, 66团, 1号桥街道, G60科创走廊."""
BODY = rf"(?:[\u3400-\u9fffA-Za-z·()〇“”]|{_NUMBER}){{2,40}}?"
ENDS = (
    r"(?:政府|办公厅|办公室|厅|局|委|委员会|院|署|会|部|中心|处|队|公司|学校|[大中小]学|学院|医院|幼儿园|海关|街道|镇|乡|区|市|县|省|旗|盟|州"
    r"|行|站|所|馆|社|团|分局|[林农牧渔茶]场)"
)
"""How the name of a body ends."""
NAME = rf"{BODY}{ENDS}(?:\([^()]{{2,20}}\))?"
_TITLES = (
    re.compile(rf"(?P<agency>{BODY}){YEAR}(?:本级)?{KIND}"),
    re.compile(rf"(?P<agency>{NAME})(?:[-—–]{{1,2}}|:){YEAR}{KIND}"),
    re.compile(rf"(?P<agency>{NAME}){YEAR}的{KIND}"),
    re.compile(rf"{YEAR}(?P<agency>{BODY}){KIND}"),
    re.compile(
        rf"(?P<agency>{BODY}){KIND}(?:\({YEAR}[\d年月日起至到止.~—-]*\)|[-—–:]{{0,2}}{YEAR.replace('?P<year>', '?P<last>')}$)"
    ),
    re.compile(rf"(?P<agency>{BODY}){WORKS}(?:工作)?{YEAR}(?:年度)?(?:工作)?(?:报告|年报)"),
    re.compile(rf"{YEAR}{KIND}(?:\(|[-—–]{{1,2}})(?P<agency>{NAME})(?:\)|$)"),
    re.compile(rf"{KIND}\({YEAR}\)(?P<agency>{NAME})$"),
    re.compile(rf"{YEAR}(?P<agency>){KIND}"),
    re.compile(rf"(?P<agency>{BODY}){KIND}(?P<year>)$"),
)
_WHOLE = re.compile(rf"{NAME}{YEAR}{KIND}")
"""The plainest title, whole by itself."""
PLACE = re.compile(r"[\u4e00-\u9fff]{2,8}?[省市县区州盟旗]")
"""The place with which a name begins."""
TO = r"(?:起)?(?:至|到|—|-|－|–|~|～)+(?:止)?"
UNTIL = rf"{TO}(?:{YEAR.replace('?P<year>', '?:')})?"
PART_OF_YEAR = re.compile(rf"(?<=年)(?:第?[一二三四1-4]季度|[上下]半年)(?=的?{KIND})")
"""Of a title, which then is that of no annual report."""
_TWIN = re.compile(r"(?:^|(?<=[^\u3400-\u9fff]))(?!首页|正文|标题)[\u3400-\u9fff]{2,3}[-—–]{1,2}$")
_OF_A_ZONE = re.compile(r"(?:管理委员会|管委会|园区?|开发区|合作区|示范区)$")
"""中国—马来西亚钦州产业园区管理委员会: zones are named after two places."""
_BRACKETED = re.compile(r"^[【\[〔(]((?:19|20)\d\d)年?度?[】\]〕)]")
_IN_TITLE = re.compile(rf"(?<=年)1月1日{UNTIL}12月31日(?=.{{0,4}}公开)")
"""Of a title, which says the year by it."""
_LEAD = re.compile(
    r"^(?:.*(?:首页|当前位置|您的位置|所在位置|标题|名称|关于印发|关于公布|关于发布|[>＞:：》|｜])|关于)"
)
COMPILED = r"(?<!机构)编制(?!委员会|办)"
"""编制 as a verb; in 机构编制委员会 it is part of a name."""
_VERB = re.compile(rf"根据|按照|关于|做好|要求|{COMPILED}|规定|现将")
ORGAN = re.compile(rf"{ENDS}(?:\)|\([^()]*\))?$")
_MENU = (
    r"(?:[AP]?M|星期[一二三四五六日天]|(?:[打列]印|关闭|收藏|分享|返回)(?:本页|窗口|到)?|置顶|页|大中小|字[号体]"
    r"|[(](?:定稿|终稿|送审稿|发布稿)[)])+"
)
"""Words of a page's menu, or of its print, that stand on the title's line."""
_OF_PAGES = re.compile(rf"{_MENU}|农历.*|.*(?:网站?|平台|门户|首页)")
"""A word that is of the page and no part of a name."""
_LAST = "府厅局委会院署处街镇乡"
"""Characters with which names of bodies end."""
_OWN = re.compile(r"[我本该][省市县区州盟旗镇乡局委厅办院会处所站队校中心街道单位机关部门公司]{1,4}")
"""How a report calls its own agency."""
_ALL = re.compile(r"各(?:乡|镇|街|部门|单位|委办|县|区|市)")
"""Says that a title is that of a compilation."""
_CHINESE = str.maketrans("〇零○O一二三四五六七八九", "0000123456789")
FIRST = re.compile(r"\s*一、")
"""Begins the report's first section."""
_CLOSING = frozenset(")]】〕")
_BLAND = frozenset(
    re.findall(
        r"\w+",
        "本机关 本单位 本部门 本局 本级 本市 本县 本区 我局 我市 我县 我区 年度 工作 政府 本年度 "
        "全市 全县 全区 政府信息公开 公布 发布 公开 报送 上报 转发",
    )
)


def year_of(text: str) -> int:
    """Turn 2020 or 二〇二〇 into a number."""
    return int(text.translate(_CHINESE))


def titles_in(text: str) -> Iterable[tuple[str | None, int | None]]:
    """Yield agency and year for each title form that a text matches, best form first."""
    norm = normal(_without_words_before(text))
    norm = re.sub(r"^[#*>\-]+|^\d[\d/.-]+,?\d{1,2}:\d\d(?::\d\d)?(?:[AP]M)?", "", norm)  # the time of a print
    norm = PART_OF_YEAR.sub("", norm)
    norm = _IN_TITLE.sub("", _BRACKETED.sub(r"\1年", norm))
    norm = re.sub(rf"[《“](?={YEAR})", "", norm)
    norm = re.sub(rf"20\d\d年(?:公布|发布|公开)的(?={YEAR})", "", norm)
    simple = simplified(norm)
    for pattern in _TITLES if "公开" in simple else ():
        found = pattern.search(simple)
        if found:
            begin, end = found.span("agency")
            with_another = re.search(rf"(?:{NAME}、)+$", simple[:begin])  # two bodies report together
            if _OF_A_ZONE.search(simple[begin:end]):
                with_another = with_another or _TWIN.search(simple[:begin])
            begin = with_another.start() if with_another else begin
            whole = norm[begin:end].count(")") <= norm[begin:end].count("(")  # else it began in the line above
            agency = cleaned(norm[begin:end], norm[max(0, begin - 1) : begin]) if whole else None
            year = found["year"] or found.groupdict().get("last")
            yield agency, year_of(year) if year else None


def _without_words_before(text: str) -> str:
    """Leave out what stands, a space between, before a whole title whose body begins with its place: a site's name, words of a menu.

    Places before it stay (江苏省 宿迁市 宿豫区教育局), and what may be part of the name, or a body that reports with it.
    """
    words = text.split()
    for i in range(len(words) - 1, 0, -1):
        title = "".join(words[i:])
        if min(len(words[i]), len(words[i - 1])) > 1 and PLACE.match(title) and _WHOLE.match(normal(title)):
            while i and PLACE.fullmatch(words[i - 1]):
                i -= 1
            return "".join(words[i:]) if i and _is_no_name(normal(words[i - 1]), title) else text
    return text


def _is_no_name(word: str, title: str) -> bool:
    """Whether a word before a title is no part of its body's name: no name at all, of the page, the body's once more, another place's site."""
    place = PLACE.match(word)
    site = word.endswith("政府") and place is not None and not title.startswith(place[0])
    return (
        site
        or title.startswith(word)
        or _OF_PAGES.fullmatch(word) is not None
        or re.search("[^\u4e00-\u9fff]", word) is not None
    )


def titles_of(page: Page) -> Iterable[tuple[str | None, int | None]]:
    """Yield agency and year as `titles_in` for the titles of a page and its first lines, each, and over two or three of them."""
    lines = [b.text for b in page.blocks[:60] if isinstance(b, Line) and len(b.text) <= LONGEST_TITLE]
    over_lines = ("".join(lines[n : n + k]) for k in (1, 2, 3) for n in range(len(lines)))
    for text in (*page.titles, *over_lines):
        yield from titles_in(text)


def cleaned(agency: str, before: str = "") -> str | None:
    """Return the name that is in a text, if it is one; `before` is the character before it."""
    if before.isdigit() or before in _CLOSING:  # of the year or date; else a name may begin with it: 年陡镇
        agency = re.sub("^(?:年?度?|日(?!照))", "", agency)
    agency = re.sub(rf"^{_MENU}(?=..)", "", agency)
    agency = re.sub("^.*月?日(?=政府$|$)", "", agency)  # of the date in the line above
    agency = _LEAD.sub("", re.sub(r"(?<=.)(?:关于(?:报送|上报|印发|公布|发布|公开|更正)?|公布|发布)$", "", agency))
    agency = re.sub(
        rf"^.*{WORKS}(?:网站?|平台|专栏|目录|指南)?(?!办|科|处|室|中心|工作|和|与|服务)(?={NAME}$)", "", agency
    )  # the site's
    agency = without_number(agency)
    agency = re.sub(
        rf"^(?:{KIND}|年报|的|及|与(?!儿街)|{YEAR}|正文|附件|公开(?!镇|乡|街)|A)+", "", agency
    )  # A A A: sizes of type
    agency = re.sub(r"^[“”]*(?:(?:补充)?公布|报送|上报|转发|更正|一?图解|一图读懂|最新)?(?=..)", "", agency).strip("“”")
    agency = re.sub(r"^(?:现?向?社?会)?(?:公布|发布)", "", agency)  # the line above ends within 现向社会公布
    agency = re.sub(
        r"(?:的|\((?:本级|盖章|公章|章|机关及[^()]*)\)|本级)$|^.*[与和及暨]$|(?<=[局委办厅府会处])年$", "", agency
    )
    agency = re.sub(rf"(?<=.[{_LAST}]){WORKS}$", "", agency)  # of the site's path before the year
    agency = re.sub("人民$", "人民政府", agency.strip("·"))  # 人民政府信息公开 is 人民政府's 政府信息公开
    if agency.count("(") == agency.count(")") + 1 and not agency.startswith("("):
        agency += ")"  # which was taken for the end of what holds the name
    if agency.count("(") != agency.count(")") or re.fullmatch(r"\([^()]*\)", agency):
        agency = agency.strip("()")
    dated = re.fullmatch("[一二三四五六七八九〇零○十0-9年度]*", agency)
    if (
        len(agency) < 2
        or dated
        or agency in _BLAND
        or _OWN.fullmatch(agency)
        or _ALL.search(agency)
        or _VERB.search(agency)
        or re.search(f"{KIND}$", agency)
    ):
        return None
    return agency


LONGEST = 8000
"""Characters of a paragraph that are looked at."""
CHANNEL = re.compile(
    r"公开|要闻|新闻|动态|公告|服务|互动|专题|专栏|网|热线|报告|概况|职能|领导|政策|文件|部门|欢迎|天气|年报|专区|栏目|导航|信箱|之窗|政务|^(?:走[进近]|魅力|美丽|印象|今日)"
)
"""Says that a line is of the page around the report."""
SERVICES = re.compile(r"政务服务|(?<=.)服务|(?:互联|电)网|网络|新闻出版|政策研究")
"""What bodies are named after, though it stands in such lines too."""
_OFFICE = re.compile(r"(?:人民)?政府(?:办公[室厅])?$|(?:党政|综合|党政综合)办公[室厅]$")
_GOVERNMENT = re.compile(r"政府(?:办公[室厅])?$|[省市县区旗镇乡]$")
_BODY_IS = re.compile(rf"^附(?:件|表|录)?[\d{HAN}]*:|^(?:填报|报送|填表|编制)?(?:单位|机关)(?:名称)?:")


def normalised(text: str) -> str:
    """Return a line as it is compared, no longer than `LONGEST`."""
    return normal(text[:LONGEST])


def is_title(text: str) -> bool:
    """Whether a line says agency and year by itself."""
    return len(squeeze(text)) <= 70 and any(agency and year for agency, year in titles_in(text))


def is_body(text: str) -> bool:
    """Whether a line is the name of a body and nothing else."""
    return re.fullmatch(NAME, text) is not None and not CHANNEL.search(SERVICES.sub("", text))


def heading_said(text: str) -> str | int | None:
    """Return the body or the year that a line over a report in a file of several names by itself, numbered perhaps, or None."""
    line = _BODY_IS.sub("", without_number(normalised(text))) if len(text) <= LONGEST_TITLE else ""
    if year := re.fullmatch(rf"\(?{YEAR}\)?", line):
        return year_of(year["year"])
    return line if is_body(line) else None


def is_heading(text: str) -> bool:
    """Whether a line says nothing but the body or the year of the report beneath it, in a file of several."""
    return heading_said(text) is not None


def same_body(a: str, b: str) -> bool:
    """Whether one name is the other, shortened: its characters stand in the other in the same order."""
    short, long = sorted((a, b), key=len)
    rest = iter(long)
    return all(c in rest for c in short)


def may_be_same(a: str, b: str) -> bool:
    """Whether two names may be of one body: one the other shortened, the same place with more before it, or a government's own office.

    A town's government is not its county's, though all characters of one name stand in the other.
    """
    short, long = sorted((_OFFICE.sub("", name) for name in (a, b)), key=len)
    own = re.fullmatch(r"(?P<place>.+?族)自治(?P<rest>[州县旗].*)", long)  # 凉山州 is 凉山彝族自治州
    if own and short.endswith(own["rest"]) and own["place"].startswith(short.removesuffix(own["rest"])):
        return True
    governments = all(map(_GOVERNMENT.search, (a, b)))
    return (bool(short) and long.endswith(short)) or (not governments and same_body(a, b))
