"""What a walk over a page found, and what it comes to: the cells of one report, the figures without one, remarks on the reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from auditkit.forms import Cell, Form
from auditkit.placing.labels import Labels, Row, strong
from auditkit.placing.order import Order
from auditkit.reading.numbering import number_of
from auditkit.reading.numbers import LONGEST, Figure, holds_figures, is_figure, may_hold_figures, parse, squeeze
from auditkit.reading.page import Place, Spot


@dataclass(frozen=True, slots=True)
class Placed:
    """What was found in one cell of the form; where a person stated otherwise, also what had been read, and how it came."""

    figure: Figure
    place: Place
    label: str
    read: Figure | None = None
    stated: str = ""
    """``correct``, ``place`` or ``blanks``: the kind of the journal entry that made the figure what it is."""

    @property
    def unread(self) -> bool:
        """Whether what is printed may hold a figure, but is none: 12、13, a 105 torn over two lines, a letter O."""
        return self.figure.kind == "text" and may_hold_figures((self.read or self.figure).text)


ROWS_OF_DISPUTES = 3
REASONS = ("label", "heads", "width", "twice", "subtotal", "outside", "apart", "hidden", "cut")
"""Why a figure has no cell; each has its message in the catalogue's check R-02."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A figure of the tables whose cell is not certain; `reason` is one of `REASONS`, `near` the label it stands by.

    A subtotal (小计) has no cell in the form: `sums` are the cells that it adds up, where that is certain.
    """

    text: str
    place: Place
    near: str
    reason: str
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about how a row was read: code, the row's cells, what is printed."""

    code: str
    cells: tuple[str, ...]
    printed: str
    place: Place


@dataclass(frozen=True, slots=True)
class Placement:
    """The cells of one report: what was placed where, what was not, what is to be said about the reading."""

    layout: Form
    cells: dict[str, Placed]
    unplaced: tuple[Unplaced, ...]
    remarks: tuple[Remark, ...]
    prose: tuple[str, ...]


@dataclass(slots=True)
class Hit:
    """A row of the form as it was read once, and what speaks against it."""

    cells: dict[str, Spot]
    label: str
    remarks: tuple[str, ...]
    in_order: bool = False
    hidden: bool = False
    doubted: bool = False
    loose: bool = False
    listed: bool = False
    astray: bool = False
    """Whether it stands under none of the titles of the form's tables, or `apart`."""
    apart: bool = False
    """Whether its table is not the report's own: of another year, a comparison of years, an annex."""


@dataclass(slots=True)
class Found:
    """What one walk over a page found: the rows of the form each time they were read, and the figures without a cell.

    `order` says of which tables the form's order of columns cannot be relied on; `unread` holds the figures of rows of the form whose
    columns were not certain, whether of loose lines and whether astray.
    """

    hits: dict[Row, list[Hit]] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    order: Order = field(default_factory=Order)
    unread: dict[Row, list[tuple[tuple[str, ...], bool, bool]]] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    """Tables of which the report's own grids have labels or heads, read or not."""

    def add(self, table: str, row: str, hit: Hit) -> None:
        """Note a row."""
        self.hits.setdefault((table, row), []).append(hit)

    def add_cell(self, cell: Cell, spot: Spot, label: str) -> None:
        """Note a cell of a list, or one more of a row that is listed."""
        hits = self.hits.setdefault((cell.table, cell.row), [])
        if hits and hits[-1].listed and cell.id not in hits[-1].cells:
            hits[-1].cells[cell.id] = spot
        else:
            hits.append(Hit({cell.id: spot}, label, (), hidden=spot.hidden, listed=True))

    def leave(self, spots: Iterable[Spot], near: str, reason: str) -> None:
        """Note the figures among some spots as unplaced, damaged ones too."""
        for spot in spots:
            if is_figure(spot.text) or (len(spot.text) <= LONGEST and holds_figures(spot.text)):
                self.unplaced.append(Unplaced(spot.text.strip(), spot.place, near, reason))

    def leave_subtotal(self, form: Form, spot: Spot, near: str, rows: Iterable[str], column: str) -> None:
        """Note a figure of table three that adds up a column of some rows."""
        if parse(spot.text).kind == "figure":
            sums = tuple(c.id for r in rows for c in form.row_cells("requests", r) if c.column == column)
            self.unplaced.append(Unplaced(spot.text, spot.place, near, "subtotal", sums))


def settle(found: Found, words: Labels, forms: Sequence[Form], broken: Place | None) -> Placement:
    """Decide what rows found twice, and the single row （六）其他处理, come to.

    Parameters
    ----------
    found : what the walk over a page found; figures that get no cell after all are noted there
    words : the words of the form
    forms : the form, and its row variants
    broken : where the file breaks off, if it does
    """
    own = {table for (table, _), hits in found.hits.items() if not all(h.astray for h in hits)}
    own |= {table for (table, _), unread in found.unread.items() if not all(astray for *_, astray in unread)}
    for (table, _), hits in found.hits.items():  # what the report's own table leaves open, another one does not fill in
        for stray in [h for h in hits if (h.astray and table in own) or (h.apart and table in found.own)]:
            found.leave(stray.cells.values(), stray.label, "apart" if stray.apart else "outside")
            hits.remove(stray)
    _keep_blank_table(found)
    rows = {key: hit for key, hits in found.hits.items() if hits and (hit := _settled(found, key, hits))}
    layout = _printed_variant(found, rows, words, forms)
    cells: dict[str, Placed] = {}
    remarks: list[Remark] = []
    cut = _cut_off(rows.values(), broken, layout)
    for (table, row), hit in rows.items():
        for cell in layout.row_cells(table, row):
            if cell.id in hit.cells:
                spot = hit.cells[cell.id]
                if cell.id in cut:
                    found.leave([spot], hit.label, "cut")
                    continue
                cells[cell.id] = Placed(parse(spot.text, cell.unit), spot.place, hit.label)
        place = next(iter(hit.cells.values())).place
        remarks += [Remark(code, tuple(hit.cells), hit.label, place) for code in hit.remarks]
    order = {cell.id: i for i, cell in enumerate(layout.cells)}
    return Placement(
        layout=layout,
        cells=dict(sorted(cells.items(), key=lambda item: order[item[0]])),
        unplaced=tuple(found.unplaced),
        remarks=tuple(sorted(remarks, key=lambda r: (r.code, order[r.cells[0]]))),
        prose=tuple(found.prose),
    )


def _keep_blank_table(found: Found) -> None:
    """Leave what fills only some rows of a table four that is printed whole, with every cell blank: 行政复议应诉 of all kinds, say."""
    rows = {row: hits for (table, row), hits in found.hits.items() if table == "disputes"}
    blank = {row: [h for h in hits if not any(squeeze(s.text) for s in h.cells.values())] for row, hits in rows.items()}
    filled = {row: [h for h in hits if h not in blank[row]] for row, hits in rows.items()}
    if len(rows) < ROWS_OF_DISPUTES or not all(blank.values()) or all(filled.values()):
        return
    for row, hits in filled.items():
        for hit in hits:
            found.leave(hit.cells.values(), hit.label, "twice")
            found.hits["disputes", row].remove(hit)


def _settled(found: Found, key: Row, hits: list[Hit]) -> Hit | None:
    """Return the one reading of a row that stands, if one does; the figures of all others are unplaced."""
    kept: list[Hit] = []
    for hit in hits:
        noted = key[0] in found.order.noted and any(parse(s.text).kind == "none" for s in hit.cells.values())
        displaced = key[0] in found.order.reordered or (hit.loose and (key[0] in found.order.displaced or noted))
        if hit.in_order and displaced:  # the form's order is not this table's
            found.leave(hit.cells.values(), hit.label, "heads")
        elif hit.doubted:
            found.leave(hit.cells.values(), hit.label, "label")
        else:
            kept.append(hit)
    if any(map(_is_numbered_total, kept)):  # then a bare 合计 is that of the group above it
        for hit in (h for h in kept if not _is_numbered_total(h)):
            found.leave(hit.cells.values(), hit.label, "subtotal")
        kept = [h for h in kept if _is_numbered_total(h)]
    sums = {squeeze(u.near) for u in found.unplaced if u.reason == "subtotal"} if key[1] == "total" else set()
    for hit in (h for h in kept if squeeze(h.label) in sums):  # a word that is a group's sum elsewhere
        found.leave(hit.cells.values(), hit.label, "subtotal")
    kept = [h for h in kept if squeeze(h.label) not in sums]
    # a reader goes by what is seen, in the form's own tables, drawn ones first
    for weaker, reason in (("hidden", "hidden"), ("loose", "twice")):
        if any(rest := [h for h in kept if not getattr(h, weaker)]):
            for hit in (h for h in kept if getattr(h, weaker)):
                found.leave(hit.cells.values(), hit.label, reason)
            kept = rest
    stated = [h for h in kept if any(squeeze(s.text) for s in h.cells.values())] or kept[:1]
    if not stated:
        return None
    if whole := _side_by_side(kept):
        return whole
    alike = len({tuple((c, squeeze(s.text)) for c, s in sorted(h.cells.items())) for h in stated}) == 1
    if alike and not _contradicted(stated[0], found.unread.get(key, ())):
        return stated[0]
    for hit in stated:
        found.leave(hit.cells.values(), hit.label, "twice")
    return None


def _side_by_side(hits: Sequence[Hit]) -> Hit | None:
    """Join the parts of a row of a table that is cut into columns, each part with its own heads, if no column is in two."""
    cells = {cell: spot for hit in hits for cell, spot in hit.cells.items()}
    parts = len(hits) > 1 and not any(h.loose or h.listed for h in hits) and len({h.astray for h in hits}) == 1
    if not parts or len(cells) < sum(len(h.cells) for h in hits):
        return None
    return replace(hits[0], cells=cells, remarks=tuple(dict.fromkeys(r for h in hits for r in h.remarks)))


def _is_numbered_total(hit: Hit) -> bool:
    return number_of(squeeze(hit.label)) == "七"


def _contradicted(hit: Hit, unread: Iterable[tuple[tuple[str, ...], bool, bool]]) -> bool:
    """Whether a row is printed once more with other figures, of which it is not certain where they belong."""
    own = tuple(t for s in hit.cells.values() if (t := squeeze(s.text)))
    return any(f != own and (hit.loose or not loose) and (hit.astray or not astray) for f, loose, astray in unread)


def _printed_variant(found: Found, rows: dict[Row, Hit], words: Labels, forms: Sequence[Form]) -> Form:
    """Return the row variant of the form that is printed; the line of a group above its own rows is a subtotal."""
    form, layout = forms[0], forms[0]
    near = (words.row(u.near) for u in found.unplaced if u.reason != "hidden")
    named = {m.row for m in near if strong(m)}
    for variant in forms[1:]:
        single = {c.row for c in variant.cells if c.table == "requests"} - set(form.rows("requests"))
        replaced = set(form.rows("requests")) - set(variant.rows("requests"))
        hits = [hit for r in single if (hit := rows.get(("requests", r)))]
        if not hits:
            continue
        unseen = all(hit.hidden for hit in hits)
        if not replaced & (named | {row for (_, row), hit in rows.items() if unseen or not hit.hidden}):
            layout = variant
            for row in replaced & {row for _, row in rows}:  # in rows that a reader does not see
                hit = rows.pop(("requests", row))
                found.leave(hit.cells.values(), hit.label, "hidden")
            continue
        summed = [row for row in form.rows("requests") if row in replaced]
        for hit in (rows.pop(("requests", r)) for r in single):
            for cell_id, spot in hit.cells.items():
                found.leave_subtotal(form, spot, hit.label, summed, variant.cell(cell_id).column)
    return layout


def _cut_off(hits: Iterable[Hit], broken: Place | None, layout: Form) -> set[str]:
    """Return the cells in doubt because the file ends in them: digits may be missing, of a text also whole cells.

    A text may well end with the form's last cell.
    """
    if broken is None:
        return set()
    if broken.line is None:
        return {cell for hit in hits for cell, spot in hit.cells.items() if spot.place == broken}
    last = [hit.cells for hit in hits if any(s.place.line == broken.line for s in hit.cells.values())]
    if any(layout.cells[-1].id in cells for cells in last):
        return set()
    whole = [cells for cells in last if len(cells) == len(layout.row_cells(*_row_of(layout, next(iter(cells)))))]
    return {
        c for cells in last for c in ([*cells][-1:] if cells in whole else cells)
    }  # of a whole row only the last digits


def _row_of(layout: Form, cell_id: str) -> Row:
    cell = layout.cell(cell_id)
    return cell.table, cell.row
