"""Copies of a SQLite file as files: readable by their owner only, there as a whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from postmortem.store.errors import StoreError
from postmortem.store.presence import OWNER_ONLY
from postmortem.store.readonly import looking_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

SUFFIX: Final = ".backup"
PAGES: Final = 2_000
"""How many pages of a SQLite file are copied between two calls of `progress`: 8 MB."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write into, beside the one it becomes at the end; after an error nothing is left of either.

    Args:
        path: What it becomes; nothing may stand there.

    Raises:
        StoreError: If something stands there, or it can't be written.
    """
    _refuse_taken(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    except (OSError, ValueError) as error:
        raise _not_written(path, error) from None
    try:
        yield draft
        _to_disk(draft)
        _settle(draft, path)
    except (OSError, sqlite3.Error) as error:
        raise _not_written(path, error) from None
    finally:
        for left in (draft, *(draft.with_name(f"{draft.name}{end}") for end in ("-journal", "-wal", "-shm"))):
            left.unlink(missing_ok=True)


def _refuse_taken(path: Path) -> None:
    if path.is_symlink() or path.exists():
        raise StoreError(f"{path} is there already: nothing was written; name another file")


def _to_disk(draft: Path) -> None:
    with draft.open("rb+") as file:
        os.fsync(file.fileno())


def _settle(draft: Path, path: Path) -> None:
    # A second name is refused where somebody was quicker; renaming would take the place of what they wrote.
    try:
        os.link(draft, path, follow_symlinks=False)
    except FileExistsError:
        _refuse_taken(path)
        raise
    except (OSError, NotImplementedError):
        # Not every kind of disk knows second names.
        _refuse_taken(path)
        draft.rename(path)


def _not_written(path: Path, error: Exception) -> StoreError:
    reason = getattr(error, "strerror", None) or str(error)
    return StoreError(f"{path} was not written: {reason}; nothing of it was left behind")


def copy(connection: Connection, path: Path, progress: Callable[[int, int], None] | None = None) -> None:
    """Copy a SQLite store, as it is at this moment, into a file of its own, while others go on writing.

    Args:
        connection: To the store. What it has changed itself in a transaction that is still open is not copied.
        path: The file; nothing may stand there.
        progress: Called with the number of pages done, and of all.

    Raises:
        StoreError: If something stands there, or it can't be written; nothing is left behind then.
    """
    file = file_behind(connection)
    with whole(path) as draft:
        if file is None:
            memory: Any = connection.connection.driver_connection
            draft.write_bytes(memory.serialize())
        else:
            # A connection of its own: from one that has begun to write, SQLite would wait for its end for ever.
            with closing(looking_at(file)) as reader:
                _copy(reader, draft, progress)
        alone(draft)


def _copy(reader: sqlite3.Connection, draft: Path, progress: Callable[[int, int], None] | None) -> None:
    def told(_status: int, left: int, total: int) -> None:
        if progress is not None:
            progress(total - left, total)

    reader.isolation_level = None
    reader.execute("BEGIN")
    # From here on it sees one moment, and need not begin anew with each save of others.
    reader.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
    with closing(sqlite3.connect(draft, isolation_level=None)) as target:
        # Nobody else sees the draft, and what fails is thrown away: it needs no journal of its own.
        target.execute("PRAGMA journal_mode = OFF")
        reader.backup(target, pages=PAGES, progress=told)


def alone(file: Path) -> None:
    """Make a SQLite file stand by itself, without a log beside it: so it can be read from a disk that is read only."""
    with closing(sqlite3.connect(file, isolation_level=None)) as target:
        target.execute("PRAGMA journal_mode = DELETE").fetchall()


def file_behind(connection: Connection) -> Path | None:
    """The file that a connection to SQLite works on; `None` for one in memory, and for other databases."""
    if connection.dialect.name != "sqlite":
        return None
    for _, name, file in connection.exec_driver_sql("PRAGMA database_list"):
        if name == "main" and file:
            return Path(file)
    return None


def free_name(file: Path, word: str, at: datetime) -> Path:
    """A name beside a file that nothing has yet, with what it is and when it was made.

    Examples:
        >>> from datetime import UTC, datetime
        >>> free_name(Path("notes/year.db"), "0001", datetime(2026, 3, 2, 12, tzinfo=UTC)).as_posix()
        'notes/year.db.0001-20260302T120000Z.backup'
    """
    stem = f"{file.name}.{word}-{at:%Y%m%dT%H%M%SZ}"
    found, number = file.with_name(f"{stem}{SUFFIX}"), 1
    while found.exists() or found.is_symlink():
        number += 1
        found = file.with_name(f"{stem}-{number}{SUFFIX}")
    return found


def beside(file: Path) -> tuple[Path, ...]:
    """The backups of a store that lie beside it, by their names."""
    try:
        return tuple(sorted(found for found in file.parent.iterdir() if _is_of(found.name, file.name)))
    except OSError:
        return ()


def _is_of(name: str, store: str) -> bool:
    return name.startswith(f"{store}.") and name.endswith(SUFFIX)
