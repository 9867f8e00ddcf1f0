"""The tool's own assurance: every cell of sound reports is changed in turn, and it is seen what the checks make of it.

Mutation analysis, as for tests of programs (R. DeMillo, R. Lipton, F. Sayward, "Hints on test data selection", IEEE Computer
11 (1978) 34-41): what no check notices when it is wrong, the toolkit cannot see, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditkit import progress
from auditkit.checks import run as check
from auditkit.findings import ReportResult
from auditkit.forms import TABLES, table_name
from auditkit.loading import load
from auditkit.reading.numbers import parse
from auditkit.report import Report
from auditkit.tables import Sheet, Shown, Table, Words, heads
from auditkit.wording import Lang, say

SOURCES = (
    "guangxi-hrss-2020.txt",
    "suqian-gov-2023.html",
    "suqian-gov-2024.html",
    "exercise-2020.html",
    "exercise-2021.html",
)
MUTATIONS: Mapping[str, tuple[str, str]] = {
    "one more": ("加 1", "one more"),
    "swapped": ("相邻两位颠倒", "two digits swapped"),
    "dropped": ("漏一位", "a digit dropped"),
    "ten times": ("多写一个 0", "ten times"),
    "blank": ("留空", "left blank"),
    "text": ("改成文字", "a text"),
}
NO_FIGURE = ("blank", "text")
"""Mutations that leave no figure: the cell is to be named, what it was cannot be."""


def mutated(text: str) -> Iterator[tuple[str, str]]:
    """Yield what each mutation makes of a printed figure; one that changes nothing is left out."""
    whole = text.isdigit()
    swaps = [i for i in range(len(text) - 1) if text[i] != text[i + 1]] if whole else []
    made = {"blank": "", "text": "见附件"}
    if whole:
        made |= {"dropped": text[1:] or "", "ten times": text + "0"}
    if (value := parse(text).value) is not None:
        made["one more"] = str(value + 1)
    if swaps:
        i = swaps[0]
        made["swapped"] = text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    for name in MUTATIONS:
        if name in made and (made[name] or name == "blank") and parse(made[name]).value != value:
            yield name, made[name]


@dataclass(slots=True)
class Tally:
    """How many cells were changed so, and of how many it was noticed, located (alone and first), and corrected."""

    tried: int = 0
    noticed: int = 0
    located: int = 0
    corrected: int = 0


@dataclass(frozen=True, slots=True)
class Assurance:
    """The tallies by table and mutation; the cells, by form, of which another count is never noticed."""

    reports: tuple[Report, ...]
    tallies: Mapping[tuple[str, str], Tally]
    unseen: Mapping[str, tuple[str, ...]]

    @property
    def holds(self) -> bool:
        """Whether every other count in table three was noticed, located and corrected, and in table four noticed."""
        for (table, mutation), tally in self.tallies.items():
            if mutation in NO_FIGURE or table == "proactive":
                continue
            if tally.noticed < tally.tried or (table == "requests" and tally.corrected < tally.tried):
                return False
        return True


def shipped_reports() -> tuple[Report, ...]:
    """Return the sound reports that ship with the package."""
    from auditkit.case.folder import shipped

    return tuple(load(shipped("data") / "sources" / name) for name in SOURCES)


def run(reports: Sequence[Report], lang: Lang = "zh") -> Assurance:
    """Change every cell of sound reports in every way, one at a time, and check each report again; `lang` is of what is said meanwhile."""
    tallies: dict[tuple[str, str], Tally] = {(table, m): Tally() for table in TABLES for m in MUTATIONS}
    seen: dict[tuple[str, str], bool] = {}
    for report in reports:
        before = _said(check([report]).results[0])
        for k, (cell, placed) in enumerate(report.readings.items(), 1):
            at = f"{report.name(lang)} {k}/{len(report.readings)}"
            progress.doing(lang, f"逐格改动 {at}", f"changing cells of {at}")
            where = report.layout.cell(cell)
            for name, text in mutated(placed.figure.text):
                wrong = replace(placed, figure=parse(text, where.unit))
                result = check([replace(report, readings={**report.readings, cell: wrong})]).results[0]
                noticed = bool(_said(result) - before) or result.verdict not in ("sound", "sound if blanks are zero")
                first = dict(result.suspects[0].corrected) if result.suspects else {}
                tally = tallies[where.table, name]
                tally.tried += 1
                tally.noticed += noticed
                if name in NO_FIGURE:
                    tally.located += any(
                        f.check in ("R-03", "T3-54", "T3-55") and f.cells == (cell,) for f in result.findings
                    )
                else:
                    tally.located += set(first) == {cell}
                    tally.corrected += first == {cell: placed.figure.value}
                if name == "one more":
                    seen[report.form, cell] = seen.get((report.form, cell), False) or noticed
    unseen = {form: tuple(c for (f, c), was in seen.items() if f == form and not was) for form, _ in seen}
    return Assurance(tuple(reports), tallies, unseen)


def _said(result: ReportResult) -> set[tuple[str, str]]:
    """Return what a report's findings say, notes left out, and blanks that are spoken of."""
    return {(f.check, f.id) for f in result.findings if f.severity != "note" or f.check == "T3-55"}


def shown(found: Assurance, lang: Lang) -> Shown:
    """Return the tallies as a table, and the cells that cannot be seen."""
    rows = [
        (
            table_name(table, lang),
            say(lang, *MUTATIONS[name]),
            t.tried,
            _share(t.noticed, t.tried),
            _share(t.located, t.tried),
            "–" if name in NO_FIGURE else _share(t.corrected, t.tried),
        )
        for (table, name), t in found.tallies.items()
        if t.tried
    ]
    names = say(lang, "、", ", ").join(r.name(lang) for r in found.reports)
    caption = say(
        lang,
        f"逐格改动 {len(found.reports)} 份勾稽相符的报告：{names}",
        f"Every cell changed in {len(found.reports)} sound reports: {names}",
    )
    columns = heads(
        lang,
        "表|改动|改动的格|察觉|只指出该格|并给出原数",
        "table|change|cells changed|noticed|named alone, first|with its true figure",
    )
    note = say(
        lang,
        "表四每个等式只有一行五格，不平时由等式本身无法判断是哪一格。",
        "A sum of table 4 is one row of five cells: where it fails, it cannot tell which.",
    )
    parts: list[Shown] = [Table(columns, tuple(rows), caption, note)]
    for form, cells in sorted(found.unseen.items()):
        layout = next(r.layout for r in found.reports if r.form == form)
        listed = say(lang, "；", "; ").join(layout.label(c, lang) for c in cells)
        zh, en = (
            f"{form} 年格式中，数字加 1 而不会被察觉的 {len(cells)} 格：{listed}。",
            f"Cells of the {form} form in which one more is not noticed ({len(cells)}): {listed}.",
        )
        parts.append(Words((say(lang, zh, en),)))
    verdict = (
        say(lang, "结论：与声明一致。", "Result: as stated.")
        if found.holds
        else say(lang, "结论：与声明不一致，请报告维护者。", "Result: not as stated; please tell the maintainers.")
    )
    return Sheet((Words((verdict,)), *parts))


def _share(n: int, of: int) -> str:
    return f"{n:,} ({100 * n / of:.0f}%)"
