"""A case folder: what is examined (with SHA-256), the scope, the notebooks, the journal.

::

    CASE/  case.toml    title, auditors, language, aliases; an as-of date only if given
           sources/     copies of the reports, read-only, with SHA256SUMS (the format of sha256sum)
           journal/     what the auditor stated: append-only, one file a sitting
           notebooks/   working copies, zh and en
           out/         memos
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from auditkit.checks import run
from auditkit.findings import Findings, ReportResult
from auditkit.reading import ReadingError
from auditkit.report import Report, load_all
from auditkit.wording import Lang, say

NOTEBOOKS = ("00_start_here", "01_read", "02_consistency", "03_year_over_year", "04_anomalies", "05_memo")
_LANGS: tuple[Lang, Lang] = ("zh", "en")
_ENTRIES: dict[str, type] = {"title": str, "auditors": list, "language": str, "aliases": dict}
_EXAMPLES = {
    "title": 'title = "..."',
    "auditors": 'auditors = ["..."]',
    "language": 'language = "zh"',
    "aliases": '[aliases] "..." = "..."',
}
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
_LONGEST_NAME = 200
"""Bytes of UTF-8; file systems take 255, and a number and a mark for the copy aside are added."""


class CaseError(Exception):
    """A case folder that cannot be made or opened: one sentence in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self._zh, self._en = zh, en

    def message(self, lang: Lang) -> str:
        """Return the sentence in one language."""
        return say(lang, self._zh, self._en)


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the case: its hash now and as recorded, the reports in it, or why it cannot be read."""

    name: str
    sha256: str
    recorded: str
    reports: tuple[Report, ...]
    problem: ReadingError | None = None

    @property
    def changed(self) -> bool:
        """Whether the file is not the one that was recorded."""
        return self.recorded != self.sha256


@dataclass(frozen=True, slots=True)
class Series:
    """The reports of one agency, by year."""

    agency: str
    reports: tuple[Report, ...]


class Case:
    """One engagement. Everything it shows is recomputed from the files in its folder.

    Parameters
    ----------
    path : the case folder
    lang : language of what is shown; that of ``case.toml`` if None

    Raises
    ------
    CaseError
        If ``case.toml`` is missing or cannot be read.
    """

    def __init__(self, path: Path, lang: Lang | None = None) -> None:
        self.path = path
        try:
            self._data = tomllib.loads((path / "case.toml").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise CaseError(
                f"{path}：不是案卷文件夹（没有 case.toml）。请用 auditkit new 新建。",
                f"{path}: no case folder (there is no case.toml). Make one with auditkit new.",
            ) from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CaseError(
                f"{path / 'case.toml'}：无法读取（{error}）。", f"{path / 'case.toml'}: cannot be read ({error})."
            ) from error
        wrong = [k for k, kind in _ENTRIES.items() if not isinstance(self._data.get(k, kind()), kind)]
        if wrong:
            raise CaseError(
                f"{path / 'case.toml'}：{wrong[0]} 的写法不对，应如 {_EXAMPLES[wrong[0]]}。",
                f"{path / 'case.toml'}: {wrong[0]} is not written as it should be, such as {_EXAMPLES[wrong[0]]}.",
            )
        stated = self._data.get("language", "zh")
        self.lang: Lang = lang or ("en" if stated == "en" else "zh")

    @property
    def title(self) -> str:
        """The engagement's title."""
        return str(self._data.get("title", ""))

    @property
    def auditors(self) -> tuple[str, ...]:
        """Who audits."""
        return tuple(str(a) for a in self._data.get("auditors", ()))

    @property
    def as_of(self) -> str:
        """The as-of date, empty if none is given."""
        return str(self._data.get("as_of", ""))

    @property
    def is_demonstration(self) -> bool:
        """Whether this is the demonstration case that ships with auditkit, in which nothing is written."""
        return self.path.resolve() == shipped("data").resolve()

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The files of the case, by name."""
        recorded = _recorded(self.path)
        aliases = {str(k): str(v) for k, v in self._data.get("aliases", {}).items()}
        out = []
        for name in sorted({*recorded, *_files(self.path / "sources")}):
            file = self.path / "sources" / name
            try:
                reports = tuple(_renamed(r, aliases) for r in load_all(file))
                problem = None
            except ReadingError as error:
                reports, problem = (), error
            sha = sha256(file) if file.is_file() else ""
            out.append(Source(name, sha, recorded.get(name, ""), reports, problem))
        return tuple(out)

    @cached_property
    def findings(self) -> Findings:
        """Every check on every report of the case."""
        return run((r for s in self.sources for r in s.reports), self.lang)

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports, in order of agency and year."""
        return tuple(result.report for result in self.findings.results)

    @property
    def results(self) -> tuple[ReportResult, ...]:
        """What the checks say of each report, in order of agency and year."""
        return self.findings.results

    def series(self) -> tuple[Series, ...]:
        """Return the reports of each agency by year; those without agency or year stand in none."""
        groups: dict[str, list[Report]] = {}
        for report in self.reports:
            if report.agency and report.year:
                groups.setdefault(report.agency, []).append(report)
        return tuple(
            Series(a, tuple(sorted(rs, key=lambda r: (r.year or 0, r.path)))) for a, rs in sorted(groups.items())
        )

    def __repr__(self) -> str:
        return f"Case({self.title}, {len(self.sources)} {say(self.lang, '个文件', 'files')})"


def open_case(path: str | Path | None = None, lang: Lang | None = None) -> Case:
    """Open the case that a notebook stands in.

    Parameters
    ----------
    path : a case folder; None climbs from the current folder to the nearest ``case.toml``, else takes the demonstration case
    lang : None takes the name of the notebook's folder (``zh`` or ``en``), else the case's language

    Raises
    ------
    CaseError
        If `path` is no case folder.
    """
    here = Path.cwd()
    if lang is None and here.name in _LANGS:
        lang = "en" if here.name == "en" else "zh"
    if path is not None:
        return Case(Path(path), lang)
    for folder in (here, *here.parents):
        if (folder / "case.toml").is_file():
            return Case(folder, lang)
    return Case(shipped("data"), lang)


def shipped(name: str) -> Path:
    """Return a folder that ships with the package: ``notebooks`` or ``data`` (beside the package in a checkout)."""
    package = Path(__file__).parent
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name


def new_case(path: Path, files: Sequence[Path], *, lang: Lang = "zh", title: str = "") -> Case:
    """Make a case folder, whole or not at all.

    Parameters
    ----------
    path : the folder to make; it must not exist
    files : reports; files of equal name are numbered
    lang : the case's language
    title : what the engagement is called; the folder's name if empty

    Raises
    ------
    CaseError
        If the folder exists or cannot be made.
    ReadingError
        If a file cannot be read as a report; nothing is made then.
    """
    if os.path.lexists(path):
        raise CaseError(
            f"{path}：已存在，没有改动。请换一个名字。",
            f"{path}: exists already and was left alone. Choose another name.",
        )
    for file in files:
        load_all(file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            _fill(aside, files, lang, title or path.name)
            aside.chmod(0o755)
            os.rename(aside, path)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    except OSError as error:
        raise CaseError(
            f"{path}：无法新建（{error.strerror}）。", f"{path}: cannot be made ({error.strerror})."
        ) from error
    return Case(path, lang)


def _fill(folder: Path, files: Sequence[Path], lang: Lang, title: str) -> None:
    for name in ("sources", "journal", "out"):
        (folder / name).mkdir()
    title = "".join(c if c.isprintable() else " " for c in title)
    text = f'title = {json.dumps(title, ensure_ascii=False)}\nauditors = []\nlanguage = "{lang}"\n'
    text += say(
        lang,
        '# as_of = 2024-01-31          # 截止日期，需要时填写\n\n[aliases]\n# "曾用名" = "现用名"\n',
        '# as_of = 2024-01-31          # only if needed\n\n[aliases]\n# "former name" = "present name"\n',
    )
    (folder / "case.toml").write_text(text, encoding="utf-8")
    for file in files:
        _add(folder, file.name, file.read_bytes())
    if not files:
        (folder / "sources" / "SHA256SUMS").write_text("", encoding="utf-8")
    for each in _LANGS:
        target = folder / "notebooks" / each
        target.mkdir(parents=True)
        for notebook in sorted((shipped("notebooks") / each).glob("*.ipynb")):
            (target / notebook.name).write_text(_without_outputs(notebook), encoding="utf-8")


def _without_outputs(notebook: Path) -> str:
    """Return a notebook's text without outputs: those committed are of the demonstration case."""
    data = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def add_source(case: Case, name: str, data: bytes) -> Case:
    """Add a report to a case and return the case as it is then.

    Raises
    ------
    CaseError
        If the case is the demonstration case.
    ReadingError
        If the file cannot be read as a report; nothing is added then.
    """
    if case.is_demonstration:
        raise CaseError(
            "演示案卷只读。请用 auditkit lab 打开自己的案卷再添加文件。",
            "the demonstration case is read-only. Open a case of your own with auditkit lab and add files there.",
        )
    name = safe_name(name)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(data)
        try:
            load_all(file)
        except ReadingError as error:
            raise ReadingError(name, error.message("zh"), error.message("en")) from None
    _add(case.path, name, data)
    return Case(case.path, case.lang)


def _add(folder: Path, name: str, data: bytes) -> None:
    """Copy a file into the sources under a name of its own, read-only, then record its hash."""
    sources = folder / "sources"
    name = safe_name(name)
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    taken, number = {n.casefold() for n in {*_files(sources), *_recorded(folder), "SHA256SUMS"}}, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    write_aside(sources / name, data)
    (sources / name).chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    recorded = _recorded(folder) | {name: hashlib.sha256(data).hexdigest()}
    write_aside(sources / "SHA256SUMS", sums_text(recorded).encode("utf-8"))


def safe_name(name: str) -> str:
    """Return a file name that every system takes, whatever the sender called the file.

    Examples
    --------
    >>> safe_name("a/b/2023:年报?.html"), safe_name("con.html")
    ('2023_年报_.html', '_con.html')
    """
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(c if (c.isprintable() or c == "\u3000") and c not in '<>:"|?*' else "_" for c in name).strip(" .")
    if not name or _RESERVED.match(name):
        name = "_" + name
    stem, dot, ending = name.rpartition(".")
    while len(name.encode("utf-8")) > _LONGEST_NAME:
        stem, ending = (stem[:-1], ending) if len(stem) > 1 else (stem, ending[:-1])
        name = stem + dot + ending
    return name


def sums_text(recorded: dict[str, str]) -> str:
    """Write hashes in the format of sha256sum."""
    return "".join(f"{sha}  {name}\n" for name, sha in sorted(recorded.items()))


def _recorded(folder: Path) -> dict[str, str]:
    file = folder / "sources" / "SHA256SUMS"
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    return {line[66:].rstrip("\r"): line[:64] for line in lines if len(line) > 66}


def _files(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [
        f.name for f in folder.iterdir() if f.is_file() and f.name != "SHA256SUMS" and not f.name.startswith((".", "~"))
    ]


def _renamed(report: Report, aliases: dict[str, str]) -> Report:
    name = aliases.get(report.agency or "")
    return dataclasses.replace(report, agency=name) if name else report


def sha256(file: Path) -> str:
    """Return a file's SHA-256, in hexadecimal."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_aside(file: Path, data: bytes) -> None:
    """Write a file whole or not at all: aside in its folder, then renamed over it."""
    handle, aside = tempfile.mkstemp(prefix=f".{file.name[:40]}-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(aside, 0o644)
        os.replace(aside, file)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
