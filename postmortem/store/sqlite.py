"""What only a SQLite file needs: made for its owner alone, prepared, and written by one after the other."""

from __future__ import annotations

import os
import sqlite3
import time
from typing import TYPE_CHECKING, Any, Final

from postmortem.store import trouble
from postmortem.store.errors import StoreError
from postmortem.store.presence import OWNER_ONLY

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

_POLL_S: Final = 0.005
"""How often a writer asks at first whether it is its turn, in seconds."""


def make(file: Path, name: str) -> None:
    """Make the file, and its folder, where there is none yet.

    Args:
        file: Where.
        name: What it is called in a message.

    Raises:
        StoreError: If it can't be made.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    except FileExistsError:
        if file.is_dir():
            raise StoreError(f"{name} is a folder: name a file in it, such as {file / 'postmortem.db'}") from None
        if not file.parent.is_dir():
            raise StoreError(f"{name} can't be made: {file.parent} is not a folder") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(f"{name} can't be made: {reason}; choose a folder that you may write to") from None


def prepare(driver: Any, busy_timeout_ms: int) -> None:  # noqa: ANN401 - whatever the driver connects with
    """Make a new connection ready."""
    # The driver's own idea of transactions is switched off: they begin and end where this module says (`_begin`).
    driver.isolation_level = None
    cursor = driver.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
    cursor.execute("PRAGMA foreign_keys = ON")
    # What is acknowledged is on the disk, also when the power fails.
    cursor.execute("PRAGMA synchronous = FULL")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] == "delete":
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # A file that may only be read, or that somebody writes at this very moment, is still read as it is.
            if error.sqlite_errorcode & 0xFF not in {
                sqlite3.SQLITE_READONLY,
                sqlite3.SQLITE_BUSY,
                sqlite3.SQLITE_LOCKED,
            }:
                raise
    cursor.close()


def wait_for_turn(connection: Connection, patience_ms: int, busy_timeout_ms: int) -> None:
    """Begin to write in SQLite: whoever has waited longer asks more often, so that nobody starves.

    SQLite's own way of waiting asks less and less often: among several busy writers one may wait for seconds. It must
    be said at the beginning that the transaction writes: one that reads first fails when somebody else wrote meanwhile.

    Args:
        connection: The one that begins.
        patience_ms: How long it waits, in milliseconds.
        busy_timeout_ms: How long the connection waits at other times, in milliseconds.
    """
    driver: Any = connection.connection.driver_connection
    begun = time.monotonic()
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while (waited := time.monotonic() - begun) < patience_ms / 1000:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not trouble.is_busy(error):
                    break
                time.sleep(_POLL_S / (1 + 10 * waited))
            else:
                return
        # Once more, so that what is in the way is told as every other error.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {busy_timeout_ms}")
