"""Rows drawn as text, a row a line with spaces between: their words and figures, the labels torn around them, their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from auditkit.placing.labels import VAGUE, Labels, Match, plain
from auditkit.placing.order import heads_in_order
from auditkit.placing.records import SUMS, UNIT
from auditkit.placing.standing import (
    TOKEN,
    column_under,
    columns_of,
    in_columns,
    measures_of,
    stand_over,
    tokens,
    under_heads,
)
from auditkit.placing.torn import Item, Words, is_wordless, name_rows, words_of
from auditkit.reading.numbering import numbers_page, page_number
from auditkit.reading.numbers import is_entry, normal, squeeze, states
from auditkit.reading.page import Line, Spot

LONGEST_ROW = 1000
LEAST_FIGURES = 5
"""So many figures behind each other, with spaces between, end no line of prose: they are a row, whatever stands before."""
ROW_OF_TABLE_FOUR = 15
"""Figures of its one row."""
MOST_DIGITS = 7
"""Digits of the largest figures: two that have more together are no two pieces of one."""
MOST_TORN = 400
"""Rows and lines between two rows with whole labels; the forms have 29 rows, of which few are torn one after the other."""
MOST_DRAWN = 2000
"""Lines of a section; the longest seen has 200."""
THOUSANDS = re.compile(r"\d{1,3}(?:[ \u00a0]\d{3})+(?:\.\d+)?(?:万?元|[件条个项次])?")
"""951 733, where nothing else stands."""
POINTS = (".", "．")
"""A point by itself before a figure: what the digits of 0 . 8 come to is not certain."""
_DOWNWARDS = tuple("一二三四五六七、")
SENTENCE = re.compile(r"(?<!\d)[。；]|[！？]")
_GLUED = re.compile(r"(?<=[\u4e00-\u9fff)）])(?=\d{1,2}[.．、][“\"\u4e00-\u9fff])")
_PIECE = re.compile(r"\d{1,3}(?:,\d{3})*,\d{0,2}")
"""1,4: the comma of a figure that is cut behind it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One of: a record (cells whose columns are only counted), a caption, a line of prose (a caption may be both)."""

    record: tuple[Spot, ...] = ()
    caption: Spot | None = None
    prose: str = ""
    columns: tuple[int, int] | None = None
    """The first column of a record's figures and the one behind the last, where they tell which cells are blank."""


def rows_of(lines: Sequence[Line], labels: Labels, table: str) -> list[Item]:
    """Return the rows of a stretch of a table, with the lines between; none where its lines are cells."""
    words = words_of(labels.form.id)
    return _as_rows(_items(lines, words), words, labels, table)


def _items(lines: Sequence[Line], words: Words) -> list[Item]:
    """Cut the lines of a stretch at their spaces; none if some of them are marked as cells."""
    out: list[Item] = []
    for line in lines:
        if line.boxed:
            return []
        if not squeeze(line.text):
            continue
        if page_number(line.text):
            out.append(Item(line, ()))
            continue
        tokens = _with_units([(m[0], *m.span()) for m in TOKEN.finditer(line.drawn[:LONGEST_ROW])])
        at = len(tokens)
        while at and is_entry(tokens[at - 1][0]):
            at -= 1
        if at and tokens[at - 1][0] in POINTS:
            at = len(tokens)
        figures = tokens[at:]
        said = any(re.search(r"[\d零〇十]", t) for t, *_ in figures) or len(figures) >= LEAST_FIGURES
        if not said and not any(t == "proactive" for t, _ in words.names(tuple(t for t, *_ in tokens[:at]))):
            at, figures = len(tokens), []  # 三 or 、 of a torn group label, which table two does not have
        if at == 0 and figures and is_wordless(figures[0][0]) and figures[0][0] not in "—－-/":
            at, figures = 1, figures[1:]  # a number torn from its label
        downwards = at == 0 and len(figures) > 1 and figures[0][0] in _DOWNWARDS
        if downwards and any(c.isdigit() for t, *_ in figures[1:] for c in t):
            at, figures = 1, figures[1:]  # 三 of a group's label, a character a line
        spots = [Spot(t, line.place, a, b - a) for t, a, b in figures]
        item = Item(
            line,
            tuple(
                t for t, _ in groupby(w for t, *_ in tokens[:at] if squeeze(t) for w in _GLUED.split(t))
            ),  # once for a span
            spots,
            end=tokens[at - 1][2] if at else -2,
        )
        item.known = len(line.text) <= LONGEST_ROW and not SENTENCE.search(line.text)
        item.known &= all(
            is_wordless(w) or words.in_label(w) or words.in_group(w) or words.in_head(w) for w in item.words
        )
        out.append(item)
    return out


def _with_units(tokens: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Join a unit that stands a space behind its figure (192.48 万元) to it."""
    out: list[tuple[str, int, int]] = []
    for text, begin, end in tokens:
        if out and begin == out[-1][2] + 1 and UNIT.fullmatch(text) and is_entry(out[-1][0]) and states(out[-1][0]):
            out[-1] = (out[-1][0] + text, out[-1][1], end)
        else:
            out.append((text, begin, end))
    return out


def _as_rows(items: list[Item], words: Words, labels: Labels, table: str) -> list[Item]:
    """Return the rows of a stretch; none where figures stand one a line behind their labels, which are records.

    Where figures come before the first label, or two rows of them together, they are taken as rows whose label is torn off.
    """
    rows = [item for item in items if item.figures]
    if not rows or len(items) > MOST_DRAWN:
        return []
    if not any((len(item.figures) == 1 or THOUSANDS.fullmatch(item.line.text)) and not item.words for item in rows):
        return items
    out: list[Item] = []
    for item in items:
        item.stacked = len(item.figures) == 1 and not item.words
        if item.stacked and out and out[-1].stacked:
            out[-1].figures += item.figures
        else:
            out.append(item)
    before = out[: out.index(next(item for item in out if item.figures))]
    labelled = [bool(words.names(item.words)) or any(map(words.in_group, item.words)) for item in out]
    numbers = [a.figures[-1].text for a, label in zip(out, labelled[1:], strict=False) if a.stacked and label]
    named = [m.key for item in before if (m := labels.row("".join(item.words)))]  # misprinted, perhaps
    named += [row for item in before for row in words.names(item.words)]
    led = numbers[:3] == ["1", "2", "3"] or bool(set(named) - VAGUE)
    last = next(item for item in reversed(out) if item.figures)  # table four's row, perhaps, without its title
    runs = (len(item.figures) for item in out if item is not last or len(item.figures) != ROW_OF_TABLE_FOUR)
    longest = max(runs, default=0)
    alone = all(item.stacked or _is_spaced_figure(item, words, table) for item in out if item.figures)
    return [] if alone and led and longest < 2 * len(words.columns[table]) else out


def _is_spaced_figure(item: Item, words: Words, table: str) -> bool:
    """Whether a line is one figure by itself whose thousands are set off by a space, or each digit (1 9 6): fewer than the columns."""
    if THOUSANDS.fullmatch(item.line.text):
        return True
    digits = all(len(s.text) == 1 for s in item.figures)
    return digits and not item.words and len(item.figures) < len(words.columns[table]) - 1


def named_rows(items: list[Item], labels: Labels, table: str, *, closed: bool) -> Iterator[Piece]:
    """Yield the rows of a stretch; a row whose label stands torn around it is named only if there is one way to do so."""
    words = words_of(labels.form.id)
    alone = False  # whether a whole label stands above, without figures: those of the next torn label may be its
    for item in items:
        named = words.names(item.words)
        if not item.figures:
            alone = bool(set(named) - VAGUE)
        elif item.words:
            alone = alone and not named
            if len(named) == 1 and not VAGUE.issuperset(named):
                item.row, item.label = next(iter(named.items()))
            elif (
                not (named or alone)
                and len(item.figures) == len(words.columns[table])
                and (match := _similar(labels, item))
            ):
                item.row, item.label = match.key, "".join(item.words)
    items = _joined(items, words, len(words.columns[table]))
    cuts = [i for i, item in enumerate(items) if item.row or not item.known]
    for a, b in pairwise([-1, *cuts, len(items)]):
        between = items[a + 1 : b]
        if any(item.figures for item in between) and len(between) <= MOST_TORN:
            first = items[a] if a >= 0 and items[a].row else None
            last = items[b] if b < len(items) and items[b].row else None
            ends = (a < 0 or first is not None) and (last is not None or (b == len(items) and closed))
            name_rows(between, first, last, words, whole=ends)
    if len({item.side for item in items if item.row} - {""}) > 1:  # a shift by one would look the same
        for item in items:
            item.row = None if item.side else item.row
    for item in [*_shifted(items, words), *_beside_pieces(items, words, len(words.columns[table]))]:
        item.row, item.known = None, True
    stated = [i for i, item in enumerate(items) if item.figures]
    begin = next((i for i in stated if items[i].row), stated[0])
    top = [item for item in items[:begin] if not item.figures]  # a line with figures above the heads is no row
    heads = [i.words for i in top if len(i.words) < 3 or not all(map(labels.is_head, i.words))]
    torn = any(plain(h) and plain(h) in column for line in heads for h in line for column in words.columns[table])
    drawn = any("  " in item.line.text for item in items if item.figures)
    over = {labels.exact_column(table, w) for i in top if i.words not in heads for w in i.words}
    whole = over.issuperset(labels.form.columns(table))  # heads on one line, which tell the columns as they stand
    columns = words.columns[table]
    measures = measures_of(items, len(columns)) if drawn else []
    told = heads_in_order(tokens(top, measures), columns) if table == "requests" else []
    turned = [] if whole else [c for c, _ in told]
    ordered = bool(turned) or _in_order([i.words for i in top] if torn else heads, columns, drawn=drawn)
    full = [item for item in items if len(item.figures) == len(columns)]
    if turned != sorted(turned) and not stand_over([spans for _, spans in told], full, measures):
        ordered, turned = False, []
    under = under_heads(items, [spans for _, spans in told], measures) if len(full) < 2 else {}
    for item in items:
        head = [Spot(w, item.line.place, i) for i, w in enumerate(item.words)]
        if item.figures:
            label = item.label if item.row and ordered else _unread(item, labels)
            name = [Spot(label, item.line.place, 0)] if label else []
            spots = in_columns(item, full, items, len(columns), under.get(id(item)))
            if turned and len(spots) == len(turned):
                spots = [s._replace(column=c + 1) for c, s in sorted(zip(turned, spots, strict=True))]
            yield Piece((*name, *spots), columns=(1, len(spots) + 1) if len(spots) > len(item.figures) else None)
        elif len(head) > 2 and not turned and _are_heads(labels, words, item.words):
            yield Piece(record=tuple(head))
        else:
            yield Piece(prose=item.line.text)


def _shifted(items: list[Item], words: Words) -> list[Item]:
    """Return the named rows of a page between a whole label without figures and figures without a label, whichever comes first.

    Figures drawn lower or higher than their labels stand beside those of the next row, and so on to the end.
    """
    rows = {item.row for item in items}
    doubted: list[Item] = []
    for _, group in groupby(items, lambda item: item.line.place.page):
        on_page = list(group)
        events: list[tuple[int, bool]] = []  # a label alone, or figures alone
        for i, item in enumerate(on_page):
            bare = bool(item.figures) and not item.row and not any(map(words.tells, item.words)) and not _is_sum(item)
            if not bare and (item.figures or not set(words.names(item.words)) - VAGUE - rows):
                continue
            if events and events[-1][1] != bare and not any(x.row for x in on_page[events[-1][0] : i]):
                events.pop()  # next to each other, they are one row
            else:
                events.append((i, bare))
        for (i, first), (k, second) in pairwise(events):
            doubted += [x for x in on_page[i:k] if x.row] if first != second else []
    return doubted


def _is_sum(item: Item) -> bool:
    return bool(item.words) and plain(item.words[-1]).endswith(SUMS)


def _beside_pieces(items: list[Item], words: Words, width: int) -> list[Item]:
    """Return the named rows beside figures that no label is known of: wrapped in their cells, these may be pieces of theirs.

    No figure begins with a zero: 0 goes on in no piece, and one that is 07 is made of two. Pieces may take several lines;
    where all figures of a row are wrapped, they stand next to it without words between.
    """
    numbers = _page_numbers(items)
    rows = [(i, item) for i, item in enumerate(items) if item.figures and i not in numbers]
    doubted = [row for _, row in rows if any(re.match(r"0\d", s.text) for s in row.figures)]
    behind = [i for i, item in enumerate(items) if any(re.match(r",\d", normal(w)) for w in item.words)]
    doubted += [row for i in behind for row in items[max(i - 2, 0) : i] if row.figures]
    for k, (i, piece) in enumerate(rows):
        full = len(piece.figures) >= width
        subtotal = full and _is_sum(piece)
        if (
            subtotal
            or piece.row
            or words.names(piece.words)
            or (full and not all(len(w) < 4 or words.in_label(w) for w in piece.words))
        ):
            continue
        for beside, ends in ((rows[k - 1 :: -1] if k else [], True), (rows[k + 1 :], False)):
            at, near = next(((j, row) for j, row in beside if row.row or len(row.figures) >= width), (i, piece))
            begun = [s for s in (near if ends else piece).figures if squeeze(s.text) != "0"]
            short = _fewest_digits(near) + _fewest_digits(piece) <= MOST_DIGITS
            enough = min(len(begun), len(near.figures)) >= len(piece.figures)
            if near.row and short and enough and (abs(at - i) == 1 or not full):
                doubted.append(near)
    return doubted


def _is_torn(item: Item) -> bool:
    """Whether a piece of a figure stands in a line, which goes on in another one."""
    return any(_PIECE.fullmatch(normal(w)) for w in item.words)


def _fewest_digits(item: Item) -> int:
    return min(sum(c.isdigit() for c in s.text) for s in item.figures)


def _page_numbers(items: list[Item]) -> set[int]:
    """Return the lines that are a bare number, about that of their page, before or behind all else on it."""
    pages = [item.line.place.page for item in items]
    edges = {i + k for i, (a, b) in enumerate(pairwise(pages)) if a != b for k in (0, 1)}
    alone = (i for i in edges if not items[i].words and len(items[i].figures) == 1)
    return {i for i in alone if (page := pages[i]) is not None and numbers_page(items[i].figures[0].text, page)}


def _similar(labels: Labels, item: Item) -> Match | None:
    match = labels.row("".join(item.words))
    return match if match and not match.exact else None


def _joined(items: list[Item], words: Words, width: int) -> list[Item]:
    """Join a row that was drawn slanting, over two lines: neither named, nor each by a vague label; their figures one beside the other."""
    full = [item for item in items if len(item.figures) == width]
    torn = {i + k for i, item in enumerate(items) if _is_torn(item) for k in (1, 2, -1)}
    out: list[Item] = []
    for i, item in enumerate(items):
        before = out[-1] if out else item
        both = Item(before.line, before.words + item.words, [*before.figures, *item.figures])
        two = all(i.figures and len({s.place for s in i.figures}) == 1 for i in (before, item))  # not of more lines
        labelled = all(words.names(i.words) for i in (before, item))
        halves = before is not item and two and not labelled and not (before.row or item.row) and i not in torn
        if halves and before.known and item.known and len(both.figures) == width:
            columns = columns_of(full, before.line.place.page, wide="")
            under = [column_under(columns, s.column, s.column + s.width) for s in both.figures]
            spots = sorted(both.figures, key=lambda s: s.column)
            apart = all(a.column + a.width < b.column for a, b in pairwise(spots))
            if sorted(under) == list(range(width)) or (apart and spots[0].column > max(before.end, item.end, 0)):
                both.figures = spots
                out[-1] = both
                continue
        out.append(item)
    return out


def _are_heads(labels: Labels, words: Words, line: Sequence[str]) -> bool:
    """Whether a line is heads: all the form's, or most of them, and those of columns that the form does not have (上年数)."""
    heads = [labels.is_head(w) for w in line]
    return all(heads) or (
        sum(heads) * 2 > len(heads) and all(h or not words.in_head(w) for w, h in zip(line, heads, strict=True))
    )


def _unread(item: Item, labels: Labels) -> str:
    """Return what stands before the figures of a row that is not named, unless that could name one after all."""
    text = " ".join(item.words)
    return "" if labels.row(text) and item.known else text


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
    return total == len(every) or any(h and h in columns[0] for h in every[:total])
