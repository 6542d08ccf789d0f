"""Every checklist of a store (R37): which there are, what each was used for and missed, and keeping one more use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from postmortem.record import checklists, days
from postmortem.record.errors import DataError, Problem, near
from postmortem.store import insisting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from postmortem.record.incident import Checklist, Incident
    from postmortem.record.vocabulary import State
    from postmortem.store.store import Store

_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Listed:
    """One checklist, with what there is to know of it beside its own record.

    Attributes:
        key: Its record and its id there, as `2026-001/l1`.
        incident_id: Its record.
        title: What went wrong there.
        state: How far that record has come.
        sheet: The list as it reads now.
        missed: The incidents that it should have caught, each with the day it happened where that is known.
    """

    key: str
    incident_id: str
    title: str
    state: State
    sheet: Checklist
    missed: tuple[tuple[str, date | None], ...] = ()

    @property
    def missed_since(self) -> int:
        """How many of them happened since the version in force was made; what has no day is counted."""
        dated = [day for _, day in self.missed if day is not None]
        return checklists.missed_since(self.sheet, dated) + len(self.missed) - len(dated)

    @property
    def last_on(self) -> date | None:
        """The day of the last use."""
        return max((run.on for run in self.sheet.runs), default=None)


def lists(store: Store) -> tuple[Listed, ...]:
    """Every checklist of the store, in the order of their records.

    Args:
        store: Where the records are.

    Raises:
        StoreError: If the store can't be read.
    """
    missing, listing = (list(map(str, store.table(name)["incident_id"])) for name in ("checklist_misses", "checklists"))
    ids = list(dict.fromkeys((*listing, *missing)))
    there = tuple(store.incidents(ids)) if ids else ()
    misses: dict[str, list[tuple[str, date | None]]] = {}
    for incident in there:
        day = None if incident.occurred_at is None else days.of(incident.occurred_at, incident.zone)
        for name in dict.fromkeys(incident.should_have_caught):
            misses.setdefault(name, []).append((incident.id, day))
    found = [
        Listed(
            key=(key := checklists.key(incident, sheet.id)),
            incident_id=incident.id,
            title=incident.title,
            state=incident.state,
            sheet=sheet,
            missed=tuple(misses.get(key, ())),
        )
        for incident in there
        for sheet in incident.checklists
    ]
    return tuple(sorted(found, key=lambda listed: listed.key))


def find_list(store: Store, name: str, *, among: Iterable[Listed] | None = None) -> Listed:
    """The checklist of a key such as `2026-001/l1`, or of a name that only one of them has.

    Args:
        store: Where the records are.
        name: Its key, or its name; capitals and spaces around it do not count.
        among: The lists, where they were read already.

    Raises:
        DataError: If there is none, with near names; or several of that name, with their keys.
    """
    there = tuple(lists(store) if among is None else among)
    wanted = name.strip().casefold()
    for listed in there:
        if listed.key.casefold() == wanted:
            return listed
    same = [listed for listed in there if listed.sheet.name.strip().casefold() == wanted]
    if len(same) == 1:
        return same[0]
    if same:
        remedy = f"say which: {', '.join(listed.key for listed in same)}"
        raise DataError("checklist", [Problem("", f"{len(same)} lists are called {name!r}", remedy)])
    hint = near(name, [text for listed in there for text in (listed.key, listed.sheet.name)])
    known = ", ".join(listed.key for listed in there[:_SHOWN]) + (", …" if len(there) > _SHOWN else "")
    remedy = f"did you mean {hint!r}?" if hint else f"there are: {known}" if known else "there is none yet"
    raise DataError("checklist", [Problem("", f"there is no checklist {name!r}", remedy)])


def keep_run(
    store: Store,
    listed: Listed,
    ticked: Iterable[str],
    *,
    now: datetime,
    on: date | None = None,
    by: str = "",
    job: str = "",
    note: str = "",
    version: int | None = None,
) -> Incident:
    """Keep one use of a list in its record, whatever others save there at the same time.

    Each use is given an id of its own, so that two people who ticked the same stay two. A closed record gets one more
    revision; nothing else in it changes.

    Args:
        store: Where the record is.
        listed: Which list.
        ticked: The points that were ticked.
        now: The moment of the telling; a use after its day, where the record is, is refused.
        on: The day of the job; that of `now`, where the record is, where nothing is said.
        by: Who ticked.
        job: Which job.
        note: What there is to say of it.
        version: Which version was used; the newest of that day where nothing is said.

    Raises:
        DataError: If a point is not in the list, or the day will not do.
        UnknownNodeError: If the list was taken out meanwhile.
        StoreError: If it can't be saved.
    """
    run, points = f"r-{secrets.token_hex(4)}", tuple(ticked)

    def used(incident: Incident) -> Incident:
        if any(item.id == run for sheet in incident.checklists for item in sheet.runs):
            return incident
        return checklists.tick(
            incident,
            listed.sheet.id,
            points,
            on=on,
            by=by,
            job=job,
            note=note,
            version=version,
            now=now,
            run=run,
        )

    return insisting.changed(store, listed.incident_id, used, by=by, note=f"used the checklist {listed.sheet.name}")


def drop_run(store: Store, listed: Listed, run: str, *, by: str = "") -> Incident:
    """Take one use out of its record, as when it was ticked for the wrong job; it stays in the revisions.

    Raises:
        UnknownNodeError: If it is not there any more.
        StoreError: If it can't be saved.
    """
    name = listed.sheet.id
    told = f"took a use of the checklist {listed.sheet.name} out"
    return insisting.changed(
        store, listed.incident_id, lambda incident: checklists.drop_run(incident, name, run), by=by, note=told
    )
