"""The panel to type a report that cannot be read into the empty form (00.2).

Typing that is not added yet is kept as a draft in the case's ``out`` folder: neither a crash nor a reload loses it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import ipywidgets as w
from ipywidgets.widgets.widget_string import TextStyle

from auditkit.case import Case, typed
from auditkit.case.folder import write_aside
from auditkit.case.journal import need
from auditkit.case.register import compared
from auditkit.checks import catalog
from auditkit.checks.identities import evaluate
from auditkit.findings import fingerprint
from auditkit.forms import FORM_IDS, TABLES, Form, TableId, form_of_year, layouts, load_form
from auditkit.loading import load_bytes
from auditkit.placing.placement import Placed
from auditkit.reading.numbers import parse
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.tables import Table, Words, escape, heads, number_or_text, sentence, visible
from auditkit.widgets.base import Panel, author_field, beside, button, choice, named, off, offering, on_change, panel
from auditkit.widgets.material import AGAIN, added_as, agency_and_year, as_read, told, year_given
from auditkit.wording import LANGS, Lang, say

MOST_NAMED = 6
"""Cells named in one sentence."""
_DRAFTS = ".typing-*.json"
_FORMS = sum(len(layouts(f)) for f in FORM_IDS)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is typed of one report, and not added yet."""

    agency: str
    year: str
    form: int = 0
    """Place in the list of forms to choose from."""
    origin: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def type_in(case: Case) -> Panel:
    """Type a report that cannot be read into the empty form (00.2); what is typed is kept as a draft until it is added."""
    lang = case.lang
    title = "录入读不出的报告（空白法定表格）", "type in a report that cannot be read (the empty form)"
    if closed := off(case):
        return panel(lang, *title, [w.HTML(closed.html)])
    forms = [form for f in reversed(FORM_IDS) for form in layouts(f)]
    agency, year = agency_and_year(lang)
    author, said, filled, grid = author_field(case), w.HTML(), w.HTML(), w.VBox()
    result = w.HTML()  # beside the button that adds: the form between is longer than a screen
    sums: dict[TableId, w.HTML] = {table: w.HTML() for table in TABLES}
    zh = "格式|按年份预选；以原文为准"
    en = "Form|preset by the year; the source decides"
    form = choice(lang, zh, en, [(f.name(lang), i) for i, f in enumerate(forms)])
    form.value = 0
    zh = "录入所据|据哪个文件录入，如案卷中读不出的文件"
    en = "Typed from|the file it is typed from, such as one that was not read"
    origin = offering(lang, zh, en, tuple(visible(s.name) for s in case.sources if s.problem))
    values, opened = dict[str, str](), list[_Draft]()  # what is typed; whose report of which year the grid is for

    def keep() -> None:
        def act() -> list[str]:
            need(
                bool(opened),
                "表格已加入案卷；要再改，请重新打开表格。",
                "The form was added; open it again to change it.",
            )
            _keep(case, replace(opened[0], form=form.value, origin=origin.value, values=values))
            return [say(lang, "草稿已保存，尚未加入案卷。", "Draft kept; not added to the case yet.")]

        told(lang, said, act, zh="草稿没有保存：", en="The draft was not kept: ")
        judge()

    def judge() -> None:
        words, tables = _sums(forms[form.value], values, lang)
        filled.value = words.html
        for table, html in tables.items():
            sums[table].value = html

    def show() -> None:
        if opened:
            grid.children, add.disabled = _grid(forms[form.value], values, keep, sums, lang), False
            judge()

    def open_form() -> None:
        def act() -> list[str]:
            whose, of = typed.one_line(agency.value), year_given(year.value)
            need(whose, "请填写机关。", "Please give the agency.")
            opened.clear()
            result.value = ""
            known = _draft(_file(case, _Draft(whose, of)))
            blank.value = False  # said of the report before
            if known:
                form.value = known.form
            values.clear()
            values.update(known.values if known else {})
            opened.append(_Draft(whose, of))
            lines = [
                say(lang, f"正在录入：{typed.title(whose, of)}。", f"Typing: {whose} {of}."),
            ]
            if values:
                lines.append(say(lang, f"已恢复草稿：{len(values)} 格。", f"Draft restored, cells: {len(values)}."))
            return lines

        if told(lang, said, act, zh="", en=""):
            show()

    def added() -> None:
        def act() -> list[str]:
            this, of_form = opened[0], forms[form.value]
            now = typed.one_line(agency.value), year_given(year.value)
            zh = f"表格是为 {this.agency} {this.year} 年打开的，机关或年度改过之后请再点“打开表格”。"
            en = f"The form was opened for {this.agency} {this.year}; after changing agency or year press “Open the form” again."
            need(now == (this.agency, this.year), zh, en)
            need(origin.value.strip(), "请写明据哪个文件录入。", "Please say which file it was typed from.")
            need(author.value.strip(), "请先填写审计人员姓名。", "Please give the auditor's name first.")
            texts = {c.id: values.get(c.id, "") for c in of_form.cells}
            data = typed.page(of_form, texts, this.agency, int(this.year), author.value, origin.value, lang)
            reports = load_bytes("-", data)
            zh = "标题中的机关名称不能照录：请用汉字写全称，数字用中文数字。"
            en = "The agency's name does not come back as typed: write it in full in Chinese, numbers in Chinese too."
            need([(r.agency, r.year) for r in reports] == [(compared(this.agency), int(this.year))], zh, en)
            _need_as_typed(reports[0], of_form, texts)
            left = sum(not text.strip() for text in texts.values())
            zh = f"还有 {left} 格没有录入。原文中这些格确为空白的，请勾选“未录入的格在原文中为空白”再加入；没有录完的，草稿已保存，以后可继续。"
            en = f"Cells not typed yet: {left}. If they are blank in the original, tick “cells left empty are blank in the original”; "
            need(not left or blank.value, zh, en + "if not, the draft is kept and can be continued later.")
            name = f"{say(lang, '录入', 'typed')}-{this.agency}-{this.year}.html"
            done = added_as(case, name, data)
            _file(case, this).unlink(missing_ok=True)
            opened.clear()
            blank.value = False
            grid.children, filled.value, add.disabled = (), "", True
            return [done, as_read(reports[0], lang), say(lang, *AGAIN)]

        told(lang, result, act)

    def preset() -> None:
        if not opened and year.value.strip().isdecimal():
            due = load_form(form_of_year(int(year.value)))
            form.value = forms.index(due)

    blank = w.Checkbox(
        **named(
            lang,
            "未录入的格在原文中为空白|空着的格按原文空白保存，不按 0",
            "cells left empty are blank in the original|not 0",
        ),
        indent=False,
        layout=w.Layout(width="max-content", max_width="100%"),
    )
    start = button(lang, "打开表格|空白表格，或以前的草稿", "Open the form|the empty form, or the draft", open_form)
    add = button(lang, "加入案卷|存为源文件", "Add to the case|save it as a source file", added, disabled=True)
    on_change(year, preset)
    on_change(form, show)
    drafts = [d for file in sorted((case.path / "out").glob(_DRAFTS)) if (d := _draft(file))]
    if drafts:
        agency.value, year.value, origin.value = drafts[0].agency, drafts[0].year, drafts[0].origin
        names = say(lang, "、", "; ").join(f"{d.agency} {d.year}" for d in drafts)
        zh = f"有未加入的草稿：{names}。点“打开表格”继续。"
        en = f"Drafts not added yet: {names}. Press “Open the form” to go on."
        said.value = sentence(lang, zh, en).html
    return panel(
        lang, *title, [beside([agency, year, form]), origin, author, start, said, grid, filled, blank, add, result]
    )


def _need_as_typed(report: Report, form: Form, texts: Mapping[str, str]) -> None:
    """Refuse what the reader would not give back as typed, naming the cells."""
    cells = typed.differing(report, form, texts)
    zh, en = (say(lang, "、", "; ").join(form.label(c, lang) for c in cells[:MOST_NAMED]) for lang in LANGS)
    need(
        not cells,
        f"有 {len(cells)} 格不能照录（{zh}{'等' if len(cells) > MOST_NAMED else ''}）。文字请先留空，加入案卷后在 01 更正读数。",
        f"Cells that do not come back as typed: {len(cells)} ({en}{' ...' if len(cells) > MOST_NAMED else ''}). Leave words empty, "
        "add the report, then correct the reading in 01.",
    )


def _file(case: Case, draft: _Draft) -> Path:
    return case.path / "out" / _DRAFTS.replace("*", fingerprint(draft.agency, draft.year))


def _keep(case: Case, draft: _Draft) -> None:
    file = _file(case, draft)
    file.parent.mkdir(exist_ok=True)
    write_aside(file, json.dumps(asdict(draft), ensure_ascii=False, sort_keys=True).encode("utf-8", "replace"))


def _draft(file: Path) -> _Draft | None:
    """Return what a draft holds; None where there is none or it is damaged."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        values = {str(k): str(v) for k, v in found["values"].items()}
        return _Draft(
            str(found["agency"]), str(found["year"]), int(found["form"]) % _FORMS, str(found["origin"]), values
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return None


def _grid(
    form: Form, values: dict[str, str], changed: Callable[[], None], sums: Mapping[TableId, w.HTML], lang: Lang
) -> tuple[w.Widget, ...]:
    """Return the tables as grids of fields, their sums beneath; a field's label, row and column, is heard, not seen."""
    style, layout = TextStyle(description_width="0px"), w.Layout(width="auto", min_width="3em", margin="1px")
    parts: list[w.Widget] = []
    for table in TABLES:
        parts.append(w.HTML(Words((form.title(table, lang),), "ak-name").html))
        for rows in _blocks(form, table):
            first = form.row_cells(table, rows[0])
            children = [w.HTML(), *(w.HTML(escape(c.column_label[lang])) for c in first)]
            for row in rows:
                children.append(w.HTML(escape(form.row_label(table, row, lang))))
                children += [
                    _field(c.id, form.label(c.id, lang), values, changed, style, layout)
                    for c in form.row_cells(table, row)
                ]
            columns = f"minmax(9em, 2fr) repeat({len(first)}, minmax(3.5em, 1fr))"
            rule = {"grid_template_columns": columns, "align_items": "center", "max_width": "76em", "overflow": "auto"}
            parts.append(w.GridBox(children, layout=w.Layout(**rule)))
        parts.append(sums[table])
    return tuple(parts)


def _blocks(form: Form, table: TableId) -> list[list[str]]:
    """Return a table's rows, those under the same heads together."""
    out: list[list[str]] = []
    for row in form.rows(table):
        columns = [c.column for c in form.row_cells(table, row)]
        if out and [c.column for c in form.row_cells(table, out[-1][0])] == columns:
            out[-1].append(row)
        else:
            out.append([row])
    return out


def _field(
    cell: str, label: str, values: dict[str, str], changed: Callable[[], None], style: TextStyle, layout: w.Layout
) -> w.Text:
    look = {"continuous_update": False, "style": style, "layout": layout}
    text = w.Text(value=values.get(cell, ""), description=label, tooltip=label, **look)

    def put() -> None:
        values[cell] = text.value
        changed()

    on_change(text, put)
    return text


def _sums(form: Form, values: Mapping[str, str], lang: Lang) -> tuple[Words, dict[TableId, str]]:
    """Say how much is typed, and for each table which sums do not hold of those whose cells are all typed."""
    filled = {c.id: Placed(parse(t, c.unit), Place(), "") for c in form.cells if (t := values.get(c.id, "").strip())}
    sums = evaluate(Report("", None, None, form.id, form, filled))
    rows: dict[TableId, list[tuple[object, ...]]] = {table: [] for table in TABLES}
    for identity, outcome, off_by in zip(form.identities, sums.outcomes, sums.residuals, strict=True):
        if outcome == "failed":
            title = say(lang, *catalog()[identity.check].title)
            rows[identity.table].append((title, form.subject(identity, lang), number_or_text(off_by)))
    whole, failed = sum(o in ("passed", "failed") for o in sums.outcomes), sum(map(len, rows.values()))
    said = say(
        lang,
        f"已填 {len(filled)} / {len(form.cells)} 格；填满的等式 {whole} / {len(form.identities)} 个，不成立 {failed} 个。",
        f"Cells typed: {len(filled)} of {len(form.cells)}; sums with all cells typed: {whole} of {len(form.identities)}, "
        f"not holding: {failed}.",
    )
    columns = heads(lang, "不成立的等式|行或列|差", "sum that does not hold|row or column|difference")
    return Words((said,)), {t: Table(columns, tuple(r)).html if r else "" for t, r in rows.items()}
