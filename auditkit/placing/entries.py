"""A record's entries to the cells of its row: by the heads, or in the form's order with a remark, else unplaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from auditkit.placing import disputes, listed
from auditkit.placing.columns import assign
from auditkit.placing.heads import OUTCOMES, Header, Leaf, stands_under
from auditkit.placing.labels import block_of, plain, strong
from auditkit.placing.records import SUMS, Record, cells_of, figure_in_label, row_named, rows_summed
from auditkit.placing.state import State
from auditkit.reading.numbering import numbers_page
from auditkit.reading.numbers import is_entry, parse, squeeze, states
from auditkit.reading.page import Spot


def read_record(state: State, row: Record, *, loose: bool) -> None:
    """Give a record's figures to their cells, or leave them unplaced.

    Parameters
    ----------
    state : where the walk stands, which is changed
    loose : whether the record is of lines, whose columns carry no position
    """
    found = row_named(state, row, loose=loose)
    bare, doubtful = state.bare, state.after_bare
    state.bare, state.after_bare = None, None
    if found is None:
        if doubtful:  # two labels before two rows: the first of them may be the first row's
            doubtful.doubted = True
        _read_nameless(state, row, loose=loose)
        return
    match, entries, label = found
    cells = cells_of(state, match)
    amounts = [s for s, c in zip(entries, cells, strict=False) if c.unit != "signed count"]
    if loose and any(parse(s.text).signed for s in amounts):  # figures in another order than the form's
        state.found.leave(entries, label, "heads")
        return
    leaves = state.header.leaves(state.labels, match.table)
    if match.table == "proactive" and state.header.texts and not state.says_table_two():
        state.found.leave(entries, label, "heads")  # 权责清单, 申请内容: the same words, counted by something else
        return
    given, remark = assign([c.column for c in cells], entries, state.header, leaves, state.extent(row, entries))
    if _are_moved(entries):
        given, remark = None, "width"
    state.before, state.section = match, match.table
    if given is not None and remark != "order" and list(given) != [c.column for c in cells]:
        state.found.order.reordered.add(match.table)
    if given is None:
        state.found.leave([*row.before, *figure_in_label(state, row, loose=loose), *entries], label, remark)
        if loose or not _counts_otherwise(leaves):
            _note_unread(state, match.table, [match.row], entries, loose=loose)
        return
    by_column = {c.column: c.id for c in cells}
    spots = {by_column[column]: spot for column, spot in given.items()}
    remarks = tuple(r for r in (remark, "" if match.exact else "label") if r)
    hit = state.hit(spots, label, remarks, in_order=remark == "order", loose=loose)
    state.found.add(match.table, match.row, hit)
    state.after_bare = hit if bare and bare.key != match.key else None
    used = {id(s) for s in given.values()} | _copies(entries, leaves)
    state.found.leave([s for s in entries if id(s) not in used], label, "outside")


def _counts_otherwise(leaves: Sequence[Leaf]) -> bool:
    """Whether a table counts by something else than the form does (units, months, 建议 and 提案): it contradicts no row of the form."""
    heads = [leaf for leaf in leaves if leaf.kind in ("column", "foreign", "fragment", "generic")]
    return sum(leaf.kind == "foreign" for leaf in heads) * 2 > len(heads)


def _copies(entries: Sequence[Spot], leaves: Sequence[Leaf]) -> set[int]:
    """Return which entries (by `id`) are copies of the one before under the same head: of a figure that spans."""
    over = [next((leaf for leaf in leaves if stands_under(s, leaf)), None) for s in entries]
    heads = [leaf and (leaf.kind, leaf.column) for leaf in over]
    return {
        id(b)
        for (a, m), (b, n) in pairwise(zip(entries, heads, strict=True))
        if squeeze(a.text) == squeeze(b.text) and m == n
    }


def _read_nameless(state: State, row: Record, *, loose: bool) -> None:
    """A record whose words name no row: cells named one by one, a subtotal, or table four, whose figures stand under heads alone."""
    named = [] if loose else listed.assign(state, row, state.header.leaves(state.labels, "disputes"))
    for cell, spot in named:
        state.found.add_cell(cell, spot, row.words[-1].text)
        state.section = cell.table
    if named:
        return
    if state.section == "requests" and row.words and plain(row.words[-1].text).endswith(SUMS):
        _read_subtotal(state, row)
    else:
        read_disputes(state, row, loose=loose)


def _are_moved(entries: Sequence[Spot]) -> bool:
    """Whether a program that guessed the columns of a page moved figures: it put two in one cell and left another blank."""
    together = any("\n" in s.text and all(map(states, s.text.split("\n"))) and not is_entry(s.text) for s in entries)
    return together and any(not squeeze(s.text) for s in entries) and not any(s.place.box for s in entries)


def _note_unread(state: State, table: str, rows: Iterable[str], entries: list[Spot], *, loose: bool) -> None:
    """Remember that rows are printed with figures whose columns are not certain; one figure may be one of a sentence."""
    figures = tuple(squeeze(s.text) for s in entries if states(s.text))
    if len(figures) > 1:
        for name in rows:
            state.found.unread.setdefault((table, name), []).append((figures, loose, state.strays))


def read_disputes(state: State, row: Record, *, loose: bool) -> None:
    """A record without a row label: table four's figures stand under heads alone."""
    header, heads = state.header, row.words
    block = None if any("诉" in w.text for w in heads) else state.heading.name
    if loose and any(state.labels.is_head(w.text) for w in heads):  # heads and figures one a line
        outcomes = [state.labels.column("disputes", w.text) for w in heads[1:]]
        if outcomes == list(OUTCOMES) and (own := block_of(heads[0].text)):  # beneath the name of their block
            block, heads = own, heads[1:]
        header = Header([*header.rows] if heads is row.words else [], open=True)
        header.add(heads, (), loose=True)
    leaves = header.leaves(state.labels, "disputes")
    here = state.section == "disputes" or header.is_disputes
    extent = state.extent(row, row.entries)
    given, remark = (
        disputes.assign(row.entries, leaves, header, state.heading, block, extent) if here else (None, "label")
    )
    on_lines = set(Counter(s.place for s in row.entries).values())
    if here and loose and on_lines not in ({len(row.entries)}, {len(OUTCOMES)}, {1}):
        given, remark = None, "width"  # figures are wrapped in their cells
    near = " ".join(w.text for w in row.words)
    if given is None or any(strong(state.labels.row(w.text)) for w in row.words):
        state.found.leave([*figure_in_label(state, row, loose=loose), *row.entries], near, remark)
        if state.section == "disputes" and not loose:
            _note_unread(state, "disputes", {leaf.block for leaf in leaves if leaf.block}, row.entries, loose=loose)
        if loose and not _is_page_number(row):  # half of a row that was wrapped, or figures of another table
            state.heading.doubt()
        return
    state.section = "disputes"
    state.heading.heads.clear()
    told = {(leaf.block, leaf.column) for leaf in leaves if leaf.kind == "column" and leaf.block}
    headed = extent.aligned and not loose and told >= given.keys()  # each figure stands under its own head
    blocks = list(dict.fromkeys(b for b, _ in given))
    headed = headed or blocks != [
        b for b in state.form.rows("disputes") if b in blocks
    ]  # or in the order of the names above
    for line in state.form.rows("disputes"):
        spots = {f"disputes.{r}.{c}": s for (r, c), s in given.items() if r == line}
        if spots:
            in_order = not headed and list(spots) == [
                c.id for c in state.form.row_cells("disputes", line) if c.id in spots
            ]
            hit = state.hit(spots, near, (remark,) if remark else (), in_order=in_order, loose=loose)
            state.found.add("disputes", line, hit)
            if loose:
                state.heading.add(hit)


def _is_page_number(row: Record) -> bool:
    """Whether a record is one bare number, about that of its page, or nothing."""
    if not (texts := [squeeze(s.text) for s in (*row.words, *row.entries) if squeeze(s.text)]):
        return True
    page = row.entries[0].place.page if row.entries else None
    return page is not None and len(texts) == 1 and numbers_page(texts[0], page)


def _read_subtotal(state: State, row: Record) -> None:
    leaves = state.header.leaves(state.labels, "requests")
    columns = list(state.form.columns("requests"))
    given, _ = assign(columns, row.entries, state.header, leaves, state.extent(row, row.entries))
    of_spot = {id(spot): column for column, spot in (given or {}).items()}
    rows = rows_summed(state, row)
    for spot in row.entries:
        state.found.leave_subtotal(state.form, spot, row.words[-1].text, rows, of_spot.get(id(spot), ""))
