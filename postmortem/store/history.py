"""What became of an incident over time: every revision, any of them back, and deleting as a revision like any other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import select

from postmortem.record import commitments, states
from postmortem.record.difference import changes
from postmortem.record.merging import merge
from postmortem.record.reading import incident_from
from postmortem.store import saving
from postmortem.store.documents import Batch, Deed, content_of, new_token
from postmortem.store.engine import read, write
from postmortem.store.errors import DeletedIncidentError
from postmortem.store.forwarding import forwarded
from postmortem.store.retrieval import revision_of, unknown
from postmortem.store.schema import documents, revisions
from postmortem.store.texts import instant_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from postmortem.record.difference import Change
    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook


_DONE: Final[Mapping[Deed, str]] = {
    "save": "saved",
    "merge": "put together",
    "import": "imported",
    "restore": "brought back",
    "delete": "deleted",
    "erase": "erased",
    "sync": "brought together",
}


@dataclass(frozen=True, slots=True)
class Revision:
    """One state an incident has been in.

    Attributes:
        number: Its number. Numbers rise; one that is missing was taken up into the next.
        at: When it was saved, in UTC.
        by: Who saved it; empty where nobody said.
        note: What they said of it.
        document: The whole incident as JSON.
        deed: What was done: `save`, `merge` (put together with what somebody else saved meanwhile), `import`,
            `restore`, `delete`, `erase` or `sync`.
        before: The incident in the revision it was made from, as JSON; empty in the first one. That is the one before,
            unless it was made in another copy of the store.
    """

    number: int
    at: datetime
    by: str
    note: str
    document: str = field(repr=False)
    deed: Deed = "save"
    before: str = field(default="", repr=False)

    @property
    def done(self) -> str:
        """What was done, in words for people."""
        return _DONE.get(self.deed, self.deed)

    @property
    def incident(self) -> Incident:
        """The incident as it was."""
        return incident_from(self.document, f"revision {self.number}")

    @property
    def changes(self) -> tuple[Change, ...]:
        """What changed against the revision before, found when it is asked for; in the first one, all that stands."""
        before = incident_from(self.before, f"the revision before {self.number}") if self.before else None
        return changes(before, self.incident)

    def changes_for(self, person: str, here: Incident) -> tuple[Change, ...]:
        """What of it one person may see: never what others keep to themselves, whether before or since (R38).

        Args:
            person: Who looks.
            here: The incident as it stands now.
        """
        after = self.incident
        before = incident_from(self.before, f"the revision before {self.number}") if self.before else None
        states = [state for state in (before, after, here) if state is not None]
        found = changes(
            commitments.public(before, person, beside=states) if before is not None else None,
            commitments.public(after, person, beside=states),
        )
        # A wording that waits is as private as the field that it is for.
        return tuple(
            change
            for change in found
            if all(
                commitments.may_see(state, person, change.place.removeprefix("versions.")) for state in (after, here)
            )
        )


@dataclass(frozen=True, slots=True)
class Deleted:
    """An incident that was deleted, in one line.

    Attributes:
        incident_id: Its id, which is never given again.
        title: What it was about.
        deleted_at: When, in UTC.
        by: Who deleted it; empty where nobody said.
        note: What they said of it.
        revision: The number of the deletion; bringing this revision back gives the incident as it stood.
    """

    incident_id: str
    title: str
    deleted_at: datetime
    by: str
    note: str
    revision: int


_AT_ONCE = 500
"""How many ids are asked for in one question: some databases take no more than a thousand."""


class Chronicle:
    """The part of a `Store` that knows what was before."""

    playbook: Playbook
    _clock: Callable[[], datetime]

    @property
    def _engine(self) -> Engine:
        raise NotImplementedError

    def history(self, incident_id: str) -> tuple[Revision, ...]:
        """Every revision of an incident, the first one first; also of one that was deleted.

        Raises:
            UnknownIncidentError: If there is no such incident.
        """
        columns = (revisions.c[name] for name in ("number", "at", "by", "note", "document", "deed", "made_from"))
        found = select(*columns).where(revisions.c.incident_id == incident_id).order_by(revisions.c.number)

        def rows(connection: Connection) -> Sequence[Any]:
            kept = connection.execute(found).all()
            if not kept:
                raise unknown(connection, incident_id)
            return kept

        kept = read(self._engine, rows)
        numbered = {row.number: row.document for row in kept}
        earlier = ["", *(row.document for row in kept)]
        return tuple(
            Revision(
                row.number,
                instant_from(row.at),
                row.by,
                row.note,
                row.document,
                row.deed,
                numbered.get(row.made_from, before),
            )
            for row, before in zip(kept, earlier, strict=False)
        )

    def worked_on(self, by: str, among: Sequence[str]) -> frozenset[str]:
        """Which of some incidents have a revision that somebody saved.

        Args:
            by: Who.
            among: The ids of the incidents.
        """
        mine = select(revisions.c.incident_id).where(revisions.c.by == by).distinct()

        def ids(connection: Connection) -> frozenset[str]:
            parts = (among[at : at + _AT_ONCE] for at in range(0, len(among), _AT_ONCE))
            asked = (mine.where(revisions.c.incident_id.in_(part)) for part in parts)
            return frozenset(found for one in asked for found in connection.execute(one).scalars())

        return read(self._engine, ids)

    def revert(self, incident_id: str, revision: int, *, by: str = "", note: str = "") -> Incident:
        """Let an incident stand again as it stood in one revision, whether it was changed or deleted since.

        What stands now stays as a revision. An incident that says the same already gets no new one. A revision of a
        later state brings that state not along, since its gates are asked by `states.advance` alone (R39); a closed
        record that goes back with it is opened again, and says so.

        Args:
            incident_id: Its id.
            revision: The number of the revision.
            by: Who does it.
            note: What they say of it; where nothing is said, which revision it was.

        Returns:
            The incident as it stands now.

        Raises:
            UnknownIncidentError: If there is no such incident, or no such revision.
            StoreError: If it can't be written.
        """

        def done(connection: Connection, batch: Batch) -> Incident:
            there = _there(connection, incident_id)
            standing = incident_from(there.document, f"incident {incident_id}")
            earlier, told = revision_of(connection, incident_id, revision), f"revision {revision} brought back"
            back = states.allowed(standing, earlier, self.playbook, batch.at, because=told, on=False)
            content = content_of(back)
            if states.stays(back, earlier.state):
                told = f"{told}; it was “{earlier.state}”, and stays “{back.state}”"
            if there.digest == content.digest and not there.deleted_at:
                return content.numbered(incident_id, there.revision)
            saved = content.numbered(incident_id, there.revision + 1)
            batch.change(saved, content.digest, deed="restore", note=note or told)
            return saved

        return self._written(incident_id, done, by)

    def delete(self, incident_id: str, *, by: str = "", note: str = "") -> Incident:
        """Take an incident out of lists, tables and reports; every revision is kept, and `revert` brings it back.

        Its id is never given again, and an import does not bring it back.

        Args:
            incident_id: Its id.
            by: Who does it.
            note: What they say of it.

        Returns:
            The incident as it stood; its revision is the one that says that it was deleted.

        Raises:
            UnknownIncidentError: If there is no such incident.
            DeletedIncidentError: If it was deleted already.
            StoreError: If it can't be written.
        """

        def done(connection: Connection, batch: Batch) -> Incident:
            there = _there(connection, incident_id)
            if there.deleted_at:
                raise DeletedIncidentError(incident_id, there.by, instant_from(there.deleted_at), there.revision)
            content = content_of(incident_from(there.document, f"incident {incident_id}"))
            saved = content.numbered(incident_id, there.revision + 1)
            batch.change(saved, there.digest, deed="delete", note=note, deleted=True)
            return saved

        return self._written(incident_id, done, by)

    def deleted(self) -> tuple[Deleted, ...]:
        """What was deleted and not brought back, the last one first."""
        found = (
            select(
                documents.c.incident_id,
                documents.c.revision,
                documents.c.document,
                documents.c.deleted_at,
                revisions.c.by,
                revisions.c.note,
            )
            .join(
                revisions,
                (revisions.c.incident_id == documents.c.incident_id) & (revisions.c.number == documents.c.revision),
            )
            .where(documents.c.deleted_at.is_not(None))
            .order_by(documents.c.deleted_at.desc(), documents.c.incident_id.desc())
        )
        rows = read(self._engine, lambda connection: connection.execute(found).all())
        return tuple(
            Deleted(
                row.incident_id,
                incident_from(row.document, f"incident {row.incident_id}").title,
                instant_from(cast("str", row.deleted_at)),
                row.by,
                row.note,
                row.revision,
            )
            for row in rows
        )

    def followed(self, incident: Incident) -> Incident:
        """An incident in hand under the id that it has now, where a sync gave it another one; else as it is.

        Args:
            incident: As it was loaded or saved; its id and its revision say which one is meant.
        """
        return read(self._engine, lambda connection: forwarded(connection, incident))

    def holds(self, incident: Incident) -> bool:
        """Whether everything that a copy of an incident says was taken in: as a revision, or put together with others.

        Args:
            incident: The copy; its revision says what it was made from.
        """
        of_it = select(revisions.c.number).where(revisions.c.incident_id == incident.id)

        def look(connection: Connection) -> bool:
            there = saving.standing(connection, incident.id)
            if there is None:
                return False
            standing = incident_from(there.document, f"incident {there.incident_id}")
            # A copy leaves out what people keep to themselves: it is not missing for that.
            content = content_of(commitments.with_hidden(incident, standing))
            # What stood only before the revision it was made from was changed back in the copy.
            if saving.stood(connection, incident.id, content.digest, incident.revision):
                return True
            if connection.execute(of_it.where(revisions.c.number == incident.revision)).scalar() is None:
                return False
            base = revision_of(connection, incident.id, incident.revision)
            both = merge(base, content.incident, standing)
            stands = states.met(both.incident, (content.incident, standing), self.playbook, self._clock())
            return not both.clashes and content_of(stands).digest == there.digest

        return read(self._engine, look)

    def _written(self, incident_id: str, deed: Callable[[Connection, Batch], Incident], by: str) -> Incident:
        token = new_token()

        def work(connection: Connection) -> Incident:
            batch = Batch(self.playbook, self._clock(), by, token=token)
            saved = deed(connection, batch)
            batch.write(connection)
            return saved

        return write(self._engine, work, landed=lambda connection: saving.find(connection, token, incident_id))


def _there(connection: Connection, incident_id: str) -> Row[*tuple[Any, ...]]:
    there = saving.standing(connection, incident_id)
    if there is None:
        raise unknown(connection, incident_id)
    return there
