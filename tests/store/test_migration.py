"""The migrations make exactly the schema that the code speaks of, and nothing is done to a database of others."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

from postmortem.record.incident import Incident
from postmortem.store import StoreError, open_store
from postmortem.store.engine import reading, writing
from postmortem.store.migration import FOLDER, known_versions
from postmortem.store.schema import HEAD, metadata


def test_migrations_produce_the_schema(fresh_store):
    """Every table, column, type, key and index of schema.py is there after the migrations, and no other."""
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
    with sqlite3.connect(fresh_store._engine.url.database) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    database.close()

    assert {"alembic_version"} == tables


def test_a_newer_store_is_refused_and_left_alone(tmp_path):
    """Whoever updated first does not lose anything to whoever did not."""
    file = tmp_path / "postmortem.db"
    open_store(file).close()
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '0999'")
    database.close()

    with pytest.raises(StoreError, match=r"newer version of this package \(schema 0999.*: update the package"):
        open_store(file)


def test_a_database_of_something_else_is_refused_and_left_alone(tmp_path):
    """The tables of others get no company."""
    file = tmp_path / "photos.db"
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE photos (name)")
    database.close()

    with pytest.raises(StoreError, match="a database of something else, with tables such as 'photos'"):
        open_store(file)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    """The tables are made in one transaction; the next start begins anew."""

    def fail(*_args, **_options):
        raise RuntimeError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr(Operations, "create_index", fail)
        with pytest.raises(RuntimeError, match="stopped"):
            open_store(tmp_path / "postmortem.db")
    with open_store(tmp_path / "postmortem.db") as store:
        assert 1 == store.save(Incident(title="Late")).revision


def test_opening_a_current_store_waits_for_nothing_heavy(tmp_path):
    """Neither Alembic nor pandas is imported when the schema is current."""
    file = tmp_path / "postmortem.db"
    open_store(file).close()
    code = (
        "import sys; from postmortem.store import open_store; from pathlib import Path\n"
        f"with open_store(Path({str(file)!r})) as store: store.list()\n"
        "print(sorted({'alembic', 'pandas', 'numpy', 'jinja2'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert "[]" == done.stdout.strip()
