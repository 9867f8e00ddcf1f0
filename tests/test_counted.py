"""Blank cells of text with one cell a line: they are counted where every row of a table bears the count out, and only there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import layouts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import (
    Box,
    Rows,
    Sheet,
    chain,
    distinct,
    flat_head,
    label_columns,
    only_labels,
    spread,
    spread_same,
    text_page,
    total_first,
)
from test_loose import held, read, wrong
from test_placing import FORMS, each_form

from auditkit.loading import load_bytes


def rectangle(rows: Rows, mark: str = "", row_end: str = "") -> str:
    """Print the cells of a table one a line, a blank line for each that a span covers, or its text once more."""
    return "".join("".join(f"{mark}{b.text}\n" for b in row) + row_end for row in rows) + "\n"


def parted(rows: Rows) -> str:
    """Print the cells of a table one a line, an empty line between two rows."""
    return "\n".join("".join(f"{b.text}\n" for b in row) for row in rows).removesuffix("\n")


def marked(rows: Rows) -> str:
    """Print the cells of a table one a line, a tab before each, and nothing between rows."""
    return "".join(f"\t{b.text}\n" for row in rows for b in row)


def beneath(rows: Rows) -> Rows:
    """Leave a blank cell beneath each label that reaches down, for what it covers; none right of one that reaches over columns."""
    out, down = [], dict[int, tuple[int, int]]()
    for row in rows:
        cells, boxes, c = list[Box](), list(row), 0
        while boxes or c in down:
            if c in down:
                left, width = down.pop(c)
                cells.append(Box("", kind="blank"))
            else:
                box = boxes.pop(0)
                left, width = box.h, box.w
                cells.append(replace(box, w=1, h=1))
            if left > 1:
                down[c] = left - 1, width
            c += width
        out.append(cells)
    return out


RECTANGLES = {
    "blanks": lambda rows: rectangle(spread(rows)),
    "copies": lambda rows: rectangle(spread_same(rows)),
    "tabs": lambda rows: rectangle(spread(rows), mark="\t"),
    "row ends": lambda rows: rectangle(spread(rows), row_end="\n"),
    "parted": lambda rows: parted(spread(rows)),
    "parted, beneath": lambda rows: parted(beneath(rows)),
    "tabs, beneath": lambda rows: marked(beneath(rows)),
}


TABLES = [(name, lambda rows: rows) for name in RECTANGLES] + [
    (name, chain(only_labels, flat_head, total_first)) for name in RECTANGLES if "beneath" not in name
]


@each_form
@pytest.mark.parametrize(("name", "change"), TABLES)
def test_a_table_one_cell_a_line_is_read_whole(name: str, change: layouts.Change, form: tuple[str, str]) -> None:
    sheet = with_blanks(form)
    report = read(text_page(sheet, RECTANGLES[name], change))
    assert wrong(report, sheet) == {}
    assert set(report.placed_figures) == {c for c, text in sheet.texts.items() if text}


def row_ends(rows: Rows) -> str:
    """Print one cell a line, an empty line behind each row."""
    return layouts.lines(rows, mark="")


def between_cells(rows: Rows) -> str:
    """Print one cell a line, an empty line between any two."""
    return "".join(f"{b.text}\n\n" for row in rows for b in row)


def with_blanks(form: tuple[str, ...]) -> Sheet:
    """Return a sheet on which every second or third figure is blank."""
    sheet = distinct(*form)
    return replace(sheet, texts={c: "" if i % 5 in (1, 3) else t for i, (c, t) in enumerate(sheet.texts.items())})


@each_form
@pytest.mark.parametrize("change", [only_labels, label_columns])
@pytest.mark.parametrize("show", [layouts.unspaced, row_ends, between_cells])
def test_blank_cells_one_a_line_are_counted_where_every_row_has_as_many_lines(
    show: object, change: layouts.Change, form: tuple[str, ...]
) -> None:
    sheet = with_blanks(form)
    report = read(text_page(sheet, show, change))  # type: ignore[arg-type]
    filled = {c for c, text in sheet.texts.items() if text and not c.startswith(("proactive", "requests.other."))}
    assert filled <= set(report.placed_figures)
    assert wrong(report, sheet) == {}


@each_form
@pytest.mark.parametrize("show", [layouts.unspaced, row_ends, between_cells])
def test_blank_cells_one_a_line_are_not_counted_where_a_row_has_lost_a_line(
    show: object, form: tuple[str, ...]
) -> None:
    sheet = with_blanks(form)
    text = text_page(sheet, show, only_labels)  # type: ignore[arg-type]
    report = read(re.sub(r"(（一）予以公开\n(?:.+\n)*)\n", r"\1", text, count=1))
    assert wrong(report, sheet) == {}
    assert len(report.placed_figures) < len(read(text).placed_figures)


WAYS: list[tuple[Callable[[Rows], str], layouts.Change]] = [
    (show, lambda rows: rows) for show in RECTANGLES.values()
] + [(show, change) for show in (layouts.unspaced, row_ends, between_cells) for change in (only_labels, label_columns)]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(FORMS), st.sampled_from(WAYS), st.booleans(), st.data())
def test_a_line_lost_or_added_gives_no_wrong_figure(
    form: tuple[str, str], way: tuple[Callable[[Rows], str], layouts.Change], lost: bool, data: st.DataObject
) -> None:
    sheet = with_blanks(form)
    lines = text_page(sheet, *way).split("\n")
    blank = [i for i, line in enumerate(lines) if not line.strip()]
    at = data.draw(st.sampled_from(blank))
    lines[at : at + lost] = [] if lost else [""]
    report = read("\n".join(lines))
    assert wrong(report, sheet) == {}
    assert held(report) >= Counter(filter(None, sheet.texts.values()))


def tabs(rows: Rows) -> str:
    """Print a row a line, tabs between its cells, nothing for what spans cover."""
    return "".join("\t".join(b.text for b in row) + "\n" for row in rows) + "\n"


@each_form
@pytest.mark.parametrize("change", [lambda rows: rows, label_columns], ids=["spans", "label columns"])
def test_rows_of_cells_are_counted_where_every_row_has_as_many(change: layouts.Change, form: tuple[str, str]) -> None:
    sheet = with_blanks(form)
    text = text_page(sheet, tabs, change)
    report = read(text)
    assert wrong(report, sheet) == {}
    filled = {c for c, t in sheet.texts.items() if t and c.startswith("requests.") and ".other." not in c}
    assert filled <= set(report.placed_figures)
    short = read(re.sub(r"(（一）予以公开.*?)\t\t", r"\1\t", text, count=1))
    assert wrong(short, sheet) == {}
    assert len(short.placed_figures) < len(report.placed_figures)


@pytest.mark.parametrize("pads", [1, 2, 3])
def test_blanks_of_rows_with_as_many_blank_label_columns_each_are_counted(pads: int) -> None:
    """Converters to Markdown leave the blanks of a label's span, and lose those of the heads."""
    sheet = distinct("2021")
    requests = [c.id for c in sheet.form.cells if c.table == "requests"]
    blank = {id for i, id in enumerate(requests) if i % 5 == 1}
    sheet = replace(sheet, texts={id: "" if id in blank else text for id, text in sheet.texts.items()})

    def padded(rows: Rows) -> Rows:
        return [
            [row[0], *[Box("")] * pads, *row[1:]] if i > 2 else layouts.bare([row])[0] for i, row in enumerate(rows)
        ]

    report = read(text_page(sheet, layouts.pipes, chain(only_labels, padded)))
    found = {id: report.printed(id) for id in requests if report.value(id) is not None}
    assert found == {id: sheet.texts[id] for id in requests if id not in blank}


def test_a_figure_beneath_a_word_of_a_label_that_ran_over_the_rule_is_counted() -> None:
    """Printed programs push a numbered label over its cell's edge: the figure beside it is not read, and said to be unplaced."""
    sheet = distinct("2021")
    label = "1.属于国家秘密"
    row = re.search(rf"(<td[^>]*>){label}</td>\s*<td[^>]*>(\d+)</td>", drawn := layouts.page(sheet))
    assert row
    for word, figure in (("属于", "0"), ("危", "0"), ("属于", row[2])):
        torn = drawn.replace(row[0], f"{row[1]}1.<br>国家秘密</td><td>{word}<br>{figure}</td>")
        (report,) = load_bytes("a.html", torn.encode())
        assert wrong(report, sheet) == {}
        assert figure in [u.text for u in report.unplaced]
