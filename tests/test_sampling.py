"""The re-reading sample: the same everywhere, stable when sources come and go, with an exact bound."""

from __future__ import annotations

import os
import subprocess
import sys
from math import comb
from pathlib import Path

import pytest

from auditkit.case import Case
from auditkit.case.folder import shipped
from auditkit.case.opening import add_source, new_case
from auditkit.sampling import population, result, sample, upper_bound

SOURCES = shipped("data") / "sources"
REPORTS = [SOURCES / "exercise-2022.html", SOURCES / "suqian-gov-2023.html"]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return new_case(tmp_path / "案卷", REPORTS)


def names(case: Case, size: int = 60) -> list[tuple[str, str]]:
    return [(report.key, cell) for report, cell in sample(case, size)]


def reread(case: Case, *, all_but: int = 0, wrong: int = 0) -> None:
    """Read the sample again: the first `wrong` cells otherwise than the program, the last `all_but` not at all."""
    cells = sample(case)
    for n, (report, cell) in enumerate(cells[: len(cells) - all_but]):
        case.reread(report, cell, "987654" if n < wrong else report.printed(cell), author="张三")


@pytest.mark.parametrize(("k", "n"), [(0, 1), (0, 60), (1, 60), (7, 60), (59, 60)])
def test_at_the_bound_so_few_misread_cells_have_a_chance_of_one_in_twenty(k: int, n: int) -> None:
    p = upper_bound(k, n)
    assert sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1)) == pytest.approx(0.05)


def test_all_misread_leaves_the_bound_at_one() -> None:
    assert upper_bound(3, 3) == 1.0


def test_the_sample_does_not_depend_on_hash_seed_locale_or_order_of_files(tmp_path: Path) -> None:
    code = (
        "import sys; from auditkit.case import Case; from auditkit.sampling import sample; from pathlib import Path\n"
        "print([(r.key, c) for r, c in sample(Case(Path(sys.argv[1])))])"
    )
    seen = set()
    for seed, files in (("1", REPORTS), ("2", REPORTS[::-1])):
        case = new_case(tmp_path / seed, files)
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1", "TZ": f"UTC+{seed}"}
        done = subprocess.run([sys.executable, "-c", code, str(case.path)], env=env, capture_output=True, check=True)
        seen.add(done.stdout)
    assert len(seen) == 1


def test_a_source_added_moves_only_the_cells_that_make_room_for_its_own(case: Case) -> None:
    before = names(case)
    after = names(add_source(case, "2021.html", (SOURCES / "exercise-2021.html").read_bytes()))
    kept = [item for item in after if not item[0].endswith("2021")]
    assert 0 < len(kept) < 60
    assert kept == before[: len(kept)]


def test_a_small_population_is_sampled_whole(case: Case) -> None:
    assert sorted(names(case, 10_000)) == sorted((r.key, c) for r, c in population(case))


def test_cells_that_the_program_did_not_read_are_not_in_the_population(tmp_path: Path) -> None:
    text = (
        REPORTS[0].read_text(encoding="utf-8").replace("（一）予以公开", "（一）某某公开").replace(">296<", ">约三百<")
    )
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    case = new_case(tmp_path / "案卷", [tmp_path / "a.html"])
    report = case.reports[0]
    case.place(report, report.unplaced[0], "requests.granted.natural_person", reason="标题", author="张三")
    case.correct(case.reports[0], "requests.granted.total", "109", reason="标题", author="张三")
    cells = {c for _, c in population(case)}
    assert case.reports[0].value("requests.granted.total") == 109
    assert not cells & {"requests.granted.natural_person", "requests.granted.total", "requests.new.total"}
    assert "requests.new.natural_person" in cells


def test_before_anyone_read_again_the_error_rate_is_said_to_be_unknown(case: Case) -> None:
    assert "未知" in result(case).text
    assert "not known" in result(Case(case.path, "en")).text


def test_none_of_sixty_misread_gives_the_exact_bound_rounded_up(case: Case) -> None:
    reread(case)
    text = result(Case(case.path)).text
    assert "已重读 60 / 60 格，其中 0 格" in text
    assert "不超过 4.9 %" in text
    assert "尚未读完" not in text


def test_disagreements_are_listed_with_both_readings_and_a_part_read_is_said_to_be_one(case: Case) -> None:
    reread(case, all_but=10, wrong=2)
    text = result(Case(case.path)).text
    assert "已重读 50 / 60 格，其中 2 格与程序读数不同，样本差错率 4.0 %" in text
    assert "不超过 12.1 %" in text
    assert "尚未读完" in text
    report, cell = sample(case)[0]
    line = next(x for x in text.splitlines() if report.layout.label(cell, "zh") in x)
    assert "987654" in line
    assert "未更正" in line
    assert text.count("987654") == 2


def test_a_correction_of_what_was_found_leaves_the_rate_found_as_it_was(case: Case) -> None:
    reread(case, wrong=1)
    report, cell = sample(case)[0]
    case.correct(report, cell, "987654", reason="重读", author="张三")
    text = result(case).text
    assert "其中 1 格与程序读数不同" in text
    assert "未更正" not in text


def test_everything_read_again_leaves_nothing_to_chance(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案卷", REPORTS[:1])
    for report, cell in sample(case, 500):
        case.reread(report, cell, report.printed(cell), author="张三")
    assert "没有抽样误差" in result(case, 500).text
    assert "Clopper" not in result(case, 500).text


def test_a_rereading_does_not_count_once_the_source_has_another_figure(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案卷", REPORTS[:1])
    reread(case)
    report, cell = next((r, c) for r, c in sample(case) if r.printed(c) not in ("0", ""))
    file = case.path / "sources" / "exercise-2022.html"
    text = file.read_text(encoding="utf-8").replace(f">{report.printed(cell)}<", ">31313<")
    file.chmod(0o644)
    file.write_text(text, encoding="utf-8")
    again = Case(case.path)
    changed = sum(again.reports[0].printed(c) != case.reports[0].printed(c) for _, c in sample(case))
    assert changed > 0
    assert f"已重读 {60 - changed} / 60 格，其中 0 格" in result(again).text


def test_names_that_others_wrote_are_inert_in_the_result(case: Case) -> None:
    report, cell = sample(case)[0]
    case.reread(report, cell, "<script>alert(1)</script>", author="<b>张三</b>")
    assert "<script" not in result(case).html
    assert "<b>" not in result(case).html
