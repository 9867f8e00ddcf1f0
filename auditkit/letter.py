"""What is sent: a letter an agency that asks to verify its open exceptions, and to correct errors (核实函), and the list of all (问题清单)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from auditkit.anomalies import decidable
from auditkit.case import Case
from auditkit.case.folder import write_aside
from auditkit.case.stated import Disposition
from auditkit.case.words import state_in_words
from auditkit.findings import Numbered
from auditkit.report import Report, by_body
from auditkit.tables import Sheet, Shown, Table, Words, heads, sentence
from auditkit.views.common import ASK, by_materiality, coded, file_name, numbered, printed_and_implied, years_of
from auditkit.views.common import listed as names
from auditkit.views.decisions import is_flag, when
from auditkit.wording import Lang, say

_BLANK = "＿＿＿＿＿＿"
_SUBJECT = (
    "关于核实政府信息公开工作年度报告有关数据的函",
    "Request to verify figures of the annual report on government information disclosure",
)
_NONE = ("没有需要请机关核实或更正的事项，不必发函。", "Nothing for an agency to verify or correct: no letter.")
_IN_THE_FILE = re.compile(r"（文件中[^（）]*）| \(in the file: [^()]*\)")
_LIMITS = (
    ("标题可能另有写法，请对照原文核实。", "如写在其他标题之下，请在回执中指明。"),
    (
        "The title may be worded otherwise; please compare with the source.",
        "If it stands under another title, please name it in your reply.",
    ),
)
"""What a finding tells the auditor of the program's limits, and what the agency is asked instead."""
_TO_ANSWER = ("open", "error confirmed")
_CORRECT = ("已确认有误，请更正", "found to be an error: please correct it")


def letters(case: Case) -> Shown:
    """Write to each agency that has exceptions to verify or correct: what is printed, what is asked, a slip for the reply."""
    parts: list[Shown] = []
    for addressed in _addressed(case):
        parts += [Words((say(case.lang, *_SUBJECT),), "ak-letter-title"), _letter(case, *addressed)]
    return Sheet(tuple(parts)) if parts else sentence(case.lang, *_NONE)


def issue_list(case: Case) -> Shown:
    """List the exceptions of all agencies: printed, implied, basis, what was decided, remarks; say what is not listed."""
    lang = case.lang
    listed, summed = by_materiality(case)
    known = {e.label: case.disposition(e.finding) for e in case.exceptions}
    reading = [e for e in listed if e.finding.kind == "reading"]
    none = [e for e in listed if e not in reading and known[e.label].state == "not an exception"]
    rows = []
    for e in (e for e in listed if e not in reading and e not in none):
        decided, basis = known[e.label], say(lang, *e.finding.basis)
        whose = _agency(e.result.report, lang), names(years_of(e), lang)
        done = state_in_words(decided.state, lang), _remarks(case, e, decided)
        item = f"{_item(e, lang)}\n{coded(e, lang)}"
        rows.append((e.label, *whose, item, *printed_and_implied(e, lang), basis, *done))
    least = case.materiality
    lines = [
        say(
            lang,
            "“若其余数据无误，应为”只在其余数据无误时成立；真实数字以机关的原始台账为准。编号与备忘录一致；函中编号不随案卷变化。",
            "“Would be” holds only if all other figures are right; the agency's own records decide. Numbers are those of the memo; those in "
            "letters never change.",
        )
    ]
    for left, zh, en in (
        (reading, "读数问题，由审计人员自行核对", "readings, which the auditor compares with the source"),
        (none, "已认定不是例外", "found to be no exceptions"),
        (summed, f"差额小于 {least}，只在备忘录中汇总", f"differences below {least}, summed in the memo"),
    ):
        if left:
            lines.append(say(lang, f"未列入 {len(left)} 项：{zh}。", f"Not listed ({len(left)}): {en}."))
    if not rows:
        return Words((say(lang, "没有需要列入清单的事项。", "Nothing to list."), *lines[1:]))
    columns = heads(
        lang,
        "编号|机关|年度|事项|所列|若其余数据无误，应为|依据|处理|备注",
        "no.|agency|year|item|printed|would be, if all others are right|basis|disposition|remarks",
    )
    return Table(columns, tuple(rows), case.title, "\n".join(lines), kind="issues")


def write(case: Case, out: Path, which: Literal["letter", "list"]) -> Path:
    """Write the letters (A4, a page an agency) or the list (A4 landscape) as one HTML file by the memo's exporter.

    The file is replaced whole if it exists, untouched if anything fails.
    """
    import nbformat.v4

    from auditkit.memo import MemoExporter

    make: Any = nbformat.v4
    lang = case.lang
    shown: list[tuple[str, Shown]]
    if which == "list":
        shown = [(f"# {say(lang, '问题清单', 'List of issues')}", issue_list(case))]
    else:
        head = f"# {say(lang, '核实函', 'Letters')}"
        shown = [(f"## {say(lang, *_SUBJECT)}", _letter(case, *addressed)) for addressed in _addressed(case)] or [
            ("", sentence(lang, *_NONE))
        ]
        shown[0] = (f"{head}\n\n{shown[0][0]}", shown[0][1])
    cells = []
    for words, part in shown:  # the words are ours alone: nothing of a report is Markdown
        output = make.new_output("display_data", data={"text/html": part.html, "text/plain": part.text})
        cells += [make.new_markdown_cell(words), make.new_code_cell("show", execution_count=1, outputs=[output])]
    page, _ = MemoExporter(lang=lang, layout=which).from_notebook_node(make.new_notebook(cells=cells))
    write_aside(out, (page + "\n").encode())
    return out


def _addressed(case: Case) -> list[tuple[str | None, list[Report], list[Numbered]]]:
    """Return each body by its full name, its reports, and what it can answer and has to.

    That are exceptions that are open, or found to be errors that it has not corrected yet.
    Hints, flags and small differences only if an auditor found them to be errors. Reading is the auditor's own task.
    """
    asked = [e for e in by_materiality(case)[0] if case.disposition(e.finding).state in _TO_ANSWER]
    known = {e.finding.id for e in asked}
    others = (e for e in (*numbered(case), *decidable(case)) if e.finding.id not in known)
    asked += (e for e in others if case.disposition(e.finding).state == "error confirmed")
    known_by = by_body(case.reports)  # two bodies may bear one short name: each gets a letter of its own
    bodies = {id(report): body for body, reports in known_by.items() for report in reports}
    groups: dict[tuple[str | None, str], list[Numbered]] = {}
    for e in asked:
        if e.finding.kind != "reading":
            report = e.result.report
            body = bodies.get(id(report), report.agency)
            groups.setdefault((body, "" if body else report.path), []).append(e)
    return [
        (body, known_by.get(body or "", []), sorted(own, key=lambda e: e.result.report.year or 0))
        for (body, _), own in groups.items()
    ]


def _letter(case: Case, body: str | None, known: Sequence[Report], own: Sequence[Numbered]) -> Sheet:
    lang, n = case.lang, len(own)
    by, office = (
        _date(case.reply_by, lang) or _BLANK,
        case.office or say(lang, f"（审计机关）{_BLANK}", f"(office) {_BLANK}"),
    )
    reports = sorted({id(r): r for e in own for r in _compared(e, known)}.values(), key=lambda r: r.year or 0)
    agency, about = (
        _agency(replace(own[0].result.report, agency=body), lang),
        names([_cited(r, lang) for r in reports], lang),
    )
    confirmed = any(case.disposition(e.finding).state != "open" for e in own)
    or_correct = ("或更正", " or correction") if confirmed else ("", "")
    but = ("除已确认有误的事项外，", "Except for what was found to be an error, it") if confirmed else ("", "It")
    opening = say(
        lang,
        f"我们审阅了{about}。按报告表内数字之间的关系和法定格式，有下列 {n} 项需要请贵机关核实{or_correct[0]}。“若其余数据无误，应为”一栏只在"
        f"其余数据无误时成立；{but[0]}列在下面不表示所列数字有误；真实数字以贵机关的原始台账为准。",
        f"We have reviewed {about}. From the form and from how the figures of its tables depend on each other, the points below "
        f"({n}) need your verification{or_correct[1]}. What a figure “would be” holds only if all other figures are right. {but[1]} does "
        "not say that the printed figure is wrong. Your own records decide.",
    )
    years = {e.result.report.year for e in own}
    others = [r for r in known if r.year in years and all(r is not about_it for about_it in reports)]
    if others:
        files = names([file_name(r) for r in others], lang)
        opening += say(
            lang,
            f"同一年度我们还审阅了贵机关的另一份报告（文件 {files}），下列事项不涉及该份；如已以该份更正，请在回执中说明。",
            f" We also reviewed another report of yours of the same year (file {files}), which the points below do not concern. If it "
            "corrects them, please say so in your reply.",
        )
    closing = say(
        lang,
        f"请于 {by} 前核实并填写下面的回执，加盖公章后退回。如有疑问，请与我们联系。感谢贵机关的支持。",
        f"Please verify and return the slip below by {by}, signed and sealed. For questions please contact us. "
        "Thank you for your support.",
    )
    rows, items = [], []
    for i, e in enumerate(own, 1):
        item = say(lang, f"{i}（{e.code}）", f"{i} ({e.code})"), names(years_of(e), lang)
        items.append(item)
        decided = case.disposition(e.finding)
        ask = say(lang, *(ASK[e.finding.kind] if decided.state == "open" else _CORRECT))
        if decided.state != "open" and decided.entry and decided.entry.reason:  # the figures may not say it
            ask = say(
                lang, f"{ask}。认定的情况：{decided.entry.reason}", f"{ask}. What was found: {decided.entry.reason}"
            )
        rows.append((*item, _plain(e, lang), *printed_and_implied(e, lang, remarks=False), ask))
    zh = "序号|年度|事项|所列|若其余数据无误，应为|请核实"
    en = "no.|year|item|printed|would be, if all others are right|please verify"
    columns = heads(lang, zh, en)
    reference = (say(lang, "文号：", "Reference: ") + case.reference,) if case.reference else ()
    return Sheet(
        (
            *(Words((line,), "ak-letter-from") for line in reference),
            Words((say(lang, f"{agency}：", f"To: {agency}"),), "ak-letter-to"),
            Words((opening,), "ak-letter"),
            Table(columns, tuple(rows), say(lang, "需要核实的事项", "Points to verify"), kind="items"),
            Words((closing,), "ak-letter"),
            Words((office, say(lang, "　　　　年　　月　　日", f"Date: {_BLANK}")), "ak-letter-from"),
            *_slip(agency, items, lang),
        )
    )


def _compared(e: Numbered, known: Sequence[Report]) -> list[Report]:
    """Return the reports that an item is about: of one across years, also the body's of the year before among those `known`."""
    report, years = e.result.report, years_of(e)
    return [*(r for r in known if str(r.year) in years and r.year != report.year), report]


def _date(text: str, lang: Lang) -> str:
    """Write a date as letters do; what is no date stays as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return say(lang, f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B} {day.year}")


def _slip(agency: str, items: Sequence[tuple[str, ...]], lang: Lang) -> tuple[Shown, ...]:
    """Return the slip for the reply: for each item what came of it, then who answers."""
    zh = "□ 与所列情况一致，已更正或将更正（请写明日期）\n□ 数据无误（请说明）"
    en = "□ as described; corrected, or to be corrected (please give the date)\n□ figures are right (please explain)"
    answers = say(lang, zh, en)
    columns = heads(lang, "序号|年度|核实结果|更正后的数字或说明", "no.|year|result|corrected figure or explanation")
    zh = f"经办人：{_BLANK}　　联系电话：{_BLANK}　　（单位盖章）　　　　年　　月　　日"
    en = f"Prepared by: {_BLANK}   Telephone: {_BLANK}   Seal and date: {_BLANK}"
    return (
        Words((say(lang, f"回　执（{agency}）", f"Reply of {agency}"),), "ak-letter-slip"),
        Table(columns, tuple((*item, answers, "") for item in items), kind="reply"),
        Words((say(lang, zh, en),), "ak-letter-sign"),
    )


def _agency(report: Report, lang: Lang) -> str:
    """Name the agency, with the marks of an extract or exercise; how we came by the report is not its concern."""
    name = report.agency or say(
        lang, f"（未写明机关，文件 {file_name(report)}）", f"(agency not stated, {file_name(report)})"
    )
    return name + replace(report, tags=report.tags - {"typed"}, copy="").marks(lang)


def _cited(report: Report, lang: Lang) -> str:
    year = (f" {report.year} 年", f" of {report.year}") if report.year else ("", "")
    file = f"文件 {file_name(report)}", f"file {file_name(report)}"
    if "typed" in report.tags:  # the file is the auditor's own
        file = "由我们据原件录入", "as we copied it from the original"
    zh = f"贵机关{year[0]}政府信息公开工作年度报告（{file[0]}）"
    en = f"your annual report{year[1]} on government information disclosure ({file[1]})"
    return say(lang, zh, en)


def _item(e: Numbered, lang: Lang) -> str:
    return "\n".join([e.finding.message(lang), *(say(lang, *c) for c in e.finding.consequences)])


def _plain(e: Numbered, lang: Lang) -> str:
    """Say an item without how the program had read its figures or what it may have missed: an agency knows what it has printed.

    Of a report that the auditor typed in, also without places: they are those of the auditor's file.
    """
    text = e.finding.message(lang) if is_flag(e.finding) else _item(e, lang)
    for limit, instead in _LIMITS:
        text = text.replace(limit, instead)
    for remark in filter(None, (e.result.report.remark(c, lang) for c in e.finding.cells)):
        text = text.replace(remark, "")
    return _IN_THE_FILE.sub("", text) if "typed" in e.result.report.tags else text


def _remarks(case: Case, e: Numbered, decided: Disposition) -> str:
    """Say why it was decided so, by whom and when; why it is open again; what auditors noted on it."""
    lines = [decided.entry.reason, f"{decided.entry.author} {when(decided.entry)}"] if decided.entry else []
    lines += [say(case.lang, *decided.why_open)] if decided.why_open else []
    lines += [f"{n.value} ({n.author})" for n in case.notes(e.finding)]
    return "\n".join(line for line in lines if line)
