"""What is unusual in a report, against its own past and within its year. Flags are questions, never errors.

Functions that take a case answer a question of the fourth notebook. The test behind a flag is that of
:mod:`auditkit.compare`; a note rests on a rule about one report. A blank is never a zero: what is blank takes no part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from auditkit import figures
from auditkit.compare import (
    FORWARD,
    LEVEL,
    NEW,
    OVER,
    TOTAL,
    RowTest,
    adjusted,
    agency_name,
    chance,
    chance_note,
    chance_range,
    count,
    groups,
    heads,
    no_reports,
    part,
    ranked,
    row_name,
    row_test,
    single_years,
    tested_rows,
    times,
    verdict,
)
from auditkit.figures import Exhibits, Picture, Strip, amount
from auditkit.tables import Table
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from auditkit.case import Case
    from auditkit.report import Report


@dataclass(frozen=True, slots=True)
class Note:
    """What a rule says about one report, each text in Chinese and English.

    ``odds`` is the probability by chance where the rule can give one.
    """

    subject: tuple[str, str]
    figures: tuple[str, str]
    innocent: tuple[str, str]
    question: tuple[str, str]
    odds: float | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something unusual: where, what, its figures, why it may be innocent, what to ask, and its odds if it has any."""

    check: str
    report: str
    subject: str
    figures: str
    innocent: str
    question: str
    odds: float | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A report against earlier years of its agency: a family of tests, a row each, and the past counts behind them."""

    report: Report
    years: tuple[int, ...]
    tests: tuple[RowTest, ...]
    counts: tuple[tuple[int | None, ...], ...]

    @property
    def span(self) -> str:
        """The past years, as 2020 or 2020–2022."""
        return "–".join(map(str, dict.fromkeys((self.years[0], self.years[-1]))))


# ---- against its own past --------------------------------------------------------------------------------------------


def past(report: Report, earlier: tuple[Report, ...]) -> Past:
    """Test each row of table three (total column) of a report against its earlier years taken together.

    A year whose count or size is blank is left out for that row. A row that any of the years does not divide is taken
    whole in all of them.
    """
    known = [{m.later: (m.earlier, parts) for m, parts in tested_rows(e.layout, report.layout)} for e in earlier]
    groups = {cells for rows in known for cells in rows}
    rows = [cells for cells in groups if not any(set(cells) < set(wider) for wider in groups)]
    tests, counts = [], []
    for cells in sorted(rows, key=lambda cells: report.layout.index[cells[0]]):
        parts = next(found[cells][1] for found in known if cells in found)
        before = tuple(_count(each, found, cells) for each, found in zip(earlier, known, strict=True))
        sizes = [count(each, parts) if parts else 1 for each in earlier]
        usable = [(n, size) for n, size in zip(before, sizes, strict=True) if n is not None and size]
        total = sum(n for n, _ in usable) if usable else None
        size = count(report, parts) if parts else 1
        tests.append(row_test(cells, (total, count(report, cells)), (sum(size for _, size in usable), size)))
        counts.append(before)
    return Past(report, tuple(each.year or 0 for each in earlier), adjusted(tests), tuple(counts))


_Rows = dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]]


def _count(earlier: Report, rows: _Rows, cells: tuple[str, ...]) -> int | None:
    """Count an earlier report's cells that are the same thing as a row, matched whole or part by part."""
    found = [rows[cells]] if cells in rows else [rows[(cell,)] for cell in cells if (cell,) in rows]
    whole = cells in rows or len(found) == len(cells)
    return count(earlier, [name for names, _ in found for name in names]) if whole else None


def pasts(case: Case) -> tuple[Past, ...]:
    """Every report that has an earlier year in the case, with its past."""
    found = (single_years(series) for series in case.series())
    return tuple(past(reports[i], reports[:i]) for reports in found for i in range(1, len(reports)))


def own_past(case: Case) -> Exhibits:
    """Each report against its own past: a picture for each agency's latest year, a table for every year with a past."""
    lang, found = case.lang, pasts(case)
    out: list[Table | Picture] = []
    alone = []
    for reports in groups(case):
        own = [p for p in found if any(p.report is report for report in reports)]
        if own:
            out += [past_picture(own[-1], lang), *(past_table(p, lang) for p in own)]
        else:
            alone.append(agency_name(reports[0], lang))
    if alone:
        text = say(lang, f"没有往年可比：{'、'.join(alone)}。", f"No earlier year to compare with: {', '.join(alone)}.")
        out.append(
            Table(heads(lang, "说明|remark"), ((text,),), say(lang, "没有往年的机关", "Agencies without a past"))
        )
    return Exhibits(tuple(out or [no_reports(lang)]))


def past_picture(p: Past, lang: Lang) -> Picture:
    """Draw a report against its past: every row with a case or a blank in any year."""
    strips = []
    for test, counts in zip(p.tests, p.counts, strict=True):
        if test.outcome == "none":
            continue
        low, high = (
            (None, None)
            if test.earlier is None or not all(test.exposure)
            else chance_range(test.earlier, test.exposure)
        )
        name = row_name(p.report.layout, test.cells, lang)
        strips.append(Strip(name, counts, test.later, low, high, test.outcome == "beyond"))
    n, name, which = sum(s.mark for s in strips), p.report.name(lang), p.span
    title = say(
        lang,
        f"{name}与自身往年（{which}）比：" + (f"{n} 行超出偶然" if n else "没有超出偶然的行"),
        f"{name} against its own past ({which}): {n or 'no'} {'row' if n == 1 else 'rows'} beyond chance",
    )
    return figures.own_past(title, (p.years, p.report.year or 0), strips, lang)


def past_table(p: Past, lang: Lang) -> Table:
    """Write the tests of a report against its past, the least likely first."""
    rows = []
    for test, result in ranked(p.tests):
        low, high = chance_range(test.earlier or 0, test.exposure)
        cases = part(test.earlier, test.exposure[0]), part(test.later, test.exposure[1])
        name = row_name(p.report.layout, test.cells, lang)
        odds = chance(test.adjusted, lang)
        rows.append((name, *cases, f"{low:,}–{high:,}", times(result.ratio), odds, verdict(test, lang)))
    columns = heads(lang, "行|row", f"往年合计（{p.span}）|past years together ({p.span})")
    columns += (
        str(p.report.year),
        *heads(lang, "单看此行，偶然波动可及|range of chance, this row alone", "倍数|ratio"),
    )
    columns += heads(lang, "一并检验后，偶然出现的机会|chance, adjusted", "结论|conclusion")
    note = chance_note(p.tests, p.report.layout, lang)
    if len(p.years) > 1:
        note += "\n" + say(
            lang,
            "往年合并计算；各年之间本来的起伏未计在内，所以提示会偏多。",
            "Past years are taken together; their own ups and downs are not allowed for, so flags are rather too many.",
        )
    name = p.report.name(lang)
    return Table(columns, tuple(rows), say(lang, f"{name}：与自身往年比", f"{name}: against its own past"), note)


# ---- within the year -------------------------------------------------------------------------------------------------


def _figure(report: Report, cell: str) -> int | Decimal | None:
    """Read a figure of zero or more; None where it is blank, below zero, or not in the report's form."""
    found = report.value(cell) if cell in report.layout.index else None
    return found if found is None or found >= 0 else None


def _share(part: int | Decimal, of: int | Decimal) -> str:
    return f"{Decimal(part) * 100 / Decimal(of):.1f}%"


def _other(report: Report) -> Note | None:
    """Say that 其他 is more than a fifth of what was handled, and at least ten."""
    n, total = _figure(report, "requests.other.other.total"), _figure(report, TOTAL)
    if n is None or not total or n < 10 or n * 5 <= total:
        return None
    return Note(
        ("（六）其他处理 3.其他", "handled otherwise: other"),
        (f"{n:,} 件，占办结 {total:,} 件的 {_share(n, total)}", f"{n:,}, {_share(n, total)} of {total:,} handled"),
        (
            "申请人撤回、合并办理等没有单列的情形都计在这里",
            "withdrawn or joined requests and the like have no row of their own and are counted here",
        ),
        (
            f"「（六）其他处理 3.其他」为 {n:,} 件，请说明主要包括哪些情形、各多少件",
            f"what are the {n:,} cases under “handled otherwise: other” mainly, and how many of each",
        ),
    )


def _backlog(report: Report) -> Note | None:
    """Say that more than 16 % of the new is carried forward: the share of a year that 20 + 20 working days are.

    The time limit is that of 条例第33条; the time for consulting third parties does not count.
    """
    n, new = _figure(report, FORWARD), _figure(report, NEW)
    if n is None or new is None or new < 50 or n * 100 <= new * 16:
        return None
    return Note(
        ("四、结转下年度继续办理", "carried forward to next year"),
        (
            f"结转 {n:,} 件，相当于新收 {new:,} 件的 {_share(n, new)}（40 个工作日约为全年的 16%）",
            f"{n:,} carried forward, {_share(n, new)} of {new:,} new (40 working days are about 16% of a year)",
        ),
        (
            "申请可能集中在年底；征求第三方意见的时间不计入期限",
            "requests may come in late in the year; time for consulting third parties does not count",
        ),
        (
            f"结转下年 {n:,} 件，请说明其中年底收到的件数，以及有无超过法定期限的",
            f"how many of the {n:,} carried forward came in late in the year, and is any of them past its time limit",
        ),
    )


def _no_backlog(report: Report) -> Note | None:
    """Say that nothing is carried forward though 300 or more came in.

    Odds: a Poisson number of open cases if each took 5 of 250 working days only.
    """
    n, new = _figure(report, FORWARD), _figure(report, NEW)
    if n is None or new is None or n != 0 or new < 300:
        return None
    expected = Decimal(new) * 5 / 250
    return Note(
        ("四、结转下年度继续办理", "carried forward to next year"),
        (
            f"新收 {new:,} 件而结转为 0；即使每件只需 5 个工作日，年末在办也应有约 {expected:.1f} 件",
            f"{new:,} new and 0 carried forward; even at 5 working days each, about {expected:.1f} would be open",
        ),
        ("年底可能集中清理，或以次年一月为统计截止", "open cases may be cleared in December, or counted in January"),
        (
            "结转下年为 0，请说明年末未办结申请的统计截止时点",
            "at which date were open requests counted, as none is carried forward",
        ),
        math.exp(-float(expected)),
    )


def _secret(report: Report) -> Note | None:
    """Ask to confirm denials for state secrets."""
    n = _figure(report, "requests.denied.state_secret.total")
    if not n:
        return None
    return Note(
        ("（三）不予公开 1.属于国家秘密", "denied: state secret"),
        (f"{n:,} 件", f"{n:,}"),
        ("依法确定为国家秘密的信息本应不予公开", "what is lawfully classified must be denied"),
        (
            f"以国家秘密为由不予公开 {n:,} 件，请确认均有定密依据",
            f"do the denials for state secrets ({n:,}) rest on a classification",
        ),
    )


def _security(report: Report) -> Note | None:
    """Ask to confirm denials for the three securities and stability."""
    n = _figure(report, "requests.denied.security_stability.total")
    if not n:
        return None
    return Note(
        ("（三）不予公开 3.危及“三安全一稳定”", "denied: endangers the three securities and stability"),
        (f"{n:,} 件", f"{n:,}"),
        ("表中列有这一法定情形", "the form provides for it"),
        (
            f"以危及“三安全一稳定”为由不予公开 {n:,} 件，请确认均有具体判断依据",
            f"do the denials for security and stability ({n:,}) rest on stated grounds",
        ),
    )


def _stock_below_zero(row: str, zh: str, en: str) -> Callable[[Report], Note | None]:
    """Make the rule that the stock of a year ago, implied by table two, is not below zero."""

    def rule(report: Report) -> Note | None:
        made, gone, stock = (_figure(report, f"proactive.{row}.{c}") for c in ("made", "repealed", "in_force"))
        if made is None or gone is None or stock is None or stock - made + gone >= 0:
            return None
        implied = figures.signed(stock - made + gone)
        return Note(
            (zh, en),
            (
                f"现行有效 {stock:,} − 制发 {made:,} + 废止 {gone:,} = {implied}，推算的上年存量小于 0",
                f"in force {stock:,} − issued {made:,} + repealed {gone:,} = {implied}: the implied stock is below 0",
            ),
            ("文件有效期届满等自动失效的，可能没有计入废止", "documents may lapse without being counted as repealed"),
            (
                f"按{zh}的制发、废止与现行有效件数推算，上年存量小于 0，请说明自动失效等情形的件数",
                f"how many {en} lapsed by themselves, as the figures imply a stock below 0 a year ago",
            ),
        )

    return rule


def _procurement(report: Report) -> Note | None:
    """Say that the average purchase is not within 1,000 to 100,000,000 yuan (0.1 to 10,000 万元): a slip of unit."""
    n, money = _figure(report, "proactive.procurement.items"), _figure(report, "proactive.procurement.amount")
    if not n or money is None or n <= 10 * money <= 100_000 * n:
        return None
    average = f"{Decimal(money) / Decimal(n):,.4f}"
    return Note(
        ("政府集中采购", "central procurement"),
        (
            f"{n:,} 个项目共 {amount(money, 'zh')} 万元，平均 {average} 万元",
            f"{n:,} items for {amount(money, 'en')}, on average {average} (in 10,000 CNY)",
        ),
        ("大型工程或零星采购会使平均数很大或很小", "a large work or many small purchases make an extreme average"),
        ("请核对采购总金额是否以万元为单位", "is the amount of procurement given in units of 10,000 CNY"),
    )


def _disputes_alone(report: Report) -> Note | None:
    """Say that nobody asked for anything, and yet there are disputes."""
    asked = [_figure(report, cell) for cell in (NEW, OVER, TOTAL, FORWARD)]
    kinds = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
    disputes = [_figure(report, f"disputes.{kind}.total") for kind in kinds]
    n = sum(found for found in disputes if found is not None)
    if any(found != 0 for found in asked) or None in disputes or not n:
        return None
    return Note(
        ("表三、表四", "tables 3 and 4"),
        (f"表三各项总计为 0，表四共 {n:,} 件", f"the totals of table 3 are 0, table 4 has {n:,} cases"),
        ("争议可能由以前年度的申请引起", "the disputes may come from requests of earlier years"),
        (
            f"本年没有申请而有争议 {n:,} 件，请说明对应的申请年度",
            f"from which year's requests do the disputes ({n:,}) come, as there were none this year",
        ),
    )


def _direct_litigation(report: Report) -> Note | None:
    """Say that there is litigation without reconsideration.

    Since 1 January 2024 a denial goes to reconsideration first (行政复议法(2023)第23条).
    """
    n = _figure(report, "disputes.litigation_direct.total")
    if not n or report.year is None or report.year < 2024:
        return None
    return Note(
        ("行政诉讼 未经复议直接起诉", "litigation without reconsideration"),
        (f"{n:,} 件", f"{n:,}"),
        (
            "2024 年以前的案件，以及不是针对不予公开的争议，可以直接起诉",
            "cases from before 2024, and disputes about other things than a denial, may go to court directly",
        ),
        (
            f"未经复议直接起诉 {n:,} 件，请说明其中有无针对不予公开的案件及其受理时间",
            f"is any litigation without reconsideration ({n:,}) about a denial, and when was it accepted",
        ),
    )


RULES: tuple[tuple[str, Callable[[Report], Note | None]], ...] = (
    ("T2-11", _stock_below_zero("rules", "规章", "administrative rules")),
    ("T2-11", _stock_below_zero("normative_documents", "行政规范性文件", "administrative normative documents")),
    ("T2-09", _procurement),
    ("T3-61", _other),
    ("T3-63", _backlog),
    ("T3-64", _no_backlog),
    ("T3-67", _secret),
    ("T3-67", _security),
    ("C-06", _disputes_alone),
    ("T4-08", _direct_litigation),
)
"""The rules about one report, with the ids of the checks they are."""


def notes(report: Report, lang: Lang) -> tuple[Flag, ...]:
    """What is unusual in one report alone; a rule whose figures are blank says nothing."""
    found = [(check, note) for check, rule in RULES if (note := rule(report))]
    return tuple(
        Flag(
            check,
            report.name(lang),
            say(lang, *note.subject),
            say(lang, *note.figures),
            say(lang, *note.innocent),
            say(lang, *note.question),
            note.odds,
        )
        for check, note in found
    )


# ---- the questions of the fourth notebook ----------------------------------------------------------------------------


def power(case: Case) -> Table:
    """How much can be said: the smallest change that could be seen at all with so many new requests."""
    lang = case.lang
    rows: list[tuple[object, ...]] = []
    for report in case.reports:
        n = count(report, (NEW,))
        if n is None:
            unknown = say(lang, "总计为空白或不能作为件数，无法判断", "blank or no count: cannot be judged")
            rows.append((report.name(lang), None, "", "", unknown))
            continue
        low, high = chance_range(n, (1, 1))
        up = f"≥ {high + 1:,}" + (f" ({times((high + 1) / n)})" if n else "")
        down = f"≤ {low - 1:,} ({times((low - 1) / n)})" if low else say(lang, "看不出", "cannot be seen")
        rows.append((report.name(lang), n, up, down, _reach(n, high, lang)))
    columns = heads(
        lang, "报告|report", "新收（件）|new requests", "另一年达到多少（倍数）才算增加|an increase (ratio)"
    )
    columns += heads(lang, "另一年低到多少（倍数）才算减少|a decrease (ratio)", "能说多少|what can be said")
    note = say(
        lang,
        f"精确的条件二项检验，单看「新收」一行，水平 {LEVEL:.0%}，年度与年度直接相比。各行件数更少，"
        "只能发现更大的变化；"
        "即使真有这样大的变化，也只有约一半的机会看得出来。",
        f"Exact conditional binomial test of the row of new requests alone, at {LEVEL:.0%}, year with year. Other "
        "rows have "
        "fewer cases and show larger changes only; even a true change of this size is seen about half the time only.",
    )
    return Table(columns, tuple(rows), say(lang, "能说多少", "How much can be said"), note)


def _reach(n: int, high: int, lang: Lang) -> str:
    factor = (high + 1) / n if n else math.inf
    if factor >= 2:
        return say(lang, f"{n:,} 件，只能发现很大的变化", f"with {n:,}, only very large changes can be seen")
    if factor >= 1.25:
        return say(lang, f"{n:,} 件，能发现中等的变化", f"with {n:,}, moderate changes can be seen")
    return say(lang, f"{n:,} 件，较小的变化也能发现", f"with {n:,}, small changes can be seen, too")


def within_year(case: Case) -> Table:
    """What is unusual in each report alone, each with why it may be innocent."""
    lang, comma = case.lang, say(case.lang, "、", ", ")
    rows, silent, blanks = [], [], []
    for report in case.reports:
        found = notes(report, lang)
        rows += [(f.report, f.check, f.subject, f.figures, f.innocent) for f in found]
        silent += [] if found else [report.name(lang)]
        totals = [c.id for c in report.layout.cells if c.table == "requests" and c.column == "total"]
        totals = [cell for cell in totals if report.value(cell) is None]
        if totals:
            names = comma.join(row_name(report.layout, (cell,), lang) for cell in totals)
            blanks.append(f"{report.name(lang)}{say(lang, '：', ': ')}{names}")
    lines = [say(lang, "以下各项是提示，不是错误。", "These are notes, not errors.")]
    if silent:
        lines.append(say(lang, f"没有提示：{comma.join(silent)}。", f"No note for: {comma.join(silent)}."))
    if blanks:
        text = say(lang, "；", "; ").join(blanks)
        lines.append(say(lang, f"「总计」空白，不参加判断：{text}。", f"Total blank, so left out: {text}."))
    columns = heads(
        lang, "报告|report", "编号|check", "事项|subject", "数字|figures", "可能的正常原因|why it may be innocent"
    )
    return Table(columns, tuple(rows), say(lang, "本年内有何少见", "What is unusual within the year"), "\n".join(lines))


def by_chance(case: Case) -> Table:
    """How many flags chance alone would raise: tests times level, and what adjustment leaves of them."""
    lang, level, rows = case.lang, f"{LEVEL:.0%}", []
    tested = {id(p.report): p.tests for p in pasts(case)}
    for report in case.reports:
        tests = tested.get(id(report), ())
        results = [t.result for t in tests if t.result]
        alone, left = sum(r.p < LEVEL for r in results), sum(t.outcome == "beyond" for t in tests)
        rows.append((report.name(lang), len(results), f"{len(results) * LEVEL:.2f}", alone, left))
    columns = heads(lang, "报告|report", "检验行数 m|rows tested m")
    columns += heads(lang, f"若一切正常，单看各行的提示数（m × {level}）|flags by chance, rows alone (m × {level})")
    columns += heads(lang, "单看各行，实有提示数|flags seen, rows alone", "一并校正后，实有提示数|flags seen, adjusted")
    note = say(
        lang,
        f"校正之后，若一份报告一切正常（且检验的假定成立），出现任何提示的机会约为 {level} 以下。"
        "「本年内少见」各项依规则提示，不是检验，"
        "不计在内。检验行数为 0 的报告没有往年可比。",
        f"After adjustment a report in which nothing is unusual has a chance of about {level} or less of any flag "
        "at all, if "
        "the assumptions of the test hold. Notes within the year rest on rules, not on tests, and are not counted. "
        "A report "
        "with 0 rows tested has no past.",
    )
    return Table(
        columns, tuple(rows), say(lang, "若一切正常会有几个提示", "How many flags if nothing were unusual"), note
    )


def flags(case: Case) -> tuple[Flag, ...]:
    """All flags of a case: those with odds, the least likely first, then notes in the order of reports and rules."""
    lang = case.lang
    found = [flag for p in pasts(case) for flag in _past_flags(p, lang)]
    found += [flag for report in case.reports for flag in notes(report, lang)]
    return tuple(sorted(found, key=lambda flag: (flag.odds is None, flag.odds or 0.0)))


def _past_flags(p: Past, lang: Lang) -> Iterator[Flag]:
    for test, counts in zip(p.tests, p.counts, strict=True):
        if test.outcome != "beyond" or test.result is None:
            continue
        name = row_name(p.report.layout, test.cells, lang)
        by_year = [*zip(p.years, counts, strict=True), (p.report.year or 0, test.later)]
        course = " → ".join(
            say(lang, f"{year} 年 {amount(n, lang)}", f"{year}: {amount(n, lang)}") for year, n in by_year
        )
        words = [course, say(lang, f"倍数 {times(test.result.ratio)}", f"ratio {times(test.result.ratio)}")]
        if test.cells[0] != NEW:
            shares = " → ".join(
                _share(n or 0, of) for n, of in zip((test.earlier, test.later), test.exposure, strict=True)
            )
            words.append(say(lang, f"占比 {shares}", f"share {shares}"))
        shown = say(lang, "；", "; ").join(words)
        innocent = say(
            lang,
            "同一人多次申请、集中申请、职责调整或归类口径变化",
            "one person filing many requests, a wave of requests, new duties, another way of classifying",
        )
        question = say(
            lang,
            f"「{name}」与往年相差较大：{shown}。请说明主要原因；归类口径如有调整，请一并说明",
            f"“{name}” differs much from earlier years: {shown}. What is the main reason, and were cases "
            "classified otherwise",
        )
        yield Flag("own-past", p.report.name(lang), name, shown, innocent, question, test.adjusted)


def ranked_flags(case: Case) -> Table:
    """All flags, the least likely first, with odds and figures."""
    lang = case.lang
    rows = [
        (i, f.report, f.subject, f.figures, say(lang, "依规则", "by rule") if f.odds is None else chance(f.odds, lang))
        for i, f in enumerate(flags(case), 1)
    ]
    note = say(
        lang,
        "提示不是错误，也不计入结论。先列可以算出机会的，机会小的在前；后列依规则的提示。机会是在假定之下算出的，"
        "只用来排序。",
        "Flags are not errors and do not count in the verdict. First those with odds, the least likely first, then "
        "those by "
        "rule. Odds rest on assumptions and serve to rank only.",
    )
    columns = heads(lang, "序|no.", "报告|report", "事项|subject", "数字|figures", "偶然出现的机会|odds by chance")
    caption = say(lang, f"排序后的提示：{len(rows)} 个", f"Flags, ranked: {len(rows)}")
    return Table(columns, tuple(rows), caption, note if rows else say(lang, "没有提示。", "No flags."))


def questions(case: Case) -> Table:
    """One question to the agency for each flag, in the order of the flags."""
    lang = case.lang
    rows = [
        (i, f.report, say(lang, f"{f.question}。", f"{f.question[0].upper()}{f.question[1:]}?"), f.innocent)
        for i, f in enumerate(flags(case), 1)
    ]
    columns = heads(
        lang, "序|no.", "报告|report", "请机关说明|question to the agency", "可能的正常原因|why it may be innocent"
    )
    note = say(lang, "序号与「排序后的提示」一致。", "Numbered as the ranked flags.")
    nothing = say(lang, "没有提示，没有要问的。", "No flags, nothing to ask.")
    return Table(columns, tuple(rows), say(lang, "该问什么", "What to ask"), note if rows else nothing)
