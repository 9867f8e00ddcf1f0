"""What an auditor does with the mouse: open the lab, run a notebook, try a figure, add a file, read the memo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from driving import ERRORS, expected, held, open_and_run

from auditkit.case import NOTEBOOKS, Case
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.letter import write


@pytest.mark.parametrize("name", NOTEBOOKS)  # those in Chinese: test_the_auditors_file.py
def test_every_notebook_runs_whole_at_one_click(browser: Any, lab: tuple[str, Path], name: str) -> None:
    page = open_and_run(browser, lab[0], "en", name)
    page.wait_for_timeout(3000)
    assert page.locator("table.ak").count() > 0
    assert page.locator(ERRORS).count() == 0
    page.close()


def test_no_column_of_a_letter_is_a_letter_wide(browser: Any, tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [shipped("data") / "sources" / "exercise-2022.html"])
    case.dispose(
        case.exceptions[0].finding,
        "error confirmed",
        author="甲",
        reason="经与机关核对，两行数据颠倒填列，尚未更正；" * 5,
    )
    page = browser.new_page(viewport={"width": 670, "height": 950})  # A4 between its margins
    page.emulate_media(media="print")
    page.goto(write(case, tmp_path / "letter.html", "letter").as_uri())
    heads = page.locator("table.items thead th")
    letters = "e => e.clientWidth / parseFloat(getComputedStyle(e).fontSize)"
    assert heads.nth(4).inner_text() == "若其余数据无误，应为"
    assert heads.nth(4).evaluate(letters) > 7
    assert heads.nth(3).evaluate(letters) > 4
    page.close()


def test_a_figure_is_tried_and_the_sums_answer(browser: Any, lab: tuple[str, Path]) -> None:
    page = open_and_run(browser, lab[0], "zh", "02_consistency")
    panel = page.locator(".jp-CodeCell", has=page.get_by_label("试填")).first
    choice = panel.get_by_label("例外", exact=True)
    choice.scroll_into_view_if_needed()
    slip = next(o for o in choice.locator("option").all_text_contents() if "T3-50" in o)
    trial = page.get_by_label("试填")
    trial.fill("85")
    with held(lab[1]):  # typed before the kernel has answered the choice: it stands
        choice.select_option(slip)
        trial.fill("86")
        trial.press("Enter")
        page.wait_for_timeout(500)
    expected(page.get_by_text("0（成立）")).to_have_count(2)
    expected(trial).to_have_value("86")
    page.close()


def test_a_file_is_added_to_the_case(browser: Any, lab: tuple[str, Path], tmp_path: Path) -> None:
    page = open_and_run(browser, lab[0], "zh", "00_start_here")
    report = tmp_path / "新 报告.html"
    saved = (shipped("data") / "sources" / "suqian-gov-2023.html").read_bytes()
    report.write_bytes(saved + b"<!-- saved again -->")  # the very same file is refused
    before = len(Case(lab[1]).sources)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="添加报告文件").click()
    chooser.value.set_files(str(report))
    page.get_by_text("已添加 新 报告.html").wait_for()
    assert len(Case(lab[1]).sources) == before + 1
    page.close()


def test_the_memo_opens_without_network_or_complaint(browser: Any, tmp_path: Path) -> None:
    memo = tmp_path / "memo.html"
    command = "import sys; from auditkit.cli import main; sys.exit(main())"
    subprocess.run([sys.executable, "-c", command, "memo", str(shipped("data")), "-o", str(memo)], check=True)
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(memo.as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [memo.as_uri()]
    assert said == []
    assert page.locator("h1").count() == 1
    assert page.evaluate("[...document.scripts].map(s => s.type)") == ["application/json"]
    pictures = page.locator("img")
    assert pictures.count() > 0
    assert page.evaluate("[...document.images].every(i => i.naturalWidth > 100 && i.alt)")
    page.close()


def test_a_wide_table_scrolls_within_its_panel(browser: Any, lab: tuple[str, Path]) -> None:
    page = open_and_run(browser, lab[0], "zh", "02_consistency", viewport={"width": 1100, "height": 1000})
    expected(page.locator(".jupyter-widgets table.ak.form").last).to_be_visible()
    page.add_style_tag(content="table.ak.form { min-width: 1500px }")  # as where every figure is marked
    page.wait_for_timeout(3000)  # the panel is drawn in several steps
    beyond = """() => [...document.querySelectorAll('.jupyter-widgets :is(.ak-scroll, .ak-verdict)')].filter(
        e => e.getBoundingClientRect().right > e.closest('.jp-OutputArea-output').getBoundingClientRect().right + 1
    ).map(e => e.outerHTML.slice(0, 150))"""
    assert page.evaluate(beyond) == []
    page.close()
