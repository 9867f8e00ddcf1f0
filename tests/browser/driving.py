"""How the tests drive JupyterLab: start it on a case, open a notebook, press the one button."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
COMMAND = [sys.executable, "-c", "import sys; from auditkit.cli import main; sys.exit(main())"]
RUN_ALL = "▶ 全部运行"  # the lab speaks the case's language, whichever notebook is open
ERRORS = '.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"], [data-mime-type="application/vnd.jupyter.error"]'


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[str]:
    """`auditkit lab` in a folder; yields the address of the first notebook."""
    command = [*COMMAND, "lab", "--no-browser", *arguments]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        assert server.stdout is not None
        yield next(m[0] for line in server.stdout if (m := re.search(r"http://\S+", line)))
        server.terminate()


def open_and_run(browser: Any, address: str, lang: str, name: str, **viewport: Any) -> Any:
    """Open a notebook and run it by its one button."""
    page = browser.new_page(**({"viewport": {"width": 1200, "height": 1600}} | viewport))
    page.set_default_timeout(90_000)
    page.goto(address.replace("notebooks/zh/00_start_here", f"notebooks/{lang}/{name}"))
    run_all(page)
    return page


def run_all(page: Any) -> None:
    """Press the one button and wait until all cells have run."""
    page.locator(".jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()  # a click before the kernel is there would be lost
    page.evaluate("document.querySelectorAll('.jp-OutputArea-output').forEach(e => { e.dataset.old = 1 })")
    page.get_by_role("button", name=RUN_ALL).first.click()
    page.wait_for_function("document.querySelectorAll('.jp-OutputArea-output:not([data-old])').length > 3")
    page.get_by_text("| Idle").wait_for()


def expected(locator: Any) -> Any:
    """What Playwright asks of an element again and again until it is so or a while has passed: pages redraw."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    api.expect.set_options(timeout=60_000)
    return api.expect(locator)


def violations(page: Any, within: str | None = None) -> list[tuple[str, str]]:
    """Return the rules of accessibility (axe-core) that a page breaks, each with the first element that does."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-core is not installed")
    found = axe.Axe().run(page, context=within).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found]


def kernels(case: Path) -> list[int]:
    """Return the process of every kernel that runs in a case."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if b"ipykernel" in command and case.resolve() in (process / "cwd").resolve().parents:
                found.append(int(process.name))
    return found


def kill_kernels(case: Path) -> int:
    """Kill -9 every kernel that runs in a case; return how many there were."""
    running = kernels(case)
    for process in running:
        os.kill(process, signal.SIGKILL)
    return len(running)


@contextmanager
def held(case: Path) -> Iterator[None]:
    """Let no kernel of a case answer meanwhile, as on a machine that has much else to do."""
    running = kernels(case)
    assert running
    for process in running:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in running:
            os.kill(process, signal.SIGCONT)
