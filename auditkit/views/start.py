"""Notebook 00: where the material is, who has filed, what to look at first, where to go."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditkit.case import Case, Source
from auditkit.case.register import Row, compared, due_day, published, registered
from auditkit.case.typed import origin
from auditkit.findings import Finding, ReportResult, in_words
from auditkit.forms import TABLES
from auditkit.report import Report
from auditkit.sampling import reread, sample
from auditkit.tables import Sheet, Shown, Table, Words, heads, sentence
from auditkit.views.common import WORST, by_materiality, difference, listed, typed_from
from auditkit.views.consistency import confirmed_tables
from auditkit.wording import Lang, say

LEAST_SHARED, MOST_NAMED = 3, 8
"""Reports that make a defect a shared one; names in one line."""


def sources(case: Case) -> Table:
    """List every file with its hash, agency, year and form (00.2, 05.6)."""
    lang, rows = case.lang, []
    for source in case.sources:
        for report in source.reports or (None,):
            name = report.name(lang) if report else None
            form = report.layout.name(lang) if report else None
            rows.append((source.name, name, form, source.sha256, _remark(case, source, report)))
    columns = heads(lang, "文件|报告|格式|SHA-256|备注", "file|report|form|SHA-256|remark")
    return Table(columns, tuple(rows))


def _remark(case: Case, source: Source, report: Report | None) -> str:
    lang = case.lang
    note = say(lang, "与登记的一致", "as recorded")
    if source.changed:
        note = say(lang, "未登记", "not recorded")
        if source.recorded:
            note = say(lang, "与登记的不一致", "not as recorded")
    if typed := typed_from(case, source):
        names = listed([s.name for s in typed], lang)
        return note + say(
            lang, f"；读不出，已由审计人员录入为 {names}", f"; cannot be read, typed in by an auditor as {names}"
        )
    if source.problem:
        return f"{note}{say(lang, '；', '; ')}{source.problem.message(lang)}"
    if (why := source.scope) is not None:
        note += say(lang, f"；不审阅（{why.author}：{why.reason}）", f"; not in scope ({why.author}: {why.reason})")
    by_hand = origin(report)[0] if report else ""
    return f"{note}{say(lang, '；', '; ')}{by_hand}" if by_hand else note


def filed(case: Case) -> Shown:
    """Say which agencies of the register have filed, by when they had to, and who is not in the register (00.2).

    Other names in the register only find an agency's reports; they do not rename it.
    """
    lang, register = case.lang, registered(case)
    if not register:
        return sentence(
            lang, "没有机关名录。可在上面的面板中粘贴。", "There is no agency register. It can be pasted above."
        )
    reports = [r for s in case.sources if s.in_scope for r in s.reports if r.agency and r.year]
    years = sorted({r.year for r in reports if r.year})
    rows, missing, known = [], 0, set[str]()
    for row in register:
        mine = [r for r in reports if compared(r.agency or "") in row.names]
        known |= {r.key for r in mine}
        missing += not mine
        filings = (_filing(row, year, [r for r in mine if r.year == year], lang) for year in years)
        rows.append((row.name, row.kind or None, *filings))
    columns = (*heads(lang, "机关|类别", "agency|kind"), *(say(lang, f"{y} 年", str(y)) for y in years))
    zh = f"名录中 {len(register)} 个机关，其中案卷中没有报告的 {missing} 个"
    en = f"Agencies in the register: {len(register)}, without a report in the case: {missing}"
    caption = say(lang, zh, en)
    note = say(
        lang,
        "期限依名录；名录未列的依《政府信息公开条例》第四十九条：部门 1 月 31 日，政府 3 月 31 日；乡镇、街道条例未定。\n"
        "公布日期取自网页自身所注，可能是重新发布的日期，请核实。案卷中没有，不等于没有公布。",
        "Due dates are the register's, else those of article 49 of the disclosure regulation: departments 31 January, governments "
        "31 March, townships none.\nDates of publication are those the page itself states, perhaps of a later publication: "
        "please verify. Not in the case does not mean not published.",
    )
    table = Table(columns, tuple(rows), caption, note)
    others = sorted({r.agency for r in reports if r.agency and r.key not in known})
    if not others:
        return table
    zh = f"案卷中有报告而名录中没有的机关 {len(others)} 个："
    en = f"In the case but not in the register ({len(others)}): "
    return Sheet((table, Words((say(lang, zh, en) + listed(others, lang),))))


def _filing(row: Row, year: int, reports: Sequence[Report], lang: Lang) -> str:
    """Say whether the report of a year is there, and whether in time as far as its page states a date."""
    due = due_day(row, year)
    by = say(lang, f"期限 {due}", f"due {due}") if due else say(lang, "期限未定", "no due date")
    if not reports:
        return say(lang, f"案卷中没有；{by}", f"not in the case; {by}")
    day = min((d for r in reports if (d := published(r))), default=None)
    if day is None:
        return say(lang, f"有；{by}，公布日期未知", f"filed; {by}, published: not known")
    late = say(lang, "，晚于期限", ", after the due date") if due and day > due else ""
    return say(lang, f"有；{by}，注明 {day} 公布", f"filed; {by}, published as stated: {day}") + late


def triage(case: Case) -> Table:
    """Say which report to look at first: one line each, worst first (00.3)."""
    lang = case.lang
    ranked = sorted(case.results, key=lambda r: (WORST.index(r.verdict), -_count(r, "error"), -_count(r, "warning")))
    rows = []
    for result in ranked:
        report, exceptions = result.report, [f for f in result.findings if f.severity != "note"]
        decided = sum(case.disposition(f).state != "open" for f in exceptions)
        confirmed = sum(case.confirmed(report, t) is not None for t in TABLES)
        name = report.name(lang)
        read = f"{result.stated}/{len(report.layout.cells)}"
        found = (_count(result, s) for s in ("error", "warning", "note"))
        done = f"{decided}/{len(exceptions)}" if exceptions else None
        rows.append((name, result.conclusion(lang), read, *found, done, f"{confirmed}/{len(TABLES)}"))
    zh = "报告|结论|读到|矛盾|警告|提示|已处理|已核对的表"
    en = "report|verdict|cells read|contradictions|warnings|notes|decided|tables confirmed"
    return Table(heads(lang, zh, en), tuple(rows), note="\n".join((*_not_read(case), *_material(case))))


def _count(result: ReportResult, severity: str) -> int:
    return sum(f.severity == severity for f in result.findings)


def _not_read(case: Case) -> list[str]:
    names = [s.name for s in case.sources if s.problem and not s.reports and not typed_from(case, s)]
    zh, en = (f"没有读出报告的文件 {len(names)} 个：", f"Files of which no report was read ({len(names)}): ")
    return [say(case.lang, zh, en) + named(names, case.lang) + say(case.lang, "。", ".")] if names else []


def _material(case: Case) -> list[str]:
    """Say what the case's materiality leaves to be summed."""
    if case.materiality is None:
        return []
    _, summed = by_materiality(case)
    total = sum(difference(e.finding) or 0 for e in summed)
    return [
        say(
            case.lang,
            f"重要性水平：差额小于 {case.materiality} 的例外只汇总，不逐项列出：共 {len(summed)} 项，差额合计 {total}。矛盾仍计入结论。",
            f"Materiality: exceptions with a difference below {case.materiality} are summed, not listed one by one: {len(summed)}, "
            f"differences {total} in total. Verdicts still count them.",
        )
    ]


def named(names: Sequence[str], lang: Lang) -> str:
    """Write names one after the other; beyond a few, how many there are."""
    rest, text = len(names) - MOST_NAMED, say(lang, "、", "; ").join(names[:MOST_NAMED])
    return text + (say(lang, f"等 {len(names)} 份", f" and {rest} more") if rest > 0 else "")


def shared(case: Case) -> Shown:
    """List the defects that several reports have alike, such as an error of a template, in one line each (00.3)."""
    lang = case.lang
    found: dict[tuple[object, ...], dict[str, tuple[ReportResult, Finding]]] = {}
    for result in case.results:
        for f in (f for f in result.findings if f.severity != "note"):
            found.setdefault(_defect(f), {}).setdefault(f.report, (result, f))
    groups = [list(g.values()) for g in found.values() if len(g) >= LEAST_SHARED]
    rows = []
    for group in sorted(groups, key=lambda g: (-len(g), g[0][1].check, g[0][1].cells)):
        result, f = group[0]
        decided = sum(case.disposition(other).state != "open" for _, other in group)
        names = named([r.report.name(lang) for r, _ in group], lang)
        what = f"{f.check} {say(lang, *f.title)}", in_words(f.severity, lang)
        about = say(lang, "如：", "such as: ") + f.message(lang)
        rows.append((*what, about, len(group), names, f"{decided}/{len(group)}"))
    if not rows:
        zh = f"没有 {LEAST_SHARED} 份以上报告的同一问题。"
        en = f"No defect is shared by {LEAST_SHARED} or more reports."
        return sentence(lang, zh, en)
    columns = heads(lang, "检查|程度|内容|份数|报告|已处理", "check|severity|what|reports|which|decided")
    caption = say(lang, "多份报告的同一问题", "One defect in several reports")
    note = (
        "同一检查、同一些格；各份的数字可以不同，仍逐份处理。",
        "The same check on the same cells; figures may differ, each is decided on.",
    )
    return Table(columns, tuple(rows), caption, say(lang, *note))


def _defect(f: Finding) -> tuple[object, ...]:
    """Return what makes two reports' findings one defect: check, severity, cells and wording, whatever year and figures."""
    cells = tuple(re.sub(r"^\d{4}:", "", c) for c in f.cells)
    wording = "" if cells else re.sub(r"\d[\d,.]*", "#", f.message("zh"))
    return f.check, f.severity, cells, wording


def steps(case: Case) -> Table:
    """Say what awaits in each notebook, and how far it is (00.4)."""
    lang, reports = case.lang, case.reports
    unread = sum(len(r.layout.cells) - len(r.readings) for r in reports)
    unplaced, (confirmed, tables) = sum(len(r.unplaced) for r in reports), confirmed_tables(case)
    cells = sample(case)
    again = len(reread(case, cells))
    several = sum(len({r.year for r in s.reports}) > 1 for s in case.series())
    notes = sum(len(group) for group in case.journal.standing("note"))
    consistency, years = (_decided(case, years=years) for years in (False, True))
    read = heads(
        lang,
        f"01 读数|{len(reports)} 份报告，{unread} 格未读到，{unplaced} 个数字未落位|"
        f"已核对 {confirmed} / {tables} 张表，已重读 {again} / {len(cells)} 格",
        f"01 Read|reports: {len(reports)}, cells not read: {unread}, figures unplaced: {unplaced}|"
        f"{confirmed} of {tables} tables confirmed, {again} of {len(cells)} cells read again",
    )
    pairs = say(lang, f"{several} 个机关有两年以上的报告，", f"agencies with two or more years: {several}, ")
    flags = heads(lang, "04 异常提示|只作提示，不改变结论|–", "04 Anomalies|flags only; they do not change a verdict|–")
    zh = f"05 审阅备忘录|{len(reports)} 份报告的结论与例外事项|审计人员备注 {notes} 条"
    en = f"05 Memo|verdicts and exceptions, reports: {len(reports)}|auditors' notes: {notes}"
    rows = (
        read,
        (say(lang, "02 一致性", "02 Consistency"), *consistency),
        (say(lang, "03 跨年比较", "03 Year over year"), pairs + years[0], years[1]),
        flags,
        heads(lang, zh, en),
    )
    return Table(heads(lang, "笔记本|内容|进度", "notebook|what is there|progress"), rows)


def _decided(case: Case, *, years: bool) -> tuple[str, str]:
    """Say how many exceptions there are of one report alone, or across years, and how many are decided."""
    mine = [e.finding for e in case.exceptions if e.finding.check.startswith("Y-") == years]
    n, done = len(mine), sum(case.disposition(f).state != "open" for f in mine)
    counted = say(case.lang, f"{n} 项例外", f"exceptions: {n}")
    return counted, say(case.lang, f"已处理 {done} / {n}", f"{done} of {n} decided")
