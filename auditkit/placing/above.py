"""Rows whose label stands alone on the line above their figures."""

from __future__ import annotations

from collections.abc import Sequence

from auditkit.placing.labels import LONGEST_LINE, VAGUE, Labels, plain, section_of, strong
from auditkit.placing.records import SUMS
from auditkit.reading.numbers import is_entry, states
from auditkit.reading.page import Block, Grid, Line

LEAST_ROWS = 5
"""Rows of figures without a label of their own, each beneath one."""


def with_labels_above(blocks: Sequence[Block], labels: Labels) -> Sequence[Block]:
    """Return blocks in which a row of figures has the label on the line above, if that is so for every row, and every label.

    Where the first row stands beneath heads, or the last label has no row, labels may stand beneath their figures instead.
    """
    end = max((i for i, block in enumerate(blocks) if section_of(_text(block)) == "disputes"), default=len(blocks))
    bare = [i for i, block in enumerate(blocks[:end]) if _is_bare(block) and i]  # table four has no labels
    if len(bare) < LEAST_ROWS:
        return blocks
    above = {i: _text(blocks[i - 1]) for i in bare}
    named = [i for i, text in above.items() if labels.row(text) or plain(text).endswith(SUMS)]
    alone = {i for i, block in enumerate(blocks[:-1]) if strong(m := labels.row(_text(block))) and m.key not in VAGUE}
    behind = {i + 1 for i in alone}.issubset({*bare, *(i for i, b in enumerate(blocks) if states(_text(b)))})
    first = bare[0] - 1 in alone
    if len(named) < len(bare) or not (behind and first):
        return blocks
    beyond = [i for i, block in enumerate(blocks[end:], end) if _is_bare(block)]
    if all(labels.row(_text(blocks[i - 1])) for i in beyond):  # where it has, as rows
        named += beyond
    out: list[Block] = []
    for i, block in enumerate(blocks):
        label = blocks[i - 1]
        if i in named and isinstance(block, Grid) and isinstance(label, Line):
            (row,) = block.rows
            first_cell = row[0]._replace(text=label.text, place=label.place, column=0)
            out[-1] = Grid(((first_cell, *(s._replace(column=s.column + 1) for s in row)),), block.above)
        else:
            out.append(block)
    return out


def _text(block: Block) -> str:
    return block.text if isinstance(block, Line) and len(block.text) <= LONGEST_LINE else ""


def _is_bare(block: Block) -> bool:
    """Whether a block is one row of figures."""
    if not isinstance(block, Grid) or len(block.rows) != 1:
        return False
    return all(is_entry(s.text) for s in block.rows[0]) and any(states(s.text) for s in block.rows[0])
