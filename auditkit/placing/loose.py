"""Lines outside drawn tables: what of them is a row (one cell a line, or a row a line, its label perhaps torn), what prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice, pairwise

from auditkit.placing.labels import LONGEST_LINE, VAGUE, Labels, names_clause, section_of
from auditkit.placing.spaced import (
    LEAST_FIGURES,
    LONGEST_ROW,
    POINTS,
    SENTENCE,
    Piece,
    named_rows,
    rows_of,
)
from auditkit.reading.numbering import HAN, is_number, page_number
from auditkit.reading.numbers import is_entry, is_figure, is_odd, parse, squeeze, states
from auditkit.reading.page import Line, Spot

LONGEST_CAPTION = 30
_THREE = "三、收到和处理政府信息公开申请情况"
_HEADS_OF_THREE = re.compile(r"[（(]?本列数据的勾稽关系|申请人情况$")
"""What stands at the head of table three and nowhere else."""
_LAST = re.compile(r"[OoＯｏ○]|\d{1,6}%")
"""What may be the last of a row without being a figure, and nothing else."""


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
    heads = (i for i, line in enumerate(lines) if _HEADS_OF_THREE.match(squeeze(line.text)))
    first = next(heads, None) if section() is None and not captions else None
    if first is not None:  # table three alone, without its title
        yield from _one_a_line(lines[:first], labels, section, spaced=spaced, ended=False)
        yield Piece(caption=Spot(_THREE, lines[first].place, 0), prose=lines[first].text)
        lines = lines[first + 1 :]
    for begin, end in pairwise(sorted({0, *captions, len(lines)})):
        rest = lines[begin:end]
        if begin in captions:
            yield Piece(caption=Spot(rest[0].text, rest[0].place, 0), prose=rest[0].text)
            rest = rest[1:]
        table = section()
        drawn = rows_of(rest, labels, table) if table in ("proactive", "requests") else []
        if table and drawn:
            yield from named_rows(drawn, labels, table, closed=end in captions)
        else:
            ended = begin in captions and section_of(lines[begin].text) == "end"
            yield from _one_a_line(rest, labels, section, spaced=spaced, ended=ended)


def _is_caption(text: str) -> bool:
    return bool(section_of(text)) or names_clause(text)


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

    def add(spot: Spot, following: str = "") -> Iterator[Piece]:
        filled = any(states(s.text) for s in record)
        label = labels.row(spot.text)
        leaf = label and label.table != "disputes" and label.key not in VAGUE
        begins = leaf or (labels.is_piece(spot.text) and not labels.is_head(spot.text))  # a row, or its group
        headed = begins and sum(labels.is_head(s.text) for s in record) > 1
        odd = not headed and _is_odd_entry(labels, record, spot.text, following, section())
        if headed or (filled and not is_entry(spot.text) and not odd):
            yield from flush()
        record.append(Spot(spot.text, spot.place, len(record)))

    titled = False
    behind = [squeeze(line.text) for line in lines]
    for i, line in enumerate(lines):
        following = next(filter(None, islice(behind, i + 1, i + 4)), "")
        text, spot = line.text, Spot(line.text, line.place, 0)
        titled = titled and not squeeze(text)
        numbers_label = is_number(text) or text.strip() in [*HAN]
        if line.boxed and names_clause(text):  # its row may have blank cells behind it
            yield from flush()
            yield Piece(caption=spot)
            titled = True
        elif not squeeze(text):
            if line.boxed and titled:
                continue
            if line.boxed:
                record.append(Spot("", line.place, len(record)))
            elif not spaced:
                yield from flush()
        elif record and section() and numbers_label and following and not is_entry(following):
            stated, wanted, _ = _row_so_far(labels, record, section() or "")
            yield from flush()  # the number of the next label; of a row that lacks a figure it may be that
            yield Piece(prose=text) if stated >= wanted else Piece(record=(spot,))
        elif line.boxed:
            yield from add(spot, following)
        elif (cells := _cut(labels, text)) and (section() or record or late or len(cells) > 1):
            if len(cells) > 1 and not is_entry(cells[0]) and labels.row(cells[0]):
                yield from flush()
            for cell in cells:
                yield from add(Spot(cell, line.place, 0))
        elif (
            record and text.strip() in ("元", "万元") and parse(record[-1].text).kind == "figure"
        ):  # of the amount before it
            record[-1] = record[-1]._replace(text=record[-1].text + text.strip())
        elif _is_word(labels, text, section()):
            yield from add(spot)
        elif _is_odd_entry(labels, record, text, following, section()):
            record.append(Spot(text, line.place, len(record)))
        else:
            yield from flush()
            caption = bool(section()) and len(text) <= LONGEST_CAPTION and not SENTENCE.search(text)
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
    short = [i for i, line in enumerate(lines) if states(line.text)]
    return len(short) > 3 and not any(line.boxed for line in lines) and not any(b - a == 1 for a, b in pairwise(short))


def _cut(labels: Labels, text: str) -> list[str] | None:
    """Cut a line at its spaces if it is nothing but entries, a row's label (or the end of one) and entries, or heads."""
    if len(text) > LONGEST_ROW or SENTENCE.search(text) or page_number(text):
        return None
    tokens = text.split()
    if is_entry(" ".join(tokens)) and len(tokens) <= 3 and not re.search(r"\s{2}", text):
        return [text]
    at = len(tokens)
    while at and is_entry(tokens[at - 1]):
        at -= 1
    if at == len(tokens):  # heads, perhaps
        return tokens if at > 1 and all(map(labels.is_head, tokens)) else None
    head = " ".join(tokens[:at])
    if not head:
        return tokens
    if tokens[at - 1] in POINTS:
        return None
    is_row = labels.row(head) or (len(head) <= LONGEST_LINE and len(tokens) - at >= LEAST_FIGURES)
    return [head, *tokens[at:]] if is_row else None


def _is_odd_entry(labels: Labels, record: Sequence[Spot], text: str, following: str, section: str | None) -> bool:
    """Whether a short text stands where a row wants a figure: （13）, ⑬, a letter O. It is none, but the row goes on behind it.

    That is before a figure of the row. Behind what may be all of them stands perhaps the number of a page, a note or of the next label.
    """
    if not section or not is_odd(text) or page_number(text) or labels.row(text):
        return False
    stated, wanted, labelled = _row_so_far(labels, record, section)
    goes_on = is_figure(following) or _LAST.fullmatch(text) is not None
    return (labelled or stated > 0) and stated < wanted and goes_on


def _row_so_far(labels: Labels, record: Sequence[Spot], section: str) -> tuple[int, int, bool]:
    """Return how many entries a row has so far, how many it wants, and whether a row's label stands before them."""
    stated = next((i for i, s in enumerate(reversed(record)) if not is_entry(s.text)), len(record))
    match = labels.row(record[-stated - 1].text) if stated < len(record) else None
    cells = labels.form.row_cells(match.table, match.row) if match else ()
    blocks = len(labels.form.rows(section)) if section == "disputes" else 1
    return stated, len(cells) or len(labels.form.columns(section)) * blocks, match is not None


def _is_word(labels: Labels, text: str, section: str | None) -> bool:
    """Whether a line is a label, a head, or a piece of one that goes on in the next line."""
    if len(text) > LONGEST_LINE or SENTENCE.search(text):
        return False
    if labels.row(text) or labels.is_group(text):
        return True
    return section is not None and (labels.is_head(text) or labels.is_piece(text))
