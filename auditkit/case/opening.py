"""A case is opened, made, or given another source."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from auditkit import progress
from auditkit.case import Case
from auditkit.case.folder import fill, names_of, put, recorded, safe_name, shipped
from auditkit.case.journal import CaseError
from auditkit.loading import load_bytes
from auditkit.material import files as members
from auditkit.reading import read_bytes
from auditkit.reading.page import ReadingError
from auditkit.wording import LANGS, Lang


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
    if lang is None and here.name in LANGS:
        lang = "en" if here.name == "en" else "zh"
    if path is not None:
        return Case(Path(path), lang)
    for folder in (here, *here.parents):
        if (folder / "case.toml").is_file():
            return Case(folder, lang)
    return Case(shipped("data"), lang)


def new_case(
    path: Path,
    files: Sequence[Path],
    *,
    lang: Lang = "zh",
    title: str = "",
    problems: list[ReadingError] | None = None,
) -> Case:
    """Make a case folder, whole or not at all.

    Parameters
    ----------
    path : the folder to make; it must not exist
    files : reports, or folders and ZIP archives of reports; files of equal name are numbered, those in folders get the folders' names
    lang : the case's language
    title : what the engagement is called; the folder's name if empty
    problems : where given, files that cannot be read as reports are kept in the case as material, and what is wrong with them is added here

    Raises
    ------
    CaseError
        If the folder exists or cannot be made.
    ReadingError
        If a file cannot be read as a report and `problems` is not given, or cannot be had at all; nothing is made then.
    """
    if os.path.lexists(path):
        zh = f"{path}：已存在，没有改动。请换一个名字。"
        en = f"{path}: exists already and was left alone. Choose another name."
        raise CaseError(zh, en)
    material: list[tuple[str, bytes]] = []
    given = [item for file in files for item in members(file)]
    for k, (name, data) in enumerate(given, 1):
        progress.doing(lang, f"读取 {k}/{len(given)}：{name}", f"reading {k}/{len(given)}: {name}")
        if isinstance(data, ReadingError):
            if problems is None:
                raise data
            problems.append(data)
            continue
        material.append((name, read_bytes(name) if data is None else data))
        try:
            load_bytes(*material[-1], problems)
        except ReadingError as error:
            if problems is None:
                raise
            problems.append(error)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            sources = names_of([name for name, _ in material], {str(file) for file in files})
            fill(aside, list(zip(sources, (data for _, data in material), strict=True)), lang, title or path.name)
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


def add_source(case: Case, name: str, data: bytes, *, unread: bool = False) -> Case:
    """Add a report to a case and return the case as it is then.

    A file that cannot be read as a report is refused, unless it is to be kept as material `unread`; so is one that the case has.
    """
    if case.is_demonstration:
        zh = "演示案卷只读。请用 auditkit lab 打开自己的案卷再添加文件。"
        en = "the demonstration case is read-only. Open a case of your own with auditkit lab and add files there."
        raise CaseError(zh, en)
    digest = hashlib.sha256(data).hexdigest()
    if same := next((n for n, sha in recorded(case.path).items() if sha == digest), None):  # added since, perhaps
        zh = f"案卷里已有内容完全相同的文件（{same}），没有再添加。"
        en = f"the case has a file with the very same content ({same}); nothing was added."
        raise CaseError(zh, en)
    name = safe_name(names_of([*recorded(case.path), name])[-1])
    try:
        load_bytes(name, data)
    except ReadingError:
        if not unread:
            raise
    put(case.path, name, data)
    return Case(case.path, case.lang)
