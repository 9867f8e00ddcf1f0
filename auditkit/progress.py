"""What a command is doing, on one line of the terminal that goes again; nothing where stderr is no terminal, nor in Python."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from auditkit.tables import width
from auditkit.terminal import clean
from auditkit.wording import Lang, say

_shown = False


@contextmanager
def shown() -> Iterator[None]:
    """Say what is being done for as long as a command runs."""
    global _shown
    _shown = sys.stderr.isatty()
    try:
        yield
    finally:
        done()
        _shown = False


def doing(lang: Lang, zh: str, en: str) -> None:
    """Say what is being done, in place of what was said before."""
    _write(clean(say(lang, zh, en)))


def done() -> None:
    """Take the line away, before anything else is printed."""
    _write("")


def _write(text: str) -> None:
    if _shown:
        room = shutil.get_terminal_size().columns - 1
        while width(text) > room:
            text = text[:-1]
        sys.stderr.write(f"\r{' ' * room}\r{text}")
        sys.stderr.flush()
