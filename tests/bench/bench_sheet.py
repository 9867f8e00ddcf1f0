"""Time of reading a workbook against openpyxl alone: ``python tests/bench/bench_sheet.py``; the ratio is to stay under 1.5."""

import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

sys.path.insert(0, str(Path(__file__).parents[1]))

import sheets
from layouts import distinct

from auditkit.reading import sheet


def bare(data: bytes) -> None:
    for ws in load_workbook(BytesIO(data), data_only=True):
        for row in ws.iter_rows():
            for cell in row:
                _ = cell.value


def best(run: Callable[[], object]) -> float:
    times = []
    for _ in range(15):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return min(times)


if __name__ == "__main__":
    for name in ("one sheet", "a sheet a table", "thousands", "formulas"):
        data = sheets.BOOKS[name](distinct("2021"))
        ours, theirs = best(lambda data=data: sheet.read(data, "")), best(lambda data=data: bare(data))
        print(f"{name}: {ours * 1e3:.1f} ms, openpyxl {theirs * 1e3:.1f} ms, ratio {ours / theirs:.2f}")
