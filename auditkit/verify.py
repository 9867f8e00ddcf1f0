"""Whether a case and its memos are what recomputing from sources and journal gives: reperformance.

Nothing is written to the case; its notebooks are run as they are for a memo.
"""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from auditkit import __version__
from auditkit.case import NOTEBOOKS, Case, CaseError, Source
from auditkit.case.folder import shipped, sums_text
from auditkit.case.sittings import heads_in
from auditkit.case.words import state_in_words
from auditkit.checks import catalog, catalog_version
from auditkit.evidence import Embedded, embedded, evidence, unsealed
from auditkit.findings import Text
from auditkit.findings import in_words as codes_in_words
from auditkit.forms import FORM_IDS, layouts
from auditkit.tables import report_tables
from auditkit.template import is_panel
from auditkit.wording import Lang, say

if TYPE_CHECKING:
    from nbformat import NotebookNode

MOST_LISTED = 8
"""Differences of one kind that are told one by one."""
_OUTCOMES = {
    "agrees": ("相符", "agrees"),
    "differs": ("不符", "differs"),
    "not compared": ("未核对", "not compared"),
    "note": ("说明", "note"),
}
_SECTIONS = ("case", "sources", "reports", "dispositions", "journal")
_PARTS = {
    "case": ("案卷设定", "settings"),
    "sources": ("来源文件", "source"),
    "reports": ("报告", "report"),
    "dispositions": ("例外的处理", "disposition"),
    "journal": ("案卷记录", "journal"),
    "cells": ("数字", "figure"),
    "printed": ("程序读到的文字", "text as read"),
    "findings": ("检查发现", "finding"),
    "checks": ("检查", "check"),
    "verdict": ("结论", "verdict"),
    "suspects": ("可能有误的格", "cells that may be wrong"),
    "confirmed": ("表格核对", "confirmation"),
    "entries": ("记录", "entry"),
    "heads": ("文件末行", "last line of"),
    "state": ("结果", "state"),
    "reason": ("理由", "reason"),
    "author": ("作者", "author"),
    "value": ("内容", "value"),
    "entry": ("所据记录", "entry"),
    "seen": ("作者所见", "what its author saw"),
    "subject": ("对象", "subject"),
    "time": ("时间", "time"),
    "supersedes": ("取代的记录", "entries replaced"),
    "title": ("标题", "title"),
    "as_of": ("截止日期", "as-of date"),
    "materiality": ("重要性水平", "materiality"),
    "office": ("落款", "office"),
    "reference": ("文号", "reference"),
    "reply_by": ("回复期限", "reply by"),
    "auditors": ("审计人员", "auditors"),
    "aliases": ("曾用名", "aliases"),
    "sha256": ("SHA-256", "SHA-256"),
    "recorded": ("登记的 SHA-256", "SHA-256 as recorded"),
    "in_scope": ("是否审阅", "in scope"),
    "problem": ("无法读取的原因", "why it cannot be read"),
    "key": ("机关与年份", "agency and year"),
    "agency": ("机关", "agency"),
    "year": ("年份", "year"),
    "form": ("格式", "form"),
    "variant": ("行的写法", "row variant"),
    "tags": ("材料种类", "kind of material"),
    "other_years": ("他处写的年份", "years stated elsewhere"),
    "other_agencies": ("他处写的机关", "agencies stated elsewhere"),
    "of_file": ("取自文件名的", "taken from the file's name"),
    "full": ("机关全称", "full name"),
    "pictures": ("图片", "pictures"),
    "unplaced": ("未落位的数字", "unplaced figures"),
    "remarks": ("读取说明", "remarks on reading"),
    "titles": ("部分的标题", "titles of sections"),
    "fees": ("信息处理费的文字", "sentences on fees"),
    "severity": ("程度", "severity"),
    "expected": ("应为", "expected"),
    "found": ("现为", "as it stands"),
    "figures": ("所涉数字", "figures concerned"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that was verified: how it ended, what it is, and each difference in words."""

    outcome: Literal["agrees", "differs", "not compared", "note"]
    what: str
    details: tuple[str, ...] = ()


def verify(target: Path, lang: Lang, case_path: Path | None = None) -> tuple[list[str], int]:
    """Verify a case folder, or a memo (an HTML file), whose case is `case_path` if it does not lie in it.

    Returns
    -------
    Lines for people, and the status: 0 all that was compared agrees, 1 something differs, 2 nothing could be verified.
    """
    try:
        told = verify_memo(target, lang, case_path) if target.is_file() else verify_case(target, lang)
    except CaseError as error:
        return [error.message(lang)], 2
    lines = []
    for c in told:
        lines += [f"{say(lang, *_OUTCOMES[c.outcome])}  {c.what}", *(f"      {detail}" for detail in c.details)]
    return lines, int(any(c.outcome == "differs" for c in told))


def _compared(what: str, details: Sequence[str], lang: Lang) -> Compared:
    listed = tuple(details[:MOST_LISTED])
    if rest := len(details) - len(listed):
        listed += (say(lang, f"另有 {rest} 处", f"and {rest} more"),)
    return Compared("differs" if details else "agrees", what, listed)


# --- a case -------------------------------------------------------------------------------------------------------------


def verify_case(path: Path, lang: Lang) -> tuple[Compared, ...]:
    """Verify a case: its sources' hashes, its journal, the stored outputs of its notebooks, its memos."""
    case = Case(path, lang)
    n, k, files = len(case.sources), len(case.journal.entries), len(case.journal.heads)
    what = say(lang, f"来源文件（{n} 个）与登记的 SHA-256", f"sources ({n}) and their SHA-256 as recorded")
    out = [_compared(what, [_changed(s, lang) for s in case.sources if s.changed], lang)]
    what = say(
        lang, f"案卷记录的校验链（{files} 个文件，{k} 条）", f"hash chains of the journal ({files} files, {k} entries)"
    )
    out.append(_compared(what, [fault.message(lang) for fault in case.journal.faults], lang))
    if lapsed := [x.message(lang) for x in case.stated.lapsed]:
        what = say(lang, f"未采用的记录：{len(lapsed)} 条", f"entries not applied: {len(lapsed)}")
        out.append(Compared("note", what, _compared(what, lapsed, lang).details))
    notebooks = sorted((path / "notebooks").glob("*/*.ipynb"))
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:  # each waits for a kernel of its own
        for compared in pool.map(lambda notebook: _outputs(notebook, path, lang), notebooks):
            out += compared
    for memo in sorted((path / "out").glob("*.html")):
        if memo.name.startswith(("letter.", "list.")):  # they carry no evidence, and rightly stay as they were sent
            what = say(lang, "核实函和问题清单不含核对数据", "letters and lists carry no evidence")
            out.append(Compared("not compared", f"{memo.name} · {what}"))
            continue
        try:
            told = verify_memo(memo, lang, path)
            out += [Compared(c.outcome, f"{memo.name} · {c.what}", c.details) for c in told]
        except CaseError as error:
            out.append(Compared("not compared", error.message(lang)))
    return tuple(out)


def _changed(source: Source, lang: Lang) -> str:
    now, was = source.sha256, source.recorded
    zh, en = (
        f"内容已改变（登记 {was}，现为 {now}）。请恢复登记的文件。",
        f"changed (recorded {was}, now {now}). Put the recorded file back.",
    )
    if not now:
        zh, en = "文件缺失", "the file is missing"
    elif not was:
        zh, en = "没有登记 SHA-256", "its SHA-256 is not recorded"
    return say(lang, f"{source.name}：{zh}", f"{source.name}: {en}")


def _outputs(path: Path, case: Path, lang: Lang) -> list[Compared]:
    """Run a notebook that holds outputs, and compare them; nothing for one without."""
    from auditkit.memo import NotebookFailed, execute, read, tidy

    name = path.relative_to(case).as_posix()
    what = say(lang, f"{name}：保存的输出与重新执行的输出", f"{name}: outputs stored and outputs of running it again")
    try:
        stored = tidy(read(path, lang))
        if not any(cell.outputs for cell in stored.cells if cell.cell_type == "code"):
            return []
        again = execute(path, cwd=path.parent, lang=lang)
    except NotebookFailed as error:
        return [Compared("differs", what, (str(error),))]
    details, heading = [], say(lang, "无标题", "no heading")
    for old, new in zip(stored.cells, again.cells, strict=True):
        if old.cell_type == "markdown":
            heading = (re.findall(r"(?m)^#+[ \t]+(.+?)[ \t]*$", old.source) or [heading])[-1]
        elif old.cell_type == "code" and _shown(old) != _shown(new):
            details.append(
                f"{say(lang, f'「{heading}」', f'“{heading}”')} {next(_unlike_lines(_shown(old), _shown(new), lang), '')}"
            )
    if details:
        details.insert(0, say(lang, *_why_unlike(path, Case(case, lang))))
    return [_compared(what, details, lang)]


def _why_unlike(notebook: Path, case: Case) -> Text:
    """Say what may have made a notebook's stored outputs others than those of now, and what to do."""
    if any(s.recorded != s.sha256 for s in case.sources):
        zh = "来源文件与登记时不同（见上），以下差别可能由此而来：请先恢复原来的文件，再核对。"
        return (
            zh,
            "The sources are not those recorded (see above), which may explain this: put them back first, then verify.",
        )
    if any(e.is_after(notebook.stat().st_mtime) for e in case.journal.entries):
        zh = "案卷记录在笔记本保存之后又有增加：请先重新运行并保存笔记本，再核对。"
        return (
            zh,
            "Entries were added to the case after the notebook was saved: run and save it again first, then verify.",
        )
    zh = "笔记本保存的输出可能被改动过，或由 auditkit 的另一版本运行：请重新运行并保存笔记本，再核对。"
    return (
        zh,
        "The outputs may have been changed by hand, or made by another version of auditkit: run and save it again, then verify.",
    )


def _shown(cell: NotebookNode) -> str:
    """Return what a cell shows as one text: of a picture its text twin, of a panel nothing, as on paper."""
    parts = []
    for output in cell.outputs:
        data = output.get("data", {})
        if is_panel(data):
            continue
        parts += [output.get("text", ""), output.get("evalue", "")]
        parts += [data.get("text/plain", ""), data.get("text/html", "")]
    return "\n".join(parts)


# --- a memo -------------------------------------------------------------------------------------------------------------


def verify_memo(memo: Path, lang: Lang, case_path: Path | None = None) -> tuple[Compared, ...]:
    """Verify a memo: what it embeds against itself, then against its case as it was then, then the page."""
    from auditkit.views.common import coded

    zh = "内嵌的数字、结论、处理和记录：由其自身重新计算"
    en = "embedded figures, verdicts, dispositions, entries: recomputed from themselves"
    what = say(lang, zh, en)
    try:
        data = embedded(memo)
        alone, held = Embedded(data), _plain(data)
        then_by, now_by = f"{data['auditkit']} · {data['catalog']}", f"{__version__} · {catalog_version()}"
        seal = _seal(memo, lang)
        out = [_recomputed(held, _plain(evidence(alone).data), what, lang), seal]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        why = say(
            lang, "内嵌的数据被改动或损坏，无法使用", "what is embedded was changed or damaged and cannot be used"
        )
        return (Compared("differs", what, (why,)),)
    if then_by != now_by:
        what = say(lang, "备忘录由另一版本写出（程序 · 检查目录）", "written by another version (program · catalogue)")
        out.append(Compared("note", f"{what}: {then_by} / {now_by}"))
    folder = case_path or next((f for f in memo.resolve().parents if (f / "case.toml").is_file()), None)
    if folder is None:
        what = say(
            lang, "来源文件与案卷记录：备忘录不在案卷文件夹中", "sources and journal: the memo lies in no case folder"
        )
        return (*out, Compared("not compared", what), _tables(memo, alone, lang))
    heads = heads_in(data["journal"]["heads"])
    then = Case(folder, alone.lang, until=heads)
    what = say(
        lang, "案卷记录的校验链与备忘录登记的末行", "hash chains of the journal and the last lines the memo records"
    )
    out.append(_compared(what, [fault.message(lang) for fault in then.journal.faults], lang))
    again = _plain(evidence(then, data["sources"]).data)
    zh = "内嵌的数字、结论、处理和记录：由案卷重新计算"
    en = "embedded figures, verdicts, dispositions, entries: recomputed from the case"
    what = say(lang, zh, en)
    out.append(_recomputed(held, again, what, lang))
    if later := [s.name for s in then.sources if s.name not in data["sources"]]:
        what = say(lang, f"备忘录之后加入的来源文件：{len(later)} 个", f"sources added since: {len(later)}")
        out.append(Compared("not compared", what, _compared(what, later, lang).details))
    if then_by != now_by or any(c.outcome == "differs" for c in out if c != seal):
        return (*out, _tables(memo, alone, lang))
    now = Case(folder, alone.lang)
    moved_on = bool(later) or now.journal.heads != heads
    if since := len(now.journal.entries) - len(then.journal.entries):
        what = say(
            lang,
            f"备忘录之后案卷新增 {since} 条记录，备忘录不含；下列例外的处理已变",
            f"entries added to the case since, which the memo does not hold: {since}; exceptions decided otherwise by now",
        )
        changed = [
            f"{e.label} · {coded(e, lang)}: {state_in_words(was, lang)} → {state_in_words(is_now, lang)}"
            for e in then.exceptions
            if (was := then.disposition(e.finding).state) != (is_now := now.disposition(e.finding).state)
        ]
        none = say(lang, "没有", "none")
        out.append(Compared("note", what, _compared(what, changed or [none], lang).details))
    return (*out, _page(memo, then, data, lang, moved_on=moved_on))


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return evidence with everything that has a name under its name."""
    out = cast(dict[str, Any], json.loads(json.dumps(data, ensure_ascii=False)))
    out["journal"]["entries"] = {e["id"]: e for e in out["journal"]["entries"]}
    reports: dict[str, Any] = {}
    for report in out["reports"]:
        n = sum(r["file"] == report["file"] for r in reports.values())
        reports[report["file"] + (f" ({n + 1})" if n else "")] = report
    return out | {"reports": reports}


def _recomputed(old: Mapping[str, Any], new: Mapping[str, Any], what: str, lang: Lang) -> Compared:
    """Compare what a memo embeds with what was recomputed."""
    findings = {
        name: f"{report['key'].replace('|', ' ')} {finding['check']}"
        for report in (*old["reports"].values(), *new["reports"].values())
        for name, finding in report.get("findings", {}).items()
    }
    details = []
    for section in _SECTIONS:
        for path, a, b in _unlike(old.get(section), new.get(section), (section,)):
            at = " · ".join(findings.get(part) or _label(part, lang) for part in path)
            was, now = _brief(a, lang), _brief(b, lang)
            zh, en = f"{at}：备忘录 {was}，重新计算 {now}", f"{at}: memo {was}, recomputed {now}"
            if was == now:  # in what is not shown: where a figure stands, or the end of a long text
                zh, en = f"{at}：与重新计算的不同（{was}）", f"{at}: not as recomputed ({was})"
            details.append(say(lang, zh, en))
    return _compared(what, details, lang)


def _unlike(a: Any, b: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield where two structures differ, with both values (None where one has none)."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in sorted({*a, *b}):
            yield from _unlike(a.get(key), b.get(key), (*path, key))
    elif a != b:
        yield path, a, b


def _label(part: str, lang: Lang) -> str:
    if part in catalog():
        return f"{part} {say(lang, *catalog()[part].title)}"
    forms = (form for form_id in FORM_IDS for form in layouts(form_id))
    return next((f.label(part, lang) for f in forms if part in f.index), say(lang, *_PARTS.get(part, (part, part))))


def _brief(value: object, lang: Lang) -> str:
    if isinstance(value, Mapping):  # a finding, entry or report that the other side does not have
        value = next((value[name] for name in ("check", "key", "author", "state") if name in value), value)
        value = _label(str(value), lang).replace("|", " ") if isinstance(value, str) else value
    if isinstance(value, list) and all(isinstance(v, Mapping) and "corrected" in v for v in value):  # suspects
        ways = (say(lang, "、", ", ").join(f"{_label(c, lang)} {n}" for c, n in v["corrected"].items()) for v in value)
        value = say(lang, "；", "; ").join(ways)
    elif isinstance(value, list):  # of an unplaced figure its text
        value = say(lang, "、", ", ").join(str(v[0] if isinstance(v, list) and v else v) for v in value)
    text = say(lang, "（无）", "(none)") if value in (None, [], {}, "") else value
    if not isinstance(text, str):
        text = json.dumps(text, ensure_ascii=False)
    for in_words in (codes_in_words, state_in_words):
        with contextlib.suppress(KeyError):
            return in_words(cast(Any, text), lang)
    return text if len(text) <= 80 else text[:79] + "…"


def _seal(memo: Path, lang: Lang) -> Compared:
    """Compare a page with the hash it carries: it tells of an edit by hand, not of one that renewed the hash."""
    holds = unsealed(memo.read_text(encoding="utf-8", errors="replace"))
    what = say(lang, "整页与页内登记的校验值", "the page and the hash it carries")
    zh, en = "备忘录写出之后，页面被改动过。", "the page was changed after the memo was written."
    return (
        Compared("not compared", what) if holds is None else _compared(what, [] if holds else [say(lang, zh, en)], lang)
    )


def _tables(memo: Path, case: Case, lang: Lang) -> Compared:
    """Compare the tables shown on a page with the figures embedded in it."""
    from auditkit.template.exporter import clean_html
    from auditkit.views.common import failing_cells

    page = memo.read_text(encoding="utf-8", errors="replace")
    what = say(lang, "页面上的报告表格与内嵌数据", "the reports' tables on the page and the embedded figures")
    if 'class="ak-name ak-report"' not in page:
        return Compared("not compared", what)
    details = []
    for report in case.reports:
        for part in report_tables(report, case.lang, failing_cells(report)).parts:
            if clean_html(part.html) not in page:
                details.append(f"{report.name(lang)} · {part.text.splitlines()[0]}")
    return _compared(what, details, lang)


def _page(memo: Path, then: Case, data: Mapping[str, Any], lang: Lang, *, moved_on: bool) -> Compared:
    """Make the memo again from the case as it was, and compare the bytes."""
    from auditkit.memo import NotebookFailed, execute, export

    what = say(lang, "重新执行笔记本并导出，与备忘录逐字节比较", "the notebook run and exported again, byte by byte")
    name = memo.name.partition(".")[0]
    with tempfile.TemporaryDirectory(prefix="auditkit-") as scratch:
        case = _as_it_was(then.path, data, Path(scratch, "case")) if moved_on else then.path
        home = shipped("notebooks") if then.is_demonstration else case / "notebooks"
        notebook = home / then.lang / f"{name if name in NOTEBOOKS else NOTEBOOKS[-1]}.ipynb"
        if not notebook.is_file():
            return Compared("not compared", what)
        try:
            again = export(
                execute(notebook, cwd=notebook.parent, lang=lang), Path(scratch, "memo.html"), lang=then.lang
            )
        except NotebookFailed as error:
            return Compared("differs", what, (str(error),))
        old, new = memo.read_bytes(), again.read_bytes()
    if old == new:
        return Compared("agrees", what)
    unlike = list(_unlike_lines(old.decode("utf-8", "replace"), new.decode("utf-8"), lang))
    return _compared(what, unlike or [say(lang, "看不见的部分不同", "what differs is not visible")], lang)


def _unlike_lines(old: str, new: str, lang: Lang) -> Iterator[str]:
    """Yield in words where the visible text of two pages differs, line by line."""
    hidden = r"(?s)<(script|style)\b.*?</\1>|<[^>]*>"
    a, b = ([" ".join(line.split()) for line in re.sub(hidden, " ", text).splitlines()] for text in (old, new))
    for tag, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            was, now = _brief(" ".join(a[i:j]), lang), _brief(" ".join(b[k:m]), lang)
            yield say(lang, f"原为“{was}”，重新计算为“{now}”", f"was “{was}”, recomputed “{now}”")


def _as_it_was(folder: Path, data: Mapping[str, Any], target: Path) -> Path:
    """Copy a case as it was at the time of a memo: the sources and the journal's lines of then."""
    (target / "sources").mkdir(parents=True)
    (target / "journal").mkdir()
    shutil.copy(folder / "case.toml", target)
    if (folder / "notebooks").is_dir():
        shutil.copytree(folder / "notebooks", target / "notebooks")
    for name in data["sources"]:
        if (folder / "sources" / name).is_file():
            shutil.copy(folder / "sources" / name, target / "sources")
    recorded = {name: s["recorded"] for name, s in data["sources"].items() if s["recorded"]}
    (target / "sources" / "SHA256SUMS").write_text(sums_text(recorded), encoding="utf-8", newline="\n")
    heads = heads_in(data["journal"]["heads"]).values()
    for file in sorted((folder / "journal").glob("*.jsonl")):
        lines = file.read_bytes().split(b"\n")
        for count, last in heads:
            if len(lines) >= count and last.encode() in lines[count - 1]:
                (target / "journal" / file.name).write_bytes(b"\n".join(lines[:count]) + b"\n")
    return target
