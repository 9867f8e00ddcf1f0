"""The files of a case folder: made whole or not at all, named so that every system takes the name, hashed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import tempfile
import unicodedata
from collections.abc import Container, Sequence
from itertools import takewhile
from pathlib import Path

from auditkit.wording import LANGS, Lang, say

FORMAT = 1
"""Of a case folder; one with a higher number was made by a newer version."""
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
_LONGEST_NAME = 200
"""Bytes of UTF-8; file systems take 255, and a number and a mark for the copy aside are added."""


def shipped(name: str) -> Path:
    """Return a folder that ships with the package: ``notebooks`` or ``data`` (beside the package in a checkout)."""
    package = Path(__file__).parents[1]
    inside = package / "_shipped" / name
    return inside if inside.is_dir() else package.parent / name


def fill(folder: Path, files: Sequence[tuple[str, bytes]], lang: Lang, title: str) -> None:
    """Fill a new case folder: ``case.toml``, the sources, working copies of the notebooks."""
    for name in ("sources", "journal", "out"):
        (folder / name).mkdir()
    title = "".join(c if c.isprintable() else " " for c in title)
    text = f'format = {FORMAT}\ntitle = {json.dumps(title, ensure_ascii=False)}\nauditors = []\nlanguage = "{lang}"\n'
    text += say(
        lang,
        "# 以下各项需要时填写（去掉行首的 #）\n"
        "# as_of = 2024-01-31          # 截止日期\n"
        "# materiality = 10            # 差额小于此数的例外只汇总，不逐项列出\n"
        '# office = "审计机关名称"      # 核实函的落款\n'
        '# reference = "文号"\n'
        "# reply_by = 2024-03-15       # 请机关回复的日期\n"
        '\n[aliases]\n# "曾用名" = "现用名"\n',
        "# if needed (take away the # before it)\n"
        "# as_of = 2024-01-31\n"
        "# materiality = 10            # exceptions with a smaller difference are summed, not listed one by one\n"
        '# office = "name"             # who signs the letters\n'
        '# reference = "number"\n'
        "# reply_by = 2024-03-15       # when agencies are asked to reply\n"
        '\n[aliases]\n# "former name" = "present name"\n',
    )
    (folder / "case.toml").write_text(text, encoding="utf-8")
    for name, data in files:
        put(folder, name, data)
    if not files:
        (folder / "sources" / "SHA256SUMS").write_text("", encoding="utf-8")
    for each in LANGS:
        target = folder / "notebooks" / each
        target.mkdir(parents=True)
        for notebook in sorted((shipped("notebooks") / each).glob("*.ipynb")):
            (target / notebook.name).write_text(without_outputs(notebook), encoding="utf-8")


def without_outputs(notebook: Path) -> str:
    """Return a notebook's text without outputs: those committed are of the demonstration case."""
    data = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def put(folder: Path, name: str, data: bytes) -> None:
    """Copy a file into the sources under a name of its own, read-only, then record its hash."""
    sources = folder / "sources"
    name = safe_name(name)
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    taken, number = {n.casefold() for n in {*names(sources), *recorded(folder), "SHA256SUMS"}}, 1
    while name.casefold() in taken or not _claimed(sources / name):
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    try:
        write_aside(sources / name, data)
    except BaseException:
        (sources / name).unlink(missing_ok=True)
        raise
    (sources / name).chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    listed = sources / "SHA256SUMS"
    ended = not listed.is_file() or listed.read_bytes()[-1:] in (b"", b"\n")
    with listed.open("ab") as sums:  # another notebook may be adding one, too
        sums.write(b"" if ended else b"\n")
        sums.write(sums_text({name: hashlib.sha256(data).hexdigest()}).encode("utf-8"))


def _claimed(file: Path) -> bool:
    """Take a file name for oneself; False if somebody has it."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    return True


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


def names_of(paths: Sequence[str], named: Container[str] = ()) -> list[str]:
    """Return a file name for each path; before one that several bear, the folders that tell them apart (not of those `named` by a person).

    Examples
    --------
    >>> names_of(["a.zip/县A/2023.html", "a.zip/县B/2023.html", "a.zip/县B/2022.html"])
    ['县A_2023.html', '县B_2023.html', '2022.html']
    """
    steps = [[s for s in p.replace("\\", "/").split("/") if s not in ("", ".", "..")] or [p] for p in paths]
    bearing: dict[str, list[list[str]]] = {}
    for of in steps:
        bearing.setdefault(safe_name(of[-1]).casefold(), []).append(of[:-1])
    shared = {
        n: sum(1 for _ in takewhile(lambda s: len({*s}) == 1, zip(*of, strict=False))) for n, of in bearing.items()
    }
    return [
        of[-1] if path in named else "_".join(of[shared[safe_name(of[-1]).casefold()] :])
        for path, of in zip(paths, steps, strict=True)
    ]


def sums_text(recorded: dict[str, str]) -> str:
    """Write hashes in the format of sha256sum."""
    return "".join(f"{sha}  {name}\n" for name, sha in sorted(recorded.items()))


def recorded(folder: Path) -> dict[str, str]:
    """Return the hashes that a case folder records of its sources, by name."""
    file = folder / "sources" / "SHA256SUMS"
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    return {line[66:].rstrip("\r"): line[:64] for line in lines if len(line) > 66}


def names(folder: Path) -> list[str]:
    """Return the names of the files in a folder, without those that are hidden, aside or a list of hashes."""
    if not folder.is_dir():
        return []
    return [
        f.name for f in folder.iterdir() if f.is_file() and f.name != "SHA256SUMS" and not f.name.startswith((".", "~"))
    ]


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
