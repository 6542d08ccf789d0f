"""The two stores that are brought together, and how one is told from the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postmortem.store.documents import new_token
from postmortem.store.engine import read, sqlite_file, write
from postmortem.store.errors import StoreError
from postmortem.store.texts import plain
from postmortem.store.travelling import close, copy_of, property_of, put_property

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from postmortem.record.playbook import Playbook
    from postmortem.store.copies import Copy

_NAME = "store_id"
_MARK = "sync_mark"


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two stores.

    Attributes:
        engine: Its database.
        name: Its address, without its password.
        playbook: The rules its flat rows are made with.
    """

    engine: Engine
    name: str
    playbook: Playbook

    @property
    def label(self) -> str:
        """What it is called in a note: the name of the file or of the database, and nothing of where that is."""
        file = sqlite_file(self.engine.url)
        return plain(file.name if file is not None else self.engine.url.database or "another store")

    def property(self, name: str) -> str:
        """A property of the store itself; empty where it has none of this name."""
        return read(self.engine, lambda connection: property_of(connection, name))

    def note(self, name: str, value: str) -> None:
        """Note a property of the store itself; an empty one is taken out."""
        write(self.engine, lambda connection: put_property(connection, name, value))

    def copy(self, uid: str, *, closed: bool) -> Copy | None:
        """An incident with its history; `None` where there is none, or somebody saves it all the time.

        Args:
            uid: What it is known by.
            closed: Whether its current revision is kept for good before another store holds it: otherwise the next
                save of somebody who is typing would take it up.
        """
        for _ in range(5):
            found = read(self.engine, lambda connection: copy_of(connection, uid))
            if found is None or found.head.sealed or not closed:
                return found
            write(self.engine, lambda connection, found=found: close(connection, found))  # type: ignore[misc]
        return None


def introduced(here: Party, there: Party, *, dry_run: bool = False) -> str:
    """What the other store is known by; a raw copy of a file gets a name of its own here.

    Raises:
        StoreError: If both are one store, under whatever addresses.
    """
    one = StoreError(f"{there.name} is this very store: give the address of another one to sync with")
    if here.engine is there.engine or here.engine.url == there.engine.url:
        raise one
    name = there.property(_NAME)
    if here.property(_NAME) != name or dry_run:
        return name
    mark = new_token()
    here.note(_MARK, mark)
    seen = there.property(_MARK)
    here.note(_MARK, "")
    if seen == mark:
        raise one
    here.note(_NAME, new_token())
    return name
