"""What is printed over a report in another colour: stamps and watermarks, whose figures are none of the tables' they stand on.

They are told by how they stand: their words run over rules and over other words, as no word of a table does. A colour of which
words do so is *over* the page. A pale one that says the same again and again is a watermark, and is no part of the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from auditkit.reading.drawing import LONGEST_STRIKE, Char, Marks, merged
from auditkit.reading.seen import LIGHT, Colour

APART = 64
"""Of 255: colours that differ by no more than this are those of one text."""
SPACED = 1.5
"""Heights of a letter: what stands farther apart is another word."""
OVER, LEAST_OVER = 0.1, 3
"""Of the words of a colour that is over the page so many run over rules or words; of a watermark not less than this number."""
_BAND = 12
"""Points: letters that stand over each other are looked for in squares of this size and those beside them."""
_Word = list[Char]


def set_apart(pages: list[Marks]) -> None:
    """Leave the watermarks of pages out, and say of each other letter whether its colour is another than most, and over the page."""
    often = Counter(c.colour for page in pages for c in page.chars)
    main = next((colour for colour, _ in often.most_common() if min(colour) <= LIGHT), None)
    others = {c for c in often if main and any(abs(a - b) > APART for a, b in zip(c, main, strict=True))}
    if not others:
        return
    for char in (c for page in pages for c in page.chars):
        char.other = char.colour in others
    words: dict[Colour, list[tuple[_Word, bool]]] = {}
    for page in pages:
        for word, is_over in _words(page):
            words.setdefault(word[0].colour, []).append((word, is_over))
    watermarks: set[int] = set()
    for colour, found in words.items():
        if not _are_over(found):
            continue
        for char in (c for word, _ in found for c in word):
            char.over = True
        for size in {round(word[0].size) for word, _ in found} if min(colour) > LIGHT else ():
            alike = [(word, is_over) for word, is_over in found if round(word[0].size) == size]
            if _are_over(alike, LEAST_OVER) and _are_repeated(alike):
                watermarks.update(id(c) for word, _ in alike for c in word)
    for page in pages if watermarks else ():
        page.chars = [c for c in page.chars if id(c) not in watermarks]


def _are_over(words: list[tuple[_Word, bool]], least: int = 1) -> bool:
    return sum(is_over for _, is_over in words) >= max(least, OVER * len(words))


def _are_repeated(words: list[tuple[_Word, bool]]) -> bool:
    """Whether most words stand there more than once."""
    often = Counter("".join(c.text for c in word) for word, _ in words)
    return 2 * sum(n for n in often.values() if n > 1) > len(words)


def _words(page: Marks) -> Iterator[tuple[_Word, bool]]:
    """Yield the words of a page that are of another colour than most, and whether they run over a rule or another word."""
    words: list[_Word] = []
    for char in page.chars:
        if char.turn or not char.other:
            continue
        last = words[-1][-1] if words else None
        level = last and last.colour == char.colour and abs(last.middle[1] - char.middle[1]) < char.size / 2
        if not last or not level or not -char.size < char.x0 - last.x1 < SPACED * char.size:
            words.append([])
        words[-1].append(char)
    if not words:
        return
    longest = LONGEST_STRIKE * words[0][0].size
    across, down = [rule for rule in merged(page.across) if rule[2] - rule[1] > longest], merged(page.down)
    own: dict[tuple[int, int], list[Char]] = {}
    for char in page.chars:
        if char.text.isalnum() and not char.other:
            own.setdefault((int(char.middle[0] / _BAND), int(char.middle[1] / _BAND)), []).append(char)
    for word in words:
        x0, x1, y, side = word[0].x0, word[-1].x1, word[0].middle[1], word[0].size / 4
        upright = any(x0 + side < x < x1 - side and a < y < b for x, a, b in down)
        level = any(y - side < at < y + side and a < x1 - side and x0 + side < b for at, a, b in across)
        yield word, upright or level or any(_is_over(char, own) for char in word)


def _is_over(char: Char, own: dict[tuple[int, int], list[Char]]) -> bool:
    x0, y0, x1, y1 = char.x0, char.y0, char.x1, char.y1
    squares = [
        (i, j)
        for i in range(int(x0 / _BAND) - 1, int(x1 / _BAND) + 2)
        for j in range(int(y0 / _BAND) - 1, int(y1 / _BAND) + 2)
    ]
    return any(_meets(char, c) or _meets(c, char) for square in squares for c in own.get(square, ()))


def _meets(one: Char, two: Char) -> bool:
    """Whether the middle of a letter stands well within another."""
    (x, y), wide, high = two.middle, (one.x1 - one.x0) / 5, one.size / 5
    return one.x0 + wide < x < one.x1 - wide and one.y0 + high < y < one.y1 - high
