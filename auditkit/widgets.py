"""Every panel: choosers and what-if change only themselves; what is stated goes to the case.

A panel is complete by keyboard, its controls are labelled, and beside it stands a cell that says the same as text.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as w

from auditkit.case import Case, CaseError, add_source
from auditkit.checks.identities import Arithmetic, evaluate
from auditkit.findings import Finding, ReportResult
from auditkit.forms import load_bridge, load_form
from auditkit.reading import ReadingError
from auditkit.reading.numbers import Number, parse
from auditkit.report import Report
from auditkit.tables import FormTable, Table, Words, number_or_text, report_tables
from auditkit.wording import Lang, say

_WIDE = {"description_width": "initial"}


class Panel(w.VBox):  # type: ignore[misc]
    """A panel; where no widgets can be shown it says what it is in a line."""

    def __init__(self, words: str, children: Sequence[w.Widget]) -> None:
        super().__init__(children=tuple(children))
        self._words = words

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = super()._repr_mimebundle_(**kwargs)
        if isinstance(data, dict):
            data["text/plain"] = self._words
        return data


def _panel(lang: Lang, zh: str, en: str, children: Sequence[w.Widget]) -> Panel:
    return Panel(say(lang, f"【面板】{zh}（在 JupyterLab 中使用）", f"[Panel] {en} (for use in JupyterLab)"), children)


def _choice(label: str, options: Sequence[tuple[str, Any]], hint: str) -> w.Dropdown:
    return w.Dropdown(
        options=list(options),
        description=label,
        tooltip=hint,
        style=_WIDE,
        layout=w.Layout(width="max-content", max_width="100%"),
    )


def _on_change(control: w.Widget, show: Callable[[], None]) -> None:
    def changed(_: object) -> None:
        show()

    control.observe(changed, names="value")


def report_chooser(case: Case) -> Panel:
    """Choose a report and see its three tables as printed (01.2)."""
    lang = case.lang
    choice = _choice(
        say(lang, "报告", "Report"),
        [(r.name(lang), i) for i, r in enumerate(case.reports)],
        say(lang, "选择要查看的报告", "choose the report to look at"),
    )
    table = w.HTML()

    def show() -> None:
        table.value = "" if choice.value is None else report_tables(case.reports[choice.value], lang).html

    _on_change(choice, show)
    show()
    return _panel(lang, "选择一份报告，查看其三张表", "choose a report and see its tables", [choice, table])


def add_files(case: Case) -> Panel:
    """Add reports to the case (00.2); each is read first, what cannot be read is not added."""
    lang = case.lang
    said = w.HTML()
    if case.is_demonstration:
        said.value = Words(
            (
                say(
                    lang,
                    "演示案卷只读。添加自己的报告：在终端运行 auditkit new 案卷名 文件…，再运行 auditkit lab 案卷名。",
                    "The demonstration case is read-only. For your own reports run: auditkit new CASE FILE..., then auditkit lab CASE.",
                ),
            )
        ).html
        return _panel(
            lang,
            "添加文件；演示案卷只读，请用 auditkit lab 打开自己的案卷",
            "add files; off in the demonstration case, use auditkit lab",
            [said],
        )
    upload = w.FileUpload(
        multiple=True,
        description=say(lang, "添加报告文件", "Add reports"),
        tooltip=say(lang, "选择网页或纯文本文件", "choose web pages or plain texts"),
        layout=w.Layout(width="max-content"),
    )

    def show() -> None:
        lines = []
        for item in upload.value:
            try:
                add_source(case, item["name"], bytes(item["content"]))
                lines.append(say(lang, f"已添加 {item['name']}。", f"{item['name']} added."))
            except (ReadingError, CaseError) as error:
                lines.append(
                    say(
                        lang,
                        f"没有添加 {item['name']}：{error.message(lang)}",
                        f"{item['name']} not added: {error.message(lang)}",
                    )
                )
            except OSError as error:
                lines.append(
                    say(
                        lang,
                        f"没有添加 {item['name']}：无法写入（{error.strerror}）。",
                        f"{item['name']} not added: cannot be written ({error.strerror}).",
                    )
                )
        if lines:
            lines.append(say(lang, "请点“▶ 全部运行”重新计算。", "Press “▶ run all” to recompute."))
        said.value = Words(tuple(lines)).html

    _on_change(upload, show)
    return _panel(lang, "添加报告文件", "add reports", [upload, said])


def source_of_figure(case: Case) -> Panel:
    """From an exception to its place in the source, and what if the figure were another (02.7)."""
    lang = case.lang
    exceptions = [
        (result, finding)
        for result in case.results
        for finding in result.findings
        if finding.severity != "note" and any(c in finding_cells(result, finding) for c in finding.cells)
    ]
    if not exceptions:
        text = say(lang, "没有例外事项。", "No exceptions.")
        return _panel(
            lang,
            "例外的出处与试算；没有例外事项",
            "exceptions and what-if; there are none",
            [w.HTML(Words((text,)).html)],
        )
    choice = _choice(
        say(lang, "例外", "Exception"),
        [(_title(result, finding, lang), i) for i, (result, finding) in enumerate(exceptions)],
        say(lang, "选择一项例外", "choose an exception"),
    )
    cell = _choice(say(lang, "格", "Cell"), [], say(lang, "选择一格", "choose a cell"))
    trial = w.Text(
        description=say(lang, "试填", "What if"),
        placeholder=say(lang, "输入一个数字", "type a figure"),
        tooltip=say(lang, "只试算，不改动任何数据", "a trial only: nothing is changed"),
        style=_WIDE,
        continuous_update=False,
    )
    source, sums = w.HTML(), w.HTML()

    def chosen() -> tuple[ReportResult, Finding]:
        result, finding = exceptions[choice.value]
        return result, finding

    def choose() -> None:
        result, finding = chosen()
        cells = [c for c in finding.cells if c in finding_cells(result, finding)]
        cell.options = [(result.report.layout.label(c, lang), c) for c in cells]
        cell.value = cells[0]
        trial.value = ""
        source.value = _source(result.report, finding, lang)
        show()

    def show() -> None:
        result, _ = chosen()
        sums.value = _trial(result.report, cell.value, trial.value, lang)

    _on_change(choice, choose)
    _on_change(cell, show)
    _on_change(trial, show)
    choose()
    return _panel(
        lang,
        "例外在原文中的位置与试算",
        "an exception's place in the source, and what-if",
        [choice, source, cell, trial, sums],
    )


def finding_cells(result: ReportResult, finding: Finding) -> frozenset[str]:
    """Return those of a finding's cells that are the report's own."""
    return frozenset(c for c in finding.cells if c in result.report.layout.index)


def _title(result: ReportResult, finding: Finding, lang: Lang) -> str:
    text = finding.message(lang)
    return f"{result.report.name(lang)} · {finding.check} · {text[:40]}{'…' if len(text) > 40 else ''}"


def _source(report: Report, finding: Finding, lang: Lang) -> str:
    place = finding.place.describe(lang) or "–"
    own = [c for c in finding.cells if c in report.layout.index]
    table = report.layout.cell(own[0]).table
    words = Words((finding.message(lang), say(lang, f"原文位置：{place}", f"in the source: {place}")))
    return words.html + FormTable(report, table, lang, frozenset(own)).html


def _trial(report: Report, cell: str | None, text: str, lang: Lang) -> str:
    """The sums that a cell stands in, as printed and with the figure tried."""
    if cell is None:
        return ""
    figure = parse(text, report.layout.cell(cell).unit)
    if text.strip() and figure.kind != "figure":
        return Words((say(lang, f"“{text}”不是数字。", f"“{text}” is no figure."),)).html
    before = evaluate(report)
    value: Number | None = figure.value if figure.kind == "figure" else None
    rows = tuple(_sum_row(report, before, i, cell, value, lang) for i in _touching(report, cell))
    if not rows:
        return Words((say(lang, "这一格不在任何等式中。", "This cell stands in no sum."),)).html
    heads = say(lang, "等式|按原文的差|试填后的差", "sum|difference as printed|difference with the figure tried").split(
        "|"
    )
    return Table(tuple(heads), rows, caption=report.layout.label(cell, lang)).html


def _touching(report: Report, cell: str) -> list[int]:
    return [i for i, identity in enumerate(report.layout.identities) if cell in identity.cells]


def _sum_row(
    report: Report, sums: Arithmetic, i: int, cell: str, value: Number | None, lang: Lang
) -> tuple[object, ...]:
    from auditkit.checks import catalog

    layout, identity = report.layout, report.layout.identities[i]
    name = (
        layout.column_label(identity.table, identity.subject, lang)
        if identity.each == "column"
        else layout.row_label(identity.table, identity.subject, lang)
    )
    title = (
        f"{say(lang, *catalog()[identity.check].title)}（{name}）"
        if lang == "zh"
        else f"{catalog()[identity.check].title[1]} ({name})"
    )
    if any(c not in sums.values and c != cell for c in identity.cells):
        cannot = say(lang, "无法判断", "not assessable")
        return title, cannot, cannot
    as_printed = number_or_text(sums.residuals[i]) if cell in sums.values else say(lang, "无法判断", "not assessable")
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
    agency = _choice(
        say(lang, "机关", "Agency"),
        [(s.agency, i) for i, s in enumerate(series)],
        say(lang, "选择机关", "choose an agency"),
    )
    newest = load_form("2021")
    rows = [(newest.label(c.id, lang), c.id) for c in newest.cells if c.table == "proactive" or c.column == "total"]
    row = _choice(say(lang, "行", "Row"), rows, say(lang, "选择一行", "choose a row"))
    if rows:
        row.value = "requests.new.total"
    shown = w.HTML()

    def show() -> None:
        if agency.value is not None:
            shown.value = _years_html(series[agency.value].reports, row.value, lang)

    _on_change(agency, show)
    _on_change(row, show)
    show()
    return _panel(
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
        return Words((say(lang, "各年口径不同，没有可比的数字。", "No comparable figures in any year."),)).html
    label = load_form("2021").label(cell, lang)
    picture = row_over_years(label, tuple(by_year), tuple(by_year.values()), lang)
    data = base64.b64encode(picture.png).decode("ascii")
    return f'<img alt="{escape(picture.alt)}" width="{picture.width}" src="data:image/png;base64,{data}"><pre>{escape(picture.text)}</pre>'
