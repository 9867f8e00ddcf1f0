"""The tidy cells of many reports as a file, and the account of every figure: placed + unplaced = found."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import layouts
import pandas as pd
import pytest
from layouts import distinct

from auditkit import cli, export
from auditkit.loading import load, load_all
from auditkit.placing.tokens import count
from auditkit.report import Report

SHEET = distinct("2021")


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return load(layouts.write(tmp_path, layouts.page(SHEET)))


def back(out: Path) -> pd.DataFrame:
    """Read an exported file as its users would."""
    readers = {".csv": pd.read_csv, ".xlsx": pd.read_excel, ".parquet": pd.read_parquet, ".json": pd.read_json}
    return readers[out.suffix](out)  # type: ignore[operator, no-any-return]


@pytest.mark.parametrize("ending", export.ENDINGS)
def test_every_cell_comes_back_from_the_file_with_its_figure_and_place(
    ending: str, report: Report, tmp_path: Path
) -> None:
    out = tmp_path / f"cells{ending}"
    export.write([report], out)
    frame = back(out).set_index("cell")
    assert {c: float(v) for c, v in frame["value"].items()} == {c: float(t) for c, t in SHEET.texts.items()}
    assert set(frame["agency"]) == {layouts.AGENCY}
    assert set(frame["year"]) == {2023}
    assert all("个表格第" in place for place in frame["source"])


@pytest.mark.parametrize("ending", export.ENDINGS)
def test_unplaced_figures_are_in_the_file(ending: str, tmp_path: Path) -> None:
    found = load(layouts.write(tmp_path, layouts.DOUBTFUL["displaced heads"](SHEET)))
    out = tmp_path / f"cells{ending}"
    export.write([found], out)
    frame = back(out)
    assert sorted(map(float, frame[frame["cell"].isna()]["printed"])) == sorted(float(u.text) for u in found.unplaced)
    assert found.unplaced


def test_the_same_reports_give_the_same_bytes(report: Report, tmp_path: Path) -> None:
    for ending in export.ENDINGS:
        first, second = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
        export.write([report], first)
        export.write([report], second)
        assert first.read_bytes() == second.read_bytes()


def test_a_text_of_a_report_is_no_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    sheet = replace(SHEET, texts={**SHEET.texts, "requests.new.natural_person": "=1+1", "requests.new.business": "-12"})
    export.write([load(layouts.write(tmp_path, layouts.page(sheet)))], tmp_path / "cells.csv")
    frame = pd.read_csv(tmp_path / "cells.csv").set_index("cell")
    assert frame["printed"]["requests.new.natural_person"] == "'=1+1"
    assert frame["printed"]["requests.new.business"] == "-12"


def test_the_command_writes_the_file_and_accounts_for_every_figure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = layouts.write(tmp_path, layouts.page(SHEET)), tmp_path / "new folder" / "cells.csv"
    assert cli.main(["read", str(file), "-o", str(out), "--lang", "en"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        f"written: {out}",
        f"figures: placed {len(SHEET.texts)} + unplaced 0 = found in the tables {len(SHEET.texts)}",
    ]
    assert len(pd.read_csv(out)) == len(SHEET.texts)
    assert cli.main(["read", str(file), "-o", str(tmp_path / "cells.doc")]) == 2
    assert ".parquet" in capsys.readouterr().err


ALL = {**layouts.LAYOUTS, **layouts.DOUBTFUL}


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_figure_of_every_layout_is_accounted_for(name: str, tmp_path: Path) -> None:
    reports = load_all(layouts.write(tmp_path, ALL[name](SHEET)))
    found = sum(r.found for r in reports)
    assert found == sum(len(r.placed_figures) + len(r.unplaced) for r in reports)
    texts = [r.printed(c) for r in reports for c in r.placed_figures] + [u.text for r in reports for u in r.unplaced]
    stated = {t for t in SHEET.texts.values() if any(t in text for text in texts)}
    assert stated == set(SHEET.texts.values()) or name.startswith("figures")


def test_a_figure_that_placing_loses_is_found_by_the_second_count(tmp_path: Path) -> None:
    """The count must not follow placing: take cells and unplaced figures away from what was placed, and they are lost."""
    from auditkit.placing import place, preferred
    from auditkit.reading import read_page

    page = read_page(layouts.write(tmp_path, layouts.page(SHEET)))
    whole = preferred(place(page))
    assert count(page, whole).lost == ()
    gone = [c for c in whole.cells if c.startswith("requests.new.")]
    poorer = replace(whole, cells={c: p for c, p in whole.cells.items() if c not in gone})
    counted = count(page, poorer)
    assert counted.found == len(whole.cells)
    assert [u.text for u in counted.lost] == [SHEET.texts[c] for c in gone]


AMID = {
    "a label unknown": ("（一）予以公开</td><td>3169<", "公布之事</td><td>3169 其他事项<", "3169"),
    "label and figure in one cell": ("（一）予以公开</td><td>3169<", "（一）予以公开 3169</td><td><", "3169"),
    "label and figure alone in a cell": ('行政许可</td><td colspan="3">3043<', "行政许可 3043</td><td><", "3043"),
    "figure before its label": ('行政许可</td><td colspan="3">3043<', "3043行政许可</td><td><", "3043"),
    "long label and figure": ("政府信息公开申请</td><td>4100<", "政府信息公开申请4100</td><td><", "4100"),
    "table four": (">4296<", ">4296 其他事项<", "4296"),
}


@pytest.mark.parametrize("case", AMID)
def test_a_figure_among_words_is_not_lost(case: str, tmp_path: Path) -> None:
    before, after, figure = AMID[case]
    page = layouts.page(SHEET)
    assert before in page
    found = load(layouts.write(tmp_path, page.replace(before, after)))
    assert [u.text for u in found.unplaced].count(figure) == 1
    assert found.found == len(found.placed_figures) + len(found.unplaced)


@pytest.mark.parametrize("words", ["甲1", "2022年结转", "（1）省级", "第20条第5项", "见附件2", "桂府〔2019〕12号"])
def test_digits_of_names_and_dates_are_no_figures(words: str, tmp_path: Path) -> None:
    page = layouts.page(SHEET).replace("（一）予以公开", words)
    found = load(layouts.write(tmp_path, page))
    row = [SHEET.texts[c.id] for c in SHEET.form.row_cells("requests", "granted")]
    assert [u.text for u in found.unplaced] == row


def test_two_figures_around_a_label_in_one_cell_are_not_lost(tmp_path: Path) -> None:
    text = layouts.LAYOUTS["pipes, no outer ones"](layouts.distinct("2019"))
    rows = "3057\n其他对外管理服务事项 | 3064"
    assert rows in text
    found = load(layouts.write(tmp_path, text.replace(rows, "3057 其他对外管理服务事项3064"), ".txt"))
    assert {"3057", "3064"} <= {u.text for u in found.unplaced}


def test_a_lone_figure_between_drawn_rows_is_not_lost(tmp_path: Path) -> None:
    text = layouts.LAYOUTS["runs of spaces"](SHEET)
    row = next(line for line in text.splitlines() if line.split()[-1:] == ["4394"])
    found = load(layouts.write(tmp_path, text.replace(row, f"{row}\n{' ' * 60}944"), ".txt"))
    assert [u.text for u in found.unplaced].count("944") == 1


@pytest.mark.parametrize("line", ["3050行政强制 3057", "行政许可 3043 行政处罚 3050行政强制 3057"])
def test_a_figure_glued_before_a_label_is_not_lost(line: str, tmp_path: Path) -> None:
    text = layouts.LAYOUTS["single spaces"](SHEET)
    assert "行政强制 3057" in text
    text = text.replace("行政强制 3057", line)
    assert "3050" in [u.text for u in load(layouts.write(tmp_path, text, ".txt")).unplaced]


@pytest.mark.parametrize(
    ("name", "figure", "gap", "behind"),
    [
        ("lines, units behind the labels", "3841", "\n", " "),
        ("lines", "4275", "\n\n\n", ""),
        ("a paragraph a cell", "4093", "\n\n", " "),
        ("single spaces", "3078", "\n", ""),
        ("lines", "3162", "\n\n", ""),
    ],
)
@pytest.mark.parametrize("form", ["2019", "2021"])
def test_a_figure_joined_with_what_follows_is_not_lost(
    form: str, name: str, figure: str, gap: str, behind: str, tmp_path: Path
) -> None:
    """The end of a line was lost: a figure, then the next row's label, section or clause."""
    sheet = distinct(form)
    text = layouts.LAYOUTS[name](sheet).replace(f"{figure}{gap}", f"{figure}{behind}", 1)
    reports = load_all(layouts.write(tmp_path, text, ".txt"))
    texts = [r.printed(c) for r in reports for c in r.readings] + [u.text for r in reports for u in r.unplaced]
    assert any(figure in t for t in texts)
    for r in reports:
        assert {c: r.printed(c) for c in r.placed_figures if r.printed(c) != sheet.texts[c]} == {} or "units" in name
        assert r.found == len(r.placed_figures) + len(r.unplaced)


def test_a_row_of_texts_is_a_row_whose_texts_are_kept(tmp_path: Path) -> None:
    words = {c: f"见附件{i}" for i, c in enumerate(SHEET.texts) if c.startswith("requests.granted.")}
    found = load(layouts.write(tmp_path, layouts.page(replace(SHEET, texts={**SHEET.texts, **words}))))
    assert {c: found.printed(c) for c in words} == words
    assert {found.kind(c) for c in words} == {"text"}


# --- folders and archives ------------------------------------------------------------------------------------------------


def filled(folder: Path) -> Path:
    """Make a folder as auditors have them."""
    inside = folder / "材料"
    (inside / "2023" / "page_files").mkdir(parents=True)
    (inside / "2023" / "report.html").write_text(layouts.page(SHEET), encoding="utf-8")
    (inside / "2023" / "page_files" / "style.css").write_text("p {}", encoding="utf-8")
    (inside / "2020.html").write_text(layouts.page(distinct("2019")), encoding="utf-8")
    (inside / "读我.txt").write_text("请审阅。", encoding="utf-8")
    (inside / ".DS_Store").write_bytes(b"\0")
    (inside / "~$x.docx").write_bytes(b"\0")
    (inside / "outside.html").symlink_to("/etc/hostname")
    return inside


def packed(folder: Path, *, gbk: bool = False) -> Path:
    archive = folder.parent / "reports.dat"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(f for f in folder.rglob("*") if f.is_file() and not f.is_symlink()):
            out.writestr(file.relative_to(folder).as_posix(), file.read_bytes())
    if gbk:  # as packed on Chinese Windows: no mark of UTF-8
        data = archive.read_bytes().replace("读我.txt".encode(), b"\xb6\xc1\xce\xd2.txt--"[:10])
        archive.write_bytes(data)
    return archive


@pytest.mark.parametrize("as_archive", [False, True])
def test_a_folder_or_archive_is_read_file_by_file(
    as_archive: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = filled(tmp_path)
    given = packed(given) if as_archive else given
    assert cli.main(["read", str(given), "-o", str(tmp_path / "cells.csv")]) == 2
    out, err = capsys.readouterr()
    assert err.count("\n") == (1 if as_archive else 2)
    assert f"{given}/读我.txt" in err
    assert as_archive or f"{given}/outside.html: 是链接" in err
    frame = pd.read_csv(tmp_path / "cells.csv")
    assert set(frame["file"]) == {f"{given}/2020.html", f"{given}/2023/report.html"}
    assert f"= 表格中的 {len(frame)}" in out


def test_a_case_is_made_of_the_files_in_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = filled(tmp_path)
    (folder / "读我.txt").unlink()
    assert cli.main(["new", str(tmp_path / "case"), str(packed(folder))]) == 0
    assert sorted(f.name for f in (tmp_path / "case" / "sources").iterdir()) == [
        "2020.html",
        "SHA256SUMS",
        "report.html",
    ]


def test_a_bomb_of_an_archive_is_refused_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out, out.open("big.html", "w", force_zip64=True) as big:
        for _ in range(100):
            big.write(b"\0" * 1_000_000)
    good = layouts.write(tmp_path, layouts.page(SHEET))
    assert cli.main(["check", str(archive), str(good)]) == 2
    out_, err = capsys.readouterr()
    assert "bomb.zip" in err
    assert layouts.AGENCY in out_


def test_digits_that_are_no_figure_are_unplaced_as_they_are_printed(tmp_path: Path) -> None:
    """A figure wrapped within, run together or damaged, in a row of another width, and one glued to a torn label."""
    rows = [["（一）予以公开", "429<br>6", "3"], ["（二）部分公开", "1234567890123456789", "3\ufffd"]]
    odd = "".join("<tr>" + "".join(f"<td>{t}</td>" for t in row) + "</tr>" for row in rows)
    page = (
        layouts.page(SHEET).replace("</table>", odd + "</table>", 2).replace("</table>", "</table><p>2.申请4100</p>", 2)
    )
    found = load(layouts.write(tmp_path, page))
    assert {"429\n6", "3", "1234567890123456789", "3\ufffd", "4100"} <= {u.text for u in found.unplaced}
    assert len(found.placed_figures) + len(found.unplaced) == found.found


def test_a_row_of_figures_torn_off_behind_the_tables_is_unplaced(tmp_path: Path) -> None:
    text = layouts.LAYOUTS["lines after tabs"](SHEET)
    path = tmp_path / "report.txt"
    path.write_text(f"{text}\n五、存在的主要问题\n101 102 103 104 105 106 621\n", encoding="utf-8")
    assert [u.text for u in load(path).unplaced][-7:] == ["101", "102", "103", "104", "105", "106", "621"]
