"""A press in the browser waits for what was set there before it; one from Python does not."""

from __future__ import annotations

from typing import Any

import pytest

from auditkit.widgets import settled as module
from auditkit.widgets.base import button, choice, on_change


@pytest.fixture
def round_trip(monkeypatch: pytest.MonkeyPatch) -> Any:
    found = module._RoundTrip()
    monkeypatch.setattr(module, "_round_trip", lambda: found)
    return found


def test_a_press_in_the_browser_acts_on_what_arrives_before_the_answer(
    monkeypatch: pytest.MonkeyPatch, round_trip: Any
) -> None:
    done: list[Any] = []
    state = choice("zh", "结果", "State", [("甲", 1), ("乙", 2)])
    press = button("zh", "记录", "Record", lambda: done.append(state.value))
    fails = button("zh", "错", "Fail", lambda: done.append(1 / 0))
    on_change(state, lambda: done.append("changed"))
    monkeypatch.setattr(module, "_from_the_browser", lambda: True)
    fails.click()
    press.click()
    state.value = 2
    assert done == []
    with pytest.raises(ZeroDivisionError):
        round_trip._back.value = 2
    assert done == [2]
    round_trip._back.value = 3
    assert done == [2, "changed"]
    round_trip._back.value = 4
    assert done == [2, "changed"]


def test_what_an_answered_press_sets_is_acted_on_at_once(monkeypatch: pytest.MonkeyPatch, round_trip: Any) -> None:
    done: list[str] = []
    state = choice("zh", "结果", "State", [("甲", 1), ("乙", 2)])
    on_change(state, lambda: done.append("changed"))

    def act() -> None:
        state.value = 2
        done.append("pressed")

    press = button("zh", "记录", "Record", act)
    press.click()
    assert done == ["changed", "pressed"]
    state.value = 1
    done.clear()
    monkeypatch.setattr(module, "_from_the_browser", lambda: True)
    press.click()
    assert done == []
    round_trip._back.value = 1
    assert done == ["changed", "pressed"]
