"""Notebook 01: what was read, and what was not."""

from __future__ import annotations

from auditkit.case import Case
from auditkit.tables import Sheet, Shown, Table, heads, report_tables
from auditkit.views.common import file_name, nothing
from auditkit.wording import say


def reading(case: Case) -> Table:
    """What was read? Cells by kind for each report (01.1)."""
    lang, rows = case.lang, []
    for report in case.reports:
        kinds = [report.kind(c.id) for c in report.layout.cells]
        rows.append(
            (
                report.name(lang),
                f"{len(kinds) - kinds.count('absent')}/{len(kinds)}",
                kinds.count("figure"),
                kinds.count("blank"),
                kinds.count("text"),
                kinds.count("absent"),
                len(report.unplaced),
                file_name(report),
            )
        )
    columns = heads(
        lang,
        "报告|读到|数字|空白|文字|未读到|未落位|文件",
        "report|cells read|figures|blanks|texts|not read|unplaced|file",
    )
    return Table(columns, tuple(rows))


def official_tables(case: Case) -> Sheet:
    """The three tables of each report, drawn like the form, texts as printed (01.2)."""
    return Sheet(tuple(report_tables(report, case.lang) for report in case.reports))


def unplaced(case: Case) -> Shown:
    """Which figures have no cell? (01.3)."""
    lang = case.lang
    reasons = {
        "label": say(lang, "行标题无法确定", "the row is not certain"),
        "heads": say(lang, "列标题不是法定格式的列", "other column heads"),
        "width": say(lang, "格数与法定格式不符", "not the form's number of cells"),
        "twice": say(lang, "同一行两次，数字不同", "the row stands twice, figures differ"),
        "subtotal": say(lang, "法定格式没有的小计", "a subtotal the form does not have"),
        "outside": say(lang, "在法定格式的列以外", "outside the form's columns"),
    }
    rows = tuple(
        (
            report.name(lang),
            item.text,
            item.near or "–",
            item.place.describe(lang),
            reasons.get(item.reason, item.reason),
        )
        for report in case.reports
        for item in report.unplaced
    )
    if not rows:
        return nothing(lang, "全部数字均已落位。", "Every figure has its cell.")
    return Table(heads(lang, "报告|数字|所在行|位置|原因", "report|figure|beside|place|reason"), rows)


def blanks(case: Case) -> Shown:
    """What of the blanks? Per report: how many, and what they would have to be (01.5)."""
    lang, rows = case.lang, []
    for result in case.results:
        report = result.report
        count = sum(report.kind(c.id) == "blank" for c in report.layout.cells)
        if not count:
            continue
        said = next((f.message(lang) for f in result.findings if f.check == "T3-54"), "")
        if not said:
            conditional = sum(c.outcome == "conditional" for c in result.checks)
            said = (
                say(
                    lang,
                    "空白按 0 计时，各等式成立；是否为 0 由机关确认。",
                    "With blanks as 0 the sums hold; whether they are 0 the agency must say.",
                )
                if conditional
                else say(lang, "空白不在任何等式中，或所在等式无法判断。", "The blanks stand in no sum that could be assessed.")
            )  # fmt: skip
        rows.append((report.name(lang), count, said))
    if not rows:
        return nothing(lang, "各报告都没有空白格。", "No report has blank cells.")
    return Table(heads(lang, "报告|空白格|说明", "report|blank cells|what follows"), tuple(rows))
