"""What a database's errors mean: whether to try again, and what to say."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from postmortem.store.errors import BusyError, StoreError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL
    from sqlalchemy.exc import DBAPIError

_LOCKING: Final = {
    sqlite3.SQLITE_IOERR_LOCK,
    sqlite3.SQLITE_IOERR_UNLOCK,
    sqlite3.SQLITE_IOERR_RDLOCK,
    sqlite3.SQLITE_IOERR_CHECKRESERVEDLOCK,
    sqlite3.SQLITE_IOERR_SHMLOCK,
    sqlite3.SQLITE_IOERR_SHMMAP,
    sqlite3.SQLITE_IOERR_SHMOPEN,
}
"""What SQLite says where a folder, a network folder most often, does not lock files as it needs."""

_GONE: Final = ("08", "57P01", "57P02", "57P03", "57P05", "25P03")
"""SQLSTATEs of a connection that ended: it broke, or the server stops, starts, or has waited too long for us."""

_NOT_ANSWERED: Final = ("connection failed", "connection timeout")
"""How psycopg begins to tell that no connection came about; it gives no SQLSTATE then."""

_SENTENCES: Final = {
    sqlite3.SQLITE_READONLY: "can be read but not written: give yourself the right to write to the file and its folder",
    sqlite3.SQLITE_PERM: "can't be opened: give yourself the right to read and write the file",
    sqlite3.SQLITE_FULL: "can't grow: the disk is full; free some space and save again, nothing was half-written",
    sqlite3.SQLITE_IOERR: "can't be read or written: the disk or the network folder it lies on answers with an error",
    sqlite3.SQLITE_CANTOPEN: "can't be opened: see that the folder is there and that you may write to it",
    sqlite3.SQLITE_NOTADB: "is not a store: the file holds something else; give another path",
    sqlite3.SQLITE_CORRUPT: "is damaged: keep a copy of the file, and restore the last backup",
    sqlite3.SQLITE_PROTOCOL: "can't be locked: its folder, a network folder most often, does not lock files as a store "
    "needs; nothing was saved: keep the store on a disk of this machine, or a team's in PostgreSQL",
}
_POSTGRES_SENTENCES: Final = {
    "28": "refuses you: check the name and the password in the address",
    "3D": "has no database of this name: create it, or name another in the address",
    "42501": "can be reached, but you may not do this there: ask its owner for the right to create and write tables",
    "25006": "can be read but not written: give the address of the primary server",
    "53300": "has no connection left for you: try again in a moment, or ask its owner for more",
    "53": "has no room left: ask its owner; nothing was half-written",
}
_REFUSALS: Final = {"password authentication failed": "28", "does not exist": "3D", "too many": "53300"}
"""How a server says at the door what it would later say by SQLSTATE."""
_FOR_GOOD: Final = {"28", "3D"}
"""Refusals that another try does not change."""


def is_busy(error: object) -> bool:
    """Whether somebody else holds the database."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or _state(error) in {"55P03", "40P01", "40001"}


def is_unlocked(error: object) -> bool:
    """Whether the file could not be locked: on a network folder often over in a moment."""
    return _extended(error) in _LOCKING or _code(error) == sqlite3.SQLITE_PROTOCOL


def is_held(error: object) -> bool:
    """Whether somebody else, or a lock that failed, is in the way: worth another try."""
    return is_busy(error) or is_unlocked(error)


def is_lost(error: DBAPIError) -> bool:
    """Whether the connection is gone, or none came about for a reason that may pass."""
    said = str(error.orig)
    if _refusal(said) in _FOR_GOOD:
        return False
    return error.connection_invalidated or _state(error.orig).startswith(_GONE) or said.startswith(_NOT_ANSWERED)


def explained(error: DBAPIError, name: str, url: URL, waited_s: float) -> StoreError:
    """A database's error as a sentence with a remedy.

    Args:
        error: What the database said.
        name: The address without its password.
        url: The address.
        waited_s: How long a writer waits for others, in seconds.
    """
    cause = error.orig
    if is_busy(cause):
        return BusyError(
            f"{name} is busy: somebody else has been writing for {waited_s:g} seconds; nothing was saved, try again"
        )
    if is_unlocked(cause):
        return StoreError(f"{name} {_SENTENCES[sqlite3.SQLITE_PROTOCOL]}")
    said = " ".join(str(cause).split())
    state = _state(cause) or _refusal(said)
    sentence = _SENTENCES.get(_code(cause)) or next(
        (text for start, text in _POSTGRES_SENTENCES.items() if state.startswith(start)), ""
    )
    if sentence:
        return StoreError(f"{name} {sentence}")
    if url.password:
        said = said.replace(str(url.password), "***")
    if is_lost(error):
        return StoreError(f"{name} can't be reached: is it running, and is the address right? ({said})")
    return StoreError(f"{name} could not do it: {said}")


def _refusal(said: str) -> str:
    """The SQLSTATE of what a server says at the door."""
    refused = said.startswith(_NOT_ANSWERED) and "FATAL" in said
    return next((code for words, code in _REFUSALS.items() if refused and words in said), "")


def _extended(error: object) -> int:
    """The result code of SQLite with its extension."""
    return int(getattr(error, "sqlite_errorcode", 0))


def _code(error: object) -> int:
    """The primary result code of SQLite, without its extension."""
    return _extended(error) & 0xFF


def _state(error: object) -> str:
    """The SQLSTATE of PostgreSQL."""
    return str(getattr(error, "sqlstate", "") or "")
