"""Stores that earlier releases wrote: each opens, is kept as it was, and goes on. See released/README.md."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Boolean, MetaData

from postmortem.analysis import conformance
from postmortem.record import recovery
from postmortem.record.edit import changed
from postmortem.store import ImportCounts, StoreError, open_store
from postmortem.store.derived import FLAT
from postmortem.store.engine import engine_of, url_of, writing
from postmortem.store.migration import FOLDER, known_versions
from postmortem.store.schema import HEAD
from postmortem.store.texts import instant_text

RELEASED = Path(__file__).with_name("released")
OLD = [version for version in known_versions() if version != HEAD]


@pytest.fixture
def old(database, new_url, tmp_path):
    """Gives the address of a store as an earlier release wrote it, in either database; `old("0001")`."""

    def made(version):
        file = tmp_path / f"{version}.db"
        shutil.copyfile(RELEASED / f"{version}.db", file)
        if database == "sqlite":
            return f"sqlite:///{file}"
        url = new_url(tables=False)
        engine = engine_of(url_of(url))
        with writing(engine) as connection:
            config = Config()
            config.set_main_option("script_location", str(FOLDER))
            config.attributes["connection"] = connection
            command.upgrade(config, version)
            known = MetaData()
            known.reflect(connection)
            with sqlite3.connect(file) as source:
                source.row_factory = sqlite3.Row
                for table in known.sorted_tables:
                    if table.name == "alembic_version":
                        continue
                    connection.execute(table.delete())
                    for row in source.execute(f"SELECT * FROM {table.name}"):  # noqa: S608 - our own names
                        values = {
                            name: bool(row[name]) if isinstance(table.columns[name].type, Boolean) else row[name]
                            for name in row.keys()  # noqa: SIM118 - a row of sqlite3 has no other way
                        }
                        connection.execute(table.insert().values(**values))
            source.close()
        engine.dispose()
        return url

    return made


def before(version):
    """The documents and revisions of a released store, as they stand in the file."""
    with sqlite3.connect(f"file:{RELEASED / version}.db?mode=ro&immutable=1", uri=True) as source:
        documents = dict(source.execute("SELECT incident_id, document FROM documents"))
        revisions = source.execute(
            "SELECT incident_id, number, at, by, note, document FROM revisions ORDER BY incident_id, number"
        ).fetchall()
    source.close()
    return documents, revisions


def test_every_schema_has_a_store_that_its_release_wrote():
    """The next one too: tests/store/released/README.md says how it is made."""
    assert [f"{version}.db" for version in known_versions()] == sorted(file.name for file in RELEASED.glob("*.db"))


@pytest.mark.parametrize("version", known_versions())
def test_a_store_of_every_release_opens_with_all_that_was_in_it(version, old):
    """Every document, every revision with who, when and what they noted; sound; and it goes on being worked with."""
    documents, revisions = before(version)
    with open_store(old(version), said=[].append) as store:
        kept = [
            (identifier, it.number, instant_text(it.at), it.by, it.note, it.document)
            for identifier in sorted(documents)
            for it in store.history(identifier)
        ]

        assert revisions == kept
        assert [] == store.check(everything=True)
        assert {incident.id for incident in store.incidents()} == {summary.incident_id for summary in store.list()}
        assert len(store) == len(store.tables().incidents)
        known = next(incident for incident in store.incidents() if incident.source)
        row = known.model_copy(update={"id": "", "revision": 0})
        assert version != "0001" or ImportCounts(unchanged=1) == store.save_many([row])
        assert known.id == store.find_source(known.source.system, known.source.key)
        edited = store.save(changed(known, owner="Dora"), by="Dora")
        assert known.revision + 1 == edited.revision


@pytest.mark.parametrize("version", OLD)
def test_an_old_store_is_kept_as_it_was_and_somebody_is_told(version, old, database, clock, behind):
    """In a file beside it that only its owner reads, or in a schema of the same database; told in one sentence."""
    url, told = old(version), []
    open_store(url, clock=clock, said=told.append).close()
    name = f"{version}-20260302T120000Z"

    assert 1 == len(told)
    assert f"from schema {version} to {HEAD}; as it was before, it is kept in" in told[0]
    if database == "sqlite":
        kept = Path(f"{url.removeprefix('sqlite:///')}.{name}.backup")
        assert 0o600 == stat.S_IMODE(kept.stat().st_mode)
        assert str(kept) in told[0]
        with sqlite3.connect(kept) as copy:
            found = copy.execute("SELECT version_num FROM alembic_version").fetchall()
        copy.close()
    else:
        schema = f"postmortem_{name.replace('-', '_').lower()}"
        found = behind(url, f"SELECT version_num FROM {schema}.alembic_version")  # noqa: S608 - our own name
        count = behind(url, f"SELECT count(*) FROM {schema}.documents")  # noqa: S608 - our own name
        assert len(before(version)[0]) == count[0][0]
    assert [(version,)] == [tuple(row) for row in found]


@pytest.mark.parametrize("version", OLD)
def test_a_migration_of_an_old_store_that_fails_leaves_it_as_it_was(version, old, monkeypatch, database, tmp_path):
    """With nothing beside it; the next start does all of it."""
    url = old(version)

    def fail(*_args, **_options):
        raise RuntimeError("stopped")

    with monkeypatch.context() as patch:
        # What comes last: the tables are new by then.
        patch.setattr("postmortem.store.store.rebuild", fail)
        with pytest.raises(RuntimeError, match="stopped"):
            open_store(url)
    if database == "sqlite":
        assert [f"{version}.db"] == [file.name for file in tmp_path.iterdir() if file.stat().st_size]
    with open_store(url, said=[].append) as store:
        assert [] == store.check(everything=True)


def test_two_copies_of_an_old_store_know_their_incidents_in_each_other(old, behind, tmp_path):
    """Whoever took a copy before this schema came can still be brought together with the others."""
    names = []
    for url in (old("0001"), f"sqlite:///{tmp_path / 'other.db'}"):
        if url.endswith("other.db"):
            shutil.copyfile(RELEASED / "0001.db", tmp_path / "other.db")
        open_store(url, said=[].append).close()
        names.append(sorted(behind(url, "SELECT incident_id, uid FROM documents")))

    assert names[0] == names[1]


@pytest.mark.parametrize("version", OLD)
def test_two_processes_that_open_an_old_store_at_once_migrate_it_once(version, old, database, tmp_path):
    """One does it, the others wait; one copy is kept."""
    url = old(version)
    code = "import sys; from postmortem.store import open_store; open_store(sys.argv[1]).close()"
    running = [
        subprocess.Popen([sys.executable, "-c", code, url], stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[1] for process in running]

    assert [0, 0, 0] == [process.returncode for process in running]
    assert 1 == sum("was brought up to date" in text for text in said)
    if database == "sqlite":
        assert 1 == len(list(tmp_path.glob("*.backup")))


@pytest.mark.parametrize("version", OLD)
def test_an_old_store_that_is_only_looked_at_is_left_alone(version, old):
    """The sentence says what to do."""
    url = old(version)

    with pytest.raises(StoreError, match=rf"older version .*\(schema {version}.*once without --read-only"):
        open_store(url, read_only=True)


@pytest.mark.parametrize("version", OLD)
def test_a_backup_of_an_old_store_can_be_restored(version, fresh_store, tmp_path):
    """It is brought up to date in a copy; the file stays as it is."""
    file = tmp_path / "old.db"
    shutil.copyfile(RELEASED / f"{version}.db", file)
    content = file.read_bytes()
    fresh_store.restore(file)

    assert [] == fresh_store.check(everything=True)
    gone = {deleted.incident_id for deleted in fresh_store.deleted()}
    assert set(before(version)[0]) - gone == {incident.id for incident in fresh_store.incidents()}
    assert content == file.read_bytes()


@pytest.mark.parametrize("version", OLD)
def test_the_rows_of_an_old_store_are_filled_when_it_is_opened(version, old, behind):
    """Nobody has to save a record again before charts count it: its steps, its promises, and who was told first."""
    url = old(version)
    told = {"known_at": "2026-03-02T18:00:00+01:00", "told_at": "2026-03-02T18:05:00+01:00"}
    done = [{"id": step, "status": "done", "at": told["told_at"]} for step in ("explain-mistake", "apologise")]
    document = json.loads(before(version)[0]["2026-001"]) | told | {"recovery": {"steps": done}}
    text = json.dumps(document).replace("'", "''")
    behind(url, f"UPDATE documents SET document = '{text}' WHERE incident_id = '2026-001'")  # noqa: S608 - our own text
    with open_store(url, said=[].append) as store:
        tables = store.tables()
        found = conformance(tables, now=datetime(2026, 3, 20, tzinfo=UTC)).set_index("step_id")
        handled = sum(recovery.is_handled_here(incident) for incident in store.incidents())
        saved = store.save(store.load("2026-001"), by="Dora", note="again")
        again = store.tables()

    assert "2026-001" == saved.id
    assert (13, handled, 1) == (len(found), found["n"].iloc[0], found.loc["apologise", "in order"])
    assert "yes" == tables.incidents.set_index("incident_id").loc["2026-001", "told_first"]
    assert [True] * len(FLAT) == [getattr(tables, it.name).equals(getattr(again, it.name)) for it in FLAT]
