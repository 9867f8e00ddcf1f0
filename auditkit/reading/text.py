"""Plain text: one cell a line, pipes, tabs. What is a table in loose lines only the form's labels can tell."""

from __future__ import annotations

import re

from auditkit.reading import Block, Line, Page, Place, lay_out

_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")


def read(text: str, path: str) -> Page:
    """Read a plain text: lines with pipes or tabs between texts are rows of grids, all else lines."""
    blocks: list[Block] = []
    rows: list[list[tuple[str, Place, int, int]]] = []

    def flush() -> None:
        if rows:
            blocks.append(lay_out(rows, path))
            rows.clear()

    for number, line in enumerate(text.split("\n"), 1):
        cells = _cells(line)
        if cells is not None:
            if cells:
                rows.append([(c, Place(line=number, cell=i), 1, 1) for i, c in enumerate(cells, 1)])
            continue
        flush()
        before = blocks[-1] if blocks else None
        if line.strip() and not line.startswith("\t") and isinstance(before, Line) and before.boxed and before.text:
            blocks[-1] = Line(before.text + "\n" + line.strip(), before.place, boxed=True)  # a cell's text goes on
            continue
        heading = re.sub(r"^\s{0,3}#{1,6}\s+|\*\*", "", line)
        blocks.append(Line(heading.strip(), Place(line=number), boxed=line.startswith("\t")))
    flush()
    return Page(path, (), tuple(blocks))


def _cells(line: str) -> list[str] | None:
    """Split a line into cells if it is a row of a drawn table; an empty list for the rule under a head."""
    if line.count("|") >= 2 or (line.count("|") == 1 and re.search(r"\S\s*\|\s*\S", line)):
        if _RULE.match(line):
            return []
        body = re.sub(r"^\s*\||\|\s*$", "", line)
        return [cell.strip() for cell in re.split(r"(?<!\\)\|", body)]
    body = line.strip("\t ")
    if "\t" in body:
        return [cell.strip() for cell in line.removeprefix("\t").split("\t")]
    return None
