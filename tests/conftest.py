"""The same examples on every run (other ones by ``--hypothesis-profile search``); nothing written beside the tests."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from hypothesis import HealthCheck, settings

import auditkit
import auditkit.loading

for module in pkgutil.walk_packages(auditkit.__path__, "auditkit."):
    importlib.import_module(module.name)  # Hypothesis draws the constants of what is loaded, too

settings.register_profile(
    "auditkit",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("search", settings.get_profile("auditkit"), derandomize=False)
settings.load_profile("auditkit")


@pytest.fixture(autouse=True)
def _faults_of_the_program_are_no_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file is refused because the program failed, the test fails with what failed."""

    def again(*_: str) -> None:
        raise  # within the except of load_bytes

    monkeypatch.setattr(auditkit.loading, "Fault", again)


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the language or colours of whoever runs it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
