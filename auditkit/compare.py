"""Year over year: what may be compared, whether balances roll forward, what changed, and whether chance explains it.

Functions that take a case answer a question of the third notebook; those above them take reports and return values.

Notes
-----
*The test.* Two counts with exposures ``e`` (earlier) and ``f`` (later) are compared by the conditional binomial test:
if both are Poisson with one rate, then given their sum the later count is binomial with share ``f / (e + f)``
(Przyborowski and Wilenski 1940, Biometrika 31, 313-323). The two-sided p is twice the smaller tail; it is the test that
the interval of Clopper and Pearson (1934, Biometrika 26, 404-413) inverts, so that test, interval and range of chance
never disagree (Fay 2010, The R Journal 2(1), 53-58).

*The exposure.* New requests are compared year with year, 1:1. An outcome is compared as a share of what was handled: if
twice as many requests come in, twice as many disclosures are nothing to ask about, and with 1:1 every row would be
flagged for that one cause. What is carried forward is compared as a share of what was to be handled. What was carried
over is decided by the year before, the total by its rows: neither is tested. Where an outcome is a large part of all
requests, the binomial scatters more than a share can; the test then errs on the side of silence.

*Many rows.* The rows of one comparison are a family: their p-values are adjusted after Benjamini and Hochberg (1995,
Journal of the Royal Statistical Society B 57, 289-300). A row so small that no split of its cases could be beyond
chance does not belong to the family (Tarone 1990, Biometrics 46, 515-522); it is named as too small.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from auditkit import figures
from auditkit.figures import Amount, Boundary, Change, Exhibits, Picture, Step, amount, signed
from auditkit.forms import Form, load_bridge, load_form
from auditkit.tables import Table
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from auditkit.case import Case, Series
    from auditkit.report import Report

LEVEL = 0.01
"""A row is beyond chance below this adjusted p-value; intervals are at 1 - LEVEL."""
PERCENT_BASE = 50
"""No percentage on a smaller base: one case more or less would make two points."""
LARGEST = 10**9
"""A larger number is no count of requests and is neither tested nor drawn."""

NEW, OVER, TOTAL, FORWARD = (f"requests.{row}.total" for row in ("new", "carried_over", "total", "carried_forward"))


def heads(lang: Lang, *pairs: str) -> tuple[str, ...]:
    """Return table heads, each written ``中文|English``."""
    return tuple(say(lang, *pair.split("|")) for pair in pairs)


# ---- which reports, which rows ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Matched:
    """What may be compared: the sum of some cells of the earlier report with the sum of some of the later."""

    earlier: tuple[str, ...]
    later: tuple[str, ...]


def single_years(series: Series) -> tuple[Report, ...]:
    """Reports whose year has one report only, by year: of two copies nobody has said which one counts."""
    years = [report.year for report in series.reports]
    return tuple(r for r in series.reports if r.year is not None and years.count(r.year) == 1)


def groups(case: Case) -> tuple[tuple[Report, ...], ...]:
    """Reports by agency, ascending years; then each report that belongs to no series, alone."""
    series = tuple(each.reports for each in case.series())
    known = {id(report) for reports in series for report in reports}
    return (*series, *((report,) for report in case.reports if id(report) not in known))


def no_reports(lang: Lang) -> Table:
    """Say that the case is empty."""
    return Table(heads(lang, "说明|remark"), ((say(lang, "本案没有报告。", "No report in this case."),),))


def neighbours(series: Series) -> tuple[tuple[Report, Report], ...]:
    """Pairs of reports of one agency for two years that follow each other."""
    return tuple((a, b) for a, b in pairwise(single_years(series)) if (a.year or 0) + 1 == b.year)


@cache
def counterparts(cell: str, other: str, variant: str = "") -> tuple[str, ...]:
    """Cells of another form (and variant) that stand for a cell under other ids; empty if there are none."""
    index = load_form(other, variant).index
    for first, second in (("2021", "2019"), ("2019", "2021")):
        try:
            found = load_bridge().counterparts(cell, first, second)
        except KeyError:  # the cell is of the other form
            continue
        if found and found != (cell,) and all(name in index for name in found):
            return found
    return ()


def matched(earlier: Form, later: Form) -> tuple[Matched, ...]:
    """Match the cells of two forms, in the order of the later one; a row that one form splits is matched whole."""
    return _matched((earlier.id, earlier.variant), (later.id, later.variant))


@cache
def _matched(earlier_key: tuple[str, str], later_key: tuple[str, str]) -> tuple[Matched, ...]:
    earlier, later, out = load_form(*earlier_key), load_form(*later_key), []
    for cell in later.cells:
        name = cell.id
        if name not in earlier.index:
            if found := counterparts(name, *earlier_key):
                out.append(Matched(found, counterparts(found[0], *later_key) if len(found) == 1 else (name,)))
        elif load_bridge().relation(name, later.id, earlier.id) == "same":
            out.append(Matched((name,), (name,)))
    return tuple(dict.fromkeys(out))


def value(report: Report, cells: Iterable[str]) -> Amount:
    """Add up cells of a report; a blank among them leaves a blank, never a zero."""
    total: int | Decimal = 0
    for cell in cells:
        figure = report.value(cell)
        if figure is None:
            return None
        total += figure
    return total


def whole(figure: Amount) -> int | None:
    """Return a figure as a count that can be drawn, else None: blank, broken or beyond all measure."""
    if figure is None or not -LARGEST <= figure <= LARGEST or figure != int(figure):
        return None
    return int(figure)


def count(report: Report, cells: Iterable[str]) -> int | None:
    """Add up cells as a count that can be tested: whole and not below zero, else None."""
    found = whole(value(report, cells))
    return found if found is None or found >= 0 else None


def row_name(form: Form, cells: tuple[str, ...], lang: Lang) -> str:
    """Official words of a row, with the column in tables two and four; parts taken together bear their whole's name."""
    if len(cells) > 1:
        form = load_form("2019")
        cells = counterparts(cells[0], "2019")
    cell = form.cell(cells[0])
    name = form.row_label(cell.table, cell.row, lang)
    return name if cell.table == "requests" else f"{name}{say(lang, '：', ': ')}{cell.column_label[lang]}"


def agency_name(report: Report, lang: Lang) -> str:
    """Name the agency, marked where the material is an exercise or an extract."""
    name = report.agency or say(lang, "（未写明机关）", "(agency not stated)")
    for tag, mark in (
        ("exercise", say(lang, "〔演练〕", " [exercise]")),
        ("extract", say(lang, "〔摘录〕", " [extract]")),
    ):
        name += mark if tag in report.tags else ""
    return name


def pair_name(earlier: Report, later: Report, lang: Lang) -> str:
    """Name two reports of one agency, e.g. 宿迁市 2023 → 2024."""
    return f"{agency_name(later, lang)} {earlier.year} → {later.year}"


# ---- the test --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ratio:
    """Later rate over earlier rate, its exact interval, and how likely chance makes so large a difference."""

    p: float
    ratio: float
    low: float
    high: float


@cache
def conditional(earlier: int, later: int, exposure: tuple[int, int]) -> Ratio:
    """Compare two counts by the conditional binomial test.

    Parameters
    ----------
    earlier, later : counts, not both zero
    exposure : what each count is a part of, both positive; ``(1, 1)`` compares year with year

    Returns
    -------
    Ratio
        Two-sided p; ratio of the rates, infinite if the earlier count is zero; its interval at 1 - LEVEL.
    """
    from scipy.stats import binomtest

    e, f = exposure
    n, share = earlier + later, f / (e + f)
    tail = min(float(binomtest(later, n, share, alternative=side).pvalue) for side in ("less", "greater"))
    interval = binomtest(later, n, share).proportion_ci(1 - LEVEL, method="exact")
    shares = (later / n, float(interval.low), float(interval.high))
    return Ratio(min(1.0, 2 * tail), *(math.inf if s >= 1 else s / (1 - s) * e / f for s in shares))


def can_show(n: int, exposure: tuple[int, int]) -> bool:
    """Say whether any split of `n` cases over the two years could be beyond chance, before adjustment."""
    return n > 0 and 2 * (min(exposure) / sum(exposure)) ** n < LEVEL


@cache
def chance_range(earlier: int, exposure: tuple[int, int]) -> tuple[int, int]:
    """Lowest and highest later count that the test of one row, before adjustment, does not call beyond chance."""
    from scipy.special import bdtr

    share = exposure[1] / sum(exposure)

    def too_many(y: int) -> bool:
        return bool(2 * bdtr(earlier, earlier + y, 1 - share) < LEVEL)

    def not_too_few(y: int) -> bool:
        return bool(2 * bdtr(y, earlier + y, share) >= LEVEL)

    bound = 1
    while not too_many(bound):
        bound *= 2
    high = _first(too_many, bound) - 1
    return _first(not_too_few, high), high


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
    """One row in two years (or against several past years): its counts, what they are parts of, and the result."""

    cells: tuple[str, ...]
    earlier: int | None
    later: int | None
    exposure: tuple[int, int]
    outcome: Outcome
    result: Ratio | None = None
    adjusted: float = 1.0


def tested_rows(earlier: Form, later: Form) -> tuple[tuple[Matched, tuple[str, ...]], ...]:
    """Rows of table three (total column) that are tested, each with the cells it is a part of (none for the year)."""
    parts = {NEW: (), FORWARD: (NEW, OVER)}
    rows = [
        m for m in matched(earlier, later) if (c := later.cell(m.later[0])).table == "requests" and c.column == "total"
    ]
    return tuple((m, parts.get(m.later[0], (TOTAL,))) for m in rows if m.later[0] not in (OVER, TOTAL))


def row_test(
    cells: tuple[str, ...], counts: tuple[int | None, int | None], sizes: tuple[int | None, int | None]
) -> RowTest:
    """Test one row, before adjustment: ``within`` until :func:`adjusted` has seen the whole family."""
    (earlier, later), (e, f) = counts, sizes
    if earlier is None or later is None or not e or not f:
        return RowTest(cells, earlier, later, (e or 0, f or 0), "blank")
    if earlier == later == 0:
        return RowTest(cells, 0, 0, (e, f), "none")
    if not can_show(earlier + later, (e, f)):
        return RowTest(cells, earlier, later, (e, f), "too few")
    return RowTest(cells, earlier, later, (e, f), "within", conditional(earlier, later, (e, f)))


def adjusted(tests: Sequence[RowTest]) -> tuple[RowTest, ...]:
    """Adjust the p-values of a family and mark the rows that are beyond chance."""
    ps = [test.result.p for test in tests if test.result]
    if not ps:
        return tuple(tests)
    from scipy.stats import false_discovery_control

    qs = iter(false_discovery_control(ps, method="bh").tolist())
    return tuple(
        replace(t, adjusted=(q := next(qs)), outcome="beyond" if q < LEVEL else "within") if t.result else t
        for t in tests
    )


def row_tests(earlier: Report, later: Report) -> tuple[RowTest, ...]:
    """Test every comparable row of table three (total column) of two reports as one family."""
    out = []
    for cells, parts in tested_rows(earlier.layout, later.layout):
        counts = count(earlier, cells.earlier), count(later, cells.later)
        sizes = (count(earlier, parts), count(later, parts)) if parts else (1, 1)
        out.append(row_test(cells.later, counts, sizes))
    return adjusted(out)


def ranked(tests: Iterable[RowTest]) -> list[tuple[RowTest, Ratio]]:
    """Rows that were tested, with their results, the least likely first."""
    return sorted(((t, t.result) for t in tests if t.result), key=lambda pair: (pair[0].adjusted, pair[1].p))


def chance(p: float, lang: Lang) -> str:
    """Say a probability: percent down to 1 %, then one in so many, to the two figures it can bear.

    Examples
    --------
    >>> chance(0.63, "en"), chance(0.0028, "en"), chance(1e-9, "en")
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


def part(number: int | None, exposure: int) -> str:
    """Write a count, and what it is a part of where that is more than a number of years."""
    return "" if number is None else f"{number:,}" if exposure < 100 else f"{number:,} / {exposure:,}"


def verdict(test: RowTest, lang: Lang) -> str:
    """Say the result of a test that was made."""
    if test.outcome == "beyond":
        return say(lang, "▲ 超出偶然", "▲ beyond chance")
    return say(lang, "未见超出偶然", "nothing beyond chance")


def chance_note(tests: Sequence[RowTest], form: Form, lang: Lang) -> str:
    """What a reader needs to judge the tests: method, family, level, what was left out, what they cannot say."""
    m, level = sum(t.result is not None for t in tests), f"{LEVEL:.0%}"
    lines = [
        say(
            lang,
            "「新收」按年度直接相比，办理结果按占办结总数的比重、结转下年按占应办件数的比重相比（表中写作“件数 / "
            "总数”）。"
            f"方法：精确的条件二项检验，{m} 行一并按 Benjamini–Hochberg 校正，校正后低于 {level} 称为超出偶然。",
            "New requests are compared year with year, outcomes as a share of what was handled, what is carried "
            "forward as "
            "a share of what was to be handled (written “cases / all”). "
            f"Method: exact conditional binomial test, {m} rows adjusted together after Benjamini and Hochberg; beyond "
            f"chance means an adjusted value below {level}.",
        ),
        say(
            lang,
            "意思是：假如各年的实际情形并无不同，这样大的差别极少出现。这并不说明数字有误：同一人多次申请、"
            "集中申请、归类口径"
            "调整都会造成差别；件数多时，不大的变化也会超出偶然，请同时看倍数。",
            "It means: if nothing had changed, so large a difference would hardly ever be seen. It does not mean "
            "that a figure "
            "is wrong: one person filing many requests, a wave of requests or another way of classifying make such "
            "differences; with many cases a modest change is beyond chance, too, so look at the ratio.",
        ),
    ]
    for outcome, words in (
        ("too few", say(lang, "件数太少，看不出：", "Too few cases to tell: ")),
        ("blank", say(lang, "有空白或不能作为件数的内容，未检验：", "A blank or no count, so not tested: ")),
        ("none", say(lang, "各年均为 0，不检验：", "0 in all years, so not tested: ")),
    ):
        names = [row_name(form, t.cells, lang) for t in tests if t.outcome == outcome]
        if names:
            lines.append(words + say(lang, "；", "; ").join(names) + say(lang, "。", "."))
    return "\n".join(lines)


# ---- the questions of the third notebook -----------------------------------------------------------------------------


def _pairs(case: Case) -> list[tuple[Report, Report]]:
    return [pair for series in case.series() for pair in neighbours(series)]


def _apart(case: Case) -> str:
    """Name the years that are not compared because they do not follow each other."""
    pairs = [pair for series in case.series() for pair in pairwise(single_years(series))]
    return "\n".join(
        say(
            case.lang,
            f"{agency_name(b, 'zh')} {a.year} 与 {b.year} 不是相邻年度，未作比较。",
            f"{agency_name(b, 'en')}: {a.year} and {b.year} are not neighbouring years and are not compared.",
        )
        for a, b in pairs
        if (a.year or 0) + 1 != b.year
    )


def _nothing(case: Case, caption: str) -> Table:
    """Say that there is nothing to compare."""
    text = say(
        case.lang,
        "没有同一机关的相邻年度，无可比较。",
        "No two neighbouring years of one agency: nothing to compare.",
    )
    return Table(heads(case.lang, "说明|remark"), ((text,),), caption, _apart(case))


def years(case: Case) -> Table:
    """Which years of which agency there are: gaps, copies, and what can be compared."""
    lang, rows, comma = case.lang, [], say(case.lang, "、", ", ")
    for series in case.series():
        given = [report.year for report in series.reports if report.year is not None]
        missing = [year for year in range(min(given), max(given)) if year not in given] if given else []
        copies = sorted({year for year in given if given.count(year) > 1})
        pairs = comma.join(f"{a.year} → {b.year}" for a, b in neighbours(series))
        remarks = []
        if pairs:
            remarks.append(say(lang, f"可比：{pairs}", f"comparable: {pairs}"))
        elif len(set(given)) < 2:
            remarks.append(say(lang, "没有其他年度可比", "no other year to compare"))
        else:
            remarks.append(say(lang, "没有可比的相邻年度", "no neighbouring years to compare"))
        if copies:
            which = comma.join(map(str, copies))
            remarks.append(
                say(
                    lang,
                    f"{which} 年有多份报告，未作比较，请先确定以哪份为准",
                    f"several reports for {which}: not compared; decide first which one counts",
                )
            )
        forms = dict.fromkeys(report.layout.name(lang) for report in series.reports)
        gaps = comma.join(map(str, missing)) or say(lang, "无", "none")
        name, text = agency_name(series.reports[0], lang), say(lang, "；", "; ").join(remarks)
        rows.append((name, comma.join(map(str, given)), gaps, comma.join(forms), text))
    unknown = comma.join(r.name(lang) for r in case.reports if r.agency is None or r.year is None)
    note = say(lang, f"机关或年度不明，不参加比较：{unknown}。", f"Agency or year unknown, not compared: {unknown}.")
    columns = heads(lang, "机关|agency", "年度|years", "中间缺|gaps", "格式|form", "说明|remarks")
    return Table(columns, tuple(rows), say(lang, "有哪几年", "Which years there are"), note if unknown else "")


def bridge(case: Case) -> Exhibits:
    """What of the forms is the same, split or not comparable between the years of this case."""
    lang, pairs = case.lang, _pairs(case)
    caption = say(lang, "口径变了吗", "Do the forms count the same")
    if not pairs:
        return Exhibits((_nothing(case, caption),))
    rows, crossings = [], {}
    for a, b in pairs:
        keys = tuple((form.id, form.variant) for form in (a.layout, b.layout))
        same = keys[0] == keys[1]
        if not same:
            crossings[keys] = (a.layout, b.layout)
        result = say(lang, "同一格式，各行可直接比较", "one form: every row may be compared")
        other = say(lang, "格式不同，见下表", "the forms differ: see below")
        rows.append((pair_name(a, b, lang), a.layout.name(lang), b.layout.name(lang), result if same else other))
    columns = heads(lang, "比较|comparison", "前一年格式|earlier form", "后一年格式|later form", "结果|result")
    note = "" if crossings else say(lang, "所有相邻年度都用同一格式。", "All neighbouring years use one form.")
    first = Table(columns, tuple(rows), caption, note)
    return Exhibits((first, *(bridge_table(earlier, later, lang) for earlier, later in crossings.values())))


def bridge_table(earlier: Form, later: Form, lang: Lang) -> Table:
    """List the rows of two forms that are split or not comparable; the rest counts the same."""
    pairs = matched(earlier, later)
    rows: dict[tuple[str, str, str], None] = {}
    for m in pairs:
        if len(m.earlier) != len(m.later) and later.cell(m.later[0]).column == "total":
            form, cells = (later, m.later) if len(m.later) > 1 else (earlier, m.earlier)
            names = say(lang, "；", "; ").join(row_name(form, (cell,), lang) for cell in cells)
            relation = say(lang, "拆分", "split") if form is later else say(lang, "合并", "merged")
            remark = say(
                lang, f"各分行之和与单行相比：{names}", f"the sum of the parts is compared with the single row: {names}"
            )
            rows[row_name(form, cells, lang), relation, remark] = None
    for form, reached in (
        (earlier, {cell for m in pairs for cell in m.earlier}),
        (later, {cell for m in pairs for cell in m.later}),
    ):
        lost: dict[tuple[str, str], list[str]] = {}
        for cell in form.cells:
            if cell.id not in reached:
                lost.setdefault((cell.table, cell.row), []).append(cell.id)
        for (table, row), gone in lost.items():
            name = form.row_label(table, row, lang)
            if len(gone) < len(form.row_cells(table, row)):
                name += say(lang, "：", ": ") + say(lang, "、", ", ").join(
                    form.cell(c).column_label[lang] for c in gone
                )
            why = load_bridge().reason(gone[0], form.id, lang)
            why = why or say(lang, f"只在{form.name(lang)}中有", f"only in the {form.name(lang)}")
            rows[name, say(lang, "不可比", "not comparable"), why] = None
    same = sum(len(m.earlier) == len(m.later) for m in pairs)
    note = say(
        lang, f"其余 {same} 格口径相同，可直接比较。", f"The other {same} cells count the same and may be compared."
    )
    caption = f"{earlier.name(lang)} → {later.name(lang)}"
    return Table(heads(lang, "行|row", "关系|relation", "说明|remark"), tuple(rows), caption, note)


def balances(earlier: Report, later: Report) -> dict[str, Boundary]:
    """Closing balance of a year against the opening balance of the next, by column of table three, the total first."""
    forms = earlier.layout.id, later.layout.id
    rules = load_bridge().continuity(*forms) or load_bridge().continuity(*forms[::-1])  # an older form used too late
    found = {
        rule.column: Boundary("", whole(value(earlier, rule.earlier)), whole(value(later, rule.later)))
        for rule in rules
        if rule.column
    }
    return {column: found[column] for column in sorted(found, key=lambda column: column != "total")}


def roll_forward(case: Case) -> Exhibits:
    """Say whether the next report carries over what a year carried forward, in total and by applicant."""
    lang, pairs = case.lang, _pairs(case)
    caption = say(lang, "结转接得上吗", "Do the balances roll forward")
    if not pairs:
        return Exhibits((_nothing(case, caption),))
    drawn, rows, labels = [], [], {}
    differ = unknown = 0
    for a, b in pairs:
        found = balances(a, b)
        blank = sum(None in (each.closing, each.opening) for each in found.values())
        wrong = sum(each.closing != each.opening for each in found.values() if None not in (each.closing, each.opening))
        differ, unknown = differ + wrong, unknown + blank
        for column, each in found.items():
            labels[column] = b.layout.column_label("requests", column, lang)
            if column == "total" or each.closing is None or each.closing != each.opening:
                name = f"{a.year} → {b.year} {labels[column]} {agency_name(b, lang)}"
                drawn.append(replace(each, label=name))
        words = [say(lang, f"{wrong} 处不符", f"{wrong} differ")] if wrong else []
        words += [say(lang, f"{blank} 处无法判断", f"{blank} cannot be judged")] if blank else []
        result = say(lang, "，", ", ").join(words) or say(lang, "全部相符", "all agree")
        rows.append((pair_name(a, b, lang), *(_balance(each, lang) for each in found.values()), result))
    title = say(
        lang,
        f"结转：{len(pairs)} 处年度之交的总计与各列，{differ or '没有'}{' 处' if differ else ''}不符，{unknown} "
        "处无法判断",
        f"Balances at {len(pairs)} turns of the year, total and columns: {differ} differ, {unknown} cannot be judged",
    )
    picture_note = say(
        lang, "图中列出总计，以及不符或无法判断的各列。", "Shown: totals, and columns that differ or cannot be judged."
    )
    note = say(
        lang,
        "每格左为上年报告的「结转下年度继续办理」，右为下年报告的「上年结转」。不符时，"
        "两份报告中至少有一处有误或口径有变，"
        "机构改革也会造成不符，请核实。",
        "In each cell, left: carried forward in the earlier report; right: carried over in the later. Where they "
        "differ, one "
        "of the two is wrong or counts otherwise; a reorganisation may also explain it. Please verify.",
    )
    columns = (*heads(lang, "年度之交|turn of the year"), *labels.values(), *heads(lang, "结果|result"))
    table = Table(columns, tuple(rows), caption, "\n".join(filter(None, (note, _apart(case)))))
    return Exhibits((figures.roll_forward(title, drawn, lang, picture_note), table))


def _balance(each: Boundary, lang: Lang) -> str:
    """Write both balances of a boundary with = or ≠."""
    left, right = amount(each.closing, lang), amount(each.opening, lang)
    if each.closing is None or each.opening is None:
        return say(lang, f"{left} / {right}，无法判断", f"{left} / {right}, cannot be judged")
    return f"{left} = {right}" if each.closing == each.opening else f"▲ {left} ≠ {right}"


def flow(report: Report, lang: Lang) -> tuple[Step, ...]:
    """Where a year's requests came from and where they went: balances, new ones, and the outcomes by group."""
    form = report.layout
    groups: dict[str, list[str]] = {}
    for row in form.rows("requests"):
        path = form.row_cells("requests", row)[0].row_path
        if len(path) > 1 and row != "total":
            chinese, english = path[1].split("（区分")[0], form.row_label("requests", row, "en").split(":")[0]
            groups.setdefault(say(lang, chinese, english), []).append(f"requests.{row}.total")

    def step(row: str, kind: Literal["in", "closing"]) -> Step:
        return Step(form.row_label("requests", row, lang), count(report, (f"requests.{row}.total",)), kind)

    outcomes = (Step(name, count(report, cells), "out") for name, cells in groups.items())
    return (step("carried_over", "in"), step("new", "in"), *outcomes, step("carried_forward", "closing"))


def gap(steps: Iterable[Step]) -> int | None:
    """What flows in, minus what flows out, minus the closing balance; None where a figure is blank."""
    total = 0
    for step in steps:
        if step.value is None:
            return None
        total += step.value if step.kind == "in" else -step.value
    return total


def flows(case: Case) -> Exhibits:
    """Where requests come from and go: a waterfall of each agency's latest year, a table of all its years."""
    lang = case.lang
    out: list[Table | Picture] = []
    for reports in groups(case):
        steps = [flow(report, lang) for report in reports]
        out.append(figures.waterfall(_flow_title(reports[-1], steps[-1], lang), steps[-1], lang))
        values = [{step.label: step.value for step in each} for each in steps]
        labels = list(dict.fromkeys(step.label for each in steps for step in each))
        labels.sort(key=lambda label: label == steps[-1][-1].label)  # an older form's own rows go before the balance
        rows = [(label, *(each.get(label) for each in values)) for label in labels]
        unknown = say(lang, "无法判断", "cannot be judged")
        gaps = (unknown if (g := gap(each)) is None else signed(g) for each in steps)
        rows.append((say(lang, "收支之差", "difference"), *gaps))
        columns = (*heads(lang, "项目（总计列）|item (total column)"), *(str(r.year or "–") for r in reports))
        name = agency_name(reports[-1], lang)
        caption = say(lang, f"{name}：申请从哪来、到哪去（件）", f"{name}: where requests come from and go (counts)")
        out.append(Table(columns, tuple(rows), caption))
    return Exhibits(tuple(out or [no_reports(lang)]))


def _flow_title(report: Report, steps: tuple[Step, ...], lang: Lang) -> str:
    over, new, handled, forward = (amount(count(report, (cell,)), lang) for cell in (OVER, NEW, TOTAL, FORWARD))
    off, name = gap(steps), report.name(lang)
    if off is None:
        result = say(
            lang, "有空白或不能作为件数的内容，无法判断收支", "a blank or no count: the balance cannot be judged"
        )
    elif off == 0:
        result = say(lang, "收支相符", "the balance agrees")
    else:
        result = say(lang, f"收支相差 {signed(off)} 件，请核实", f"the balance is off by {signed(off)}, please verify")
    return say(
        lang,
        f"{name}：上年结转 {over}，新收 {new}，办结 {handled}，结转下年 {forward}；{result}",
        f"{name}: {over} carried over, {new} new, {handled} handled, {forward} carried forward; {result}",
    )


def percent(earlier: Amount, later: Amount, lang: Lang) -> str:
    """Write a change in percent, to one decimal; none where the base is below PERCENT_BASE."""
    if earlier is None or later is None:
        return ""
    if earlier < PERCENT_BASE:
        return say(lang, "基数小", "small base")
    change = (Decimal(later) - Decimal(earlier)) * 100 / Decimal(earlier)
    return f"{change:+,.1f}%".replace("-", "−")


def changed(case: Case) -> Exhibits:
    """What changed between neighbouring years: counts first, a percentage only on a base that bears one."""
    pairs = _pairs(case)
    if not pairs:
        return Exhibits((_nothing(case, say(case.lang, "什么变了", "What changed")),))
    return Exhibits(tuple(item for a, b in pairs for item in _changed(a, b, case.lang)))


def _changed(a: Report, b: Report, lang: Lang) -> tuple[Table | Picture, ...]:
    number = {"proactive": ("表二", "table 2"), "requests": ("表三", "table 3"), "disputes": ("表四", "table 4")}
    rows, drawn, zero = [], [], 0
    for m in matched(a.layout, b.layout):
        cell = b.layout.cell(m.later[0])
        if cell.table == "requests" and cell.column != "total":
            continue
        before, after = value(a, m.earlier), value(b, m.later)
        if before == after == 0:
            zero += 1
            continue
        name = row_name(b.layout, m.later, lang)
        unknown = say(lang, "无法判断", "cannot be judged")
        difference = unknown if before is None or after is None else signed(after - before)
        rows.append((name, say(lang, *number[cell.table]), before, after, difference, percent(before, after, lang)))
        if cell.table == "requests":
            drawn.append(Change(name, whole(before), whole(after)))
    names, moved = pair_name(a, b, lang), sum(row[2] != row[3] for row in rows)
    new = " → ".join(amount(value(report, (NEW,)), lang) for report in (a, b))
    title = say(
        lang,
        f"{names}：新收 {new} 件；可比且不全为 0 的 {len(rows)} 行中 {moved} 行有变化",
        f"{names}: new requests {new}; of {len(rows)} comparable rows that are not all 0, {moved} changed",
    )
    note = say(
        lang,
        f"两年均为 0 的 {zero} 行未列，不可比的行见「口径变了吗」。前一年不足 {PERCENT_BASE} 的不给百分比："
        "多一件或少一件"
        "就会差两个百分点以上。",
        f"{zero} rows that are 0 in both years are left out; rows that may not be compared are named under the "
        "forms. No "
        f"percentage where the earlier figure is below {PERCENT_BASE}: one case more or less would make two points "
        "or more.",
    )
    columns = (
        *heads(lang, "行|row", "表|table"),
        str(a.year),
        str(b.year),
        *heads(lang, "差|difference", "变化|change"),
    )
    table = Table(columns, tuple(rows), say(lang, f"{names}：什么变了", f"{names}: what changed"), note)
    return (figures.changes(title, (a.year or 0, b.year or 0), drawn, lang), table) if drawn else (table,)


def beyond_chance(case: Case) -> Exhibits:
    """Which changes are larger than chance explains: each row's test, adjusted over the comparison."""
    pairs = _pairs(case)
    if not pairs:
        return Exhibits((_nothing(case, say(case.lang, "超出偶然吗", "Beyond chance")),))
    return Exhibits(tuple(chance_table(a, b, case.lang) for a, b in pairs))


def chance_table(a: Report, b: Report, lang: Lang) -> Table:
    """Write the tests of two neighbouring years, the least likely first."""
    tests = row_tests(a, b)
    rows = [
        (
            row_name(b.layout, t.cells, lang),
            part(t.earlier, t.exposure[0]),
            part(t.later, t.exposure[1]),
            f"{times(r.ratio)} ({times(r.low)}–{times(r.high)})",
            chance(r.p, lang),
            chance(t.adjusted, lang),
            verdict(t, lang),
        )
        for t, r in ranked(tests)
    ]
    n, name = sum(t.outcome == "beyond" for t in tests), pair_name(a, b, lang)
    caption = say(
        lang,
        f"{name}：检验 {len(rows)} 行，{n} 行的变化超出偶然",
        f"{name}: {len(rows)} rows tested, {n} beyond chance",
    )
    interval = f"{1 - LEVEL:.0%}"
    columns = (
        *heads(lang, "行|row"),
        str(a.year),
        str(b.year),
        *heads(
            lang,
            f"倍数（{interval} 区间）|ratio ({interval} interval)",
            "单看此行，偶然出现的机会|chance, this row alone",
        ),
        *heads(lang, "一并检验后|chance, adjusted", "结论|conclusion"),
    )
    return Table(columns, tuple(rows), caption, chance_note(tests, b.layout, lang))


@dataclass(frozen=True, slots=True)
class Stock:
    """A stock in the earlier report, what it should be a year later, and what is reported."""

    cell: str
    opening: Amount
    implied: Amount
    reported: Amount


def rolled_stocks(earlier: Report, later: Report) -> tuple[Stock, ...]:
    """Roll the stocks of table two forward: documents in force (2021 form), items of licences and so on (2019)."""
    out = []
    for rule in load_bridge().continuity(earlier.layout.id, later.layout.id):
        if rule.column:
            continue
        cell = next(name for name in rule.later if name in rule.earlier)
        terms = [(earlier.value(name), k) for name, k in rule.earlier.items()]
        terms += [(later.value(name), k) for name, k in rule.later.items() if name != cell]
        known = [k * figure for figure, k in terms if figure is not None]
        implied = sum(known, 0) if len(known) == len(terms) else None
        out.append(Stock(cell, earlier.value(cell), implied, later.value(cell)))
    return tuple(out)


def stocks(case: Case) -> Table:
    """Say whether the stocks of table two agree from year to year."""
    lang, pairs = case.lang, _pairs(case)
    caption = say(lang, "存量对得上吗", "Do the stocks agree")
    if not pairs:
        return _nothing(case, caption)
    rows: list[tuple[object, ...]] = []
    for a, b in pairs:
        name, found = pair_name(a, b, lang), rolled_stocks(a, b)
        if not found:
            apart = say(lang, "两种格式口径不同，不可比", "not comparable: the two forms count differently")
            rows.append((name, say(lang, "全部存量", "all stocks"), None, None, None, apart))
        for stock in found:
            if stock.implied is None or stock.reported is None:
                result = say(lang, "有空白，无法判断", "blank, cannot be judged")
            elif off := stock.reported - stock.implied:
                result = say(lang, f"▲ 差 {signed(off)}，请核实", f"▲ differ by {signed(off)}, please verify")
            else:
                result = say(lang, "相符", "agree")
            row = row_name(b.layout, (stock.cell,), lang)
            rows.append((name, row, stock.opening, stock.implied, stock.reported, result))
    note = say(
        lang,
        "推算：2021 年格式为上年「现行有效」加本年「制发」减本年「废止」；2019 "
        "年格式为上年报告的「上一年项目数量」加其「本年增/减」，"
        "与下年报告的「上一年项目数量」相比。文件自动失效、清理和机构改革都会造成差额，有差额不等于有误。",
        "Implied: on the 2021 form, in force the year before, plus issued, minus repealed; on the 2019 form, items "
        "of the "
        "previous year plus the change, against the next report's items of the previous year. Documents that lapse, a "
        "clean-up or a reorganisation make a difference, too: it is not by itself an error.",
    )
    columns = heads(lang, "年度之交|turn of the year", "行|row", "上年报告|earlier report", "推算|implied")
    columns += heads(lang, "本年报告|later report", "结果|result")
    return Table(columns, tuple(rows), caption, "\n".join(filter(None, (note, _apart(case)))))
