"""Memo, letters, list and workpaper are the same bytes, whoever makes them where, when and how the case's files came there."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, get_args

import layouts
import pytest
from strategies import typed

from auditkit import sampling
from auditkit.case import Case
from auditkit.case.folder import shipped
from auditkit.case.journal import Kind
from auditkit.case.opening import new_case
from auditkit.case.stated import blank_cells
from auditkit.case.words import STATES
from auditkit.forms import load_form
from auditkit.views.decisions import items

SOURCES = shipped("data") / "sources"
MAKE = """
import os, sys
from pathlib import Path
from auditkit.case import Case
from auditkit.letter import write as write_letter
from auditkit.workpaper import write as write_workpaper

def write(folder, lang):
    folder.mkdir()
    case = Case(Path(sys.argv[1]), lang)
    for which in ("letter", "list"):
        write_letter(case, folder / f"{which}.{lang}.html", which)
    write_workpaper(case, folder / f"{lang}.xlsx")
"""
EVERYTHING = (
    MAKE
    + """
from auditkit.cli import main
out = Path(sys.argv[2])
for lang in ("zh", "en"):
    write(out / lang, lang)
assert main(["memo", sys.argv[1], "-o", str(out / "memo.html")]) == 0
"""
)
AS_NOBODY = (
    MAKE
    + """
out = Path(sys.argv[2])
write(out / "0", "zh")  # everything is loaded while it can be
os.chmod(out, 0o777)
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
write(out / "zh", "zh")
"""
)


def stated(case: Case) -> None:
    """Make entries of every kind, some superseded, withdrawn, in conflict or lapsed."""
    who = {"author": "甲", "reason": "依原文"}
    case.alias("洪泽区人民政府", "淮安市洪泽区人民政府", **who)
    case.include("hongze-copy.html", False, **who)
    for report in case.reports:
        case.confirm(report, "disputes", author="乙")
        case.note("已与机关电话核对", author="乙", report=report)
        if report.unplaced:
            free = next(c.id for c in report.layout.cells if report.kind(c.id) in ("absent", "blank"))
            case.place(report, report.unplaced[0], free, **who)
        if blank_cells(report):
            case.blanks(report, "not stated", **who)
    for i, e in enumerate(case.exceptions):
        case.dispose(e.finding, STATES[(i + 1) % len(STATES)], **who)
        case.note("备注", author="甲", finding=e.finding)
    case.withdraw(case.journal.standing("note")[0][0], author="甲")
    case.dispose(items(case, "anomalies")[0].finding, "referred", **who)
    for report, cell in sampling.sample(case)[:5]:
        case.reread(report, cell, "7", author="丙")
    report, cell = case.reports[-1], "requests.new.business"
    case.correct(report, cell, "77", **who)
    case.correct(report, cell, "78", **who)
    case.register([{"name": "示例市演练局", "aliases": "", "kind": "部门", "due": "2024-01-31"}], author="甲")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("one") / "case"
    form = load_form("2021")
    texts = {**typed("exercise-2021"), **{c.id: "" for c in form.cells if c.column == "research"}}
    page = layouts.page(layouts.Sheet(form, texts, 2023))
    blank = folder.with_name("另一年.html")
    blank.write_text(
        page.replace("</table>\n<p>四、", "<tr><td>另计</td><td>5</td></tr></table><p>四、"), encoding="utf-8"
    )
    files = [f for f in SOURCES.iterdir() if f.suffix == ".html"]
    new_case(folder, [*sorted(files), blank], title="二〇二四年审计")
    toml = folder / "case.toml"
    given = 'as_of = "2024-04-30"\nmateriality = 2\noffice = "某某审计局"\nreply_by = "2024-06-01"\n'
    toml.write_text(
        given + toml.read_text("utf-8").replace("auditors = []", 'auditors = ["甲", "乙"]'), encoding="utf-8"
    )
    shutil.copy(SOURCES / "hongze-gov-2023.html", folder / "sources" / "hongze-copy.html")
    stated(Case(folder))
    assert {e.kind for e in Case(folder).journal.entries} == set(get_args(Kind))
    return Case(folder)


def copied(case: Path, to: Path) -> Path:
    """Copy a case so that its files are made in another order, at other times, with other permissions."""
    for file in sorted((f for f in case.rglob("*") if f.is_file()), reverse=True):
        target = to / file.relative_to(case)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        target.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IROTH)
        os.utime(target, (1, 10**9 + len(str(target))))
    (to / "out").mkdir()
    return to


def start(code: str, case: Path | str, out: Path, cwd: Path, **how: Any) -> subprocess.Popen[bytes]:
    out.mkdir(parents=True)
    command = [sys.executable, "-W", "error", "-c", code, str(case), str(out)]
    return subprocess.Popen(command, cwd=cwd, env={**os.environ, **how.pop("env")}, stdout=subprocess.DEVNULL, **how)


def made(process: subprocess.Popen[bytes], out: Path) -> dict[str, bytes]:
    assert process.wait() == 0
    return {f.name: f.read_bytes() for f in sorted(out.rglob("*")) if f.is_file()}


@pytest.fixture(scope="module")
def everywhere(case: Case, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """What is made of the case by a relative path in China, and of its copy by an absolute path in America."""
    one, other = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("there")
    copy = copied(case.path, other / "另 一处" / "U 盘" / "案卷")
    china = {
        "TZ": "Asia/Shanghai",
        "LANG": "zh_CN.UTF-8",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "1",
        "HOME": str(one),
        "USER": "a",
    }
    america = {
        "TZ": "America/Los_Angeles",
        "LANG": "en_US.UTF-8",
        "LC_ALL": "en_US.UTF-8",
        "LANGUAGE": "en",
        "PYTHONHASHSEED": "2",
        "HOME": str(other / "there is none"),
        "USER": "b",
        "TMPDIR": str(other),
        "COLUMNS": "40",
    }
    running = [
        start(EVERYTHING, case.path.name, one / "out", case.path.parent, env=china, umask=0o022),
        start(EVERYTHING, copy, other / "out", Path("/"), env=america, umask=0o077),
    ]
    for process in running:
        process.wait()
    return [made(process, folder / "out") for process, folder in zip(running, (one, other), strict=True)]


def test_the_bytes_are_those_of_the_case_alone(case: Case, everywhere: list[dict[str, bytes]]) -> None:
    here, there = everywhere
    names = {f"{kind}.{lang}.html" for kind in ("letter", "list") for lang in ("zh", "en")}
    names |= {"memo.html", "zh.xlsx", "en.xlsx"}
    assert set(here) == set(there) == names
    assert [name for name in sorted(names) if here[name] != there[name]] == []
    assert len(set(here.values())) == len(names)
    text = b"".join(here[name] for name in names if name.endswith(".html"))
    assert "某某审计局".encode() in text
    assert str(case.path.parent).encode() not in text


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can become another user")
def test_the_bytes_are_those_of_every_user(case: Case, everywhere: list[dict[str, bytes]]) -> None:
    folder = Path(tempfile.mkdtemp(prefix="auditkit-"))  # pytest's own folders are closed to others
    try:
        folder.chmod(0o755)
        other, out = copied(case.path, folder / "case"), folder / "out"
        settings = {"TZ": "UTC", "PYTHONHASHSEED": "3", "HOME": "/"}
        theirs = made(start(AS_NOBODY, other, out, folder, env=settings), out)
    finally:
        shutil.rmtree(folder)
    names = ["letter.zh.html", "list.zh.html", "zh.xlsx"]
    assert [name for name in names if theirs[name] != everywhere[0][name]] == []
