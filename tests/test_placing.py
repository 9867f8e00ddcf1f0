"""Figures printed in any layout are in their cells or unplaced; never in another cell, never lost."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import layouts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import DOUBTFUL, LAYOUTS, OUTCOMES, Sheet, distinct, page, plain_text, with_four
from strategies import typed

from auditkit.forms import load_form
from auditkit.loading import load_all, load_bytes
from auditkit.placing import place, preferred
from auditkit.placing.labels import block_of, labels
from auditkit.placing.placement import Placed, Placement
from auditkit.reading.html import read as read_html
from auditkit.reading.numbers import parse
from auditkit.reading.page import Grid, Line, Page, Place, ReadingError, Spot
from auditkit.reading.text import read as read_text
from auditkit.report import Report

FORMS = (("2021", ""), ("2019", ""), ("2021", "single_other"))
HTML = [n for n, show in LAYOUTS.items() if "<td" in show(distinct("2021")) and not n.startswith(("figures", "mhtml"))]
ROWS_OF_TEXT = ("markdown", "pipes, no outer ones", "pipes, no rule", "tabs, blanks for spans", "lines after tabs")
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda f: "-".join(filter(None, f)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("layouts")


def read(folder: Path, text: str) -> tuple[Report, ...]:
    """Read a printed report; one of which no row can be read is none."""
    try:
        return load_all(layouts.write(folder, text))
    except ReadingError:
        return ()


def wrong(reports: tuple[Report, ...], sheet: Sheet) -> dict[str, object]:
    """Cells that hold another figure than the sheet's."""
    out: dict[str, object] = {}
    for report in reports:
        for cell, found in report.readings.items():
            value, text = found.figure.value, sheet.texts.get(cell, "")
            if value is not None and (not text or value != Decimal(text)):
                out[cell] = value
    return out


def figures(texts: Mapping[str, str]) -> Counter[Decimal]:
    return Counter(Decimal(t) for t in texts.values() if t)


def lost(reports: tuple[Report, ...], sheet: Sheet) -> set[Decimal]:
    """Figures of the sheet that are neither in a cell nor unplaced."""
    held = {f.figure.value for r in reports for f in r.readings.values()}
    held |= {Decimal(m) for r in reports for u in r.unplaced for m in layouts.FIGURE.findall(u.text)}
    return {f for f in figures(sheet.texts) if f not in held}


def blanked(sheet: Sheet, cells: set[str]) -> Sheet:
    return replace(sheet, texts={c: "" if c in cells else t for c, t in sheet.texts.items()})


# --- every layout ----------------------------------------------------------------------------------------------------


@each_form
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_whose_labels_settle_everything_is_read_whole(name: str, form: tuple[str, str], folder: Path) -> None:
    sheet = distinct(*form)
    (report,) = read(folder, LAYOUTS[name](sheet))
    assert wrong((report,), sheet) == {}
    assert {c for c in sheet.texts if report.value(c) is None} == set()
    assert [u.text for u in report.unplaced] == []
    assert (report.agency, report.year, report.form) == (layouts.AGENCY, sheet.year, sheet.form.id)


@each_form
@pytest.mark.parametrize("name", DOUBTFUL)
def test_a_doubtful_layout_gives_no_wrong_figure_and_loses_none(name: str, form: tuple[str, str], folder: Path) -> None:
    sheet = distinct(*form)
    reports = read(folder, DOUBTFUL[name](sheet))
    assert len(reports) == 1
    assert wrong(reports, sheet) == {}
    assert lost(reports, sheet) == set()


def test_figures_under_displaced_heads_are_unplaced_and_named(folder: Path) -> None:
    sheet = distinct("2021")
    (report,) = read(folder, DOUBTFUL["displaced heads"](sheet))
    assert {u.reason for u in report.unplaced} == {"heads"}
    assert len(report.unplaced) == 7 * 25


@pytest.mark.parametrize(
    ("label", "known"),
    [("小计", False), ("不予公开小计", True), ("公开小计", False), ("不予公开、无法提供小计", False)],
)
def test_a_subtotal_is_unplaced_and_adds_up_the_group_that_it_names(label: str, known: bool, folder: Path) -> None:
    """Behind a group it may also be that of the next one, or of all."""
    sheet = distinct("2021")
    (report,) = read(folder, DOUBTFUL["subtotals"](sheet).replace("小计", label))
    assert [(u.near, u.text) for u in report.unplaced] == [(label, str(9101 + i)) for i in range(7)]
    assert all(report.value(c) is not None for c in sheet.texts)
    for u, column in zip(report.unplaced, sheet.form.columns("requests"), strict=True):
        denied = [r for r in sheet.form.rows("requests") if r.startswith("denied.")]
        assert u.sums == tuple(f"requests.{row}.{column}" for row in denied if known)


def test_a_row_of_figures_whose_digits_stand_apart_is_no_row_of_heads(folder: Path) -> None:
    """The rows beneath would stand under heads that say nothing."""
    sheet = distinct("2021")
    (report,) = read(folder, re.sub(r"\b9(1)(0)(\d)\b", r"9 \1 \2 \3", DOUBTFUL["subtotals"](sheet)))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts
    assert {u.text for u in report.unplaced} == {f"9 1 0 {i}" for i in range(1, 8)}


def test_a_subtotal_in_the_rows_of_a_group_is_the_groups(folder: Path) -> None:
    sheet = distinct("2021")
    subtotal = f"<tr><td>小计</td>{''.join(f'<td>{9101 + i}</td>' for i in range(7))}</tr>"
    shown = (
        page(sheet).replace('rowspan="8">（三）', 'rowspan="9">（三）').replace('rowspan="22">三', 'rowspan="23">三')
    )
    for at in ("8.属于行政查询事项", "4.保护第三方合法权益"):
        head, tail = shown.split(at)
        (report,) = read(folder, head + tail.replace("</tr>", "</tr>" + subtotal, 1).join((at, "")))
        assert [len(u.sums) for u in report.unplaced] == [8 if at[0] == "8" else 0] * 7


@pytest.mark.parametrize("stem", ["guangxi-hrss-2020", "suqian-gov-2023", "hongze-gov-2023"])
@pytest.mark.parametrize("name", ["as the form", "empty cells for spans", "no spans", "markdown", "lines after tabs"])
def test_real_figures_are_read_back(stem: str, name: str, folder: Path) -> None:
    texts = typed(stem)
    form = next(f for f in (load_form(*f) for f in FORMS) if {c.id for c in f.cells} == set(texts))
    sheet = Sheet(form, texts, 2023 if form.id == "2021" else 2020)
    (report,) = read(folder, LAYOUTS[name](sheet))
    values = {c: report.value(c) for c in texts}
    assert values == {c: Decimal(t) if t else None for c, t in texts.items()}


# --- blanks ----------------------------------------------------------------------------------------------------------

BLANKS = ("", "&nbsp;", "\u3000", "—", "/", "无")


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("which", ["natural_person", "business", "total"])
def test_a_blank_column_shifts_no_figure(which: str, blank: str, folder: Path) -> None:
    sheet = distinct("2021")
    empty = {c for c in sheet.texts if c.startswith("requests.") and c.endswith(f".{which}")}
    (report,) = read(folder, layouts.page(blanked(sheet, empty)).replace("<td></td>", f"<td>{blank}</td>"))
    assert wrong((report,), blanked(sheet, empty)) == {}
    assert {c for c in sheet.texts if report.value(c) is None} == empty
    assert report.unplaced == ()


@settings(max_examples=120)
@given(data=st.data())
def test_blanks_anywhere_in_any_layout_shift_no_figure(data: st.DataObject, folder: Path) -> None:
    form = data.draw(st.sampled_from(FORMS))
    name = data.draw(st.sampled_from([n for n in (*LAYOUTS, *DOUBTFUL) if not n.startswith("figures")]))
    sheet = distinct(*form)
    cells = sorted(sheet.texts)
    few = data.draw(st.sets(st.sampled_from(cells), max_size=60))
    column = data.draw(st.sampled_from([".total", ".natural_person", ".other", "nothing"]))
    sheet = blanked(sheet, few | {c for c in cells if c.endswith(column)})
    assert wrong(read(folder, (LAYOUTS | DOUBTFUL)[name](sheet)), sheet) == {}


# --- damage ----------------------------------------------------------------------------------------------------------


def spans(pattern: str, text: str) -> list[tuple[int, int]]:
    return [m.span() for m in re.finditer(pattern, text, re.DOTALL | re.IGNORECASE)]


def damaged(text: str, kind: str, data: st.DataObject) -> str:
    """Drop, double or exchange one cell, row or head of a web page."""
    cells = spans(r"<t[dh]\b(?:(?!<t[dh]\b|</tr|</table).)*", text)
    rows = spans(r"<tr\b(?:(?!<tr\b|</table).)*", text)
    a, b = data.draw(st.sampled_from(rows if "row" in kind else cells))
    cell = text[a:b]
    if kind.startswith("drop"):
        return text[:a] + text[b:]
    if kind.startswith("double"):
        return text[:b] + cell + text[b:]
    if kind == "empty":
        return text[:a] + re.sub(r">[^<]*<", "><", cell) + text[b:]
    if kind == "no span":
        return text[:a] + re.sub(r'(?:col|row)span="?\d+"?', "", cell) + text[b:]
    c, d = data.draw(st.sampled_from(rows))
    (a, b), (c, d) = sorted([(a, b), (c, d)])
    return text if c < b else text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]


KINDS = ("drop", "double", "empty", "no span", "drop row", "double row", "exchange rows")


@settings(max_examples=100)
@given(data=st.data())
def test_a_damaged_web_page_gives_no_wrong_figure(data: st.DataObject, folder: Path) -> None:
    """A cell dropped within a row is the dangerous one: what is left looks like a whole row."""
    name = data.draw(st.sampled_from(HTML))
    sheet = distinct(*data.draw(st.sampled_from(FORMS)))
    column = data.draw(st.sampled_from([".total", ".natural_person", "nothing", "nothing"]))
    sheet = blanked(sheet, {c for c in sheet.texts if c.endswith(column)})
    text = damaged(LAYOUTS[name](sheet), data.draw(st.sampled_from(KINDS)), data)
    assert wrong(read(folder, text), sheet) == {}


@settings(max_examples=100)
@given(data=st.data())
def test_a_damaged_text_gives_no_wrong_figure(data: st.DataObject, folder: Path) -> None:
    """A line dropped or doubled, a cell dropped from a line."""
    sheet = distinct(*data.draw(st.sampled_from(FORMS)))
    lines = LAYOUTS[data.draw(st.sampled_from(ROWS_OF_TEXT))](sheet).split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    kind = data.draw(st.sampled_from(["drop", "double", "drop cell"]))
    mark = "|" if "|" in lines[at] else "\t"
    cells = lines[at].split(mark)
    if kind == "drop":
        del lines[at]
    elif kind == "double":
        lines.insert(at, lines[at])
    else:
        del cells[data.draw(st.integers(0, len(cells) - 1))]
        lines[at] = mark.join(cells)
    assert wrong(read(folder, "\n".join(lines)), sheet) == {}


@settings(max_examples=150)
@given(data=st.data())
def test_what_stands_of_a_file_that_breaks_off_is_right(data: st.DataObject, folder: Path) -> None:
    """Also where it breaks off within a figure: its last digits are missing."""
    name = data.draw(st.sampled_from([n for n in LAYOUTS if not n.startswith("figures")]))
    sheet = distinct(*data.draw(st.sampled_from(FORMS)))
    text = LAYOUTS[name](sheet)
    reports = read(folder, text[: data.draw(st.integers(0, len(text)))])
    assert wrong(reports, sheet) == {}


def test_a_figure_cut_at_the_end_of_the_file_is_not_read(folder: Path) -> None:
    sheet = distinct("2021")
    total = sheet.texts["requests.new.total"]
    (report,) = read(folder, layouts.page(sheet).split(total)[0] + total[:2])
    assert report.value("requests.new.natural_person") is not None
    assert report.value("requests.new.total") is None
    assert (total[:2], "cut") in {(u.text, u.reason) for u in report.unplaced}


@pytest.mark.parametrize("name", ["as the form", "no spans", "empty cells for spans", "one head row", "markdown"])
def test_a_row_that_lacks_a_cell_is_unplaced_as_a_whole(name: str, folder: Path) -> None:
    sheet = distinct("2021")
    gone = sheet.texts["requests.granted.research"]
    text = LAYOUTS[name](sheet)
    text = text.replace(f"<td>{gone}</td>", "").replace(f" {gone} |", "")
    (report,) = read(folder, text)
    cells = [c.id for c in sheet.form.row_cells("requests", "granted")]
    assert [report.value(c) for c in cells] == [None] * 7
    assert {u.text for u in report.unplaced} == {sheet.texts[c] for c in cells} - {gone}


def test_rows_that_stand_twice_with_other_figures_are_unplaced(folder: Path) -> None:
    sheet = distinct("2021")
    row = re.search(r"<tr><td[^>]*>（一）予以公开.*?</tr>|<tr><td[^>]*>三、.*?</tr>", layouts.page(sheet), re.DOTALL)
    assert row
    again = re.sub(r'<td rowspan="\d+">[^<]*</td>', "", row[0]).replace(sheet.texts["requests.granted.total"], "77")
    (report,) = read(folder, layouts.page(sheet).replace(row[0], row[0] + again))
    assert report.value("requests.granted.total") is None
    assert {u.reason for u in report.unplaced} == {"twice"}


def test_headless_rows_are_not_read_in_the_form_s_order_where_the_table_has_another(folder: Path) -> None:
    """The first part of a table has its total first; the second part, after a page and a heading, has no heads."""
    sheet = distinct("2021")
    text = LAYOUTS["total first"](sheet)
    at = text.index("<tr><td>（三）") if "<tr><td>（三）" in text else text.index("<tr><td>1.属于")
    heading = "<p>三、收到和处理政府信息公开申请情况</p>"
    (report,) = read(folder, f"{text[:at]}</table>{heading}<table>{text[at:]}")
    assert wrong((report,), sheet) == {}
    assert report.value("requests.new.total") == int(sheet.texts["requests.new.total"])
    assert report.value("requests.denied.state_secret.total") is None


@pytest.mark.parametrize("name", ["total first", "the form"])
def test_the_heads_of_a_table_cut_in_two_stand_over_both_parts(name: str, folder: Path) -> None:
    """The second part has no heads, and blanks at both ends of its rows."""
    whole = distinct("2021")
    sheet = blanked(
        whole,
        {c for c in whole.texts if c.startswith("requests.denied.") and c.endswith((".natural_person", ".total"))},
    )
    text = LAYOUTS.get(name, page)(sheet)
    at = next(text.index(row) for row in ('<tr><td rowspan="8">（三）', "<tr><td>1.属于") if row in text)
    (report,) = read(folder, f"{text[:at]}</table><p>注：上表数据截至 12 月 31 日</p><table>{text[at:]}")
    assert wrong((report,), sheet) == {}
    assert {c for c, t in sheet.texts.items() if t and report.value(c) is None} == set()


@pytest.mark.parametrize("gone", [set(), {"proactive.licences.decisions"}], ids=["stated", "blank"])
def test_a_line_that_says_a_row_of_a_drawn_table_is_not_that_row(gone: set[str], folder: Path) -> None:
    sheet = blanked(distinct("2021"), gone)
    text = page(sheet).replace("<table>", "<p>行政许可 1203</p><p>合计 1 2 3 4 5 6 7</p><table>", 1)
    (report,) = read(folder, text)
    assert wrong((report,), sheet) == {}
    assert {c for c, t in sheet.texts.items() if t and report.value(c) is None} == set()
    assert "1203" in {u.text for u in report.unplaced}


def test_a_row_with_a_figure_under_the_head_of_units_is_shifted(folder: Path) -> None:
    sheet = distinct("2021")
    text = page(sheet).replace('<td colspan="7">申请人情况', '<td rowspan="3">单位</td><td colspan="7">申请人情况')
    rows = re.sub(r"(?=(?:<td>\d+</td>){7}</tr>)(?<!\d</td>)", "<td>件</td>", text)
    own = re.search(r"<td>件</td>(<td>3659</td>.*?)</tr>", rows)
    assert own
    (report,) = read(folder, rows.replace(own[0], own[1] + "<td></td></tr>"))
    assert wrong((report,), sheet) == {}
    assert sorted(u.text for u in report.unplaced) == re.findall(r"\d+", own[1])
    assert report.value("requests.new.total") == 3113


def test_subtotals_with_spaced_digits_are_no_heads(folder: Path) -> None:
    sheet = distinct("2021")
    spaced = "".join(f"<td>{n} 1 7</td>" for n in range(7))
    text = page(sheet).replace('<td rowspan="8">（三）', '<td rowspan="9">（三）')
    text = text.replace('<tr><td rowspan="3">（四）', f'<tr><td>小计</td>{spaced}</tr><tr><td rowspan="3">（四）')
    (report,) = read(folder, text.replace('rowspan="22"', 'rowspan="23"'))
    assert {c: t for c, t in sheet.texts.items() if report.value(c) != Decimal(t)} == {}
    assert sorted(u.text for u in report.unplaced) == [f"{n} 1 7" for n in range(7)]


def test_a_group_s_label_printed_once_a_column_is_no_head(folder: Path) -> None:
    sheet = distinct("2021")
    text = re.sub(
        r'<tr><td rowspan="\d">(（[三四五六]）[^<]*)</td>',
        lambda m: "<tr>" + f"<td>{m[1]}</td>" * 9 + "</tr><tr><td></td>",
        page(sheet),
    )
    text = re.sub(r"<tr>(?=<td>\d\.[^<]*</td>)", "<tr><td></td>", text.replace('rowspan="22"', 'rowspan="26"'))
    (report,) = read(folder, text)
    assert {c: t for c, t in sheet.texts.items() if report.value(c) != Decimal(t)} == {}


def test_a_block_of_table_four_may_begin_with_a_row_of_its_name_and_blanks(folder: Path) -> None:
    sheet = distinct("2021")
    text = page(sheet)
    begin = text.index('<table><tr><td colspan="5">行政复议')
    values = re.findall(r"<td>(\d+)</td>", text[begin:])
    heads = (
        "<tr>" + "".join(f"<td>{o}</td>" for o in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")) + "</tr>"
    )
    rows = "".join(
        f"<tr><td>{block}</td>{'<td></td>' * 4}</tr>{heads}<tr>{''.join(f'<td>{v}</td>' for v in values[i * 5 : i * 5 + 5])}</tr>"
        for i, block in enumerate(("行政复议", "未经复议直接起诉", "复议后起诉"))
    )
    (report,) = read(folder, f"{text[:begin]}<table>{rows}</table>")
    assert {c: t for c, t in sheet.texts.items() if report.value(c) != Decimal(t)} == {}


def test_a_group_s_sum_is_not_the_single_row_where_the_group_s_rows_are_unplaced(folder: Path) -> None:
    sheet = distinct("2021")
    sums = "".join(f"<td>{n}</td>" for n in range(7001, 7008))
    text = re.sub(
        r'<tr><td rowspan="3">（六）其他处理</td>',
        f'<tr><td colspan="2">（六）其他处理</td>{sums}</tr><tr>',
        page(sheet),
    )
    text = re.sub(r"(<td>(?:1\.申请人无|2\.申请人逾|3\.其他)[^<]*</td>(?:<td>\d+</td>){6})<td>\d+</td>", r"\1", text)
    (report,) = read(folder, text.replace('rowspan="22"', 'rowspan="23"'))
    assert report.form == "2021"
    assert wrong((report,), sheet) == {}
    assert report.value("requests.other.natural_person") is None


# --- one or two reports ----------------------------------------------------------------------------------------------


def later(sheet: Sheet) -> Sheet:
    return replace(sheet, texts={c: str(Decimal(t) + 3000) for c, t in sheet.texts.items()}, year=sheet.year - 1)


@pytest.mark.parametrize("name", ["as the form", "all three tables as one", "lines after tabs", "markdown", "no spans"])
def test_two_reports_in_one_file_are_two_reports(name: str, folder: Path) -> None:
    first = distinct("2021")
    second = later(first)
    reports = read(folder, LAYOUTS[name](first) + "\n" + LAYOUTS[name](second))
    assert [r.year for r in reports] == [first.year, second.year]
    for report, sheet in zip(reports, (first, second), strict=True):
        assert {c: report.value(c) for c in sheet.texts} == {c: Decimal(t) for c, t in sheet.texts.items()}


def test_a_page_that_holds_the_same_report_twice_is_one_report(folder: Path) -> None:
    sheet = distinct("2021")
    (report,) = read(folder, layouts.page(sheet) + layouts.page(sheet))
    assert all(report.value(c) is not None for c in sheet.texts)


def test_numbers_of_the_page_around_are_not_figures(folder: Path) -> None:
    sheet = distinct("2021")
    (report,) = read(folder, LAYOUTS["page chrome"](sheet))
    assert report.unplaced == ()


def test_every_figure_says_where_it_stands(folder: Path) -> None:
    sheet = distinct("2021")
    (web,) = read(folder, layouts.page(sheet))
    place = web.place("requests.new.natural_person")
    assert (place.table, place.row, place.cell) == (2, 4, 2)
    (text,) = read(folder, LAYOUTS["lines after tabs"](sheet))
    line = text.place("requests.new.natural_person").line
    assert line is not None
    assert (
        LAYOUTS["lines after tabs"](sheet).split("\n")[line - 1].strip() == sheet.texts["requests.new.natural_person"]
    )


@pytest.mark.parametrize("mark", ["<sup>1</sup>", "<sup>[1]</sup>", "<span style='vertical-align:super'>1</span>", "①"])
def test_a_footnote_mark_is_no_digit_of_the_figure(mark: str, folder: Path) -> None:
    sheet = distinct("2021")
    text = sheet.texts["requests.new.natural_person"]
    (report,) = read(folder, layouts.page(sheet).replace(f">{text}<", f">{text}{mark}<"))
    assert wrong((report,), sheet) == {}
    assert report.value("requests.new.natural_person") == int(text)


@pytest.mark.parametrize("at", [0, -1], ids=["before", "behind"])
def test_an_empty_column_beside_the_tables_changes_nothing(at: int, folder: Path) -> None:
    def widened(rows: layouts.Rows) -> layouts.Rows:
        return [[*row, layouts.Box("")] if at else [layouts.Box(""), *row] for row in rows]

    sheet = distinct("2021")
    (report,) = read(folder, layouts.all_changed(sheet, widened))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


def test_a_table_that_goes_on_after_a_page_number_goes_on(folder: Path) -> None:
    sheet = distinct("2021")
    (report,) = read(folder, layouts.page(sheet).replace('<tr><td rowspan="8">', "</table><p>- 4 -</p><table><tr><td>"))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts
    assert report.unplaced == ()


@pytest.mark.parametrize("name", ["markdown", "tabs", "lines after tabs", "single spaces"])
def test_a_text_may_end_with_the_last_figure_of_the_form(name: str, folder: Path) -> None:
    sheet = distinct("2021")
    text = LAYOUTS[name](sheet)
    (report,) = read(folder, text[: text.index("五、存在")].rstrip())
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


# --- text copied from pages: labels over several lines, blanks for spans -----------------------------------------------


def wrapped_labels(text: str, width: int, at: int) -> str:
    """Break the labels of rows of seven into pieces; the figures stand behind the piece `at` (as in a copy of a PDF)."""

    def broken(line: re.Match[str]) -> str:
        *groups, label = line[1].split(" ")
        parts = [label[i : i + width] for i in range(0, len(label), width)]
        parts[max(-len(parts), at) if at < 0 else min(at, len(parts) - 1)] += line[2]
        return "\n".join([*groups, *parts])

    return re.sub(r"(?m)^(\S*\D(?: \S+)?)((?: \d+){7})$", broken, text)


@pytest.mark.parametrize("width", range(3, 16))
@pytest.mark.parametrize("at", [0, 1, -1])
@each_form
def test_labels_over_several_lines_give_no_wrong_figure_and_lose_none(
    form: tuple[str, str], at: int, width: int, folder: Path
) -> None:
    sheet = distinct(*form)
    reports = read(folder, wrapped_labels(LAYOUTS["single spaces"](sheet), width, at))
    assert wrong(reports, sheet) == {}
    assert lost(reports, sheet) == set()


def test_a_label_over_two_lines_with_its_figures_behind_the_last_is_read(folder: Path) -> None:
    sheet = distinct("2019")
    (report,) = read(folder, wrapped_labels(LAYOUTS["single spaces"](sheet), 16, -1))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


def test_figures_of_table_three_behind_an_unknown_label_are_unplaced(folder: Path) -> None:
    sheet = distinct("2021")
    (report,) = read(folder, LAYOUTS["single spaces"](sheet).replace("7.属于行政执法案卷", "与当地约定的其它情形"))
    assert {u.text for u in report.unplaced} == set(sheet.row("requests", "denied.enforcement_file"))


def unspanned_pipes(sheet: Sheet, *, doubled: str = "") -> str:
    """Print rows as some converters do: a span is followed by blanks, what reaches down is left out."""

    def row(boxes: list[layouts.Box]) -> str:
        cells = [t for b in boxes for t in [b.text, *[""] * (b.w - 1)]]
        cells = [t for text in cells for t in ([text, text] if text and text == doubled else [text])]
        return "| " + " | ".join(cells) + " |"

    return layouts.text_page(sheet, lambda rows: "\n".join(row(r) for r in rows))


def test_blanks_that_spans_left_before_seven_figures_under_seven_heads_are_no_cells(folder: Path) -> None:
    sheet = distinct("2021")
    (report,) = read(folder, unspanned_pipes(sheet))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


@pytest.mark.parametrize("blank", ["natural_person", "business", "other", "total"])
def test_blanks_that_spans_left_are_told_from_a_blank_column_beside_a_doubled_figure(blank: str, folder: Path) -> None:
    full = distinct("2021")
    sheet = blanked(full, {c for c in full.texts if c.startswith("requests.") and c.endswith("." + blank)})
    for column in ("natural_person", "research", "total"):
        text = unspanned_pipes(sheet, doubled=full.texts[f"requests.new.{column}"])
        assert wrong(read(folder, text), sheet) == {}


@pytest.mark.parametrize("mark", ["O", "o", "零件", "未统计"])
def test_a_row_of_one_text_over_and_over_is_a_row_and_heads_nothing(mark: str, folder: Path) -> None:
    sheet = distinct("2021")
    row = sheet.row("requests", "not_processed.repeated")
    text = layouts.page(replace(sheet, texts={c: mark if t in row else t for c, t in sheet.texts.items()}))
    (report,) = read(folder, text)
    assert {c: report.printed(c) for c in sheet.texts} == {c: mark if t in row else t for c, t in sheet.texts.items()}
    assert report.unplaced == ()


def test_a_text_alone_in_the_one_cell_of_a_row_is_kept_there(folder: Path) -> None:
    sheet = distinct("2021")
    (report,) = read(folder, layouts.page(sheet).replace(">3057<", ">1 2<"))
    assert (report.printed("proactive.coercive_measures.decisions"), report.unplaced) == ("1 2", ())


@pytest.mark.parametrize("text", ["未经复议直接起诉 复议后起诉", "行政诉讼（直接起诉、复议后起诉）"])
def test_a_head_that_names_two_blocks_of_table_four_names_none(text: str) -> None:
    assert block_of(text) is None
    assert block_of("未经复议直接起诉") == "litigation_direct"
    assert block_of("（二）复议后起诉") == "litigation_after_reconsideration"


# --- rows of which the heads or labels do not tell where they stand ----------------------------------------------------


@pytest.mark.parametrize(
    ("name", "between"),
    [
        ("no group labels", "\n"),
        ("no group labels", " "),
        ("tabs", "\n"),
        ("runs of spaces", "\n"),
        ("single spaces", "\n"),
    ],
)
def test_a_cell_over_two_rows_with_the_labels_of_both_names_none(name: str, between: str, folder: Path) -> None:
    sheet = distinct("2021")
    text = LAYOUTS[name](sheet)
    first, second = (sheet.row("requests", f"not_processed.{r}") for r in ("petition", "repeated"))
    mark = re.search(rf"{first[0]}(\D+){first[1]}", text)[1]  # type: ignore[index]
    begin, end = text.index(first[0]), text.index("2.重复申请")
    row = text[begin:end].split(first[-1])
    text = (
        text[: begin - len(mark)]
        + between
        + "2.重复申请"
        + mark
        + mark.join(first)
        + row[1]
        + mark.join(["", *second])
        + text[text.index(second[-1]) + len(second[-1]) :]
    )
    reports = read(folder, text)
    assert not wrong(reports, sheet)
    assert lost(reports, sheet) == set()
    assert {u.text for u in reports[0].unplaced} == {*first, *second}


@pytest.mark.parametrize("between", ["", "\n", "、"])
def test_a_cell_with_the_labels_of_two_rows_is_not_the_one_that_it_resembles_more(between: str) -> None:
    text = "（一）予以公开" + between + "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"
    assert labels("2021").row(text) is None


@pytest.mark.parametrize("name", ["pipes, no rule", "empty cells for spans", "box drawing"])
@pytest.mark.parametrize("added", ["", "3855"])
def test_a_row_that_reaches_beyond_the_heads_as_no_other_does_is_unplaced(added: str, name: str, folder: Path) -> None:
    sheet = distinct("2021")

    def shifted(rows: layouts.Rows) -> layouts.Rows:
        return [
            [layouts.Box(added, kind="blank") if i == 3 else box for i, box in enumerate([*row[:3], row[0], *row[3:]])]
            if any("重复申请" in b.text for b in row)
            else row
            for row in layouts.spread(rows)
        ]

    show = layouts.boxed if name == "box drawing" else layouts.table if "empty" in name else layouts.pipes
    page = layouts.page(sheet, shifted, show) if show is layouts.table else layouts.text_page(sheet, show, shifted)
    reports = read(folder, page)
    row = {c.id for c in sheet.form.row_cells("requests", "not_processed.repeated")}
    assert not wrong(reports, sheet)
    assert row.isdisjoint(reports[0].readings)
    assert set(sheet.row("requests", "not_processed.repeated")) <= {u.text for u in reports[0].unplaced}


@pytest.mark.parametrize("name", ["single spaces", "runs of spaces"])
def test_a_figure_that_its_label_runs_into_is_unplaced_with_its_row(name: str, folder: Path) -> None:
    sheet = distinct("2019")
    cells = sheet.form.row_cells("proactive", "other_services")
    text = re.sub(r"(?m)^(其他对外管理服务事项)\s+", r"\1", LAYOUTS[name](sheet))
    (report,) = read(folder, text)
    assert {u.text for u in report.unplaced} == {sheet.texts[c.id] for c in cells}
    assert not wrong((report,), sheet)


def test_figures_behind_the_names_of_their_columns_are_not_lost(folder: Path) -> None:
    sheet = distinct("2021")

    def named(rows: layouts.Rows) -> layouts.Rows:
        head, *body = layouts.flat_head(layouts.only_labels(rows))
        return [
            head,
            *(
                [row[0], *(replace(b, text=h.text + b.text) for h, b in zip(head[1:], row[1:], strict=True))]
                for row in body
            ),
        ]

    (report,) = read(folder, layouts.page(sheet, named))
    held = " ".join([*(f.figure.text for f in report.readings.values()), *(u.text for u in report.unplaced)])
    assert all(text in held for text in sheet.texts.values())
    assert not wrong((report,), sheet)


def test_a_column_without_a_head_beside_the_table_takes_no_row_from_it(folder: Path) -> None:
    sheet = distinct("2021")

    def checked(rows: layouts.Rows) -> layouts.Rows:
        return [
            [*row, layouts.Box(""), layouts.Box(str(i) if i > 2 else "")] for i, row in enumerate(layouts.spread(rows))
        ]

    (report,) = read(folder, layouts.page(sheet, checked))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


def test_a_group_s_head_may_span_further_than_its_columns(folder: Path) -> None:
    sheet = distinct("2021")
    page = layouts.page(sheet, layouts.only_labels)
    (report,) = read(folder, page.replace('colspan="7">申请人情况', 'colspan="9">申请人情况'))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


def test_a_row_whose_label_stands_under_the_head_of_a_column_is_unplaced(folder: Path) -> None:
    sheet = distinct("2021")

    def moved(rows: layouts.Rows) -> layouts.Rows:
        rows = layouts.total_first(layouts.flat_head(layouts.only_labels(rows)))
        return [[layouts.Box("", kind="blank"), *row[:-1]] if row[0].text == "2.重复申请" else row for row in rows]

    reports = read(folder, layouts.page(sheet, moved))
    assert not wrong(reports, sheet)
    assert set(sheet.row("requests", "not_processed.repeated")[:-2]) <= {u.text for u in reports[0].unplaced}


def test_a_table_without_one_of_the_forms_columns_is_read_under_its_heads(folder: Path) -> None:
    sheet = distinct("2021")
    page = LAYOUTS["as the form"](sheet)
    cut = page
    for cell in (c.id for c in sheet.form.cells if c.table == "requests" and c.column == "total"):
        assert cut.count(f">{sheet.texts[cell]}</td>") == 1
        cut = re.sub(rf"<td[^<>]*>{sheet.texts[cell]}</td>", "", cut)
    cut = re.sub(r"<t[dh][^<>]*>总计</t[dh]>", "", cut, count=1).replace('colspan="7"', 'colspan="6"')
    (report,) = read(folder, cut)
    read_cells = {c.id for c in sheet.form.cells if c.table == "requests" and report.value(c.id) is not None}
    assert read_cells == {c.id for c in sheet.form.cells if c.table == "requests" and c.column != "total"}
    assert wrong((report,), sheet) == {}


def test_a_titled_report_whose_figures_have_no_cell_is_still_a_report(folder: Path) -> None:
    rows = "".join(
        f"<tr><td>甲{k}</td>" + "".join(f"<td>{100 * k + i}</td>" for i in range(7)) + "</tr>" for k in range(1, 5)
    )
    title = "<h1>示例市演练局2023年政府信息公开工作年度报告</h1><p>三、收到和处理政府信息公开申请情况</p>"
    page = f"{title}<table><tr><td>（一）予以公开</td><td>7</td></tr>{rows}</table>"
    (report,) = read(folder, page)
    assert (report.agency, report.year, report.placed_figures) == ("示例市演练局", 2023, ())
    assert len(report.unplaced) == 29


@pytest.mark.parametrize("text", ["（七）总计\n四、结转下年度继续办理", "总计四、结转下年度继续办理"])
def test_a_total_and_the_next_label_in_one_cell_name_no_row(text: str) -> None:
    assert labels("2021").row(text) is None
    assert labels("2021").row("四、结转下年度继续办") is not None


def test_a_table_four_left_blank_is_read_as_blank(folder: Path) -> None:
    sheet = distinct("2021")
    blank = replace(sheet, texts=sheet.texts | {c: "" for c in sheet.texts if c.startswith("disputes.")})
    (report,) = read(folder, layouts.page(blank))
    assert {c: report.kind(c) for c in sheet.texts if c.startswith("disputes.")} == dict.fromkeys(
        (c for c in sheet.texts if c.startswith("disputes.")), "blank"
    )
    assert report.unplaced == ()


@pytest.mark.parametrize("row", ["total", "other.other", "granted", "carried_forward"])
@pytest.mark.parametrize("at", [0, 3, 6])
def test_a_text_in_place_of_any_figure_of_a_row_is_kept_in_its_cell(row: str, at: int, folder: Path) -> None:
    sheet = distinct("2021")
    cell = sheet.form.row_cells("requests", row)[at].id
    (report,) = read(folder, layouts.page(replace(sheet, texts=sheet.texts | {cell: "见附件"})))
    assert (report.kind(cell), report.printed(cell)) == ("text", "见附件")
    assert {c: report.printed(c) for c in sheet.texts if c != cell} == {
        c: t for c, t in sheet.texts.items() if c != cell
    }
    assert report.unplaced == ()


def test_rows_that_nobody_sees_make_no_subtotal_of_the_row_that_is_seen() -> None:
    head = ["类别", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    unpaid = "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"

    def grid(number: int, label: str, figures: str, *, hidden: bool) -> Grid:
        rows = [head, ["一、本年新收政府信息公开申请数量", *figures], [label, *figures]]
        spots = [
            [Spot(t, Place(number, r, c + 1), c, hidden=hidden) for c, t in enumerate(row)]
            for r, row in enumerate(rows, 1)
        ]
        return Grid(tuple(map(tuple, spots)), ((),) * 3)

    title = Line("三、收到和处理政府信息公开申请情况", Place())
    blocks = (title, grid(1, "（六）其他处理", "1234567", hidden=False), grid(2, unpaid, "2345678", hidden=True))
    placement = preferred(place(Page("x", (), blocks)))
    assert placement.cells["requests.other.total"].figure.value == 7
    assert [u.text for u in placement.unplaced if u.near == unpaid] == [*"2345678"]
    assert {u.reason for u in placement.unplaced} == {"hidden"}


def test_a_number_before_a_label_whose_row_lacks_a_figure_is_unplaced() -> None:
    head = ["类别", "", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    rows = [head, ["（三）不予公开", "", *"1234567"], ["", "38", "1.属于国家秘密", *"111119"]]
    spots = [[Spot(t, Place(1, r, c + 1), c) for c, t in enumerate(row)] for r, row in enumerate(rows, 1)]
    title = Line("三、收到和处理政府信息公开申请情况", Place())
    placement = preferred(place(Page("x", (), (title, Grid(tuple(map(tuple, spots)), ((),) * 3)))))
    assert [u.text for u in placement.unplaced if "国家秘密" in u.near] == ["38", *"111119"]


# --- rows that a page's end cuts -------------------------------------------------------------------------------------


def over_pages(upper: list[str], lower: list[str], *, repeat: bool = False) -> dict[str, str]:
    """Read two rows of table three, the last of a page and the first of the next, beneath a row that is whole."""
    head = ["类别", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    pages = ([head, ["一、本年新收政府信息公开申请数量", *"1234567"], upper], [*([head] if repeat else []), lower])
    rows = [
        tuple(Spot(text, Place(1, r, c + 1, page=number), c) for c, text in enumerate(row))
        for number, page in enumerate(pages, 1)
        for r, row in enumerate(page, 1)
    ]
    blocks = (Line("三、收到和处理政府信息公开申请情况", Place(page=1)), Grid(tuple(rows), ((),) * len(rows)))
    cells = preferred(place(Page("x", (), blocks))).cells
    return {
        c.removesuffix(".total"): p.figure.text for c, p in cells.items() if c.endswith(".total") and ".new." not in c
    }


FIGURES, BLANKS = [f"{n}" for n in range(311, 318)], [""] * 7


@pytest.mark.parametrize("repeat", [False, True])
def test_a_row_that_a_page_cuts_is_one_where_its_words_together_name_a_row(repeat: bool) -> None:
    read = {"requests.not_processed.repeated": "317"}
    assert over_pages(["2.重复", *FIGURES], ["申请", *BLANKS], repeat=repeat) == read
    assert over_pages(["2.重复", *BLANKS], ["申请", *FIGURES], repeat=repeat) == read
    assert over_pages(["2.重复申请", *BLANKS], ["", *FIGURES], repeat=repeat) == read


def test_the_note_over_the_labels_may_be_cut_too(folder: Path) -> None:
    def cut(rows: layouts.Rows) -> layouts.Rows:
        note, *heads = rows[0]
        upper, lower = (replace(note, text=t, h=h) for t, h in ((note.text[:20], 2), (note.text[20:], 1)))
        return [[upper, *heads], rows[1], [lower, *rows[2]], *layouts.label_columns(rows)[3:]]

    sheet = distinct("2021")
    (report,) = read(folder, layouts.page(sheet, cut))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


def test_two_rows_about_a_page_end_are_not_one() -> None:
    total, forward = "requests.total", "requests.carried_forward"
    assert over_pages(["（七）总计", *BLANKS], ["四、结转下年度继续办理", *FIGURES]) == {total: "", forward: "317"}
    assert over_pages(["（七）总计", *FIGURES], ["四、结转下年度继续办理", *BLANKS]) == {total: "317", forward: ""}
    assert over_pages(["（七）总计", *FIGURES], ["四、结转下年度继续办理", *"7654321"]) == {total: "317", forward: "1"}
    unpaid = "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"
    read = {"requests.other.fee_unpaid": "", "requests.other.other": "317"}
    assert over_pages([unpaid, *BLANKS], ["3.其他", *FIGURES]) == read
    misprinted, stable = "2.其他法律行政止公开", "3.危及“三安全一稳定”"
    denied = {"requests.denied.state_secret": "", "requests.denied.prohibited_by_law": "317"}
    assert over_pages(["1.属于国家秘密", *BLANKS], [misprinted, *FIGURES]) == denied
    denied = {"requests.denied.prohibited_by_law": "317", "requests.denied.security_stability": ""}
    assert over_pages([misprinted, *FIGURES], [stable, *BLANKS]) == denied


def test_a_figure_that_a_page_cuts_is_a_text() -> None:
    cut = {"requests.not_processed.repeated": "317\n7"}
    assert over_pages(["2.重复申请", *FIGURES], ["", *"1234567"]) == cut
    assert over_pages(["2.", *FIGURES], ["重复申请", *"1234567"]) == cut
    commas = {"requests.not_processed.repeated": "30,\n60\n0"}
    assert over_pages(["2.", *["1,9", *["30,"] * 6]], ["重复申请", *["60\n0"] * 7]) == commas
    assert over_pages(["其中：邮寄申请", *FIGURES], ["（七）总计", *"1234567"]) == {"requests.total": "7"}


def test_a_cut_label_that_begins_like_another_row_is_one() -> None:
    law = "requests.denied.prohibited_by_law"
    assert over_pages(["2.其他", *FIGURES], ["法律行政法规禁止公开", *BLANKS]) == {law: "317"}
    assert over_pages(["2.其他", *FIGURES], ["法律行政法规禁止公开", *"1234567"]) == {law: "317\n7"}
    assert over_pages(["3.其他", *FIGURES], ["2.其他法律行政法规禁止公开", *BLANKS])[law] == ""


def test_litigation_in_a_table_of_its_own_is_read_from_tabs_too(folder: Path) -> None:
    sheet = distinct("2021")
    whole = layouts.LAYOUTS["tabs, blanks for spans"](sheet)
    figures = [sheet.texts[c.id] for c in sheet.form.cells if c.table == "disputes"]
    outcomes = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    rows = [["行政复议"], outcomes, figures[:5], [], ["行政诉讼"], ["未经复议直接起诉", "复议后起诉"], outcomes * 2]
    four = "\n".join("\t".join(row) for row in [*rows, figures[5:]])
    head, rest = whole.split("四、政府信息公开行政复议", 1)
    title, end = rest.split("\n", 1)[0], rest[rest.index("五、") :]
    (report,) = read(folder, f"{head}四、政府信息公开行政复议{title}\n\n{four}\n\n{end}")
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


def test_a_row_of_five_under_heads_of_two_blocks_is_unplaced(folder: Path) -> None:
    sheet = distinct("2021")
    names = ("结果维持", "结果纠正", "复议后起诉 其他结果", "尚未审结", "总计")
    rows = [[layouts.head("行政复议", 5)], [layouts.head(n) for n in names], [layouts.Box(t) for t in "98765"]]
    (report,) = read(folder, layouts.with_four(sheet, layouts.table(rows)))
    assert not any(c.startswith("disputes.") for c in report.readings)
    assert [u.text for u in report.unplaced] == list("98765")


def test_figures_of_which_none_has_a_cell_are_a_report_under_a_title_over_two_lines(folder: Path) -> None:
    text = "\n".join(DOUBTFUL["no labels"](distinct("2021")).split("<table>")[2].split("</tr>"))
    rows = re.sub("<[^<>]+>", " ", re.split("</table>", text)[0])
    title = f"{layouts.AGENCY}2023年政府信息公开工\n作年度报告\n\n{layouts.TITLES[1]}\n"
    (report,) = read(folder, title + rows)
    assert (report.agency, report.year, len(report.unplaced)) == (layouts.AGENCY, 2023, 7 * 25)


@each_form
@pytest.mark.parametrize("mark", [",", "，", ""])
def test_a_label_that_runs_into_a_figure_leaves_the_rest_of_it_no_figure(
    mark: str, form: tuple[str, str], folder: Path
) -> None:
    """Thousands apart by a space: of 3 050 the 3 stands with the label."""
    sheet = distinct(*form)
    apart = layouts.figured(sheet, lambda t: f"{t[:1]} {t[1:]}")
    (report,) = read(folder, layouts.text_page(apart, lambda rows: layouts.separate(rows, mark)))
    assert wrong((report,), sheet) == {}


@pytest.mark.parametrize(
    "heading",
    ["（二）行政诉讼情况", "2.行政应诉", "关于因政府信息公开工作被提起行政诉讼的各类案件的情况，统计数据见下表："],
)
@pytest.mark.parametrize("first", ["", "4296"])
def test_five_figures_under_a_heading_of_litigation_are_not_those_of_reconsideration(
    first: str, heading: str, folder: Path
) -> None:
    sheet = distinct("2021")
    head = f"<tr>{''.join(f'<td>{o}</td>' for o in OUTCOMES)}</tr>"
    rows = [f"<tr>{''.join(f'<td>{t}</td>' for t in texts)}</tr>" for texts in ([first] * 5, range(9101, 9106))]
    tables = [f"<table>{head}{row}</table>" for row in rows]
    (report,) = read(folder, with_four(sheet, f"<p>（一）行政复议情况</p>{tables[0]}<p>{heading}</p>{tables[1]}"))
    assert [report.printed(f"disputes.reconsideration.{c}") for c in ("upheld", "total")] == [first] * 2
    assert [u.text for u in report.unplaced] == [str(9101 + i) for i in range(5)]


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 2, 0), (2, 0, 1)])
def test_heads_and_figures_of_table_four_one_a_line_are_read_in_the_order_of_its_blocks(
    order: tuple[int, ...], folder: Path
) -> None:
    """The two blocks of litigation may stand in either order, if both are named once."""
    sheet = distinct("2021")
    first, *rest = (("行政复议", "未经复议直接起诉", "复议后起诉")[i] for i in order)
    lines = [first, "行政诉讼", *OUTCOMES, *rest, *OUTCOMES, *OUTCOMES, *map(str, range(9101, 9116))]
    reports = read(folder, plain_text(sheet, ["", "", "\n".join(lines)]))
    placed = [report.printed(c) for report in reports for c in report.readings if c.startswith("disputes.")]
    figures = [[str(9101 + i + 5 * at) for i in range(5)] for at in map(order.index, range(3))]
    assert placed == ([] if order[0] else [f for block in figures for f in block])


def test_heads_hold_over_a_note_between_them_and_the_rows(folder: Path) -> None:
    sheet = distinct("2021")
    shown = LAYOUTS["total first"](sheet)
    at = shown.index("<tr", shown.index("类别"))
    for note in ("注：以上数据不含下级", ""):
        parted = f"{shown[:at]}</table><p>{note}</p><table>{shown[at:]}"
        reports = read(folder, parted)
        assert wrong(reports, sheet) == {}
        assert lost(reports, sheet) == set()
        assert {c: r.printed(c) for r in reports for c in r.readings} == sheet.texts


def test_a_row_labelled_as_litigation_is_not_that_of_the_block_above(folder: Path) -> None:
    head = f"<tr><td>类别</td>{''.join(f'<td>{o}</td>' for o in OUTCOMES)}</tr>"
    row = f"<tr><td>行政应诉</td>{''.join(f'<td>{9101 + i}</td>' for i in range(5))}</tr>"
    (report,) = read(folder, with_four(distinct("2021"), f"<p>行政复议</p><table>{head}{row}</table>"))
    assert not any(c.startswith("disputes.") for c in report.readings)
    assert [u.text for u in report.unplaced] == [str(9101 + i) for i in range(5)]


FIFTEEN = [str(9101 + i) for i in range(15)]


@pytest.mark.parametrize(
    "lines",
    [
        ["  ".join(FIFTEEN), "52      74"],  # figures wrapped in their cells
        ["  ".join(FIFTEEN), "", "52", "", ""],
        ["     759          62", "  ".join(FIFTEEN[:11]), "       8           4"],  # and blanks among them
        ["1  2  3  4  5", "", *FIFTEEN],  # of the table above
        ["行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉", *FIFTEEN[:5], *OUTCOMES, *OUTCOMES, *FIFTEEN[5:]],
    ],
)
def test_a_loose_row_of_table_four_with_other_figures_beside_it_is_not_certain(lines: list[str], folder: Path) -> None:
    (report,) = read(folder, plain_text(distinct("2021"), ["", "", "\n".join(lines)]))
    assert not any(c.startswith("disputes.") for c in report.readings)
    assert {u.text for u in report.unplaced} >= {t for line in lines for t in line.split() if t.isdigit()}


def test_a_page_number_leaves_the_loose_row_of_table_four_certain(folder: Path) -> None:
    text = plain_text(distinct("2021"), ["", "", "  ".join(FIFTEEN) + "\n\n1\n\f"])
    (report,) = read(folder, text)
    assert [report.printed(c) for c in report.readings if c.startswith("disputes.")] == FIFTEEN


def test_a_part_of_a_table_behind_the_reports_end_is_not_lost(folder: Path) -> None:
    heads = "".join(f"<td>{t}</td>" for t in ("复议后起诉", *OUTCOMES[:3]))
    part = f"<table><tr>{heads}</tr><tr><td></td><td>77</td><td>78</td><td>79</td></tr></table>"
    (report,) = read(folder, page(distinct("2021")).replace("</body>", f"<p>六、其他需要报告的事项</p>{part}</body>"))
    assert [u.text for u in report.unplaced] == ["77", "78", "79"]


def test_a_row_of_table_four_that_breaks_off_does_not_begin_with_the_blank_before_it(folder: Path) -> None:
    sheet = distinct("2021")
    text = LAYOUTS["markdown, table four as two tables"](sheet)
    (report,) = read(folder, text.replace("4317 | 4324", "4317\n4324"))
    assert {c: report.printed(c) for c in report.placed_figures if report.printed(c) != sheet.texts[c]} == {}
    assert {"4296", "4303", "4310", "4317", "4324"} <= {u.text for u in report.unplaced}


@pytest.mark.parametrize(
    ("name", "words", "torn"),
    [
        ("lines, units behind the labels", "社会公益组织", "社\n公益组织"),
        ("pipes, no rule", "（七）总计", "（七）\n\n总计"),
        ("pipes, no rule", "不计其他情形", "不计\n\n其他情形"),
        ("markdown", "本年新制作数量 | ", "本年新制作数量\n"),
        ("tabs, blanks for spans", "采购项目数量\t", "采购项目数量\n"),
    ],
)
def test_a_line_end_within_a_head_or_a_table_shifts_no_figure(folder: Path, name: str, words: str, torn: str) -> None:
    sheet = distinct("2019")
    (report,) = read(folder, LAYOUTS[name](sheet).replace(words, torn, 1))
    assert {c: report.printed(c) for c in report.placed_figures if report.printed(c) != sheet.texts[c]} == {}
    assert {u.text for u in report.unplaced} >= {t for c, t in sheet.texts.items() if c not in report.placed_figures}


@pytest.mark.parametrize("mark", ["   ", "\t", "|", " ", "、", "\n"])
@pytest.mark.parametrize("apart", ["\n", "   ", "\t", "|"])
def test_rows_are_not_read_in_the_forms_order_where_heads_drawn_otherwise_stand_in_another(
    mark: str, apart: str, folder: Path
) -> None:
    columns = ["总计", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    labels = ["一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "（一）予以公开"]
    rows = [apart.join([label, *(str(90 + 10 * i + k) for k in range(7))]) for i, label in enumerate(labels)]
    text = "示例县2023年政府信息公开工作年度报告\n\n三、收到和处理政府信息公开申请情况\n" + mark.join(columns)
    (report,) = read(folder, text + "\n" + "\n".join(rows) + "\n\n五、存在的主要问题及改进情况\n无。\n")
    placed = [report.value(f"requests.{row}.natural_person") for row in ("new", "carried_over", "granted")]
    assert placed in ([None] * 3, [91, 101, 111])
    assert len(report.unplaced) == (21 if None in placed else 0)


def test_table_four_in_rows_of_five_with_each_cell_printed_once_a_column_is_read_once() -> None:
    heads = [s for outcome in OUTCOMES for s in (outcome, outcome)]
    figures = [s for n in range(5) for s in (str(91 + n), "")]
    rows = ["行政复议\t" * 9 + "行政复议", "\t".join(heads), "\t".join(figures)]
    text = "四、政府信息公开行政复议、行政诉讼情况\n" + "\n".join(rows) + "\n"
    placed = preferred(place(read_text(text, "x"))).cells
    assert [placed[f"disputes.reconsideration.{c}"].figure.value for c in ("upheld", "total")] == [91, 95]


def test_a_blank_cell_over_several_columns_beside_the_tables_changes_nothing(folder: Path) -> None:
    sheet = distinct("2021")
    (report,) = read(folder, layouts.page(sheet).replace("</tr>", '<td colspan="2"></td></tr>'))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("申请人情况 自然人", "natural_person"),
        ("申请人情况 法人或其他组织 商业企业", "business"),
        ("申请人情况_总计", "total"),
        ("法人或其他组织总计", None),
        ("申请人情况", None),
    ],
)
def test_a_head_with_the_names_of_its_groups_before_it_names_its_column(text: str, column: str | None) -> None:
    assert labels("2021").column("requests", text) == column


THREE = ["一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "（一）予以公开"]
SEVEN = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]


def three_rows(heads: list[str], figures: list[list[str]], apart: str = "\t") -> str:
    """A table three of three rows as text."""
    rows = [heads, *([label, *cells] for label, cells in zip(THREE, figures, strict=True))]
    return "三、收到和处理政府信息公开申请情况\n" + "\n".join(map(apart.join, rows)) + "\n"


def counted(width: int = 7) -> list[list[str]]:
    return [[str(100 * i + k) for k in range(width)] for i in (1, 2, 3)]


def placed_in_requests(text: str) -> tuple[list[object], list[str]]:
    """The figures in the cells of table three, and those unplaced."""
    placement = preferred(place(read_text(text, "x")))
    figures = [p.figure.value for c, p in placement.cells.items() if c.startswith("requests.") and p.figure.text]
    return figures, [u.text for u in placement.unplaced]


def test_a_total_right_behind_the_first_head_shows_that_they_are_torn() -> None:
    """So two rows of heads are written one after the other; elsewhere among the heads it stands over its column."""
    heads = ["项目", SEVEN[0], SEVEN[-1], *SEVEN[1:-1]]
    placed, left = placed_in_requests(three_rows(heads, counted()))
    assert (placed, len(left)) == ([], 21)


@pytest.mark.parametrize("total", [3, 5])
def test_a_total_among_the_other_heads_stands_over_its_column(total: int) -> None:
    heads = ["项目", *SEVEN[:total], SEVEN[-1], *SEVEN[total:-1]]
    placed, left = placed_in_requests(three_rows(heads, counted()))
    assert (len(placed), left) == (21, [])
    assert [placed[i : i + 7] for i in (0, 7, 14)] == [
        [100 * i + k + (k >= total) for k in range(6)] + [100 * i + total] for i in (1, 2, 3)
    ]


def test_heads_of_which_one_is_lost_name_no_columns() -> None:
    heads = ["项目", *SEVEN[:2], *SEVEN[3:6], "", SEVEN[-1]]  # those behind it have moved up
    figures = counted()
    figures[1][5] = ""  # nothing under the blank head, as if the column were not there
    placed, left = placed_in_requests(three_rows(heads, figures))
    assert (placed, len(left)) == ([], 20)


def test_heads_beside_the_columns_that_hold_the_figures_name_none() -> None:
    figures = [["", "", *cells] for cells in counted()]
    figures[1][4] = figures[1][7] = ""
    placed, left = placed_in_requests(three_rows(["项目", *SEVEN, "", ""], figures))
    assert (placed, len(left)) == ([], 19)


@pytest.mark.parametrize("last", ["9", "—"])
def test_a_row_with_one_entry_more_than_the_others_is_not_read_beneath_their_heads(last: str) -> None:
    figures = [[*cells, ""] for cells in counted()]
    figures[2][-1] = last
    placed, left = placed_in_requests(three_rows(["项目", *SEVEN, ""], figures))
    assert placed == [int(t) for cells in figures[:2] for t in cells if t]
    assert len(left) == 7 + (last == "9")


def test_of_two_rows_in_the_first_clause_one_with_a_figure_more_is_not_read() -> None:
    rows = ["第二十条第（一）项\t\t\t\t", "信息内容\t本年制发件数\t本年废止件数\t现行有效件数\t"]
    rows += ["规章\t1\t2\t3\t", "行政规范性文件\t4\t99\t5\t6"]
    placement = preferred(place(read_text("二、主动公开政府信息情况\n" + "\n".join(rows) + "\n", "x")))
    assert [p.figure.value for p in placement.cells.values()] == [1, 2, 3]
    assert [u.text for u in placement.unplaced] == ["4", "99", "5", "6"]


@pytest.mark.parametrize("apart", ["\t", "  "])
def test_a_row_printed_once_more_with_figures_that_have_no_columns_is_not_certain(apart: str) -> None:
    text = three_rows(["项目", *SEVEN], counted(), apart) + apart.join([THREE[2], "7", "8", "9"]) + "\n"
    placed, left = placed_in_requests(text)
    assert (len(placed), len(left)) == (14, 10)


@pytest.mark.parametrize("extra", ["序号", "备注"])
def test_figures_of_loose_rows_beside_a_column_of_notes_are_not_counted_off(extra: str) -> None:
    figures = [[*cells[:3], *cells[4:], "3"] for cells in counted()]  # a blank is not seen
    placed, left = placed_in_requests(three_rows([*SEVEN, extra], figures, "  "))
    assert (placed, len(left)) == ([], 21)


def test_a_short_figure_behind_the_others_is_no_running_number(folder: Path) -> None:
    """A head that spans no rows moves those beneath it, and 备注 stands over the last figure of table four."""
    sheet = distinct("2021")
    heads = layouts.four_head()
    moved = [[*heads[0], layouts.head("备注")], [replace(heads[1][0], h=1), *heads[1][1:], layouts.head("备注")]]
    figures = [layouts.Box(str(20 + i)) for i in range(15)]
    shown = layouts.table([*moved, [*heads[2], layouts.head("备注")], [*figures, layouts.Box("")]])
    (report,) = read(folder, with_four(sheet, shown))
    texts = [f.figure.text for c, f in report.readings.items() if c.startswith("disputes")]
    left = [u.text for u in report.unplaced]
    assert sorted(filter(None, [*texts, *left])) == [str(20 + i) for i in range(15)]


def test_a_head_the_form_does_not_have_is_a_head_among_those_of_loose_rows() -> None:
    rows = ["信息内容 本年制发件数 本年废止件数 现行有效件数 上年数", "规章 1 2 9", "行政规范性文件 3 4 8"]
    text = "二、主动公开政府信息情况\n第二十条第（一）项\n" + "\n".join(rows) + "\n三、收到和处理政府信息公开申请情况\n"
    placement = preferred(place(read_text(text, "x")))
    assert (list(placement.cells), [u.text for u in placement.unplaced]) == ([], ["1", "2", "9", "3", "4", "8"])


@pytest.mark.parametrize("apart", ["\n", "  "])
def test_three_blocks_of_table_four_may_stand_above_all_their_outcomes(apart: str) -> None:
    labels_of = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    rows = [["行政复议", "未经复议直接起诉", "复议后起诉"], [*labels_of * 3], [str(101 + i) for i in range(15)]]
    text = "四、政府信息公开行政复议、行政诉讼情况\n" + "\n".join(map(apart.join, rows)) + "\n五、存在的主要问题\n"
    placed = preferred(place(read_text(text, "x"))).cells
    assert [p.figure.value for p in placed.values()] == list(range(101, 116))


def test_a_missing_head_with_figures_beside_the_heads_names_no_column_of_any_row(tmp_path: Path) -> None:
    sheet = distinct("2021")
    sheet = replace(sheet, texts={c: "" if c == "requests.granted.total" else t for c, t in sheet.texts.items()})
    torn = re.sub(r"<td>科研机构</td>(.*?<td>总计</td>)", r"\1<td></td>", page(sheet, layouts.flat_head), count=1)
    torn = torn.replace("<td>类别</td><td>自然人", '<td colspan="3">类别</td><td>自然人')
    assert "<td></td></tr>" in torn
    (report,) = load_all(layouts.write(tmp_path, torn))
    assert report.placed_figures
    assert not [c for c in report.placed_figures if c.startswith("requests") and report.printed(c) != sheet.texts[c]]


@pytest.mark.parametrize(("year", "form"), [(2020, "2019"), (2023, "2021")])
def test_blank_cells_do_not_tell_the_form(year: int, form: str) -> None:
    def placed(form_id: str, texts: str) -> Placement:
        cells = load_form(form_id).row_cells("requests", "new")
        found = {c.id: Placed(parse(t), Place(), "") for c, t in zip(cells, texts, strict=False)}
        return Placement(load_form(form_id), found, (), (), ())

    few, many = placed(form, "123"), placed("2019" if form == "2021" else "2021", "123    ")
    assert preferred([few, many], year) is preferred([many, few], year) is few


@pytest.mark.parametrize("year", [2020, 2023])
def test_the_year_tells_the_form_where_another_takes_hardly_more_figures(year: int) -> None:
    def placed(form_id: str, figures: int) -> Placement:
        form = load_form(form_id)
        found = {c.id: Placed(parse("1"), Place(), "") for c in form.cells[:figures]}
        return Placement(form, found, (), (), ())

    ours, other = ("2019", "2021") if year == 2020 else ("2021", "2019")
    near, more, much = placed(ours, 170), placed(other, 175), placed(other, 190)
    assert preferred([near, more], year) is preferred([more, near], year) is near
    assert preferred([near, much], year) is preferred([much, near], year) is much
    assert preferred([near, more]) is more


def test_a_figure_behind_a_piece_of_the_label_of_table_four_does_not_vanish(tmp_path: Path) -> None:
    sheet = distinct("2021")
    parts = [layouts.pipes(layouts.two_joined(sheet)), layouts.pipes(layouts.three(sheet))]
    four = "类型 结果维持 结果纠正 其他结果 尚未审结 总计\n行政复议 0  1  1  1  1\n行政诉讼\n（未经复 61\n议直接起    2  1  0  1\n诉）\n"
    (report,) = read(tmp_path, plain_text(sheet, [*parts, four]))
    assert "61" in [u.text for u in report.unplaced]


def test_figures_of_a_row_with_marks_run_together_do_not_vanish(tmp_path: Path) -> None:
    sheet = distinct("2021")
    parts = [layouts.pipes(layouts.two_joined(sheet)), layouts.pipes(layouts.three(sheet))]
    (report,) = read(
        tmp_path,
        plain_text(
            sheet, [*parts, "行政复议\n31  无   无    无     11 12  无  15  16      无无  17    无   13   无\n"]
        ),
    )
    assert {"31", "11", "12", "15", "16", "17", "13"} <= {u.text for u in report.unplaced}


# --- what other people's layouts showed -------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["（单位：元）", "（元）", "（亿元）", "（单位：百万元）"])
def test_a_head_in_another_unit_is_not_the_forms(unit: str, folder: Path) -> None:
    sheet = distinct("2021")
    text = page(sheet).replace("（单位：万元）", unit)
    assert unit in text
    (report,) = read(folder, text)
    assert not report.was_read("proactive.fees.amount")
    assert sheet.texts["proactive.fees.amount"] in [u.text for u in report.unplaced]


@pytest.mark.parametrize("where", ["unit", "label", "figure"])
def test_a_figure_beside_another_unit_is_not_read(where: str, folder: Path) -> None:
    sheet = distinct("2021")
    figure = sheet.texts["proactive.fees.amount"]
    shown = page(sheet)
    row = re.search(rf"<tr><td[^>]*>行政事业性收费</td><td[^>]*>{figure}</td></tr>", shown)
    assert row is not None
    cells = {"unit": ("行政事业性收费", "元", figure), "label": ("行政事业性收费（元）", figure)}
    cells["figure"] = ("行政事业性收费", f"{figure}（元）")
    other = "".join(f"<td>{c}</td>" for c in cells[where])
    (report,) = read(folder, shown.replace(row[0], f"<tr>{other}</tr>"))
    assert report.value("proactive.fees.amount") is None
    assert figure in "".join(u.text for u in report.unplaced)


@pytest.mark.parametrize("total", ["blank", "stated"])
@pytest.mark.parametrize("named", ["合计", "总计"])
def test_the_sum_of_a_group_is_not_the_total(named: str, total: str, folder: Path) -> None:
    sheet = distinct("2021")
    if total == "blank":
        sheet = blanked(sheet, {c.id for c in sheet.form.row_cells("requests", "total")})

    def with_sum(rows: layouts.Rows) -> layouts.Rows:
        at = next(i for i, row in enumerate(rows) if row[0].text.startswith("（三）"))
        group = replace(rows[at][0], h=rows[at][0].h + 1)
        end = at + rows[at][0].h
        sums = [layouts.Box(named, 1, 1, "label"), *(layouts.Box(str(91 + i)) for i in range(7))]
        around = [replace(rows[at - 2][0], h=rows[at - 2][0].h + 1), *rows[at - 2][1:]]
        return [*rows[: at - 2], around, rows[at - 1], [group, *rows[at][1:]], *rows[at + 1 : end], sums, *rows[end:]]

    reports = read(folder, page(sheet, with_sum))
    assert (wrong(reports, sheet), lost(reports, sheet), len(reports)) == ({}, set(), 1)
    assert [u.text for u in reports[0].unplaced if u.reason == "subtotal"] == [str(91 + i) for i in range(7)]


@pytest.mark.parametrize("misprint", ["商业企来", "自燃人", "科硏机构", "社会公益机构", "共计"])
def test_one_misprinted_head_does_not_lose_the_table(misprint: str, folder: Path) -> None:
    sheet = distinct("2021")
    right = {"自燃人": "自然人", "科硏机构": "科研机构", "社会公益机构": "社会公益组织", "共计": "总计"}.get(
        misprint, "商业企业"
    )

    def misprinted(rows: layouts.Rows) -> layouts.Rows:
        heads = [[replace(b, text=misprint) if b.text == right else b for b in row] for row in rows[:3]]
        return [*heads, *rows[3:]]

    reports = read(folder, page(sheet, misprinted))
    assert wrong(reports, sheet) == {}
    assert len(reports[0].readings) == len(sheet.form.cells)


@pytest.mark.parametrize(
    ("head", "instead"),
    [
        *(
            ("自然人", t)
            for t in ("公民", "外国企业", "上年", "非自然人", "上年自然人", "自然人占比", "自然人（上年）")
        ),
        *(("总计", t) for t in ("上年总计", "累计总计", "全区总计", "总计（上年）")),
        *(("尚未审结", t) for t in ("已审结", "未维持")),
        *(("结果维持", t) for t in ("部分维持", "结果维持率", "上年结果维持")),
        *(("现行有效件数", t) for t in ("上年现行有效件数", "现行失效件数", "非现行有效件数")),
        *(("本年制发件数", t) for t in ("上年制发件数", "本年未制发件数")),
        ("本年收费金额（单位：万元）", "减免收费金额（单位：万元）"),
        ("本年处理决定数量", "上年处理决定数量"),
    ],
)
def test_a_head_of_something_else_is_no_misprint(head: str, instead: str, folder: Path) -> None:
    sheet = distinct("2021")
    reports = read(folder, page(sheet).replace(f">{head}<", f">{instead}<"))
    assert wrong(reports, sheet) == {}
    assert lost(reports, sheet) == set()
    of = {c.id for c in sheet.form.cells if c.column_label["zh"] == head}
    assert of
    assert not of & set(reports[0].readings)


@pytest.mark.parametrize(
    ("label", "instead"),
    [
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "（二）部分不公开"),
        ("四、结转下年度继续办理", "四、结转上年度继续办理"),
        ("1.属于国家秘密", "1.不属于国家秘密"),
    ],
)
def test_a_label_that_says_otherwise_is_no_misprint(label: str, instead: str, folder: Path) -> None:
    sheet = distinct("2021")
    reports = read(folder, page(sheet).replace(label, instead))
    assert instead in page(sheet).replace(label, instead)
    row = {c.id for c in sheet.form.cells if c.table == "requests" and c.row_path[-1] == label}
    assert not row & set(reports[0].readings)
    assert lost(reports, sheet) == set()


@pytest.mark.parametrize("head", ["自然人数量/件", "自然人（件）", "自然人申请", "自然人 1", "自然人（7=1+2+3）"])
def test_a_head_may_say_what_is_counted(head: str, folder: Path) -> None:
    sheet = distinct("2021")
    reports = read(folder, page(sheet).replace("自然人<", f"{head}<"))
    assert {c.id: reports[0].printed(c.id) for c in sheet.form.cells} == sheet.texts


@pytest.mark.parametrize("apart", ["-", "—", "：", ""])
def test_heads_that_name_block_and_outcome_tell_the_columns_in_any_order(apart: str, folder: Path) -> None:
    sheet = distinct("2021")
    cells = [c for r in sheet.form.rows("disputes") for c in sheet.form.row_cells("disputes", r)]
    names = [f"{layouts.BLOCKS[i // 5]}{apart}{layouts.OUTCOMES[i % 5]}" for i in range(15)]
    order = [*range(4, -1, -1), *range(14, 4, -1)]
    rows = [[layouts.head(names[i]) for i in order], [layouts.Box(sheet.texts[cells[i].id]) for i in order]]
    reports = read(folder, with_four(sheet, layouts.table(rows)))
    assert wrong(reports, sheet) == {}
    assert len(reports[0].readings) == len(sheet.form.cells)


def test_a_block_that_is_not_known_is_not_read_in_the_forms_order(folder: Path) -> None:
    sheet = distinct("2021")
    heads = layouts.four_head()
    heads[1] = [layouts.head("经裁决再诉", 5), layouts.head("行政复议", 5), layouts.head("未经复议直接起诉", 5)]
    outcomes = [layouts.head(o) for o in OUTCOMES * 3]
    reports = read(folder, with_four(sheet, layouts.table([heads[1], outcomes, *layouts.four_body(sheet)])))
    assert not any(c.startswith("disputes") for c in reports[0].readings)
    assert lost(reports, sheet) == set()


def test_short_heads_of_table_two_name_their_columns(folder: Path) -> None:
    sheet = distinct("2021")
    rows = layouts.two(sheet)
    rules = [rows[0][0], [layouts.head(t) for t in ("信息内容", "废止", "制发", "现行有效")]]
    rules += [[r[0], r[2], r[1], r[3]] for r in rows[0][2:]]
    shown = "".join(map(layouts.table, [rules, *rows[1:]]))
    parts = [shown, layouts.table(layouts.three(sheet)), layouts.table(layouts.four(sheet))]
    reports = read(folder, layouts.web(sheet, layouts.sections(sheet, parts)))
    assert wrong(reports, sheet) == {}
    assert len(reports[0].readings) == len(sheet.form.cells)


def relabelled(sheet: Sheet, old: str, new: str) -> str:
    """Table three with the label of one row changed."""
    return page(sheet, lambda rows: [[replace(b, text=new) if b.text.startswith(old) else b for b in r] for r in rows])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.本机关不掌握", "1.不掌握相关信息"),
        ("2.没有现成信息", "2.需要另行制作"),
        ("2.重复申请", "2.重复申情"),
        ("3.要求提供公开", "3、公开出版物"),
        ("8.属于行政查询", "8．行政查询"),
        ("（一）予以公开", "（一）与以公开"),
    ],
)
def test_a_short_or_misprinted_label_is_told_by_its_number_in_its_group(old: str, new: str, folder: Path) -> None:
    sheet = distinct("2021")
    reports = read(folder, relabelled(sheet, old, new))
    assert (wrong(reports, sheet), lost(reports, sheet)) == ({}, set())
    assert len(reports[0].readings) == len(sheet.form.cells)
    assert [r.printed for r in reports[0].remarks if r.code == "label"] == [new]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.重复申请", "2.其他情形"),  # in its place, but of other words
        ("2.重复申请", "3.重复申情"),  # another number
        ("3.要求提供公开", "3.要求确认已获取信息"),  # resembles another row more
        ("2.重复申请", "重复申情"),
        ("（一）予以公开", "（一）不予公开"),  # a group's name
        ("（一）予以公开", "（一）依法公开"),
    ],
)
def test_a_label_that_may_be_another_rows_is_not_told_by_its_number(old: str, new: str, folder: Path) -> None:
    sheet = distinct("2021")
    reports = read(folder, relabelled(sheet, old, new))
    assert (wrong(reports, sheet), lost(reports, sheet)) == ({}, set())
    assert len(reports[0].readings) == len(sheet.form.cells) - 7


def test_rows_may_end_before_a_column_of_notes(folder: Path) -> None:
    """As Word files have it where the last cell of a row was taken away."""
    sheet = distinct("2021")
    reports = read(folder, page(sheet, lambda rows: [[*rows[0], layouts.head("备注", 1, 3)], *rows[1:]]))
    assert wrong(reports, sheet) == {}
    assert len(reports[0].readings) == len(sheet.form.cells)


def test_a_table_that_a_script_writes_is_not_the_article(folder: Path) -> None:
    sheet = distinct("2021")
    shown = page(sheet, show=layouts.div_table).replace("<table", "<div").replace("<td", "<div").replace("<tr", "<div")
    shown = shown.replace("</table", "</div").replace("</td", "</div").replace("</tr", "</div")
    script = '<script>document.write("<table><tr><td>3</td></tr></table>")</script>'
    (plain,), (with_script,) = read(folder, shown), read(folder, shown.replace("</head>", script + "</head>"))
    assert len(plain.figures) == len(with_script.figures) > 100


def test_the_ends_of_heads_torn_within_words_name_no_column(folder: Path) -> None:
    """As text of a narrow PDF table has them: 益组织 is the end of one head, what stands above it is not known."""
    sheet = distinct("2021")
    ends = [layouts.head(t) for t in ("业", "构", "益组织", "务机构", *[""] * 4)]
    reports = read(folder, page(sheet, lambda rows: [ends, *layouts.only_labels(rows)[3:]]))
    assert wrong(reports, sheet) == {}
    assert lost(reports, sheet) == set()
    assert sum(c.startswith("requests") for c in reports[0].readings) == 175


def test_a_figure_with_a_full_stop_is_no_numbering(folder: Path) -> None:
    sheet = distinct("2021")
    text = sheet.texts["requests.new.natural_person"]
    sheet = replace(sheet, texts=sheet.texts | {"requests.new.natural_person": "12"})
    (report,) = read(folder, page(sheet).replace(">12<", ">12.<", 1))
    assert report.value("requests.new.natural_person") == 12
    assert text not in [u.text for u in report.unplaced]


def test_a_row_of_blanks_of_table_four_is_no_head(folder: Path) -> None:
    sheet = distinct("2021")
    direct = {c.id for c in sheet.form.row_cells("disputes", "litigation_direct")}
    sheet = blanked(sheet, direct)
    names = {"（未经复议直接起诉）": "未经复议直接起诉", "（复议后起诉）": "复议后起诉"}
    shown = layouts.four_by_block_grouped(sheet)
    for old, new in names.items():
        shown = shown.replace(old, new)
    reports = read(folder, shown)
    assert (wrong(reports, sheet), lost(reports, sheet)) == ({}, set())
    assert direct <= set(reports[0].readings)


def test_a_comparison_with_other_years_is_no_second_report(folder: Path) -> None:
    sheet = distinct("2021")
    table = "<table><tr><td>指标</td><td>2022年</td><td>2023年</td><td>增减</td></tr>" + "".join(
        f"<tr><td>{t}</td><td>120</td><td>143</td><td>23</td></tr>"
        for t in ("本年新收政府信息公开申请数量", "予以公开", "结转下年度继续办理")
    )
    first = "<p>一、总体情况</p><table><tr><td>类别</td><td>数量</td></tr><tr><td>行政许可</td><td>7</td></tr></table>"
    shown = page(sheet)
    at, end = shown.index("<p>二、"), shown.index("<p>五、")
    shown = (
        shown[:at] + first + shown[at:end] + "<p>五、存在的主要问题及改进情况</p>" + table + "</table>" + shown[end:]
    )
    (report,) = read(folder, shown)
    assert wrong((report,), sheet) == {}
    assert len(report.readings) == len(sheet.form.cells)
    assert Counter(u.text for u in report.unplaced) == Counter(["7", *["120", "143", "23"] * 3])


ORDERS = {
    "short head": ["总计\t自然人\t法人或其他组织", "企业\t科研机构\t社会公益组织\t法律服务机构\t其他"],
    "torn head": ["总计\t自然人\t法人或其他组织", "商业", "企业\t科研机构\t社会公益组织\t法律服务机构\t其他"],
    "the group first": ["法人或其他组织\t自然人\t总计", "企业\t科研机构\t社会公益组织\t法律服务机构\t其他"],
}


@pytest.mark.parametrize("heads", ORDERS.values(), ids=ORDERS)
def test_a_row_of_heads_in_another_order_doubts_the_forms_whatever_stands_beneath(heads: list[str]) -> None:
    rows = ["\t".join([label, *cells]) for label, cells in zip(THREE, counted(), strict=True)]
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）\t申请人情况"
    text = "\n".join(["三、收到和处理政府信息公开申请情况", note, *heads, *rows, ""])
    assert (placed_in_requests(text)[0], len(placed_in_requests(text)[1])) == ([], 21)


OUTCOMES_TORN = {
    "litigation": ["结果", "维持\t其他", "结果\t总计\t复议后起诉\t未经复议直接起诉", "结果", "维持\t总计"],
    "reconsideration last": ["行政诉讼\t行政复议", "结果", "维持\t其他", "结果\t总计\t结果", "维持\t总计"],
    "total": ["总计\t结果", "维持\t其他", "结果\t未经复议直接起诉\t复议后起诉", "总计\t结果", "维持"],
}


@pytest.mark.parametrize("heads", OUTCOMES_TORN.values(), ids=OUTCOMES_TORN)
def test_torn_heads_of_table_four_in_another_order_leave_it_unplaced(heads: list[str]) -> None:
    figures = [str(n) for n in range(701, 716)]
    first = ["行政复议\t行政诉讼"] if "行政诉讼\t行政复议" not in heads else []
    text = "\n".join(["四、政府信息公开行政复议、行政诉讼情况", *first, *heads, "\t".join(figures), ""])
    placement = preferred(place(read_text(text, "x")))
    assert (len(placement.cells), [u.text for u in placement.unplaced]) == (0, figures)


def test_blocks_of_table_four_in_another_order_are_read_under_their_drawn_heads() -> None:
    outcomes = "".join(f"<td>{o}" for o in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
    page = (
        "<p>四、政府信息公开行政复议、行政诉讼情况</p><table><tr><td colspan=5>行政复议<td colspan=10>行政诉讼"
        f"<tr>{outcomes.replace('<td', '<td rowspan=2')}<td colspan=5>复议后起诉<td colspan=5>未经复议直接起诉"
        f"<tr>{outcomes * 2}<tr>{''.join(f'<td>{n}' for n in range(701, 716))}</table>"
    )
    cells = preferred(place(read_html(page, "x"))).cells
    assert [cells[f"disputes.{block}.upheld"].figure.value for block in BLOCKS] == [701, 711, 706]


BLOCKS = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")


SHORT = ["自然人", "企业", "科研", "社会公益", "法律服务", "其他", "总计"]
MISREAD = ["白然人", "商业企亚", "科研机枃", "社会公盆组织", "法律服务机枃", "其他", "总计"]


@pytest.mark.parametrize("heads", [SHORT, MISREAD], ids=["short", "misread"])
@pytest.mark.parametrize("turned", [False, True])
def test_several_short_or_misread_heads_name_the_columns_that_no_other_names(heads: list[str], turned: bool) -> None:
    order = [6, 0, 3, 2, 1, 4, 5] if turned else list(range(7))
    rows = [["项目", *(heads[i] for i in order)]]
    rows += [[label, *(cells[i] for i in order)] for label, cells in zip(THREE, counted(), strict=True)]
    drawn = "".join("<tr>" + "".join(f"<td>{text}" for text in row) for row in rows)
    page = f"<p>三、收到和处理政府信息公开申请情况</p><table>{drawn}</table>"
    placement = preferred(place(read_html(page, "x")))
    figures = [p.figure.value for p in placement.cells.values()]
    assert (figures, placement.unplaced) == ([int(c) for cells in counted() for c in cells], ())


def test_a_table_that_is_cut_into_columns_is_one() -> None:
    def table(first: int, last: int) -> str:
        heads = "".join(f"<td>{h}" for h in SEVEN[first:last])
        rows = zip(THREE, counted(), strict=True)
        return f"<table><tr><td>项目{heads}" + "".join(
            f"<tr><td>{label}" + "".join(f"<td>{c}" for c in cells[first:last]) for label, cells in rows
        )

    title = "<p>三、收到和处理政府信息公开申请情况</p>"
    placement = preferred(place(read_html(f"{title}{table(0, 4)}</table>{table(4, 7)}</table>", "x")))
    figures = [p.figure.value for p in placement.cells.values()]
    assert (figures, placement.unplaced) == ([int(c) for cells in counted() for c in cells], ())
    twice = preferred(place(read_html(f"{title}{table(0, 4)}</table>{table(3, 7)}</table>", "x")))
    assert not twice.cells


def test_a_bare_sum_beside_the_numbered_total_is_a_subtotal() -> None:
    rows = [f"{label}\t" + "\t".join(cells) for label, cells in zip([*THREE[:2], "合计"], counted(), strict=True)]
    text = "三、收到和处理政府信息公开申请情况\n" + "\n".join([*rows, "（七）总计\t" + "\t".join("9" * 7)]) + "\n"
    placement = preferred(place(read_text(text, "x")))
    assert {placement.cells[f"requests.total.{c}"].figure.value for c in ("natural_person", "total")} == {9}
    assert [u.text for u in placement.unplaced] == counted()[2]


def test_a_word_in_the_place_of_the_first_figure_is_no_label() -> None:
    rows = [["项目", *SEVEN], [THREE[0], "另行说明", *counted()[0][1:]], [THREE[1], *counted()[1]]]
    drawn = "".join("<tr>" + "".join(f"<td>{text}" for text in (*row, "", "")) for row in rows)
    page = f"<p>三、收到和处理政府信息公开申请情况</p><table>{drawn}</table>"
    cells = preferred(place(read_html(page, "x"))).cells
    assert cells["requests.new.natural_person"].figure.kind == "text"
    assert cells["requests.new.total"].figure.value == 106


HEADS_ON_LINES = {
    "displaced": ["总计", "自然", "人", "商业", "企业", "科研", "机构", "社会公益", "组织", "法律服务", "机构", "其他"],
    "displaced, two a line": [
        "自然人",
        "法人或其他组织",
        "总计",
        "科研机构 法律服务",
        "机构 商业企业 社会公益",
        "组织 其他",
    ],
    "a sum beside": [
        "自然",
        "人",
        "商业",
        "企业",
        "科研",
        "机构",
        "社会公益",
        "组织",
        "法律服务",
        "机构",
        "其他",
        "小计",
        "总计",
    ],
}


@pytest.mark.parametrize("heads", HEADS_ON_LINES.values(), ids=HEADS_ON_LINES)
def test_torn_heads_that_are_not_the_forms_forbid_its_order(heads: list[str]) -> None:
    rows = [" ".join([label, *cells]) for label, cells in zip(THREE, counted(), strict=True)]
    text = "三、收到和处理政府信息公开申请情况\n" + "\n".join([*heads, *rows]) + "\n"
    placed, left = placed_in_requests(text)
    assert (placed, len(left)) == ([], 21)


def test_a_group_printed_before_the_first_column_leaves_the_order_open() -> None:
    """As text of a PDF file has it, where 自然人 stands in the middle of two rows of heads: it still is the first column."""
    heads = ["法人或其他组织", "自然人", "总计", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    rows = ["\n".join([label, *cells]) for label, cells in zip(THREE, counted(), strict=True)]
    text = "三、收到和处理政府信息公开申请情况\n" + "\n".join([*heads, *rows]) + "\n"
    placed, left = placed_in_requests(text)
    assert (placed, len(left)) == ([], 21)


def test_numbers_that_count_the_pages_of_a_printed_text_are_no_figures() -> None:
    rows = [" ".join([label, *cells]) for label, cells in zip(THREE, counted(), strict=True)]
    head = "三、收到和处理政府信息公开申请情况\n自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"
    apart = "\n\n    1\n\f"
    text = head + rows[0] + apart + rows[1] + "\n\n    2\n\f" + rows[2] + "\n\n    3\n\f"
    placed, left = placed_in_requests(text)
    assert (len(placed), left) == (21, [])
    fewer = head + rows[0] + "\n\n    1\n\f" + rows[1] + "\n" + rows[2] + "\n\n    7\n\f"  # counts nothing
    placed, left = placed_in_requests(fewer)
    assert {"1", "7"} <= {*left, *map(str, placed)}


def test_a_row_whose_label_is_also_the_caption_of_its_table_is_read(folder: Path) -> None:
    """As on pages that print table three as a table a row, or a group, each under its name."""
    sheet = distinct("2021")
    form = page(sheet)
    last = layouts.table([*layouts.three_head(sheet), layouts.three_body(sheet)[-1]])
    cut = form.index("四、结转下年度继续办理")
    row = form.rindex("<tr", 0, cut)
    shown = form[:row] + "</table><p>四、结转下年度继续办理</p>" + last + form[form.index("</table>", cut) + 8 :]
    reports = read(folder, shown)
    assert wrong(reports, sheet) == {}
    assert len(reports[0].readings) == len(sheet.form.cells)


def test_labels_beneath_their_figures_are_not_those_of_the_next_row(folder: Path) -> None:
    sheet = distinct("2021")
    text = layouts.text_page(sheet, layouts.labels_above)
    beneath = re.sub(r"(?m)^(.*[^\d\t\n].*)\n((?:\d+\t){6}\d+)$", r"\2\n\1", text)
    assert beneath != text
    reports = read(folder, beneath)
    assert wrong(reports, sheet) == {}
    assert lost(reports, sheet) == set()


# --- texts drawn in columns, paragraphs in rows ----------------------------------------------------------------------------


def padded(rows: layouts.Rows, wide: str) -> str:
    """Draw rows in columns two spaces apart, with characters of these East Asian widths two columns wide."""

    def width(text: str) -> int:
        return sum(2 if unicodedata.east_asian_width(c) in wide else 1 for c in text)

    texts = [[b.text for b in row] for row in layouts.spread(rows)]
    widths = [max(map(width, column)) for column in zip(*texts, strict=True)]
    return "\n".join(
        "  ".join(t + " " * (w - width(t)) for t, w in zip(row, widths, strict=True)).rstrip() for row in texts
    )


@pytest.mark.parametrize("wide", ["", "WF", "WFA"])
def test_columns_that_are_blank_throughout_are_told_by_the_heads_of_a_drawn_text(wide: str, folder: Path) -> None:
    """Of quotation marks, too, programs take the width for one or two columns: 3.危及“三安全一稳定”."""
    sheet = distinct("2021")
    sheet = blanked(
        sheet, {c for c in sheet.texts if c.startswith("requests.") and c.endswith(("research", "legal_service"))}
    )
    parts = [
        layouts.lines(layouts.two_joined(sheet)),
        padded(layouts.three(sheet), wide),
        layouts.lines(layouts.four(sheet)),
    ]
    (report,) = read(folder, layouts.plain_text(sheet, parts))
    assert wrong((report,), sheet) == {}
    assert not report.unplaced


def test_the_rows_of_a_layout_table_are_the_report_s_prose(folder: Path) -> None:
    sheet = distinct("2021")
    texts = [f"{layouts.AGENCY}2023年政府信息公开工作年度报告", "一、总体情况", "本机关依法公开政府信息。"]
    for title, rows in zip(layouts.TITLES, (layouts.two_joined, layouts.three, layouts.four), strict=True):
        texts += [title, layouts.table(rows(sheet))]
    (report,) = read(folder, f"<table>{''.join(f'<tr><td>{t}</td></tr>' for t in texts)}</table>")
    assert (report.agency, report.year) == (layouts.AGENCY, 2023)
    assert report.prose[:3] == tuple(texts[:3])
    assert wrong((report,), sheet) == {}


def test_a_figure_that_touches_the_middle_line_of_its_label_is_accounted_for() -> None:
    sheet = distinct("2021")
    row = [sheet.texts[f"requests.not_processed.reissue.{c}"] for c in load_form("2021").columns("requests")]
    lines = [" ".join(b.text for b in r if b.text) for r in layouts.three(sheet)]
    at = next(i for i, line in enumerate(lines) if "确认或重新出具" in line)
    gap = " " * 12
    lines[at : at + 1] = ["5.要求行政机关", f"确认或重新出具{row[0]}{gap}{gap.join(row[1:])}", "已获取信息"]
    text = plain_text(
        sheet, [layouts.pipes(layouts.two_joined(sheet)), "\n".join(lines) + "\n", layouts.pipes(layouts.four(sheet))]
    )
    (report,) = load_bytes("a", text.encode())
    assert row[0] in {u.text for u in report.unplaced} | {report.printed(c) for c in report.placed_figures}
    assert all(report.printed(c) == sheet.texts[c] for c in report.placed_figures)


@pytest.mark.parametrize(
    ("word", "block"),
    [
        ("行政复议", "reconsideration"),
        ("未经复议直接起诉", "litigation_direct"),
        ("复议后起诉", "litigation_after_reconsideration"),
    ],
)
def test_a_misprinted_character_in_the_head_of_a_block_leaves_its_block_or_none(word: str, block: str) -> None:
    named = [block_of(word[:i] + "玫" + word[i + 1 :]) for i in range(len(word))]
    assert {*named} <= {block, None}
    assert named.count(block) >= len(word) - 1
    assert {*map(block_of, ("行政诉讼", "行政协议", "行政会议", "行政许可"))} == {None}
