"""Drawings that a browser, Word or a careful reader repairs without a thought: each figure where a reader sees it, the rest accounted for."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import layouts
import pytest
from layouts import AGENCY, Box, Rows, Sheet, distinct
from openpyxl import Workbook

from auditkit.export import account
from auditkit.loading import load_all, load_bytes
from auditkit.reading import page_of
from auditkit.reading.page import Grid, ReadingError
from auditkit.report import Report

FORMS = ("2019", "2021")


def read(text: str, name: str = "x.html") -> Report:
    (report,) = load_bytes(name, text.encode())
    return report


def right(report: Report, sheet: Sheet) -> int:
    """Count the figures that are right; none may be wrong."""
    given = {cell: report.printed(cell) for cell in sheet.texts if report.value(cell) is not None}
    assert {c: t for c, t in given.items() if float(t) != float(sheet.texts[c])} == {}
    return len(given)


@pytest.mark.parametrize("form", FORMS)
def test_rows_that_begin_with_a_hidden_number_are_read(form: str) -> None:
    sheet = distinct(form)
    drawn = layouts.table(layouts.three(sheet)).split("<tr>")
    numbered = [f'<td style="display:none">{9001 + i}</td>{row}' for i, row in enumerate(drawn[1:])]
    report = read(layouts.page(sheet).replace("<tr>".join(drawn), "<tr>".join([drawn[0], *numbered])))
    assert right(report, sheet) == len(sheet.texts)


def hidden_column(rows: Rows, at: int, *, heads: bool) -> str:
    """Print table three with a column that is not shown, before column `at` of its figures; group heads count it or do not."""
    out = []
    for i, row in enumerate(rows):
        boxes = [layouts.td(box) for box in row]
        if i > 2:
            boxes.insert(len(row) - 7 + at, f'<td style="display:none">{8001 + i}</td>')
        elif i == 2:
            boxes.append('<td style="display: none">上年数</td>')
        elif heads:
            widened = [replace(b, w=b.w + 1) if "申请人情况" in b.text or "法人" in b.text else b for b in row]
            boxes = [layouts.td(box) for box in widened]
        out.append("<tr>" + "".join(boxes) + "</tr>\n")
    return "<table>" + "".join(out) + "</table>"


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("at", [1, 3, 6])
def test_a_column_that_is_not_shown_takes_no_place_where_heads_do_not_count_it(form_id: str, at: int) -> None:
    sheet = distinct(form_id)
    parts = [layouts.table(layouts.two_joined(sheet)), hidden_column(layouts.three(sheet), at, heads=False)]
    report = read(layouts.web(sheet, layouts.sections(sheet, [*parts, layouts.table(layouts.four(sheet))])))
    assert right(report, sheet) == len(sheet.texts)
    assert {u.text for u in report.unplaced} >= {str(8001 + i) for i in range(3, 10)}


@pytest.mark.parametrize("form_id", FORMS)
def test_a_column_that_is_not_shown_keeps_its_place_where_heads_count_it(form_id: str) -> None:
    sheet = distinct(form_id)
    parts = [layouts.table(layouts.two_joined(sheet)), hidden_column(layouts.three(sheet), 6, heads=True)]
    report = read(layouts.web(sheet, layouts.sections(sheet, [*parts, layouts.table(layouts.four(sheet))])))
    assert right(report, sheet) == len(sheet.texts)


def test_a_hidden_sheet_before_the_report_is_no_report_of_its_own() -> None:
    book = Workbook()
    sheet, old = distinct("2021"), layouts.figured(distinct("2021"), lambda t: f"9{t}")
    for state, of, year in (("hidden", old, 2022), ("visible", sheet, 2023)):
        ws = book.create_sheet(f"{year}年", 0 if state == "hidden" else None)
        ws.sheet_state = state
        ws.append([f"{AGENCY}{year}年政府信息公开工作年度报告"])
        for title, rows in zip(
            layouts.TITLES, (layouts.two_joined(of), layouts.three(of), layouts.four(of)), strict=True
        ):
            ws.append([title])
            for row in layouts.spread(rows):
                ws.append([float(b.text) if layouts.FIGURE.fullmatch(b.text) else b.text for b in row])
    del book["Sheet"]
    data = BytesIO()
    book.save(data)
    (report,) = load_bytes("x.xlsx", data.getvalue())
    assert (report.agency, report.year) == (AGENCY, 2023)
    assert right(report, sheet) == len(sheet.texts)
    assert len(report.unplaced) == len(old.texts)


def stacked(rows: Rows, between: str = "<br>") -> str:
    """Print the items of each group as lines of one row's cells."""
    out: list[str] = []
    held: list[list[Box]] = []

    def flush() -> None:
        if held:
            n = len(held[0]) - 8
            cells = [layouts.td(replace(b, h=1)) for b in held[0][:n]]
            columns = zip(*(row[-8:] for row in held), strict=True)
            cells += [
                f'<td colspan="{column[0].w}">{between.join(html.escape(b.text) for b in column)}</td>'
                for column in columns
            ]
            out.append("<tr>" + "".join(cells) + "</tr>\n")
            held.clear()

    for row in rows:
        label = next((b.text for b in row if b.kind == "label"), "")
        if not re.match(r"\d\.", label) or label.startswith("1."):
            flush()
        if re.match(r"\d\.", label):
            held.append(row)
        else:
            flush()
            out.append(
                "<tr>" + "".join(layouts.td(replace(b, h=1) if b.kind == "group" else b) for b in row) + "</tr>\n"
            )
    flush()
    return "<table>" + "".join(out) + "</table>"


@pytest.mark.parametrize("form_id", FORMS)
def test_rows_that_stand_as_lines_in_one_row_s_cells_are_read(form_id: str) -> None:
    sheet = distinct(form_id)
    parts = [
        layouts.table(layouts.two_joined(sheet)),
        stacked(layouts.three(sheet)),
        layouts.table(layouts.four(sheet)),
    ]
    report = read(layouts.web(sheet, layouts.sections(sheet, parts)))
    assert right(report, sheet) == len(sheet.texts)
    assert report.place("requests.denied.state_secret.business").describe("zh") == "第 2 个表格第 8 行第 4 格内第 1 行"
    assert report.place("requests.denied.state_secret.business").describe("en").endswith("cell 4, its line 1")


def test_a_figure_short_in_a_stack_leaves_all_of_its_row_unplaced() -> None:
    sheet = distinct("2021")
    drawn = stacked(layouts.three(sheet))
    lost = sheet.texts["requests.denied.state_secret.business"]
    parts = [layouts.table(layouts.two_joined(sheet)), drawn.replace(f'<td colspan="1">{lost}<br>', '<td colspan="1">')]
    assert parts[1] != drawn
    report = read(layouts.web(sheet, layouts.sections(sheet, [*parts, layouts.table(layouts.four(sheet))])))
    assert right(report, sheet) == len(sheet.texts) - 8 * 7


ODD = ("O", "（13）", "⑬", "一", "13、", "5%")


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("mark", ["", "\t"])
@pytest.mark.parametrize(
    "cell", ["requests.carried_over.research", "disputes.litigation_direct.other", "requests.total.total"]
)
def test_what_is_no_figure_keeps_its_cell_where_each_cell_is_a_line(odd: str, mark: str, cell: str) -> None:
    if cell.startswith("requests.total") and odd not in ("O", "5%"):
        pytest.skip("at a row's end it may be the number of a page, of a note or of the next label")
    sheet = distinct("2021")
    drawn = replace(sheet, texts={**sheet.texts, cell: odd})
    rest = replace(sheet, texts={c: t for c, t in sheet.texts.items() if c != cell})
    report = read(layouts.text_page(drawn, lambda rows: layouts.lines(rows, mark=mark)), "x.txt")
    assert right(report, rest) == len(rest.texts)
    shown = [*(u.text for u in report.unplaced), *report.unread]
    assert odd in shown
    assert "≠" not in account([report], "zh")


def test_texts_that_are_no_figures_in_their_cells_are_accounted_for() -> None:
    sheet = distinct("2021")
    torn = {"requests.new.business": "11\n80", "disputes.reconsideration.upheld": "O"}
    drawn = replace(sheet, texts={**sheet.texts, **torn})
    report = read(layouts.page(drawn, show=lambda rows: layouts.table(rows).replace("\n80", "<br>80")))
    n = len(sheet.texts)
    assert account([report], "en") == f"figures: placed {n - 2} + unplaced 2 = found in the tables {n}"


REPAIRS: dict[str, Callable[[str], str]] = {
    "rows that do not begin": lambda t: re.sub(r"</tr>\n<tr>", "</tr>\n", t),
    "a last table that does not end": lambda t: "".join(t.rsplit("</table>", 1)),
    "tracked changes": lambda t: re.sub(r"<td>(\d[\d.]*)</td>", r"<td><del>77</del><ins>\1</ins></td>", t),
    "dated deletions": lambda t: re.sub(
        r"<td>(\d[\d.]*)</td>", r'<td><s><del datetime="2024-01-02T08:00">77</del></s>\1</td>', t
    ),
    "an article in a frame": lambda t: f'<html><body><iframe srcdoc="{html.escape(t)}"></iframe></body></html>',
    "an article in a field": lambda t: f"<html><body><textarea hidden>{html.escape(t)}</textarea></body></html>",
}


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("repair", REPAIRS)
def test_what_a_browser_repairs_or_shows_is_read(form_id: str, repair: str) -> None:
    sheet = distinct(form_id)
    report = read(REPAIRS[repair](layouts.page(sheet)))
    assert right(report, sheet) == len(sheet.texts)
    assert not report.unplaced


def test_struck_out_figures_with_nothing_in_their_place_stay_marked() -> None:
    sheet = distinct("2021")
    first = sheet.texts["requests.new.business"]
    report = read(layouts.page(sheet).replace(f"<td>{first}</td>", f"<td><del>{first}</del></td>"))
    assert report.value("requests.new.business") is None
    assert right(report, sheet) == len(sheet.texts) - 1


MISPRINTS = (("尚未审结", "尚未审节"), ("结果维持", "结果维"), ("其他结果", "其它结果处"), ("（七）总计", "（七）总记"))


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize(("printed", "misprint"), MISPRINTS)
def test_a_misprint_that_can_be_nothing_else_is_read(form_id: str, printed: str, misprint: str) -> None:
    sheet = distinct(form_id)
    text = layouts.page(sheet)
    assert printed in text
    assert right(read(text.replace(printed, misprint)), sheet) == len(sheet.texts)


@pytest.mark.parametrize(
    ("printed", "misprint"), [("尚未审结", "待定"), ("（七）总计", "（七）小结"), ("结果维持", "撤回申请")]
)
def test_a_head_or_label_that_may_be_another_is_not_read(printed: str, misprint: str) -> None:
    sheet = distinct("2021")
    report = read(layouts.page(sheet).replace(printed, misprint))
    lost = 7 if "七" in printed else 15
    assert right(report, sheet) == len(sheet.texts) - lost
    assert len(report.unplaced) == lost


@pytest.mark.parametrize("form_id", FORMS)
def test_clauses_between_pipes_on_lines_of_their_own_are_no_heads(form_id: str) -> None:
    sheet = distinct(form_id)
    text = layouts.text_page(sheet, lambda rows: "".join(f"{b.text}\n|\n" for row in rows for b in row))
    assert right(read(text, "x.txt"), sheet) == len(sheet.texts)


@pytest.mark.parametrize("form_id", FORMS)
def test_a_long_label_broken_every_few_characters_is_read(form_id: str) -> None:
    sheet = distinct(form_id)

    def broken(rows: Rows) -> str:
        cells = [
            [re.sub(r"(.{6})(?=.)", r"\1\n", b.text) if b.kind == "label" else b.text for b in row] for row in rows
        ]
        return "".join("\t".join(row) + "\n" for row in cells)

    report = read(layouts.text_page(sheet, broken, layouts.label_columns), "x.txt")
    assert right(report, sheet) == len(sheet.texts)


def test_only_the_file_s_name_says_whose_report_it_is(tmp_path: Path) -> None:
    sheet = distinct("2021")
    text = re.sub(rf"{AGENCY}{sheet.year}年政府信息公开工作年度报告", "", layouts.page(sheet)).replace("2023年，", "")
    path = tmp_path / "示例市教育局2022年政府信息公开工作年度报告.html"
    path.write_text(text, encoding="utf-8")
    (report,) = load_all(path)
    assert (report.agency, report.year) == ("示例市教育局", 2022)
    assert report.naming.of_file == ("agency", "year")
    path = path.rename(tmp_path / "2022-01-31 下载.html")
    (report,) = load_all(path)
    assert (report.agency, report.year, report.naming.of_file) == (None, None, ())


def test_what_the_file_says_itself_is_not_taken_from_its_name() -> None:
    report = read(layouts.page(distinct("2021")), "示例市教育局2022年政府信息公开工作年度报告.html")
    assert (report.agency, report.year, report.naming.of_file) == (AGENCY, 2023, ())


def test_the_page_is_read_alike_with_and_without_the_words_of_the_form() -> None:
    text = layouts.page(distinct("2021"))
    assert page_of(text.encode(), "x") == page_of(text.encode(), "x", lambda _: False)


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("tag", ["qd", "span"])
def test_a_head_that_is_lost_moves_no_figure(form_id: str, tag: str) -> None:
    sheet = distinct(form_id)
    parts = [
        layouts.table(layouts.two_joined(sheet)),
        layouts.table(layouts.three(sheet)),
        layouts.table(layouts.four(sheet)),
    ]
    for n, head_rows in ((1, layouts.three_head(sheet)), (2, layouts.four_head())):
        heads = len([box for row in head_rows for box in row])
        cells = [m.start() for m in re.finditer("<td", parts[n])][:heads]
        for at in cells:
            damaged = parts[n][: at + 1] + tag + parts[n][at + 3 :]
            drawn = [*parts[:n], damaged, *parts[n + 1 :]]
            right(read(layouts.web(sheet, layouts.sections(sheet, drawn))), sheet)


@pytest.mark.parametrize("after", ["三\n、\n本\n年\n度", "1/3", "（3）", "①", "三", "第 3 页", "- 3 -", "(续2)", "3."])
@pytest.mark.parametrize("mark", ["", "\t"])
def test_what_stands_behind_a_row_that_lacks_a_figure_is_none_of_its_cells(after: str, mark: str) -> None:
    sheet = distinct("2021")
    text = layouts.text_page(sheet, lambda rows: layouts.lines(rows, mark=mark))
    last = "\n".join(mark + t for t in sheet.row("requests", "carried_over"))
    assert last in text
    fewer = "\n".join(mark + t for t in sheet.row("requests", "carried_over")[1:])
    behind = "\n".join(mark + t for t in after.split("\n"))
    right(read(text.replace(last, f"{fewer}\n{behind}"), "x.txt"), sheet)
    right(read(text.replace(last + "\n", f"{fewer}\n{behind}"), "x.txt"), sheet)


def test_rows_in_the_cells_of_a_line_of_text_keep_the_line_they_stand_on() -> None:
    sheet = distinct("2021")
    lines = layouts.text_page(sheet, layouts.pipes, layouts.label_columns).split("\n")
    denied = [i for i, line in enumerate(lines) if re.search(r"\| *[1-8]\.[^|]*\|", line)][:8]
    cells = [[c.strip() for c in lines[i].strip("|").split("|")] for i in denied]
    together = ["<br>".join(column) if n > 1 else column[0] for n, column in enumerate(zip(*cells, strict=True))]
    lines[denied[0] : denied[-1] + 1] = ["| " + " | ".join(together) + " |"]
    report = read("\n".join(lines), "x.md")
    assert right(report, sheet) == len(sheet.texts)
    assert report.place("requests.denied.enquiry.total").line == denied[0] + 1


def test_an_escaped_pipe_parts_no_cells() -> None:
    text = "| a | b |\n| --- | --- |\n| x\\|y | 5 |\nx\\|y\n"
    (grid,) = (b for b in page_of(text.encode(), "x.md").blocks if isinstance(b, Grid))
    assert len(grid.rows[-1]) == 1


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shown", ['<img src="h.png" alt="{}">', "<svg><text>{}</text></svg>"], ids=["picture", "svg"])
def test_heads_that_are_pictures_with_words_name_their_columns(shown: str, form: str) -> None:
    """Their order is not the form's: without the words the figures would be read in it."""
    sheet = distinct(form)
    rows = layouts.three(sheet)
    turned = [rows[0], [rows[1][i] for i in (2, 0, 1)], rows[2], *([*r[:-7], r[-1], *r[-7:-1]] for r in rows[3:])]
    drawn = layouts.table([[replace(b, text=f"[[{b.text}]]") if b.kind == "head" else b for b in r] for r in turned])
    drawn = re.sub(r"\[\[(.*?)\]\]", lambda m: shown.format(m[1]), drawn)
    report = read(layouts.page(sheet).replace(layouts.table(rows), drawn))
    assert right(report, sheet) == len(sheet.texts)


@pytest.mark.parametrize("shown", ['<img src="1.png" alt="3071">', "<svg><text>3071</text></svg>"])
def test_a_figure_that_is_a_picture_is_said_to_be_unread(shown: str) -> None:
    report = read(layouts.page(distinct("2021")).replace(">3071<", f">{shown}<"))
    assert report.value("requests.new.natural_person") is None
    assert any("3071" in text for text in (*report.unread, *(u.text for u in report.unplaced)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("turned", [False, True])
def test_heads_that_stand_before_each_figure_name_its_column(turned: bool, form: str) -> None:
    """As pages show them on narrow screens; their order is that of the cells, which need not be the form's."""
    sheet = distinct(form)
    names = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
    order = (6, *range(6)) if turned else range(7)
    rows = layouts.three(sheet)
    own = [[*r[:-7], *(replace(r[-7 + i], text=f"{names[i]}：{r[-7 + i].text}") for i in order)] for r in rows[3:]]
    three = layouts.table(([] if turned else rows[:3]) + own)
    report = read(layouts.page(sheet).replace(layouts.table(rows), three))
    assert right(report, sheet) == len(sheet.texts)


def test_heads_that_stand_before_each_figure_of_table_four_name_its_column() -> None:
    sheet = distinct("2021")
    rows = layouts.four(sheet)
    own = [replace(b, text=f"{o}：{b.text}") for o, b in zip(layouts.OUTCOMES * 3, rows[3], strict=True)]
    names = [Box(name, 5, kind="head") for name in layouts.BLOCKS]
    report = read(layouts.page(sheet).replace(layouts.table(rows), layouts.table([names, own])))
    assert right(report, sheet) == len(sheet.texts)


def as_source(page: str, how: str) -> str:
    lines = [
        re.sub(r"&lt;(.*?)&gt;", r"&lt;<span class=t>\1</span>&gt;", html.escape(line)) for line in page.split("\n")
    ]
    if how == "chromium":
        rows = "".join(f"<tr><td class=line-number></td><td class=line-content>{line}</td></tr>" for line in lines)
        return f"<html><body><table>{rows}</table></body></html>"
    return f'<html><body id="viewsource"><pre>{chr(10).join(lines)}</pre></body></html>'


@pytest.mark.parametrize("how", ["chromium", "firefox"])
def test_a_saved_view_of_a_pages_source_is_read_as_the_page(how: str) -> None:
    sheet = distinct("2021")
    report = read(as_source(layouts.page(sheet), how))
    assert (report.agency, report.year, right(report, sheet)) == (AGENCY, 2023, len(sheet.texts))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (">3071<", ">3071&amp;nbsp;<"),
        (">3071<", '><span style="mso-bidi-font-size:9pt">3071</span><a href="#_msocom_1">[U1]</a><'),
        ("<div>", "<uni-view>"),
    ],
)
def test_marks_of_programs_around_figures_are_no_part_of_them(old: str, new: str) -> None:
    sheet = distinct("2021")
    page = layouts.page(sheet)
    report = read(page.replace(old, new) if old in page else new + page)
    assert right(report, sheet) == len(sheet.texts)


@pytest.mark.parametrize(
    "cell",
    [
        "<td>{}",
        "{}</td>",
        "<td>{}</td></td>",
        "<td><p>{}</div></td>",
        "<td><b><p>{}</b></p></td>",
        "<td><a href=x>{}</td>",
    ],
)
@pytest.mark.parametrize("form_id", FORMS)
def test_tags_out_of_order_lose_and_move_no_figure_but_the_cells_own_row(form_id: str, cell: str) -> None:
    """As browsers mend them, what stands in no cell goes before the table: that row is not certain, all others are."""
    sheet = distinct(form_id)
    text = sheet.texts["requests.granted.business"]
    drawn = layouts.page(sheet)
    assert drawn.count(f"<td>{text}</td>") == 1
    report = read(drawn.replace(f"<td>{text}</td>", cell.format(text)))
    assert right(report, sheet) >= len(sheet.texts) - 7
    assert "≠" not in account([report], "zh")
    listed = [u.text for u in report.unplaced]
    assert all(report.value(c) is not None or t in listed for c, t in sheet.texts.items())


def test_what_would_take_a_browser_minutes_to_mend_is_refused_at_once() -> None:
    """Each of these takes the square of its length, by the rules of the standard."""
    begin = "<html><body><table><tr><td>1</td></div></tr></table>"
    for pages in ("<div>" * 99_000, "".join(f"<p><b id=b{i}>" for i in range(9_000)), "<p " + "a=1 " * 90_000 + ">"):
        with pytest.raises(ReadingError, match=r"标记错乱|嵌套"):
            page_of((begin + pages).encode(), "x")


@pytest.mark.parametrize("within", ["\"' /" * 20_000, " " * 80_000, "a='b' " * 1_500])
def test_a_tag_of_many_spaces_and_quotes_is_looked_through_once(within: str) -> None:
    """A search that went back and forth between them once took two minutes for two hundred of them."""
    page = page_of(f"<table><tr><td>1</td></div><td>2</td></tr></table><p {within}>x</p>".encode(), "x")
    assert [s.text for b in page.blocks if isinstance(b, Grid) for row in b.rows for s in row] == ["1", "2"]


def test_characters_that_no_document_holds_are_left_out() -> None:
    page = page_of(b"<table><tr><td><textarea>1\x012</textarea></td><td><s>3\x08</s></td></tr></table>", "x")
    assert [s.text for b in page.blocks if isinstance(b, Grid) for row in b.rows for s in row] == ["12", "~3~"]


@pytest.mark.parametrize(
    "row", [("requests", "denied.deliberative"), ("requests", "new"), ("disputes", "reconsideration")]
)
@pytest.mark.parametrize("marks", ["（{}）", "({})", "{}、", "{}）"])
def test_figures_that_look_like_the_numbers_of_labels_do_not_vanish(row: tuple[str, str], marks: str) -> None:
    """A clerk may have typed a whole row in brackets: that is no figure as printed, but all of it is listed."""
    sheet = distinct("2021")
    cells = [c.id for c in sheet.form.row_cells(*row)]
    typed = {c: marks.format((7 * n + 3) % 60) for n, c in enumerate(cells)}
    report = read(layouts.page(replace(sheet, texts=sheet.texts | typed)))
    assert not set(cells) & set(report.placed_figures)
    shown = [u.text for u in report.unplaced] + [report.printed(c) for c in cells if c in report.readings]
    assert Counter(shown) >= Counter(typed.values())


def test_the_numbers_of_columns_are_no_figures() -> None:
    sheet = distinct("2021")
    numbers = "".join(f"<td>（{n}）</td>" for n in range(1, 8))
    page = layouts.page(sheet).replace(
        '<tr><td colspan="3">一、', f'<tr><td colspan="3">栏次</td>{numbers}</tr><tr><td colspan="3">一、'
    )
    assert numbers in page
    right(read(page), sheet)
