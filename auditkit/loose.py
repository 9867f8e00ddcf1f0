"""Lines outside drawn tables: what of them is a row (one cell a line, or a row a line, its label perhaps torn), what prose."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, pairwise
from typing import TypeAlias

from auditkit.forms import load_form, variants
from auditkit.labels import KEYS, Labels, Match, plain, readings, section_of, simplified
from auditkit.reading import Line, Spot
from auditkit.reading.numbers import is_entry, numbers_page, squeeze

LONGEST_ROW = 1000
LONGEST_LABEL = 60
LONGEST_CAPTION = 30
LEAST_FIGURES = 5
"""So many figures behind each other, with spaces between, end no line of prose: they are a row, whatever stands before."""
ROW_OF_TABLE_FOUR = 15
"""Figures of its one row."""
MOST_DIGITS = 7
"""Digits of the largest figures: two that have more together are no two pieces of one."""
LEAST_UNDER = 3
"""Figures one under the other that make a column."""
MOST_TORN = 400
"""Rows and lines between two rows with whole labels; the forms have 29 rows, of which few are torn one after the other."""
MOST_LINES_OF_A_LABEL = 40
MOST_DRAWN = 2000
"""Lines of a section; the longest seen has 200."""
PAGE_NUMBER = re.compile(r"[-—–－]\s*\d{1,3}\s*[-—–－]|第\s*\d{1,3}\s*页.*")
_SENTENCE = re.compile(r"[。；！？]")
_GLUED = re.compile(r"(?<=[\u4e00-\u9fff)）])(?=\d{1,2}[.．、][“\"\u4e00-\u9fff])")
_NUMBER_ONLY = re.compile(r"[（(]?\d{1,2}[)）.．、]+|[^\w]+")
_HEAD_WORDS = (
    "本列数据的勾稽关系为第一项加第二项之和等于第三项加第四项之和",
    "申请人情况",
    "法人或其他组织",
    "单位",
    *KEYS,
)
_WEAK = frozenset((("requests", "total"), ("requests", "other.other"), ("requests", "other")))
"""Rows whose label also is, or ends, a head or a group's label: alone on a line with figures it settles nothing."""

Row: TypeAlias = tuple[str, str]
States: TypeAlias = dict[tuple[str, int], str]
"""How far which labels have been read, with what was printed."""
Ways: TypeAlias = dict[tuple[int, int], dict[Row, str]]
"""From which line above to which line below a row's label may reach, and the rows it then names."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One of: a record (cells whose columns are only counted), a caption, a line of prose (a caption may be both)."""

    record: tuple[Spot, ...] = ()
    caption: Spot | None = None
    prose: str = ""
    columns: tuple[int, int] | None = None
    """The first column of a record's figures and the one behind the last, where they tell which cells are blank."""


@dataclass(slots=True)
class _Item:
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


class _Words:
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
        norm = plain(word)
        return bool(norm) and any(norm in words for words in self.rows)

    def in_group(self, word: str) -> bool:
        norm = _bare(word)
        return bool(norm) and any(norm in words for words in self.groups)

    def tells(self, word: str) -> bool:
        """Whether a word is more than a number or what may be a piece of a group's label."""
        return not _NUMBER_ONLY.fullmatch(word) and not self.in_group(word)

    def in_head(self, word: str) -> bool:
        norm = plain(word)
        return not norm or any(norm in words for words in self.heads)

    def read_on(self, states: States, words: Iterable[str]) -> States:
        """Read words, each as the next piece of a row's label or as a piece of a group's label among them."""
        for word in words:
            norm = "" if _NUMBER_ONLY.fullmatch(word) else plain(word)
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
def _words(form_id: str) -> _Words:
    return _Words(form_id)


def _bare(text: str) -> str:
    return re.sub(r"[^\w]|_", "", simplified(unicodedata.normalize("NFKC", squeeze(text))))


def pieces(lines: Sequence[Line], labels: Labels, section: Callable[[], str | None]) -> Iterator[Piece]:
    """Cut lines into records, captions and prose.

    Parameters
    ----------
    lines : lines between two grids
    labels : the words of the form in hand
    section : tells the table whose section the pieces given so far have led to
    """
    spaced = _is_spaced(lines)
    captions = [i for i, line in enumerate(lines) if (section_of if line.boxed else _is_caption)(line.text)]
    for begin, end in pairwise(sorted({0, *captions, len(lines)})):
        rest = lines[begin:end]
        if begin in captions:
            yield Piece(caption=Spot(rest[0].text, rest[0].place, 0), prose=rest[0].text.strip())
            rest = rest[1:]
        table = section()
        drawn: list[_Item] = []
        if table in ("proactive", "requests"):
            words = _words(labels.form.id)
            drawn = _as_rows(_items(rest, words), words, labels, table)
        if table and drawn:
            yield from _torn(drawn, labels, table, closed=end in captions)
        else:
            ended = begin in captions and section_of(lines[begin].text) == "end"
            yield from _one_a_line(rest, labels, section, spaced=spaced, ended=ended)


def _is_caption(text: str) -> bool:
    return bool(section_of(text)) or plain(text).startswith("第二十条")


# --- rows drawn as text ----------------------------------------------------------------------------------------------


def _items(lines: Sequence[Line], words: _Words) -> list[_Item]:
    """Cut the lines of a stretch at their spaces; none if some of them are marked as cells."""
    out: list[_Item] = []
    for line in lines:
        if line.boxed:
            return []
        if not squeeze(line.text):
            continue
        if PAGE_NUMBER.fullmatch(line.text.strip()):
            out.append(_Item(line, ()))
            continue
        tokens = [(m[0], *m.span()) for m in re.finditer(r"\S+", line.text[:LONGEST_ROW])]
        at = len(tokens)
        while at and is_entry(tokens[at - 1][0]):
            at -= 1
        figures = tokens[at:]
        if not any(re.search(r"\d", t) for t, *_ in figures) and len(figures) < LEAST_FIGURES:
            at, figures = len(tokens), []  # 三 or 、 of a torn group label
        if at == 0 and figures and _NUMBER_ONLY.fullmatch(figures[0][0]) and figures[0][0] not in "—－-/":
            at, figures = 1, figures[1:]  # a number torn from its label
        spots = [Spot(t, line.place, a, b - a) for t, a, b in figures]
        item = _Item(
            line, tuple(w for t, *_ in tokens[:at] for w in _GLUED.split(t)), spots, end=tokens[at - 1][2] if at else -2
        )
        item.known = len(line.text) <= LONGEST_ROW and not _SENTENCE.search(line.text)
        item.known &= all(
            _NUMBER_ONLY.fullmatch(w) or words.in_label(w) or words.in_group(w) or words.in_head(w) for w in item.words
        )
        out.append(item)
    return out


def _as_rows(items: list[_Item], words: _Words, labels: Labels, table: str) -> list[_Item]:
    """Return the rows of a stretch; none where figures stand one a line behind their labels, which are records.

    Where figures come before the first label, or two rows of them together, they are taken as rows whose label is torn off.
    """
    rows = [item for item in items if item.figures]
    if not rows or len(items) > MOST_DRAWN:
        return []
    if not any(len(item.figures) == 1 and not item.words for item in rows):
        return items
    out: list[_Item] = []
    for item in items:
        item.stacked = len(item.figures) == 1 and not item.words
        if item.stacked and out and out[-1].stacked:
            out[-1].figures += item.figures
        else:
            out.append(item)
    before = out[: out.index(next(item for item in out if item.figures))]
    labelled = [bool(words.names(item.words)) or any(map(words.in_group, item.words)) for item in out]
    numbers = [a.figures[-1].text for a, label in zip(out, labelled[1:], strict=False) if a.stacked and label]
    named = [(m.table, m.row) for item in before if (m := labels.row("".join(item.words)))]  # misprinted, perhaps
    named += [row for item in before for row in words.names(item.words)]
    led = numbers[:3] == ["1", "2", "3"] or bool(set(named) - _WEAK)
    last = next(item for item in reversed(out) if item.figures)  # table four's row, perhaps, without its title
    runs = (len(item.figures) for item in out if item is not last or len(item.figures) != ROW_OF_TABLE_FOUR)
    longest = max(runs, default=0)
    alone = all(item.stacked or _is_spaced_figure(item, words, table) for item in out if item.figures)
    return [] if alone and led and longest < 2 * len(words.columns[table]) else out


def _is_spaced_figure(item: _Item, words: _Words, table: str) -> bool:
    """Whether a line is one figure whose digits are spaced (1 9 6), by itself: fewer digits than the table has columns."""
    digits = all(len(s.text) == 1 for s in item.figures)
    return digits and not item.words and len(item.figures) < len(words.columns[table]) - 1


def _torn(items: list[_Item], labels: Labels, table: str, *, closed: bool) -> Iterator[Piece]:
    """Yield the rows of a stretch; a row whose label stands torn around it is named only if there is one way to do so."""
    words = _words(labels.form.id)
    alone = False  # whether a whole label stands above, without figures: those of the next torn label may be its
    for item in items:
        named = words.names(item.words)
        if not item.figures:
            alone = bool(set(named) - _WEAK)
        elif item.words:
            alone = alone and not named
            if len(named) == 1 and not _WEAK.issuperset(named):
                item.row, item.label = next(iter(named.items()))
            elif (
                not (named or alone)
                and len(item.figures) == len(words.columns[table])
                and (match := _similar(labels, item))
            ):
                item.row, item.label = (match.table, match.row), "".join(item.words)
    items = _joined(items, len(words.columns[table]))
    cuts = [i for i, item in enumerate(items) if item.row or not item.known]
    for a, b in pairwise([-1, *cuts, len(items)]):
        between = items[a + 1 : b]
        if any(item.figures for item in between) and len(between) <= MOST_TORN:
            first = items[a] if a >= 0 and items[a].row else None
            last = items[b] if b < len(items) and items[b].row else None
            ends = (a < 0 or first is not None) and (last is not None or (b == len(items) and closed))
            _name(between, first, last, words, whole=ends)
    if len({item.side for item in items if item.row} - {""}) > 1:  # a shift by one would look the same
        for item in items:
            item.row = None if item.side else item.row
    for item in [*_shifted(items, words), *_beside_pieces(items, words, len(words.columns[table]))]:
        item.row, item.known = None, True
    top = items[: next(i for i, item in enumerate(items) if item.figures)]
    heads = [i.words for i in top if len(i.words) < 3 or not all(map(labels.is_head, i.words))]
    torn = any(plain(h) and plain(h) in column for line in heads for h in line for column in words.columns[table])
    drawn = any("  " in item.line.text.strip() for item in items if item.figures)
    ordered = _in_order([i.words for i in top] if torn else heads, words.columns[table], drawn=drawn)
    full = [item for item in items if len(item.figures) == len(words.columns[table])]
    for item in items:
        head = [Spot(w, item.line.place, i) for i, w in enumerate(item.words)]
        if item.figures:
            label = item.label if item.row and ordered else _unread(item, labels)
            name = [Spot(label, item.line.place, 0)] if label else []
            spots = _in_columns(item, full, items, len(words.columns[table]))
            yield Piece((*name, *spots), columns=(1, len(spots) + 1) if len(spots) > len(item.figures) else None)
        elif len(head) > 2 and _are_heads(labels, words, item.words):
            yield Piece(record=tuple(head))
        else:
            yield Piece(prose=item.line.text.strip())


def _shifted(items: list[_Item], words: _Words) -> list[_Item]:
    """Return the named rows of a page between a whole label without figures and figures without a label, whichever comes first.

    Figures drawn lower or higher than their labels stand beside those of the next row, and so on to the end.
    """
    rows = {item.row for item in items}
    doubted: list[_Item] = []
    for _, on_page in groupby(items, lambda item: item.line.place.page):
        between: list[_Item] = []
        owed = 0
        for item in on_page:
            bare = bool(item.figures) and not item.row and not any(map(words.tells, item.words))
            lone = not item.figures and set(words.names(item.words)) - _WEAK - rows
            step = bool(lone) - bare
            doubted += between if owed * step < 0 else []
            owed += step
            between = [*between, item] if owed and item.row else between if owed else []
    return doubted


def _beside_pieces(items: list[_Item], words: _Words, width: int) -> list[_Item]:
    """Return the named rows beside figures that no label is known of: wrapped in their cells, these may be pieces of theirs.

    No figure begins with a zero: 0 goes on in no piece, and one that is 07 is made of two. Pieces may take several lines;
    where all figures of a row are wrapped, they stand next to it without words between.
    """
    numbers = _page_numbers(items)
    rows = [(i, item) for i, item in enumerate(items) if item.figures and i not in numbers]
    doubted = [row for _, row in rows if any(re.match(r"0\d", s.text) for s in row.figures)]
    for k, (i, piece) in enumerate(rows):
        full = len(piece.figures) >= width
        if piece.row or words.names(piece.words) or (full and not all(map(words.in_label, piece.words))):
            continue
        for beside, ends in ((rows[k - 1 :: -1] if k else [], True), (rows[k + 1 :], False)):
            at, near = next(((j, row) for j, row in beside if row.row or len(row.figures) >= width), (i, piece))
            begun = [s for s in (near if ends else piece).figures if squeeze(s.text) != "0"]
            short = _fewest_digits(near) + _fewest_digits(piece) <= MOST_DIGITS
            enough = min(len(begun), len(near.figures)) >= len(piece.figures)
            if near.row and short and enough and (abs(at - i) == 1 or not full):
                doubted.append(near)
    return doubted


def _fewest_digits(item: _Item) -> int:
    return min(sum(c.isdigit() for c in s.text) for s in item.figures)


def _page_numbers(items: list[_Item]) -> set[int]:
    """Return the lines that are a bare number, about that of their page, before or behind all else on it."""
    pages = [item.line.place.page for item in items]
    edges = {i + k for i, (a, b) in enumerate(pairwise(pages)) if a != b for k in (0, 1)}
    alone = (i for i in edges if not items[i].words and len(items[i].figures) == 1)
    return {i for i in alone if (page := pages[i]) is not None and numbers_page(items[i].figures[0].text, page)}


def _similar(labels: Labels, item: _Item) -> Match | None:
    match = labels.row("".join(item.words))
    return match if match and not match.exact else None


def _joined(items: list[_Item], width: int) -> list[_Item]:
    """Join a row that was drawn slanting, over two lines: neither of them named, their figures one beside the other."""
    full = [item for item in items if len(item.figures) == width]
    out: list[_Item] = []
    for item in items:
        before = out[-1] if out else item
        both = _Item(before.line, before.words + item.words, [*before.figures, *item.figures])
        two = all(i.figures and len({s.place for s in i.figures}) == 1 for i in (before, item))  # not of more lines
        halves = before is not item and two and not (before.row or item.row)
        if halves and before.known and item.known and len(both.figures) == width:
            columns = _columns(full, before.line.place.page, wide=False)
            under = [_under(columns, s.column, s.column + s.width) for s in both.figures]
            spots = sorted(both.figures, key=lambda s: s.column)
            apart = all(a.column + a.width < b.column for a, b in pairwise(spots))
            if sorted(under) == list(range(width)) or (apart and spots[0].column > max(before.end, item.end, 0)):
                both.figures = spots
                out[-1] = both
                continue
        out.append(item)
    return out


def _are_heads(labels: Labels, words: _Words, line: Sequence[str]) -> bool:
    """Whether a line is heads: all the form's, or most of them, and those of columns that the form does not have (上年数)."""
    heads = [labels.is_head(w) for w in line]
    return all(heads) or (
        sum(heads) * 2 > len(heads) and all(h or not words.in_head(w) for w, h in zip(line, heads, strict=True))
    )


def _unread(item: _Item, labels: Labels) -> str:
    """Return what stands before the figures of a row that is not named, unless that could name one after all."""
    text = " ".join(item.words)
    return "" if labels.row(text) and item.known else text


def _name(items: list[_Item], first: _Item | None, last: _Item | None, words: _Words, *, whole: bool) -> None:
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

    def goes_on(item: _Item, parts: tuple[str, ...], *, above: bool) -> bool:
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


def _names(words: _Words, row: _Item, used: dict[tuple[int, int], dict[Row, str]]) -> dict[Row, str]:
    """Return the rows that a row's own words name, and those that the ways to put its label together name."""
    return {name: label for at in used.values() for name, label in at.items()} | words.names(row.words)


def _ways(words: _Words, above: list[tuple[str, ...]], own: tuple[str, ...], below: list[tuple[str, ...]]) -> Ways:
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


def _in_order(heads: Sequence[Sequence[str]], columns: Sequence[str], *, drawn: bool) -> bool:
    """Whether pieces of heads stand in the form's order on each line, as far as each belongs to one column, and 总计 not first.

    Of a text that is not `drawn` (with spaces that bring each figure to its place) the lines are in the order of the cells: the
    group 法人或其他组织 comes after the first column. In a drawn one its head may stand a line higher.
    """

    def named(head: str) -> list[int]:
        return [i for i, words in enumerate(columns) if plain(head) and plain(head) in words]

    for line in heads:
        places = [at[0] for at in map(named, line) if len(at) == 1]
        if places != sorted(places):
            return False
    single = [at[0] for line in heads if len(line) == 1 and len(at := named(line[0])) == 1]
    runs = [at for at in single if 0 < at < len(columns) - 1]  # one a line, as a program wrote them
    if len(runs) >= len(columns) and runs != sorted(runs):
        return False
    every = [plain(h) for line in heads for h in line]
    group = next((i for i, h in enumerate(every) if h.startswith("法人")), len(every))
    if not drawn and any(len(h) > 1 and h in columns[0] for h in every[group:]):
        return False
    total = next((i for i, h in enumerate(every) if h == "总计"), len(every))
    return all(not h or h not in columns[0] for h in every[total:]) or any(h and h in columns[0] for h in every[:total])


def _in_columns(item: _Item, full: list[_Item], items: list[_Item], width: int) -> list[Spot]:
    """Give each figure of a row with blanks its column, if it stands under the figures of rows that have them all, and no others.

    Programs count a Chinese character as one or as two columns: both are tried. Where a PDF has no such rows, all figures of its
    page tell the columns.
    """
    plainly = [Spot(s.text, s.place, i) for i, s in enumerate(item.figures, 1)]
    gaps = [b - a for a, b in pairwise([item.end, *(e for s in item.figures for e in (s.column, s.column + s.width))])]
    if len(item.figures) >= width or min(gaps[::2]) < 2:
        return plainly  # squeezed, so that it may stand further right than the others
    page, by_place = item.line.place.page, item.line.place.box is not None
    for wide in (False,) if by_place else (False, True):  # lines of a PDF are spaced by character
        columns = _columns(full, page, wide=wide) or (_bands(items, page, width) if by_place else [])
        places = [_under(columns, *_span(item, s, wide=wide)) for s in item.figures]
        if -1 not in places and len(set(places)) == len(places):
            at = dict(zip(places, item.figures, strict=True))
            blank = Spot("", item.line.place, 0)
            return [Spot((s := at.get(i, blank)).text, s.place, i + 1) for i in range(len(columns))]
    return plainly


def _columns(full: list[_Item], page: int | None, *, wide: bool) -> list[tuple[int, int]]:
    """Return the first and the last character of each column over the full rows of a page; none if columns overlap."""
    full = [f for f in full if f.line.place.page == page and f.figures[0].place == f.figures[-1].place]
    columns = [
        [_span(f, s, wide=wide) for f in full for s in f.figures[i : i + 1]]
        for i in range(len(full and full[0].figures))
    ]
    ends = [(min(a for a, _ in at), max(b for _, b in at)) for at in columns]
    return ends if len(full) > 1 and all(a[1] < b[0] for a, b in pairwise(ends)) else []


def _bands(items: list[_Item], page: int | None, width: int) -> list[tuple[int, int]]:
    """Return where the figures of a page stand one under the other, if that is in as many places as the form has columns."""
    bands: list[list[int]] = []
    for start, end in sorted(_span(i, s, wide=False) for i in items if i.line.place.page == page for s in i.figures):
        if not bands or start >= bands[-1][1]:
            bands.append([start, end, 0])
        bands[-1][1:] = max(end, bands[-1][1]), bands[-1][2] + 1
    return [(a, b) for a, b, _ in bands] if len(bands) == width and min(n for *_, n in bands) >= LEAST_UNDER else []


def _under(columns: list[tuple[int, int]], start: int, end: int) -> int:
    """Return the one column that a figure stands in, or -1."""
    found = [i for i, (a, b) in enumerate(columns) if a < end and start < b]
    return found[0] if len(found) == 1 else -1


def _span(item: _Item, spot: Spot, *, wide: bool) -> tuple[int, int]:
    before = item.line.text[: spot.column]
    start = len(before) + (sum(unicodedata.east_asian_width(c) in "WF" for c in before) if wide else 0)
    return start, start + spot.width


# --- one cell a line -------------------------------------------------------------------------------------------------


def _one_a_line(
    lines: Sequence[Line], labels: Labels, section: Callable[[], str | None], *, spaced: bool, ended: bool
) -> Iterator[Piece]:
    record: list[Spot] = []
    bare = [is_entry(line.text) for line in lines if squeeze(line.text)]
    late = ended and (True, True) in pairwise(bare)  # figures that a program wrote behind the rest of their table

    def flush() -> Iterator[Piece]:
        if record:
            yield Piece(record=tuple(record))
            record.clear()

    def add(spot: Spot) -> Iterator[Piece]:
        filled = any(squeeze(s.text) and is_entry(s.text) for s in record)
        label = labels.row(spot.text)
        leaf = label and label.table != "disputes" and (label.table, label.row) not in _WEAK
        begins = leaf or (labels.is_piece(spot.text) and not labels.is_head(spot.text))  # a row, or its group
        headed = begins and sum(labels.is_head(s.text) for s in record) > 1
        if headed or (filled and squeeze(spot.text) and not is_entry(spot.text)):
            yield from flush()
        record.append(Spot(spot.text, spot.place, len(record)))

    for line in lines:
        text, spot = line.text, Spot(line.text, line.place, 0)
        if not squeeze(text):
            if line.boxed:
                record.append(Spot("", line.place, len(record)))
            elif not spaced:
                yield from flush()
        elif line.boxed:
            yield from add(spot)
        elif (cells := _cut(labels, text)) and (section() or record or late or len(cells) > 1):
            if len(cells) > 1 and not is_entry(cells[0]) and labels.row(cells[0]):
                yield from flush()
            for cell in cells:
                yield from add(Spot(cell, line.place, 0))
        elif _is_word(labels, text, section()):
            yield from add(spot)
        else:
            yield from flush()
            caption = bool(section()) and len(text) <= LONGEST_CAPTION and not _SENTENCE.search(text)
            yield Piece(caption=spot if caption else None, prose=text)
    yield from flush()


def boxed_runs(lines: Sequence[Line]) -> Iterator[tuple[Spot, ...]]:
    """Yield the runs of lines that the file marks as cells, and lines with a label and figures: each a row as it was drawn."""
    for boxed, run in groupby(lines, key=lambda line: line.boxed):
        if boxed:
            yield tuple(Spot(line.text, line.place, i) for i, line in enumerate(run))
            continue
        for line in run:
            tokens = line.text[:LONGEST_ROW].split()
            figures = [t for t in tokens if is_entry(t)]
            if len(figures) >= LEAST_FIGURES and figures == tokens[-len(figures) :]:
                yield tuple(Spot(t, line.place, i) for i, t in enumerate(["", *figures]))


def _is_spaced(lines: Sequence[Line]) -> bool:
    """Whether an empty line follows every cell, so that it separates no rows."""
    short = [i for i, line in enumerate(lines) if squeeze(line.text) and is_entry(line.text) and not line.boxed]
    return len(short) > 3 and not any(b - a == 1 for a, b in pairwise(short))


def _cut(labels: Labels, text: str) -> list[str] | None:
    """Cut a line at its spaces if it is nothing but entries, a row's label (or the end of one) and entries, or heads."""
    if len(text) > LONGEST_ROW or _SENTENCE.search(text) or PAGE_NUMBER.fullmatch(text.strip()):
        return None
    tokens = text.split()
    if is_entry(" ".join(tokens)) and len(tokens) <= 3 and not re.search(r"\s{2}", text.strip()):
        return [text]
    at = len(tokens)
    while at and is_entry(tokens[at - 1]):
        at -= 1
    if at == len(tokens):  # heads, perhaps
        return tokens if at > 1 and all(map(labels.is_head, tokens)) else None
    head = " ".join(tokens[:at])
    if not head:
        return tokens
    is_row = labels.row(head) or (len(head) <= LONGEST_LABEL and len(tokens) - at >= LEAST_FIGURES)
    return [head, *tokens[at:]] if is_row else None


def _is_word(labels: Labels, text: str, section: str | None) -> bool:
    """Whether a line is a label, a head, or a piece of one that goes on in the next line."""
    if len(text) > LONGEST_LABEL or _SENTENCE.search(text):
        return False
    if labels.row(text) or labels.is_group(text):
        return True
    return section is not None and (labels.is_head(text) or labels.is_piece(text))
