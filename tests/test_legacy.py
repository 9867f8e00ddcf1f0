"""Older formats by LibreOffice: the same figures, nothing fetched, every refusal one sentence, nothing left running."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import layouts
import pytest
import sheets
from layouts import distinct

from auditkit.placing import place, preferred
from auditkit.reading import legacy, read_page
from auditkit.reading.page import ReadingError

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = "Rich Text Format"
NOISE = bytes(range(256)) * 40


def cell(text: str) -> str:
    return "".join(f"\\u{ord(c) if ord(c) < 32768 else ord(c) - 65536}?" for c in text)


def rtf(rows: layouts.Rows) -> str:
    """Draw a table as RTF, spans as blanks."""
    out = []
    for row in layouts.spread(rows):
        edges = "".join(f"\\cellx{900 * (i + 1)}" for i in range(len(row)))
        out.append(f"\\trowd{edges} " + "".join(f"\\intbl {cell(b.text)}\\cell " for b in row) + "\\row\n")
    return "".join(out)


def text_of(document: bytes) -> str:
    return zipfile.ZipFile(BytesIO(document)).read("word/document.xml").decode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """Return a maker of the same workbook in an older format."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "a.xlsx").write_bytes(sheets.BOOKS["one sheet"](distinct("2021")))

    def make(kind: str) -> bytes:
        assert OFFICE
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [OFFICE, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(folder / "a.xlsx")]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return (folder / f"a.{kind}").read_bytes()

    return make


@office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_an_older_workbook_holds_the_same_figures(kind: str, made: Callable[[str], bytes]) -> None:
    stated = distinct("2021")
    found = preferred(place(legacy.read(made(kind), f"a.{kind}")), 2023)
    assert {c: p.figure.value for c, p in found.cells.items()} == {c: Decimal(t) for c, t in stated.texts.items()}


@office
def test_rich_text_becomes_a_document_and_fetches_nothing() -> None:
    stated, asked = distinct("2021"), []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_GET

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"http://127.0.0.1:{server.server_port}"
    links = rf'{{\*\template {host}/t.dotm}}{{\field{{\*\fldinst INCLUDEPICTURE "{host}/p.png" \\d}}{{\fldrslt x}}}}'
    tables = "\\pard\\par ".join(rtf(t) for t in sheets.tables(stated))
    try:
        out = legacy.convert((rf"{{\rtf1\ansi\uc1 {links}" + tables + "}").encode("ascii"), "a.rtf", "docx", RTF)
        picture = legacy.convert(linked(host), "a.odt", "docx", "writer8")
    finally:
        server.shutdown()
        server.server_close()
    document = text_of(out)
    assert all(f">{text}<" in document for text in stated.texts.values())
    assert "hello" in text_of(picture)
    assert asked == []


def linked(host: str) -> bytes:
    """A text whose picture stands on a server: LibreOffice asks for it unless told not to."""
    spaces = "".join(
        f' xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
        for p, n in (("office", "office"), ("text", "text"), ("draw", "drawing"), ("svg", "svg-compatible"))
    )
    frame = f'<draw:frame svg:width="3cm" svg:height="3cm"><draw:image xlink:href="{host}/p.png"/></draw:frame>'
    kind, out = "application/vnd.oasis.opendocument.text", BytesIO()
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entries = "".join(
        f'<m:file-entry m:full-path="{p}" m:media-type="{t}"/>' for p, t in (("/", kind), ("content.xml", "text/xml"))
    )
    with zipfile.ZipFile(out, "w") as new:
        new.writestr("mimetype", kind)
        new.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{manifest}">{entries}</m:manifest>')
        new.writestr(
            "content.xml",
            f'<office:document-content{spaces} xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2">'
            f"<office:body><office:text><text:p>hello{frame}</text:p></office:text></office:body></office:document-content>",
        )
    return out.getvalue()


@office
def test_half_a_workbook_is_refused(made: Callable[[str], bytes]) -> None:
    data = made("xls")
    for part in (3, 4):
        with pytest.raises(ReadingError, match="另存为"):
            legacy.read(data[: len(data) * part // 5], "a.xls")


@office
@pytest.mark.parametrize("cut", [0, 30])
def test_xml_of_2003_is_read_whole_or_not(cut: int) -> None:
    space = "http://schemas.microsoft.com/office/word/2003/wordml"
    text = f'<?xml version="1.0"?><w:wordDocument xmlns:w="{space}"><w:body><w:p><w:r><w:t>1234</w:t></w:r></w:p></w:body></w:wordDocument>'
    data = text.encode()[: len(text) - cut]
    target, kind = legacy._kind(data, "a.doc")
    if cut:
        with pytest.raises(ReadingError):
            legacy.convert(data, "a.doc", target, kind)
    else:
        assert "1234" in text_of(legacy.convert(data, "a.doc", target, kind))


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (OLE + legacy._stream("EncryptedPackage") + NOISE, "加密"),
        (OLE + NOISE, "无法打开"),
        (b"{\\rtf1 12", "无法打开"),
        pytest.param(OLE + legacy._stream("Workbook") + NOISE, "Calc", marks=office),
        pytest.param(OLE + legacy._stream("WordDocument") + NOISE, "Writer", marks=office),
    ],
    ids=["encrypted", "noise", "a cut rich text", "a broken workbook", "a broken document"],
)
def test_what_cannot_be_read_is_one_sentence(data: bytes, word: str) -> None:
    with pytest.raises(ReadingError) as refusal:
        legacy.read(data, "a.doc")
    message = refusal.value.message("zh")
    assert word in message
    assert "另存" in message
    assert "\n" not in message


def test_without_libreoffice_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy.shutil, "which", lambda name: None)
    monkeypatch.setattr(legacy, "_PLACES", ())
    with pytest.raises(ReadingError, match=r"没有安装.*另存为 \.xlsx"):
        legacy.read(OLE + legacy._stream("Workbook"), "a.xls")


def test_a_converter_that_hangs_is_ended_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.name == "nt":
        pytest.skip("no process groups")
    office = tmp_path / "soffice"
    office.write_text(f"#!/bin/sh\nsleep 60 &\necho $! >{tmp_path}/child\nwait\n")
    office.chmod(0o755)
    monkeypatch.setattr(legacy.shutil, "which", lambda name: str(office))
    monkeypatch.setattr(legacy, "LIMIT", 0.5)
    begin = time.perf_counter()
    with pytest.raises(ReadingError, match="已停止"):
        legacy.convert(b"{\\rtf1 }", "a.rtf", "docx", RTF)
    assert time.perf_counter() - begin < 5
    child = int((tmp_path / "child").read_text())
    for _ in range(50):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the child of the converter still runs")


@office
def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "MOST_MEMORY", 4)
    with pytest.raises(ReadingError, match="没有转换成功"):
        legacy.convert(b"{\\rtf1 hello}", "a.rtf", "docx", RTF)
    monkeypatch.undo()
    assert "hello" in text_of(legacy.convert(b"{\\rtf1 hello}", "a.rtf", "docx", RTF))


# --- .xls that is none -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [layouts.page, layouts.LAYOUTS["tabs, blanks for spans"]], ids=["web page", "tabs"])
def test_a_web_page_or_text_named_xls_is_read_by_its_content(
    text: Callable[[layouts.Sheet], str], tmp_path: Path
) -> None:
    stated = distinct("2021")
    (tmp_path / "a.xls").write_bytes(text(stated).encode("gb18030").replace(b"utf-8", b"gb2312"))
    found = preferred(place(read_page(tmp_path / "a.xls")), 2023).cells
    assert {c: p.figure.value for c, p in found.items()} == {c: Decimal(t) for c, t in stated.texts.items()}
