"""A page's texts to the cells of a form, by labels and structure, never by counting from the top.

A row is its label plus its figures. A figure whose row or column is not certain is *unplaced*, never put in a likely cell.
Rows are known by their labels only. Columns are known by their heads; a certain row of exactly the form's width is read in
the form's order where heads are absent or generic, with a remark; under other heads its figures are unplaced.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby, pairwise

from auditkit.forms import FORM_IDS, form_of_year, layouts, load_form
from auditkit.placing.above import with_labels_above
from auditkit.placing.apart import NotItsOwn, not_its_own, not_seen, parted, tables_named
from auditkit.placing.asides import without_asides
from auditkit.placing.counted import counted_rows, with_blank_cells
from auditkit.placing.cuts import joined_over_pages
from auditkit.placing.disputes import Heading
from auditkit.placing.entries import read_disputes, read_record
from auditkit.placing.heads import OUTCOMES, Header, columns_under, reach, stands_under
from auditkit.placing.labels import (
    KEYS,
    LONGEST,
    WEAK,
    Labels,
    block_of,
    in_other_unit,
    labels,
    names_block,
    names_clause,
    plain,
    section_of,
    strong,
)
from auditkit.placing.loose import boxed_runs, pieces
from auditkit.placing.order import order_of_heads
from auditkit.placing.placement import Placement, settle
from auditkit.placing.records import (
    UNIT,
    Record,
    cells_of,
    records_of,
    row_named,
)
from auditkit.placing.rectangles import with_rectangles
from auditkit.placing.state import State
from auditkit.placing.whose import Whose
from auditkit.reading.numbering import is_serial, leads_heading
from auditkit.reading.numbers import holds_figures, is_entry, is_figure, squeeze, states
from auditkit.reading.page import Block, Grid, Line, Page, Spot

LONGEST_TABLE = 20_000
"""Characters of a block in which heads are looked for."""
_COUNTS = re.compile(r"(?:数量?|金额|[件条项]|[总合小]计|数值)(?:单位.*)?$")
"""The end of a head over counts."""
_OF_NUMBERS = re.compile(r"栏次|[列栏][号次]|序号|编号|甲|代码")
"""What stands before the numbers of columns."""
LEAST_HEADS = 3
"""Heads by which a table outside the form's sections, without a row's label, is known as part of the form's."""


def place(page: Page) -> tuple[Placement, ...]:
    """Place a page's figures on the forms; `preferred` says which form the page is of.

    Where one form has all its cells and leaves no figure, the others are not tried: each figure has one cell; nor is a form of whose
    own heads of table two none is printed, but several of another's.
    """
    placements: list[Placement] = []
    whose = Whose(page)
    apart = not_its_own(page, whose)
    divided = parted(page, whose)
    if divided is not page:
        of_parts = Whose(divided)
        within = not_its_own(divided, of_parts)
        if within.all:
            page, apart, whose = divided, within, of_parts
    printed = {form_id: _heads_printed(page.blocks, form_id) for form_id in FORM_IDS}
    for form_id in sorted(FORM_IDS, key=lambda form_id: -printed[form_id]):
        if printed[form_id] == 0 and max(printed.values()) > 1:
            continue
        placements.append(_walk(page, form_id, apart, whose))
        if len(placements[-1].cells) == len(placements[-1].layout.cells) and not placements[-1].unplaced:
            break
    return tuple(placements)


HARDLY = 0.03
"""Of a report's figures; the forms differ by a tenth of them."""


def preferred(placements: Sequence[Placement], year: int | None = None) -> Placement:
    """Return the placement that takes most of a page's figures, that on the form of its year if it takes hardly less.

    Parameters
    ----------
    placements : on the forms that were tried
    year : the report's year, which decides only where the tables fit both forms about equally well

    Returns
    -------
    Placement
        Its `cells` are empty if no row of either form was found.
    """
    form = form_of_year(year) if year else FORM_IDS[-1]

    def read(placement: Placement) -> int:
        stated = sum(p.figure.kind != "blank" for p in placement.cells.values())  # any form takes blanks
        return stated + sum(u.reason == "subtotal" for u in placement.unplaced)

    enough = max(map(read, placements)) * (1 - HARDLY if year else 1)
    return max(placements, key=lambda p: (p.layout.id == form and read(p) >= enough, read(p)))


def _walk(page: Page, form_id: str, apart: NotItsOwn, whose: Whose) -> Placement:
    """Place a page's figures on one form; `apart` are the grids that are not the report's own, `whose` says whose it is."""
    forms = layouts(form_id)
    state = State(labels(form_id), forms[0], forms)
    state.announced = any(isinstance(b, Line) and section_of(b.text) == "proactive" for b in page.blocks)
    state.found.order = order_of_heads(state.labels, page.blocks)
    if apart.all:
        others = [b for b in page.blocks if isinstance(b, Grid) and id(b) not in apart.all]
        state.found.own = {table for grid in others for table in tables_named(state.labels, grid)}
    drawn: list[Block] = []
    unseen = not_seen(page.blocks)
    state.found.leave([s for grid in unseen for row in grid.rows for s in row if is_entry(s.text)], "", "hidden")
    seen = [block for block in page.blocks if not any(block is grid for grid in unseen)]
    seen = without_asides(seen, state.labels)
    for part in _runs(with_labels_above(seen, state.labels)):
        drawn += with_rectangles(lines, state.labels) if (lines := _lines(part)) else part
    for part in _runs(drawn):
        for heading, lines in _divided(_lines(part), whose):
            if heading:
                state.of_others, state.lasting = bool(whose.divides(heading)), whose.goes_on(heading)
            if lines:
                _read_lines(state, lines, whose)
        for block in part:
            if isinstance(block, Grid):
                state.apart = id(block) in apart.all
                if id(block) in apart.never and tables_named(state.labels, block):
                    _leave_grid(state, block)
                else:
                    _read_grid(state, block, whose)
        state.apart = False
    return settle(state.found, state.labels, forms, page.broken)


def _divided(lines: Sequence[Line], whose: Whose) -> Iterable[tuple[str, list[Line]]]:
    """Cut lines at headings that stand over a whole set of tables, each part with the heading before it."""
    heading, part = "", list[Line]()
    for line in lines:
        if whose.divides(line.text) is None:
            part.append(line)
        else:
            yield heading, part
            heading, part = line.text, []
    yield heading, part


def _runs(blocks: Iterable[Block]) -> Iterable[list[Block]]:
    """Cut blocks into runs of lines only and of grids only."""
    return [list(run) for _, run in groupby(blocks, key=lambda block: isinstance(block, Line))]


def _lines(blocks: Iterable[Block]) -> list[Line]:
    return [block for block in blocks if isinstance(block, Line)]


def _heads_printed(blocks: Sequence[Block], form_id: str) -> int:
    """Count the heads of table two that a page prints and no other form has."""
    others = {c for other in FORM_IDS if other != form_id for c in _heads_of_table_two(other)}
    texts = [b.text if isinstance(b, Line) else "".join(s.text for row in b.rows for s in row) for b in blocks]
    whole = squeeze("\n".join(t for t in texts if len(t) < LONGEST_TABLE))
    return sum(head in whole for head in _heads_of_table_two(form_id) if not any(head in other for other in others))


@cache
def _heads_of_table_two(form_id: str) -> tuple[str, ...]:
    cells = load_form(form_id).cells
    return tuple(sorted({c.column_label["zh"] for c in cells if c.table == "proactive"}))


# --- grids -----------------------------------------------------------------------------------------------------------


def _read_grid(state: State, grid: Grid, whose: Whose) -> None:
    first = next((texts for row in grid.rows if (texts := [s.text for s in row if squeeze(s.text)])), [])
    titled = whose.is_of_others(first[0], ended=state.ended) if len(first) == 1 else None
    if titled is not None and sum(bool(squeeze(s.text)) for row in grid.rows for s in row) == 1:  # a caption in a frame
        state.of_others, state.lasting = titled, state.ended
    if state.of_others if titled is None else titled:
        _leave_grid(state, grid)
        return
    width = max(map(reach, grid.rows, grid.above), default=0)
    goes_on = state.header.end == width and not state.header.loose  # a table cut in two
    heads = state.header if state.header.open or goes_on else Header()  # heads may stand in a table of their own
    heads.close()
    before = state.usual() if goes_on else frozenset()
    state.header, state.windows, state.columns = heads, {}, Counter()
    grid = _without_numbers_of_columns(_without_hidden_columns(state, grid))
    grid = joined_over_pages(state.labels, _without_title_at_left(state, grid))
    spots = [s for row in grid.rows for s in row if s.text]
    named = {plain(s.text) for s in spots if state.labels.is_head(s.text)}
    rows = any(strong(state.labels.row(s.text)) or section_of(s.text) for s in spots)
    bare = all(is_entry(s.text) and s.place.page for s in spots)  # the further columns of a table on another page
    if not (state.section or rows or len(named) >= LEAST_HEADS or bare):
        alone = (texts[0] for row in grid.rows if len(texts := [s.text for s in row if squeeze(s.text)]) == 1)
        state.found.prose += filter(leads_heading, alone)  # a section's title in a text of commas
        return
    state.texts = [s.text for s in spots]
    for row, above in zip(grid.rows, grid.above, strict=True):
        state.note_window(row, reach(row, above))
    for cells in counted_rows(grid.rows, state.labels):
        end = reach(cells)
        state.windows.setdefault(end, Counter())[end - len(state.form.columns("requests")), end] += 2
    leaves = heads.leaves(state.labels, state.section or "requests") if before else []
    if before and not state.usual() <= before | columns_under(leaves):  # the figures stand elsewhere than before
        state.header = Header()
    for begin, end in pairwise(_stretches(grid, state.labels)):
        state.columns = Counter(s.column for row in grid.rows[begin:end] for s in row if states(s.text))
        for row, above in zip(grid.rows[begin:end], grid.above[begin:end], strict=True):
            _read_row(state, row, above, loose=False)


def _leave_grid(state: State, grid: Grid) -> None:
    """Leave the figures of a table that is not the report's."""
    state.found.leave([s for row in grid.rows for s in row if is_entry(s.text)], "", "apart")


def _stretches(grid: Grid, words: Labels) -> list[int]:
    """Return the rows at which a section or clause begins within a table, or heads come again, and its ends."""
    begins = {0, len(grid.rows)}
    stated = False
    for i, row in enumerate(grid.rows):
        texts = [s.text for s in row if squeeze(s.text)]
        titled = any(section_of(t) or names_clause(t) for t in texts if len(t) <= LONGEST)
        if titled or (stated and len(texts) > 1 and all(map(words.is_head, texts))):
            begins.add(i)
            stated = False
        stated = stated or any(map(states, texts))
    return sorted(begins)


def _without_hidden_columns(state: State, grid: Grid) -> Grid:
    """Leave out columns that a reader does not see, unless their head names a column that no other has; their figures are unplaced."""
    without = [s for row in grid.rows for s in row if not s.width]
    if without:
        state.found.leave(without, "", "hidden")
        grid = Grid(tuple(tuple(s for s in row if s.width) for row in grid.rows), grid.above)
    shown = [row for row in grid.rows if not all(s.hidden for s in row)]
    out = {s.column for row in shown for s in row if s.hidden and s.width == 1}
    out -= {s.column for row in shown for s in row if not s.hidden and s.width == 1}
    named = {
        s.column: c for row in shown for s in row if s.width == 1 and (c := state.labels.column("requests", s.text))
    }
    out -= {c for c in out if named.get(c) and list(named.values()).count(named[c]) == 1}
    if not out:
        return grid
    state.found.leave([s for row in shown for s in row if s.column in out and s.width == 1], "", "hidden")
    place = [c - sum(o < c for o in out) for c in range(reach([s for row in grid.rows for s in row]) + 1)]

    def moved(row: Sequence[Spot]) -> tuple[Spot, ...]:
        ends = [(s, place[s.column], place[s.column + s.width]) for s in row]
        return tuple(s._replace(column=a, width=b - a) for s, a, b in ends if b > a)

    return Grid(tuple(map(moved, grid.rows)), tuple(map(moved, grid.above)))


def _without_numbers_of_columns(grid: Grid) -> Grid:
    """Leave out rows of 1, 2, 3, … that stand between heads and as many figures: they number the columns."""
    filled = [[t for s in row if (t := squeeze(s.text))] for row in grid.rows]
    out = set[int]()
    for i in range(1, len(filled) - 1):
        over, (*numbers,), beneath = filled[i - 1 : i + 2]
        if numbers and not is_entry(numbers[0]) and _OF_NUMBERS.fullmatch(numbers[0]):
            del numbers[0]
        counted = len(numbers) >= LEAST_HEADS and numbers == [str(n) for n in range(1, len(numbers) + 1)]
        if counted and not any(map(is_entry, over)) and sum(map(is_entry, beneath)) >= len(numbers):
            out.add(i)
    kept = [i for i in range(len(grid.rows)) if i not in out]
    return Grid(tuple(grid.rows[i] for i in kept), tuple(grid.above[i] for i in kept)) if out else grid


def _without_title_at_left(state: State, grid: Grid) -> Grid:
    """Leave out a cell left of all rows, heads too, that names no row: it is the table's title, or says of what year it is."""
    title = grid.rows[0][0] if len(grid.rows) >= LEAST_HEADS and grid.rows[0] else None
    if title is None or title.column or title.height < len(grid.rows) or not title.text or names_block(title.text):
        return grid
    if strong(state.labels.row(title.text)):
        return grid
    return grid.changed(lambda s: None if s == title else s._replace(column=s.column - title.width))


def _read_row(state: State, row: Sequence[Spot], above: tuple[Spot, ...], *, loose: bool) -> None:
    """Read one row of a grid, or one record of loose lines (whose columns carry no position)."""
    texts = [s for s in row if squeeze(s.text)]
    if not texts:
        if state.header.is_disputes and not loose:  # table four has no labels: a row of blanks is its row
            state.header.close()
            read_disputes(state, Record([], list(row), above, reach(row, above)), loose=loose)
        return
    for spot in texts:
        if not is_entry(spot.text):
            state.heading.note(spot.text)
    if _is_head_row(state, row, texts):
        outcomes = {c for s in texts if (c := state.labels.exact_column("disputes", s.text))}
        if outcomes >= {"upheld", "corrected", "pending"} and state.section == "requests":  # no other table has these
            state.section, state.heading, state.before = "disputes", Heading(), None
        state.header.add(row, above, loose=loose)
        state.heading.named = False
        return
    end = reach(row, above)
    parts = list(records_of(state, _without_notes(state, row, end), above))
    for part in parts:
        part.end = end
    stated = any(states(s.text) for s in texts)
    found = [leaf for p in parts if (leaf := row_named(state, p, loose=loose))]
    leaves = state.header.leaves(state.labels, "disputes")
    over = any(leaf.kind == "column" and leaf.start <= texts[0].column < leaf.end for leaf in leaves) and not loose
    headed = bool(leaves) and not over  # else 行政复议 with blanks behind it stands over the heads of its block
    if not stated and not any(entries and (headed or m.table != "disputes") for m, entries, _ in found):
        if not loose:  # a section's title may stand in the first row of its table, a paragraph in a row of the page's
            alone = len(row) == 1 or (len(texts) == 1 and leads_heading(texts[0].text))
            state.found.prose += [s.text for s in texts if alone or section_of(s.text)]
        _read_caption(state, texts)
        match = state.labels.row(texts[-1].text)
        state.bare = match if strong(match) else None
        return
    state.header.close()
    state.heading.named = False
    if any(in_other_unit(s.text) for s in texts):
        state.found.leave(
            [s for part in parts for s in part.entries], " ".join(w.text for w in parts[-1].words), "heads"
        )
        return
    for part in parts:
        read_record(state, part, loose=loose)


def _is_head_row(state: State, row: Sequence[Spot], texts: list[Spot]) -> bool:
    entries = sum(states(s.text) for s in texts)
    if entries * 2 > len(texts) or any(is_figure(s.text) or holds_figures(s.text) for s in texts):
        return False
    if _is_blank_row(state, row, texts):
        return False
    heads = [s for s in texts if state.labels.is_head(s.text)]
    words = {plain(s.text) for s in heads}
    if len(words) >= 2 and len(heads) * 2 >= len(texts):
        rows = [m for s in texts if (m := state.labels.row(s.text)) and m.row not in WEAK and m.table != "disputes"]
        return not rows
    several = len({plain(s.text) for s in texts}) > 1  # else a caption, printed once a column
    if several and len(texts) >= 3 and len(texts) * 5 >= len(row) * 3 and not _is_row_of_marks(state, texts):
        return not _is_row_of_texts(state, texts)  # words over (almost) every column, whatever they say
    if len(texts) == len(row) == 2 and (_COUNTS.search(plain(texts[1].text)) or plain(texts[0].text) in KEYS):
        return not any(state.labels.row(s.text) for s in texts)  # of a list of two columns: 类别, 项数
    if any(state.labels.is_group(s.text) for s in texts):
        return not any(strong(state.labels.row(s.text)) for s in texts)
    pieces = [s for s in texts if state.labels.is_fragment(state.section or "requests", s.text)]
    return len(pieces) == len(texts) and (state.header.open or len(texts) >= 3)


def _is_blank_row(state: State, row: Sequence[Spot], texts: list[Spot]) -> bool:
    """Whether a row is a label of table four with a blank under each of its outcomes."""
    leaves = [leaf for leaf in state.header.leaves(state.labels, "disputes") if leaf.kind == "column"]
    behind = [s for s in row if s.column > texts[-1].column]
    match = state.labels.row(texts[-1].text) if len(leaves) == len(behind) == len(OUTCOMES) else None
    return match is not None and match.table == "disputes" and all(map(stands_under, behind, leaves))


def _is_row_of_marks(state: State, texts: list[Spot]) -> bool:
    """Whether the last label of a row is a row's, and what follows one text over and over (O for a zero)."""
    marks = {squeeze(s.text) for s in texts[-3:]}
    label = next((s for s in reversed(texts) if squeeze(s.text) not in marks), None)
    return len(marks) == 1 and label is not None and strong(state.labels.row(label.text))


def _is_row_of_texts(state: State, texts: list[Spot]) -> bool:
    """Whether a row is a label with as many texts behind it as the form has figures, none of them a label or head."""
    for i, spot in enumerate(texts):
        if strong(match := state.labels.row(spot.text)) and match.exact:
            rest = texts[i + 1 :]
            words = any(state.labels.row(s.text) or state.labels.is_head(s.text) for s in rest)
            return len(rest) == len(cells_of(state, match)) and not words
    return False


def _without_notes(state: State, row: Sequence[Spot], end: int) -> list[Spot]:
    """Leave out what stands under heads like 序号, 单位, 备注; a figure there is unplaced, a running number is not one."""
    if not state.header.rows or state.header.end != end:
        return list(row)
    leaves = state.header.leaves(state.labels, state.section or "requests")
    asides, named = columns_under(leaves, "aside"), columns_under(leaves)
    lacking = any(s.column in named and not squeeze(s.text) for s in row)
    if lacking and any(s.column in asides - state.usual() and is_figure(s.text) for s in row):
        return list(row)  # shifted: the figure under the head of notes is that of a cell beside it
    if state.header.loose and sum(is_entry(s.text) for s in row if s.column not in asides) != len(named):
        return list(row)  # a blank was not seen: what is counted off as a note may be a figure
    first = min(named, default=end)
    running = [s for s in row if s.column < first and is_serial(squeeze(s.text))]
    state.found.leave([s for s in row if s.column in asides and s not in running], "", "outside")
    return [s for s in row if s.column not in asides]


def _read_caption(state: State, texts: Iterable[Spot]) -> None:
    """A row or line of words only: a section, a clause of table two, a block of table four."""
    for spot in texts:
        section = section_of(spot.text)
        if section:
            state.section = None if section == "end" else section
            state.of_others = state.of_others and state.lasting
            over = section == "end" and (
                state.ended or not state.astray
            )  # else a line of contents, or of a paragraph that names all
            state.ended = over or (state.ended and state.of_others)
            state.astray = section == "end"
            state.heading, state.header, state.before = Heading(), Header(), None
        elif names_clause(spot.text) and state.section in (None, "proactive"):
            state.section = state.section or "proactive"
            state.header = Header()
        elif state.section == "disputes" and (names_block(spot.text) or plain(spot.text) == "行政诉讼"):
            state.heading, state.header = state.heading.begun(block_of(spot.text)), Header()
        elif "诉" in spot.text:  # 行政诉讼情况, 行政应诉: what follows may be of another block
            state.heading.name = None


def _are_pieces(text: str) -> bool:
    """Whether a line holds figures, or pieces of them, and units, and nothing else: the row above is wrapped in its cells."""
    texts = text.split()
    return len(texts) > 1 and all(is_entry(t) or UNIT.match(t) for t in texts) and any(map(states, texts))


# --- loose lines -----------------------------------------------------------------------------------------------------


def _read_lines(state: State, lines: Sequence[Line], whose: Whose) -> None:
    before, columns, own, read = state.header, state.columns, Header(), False
    state.header, state.windows, state.columns = own, {}, Counter()
    state.texts = [word for line in lines for word in (line.text, *line.text.split())]
    lines, counted = with_blank_cells(lines, state.labels)
    for row in boxed_runs(lines):
        state.note_window(row, len(row))
    for piece in pieces(lines, state.labels, lambda: state.section):
        words = [s.column for s in piece.record if not is_entry(s.text)]
        window = (max(words, default=-1) + 1, len(piece.record)) if counted and piece.record else piece.columns
        if window:
            state.windows.setdefault(window[1], Counter())[window] += 2
        if piece.record and state.of_others and not any(section_of(s.text) for s in piece.record):
            state.found.leave([s for s in piece.record if is_entry(s.text)], piece.record[0].text, "apart")
        elif piece.record:
            _read_row(state, piece.record, (), loose=True)
        said = piece.prose or (piece.caption.text if piece.caption else "")
        others = whose.is_of_others(said, ended=state.ended) if said else None
        if others is not None:
            state.of_others = others
            state.lasting = state.ended or whose.goes_on(said)
        if piece.caption and not others:
            _read_caption(state, [piece.caption])
        if said and not leads_heading(said):
            state.heading.note(said)
        if piece.prose:
            state.found.prose.append(piece.prose)
            if "诉" in piece.prose and not piece.caption:
                state.heading.name = None
            if state.section == "disputes" and _are_pieces(piece.prose):
                state.heading.doubt()
        read = read or bool(piece.record)
    if (before.open or not before.loose) and state.header is own and not read:  # a note among the heads and the rows
        state.header, state.columns = before, columns
