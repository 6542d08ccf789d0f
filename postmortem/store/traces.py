"""Where something that was erased may still be read: in the database's own files, and in copies of the store."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from postmortem.store.copying import file_behind
from postmortem.store.derived import FLAT
from postmortem.store.migration import SCHEMA
from postmortem.store.readonly import looking_at
from postmortem.store.schema import TOGETHER, certificates, documents, meetings, revisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Engine

    from postmortem.record.terms import Terms

_MAGIC: Final = b"SQLite format 3\0"
_LOOKED_AT: Final = {
    "documents": ("incident_id", "updated_by", "document", "imported_document"),
    "revisions": ("by", "note", "document"),
    "presences": ("session", "by", "stage", "place"),
    "rounds": ("about", "opened_by", "revealed_by", "closed_by"),
    "ideas": ("by", "text"),
}
_OF_A_STORE: Final = {"documents", "revisions"}
"""The tables that every store has, whatever its schema."""
_TRIES: Final = 5
_PAUSE_S: Final = 0.3
_IN_USE: Final = (
    "the file of the store and its log (-wal): another program was reading it all the time; close the notebooks and "
    "programs that have it open, then erase the same words once more"
)
_NOT_ANEW: Final = (
    "the files of the database: its tables could not be written anew while others read them; erase the same words once "
    "more at a quiet time"
)
_SERVER: Final = (
    "the server's own log of changes, its replicas and its backups: ask its owner when those of today are gone"
)


def overwrite(engine: Engine) -> tuple[str, ...]:
    """Clean the database's own files of what was erased; what remains to be done, in sentences.

    SQLite overwrites what is freed, writes the file anew and empties the log beside it. PostgreSQL writes the tables
    anew; its own log, replicas and backups are not within reach.
    """
    if engine.dialect.name == "sqlite":
        return _sqlite(engine)
    return _postgresql(engine)


def _sqlite(engine: Engine) -> tuple[str, ...]:
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_PAUSE_S)
            try:
                driver.execute("PRAGMA secure_delete = ON").fetchall()
                driver.execute("VACUUM")
                busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:
                continue
            if not busy:
                return ()
    return (_IN_USE,)


def _postgresql(engine: Engine) -> tuple[str, ...]:
    quoted = engine.dialect.identifier_preparer.quote
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET lock_timeout = '20s'")
            try:
                for table in (documents, revisions, certificates, *TOGETHER, *FLAT):
                    # Statistics hold samples of what stood there: they are made again too.
                    connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {quoted(table.name)}")
            finally:
                connection.exec_driver_sql("RESET lock_timeout")
    except DBAPIError:
        return (_NOT_ANEW, _SERVER)
    return (_SERVER,)


def copies(connection: Connection, terms: Terms) -> tuple[str, ...]:
    """The copies of the store that it knows of, and what is known of each, without the words themselves."""
    found = [*_files(connection, terms), *_schemas(connection, terms), *_peers(connection)]
    return tuple(terms.erased(sentence) for sentence in found)


def _files(connection: Connection, terms: Terms) -> Iterator[str]:
    own = file_behind(connection)
    if own is None:
        return
    try:
        there = sorted(file for file in own.parent.iterdir() if file.is_file() and not file.samefile(own))
    except OSError:
        yield f"the folder of the store can't be looked into: {own.parent}"
        return
    for file in there:
        try:
            with file.open("rb") as stream:
                if stream.read(len(_MAGIC)) != _MAGIC:
                    continue
            with closing(looking_at(file)) as driver:
                holds = _holds(driver, terms)
        except (OSError, sqlite3.Error):
            yield f"{file.name}, beside the store: can't be looked into"
        else:
            if holds is not None:
                yield f"{file.name}, beside the store: {_still(holds=holds)}"


def _still(*, holds: bool) -> str:
    return "still holds it; delete it, or restore it elsewhere and erase there" if holds else "does not hold it"


def _holds(driver: sqlite3.Connection, terms: Terms) -> bool | None:
    """Whether a SQLite file holds the words; `None` where it is no store."""
    names = {row[0] for row in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not names >= _OF_A_STORE:
        return None
    # An older one has fewer tables and columns.
    columns = {table: {row[1] for row in driver.execute(f"PRAGMA table_info({table})")} for table in _LOOKED_AT}
    return any(
        _stands_in(driver.execute(f'SELECT "{name}" FROM {table}'), terms)  # noqa: S608 - constants
        for table, wanted in _LOOKED_AT.items()
        for name in wanted
        if name in columns[table]
    )


def _schemas(connection: Connection, terms: Terms) -> Iterator[str]:
    if connection.dialect.name != "postgresql":
        return
    found = inspect(connection)
    quoted = connection.dialect.identifier_preparer.quote_identifier
    for schema in sorted(name for name in found.get_schema_names() if name.startswith(SCHEMA)):
        names = set(found.get_table_names(schema))
        if not names >= _OF_A_STORE:
            continue
        holds = any(
            _stands_in(
                connection.execute(
                    text(f"SELECT {quoted(name)} FROM {quoted(schema)}.{quoted(table)}"),  # noqa: S608 - quoted
                    execution_options={"stream_results": True, "yield_per": 500},
                ),
                terms,
            )
            for table, wanted in _LOOKED_AT.items()
            if table in names
            for name in wanted
        )
        what = "still holds it; drop it when it is not needed any more" if holds else "does not hold it"
        yield f"the schema {schema} of the same database: {what}"


def _peers(connection: Connection) -> Iterator[str]:
    for peer in connection.execute(select(meetings.c.peer).distinct().order_by(meetings.c.peer)).scalars():
        yield f"the store {peer}, met in a sync: may hold it until it is synchronised again; erase there too"


def _stands_in(rows: Iterable[Any], terms: Terms) -> bool:
    return any(
        value and terms.may_be_in(value) and any(terms.spans(part) for part in strings(value)) for (value, *_) in rows
    )


def strings(value: str) -> Iterator[str]:
    """The texts in a JSON text; the text itself where it is none."""
    try:
        whole = json.loads(value) if value.startswith(("{", "[")) else value
    except (ValueError, RecursionError):
        whole = value
    parts: list[Any] = [whole]
    while parts:
        part = parts.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            parts += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            parts += part
