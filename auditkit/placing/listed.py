"""Tables that name the cell of every figure: a list with a cell a row, or table four with its outcomes as rows.

A list has a row's label, a column's, and one figure; the row's label may span the rows of its columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from auditkit.forms import Cell
from auditkit.placing.heads import Leaf, stands_under
from auditkit.placing.labels import block_of, strong
from auditkit.placing.records import Known, Record, cells_of
from auditkit.reading.numbers import squeeze
from auditkit.reading.page import Spot


def assign(known: Known, record: Record, leaves: Sequence[Leaf]) -> list[tuple[Cell, Spot]]:
    """Give the entries of a record whose last word names a column their cells; none where anything is left open.

    Parameters
    ----------
    leaves : the heads, as those of table four
    """
    if not record.words:
        return []
    own, entries = record.words[-1], record.entries
    before = [s.text for s in (*sorted(record.above, key=lambda s: s.column), *record.words[:-1]) if squeeze(s.text)]
    outcome = known.labels.exact_column("disputes", own.text)
    over = [leaf for leaf in leaves if any(stands_under(s, leaf) for s in entries)]
    if len(entries) == 1 and all(leaf.kind in ("generic", "blank", "key") for leaf in over):
        blocks = [block for text in before if (block := block_of(text))]
        if outcome and blocks and known.section != "requests":
            return [
                (cell, entries[0]) for cell in known.form.row_cells("disputes", blocks[-1]) if cell.column == outcome
            ]
        match = known.labels.row(before[-1]) if before else None
        if strong(match) and match.exact and match.table == "proactive":
            column = known.labels.exact_column("proactive", own.text)
            return [(cell, entries[0]) for cell in cells_of(known, match) if cell.column == column]
    blocks = [leaf.block or "" for leaf in over if leaf.kind == "group"]
    turned = outcome and len(blocks) == len(over) == len(entries) == len(set(blocks)) > 1 and all(blocks)
    if turned and all(map(stands_under, entries, over)):
        lines = [{c.column: c for c in known.form.row_cells("disputes", block)} for block in blocks]
        return [(line[outcome], spot) for line, spot in zip(lines, entries, strict=True) if outcome]
    return []
