"""The front door: what it lists can be had, and nothing heavy comes in before it is used."""

from __future__ import annotations

import argparse
import importlib.metadata
import inspect
import json
import subprocess
import sys
import tomllib
from importlib import resources

import pytest
from strategies import ROOT, SOURCES

import auditkit
from auditkit import cli
from auditkit.checks import catalog
from auditkit.wording import LANGS, Lang

HEAVY = ("pandas", "scipy", "matplotlib", "ipywidgets", "IPython", "nbclient", "nbconvert", "nbformat", "jupyterlab")


def imported_by(code: str) -> set[str]:
    """Return the top-level modules that are there after some code, in a fresh interpreter."""
    script = "\n".join(
        (
            "import contextlib, io, json, sys",
            "with contextlib.redirect_stdout(io.StringIO()):",
            f"    {code}",
            "print(json.dumps(sorted(m.partition('.')[0] for m in sys.modules)))",
        )
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(json.loads(done.stdout))


def test_all_that_is_listed_can_be_had() -> None:
    assert len(set(auditkit.__all__)) == len(auditkit.__all__) <= 20
    for name in auditkit.__all__:
        assert getattr(auditkit, name) is not None
    assert set(auditkit.__all__) <= set(dir(auditkit))
    for name in ("load", "check", "open_case", "Report", "Findings"):
        assert name in auditkit.__all__


def test_what_is_not_listed_cannot() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        auditkit.no_such_name  # noqa: B018


def test_importing_the_package_is_light() -> None:
    found = imported_by("import auditkit")
    assert "auditkit" in found
    assert not found & {*HEAVY, "numpy", "lxml"}


@pytest.mark.parametrize("file", ["guangxi-hrss-2020.txt", "hongze-gov-2023.html"])
def test_checking_loads_nothing_for_notebooks_or_frames(file: str) -> None:
    found = imported_by(f"from auditkit.cli import main; main(['check', {str(SOURCES / file)!r}])")
    assert "numpy" in found
    assert not found & set(HEAVY)


def test_making_a_case_loads_no_notebook_machinery() -> None:
    found = imported_by("from auditkit.case.opening import open_case; open_case().findings")
    assert not found & set(HEAVY)


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert auditkit.__version__ == project["version"] == importlib.metadata.version("auditkit")


def commands(lang: Lang = "zh") -> dict[str, argparse.ArgumentParser]:
    parser = cli._parser(lang)
    (action,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


def test_the_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [c for c in commands() if f"auditkit {c}" not in text] == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_command_says_in_the_language_asked_for_what_it_does(lang: Lang) -> None:
    parser = cli._parser(lang)
    (action,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    assert {a.dest for a in action._choices_actions} == set(commands(lang))
    told = [*action._choices_actions, *(a for c in commands(lang).values() for a in c._actions if a.dest != "lang")]
    for option in told:
        assert option.help, option.dest
        assert option.help.isascii() == (lang == "en"), option.help


def test_public_functions_say_what_they_take() -> None:
    """Each parameter by name, or the function whose words hold here too."""
    for name in auditkit.__all__:
        thing = getattr(auditkit, name)
        words = inspect.getdoc(thing) or ""
        assert words, name
        if inspect.isfunction(thing) and inspect.signature(thing).parameters and "As `" not in words:
            assert "Parameters\n---" in words, name
            assert [p for p in inspect.signature(thing).parameters if f"{p} : " not in words] == [], name


def test_data_files_are_with_the_package() -> None:
    package = resources.files("auditkit")
    for name in ("forms/2019.toml", "forms/2021.toml", "forms/bridge.toml", "checks/catalog.toml", "py.typed"):
        assert package.joinpath(name).is_file(), name
    assert catalog()
