"""The migrations make exactly the schema that the code speaks of, and nothing is done to a database of others."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from postmortem.record.incident import Incident
from postmortem.record.reading import incident_from
from postmortem.store import StoreError, Tables, open_store
from postmortem.store.engine import reading, writing
from postmortem.store.migration import FOLDER, known_versions
from postmortem.store.schema import HEAD, metadata

UNSAID = [{"by": "", "category": "training", "reason": "New here"}]


def test_migrations_produce_the_schema(fresh_store):
    """Every table, column, type, key and index of schema.py and derived.py is there once migrated, and no other."""
    with reading(fresh_store._engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})

        assert [] == compare_metadata(context, metadata)


def test_the_newest_migration_is_the_one_the_code_was_written_for():
    """A new migration can't be added without saying so in schema.py."""
    script = ScriptDirectory(FOLDER)

    assert [HEAD] == script.get_heads()
    assert HEAD == known_versions()[-1]
    assert set(known_versions()) == {revision.revision for revision in script.walk_revisions()}


def test_the_first_migration_can_be_undone(fresh_store):
    """Upgrade and downgrade leave an empty database."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with writing(fresh_store._engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with reading(fresh_store._engine) as connection:
        assert ["alembic_version"] == inspect(connection).get_table_names()


def test_what_people_said_is_in_the_tables_after_the_migration(new_url):
    """Opinions, answers and topics stand in documents of the second schema already; many documents take many pages."""
    said = {
        "title": "Late",
        "occurred_at": "2026-03-02T17:30:00.5+01:00",
        "whys": [{"id": "w1"}],
        "causes": [{"id": "c1", "why": "w1", "opinions": [{"by": "Ana", "category": "system"}, *UNSAID]}],
        "feedback": [{"id": "f1", "learned": "yes", "note": "Calm"}, {"id": "f2", "again": "no"}],
        "topics": [{"id": "t1", "text": "Times", "settled": True, "carried_to": "2026-031"}, {"id": "t2"}],
    }
    url, meeting = new_url(), {"starts_at": "2026-03-05T10:00:00+01:00"}
    with open_store(url) as store:
        store.save_many([incident_from({**said, "meeting": meeting}), *[Incident(title=f"{n}") for n in range(502)]])
        store.save(incident_from({**said, "title": "Last", "meeting": {**meeting, "begun_at": "2026-03-05T09:05Z"}}))
        store.delete(store.save(incident_from(said)).id)
        store.save(incident_from({**said, "title": "Not timed"}))
        before = store.tables()
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        with writing(store._engine) as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0002")
    with open_store(url, said=[].append) as store:
        after = store.tables()

        assert [] == store.check(everything=True)
        assert [6, 6, 6] == [len(getattr(before, name)) for name in ("opinions", "feedback", "topics")]
        assert all(getattr(before, it.name).equals(getattr(after, it.name)) for it in fields(Tables))


def test_a_newer_store_is_refused_and_left_alone(new_url, behind):
    """Whoever updated first does not lose anything to whoever did not."""
    url = new_url()
    behind(url, "UPDATE alembic_version SET version_num = '0999'")

    with pytest.raises(StoreError, match=r"newer version of this package \(schema 0999.*: update the package"):
        open_store(url)


def test_a_database_of_something_else_is_refused_and_left_alone(new_url, behind):
    """The tables of others get no company."""
    url = new_url(tables=False)
    behind(url, "CREATE TABLE photos (name TEXT)")

    with pytest.raises(StoreError, match="a database of something else, with tables such as 'photos'"):
        open_store(url)


def test_a_migration_that_fails_leaves_nothing_behind(new_url, monkeypatch):
    """The tables are made in one transaction; the next start begins anew."""
    url = new_url(tables=False)

    def fail(*_args, **_options):
        raise RuntimeError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_index", fail)
        with pytest.raises(RuntimeError, match="stopped"):
            open_store(url)
    with open_store(url) as store:
        assert 1 == store.save(Incident(title="Late")).revision


def test_opening_a_current_store_waits_for_nothing_heavy(new_url):
    """Neither Alembic nor pandas is imported when the schema is current."""
    code = (
        "import sys; from postmortem.store import open_store\n"
        f"with open_store({new_url()!r}) as store: store.list()\n"
        "print(sorted({'alembic', 'pandas', 'numpy', 'jinja2'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert "[]" == done.stdout.strip()
