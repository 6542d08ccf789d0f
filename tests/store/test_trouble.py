"""When the disk is full, the file read-only or others are writing: a sentence, and nothing half-written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
import threading

import pytest
from sqlalchemy import text

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import StoreError, engine, open_store


@pytest.fixture
def file(tmp_path):
    """A store with one incident."""
    with open_store(tmp_path / "postmortem.db") as store:
        store.save(Incident(title="Late", id="2026-001"), by="Ana")
    return tmp_path / "postmortem.db"


@pytest.fixture
def impatient(monkeypatch):
    """Waits of the length of a test."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)


@pytest.mark.usefixtures("impatient")
def test_a_store_that_others_write_all_the_time_says_that_it_is_busy(file):
    """After a bounded number of tries, not for ever; reading goes on."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_store(file) as store:
        with pytest.raises(StoreError, match="is busy: somebody else has been writing"):
            store.save(Incident(title="Lost"))

        assert "Late" == store.load("2026-001").title
        other.execute("ROLLBACK")
        assert 1 == store.save(Incident(title="Lost")).revision
    other.close()


@pytest.mark.usefixtures("impatient")
def test_a_writer_tries_again_when_the_database_itself_gives_up(file):
    """A lock that lasts longer than one wait, and shorter than all of them, is not noticed either."""
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.1, other.execute, ["COMMIT"])
    timer.start()
    with open_store(file) as store:
        saved = store.save(Incident(title="Lost"))
    timer.join()
    other.close()

    assert 1 == saved.revision


def test_a_writer_waits_for_another_that_is_quick(file):
    """A lock of a moment is not noticed."""
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, other.execute, ["COMMIT"])
    timer.start()
    with open_store(file) as store:
        saved = store.save(Incident(title="Lost"))
    timer.join()
    other.close()

    assert 1 == saved.revision


def test_a_full_disk_is_told_and_nothing_is_half_written(file):
    """An import that does not fit leaves no row behind."""
    with open_store(file) as store:
        with store._engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar()
            connection.execute(text(f"PRAGMA max_page_count = {pages + 20}"))
        with pytest.raises(StoreError, match="the disk is full; free some space"):
            store.save_many(Incident(title=f"Late {number}", summary="x" * 900) for number in range(600))

        assert ["2026-001"] == [incident.id for incident in store.incidents()]
        assert [] == store.check()


def test_a_file_that_may_only_be_read_is_read_and_not_written(file):
    """Looking works, also under a name that would keep the state for good; saving says what is missing."""
    with open_store(f"sqlite:///file:{file}?mode=ro&uri=true") as store:
        assert "Late" == store.load("2026-001", by="Ben").title
        assert 1 == len(store.list())
        with pytest.raises(StoreError, match="can be read but not written"):
            store.save(Incident(title="Lost"))


def test_a_damaged_file_is_told(file):
    """The sentence says what to do first: keep a copy."""
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)

    with pytest.raises(StoreError, match="is damaged: keep a copy"), open_store(file) as store:
        store.list()


WRITER = """
import sys
from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import ConflictError, open_store
path, name = sys.argv[1:]
with open_store(path) as store:
    for number in range(40):
        store.save(Incident(title=f"{name} {number}", zone="UTC"), by=name)
        while True:
            shared = store.load("2026-001", by=name)
            try:
                store.save(changed(shared, learned=(*shared.learned, f"{name} {number}")), by=name, coalesce=True)
            except ConflictError:
                continue
            break
"""


def test_two_processes_lose_nothing_of_each_other(file):
    """Every incident has its own id, and every change of the shared one is there, whoever was first."""
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(file)]
    running = [subprocess.Popen([*command, name]) for name in ("Ana", "Ben")]  # noqa: S603 - our own program

    assert [0, 0] == [process.wait(timeout=120) for process in running]
    with open_store(file) as store:
        incidents = list(store.incidents())
        assert 81 == len({incident.id for incident in incidents})
        said = store.load("2026-001").learned
        assert sorted(f"{name} {number}" for name in ("Ana", "Ben") for number in range(40)) == sorted(said)
        assert [] == store.check()


def test_two_processes_may_make_the_store_at_once(tmp_path):
    """Whoever comes second finds the tables made."""
    code = "import sys; from postmortem.store import open_store; open_store(sys.argv[1]).close()"
    command = [sys.executable, "-c", code, str(tmp_path / "new.db")]
    running = [subprocess.Popen(command) for _ in range(3)]  # noqa: S603 - our own program

    assert [0, 0, 0] == [process.wait(timeout=60) for process in running]


def test_threads_share_a_store(file):
    """A widget that saves in the background does not disturb the one in front."""
    with open_store(file) as store:
        threads = [
            threading.Thread(target=lambda: [store.save(Incident(title="x")) for _ in range(20)]) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert 81 == len(store)


def test_a_document_changed_behind_the_stores_back_is_found(file):
    """The check names the incident and the remedy."""
    with sqlite3.connect(file) as database:
        database.execute("UPDATE documents SET document = replace(document, 'Late', 'Early')")
    database.close()

    with open_store(file) as store:
        findings = [problem.finding for problem in store.check()]

    assert "its current document is not the one of its last revision" in findings
    assert "its document was changed outside the store" in findings


def test_rows_that_are_missing_are_found_and_made_again(file):
    """The documents are enough to make them."""
    with sqlite3.connect(file) as database:
        database.execute("DELETE FROM incidents")
    database.close()

    with open_store(file) as store:
        assert ["0 rows for 1 documents", "its rows in incidents differ from its document"] == [
            problem.finding for problem in store.check()
        ]
        assert 1 == store.rebuild_tables()
        assert [] == store.check()


def test_a_conflict_writes_nothing(file):
    """The transaction of a refused save is over: the next one goes through at once."""
    with open_store(file) as store:
        base = store.load("2026-001")
        store.save(changed(base, owner="Ana"))
        with pytest.raises(Exception, match="compare the two"):
            store.save(changed(base, owner="Ben"))

        assert 3 == store.save(changed(store.load("2026-001"), owner="Ben")).revision
