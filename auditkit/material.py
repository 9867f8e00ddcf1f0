"""What lies in a folder or a ZIP archive: every file by itself, so that one that cannot be read does not stop the rest."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath

from auditkit.reading import read_bytes, with_frames
from auditkit.reading.package import Package, is_zip
from auditkit.reading.page import ReadingError

DEEPEST = 20
MOST_FILES = 5_000
MOST_UNPACKED = 1_000_000_000
"""Bytes of all files in an archive together; each by itself is bounded by the reader."""
_NOT_MATERIAL = re.compile(r"(?i)(?:^|/)(?:__MACOSX/|\.[^/]*|~\$[^/]*|thumbs\.db$|desktop\.ini$|SHA256SUMS$)")
_COMPANION = re.compile(r"(?:_files|\.files)/", re.IGNORECASE)
"""Pictures, styles and scripts that browsers save beside a page, in a folder of its own."""


def files(path: str | Path) -> Iterator[tuple[str, bytes | ReadingError | None]]:
    """Yield the files that a path stands for: itself, or those in a folder (at any depth) or a ZIP archive, by name.

    Links in a folder are not followed, but named, as pipes and devices are; hidden and temporary files and what browsers save beside a
    page are no material.

    Of a file on the disk None stands for its bytes, so that only one is held at a time; for those of a file in an archive that cannot
    be unpacked, what is wrong with it. A `ReadingError` is raised where there is nothing in it or far too much, or the archive is damaged.
    """
    name = str(path)
    if os.path.isdir(path):
        found = False
        for file in _within(Path(path)):
            found = True
            try:
                if file.is_symlink():
                    raise _link(str(file))
                if file.is_file() and not _may_be_archive(str(file)):
                    yield str(file), None
                else:  # what is no file, a pipe say, is refused there
                    yield from unpacked(str(file), read_bytes(file))
            except ReadingError as error:  # of this one alone
                yield str(file), error
        if not found:
            raise ReadingError(name, "文件夹里没有文件。", "there are no files in the folder.")
        return
    if not os.path.isfile(path) or not _may_be_archive(name):
        yield name, None
        return
    yield from unpacked(name, read_bytes(path))


def unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes | ReadingError]]:
    """Yield the files in a ZIP archive by name, or what is wrong with one; anything else as it is. Raises as `files`."""
    if not is_zip(data) or (archive := Package(data, name, MOST_UNPACKED)).kind != "zip":
        yield name, data
        return
    inside = sorted(n for n in archive.names if _is_material(n))
    if not inside:
        raise ReadingError(name, "压缩包里没有文件。", "there are no files in the archive.")
    names = frozenset(archive.names)
    for member in inside:

        def beside(frame: str, here: str = dirname(member)) -> bytes | None:
            file = normpath(join(here, frame))
            return archive.read(file) if file in names else None

        file = f"{name}/{member}"
        try:
            yield file, with_frames(archive.read(member), file, beside)
        except ReadingError as error:  # of this file alone
            yield file, ReadingError(file, error.message("zh"), error.message("en"))


def _may_be_archive(name: str) -> bool:
    try:
        with open(name, "rb") as file:
            return is_zip(file.read(4))
    except OSError:  # the reader says what is wrong
        return False


def _is_material(name: str) -> bool:
    return not _NOT_MATERIAL.search(name) and not _COMPANION.search(name)


def _link(name: str) -> ReadingError:
    zh, en = "是链接，没有读取。请把文件本身放进文件夹。", "a link, not followed. Put the file itself into the folder."
    return ReadingError(name, zh, en)


def _within(folder: Path) -> Iterator[Path]:
    count = 0
    for root, folders, names in os.walk(folder):
        folders.sort()
        here = Path(root).relative_to(folder)
        if len(here.parts) >= DEEPEST:
            folders.clear()
        for name in sorted([*names, *(f for f in folders if (Path(root) / f).is_symlink())]):
            file = Path(root) / name
            if not _is_material((here / name).as_posix()):
                continue
            count += 1
            if count > MOST_FILES:
                zh = f"文件夹里超过 {MOST_FILES} 个文件，其余没有读取。请分批读取。"
                en = f"more than {MOST_FILES} files in the folder; the rest was not read. Read them in parts."
                raise ReadingError(str(folder), zh, en)
            yield file
