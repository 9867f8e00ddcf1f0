"""Notebook 05: the memo."""

from __future__ import annotations

from auditkit import __version__
from auditkit.case import Case
from auditkit.checks import catalog, catalog_version
from auditkit.findings import in_words
from auditkit.tables import Sheet, Shown, Table, Words, heads, report_tables
from auditkit.views.common import WORST, failing_cells, nothing, numbered, open_checks
from auditkit.views.consistency import verdict
from auditkit.wording import say


def conclusion(case: Case) -> Sheet:
    """Verdict and scope: what was examined, what was not and why (05.1)."""
    lang = case.lang
    n = len(case.reports)
    counts = [(v, sum(r.verdict == v for r in case.results)) for v in WORST]
    listed = say(lang, "，", ", ").join(
        say(lang, f"{in_words(v, lang)} {k} 份", f"{in_words(v, lang)}: {k}") for v, k in counts if k
    )
    lines = [
        say(lang, f"案卷「{case.title}」。", f"Case “{case.title}”."),
        say(
            lang,
            f"审阅 {n} 份政府信息公开工作年度报告：{listed or '无'}。",
            f"Government information disclosure annual reports reviewed: {n} ({listed or 'none'}).",
        ),
    ]
    if case.as_of:
        lines.append(say(lang, f"截止日期：{case.as_of}。", f"As of {case.as_of}."))
    marked = [r.name(lang) for r in case.reports if r.tags]
    if marked:
        lines.append(
            say(
                lang,
                f"其中 {len(marked)} 份为摘录或演练材料，已在名称后注明。",
                f"Extracts or exercises among them, marked after their names: {len(marked)}.",
            )
        )
    bad = [s for s in case.sources if s.problem]
    lines += [
        say(lang, f"未审阅：{s.name}——{s.problem.message(lang)}", f"Not examined: {s.name}: {s.problem.message(lang)}")
        for s in bad
        if s.problem
    ]
    lines.append(
        say(
            lang,
            "审阅范围是报告三张表的数字：是否读全、是否自相矛盾、相邻年度是否衔接；正文内容、公布时间和原始台账不在范围内。",
            "Examined: whether the figures of the three tables are complete, free of contradiction and in line with the "
            "year before. Not examined: the prose, the date of publication, the agency's own records.",
        )
    )
    lines.append(
        say(
            lang,
            "数字由程序从文件中读取，全文附后；签字前请审计人员对照原文核对读数。",
            "The figures were read from the files by program and are appended in full; before signing, please compare them "
            "with the source.",
        )
    )
    parts = [Words(tuple(lines), "ak-verdict"), verdict(case), open_checks(case, "not assessable", "conditional")]
    return Sheet(tuple(part for part in parts if not isinstance(part, Table) or part.rows))


_ASK: dict[str, tuple[str, str]] = {
    "contradiction": (
        "请机关核对原始台账并说明；确需更正的，请更正后重新公布。",
        "Please check the agency's own records and explain; if a figure needs correcting, please publish the correction.",
    ),
    "compliance": (
        "请机关核实并说明原因；今后请按该年度适用的格式填报。",
        "Please verify and say why; in future, please use the form that applies to the year.",
    ),
    "quality": ("请机关核实并说明，或予补报。", "Please verify and explain, or supply the figures."),
    "reading": ("请审计人员对照原文核实读数。", "For the auditor: please compare the reading with the source."),
}  # fmt: skip


def exceptions(case: Case) -> Shown:
    """Each exception: what is printed, what it would be, on what basis, what to ask (05.2)."""
    lang, rows = case.lang, []
    for label, result, finding in numbered(case):
        text = "\n".join([finding.message(lang), *(say(lang, *c) for c in finding.consequences)])
        rows.append(
            (
                label,
                result.report.name(lang),
                f"{in_words(finding.severity, lang)} {finding.check}",
                text,
                say(lang, *finding.basis),
                say(lang, *_ASK[finding.kind]),
            )
        )
    if not rows:
        return nothing(lang, "没有例外事项。", "No exceptions.")
    columns = heads(lang, "编号|报告|检查|例外|依据|核实事项", "no.|report|check|exception|basis|to verify")
    return Table(columns, tuple(rows), say(lang, f"例外事项：{len(rows)} 项", f"Exceptions: {len(rows)}"))


def notes(case: Case) -> Shown:
    """What is worth a look but no exception (05.2)."""
    lang = case.lang
    rows = tuple(
        (result.report.name(lang), f.check, f.message(lang)) for n, result, f in numbered(case, notes=True) if n == "–"
    )
    if not rows:
        return nothing(lang, "没有提示。", "No notes.")
    caption = say(lang, "提示：不是例外，不改变结论", "Notes: no exceptions, and no change to a verdict")
    return Table(heads(lang, "报告|检查|提示", "report|check|note"), rows, caption)


def across_years(case: Case) -> Shown:
    """The findings across years (05.3)."""
    lang = case.lang
    rows = tuple(
        (label, result.report.name(lang), in_words(f.severity, lang), f.message(lang))
        for label, result, f in numbered(case, notes=True)
        if f.check.startswith("Y-")
    )
    if not rows:
        compared = sum(any(c.check == "Y-01" and c.outcome == "passed" for c in r.checks) for r in case.results)
        return nothing(
            lang,
            f"没有跨年例外；与上一年报告的结转数相符的报告：{compared} 份。",
            f"No exceptions across years; reports that agree with what the year before carried forward: {compared}.",
        )
    return Table(heads(lang, "编号|报告|程度|内容", "no.|report|severity|finding"), rows)


def method(case: Case) -> Sheet:
    """Which checks were run, how each ended, on what basis; what the toolkit cannot see (05.5)."""
    lang = case.lang
    rows = []
    for check in catalog().values():
        outcomes = [c.outcome for r in case.results for c in r.checks if c.check == check.id]
        ended = say(lang, "，", ", ").join(
            f"{in_words(o, lang)} {outcomes.count(o)}"
            for o in ("passed", "failed", "conditional", "not assessable", "not applicable")
            if o in outcomes
        )
        rows.append((check.id, say(lang, *check.title), say(lang, *check.procedure), say(lang, *check.basis), ended))
    caption = say(
        lang,
        f"检查目录（目录版本 {catalog_version()}，auditkit {__version__}）",
        f"Catalogue of checks (catalogue version {catalog_version()}, auditkit {__version__})",
    )
    table = Table(
        heads(lang, "检查|内容|程序|依据|结果", "check|what|procedure|basis|outcome"), tuple(rows), caption=caption
    )
    blind = Words(
        (
            say(
                lang,
                "等式成立只说明报告没有自相矛盾，不说明数字真实；两处差错可能恰好抵消；表二各格不在等式中，其数字无法由报告本身验证。"
                "最可能有误的格按改动最少的原则推定（Fellegi 与 Holt，1976）。",
                "Sums that hold show that a report does not contradict itself, not that its figures are true; two slips may "
                "cancel; the cells of table two stand in no sum and cannot be verified from the report itself. The likeliest "
                "wrong cell is found by changing as few cells as possible (Fellegi and Holt, 1976).",
            ),
        ),
        "ak-note",
    )
    return Sheet((table, blind))


def sign_off(case: Case) -> Table:
    """The sign-off block (05.6)."""
    lang = case.lang
    auditor, reviewer = heads(lang, "审计人员|复核人员", "auditor|reviewer")
    rows = (*((auditor, name, "", "") for name in case.auditors or ("",)), (reviewer, "", "", ""))
    return Table(heads(lang, "职责|姓名|签字|日期", "role|name|signature|date"), rows, kind="sign")


def appendix(case: Case) -> Sheet:
    """The tables of each report as read, with the marks of 02 (05.7)."""
    return Sheet(tuple(report_tables(report, case.lang, failing_cells(report)) for report in case.reports))
