"""How often wrong cells are named, and how fast: ``python tests/bench/bench_localize.py [REPORTS]``.

Errors are planted in table three of sound reports of both forms (real ones, and drawn ones), one to four cells, of several
kinds; for each kind: detected, the planted cells with their true values named first, among those listed, and the time of
`explanations`: median and worst, in ms. Then the same beside Fellegi and Holt's method without our ranking.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fellegi_holt import fewest
from strategies import SOUND, typed

from auditkit.forms import Form, load_form
from auditkit.localize import Explained, explanations

Values = dict[str, int]
Plant = Callable[[random.Random, Form, Values], Values]


def drawn(chance: random.Random, form: Form) -> Values:
    """A sound report: few rows and columns hold most of the cases, as in real ones."""
    values = {c.id: 0 for c in form.cells}
    columns = [c for c in form.columns("requests") if c != "total"]
    inner = [r for r in form.rows("requests") if r not in ("new", "carried_over", "total", "carried_forward")]
    size = chance.choice([5, 30, 200, 2000])
    for column in columns:
        share = 1.0 if column == "natural_person" else chance.choice([0, 0, 0.02, 0.1, 0.4])
        for row in inner:
            if chance.random() < 0.5:
                values[f"requests.{row}.{column}"] = int(share * size * chance.random() ** 3)
        done = sum(values[f"requests.{row}.{column}"] for row in inner)
        forward = int(share * size * chance.random() * 0.1)
        over = min(int(share * size * chance.random() * 0.1), done + forward)
        balance = {"total": done, "carried_forward": forward, "carried_over": over, "new": done + forward - over}
        values |= {f"requests.{row}.{column}": n for row, n in balance.items()}
    for row in form.rows("requests"):
        values[f"requests.{row}.total"] = sum(values[f"requests.{row}.{c}"] for c in columns)
    return values


def sound(chance: random.Random) -> tuple[Form, Values]:
    """A sound report, real or drawn."""
    form_id = chance.choice(["2019", "2021"])
    form = load_form(form_id)
    if chance.random() < 0.5:
        texts = typed(chance.choice(SOUND[form_id]))
        return form, {c: int(texts[c]) for c in texts if c.startswith("requests.") and texts[c].isdigit()}
    return form, {c: v for c, v in drawn(chance, form).items() if c.startswith("requests.")}


def slipped(chance: random.Random, value: int) -> int:
    """Return what a slip of the pen makes of a figure."""
    text = str(value)
    k = chance.randrange(len(text))
    made = [
        value + 1,
        value - 1,
        value * 10,
        int(text[:k] + text[k] + text[k:]),
        0,
        int(text[:k] + text[k + 1 :] or "0"),
    ]
    made += [int(text[: k - 1] + text[k] + text[k - 1] + text[k + 1 :])] if k else []
    made += [chance.randrange(2 * value + 20)]
    return chance.choice([n for n in made if n >= 0 and n != value])


def any_cells(count: int) -> Plant:
    """Slips in any cells."""

    def plant(chance: random.Random, form: Form, values: Values) -> Values:
        return {c: slipped(chance, values[c]) for c in chance.sample(sorted(values), count)}

    return plant


def large(count: int) -> Plant:
    """Other figures in any cells."""

    def plant(chance: random.Random, form: Form, values: Values) -> Values:
        return {c: values[c] + chance.randrange(10, 1000) for c in chance.sample(sorted(values), count)}

    return plant


def small(count: int) -> Plant:
    """One more or less in cells that are not zero."""

    def plant(chance: random.Random, form: Form, values: Values) -> Values:
        cells = [c for c in sorted(values) if values[c] > 0]
        return {c: values[c] + chance.choice([-1, 1]) for c in chance.sample(cells, min(count, len(cells)))}

    return plant


def near(count: int) -> Plant:
    """One to nine more or less in cells that are not zero."""

    def plant(chance: random.Random, form: Form, values: Values) -> Values:
        cells = [c for c in sorted(values) if values[c] > 0]
        chosen = chance.sample(cells, min(count, len(cells)))
        return {
            c: values[c] + chance.choice([n for n in (*range(-9, 0), *range(1, 10)) if values[c] + n >= 0])
            for c in chosen
        }

    return plant


def moved(chance: random.Random, form: Form, values: Values) -> Values:
    """A case in the neighbouring column."""
    cells = [c for c in form.cells if c.id in values and values[c.id] > 0 and c.column != "total"]
    if not cells:
        return opening(chance, form, values)
    cell = chance.choice(cells)
    columns = [c for c in form.columns("requests") if c != "total"]
    at = columns.index(cell.column)
    other = columns[chance.choice([k for k in (at - 1, at + 1) if 0 <= k < len(columns)])]
    there = next(c.id for c in form.row_cells("requests", cell.row) if c.column == other)
    return {cell.id: values[cell.id] - 1, there: values[there] + 1}


def opening(chance: random.Random, form: Form, values: Values) -> Values:
    """A wrong opening balance, its total alike."""
    cell = chance.choice([c for c in form.row_cells("requests", "carried_over") if c.column != "total"])
    off = chance.choice([n for n in (-3, -1, 1, 2, 10) if values[cell.id] + n >= 0])
    return {cell.id: values[cell.id] + off, "requests.carried_over.total": values["requests.carried_over.total"] + off}


KINDS: dict[str, Plant] = (
    {f"{n} slips": any_cells(n) for n in (1, 2, 3, 4)}
    | {f"{n} other figures": large(n) for n in (1, 2, 3, 4)}
    | {f"{n} off by one, not zero": small(n) for n in (2, 3)}
    | {f"{n} off by up to nine, not zero": near(n) for n in (2, 3)}
    | {"a case in the next column": moved, "a wrong opening balance": opening}
)


def explain(form: Form, values: Values) -> Explained:
    """Explain a report's table three."""
    residuals = (form.matrix @ [values.get(c.id, 0) for c in form.cells]).tolist()
    return explanations(form, "requests", values, residuals, [True] * len(form.identities))


def beside_fellegi_holt(reports: int) -> None:
    """Print how many cells each method changes, the share it names first, and the time, on the same planted errors."""
    for count in (1, 2, 3):
        chance = random.Random(count)
        sizes, first = [0, 0], [0, 0]
        times: list[list[float]] = [[], []]
        smaller = 0
        for _ in range(reports):
            form, values = sound(chance)
            wrong = any_cells(count)(chance, form, values)
            found = []
            for k, method in enumerate((lambda f, v: dict(explain(f, v).changes[0]), fewest)):
                begin = time.perf_counter()
                found.append(method(form, values | wrong))
                times[k].append(1000 * (time.perf_counter() - begin))
                sizes[k] += len(found[k])
                first[k] += found[k] == {c: values[c] for c in wrong}
            smaller += len(found[0]) > len(found[1])
        for k, name in enumerate(("ours", "Fellegi and Holt by MILP")):
            print(
                f"{count} slips, {name}: cells changed {sizes[k]}, named first {100 * first[k] / reports:.1f} %, "
                f"{statistics.median(times[k]):.2f} ms"
            )
        print(f"{count} slips: sets of ours that are larger: {smaller}")


def main(reports: int) -> None:
    """Print all measures."""
    for name, plant in KINDS.items():
        chance = random.Random(name)
        first = listed = detected = inexact = 0
        times = []
        for _ in range(reports):
            form, values = sound(chance)
            wrong = plant(chance, form, values)
            begin = time.perf_counter()
            found = explain(form, values | wrong)
            times.append(1000 * (time.perf_counter() - begin))
            true = {c: values[c] for c in wrong}
            detected += bool(found.changes)
            first += bool(found.changes) and found.changes[0] == true
            listed += true in found.changes
            inexact += not found.exact
        share = [f"{100 * n / reports:.1f} %" for n in (detected, first, listed)]
        speed = f"{statistics.median(times):.2f} ms, worst {max(times):.0f} ms"
        print(f"{name}: explained {share[0]}, first {share[1]}, listed {share[2]}, not exact {inexact}; {speed}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    beside_fellegi_holt(100)
