"""Table four, which has no row labels: its figures stand under the heads of all three blocks, or under the name of their block."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from auditkit.placing.columns import Extent, without_copies
from auditkit.placing.heads import BLOCK_ORDER, OUTCOME_HEADS, OUTCOMES, Header, Leaf, stands_under
from auditkit.placing.labels import (
    KEYS,
    LONGEST_LINE,
    RESEMBLING_OF_TWO,
    block_of,
    names_block,
    plain,
    readings,
    similarity,
)
from auditkit.placing.placement import Hit
from auditkit.reading.numbers import simplified, squeeze
from auditkit.reading.page import Spot

_GROUP = re.compile(r"(?:政府信息公开|被?申请|提起|行政|复议|诉讼|直接|起诉|未经|后|情况|案件|[、和或])+")
"""What heads over several columns of the table say, and pieces of them."""
_OF_HEADS = set(
    "因工作引发本机关年度被申请人提起行政复议诉讼未经直接后情况案件数量单位结果维持纠正其他它尚审总合共计类别项目名称序号宗个次的和或及"
)
"""Characters of the heads, and of what may stand beside them."""
_TITLE = re.compile("(?:(?:(?:政?府)?信)?息)?公开")
"""What of the section's title may stand above the heads, torn off."""
_SENTENCE = re.compile(r"[\d。；：:！？，]")
LEAST_STRANGE = 2
"""Other characters that tell that a head speaks of something else; one may be misprinted."""
_GROUPS = ("行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉", *OUTCOME_HEADS)
_ROLE = re.compile(r"[(（][^()（）]*(?:作为|机关|被申请|受理|[省市县区]级?政府)[^()（）]*[)）]")
"""Behind the name of a group: that it counts only some of what the form's counts."""


@dataclass(slots=True)
class Heading:
    """Under what the figures of the table stand: its section's title, or the name of a block that came since.

    Attributes
    ----------
    name : the block whose figures come next, where that is certain
    named : whether the name of a block came just before
    stray : whether loose figures stand here that are no row of the table
    hits : the rows read of loose lines here
    heads : what stands between the first name of a block and the figures
    """

    name: str | None = None
    named: bool = False
    stray: bool = False
    hits: list[Hit] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Note a text that stands over the figures, or between them, and is no sentence."""
        if _SENTENCE.search(text):
            return
        if (self.heads or "复议" in text or "诉讼" in text) and len(bare := plain(text)) <= LONGEST_LINE:
            self.heads.append(bare)

    @property
    def names_others(self) -> bool:
        """Whether the heads speak of what the form's do not: 国家赔偿, 一审 and 二审. Torn heads, and a misprint, do not."""
        said = set(re.findall("[\u4e00-\u9fff]", _TITLE.sub("", simplified("".join(self.heads)))))
        return len(said - _OF_HEADS) >= LEAST_STRANGE

    def begun(self, name: str | None) -> Heading:
        """Return what a block's name, or 行政诉讼 alone (None), begins; of two names before figures neither is certain."""
        sure = None if self.named and name != self.name else name
        return Heading(sure, self.named or name is not None, heads=self.heads)

    def doubt(self) -> None:
        """Say that loose figures stand here that are no row of the table: then those that look like its rows are not certain."""
        self.stray = True
        for hit in self.hits:
            hit.doubted = True

    def add(self, hit: Hit) -> None:
        """Note a row read of loose lines."""
        hit.doubted = self.stray
        self.hits.append(hit)


def assign(
    entries: list[Spot], leaves: list[Leaf], header: Header, heading: Heading, block: str | None, extent: Extent
) -> tuple[dict[tuple[str, str], Spot] | None, str]:
    """Give the figures of table four, which has no row labels, their block and column.

    A row of fifteen figures is certain under the section's title; one of five under the name of its block, one of ten under all
    heads of the two blocks of litigation.
    """
    if extent.aligned:  # an empty column beside the figures
        empty = [leaf for leaf in leaves if leaf.kind == "blank"]
        entries = [s for s in entries if squeeze(s.text) or not any(stands_under(s, leaf) for leaf in empty)]
        leaves, entries = without_copies([leaf for leaf in leaves if leaf.kind != "blank"], entries)
    elif not _is_row_by_itself(entries, header) and (
        len(entries) not in (5, 10, 15) or not (squeeze(entries[0].text) and squeeze(entries[-1].text))
    ):  # a blank at an end may be no cell of the row
        entries = extent.window(entries, 15) or extent.window(entries, 5) or []
    if not entries:
        return None, "width"
    heads = [leaf for leaf in leaves if leaf.kind == "column"]
    keys = [(leaf.block or block, leaf.column) for leaf in heads]
    if not header.loose and len(heads) == len(leaves) == len(entries) and len(set(keys)) == len(keys):
        full = all(keys.count((b, o)) == 1 for b in {b for b, _ in keys} for o in OUTCOMES)
        turns = {tuple(c for b, c in keys if b == block) for block, _ in keys}
        if (
            full and all(b for b, _ in keys) and len(turns) == 1
        ):  # blocks in different orders: a head is lost, and others moved
            return {(b, c): s for (b, c), s in zip(keys, entries, strict=True) if b and c}, ""
    texts = [plain(t) for t in header.texts]
    blocks = [BLOCK_ORDER.index(b) for t in header.texts if (b := block_of(t))]
    litigation = next((i for i, t in enumerate(texts) if t == "行政诉讼"), len(texts))
    first = next((i for i, t in enumerate(header.texts) if block_of(t) == BLOCK_ORDER[0]), litigation)
    strange = any(("诉" in t or "复议" in t) and not block_of(t) and not _GROUP.fullmatch(t) for t in texts)
    strange = strange or heading.names_others or _has_other_groups(header)
    foreign = any(leaf.kind == "foreign" for leaf in leaves)
    named = [BLOCK_ORDER[i] for i in blocks]
    outcomes = [OUTCOMES[OUTCOME_HEADS.index(t)] for t in texts if t in OUTCOME_HEADS]
    turn = outcomes[: len(OUTCOMES)]  # each block's heads may stand in another order than the form's, if all are whole
    whole = set(turn) == set(OUTCOMES) and outcomes == turn * (len(entries) // len(turn))
    turn = turn if whole else list(OUTCOMES)
    told = (
        whole and sorted(blocks) in ([0, 1, 2], [1, 2]) and min(blocks) in (blocks[0], 1)
    )  # litigation's two in either order
    if strange or foreign or not (told or blocks == sorted(blocks)) or litigation < first or _litigation_first(header):
        return None, "heads"
    order = named if told and len(blocks) == 3 else [BLOCK_ORDER[0], *(named if told else BLOCK_ORDER[1:])]
    names = [leaf.column for leaf in heads]
    expected = 0
    for name in names:  # heads, as far as they are read, must follow this order of outcomes
        step = (turn.index(name) - expected) % 5 if name else 0
        expected += step + 1
    over = [(i, leaf) for i, s in enumerate(entries) for leaf in leaves if extent.aligned and stands_under(s, leaf)]
    if not all(leaf.may_be(turn[i % len(turn)]) for i, leaf in over):  # torn heads, in another order
        return None, "heads"
    if len(entries) == 15 and expected <= 15:
        cells = [(b, o) for b in order for o in turn]
        return dict(zip(cells, entries, strict=True)), "" if sum("总计" in t for t in texts) == 3 else "order"
    if len(entries) == len(names) == expected == 10 and {BLOCK_ORDER[i] for i in blocks} == set(BLOCK_ORDER[1:]):
        cells = [(b, o) for b in order[1:] for o in turn]  # litigation in a table of its own
        return dict(zip(cells, entries, strict=True)), ""
    if len(entries) == 5 and block and expected <= 5 and {BLOCK_ORDER[i] for i in blocks} <= {block}:
        return {(block, o): s for o, s in zip(turn, entries, strict=True)}, "" if len(names) == 5 else "order"
    return None, "width"


def _has_other_groups(header: Header) -> bool:
    """Whether a head over several columns names another group than the form's: 行政赔偿, 一审, 市政府受理, 行政复议（作为被申请人）."""
    named: dict[str, str] = {}
    for row, _ in header.rows:
        texts = [next(iter(readings(s.text)), "") for s in row]
        groups = any(map(names_block, texts))  # a span may be lost, or never have been there
        outcomes = sum(words in OUTCOME_HEADS for words in texts)
        for spot, words in zip(row, texts, strict=True):
            if not words or not (groups or 1 < spot.width < header.end):
                continue
            block = block_of(spot.text)
            if block and named.setdefault(block, words) != words:
                return True
            known = bool(block or words in KEYS or words in OUTCOME_HEADS or _GROUP.fullmatch(words))
            known = known or any(words in name for name in _GROUPS) or (outcomes > 1 and _is_outcome(words))
            if _ROLE.search(spot.text) or not known:
                return True
    return False


def _is_outcome(words: str) -> bool:
    """Whether a head among those of outcomes is one in other words, or misprinted."""
    return words in ("合计", "其他", "其它") or similarity(words, OUTCOME_HEADS) >= RESEMBLING_OF_TWO


def _is_row_by_itself(entries: list[Spot], header: Header) -> bool:
    """Whether fifteen cells, blank or not, are all that stands in a row, and the heads leave no column before theirs."""
    first = header.rows[0][0][:1] if header.rows and not header.loose else ()
    return len(entries) == 15 and entries[0].column == 0 and any(s.column == 0 and names_block(s.text) for s in first)


def _litigation_first(header: Header) -> bool:
    """Whether a head row names a block of litigation left of the outcomes of reconsideration."""
    behind = 10 if header.loose and len(header.rows) == 1 else 0  # all heads in one row
    for row, _ in header.rows:
        blocks = [block_of(s.text) for s in row if squeeze(s.text)]
        named = [i for i, block in enumerate(blocks) if block in BLOCK_ORDER[1:]]
        led = blocks[: len(blocks) % 15 or 3]
        if (
            len(blocks) in (3, 17, 18) and led == list(BLOCK_ORDER)[-len(led) :]
        ):  # all three (or two), and then their outcomes
            continue
        if named and sum(block is None for block in blocks[named[0] :]) > behind:
            return True
    return False
