"""Saving one incident: the next revision, put together with others' or a conflict; and what becomes one revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, select, update

from postmortem.record import states
from postmortem.record.reading import incident_from
from postmortem.store.documents import Batch, Content, Numbers, content_of
from postmortem.store.errors import ConflictError, DeletedIncidentError
from postmortem.store.forwarding import forwarded
from postmortem.store.linked import refuse_circle
from postmortem.store.schema import documents, revisions
from postmortem.store.texts import instant_from, plain

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

COALESCE_WITHIN: Final = timedelta(minutes=5)
"""How long after a save of the same person the next one may take it up: what is typed in one go is one revision."""
_TOKENS: Final = 8
"""How many of the saves that it took up a revision knows by name."""


_STANDING: Final = select(
    documents.c.incident_id,
    documents.c.revision,
    documents.c.digest,
    documents.c.document,
    documents.c.uid,
    documents.c.deleted_at,
    revisions.c.at,
    revisions.c.by,
    revisions.c.note,
    revisions.c.state,
    revisions.c.sealed,
    revisions.c.token,
).join(revisions, and_(revisions.c.incident_id == documents.c.incident_id, revisions.c.number == documents.c.revision))


def standing(connection: Connection, identifier: str) -> Row[*tuple[Any, ...]] | None:
    """The current document of an incident with what is known of its revision; `None` where the store has no such."""
    return connection.execute(_STANDING.where(documents.c.incident_id == identifier)).one_or_none()


def save(
    connection: Connection,
    incident: Incident,
    playbook: Playbook,
    *,
    at: datetime,
    by: str = "",
    note: str = "",
    coalesce: bool = False,
    token: str = "",
) -> Incident:
    """Write the next revision of an incident, within the caller's writing transaction.

    One that was made from an older revision is put together with what was saved since, field by field.

    Args:
        connection: In a transaction that keeps other writers out.
        incident: What shall stand.
        playbook: The rules the flat rows are made with.
        at: When it is saved.
        by: Who saves.
        note: What they say of it.
        coalesce: Whether this was saved while typing.
        token: The name of this save; see `find`.

    Returns:
        The incident as it stands now, with its id and its revision.

    Raises:
        ConflictError: If both this and what was saved since changed the same.
        DeletedIncidentError: If it was deleted meanwhile.
        DataError: If it holds broken characters and does not fit together without them, or a new link leads back to it.
    """
    content = content_of(incident)
    batch = Batch(playbook, at, by, note, token=token or None)
    # What nobody put a name to is never taken up: it may have been written by two people.
    sealed = not (coalesce and by)
    content, there = _found(connection, content)
    incident = content.incident
    refuse_circle(connection, incident, there.document if there is not None else None)
    if there is None:
        count = Numbers(connection)
        if incident.id:
            count.respect(incident.id)
        saved = content.numbered(incident.id or count.take(content.incident, at), incident.revision + 1)
        batch.begin(saved, content.digest, uid=token, sealed=sealed)
        count.write()
    elif there.deleted_at:
        raise DeletedIncidentError(there.incident_id, there.by, instant_from(there.deleted_at), there.revision)
    elif there.digest == content.digest:
        if sealed and not there.sealed:
            # Whoever saves on purpose what was typed keeps it for good.
            seal(connection, there.incident_id)
        return content.numbered(there.incident_id, there.revision)
    elif there.revision != incident.revision:
        merged, whose = with_theirs(connection, content.incident, there, playbook, at)
        both = content_of(merged)
        if both.digest == there.digest:
            return both.numbered(there.incident_id, there.revision)
        saved = both.numbered(there.incident_id, there.revision + 1)
        batch.change(saved, both.digest, sealed=sealed, deed="merge", note="; ".join(filter(None, (note, whose))))
    else:
        saved = content.numbered(there.incident_id, there.revision + 1)
        taken_up = not sealed and _may_take_up(there, saved, at, by)
        if taken_up:
            connection.execute(
                delete(revisions).where(revisions.c.incident_id == saved.id, revisions.c.number == there.revision)
            )
            # A save that is being looked for after a lost connection is found in the one that took it up.
            batch.token = " ".join([token, *(there.token or "").split()][:_TOKENS])
        batch.change(saved, content.digest, sealed=sealed, note=note or (there.note if taken_up else ""))
    batch.write(connection)
    return saved


def _found(connection: Connection, content: Content) -> tuple[Content, Row[*tuple[Any, ...]] | None]:
    """What is saved, under the id that its incident has now, and what stands there."""
    given = content.incident
    there = standing(connection, given.id) if given.id else None
    if not given.id or (there is not None and there.revision == given.revision):
        return content, there
    incident = forwarded(connection, given)
    return (
        (content, there)
        if incident is given
        else (replace(content, incident=incident), standing(connection, incident.id))
    )


def with_theirs(
    connection: Connection, mine: Incident, there: Row[*tuple[Any, ...]], playbook: Playbook, at: datetime
) -> tuple[Incident, str]:
    """Both sides together, and a note that says whose the other one is.

    Closed by one side, and without a fact for that by the other, the record is opened again (R39).

    Raises:
        ConflictError: If both changed the same, or nobody knows any more what mine was made from.
    """
    theirs = incident_from(there.document, f"incident {there.incident_id}")
    found = (
        select(revisions.c.number, revisions.c.by, revisions.c.document, revisions.c.deed)
        .where(revisions.c.incident_id == there.incident_id, revisions.c.number >= mine.revision)
        .order_by(revisions.c.number)
    )
    rows = connection.execute(found).all()
    base = None
    # Where something was erased since, what this was made from does not say it any more: it would look like news.
    erased = any(row.deed == "erase" for row in rows[1:])
    if rows and rows[0].number == mine.revision and not erased:
        base = incident_from(rows[0].document, f"incident {there.incident_id}")
    conflict = ConflictError(mine, theirs, there.by, base)
    if conflict.merge is None or conflict.clashes:
        raise conflict
    whose = list(dict.fromkeys(row.by or "somebody else" for row in rows[1:]))
    names = " and ".join([", ".join(whose[:-1]), whose[-1]] if len(whose) > 1 else whose)
    both = states.met(conflict.merge.incident, (mine, theirs), playbook, at)
    return both, f"put together with what {names} saved after revision {mine.revision}"


def find(connection: Connection, token: str, incident_id: str = "") -> Incident | None:
    """What a save left, or what stands since; `None` where it never reached the database.

    Args:
        connection: In a transaction that keeps other writers out: so the save is over, one way or the other.
        token: The name of the save.
        incident_id: The incident that was saved; empty where it was a new one.
    """
    new = select(documents.c.incident_id, documents.c.document).where(documents.c.uid == token)
    begun = connection.execute(new).one_or_none()
    identifier = begun.incident_id if begun is not None else incident_id
    found = select(revisions.c.document).where(
        revisions.c.incident_id == identifier, revisions.c.token.contains(token, autoescape=True)
    )
    document = connection.execute(found.order_by(revisions.c.number).limit(1)).scalar()
    if document is None and begun is not None:
        document = begun.document
    return incident_from(document, f"incident {identifier}") if document is not None else None


def stood(connection: Connection, identifier: str, digest: str, since: int) -> bool:
    """Whether a content stood in an incident in a revision of this number or in a later one."""
    found = select(revisions.c.number).where(
        revisions.c.incident_id == identifier, revisions.c.digest == digest, revisions.c.number >= since
    )
    return connection.execute(found.limit(1)).scalar() is not None


def _may_take_up(last: Row[*tuple[Any, ...]], saved: Incident, at: datetime, by: str) -> bool:
    return bool(
        not last.sealed
        and last.by == plain(by)
        and last.state == saved.state
        and last.state != "closed"
        and abs(at - instant_from(last.at)) < COALESCE_WITHIN
    )


def seal(connection: Connection, identifier: str) -> None:
    """Keep the current revision of an incident for good: the next save begins a new one."""
    current = select(documents.c.revision).where(documents.c.incident_id == identifier).scalar_subquery()
    connection.execute(
        update(revisions)
        .where(revisions.c.incident_id == identifier, revisions.c.number == current)
        .values(sealed=True)
    )
