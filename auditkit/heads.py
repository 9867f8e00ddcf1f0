"""Column heads: what a table's head rows say of the columns beneath, and entries to columns by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from auditkit.labels import ASIDE, GENERIC, KEYS, Labels, block_of, plain
from auditkit.reading import Spot
from auditkit.reading.numbers import squeeze

BLOCK_ORDER = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
OUTCOMES = ("upheld", "corrected", "other", "pending", "total")


@dataclass(frozen=True, slots=True)
class Leaf:
    """The lowest head over some columns: the form's column it names, or the kind of head it is.

    `kind` is ``column``, ``key`` (a head of words), ``aside`` (running number, unit, notes), ``generic``, ``blank``,
    ``fragment`` or ``foreign``.
    """

    kind: str
    column: str | None
    start: int
    end: int
    block: str | None = None


@dataclass(slots=True)
class Header:
    """The head rows that stand over the rows being read."""

    rows: list[tuple[Sequence[Spot], tuple[Spot, ...]]] = field(default_factory=list)
    open: bool = False
    loose: bool = False
    table: str | None = None

    def add(self, row: Sequence[Spot], above: tuple[Spot, ...], *, loose: bool) -> None:
        """Add a head row; after figures a new head begins."""
        if not self.open:
            self.rows = []
        self.rows.append((tuple(row), above))
        self.open, self.loose = True, loose

    def close(self) -> None:
        """Say that figures followed."""
        self.open = False

    @property
    def texts(self) -> list[str]:
        """All head texts in reading order."""
        return [s.text for row, _ in self.rows for s in row if squeeze(s.text)]

    @property
    def is_disputes(self) -> bool:
        """Whether the heads are those of table four."""
        return any("复议" in t or "诉讼" in t for t in self.texts)

    def leaves(self, labels: Labels, table: str) -> list[Leaf]:
        """Return the lowest heads from left to right, from the first that stands over figures."""
        found = self._by_position(labels, table)
        named = [leaf.column for leaf in found if leaf.kind == "column"]
        if table == "requests" and len(set(named)) < 7:
            spread = self._by_groups(labels)
            if len({leaf.column for leaf in spread if leaf.kind == "column"}) == 7:
                return spread
        return found

    def _by_position(self, labels: Labels, table: str) -> list[Leaf]:
        width = max((s.column + s.width for row, _ in self.rows for s in row), default=0)
        own = {id(s) for row, _ in self.rows for s in row}
        paths: list[list[Spot]] = []
        blocks: list[str | None] = []
        for c in range(width):
            path: list[Spot] = []
            block: str | None = None
            for row, above in self.rows:
                covering = next(
                    (s for s in (*row, *(a for a in above if id(a) in own)) if s.column <= c < s.column + s.width), None
                )
                if covering is not None and covering not in path and squeeze(covering.text):
                    path.append(covering)
                left = [s for s in row if s.column <= c and squeeze(s.text)]
                if table == "disputes" and left:
                    block = block_of(left[-1].text) or (None if "诉讼" in left[-1].text else block)
            paths.append(path)
            blocks.append(block)
        out: list[Leaf] = []
        c = 0
        while c < width:
            end = c + 1
            while end < width and paths[c] and paths[end] and paths[end][-1] is paths[c][-1]:
                end += 1
            kind, column = _kind(labels, table, [s.text for s in paths[c]])
            out.append(Leaf(kind, column, c, end, blocks[c]))
            c = end
        while out and out[0].kind in ("key", "blank", "aside"):
            out.pop(0)
        return out

    def _by_groups(self, labels: Labels) -> list[Leaf]:
        """Read heads without usable spans: the group 法人或其他组织 stands for the five heads of the row beneath."""
        for i, (row, _) in enumerate(self.rows[:-1]):
            texts = [s.text for s in row if squeeze(s.text)]
            group = next((t for t in texts if "法人" in plain(t)), None)
            if group is None:
                continue
            beneath = [s.text for s in self.rows[i + 1][0] if squeeze(s.text)]
            flat = [t for text in texts for t in (beneath if text is group else [text])]
            out = [Leaf(*_kind(labels, "requests", [t]), -1, -1) for t in flat]
            while out and out[0].kind in ("key", "aside"):
                out.pop(0)
            return out
        return []


def _kind(labels: Labels, table: str, path: list[str]) -> tuple[str, str | None]:
    """Say what the head over a column is; a head broken over rows is joined from below."""
    if not path:
        return "blank", None
    for k in range(1, len(path) + 1):
        column = labels.column(table, "".join(path[-k:]))
        if column:
            return "column", column
    words = plain(path[-1])
    if words in ASIDE:
        return "aside", None
    if words in KEYS or labels.is_group(path[-1]):
        return "key", None
    if not words or GENERIC.match(words):
        return "generic", None
    if labels.is_fragment(table, path[-1]):
        return "fragment", None
    return "foreign", None


def assign(
    columns: list[str], entries: list[Spot], leaves: list[Leaf], *, loose: bool
) -> tuple[dict[str, Spot] | None, str]:
    """Give a certain row's entries their columns.

    Returns
    -------
    columns to entries, and a remark (``order``: read in the form's order); or None and the reason it cannot be done
    (``width``: not the form's number of cells, ``heads``: other heads stand over the row).
    """
    named = [leaf.column for leaf in leaves if leaf.kind == "column"]
    if len(set(named)) == len(named) and set(columns) <= set(named):
        heads, entries = leaves, trimmed(entries, len(leaves))
        if len(entries) != len(heads):
            heads = [leaf for leaf in leaves if leaf.kind not in ("aside", "key")]
        if len(entries) == len(heads):
            pairs = zip(heads, entries, strict=True)
            return {leaf.column: s for leaf, s in pairs if leaf.column in columns and leaf.column}, ""
        return (None, "width") if loose else _by_extent(columns, entries, leaves)
    if any(leaf.kind == "foreign" for leaf in leaves) or any(c not in columns for c in named):
        return None, "heads"
    order = [columns.index(c) for c in named if c]
    if order != sorted(set(order)):
        return None, "heads"
    entries = trimmed(entries, len(columns))
    if len(entries) != len(columns):
        return None, "width"
    return dict(zip(columns, entries, strict=True)), "order"


def trimmed(entries: list[Spot], width: int) -> list[Spot]:
    """Drop blank cells at the end of a row that is wider than its heads or the form."""
    while len(entries) > width and not squeeze(entries[-1].text):
        entries = entries[:-1]
    return entries


def _by_extent(columns: list[str], entries: list[Spot], leaves: list[Leaf]) -> tuple[dict[str, Spot] | None, str]:
    """Match by position, if the row reaches exactly as far as its heads and no figure stands under two of them."""
    if not entries or entries[0].column != leaves[0].start or entries[-1].column + entries[-1].width != leaves[-1].end:
        return None, "width"
    out: dict[str, Spot] = {}
    for spot in entries:
        under = [leaf for leaf in leaves if leaf.start < spot.column + spot.width and spot.column < leaf.end]
        if len(under) != 1 and squeeze(spot.text):
            return None, "width"
        for leaf in under:
            if leaf.column in out:
                return None, "width"
            if leaf.column in columns and leaf.column:
                out[leaf.column] = spot
    return (out, "") if set(out) == set(columns) else (None, "width")


def assign_disputes(
    entries: list[Spot], leaves: list[Leaf], header: Header, block: str | None
) -> tuple[dict[tuple[str, str], Spot] | None, str]:
    """Give the figures of table four, which has no row labels, their block and column.

    A row of fifteen figures is certain under the section's title; one of five under the name of its block.
    """
    entries = trimmed(entries, 15)
    heads = [leaf for leaf in leaves if leaf.kind == "column"]
    keys = [(leaf.block or block, leaf.column) for leaf in heads]
    if not header.loose and len(heads) == len(leaves) == len(entries) and len(set(keys)) == len(keys):
        full = all(keys.count((b, o)) == 1 for b in {b for b, _ in keys} for o in OUTCOMES)
        if full and all(b for b, _ in keys):
            return {(b, c): s for (b, c), s in zip(keys, entries, strict=True) if b and c}, ""
    texts = [plain(t) for t in header.texts]
    direct = next((i for i, t in enumerate(texts) if "直接起诉" in t), None)
    after = next((i for i, t in enumerate(texts) if "复议后" in t), None)
    if any(leaf.kind == "foreign" for leaf in leaves if not block_of_any(texts, leaf)) or (
        direct is not None and after is not None and after < direct
    ):
        return None, "heads"
    names = [leaf.column for leaf in heads]
    expected = 0
    for name in names:  # heads, as far as they are read, must follow the form's order of outcomes
        step = (OUTCOMES.index(name) - expected) % 5 if name else 0
        expected += step + 1
    if len(entries) == 15 and expected <= 15:
        cells = [(b, o) for b in BLOCK_ORDER for o in OUTCOMES]
        return dict(zip(cells, entries, strict=True)), "" if sum("总计" in t for t in texts) == 3 else "order"
    if len(entries) == 5 and block and expected <= 5:
        return {(block, o): s for o, s in zip(OUTCOMES, entries, strict=True)}, "" if len(names) == 5 else "order"
    return None, "width"


def block_of_any(texts: list[str], leaf: Leaf) -> bool:
    """Whether a head that names no column is one of table four's group heads."""
    return leaf.kind == "foreign" and any(block_of(t) or t == "行政诉讼" for t in texts)
