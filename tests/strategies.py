"""Reports made of figures, and Hypothesis strategies for sound ones."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import layouts
from hypothesis import strategies as st

from auditkit.forms import Form, load_form
from auditkit.placing.placement import Placed
from auditkit.reading.numbers import parse
from auditkit.reading.page import Place
from auditkit.report import Report

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "data" / "sources"
FIGURES = ROOT / "tests" / "figures"
AGENCY = "示例市演练局"

SOUND = {
    "2019": ("guangxi-hrss-2020", "exercise-2020"),
    "2021": ("suqian-gov-2023", "suqian-gov-2024", "exercise-2021"),
}
"""Reports whose sums all hold, by form."""
APPLICANTS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other")
TITLES = (
    "一、总体情况",
    *layouts.TITLES,
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
IN_HTML, AS_THE_SEED = "as the form", "lines after tabs"
"""The two layouts in which faults are planted: a web page, and the first report's one cell a line."""


@cache
def typed(stem: str) -> Mapping[str, str]:
    """Cell id to text of a demonstration report's second typing; empty where it is blank."""
    with (FIGURES / f"{stem}.tsv").open(encoding="utf-8", newline="") as file:
        return {row["cell"]: row["value"] for row in csv.DictReader(file, delimiter="\t")}


def form_of(stem: str) -> Form:
    """Form of a sound report."""
    return load_form(next(form for form, stems in SOUND.items() if stem in stems))


def zeros(form: Form) -> dict[str, str]:
    """A report in which nothing happened."""
    return {cell.id: "0" for cell in form.cells}


def only_natural_persons(form: Form) -> dict[str, str]:
    """Table three of a department asked by natural persons only: the other applicants' cells are left blank."""
    texts = dict(typed("exercise-2021" if form.id == "2021" else "exercise-2020"))
    for row in form.rows("requests"):
        texts |= {f"requests.{row}.{c}": "" for c in APPLICANTS[1:]}
        texts[f"requests.{row}.total"] = texts[f"requests.{row}.natural_person"]
    return texts


def sheet(stem: str, changes: Mapping[str, str] | None = None) -> layouts.Sheet:
    """A sound report's figures, some of them changed."""
    form = form_of(stem)
    return layouts.Sheet(form, {**typed(stem), **(changes or {})}, 2023 if form.id == "2021" else 2020)


def report(
    form: Form,
    texts: Mapping[str, str | None],
    *,
    agency: str | None = AGENCY,
    year: int | None = None,
    path: str = "report.html",
) -> Report:
    """A report as if read: cell id to the text printed; None where the file has no such cell."""
    readings = {
        cell.id: Placed(parse(text, cell.unit), Place(table=1, row=1, cell=i + 1), "")
        for i, cell in enumerate(form.cells)
        if (text := texts.get(cell.id)) is not None
    }
    year = year if year is not None else (2023 if form.id == "2021" else 2020)
    return Report(path, agency, year, form.id, form, readings, prose=TITLES)


def texts_of(values: Mapping[str, int]) -> dict[str, str]:
    """Figures as printed."""
    return {cell: str(value) for cell, value in values.items()}


def counts(most: int = 999) -> st.SearchStrategy[int]:
    """Counts as reports have them: many zeros."""
    return st.one_of(st.just(0), st.integers(0, 9), st.integers(0, most))


def results(form: Form) -> tuple[str, ...]:
    """Rows of table three between the opening and the total."""
    return tuple(r for r in form.rows("requests") if r not in ("new", "carried_over", "total", "carried_forward"))


@st.composite
def sound_figures(draw: st.DrawFn, form: Form) -> dict[str, int]:
    """Draw the figures of a report whose sums all hold."""
    values = {cell.id: 0 for cell in form.cells}
    for column in APPLICANTS:
        rows = results(form)
        outcomes = draw(st.lists(counts(), min_size=len(rows), max_size=len(rows)))
        values |= {f"requests.{row}.{column}": n for row, n in zip(rows, outcomes, strict=True)}
        forward = draw(counts())
        over = draw(st.integers(0, sum(outcomes) + forward))
        values[f"requests.total.{column}"] = sum(outcomes)
        values[f"requests.carried_forward.{column}"] = forward
        values[f"requests.carried_over.{column}"] = over
        values[f"requests.new.{column}"] = sum(outcomes) + forward - over
    for row in form.rows("requests"):
        values[f"requests.{row}.total"] = sum(values[f"requests.{row}.{c}"] for c in APPLICANTS)
    for row in form.rows("disputes"):
        ended = draw(st.lists(counts(), min_size=4, max_size=4))
        for column, n in zip(("upheld", "corrected", "other", "pending"), ended, strict=True):
            values[f"disputes.{row}.{column}"] = n
        values[f"disputes.{row}.total"] = sum(ended)
    return values


def any_figures(form: Form, cells: Iterable[str] | None = None) -> st.SearchStrategy[dict[str, int]]:
    """Draw figures that need not add up."""
    ids = list(cells or form.index)
    return st.lists(st.integers(-(10**6), 10**9), min_size=len(ids), max_size=len(ids)).map(
        lambda values: dict(zip(ids, values, strict=True))
    )
