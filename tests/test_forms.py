"""The forms as data hold what the statutory forms say, and nothing in the matrix is more or less than that."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import any_figures, sound_figures

from auditkit.forms import FORM_IDS, Form, form_of_year, load_bridge, load_form, variants

# The rows of table three that （七）总计 adds up, typed from the forms, clause by clause.
CLAUSES = {
    "denied": "state_secret prohibited_by_law security_stability third_party_rights internal_affairs deliberative "
    "enforcement_file enquiry",
    "unavailable": "not_held must_be_created still_unclear",
    "not_processed": "petition repeated publication excessive reissue",
}
BOTH = [
    "granted",
    "partly_granted",
    *(f"{clause}.{item}" for clause, items in CLAUSES.items() for item in items.split()),
]
ADDED_UP = {
    ("2019", ""): [*BOTH, "other"],
    ("2021", ""): [*BOTH, "other.not_corrected", "other.fee_unpaid", "other.other"],
    ("2021", "single_other"): [*BOTH, "other"],
}
PERSONS = ["natural_person", "business", "research", "public_welfare", "legal_service", "other"]
LAYOUTS = [(form_id, variant) for form_id in FORM_IDS for variant in ("", *variants(form_id))]
each_form = pytest.mark.parametrize("form", [load_form(*key) for key in LAYOUTS], ids=["-".join(k) for k in LAYOUTS])


def stated(form: Form, x: dict[str, int]) -> dict[tuple[str, str, str], int]:
    """Return the differences that the forms' words forbid: footing, cross-footing, roll-forward; table four's totals."""
    rows = ADDED_UP[form.id, form.variant]

    def three(row: str, column: str) -> int:
        return x[f"requests.{row}.{column}"]

    found = {}
    for c in [*PERSONS, "total"]:
        opening, closing = three("new", c) + three("carried_over", c), three("total", c) + three("carried_forward", c)
        found["T3-01", "requests", c] = opening - closing
        found["T3-11", "requests", c] = sum(three(r, c) for r in rows) - three("total", c)
    for r in ["new", "carried_over", *rows, "total", "carried_forward"]:
        found["T3-21", "requests", r] = sum(three(r, c) for c in PERSONS) - three(r, "total")
    for r in ["reconsideration", "litigation_direct", "litigation_after_reconsideration"]:
        parts = [x[f"disputes.{r}.{c}"] for c in ("upheld", "corrected", "other", "pending")]
        found["T4-01", "disputes", r] = sum(parts) - x[f"disputes.{r}.total"]
    return found


@each_form
@settings(max_examples=20)
@given(data=st.data())
def test_the_matrix_says_what_the_form_says(form: Form, data: st.DataObject) -> None:
    x = data.draw(any_figures(form))
    product = form.matrix @ np.array([x[c.id] for c in form.cells])
    keys = [(i.check, i.table, i.subject) for i in form.identities]
    assert len(set(keys)) == len(keys)
    assert dict(zip(keys, product.tolist(), strict=True)) == stated(form, x)


@each_form
@settings(max_examples=20)
@given(data=st.data())
def test_a_sound_report_is_in_the_null_space_and_no_other_single_change_is(form: Form, data: st.DataObject) -> None:
    x = data.draw(sound_figures(form))
    vector = np.array([x[c.id] for c in form.cells])
    assert not (form.matrix @ vector).any()
    touched = [i for i, c in enumerate(form.cells) if c not in form.untouched]
    at = data.draw(st.sampled_from(touched))
    vector[at] += data.draw(st.integers(1, 999))
    assert (form.matrix @ vector).any()


@pytest.mark.parametrize(
    ("form_id", "variant", "shape", "rank", "touched", "three"),
    [
        ("2021", "", (42, 200), 40, 190, 39),
        ("2019", "", (40, 198), 38, 176, 37),
        ("2021", "single_other", (40, 186), 38, 176, 37),
    ],
)
def test_shape_and_rank(
    form_id: str, variant: str, shape: tuple[int, int], rank: int, touched: int, three: int
) -> None:
    form = load_form(form_id, variant)
    assert form.matrix.shape == shape
    assert np.linalg.matrix_rank(form.matrix) == rank
    assert np.count_nonzero(form.matrix.any(axis=0)) == touched
    assert len(form.cells) - len(form.untouched) == touched
    assert sum(i.table == "requests" for i in form.identities) == three


def test_the_matrix_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load_form("2021").matrix[0, 0] = 5


@each_form
def test_no_two_columns_of_table_three_are_parallel(form: Form) -> None:
    """Else one wrong cell could not be told from another."""
    columns = form.matrix[:, [i for i, c in enumerate(form.cells) if c.table == "requests"]].T
    assert columns.any(axis=1).all()
    signs = {tuple(column * np.sign(column[np.flatnonzero(column)[0]])) for column in columns}
    assert len(signs) == len(columns)  # all coefficients are 1 or -1, so parallel is equal up to the sign
    assert set(np.unique(columns)) <= {-1, 0, 1}


@each_form
def test_no_sum_touches_the_cells_of_table_two_and_only_those(form: Form) -> None:
    assert {c.id for c in form.untouched} == {c.id for c in form.cells if c.table == "proactive"}


@pytest.mark.parametrize(
    ("form_id", "count", "digest"),
    [
        ("2019", 198, "21647fb71deddc8596c2735c9603b4b76bef65011caa8dec6a81ac7dd9404ffa"),
        ("2021", 200, "a35bfdc07fda07fbf2e60235bc27200579cb9f9039cfc9858354320e897bcddc"),
    ],
)
def test_ids_labels_and_units_are_the_public_contract(form_id: str, count: int, digest: str) -> None:
    """SHA-256 of id, row, column, English and unit of each cell, tabs between, a line a cell: never to change."""
    form = load_form(form_id)
    lines = [
        "\t".join(
            (c.id, c.row_label["zh"], c.column_label["zh"], f"{c.row_label['en']} · {c.column_label['en']}", c.unit)
        )
        for c in form.cells
    ]
    assert len(lines) == count
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == digest


@each_form
def test_ids_are_unique_and_looked_up(form: Form) -> None:
    assert max(Counter(c.id for c in form.cells).values()) == 1
    assert all(form.cell(c.id) is c and form.cells[form.index[c.id]] is c for c in form.cells)
    with pytest.raises(KeyError):
        form.cell("requests.no_such.total")


@each_form
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_cell_has_a_label_of_its_own(form: Form, lang: str) -> None:
    labels = [form.label(c.id, lang) for c in form.cells]  # type: ignore[arg-type]
    assert len(set(labels)) == len(labels)
    assert not any(cell.id in label for cell, label in zip(form.cells, labels, strict=True))


def test_a_label_is_what_people_say() -> None:
    form = load_form("2021")
    assert form.label("requests.granted.total", "zh") == "表三「（一）予以公开」「总计」"
    assert form.label("requests.granted.total", "en") == "table 3, “disclosed”, “total”"


def test_unknown_forms_are_refused() -> None:
    with pytest.raises(KeyError):
        load_form("2008")
    with pytest.raises(KeyError):
        load_form("2021", "no such variant")


@pytest.mark.parametrize(("year", "form_id"), [(2019, "2019"), (2020, "2019"), (2021, "2021"), (2030, "2021")])
def test_each_year_has_its_form(year: int, form_id: str) -> None:
    assert form_of_year(year) == form_id


# --- the bridge --------------------------------------------------------------------------------------------------------

WAYS = [("2019", "2021"), ("2021", "2019")]
each_way = pytest.mark.parametrize("way", WAYS, ids="-".join)


@each_way
def test_each_cell_has_one_relation_and_counterparts_that_fit_it(way: tuple[str, str]) -> None:
    bridge, other = load_bridge(), load_form(way[1])
    for cell in load_form(way[0]).cells:
        relation, to = bridge.relation(cell.id, *way), bridge.counterparts(cell.id, *way)
        assert all(c in other.index for c in to), cell.id
        assert len(to) == {"same": 1, "split": 3, "merged": 1, "not comparable": 0}[relation], cell.id
        assert (to == (cell.id,)) == (relation == "same"), cell.id
        assert bool(bridge.reason(cell.id, way[0], "zh")) == (relation == "not comparable"), cell.id
        assert bool(bridge.reason(cell.id, way[0], "en")) == (relation == "not comparable"), cell.id


@each_way
def test_counterparts_lead_back(way: tuple[str, str]) -> None:
    bridge = load_bridge()
    back = (way[1], way[0])
    opposite = {"same": "same", "split": "merged", "merged": "split"}
    for cell in load_form(way[0]).cells:
        for to in bridge.counterparts(cell.id, *way):
            assert cell.id in bridge.counterparts(to, *back), cell.id
            assert bridge.relation(to, *back) == opposite[bridge.relation(cell.id, *way)], cell.id


@each_way
def test_the_bridge_counts(way: tuple[str, str]) -> None:
    """Tables three and four go over whole; of table two only the decisions do."""
    bridge = load_bridge()
    found = Counter(
        (c.table, bridge.relation(c.id, *way))
        for c in load_form(way[0]).cells
        if c.table != "proactive" or bridge.relation(c.id, *way) == "same"
    )
    changed = ("requests", "split"), 7
    if way[0] == "2021":
        changed = ("requests", "merged"), 21
    assert found == dict([(("requests", "same"), 154), (("disputes", "same"), 15), (("proactive", "same"), 3), changed])


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_a_form_is_the_same_as_itself(form_id: str) -> None:
    bridge = load_bridge()
    assert {bridge.relation(c.id, form_id, form_id) for c in load_form(form_id).cells} == {"same"}


@pytest.mark.parametrize(
    ("way", "checks"),
    [
        (("2019", "2019"), {"Y-01": 7, "Y-11": 5}),
        (("2019", "2021"), {"Y-01": 7}),
        (("2021", "2021"), {"Y-01": 7, "Y-08": 2}),
        (("2021", "2019"), {"Y-01": 7}),
    ],
)
def test_what_joins_neighbouring_years(way: tuple[str, str], checks: dict[str, int]) -> None:
    rules = load_bridge().continuity(*way)
    assert Counter(r.check for r in rules) == checks
    earlier, later = load_form(way[0]), load_form(way[1])
    for rule in rules:
        assert set(rule.earlier) <= set(earlier.index)
        assert set(rule.later) <= set(later.index)
    assert [r.column for r in rules if r.check == "Y-01"] == ([*PERSONS, "total"] if "Y-01" in checks else [])
