"""Labels torn over the lines of a table drawn as text: which row's label the words around some figures are, if only one way is possible."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from auditkit.forms import layouts
from auditkit.placing.labels import (
    KEYS,
    RELATION,
    Row,
    labels,
    plain,
)
from auditkit.reading.numbering import is_number
from auditkit.reading.numbers import normal, simplified
from auditkit.reading.page import Line, Spot

MOST_LINES_OF_A_LABEL = 40
_HEAD_WORDS = (RELATION, "申请人情况", "法人或其他组织", *KEYS)

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
        known = labels(form_id)
        self.rows = known.rows
        forms = layouts(form_id)
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
        return not is_wordless(word) and not self.in_group(word)

    def in_head(self, word: str) -> bool:
        """Whether a word is a piece of a column's head."""
        norm = plain(word)
        return not norm or any(norm in words for words in self.heads)

    def read_on(self, states: States, words: Iterable[str]) -> States:
        """Read words, each as the next piece of a row's label or as a piece of a group's label among them."""
        for word in words:
            norm = "" if is_wordless(word) else plain(word)
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


def is_wordless(word: str) -> bool:
    """Whether a word is a label's number, or marks only."""
    return is_number(word) or not re.search(r"\w", word)


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
        lead = chains[1].start
        if back and any(
            words.names(joined(gaps[lead][:s])) for s, _ in back[0]
        ):  # a whole label above: its figures may be these
            back, chains[1] = back[1:], chains[1][1:]
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
