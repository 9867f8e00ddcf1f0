"""Reading beside the libraries' own table calls: ``python tests/bench/bench_read.py [ROUNDS]``.

In one process, in turn; medians and their ratios. The aims: a web page within 2 times parsing it with lxml and reading its cells'
texts, and 3 times faster than pandas.read_html; a PDF within 1.3 times pdfplumber's extract_tables; a Word file within 1.5 times
python-docx reading its cells; a workbook within 1.5 times openpyxl reading its cells (bench_sheet.py). pdfplumber, python-docx and
html5lib are only needed here; what is not installed is left out. The last line is the memory of a batch: its peak must not grow with
the number of files.
"""

from __future__ import annotations

import importlib.util
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import docxs
import pdfs
from layouts import distinct

from auditkit.loading import load_bytes
from auditkit.reading import page_of

SOURCES = Path(__file__).resolve().parents[2] / "data" / "sources"
PAGE = (SOURCES / "suqian-gov-2023.html").read_bytes()
SHEET = distinct("2021")
BATCH = """
import resource, sys
from auditkit import cli
for _ in range(int(sys.argv[2])): cli.main(["read", sys.argv[1], "-o", sys.argv[3]])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
"""


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> None:
    """Time two calls in turn and print the ratio of their medians."""
    times: tuple[list[float], list[float]] = ([], [])
    for n in range(rounds + 1):
        for call, into in zip((ours, theirs), times, strict=True):
            start = time.perf_counter()
            call()
            if n:  # the first fills caches
                into.append(time.perf_counter() - start)
    a, b = map(statistics.median, times)
    print(f"{name}: {a * 1000:.1f} ms, theirs {b * 1000:.1f} ms, ratio {a / b:.2f}")


def bare_html() -> list[str]:
    """Parse a page and read its cells' texts, nothing else."""
    import lxml.html

    return ["".join(cell.itertext()) for cell in lxml.html.document_fromstring(PAGE).iter("td", "th")]


def main(rounds: int) -> None:
    """Print all measures."""
    compare("web page, lxml", lambda: page_of(PAGE, "x"), bare_html, rounds)
    if importlib.util.find_spec("html5lib") or importlib.util.find_spec("lxml"):
        import pandas as pd

        compare(
            "web page, pandas.read_html", lambda: page_of(PAGE, "x"), lambda: pd.read_html(io.BytesIO(PAGE)), rounds
        )
        compare("the whole report", lambda: load_bytes("x", PAGE), lambda: pd.read_html(io.BytesIO(PAGE)), rounds)
    if importlib.util.find_spec("pdfplumber"):
        import pdfplumber

        data = pdfs.drawn(SHEET)
        compare(
            "PDF, pdfplumber",
            lambda: page_of(data, "x"),
            lambda: [p.extract_tables() for p in pdfplumber.open(io.BytesIO(data)).pages],
            rounds,
        )
    if importlib.util.find_spec("docx"):
        import docx

        word = docxs.drawn(SHEET)
        compare(
            "Word, python-docx",
            lambda: page_of(word, "x"),
            lambda: [c.text for t in docx.Document(io.BytesIO(word)).tables for r in t.rows for c in r.cells],
            rounds,
        )
    for many in (1, 100):
        command = [sys.executable, "-c", BATCH, str(SOURCES / "suqian-gov-2023.html"), str(many), "/dev/null.csv"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        print(f"memory after {many} files, MB: {done.stderr.split()[-1] if done.stderr else '?'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
