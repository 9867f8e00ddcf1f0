"""Findings, outcomes and verdicts as values: what a report's verdict is, how findings show themselves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from strategies import SOURCES, report, typed

import auditkit
from auditkit.findings import CheckResult, Finding, ReportResult, fingerprint, in_words, number, order
from auditkit.forms import load_form
from auditkit.reading.page import Place

FORM = load_form("2021")
ONE = report(FORM, typed("exercise-2021"))


def finding(severity: str, check: str = "X") -> Finding:
    return Finding(
        id="0", check=check, kind="contradiction" if severity == "error" else "quality", severity=severity,  # type: ignore[arg-type]
        report="r", path="p", cells=(), expected=None, found=None, wording=("甲", "a"), title=("", ""), basis=("", ""),
        procedure=("", ""), place=Place(),
    )  # fmt: skip


def result(outcomes: dict[str, tuple[str, bool]], *severities: str) -> ReportResult:
    checks = tuple(CheckResult(c, o, ("由", "why"), carries) for c, (o, carries) in outcomes.items())  # type: ignore[arg-type]
    return ReportResult(ONE, checks, tuple(finding(s) for s in severities), ())


OUTCOMES = ("passed", "conditional", "not assessable", "not applicable", "failed")


@pytest.mark.parametrize("carried", OUTCOMES)
@pytest.mark.parametrize("severities", [(), ("note",), ("warning", "note"), ("warning", "error")])
def test_the_verdict_follows_the_rule(carried: str, severities: tuple[str, ...]) -> None:
    verdict = result({"A": ("passed", True), "B": (carried, True)}, *severities).verdict
    if "error" in severities:
        assert verdict == "exceptions"
    else:
        expected = {"not assessable": "not assessable", "conditional": "sound if blanks are zero"}
        assert verdict == expected.get(carried, "sound")


def test_a_sum_that_fails_for_a_contradiction_told_by_another_is_no_mere_warning() -> None:
    failed = result({"X": ("failed", True), "Y": ("failed", True), "Z": ("failed", True)}, "error")
    assert failed.mild == 0
    assert replace(failed, findings=(*failed.findings, finding("warning", "Y"))).mild == 1


@pytest.mark.parametrize("outcome", ["conditional", "not assessable", "failed"])
def test_checks_that_do_not_carry_the_verdict_leave_it(outcome: str) -> None:
    assert result({"A": ("passed", True), "B": (outcome, False)}, "warning").verdict == "sound"


def test_not_assessable_outranks_conditional() -> None:
    assert result({"A": ("conditional", True), "B": ("not assessable", True)}).verdict == "not assessable"


def test_findings_are_sorted_worst_first_then_by_check() -> None:
    found = order([finding("note", "A"), finding("error", "B"), finding("warning", "C"), finding("error", "A")])
    assert [(f.severity, f.check) for f in found] == [("error", "A"), ("error", "B"), ("warning", "C"), ("note", "A")]


def test_a_fingerprint_tells_its_parts_apart() -> None:
    assert fingerprint("a", "b") == fingerprint("a", "b")
    assert len({fingerprint("ab", ""), fingerprint("a", "b"), fingerprint("", "ab"), fingerprint("ab")}) == 4


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_codes_have_words(lang: str) -> None:
    codes = "passed failed conditional sound exceptions error warning note contradiction compliance quality reading"
    words = [in_words(code, lang) for code in codes.split()]  # type: ignore[arg-type]
    assert all(words)
    with pytest.raises(KeyError):
        in_words("no such code", "zh")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1050000, "1,050,000"), (Decimal("415.960"), "415.96"), (Decimal("1E+3"), "1,000"), (None, "–"), (-3, "-3")],
)
def test_figures_in_sentences(value: object, text: str) -> None:
    assert number(value) == text  # type: ignore[arg-type]


# --- Findings --------------------------------------------------------------------------------------------------------------

COLUMNS = ["id", "check", "kind", "severity", "report", "cells", "expected", "found", "message", "basis"]


def planted() -> auditkit.Findings:
    return auditkit.check([auditkit.load(p) for p in sorted(SOURCES.glob("*.*ml"))])


def test_the_frame_has_a_row_a_finding_and_the_columns_of_the_contract() -> None:
    findings = planted()
    frame = findings.to_frame()
    assert list(frame.columns) == COLUMNS
    assert len(frame) == len(findings) == len(list(findings)) > 0
    row = frame[frame.check == "T3-50"].iloc[0]
    assert (row.expected, row.found) == (86, 68)
    assert row.cells == ["requests.granted.natural_person"]
    assert "演练" in row.report


def test_the_frame_of_nothing_has_the_same_columns() -> None:
    frame = auditkit.check([]).to_frame()
    assert list(frame.columns) == COLUMNS
    assert frame.empty


def test_only_words_change_with_the_language() -> None:
    findings = planted()
    zh, en = findings.to_frame("zh"), findings.to_frame("en")
    same = [c for c in COLUMNS if c not in ("message", "basis", "report")]
    assert zh[same].equals(en[same])
    assert all(a != b for a, b in zip(zh.message, en.message, strict=True))


def test_findings_show_themselves_as_html_and_text_and_escape() -> None:
    hostile = report(FORM, typed("exercise-2021") | {"requests.granted.total": "<img src=x onerror=alert(1)>"})
    shown = auditkit.check(hostile)._repr_mimebundle_()
    assert "<img" not in shown["text/html"]
    assert "&lt;img" in shown["text/html"]
    assert "<img src=x" in shown["text/plain"]
    assert str(auditkit.check(ONE)) == "没有例外事项。"
    assert str(auditkit.check(ONE, "en")) == "No exceptions."


def test_what_is_said_of_one_report_is_found_by_the_report_itself() -> None:
    findings = auditkit.check([ONE])
    assert findings.of(ONE).report is ONE
    with pytest.raises(KeyError):
        findings.of(report(FORM, typed("exercise-2021")))


def test_counts_add_up() -> None:
    one = planted().results[0]
    assert sum(one.count(o) for o in OUTCOMES) == len(one.checks)  # type: ignore[arg-type]
    assert one.stated == len(one.report.layout.cells)
