"""How well were the figures read? A sample of cells that a person reads again in the source, and what it shows.

Notes
-----
*The sample* is a simple random one over all cells in which the program read a figure or a blank, of every report in
scope: each cell counts the same, so the share found needs no weights and its bound is exact. (Texts and cells not read
are findings of their own and stand in no sample.) It is drawn by rank: each cell has the number that SHA-256 makes of a
fixed seed, its report's agency and year, and its id; those with the smallest numbers are read again. So the sample is the
same on every machine, and a source that is added or left out moves only those cells that its own take the place of
or make room for: the re-readings of all others stay. A renamed agency's cells are drawn anew.

*The bound* is the exact one-sided one of Clopper and Pearson (1934, Biometrika 26, 404-413). Drawing without replacement
from a limited number of cells scatters less than the binomial distribution it rests on, so it errs on the side of caution.
"""

from __future__ import annotations

import hashlib
import heapq
import math

from auditkit.case import Case
from auditkit.case.stated import Rereading
from auditkit.report import Report
from auditkit.tables import Sheet, Shown, Table, Words, heads
from auditkit.wording import Lang, say

SIZE = 60
"""Cells: with none of 60 misread, fewer than one cell in twenty is, at 95 % confidence."""
CONFIDENCE = 0.95
_SEED = "auditkit re-reading sample 1"


def population(case: Case) -> tuple[tuple[Report, str], ...]:
    """Return every cell in which the program read a figure or a blank, as report and cell id."""
    every = ((r, c.id) for r in case.reports for c in r.layout.cells if r.was_read(c.id))
    return tuple((r, c) for r, c in every if (r.readings[c].read or r.readings[c].figure).kind != "text")


def sample(case: Case, size: int = SIZE) -> tuple[tuple[Report, str], ...]:
    """Return the cells to read again, in the order in which they are to be read; all, if there are no more than `size`.

    Examples
    --------
    >>> from auditkit.case import Case
    >>> from auditkit.case.folder import shipped
    >>> case = Case(shipped("data"))
    >>> sample(case, 5) == sample(case, 60)[:5]
    True
    """
    return tuple(heapq.nsmallest(size, population(case), key=_rank))


def _rank(item: tuple[Report, str]) -> tuple[str, str]:
    report, cell = item
    return hashlib.sha256(f"{_SEED}|{report.key}|{cell}".encode()).hexdigest(), report.path


def upper_bound(misread: int, n: int) -> float:
    """Exact one-sided upper bound of the share misread, at `CONFIDENCE`, with `misread` of `n` cells found so.

    Examples
    --------
    >>> round(upper_bound(0, 60), 4), round(upper_bound(2, 60), 4), upper_bound(3, 3)
    (0.0487, 0.1012, 1.0)
    """
    from scipy.special import betaincinv

    return float(betaincinv(misread + 1, n - misread, CONFIDENCE)) if misread < n else 1.0


def reread(case: Case, cells: tuple[tuple[Report, str], ...]) -> dict[tuple[str, str], Rereading]:
    """Return the re-readings in force of some cells, by the report's key and the cell's id."""
    wanted = {(r.key, c) for r, c in cells}
    return {(x.report.key, x.cell): x for x in case.rereadings if (x.report.key, x.cell) in wanted}


def result(case: Case, size: int = SIZE) -> Shown:
    """What did the sample show? How many were read again, the share misread, its exact upper bound (01.4, 05.4)."""
    lang, cells = case.lang, sample(case, size)
    done = reread(case, cells)
    total = len(population(case))
    drawn = say(
        lang,
        f"重读样本：从 {len(case.reports)} 份报告中程序读到的 {total:,} 格（数字和空白）里，按固定种子简单随机抽取 {len(cells)} 格。",
        f"Re-reading sample: {len(cells)} cells, drawn at random with a fixed seed from the {total:,} cells in which the program "
        f"read a figure or a blank, in {len(case.reports)} reports.",
    )
    if not done:
        none = say(lang, "尚未开始重读，读取差错率未知。", "None has been read again yet; the error rate is not known.")
        return Words((drawn, none))
    wrong = [done[key] for r, c in cells if (key := (r.key, c)) in done and not done[key].agrees]
    words = Words((drawn, *_rates(len(wrong), len(done), len(cells), total, lang)))
    return Sheet((words, _disagreements(wrong, lang))) if wrong else words


def _rates(k: int, n: int, size: int, total: int, lang: Lang) -> list[str]:
    """Say what was found; percentages of the bound are rounded up."""
    zh = f"已重读 {n} / {size} 格，其中 {k} 格与程序读数不同，样本差错率 {100 * k / n:.1f} %。"
    en = f"{n} of {size} read again; {k} differ from the program's reading: {100 * k / n:.1f} % of those read."
    found = say(lang, zh, en)
    if n == total:
        return [
            found,
            say(lang, "全部格均已重读，没有抽样误差。", "Every cell was read again; nothing is left to chance."),
        ]
    most = math.ceil(1000 * upper_bound(k, n) - 1e-9) / 10
    bound = say(
        lang,
        f"以 95 % 的置信度，全部 {total:,} 格中读错的不超过 {most:.1f} %（Clopper–Pearson 精确单侧上限，1934）。",
        f"With 95 % confidence no more than {most:.1f} % of all {total:,} cells are misread "
        "(exact one-sided upper bound of Clopper and Pearson, 1934).",
    )
    zh = "样本尚未读完：上限只在未读的格不是因其内容而跳过时成立。"
    en = "The sample is not finished: the bound holds only if cells were not passed over for what stands in them."
    return [found, bound] + ([say(lang, zh, en)] if n < size else [])


def _disagreements(wrong: list[Rereading], lang: Lang) -> Table:
    blank, rows = say(lang, "空白", "blank"), []
    for x in wrong:
        name, label = x.report.name(lang), x.report.layout.label(x.cell, lang)
        place = x.report.place(x.cell).describe(lang) or "–"
        now = say(lang, "未更正", "not corrected")
        if x.cell in x.report.readings and x.report.readings[x.cell].stated == "correct":
            now = say(lang, "已更正", "corrected")
        rows.append((name, label, place, x.read or blank, x.seen or blank, now, x.entry.author))
    zh = "报告|格|文件中的位置|程序读作|重读为|更正|重读人"
    en = "report|cell|place in the file|program read|read again as|correction|read by"
    caption = say(lang, "重读与程序读数不同的格", "Cells read differently")
    return Table(heads(lang, zh, en), tuple(rows), caption)
