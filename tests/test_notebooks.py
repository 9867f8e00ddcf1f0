"""The curated notebooks: two languages, one set of calls, outputs committed and true (their contents are compared by nbval)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from auditkit.case import NOTEBOOKS

ROOT = Path(__file__).resolve().parent.parent / "notebooks"
PATHS = [ROOT / lang / f"{name}.ipynb" for lang in ("zh", "en") for name in NOTEBOOKS]


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


def test_there_are_the_six_notebooks_in_both_languages_and_no_others() -> None:
    assert sorted(ROOT.glob("*/*.ipynb")) == sorted(PATHS)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_both_languages_make_the_same_calls_and_ask_the_same_questions(name: str) -> None:
    zh, en = ROOT / "zh" / f"{name}.ipynb", ROOT / "en" / f"{name}.ipynb"
    assert [c["source"] for c in cells(zh, "code")] == [c["source"] for c in cells(en, "code")]
    headings = [
        [re.findall(r"(?m)^(#+ \d+)", "".join(c["source"])) for c in cells(path, "markdown")] for path in (zh, en)
    ]
    assert headings[0] == headings[1]


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_cell_was_run_from_top_to_bottom_and_shows_something(path: Path) -> None:
    code = cells(path, "code")
    assert [c["execution_count"] for c in code] == list(range(1, len(code) + 1))
    assert all(c["outputs"] for c in code[1:])
    kinds = {o["output_type"] for c in code for o in c["outputs"]}
    assert kinds <= {"execute_result", "display_data"}


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_cell_holds_one_call_and_names_no_file(path: Path) -> None:
    code = ["".join(c["source"]) for c in cells(path, "code")]
    assert code[0] == "import auditkit\n\ncase = auditkit.open_case()"
    rooms = "views|widgets|compare|anomalies|copies|sampling|letter|evidence"
    call = re.compile(rf'auditkit\.(?:{rooms})\.\w+\(case(?:, "[a-z]+")?\)')
    assert all(call.fullmatch(source) for source in code[1:])


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_question_has_prose_before_its_answer(path: Path) -> None:
    markdown = ["".join(c["source"]) for c in cells(path, "markdown")]
    assert all(len(text.split("\n\n", 1)) == 2 and len(text.split("\n\n", 1)[1]) > 15 for text in markdown)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_pictures_have_alternative_text_and_a_text_twin(path: Path) -> None:
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            if "image/png" in output["data"]:
                assert output["metadata"]["image/png"]["alt"]
                assert re.search(r"\d", "".join(output["data"]["text/plain"]))
