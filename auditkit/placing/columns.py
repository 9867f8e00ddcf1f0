"""Entries of a certain row to the columns of the form, by the heads that stand over them, or in its order where there are none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from auditkit.placing.heads import OUTCOMES, Header, Leaf, columns_under, stands_under
from auditkit.placing.labels import plain
from auditkit.reading.numbers import squeeze, states
from auditkit.reading.page import Spot

LEAST_NAMED = 2
"""Columns that exact heads must name, where others of the form are not there: the total, or those in another part of the table."""


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
    after the other; unless 法人或其他组织 is drawn over the five others and not over the total, or begins over the first of them.
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
    inner = columns_under(leaf for name, leaf in of.items() if name not in ("natural_person", "total"))
    begun = {s.column for row, _ in header.rows for s in row if "法人" in plain(s.text)}
    drawn = bool(inner) and (min(inner) in begun or (inner <= group and of["total"].start not in group))
    return order[:2] == ["natural_person", "total"] and not drawn


def _is_torn(columns: list[str], leaves: list[Leaf], extent: Extent) -> bool:
    """Whether figures stand under no head, and a head of the form is not there: then others may be displaced, in every row."""
    named = [leaf for leaf in leaves if leaf.kind == "column"]
    blank = columns_under(leaves, "blank")
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
    beside = [s.column for s, leaf in pairs if leaf.kind == "blank" and states(s.text)]
    return any(lacking if c < last else unused or c not in extent.usual for c in beside)


def _end(spot: Spot) -> int:
    return spot.column + spot.width


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
