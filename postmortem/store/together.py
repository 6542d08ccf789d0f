"""Several people at one record: who is there, and what stands, asked every few seconds at next to no cost.

None of it is part of a record: a `sync` leaves it alone, and no revision speaks of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select, update

from postmortem.store.engine import read, write
from postmortem.store.errors import BusyError
from postmortem.store.retrieval import unknown
from postmortem.store.rounds import Rounds
from postmortem.store.schema import documents, presences
from postmortem.store.texts import instant_from, instant_text, plain

if TYPE_CHECKING:
    from sqlalchemy import Connection

WITHIN: Final = timedelta(seconds=20)
"""How long after a window was heard of last its owner still counts as there."""
FORGOTTEN: Final = timedelta(days=1)
"""How long after that it is forgotten."""
PATIENCE_MS: Final = 500
"""How long a sign of life waits for whoever is writing, in milliseconds: the next one comes soon."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is at an incident now, in one window.

    Attributes:
        by: Who; empty where nobody said.
        session: What the window is known by.
        stage: The stage they are at.
        place: The field or part they are in, such as `whys.w3.text`; empty where in none.
        since: Since when they are at this incident, in UTC.
        seen_at: When they were heard of last, in UTC.
    """

    by: str
    session: str
    stage: str
    place: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of an incident, without what it says.

    Attributes:
        revision: The number of its current revision.
        by: Who saved it last; empty where nobody said.
        at: When, in UTC.
        deleted: Whether it was deleted.
    """

    revision: int
    by: str
    at: datetime
    deleted: bool


class Together(Rounds):
    """The part of a `Store` that people at one record at once work with."""

    def arrive(self, incident_id: str, session: str, *, by: str, stage: str, place: str = "") -> bool:
        """Say that somebody is at an incident; said again every few seconds, it says that they still are.

        It never waits long for others who write, and never keeps them waiting.

        Args:
            incident_id: Where.
            session: What their window is known by; one window is at one incident.
            by: Who.
            stage: The stage they are at.
            place: The field or part they are in; empty where in none.

        Returns:
            Whether it was noted: not while somebody else writes for long, and not at a deleted incident.

        Raises:
            UnknownIncidentError: If there is no such incident.
            StoreError: If it can't be written.

        Examples:
            >>> from postmortem.record.incident import Incident
            >>> from postmortem.store import open_store
            >>> with open_store("sqlite://") as store:
            ...     incident = store.save(Incident(title="Line is dead", occurred_at="2026-03-02T17:30:00Z"), by="Ana")
            ...     store.arrive(incident.id, "window 1", by="Ben", stage="why", place="whys.w3.text")
            ...     [(one.by, one.place) for one in store.present(incident.id)]
            True
            [('Ben', 'whys.w3.text')]
        """
        now = self._clock()
        said = {"by": plain(by), "stage": plain(stage), "place": plain(place), "seen_at": instant_text(now)}
        window = presences.c.session == plain(session)
        here = select(documents.c.uid).where(documents.c.incident_id == incident_id, documents.c.deleted_at.is_(None))
        again = update(presences).where(window, presences.c.uid == here.scalar_subquery()).values(**said)

        def arrive(connection: Connection) -> bool:
            if connection.execute(again).rowcount:
                return True
            connection.execute(delete(presences).where(window | (presences.c.seen_at < instant_text(now - FORGOTTEN))))
            uid = connection.execute(here).scalar()
            if uid is None:
                if _standing(connection, incident_id) is None:
                    raise unknown(connection, incident_id)
                return False
            row = {"session": plain(session), "uid": uid, "since": instant_text(now), **said}
            connection.execute(insert(presences).values(**row))
            return True

        try:
            return write(self._engine, arrive, patience_ms=PATIENCE_MS)
        except BusyError:
            return False

    def depart(self, session: str) -> None:
        """Say that a window is closed; whoever leaves without saying so is missed after a while (`WITHIN`).

        Args:
            session: What the window is known by.

        Raises:
            StoreError: If it can't be written.
        """
        gone = delete(presences).where(presences.c.session == plain(session))
        try:
            write(self._engine, lambda connection: connection.execute(gone), patience_ms=PATIENCE_MS)
        except BusyError:
            return

    def present(self, incident_id: str, within: timedelta = WITHIN) -> tuple[Present, ...]:
        """Who is at an incident, whoever came first first; nobody is at one that is deleted or not there.

        Args:
            incident_id: Its id.
            within: How long ago they were heard of at most, by the store's clock.
        """
        found = (
            select(*(presences.c[name] for name in ("by", "session", "stage", "place", "since", "seen_at")))
            .join(documents, documents.c.uid == presences.c.uid)
            .where(documents.c.incident_id == incident_id, documents.c.deleted_at.is_(None))
            .where(presences.c.seen_at >= instant_text(self._clock() - within))
        )
        rows = read(self._engine, lambda connection: connection.execute(found).all())
        return tuple(
            Present(row.by, row.session, row.stage, row.place, instant_from(row.since), instant_from(row.seen_at))
            for row in sorted(rows, key=lambda row: (row.since, row.session))
        )

    def standing(self, incident_id: str) -> Standing | None:
        """What stands of an incident, without reading it; `None` where there is no such incident.

        Looking does not keep the revision for good, as `load` does.
        """
        return read(self._engine, lambda connection: _standing(connection, incident_id))


def _standing(connection: Connection, incident_id: str) -> Standing | None:
    names = ("revision", "updated_by", "updated_at", "deleted_at")
    found = select(*(documents.c[name] for name in names)).where(documents.c.incident_id == incident_id)
    row = connection.execute(found).one_or_none()
    if row is None:
        return None
    return Standing(row.revision, row.updated_by, instant_from(row.updated_at), row.deleted_at is not None)
