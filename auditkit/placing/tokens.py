"""A second count of the figures in a page's tables, apart from placing: what placing lost is found here.

Knows only which blocks are the form's tables, what a figure looks like, and what is no figure of the form: running numbers,
and a row or cell that says once more what was read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import groupby

from auditkit.placing.labels import ASIDE, LONGEST, Labels, is_piece_of_block, labels, names_clause, plain, section_of
from auditkit.placing.placement import Placement, Unplaced
from auditkit.placing.spaced import LEAST_FIGURES, SENTENCE
from auditkit.reading.numbering import is_number, is_serial, page_number, state_figures
from auditkit.reading.numbers import holds_figures, normal, squeeze
from auditkit.reading.page import Grid, Line, Page, Place, Spot

_AT_END = re.compile(
    r"(?P<label>[^。；！？]{0,80}?)(?P<figures>(?:(?:^|\s+)[-+−]?[\d,.\ufffd]{1,80}[%件]?)+)$", re.DOTALL
)

_APART = re.compile(r"\s{2}\S+$")
_GLUED = re.compile(r"(?P<label>\D{0,2}\d?\D{2,80})(?P<figures>\d{1,80})$")
_LEAD = re.compile(
    r"(?P<figure>\d[\d,]{2,14}[件条]?)\s*(?P<rest>[^\W\d年月日].*|[（(第].*|\d[.、．)）]\D.*)$", re.DOTALL
)
"""A figure and what follows it in a line; one of up to two digits may be a running number."""
_AMID = re.compile(r"[-+−]?\d[\d,.，]*")
_COUNTS = re.compile(
    r"(?:^|(?<=\D))\d{1,2}(?:[.、．）)]+(?=\D|$)|(?=[\u4e00-\u9fff]{2}))|[（(]\d{1,2}[)）]|(?:第|表|附件)\s*[（(]?\d+|[〔\[]\d{4}[〕\]]\d*"
    r"|\d+\s*[年月日号时]|\d+[-—–~至]\d+"
)
"""Digits among words that state nothing: numbering, articles, dates, numbers of documents and telephones."""
_NAME = re.compile(r"[^\W\d共计]\d{1,2}")
"""甲1, 乙2: what a row is called."""
LONGEST_ROW = 5000
"""Characters of a line, from its end; a longer one is no row."""
LONGEST_ENTRY = 40
"""Characters of a text beside figures that may be one with words; a longer one is a note."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many figures stand in the tables of the form, and those of them that placing neither placed nor left unplaced."""

    found: int
    lost: tuple[Unplaced, ...]


def count(page: Page, placement: Placement) -> Count:
    """Count the figures of the form's tables in a page: of drawn tables each cell anew, of loose lines as placing cut them."""
    accounted = Counter(p.place for p in placement.cells.values())
    accounted.update(u.place for u in placement.unplaced)
    texts = {p.place for p in placement.cells.values() if p.figure.kind == "text"}
    loose = {b.place for b in page.blocks if isinstance(b, Line)}
    found = sum(p.figure.kind == "figure" and p.place in loose for p in placement.cells.values())
    found += sum(u.place in loose for u in placement.unplaced)
    found += sum(p.unread for p in placement.cells.values())
    lost = [u for u in _of_lines(page, placement) if not accounted[u.place]]
    held = Counter((p.place, p.figure.text) for p in placement.cells.values())
    held.update((u.place, u.text) for u in (*placement.unplaced, *lost))
    for u in _of_lines(page, placement, amid=True):
        if held[u.place, u.text]:
            held[u.place, u.text] -= 1
        else:
            lost.append(u)
    found += len(lost)
    amid = {
        s.place for b in page.blocks if isinstance(b, Grid) for row in b.rows for s in row if not holds_figures(s.text)
    }
    rows = [
        (spots, near, [accounted[s.place] > 0 for s in spots])
        for spots, near in _of_tables(page, placement, set(accounted))
    ]
    said = {(near, *(s.text for s in spots)) for spots, near, known in rows if all(known)}
    for spots, near, known in rows:
        if not any(known) and (near, *(s.text for s in spots)) in said:
            continue  # a row that is printed once more
        for _, run in groupby(zip(spots, known, strict=True), lambda pair: (pair[0].text, pair[0].place in amid)):
            alike = list(run)
            found += sum(k and s.place not in texts for s, k in alike)
            if not any(k for _, k in alike):  # else a figure that spans, printed once more
                found += len(alike)
                lost += [Unplaced(s.text, s.place, near, "outside") for s, _ in alike]
    return Count(found, tuple(lost))


def _of_lines(page: Page, placement: Placement, *, amid: bool = False) -> Iterator[Unplaced]:
    """Yield the figures at the end of lines within the form's sections: what stands before them may be a torn label.

    With `amid` those anywhere behind a row's label, or in a row without one: a text among them or at the end hides them.
    """
    words, inside, begun = labels(placement.layout.id), False, False
    for line in (b for b in page.blocks if isinstance(b, Line)):
        text = line.text[-LONGEST_ROW:]
        if amid and inside and (lead := _LEAD.match(text)) and _named(words, lead["rest"]):
            yield Unplaced(lead["figure"], line.place, "", "label")
            text = lead["rest"]
        if section := section_of(text):
            inside, begun = section != "end", True
        elif amid:
            tokens = text.split() if inside and not SENTENCE.search(text) else []
            figures = [holds_figures(t) for t in tokens]
            bare = sum(figures) >= LEAST_FIGURES and not re.search("[\u4e00-\u9fff]", re.sub("[无空]", "", text))
            runs = (i for i in range(len(tokens)) if figures[i : i + LEAST_FIGURES] == [True] * LEAST_FIGURES)
            labelled = (i for i in range(1, len(tokens)) if words.row(" ".join(tokens[:i])))
            named_to, run = next(labelled, len(tokens)), next(runs, len(tokens))
            at = 0 if bare else min(named_to, run)
            touching = (
                run - 1 if run < named_to else -1
            )  # the last words of a torn label, with the first figure perhaps
            texts = [
                f
                for i, t in enumerate(tokens)
                if i >= at or not figures[i]
                for f in _stated(words, t, beside=i == touching)
            ]
            yield from (Unplaced(t, line.place, " ".join(tokens[:at]), "label") for t in texts)
        elif begun and line.place != Place() and (found := _AT_END.match(text)):
            label = found["label"].strip()
            texts = [t for t in found["figures"].split() if holds_figures(t)]
            named = words.row(label) or words.is_head(label) or _APART.search(text) or is_piece_of_block(label)
            row = (len(texts) > 1 or named) if inside else (not label and len(texts) >= LEAST_FIGURES)
            if texts and row:
                yield from (Unplaced(t, line.place, label, "label") for t in texts)
        elif inside and line.place != Place() and (glued := _GLUED.match(text)) and _torn(words, glued["label"]):
            yield Unplaced(glued["figures"], line.place, glued["label"], "label")


def _named(words: Labels, text: str) -> bool:
    """Whether a text is a row's label or part of one, a head, or the name of a section or clause."""
    for part in (text, text.partition("\n")[0]):
        if words.row(part) or words.is_head(part) or words.is_piece(part) or section_of(part):
            return True
    return names_clause(text)


def _torn(words: Labels, label: str) -> bool:
    return bool(words.row(label)) or words.is_group(label) or words.is_fragment("requests", label)


def _of_tables(page: Page, placement: Placement, used: Set[Place]) -> Iterator[tuple[list[Spot], str]]:
    """Yield the rows of figures of the tables that are the form's, with the text at their beginning."""
    inside = False
    for block in page.blocks:
        if isinstance(block, Line):
            if section := section_of(block.text):
                inside = section != "end"
        elif any(s.place in used for row in block.rows for s in row) or (inside and _is_ours(block, placement)):
            yield from _of_grid(block, labels(placement.layout.id))


def _is_ours(grid: Grid, placement: Placement) -> bool:
    words = labels(placement.layout.id)
    texts = [s.text for row in grid.rows for s in row if squeeze(s.text) and not holds_figures(s.text)]
    return not texts or any(words.row(t) or words.is_head(t) for text in texts for t in (text, *text.split("\n")))


def _of_grid(grid: Grid, words: Labels) -> Iterator[tuple[list[Spot], str]]:
    running = _running(grid)

    for row in grid.rows:
        near = next((s.text for s in row if squeeze(s.text) and not holds_figures(s.text)), "")
        if len(row) == 1 and page_number(row[0].text):
            continue
        beside = any(holds_figures(s.text) and s.column not in running for s in row)
        spots = [
            s._replace(text=t) for s in row if s.column not in running for t in _stated(words, s.text, beside=beside)
        ]
        if marked := [s for s in row if is_number(normal(s.text))]:
            words_end = max((s.column for s in row if s not in marked and not holds_figures(s.text)), default=-1)
            marked = [s for s in marked if s.column > words_end]
            if beside or state_figures([normal(s.text) for s in marked]):
                spots += marked
        if spots:
            yield spots, near


def _stated(words: Labels, text: str, *, beside: bool) -> list[str]:
    """Return the figures of a cell as printed: the cell, or those among its words, beside other figures or with a row's label."""
    if holds_figures(text):
        return [text]
    if (lead := _LEAD.match(text)) and _named(words, lead["rest"]):
        return [lead["figure"], *_stated(words, lead["rest"], beside=beside)]
    if SENTENCE.search(text) or not any(c.isdigit() for c in text):
        return []
    if len(text) > LONGEST:  # several rows without a rule between them
        return [t for t in text.split("\n") if holds_figures(t)]
    last = text.rpartition("\n")[2]
    if beside and last != text and holds_figures(last):  # beneath the end of a label that ran over the rule
        return [last]
    found = _AMID.findall(_COUNTS.sub(" ", text))
    label = _AMID.sub("", text)
    known = words.row(text)
    if not found or (known and known.exact):
        return []
    if words.is_head(text):  # with a figure beneath it, where no rule parts the two
        return [t for t in text.split("\n") if holds_figures(t)]
    beside = beside and len(text) <= LONGEST_ENTRY and not _NAME.fullmatch(squeeze(text))
    return found if beside or _named(words, label) else []


def _running(grid: Grid) -> set[int]:
    """Return the columns of running numbers: by their head, or because they count 1, 2, 3 from the left edge."""
    spots = [s for row in grid.rows for s in row]
    found = {c for s in spots if plain(s.text) in ASIDE for c in range(s.column, s.column + s.width)}
    numbers = [int(t) for s in spots if s.column == 0 and is_serial(t := squeeze(s.text).rstrip(".、"))]
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
        found.add(0)
    return found
