"""How a failing sum is said: its two sides, what is printed in its cells and what would be."""

from __future__ import annotations

from collections.abc import Callable

from auditkit.checks import Sink, catalog, worded
from auditkit.checks.identities import Arithmetic
from auditkit.findings import Text, number
from auditkit.forms import Identity
from auditkit.reading.numbers import Number
from auditkit.slips import Change
from auditkit.wording import LANGS, Lang, say


def in_both(words: Callable[[Lang], str]) -> Text:
    """Write words in both languages."""
    zh, en = (words(lang) for lang in LANGS)
    return zh, en


def printed_and_implied(sink: Sink, change: Change, sums: Arithmetic, lang: Lang) -> str:
    """List cells as they are printed and as they would be."""
    each = say(lang, "{}印为 {}，应为 {}", "{} is printed {}, would be {}")
    cells = [each.format(say(lang, *sink.cell(c)), number(sums.values[c]), number(v)) for c, v in change.items()]
    return say(lang, "；", "; ").join(cells)


def subject_of(identity: Identity) -> str:
    """Name a sum for the id of its finding."""
    return f"{identity.check}:{identity.subject}"


def sides(sums: Arithmetic, identity: Identity) -> tuple[Number, Number]:
    """Add up both sides of an identity."""
    left = sum((sums.values[c] for c in identity.left), start=0)
    right = sum((sums.values[c] for c in identity.right), start=0)
    return left, right


def words_of(sink: Sink, sums: Arithmetic, i: int) -> dict[str, object]:
    """Return what the messages of the sums ask for."""
    form = sink.report.layout
    identity = form.identities[i]
    left, right = sides(sums, identity)
    blank = not sums.blanks.isdisjoint(identity.cells)
    out: dict[str, object] = {"left": left, "right": right, "difference": abs(left - right)}
    out["blanks"] = ("（空白按 0 计）", " (blanks counted as 0)") if blank else ("", "")
    out["verify"] = out["also"] = ("", "")
    out[identity.each] = form.subject(identity, "zh"), form.subject(identity, "en")
    if identity.check == "T3-01":
        out |= dict(zip("abcd", (sums.values[c] for c in identity.cells), strict=True))
    return out


def sentence(sink: Sink, sums: Arithmetic, i: int) -> Text:
    """Say one failing sum in words."""
    identity = sink.report.layout.identities[i]
    return worded(catalog()[identity.check].messages["sum"], words_of(sink, sums, i))


def failed_sum(sink: Sink, sums: Arithmetic, i: int) -> None:
    """Add the finding that a sum does not hold."""
    identity = sink.report.layout.identities[i]
    words = words_of(sink, sums, i) | {"verify": ("，请核实", "; please verify")}
    left, _ = sides(sums, identity)
    sink.find(
        identity.check, "sum", identity.cells, subject=subject_of(identity), expected=left, found=stated(sums, identity),
        place=sink.report.place(identity.right[0]), words=words,
    )  # fmt: skip


def stated(sums: Arithmetic, identity: Identity) -> Number | None:
    """Return what the right side states; None where a blank stands there."""
    return None if not sums.blanks.isdisjoint(identity.right) else sides(sums, identity)[1]
