"""Columns of a text that state nothing: the unit behind each label, the running number before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from auditkit.placing.labels import ASIDE, LONGEST_LINE, Labels, plain, strong
from auditkit.placing.records import UNIT
from auditkit.reading.numbering import is_serial
from auditkit.reading.numbers import is_entry, squeeze, states
from auditkit.reading.page import Block, Line

LEAST = 5
"""Rows that have it."""
_GAP = r"[ \t\u3000]{2,}"
_UNIT_WITHIN = re.compile(rf"(?P<before>^.*\S{_GAP})(?P<aside>[件个项条份宗次人元]|万元|件次)(?={_GAP}[-+\d—/０-９])")
_HEAD = re.compile(r"(?P<before>^(?:.*\s)?)(?P<aside>单位|计量单位|序号|编号)(?=\s)")
MOST_HEADS = 6
"""Lines of heads over the first row."""
LAST_NARROW = 0x2E7F
"""Of the characters of half a square's width."""
_NUMBER_BEFORE = re.compile(rf"(?P<before>^\s*)(?P<aside>\d{{1,2}})(?={_GAP}(?P<label>\S+))")


def without_asides(blocks: Sequence[Block], words: Labels) -> list[Block]:
    """Leave units and running numbers out of lines, where at least `LEAST` rows have them, and the heads over them.

    A running number stands before a row's label, one more than the number before; behind all figures of the row above it is the one
    entry that is too many.
    """
    lines = [(i, b) for i, b in enumerate(blocks) if isinstance(b, Line) and squeeze(b.text)]
    out = {i for found in (_units(lines, words), _numbers(lines, words)) for i in found}
    if out:
        out |= {i for i, line in lines if plain(line.text) in ASIDE}
    kept: list[Block] = [b for i, b in enumerate(blocks) if i not in out]
    kept = _blanked(kept, _UNIT_WITHIN, lambda found: list(range(len(found))))
    return _blanked(kept, _NUMBER_BEFORE, lambda found: _numbered(found, words))


def _units(lines: Sequence[tuple[int, Line]], words: Labels) -> list[int]:
    """Return the lines that are the unit between a row's label and its figures."""
    texts = [line.text for _, line in lines]
    between = [
        k
        for k in range(1, len(lines) - 1)
        if UNIT.match(squeeze(texts[k])) and not is_entry(texts[k - 1]) and is_entry(texts[k + 1])
    ]
    sure = sum(len(texts[k - 1]) <= LONGEST_LINE and strong(words.row(texts[k - 1])) for k in between)
    return [lines[k][0] for k in between] if sure >= LEAST else []


def _numbers(lines: Sequence[tuple[int, Line]], words: Labels) -> list[int]:
    """Return the lines that are the running number before a row's label."""
    texts = [line.text for _, line in lines]
    width = len(words.form.columns("requests"))
    before = [k for k in range(len(lines) - 1) if is_serial(squeeze(texts[k])) and _is_label(words, texts[k + 1])]
    out: list[int] = []
    for run in _counting(before, [int(squeeze(texts[k])) for k in before]):
        first = next((i for i, k in enumerate(run) if squeeze(texts[k]) == "1"), len(run))  # before it: of a row above
        run = run[first:]
        entries = [_entries_before(texts, k) for k in run[1:]]
        if (
            len(run) >= LEAST
            and _entries_before(texts, run[0]) == 1
            and not strong(words.row(texts[run[0] - 1]))
            and max(entries) <= width + 1
            and entries.count(width + 1) * 2 > len(entries)
        ):
            out += [lines[k][0] for k in run]
    return out


def _entries_before(texts: Sequence[str], k: int) -> int:
    """Count the entries that end with this one."""
    begin = k
    while begin >= 0 and states(texts[begin]):
        begin -= 1
    return k - begin


def _counting(places: Iterable[int], numbers: Iterable[int]) -> list[list[int]]:
    """Cut places where their numbers do not go on by one."""
    out: list[list[int]] = []
    last = None
    for place, number in zip(places, numbers, strict=True):
        if last is None or number != last + 1:
            out.append([])
        out[-1].append(place)
        last = number
    return out


def _blanked(
    blocks: Sequence[Block], within: re.Pattern[str], fits: Callable[[Sequence[re.Match[str]]], list[int]]
) -> list[Block]:
    """Put spaces in the place of what states nothing within lines, so that all else stands where it stood.

    Parameters
    ----------
    within : finds it in a line, as ``aside`` behind ``before``
    fits : says which of those found are to go; fewer than `LEAST` stay
    """
    found = [(i, m) for i, b in enumerate(blocks) if isinstance(b, Line) and (m := within.match(b.drawn))]
    out = list(blocks)
    gone = fits([m for _, m in found])
    if len(gone) < LEAST:
        return out
    for k in gone:
        i, m = found[k]
        out[i] = _without(out[i], m)
    first = found[gone[0]][0]
    for i in range(max(first - MOST_HEADS, 0), first):
        block = out[i]
        if isinstance(block, Line) and (m := _HEAD.match(block.drawn)):
            out[i] = _without(block, m)
    return out


def _without(block: Block, found: re.Match[str]) -> Block:
    """Return a line with spaces in the place of what was found in it."""
    if not isinstance(block, Line):
        return block
    wide = sum(2 if ord(c) > LAST_NARROW else 1 for c in found["aside"])
    text = found["before"] + " " * wide + block.drawn[found.end() :]
    return replace(block, text=text.lstrip(), indent=len(text) - len(text.lstrip()))


def _numbered(found: Sequence[re.Match[str]], words: Labels) -> list[int]:
    """Return which of the numbers that begin lines stand before labels and count on."""
    named = [k for k, m in enumerate(found) if _is_label(words, m["label"])]
    runs = _counting(named, [int(found[k]["aside"]) for k in named])
    return [k for run in runs if len(run) >= LEAST for k in run]


def _is_label(words: Labels, text: str) -> bool:
    """Whether a text is the label of a row, or of the group that begins with it."""
    return len(text) <= LONGEST_LINE and (words.row(text) is not None or words.is_piece(text))
