"""Run the curated notebooks and write them with their outputs: ``python tests/rewrite_notebooks.py [NOTEBOOK...]``.

For maintainers, after a change in what a cell shows. Run twice, it writes the same bytes, and ``pytest --nbval``
passes. A widget that is no panel of ours leaves no output, so that re-running complains of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat

from auditkit.memo import NotebookFailed, execute

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def rewrite(path: Path) -> bool:
    """Run a notebook in its folder, replace it by itself with outputs, and tell whether it changed."""
    before = path.read_text(encoding="utf-8")
    nb = execute(path, cwd=path.parent, lang="en")
    after = nbformat.writes(nb) + "\n"
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def main(arguments: list[str]) -> int:
    """Rewrite the notebooks named, or all; 1 if one of them failed."""
    failed = 0
    for path in map(Path, arguments or sorted(map(str, NOTEBOOKS.glob("*/*.ipynb")))):
        try:
            print(path, "rewritten" if rewrite(path) else "unchanged")
        except NotebookFailed as error:
            failed = 1
            print(error, file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
