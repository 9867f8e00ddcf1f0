"""Beyond chance: two counts that are parts of something, the exact test of their rates, and what many tests need.

Notes
-----
*The test.* Two counts with exposures ``e`` (earlier) and ``f`` (later) are compared by the conditional binomial test:
if both are Poisson with one rate, then given their sum the later count is binomial with share ``f / (e + f)``
(Przyborowski and Wilenski 1940, Biometrika 31, 313-323). The two-sided p is twice the smaller tail; it is the test that
the interval of Clopper and Pearson (1934, Biometrika 26, 404-413) inverts, so that test, interval and range of chance
never disagree (Fay 2010, The R Journal 2(1), 53-58). Where the counts are a large part of their exposures, the
binomial scatters more than a share can; the test then errs on the side of silence.

*Many rows.* The rows of one comparison are a family: their p-values are adjusted after Benjamini and Hochberg (1995,
Journal of the Royal Statistical Society B 57, 289-300). A row so small that no split of its cases could be beyond
chance does not belong to the family (Tarone 1990, Biometrics 46, 515-522); it is named as too small.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, TypeAlias

from auditkit.tables import BEYOND, Table, heads
from auditkit.wording import Lang, say

LEVEL = 0.01
"""A row is beyond chance below this adjusted p-value; intervals are at 1 - LEVEL."""

Exposure: TypeAlias = tuple[int, int]
"""What the earlier and the later count are parts of, both positive; ``(1, 1)`` compares year with year."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """Later rate over earlier rate (∞ if that is 0), its exact interval, and how likely chance makes such a difference."""

    p: float
    ratio: float
    low: float
    high: float


def p_value(earlier: int, later: int, exposure: Exposure) -> float:
    """Two-sided p of the conditional binomial test: twice the smaller tail."""
    from scipy.special import betainc

    (e, f), whole = exposure, sum(exposure)
    too_few = float(betainc(earlier, later + 1, e / whole)) if earlier else 1.0
    too_many = float(betainc(later, earlier + 1, f / whole)) if later else 1.0
    return min(1.0, 2 * too_few, 2 * too_many)


@cache
def conditional(earlier: int, later: int, exposure: Exposure) -> Ratio:
    """Compare two counts, not both zero, by the conditional binomial test; the interval is at 1 - LEVEL."""
    from scipy.special import betaincinv

    low = float(betaincinv(later, earlier + 1, LEVEL / 2)) if later else 0.0
    high = float(betaincinv(later + 1, earlier, 1 - LEVEL / 2)) if earlier else 1.0
    shares = later / (earlier + later), low, high
    e, f = exposure
    return Ratio(p_value(earlier, later, exposure), *(math.inf if s >= 1 else s / (1 - s) * e / f for s in shares))


def can_show(n: int, exposure: Exposure) -> bool:
    """Say whether any split of `n` cases over the two years could be beyond chance, before adjustment."""
    return n > 0 and 2 * (min(exposure) / sum(exposure)) ** n < LEVEL


@cache
def chance_range(earlier: int, exposure: Exposure) -> tuple[int, int]:
    """Lowest and highest later count that the test of one row, before adjustment, does not call beyond chance."""
    expected = earlier * exposure[1] // exposure[0]

    def too_many(y: int) -> bool:
        return y > expected and p_value(earlier, y, exposure) < LEVEL

    def not_too_few(y: int) -> bool:
        return y >= expected or p_value(earlier, y, exposure) >= LEVEL

    bound = expected + 1
    while not too_many(bound):
        bound *= 2
    return _first(not_too_few, expected), _first(too_many, bound) - 1


def _first(holds: Callable[[int], bool], bound: int) -> int:
    """Find the first number from 0 for which a condition holds that stays true once it is; it is true at `bound`."""
    low = 0
    while low < bound:
        middle = (low + bound) // 2
        low, bound = (low, middle) if holds(middle) else (middle + 1, bound)
    return low


Outcome: TypeAlias = Literal["beyond", "within", "too few", "blank", "none"]


@dataclass(frozen=True, slots=True)
class RowTest:
    """One row, earlier and later: its counts, what they are parts of, and the result."""

    cells: tuple[str, ...]
    earlier: int | None
    later: int | None
    exposure: Exposure
    outcome: Outcome
    result: Ratio | None = None
    adjusted: float = 1.0


def row_test(
    cells: tuple[str, ...], counts: tuple[int | None, int | None], sizes: tuple[int | None, int | None]
) -> RowTest:
    """Test one row, before adjustment: ``within`` until :func:`adjusted` has seen the whole family."""
    (earlier, later), (e, f) = counts, sizes
    if earlier is None or later is None or e is None or f is None:
        return RowTest(cells, earlier, later, (e or 0, f or 0), "blank")
    if not e or not f or not can_show(earlier + later, (e, f)):
        return RowTest(cells, earlier, later, (e, f), "too few" if earlier + later else "none")
    return RowTest(cells, earlier, later, (e, f), "within", conditional(earlier, later, (e, f)))


def adjusted(tests: Sequence[RowTest]) -> tuple[RowTest, ...]:
    """Adjust the p-values of a family and mark the rows that are beyond chance."""
    from scipy.stats import false_discovery_control

    given = [test for test in tests if test.result]
    if not given:
        return tuple(tests)
    found = iter(false_discovery_control([test.result.p for test in given if test.result], method="bh"))
    out = []
    for test in tests:
        if test.result:
            q = float(next(found))
            test = replace(test, adjusted=q, outcome="beyond" if q < LEVEL else "within")
        out.append(test)
    return tuple(out)


def ranked(tests: Iterable[RowTest]) -> list[tuple[RowTest, Ratio]]:
    """Rows that were tested, with their results, the least likely first."""
    return sorted(((t, t.result) for t in tests if t.result), key=lambda pair: (pair[0].adjusted, pair[1].p))


def in_words(p: float, lang: Lang) -> str:
    """Say a probability: percent down to 1 %, then one in so many, to the two figures it can bear.

    Examples
    --------
    >>> in_words(0.63, "en"), in_words(0.0028, "en"), in_words(1e-9, "en")
    ('63%', '1 in 360', 'less than 1 in 1,000,000')
    """
    if p >= 0.01:
        return f"{100 * p:.0f}%"
    if p < 1e-6:
        return say(lang, "不足百万分之一", "less than 1 in 1,000,000")
    many = f"{int(float(f'{1 / p:.1e}')):,}"
    return say(lang, f"约 1/{many}", f"1 in {many}")


def times(number: float) -> str:
    """Write a ratio with two decimals; one without upper bound as ∞."""
    return "∞" if math.isinf(number) else f"{number:,.2f}"


def table(
    tests: Sequence[RowTest], names: Mapping[tuple[str, ...], str], agency: str, years: tuple[str, str], lang: Lang
) -> Table:
    """Write a family of tests, the least likely first: what each row shows, and why the others were not tested.

    `names` are the rows' names by their cells, `years` the earlier years and the later one, for people.
    """
    rows = []
    for t, r in ranked(tests):
        low, high = chance_range(t.earlier or 0, t.exposure)
        counts = ((t.earlier, t.exposure[0]), (t.later, t.exposure[1]))
        said = (f"{n:,}" if of < 100 else f"{n:,} / {of:,}" for n, of in counts)  # a few years are no size
        ratio = f"{times(r.ratio)} ({times(r.low)}–{times(r.high)})"
        odds = (f"{BEYOND} " if t.outcome == "beyond" else "") + in_words(t.adjusted, lang)
        rows.append((names[t.cells], *said, f"{low:,}–{high:,}", ratio, in_words(r.p, lang), odds))
    n, m, span = sum(t.outcome == "beyond" for t in tests), len(rows), " → ".join(years)
    caption = say(lang, f"检验 {m} 行，{n} 行的变化超出偶然", f"{m} rows tested, {n} beyond chance")
    columns = heads(
        lang,
        f"行|{years[0]}|{years[1]}|偶然波动的范围|倍数（{1 - LEVEL:.0%} 区间）|单看此行，偶然出现的概率|各行一并检验后的概率",
        f"row|{years[0]}|{years[1]}|range of chance|ratio ({1 - LEVEL:.0%} interval)|odds, this row alone|odds, all rows together",
    )
    lines = [
        say(
            lang,
            f"{BEYOND} 超出偶然：{m} 行一并按 Benjamini–Hochberg 校正后低于 {LEVEL:.0%}，并不说明数字有误。"
            "新收按年度相比，结转下年按占应办件数、其余按占办结总数的比重相比（件数 / 总数）。",
            f"{BEYOND} beyond chance: below {LEVEL:.0%} when {m} rows are adjusted together after Benjamini and Hochberg; it "
            "does not mean that a figure is wrong. New requests are compared by year, the rest as a share (cases / all).",
        )
    ]
    for outcome, zh, en in (
        ("too few", "件数太少，看不出", "Too few cases to tell"),
        ("blank", "有空白或不能作为件数的内容，未检验", "A blank or no count, so not tested"),
        ("none", "各年均为 0，不检验", "0 in all years, so not tested"),
    ):
        if left := [names[t.cells] for t in tests if t.outcome == outcome]:
            lines.append(say(lang, f"{zh}：{'；'.join(left)}。", f"{en}: {'; '.join(left)}."))
    title = f"{agency} {span}{say(lang, '：', ': ')}{caption}"
    return Table(columns, tuple(rows), title, "\n".join(lines))
