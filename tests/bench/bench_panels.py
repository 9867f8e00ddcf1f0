"""How long each panel takes to change, in a case of 100 reports: ``python tests/bench/bench_panels.py [ENTRIES]``.

Each change is made as the auditor makes it, by setting a control or pressing a button, and timed until the panel shows
it; the median and the longest of several are printed in milliseconds, first with an empty journal, then with so many
entries. The aim is 300 ms for every change; building a panel happens once, when its cell is run.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path
from typing import Any

from auditkit import widgets
from auditkit.case import Case, sittings
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.sampling import sample

AIM = 300
ROUNDS = 7
SOURCES = shipped("data") / "sources"
ROW = "<td>{}</td><td>2</td><td>0</td><td>0</td><td>1</td><td>0</td><td>{}</td>"
MORE = (("<td>176</td>", "<td>177</td>"), ("<td>208</td>", "<td>209</td>"), ("申请208件", "申请209件"),
        ("结转下年度13件", "结转下年度14件"), (ROW.format(10, 13), ROW.format(11, 14)))  # fmt: skip
"""In the exercise of 2021: one request more, carried forward and not carried over to 2022."""
NUMBERS = count(1)
"""No text or figure is stated twice: the second would change nothing."""
NAMES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
COPIES = {"exercise-2020": 20, "exercise-2021": 20, "exercise-2022": 20, "suqian-gov-2023": 12, "suqian-gov-2024": 12,
          "hongze-gov-2023": 8, "guangxi-hrss-2020": 8}  # fmt: skip
AGENCIES = ("示例市演练局", "宿迁市", "洪泽区人民政府", "广西壮族自治区人力资源社会保障厅")
RENAMED = ("{}市演练局", "{}山市", "{}河区人民政府", "{}山省人力资源社会保障厅")


def hundred(folder: Path) -> Case:
    """Make a case of 100 reports under other agencies' names, some with blanks, one in two files, one with a figure unplaced."""
    files = []
    for stem, n in COPIES.items():
        source = next(SOURCES.glob(f"{stem}.*"))
        text = source.read_text(encoding="utf-8")
        for name in NAMES[:n]:
            own = text
            for pair in MORE if (stem, name) == ("exercise-2021", NAMES[0]) else ():
                own = own.replace(*pair)
            for pair in zip(AGENCIES, (r.format(name) for r in RENAMED), strict=True):
                own = own.replace(*pair)
            files.append(folder / f"{stem}-{name}{source.suffix}")
            if files[-1].name == f"suqian-gov-2023-甲{source.suffix}":
                own = own.replace("</table>", "<tr><td>小计</td><td>1</td><td>2</td></tr></table>")
            if stem == "suqian-gov-2024":
                own = own.replace("<td>0</td>", "<td></td>", 3)
            files[-1].write_text(own, encoding="utf-8")
    twice = folder / "copy.html"
    twice.write_bytes(files[-COPIES["guangxi-hrss-2020"] - 1].read_bytes())
    return new_case(folder / "案卷", [*files, twice])


def fill(case: Case, entries: int) -> None:
    """Make entries of the usual kinds in 20 sittings."""
    exceptions, reports = case.exceptions, case.reports
    cells = sample(case, 500)
    for n in range(entries):
        if n % max(entries // 20, 1) == 0:
            sittings._SITTINGS.clear()  # as if another day began
        e, (report, cell) = exceptions[n // 4 % len(exceptions)], cells[n // 4 % len(cells)]
        if n % 4 == 0:
            case.dispose(e.finding, "referred", author="李审计", reason=f"理由 {n}")
        elif n % 4 == 1:
            case.reread(report, cell, report.printed(cell), author="李审计")
        elif n % 4 == 2:
            case.confirm(reports[n // 4 % len(reports)], ("requests", "disputes")[n // 400 % 2], author="李审计")  # type: ignore[arg-type]
        else:
            case.note(f"备注 {n}", author="李审计", finding=e.finding)


def everything(widget: Any) -> Iterator[Any]:
    """Yield a widget and all within it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


class Bench:
    """A case, the panels built on it by name, and the times taken."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.rows: list[tuple[str, list[float]]] = []
        self.panel: Any = None
        self.name = ""

    def build(self, name: str, *arguments: Any) -> None:
        """Build a panel, timed."""
        self.name = f"{name}{arguments or ''}"
        start = time.perf_counter()
        self.panel = getattr(widgets, name)(self.case, *arguments)
        self.rows.append((f"{self.name}: build", [time.perf_counter() - start]))

    def control(self, label: str) -> Any:
        """Return the panel's control of this label."""
        return next(c for c in everything(self.panel) if getattr(c, "description", "") == label)

    def put(self, label: str, value: object) -> None:
        """Fill a control in, untimed."""
        self.control(label).value = value

    def change(
        self, what: str, act: Callable[[], object], prepare: Callable[[], object] = lambda: None, rounds: int = ROUNDS
    ) -> None:
        """Make a change several times, each timed."""
        taken = []
        for _ in range(rounds):
            prepare()
            start = time.perf_counter()
            act()
            taken.append(time.perf_counter() - start)
        self.rows.append((f"{self.name}: {what}", taken))

    def press(
        self, label: str, prepare: Callable[[], object] = lambda: None, rounds: int = ROUNDS, *, writes: int = 1
    ) -> None:
        """Press a button several times; it has to make as many entries as it should, or the time means nothing."""
        before = len(self.case.journal.entries)
        self.change(label, self.control(label).click, prepare, rounds)
        made = len(self.case.journal.entries) - before
        if made != writes * rounds:
            raise AssertionError(f"{self.name}: {label}: {made} entries made, not {writes * rounds}")

    def choose(self, label: str, rounds: int = ROUNDS) -> None:
        """Set a list to one of its options after the other, timed."""
        found = self.control(label)
        values = cycle([value for _, value in found.options if value != found.value])
        self.change(label, lambda: setattr(found, "value", next(values)), rounds=rounds)

    def all(self) -> None:
        """Drive every panel."""
        for which in ("consistency", "years", "anomalies"):
            self.board(which)
        self.reading()
        self.material()
        self.look()

    def board(self, which: str) -> None:
        """Filter, go on, decide, undo, note."""
        self.build("board", which)
        self.put("审计人员", "王审计")
        for label in ("状态", "机关"):
            self.choose(label)
            self.put(label, "")
        self.change("下一项", self.control("下一项").click)

        def decide() -> None:
            self.put("处理结果", "accepted")
            self.put("理由", f"理由 {next(NUMBERS)}")

        self.press("记录决定", decide)
        self.press("记录并下一项", decide, rounds=3)
        self.press("撤销", lambda: (decide(), self.control("记录决定").click()), rounds=3, writes=2)
        self.press("记录备注", lambda: self.put("备注", f"备注 {next(NUMBERS)}"))
        self.press("撤回备注", rounds=3)
        if which != "years":
            self.change("下一项 after a correction", self.control("下一项").click, self.correct_elsewhere, rounds=3)

    def correct_elsewhere(self) -> None:
        """Correct a figure, as in another panel: every check has to be made again."""
        report = next(r for r in self.case.reports if r.year == 2024)
        self.case.correct(report, "requests.new.total", str(next(NUMBERS)), reason="读错", author="王审计")

    def reading(self) -> None:
        """Correct, place, confirm, read again, decide on blanks."""
        self.build("correct_and_place")
        self.put("审计人员", "王审计")
        for label in ("报告", "表", "行", "列"):
            self.choose(label)

        def figure() -> None:
            self.put("原文所载", str(900_000 + next(NUMBERS)))
            self.put("理由", "读错")

        self.press("记录", figure)
        self.press("撤销", lambda: (figure(), self.control("记录").click()), rounds=3, writes=2)
        self.place()
        self.build("confirm_tables")
        self.put("审计人员", "王审计")
        self.choose("报告")
        self.choose("表")
        self.press("已与原文核对，无误")
        self.press("撤销确认", lambda: self.control("已与原文核对，无误").click(), rounds=3, writes=2)
        self.build("reread_sample")
        self.put("审计人员", "王审计")
        self.change("下一格", self.control("下一格").click)
        self.press("记录重读", lambda: self.put("原文所载", str(next(NUMBERS))))
        self.press(
            "撤销",
            lambda: (self.put("原文所载", str(next(NUMBERS))), self.control("记录重读").click()),
            rounds=3,
            writes=2,
        )
        self.put("原文所载", str(next(NUMBERS)))
        self.control("记录重读").click()
        self.press("按此更正", rounds=1)
        self.build("decide_blanks")
        self.put("审计人员", "王审计")
        self.choose("报告")
        self.press("记录决定", lambda: (self.put("空白", "not stated"), self.put("理由", f"理由 {next(NUMBERS)}")))
        self.press("撤销", lambda: (self.put("理由", "理由"), self.control("记录决定").click()), rounds=3, writes=2)

    def place(self) -> None:
        """Place the figure that has no cell into one that was found blank, and take it back."""
        odd, report = next((i, r) for i, r in enumerate(self.case.reports) if r.unplaced)
        cell = report.layout.cells[-1]
        if report.kind(cell.id) != "blank":
            self.case.correct(report, cell.id, "", reason="原文空白", author="王审计")
        for label, value in (
            ("报告", odd),
            ("表", cell.table),
            ("行", cell.row),
            ("列", cell.column),
            ("理由", "落位"),
        ):
            self.put(label, value)
        self.change("做什么", lambda: self.put("做什么", "place"), lambda: self.put("做什么", "correct"))
        self.press("记录", rounds=1)
        self.press("撤销", rounds=1)

    def material(self) -> None:
        """Which copy counts, the register, an agency's other name, typing."""
        self.build("scope")
        self.put("审计人员", "王审计")
        self.choose("以此为准", 3)
        self.press("记录", lambda: self.put("理由", "以网页为准"), rounds=1)
        self.press("撤销", rounds=1)
        self.build("agency_register")
        self.put("审计人员", "王审计")
        self.put("名录", "\n".join(sorted({r.agency or "" for r in self.case.reports})))
        self.change("预览", self.control("预览").click)
        self.press("记录", rounds=3)
        self.build("type_in")
        self.put("机关", "某某市人民政府")
        self.put("年份", "2023")
        self.change("打开表格", self.control("打开表格").click, rounds=1)
        fields = cycle([c for c in everything(self.panel) if type(c).__name__ == "Text" and "总计" in c.description])
        self.change("typing a figure", lambda: setattr(next(fields), "value", str(next(NUMBERS))))
        self.build("paste_table")
        page = next((self.case.path / "sources").glob("suqian-gov-2023-乙*")).read_text(encoding="utf-8")
        self.put("粘贴在此", page)
        self.change("预览", self.control("预览").click, rounds=3)

    def look(self) -> None:
        """Panels that change only themselves."""
        self.build("report_chooser")
        self.choose("报告")
        self.build("source_of_figure")
        self.choose("例外")
        self.change("试填", lambda: self.put("试填", str(next(NUMBERS))))
        self.build("row_and_years")
        self.choose("机关")
        self.choose("行")


def main(entries: int) -> None:
    """Print the times with an empty journal and with so many entries."""
    with tempfile.TemporaryDirectory() as folder:
        path = hundred(Path(folder)).path
        found = []
        for n in (0, entries):
            case = Case(path, "zh")
            if n:
                fill(case, n)
            case = Case(path, "zh")
            start = time.perf_counter()
            made = len(case.exceptions)
            opened = time.perf_counter() - start
            bench = Bench(case)
            bench.all()
            found.append(bench.rows)
            state = f"{len(case.reports)} reports, {made} exceptions, {len(case.journal.entries)} entries at the end"
            print(f"{state}; read and checked in {opened:.1f} s")
    print(f"\n{'panel: change':50} {'empty: median   longest':>26} {f'{entries}: median   longest':>28}  ms")
    for (name, few), (_, many) in zip(*found, strict=True):
        times = [1000 * f(t) for t in (few, many) for f in (statistics.median, max)]
        over = "  over" if max(times[0], times[2]) > AIM and not name.endswith("build") else ""
        print(f"{name:50} {times[0]:14.0f} {times[1]:11.0f} {times[2]:16.0f} {times[3]:11.0f}{over}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
