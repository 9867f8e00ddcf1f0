"""What a file becomes: a `Page` of lines of prose and grids of cells, every text with the place it was found at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from auditkit.wording import Lang, say

MOST_COLUMNS = 200
MOST_CELLS = 30_000
"""The largest real page seen has 800."""
MOST_LINES = 20_000
LONGEST_TEXT = 2_000_000
"""Characters of a plain text; the longest real one seen has 20,000."""


class ReadingError(Exception):
    """A file that cannot be read as a report: one sentence that says what, where and what to do."""

    def __init__(self, path: str, zh: str, en: str) -> None:
        super().__init__(f"{path}: {zh}")
        self.path, self._zh, self._en = path, zh, en

    def message(self, lang: Lang) -> str:
        """Return the sentence in one language, without the file's name."""
        return say(lang, self._zh, self._en)


class Place(NamedTuple):
    """Where in the file a text stands; all numbers count from 1.

    Attributes
    ----------
    table, row, cell : of a drawn table, tables counted over the whole file
    line : of a plain text; of a cell that holds several rows, in the cell
    page : of a PDF
    box : left, top, right, bottom in points from the upper left corner of the page as it is shown
    paragraph : of a Word document
    sheet, ref : of a workbook: the sheet's name and the cell's address ("B7")
    """

    table: int | None = None
    row: int | None = None
    cell: int | None = None
    line: int | None = None
    page: int | None = None
    box: tuple[int, int, int, int] | None = None
    paragraph: int | None = None
    sheet: str = ""
    ref: str = ""

    def moved(self, *, tables: int = 0, lines: int = 0) -> Place:
        """Count the tables and lines of a part of a file from the file's beginning."""
        return self._replace(table=self.table and self.table + tables, line=self.line and self.line + lines)

    def describe(self, lang: Lang, *, exact: bool = False) -> str:
        """Say the place in words; `exact` adds the box on a page."""
        if self.ref:
            return f"{self.sheet}!{self.ref}" + (
                say(lang, f" 内第 {self.line} 行", f", its line {self.line}") if self.line else ""
            )
        of_text = self.line is not None and self.table is None and self.box is None
        parts = []
        if self.page is not None and not of_text:
            parts.append(say(lang, f"第 {self.page} 页", f"page {self.page}"))
        if self.paragraph is not None:
            parts.append(say(lang, f"第 {self.paragraph} 段", f"paragraph {self.paragraph}"))
        if self.line is not None and self.table is None:
            parts.append(say(lang, f"第 {self.line} 行", f"line {self.line}"))
        if self.page is not None and of_text:  # lines are counted over the file
            parts.append(say(lang, f"（第 {self.page} 页）", f"on page {self.page}"))
        if self.table is not None:
            parts.append(say(lang, f"第 {self.table} 个表格", f"table {self.table} from the top"))
            if self.row is not None:
                parts.append(say(lang, f"第 {self.row} 行", f"row {self.row}"))
        if self.cell is not None:
            parts.append(say(lang, f"第 {self.cell} 格", f"cell {self.cell}"))
        if self.line is not None and self.table is not None:
            parts.append(say(lang, f"内第 {self.line} 行", f"its line {self.line}"))
        if exact and self.box is not None:
            box = ", ".join(map(str, self.box))
            parts.append(say(lang, f"（框 {box}）", f"box {box}"))
        return say(lang, "", ", ").join(parts)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text outside grids; `boxed` where the file marks it as a table cell (a tab before it)."""

    text: str
    place: Place
    boxed: bool = False
    indent: int = 0
    """Spaces before it, where the file draws lines with characters."""

    @property
    def drawn(self) -> str:
        """The text where it stands on its line."""
        return " " * self.indent + self.text


class Spot(NamedTuple):
    """A cell of a grid as it was drawn: its text, its first column (from 0) and its extent."""

    text: str
    place: Place
    column: int
    width: int = 1
    height: int = 1
    hidden: bool = False
    """Whether a reader of the document does not see it: a hidden row or column."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A drawn table: for each row the cells that begin in it, in order of their columns."""

    rows: tuple[tuple[Spot, ...], ...]
    above: tuple[tuple[Spot, ...], ...] = ()
    """For each row the cells that reach into it from a row above."""

    def changed(self, change: Callable[[Spot], Spot | None]) -> Grid:
        """Return the table with each cell changed, or left out for None; a cell stays one where it reaches into further rows."""
        done: dict[Spot, Spot | None] = {}

        def after(part: tuple[tuple[Spot, ...], ...]) -> tuple[tuple[Spot, ...], ...]:
            for row in part:
                done.update((s, change(s)) for s in row if s not in done)
            return tuple(tuple(new for s in row if (new := done[s]) is not None) for row in part)

        return Grid(after(self.rows), after(self.above))


Block: TypeAlias = Line | Grid
IsWhole: TypeAlias = Callable[[str], bool]
"""Says whether a text is a whole label; what labels there are only the form tells."""
Content: TypeAlias = list[str | Block]
"""What a cell holds while it is read: texts, ``"\\n"`` where a line ends, and the blocks of tables within."""
_new = tuple.__new__
"""Makes a named tuple of all its values in half the time of its name, for the places and spots of every cell of a web page."""
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""12 with a raised 1 is not 121."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was read from one file, in the order of the file; `titles` stand outside the body (head, metadata)."""

    path: str
    titles: tuple[str, ...]
    blocks: tuple[Block, ...]
    broken: Place | None = None
    """Where the last text stands, if the file ends within it: its last digits may be missing."""
    pictures: int = 0
    """How many pictures stand in it that may hold what is missing in its text."""
    links: tuple[str, ...] = ()
    """The texts of its links that may be titles, without spaces: of reports on other pages."""


def too_much(path: str, number: int, zh: str, en: str) -> ReadingError:
    """Return the refusal of a file with more than `number` of something."""
    return ReadingError(
        path,
        f"超过 {number} {zh}，不是一份年度报告。请只保存报告正文一页。",
        f"more than {number} {en}: not one annual report. Save the report's own page only.",
    )


def lay_out(rows: list[list[tuple[str, Place, int, int]]], path: str) -> Grid:
    """Give every cell its column, letting spans push later cells to the right as browsers do.

    Parameters
    ----------
    rows : for each row its cells as (text, place, colspan, rowspan), spans >= 1; 0 for a cell that takes no column

    Raises
    ------
    ReadingError
        If the table is wider than `MOST_COLUMNS`.
    """
    out: list[tuple[Spot, ...]] = []
    above: list[tuple[Spot, ...]] = []
    reaching: list[tuple[Spot, int]] = []  # a cell and how many more rows it reaches into
    for number, row in enumerate(rows):
        taken = {c for spot, _ in reaching for c in range(spot.column, spot.column + spot.width)} if reaching else ()
        spots: list[Spot] = []
        column, left = 0, len(rows) - number
        for text, place, width, height in row:
            while column in taken:
                column += 1
            if column + width > MOST_COLUMNS:
                raise ReadingError(
                    path,
                    f"表格宽达 {column + width} 列（{place.describe('zh')}），不是法定格式的表格。请换用原网页或 Word 版本。",
                    f"a table {column + width} columns wide ({place.describe('en')}) is no table of the form. "
                    "Use the original web page or the Word version.",
                )
            spots.append(_new(Spot, (text, place, column, width, height if height < left else left, False)))
            column += width
        above.append(tuple(spot for spot, _ in reaching))
        out.append(tuple(spots))
        reaching = [(s, more - 1) for s, more in reaching if more > 1]
        reaching += [(s, s.height - 1) for s in spots if s.height > 1]
    return Grid(tuple(out), tuple(above))


def table_blocks(number: int, rows: list[list[tuple[Content, int, int]]], path: str) -> list[Block]:
    """Turn a table whose cells may hold tables into blocks: that is layout, and its rows with tables are lines and grids in order.

    Parameters
    ----------
    number : the table's, from 1, counted over the file
    rows : for each row its cells as (content, colspan, rowspan)
    """
    out: list[Block] = []
    plain: list[list[tuple[str, Place, int, int]]] = []

    def flush() -> None:
        if any(plain):
            out.append(lay_out(plain, path))
        plain.clear()

    for r, row in enumerate(rows, 1):
        cells: list[tuple[str, Place, int, int]] = []
        for c, (content, w, h) in enumerate(row, 1):
            if (text := _cell_text(content)) is None:
                break
            cells.append((text, _new(Place, (number, r, c, None, None, None, None, "", "")), w, h))
        else:
            plain.append(cells)
            continue
        flush()
        for c, (content, _, _) in enumerate(row, 1):
            out += lines_and_blocks(content, Place(number, r, c))
    flush()
    return out


def moved(block: Block, *, tables: int = 0, lines: int = 0) -> Block:
    """Count the tables and lines of a block in a part of a file from the file's beginning."""
    if isinstance(block, Line):
        return replace(block, place=block.place.moved(tables=tables, lines=lines))
    return block.changed(lambda s: s._replace(place=s.place.moved(tables=tables, lines=lines)))


def few_enough(blocks: Sequence[Block], path: str) -> tuple[Block, ...]:
    """Return the blocks of a page.

    Raises
    ------
    ReadingError
        If they are more than `MOST_LINES`.
    """
    if len(blocks) > MOST_LINES:
        raise too_much(path, MOST_LINES, "行", "lines")
    return tuple(blocks)


def lines_and_blocks(content: Content, place: Place | None = None) -> list[Block]:
    """Return texts as lines of this place, else numbered as paragraphs, and the blocks that stand between them."""
    out: list[Block] = []
    words: list[str] = []
    number = 0
    for part in [*content, "\n"]:
        if isinstance(part, str) and part != "\n":
            words.append(part)
            continue
        if words and (text := " ".join("".join(words).split())):
            number += 1
            out.append(Line(text, place or Place(paragraph=number)))
        words.clear()
        if not isinstance(part, str):
            out.append(part)
    return out


def _cell_text(content: Content) -> str | None:
    """Return a cell's text, a line each; None if a table stands in it."""
    if len(content) == 1 and isinstance(content[0], str):
        return " ".join(content[0].split())
    try:
        text = "".join(content).strip()  # type: ignore[arg-type]  # what is not a text raises, which is cheaper than asking each
    except TypeError:
        return None
    if "\n" not in text:
        return " ".join(text.split())
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join([line for line in lines if line])
