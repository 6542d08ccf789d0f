"""What only a store in a SQLite file can meet: damage, rights, network folders, and a file that is taken away."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import StoreError, engine, open_store

LATE = Incident(title="Late", id="2026-001")
PLAIN_USER = 65534
"""The number of the user `nobody`, whom no folder belongs to."""


@pytest.fixture
def file(tmp_path):
    """A store with one incident."""
    with open_store(tmp_path / "postmortem.db") as store:
        store.save(LATE, by="Ana")
    return tmp_path / "postmortem.db"


@pytest.fixture
def lose():
    """Takes a store's file away, with the log beside it."""

    def lost(file):
        for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
            each.unlink(missing_ok=True)

    return lost


def test_a_damaged_file_is_told(file):
    """The sentence says what to do first: keep a copy."""
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)

    with pytest.raises(StoreError, match="is damaged: keep a copy"), open_store(file) as store:
        store.list()


def test_all_that_is_acknowledged_is_on_the_disk(file):
    """SQLite waits for the disk at each commit, and keeps its log apart, so that readers and a writer get along."""
    with open_store(file) as store, store._engine.connect() as connection:
        driver = connection.connection.driver_connection

        assert (2,) == driver.execute("PRAGMA synchronous").fetchone()
        assert ("wal",) == driver.execute("PRAGMA journal_mode").fetchone()


def test_a_file_of_an_older_release_is_brought_up_to_date_and_copied_first(tmp_path):
    """The copy is made while nobody else can write, and waits for nobody."""
    released = Path(__file__).with_name("released") / "0001.db"
    file = shutil.copyfile(released, tmp_path / "postmortem.db")
    with open_store(file) as store:
        assert [] == store.check()

    (kept,) = tmp_path.glob("*0001*")
    assert len(kept.read_bytes()) > 4096


# ------------------------------------------------------------------------------------------------ taken away, replaced


def test_a_file_that_is_removed_under_a_running_store_is_told_and_kept(file, lose):
    """The save that meets it is not acknowledged, and it and all before it are in a file that the sentence names."""
    with open_store(file) as store:
        saved = store.save(changed(store.load("2026-001"), owner="Ana"))
        lose(file)
        with pytest.raises(StoreError, match=r"was removed or replaced.*postmortem-rescued\.db: put that file"):
            store.save(changed(saved, owner="Ben"))

        assert not file.exists()
    with open_store(file.with_name("postmortem-rescued.db")) as rescued:
        assert ["", "Ana", "Ben"] == [revision.incident.owner for revision in rescued.history("2026-001")]
        assert [] == rescued.check()
    assert 0o600 == file.with_name("postmortem-rescued.db").stat().st_mode & 0o777


def test_a_removed_file_is_told_at_every_save_and_the_rescued_one_holds_them_all(file, lose):
    """Whoever types on is told again, and loses nothing of that either."""
    with open_store(file) as store:
        lose(file)
        for number in range(3):
            with pytest.raises(StoreError, match="was removed or replaced"):
                store.save(Incident(title=f"Lost {number}"))
    with open_store(file.with_name("postmortem-rescued.db")) as rescued:
        assert ["Late", "Lost 0", "Lost 1", "Lost 2"] == [incident.title for incident in rescued.incidents()]
    assert ["postmortem-rescued.db"] == [each.name for each in file.parent.glob("*.db")]


def test_a_rescued_file_does_not_take_the_place_of_an_older_one(file, lose):
    """What was rescued once and never looked at stays."""
    older = file.with_name("postmortem-rescued.db")
    shutil.copyfile(file, older)
    content = older.read_bytes()
    with open_store(file) as store:
        lose(file)
        with pytest.raises(StoreError, match=r"postmortem-rescued-2\.db"):
            store.save(Incident(title="Lost"))

    assert content == older.read_bytes()


def test_a_file_that_is_replaced_under_a_running_store_is_left_alone(file, tmp_path):
    """A backup that was put there meanwhile stays as it is; what was written since is in a file of its own."""
    backup = tmp_path / "backup.db"
    shutil.copyfile(file, backup)
    with open_store(file) as store:
        store.save(Incident(title="Lost"))
        backup.replace(file)
        content = file.read_bytes()
        with pytest.raises(StoreError, match="was removed or replaced"):
            store.save(Incident(title="Lost too"))

        assert content == file.read_bytes()
    with open_store(file.with_name("postmortem-rescued.db")) as rescued:
        assert ["Late", "Lost", "Lost too"] == [incident.title for incident in rescued.incidents()]


def test_no_new_file_is_made_in_the_place_of_a_removed_one(file, lose):
    """A second connection of the same store does not begin an empty store."""
    with open_store(file) as store, store._engine.connect() as busy:
        lose(file)
        with pytest.raises(StoreError, match="was removed or replaced while it was open: nothing was saved just now"):
            store.save(LATE)

        assert not file.exists()
        assert not busy.closed


def test_a_folder_that_is_gone_is_told_and_what_it_held_is_kept_elsewhere(file, tmp_path, monkeypatch):
    """Where the folder itself is away, the rescued file lies in the folder one works in."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    (tmp_path / "notes").mkdir()
    moved = shutil.move(file, tmp_path / "notes")
    with open_store(moved) as store:
        shutil.rmtree(tmp_path / "notes")
        with pytest.raises(StoreError, match="was removed or replaced"):
            store.save(Incident(title="Lost"))
    with open_store(work / "postmortem-rescued.db") as rescued:
        assert 2 == len(rescued)


# -------------------------------------------------------------------------------------------------------------- rights


@pytest.fixture
def open_folder(tmp_path_factory):
    """A folder that every user of the machine may walk into."""
    folder = tmp_path_factory.mktemp("open")
    # One level more where several processes share the tests.
    for each in (folder, *(above for above in folder.parents if above.name.startswith(("pytest-", "popen-")))):
        each.chmod(0o755)
    return folder


@contextmanager
def plain_user():
    """Be an ordinary user for a while: whoever runs the tests as root has every right there is."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        os.setegid(PLAIN_USER)
        os.seteuid(PLAIN_USER)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
            os.setegid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "said"),
    [
        (0o555, 0o444, "can't be opened|can be read but not written"),
        (0o555, 0o666, "can't be opened|can be read but not written"),
        (0o777, 0o444, "can be read but not written: give yourself the right"),
        (0o777, 0o000, "can't be opened: see that"),
    ],
)
def test_what_may_not_be_written_is_told(open_folder, folder_mode, file_mode, said):
    """A folder, a file, or both that an ordinary user may not write to, or not even read: a sentence with a remedy."""
    file = open_folder / "postmortem.db"
    with open_store(file) as store:
        store.save(LATE)
    before = file.read_bytes()
    file.chmod(file_mode)
    open_folder.chmod(folder_mode)

    with plain_user(), pytest.raises(StoreError, match=said), open_store(file) as store:
        store.save(Incident(title="Lost"))

    open_folder.chmod(0o755)
    file.chmod(0o600)
    assert before == file.read_bytes()


# ------------------------------------------------------------------------------------------------------ network folders


class Unlocking(sqlite3.Connection):
    """A connection to a file in a folder that does not lock as SQLite needs, for a number of statements."""

    code, left, statement = 0, 0, ""

    def execute(self, statement, *values):
        """Fail as SQLite would, or do it."""
        if Unlocking.left and statement.startswith(Unlocking.statement):
            Unlocking.left -= 1
            error = sqlite3.OperationalError("locking protocol")
            error.sqlite_errorcode = Unlocking.code
            raise error
        return super().execute(statement, *values)

    def cursor(self, *_factory):
        """One that fails the same way."""
        return super().cursor(UnlockingCursor)


class UnlockingCursor(sqlite3.Cursor):
    """A cursor of such a connection."""

    def execute(self, statement, *values):
        """Fail as SQLite would, or do it."""
        if Unlocking.left and statement.startswith(Unlocking.statement):
            return self.connection.execute(statement, *values)
        return super().execute(statement, *values)


LOCKS = [
    sqlite3.SQLITE_IOERR_LOCK,
    sqlite3.SQLITE_IOERR_SHMLOCK,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_BUSY_RECOVERY,
    sqlite3.SQLITE_BUSY_SNAPSHOT,
]


@pytest.fixture
def network_store(file, monkeypatch):
    """A store in a network folder whose locks can be made to fail."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(engine, "PAUSES_S", (0.0, 0.01))
    connect = sqlite3.dbapi2.connect
    monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda *given, **more: connect(*given, factory=Unlocking, **more))
    with open_store(file) as store:
        yield store
    Unlocking.left = 0


@pytest.mark.parametrize("code", LOCKS)
@pytest.mark.parametrize("statement", ["BEGIN", "PRAGMA journal_mode"])
def test_a_lock_that_fails_for_a_moment_is_not_noticed(network_store, code, statement):
    """Reading and saving are tried again."""
    network_store._engine.dispose()
    Unlocking.code, Unlocking.left, Unlocking.statement = code, 1, statement
    assert "Late" == network_store.load("2026-001").title
    network_store._engine.dispose()
    Unlocking.left = 1

    assert 1 == network_store.save(Incident(title="Lost")).revision
    assert [] == network_store.check()


@pytest.mark.parametrize("code", LOCKS)
def test_a_folder_that_never_locks_is_told(network_store, code):
    """The sentence says where a store would do better, and nothing is written."""
    Unlocking.code, Unlocking.left, Unlocking.statement = code, 1_000, "BEGIN"
    with pytest.raises(StoreError, match=r"keep the store on a disk of this machine|is busy.*nothing was saved"):
        network_store.save(Incident(title="Lost"))
    Unlocking.left = 0

    assert 1 == len(network_store)
