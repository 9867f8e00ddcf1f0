"""PDF files: ruled tables whole, over pages and turned; what is not certain is unplaced; hostile files are bounded."""

from __future__ import annotations

import io
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pdfs
import pypdfium2
import pytest
from layouts import AGENCY, TITLES, Sheet, distinct, flat_head, only_labels, three
from PIL import Image

from auditkit.loading import load, load_all
from auditkit.placing import place, preferred
from auditkit.placing.labels import labels
from auditkit.placing.tokens import count
from auditkit.reading import pdf, read_page
from auditkit.reading.drawing import Char, Marks, drawn
from auditkit.reading.numbers import parse
from auditkit.reading.page import Grid, Page, ReadingError
from auditkit.reading.ruled import blocks_of, halves, plain
from auditkit.report import Report

FORMS = [("2021", ""), ("2019", ""), ("2021", "single_other")]


def written(folder: Path, data: bytes) -> Path:
    (folder / "report.bin").write_bytes(data)
    return folder / "report.bin"


@pytest.mark.parametrize(
    ("form", "name"),
    [(FORMS[0], name) for name in pdfs.LAYOUTS]
    + [(form, name) for form in FORMS[1:] for name in ("ruled", "heads downwards", "short pages")],
    ids=str,
)
def test_every_figure_of_a_ruled_table_is_in_its_cell(name: str, form: tuple[str, str], tmp_path: Path) -> None:
    sheet = distinct(*form)
    report = load(written(tmp_path, pdfs.LAYOUTS[name](sheet)))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts
    assert report.unplaced == ()
    assert (report.agency, report.year, report.form) == (AGENCY, sheet.year, form[0])


def nothing_is_wrong_or_lost(reports: tuple[Report, ...], sheet: Sheet) -> None:
    got = {c: r.printed(c) for r in reports for c in r.readings}
    assert {c: t for c, t in got.items() if sheet.texts.get(c) != t} == {}
    unplaced = " ".join(u.text for r in reports for u in r.unplaced)
    assert [c for c, t in sheet.texts.items() if c not in got and t not in unplaced] == []


@pytest.mark.parametrize("name", pdfs.DOUBTFUL)
def test_what_is_not_certain_is_unplaced_and_nothing_is_lost(name: str, tmp_path: Path) -> None:
    sheet = distinct("2021")
    reports = load_all(written(tmp_path, pdfs.DOUBTFUL[name](sheet)))
    nothing_is_wrong_or_lost(reports, sheet)
    least = {
        "no rules": 0.3,
        "rows cut between rules": 1,
        "rows cut, cells open": 0.96,
    }  # without rules, labels are torn
    share = next((share for kind, share in least.items() if kind == name.split(", pages")[0]), 0.8)
    assert sum(len(r.placed_figures) for r in reports) >= share * len(sheet.texts)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_says_it_is_turned_is_read_as_it_is_shown(degrees: int, tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument(pdfs.drawn(distinct("2021")))
    for page in document:
        page.set_rotation(degrees)
    out = io.BytesIO()
    document.save(out)
    report = load(written(tmp_path, out.getvalue()))
    assert {c: report.printed(c) for c in report.readings} == distinct("2021").texts


def test_the_crop_of_a_damaged_file_is_no_picture() -> None:
    data = pdfs.drawn(distinct("2021"))
    with pytest.raises(ReadingError):
        pdf.crop(data[: len(data) // 2].replace(b"obj", b"???"), 1, (0, 0, 10, 10))


def test_a_cell_says_its_page_and_box_and_the_crop_shows_it(tmp_path: Path) -> None:
    data = pdfs.drawn(distinct("2021"))
    place = load(written(tmp_path, data)).place("requests.new.natural_person")
    assert place.page == 1
    assert place.box is not None
    assert "框" in place.describe("zh", exact=True)
    assert "框" not in place.describe("zh")
    picture = Image.open(io.BytesIO(pdf.crop(data, place.page, place.box)))
    height = (place.box[3] - place.box[1]) * 150 / 72
    assert height < picture.height < height + 40
    darkest = picture.convert("L").getextrema()[0]
    assert isinstance(darkest, int)
    assert darkest < 100
    assert pdf.crop(data, place.page, place.box) == pdf.crop(data, place.page, place.box)


def test_a_fake_bold_is_read_once() -> None:
    drawing = pdfs.Drawing(pdfs.Style())
    for x in (100, 100.3):
        drawing.text(x, 100, "甲12")
        drawing.text(x, 130, "甲112")
    page = pdf.read(drawing.done(), "x")
    assert [b.text for b in page.blocks if not isinstance(b, Grid)] == ["甲12", "甲112"]


def test_text_that_is_not_drawn_is_not_read() -> None:
    drawing = pdfs.Drawing(pdfs.Style(number=False))
    drawing.text(100, 100, "甲12")
    shy = drawing.canvas.beginText(100, 500)
    shy.setFont(pdfs.FONT, 9)
    shy.setTextRenderMode(3)
    shy.textOut("99")
    drawing.canvas.drawText(shy)
    drawing.text(5000, 100, "77")
    assert [b.text for b in pdf.read(drawing.done(), "x").blocks if not isinstance(b, Grid)] == ["甲12"]


@pytest.mark.parametrize("how", ["clips", "speck", "cut away"])
def test_text_that_leaves_no_mark_is_not_read(how: str) -> None:
    def draw(d: pdfs.Drawing) -> None:
        d.text(110, 114, "62")
        if how == "cut away":
            path = d.canvas.beginPath()
            path.rect(100, d.style.height - 120, 25, 20)
            d.canvas.clipPath(path, stroke=0)
        shy = d.canvas.beginText(130, d.style.height - 114)
        shy.setFont(pdfs.FONT, 0.5 if how == "speck" else 9)
        shy.setTextRenderMode(7 if how == "clips" else 0)
        shy.textOut("718")
        d.canvas.drawText(shy)

    assert one_row(draw, [100, 200, 220])[0] == "62"


@pytest.mark.parametrize("off", [True, False])
def test_text_of_a_layer_that_is_off_is_not_read(off: bool) -> None:
    """Layers are optional content groups (ISO 32000-1, 8.11)."""
    drawn = b"BT /F 20 Tf 50 100 Td (A12) Tj ET /OC /L BDC BT /F 20 Tf 120 100 Td (345) Tj ET EMC"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R]/D<</OFF[" + b"6 0 R" * off + b"]>>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>/Properties<</L 6 0 R>>>>>>",
        b"<</Length " + str(len(drawn)).encode() + b">>stream\n" + drawn + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/OCG/Name(old)>>",
    ]
    body, places = b"%PDF-1.5\n", []
    for n, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj" % n + part + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    body += (
        b"xref\n0 7\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
    )
    chars = drawn_chars(body)
    assert chars == ("A12" if off else "A12345")


def drawn_chars(data: bytes) -> str:
    return "".join(c.text for c in drawn(pypdfium2.PdfDocument(data)[0]).chars)


@pytest.mark.parametrize(
    ("size", "up", "note"), [(6, 4, True), (6, -2, True), (6, 1, True), (7.5, 3, True), (9, 2, False), (9, 0, False)]
)
def test_a_small_digit_beside_a_figure_that_is_raised_is_a_note(size: float, up: float, note: bool) -> None:
    def draw(d: pdfs.Drawing) -> None:
        d.text(110, 114, "627")
        d.canvas.setFont(pdfs.FONT, size)
        d.canvas.drawString(123.6, d.style.height - 114 + up, "1")

    figure = parse(one_row(draw, [100, 200, 220])[0])
    assert figure.value == (627 if note else 6271)


@pytest.mark.parametrize(
    ("ink", "ground", "seen"),
    [(1, None, False), (0.95, None, False), (0.7, None, True), (1, 0.3, True), (0.9, 0.88, False), (0.9, 0.5, True)],
)
def test_text_in_the_colour_of_its_ground_is_not_read(ink: float, ground: float | None, seen: bool) -> None:
    drawing = pdfs.Drawing(pdfs.Style(number=False))
    drawing.text(100, 100, "甲12")
    if ground is not None:
        drawing.canvas.setFillGray(ground)
        drawing.canvas.rect(95, drawing.style.height - 210, 60, 20, stroke=0, fill=1)
    drawing.canvas.setFillGray(ink)
    drawing.text(100, 204, "345")
    lines = [b.text for b in pdf.read(drawing.done(), "x").blocks if not isinstance(b, Grid)]
    assert lines == ["甲12", *["345"] * seen]


@pytest.mark.parametrize("lines", [0, 40])
def test_a_scan_is_called_a_picture_with_recognised_text_too(lines: int, tmp_path: Path) -> None:
    drawing = pdfs.Drawing(pdfs.Style(number=False))
    Image.new("L", (800, 1000), 200).save(tmp_path / "scan.png")
    drawing.canvas.drawImage(str(tmp_path / "scan.png"), 0, 0, 595, 800)
    for i in range(lines):
        shy = drawing.canvas.beginText(60 + i % 3, 700 - 4 * i)
        shy.setFont(pdfs.FONT, 9)
        shy.setTextRenderMode(3)
        shy.textOut("（一）予以公开 17 1 0 0 0 0 18")
        drawing.canvas.drawText(shy)
    with pytest.raises(ReadingError, match="扫描件"):
        read_page(written(tmp_path, drawing.done()))


# --- what can make a figure another one ------------------------------------------------------------------------------------


def ruled(d: pdfs.Drawing, xs: list[float], ys: list[float]) -> None:
    for x in xs:
        d.rule(x, ys[0], x, ys[-1])
    for y in ys:
        d.rule(xs[0], y, xs[-1], y)


def grid_of(data: bytes) -> list[list[str]]:
    (grid,) = (b for b in pdf.read(data, "x").blocks if isinstance(b, Grid))
    return [[spot.text for spot in row] for row in grid.rows]


def lines_of(data: bytes) -> list[str]:
    return [" ".join(b.text.split()) for b in pdf.read(data, "x").blocks if not isinstance(b, Grid)]


def one_row(draw: Callable[[pdfs.Drawing], object], xs: list[float]) -> list[str]:
    """Draw something into the first row (y from 100 to 120) of a table of two rows; return that row's texts."""
    d = pdfs.Drawing(pdfs.Style())
    ruled(d, xs, [100, 120, 140])
    draw(d)
    return grid_of(d.done())[0]


def test_digits_with_a_line_through_them_are_no_digits_of_their_neighbours() -> None:
    def draw(d: pdfs.Drawing) -> None:
        d.text(105, 114, "8")
        d.text(105 + 4.5, 114, "1")
        d.rule(104.8, 110.8, 109.6, 110.8)  # 8 is deleted
        d.text(145, 114, "81")
        d.rule(145, 115.2, 154, 115.2)  # under a figure

    deleted, underlined = one_row(draw, [100, 140, 180])
    assert parse(deleted).kind == "text"
    assert underlined == "81"


def test_a_figure_wider_than_its_cell_is_not_cut_in_two() -> None:
    def draw(d: pdfs.Drawing) -> None:
        for i, text in enumerate(("40296", "40303", "40310")):
            d.text(100 + 20 * i + 1, 114, text)  # 22.5 wide

    found = one_row(draw, [100, 120, 140, 160, 180])
    assert not any(parse(text).kind == "figure" for text in found)
    assert [c for c in "".join(found) if c.isdigit()] == list("402964030340310")


@pytest.mark.parametrize("x", [119, 131])
def test_a_figure_that_stands_out_a_little_is_in_its_cell(x: float) -> None:
    assert one_row(lambda d: d.text(x, 114, "40296"), [100, 120, 152, 180]) == ["", "40296", ""]


def test_a_letter_of_which_only_its_ink_is_known_has_no_spaces_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFium tells no other box of 一 in what a browser prints."""
    whole = pypdfium2.raw.FPDFText_GetLooseCharBox

    def ink(text: object, i: int, box: pypdfium2.raw.FS_RECTF) -> None:
        whole(text, i, box)
        if pypdfium2.raw.FPDFText_GetUnicode(text, i) == ord("一"):
            box.left, box.bottom, box.right, box.top = box.left + 0.4, box.bottom + 4, box.right - 0.4, box.bottom + 4.7

    monkeypatch.setattr(pypdfium2.raw, "FPDFText_GetLooseCharBox", ink)
    d = pdfs.Drawing(pdfs.Style(number=False))
    d.text(100, 100, "只计这一情形")
    assert [b.text.strip() for b in blocks_of(drawn(pypdfium2.PdfDocument(d.done())[0]), 1)] == ["只计这一情形"]


def test_figures_that_fill_their_cells_are_not_joined() -> None:
    found = one_row(lambda d: [d.text(x, 114, t) for x, t in ((100.4, "4296"), (119.4, "4303"))], [100, 119, 138])
    assert found == ["4296", "4303"]


def test_two_figures_without_a_rule_between_them_are_not_one() -> None:
    for gap in (6, 8, 12, 30):
        (text, _) = one_row(lambda d: [d.text(110, 114, "12"), d.text(119 + gap, 114, "345")], [100, 200, 220])  # noqa: B023
        assert parse(text).kind == "text", gap
    assert one_row(lambda d: [d.text(110, 114, "12"), d.text(121, 114, "345")], [100, 200, 220])[0] == "12345"
    assert (
        one_row(lambda d: d.text(110, 114, "12 3 5"), [100, 200, 220])[0] == "12 3 5"
    )  # a space of STSong is 0.2 wide


def test_a_round_stamp_parts_no_cells() -> None:
    row = one_row(
        lambda d: [d.text(110, 114, "12"), d.text(160, 114, "7"), d.canvas.circle(165, d.style.height - 120, 40)],
        [100, 150, 200, 260],
    )
    assert row == ["12", "7", ""]


def test_a_head_and_the_figure_beneath_it_without_a_rule_between_are_told(tmp_path: Path) -> None:
    rows = {"信息内容 行政事业性收费": ["本年收费金额（单位：万元）", "8587"], "规章": ["3", "4"]}
    d = pdfs.Drawing(pdfs.Style())
    d.text(100, 80, "二、主动公开政府信息情况")
    ruled(d, [100, 250, 400], [100, 140, 180, 220])
    for y, (label, texts) in zip((112, 152, 192), [*rows.items(), ("行政许可", ["5", "6"])], strict=True):
        for x, words in ((105, label.split()), (255, texts)):
            for i, word in enumerate(words):
                d.text(x, y + 14 * i, word)
    page = pdf.read(d.done(), "x")
    placement = preferred(place(page))
    assert "8587" in [u.text for u in (*placement.unplaced, *count(page, placement).lost)]


@pytest.mark.parametrize("new", ["1345", "1291", "129", "8"])
@pytest.mark.parametrize("how", ["over", "covered", "unseen"])
def test_a_figure_printed_over_another_is_no_other_figure(how: str, new: str) -> None:
    """PDFium leaves out what a text repeats of one that stands there already, seen or not: of 1291 and 1345 it gives 1291 and 345."""

    def draw(d: pdfs.Drawing) -> None:
        old = d.canvas.beginText(110, d.style.height - 114)
        old.setFont(pdfs.FONT, 9)
        old.setTextRenderMode(3 if how == "unseen" else 0)
        old.textOut("1291")
        old.setTextRenderMode(0)
        d.canvas.drawText(old)
        if how == "covered":
            d.canvas.setFillGray(1)
            d.canvas.rect(105, d.style.height - 118, 40, 15, stroke=0, fill=1)
            d.canvas.setFillGray(0)
        d.text(110, 114, new)

    found = one_row(draw, [100, 200, 220])[0]
    assert parse(found).kind == "text" or (how == "over" and found == "1291" and "1291".startswith(new))


def test_a_watermark_is_no_figure() -> None:
    def draw(d: pdfs.Drawing) -> None:
        d.text(110, 114, "12")
        d.canvas.saveState()
        d.canvas.translate(121, d.style.height - 114)
        d.canvas.rotate(45)
        d.canvas.drawString(0, 0, "2024")
        d.canvas.restoreState()

    assert one_row(draw, [100, 200, 220])[0] == "12"


def test_a_scan_over_its_recognised_text_is_a_picture(tmp_path: Path) -> None:
    drawing = pdfs.Drawing(pdfs.Style(number=False))
    for y in range(100, 300, 20):
        drawing.text(100, y, "一、本年新收政府信息公开申请数量 1 2 3 4 5 6 7")
    Image.new("L", (800, 1000), 200).save(tmp_path / "scan.png")
    drawing.canvas.drawImage(str(tmp_path / "scan.png"), 0, 0, 595, 800)
    with pytest.raises(ReadingError, match="扫描件"):
        read_page(written(tmp_path, drawing.done()))


def without_rules(rows: dict[str, dict[int, str]], tmp_path: Path) -> Report:
    """Draw rows of table three without rules: a label, and figures each in the column of its number."""
    d = pdfs.Drawing(pdfs.Style(number=False))
    d.text(60, 60, f"{AGENCY}2023年政府信息公开工作年度报告")
    d.text(60, 80, TITLES[1])
    for i, (label, figures) in enumerate(rows.items()):
        d.text(60, 100 + 20 * i, label)
        for column, figure in figures.items():
            d.text(300 + 30 * column, 100 + 20 * i, figure)
    return load(written(tmp_path, d.done()))


FULL = {
    "一、本年新收政府信息公开申请数量": dict(enumerate("9000018")),
    "2.重复申请": dict(enumerate("0702002")),
}


def test_a_row_with_blanks_is_read_by_where_its_figures_stand_on_the_page(tmp_path: Path) -> None:
    report = without_rules({**FULL, "二、上年结转政府信息公开申请数量": {4: "3", 6: "5"}}, tmp_path)
    printed = {
        c: report.printed(c) for c in report.readings if c.startswith("requests.carried_over.") and report.printed(c)
    }
    assert printed == {"requests.carried_over.legal_service": "3", "requests.carried_over.total": "5"}


def test_a_figure_between_the_columns_is_in_none_of_them(tmp_path: Path) -> None:
    report = without_rules({**FULL, "（一）予以公开": {0: "3", 1.5: "5", 6: "8"}}, tmp_path)
    assert not any(c.startswith("requests.granted.") for c in report.readings)
    assert sorted(u.text for u in report.unplaced) == ["3", "5", "8"]


def test_figures_one_under_the_other_in_as_many_places_as_the_form_has_tell_the_columns(tmp_path: Path) -> None:
    blank = {
        row: i for i, row in enumerate(("1.属于国家秘密", "2.重复申请", "（一）予以公开", "四、结转下年度继续办理"))
    }
    rows = {row: {j: str(10 * i + j) for j in range(7) if j not in (i, 6 - i)} for row, i in blank.items()}
    report = without_rules(rows, tmp_path)
    assert len(report.unplaced) == 0
    assert [report.printed(f"requests.denied.state_secret.{c}") for c in ("natural_person", "business", "total")] == [
        "",
        "1",
        "",
    ]
    del rows["2.重复申请"]
    assert len(without_rules(rows, tmp_path).placed_figures) == 0  # too few to tell


@pytest.mark.parametrize(("text", "first"), [("456", "4\ufffd5\ufffd"), ("版本", "版")])
def test_turned_figures_that_cross_a_rule_are_none_of_the_cells_they_cross(text: str, first: str) -> None:
    def draw(d: pdfs.Drawing) -> None:
        d.canvas.saveState()
        d.canvas.translate(220, d.style.height - 112)
        d.canvas.rotate(-90)
        d.text(0, d.style.height, text)
        d.canvas.restoreState()
        d.text(105, 114, "规章行政许可")

    assert one_row(draw, [100, 200, 240]) == ["规章行政许可", first]


def test_what_is_typed_into_a_field_is_read() -> None:
    def draw(d: pdfs.Drawing) -> None:
        d.canvas.acroForm.textfield(value="345", x=105, y=d.style.height - 119, width=60, height=17, borderWidth=0)

    assert one_row(draw, [100, 200, 220])[0] == "345"


def test_a_letter_turned_within_an_upright_page_is_read_in_its_order() -> None:
    def draw(d: pdfs.Drawing) -> None:
        d.text(215, 114, "12")
        d.text(215, 134, "34")
        d.canvas.saveState()
        d.canvas.translate(150, d.style.height - 119)
        d.canvas.rotate(90)
        d.canvas.setFontSize(6)
        d.canvas.drawString(0, 0, "办理")
        d.canvas.restoreState()

    assert one_row(draw, [100, 200, 240]) == ["办理", "12"]


def test_a_table_of_dashes_is_ruled() -> None:
    d = pdfs.Drawing(pdfs.Style(filled=True))
    for x in (100, 150, 200):
        for y in range(100, 140, 4):
            d.rule(x, y, x + 0.7, y + 2)
    for y in (100, 120, 140):
        for x in range(100, 200, 4):
            d.rule(x, y, x + 2, y + 0.7)
    d.text(110, 114, "12")
    d.text(160, 114, "34")
    assert grid_of(d.done())[0] == ["12", "34"]


def test_a_frame_around_lines_is_no_table() -> None:
    d = pdfs.Drawing(pdfs.Style(number=False))
    ruled(d, [90, 400], [100, 120, 140])
    d.text(100, 114, "甲")
    d.text(200, 114, "12")
    d.text(230, 114, "34")
    assert lines_of(d.done()) == ["甲 12 34"]


def over_pages(upper: list[str], lower: list[str], *, ruled_at: str = "") -> list[list[str]]:
    """Draw a table over two pages, its third row cut: neither rule at the cut is drawn, but for that at `ruled_at`."""
    d = pdfs.Drawing(pdfs.Style())
    xs = [100.0, 200, 250, 300]
    for top, rows in ((660.0, [["头", "甲", "乙"], ["一", "7", "8"], upper]), (60.0, [lower, ["三", "9", "10"]])):
        ys = [top + 20 * i for i in range(len(rows) + 1)]
        for x in xs:
            d.rule(x, ys[0], x, ys[-1])
        for y in ys:
            cut = (top > 600 and y == ys[-1] and ruled_at != "end") or (top < 600 and y == ys[0] and ruled_at != "top")
            if not cut:
                d.rule(xs[0], y, xs[-1], y)
        for y, row in zip(ys, rows, strict=False):
            for x, text in zip(xs, row, strict=False):
                d.text(x + 3, y + 14, text)
        if top > 600:
            d.next_page()
    return grid_of(d.done())[2:-1]


def test_a_row_cut_by_the_page_is_joined_only_where_that_is_certain() -> None:
    assert over_pages(["二、本", "1", "2"], ["年", "", ""]) == [["二、本\n年", "1", "2"]]
    assert over_pages(["二、本", "", ""], ["年", "1", "2"]) == [["二、本\n年", "1", "2"]]
    assert over_pages(["二、本", "1", "2"], ["", "3", "4"]) == [["二、本", "1", "2"], ["", "3", "4"]]
    assert over_pages(["1", "2", "3"], ["4", "5", "6"]) == [["1", "2", "3"], ["4", "5", "6"]]  # as table four has it
    assert over_pages(["二、本", "1", ""], ["", "", "4"]) == [["二、本", "1", ""], ["", "", "4"]]
    for at in ("end", "top"):  # a rule at one side: two rows, unless the other has no words
        assert over_pages(["二、本", "", ""], ["年", "1", "2"], ruled_at=at) == [["二、本", "", ""], ["年", "1", "2"]]
        assert over_pages(["二、本", "", ""], ["", "1", "2"], ruled_at=at) == [["二、本", "1", "2"]]


def test_a_row_of_which_the_pages_end_cuts_label_and_figures_holds_no_whole_figure(tmp_path: Path) -> None:
    sheet = distinct("2021")
    rows = [[box.text for box in row] for row in flat_head(only_labels(three(sheet)))]
    label, *figures = rows[2]
    d = pdfs.Drawing(pdfs.Style(size=6, number=False))
    d.text(40, 20, TITLES[1])
    halves = [label[:4], *(t[:2] for t in figures)], [label[4:], *(t[2:] for t in figures)]
    for part in ([*rows[:2], halves[0]], [halves[1], *rows[3:]]):
        xs = [40.0, *(260.0 + 40 * i for i in range(8))]
        ruled(d, xs, [60.0 + 20 * i for i in range(len(part) + 1)])
        for i, row in enumerate(part):
            for x, text in zip(xs, row, strict=False):
                d.text(x + 3, 60 + 20 * i + 12, text)
        d.canvas.showPage()
    report = load(written(tmp_path, d.done()))
    assert {c for c in report.readings if report.value(c) is None} == {
        c for c in report.readings if c.startswith("requests.carried_over.")
    }
    assert {c: report.printed(c) for c in report.placed_figures}.items() <= sheet.texts.items()
    assert report.printed("requests.carried_over.total") == f"{figures[6][:2]}\n{figures[6][2:]}"


def test_slanted_figures_are_read() -> None:
    def draw(d: pdfs.Drawing) -> None:
        slanted = d.canvas.beginText()
        slanted.setFont(pdfs.FONT, 9)
        slanted.setTextTransform(1, 0, 0.3, 1, 110, d.style.height - 114)
        slanted.textOut("1291")
        d.canvas.drawText(slanted)

    assert one_row(draw, [100, 200, 220])[0] == "1291"


def test_a_figure_that_the_edge_of_the_page_cuts_is_no_figure() -> None:
    for x in (584, 586, 588):
        d = pdfs.Drawing(pdfs.Style(number=False))
        d.text(500, 100, "12")
        d.text(x, 100, "4394")
        (line,) = pdf.read(d.done(), "x").blocks
        assert not isinstance(line, Grid)
        first, second = line.text.split()
        assert first == "12"
        assert parse(second).kind == "text"


@pytest.mark.parametrize("y", [114, 122, 124, 130])
def test_what_stands_on_a_rule_names_no_row(y: float) -> None:
    """A label too long for its cell runs over the rules: which row it names is not known."""
    for text in ("2.重复申请", "规章"):
        d = pdfs.Drawing(pdfs.Style())
        ruled(d, [100, 200, 240], [100, 120, 140])
        d.text(105, y, text)
        found = [t for row in grid_of(d.done()) for t in row if t]
        on_rule = y in (122, 124)
        assert (found != [text]) is on_rule
        assert not on_rule or not any(labels("2021").row(t) for t in found)


@pytest.mark.parametrize(
    ("width", "lines", "text"),
    [
        (24, "4296 1", "42961"),
        (24, "42 6", "42\n6"),
        (24, "4296 1643", "4296\n1643"),
        (24, "4296 1 42 6", "4296\n1"),  # the row is two: no rule between them
        (60, "4296 1", "4296\n1"),  # beside words that were not wrapped for want of room
    ],
)
def test_a_figure_without_room_in_its_cell_goes_on_in_the_next_line(width: int, lines: str, text: str) -> None:
    xs = [100.0 + width * i for i in range(4)]

    def draw(d: pdfs.Drawing) -> None:
        for i, line in enumerate(("结果", "维持", *lines.split())):
            d.text(xs[i // 2] + 3, 109 + 9 * (i % 2), line)

    assert one_row(draw, xs)[:2] == ["结果\n维持", text]


def between_columns(rows: list[str]) -> Page:
    """Read rows of table three between rules of which none parts two rows."""
    d = pdfs.Drawing(pdfs.Style())
    d.text(60, 80, "三、收到和处理政府信息公开申请情况")
    for x in (60, 240, *range(280, 561, 40)):
        d.rule(x, 100, x, 120 + 20 * len(rows))
    for y in (100, 120 + 20 * len(rows)):
        d.rule(60, y, 560, y)
    for i, row in enumerate(rows):
        for k, text in enumerate(row.split()):
            d.text(65 if not k else 205 + 40 * k, 114 + 20 * i, text)
    return pdf.read(d.done(), "x")


def test_rules_between_columns_only_make_no_cells() -> None:
    labels = ["（一）予以公开", "1.属于国家秘密", "2.重复申请", "8.属于行政查询事项", "（七）总计"]
    heads = "类别 自然人 商业企业 科研机构 社会公益 法律服务 其他 总计"
    page = between_columns([heads, *(f"{t} " + " ".join(f"{i}{k}" for k in range(7)) for i, t in enumerate(labels, 1))])
    cells = preferred(place(page)).cells
    assert [cells[f"requests.{r}.total"].figure.value for r in ("granted", "not_processed.repeated")] == [16, 36]


def test_figures_of_rows_that_no_rule_parts_are_told() -> None:
    page = between_columns(
        [f"{t} " + " ".join(f"{i}{k}" for k in range(7)) for i, t in enumerate(("3.其他", "（七）总计"), 1)]
    )
    told = " ".join(u.text for u in count(page, preferred(place(page))).lost)
    assert set(told.split()) == {f"{i}{k}" for i in (1, 2) for k in range(7)}


def test_frames_around_rows_are_no_cells() -> None:
    d = pdfs.Drawing(pdfs.Style(number=False))
    ruled(d, [90, 395, 400], [100, 200, 205])
    for i in range(3):
        for j, text in enumerate(("规章", "1", "2", "3", "4", "5")):
            d.text(100 + 40 * j, 120 + 20 * i, text)
    assert lines_of(d.done()) == ["规章 1 2 3 4 5"] * 3


def test_a_letter_with_a_text_of_its_own_stands_where_it_is_drawn() -> None:
    """PDFium gives its place within the group that it is part of, not on the page."""
    drawing = b"BT /F 12 Tf 200 600 Td (1) Tj /Span<</ActualText<FEFF0037>>>BDC (7) Tj EMC (2) Tj ET"
    group = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</Font<</F<</Type/Font/Subtype/Type1"
        b"/BaseFont/Helvetica>>>>>>/Length %d>>stream\n%b\nendstream" % (len(drawing), drawing)
    )
    (line,) = pdf.read(with_content(b"q 0.5 0 0 0.5 0 0 cm /A Do Q", group), "x").blocks
    assert not isinstance(line, Grid)
    assert line.text == "172"


@pytest.mark.parametrize("down", [True, False])
def test_a_table_printed_on_pages_side_by_side_is_one(down: bool, tmp_path: Path) -> None:
    """A spreadsheet prints columns that do not fit on further pages: after all rows, or after each page of rows."""
    sheet = distinct("2021")
    rows = [[box.text for box in row] for row in flat_head(only_labels(three(sheet)))]
    d = pdfs.Drawing(pdfs.Style(size=6, number=False))
    d.text(40, 20, f"{AGENCY}2023年政府信息公开工作年度报告")
    d.text(40, 40, TITLES[1])
    parts = [(rows[:15], 0), (rows[15:], 0), (rows[:15], 1), (rows[15:], 1)]
    for part, further in parts if down else parts[::2] + parts[1::2]:
        xs = [40.0 + 60 * i for i in range(6)] if further else [40.0, 260, 320, 380]
        ruled(d, xs, [60.0 + 40 * i for i in range(len(part) + 1)])
        for i, row in enumerate(part):
            for x, text in zip(xs, row[3:] if further else row[:3], strict=False):
                d.text(x + 3, 60 + 40 * i + 20, text)
        d.canvas.showPage()
    report = load(written(tmp_path, d.done()))
    assert {c: report.printed(c) for c in report.readings} == {
        c: t for c, t in sheet.texts.items() if c.startswith("requests.")
    }
    place = report.place("requests.new.total")
    assert place.page == (3 if down else 2)
    assert place.box == (280, 100, 340, 140)


def simple(font: bytes, content: bytes) -> bytes:
    page = PAGE.replace(b"/XObject<</A 5 0 R>>", b"/Font<</F 5 0 R>>")
    stream = b"<</Length %d>>stream\n%b\nendstream" % (len(content), content)
    return raw({1: CATALOGUE, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: page, 4: stream, 5: font})


def test_glyphs_without_letters_are_no_figures() -> None:
    """A glyph's number in its font, 0x31, is not the letter 1."""
    font = (
        b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
        b"/BaseFont/ABCDEF+X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500>>]>>"
    )
    with pytest.raises(ReadingError, match="对照表"):
        pdf.read(simple(font, b"BT /F 12 Tf 100 700 Td <003100320033> Tj ET"), "x")


def test_a_part_that_does_not_agree_with_its_checksum_is_damaged() -> None:
    """PDFium shows what is left of a damaged part: 5 where 95 stood."""
    packed = zlib.compress(b"BT /F 12 Tf 100 700 Td (95) Tj ET")
    whole = simple(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", packed).replace(
        b"<</Length", b"<</Filter/FlateDecode/Length"
    )
    assert [b.text for b in pdf.read(whole, "x").blocks if not isinstance(b, Grid)] == ["95"]
    for damaged in (whole.replace(packed, packed[:-1] + bytes([packed[-1] ^ 1])), whole.replace(packed, packed[:-6])):
        with pytest.raises(ReadingError, match="已损坏"):
            pdf.read(damaged, "x")


# --- hostile files ---------------------------------------------------------------------------------------------------------


def raw(objects: dict[int, bytes]) -> bytes:
    """Write a PDF of these objects, 1 being the catalogue."""
    out, at = b"%PDF-1.4\n", {}
    for number, content in objects.items():
        at[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % at[n] for n in sorted(at))
    start = len(out)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (
        len(at) + 1, table, len(at) + 1, start,
    )  # fmt: skip


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</A 5 0 R>>>>>>"


def with_content(content: bytes, more: bytes = b"null") -> bytes:
    stream = b"<</Length %d>>stream\n%b\nendstream" % (len(content), content)
    return raw({1: CATALOGUE, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: PAGE, 4: stream, 5: more})


FORM_IN_ITSELF = (
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>/Length 5>>stream\n/A Do\nendstream"
)
HOSTILE = {
    "nothing": b"%PDF-1.7\n",
    "noise": b"%PDF-1.7\n" + bytes((i * 7919 + i // 3) % 256 for i in range(100_000)),
    "pages that contain themselves": raw({1: CATALOGUE, 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"}),
    "a million pages": raw(
        {1: CATALOGUE, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1000000>>", 3: PAGE, 4: b"null", 5: b"null"}
    ),
    "a form in itself": with_content(b"/A Do", FORM_IN_ITSELF),
    "a quarter of a million lines": with_content(b"0 0 m 9 9 l S\n" * 250_000),
    "deep states": with_content(b"q " * 1_000_000),
    "deep arrays": raw({1: CATALOGUE, 2: b"[" * 200_000}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        load(written(tmp_path, HOSTILE[name]))
    assert "\n" not in caught.value.message("zh")
    assert len(caught.value.message("en")) < 250


@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_file_that_breaks_off_gives_no_wrong_figure(tenth: int, tmp_path: Path) -> None:
    data = pdfs.drawn(distinct("2021"))
    try:
        reports = load_all(written(tmp_path, data[: len(data) * tenth // 10]))
    except ReadingError:
        return
    got = {c: r.printed(c) for r in reports for c in r.readings}
    assert {c: t for c, t in got.items() if distinct("2021").texts[c] != t} == {}


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("x", 30)

    monkeypatch.setattr(subprocess, "run", slow)
    with pytest.raises(ReadingError, match="30 秒"):
        pdf.read(b"%PDF-1.7", "x")


def test_the_process_may_not_take_more_than_a_gibibyte() -> None:
    code = "from auditkit.reading import pdf; pdf._bounded(); b = bytearray(2 * pdf.MEMORY)"
    import sys

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"MemoryError" in done.stderr


def test_a_protected_file_is_refused(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret"))
    canvas.drawString(10, 10, "x")
    canvas.save()
    with pytest.raises(ReadingError, match="加了密码"):
        load(written(tmp_path, out.getvalue()))


# --- lines without rules, and heads that a page's end cuts -------------------------------------------------------------------


def test_figures_that_stand_close_are_not_run_together_where_no_rule_parts_them() -> None:
    d = pdfs.Drawing(pdfs.Style())
    for x, text in (
        (60, "规章"),
        (200, "1153"),
        (200 + 4 * 4.5 + 2.4, "1777"),
        (300, "5"),
        (307, "23"),
        (400, "1 2 3"),
    ):
        d.text(x, 100, text)
    (line,) = (t for t in lines_of(d.done()) if "规章" in t)
    assert line.split()[:5] == ["规章", "1153", "1777", "5", "23"]


def test_a_small_figure_of_a_row_close_to_its_label_is_no_note() -> None:
    d = pdfs.Drawing(pdfs.Style())
    small = d.canvas.beginText()
    d.canvas.setFont(pdfs.FONT, 14)
    d.canvas.drawString(60, d.style.height - 100, "一、本年新收政府信")
    end = 60 + 9 * 14
    for x, text in ((end + 4, "138"), (end + 60, "9"), (end + 100, "147")):
        small.setTextOrigin(x, d.style.height - 98)
        small.setFont(pdfs.FONT, 10)
        small.textOut(text)
    d.canvas.drawText(small)
    (line,) = (t for t in lines_of(d.done()) if "本年" in t)
    assert line.split() == ["一、本年新收政府信", "138", "9", "147"]


def test_a_note_behind_a_label_stays_a_note_beside_larger_figures() -> None:
    d = pdfs.Drawing(pdfs.Style())
    note = d.canvas.beginText()
    d.canvas.setFont(pdfs.FONT, 14)
    d.canvas.drawString(60, d.style.height - 100, "一、本年新收政府信")
    d.canvas.drawString(300, d.style.height - 100, "9")
    d.canvas.drawString(360, d.style.height - 100, "147")
    note.setTextOrigin(60 + 9 * 14 + 1, d.style.height - 104)
    note.setFont(pdfs.FONT, 7)
    note.textOut("2")
    d.canvas.drawText(note)
    (line,) = (t for t in lines_of(d.done()) if "本年" in t)
    assert line.split() == ["一、本年新收政府信²", "9", "147"]


def test_what_hangs_over_the_end_of_a_table_belongs_to_the_cell_that_has_no_rule_there() -> None:
    d = pdfs.Drawing(pdfs.Style(number=False))
    for x in (100, 140, 240, 280):
        d.rule(x, 100, x, 140)
    for y in (100, 120):
        d.rule(100, y, 280, y)
    d.rule(140, 140, 240, 140)
    d.text(105, 134, "自然")
    d.text(105, 144, "人")
    d.text(145, 134, "法人或其他组织")
    d.text(245, 134, "总计")
    d.text(145, 160, "此处已在表外")
    data = d.done()
    assert grid_of(data)[-1] == ["自然\n人", "法人或其他组织", "总计"]
    assert lines_of(data) == ["此处已在表外"]


def test_a_line_of_a_cut_row_below_its_rule_is_of_its_cell_and_a_title_below_a_table_is_not() -> None:
    from auditkit.reading.drawing import Char
    from auditkit.reading.paged import joined
    from auditkit.reading.ruled import Cell, Table, Words

    def pages(text: str, top: float, beside: str = "") -> list[list[Table | Words]]:
        head = [Cell("自然", 1, 0, 734, 50, 753), Cell("总计", 1, 50, 734, 100, 753)]
        below = [Cell("", 2, 0, 57, 50, 111), Cell("", 2, 50, 57, 100, 111)]
        row = [Cell("7", 2, 0, 111, 50, 131), Cell("9", 2, 50, 111, 100, 131)]
        places = [*((c, 4 + 8 * i) for i, c in enumerate(text)), *((c, 54) for c in beside)]
        chars = tuple(Char(c, x, top, x + 8, top + 11) for c, x in places)
        words = Words(text + beside, 1, (4, top, chars[-1].x1, top + 11), chars)
        return [[Table([0, 50, 100], [head], 734), words], [Table([0, 50, 100], [below, row], 57)]]

    for top in (756, 762):  # the lines of a label may stand wide apart
        (table,) = joined(pages("人", top))
        assert isinstance(table, Table)
        assert table.rows[0][0].text == "自然\n人"
        assert len(table.rows) == 3
    (table,) = joined(pages("人", 756, "数"))
    assert isinstance(table, Table)
    assert [c.text for c in table.rows[0]] == ["自然\n人", "总计\n数"]
    for text, top in (("四、行政复议", 770), ("12", 756), ("横跨两格的一句话", 756)):
        assert len(list(joined(pages(text, top)))) == 3
    beneath_figures = pages("三、", 762)
    head = beneath_figures[0][0]
    assert isinstance(head, Table)
    head.rows[0][1].text = "12"
    assert len(list(joined(beneath_figures))) == 3


def test_a_title_over_all_pages_names_the_report_and_a_name_over_all_pages_is_a_head_of_the_page() -> None:
    from auditkit.reading.paged import joined, running_heads
    from auditkit.reading.ruled import Table, Words

    def pages(*heads: str) -> list[list[Table | Words]]:
        return [
            [Words(head, n, (50, 20, 300, 32)), Words("甲乙"[n] + "。", n, (50, 90, 300, 100))]
            for n, head in enumerate(heads)
        ]

    def texts(found: list[list[Table | Words]]) -> list[str]:
        return [block.text for block in joined(found) if isinstance(block, Words)]

    title = "示例市教育局2023年政府信息公开工作年度报告"
    assert texts(pages(title, title)) == [title, "甲。", "乙。"]
    assert running_heads(pages(title, title)) == []
    assert texts(pages("示例市教育局", "示例市教育局")) == ["甲。", "乙。"]
    assert running_heads(pages("示例市教育局", "示例市教育局")) == ["示例市教育局"]
    years = [title, title.replace("2023", "2022")]
    assert texts(pages(*years)) == [years[0], "甲。", years[1], "乙。"]


def test_a_bare_year_over_all_pages_is_a_head_and_a_bare_figure_is_none() -> None:
    from auditkit.reading.paged import joined
    from auditkit.reading.ruled import Words

    def kept(head: str) -> list[str]:
        pages = [[Words(head, n, (50, 20, 80, 32)), Words("甲乙丙"[n] + "。", n, (50, 90, 300, 100))] for n in range(3)]
        return [b.text for b in joined(pages) if isinstance(b, Words)]  # type: ignore[arg-type]

    assert kept("2024") == ["甲。", "乙。", "丙。"]
    assert kept("24") == ["24", "甲。", "24", "乙。", "24", "丙。"]


def test_a_table_over_both_columns_of_a_page_is_one_and_the_prose_above_it_is_read_column_by_column() -> None:
    """Browsers draw its rules a cell at a time: in the middle of the page one ends and the next begins."""

    def line(text: str, x: float, y: float) -> list[Char]:
        return [Char(c, x + 10 * i, y, x + 10 * i + 9, y + 9) for i, c in enumerate(text)]

    prose = [[f"{side}栏第{n}行的文字写到这里为止" for n in "一二三四五六七八九十"] for side in "左右"]
    chars = [
        c
        for x, column in ((20, prose[0]), (320, prose[1]))
        for i, t in enumerate(column)
        for c in line(t, x, 20 + 15 * i)
    ]
    edges, heights = (20, 200, 300, 580), (200, 220, 240)
    table = [
        ("行政许可", 30, 205),
        ("45", 210, 205),
        ("7", 400, 205),
        ("行政处罚", 30, 225),
        ("0", 210, 225),
        ("8", 400, 225),
    ]
    chars += [c for text, x, y in table for c in line(text, x, y)]
    marks = Marks(
        chars=chars,
        across=[(y, a, b) for y in heights for a, b in pairwise(edges)],
        down=[(x, a, b) for x in edges for a, b in pairwise(heights)],
        width=600,
    )
    blocks = [plain(b) for part in halves(marks) for b in blocks_of(part, 1)]
    assert [b[1][0].strip() for b in blocks if b[0] == "line"] == [*prose[0], *prose[1]]
    (rows,) = (b[1] for b in blocks if b[0] == "grid")
    assert [[cell[0] for cell in row] for row in rows] == [["行政许可", "45", "7"], ["行政处罚", "0", "8"]]


GREY, RED = (0.8, 0.8, 0.8), (0.85, 0.1, 0.1)
HELD = "requests.granted.research"
"""A cell in the middle of table three."""


def over_the_cell(sheet: Sheet, folder: Path) -> tuple[int, tuple[int, int, int, int]]:
    """The page and the box of a cell, as they are without anything printed over it."""
    place = load(written(folder, pdfs.drawn(sheet))).place(HELD)
    assert place.page
    assert place.box
    return place.page, place.box


@pytest.mark.parametrize("words", ["66 2024", "内部资料 15"])
@pytest.mark.parametrize("blank", [True, False])
def test_a_pale_mark_all_over_the_pages_is_no_part_of_them(words: str, *, blank: bool, tmp_path: Path) -> None:
    sheet = distinct("2021")
    sheet = replace(sheet, texts={c: "" if blank and i % 2 else t for i, (c, t) in enumerate(sheet.texts.items())})
    tiles = tuple(pdfs.Over(words, x, y, 13, GREY) for x in range(45, 560, 90) for y in range(60, 780, 37))
    report = load(written(tmp_path, pdfs.drawn(sheet, pdfs.Style(over=tiles))))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts
    assert (report.agency, report.year, report.unplaced) == (AGENCY, sheet.year, ())


@pytest.mark.parametrize("blank", [True, False])
@pytest.mark.parametrize(
    ("words", "size", "colour", "left"),
    [("审核 12", 14, RED, 25), ("存档 88", 14, RED, 20), ("66", 14, GREY, -1), ("99", 14, GREY, 0)],
)
def test_a_stamp_gives_a_cell_no_figure(
    words: str, size: float, colour: tuple[float, float, float], left: float, *, blank: bool, tmp_path: Path
) -> None:
    sheet = distinct("2021")
    page, (x0, y0, _, y1) = over_the_cell(sheet, tmp_path)
    sheet = replace(sheet, texts=sheet.texts | {HELD: "" if blank else "0"})
    stamp = pdfs.Over(words, x0 - left, (y0 + y1) / 2 + size / 3, size, colour, page)
    report = load(written(tmp_path, pdfs.drawn(sheet, pdfs.Style(over=(stamp,)))))
    assert report.value(HELD) in (None, 0)
    own = {c: t for c, t in sheet.texts.items() if c in report.placed_figures}
    assert {c: report.printed(c) for c in own} == own
    assert len(own) > len(sheet.texts) - 10


def test_a_letter_with_a_pale_shadow_is_printed_once_also_where_it_is_drawn_twice() -> None:
    """The first place at which a shadow was seen is not forgotten when the letter itself takes it."""
    from auditkit.reading.drawing import _printed_once

    def drawn_at(x: float, colour: tuple[int, int, int]) -> Char:
        return Char("5", x, 100, x + 5, 109, colour=colour)

    pale, dark = (200, 200, 200), (0, 0, 0)
    for first, *others in ((5.9, 6.1, 6.2), (6.1, 5.9, 5.8), (5.9, 6.1, 6.4)):
        (kept,) = _printed_once([drawn_at(first, pale), *(drawn_at(x, dark) for x in others)])
        assert kept.colour == dark


def test_a_figure_that_a_clerk_wrote_in_red_is_read(tmp_path: Path) -> None:
    sheet = distinct("2021")
    page, (x0, y0, _, y1) = over_the_cell(sheet, tmp_path)
    figure, sheet = sheet.texts[HELD], replace(sheet, texts=sheet.texts | {HELD: ""})
    red = pdfs.Over(figure, x0 + 3, (y0 + y1) / 2 + 3, 9, RED, page)
    report = load(written(tmp_path, pdfs.drawn(sheet, pdfs.Style(over=(red,)))))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts | {HELD: figure}
