"""What people state is only ever added to, chained, merged by copying files, and holds for what its author saw."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import LAYOUTS
from strategies import IN_HTML, only_natural_persons, sheet

from auditkit.case import Case, CaseError
from auditkit.case import sittings as module
from auditkit.case.journal import Entry, Journal
from auditkit.case.opening import add_source, new_case
from auditkit.case.sittings import Store
from auditkit.case.stated import NEED_REASON
from auditkit.case.words import STATES, entry_in_words
from auditkit.report import Report


@pytest.fixture(autouse=True)
def _a_fresh_sitting() -> Iterator[None]:
    module._SITTINGS.clear()
    yield
    module._SITTINGS.clear()


def another_sitting() -> None:
    """As if the process ended here."""
    module._SITTINGS.clear()


def note(store: Store, text: str, author: str = "张三") -> Entry:
    return store.append("note", {"text": text}, text, author=author)


def decide(store: Store, value: str, finding: str = "f1", author: str = "张三") -> Entry:
    return store.append("dispose", {"finding": finding}, value, author=author, reason="理由")


def read(folder: Path) -> Journal:
    return Store(folder).read()


def facts(journal: Journal) -> tuple[object, ...]:
    return journal.entries, journal.faults, journal.heads


def texts(journal: Journal) -> list[str]:
    return [e.value for e in journal.entries]


def codes(journal: Journal) -> list[str]:
    return [f.code for f in journal.faults]


def only(folder: Path) -> Path:
    (file,) = folder.glob("*.jsonl")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "案 卷" / "journal"


@pytest.fixture
def store(folder: Path) -> Store:
    folder.parent.mkdir()
    return Store(folder)


# --- files and lines ----------------------------------------------------------------------------------------------------


def test_a_missing_folder_is_an_empty_journal_and_is_made_with_the_first_entry(store: Store, folder: Path) -> None:
    assert facts(store.read()) == facts(Journal())
    assert not folder.exists()
    note(store, "一")
    assert texts(read(folder)) == ["一"]


def test_what_is_written_stays_as_it_is_and_more_is_added_behind_it(store: Store, folder: Path) -> None:
    before = b""
    for n in range(5):
        note(store, str(n))
        now = only(folder).read_bytes()
        assert now.startswith(before)
        assert now.endswith(b"\n")
        assert len(now) > len(before)
        before = now


def test_each_line_carries_its_own_hash_and_that_of_the_line_before(store: Store, folder: Path) -> None:
    for n in range(3):
        note(store, str(n))
    last = ""
    for n, raw in enumerate(only(folder).read_bytes().splitlines()):
        line = json.loads(raw)
        own = line.pop("hash")
        body = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
        assert (line["n"], line["prev"], own) == (n, last, hashlib.sha256(body).hexdigest())
        last = own
    assert read(folder).heads == {only(folder).stem: (4, last)}


def test_what_is_returned_is_what_is_read_again(store: Store, folder: Path) -> None:
    made = store.append(
        "dispose", {"finding": "f"}, "accepted", author="张三", reason="r\ud800", seen={"figures": ("a", 1)}
    )
    assert read(folder).entries == (made,)
    assert facts(store.read()) == facts(read(folder))


@given(st.text(min_size=1, max_size=40) | st.just("x" * 100_000))
def test_any_text_is_kept_or_made_harmless(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        store = Store(Path(scratch, "j"))
        store.append("note", {"text": "t"}, text, author=text, reason=text)
        (entry,) = read(Path(scratch, "j")).entries
        expected = text.encode("utf-8", "replace").decode()
        assert (entry.value, entry.reason, entry.author) == (expected, expected, expected)
        assert len(only(Path(scratch, "j")).read_bytes().split(b"\n")) == 3  # two lines, whatever the text


def test_line_ends_controls_and_half_characters_do_not_break_a_line(store: Store, folder: Path) -> None:
    hostile = 'a\nb\r\nc\u2028d\u2029e\x00f\x85g"h\\i\ud83d","hash":"' + "0" * 64 + '"}'
    note(store, hostile)
    note(store, "后")
    assert texts(read(folder)) == [hostile.replace("\ud83d", "?"), "后"]
    assert codes(read(folder)) == []


def change_line(file: Path, n: int, change: Callable[[bytes], bytes]) -> None:
    lines = file.read_bytes().split(b"\n")
    lines[n] = change(lines[n])
    file.write_bytes(b"\n".join(lines))


@given(n=st.integers(1, 5), data=st.data())
def test_an_edited_line_is_shown_and_only_it_does_not_hold(n: int, data: st.DataObject) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "j")
        for i in range(1, 6):
            note(Store(folder), str(i))
        file = only(folder)
        raw = file.read_bytes().split(b"\n")[n]
        at = data.draw(st.integers(0, len(raw) - 1))
        to = data.draw(st.integers(32, 126).filter(lambda b: b != raw[at]))
        change_line(file, n, lambda line: line[:at] + bytes([to]) + line[at + 1 :])
        journal = read(folder)
        assert texts(journal) == [str(i) for i in range(1, 6) if i != n]
        assert "edited" in codes(journal)
        shown = {f.text[0].split("第 ")[1].split(" 行")[0] for f in journal.faults if f.code == "edited"}
        assert shown == {str(n + 1)}
        another_sitting()


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_removed_line_is_shown_once_and_every_other_holds(n: int, store: Store, folder: Path) -> None:
    for i in range(1, 6):
        note(store, str(i))
    file = only(folder)
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join(lines[:n] + lines[n + 1 :]))
    journal = read(folder)
    assert texts(journal) == [str(i) for i in range(1, 6) if i != n]
    assert codes(journal) == ["removed"]


def test_lines_that_changed_places_are_shown_and_hold(store: Store, folder: Path) -> None:
    for i in range(1, 5):
        note(store, str(i))
    file = only(folder)
    lines = file.read_bytes().split(b"\n")
    lines[2], lines[3] = lines[3], lines[2]
    file.write_bytes(b"\n".join(lines))
    assert sorted(texts(read(folder))) == ["1", "2", "3", "4"]
    assert set(codes(read(folder))) == {"removed"}


@given(st.integers(1, 200))
def test_a_line_cut_short_was_never_acknowledged_and_the_others_hold(cut: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "j")
        for i in range(3):
            note(Store(folder), str(i))
        file = only(folder)
        whole = file.read_bytes()
        last = len(whole.split(b"\n")[-2])
        file.write_bytes(whole[: len(whole) - 1 - min(cut, last)])
        journal = read(folder)
        assert texts(journal) == ["0", "1"]
        assert codes(journal) == (["cut"] if cut < last else [])
        another_sitting()


@pytest.mark.parametrize("garbage", [b"\x00\x00\x00", b"\xff\xfe", b"{}", b'{"n":9}', b"[" * 10_000, b"\r"])
def test_garbage_behind_the_lines_is_shown_and_they_hold(garbage: bytes, store: Store, folder: Path) -> None:
    note(store, "一")
    file = only(folder)
    for end, code in ((b"", "cut"), (b"\n", "edited")):
        whole = file.read_bytes()
        file.write_bytes(whole + garbage + end)
        journal = read(folder)
        assert (texts(journal), codes(journal)) == (["一"], [code])
        file.write_bytes(whole)


def test_after_a_cut_line_or_an_edit_from_outside_a_new_file_is_begun(store: Store, folder: Path) -> None:
    note(store, "一")
    damaged = only(folder)
    damaged.write_bytes(damaged.read_bytes() + b'{"n":2,')
    note(store, "二")
    assert len(list(folder.glob("*.jsonl"))) == 2
    assert damaged.read_bytes().endswith(b'{"n":2,')
    assert sorted(texts(read(folder))) == ["一", "二"]


def test_a_file_with_windows_line_ends_still_reads(store: Store, folder: Path) -> None:
    note(store, "一")
    note(store, "二")
    only(folder).write_bytes(only(folder).read_bytes().replace(b"\n", b"\r\n"))
    assert (texts(read(folder)), codes(read(folder))) == (["一", "二"], [])


def hashed(facts: dict[str, Any]) -> bytes:
    """A line as someone who knows the format can write it."""
    body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    return body[:-1] + f',"hash":"{hashlib.sha256(body).hexdigest()}"}}\n'.encode()


def test_a_newer_format_is_refused_with_a_sentence(folder: Path, store: Store) -> None:
    folder.mkdir()
    head = {"n": 0, "prev": "", "format": 99, "auditkit": "9.0", "sitting": "s", "heads": {}}
    (folder / "s.jsonl").write_bytes(hashed(head))
    with pytest.raises(CaseError) as caught:
        store.read()
    assert "9.0" in caught.value.message("zh")
    assert "升级" in caught.value.message("zh")
    assert "Update auditkit" in caught.value.message("en")
    with pytest.raises(CaseError):
        note(store, "一")


@pytest.mark.parametrize(
    "odd",
    [
        {"heads": [1]}, {"heads": {"a": 1}}, {"heads": {"a": [0, "x"]}}, {"heads": {"a": [True, "x"]}}, {"heads": None},
        {"author": 5}, {"sitting": 7},
    ],
)  # fmt: skip
def test_a_head_that_someone_wrote_oddly_does_no_harm(odd: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True)
    head = {"n": 0, "prev": "", "format": 1, "auditkit": "0", "sitting": "s", "heads": {}} | odd
    (folder / "s.jsonl").write_bytes(hashed(head))
    assert read(folder).entries == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"kind": "x"},
        {"kind": []},
        {"subject": 3},
        {"subject": [1]},
        {"supersedes": 1},
        {"seen": 5},
        {"n": "1"},
        {"prev": 1},
    ],
)
def test_an_entry_that_someone_wrote_oddly_is_shown_and_not_applied(odd: dict[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True)
    entry = {
        "n": 0, "prev": "", "time": "", "kind": "note", "subject": {}, "value": "v", "reason": "", "author": "a",
        "supersedes": [], "seen": {},
    }  # fmt: skip
    (folder / "s.jsonl").write_bytes(hashed(entry | odd))
    assert read(folder).entries == ()
    assert codes(read(folder)) == ["edited"]


# --- several files ------------------------------------------------------------------------------------------------------


def sittings(store: Store, *counts: int) -> list[str]:
    """Several sittings one after the other; return their names in this order."""
    names: list[str] = []
    for k, count in enumerate(counts):
        another_sitting()
        for n in range(count):
            entry = note(store, f"{k}/{n}", author=f"人{k}")
        names.append(entry.id.rpartition("/")[0])
    return names


def test_a_missing_file_is_shown_once_a_later_sitting_knew_of_it(store: Store, folder: Path) -> None:
    first, second = sittings(store, 2, 1)
    (folder / f"{first}.jsonl").unlink()
    journal = read(folder)
    assert (texts(journal), codes(journal)) == (["1/0"], ["missing"])
    assert journal.faults[0].file == f"{first}.jsonl"
    assert "3" in journal.faults[0].message("en")
    (folder / f"{second}.jsonl").unlink()
    assert codes(read(folder)) == []  # nothing is left that knew of either: so the manual says


def test_a_cut_tail_is_shown_once_a_later_sitting_or_a_memo_knew_of_it(store: Store, folder: Path) -> None:
    first, _ = sittings(store, 3, 1)
    file = folder / f"{first}.jsonl"
    heads = read(folder).heads
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))
    assert codes(read(folder)) == ["short"]
    assert sorted(texts(read(folder))) == ["0/0", "1/0"]
    for other in folder.glob("*.jsonl"):
        if other != file:
            other.unlink()
    assert codes(read(folder)) == []
    assert set(codes(Store(folder).read(until=heads))) == {"short", "missing"}


def test_a_line_written_anew_with_its_hash_is_shown_by_the_next_line_or_by_whoever_knew_the_head(
    store: Store, folder: Path
) -> None:
    first, _ = sittings(store, 2, 1)
    file = folder / f"{first}.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    for n, code in ((1, "removed"), (2, "changed")):
        facts = json.loads(lines[n])
        del facts["hash"]
        file.write_bytes(b"".join([*lines[:n], hashed(facts | {"value": "forged"}), *lines[n + 1 :]]))
        assert codes(read(folder)) == [code]


def test_as_it_was_is_what_it_was(store: Store, folder: Path) -> None:
    known = []
    for k in range(3):
        another_sitting()
        for n in range(3):
            decide(store, f"{k}{n}", finding=str(n), author=f"人{k}")
            known.append(read(folder))
    for then in known:
        again = Store(folder).read(until={name: list(head) for name, head in then.heads.items()})
        assert facts(again) == facts(then)


def test_a_file_copied_twice_changes_nothing(store: Store, folder: Path) -> None:
    decide(store, "accepted")
    before = facts(read(folder))
    shutil.copy(only(folder), folder / "另存 x - 副本.jsonl")
    shutil.copy(folder / "另存 x - 副本.jsonl", folder / f".{'_x'}.jsonl")  # hidden, as some systems leave on a stick
    assert facts(read(folder)) == before


def test_an_older_copy_beside_the_file_changes_nothing(store: Store, folder: Path) -> None:
    note(store, "一")
    shutil.copy(only(folder), folder / "0-old.jsonl")
    note(store, "二")
    assert (texts(read(folder)), codes(read(folder))) == (["一", "二"], [])


@pytest.mark.parametrize("name", ["0.jsonl", "z.jsonl"])
def test_a_whole_copy_beside_a_damaged_file_restores_its_entries(name: str, store: Store, folder: Path) -> None:
    note(store, "一")
    note(store, "二")
    file = only(folder)
    shutil.copy(file, folder / name)
    change_line(file, 1, lambda line: line.replace("一".encode(), "壹".encode()))
    assert texts(read(folder)) == ["一", "二"]
    assert codes(read(folder)) == ["edited"]  # the damage is still shown


def test_two_versions_of_one_sitting_are_shown(store: Store, folder: Path) -> None:
    note(store, "一")
    file = only(folder)
    copy = folder / "copy.jsonl"
    shutil.copy(file, copy)
    note(store, "二")
    line = json.loads(file.read_bytes().splitlines()[2])
    del line["hash"]
    copy.write_bytes(copy.read_bytes() + hashed(line | {"value": "别的"}))
    assert "double" in codes(read(folder))
    assert len(texts(read(folder))) == 2


@settings(max_examples=15)
@given(st.permutations(range(4)), st.integers(0, 3))
def test_files_copied_together_come_to_the_same_in_any_order(order: list[int], extra: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        here, there = Path(scratch, "here"), Path(scratch, "there 那里")
        for k in range(4):
            another_sitting()
            decide(Store(here), f"{k}", finding=str(k % 2), author=f"人{k}")
            note(Store(here), f"备注{k}", author=f"人{k}")
        files = sorted(here.iterdir())
        there.mkdir()
        for i in order:
            shutil.copy(files[i], there)
        shutil.copy(files[extra], there / "再一份.jsonl")
        assert facts(read(there)) == facts(read(here))
        another_sitting()


def both_ways(folder: Path, scratch: Path) -> Journal:
    """Two people decide the same exception on copies of one folder, then put their files together."""
    other = scratch / "another machine"
    if folder.is_dir():
        shutil.copytree(folder, other)
    another_sitting()
    decide(Store(folder), "accepted", author="张三")
    another_sitting()
    decide(Store(other), "referred", author="李四")
    for file in other.iterdir():
        if not (folder / file.name).exists():
            shutil.copy(file, folder)
    return read(folder)


@pytest.mark.parametrize("before", [False, True])
def test_two_entries_with_the_same_predecessor_are_a_conflict_until_a_later_one(
    before: bool, store: Store, folder: Path, tmp_path: Path
) -> None:
    if before:
        decide(store, "open")
    journal = both_ways(folder, tmp_path)
    (group,) = journal.standing("dispose")
    assert {e.value for e in group} == {"accepted", "referred"}
    assert len(journal.history("dispose", {"finding": "f1"})) == 2 + before
    another_sitting()
    last = decide(Store(folder), "error confirmed", author="王五")
    assert read(folder).standing("dispose") == ((last,),)
    assert set(last.supersedes) == {e.id for e in group}


def test_entries_made_by_hand_to_replace_each_other_are_a_conflict(folder: Path) -> None:
    folder.mkdir(parents=True)
    entry = {
        "n": 0, "prev": "", "time": "", "kind": "dispose", "subject": {"finding": "f"}, "value": "v", "reason": "",
        "author": "a", "seen": {},
    }  # fmt: skip
    (folder / "a.jsonl").write_bytes(hashed(entry | {"supersedes": ["b/0"]}))
    (folder / "b.jsonl").write_bytes(hashed(entry | {"supersedes": ["a/0"]}))
    assert [len(group) for group in read(folder).standing("dispose")] == [2]


def test_an_entry_that_names_one_that_is_not_there_is_shown(store: Store, folder: Path) -> None:
    decide(store, "accepted")
    first = only(folder)
    another_sitting()
    decide(store, "referred")
    first.unlink()
    assert set(codes(read(folder))) == {"missing", "unknown"}
    assert [e.value for e in read(folder).entries] == ["referred"]


def test_the_clock_changes_nothing_but_the_times_shown(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)  # and every look at it is a hundred days earlier

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            nonlocal now
            now -= timedelta(days=100)
            return now

    monkeypatch.setattr(module, "datetime", Clock)
    for value in ("accepted", "referred", "error confirmed"):
        decide(store, value)
    journal = read(folder)
    assert [e.value for e in journal.entries] == ["accepted", "referred", "error confirmed"]
    assert [[e.value for e in g] for g in journal.standing("dispose")] == [["error confirmed"]]
    times = [e.time for e in journal.entries]
    assert times == sorted(times, reverse=True)
    assert codes(journal) == []
    another_sitting()
    decide(store, "open")
    assert [[e.value for e in g] for g in read(folder).standing("dispose")] == [["open"]]
    history = read(folder).history("dispose", {"finding": "f1"})
    assert [e.value for e in history] == ["accepted", "referred", "error confirmed", "open"]


def test_a_withdrawn_entry_no_longer_stands_but_stays_in_the_history(store: Store, folder: Path) -> None:
    decide(store, "accepted")
    store.append("dispose", {"finding": "f1"}, None, author="张三")
    journal = read(folder)
    assert journal.standing("dispose") == ()
    assert [e.value for e in journal.history("dispose", {"finding": "f1"})] == ["accepted", None]


def test_the_folder_may_be_moved_between_two_entries(store: Store, folder: Path, tmp_path: Path) -> None:
    note(store, "一")
    moved = tmp_path / "搬 到 这里"
    shutil.move(folder, moved)
    note(Store(moved), "二")
    assert (sorted(texts(read(moved))), codes(read(moved))) == (["一", "二"], [])


def test_another_process_is_seen_without_reading_anew(store: Store, folder: Path) -> None:
    note(store, "一")
    other = Store(folder)
    assert len(other.read().entries) == 1
    note(store, "二")
    assert texts(other.read()) == ["一", "二"]


# --- a case -------------------------------------------------------------------------------------------------------------

CELL = "requests.new.natural_person"
CHANGED_CELL = "requests.granted.natural_person"


def page(changes: dict[str, str] | None = None, *, year: int = 2023, extra: str = "") -> bytes:
    made = sheet("exercise-2021", changes)
    text = LAYOUTS[IN_HTML](dataclasses.replace(made, year=year))
    return text.replace("</body>", f"{extra}</body>").encode()


WRONG = {"requests.granted.natural_person": "9876"}
"""A figure for which table three no longer adds up."""
BLANK = only_natural_persons(sheet("exercise-2021").form)
"""Table three with the cells of all other applicants blank."""


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Case]:
    def build(data: bytes, name: str = "报 告.html") -> Case:
        file = tmp_path / name
        file.write_bytes(data)
        return new_case(tmp_path / "案 卷", [file])

    return build


def replaced(case: Case, data: bytes | None, name: str = "报 告.html") -> Case:
    """The case with a source replaced by other bytes, or taken away."""
    file = case.path / "sources" / name
    file.unlink()
    if data is not None:
        file.write_bytes(data)
    else:
        (case.path / "sources" / "SHA256SUMS").write_text("", encoding="utf-8")
    return Case(case.path)


def report(case: Case) -> Report:
    return case.reports[0]


def lapsed(case: Case) -> list[tuple[str, str]]:
    return [(x.entry.kind, x.why[0]) for x in case.stated.lapsed]


VANISHED, CHANGED = "所指的内容已不在案卷中", "所指的数字已经改变，请重新判断"


def test_a_correction_is_in_force_in_every_case_object_and_shows_both_readings(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    assert case.results[0].verdict == "exceptions"
    sound = sheet("exercise-2021").texts[CHANGED_CELL]
    entry = case.correct(report(case), CHANGED_CELL, sound, reason="看错", author="张三")
    for again in (case, Case(case.path)):
        assert again.results[0].verdict == "sound"
        assert report(again).value(CHANGED_CELL) == int(sound)
        assert report(again).printed(CHANGED_CELL) == "9876"
        assert report(again).shown(CHANGED_CELL, "zh") == f"{sound}〔更正，程序读作 9876〕"
        assert again.stated.applied == (entry,)
    case.withdraw(entry, author="李四")
    assert Case(case.path).results[0].verdict == "exceptions"
    assert [e.value for e in case.journal.history("correct", entry.subject)] == [sound, None]


def test_a_correction_lapses_when_the_source_has_another_text_or_is_gone(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    case.correct(report(case), CHANGED_CELL, "1", reason="看错", author="张三")
    assert lapsed(replaced(case, page({CHANGED_CELL: "5432"}))) == [("correct", CHANGED)]
    assert report(Case(case.path)).value(CHANGED_CELL) == 5432
    assert lapsed(replaced(case, page(WRONG, extra="<p>再发布</p>"))) == []
    assert report(Case(case.path)).value(CHANGED_CELL) == 1
    assert lapsed(replaced(case, None)) == [("correct", VANISHED)]


def test_every_statement_still_holds_when_a_source_is_added_or_comes_again_with_the_same_texts(
    make: Callable[..., Case],
) -> None:
    case = make(page(BLANK | WRONG))
    case.correct(report(case), CELL, "77", reason="看错", author="张三")
    case.blanks(report(case), "not stated", reason="电话核实", author="张三")
    case.confirm(report(case), "proactive", author="张三")
    case.reread(report(case), CELL, "77", author="张三")
    case.dispose(case.exceptions[0].finding, "referred", author="张三")
    case.note("备注", author="张三", report=report(case))
    applied = {e.id for e in case.stated.applied}
    assert len(applied) == 6
    case = replaced(case, page(BLANK | WRONG, extra="<p>再发布</p>"))
    assert (lapsed(case), {e.id for e in case.stated.applied}) == ([], applied)
    case = add_source(case, "明年.html", page(year=2024))
    assert (lapsed(case), {e.id for e in case.stated.applied}) == ([], applied)


def test_a_placing_is_in_force_and_lapses_when_the_figure_is_gone_or_the_cell_taken(make: Callable[..., Case]) -> None:
    gone = sheet("exercise-2021").texts["requests.new.business"]
    lacking = page({"requests.new.business": "9123"}).replace(b"<td>9123</td>", b"", 1)  # the row is one cell short
    case = make(lacking)
    items = report(case).unplaced
    assert len(items) == 6
    entry = case.place(report(case), items[0], CELL, reason="对照原文", author="张三")
    after = report(Case(case.path))
    assert after.shown(CELL, "zh") == f"{items[0].text}〔审计人员落位〕"
    assert after.unplaced == items[1:]
    assert Case(case.path).stated.applied == (entry,)
    with pytest.raises(CaseError, match="已有数字"):
        case.place(after, items[1], CELL, reason="对照原文", author="张三")
    case = replaced(case, page({"requests.new.business": gone}))
    assert lapsed(case) == [("place", VANISHED)]
    assert report(case).shown(CELL, "zh") == sheet("exercise-2021").texts[CELL]


def test_blanks_taken_as_zero_are_figures_and_lapse_when_other_cells_are_blank(make: Callable[..., Case]) -> None:
    case = make(page(BLANK))
    assert case.results[0].verdict == "sound if blanks are zero"
    case.blanks(report(case), "zero", reason="机关说明", author="张三")
    assert Case(case.path).results[0].verdict == "sound"
    assert Case(case.path).blanks_stated(report(case)) is not None
    fewer = BLANK | {"requests.new.business": "0"}
    assert lapsed(replaced(case, page(fewer))) == [("blanks", CHANGED)]
    assert Case(case.path).results[0].verdict == "sound if blanks are zero"


def test_a_confirmation_and_a_rereading_hold_only_for_the_figures_read(make: Callable[..., Case]) -> None:
    case = make(page())
    case.confirm(report(case), "requests", author="张三")
    case.reread(report(case), CELL, "12345", author="张三")
    assert case.confirmed(report(case), "requests") is not None
    assert [(x.cell, x.seen, x.agrees) for x in Case(case.path).rereadings] == [(CELL, "12345", False)]
    case = replaced(case, page({CELL: "12345"}))
    assert case.confirmed(report(case), "requests") is None
    assert case.rereadings == ()
    assert lapsed(case) == [("confirm", CHANGED), ("confirm", CHANGED)]
    case = replaced(case, page())
    case.correct(report(case), CELL, "12345", reason="看错", author="张三")
    assert Case(case.path).confirmed(report(case), "requests") is None  # figures in force are no longer those


def test_a_disposition_opens_again_when_its_figures_change_and_keeps_its_history(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    finding = case.exceptions[0].finding
    entry = case.dispose(finding, "accepted", reason="机关说明", author="张三")
    assert Case(case.path).disposition(finding).state == "accepted"
    case = replaced(case, page({CHANGED_CELL: "9877"}))
    same = next(e.finding for e in case.exceptions if e.finding.id == finding.id)
    now = case.disposition(same)
    assert (now.state, now.entry, now.history) == ("open", None, (entry,))
    assert now.why_open is not None
    assert lapsed(case) == [("dispose", CHANGED)]
    case = replaced(case, page())
    assert lapsed(case) == [("dispose", VANISHED)]
    case = replaced(case, page(WRONG))
    assert case.disposition(finding).state == "accepted"


def test_a_conflict_leaves_the_exception_open_with_both_in_its_history(
    make: Callable[..., Case], tmp_path: Path
) -> None:
    case = make(page(WRONG))
    finding = case.exceptions[0].finding
    other = tmp_path / "别处"
    shutil.copytree(case.path, other)
    case.dispose(finding, "accepted", reason="甲", author="张三")
    another_sitting()
    Case(other).dispose(finding, "not an exception", reason="乙", author="李四")
    for file in (other / "journal").iterdir():
        shutil.copy(file, case.path / "journal")
    now = Case(case.path).disposition(finding)
    assert (now.state, {e.reason for e in now.history}) == ("open", {"甲", "乙"})
    assert now.why_open is not None
    assert [kind for kind, _ in lapsed(Case(case.path))] == ["dispose", "dispose"]
    another_sitting()
    Case(case.path).dispose(finding, "referred", author="王五")
    now = Case(case.path).disposition(finding)
    assert (now.state, len(now.history)) == ("referred", 3)


def test_conflicting_corrections_are_both_shown_and_neither_is_applied(
    make: Callable[..., Case], tmp_path: Path
) -> None:
    case = make(page(WRONG))
    other = tmp_path / "别处"
    shutil.copytree(case.path, other)
    case.correct(report(case), CHANGED_CELL, "1", reason="甲", author="张三")
    another_sitting()
    Case(other).correct(report(Case(other)), CHANGED_CELL, "2", reason="乙", author="李四")
    for file in (other / "journal").iterdir():
        shutil.copy(file, case.path / "journal")
    assert report(Case(case.path)).value(CHANGED_CELL) == 9876
    assert len(lapsed(Case(case.path))) == 2


def test_an_alias_made_after_decisions_keeps_them(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    old = report(case).agency or ""
    case.correct(report(case), CELL, "4321", reason="看错", author="张三")
    for e in case.exceptions:
        case.dispose(e.finding, "referred", author="张三")
    n = len(case.exceptions)
    case.alias(old, "更名后的机关", reason="机构改革", author="张三")
    for again in (case, Case(case.path)):
        assert report(again).agency == "更名后的机关"
        assert report(again).value(CELL) == 4321
        assert [again.disposition(e.finding).state for e in again.exceptions] == ["referred"] * n
    case.withdraw(case.journal.current("alias", {"name": old})[0], author="张三")
    assert report(Case(case.path)).agency == old


def same_figures_twice() -> bytes:
    """Two rows of table four with the same figures, whose totals do not add up."""
    columns = {"upheld": "4", "corrected": "0", "other": "0", "pending": "1", "total": "0"}
    rows = "disputes.reconsideration", "disputes.litigation_direct"
    cells = {
        c.id: columns[c.column]
        for c in sheet("exercise-2021").form.cells
        if f"{c.table}.{c.row}" in rows or c.row in rows
    }
    return page(cells)


def test_under_a_new_name_a_decision_holds_for_its_own_exception_only(make: Callable[..., Case]) -> None:
    case = make(same_figures_twice())
    first, second = (e.finding for e in case.exceptions if e.finding.check == "T4-01")
    case.dispose(first, "referred", author="张三")
    case.alias(report(case).agency or "", "更名后的机关", reason="机构改革", author="张三")
    states = {e.finding.cells: case.disposition(e.finding).state for e in case.exceptions}
    assert (states[first.cells], states[second.cells]) == ("referred", "open")


def test_under_a_new_name_decisions_go_on_where_they_were_and_notes_stay(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    old = report(case).agency or ""
    case.dispose(case.exceptions[0].finding, "accepted", reason="机关说明", author="张三")
    case.note("已电话联系", author="张三", finding=case.exceptions[0].finding)
    case.alias(old, "更名后的机关", reason="机构改革", author="张三")
    assert [n.value for n in case.notes(case.exceptions[0].finding)] == ["已电话联系"]
    case.dispose(case.exceptions[0].finding, "referred", author="李四")
    for again in (case, Case(case.path)):
        decided = again.disposition(again.exceptions[0].finding)
        assert (decided.state, [e.value for e in decided.history]) == ("referred", ["accepted", "referred"])
        assert again.stated.lapsed == ()
    case.withdraw(case.journal.current("alias", {"name": old})[0], author="张三")
    assert case.disposition(case.exceptions[0].finding).state == "referred"
    case.alias(old, "更名后的机关", reason="机构改革", author="张三")
    case.correct(report(case), CHANGED_CELL, "9875", reason="看错", author="张三")
    decided = case.disposition(case.exceptions[0].finding)
    assert (decided.state, len(decided.history), bool(decided.why_open)) == ("open", 2, True)


def test_renamed_twice_an_agency_bears_its_last_name(make: Callable[..., Case]) -> None:
    case = make(page())
    old = report(case).agency or ""
    case.alias("中间名", "现用名", reason="更名", author="张三")
    case.alias(old, "中间名", reason="更名", author="张三")
    assert report(Case(case.path)).agency == "现用名"
    with pytest.raises(CaseError, match="已认定为"):
        case.alias("现用名", old, reason="更名", author="张三")
    with pytest.raises(CaseError, match="两个不同的名称"):
        case.alias("甲", " 甲 ", reason="更名", author="张三")


def test_names_that_point_at_each_other_are_shown_and_not_applied(make: Callable[..., Case], tmp_path: Path) -> None:
    case, other = make(page()), tmp_path / "另一份"
    old = report(case).agency or ""
    shutil.copytree(case.path, other)
    case.alias(old, "乙", reason="更名", author="张三")
    another_sitting()
    Case(other).alias("乙", old, reason="更名", author="李四")
    for file in (other / "journal").iterdir():
        shutil.copy(file, case.path / "journal")
    case = Case(case.path)
    assert report(case).agency == old
    assert [kind for kind, _ in lapsed(case)] == ["alias", "alias"]


def test_a_decision_on_unplaced_figures_is_open_again_when_one_is_placed(make: Callable[..., Case]) -> None:
    case = make(page({"requests.new.business": "9123"}).replace(b"<td>9123</td>", b"", 1))
    for e in case.exceptions:
        case.dispose(e.finding, "accepted", reason="已知", author="张三")
    checks = [e.finding.check for e in case.exceptions]
    assert {"R-01", "R-02"} <= set(checks)
    case.place(report(case), report(case).unplaced[0], CELL, reason="对照原文", author="张三")
    after = {e.finding.check: case.disposition(e.finding) for e in case.exceptions}
    for check in ("R-01", "R-02"):
        assert (after[check].state, len(after[check].history)) == ("open", 1)


def test_what_is_checked_again_after_a_statement_is_what_a_fresh_case_says(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    for year in (2024, 2025):
        case = add_source(case, f"{year}.html", page(BLANK, year=year))
    old = report(case).agency or ""
    two = case.reports[1]

    def agrees() -> None:
        fresh = Case(case.path)
        assert list(case.findings) == list(fresh.findings)
        assert [r.verdict for r in case.results] == [r.verdict for r in fresh.results]
        assert [r.report for r in case.results] == list(case.reports)

    agrees()
    entry = case.correct(two, CELL, "77", reason="看错", author="张三")
    agrees()
    case.alias(old, "更名后的机关", reason="更名", author="张三")
    agrees()
    case.include("2024.html", False, reason="以后发布的为准", author="张三")
    agrees()
    case.withdraw(entry, author="张三")
    agrees()


def test_a_file_out_of_scope_is_kept_but_not_examined_until_it_changes(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    case = add_source(case, "副本.html", page())
    case.include("副本.html", False, reason="重复", author="张三")
    again = Case(case.path)
    assert [s.name for s in again.sources if not s.in_scope] == ["副本.html"]
    assert len(again.reports) == 1
    again = replaced(case, page(year=2022), "副本.html")
    assert len(again.reports) == 2
    assert lapsed(again) == [("scope", CHANGED)]


def test_notes_stand_beside_each_other_and_one_can_be_withdrawn(make: Callable[..., Case]) -> None:
    case = make(page())
    first = case.note("一", author="张三")
    case.note("二", author="张三", report=report(case))
    case.register([{"name": "甲", "aliases": "", "kind": "", "due": ""}], author="张三")
    assert sorted(str(e.value) for e in Case(case.path).stated.applied if e.kind == "note") == ["一", "二"]
    case.withdraw(first, author="张三")
    assert [e.value for e in Case(case.path).stated.applied if e.kind == "note"] == ["二"]


@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_recorded_and_those_that_close_need_a_reason(state: Any, make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    finding = case.exceptions[0].finding
    if state in NEED_REASON:
        with pytest.raises(CaseError):
            case.dispose(finding, state, author="张三", reason=" ")
    else:
        case.dispose(finding, state, author="张三")
    case.dispose(finding, state, author="张三", reason="理由")
    assert Case(case.path).disposition(finding).state == state


def test_the_same_figure_stated_again_is_one_entry_more_and_no_conflict(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    for text in ("1", "2", "3"):
        case.correct(report(case), CHANGED_CELL, text, reason="看错", author="张三")
    assert report(Case(case.path)).value(CHANGED_CELL) == 3
    assert len(case.journal.entries) == 3
    assert lapsed(Case(case.path)) == []


def test_as_it_was_a_case_is_read_only_and_shows_what_was_stated_then(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    finding = case.exceptions[0].finding
    case.dispose(finding, "accepted", reason="甲", author="张三")
    heads = case.journal.heads
    case.dispose(finding, "referred", author="张三")
    then = Case(case.path, until=heads)
    assert then.disposition(finding).state == "accepted"
    with pytest.raises(CaseError, match="只读"):
        then.note("x", author="张三")
    assert case.disposition(finding).state == "referred"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_entry_in_words_names_no_cell_table_or_state_by_its_code(make: Callable[..., Case], lang: Any) -> None:
    lacking = page({"requests.new.business": "9123"}).replace(b"<td>9123</td>", b"", 1)
    case = make(lacking)
    who: dict[str, str] = {"reason": "对照原文", "author": "张三"}
    case.place(report(case), report(case).unplaced[0], CELL, **who)
    case.correct(report(case), CHANGED_CELL, "", **who)
    case.confirm(report(case), "requests", author="张三")
    case.reread(report(case), CHANGED_CELL, "7", author="张三")
    case.blanks(report(case), "not stated", **who)
    case.dispose(case.exceptions[0].finding, "error confirmed", author="张三")
    case.include(case.sources[0].name, True, **who)
    case.withdraw(case.alias("甲局", "乙局", **who), author="张三")
    for reports in ([], case.reports):
        said = [entry_in_words(e, lang, reports) for e in case.journal.entries]
        words = " ".join(part for entry in said for part in entry)
        chinese = ("requests", "error confirmed", "not stated") if lang == "zh" else ()
        codes = (CELL, CHANGED_CELL, "None", "True", "|", *chinese)
        assert [code for code in codes if code in words] == []
        assert report(case).layout.label(CHANGED_CELL, lang) in words
    assert [s for _, _, s in said][:3] == [
        report(case).layout.label(CELL, lang),
        {"zh": "空白", "en": "blank"}[lang],
        {"zh": "与原文相符", "en": "agrees with the source"}[lang],
    ]
    assert said[-1][2] == {"zh": "撤销", "en": "withdrawn"}[lang]


def test_a_note_that_is_a_code_of_ours_is_shown_as_it_was_written(make: Callable[..., Case]) -> None:
    case = make(page())
    for text in ("zero", "agrees", "open", "None"):
        case.note(text, author="张三", report=report(case))
    assert [entry_in_words(e, "zh")[2] for e in case.journal.entries] == ["zero", "agrees", "open", "None"]


def test_what_lapsed_is_told_in_the_forms_words_also_when_its_report_is_gone(make: Callable[..., Case]) -> None:
    case = make(page(WRONG))
    case.correct(report(case), CHANGED_CELL, "5", reason="看错", author="张三")
    label, name = report(case).layout.label(CHANGED_CELL, "zh"), f"{report(case).agency} {report(case).year} 年"
    (told,) = (x.message("zh") for x in replaced(case, None).stated.lapsed)
    assert f"（{name} {label}：5）未采用：{VANISHED}" in told


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ("2026-11-30T16:03:11Z", "2026-12-01 00:03:11 UTC+8"),
        ("2026-11-30T08:00:00Z", "2026-11-30 16:00:00 UTC+8"),
        ("昨天", "昨天"),
    ],
)
def test_times_are_those_of_china_on_any_machine(time: str, shown: str) -> None:
    entry = Entry("a/1", "note", {}, "备注", "", "甲", time, (), {})
    assert entry.when == shown
    assert entry.signed("zh") == f"甲，{shown}"
