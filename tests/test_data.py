"""The demonstration reports hold the figures of their second typing, in ``tests/figures``, and nothing else."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest

import auditkit
from auditkit.forms import Form, load_bridge, load_form

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "data" / "sources"
FIGURES = ROOT / "tests" / "figures"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a demonstration report is; ``variant`` is the row variant it is printed in."""

    file: str
    agency: str
    year: int
    form: Literal["2019", "2021"]
    tag: Literal["extract", "exercise"]
    variant: str = ""

    @property
    def path(self) -> Path:
        return SOURCES / self.file

    @property
    def layout(self) -> Form:
        return load_form(self.form, variant=self.variant) if self.variant else load_form(self.form)


EXPECTED = (
    Expected("exercise-2020.html", "示例市演练局", 2020, "2019", "exercise"),
    Expected("exercise-2021.html", "示例市演练局", 2021, "2021", "exercise"),
    Expected("exercise-2022.html", "示例市演练局", 2022, "2021", "exercise"),
    Expected("guangxi-hrss-2020.txt", "广西壮族自治区人力资源社会保障厅", 2020, "2019", "extract"),
    Expected("hongze-gov-2023.html", "洪泽区人民政府", 2023, "2021", "extract", "single_other"),
    Expected("suqian-gov-2023.html", "宿迁市", 2023, "2021", "extract"),
    Expected("suqian-gov-2024.html", "宿迁市", 2024, "2021", "extract"),
)
BY_STEM = {e.path.stem: e for e in EXPECTED}
MARKERS = {"extract": "摘录：", "exercise": "演练材料："}
each_report = pytest.mark.parametrize("expected", EXPECTED, ids=lambda e: e.path.stem)


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a table of figures."""
    with (FIGURES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def figures(stem: str) -> dict[str, Decimal | None]:
    """Cell id to figure, in form units; None where the report is blank."""
    return {row["cell"]: Decimal(row["value"]) if row["value"] else None for row in rows(f"{stem}.tsv")}


def residuals(form: Form, values: dict[str, Decimal | None]) -> dict[tuple[str, ...], Decimal]:
    """Cells of each identity that does not add up, with its residual; a missing figure is a `KeyError`."""
    vector = [values[cell.id] or Decimal(0) for cell in form.cells]
    found = {}
    for identity, line in zip(form.identities, form.matrix, strict=True):
        residual = sum((int(a) * x for a, x in zip(line, vector, strict=True) if a), Decimal(0))
        if residual:
            found[identity.cells] = residual
    return found


def planted() -> tuple[str, Decimal, Decimal]:
    """Return the cell, the printed and the true value of the exercise's one slip."""
    (row,) = rows("exercise-2022.planted.tsv")
    return row["cell"], Decimal(row["printed"]), Decimal(row["true"])


def test_these_are_the_demonstration_reports() -> None:
    """Neither a report without a second typing nor a typing without a report."""
    assert {p.name for p in SOURCES.iterdir() if p.suffix in {".html", ".txt"}} == {e.file for e in EXPECTED}
    assert {p.name for p in FIGURES.glob("*.tsv")} == {f"{s}.tsv" for s in BY_STEM} | {"exercise-2022.planted.tsv"}


@each_report
def test_the_typing_lists_the_cells_of_the_form_in_its_order(expected: Expected) -> None:
    assert [row["cell"] for row in rows(f"{expected.path.stem}.tsv")] == [c.id for c in expected.layout.cells]


@each_report
def test_a_report_names_its_agency_year_and_form(expected: Expected) -> None:
    report = auditkit.load(expected.path)
    assert (report.agency, report.year, report.form) == (expected.agency, expected.year, expected.form)


@each_report
def test_a_report_holds_exactly_the_figures_of_its_second_typing(expected: Expected) -> None:
    report = auditkit.load(expected.path)
    read = {cell: Decimal(str(v)) for cell, v in report.cells["value"].items() if not pd.isna(v)}
    typed = figures(expected.path.stem)
    assert read == {cell: value for cell, value in typed.items() if value is not None}
    assert all(report.value(cell) == value for cell, value in typed.items())


@each_report
def test_nothing_of_a_report_is_unplaced(expected: Expected) -> None:
    assert list(auditkit.load(expected.path).unplaced) == []


@each_report
def test_an_extract_or_exercise_says_so_in_a_line_of_its_own_and_is_tagged(expected: Expected) -> None:
    lines = [re.sub(r"<[^>]*>", "", line) for line in expected.path.read_text(encoding="utf-8").splitlines()]
    marked = {tag for tag, marker in MARKERS.items() if any(line.startswith(marker) for line in lines)}
    assert marked == {expected.tag}
    assert auditkit.load(expected.path).tags == {expected.tag}


def test_the_invented_agency_is_marked_as_an_exercise_in_its_name() -> None:
    exercise = [e for e in EXPECTED if e.tag == "exercise"]
    assert len(exercise) == 3
    assert all("演练" in e.agency for e in exercise)
    assert not any("演练" in e.path.read_text(encoding="utf-8") for e in EXPECTED if e.tag == "extract")


@each_report
def test_a_source_refers_to_nothing_outside_itself(expected: Expected) -> None:
    text = expected.path.read_text(encoding="utf-8").lower()
    assert not re.findall(r"<script|<link|<img|<iframe|https?:|\b(?:src|href|srcset)\s*=|url\(|@import", text)


@each_report
def test_the_origin_document_names_every_source(expected: Expected) -> None:
    assert f"`{expected.file}`" in (ROOT / "data" / "ORIGIN.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "stem", ["exercise-2020", "exercise-2021", "guangxi-hrss-2020", "suqian-gov-2023", "suqian-gov-2024"]
)
def test_a_sound_report_adds_up(stem: str) -> None:
    assert residuals(BY_STEM[stem].layout, figures(stem)) == {}


def test_hongze_fails_in_two_totals_of_table_four_only() -> None:
    wrong = residuals(BY_STEM["hongze-gov-2023"].layout, figures("hongze-gov-2023"))
    totals = ["disputes.reconsideration.total", "disputes.litigation_after_reconsideration.total"]
    assert sorted(abs(x) for x in wrong.values()) == [5, 11]
    assert all(any(total in cells for cells in wrong) for total in totals)


def test_one_cell_of_the_exercise_explains_every_failing_sum() -> None:
    """Two sums fail, they share no cell but the planted one, and its true value mends both."""
    cell, printed, true = planted()
    layout, values = BY_STEM["exercise-2022"].layout, figures("exercise-2022")
    assert values[cell] == printed
    assert sorted(str(printed)) == sorted(str(true))
    wrong = residuals(layout, values)
    assert len(wrong) == 2
    assert set.intersection(*map(set, wrong)) == {cell}
    assert residuals(layout, values | {cell: true}) == {}


@pytest.mark.parametrize(
    ("earlier", "later", "sums"),
    [
        ("exercise-2020", "exercise-2021", 7),
        ("exercise-2021", "exercise-2022", 9),
        ("suqian-gov-2023", "suqian-gov-2024", 9),
    ],
)
def test_balances_and_stocks_carry_over_to_the_next_year(earlier: str, later: str, sums: int) -> None:
    """Seven columns of requests carried over; between two reports of the 2021 form also two stocks."""
    first, second = figures(earlier), figures(later)
    rules = load_bridge().continuity(BY_STEM[earlier].form, BY_STEM[later].form)
    assert len(rules) == sums
    for rule in rules:
        left = sum((k * (first[cell] or 0) for cell, k in rule.earlier.items()), Decimal(0))
        right = sum((k * (second[cell] or 0) for cell, k in rule.later.items()), Decimal(0))
        assert left + right == 0, rule
