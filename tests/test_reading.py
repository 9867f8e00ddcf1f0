"""A file becomes lines and grids: encodings, containers, markup; nothing in it is executed."""

from __future__ import annotations

import base64
import json
import re
import shutil
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import layouts
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import distinct

from auditkit.loading import load, load_all, load_bytes
from auditkit.reading import page_of, read_page
from auditkit.reading.added import without_added
from auditkit.reading.html import read as read_html
from auditkit.reading.numbers import parse
from auditkit.reading.page import Grid, Line, Page, ReadingError, lay_out
from auditkit.reading.text import read as read_text
from auditkit.report import Report

SHEET = distinct("2021")
WEB, TEXT = layouts.page(SHEET), layouts.LAYOUTS["markdown"](SHEET)
UNDECLARED = WEB.replace('<meta charset="utf-8">', "")


def declared(charset: str) -> str:
    return WEB.replace('charset="utf-8"', f'charset="{charset}"')


ENCODED = {
    "utf-8": WEB.encode(),
    "utf-8 with a mark": WEB.encode("utf-8-sig"),
    "text, utf-8 with a mark": TEXT.encode("utf-8-sig"),
    "gb2312 that is gb18030": declared("gb2312").replace("演练局", "演练局㐀").encode("gb18030"),
    "gbk": declared("gbk").encode("gbk"),
    "gb18030, not declared": UNDECLARED.encode("gb18030"),
    "text, gb18030": TEXT.encode("gb18030"),
    "utf-8 declared, gb18030 meant": WEB.encode("gb18030"),
    "gb2312 declared, utf-8 meant": declared("gb2312").encode(),
    "latin-1 declared, utf-8 meant": declared("iso-8859-1").encode(),
    "latin-1 declared, gb18030 meant": declared("iso-8859-1").encode("gb18030"),
    "unknown encoding declared": declared("x-unheard-of").encode(),
    "big5": declared("big5").encode(),
    "utf-16 with a mark": WEB.encode("utf-16"),
    "utf-16, low byte first": WEB.encode("utf-16-le"),
    "utf-16, high byte first": WEB.encode("utf-16-be"),
    "text, utf-16, low byte first": TEXT.encode("utf-16-le"),
    "lines ended as on Windows": TEXT.replace("\n", "\r\n").encode(),
    "lines ended as on old machines": TEXT.replace("\n", "\r").encode(),
    "a damaged byte": TEXT.encode() + b"\xe5\n",
}


def ruled(rows: layouts.Rows) -> str:
    """Draw a table with a rule under every row, long texts over several lines, as table printers for terminals do."""
    out = []
    for row in layouts.spread(rows):
        texts = [[b.text[i : i + 7] for i in range(0, len(b.text), 7)] or [""] for b in row]
        high = max(map(len, texts))
        out += ["| " + " | ".join(t[i] if i < len(t) else "  " for t in texts) + " |" for i in range(high)]
        out.append("+" + "----+" * len(row))
    return "\n".join(out) + "\n\n"


TABS = layouts.LAYOUTS["tabs, blanks for spans"](SHEET)
WRITTEN = {
    "entities in a text": TEXT.replace("|  |", "| &nbsp; |").replace("“", "&ldquo;"),
    "escaped marks": TEXT.replace(".", "\\."),
    "dashed box drawing": layouts.LAYOUTS["box drawing"](SHEET).replace("│", "┆").replace("─", "┄"),
    "doubled box drawing": layouts.LAYOUTS["box drawing"](SHEET).translate(str.maketrans("│─┌├┼", "║═╔╠╬")),
    "line separators": TEXT.replace("\n", "\u2028"),
    "line breaks of Word": TEXT.replace("\n", "\x0b"),
    "tabs, quoted": re.sub(r"(?m)^.*\t.*$", lambda m: "\t".join(f'"{c}"' for c in m[0].split("\t")), TABS),
    "tabs, long labels quoted over two lines": re.sub(r"(?m)(?<![^\t\n])[^\t\n]{12,30}(?=\t)", r'"\g<0>\n"', TABS),
    "rows over several lines between rules": layouts.text_page(SHEET, ruled),
    "semicolons": re.sub(r"(?m)^.*\t.*$", lambda m: m[0].replace("\t", ";"), TABS),
}


def report(tmp_path: Path, data: bytes) -> Report:
    path = tmp_path / "report"
    path.write_bytes(data)
    return load(path)


def is_whole(found: Report) -> bool:
    return {c: found.printed(c) for c in SHEET.texts} == SHEET.texts and not found.unplaced


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED)
def test_a_report_is_read_in_any_encoding_whatever_it_declares(data: bytes, tmp_path: Path) -> None:
    found = report(tmp_path, data)
    assert is_whole(found)
    assert (found.agency or "").startswith(layouts.AGENCY)
    assert found.year == 2023


def archive(body: bytes, coding: str) -> bytes:
    return (
        b"From: <Saved by a browser>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="----x"\r\n\r\n'
        b"------x\r\nContent-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: "
        + coding.encode()
        + b"\r\n\r\n"
        + body
        + b"\r\n------x--\r\n"
    )


def test_a_web_archive_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    body = base64.encodebytes(UNDECLARED.encode("gb18030"))
    assert is_whole(report(tmp_path, archive(body, "base64")))


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_a_table_is_read_however_a_text_is_written(text: str, tmp_path: Path) -> None:
    found = report(tmp_path, text.encode())
    assert is_whole(found)
    assert (found.agency, found.year) == (layouts.AGENCY, SHEET.year)


def test_a_row_of_tabs_may_hold_blanks_behind_its_label() -> None:
    (grid,) = read_text("项目\t自然人\t总计\n一、新收\t\t\n二、结转\t2\t3", "x").blocks
    assert isinstance(grid, Grid)
    assert [[s.text for s in row] for row in grid.rows][1] == ["一、新收", "", ""]


@pytest.mark.parametrize("longer", ["", "12345"])
@pytest.mark.parametrize("letter", [1, 2])
@pytest.mark.parametrize("wide", [2, 3])
def test_a_figure_broken_over_lines_of_a_drawing_is_not_cut(
    wide: int, letter: int, longer: str, tmp_path: Path
) -> None:
    sheet = replace(SHEET, texts={id: text.replace(".5", "") + longer for id, text in SHEET.texts.items()})
    found = report(
        tmp_path, layouts.text_page(sheet, lambda rows: layouts.sketched(rows, wide, letter=letter)).encode()
    )
    given = {cell.id: found.value(cell.id) for cell in SHEET.form.cells if found.value(cell.id) is not None}
    assert all(float(sheet.texts[id]) == value for id, value in given.items())


def test_lines_between_two_rules_are_one_row_only_where_one_has_figures() -> None:
    (grid,) = read_text("+--+--+\n| 甲 | 1 |\n| 乙 | 2 |\n+--+--+\n| 丙 | 3 |\n| 丁 | 件 |\n+--+--+", "x").blocks
    assert isinstance(grid, Grid)
    assert [[s.text for s in row] for row in grid.rows] == [["甲", "1"], ["乙", "2"], ["丙", "3"], ["丁", "件"]]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("escaped", [True, False])
def test_an_article_in_json_is_read(escaped: bool, indent: int | None, tmp_path: Path) -> None:
    answer = {"code": 0, "data": [{"id": 17, "title": f"{layouts.AGENCY}2023年政府信息公开工作年度报告", "html": WEB}]}
    data = json.dumps(answer, ensure_ascii=escaped, indent=indent).encode()
    assert is_whole(report(tmp_path, data))


@pytest.mark.parametrize("quote", ['"', "'", "`"])
def test_an_article_in_a_script_is_read_as_a_string(quote: str, tmp_path: Path) -> None:
    literal = quote + WEB.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("</", "<\\/") + quote
    page = f"<html><body><div></div><script>var a = 1; document.write({literal});</script></body></html>"
    assert is_whole(report(tmp_path, page.encode()))


def test_a_string_in_a_script_is_not_read_where_the_page_has_its_own_table(tmp_path: Path) -> None:
    twice = WEB.replace("</body>", f"<script>var a = {json.dumps(WEB.replace('3071', '99'))};</script></body>")
    found = report(tmp_path, twice.encode())
    assert is_whole(found)


def test_a_script_in_a_cell_is_text(tmp_path: Path) -> None:
    found = report(tmp_path, WEB.replace(">3071<", ">&lt;script&gt;alert(1)&lt;/script&gt;<").encode())
    assert found.kind("requests.new.natural_person") == "text"
    assert found.printed("requests.new.natural_person") == "<script>alert(1)</script>"


def test_scripts_styles_and_comments_are_no_text() -> None:
    page = read_html("<style>p {}</style><p>a<script>var b = 1;</script><!-- c -->d</p>", "x")
    assert [b.text for b in page.blocks if isinstance(b, Line)] == ["ad"]


def test_a_figure_in_a_text_field_is_read_and_what_is_hidden_is_not() -> None:
    cells = (
        '<td><input value="12"></td><td><input type="hidden" value="7"></td><td><input type="button" value="8"></td>'
    )
    page = read_html(f"<table><tr>{cells}</tr></table>", "x")
    assert texts(page) == [[["12", "", ""]]]


def test_entities_of_a_document_type_are_not_expanded() -> None:
    text = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><p>&a;</p></html>'
    page = read_html(text, "x")
    assert not any("root:" in b.text for b in page.blocks if isinstance(b, Line))


def texts(page: Page) -> list[list[list[str]]]:
    return [[[s.text for s in row] for row in b.rows] for b in page.blocks if isinstance(b, Grid)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", [[["a", "b"], ["1", "2"]]]),
        ("a | b\n:--|--:\n | 2\n1 | \n", [[["a", "b"], ["", "2"], ["1", ""]]]),
        ("|  | b |\n| 1 |  |\n", [[["", "b"], ["1", ""]]]),
        ("a\tb\n\t2\n", [[["a", "b"]]]),
        ("a\tb\n\t\t2\n", [[["a", "b"]]]),
        ("a\tb\tc\n\t1\t2\n", [[["a", "b", "c"], ["", "1", "2"]]]),
        ("\ta\tb\n\t1\t2\n", [[["a", "b"], ["1", "2"]]]),
        ("| a \\| b | c |\n", [[["a \\| b", "c"]]]),
    ],
)
def test_pipes_and_tabs_draw_tables(text: str, rows: list[list[list[str]]]) -> None:
    assert texts(read_text(text, "x")) == rows


def test_pipes_alone_on_lines_stand_between_cells() -> None:
    page = read_text("|\na\n|\n\n|\n1\n|\n\nb\n", "x")
    boxed = [(b.text, b.boxed) for b in page.blocks if isinstance(b, Line)]
    assert boxed == [("a", True), ("", True), ("1", True), ("", False), ("b", False), ("", False)]


def test_a_heading_right_behind_a_tables_last_figure_is_no_part_of_its_cell() -> None:
    page = read_text("\t数\n量\n\t22\n（其中修订 16 件）\n\t1,378.34\n三、收到和处理政府信息公开申请情况\n", "x")
    assert [b.text for b in page.blocks if isinstance(b, Line)][:4] == [
        "数\n量",
        "22\n（其中修订 16 件）",
        "1,378.34",
        "三、收到和处理政府信息公开申请情况",
    ]


def test_spans_push_cells_to_the_right_as_in_a_browser() -> None:
    text = "<table><tr><td rowspan=2>a</td><td colspan=2>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
    (grid,) = [b for b in read_html(text, "x").blocks if isinstance(b, Grid)]
    assert [[(s.text, s.column, s.width) for s in row] for row in grid.rows] == [
        [("a", 0, 1), ("b", 1, 2)],
        [("c", 1, 1), ("d", 2, 1)],
    ]
    assert [[s.text for s in row] for row in grid.above] == [[], ["a"]]


def test_an_empty_table_is_an_empty_grid() -> None:
    assert lay_out([], "x") == Grid((), ())


@given(st.text(alphabet="<>/tdrablespn=\"'&;|\t\n 1一、予以公开", max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert isinstance(read_html(text, "x"), Page)
    assert isinstance(read_text(text, "x"), Page)


def test_a_page_is_the_same_whenever_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(WEB, encoding="utf-8")
    assert read_page(path) == read_page(path)


@pytest.mark.parametrize(
    "cell",
    [
        "12<sup>1</sup>件",
        "1<sup>2</sup>3",
        '12<font color="#FFFFFF">9</font>',
        '<span style="color:#fff; background:#ffffff">9</span>12',
        "<math><msup><mn>1</mn><mn>2</mn></msup></math>",
        '<input value="1"><input value="2">',
        "<s>12</s>15",
        "12<del>3</del>",
        '<span style="text-decoration:line-through">5</span>37',
        '<span style="mso-hide:all">5</span>37',
        '<p style="text-decoration: line-through">5</p>',
        '<span style="DISPLAY: none">12</span>',
        '<span style="color: #FFF">12</span>34',
        '<span style="color:white">12</span>',
    ],
)
def test_raised_and_struck_digits_make_no_other_figure(cell: str, tmp_path: Path) -> None:
    found = report(tmp_path, WEB.replace(">3071<", f">{cell}<").encode())
    assert found.kind("requests.new.natural_person") == "text"


@pytest.mark.parametrize(
    ("cell", "seen"),
    [
        ('<span style="DISPLAY: none">0000000034</span>34', 34),  # by which a script sorts
        ("1<span hidden>2</span>", 1),
        ('<span style="position:absolute; left:-9999px">77</span>34', 34),
        ('<i style="font-size:0">77</i><p style="opacity: 0.0">5</p>34', 34),
        ('<div style="font-size:0"><span style="font-size:14px">34</span></div>', 34),
        ('<span style="opacity:0.9">34</span>', 34),
        ('<p style="background:#1f4e79"><span style="color:#fff">34</span></p>', 34),
        ('<span style="color:#fff"><b style="color:#000">34</b></span>', 34),
        ('<style>.tip, i:hover { display: none }</style>34<span class="tip">9</span>', 34),
        ('<style>.a{display:none} .a.on{display:inline}</style>3<span class="a on">4</span>', 34),
        ("<style>@media print { b { display: none } }</style>3<b>4</b>", 34),
        ('<style media="print">b { display: none }</style>3<b>4</b>', 34),
        ("<style>i{width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)}</style>34<i>9</i>", 34),
        ("<dialog>9</dialog>34<noscript>9</noscript>", 34),
        ("<select><option>9<option selected>34</select>", 34),
        ("<textarea>34</textarea>", 34),
        ('<input value="9" style="display:none"><input value="34">件', 34),
        ("34<sub>1</sub>", 34),
        ('34<span style="position:relative;top:-4.0pt">1</span>', 34),
        ("<style>.up{vertical-align:super}</style>34<i class='up'>1</i>", 34),
        ("<style>@media screen { b { display: none } }</style>34<b>9</b>", 34),
        (
            "<style>@media (min-width:768px){.wap{display:none}}@media (max-width:767px){.pc{display:none}}</style>"
            "<i class=pc>34</i><i class=wap>34</i>",
            34,
        ),
        ("<style>.pc{display:none}@media (width >= 48em){.pc{display:inline}}</style><i class=pc>34</i>", 34),
        ("<style>@media not print{b{display:none}}</style>34<b>9</b>", 34),
        ("<style>@supports (display:grid){@layer x{.m{display : none}}}</style>34<i class=m>9</i>", 34),
        ("<style>@layer x{.m{display:none}} .m{display:inline}</style>3<i class=m>4</i>", 34),
        ("<style>td{.m{display:none}}</style>34<i class=m>9</i>", 34),
        ("<style>td .m{display:none} .m{display:inline}</style>34<i class=m>9</i>", 34),
        ("<style>.m{display:none ! important} .m{display:inline}</style>34<i class=m style='display:inline'>9</i>", 34),
        ("<style>.m{display:none!important}</style>3<i class=m style='display:inline!important'>4</i>", 34),
        ("<style>.m{position:absolute;left:-10000em}</style>34<i class=m>9</i>", 34),
        ('34<i style="position:absolute; clip: rect(0 0 0 0)">9</i>', 34),
        ('34<i style="opacity : .0">9</i>', 34),
        ("<style>.in{opacity:0;animation:in 1s forwards}</style><i class=in>34</i>", 34),
        ('<i style="visibility:hidden">&nbsp;<b style="visibility:visible">34</b></i>', 34),
        ('3<span style="position:relative;top:1.0pt;mso-text-raise:-1.0pt">4</span>', 34),
        ('3<span style="vertical-align:-2px">4</span>', 34),
        ('<span style="position:relative;top:-4.0pt">34</span>', 34),
        ('34<span style="vertical-align:text-top;font-size:6pt">1</span>', 34),
    ],
)
def test_what_a_browser_does_not_show_in_a_cell_is_none_of_its_digits(cell: str, seen: int, tmp_path: Path) -> None:
    found = report(tmp_path, WEB.replace(">3071<", f">{cell}<").encode())
    assert found.value("requests.new.natural_person") == seen


@pytest.mark.parametrize("how", ["hidden", "style='display:none'", "class='copy'"])
@pytest.mark.parametrize("shown_first", [True, False])
def test_a_copy_of_the_report_that_is_not_shown_fills_nothing(how: str, shown_first: bool, tmp_path: Path) -> None:
    body = WEB[WEB.index("<body>") + 6 : WEB.index("</body>")]
    earlier = re.sub(r">[34](\d{3})<", r">9\1<", body).replace("2023", "2022")
    copy = f"<div {how}>{earlier}</div>"
    both = body + copy if shown_first else copy + body
    found = report(tmp_path, f"<style>.copy {{display: none}}</style>{both}".encode())
    assert {c: found.printed(c) for c in SHEET.texts} == SHEET.texts
    assert found.year == 2023
    assert len(found.unplaced) == len(SHEET.texts)
    assert (
        report(tmp_path, f"<style>.copy {{display: none}}</style>{copy}".encode()).year == 2022
    )  # an article to be unfolded


def test_figures_on_lines_are_shown_beside_a_hidden_table(tmp_path: Path) -> None:
    lines = layouts.LAYOUTS["lines"](SHEET).replace("\n", "<br>\n")
    tables = re.sub(r">[34](\d{3})<", r">9\1<", WEB[WEB.index("<body>") + 6 : WEB.index("</body>")])
    found = report(tmp_path, f"<style>#old {{visibility: hidden}}</style>{lines}<div id=old>{tables}</div>".encode())
    assert {c: found.printed(c) for c in SHEET.texts} == SHEET.texts


def test_a_page_of_an_article_to_be_turned_to_is_read(tmp_path: Path) -> None:
    at = WEB.index("<p>四、")
    found = report(tmp_path, f"{WEB[:at]}<div style='display:none'>{WEB[at : WEB.index('</body>')]}</div>".encode())
    assert {c: found.printed(c) for c in SHEET.texts} == SHEET.texts


@pytest.mark.parametrize("hidden", ["display:none", "visibility:hidden;height:0"])
@pytest.mark.parametrize("tags", [("div", "div", "div"), ("ul", "li", "span"), ("section", "p", "b")])
def test_rows_of_parts_with_blank_ones_are_a_table(tags: tuple[str, str, str], hidden: str, tmp_path: Path) -> None:
    """Beside tables that are not shown, too."""
    drawn = layouts.LAYOUTS["empty cells for spans"](SHEET).replace(">3071<", "><")
    for tag, other in zip(("table", "tr", "td"), tags, strict=True):
        drawn = re.sub(f"<{tag}\\b[^>]*>", f"<{other}>", drawn).replace(f"</{tag}>", f"</{other}>")
    other = "".join(re.findall(r"(?s)<table.*?</table>", re.sub(r">\d+<", ">5<", layouts.page(SHEET))))
    for page in (drawn, drawn.replace("<body>", f"<body><div style='{hidden}'>{other}</div>")):
        found = report(tmp_path, page.encode())
        assert {c: found.printed(c) for c in SHEET.texts} == {**SHEET.texts, "requests.new.natural_person": ""}


@pytest.mark.parametrize("unseen", ["color:#fff", "display:none"])
def test_what_is_not_seen_in_a_cell_of_parts_is_no_digit_of_its_figure(unseen: str, tmp_path: Path) -> None:
    drawn = layouts.LAYOUTS["empty cells for spans"](SHEET).replace(">3071<", f">307<span style='{unseen}'>1</span><")
    for tag in ("table", "tr", "td"):
        drawn = re.sub(f"<{tag}\\b[^>]*>", "<div>", drawn).replace(f"</{tag}>", "</div>")
    found = report(tmp_path, drawn.encode())
    assert found.value("requests.new.natural_person") in (None, 307)
    assert found.value("requests.new.business") == 3078


def test_the_numbers_and_letters_around_a_printed_sheet_are_no_part_of_it(tmp_path: Path) -> None:
    def framed(table: re.Match[str]) -> str:
        numbers = iter(range(1, 99))
        wide = max(len(row) for row in lay_out_of(table[0]))
        letters = "".join(f"<td>{chr(65 + i)}" for i in range(wide))
        return f"<table><tr><td>{letters}" + re.sub("<tr>", lambda _: f"<tr><td>{next(numbers)}", table[0][7:])

    def lay_out_of(table: str) -> list[list[int]]:
        grid = next(b for b in read_html(table, "x").blocks if isinstance(b, Grid))
        return [[c for s in row for c in range(s.width)] for row in grid.rows[-1:]]

    drawn = re.sub(
        r"(?s)<table>.*?</table>",
        framed,
        layouts.LAYOUTS["as the form"](SHEET).replace('<table border="1">', "<table>"),
    )
    assert "<td>A<td>B" in drawn
    found = report(tmp_path, drawn.encode())
    assert {c: found.printed(c) for c in SHEET.texts} == SHEET.texts


def test_two_reports_without_titles_begin_with_what_they_say_of_themselves(tmp_path: Path) -> None:
    def one(year: int, first: str) -> str:
        text = layouts.LAYOUTS["tabs"](SHEET)
        body = re.sub(r"\b3(\d{3})\b", rf"{first}\1", text[text.index("二、主动") :])
        opening = f"本报告由示例市演练局根据《中华人民共和国政府信息公开条例》编制。\n统计期限自{year}年1月1日起至{year}年12月31日止。"
        return f"{opening}\n一、总体情况\n{year}年，本机关依法公开政府信息。\n{body}\n"

    path = tmp_path / "two.txt"
    path.write_text(one(2022, "7") + one(2023, "8"), encoding="utf-8")
    found = load_all(path)
    assert [(r.agency, r.year, len(r.readings)) for r in found] == [("示例市演练局", y, 200) for y in (2022, 2023)]


def test_a_nought_over_a_table_is_no_number_of_a_column() -> None:
    """A program numbers every column; one figure alone may be one."""
    (grid,) = read_html("<table><tr><td>0<tr><td>规章<tr><td>行政许可</table>", "x").blocks
    assert isinstance(grid, Grid)
    assert without_added(grid) == grid


def test_a_page_goes_on_behind_its_end(tmp_path: Path) -> None:
    head, rest = WEB.split("<table", 1)
    assert is_whole(report(tmp_path, f"{head}</body></html><div><table{rest}".encode()))


@pytest.mark.parametrize("tag", ["pre", "div style='white-space: pre-wrap'"])
def test_preformatted_text_in_a_page_is_read_as_text(tag: str, tmp_path: Path) -> None:
    sheet = distinct("2021")
    drawn = f"<script>\n1;\n</script><{tag}>{layouts.LAYOUTS['tabs'](sheet)}</{tag.split()[0]}>"
    found = report(tmp_path, drawn.encode())
    assert {c: found.printed(c) for c in sheet.texts} == sheet.texts
    first, figure = next(iter(sheet.texts.items()))
    assert figure in drawn.split("\n")[(found.place(first).line or 0) - 1]


def test_a_title_beside_the_article_in_a_script_is_read(tmp_path: Path) -> None:
    sheet = distinct("2021")
    body = layouts.page(sheet)
    body = body[body.index("<p>二、") : body.index("</body>")]
    data = json.dumps({"title": "青河县司法局2022年政府信息公开工作年度报告", "content": body})
    found = report(tmp_path, f"<title>青河县人民政府</title><div id=app></div><script>var d={data}</script>".encode())
    assert (found.agency, found.year) == ("青河县司法局", 2022)
    assert {c: found.printed(c) for c in sheet.texts} == sheet.texts


STRAY = ("<p>", '<div align="center">', "<span id=p1></span>", "<table><tr><td>公开方式</td></tr></table>")


@pytest.mark.parametrize("tag", STRAY)
@pytest.mark.parametrize("layout", ["tabs", "markdown", "lines"])
def test_a_stray_tag_makes_no_page_of_a_text(layout: str, tag: str, tmp_path: Path) -> None:
    sheet = distinct("2021")
    lines = layouts.LAYOUTS[layout](sheet).split("\n")
    found = report(tmp_path, "\n".join([lines[0], tag, *lines[1:]]).encode())
    assert {c: found.printed(c) for c in sheet.texts} == sheet.texts


TEXTS = {
    "a rule of one dash": (
        "markdown",
        lambda t: re.sub(r"(?m)^[|\s:-]*--[|\s:-]*$", lambda m: re.sub("-+", "-", m[0]), t),
    ),
    "tabs at row ends": ("tabs", lambda t: re.sub(r"(?m)^(.*\t.*)$", r"\1\t", t)),
    "full stops": ("runs of spaces", lambda t: re.sub(r"(?m)([34]\d{3})$", r"\1。", t)),
    "page numbers": ("lines", lambda t: t.replace("\n3127\n", "\n3127\n— 3 —\n")),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_are_read_with(name: str, tmp_path: Path) -> None:
    layout, change = TEXTS[name]
    sheet = distinct("2021")
    text = layouts.LAYOUTS[layout](sheet)
    assert change(text) != text
    found = report(tmp_path, change(text).encode())
    assert {c: found.value(c) and str(found.value(c)) for c in sheet.texts} == sheet.texts


def test_the_body_in_a_frame_saved_beside_the_page_is_read(tmp_path: Path) -> None:
    body = layouts.page(distinct("2021"))
    (tmp_path / "页 面_files").mkdir()
    (tmp_path / "页 面_files" / "body.htm").write_bytes(f'<meta charset="gb2312">{body}'.encode("gb18030"))
    (tmp_path / "secret.html").write_text(layouts.page(distinct("2019")), encoding="utf-8")
    (tmp_path / "inner").mkdir()
    page = tmp_path / "inner" / "page.html"
    page.write_text(
        '<html><title>页</title><iframe src="../secret.html"></iframe><iframe src="http://a/b.html"></iframe></html>'
    )
    with pytest.raises(ReadingError):
        load(page)  # above its folder, and of another place: neither is opened
    page = tmp_path / "页 面.html"
    page.write_text(
        '<html><title>页</title><body><IFRAME width=1 src="%E9%A1%B5%20%E9%9D%A2_files/body.htm?x=1"></iframe></html>'
    )
    problems: list[ReadingError] = []
    packed = shutil.make_archive(f"{tmp_path}-packed", "zip", tmp_path)
    found = {r.path: r for r in load_all(packed, problems)}
    for report in (load(page), found[f"{packed}/页 面.html"]):
        assert {c: f.figure.text for c, f in report.readings.items()} == distinct("2021").texts
    assert [p.path for p in problems] == [f"{packed}/inner/page.html"]


def test_a_workbook_saved_as_a_web_page_is_read_with_all_its_sheets(tmp_path: Path) -> None:
    """The frame shows the first; a script shows the others."""
    sheet = distinct("2021")
    (tmp_path / "年报.files").mkdir()
    of_tables = (layouts.two_joined, layouts.three, layouts.four)
    for n, (title, rows) in enumerate(zip(layouts.TITLES, of_tables, strict=True), 1):
        text = f'<meta charset="gb2312"><p>{title}</p>{layouts.table(rows(sheet))}'
        if n == 1:
            text = text.replace("<p>", f"<p>{layouts.AGENCY}{sheet.year}年政府信息公开工作年度报告</p><p>", 1)
        (tmp_path / "年报.files" / f"sheet{n:03}.htm").write_bytes(text.encode("gb18030"))
    page = tmp_path / "年报.htm"
    page.write_text(
        '<html><frameset><frame src="年报.files/tabstrip.htm"><frame src="年报.files/sheet001.htm"></frameset></html>'
    )
    report = load(page)
    assert (report.agency, report.year) == (layouts.AGENCY, sheet.year)
    assert {c: f.figure.text for c, f in report.readings.items()} == sheet.texts


def test_what_stands_in_a_table_outside_its_cells_goes_before_it() -> None:
    page = read_html("<table><caption>三、收到</caption>表前<tr>行前<td>a</td>12<td>b</td></tr></table>后", "x")
    assert [b.text for b in page.blocks if isinstance(b, Line)] == ["表前行前12", "三、收到", "后"]
    (grid,) = (b for b in page.blocks if isinstance(b, Grid))
    assert [s.text for s in grid.rows[0]] == ["a", "b"]


@pytest.mark.parametrize("begin", ["<tr>", "<tr><div>", ""])
def test_a_row_that_does_not_begin_begins_with_its_first_cell(begin: str) -> None:
    page = read_html(f"<table><tr><td>a</td><td>1</td></tr>{begin}<td>b</td><td>2</td></tr></table>", "x")
    (grid,) = page.blocks
    assert isinstance(grid, Grid)
    assert [[s.text for s in row] for row in grid.rows] == [["a", "1"], ["b", "2"]]


@pytest.mark.parametrize(
    "label", ["5.属于三类内部事务信息", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）"]
)
@pytest.mark.parametrize("begin", ["", "<p>", "<span>"])
def test_a_label_whose_cell_does_not_begin_is_no_label_as_in_a_browser(begin: str, label: str, tmp_path: Path) -> None:
    """It stands above the table there, and the figures one column further left: they are unplaced."""
    sheet = distinct("2021")
    page, count = re.subn(rf"<td[^<>]*>(?={re.escape(label[:5])})", begin, layouts.page(sheet, layouts.only_labels))
    assert count == 1
    report = load(layouts.write(tmp_path, page))
    given = {c: f.figure.text for c, f in report.readings.items()}
    assert len(given) == len(sheet.texts) - 7
    assert given.items() <= sheet.texts.items()
    assert {u.text for u in report.unplaced} == {sheet.texts[c] for c in sheet.texts.keys() - given.keys()}


def test_a_page_that_the_parser_cuts_off_is_refused() -> None:
    with pytest.raises(ReadingError, match="嵌套"):
        read_html("<b>" * 2100 + "12", "x")


@pytest.mark.parametrize("style", ['style="color:red;DISPLAY: none"', "hidden", 'style="visibility:hidden"'])
def test_a_row_or_column_that_a_page_does_not_show_is_not_what_it_states(style: str, tmp_path: Path) -> None:
    sheet = distinct("2021")
    page = layouts.page(sheet, layouts.only_labels)
    row = next(r for r in re.findall(r"<tr>.*?</tr>", page) if "（一）予以公开" in r)
    other = re.sub(r"<td>(\d+)</td>", r"<td>9\1</td>", row).replace("<tr>", f"<tr {style}>")
    report = load(layouts.write(tmp_path, page.replace(row, other + row)))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts
    assert [u.text for u in report.unplaced] == [f"9{t}" for t in sheet.row("requests", "granted")]
    table = re.sub(r"(<tr>(?:(?!</tr>).)*?)(<td[^<>]*>)(3\d{3}(?:\.\d)?</td>)", rf"\1<td {style}>77</td>\2\3", page)
    assert table.count(style) >= 25
    report = load(layouts.write(tmp_path, table))
    assert not {c for c, t in sheet.texts.items() if report.value(c) is not None and report.printed(c) != t}


def test_a_table_that_is_not_shown_at_all_is_read(tmp_path: Path) -> None:
    sheet = distinct("2021")
    report = load(layouts.write(tmp_path, layouts.page(sheet).replace("<tr>", '<tr style="display:none">')))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts


def test_a_file_of_a_folder_that_cannot_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("not a report", encoding="utf-8")
    layouts.write(tmp_path, layouts.page(SHEET))
    problems: list[ReadingError] = []
    assert [r.year for r in load_all(tmp_path, problems)] == [2023]
    assert [Path(p.path).name for p in problems] == ["a.txt"]
    with pytest.raises(ReadingError):
        load_all(tmp_path)


HEADS = ["一、申请数量", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
NEW, OLD = "一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量"


@pytest.mark.parametrize("top", [["", *map(str, range(8))], ["Unnamed: 0", *HEADS], ["", *HEADS]])
def test_numbers_that_a_program_put_before_rows_and_over_columns_are_no_figures(top: list[str]) -> None:
    body = [["", *HEADS[1:]], [NEW, *map(str, range(11, 18))], [OLD, *map(str, range(21, 28))]]
    body += [["（一）予以公开", *map(str, range(31, 38))]]
    written = "\n".join(",".join(row) for row in [top, *([str(n), *row] for n, row in enumerate(body))])
    (rows,) = [b.rows for b in page_of(written.encode(), "x.csv").blocks if isinstance(b, Grid)]
    assert [[s.text for s in row] for row in rows[-4:]] == body
    assert rows[-1][0].column == 0
    assert len(rows) == (4 if top[1] == "0" else 5)


def test_figures_at_the_left_edge_that_do_not_count_stay() -> None:
    written = "\n".join(f"{n},{NEW},12,13,14,15" for n in (1, 2, 4))
    (grid,) = [b for b in page_of(written.encode(), "x.csv").blocks if isinstance(b, Grid)]
    assert [row[0].text for row in grid.rows] == ["1", "2", "4"]


def test_what_a_program_writes_for_no_value_is_a_blank() -> None:
    rows = "".join(f"<tr><td>{label}<td>NaN<td>nan<td>None<td>1</tr>" for label in (NEW, OLD))
    (grid,) = [b for b in page_of(f"<table>{rows}</table>".encode(), "x.html").blocks if isinstance(b, Grid)]
    assert [s.text for s in grid.rows[0][1:]] == ["", "", "", "1"]


def test_a_title_that_a_program_made_the_head_of_a_column_is_read(tmp_path: Path) -> None:
    title, *lines = TEXT.split("\n")
    heads = " | ".join(f"Unnamed: {n}" for n in range(1, 8))
    written = "\n".join([f"| {title} | {heads} |", f"| --- {'| --- ' * 7}|", *lines])
    found = report(tmp_path, written.encode())
    assert (found.agency, found.year) == (layouts.AGENCY, SHEET.year)


def test_thousands_marks_of_figures_that_run_together_separate_no_cells() -> None:
    lines = [f"{label}45,52162,33{n},872" for n in range(4) for label in ("2.重复申请", "规章", "行政处罚")]
    page = read_text("\n".join(lines), "x")
    assert not any(isinstance(b, Grid) for b in page.blocks)


def test_what_markdown_escapes_outside_tables_is_read() -> None:
    page = read_text("行政事业性收费\n\n910\\.25\n\n\\-856", "x")
    assert [b.text for b in page.blocks if isinstance(b, Line) and b.text] == ["行政事业性收费", "910.25", "-856"]


def test_a_page_of_boxes_with_bars_between_links_is_no_markdown() -> None:
    page = "<html><head><title>a</title></head><body><div>\n| 首页 | 公开 |\n</div><script>\n# 规章 2\n</script></body></html>"
    blocks = page_of(page.encode(), "x").blocks
    assert [b.text for b in blocks if isinstance(b, Line) and b.text] == ["| 首页 | 公开 |"]


def test_marks_of_parts_and_of_attributes_are_no_text() -> None:
    page = read_text('::: {.c}\n# [总计]{style="x"}\n:::\n.. container:: a\n\n规章\n\n---\n', "x")
    assert [b.text for b in page.blocks if isinstance(b, Line) and b.text] == ["总计", "规章", "---"]
    assert parse("---").kind == "none"


def test_lines_under_headings_part_no_title(tmp_path: Path) -> None:
    text = TEXT.replace(layouts.AGENCY, f"{layouts.AGENCY}\n{'=' * 8}", 1)
    found = report(tmp_path, text.encode())
    assert (found.agency, found.year) == (layouts.AGENCY, SHEET.year)


def test_rows_of_a_comma_separated_table_may_be_mostly_blank() -> None:
    rows = [f"三、本年度办理结果,（三）不予公开,{n}.事项,{n},　,,　,,,{n}" for n in (1, 2, 3)]
    (grid,) = page_of(("项目,,,甲,乙,丙,丁,戊,己,庚\n" + "\n".join(rows) + "\n").encode(), "x.csv").blocks
    assert isinstance(grid, Grid)
    assert [len(row) for row in grid.rows] == [10] * 4


def test_markdown_that_breaks_off_within_a_table_of_html_keeps_its_cells_apart(tmp_path: Path) -> None:
    whole = layouts.marked_down(SHEET)
    cut = whole[: whole.index("</td>", whole.index(SHEET.texts["requests.granted.research"]))]
    page = page_of(cut.encode(), "x")
    assert page.broken
    assert page.broken.table == 1
    found = report(tmp_path, cut.encode())
    given = {c.id: found.printed(c.id) for c in SHEET.form.cells if found.value(c.id) is not None}
    assert given
    assert all(SHEET.texts[id] == text for id, text in given.items())
    assert not any(id.startswith("disputes") for id in given)


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("kinds", [("plain",), ("html",), ("plain", "html")])
def test_a_report_in_a_mail_is_read(kinds: tuple[str, ...], encoding: str) -> None:
    sheet = distinct("2021")
    mail = EmailMessage()
    mail["Subject"] = "年报"
    for kind in kinds:
        text = layouts.page(sheet) if kind == "html" else layouts.LAYOUTS["tabs"](sheet)
        (mail.set_content if kind == kinds[0] else mail.add_alternative)(text, subtype=kind, cte=encoding)
    (report,) = load_bytes("x.eml", mail.as_bytes())
    assert {c: report.printed(c) for c in report.readings} == sheet.texts


@pytest.mark.parametrize("name", ["x.js", "x.txt", "x.html"])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_script_that_is_a_file_of_its_own_is_read(name: str, escaped: bool) -> None:
    sheet = distinct("2021")
    article = {"title": "年报", "content": layouts.page(sheet).replace("</tr>", "</tr>\n")}
    (report,) = load_bytes(name, f"var article = {json.dumps(article, ensure_ascii=escaped)};".encode())
    assert {c: report.printed(c) for c in report.readings} == sheet.texts


def test_a_part_in_the_shadow_of_the_page_is_shown_and_a_template_is_not() -> None:
    sheet = distinct("2021")
    drawn = (layouts.page(s) for s in (replace(sheet, texts={c: f"9{t}" for c, t in sheet.texts.items()}), sheet))
    draft, shown = (
        re.sub("</?(?:html|head|body|!doctype|meta)[^<>]*>", "", page, flags=re.IGNORECASE) for page in drawn
    )
    page = f"<template>{draft}</template><x-a><template shadowrootmode=open>{shown}</template></x-a>"
    reports = load_bytes("x.html", page.encode())
    assert [{c: r.printed(c) for c in r.readings} for r in reports] == [sheet.texts]
    assert not reports[0].unplaced
