"""The journal on the disk: append-only, one hash-chained file a sitting.

A sitting is one process and one person. Its file is created exclusively and only ever appended to, a line of JSON at a
time, flushed to the disk before the entry counts as made: one writer a file, so there is no lock, and journals are
merged by copying files. Each line carries its own SHA-256 and that of the line before; a sitting's first line and every
memo record the heads of all sittings known then, so that from there on a missing file or a cut tail shows as well.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditkit.case.journal import KINDS, CaseError, Entry, Fault, Journal, Kind

FORMAT = 1
"""Of a sitting's file; a higher one was written by a newer version and is not read."""
_HASH = re.compile(rb',"hash":"([0-9a-f]{64})"\}\r?$')
_HASH_LENGTH = 80
"""Bytes at the end of a line in which its hash stands."""
_ENDING = ".jsonl"


# --- reading ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sitting:
    """One file as read: its lines' hashes (from line 0), entries, faults."""

    name: str
    file: str
    head: Mapping[str, Any]
    hashes: tuple[str, ...]
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


class Store:
    """The journal of one folder, which may be missing: reads what is new since the last look, appends for this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[tuple[int, int], _Sitting]] = {}
        self._journal: tuple[tuple[tuple[str, int, int], ...], Journal] | None = None

    def read(self, until: Mapping[str, Sequence[Any]] | None = None) -> Journal:
        """Return the journal as it is now, or as it was when it had the heads `until`."""
        try:
            with os.scandir(self.folder) as found:
                stats = [(f.name, f.stat()) for f in found if f.name.endswith(_ENDING) and not f.name.startswith(".")]
        except FileNotFoundError:
            stats = []
        except OSError as error:
            raise _unreadable(self.folder, error) from error
        state = tuple(sorted((name, s.st_size, s.st_mtime_ns) for name, s in stats))
        if until is None and self._journal and self._journal[0] == state:
            return self._journal[1]
        sittings = []
        for name, size, changed in state:
            known = self._known.get(name)
            if known is None or known[0] != (size, changed):
                known = (size, changed), _read_sitting(self.folder / name)
                self._known[name] = known
            sittings.append(known[1])
        journal = _joined(sittings, until)
        if until is None:
            self._journal = state, journal
        return journal

    def append(
        self,
        kind: Kind,
        subject: Mapping[str, str],
        value: Any,
        *,
        author: str,
        reason: str = "",
        seen: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Make an entry; it takes the place of the current entries about the subject.

        It is on the disk when this returns; if it cannot be written, the journal is as it was.
        """
        journal = self.read()
        facts = {
            "kind": kind,
            "subject": dict(subject),
            "value": value,
            "reason": reason,
            "author": author,
            "supersedes": [e.id for e in journal.current(kind, subject)],
            "seen": dict(seen or {}),
        }
        try:
            self.folder.mkdir(exist_ok=True)
            key = str(self.folder.resolve()), author, os.getpid()
            sitting = _SITTINGS.get(key)
            if sitting is None or not sitting.whole():
                sitting = _SITTINGS[key] = _Writer.begin(self.folder, author, journal.heads)
            before = sitting.size
            line = sitting.write(facts)
        except OSError as error:
            if not self.folder.parent.is_dir():
                raise CaseError(
                    f"没有记录：找不到案卷文件夹 {self.folder.parent}，可能已被移动或改名。请从现在的位置重新打开案卷后再记录。",
                    f"nothing was recorded: the case folder {self.folder.parent} is not there, perhaps moved or renamed. "
                    "Open the case where it is now and state it again.",
                ) from error
            raise CaseError(
                f"没有记录：{self.folder} 无法写入（{error.strerror}）。请检查磁盘空间和权限后重试。",
                f"nothing was recorded: {self.folder} cannot be written to ({error.strerror}). "
                "Check the space on the disk and the permissions, then try again.",
            ) from error
        entry = _entry(sitting.name, line)
        self._extend(sitting, before, entry)
        return entry

    def _extend(self, writer: _Writer, before: int, entry: Entry) -> None:
        """Note what this process itself appended, so that the file need not be read again."""
        known = self._known.get(writer.path.name)
        if known and known[0][0] == before:
            was = known[1]
            now = replace(was, hashes=(*was.hashes, writer.last), entries=(*was.entries, entry))
            with contextlib.suppress(OSError):
                stat = writer.path.stat()
                self._known[writer.path.name] = (stat.st_size, stat.st_mtime_ns), now


def _unreadable(path: Path, error: OSError) -> CaseError:
    zh = f"案卷记录 {path.name} 无法读取（{error.strerror}）。请检查权限。"
    en = f"the journal's {path.name} cannot be read ({error.strerror}). Check its permissions."
    return CaseError(zh, en)


def _read_sitting(path: Path) -> _Sitting:
    """Read one file: entries whose own hash fits; every other line is a fault, nothing else is touched."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error
    name, lines = path.name.removesuffix(_ENDING), data.split(b"\n")
    whole = not lines[-1]
    if whole:
        lines.pop()
    head: Mapping[str, Any] = {}
    hashes: list[str] = []
    entries: list[Entry] = []
    faults: list[Fault] = []
    due = 0  # number that the next line is to bear
    for n, raw in enumerate(lines):
        line = _line(raw)
        if line is None and n == len(lines) - 1 and not whole:
            faults.append(_fault("cut", path, n))
            break
        if line is None or line["prev"] != (hashes[-1] if hashes else "") or line["n"] != due:
            faults.append(_fault("edited" if line is None else "removed", path, n))
        due = (due if line is None else int(line["n"])) + 1
        found = _HASH.search(raw, max(0, len(raw) - _HASH_LENGTH))
        hashes.append(found[1].decode() if found else "")
        if line is None:
            continue
        if "sitting" in line:
            head = {**line, "heads": heads_in(line.get("heads"))}
            if not isinstance(line.get("format"), int) or line["format"] > FORMAT:
                raise CaseError(
                    f"案卷记录 {path.name} 由更新版本的 auditkit（{line.get('auditkit')}）写成，本版本不能读取。请升级 auditkit。",
                    f"the journal's {path.name} was written by a newer auditkit ({line.get('auditkit')}), which this version "
                    "cannot read. Update auditkit.",
                )
            name = str(line["sitting"])
            continue
        try:
            entries.append(_entry(name, line))
        except (KeyError, TypeError, ValueError):
            faults.append(_fault("edited", path, n))
    return _Sitting(name, path.name, head, tuple(hashes), tuple(entries), tuple(faults))


def _line(raw: bytes) -> dict[str, Any] | None:
    """Return a line's facts if its own hash fits, else None."""
    found = _HASH.search(raw, max(0, len(raw) - _HASH_LENGTH))
    if not found or hashlib.sha256(raw[: found.start()] + b"}").hexdigest().encode() != found[1]:
        return None
    try:
        line: dict[str, Any] = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line.get("n"), int) and isinstance(line.get("prev"), str) else None


def _entry(sitting: str, line: Mapping[str, Any]) -> Entry:
    if line["kind"] not in KINDS:
        raise ValueError(line["kind"])
    return Entry(
        id=f"{sitting}/{line['n']}",
        kind=line["kind"],
        subject={str(k): str(v) for k, v in dict(line["subject"]).items()},
        value=line["value"],
        reason=str(line["reason"]),
        author=str(line["author"]),
        time=str(line["time"]),
        supersedes=tuple(map(str, line["supersedes"])),
        seen=dict(line["seen"]),
    )


_FAULTS = {
    "cut": (
        "案卷记录 {file} 的最后一行（第 {line} 行）不完整：写入时中断，当时没有确认为已记录。其余各行有效。",
        "the last line ({line}) of the journal's {file} is cut short: writing broke off before it was acknowledged. "
        "All other lines hold.",
    ),
    "edited": (
        "案卷记录 {file} 第 {line} 行与其校验值不符：可能被改动或损坏，该行不予采用。请恢复备份。",
        "line {line} of the journal's {file} does not fit its hash: edited or damaged, and not applied. Restore a copy.",
    ),
    "removed": (
        "案卷记录 {file} 第 {line} 行与前一行不衔接：中间可能有行被删除或移动。请恢复备份。",
        "line {line} of the journal's {file} does not follow on the one before: lines may have been removed or moved. "
        "Restore a copy.",
    ),
    "double": (
        "案卷记录 {file} 与另一个文件是同一次记录的两个不同版本；采用行数较多的一个。请核对。",
        "the journal's {file} and another file are two versions of one sitting; the longer one is used. Please compare them.",
    ),
    "missing": (
        "缺少案卷记录文件 {file}（曾有 {line} 行）。请恢复备份。",
        "the journal's {file} is missing (it had {line} lines). Restore a copy.",
    ),
    "short": (
        "案卷记录 {file} 曾有 {line} 行，现在不足：末尾被删去。请恢复备份。",
        "the journal's {file} once had {line} lines and now has fewer: its end is gone. Restore a copy.",
    ),
    "changed": (
        "案卷记录 {file} 第 {line} 行与此前登记的不同：被改动。请恢复备份。",
        "line {line} of the journal's {file} is not what was recorded of it before: it was changed. Restore a copy.",
    ),
    "unknown": (
        "案卷记录 {file} 提到不存在的记录 {line}：可能有文件缺失。",
        "the journal's {file} names an entry that is not there ({line}): a file may be missing.",
    ),
}  # fmt: skip


def _fault(code: str, path: Path | str, line: object) -> Fault:
    file = path if isinstance(path, str) else path.name
    line = line + 1 if isinstance(line, int) and code in ("cut", "edited", "removed") else line
    zh, en = _FAULTS[code]
    return Fault(code, file, (zh.format(file=file, line=line), en.format(file=file, line=line)))


def heads_in(value: object) -> dict[str, tuple[int, str]]:
    """Return heads as they stand in a file that anyone may have written; what is none is left out."""
    items = value.items() if isinstance(value, Mapping) else ()
    return {
        str(name): (head[0], head[1])
        for name, head in items
        if isinstance(head, Sequence) and len(head) == 2 and type(head[0]) is int and head[0] > 0 and isinstance(head[1], str)
    }  # fmt: skip


def check_heads(heads: Mapping[str, Sequence[Any]], hashes: Mapping[str, Sequence[str]]) -> list[Fault]:
    """Compare heads recorded earlier (sitting to number of lines and hash of the last) with the lines there are."""
    out = []
    for name, (count, last) in sorted(heads.items()):
        have = hashes.get(name)
        if have is None:
            out.append(_fault("missing", name + _ENDING, count))
        elif len(have) < count:
            out.append(_fault("short", name + _ENDING, count))
        elif have[count - 1] != last:
            out.append(_fault("changed", name + _ENDING, count))
    return out


def _joined(sittings: Iterable[_Sitting], until: Mapping[str, Sequence[Any]] | None) -> Journal:
    chosen: dict[str, _Sitting] = {}
    faults: list[Fault] = []
    for sitting in sittings:
        faults += sitting.faults
        other = chosen.get(sitting.name)
        if other is None:
            chosen[sitting.name] = sitting
            continue
        shorter, longer = sorted((sitting, other), key=lambda s: (len(s.entries), len(s.hashes), s.file))
        common = min(len(longer.hashes), len(shorter.hashes))
        if longer.hashes[:common] != shorter.hashes[:common]:
            faults.append(_fault("double", shorter.file, 0))
        chosen[sitting.name] = longer
    hashes = {name: s.hashes for name, s in chosen.items()}
    recorded = [s.head.get("heads", {}) for s in chosen.values()] + ([until] if until else [])
    faults += [fault for heads in recorded for fault in check_heads(heads, hashes)]
    counts = {name: until.get(name, (0, ""))[0] if until is not None else len(h) for name, h in hashes.items()}
    entries = []
    for name, sitting in chosen.items():
        latest = ""
        for entry in sitting.entries:
            if until is not None and int(entry.id.rpartition("/")[2]) >= counts[name]:
                continue
            latest = max(latest, entry.time)  # in a sitting the order of the lines counts, whatever the clock did
            entries.append((latest, name, entry))
    entries.sort(key=lambda e: (e[0], e[1]))  # stable: lines of a sitting stay in order
    by_id: dict[str, Entry] = {}
    for _, _, entry in entries:
        by_id.setdefault(entry.id, entry)
    for _, name, entry in entries:
        faults += [_fault("unknown", name + _ENDING, other) for other in entry.supersedes if other not in by_id]
    known = {name: h[: counts[name]] for name, h in sorted(hashes.items())}
    heads = {name: (len(h), h[-1]) for name, h in known.items() if h}
    return Journal(_oldest_first(by_id), tuple(dict.fromkeys(faults)), heads)


def _oldest_first(by_id: Mapping[str, Entry]) -> tuple[Entry, ...]:
    """Set each entry behind those it takes the place of, whatever the clocks of two machines said."""
    out: dict[str, Entry] = {}
    for first in by_id.values():
        if not first.supersedes:
            out.setdefault(first.id, first)
            continue
        waiting, met = [first], {first.id}
        while waiting:
            entry = waiting[-1]
            before = [by_id[name] for name in entry.supersedes if name in by_id and name not in out and name not in met]
            met.update(e.id for e in before)
            if before:
                waiting += before
            else:
                out.setdefault(entry.id, waiting.pop())
    return tuple(out.values())


# --- writing ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Writer:
    """The file of this process. It is opened for each line, so that the folder may be moved in between."""

    path: Path
    name: str
    count: int = 0
    last: str = ""
    size: int = 0

    @classmethod
    def begin(cls, folder: Path, author: str, heads: Mapping[str, tuple[int, str]]) -> _Writer:
        from auditkit import __version__

        name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        writer = cls(folder / (name + _ENDING), name)
        os.close(os.open(writer.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        _sync_folder(folder)
        known = {sitting: list(head) for sitting, head in heads.items()}
        head = {"format": FORMAT, "auditkit": __version__, "sitting": name, "author": author, "heads": known}
        try:
            writer.write(head)
        except OSError:
            writer.path.unlink(missing_ok=True)
            raise
        return writer

    def whole(self) -> bool:
        """Whether the file is as this process left it."""
        try:
            return self.path.stat().st_size == self.size
        except OSError:
            return False

    def write(self, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        """Append a line and wait until it is on the disk; take back what an error left of it."""
        line = {"n": self.count, "prev": self.last, "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", **facts}
        body = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        own = hashlib.sha256(body).hexdigest()
        data = body[:-1] + f',"hash":"{own}"}}\n'.encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, self.size)
            raise
        finally:
            os.close(handle)
        self.count, self.last, self.size = self.count + 1, own, self.size + len(data)
        return dict(json.loads(body))  # as it will be read again


_SITTINGS: dict[tuple[str, str, int], _Writer] = {}


def _sync_folder(folder: Path) -> None:
    """Make a new file's name last through a power cut, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
