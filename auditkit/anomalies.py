"""What is unusual in a report, against its own past and within its year. Flags are questions, never errors.

Functions that take a case answer a question of the fourth notebook. A flag against the past rests on the test of
:mod:`auditkit.chance`; a note is that of a check of the catalogue that has a question to the agency. A blank is never a zero:
what is blank takes no part.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from auditkit import figures
from auditkit.canvas import Exhibits, Picture
from auditkit.chance import LEVEL, chance_range, in_words, times
from auditkit.checks import Check, catalog
from auditkit.checks.plausibility import open_requests, share
from auditkit.comparable import NEW, Past, agency_name, count, groups, past, past_table, row_name, single_years
from auditkit.figures import Strip, amount
from auditkit.findings import Finding, Numbered, ReportResult, fingerprint, number
from auditkit.forms import load_form
from auditkit.reading.page import Place
from auditkit.tables import Shown, Table, heads, sentence
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from auditkit.case import Case
    from auditkit.report import Report

FLAG = "flag "
"""Before the rule of a flag that is decided on: where the rule is a check of the catalogue, its flag is not the finding."""


FACTOR = 2.0
"""By which a row's rate must differ from that of the year before to be asked about: of many cases any change is beyond chance."""


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


# ---- against its own past --------------------------------------------------------------------------------------------


def pasts(case: Case) -> tuple[Past, ...]:
    """Every report that has an earlier year in the case, with its past."""
    found = (single_years(series) for series in case.series())
    return tuple(past(reports[i], reports[:i]) for reports in found for i in range(1, len(reports)))


def own_past(case: Case) -> Exhibits:
    """Each report against its own past: a picture for each agency's latest year, a table for every year with a past."""
    lang, found = case.lang, pasts(case)
    out: list[Shown | Picture] = []
    alone = []
    for reports in groups(case):
        own = [p for p in found if any(p.report is report for report in reports)]
        if own:
            out += [past_picture(own[-1], lang), *(past_table(p, lang) for p in own)]
        else:
            alone.append(agency_name(reports[0], lang))
    if alone or not out:
        names = say(lang, "、", ", ").join(alone) or say(lang, "本案没有报告", "no report in this case")
        out.append(sentence(lang, f"没有往年可比：{names}。", f"No earlier year to compare with: {names}."))
    return Exhibits(tuple(out))


def past_picture(p: Past, lang: Lang) -> Picture:
    """Draw a report against its past: every row with a case or a blank in any year."""
    strips = []
    for test, counts in zip(p.tests, p.counts, strict=True):
        if test.outcome != "none":
            span = (
                chance_range(test.earlier, test.exposure) if test.earlier is not None and all(test.exposure) else None
            )
            name = row_name(p.report.layout, test.cells, lang)
            strips.append(Strip(name, counts, test.later, span, test.outcome == "beyond"))
    n, name = sum(s.mark for s in strips), p.report.name(lang)
    zh, en = ("", "") if len(p.years) == 1 or not n else (
        f"，其中 {sum(unusual(p))} 行与上年也相差一倍以上", f", {sum(unusual(p))} of them a factor of two from the year before, too"
    )  # fmt: skip
    together = ("", "") if len(p.years) == 1 else (" 合并", ", taken together")
    title = say(
        lang,
        f"{name}与自身往年（{p.span}{together[0]}）比：" + (f"{n} 行超出偶然{zh}" if n else "没有超出偶然的行"),
        f"{name} against its own past ({p.span}{together[1]}): {n or 'no'} {'row' if n == 1 else 'rows'} beyond chance{en}",
    )
    return figures.own_past(title, (p.years, p.report.year or 0), strips, lang)


def unusual(p: Past) -> list[bool]:
    """Tell for each row whether it is asked about: beyond chance against all years before, and by `FACTOR` against the last of them."""
    return [t.outcome == "beyond" and factor >= FACTOR for t, factor in zip(p.tests, p.factors, strict=True)]


def _past_flags(p: Past, lang: Lang) -> Iterator[Flag]:
    for test, counts, asked in zip(p.tests, p.counts, unusual(p), strict=True):
        if not asked or test.result is None:
            continue
        name, ratio = row_name(p.report.layout, test.cells, lang), times(test.result.ratio)
        by_year = ((y, amount(n, lang)) for y, n in zip((*p.years, p.report.year), (*counts, test.later), strict=True))
        words = [" → ".join(say(lang, f"{year} 年 {n}", f"{year}: {n}") for year, n in by_year)]
        words.append(say(lang, f"倍数 {ratio}", f"ratio {ratio}"))
        if test.cells[0] != NEW:
            both = zip((test.earlier, test.later), test.exposure, strict=True)
            shares = " → ".join(share(n or 0, of) for n, of in both)
            words.append(say(lang, f"占比 {shares}", f"share {shares}"))
        shown = say(lang, "；", "; ").join(words)
        innocent = say(
            lang,
            "同一人多次申请、集中申请、职责调整或归类口径变化",
            "one person filing many requests, a wave of requests, new duties, another way of classifying",
        )
        question = say(
            lang,
            f"「{name}」与往年相差较大：{shown}。请说明主要原因；归类口径如有调整，请一并说明。",
            f"“{name}” differs much from earlier years: {shown}. What is the main reason, and were cases classified "
            "otherwise?",
        )
        yield Flag("own-past", p.report.name(lang), name, shown, innocent, question, test.adjusted)


# ---- within the year -------------------------------------------------------------------------------------------------


def notes(result: ReportResult, lang: Lang) -> tuple[Flag, ...]:
    """What is unusual in one report alone, by the checks of the catalogue that have a question to the agency, in its order."""
    asked = {check.id: check for check in catalog().values() if check.question}
    found = sorted((f for f in result.findings if f.check in asked), key=lambda f: list(asked).index(f.check))
    return tuple(_note(asked[f.check], f, result.report, lang) for f in found)


def _note(check: Check, finding: Finding, report: Report, lang: Lang) -> Flag:
    layout, cells = report.layout, finding.cells
    subject, label = say(lang, *check.title), ""  # what stands in no cell is in the text
    if cells:
        first, label = layout.cell(cells[0]), layout.label(cells[0], lang)
        subject = row_name(layout, cells, lang) if len(cells) == 1 else layout.row_label(first.table, first.row, lang)
    question = say(lang, *(check.question or ("", ""))).format(n=number(finding.found), row=subject)
    new = report.value(NEW)
    poisson = check.id == "T3-64" and new  # the number of open requests, which is zero
    odds = math.exp(-open_requests(new)) if poisson and new else None
    innocent = say(lang, *(check.innocent or ("", "")))
    shown = finding.message(lang).removeprefix(label).lstrip("为: ")
    return Flag(check.id, report.name(lang), subject, shown, innocent, question, odds)


def within_year(case: Case) -> Table:
    """What is unusual in each report alone, each with why it may be innocent."""
    lang, comma = case.lang, say(case.lang, "、", ", ")
    rows, silent, left_out = [], list[str](), list[tuple[str, str]]()
    for result in case.findings.results:
        report, found = result.report, notes(result, lang)
        rows += [(f.report, f.check, f.subject, f.figures, f.innocent) for f in found]
        silent += [] if found else [report.name(lang)]
        totals = [c.id for c in report.layout.cells if c.table == "requests" and c.column == "total"]
        for word, kinds in (
            (say(lang, "空白", "blank"), ("blank", "none")),
            (say(lang, "未读到", "not read"), ("absent", "text")),
        ):
            if rows_left := [
                row_name(report.layout, (c,), lang)
                for c in totals
                if report.kind(c) in kinds and report.value(c) is None
            ]:
                left_out.append((word, f"{report.name(lang)}{say(lang, '：', ': ')}{comma.join(rows_left)}"))
    lines = [say(lang, "以下各项是提示，不是错误。", "These are flags, not errors.")]
    if silent:
        lines.append(say(lang, f"没有提示：{comma.join(silent)}。", f"No flag for: {comma.join(silent)}."))
    for word in dict.fromkeys(word for word, _ in left_out):
        text = say(lang, "；", "; ").join(rows_of for of, rows_of in left_out if of == word)
        lines.append(say(lang, f"「总计」{word}，不参加判断：{text}。", f"Total {word}, so left out: {text}."))
    columns = heads(lang, "报告|编号|事项|数字|可能的正常原因", "report|check|subject|figures|why it may be innocent")
    return Table(columns, tuple(rows), say(lang, "本年内有何少见", "What is unusual within the year"), "\n".join(lines))


# ---- the other questions of the fourth notebook ----------------------------------------------------------------------


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
        factor = (high + 1) / n if n else math.inf
        up = f"≥ {high + 1:,} ({times(factor)})"
        down = f"≤ {low - 1:,} ({times((low - 1) / n)})" if low else say(lang, "看不出", "cannot be seen")
        reach = say(lang, f"{n:,} 件，较小的变化也能发现", f"with {n:,}, small changes can be seen, too")
        if factor >= 2:
            reach = say(lang, f"{n:,} 件，只能发现很大的变化", f"with {n:,}, only very large changes can be seen")
        elif factor >= 1.25:
            reach = say(lang, f"{n:,} 件，能发现中等的变化", f"with {n:,}, moderate changes can be seen")
        rows.append((report.name(lang), n, up, down, reach))
    columns = heads(
        lang,
        "报告|新收（件）|另一年达到多少（倍数）才算增加|另一年低到多少（倍数）才算减少|能看出多大的变化",
        "report|new requests|an increase (ratio)|a decrease (ratio)|what can be said",
    )
    note = say(
        lang,
        f"单看「新收」一行，水平 {LEVEL:.0%}；即使真有这样大的变化，看得出来的概率也只有一半左右。",
        f"The row of new requests alone, at {LEVEL:.0%}; even a true change of this size is seen half the time only.",
    )
    return Table(columns, tuple(rows), say(lang, "能看出多大的变化", "How much can be said"), note)


def by_chance(case: Case) -> Table:
    """How many flags chance alone would raise: tests times level, and what adjustment leaves of them."""
    lang, level, rows = case.lang, f"{LEVEL:.0%}", []
    tested = {id(p.report): p for p in pasts(case)}
    for report in case.reports:
        own = tested.get(id(report))
        results = [t.result for t in own.tests if t.result] if own else []
        alone = sum(r.p < LEVEL for r in results)
        left, asked = (sum(t.outcome == "beyond" for t in own.tests), sum(unusual(own))) if own else (0, 0)
        rows.append((report.name(lang), len(results), f"{len(results) * LEVEL:.2f}", alone, left, asked))
    columns = heads(
        lang,
        f"报告|检验行数 m|若一切正常，单看各行会超出偶然的行数（m × {level}）|单看各行，超出偶然的行数|一并校正后，超出偶然的行数|其中列为提示",
        f"report|rows tested m|rows beyond chance if all is well, each alone (m × {level})|seen, each alone|seen, adjusted|of these, flags",
    )
    note = say(
        lang,
        f"若一份报告一切正常，校正后还有任何一行超出偶然的概率约在 {level} 以下。件数多时，小的变化也超出偶然：达到上一年 {FACTOR:g} 倍、"
        "或不足其一半的行才列为提示。依规则的提示不是检验，不计在内。",
        f"If nothing is unusual, the chance of any row beyond chance after adjustment is about {level} or less. With many cases small "
        f"changes are, too: only rows at {FACTOR:g} times the year before or more, or at half or less, are flags. Flags by rule are no "
        "tests and not counted.",
    )
    return Table(columns, tuple(rows), say(lang, "若一切正常会有几个提示", "How many flags by chance"), note)


def flags(case: Case) -> tuple[Flag, ...]:
    """All flags of a case: those with odds, the least likely first, then notes in the order of reports and rules."""
    return _ranked(case, pasts(case), case.lang)


def _ranked(case: Case, found: Sequence[Past], lang: Lang) -> tuple[Flag, ...]:
    out = [flag for p in found for flag in _past_flags(p, lang)]
    out += [flag for result in case.findings.results for flag in notes(result, lang)]
    return tuple(sorted(out, key=lambda flag: (flag.odds is None, flag.odds or 0.0)))


def decidable(case: Case) -> tuple[Numbered, ...]:
    """Give the ranked flags the shape of findings, so that they are decided on in the same way; no check yields them."""
    found, results = pasts(case), {result.report.name("zh"): result for result in case.results}
    pairs = enumerate(zip(_ranked(case, found, "zh"), _ranked(case, found, "en"), strict=True), 1)
    return tuple(Numbered(str(n), results[a.report], _as_finding(a, b, results[a.report])) for n, (a, b) in pairs)


@cache
def _cells_by_name(form: str, variant: str) -> Mapping[str, tuple[str, ...]]:
    """Return the cells that a row's name stands for."""
    layout, out = load_form(form, variant=variant), dict[str, tuple[str, ...]]()
    for cell in layout.cells:
        name = row_name(layout, (cell.id,), "zh")
        out[name] = (*out.get(name, ()), cell.id)
    return out


def _as_finding(zh: Flag, en: Flag, result: ReportResult) -> Finding:
    report = result.report
    cells = _cells_by_name(report.layout.id, report.layout.variant).get(zh.subject, ())
    more = [
        (f"可能的正常原因：{zh.innocent}。", f"Why it may be innocent: {en.innocent}."),
        (f"可请机关说明：{zh.question}", f"To ask the agency: {en.question}"),
    ]
    if zh.odds is not None:
        odds = in_words(zh.odds, "zh"), in_words(zh.odds, "en")
        more.append((f"偶然出现的概率：{odds[0]}。", f"Odds by chance: {odds[1]}."))
    return Finding(
        id=fingerprint(report.key, FLAG, zh.check, zh.subject),
        check=FLAG + zh.check,
        kind="quality",
        severity="note",
        report=report.key,
        path=report.path,
        cells=cells,
        expected=None,
        found=None,
        wording=(f"「{zh.subject}」：{zh.figures}", f"“{en.subject}”: {en.figures}"),
        title=("异常提示", "anomaly flag"),
        basis=("", ""),
        procedure=("", ""),
        place=report.place(cells[0]) if cells else Place(),
        consequences=tuple(more),
        figures=fingerprint(zh.figures),
        what=fingerprint(FLAG, zh.check, zh.subject),
    )


def ranked_flags(case: Case) -> Table:
    """All flags, the least likely first, with odds and figures."""
    lang, rule = case.lang, say(case.lang, "依规则", "by rule")
    rows = [
        (i, f.report, f.subject, f.figures, rule if f.odds is None else in_words(f.odds, lang))
        for i, f in enumerate(flags(case), 1)
    ]
    note = say(
        lang,
        "提示不是错误，也不计入结论。概率小的在前，依规则的在后；概率是在假定之下算出的，只用来排序。",
        "Flags are not errors and do not count in the verdict. The least likely first, then those by rule; odds rest on "
        "assumptions and serve to rank only.",
    )
    columns = heads(lang, "序|报告|事项|数字|偶然出现的概率", "no.|report|subject|figures|odds by chance")
    caption = say(lang, f"异常提示：{len(rows)} 条", f"Anomaly flags, ranked: {len(rows)}")
    return Table(columns, tuple(rows), caption, note if rows else say(lang, "没有提示。", "No flags."))


def questions(case: Case) -> Table:
    """One question to the agency for each flag, in the order of the flags."""
    lang = case.lang
    rows = [(i, f.report, f.question, f.innocent) for i, f in enumerate(flags(case), 1)]
    columns = heads(
        lang, "序|报告|请机关说明|可能的正常原因", "no.|report|question to the agency|why it may be innocent"
    )
    note = say(lang, "序号与前面的异常提示一致。", "Numbered as the ranked flags.")
    nothing = say(lang, "没有提示，没有要问的。", "No flags, nothing to ask.")
    return Table(columns, tuple(rows), say(lang, "该问什么", "What to ask"), note if rows else nothing)
