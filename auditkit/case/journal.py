"""What people state about a case: entries, and which of them stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

from auditkit.wording import Lang, say

Kind: TypeAlias = Literal["correct", "place", "confirm", "blanks", "alias", "scope", "register", "dispose", "note"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class CaseError(Exception):
    """What cannot be done with a case, or why one cannot be opened: one sentence in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self._zh, self._en = zh, en

    def message(self, lang: Lang) -> str:
        """Return the sentence in one language."""
        return say(lang, self._zh, self._en)


def need(holds: object, zh: str, en: str) -> None:
    """Raise `CaseError` with this sentence unless something holds."""
    if not holds:
        raise CaseError(zh, en)


_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement.

    Attributes
    ----------
    id : ``<sitting>/<number of the line>``
    subject : what it is about
    value : what is stated; None withdraws what was
    time : UTC, as the clock of the machine had it
    supersedes : ids of the entries it takes the place of
    seen : what its author saw of the subject then
    """

    id: str
    kind: Kind
    subject: Mapping[str, str]
    value: Any
    reason: str
    author: str
    time: str
    supersedes: tuple[str, ...]
    seen: Mapping[str, Any]
    topic: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Kind and subject as one key: entries of one topic take each other's place."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "topic", topic(self.kind, self.subject))

    @property
    def when(self) -> str:
        """When it was made, for people: in the time of China, on whichever machine it is shown."""
        try:
            made = datetime.fromisoformat(self.time)
        except ValueError:  # a line made by hand
            return self.time
        return f"{made.astimezone(_CHINA):%Y-%m-%d %H:%M:%S} UTC+8"

    def is_after(self, moment: float) -> bool:
        """Whether it was made after a moment, in seconds since 1970 as files have it; unknown is not."""
        try:
            return datetime.fromisoformat(self.time).timestamp() > moment
        except (ValueError, OverflowError):
            return False

    def signed(self, lang: Lang) -> str:
        """Say who made it and when."""
        return say(lang, f"{self.author}，{self.when}", f"{self.author}, {self.when}")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a journal's files, in words."""

    code: str
    file: str
    text: tuple[str, str]

    def message(self, lang: Lang) -> str:
        """Return the sentence in one language."""
        return say(lang, *self.text)


@dataclass(frozen=True, eq=False)
class Journal:
    """All entries, oldest first (none before one it takes the place of), and what is wrong with their files."""

    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()
    heads: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Sitting to its number of lines and the hash of the last."""

    @cached_property
    def _topics(self) -> dict[tuple[str, ...], tuple[Entry, ...]]:
        out: dict[tuple[str, ...], list[Entry]] = {}
        for entry in self.entries:
            out.setdefault(entry.topic, []).append(entry)
        return {key: tuple(entries) for key, entries in out.items()}

    def history(self, kind: Kind, subject: Mapping[str, str]) -> tuple[Entry, ...]:
        """Return every entry ever made about a subject, oldest first."""
        return self._topics.get(topic(kind, subject), ())

    def current(self, kind: Kind, subject: Mapping[str, str]) -> tuple[Entry, ...]:
        """Return the entries about a subject that no other takes the place of; two or more are a conflict."""
        return _current(self.history(kind, subject))

    def standing(self, kind: Kind) -> tuple[tuple[Entry, ...], ...]:
        """Return for each subject of a kind its current entries; subjects with nothing but withdrawals are left out."""
        return self._standing.get(kind, ())

    @cached_property
    def _standing(self) -> dict[Kind, tuple[tuple[Entry, ...], ...]]:
        out: dict[Kind, list[tuple[Entry, ...]]] = {}
        for entries in self._topics.values():
            group = _current(entries)
            if any(e.value is not None for e in group):
                out.setdefault(entries[0].kind, []).append(group)
        return {kind: tuple(groups) for kind, groups in out.items()}


def topic(kind: Kind, subject: Mapping[str, str]) -> tuple[str, ...]:
    """Return kind and subject as one key, whatever the order of the subject's keys."""
    return (kind, *(text for pair in sorted(subject.items()) for text in pair))


def _current(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    replaced = {name for entry in entries for name in entry.supersedes}
    left = tuple(entry for entry in entries if entry.id not in replaced)
    return left or tuple(entries)  # entries made by hand that replace each other in a circle are a conflict as well
