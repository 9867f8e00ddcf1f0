"""What `auditkit check` says on a terminal: a verdict a report, its findings a line each, nothing that a terminal would obey."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from auditkit.findings import Findings, Outcome, ReportResult, in_words
from auditkit.report import Report, by_body
from auditkit.wording import Lang, say

_SIGNS = {"error": "▲", "warning": "△", "note": "·"}
_COLOURS = {"exceptions": "31;1", "not assessable": "33;1", "sound if blanks are zero": "36;1", "sound": "32;1"}
MOST_NOTES = 3
"""Notes of a report that are printed one a line; more fold under one line, so that they drown no exception."""


def clean(text: str, keep: str = "") -> str:
    """Return a text that a terminal shows as it is, on one line: control and direction characters made visible.

    `keep` holds line ends that are ours; other white space becomes a space, so that a cell's text cannot begin a line.
    """
    return "".join(
        c if c in keep or c.isprintable() else " " if c in "\t\n\r\u00a0\u3000" else f"\\x{ord(c):02x}" for c in text
    )


def verdicts(findings: Findings, lang: Lang, *, coloured: bool = False) -> str:
    """Say what the checks of all reports found, and how many ended with which verdict."""
    parts = []
    for result in findings.results:
        first, *lines = _verdict_lines(result, lang, coloured=coloured)
        parts.append("\n".join([first, *map(clean, lines)]) + "\n")
    n = len(findings.results)
    if n > 1:
        counts = [(v, sum(r.verdict == v for r in findings.results)) for v in _COLOURS]
        listed = say(lang, "，", ", ").join(f"{in_words(v, lang)} {k}" for v, k in counts if k)
        total = say(lang, f"共 {n} 份报告：{listed}", f"{n} reports: {listed}")
        parts.append("\n".join([total, *map(clean, _not_compared(findings, lang))]))
    return "\n".join(parts)


def _not_compared(findings: Findings, lang: Lang) -> list[str]:
    """Say which years of a body could not be compared, a line each: because several reports of one are there, or none."""
    lines = []
    for body, reports in by_body(r.report for r in findings.results).items():
        years: dict[int, list[Report]] = {}
        for report in reports:
            years.setdefault(report.year or 0, []).append(report)
        for year, same in sorted(years.items()):
            if any(r.figures != same[0].figures for r in same[1:]):
                files = say(lang, "、", ", ").join(sorted(r.path for r in same))
                zh, en = (
                    f"{body} {year} 年给出了 {len(same)} 份不同的报告",
                    f"{body}: {len(same)} different reports of {year} were given",
                )
                if year + 1 in years:
                    zh += f"，{year + 1} 年的报告没有与它们比较（只给出其中一份才能比较）"
                    en += f"; that of {year + 1} was not compared with them (it is where only one is given)"
                lines.append(say(lang, f"{zh}：{files}", f"{en}: {files}"))
        for year, after in pairwise(sorted(years)):
            if after > year + 1:
                missing = [str(y) for y in range(year + 1, after)]
                listed = say(lang, "、", ", ").join(missing)
                zh = f"没有给出{body} {listed} 年的报告，{year} 年与 {after} 年之间没有比较"
                en = f"{body}: no report of {listed} was given, so {year} and {after} were not compared"
                lines.append(say(lang, zh, en))
    return lines


def _verdict_lines(result: ReportResult, lang: Lang, *, coloured: bool) -> list[str]:
    """Say a report's verdict, what was read, how the checks ended and each finding, one a line."""
    from auditkit.checks import catalog

    report = result.report
    verdict = result.conclusion(lang)
    if coloured:
        verdict = f"\033[{_COLOURS[result.verdict]}m{verdict}\033[0m"
    lines = [f"{clean(report.name(lang))}{say(lang, '：', ': ')}{verdict}"]
    read = f"{result.stated}/{len(report.layout.cells)}"
    zh = f"  {report.path} · {report.layout.name(lang)} · 读到 {read} 格，未落位 {len(report.unplaced)}"
    en = f"  {report.path} · {report.layout.name(lang)} · {read} cells read, unplaced figures: {len(report.unplaced)}"
    lines.append(say(lang, zh, en))
    shown: list[Outcome] = ["passed"]
    rest: tuple[Outcome, ...] = ("failed", "conditional", "not assessable")
    shown += [o for o in rest if result.count(o)]
    mild = say(
        lang,
        f"（其中 {result.mild} 项只有警告，不改变结论）",
        f" ({result.mild} only with warnings, which change no verdict)",
    )
    of = {"failed": mild if result.mild else ""}
    counts = say(lang, "，", ", ").join(f"{in_words(o, lang)} {result.count(o)}{of.get(o, '')}" for o in shown)
    lines.append(say(lang, f"  检查：{counts}", f"  checks: {counts}"))
    notes = [f for f in result.findings if f.severity == "note"]
    folded = notes if len(notes) > MOST_NOTES else []
    for finding in result.findings:
        if finding not in folded:
            head = f"  {_SIGNS[finding.severity]} {in_words(finding.severity, lang)} {finding.check} "
            lines.append(head + finding.message(lang))
            lines += [f"      {say(lang, *c)}" for c in finding.consequences]
    if folded:
        kinds = Counter(f.check for f in folded)
        each = say(lang, "检查“{}”（{}）{} 条", "{} ({}): {}")
        listed = say(lang, "，", ", ").join(each.format(say(lang, *catalog()[c].title), c, n) for c, n in kinds.items())
        n, head = len(folded), f"  {_SIGNS['note']} {in_words('note', lang)} "
        lines.append(head + say(lang, f"共 {n} 条：{listed}（--json 逐条列出）", f"{n}: {listed} (--json lists each)"))
    return lines
