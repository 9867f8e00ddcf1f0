"""What to look at first: reports by verdict, defects that many share, progress."""

from __future__ import annotations

import re
from pathlib import Path

import layouts
import pytest
import strategies

from auditkit.case import Case, typed
from auditkit.case.folder import shipped
from auditkit.case.opening import new_case
from auditkit.forms import load_form
from auditkit.sampling import sample
from auditkit.views.memo import conclusion
from auditkit.views.start import shared, sources, steps, triage

SOURCES = shipped("data") / "sources"
FORM = load_form("2021")


def write(folder: Path, agency: str, changes: dict[str, str], year: int = 2023) -> Path:
    texts = {**strategies.typed("suqian-gov-2023"), **changes}
    path = folder / f"{agency}{year}.html"
    path.write_bytes(typed.page(FORM, texts, agency, year, "张三", "纸质件"))
    return path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Ten agencies and 洪泽 with an error in one row, each of its own size; one with another error; one sound."""
    folder = tmp_path_factory.mktemp("t")
    total = int(strategies.typed("suqian-gov-2023")["disputes.reconsideration.total"])
    bureaus = ["教育", "司法", "财政", "水利", "交通", "商务", "审计", "统计", "应急", "体育"]
    files = [
        write(folder, f"示例市{name}局", {"disputes.reconsideration.total": str(total + 1 + n)})
        for n, name in enumerate(bureaus)
    ]
    files += [
        write(folder, "示例市信访局", {"disputes.litigation_direct.total": "99999"}),
        write(folder, "示例市民政局", {}),
    ]
    new_case(folder / "案 卷", [*files, SOURCES / "hongze-gov-2023.html"])
    with (folder / "案 卷" / "case.toml").open("r+", encoding="utf-8") as file:
        text = file.read()
        file.seek(0)
        file.write("materiality = 4\n" + text)
    return Case(folder / "案 卷")


def test_every_report_is_one_line_worst_first(case: Case) -> None:
    rows = triage(case).rows
    assert len(rows) == len(case.reports) == 13
    verdicts = [row[1] for row in rows]
    assert verdicts == sorted(verdicts, key=["有例外", "无法判断", "空白为 0 时勾稽相符", "勾稽相符"].index)
    assert rows[0][0] == "洪泽区人民政府 2023 年〔摘录〕"
    assert rows[-1][:2] == ("示例市民政局 2023 年〔录入〕", "勾稽相符")


def test_one_template_s_error_in_eleven_reports_is_one_line_with_their_number(case: Case) -> None:
    table = shared(case)
    assert len(table.rows) == 1  # type: ignore[attr-defined]
    check, severity, about, count, names, decided = table.rows[0]  # type: ignore[attr-defined]
    assert (check[:5], severity, count, decided) == ("T4-01", "矛盾", 11, "0/11")
    assert about.startswith("如：")
    assert "行政复议" in about
    assert names.count("、") == 7
    assert names.endswith("等 11 份")


def test_two_reports_alike_are_not_a_shared_defect() -> None:
    assert "没有 3 份以上" in shared(Case(shipped("data"), "zh")).text
    assert "No defect is shared by 3" in shared(Case(shipped("data"), "en")).text


def test_materiality_says_what_is_summed_and_leaves_verdicts(case: Case) -> None:
    note = triage(case).note
    assert re.search(r"差额小于 4 的例外只汇总，不逐项列出：共 3 项，差额合计 6。", note)
    assert "Materiality" in triage(Case(case.path, "en")).note
    assert sum(row[1] == "有例外" for row in triage(case).rows) == 12
    assert "重要性" not in triage(Case(shipped("data"))).note


def test_progress_counts_what_was_stated_and_outlives_the_kernel(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案卷", [SOURCES / "hongze-gov-2023.html"])
    assert [row[2] for row in steps(case).rows][:2] == ["已核对 0 / 3 张表，已重读 0 / 60 格", "已处理 0 / 3"]
    case.dispose(case.exceptions[0].finding, "error confirmed", author="张三")
    case.confirm(case.reports[0], "disputes", author="张三")
    case.note("备注", author="张三")
    report, cell = sample(case)[0]
    case.reread(report, cell, report.printed(cell), author="张三")
    for each in (case, Case(case.path)):
        assert triage(each).rows[0][6:] == ("1/3", "1/3")
        progress = [row[2] for row in steps(each).rows]
        assert progress[:2] == ["已核对 1 / 3 张表，已重读 1 / 60 格", "已处理 1 / 3"]
        assert progress[4] == "审计人员备注 1 条"
    assert "1 of 3 decided" in steps(Case(case.path, "en")).text


def test_a_file_without_report_is_named_under_the_triage_and_a_typed_one_says_so(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案卷", [write(tmp_path, layouts.AGENCY, {})])
    (case.path / "sources" / "扫描件.pdf").write_bytes(b"%PDF-1.4")
    again = Case(case.path)
    assert "没有读出报告的文件 1 个：扫描件.pdf。" in triage(again).note
    assert any("录入：由张三键入，所据材料：纸质件。" in str(row[4]) for row in sources(again).rows)
    assert len(sources(again).rows) == 2


@pytest.mark.parametrize("of", ["民政局 2024 扫描.jpg", "民政局 2024 扫描.jpg 第 1—3 页"])
def test_a_scan_typed_in_is_not_said_to_be_unexamined_but_examined_as_typed(tmp_path: Path, of: str) -> None:
    scan, other = tmp_path / "民政局 2024 扫描.jpg", tmp_path / "卫健委扫描.jpg"
    for file in (scan, other):
        file.write_bytes(b"\xff\xd8\xff\xe0" + bytes(64))
    name = f"录入-{layouts.AGENCY}-2024.html"
    typed_in = tmp_path / name
    typed_in.write_bytes(typed.page(FORM, strategies.typed("suqian-gov-2023"), layouts.AGENCY, 2024, "张三", of))
    case = new_case(tmp_path / "案卷", [scan, other, typed_in], problems=[])
    memo = conclusion(case).text
    assert f"未审阅：{scan.name}" not in memo
    assert f"{scan.name}：程序读不出，其数字由审计人员录入为 {name}，按录入的审阅" in memo
    assert f"未审阅：{other.name}" in memo  # nobody typed that one
    assert "examined as typed" in conclusion(Case(case.path, "en")).text
    assert f"没有读出报告的文件 1 个：{other.name}。" in triage(case).note
    remark = {row[0]: str(row[4]) for row in sources(case).rows}[scan.name]
    assert remark.endswith(f"已由审计人员录入为 {name}")


def test_a_file_out_of_scope_stays_listed_with_its_hash_and_the_reason(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案卷", [SOURCES / "hongze-gov-2023.html", SOURCES / "exercise-2022.html"])
    case.include("exercise-2022.html", False, reason="另有一份", author="张三")
    assert [row[0] for row in triage(case).rows] == ["洪泽区人民政府 2023 年〔摘录〕"]
    row = next(r for r in sources(case).rows if r[0] == "exercise-2022.html")
    assert row[4] == "与登记的一致；不审阅（张三：另有一份）"
    assert re.fullmatch("[0-9a-f]{64}", str(row[3]))


def test_an_empty_case_has_empty_tables(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案卷", [])
    assert triage(case).rows == ()
    assert "没有" in shared(case).text
    assert "已处理 0 / 0" in steps(case).text
