"""The whole path in one case: see an exception, correct a reading, decide, lose the kernel, reload, export: nothing is lost."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import COMMAND, ERRORS, expected, held, kill_kernels, open_and_run, run_all, serving, violations

from auditkit.case import NOTEBOOKS, Case
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case

SOURCES = shipped("data") / "sources"
WHO, WHY = "张审计", "与原始台账一致 <b>"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    files = [SOURCES / "exercise-2022.html", SOURCES / "suqian-gov-2023.html", SOURCES / "suqian-gov-2024.html"]
    return new_case(tmp_path_factory.mktemp("file") / "案 卷", files)


@pytest.fixture(scope="module")
def address(case: Case) -> Iterator[str]:
    with serving(case.path.parent, case.path.name) as found:
        yield found


def panel_with(page: Any, button: str) -> Any:
    """The panel that has a button of this name."""
    return page.locator(".jp-CodeCell", has=page.get_by_role("button", name=button, exact=True)).first


def test_a_reading_is_corrected_with_its_reason(browser: Any, address: str, case: Case) -> None:
    page = open_and_run(browser, address, "zh", "01_read")
    panel = page.locator(".jp-CodeCell", has=page.get_by_label("原文所载")).first
    report = panel.get_by_label("报告", exact=True)
    report.locator("option", has_text="宿迁市").first.wait_for(state="attached")
    names = report.locator("option").evaluate_all("options => options.map(o => o.value)")
    report.select_option(value=next(name for name in names if "宿迁市 2023" in name))
    panel.get_by_label("原文所载").fill("7")
    panel.get_by_label("理由").fill(WHY)
    panel.get_by_label("审计人员").fill(WHO)
    panel.get_by_role("button", name="记录", exact=True).click()
    panel.get_by_text("已记录").wait_for()
    entry = next(e for e in Case(case.path).journal.entries if e.kind == "correct")
    assert (entry.author, entry.reason, entry.value) == (WHO, WHY, "7")
    run_all(page)
    expected(page.locator("td.num", has_text="更正，程序读作").first).to_be_visible()
    page.close()


def test_an_exception_is_decided_by_keyboard_alone(browser: Any, address: str, case: Case) -> None:
    page = open_and_run(browser, address, "zh", "02_consistency")
    panel = panel_with(page, "记录决定")
    panel.get_by_label("例外", exact=True).locator("option").first.wait_for(state="attached")
    panel.scroll_into_view_if_needed()
    page.wait_for_timeout(2000)  # the notebook takes the focus once when its last cell has run
    panel.get_by_label("例外", exact=True).focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(700)
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "(e => (e.labels?.[0] ?? e).textContent || e.title || e.ariaLabel)(document.activeElement)"
        ).strip()[:40]
        outline = page.evaluate(
            "(e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow)(document.activeElement)"
        )
        assert outline != "nonenone", f"{reached}, then {label}: the focus cannot be seen"
        reached.append(label)
        if label.startswith("处理结果"):
            page.keyboard.press("ArrowDown")  # accepted
            page.keyboard.press("ArrowDown")  # error confirmed
        elif label.startswith("理由"):
            page.keyboard.type(WHY)
        elif label.startswith("审计人员"):
            page.keyboard.type(WHO)
        elif label == "记录决定":
            page.keyboard.press("Enter")
            break
    assert reached[-1] == "记录决定", reached
    panel.get_by_text("已记录").wait_for()
    panel.get_by_text(re.compile("已处理 1 /")).first.wait_for()
    entry = next(e for e in Case(case.path).journal.entries if e.kind == "dispose")
    assert (entry.value, entry.author, entry.reason) == ("error confirmed", WHO, WHY)
    page.close()


def test_after_a_lost_kernel_and_a_reload_everything_is_there(browser: Any, address: str, case: Case) -> None:
    page = open_and_run(browser, address, "zh", "02_consistency")
    assert kill_kernels(case.path) > 0
    page.wait_for_timeout(2000)
    page.reload()
    run_all(page)
    panel = panel_with(page, "记录决定")
    panel.get_by_text(re.compile("已处理 1 /")).first.wait_for()
    panel.scroll_into_view_if_needed()
    expected(panel.get_by_label("理由")).to_have_value(WHY)
    expected(page.locator(".jp-OutputArea-output table.ak td", has_text=WHO).first).to_be_attached()
    page.close()


def test_what_is_filed_is_what_the_screen_shows_when_the_button_is_pressed(
    browser: Any, address: str, case: Case
) -> None:
    page = open_and_run(browser, address, "zh", "02_consistency")
    panel = panel_with(page, "记录决定")
    before = len(Case(case.path).journal.entries)
    panel.get_by_role("button", name="下一项", exact=True).click()
    page.wait_for_timeout(1500)
    state = panel.get_by_label("处理结果")
    with held(case.path):
        state.select_option("接受")  # sent; the second choice is held back by ipywidgets until this one is answered
        state.select_option("确认有误")
        panel.get_by_label("理由").fill(WHY)
        panel.get_by_label("审计人员").fill(WHO)
        panel.get_by_role("button", name="记录决定", exact=True).click()
        page.wait_for_timeout(500)
    panel.get_by_text("已记录").wait_for()
    (entry,) = Case(case.path).journal.entries[before:]
    assert (entry.value, entry.author, entry.reason) == ("error confirmed", WHO, WHY)
    page.close()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_at_200_percent_nothing_is_cut_and_no_rule_of_accessibility_is_broken(
    browser: Any, address: str, name: str
) -> None:
    page = open_and_run(browser, address, "zh", name, viewport={"width": 640, "height": 900})
    page.wait_for_timeout(1500)
    assert page.locator(ERRORS).count() == 0
    assert violations(page, ".jp-OutputArea-output") == []
    wide = page.evaluate(
        "[...document.querySelectorAll('.jp-OutputArea-output .widget-vbox')].filter(e => !e.parentElement.closest('.widget-vbox'))"
        ".flatMap(b => [...b.querySelectorAll('input, select, textarea, button')].filter(e => e.offsetParent &&"
        " e.getBoundingClientRect().right > b.getBoundingClientRect().right + 2).map(e => e.outerHTML.slice(0, 90)))"
    )
    assert wide == []
    page.close()


def test_the_memo_says_what_was_corrected_and_decided(browser: Any, case: Case, tmp_path: Path) -> None:
    for kind in ([], ["--letter"], ["--list"]):
        out = tmp_path / "out.html"
        subprocess.run([*COMMAND, "memo", str(case.path), "-o", str(out), *kind], check=True)
        page = browser.new_page()
        page.goto(out.as_uri())
        if kind != ["--letter"]:
            text = page.inner_text("body")
            assert WHO in text
            assert WHY in text
        if not kind:
            assert "更正，程序读作" in text
            assert page.evaluate("[...document.scripts].map(s => s.type)") == ["application/json"]
        assert violations(page) == []
        page.close()
