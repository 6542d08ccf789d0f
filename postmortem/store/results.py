"""What is said after two stores were brought together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Renumbered:
    """An incident that has another id here now, as the old one was taken in the other store.

    Attributes:
        old: What it was.
        new: What it is; empty where the other store has yet to say.
    """

    old: str
    new: str

    def __str__(self) -> str:
        """In words."""
        return f"{self.old} is now {self.new}" if self.new else f"{self.old} will get another number"


@dataclass(frozen=True, slots=True)
class SyncClash:
    """One field that was changed to different things in both stores, as plain data.

    Attributes:
        incident_id: The incident, by its id here.
        title: What went wrong there.
        place: The field, as `record.edit` writes places; `deleted` where one side deleted it, `history` where other
            words were erased on each side.
        mine: What it says here.
        theirs: What it says in the other store.
    """

    incident_id: str
    title: str
    place: str
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True)
class ErasedApart:
    """An incident of which one store has erased something that the history in the other still holds.

    Attributes:
        incident_id: The incident, by its id here.
        where: Which store has erased it: `here` or `there`. The same erasure is to be run in the other one.
        at: When, as the store writes instants.
    """

    incident_id: str
    where: str
    at: str


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What became of every incident of two stores; each stands under its id here.

    Attributes:
        here: The store here, without its password.
        there: The other one.
        received: Were only there.
        sent: Were only here.
        updated_here: Took over revisions here.
        updated_there: Took over revisions there.
        merged: Were changed in both stores, and put together.
        deleted: Are deleted now in a store in which they were not.
        unchanged: How many there was nothing to do about.
        renumbered: Have another id here now.
        clashes: Stand as they were, in both stores, until somebody chooses.
        settled: Would be clashes, had no side been preferred; the other text is in the revisions before.
        erased: Where an erasure is to be run in the other store too.
        unfinished: Were changed by others all the time; the next run takes them.
        dry_run: Whether this only says what would be done.
    """

    here: str
    there: str
    received: tuple[str, ...] = ()
    sent: tuple[str, ...] = ()
    updated_here: tuple[str, ...] = ()
    updated_there: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: int = 0
    renumbered: tuple[Renumbered, ...] = ()
    clashes: tuple[SyncClash, ...] = ()
    settled: tuple[SyncClash, ...] = ()
    erased: tuple[ErasedApart, ...] = ()
    unfinished: tuple[str, ...] = ()
    dry_run: bool = False

    @property
    def agreed(self) -> bool:
        """Whether both stores hold the same now."""
        return not (self.clashes or self.unfinished)
