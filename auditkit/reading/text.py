"""Plain text: one cell a line, pipes, tabs, commas. What is a table in loose lines only the form's labels can tell."""

from __future__ import annotations

import csv
import html
import re
from collections import Counter
from itertools import pairwise

from auditkit.reading.numbering import page_number
from auditkit.reading.numbers import MUTE, holds_figures, is_entry, is_figure, squeeze
from auditkit.reading.page import (
    LONGEST_TEXT,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_LINES,
    Block,
    Grid,
    IsWhole,
    Line,
    Page,
    Place,
    lay_out,
    too_much,
)

BARS = "|｜│┃┆┇┊┋╎╏║"
DASHES = "-=─━┄┅┈┉╌╍═"
CORNERS = "+" + "".join(map(chr, (*range(0x250C, 0x254C), *range(0x2552, 0x256D))))
"""What tables are drawn with, where they are drawn with characters."""
_BARS = str.maketrans(dict.fromkeys(BARS, "|"))
_COVERED, _BLANK = "\0", "\1"
"""What stands between two pipes where there is one space, where there are two."""
_RULE = frozenset(" \t:" + BARS + DASHES + CORNERS)
_SHORT_RULE = re.compile(r"\|?(?:\s*:?-:?\s*\|)+(?:\s*:?-:?\s*)?")
"""The line under a table's head, a dash a column."""
_UNDERLINE = re.compile("={3,}|-{7,}")
"""A line under a heading; fewer dashes may be a mark that states nothing."""
_ROW = re.compile(r"\S {2,}\S|\S(?: [\d—/-]\S*){3,}$")
"""A row with spaces between its cells."""
LONGEST_ROW = 300
LEAST_BARS = 40
"""Pipes on a line that holds several rows."""
MOST_ON_A_ROW = 20
"""Cells; the form's longest row, that of table four, has 15 figures."""
LONGEST_TABLE_ROW = 1000
SHORTEST_WRAPPED = 40
"""Characters of a row that a program has wrapped; it does so after some seventy."""
LEAST_ENDED = 10
"""Rows that end with two spaces, if a program has ended all its lines so."""
LEAST_TABS = 20
"""Tabs on lines of their own, if these stand between cells."""
_LINE_END = re.compile(r"(?i)<br\s*/?>")
"""How a line ends within a cell in Markdown."""
_THOUSANDS = re.compile(r"\d{1,3}(?:\s\d{3})+(?:\.\d+)?")
_CUT = re.compile(r"[^,]*[^\d,.]\d{1,3}(?:,\d{3}\d*)+$")
"""A label, and behind it without a space figures of which only their thousands are set off."""
_MARKUP = re.compile(
    r"\*\*|\\(?=[^\w\s|])|\[(?=[^\[\]]*\]\{[^{}]*\})|(?<!\[)\]\{[^{}]*\}|^\s*(?:\.\. container::|:{3,}).*$",
    re.MULTILINE,
)
"""What Markdown puts around a text: bold, what stands before a mark that would mean something, brackets with attributes, lines that
begin and end a part (in reStructuredText, too)."""


def read(text: str, path: str, is_whole: IsWhole | None = None) -> Page:
    """Read a plain text: lines with pipes, tabs or commas between texts are rows of grids, all else lines.

    A form feed begins a page. Lines between which a label is broken (by `is_whole`) are one.
    """
    blocks: list[Block] = []
    rows: list[tuple[int, list[str]]] = []
    piped = barred = False  # the line before was a row with pipes; was a pipe alone

    def flush() -> None:
        if rows:
            first = (
                1 if (piped or len(rows) > 1) and all(not cells[0] for _, cells in rows) else 0
            )  # a mark before every row, or behind it
            last = -1 if (piped or len(rows) > 2) and all(not cells[-1] for _, cells in rows) else None
            inner = [(n, cells[first:last]) for n, cells in rows]
            outer = first == 1 and last == -1
            kinds = {cell for _, cells in inner for cell in cells if cell in ("", _COVERED, _BLANK)}
            spans = outer and kinds == {_COVERED, _BLANK}  # else one space is how this program writes a blank
            laid = [
                [(c, Place(line=n, cell=i), w, 1) for i, (c, w) in enumerate(_spanned(cs, spans), 1)] for n, cs in inner
            ]
            laid = [row for row in laid if len(row) <= MOST_COLUMNS or any(c for c, *_ in row)]
            wide = any(len(row) > MOST_COLUMNS for row in laid)
            if wide or _are_rows([c for row in laid for c, *_ in row if c], alone=len(laid) == 1):
                blocks.extend(Line(c, place) for row in laid for c, place, *_ in row)
            else:
                blocks.append(lay_out(laid, path))
            rows.clear()

    text = MUTE.sub("", re.sub("[\x0b\x85\u2028\u2029]", "\n", html.unescape(text)))
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        raise too_much(path, MOST_LINES, "行", "lines")
    if any(len(line) > MOST_CELLS and max(map(line.count, "|｜│\t,;")) > MOST_CELLS for line in lines):
        raise too_much(path, MOST_COLUMNS, "列", "columns")
    if len(text) > LONGEST_TEXT:
        raise too_much(path, LONGEST_TEXT, "个字", "characters")
    page = 1 if "\f" in text.rstrip() else None
    commas = _separated(text)
    if commas is not None:
        return Page(path, (), tuple(_comma_blocks(commas, path)), Place(line=len(lines)) if lines[-1].strip() else None)
    lines, sketches = _sketches(_without_page_numbers(lines) if page else lines, path)
    numbered = [(n, row) for n, line in enumerate(lines, 1) for row in _rows_of(line)]
    numbered = _without_ends_of_labels(_unwrapped(numbered))
    if is_whole:
        from auditkit.reading import broken

        numbered = broken.with_whole_cells(numbered, sketches, is_whole)
    for number, line in _by_tabs(numbered) if _is_tabs_alone(lines) else numbered:
        page = page and page + line.count("\f")
        if page is None and page_number(line):
            continue  # neither a figure nor, where blank lines are counted, a blank cell
        if number in sketches:
            flush()
            blocks += filter(None, [sketches[number]])
            continue
        if len(rows) == 1 and piped and _SHORT_RULE.fullmatch(line.strip()):
            continue
        cells = _cells(line, within=bool(rows) and piped, tabbed=bool(rows) and not piped)
        if cells is not None:
            if rows and cells and piped != ("|" in line.translate(_BARS)):
                flush()
            piped = "|" in line.translate(_BARS) or not cells
            if cells:
                rows.append((number, cells))
            continue
        flush()
        if line.strip() == "|":  # pipes alone on lines stand between cells; two of them between rows
            if barred:
                blocks.append(Line("", Place(line=number)))
            barred = True
            continue
        if barred and not line.strip() and lines[number : number + 1] != ["|"]:
            barred = False  # behind the last cell
        before = blocks[-1] if blocks else None
        cell_goes_on = isinstance(before, Line) and before.boxed and before.text and not barred
        if isinstance(before, Line) and cell_goes_on and line.strip() and not line.startswith("\t"):
            cell = before.text + "\n" + line.strip()
            if holds_figures(cell) or not (
                is_entry(before.text) or holds_figures(line)
            ):  # else a figure, or a heading behind one
                blocks[-1] = Line(cell, before.place, boxed=True)
                continue
        if _UNDERLINE.fullmatch(line.strip()):
            line = ""
        heading = _MARKUP.sub("", re.sub(r"^\s{0,3}#{1,6}\s+", "", line))
        indent = 0 if line.startswith("\t") else len(heading.strip("\f")) - len(heading.lstrip())
        place = Place(line=number, page=page)
        blocks.append(Line(heading.strip(), place, line.startswith("\t") or barred, indent))
        barred = False
    flush()
    return Page(path, (), tuple(blocks), Place(line=len(lines)) if lines[-1].strip() else None)


def _without_page_numbers(lines: list[str]) -> list[str]:
    """Leave out the numbers with which the pages of a printed text begin or end, where they count the pages: they are no figures."""
    starts = [n for n, line in enumerate(lines) if n == 0 or "\f" in line]
    pages = [[n for n in range(a, b) if lines[n].strip()] for a, b in pairwise([*starts, len(lines)])]
    out = list(lines)
    for end in (0, -1):
        last = [(page, own[end]) for page, own in enumerate(pages, 1) if own]
        found = [(page, n, number) for page, n in last if (number := page_number(lines[n], at_edge=True))]
        ahead = {number - page for page, _, number in found}
        if len(found) > 1 and len(ahead) == 1 and (ahead == {0} or len(found) > 2):
            for _, n, _ in found:
                out[n] = "\f" * lines[n].count("\f")
    return out


def _plain(text: str) -> str:
    """Return a text without marks of Markdown around it."""
    return _MARKUP.sub("", text).strip()


def _sketches(lines: list[str], path: str) -> tuple[list[str], dict[int, Grid | None]]:
    """Return the lines without frames around them, and for each line of a table drawn with characters None, for its first the table."""
    if not any(_RULE.issuperset(line) and any(c in CORNERS for c in line) for line in lines):
        return lines, {}
    from auditkit.reading import sketched

    lines = sketched.unframed(lines)
    out: dict[int, Grid | None] = {}
    left = sketched.MOST_DRAWN
    for at, drawing in sketched.drawings(lines):
        left -= sum(map(len, drawing))
        if left > 0 and (grid := sketched.grid_of(drawing, at + 1, path, _plain)):
            out |= dict.fromkeys(range(at + 1, at + len(drawing) + 1))
            out[at + 1] = grid
    return lines, out


def _spanned(cells: list[str], spans: bool) -> list[tuple[str, int]]:
    """Return the texts of a row's cells and the columns each takes: a program writes two spaces for a blank, one for what a span covers."""
    out: list[tuple[str, int]] = []
    for cell in cells:
        if cell == _COVERED and spans and out:
            out[-1] = out[-1][0], out[-1][1] + 1
        else:
            out.append(("" if cell in (_COVERED, _BLANK) else cell, 1))
    return out


def _unwrapped(numbered: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Join rows with pipes that a program has wrapped: where two spaces end each row, a line with one or none goes on in the next.

    Where blank cells end lines, rows are what stands between two lines without a text.
    """
    over_lines = sum(line.rstrip() == "|" and line.endswith("  ") for _, line in numbered) >= LEAST_ENDED
    ending = sum("|" in line[:-2] and line[-2:] == "  " and line[-3] not in " |" for _, line in numbered)
    drawn = sum(" |" in line for _, line in numbered)  # in columns: spaces stand behind texts anyhow
    ended = ending >= LEAST_ENDED and drawn * 2 <= ending
    if not ended and not over_lines:
        return numbered
    out: list[tuple[int, str]] = []
    last = 0
    for number, line in numbered:
        before = out[-1][1] if out and number == last + 1 and len(out[-1][1]) < LONGEST_TABLE_ROW else ""
        last = number
        open_ended = (
            ended
            and len(before) >= SHORTEST_WRAPPED
            and "|" in before
            and not before.endswith("  ")
            and not _RULE.issuperset(before)
        )
        rest = line.strip() and not _RULE.issuperset(line) and ("|" in line or before.rstrip().endswith("|"))
        if (over_lines and line.startswith("|") and before.strip()) or (open_ended and rest):
            out[-1] = out[-1][0], before.rstrip() + " " + line
        else:
            out.append((number, line))
    return _without_gaps(out, "|") if over_lines else out


def _without_ends_of_labels(numbered: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Leave out the empty lines of a copy in which one stands behind every label and none behind a figure: paragraphs, no blank cells."""
    kinds = ["blank" if not line.strip() else "figure" if is_entry(line) else "words" for _, line in numbered]
    if kinds.count("blank") < LEAST_ENDED:
        return numbered
    while kinds and kinds[-1] == "blank":
        kinds.pop()
    pairs = Counter(pairwise(kinds))
    others = (("words", "figure"), ("figure", "blank"), ("blank", "blank"))
    ended = pairs["words", "blank"] >= LEAST_ENDED and pairs["blank", "figure"] >= LEAST_ENDED
    if not ended or any(pairs[pair] for pair in others):
        return numbered
    return [item for item, kind in zip(numbered, kinds, strict=False) if kind != "blank"]


def _without_gaps(numbered: list[tuple[int, str]], mark: str) -> list[tuple[int, str]]:
    """Leave out what holds no text between two rows of cells with a mark between, so that they are one table's."""
    filled = [i for i, (_, line) in enumerate(numbered) if line.strip(" ")]
    gaps = {
        i for a, b in pairwise(filled) if mark in numbered[a][1] and mark in numbered[b][1] for i in range(a + 1, b)
    }
    return [item for i, item in enumerate(numbered) if i not in gaps]


def _rows_of(line: str) -> list[str]:
    """Return a line, or the rows of a table that lay in a cell: a program has written them on one line, two pipes between them."""
    if line.count("|") < LEAST_BARS or "||" not in line:
        return [line]
    return [f"|{row}|" for row in line.strip().strip("|").split("||")]


def _are_rows(cells: list[str], *, alone: bool) -> bool:
    """Whether the cells of a table are rows of tables that lay in it, or, in one row `alone`, cells: a program has written them so."""
    rows = sum(bool(_ROW.search(c[-LONGEST_ROW:])) for c in cells)
    return rows * 2 > max(len(cells), 3) or (alone and len(cells) > MOST_ON_A_ROW)


def _is_tabs_alone(lines: list[str]) -> bool:
    """Whether tabs stand on lines of their own, and never before a text."""
    tabbed = [line for line in lines if line.startswith("\t")]
    return len(tabbed) >= LEAST_TABS and not any(line.strip() for line in tabbed)


def _by_tabs(numbered: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Join the text of a page whose cells are paragraphs: the tab between two cells stands alone, with empty lines around it."""
    out: list[tuple[int, str]] = []
    after_tab = False
    for number, line in numbered:
        if line == "\t" and out:
            while len(out) > 1 and not out[-1][1]:
                out.pop()
            out[-1] = out[-1][0], out[-1][1] + line
            after_tab = True
        elif after_tab and (line.strip() or "\u00a0" in line):  # what stands in a blank cell
            out[-1] = out[-1][0], out[-1][1] + line
            after_tab = False
        elif not after_tab:
            out.append((number, line))
    return _without_gaps(out, "\t")


def _cells(line: str, *, within: bool, tabbed: bool) -> list[str] | None:
    """Split a line into cells if it is a row of a drawn table; an empty list for the rule under a head.

    `within` and `tabbed` say that the line before was a row with pipes, with tabs; such a row may hold blanks behind one text.
    """
    line = _LINE_END.sub("\n", line.translate(_BARS))
    bare = line.strip()
    if (
        len(bare) > 2
        and _RULE.issuperset(bare)
        and re.search(r"--|[─━┄┅┈┉╌╍═]|==", bare)
        and (within or re.search(r"[|+┌┏├╔╠]", bare))
    ):
        return []
    if "|" in bare[1:-1] or (within and "|" in bare and len(bare) > 1):
        texts = re.split(r"(?<!\\)\|", line)
        marks = {" ": _COVERED, "  ": _BLANK}
        return [(0 < i < len(texts) - 1 and marks.get(cell)) or _plain(cell) for i, cell in enumerate(texts)]
    if "\t" in line.strip("\t ") or (tabbed and line.rstrip(" ").endswith("\t")):
        return [cell.strip() for cell in line.split("\t")]
    return None


def _separated(text: str) -> list[tuple[int, list[str]]] | None:
    """Return the rows of a text separated by commas, semicolons or, with quotation marks, tabs, and the lines they begin at; else None.

    It is one if three lines have four or more cells, most of them figures or blank (or —): no prose, and no 1,234 between spaces.
    """
    marks = [",", ";", *("\t" for _ in re.findall(r'\t"|"\t', text)[:1])]
    others = (max(map(line.translate(_BARS).count, ";|\t")) > 2 for line in text.split("\n"))
    if sum(others) > 2:
        del marks[0]  # its commas set off thousands, or stand in prose
    return next((rows for mark in marks if (rows := _separated_by(mark, text)) is not None), None)


def _separated_by(mark: str, text: str) -> list[tuple[int, list[str]]] | None:
    rows, begin = [], 1
    reader = csv.reader(text.split("\n"), delimiter=mark)
    try:
        for row in reader:
            rows.append((begin, [cell.strip() for cell in row]))
            begin = reader.line_num + 1
    except csv.Error:
        return None
    wide = [row for _, row in rows if len(row) > 3]
    spaced = sum(any(re.search(r"\d\s+\d", c) and not _THOUSANDS.fullmatch(c) for c in row) for row in wide)
    cut = sum(bool(_CUT.match(mark.join(row))) for row in wide) if mark == "," else 0
    if max(spaced, cut) * 4 > len(wide) or any(cell.count("\n") > 12 for row in wide for cell in row):
        return None  # 1,234 1,234; 规章1,2343,456; or a stray quotation mark
    stated = [row for row in wide if any(map(is_figure, row))]
    return rows if sum(sum(map(is_entry, row)) * 2 > len(row) for row in stated) > 2 else None


def _comma_blocks(rows: list[tuple[int, list[str]]], path: str) -> list[Block]:
    """Turn rows of cells into grids; a row of one cell, or with a sentence in its first and blanks behind it, is a line."""
    blocks: list[Block] = []
    grid: list[list[tuple[str, Place, int, int]]] = []
    for number, row in [*rows, (0, [])]:
        if len(row) > 1 and (any(row[1:]) or "。" not in row[0]):
            grid.append([(cell, Place(line=number, cell=i), 1, 1) for i, cell in enumerate(row, 1)])
            continue
        if grid:
            blocks.append(lay_out(grid, path))
            grid = []
        if row:
            blocks.append(Line(squeeze(row[0]) and row[0], Place(line=number)))
    return blocks
