"""Labels torn over the lines of a table drawn as text: which row's label the words around some figures are, if only one way is possible."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, pairwise
from math import ceil
from typing import TypeAlias

from auditkit.forms import load_form, variants
from auditkit.labels import (
    ASIDE,
    KEYS,
    LONGEST_LINE,
    WEAK,
    Labels,
    Row,
    plain,
    readings,
    section_of,
    simplified,
    strong,
)
from auditkit.reading import Block, Line, Spot
from auditkit.reading.numbers import is_entry, normal, squeeze

MOST_LINES_OF_A_LABEL = 40
MOST_WAYS = 500
"""Ways to read heads; of the form's there is one, or a few on the way."""
NUMBER_ONLY = re.compile(r"[（(]?\d{1,2}[)）.．、]+|[^\w]+")
_HEAD_WORDS = (
    "本列数据的勾稽关系为第一项加第二项之和等于第三项加第四项之和",
    "申请人情况",
    "法人或其他组织",
    "单位",
    *KEYS,
)
VAGUE = frozenset(("requests", row) for row in (*WEAK, "other"))
"""Rows whose label also is, or ends, a head or a group's label: alone on a line with figures it settles nothing."""

States: TypeAlias = dict[tuple[str, int], str]
"""How far which labels have been read, with what was printed."""
Ways: TypeAlias = dict[tuple[int, int], dict[Row, str]]
"""From which line above to which line below a row's label may reach, and the rows it then names."""


@dataclass(slots=True)
class Item:
    """A line of a table drawn as text: its words, and its figures (`Spot.column` is their first character)."""

    line: Line
    words: tuple[str, ...]
    figures: list[Spot] = field(default_factory=list)
    known: bool = True
    row: Row | None = None
    label: str = ""
    stacked: bool = False
    side: str = ""
    """Where its label stands, if wholly above or below."""
    end: int = 0
    """The character after the last word."""


class Words:
    """The words of a form's tables, as far as a torn label needs them."""

    def __init__(self, form_id: str) -> None:
        forms = [load_form(form_id), *(load_form(form_id, v) for v in variants(form_id))]
        self.rows: dict[str, Row] = {}
        for form in forms:
            for cell in form.cells:
                for text in (cell.row_path[-1], *form.aliases.get((cell.table, cell.row), ())):
                    for reading in readings(text):
                        self.rows.setdefault(reading, (cell.table, cell.row))
        groups = {part for form in forms for cell in form.cells for part in cell.row_path[:-1]}
        self.groups = {_bare(g) for g in groups if not g.startswith("第二十条")}
        self.columns = {
            table: [plain(forms[0].column_label(table, c, "zh")) for c in forms[0].columns(table)]
            for table in ("proactive", "requests")
        }
        self.heads = (*_HEAD_WORDS, *(w for columns in self.columns.values() for w in columns))

    def in_label(self, word: str) -> bool:
        """Whether a word is a piece of some row's label."""
        norm = plain(word)
        return bool(norm) and any(norm in words for words in self.rows)

    def in_group(self, word: str) -> bool:
        """Whether a word may be a piece of a group's label."""
        norm = _bare(word)
        return bool(norm) and any(norm in words for words in self.groups)

    def tells(self, word: str) -> bool:
        """Whether a word is more than a number or what may be a piece of a group's label."""
        return not NUMBER_ONLY.fullmatch(word) and not self.in_group(word)

    def in_head(self, word: str) -> bool:
        """Whether a word is a piece of a column's head."""
        norm = plain(word)
        return not norm or any(norm in words for words in self.heads)

    def read_on(self, states: States, words: Iterable[str]) -> States:
        """Read words, each as the next piece of a row's label or as a piece of a group's label among them."""
        for word in words:
            norm = "" if NUMBER_ONLY.fullmatch(word) else plain(word)
            if not norm:
                continue
            after = dict(states) if self.in_group(word) else {}
            for (label, at), printed in states.items():
                if label.startswith(norm, at):
                    after.setdefault((label, at + len(norm)), printed + word)
            states = after
        return states

    @property
    def unread(self) -> States:
        """The state before the first word: any label may follow."""
        return {(label, 0): "" for label in self.rows}

    def named(self, states: States) -> dict[Row, str]:
        """Return the rows whose labels are read to the end, with the labels as printed."""
        return {self.rows[label]: printed for (label, at), printed in states.items() if at == len(label)}

    def names(self, words: Iterable[str]) -> dict[Row, str]:
        """Return the rows that words name when pieces of group labels among them are left out, with the labels."""
        return self.named(self.read_on(self.unread, words))


@cache
def words_of(form_id: str) -> Words:
    """Return the words of a form."""
    return Words(form_id)


def _bare(text: str) -> str:
    return re.sub(r"[^\w]|_", "", simplified(normal(text)))


def name_rows(items: list[Item], first: Item | None, last: Item | None, words: Words, *, whole: bool) -> None:
    """Name the rows between two certain ones (or the ends of a stretch), where one assignment of all the words is possible.

    The words of a row's label stand on lines that follow each other, among them the row's own; every word belongs to one
    label, or is a piece of a group's label. All ways to cut the lines between the rows are gone through (forwards, then
    backwards to those that can be completed); a row is named if all of them name it alike.
    """
    rows = [item for item in items if item.figures]
    gaps: list[list[tuple[str, ...]]] = [[]]
    for item in items:
        if item.figures:
            gaps.append([])
        else:
            gaps[-1].append(item.words)

    def joined(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(w for part in parts for w in part)

    def goes_on(item: Item, parts: tuple[str, ...], *, above: bool) -> bool:
        names = words.names((*parts, *item.words) if above else (*item.words, *parts))
        return item.row in names or not any(map(words.tells, parts))

    starts = set()
    for s in range(len(gaps[0]) + 1):
        left = joined(gaps[0][:s])
        if goes_on(first, left, above=False) if first else all(map(words.in_head, left)):
            starts.add(s)
    ends = {
        e
        for e in range(len(gaps[-1]) + 1)
        if (goes_on(last, joined(gaps[-1][e:]), above=True) if last else not joined(gaps[-1][e:]))
    }
    ways = [_ways(words, gaps[i], row.words, gaps[i + 1]) for i, row in enumerate(rows)]
    found = _alike(ways, starts, ends)
    chains = [range(len(rows))]
    if not all(found):  # from each end as far as it goes
        whole = False
        front = next(f for k in range(len(ways), -1, -1) if all(f := _alike(ways[:k], starts, None)))
        anywhere = {s for at in ways for s, _ in at}
        back = next(f for k in range(len(ways) + 1) if all(f := _alike(ways[k:], anywhere, ends)))
        chains = [range(len(front)), range(len(ways) - len(back), len(ways))]
        found = [{} for _ in ways]
        for i, names in [*zip(chains[0], front, strict=True), *zip(chains[1], back, strict=True)]:
            found[i] = found[i] | names
    sure = [
        any(map(words.tells, row.words)) and len(_names(words, row, at)) == 1
        for row, at in zip(rows, found, strict=True)
    ]
    held = {  # by rows with words of their own on both sides
        i
        for chain in chains
        for i in chain
        if ((first and chain[0] == 0) or any(sure[chain[0] : i]))
        and ((last and chain[-1] == len(rows) - 1) or any(sure[i + 1 : chain[-1] + 1]))
    }
    for i, (row, used) in enumerate(zip(rows, found, strict=True)):
        named = _names(words, row, used)
        beside = [
            side
            for s, e in used
            for side, lines in (("above", gaps[i][s:]), ("below", gaps[i + 1][:e]))
            if any(map(words.tells, joined(lines)))
        ]
        own = any(map(words.tells, row.words))
        row.side = "" if own or len(set(beside)) != 1 else beside[0]
        if (
            used and len(named) == 1 and (own or ((whole or i in held) and (beside or words.names(row.words))))
        ):  # never by what may be a group's label
            row.row, row.label = next(iter(named.items()))
    every = [row.row for row in rows]
    for row in rows:
        if every.count(row.row) > 1:
            row.row = None


def _names(words: Words, row: Item, used: dict[tuple[int, int], dict[Row, str]]) -> dict[Row, str]:
    """Return the rows that a row's own words name, and those that the ways to put its label together name."""
    return {name: label for at in used.values() for name, label in at.items()} | words.names(row.words)


def _ways(words: Words, above: list[tuple[str, ...]], own: tuple[str, ...], below: list[tuple[str, ...]]) -> Ways:
    """Return the rows that a row's words name with the lines above from the one, and those below up to the other."""
    out = {}
    if max(len(above), len(below)) <= MOST_LINES_OF_A_LABEL:
        for s in range(len(above) + 1):
            states = words.read_on(words.unread, (w for line in (*above[s:], own) for w in line))
            for e in range(len(below) + 1):
                states = words.read_on(states, below[e - 1] if e else ())
                if names := words.named(states):
                    out[s, e] = names
    return out


def _alike(ways: list[Ways], starts: set[int], ends: set[int] | None) -> list[Ways]:
    """Return, for each of some rows, those of its ways that lead from a start through all rows to an end (None: any)."""
    reached = [starts]
    for at in ways:
        reached.append({e for s, e in at if s in reached[-1]})
    last = reached[-1] if ends is None else reached[-1] & ends
    out: list[Ways] = []
    for at, begin in zip(reversed(ways), reversed(reached[:-1]), strict=True):
        out.append({(s, e): names for (s, e), names in at.items() if s in begin and e in last})
        last = {s for s, _ in out[-1]}
    return out[::-1]


Spans: TypeAlias = tuple[tuple[int, int], ...]
"""Where a text begins and ends on its line, by each way to count columns."""
Token: TypeAlias = tuple[str, Spans]
_Begin: TypeAlias = tuple[int, Spans]
"""The line of a text, and where on it."""
_Way: TypeAlias = tuple[tuple[int, ...], frozenset[tuple[int, int]], tuple[tuple[int, _Begin], ...]]
"""How many characters of each head are read, which columns stand before which by their order on lines, and where each head begins."""


def heads_in_order(lines: Sequence[Sequence[Token]], columns: Sequence[str]) -> list[tuple[int, Spans]]:
    """Return the columns in the order their heads are drawn in, torn over lines, with where each begins; none if several are possible.

    Each text on the lines that is a piece of a head goes on with one of the heads, from the top; on one line, pieces from left to
    right belong to columns in this order. On different lines, what begins a head stands left of what begins another if it ends
    before that begins.

    Parameters
    ----------
    lines : the texts of each line from the left
    columns : the heads in the form's order, bare (`plain`)
    """
    ways: list[_Way] = [((0,) * len(columns), frozenset(), ())]
    for n, line in enumerate(lines):
        last: dict[_Way, int] = dict.fromkeys(ways, -1)
        for text, spans in line:
            if not (word := plain(text)) or not any(word in c for c in columns):
                continue  # a note, or the head of a group
            last = {
                _with_piece(way, c, at, len(word), (n, spans)): c
                for way, at in last.items()
                for c, head in enumerate(columns)
                if head.startswith(word, way[0][c])
            }
            if len(last) > MOST_WAYS:
                return []
        ways = list(last)
    whole = tuple(map(len, columns))
    found: dict[tuple[int, ...], dict[int, _Begin]] = {}
    for read, before, begun in ways:
        if read == whole and (order := _order(before, begun)) is not None:
            found[order] = dict(begun)
    order, places = found.popitem() if len(found) == 1 else ((), {})
    return [(c, places[c][1]) for c in order]


def _with_piece(way: _Way, column: int, last: int, length: int, place: _Begin) -> _Way:
    """Return a way to read heads with one more piece, that of a column, behind that of another on its line."""
    read, before, begun = way
    after = (*read[:column], read[column] + length, *read[column + 1 :])
    if last not in (-1, column):
        before |= {(last, column)}
    return after, before, begun if read[column] else (*begun, (column, place))


def _order(before: frozenset[tuple[int, int]], begun: Sequence[tuple[int, _Begin]]) -> tuple[int, ...] | None:
    """Return the one order in which columns stand before each other as told; an empty one if there are several, None if there is none.

    A way to count columns by which beginnings of two heads stand one over the other is not how the text is drawn.
    """
    told = {_ordered(before, [c for c, _ in begun])}
    for way in range(len(begun[0][1][1])):
        at = [(c, line, spans[way]) for c, (line, spans) in begun]
        apart = [(a, b, x[1] <= y[0], y[1] <= x[0]) for (a, m, x), (b, n, y) in combinations(at, 2) if m != n]
        if all(left or right for *_, left, right in apart):
            beside = {(a, b) if left else (b, a) for a, b, left, _ in apart}
            told.add(_ordered(before | beside, [c for c, _ in begun]))
    if None in told:
        return None
    return next(iter(told - {()}), ()) if len(told - {()}) < 2 else ()


def _ordered(before: Set[tuple[int, int]], columns: Sequence[int]) -> tuple[int, ...] | None:
    """Return columns in the order that pairs of them tell; an empty one if they leave it open, None if they contradict each other."""
    pairs = set(before)
    for middle in columns:
        pairs |= {(a, d) for a, b in pairs if b == middle for c, d in pairs if c == middle}
    if any(a == b for a, b in pairs):
        return None
    order = sorted(columns, key=lambda c: sum(b == c for _, b in pairs))
    return tuple(order) if len(pairs) == len(order) * (len(order) - 1) // 2 else ()


_FURTHER = re.compile(r"^(?:序号|小计|同比|上年|上一年|去年|其中)")
_NAMES = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构")
LEAST_OUTCOMES = 3
"""Heads of table four that tell their order."""
_OUTCOME = re.compile("|".join(("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")))


@dataclass(slots=True)
class OnLines:
    """What heads on lines, however they are torn, say of their tables: that the form's order cannot be relied on there.

    `displaced` are the tables whose heads stand in another order, or beside those of further columns; `noted` those beside notes.
    """

    displaced: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)

    def judge(self, labels: Labels, table: str, lines: Sequence[str]) -> None:
        """Note what the lines between a table's title and its first row, or between two of its rows, say."""
        whole = squeeze("".join(line for line in lines if "。" not in line))
        words = {plain(word) for line in lines for word in line.split()}
        if any(_FURTHER.match(w) and not labels.column(table, w) and not labels.is_fragment(table, w) for w in words):
            self.displaced.add(table)
        if not ASIDE.isdisjoint(words):
            self.noted.add(table)
        if table == "disputes" and _are_turned(lines):
            self.displaced.add(table)
        if any(re.search(r"\S\s\s+\S", line) for line in lines):
            return  # drawn beside each other, heads may be torn over lines, and their pieces stand in any order
        if table == "requests":
            at = [i for name in _NAMES if (i := whole.find(name)) >= 0]
            first, total = whole.find(_NAMES[0]), whole.find("总计")
            group = [i for i in at if i != first]  # its heads may stand a row lower than that of the total
            within = bool(group) and group[0] < total < group[-1]
            if at != sorted(at) or 0 <= total < first or within:
                self.displaced.add(table)
        if table == "disputes":
            names = _OUTCOME.pattern.split("|")
            run = [names.index(m[0]) for m in _OUTCOME.finditer(whole)]
            if len(run) >= LEAST_OUTCOMES and any(b != (a + 1) % len(names) for a, b in pairwise([-1, *run])):
                self.displaced.add(table)


def _are_turned(lines: Iterable[str]) -> bool:
    """Whether heads of table four on a line, or pieces of them, begin more blocks in the form's order than the line has pieces of one.

    A total that stands first may be that of the block before, a line lower than its other heads, which are torn: then it is right of them.
    """
    heads = _OUTCOME.pattern.split("|")
    rows = [
        [
            (word, m.start())
            for m in re.finditer(r"\S+", line)
            if (word := plain(m[0])) and any(word in h for h in heads)
        ]
        for line in lines
    ]
    left = min((at for row in rows for word, at in row if word not in heads[-1]), default=0)
    for row in rows:
        words = [word for word, at in row if word != heads[-1] or at < left or row[0][1] != at]
        at, begun = -1, 1
        for word in words:
            after = next(i for i in range(at + 1, at + 1 + len(heads)) if word in heads[i % len(heads)])
            begun += at >= 0 and after // len(heads) > at // len(heads)
            at = after
        of = Counter(frozenset(head for head in heads if word in head) for word in words)
        if begun > max((ceil(n / len(may)) for may, n in of.items()), default=1):
            return True
    return False


def heads_on_lines(labels: Labels, blocks: Iterable[Block]) -> OnLines:
    """Look at the heads of tables that are no drawn ones: what stands on lines after a section's title, and is neither row nor figure."""
    said, table, lines, behind = OnLines(), "", list[str](), True
    for block in blocks:
        if isinstance(block, Line) and not squeeze(block.text):
            continue
        text = block.text if isinstance(block, Line) else ""
        section = section_of(text)
        known = bool(table) and len(text) <= LONGEST_LINE and strong(labels.row(text))
        if section or not text or table == "end" or known or any(map(is_entry, text.split())):
            if lines and not (table == "requests" and behind):  # behind a row stand pieces of the next one's label
                said.judge(labels, table, lines)
            table, lines, behind = section or table, [], section is None
        elif table and isinstance(block, Line):
            lines.append(block.drawn)
    return said
