"""How long starting takes beside pandas: ``python tests/bench/bench_check.py [ROUNDS]``.

Whole processes from start to end, taken in turn; medians, and the median of the ratios of each pair. The aims:
``import auditkit`` at most 1.15 times ``import pandas``; ``auditkit check`` on the first report at most 1.5 times a process
that imports pandas and exits. A third line says how long each of 300 files takes in one run.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "data" / "sources"
SEED = SOURCES / "guangxi-hrss-2020.txt"
PANDAS = ["-c", "import pandas"]
IMPORT = ["-c", "import auditkit"]
CHECK = ["-c", "import sys; from auditkit.cli import main; sys.exit(main(sys.argv[1:]))", "check"]
MANY = 300


def seconds(*arguments: str) -> float:
    """Return the wall time of a fresh interpreter."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def compare(name: str, arguments: list[str], aim: float, rounds: int) -> None:
    """Measure in turn, so that both suffer alike from whatever else the machine does."""
    pairs = [(seconds(*PANDAS), seconds(*arguments)) for _ in range(rounds + 1)][1:]  # the first fills the caches
    pandas, ours = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"{name}: {ours:.3f} s, import pandas {pandas:.3f} s, ratio {ratio:.2f} (aim {aim})")


def main(rounds: int) -> None:
    """Print all measures."""
    compare("import auditkit", IMPORT, 1.15, rounds)
    compare("auditkit check, first report", [*CHECK, str(SEED)], 1.5, rounds)
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / f"{n}.html") for n in range(MANY)]
        page = (SOURCES / "suqian-gov-2023.html").read_text(encoding="utf-8")
        for n, file in enumerate(files):
            Path(file).write_text(page.replace("宿迁市", f"第{n}市"), encoding="utf-8")
        taken = seconds(*CHECK, *files)
    print(f"auditkit check, {MANY} files: {taken:.1f} s, {1000 * taken / MANY:.0f} ms a file")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
