"""What the notebooks show: one function a question, each takes the case and returns a table or sentences."""

from __future__ import annotations

from collections.abc import Iterator

from auditkit import __version__
from auditkit.case import Case
from auditkit.checks import catalog, catalog_version
from auditkit.checks.identities import evaluate
from auditkit.findings import Finding, Outcome, ReportResult, Verdict, in_words
from auditkit.forms import Form
from auditkit.localize import SLIPS
from auditkit.report import Report
from auditkit.tables import FAILING, FormTable, Sheet, Shown, Table, Words, heads, report_tables
from auditkit.wording import Lang, say

_WORST: tuple[Verdict, ...] = ("exceptions", "not assessable", "sound if blanks are zero", "sound")


def _nothing(lang: Lang, zh: str, en: str) -> Words:
    return Words((say(lang, zh, en),))


# --- 00 start here ------------------------------------------------------------------------------------------------------


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
    ranked = sorted(case.results, key=lambda r: (_WORST.index(r.verdict), -_count(r, "error"), -_count(r, "warning")))
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


# --- 01 read ------------------------------------------------------------------------------------------------------------


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
                _file(report),
            )
        )
    columns = heads(
        lang,
        "报告|读到|数字|空白|文字|未读到|未落位|文件",
        "report|cells read|figures|blanks|texts|not read|unplaced|file",
    )
    return Table(columns, tuple(rows))


def _file(report: Report) -> str:
    return report.path.replace("\\", "/").rsplit("/", 1)[-1]


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
        return _nothing(lang, "全部数字均已落位。", "Every figure has its cell.")
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
        return _nothing(lang, "各报告都没有空白格。", "No report has blank cells.")
    return Table(heads(lang, "报告|空白格|说明", "report|blank cells|what follows"), tuple(rows))


# --- 02 consistency -----------------------------------------------------------------------------------------------------


def scope(case: Case) -> Table:
    """Which reports are audited? (02.1)."""
    lang = case.lang
    rows = tuple((r.name(lang), r.layout.name(lang), _file(r)) for r in case.reports)
    n = len(case.reports)
    caption = say(lang, f"{case.title}：{n} 份报告", f"{case.title}: {n} reports")
    return Table(heads(lang, "报告|格式|文件", "report|form|file"), rows, caption=caption)


def verdict(case: Case) -> Table:
    """What is the verdict? Per report, with the checks by outcome (02.2, 05.1)."""
    lang = case.lang
    rows = tuple(
        (
            r.report.name(lang),
            in_words(r.verdict, lang),
            r.count("passed"),
            r.count("failed"),
            r.count("conditional"),
            r.count("not assessable"),
            r.count("not applicable"),
        )
        for r in case.results
    )
    columns = heads(
        lang,
        "报告|结论|通过|不通过|空白为 0 时成立|无法判断|不适用",
        "report|verdict|passed|failed|holds if blanks are 0|not assessable|not applicable",
    )
    return Table(columns, rows)


def not_checked(case: Case) -> Sheet:
    """What could not be checked? Cells that no sum touches, and checks that did not apply (02.3)."""
    lang = case.lang
    layouts = {r.layout.name(lang): r.layout for r in case.reports}
    rows = tuple(
        (name, len(layout.untouched), _listed(_row_names(layout, [c.id for c in layout.untouched], lang), lang))
        for name, layout in sorted(layouts.items())
    )
    untouched = Table(
        heads(lang, "格式|格数|不在任何等式中的格（所在行）", "form|cells|rows whose cells no sum touches"),
        rows,
        note=say(
            lang,
            "这些格的数字无法由报告内的等式验证；“勾稽相符”没有验证它们。",
            "No sum within a report can verify these figures; “sound” does not mean that they were verified.",
        ),
    )
    return Sheet((untouched, _open_checks(case, "not assessable", "not applicable", "conditional")))


def _open_checks(case: Case, *outcomes: Outcome) -> Table:
    """List the checks that ended in one of these ways, why, and for which reports."""
    lang = case.lang
    ended: dict[tuple[str, str, str, str], list[str]] = {}
    for result in case.results:
        for c in result.checks:
            if c.outcome in outcomes:
                what = (c.check, say(lang, *catalog()[c.check].title), in_words(c.outcome, lang), c.reason(lang))
                ended.setdefault(what, []).append(result.report.name(lang))
    return Table(
        heads(lang, "检查|内容|结果|原因|报告", "check|what|outcome|why|reports"),
        tuple((*what, _listed(names, lang)) for what, names in sorted(ended.items())),
        say(lang, "没有得出“通过”或“不通过”的检查", "Checks that ended neither as passed nor as failed"),
    )


def _row_names(layout: Form, cells: list[str], lang: Lang) -> list[str]:
    rows = dict.fromkeys((layout.cell(c).table, layout.cell(c).row) for c in cells)
    return [layout.row_label(table, row, lang) for table, row in rows]


def _listed(names: list[str], lang: Lang) -> str:
    return say(lang, "、", "; ").join(names)


def failing_cells(report: Report) -> frozenset[str]:
    """Return the cells that stand in a failing sum."""
    sums = evaluate(report)
    return frozenset(
        cell
        for identity, outcome in zip(report.layout.identities, sums.outcomes, strict=True)
        if outcome == "failed"
        for cell in identity.cells
    )


def failing(case: Case) -> Shown:
    """Where does it not add up? The tables concerned, failing sums marked (02.5)."""
    lang = case.lang
    parts: list[Shown] = []
    for report in case.reports:
        cells = failing_cells(report)
        tables = [t for t in ("requests", "disputes") if any(report.layout.cell(c).table == t for c in cells)]
        if tables:
            parts.append(Words((report.name(lang),), "ak-name"))
            parts += [FormTable(report, t, lang, cells) for t in tables]
    if not parts:
        return _nothing(lang, "各报告的等式没有不平。", "No sum fails in any report.")
    legend = say(
        lang,
        f"{FAILING} 为不平的等式所涉及的格，不表示每一格都有误。",
        f"{FAILING} marks the cells of failing sums; it does not mean that each is wrong.",
    )
    return Sheet((*parts, Words((legend,), "ak-note")))


def suspects(case: Case) -> Shown:
    """Which figure most likely is wrong? Every complete explanation, if all other figures are right (02.6)."""
    lang, rows = case.lang, []
    for result in case.results:
        for number, suspect in enumerate(result.suspects, 1):
            for cell, value in suspect.corrected.items():
                slip = suspect.slips.get(cell)
                rows.append(
                    (
                        result.report.name(lang),
                        say(lang, f"解释 {number}", f"explanation {number}"),
                        result.report.layout.label(cell, lang),
                        result.report.printed(cell) or say(lang, "空白", "blank"),
                        value,
                        say(lang, *SLIPS[slip]) if slip else "",
                    )
                )
    silent = _listed([r.report.name(lang) for r in case.results if not r.suspects and failing_cells(r.report)], lang)
    left = say(
        lang,
        f"有等式不平、但没有可列解释的报告：{silent}（改动一两格不足以解释，或空白尚未确定）。",
        f"Sums fail without an explanation to list (one or two cells do not suffice, or blanks are open): {silent}.",
    )
    if not rows:
        return Words((left,)) if silent else _nothing(lang, "各报告的等式没有不平。", "No sum fails in any report.")
    note = say(
        lang,
        "“应为”只在其余数据全部无误时成立；真实数字以机关的原始台账为准，请核实。一份报告有几种解释时，由报告本身无法判断是哪一种。",
        "“Would be” holds only if all other figures are right; the agency's own records decide: please verify. "
        "Where a report has several explanations, the report itself cannot tell which is true.",
    )
    columns = heads(
        lang,
        "报告|解释|格|印为|若其余数据无误，应为|可能的差错",
        "report|explanation|cell|printed|would be, if all others are right|possible slip",
    )
    return Table(columns, tuple(rows), note="\n".join([note, left] if silent else [note]))


def in_the_source(case: Case) -> Shown:
    """Where does it stand in the source? Each exception's row as printed, with its place (02.7, 05.2)."""
    lang = case.lang
    rows = tuple(
        (
            label,
            result.report.name(lang),
            finding.place.describe(lang) or "–",
            _row_as_printed(result.report, finding, lang),
        )
        for label, result, finding in numbered(case)
        if finding.cells
    )
    if not rows:
        return _nothing(lang, "没有例外事项。", "No exceptions.")
    columns = heads(lang, "编号|报告|文件中的位置|该行原文", "no.|report|place in the file|the row as printed")
    caption = say(
        lang, "例外所在行的原文（各格以 | 隔开）", "The rows of the exceptions as printed (cells divided by |)"
    )
    return Table(columns, rows, caption)


def _row_as_printed(report: Report, finding: Finding, lang: Lang) -> str:
    own = [c for c in finding.cells if c in report.readings]
    if not own:
        return say(lang, "（见各年报告）", "(see the reports of both years)")
    cell = report.layout.cell(own[0])
    texts = [report.printed(c.id) or say(lang, "空白", "blank") for c in report.layout.row_cells(cell.table, cell.row)]
    label = report.readings[own[0]].label or report.layout.row_label(cell.table, cell.row, lang)
    return " | ".join([" ".join(label.split()), *texts])


def tables_two_and_four(case: Case) -> Shown:
    """Exceptions of table two and table four, of reading and of form (02.8)."""
    lang = case.lang
    rows = tuple(
        (label, result.report.name(lang), in_words(f.severity, lang), f.check, f.message(lang))
        for label, result, f in numbered(case, notes=True)
        if not f.check.startswith(("T3-0", "T3-1", "T3-2", "T3-50", "Y-"))
    )
    if not rows:
        return _nothing(lang, "没有例外事项。", "No exceptions.")
    return Table(heads(lang, "编号|报告|程度|检查|内容", "no.|report|severity|check|finding"), rows)


# --- 05 memo ------------------------------------------------------------------------------------------------------------


def numbered(case: Case, *, notes: bool = False) -> Iterator[tuple[str, ReportResult, Finding]]:
    """Yield every exception with the number that all notebooks use; with `notes`, notes too (without number)."""
    n = 0
    for result in case.results:
        for finding in result.findings:
            if finding.severity != "note":
                n += 1
                yield f"E{n}", result, finding
            elif notes:
                yield "–", result, finding


def conclusion(case: Case) -> Sheet:
    """Verdict and scope: what was examined, what was not and why (05.1)."""
    lang = case.lang
    n = len(case.reports)
    counts = [(v, sum(r.verdict == v for r in case.results)) for v in _WORST]
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
    parts = [Words(tuple(lines), "ak-verdict"), verdict(case), _open_checks(case, "not assessable", "conditional")]
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
        return _nothing(lang, "没有例外事项。", "No exceptions.")
    columns = heads(lang, "编号|报告|检查|例外|依据|核实事项", "no.|report|check|exception|basis|to verify")
    return Table(columns, tuple(rows), say(lang, f"例外事项：{len(rows)} 项", f"Exceptions: {len(rows)}"))


def notes(case: Case) -> Shown:
    """What is worth a look but no exception (05.2)."""
    lang = case.lang
    rows = tuple(
        (result.report.name(lang), f.check, f.message(lang)) for n, result, f in numbered(case, notes=True) if n == "–"
    )
    if not rows:
        return _nothing(lang, "没有提示。", "No notes.")
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
        return _nothing(
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
