"""One grammar for figures: what is printed in a cell, what it says, and what it does not say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditkit.reading.numbers import is_entry, parse, squeeze

MONEY = "万元 (10,000 CNY)"

COUNTS: dict[str, int] = {
    "0": 0,
    "17": 17,
    "1808595": 1808595,
    "007": 7,
    "１２": 12,
    "０": 0,
    " 17 ": 17,
    "\u00a017\u00a0": 17,
    "\u300017\u3000": 17,
    "\u200b17": 17,
    "1,234": 1234,
    "1，234": 1234,
    "1,234,567": 1234567,
    "1 234": 1234,
    "1\u00a0234": 1234,
    "17件": 17,
    "17 件": 17,
    "９件": 9,
    "3项": 3,
    "12人次": 12,
    "共12件": 12,
    "17.": 17,
    "17。": 17,
    "约30": 30,
    "30余": 30,
    "30多件": 30,
    "105万": 1050000,
    "1.5万": 15000,
    "3千": 3000,
    "2亿": 200000000,
    "减1": -1,
    "增1": 1,
    "减少2": -2,
    "增加2": 2,
    "-1": -1,
    "−1": -1,
    "－1": -1,
    "+1": 1,
    "＋1": 1,
    "22（其中修订 16 件）": 22,
    "55（含自然失效 29 件）": 55,
    "55(含自然失效 29 件": 55,
    "12①": 12,
    "12*": 12,
    "12[1]": 12,
    "12²": 12,
    "零": 0,
    "〇": 0,
    "五": 5,
    "十": 10,
    "十二": 12,
    "二十": 20,
    "二十三": 23,
    "一百零三": 103,
    "三百": 300,
    "两千零五": 2005,
    "二〇二〇": 2020,
    "四十九万三千三百七十六": 493376,
    "两万零五": 20005,
    "三万件": 30000,
    "12；": 12,
    "12，": 12,
    "12注①": 12,
    "12注": 12,
    "12注1": 12,
}
AMOUNTS: dict[str, str] = {
    "0": "0",
    "4068.208": "4068.208",
    "59237.2449": "59237.2449",
    "415.96万元": "415.96",
    "415.96 万元": "415.96",
    "251000元": "25.1",
    "￥251000元": "25.1",
    "251,000元": "25.1",
    "1.2亿元": "12000",
    "1.2亿": "12000",
    "105万": "105",
    "1，234.5": "1234.5",
    "１２．５": "12.5",
}
NONE = (
    "—",
    "——",
    "-",
    "－",
    "/",
    "／",
    "无",
    "空",
    "、",
    "--",
    "NaN",
    "<NA>",
    "\\",
    "不涉及",
    "无制定权",
    "/（无许可权限）",
    "无变化",
    "持平",
    "免征",
)
BLANK = ("", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\t\n", "\u2003")
TEXTS = (
    "l7",
    "O",
    "○",
    "O7",
    "1O",
    "12、",
    "万",
    "一",
    "1 2",
    "1\n7",
    "12 34",
    "0 142 627",
    "1,23",
    "1,2345",
    "1.2.3",
    "12/34",
    "12-34",
    "3至5",
    "100%",
    "见附件",
    "无法统计",
    "不详",
    "（12）",
    "十百",
    "百",
    "1,234 56",
    "12345678901234567890",
    "2023年",
    "12\ufffd",
    "12¹件",
    "12① 件",
    "<script>1</script>",
    "=1+1",
)


@pytest.mark.parametrize(("text", "value"), COUNTS.items())
def test_a_count_is_read_in_single_pieces(text: str, value: int) -> None:
    figure = parse(text, "count")
    assert (figure.kind, figure.value) == ("figure", value)
    assert isinstance(figure.value, int)
    assert is_entry(text)


@pytest.mark.parametrize(("text", "value"), AMOUNTS.items())
def test_an_amount_is_read_in_ten_thousands_of_yuan(text: str, value: str) -> None:
    figure = parse(text, MONEY)
    assert (figure.kind, figure.value) == ("figure", Decimal(value))


@pytest.mark.parametrize("text", BLANK)
def test_a_blank_holds_no_figure_and_is_not_zero(text: str) -> None:
    figure = parse(text)
    assert (figure.kind, figure.value, figure.text) == ("blank", None, "")


@pytest.mark.parametrize("text", NONE)
def test_a_mark_for_nothing_holds_no_figure_and_is_kept(text: str) -> None:
    figure = parse(text)
    assert (figure.kind, figure.value, figure.text) == ("none", None, text)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_not_clearly_one_figure_stays_text(text: str) -> None:
    figure = parse(text)
    assert (figure.kind, figure.value, figure.text) == ("text", None, text)


@pytest.mark.parametrize(
    ("text", "step"), [("105万", 10000), ("1.5万", 1000), ("约30", 10), ("约32", 1), ("17", 0), ("105", 0)]
)
def test_a_rounded_figure_says_how_far_it_is_rounded(text: str, step: int) -> None:
    assert parse(text).step == step


@pytest.mark.parametrize(("text", "unit"), [("17件", MONEY), ("17元", "count"), ("17万元", "count")])
def test_a_unit_of_the_wrong_kind_makes_a_text(text: str, unit: str) -> None:
    assert parse(text, unit).kind == "text"


@pytest.mark.parametrize("text", ["12（更正为15）", "12（应为15）", "12（误，实为 15）", "12(改为15)"])
def test_a_figure_with_another_one_that_counts_beside_it_is_none(text: str) -> None:
    assert parse(text).kind == "text"
    assert [parse(t).value for t in ("12（更正）", "12（核对无误）", "12（无误）")] == [12] * 3


def test_a_remark_a_sign_and_a_unit_are_kept_beside_the_figure() -> None:
    figure = parse("22件（其中修订 16 件）")
    assert (figure.remark, figure.unit, figure.text) == ("其中修订 16 件", "件", "22件（其中修订 16 件）")
    assert parse("减1", "signed count").signed
    assert not parse("1", "signed count").signed


@pytest.mark.parametrize("text", ["17", "0", "4068.208"])
def test_what_is_printed_as_the_form_asks_is_plain(text: str) -> None:
    assert parse(text, MONEY).plain


@pytest.mark.parametrize("text", ["１７", "17件", "1,234", "007", "17.", "约30", "—", "O"])
def test_what_is_printed_otherwise_is_not_plain(text: str) -> None:
    assert not parse(text).plain


def test_a_long_text_is_not_searched_for_a_figure() -> None:
    assert parse("1" * 1_000_000).kind == "text"
    assert parse("（" * 1_000_000 + "1").kind == "text"


WAYS = (
    str,
    lambda n: f"{n:,}",
    lambda n: f"{n:,}".replace(",", "，"),
    lambda n: f"{n:,}".replace(",", " "),
    lambda n: "".join(chr(ord(c) + 0xFEE0) for c in str(n)),
    lambda n: f"\u3000{n}\u00a0",
    lambda n: f"{n}件",
    lambda n: f"约{n}",
    lambda n: f"{n}（含上年度结转 3 件）",
    lambda n: f"{n}①",
    lambda n: f"+{n}",
)


@given(st.integers(0, 10**12), st.sampled_from(WAYS))
def test_a_count_is_read_back_in_every_way_of_printing(number: int, way: object) -> None:
    assert callable(way)
    assert parse(way(number)).value == number


@given(st.integers(0, 10**12))
def test_a_decrease_is_read_back_below_zero(number: int) -> None:
    assert parse(f"减{number}", "signed count").value == -number


@given(st.decimals(0, 10**8, places=4))
def test_an_amount_is_read_back_exactly(amount: Decimal) -> None:
    assert parse(f"{amount}万元", MONEY).value == amount
    assert parse(f"{amount}", MONEY).value == amount
    assert parse(f"{amount}元", MONEY).value == amount / 10000


_DIGITS = "零一二三四五六七八九"


@given(st.integers(2, 9999))
def test_a_chinese_numeral_is_read_back(number: int) -> None:
    text, gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if gap and text else "") + _DIGITS[digit] + unit
        gap = not digit
    assert parse(text).value == number


@given(st.text(max_size=80))
def test_any_text_is_kept_as_printed_and_read_as_one_kind(text: str) -> None:
    figure = parse(text)
    assert (figure.value is not None) == (figure.kind == "figure")
    assert squeeze(figure.text) == squeeze(text)


@pytest.mark.parametrize("text", ["12  345", "1   0   6", "12 \n 345", "12\u3000345", "1\t0", "12\n345"])
def test_figures_of_two_columns_are_not_one(text: str) -> None:
    assert parse(text).kind == "text"


@pytest.mark.parametrize("text", ["12 345", "12\u00a0345", "12,345", "\u300012345\u3000", "12345  件"])
def test_a_thousands_mark_is_one_character(text: str) -> None:
    assert parse(text).value == 12345


@pytest.mark.parametrize("text", ["¥9,295.25", "￥251000"])
def test_an_amount_of_which_only_the_sign_of_the_currency_is_known_is_no_certain_figure(text: str) -> None:
    assert parse(text, "万元").kind == "text"
    assert parse("¥0.00", "万元").value == 0
    assert parse("零", "万元").value == 0


@pytest.mark.parametrize("text", ["一百三", "两万五", "一千二", "三十万五"])
def test_a_numeral_shortened_as_it_is_spoken_is_no_figure(text: str) -> None:
    """一百三 is 130 when spoken, and 103 to who reads it letter by letter."""
    assert parse(text).kind == "text"


@pytest.mark.parametrize(
    ("text", "value"), [("一百零三", 103), ("一百三十", 130), ("两万零五", 20005), ("两万五千", 25000), ("十三", 13)]
)
def test_a_numeral_written_in_full_is_its_figure(text: str, value: int) -> None:
    assert parse(text).value == value
