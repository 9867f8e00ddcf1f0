"""One grammar for figures as agencies print them: 减1, 105万, 415.96万元, １２, 1,234, 22（其中修订 16 件）, —."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any, Literal, TypeAlias, TypeVar, cast

from auditkit.reading.numbering import is_number

Kind: TypeAlias = Literal["figure", "blank", "none", "text"]
Number: TypeAlias = int | Decimal

LONGEST_ODD = 6
"""Characters of what may stand in a cell of figures without being one."""
LONGEST = 60
"""A longer text is no figure."""
REMEMBERED = 120
"""Characters of the longest text whose reading is kept for the next report: 16,384 of them take some 8 MB."""

NO_VALUE = frozenset(("NaN", "nan", "None", "<NA>", "NaT", "null"))
"""What programs write for a cell without a value."""
NONE_MARKS = frozenset("、/／-－—–―─无空·") | {"——", "--", "---", "－－", "//", "\\", "无数据"} | NO_VALUE
"""What agencies print where there is nothing to state: no figure, and not a zero."""

_NOTHING = re.compile(
    r"[/—－-]*[（(]?(?:本机关|本单位)?(?:无(?:制定|立法|许可|处罚|强制|收费|此项|该项|相关|此类|权限|变化|项目)[\u4e00-\u9fff]{0,6}|不涉及|不适用|不收费|免征|没有|持平|不变|暂无)[）)]?"
)
"""Words that say that there is nothing to state."""
_UNSEEN = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)
MUTE = re.compile("[\u00ad\u200b-\u200e\u2060\ufeff]+")
"""What has no width and turns nothing around: a figure with it inside looks like one without."""
_RADICALS = str.maketrans(
    "⺁⺊⺒⺓⺝⺠⺩⺫⺬⺮⺶⻁⻄⻅⻆⻉⻋⻌⻐⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻬⻮⻰",
    "厂卜巳幺月民王目示竹羊虎西见角贝车辶钅長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄齐齿龙",
)
"""Radicals of U+2E80 to U+2EF3, as fonts of PDF files give them for characters of the same shape; NFKC leaves them."""
_TRADITIONAL = str.maketrans(
    "總計開關請數轉辦繳費處罰許規範強維糾審結復複訴訟議經業機構組織務個國祕屬類過內執檔詢無應當確認獲補現製報舉訪續繼與護權穩條項購額減產單萬徵證會團體員歷據錄聯繫對於發給級係後",
    "总计开关请数转办缴费处罚许规范强维纠审结复复诉讼议经业机构组织务个国秘属类过内执档询无应当确认获补现制报举访续继与护权稳条项购额减产单万征证会团体员历据录联系对于发给级系后",
)
_FOOTNOTE = re.compile(
    r"(?:注?(?:[\u2460-\u2473\u2776-\u277f¹²³⁴-⁹⁰*※†‡★☆▲△]|[\[〔][\d¹²³⁴-⁹⁰]{1,2}[\]〕])+|注\d{0,2})$"
)
_RAISED = re.compile(r"[¹²³⁰⁴-⁹₀-₉\u2460-\u2473\u2776-\u277f]")
_REMARK = re.compile(r"^(?P<head>[^（(]+?)\s*[（(](?P<remark>[^（）()]*)[）)]?$")
_MENDS = re.compile("(?:更正|改|修正)为|(?<!反)(?<!对)[应实]为|(?<!无)误")
"""Of a remark: that another figure counts."""
_SIGN = {"减少": -1, "减": -1, "下降": -1, "-": -1, "−": -1, "增加": 1, "增": 1, "新增": 1, "+": 1}
_SCALE = {"": 1, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_COUNTERS = "件条个项宗份次人篇部起例家"
_FIGURE = re.compile(
    r"^(?P<about>约|近|逾|超)?共?(?P<sign>减少|减|下降|新增|增加|增|[-+−])?(?P<money>[¥￥])?"
    r"(?P<digits>[1-9]\d{0,2}(?:(?P<mark>[, ])\d{3})(?:(?P=mark)\d{3})*|\d{1,15})(?P<decimals>\.\d{1,10})?"
    rf"(?P<more>余|多)?(?P<scale>[百千万亿])?(?P<unit>元|[{_COUNTERS}]|[人件]次)?(?P<stop>[.。;,])?$"
)
_CHINESE_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class Figure:
    """What one cell states.

    Attributes
    ----------
    text : the cell's text as found, outer space removed
    kind : ``figure``; ``blank``; ``none`` (a mark that states nothing: — 、 / 无); ``text`` (anything else)
    value : the figure in the cell's unit (single pieces, or 万元), else None
    step : one unit of the last digit shown, in the cell's unit, where the figure is shown rounded (105万: 10000), else 0
    unit : the unit word printed in the cell ("" for none)
    remark : the remark in brackets behind the figure ("" for none)
    plain : whether the cell is printed as the form asks, so that nothing had to be interpreted
    signed : whether a sign or a word like 减 is printed
    """

    text: str
    kind: Kind
    value: Number | None = None
    step: Number = 0
    unit: str = ""
    remark: str = ""
    plain: bool = True
    signed: bool = False


_F = TypeVar("_F", bound=Callable[..., Any])


def remember(at: int) -> Callable[[_F], _F]:
    """Keep what a function makes of texts (its argument number `at`): reports say the same words. Long texts are not kept."""

    def wrap(function: _F) -> _F:
        kept = lru_cache(maxsize=16384)(function)

        @wraps(function)
        def call(*args: Any) -> Any:
            return kept(*args) if len(args[at]) <= REMEMBERED else function(*args)

        return cast(_F, call)

    return wrap


@remember(0)
def squeeze(text: str) -> str:
    """Return a text without white space of any kind (no-break, ideographic, zero-width)."""
    return _UNSEEN.sub("", text)


def normal(text: str) -> str:
    """Return a text as it is compared: half-width, without white space, no radical where a character of the same shape is meant."""
    return unicodedata.normalize("NFKC", squeeze(text)).translate(_RADICALS)


def simplified(text: str) -> str:
    """Return a text with the traditional characters that stand in forms and titles replaced, one for one."""
    return text.translate(_TRADITIONAL)


@remember(0)
def parse(text: str, unit: str = "count") -> Figure:
    """Read the text of one cell.

    Parameters
    ----------
    text : the cell's text
    unit : the unit of the form's cell: ``"count"``, ``"signed count"`` or one that begins with ``"万元"``

    Returns
    -------
    Figure
        Counts in single pieces ("105万" is 1050000), amounts in 万元 ("251000元" is 25.1).

    Notes
    -----
    Nothing is guessed: two figures in one cell, a letter O, a single 一 (which may be a dash), ¥ with no unit are ``text``.
    """
    printed = text.strip(" \t\r\n\f\v\u00a0\u3000\ufeff\u200b")
    if not squeeze(printed):
        return Figure("", "blank")
    if squeeze(printed) in NONE_MARKS or _NOTHING.fullmatch(squeeze(printed)):
        return Figure(printed, "none", plain=False)
    if len(printed) > LONGEST:
        return Figure(printed, "text", plain=False)
    head, remark = printed, ""
    if not printed.startswith(("（", "(")) and (found := _REMARK.match(printed)):
        head, remark = found["head"], found["remark"]
        if _MENDS.search(remark):
            return Figure(printed, "text", plain=False)
    head = _FOOTNOTE.sub("", MUTE.sub("", head))
    if _RAISED.search(head):  # a mark within: neither 12¹件 nor 12①件 is 121
        return Figure(printed, "text", plain=False)
    head = re.sub(r"\s{2,}|[\n\t\u3000]", "\n", head.strip())  # figures so far apart are not one
    norm = unicodedata.normalize("NFKC", head)
    norm = re.sub(r"(?<=[^\d])\s+|\s+(?=[^\d])", "", norm.replace("，", ","))
    figure = _FIGURE.match(norm)
    money = unit.startswith("万元")
    if figure is None:
        value = _chinese_numeral(norm.rstrip(_COUNTERS))
        if value is None or (money and value):
            return Figure(printed, "text", plain=False)
        return Figure(printed, "figure", value, remark=remark, plain=False)
    return _evaluate(printed, figure, remark, money=money, form_unit=unit)


def _evaluate(printed: str, m: re.Match[str], remark: str, *, money: bool, form_unit: str) -> Figure:
    decimals = m["decimals"] or ""
    number = Decimal(re.sub(r"[, ]", "", m["digits"]) + decimals)
    scale = Decimal(_SCALE[m["scale"] or ""])
    unit_word = (m["scale"] or "") + (m["unit"] or "")
    is_money_unit = m["unit"] == "元" or bool(m["money"])
    if is_money_unit != money and (is_money_unit or (m["unit"] and money)):
        return Figure(printed, "text", plain=False)  # yuan in a count, or pieces in an amount
    if money and m["money"] and number and not unit_word:
        return Figure(printed, "text", plain=False)  # ¥ is put before amounts in 万元 as well
    if money:
        scale = scale / 10**4 if is_money_unit else (Decimal(1) if m["scale"] in (None, "万") else scale / 10**4)
    value = number * scale * _SIGN.get(m["sign"] or "+", 1)
    last_digit = Decimal(1).scaleb(-(len(decimals) - 1 if decimals else 0))
    about = bool(m["about"] or m["more"])
    if about:
        zeros = len(m["digits"]) - len(m["digits"].rstrip("0")) if not decimals else 0
        last_digit = Decimal(10) ** zeros if zeros else last_digit
    step: Number = 0
    if about or m["scale"]:
        step = _tidy(last_digit * scale)
    signed = bool(m["sign"])
    plain = (
        printed == re.sub(r"[^\d.]", "", printed)
        and printed.isascii()
        and not (signed or m["stop"] or remark)
        and not (len(m["digits"]) > 1 and m["digits"].startswith("0"))
    )
    if form_unit == "signed count" and re.fullmatch(r"[-+]?\d+", printed):
        plain = True
    return Figure(printed, "figure", _tidy(value), step, unit_word or (m["money"] or ""), remark, plain, signed)


def _tidy(value: Decimal) -> Number:
    """Return an int where the decimal is one."""
    return int(value) if value == value.to_integral_value() else value.normalize()


def _chinese_numeral(text: str) -> int | None:
    """Read 十二, 一百零三, 四十九万三千, 二〇二〇 and 〇; a single 一 may be a dash and is not read, nor is 一百三 (130, spoken)."""
    if (
        not text
        or text == "一"
        or any(c not in _CHINESE_DIGITS and c not in _CHINESE_UNITS and c not in "万亿" for c in text)
    ):
        return None
    if all(c in _CHINESE_DIGITS for c in text):
        return int("".join(str(_CHINESE_DIGITS[c]) for c in text))
    for word, scale in (("亿", 10**8), ("万", 10**4)):
        many, found, rest = text.partition(word)
        if found:
            if len(rest) == 1 and rest in _CHINESE_DIGITS:
                return None
            parts = _chinese_numeral(many), _chinese_numeral(rest.lstrip("零")) if rest else 0
            return None if parts[0] is None or parts[1] is None else parts[0] * scale + parts[1]
    total, digit = 0, None
    last_unit = 10**9
    for c in text:
        if c in _CHINESE_UNITS:
            unit = _CHINESE_UNITS[c]
            if unit >= last_unit or digit == 0 or (digit is None and unit != 10):
                return None
            total, digit, last_unit = total + (1 if digit is None else digit) * unit, None, unit
        else:
            if digit not in (None, 0):
                return None
            digit = _CHINESE_DIGITS[c]
    shortened = bool(digit) and last_unit in (100, 1000) and text[-2] not in "零〇"
    return None if shortened else total + (digit or 0)


@remember(0)
def is_entry(text: str) -> bool:
    """Whether a text could stand in a cell of figures: a figure, a blank or a mark that states nothing."""
    return parse(text).kind != "text" or parse(text, "万元").kind != "text"


def is_figure(text: str) -> bool:
    """Whether a text is a figure: a count, or an amount."""
    return "figure" in (parse(text).kind, parse(text, "万元").kind)


def states(text: str) -> bool:
    """Whether a text that could stand in a cell of figures is no blank."""
    return bool(squeeze(text)) and is_entry(text)


def may_hold_figures(text: str) -> bool:
    """Whether a text that stands where a figure should has digits in it, or a letter O that may be a zero."""
    return any(c.isnumeric() or c in "OoＯｏ○" for c in text)


def is_odd(text: str) -> bool:
    """Whether a text is short and may hold figures, but is none."""
    return len(text) <= LONGEST_ODD and may_hold_figures(text) and not is_entry(text)


_WORDS_OF_FIGURES = re.compile(rf"[{_COUNTERS}元百千万亿约近逾超余多减少增加新下降其中含]")
_LETTER = re.compile(r"[^\W\d_]")


@remember(0)
def holds_figures(text: str) -> bool:
    r"""Whether a text is a figure, or digits without words: several figures run together, one that is torn or damaged.

    Examples
    --------
    >>> [holds_figures(t) for t in ("12件", "429\\n6", "3\ufffd", "（1）", "第 12 条", "—")]
    [True, True, True, False, False, False]
    """
    norm = normal(text)
    if not re.search(r"\d", norm) or is_number(norm):
        return False
    return not _LETTER.search(_WORDS_OF_FIGURES.sub("", norm)) or parse(text).kind == "figure"
