"""Lines outside drawn tables: what of them is a row (one cell a line, or a label and its figures on one line), what prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from auditkit.labels import Labels, plain, section_of
from auditkit.reading import Line, Spot
from auditkit.reading.numbers import is_entry, squeeze

LONGEST_ROW = 1000
LONGEST_LABEL = 60
LONGEST_CAPTION = 30
LEAST_FIGURES = 5
"""So many figures behind each other, with spaces between, end no line of prose: they are a row, whatever stands before."""
_PAGE_NUMBER = re.compile(r"[-—–－]\s*\d{1,3}\s*[-—–－]|第\s*\d{1,3}\s*页.*")
_SENTENCE = re.compile(r"[。；！？]")


@dataclass(frozen=True, slots=True)
class Piece:
    """One of: a record (cells whose columns are only counted), a caption, a line of prose (a caption may be both)."""

    record: tuple[Spot, ...] = ()
    caption: Spot | None = None
    prose: str = ""


def pieces(lines: Sequence[Line], labels: Labels, section: Callable[[], str | None]) -> Iterator[Piece]:
    """Cut lines into records, captions and prose.

    Parameters
    ----------
    lines : lines between two grids
    labels : the words of the form in hand
    section : tells the table whose section the pieces given so far have led to
    """
    spaced = _is_spaced(lines)
    record: list[Spot] = []

    def flush() -> Iterator[Piece]:
        if record:
            yield Piece(record=tuple(record))
            record.clear()

    def add(spot: Spot) -> Iterator[Piece]:
        filled = any(squeeze(s.text) and is_entry(s.text) for s in record)
        if filled and squeeze(spot.text) and not is_entry(spot.text):
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
        elif section_of(text) or plain(text).startswith("第二十条"):
            yield from flush()
            yield Piece(caption=spot, prose=text)
        elif (cells := _cut(labels, text)) and (section() or record or len(cells) > 1):
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
    """Yield the runs of lines that the file marks as cells, each a row as it was drawn."""
    for boxed, run in groupby(lines, key=lambda line: line.boxed):
        if boxed:
            yield tuple(Spot(line.text, line.place, i) for i, line in enumerate(run))


def _is_spaced(lines: Sequence[Line]) -> bool:
    """Whether an empty line follows every cell, so that it separates no rows."""
    short = [i for i, line in enumerate(lines) if squeeze(line.text) and is_entry(line.text) and not line.boxed]
    return len(short) > 3 and not any(b - a == 1 for a, b in pairwise(short))


def _cut(labels: Labels, text: str) -> list[str] | None:
    """Cut a line at its spaces if it is nothing but entries, or a row's label (or the end of one) and entries."""
    if len(text) > LONGEST_ROW or _SENTENCE.search(text) or _PAGE_NUMBER.fullmatch(text.strip()):
        return None
    if is_entry(text):
        return [text]
    tokens = text.split()
    at = len(tokens)
    while at and is_entry(tokens[at - 1]):
        at -= 1
    if at == len(tokens):
        return None
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
