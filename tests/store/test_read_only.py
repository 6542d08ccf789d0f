"""A store that is only looked at is not changed, not even by opening it; and nothing that is said holds a password."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import traceback
from contextlib import contextmanager
from pathlib import Path

import pytest

from postmortem.record.incident import Incident
from postmortem.store import StoreError, open_store
from postmortem.store.errors import ReadOnlyError

STRANGER = 65_534


@contextmanager
def somebody_else(folder):
    """As a person who may only read a folder and what is in it."""
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(STRANGER)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.fixture
def open_folder():
    """A folder that everybody may look into: those of pytest are private."""
    folder = Path(tempfile.mkdtemp(prefix="postmortem-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def url(new_url, clock):
    """The address of a store with one incident that Ana is typing."""
    url = new_url()
    with open_store(url, clock=clock) as store:
        store.save(Incident(title="Late", id="2026-001"), by="Ana", coalesce=True)
    return url


def test_everything_can_be_looked_at(url):
    """Lists, incidents, histories, tables, checks."""
    with open_store(url, read_only=True) as store:
        assert store.read_only
        assert "Late" == store.load("2026-001").title
        assert 1 == len(store.list()) == len(store.history("2026-001")) == len(store.tables().incidents)
        assert [] == store.check(everything=True)


@pytest.mark.parametrize(
    "deed",
    [
        lambda store: store.save(Incident(title="x")),
        lambda store: store.save_many([Incident(title="x")]),
        lambda store: store.seal("2026-001"),
        lambda store: store.delete("2026-001", by="Ben"),
        lambda store: store.erase(["Late"], by="Ben", reason="x"),
        lambda store: store.rebuild_tables(),
    ],
)
def test_nothing_can_be_changed(url, deed):
    """A sentence says so, and what would do."""
    with open_store(url, read_only=True) as store:
        with pytest.raises(ReadOnlyError, match="open to read only: nothing is saved; open it without --read-only"):
            deed(store)
        assert "Late" == store.load("2026-001").title


def test_looking_does_not_keep_a_state_for_good(url, clock):
    """What somebody is typing is not sealed by a manager's look: it goes on as one revision."""
    with open_store(url, read_only=True) as looking:
        looking.load("2026-001")
    with open_store(url, clock=clock) as store:
        store.save(Incident(title="Late", id="2026-001", revision=1, team="Field"), by="Ana", coalesce=True)

        assert [2] == [it.number for it in store.history("2026-001")]


def test_the_database_itself_refuses(url):
    """Even what goes around the store's own door."""
    with (
        open_store(url, read_only=True) as store,
        pytest.raises(Exception, match=r"(?i)read-?only"),
        store._engine.connect() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM incidents")


def test_what_others_save_meanwhile_is_seen(url):
    """Looking is not looking at a copy."""
    with open_store(url, read_only=True) as looking, open_store(url) as store:
        store.save(Incident(title="New"))

        assert 2 == len(looking)


def test_nothing_is_made_where_there_is_nothing(new_url, tmp_path):
    """Neither a file, nor tables."""
    with pytest.raises(StoreError, match="there is no store at"):
        open_store(tmp_path / "none.db", read_only=True)
    with pytest.raises(StoreError, match="there is no store at"):
        open_store(new_url(tables=False), read_only=True)
    assert [] == [file for file in tmp_path.rglob("*") if file.is_file() and file.stat().st_size]


def test_the_surroundings_may_ask_for_it(url, monkeypatch):
    """POSTMORTEM_READ_ONLY; what is told in the call counts more."""
    monkeypatch.setenv("POSTMORTEM_READ_ONLY", "yes")
    with open_store(url) as looking, open_store(url, read_only=False) as store:
        assert looking.read_only
        assert not store.read_only
    monkeypatch.setenv("POSTMORTEM_READ_ONLY", "perhaps")
    with pytest.raises(StoreError, match="expected yes or no"):
        open_store(url)


def test_a_file_and_folder_that_may_only_be_read_are_enough(open_folder):
    """Closed by its owner, it has no log beside it, and none can be made."""
    with open_store(open_folder / "s.db") as store:
        store.save(Incident(title="Late"))
    with somebody_else(open_folder):
        with open_store(open_folder / "s.db", read_only=True) as looking:
            assert ["Late"] == [summary.title for summary in looking.list()]
        names = [file.name for file in open_folder.iterdir()]

    assert ["s.db"] == names


def test_what_stands_in_the_log_only_is_seen_too(open_folder):
    """While its owner has it open, what was saved last is not in the file itself yet."""
    with open_store(open_folder / "s.db") as store:
        store.save(Incident(title="Late"))
        with somebody_else(open_folder), open_store(open_folder / "s.db", read_only=True) as looking:
            assert ["Late"] == [summary.title for summary in looking.list()]
        for path in open_folder.iterdir():
            path.chmod(0o600)


def test_a_backup_can_be_looked_at_from_a_disk_that_is_read_only(open_folder):
    """It needs nothing beside it; a name with signs of an address in it is a name."""
    with open_store("sqlite://") as store:
        store.save(Incident(title="Late"))
        store.backup(open_folder / "100% of #1?.db")
    with somebody_else(open_folder), open_store(open_folder / "100% of #1?.db", read_only=True) as looking:
        assert 1 == len(looking)


def test_only_the_owner_may_read_what_a_store_writes(tmp_path):
    """The file, and the log and its index beside it, from the first byte."""
    with open_store(tmp_path / "s.db") as store:
        store.save(Incident(title="Late"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}

    assert {"s.db", "s.db-wal", "s.db-shm"} <= set(modes)
    assert {0o600} == set(modes.values())


def everything_said(error):
    """All texts of an error and of those it came from, as a traceback shows them."""
    chain, said = [error], []
    while chain:
        one = chain.pop()
        said += [str(one), repr(one), *map(str, getattr(one, "args", ()))]
        chain += [it for it in (one.__cause__, one.__context__) if it is not None]
    return "\n".join([*said, *traceback.format_exception(error)])


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://ana:s3cr3t@127.0.0.1:1/notes",
        "postgresql+psycopg://ana:s3cr%333t@127.0.0.1:1/notes",
        "postgresql+psycopg://ana@127.0.0.1:1/notes?password=s3cr3t",
        "postgresql+psycopg://127.0.0.1:1/notes?user=ana&password=s3cr3t&sslpassword=s3cr3t",
        "postgresql+psycopg://ana@127.0.0.1:1/notes",
        "postgresql://ana:s3cr3t@127.0.0.1:not-a-port/notes",
        "mysql://ana:s3cr3t@127.0.0.1/notes",
    ],
)
def test_no_password_is_in_what_is_said(address, monkeypatch):
    """Wherever it stood: with the name, among the parameters, in the surroundings; and in no error behind the error."""
    monkeypatch.setenv("PGPASSWORD", "s3cr3t")
    monkeypatch.setattr("postmortem.store.engine.PAUSES_S", (0.01,))
    with pytest.raises(StoreError) as caught:
        open_store(address)

    assert "s3cr3t" not in everything_said(caught.value)
    assert "s3cr%333t" not in everything_said(caught.value)


def test_a_wrong_password_is_not_repeated(server):
    """By no error in the chain."""
    good = server.url("postgres")
    wrong = good.replace(server.password, "s3cr3t")
    with pytest.raises(StoreError) as caught:
        open_store(wrong)

    assert "s3cr3t" not in everything_said(caught.value)


def test_what_stands_in_a_record_is_in_no_error_of_the_database(fresh_store, behind):
    """A failed save says what is in the way, and repeats no customer."""
    fresh_store.save(Incident(title="Late"))
    behind(fresh_store.url, "DROP TABLE incidents")
    name = "tsivqdniL"[::-1]  # as the source of this test stands in the traceback
    with pytest.raises(StoreError) as caught:
        fresh_store.save(Incident(title="Call", customer={"name": name}))

    assert name not in everything_said(caught.value)
