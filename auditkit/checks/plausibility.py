"""What is unusual in one report and may well be right: notes, never errors. A rule whose figures are blank is not assessed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from auditkit.checks import Sink
from auditkit.fees import stated
from auditkit.reading.numbers import Number

DIRECT_SINCE = 2024
"""From 1 January 2024 a denial goes to reconsideration before court: 行政复议法（2023 修订）第23条."""
NEW, TOTAL, FORWARD = (f"requests.{row}.total" for row in ("new", "total", "carried_forward"))
OTHER = "requests.other.other.total"
_REQUESTS = (NEW, "requests.carried_over.total", TOTAL, FORWARD)
_DISPUTES = tuple(
    f"disputes.{r}.total" for r in ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
)


def open_requests(new: Number) -> float:
    """Return how many requests are open at a time if each took 5 of a year's 250 working days only."""
    return float(new) * 5 / 250


def share(part: Number, of: Number) -> str:
    """Write a part as a percentage, to one decimal."""
    return f"{Decimal(part) * 100 / Decimal(of):.1f}%"


def check(sink: Sink) -> None:
    """Look at the shares and sizes of tables three and four, and at the fees of section six."""
    _rule(sink, "T3-61", "share", (OTHER, TOTAL), lambda n, of: n >= 10 and n * 5 > of)
    # 20 + 20 working days (条例第33条) are 16% of a year
    _rule(sink, "T3-63", "share", (FORWARD, NEW), lambda n, of: of >= 50 and n * 100 > of * 16)
    _rule(sink, "T3-64", "none", (FORWARD, NEW), lambda n, of: n == 0 and of >= 300)
    for row in ("state_secret", "security_stability"):
        _rule(sink, "T3-67", "denied", (f"requests.denied.{row}.total",), lambda n: n > 0)
    _rule(sink, "C-06", "none", (*_DISPUTES, *_REQUESTS), lambda *n: sum(n[:3]) > 0 and not any(n[3:]), about=3)
    if (sink.report.year or 0) >= DIRECT_SINCE:
        _rule(sink, "T4-08", "direct", (_DISPUTES[1],), lambda n: n > 0)
    else:
        zh, en = f"只用于 {DIRECT_SINCE} 年及以后的报告", f"only for reports of {DIRECT_SINCE} and later"
        sink.end("T4-08", "not applicable", zh, en)
    _fees(sink)


def _fees(sink: Sink) -> None:
    """Look at what section six states of fees."""
    fees = stated(sink.report.fees)
    received, noticed = fees.received, fees.noticed
    if received and fees.notices == 0:
        sink.find("C-02", "none", (), subject="none", found=received)
    elif received is not None and noticed is not None and received > noticed:
        more = received - noticed
        sink.find("C-02", "more", (), subject="more", expected=noticed, found=received, difference=more)
    for n in fees.amounts:
        if n % 10:
            sink.find("C-03", "tens", (), subject=str(n), found=n)
    for check_id, read in (("C-02", received is not None), ("C-03", bool(fees.amounts))):
        if read:
            sink.conclude(check_id)
        else:
            zh, en = "正文没有写明信息处理费的金额", "the text states no amount of fees"
            if fees.amounts:  # then it is C-02 that has nothing to compare
                zh = "正文没有分别写明收费通知的件数、总金额和实际收取的总金额"
                en = "the text does not state the notices, their amount and the amount received, each"
            sink.end(check_id, "not applicable", zh, en)


def _rule(
    sink: Sink, check_id: str, message: str, cells: tuple[str, ...], speaks: Callable[..., bool], about: int = 1
) -> None:
    """Apply a rule to the figures of some cells; the finding is about the first of them."""
    if any(c not in sink.report.layout.index for c in cells):
        sink.end(check_id, "not applicable", "所用格式没有这一行", "the form in use has no such row")
        return
    values = [sink.report.value(c) for c in cells]
    known = [v for v in values if v is not None and v >= 0]
    if len(known) < len(values):
        sink.end(check_id, "not assessable", "有格空白、未读到或不是件数", "a cell is blank, not read or no count")
        return
    if speaks(*known):
        n, of = sum(known[:about]), known[-1]
        words: dict[str, object] = {"n": n, "of": of, "share": share(n, of) if of else ""}
        words["open"] = f"{open_requests(of):.1f}"
        sink.find(check_id, message, cells[:about], found=n, words=words, cell=sink.cell(cells[0]))
    if sink.outcomes.get(check_id, ("", ""))[0] != "not assessable":
        sink.conclude(check_id)
