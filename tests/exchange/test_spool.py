"""A large file is read within a bounded memory, and as a small one is."""

from __future__ import annotations

import gc
import json
import tempfile
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.exchange import read
from postmortem.exchange import reading as sorting
from postmortem.exchange.spool import Spool, Spooled
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident

if TYPE_CHECKING:
    from pathlib import Path

    from postmortem.exchange import Reading

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def sorted_within(within: int, rows: list[tuple[str, str]]) -> Reading:
    """What becomes of titles under keys when only so many incidents are held in memory."""
    door = sorting.Sorting("a.csv", "row")
    door._good = Spool(within)  # the size is all that a file does not choose
    for number, (key, title) in enumerate(rows, 2):
        door.accept(number, Incident(title=title), {"What": title}, names=(f"the key {key!r}",) if key else ())
    return door.reading()


@given(st.lists(st.tuples(st.sampled_from(["", "1", "2", "3"]), st.sampled_from("AB")), max_size=9))
@settings(deadline=None)
def test_a_large_file_is_sorted_as_a_small_one(rows: list[tuple[str, str]]):
    """Where incidents are kept changes nothing: the same are good, the same rejected, for the same reasons."""
    small, large = sorted_within(100, rows), sorted_within(0, rows)

    assert list(small.incidents) == list(large.incidents)
    assert small.rejects == large.rejects
    assert len(rows) == large.rows_read == len(large.incidents) + len(large.rejects)


def test_a_key_that_stands_three_times_rejects_all_three_whatever_lies_between():
    """Also where they no longer are in memory when the last one comes."""
    rows = [("7", "A"), *((str(number), "B") for number in range(100, 120)), ("7", "C"), ("7", "A")]

    found = sorted_within(3, rows)

    assert [2, 23, 24] == [reject.number for reject in found.rejects]
    assert {"What": "C"} == found.rejects[1].values
    assert "the key '7' stands also at row 2 and row 23" in found.rejects[2].reasons


def test_the_incidents_can_be_gone_through_any_number_of_times_and_two_at_once():
    """A second walk begins anew, and does not disturb the first."""
    titles = [f"Late {number}" for number in range(500)]
    kept = sorted_within(10, [("", title) for title in titles]).incidents

    pairs = [(one.title, other.title) for one, other in zip(kept, kept, strict=True)]

    assert [(title, title) for title in titles] == pairs
    assert (500, titles[-1], titles[3:5]) == (len(kept), kept[-1].title, [one.title for one in kept[3:5]])


def test_what_was_taken_out_is_not_counted_at_its_place():
    """A place is one among those that are left."""
    spool = Spool(within=0)
    for title in "ABCD":
        spool.append(Incident(title=title), None)
    kept = Spooled(spool, frozenset({0, 2}))

    assert ["B", "D"] == [kept[0].title, kept[1].title] == [incident.title for incident in kept]
    with pytest.raises(IndexError):
        kept[2]


def test_half_of_a_character_is_kept_as_it_stands():
    """An odd encoding may give one, and no JSON can hold it; the store says what becomes of it."""
    spool = Spool(within=0)
    spool.append(Incident(title="a\ud800"), None)

    assert ["a\ud800"] == [incident.title for incident in spool.incidents()]


def test_nothing_is_left_of_the_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It has no name while it is used, and is closed with the reading."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = sorted_within(0, [("1", "A"), ("2", "B")])

    names = [path.name for path in tmp_path.iterdir()]
    file = found.incidents._spool._file
    del found
    gc.collect()

    assert [] == names
    assert file.closed


def test_no_room_for_the_temporary_file_is_said_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Not a traceback from below."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))

    with pytest.raises(DataError, match=r"needs room for temporary data: .*; free some space, or set TMPDIR"):
        sorted_within(0, [("1", "A")])


def test_twice_as_many_rows_do_not_take_twice_the_memory(tmp_path: Path):
    """What is held beyond the first thousands is some bytes a row."""
    peaks = []
    for count in (6_000, 12_000):
        path = tmp_path / f"{count}.jsonl"
        line = {"title": "Late", "summary": "x" * 2_000}
        path.write_text("".join(f"{json.dumps(line | {'owner': str(n)})}\n" for n in range(count)), encoding="utf-8")
        tracemalloc.start()
        found = read(path, now=NOW)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        peaks.append(peak)
        assert count == len(found.incidents) == sum(1 for _ in found.incidents)

    assert peaks[1] < 1.1 * peaks[0]
