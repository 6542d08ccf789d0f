"""The database behind the store: reaching it, reading in peace, writing one at a time."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from postmortem.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

DEFAULT_URL: Final = "sqlite:///data/postmortem.db"
VARIABLE: Final = "POSTMORTEM_STORE"

BUSY_TIMEOUT_MS: Final = 5_000
"""How long SQLite itself waits for another writer, in milliseconds, before it gives up one try."""
TRIES: Final = 4
"""How often a write is tried before the store says that it is busy; together at most 20 seconds."""

_OWNER_ONLY: Final = 0o600
_OURS: Final = 0x504D4E42
"""SQLite's `application_id` of a store: "PMNB"."""
_POSTGRES_LOCK: Final = 0x504D4E42
_DRIVERS: Final = {"sqlite", "postgresql"}


def url_of(where: str | os.PathLike[str] | None) -> URL:
    """The database's address from what a person gave: an address, a plain path, or nothing.

    Raises:
        StoreError: If it is an address that can't be read, or of another kind of database.

    Examples:
        >>> url_of("notes/year.db")
        sqlite:///notes/year.db
        >>> url_of("mysql://host/db")
        Traceback (most recent call last):
        ...
        postmortem.store.errors.StoreError: a store is kept in SQLite or PostgreSQL, not in mysql: give a path, ...
    """
    given = os.fspath(where) if where is not None else os.environ.get(VARIABLE) or DEFAULT_URL
    if "://" not in given:
        return URL.create("sqlite", database=given)
    try:
        url = make_url(given)
        kind = url.get_backend_name()
    except (ArgumentError, ValueError):
        # The address may hold a password: it is not repeated.
        raise StoreError(
            f"the store's address can't be read: expected a path, or an address such as {DEFAULT_URL}"
        ) from None
    if kind not in _DRIVERS:
        raise StoreError(
            f"a store is kept in SQLite or PostgreSQL, not in {kind}: give a path, sqlite:///file or postgresql://host/name"
        )
    return url


def masked(url: URL) -> str:
    """The address as it may be shown: without its password, wherever that stands.

    Examples:
        >>> masked(make_url("postgresql://ana:secret@db/notes?password=secret"))
        'postgresql://ana:***@db/notes'
    """
    open_ones = {name: value for name, value in url.query.items() if "pass" not in name.lower()}
    return url.set(query=open_ones).render_as_string(hide_password=True)


def engine_of(url: URL) -> Engine:
    """An engine for the address; a SQLite file that is not there yet is made, readable by its owner only.

    Raises:
        StoreError: If the file can't be made, or the database's driver is missing.
    """
    if url.get_backend_name() == "sqlite":
        _make_file(url)
    try:
        engine = create_engine(url)
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(
            f"{masked(url)} needs a driver that is not installed ({error}): pip install 'psycopg[binary]'"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite address; `None` for one in memory, one that names its file as a URI, and other databases."""
    name = url.database
    if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)


def _make_file(url: URL) -> None:
    file = sqlite_file(url)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, _OWNER_ONLY))
    except FileExistsError:
        if file.is_dir():
            raise StoreError(
                f"{masked(url)} is a folder: name a file in it, such as {file / 'postmortem.db'}"
            ) from None
        if not file.parent.is_dir():
            raise StoreError(f"{masked(url)} can't be made: {file.parent} is not a folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"{masked(url)} can't be made: {reason}; choose a folder that you may write to") from None


def _prepare_sqlite(driver: Any, _record: object) -> None:  # noqa: ANN401 - whatever the driver connects with
    # The driver's own idea of transactions is switched off: they begin and end where this module says (`_begin`).
    driver.isolation_level = None
    cursor = driver.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = NORMAL")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # A file that may only be read, or that somebody writes at this very moment, is still read as it is.
            if _code(error) not in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    if connection.dialect.name == "sqlite":
        # Reading first and writing then in one deferred transaction fails at once when somebody else wrote meanwhile.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        # One writer at a time, as in SQLite: no deadlock, and a number read is a number kept.
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_TIMEOUT_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with; all that is read in one block is of one moment in SQLite.

    Raises:
        StoreError: If the database can't be read.
    """
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise explained(error, engine) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes, alone: all of it stands at the end, or nothing.

    Raises:
        StoreError: If it can't be written, or others write all the time.
    """
    try:
        with engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with _begun(connection):
                yield connection
    except DBAPIError as error:
        raise explained(error, engine) from error


def _begun(connection: Connection) -> Any:  # noqa: ANN401 - SQLAlchemy's transaction, a context manager
    for left in range(TRIES - 1, -1, -1):
        try:
            return connection.begin()
        except DBAPIError as error:
            if not left or not _is_busy(error.orig):
                raise
            time.sleep(0.05)
    raise AssertionError


def _code(error: object) -> int:
    """The primary result code of SQLite, without its extension."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _state(error: object) -> str:
    """The SQLSTATE of PostgreSQL."""
    return str(getattr(error, "sqlstate", "") or "")


def _is_busy(error: object) -> bool:
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or _state(error) in {"55P03", "40P01", "40001"}


_SENTENCES: Final = {
    sqlite3.SQLITE_READONLY: "can be read but not written: give yourself the right to write to the file and its folder",
    sqlite3.SQLITE_PERM: "can't be opened: give yourself the right to read and write the file",
    sqlite3.SQLITE_FULL: "can't grow: the disk is full; free some space and save again, nothing was half-written",
    sqlite3.SQLITE_IOERR: "can't be read or written: the disk or the network folder it lies on answers with an error",
    sqlite3.SQLITE_CANTOPEN: "can't be opened: see that the folder is there and that you may write to it",
    sqlite3.SQLITE_NOTADB: "is not a store: the file holds something else; give another path",
    sqlite3.SQLITE_CORRUPT: "is damaged: keep a copy of the file, and restore the last backup",
}
_POSTGRES_SENTENCES: Final = {
    "28": "refuses you: check the name and the password in the address",
    "3D": "has no database of this name: create it, or name another in the address",
    "42501": "can be reached, but you may not do this there: ask its owner for the right to create and write tables",
    "25006": "can be read but not written: give the address of the primary server",
    "53": "has no room left: ask its owner; nothing was half-written",
}


def explained(error: DBAPIError, engine: Engine) -> StoreError:
    """A database's error as a sentence with a remedy; the address is shown without its password."""
    name, cause = masked(engine.url), error.orig
    if _is_busy(cause):
        seconds = BUSY_TIMEOUT_MS * TRIES // 1000
        return StoreError(
            f"{name} is busy: somebody else has been writing for {seconds} seconds; nothing was saved, try again"
        )
    sentence = _SENTENCES.get(_code(cause)) or next(
        (text for state, text in _POSTGRES_SENTENCES.items() if _state(cause).startswith(state)), ""
    )
    if sentence:
        return StoreError(f"{name} {sentence}")
    said = " ".join(str(cause).split())
    if url_password := engine.url.password:
        said = said.replace(str(url_password), "***")
    if error.connection_invalidated or "connect" in said.lower():
        return StoreError(f"{name} can't be reached: is it running, and is the address right? ({said})")
    return StoreError(f"{name} could not do it: {said}")
