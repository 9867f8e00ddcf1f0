"""Tables as HTML and as text: escaped, aligned, complete, and the form drawn whole."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from strategies import report, typed

from auditkit.forms import load_form
from auditkit.tables import FAILING, FormTable, Sheet, Table, Words, align, report_tables, shown, width

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
HOSTILE = "<script>alert('1')</script>&\"'"


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4), TEXT)
def test_every_text_comes_out_of_the_html_as_it_went_in(rows: list[tuple[str, str]], caption: str) -> None:
    table = Table((HOSTILE, "b"), tuple(rows), caption=caption, note=HOSTILE)
    page = html.fragment_fromstring(table.html, create_parent=True)
    assert not page.xpath("//script")
    got = [[cell.text_content() for cell in row] for row in page.xpath(".//tbody/tr")]
    assert got == [list(row) for row in rows]
    assert page.xpath(".//thead//th")[0].text_content() == HOSTILE
    assert "".join(page.xpath(".//caption//text()")) == caption


def test_a_table_has_heads_for_rows_and_columns_and_no_style_or_script() -> None:
    shown_html = Table(("行", "数"), (("甲", 1), ("乙", None))).html
    page = html.fragment_fromstring(shown_html, create_parent=True)
    assert [th.get("scope") for th in page.xpath(".//th")] == ["col", "col", "row", "row"]
    assert not re.search(r"style=|<script|on\w+=|src=|href=", shown_html)


def test_short_long_and_unbroken_cells_bear_classes_for_the_page() -> None:
    page = Table(
        ("行", "数"), (("甲", "短"), ("乙", "长" * 71), ("丙", "0af" * 20), ("丁", "中" * 20)), kind="sign"
    ).html
    cells = html.fragment_fromstring(page, create_parent=True).xpath(".//td")
    assert [td.get("class") for td in cells] == ["short", "long", "hash", None]
    assert 'class="ak sign"' in page


def test_numbers_are_set_right_with_thousands_marks() -> None:
    table = Table(("行", "数"), (("甲", 1234567), ("乙", None), ("丙", Decimal("415.96"))))
    assert table.text.splitlines() == ["行         数", "甲  1,234,567", "乙          –", "丙     415.96"]
    assert '<td class="num">1,234,567</td>' in table.html
    assert '<td class="blank">–</td>' in table.html


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0, "0"),
        (1000, "1,000"),
        (Decimal("0.50"), "0.50"),
        (0.5, "0.50"),
        ("甲", "甲"),
        (True, "True"),
    ],
)
def test_values_as_people_read_them(value: object, text: str) -> None:
    assert shown(value) == text


def test_full_width_characters_take_two_columns() -> None:
    assert (width("a"), width("中"), width("，"), width("e\u0301")) == (1, 2, 2, 1)
    assert {width(line) for line in align([["中文", "x"], ["a", "y"]])} == {7}


@given(st.lists(st.lists(TEXT, min_size=2, max_size=3), min_size=1, max_size=4))
def test_a_row_is_a_line_whatever_it_holds(rows: list[list[str]]) -> None:
    assert len(align(rows)) == len(rows)
    assert not any("\n" in line for line in align([["a\nb\r\tc"]]))


def test_words_and_sheets_show_both_ways() -> None:
    words = Words(("一<二", "三"), "ak-note")
    page = html.fragment_fromstring(words.html, create_parent=True)
    assert [p.text_content() for p in page.xpath(".//p")] == ["一<二", "三"]
    assert 'class="ak-note"' in words.html
    assert words.text == "一<二\n三"
    sheet = Sheet((words, Table(("a",), ((1,),))))
    assert words.html in sheet.html
    assert sheet.text.startswith("一<二\n三\n\n")
    assert sheet._repr_mimebundle_() == {"text/html": sheet.html, "text/plain": sheet.text}
    assert str(sheet) == sheet.text


# --- the form --------------------------------------------------------------------------------------------------------------

LAYOUTS = [("2019", "", "exercise-2020"), ("2021", "", "exercise-2021")]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("form_id", "variant", "stem"), LAYOUTS)
def test_the_form_is_drawn_with_every_figure_once(form_id: str, variant: str, stem: str, lang: str) -> None:
    form = load_form(form_id, variant)
    texts = {c.id: str(1000 + i) for i, c in enumerate(form.cells)}
    one = report(form, texts)
    for name in ("proactive", "requests", "disputes"):
        drawn = FormTable(one, name, lang)  # type: ignore[arg-type]
        page = html.fragment_fromstring(drawn.html, create_parent=True)
        expected = [texts[c.id] for c in form.cells if c.table == name]
        assert [td.text_content() for td in page.xpath(".//td")] == expected
        assert re.findall(r"\b1\d{3}\b", drawn.text) == expected
        assert all(th.text_content().strip() for th in page.xpath(".//th")), "an empty head"
        assert widths(page) == {widths(page).pop()}, "rows of different width"


def widths(page: html.HtmlElement) -> set[int]:
    """Return the widths of the rows, spans counted."""
    reaching: dict[int, int] = {}
    found = set()
    for n, row in enumerate(page.xpath(".//tr")):
        own = sum(int(c.get("colspan", 1)) for c in row)
        found.add(own + reaching.pop(n, 0))
        for cell in row:
            for below in range(1, int(cell.get("rowspan", 1))):
                reaching[n + below] = reaching.get(n + below, 0) + int(cell.get("colspan", 1))
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_blank_text_and_unread_cells_say_so_in_words(lang: str) -> None:
    form = load_form("2021")
    cells = [c.id for c in form.row_cells("requests", "granted")]
    texts: dict[str, str | None] = {
        **typed("exercise-2021"),
        cells[0]: "",
        cells[1]: "见附件",
        cells[2]: None,
        cells[3]: "—",
    }
    drawn = FormTable(report(form, texts), "requests", lang, frozenset({cells[6]}))  # type: ignore[arg-type]
    words = {"zh": ("空白", "〔文字〕见附件", "未读到"), "en": ("blank", "[text] 见附件", "not read")}[lang]
    for word in (*words, "—", FAILING + "92"):
        assert word in drawn.text
        assert word in drawn.html
    assert drawn.html.count(FAILING) == 1


def test_a_report_shows_its_three_tables_with_its_name() -> None:
    sheet = report_tables(report(load_form("2021"), typed("exercise-2021")), "zh")
    assert len(sheet.parts) == 4
    assert sheet.text.startswith("示例市演练局 2023 年 · 2021 年格式")


def test_hostile_cells_are_text() -> None:
    one = report(load_form("2021"), typed("exercise-2021") | {"requests.granted.total": HOSTILE}, agency=HOSTILE)
    sheet = report_tables(one, "zh")
    assert "<script" not in sheet.html
    assert HOSTILE in html.fragment_fromstring(sheet.html, create_parent=True).text_content()
