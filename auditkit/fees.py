"""What a report says of the fee for handling information (信息处理费), in its section six: sentences, and their amounts.

What has to be reported, and in which words, is in 国办公开办函〔2021〕30号: notices sent, their amount, the amount received.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from auditkit.reading.numbers import squeeze

LONGEST = 200
"""Characters of a sentence that are kept on each side of the word that it is known by."""
MOST = 8
_SPEAKS = re.compile("信息(?:公开)?处理费|收费通知")
_NUMBER = r"(\d[\d,]{0,12}(?:\.\d{1,6})?)"
_WORDS = "的|为|共|计|合|:|,?件?数量?"
_IS = f"(?:{_WORDS})*"
_COUNT = r"(\d{1,6})(?:件|份|次|个|张|宗)"
_NOTICES = re.compile(rf"收费通知书?{_IS}{_COUNT}|(?:发出|下达|送达|制发){_COUNT}(?:信息处理费)?收费通知")
_RECEIVED = re.compile(rf"实际(?:收取|收费|缴纳|到账)(?:信息处理费|费用|总?金额|{_WORDS})*{_NUMBER}(万?)元")
_NOTICED = re.compile(rf"总?金额{_IS}{_NUMBER}(万?)元")
_YUAN = re.compile(rf"(?<!事业性)(?:处理费|收取|缴纳|金额|收费|费用)(?:了|{_IS}){_NUMBER}元(?!/|每|一?[件页])")
_OF_THE_FEE = re.compile(rf"处理费(?:了|{_IS}){_NUMBER}元(?!/|每|一?[件页])")
_WITH_OTHERS = re.compile("邮寄|邮费|邮资|快递|复制费|工本费")
"""Costs that may have been received together with the fee."""
_NO_NOTICE = re.compile("(?:未|没有)(?:发出|下达|送达|制发)(?:任何|过)?(?:信息处理费)?(?:的)?收费通知")


@dataclass(frozen=True, slots=True)
class Fees:
    """Notices sent, the amount they ask for, the amount received (yuan), each None unless said once; and all amounts in yuan."""

    notices: int | None
    noticed: Decimal | None
    received: Decimal | None
    amounts: tuple[Decimal, ...]


def sentences(prose: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences of a text that speak of the fee and have figures: half-width, without spaces, joined over lines."""
    lines = tuple(prose)
    if not any("费" in line for line in lines):
        return ()
    text = unicodedata.normalize("NFKC", "".join(map(squeeze, lines)))
    parts = ((s, m.start()) for s in re.split("[。;]", text) if (m := _SPEAKS.search(s)))
    near = (s[max(0, at - LONGEST) : at + LONGEST] for s, at in parts)
    return tuple(s for s in near if any(c.isdigit() for c in s))[:MOST]


def stated(said: Sequence[str]) -> Fees:
    """Read what sentences on the fee state."""
    text = "。".join(said)
    notices = [int(a or b) for a, b in _NOTICES.findall(text)] + [0 for _ in _NO_NOTICE.findall(text)]
    amounts = _OF_THE_FEE if _WITH_OTHERS.search(text) else _YUAN
    return Fees(
        notices[0] if len(notices) == 1 else None,
        _once(_NOTICED, _RECEIVED.sub("", text)),
        _once(_RECEIVED, text),
        tuple(dict.fromkeys(_yuan(m[1], "") for m in amounts.finditer(text))),
    )


def _once(pattern: re.Pattern[str], text: str) -> Decimal | None:
    found = pattern.findall(text)
    return _yuan(*found[0]) if len(found) == 1 else None


def _yuan(number: str, scale: str) -> Decimal:
    return Decimal(number.replace(",", "")) * (10_000 if scale else 1)
