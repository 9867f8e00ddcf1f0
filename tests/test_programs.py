"""What programs make of a report that they write anew: what they add, wrap, span or put together is told from its figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import layouts
import pandas as pd
import pytest
from layouts import Rows, Sheet, distinct
from test_repaired import right

from auditkit.loading import load_bytes
from auditkit.reading import page_of
from auditkit.reading.page import Grid
from auditkit.report import Report

FORMS = ("2019", "2021")


def read(name: str, data: bytes | str) -> Report:
    (report,) = load_bytes(name, data if isinstance(data, bytes) else data.encode())
    return report


def with_blanks(sheet: Sheet) -> Sheet:
    """Blank every third figure of table three and four, the first and the last of some rows too."""
    cells = [c for c in sheet.texts if not c.startswith("proactive")]
    return replace(sheet, texts={**sheet.texts, **dict.fromkeys(cells[::3], "")})


def stated(sheet: Sheet) -> Sheet:
    return replace(sheet, texts={c: t for c, t in sheet.texts.items() if t})


def frames(sheet: Sheet) -> list[pd.DataFrame]:
    """The three tables as pandas reads them from a page: what spans is repeated, columns are numbered."""
    drawn = (layouts.two_joined(sheet), layouts.three(sheet), layouts.four(sheet))
    return [pd.DataFrame([[b.text for b in row] for row in layouts.spread_same(rows)]) for rows in drawn]


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("blanks", [False, True])
def test_numbers_that_pandas_puts_over_each_table_of_a_sheet_are_no_figures(form_id: str, *, blanks: bool) -> None:
    sheet = with_blanks(distinct(form_id)) if blanks else distinct(form_id)
    out = BytesIO()
    with pd.ExcelWriter(out, engine="openpyxl") as book:
        at = 1
        for title, frame in zip(layouts.TITLES, frames(sheet), strict=True):
            pd.DataFrame([title]).to_excel(book, sheet_name="年报", startrow=at, index=False, header=False)
            frame.to_excel(book, sheet_name="年报", startrow=at + 1, index=False)
            at += len(frame) + 4
    report = read("x.xlsx", out.getvalue())
    assert right(report, stated(sheet)) == len(stated(sheet).texts)
    assert not {"0", "1", "2", "14"} & {u.text for u in report.unplaced}


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("blanks", [False, True])
def test_a_sheet_that_pandas_wrote_as_commas_with_its_index_is_read(form_id: str, *, blanks: bool) -> None:
    sheet = with_blanks(distinct(form_id)) if blanks else distinct(form_id)
    rows = [[f"{layouts.AGENCY}{sheet.year}年政府信息公开工作年度报告"]]
    for title, drawn in zip(
        layouts.TITLES, (layouts.two_joined(sheet), layouts.three(sheet), layouts.four(sheet)), strict=True
    ):
        rows += [[], [title], *([b.text for b in row] for row in layouts.spread(drawn))]
    wide = max(map(len, rows))
    cells = [row + [""] * (wide - len(row)) for row in rows[1:]]
    frame = pd.DataFrame(cells, columns=[rows[0][0], *(f"Unnamed: {i}" for i in range(1, wide))])
    report = read("x.csv", frame.to_csv())
    assert right(report, stated(sheet)) == len(stated(sheet).texts)
    assert not report.unplaced


def spanning(rows: Rows) -> str:
    """Print Markdown as markdownify does: blank cells with two spaces, what a span covers with one, what it covers below not at all."""
    wide = max(sum(b.w for b in row) for row in rows)
    out = ["|" + "  |" * wide, "|" + " --- |" * wide]
    return "\n".join(out + ["|" + "".join(f" {b.text} |" + " |" * (b.w - 1) for b in row) for row in rows]) + "\n\n"


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("blanks", [False, True])
def test_one_space_between_pipes_is_a_span_where_blanks_have_two(form_id: str, *, blanks: bool) -> None:
    sheet = with_blanks(distinct(form_id)) if blanks else distinct(form_id)
    report = read("x.md", layouts.text_page(sheet, spanning))
    assert right(report, stated(sheet)) == len(stated(sheet).texts)
    assert not report.unplaced


def test_figures_that_a_program_put_together_leave_their_row_unplaced() -> None:
    sheet = distinct("2021")
    own = sheet.row("requests", "total")
    row = "|".join([own[0], f"{own[1]}<br>{own[2]}", *own[3:]])
    text = layouts.text_page(sheet, layouts.pipes, layouts.label_columns)
    printed = next(line for line in text.split("\n") if "七）总计" in line)
    report = read(
        "x.md", text.replace(printed, f"|（七）总计|||{row}|" if printed.count("|") > 9 else f"|（七）总计||{row}|")
    )
    assert right(report, sheet) == len(sheet.texts) - 7
    assert {*own} - {own[1], own[2]} <= {u.text for u in report.unplaced}


def ended(rows: Rows) -> str:
    """Print rows as html2text does: two spaces end each, none before the first pipe."""
    return "".join("| ".join(b.text for b in row) + "  \n" for row in rows) + "  \n"


@pytest.mark.parametrize("form_id", FORMS)
def test_one_space_is_a_blank_where_rows_have_no_pipes_around_them(form_id: str) -> None:
    sheet = with_blanks(distinct(form_id))
    report = read("x.md", layouts.text_page(sheet, ended))
    assert right(report, stated(sheet)) >= 0.9 * len(stated(sheet).texts)
    assert {"requests.new.natural_person", "disputes.reconsideration.upheld"} <= {
        c for c in sheet.texts if not sheet.texts[c]
    } | set(report.figures)


def wrapped(rows: Rows) -> str:
    return re.sub(r"(?m)^(.{50,}?\| )(?=\d)(.*  )$", r"\1\n\2", ended(rows))


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("show", [ended, wrapped])
def test_rows_with_pipes_that_are_wrapped_are_read(form_id: str, show: Callable[[Rows], str]) -> None:
    sheet = distinct(form_id)
    text = layouts.text_page(sheet, show)
    assert show is ended or text != layouts.text_page(sheet, ended)
    assert right(read("x.md", text), sheet) == len(sheet.texts)


def padded(rows: Rows) -> str:
    """Print rows with pipes as inscriptis does: texts padded to columns, spaces left where a row ends."""
    wide = max(map(len, rows))
    columns = [max(len(row[c].text) for row in rows if len(row) > c) for c in range(wide)]
    return (
        "".join(" | ".join(b.text.ljust(n) for b, n in zip(row, columns, strict=False)) + "\n" for row in rows) + "\n"
    )


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("blanks", [False, True])
def test_rows_with_pipes_that_are_drawn_in_columns_are_not_joined(form_id: str, *, blanks: bool) -> None:
    sheet = with_blanks(distinct(form_id)) if blanks else distinct(form_id)
    assert right(read("x.txt", layouts.text_page(sheet, padded)), stated(sheet)) == len(stated(sheet).texts)


@pytest.mark.parametrize("form_id", FORMS)
def test_cells_of_a_page_s_text_that_hold_no_break_spaces_are_blank(form_id: str) -> None:
    sheet = with_blanks(distinct(form_id))

    def show(rows: Rows) -> str:
        return "".join("\n\n\t\n\n".join(b.text or "\u00a0" for b in row) + "\n\n\n\n" for row in rows)

    report = read("x.txt", layouts.text_page(sheet, show, layouts.label_columns))
    assert right(report, stated(sheet)) == len(stated(sheet).texts)


def test_a_figure_before_a_numbered_label_is_no_piece_of_it() -> None:
    sheet = distinct("2021")
    blank = dict.fromkeys((c for c in sheet.texts if c.startswith("requests.denied.prohibited_by_law")), "")
    drawn = replace(sheet, texts={**sheet.texts, **blank, "requests.denied.prohibited_by_law.total": "0"})
    assert blank
    report = read("x.txt", layouts.text_page(drawn, lambda rows: layouts.separate(layouts.spread(rows), "\t")))
    assert report.value("requests.denied.prohibited_by_law.total") == 0
    assert right(report, stated(drawn)) == len(stated(drawn).texts)


TWO_LABELS = """三、收到和处理政府信息公开申请情况
3.要求提供公开出版物 4 0 0 0 0 0 4
4.无正当理由大量反复申请 30 0 0 0 0 0 30
5.要求行政机关确认或重新出具已获取信
息

1.申请人无正当理由逾期不补正、行政机
关不再处理其政府信息公开申请

14 2 0 0 0 0 16

20 0 0 0 0 0 20
（六）其
他处理
2.申请人逾期未按收费通知要求缴纳费
用、行政机关不再处理其政府信息公开申
请
20 4 0 4 0 0 28
3.其他 0 0 0 0 0 0 0
（七）总计 201 0 0 0 0 0 201
四、结转下年度继续办理 1 0 0 0 0 0 1
"""


def test_figures_beneath_two_labels_are_not_the_nearer_one_s() -> None:
    report = read("x.txt", TWO_LABELS)
    assert report.value("requests.other.not_corrected.total") is None
    assert {"14", "2", "16"} <= {u.text for u in report.unplaced}


def test_blank_cells_that_are_padded_are_no_spans() -> None:
    text = "| 结果维持 | 结果纠正 | 总计 |\n|------|------|------|\n|      | 5    | 7 | | | 2 | |\n"
    (grid,) = (b for b in page_of(text.encode(), "x.md").blocks if isinstance(b, Grid))
    assert [(s.text, s.width) for s in grid.rows[-1]] == [
        ("", 1),
        ("5", 1),
        ("7", 1),
        ("", 1),
        ("", 1),
        ("2", 1),
        ("", 1),
    ]
    spanned = "|  |  |  |  |\n| --- | --- | --- | --- |\n| 总计 | | 5 |  |\n"
    (grid,) = (b for b in page_of(spanned.encode(), "x.md").blocks if isinstance(b, Grid))
    assert [(s.text, s.width) for s in grid.rows[-1]] == [("总计", 2), ("5", 1), ("", 1)]
