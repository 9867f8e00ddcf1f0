"""Single figures and inequalities: whole and not negative, table two's pairs."""

from __future__ import annotations

import re
from decimal import Decimal

from auditkit.checks import Sink
from auditkit.reading.numbers import Number

_COUNTS = {"proactive": "T2-01", "requests": "T3-56", "disputes": "T4-05"}
_COUNTY = re.compile(r"(?<!市)县(?![级域])|自治旗|(?:旗|镇|乡|(?<!自治)区)(?:人民)?政府|街道办事处")
"""Names of agencies of counties and below; governments of provinces, cities with districts and prefectures make rules."""


def check(sink: Sink) -> None:
    """Check the figures of all tables one by one and table two's inequalities."""
    _single(sink)
    _rules(sink)
    if sink.report.form == "2019":
        _disclosed(sink)
        _items(sink)
        _procurement(sink)
    else:
        _stock(sink)


def _single(sink: Sink) -> None:
    for cell in sink.report.layout.cells:
        value = sink.report.value(cell.id)
        if value is None:
            continue
        money = cell.unit.startswith("万元")
        check_id = "T2-02" if money else _COUNTS[cell.table]
        if value < 0 and cell.unit != "signed count":
            sink.find(check_id, "negative", [cell.id], found=value, cell=sink.cell(cell.id))
        elif not money and value != int(value):
            sink.find(check_id, "broken", [cell.id], found=value, cell=sink.cell(cell.id))
    for check_id in ("T2-01", "T2-02", "T3-56", "T4-05"):
        sink.conclude(check_id)


def _rules(sink: Sink) -> None:
    cells = [c.id for c in sink.report.layout.row_cells("proactive", "rules") if sink.report.value(c.id)]
    if cells and _COUNTY.search(sink.report.agency or ""):
        sink.find("T2-12", "county", cells, found=sink.report.value(cells[0]), cell=sink.cell(cells[0]))
    if sink.report.agency:
        sink.conclude("T2-12")
    else:
        sink.end("T2-12", "not assessable", "未写明机关", "agency not stated")


def _pair(sink: Sink, check_id: str, cells: list[str]) -> list[Number] | None:
    """Return the cells' figures; where one is missing, the check is not assessable."""
    values = [sink.report.value(c) for c in cells]
    stated = [v for v in values if v is not None]
    if len(stated) < len(values):
        sink.end(check_id, "not assessable", "有格空白、未读到或不是数字", "a cell is blank, not read or no figure")
        return None
    return stated


def _rounding(sink: Sink, cells: list[str]) -> Number:
    """Return what the figures may be off by, where they are shown rounded (105万)."""
    return sum((sink.report.readings[c].figure.step for c in cells), start=0)


def _conclude(sink: Sink, check_id: str) -> None:
    if check_id not in sink.outcomes or any(f.check == check_id and f.severity != "note" for f in sink.findings):
        sink.conclude(check_id)


def _disclosed(sink: Sink) -> None:
    for row in ("rules", "normative_documents"):
        made, disclosed, total = (f"proactive.{row}.{c}" for c in ("made", "disclosed", "disclosed_total"))
        pair = _pair(sink, "T2-03", [disclosed, total])
        if pair and pair[0] > pair[1] + _rounding(sink, [disclosed, total]):
            sink.find("T2-03", "more", [disclosed, total], expected=pair[1], found=pair[0], row=sink.row(total))
        if (pair := _pair(sink, "T2-04", [made, disclosed])) and pair[0] > 0 and pair[1] == 0:
            sink.find("T2-04", "none", [made, disclosed], found=pair[0], row=sink.row(made))
    _conclude(sink, "T2-03")
    _conclude(sink, "T2-04")


def _items(sink: Sink) -> None:
    for row in ("licences", "other_services", "penalties", "coercive_measures", "fees"):
        cells = [f"proactive.{row}.{c}" for c in ("previous_items", "change")]
        pair = _pair(sink, "T2-06", cells)
        if pair and sum(pair) < -_rounding(sink, cells):
            sink.find("T2-06", "below", cells, found=sum(pair), row=sink.row(cells[0]), last=pair[0], change=pair[1])
        if row == "fees":
            continue
        trio = _pair(sink, "T2-07", [*cells, f"proactive.{row}.decisions"])
        if trio and trio[0] + trio[1] == 0 and trio[2] > 0:
            sink.find("T2-07", "none", [*cells, f"proactive.{row}.decisions"], found=trio[2], row=sink.row(cells[0]))
    _conclude(sink, "T2-06")
    _conclude(sink, "T2-07")


def _procurement(sink: Sink) -> None:
    cells = ["proactive.procurement.items", "proactive.procurement.amount"]
    pair = _pair(sink, "T2-08", cells)
    if pair and (pair[0] > 0) != (pair[1] > 0):
        sink.find("T2-08", "one", cells, items=pair[0], amount=pair[1])
    if (pair := _pair(sink, "T2-09", cells)) and pair[0] > 0 and pair[1] > 0:
        average = (Decimal(pair[1]) * 10_000 / Decimal(pair[0])).quantize(Decimal(1))
        if not 1_000 <= average <= 100_000_000:
            sink.find("T2-09", "unit", cells, found=int(average))
    _conclude(sink, "T2-08")
    _conclude(sink, "T2-09")


def _stock(sink: Sink) -> None:
    for row in ("rules", "normative_documents"):
        cells = [f"proactive.{row}.{c}" for c in ("in_force", "made", "repealed")]
        trio = _pair(sink, "T2-11", cells)
        if trio and (before := trio[0] - trio[1] + trio[2]) < 0:
            stock, made, repealed = trio
            sink.find(
                "T2-11", "below", cells, found=before, row=sink.row(cells[0]), stock=stock, made=made, repealed=repealed
            )
    _conclude(sink, "T2-11")
