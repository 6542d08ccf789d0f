"""Bringing the database's tables up to the ones this version knows."""

from __future__ import annotations

import logging
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from postmortem.store import copying
from postmortem.store.engine import masked, read, sqlite_file, write
from postmortem.store.errors import StoreError
from postmortem.store.schema import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine

FOLDER: Final = Path(__file__).with_name("migrations")
SCHEMA: Final = "postmortem_"
"""How the schemas of PostgreSQL begin in which a store is kept as it was before a migration."""
_VERSION_TABLE: Final = "alembic_version"


def known_versions() -> tuple[str, ...]:
    """The schema versions this package can bring up to date, oldest first.

    Examples:
        >>> known_versions()[0]
        '0001'
    """
    return tuple(sorted(file.name.split("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py")))


def version(connection: Connection) -> str:
    """The schema version of a database; empty for an empty database.

    Raises:
        StoreError: If the database holds something else.
    """
    names = inspect(connection).get_table_names()
    if _VERSION_TABLE in names:
        found = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
        if found:
            return str(found)
        names.remove(_VERSION_TABLE)
    if names:
        raise StoreError(
            f"{masked(connection.engine.url)} is a database of something else, with tables such as {min(names)!r}: "
            "give the store one of its own"
        )
    return ""


def warned(sentence: str) -> None:
    """Say a sentence in the log; Python shows it on standard error where nobody has set up logging."""
    logging.getLogger("postmortem.store").warning("%s", sentence)


def see(engine: Engine) -> None:
    """Look whether the tables are those of this version, and change nothing.

    Raises:
        StoreError: If they are not: there is no store yet, or one of an older or newer version, or something else.
    """
    name, file = masked(engine.url), sqlite_file(engine.url)
    if file is not None and not file.exists():
        raise StoreError(f"there is no store at {name} yet, and none is made where it is only to be read")
    found = read(engine, version)
    refuse_newer(engine, found)
    if not found:
        raise StoreError(f"there is no store at {name} yet, and none is made where it is only to be read")
    if found != HEAD:
        raise StoreError(
            f"{name} was written by an older version of this package (schema {found}; this one reads {HEAD}), and "
            "nothing is brought up to date where it is only read: open it, or a copy of it, once without --read-only"
        )


def upgrade(
    engine: Engine,
    *,
    at: datetime,
    said: Callable[[str], None] = warned,
    then: Callable[[Connection], object] = lambda _: None,
) -> bool:
    """Bring the tables up to date, in one transaction; nothing happens where they are.

    A store that holds something is copied first, as it is: a SQLite file to a file beside it, the tables of PostgreSQL
    to a schema of the same database. Where the migration fails, the store is as it was.

    Args:
        engine: The database.
        at: When this is; the copy is named after it.
        said: Called with a sentence that says what was done, and where the copy is.
        then: Called in the same transaction once an older store has the new tables, to fill them.

    Returns:
        Whether there was nothing, so that a new store was made.

    Raises:
        StoreError: If the database holds something else, or was written by a newer version of this package, or it
            can't be copied.
    """
    if read(engine, _found_in(engine)) == HEAD:
        return False
    found, sentence = write(engine, lambda connection: _brought_up(connection, at, then), idle_ms=0)
    if sentence:
        said(f"{masked(engine.url)} {sentence}")
    return not found


def _found_in(engine: Engine) -> Callable[[Connection], str]:
    def find(connection: Connection) -> str:
        found = version(connection)
        refuse_newer(engine, found)
        return found

    return find


def refuse_newer(engine: Engine, found: str) -> None:
    """Leave alone what a newer version of this package wrote.

    Raises:
        StoreError: If the schema is none that this version knows.
    """
    if found and found not in known_versions():
        raise StoreError(
            f"{masked(engine.url)} was written by a newer version of this package (schema {found}; "
            f"this one knows up to {HEAD}): update the package"
        )


def _brought_up(connection: Connection, at: datetime, then: Callable[[Connection], object]) -> tuple[str, str]:
    """Copy and migrate; the schema that stood there, and what there is to say of it, or nothing."""
    # Another process may have done it while this one waited for its turn.
    found = _found_in(connection.engine)(connection)
    if found == HEAD:
        return found, ""
    if not found:
        run(connection)
        return found, ""
    kept = _copied(connection, found, at)
    try:
        run(connection)
        then(connection)
    except BaseException:
        if isinstance(kept, Path):
            # The store stays as it was: a copy of it with every new try would only fill the disk.
            kept.unlink(missing_ok=True)
        raise
    where = f"; as it was before, it is kept in {kept}" if kept else ""
    return found, f"was brought up to date, from schema {found} to {HEAD}{where}"


def _copied(connection: Connection, found: str, at: datetime) -> Path | str:
    """Where the store was copied to as it is; empty for one in memory."""
    if connection.dialect.name == "sqlite":
        file = copying.file_behind(connection)
        if file is None:
            return ""
        kept = copying.free_name(file, found, at)
        copying.copy(connection, kept)
        return kept
    schema = f"{SCHEMA}{found}_{at:%Y%m%dt%H%M%Sz}"
    names = inspect(connection).get_table_names()
    taken = set(inspect(connection).get_schema_names())
    schema = next(name for name in _numbered(schema) if name not in taken)
    quoted = connection.dialect.identifier_preparer.quote_identifier
    connection.exec_driver_sql(f"CREATE SCHEMA {quoted(schema)}")
    for name in names:
        copy = f"{quoted(schema)}.{quoted(name)}"
        connection.exec_driver_sql(f"CREATE TABLE {copy} (LIKE {quoted(name)} INCLUDING ALL)")
        connection.exec_driver_sql(f"INSERT INTO {copy} SELECT * FROM {quoted(name)}")  # noqa: S608 - quoted names
    return f"the schema {schema} of the same database"


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))


def run(connection: Connection) -> None:
    """Bring the tables up to date on a connection that is in a transaction."""
    # Alembic takes most of a second to import, and almost every start finds the tables up to date.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
