"""Where a walk over a page stands: the form in hand, the section, the heads, and where in the table figures stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from auditkit.placing.columns import Extent
from auditkit.placing.disputes import Heading
from auditkit.placing.heads import Header
from auditkit.placing.labels import Match, names_clause
from auditkit.placing.placement import Found, Hit
from auditkit.placing.records import Known, Record
from auditkit.reading.numbers import squeeze, states
from auditkit.reading.page import Spot

LEAST_ROWS = 3
"""Rows that tell where a table has its figures."""


@dataclass(slots=True)
class State(Known):
    """The state of one walk over the page with one form in hand."""

    astray: bool = True
    """Whether none of the form's tables was announced here by its title."""
    apart: bool = False
    """Whether the table is not the report's own."""
    of_others: bool = False
    """Whether a caption says that what stands here is of others, void, or an example: it is left, also where it is all there is."""
    lasting: bool = False
    """Whether that goes on over titles of sections."""
    ended: bool = False
    """Whether the report's own sections are behind: what is of others there has sections of its own."""
    announced: bool = False
    """Whether a line of the page is the title of table two's section."""
    texts: Sequence[str] = ()
    """What stands in the table in hand, or on the lines: it may say that it is table two."""
    heading: Heading = field(default_factory=Heading)
    found: Found = field(default_factory=Found)
    bare: Match | None = None
    """The row whose label without figures came just before."""
    after_bare: Hit | None = None
    """The row just read, if the label of another stood before its own."""
    header: Header = field(default_factory=Header)
    windows: dict[int, Counter[tuple[int, int]]] = field(default_factory=dict)
    columns: Counter[int] = field(default_factory=Counter)
    """In how many rows of the table a figure stands in a column."""

    @property
    def strays(self) -> bool:
        """Whether what is read here is not announced as the form's, or not the report's own."""
        return self.astray or self.apart

    def hit(self, cells: dict[str, Spot], label: str, remarks: tuple[str, ...], *, in_order: bool, loose: bool) -> Hit:
        """Return a row of the form as it is read here."""
        hidden = all(s.hidden for s in cells.values())
        return Hit(cells, label, remarks, in_order, hidden, loose=loose, astray=self.strays, apart=self.apart)

    def says_table_two(self) -> bool:
        """Whether the table in hand, or a head over it, is table two's: by a clause, a head or 信息内容; else 件数 may be of anything.

        Outside table two's section, where the page has it, only a clause's title tells: lists of permits bear the same heads.
        """
        texts = (*self.header.texts, *self.texts)
        outside = self.announced and self.section != "proactive"
        return any(map(names_clause if outside else self.labels.says_two, texts))

    def note_window(self, row: Sequence[Spot], end: int) -> None:
        """Remember where a row has its figures, if there are no blanks among or beside them."""
        run: list[Spot] = []
        self.columns.update(s.column for s in row if states(s.text))
        for spot in reversed(row):
            if not squeeze(spot.text) and not run:
                continue
            if not states(spot.text):
                break
            run.append(spot)
        if len(run) > 1:
            span = (run[-1].column, run[0].column + run[0].width)
            self.windows.setdefault(end, Counter())[span] += 1

    def usual(self) -> frozenset[int]:
        """Return the columns of the table in which at least half as many rows have a figure as in the fullest."""
        most = max(self.columns.values(), default=0)
        return frozenset(c for c, n in self.columns.items() if n * 2 >= most)

    def extent(self, row: Record, entries: list[Spot]) -> Extent:
        """Return where a record's entries may stand: behind its words, where other rows of the table have theirs."""
        left = [w for w in row.words if all(w is not s for s in entries)]
        labels_end = max((w.column + w.width for w in left), default=0)
        leaves = self.header.leaves(self.labels, self.section or "requests") if row.end < self.header.end else []
        short = bool(leaves) and all(leaf.kind in ("aside", "blank") for leaf in leaves if leaf.end > row.end)
        aligned = bool(self.header.rows) and (self.header.end == row.end or (short and not self.header.loose))
        rectangular = len(self.windows) == 1
        seen = self.windows.get(row.end, Counter())
        often = sorted(w for w, n in seen.items() if n > 1)
        windows = tuple(w for w in often if rectangular or w[0] == labels_end)
        several = max(self.columns.values(), default=0) >= LEAST_ROWS
        return Extent(
            labels_end,
            aligned,
            windows,
            tuple(often),
            self.usual() if several else frozenset(),
            frozenset(self.columns),
        )
