"""Looking at a store without the right, or the wish, to change it."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from sqlalchemy import NullPool, event

from postmortem.store.errors import ReadOnlyError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

VARIABLE: Final = "POSTMORTEM_READ_ONLY"
_YES: Final = frozenset({"1", "true", "yes", "on"})
_NO: Final = frozenset({"", "0", "false", "no", "off"})
_MARK: Final = "read_only"
_WAYS: Final = ("mode=ro", "mode=ro&immutable=1")
_NOT_THERE: Final = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY})


def wanted(told: bool | None) -> bool:  # noqa: FBT001 - the only thing it asks about
    """Whether a store is to be opened to look at only: as told, else as `POSTMORTEM_READ_ONLY` says.

    Raises:
        StoreError: If the variable says neither yes nor no.

    Examples:
        >>> wanted(True)
        True
    """
    if told is not None:
        return told
    word = os.environ.get(VARIABLE, "").strip().lower()
    if word not in _YES | _NO:
        raise StoreError(f"{VARIABLE}: expected yes or no, found {word[:40]!r}")
    return word in _YES


def is_read_only(engine: Engine) -> bool:
    """Whether an engine was made to read only."""
    return bool(engine.get_execution_options().get(_MARK, False))


def options(kind: str) -> dict[str, Any]:
    """What an engine is made with that reads only.

    Args:
        kind: `sqlite` or `postgresql`.
    """
    marked: dict[str, Any] = {"execution_options": {_MARK: True}}
    # A file that is read as if nobody wrote it is opened anew for each look: so that what others wrote shows.
    return marked | {"poolclass": NullPool} if kind == "sqlite" else marked


def refuse(engine: Engine, name: str) -> None:
    """Say in a sentence that nothing is written here.

    Raises:
        ReadOnlyError: If the engine was made to read only.
    """
    if is_read_only(engine):
        raise ReadOnlyError(name)


def guard(engine: Engine, file: Path | None) -> None:
    """Let the database itself refuse every change.

    Args:
        engine: One that was made with `options`.
        file: The file of a SQLite store.
    """
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _reads_only)
    elif file is not None:
        event.listen(engine, "do_connect", lambda *_connecting: looking_at(file))


def _reads_only(driver: Any, _record: object) -> None:  # noqa: ANN401 - whatever the driver connects with
    driver.execute("SET default_transaction_read_only = on")
    driver.commit()


def looking_at(file: Path) -> sqlite3.Connection:
    """A connection to a SQLite file that can't change it, also where neither file nor folder may be written to.

    SQLite reads a file that keeps a log beside it by way of that log, and makes one where there is none. Where it may
    not, and where no log lies there that somebody writes to, the file is read as it is (`immutable`).

    Raises:
        sqlite3.OperationalError: If it can't be read.
    """
    for how in _WAYS:
        driver = sqlite3.connect(f"file:{quote(str(file.absolute()))}?{how}", uri=True, check_same_thread=False)
        try:
            driver.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
        except sqlite3.OperationalError as error:
            driver.close()
            if how == _WAYS[-1] or error.sqlite_errorcode & 0xFF not in _NOT_THERE or _is_written(file):
                raise
        except BaseException:
            driver.close()
            raise
        else:
            driver.execute("PRAGMA query_only = ON")
            return driver
    raise AssertionError


def _is_written(file: Path) -> bool:
    """Whether what was saved last may still be in the log, which then has to be read too."""
    log = file.with_name(f"{file.name}-wal")
    try:
        return log.stat().st_size > 0
    except OSError:
        return False
