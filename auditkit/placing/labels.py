"""Printed labels against the words of a form: normalised text, a measured similarity, a margin to the next best.

A label is matched only if it is clearly one row (or column) and no other; what is not clear stays unmatched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import TypeAlias, TypeGuard

from auditkit.forms import FORM_IDS, Form, layouts, load_form
from auditkit.reading.numbering import HAN, leads_heading, without_number
from auditkit.reading.numbers import normal, remember, simplified, squeeze

SIMILAR = 0.8
"""Least similarity (difflib ratio) of a misprinted label, and only for labels of at least `SHORT` characters."""
RESEMBLING = 0.6
"""Least similarity of a label that can be no other: a head where all others are named, a row's label by its number in its group."""
RESEMBLING_OF_TWO = 0.5
"""The same where two characters are printed: one of them (（七）总记)."""
MARGIN = 0.1
SHORT = 4
_LEAST_OF_A_HEAD = 3
"""Characters more than which of a head tell that it is this one."""
LONGEST = 120
LONGEST_LINE = 60
"""Characters of a label that stands on a line of its own."""

_UNMARKED = re.compile(r"^\d{1,2}(?=[\u4e00-\u9fff])")
"""A label's number without a mark behind it."""
_REMARK = re.compile(r"[(（][^()（）]*(?:[)）]|$)")
_OF_ANOTHER_TIME = re.compile(r"[(（](?:[上去前]一?年度?|累计|占比)(?:数[据字量]?)?(?:[)）]|$)")
"""Of a remark in brackets: then the label is not that of this year's figures."""
_FOOTNOTES = re.compile(r"[⁰¹²³⁴-⁹]+|(?<=.)[①-⑳*※]+$")
_OF_A_YEAR = re.compile(r"(?:20\d\d|[上去]一?|[本今])年(?:度|数)?$")
_OF_ITS_YEAR = re.compile(r"^\s*20\d\d\s*年度?")
"""Of a head of table two that says which year 本年 is; another year's is told by what the table says of itself."""
_NOISE = re.compile(r"[^\w]|_")
_HAN = re.compile("[\u4e00-\u9fff]")
_OF_OTHER_LANGUAGES = re.compile(
    "[\u0f00-\u0fff\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff\u1800-\u18af\uac00-\ud7af\u1100-\u11ff\ua000-\ua4cf]+|[A-Za-z\u00c0-\u024f]{2,}"
)
"""Tibetan, Uyghur and Kazakh, Mongolian, Korean, Yi; words in Latin letters (Zhuang, English): beside Chinese they say the same."""


@remember(0)
def plain(text: str) -> str:
    """Return the bare characters of a label: no spaces, numbering, punctuation, quotes; simplified, half-width."""
    return _NOISE.sub("", _unnumbered(_in_chinese(normal(text[: LONGEST * 4]))))


def _unnumbered(norm: str) -> str:
    bare = without_number(norm)
    return bare if bare != norm else _UNMARKED.sub("", norm)


def _in_chinese(norm: str) -> str:
    """Return a label with simplified characters, and without what says the same beside them in another language."""
    norm = simplified(norm)
    return norm if norm.isascii() or not _HAN.search(norm) else _OF_OTHER_LANGUAGES.sub("", norm)


_NEXT_YEAR = re.compile(r"结转20\d\d年度?(?=继续)")
"""结转2024年继续办理, in the report of 2023."""


_TURNS = {
    "before": re.compile("[上去前]一?年|[往历]年|以前"),
    "after": re.compile("[下次明]一?年|来年"),
    "not": re.compile("[不未末非无]|没有"),
    "done": re.compile("已"),
    "part": re.compile("占比|比[例重]|率|[同环]比|增[长幅]"),
    "more": re.compile("累计|全[省市县区州旗镇乡]"),
    "less": re.compile("减免|失效"),
}
"""Words that turn a label into that of something else, be it as long as it may."""
_OF_ONE_LETTER = {"not", "done"}
"""Turns that may be a misprint in the place of another letter."""
LONG = 6
"""Characters of a label in which one is taken for a misprint."""
_BY_THE_WAY = re.compile(r"(?:申请|人|的|类|小?计|数量?|件|项|次|[个人]数|情况|单位|(?!20\d\d)\d)*")
"""What a head may say more than the form's without saying anything else."""


@remember(0)
def _turns(text: str) -> frozenset[str]:
    return frozenset(turn for turn, words in _TURNS.items() if words.search(text))


def _says_else(text: str, words: str) -> bool:
    """Whether a label, similar to the form's words as it may be, says something that these do not: 上年总计, 非自然人."""
    misprints = _OF_ONE_LETTER if len(text) == len(words) >= LONG else set()
    return bool(_turns(text) - _turns(words) - misprints)


@remember(0)
def readings(text: str) -> tuple[str, ...]:
    """Return the ways a label may be meant: with and without the remark in brackets."""
    norm = _in_chinese(normal(_FOOTNOTES.sub("", squeeze(text[: LONGEST * 4]))))
    norm = _NEXT_YEAR.sub("结转下年度", _unnumbered(norm))
    bare = norm if _OF_ANOTHER_TIME.search(norm) else _REMARK.sub("", norm)
    bare = _NOISE.sub("", bare)
    full = _NOISE.sub("", norm)
    return tuple(dict.fromkeys(t for t in (full, bare) if t))


Row: TypeAlias = tuple[str, str]
"""Table and row of the form."""


@dataclass(frozen=True, slots=True)
class Match:
    """A row that a label names; `exact` if the label bears the form's own words."""

    table: str
    row: str
    exact: bool

    @property
    def key(self) -> Row:
        """The row named, exactly or not."""
        return self.table, self.row


WEAK = frozenset(("total", "other.other"))
"""Rows whose label is also a column head: only where they stand tells."""
VAGUE = frozenset(("requests", row) for row in (*WEAK, "other"))
"""Rows whose label also is, or ends, a head or a group's label: alone on a line with figures it settles nothing."""


def strong(match: Match | None) -> TypeGuard[Match]:
    """Whether a label names a row wherever it stands."""
    return match is not None and match.row not in WEAK and match.table != "disputes"


_TOTALS = frozenset(("总计", "合计", "共计", "总数"))
_OTHER = frozenset(("其他", "其它"))
_GROUPS = frozenset(("申请人情况", "法人或其他组织", "法人或者其他组织", "法人和其他组织"))
_LEADING_GROUPS = re.compile(r"^(?:申请人情况)?(?:法人(?:或|或者|和)其他组织(?!总计|合计|小计|$))?(?=.)")
_LEADING_BLOCKS = re.compile(r"^(?:行政复议|行政诉讼)?(?:未经复议)?(?:直接起诉|复议后起诉)?(?=.)")
_UNIT = re.compile(
    r"(?:^|[(（]|单位[:：]?)(?:单位[:：]?)?(?:人民币)?(?P<scale>[百千]?万|[十百千亿]|)(?P<unit>[元件项个条份宗次人])(?:[)）]|次?$)"
)
GENERIC = re.compile(
    r"^(?:数据|数值|列|column|unnamed|col|field|字段)[\d_]*$|^(?:数量|件数|数值|数|件|值)(?:(?:单位)?[件项个条])?$",
    re.IGNORECASE,
)
KEYS = frozenset(
    re.findall(
        r"\w+",
        "信息内容 项目 类别 指标 指标名称 数据项目 内容 名称 申请人 类型 事项 办理结果 统计指标 序号 "
        "编号 单位 计量单位 栏次 行次 代码 备注 说明",
    )
)
"""Heads of columns that hold words or running numbers, not figures."""
ASIDE = frozenset(("序号", "编号", "单位", "计量单位", "行次", "代码", "备注", "说明"))
BLOCKS = {
    "未经复议直接起诉": "litigation_direct",
    "直接起诉": "litigation_direct",
    "复议后起诉": "litigation_after_reconsideration",
}


MISPRINTED = 0.75
"""How similar four characters are to 行政复议 where one of them is another."""


def block_of(text: str) -> str | None:
    """Return the row of table four that a head or heading names, if it names one and no other."""
    norm = plain(text)
    named = {row for words, row in BLOCKS.items() if words in norm.replace("未经复议直接起诉", "直接起诉")}
    if named:
        return named.pop() if len(named) == 1 else None
    known = [w for w in BLOCKS if "诉" in norm or ("起" in norm and len(w) == len(norm))]
    if known:  # misprinted; what is shorter without its end is torn
        near = sorted(((SequenceMatcher(None, norm, w, autojunk=False).ratio(), w) for w in known), reverse=True)
        near.append((0.0, ""))
        if near[0][0] >= SIMILAR and near[0][0] - near[1][0] >= MARGIN:
            return BLOCKS[near[0][1]]
        if "复议" in norm and "起诉" in norm and not {"未", "直"} & {*norm}:
            return "litigation_after_reconsideration"
    misprinted = (
        len(norm) == 4
        and "复" in norm
        and SequenceMatcher(None, norm, "行政复议", autojunk=False).ratio() >= MISPRINTED
    )
    return "reconsideration" if misprinted or ("行政复议" in norm and "诉讼" not in norm) else None


def names_clause(text: str) -> bool:
    """Whether a text is the title of a clause of table two."""
    return plain(text).startswith("第二十条")


RELATION = "本列数据的勾稽关系为第一项加第二项之和等于第三项加第四项之和"


def names_relation(text: str) -> bool:
    """Whether a text is the note over table three's labels that says how its rows add up."""
    return "勾稽关系" in plain(text)


_BLOCK_LABELS = ("行政复议", "行政诉讼未经复议直接起诉", "行政诉讼复议后起诉")


def names_block(text: str) -> bool:
    """Whether a head or heading speaks of one or more rows of table four."""
    norm = plain(text)
    return any(words in norm for words in BLOCKS) or block_of(text) is not None


def is_piece_of_block(text: str) -> bool:
    """Whether a text is a piece of the label of a row of table four (（未经复 over 议直接起诉）)."""
    norm = plain(text)
    return len(norm) > 1 and any(norm in words for words in _BLOCK_LABELS)


@remember(0)
def section_of(text: str) -> str | None:
    """Return the table that a heading announces, ``"end"`` for a heading of what follows table four, else None."""
    if len(text) > 120 or "。" in text or len(norm := plain(text)) > 40 or _OF_YEARS.search(norm):
        return None
    numbered, listed = leads_heading(text), len(re.findall("[、，,]", without_number(text)))
    for table, (words, commas) in _SECTIONS.items():
        found = re.search(words, norm)
        if found and listed <= commas and (numbered or len(norm) - len(found[0]) <= 6):
            return table
    return None


_SECTIONS = {
    "disputes": (r"(?:行政复议.*诉讼|复议、?诉讼).*(?:情况|案件)|行政复议行政诉讼", 2),
    "proactive": (r"主动公开(?:政府信息)?(?:情况|的情况)", 0),
    "requests": (r"(?:收到和?(?:处理|办理)|依申请公开).*(?:情况)|收到和处理政府信息公开申请", 1),
    "end": (r"存在的?(?:主要)?问题.*|其他需要(?:报告|说明)的?事项|需要报告的其他事项|主要问题及改进.*", 1),
}
"""What the headings of the form's sections say, and how many commas such a heading may bear (a list of sections has more)."""
_OF_YEARS = re.compile("对比|近[两二三四五]年|历年")
"""In a heading like those of the form's sections, but over a comparison."""


def _ungrouped(head: str) -> str:
    """Return a head without the names of its groups, which a program may have put before it."""
    return _LEADING_BLOCKS.sub("", _LEADING_GROUPS.sub("", head))


@remember(0)
def in_other_unit(text: str) -> bool:
    """Whether a label, a head or a cell of units says that figures are not in the form's unit: 元 for 万元, 万件 for 件."""
    found = _UNIT.search(normal(text))
    return found is not None and found["scale"] != ("万" if found["unit"] == "元" else "")


class Labels:
    """The words of one form, its row variants included."""

    def __init__(self, form_id: str) -> None:
        forms = layouts(form_id)
        self.form = forms[0]
        self.rows: dict[str, tuple[str, str]] = {}
        self._columns: dict[str, dict[str, str]] = {"proactive": {}, "requests": {}, "disputes": {}}
        for form in forms:
            self._add(form)
        groups = {plain(part) for form in forms for cell in form.cells for part in cell.row_path[:-1]}
        self._heads = {
            reading
            for other in FORM_IDS
            for cell in load_form(other).cells
            for reading in readings(cell.column_label["zh"])
        }
        self._groups_of: dict[Row, tuple[str, ...]] = {
            (c.table, c.row): tuple(plain(part) for part in c.row_path[:-1]) for form in forms for c in form.cells
        }
        self._group_words = sorted(groups, key=lambda words: (-len(words), words))

    def _add(self, form: Form) -> None:
        for cell in form.cells:
            for text in (cell.row_path[-1], *form.aliases.get((cell.table, cell.row), ())):
                for reading in readings(text):
                    self.rows.setdefault(reading, (cell.table, cell.row))
            for reading in readings(cell.column_label["zh"]):
                self._columns[cell.table].setdefault(reading, cell.column)
        spoken = {"本年增减": "change", "增减": "change", "上年项目数量": "previous_items", "处理决定数量": "decisions"}
        spoken |= {"本年处理决定数量": "decisions", "采购项目数": "items"}
        spoken |= {"采购金额": "amount"} if "procurement" in self.form.rows("proactive") else {"收费金额": "amount"}
        known = self.form.columns("proactive")
        self._columns["proactive"] |= {text: column for text, column in spoken.items() if column in known}
        self._columns["requests"] |= {"其它": "other", "合计": "total", "共计": "total"}
        self._columns["requests"] |= {"公益组织": "public_welfare", "法律服务": "legal_service"}
        self._columns["disputes"] |= {"合计": "total", "维持": "upheld", "纠正": "corrected"}
        self._columns["disputes"] |= {"未审结": "pending", "其他": "other", "其它": "other", "其它结果": "other"}

    @property
    def words(self) -> Iterable[str]:
        """The labels of all rows, bare."""
        return self.rows.keys()

    @remember(1)
    def row(self, text: str) -> Match | None:
        """Return the row that a label names, or None if that is not clear.

        ``其他`` and ``总计`` name rows of table three only by where they stand; the caller decides.
        """
        if not text or len(text) > LONGEST * 3 or text.count("\ufffd") > 1 or in_other_unit(text):
            return None  # of letters that cannot be read, another row's may be meant
        for reading in readings(text):
            if len(reading) > LONGEST:
                return None
            if reading in _TOTALS:
                return Match("requests", "total", True)
            if reading in _OTHER:
                return Match("requests", "other.other", True) if "other.other" in self.form.rows("requests") else None
            if reading in self.rows:
                return Match(*self.rows[reading], True)
        for reading in readings(text):
            ends = {r for w, r in self.rows.items() if reading.endswith(w) and self._is_path(reading[: -len(w)], r)}
            if len(ends) == 1:
                return Match(*ends.pop(), True)
        return self._similar(readings(text))

    def _is_path(self, words: str, row: Row) -> bool:
        """Whether what stands before a row's label in the same cell is nothing but the labels of its own groups (and numbering)."""
        while words:
            words = re.sub(rf"^(?:\d{{1,2}}(?!\d)|[{HAN}]{{1,3}})", "", words)
            group = next((g for g in self._groups_of[row] if words.startswith(g)), None)
            if group is None:
                return not words
            words = words.removeprefix(group)
        return True

    def _similar(self, texts: Sequence[str]) -> Match | None:
        if any(map(_OF_A_YEAR.search, texts)):
            return None  # one of the rows of several years
        best: dict[tuple[str, str], float] = {}
        for text in texts:
            for words, ratio in _alike(text, self.rows, SIMILAR - MARGIN) if len(text) >= SHORT else ():
                if _says_else(text, words):
                    continue
                row = self.rows[words]
                best[row] = max(best.get(row, 0.0), ratio)
        within = {row for text in texts for words, row in self.rows.items() if len(words) >= SHORT and words in text}
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or ranked[0][1] < SIMILAR or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < MARGIN):
            return None
        total = any(text.startswith(tuple(_TOTALS)) for text in texts)
        return None if total or not within <= {ranked[0][0]} else Match(*ranked[0][0], False)  # two labels are none

    @remember(2)
    def exact_column(self, table: str, text: str) -> str | None:
        """Return the column of a table that a head names by the form's own words, or None."""
        words = _OF_ITS_YEAR.sub("本年", text) if table == "proactive" else text
        found = (self._columns[table].get(reading) for reading in map(_ungrouped, readings(words)))
        return None if in_other_unit(text) else next(filter(None, found), None)

    @remember(2)
    def column(self, table: str, text: str) -> str | None:
        """Return the column of a table that a head names, or None."""
        columns = self._columns[table]
        if (exact := self.exact_column(table, text)) or in_other_unit(text):
            return exact
        for reading in map(_ungrouped, readings(text)):
            if len(reading) >= SHORT:
                near = {
                    columns[words] for words, _ in _alike(reading, columns, SIMILAR) if not _says_else(reading, words)
                }
                if len(near) == 1:
                    return near.pop()
        return None

    @remember(1)
    def is_head(self, text: str) -> bool:
        """Whether a text is a column head of any table of any form, or a group or key head."""
        norm = plain(text)
        if norm in KEYS or norm in _GROUPS or names_block(text) or norm == "行政诉讼":
            return True
        if not self._heads.isdisjoint(readings(text)):
            return True
        return any(self.column(t, text) for t in self._columns)

    def resembles(self, table: str, column: str, text: str) -> bool:
        """Whether a head may be that of a column misprinted, where it can be no other's."""
        norm = plain(text)
        own = [w for w, c in self._columns[table].items() if c == column and not _says_else(norm, w)]
        within = max((w for w in own if w in norm), key=len, default="")
        if within and _BY_THE_WAY.fullmatch(norm.replace(within, "", 1)) is None:
            return False  # 全区总计 is none misprinted
        return bool(within) or similarity(text, own) >= RESEMBLING

    def likeness(self, table: str, row: str, text: str) -> float:
        """Return how similar a label is to that of a row (difflib ratio, the best wording); 0 if it holds another's, or is a group's."""
        norm = plain(text)
        if {r for words, r in self.rows.items() if len(words) >= SHORT and words in norm} - {(table, row)}:
            return 0.0
        if norm in self._group_words:
            return 0.0
        return similarity(text, (w for w, r in self.rows.items() if r == (table, row) and not _says_else(norm, w)))

    def says_two(self, text: str) -> bool:
        """Whether a text says that what it stands in is table two: a clause's title, one of its own heads, 信息内容."""
        if len(text) > LONGEST:
            return False
        words = plain(text)
        own = words == "信息内容" or names_clause(text) or self.column("proactive", text) is not None
        return own or (len(words) > _LEAST_OF_A_HEAD and self.column_of_piece("proactive", text) is not None)

    def column_of_piece(self, table: str, text: str) -> str | None:
        """Return the column whose head a text is a piece of (废止), if no other head has that piece."""
        heads = self.columns_of_piece(table, text) if len(plain(text)) > 1 else ()
        return next(iter(heads)) if len(heads) == 1 else None

    def columns_of_piece(self, table: str, text: str) -> frozenset[str]:
        """Return the columns of whose heads a text is a piece; none for a piece of a group's, which stands over several."""
        norm = plain(text)
        if any(norm in group for group in _GROUPS):
            return frozenset()
        return frozenset(c for words, c in self._columns[table].items() if norm in words)

    def is_fragment(self, table: str, text: str) -> bool:
        """Whether a text is a piece of a column head (商业企 over 业), which neither names nor contradicts a column."""
        norm = plain(text)
        return bool(norm) and any(norm in words for words in (*self._columns[table], *_GROUPS))

    def is_piece(self, text: str) -> bool:
        """Whether a text begins or ends some row's label, or is a group label: it may go on in the next line."""
        norm = plain(text)
        if len(norm) < 2:
            return False
        return norm in self._group_words or any(w.startswith(norm) or w.endswith(norm) for w in self.rows)

    @staticmethod
    def is_group(text: str) -> bool:
        """Whether a text is a head over several columns of table three."""
        return plain(text) in _GROUPS or names_relation(text)


def similarity(text: str, known: Iterable[str]) -> float:
    """Return how similar a text is to the most similar of some words (difflib ratio)."""
    norm = plain(text)
    return max((SequenceMatcher(None, norm, words, autojunk=False).ratio() for words in known), default=0.0)


def _alike(text: str, known: Iterable[str], least: float) -> Iterator[tuple[str, float]]:
    """Yield those of the known words that are similar to a text, and how much (difflib ratio)."""
    matcher, letters = None, set(text)
    for words in known:
        enough = least * (len(text) + len(words)) / 2  # characters alike
        if len(words) < SHORT or min(len(text), len(words)) < enough:
            continue
        shared = len(letters.intersection(words))
        if shared * 2 < min(len(letters), len(words) / 2) or len(text) - len(letters) + shared < enough:
            continue  # far from similar
        if matcher is None:
            matcher = SequenceMatcher(autojunk=False)
            matcher.set_seq2(text)
        matcher.set_seq1(words)
        if matcher.quick_ratio() >= least and matcher.ratio() >= least:
            yield words, matcher.ratio()


@cache
def _all_words() -> frozenset[str]:
    cells = [c for form_id in FORM_IDS for form in layouts(form_id) for c in form.cells]
    own = {w for form_id in FORM_IDS for w in labels(form_id).words}
    heads = {reading for c in cells for reading in readings(c.column_label["zh"])}
    groups = {plain(part) for c in cells for part in c.row_path[:-1]}
    return frozenset(own | heads | groups | _GROUPS | KEYS | BLOCKS.keys() | {RELATION})


@remember(0)
def is_whole(text: str) -> bool:
    """Whether a text is, from beginning to end, a label, a column's head or a group's, by the words of any form."""
    return plain(text) in _all_words()


@cache
def labels(form_id: str) -> Labels:
    """Return the words of a form."""
    return Labels(form_id)
