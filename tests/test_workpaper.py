"""The workpaper: each figure once, live sums with their value, nothing a formula that is not ours, the same bytes anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openpyxl.workbook import Workbook
from strategies import SOURCES, report, typed

from auditkit import spreadsheet, workpaper
from auditkit.case import Case, CaseError, Source
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.checks.identities import evaluate
from auditkit.findings import in_words
from auditkit.forms import load_form
from auditkit.placing.placement import Unplaced
from auditkit.reading.page import Place
from auditkit.report import Report
from auditkit.tables import visible

HOSTILE = (
    "=cmd|'/c calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", "\r=1+1", "＝1+1", '=HYPERLINK("http://a.test","b")',
    "<r>&broken</r>", "<r><t>x</t></r>", "<script>alert(1)</script>", "a\x00b\x1b[31mc", "_x0041_", "left\u202eright", "\ufffe\uffff",
    "x" * 40_000, "😀" * 20_000, "'='", "{=1}", "&L&A", "$x$", "line\r\nline", "https://a.test/", "internal:A1", " =1+1",
)  # fmt: skip
needs_soffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice (soffice) on this machine")


@cache
def sheets(data: bytes) -> Workbook:
    """The workbook with its stored values; not to be changed."""
    return openpyxl.load_workbook(BytesIO(data), data_only=True)


def live(data: bytes) -> Workbook:
    """The workbook with its formulas, to be changed at will."""
    return openpyxl.load_workbook(BytesIO(data))


def formulas(data: bytes) -> Iterator[tuple[str, str, object, object]]:
    """Yield sheet, coordinate, formula and stored value of every formula."""
    stored = sheets(data)
    for sheet in live(data):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, cell.value, stored[sheet.title][cell.coordinate].value


def table(data: bytes, name: str) -> list[dict[str, object]]:
    rows = list(sheets(data)[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@cache
def shown(lang: str) -> bytes:
    """The workpaper of the demonstration case."""
    return workpaper.workbook(Case(shipped("data"), lang))  # type: ignore[arg-type]


def case_of(folder: Path, reports: Sequence[Report], title: str = "") -> Case:
    """A case that holds reports as if read from a file."""
    case = new_case(folder / "case", [], title=title)
    read = tuple(reports)
    case.__dict__["_read"] = (Source("reports.html", "0" * 64, "0" * 64, read, None, read),)
    return case


def awkward(folder: Path) -> Case:
    """Blanks that may be 0, that cannot be, texts, cells not there, rounded and very long figures, a sum that fails."""
    form = load_form("2021")
    base: dict[str, str | None] = {**typed("exercise-2021")}
    blank = {c.id: "" for c in form.cells if c.id.endswith(".research") and base[c.id] == "0"}
    spoilt = {
        "requests.granted.natural_person": "7 件左右",
        "disputes.reconsideration.total": "",
        "disputes.reconsideration.upheld": "3",
        "disputes.litigation_direct.total": "1万",
        "disputes.litigation_direct.upheld": "9876",
        "disputes.litigation_after_reconsideration.upheld": "123456789012345.678",
        "proactive.fees.amount": "415.96万元",
    }
    missing = {c.id: None for c in form.cells if c.row == "new"}
    return case_of(
        folder,
        [
            report(form, {**base, **blank}, year=2021, path="a.html"),
            report(form, {**base, **spoilt}, year=2022, path="b.html"),
            report(form, {**base, **missing}, year=2023, path="c.html"),
            report(form, {**base, "requests.granted.total": "999"}, agency=None, year=2022, path="d.html"),
        ],
    )


# --- figures and sums ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_figure_of_every_report_stands_once_with_its_text_and_place(lang: str) -> None:
    case = Case(shipped("data"), lang)  # type: ignore[arg-type]
    rows = [
        list(r)
        for r in sheets(shown(lang))["数字" if lang == "zh" else "Figures"].iter_rows(min_row=2, values_only=True)
    ]
    expected = [
        (n, r.agency, r.year, c.id, r.value(c.id), r.printed(c.id) or None, r.place(c.id).describe(case.lang) or None)
        for n, r in enumerate(case.reports, 1)
        for c in r.layout.cells
    ]
    found = [
        (r[0], r[1], r[2], r[14], None if r[7] is None else Decimal(str(r[7])), r[10], r[13]) for r in rows if r[14]
    ]
    assert found == expected
    assert sum(v is not None for *_, v, _, _ in expected) > 1000


def test_blanks_are_empty_cells_texts_stay_as_printed_and_unplaced_figures_are_listed(tmp_path: Path) -> None:
    item = Unplaced("12", Place(table=3, row=2, cell=1), "=其他", "label")
    form = load_form("2021")
    texts = {
        **typed("exercise-2021"),
        "requests.granted.total": "",
        "requests.granted.other": "=1+1",
        "requests.new.other": None,
    }
    made = replace(report(form, texts), unplaced=(item,))
    rows = table(workpaper.workbook(case_of(tmp_path, [made])), "数字")
    by_cell = {r["单元格代号"]: (r["数值"], r["类别"], r["程序读到的原文"]) for r in rows}
    assert by_cell["requests.granted.total"] == (None, "空白", None)
    assert by_cell["requests.granted.other"] == ("=1+1", "文字", "=1+1")
    assert by_cell["requests.new.other"] == ("未读到", "未读到", None)
    assert by_cell[None] == (None, "未落位", "12")
    assert [r["行"] for r in rows if r["类别"] == "未落位"] == ["=其他"]


def test_what_only_programs_need_is_hidden(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(workpaper.write(Case(shipped("data")), tmp_path / "a.xlsx"))["数字"]
    hidden = [c.value for c in sheet[1] if sheet.column_dimensions[c.column_letter].hidden]
    assert hidden == ["单元格代号"]


@pytest.mark.parametrize("made", [awkward, lambda _: Case(shipped("data"))], ids=["awkward", "demonstration"])
def test_each_sum_ends_as_the_checks_say_or_leaves_blanks_to_them(tmp_path: Path, made) -> None:  # type: ignore[no-untyped-def]
    case = made(tmp_path)
    rows = [r for r in table(workpaper.workbook(case), "等式") if not str(r["检查"]).startswith("Y-")]
    judged = [
        (n, identity.check, outcome, residual)
        for n, r in enumerate(case.reports, 1)
        for sums in [evaluate(r)]
        for identity, outcome, residual in zip(r.layout.identities, sums.outcomes, sums.residuals, strict=True)
    ]
    assert [(r["序号"], r["检查"], r["程序的判断（导出时）"]) for r in rows] == [
        (n, c, in_words(o, "zh")) for n, c, o, _ in judged
    ]
    for row, (_, _, outcome, residual) in zip(rows, judged, strict=True):
        now = row["结果（随数字重算）"]
        if now == "空白为 0 时不成立":
            assert outcome in ("failed", "not assessable")
            assert row["空白格"]
        elif now != in_words(outcome, "zh"):
            assert (now, outcome) == ("无法判断", "failed")  # a figure of 18 digits, which only the program can add
        if now == "不通过":
            assert row["差额"] == residual != 0


def test_awkward_reports_show_every_outcome(tmp_path: Path) -> None:
    rows = table(workpaper.workbook(awkward(tmp_path)), "等式")
    assert {r["结果（随数字重算）"] for r in rows} == {
        "通过",
        "不通过",
        "空白为 0 时成立",
        "空白为 0 时不成立",
        "无法判断",
    }
    rounded = [r for r in rows if r["取整误差"]]
    assert [(r["差额"], r["取整误差"], r["结果（随数字重算）"]) for r in rounded if str(r["检查"]) == "T4-01"] == [
        (-123, 10000, "通过")
    ]
    assert {r["差额"] for r in rows if r["结果（随数字重算）"] == "无法判断"} == {"–"}


def test_sums_between_years_stand_with_the_later_report() -> None:
    rows = [r for r in table(shown("zh"), "等式") if r["检查"] == "Y-01"]
    assert {r["报告"] for r in rows} >= {"宿迁市 2024 年〔摘录〕"}
    assert all(r["差额"] == 0 for r in rows)
    assert "2023 表三「四、结转下年度继续办理」「总计」 = 2024 表三「二、上年结转政府信息公开申请数量」「总计」" in {
        r["等式"] for r in rows
    }


def test_two_different_reports_of_the_year_before_join_no_sum(tmp_path: Path) -> None:
    form, base = load_form("2021"), dict(typed("exercise-2021"))
    later = report(form, base, year=2022, path="b.html")
    one, other = (
        report(form, {**base, "disputes.reconsideration.upheld": n}, year=2021, path=f"{n}.html") for n in "12"
    )
    checks = [
        {str(r["检查"])[:2] for r in table(workpaper.workbook(case_of(tmp_path / str(len(b)), [*b, later])), "等式")}
        for b in ([one], [one, other])
    ]
    assert checks == [{"T3", "T4", "Y-"}, {"T3", "T4"}]


def test_the_reports_sheet_counts_what_the_sums_sheet_shows(tmp_path: Path) -> None:
    data = workpaper.workbook(awkward(tmp_path))
    sums = table(data, "等式")
    for row in table(data, "报告"):
        for outcome in ("不通过", "空白为 0 时不成立", "无法判断"):
            ends = [r for r in sums if r["序号"] == row["序号"] and r["结果（随数字重算）"] == outcome]
            assert row[f"等式：{outcome}"] == len(ends)


# --- recalculated by another program -----------------------------------------------------------------------------------------


def recalculated(folder: Path, *books: Workbook) -> list[Workbook]:
    """Let LibreOffice open workbooks without stored values, compute them and save them."""
    (folder / "in").mkdir()
    names = []
    for n, book in enumerate(books):
        book.save(folder / "in" / f"{n}.xlsx")  # openpyxl writes formulas without values
        names.append(str(folder / "in" / f"{n}.xlsx"))
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run([*command, "--outdir", str(folder / "out"), *names], check=True, capture_output=True, timeout=300)
    return [openpyxl.load_workbook(folder / "out" / f"{n}.xlsx", data_only=True) for n in range(len(books))]


@needs_soffice
def test_recalculated_elsewhere_every_formula_has_the_value_that_was_stored(tmp_path: Path) -> None:
    made = [shown("zh"), shown("en"), workpaper.workbook(awkward(tmp_path))]
    again = recalculated(tmp_path, *(live(data) for data in made))
    count = 0
    for data, book in zip(made, again, strict=True):
        for sheet, at, formula, value in formulas(data):
            assert value is not None
            assert book[sheet][at].value == value, (sheet, at, formula)
            count += 1
        assert not [c.coordinate for s in book for row in s.iter_rows() for c in row if c.data_type == "e"]
    assert count > 3000


@needs_soffice
def test_another_figure_typed_in_changes_difference_outcome_and_count(tmp_path: Path) -> None:
    book = live(shown("zh"))
    figures = list(book["数字"].iter_rows(min_row=2, values_only=True))
    at = next(i for i, r in enumerate(figures, 2) if r[0] == 1 and r[14] == "requests.granted.business")
    before = table(shown("zh"), "等式")
    emptied, texted = live(shown("zh")), live(shown("zh"))
    book["数字"].cell(at, 8).value += 5
    emptied["数字"].cell(at, 8).value = None
    texted["数字"].cell(at, 8).value = "五"
    more, none, text = recalculated(tmp_path, book, emptied, texted)
    ends = [[r["结果（随数字重算）"] for r in before]] + [
        [r[11] for r in b["等式"].iter_rows(min_row=2, values_only=True)] for b in (more, none, text)
    ]
    changed = [i for i, (a, b) in enumerate(zip(ends[0], ends[1], strict=True)) if a != b]
    assert [before[i]["检查"] for i in changed] == ["T3-11", "T3-21"]  # its column and its row
    assert {abs(more["等式"].cell(i + 2, 8).value) for i in changed} == {5}
    assert [{ends[k][i] for i in changed} for k in range(4)] == [
        {"通过"},
        {"不通过"},
        {"空白为 0 时不成立"},
        {"无法判断"},
    ]
    assert [b["报告"].cell(2, 12).value for b in (more, none, text)] == [2, 0, 0]
    assert [b["报告"].cell(2, 13).value for b in (more, none, text)] == [0, 2, 0]
    assert [b["报告"].cell(2, 14).value for b in (more, none, text)] == [0, 0, 2]


# --- exceptions, statements, sources -------------------------------------------------------------------------------------------


def test_comments_carry_the_exceptions_of_a_figure_with_their_disposition() -> None:
    case = Case(shipped("data"))
    sheet = sheets(shown("zh"))["数字"]
    comments = {(r[0].value, r[14].value): r[7].comment.text for r in sheet.iter_rows(min_row=2) if r[7].comment}
    expected: dict[tuple[int, str], str] = {}
    for e in case.exceptions:
        n = [r.path for r in case.reports].index(e.result.report.path) + 1
        for cell in e.finding.cells:
            assert f"{e.label} " in comments[n, cell]
            assert visible(e.finding.message("zh")) in comments[n, cell]
            assert "处理：未决" in comments[n, cell]
            expected[n, cell] = e.label
    assert set(comments) == set(expected)


def test_an_exception_keeps_its_number_in_letters_when_others_come_before_it(tmp_path: Path) -> None:
    def numbers() -> dict[object, tuple[object, object]]:
        rows = table(workpaper.workbook(Case(case.path)), "例外")
        return {r["内容"]: (r["编号"], r["函中编号"]) for r in rows if r["编号"] != "–"}

    case = new_case(tmp_path / "case", [SOURCES / "hongze-gov-2023.html", SOURCES / "suqian-gov-2023.html"])
    before = numbers()
    case.correct(case.reports[0], "requests.new.total", "19", reason="看错", author="甲")
    after = numbers()
    assert len(after) > len(before) > 1
    for finding, (label, code) in before.items():
        assert after[finding] != (label, code)
        assert after[finding][1] == code


def test_what_auditors_stated_is_in_the_file(tmp_path: Path) -> None:
    files = sorted(f for f in SOURCES.iterdir() if f.name != "SHA256SUMS")
    case = new_case(tmp_path / "case", files)
    first = case.exceptions[0].finding
    case.dispose(first, "accepted", reason="=已核实", author="甲")
    suqian = next(r for r in case.reports if (r.agency, r.year) == ("宿迁市", 2024))
    read = suqian.printed("requests.new.business")
    case.correct(suqian, "requests.new.business", "77777", reason="原文如此", author="乙")
    gone = case.correct(suqian, "requests.new.other", "8", reason="误", author="乙")
    case.withdraw(gone, author="乙")
    case.confirm(suqian, "disputes", author="丙")
    data = workpaper.workbook(Case(case.path))
    decided = next(r for r in table(data, "例外") if r["理由"])
    assert (decided["处理"], decided["理由"], decided["记录人"]) == ("接受", "=已核实", "甲")
    assert str(decided["内容"]).startswith(first.message("zh"))
    corrected = next(r for r in table(data, "数字") if r["数值"] == 77777)
    assert corrected["程序读到的原文"] == read
    assert read in str(corrected["审计人员的记录"])
    comments = [c.comment.text for row in sheets(data)["数字"].iter_rows() for c in row if c.comment]
    assert any("审计人员的记录：" in c and read in c for c in comments)
    assert any("处理：接受" in c for c in comments)
    standing = [(r["种类"], r["内容"], r["效力"]) for r in table(data, "记录")]
    assert ("更正读数", "77777", "有效") in standing
    assert ("更正读数", "8", "已被后来的记录取代") in standing
    assert ("更正读数", "撤销", "撤销") in standing
    assert ("核对读数", "与原文相符", "有效") in standing
    row = next(r for r in table(data, "报告") if r["报告"] == suqian.name("zh"))
    assert row["已核对的表"] == "表四"
    about = "\n".join(str(r["内容"]) for r in table(data, "说明"))
    assert all(last in about for _, last in case.journal.heads.values())


def test_an_entry_that_no_longer_applies_is_listed_with_the_reason(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [SOURCES / "suqian-gov-2024.html"])
    case.correct(case.reports[0], "requests.new.business", "5", reason="原文如此", author="乙")
    source = case.path / "sources" / "suqian-gov-2024.html"
    source.unlink()
    rows = table(workpaper.workbook(Case(case.path)), "记录")
    assert [str(r["效力"]).split("：")[0] for r in rows] == ["未采用"]
    sources = table(workpaper.workbook(Case(case.path)), "来源")
    assert sources[0]["SHA-256（现在）"] == "文件不在"
    assert sources[0]["无法读取的原因"]


def test_sources_are_listed_with_their_hashes() -> None:
    case = Case(shipped("data"), "en")
    assert [(r["file"], r["SHA-256 (now)"], r["as recorded"]) for r in table(shown("en"), "Sources")] == [
        (s.name, s.sha256, "yes") for s in case.sources
    ]


# --- hostile input ---------------------------------------------------------------------------------------------------------


def test_every_text_is_a_string_and_the_file_is_well_formed_whatever_it_says(tmp_path: Path) -> None:
    form = load_form("2021")
    printed = dict(zip([c.id for c in form.cells[40:]], HOSTILE, strict=False))
    unplaced = tuple(Unplaced(text, Place(table=1), text, "label") for text in HOSTILE)
    made = [
        replace(
            report(form, {**typed("exercise-2021"), **printed}, agency=text, year=2021, path=text), unplaced=unplaced
        )
        for text in (HOSTILE[0], HOSTILE[8])
    ]
    case = case_of(tmp_path, made)
    case.title, case.auditors, case.as_of = HOSTILE[0], tuple(HOSTILE), "2024-13-41"
    case.dispose(case.exceptions[0].finding, "accepted", reason=HOSTILE[0], author=HOSTILE[3])
    for text in HOSTILE:
        if text.strip():
            case.note(text, author=text)
    data = workpaper.workbook(case)
    with zipfile.ZipFile(BytesIO(data)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels", ".vml")):
                etree.fromstring(parts.read(name))
        assert not [n for n in parts.namelist() if "external" in n.lower() or "vba" in n.lower()]
    ours = ("=SUM(", "=IF(J", "=COUNTA(", "=COUNTIFS(")
    assert all(f.startswith(ours) or "-COUNTA(" in f for _, _, f, _ in formulas(data))
    assert not [f for _, _, f, _ in formulas(data) if "cmd" in f or "HYPERLINK" in f]
    book = sheets(data)
    links = [c.hyperlink for s in book for row in s.iter_rows() for c in row if c.hyperlink]
    assert links
    assert all(link.target is None and link.location.startswith("'数字'!H") for link in links)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.lstrip().startswith(("=", "+", "-", "@")):
                    assert cell.quotePrefix, (sheet.title, cell.coordinate, cell.value)
    shown = {r["程序读到的原文"] for r in table(data, "数字")}
    assert {"=cmd|'/c calc'!A0", "-2+3", "@SUM(1+1)", "left〔U+202E〕right", " <r>&broken</r>", "_x0041_"} <= shown
    comments = [c.comment.text for row in book["数字"].iter_rows() for c in row if c.comment]
    assert any("_x005F_x0041_" in c and "_x005F_x005F_" not in c for c in comments)  # so that no program reads an A
    assert max(len(str(c.value).encode("utf-16-le")) // 2 for s in book for row in s.iter_rows() for c in row) < 32_767


@needs_soffice
def test_hostile_texts_are_inert_where_the_file_is_opened(tmp_path: Path) -> None:
    form = load_form("2021")
    texts = {**typed("exercise-2021"), "requests.granted.total": HOSTILE[0], "requests.granted.other": "=1+1"}
    data = workpaper.workbook(case_of(tmp_path, [report(form, texts, agency=HOSTILE[7])]))
    (book,) = recalculated(tmp_path, live(data))
    rows = {r[14]: r[7] for r in book["数字"].iter_rows(min_row=2, values_only=True)}
    assert rows["requests.granted.total"] == HOSTILE[0]
    assert rows["requests.granted.other"] == "=1+1"
    assert {r[1] for r in book["数字"].iter_rows(min_row=2, values_only=True)} == {HOSTILE[7]}


def test_a_half_character_is_written_out() -> None:
    assert spreadsheet.clean("a\ud800b") == "a〔U+D800〕b"


def test_a_workpaper_of_nothing_opens(tmp_path: Path) -> None:
    data = workpaper.workbook(new_case(tmp_path / "case", []))
    assert sheets(data).sheetnames == ["说明", "报告", "数字", "等式", "例外", "记录", "来源"]
    assert list(formulas(data)) == []


# --- the file --------------------------------------------------------------------------------------------------------------


def test_both_languages_have_the_same_sheets_figures_and_formulas() -> None:
    zh, en = sheets(shown("zh")), sheets(shown("en"))
    assert [s.dimensions for s in zh] == [s.dimensions for s in en]
    assert len(list(formulas(shown("zh")))) == len(list(formulas(shown("en")))) > 1000
    assert not [
        (s.title, c.coordinate, c.value)
        for s in en
        for row in s.iter_rows(max_row=1)
        for c in row
        if not str(c.value).isascii() and not set(str(c.value)) & set("“”–")
    ]


def test_sheets_are_ready_to_be_read_and_printed() -> None:
    for sheet in sheets(shown("zh")):
        assert len(sheet.title) <= 31
        assert (sheet.freeze_panes, sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("A2", "landscape", 9)
        assert (sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("$1:$1", 0)
        assert sheet.auto_filter.ref or sheet.title == "说明"
    figures = sheets(shown("zh"))["数字"]
    assert figures.protection.sheet
    assert {row[0].protection.locked for row in figures.iter_rows(min_row=2, min_col=8, max_col=8)} == {False}


def test_the_date_in_the_file_is_that_of_the_case(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [])
    assert sheets(workpaper.workbook(case)).properties.created.isoformat() == "1980-01-01T00:00:00"
    case.as_of = "2024-01-31"
    assert sheets(workpaper.workbook(case)).properties.created.isoformat() == "2024-01-31T00:00:00"


def test_a_failure_leaves_the_file_that_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out" / "底稿.xlsx"
    case = Case(shipped("data"))
    assert workpaper.write(case, out) == out
    before = out.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CaseError) as caught:
        workpaper.write(case, out)
    assert "No space left" in caught.value.message("en")
    assert "无法写入" in caught.value.message("zh")
    assert out.read_bytes() == before
    assert [p.name for p in out.parent.iterdir()] == [out.name]


def test_more_figures_than_a_sheet_has_rows_are_refused_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workpaper, "ROWS", 1000)
    with pytest.raises(CaseError, match="1382"):
        workpaper.workbook(Case(shipped("data")))
