"""Files damaged outside their figures: one sentence or a report, in bounded time, and no figure silently another."""

from __future__ import annotations

import random
import re
import zipfile
from io import BytesIO

import docxs
import layouts
import pdfs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import distinct

from auditkit.loading import load_bytes
from auditkit.reading.page import ReadingError

SHEET = distinct("2021")
FILES = {
    "web page": layouts.page(SHEET).encode(),
    "lines": layouts.LAYOUTS["lines after tabs"](SHEET).encode(),
    "markdown": layouts.LAYOUTS["markdown"](SHEET).encode(),
    "single spaces": layouts.LAYOUTS["single spaces"](SHEET).encode(),
}
FIGURE = re.compile(rb"\d[\d.]*")
NOT_A_DIGIT = [b for b in range(256) if not 48 <= b <= 57 and b not in b".,-+"]


def differing(data: bytes) -> dict[str, str]:
    """Return the cells that a file gives another figure than the sheet states."""
    try:
        reports = load_bytes("x", data)
    except ReadingError:
        return {}
    read = {c: r.printed(c) for r in reports for c in r.placed_figures if c in SHEET.texts}
    return {c: t for c, t in read.items() if t.rstrip(".。") != SHEET.texts[c]}


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Change, drop or double a few bytes outside the figures."""
    figures = {i for m in FIGURE.finditer(data) for i in range(m.start() - 1, m.end() + 1)}
    out = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(out))
        while at in figures:
            at = rng.randrange(len(out))
        out[at] = rng.choice(NOT_A_DIGIT)
    return bytes(out)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_a_damaged_text_gives_no_other_figure(name: str, seed: int) -> None:
    assert differing(damaged(FILES[name], random.Random(seed))) == {}


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_a_damaged_word_file_gives_no_other_figure(seed: int) -> None:
    """The document's XML damaged within its container, and the container itself."""
    rng, data = random.Random(seed), docxs.drawn(SHEET)
    if rng.random() < 0.5:
        assert differing(damaged(data, rng)) == {}
        return
    with zipfile.ZipFile(BytesIO(data)) as archive:
        xml = archive.read("word/document.xml")
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in (("[Content_Types].xml", docxs.TYPES), ("_rels/.rels", docxs.RELS)):
            archive.writestr(name, content)
        archive.writestr("word/document.xml", damaged(xml, rng))
    assert differing(out.getvalue()) == {}


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_a_damaged_pdf_gives_no_other_figure(seed: int) -> None:
    """The page's text is compressed: a damaged byte ends the page there, or is nothing."""
    rng, data = random.Random(seed), bytearray(pdfs.drawn(SHEET))
    data[rng.randrange(len(data))] = rng.randrange(256)
    assert differing(bytes(data)) == {}
