"""The same store on PostgreSQL: skipped where the server's programs or the driver are not installed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from postmortem.record import whys
from postmortem.record.edit import changed
from postmortem.record.incident import Incident, Source
from postmortem.record.reading import incident_from, json_text
from postmortem.store import ConflictError, ImportCounts, StoreError, open_store
from postmortem.store.engine import reading
from postmortem.store.schema import metadata

PROGRAMS = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
NAME = "postgres"


def run(*command):
    """Run a program of the server, which refuses to run as root, as the user it was installed with."""
    account = {"user": NAME, "group": NAME, "extra_groups": []} if os.geteuid() == 0 else {}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run([*map(str, command)], check=True, capture_output=True, cwd="/", env=environment, **account)  # noqa: S603


@pytest.fixture(scope="session")
def server():
    """The address of a server of our own, on the loopback, gone after the tests."""
    if PROGRAMS is None or importlib.util.find_spec("psycopg") is None:
        pytest.skip("PostgreSQL's server programs or its driver psycopg are not installed")
    folder = Path(tempfile.mkdtemp(prefix="postmortem-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, NAME, NAME)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    run(PROGRAMS / "initdb", "-D", data, "-U", NAME, "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run(PROGRAMS / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
    try:
        yield f"postgresql+psycopg://{NAME}:s3cret@127.0.0.1:{port}"
    finally:
        run(PROGRAMS / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(server, request):
    """An empty database of its own for each test."""
    name = request.node.name[:60]
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture
def store(url):
    """An empty store."""
    with open_store(url) as store:
        yield store


def row(key, **fields):
    """What a file says of one incident."""
    return incident_from({"title": "Late", "source": {"system": "crm", "key": key}, **fields})


def test_migrations_produce_the_schema_there_too(store):
    """Every table, column, type, key and index."""
    with reading(store._engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert [] == compare_metadata(context, metadata)


def test_revisions_conflicts_and_typing_are_the_same(store):
    """Saved, taken up while typing, kept when somebody else looks, refused when stale."""
    first = store.save(Incident(title="L"), by="Ana", coalesce=True)
    second = store.save(changed(first, title="Late"), by="Ana", coalesce=True)
    store.load(first.id, by="Ben")
    third = store.save(changed(second, owner="Ben"), by="Ana", coalesce=True)

    assert [2, 3] == [revision.number for revision in store.history(first.id)]
    assert third == store.load(first.id)
    with pytest.raises(ConflictError):
        store.save(changed(second, owner="Cem"), by="Cem")


def test_both_databases_give_the_same(store, tmp_path):
    """One file imported into both: the same documents, tables, lists and findings, whatever the texts hold."""
    full = row(
        "1\x00",
        title="a\x00b 'c' 100%",
        occurred_at="2026-03-02T17:30:00.000001+01:00",
        impact={"customers": 10_000_000_000, "customer_min": 0.1, "our_cost": "12.50"},
        whys=[{"id": "w1", "text": "x" * 5000}],
        causes=[{"id": "c1", "why": "w1", "category": "system"}],
        factors=["y" * 5000, "better timing"],
        actions=[{"id": "a1", "causes": ["c1"], "form": "checklist", "due_on": "0001-01-01"}],
        recovery={"steps": [{"id": "apologise", "status": "done"}]},
    )
    rows = [full, row("z" * 9000), Incident(title="\ud83d"), Incident(title="Ünïcode \U0001f600")]
    with open_store(tmp_path / "postmortem.db") as other:
        for each in (store, other):
            assert ImportCounts(imported=4) == each.save_many(rows)
            assert ImportCounts(unchanged=4) == each.save_many(rows)
            assert [] == each.check()
            assert 4 == each.rebuild_tables()
        assert list(map(json_text, other.incidents())) == list(map(json_text, store.incidents()))
        ours, theirs = store.tables(), other.tables()
        for name in ("incidents", "causes", "actions", "action_causes", "factors", "steps"):
            assert getattr(theirs, name).equals(getattr(ours, name))
            assert getattr(theirs, name).dtypes.equals(getattr(ours, name).dtypes)
        assert [summary.title for summary in other.list()] == [summary.title for summary in store.list()]
        assert ["2026-001"] == [summary.incident_id for summary in store.list(text="100%", category="system")]
        assert other.find_source("crm", "1\x00") == store.find_source("crm", "1\x00") == "2026-001"


def test_an_import_that_fails_leaves_nothing(store):
    """All of it, or nothing."""

    def rows():
        yield from (row(str(number)) for number in range(600))
        raise ValueError("the file ends here")

    with pytest.raises(ValueError, match="ends here"):
        store.save_many(rows())

    assert 0 == len(store)


def test_news_from_a_file_are_merged_there_too(store):
    """The people's whys stay."""
    store.save_many([row("1")])
    (summary,) = store.list()
    store.save(whys.answer(store.load(summary.incident_id), None, "The van was full"), by="Ana")

    assert ImportCounts(updated=1) == store.save_many([row("1", team="Vans")])
    merged = store.load(summary.incident_id)
    assert ("Vans", 1) == (merged.team, len(merged.whys))


def test_many_writers_lose_nothing(url, store):
    """Several connections at once: every number once, every change there."""
    shared = store.save(Incident(title="Late", source=Source(system="crm", key="1")))

    def write(name):
        with open_store(url) as own:
            for number in range(15):
                own.save(Incident(title=f"{name} {number}"), by=name)
                while True:
                    base = own.load(shared.id, by=name)
                    try:
                        own.save(changed(base, learned=(*base.learned, f"{name} {number}")), by=name)
                    except ConflictError:
                        continue
                    break

    threads = [threading.Thread(target=write, args=(name,)) for name in ("Ana", "Ben", "Cem")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 46 == len(store)
    assert 45 == len(set(store.load(shared.id).learned))


def test_what_is_in_the_way_is_said_without_the_password(server, store):
    """No such database, no such server, a lock that others hold: a sentence each."""
    assert "s3cret" not in repr(store)
    with pytest.raises(StoreError, match=r"has no database of this name|can't be reached") as caught:
        open_store(f"{server}/missing")
    assert "s3cret" not in str(caught.value)
    with pytest.raises(StoreError, match="can't be reached") as caught:
        open_store("postgresql+psycopg://ana:s3cret@127.0.0.1:1/notes")
    assert "s3cret" not in str(caught.value)


def test_a_writer_that_waits_too_long_says_so(store, monkeypatch):
    """Another transaction keeps the lock; after a bounded time the save gives up, and goes through later."""
    monkeypatch.setattr("postmortem.store.engine.BUSY_TIMEOUT_MS", 50)
    with store._engine.connect() as other:
        other.execute(text(f"SELECT pg_advisory_lock({0x504D4E42})"))
        with pytest.raises(StoreError, match="is busy"):
            store.save(Incident(title="Late"))
        other.execute(text("SELECT pg_advisory_unlock_all()"))

    assert 1 == store.save(Incident(title="Late")).revision
