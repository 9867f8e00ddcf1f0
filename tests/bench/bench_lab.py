"""From `auditkit lab` to the first verdict on the screen, beside JupyterLab's own start with an empty notebook.

Both ways: server started, page opened in Chromium, all cells run at one click, first output seen. Run it by hand on a quiet
machine: ``python tests/bench/bench_lab.py``; it needs playwright and a Chromium.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright

from auditkit.case.folder import shipped
from auditkit.case.opening import new_case

RUNS = 3
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
OURS = [sys.executable, "-c", "import sys; from auditkit.cli import main; sys.exit(main())", "lab", "--no-browser"]
PLAIN = [
    *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--IdentityProvider.token=t"),
    *("--expose-app-in-browser", "--port=8999"),
]


def seconds(
    browser: Browser, command: list[str], cwd: Path, path: str, seen: str, run: Callable[[Page], object]
) -> float:
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        assert server.stdout is not None
        address = next(m[0] for line in server.stdout if (m := re.search(r"http://\S+", line)))
        page = browser.new_page()
        page.set_default_timeout(90_000)
        page.goto(address if not path else re.sub(r"/lab.*", f"/doc/tree/{path}?token=t", address))
        page.get_by_text("| Idle").wait_for()
        run(page)
        page.locator(seen).first.wait_for()
        taken = time.perf_counter() - begin
        page.close()
        server.terminate()
    return taken


def run_plain(page: Page) -> None:
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def click(page: Page) -> None:
    page.get_by_role("button", name="▶ 全部运行").first.click()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
        sources = shipped("data") / "sources"
        case = new_case(Path(folder) / "case", sorted(f for f in sources.iterdir() if f.name != "SHA256SUMS"))
        cell = nbformat.v4.new_code_cell("1 + 1")
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), Path(folder) / "empty.ipynb")
        ours, plain = [], []
        for _ in range(RUNS):
            plain.append(seconds(browser, PLAIN, Path(folder), "empty.ipynb", ".jp-OutputArea-output", run_plain))
            ours.append(seconds(browser, [*OURS, str(case.path)], Path(folder), "", "table.ak", click))
        browser.close()
    ratio = statistics.median(ours) / statistics.median(plain)
    medians = statistics.median(plain), statistics.median(ours)
    print(f"empty notebook {medians[0]:.1f} s, first table of a case {medians[1]:.1f} s, {ratio:.2f}x")


if __name__ == "__main__":
    main()
