"""Plain text: one cell a line, pipes, tabs. What is a table in loose lines only the form's labels can tell."""

from __future__ import annotations

import re

from auditkit.reading import LONGEST_TEXT, MOST_LINES, Block, Line, Page, Place, lay_out, too_much

_BARS = str.maketrans("｜│┃", "|||")
_RULE = frozenset(" \t|:-+=─━┼├┤┌┐└┘┬┴╋┣┫┏┓┗┛┳┻")
"""What the lines between the rows of a drawn table are made of."""


def read(text: str, path: str) -> Page:
    """Read a plain text: lines with pipes or tabs between texts are rows of grids, all else lines."""
    blocks: list[Block] = []
    rows: list[tuple[int, list[str]]] = []
    piped = barred = False  # the line before was a row with pipes; was a pipe alone

    def flush() -> None:
        if rows:
            first = 1 if all(not cells[0] for _, cells in rows) else 0  # a mark before every row, or behind it
            last = -1 if piped and all(not cells[-1] for _, cells in rows) else None
            laid = [[(c, Place(line=n, cell=i), 1, 1) for i, c in enumerate(cs[first:last], 1)] for n, cs in rows]
            blocks.append(lay_out(laid, path))
            rows.clear()

    lines = text.split("\n")
    if len(text) > LONGEST_TEXT:
        raise too_much(path, LONGEST_TEXT, "个字", "characters")
    if len(lines) > MOST_LINES:
        raise too_much(path, MOST_LINES, "行", "lines")
    for number, line in enumerate(lines, 1):
        cells = _cells(line, within=bool(rows) and piped)
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
            blocks[-1] = Line(before.text + "\n" + line.strip(), before.place, boxed=True)
            continue
        heading = re.sub(r"^\s{0,3}#{1,6}\s+|\*\*", "", line)
        blocks.append(Line(heading.strip(), Place(line=number), boxed=line.startswith("\t") or barred))
        barred = False
    flush()
    return Page(path, (), tuple(blocks), Place(line=len(lines)) if lines[-1].strip() else None)


def _cells(line: str, *, within: bool) -> list[str] | None:
    """Split a line into cells if it is a row of a drawn table; an empty list for the rule under a head."""
    line = line.translate(_BARS)
    bare = line.strip()
    if (
        len(bare) > 2
        and _RULE.issuperset(bare)
        and re.search(r"--|[─━]|==", bare)
        and (within or re.search(r"[|+┌┏├]", bare))
    ):
        return []
    if "|" in bare[1:-1] or (within and "|" in bare and len(bare) > 1):
        return [cell.replace("**", "").strip() for cell in re.split(r"(?<!\\)\|", line)]
    if "\t" in line.strip("\t "):
        return [cell.strip() for cell in line.split("\t")]
    return None
