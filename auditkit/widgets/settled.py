"""A press is acted on when everything that was set in the browser before it has arrived."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import cache

import ipywidgets as w
from IPython import get_ipython


def settled(act: Callable[[], None]) -> Callable[[], None]:
    """Return what a control calls: `act` at once, or, if the browser asks for it, when all set there before has arrived.

    ipywidgets sends a press at once, but holds a control's second change back until the kernel has answered the first
    (``WidgetModel.save_changes`` of ``@jupyter-widgets/base``): with a kernel that is busy, "record" would overtake
    what the screen shows. The answer to a question put to the browser comes after all that was held back.
    """
    round_trip = _round_trip()  # made with the control: the browser must know both ends when it is asked

    def asked() -> None:
        if round_trip.answering or not _from_the_browser():
            act()
        else:
            round_trip.ask(act)

    return asked


def _from_the_browser() -> bool:
    shell = get_ipython()
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return bool(parent.get("header", {}).get("msg_type") == "comm_msg")


class _RoundTrip:
    """A number that the kernel sets and the browser's link (`ipywidgets.jsdlink`) sends back."""

    def __init__(self) -> None:
        self.answering = False
        self._waiting: dict[int, Callable[[], None]] = {}
        self._sent, self._back = w.IntText(), w.IntText()
        w.jsdlink((self._sent, "value"), (self._back, "value"))
        self._back.observe(self._answered, names="value")

    def ask(self, act: Callable[[], None]) -> None:
        """Call `act` when the browser has answered."""
        number = self._sent.value + 1
        self._waiting[number] = act
        self._sent.value = number

    def _answered(self, change: dict[str, int]) -> None:
        due = [self._waiting.pop(n) for n in sorted(self._waiting, reverse=True) if n <= change["new"]]
        with ExitStack() as stack:  # in the order pressed, each whatever becomes of the others
            stack.callback(setattr, self, "answering", False)
            for act in due:
                stack.callback(act)
            self.answering = True


@cache
def _round_trip() -> _RoundTrip:
    return _RoundTrip()
