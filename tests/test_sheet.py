"""Workbooks: every figure in its cell or unplaced; a value the format hides, a formula without result, a hidden cell said so."""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import layouts
import pytest
import sheets
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from layouts import AGENCY, TITLES, Rows, Sheet, distinct
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from auditkit.loading import load_all, load_bytes
from auditkit.placing import place, preferred
from auditkit.reading import legacy, sheet
from auditkit.reading.numbers import parse
from auditkit.reading.page import Grid, Line, Page, ReadingError, Spot

FORMS = (("2021", ""), ("2019", ""), ("2021", "single_other"))


def book(fill: Callable[[Any, Any], None]) -> bytes:
    data = BytesIO()
    drawn = xlsxwriter.Workbook(data, {"in_memory": True})
    fill(drawn, drawn.add_worksheet())
    drawn.close()
    return data.getvalue()


def edited(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def spots(page: Page) -> Iterator[Spot]:
    return (s for b in page.blocks if isinstance(b, Grid) for row in b.rows for s in row)


def at(page: Page, ref: str) -> Spot:
    return next(s for s in spots(page) if s.place.ref == ref)


# --- whole reports ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS, ids=lambda f: "-".join(filter(None, f)))
@pytest.mark.parametrize("name", sheets.BOOKS)
def test_every_figure_of_a_workbook_is_in_its_cell(name: str, form: tuple[str, str]) -> None:
    stated = distinct(*form)
    found = preferred(place(sheet.read(sheets.BOOKS[name](stated), "a.xlsx")), stated.year)
    assert {c: p.figure.value for c, p in found.cells.items()} == {c: Decimal(t) for c, t in stated.texts.items()}
    assert not found.unplaced


@pytest.mark.parametrize("name", sheets.DOUBTFUL)
def test_values_that_are_not_what_is_shown_are_no_figures(name: str) -> None:
    stated = distinct("2021")
    page = sheet.read(sheets.DOUBTFUL[name](stated), "a.xlsx")
    assert {p.figure.value for p in preferred(place(page), 2023).cells.values()} <= {None}
    assert any(s.text for s in spots(page) if s.column > 3)


def test_a_figure_is_traced_to_its_cell() -> None:
    page = sheet.read(sheets.BOOKS["at C5"](distinct("2021")), "a.xlsx")
    found = preferred(place(page), 2023).cells
    assert found["requests.new.natural_person"].place.describe("zh") == "Sheet2!F10"
    assert {s.place.table for s in spots(page)} == {1, 2, 3}


def test_titles_and_notes_are_lines_and_a_label_without_figures_stays() -> None:
    def fill(_: Any, ws: Any) -> None:
        ws.merge_range("A1:C1", "某局2023年政府信息公开工作年度报告")
        ws.write_row("A2", ["项目", "自然人", "总计"])
        ws.write_row("A3", ["一、本年新收", 3, 3])
        ws.write("A4", "四、结转下年度")
        ws.write("A6", "注：含上年度。")

    page = sheet.read(book(fill), "a.xlsx")
    assert [b.text for b in page.blocks if isinstance(b, Line)] == [
        "某局2023年政府信息公开工作年度报告",
        "注：含上年度。",
    ]
    assert [s.text for s in spots(page)][-3:] == ["四、结转下年度", "", ""]


def test_names_of_sheets_text_boxes_and_pictures() -> None:
    data = BytesIO()
    drawn = xlsxwriter.Workbook(data, {"in_memory": True})
    ws = drawn.add_worksheet("依申请公开")
    ws.write_row(0, 0, ["总计", 4])
    ws.insert_textbox(4, 4, "其中转办 17 件")
    ws.insert_chart(9, 9, _chart(drawn))
    drawn.close()
    page = sheet.read(data.getvalue(), "a.xlsx")
    assert [b.text for b in page.blocks if isinstance(b, Line)] == ["依申请公开", "其中转办 17 件"]
    assert page.pictures == 1


def _chart(drawn: Any) -> Any:
    chart = drawn.add_chart({"type": "line"})
    chart.add_series({"values": "=依申请公开!$B$1:$B$1"})
    return chart


# --- what is not seen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hide", "hidden"),
    [
        (lambda ws: None, set()),
        (lambda ws: ws.set_row(1, None, None, {"hidden": True}), {"A2", "B2", "C2"}),
        (lambda ws: ws.set_row(1, 0), {"A2", "B2", "C2"}),
        (lambda ws: ws.set_column(1, 1, None, None, {"hidden": True}), {"B1", "B2", "B3"}),
        (lambda ws: ws.set_column(1, 1, 0), {"B1", "B2", "B3"}),
        (lambda ws: ws.set_column(1, 16000, 8, None, {"hidden": True, "level": 1}), {f"{c}{r}" for c in "BC" for r in (1, 2, 3)}),
    ],
)  # fmt: skip
def test_hidden_cells_are_kept_and_marked(hide: Callable[[Any], Any], hidden: set[str]) -> None:
    def fill(_: Any, ws: Any) -> None:
        for r in range(3):
            ws.write_row(r, 0, [f"第{r}行", r, 0])
        hide(ws)

    page = sheet.read(book(fill), "a.xlsx")
    assert {s.place.ref for s in spots(page) if s.hidden} == hidden
    assert len(list(spots(page))) == 9


def test_a_row_of_no_height_is_hidden() -> None:
    flat = swap(b"</row>", b'</row><row r="2" ht="0" customHeight="1"><c r="A2"><v>5</v></c></row>')
    assert [s.hidden for s in spots(sheet.read(flat, "a.xlsx"))] == [False, False, True, True]


@pytest.mark.parametrize("state", [b"hidden", b"veryHidden"])
def test_a_hidden_sheet_is_hidden(state: bytes) -> None:
    data = BytesIO()
    drawn = xlsxwriter.Workbook(data, {"in_memory": True})
    for name in ("报告", "旧稿"):
        drawn.add_worksheet(name).write_row(0, 0, ["总计", 4])
    drawn.close()
    mark = b'<sheet name="' + "旧稿".encode() + b'"'
    page = sheet.read(
        edited(data.getvalue(), "xl/workbook.xml", lambda x: x.replace(mark, mark + b' state="' + state + b'"')),
        "a.xlsx",
    )
    assert [(s.place.sheet, s.hidden) for s in spots(page)] == [("报告", False)] * 2 + [("旧稿", True)] * 2
    assert [b.text for b in page.blocks if isinstance(b, Line)] == ["报告"]


# --- cells -----------------------------------------------------------------------------------------------------------


def show(value: Any, code: str = "General", font: Font | None = None, *, zeros: bool = True) -> str:
    cell = Workbook().active["A1"]
    cell.value, cell.number_format = value, code
    if font:
        cell.font = font
    return sheet.shown(cell, zeros=zeros)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (12.0, "General", "12"),
        (0, "General", "0"),
        (-3, "0", "-3"),
        (415.96000000000004, "General", "415.96"),
        (415.9, "0.00", "415.90"),
        (415.968, "0.0", "415.968"),
        (1234567, "#,##0", "1,234,567"),
        (1234.5, "#,##0.00_ ;[Red]-#,##0.00 ", "1,234.50"),
        (-1234.5, "#,##0.00_ ;[Red]-#,##0.00 ", "-1,234.50"),
        (12, "0000", "12"),
        (12, "??0", "12"),
        (0, "??0", "0"),
        (0, "#,###", ""),
        (12, "#,###", "12"),
        (415.96, '0.00"万元"', "415.96万元"),
        (9, 'General"件"', "9件"),
        (9, "[DBNum1]General", "9"),
        (0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "0"),
        (0, "0;-0;;@", ""),
        (7, ";;;", "[;;;]7"),
        (0.5, "0%", "50%"),
        (12345, "0.0,", "[0.0,]12345"),
        (123000, '0!.0,"万"', '[0!.0,"万"]123000'),
        (12, '0"0"', '[0"0"]12'),
        (12, "0\\.0", "[0\\.0]12"),
        (12, '"1"0', '["1"0]12'),
        (True, "General", "TRUE"),
        ("#REF!", "General", "#REF!"),
        (" 一、\u3000本年\n新收 ", "General", "一、 本年\n新收"),
        (1e300, "General", "1" + "0" * 300),
    ],
)
def test_a_value_is_text_as_shown_with_all_its_digits(value: Any, code: str, text: str) -> None:
    assert show(value, code) == text


@given(
    st.decimals(-(10**9), 10**9, places=3, allow_nan=False),
    st.sampled_from(["General", "0", "0.00", "#,##0", "#,##0.0", "@"]),
)
def test_no_plain_format_changes_a_value(value: Decimal, code: str) -> None:
    assert parse(show(float(value), code), "万元").value == value


@given(st.integers(1, 10**6), st.text('0#,.;%!"\\件 _*-[]1', min_size=1, max_size=6))
def test_no_format_makes_another_figure(value: int, code: str) -> None:
    found = parse(sheet._number(value, code, zeros=True))
    assert found.value in (None, value)


def test_zeros_that_the_sheet_does_not_show_are_blank() -> None:
    assert show(0, zeros=False) == ""
    assert show(10, zeros=False) == "10"


@pytest.mark.parametrize(
    ("ground", "rule", "seen"),
    [(None, False, False), ("#FFFFFF", False, False), ("#1F4E79", False, True), (None, True, True)],
)
def test_a_figure_written_white_on_white_is_none(ground: str | None, rule: bool, seen: bool) -> None:
    def fill(drawn: Any, ws: Any) -> None:
        look = {"font_color": "#FFFFFF", **({"bg_color": ground, "pattern": 1} if ground else {})}
        ws.write_row(0, 0, ["总计", 4])
        ws.write(1, 1, 8, drawn.add_format(look))
        if rule:
            ws.conditional_format("B1:B2", {"type": "no_errors", "format": drawn.add_format({"bg_color": "#1F4E79"})})

    figure = parse(at(sheet.read(book(fill), "a.xlsx"), "B2").text)
    assert (figure.kind, figure.value) == (("figure", 8) if seen else ("text", None))


def test_raised_and_struck_figures_are_not_joined() -> None:
    def fill(drawn: Any, ws: Any) -> None:
        ws.write_row(0, 0, ["总计", 4])
        ws.write_rich_string(1, 0, "12", drawn.add_format({"font_script": 1}), "1")
        ws.write_rich_string(1, 1, drawn.add_format({"font_strikeout": True}), "12", drawn.add_format(), "15")
        ws.write(2, 0, "x")
        ws.write(2, 1, 8, drawn.add_format({"font_strikeout": True}))

    page = sheet.read(book(fill), "a.xlsx")
    assert [at(page, ref).text for ref in ("A2", "B2", "B3")] == ["12¹", "~12~15", "~8~"]
    assert [parse(at(page, ref).text).value for ref in ("A2", "B2", "B3")] == [12, None, None]


def test_a_formula_without_a_result_is_no_zero() -> None:
    def fill(_: Any, ws: Any) -> None:
        ws.write_row(0, 0, ["总计", 4])
        ws.write_formula(1, 0, "=B1*2", None, 8)
        ws.write_formula(1, 1, "=B1-4")  # stored as 0 by a program that cannot calculate

    page = sheet.read(book(fill), "a.xlsx")
    assert (at(page, "A2").text, at(page, "B2").text) == ("8", "=B1-4")
    calculated = edited(book(fill), "xl/workbook.xml", lambda x: x.replace(b' fullCalcOnLoad="1"', b""))
    assert at(sheet.read(calculated, "a.xlsx"), "B2").text == "0"
    without = edited(calculated, "xl/worksheets/sheet1.xml", lambda x: x.replace(b"<v>8</v>", b""))
    assert at(sheet.read(without, "a.xlsx"), "A2").text == "=B1*2"


# --- bounds ----------------------------------------------------------------------------------------------------------


def one(_: Any, ws: Any) -> None:
    ws.write_row(0, 0, ["总计", 4])


def swap(old: bytes, new: bytes) -> bytes:
    out = edited(book(one), "xl/worksheets/sheet1.xml", lambda x: x.replace(old, new, 1))
    assert out != book(one)
    return out


@pytest.mark.parametrize(
    "data",
    [
        lambda: swap(b"</row>", b'</row><row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'),
        lambda: swap(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        lambda: swap(b"</sheetData>", b"</sheetData><mergeCells>" + b'<mergeCell ref="A5:B6"/>' * 5001 + b"</mergeCells>"),
        lambda: swap(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A:B"/></mergeCells>'),
        lambda: swap(b"</row>", b"</row>" + b"<row><c><v>1</v></c></row>" * 30_001),
        lambda: swap(b"</row>", b"</row>" + b"<row><c/></row>" * 400_000),
        lambda: swap(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
    ],
    ids=["a far cell", "all merged", "many merged", "merged columns", "many cells", "many empty cells", "doctype"],
)  # fmt: skip
def test_an_absurd_sheet_is_refused_quickly(data: Callable[[], bytes]) -> None:
    drawn = data()
    begin = time.perf_counter()
    with pytest.raises(ReadingError) as refusal:
        sheet.read(drawn, "a.xlsx")
    assert time.perf_counter() - begin < 5
    assert "\n" not in refusal.value.message("zh")


@pytest.mark.parametrize(
    "data",
    [
        lambda: swap(b"</row>", b'</row><row r="1048576"><c r="XFD1048576" s="0"/></row>'),
        lambda: edited(swap(b"A1:B1", b"A1:XFD1048576"), "", bytes),
        lambda: book(lambda b, ws: (one(b, ws), ws.set_column(2, 16383, None, None, {"hidden": True}))),
    ],
    ids=["a far empty cell", "a false dimension", "all other columns hidden"],
)
def test_harmless_oddities_are_read(data: Callable[[], bytes]) -> None:
    assert [(s.text, s.hidden) for s in spots(sheet.read(data(), "a.xlsx"))] == [("总计", False), ("4", False)]


@pytest.mark.skipif(not (shutil.which("soffice") or shutil.which("libreoffice")), reason="LibreOffice is not installed")
def test_a_workbook_whose_styles_openpyxl_refuses_is_read_by_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = swap(b'<c r="B1"', b'<c r="B1" s="99"')
    assert [s.text for s in spots(sheet.read(broken, "a.xlsx"))] == ["总计", "4"]
    monkeypatch.setattr(legacy.shutil, "which", lambda name: None)
    monkeypatch.setattr(legacy, "_PLACES", ())
    with pytest.raises(ReadingError, match="LibreOffice"):
        sheet.read(broken, "a.xlsx")


def test_merged_cells_that_overlap_do_not_move_figures() -> None:
    merged = b'<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="A2:B3"/></mergeCells>'
    rows = b'</row><row r="2"><c r="B2"><v>5</v></c><c r="C2"><v>8</v></c></row><row r="3"><c r="B3"><v>6</v></c><c r="C3"><v>7</v></c></row>'
    drawn = swap(b"</row>", rows)
    drawn = edited(drawn, "xl/worksheets/sheet1.xml", lambda x: x.replace(b"</sheetData>", b"</sheetData>" + merged))
    for spot in spots(sheet.read(drawn, "a.xlsx")):
        assert spot.place.ref[0] == "ABC"[spot.column]


def test_two_reports_on_two_sheets_each_have_their_agency_and_year(tmp_path: Path) -> None:
    book = load_workbook(BytesIO(sheets.BOOKS["one sheet"](distinct("2021"))))
    second = book.copy_worksheet(book.active)
    book.worksheets[0].title, second.title = "2023", "2022"
    for row in second.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = cell.value.replace("2023", "2022")
            elif cell.value is not None:
                cell.value += 1
    book.save(tmp_path / "two.xlsx")
    found = load_all(tmp_path / "two.xlsx")
    assert [(r.agency, r.year, len(r.placed_figures), r.unplaced) for r in found] == [
        (AGENCY, y, 200, ()) for y in (2023, 2022)
    ]


def test_a_workbook_of_one_report_on_named_sheets_is_one_report() -> None:
    """Each sheet repeats the title; a sheet's name above it makes no other agency of it."""
    for form_id in ("2019", "2021"):
        stated = distinct(form_id)
        (report,) = load_bytes("a.xlsx", sheets.BOOKS["named sheets"](stated))
        assert report.agency == AGENCY
        assert all(report.value(c) is not None for c in stated.texts)


def test_a_title_over_two_lines_on_every_sheet_makes_one_report() -> None:
    stated = distinct("2021")
    book = load_workbook(BytesIO(sheets.BOOKS["named sheets"](stated)))
    for ws in book.worksheets:
        (title,) = [c for row in ws.iter_rows() for c in row if isinstance(c.value, str) and "工作年度报告" in c.value]
        title.value = title.value.replace(AGENCY, f"{AGENCY}\n")
    data = BytesIO()
    book.save(data)
    (report,) = load_bytes("a.xlsx", data.getvalue())
    assert (report.agency, report.year) == (AGENCY, stated.year)
    assert all(report.value(c) is not None for c in stated.texts)


def test_last_years_sheets_left_hidden_say_nothing_of_this_report() -> None:
    """Neither in the place of a table that cannot be read nor as its year; their figures are listed as not seen."""
    stated = distinct("2021")
    book = load_workbook(BytesIO(sheets.BOOKS["named sheets"](stated)))
    for ws in list(book.worksheets):
        old = book.copy_worksheet(ws)
        old.title, old.sheet_state = f"上年{ws.title}", "hidden"
        for cell in (c for row in old.iter_rows() for c in row):
            if isinstance(cell.value, str):
                cell.value = cell.value.replace(str(stated.year), str(stated.year - 1))
            elif cell.value is not None:
                cell.value += 10_000
    four = book.worksheets[2]
    for cell in (c for row in four.iter_rows() for c in row if isinstance(c.value, str) and c.value.startswith("结果")):
        cell.value = "情形"
    data = BytesIO()
    book.save(data)
    (report,) = load_bytes("a.xlsx", data.getvalue())
    assert (report.agency, report.year) == (AGENCY, stated.year)
    assert all(str(f) == stated.texts[c] for c, f in report.figures.items() if f is not None)
    assert not any(c.startswith("disputes") for c in report.readings)
    assert sum(u.reason == "hidden" for u in report.unplaced) == len(stated.texts)


def test_a_title_in_the_header_of_the_printed_sheet_is_read() -> None:
    stated = distinct("2021")
    book = load_workbook(BytesIO(sheets.BOOKS["one sheet"](stated)))
    title = book.active["A1"]
    book.active.oddHeader.center.text, title.value = title.value, None
    data = BytesIO()
    book.save(data)
    (report,) = load_bytes("a.xlsx", data.getvalue())
    assert (report.agency, report.year) == (AGENCY, stated.year)


@pytest.mark.parametrize("area", ["Z9", "A2:B3", "A1:C1048576", "A1:XFD1048576"])
def test_a_link_over_cells_that_are_not_there_makes_none(area: str) -> None:
    data, out = sheets.one()(distinct("2021")), BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                link = f'<hyperlinks><hyperlink ref="{area}" location="x!A1"/></hyperlinks>'.encode()
                at = part.find(b"<pageMargins")
                part = part[:at] + link + part[at:]
            new.writestr(name, part)
    (report,) = load_bytes("x.xlsx", out.getvalue())
    assert len(report.placed_figures) == 200


def test_two_cells_of_one_address_are_not_guessed_between() -> None:
    data, out = sheets.one()(distinct("2021")), BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                part = re.sub(rb'(<c r="B9"[^>]*>.*?</c>)', rb"\1\1", part, count=1)
            new.writestr(name, part)
    with pytest.raises(ReadingError, match="地址相同"):
        load_bytes("x.xlsx", out.getvalue())


@pytest.mark.parametrize("again", [layouts.three, layouts.four])
def test_tables_that_come_again_on_one_sheet_are_kept_apart_in_a_moment(again: Callable[[Sheet], Rows]) -> None:
    """The sheet was once cut at its own first cell, and what was left cut again, without an end."""
    own = distinct("2021")
    others = replace(own, texts={c: f"{text}1" for c, text in own.texts.items()})

    def fill(made: Any, ws: Any) -> None:
        ws.write(0, 0, f"{AGENCY}{own.year}年政府信息公开工作年度报告")
        row = 1
        for title, rows in (*zip(TITLES, sheets.tables(own), strict=True), ("往年情况", again(others))):
            ws.write(row, 0, title)
            row = sheets.put(made, ws, rows, row + 1, 0, sheets.number)

    (report,) = load_bytes("x.xlsx", book(fill))
    given = {c: report.printed(c) for c in report.readings if report.value(c) is not None}
    assert given.items() <= own.texts.items()
    assert len(given) + len(report.unplaced) >= len(own.texts)


def test_cells_of_thousands_of_lines_are_refused_before_they_fill_the_memory() -> None:
    data = book(lambda _, ws: [ws.write(r, 0, "行\n" * 1000) for r in range(1000)])
    with pytest.raises(ReadingError, match="行"):
        sheet.read(data, "x.xlsx")


@pytest.mark.parametrize("code", ["0;0", "0;[Red]0"])
def test_a_number_that_its_format_shows_without_its_sign_is_no_figure(code: str) -> None:
    def fill(made: Any, ws: Any) -> None:
        for row in range(3):
            ws.write(row, 0, "本年新收")
            ws.write(row, 1, -5, made.add_format({"num_format": code}))

    texts = [s.text for s in spots(sheet.read(book(fill), "x.xlsx")) if "5" in s.text]
    assert texts == [f"[{code}]-5"] * 3
