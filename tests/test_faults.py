"""Killed, crowded, full, read-only, changed or newer: nothing acknowledged is lost, and a sentence says what is wrong.

By hand, for the full measure: ``python tests/test_faults.py`` (500 kills, two writers of 1,000 entries each).
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from strategies import SOURCES

from auditkit.case import Case, CaseError
from auditkit.case import sittings as module
from auditkit.case.opening import new_case

WRITER = """
import os, sys, time
from pathlib import Path
from auditkit.case import Case

def write(case, name, count, told, torn):
    real = os.write
    if torn:  # a few bytes at a time and slowly, so that a kill falls within a line
        os.write = lambda handle, data: time.sleep(0.0005) or real(handle, bytes(data[:29]))
    for n in range(count):
        entry = case.note(f"{name} 第{n}条 " + "备" * (n % 40), author=name)
        real(told, f"{entry.id}\\n".encode())  # acknowledged
"""
KILLS = """
import json, random, signal, time
case, rng, acknowledged = Case(Path(sys.argv[1])), random.Random(int(sys.argv[3])), []
for k in range(int(sys.argv[2])):
    case.journal  # known to the child, so that its first entry is soon
    ear, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ear)
        write(case, f"人{k}", 10_000, told, torn=k % 2)
        os._exit(1)
    os.close(told)
    heard = os.read(ear, 4096).decode() if k % 3 else ""  # most are killed after an entry, the others from the start on
    time.sleep(rng.uniform(0.0005, 0.03))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    with os.fdopen(ear) as lines:
        acknowledged += (heard + lines.read()).split()
json.dump(acknowledged, sys.stdout)
"""
TWO = "write(Case(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3]), 1, False)"


@pytest.fixture(autouse=True)
def _a_fresh_sitting() -> Iterator[None]:
    module._SITTINGS.clear()
    yield
    module._SITTINGS.clear()


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return new_case(tmp_path / "案 卷 1", [SOURCES / "suqian-gov-2023.html", SOURCES / "hongze-gov-2023.html"])


def run(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER + code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def kill_writers(case: Case, kills: int, seed: int) -> tuple[int, int, int, set[str]]:
    """Kill a writer again and again; return how many entries were acknowledged, lost, cut short, and the faults' codes."""
    done = run(KILLS, case.path, kills, seed)
    acknowledged = json.loads(done.communicate()[0])
    assert done.returncode == 0
    journal = Case(case.path).journal
    kept = {e.id for e in journal.entries}
    codes = [f.code for f in journal.faults]
    return len(acknowledged), len(set(acknowledged) - kept), codes.count("cut"), set(codes)


def two_writers(case: Case, entries: int) -> list[int]:
    """Let two processes write at once; return how many entries of each are there, after checking what was acknowledged."""
    both = [run(TWO, case.path, name, entries) for name in ("张三", "李四")]
    told = [p.communicate()[0].split() for p in both]
    journal = Case(case.path).journal
    assert journal.faults == ()
    assert {e.id for e in journal.entries} == {*told[0], *told[1]}
    return [sum(e.author == name for e in journal.entries) for name in ("张三", "李四")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_of_killed_writers_every_acknowledged_entry_is_there(case: Case) -> None:
    acknowledged, lost, cut, codes = kill_writers(case, 120, seed=20261125)
    assert acknowledged >= 80
    assert lost == 0
    assert cut > 0  # kills did fall within a line
    assert codes == {"cut"}
    case.note("之后", author="张三")
    assert "之后" in {e.value for e in Case(case.path).journal.entries}


def test_two_people_writing_at_once_lose_nothing_and_see_each_other(case: Case) -> None:
    assert two_writers(case, 60) == [60, 60]


def broken_write(left: int, error: int) -> Callable[[int, bytes], int]:
    """A disk that takes so many bytes more."""
    real = os.write

    def write(handle: int, data: bytes) -> int:
        nonlocal left
        if left <= 0:
            raise OSError(error, os.strerror(error))
        part = bytes(data[:left])
        left -= len(part)
        return real(handle, part)

    return write


@pytest.mark.parametrize("left", [0, 1, 50])
def test_on_a_full_disk_nothing_is_left_behind_and_the_next_entry_is_written(
    left: int, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.note("一", author="张三")
    (file,) = (case.path / "journal").iterdir()
    before = file.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", broken_write(left, errno.ENOSPC))
        with pytest.raises(CaseError) as caught:
            case.note("二", author="张三")
    assert "没有记录" in caught.value.message("zh")
    assert "磁盘空间" in caught.value.message("zh")
    assert "nothing was recorded" in caught.value.message("en")
    assert file.read_bytes() == before
    case.note("三", author="张三")
    assert [e.value for e in Case(case.path).journal.entries] == ["一", "三"]
    assert Case(case.path).journal.faults == ()
    assert len(list((case.path / "journal").iterdir())) == 1


@pytest.mark.parametrize("left", [0, 20])
def test_a_sitting_that_cannot_begin_leaves_no_file(left: int, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", broken_write(left, errno.ENOSPC))
            with pytest.raises(CaseError):
                case.note("一", author="张三")
    assert list((case.path / "journal").iterdir()) == []
    case.note("二", author="张三")
    assert Case(case.path).journal.faults == ()


def test_at_a_real_limit_of_the_system_the_file_stays_as_it_was(case: Case) -> None:
    resource = pytest.importorskip("resource")
    case.note("一", author="张三")
    (file,) = (case.path / "journal").iterdir()
    before, limits = file.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 40, limits[1]))  # Python ignores SIGXFSZ: write() fails
    try:
        with pytest.raises(CaseError, match="没有记录"):
            case.note("二" * 500, author="张三")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file.read_bytes() == before
    case.note("三", author="张三")
    assert [e.value for e in Case(case.path).journal.entries] == ["一", "三"]


def test_where_a_broken_write_cannot_be_taken_back_the_line_is_shown_and_writing_goes_on(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.note("一", author="张三")

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", broken_write(30, errno.EIO))
        patch.setattr(os, "ftruncate", refuse)
        with pytest.raises(CaseError):
            case.note("二", author="张三")
    case.note("三", author="张三")
    again = Case(case.path)
    assert {e.value for e in again.journal.entries} == {"一", "三"}
    assert [f.code for f in again.journal.faults] == ["cut"]


@pytest.mark.parametrize("error", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_read_only_case_opens_and_says_that_nothing_was_recorded(
    error: int, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.note("一", author="张三")
    module._SITTINGS.clear()
    real = os.open

    def read_only(path: str, flags: int, *rest: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(error, os.strerror(error), path)
        return real(path, flags, *rest)

    monkeypatch.setattr(os, "open", read_only)
    again = Case(case.path)
    assert len(again.journal.entries) == 1
    assert again.exceptions
    with pytest.raises(CaseError) as caught:
        again.dispose(again.exceptions[0].finding, "referred", author="张三")
    assert os.strerror(error) in caught.value.message("zh")
    assert "权限" in caught.value.message("zh")
    assert again.disposition(again.exceptions[0].finding).state == "open"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the owner of all files is not bound by modes"
)
def test_a_folder_without_permission_to_write_is_named(case: Case) -> None:
    (case.path / "journal").chmod(0o500)
    with pytest.raises(CaseError, match="没有记录"):
        case.note("一", author="张三")


def test_a_journal_that_is_no_folder_is_a_sentence(case: Case) -> None:
    (case.path / "journal").rmdir()
    (case.path / "journal").write_text("x")
    with pytest.raises(CaseError, match="无法读取"):
        _ = case.journal
    with pytest.raises(CaseError, match="无法读取"):
        case.note("一", author="张三")


def test_without_author_nothing_is_recorded(case: Case) -> None:
    for author in ("", "  ", "\u3000"):
        with pytest.raises(CaseError, match="姓名"):
            case.note("一", author=author)
    assert list((case.path / "journal").iterdir()) == []


def test_a_source_deleted_or_changed_after_the_fact_is_said_and_the_case_opens(case: Case) -> None:
    first, second = (case.path / "sources" / s.name for s in case.sources)
    first.unlink()
    second.chmod(0o644)
    second.write_bytes(second.read_bytes() + b"<p>x</p>")
    again = Case(case.path)
    assert [(s.changed, bool(s.problem)) for s in again.sources] == [(True, True), (True, False)]
    assert again.sources[0].sha256 == ""
    assert len(again.reports) == 1


def test_a_case_of_a_newer_version_is_refused_with_a_sentence(case: Case) -> None:
    toml = case.path / "case.toml"
    toml.write_text(toml.read_text("utf-8").replace("format = 1", "format = 99"), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        Case(case.path)
    assert "升级" in caught.value.message("zh")
    assert "newer" in caught.value.message("en")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        made = new_case(Path(scratch, "kills"), [SOURCES / "suqian-gov-2023.html"])
        print("500 kills: acknowledged, lost, cut, faults:", *kill_writers(made, 500, seed=1))
        made = new_case(Path(scratch, "two"), [SOURCES / "suqian-gov-2023.html"])
        print("two writers of 1,000:", *two_writers(made, 1000))
