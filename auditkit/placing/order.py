"""In what order the heads of a page stand: whole, torn over lines, or in pieces; where it is another than the form's, no figure is guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field
from itertools import combinations, groupby, pairwise, takewhile
from math import ceil
from typing import TypeAlias

from auditkit.forms import TABLES
from auditkit.placing.heads import BLOCK_ORDER, OUTCOME_HEADS, OUTCOMES, TOTAL
from auditkit.placing.labels import ASIDE, KEYS, LONGEST_LINE, Labels, block_of, names_block, plain, section_of, strong
from auditkit.reading.numbers import is_entry, normal, squeeze, states
from auditkit.reading.page import Block, Grid, Line

LONGEST_HEADS = 300
"""Characters of a line in which heads may stand one after the other."""
MOST_WAYS = 500
"""Ways to read heads; of the form's there is one, or a few on the way."""
MOST_WAYS_OF_FOUR = 5000
"""The same of table four, whose heads come three times."""
MOST_HEADS = 80
"""Texts in which the heads of table four stand, a piece a line."""
_FURTHER = re.compile(r"^(?:序号|小计|同比|上年|上一年|去年|其中)")
_NAMES = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构")
LEAST_OUTCOMES = 3
"""Heads of table four that tell their order."""
_OUTCOME = re.compile("|".join(OUTCOME_HEADS))
_PART = re.compile(r"\S+(?:\s\S+)*")
"""What stands on a line between two or more spaces: a head with spaces in it, or several."""
_WIDE = re.compile(r"\s{2,}|\t")
_APART = re.compile(r"[\s、,，;；|/]+")

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


@dataclass(slots=True)
class Order:
    """Where the form's order of columns cannot be relied on.

    `reordered` are the tables whose heads stand in another order, in cells or on lines; `displaced` those of which lines with torn heads
    say so, or that there are further columns; `noted` those with heads of notes on lines.
    """

    reordered: set[str] = field(default_factory=set)
    displaced: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)

    def judge(self, labels: Labels, table: str, lines: Sequence[str]) -> None:
        """Note what the lines between a table's title and its first row, or between two of its rows, say."""
        whole = normal("".join(line for line in lines if "。" not in line))
        words = {plain(word) for line in lines for word in line.split()}
        if any(_FURTHER.match(w) and not labels.column(table, w) and not labels.is_fragment(table, w) for w in words):
            self.displaced.add(table)
        if not ASIDE.isdisjoint(words):
            self.noted.add(table)
        if table == "disputes" and (_total_first(lines) or (_are_turned(lines) and not _may_be_in_order(lines))):
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
            names = OUTCOME_HEADS
            run = [names.index(m[0]) for m in _OUTCOME.finditer(whole)]
            if len(run) >= LEAST_OUTCOMES and any(b != (a + 1) % len(names) for a, b in pairwise([-1, *run])):
                self.displaced.add(table)


def _pieces(line: str, heads: Sequence[str]) -> list[tuple[str, int]]:
    """Return the heads on a line, and the pieces of heads, bare, with where they begin; a head may have spaces in it."""
    out = []
    for part in _PART.finditer(line):
        one = plain(part[0]) in heads
        for m in [part] if one else re.compile(r"\S+").finditer(line, part.start(), part.end()):
            if (word := plain(m[0])) and any(word in head for head in heads):
                out.append((word, m.start()))
    return out


def _total_first(lines: Iterable[str]) -> bool:
    """Whether the total of a block of table four, whole on a line of its own among torn heads, stands left of all other heads."""
    total = OUTCOME_HEADS[-1]
    places = [piece for line in lines for piece in _pieces(line, OUTCOME_HEADS)]
    others = [at for word, at in places if word not in total]
    return bool(others) and any(word == total and at < min(others) for word, at in places)


def _are_turned(lines: Iterable[str]) -> bool:
    """Whether heads of table four on a line, or pieces of them, begin more blocks in the form's order than the line has pieces of one.

    A total that stands first may be that of the block before, a line lower than its other heads, which are torn: then it is right of them.
    """
    heads = OUTCOME_HEADS
    rows = [_pieces(line, heads) for line in lines]
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


def _may_be_in_order(lines: Iterable[str]) -> bool:
    """Whether there is a way to read the pieces of heads as those of all three blocks in the form's order, each of them whole.

    From line to line a piece goes on with a head; on each line the pieces stand from left to right. Where they stand over each other
    is not asked: programs that write a page as text move them.
    """
    heads = OUTCOME_HEADS * len(BLOCK_ORDER)
    ways = {(0,) * len(heads)}
    for line in lines:
        last = dict.fromkeys(ways, 0)
        for word in map(plain, line.split()):
            if not word or not any(word in head for head in heads):
                continue  # the name of a block
            after: dict[tuple[int, ...], int] = {}
            for way, at in last.items():
                for c in range(at, len(heads)):
                    if heads[c].startswith(word, way[c]):
                        read = (*way[:c], way[c] + len(word), *way[c + 1 :])
                        after[read] = min(c, after.get(read, c))
            if len(after) > MOST_WAYS_OF_FOUR:
                return False
            last = after
        ways = set(last)
    return tuple(map(len, heads)) in ways


def order_of_heads(labels: Labels, blocks: Sequence[Block]) -> Order:
    """Say of which tables on a page the heads do not stand in the form's order."""
    texts = [
        t for t, _ in groupby(_texts_of(blocks, labels), key=lambda t: "0" if t.isdigit() else t)
    ]  # of figures in a row one
    said = Order(
        {table for table in TABLES if _in_other_order(labels, table, texts)} | _rows_in_other_order(labels, blocks)
    )
    _judge_lines(said, labels, blocks)
    return said


def _judge_lines(said: Order, labels: Labels, blocks: Iterable[Block]) -> None:
    """Judge the heads of tables that are no drawn ones: what stands on lines after a section's title, and is neither row nor figure."""
    table, lines, behind = "", list[str](), True
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


def _texts_of(blocks: Sequence[Block], words: Labels) -> Iterable[str]:
    """Yield what stands in cells, and lines that are no prose.

    Not those of a PDF whose places tell what stands over what; of those that hold pieces of heads, no text that may be a piece, too.
    """
    heads = {plain(words.form.column_label("requests", c, "zh")) for c in words.form.columns("requests")}
    heads |= {"法人或其他组织", "申请人情况"}
    for block in blocks:
        if isinstance(block, Grid):
            yield from (s.text for row in block.rows for s in row if not s.hidden)
        elif len(block.text) <= LONGEST_HEADS and "。" not in block.text:
            texts = block.text.split() if "  " in block.drawn else []
            if any(words.is_fragment("requests", t) and plain(t) not in heads for t in texts):
                yield from (t for t in texts if not words.exact_column("requests", t))
            elif not (block.place.box and "  " in block.text):
                yield block.text


def _in_other_order(labels: Labels, table: str, texts: Iterable[str]) -> bool:
    """Whether heads of a table stand one after the other in another order than the form's, however they are drawn.

    Under the group 法人或其他组织 five heads stand a row lower than that of the total.
    """
    columns = labels.form.columns(table)
    run: list[int] = []
    blocks: list[int] = []
    grouped = False  # whether the group's head is among them
    torn = led = False  # whether pieces of heads came before; whether the heads of table four begin with the total
    apart = (t for text in texts for t in ([text] if labels.exact_column(table, text) else _APART.split(text)))
    for text in [*apart, "。"]:
        column = labels.exact_column(table, text)
        piece = table == "disputes" and not column and labels.is_fragment(table, text)
        if led and (piece or (column and column != "total")):
            return True
        led = table == "disputes" and column == "total" and not run and not torn
        torn = piece or (torn and bool(column))
        if column in columns:
            at = columns.index(column)
            if run[-1:] == [at]:  # a spanned head, printed once a column
                continue
            if table == "requests" and at == 0 in run:  # the heads once more
                if _is_displaced(table, run):
                    return True
                run, grouped = [], False
            run += [] if grouped and column == "total" and 0 in run else [at]
        elif labels.is_group(text):
            grouped = True
        elif table == "disputes" and (names_block(text) or plain(text) == "行政诉讼"):
            blocks += [BLOCK_ORDER.index(b) for b in [block_of(text)] if b]
        elif plain(text) and plain(text) not in KEYS:
            if _is_displaced(table, run) or (len(run) >= len(OUTCOMES) and blocks != sorted(blocks)):
                return True
            run, blocks, grouped = [], [], False
    return False


def _rows_in_other_order(labels: Labels, blocks: Sequence[Block]) -> set[str]:
    """Return the tables of which a row of heads names groups of columns from the left in another order than the form's.

    Whatever heads stand beneath them: those that are short, torn or misprinted name no column.
    """
    out: set[str] = set()
    for block in blocks:
        rows = [_WIDE.split(block.text)] if isinstance(block, Line) else [[s.text for s in row] for row in block.rows]
        for texts in rows:
            if len(texts) < 2 or any(map(states, texts)):
                continue
            people = [p for t in texts for p in [_place_of_group(labels, t)] if p is not None]
            named = [BLOCK_ORDER.index(b) for b in map(block_of, texts) if b]
            told = isinstance(block, Grid) or 1 in people  # else their places on lines tell the order
            out |= {"requests"} if told and people != sorted(people) else set()
            out |= {"disputes"} if named != sorted(named) else set()
    return out | ({"disputes"} if _litigation_turned(blocks) else set())


def _litigation_turned(blocks: Sequence[Block]) -> bool:
    """Whether the heads of table four, torn or not, name 复议后起诉 before 未经复议直接起诉, or 行政诉讼 before 行政复议."""
    texts = [t for b in blocks for t in ([b.text] if isinstance(b, Line) else [s.text for row in b.rows for s in row])]
    titles = [i for i, text in enumerate(texts) if section_of(text) == "disputes"]
    begin = titles[-1] + 1 if titles else len(texts)
    above = takewhile(lambda text: not states(text), texts[begin : begin + MOST_HEADS])
    heads = "".join(plain(text) for text in above if "。" not in text)
    pairs = (("复议后起诉", "直接起诉"), ("行政诉讼", "行政复议"))
    return any(-1 < heads.find(later) < heads.find(sooner) for later, sooner in pairs)


def _place_of_group(labels: Labels, text: str) -> int | None:
    """Return where 自然人, 法人或其他组织 and 总计 stand among each other."""
    if plain(text).startswith("法人"):
        return 1
    return {"natural_person": 0, "total": 2}.get(labels.exact_column("requests", text) or "")


def _is_displaced(table: str, run: list[int]) -> bool:
    """Whether columns that follow each other, enough of them to be a table's heads, are not in the form's order."""
    if table == "disputes":
        last = len(OUTCOMES) - 1
        in_turn = all(b == (a + 1) % len(OUTCOMES) for a, b in pairwise(run))
        return len(run) > last and not (in_turn and (run[0], run[-1]) != (last, last - 1))
    if table == "requests":
        inner = [at for at in run if at != TOTAL]
        total_within = 0 in run and TOTAL in run[:-1]
        return len(set(run)) >= len(OUTCOMES) and (total_within or inner != sorted(inner))
    return run != sorted(run)
