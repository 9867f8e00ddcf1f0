"""Columns in another order than the form's, their heads whole, broken or torn: read in theirs, or not at all; no figure is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

import layouts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import Rows, Sheet, broken, distinct, four, pipes, separate, spread, spread_same, text_page
from test_loose import held, read, wrong
from test_placing import FORMS
from texts import drawn

Shown = Callable[[Rows], str]


def three_in_order(order: Sequence[int], top: Sequence[int], rows: Rows) -> Rows:
    """Put the five columns of table three beneath 法人或其他组织 in another order, and 自然人, these and 总计."""
    names, body = rows[2], rows[3:]
    groups = [[[row[-7]], [row[-6 + i] for i in order], [row[-1]]] for row in body]
    turned = [[*row[:-7], *chain.from_iterable(group[i] for i in top)] for row, group in zip(body, groups, strict=True)]
    return [rows[0], [rows[1][i] for i in top], [names[i] for i in order], *turned]


def four_in_order(order: Sequence[int], swapped: bool, rows: Rows) -> Rows:
    """Put the five columns of each block of table four in another order, and perhaps its last block before the one in the middle."""

    def within(row: list[layouts.Box], begin: int) -> list[layouts.Box]:
        return [row[begin + i] for i in order]

    turn = -1 if swapped else 1
    names = [*within(rows[1], 0), *rows[1][5:][::turn]], [*within(rows[2], 0), *within(rows[2], 5)]
    return [rows[0], *names, list(chain.from_iterable(within(rows[3], at) for at in (0, *(5, 10)[::turn])))]


def columns_of(rows: Rows) -> int:
    return max(sum(b.w for b in row) for row in rows)


def in_spaces(label: int, wide: int, at: str, rows: Rows) -> str:
    sizes = {10: [6, 8, label, *[wide] * 7], 15: [wide] * 15}.get(columns_of(rows), [label, *[14] * 3])
    return "\n".join(drawn(rows, sizes, at=at)) + "\n\n"


WAYS: dict[str, Shown] = {
    "tabs": lambda rows: separate(spread(rows), "\t"),
    "tabs, heads broken": lambda rows: separate(broken(spread(rows)), "\t"),
    "tabs, spans dropped, heads broken": lambda rows: separate(broken(rows), "\t"),
    "tabs, spanned text repeated, heads broken": lambda rows: separate(broken(spread_same(rows)), "\t"),
    "pipes, heads broken": lambda rows: pipes(broken(spread(rows)), rule=False),
    "lines": layouts.unspaced,
    "lines after tabs": layouts.lines,
    "lines after tabs, blanks for spans": lambda rows: layouts.lines(spread(rows)),
    "lines, heads broken": lambda rows: layouts.unspaced(broken(rows)),
    **{
        f"spaces, {label} and {wide} wide, {at}": partial(in_spaces, label, wide, at)
        for label in (16, 40)
        for wide in (6, 8)
        for at in ("top", "middle", "bottom")
    },
}


def turned(
    sheet: Sheet,
    show: Shown,
    three: Sequence[int],
    four_: Sequence[int],
    swapped: bool = False,
    top: Sequence[int] = (0, 1, 2),
) -> str:
    drawn_four = four(sheet)
    return text_page(
        sheet,
        lambda rows: show(four_in_order(four_, swapped, rows) if rows == drawn_four else rows),
        partial(three_in_order, three, top),
    )


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(FORMS),
    st.sampled_from(sorted(WAYS)),
    st.permutations(range(5)),
    st.permutations(range(5)) | st.just(list(range(5))),
    st.booleans(),
    st.permutations(range(3)),
)
def test_columns_in_any_order_give_no_wrong_figure(
    form: tuple[str, str], way: str, three: list[int], four_: list[int], swapped: bool, top: list[int]
) -> None:
    sheet = distinct(*form)
    report = read(turned(sheet, WAYS[way], three, four_, swapped, top))
    assert wrong(report, sheet) == {}
    assert held(report) >= Counter(filter(None, sheet.texts.values()))


@pytest.mark.parametrize("way", WAYS)
def test_columns_in_the_order_of_the_form_are_read(way: str) -> None:
    """The clean twin."""
    sheet = distinct("2021")
    report = read(turned(sheet, WAYS[way], range(5), range(5)))
    assert wrong(report, sheet) == {}
    assert sum(c.startswith("disputes.") for c in report.placed_figures) == 15
    assert sum(c.startswith("requests.") for c in report.placed_figures) > 150


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 0, 1, 2, 3), (0, 3, 1, 4, 2)])
@pytest.mark.parametrize(
    "show",
    [WAYS["tabs"], lambda rows: separate(rows, "\t"), pipes, layouts.unspaced],
    ids=["tabs", "dropped", "pipes", "lines"],
)
def test_table_four_is_read_in_the_order_of_its_heads_where_all_are_whole(
    show: Shown, order: tuple[int, ...], swapped: bool
) -> None:
    sheet = distinct("2021")
    report = read(turned(sheet, show, range(5), order, swapped))
    assert wrong(report, sheet) == {}
    assert sum(c.startswith("disputes.") for c in report.placed_figures) == 15


@pytest.mark.parametrize("top", [(0, 1, 2), (0, 2, 1), (2, 0, 1)])
@pytest.mark.parametrize("show", [WAYS["tabs"], lambda rows: pipes(spread(rows))], ids=["tabs", "pipes"])
def test_table_three_is_read_in_the_order_of_its_heads_where_each_stands_over_its_figures(
    show: Shown, top: tuple[int, ...]
) -> None:
    sheet = distinct("2021")
    report = read(turned(sheet, show, range(5), range(5), top=top))
    assert wrong(report, sheet) == {}
    assert set(report.placed_figures) == set(sheet.texts)


HONGZE = """\
          行政复议                              行政诉讼

                              未经复议直接起诉                  复议后起诉

结果   结果     其他   尚未
                    总 计 结果 结果 其他       尚未     结果 结果 其他 尚未
维持   纠正     结果   审结                                               总计
                                          总 计
                        维持 纠正 结果       审结     维持 纠正 结果 审结

"""
HUAIAN = """\
行政复议                          行政诉讼

                              未经复议直接起诉                              复议后起诉
结果   结果     其他结    尚未
                        总计
                              结 果   结果       其他       尚未            结果   结果    其他   尚未审
维持   纠正    果      审结
                                                               总计                           总计
                              维持    纠正       结果       审结            维持   纠正    结果   结

"""
TORN_HEADS = pytest.mark.parametrize("torn", [HONGZE, HUAIAN], ids=["hongze-gov-2023", "huaian-gov-2024"])
"""The heads of table four as ``pdftotext -layout`` writes them of these reports' PDFs."""


def with_torn_heads(sheet: Sheet, torn: str) -> str:
    figures = "   ".join(t for row in sheet.form.rows("disputes") for t in sheet.row("disputes", row))
    return text_page(sheet, lambda rows: f"{torn}{figures}\n" if rows == four(sheet) else pipes(spread(rows)))


@TORN_HEADS
def test_torn_heads_of_table_four_are_read_where_they_stand_under_each_other(torn: str) -> None:
    sheet = distinct("2021")
    report = read(with_torn_heads(sheet, torn))
    assert wrong(report, sheet) == {}
    assert sum(c.startswith("disputes.") for c in report.placed_figures) == 15


@TORN_HEADS
@pytest.mark.parametrize(
    ("one", "other"), [("纠正", "维持"), ("未经复议直接起诉", "复议后起诉"), ("行政复议", "行政诉讼"), ("尚未", "结果")]
)
def test_torn_heads_of_table_four_in_another_order_leave_its_figures_unplaced(torn: str, one: str, other: str) -> None:
    sheet = distinct("2021")
    moved = torn.replace(one, "\0").replace(other, one).replace("\0", other)
    report = read(with_torn_heads(sheet, moved))
    assert sum(c.startswith("disputes.") for c in report.placed_figures) == 0
    assert held(report) >= Counter(filter(None, sheet.texts.values()))


def test_the_total_of_table_four_drawn_left_of_torn_heads_leaves_its_figures_unplaced() -> None:
    torn, total = "         结果   结果   其他   尚未", "总计                             "
    rest = "         维持   纠正   结果   审结"
    names = "          行政复议            行政诉讼\n             未经复议直接起诉            复议后起诉\n"
    sheet = distinct("2021")
    report = read(with_torn_heads(sheet, f"{names}{torn * 3}\n{total * 3}\n{rest * 3}\n\n"))
    assert sum(c.startswith("disputes.") for c in report.placed_figures) == 0
    assert held(report) >= Counter(filter(None, sheet.texts.values()))


def test_torn_heads_of_table_four_are_read_wherever_they_are_moved() -> None:
    """As ``pdftotext -layout`` writes them of a page that Chromium printed."""
    heads = """\
      行政复议                     行政诉讼
结果 结果 其他 尚未 总 结果 未经复议直接起诉        复议后起诉
维持 纠正 结果 审结 计 维持 结果  其他 尚未 总 结果 结果 其他 尚未 总
                 纠正 结果 审结 计 维持 纠正 结果 审结 计
"""
    sheet = distinct("2021")
    report = read(with_torn_heads(sheet, heads))
    assert wrong(report, sheet) == {}
    assert sum(c.startswith("disputes.") for c in report.placed_figures) == 15
