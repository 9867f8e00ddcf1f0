"""Column heads: what a table's head rows say of the columns beneath, and entries to columns by it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile

from auditkit.labels import ASIDE, GENERIC, KEYS, Labels, block_of, names_block, names_relation, plain, section_of
from auditkit.reading import Block, Grid, Line, Spot
from auditkit.reading.numbers import is_entry, squeeze, states

OUTCOMES = ("upheld", "corrected", "other", "pending", "total")

BLOCK_ORDER = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")

GROUPED = 5
"""Columns of table three beneath 法人或其他组织."""
_SUBTOTAL = "小计"
_WIDE = re.compile(r"\s{2,}|\t")
_APART = re.compile(r"[\s、,，;；|/]+")
TOTAL = 6
"""The place of the total among the columns of table three."""
MOST_HEADS = 80
"""Texts in which the heads of table four stand, a piece a line."""
LEAST_NAMED = 2
"""Columns that exact heads must name, where others of the form are not there: the total, or those in another part of the table."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The lowest head over some columns: the form's column it names, or the kind of head it is.

    `kind` is ``column``, ``key`` (a head of words), ``aside`` (running number, unit, notes), ``generic``, ``blank``, ``fragment``,
    ``group`` (of table four), ``sum`` (of the columns of 法人或其他组织) or ``foreign``; `row` is the head row in which it begins.
    `may` are the columns of whose heads a fragment is a piece, if that tells them from others.
    """

    kind: str
    column: str | None
    start: int
    end: int
    block: str | None = None
    row: int = -1
    may: frozenset[str] = frozenset()

    def may_be(self, column: str) -> bool:
        """Whether a head neither names nor is a piece of another column's only."""
        return self.column in (None, column) and (not self.may or column in self.may)


@dataclass(slots=True)
class Header:
    """The head rows that stand over the rows being read."""

    rows: list[tuple[Sequence[Spot], tuple[Spot, ...]]] = field(default_factory=list)
    open: bool = False
    loose: bool = False
    table: str | None = None
    known: dict[str, list[Leaf]] = field(default_factory=dict)

    def add(self, row: Sequence[Spot], above: tuple[Spot, ...], *, loose: bool) -> None:
        """Add a head row; after figures a new head begins."""
        if not self.open:
            self.rows = []
        self.rows.append((tuple(row), above))
        self.known = {}
        self.open, self.loose = True, loose

    def close(self) -> None:
        """Say that figures followed."""
        self.open = False

    @property
    def end(self) -> int:
        """The column after the last that a head stands over."""
        return max((s.column + s.width for row, _ in self.rows for s in row), default=0)

    @property
    def ragged(self) -> bool:
        """Whether a head row stops before the others: then its order of columns is not to be trusted."""
        return any(reach(row, above) < self.end for row, above in self.rows)

    @property
    def texts(self) -> list[str]:
        """All head texts in reading order."""
        return [s.text for row, _ in self.rows for s in row if squeeze(s.text)]

    @property
    def is_disputes(self) -> bool:
        """Whether the heads are those of table four."""
        return any("复议" in t or "诉讼" in t for t in self.texts)

    def leaves(self, labels: Labels, table: str) -> list[Leaf]:
        """Return the lowest heads from left to right."""
        if table not in self.known:
            self.known[table] = self._find(labels, table)
        return self.known[table]

    def _find(self, labels: Labels, table: str) -> list[Leaf]:
        found = self._by_position(labels, table)
        named = [leaf.column for leaf in found if leaf.kind == "column"]
        if table == "requests" and (len(set(named)) < 7 or (self.loose and len(self.rows) == 1)):
            spread = self._by_groups(labels)
            if len({leaf.column for leaf in spread if leaf.kind == "column"}) == 7:
                return spread
        return found

    def _by_position(self, labels: Labels, table: str) -> list[Leaf]:
        width = self.end
        own = {id(s) for row, _ in self.rows for s in row}
        paths: list[list[Spot]] = []
        begins: list[int] = []
        lowest: list[Spot | None] = []
        blocks: list[str | None] = []
        for c in range(width):
            path: list[Spot] = []
            under: Spot | None = None
            block: str | None = None
            begin = -1
            for n, (row, above) in enumerate(self.rows):
                covering = next(
                    (s for s in (*row, *(a for a in above if id(a) in own)) if s.column <= c < s.column + s.width), None
                )
                under = covering or under
                if covering is not None and covering not in path and squeeze(covering.text):
                    path.append(covering)
                    begin = n
                left = [s for s in row if s.column <= c and squeeze(s.text)]
                if table == "disputes" and left:
                    block = block_of(left[-1].text) or (None if "诉讼" in left[-1].text else block)
            paths.append(path)
            begins.append(begin)
            lowest.append(path[-1] if path else under)
            blocks.append(block)
        out: list[Leaf] = []
        c = 0
        while c < width:
            end = c + 1
            while end < width and lowest[c] is not None and lowest[end] is lowest[c]:
                end += 1
            kind, column = _kind(labels, table, [s.text for s in paths[c]])
            may = labels.columns_of_piece(table, paths[c][-1].text) if kind == "fragment" else frozenset()
            out.append(Leaf(kind, column, c, end, blocks[c], begins[c], may))
            c = end
        most = 1 if self.loose else len(out)
        return _with_misprint(labels, table, out, [paths[leaf.start] for leaf in out], most)

    def _by_groups(self, labels: Labels) -> list[Leaf]:
        """Read heads without usable spans: the group 法人或其他组织 stands for the five heads of the row beneath."""
        for i, (row, _) in enumerate(self.rows):
            texts = [s.text for s in row if squeeze(s.text)]
            group = next((t for t in texts if "法人" in plain(t)), None)
            if group is None:
                continue
            if len(self.rows) == 1:  # all heads one after the other, row by row
                if any(labels.column("requests", t) == "natural_person" for t in texts[texts.index(group) + 1 :]):
                    return []  # printed in the middle of its two rows, 自然人 may come behind what stands right of it
                n = GROUPED + any(plain(t) == _SUBTOTAL for t in texts[-GROUPED - 1 :])
                texts, beneath = texts[:-n], texts[-n:]
            else:
                beneath = [s.text for below, _ in self.rows[i + 1 : i + 2] for s in below if squeeze(s.text)]
            within = set(labels.form.columns("requests")[1 : 1 + GROUPED])
            sums = [t for t in (beneath[:1] + beneath[-1:]) if plain(t) == _SUBTOTAL]
            five = [t for t in beneath if not any(t is s for s in sums)]
            if len(five) != GROUPED or {labels.column("requests", t) for t in five} != within:  # the row is torn
                return []
            flat = [t for text in texts for t in (beneath if text is group else [text])]
            kinds = [("sum", None) if any(t is s for s in sums) else _kind(labels, "requests", [t]) for t in flat]
            return [Leaf(kind, column, -1, -1) for kind, column in kinds]
        return []


def _with_misprint(labels: Labels, table: str, leaves: list[Leaf], paths: list[list[Spot]], most: int) -> list[Leaf]:
    """Read the heads of table three that name no column, up to `most`, as those of the columns not named.

    There must be as many, each may be only one of them: misprinted (商业企来), or short (企业).
    """
    named = [leaf.column for leaf in leaves if leaf.kind == "column"]
    lacking = set(labels.form.columns(table)).difference(named)
    others = [i for i, leaf in enumerate(leaves) if leaf.kind in ("foreign", "fragment")]
    if table != "requests" or not len(lacking) == len(others) <= most or len(set(named)) < len(named):
        return leaves
    fits = [
        [c for c in lacking if labels.resembles(table, c, text) or labels.column_of_piece(table, text) == c]
        for text in (paths[i][-1].text for i in others)
    ]
    if all(len(columns) == 1 for columns in fits) and len({columns[0] for columns in fits}) == len(others):
        for i, (column,) in zip(others, fits, strict=True):
            leaves[i] = replace(leaves[i], kind="column", column=column)
    return leaves


def _kind(labels: Labels, table: str, path: list[str]) -> tuple[str, str | None]:
    """Say what the head over a column is; a head broken over rows is joined from below."""
    if not path:
        return "blank", None
    for k in range(1, len(path) + 1):
        column = labels.column(table, "".join(path[-k:]))
        if column:
            return "column", column
    words = plain(path[-1])
    if words in ASIDE:
        return "aside", None
    if words in KEYS or labels.is_group(path[-1]) or any(names_relation(text) for text in path):
        return "key", None  # the relation's rest on another page, too
    if not words or GENERIC.match(words):
        return "generic", None
    if table == "disputes" and (names_block(path[-1]) or words == "行政诉讼"):
        return "group", None
    if table == "proactive" and (column := labels.column_of_piece(table, path[-1])):
        return "column", column  # in table three a piece may be the end of a torn head
    if labels.is_fragment(table, path[-1]):
        return "fragment", None
    return "foreign", None


def in_other_order(labels: Labels, table: str, texts: Iterable[str]) -> bool:
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


def rows_in_other_order(labels: Labels, blocks: Sequence[Block]) -> set[str]:
    """Return the tables of which a row of heads names groups of columns from the left in another order than the form's.

    Whatever heads stand beneath them: those that are short, torn or misprinted name no column.
    """
    out: set[str] = set()
    for block in blocks:
        rows = [_WIDE.split(block.text)] if isinstance(block, Line) else [[s.text for s in row] for row in block.rows]
        for texts in rows:
            if len(texts) < 2 or any(squeeze(t) and is_entry(t) for t in texts):
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


def reach(row: Sequence[Spot], above: Sequence[Spot] = ()) -> int:
    """Return the column after the last that a row's cells, or those that reach into it, stand in."""
    return max((s.column + s.width for s in (*row, *above)), default=0)


@dataclass(frozen=True, slots=True)
class Extent:
    """How a record stands in its row: where its label ends, and whether the row ends where its heads end.

    `windows` are the places where two or more rows of the same length have their figures, without a blank among them,
    as far as the label's end or the other rows bear them out; `seen` are all of them. `usual` are the columns in which at least
    half of the rows have a figure, `held` those in which any has.
    """

    labels_end: int
    aligned: bool
    windows: tuple[tuple[int, int], ...] = ()
    seen: tuple[tuple[int, int], ...] = ()
    usual: frozenset[int] = frozenset()
    held: frozenset[int] = frozenset()

    def is_full(self, entries: list[Spot], width: int) -> bool:
        """Whether a row ends with `width` figures, and other rows have theirs there too: blanks before are a label's span."""
        last = entries[-width:]
        filled = [s for s in entries if squeeze(s.text)]
        return len(filled) == len(last) == width and filled == last and (last[0].column, _end(last[-1])) in self.seen

    def window(self, entries: list[Spot], width: int) -> list[Spot] | None:
        """Return the `width` entries that are the record's figures, or None where blanks leave that open.

        A blank before or after the figures may be what a span left behind, or a cell without a figure.
        """
        filled = [i for i, s in enumerate(entries) if squeeze(s.text)]
        if not filled:
            return entries if len(entries) == width else None
        inner = entries[filled[0] : filled[-1] + 1]
        if len(inner) == len(entries) == width:
            return entries
        for start, end in self.windows:
            within = [s for s in entries if start <= s.column and s.column + s.width <= end]
            if len(within) == width and {id(s) for s in inner} <= {id(s) for s in within}:
                return within
        return None


def assign(
    columns: list[str], entries: list[Spot], header: Header, leaves: list[Leaf], extent: Extent
) -> tuple[dict[str, Spot] | None, str]:
    """Give a certain row's entries their columns.

    Parameters
    ----------
    columns : the row's columns in the form's order
    entries : what stands right of the row's label, blanks included
    leaves : the heads
    extent : where the label and the row end

    Returns
    -------
    columns to entries, and a remark (``order``: read in the form's order); or None and the reason it cannot be done
    (``width``: not the form's number of cells, ``heads``: other heads stand over the row).
    """
    aligned = extent.aligned and bool(leaves) and leaves[0].start >= 0
    if aligned and any(leaf.kind == "column" and leaf.end <= extent.labels_end for leaf in leaves):
        moved = _moved_right(columns, entries, header, leaves)
        return moved, "" if moved else "heads"  # the label stands under the head of figures
    if aligned and _is_torn(columns, leaves, extent):
        return None, "heads"
    if aligned:
        leaves, entries = without_copies(*_over_entries(leaves, entries, extent))
    else:
        leaves = _after_keys(leaves)
    named = [leaf.column for leaf in leaves if leaf.kind == "column"]
    lacking = aligned and not header.loose and LEAST_NAMED <= len(named) < len(columns)  # without the total, say
    known = set(columns) <= set(named) or (lacking and set(named) <= set(columns) and len(named) == len(leaves))
    if len(set(named)) == len(named) and known:
        order = [c for c in named if c in columns]
        torn = header.ragged or (len(header.rows) > 1 and not aligned)
        torn = torn or ("natural_person" in columns and _is_total_displaced(header, leaves))
        if order != columns and leaves[0].start >= 0 and torn:
            return None, "heads"  # else the total stands at an end
        if not aligned:  # beside a column of notes, or a group's head, it stays open which cells are figures
            notes = any(leaf.kind in ("aside", "key", "generic") for leaf in leaves)
            notes |= any(leaf.kind == "foreign" for leaf in leaves) and any("法人" in t for t in header.texts)
            full = extent.is_full(entries, len(leaves)) and all(leaf.kind in ("column", "sum") for leaf in leaves)
            found = entries[-len(leaves) :] if full else extent.window(entries, len(leaves))
            entries = [] if notes else found or []
        if len(entries) != len(leaves) or (aligned and not all(map(stands_under, entries, leaves))):
            return None, "width"
        if aligned and _is_shifted(entries, leaves, extent):
            return None, "width"
        return {leaf.column: s for leaf, s in zip(leaves, entries, strict=True) if leaf.column in columns}, ""
    if any(leaf.kind == "foreign" for leaf in leaves) or any(c not in columns for c in named):
        return None, "heads"
    if not (aligned and len(entries) == len(columns)):
        notes = not aligned and any(leaf.kind == "aside" for leaf in leaves[1:])  # among the figures, or behind them
        entries = [] if notes else extent.window(entries, len(columns)) or []
    if len(entries) != len(columns):
        return None, "width"
    in_order = dict(zip(columns, entries, strict=True))
    if aligned:
        displaced = any(not stands_under(in_order[leaf.column], leaf) for leaf in leaves if leaf.column in in_order)
        displaced |= not _are_in_order(leaves, columns)
    else:
        places = [columns.index(c) for c in named if c]
        apart = header.loose and len({s.place for s in entries}) == len(entries)  # one cell a line: heads are not torn
        few = apart and not {columns[0], columns[-1]} <= set(named)  # where the total stands cannot be told
        displaced = places != sorted(set(places)) or (bool(named) and (few or len(columns) < len(OUTCOMES)))
    return (None, "heads") if displaced else (in_order, "order")


def _moved_right(columns: list[str], entries: list[Spot], header: Header, leaves: list[Leaf]) -> dict[str, Spot] | None:
    """Give a full row that a second label moves to the right its columns, in the order of the heads; None if it is not full."""
    order = [leaf.column for leaf in leaves if leaf.kind == "column" and leaf.column]
    filled = len(entries) == len(columns) and all(squeeze(s.text) for s in entries)
    whole = sorted(order) == sorted(columns) and all(leaf.kind in ("column", "key", "blank") for leaf in leaves)
    return dict(zip(order, entries, strict=True)) if filled and whole and len(header.rows) == 1 else None


def _are_in_order(leaves: list[Leaf], columns: list[str]) -> bool:
    """Whether heads and pieces of heads, a column each, may be those of the form's columns from the left; pieces may be displaced."""
    at = -1
    for leaf in leaves:
        if leaf.column or leaf.may:
            at = next((i for i in range(at + 1, len(columns)) if leaf.may_be(columns[i])), len(columns))
    return at < len(columns)


def _is_total_displaced(header: Header, leaves: list[Leaf]) -> bool:
    """Whether the total's head stands among the others where a program may have put it, and not over its figures.

    That is in another head row than 自然人, or right behind it in one row for all, as two rows of heads become when they are written one
    after the other; unless 法人或其他组织 is drawn over the five others and not over the total.
    """
    of = {leaf.column: leaf for leaf in leaves if leaf.kind == "column"}
    order = list(of)
    if "total" not in order[1:-1]:
        return False
    if header.loose or "natural_person" not in of or of["total"].row != of["natural_person"].row:
        return True
    group = {
        c for row, _ in header.rows for s in row if "法人" in plain(s.text) for c in range(s.column, s.column + s.width)
    }
    inner = {
        c for name, leaf in of.items() if name not in ("natural_person", "total") for c in range(leaf.start, leaf.end)
    }
    flat = order[:2] == ["natural_person", "total"] and not (
        inner and inner <= group and of["total"].start not in group
    )
    return flat


def _is_torn(columns: list[str], leaves: list[Leaf], extent: Extent) -> bool:
    """Whether figures stand under no head, and a head of the form is not there: then others may be displaced, in every row."""
    named = [leaf for leaf in leaves if leaf.kind == "column"]
    blank = {c for leaf in leaves if leaf.kind == "blank" for c in range(leaf.start, leaf.end)}
    lacking = len(named) > 1 and not set(columns) <= {leaf.column for leaf in named}
    return lacking and any(c >= extent.labels_end for c in blank & extent.held)


def _is_shifted(entries: list[Spot], leaves: list[Leaf], extent: Extent) -> bool:
    """Whether a row has a figure under no head: beside a blank under one, or right of the heads.

    There a figure may stand if other rows have theirs there too, and each head stands over figures.
    """
    pairs = list(zip(entries, leaves, strict=True))
    named = [leaf for leaf in leaves if leaf.kind == "column"]
    last = max(leaf.start for leaf in named)
    unused = any(extent.usual.isdisjoint(range(leaf.start, leaf.end)) for leaf in named)
    lacking = any(leaf.kind == "column" and not squeeze(s.text) for s, leaf in pairs)
    beside = [s.column for s, leaf in pairs if leaf.kind == "blank" and squeeze(s.text) and is_entry(s.text)]
    return any(lacking if c < last else unused or c not in extent.usual for c in beside)


def _end(spot: Spot) -> int:
    return spot.column + spot.width


def stands_under(spot: Spot, leaf: Leaf) -> bool:
    """Whether some of a cell is beneath a head."""
    return leaf.start < spot.column + spot.width and spot.column < leaf.end


def _after_keys(leaves: list[Leaf]) -> list[Leaf]:
    """Drop the heads of the label columns, and a group's head that spans further than its columns, where only their order is known."""
    while leaves and leaves[-1].kind == "key" and leaves[-1].start >= 0:
        leaves = leaves[:-1]
    lead = next((i for i, leaf in enumerate(leaves) if leaf.kind not in ("key", "blank", "aside")), len(leaves))
    keys = [i for i, leaf in enumerate(leaves[:lead]) if leaf.kind != "aside"]
    return leaves[keys[-1] + 1 :] if keys else leaves


def _over_entries(leaves: list[Leaf], entries: list[Spot], extent: Extent) -> tuple[list[Leaf], list[Spot]]:
    """Drop the heads of label columns with the blanks under them, the heads of notes (these are gone by now), empty columns at the end."""
    leaves = [leaf for leaf in leaves if leaf.end > extent.labels_end]
    while leaves and leaves[0].kind in ("key", "blank"):
        first = leaves.pop(0)
        entries = [s for s in entries if squeeze(s.text) or s.column + s.width > first.end]
    while leaves and leaves[-1].kind == "blank" and extent.held.isdisjoint(range(leaves[-1].start, leaves[-1].end)):
        last = leaves.pop()
        entries = [s for s in entries if squeeze(s.text) or s.column < last.start]
    return [leaf for leaf in leaves if leaf.kind != "aside"], entries


def without_copies(leaves: list[Leaf], entries: list[Spot]) -> tuple[list[Leaf], list[Spot]]:
    """Where a converter printed a spanned head and its figure once a column, keep them once."""
    if len(leaves) != len(entries) or not all(map(stands_under, entries, leaves)):
        return leaves, entries
    pairs = list(zip(leaves, entries, strict=True))
    kept = pairs[:1]
    for before, pair in pairwise(pairs):
        same = pair[0].column is not None and (pair[0].column, pair[0].block) == (before[0].column, before[0].block)
        if not (same and squeeze(pair[1].text) in ("", squeeze(before[1].text))) and not (
            pair[0].kind == "blank" and not squeeze(pair[1].text)
        ):
            kept.append(pair)
    return [leaf for leaf, _ in kept], [s for _, s in kept]
