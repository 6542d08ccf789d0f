"""A backup is the store as it was at one moment, whoever writes meanwhile; and the way back loses nothing."""

from __future__ import annotations

import resource
import sqlite3
import stat
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import ConflictError, StoreError, open_store
from postmortem.store.engine import reading
from postmortem.store.schema import metadata


def rows_of(store):
    """Everything that a store holds, table by table, without the name of the store itself."""
    with reading(store._engine) as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select()).all()))
            for table in metadata.sorted_tables
            if table.name != "properties"
        }


@pytest.fixture
def filled(fresh_store, clock):
    """A store with a history, a deleted incident, imports and a certificate."""
    first = fresh_store.save(Incident(title="Late", owner="Maria Lindqvist"), by="Ana")
    clock.move(minutes=1)
    fresh_store.save(changed(first, team="Field", whys=({"id": "w1", "text": "No reminder"},)), by="Ben", note="more")
    fresh_store.save_many([Incident(title="From a file", source={"system": "crm", "key": "1"})], by="import")
    gone = fresh_store.save(Incident(title="Twice"), by="Ana")
    fresh_store.delete(gone.id, by="Ana")
    fresh_store.erase(["Maria Lindqvist"], by="Ana", reason="request")
    for incident_id, texts in ((first.id, ["It was off", "Nobody looked"]), (first.id, ["Too dark"])):
        begun = fresh_store.open_round(incident_id, "whys", by="Ana")
        fresh_store.write_ideas(begun.id, "Ben", texts)
        fresh_store.reveal(begun.id, by="Ana")
        fresh_store.take_idea(begun.id, "Ben", 1)
        fresh_store.close_round(begun.id, by="Ana")
    fresh_store.write_ideas(fresh_store.open_round(first.id, "actions", by="Ana").id, "Ben", ["Add a list"])
    return fresh_store


def test_a_backup_is_a_store_with_all_that_was_in_it(filled, tmp_path):
    """Every row of every table; sound; for its owner only; one file."""
    filled.backup(tmp_path / "copy.db")

    assert ["copy.db"] == [file.name for file in tmp_path.iterdir()]
    assert 0o600 == stat.S_IMODE((tmp_path / "copy.db").stat().st_mode)
    with open_store(tmp_path / "copy.db") as copy:
        assert rows_of(filled) == rows_of(copy)
        assert [] == copy.check(everything=True)


def test_there_and_back_again_is_the_same(filled, new_url, tmp_path):
    """From either database by way of SQLite into an empty one of the same kind, and out again."""
    filled.backup(tmp_path / "one.db")
    with open_store(new_url()) as other:
        done = other.restore(tmp_path / "one.db")
        other.backup(tmp_path / "two.db")

        assert (2, None, ()) == (done.incidents, done.kept, done.again)
        assert rows_of(filled) == rows_of(other)
        assert [] == other.check(everything=True)
        assert filled.list() == other.list()
        with open_store(tmp_path / "two.db") as copy:
            assert rows_of(filled) == rows_of(copy)


def test_who_is_there_is_not_put_back_and_goes_on(filled, tmp_path, clock):
    """Whoever was there when the backup was made may have gone home; whoever is here now is still here."""
    filled.arrive("2026-001", "s1", by="Ana", stage="why")
    filled.backup(tmp_path / "one.db")
    filled.depart("s1")
    filled.arrive("2026-001", "s2", by="Ben", stage="act")
    filled.restore(tmp_path / "one.db", replace=True)

    assert ["Ben"] == [it.by for it in filled.present("2026-001")]
    with open_store(tmp_path / "one.db", clock=clock) as copy:
        assert ["Ana"] == [it.by for it in copy.present("2026-001")]


def test_a_restore_brings_back_the_rounds_of_the_backup_and_keeps_those_of_now_beside_it(filled, tmp_path):
    """An open one goes on as it was; what was written since stands in the copy that is made first."""
    begun = filled.round("2026-001")
    filled.backup(tmp_path / "one.db")
    filled.write_ideas(begun.id, "Ben", ["Something else"])
    filled.reveal(begun.id, by="Ana")
    done = filled.restore(tmp_path / "one.db", replace=True)

    assert begun == filled.round("2026-001")
    assert ["Add a list"] == [idea.text for idea in filled.ideas(begun.id, "Ben")]
    with open_store(done.kept) as before:
        assert ["Something else"] == [idea.text for idea in before.ideas(begun.id, "Ana")]
    assert [] == filled.check(everything=True)


def test_a_number_is_not_given_again_after_a_restore(filled, new_url, tmp_path):
    """Not one of the backup, and not one of what stood there before."""
    filled.backup(tmp_path / "one.db")
    with open_store(new_url()) as other:
        for _ in range(6):
            last = other.save(Incident(title="x", occurred_at="2026-03-02T10:00Z"))
        other.restore(tmp_path / "one.db", replace=True)

        assert "2026-006" == last.id
        assert "2026-007" == other.save(Incident(title="y", occurred_at="2026-03-02T10:00Z")).id


def test_every_copy_that_is_made_while_others_write_is_of_one_moment(fresh_store, tmp_path):
    """Each save changes two incidents' worth of tables at once: no copy has one without the other."""
    shared = fresh_store.save(Incident(title="Shared", occurred_at="2026-01-01T00:00Z"), by="Ana")
    stop = threading.Event()
    saved = []

    def work(name):
        while not stop.is_set():
            incidents = [Incident(title=f"{name} {part}", tags=(name,)) for part in ("left", "right")]
            fresh_store.save_many(incidents, by=name)
            try:
                here = fresh_store.load(shared.id)
                saved.append(fresh_store.save(changed(here, learned=(*here.learned[-20:], name)), by=name))
            except ConflictError:
                continue

    threads = [threading.Thread(target=work, args=(name,)) for name in ("Ana", "Ben")]
    for thread in threads:
        thread.start()
    for number in range(4):
        fresh_store.backup(tmp_path / f"{number}.db")
    stop.set()
    for thread in threads:
        thread.join()

    sizes = []
    for number in range(4):
        with open_store(tmp_path / f"{number}.db") as copy:
            assert [] == copy.check(everything=True)
            titles = [incident.title.split()[1] for incident in copy.incidents() if incident.id != shared.id]
            assert titles.count("left") == titles.count("right")
            sizes.append(len(copy))
    assert sizes == sorted(sizes)
    assert saved


WRITER = """
import sys
from postmortem.record.incident import Incident
from postmortem.store import open_store
with open_store(sys.argv[1]) as store:
    for number in range(60):
        store.save_many([Incident(title=f"{number} left"), Incident(title=f"{number} right")])
"""


def test_another_process_may_write_too(new_url, tmp_path):
    """It is no different."""
    url = new_url()
    writer = subprocess.Popen([sys.executable, "-c", WRITER, url])  # noqa: S603 - our own program
    with open_store(url) as store:
        number = 0
        while writer.poll() is None:
            store.backup(tmp_path / f"{number}.db")
            number += 1

    assert 0 == writer.wait()
    for at in range(number):
        with open_store(tmp_path / f"{at}.db", read_only=True) as copy:
            assert [] == copy.check(everything=True)
            assert 0 == len(copy) % 2


def test_what_is_there_is_not_written_over(filled, tmp_path):
    """Neither a file, nor a folder, nor a link to nowhere; and a missing folder is said."""
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    for name in ("mine", ".", "link"):
        with pytest.raises(StoreError, match="is there already"):
            filled.backup(tmp_path / name)
    with pytest.raises(StoreError, match="was not written: No such file"):
        filled.backup(tmp_path / "missing" / "copy.db")
    assert {"mine", "link"} == {file.name for file in tmp_path.iterdir()}


def test_a_full_disk_leaves_nothing(filled, tmp_path):
    """Half a backup is none: the sentence says so, and the store is as it was."""
    filled.save(Incident(title="Large", summary="x" * 200_000))
    before = rows_of(filled)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, limits[1]))
    try:
        with pytest.raises(StoreError, match="nothing of it was left behind"):
            filled.backup(tmp_path / "copy.db")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert [] == list(tmp_path.iterdir())
    assert before == rows_of(filled)


def test_progress_is_told_to_the_end(filled, tmp_path):
    """How much is done, and of how much."""
    told = []
    filled.backup(tmp_path / "copy.db", lambda done, total: told.append((done, total)))

    assert told[-1][0] == told[-1][1] > 0


def test_a_store_with_incidents_is_left_alone_unless_told(filled, new_url, tmp_path):
    """The sentence says how many, and what would do; with `replace` they are kept in a backup."""
    filled.backup(tmp_path / "copy.db")
    with open_store(new_url()) as other:
        other.save(Incident(title="Mine", occurred_at="2026-01-01T00:00Z"), by="Ana")
        with pytest.raises(StoreError, match="holds 1 incident already: nothing was restored"):
            other.restore(tmp_path / "copy.db")
        assert ["Mine"] == [incident.title for incident in other.incidents()]

        done = other.restore(tmp_path / "copy.db", replace=True)
        assert {summary.title for summary in filled.list()} == {incident.title for incident in other.incidents()}
    with open_store(done.kept) as kept:
        assert ["Mine"] == [incident.title for incident in kept.incidents()]
    assert 0o600 == stat.S_IMODE(done.kept.stat().st_mode)


def test_whoever_has_an_incident_open_does_not_write_over_what_was_restored(fresh_store, tmp_path, clock):
    """A revision number never means something else than before: their next save is put together, or told."""
    old = fresh_store.save(Incident(title="Late"), by="Ana")
    fresh_store.backup(tmp_path / "copy.db")
    clock.move(minutes=10)
    opened = fresh_store.save(changed(old, team="Field"), by="Ana")
    fresh_store.restore(tmp_path / "copy.db", replace=True, by="Cem")
    clock.move(minutes=10)
    restored = fresh_store.load(old.id)
    fresh_store.save(changed(restored, owner="Ben"), by="Ben")

    assert ("", opened.revision + 1) == (restored.team, restored.revision)
    assert ("Cem", "restore") == (fresh_store.history(old.id)[1].by, fresh_store.history(old.id)[1].deed)
    with pytest.raises(ConflictError):
        fresh_store.save(changed(opened, title="Very late"), by="Ana")
    assert "Ben" == fresh_store.load(old.id).owner
    assert [] == fresh_store.check(everything=True)


def test_a_restore_says_which_erasings_it_undid(filled, tmp_path, clock):
    """The certificate stays, so that somebody can do it again."""
    filled.save(Incident(title="Call of Grace Hopper"))
    filled.backup(tmp_path / "copy.db")
    clock.move(minutes=10)
    filled.erase(["Grace Hopper"], by="Ana", reason="request")
    done = filled.restore(tmp_path / "copy.db", replace=True)

    assert (2,) == done.again
    assert [1, 2] == [certificate.number for certificate in filled.certificates()]
    assert [] == filled.check(everything=True)


def test_a_damaged_file_changes_nothing(filled, tmp_path):
    """Whatever of it is damaged: its pages, its documents, its version."""
    before = rows_of(filled)
    filled.backup(tmp_path / "good.db")
    good = (tmp_path / "good.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(good[: len(good) // 2])
    (tmp_path / "scratched.db").write_bytes(good[:4096] + b"\xff" * (len(good) - 4096))
    (tmp_path / "text.db").write_text("hello")
    (tmp_path / "empty.db").touch()
    for name, command in (
        ("torn", "UPDATE documents SET document = replace(document, 'Late', 'Early')"),
        ("newer", "UPDATE alembic_version SET version_num = '0999'"),
        ("foreign", "DROP TABLE alembic_version"),
        ("unreadable", "UPDATE documents SET document = '{'; UPDATE revisions SET document = '{'"),
    ):
        (tmp_path / f"{name}.db").write_bytes(good)
        with sqlite3.connect(tmp_path / f"{name}.db") as database:
            database.executescript(command)
        database.close()

    for name in ("cut", "scratched", "text", "empty", "torn", "newer", "foreign", "unreadable", "missing"):
        with pytest.raises(Exception, match=r"(?s).+") as caught:
            filled.restore(tmp_path / f"{name}.db", replace=True)
        assert "postmortem" in type(caught.value).__module__, name
        assert before == rows_of(filled), name
    assert [] == list(tmp_path.glob("*replaced*"))


def test_a_store_is_not_restored_from_itself(tmp_path):
    """It would be emptied first."""
    with open_store(tmp_path / "s.db") as store:
        store.save(Incident(title="Late"))
        with pytest.raises(StoreError, match="is the store itself"):
            store.restore(tmp_path / "s.db", replace=True)

        assert 1 == len(store)


def test_a_store_in_memory_can_be_kept(tmp_path):
    """And brought back."""
    with open_store("sqlite://") as store:
        store.save(Incident(title="Late"))
        store.backup(tmp_path / "copy.db")
        done = store.restore(tmp_path / "copy.db", replace=True)

        assert 1 == len(store)
        assert replace(done, kept=None).incidents == 1
