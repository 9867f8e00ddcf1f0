"""Whose report of which year a page holds, and whether what a caption says makes a table another's."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from itertools import pairwise

from auditkit.forms import TABLES
from auditkit.naming import Naming, name
from auditkit.naming.titles import FIRST, may_be_same, titles_of
from auditkit.placing.captions import (
    ANNEX,
    CORRECTION,
    LONGEST_CAPTION,
    OF_AN_ANNEX,
    OF_OTHERS,
    OWN_AGAIN,
    OWN_LEVEL,
    WHOLE,
    YEAR,
    body_of_annex,
    body_said,
    heading,
    is_like_one,
    is_of_no_year,
    level_said,
    time_said,
    without_leads,
)
from auditkit.placing.labels import section_of
from auditkit.reading.numbers import simplified, squeeze
from auditkit.reading.page import Block, Grid, Line, Page

_LEVEL = re.compile("街道|[省市县区州旗镇乡]")
"""Of what place a body is, the last one in its name."""
_OF_A_PLACE = re.compile(r"(?:[省市县区州旗镇乡]|政府|街道|办事处)(?:办公[室厅])?$")
"""The end of a name that may stand for all of its place: 全市汇总 is the city's, and none of its bureaus'."""
LONGEST_ON_LINES = 24
"""Characters of a caption where nothing is drawn: longer lines may be those of a paragraph that is wrapped."""


class Whose:
    """Whose report of which year a page holds, looked for when it is first asked."""

    def __init__(self, page: Page) -> None:
        self._page = page

    # --- what the page says ------------------------------------------------------------------------------------------------

    @cached_property
    def named(self) -> Naming:
        """What title, opening and signature say."""
        return name(self._page, [b.text for b in self._page.blocks if isinstance(b, Line)])

    @cached_property
    def years(self) -> frozenset[int]:
        """The years of its titles, and that of the report."""
        named = {self.named.year} if self.named.year else set()
        return frozenset({year for _, year in titles_of(self._page) if year} | named)

    @cached_property
    def _lines(self) -> tuple[str, ...]:
        return tuple(
            squeeze(b.text) for b in self._page.blocks if isinstance(b, Line) and len(b.text) <= LONGEST_CAPTION
        )

    @cached_property
    def _is_corrected(self) -> bool:
        """Whether what was before a correction and what is since stand on the page, each under a line that says so."""
        return len({found["side"] for text in self._lines if (found := CORRECTION.match(text))}) > 1

    @cached_property
    def _tells_its_level(self) -> bool:
        """Whether tables of the body itself (市本级, 本机关) are told from others by a line over them."""
        return any(map(OWN_LEVEL.fullmatch, self._lines))

    @cached_property
    def _longest(self) -> int:
        return LONGEST_CAPTION if any(isinstance(b, Grid) for b in self._page.blocks) else LONGEST_ON_LINES

    def _heads_pages(self, text: str) -> bool:
        """Whether a line may be the running head of a paged document: it stands there more than once."""
        paged = (b for b in self._page.blocks if isinstance(b, Line) and b.place.page is not None)
        return sum(squeeze(b.text) == text for b in paged) > 1

    # --- headings over whole sets of tables ---------------------------------------------------------------------------------

    def divides(self, text: str) -> bool | None:
        """Whether a line stands over a whole set of tables of another time (True), or over the report's own (False)."""
        return (
            self._heads(text) if self._heads(text) is not None and self._is_divided and text in self._headings else None
        )

    def goes_on(self, caption: str) -> bool:
        """Whether what a line says holds over sections too: of all before a correction, of a set of tables of another time."""
        if self.divides(caption):
            return any(
                isinstance(a, Line) and a.text == caption and isinstance(b, Line) and _begins_a_set(b)
                for a, b in pairwise(self._page.blocks)
            )
        return self._was_before(squeeze(caption), only=True)

    @cached_property
    def _is_divided(self) -> bool:
        """Whether the page holds whole sets of tables under headings like 2022年 and 2023年, 上年度 and 本年度, or two years before."""
        years = {told for text in self._headings if type(told := heading(squeeze(text))) is int}
        return len(years) > 1 or len({self._heads(text) for text in self._headings}) > 1

    @cached_property
    def _headings(self) -> frozenset[str]:
        """What may be such a heading: it stands over a table or section, and is none of a list of years, as tabs are."""
        blocks, found = self._page.blocks, Counter[str]()
        bare = [isinstance(b, Line) and self._heads(b.text) is not None for b in blocks]
        for i, block in enumerate(blocks):
            if isinstance(block, Line) and bare[i]:
                beneath = any(map(_begins_a_set, blocks[i + 1 : i + 3]))
                found[block.text] += 1 if beneath and not any(bare[max(i - 1, 0) : i] + bare[i + 1 : i + 2]) else 2
        return frozenset(text for text, n in found.items() if n == 1)

    def _heads(self, text: str) -> bool | None:
        """Whether a line is nothing but a heading for what is of another time (True), or of the report's own (False)."""
        told = heading(squeeze(text)) if len(text) <= LONGEST_CAPTION else None
        if told is None or isinstance(told, bool):
            return None if told is None else not told
        return None if self.named.year is None else told < self.named.year

    # --- captions of tables ------------------------------------------------------------------------------------------------

    def is_of_others(self, caption: str, *, ended: bool) -> bool | None:
        """Whether a line says that what is beneath is of others, another year, void or an example; False if the report's, None if neither.

        Parameters
        ----------
        ended : whether the report's own sections are behind: there a heading with a body's name or a year is that of an annex
        """
        text = squeeze(caption)
        ended = ended and len(text) <= self._longest and is_like_one(text)
        if len(text) > LONGEST_CAPTION or "。" in text:
            return None
        if section_of(text) and not ended:
            return True if self._was_before(text) else None
        if OWN_AGAIN.search(text):
            return False
        if OF_OTHERS.search(text) or self._was_before(text) or (WHOLE.fullmatch(text) and self._tells_its_level):
            return True
        if ended and (OF_AN_ANNEX.search(text) or self.is_of_another_time(text, ended=True)):
            return True
        body = body_of_annex(text) if ended else ""
        return not self._is_of(body) if body and self.named.agency else None

    def _was_before(self, text: str, *, only: bool = False) -> bool:
        """Whether a line stands over what was before a correction, and nothing else if `only`."""
        found = CORRECTION.match(text)
        return bool(found and found["side"] == "前" and (found["only"] is not None or not only)) and self._is_corrected

    def is_of_another_time(self, text: str, *, ended: bool = False) -> bool:
        """Whether a caption says that a table is of no year, or of one before; in the report's own sections the latter only of an annex."""
        if is_of_no_year(text):
            return True
        if "年" not in text or not (ended or (ANNEX.match(text) and not text.endswith(("报告", "年报")))):
            return False
        years = [int(year) for year in YEAR.findall(text)]
        own = self.named.year or max(self.years, default=None)  # an annex has a title, too
        return bool(years) and own is not None and max(years) < own

    def is_sheet_of_another_time(self, title: str) -> bool:
        """Whether a sheet's name says that it is of a year before, a part of one, or of more than the body: 2022年, 上年数据, 全系统."""
        text = re.sub(r"^20\d\d$", r"\g<0>年", squeeze(title))
        return OF_AN_ANNEX.search(text) is not None or self.is_of_another_time(text, ended=True)

    def year_said(self, text: str) -> int | None:
        """Return the year of which a caption says that a table is, if it says nothing else; the report's less one for the year before."""
        said = time_said(text)
        return max(self.years, default=1) - 1 if said and said.past else said.year if said else None

    def is_of_another_body(self, text: str) -> bool:
        """Whether a caption or note says nothing of a table but that it is of a body that is not the report's, by its whole name."""
        body, level = body_said(text), level_said(text)
        if level and self.named.agency:
            return _LEVEL.findall(self.named.agency)[-1:] != [level] or _OF_A_PLACE.search(self.named.agency) is None
        if not body or not self.named.agency or (body == text and self._heads_pages(text)):
            return False
        return not self._is_of(body.removesuffix("系统"))

    def is_annex_of_another(self, annex: str) -> bool:
        """Whether an annex says that it is of a body that is not the report's."""
        body = body_of_annex(annex)
        return bool(body and self.named.agency) and not self._is_of(body)

    def is_annex_of_a_year_before(self, annex: str) -> bool:
        """Whether an annex says that it is of a year before the report's."""
        year = self.year_said(annex)
        return year is not None and year < max(self.years, default=0)

    def may_head_a_set(self, text: str) -> bool:
        """Whether a line may be the heading of a set of tables: it names nothing but a body, all of a place or a time."""
        return bool(body_said(text) or level_said(text) or time_said(text))

    def says_otherwise(self, note: str) -> bool:
        """Whether a note in or under a table says that it is of others, void, an example or of a year, and nothing else of either."""
        return bool(time_said(note)) or self.is_of_another_body(note) or self.is_void(note)

    def is_void(self, note: str) -> bool:
        """Whether a caption or note says that a table is void, an example or of others, in words that need no name."""
        bare = without_leads(note)
        return OF_OTHERS.search(bare) is not None and not OWN_AGAIN.search(bare) and "全系统" not in bare

    def _is_of(self, body: str) -> bool:
        """Whether a name may be the report's body's."""
        own = simplified(str(self.named.agency))
        return any(may_be_same(own, part) for part in re.split("(?<=政府)[及和、]", body))  # 市政府及市政府办公室


def _begins_a_set(block: Block) -> bool:
    """Whether a block is a table, or the title of a section of the form, the first one too, which has none."""
    return isinstance(block, Grid) or section_of(block.text) in TABLES or FIRST.match(block.text) is not None
