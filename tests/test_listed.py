"""Tables that list a cell a row, or turn table four: each figure is named by two labels."""

from __future__ import annotations

from pathlib import Path

import layouts
import pytest
from layouts import BLOCKS, OUTCOMES, Box, Rows, distinct, head, sections, table, three, web, with_four
from test_placing import lost, read, wrong

BLOCK_NAMES = ("行政复议", "行政诉讼（未经复议直接起诉）", "行政诉讼（复议后起诉）")


def four_listed(sheet: layouts.Sheet, *, spans: bool) -> Rows:
    rows: Rows = [[head("类型"), head("结果"), head("数量")]]
    for name, row in zip(BLOCK_NAMES, sheet.form.rows("disputes"), strict=True):
        for n, (outcome, text) in enumerate(zip(OUTCOMES, sheet.row("disputes", row), strict=True)):
            lead = [Box(name, 1, 5 if spans else 1)] if n == 0 or not spans else []
            rows.append([*lead, Box(outcome), Box(text)])
    return rows


def four_turned(sheet: layouts.Sheet) -> Rows:
    figures = [sheet.row("disputes", row) for row in sheet.form.rows("disputes")]
    rows: Rows = [[head("结果"), *map(head, BLOCKS)]]
    return rows + [[Box(o), *(Box(f[n]) for f in figures)] for n, o in enumerate(OUTCOMES)]


@pytest.mark.parametrize("shown", ["listed", "listed, spans", "turned"])
@pytest.mark.parametrize("form", ["2019", "2021"])
def test_table_four_as_a_list_or_turned_is_read(form: str, shown: str, tmp_path: Path) -> None:
    sheet = distinct(form)
    rows = four_turned(sheet) if shown == "turned" else four_listed(sheet, spans="spans" in shown)
    reports = read(tmp_path, with_four(sheet, table(rows)))
    assert (wrong(reports, sheet), lost(reports, sheet)) == ({}, set())
    assert len(reports[0].figures) == len(sheet.form.cells) == sum(v is not None for v in reports[0].figures.values())


@pytest.mark.parametrize("heads", [("结果", "2022年"), ("结果", "上年数量")])
def test_a_list_of_other_figures_is_not_read(heads: tuple[str, str], tmp_path: Path) -> None:
    sheet = distinct("2021")
    rows = four_listed(sheet, spans=False)
    rows[0] = [head("类型"), *map(head, heads)]
    reports = read(tmp_path, with_four(sheet, table(rows)))
    assert not any(c.startswith("disputes") for c in reports[0].readings)
    assert lost(reports, sheet) == set()


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_table_two_as_a_list_is_read(form: str, tmp_path: Path) -> None:
    """With a label in the place of a figure, the year before was read as the amount."""
    sheet = distinct(form)
    rows: Rows = [[head("条款"), head("信息内容"), head("指标"), head("数量")]]
    for row in sheet.form.rows("proactive"):
        cells = sheet.form.row_cells("proactive", row)
        for n, cell in enumerate(cells):
            lead = [Box(p, 1, len(cells)) for p in (cell.row_path[0], cell.row_path[-1])] if n == 0 else []
            rows.append([*lead, Box(cell.column_label["zh"]), Box(sheet.texts[cell.id])])
    rows.append([Box("第二十条第（九）项"), Box("政府集中采购"), Box("上一年项目数量"), Box("717")])
    parts = [table(rows), table(three(sheet)), table(layouts.four(sheet))]
    reports = read(tmp_path, web(sheet, sections(sheet, parts)))
    assert (wrong(reports, sheet), lost(reports, sheet)) == ({}, set())
    left = [u.text for u in reports[0].unplaced]
    assert left == ["717"]
    assert len(reports[0].readings) == len(sheet.form.cells)
