"""Notebook 05: the memo."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from auditkit import __version__
from auditkit.anomalies import decidable, ranked_flags
from auditkit.case import Case
from auditkit.case.journal import Entry
from auditkit.case.stated import Disposition
from auditkit.case.words import State, entry_in_words, kind_in_words, report_in_words, says, state_in_words
from auditkit.checks import catalog, catalog_version, unchecked
from auditkit.findings import CheckResult, Numbered, ReportResult, in_words
from auditkit.forms import TABLES, table_name
from auditkit.report import Report
from auditkit.tables import FAILING, Sheet, Shown, Table, Words, heads, marks, report_tables, sentence
from auditkit.views.common import (
    ASK,
    WORST,
    by_materiality,
    coded,
    difference,
    failing_cells,
    numbered,
    open_checks,
    printed_and_implied,
    typed_from,
)
from auditkit.views.common import listed as names
from auditkit.views.consistency import MOST_ROWS, confirmed_tables, source_pictures, source_rows, verdict
from auditkit.wording import Lang, say

AWAY: tuple[State, ...] = ("accepted", "not an exception")
"""Dispositions after which nothing is left to ask."""
_OF_READINGS = ("correct", "place", "blanks", "alias", "scope")


_ADVICE = re.compile(
    r"(?:(?<=。)请|(?<=\.) (?:Save|Open|Check|Unpack|Download|Ask|Read|Export|Use|Put|Print|Please|Keep) ).*", re.DOTALL
)
"""What the reason why a file cannot be read goes on to advise."""


def conclusion(case: Case) -> Sheet:
    """Verdict and scope: what was examined, what was not and why; what is decided and confirmed (05.1)."""
    lang = case.lang
    n = len(case.reports)
    counts = [(v, sum(r.verdict == v for r in case.results)) for v in WORST]
    ended = say(lang, "，", ", ").join(
        say(lang, f"{in_words(v, lang)} {k} 份", f"{in_words(v, lang)}: {k}") for v, k in counts if k
    )
    zh = f"审阅 {n} 份政府信息公开工作年度报告：{ended or '无'}。"
    en = f"Government information disclosure annual reports reviewed: {n} ({ended or 'none'})."
    lines = [say(lang, f"案卷「{case.title}」。", f"Case “{case.title}”."), say(lang, zh, en)]
    if case.as_of:
        lines.append(say(lang, f"截止日期：{case.as_of}。", f"As of {case.as_of}."))
    marked = [r.name(lang) for r in case.reports if r.tags & {"extract", "exercise"}]
    if marked:
        zh = f"其中 {len(marked)} 份为摘录或演练材料，已在名称后注明。"
        en = f"Extracts or exercises among them, marked after their names: {len(marked)}."
        lines.append(say(lang, zh, en))
    lines += [decided_line(case), *_not_examined(case), *(fault.message(lang) for fault in case.journal.faults)]
    examined = say(
        lang,
        "审阅范围是报告三张表的数字：是否读全、是否自相矛盾、相邻年度是否衔接；正文内容、公布时间和原始台账不在范围内（正文只看章节标题、机关与年份和信息处理费）。",
        "Examined: whether the figures of the three tables are complete, free of contradiction and in line with the "
        "year before. Not examined: the prose (but for its titles, agency, year and fees), the date of publication, the agency's own records.",
    )
    lines += [examined, _read_by(case)]
    parts = [Words(tuple(lines), "ak-verdict"), verdict(case), open_checks(case, "not assessable", "conditional")]
    return Sheet(tuple(part for part in parts if not isinstance(part, Table) or part.rows))


def decided_line(case: Case) -> str:
    """Say how many exceptions are decided."""
    of = len(case.exceptions)
    n = sum(case.disposition(e.finding).state != "open" for e in case.exceptions)
    if not of:
        return say(case.lang, "没有例外事项。", "There are no exceptions.")
    zh = f"例外事项 {of} 项：已有处理结果 {n} 项，未决 {of - n} 项。"
    en = f"Exceptions: {n} of {of} decided, {of - n} open."
    return say(case.lang, zh, en)


def _not_examined(case: Case) -> list[str]:
    """Say which files were not examined and why, and which are no longer those recorded."""
    lang, out = case.lang, []
    for source in case.sources:
        if typed := typed_from(case, source):
            by = names([s.name for s in typed], lang)
            zh = f"{source.name}：程序读不出，其数字由审计人员录入为 {by}，按录入的审阅；录入与原件是否一致，程序无法核对。"
            en = f"{source.name}: cannot be read by program; its figures were typed in by an auditor as {by} and examined as typed. "
            out.append(say(lang, zh, en + "Whether they were typed as they stand there no program can tell."))
            continue
        if source.problem:  # what to do about it is for the auditor, in notebook 00
            why = _ADVICE.sub("", source.problem.message(lang))
        elif source.scope:
            who = source.scope.signed(lang)
            why = say(lang, f"{source.scope.reason}（{who}）", f"{source.scope.reason} ({who})")
        else:
            if source.changed and source.recorded:
                zh = f"{source.name}：文件与登记的 SHA-256 不一致，所列为现在的内容。"
                en = f"{source.name}: no longer the file that was recorded (SHA-256); shown is what it holds now."
                out.append(say(lang, zh, en))
            continue
        out.append(say(lang, f"未审阅：{source.name}——{why}", f"Not examined: {source.name}: {why}"))
    return out


def _read_by(case: Case) -> str:
    n, of = confirmed_tables(case)
    if of and n == of:
        return say(
            case.lang,
            f"数字由程序从文件中读取，全文附后；全部 {of} 张表已由审计人员对照原文确认。",
            f"The figures were read from the files by program and are appended in full; all {of} tables were compared with "
            "their source by an auditor.",
        )
    return say(
        case.lang,
        f"数字由程序从文件中读取，全文附后；{of} 张表中有 {n} 张已由审计人员对照原文确认，其余只由程序读取，未经人工逐表核对。",
        f"The figures were read from the files by program and are appended in full; {n} of {of} tables were compared with "
        "their source by an auditor; the others were read by program only.",
    )


def exceptions(case: Case) -> Shown:
    """Each exception: printed, implied, basis, what to ask, what was decided, the row in the source (05.2).

    Those that are open come first. Where the case states a materiality, smaller differences are summed.
    """
    lang = case.lang
    if not case.exceptions:
        return sentence(lang, "没有例外事项。", "No exceptions.")
    listed, summed = by_materiality(case)
    known = {e.label: case.disposition(e.finding) for e in case.exceptions}
    columns = heads(
        lang,
        "编号|报告|例外|所列|若其余数据无误，应为|依据、核实事项|处理",
        "no.|report|exception|printed|would be, if all others are right|basis, what to verify|disposition",
    )
    parts: list[Shown] = [Words((decided_line(case),))]
    for zh, en, chosen in (
        ("未决", "Open", [e for e in listed if known[e.label].state == "open"]),
        ("已有处理结果", "Decided", [e for e in listed if known[e.label].state != "open"]),
    ):
        rows = tuple(_exception(case, e, known[e.label]) for e in chosen)
        if rows:
            caption = say(lang, f"{zh}：{len(rows)} 项", f"{en}: {len(rows)}")
            parts.append(Table(columns, rows, caption, kind="exceptions"))
    if summed:
        parts.append(_summed(case, summed, known))
    return Sheet((*parts, *source_pictures(case, listed)))


def _exception(case: Case, e: Numbered, decided: Disposition) -> tuple[object, ...]:
    lang, finding = case.lang, e.finding
    what = [f"{in_words(finding.severity, lang)} {finding.check} · {coded(e, lang)}", finding.message(lang)]
    what += [say(lang, *c) for c in finding.consequences]
    for place, text in source_rows(case, e):
        what.append(say(lang, f"原文（{place}）：{text}", f"In the source ({place}): {text}"))
    ask = say(lang, *finding.basis) + "\n" + say(lang, *ASK[finding.kind])
    figures, done = printed_and_implied(e, lang), disposition_in_words(decided, lang)
    return e.label, e.result.report.name(lang), "\n".join(what), *figures, ask, done


def disposition_in_words(decided: Disposition, lang: Lang) -> str:
    """Say what was decided, why, by whom and when, or why it is open again; earlier entries follow."""
    lines = [state_in_words(decided.state, lang)]
    if decided.entry:
        lines += [line for line in (decided.entry.reason, decided.entry.signed(lang)) if line]
    if decided.why_open:
        lines.append(say(lang, *decided.why_open))
    before = [e for e in decided.history if e is not decided.entry]
    lines += [
        say(lang, "此前：", "before: ")
        + say(lang, "；", "; ").join(part for part in (says(e, lang), e.reason, e.signed(lang)) if part)
        for e in before
    ]
    return "\n".join(lines)


def _summed(case: Case, small: Sequence[Numbered], known: Mapping[str, Disposition]) -> Table:
    """Sum the exceptions below materiality, a line for each report and check."""
    lang = case.lang
    groups: dict[tuple[str, str, str], list[Numbered]] = {}
    for e in small:
        groups.setdefault((e.result.report.key, e.result.report.path, e.finding.check), []).append(e)
    rows = []
    for (_, _, check), es in groups.items():
        what = es[0].result.report.name(lang), f"{check} {say(lang, *catalog()[check].title)}"
        total = sum(difference(e.finding) or 0 for e in es)
        decided = sum(known[e.label].state != "open" for e in es)
        rows.append((*what, len(es), total, decided, names([e.label for e in es], lang)))
    zh = f"差额小于 {case.materiality} 的例外：{len(small)} 项，只汇总，不逐项列出"
    en = f"Exceptions with a difference below {case.materiality}: {len(small)}, summed and not listed one by one"
    caption = say(lang, zh, en)
    note = say(
        lang,
        "差额合计为各项差额绝对值之和。汇总不改变报告的结论；各项仍可按编号在笔记本 02 和 03 中查看。",
        "The total is that of the differences without sign. Summing changes no verdict; each can be looked up by its number in "
        "notebooks 02 and 03.",
    )
    columns = heads(lang, "报告|检查|项数|差额合计|已处理|编号", "report|check|exceptions|total difference|decided|no.")
    return Table(columns, tuple(rows), caption, note)


def notes(case: Case) -> Shown:
    """What is worth a look but no exception, with what was decided on it (05.2)."""
    lang = case.lang
    found = [e for e in numbered(case) if e.finding.severity == "note"]
    if not found:
        return sentence(lang, "没有其他提示。", "No other notes.")
    rows = [(e.result.report.name(lang), e.finding.check, e.finding.message(lang)) for e in found]
    caption = say(lang, "提示：不是例外，不改变结论", "Notes: no exceptions, and no change to a verdict")
    return _with_decisions(case, Table(heads(lang, "报告|检查|提示", "report|check|note"), tuple(rows), caption), found)


def flags(case: Case) -> Shown:
    """The anomaly flags with what was decided on each; those that need no more asking by themselves (05.3)."""
    lang, table, found = case.lang, ranked_flags(case), decidable(case)
    away = [case.disposition(e.finding).state in AWAY for e in found]
    if not any(away):
        return _with_decisions(case, table, found)
    kept, gone = (
        _with_decisions(
            case,
            replace(table, rows=tuple(row for row, is_gone in zip(table.rows, away, strict=True) if is_gone is which)),
            [e for e, is_gone in zip(found, away, strict=True) if is_gone is which],
        )
        for which in (False, True)
    )
    zh = f"已认定为“接受”或“不是例外”的异常提示：{len(gone.rows)} 条"
    en = f"Anomaly flags accepted, or found to be no exceptions: {len(gone.rows)}"
    return Sheet((*([kept] if kept.rows else []), replace(gone, caption=say(lang, zh, en), note="")))


def _with_decisions(case: Case, table: Table, found: Sequence[Numbered]) -> Table:
    """Add to a table with a row an item what was decided on each, if anything was on one."""
    decided = [case.disposition(e.finding) for e in found]
    if not any(d.history for d in decided):
        return table
    said = (disposition_in_words(d, case.lang) if d.history else "" for d in decided)
    rows = tuple((*row, words) for row, words in zip(table.rows, said, strict=True))
    return replace(table, columns=(*table.columns, say(case.lang, "处理", "disposition")), rows=rows)


def across_years(case: Case) -> Shown:
    """The findings across years that were not disposed away (05.3); without a number are notes."""
    lang = case.lang
    found = [e for e in numbered(case) if e.finding.check.startswith("Y-")]
    states = [case.disposition(e.finding).state for e in found]
    kept = [(e, state) for e, state in zip(found, states, strict=True) if state not in AWAY]
    rows = []
    for e, state in kept:
        severity, message = in_words(e.finding.severity, lang), e.finding.message(lang)
        rows.append((e.label, e.result.report.name(lang), severity, message, state_in_words(state, lang)))
    gone = [e.label for e, state in zip(found, states, strict=True) if state in AWAY]
    zh = f"另有 {len(gone)} 项已认定为“接受”或“不是例外”，未列入：{names(gone, lang)}（见例外事项）。"
    en = f"Not listed, since accepted or found to be no exceptions: {len(gone)} ({names(gone, lang)}; see the exceptions)."
    left = say(lang, zh, en)
    if not rows:
        compared = sum(any(c.check == "Y-01" and c.outcome == "passed" for c in r.checks) for r in case.results)
        zh = f"没有跨年例外；与上一年报告的结转数相符的报告：{compared} 份。"
        en = f"No exceptions across years; reports that agree with what the year before carried forward: {compared}."
        return Words((left,) if gone else (say(lang, zh, en),))
    columns = heads(lang, "编号|报告|程度|内容|处理", "no.|report|severity|finding|disposition")
    return Table(columns, tuple(rows), note=left if gone else "")


def corrections(case: Case) -> Shown:
    """What people stated of the readings: both readings, why, who, when; and what of it is not applied (01.6, 05.4)."""
    lang = case.lang
    applied = [e for e in case.stated.applied if e.kind in _OF_READINGS]
    lapsed = case.stated.lapsed
    reports = [r for s in case.sources for r in s.reports]
    parts: list[Shown] = []
    if applied:
        zh = "类别|对象|程序读作|记为|理由|记录人和时间"
        en = "kind|about|as read|as stated|reason|by whom and when"
        columns = heads(lang, zh, en)
        caption = say(
            lang, f"在用的更正和说明：{len(applied)} 条", f"Corrections and statements in force: {len(applied)}"
        )
        parts.append(Table(columns, tuple(_entry(e, lang, reports) for e in applied), caption))
    if lapsed:
        zh = "类别|对象|当时读作|记为|理由|记录人和时间|为何未采用"
        en = "kind|about|as read then|as stated|reason|by whom and when|why it is not applied"
        columns = heads(lang, zh, en)
        caption = say(lang, f"未采用的记录：{len(lapsed)} 条", f"Entries that are not applied: {len(lapsed)}")
        rows = tuple((*_entry(x.entry, lang, reports), say(lang, *x.why)) for x in lapsed)
        parts.append(Table(columns, rows, caption))
    if not parts:
        typed = sum("typed" in r.tags for r in case.reports)
        zh, en = "没有更正：读数均为程序所读。", "No corrections: all readings are the program's own."
        if typed:
            zh = f"没有更正：除 {typed} 份由审计人员录入或粘贴的报告外，读数均为程序所读。"
            en = f"No corrections: but for what auditors typed or pasted ({typed} reports), all readings are the program's own."
        return sentence(lang, zh, en)
    return Sheet(tuple(parts))


def _entry(e: Entry, lang: Lang, reports: Iterable[Report]) -> tuple[str, ...]:
    """Return an entry's kind, subject, what was read, what is stated, reason, author and time."""
    return kind_in_words(e.kind, lang), *entry_in_words(e, lang, reports), e.reason, e.signed(lang)


def confirmations(case: Case) -> Sheet:
    """Which tables were compared with their source, by whom and when, and which were not (05.4)."""
    lang = case.lang
    again = {
        (e.subject.get("report"), e.subject.get("table"))
        for x in case.stated.lapsed
        if (e := x.entry).kind == "confirm"
    }
    rows = []
    for report in case.reports:
        row = [report.name(lang)]
        for table in TABLES:
            entry = case.confirmed(report, table)
            if entry:
                said = [say(lang, "已确认", "compared"), entry.reason, entry.signed(lang)]
                row.append("\n".join(line for line in said if line))
            elif (report.key, table) in again:
                row.append(say(lang, "未确认：确认之后读数有变", "not compared: the readings have changed since"))
            else:
                row.append(say(lang, "未确认", "not compared"))
        rows.append(tuple(row))
    n, of = confirmed_tables(case)
    zh = f"已对照原文确认的表：{n} / {of}"
    en = f"Tables compared with their source: {n} of {of}"
    caption = say(lang, zh, en)
    return Sheet((Table((say(lang, "报告", "report"), *(table_name(t, lang) for t in TABLES)), tuple(rows), caption),))


def notes_of_auditors(case: Case) -> Shown:
    """What auditors noted, on the case, a report or an exception (05.4)."""
    lang = case.lang
    labels = {n.id: e.label for e in case.exceptions for n in case.notes(e.finding)}
    rows = []
    standing = {e.id for group in case.journal.standing("note") for e in group}
    for entry in (e for e in case.journal.entries if e.id in standing):
        report = entry.subject.get("report", "")
        about = [report_in_words(report, lang, case.reports)]
        if entry.subject.get("finding"):
            about.append(labels.get(entry.id) or str(entry.seen.get(lang, "")))
        rows.append((" ".join(about), str(entry.value), entry.signed(lang)))
    if not rows:
        return sentence(lang, "没有备注。", "No notes by auditors.")
    caption = say(lang, "审计人员的备注", "Notes by auditors")
    return Table(heads(lang, "对象|备注|记录人和时间", "about|note|by whom and when"), tuple(rows), caption)


def _ended(result: ReportResult, check: CheckResult) -> str:
    """Return how a check ended: one that found something to note has not simply passed."""
    noted = any(f.check == check.check and f.severity == "note" for f in result.findings)
    return "noted" if noted and check.outcome == "passed" else check.outcome


def catalogue(lang: Lang, results: Sequence[ReportResult] = ()) -> Sheet:
    """Return what is checked, with how each check ended if there are results; what is not checked, and why."""
    rows = []
    for check in catalog().values():
        outcomes = [_ended(r, c) for r in results for c in r.checks if c.check == check.id]
        ended = say(lang, "，", ", ").join(
            f"{say(lang, '有提示', 'with notes') if o == 'noted' else in_words(o, lang)} {outcomes.count(o)}"
            for o in ("passed", "noted", "failed", "conditional", "not assessable", "not applicable")
            if o in outcomes
        )
        row = (check.id, say(lang, *check.title), say(lang, *check.procedure), say(lang, *check.basis))
        rows.append((*row, ended) if results else row)
    zh = f"检查目录（目录版本 {catalog_version()}，auditkit {__version__}）"
    en = f"Catalogue of checks (catalogue version {catalog_version()}, auditkit {__version__})"
    caption = say(lang, zh, en)
    columns = heads(lang, "检查|内容|程序|依据|结果", "check|what|procedure|basis|outcome")
    checked = Table(columns if results else columns[:-1], tuple(rows), caption)
    why = tuple((say(lang, *what), say(lang, *why)) for what, why in unchecked())
    unseen = Table(
        heads(lang, "不检查的|原因", "not checked|why"), why, say(lang, "不检查的内容", "What is not checked")
    )
    return Sheet((checked, unseen))


def method(case: Case) -> Sheet:
    """Which checks were run, how each ended, on what basis; what the toolkit cannot see (05.5)."""
    lang = case.lang
    blind = say(
        lang,
        "等式成立只说明报告没有自相矛盾，不说明数字真实；两处差错可能恰好抵消；表二各格不在等式中，其数字无法由报告本身验证。"
        "最可能有误的格按改动最少的原则推定（Fellegi 与 Holt，1976）。",
        "Sums that hold show that a report does not contradict itself, not that its figures are true; two slips may "
        "cancel; the cells of table two stand in no sum and cannot be verified from the report itself. The likeliest "
        "wrong cell is found by changing as few cells as possible (Fellegi and Holt, 1976).",
    )
    return Sheet((catalogue(lang, case.results), Words((blind,), "ak-note")))


def sign_off(case: Case) -> Table:
    """The sign-off block (05.6)."""
    lang = case.lang
    auditor, reviewer = heads(lang, "审计人员|复核人员", "auditor|reviewer")
    rows = (*((auditor, name, "", "") for name in case.auditors or ("",)), (reviewer, "", "", ""))
    return Table(heads(lang, "职责|姓名|签字|日期", "role|name|signature|date"), rows, kind="sign")


def appendix(case: Case) -> Sheet:
    """The tables of each report as read, with the marks of 02 and the numbers of its exceptions (05.7)."""
    lang, parts = case.lang, list[Shown]()
    for result in case.results:
        failing = failing_cells(result.report)
        parts += [report_tables(result.report, lang, failing), *([marks(lang, FAILING)] if failing else [])]
        own = [e for e in case.exceptions if e.result is result]
        if own:
            listed = say(lang, "；", "; ").join(f"{e.label} {_where(e, lang)}" for e in own)
            parts.append(
                Words((say(lang, f"本报告的例外：{listed}。", f"Exceptions of this report: {listed}."),), "ak-note")
            )
    return Sheet(tuple(parts))


def _where(e: Numbered, lang: Lang) -> str:
    """Say in which rows of the form an exception stands, or by its title which check it comes from."""
    report, layout, rows = e.result.report, e.result.report.layout, list[str]()
    for year, _, cell_id in (name.rpartition(":") for name in e.finding.cells):
        if cell_id in layout.index:
            cell = layout.cell(cell_id)
            of = say(lang, f"{year} 年", f"{year}, ") if year not in ("", str(report.year)) else ""
            rows.append(f"{of}{table_name(cell.table, lang)} {layout.row_label(cell.table, cell.row, lang)}")
    rows = list(dict.fromkeys(rows))
    if not rows or len(rows) > MOST_ROWS:
        title = say(lang, *e.finding.title)
        return say(lang, f"检查“{title}”", f"check “{title}”")
    return names(rows, lang)
