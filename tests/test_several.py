"""Several reports in one file: each with its own figures under its own name, whichever tables it lacks; no figure crosses."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from itertools import combinations, product

import pytest
from layouts import TITLES, Sheet, distinct, four, lines, spread, table, three, two_joined

from auditkit.loading import load_bytes
from auditkit.reading.page import ReadingError
from auditkit.report import Report

ONE = distinct("2021")
TWO = Sheet(ONE.form, {c: f"{float(t) + 40000:g}" for c, t in ONE.texts.items()}, ONE.year)
NAMES = ("示例市演练局", "示例市检验委员会")
TABLES = ("proactive", "requests", "disputes")
SUBSETS = [frozenset(some) for n in range(4) for some in combinations(TABLES, n)]


def written(name: str, sheet: Sheet, some: frozenset[str], show: Callable[..., str], tag: str) -> str:
    """Write a report with some of its tables; for another it says that it is attached."""
    texts = [f"{name}{sheet.year}年政府信息公开工作年度报告", "一、总体情况", "本机关依法公开政府信息，接受监督。"]
    for title, which, rows in zip(TITLES, TABLES, (two_joined, three, four), strict=True):
        texts += [title, show(rows(sheet)) if which in some else "见附件。"]
    texts += ["五、存在的主要问题及改进情况", "仍有不足。", "六、其他需要报告的事项", "无。"]
    return "\n".join(t if t.startswith("<") or not tag else f"<{tag}>{t}</{tag}>" for t in texts)


def is_of(report: Report, sheet: Sheet, some: frozenset[str]) -> bool:
    """Whether a report has the figures of these tables of a sheet, and no other."""
    stated = {c: report.printed(c) for c in report.placed_figures}
    return stated == {c: t for c, t in sheet.texts.items() if c.split(".")[0] in some}


@pytest.mark.parametrize("tag", ["p", ""], ids=["web", "text"])
@pytest.mark.parametrize(("some", "others"), [pair for pair in product(SUBSETS, SUBSETS) if any(pair)])
def test_two_titled_reports_keep_their_figures_whichever_tables_they_lack(
    some: frozenset[str], others: frozenset[str], tag: str
) -> None:
    both = zip(NAMES, (ONE, TWO), (some, others), strict=True)
    text = "\n".join(written(n, sheet, which, table if tag else lines, tag) for n, sheet, which in both)
    problems: list[ReadingError] = []
    try:
        reports = load_bytes("a", (f"<body>{text}</body>" if tag else text).encode(), problems)
    except ReadingError:  # table four alone is no report
        assert len(some | others) == 1
        return
    sheets = dict(zip(NAMES, ((ONE, some), (TWO, others)), strict=True))
    assert {r.agency for r in reports} <= sheets.keys()
    assert all(is_of(r, *sheets[r.agency or ""]) or len(sheets[r.agency or ""][1]) == 1 for r in reports)
    full = {name for name, (_, which) in sheets.items() if len(which) > 1}
    assert {r.agency for r in reports} >= full
    if some and others and "requests" in some & others:
        assert not problems


def test_a_report_without_its_tables_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    texts = [written(n, ONE, some, table, "p") for n, some in zip(NAMES, (frozenset(), SUBSETS[-1]), strict=True)]
    problems: list[ReadingError] = []
    (report,) = load_bytes("a", f"<body>{''.join(texts)}</body>".encode(), problems)
    assert (report.agency, is_of(report, ONE, SUBSETS[-1])) == (NAMES[1], True)
    assert ["示例市演练局 2023 年" in p.message("zh") for p in problems] == [True]


def workbook(sheets: Sequence[tuple[str, list[list[str]]]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(sheet: Sheet) -> list[list[str]]:
    """Return the rows of a sheet with the three tables and their titles."""
    parts = zip(TITLES, (two_joined(sheet), three(sheet), four(sheet)), strict=True)
    return [row for title, part in parts for row in ([title], *([b.text for b in r] for r in spread(part)))]


def test_a_sheet_with_a_title_but_no_tables_gives_no_name_to_the_next_one() -> None:
    first, second = (f"{name}2023年政府信息公开工作年度报告" for name in NAMES)
    data = workbook([("甲", [[first], ["见附件"]]), ("乙", [[second], *rows_of(ONE)])])
    (report,) = load_bytes("a", data)
    assert (report.agency, is_of(report, ONE, SUBSETS[-1])) == (NAMES[1], True)


@pytest.mark.parametrize("name", ["2022年", "2022", "上年数据", "全系统"])
def test_a_sheet_of_another_year_is_no_report_and_takes_nothing_from_it(name: str) -> None:
    title = f"{NAMES[0]}2023年政府信息公开工作年度报告"
    (report,) = load_bytes("a", workbook([("2023年", [[title], *rows_of(ONE)]), (name, rows_of(TWO))]))
    assert (report.agency, report.year, is_of(report, ONE, SUBSETS[-1])) == (NAMES[0], 2023, True)


def test_a_sheet_whose_name_was_left_from_last_year_is_the_reports() -> None:
    title = f"{NAMES[0]}2023年政府信息公开工作年度报告"
    (report,) = load_bytes("a", workbook([("2022年", [[title], *rows_of(ONE)])]))
    assert (report.year, is_of(report, ONE, SUBSETS[-1])) == (2023, True)


@pytest.mark.parametrize("where", ["before", "within", "after"])
def test_links_to_other_reports_cut_nothing(where: str) -> None:
    report = written(NAMES[0], ONE, SUBSETS[-1], table, "p")
    links = "".join(
        f"<p>{NAMES[i % 2]}{year}年政府信息公开工作年度报告</p>" for i, year in enumerate((2022, 2021, 2023, 2020))
    )
    at = {"before": 0, "within": report.index("<p>一、"), "after": len(report)}[where]
    (found,) = load_bytes("a", f"<body>{report[:at]}{links}{report[at:]}</body>".encode())
    assert is_of(found, ONE, SUBSETS[-1])


@pytest.mark.parametrize(
    "line",
    [
        "示例市演练局2022年政府信息公开工作年度报告整改情况",
        "附件：示例市演练局2022年政府信息公开工作年度报告",
        "示例市检验委员会2023年政府信息公开工作年度报告已单独发布",
        "示例市2023年政府信息公开工作年度报告统计表",
    ],
)
@pytest.mark.parametrize("before", ["<p>一、", "<p>二、", "<p>三、", "<table", "<p>四、", "<p>五、"])
@pytest.mark.parametrize("tag", ["p", "h2"])
def test_a_line_that_looks_like_a_title_cuts_no_report_whose_sections_go_on(line: str, before: str, tag: str) -> None:
    report = written(NAMES[0], ONE, SUBSETS[-1], table, "p")
    at = report.rindex(before)
    (found,) = load_bytes("a", f"<body>{report[:at]}<{tag}>{line}</{tag}>{report[at:]}</body>".encode())
    assert (found.agency, found.year, is_of(found, ONE, SUBSETS[-1])) == (NAMES[0], 2023, True)


def test_the_rest_of_a_line_on_the_next_page_of_a_print_is_no_report_of_another_body() -> None:
    name = "示例市演练局（示例市粮食和物资储备局）"
    tables = "".join(title + table(rows(ONE)) for title, rows in zip(TITLES, (two_joined, three, four), strict=True))
    prose = written(name, ONE, SUBSETS[0], table, "p").replace("见附件。", "")
    rest = "<p>例市粮食和物资储备局）2023年度政府信息公开工作情况报告如下：</p>"
    problems: list[ReadingError] = []
    (found,) = load_bytes("a", f"<body>{prose}{rest}{tables}</body>".encode(), problems)
    assert (found.agency, is_of(found, ONE, SUBSETS[-1]), problems) == (name, True, [])


def test_what_section_one_says_of_last_years_report_is_no_contradiction() -> None:
    said = "按时编制发布2022年政府信息公开工作年度报告。"
    report = written(NAMES[0], ONE, SUBSETS[-1], table, "p").replace("本机关依法", f"{said}本机关依法")
    (found,) = load_bytes("a", f"<body>{report}</body>".encode())
    assert (found.year, found.naming.other_years) == (2023, ())


# --- several reports without a title each -----------------------------------------------------------------------------------

THREE = ("示例县城关镇人民政府", "示例县财政局", "示例县水利局")


def untitled(how: str, name: str, sheet: Sheet, show: Callable[..., str]) -> list[str]:
    """Write a report that is told from others by a heading, its first sentence or its signature only."""
    texts = {
        "heading": [name],
        "numbered": [f"二、{name}"],
        "chapter": [f"{'一二三'[THREE.index(name)]}、{name}"],
        "sentence": [f"本报告由{name}根据《中华人民共和国政府信息公开条例》编制。"],
        "signature": [],
    }[how]
    texts = [*texts, "一、总体情况", "本机关依法公开政府信息，接受监督。"]
    for title, rows in zip(TITLES, (two_joined, three, four), strict=True):
        texts += [title, show(rows(sheet))]
    texts += ["五、存在的主要问题及改进情况", "仍有不足。", "六、其他需要报告的事项", "无。"]
    if how == "chapter":  # within it the sections are counted one step lower
        texts = texts[:1] + [re.sub("^([一二三四五六])、", r"（\1）", text) for text in texts[1:]]
    return texts + ([name, "2024年1月20日"] if how == "signature" else [])


@pytest.mark.parametrize("tag", ["p", ""], ids=["web", "text"])
@pytest.mark.parametrize("how", ["heading", "numbered", "chapter", "sentence", "signature"])
@pytest.mark.parametrize("figures", ["distinct", "blank", "same"])
def test_reports_without_titles_are_each_its_body_s(how: str, figures: str, tag: str) -> None:
    """A cell that one leaves blank takes no figure of the next; reports of towns that are all zeros are all there."""
    step = 0 if figures == "same" else 20000
    sheets = [
        Sheet(ONE.form, {c: f"{float(t) + step * n:g}" for c, t in ONE.texts.items()}, ONE.year) for n in range(3)
    ]
    if figures == "blank":
        sheets[0] = Sheet(ONE.form, sheets[0].texts | {"requests.granted.business": ""}, ONE.year)
    texts = [f"{ONE.year}年政府信息公开工作年度报告"]
    for name, sheet in zip(THREE, sheets, strict=True):
        texts += untitled(how, name, sheet, table if tag else lines)
    wrapped = (t if t.startswith("<") or not tag else f"<{tag}>{t}</{tag}>" for t in texts)
    found = load_bytes("a", ("<body>{}</body>" if tag else "{}").format("\n".join(wrapped)).encode())
    assert [r.agency for r in found] == list(THREE)
    for report, sheet in zip(found, sheets, strict=True):
        assert {c: report.printed(c) for c in report.placed_figures} == {c: t for c, t in sheet.texts.items() if t}
        assert report.year == ONE.year


@pytest.mark.parametrize(
    "head", ["{year}年政府信息公开工作年度报告   填报单位：{name}", "示例县{year}年政府信息公开工作年度报告（{name}）"]
)
def test_sheets_whose_head_names_the_body_are_each_its_body_s(head: str) -> None:
    sheets = [
        Sheet(ONE.form, {c: f"{float(t) + 20000 * n:g}" for c, t in ONE.texts.items()}, ONE.year) for n in range(3)
    ]
    heads = [head.format(year=ONE.year, name=name) for name in THREE]
    data = workbook([(str(n), [[heads[n]], [], *rows_of(sheet)]) for n, sheet in enumerate(sheets)])
    found = load_bytes("a", data)
    assert [r.agency for r in found] == list(THREE)
    assert all(is_of(report, sheet, SUBSETS[-1]) for report, sheet in zip(found, sheets, strict=True))


# --- sets of tables under headings of their own ---------------------------------------------------------------------------------

THREE_SHEETS = [
    Sheet(ONE.form, {c: f"{float(t) + by:g}" for c, t in ONE.texts.items()}, ONE.year) for by in (0, 40000, 80000)
]
COUNTY = "<h1>示例县人民政府2023年政府信息公开工作年度报告</h1>"


def a_set(heading: str, sheet: Sheet, sections: str) -> str:
    """A heading with the three tables: under all six sections, under those of the tables, or under captions without numbers."""
    titles = TITLES if sections != "captions" else [t.partition("、")[2] for t in TITLES]
    body = "".join(
        f"<p>{title}</p>{table(rows(sheet))}" for title, rows in zip(titles, (two_joined, three, four), strict=True)
    )
    before, behind = ("<p>一、总体情况</p><p>扎实推进。</p>", "<p>五、存在的主要问题及改进情况</p><p>不够。</p>")
    return f"<h3>{heading}</h3>{before if sections == 'all' else ''}{body}{behind if sections == 'all' else ''}"


def read_under(text: str) -> dict[tuple[str | None, int | None], Report]:
    return {(r.agency, r.year): r for r in load_bytes("a", f"<body>{text}</body>".encode(), [])}


@pytest.mark.parametrize("sections", ["all", "tables", "captions"])
@pytest.mark.parametrize("heading", ["{}", "{n}.{}", "附件{n}：{}", "填报单位：{}"])
@pytest.mark.parametrize("title", ["", COUNTY, COUNTY + "<p>详见附件。</p>"])
def test_sets_under_the_names_of_bodies_are_theirs_and_not_the_title_s(sections: str, heading: str, title: str) -> None:
    names = ("示例县财政局", "示例县大河镇人民政府", "示例县检验局")
    sets = [
        a_set(heading.format(b, n=n), s, sections) for n, (b, s) in enumerate(zip(names, THREE_SHEETS, strict=True), 1)
    ]
    reports = read_under(title + "".join(sets))
    whole = frozenset(TABLES)
    for (agency, _), report in reports.items():
        if agency in names:
            assert is_of(report, THREE_SHEETS[names.index(agency)], whole) or not report.placed_figures
        elif agency is not None:
            assert not report.placed_figures
    if heading == "{}":
        assert {agency for agency, _ in reports} >= set(names)


@pytest.mark.parametrize("sections", ["all", "tables", "captions"])
@pytest.mark.parametrize(
    "years", [("2022年", "2023年"), ("2022", "2023"), ("2021年", "2022年", "2023年"), ("2021年", "2022年")]
)
def test_of_sets_under_years_the_report_has_that_of_its_own(sections: str, years: tuple[str, ...]) -> None:
    title = "<h1>示例市演练局2023年政府信息公开工作年度报告</h1>"
    sets = [a_set(year, sheet, sections) for year, sheet in zip(years, THREE_SHEETS, strict=False)]
    for (agency, year), report in read_under(title + "".join(sets)).items():
        if agency and report.placed_figures:
            assert is_of(report, THREE_SHEETS[[int(y[:4]) for y in years].index(year or 0)], frozenset(TABLES))


@pytest.mark.parametrize("sections", ["all", "tables"])
def test_the_title_is_of_the_set_under_its_own_body_s_name_though_another_s_comes_first(sections: str) -> None:
    title = "<h1>示例市演练局2023年政府信息公开工作年度报告</h1>"
    other, own = a_set("示例市财政局", TWO, sections), a_set("示例市演练局", ONE, sections)
    reports = read_under(title + other + own)
    assert is_of(reports["示例市演练局", 2023], ONE, frozenset(TABLES))
    assert not any(is_of(r, TWO, frozenset(TABLES)) for (agency, _), r in reports.items() if agency == "示例市演练局")


@pytest.mark.parametrize(
    "annex", ["附件：示例县政府办公室2023年政府信息公开情况统计表", "附件：县政府办公室2023年统计表"]
)
def test_a_government_s_tables_may_be_headed_by_its_office(annex: str) -> None:
    tables = "".join(f"<p>{t}</p>{table(rows(ONE))}" for t, rows in zip(TITLES, (two_joined, three, four), strict=True))
    sections = "".join(f"<p>{title}</p><p>见附件。</p>" for title in TITLES)
    end = "<p>五、存在的主要问题及改进情况</p><p>无。</p>"
    (report,) = read_under(f"{COUNTY}{sections}{end}<p>{annex}</p>{tables}").values()
    assert report.agency == "示例县人民政府"
    assert is_of(report, ONE, frozenset(TABLES))
