"""How long a case with 5,000 entries takes to open beside one with none: ``python tests/bench/bench_journal.py [ENTRIES] [SITTINGS]``.

Opening is what a notebook's first cells do: the case, its sources as stated, its exceptions with their dispositions.
The medians of fresh processes are printed, their difference (the aim is at most 0.2 s), and the cost of one entry.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from auditkit.case import Case
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case

OPEN = """
import sys, time
from pathlib import Path
from auditkit.case import Case
import auditkit.checks.identities
start = time.perf_counter()
case = Case(Path(sys.argv[1]))
states = [case.disposition(e.finding).state for e in case.exceptions]
print(time.perf_counter() - start)
"""


def seconds(case: Path) -> float:
    """Return how long a fresh process takes to open a case, its imports aside."""
    done = subprocess.run([sys.executable, "-c", OPEN, str(case)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def fill(case: Case, entries: int, sittings: int) -> float:
    """Make entries of the usual kinds in so many sittings; return the seconds that each took."""
    exceptions, report = case.exceptions, case.reports[0]
    cells = [c.id for c in report.layout.cells if report.kind(c.id) == "figure"]
    start = time.perf_counter()
    for n in range(entries):
        if n % (entries // sittings) == 0:
            sittings._SITTINGS.clear()  # as if another day began
        author = f"审计人员{n % 3}"
        if n % 4 == 0:
            case.dispose(exceptions[n // 4 % len(exceptions)].finding, "referred", author="张三", reason=f"理由 {n}")
        elif n % 4 == 1:
            case.reread(report, cells[n % len(cells)], str(n), author="张三")
        else:
            case.note(f"备注 {n}", author="张三" if n % 2 else author)
    return (time.perf_counter() - start) / entries


def main(entries: int, sittings: int) -> None:
    """Measure in turn, so that both suffer alike from whatever else the machine does."""
    files = sorted(f for f in (shipped("data") / "sources").iterdir() if f.name != "SHA256SUMS")
    with tempfile.TemporaryDirectory() as folder:
        empty, full = (new_case(Path(folder, name), files) for name in ("empty", "full"))
        each = fill(full, entries, sittings)
        found, size = len(full.journal.entries), sum(f.stat().st_size for f in (full.path / "journal").iterdir())
        pairs = [(seconds(empty.path), seconds(full.path)) for _ in range(7)]
    none, many = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{found} entries in {size / 1e6:.1f} MB; each took {each * 1000:.1f} ms to make, on the disk")
    print(f"opening: none {none:.3f} s   {found} entries {many:.3f} s   difference {many - none:.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000, int(sys.argv[2]) if len(sys.argv) > 2 else 50)
