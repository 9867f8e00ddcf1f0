"""A case and its memo are what recomputing gives; whatever was changed by hand is found and named."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from layouts import LAYOUTS
from strategies import IN_HTML, SOURCES, sheet

from auditkit.case import Case, sittings
from auditkit.case.folder import shipped
from auditkit.case.opening import add_source, new_case
from auditkit.evidence import ELEMENT, Embedded, evidence, sealed
from auditkit.memo import execute, export
from auditkit.template import EVIDENCE
from auditkit.verify import _PARTS, _plain, verify

CELL = "requests.granted.natural_person"
CODE = (
    "import auditkit\n\ncase = auditkit.open_case()",
    "auditkit.views.memo.conclusion(case)",
    "auditkit.views.memo.appendix(case)",
    "import auditkit.evidence\n\nauditkit.evidence.evidence(case)",
)


@pytest.fixture(autouse=True)
def _a_fresh_sitting() -> Iterator[None]:
    sittings._SITTINGS.clear()
    yield
    sittings._SITTINGS.clear()


def small_notebook(path: Path) -> None:
    """A memo of four cells, so that a test need not wait for the whole one."""
    cells: list[dict[str, Any]] = []
    for n, code in enumerate(CODE):
        cells.append({"cell_type": "markdown", "metadata": {}, "source": f"## {n} 问题{n}"})
        cells.append({"cell_type": "code", "metadata": {}, "source": code, "outputs": [], "execution_count": None})
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")


def stated(case: Case) -> None:
    """One statement of every kind that changes what a case shows."""
    by_file = {Path(r.path).name: r for r in case.reports}
    wrong = by_file["错.html"]
    case.correct(wrong, "requests.new.natural_person", "4321", reason="看错", author="张三")
    lacking = by_file["缺格.html"]
    case.place(lacking, lacking.unplaced[0], CELL, reason="对照原文", author="张三")
    case.confirm(wrong, "disputes", author="李四")
    case.alias(by_file["hongze-gov-2023.html"].agency or "", "新机关", reason="更名", author="李四")
    case.include("suqian-gov-2023.html", False, reason="另一份为准", author="张三")
    case.dispose(case.exceptions[0].finding, "accepted", reason="机关已说明", author="张三")
    case.dispose(case.exceptions[1].finding, "referred", author="<b>王五</b></script>")
    case.note("备注", author="张三")


def build(folder: Path) -> Case:
    files = folder / "来 源"
    files.mkdir()
    made = sheet("exercise-2021", {CELL: "9876"})
    (files / "错.html").write_text(LAYOUTS[IN_HTML](made), encoding="utf-8")
    lacking = LAYOUTS[IN_HTML](sheet("exercise-2021", {"requests.granted.business": "9123"}))
    lacking = lacking.replace("<td>9123</td>", "", 1).replace("2023", "2022")
    (files / "缺格.html").write_text(lacking, encoding="utf-8")
    names = ("suqian-gov-2023.html", "hongze-gov-2023.html", "guangxi-hrss-2020.txt")
    case = new_case(folder / "案 卷", [*sorted(files.iterdir()), *(SOURCES / n for n in names)])
    small_notebook(case.path / "notebooks" / "zh" / "05_memo.ipynb")
    stated(case)
    return case


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with its memo; tests work on copies."""
    sittings._SITTINGS.clear()
    case = build(tmp_path_factory.mktemp("原"))
    notebook = case.path / "notebooks" / "zh" / "05_memo.ipynb"
    export(execute(notebook, cwd=notebook.parent, lang="zh"), case.path / "out" / "05_memo.zh.html", lang="zh")
    return case.path


@pytest.fixture
def case(original: Path, tmp_path: Path) -> Case:
    shutil.copytree(original, tmp_path / "复 制")
    return Case(tmp_path / "复 制")


@pytest.fixture
def memo(case: Case) -> Path:
    return case.path / "out" / "05_memo.zh.html"


@pytest.fixture
def alone(original: Path, tmp_path: Path) -> Path:
    """The memo without its case."""
    return Path(shutil.copy(original / "out" / "05_memo.zh.html", tmp_path / "单独.html"))


def rewritten(memo: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the evidence in a memo as a forger would: the page's hash is made anew."""
    page = memo.read_text("utf-8")
    found = re.search(rf'(<script type="application/json" id="{ELEMENT}"[^>]*>)(.*?)(?=</script>)', page, re.DOTALL)
    assert found
    data = json.loads(found[2])
    change(data)
    text = json.dumps(data).replace("<", "\\u003c")
    changed = re.sub(r' data-sha256="[0-9a-f]{64}"', "", page[: found.start(2)] + text + page[found.end(2) :])
    memo.write_text(sealed(changed), encoding="utf-8")


def differing(lines: list[str]) -> str:
    return "\n".join(line for line in lines if line.startswith(("不符", "differs", "      ")))


# --- what is embedded ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_demonstration_case_is_recomputed_from_its_evidence_alone_in_less_than_100_kb(lang: Any) -> None:
    data = evidence(Case(shipped("data"), lang)).data
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert len(text.encode()) < 100_000
    assert _plain(evidence(Embedded(json.loads(text))).data) == _plain(data)


def test_with_statements_of_every_kind_the_evidence_alone_comes_to_the_same(original: Path) -> None:
    data = evidence(Case(original)).data
    assert {e["kind"] for e in data["journal"]["entries"]} >= {
        "correct",
        "place",
        "confirm",
        "alias",
        "scope",
        "dispose",
    }
    assert sorted(d["state"] for d in data["dispositions"].values()) == ["accepted", "referred"]
    again = evidence(Embedded(json.loads(json.dumps(data, sort_keys=True)))).data
    assert _plain(again) == _plain(data)
    assert evidence(Case(original)).data == data


def test_the_evidence_names_no_folder_and_no_time_of_its_own(original: Path, tmp_path: Path) -> None:
    shutil.copytree(original, tmp_path / "别处")
    text = json.dumps(evidence(Case(original)).data)
    assert json.dumps(evidence(Case(tmp_path / "别处")).data) == text
    assert str(original) not in text


def test_it_shows_what_it_holds_in_words(original: Path) -> None:
    bundle = evidence(Case(original, "en"))._repr_mimebundle_()
    assert set(bundle) == {EVIDENCE, "text/html", "text/plain"}
    assert bundle[EVIDENCE]["catalog"] in bundle["text/plain"]
    heads = Case(original).journal.heads
    assert len(heads) == 3  # three authors
    assert all(last in bundle["text/plain"] and last in bundle["text/html"] for _, last in heads.values())


# --- a memo alone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_untouched_memo_without_its_case_agrees_and_says_what_was_not_compared(alone: Path, lang: Any) -> None:
    lines, status = verify(alone, lang)
    assert (status, differing(lines)) == (0, "")
    assert any("案卷文件夹" in line or "no case folder" in line for line in lines)


def first_report(data: dict[str, Any]) -> dict[str, Any]:
    return next(r for r in data["reports"] if r["file"] == "错.html")


def entry_of(data: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(e for e in data["journal"]["entries"] if e["kind"] == kind)


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a figure": lambda d: first_report(d)["cells"].update({CELL: 12}),
    "a figure made a blank": lambda d: first_report(d)["cells"].update({CELL: None}),
    "a figure taken out": lambda d: first_report(d)["cells"].pop(CELL),
    "a verdict": lambda d: first_report(d).update(verdict="sound"),
    "a finding taken out": lambda d: first_report(d)["findings"].popitem(),
    "a check that passed": lambda d: first_report(d)["checks"].update({"T3-50": "passed"}),
    "a disposition": lambda d: d["dispositions"][min(d["dispositions"])].update(state="open"),
    "a disposition taken out": lambda d: d["dispositions"].popitem(),
    "an entry taken out": lambda d: d["journal"]["entries"].remove(entry_of(d, "correct")),
    "who confirmed": lambda d: first_report(d)["confirmed"].clear(),
    "a file in scope": lambda d: d["sources"]["suqian-gov-2023.html"].update(in_scope=True),
    "a figure that was corrected": lambda d: first_report(d)["cells"].update({"requests.new.natural_person": 1}),
}


@pytest.mark.parametrize("name", EDITS)
def test_evidence_edited_by_hand_contradicts_itself(name: str, alone: Path) -> None:
    rewritten(alone, EDITS[name])
    lines, status = verify(alone, "zh")
    assert status == 1
    assert "由其自身重新计算" in differing(lines)


def test_what_differs_is_said_in_the_form_s_words(alone: Path) -> None:
    rewritten(alone, EDITS["a verdict"])
    told = differing(verify(alone, "zh")[0])
    assert "结论：备忘录 勾稽相符，重新计算 有例外" in told
    rewritten(alone, EDITS["a figure that was corrected"])
    told = differing(verify(alone, "zh")[0])
    assert "表三「一、本年新收政府信息公开申请数量」" in told
    assert not re.search(r"requests\.|[{\[]", told)


def test_everything_that_may_differ_has_words(original: Path) -> None:
    data = json.loads(json.dumps(evidence(Case(original)).data))
    reports, entries = data["reports"], data["journal"]["entries"]
    named = [data["case"], *data["sources"].values(), *reports, *data["dispositions"].values(), *entries]
    named += [finding for report in reports for finding in report.get("findings", {}).values()]
    said = {key for facts in named for key in facts} - {"file", "id", "check", "cells"}
    assert said <= set(_PARTS) | {"kind"}
    assert {"fees", "problem", "title", "seen"} <= said


def test_a_report_or_an_entry_that_is_gone_is_named(alone: Path, case: Case) -> None:
    (case.path / "sources" / "hongze-gov-2023.html").unlink()
    told = differing(verify(alone, "zh", case.path)[0])
    assert "报告 · hongze-gov-2023.html：备忘录 新机关 2023，重新计算 （无）" in told
    assert not re.search(r"[{\[]", told)
    rewritten(alone, lambda d: [r.update(suspects=[]) for r in d["reports"] if r.get("suspects")])
    rewritten(alone, lambda d: d["journal"]["entries"].pop())
    told = differing(verify(alone, "zh", case.path)[0])
    assert not re.search(r"[{\[]", told)


def edited_page(memo: Path) -> None:
    """Change one figure that people see."""
    page = memo.read_text("utf-8")
    at = page.index('class="num', page.index('class="ak-name ak-report"'))
    begin, end = page.index(">", at) + 1, page.index("<", at)
    memo.write_text(page[:begin] + "8" + page[begin:end] + page[end:], encoding="utf-8")


def test_a_figure_edited_on_the_page_is_found_without_the_case(alone: Path) -> None:
    edited_page(alone)
    lines, status = verify(alone, "zh")
    assert status == 1
    assert "页面上的报告表格" in differing(lines)


def test_any_edit_of_a_page_that_carries_its_hash_is_found(alone: Path) -> None:
    page = alone.read_text("utf-8")
    assert verify(alone, "zh")[1] == 0
    assert "相符  整页与页内登记的校验值" in verify(alone, "zh")[0]
    alone.write_text(page.replace("问题1", "问题一", 1), encoding="utf-8")
    lines, status = verify(alone, "zh")
    assert status == 1
    assert differing(lines) == "不符  整页与页内登记的校验值\n      备忘录写出之后，页面被改动过。"


def no_key(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data.pop(key)


BROKEN: list[Callable[[dict[str, Any]], object]] = [
    *(no_key(key) for key in ("case", "lang", "sources", "reports", "journal", "catalog", "auditkit")),
    lambda d: d.update(reports=5),
    lambda d: d.update(sources=[1]),
    lambda d: d.update(journal={"heads": 3, "entries": [{}]}),
    lambda d: d["reports"][0].update(form="../../../etc/passwd"),
    lambda d: d["reports"][0].update(variant="x"),
    lambda d: d["reports"][0].update(cells=[]),
    lambda d: d["reports"][0].update(printed={CELL: 7}),
    lambda d: d["reports"][0].update(year="x"),
    lambda d: d["reports"][0].update(unplaced=[["a"]]),
    lambda d: d["journal"]["entries"].append({"id": "x"}),
    lambda d: d["journal"]["entries"].append(d["journal"]["entries"][0] | {"supersedes": 4}),
    lambda d: d["journal"]["entries"].append(d["journal"]["entries"][0] | {"id": 5}),
    lambda d: entry_of(d, "dispose").update(subject=[]),
    lambda d: d["sources"].update({"../../x": {}}),
    lambda d: d["case"].update(aliases=3),
]


@pytest.mark.parametrize("n", range(len(BROKEN)))
def test_evidence_of_another_shape_is_a_difference_and_never_a_crash(n: int, alone: Path) -> None:
    rewritten(alone, BROKEN[n])
    lines, status = verify(alone, "en")
    assert status == 1
    assert lines[0].startswith("differs")


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "null", "[" * 100_000, '{"format": "x"}'])
def test_evidence_that_is_no_json_object_is_a_difference(text: str, alone: Path) -> None:
    page = alone.read_text("utf-8")
    alone.write_text(
        re.sub(rf'(id="{ELEMENT}"[^>]*>).*?(</script>)', rf"\g<1>{text}\2", page, flags=re.DOTALL), "utf-8"
    )
    lines, status = verify(alone, "zh")
    assert status == 1
    assert "被改动或损坏" in differing(lines)


def test_two_evidences_in_one_page_are_a_difference(alone: Path) -> None:
    page = alone.read_text("utf-8")
    alone.write_text(page.replace("<body", f'<script id="{ELEMENT}">{{}}</script><body', 1), encoding="utf-8")
    assert verify(alone, "zh")[1] == 1


@pytest.mark.parametrize("content", [b"", b"<p>x</p>", b"\x00\xff\xfe", b"PK\x03\x04"])
def test_a_file_without_evidence_cannot_be_verified(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.html").write_bytes(content)
    lines, status = verify(tmp_path / "x.html", "zh")
    assert status == 2
    assert len(lines) == 1
    assert "x.html" in lines[0]


def test_a_memo_of_a_newer_version_and_a_missing_file_cannot_be_verified(alone: Path, tmp_path: Path) -> None:
    rewritten(alone, lambda d: d.update(format=99))
    lines, status = verify(alone, "zh")
    assert (status, "升级" in lines[0]) == (2, True)
    assert verify(tmp_path / "没有", "zh")[1] == 2
    assert verify(tmp_path, "en")[1] == 2


def test_a_memo_of_another_version_is_said_and_still_recomputed(alone: Path) -> None:
    rewritten(alone, lambda d: d.update(catalog="1999.1"))
    lines, status = verify(alone, "zh")
    assert status == 0
    assert any(line.startswith("说明") and "1999.1" in line for line in lines)


# --- a memo in its case -------------------------------------------------------------------------------------------------


def test_an_untouched_memo_in_its_case_is_made_again_byte_for_byte(memo: Path) -> None:
    lines, status = verify(memo, "zh")
    assert (status, differing(lines)) == (0, "")
    assert lines[-1] == "相符  重新执行笔记本并导出，与备忘录逐字节比较"


def test_after_more_was_stated_and_added_the_memo_is_still_what_the_case_was(case: Case, memo: Path) -> None:
    case.dispose(case.exceptions[0].finding, "error confirmed", author="王五")
    case.correct(case.reports[0], CELL, "1", reason="看错", author="王五")
    add_source(case, "明年.html", (SOURCES / "suqian-gov-2024.html").read_bytes())
    before = sorted((f, f.stat().st_mtime_ns) for f in case.path.rglob("*"))
    lines, status = verify(memo, "zh")
    assert (status, lines[-1]) == (0, "相符  重新执行笔记本并导出，与备忘录逐字节比较")
    assert any(line.startswith("未核对  备忘录之后加入的来源文件：1") for line in lines)
    at = next(i for i, line in enumerate(lines) if line.startswith("说明  备忘录之后案卷新增 2 条记录"))
    assert re.fullmatch(r"E1 · 函中编号 [0-9A-F]{4}: 接受 → 确认有误", lines[at + 1].strip())
    assert sorted((f, f.stat().st_mtime_ns) for f in case.path.rglob("*")) == before  # nothing was written


def test_a_figure_edited_on_the_page_is_found_and_quoted(memo: Path) -> None:
    edited_page(memo)
    lines, status = verify(memo, "zh")
    assert status == 1
    assert "逐字节" in differing(lines)
    assert "重新计算为“" in differing(lines)


def test_a_consistent_forgery_of_an_entry_is_found_by_the_case(memo: Path, alone: Path) -> None:
    def forge(data: dict[str, Any]) -> None:
        entry = next(e for e in data["journal"]["entries"] if e["reason"] == "机关已说明")
        entry["reason"], entry["author"] = "别的理由", "别人"

    for page in (memo, alone):
        rewritten(page, forge)
    assert verify(alone, "zh")[1] == 0  # without the case nothing contradicts it: so the manual says
    lines, status = verify(memo, "zh")
    assert status == 1
    assert "理由：备忘录 别的理由，重新计算 机关已说明" in differing(lines)


def test_a_memo_can_be_verified_against_a_case_that_it_does_not_lie_in(alone: Path, case: Case) -> None:
    source = case.path / "sources" / "错.html"
    source.unlink()
    source.write_text(LAYOUTS[IN_HTML](sheet("exercise-2021", {CELL: "9875"})), encoding="utf-8")
    lines, status = verify(alone, "zh", case.path)
    assert status == 1
    assert "备忘录 9876，重新计算 9875" in differing(lines)


def journal_file(case: Case) -> Path:
    return max((case.path / "journal").iterdir(), key=lambda f: f.stat().st_size)


@pytest.mark.parametrize("how", ["edited", "removed", "cut", "missing"])
def test_a_journal_changed_by_hand_is_found_from_the_case_or_the_memo(how: str, case: Case, memo: Path) -> None:
    file = journal_file(case)
    lines = file.read_bytes().splitlines(keepends=True)
    if how == "edited":
        lines[1] = lines[1].replace(b"4321", b"4322")
    elif how == "removed":
        del lines[1]
    elif how == "cut":
        del lines[-1]
    if how == "missing":
        file.unlink()
    else:
        file.write_bytes(b"".join(lines))
    told, status = verify(memo, "zh")
    assert status == 1
    assert file.name in differing(told)
    told, status = verify(case.path, "zh")
    assert status == 1
    assert file.name in differing(told)


# --- a case -------------------------------------------------------------------------------------------------------------


def without_memo(case: Case) -> Case:
    shutil.rmtree(case.path / "out")
    return case


def test_a_source_changed_missing_or_not_recorded_is_found(case: Case) -> None:
    without_memo(case)
    assert verify(case.path, "zh")[1] == 0
    sources = case.path / "sources"
    (sources / "hongze-gov-2023.html").unlink()
    (sources / "错.html").chmod(0o644)
    (sources / "错.html").write_text("<p>x</p>", encoding="utf-8")
    (sources / "多.txt").write_text("x", encoding="utf-8")
    lines, status = verify(case.path, "zh")
    told = differing(lines)
    assert status == 1
    for sentence in (
        "请恢复登记的文件",
        "hongze-gov-2023.html：文件缺失",
        "错.html：内容已改变",
        "多.txt：没有登记 SHA-256",
    ):
        assert sentence in told
    assert any(line.startswith("说明  未采用的记录") for line in lines)


def test_stored_outputs_are_those_of_running_again_and_an_edited_one_is_found_under_its_heading(case: Case) -> None:
    import nbformat

    without_memo(case)
    notebook = case.path / "notebooks" / "zh" / "05_memo.ipynb"
    nb = execute(notebook, cwd=notebook.parent, lang="zh")
    nbformat.write(nb, notebook)
    data = nb.cells[3].outputs[0].data
    assert "审阅" in data["text/html"]
    data["text/html"] = data["text/html"].replace("审阅", "审核", 1)
    nbformat.write(nb, notebook.with_name("edited.ipynb"))
    lines, status = verify(case.path, "zh")
    assert status == 1
    assert any(line.startswith("相符  notebooks/zh/05_memo.ipynb") for line in lines)
    told = differing(lines)
    assert told.startswith("不符  notebooks/zh/edited.ipynb")
    assert "「1 问题1」" in told
    assert "审核" in told
    assert "另一版本" in told
    assert "先重新运行并保存笔记本" not in told
    case.dispose(case.exceptions[0].finding, "error confirmed", reason="已核对", author="王五")
    os.utime(notebook.with_name("edited.ipynb"), (0, 0))
    assert "先重新运行并保存笔记本" in differing(verify(case.path, "zh")[0])


def test_the_demonstration_case_agrees() -> None:
    lines, status = verify(shipped("data"), "zh")
    assert (status, differing(lines)) == (0, "")
