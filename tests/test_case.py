"""A case folder is made whole or not at all, keeps its sources as they came, and shows what was changed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layouts import LAYOUTS
from strategies import IN_HTML, ROOT, SOURCES, sheet

import auditkit
from auditkit.case import CaseError
from auditkit.case import folder as folder_files
from auditkit.case.folder import safe_name
from auditkit.case.opening import add_source, new_case, open_case
from auditkit.reading.page import ReadingError

SOUND, LATER = SOURCES / "suqian-gov-2023.html", SOURCES / "suqian-gov-2024.html"
SEED = SOURCES / "guangxi-hrss-2020.txt"


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


# --- making one ------------------------------------------------------------------------------------------------------------


def test_a_new_case_has_its_parts(tmp_path: Path) -> None:
    case = new_case(tmp_path / "案 卷 1", [SOUND, SEED], title="二〇二四年“检查”\\")
    assert names(case.path) == ["case.toml", "journal", "notebooks", "out", "sources"]
    assert names(case.path / "notebooks") == ["en", "zh"]
    assert names(case.path / "journal") == []
    assert case.title == "二〇二四年“检查”\\"
    assert (case.lang, case.auditors, case.as_of) == ("zh", (), "")
    assert [s.name for s in case.sources] == ["guangxi-hrss-2020.txt", "suqian-gov-2023.html"]
    assert [(r.agency, r.year) for r in case.reports] == [("宿迁市", 2023), ("广西壮族自治区人力资源社会保障厅", 2020)]


def test_a_case_keeps_the_bytes_of_its_sources_and_writes_protects_them(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [SEED])
    copy = case.path / "sources" / SEED.name
    assert copy.read_bytes() == SEED.read_bytes()
    assert not copy.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert case.sources[0].sha256 == case.sources[0].recorded == hashlib.sha256(SEED.read_bytes()).hexdigest()
    assert not case.sources[0].changed


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
def test_the_hashes_are_for_sha256sum(tmp_path: Path) -> None:
    odd = tmp_path / " 宿迁 2023*年报?.html"
    odd.write_bytes(SOUND.read_bytes())
    case = new_case(tmp_path / "case", [odd, SEED, SEED])
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=case.path / "sources", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": OK") == 3


def test_the_notebooks_of_a_new_case_are_the_shipped_ones_without_outputs(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [])
    for lang in ("zh", "en"):
        shipped = {
            p.name: json.loads(p.read_text("utf-8")) for p in (folder_files.shipped("notebooks") / lang).glob("*.ipynb")
        }
        copied = {p.name: json.loads(p.read_text("utf-8")) for p in (case.path / "notebooks" / lang).glob("*.ipynb")}
        assert set(copied) == set(shipped)
        for name, notebook in copied.items():
            assert [c["source"] for c in notebook["cells"]] == [c["source"] for c in shipped[name]["cells"]]
            assert not any(c.get("outputs") for c in notebook["cells"])


def test_files_of_equal_name_are_numbered(tmp_path: Path) -> None:
    files = []
    for folder, name in (
        ("a", "年报.html"),
        ("b", "年报.html"),
        ("c", "年报-2.html"),
        ("d", "SHA256SUMS"),
        ("e", "年报.HTML"),
    ):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / name)
        shutil.copy(SOUND, files[-1])
    case = new_case(tmp_path / "case", files)
    found = [s.name for s in case.sources]
    assert len(found) == 5
    assert len({n.casefold() for n in found}) == 5
    assert {"年报.html", "年报-2.html"} <= set(found)
    assert "SHA256SUMS" not in found
    assert not any(s.changed or s.problem for s in case.sources)


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_what_exists_is_refused_and_left_alone(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "case"
    if kind == "folder":
        target.mkdir()
    elif kind == "file":
        target.write_text("mine", encoding="utf-8")
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(CaseError) as refused:
        new_case(target, [SOUND])
    assert "case" in refused.value.message("zh")
    assert refused.value.message("zh") != refused.value.message("en")
    assert names(tmp_path) == ["case"]
    assert kind != "file" or target.read_text(encoding="utf-8") == "mine"


def test_an_unreadable_file_is_named_and_nothing_made(tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<html><body>请登录</body></html>", encoding="utf-8")
    with pytest.raises(ReadingError) as refused:
        new_case(tmp_path / "deep" / "case", [SOUND, bad])
    assert refused.value.path == str(bad)
    assert names(tmp_path) == ["bad.html"]


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        new_case(tmp_path / "file" / "case", [SOUND])
    assert "case" in refused.value.message("en")


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device"), RuntimeError])
def test_stopping_in_the_middle_leaves_nothing(error: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = folder_files.put, []

    def add(folder: Path, name: str, data: bytes) -> None:
        calls.append(name)
        if len(calls) == 2:
            raise error
        real(folder, name, data)

    monkeypatch.setattr(folder_files, "put", add)
    expected = CaseError if isinstance(error, OSError) else error
    with pytest.raises(expected):
        new_case(tmp_path / "case", [SOUND, LATER])
    assert len(calls) == 2
    assert names(tmp_path) == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_killed_in_the_middle_there_is_no_half_case(tmp_path: Path) -> None:
    """Killed while the second source is written: no folder of that name, and a new attempt is not in its way."""
    script = f"""
import sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from auditkit.case import folder
from auditkit.case.opening import new_case
real = folder.put
def add(folder, name, data):
    real(folder, name, data)
    print("written", flush=True)
    time.sleep(60)
folder.put = add
new_case(Path({str(tmp_path / "case")!r}), [Path({str(SOUND)!r}), Path({str(LATER)!r})])
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    process.kill()
    process.wait()
    process.stdout.close()
    assert not (tmp_path / "case").exists()
    assert len(new_case(tmp_path / "case", [SOUND, LATER]).reports) == 2


# --- what is written aside -----------------------------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "一.txt"
    folder_files.write_aside(file, b"old")

    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="space"):
        folder_files.write_aside(file, b"new and longer")
    assert file.read_bytes() == b"old"
    assert names(tmp_path) == ["一.txt"]


# --- names -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("年报 2023.html", "年报 2023.html"),
        ("a/b\\c/年报.html", "年报.html"),
        ("../../etc/passwd", "passwd"),
        ('a<b>:"|?*.html', "a_b______.html"),
        ("CON.html", "_CON.html"),
        ("con", "_con"),
        ("console.html", "console.html"),
        ("名\n字\x00\u202e.html", "名_字__.html"),
        ("尾点. ", "尾点"),
        (".hidden.html", "hidden.html"),
        ("..", "_"),
        ("", "_"),
        ("e\u0301.html", "\u00e9.html"),
    ],
)
def test_a_name_is_one_that_every_system_takes(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@given(st.text(max_size=300))
def test_any_name_becomes_a_safe_one_and_stays_it(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert len(safe.encode("utf-8")) <= 200
    assert not set(safe) & set('<>:"/\\|?*\n\r\t\0')
    assert safe == safe.strip(" .")
    assert safe_name(safe) == safe


def test_a_very_long_name_is_cut_and_keeps_its_ending(tmp_path: Path) -> None:
    assert safe_name("年" * 300 + ".html").endswith("年.html")
    case = new_case(tmp_path / "case", [])
    for file in (SOUND, LATER):
        case = add_source(case, "年" * 300 + ".html", file.read_bytes())
    assert sorted(s.name[-6:] for s in case.sources) == ["2.html", "年.html"]
    assert not any(s.changed for s in case.sources)


# --- adding, changing, removing ----------------------------------------------------------------------------------------------


def test_a_report_is_added_and_the_old_case_unchanged(tmp_path: Path) -> None:
    before = new_case(tmp_path / "case", [SOUND])
    assert len(before.reports) == 1
    after = add_source(before, "C:\\下载\\宿迁 2024.html", LATER.read_bytes())
    assert [s.name for s in after.sources] == ["suqian-gov-2023.html", "宿迁 2024.html"]
    assert [r.year for r in after.reports] == [2023, 2024]
    assert [(s.agency, [r.year for r in s.reports]) for s in after.series()] == [("宿迁市", [2023, 2024])]
    assert len(before.reports) == 1


def test_a_file_that_the_case_has_is_not_added_again(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [SOUND])
    with pytest.raises(CaseError, match="完全相同的文件"):
        add_source(case, "copy.html", SOUND.read_bytes())
    assert [s.name for s in open_case(case.path).sources] == ["suqian-gov-2023.html"]


def test_what_is_no_report_is_not_added_and_named_by_its_own_name(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [SOUND])
    with pytest.raises(ReadingError) as refused:
        add_source(case, "登录页.html", b"<p>login</p>")
    assert refused.value.path == "登录页.html"
    assert "tmp" not in refused.value.message("zh")
    assert names(case.path / "sources") == ["SHA256SUMS", "suqian-gov-2023.html"]


def test_a_changed_a_removed_and_an_unrecorded_source_are_visible(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [SOUND, LATER, SEED])
    sources = case.path / "sources"
    sources.chmod(0o755)
    os.chmod(sources / SOUND.name, 0o644)
    (sources / SOUND.name).write_bytes(SOUND.read_bytes() + b"<!-- -->")
    os.chmod(sources / LATER.name, 0o644)
    (sources / LATER.name).unlink()
    (sources / "put by hand.html").write_text(LAYOUTS[IN_HTML](sheet("exercise-2021")), encoding="utf-8")
    now = {s.name: s for s in open_case(case.path).sources}
    assert {n: s.changed for n, s in now.items()} == {
        SOUND.name: True, LATER.name: True, SEED.name: False, "put by hand.html": True,
    }  # fmt: skip
    problem = now[LATER.name].problem
    assert problem is not None
    assert "已不在案卷" in problem.message("zh")
    assert now["put by hand.html"].recorded == ""


def test_hashes_rewritten_by_an_editor_with_other_line_ends_still_hold(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [SOUND, LATER])
    sums = case.path / "sources" / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes().replace(b"\n", b"\r\n"))
    assert [s.changed for s in open_case(case.path).sources] == [False, False]


def test_the_demonstration_case_is_read_only() -> None:
    case = open_case(folder_files.shipped("data"))
    assert case.is_demonstration
    before = names(SOURCES)
    with pytest.raises(CaseError) as refused:
        add_source(case, "a.html", SOUND.read_bytes())
    assert "演示" in refused.value.message("zh")
    assert names(SOURCES) == before


def test_the_demonstration_case_is_as_recorded() -> None:
    assert not any(s.changed or s.problem for s in open_case(folder_files.shipped("data")).sources)


# --- opening -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_notebook_opens_the_case_it_stands_in_in_its_language(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_case(tmp_path / "case", [SOUND], lang="zh")
    monkeypatch.chdir(tmp_path / "case" / "notebooks" / lang)
    case = open_case()
    assert (case.path.name, case.lang) == ("case", lang)


def test_outside_a_case_it_is_the_demonstration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_case().is_demonstration
    assert auditkit.open_case(lang="en").lang == "en"


def test_a_folder_that_is_no_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as refused:
        open_case(tmp_path)
    assert "auditkit new" in refused.value.message("zh")


@pytest.mark.parametrize(
    ("toml", "word"),
    [("[", "case.toml"), ("title = 5", "title"), ('auditors = "甲"', "auditors"), ('aliases = "甲"', "aliases"), ("language = 1", "language")],
)  # fmt: skip
def test_a_case_toml_written_wrongly_is_one_sentence(toml: str, word: str, tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(CaseError) as refused:
        open_case(tmp_path)
    assert word in refused.value.message("zh")
    assert word in refused.value.message("en")


def test_case_toml_can_be_read_whatever_the_title(tmp_path: Path) -> None:
    title = 'a"b\\c\n\x7f\u2028末'
    case = new_case(tmp_path / "case", [], title=title)
    assert tomllib.loads((case.path / "case.toml").read_text(encoding="utf-8"))["title"] == case.title
    assert case.title.startswith('a"b\\c')
    assert case.title.endswith("末")


def test_reports_without_year_stand_in_no_series(tmp_path: Path) -> None:
    page = LAYOUTS[IN_HTML](sheet("exercise-2021")).replace("2023年", "")
    path = tmp_path / "a.html"
    path.write_text(page, encoding="utf-8")
    case = new_case(tmp_path / "case", [path])
    assert [r.year for r in case.reports] == [None]
    assert case.series() == ()


def test_the_name_of_no_file_decides_anything(tmp_path: Path) -> None:
    """The same reports under other names and in another order: the same findings."""
    for n, file in enumerate((LATER, SOUND)):
        shutil.copy(file, tmp_path / f"{n}.html")
    one = new_case(tmp_path / "one", [SOUND, LATER])
    two = new_case(tmp_path / "two", [tmp_path / "0.html", tmp_path / "1.html"])
    frames = [c.findings.to_frame() for c in (one, two)]
    assert frames[0].equals(frames[1])
    assert [r.verdict for r in one.results] == [r.verdict for r in two.results]


def test_files_that_two_kernels_add_under_one_name_are_both_kept(tmp_path: Path) -> None:
    case = new_case(tmp_path / "case", [SOURCES / "suqian-gov-2023.html"])
    script = "import sys; from pathlib import Path; from auditkit.case.folder import put\n"
    script += "for n in range(20): put(Path(sys.argv[1]), 'a.html', f'{sys.argv[2]} {n}'.encode())"
    before = len(folder_files.recorded(case.path))
    running = [subprocess.Popen([sys.executable, "-c", script, str(case.path), which]) for which in ("one", "two")]
    assert [p.wait() for p in running] == [0, 0]
    hashes = folder_files.recorded(case.path)
    assert len(hashes) == before + 40
    assert all(folder_files.sha256(case.path / "sources" / name) == sha for name, sha in hashes.items())
