"""How long a memo takes beside an empty notebook: ``python tests/bench/bench_memo.py [NOTEBOOK] [ROUNDS]``.

Both are whole processes, from start to end, taken in turn; the medians and their ratio are printed. The aim is a ratio
of at most 2. Without an argument the memo notebook of the repository is run, in Chinese.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EMPTY = """
import nbclient, nbformat
nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")])
nbclient.NotebookClient(nb, kernel_name="python3").execute()
"""
MEMO = """
import sys
from pathlib import Path
from auditkit.memo import execute, export
notebook = Path(sys.argv[1])
export(execute(notebook, cwd=notebook.parent, lang="zh"), Path(sys.argv[2]), lang="zh")
"""


def seconds(code: str, *arguments: str) -> float:
    """Return the wall time of a fresh interpreter running `code`."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(notebook: Path, rounds: int) -> None:
    """Measure in turn, so that both suffer alike from whatever else the machine does."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = [(seconds(EMPTY), seconds(MEMO, str(notebook), f"{folder}/memo.html")) for _ in range(rounds)]
    empty, memo = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"empty notebook {empty:.2f} s   memo of {notebook.name} {memo:.2f} s   ratio {memo / empty:.2f}")


if __name__ == "__main__":
    repository = Path(__file__).resolve().parents[2]
    named = Path(sys.argv[1]) if len(sys.argv) > 1 else repository / "notebooks" / "zh" / "05_memo.ipynb"
    main(named, int(sys.argv[2]) if len(sys.argv) > 2 else 7)
