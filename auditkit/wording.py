"""The two languages of everything people read."""

from __future__ import annotations

from typing import Literal, TypeAlias

Lang: TypeAlias = Literal["zh", "en"]
LANGS: tuple[Lang, Lang] = ("zh", "en")


def say(lang: Lang, zh: str, en: str) -> str:
    """Return the Chinese or the English wording.

    Examples
    --------
    >>> say("en", "空白", "blank")
    'blank'
    """
    return zh if lang == "zh" else en
