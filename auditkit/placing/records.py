"""A row's texts as records, each a label and its entries, and the row of the form that a record's words name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from auditkit.forms import Cell, Form
from auditkit.placing.labels import KEYS, RESEMBLING, RESEMBLING_OF_TWO, Labels, Match, names_block, plain, strong
from auditkit.reading.numbering import is_number, is_serial, number_of
from auditkit.reading.numbers import is_entry, is_odd, normal, squeeze
from auditkit.reading.page import Spot

SUMS = ("小计", "合计", "总计")
"""What a row is called that adds others up."""
UNIT = re.compile(r"^[（(]?(?:单位[:：]?)?(?:件|个|项|条|份|宗|次|人|元|万元|件次)[)）]?$")
"""A unit, where it stands by itself."""
_GLUED = re.compile(r"(?<=[\u4e00-\u9fff)）”,，])\d[\d,.]*$")
"""A figure that follows a label without a space."""


@dataclass(slots=True)
class Record:
    """A label and the entries to its right."""

    words: list[Spot]
    entries: list[Spot]
    above: tuple[Spot, ...] = ()
    end: int = 0
    before: tuple[Spot, ...] = ()
    """A number before the label: a running number, where the row has all its figures without it."""


@dataclass(slots=True)
class Known:
    """What is known where a record stands: the form in hand with its variants, the section, the row just read."""

    labels: Labels
    form: Form
    forms: tuple[Form, ...]
    section: str | None = None
    before: Match | None = None


def records_of(known: Known, row: Sequence[Spot], above: tuple[Spot, ...]) -> Iterable[Record]:
    """Cut a row into records, each a run of words followed by a run of entries."""
    part = Record([], [], above)
    figures = False
    for spot, behind in zip_longest(row, row[1:]):
        stated = tuple(filter(_filled, part.entries))
        if not squeeze(spot.text):
            part.entries.append(spot)
        elif is_number(squeeze(spot.text)) and not figures and behind and not is_entry(behind.text):
            continue  # the number of the label behind it
        elif is_entry(spot.text):
            running = spot.column == 0 and len(row) > 2 and is_serial(squeeze(spot.text))
            if running and not part.words and not figures:
                part.entries.clear()
            part.entries.append(spot)
            figures = True
        elif known.section == "disputes" and not part.words and is_odd(spot.text) and not known.labels.row(spot.text):
            part.entries.append(spot)  # table four has no labels
        elif not figures:
            if part.entries and all(not squeeze(s.text) for s in part.entries) and part.words:
                match = known.labels.row(spot.text)
                if match is None and _named_by(known, part.words[-1:]):
                    part.entries.append(spot)  # a text where a figure belongs
                    continue
            part.entries.clear()
            part.words.append(spot)
        elif not part.words and all(is_serial(squeeze(s.text)) for s in stated) and known.labels.row(spot.text):
            part = Record([spot], [], above, before=stated)
            figures = False
        elif strong(known.labels.row(spot.text)):
            yield part
            part = Record([spot], [], above)
            figures = False
        else:
            part.entries.append(spot)
    yield part


def _filled(spot: Spot) -> bool:
    return bool(squeeze(spot.text))


def _named_by(known: Known, words: Sequence[Spot]) -> Match | None:
    return known.labels.row("".join(s.text for s in words))


def row_named(known: Known, row: Record, *, loose: bool) -> tuple[Match, list[Spot], str] | None:
    """Find the row that a record's words name.

    Returns the match, the entries (with texts that stand where figures belong) and the label as printed.
    """
    words = [w for w in row.words if not UNIT.match(squeeze(w.text))]
    if not words:
        return None
    joined = range(1, min(3, len(words)) + 1) if loose else (1,)
    for k in joined:
        match = _named_by(known, words[-k:])
        if match and k > 1 and not match.exact and known.labels.row(words[-k].text):
            continue  # a label, and the beginning of another
        if match and k > 1 and match.table == "disputes" and plain(words[-1].text) == "行政诉讼":
            continue  # what stands above is the rest of the label of the row above
        if match and _fits(known, match, words[:-k], words[-k:], row.above):
            glued = not match.exact and words[-1].text[-1:].isdigit()  # 行政处罚,3 before 050
            if loose and (glued or _doubtful(known, match, words[:-k])):
                return None
            return match, row.entries, " ".join(w.text for w in words[-k:])
    if not loose and (match := _numbered(known, words, row.above)):
        return match, row.entries, words[-1].text
    for i in range(len(words) - 1, 0, -1):  # texts in the place of figures: only where the count is the form's
        match, own = _named_by(known, words[i - 1 : i]), words[i - 1 : i]
        sure = match is not None and match.exact and match.table != "disputes"
        if any(known.labels.is_head(w.text) for w in words[i:]):
            return None  # a list of cells, not of rows
        if match and sure and (strong(match) or _fits(known, match, words[: i - 1], own, row.above)):
            entries, width = [*words[i:], *row.entries], len(cells_of(known, match))
            if len(entries) >= width and not any(map(_filled, entries[width:])):
                return match, entries, words[i - 1].text
            return None
    return None


def _numbered(known: Known, words: Sequence[Spot], above: Sequence[Spot]) -> Match | None:
    """Find the row of table three that has a label's number in its group, or is the next one, if the label resembles no other more.

    Short labels (2.需要另行制作) and misprints of short ones (2.重复申情) are told so; where they stand, they can be no others.
    """
    number = number_of(normal(words[-1].text))
    if not number or known.section != "requests" or not plain(words[-1].text):
        return None
    paths = {c.row: c.row_path for c in known.form.cells if c.table == "requests"}
    named = {plain(s.text) for s in (*words[:-1], *above)}
    before = list(paths).index(known.before.row) if known.before and known.before.row in paths else -1
    found = [
        (row, path)
        for i, (row, path) in enumerate(paths.items())
        if number_of(path[-1]) == number and (plain(path[-2:][0]) in named or i == before + 1 > 0)
    ]
    if len(found) != 1:
        return None
    ((row, path),) = found
    ratios = {r: known.labels.likeness("requests", r, words[-1].text) for r, p in paths.items() if p[:-1] == path[:-1]}
    best = max(ratios.values())
    least = RESEMBLING_OF_TWO if len(plain(words[-1].text)) == 2 else RESEMBLING
    return Match("requests", row, False) if ratios[row] == best >= least else None


def _fits(known: Known, match: Match, left: Sequence[Spot], own: Sequence[Spot], above: tuple[Spot, ...]) -> bool:
    """Whether a label that could also be something else stands where it names this row."""
    if match.table == "disputes":
        return known.section != "requests" or match.row != "reconsideration"
    if match.row == "total":
        if "七" in own[-1].text:
            return known.section == "requests" or (known.before is not None and known.before.table == "requests")
        within = not set(_groups(known).values()).isdisjoint(plain(s.text) for s in (*left, *above))
        return known.before is not None and known.before.table == "requests" and not within and _is_last(known)
    if match.row == "other.other":
        group = any("其他处理" in plain(s.text) or number_of(s.text) == "六" for s in (*left, *above))
        group |= any("其他处理" in plain(s.text) for s in own)
        numbered = known.section == "requests" and number_of(normal(own[-1].text)) in ("3", "三")
        behind = known.before is not None and known.before.row in ("other.fee_unpaid", "other.not_corrected")
        return group or numbered or behind
    return True


def _is_last(known: Known) -> bool:
    """Whether the row just read is the last before the total, of the last group: a total behind another may be that of a group."""
    row = known.before.row if known.before else ""
    own = _groups(known).get(row)
    return row == "other" or (own is not None and own == list(_groups(known).values())[-1])


def _groups(known: Known) -> dict[str, str]:
    """Return for each row of table three that is in a group, in the form's order, the bare name of the group."""
    return {c.row: plain(c.row_path[1]) for c in known.form.cells if c.table == "requests" and len(c.row_path) > 2}


def _doubtful(known: Known, match: Match, left: Sequence[Spot]) -> bool:
    """Whether another row's label, or a head of the other form, stands before the figures of loose lines too."""
    heads = [s.text for s in left if match.table == "proactive" and plain(s.text) not in KEYS]
    if any(known.labels.is_head(t) and not known.labels.column("proactive", t) for t in heads):
        return True
    if match.table == "disputes" and any(names_block(s.text) for s in left):  # heads of two blocks, one after the other
        return True
    others = {m.row for s in left if strong(m := known.labels.row(s.text)) and m.row != match.row}
    if match.row.startswith("other."):
        others.discard("other")
    return bool(others)


def cells_of(known: Known, match: Match) -> tuple[Cell, ...]:
    """Return the cells of the row of the form that a label names."""
    return next(cells for form in known.forms if (cells := form.row_cells(match.table, match.row)))


def rows_summed(known: Known, row: Record) -> list[str]:
    """Return the rows that a subtotal adds up: those of the one group that its row names; without a name it may be any."""
    groups = _groups(known)
    own = re.sub(f"^其中|(?:{'|'.join(SUMS)})$", "", plain(row.words[-1].text))
    named = {own, *(plain(w.text) for w in (*row.above, *row.words[:-1]))} & set(groups.values())
    rows = [r for r, group in groups.items() if {group} == named]
    before = known.before.row if known.before else ""
    whole = groups.get(before) not in named or rows[-1:] == [before]
    return rows if whole and own in ("", *named) else []


def figure_in_label(known: Known, row: Record, *, loose: bool) -> list[Spot]:
    """Return the figure that a row's label runs into, if it does."""
    found = _GLUED.search(row.words[-1].text) if loose and row.words else None
    is_label = found and known.labels.row(row.words[-1].text[: found.start()])
    return [row.words[-1]._replace(text=found[0])] if found and is_label else []
