"""Column heads: what a table's head rows say of the columns beneath, and entries to columns by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from auditkit.placing.captions import time_said
from auditkit.placing.labels import ASIDE, GENERIC, KEYS, Labels, block_of, names_block, names_relation, plain
from auditkit.reading.numbers import squeeze
from auditkit.reading.page import Spot

OUTCOMES = ("upheld", "corrected", "other", "pending", "total")
OUTCOME_HEADS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
"""The heads of table four over a block's outcomes, in their order."""

BLOCK_ORDER = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")

GROUPED = 5
"""Columns of table three beneath 法人或其他组织."""
_SUBTOTALS = ("小计", "合计")
TOTAL = 6
"""The place of the total among the columns of table three."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The lowest head over some columns: the form's column it names, or the kind of head it is.

    `kind` is ``column``, ``key`` (a head of words), ``aside`` (running number, unit, notes), ``generic``, ``blank``, ``fragment``,
    ``group`` (of table four), ``sum`` (of the columns of 法人或其他组织) or ``foreign``; `row` is the head row in which it begins.
    `may` are the columns of whose heads a fragment is a piece, if that tells them from others.
    """

    kind: str
    column: str | None
    start: int
    end: int
    block: str | None = None
    row: int = -1
    may: frozenset[str] = frozenset()

    def may_be(self, column: str) -> bool:
        """Whether a head neither names nor is a piece of another column's only."""
        return self.column in (None, column) and (not self.may or column in self.may)


@dataclass(slots=True)
class Header:
    """The head rows that stand over the rows being read."""

    rows: list[tuple[Sequence[Spot], tuple[Spot, ...]]] = field(default_factory=list)
    open: bool = False
    loose: bool = False
    known: dict[str, list[Leaf]] = field(default_factory=dict)

    def add(self, row: Sequence[Spot], above: tuple[Spot, ...], *, loose: bool) -> None:
        """Add a head row; after figures a new head begins."""
        if not self.open:
            self.rows = []
        self.rows.append((tuple(row), above))
        self.known = {}
        self.open, self.loose = True, loose

    def close(self) -> None:
        """Say that figures followed."""
        self.open = False

    @property
    def end(self) -> int:
        """The column after the last that a head stands over."""
        return max((s.column + s.width for row, _ in self.rows for s in row), default=0)

    @property
    def ragged(self) -> bool:
        """Whether a head row stops before the others: then its order of columns is not to be trusted."""
        return any(reach(row, above) < self.end for row, above in self.rows)

    @property
    def texts(self) -> list[str]:
        """All head texts in reading order."""
        return [s.text for row, _ in self.rows for s in row if squeeze(s.text)]

    @property
    def is_disputes(self) -> bool:
        """Whether the heads are those of table four."""
        return any("复议" in t or "诉讼" in t for t in self.texts)

    def leaves(self, labels: Labels, table: str) -> list[Leaf]:
        """Return the lowest heads from left to right."""
        if table not in self.known:
            self.known[table] = self._find(labels, table)
        return self.known[table]

    def _find(self, labels: Labels, table: str) -> list[Leaf]:
        found = self._by_position(labels, table)
        named = [leaf.column for leaf in found if leaf.kind == "column"]
        if table == "requests" and (len(set(named)) < 7 or named.count("total") > 1 or self.loose):
            spread = self._by_groups(labels)
            if len({leaf.column for leaf in spread if leaf.kind == "column"}) == 7:
                return spread
            if self.loose and len(set(named)) == 7 and any("法人" in plain(t) for t in self.texts):
                return [
                    replace(leaf, kind="foreign", column=None) for leaf in found
                ]  # where the five stand is not told
        return found

    def _by_position(self, labels: Labels, table: str) -> list[Leaf]:
        width = self.end
        own = {id(s) for row, _ in self.rows for s in row}
        paths: list[list[Spot]] = []
        begins: list[int] = []
        lowest: list[Spot | None] = []
        blocks: list[str | None] = []
        for c in range(width):
            path: list[Spot] = []
            under: Spot | None = None
            block: str | None = None
            begin = -1
            for n, (row, above) in enumerate(self.rows):
                covering = next(
                    (s for s in (*row, *(a for a in above if id(a) in own)) if s.column <= c < s.column + s.width), None
                )
                under = covering or under
                if covering is not None and covering not in path and squeeze(covering.text):
                    path.append(covering)
                    begin = n
                left = [s for s in row if s.column <= c and squeeze(s.text)]
                if table == "disputes" and left:
                    block = block_of(left[-1].text) or (None if "诉讼" in left[-1].text else block)
            paths.append(path)
            begins.append(begin)
            lowest.append(path[-1] if path else under)
            blocks.append(block)
        out: list[Leaf] = []
        c = 0
        while c < width:
            end = c + 1
            while end < width and lowest[c] is not None and lowest[end] is lowest[c]:
                end += 1
            kind, column = _kind(labels, table, [s.text for s in paths[c]])
            may = labels.columns_of_piece(table, paths[c][-1].text) if kind == "fragment" else frozenset()
            out.append(Leaf(kind, column, c, end, blocks[c], begins[c], may))
            c = end
        most = 1 if self.loose else len(out)
        return _with_misprint(labels, table, out, [paths[leaf.start] for leaf in out], most)

    def _by_groups(self, labels: Labels) -> list[Leaf]:
        """Read heads without usable spans: the group 法人或其他组织 stands for the five heads of the row beneath."""
        for i, (row, _) in enumerate(self.rows):
            texts = [s.text for s in row if squeeze(s.text)]
            group = next((t for t in texts if "法人" in plain(t)), None)
            if group is None:
                continue
            if len(self.rows) == 1:  # all heads one after the other, row by row
                if any(labels.column("requests", t) == "natural_person" for t in texts[texts.index(group) + 1 :]):
                    return []  # printed in the middle of its two rows, 自然人 may come behind what stands right of it
                n = GROUPED + any(plain(t) in _SUBTOTALS for t in texts[-GROUPED - 1 :])
                texts, beneath = texts[:-n], texts[-n:]
            else:
                beneath = [s.text for below, _ in self.rows[i + 1 : i + 2] for s in below if squeeze(s.text)]
            within = set(labels.form.columns("requests")[1 : 1 + GROUPED])
            sums = [t for t in (beneath[:1] + beneath[-1:]) if plain(t) in _SUBTOTALS] if len(beneath) > GROUPED else []
            five = [t for t in beneath if not any(t is s for s in sums)]
            if len(five) != GROUPED or {labels.column("requests", t) for t in five} != within:  # the row is torn
                return []
            flat = [t for text in texts for t in (beneath if text is group else [text])]
            kinds = [("sum", None) if any(t is s for s in sums) else _kind(labels, "requests", [t]) for t in flat]
            return [Leaf(kind, column, -1, -1) for kind, column in kinds]
        return []


def _with_misprint(labels: Labels, table: str, leaves: list[Leaf], paths: list[list[Spot]], most: int) -> list[Leaf]:
    """Read the heads of table three, and of each block of table four, that name no column as those of the columns not named.

    There must be as many, at most `most`, and each may be only one of them: misprinted (商业企来), or short (企业).
    """
    blocks: list[list[Leaf]] = []
    if table == "requests":
        blocks = [leaves]
    elif table == "disputes" and len(leaves) == len(OUTCOMES) * len(BLOCK_ORDER):
        blocks = [leaves[i : i + len(OUTCOMES)] for i in range(0, len(leaves), len(OUTCOMES))]
    read = dict(zip(leaves, (path[-1].text if path else "" for path in paths), strict=True))
    for block in blocks:
        named = [leaf.column for leaf in block if leaf.kind == "column"]
        lacking = set(labels.form.columns(table)).difference(named)
        others = [leaf for leaf in block if leaf.kind in ("foreign", "fragment")]
        if not len(lacking) == len(others) <= most or len(set(named)) < len(named):
            continue
        fits = [
            [c for c in lacking if labels.resembles(table, c, text) or labels.column_of_piece(table, text) == c]
            for text in (read[leaf] for leaf in others)
        ]
        if all(len(columns) == 1 for columns in fits) and len({columns[0] for columns in fits}) == len(others):
            for leaf, (column,) in zip(others, fits, strict=True):
                leaves[leaves.index(leaf)] = replace(leaf, kind="column", column=column)
    return leaves


def _kind(labels: Labels, table: str, path: list[str]) -> tuple[str, str | None]:
    """Say what the head over a column is; a head broken over rows is joined from below."""
    if not path:
        return "blank", None
    if (said := time_said(path[-1])) and (said.past or said.year):
        return "foreign", None  # 上年度 under 本年制发件数
    for k in range(1, len(path) + 1):
        column = labels.column(table, "".join(path[-k:]))
        if column:
            return "column", column
    words = plain(path[-1])
    if words in ASIDE:
        return "aside", None
    if words in KEYS or labels.is_group(path[-1]) or any(names_relation(text) for text in path):
        return "key", None  # the relation's rest on another page, too
    if not words or GENERIC.match(words):
        return "generic", None
    if table == "disputes" and (names_block(path[-1]) or words == "行政诉讼"):
        return "group", None
    if table == "proactive" and (column := labels.column_of_piece(table, path[-1])):
        return "column", column  # in table three a piece may be the end of a torn head
    if labels.is_fragment(table, path[-1]):
        return "fragment", None
    return "foreign", None


def columns_under(leaves: Iterable[Leaf], kind: str = "column") -> set[int]:
    """Return the columns of a grid over which heads of one kind stand."""
    return {c for leaf in leaves if leaf.kind == kind for c in range(leaf.start, leaf.end)}


def reach(row: Sequence[Spot], above: Sequence[Spot] = ()) -> int:
    """Return the column after the last that a row's cells, or those that reach into it, stand in."""
    return max((s.column + s.width for s in (*row, *above)), default=0)


def stands_under(spot: Spot, leaf: Leaf) -> bool:
    """Whether some of a cell is beneath a head."""
    return leaf.start < spot.column + spot.width and spot.column < leaf.end
