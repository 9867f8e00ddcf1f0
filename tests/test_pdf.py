"""PDF files: ruled tables whole, over pages and turned; what is not certain is unplaced; hostile files are bounded."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pdfs
import pypdfium2
import pytest
from layouts import AGENCY, Sheet, distinct
from PIL import Image

from auditkit.reading import Grid, ReadingError, pdf, read_page
from auditkit.report import Report, load, load_all

FORMS = [("2021", ""), ("2019", ""), ("2021", "single_other")]


def written(folder: Path, data: bytes) -> Path:
    (folder / "report.bin").write_bytes(data)
    return folder / "report.bin"


@pytest.mark.parametrize("name", pdfs.LAYOUTS)
@pytest.mark.parametrize("form", FORMS, ids=lambda f: "-".join(filter(None, f)))
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
    least = 0.3 if name == "no rules" else 0.8  # without rules, labels in three columns are torn
    assert sum(len(r.placed_figures) for r in reports) > least * len(sheet.texts)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_says_it_is_turned_is_read_as_it_is_shown(degrees: int, tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument(pdfs.drawn(distinct("2021")))
    for page in document:
        page.set_rotation(degrees)
    out = io.BytesIO()
    document.save(out)
    report = load(written(tmp_path, out.getvalue()))
    assert {c: report.printed(c) for c in report.readings} == distinct("2021").texts


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


def test_a_scan_is_called_a_picture(tmp_path: Path) -> None:
    drawing = pdfs.Drawing(pdfs.Style(number=False))
    Image.new("L", (800, 1000), 200).save(tmp_path / "scan.png")
    drawing.canvas.drawImage(str(tmp_path / "scan.png"), 0, 0, 595, 800)
    with pytest.raises(ReadingError, match="扫描件"):
        read_page(written(tmp_path, drawing.done()))


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
    "half a million lines": with_content(b"0 0 m 9 9 l S\n" * 500_000),
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
