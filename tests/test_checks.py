"""Every check reports the fault planted for it and is silent on the clean twin; blanks, texts and gaps accuse nobody."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import (
    APPLICANTS,
    SOURCES,
    TITLES,
    only_natural_persons,
    report,
    results,
    sound_figures,
    texts_of,
    typed,
    zeros,
)

import auditkit
from auditkit.checks import catalog, catalog_version
from auditkit.checks.reading import section_titles
from auditkit.findings import SEVERITIES, Finding, ReportResult
from auditkit.forms import load_form
from auditkit.naming import Naming
from auditkit.placing.placement import REASONS, Remark, Unplaced
from auditkit.reading.page import Place
from auditkit.report import Report

FORM_2019, FORM_2021, SINGLE = load_form("2019"), load_form("2021"), load_form("2021", "single_other")
SOUND_2019, SOUND_2021 = typed("exercise-2020"), typed("exercise-2021")
PLACE = Place(table=2, row=5, cell=3)


def check(one: Report, *others: Report) -> ReportResult:
    """Check a report, others beside it, and return what is said of the first."""
    return auditkit.check([one, *others]).of(one)


def outcome(result: ReportResult, check_id: str) -> str:
    return next(c.outcome for c in result.checks if c.check == check_id)


def of(result: ReportResult, check_id: str) -> list[Finding]:
    return [f for f in result.findings if f.check == check_id]


def sound(form_id: str, changes: Mapping[str, str | None] | None = None, year: int | None = None) -> Report:
    """A sound report of either form, some cells changed."""
    form, texts = (FORM_2019, SOUND_2019) if form_id == "2019" else (FORM_2021, SOUND_2021)
    return report(form, {**texts, **(changes or {})}, year=year)


def single_other() -> Report:
    texts = {c: t for c, t in SOUND_2021.items() if not c.startswith("requests.other.")}
    rows = ("not_corrected", "fee_unpaid", "other")
    for c in (*APPLICANTS, "total"):
        texts[f"requests.other.{c}"] = str(sum(int(SOUND_2021[f"requests.other.{r}.{c}"]) for r in rows))
    return report(SINGLE, texts)


def unplaced(reason: str) -> dict[str, object]:
    return {"unplaced": (Unplaced("17", PLACE, "其中：小计", reason),)}


YEARS = tuple(Unplaced(f"{n}", PLACE._replace(table=9, row=n), f"指标{n}", "heads") for n in (1, 2, 3))
"""Of a table of years beside the form's."""


def remark(code: str, printed: str) -> dict[str, object]:
    cells = tuple(c.id for c in FORM_2021.row_cells("requests", "granted"))
    return {"remarks": (Remark(code, cells, printed, PLACE),)}


def naming(**words: object) -> dict[str, object]:
    return {"naming": Naming("示例市演练局", 2023, **words)}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Plant:
    """A fault and its clean twin: the same report, or two of neighbouring years, with and without the changes."""

    check: str
    message: str
    changes: Mapping[str, str | None] = field(default_factory=dict)
    attributes: Mapping[str, object] = field(default_factory=dict)
    form: str = "2021"
    year: int | None = None
    before: Mapping[str, str] | None = None
    """Figures of the year before, where the check compares years."""
    clean: Mapping[str, str | None] | None = None

    def make(self, *, faulty: bool) -> ReportResult:
        one = sound(self.form, self.changes if faulty else self.clean, self.year if faulty else None)
        one = dataclasses.replace(one, **(self.attributes if faulty else {}))  # type: ignore[arg-type]
        if self.before is None:
            return check(one)
        return check(one, sound(self.form, self.before, (one.year or 0) - 1))


NEW, FORWARD, OVER = "requests.new", "requests.carried_forward", "requests.carried_over"
CARRIED = {f"{FORWARD}.{c}": SOUND_2021[f"{OVER}.{c}"] for c in (*APPLICANTS, "total")}
STOCK = {"proactive.normative_documents.in_force": "35", "proactive.rules.in_force": "0"}
"""What last year's report must say for the sound report to follow on it: 35 in force, 5 issued, 2 repealed make 38."""
ITEMS = {
    f"proactive.{row}.previous_items": str(
        int(SOUND_2019[f"proactive.{row}.previous_items"]) - int(SOUND_2019[f"proactive.{row}.change"])
    )
    for row in ("licences", "other_services", "penalties", "coercive_measures", "fees")
}
OPEN = [f"{row}.{c}" for row in ("requests.granted", "requests.total", NEW) for c in ("business", "research")]
"""Blanks of two columns that may stand for each other."""
WRONG_ROW = ("70", "6", "0", "2", "4", "1", "83")
MANY = {f"requests.{r}.{APPLICANTS[k % 6]}": str(700 + k * k) for k, r in enumerate(results(FORM_2021)[3:15])}
"""More wrong cells than any explanation may have."""
EXCHANGED = {
    f"requests.{row}.{a}": SOUND_2021[f"requests.{row}.{b}"]
    for row in results(FORM_2021)
    for a, b in (("natural_person", "business"), ("business", "natural_person"))
}
"""The outcomes of two columns, each under the other's head."""
BROKEN = {"upheld": "1.5", "corrected": "0.25", "other": "0", "pending": "0", "total": "0"}


def of_natural_persons(**rows: int) -> dict[str, str]:
    """Table three with these rows only, all by natural persons."""
    handled = sum(n for row, n in rows.items() if row in ("granted", "secret", "other"))
    names = {"secret": "denied.state_secret", "other": "other.other"}
    of = {names.get(row, row): n for row, n in rows.items()} | {"total": handled}
    cells = [c for c in FORM_2021.cells if c.table == "requests"]
    return {c.id: str(of.get(c.row, 0) if c.column in ("natural_person", "total") else 0) for c in cells}


MOVED = of_natural_persons(new=2, granted=2)
UNAVAILABLE = Unplaced(
    "0",
    PLACE,
    "小计",
    "subtotal",
    tuple(f"requests.unavailable.{r}.business" for r in ("not_held", "must_be_created", "still_unclear")),
)
DISPUTES = [c.id for c in FORM_2021.cells if c.table == "disputes"]
TRUE_DISPUTES = dict(zip(DISPUTES, "310040000020013", strict=True))
SHIFTED_DISPUTES = dict(zip(DISPUTES, "031004000002001", strict=True))
COUNT = {
    "T2-01": "proactive.licences.decisions",
    "T3-56": f"{NEW}.business",
    "T4-05": "disputes.reconsideration.upheld",
}

PLANTS = [
    Plant("R-01", "missing", {"requests.granted.total": None}),
    Plant("R-01", "pictures", dict.fromkeys((c.id for c in FORM_2021.cells if c.table == "disputes"), None), attributes={"pictures": 3}),
    *(Plant("R-02", reason, attributes=unplaced(reason)) for reason in REASONS),
    Plant("R-02", "table", attributes={"unplaced": YEARS}),
    Plant("R-03", "text", {"requests.granted.total": "见附件"}),
    Plant("R-04", "order", attributes=remark("order", "（一）予以公开")),
    Plant("R-05", "label", attributes=remark("label", "（一）予以公幵")),
    Plant("R-06", "written", {"proactive.licences.decisions": "１３０２件"}),
    Plant(
        "R-06",
        "unit",
        {"proactive.procurement.amount": "356.20"},
        form="2019",
        clean={"proactive.procurement.amount": "356.20万元"},
    ),
    Plant("F-01", "missing", attributes={"prose": TITLES[:4]}),
    Plant("F-01", "number", attributes={"prose": (*TITLES[:4], "四、存在的主要问题", "六、其他需要报告的事项")}),
    Plant("F-04", "title", attributes=naming(other_years=((2022, "title"),))),
    Plant("F-04", "year", attributes=naming(other_years=((2022, "period"),))),
    Plant("F-04", "agency", attributes=naming(other_agencies=("示例市档案局",))),
    Plant("F-04", "of_file", attributes=naming(of_file=("agency", "year"))),
    Plant("F-04", "part", attributes={"prose": ("示例市演练局2023年第三季度政府信息公开工作报告",)}),
    Plant("F-04", "no_year", attributes={"year": None}),
    Plant("F-04", "no_agency", attributes={"agency": None}),
    Plant("F-08", "form", year=2020),
    *(Plant(c, "negative", {cell: "-3"}) for c, cell in COUNT.items()),
    *(Plant(c, "broken", {cell: "2.5"}) for c, cell in COUNT.items()),
    Plant("T2-02", "negative", {"proactive.fees.amount": "-1.5"}),
    Plant(
        "T2-03",
        "more",
        {"proactive.rules.disclosed": "5", "proactive.rules.disclosed_total": "4"},
        form="2019",
        clean={"proactive.rules.disclosed": "4", "proactive.rules.disclosed_total": "4"},
    ),
    Plant(
        "T2-04",
        "none",
        {"proactive.rules.made": "3", "proactive.rules.disclosed": "0"},
        form="2019",
        clean={"proactive.rules.made": "3", "proactive.rules.disclosed": "1", "proactive.rules.disclosed_total": "9"},
    ),
    Plant(
        "T2-06",
        "below",
        {"proactive.fees.previous_items": "2", "proactive.fees.change": "减3"},
        form="2019",
        clean={"proactive.fees.previous_items": "3", "proactive.fees.change": "减3"},
    ),
    Plant(
        "T2-07",
        "none",
        {"proactive.penalties.previous_items": "2", "proactive.penalties.change": "-2", "proactive.penalties.decisions": "7"},
        form="2019",
        clean={"proactive.penalties.previous_items": "2", "proactive.penalties.change": "-1"},
    ),
    Plant("T2-08", "one", {"proactive.procurement.items": "0"}, form="2019"),
    Plant("T2-09", "unit", {"proactive.procurement.items": "1", "proactive.procurement.amount": "3562000万元"}, form="2019"),
    Plant("T2-11", "below", {"proactive.rules.made": "3", "proactive.rules.in_force": "1"}),
    Plant(
        "T2-12",
        "county",
        {"proactive.rules.made": "1", "proactive.rules.in_force": "1"},
        attributes={"agency": "示例县人民政府"},
        clean={"proactive.rules.made": "1", "proactive.rules.in_force": "1"},
    ),
    Plant("T3-01", "sum", MANY | {f"{NEW}.business": "9999"}),
    Plant("T3-11", "sum", MANY),
    Plant("T3-21", "sum", MANY),
    Plant("T3-50", "cell", {"requests.granted.natural_person": "47"}),
    Plant("T3-50", "both", {"requests.granted.natural_person": "47", "requests.denied.deliberative.business": "60"}),
    Plant("T3-50", "either", {f"{NEW}.total": "见附件", f"{OVER}.total": "见附件", f"{NEW}.natural_person": "180"}),
    Plant("T3-50", "together", MOVED | {"requests.granted.natural_person": "1", "requests.granted.business": "1"}, clean=MOVED),
    Plant("T3-50", "pair", {"requests.granted.natural_person": "75", "requests.partly_granted.business": "3"}),
    Plant("T3-50", "many", {f"requests.{r}.{c}": "900" for r, c in zip(results(FORM_2021), APPLICANTS[:5], strict=False)}),
    Plant("T3-50", "line", dict.fromkeys([f"requests.{row}.total" for row in (*results(FORM_2021), "total")], "0")),
    Plant("T3-50", "exchanged", EXCHANGED),
    Plant("T3-50", "lines", dict(zip((f"requests.granted.{c}" for c in (*APPLICANTS, "total")), WRONG_ROW, strict=True))),
    Plant("T3-54", "filled", {"requests.granted.total": ""}),
    Plant("T3-54", "open", dict.fromkeys(OPEN, "")),
    Plant("T3-55", "blanks", {"requests.denied.state_secret.total": "—"}),
    Plant("T3-57", "sum", attributes={"unplaced": (dataclasses.replace(UNAVAILABLE, text="1"),)}),
    Plant("T4-01", "sum", {"disputes.reconsideration.total": "8"}),
    Plant("T4-01", "only", {"disputes.reconsideration.total": "0"}),
    Plant("T4-01", "none", {f"disputes.litigation_direct.{c}": t for c, t in BROKEN.items()}),
    Plant("T4-10", "shifted", SHIFTED_DISPUTES, clean=TRUE_DISPUTES),
    *(
        Plant(check_id, message, of_natural_persons(**faulty), clean=of_natural_persons(**clean))
        for check_id, message, faulty, clean in [
            ("T3-61", "share", {"new": 50, "granted": 39, "other": 11}, {"new": 50, "granted": 40, "other": 10}),
            (
                "T3-63",
                "share",
                {"new": 50, "granted": 41, "carried_forward": 9},
                {"new": 50, "granted": 42, "carried_forward": 8},
            ),
            ("T3-64", "none", {"new": 300, "granted": 300}, {"new": 299, "granted": 299}),
            ("T3-67", "denied", {"new": 2, "granted": 1, "secret": 1}, {"new": 2, "granted": 2}),
        ]
    ),
    Plant("T4-08", "direct", year=2024),
    Plant("C-06", "none", of_natural_persons()),
    Plant("C-02", "more", attributes={"fees": ("发出收费通知3件,总金额400元,实际收取500元",)}),
    Plant("C-02", "none", attributes={"fees": ("发出收费通知0件,总金额500元,实际收取500元",)}),
    Plant("C-03", "tens", attributes={"fees": ("全年收取政府信息公开信息处理费385元",)}),
    Plant("Y-01", "total", before=CARRIED | {f"{FORWARD}.total": "12"}, clean={}, changes={}),
    Plant("Y-01", "columns", before=CARRIED | {f"{FORWARD}.natural_person": "8", f"{FORWARD}.business": "0"}),
    Plant("Y-01", "open", before=CARRIED | {f"{FORWARD}.natural_person": "8", f"{FORWARD}.total": ""}),
    Plant("Y-01", "blank", before=CARRIED, changes={f"{OVER}.total": ""}),
    Plant("Y-17", "alike", before={}, changes={}),
    Plant("Y-08", "stock", before=CARRIED | STOCK, changes={"proactive.normative_documents.in_force": "39"}),
    Plant("Y-11", "items", before={}, changes={"proactive.fees.previous_items": "19"}, form="2019", clean={}),
]  # fmt: skip


def test_the_catalogue_loads() -> None:
    assert catalog_version() == "2026.9"
    assert len(catalog()) == 42


def test_every_message_of_every_check_has_a_plant() -> None:
    planted = {(p.check, p.message) for p in PLANTS}
    written = {(c.id, m) for c in catalog().values() for m in c.messages}
    assert written - planted == {("F-08", "single_other"), ("T3-50", "filled")}, "tested by themselves below"
    assert planted <= written


def says(check_id: str, message: str, finding: Finding) -> bool:
    """Whether a finding has the words of this message, in both languages."""
    texts = catalog()[check_id].messages[message]
    return all(
        re.fullmatch(re.sub(r"\\\{\w+\\\}", ".*", re.escape(text)), said, re.DOTALL) is not None
        for text, said in zip(texts, finding.wording, strict=True)
    )


@pytest.mark.parametrize("plant", PLANTS, ids=[f"{p.check} {p.message}" for p in PLANTS])
def test_a_planted_fault_is_reported(plant: Plant) -> None:
    result = plant.make(faulty=True)
    found = of(result, plant.check)
    assert any(says(plant.check, plant.message, f) for f in found)
    for f in result.findings:
        entry = catalog()[f.check]
        assert f.kind == entry.kind
        assert SEVERITIES.index(f.severity) >= SEVERITIES.index(entry.severity)
        assert f.severity != "error" or f.kind == "contradiction"
    if any(f.severity != "note" for f in found) and plant.check not in ("R-01", "T3-54"):
        assert outcome(result, plant.check) == "failed"


@pytest.mark.parametrize("plant", PLANTS, ids=[f"{p.check} {p.message}" for p in PLANTS])
def test_the_clean_twin_is_silent(plant: Plant) -> None:
    clean = plant if plant.before is None else dataclasses.replace(plant, before=CLEAN_BEFORE[plant.form])
    result = clean.make(faulty=False)
    assert not any(says(plant.check, plant.message, f) for f in of(result, plant.check))
    assert result.verdict == "sound"
    if plant.before is not None:
        assert outcome(result, plant.check) == "passed"


CLEAN_BEFORE = {
    "2021": CARRIED
    | STOCK
    | {"proactive.normative_documents.made": "0", "proactive.normative_documents.repealed": "0"}
    | {"proactive.licences.decisions": "1180"}
    | {"disputes.reconsideration.upheld": "3", "disputes.reconsideration.total": "6"},
    "2019": ITEMS
    | {"proactive.licences.decisions": "1180"}
    | {f"{FORWARD}.{c}": SOUND_2019[f"{OVER}.{c}"] for c in (*APPLICANTS, "total")},
}


def test_a_single_row_of_other_handling_is_said_and_footed_as_printed() -> None:
    result = check(single_other())
    assert [says("F-08", "single_other", f) for f in result.findings] == [True]
    assert result.findings[0].severity == "warning"
    assert result.verdict == "sound"
    assert of(check(sound("2021")), "F-08") == []


@pytest.mark.parametrize("plant", PLANTS, ids=[f"{p.check} {p.message}" for p in PLANTS])
def test_a_message_is_whole_polite_and_without_ids(plant: Plant) -> None:
    for f in plant.make(faulty=True).findings:
        for text in (*f.wording, *(t for c in f.consequences for t in c)):
            assert not re.search(r"[{}]|requests\.|proactive\.|disputes\.|natural_person|None|Decimal", text), text
            assert not re.search(r"正确值|错误值|造假|虚假|(?i:right value|correct value|wrong value|false)", text), (
                text
            )
        if f.severity == "error":
            assert "核实" in f.message("zh")
            assert "verify" in f.message("en")


@pytest.mark.parametrize("entry", catalog().values(), ids=lambda e: e.id)
def test_a_check_says_what_it_is_in_both_languages(entry: object) -> None:
    from auditkit.checks import Check

    assert isinstance(entry, Check)
    for zh, en in (entry.title, entry.procedure, entry.basis, *entry.messages.values()):
        assert re.search("[\u4e00-\u9fff]", zh)
        assert en
        assert en.isascii() or re.search("[\u4e00-\u9fff—“≤≥+−]", en)
    assert entry.severity != "error" or entry.kind == "contradiction"


# --- blanks ----------------------------------------------------------------------------------------------------------------


def test_a_sum_that_holds_with_blanks_as_zero_is_conditional() -> None:
    for form_id in ("2019", "2021"):
        result = check(report(load_form(form_id), only_natural_persons(load_form(form_id))))
        assert result.verdict == "sound if blanks are zero"
        assert {outcome(result, c) for c in ("T3-01", "T3-11", "T3-21")} == {"conditional"}
        assert outcome(result, "T4-01") == "passed"
        assert [f.check for f in result.findings if f.check.startswith("T")] == ["T3-55"]


def test_blank_totals_accuse_nobody() -> None:
    """Every total of the outcomes is blank although most are not zero."""
    totals = {f"requests.{row}.total": "" for row in results(FORM_2021)}
    result = check(sound("2021", totals))
    assert result.verdict == "not assessable"
    assert [f.check for f in result.findings if f.severity != "note"] == ["T3-54"]
    finding = of(result, "T3-54")[0]
    assert (finding.kind, finding.severity) == ("quality", "warning")
    assert set(finding.cells) == {c for c in totals if SOUND_2021[c] != "0"}
    assert finding.message("zh").count("表三「总计」列：") == 1
    assert finding.message("en").count("table 3, column “total”: ") == 1
    for cell in finding.cells:
        row = FORM_2021.cell(cell).row
        assert f"「{FORM_2021.row_label('requests', row, 'zh')}」 {SOUND_2021[cell]}" in finding.message("zh")
        assert f"“{FORM_2021.row_label('requests', row, 'en')}”: {SOUND_2021[cell]}" in finding.message("en")
    assert outcome(result, "T3-54") == outcome(result, "T3-11") == outcome(result, "T3-21") == "not assessable"
    assert outcome(result, "T3-01") == "passed"
    assert result.suspects == ()


@settings(max_examples=40)
@given(data=st.data())
def test_blanks_in_place_of_true_figures_never_make_an_error(data: st.DataObject) -> None:
    form = load_form(data.draw(st.sampled_from(["2019", "2021"])))
    texts = texts_of(data.draw(sound_figures(form)))
    blank = data.draw(st.sets(st.sampled_from([c.id for c in form.cells if c.table != "proactive"]), max_size=60))
    result = check(report(form, texts | dict.fromkeys(blank, "")))
    assert not [f for f in result.findings if f.severity == "error"]
    zero = all(texts[c] == "0" for c in blank)
    if blank and zero:
        assert result.verdict == "sound if blanks are zero"
    if not blank:
        assert result.verdict == "sound"


def test_what_blanks_would_have_to_be_is_said_as_a_range_where_it_is_not_settled() -> None:
    plant = next(p for p in PLANTS if (p.check, p.message) == ("T3-54", "open"))
    finding = of(plant.make(faulty=True), "T3-54")[0]
    assert re.search(r"\d+ 至 \d+", finding.message("zh"))
    assert re.search(r"\d+ to \d+", finding.message("en"))


def test_a_blank_that_no_figure_limits_is_said_to_be_at_least_so_much() -> None:
    """Blanks of which one grows with another have no greatest value."""
    texts = {c.id: "" for c in FORM_2021.cells if c.table == "requests"} | {"requests.new.total": "14"}
    (finding,) = of(check(sound("2021", texts)), "T3-54")
    assert "“business enterprise”: 0 to 14," in finding.message("en")
    assert "“business enterprise”: 0 or more," in finding.message("en")
    assert not re.search(r"\d{3},\d{3}", finding.message("en"))


@pytest.mark.parametrize("row", ["reconsideration", "litigation_direct"])
def test_a_sum_that_no_filling_satisfies_fails(row: str) -> None:
    """The parts are more than the total already: a blank part cannot make up for it."""
    cells = {"upheld": "10", "corrected": "1", "other": "", "pending": "0", "total": "0"}
    result = check(sound("2021", {f"disputes.{row}.{c}": t for c, t in cells.items()}))
    assert outcome(result, "T4-01") == "failed"
    assert result.verdict == "exceptions"
    assert [dict(s.corrected) for s in result.suspects] == [{f"disputes.{row}.total": 11}]
    assert "空白按 0 计" in of(result, "T4-01")[0].message("zh")
    assert of(result, "T3-54") == []


def test_a_blank_that_could_make_a_sum_of_table_four_hold_accuses_nobody() -> None:
    cells = {"upheld": "10", "corrected": "1", "other": "", "pending": "0", "total": "12"}
    result = check(sound("2021", {f"disputes.reconsideration.{c}": t for c, t in cells.items()}))
    assert outcome(result, "T4-01") == "not assessable"
    assert result.verdict == "not assessable"
    assert [f.check for f in result.findings if f.severity != "note"] == ["T3-54"]
    assert "其他结果」 1" in of(result, "T3-54")[0].message("zh")


def test_blanks_elsewhere_do_not_hide_a_failing_sum() -> None:
    """Unrelated blanks: those are not assessable, the failing sum is still an error."""
    changes = {f"requests.{row}.total": "" for row in results(FORM_2021)} | {"disputes.reconsideration.total": "8"}
    result = check(sound("2021", changes))
    assert result.verdict == "exceptions"
    assert [f.check for f in result.findings if f.severity == "error"] == ["T4-01"]
    assert (outcome(result, "T4-01"), outcome(result, "T3-21")) == ("failed", "not assessable")
    result = check(sound("2021", {"disputes.reconsideration.total": "", "requests.granted.natural_person": "47"}))
    assert [f.check for f in result.findings if f.severity == "error"] == ["T3-50"]
    assert (outcome(result, "T4-01"), outcome(result, "T3-21")) == ("not assessable", "failed")


def test_blanks_that_contradict_each_other_only_together_fail() -> None:
    """A blank total's row asks for 91, its column for 92: no filling satisfies both."""
    result = check(sound("2021", {"requests.granted.total": "", "requests.granted.natural_person": "73"}))
    assert result.verdict == "exceptions"
    assert of(result, "T3-54") == [] or of(result, "T3-54")[0].severity == "warning"
    assert {"requests.granted.natural_person": 74, "requests.granted.total": 92} in [
        dict(s.corrected) for s in result.suspects
    ]


def test_a_blank_is_never_said_to_be_printed_as_zero() -> None:
    chance = random.Random(7)
    for _ in range(30):
        blanks = {f"requests.{chance.choice(results(FORM_2021))}.{chance.choice(APPLICANTS)}" for _ in range(40)}
        wrong = {f"requests.{chance.choice(results(FORM_2021))}.total": "55"}
        result = check(sound("2021", dict.fromkeys(sorted(blanks), "") | wrong))
        for f in result.findings:
            if f.check == "T3-50":
                assert blanks.isdisjoint(f.cells)


@pytest.mark.parametrize("mark", ["", "、", "—", "/", "无", "－", "\u3000"])
def test_marks_that_state_nothing_are_blanks(mark: str) -> None:
    result = check(sound("2021", {"requests.denied.state_secret.total": mark}))
    assert result.verdict == "sound if blanks are zero"


# --- texts, unread cells, rounding -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["见附件", "详见下表", "若干", "12 13", "<script>alert(1)</script>", "{n}{0.__class__}", "O"]
)
def test_a_text_where_a_figure_belongs_is_not_assessable_and_kept(text: str) -> None:
    result = check(sound("2021", {"requests.granted.total": text}))
    assert result.verdict == "not assessable"
    assert outcome(result, "T3-21") == outcome(result, "T3-11") == "not assessable"
    assert outcome(result, "T3-01") == "passed"
    assert [f.check for f in result.findings if f.severity != "note"] == ["R-03"]
    assert f"“{text}”" in of(result, "R-03")[0].message("zh")


def test_a_text_does_not_hide_a_failing_sum_elsewhere() -> None:
    result = check(sound("2021", {"requests.granted.total": "见附件", "requests.new.business": "71"}))
    assert result.verdict == "exceptions"
    assert [dict(s.corrected) for s in result.suspects] == [{"requests.new.business": 17}]
    assert not result.suspects[0].exact


def test_unread_cells_are_not_assessable() -> None:
    missing = dict.fromkeys((c.id for c in FORM_2021.cells if c.table == "disputes"), None)
    result = check(sound("2021", missing))
    assert result.verdict == "not assessable"
    assert outcome(result, "R-01") == outcome(result, "T4-01") == "not assessable"
    assert outcome(result, "T3-21") == "passed"
    assert set(of(result, "R-01")[0].cells) == set(missing)


def test_a_half_read_report_has_no_error_from_what_was_not_read() -> None:
    rows = results(FORM_2021)[5:]
    missing = {f"requests.{row}.{c}": None for row in rows for c in (*APPLICANTS, "total")}
    result = check(dataclasses.replace(sound("2021", missing), **unplaced("label")))  # type: ignore[arg-type]
    assert result.verdict == "not assessable"
    assert not [f for f in result.findings if f.severity == "error"]


def test_rounded_figures_hold_within_what_they_show() -> None:
    form = FORM_2021
    texts = zeros(form) | {
        "requests.new.natural_person": "10004",
        "requests.new.total": "1万",
        "requests.granted.natural_person": "10004",
        "requests.granted.total": "10004",
        "requests.total.natural_person": "10004",
        "requests.total.total": "10004",
    }
    result = check(report(form, texts))
    assert result.verdict == "sound"
    reason = next(c for c in result.checks if c.check == "T3-21")
    assert "取整" in reason.reason("zh")
    assert "rounding" in reason.reason("en")
    texts["requests.new.total"] = "3万"
    assert check(report(form, texts)).verdict == "exceptions"


def test_rounding_excuses_inequalities_too() -> None:
    base = {"proactive.rules.disclosed": "1052000", "proactive.rules.disclosed_total": "105万"}
    assert of(check(sound("2019", base)), "T2-03") == []
    assert of(check(sound("2019", base | {"proactive.rules.disclosed": "1062000"})), "T2-03")


def test_remarks_in_cells_are_no_fault() -> None:
    result = check(sound("2021", {"proactive.normative_documents.in_force": "38（含自然失效 2 件）"}))
    assert result.verdict == "sound"
    assert [f.severity for f in result.findings] == ["note"]


# --- one fault, one finding; ids; order --------------------------------------------------------------------------------------


def test_one_fault_is_one_finding_with_its_consequences_beneath() -> None:
    result = check(sound("2021", {"requests.total.natural_person": "137"}))
    errors = [f for f in result.findings if f.severity == "error"]
    assert [f.check for f in errors] == ["T3-50"]
    assert len(errors[0].consequences) == 3  # footing, cross-footing, roll-forward
    assert sum(f.severity == "warning" for f in result.findings) == 0


def ids(result: ReportResult) -> list[str]:
    return [f.id for f in result.findings]


@pytest.mark.parametrize("plant", PLANTS, ids=[f"{p.check} {p.message}" for p in PLANTS])
def test_ids_do_not_repeat_within_a_report(plant: Plant) -> None:
    found = ids(plant.make(faulty=True))
    assert len(set(found)) == len(found)


def test_an_id_is_what_the_finding_is_not_its_figures_nor_its_file() -> None:
    one = sound("2021", {"requests.granted.natural_person": "47"})
    other = dataclasses.replace(sound("2021", {"requests.granted.natural_person": "740"}), path="elsewhere/另一份.html")
    assert ids(check(one)) == ids(check(other))
    assert ids(check(one)) != ids(check(dataclasses.replace(one, agency="示例市档案局")))
    assert ids(check(one)) != ids(check(dataclasses.replace(one, year=2024)))


def test_ids_are_for_ever() -> None:
    """An auditor's disposition refers to them."""
    assert ids(check(sound("2021", {"requests.granted.natural_person": "47"}))) == ["7336eeeabe9e"]


@settings(max_examples=15)
@given(st.permutations(range(5)))
def test_the_order_of_files_changes_nothing(order: list[int]) -> None:
    carried = CARRIED | {f"{FORWARD}.total": "12"}
    reports = [
        dataclasses.replace(sound("2021", {"requests.granted.natural_person": "47"}, 2024), path="b.html"),
        dataclasses.replace(sound("2021", carried, 2023), path="c.html"),
        dataclasses.replace(sound("2021", carried, 2023), path="a.html"),
        dataclasses.replace(sound("2021", {}, 2022), path="a.html", agency=None),
        dataclasses.replace(sound("2019"), path="a.html", agency="示例市档案局"),
    ]
    expected = auditkit.check(reports)
    found = auditkit.check([reports[i] for i in order])
    assert [(r.report.path, r.findings, r.checks, r.suspects) for r in found.results] == [
        (r.report.path, r.findings, r.checks, r.suspects) for r in expected.results
    ]


def test_findings_stand_worst_first() -> None:
    changes = {"requests.granted.natural_person": "47", "proactive.licences.decisions": "-1"}
    result = check(sound("2021", changes | {"requests.denied.state_secret.total": ""}))
    found = [f.severity for f in result.findings]
    assert set(found) == set(SEVERITIES)
    assert found == sorted(found, key=SEVERITIES.index)


# --- across years ------------------------------------------------------------------------------------------------------------


def carrying(*figures: int) -> dict[str, str]:
    """A sound year before, which carried forward these figures: by applicant, and in all."""
    forward = dict(zip((*APPLICANTS, "total"), figures, strict=True))
    new = {c: int(SOUND_2021[f"{NEW}.{c}"]) + v - int(SOUND_2021[f"{FORWARD}.{c}"]) for c, v in forward.items()}
    return {f"{row}.{c}": str(v) for row, of in ((NEW, new), (FORWARD, forward)) for c, v in of.items()}


def more_carried(n: int) -> dict[str, str]:
    """A sound year before, which carried forward what the sound report carries over, and of natural persons so many more."""
    return carrying(
        *(int(CARRIED[f"{FORWARD}.{c}"]) + n * (c in ("natural_person", "total")) for c in (*APPLICANTS, "total"))
    )


def classed_otherwise() -> dict[str, str]:
    """A sound year before, which carried forward what the sound report carries over, one request under another applicant."""
    by = {"natural_person": -1, "business": 1}
    return carrying(*(int(CARRIED[f"{FORWARD}.{c}"]) + by.get(c, 0) for c in (*APPLICANTS, "total")))


def test_a_total_that_last_year_s_own_sums_contradict_is_no_contradiction_of_this_year() -> None:
    """What this year carries over is what last year's columns say it carried forward; only last year's total differs."""
    later, earlier = sound("2021", {}, 2024), sound("2021", CARRIED | {f"{FORWARD}.total": "12"}, 2023)
    both = auditkit.check([earlier, later])
    assert [f.severity for f in of(both.of(later), "Y-01")] == ["warning"]
    assert "错在 2023 年的报告" in of(both.of(later), "Y-01")[0].message("zh")
    assert (both.of(earlier).verdict, both.of(later).verdict) == ("exceptions", "sound")


def test_what_both_years_explain_comes_first() -> None:
    before = sound("2021", more_carried(0), 2022)
    wrong = {f"{OVER}.{c}": str(int(SOUND_2021[f"{OVER}.{c}"]) + 3) for c in ("natural_person", "total")}
    alone, result = check(sound("2021", wrong, 2023)), check(sound("2021", wrong, 2023), before)
    true = {c: int(SOUND_2021[c]) for c in wrong}
    assert len(alone.suspects) == len(result.suspects) > 1
    assert dict(result.suspects[0].corrected) == true
    assert "由表三本身无法判断" in of(result, "T3-50")[0].message("zh")


def test_a_total_that_does_not_carry_over_is_an_error_with_the_later_report() -> None:
    later, earlier = sound("2021", {}, 2024), sound("2021", more_carried(3), 2023)
    both = auditkit.check([earlier, later])
    found = of(both.of(later), "Y-01")
    assert [(f.severity, f.expected, f.found) for f in found] == [("error", 12, 9)]
    assert found[0].cells[-2:] == ("2023:requests.carried_forward.total", "2024:requests.carried_over.total")
    assert of(both.of(earlier), "Y-01") == []
    assert both.of(later).verdict == "exceptions"


def test_columns_that_do_not_carry_over_are_a_warning() -> None:
    plant = next(p for p in PLANTS if (p.check, p.message) == ("Y-01", "columns"))
    result = plant.make(faulty=True)
    assert [f.severity for f in of(result, "Y-01")] == ["warning"]
    assert result.verdict == "sound"


def test_a_gap_between_years_compares_nothing() -> None:
    result = check(sound("2021", {}, 2025), sound("2021", {}, 2023))
    assert {outcome(result, c) for c in ("Y-01", "Y-08")} == {"not applicable"}


def test_equal_copies_of_a_year_are_one_year_and_different_ones_are_not_compared() -> None:
    later, earlier = sound("2021", {}, 2024), sound("2021", CARRIED, 2023)
    copy = dataclasses.replace(earlier, path="copy.html")
    assert outcome(check(later, earlier, copy), "Y-01") == "passed"
    other = dataclasses.replace(sound("2021", CARRIED | {f"{FORWARD}.total": "12"}, 2023), path="copy.html")
    assert outcome(check(later, earlier, other), "Y-01") == "not assessable"
    assert of(check(later, earlier, other), "Y-01") == []


def test_blanks_and_texts_across_years_accuse_nobody() -> None:
    later = sound("2021", {}, 2024)
    for printed, ended in (("", "not assessable"), ("见附件", "not assessable")):
        earlier = sound("2021", CARRIED | {f"{FORWARD}.total": printed}, 2023)
        result = check(later, earlier)
        assert outcome(result, "Y-01") == ended
        assert {f.severity for f in of(result, "Y-01")} <= {"note"}
    zero = {f"{FORWARD}.research": ""}
    assert outcome(check(later, sound("2021", CARRIED | zero, 2023)), "Y-01") == "conditional"


def test_a_blank_of_one_year_does_not_make_the_other_the_wrong_one() -> None:
    """One case of a column carried over is counted as new, or one carried forward was: neither year's sums can tell."""
    column = next(c for c in APPLICANTS[1:] if CARRIED[f"{FORWARD}.{c}"] == "0" and int(SOUND_2021[f"{NEW}.{c}"]) > 1)
    cells = [(f"{OVER}.{c}", 1) for c in (column, "total")] + [(f"{NEW}.{c}", -1) for c in (column, "total")]
    wrong = SOUND_2021 | {c: str(int(SOUND_2021[c]) + n) for c, n in cells}
    nothing = {c.id: "0" for c in FORM_2021.cells if c.table == "requests"}
    received = {f"{NEW}.{c.rpartition('.')[2]}": n for c, n in CARRIED.items()}  # all of it is carried forward
    earlier = (
        nothing | CARRIED | received | {f"{row}.{column}": "5" for row in (NEW, "requests.granted", "requests.total")}
    )
    for row, n in ((NEW, int(received[f"{NEW}.total"]) + 5), ("requests.granted", 5), ("requests.total", 5)):
        earlier[f"{row}.total"] = str(n)
    said = []
    for zero in ("0", ""):
        before, now = ({c: t if t != "0" else zero for c, t in one.items()} for one in (earlier, wrong))
        (finding,) = of(check(sound("2021", now, 2023), sound("2021", before, 2022)), "Y-01")
        said.append(finding.message("en").partition("Which year")[2])
    assert said == [" is wrong cannot be told from the two reports."] * 2


def test_rows_one_and_two_exchanged_are_told_by_last_years_row_four() -> None:
    before = sound("2021", CARRIED, 2022)
    new, over = ({c: SOUND_2021[f"{row}.{c}"] for c in (*APPLICANTS, "total")} for row in (NEW, OVER))
    exchanged = {f"{NEW}.{c}": n for c, n in over.items()} | {f"{OVER}.{c}": n for c, n in new.items()}
    (finding,) = of(check(sound("2021", exchanged, 2023), before), "Y-01")
    assert "2023 年“一、本年新收”各格恰与上年“四、结转下年”相同，像是一、二两行填反了" in finding.message("zh")
    one_off = exchanged | {f"{NEW}.business": str(int(over["business"]) + 1)}
    assert all("填反" not in f.message("zh") for f in of(check(sound("2021", one_off, 2023), before), "Y-01"))


@pytest.mark.parametrize(
    ("table", "other"),
    [("表二的处理决定数和金额", "proactive.penalties.decisions"), ("表四", "disputes.reconsideration.other")],
)
def test_each_table_that_is_last_years_is_asked_about(table: str, other: str) -> None:
    four = dict(
        zip(DISPUTES, ["9", "4", "3", "1", "17", "6", "2", "0", "1", "9", "5", "0", "0", "0", "5"], strict=True)
    )
    other_year = {f"{NEW}.business": "9"}  # table three is another
    said = [
        f.message("zh") for f in of(check(sound("2021", four, 2023), sound("2021", four | other_year, 2022)), "Y-17")
    ]
    assert any(text.startswith(f"{table}与 2022 年报告完全相同") for text in said)
    assert not any(text.startswith("表三") for text in said)
    changed = four | other_year | {other: "77"}
    said = [f.message("zh") for f in of(check(sound("2021", four, 2023), sound("2021", changed, 2022)), "Y-17")]
    assert not any(text.startswith(table) for text in said)


def test_a_figure_below_zero_stops_nothing_across_years() -> None:
    for cell in (f"{NEW}.business", "requests.granted.business", "disputes.reconsideration.other"):
        odd = sound("2021", {cell: "-3"}, 2023)
        assert check(odd, sound("2021", {cell: "-3"}, 2022)).verdict != "sound"


def test_a_table_of_hardly_any_cases_may_well_be_the_same_again() -> None:
    few = dict(zip(DISPUTES, ["1", "0", "0", "0", "1", "1", "0", "1", "0", "2", "1", "1", "0", "0", "2"], strict=True))
    few |= {
        "proactive.licences.decisions": "1",
        "proactive.penalties.decisions": "2",
        "proactive.coercive_measures.decisions": "0",
    }
    assert of(check(sound("2021", few, 2023), sound("2021", few | {f"{NEW}.business": "9"}, 2022)), "Y-17") == []


def test_another_agency_is_not_compared() -> None:
    other = dataclasses.replace(sound("2021", {}, 2023), agency="示例市档案局")
    assert outcome(check(sound("2021", {}, 2024), other), "Y-01") == "not applicable"


def test_the_change_of_form_compares_what_both_forms_have() -> None:
    last = {f"{FORWARD}.{c}": SOUND_2021[f"{OVER}.{c}"] for c in (*APPLICANTS, "total")}
    result = check(sound("2021", {}, 2021), sound("2019", last, 2020))
    assert (outcome(result, "Y-01"), outcome(result, "Y-08")) == ("passed", "not applicable")


def test_real_sound_reports_stay_clean() -> None:
    """Read from their files and beside each other: no error and no warning, only how some are written and what to confirm."""
    files = [
        SOURCES / f"{stem}.html" for stem in ("suqian-gov-2023", "suqian-gov-2024", "exercise-2020", "exercise-2021")
    ]
    findings = auditkit.check(auditkit.load(file) for file in [*files, SOURCES / "guangxi-hrss-2020.txt"])
    assert [r.verdict for r in findings.results] == ["sound"] * 5
    assert {(f.check, f.severity) for f in findings} == {(c, "note") for c in ("R-06", "T3-67", "T4-08")}


def test_blanks_that_a_shift_would_explain_too_are_no_shift() -> None:
    """One sum fails, the others are open: which cannot be told, and blanks accuse nobody."""
    row = ["", "", "2", "2", "", "4", "0", "2", "1", "4", "7", "2", "", "2", ""]
    result = check(sound("2021", dict(zip(DISPUTES, row, strict=True))))
    assert of(result, "T4-10") == []
    assert [f.check for f in result.findings if f.severity == "error"] == ["T4-01"]


# --- subtotals -------------------------------------------------------------------------------------------------------------


def with_subtotal(text: str, changes: Mapping[str, str]) -> ReportResult:
    return check(dataclasses.replace(sound("2021", changes), unplaced=(dataclasses.replace(UNAVAILABLE, text=text),)))


def test_a_wrong_item_is_one_finding_though_its_subtotal_is_off_too() -> None:
    result = with_subtotal("2", {"requests.unavailable.not_held.business": "9"})
    assert [f.check for f in result.findings if f.severity == "error"] == ["T3-50"]
    assert outcome(result, "T3-57") == "passed"


def test_a_subtotal_of_blank_or_unread_items_is_not_assessable() -> None:
    for text in ("", None, "见附件"):
        result = with_subtotal("7", {"requests.unavailable.still_unclear.business": text})
        assert outcome(result, "T3-57") == "not assessable"
        assert of(result, "T3-57") == []


def test_a_subtotal_beside_a_row_that_is_not_placed_accuses_nobody() -> None:
    rows = (dataclasses.replace(UNAVAILABLE, text="7"), Unplaced("5", PLACE, "4.其他情形", "label"))
    result = check(dataclasses.replace(sound("2021"), unplaced=rows))
    assert outcome(result, "T3-57") == "not assessable"
    assert of(result, "T3-57") == []


def test_a_balance_that_the_one_wrong_cell_explains_is_no_second_contradiction() -> None:
    before = sound("2021", CARRIED, 2022)
    wrong = {f"{OVER}.total": str(int(SOUND_2021[f"{OVER}.total"]) + 3)}
    found = {f.check: f.severity for f in check(sound("2021", wrong, 2023), before).findings}
    assert (found["T3-50"], found["Y-01"]) == ("error", "warning")
    alone = {f.check: f.severity for f in check(sound("2021", {}, 2023), sound("2021", more_carried(3), 2022)).findings}
    assert alone["Y-01"] == "error"


# --- outcomes and verdicts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_every_check_ends_for_every_report(form_id: str) -> None:
    result = check(sound(form_id))
    assert [c.check for c in result.checks] == list(catalog())
    for ended in result.checks:
        limited = catalog()[ended.check].forms
        assert ended.reason("zh")
        assert ended.reason("en")
        if limited and form_id not in limited:
            assert ended.outcome == "not applicable"
        elif ended.check == "T3-57":
            assert (ended.outcome, ended.reason("en")) == ("not applicable", "no subtotals")
        elif ended.check == "T4-08":
            assert (ended.outcome, ended.reason("en")) == ("not applicable", "only for reports of 2024 and later")
        elif ended.check in ("C-02", "C-03"):
            assert (ended.outcome, ended.reason("en")) == ("not applicable", "the text states no amount of fees")
        elif not ended.check.startswith("Y-"):
            assert ended.outcome == "passed"


def test_warnings_and_notes_do_not_change_the_verdict() -> None:
    result = check(sound("2021", {"proactive.licences.decisions": "-1", "proactive.rules.made": "2.5"}))
    assert {f.severity for f in result.findings} >= {"warning"}
    assert result.verdict == "sound"


def test_an_error_outranks_what_cannot_be_assessed() -> None:
    result = check(sound("2021", {"requests.granted.total": None, "disputes.reconsideration.total": "8"}))
    assert result.verdict == "exceptions"


def test_a_report_in_which_nothing_happened_is_sound() -> None:
    for form in (FORM_2019, FORM_2021, SINGLE):
        result = check(report(form, zeros(form)))
        assert result.verdict == "sound"
        assert not [f for f in result.findings if f.severity == "error"]


@settings(max_examples=25)
@given(data=st.data())
def test_every_failing_sum_of_any_figures_is_an_exception(data: st.DataObject) -> None:
    """Nothing is lost: where a sum without blanks fails there is an error, where none fails there is none."""
    form = FORM_2021
    values = data.draw(sound_figures(form))
    cells = data.draw(st.lists(st.sampled_from([c.id for c in form.cells if c.table != "proactive"]), max_size=4))
    for cell in cells:
        values[cell] = data.draw(st.integers(0, 99))
    result = check(report(form, texts_of(values)))
    off = form.matrix @ [values[c.id] for c in form.cells]
    assert (result.verdict == "exceptions") == bool(off.any())
    for check_id in ("T3-01", "T3-11", "T3-21", "T4-01"):
        mine = [r for r, i in zip(off, form.identities, strict=True) if i.check == check_id]
        assert outcome(result, check_id) == ("failed" if any(mine) else "passed")


@pytest.mark.parametrize("plant", PLANTS, ids=[f"{p.check} {p.message}" for p in PLANTS])
def test_a_finding_says_its_cell_both_its_figures_and_their_difference(plant: Plant) -> None:
    """What stands in the sentence, read back from it, is what the finding holds."""
    result = plant.make(faulty=True)
    layout = result.report.layout
    for f in result.findings:
        for lang in ("zh", "en"):
            said = {int(n) for n in re.findall(r"(?<![\d.])-?\d+(?!\d|\.\d)", f.message(lang).replace(",", ""))}
            whole = [n for n in (f.expected, f.found) if n is not None and n == int(n)]
            assert {int(n) for n in whole} <= said, (f.check, f.message(lang))
            if f.check in ("T3-01", "T3-11", "T3-21", "T4-01", "Y-01", "Y-08", "Y-11") and len(whole) == 2:
                assert abs(int(whole[0]) - int(whole[1])) in said
            if len(f.cells) == 1 and f.check not in ("R-01", "R-05", "R-06", "F-08", "T3-55"):
                assert layout.label(f.cells[0], lang) in f.message(lang)


def test_no_rule_contradicts_another_and_which_sums_follow_from_others() -> None:
    """A report of zeros passes all; of table three's sums two follow from the others, each of table four stands alone."""
    for form in (FORM_2019, FORM_2021, SINGLE):
        result = check(report(form, zeros(form)))
        assert result.verdict == "sound"
        assert not [f for f in result.findings if f.severity != "note" and f.check != "F-08"]
        matrix = form.matrix
        follow = [
            e.check
            for i, e in enumerate(form.identities)
            if np.linalg.matrix_rank(np.delete(matrix, i, axis=0)) == np.linalg.matrix_rank(matrix)
        ]
        assert len(matrix) - np.linalg.matrix_rank(matrix) == 2
        assert "T4-01" not in follow


@pytest.mark.parametrize("plant", PLANTS, ids=[f"{p.check} {p.message}" for p in PLANTS])
def test_a_planted_fault_gives_no_error_but_its_own(plant: Plant) -> None:
    """Sums that no explanation covers are findings of their own, each beside the others; so are those of a figure that cannot be."""
    own = {"T3-01", "T3-11", "T3-21", "T4-01"} if plant.changes and plant.message == "sum" else {plant.check}
    if plant.message in ("negative", "broken"):
        own |= {"T3-50", "T4-01"}
    if plant.before is not None:
        plant = dataclasses.replace(plant, before=CLEAN_BEFORE[plant.form] | dict(plant.before))
    result = plant.make(faulty=True)
    assert {f.check for f in result.findings if f.severity == "error"} <= own
    clean = plant if plant.before is None else dataclasses.replace(plant, before=CLEAN_BEFORE[plant.form])
    assert not [f for f in clean.make(faulty=False).findings if f.severity == "error"]


@pytest.mark.parametrize(
    ("at", "line"),
    [
        (0, "一、2023年政府信息公开工作开展情况"),
        (0, "（一）总体情况"),
        (0, "概述"),
        (2, ""),
        (2, "三、受理政府信息公开申请情况"),
        (3, "四、政府信息公开复议和诉讼情况"),
        (4, "五、下一步工作打算"),
        (4, "五、存在的主要问题及改进情况：一是主动性有待提高，二是内容质量有待加强，三是人员培训不够，下一步将改进。"),
        (5, "其他需要报告的事项"),
        (5, "六、其它需要说明的情况"),
        (5, "六、其他需要报告的事项 本机关本年度没有收取信息处理费，没有其他需要报告的事项，特此说明，欢迎监督。"),
    ],
)
def test_a_section_whose_title_is_worded_otherwise_or_whose_table_stands_there_is_not_called_missing(
    at: int, line: str
) -> None:
    prose = (*TITLES[:at], line, *TITLES[at + 1 :])
    assert "F-01" not in {f.check for f in check(dataclasses.replace(sound("2021"), prose=prose)).findings}
    gone = dataclasses.replace(sound("2021"), prose=(*TITLES[:4], TITLES[5]))
    (said,) = (f.message("en") for f in check(gone).findings if f.check == "F-01")
    assert said.startswith("titles of sections not found (1): 五")


@pytest.mark.parametrize(
    "prose",
    [
        TITLES,
        TITLES[:5],
        (*TITLES[:4], "存在的主要问题", "六、其他需要报告的事项：" + "本年度无其他需要报告的事项。" * 9),
        (*TITLES[:4], "五、" + "本机关工作仍有差距，" * 9, "第六部分 其他"),
        ("甲" * 300, *TITLES[:3], "乙：政府信息公开行政复议、行政诉讼情况"),
    ],
)
def test_what_a_memo_keeps_of_the_prose_tells_the_same_of_the_sections(prose: tuple[str, ...]) -> None:
    whole = dataclasses.replace(sound("2021"), prose=prose)
    kept = dataclasses.replace(whole, prose=section_titles(whole))
    assert [f.message("zh") for f in of(check(kept), "F-01")] == [f.message("zh") for f in of(check(whole), "F-01")]
    assert outcome(check(kept), "F-01") == outcome(check(whole), "F-01")
    assert sum(map(len, kept.prose)) < 400


# --- table four shifted, agencies that make no rules -----------------------------------------------------------------------


def with_disputes(row: str) -> ReportResult:
    return check(sound("2021", dict(zip(DISPUTES, row.split(), strict=True))))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("0 3 1 0 0 4 12 0 1 2 15 2 0 0 1", "左移一格，空出的表四「行政诉讼 复议后起诉」「总计」为 3，则"),
        ("1 0 0 4 12 0 1 2 15 2 0 0 1 3 0", "右移一格，空出的表四「行政复议」「结果维持」为 3，则"),
        ("0 0 0 0 3 3 0 0 0 0 0 0 0 0 0", "左移一格，空出的表四「行政诉讼 复议后起诉」「总计」为 0，则"),
    ],
)
def test_a_shifted_row_is_said_with_its_sums_and_explains_first(row: str, said: str) -> None:
    result = with_disputes(row)
    (finding,) = (f for f in result.findings if f.severity == "error")
    assert finding.check == "T4-10"
    assert said in finding.message("zh")
    assert "行政复议各项合计" in finding.message("zh")
    assert set(result.suspects[0].slips.values()) == {"row-shifted"}


def test_two_slips_are_no_shifted_row_where_the_last_figures_add_up() -> None:
    """Moved by one place they would hold too, but only with a greater total than the one that is printed and right."""
    result = with_disputes("0 0 0 1 0 1 0 0 0 0 0 0 0 26 26")
    assert [f.check for f in result.findings if f.severity == "error"] == ["T4-01", "T4-01"]


@pytest.mark.parametrize(
    ("agency", "makes"),
    [
        *((a, True) for a in ("内蒙古自治区人民政府", "广西壮族自治区政府", "镇江市人民政府", "景德镇市城乡建设局")),
        *((a, True) for a in ("昆山市（县级市）", "市县规划委员会", "某省县域经济办公室", "区域合作办公室")),
        *((a, False) for a in ("镇安县", "沭阳县发展和改革局", "鄂伦春自治旗", "杭锦旗人民政府")),
        *((a, False) for a in ("周庄镇政府", "北京市朝阳区人民政府")),
    ],
)  # fmt: skip
def test_agencies_that_make_no_rules_are_told_by_name(agency: str, makes: bool) -> None:
    one = sound("2021", {"proactive.rules.made": "1", "proactive.rules.in_force": "1"})
    assert (of(check(dataclasses.replace(one, agency=agency)), "T2-12") == []) is makes


# --- one slip of many cells ------------------------------------------------------------------------------------------------


def moved_by_one(cells: Sequence[str]) -> dict[str, str]:
    """These cells with their figures a place further on, the first left at 0."""
    return dict(zip(cells, ["0", *(SOUND_2021[c] for c in cells[:-1])], strict=True))


def test_a_row_that_is_shifted_with_its_total_in_place_is_called_so_and_comes_first() -> None:
    cells = [f"{NEW}.{c}" for c in APPLICANTS]
    shifted = moved_by_one(cells)
    result = check(sound("2021", shifted))
    assert set(result.suspects[0].slips.values()) == {"row-shifted"}
    lost = cells[-1]
    expected = {c: int(SOUND_2021[c]) for c in cells if shifted[c] != SOUND_2021[c]}
    assert {c: v for c, v in result.suspects[0].corrected.items() if c != lost} == {
        c: v for c, v in expected.items() if c != lost
    }
    assert "整行可能错位一格" in of(result, "T3-50")[0].message("zh")


def test_a_shifted_column_is_one_finding_with_that_column() -> None:
    rows = [c.row for c in FORM_2021.cells if c.table == "requests" and c.column == "natural_person"]
    cells = [f"requests.{row}.natural_person" for row in rows]
    result = check(sound("2021", moved_by_one(cells)))
    (finding,) = (f for f in result.findings if f.severity == "error")
    assert "「自然人」列一处有误" in finding.message("zh")
    assert "整列可能错位一格" in finding.message("zh")
    true = {c: int(SOUND_2021[c]) for c in cells[:-1]}
    assert all(result.suspects[0].corrected.get(c, v) == v for c, v in true.items())


def test_a_total_that_lacks_a_row_is_one_finding_that_names_the_row() -> None:
    lacking = "denied.deliberative"
    totals = {
        f"requests.total.{c}": str(int(SOUND_2021[f"requests.total.{c}"]) - int(SOUND_2021[f"requests.{lacking}.{c}"]))
        for c in (*APPLICANTS, "total")
    }
    assert sum(totals[f"requests.total.{c}"] != SOUND_2021[f"requests.total.{c}"] for c in APPLICANTS) >= 2
    (finding,) = of(check(sound("2021", totals)), "T3-50")
    assert "各列所差恰为「（三）不予公开 6.属于四类过程性信息」行的数，总计可能漏加这一行" in finding.message("zh")


def test_new_requests_that_include_those_carried_over_are_called_so() -> None:
    both = {
        f"{NEW}.{c}": str(int(SOUND_2021[f"{NEW}.{c}"]) + int(SOUND_2021[f"{OVER}.{c}"]))
        for c in (*APPLICANTS, "total")
    }
    (finding,) = of(check(sound("2021", both)), "T3-50")
    assert "可能新收已含上年结转" in finding.message("zh")


def test_one_printed_figure_is_told_beside_the_blanks_that_would_do_as_well() -> None:
    texts = {c: ("" if t == "0" else t) for c, t in of_natural_persons(new=2, granted=2).items()}
    result = check(sound("2021", texts | {f"{NEW}.total": "4"}))
    (finding,) = of(result, "T3-54")
    assert len(finding.cells) > 1
    assert "「总计」印为 4，应为 2" in finding.message("zh")
    assert result.verdict == "not assessable"


def test_of_few_explanations_all_are_said_and_slips_stand_with_their_cells() -> None:
    plant = next(p for p in PLANTS if (p.check, p.message) == ("T3-50", "pair"))
    result = plant.make(faulty=True)
    (finding,) = of(result, "T3-50")
    assert 1 < len(result.suspects) <= 8
    for n, suspect in enumerate(result.suspects, 1):
        assert f"第 {n} 种：" in finding.message("zh")
        for cell, value in suspect.corrected.items():
            assert f"{FORM_2021.label(cell, 'zh')}（应为 {value}" in finding.message("zh")


# --- whose year it is -------------------------------------------------------------------------------------------------------


def test_what_else_is_wrong_in_the_other_year_has_nothing_to_do_with_the_balance() -> None:
    earlier = sound("2021", more_carried(0) | {f"{FORWARD}.total": "12"}, 2022)
    later = sound("2021", {"requests.denied.enquiry.total": "77"}, 2023)
    (finding,) = of(check(later, earlier), "Y-01")
    assert finding.severity == "warning"
    assert "错在 2022 年的报告，应为：表三「四、结转下年度继续办理」「总计」 9。" in finding.message("zh")
    assert "行政查询" not in finding.message("zh")


def test_one_of_several_explanations_that_mends_the_balance_is_the_same_slip() -> None:
    left_at_zero = {f"{OVER}.{c}": "0" for c in (*APPLICANTS, "total")}
    result = check(sound("2021", left_at_zero, 2023), sound("2021", more_carried(0), 2022))
    assert len(result.suspects) > 1
    (finding,) = of(result, "Y-01")
    assert finding.severity == "warning"
    assert "是同一处差错" in finding.message("zh")


def test_a_reorganisation_that_the_report_tells_is_quoted_and_no_contradiction() -> None:
    told = "本机关由原甲局和乙局合并组建，上年结转含原乙局结转的件数。"
    later = dataclasses.replace(sound("2021", {}, 2023), prose=(told,))
    (finding,) = of(check(later, sound("2021", more_carried(3), 2022)), "Y-01")
    assert finding.severity == "warning"
    assert "合并组建，上年结转含原乙局结转的件数" in finding.message("zh")


REASONS_TOLD = (
    "2024年机构改革后，原县商务局并入我局。",
    "根据《清江县机构改革方案》，将县商务局的职责整合划入我局。",
    "根据机构改革要求，原县商务局与我局合并。",
    "原县商务局撤销，职能划转我局。",
    "2024年，县开发区管委会代管的3个镇划归我县统计。",
    "我局接收原县商务局未办结申请4件，计入上年结转。",
    "上年结转比2022年年报多4件，系上年度漏统计，本年度予以更正。",
    "2023年度报告“结转下年度继续办理”数据有误，已于2024年5月更正。",
    "经批准，我局与县科技局合署办公，依申请公开数据合并统计。",
    "上年结转件数比2022年报告多3件，为2022年末邮寄在途、2023年1月补录的申请。",
    "2022年年报中结转下年度继续办理数误填，现予纠正。",
    "由于2022年度统计截止日为12月25日，上年结转数与上年报告略有出入。",
    "上年结转数较2022年度报告多3件，为人民法院判决责令重新答复的申请。",
    "2022年结转的6件中，3件申请人于2023年1月4日撤回，不再计入本年上年结转。",
    "其中3件系接收原县供销合作总社移交的在办申请。",
    "上年结转7件（含行政复议机关责令重新处理3件）。",
    "上年结转数比2022年度报告所列多4件，原因是2022年12月29日至31日通过邮政寄达的申请于2023年1月3日签收。",
    "2022年结转件中有申请人死亡终止的，本年上年结转相应核减。",
    "上年结转中包含已进入补正程序、2022年度报告未计入的申请。",
    "2022年度报告遗漏3件结转申请，已在本年度“上年结转”中补列。",
    "本年度“上年结转”含复议撤销后重新办理的3件。",
    "经勘误，应以本报告上年结转数为准。",
    "上年结转数与2022年度报告（按1月10日数据编制）存在差异。",
    "上年度4件在途申请，上年度报告未列入结转，今年列入。",
)
NO_REASONS = (
    "2023年共接收政府信息公开申请12件，均按时答复。",
    "结合机构改革，及时调整更新政府信息公开指南，畅通依申请公开渠道。",
    "组建政务公开工作专班，规范办理依申请公开，整合政务公开平台数据。",
    "对同一申请人多件申请合并答复，更正信息3条。",
    "收到申请5件，上年结转2件，结转下年度继续办理1件。",
    "规范申请接收、登记、办理、答复流程，无结转。",
    "2024年拟将开发区管委会数据并入统计。",
    "下一步，将统一统计口径，规范结转件登记。",
    "上年结转与上年度报告一致。",
    "结转的2件申请中，1件申请人主动撤回，1件予以公开。",
    "行政复议机关责令重新答复1件。",
    "2022年8月，县城管局并入我局，2022年度报告已按合并后口径编制。",
    "上年结转2件，含自然人1件、商业企业1件。",
    "2024年1月起统计口径统一调整，结转件2024年度报告将按调整后口径编制。",
    "结转原因为征求第三方意见。",
)


@pytest.mark.parametrize("told", [*REASONS_TOLD, *NO_REASONS])
def test_what_may_explain_a_difference_is_quoted_and_nothing_else_is(told: str) -> None:
    later = dataclasses.replace(sound("2021", {}, 2023), prose=(told,))
    (finding,) = of(check(later, sound("2021", more_carried(3), 2022)), "Y-01")
    quoted = told in REASONS_TOLD
    assert ("报告说明：" in finding.message("zh"), finding.severity == "warning") == (quoted, quoted)
    assert ("无法判断是哪一年" in finding.message("zh")) != quoted
    assert not finding.in_text


def test_words_of_the_agency_are_no_figure_of_ours() -> None:
    """What a report says of itself, 应为 among it, does not turn "nothing follows" into "see the text"."""
    later = dataclasses.replace(sound("2021", {}, 2023), prose=("上年结转误报，应为更正后的3件。",))
    (finding,) = of(check(later, sound("2021", more_carried(3), 2022)), "Y-01")
    assert "应为" in finding.message("zh")
    assert not finding.in_text


@pytest.mark.parametrize("how", ["shifted", "zero", "exchanged"])
def test_a_row_wrong_in_many_cells_is_of_the_year_whose_sums_hold_with_the_other_s_figures(how: str) -> None:
    """Too many cells for the search; the innocent year is not charged with a contradiction."""
    year = carrying(9, 8, 7, 6, 5, 4, 39)
    after = {f"{OVER}.{c}": year[f"{FORWARD}.{c}"] for c in (*APPLICANTS, "total")}
    after |= {
        f"{NEW}.{c}": str(
            int(SOUND_2021[f"{NEW}.{c}"]) + int(SOUND_2021[f"{OVER}.{c}"]) + 40 - int(after[f"{OVER}.{c}"])
        )
        for c in APPLICANTS
    }
    after |= {f"{FORWARD}.{c}": str(int(SOUND_2021[f"{FORWARD}.{c}"]) + 40) for c in APPLICANTS}
    for row in (NEW, FORWARD):
        after[f"{row}.total"] = str(sum(int(after[f"{row}.{c}"]) for c in APPLICANTS))
    assert check(sound("2021", after, 2023), sound("2021", year, 2022)).verdict == "sound"
    row = [year[f"{FORWARD}.{c}"] for c in (*APPLICANTS, "total")]
    now = {
        "shifted": ["0", *row[:5], row[6]],
        "zero": ["0"] * 7,
        "exchanged": [SOUND_2021[f"{OVER}.{c}"] for c in (*APPLICANTS, "total")],
    }[how]
    wrong = year | {f"{FORWARD}.{c}": t for c, t in zip((*APPLICANTS, "total"), now, strict=True)}
    if how == "exchanged":
        wrong |= {f"{OVER}.{c}": t for c, t in zip((*APPLICANTS, "total"), row, strict=True)}
    result = check(sound("2021", after, 2023), sound("2021", wrong, 2022))
    (finding,) = of(result, "Y-01")
    assert (finding.severity, result.verdict) == ("warning", "sound")
    assert "错在 2022 年的报告" in finding.message("zh")


def test_two_sound_years_that_class_one_request_differently_are_both_innocent() -> None:
    (finding,) = of(check(sound("2021", {}, 2023), sound("2021", classed_otherwise(), 2022)), "Y-01")
    assert "无法判断是哪一年" in finding.message("zh")


@pytest.mark.parametrize("counted", [True, False])
def test_a_row_that_the_form_does_not_have_is_no_error_where_the_total_counts_it(counted: bool) -> None:
    more = dict(zip((*APPLICANTS, "total"), (5, 1, 0, 0, 0, 0, 6), strict=True))
    new = {
        f"{row}.{c}": str(int(SOUND_2021[f"{row}.{c}"]) + n) for row in (NEW, "requests.total") for c, n in more.items()
    }
    changes = new if counted else new | {"requests.granted.total": "77"}
    report = dataclasses.replace(
        sound("2021", changes),
        unplaced=tuple(
            Unplaced(str(n), Place(table=2, row=27, cell=k), "4.申请人主动撤回申请", "label")
            for k, n in enumerate(more.values(), 2)
        ),
    )
    result = check(report)
    assert outcome(result, "T3-11") == "not assessable"
    (ended,) = (c for c in result.checks if c.check == "T3-11")
    assert "“4.申请人主动撤回申请”，加上它即与总计相符" in ended.reason("zh")
    errors = [f for f in result.findings if f.severity == "error"]  # of the row with the slip, by no other cell
    assert {(f.check, f.cells[-1]) for f in errors} == (set() if counted else {("T3-21", "requests.granted.total")})


@pytest.mark.parametrize("slip", ["requests.total.natural_person", "requests.unavailable.not_held.total"])
def test_a_row_left_blank_and_a_slip_elsewhere_accuse_the_one_cell(slip: str) -> None:
    """Where zeros are printed, a blank was not filled in: its figures are not charged to other rows."""
    row = "requests.denied.prohibited_by_law"
    figures = dict(zip((*APPLICANTS, "total"), (5, 1, 0, 0, 0, 1, 7), strict=True))
    more = {
        f"{r}.{c}": str(int(SOUND_2021[f"{r}.{c}"]) + n - int(SOUND_2021[f"{row}.{c}"]))
        for r in (NEW, "requests.total")
        for c, n in figures.items()
    }
    whole = more | {f"{row}.{c}": str(n) for c, n in figures.items()}
    assert check(sound("2021", whole)).verdict == "sound"
    blank = more | {f"{row}.{c}": "" for c in figures}
    wrong = {slip: str(int(whole.get(slip, SOUND_2021[slip])) + 10)}
    result = check(sound("2021", blank | wrong))
    (finding,) = of(result, "T3-50")
    assert "若空白格如实补填" in finding.message("zh")
    assert finding.cells == (slip,)
    assert f"应为 {int(wrong[slip]) - 10}" in finding.message("zh")
    (blanks,) = of(result, "T3-54")
    assert f"为 {int(wrong[slip]) - 10}、其余数据无误，空白中有 4 格应为" in blanks.message("zh")


def test_a_balance_says_nothing_that_breaks_the_year_it_charges() -> None:
    """One slip of the year before, and one request that the later year classes otherwise: only the slip is its fault."""
    moved = classed_otherwise()
    slip = {f"{NEW}.research": str(int(SOUND_2021[f"{NEW}.research"]) + 1)}
    later = sound("2021", {}, 2023)
    (finding,) = of(check(later, sound("2021", moved | slip, 2022)), "Y-01")
    assert "无法判断是哪一年" in finding.message("zh")
    total = {f"{FORWARD}.total": str(int(moved[f"{FORWARD}.total"]) + 10)}
    (finding,) = of(check(later, sound("2021", moved | total, 2022)), "Y-01")
    assert finding.severity == "warning"
    assert (
        f"错在 2022 年的报告，应为：表三「四、结转下年度继续办理」「总计」 {moved[f'{FORWARD}.total']}。分列之差无法判断"
        in finding.message("zh")
    )


def test_a_figure_typed_in_the_row_above_its_own_blank_cell_is_said_as_that() -> None:
    """What the blank would be rests on the other cell being wrong, not on all others being right."""
    blank = dict.fromkeys((c for c in SOUND_2021 if c.startswith("requests.")), "")
    figures = {"natural_person": "3", "business": "2", "total": "5"}
    rows = NEW, "requests.total", "requests.denied.enforcement_file"
    filled = {f"{row}.{c}": "0" for row in (OVER, FORWARD) for c in (*APPLICANTS, "total")}
    filled |= {f"{row}.{c}": n for row in rows for c, n in figures.items()}
    assert check(sound("2021", blank | filled)).verdict == "sound if blanks are zero"
    moved = {"requests.denied.deliberative.total": "5", "requests.denied.enforcement_file.total": ""}
    (blanks,) = of(check(sound("2021", blank | filled | moved)), "T3-54")
    assert "若其余数据无误" not in blanks.message("zh")
    assert "「总计」为 0、其余数据无误，空白中有 1 格应为" in blanks.message("zh")
    assert "像是填串了行" in blanks.message("zh")


def test_one_wrong_stock_between_two_years_is_said_where_it_shows_again() -> None:
    stock, repealed = "proactive.normative_documents.in_force", "proactive.normative_documents.repealed"
    years = [
        sound("2021", more_carried(0) | {stock: n, repealed: "2"}, y)
        for y, n in ((2021, "35"), (2022, "45"), (2023, "41"))
    ]
    found = [of(r, "Y-08") for r in auditkit.check(years).results]
    assert [len(f) for f in found] == [0, 1, 1]
    assert "像是" not in found[1][0].message("zh")
    assert "像是 2022 年报告的这一数有误，应为 38。" in found[2][0].message("zh")


def test_bodies_of_one_short_name_in_two_cities_are_not_compared() -> None:
    def named(year: int, full: str, changes: dict[str, str]) -> Report:
        return dataclasses.replace(sound("2021", changes, year), naming=Naming("示例市演练局", year, full=full))

    earlier = more_carried(3)
    assert of(check(named(2023, "", {}), named(2022, "甲省示例市演练局", earlier)), "Y-01")
    assert not of(check(named(2023, "乙省示例市演练局", {}), named(2022, "甲省示例市演练局", earlier)), "Y-01")
    assert of(check(named(2023, "甲省示例市演练局", {}), named(2022, "甲省示例市演练局", earlier)), "Y-01")


def test_every_row_that_may_be_meant_is_told_where_new_requests_include_those_carried_over() -> None:
    """All columns: seven cells of any of three rows would do, and none of the three is called the only one."""
    over = {f"{OVER}.{c}": str(n) for c, n in zip((*APPLICANTS, "total"), (7, 2, 1, 1, 1, 1, 13), strict=True)}
    forward = {f"{FORWARD}.{c}": str(int(SOUND_2021[f"{FORWARD}.{c}"]) + int(v) - int(SOUND_2021[f"{OVER}.{c}"]))
               for c, v in ((k.rpartition(".")[2], v) for k, v in over.items())}  # fmt: skip
    new = {f"{NEW}.{c}": str(int(SOUND_2021[f"{NEW}.{c}"]) + int(over[f"{OVER}.{c}"])) for c in (*APPLICANTS, "total")}
    assert check(sound("2021", over | forward)).verdict == "sound"
    (finding,) = of(check(sound("2021", over | forward | new)), "T3-50")
    assert "可能新收已含上年结转" in finding.message("zh")
    assert "「一、本年新收政府信息公开申请数量」行" in finding.message("zh")
    assert finding.message("zh").count("」行") >= 3


def test_a_slip_that_fits_one_cell_of_a_wrong_row_is_not_said_of_the_row() -> None:
    planted = {f"{NEW}.{c}": str(9000 + 7**k) for k, c in enumerate((*APPLICANTS, "total"))}
    one_digit = {f"{NEW}.total": SOUND_2021[f"{NEW}.total"][:-1] + str((int(SOUND_2021[f"{NEW}.total"][-1]) + 1) % 10)}
    (finding,) = (f for f in of(check(sound("2021", planted | one_digit)), "T3-50"))
    assert "可能有一位数字有误" not in finding.message("zh")
    assert "相差 1" not in finding.message("zh")


def test_a_row_copied_over_another_is_no_total_that_lacks_one() -> None:
    copied = {f"requests.denied.state_secret.{c}": SOUND_2021[f"requests.granted.{c}"] for c in (*APPLICANTS, "total")}
    clean = all(SOUND_2021[f"requests.denied.state_secret.{c}"] == "0" for c in (*APPLICANTS, "total"))
    (finding,) = of(check(sound("2021", copied)), "T3-50")
    assert clean
    assert "总计可能漏加" not in finding.message("zh")
    assert (
        "各列所差恰为「（一）予以公开」行的数，「（三）不予公开 1.属于国家秘密」行与它各列相同，可能是照抄"
        in finding.message("zh")
    )


def test_a_row_that_neither_new_requests_nor_the_total_count_is_copied_by_nobody() -> None:
    row = "requests.denied.state_secret"
    added = {f"{row}.natural_person": "4", f"{row}.business": "2", f"{row}.total": "6"}
    (finding,) = of(check(sound("2021", added)), "T3-50")
    assert "照抄" not in finding.message("zh")
    assert "或这一行不应有数，或新收和总计都没有计入它" in finding.message("zh")


def test_a_whole_row_that_last_year_s_figures_mend_is_told_once() -> None:
    """Six cells shifted: more than are searched for one by one."""
    before = carrying(9, 8, 7, 6, 5, 0, 35)
    true = {f"{OVER}.{c}": before[f"{FORWARD}.{c}"] for c in (*APPLICANTS, "total")}
    more = {f"{FORWARD}.{c}": str(int(SOUND_2021[f"{FORWARD}.{c}"]) + int(true[f"{OVER}.{c}"]) - int(SOUND_2021[f"{OVER}.{c}"]))
            for c in (*APPLICANTS, "total")}  # fmt: skip
    assert check(sound("2021", true | more, 2023), sound("2021", before, 2022)).verdict == "sound"
    shifted = dict(zip(true, ["0", *list(true.values())[:5], "35"], strict=True))
    result = check(sound("2021", true | more | shifted, 2023), sound("2021", before, 2022))
    (finding,) = of(result, "Y-01")
    assert finding.severity == "warning"
    assert "是同一处差错" in finding.message("zh")
    assert dict(result.suspects[0].corrected) == {c: int(t) for c, t in true.items() if shifted[c] != t}


def test_a_total_of_table_four_without_what_is_pending_is_called_so() -> None:
    row = {c: SOUND_2021[f"disputes.reconsideration.{c}"] for c in ("upheld", "corrected", "other", "pending", "total")}
    row["pending"] = "4"
    row["total"] = str(sum(int(row[c]) for c in ("upheld", "corrected", "other")))
    (finding,) = of(check(sound("2021", {f"disputes.reconsideration.{c}": t for c, t in row.items()})), "T4-01")
    assert "所差恰为「尚未审结」的数，总计可能未计这一格" in finding.message("zh")


def test_two_rows_or_columns_that_were_exchanged_are_one_finding_with_both() -> None:
    (of_columns,) = of(check(sound("2021", EXCHANGED)), "T3-50")
    assert "「商业企业」列与「自然人」列的办理结果对调" in of_columns.message("zh")
    rows = ("total", "carried_forward")
    result = check(
        sound(
            "2021",
            {
                f"requests.{a}.{c}": SOUND_2021[f"requests.{b}.{c}"]
                for a, b in (rows, rows[::-1])
                for c in (*APPLICANTS, "total")
            },
        )
    )
    (of_rows,) = of(result, "T3-50")
    assert "「四、结转下年度继续办理」行与「（七）总计」行的数字对调" in of_rows.message("zh")
    assert set(result.suspects[0].slips.values()) == {"exchanged"}
    corrected = result.suspects[0].corrected
    assert all(str(corrected[c]) == SOUND_2021[c] for c in corrected)


# --- blanks for zeros --------------------------------------------------------------------------------------------------------


def with_blanks(changes: dict[str, str], year: int) -> Report:
    """The sound report, some cells changed, its table three with blanks for zeros."""
    texts = {c: t for c, t in {**SOUND_2021, **changes}.items() if t}
    return sound(
        "2021", changes | {c: "" for c, t in texts.items() if t == "0" and c.startswith("requests.")}, year=year
    )


@pytest.mark.parametrize("by", [1, 2, 5])
def test_two_totals_wrong_beside_blanks_are_said_too_and_the_next_year_is_not_charged(by: int) -> None:
    year = more_carried(0)
    assert check(with_blanks(year, 2022)).verdict == "sound if blanks are zero"
    wrong = {f"{row}.total": str(int(year[f"{row}.total"]) + by) for row in (NEW, FORWARD)}
    earlier = with_blanks(year | wrong, 2022)
    (finding,) = of(check(earlier), "T3-50") or of(check(earlier), "T3-54")
    message = finding.message("zh")
    assert "若空白都是 0，则至少有 2 格有误" in message
    ways = message.partition("若空白都是 0")[2].split("第 ")
    for row in (NEW, FORWARD):
        label = FORM_2021.label(f"{row}.total", "zh")
        assert any(f"{label}（应为 {year[f'{row}.total']}" in way for way in ways)
    (balance,) = of(check(with_blanks({}, 2023), earlier), "Y-01")
    assert balance.severity == "warning"
    assert (
        f"错在 2022 年的报告，应为：表三「四、结转下年度继续办理」「总计」 {year[f'{FORWARD}.total']}。"
        in balance.message("zh")
    )


def test_what_a_shifted_row_would_be_is_said_with_its_blanks_so_that_the_sums_hold() -> None:
    year = carrying(7, 2, 0, 1, 0, 1, 11)
    row = [year[f"{FORWARD}.{c}"] for c in (*APPLICANTS, "total")]
    moved = ["0", *row[:-1]]
    result = check(
        with_blanks(year | dict(zip([f"{FORWARD}.{c}" for c in (*APPLICANTS, "total")], moved, strict=True)), 2022)
    )
    (finding,) = of(result, "T3-50")
    for column, value in zip((*APPLICANTS, "total"), row, strict=True):
        name = FORM_2021.column_label("requests", column, "zh")
        assert f"「{name}」应为 {value}" in finding.message(
            "zh"
        ) or f"「{name}」（空白）应为 {value}" in finding.message("zh")
    assert "整行可能错位一格" in finding.message("zh")


@pytest.mark.parametrize(
    ("check_id", "told", "quoted"),
    [
        ("Y-11", "2020年取消行政许可项目1项，故上一年项目数量与上年报告不符。", True),
        ("Y-11", "行政许可事项按新的权责清单调整，减少1项。", True),
        ("Y-11", "行政处罚事项按新的权责清单调整，减少1项。", False),
        ("Y-11", "全年行政处罚决定12件。", False),
        ("Y-08", "规范性文件自然失效2件。", True),
        ("Y-08", "现行有效规范性文件38件。", False),
    ],
)
def test_what_may_explain_that_table_two_does_not_roll_forward_is_quoted(
    check_id: str, told: str, quoted: bool
) -> None:
    plant = next(p for p in PLANTS if p.check == check_id)
    later = dataclasses.replace(sound(plant.form, plant.changes, 2020 if plant.form == "2019" else 2023), prose=(told,))
    finding = of(check(later, sound(plant.form, plant.before or {}, (later.year or 0) - 1)), check_id)[0]
    assert (f"报告说明：“{told[:-1]}”" in finding.message("zh")) == quoted


@pytest.mark.parametrize("row", ["unavailable.not_held", "not_processed.reissue"])
def test_a_year_whose_own_sums_hold_is_not_charged_with_one_whose_sums_fail_there(row: str) -> None:
    """Two slips of the year before, one in the balance: too many for the search, and its own exceptions say so."""
    columns = (*APPLICANTS, "total")
    copied = more_carried(0) | {f"{FORWARD}.{c}": SOUND_2021[f"requests.{row}.{c}"] for c in columns}
    earlier = sound("2021", copied | {"requests.denied.state_secret.other": "77"}, 2022)
    (finding,) = of(check(sound("2021", {}, 2023), earlier), "Y-01")
    assert finding.severity == "warning"
    assert finding.message("zh").endswith("不过 2022 年报告中这些格所在的等式自身不平，2023 年的都成立。")


@pytest.mark.parametrize("rows", [("unavailable.not_held", "not_processed.repeated"), ("granted", "denied.enquiry")])
def test_of_two_blanks_in_a_column_neither_row_s_total_is_called_the_only_wrong_one(rows: tuple[str, str]) -> None:
    """One row's total was summed without its blank cell; which of the two, table three does not tell."""
    one, other = (f"requests.{row}.natural_person" for row in rows)
    whole = {one: "3", f"requests.{rows[0]}.total": None, other: "5", f"requests.{rows[1]}.total": None}
    texts = dict(SOUND_2021)
    for row, cell in zip(rows, (one, other), strict=True):
        by = int(whole[cell] or 0) - int(texts[cell])
        for c in (f"requests.{row}.total", "requests.total.natural_person", "requests.total.total"):
            texts[c] = str(int(texts[c]) + by)
        for c in (f"{NEW}.natural_person", f"{NEW}.total"):
            texts[c] = str(int(texts[c]) + by)
        texts[cell] = str(whole[cell])
    changes = {c: t for c, t in texts.items() if t != SOUND_2021[c]}
    assert check(sound("2021", changes)).verdict == "sound"
    short = f"requests.{rows[0]}.total"
    wrong = changes | {one: "", other: "", short: str(int(texts[short]) - 3)}
    result = check(sound("2021", wrong))
    (finding,) = of(result, "T3-50")
    right = f"requests.{rows[1]}.total"
    assert set(finding.cells) == {short, right}
    assert "下列 2 格之一" in finding.message("zh")
    assert f"{FORM_2021.label(short, 'zh')}（应为 {texts[short]}" in finding.message("zh")


@pytest.mark.parametrize(
    "blank", ["requests.denied.internal_affairs.natural_person", f"{NEW}.legal_service", f"{NEW}.research"]
)
@pytest.mark.parametrize("row", [FORWARD, OVER])
def test_what_a_blank_would_be_is_said_once_wherever_it_stands(row: str, blank: str) -> None:
    """Beside a row that is wrong: with the row's cells, or by itself where it stands elsewhere."""
    year = more_carried(0)
    texts = SOUND_2021 | year
    wrong = {f"{row}.{c}": str(int(texts[f"{row}.{c}"]) + n) for c, n in (("natural_person", 3), ("other", 5))}
    for empty in (blank, f"{row}.total"):
        if texts[empty] in ("", "0"):
            continue
        result = check(sound("2021", year | wrong | {empty: ""}, 2022))
        filled = {c: v for s in result.suspects for c, v in s.corrected.items() if c == empty and v}
        said = "".join(f.message("zh") for f in result.findings if f.check in ("T3-50", "T3-54"))
        for value in filled.values():
            assert f"应为 {value}" in said or f" {value}" in said
            assert FORM_2021.column_label("requests", empty.rpartition(".")[2], "zh") in said
        (ended,) = (c for c in result.checks if c.check == "T3-54")
        if filled and "T3-50" in ended.reason("zh"):
            assert "（空白" in of(result, "T3-50")[0].message("zh")
