"""The agency register: who has to publish a report, by when, and under which names.

The law names the days: departments by 31 January, the authority in charge of disclosure, for its government's report,
by 31 March (政府信息公开条例, article 49). For townships and sub-districts it names none.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from auditkit.case import Case, CaseError
from auditkit.findings import Text
from auditkit.naming.titles import ORGAN
from auditkit.reading.numbers import normal, squeeze
from auditkit.report import Report

_HEADS = {
    "name": r"(?:行政|机关|单位|部门|规范)*(?:名称|全称)|机关|单位|部门|(?:official |agency )*name|agency",
    "aliases": r"(?:曾用|其他|别)名称?|别称|简称|aliases|(?:other|former) names?",
    "kind": r"(?:机关|单位)?(?:类别|类型|性质)|kind|type",
    "due": r"(?:应|应当)?(?:公布|公开|报送|提交|截止)*(?:日期|期限|时限|时间)|due(?: date)?|date",
}
"""The columns in the order they have without heads, and the heads they are known by."""
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+[\d:]+)?")
_PUBLISHED = re.compile(r"(?:发布|公布|公开)(?:日期|时间)[:：]((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
_LONGEST, _MOST = 500, 8
"""Characters of a line in which names and dates are sought; faults named at once."""


@dataclass(frozen=True, slots=True)
class Row:
    """An agency of the register: official name, other names (、 between), kind, due date (ISO, empty if by law)."""

    name: str
    aliases: str = ""
    kind: str = ""
    due: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Its official and its other names, as they are compared."""
        return frozenset(filter(None, map(compared, (self.name, *re.split(r"[、；;，,/]", self.aliases)))))


def compared(name: str) -> str:
    """Return a name without what tells no agency from another: spaces, full and half width."""
    return normal(name)


def parse(text: str) -> tuple[Row, ...]:
    """Read a register: a line an agency, its cells apart by tabs, bars or commas, with heads or in the order of `Row`.

    A `CaseError` names the lines that cannot be understood and the names that stand twice.
    """
    order, rows, wrong = list(_HEADS), list[Row](), list[Text]()
    for n, cells in enumerate(map(_cells, text.splitlines()), 1):
        if all(re.fullmatch(r"[-:]*", c) for c in cells):
            continue
        found = [next((k for k, head in _HEADS.items() if re.fullmatch(head, c.lower())), "") for c in cells]
        if not rows and "name" in found and sum(map(bool, found)) >= min(2, len(cells)):
            order = found
            continue
        by = dict(zip(order, cells, strict=False))
        by["due"], given = _iso(by.get("due", "")), by.get("due", "")
        if not 0 < len(by.get("name", "")) <= _LONGEST:
            wrong.append((f"第 {n} 行没有机关名称", f"line {n} has no name of an agency"))
        elif given and not by["due"]:
            zh = f"第 {n} 行的日期“{given}”请写成 2024-01-31 的样子（须有年份）"
            wrong.append((zh, f"line {n}: please write the date “{given}” like 2024-01-31, with its year"))
        elif any(rest := cells[len(order) :]):
            wrong.append((f"第 {n} 行多出“{rest[0]}”", f"line {n} has “{rest[0]}” too many"))
        else:
            rows.append(Row(**{k: v for k, v in by.items() if k}))
    counts = Counter(name for row in rows for name in row.names)
    wrong += [(f"“{name}”出现了 {k} 次", f"“{name}” stands {k} times") for name, k in counts.items() if k > 1]
    if not rows and not wrong:
        wrong = [("没有内容。请每行写一个机关", "there is nothing. Please write an agency a line")]
    if wrong:
        zh, en = "；".join(w[0] for w in wrong[:_MOST]), "; ".join(w[1] for w in wrong[:_MOST])
        more = len(wrong) - _MOST
        raise (
            CaseError(f"{zh}；另有 {more} 处。", f"{en}; {more} more.") if more > 0 else CaseError(zh + "。", en + ".")
        )
    return tuple(rows)


def _cells(line: str) -> list[str]:
    mark = next((m for m in "\t|｜" if m in line), "")
    cells = line.split(mark) if mark else next(csv.reader([line.replace("，", ",")]), [])
    cells = [c.strip() for c in cells]
    return cells[1:-1] if mark in ("|", "｜") and not cells[0] and not cells[-1] else cells


def _iso(text: str) -> str:
    """Return a date as ISO; empty where it is not a whole date."""
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def registered(case: Case) -> tuple[Row, ...]:
    """Return the register in force; none if there is none or two contradict each other."""
    current, known = case.journal.current("register", {}), [f.name for f in fields(Row)]
    value = current[0].value if len(current) == 1 else None
    rows = [r for r in value if isinstance(r, Mapping) and r.get("name")] if isinstance(value, list) else []
    return tuple(Row(**{k: str(r[k]) for k in known if k in r}) for r in rows)


def due_day(row: Row, year: int) -> date | None:
    """Return the day by which the report of a year was to be published; None where neither register nor law says."""
    if row.due and int(row.due[:4]) == year + 1:
        return date.fromisoformat(row.due)
    if re.search(r"镇|乡|街道", row.kind) or re.search(r"(?:镇|乡)(?:人民政府)?$|街道办事处$", row.name):
        return None
    if re.search(r"主管部门|政府|^[省市县区州盟旗]{1,3}级?$|government", row.kind):
        return date(year + 1, 3, 31)
    if re.search(r"部门|[局委办厅院会]|单位|机构|department", row.kind):
        return date(year + 1, 1, 31)
    if re.search(r"人民政府(?:办公[厅室])?$|[省市县区州盟旗]$", row.name):
        return date(year + 1, 3, 31)
    return None if row.kind and not ORGAN.search(row.name) else date(year + 1, 1, 31)


def published(report: Report) -> date | None:
    """Return the date of publication that the page itself states, in one line and in one way only; else None."""
    found = {m.groups() for line in report.prose for m in _PUBLISHED.finditer(squeeze(line[:_LONGEST]))}
    days = {_iso("-".join(parts)) for parts in found} - {""}
    return date.fromisoformat(days.pop()) if len(days) == 1 else None
