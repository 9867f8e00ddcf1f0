"""What panels are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from auditkit.tables import visible
from auditkit.wording import Lang, say

WIDE = {"description_width": "initial"}


class Panel(w.VBox):  # type: ignore[misc]
    """A panel; where no widgets can be shown it says what it is in a line."""

    def __init__(self, words: str, children: Sequence[w.Widget]) -> None:
        super().__init__(children=tuple(children))
        self._words = words

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data = super()._repr_mimebundle_(**kwargs)
        if isinstance(data, dict):
            data["text/plain"] = self._words
        return data


def panel(lang: Lang, zh: str, en: str, children: Sequence[w.Widget]) -> Panel:
    """Make a panel; the words say what it is where no widgets are shown."""
    return Panel(say(lang, f"【面板】{zh}（在 JupyterLab 中使用）", f"[Panel] {en} (for use in JupyterLab)"), children)


def named(lang: Lang, zh: str, en: str) -> dict[str, str]:
    """Return a control's label and the hint that explains it, written ``标签|提示`` and ``label|hint``."""
    label, _, hint = say(lang, zh, en).partition("|")
    return {"description": label, "tooltip": hint}


def choice(lang: Lang, zh: str, en: str, options: Sequence[tuple[str, Any]]) -> w.Dropdown:
    """Make a list to choose from, labelled as by `named`."""
    layout = w.Layout(width="max-content", max_width="100%")
    return w.Dropdown(options=readable(options), **named(lang, zh, en), style=WIDE, layout=layout)


def readable(options: Sequence[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Return options with labels that show as they are, whatever characters a report or file name has."""
    return [(visible(label), value) for label, value in options]


def on_change(control: w.Widget, show: Callable[[], None]) -> None:
    """Call `show` whenever a control's value changes."""

    def changed(_: object) -> None:
        show()

    control.observe(changed, names="value")
