"""Last year's tables beside this year's, and comparisons of years, give no figure of the report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from layouts import distinct, three
from layouts import page as drawn_page

from auditkit import check
from auditkit.loading import load, load_all
from auditkit.placing.apart import not_its_own
from auditkit.placing.captions import without_leads
from auditkit.placing.whose import Whose
from auditkit.reading import read_page
from auditkit.reading.html import read
from auditkit.reading.page import ReadingError
from auditkit.report import Report

SHEET = distinct("2021")
REPORT = drawn_page(SHEET)
TITLE = "三、收到和处理政府信息公开申请情况"
AT = REPORT.index("<table", REPORT.index(TITLE))
END = REPORT.index("</table>", AT) + len("</table>")
THREE = REPORT[AT:END]
CELLS = [cell.id for cell in SHEET.form.cells if cell.table == "requests"]


def other_figures(drawn: str) -> str:
    return re.sub(r">[34](\d{3})<", r">9\1<", drawn)


EARLIER = other_figures(THREE)


def saved(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a.html"
    path.write_text(text, encoding="utf-8")
    return path


def loaded(tmp_path: Path, text: str) -> Report:
    return load(saved(tmp_path, text))


def test_there_is_a_table_to_plant(tmp_path: Path) -> None:
    assert len(three(SHEET)) > 20
    assert EARLIER != THREE
    assert is_right(loaded(tmp_path, REPORT))
    page = read(REPORT, "x")
    assert not not_its_own(page, Whose(page)).all


def is_right(report: Report) -> bool:
    return {c: report.printed(c) for c in SHEET.texts} == SHEET.texts


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    "captions",
    [("2022年情况：", "2023年情况："), ("2022年度", ""), ("上年度申请情况", "本年度申请情况"), ("附：去年情况", "")],
)
def test_a_table_that_is_captioned_with_another_year_fills_nothing(
    captions: tuple[str, str], before: bool, tmp_path: Path
) -> None:
    other, own = (f"<p>{caption}</p>{table}" for caption, table in zip(captions, (EARLIER, THREE), strict=True))
    report = loaded(tmp_path, REPORT[:AT] + (other + own if before else own + other) + REPORT[END:])
    assert is_right(report)
    left = [u.text for u in report.unplaced]
    assert {u.reason for u in report.unplaced} == {"apart"}
    found = [f for f in check(report).results[0].findings if f.check == "R-02"]
    assert [(f.severity, len(f.cells)) for f in found] == [("note", 0)]  # one for the whole table
    assert len(left) == len(CELLS)
    assert all(text.startswith("9") for text in left)


def test_an_annex_of_another_scope_fills_nothing_in_that_the_report_leaves_open(tmp_path: Path) -> None:
    """Where a row of the report cannot be read, the same row of an annex is no stand-in."""
    torn = REPORT.replace("（一）予以公开</td><td>", "（一）予以公开</td><td>约莫</td><td>", 1)
    annex = f"<p>附件：2023年全县乡镇（街道）政府信息公开申请情况汇总表</p>{EARLIER}"
    report = loaded(tmp_path, torn[: torn.index("</body>")] + annex)
    assert report.kind("requests.granted.natural_person") == "absent"
    assert all(report.printed(c) == SHEET.texts[c] for c in report.readings)
    assert len(report.unplaced) == len(CELLS) + 7


def test_a_table_of_another_year_is_no_stand_in_for_one_that_cannot_be_read(tmp_path: Path) -> None:
    """Of the report's own table only labels are known, as where it is turned."""
    labels = "".join(f"<td>{cells[0].row_path[-1]}" for cells in ROWS)
    turned = f"<table><tr><td>申请人{labels}</table>"
    for title in (
        REPORT[:AT],
        REPORT[:AT].replace("2023年政府", "政府").replace("<p>一、", f"<p>{PERIOD}</p><p>一、", 1),
    ):
        report = loaded(tmp_path, f"{title}<p>2022年情况</p>{EARLIER}{turned}{REPORT[END:]}")
        assert report.year == 2023
        assert not any(c.startswith("requests.") for c in report.readings)
        assert len(report.unplaced) == len(CELLS)


PERIOD = "本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。"
ROWS = [list(SHEET.form.row_cells("requests", row)) for row in SHEET.form.rows("requests")]


def test_the_caption_may_be_the_first_row(tmp_path: Path) -> None:
    row = "<tr><td colspan=10>2022年收到和处理政府信息公开申请情况</td></tr><tr"
    report = loaded(tmp_path, REPORT[:AT] + EARLIER.replace("<tr", row, 1) + THREE + REPORT[END:])
    assert is_right(report)


def test_without_captions_neither_table_is_believed(tmp_path: Path) -> None:
    report = loaded(tmp_path, REPORT[:AT] + EARLIER + THREE + REPORT[END:])
    for cell in SHEET.form.cells:
        assert report.kind(cell.id) == ("absent" if cell.table == "requests" else "figure"), cell.id
    assert len(report.unplaced) == 2 * len(CELLS)


@pytest.mark.parametrize(
    "caption",
    [
        "2022年情况",
        "上年同期：",
        "附：2022年收到和处理政府信息公开申请情况（供对照）",
        "附：示例县第一中学2023年政府信息公开情况",
        "其中：局属学校情况",
        "下属事业单位情况",
        "附：示例县教育系统2023年政府信息公开情况汇总表",
        "填报示例（数字为虚构）",
        "更正前（已作废）：",
    ],
)
@pytest.mark.parametrize("own", ["picture", "blank", "none"])
def test_a_table_that_its_caption_says_is_not_the_reports_is_no_stand_in_for_its_own(
    caption: str, own: str, tmp_path: Path
) -> None:
    """Where the report's own table is a picture, or blank, its cells stay without figures."""
    blank = re.sub(r">[34]\d{3}<", "><", THREE)
    first = {"picture": "<p><img src='t.png'></p>", "blank": blank, "none": ""}[own]
    report = loaded(tmp_path, f"{REPORT[:AT]}{first}<p>{caption}</p>{EARLIER}{REPORT[END:]}")
    assert not any(report.value(c) is not None for c in CELLS)
    assert all(report.printed(c) == SHEET.texts[c] for c in report.placed_figures)
    assert [u.reason for u in report.unplaced] == ["apart"] * len(CELLS)


def test_a_year_that_all_captions_say_is_no_other_one(tmp_path: Path) -> None:
    text = REPORT.replace("<table", "<p>2022年情况</p><table")
    assert is_right(loaded(tmp_path, text))


def test_the_tables_of_a_correction_are_those_after_it(tmp_path: Path) -> None:
    report = loaded(tmp_path, f"{REPORT[:AT]}<p>更正前：</p>{EARLIER}<p>更正后：</p>{THREE}{REPORT[END:]}")
    assert is_right(report)


@pytest.mark.parametrize(
    ("planted", "instead"),
    [
        ("示例市演练局2023年", "某某局2023年"),
        ("<p>一、总体", "<p>填报说明：以下数据为示例，请据实填写。</p><p>一、总体"),
    ],
)
def test_a_sample_form_is_no_report(planted: str, instead: str, tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as refusal:
        loaded(tmp_path, REPORT.replace(planted, instead))
    assert "示例" in refusal.value.message("zh")


@pytest.mark.parametrize("heads", ["<td>2022年</td><td>2023年</td>", "<td>上年</td><td>本年</td>"])
def test_a_comparison_of_years_fills_nothing(heads: str, tmp_path: Path) -> None:
    rows = "<tr><td>上年结转</td><td>7</td><td>8</td></tr><tr><td>（一）予以公开</td><td>5</td><td>6</td></tr>"
    compared = f"<p>对比表</p><table><tr><td>指标</td>{heads}</tr>{rows}</table>"
    report = loaded(tmp_path, REPORT[:AT] + compared + REPORT[AT:])
    assert is_right(report)
    assert sorted(u.text for u in report.unplaced) == ["5", "6", "7", "8"]


def test_two_whole_sets_of_tables_without_a_title_between_are_two_reports(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    body = REPORT[REPORT.index("<table") :]
    path.write_text(REPORT + other_figures(body), encoding="utf-8")
    assert len(load_all(path)) == 2
    assert read_page(path).titles


@pytest.mark.parametrize(
    "line",
    [
        "收到和处理政府信息公开申请情况统计表",
        "附表2 收到和处理政府信息公开申请情况",
        "填表日期：2024年1月10日",
        "截至2024年1月10日",
        "2022年结转1件",
        "较2022年上升20%",
        "（2021年版）",
        "其中：网上申请12件",
        "所属单位：无",
        "所属单位：示例市演练局",
        "填报单位：示例市演练局",
        "包含所属学校",
        "局属各单位情况汇总",
        "其他单位：0",
        "全县各乡镇、各部门政府信息公开情况汇总表",
        "下属部门情况并入",
        "县教育局政府信息公开情况",
        "（按样表填写）",
        "作废1件",
    ],
)
def test_what_a_caption_says_of_the_reports_own_table_takes_nothing_from_it(line: str, tmp_path: Path) -> None:
    assert is_right(loaded(tmp_path, f"{REPORT[:AT]}<p>{line}</p>{REPORT[AT:]}"))


@pytest.mark.parametrize("heading", ["{}", "（三）{}", "第三部分 {}"])
def test_a_section_numbered_otherwise_is_no_other_body(heading: str, tmp_path: Path) -> None:
    assert is_right(loaded(tmp_path, REPORT.replace(TITLE, heading.format(TITLE[2:]))))


TABLES = re.findall("<table.*?</table>", REPORT, re.S)
PICTURES = re.sub("<table.*?</table>", "<img src='t.png'>", REPORT, flags=re.S).replace("</body></html>", "")
"""The report where its own tables are pictures."""


@pytest.mark.parametrize(
    "heading",
    [
        "附件：2022年数据（供对比）",
        "附：2022年政府信息公开工作年度报告有关数据",
        "历史数据：2022年",
        "（2022年数据）",
        "上年度报告数据",
        "2023年上半年数据",
        "第三季度情况",
        "县食品药品检验所2023年政府信息公开情况",
        "附件：大河镇人民政府2023年政府信息公开情况统计表",
        "下属单位数据：县食品药品检验所",
        "样表",
        "上年度政府信息公开情况",
        "附：全系统政府信息公开情况",
        "附：桂林市市场监管系统数据",
        "附：本局所属单位数据",
        "更正前数据",
        "原公布数据",
    ],
)
def test_a_table_of_another_year_or_body_is_no_stand_in_for_one_that_is_a_picture(heading: str, tmp_path: Path) -> None:
    for tables in (TABLES, TABLES[:1], TABLES[1:2], TABLES[2:]):
        path = saved(tmp_path, f"{PICTURES}<p>{heading}</p>{''.join(tables)}")
        problems: list[ReadingError] = []
        if not (reports := load_all(path, problems)):
            assert "图片" in problems[0].message("zh")
            continue
        (report,) = reports
        assert (report.agency, report.year) == ("示例市演练局", 2023)
        assert not any(placed.figure.kind == "figure" for placed in report.readings.values())
        assert {u.reason for u in report.unplaced} <= {"apart"}


def test_an_annex_of_another_time_may_have_the_titles_of_the_sections(tmp_path: Path) -> None:
    prose = REPORT.replace(TABLES[2], "<p>本年度未发生行政复议、行政诉讼。</p>").replace("</body></html>", "")
    titles = ("主动公开政府信息情况", "收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况")
    for heading, each in (("附：上年度政府信息公开情况", ""), ("", "上年度"), ("", "2022年")):
        annex = "".join(
            f"<p>{each}{t}</p><p>单位：件</p>{other_figures(table)}" for t, table in zip(titles, TABLES, strict=True)
        )
        (report,) = load_all(saved(tmp_path, f"{prose}<p>{heading}</p>{annex}"))
        assert not any(c.startswith("disputes.") for c in report.readings)
        assert all(report.printed(c) == SHEET.texts[c] for c in report.readings)
        assert len(report.readings) == len(SHEET.texts) - 15


@pytest.mark.parametrize(
    "heads", [("2022年", "2023年"), ("上年度", "本年度"), ("一、2022年度数据", "二、2023年度数据")]
)
@pytest.mark.parametrize("sections", [True, False])
@pytest.mark.parametrize("first", ["own", "other"])
def test_of_two_sets_under_headings_of_years_the_report_has_its_own(
    heads: tuple[str, str], sections: bool, first: str, tmp_path: Path
) -> None:
    begin, end = REPORT.index("<p>二、"), REPORT.index("<p>五、")
    own = REPORT[begin:end] if sections else "".join(TABLES)
    sets = [f"<h3>{heads[0]}</h3>{other_figures(own)}", f"<h3>{heads[1]}</h3>{own}"]
    (report,) = load_all(
        saved(tmp_path, REPORT[:begin] + "".join(sets if first == "other" else sets[::-1]) + REPORT[end:])
    )
    assert is_right(report)


def test_lines_of_a_paragraph_are_no_captions_of_the_tables_behind_it(tmp_path: Path) -> None:
    """A paragraph that is wrapped names all sections before they begin, and earlier years; the tables stand at the end."""
    lines = (
        "情况，存在的主要问题及改进情况以及其他需要报告的事项等六",
        "预算、2022年度部门决算以及2022年全市重点工作任务完成情",
        "在门户网站进行公开。",
        "市教育局等部门及时发布信息，2022年数据已更新，详见各部门网站公开",
    )
    wrapped = "".join(f"<p>{line}</p>" for line in lines)
    prose = PICTURES.replace("<p>一、总体情况</p>", f"{wrapped}<p>一、总体情况</p>{wrapped}").replace(
        "<p>无。</p>", wrapped
    )
    assert is_right(loaded(tmp_path, prose + "".join(TABLES)))


def test_a_caption_may_stand_in_a_frame_of_its_own(tmp_path: Path) -> None:
    frames = (
        "2022年主动公开政府信息情况",
        "2022年收到和处理政府信息公开申请情况",
        "2022年政府信息公开行政复议、行政诉讼情况",
    )
    annex = "".join(f"<table><tr><td>{f}</td><td></td></tr></table>{t}" for f, t in zip(frames, TABLES, strict=True))
    assert not loaded(tmp_path, PICTURES + annex).readings


def test_a_list_of_years_beside_the_report_divides_nothing(tmp_path: Path) -> None:
    years = "".join(f"<li>{year}年</li>" for year in (2024, 2023, 2022, 2021))
    for at in (REPORT.index("<body>") + 6, REPORT.index("<p>二、"), REPORT.index("<p>三、"), len(REPORT)):
        assert is_right(loaded(tmp_path, f"{REPORT[:at]}<ul>{years}</ul>{REPORT[at:]}"))


@pytest.mark.parametrize(
    "caption", ["<caption>2022年数据</caption>", "<tr><td colspan=10>2022年政府信息公开情况</td></tr>"]
)
def test_nor_one_that_bears_another_year_itself(caption: str, tmp_path: Path) -> None:
    report = loaded(tmp_path, PICTURES + "".join(t.replace("<table>", f"<table>{caption}") for t in TABLES))
    assert not report.readings


@pytest.mark.parametrize(
    "heading",
    [
        "附件：示例市演练局2023年政府信息公开情况统计表",
        "附件：市演练局2023年政府信息公开情况",
        "附件",
        "2024年1月15日",
        "全市政府信息公开情况统计表",
        "依申请公开政府信息公开情况统计表",
    ],
)
def test_the_reports_own_tables_may_be_its_annex(heading: str, tmp_path: Path) -> None:
    assert is_right(loaded(tmp_path, f"{PICTURES}<p>{heading}</p>{''.join(TABLES)}"))


@pytest.mark.parametrize(
    ("heads", "rows"),
    [
        ("类别,项数", "行政许可,行政处罚,行政强制,行政检查"),
        ("类别,公示数量", "行政许可,行政处罚"),
        ("申请内容,件数", "行政许可,行政处罚,行政强制,行政事业性收费,规章,其他"),
        ("项目,金额", "行政事业性收费,罚没收入"),
        ("类别,2023年", "行政许可,行政处罚"),
    ],
)
@pytest.mark.parametrize("own", ["absent", "blank"])
def test_a_list_of_other_things_by_the_same_words_fills_no_row_of_table_two(
    heads: str, rows: str, own: str, tmp_path: Path
) -> None:
    lines = [heads.split(","), *([row, str(9100 + i)] for i, row in enumerate(rows.split(",")))]
    drawn = "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in lines)
    mine = re.sub(r">3(0[45]\d)<", "><", TABLES[0]) if own == "blank" else ""  # its decisions
    report = loaded(tmp_path, REPORT.replace(TABLES[0], f"{mine}<p>公开情况</p><table>{drawn}</table>"))
    assert not any(placed.figure.text.startswith("91") for placed in report.readings.values())
    assert [u.text for u in report.unplaced] == [figure for _, figure in lines[1:]]
    assert all(report.printed(c) == SHEET.texts[c] for c in SHEET.texts if not c.startswith("proactive."))


@pytest.mark.parametrize(("own", "whole"), [("（一）市本级", "（二）全市汇总"), ("本机关：", "全县情况：")])
def test_of_two_sets_in_each_section_that_of_the_body_itself_is_the_reports(
    own: str, whole: str, tmp_path: Path
) -> None:
    text = re.sub(
        "<table.*?</table>", lambda t: f"<p>{own}</p>{t[0]}<p>{whole}</p>{other_figures(t[0])}", REPORT, flags=re.S
    )
    (report,) = load_all(saved(tmp_path, text))
    assert is_right(report)
    assert len(report.unplaced) == len(SHEET.texts)


@pytest.mark.parametrize(
    ("heads", "rows"),
    [
        (
            "办公室,法规科,信访科,督查科,宣传科,后勤科,合计",
            "一、本年新收政府信息公开申请数量,（一）予以公开,（七）总计",
        ),
        ("1月,2月,3月,4月,5月,6月,合计", "一、本年新收政府信息公开申请数量,（一）予以公开"),
        ("建议,提案,总计", "（一）予以公开,（二）部分公开"),
    ],
)
def test_the_same_rows_counted_by_something_else_take_nothing_from_table_three(
    heads: str, rows: str, tmp_path: Path
) -> None:
    columns = heads.split(",")
    lines = [["公开属性", *columns], *([row, *["91"] * len(columns)] for row in rows.split(","))]
    drawn = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    report = loaded(tmp_path, REPORT[:END] + f"<p>其他分类情况</p><table>{drawn}</table>" + REPORT[END:])
    assert is_right(report)
    assert len(report.unplaced) == len(columns) * len(rows.split(","))


@pytest.mark.parametrize(
    "words",
    [
        "མི་སྒེར། ཚོང་ལས།",
        "ᠬᠤᠪᠢ ᠬᠦᠮᠦᠨ",
        "شەخسىي ئادەم",
        "개인 기업",
        "bouxboux cungj",
        "ꀋꉬ",
    ],
)
@pytest.mark.parametrize("pattern", ["{0}<br>{1}", "{1}<br>{0}", "{0} {1}", "{0}（{1}）"])
def test_labels_and_heads_may_say_the_same_in_another_language(words: str, pattern: str, tmp_path: Path) -> None:
    text = re.sub(r"(?<=>)([^<>]*[\u4e00-\u9fff][^<>]*)(?=</td>)", lambda m: pattern.format(m[1], words), REPORT)
    assert text.count(words) > 50
    assert is_right(loaded(tmp_path, text))


def test_a_report_of_the_form_before_2019_is_refused_in_a_sentence(tmp_path: Path) -> None:
    rows = (
        "<tr><td>统计指标<td>单位<td>统计数<tr><td>（一）主动公开政府信息数<td>条<td>1205<tr><td>（一）收到申请数<td>件<td>34"
        * 9
    )
    title = "<h1>示例市演练局2017年政府信息公开工作年度报告</h1><p>一、主动公开政府信息情况</p>"
    with pytest.raises(ReadingError, match="2017 年的报告：2019 年以前用另一种统计表"):
        load(saved(tmp_path, f"{title}<table>{rows}</table>"))


def test_what_was_before_a_correction_does_not_count_though_it_has_sections_of_its_own(tmp_path: Path) -> None:
    begin, end = REPORT.index("<p>二、"), REPORT.index("<p>五、")
    own = REPORT[begin:end]
    text = f"{REPORT[:begin]}<p>更正前：</p>{other_figures(own)}<p>更正后：</p>{own}{REPORT[end:]}"
    (report,) = load_all(saved(tmp_path, text))
    assert is_right(report)
    assert len(report.unplaced) == len(SHEET.texts)


@pytest.mark.parametrize(
    "groups",
    [
        "行政复议（作为复议机关）,行政复议（作为被申请人）,行政诉讼",
        "县政府受理的行政复议,市政府受理的行政复议,行政诉讼",
        "行政复议,行政诉讼,行政赔偿",
    ],
)
def test_table_four_under_other_groups_is_left(groups: str, tmp_path: Path) -> None:
    outcomes = "".join(f"<td>{o}</td>" for o in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计") * 3)
    heads = "".join(f"<td colspan=5>{group}</td>" for group in groups.split(","))
    figures = "".join(f"<td>{9101 + 7 * i}</td>" for i in range(15))
    four = f"<table><tr>{heads}</tr><tr>{outcomes}</tr><tr>{figures}</tr></table>"
    report = loaded(tmp_path, REPORT.replace(TABLES[2], four))
    assert not any(c.startswith("disputes.") for c in report.readings)
    assert len(report.unplaced) == 15


OF_GROUPS = {
    "table": lambda rows: (
        "<table>" + "".join(f"<tr>{''.join(f'<td>{t}</td>' for t in row)}</tr>" for row in rows) + "</table>"
    ),
    "tabs": lambda rows: "<pre>" + "\n".join("\t".join(row) for row in rows) + "</pre>",
    "spaces": lambda rows: "".join(f"<p>{' '.join(filter(None, row))}</p>" for row in rows),
    "lines": lambda rows: "".join(f"<p>{t}</p>" for row in rows for t in row if t),
}
"""Tables without spans: with blanks for them, or without."""


@pytest.mark.parametrize("drawn", OF_GROUPS)
@pytest.mark.parametrize(
    ("groups", "own"),
    [
        ("行政复议,行政诉讼,国家赔偿", False),
        ("行政复议,行政诉讼（一审）,行政诉讼（二审）", False),
        ("行政复议,行政裁决,行政诉讼", False),
        ("行政复议,行政诉讼,信访", False),
        ("本机关行政复议,下属单位行政复议,行政诉讼", False),
        ("行政复议,未经复议直接起诉,复议后起诉", True),
    ],
)
def test_groups_of_table_four_are_the_forms_only_under_its_names(
    groups: str, drawn: str, *, own: bool, tmp_path: Path
) -> None:
    outcomes = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    figures = [f"{9101 + 7 * i}" for i in range(15)]
    rows = [[t for g in groups.split(",") for t in (g, "", "", "", "")], [*outcomes * 3], figures]
    report = loaded(tmp_path, REPORT.replace(TABLES[2], OF_GROUPS[drawn](rows)))
    read = [report.printed(c.id) for c in SHEET.form.cells if c.table == "disputes" and c.id in report.readings]
    assert read == (figures if own else [])
    assert {u.text for u in report.unplaced} == (set() if own else set(figures))


def test_a_table_of_all_cases_fills_no_row_of_a_blank_table_four(tmp_path: Path) -> None:
    blank = re.sub(r">\d+<", "><", TABLES[2])
    outcomes = "<td>结果维持<td>结果纠正<td>其他结果<td>尚未审结<td>总计"
    rows = "".join(f"<tr><td>{row}{'<td>91' * 5}" for row in ("行政复议", "行政诉讼"))
    more = f"<p>行政复议应诉</p><table><tr><td>类别{outcomes}{rows}</table>"
    report = loaded(tmp_path, REPORT.replace(TABLES[2], blank + more))
    assert {report.kind(c.id) for c in SHEET.form.cells if c.table == "disputes"} == {"blank"}
    assert len(report.unplaced) == 10


SECTIONS = ("主动公开政府信息情况", "收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况")
WIDTHS = (4, 10, 15)


def said(where: str, what: str, table: str, n: int) -> str:
    """One of the report's tables with a caption or note that says what it is of."""
    body = table.removeprefix("<table>").removesuffix("</table>")
    rows = body.count("<tr")
    wide = f"<tr><td colspan={WIDTHS[n]}>"
    return {
        "above": f"<p>{what}{SECTIONS[n]}</p>{table}",
        "three lines above": f"<p>{what}</p><p>填报单位：（盖章）</p><p>单位：件</p>{table}",
        "below": f"{table}<p>（以上为{what}数据）</p>",
        "title below": f"{table}<p>表{n + 1} {what}{SECTIONS[n]}</p>",
        "last row": f"<table>{body}{wide}注：本表为{what}数据</td></tr></table>",
        "left of all": f"<table>{body.replace('<tr>', f'<tr><td rowspan={rows}>{what}</td>', 1)}</table>",
        "frame": f"<table><tr><td>{what}</td><td>{table}</td></tr></table>",
    }[where]


@pytest.mark.parametrize(
    "where", ["above", "three lines above", "below", "title below", "last row", "left of all", "frame"]
)
@pytest.mark.parametrize(
    "what",
    ["2022年", "上年度", "2023年上半年", "2023年第一季度", "填表示例", "2019—2023年累计", "邻县财政局", "各乡镇汇总"],
)
def test_what_a_table_is_of_may_be_said_in_any_place(where: str, what: str, tmp_path: Path) -> None:
    """Where the report's own tables are pictures, those that are said to be others' fill nothing, within the sections and behind them."""
    drawn = [said(where, what, table, n) for n, table in enumerate(TABLES)]
    within = REPORT
    for table, other in zip(TABLES, drawn, strict=True):
        within = within.replace(table, f"<p><img src='t.png'></p>{other}")
    for text in (within, PICTURES + "".join(drawn)):
        for report in load_all(saved(tmp_path, text), []):
            assert report.agency == "示例市演练局"
            assert not any(placed.figure.kind == "figure" for placed in report.readings.values())


@pytest.mark.parametrize("where", ["above", "below", "title below", "last row", "left of all", "frame"])
@pytest.mark.parametrize("what", ["2023年", "本年度", "2023年1-12月", "示例市演练局", "市演练局", "示例市演練局"])
def test_what_says_in_any_place_that_a_table_is_the_reports_takes_nothing_from_it(
    where: str, what: str, tmp_path: Path
) -> None:
    text = REPORT
    for n, table in enumerate(TABLES):
        text = text.replace(table, said(where, what, table, n))
    assert is_right(loaded(tmp_path, text))


@pytest.mark.parametrize("former", ["示例市训练局", "2022年", "去年"])
def test_a_former_name_or_year_that_is_left_over_all_tables_takes_nothing_from_them(
    former: str, tmp_path: Path
) -> None:
    text = re.sub("<table>", f"<p>{former}情况</p><table>", REPORT)
    assert is_right(loaded(tmp_path, f"{text}<table><tr><td>友情链接</td><td>首页</td></tr></table>"))


@pytest.mark.parametrize(
    "sentence",
    [
        "为便于对比，现将2022年的有关数据列示如下，供参考。",
        "另据统计，邻县财政局的政府信息公开数据见下表，该数据不计入本报告。",
    ],
)
def test_a_sentence_may_say_that_a_table_is_for_comparison(sentence: str, tmp_path: Path) -> None:
    report = loaded(tmp_path, f"{REPORT[:AT]}<p>{sentence}</p><p>单位：件</p>{EARLIER}{REPORT[END:]}")
    assert not any(c.startswith("requests.") for c in report.placed_figures)


def test_one_table_that_stands_twice_makes_no_two_reports(tmp_path: Path) -> None:
    """The other one first, with a caption that says nothing: neither is believed, and the sections go on."""
    begin = REPORT.index(TABLES[0])
    (report,) = load_all(saved(tmp_path, f"{REPORT[:begin]}<p>附后</p>{other_figures(TABLES[0])}{REPORT[begin:]}"))
    assert all(report.printed(c) == SHEET.texts[c] for c in report.placed_figures)
    assert all(c in report.placed_figures for c in SHEET.texts if not c.startswith("proactive."))


@pytest.mark.parametrize("at", ["before", "behind"])
def test_a_list_of_permits_outside_its_section_fills_no_row_of_table_two(at: str, tmp_path: Path) -> None:
    listed = "".join(
        f"<tr><td>{a}</td><td>{b}</td></tr>"
        for a, b in (("执法种类", "本年处理决定数量（件）"), ("行政许可", "9101"), ("行政处罚", "9102"))
    )
    report = REPORT.replace(TABLES[0], "<p><img src='t.png'></p>")
    i = report.index("<p>二、") if at == "before" else report.index("</body>")
    read_ = loaded(tmp_path, f"{report[:i]}<p>有关情况如下：</p><table>{listed}</table>{report[i:]}")
    assert not any(c.startswith("proactive.") for c in read_.placed_figures)
    assert [u.text for u in read_.unplaced] == ["9101", "9102"]


def test_a_head_may_name_the_report_s_year_for_this_year(tmp_path: Path) -> None:
    assert is_right(loaded(tmp_path, re.sub("本年(处理决定数量|制发件数|废止件数|收费金额)", r"2023年\1", REPORT)))
    assert "2023年处理决定数量" in re.sub("本年(处理决定数量)", r"2023年\1", REPORT)


@pytest.mark.parametrize("lead", ["栏次", "列号", "甲", ""])
def test_numbers_of_columns_beneath_the_heads_are_no_figures(lead: str, tmp_path: Path) -> None:
    text = REPORT
    for n, (table, columns) in enumerate(zip(TABLES, (3, 7, 15), strict=True)):
        first = re.search(r"<tr>(?:(?!</tr>).)*<td>\d{4}</td>", table)
        assert first
        label = {0: f"<td>{lead}</td>", 1: f"<td colspan=3>{lead}</td>", 2: ""}[n]
        numbers = "".join(f"<td>{i}</td>" for i in range(1, columns + 1))
        at = first.start()
        text = text.replace(table, f"{table[:at]}<tr>{label}{numbers}</tr>{table[at:]}")
    report = loaded(tmp_path, text)
    assert is_right(report)
    assert len(report.unplaced) <= 25


@pytest.mark.parametrize("year", ["2022年", "2022年度", "去年"])
def test_stale_captions_that_differ_by_their_table_divide_nothing(year: str, tmp_path: Path) -> None:
    stale, beside = REPORT, REPORT
    for n, table in enumerate(TABLES):
        stale = stale.replace(table, f"<p>{year}{SECTIONS[n]}</p>{table}")
        beside = beside.replace(table, f"<p>{year}{SECTIONS[n]}</p>{other_figures(table)}{table}")
    assert is_right(loaded(tmp_path, stale))
    assert is_right(loaded(tmp_path, beside))


def alone(where: str, what: str, table: str) -> str:
    """Table three with what it is of said in words of its own."""
    body = table.removeprefix("<table>").removesuffix("</table>")
    return {
        "heading": f"<p>{what}</p>{table}",
        "sentence": f"<p>现将{what}列示如下。</p>{table}",
        "below": f"{table}<p>以上为{what}。</p>",
        "below, of the table above": f"{table}<p>（上表：{what}）</p>",
        "last row": f"<table>{body}<tr><td colspan=10>备注：本表系{what}</td></tr></table>",
        "corner": re.sub("（本列数据[^<]*", what, table, count=1),
        "head": table.replace("申请人情况", f"{what}申请人情况", 1),
    }[where]


@pytest.mark.parametrize(
    "where", ["heading", "sentence", "below", "below, of the table above", "last row", "corner", "head"]
)
@pytest.mark.parametrize(
    "what",
    [
        "上一年度（2022年）情况",
        "截至2023年6月30日",
        "全市各县区合计",
        "示例市石桥镇2023年数据",
        "更正前的数据",
        "更正前（作废）",
        "原公布数据（已更正）",
        "样表（数字仅为示例）",
        "所属事业单位情况",
    ],
)
def test_the_only_table_of_a_section_is_not_the_reports_where_anything_says_so(
    where: str, what: str, tmp_path: Path
) -> None:
    """The other sections have their own; the foreign table's figures are unplaced, whatever it is that says whose they are."""
    other = alone(where, what, TABLES[1])
    report = loaded(tmp_path, REPORT.replace(TABLES[1], other))
    assert not any(c.startswith("requests.") and p.figure.kind == "figure" for c, p in report.readings.items())
    assert set(report.placed_figures) == {c.id for c in SHEET.form.cells if c.table != "requests"}
    assert len(report.unplaced) == len([c for c in SHEET.form.cells if c.table == "requests"])


def test_a_caption_below_a_table_is_not_that_of_the_next(tmp_path: Path) -> None:
    text = REPORT.replace(TABLES[1], f"{EARLIER}<p>（上表：2022年统计数据）</p>{TABLES[1]}")
    report = loaded(tmp_path, text)
    given = {c: report.printed(c) for c in report.placed_figures}
    assert given.items() <= SHEET.texts.items()


@pytest.mark.parametrize("head", ["上年总计", "2022年总计", "上年数"])
def test_a_further_column_of_last_year_takes_nothing_from_the_others(head: str, tmp_path: Path) -> None:
    """It is the head's own column alone that is last year's."""

    def widened(row: re.Match[str]) -> str:
        return row[0].replace("</tr>", "<td>77</td></tr>")

    rows = re.sub(r"<tr>(?:(?!</tr>).)*?\d</td></tr>", widened, TABLES[1], flags=re.DOTALL)
    rows = rows.replace("</tr>", f"<td rowspan=3>{head}</td></tr>", 1)
    report = loaded(tmp_path, REPORT.replace(TABLES[1], rows))
    given = {c: report.printed(c) for c in report.placed_figures}
    assert given == SHEET.texts
    assert {u.text for u in report.unplaced} == {"77"}


@pytest.mark.parametrize("remark", ["（2023年度）", "（单位：件）", "（盖章）", "（含下属单位）", "（原示例市训练局）"])
@pytest.mark.parametrize("where", ["above", "first row", "last row"])
def test_the_bodys_own_name_with_a_remark_takes_nothing_from_its_table(where: str, remark: str, tmp_path: Path) -> None:
    """One table of three bears the name, shortened."""
    caption = f"市演练局{remark}"
    row = f"<tr><td colspan=10>{caption}</td></tr>"
    drawn = {
        "above": f"<p>{caption}</p>{TABLES[1]}",
        "first row": TABLES[1].replace("<table>", f"<table>{row}", 1),
        "last row": TABLES[1].replace("</table>", f"{row}</table>"),
    }[where]
    assert is_right(loaded(tmp_path, REPORT.replace(TABLES[1], drawn)))


@pytest.mark.parametrize(
    ("agency", "caption", "own"),
    [
        ("示例市文化和旅游局", "邻县文化和旅游局", False),
        ("示例市人力资源和社会保障局", "邻县人力资源和社会保障局", False),
        ("示例市文化和旅游局", "市文化和旅游局", True),
        ("示例市人民政府办公室", "市政府及市政府办公室", True),
        ("示例市演练区某某街道办事处", "全区汇总", False),
        ("示例市演练区人民政府", "全区汇总", True),
        ("示例市演练局", "全市汇总", False),
    ],
)
def test_whose_a_caption_says_that_a_table_is(agency: str, caption: str, own: bool) -> None:
    """A name with 和 in it is one name: the bureaus of two places are two bodies, though their names end alike."""
    page = read(f"<h1>{agency}2023年政府信息公开工作年度报告</h1><p>一、总体情况</p>", "x")
    assert Whose(page).is_of_another_body(caption) is not own


@pytest.mark.parametrize(
    ("note", "bare"),
    [
        ("样表", "样表"),
        ("下属单位统计表", "下属单位统计表"),
        ("现将更正前的数据列示如下。", "更正前的数据"),
        ("（以上为样表（数字仅为示例））", "样表（数字仅为示例）"),
    ],
)
def test_a_note_keeps_what_it_says_without_what_leads_to_it(note: str, bare: str) -> None:
    assert without_leads(note) == bare


# --- sets of tables behind the report, and captions within one table -------------------------------------------------------

SECTION_TITLES = tuple(f"{n}、{title}" for n, title in zip("二三四", SECTIONS, strict=True))
BEHIND = (
    REPORT[: REPORT.index("<p>二、")]
    + "".join(f"<p>{title}</p><p>见附表。</p>" for title in SECTION_TITLES)
    + REPORT[REPORT.index("<p>五、") :].replace("</body></html>", "")
)
"""The report whose tables are said to stand behind it."""


def sets_of(*headings: str) -> str:
    """Whole sets of tables, each under a heading, but for the first one with other figures; one with titles of its sections."""
    drawn = [TABLES, *([other_figures(t) for t in TABLES] for _ in headings[1:])]
    titled = [[f"<p>{t}</p>{table}" for t, table in zip(SECTIONS, drawn[-1], strict=True)]]
    return "".join(
        f"<p>{heading}</p>{''.join(tables)}" for heading, tables in zip(headings, drawn[:-1] + titled, strict=True)
    )


@pytest.mark.parametrize(
    "headings",
    [
        ("示例市演练局", "附表2：邻县财政局", "邻县水利局"),
        ("2023年", "2022年", "附表3：2021年"),
        ("附表1：示例市演练局", "全市汇总"),
    ],
)
def test_of_sets_of_tables_behind_a_report_that_under_its_own_name_or_year_is_its_own(
    headings: tuple[str, ...], tmp_path: Path
) -> None:
    """A heading holds over all tables up to the next, whatever titles they have."""
    for report in load_all(saved(tmp_path, BEHIND + sets_of(*headings)), []):
        assert not {u.text for u in report.unplaced if u.reason != "apart"}
        if report.agency == "示例市演练局" and report.year == 2023 and report.placed_figures:
            assert is_right(report)


@pytest.mark.parametrize("headings", [("邻县财政局", "附表2：邻县水利局"), ("附表：邻县财政局", "邻县水利局")])
def test_sets_of_others_behind_a_report_without_tables_give_it_no_figure(
    headings: tuple[str, ...], tmp_path: Path
) -> None:
    for report in load_all(saved(tmp_path, BEHIND + sets_of(*headings)), []):
        assert report.agency != "示例市演练局" or not report.placed_figures


def in_one(*parts: str) -> str:
    """All rows in one table, as on a sheet: a title or caption in a row of its own before the rows of each table."""
    rows = (
        part.removeprefix("<table>").removesuffix("</table>")
        if part.startswith("<table")
        else f"<tr><td colspan=10>{part}</td></tr>"
        for part in parts
    )
    return f"<table>{''.join(rows)}</table>"


@pytest.mark.parametrize("caption", ["附：2022年数据", "其中：邻县财政局", "全市汇总", "填报示例", "2022年"])
def test_a_caption_within_the_one_table_of_a_sheet_is_that_of_the_rows_beneath_it(caption: str, tmp_path: Path) -> None:
    own = [part for title, table in zip(SECTION_TITLES, TABLES, strict=True) for part in (title, table)]
    begin, end = REPORT.index("<p>二、"), REPORT.index("<p>五、")

    def report_of(parts: list[str]) -> Report:
        return loaded(tmp_path, REPORT[:begin] + in_one(*parts) + REPORT[end:])

    assert is_right(report_of(own))
    assert is_right(report_of([*own[:4], caption, EARLIER, *own[4:]]))  # beside its own
    report = report_of([*own[:3], caption, EARLIER, *own[4:]])  # in place of its own
    assert not any(c in report.readings for c in CELLS)
    assert {c: report.printed(c) for c in report.readings} == {c: t for c, t in SHEET.texts.items() if c not in CELLS}


@pytest.mark.parametrize("note", ["（上表：附件1：邻县财政局）", "附：2022年全市情况汇总", "2022年数据"])
def test_a_line_beneath_a_table_that_ends_a_section_is_said_of_that_table(note: str, tmp_path: Path) -> None:
    report = loaded(tmp_path, f"{REPORT[:AT]}{EARLIER}<p>{note}</p>{REPORT[END:]}")
    assert not any(c in report.readings for c in CELLS)
    report = loaded(
        tmp_path, f"{REPORT[:END]}<p>{note.strip('（）').removeprefix('上表：')}</p>{EARLIER}{REPORT[END:]}"
    )
    assert is_right(report)  # of the next, where one follows


@pytest.mark.parametrize("times", [("上年度", "本年度"), ("上年", "本年"), ("2022年", "2023年"), ("去年同期", "今年")])
def test_a_column_of_the_year_before_is_not_that_of_the_head_above_it(times: tuple[str, str], tmp_path: Path) -> None:
    """Spans that were lost leave the head over both years above the first of them."""
    own, heads = (22, 5, 48), ("本年制发件数", "本年废止件数", "现行有效件数")
    rows = [
        ["信息内容", *(t for head in heads for t in (head, ""))],
        ["", *times * 3],
        ["行政规范性文件", *(t for n in own for t in (str(900 + n), str(n)))],
    ]
    table = "".join(f"<tr>{''.join(f'<td>{t}</td>' for t in row)}</tr>" for row in rows)
    report = loaded(tmp_path, REPORT.replace(TABLES[0], f"<table>{table}</table>"))
    read = [report.value(f"proactive.normative_documents.{c}") for c in ("made", "repealed", "in_force")]
    assert read in ([*own], [None] * 3)
    assert {str(900 + n) for n in own} <= {u.text for u in report.unplaced}


def test_a_table_of_which_nothing_is_placed_is_one_finding(tmp_path: Path) -> None:
    """Its figures are named, but do not bury the rest under a warning a row."""
    rows = ("新收政府信息公开申请", "予以公开", "不予公开", "行政复议", "行政诉讼")
    figures = "".join(f"<tr><td>{t}</td><td>{7000 + n}</td><td>{7100 + n}</td></tr>" for n, t in enumerate(rows))
    at = REPORT.index("<p>二、")
    years = f"<table><tr><td>指标</td><td>2022年</td><td>2023年</td></tr>{figures}</table>"
    (finding,) = (f for f in check(loaded(tmp_path, REPORT[:at] + years + REPORT[at:])) if f.check == "R-02")
    assert "10 个数字" in finding.message("zh")
    assert "不予公开" in finding.message("zh")


def test_a_column_beside_the_forms_is_one_finding(tmp_path: Path) -> None:
    beside = re.sub(r"</tr>", "<td>核对</td></tr>", THREE, count=1)
    beside = re.sub(r"(<td>\d{4}</td>)</tr>", r"\1<td>0</td></tr>", beside)
    findings = [f for f in check(loaded(tmp_path, REPORT[:AT] + beside + REPORT[END:])) if f.check == "R-02"]
    assert beside.count("<td>0</td></tr>") > 10
    assert len(findings) == 1
