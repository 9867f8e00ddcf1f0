"""What panels are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

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


def choice(label: str, options: Sequence[tuple[str, Any]], hint: str) -> w.Dropdown:
    """Make a labelled list to choose from."""
    return w.Dropdown(
        options=list(options),
        description=label,
        tooltip=hint,
        style=WIDE,
        layout=w.Layout(width="max-content", max_width="100%"),
    )


def on_change(control: w.Widget, show: Callable[[], None]) -> None:
    """Call `show` whenever a control's value changes."""

    def changed(_: object) -> None:
        show()

    control.observe(changed, names="value")
