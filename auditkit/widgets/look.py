"""Panels that change only themselves: choosers and what-if."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as w

from auditkit.case import Case
from auditkit.checks.identities import Arithmetic, evaluate, sum_name
from auditkit.findings import Numbered
from auditkit.forms import load_bridge, load_form
from auditkit.reading.numbers import Number, parse
from auditkit.report import Report
from auditkit.tables import (
    LOOKED_AT,
    FormTable,
    Sheet,
    Shown,
    Table,
    Words,
    escape,
    heads,
    marks,
    number_or_text,
    report_tables,
    sentence,
)
from auditkit.views.consistency import cells_concerned, source_places
from auditkit.views.read import in_source
from auditkit.widgets.base import WIDE, Panel, choice, named, on_change, panel, refill
from auditkit.wording import Lang, say


def report_chooser(case: Case) -> Panel:
    """Choose a report and see its three tables as printed (01.2)."""
    lang = case.lang
    zh = "报告|选择要查看的报告"
    en = "Report|choose the report to look at"
    chosen_report = choice(lang, zh, en, [(r.name(lang), i) for i, r in enumerate(case.reports)])
    table = w.HTML()

    def show() -> None:
        table.value = "" if chosen_report.value is None else report_tables(case.reports[chosen_report.value], lang).html

    on_change(chosen_report, show)
    show()
    return panel(lang, "选择一份报告，查看其三张表", "choose a report and see its tables", [chosen_report, table])


def source_of_figure(case: Case) -> Panel:
    """From an exception to its place in the source, and what if the figure were another (02.7)."""
    lang, exceptions = case.lang, case.exceptions
    if not exceptions:
        text = say(lang, "没有例外事项。", "No exceptions.")
        zh = "例外的出处与试算；没有例外事项"
        en = "exceptions and what-if; there are none"
        return panel(lang, zh, en, [w.HTML(Words((text,)).html)])
    zh = "例外|选择一项例外"
    en = "Exception|choose an exception"
    exception = choice(lang, zh, en, [(_title(e, lang), i) for i, e in enumerate(exceptions)])
    cell = choice(lang, "格|选择一格", "Cell|choose a cell", [])
    trial = w.Text(
        **named(lang, "试填|只试算，不改动任何数据", "What if|a trial only: nothing is changed"),
        placeholder=say(lang, "输入一个数字", "type a figure"),
        style=WIDE,
        continuous_update=False,
    )
    source, sums = w.HTML(), w.HTML()

    concerned: list[tuple[Report, str]] = []

    def choose() -> None:
        e = exceptions[exception.value]
        concerned[:] = cells_concerned(case, e)
        several = len({id(r) for r, _ in concerned}) > 1  # across years
        refill(
            cell,
            [
                (f"{r.name(lang)} · {r.layout.label(c, lang)}" if several else r.layout.label(c, lang), i)
                for i, (r, c) in enumerate(concerned)
            ],
        )
        cell.value = 0 if concerned else None
        cell.layout.display = trial.layout.display = "" if concerned else "none"
        source.value = _source(case, e, concerned).html
        show()

    def show() -> None:
        if cell.value is None:
            sums.value = ""
            return
        report, of = concerned[cell.value]
        sums.value = _trial(report, of, trial.value, lang)
        if len({id(r) for r, _ in concerned}) > 1:
            zh = "只试算一份报告内的等式；两年之间的见笔记本 03。"
            en = "Only the sums within one report are tried; for those between years see notebook 03."
            sums.value += sentence(lang, zh, en).html

    # emptied at once, and not with `choose`: what is typed while the kernel is busy stands
    exception.observe(lambda _: trial.set_trait("value", ""), names="value")
    on_change(exception, choose)
    on_change(cell, show)
    on_change(trial, show)
    choose()
    zh = "例外在原文中的位置与试算"
    en = "an exception's place in the source, and what-if"
    return panel(lang, zh, en, [exception, source, cell, trial, sums])


def _title(e: Numbered, lang: Lang) -> str:
    text = e.finding.message(lang)
    return f"{e.label} {e.result.report.name(lang)} · {e.finding.check} · {text[:40]}{'…' if len(text) > 40 else ''}"


def _source(case: Case, e: Numbered, concerned: Sequence[tuple[Report, str]]) -> Sheet:
    """An exception in words, its rows as the files have them, and the tables it stands in."""
    lang = case.lang
    parts: list[Shown] = [Words((e.finding.message(lang),))]
    parts += [in_source(report, places, lang) for report, places in source_places(case, e)] or [
        sentence(lang, "这一项不在文件的某一行中。", "This one stands in no row of a file.")
    ]
    tables = {(id(r), r.layout.cell(c).table): r for r, c in concerned}
    for (of, table), report in tables.items():
        own = frozenset(c for r, c in concerned if id(r) == of)
        parts += [Words((report.name(lang),), "ak-name"), FormTable(report, table, lang, own, LOOKED_AT)]
    return Sheet((*parts, marks(lang, LOOKED_AT)) if tables else tuple(parts))


def _trial(report: Report, cell: str, text: str, lang: Lang) -> str:
    """The sums that a cell stands in, as printed and with the figure tried."""
    figure = parse(text, report.layout.cell(cell).unit)
    if text.strip() and figure.kind != "figure":
        return sentence(lang, f"“{text}”不是数字。", f"“{text}” is no figure.").html
    before = evaluate(report)
    value: Number | None = figure.value if figure.kind == "figure" else None
    rows = tuple(_sum_row(report, before, i, cell, value, lang) for i in report.layout.touching(cell))
    if not rows:
        return sentence(lang, "这一格不在任何等式中。", "This cell stands in no sum.").html
    columns = heads(lang, "等式|按原文的差|试填后的差", "sum|difference as printed|difference with the figure tried")
    return Table(columns, rows, caption=report.layout.label(cell, lang)).html


def _sum_row(
    report: Report, sums: Arithmetic, i: int, cell: str, value: Number | None, lang: Lang
) -> tuple[object, ...]:
    layout, identity = report.layout, report.layout.identities[i]
    title, cannot = sum_name(layout, identity, lang), say(lang, "无法判断", "not assessable")
    if any(c not in sums.values and c != cell for c in identity.cells):
        return title, cannot, cannot
    as_printed = number_or_text(sums.residuals[i]) if cell in sums.values else cannot
    if value is None:
        return title, as_printed, "–"
    sign = int(layout.matrix[i, layout.index[cell]])
    others = sum(
        (int(layout.matrix[i, layout.index[c]]) * sums.values[c] for c in identity.cells if c != cell), start=0
    )
    after = others + sign * value
    return title, as_printed, number_or_text(after) + ("" if after else say(lang, "（成立）", " (holds)"))


def row_and_years(case: Case) -> Panel:
    """One row over the years of one agency, as a picture (03.9)."""
    lang = case.lang
    series = case.series()
    agency = choice(lang, "机关|选择机关", "Agency|choose an agency", [(s.agency, i) for i, s in enumerate(series)])
    newest = load_form("2021")
    rows = [(newest.label(c.id, lang), c.id) for c in newest.cells if c.table == "proactive" or c.column == "total"]
    row = choice(lang, "行|选择一行", "Row|choose a row", rows)
    if rows:
        row.value = "requests.new.total"
    shown = w.HTML()

    def show() -> None:
        if agency.value is not None:
            shown.value = _years_html(series[agency.value].reports, row.value, lang)

    on_change(agency, show)
    on_change(row, show)
    show()
    return panel(
        lang, "选择机关和行，查看各年数字", "choose an agency and a row and see its years", [agency, row, shown]
    )


def _years_html(reports: Sequence[Report], cell: str, lang: Lang) -> str:
    from auditkit.figures import row_over_years

    bridge = load_bridge()
    by_year = {
        r.year: r.value(cell)
        for r in reports
        if r.year is not None and cell in r.layout.index and bridge.relation(cell, "2021", r.form) == "same"
    }
    if not by_year:
        return sentence(lang, "各年口径不同，没有可比的数字。", "No comparable figures in any year.").html
    label = load_form("2021").label(cell, lang)
    picture = row_over_years(label, tuple(by_year), tuple(by_year.values()), lang)
    return picture.html + f"<pre>{escape(picture.text)}</pre>"
