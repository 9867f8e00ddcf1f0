"""What a statement on figures changes: the cell, the sums that it stands in, the report's verdict; what blanks as 0 would mean."""

from __future__ import annotations

from auditkit.case import Case
from auditkit.checks import run
from auditkit.checks.identities import Arithmetic, against_zero, evaluate, sum_name
from auditkit.findings import in_words
from auditkit.report import Report
from auditkit.stated import blank_cells
from auditkit.tables import Table, Words, heads, number_or_text, sentence
from auditkit.wording import Lang, say


def effect_on_cell(case: Case, before: Report, after: Report, cell: str, lang: Lang) -> str:
    """Say what a statement changed: the cell, the sums that it stands in, the report's verdict."""
    label = after.layout.label(cell, lang)
    now = say(lang, f"{label}现为 {after.shown(cell, lang)}。", f"{label} is now {after.shown(cell, lang)}.")
    layout, sums = after.layout, (evaluate(before), evaluate(after))
    rows = tuple(
        (sum_name(layout, layout.identities[i], lang), *(_sum_ends(s, i, lang) for s in sums))
        for i in layout.touching(cell)
    )
    columns = heads(lang, "所在等式|原来|现在", "sum it stands in|before|now")
    none = sentence(lang, "这一格不在任何等式中。", "This cell stands in no sum.")
    return Words((now,)).html + (Table(columns, rows) if rows else none).html + verdicts(case, before, after, lang).html


def _sum_ends(sums: Arithmetic, i: int, lang: Lang) -> str:
    words = in_words(sums.outcomes[i], lang)
    if sums.outcomes[i] != "failed":
        return words
    return say(lang, f"{words}，差 ", f"{words}, difference ") + number_or_text(sums.residuals[i])


def verdicts(case: Case, before: Report, after: Report, lang: Lang) -> Words:
    """Say a report's verdict before and after; only the reports of its agency are checked again."""
    others = [r for r in case.reports if r is not after and after.agency and r.agency == after.agency]
    was, now = (in_words(run([*others, r], lang).of(r).verdict, lang) for r in (before, after))
    return sentence(
        lang, f"本报告的结论：原为“{was}”，现为“{now}”。", f"Verdict of the report: was “{was}”, is now “{now}”."
    )


def blanks_facts(report: Report, lang: Lang) -> list[str]:
    """Say how many blanks there are and what follows if they are 0."""
    n, against = len(blank_cells(report)), [sum_name(report.layout, i, lang) for i in against_zero(report)]
    facts = [
        say(
            lang,
            f"{report.name(lang)}：{n} 个空白格。",
            f"{report.name(lang)}: {n} blank {'cell' if n == 1 else 'cells'}.",
        )
    ]
    if against:
        names = say(lang, "；", "; ").join(against)
        facts.append(
            say(
                lang,
                f"空白按 0 计时，{len(against)} 个等式不成立（{names}），因此不提供“按 0 计”。",
                f"With the blanks as 0, {len(against)} sums do not hold ({names}); so “zero” is not offered.",
            )
        )
        facts += [f.message(lang) for f in run([report], lang) if f.check == "T3-54"]
        return facts
    holds = evaluate(report).outcomes.count("conditional")
    if holds:
        facts.append(
            say(
                lang,
                f"含空白的 {holds} 个等式在空白按 0 计时都成立；是否为 0 由机关确认。",
                f"The {holds} sums with blanks all hold with the blanks as 0; whether they are 0 the agency must say.",
            )
        )
    else:
        facts.append(say(lang, "空白不在任何可判断的等式中。", "The blanks stand in no sum that could be assessed."))
    return facts
