"""When the disk is full, the file read-only or others are writing: a sentence, and nothing half-written."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, event, text

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import StoreError, engine, open_store
from postmortem.store.engine import url_of

LATE = Incident(title="Late", id="2026-001")


@pytest.fixture
def url(new_url):
    """The address of a store with one incident."""
    address = new_url()
    with open_store(address) as store:
        store.save(LATE, by="Ana")
    return address


@pytest.fixture
def held(url, database):
    """Holds the store as another writer does, while a `with` lasts or until a number of seconds is over."""

    @contextmanager
    def hold(seconds=None):
        other = create_engine(url_of(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        begin, end = {
            "sqlite": ("BEGIN IMMEDIATE", "ROLLBACK"),
            "postgresql": (f"SELECT pg_advisory_lock({0x504D4E42})", "SELECT pg_advisory_unlock_all()"),
        }[database]
        if database == "sqlite":
            other = create_engine(url_of(url), poolclass=NullPool, connect_args={"check_same_thread": False})
        with other.connect() as connection:
            driver = connection.connection.driver_connection
            if database == "sqlite":
                driver.isolation_level = None
            driver.execute(begin)
            timer = threading.Timer(seconds or 0, driver.execute, [end])
            if seconds:
                timer.start()
            yield
            if seconds:
                timer.join()
            else:
                driver.execute(end)

    return hold


@pytest.fixture
def impatient(monkeypatch):
    """Waits of the length of a test."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)


@pytest.mark.usefixtures("impatient")
def test_a_store_that_others_write_all_the_time_says_that_it_is_busy(url, held):
    """After a bounded number of tries, not for ever; reading goes on."""
    with open_store(url) as store:
        with held():
            with pytest.raises(StoreError, match="is busy: somebody else has been writing"):
                store.save(Incident(title="Lost"))

            assert "Late" == store.load("2026-001").title
        assert 1 == store.save(Incident(title="Lost")).revision


@pytest.mark.usefixtures("impatient")
def test_a_writer_tries_again_when_the_database_itself_gives_up(url, held):
    """A lock that lasts longer than one wait, and shorter than all of them, is not noticed."""
    with open_store(url) as store, held(0.06):
        assert 1 == store.save(Incident(title="Lost")).revision


def test_a_writer_waits_for_another_that_is_quick(url, held):
    """A lock of a moment is not noticed."""
    with open_store(url) as store, held(0.3):
        assert 1 == store.save(Incident(title="Lost")).revision


def test_a_full_disk_is_told_and_nothing_is_half_written(url, database):
    """An import that does not fit leaves no row behind."""
    with open_store(url) as store:
        with store._engine.connect() as connection:
            fill_the_disk(store._engine, connection, database)
        with pytest.raises(StoreError, match=r"(the disk is full|has no room left).*nothing was half-written"):
            store.save_many(Incident(title=f"Late {number}", summary="x" * 900) for number in range(600))

        assert ["2026-001"] == [incident.id for incident in store.incidents()]
        assert [] == store.check()


def fill_the_disk(engine, connection, database):
    """Let a SQLite file grow by 20 pages at most; let PostgreSQL say that the disk is full after some statements."""
    if database == "sqlite":
        pages = connection.execute(text("PRAGMA page_count")).scalar()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 20}"))
        return

    @event.listens_for(engine, "before_cursor_execute")
    def stop(_connection, _cursor, statement, *_more):
        if statement.startswith("INSERT INTO steps") or "INSERT INTO incidents" in statement:
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")


def test_a_store_that_may_only_be_read_is_read_and_not_written(url, database, behind):
    """Looking works, also under a name that would keep the state for good; saving says what is missing."""
    if database == "sqlite":
        address = f"sqlite:///file:{url_of(url).database}?mode=ro&uri=true"
    else:
        address = url
        behind(url, f"ALTER DATABASE {url_of(url).database} SET default_transaction_read_only = on")
    with open_store(address) as store:
        assert "Late" == store.load("2026-001").title
        assert 1 == len(store.list())
        with pytest.raises(StoreError, match="can be read but not written"):
            store.save(Incident(title="Lost"))


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
            shared = store.load("2026-001")
            try:
                store.save(changed(shared, learned=(*shared.learned, f"{name} {number}")), by=name, coalesce=True)
            except ConflictError:
                continue
            break
"""


def test_two_processes_lose_nothing_of_each_other(url):
    """Every incident has its own id, and every change of the shared one is there, whoever was first."""
    command = [sys.executable, "-c", WRITER, url]
    running = [subprocess.Popen([*command, name]) for name in ("Ana", "Ben")]  # noqa: S603 - our own program

    assert [0, 0] == [process.wait(timeout=120) for process in running]
    with open_store(url) as store:
        incidents = list(store.incidents())
        assert 81 == len({incident.id for incident in incidents})
        said = store.load("2026-001").learned
        assert sorted(f"{name} {number}" for name in ("Ana", "Ben") for number in range(40)) == sorted(said)
        assert [] == store.check()


def test_two_processes_may_make_the_store_at_once(new_url):
    """Whoever comes second finds the tables made."""
    code = "import sys; from postmortem.store import open_store; open_store(sys.argv[1]).close()"
    command = [sys.executable, "-c", code, new_url(tables=False)]
    running = [subprocess.Popen(command) for _ in range(3)]  # noqa: S603 - our own program

    assert [0, 0, 0] == [process.wait(timeout=60) for process in running]


def test_threads_share_a_store(url):
    """A widget that saves in the background does not disturb the one in front."""
    with open_store(url) as store:
        threads = [
            threading.Thread(target=lambda: [store.save(Incident(title="x")) for _ in range(20)]) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert 81 == len(store)


def test_a_document_changed_behind_the_stores_back_is_found(url, behind):
    """The check names the incident and the remedy."""
    behind(url, "UPDATE documents SET document = replace(document, 'Late', 'Early')")

    with open_store(url) as store:
        findings = [problem.finding for problem in store.check()]

    assert "its current document is not the one of its last revision" in findings
    assert "its document was changed outside the store" in findings


def test_rows_that_are_missing_are_found_and_made_again(url, behind):
    """The documents are enough to make them."""
    behind(url, "DELETE FROM incidents")

    with open_store(url) as store:
        assert ["0 rows for 1 documents", "its rows in incidents differ from its document"] == [
            problem.finding for problem in store.check()
        ]
        assert 1 == store.rebuild_tables()
        assert [] == store.check()


def test_a_conflict_writes_nothing(url):
    """The transaction of a refused save is over: the next one goes through at once."""
    with open_store(url) as store:
        base = store.load("2026-001")
        store.save(changed(base, owner="Ana"))
        with pytest.raises(Exception, match="compare the two"):
            store.save(changed(base, owner="Ben"))

        assert 3 == store.save(changed(store.load("2026-001"), owner="Ben")).revision
