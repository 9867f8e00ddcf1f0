"""Pages whose tags are out of place are read as a browser shows them."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from auditkit.loading import load_bytes

SOURCE = Path(__file__).resolve().parents[2] / "data" / "sources" / "suqian-gov-2023.html"
TAGS = re.findall(
    r"\S+", "td tr table tbody thead th p div span b font a center h3 li ul form caption select option button o:p"
)
PAGES = 60


def disordered(page: str, dice: random.Random) -> str:
    """Drop, double or put in up to three tags, from a table on."""
    for _ in range(dice.choice((1, 1, 2, 3))):
        tags = [m for m in re.finditer("<[^>]*>", page) if m.start() >= page.index("<table")]
        at = dice.choice(tags)
        new = dice.choice(("", at[0] * 2, f"<{dice.choice(TAGS)}>{at[0]}", f"</{dice.choice(TAGS)}>{at[0]}"))
        page = page[: at.start()] + new + page[at.end() :]
    return page


def stated(page: str) -> list[tuple[object, ...]]:
    reports = load_bytes("x.html", page.encode())
    return [
        (r.agency, r.year, {cell: r.printed(cell) for cell in r.readings}, sorted(u.text for u in r.unplaced))
        for r in reports
    ]


@pytest.mark.parametrize("seed", range(4))
def test_a_page_out_of_order_states_what_the_browser_shows(browser: Any, seed: int) -> None:
    dice = random.Random(seed)
    tab = browser.new_context(java_script_enabled=False).new_page()
    for _ in range(PAGES // 4):
        page = disordered(SOURCE.read_text("utf-8"), dice)
        tab.set_content(page)
        assert stated(page) == stated(tab.content()), page
