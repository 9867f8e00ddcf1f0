"""Word files: every figure in its cell whatever the document holds it in; what is deleted or hidden is no figure."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docxs
import pytest
from layouts import AGENCY, Box, distinct, four, page, three, two_joined

from auditkit.loading import load
from auditkit.reading import read_page
from auditkit.reading.page import Grid, Line, ReadingError

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


def test_a_cell_that_spans_the_older_way_goes_on_downwards_over_its_whole_width() -> None:
    from auditkit.reading.docx import read

    def cell(text: str, *merged: str) -> str:
        marks = "".join(f"<w:{m}/>" for m in merged)
        return f"<w:tc><w:tcPr>{marks}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    begin, on = 'hMerge w:val="restart"', 'hMerge w:val="continue"'
    upper = cell("a", begin, 'vMerge w:val="restart"') + cell("", on, 'vMerge w:val="restart"') + cell("b")
    lower = cell("", begin, "vMerge") + cell("", on, "vMerge") + cell("c")
    table = f"<w:tbl><w:tr>{upper}</w:tr><w:tr>{lower}</w:tr></w:tbl>"
    data = docxs.pack(docxs.document(distinct("2021"), [table, "", ""]))
    (grid,) = [b for b in read(data, "x").blocks if isinstance(b, Grid)]
    assert [[(s.text, s.column, s.width, s.height) for s in row] for row in grid.rows] == [
        [("a", 0, 2, 2), ("b", 2, 1, 1)],
        [("c", 2, 1, 1)],
    ]


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


# --- what is shown beside a figure but is none of its digits ----------------------------------------------------------

STYLES = (
    f'<w:styles {docxs.W}><w:style w:type="character" w:styleId="up"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="note"><w:basedOn w:val="up"/></w:style>'
    '<w:style w:type="character" w:styleId="gone"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="white"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="blue"><w:pPr><w:shd w:val="clear" w:fill="1F4E79"/></w:pPr></w:style></w:styles>'
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PARTS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="s" Type="{KIND}styles" Target="styles.xml"/>'
    f'<Relationship Id="c" Type="{KIND}aFChunk" Target="/word/chunk.html"/></Relationships>'
)
BEGIN, RESULT, END = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
BESIDE = {
    "raised by a style": '{figure}<w:r><w:rPr><w:rStyle w:val="note"/></w:rPr><w:t>1</w:t></w:r>',
    "raised by its position": '{figure}<w:r><w:rPr><w:position w:val="8"/></w:rPr><w:t>1</w:t></w:r>',
    "raised and full-width": '{figure}<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>１</w:t></w:r>',
    "hidden by a style": '{figure}<w:r><w:rPr><w:rStyle w:val="gone"/></w:rPr><w:t>1</w:t></w:r>',
    "pinyin above": "<w:r><w:ruby><w:rt><w:r><w:t>1</w:t></w:r></w:rt><w:rubyBase>{figure}</w:rubyBase></w:ruby></w:r>",
    "automatic colour": "<w:r><w:rPr><w:color w:val='auto'/></w:rPr><w:t>3001</w:t></w:r>",
    "white on a dark run": "<w:r><w:rPr><w:rStyle w:val='white'/><w:shd w:fill='1F4E79'/></w:rPr><w:t>3001</w:t></w:r>",
    "white on a dark paragraph": (
        "<w:pPr><w:pStyle w:val='blue'/></w:pPr><w:r><w:rPr><w:color w:val='FFFFFF'/></w:rPr><w:t>3001</w:t></w:r>"
    ),
    "a field in a field's code": f"{BEGIN}{BEGIN}{RESULT}<w:r><w:t>1</w:t></w:r>{END}{RESULT}{{figure}}{END}",
    "an alternative nobody knows": (
        "<mc:AlternateContent><mc:Choice xmlns:z='urn:z' Requires='z'><w:r><w:t>1</w:t></w:r></mc:Choice>"
        "<mc:Fallback>{figure}</mc:Fallback></mc:AlternateContent>"
    ),
}
NO_FIGURE = {
    "struck out": "<w:r><w:rPr><w:strike/></w:rPr><w:t>9</w:t></w:r>{figure}",
    "white on white": "<w:r><w:rPr><w:color w:val='FEFEFE'/></w:rPr><w:t>3001</w:t></w:r>",
    "white by a style": "<w:r><w:rPr><w:rStyle w:val='white'/><w:shd w:val='clear' w:fill='auto'/></w:rPr><w:t>9</w:t></w:r>{figure}",
    "a power": f"<m:oMath {MATH}><m:sSup><m:e>{{figure}}</m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>",
    "a fraction": f"<m:oMath {MATH}><m:f><m:num>{{figure}}</m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>",
    "a symbol": "{figure}<w:r><w:sym w:font='Wingdings' w:char='F031'/></w:r>",
}
FIRST = "3001"


def with_first(markup: str) -> bytes:
    """Draw a report whose first figure stands in some markup."""
    sheet = distinct("2021")
    assert next(iter(sheet.texts.values())) == FIRST

    def cell(box: Box) -> str:
        return f"<w:p>{markup.format(figure=docxs.run(box.text))}</w:p>" if box.text == FIRST else docxs.plain(box)

    parts = [docxs.table(rows, cell) for rows in (two_joined(sheet), three(sheet), four(sheet))]
    more = (("word/styles.xml", STYLES.encode()), ("word/_rels/document.xml.rels", PARTS.encode()))
    return docxs.pack(docxs.document(sheet, parts), *more)


@pytest.mark.parametrize("name", BESIDE)
def test_what_stands_beside_a_figure_is_none_of_its_digits(name: str, tmp_path: Path) -> None:
    report = load(written(tmp_path, with_first(BESIDE[name])))
    assert {c: str(report.value(c)) for c in report.readings} == dict(distinct("2021").texts)


@pytest.mark.parametrize("name", NO_FIGURE)
def test_what_is_no_plain_figure_is_a_text(name: str, tmp_path: Path) -> None:
    report = load(written(tmp_path, with_first(NO_FIGURE[name])))
    first, *others = distinct("2021").texts.items()
    assert report.kind(first[0]) == "text"
    assert FIRST in report.printed(first[0])
    assert all(str(report.value(c)) == text for c, text in others)


def test_digits_that_a_deleted_line_end_kept_apart_are_one_figure(tmp_path: Path) -> None:
    apart = "<w:pPr><w:rPr><w:del w:id='1' w:author='a'/></w:rPr></w:pPr><w:r><w:t>30</w:t></w:r></w:p><w:p><w:r><w:t>01</w:t></w:r>"
    assert next(iter(load(written(tmp_path, with_first(apart))).figures.values())) == int(FIRST)


def test_a_web_page_in_a_word_file_is_read_and_its_tables_are_counted_on(tmp_path: Path) -> None:
    sheet = distinct("2021")
    chunk = f'<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl><w:altChunk xmlns:r="{KIND[:-1]}" r:id="c"/>'
    xml = f"<w:document {docxs.W}><w:body>{chunk}</w:body></w:document>"
    more = (("word/_rels/document.xml.rels", PARTS.encode()), ("word/chunk.html", page(sheet).encode()))
    report = load(written(tmp_path, docxs.pack(xml, *more)))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts
    assert report.place("requests.new.natural_person").table == 3


def test_a_line_end_within_a_paragraph_is_no_paragraph() -> None:
    from auditkit.reading.docx import read

    xml = f"<w:document {docxs.W}><w:body><w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p><w:p/><w:p>{docxs.run('c')}</w:p>"
    blocks = read(docxs.pack(xml + "</w:body></w:document>"), "x").blocks
    assert [(b.text, b.place.paragraph) for b in blocks if isinstance(b, Line)] == [("a", 1), ("b", 1), ("c", 3)]


def test_the_properties_say_the_title_only_where_the_document_does_not() -> None:
    from auditkit.reading.docx import read

    core = b'<p xmlns:d="http://purl.org/dc/elements/1.1/"><d:title>\xe5\xb9\xb4\xe6\x8a\xa5</d:title></p>'
    whole = docxs.RELS.replace(
        "</Relationships>", '<Relationship Id="c" Type="x/core-properties" Target="core.xml"/></Relationships>'
    )
    for text, titles in (
        ("正文", ("年报",)),
        ("六、其他需要报告的事项", ("年报",)),
        ("某局2023年政府信息公开工作年度报告", ()),
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("[Content_Types].xml", docxs.TYPES)
            archive.writestr("_rels/.rels", whole)
            archive.writestr("core.xml", core)
            archive.writestr("word/document.xml", f"<w:d {docxs.W}><w:body>{docxs.plain(Box(text))}</w:body></w:d>")
        assert read(out.getvalue(), "x").titles == titles


def test_a_file_whose_document_is_missing_is_refused_in_one_sentence(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", docxs.TYPES)
        archive.writestr("_rels/.rels", docxs.RELS)
    with pytest.raises(ReadingError, match="不完整"):
        load(written(tmp_path, out.getvalue()))


@pytest.mark.parametrize(
    "inner",
    [
        "<w:tbl><w:tr><w:tc>" * 200 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 200,
        f"<w:p><w:r><w:t>{'公开' * 2_000_000}</w:t></w:r></w:p>",
    ],
    ids=["tables in tables", "a paragraph of twelve megabytes"],
)
def test_a_sound_file_beyond_all_measure_is_not_called_damaged(inner: str, tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="嵌套过深，或一段文字超过 10 MB"):
        load(written(tmp_path, bomb(body(inner))))
