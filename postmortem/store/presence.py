"""Whether the file of a store still lies where it was opened, and bringing what it held to safety where it does not.

A file that is removed or replaced stays open in whoever has opened it: SQLite would go on writing there, and all of it
would be gone with the process.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event

from postmortem.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

OWNER_ONLY: Final = 0o600


class Presence:
    """A file as it was found when the store was opened.

    Args:
        file: Where it lies.
    """

    def __init__(self, file: Path) -> None:
        self._file = Path(os.path.abspath(file))  # noqa: PTH100 - `resolve` would follow a link that may be changed later
        self._found = self._identity()
        self._rescued: Path | None = None
        self._one_at_a_time = threading.Lock()

    def _identity(self) -> tuple[int, int] | None:
        try:
            there = self._file.stat()
        except OSError:
            return None
        return there.st_dev, there.st_ino

    def is_lost(self) -> bool:
        """Whether another file lies there now, or none."""
        return self._identity() != self._found

    def watch(self, engine: Engine) -> None:
        """See to it that all connections of an engine go to this one file."""

        @event.listens_for(engine, "do_connect")
        def refuse(*_connecting: object) -> None:
            self.refuse()

        @event.listens_for(engine, "connect")
        def know(_driver: object, record: Any) -> None:  # noqa: ANN401 - the pool's own record of a connection
            record.info["presence"] = self

    def refuse(self) -> None:
        """Let nobody open what lies there now in the middle of one's work.

        Raises:
            StoreError: If it is another file, or none.
        """
        if self.is_lost():
            raise StoreError(
                f"sqlite:///{self._file} was removed or replaced while it was open: nothing was saved just now; "
                f"{self._where()}, then open the store again"
            )

    def confirm(self, driver: sqlite3.Connection) -> None:
        """See, after a commit and before anybody is told of it, that it went into the file that others will find.

        Args:
            driver: The connection that wrote: it still holds everything.

        Raises:
            StoreError: If it went into a file that is not there any more; all that was saved is in another one then.
        """
        if not self.is_lost():
            return
        with self._one_at_a_time:
            self._rescue(driver)
        raise StoreError(
            f"sqlite:///{self._file} was removed or replaced while it was open; {self._where()}, then open the store "
            "again"
        )

    def _where(self) -> str:
        if self._rescued is None:
            return "put the file back to its place, or a backup of it"
        return f"all that was saved, this too, is in {self._rescued}: put that file to its place"

    def _rescue(self, driver: sqlite3.Connection) -> None:
        for target in (self._rescued,) if self._rescued else self._places():
            try:
                if self._rescued is None:
                    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
                with closing(sqlite3.connect(target)) as copy:
                    driver.backup(copy)
            except (OSError, sqlite3.Error):
                continue
            self._rescued = target
            return
        self._rescued = None

    def _places(self) -> Iterator[Path]:
        for folder in (self._file.parent, Path.cwd(), Path(tempfile.gettempdir())):
            for number in range(1, 100):
                place = folder / f"{self._file.stem}-rescued{f'-{number}' if number > 1 else ''}{self._file.suffix}"
                if not place.exists():
                    yield place
                    break
