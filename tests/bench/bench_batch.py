"""Many reports at once: ``python tests/bench/bench_batch.py [REPORTS]``.

Residuals of all identities and the single wrong cell of each report, beside copying the figures, and beside pandera and
pointblank checking the same identities (they do not name cells); these two are only needed here. Same machine, in turn.
"""

from __future__ import annotations

import contextlib
import importlib.util
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bench_localize

from auditkit.batch import locate
from auditkit.forms import load_form

FORM = load_form("2021")


def seconds(run: Callable[[], object], rounds: int) -> float:
    """Return the median time of a call."""
    times = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:] or times)


def planted(reports: int) -> tuple[Any, Any]:
    """Reports with one wrong cell in each second one."""
    chance, rng = random.Random(1), np.random.default_rng(1)
    drawn = [bench_localize.drawn(chance, FORM) for _ in range(200)]
    values = np.array([[v.get(c.id, 0) for c in FORM.cells] for v in drawn], dtype=float)
    values = values[rng.integers(0, len(values), reports)]
    cells = rng.choice([i for i, c in enumerate(FORM.cells) if c.table == "requests"], reports)
    wrong = rng.random(reports) < 0.5
    values[wrong, cells[wrong]] += rng.integers(1, 500, wrong.sum())
    return values, np.where(wrong, cells, -1)


def pandera(frame: Any) -> None:
    """Check all identities with pandera, all failures collected."""
    import pandera.pandas as pa

    def holds(left: list[str], right: list[str]) -> Callable[[Any], Any]:
        return lambda df: df[left].sum(axis=1) == df[right].sum(axis=1)

    schema = pa.DataFrameSchema(checks=[pa.Check(holds(list(e.left), list(e.right))) for e in FORM.identities])
    with contextlib.suppress(pa.errors.SchemaErrors):
        schema.validate(frame, lazy=True)


def pointblank(frame: Any) -> None:
    """Check all identities with pointblank."""
    import pointblank as pb

    validation = pb.Validate(frame)
    for e in FORM.identities:
        left, right = list(e.left), list(e.right)
        validation = validation.col_vals_expr(lambda df, a=left, b=right: df[a].sum(axis=1) == df[b].sum(axis=1))
    validation.interrogate()


def main(reports: int) -> None:
    """Print all measures."""
    values, cells = planted(reports)
    found = locate(FORM, values)
    right = float((found.cell == cells).mean())
    ours, copy = seconds(lambda: locate(FORM, values), 7), seconds(values.copy, 7)
    print(
        f"{reports:,} reports: located {100 * right:.2f} %, {ours * 1000:.0f} ms; copying {copy * 1000:.0f} ms, ratio {ours / copy:.1f}"
    )
    import pandas as pd

    frame = pd.DataFrame(values, columns=[c.id for c in FORM.cells])
    for name, run in (("pandera", pandera), ("pointblank", pointblank)):
        if importlib.util.find_spec(name):
            theirs = seconds(lambda run=run: run(frame), 0)
            print(f"{name}: {theirs:.2f} s, {theirs / ours:.0f} times ours")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
