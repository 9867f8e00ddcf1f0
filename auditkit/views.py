"""What the notebooks show: one function a question, each takes the case and returns a table or sentences."""

from __future__ import annotations

from collections.abc import Iterator

from auditkit.case import Case
from auditkit.checks import catalog, catalog_version
from auditkit.checks.identities import evaluate
from auditkit.findings import Finding, ReportResult, Verdict, in_words
from auditkit.forms import Form
from auditkit.localize import SLIPS
from auditkit.report import Report
from auditkit.tables import FAILING, FormTable, Sheet, Shown, Table, Words, report_tables
from auditkit.wording import Lang, say

_WORST: tuple[Verdict, ...] = ("exceptions", "not assessable", "sound if blanks are zero", "sound")


def _heads(lang: Lang, zh: str, en: str) -> tuple[str, ...]:
    return tuple(say(lang, zh, en).split("|"))


def _nothing(lang: Lang, zh: str, en: str) -> Words:
    return Words((say(lang, zh, en),))


# --- 00 start here ------------------------------------------------------------------------------------------------------


def sources(case: Case) -> Table:
    """Where is my material? Every file with its hash, agency, year and form (00.2, 05.6)."""
    lang, rows = case.lang, []
    for source in case.sources:
        note = ""
        if source.changed:
            note = (
                say(lang, "与登记的不一致", "not as recorded")
                if source.recorded
                else say(lang, "未登记", "not recorded")
            )
        if source.problem:
            note = source.problem.message(lang)
        found = source.reports or (None,)
        for report in found:
            rows.append(
                (
                    source.name,
                    report.name(lang) if report else "–",
                    report.layout.name(lang) if report else "–",
                    source.sha256,
                    note,
                )
            )
    heads = _heads(lang, "文件|报告|格式|SHA-256|备注", "file|report|form|SHA-256|remark")
    return Table(heads, tuple(rows))


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
    heads = _heads(lang, "报告|结论|读到|错误|警告|提示", "report|verdict|cells read|errors|warnings|notes")
    return Table(heads, rows)


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
    rows = (
        (
            say(lang, "01 读数", "01 reading"),
            say(
                lang,
                f"{len(case.reports)} 份报告，{unread} 格未读到，{unplaced} 个数字未落位",
                f"{len(case.reports)} reports, {unread} cells not read, {unplaced} figures unplaced",
            ),
        ),
        (
            say(lang, "02 一致性", "02 consistency"),
            say(lang, f"{errors} 项错误，{warnings} 项警告", f"{errors} errors, {warnings} warnings"),
        ),
        (
            say(lang, "03 跨年比较", "03 year over year"),
            say(lang, f"{several} 个机关有两年以上的报告", f"{several} agencies with two or more years"),
        ),
        (
            say(lang, "04 异常提示", "04 anomalies"),
            say(lang, "只作提示，不计为错误", "hints, never counted as errors"),
        ),
        (
            say(lang, "05 审阅备忘录", "05 memo"),
            say(lang, f"{len(case.reports)} 份报告的结论与例外事项", f"verdicts and exceptions of {len(case.reports)} reports"),
        ),
    )  # fmt: skip
    return Table(_heads(lang, "笔记本|内容", "notebook|what is there"), rows)


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
    heads = _heads(
        lang,
        "报告|读到|数字|空白|文字|未读到|未落位|文件",
        "report|cells read|figures|blanks|texts|not read|unplaced|file",
    )
    return Table(heads, tuple(rows))


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
    return Table(_heads(lang, "报告|数字|所在行|位置|原因", "report|figure|beside|place|reason"), rows)


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
    return Table(_heads(lang, "报告|空白格|说明", "report|blank cells|what follows"), tuple(rows))


# --- 02 consistency -----------------------------------------------------------------------------------------------------


def scope(case: Case) -> Table:
    """Which reports are audited? (02.1)."""
    lang = case.lang
    rows = tuple((r.name(lang), r.layout.name(lang), _file(r)) for r in case.reports)
    n = len(case.reports)
    caption = say(lang, f"{case.title}：{n} 份报告", f"{case.title}: {n} reports")
    return Table(_heads(lang, "报告|格式|文件", "report|form|file"), rows, caption=caption)


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
    heads = _heads(
        lang,
        "报告|结论|通过|不通过|空白为 0 时成立|无法判断|不适用",
        "report|verdict|passed|failed|holds if blanks are 0|not assessable|not applicable",
    )
    return Table(heads, rows)


def not_checked(case: Case) -> Sheet:
    """What could not be checked? Cells that no sum touches, and checks that did not apply (02.3)."""
    lang = case.lang
    layouts = {r.layout.name(lang): r.layout for r in case.reports}
    rows = tuple(
        (name, len(layout.untouched), _listed(_row_names(layout, [c.id for c in layout.untouched], lang), lang))
        for name, layout in sorted(layouts.items())
    )
    untouched = Table(
        _heads(lang, "格式|格数|不在任何等式中的格（所在行）", "form|cells|rows whose cells no sum touches"),
        rows,
        note=say(
            lang,
            "这些格的数字无法由报告内的等式验证；“勾稽相符”不说明它们是对的。",
            "No sum within a report can verify these figures; “sound” says nothing of them.",
        ),
    )
    ended: dict[tuple[str, str, str, str], list[str]] = {}
    for result in case.results:
        for c in result.checks:
            if c.outcome in ("not assessable", "not applicable", "conditional"):
                what = (c.check, say(lang, *catalog()[c.check].title), in_words(c.outcome, lang), c.reason(lang))
                ended.setdefault(what, []).append(result.report.name(lang))
    checks = Table(
        _heads(lang, "检查|内容|结果|原因|报告", "check|what|outcome|why|reports"),
        tuple((*what, _listed(names, lang)) for what, names in sorted(ended.items())),
    )
    return Sheet((untouched, checks))


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
            parts.append(Words((report.name(lang),), "ak-verdict"))
            parts += [FormTable(report, t, lang, cells) for t in tables]
    if not parts:
        return _nothing(lang, "各报告的等式没有不平。", "No sum fails in any report.")
    legend = say(lang, f"{FAILING} 为不平的等式所涉及的格。", f"{FAILING} marks the cells of failing sums.")
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
    if not rows:
        return _nothing(
            lang, "没有需要解释的不平。", "Nothing to explain: no sum fails, or no explanation of two cells exists."
        )
    note = say(
        lang,
        "“应为”只在其余数据全部无误时成立；真实数字只有机关的原始台账知道。一份报告有几种解释时，由报告本身无法判断是哪一种。",
        "“Would be” holds only if all other figures are right; only the agency's own records know. "
        "Where a report has several explanations, the report itself cannot tell which is true.",
    )
    heads = _heads(
        lang,
        "报告|解释|格|印为|若其余数据无误，应为|可能的差错",
        "report|explanation|cell|printed|would be, if all others are right|possible slip",
    )
    return Table(heads, tuple(rows), note=note)


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
    return Table(_heads(lang, "编号|报告|位置|该行原文", "no.|report|place|the row as printed"), rows)


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
    return Table(_heads(lang, "编号|报告|程度|检查|内容", "no.|report|severity|check|finding"), rows)


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
    listed = say(lang, "，", ", ").join(f"{in_words(v, lang)} {k}" for v, k in counts if k)
    lines = [
        say(
            lang,
            f"审阅 {n} 份政府信息公开工作年度报告：{listed}。",
            f"{n} government information disclosure annual reports reviewed: {listed}.",
        )
    ]
    if case.as_of:
        lines.append(say(lang, f"截止日期：{case.as_of}。", f"As of {case.as_of}."))
    marked = [r.name(lang) for r in case.reports if r.tags]
    if marked:
        lines.append(
            say(
                lang,
                f"其中 {len(marked)} 份为摘录或演练材料，已在名称后注明。",
                f"{len(marked)} of them are extracts or exercises, marked behind their names.",
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
            "Examined: the figures of the three tables (whole, free of contradiction, in line with the year before). "
            "Not examined: the prose, the date of publication, the agency's own records.",
        )
    )
    return Sheet((Words(tuple(lines), "ak-verdict"), verdict(case)))


_ASK: dict[str, tuple[str, str]] = {
    "contradiction": (
        "请核对原始统计台账，说明哪一处数字有误；如需更正，请更正公布。",
        "Please check your records, say which figure is off and, if needed, publish a correction.",
    ),
    "compliance": ("请说明原因，今后按适用的格式填报。", "Please say why, and use the applicable form in future."),
    "quality": ("请说明或补报。", "Please explain or supply the figures."),
    "reading": ("请审计人员对照原文核实读数。", "For the auditor: compare the reading with the source."),
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
    heads = _heads(lang, "编号|报告|检查|例外|依据|请核实", "no.|report|check|exception|basis|to ask")
    return Table(heads, tuple(rows))


def notes(case: Case) -> Shown:
    """What is worth a look but no exception (05.2)."""
    lang = case.lang
    rows = tuple(
        (result.report.name(lang), f.check, f.message(lang)) for n, result, f in numbered(case, notes=True) if n == "–"
    )
    if not rows:
        return _nothing(lang, "没有提示。", "No notes.")
    return Table(_heads(lang, "报告|检查|提示", "report|check|note"), rows)


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
            f"{compared} 份报告与上一年报告的结转数相符，没有跨年例外。",
            f"{compared} reports agree with what the year before carried forward; no exceptions across years.",
        )
    return Table(_heads(lang, "编号|报告|程度|内容", "no.|report|severity|finding"), rows)


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
    caption = say(lang, f"检查目录（版本 {catalog_version()}）", f"catalogue of checks (version {catalog_version()})")
    table = Table(
        _heads(lang, "检查|内容|程序|依据|结果", "check|what|procedure|basis|outcome"), tuple(rows), caption=caption
    )
    blind = Words(
        (
            say(
                lang,
                "等式成立只说明报告没有自相矛盾，不说明数字真实；两处差错可能恰好抵消；表二各格和不在等式中的格无法由报告本身验证。"
                "最可能有误的格按改动最少的原则推定（Fellegi 与 Holt，1976）。",
                "Sums that hold show that a report does not contradict itself, not that its figures are true; two slips may cancel; "
                "table two and cells in no sum cannot be verified from the report itself. The likeliest wrong cell is found by "
                "changing the fewest (Fellegi and Holt, 1976).",
            ),
        ),
        "ak-note",
    )
    return Sheet((table, blind))


def sign_off(case: Case) -> Table:
    """The sign-off block (05.6)."""
    lang = case.lang
    names = case.auditors or ("",)
    rows = tuple((name or "　", "　", "　") for name in names)
    rows += ((say(lang, "复核", "reviewed by"), "　", "　"),)
    return Table(_heads(lang, "审计人员|签字|日期", "auditor|signature|date"), rows)


def appendix(case: Case) -> Sheet:
    """The tables of each report as read, with the marks of 02 (05.7)."""
    return Sheet(tuple(report_tables(report, case.lang, failing_cells(report)) for report in case.reports))
