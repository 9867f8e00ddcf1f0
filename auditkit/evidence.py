"""What a memo carries of its case as inert data, so that it can be recomputed years later, with the case or without."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from auditkit import __version__
from auditkit.case import Case, CaseError, Source
from auditkit.case.journal import Entry, Journal
from auditkit.case.sittings import heads_in
from auditkit.case.stated import where
from auditkit.checks import catalog_version, run
from auditkit.checks.reading import section_titles
from auditkit.export import figure, finding_facts, suspect_facts
from auditkit.findings import Findings
from auditkit.forms import TableId, load_form
from auditkit.naming import Naming
from auditkit.placing.placement import Placed, Remark, Unplaced
from auditkit.reading.numbers import parse
from auditkit.reading.page import Place, ReadingError
from auditkit.report import Report
from auditkit.tables import Table, heads
from auditkit.template import EVIDENCE
from auditkit.wording import Lang, say

ELEMENT = "auditkit-evidence"
"""Id of the memo's element that holds the evidence as JSON."""
FORMAT = 1
_SETTINGS = ("title", "as_of", "materiality", "office", "reference", "reply_by")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is needed to recompute a memo without its case: sources' hashes, figures, results, the journal."""

    data: Mapping[str, Any]
    lang: Lang

    @property
    def table(self) -> Table:
        """What it holds, in a few lines."""
        data, lang = self.data, self.lang
        journal, n, of = data["journal"], len(data["sources"]), len(data["reports"])
        sources = say(lang, f"{n} 个，含 SHA-256", f"{n}, with SHA-256")
        reports = say(lang, f"{of} 份，含全部数字与结论", f"{of}, with all figures and results")
        rows = [
            (say(lang, "程序与检查目录", "program and catalogue"), f"auditkit {data['auditkit']} · {data['catalog']}"),
            (say(lang, "来源文件", "sources"), sources),
            (say(lang, "报告", "reports"), reports),
            (say(lang, "案卷记录", "entries in the journal"), str(len(journal["entries"]))),
        ]
        for name, (count, last) in journal["heads"].items():
            lines = say(lang, f"{count} 行，末行校验值 {last}", f"{count} lines, the last with hash {last}")
            rows.append((f"{name}.jsonl", lines))
        zh = "本页内嵌上述数据（不含程序代码），可用 auditkit verify 重新计算并核对。"
        en = "These data are embedded in this page (no program code); auditkit verify recomputes and compares them."
        return Table(heads(lang, "项目|内容", "item|contents"), tuple(rows), note=say(lang, zh, en))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {EVIDENCE: self.data, **self.table.bundle()}


def evidence(case: Case, only: Collection[str] | None = None) -> Evidence:
    """Return what a memo of a case carries; `only` names the sources to take, None takes all."""
    sources = [s for s in case.sources if only is None or s.name in only]
    everything = len(sources) == len(case.sources)
    findings = case.findings if everything else run((r for s in sources if s.in_scope for r in s.reports), case.lang)
    decided = {f.id: d for f in findings if (d := case.disposition(f)).history}
    data = {
        "format": FORMAT,
        "auditkit": __version__,
        "catalog": catalog_version(),
        "lang": case.lang,
        "case": {name: getattr(case, name) for name in _SETTINGS}
        | {"auditors": list(case.auditors), "aliases": dict(case.aliases)},
        "sources": {
            s.name: {
                "sha256": s.sha256,
                "recorded": s.recorded,
                "in_scope": s.in_scope,
                "problem": s.problem.message(case.lang) if s.problem else None,
            }
            for s in sources
        },
        "reports": [
            _report(case, findings, source, read, now)
            for source in sources
            for read, now in zip(source.read, source.reports, strict=True)
        ],
        "dispositions": {
            name: {"state": d.state, "entry": d.entry.id if d.entry else None} for name, d in decided.items()
        },
        "journal": {
            "heads": {name: list(head) for name, head in case.journal.heads.items()},
            "entries": [_entry_facts(e) for e in case.journal.entries],
        },
    }
    return Evidence(data, case.lang)


def _report(case: Case, findings: Findings, source: Source, read: Report, now: Report) -> dict[str, Any]:
    """Return a report's facts: figures in force, texts as read where they are not just that figure, results."""
    values = {cell: figure(now.value(cell)) for cell in now.readings}
    texts = {cell: read.printed(cell) if cell in read.readings else None for cell in now.readings}
    facts: dict[str, Any] = {
        "file": source.name,
        "key": now.key,
        "agency": read.agency,
        "year": read.year,
        "form": read.form,
        "variant": read.layout.variant,
        "tags": sorted(read.tags),
        "other_years": [list(x) for x in read.naming.other_years],
        "other_agencies": list(read.naming.other_agencies),
        "of_file": list(read.naming.of_file),
        "full": read.naming.full,
        "pictures": read.pictures,
        "cells": values,
        "printed": {cell: text for cell, text in texts.items() if text != _text(values[cell])},
        "unplaced": [[u.text, u.near, u.reason, where(u.place), *u.sums] for u in read.unplaced],
        "remarks": [[r.code, list(r.cells), r.printed] for r in read.remarks],
        "titles": list(section_titles(read)),
        "fees": list(read.fees),
    }
    if not source.in_scope:
        return facts
    result = findings.of(now)
    confirmed = {t: e.id for t in now.layout.titles if (e := case.confirmed(now, cast(TableId, t)))}
    return facts | {
        "verdict": result.verdict,
        "checks": {c.check: c.outcome for c in result.checks},
        "findings": {f.id: {**finding_facts(f), "figures": f.figures} for f in result.findings},
        "suspects": [suspect_facts(s) for s in result.suspects],
        "confirmed": confirmed,
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _entry_facts(entry: Entry) -> dict[str, Any]:
    facts = dataclasses.asdict(entry) | {"supersedes": list(entry.supersedes)}
    del facts["topic"]
    # the sentences its author saw can be made again from the figures
    return facts | {"seen": {k: v for k, v in entry.seen.items() if k not in ("zh", "en")}}


class Embedded(Case):
    """A case made of a memo's evidence alone: the same computing, without files."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.path, self.lang = Path("memo"), "en" if data["lang"] == "en" else "zh"
        self._until, self._last = None, None
        self._take(data["case"])
        entries = tuple(Entry(**{**e, "supersedes": tuple(e["supersedes"])}) for e in data["journal"]["entries"])
        self._recorded = Journal(entries, (), heads_in(data["journal"]["heads"]))
        sources = []
        for name, facts in data["sources"].items():
            reports = tuple(_read(r) for r in data["reports"] if r["file"] == name)
            problem = ReadingError(name, facts["problem"], facts["problem"]) if facts["problem"] else None
            sources.append(Source(name, facts["sha256"], facts["recorded"], reports, problem, reports))
        self.__dict__["_read"] = tuple(sources)

    @property
    def journal(self) -> Journal:
        """The entries embedded."""
        return self._recorded


def embedded(memo: Path) -> Mapping[str, Any]:
    """Return the evidence in a memo; empty if it cannot be parsed, `CaseError` if there is none or of a newer version."""
    import lxml.etree
    import lxml.html

    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
        found = lxml.html.document_fromstring(memo.read_bytes(), parser=parser).xpath(f"//script[@id='{ELEMENT}']")
    except (OSError, lxml.etree.LxmlError) as error:
        raise CaseError(f"{memo.name}：无法读取（{error}）。", f"{memo.name}: cannot be read ({error}).") from error
    if not found:
        zh = f"{memo.name}：没有内嵌的核对数据，不能核对。它不是由 05 笔记本导出的备忘录，或这部分已被删去。"
        en = f"{memo.name}: carries no evidence and cannot be verified: it is no memo of notebook 05, or this part was removed."
        raise CaseError(zh, en)
    try:
        data = json.loads(found[0].text or "") if len(found) == 1 else {}
        newer = data.get("format", FORMAT) > FORMAT
    except (ValueError, AttributeError, TypeError, RecursionError):
        return {}
    if newer:
        zh = f"{memo.name}：由更新版本的 auditkit 写出，本版本不能核对。请升级 auditkit。"
        en = f"{memo.name}: written by a newer auditkit, which this version cannot verify. Update auditkit."
        raise CaseError(zh, en)
    return cast(Mapping[str, Any], data)


def sealed(page: str) -> str:
    """Return a page whose evidence element carries the hash of the page without it."""
    mark = f' id="{ELEMENT}"'
    return page.replace(mark, f'{mark} data-sha256="{_sha256(page)}"', 1)


def unsealed(page: str) -> bool | None:
    """Tell whether a page is the one whose hash it carries; None if it carries none."""
    found = re.search(rf'(?<= id="{ELEMENT}") data-sha256="([0-9a-f]{{64}})"', page)
    return None if found is None else _sha256(page[: found.start()] + page[found.end() :]) == found[1]


def _sha256(page: str) -> str:
    return hashlib.sha256(page.rstrip("\n").encode("utf-8", "replace")).hexdigest()


def _read(facts: Mapping[str, Any]) -> Report:
    """Return a report as it was read, of its facts; where in the file its texts stood is not embedded."""
    layout = load_form(facts["form"], facts["variant"])
    readings = {}
    for cell in (c for c in layout.cells if c.id in facts["cells"]):
        text = facts["printed"].get(cell.id, _text(facts["cells"][cell.id]))
        if text is not None:  # else the program read nothing there and a person stated the figure
            readings[cell.id] = Placed(parse(text, cell.unit), Place(), "")
    years = tuple((int(year), str(source)) for year, source in facts["other_years"])
    others = tuple(facts["other_agencies"])
    naming = Naming(
        facts["agency"],
        facts["year"],
        other_years=years,
        other_agencies=others,
        of_file=tuple(facts.get("of_file", ())),
        full=facts.get("full", ""),
    )
    return Report(
        path=facts["file"],
        agency=naming.agency,
        year=naming.year,
        form=layout.id,
        layout=layout,
        readings=readings,
        unplaced=tuple(
            Unplaced(text, _place(at), near, reason, tuple(sums)) for text, near, reason, at, *sums in facts["unplaced"]
        ),
        remarks=tuple(Remark(code, tuple(cells), printed, Place()) for code, cells, printed in facts["remarks"]),
        prose=tuple(facts.get("titles", ())),
        fees=tuple(facts.get("fees", ())),
        naming=naming,
        tags=frozenset(facts["tags"]),
        pictures=facts.get("pictures", 0),
    )


def _place(text: str) -> Place:
    line, table, row, cell = (None if part == "None" else int(part) for part in text.split("/"))
    return Place(table, row, cell, line)
