"""The panels of notebook 00: what is pasted or typed becomes a source file that is read like any other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import layouts
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.case import Case, CaseError, typed
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.forms import Form, load_form
from auditkit.loading import load, load_bytes
from auditkit.reading import read_page
from auditkit.reading.page import Grid, Line, ReadingError
from auditkit.report import Report
from auditkit.widgets.base import Panel
from auditkit.widgets.form import type_in
from auditkit.widgets.material import add_files, agency_register, aliases, paste_table, scope
from auditkit.widgets.material import new_case as new_case_panel

SOURCES = shipped("data") / "sources"
PANELS = (add_files, agency_register, new_case_panel, paste_table, scope, type_in)
FORMS = (load_form("2021"), load_form("2021", variant="single_other"), load_form("2019"))
AGENCY, ORIGIN = layouts.AGENCY, "2023 年报告（纸质件）"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return new_case(tmp_path / "案 卷", [SOURCES / "exercise-2022.html"])


def controls(widget: Any) -> Iterator[Any]:
    for child in getattr(widget, "children", ()):
        yield child
        yield from controls(child)


def control(panel: Panel, description: str) -> Any:
    return next(c for c in controls(panel) if getattr(c, "description", "") == description)


def shown(panel: Panel) -> str:
    return " ".join(c.value for c in controls(panel) if type(c).__name__ == "HTML")


def fill(panel: Panel, **values: str) -> None:
    names = {"text": "粘贴在此", "agency": "机关", "year": "年份", "origin": "复制自", "source": "录入所据"}
    for name, value in values.items():
        control(panel, names.get(name, "审计人员")).value = value


def sources(case: Case) -> dict[str, Report | None]:
    return {s.name: next(iter(s.reports), None) for s in Case(case.path).sources}


def as_sheet(path: Path, *, titles: bool = True, broken: bool = False) -> str:
    """What a spreadsheet puts on the clipboard: merged cells as empty ones, cells of several lines in quotation marks."""
    rows: list[list[str]] = []
    for block in read_page(path).blocks:
        if isinstance(block, Line):
            rows += [[block.text]] if titles or block.text.startswith(("二、", "三、", "四、")) else []
            continue
        assert isinstance(block, Grid)
        width = max(s.column + s.width for row in block.rows for s in row)
        for row in block.rows:
            texts = {s.column: s.text for s in row}
            rows.append([texts.get(c, "") for c in range(width)])

    def quoted(cell: str, alone: bool) -> str:
        if broken and not alone and len(cell) > 8 and not cell[4].isdigit():
            cell = f"{cell[:4]}\n{cell[4:]}"
        return '"' + cell.replace('"', '""') + '"' if "\n" in cell else cell

    return "".join("\t".join(quoted(c, len(row) == 1) for c in row) + "\r\n" for row in rows)


def same_cells(a: Report, b: Report) -> bool:
    return all(a.printed(c.id) == b.printed(c.id) and a.kind(c.id) == b.kind(c.id) for c in b.layout.cells)


# --- pasted ---


@pytest.mark.parametrize("name", ["exercise-2020", "exercise-2022", "hongze-gov-2023", "suqian-gov-2023"])
@pytest.mark.parametrize("broken", [False, True])
def test_tables_copied_from_a_sheet_are_read_cell_for_cell(name: str, broken: bool) -> None:
    path = SOURCES / f"{name}.html"
    original = load(path)
    whole = load_bytes("-", typed.pasted(as_sheet(path, broken=broken), "", "", "张三", ORIGIN))
    tables = as_sheet(path, titles=False, broken=broken)
    bare = load_bytes("-", typed.pasted(tables, str(original.agency), str(original.year), "张三", ORIGIN))
    for (report,) in (whole, bare):
        assert same_cells(report, original)
        assert (report.agency, report.year) == (original.agency, original.year)
        assert not report.unplaced


def test_two_figures_on_two_lines_of_one_cell_never_become_one_figure() -> None:
    sheet = as_sheet(SOURCES / "exercise-2022.html")
    assert sheet.count("\t296\r\n") == 1
    (report,) = load_bytes("-", typed.pasted(sheet.replace("\t296\r\n", '\t"1\n234"\r\n'), "", "", "张三", ORIGIN))
    assert 1234 not in [report.value(c.id) for c in report.layout.cells]
    assert any("1 / 234" in report.printed(c.id) for c in report.layout.cells)


def test_quotation_marks_of_the_text_itself_stay() -> None:
    text = '"放管服"改革\t一\t"二'
    assert text in typed.pasted(text, "", "", "张三", ORIGIN).decode()


def test_what_is_pasted_is_previewed_then_kept_as_a_source_that_says_who_pasted_it(case: Case) -> None:
    panel = paste_table(case)
    fill(panel, text=as_sheet(SOURCES / "suqian-gov-2023.html", titles=False))
    control(panel, "预览").click()
    assert "请填写" in shown(panel)
    fill(panel, agency="宿迁市", year="2023")
    control(panel, "预览").click()
    assert "宿迁市 2023 年〔录入〕：读到 200 / 200 格，未落位 0 个数字；结论：勾稽相符。" in shown(panel)
    assert list(sources(case)) == ["exercise-2022.html"]
    control(panel, "加入案卷").click()
    assert "请写明复制自哪里" in shown(panel)
    fill(panel, origin="https://example.gov.cn/a|b.html")
    control(panel, "加入案卷").click()
    assert "请先填写审计人员姓名" in shown(panel)
    fill(panel, author="张三")
    control(panel, "加入案卷").click()
    assert "已加入案卷：粘贴-宿迁市-2023.txt。" in shown(panel)
    found = sources(case)["粘贴-宿迁市-2023.txt"]
    assert found is not None
    assert same_cells(found, load(SOURCES / "suqian-gov-2023.html"))
    assert found.prose[-1] == "录入：由张三粘贴，复制自：https://example.gov.cn/a/b.html。"
    assert not any(s.changed for s in Case(case.path).sources)


def test_a_pasted_page_is_kept_as_a_page(case: Case) -> None:
    panel = paste_table(case)
    fill(panel, text=(SOURCES / "suqian-gov-2024.html").read_text("utf-8"), origin="网页", author="张三", agency="某局")
    control(panel, "加入案卷").click()
    found = sources(case)["粘贴-宿迁市-2024.html"]
    assert found is not None
    assert same_cells(found, load(SOURCES / "suqian-gov-2024.html"))


@pytest.mark.parametrize("text", ["", "abc", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\t\t\n", "%PDF-1.4"])
def test_what_is_no_report_is_refused_in_a_sentence_and_nothing_is_added(case: Case, text: str) -> None:
    panel = paste_table(case)
    fill(panel, text=text, origin="<img src=x onerror=alert(1)>", author="<b>", agency="<i>", year="2023")
    control(panel, "加入案卷").click()
    assert "没有加入：" in shown(panel)
    assert not re.search(r"<(?:script|img|b|i)\b", shown(panel))
    assert list(sources(case)) == ["exercise-2022.html"]


# --- typed ---


def page(form: Form, values: dict[str, str], agency: str = AGENCY) -> tuple[Report, ...]:
    return load_bytes("-", typed.page(form, values, agency, 2023, "张三", ORIGIN))


@given(st.data())
def test_figures_and_blanks_typed_into_a_form_are_read_back_exactly(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    ids = [c.id for c in form.cells]
    entries = st.one_of(
        st.sampled_from(["", "—", "/", "、", "无", "105万", "减1", "1,234", "１２", "约3"]),
        st.integers(0, 10**7).map(str),
    )
    values = dict(zip(ids, data.draw(st.lists(entries, min_size=len(ids), max_size=len(ids))), strict=True))
    values |= {"requests.new.total": "7"}
    (report,) = page(form, values)
    assert typed.differing(report, form, values) == ()
    assert (report.agency, report.year, report.unplaced) == (AGENCY, 2023, ())
    assert (report.layout.id, report.layout.variant) == (form.id, form.variant)


TEXTS = [
    "详见附件",
    "O",
    "总计",
    "行政复议",
    "（一）予以公开",
    "<b>1</b>",
    "=1+1",
    "12\u202e34",
    "二、主动公开",
    "$x$",
    "5 6",
]


@given(st.data())
def test_a_text_that_would_not_come_back_is_named_and_stands_in_no_other_cell(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from(FORMS))
    values = {c.id: str(3001 + 7 * i) for i, c in enumerate(form.cells)}
    values |= data.draw(st.dictionaries(st.sampled_from(sorted(values)), st.sampled_from(TEXTS), max_size=12))
    (report,) = page(form, values)
    refused = set(typed.differing(report, form, values))
    for cell in form.index:
        if cell not in refused:
            assert report.printed(cell) == values[cell]
        elif report.kind(cell) == "figure":
            assert report.printed(cell) == values[cell] or report.layout.variant != form.variant


def test_a_form_that_holds_nothing_is_refused() -> None:
    with pytest.raises(ReadingError, match="空白表格"):
        page(FORMS[0], {})


@pytest.mark.parametrize(("agency", "author"), [("<script>x</script>局", "<b>"), ("局\u202e省", 'a"b')])
def test_hostile_names_are_inert_in_the_page(agency: str, author: str) -> None:
    text = typed.page(FORMS[0], {"requests.new.total": "<i>"}, agency, 2023, author, "</html><script>").decode()
    assert not re.search(r"<(?:script|b|i)\b|\u202e", text)


def open_form(case: Case) -> Panel:
    panel = type_in(case)
    fill(panel, agency=AGENCY, year="2023", source=ORIGIN, author="李四")
    control(panel, "打开表格").click()
    return panel


def cells(panel: Panel) -> dict[str, Any]:
    labels = {c.label("zh"): c.id for f in FORMS for c in f.cells}
    return {labels[c.description]: c for c in controls(panel) if getattr(c, "description", "") in labels}


def test_the_form_follows_the_year_and_its_fields_stand_row_by_row_each_labelled(case: Case) -> None:
    panel = open_form(case)
    assert list(cells(panel)) == [c.id for c in FORMS[0].cells]
    assert all(c.tooltip == c.description for c in cells(panel).values())
    other = type_in(case)
    fill(other, agency=AGENCY, year="2020")
    control(other, "打开表格").click()
    assert list(cells(other)) == [c.id for c in FORMS[2].cells]


def test_a_form_is_not_added_under_another_name_than_the_one_that_stands_above_it(case: Case) -> None:
    panel = open_form(case)
    for field in cells(panel).values():
        field.value = "1"
    before = len(Case(case.path).sources)
    fill(panel, agency="乙县人民政府")
    control(panel, "加入案卷").click()
    assert f"表格是为 {AGENCY} 2023 年打开的" in shown(panel)
    assert len(Case(case.path).sources) == before
    control(panel, "打开表格").click()
    assert "正在录入：乙县人民政府" in shown(panel)


def test_what_is_not_typed_is_blank_only_if_the_auditor_says_so(case: Case) -> None:
    panel = open_form(case)
    cells(panel)["requests.new.total"].value = "7"
    control(panel, "加入案卷").click()
    assert "还有 199 格没有录入" in shown(panel)
    assert list(sources(case)) == ["exercise-2022.html"]
    assert f"有未加入的草稿：{AGENCY} 2023" in shown(type_in(Case(case.path)))
    control(panel, "未录入的格在原文中为空白").value = True
    control(panel, "加入案卷").click()
    assert sources(case)["录入-示例市演练局-2023.html"].kind("requests.new.other") == "blank"


def test_what_was_said_of_one_reports_blanks_is_not_said_of_the_next(case: Case) -> None:
    panel = open_form(case)
    control(panel, "未录入的格在原文中为空白").value = True
    fill(panel, agency="乙县人民政府")
    control(panel, "打开表格").click()
    cells(panel)["requests.new.total"].value = "7"
    control(panel, "加入案卷").click()
    assert "还有 199 格没有录入" in shown(panel)


def test_sums_are_judged_while_typing_but_only_those_typed_whole(case: Case) -> None:
    panel = open_form(case)
    fields = cells(panel)
    row = [c.id for c in FORMS[0].row_cells("disputes", "reconsideration")]
    for cell in row[:-1]:
        fields[cell].value = "2"
    assert "不成立 0 个" in shown(panel)
    fields[row[-1]].value = "9"
    assert "已填 5 / 200 格；填满的等式 1 / 42 个，不成立 1 个" in shown(panel)
    fields[row[-1]].value = "8"
    assert "填满的等式 1 / 42 个，不成立 0 个" in shown(panel)


def test_what_was_typed_outlives_the_kernel_and_becomes_a_source(case: Case) -> None:
    original = load(SOURCES / "suqian-gov-2023.html")
    fields = cells(open_form(case))
    for cell, field in fields.items():
        field.value = original.printed(cell)
    again = type_in(Case(case.path))
    assert f"有未加入的草稿：{AGENCY} 2023" in shown(again)
    fill(again, author="李四")
    control(again, "打开表格").click()
    assert control(again, "录入所据").value == ORIGIN
    assert {i: c.value for i, c in cells(again).items()} == {i: original.printed(i) for i in fields}
    control(again, "加入案卷").click()
    assert "已加入案卷：录入-示例市演练局-2023.html。" in shown(again)
    found = sources(case)["录入-示例市演练局-2023.html"]
    assert found is not None
    assert same_cells(found, original)
    assert found.prose[-1] == f"录入：由李四键入，所据材料：{ORIGIN}。"
    assert "草稿" not in shown(type_in(Case(case.path)))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"values": 3}', '{"values": {}, "agency": null}', "\x00"])
def test_a_damaged_draft_is_no_obstacle(case: Case, damage: str) -> None:
    cells(open_form(case))["requests.new.total"].value = "7"
    (draft,) = (case.path / "out").glob(".typing-*.json")
    draft.write_text(damage, encoding="utf-8")
    assert cells(open_form(case))["requests.new.total"].value == ""


def test_words_that_cannot_be_saved_are_named_with_the_way_out(case: Case) -> None:
    panel = open_form(case)
    cells(panel)["requests.new.total"].value = "7"
    cells(panel)["disputes.reconsideration.upheld"].value = "详见附件"
    control(panel, "加入案卷").click()
    assert "格不能照录" in shown(panel)
    assert "更正读数" in shown(panel)
    assert list(sources(case)) == ["exercise-2022.html"]
    cells(panel)["disputes.reconsideration.upheld"].value = ""
    control(panel, "未录入的格在原文中为空白").value = True
    control(panel, "加入案卷").click()
    assert "录入-示例市演练局-2023.html" in sources(case)


def test_a_name_that_the_reader_does_not_give_back_is_refused_with_the_way_out(case: Case) -> None:
    panel = type_in(case)
    fill(panel, agency="示例市第86检验所", year="2023", source=ORIGIN, author="李四")
    control(panel, "打开表格").click()
    cells(panel)["requests.new.total"].value = "7"
    control(panel, "加入案卷").click()
    assert "数字用中文数字" in shown(panel)
    assert list(sources(case)) == ["exercise-2022.html"]


@pytest.mark.parametrize("year", ["", "abc", "23", "99999999999", "-2023", "2023.5"])
def test_a_year_that_is_none_opens_no_form(case: Case, year: str) -> None:
    panel = type_in(case)
    fill(panel, agency=AGENCY, year=year)
    control(panel, "打开表格").click()
    assert "请写明报告年度" in shown(panel)
    assert not cells(panel)


# --- files that cannot be read, a new case, the demonstration case ---


def test_a_file_that_cannot_be_read_may_be_kept_as_material(case: Case) -> None:
    panel = add_files(case)
    keep = control(panel, "仍作为材料保存")
    assert keep.layout.display == "none"
    item = {"name": "扫描件.pdf", "content": b"%PDF-1.4 scan", "type": "", "size": 13, "last_modified": 0}
    from datetime import UTC, datetime

    control(panel, "添加报告文件").value = ({**item, "last_modified": datetime(2024, 1, 1, tzinfo=UTC)},)
    assert "没有添加 扫描件.pdf" in shown(panel)
    assert list(sources(case)) == ["exercise-2022.html"]
    assert keep.layout.display == ""
    keep.click()
    assert "扫描件.pdf 已作为材料保存" in shown(panel)
    (kept,) = (s for s in Case(case.path).sources if s.problem)
    assert (kept.name, kept.changed) == ("扫描件.pdf", False)
    assert "扫描件.pdf" in control(type_in(Case(case.path)), "录入所据").options


def test_a_new_case_is_made_beside_this_one(case: Case) -> None:
    panel = new_case_panel(case)
    control(panel, "文件夹名").value = "下一案"
    control(panel, "案卷标题").value = "二〇二四年审计"
    control(panel, "新建").click()
    assert "auditkit lab" in shown(panel)
    assert Case(case.path.parent / "下一案").title == "二〇二四年审计"
    control(panel, "新建").click()
    assert "没有新建" in shown(panel)


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "con", "a:b", ".x", "x.", "<b>"])
def test_a_folder_name_that_not_every_system_takes_is_refused(case: Case, name: str) -> None:
    before = sorted(case.path.parent.iterdir())
    panel = new_case_panel(case)
    control(panel, "文件夹名").value = name
    control(panel, "新建").click()
    assert "没有新建" in shown(panel)
    assert "<b>" not in shown(panel)
    assert sorted(case.path.parent.iterdir()) == before


@pytest.mark.parametrize("make", PANELS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_in_the_demonstration_case_a_panel_only_names_the_way(make: Any, lang: Any) -> None:
    panel = make(Case(shipped("data"), lang))
    assert "auditkit lab" in shown(panel)
    assert {type(c).__name__ for c in controls(panel)} == {"HTML"}


@pytest.mark.parametrize("make", PANELS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_panel_is_labelled_and_says_in_a_line_what_it_is(case: Case, make: Any, lang: Any) -> None:
    panel = make(Case(case.path, lang))
    text = panel._repr_mimebundle_()["text/plain"]
    assert text.startswith("【面板】" if lang == "zh" else "[Panel]")
    for c in controls(panel):
        if hasattr(c, "description") and type(c).__name__ != "HTML":
            assert c.description
            assert c.tooltip
    for c in controls(panel):
        if type(c).__name__ == "Button" and not c.disabled:
            c.click()
    assert panel._repr_mimebundle_()["text/plain"] == text


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_lost(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_form(case)

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("auditkit.widgets.form.write_aside", full)
    cells(panel)["requests.new.total"].value = "7"
    assert "草稿没有保存：" in shown(panel)
    assert "No space left" in shown(panel)
    assert cells(panel)["requests.new.total"].value == "7"


def test_a_need_that_is_not_met_is_said_in_both_languages() -> None:
    from auditkit.widgets.material import need, year_given

    with pytest.raises(CaseError) as error:
        need(False, "一", "one")
    assert (error.value.message("zh"), error.value.message("en")) == ("一", "one")
    assert year_given(" 2023年 ") == "2023"


# --- names ---


def test_two_names_are_stated_to_be_one_agency_and_it_can_be_taken_back(case: Case) -> None:
    panel = aliases(case)
    name = case.reports[0].agency
    assert name
    for label, text in {
        "报告中的名称": name,
        "视为同一机关": "新名局",
        "理由": "<b>三定方案",
        "审计人员": "张三",
    }.items():
        control(panel, label).value = text
    control(panel, "记录").click()
    assert {r.agency for r in Case(case.path).reports} == {"新名局"}
    assert "&lt;b&gt;三定方案" in shown(panel)
    control(panel, "撤销").click()
    assert {r.agency for r in Case(case.path).reports} == {name}
    control(panel, "撤销").click()
    assert "没有可撤销" in shown(panel)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_name_that_no_report_bears_is_answered_with_a_sentence(case: Case, lang: Any) -> None:
    """Nothing would come of it: an auditor who mistypes a name must not believe that two years are one agency's."""
    own = Case(case.path, lang)
    name, panel = own.reports[0].agency, aliases(own)
    labels = {"zh": ("报告中的名称", "视为同一机关", "理由", "审计人员", "记录"),
              "en": ("Name in a report", "Is the same as", "Reason", "Auditor", "Record")}[lang]  # fmt: skip
    fields = [control(panel, label) for label in labels]
    for field, text in zip(fields[:4], (f"{name}局局", name, "改名", "张三"), strict=True):
        field.value = text
    fields[4].click()
    assert {"zh": f"没有名称是“{name}局局”的机关", "en": f"names an agency “{name}局局”"}[lang] in shown(panel)
    assert not own.journal.standing("alias")
    fields[0].value, fields[1].value = name, "新名局"  # a new name may stand in no report yet
    fields[4].click()
    assert {r.agency for r in own.reports} == {"新名局"}
    assert {"zh": "没有名称是“新名局”的机关；", "en": "names an agency “新名局”; "}[lang] in shown(panel)
    fields[0].value, fields[1].value = "新名局", "又名局"  # and be renamed in its turn
    fields[4].click()
    assert {r.agency for r in own.reports} == {"又名局"}
