"""Units and running numbers of a text are left out, and never a figure."""

from __future__ import annotations

from collections import Counter

import layouts
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import distinct

from auditkit.loading import load_bytes
from auditkit.placing.asides import without_asides
from auditkit.placing.labels import labels
from auditkit.reading.page import Line
from auditkit.reading.text import read

COLUMNS = [name for name in layouts.LAYOUTS if name.endswith(" in a column")]


@pytest.mark.parametrize("form_id", ["2019", "2021"])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_units_or_running_numbers_moves_no_figure(name: str, form_id: str) -> None:
    sheet = distinct(form_id)
    (report,) = load_bytes("x.txt", layouts.LAYOUTS[name](sheet).encode())
    assert {c: report.printed(c) for c in report.readings} == sheet.texts
    assert not report.unplaced


@given(
    st.lists(st.integers(0, 12), min_size=200, max_size=200),
    st.sampled_from(["lines", "lines after tabs", "runs of spaces"]),
)
def test_figures_that_count_on_by_themselves_are_no_running_numbers(figures: list[int], name: str) -> None:
    """Small figures, the last of each row now and then one more than that of the row above."""
    sheet = distinct("2021")
    texts = dict(zip(sheet.texts, map(str, figures), strict=True))
    rows = [c.id for c in sheet.form.cells if c.table == "requests" and c.column == "total"]
    texts |= {cell: str(n) for n, cell in enumerate(rows, 1)}
    page = read(layouts.LAYOUTS[name](layouts.Sheet(sheet.form, texts)), "x")
    kept = without_asides(page.blocks, labels("2021"))
    assert [b.text for b in kept if isinstance(b, Line)] == [b.text for b in page.blocks if isinstance(b, Line)]


@given(st.lists(st.integers(0, 6), min_size=200, max_size=200), st.sampled_from(COLUMNS))
def test_beside_running_numbers_no_small_figure_is_lost(figures: list[int], name: str) -> None:
    sheet = distinct("2021")
    sheet = layouts.Sheet(sheet.form, dict(zip(sheet.texts, map(str, figures), strict=True)))
    reports = load_bytes("x.txt", layouts.LAYOUTS[name](sheet).encode())
    given = {c: r.printed(c) for r in reports for c in r.placed_figures}
    assert given.items() <= sheet.texts.items()
    left = Counter(sheet.texts.values()) - Counter(given.values())
    assert not left - Counter(u.text for r in reports for u in r.unplaced)
