"""A file that is no report is refused in one sentence, in bounded time and memory; the others are still checked."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import layouts
import pytest
from layouts import distinct

from auditkit.loading import load, load_all, load_bytes
from auditkit.reading import LARGEST_FILE
from auditkit.reading.page import ReadingError

SHEET = distinct("2021")
WEB = layouts.page(SHEET)
BLANK = replace(SHEET, texts=dict.fromkeys(SHEET.texts, ""))
LOGIN = "<html><title>登录</title><body><form>用户名<input>密码<input type=password><button>登录</button></form></body></html>"
ARTICLE = "<html><title>新闻</title><body>" + "<p>2023年，全市共办理 12 件。</p>" * 400 + "</body></html>"
ROW = "<table><tr><td>一、本年新收政府信息公开申请数量</td><td>1</td></tr></table>"


def packed(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "空的"),
    "spaces only": (b" \n\t \n", "空的"),
    "binary junk": (bytes((i * 7919 + i // 3) % 256 for i in range(100_000)), "不是可识别的文本"),
    "unknown encoding": (bytes(range(128, 256)) * 500, "不是可识别的文本"),
    "nothing but zero bytes": (b"\0" * 10_000, "不是可识别的文本"),
    "a PDF that is none": (b"%PDF-1.7 ...", "PDF"),
    "a picture": (b"\x89PNG\r\n", "图片"),
    "a picture of a telephone": (b"\0\0\0\x18ftypheic", "图片"),
    "a RAR archive": (b"Rar!\x1a\x07\0" + bytes(50), "RAR"),
    "a 7z archive": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "解压"),
    "a CEB file": (b"Founder CEB 3.0" + bytes(50), "CEB"),
    "an OFD file": (packed({"OFD.xml": b"<ofd/>"}), "OFD"),
    "a file of Numbers": (packed({"Index/Document.iwa": b"12", "preview.jpg": b"\xff\xd8\xff"}), "Numbers"),
    "an e-mail with an attachment": (
        b"Subject: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n"
        b"Content-Disposition: attachment; filename=a.html\n\n" + b"PGh0bWw+" * 500,
        "附件另存为文件",
    ),
    "a gzip file": (gzip.compress(WEB.encode()), "解压"),
    "a report whose tables are pictures": (
        "<html><body><h1>示例市2023年政府信息公开工作年度报告</h1><p>收到申请 17 件。</p><img src=1.png><img src=2.png></html>".encode(),
        "2 张图片：表格可能是图片",
    ),
    "many siblings": (
        b"<style>" + b"li ~ li ~ li{display:none}" * 300 + b"</style><ul>" + b"<li>x</li>" * 15_000 + b"</ul>",
        "不像年度报告",
    ),
    "many siblings in one rule": (
        b"<html><style>"
        + b",".join([b"li ~ li ~ li"] * 400)
        + b"{display:none}</style><ul>"
        + b"<li>x</li>" * 3_000
        + b"</ul>",
        "不像年度报告",
    ),
    "a page of links": (
        b"<html>" + b"".join(b"<p><a href=x>%d\xe5\xb9\xb4\xe6\x8a\xa5</a></p>" % i for i in range(19_000)),
        "不像年度报告",
    ),
    "a paragraph of numbers": (b"<p>" + b"1 " * 6_000_000 + b"</p>", "段落"),
    "login page": (LOGIN.encode(), "不像年度报告"),
    "article": (ARTICLE.encode(), "不像年度报告"),
    "a report without its tables": (
        "<html><title>示例市2023年政府信息公开工作年度报告</title><p>收到申请 17 件。</p><a>三张表.xls</a>".encode(),
        "表格可能在附件",
    ),
    "a frame": (b"<html><iframe src='report_body.html'></iframe></html>", "框架"),
    "the blank form, web page": (layouts.page(BLANK).encode(), "空白表格"),
    "the blank form, lines": (layouts.LAYOUTS["lines after tabs"](BLANK).encode(), "空白表格"),
    "the blank form, pipes": (layouts.LAYOUTS["markdown"](BLANK).encode(), "空白表格"),
    "a style sheet of brackets": (b"<style>" + b"{" * 200_000 + b"display:none</style><p>x", "不像年度报告"),
    "a selector without an end": (b"<style>" + b"p " * 5_000 + b"{display:none}</style><p>x", "不像年度报告"),
    "many rules": (
        b"<style>" + b".a,p{display:none}" * 20_000 + b"</style>" + b"<p class=a>x</p>" * 50_000,
        "不像年度报告",
    ),
    "hidden within hidden": (
        b"<table><tr><td>" + b"<span hidden>" * 900 + b"<b>1</b>" * 90_000 + b"</table>",
        "不像年度报告",
    ),
    "wide": (b"<table><tr><td colspan=100000>a</td><td>1</td></tr></table>", "100000 列"),
    "wide in pieces": (b"<table><tr>" + b"<td colspan=1000>a</td>" * 100 + b"</tr></table>", "1000 列"),
    "pipes in one line": (b"|" * 100_000, "列"),
    "tall": (
        b"<table><tr><td rowspan=100000>a</td></tr>" + b"<tr><td>1</td></tr>" * 20_000 + b"</table>",
        "不像年度报告",
    ),
    "many cells": (b"<table>" + b"<tr><td>1</td></tr>" * 60_000 + b"</table>", "单元格"),
    "many lines of a page": (b"<html>" + "<p>示例市</p>".encode() * 100_000, "行"),
    "many lines of a text": ("予以公开 1 2 3 4 5 6 7\n".encode() * 200_000, "行"),
    "one long line": (b"1 " * 15_000_000, "个字"),
    "a rule that is none": (b"-" * 1_000_000 + b"x| a | b", "不像年度报告"),
    "tags without an end": (b"<table>" + b"<p " * 200_000, "没有可读的内容"),
    "scripts without an end": (b"<html>" + b"<script>" * 200_000, "没有可读的内容"),
    "a line of pipes": (b"|" * 4_000_000, "列"),
    "a line of commas": (b"1," * 2_000_000, "列"),
    "tags beyond number": (b"<html>" + b"<i>1</i>" * 200_000, "个标记"),
    "brackets of JSON": (b"[" * 1_000_000, "不像年度报告"),
} | {
    f"nested {tag}": (f"<html><{tag}>".encode() + f"<{tag}>".encode() * 90_000, "嵌套")
    for tag in ("div", "table", "span", "font", "b", "table><tr><td", "ul><li", "i><div")
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_report_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    data, words = REFUSED[name]
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(ReadingError) as caught:
        load_all(path)
    assert words in caught.value.message("zh")
    for lang in ("zh", "en"):
        assert "\n" not in caught.value.message(lang)
        assert len(caught.value.message(lang)) < 250


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="没有这个文件"):
        load(tmp_path / "none.html")
    with pytest.raises(ReadingError, match="文件夹里没有文件"):
        load(tmp_path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.html"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert path.stat().st_size > LARGEST_FILE
    with pytest.raises(ReadingError, match="200 MB"):
        load(path)


LONG_LABEL = (
    "<table><tr><td>" + "一、本年新收政府信息公开申请数量" * 60_000 + "</td>" + "<td>1</td>" * 7 + "</tr></table>"
)
WITHIN_A_REPORT = {
    "a label of a million characters": LONG_LABEL,
    "a figure of a million digits": "<table><tr><td>（一）予以公开</td>"
    + f"<td>{'1' * 1_000_000}</td>" * 7
    + "</tr></table>",
    "brackets without an end": "<table><tr><td>（一）予以公开" + "（(" * 500_000 + "</td><td>1</td></tr></table>",
    "spaces": "<table><tr><td>" + "\u3000 " * 1_000_000 + "</td><td>1</td></tr></table>",
    "digits and commas": "<table><tr><td>予以公开</td><td>" + "1," * 1_000_000 + "</td></tr></table>",
    "tables in tables": "<table><tr><td>x" * 300 + "</table>" * 300,
    "font left open": "<font face=x>" * 300,
    "a table without an end before many paragraphs": "<table><tr><td>a</td></tr>" + "<p>x" * 14_000 + "</table>",
    "a table with many paragraphs before its last row": "<table><tr><td>a</td></tr>"
    + "<p>x</p>" * 14_000
    + "<tr><td>b</td></tr></table>",
    "a paragraph of title words": "<p>" + "政府信息公开" * 500_000 + "</p>",
    "two texts of five megabytes": ("<p>" + "x" * 5_100_000 + "</p>") * 2,
    "photographs in the page": ("<img src='data:image/jpeg;base64," + "QUJD" * 800_000 + "'>") * 5,
    "a photograph of twelve megabytes": "<img src='data:image/jpeg;base64," + "QUJD" * 3_000_000 + "'>",
    "a title without an end": "<h1>示例市2023" + "县" * 200_000 + "</h1>",
    "lines that are almost labels": "".join(f"<p>（一）予以公{i}</p><p>{i}</p>" for i in range(4_000)),
}


@pytest.mark.parametrize("odd", WITHIN_A_REPORT.values(), ids=WITHIN_A_REPORT)
def test_a_report_beside_something_monstrous_is_still_read(odd: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(WEB.replace("<p>一、总体情况</p>", odd + "<p>一、总体情况</p>"), encoding="utf-8")
    (found,) = load_all(path)
    stated = {c: found.printed(c) for c in SHEET.texts if c.startswith(("disputes", "proactive", "requests.new"))}
    assert stated == {c: SHEET.texts[c] for c in stated}


def test_the_command_names_each_bad_file_and_checks_the_others(tmp_path: Path) -> None:
    """In a process of its own; the limit of time is only there to end a test that hangs."""
    good = tmp_path / "good.html"
    good.write_text(WEB, encoding="utf-8")
    names = ("login page", "nested span", "wide", "binary junk", "the blank form, web page")
    bad = []
    for number, name in enumerate(names):
        bad.append(tmp_path / f"bad{number}.html")
        bad[-1].write_bytes(REFUSED[name][0])
    files = [str(p) for p in (bad[0], good, *bad[1:], tmp_path / "missing.html")]
    command = [
        sys.executable,
        "-c",
        "from auditkit.cli import main; raise SystemExit(main())",
        "check",
        "--json",
        "--lang",
        "en",
        *files,
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)
    answer = json.loads(done.stdout)
    assert done.returncode == 2
    assert [r["path"] for r in answer["reports"]] == [str(good)]
    assert {p["path"] for p in answer["problems"]} == {*map(str, bad), str(tmp_path / "missing.html")}
    assert "Traceback" not in done.stderr
    assert all(Path(p).name in done.stderr for p in files if p != str(good))


def packed(bad: str) -> bytes:
    """Return an archive with a file that cannot be unpacked before two reports."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        method = zipfile.ZIP_LZMA if bad == "method" else zipfile.ZIP_STORED
        file.writestr(
            "a.html", WEB if bad != "size" else "x" * 41_000_000, zipfile.ZIP_DEFLATED if bad == "size" else method
        )
        file.writestr("b.html", WEB)
        file.writestr("c.txt", layouts.LAYOUTS["markdown"](SHEET))
    data = out.getvalue()
    if bad == "sum":
        return data.replace(b"\xe8\xa1\x8c\xe6\x94\xbf", b"\xe8\xa1\x8d\xe6\x94\xbf", 1)
    return data


@pytest.mark.parametrize(("bad", "said"), [("sum", "已损坏"), ("method", "压缩方法"), ("size", "40 MB")])
def test_a_bad_file_in_an_archive_is_named_and_those_behind_it_are_read(bad: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "年报.zip"
    path.write_bytes(packed(bad))
    problems: list[ReadingError] = []
    reports = load_all(path, problems)
    assert [(Path(r.path).name, len(r.placed_figures)) for r in reports] == [("b.html", 200), ("c.txt", 200)]
    assert [Path(p.path).name for p in problems] == ["a.html"]
    assert said in problems[0].message("zh")
    with pytest.raises(ReadingError, match=r"a\.html"):
        load_all(path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither")
def test_a_pipe_is_not_waited_for_and_is_named_as_a_link_is(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(WEB, encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.html").symlink_to(tmp_path / "report.html")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "own.html").write_text(WEB, encoding="utf-8")
    for where in (tmp_path, folder):
        os.mkfifo(where / "pipe.html")
    with pytest.raises(ReadingError, match="管道"):
        load(tmp_path / "pipe.html")
    problems: list[ReadingError] = []
    assert [Path(r.path).name for r in load_all(folder, problems)] == ["own.html"]
    named = [(Path(p.path).name, "链接" in p.message("zh"), "管道" in p.message("zh")) for p in problems]
    assert named == [("link.html", True, False), ("linked", True, False), ("pipe.html", False, True)]


def test_a_page_that_ends_after_table_two_is_a_report_of_what_it_holds() -> None:
    (report,) = load_bytes("x.html", WEB[: WEB.index("三、收到和处理")].encode())
    assert len(report.placed_figures) == 10
    assert (report.agency, report.year) == (layouts.AGENCY, 2023)
    untitled = WEB[: WEB.index("三、收到和处理")].replace("政府信息公开工作年度报告", "")
    with pytest.raises(ReadingError, match="不像年度报告"):
        load_bytes("x.html", untitled.encode())


def test_a_report_of_dashes_is_a_report_and_the_blank_form_is_none() -> None:
    dashes = replace(SHEET, texts=dict.fromkeys(SHEET.texts, "—"))
    (report,) = load_bytes("a", layouts.page(dashes).encode())
    assert not report.placed_figures
    assert {report.printed(c) for c in SHEET.texts} == {"—"}
    with pytest.raises(ReadingError):
        load_bytes("a", layouts.page(BLANK).encode())


@pytest.mark.parametrize("text", ["\n" * 12, "　\n" * 12, "\u00a0\n" * 12 + "x"])
def test_lines_of_nothing_are_no_report(text: str) -> None:
    with pytest.raises(ReadingError):
        load_bytes("x.txt", text.encode())


@pytest.mark.parametrize("between", ["\n" * 12, "\n"])
def test_markdown_with_tables_of_html_far_apart_is_read(between: str) -> None:
    sheet = distinct("2021")
    tables = (layouts.two_joined(sheet), layouts.three(sheet), layouts.four(sheet))
    parts = [
        f"## {title}\n{between}{layouts.table(rows)}\n" for title, rows in zip(layouts.TITLES, tables, strict=True)
    ]
    (report,) = load_bytes(
        "x.md", (f"# {layouts.AGENCY}{sheet.year}年政府信息公开工作年度报告\n" + between.join(parts) + between).encode()
    )
    assert {c: report.printed(c) for c in report.readings} == sheet.texts


@pytest.mark.parametrize(
    "name", ["zlib", "bz2", "hex", "base64", "rot13", "undefined", "unicode_escape", "idna", "no-such"]
)
def test_a_page_that_declares_what_is_no_encoding_is_read(name: str) -> None:
    sheet = distinct("2021")
    page = f'<meta charset="{name}">' + layouts.page(sheet)
    (report,) = load_bytes("x.html", page.encode("gb18030"))
    assert {c: report.printed(c) for c in report.readings} == sheet.texts


def test_a_damaged_byte_behind_a_byte_order_mark_is_no_more_than_that() -> None:
    page = (
        layouts.page(distinct("2021")).encode("utf-8-sig").replace("一、".encode(), "一、".encode()[:-1] + b"\xff", 1)
    )
    assert len(load_bytes("x.html", page)) == 1


@pytest.mark.parametrize("begin", ["BM ", "CAJ文件转换 "])
def test_a_text_that_begins_as_a_picture_or_a_caj_file_does_is_a_text(begin: str) -> None:
    assert len(load_bytes("x.txt", (begin + layouts.LAYOUTS["single spaces"](distinct("2021"))).encode())) == 1
