"""Word files: every figure in its cell whatever the document holds it in; what is deleted or hidden is no figure."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docxs
import pytest
from layouts import AGENCY, Box, distinct

from auditkit.reading import Grid, Line, ReadingError, read_page
from auditkit.report import load

FORMS = [("2021", ""), ("2019", ""), ("2021", "single_other")]


def written(folder: Path, data: bytes, name: str = "report.bin") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize("name", docxs.LAYOUTS)
@pytest.mark.parametrize("form", FORMS, ids=lambda f: "-".join(filter(None, f)))
def test_every_figure_is_in_its_cell(name: str, form: tuple[str, str], tmp_path: Path) -> None:
    sheet = distinct(*form)
    report = load(written(tmp_path, docxs.LAYOUTS[name](sheet)))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts
    assert report.unplaced == ()
    assert (report.agency, report.year, report.form) == (AGENCY, sheet.year, form[0])


def test_a_raised_figure_is_a_mark_and_no_digit(tmp_path: Path) -> None:
    sheet = distinct("2021")
    report = load(written(tmp_path, docxs.drawn(sheet, docxs.footnoted)))
    assert report.value("requests.new.natural_person") == int(sheet.texts["requests.new.natural_person"])
    assert report.printed("requests.new.natural_person").endswith("¹")


def test_a_cell_says_its_table_row_and_column_and_a_paragraph_its_number(tmp_path: Path) -> None:
    path = written(tmp_path, docxs.drawn(distinct("2021")))
    assert load(path).cells.loc["requests.new.natural_person", "source"] == "第 2 个表格第 4 行第 2 格"
    lines = [b for b in read_page(path).blocks if isinstance(b, Line)]
    assert (lines[1].text, lines[1].place.describe("zh")) == ("2023年政府信息公开工作年度报告", "第 2 段")


def test_the_blank_form_is_no_report(tmp_path: Path) -> None:
    sheet = distinct("2021")
    blank = docxs.drawn(sheet, lambda box: docxs.plain(Box("" if box.kind == "figure" else box.text)))
    with pytest.raises(ReadingError, match="空白表格"):
        load(written(tmp_path, blank))


def test_a_cell_that_goes_on_downwards_is_one_cell() -> None:
    from auditkit.reading.docx import read

    rows = [[Box("a", 1, 2), Box("b")], [Box("c")]]
    (grid,) = [
        b
        for b in read(docxs.pack(docxs.document(distinct("2021"), [docxs.table(rows), "", ""])), "x").blocks
        if isinstance(b, Grid)
    ]
    assert [[(s.text, s.column, s.height) for s in row] for row in grid.rows] == [
        [("a", 0, 2), ("b", 1, 1)],
        [("c", 1, 1)],
    ]


def bomb(part: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", docxs.TYPES)
        archive.writestr("_rels/.rels", docxs.RELS)
        archive.writestr("word/document.xml", part)
    return out.getvalue()


def body(inner: str) -> bytes:
    return f"<w:document {docxs.W}><w:body>{inner}</w:body></w:document>".encode()


LAUGHS = b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>'
CELL = "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>"
HOSTILE = {
    "entities": LAUGHS,
    "entities in UTF-16": LAUGHS.decode().encode("utf-16"),
    "an external entity": b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>',
    "no XML": b"\0" * 1000,
    "a hundred megabytes of spaces": b" " * 100_000_000,
    "a wide cell": body('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="100000"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'),
    "many cells": body("<w:tbl>" + f"<w:tr>{CELL * 20}</w:tr>" * 4000 + "</w:tbl>"),
    "deep tables": body("<w:tbl><w:tr><w:tc>" * 5000 + "</w:tc></w:tr></w:tbl>" * 5000),
    "many paragraphs": body("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 250_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        load(written(tmp_path, bomb(HOSTILE[name])))
    assert "\n" not in caught.value.message("zh")


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_file_that_breaks_off_is_refused(tenth: int, tmp_path: Path) -> None:
    data = docxs.drawn(distinct("2021"))
    with pytest.raises(ReadingError):
        load(written(tmp_path, data[: len(data) * tenth // 10]))
