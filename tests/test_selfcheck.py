"""The tool's own assurance: it holds, a check that is switched off is found, and what cannot be seen is named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import report, zeros

from auditkit import cli, selfcheck
from auditkit.checks import causes, values
from auditkit.forms import load_form
from auditkit.reading.numbers import parse


def test_every_other_count_is_noticed_and_in_table_three_named_with_its_figure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["verify", "--self", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "结论：与声明一致" in out
    rows = [line.split() for line in out.splitlines() if line.startswith("表三")]
    assert rows
    assert all("(100%)" in row and "(9" not in " ".join(row) for row in rows)
    unseen = next(line for line in out.splitlines() if line.startswith("2021 年格式中"))
    assert "表二「行政许可」" in unseen
    assert "表三" not in unseen
    assert "表四" not in unseen


def test_a_check_that_says_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = selfcheck.shipped_reports()[:1]
    assert selfcheck.run(sound).holds
    monkeypatch.setattr(causes, "explanations", lambda *_, **__: causes.Explained())
    found = selfcheck.run(sound)
    assert not found.holds
    assert "与声明不一致" in selfcheck.shown(found, "zh").text


def test_a_cell_whose_check_is_switched_off_is_named_as_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    form = load_form("2019")
    texts = zeros(form) | {
        "proactive.rules.made": "3",
        "proactive.rules.disclosed": "3",
        "proactive.rules.disclosed_total": "3",
    }
    before = selfcheck.run([report(form, texts)]).unseen["2019"]
    monkeypatch.setattr(values, "_disclosed", lambda sink: [sink.conclude(c) for c in ("T2-03", "T2-04")])
    after = selfcheck.run([report(form, texts)]).unseen["2019"]
    assert "proactive.rules.disclosed" in set(after) - set(before)


@given(st.one_of(st.integers(0, 10**6).map(str), st.decimals(0, 10**5, places=2).map(str)))
def test_a_mutation_changes_the_figure(text: str) -> None:
    for name, other in selfcheck.mutated(text):
        assert name in selfcheck.MUTATIONS
        assert parse(other).value != Decimal(text)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_checked_and_what_is_not_is_listed(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--list", "--lang", lang]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in ("R-01", "T3-50", "Y-11", "T3-63"))
    assert ("不检查的内容" if lang == "zh" else "What is not checked") in out
    for wrong in (["check"], ["check", "--list", "x.html"], ["verify"], ["verify", "--self", "x"]):
        assert cli.main([*wrong, "--lang", lang]) == 2
        assert capsys.readouterr().err.strip()
