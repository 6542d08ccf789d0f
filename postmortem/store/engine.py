"""The database behind the store: reaching it, reading in peace, writing one at a time, and trying again."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import WeakSet

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from postmortem.store import readonly, sqlite, trouble
from postmortem.store.errors import StoreError
from postmortem.store.presence import Presence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection, Engine

T = TypeVar("T")

DEFAULT_URL: Final = "sqlite:///data/postmortem.db"
VARIABLE: Final = "POSTMORTEM_STORE"

BUSY_TIMEOUT_MS: Final = 5_000
"""How long one try waits for another writer, in milliseconds."""
TRIES: Final = 4
"""How often a write is tried before the store says that it is busy; together at most 20 seconds."""
PAUSES_S: Final = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0)
"""The pauses between tries after a connection was lost, in seconds: long enough for a server that is started again."""
IDLE_MS: Final = 10_000
"""How long PostgreSQL keeps a save open of which it hears nothing more, in milliseconds: others wait for its end."""

_OURS: Final = 0x504D4E42
"""SQLite's `application_id` of a store: "PMNB"."""
_POSTGRES_LOCK: Final = 0x504D4E42
_DRIVERS: Final = {"sqlite", "postgresql"}
_PATIENCE: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""How soon a server that fell silent is given up: libpq's parameters, in seconds, the last one in milliseconds."""


_REACHED: Final[WeakSet[Engine]] = WeakSet()
"""The databases that have answered before: what they no longer do may pass."""


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


def engine_of(url: URL, *, read_only: bool = False) -> Engine:
    """An engine for the address; a SQLite file that is not there yet is made, readable by its owner only.

    Args:
        url: The address.
        read_only: Whether it shall change nothing, and make no file.

    Raises:
        StoreError: If the file can't be made, or is not there to be read, or the database's driver is missing.
    """
    file = sqlite_file(url)
    if file is not None and not read_only:
        sqlite.make(file, masked(url))
    extra = readonly.options(url.get_backend_name()) if read_only else {}
    try:
        # What stands in a record has no place in an error or a log.
        engine = create_engine(url, hide_parameters=True, **_options(url), **extra)
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(
            f"{masked(url)} needs a driver that is not installed ({error}): pip install 'psycopg[binary]'"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda driver, _record: sqlite.prepare(driver, BUSY_TIMEOUT_MS))
        if file is not None:
            Presence(file).watch(engine)
    if read_only:
        readonly.guard(engine, sqlite_file(url))
    event.listen(engine, "connect", lambda _driver, _record: _REACHED.add(engine))
    event.listen(engine, "begin", _begin)
    return engine


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {}
    given = {name: value for name, value in _PATIENCE.items() if name not in url.query}
    # A connection that the server let go of meanwhile is found out before it is used.
    return {"connect_args": given, "pool_pre_ping": True}


def sqlite_file(url: URL) -> Path | None:
    """The file of a SQLite address; `None` for one in memory, one that names its file as a URI, and other databases."""
    name = url.database
    if url.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        return None
    return Path(name)


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    writes = options.get("writes", False)
    patience_ms = options.get("patience_ms", BUSY_TIMEOUT_MS)
    if connection.dialect.name == "sqlite":
        if writes:
            sqlite.wait_for_turn(connection, patience_ms, BUSY_TIMEOUT_MS)
        else:
            connection.exec_driver_sql("BEGIN")
    elif writes:
        # One writer at a time, as in SQLite: no deadlock, and a number read is a number kept. The lock stays until the
        # transaction is over, so whoever holds it next sees whether that one was kept.
        connection.exec_driver_sql(
            f"SELECT set_config('lock_timeout', '{patience_ms}', true), "
            f"set_config('idle_in_transaction_session_timeout', '{options.get('idle_ms', 0)}', true), "
            f"pg_advisory_xact_lock({_POSTGRES_LOCK})"
        )


def _to_read(engine: Engine) -> Connection:
    connection = engine.connect()
    if engine.dialect.name != "sqlite":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    # Also for those who read with the driver, which begins nothing of its own.
    connection.begin()
    return connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read with; all that is read in one block is of one moment.

    What is lost in the middle is not asked for again: `read` does that.

    Raises:
        StoreError: If the database can't be read.
    """
    try:
        with _to_read(engine) as connection, _told(connection):
            yield connection
    except DBAPIError as error:
        raise _explained(error, engine) from error


def read(engine: Engine, work: Callable[[Connection], T]) -> T:
    """What is found in the database, of one moment; asked for again where the connection gets lost.

    Args:
        engine: The database.
        work: What is asked; it may be asked several times.

    Raises:
        StoreError: If the database can't be read.
    """
    for pause in (*PAUSES_S, None):
        try:
            with _to_read(engine) as connection, _told(connection):
                return work(connection)
        except DBAPIError as error:
            if pause is None or not (_is_lost(error, engine) or trouble.is_held(error.orig)):
                raise _explained(error, engine) from error
            time.sleep(pause)
    raise AssertionError


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes, alone: all of it stands at the end, or nothing.

    What is lost in the middle is not tried again: `write` does that.

    Raises:
        StoreError: If it can't be written, or others write all the time; nothing is kept then, unless the text says
            that this is not known.
    """
    committing = False
    try:
        with engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with _begun(connection):
                with _told(connection):
                    yield connection
                committing = True
            _confirm(connection)
    except DBAPIError as error:
        if committing and _is_lost(error, engine):
            raise _unclear(engine) from error
        raise _explained(error, engine) from error


def write(
    engine: Engine,
    work: Callable[[Connection], T],
    *,
    landed: Callable[[Connection], T | None] | None = None,
    repeatable: Callable[[], bool] = lambda: True,
    idle_ms: int | None = None,
    patience_ms: int | None = None,
) -> T:
    """Do something in one transaction that writes, alone, exactly once; tried again where the connection gets lost.

    A connection that is lost while a commit is under way leaves it open whether that commit came about. The next try
    waits until the transaction is over on the server, too, and looks for it before anything else.

    Args:
        engine: The database.
        work: What is done. It may begin several times; only one of them is kept.
        landed: Says what `work` has left where a lost commit did come about, else `None`. Left out where doing it twice
            is the same as doing it once.
        repeatable: Whether `work` can begin once more: not when it has used up what it was given.
        idle_ms: How long PostgreSQL waits for the next word of `work`, in milliseconds: `IDLE_MS` where nothing is
            said, for as long as it takes where it is 0.
        patience_ms: How long it waits for others who write, in milliseconds, once; `BUSY_TIMEOUT_MS`, several times,
            where nothing is said.

    Raises:
        BusyError: If others write all the time; nothing is kept then.
        StoreError: If it can't be written; nothing is kept then, unless the text says that this is not known.
    """
    unclear = False
    patience = {} if patience_ms is None else {"patience_ms": patience_ms}
    idle = IDLE_MS if idle_ms is None else idle_ms
    for pause in (*(PAUSES_S[:1] if patience else PAUSES_S), None):
        connected = committing = False
        try:
            with engine.connect() as plain:
                connected = True
                connection = plain.execution_options(writes=True, idle_ms=idle, **patience)
                with _begun(connection):
                    result = landed(connection) if unclear and landed else None
                    if result is None:
                        # Nobody else is writing now: what has not landed never will.
                        unclear = False
                        if not repeatable():
                            raise _given_up(engine)
                        with _told(connection):
                            result = work(connection)
                    committing = True
                _confirm(connection)
                return result
        except DBAPIError as error:
            gone = _is_lost(error, engine) or (not connected and trouble.is_held(error.orig))
            unclear = unclear or (committing and gone)
            if gone and pause is not None and (unclear or repeatable()):
                time.sleep(pause)
            elif unclear:
                raise _unclear(engine) from error
            elif gone and not repeatable():
                raise _given_up(engine) from error
            else:
                raise _explained(error, engine, patience_ms) from error
    raise AssertionError


def _is_lost(error: DBAPIError, engine: Engine) -> bool:
    # An address that was wrong from the start is told at once.
    return engine in _REACHED and trouble.is_lost(error)


def _begun(connection: Connection) -> AbstractContextManager[object]:
    readonly.refuse(connection.engine, masked(connection.engine.url))
    tries = 1 if "patience_ms" in connection.get_execution_options() else TRIES
    for left in range(tries - 1, -1, -1):
        try:
            return connection.begin()
        except DBAPIError as error:
            if not left or not trouble.is_held(error.orig):
                raise
            time.sleep(PAUSES_S[0] * (tries - left))
    raise AssertionError


@contextmanager
def _told(connection: Connection) -> Iterator[None]:
    """Let what the driver says itself, to those who read with it for speed, be told as everything else."""
    driver = connection.connection.driver_connection
    try:
        yield
    except connection.dialect.loaded_dbapi.Error as error:
        lost = connection.dialect.is_disconnect(error, driver, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError(None, None, error, connection_invalidated=lost) from error


def _confirm(connection: Connection) -> None:
    presence = connection.info.get("presence")
    if presence is not None:
        presence.confirm(connection.connection.driver_connection)


def _given_up(engine: Engine) -> StoreError:
    return StoreError(
        f"{masked(engine.url)}: the connection was lost on the way and can't be taken up again from the middle; "
        "nothing was saved: begin again"
    )


def _unclear(engine: Engine) -> StoreError:
    return StoreError(
        f"{masked(engine.url)} went away while it was saving, and did not come back: whether this was saved is not "
        "known; look when it is there again, before you save once more"
    )


def _explained(error: DBAPIError, engine: Engine, patience_ms: int | None = None) -> StoreError:
    waited_ms = BUSY_TIMEOUT_MS * TRIES if patience_ms is None else patience_ms
    return trouble.explained(error, masked(engine.url), engine.url, waited_ms / 1000)
