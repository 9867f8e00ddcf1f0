"""Cells of a plain text that are broken over lines: pieces of a label are joined where the whole is one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Container, Iterator, Sequence
from itertools import islice, pairwise, takewhile
from typing import TypeAlias

from auditkit.reading.numbering import is_number, is_serial, number_of
from auditkit.reading.numbers import is_entry, is_figure
from auditkit.reading.page import IsWhole
from auditkit.reading.text import BARS, LONGEST_ROW

MOST_BROKEN = 6
"""Lines on which a broken label goes on."""
MOST_BARE = 4
"""Rows of figures without a label; table four has up to three."""
_CELL_END = re.compile(rf"[\t{BARS}]")
_FIGURES_APART = re.compile(r"\S(?: +[\d—/-][^\s|]*){3,}\s*$")
"""A row with spaces between its figures."""

Numbered: TypeAlias = list[tuple[int, str]]
"""Lines, each with its number in the file."""


def with_whole_cells(lines: Numbered, drawn: Container[int], is_whole: IsWhole) -> Numbered:
    """Join lines between which a label is broken.

    That is one in the last cell of a row, which goes on in the first of the next one, or with lines that hold nothing else between; or
    one in a row of which a piece stands on lines before or behind the row. Where pieces of labels stand on any line, as in a table drawn
    with spaces, nothing is joined.

    Parameters
    ----------
    lines : the text
    drawn : numbers of lines that are read otherwise
    is_whole : says whether a text is a whole label
    """
    if _are_labels_torn([line for _, line in lines]):
        return lines
    return list(_with_pieces_beside(list(_with_cells_over_lines(lines, drawn, is_whole)), drawn, is_whole))


def _are_labels_torn(lines: Sequence[str]) -> bool:
    """Whether pieces of labels stand on any line around their rows': spaces are between figures, or rows have nothing else."""
    rows = ([cell for cell in _CELL_END.split(line) if cell.strip()] for line in lines if line.strip())
    bare = (cells for cells in rows if len(cells) > 2 and all(map(is_figure, cells)))
    return len(list(islice(bare, MOST_BARE))) == MOST_BARE or any(
        _FIGURES_APART.search(line[-LONGEST_ROW:]) for line in lines
    )


def _with_cells_over_lines(lines: Numbered, drawn: Container[int], is_whole: IsWhole) -> Iterator[tuple[int, str]]:
    left = deque(lines)
    while left:
        number, line = left.popleft()
        while number not in drawn and (more := _broken_over(line, list(islice(left, MOST_BROKEN)), is_whole)):
            line = line.rstrip() + "".join(left.popleft()[1].lstrip() for _ in range(more))
        yield number, line


def _broken_over(line: str, following: Numbered, is_whole: IsWhole) -> int:
    """Return over how many of the lines that follow the last text of a line is broken."""
    found = 0
    *before, last = (cell.strip() for cell in _CELL_END.split(line))
    number = (is_number(last) or is_serial(last)) and not any(map(is_entry, filter(None, before)))
    pieces = [last]
    empty = 0
    for more, (_, text) in enumerate(following, 1):
        if not text and last and not before and (more == 1 or empty != more - 1):  # between paragraphs, each a piece
            empty = more
            continue
        first, *behind = (cell.strip() for cell in _CELL_END.split(text))
        if not (pieces[-1] and first) or line.startswith(" ") or text.startswith(" "):
            break  # beside spaces, a text may go on anywhere below
        torn = number and behind and more == 1 and not first[0].isdigit() and number_of(last + first)
        if is_entry(first) or (is_entry(pieces[-1]) and not torn):
            break
        pieces.append(first)
        if is_whole("".join(pieces)) and not all(map(is_whole, pieces)):
            found = more
        if behind:
            break
    return found


def _with_pieces_beside(lines: Numbered, drawn: Container[int], is_whole: IsWhole) -> Iterator[tuple[int, str]]:
    """Put what stands alone on lines between two rows into the cells of which it is the rest, or the beginning, if only one way fits."""
    at = 0
    while at < len(lines):
        number, line = lines[at]
        behind = list(takewhile(lambda x: _is_piece(x[1], is_whole), lines[at + 1 : at + 2 + MOST_BROKEN * 2]))
        at += 1
        if number in drawn or not behind or len(behind) > MOST_BROKEN * 2:
            yield number, line
            continue
        following = lines[at + len(behind)][1] if at + len(behind) < len(lines) else ""
        ways = [
            (upper, lower)
            for cut in range(len(behind) + 1)
            for upper in _completed(line, "", "".join(text.strip() for _, text in behind[:cut]), is_whole)
            for lower in _completed(following, "".join(text.strip() for _, text in behind[cut:]), "", is_whole)
        ]
        if len(ways) == 1:
            ((line, following),) = ways
            at += len(behind)
            if at < len(lines):
                lines[at] = lines[at][0], following
        yield number, line


def _is_piece(text: str, is_whole: IsWhole) -> bool:
    bare = text.strip()
    return (
        bool(bare)
        and not text.startswith(" ")
        and not _CELL_END.search(bare)
        and not (is_whole(bare) or is_entry(bare))
    )


def _completed(row: str, before: str, behind: str, is_whole: IsWhole) -> Iterator[str]:
    """Yield a row with each of its texts that is a whole label only together with what stands `before` or `behind` it; itself for none."""
    if not before + behind:
        yield row
        return
    ends = [-1, *(m.start() for m in _CELL_END.finditer(row)), len(row)]
    for begin, end in pairwise(ends):
        cell = row[begin + 1 : end].strip()
        if cell and len(ends) > 2 and not is_entry(cell) and not is_whole(cell) and is_whole(before + cell + behind):
            yield row[: begin + 1] + before + cell + behind + row[end:]
