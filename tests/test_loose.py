"""Tables drawn as text: torn labels are joined where there is one way to do so; nothing else is read, nothing vanishes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import layouts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import Rows, Sheet, chain, distinct, flat_head, only_labels, separate, subtotals, text_page, total_first
from test_placing import FORMS, each_form
from texts import WHOLE, commas, drawn, layout, raw, wide

from auditkit.loading import load_bytes
from auditkit.placing.order import Token, heads_in_order
from auditkit.reading.page import Grid, ReadingError
from auditkit.reading.text import read as read_text
from auditkit.report import Report


def read(text: str) -> Report:
    (report,) = load_bytes("report.txt", text.encode())
    return report


def wrong(report: Report, sheet: Sheet) -> dict[str, str]:
    return {c: report.printed(c) for c in report.placed_figures if report.value(c) != number(sheet.texts.get(c, ""))}


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def held(report: Report) -> Counter[str]:
    return Counter([report.printed(c) for c in report.placed_figures] + [u.text for u in report.unplaced])


@each_form
@pytest.mark.parametrize("name", WHOLE)
def test_a_drawn_text_is_read_whole(name: str, form: tuple[str, str]) -> None:
    sheet = distinct(*form)
    report = read(WHOLE[name](sheet))
    doubtful = set()
    if name == "raw, narrow":  # the blocks of table four are torn too, and it has no labels
        doubtful |= {c for c in sheet.texts if c.startswith("disputes.")}
    if name.startswith("raw") and form[1]:  # （六）其他处理 above figures may be the group's label
        doubtful |= {c for c in sheet.texts if c.startswith("requests.other.")}
    assert wrong(report, sheet) == {}
    assert {c for c in sheet.texts if report.value(c) is None} == doubtful
    assert Counter(u.text for u in report.unplaced) == Counter(sheet.texts[c] for c in doubtful)


ROWS = "三、收到和处理政府信息公开申请情况\n{}\n四、政府信息公开行政复议、行政诉讼情况\n"
GOOD = "一、本年新收政府信息公开申请数量 1 2 3 4 5 6 21\n二、上年结转政府信息公开申请数量 0 0 0 0 0 0 0\n（一）予以公开 7 0 0 0 0 0 7\n"
SEVEN = "11 12 13 14 15 16 81"


def total_of(text: str, row: str) -> object:
    return read(ROWS.format(text)).value(f"requests.{row}.total")


@pytest.mark.parametrize(
    ("text", "row", "read_as"),
    [
        # one label around its figures, above and below
        (GOOD + f"2.没有现成信\n{SEVEN}\n息需要另行制作\n", "unavailable.must_be_created", 81),
        # pieces of the group's label beside it
        (GOOD + f"（四）无 2.没有现成信\n法提 {SEVEN}\n供 息需要另行制作\n", "unavailable.must_be_created", 81),
        # a label wholly above, at the end of the table
        (GOOD + f"四、结转下年度继\n续办理\n{SEVEN}\n", "carried_forward", 81),
        # the same, and a row without figures before it: whose they are is not certain
        (GOOD + f"2.重复申请\n四、结转下年度继\n续办理\n{SEVEN}\n", "carried_forward", None),
        # one piece is missing
        (GOOD + f"2.没有现成信\n{SEVEN}\n", "unavailable.must_be_created", None),
        # two rows of figures and one label between them
        (GOOD + f"{SEVEN}\n2.重复申请\n{SEVEN}\n（七）总计 8 0 0 0 0 0 8", "not_processed.repeated", None),
        # the group （六）其他处理 or the row of that name beside figures, the row's own label around it
        (GOOD + f"2.重复\n（六）其他处理 {SEVEN}\n申请\n", "not_processed.repeated", None),
        (GOOD + f"2.重复\n（六）其他处理 {SEVEN}\n申请\n", "other", None),
        (GOOD + f"（六）其他处理 {SEVEN}\n（七）总计 8 0 0 0 0 0 8\n", "other", 81),
        # the figures of （七）总计 are missing: those before are not its
        (GOOD + f"（六）其他处理 {SEVEN}\n（七）总计\n四、结转下年度继续办理 1 0 0 0 0 0 1\n", "total", None),
        # labels above their figures, one is gone: those behind must not all move up by one
        (
            f"1.信访举报投诉类申请\n1 0 0 0 0 0 1\n{SEVEN}\n3.要求提供公开出版物\n9 0 0 0 0 0 9\n（六）其他处理\n"
            + GOOD,
            "not_processed.publication",
            None,
        ),
        # a whole label without figures above a torn one that is not put together: the figures may be the upper row's
        (
            GOOD
            + f"5.要求行政机关确认或重新出具已获取信息\n1.申请人无正当理由逾期不补正、行政机关不再处理其政 {SEVEN}\n"
            "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再 2 0 0 0 0 0 2\n（六）其他处理 府信息公开申请 3 0 0 0 0 0 3\n"
            "处理其政府信息公开申请\n3.其他 1 0 0 0 0 0 1\n",
            "other.not_corrected",
            None,
        ),
        # 3.其他 is no piece of another row's label
        (GOOD + f"3.其他 {SEVEN}\n（七）总计 8 0 0 0 0 0 8\n", "other.other", 81),
        (GOOD + f"2.其他\n法律行政法规 {SEVEN}\n禁止公开\n", "denied.prohibited_by_law", 81),
        (GOOD + f"2.其他\n法律行政法规 {SEVEN}\n禁止公开\n", "other.other", None),
        # a row between two that have words of their own, a foreign line behind the second
        (
            GOOD
            + f"1.信访\n举报投诉 1 0 0 0 0 0 1\n类申请\n2.重复\n{SEVEN}\n申请\n4.无正当\n理由大量 2 0 0 0 0 0 2\n反复申请\n以下为续表\n",
            "not_processed.repeated",
            81,
        ),
        # the same, the foreign line before the second
        (
            GOOD + f"1.信访\n举报投诉 1 0 0 0 0 0 1\n类申请\n2.重复\n{SEVEN}\n申请\n以下为续表\n",
            "not_processed.repeated",
            None,
        ),
        # a foreign line between
        (GOOD + f"2.没有现成信\n以下为续表\n息需要另行制作 {SEVEN}\n", "unavailable.must_be_created", None),
    ],
)
def test_a_torn_label_is_joined_only_where_there_is_one_way(text: str, row: str, read_as: int | None) -> None:
    assert total_of(text, row) == read_as
    assert held(read(ROWS.format(text)))["81"] == text.count("81")


def test_blanks_are_filled_by_where_the_figures_stand() -> None:
    lines = [("一、本年新收政府信息公开申请数量", [1, 2, 3, 4, 5, 6, 21]), ("（一）予以公开", [7, 0, 0, 0, 0, 0, 7])]
    blank = ("2.重复申请", [8, "", "", 9, "", "", ""])
    text = "\n".join(
        label + " " * (36 - len(label)) + "".join(f"{f:>6}" for f in row) for label, row in [*lines, blank]
    )
    report = read(ROWS.format(text))
    cells = ("natural_person", "business", "research", "public_welfare", "legal_service", "other", "total")
    values = [report.value(f"requests.not_processed.repeated.{c}") for c in cells]
    assert values == [8, None, None, 9, None, None, None]
    squeezed = text.replace("             8", " 8")
    assert read(ROWS.format(squeezed)).value("requests.not_processed.repeated.natural_person") is None


CELLS = ("natural_person", "business", "research", "public_welfare", "legal_service", "other", "total")


TITLE = f"{layouts.AGENCY}2023年政府信息公开工作年度报告\n"


def row_of(report: Report, row: str) -> list[Decimal | int | None]:
    return [report.value(f"requests.{row}.{c}") for c in CELLS]


def aligned(rows: list[tuple[str, list[object]]], label: int = 36, column: int = 8) -> str:
    """Draw rows as programs do that bring each cell to its place."""
    return "\n".join(
        label_ + " " * (label - len(label_)) + "".join(f"{f:<{column}}" for f in row) for label_, row in rows
    )


def test_figures_that_only_follow_their_labels_are_not_in_columns() -> None:
    full = ["1.信访举报投诉类申请  1  2  3  4  5  6  21", "3.要求提供公开出版物  0  1  0  1  0  0  2"]
    report = read(ROWS.format("\n".join([*full, "4.保护第三方合法权益  3  0  1"])))
    assert row_of(report, "not_processed.petition") == [1, 2, 3, 4, 5, 6, 21]
    assert row_of(report, "denied.third_party_rights") == [None] * 7
    assert [u.text for u in report.unplaced] == ["3", "0", "1"]


@pytest.mark.parametrize("space", ["\u3000", "\u00a0"])
def test_a_wide_space_by_itself_is_a_blank_cell(space: str) -> None:
    report = read(ROWS.format(GOOD + f"2.重复申请  8  {space}  {space}  9  {space}  {space}  17\n"))
    assert row_of(report, "not_processed.repeated") == [8, None, None, 9, None, None, 17]
    short = read(ROWS.format(GOOD + f"2.重复申请  8  {space}  9  {space}  1\n"))
    assert row_of(short, "not_processed.repeated") == [None] * 7


SPARSE: list[tuple[str, list[object]]] = [
    ("一、本年新收政府信息公开申请数量", [821, 35, "", "", 2, "", 858]),
    ("二、上年结转政府信息公开申请数量", [18, "", "", "", "", "", 18]),
    ("（一）予以公开", ["", "", "", 7, "", "", ""]),
    ("（七）总计", [830, 30, "", 7, "", 2, 869]),
    ("四、结转下年度继续办理", [9, 5, "", "", 2, "", 16]),
]


def test_where_no_row_is_full_the_heads_tell_the_columns() -> None:
    heads = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    text = aligned([("", list(heads)), *SPARSE])
    report = read(TITLE + ROWS.format(text))
    for (_, row), name in zip(SPARSE, ("new", "carried_over", "granted", "total", "carried_forward"), strict=True):
        assert row_of(report, name) == [f or None for f in row]
    astray = read(TITLE + ROWS.format(text.replace("      7", "7")))  # between two heads
    assert [astray.value(f"requests.new.{c}") for c in CELLS] == [None] * 7


def test_the_total_first_needs_a_head_of_the_first_column_behind_it_or_nothing_is_read() -> None:
    rows: list[tuple[str, list[object]]] = [
        ("", ["总计", "自然规", "法人或其他组织"]),
        ("", ["", "", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]),
        ("一、本年新收政府信息公开申请数量", [21, 1, 2, 3, 4, 5, 6]),
        ("二、上年结转政府信息公开申请数量", [28, 2, 3, 4, 5, 6, 8]),
    ]
    report = read(TITLE + ROWS.format(aligned(rows)))
    assert not report.placed_figures
    assert held(report) == Counter(str(f) for _, row in rows for f in row if isinstance(f, int))


def test_two_short_rows_with_vague_labels_are_not_one() -> None:
    rows: list[tuple[str, list[object]]] = [
        ("（六）其他处理", [11, 17, "", "", "", 12, 13]),
        ("（七）总计", ["", "", 24, 25, 26, "", ""]),
        ("四、结转下年度继续办理", ["", "", 3, "", "", 2, 3]),
    ]
    report = read(ROWS.format(GOOD + aligned(rows, label=20, column=4)))
    assert row_of(report, "total") == [None] * 7
    assert held(report) >= Counter(["11", "17", "12", "13", "24", "25", "26"])


@pytest.mark.parametrize("figure", ["零", "十", "二十六"])
def test_a_single_figure_in_words_does_not_vanish(figure: str) -> None:
    two = "二、主动公开政府信息情况\n第二十条第（六）项\n信息内容  本年处理决定数量\n行政处罚  {}\n行政强制  {}\n"
    report = read(two.format(figure, figure) + ROWS.format(GOOD + f"2.重复申请            {figure}\n"))
    assert held(report)[figure] == 3


def test_a_character_of_a_label_written_downwards_is_no_figure() -> None:
    """三 of 三、本年度办理结果 beside the figures of the row above, one of which is blank: with it there would be seven."""
    lines = [
        "示例市演练局2023年政府信息公开工作年度报告",
        "三、收到和处理政府信息公开申请情况",
        "                                                      申请人情况",
        "（本列数据的勾稽关系为：第一项加第二项之和，等于                             法人或其他组织",
        "第三项加第四项之和）                     自然人                                             总计",
        "                                      商业企    科研机       社会公      法律服",
        "                                                                        其他",
        "                                       业      构        益组织      务机构",
        "一、本年新收政府信息公开申请数量",
        "三                               149    5         1      0               3      158",
        "、",
        "二、上年结转政府信息公开申请数量",
        "本                                      1                                        1",
        "年",
        "度 （一）予以公开                                                        0",
        "               1.属于国家秘密               6    0         0      0      0        0        6",
        "               8.属于行政查询事项           2    0         0      0      0        0        2",
        "（七）总计                       8    0         0      0      0        0        8",
        "五、存在的主要问题及改进情况",
    ]
    report = read("\n".join(lines))
    assert not any(report.kind(f"requests.new.{c}") == "figure" for c in report.layout.columns("requests"))
    assert {"149", "158"} <= {u.text for u in report.unplaced}


def test_a_nought_between_marks_is_no_page_number() -> None:
    heads = "行政复议\n结果维持 结果纠正 其他结果 尚未审结 总计\n"
    report = read(ROWS.format(GOOD) + heads + "- 0 -\n五、存在的主要问题及改进情况\n")
    assert [u.text for u in report.unplaced] == ["0"]


WRAPPED = {  # the label on one line, figures of four digits and their last digit in the cell's second line
    "beneath": ["（二）部分公开 128 21 0 0 50 3 13", "     8                 62"],
    "above": ["     128             13", "（二）部分公开 8 21 0 0 50 3 62"],
    "all of them": ["（二）部分公开 12 21 11 10 50 13 13", "     8 4 0 0 5 2 6"],
    "at the end of the last": ["（二）部分公开 12 21 0 0 50 3 13", "4"],
    "on a page's last line but its number": ["（二）部分公开 12 21 0 0 50 3 13", "2", "- 2 -\n\f"],
    "over another row": ["（二）部分公开 67 01 00 00 00 00 68"],
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_row_beside_pieces_of_wrapped_figures_is_not_read(name: str) -> None:
    report = read(ROWS.format(GOOD + "\n".join(WRAPPED[name]) + "\n1.属于国家秘密 0 0 0 0 0 0 0\n"))
    pieces = [t for line in WRAPPED[name] if "-" not in line for t in line.split() if t.isdigit()]
    assert report.value("requests.partly_granted.total") is None
    assert not Counter(pieces) - Counter(u.text for u in report.unplaced)
    assert report.value("requests.new.total") == 21


def test_rows_from_a_label_alone_to_figures_alone_may_be_shifted() -> None:
    text = "\n".join(
        (
            "1.属于国家秘密 7 0 0 0 0 0 7",
            "1.信访举报投诉类申请",
            "2.重复申请 11 12 0 0 0 0 23",
            "3.要求提供公开出版物 21 22 0 0 0 0 43",
            "31 32 0 0 0 0 63",
            "4.无正当理由大量反复申请 5 0 0 0 0 0 5",
        )
    )
    report = read(ROWS.format(GOOD + text))
    assert [total_of(GOOD + text, f"not_processed.{r}") for r in ("petition", "repeated", "publication")] == [None] * 3
    assert [report.value(f"requests.{r}.total") for r in ("denied.state_secret", "not_processed.excessive")] == [7, 5]
    assert Counter(u.text for u in report.unplaced)["43"] == 1


def test_a_row_shifted_to_the_next_column_by_its_label_is_not_read() -> None:
    text = "\n".join(
        label + " " * (30 - len(label)) + figures
        for label, figures in [
            ("一、本年新收政府信息公开申请数量", "  1  2  3  4  5  6 21"),
            ("（一）予以公开", "  7  0  0  0  0  0  7"),
        ]
    )
    text += "\n5.要求行政机关确认或重新出具已获取信息" + " " * 14 + "8  0  0  0  0  8"
    assert read(ROWS.format(text)).value("requests.not_processed.reissue.natural_person") is None


@pytest.mark.parametrize("form", ["2019", "2021"])
def test_a_torn_head_in_another_order_is_read_in_that_order(form: str) -> None:
    sheet = distinct(form)
    turned = chain(only_labels, flat_head, total_first)

    def show(rows: Rows) -> str:
        wide = max(sum(b.w for b in row) for row in rows)
        return "\n".join(drawn(rows, [40, *[6] * (wide - 1)])) + "\n\n"

    report = read(text_page(sheet, show, turned))
    assert wrong(report, sheet) == {}
    assert all(report.value(id) is not None for id in sheet.texts if id.startswith("requests."))


def order_of(lines: list[list[Token]]) -> list[int]:
    return [column for column, _ in heads_in_order(lines, HEADS)]


HEADS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")


@given(st.permutations(range(7)), st.data())
def test_heads_torn_over_lines_are_read_in_the_order_they_stand_in(order: list[int], data: st.DataObject) -> None:
    """Each head in one piece or two, a cell ten columns wide, its pieces anywhere in it, of one line a piece or of any of three."""
    lines: list[list[Token]] = [[], [], []]
    for at, head in enumerate(HEADS[c] for c in order):
        cut = data.draw(st.integers(1, len(head)))
        first = data.draw(st.integers(0, 2 if cut == len(head) else 1))
        for n, piece in enumerate((head[:cut], head[cut:])):
            if piece:
                left = 13 * at + data.draw(st.integers(0, 13 - 2 * len(piece)))
                lines[first + n].append((piece, ((left, left + len(piece)), (left, left + 2 * len(piece)))))
    found = order_of(lines)
    assert found in (order, [])
    assert found == order or len(lines[0]) < 7


def test_heads_that_contradict_each_other_tell_no_order() -> None:
    def line(*heads: str) -> list[Token]:
        return [(h, ((13 * i, 13 * i + 4),)) for i, h in enumerate(heads)]

    assert order_of([line(*HEADS)]) == list(range(7))
    assert order_of([line("自然人", "商业", *HEADS[2:]), line("企业")]) == list(range(7))
    assert order_of([line(*HEADS[:6])]) == []
    assert order_of([line("商业", "科研"), line("机构", "企业"), line("自然人", *HEADS[3:])]) == []
    assert order_of([line(*HEADS), line(*HEADS)]) == []


def test_a_subtotal_among_torn_labels_is_unplaced_alone() -> None:
    sheet = distinct("2021")
    report = read(text_page(sheet, lambda rows: separate(rows, "   "), chain(only_labels, flat_head, subtotals)))
    assert [u.text for u in report.unplaced] == [str(9101 + i) for i in range(7)]
    assert all(report.value(c) is not None for c in sheet.texts)


@pytest.mark.parametrize(
    "text",
    [
        "甲, 乙, 丙, 丁\n一是, 二是, 三是, 四是\n",
        "行政处罚  1,234  5,678  9,012\n" * 4,
        "2023年，公开 1,234 件，其中 5 件，6 件，7 件。\n" * 4,
        '"未闭合,1,2,3\n' + "甲,1,2,3\n" * 20,
    ],
)
def test_commas_in_prose_and_figures_are_no_cells(text: str) -> None:
    assert not [b for b in read_text(text, "x").blocks if isinstance(b, Grid)]


KINDS = ("drop", "double", "swap", "word", "figures")


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_damaged_drawn_text_gives_no_wrong_figure_and_loses_none(data: st.DataObject) -> None:
    """A line dropped, doubled, changed for the next; a word or a row's figures gone."""
    sheet = distinct(*data.draw(st.sampled_from(FORMS)))
    width = data.draw(st.sampled_from((8, 16, 24, 60)))
    at = data.draw(st.sampled_from(("top", "middle", "bottom", "raw")))
    lines = (raw(sheet, width) if at == "raw" else layout(sheet, width, at=at)).split("\n")
    i, kind = data.draw(st.integers(0, len(lines) - 2)), data.draw(st.sampled_from(KINDS))
    if kind == "drop":
        del lines[i]
    elif kind == "double":
        lines.insert(i, lines[i])
    elif kind == "swap":
        lines[i : i + 2] = lines[i + 1], lines[i]
    elif kind == "word" and (words := list(re.finditer(r"\S+", lines[i]))):
        a, b = data.draw(st.sampled_from(words)).span()
        lines[i] = lines[i][:a] + " " * (b - a) + lines[i][b:]
    elif kind == "figures":
        lines[i] = re.sub(r"(\s+\d[\d.]*)+$", "", lines[i])
    try:
        reports = load_bytes("report.txt", "\n".join(lines).encode())
    except ReadingError:
        return
    assert [wrong(r, sheet) for r in reports] == [{} for _ in reports]
    found = sum((held(r) for r in reports), Counter[str]())
    printed = {t for t in sheet.texts.values() if any(t in line.split() for line in lines)}
    assert printed <= set(found)


def test_a_hostile_text_of_pieces_is_soon_done() -> None:
    text = ROWS.format(GOOD + "申请\n信息\n1 2 3 4 5 6 7\n公开\n" * 300)
    assert read(text).value("requests.new.total") == 21


@pytest.mark.parametrize("none", ["无", "空", "—"])
def test_a_text_of_commas_may_hold_more_marks_for_none_than_figures(none: str) -> None:
    sheet = distinct("2021")
    few = {c: t if i % 7 == 0 else none for i, (c, t) in enumerate(sheet.texts.items())}
    report = read(text_page(replace(sheet, texts=few), commas))
    assert {c: report.printed(c) for c in sheet.texts} == few


def test_a_text_of_commas_may_hold_a_subtotal_with_spaced_digits() -> None:
    sheet = distinct("2021")
    lines = text_page(sheet, commas).split("\n")
    at = next(i for i, line in enumerate(lines) if "1.本机关不掌握" in line)
    lines.insert(at, f",,小计{',1 0 7' * 7}")
    report = read("\n".join(lines))
    assert {c: report.printed(c) for c in sheet.texts} == sheet.texts
    assert [u.text for u in report.unplaced] == ["1 0 7"] * 7


def test_a_row_of_figures_before_the_label_of_the_next_row_is_not_lost() -> None:
    report = read(ROWS.format(GOOD + f"2.没有现成信息需要另行制作\n{SEVEN}  3.补正后申\n"))
    assert not Counter(SEVEN.split()) - held(report)


def one_a_line(sheet: Sheet, *, heads_again: bool = False, subtotal: str = "") -> str:
    """Print table three one cell a line, with its heads once more, or a subtotal, before （五）不予处理."""
    cells = [c for c in sheet.form.cells if c.table == "requests"]
    heads = [
        "申请人情况",
        "自然人",
        "法人或其他组织",
        "总计",
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
    ]
    lines = ["三、收到和处理政府信息公开申请情况", *heads]
    for first, at in ((c, i) for i, c in enumerate(cells) if c.row != cells[i - 1].row):
        if first.row == "not_processed.petition":
            lines += [*(["小计", *[subtotal] * 7] if subtotal else []), *(heads if heads_again else [])]
            lines += ["三、本年度办理结果", "（五）不予处理"]
        lines += [first.row_path[-1], *(sheet.texts[c.id] for c in cells[at : at + 7])]
    return "\n".join(["示例市2023年政府信息公开工作年度报告", *lines, "五、存在的主要问题及改进情况"])


def test_heads_printed_once_more_end_where_a_group_s_label_stands() -> None:
    sheet = distinct("2021")
    report = read(one_a_line(sheet, heads_again=True))
    assert wrong(report, sheet) == {}
    assert {c for c in sheet.texts if c.startswith("requests.") and report.value(c) is None} == set()


def test_group_labels_in_traditional_characters_stand_before_the_rows_of_a_drawn_text() -> None:
    sheet = distinct("2021")
    cells = [c for c in sheet.form.cells if c.table == "requests"]
    rows = [(c, [sheet.texts[d.id] for d in cells[i : i + 7]]) for i, c in enumerate(cells) if i % 7 == 0]
    lines = ["    ".join([*c.row_path[1:-1], c.row_path[-1], *texts]) for c, texts in rows]
    text = "\n".join(["三、收到和处理政府信息公开申请情况", *lines, "五、存在的主要问题及改进情况"])
    report = read(text.replace("其他处理", "其他處理").replace("无法", "無法").replace("结果", "結果"))
    assert wrong(report, sheet) == {}
    assert {c for c in sheet.texts if c.startswith("requests.") and report.value(c) is None} == set()


def test_one_cell_a_line_may_hold_a_subtotal_with_spaced_digits() -> None:
    sheet = distinct("2021")
    report = read(one_a_line(sheet, subtotal="1 0 7"))
    assert wrong(report, sheet) == {}
    assert {c for c in sheet.texts if c.startswith("requests.") and report.value(c) is None} == set()
    assert "".join(u.text for u in report.unplaced) == "107" * 7


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_blocks_of_table_four_one_cell_a_line_each_begin_with_their_name(order: tuple[int, ...]) -> None:
    sheet = distinct("2021")
    rows = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
    names, outcomes = (
        ("行政复议", "未经复议直接起诉", "复议后起诉"),
        ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"),
    )
    lines = ["四、政府信息公开行政复议、行政诉讼情况"]
    for i in order:
        lines += [names[i], *outcomes, *(sheet.texts[c.id] for c in sheet.form.row_cells("disputes", rows[i]))]
    end = "五、存在的主要问题及改进情况"
    report = read(one_a_line(sheet).replace(end, "\n".join([*lines, end])))
    assert wrong(report, sheet) == {}
    assert {c for c in sheet.texts if c.startswith("disputes.") and report.value(c) is None} == set()


def test_running_numbers_one_cell_a_line_stand_before_group_labels_too() -> None:
    sheet = distinct("2021")
    lines = one_a_line(sheet).replace("申请人情况", "编号\n申请人情况").split("\n")
    labels = [c.row_path[-1] for i, c in enumerate(c for c in sheet.form.cells if c.table == "requests") if i % 7 == 0]
    for number, label in enumerate(labels, 1):
        at = lines.index(label)
        if label == "（一）予以公开":
            lines.insert(at, "三、本年度办理结果")
        while not lines[at - 1].isdigit() and number > 1:  # its groups
            at -= 1
        lines[at:at] = ["", str(number)]
    report = read("\n".join(lines))
    assert wrong(report, sheet) == {}
    assert {c for c in sheet.texts if c.startswith("requests.") and report.value(c) is None} == set()


def test_digits_of_two_lines_are_no_half_of_the_row_beneath() -> None:
    """A watermark, say, of which each character stands on a line of its own."""
    row = "2.重复申请                       4    6         7    8    9"
    text = GOOD + f"                                      1\n                                          2\n{row}\n"
    report = read(ROWS.format(text))
    assert not any(c.startswith("requests.not_processed.repeated.") for c in report.readings)
    assert not Counter("1246789") - held(report)


def test_a_change_in_a_column_of_amounts_shows_that_the_figures_are_in_another_order() -> None:
    row = "第二十条第（五）项\n信息内容\n上一年项目数量\n本年增/减\n处理决定数量\n行政许可\n{}\n"
    told = ["9\n增3\n7", "9\n7\n增3"]
    found = [read("二、主动公开政府信息情况\n" + row.format(t) + ROWS.format(GOOD)) for t in told]
    assert [r.value("proactive.licences.change") for r in found] == [3, None]
    assert {u.text for u in found[1].unplaced} >= {"7", "9"}


def test_figures_behind_the_reports_end_are_not_lost() -> None:
    end = "五、存在的主要问题及改进情况\n仍需努力。\n\n复议后起诉\n总计\n3\n\n结果维 结果纠\n持\n正\n41\n\n42\n\n"
    report = read("二、主动公开政府信息情况\n" + ROWS.format(GOOD) + end)
    assert {"3", "41", "42"} <= set(held(report))


@pytest.mark.parametrize(
    ("heads", "ordered"),
    [
        ("社会公益组 法律服务机 自然人 总计\n商业企业 科研机构 其他\n织 构", False),
        ("自然人 社会公益组 法律服务机 总计\n商业企业 科研机构 其他\n织 构", True),
        ("自然\n人\n总计\n科研\n机构\n商业\n企业\n社会\n公益\n组织\n法律\n服务\n机构\n其他", False),
        ("自然\n人\n总计\n商业\n企业\n科研\n机构\n社会\n公益\n组织\n法律\n服务\n机构\n其他", True),
    ],
)
def test_heads_over_several_lines_in_another_order_leave_the_figures_unplaced(heads: str, ordered: bool) -> None:
    four = " ".join(map(str, range(9101, 9116)))
    report = read(ROWS.format(f"法人或其他组织\n{heads}\n{re.sub(' +', '   ', GOOD)}") + f"{four}\n")
    assert (report.value("requests.new.business") == 2) is ordered
    assert report.value("requests.new.business") in (2, None)


@pytest.mark.parametrize("lost", ["类别\n总计", "总计\n自然人"])
def test_figures_one_a_line_under_too_few_heads_are_unplaced(lost: str) -> None:
    """Which figures the missing head stands over cannot be told; here the total came first."""
    sheet = distinct("2021")
    text = layouts.LAYOUTS["lines, total first"](sheet)
    assert lost in text
    report = read(text.replace(lost, lost.replace("\n", "")))
    assert wrong(report, sheet) == {}
    assert len(report.unplaced) == sum(c.table == "requests" for c in sheet.form.cells)


def test_a_total_named_before_the_applicants_shows_another_order_though_a_head_is_damaged() -> None:
    sheet = distinct("2019")
    text = layouts.LAYOUTS["lines, total first"](sheet).replace("自然人\n商业企业", "自然人商业企业")
    report = read(text)
    assert wrong(report, sheet) == {}
    assert len(report.unplaced) == sum(c.table == "requests" for c in sheet.form.cells)


@pytest.mark.parametrize(("mark", "ordered"), [("   ", True), (" ", False)])
def test_a_group_s_head_before_the_first_column_s_is_another_order_in_a_text_without_spacing(
    mark: str, ordered: bool
) -> None:
    """`pdftotext -raw` prints the cells in their order; a drawn text may print the group's head a line higher."""
    heads = "法人或其他组织\n自然人 总计\n商业企业 科研机构 社会公益组织 法律服务机构 其他"
    four = " ".join(map(str, range(9101, 9116)))
    report = read(ROWS.format(heads + "\n" + re.sub(" +", mark, GOOD)) + f"{four}\n")
    assert (report.value("requests.new.business") == 2) is ordered
    assert report.value("requests.new.business") in (2, None)


def test_table_four_as_rows_of_five_and_ten_with_spaces_between_is_read_by_its_heads() -> None:
    five = "结果维持   结果纠正   其他结果   尚未审结   总计"
    text = (
        f"四、政府信息公开行政复议、行政诉讼情况\n行政复议\n{five}\n91   92   93   94   95\n行政诉讼\n"
        f"未经复议直接起诉   复议后起诉\n{five}   {five}\n{'   '.join(str(n) for n in range(81, 91))}\n\n五、存在的主要问题及改进情况\n无。\n"
    )
    report = read(ROWS.format(GOOD) + text)
    assert report.value("disputes.reconsideration.upheld") == 91
    assert report.value("disputes.litigation_after_reconsideration.total") == 90


def test_a_section_s_title_right_behind_a_pipe_that_closes_a_table_is_no_cell() -> None:
    cells = ["", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
    labels = (
        "一、本年新收政府信息公开申请数量",
        "二、上年结转政府信息公开申请数量",
        "（一）予以公开",
        "1.属于国家秘密",
    )
    rows = [cells, *([label, *map(str, range(91, 98))] for label in labels)]
    title = "示例县2023年政府信息公开工作年度报告\n\n二、主动公开政府信息情况\n"
    drawn = "".join("|\n" + "\n|\n".join(row) + "\n|\n" for row in rows)
    report = read(f"{title}|\n规章\n|\n1\n|\n2\n|\n3\n|\n三、收到和处理政府信息公开申请情况\n{drawn}")
    assert report.value("requests.new.total") == 97


def test_figures_one_a_line_are_records_also_where_tables_have_no_titles() -> None:
    sheet = distinct("2021")
    text = re.sub(
        r"(?m)^[二三四]、(?:主动公开|收到和处理|政府信息公开行政复议).*\n", "", layouts.LAYOUTS["lines"](sheet)
    )
    (report,) = load_bytes("x.txt", text.encode())
    of_four = {c for c in sheet.texts if c.startswith("disputes")}
    held = Counter(u.text for u in report.unplaced)
    assert report.form == "2021"
    assert all(report.printed(c) == text for c, text in sheet.texts.items() if c not in of_four)
    assert all(report.printed(c) in ("", sheet.texts[c]) for c in of_four)
    assert all(report.printed(c) or held[sheet.texts[c]] for c in of_four)


def test_a_line_beside_figures_that_a_comma_breaks_off_is_no_row() -> None:
    lines = [
        "三、收到和处理政府信息公开申请情况",
        "                 自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计",
        "一、本年新收政府信息公开申请数量    201   202   203   204   205   206   207",
        "二、上年结转政府信息公开申请数量    301   302   303   304   305   306   307",
        "                    1,4   1,7   1,1         1,7   1,4   1,7",
        "     （七）总计                            384",
        "                    87    97    20          47    54    51",
        "四、结转下年度继续办理         401   402   403   404   405   406   407",
        "四、政府信息公开行政复议、行政诉讼情况",
    ]
    report = read("\n".join(lines))
    assert report.value("requests.new.total") == 207
    total = {c.rpartition(".")[2]: report.printed(c) for c in report.placed_figures if c.startswith("requests.total.")}
    assert total in ({}, {"public_welfare": "384"})  # its own figure may be placed
    assert {"87", "97", "20", "47", "54", "51"} <= {u.text for u in report.unplaced}


@each_form
@pytest.mark.parametrize("title", ["{}年政府信息公开工作年度报告", "政府信息公开工作年度报告\n（{}年度）"])
def test_a_titled_report_that_is_mostly_blank_is_a_report(title: str, form: tuple[str, ...]) -> None:
    sheet = distinct(*form)
    one = sheet.texts["requests.new.total"]
    few = replace(
        sheet, texts={c: t if t == one or c == "proactive.penalties.decisions" else "" for c, t in sheet.texts.items()}
    )
    text = text_page(few, lambda rows: layouts.unspaced([[b for b in row if b.text] for row in rows]), only_labels)
    printed = "{}年政府信息公开工作年度报告"
    assert printed.format(sheet.year) in text
    report = read(text.replace(printed.format(sheet.year), title.format(sheet.year)))
    assert (report.agency, report.year, report.form) == (layouts.AGENCY, sheet.year, form[0])
    assert one in held(report)
    assert wrong(report, few) == {}


@pytest.mark.parametrize("measure", [len, wide])
def test_blanks_in_every_row_are_told_by_the_columns_of_the_others(measure: Callable[[str], int]) -> None:
    sheet = distinct("2021")
    rows = [cell.row for cell in sheet.form.cells if cell.table == "requests" and cell.column == "total"]
    columns = sheet.form.columns("requests")
    blank = {f"requests.{row}.{columns[i % 7]}" for i, row in enumerate(rows)}
    sheet = replace(sheet, texts={id: "" if id in blank else text for id, text in sheet.texts.items()})

    def show(rows: Rows) -> str:
        widths = [40, *[7] * (max(sum(b.w for b in row) for row in rows) - 1)]
        return "\n".join(drawn(rows, widths, measure=measure)) + "\n\n"

    report = read(text_page(sheet, show, chain(only_labels, flat_head)))
    assert wrong(report, sheet) == {}
    given = {id for id in sheet.texts if id.startswith("requests.") and report.value(id) is not None}
    assert len(given) == 7 * len(rows) - len(blank)


def spaced(text: str) -> str:
    return f"{int(text):,}".replace(",", " ") if text.isdigit() else text


@each_form
@pytest.mark.parametrize("show", [layouts.unspaced, layouts.lines, commas, lambda rows: separate(rows, "\t")])
def test_thousands_set_off_by_a_space_are_one_figure(show: Callable[[Rows], str], form: tuple[str, str]) -> None:
    """Where other cells of the table stand alone on their lines, or between marks."""
    sheet = distinct(*form)
    texts = {c: spaced(t) if i % 3 else t[:2] for i, (c, t) in enumerate(sheet.texts.items())}
    report = read(text_page(replace(sheet, texts=texts), show))
    assert {c: report.value(c) for c in texts} == {c: number(t.replace(" ", "")) for c, t in texts.items()}


@each_form
@pytest.mark.parametrize("space", [" ", "\u00a0"])
def test_thousands_set_off_by_a_space_may_have_a_unit_behind_them(space: str, form: tuple[str, str]) -> None:
    sheet = distinct(*form)
    units = {c: "万元" if "." in t else "件" for c, t in sheet.texts.items()}
    texts = {c: f"{float(t):,.1f}" if "." in t else f"{int(t):,}" for c, t in sheet.texts.items()}
    texts = {c: t.replace(",", space) + units[c] for c, t in texts.items()}
    report = read(text_page(replace(sheet, texts=texts), layouts.unspaced))
    assert {c: report.value(c) for c in texts} == {c: number(t) for c, t in sheet.texts.items()}


@pytest.mark.parametrize("mark", ["|", ";"])
def test_commas_within_cells_part_no_cells(mark: str) -> None:
    sheet = distinct("2021")
    texts = {c: thousands_of(t) for c, t in sheet.texts.items()}
    report = read(text_page(replace(sheet, texts=texts), lambda rows: separate(layouts.spread(rows), mark)))
    assert {c: report.value(c) for c in texts} == {c: number(t.replace(",", "")) for c, t in texts.items()}


def thousands_of(text: str) -> str:
    return f"{int(text) * 1_003:,}" if text.isdigit() else text


def test_a_label_that_goes_on_beneath_its_figures_names_no_other_row() -> None:
    rows = """类别      结果维持   结果纠正   其他结果   尚未审结   总计
行政复议    822    149    188    862    82
行政诉讼    23     321    622    179    458
（未经复议
直接起诉）
行政诉讼    785    459    520    729    753
（复议后起
诉）
"""
    text = text_page(distinct("2021"), lambda r: separate(r, "\t"))
    begin, end = text.index("\n", text.index("四、政府信息公开行政复议")), text.index("五、存在")
    report = read(text[:begin] + "\n" + rows + text[end:])
    assert {report.value(f"disputes.litigation_direct.{c}") for c in ("upheld", "total")} <= {None, 23, 458}
    assert {report.value(f"disputes.litigation_after_reconsideration.{c}") for c in ("upheld", "total")} <= {
        None,
        785,
        753,
    }


@pytest.mark.parametrize("show", [layouts.lines, lambda rows: separate(rows, "\t"), layouts.pipes])
def test_a_column_of_sums_of_the_organisations_is_none_of_the_form(show: Callable[[Rows], str]) -> None:
    sheet = distinct("2021")

    def with_sums(rows: Rows) -> Rows:
        top, names = rows[1], [*rows[2], layouts.head("小计")]
        sums = [[*row[:-1], layouts.Box(str(90_000 + n)), row[-1]] for n, row in enumerate(rows[3:])]
        return [[rows[0][0], layouts.head("申请人情况", 8)], [top[0], replace(top[1], w=6), top[2]], names, *sums]

    report = read(text_page(sheet, show, with_sums))
    assert wrong(report, sheet) == {}
    assert set(report.placed_figures) == set(sheet.texts)
    assert {u.text for u in report.unplaced} == {str(90_000 + n) for n in range(25)}


@pytest.mark.parametrize(
    "before", ["", "           11   12   13   14   15   16   17\n           21   22   23   24   25   26   27\n"]
)
def test_figures_a_line_lower_than_their_labels_are_not_those_of_the_next_row(before: str) -> None:
    """Whatever figures without a label stand further up; the label of the one row is alone, and so are the figures of the other."""
    report = read(
        "三、收到和处理政府信息公开申请情况\n"
        "                 自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他 总计\n"
        "一、本年新收政府信息公开申请数量    201   202   203   204   205   206   207\n"
        f"{before}"
        "           1.信访举报投诉类申请   59124  2768  3205  3635  2561  3526  74819\n"
        "                 2.重复申请   3271  1974  1754  0  2271  3923  13193\n"
        "            3.要求提供公开出版物\n"
        " （五）不予处 4.无正当理由大量反复申请   20150  3063  0  774  2809  1180  27976\n"
        "    理                  64166  1131  1157  3109  3992  0  73555\n"
        "       5.要求行政机关确认或重新出具已获取信息   62075  5  2393  1700  3890  0  70063\n"
        "四、政府信息公开行政复议、行政诉讼情况\n"
        "行政复议 行政诉讼\n结果维持 结果纠正 其他结果 尚未审结 总计 未经复议直接起诉 复议后起诉\n"
        "结果维持 结果纠正 其他结果 尚未审结 总计 结果维持 结果纠正 其他结果 尚未审结 总计\n"
        "1 2 3 4 10 5 6 7 8 26 9 10 11 12 42\n"
    )
    assert report.value("requests.not_processed.excessive.natural_person") is None
    assert {"20150", "64166"} <= {u.text for u in report.unplaced}


@pytest.mark.parametrize("apart", ["  ", "\t"])
def test_rows_of_two_years_are_not_those_of_the_form(apart: str) -> None:
    """The other year's row, its year behind the label, is printed first."""
    sheet = distinct("2021")
    text = text_page(sheet, lambda rows: separate(rows, apart), chain(only_labels, flat_head))
    figure = rf"(?:{apart}\d+){{7}}"
    two = re.sub(
        rf"(?m)^([^\d\n].*?|\d\..*?)({figure})$",
        rf"\1{apart}2019年{apart}1{apart}2{apart}3{apart}4{apart}5{apart}6{apart}21\n{apart}{sheet.year}年\2",
        text,
    )
    assert two.count("2019年") > 20
    assert wrong(read(two), sheet) == {}


@pytest.mark.parametrize("printed", ["0 . 8", "1 0 . 8"])
def test_the_digits_behind_a_point_by_itself_are_no_figure(printed: str) -> None:
    text = text_page(distinct("2021"), lambda rows: separate(rows, " "))
    report = read(re.sub(r"(?m)^(行政事业性收费) \S+$", rf"\1 {printed}", text))
    assert report.value("proactive.fees.amount") is None
    assert report.value("proactive.licences.decisions") is not None


@pytest.mark.parametrize("name", [n for n in WHOLE if ("layout" in n or "spaces" in n) and "thousands" not in n])
def test_a_unit_a_space_behind_its_figure_belongs_to_it(name: str) -> None:
    sheet = distinct("2021")
    amount = sheet.texts["proactive.fees.amount"]
    text = WHOLE[name](sheet)
    report = read(text.replace(amount, f"{amount} 万元"))
    assert text.count(amount) == 1
    assert (wrong(report, sheet), report.printed("proactive.fees.amount")) == ({}, f"{amount}万元")


def test_a_comparison_of_years_one_cell_a_line_takes_nothing_from_the_tables_behind_it() -> None:
    sheet = distinct("2021")
    text = layouts.LAYOUTS["lines"](sheet)
    years = "近两年依申请公开情况对比：\n项目\n2022年\n2023年\n增减\n新收政府信息公开申请\n901\n902\n1\n予以公开\n903\n904\n1\n"
    at = text.index("二、")
    report = read(f"{text[:at]}{years}{text[at:]}")
    assert all(report.printed(c) == figure for c, figure in sheet.texts.items())
    assert {"901", "902", "903", "904"} <= {u.text for u in report.unplaced}


def test_titles_of_sections_with_commas_behind_them_are_found() -> None:
    """A spreadsheet saved as text has on every line a comma for each of its columns."""
    lines = (
        layouts.text_page(distinct("2021"), commas)
        .replace("一、总体情况\n本机关", "一、总体情况\n\n本机关")
        .split("\n")
    )
    text = "\n".join(line if "," in line or not line else line + "," * 14 for line in lines)
    assert "\n一、总体情况,,," in text
    assert "一、总体情况" in read(text).prose
