"""Notebook 00: where the material is, what to look at first, where to go."""

from __future__ import annotations

from auditkit.case import Case
from auditkit.findings import ReportResult, in_words
from auditkit.tables import Table, heads
from auditkit.views.common import WORST
from auditkit.wording import say


def sources(case: Case) -> Table:
    """Where is my material? Every file with its hash, agency, year and form (00.2, 05.6)."""
    lang, rows = case.lang, []
    for source in case.sources:
        note = say(lang, "与登记的一致", "as recorded")
        if source.changed:
            note = say(lang, "未登记", "not recorded")
            if source.recorded:
                note = say(lang, "与登记的不一致", "not as recorded")
        if source.problem:
            note = source.problem.message(lang)
        for report in source.reports or (None,):
            name = report.name(lang) if report else None
            form = report.layout.name(lang) if report else None
            rows.append((source.name, name, form, source.sha256, note))
    columns = heads(lang, "文件|报告|格式|SHA-256|备注", "file|report|form|SHA-256|remark")
    return Table(columns, tuple(rows))


def triage(case: Case) -> Table:
    """Which report first? One line each, worst first (00.3)."""
    lang = case.lang
    ranked = sorted(case.results, key=lambda r: (WORST.index(r.verdict), -_count(r, "error"), -_count(r, "warning")))
    rows = tuple(
        (
            result.report.name(lang),
            in_words(result.verdict, lang),
            f"{result.stated}/{len(result.report.layout.cells)}",
            _count(result, "error"),
            _count(result, "warning"),
            _count(result, "note"),
        )
        for result in ranked
    )
    columns = heads(lang, "报告|结论|读到|矛盾|警告|提示", "report|verdict|cells read|contradictions|warnings|notes")
    return Table(columns, rows)


def _count(result: ReportResult, severity: str) -> int:
    return sum(f.severity == severity for f in result.findings)


def steps(case: Case) -> Table:
    """Where to go? What awaits in each notebook (00.4)."""
    lang = case.lang
    unread = sum(len(r.layout.cells) - len(r.readings) for r in case.reports)
    unplaced = sum(len(r.unplaced) for r in case.reports)
    errors = sum(_count(r, "error") for r in case.results)
    warnings = sum(_count(r, "warning") for r in case.results)
    several = sum(len({r.year for r in s.reports}) > 1 for s in case.series())
    n = len(case.reports)
    rows = (
        heads(
            lang,
            f"01 读数|{n} 份报告，{unread} 格未读到，{unplaced} 个数字未落位",
            f"01 Read|reports: {n}, cells not read: {unread}, figures unplaced: {unplaced}",
        ),
        heads(
            lang,
            f"02 一致性|{errors} 项矛盾，{warnings} 项警告",
            f"02 Consistency|contradictions: {errors}, warnings: {warnings}",
        ),
        heads(
            lang,
            f"03 跨年比较|{several} 个机关有两年以上的报告",
            f"03 Year over year|agencies with two or more years: {several}",
        ),
        heads(lang, "04 异常提示|只作提示，不改变结论", "04 Anomalies|flags only; they do not change a verdict"),
        heads(lang, f"05 审阅备忘录|{n} 份报告的结论与例外事项", f"05 Memo|verdicts and exceptions, reports: {n}"),
    )
    return Table(heads(lang, "笔记本|内容", "notebook|what is there"), rows)
