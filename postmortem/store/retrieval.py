"""Finding whole incidents in the store, page by page, by their ids and by the numbers of their revisions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from postmortem.record.reading import incident_from
from postmortem.store.engine import read
from postmortem.store.errors import UnknownIncidentError
from postmortem.store.schema import documents, revisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from postmortem.record.incident import Incident

_CHUNK: Final = 500
_NEAR_AMONG: Final = 2_000


def page(connection: Connection, after: str) -> list[tuple[str, str]]:
    """The next ids and documents after an id, in the order of the ids; deleted ones are left out."""
    found = select(documents.c.incident_id, documents.c.document).where(
        documents.c.incident_id > after, documents.c.deleted_at.is_(None)
    )
    return [(row[0], row[1]) for row in connection.execute(found.order_by(documents.c.incident_id).limit(_CHUNK))]


def all_documents(engine: Engine) -> Iterator[tuple[str, str]]:
    """Every id with its document. No reader holds the database while its caller takes time over each incident."""
    last = ""
    while True:
        chunk = read(engine, partial(page, after=last))
        if not chunk:
            return
        yield from chunk
        last = chunk[-1][0]


def named_documents(engine: Engine, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The documents of some ids, in this order.

    Raises:
        UnknownIncidentError: If there is none of an id; those before it have been given.
    """
    wanted = tuple(ids)
    for start in range(0, len(wanted), _CHUNK):
        yield from read(engine, partial(_named, wanted=wanted[start : start + _CHUNK]))


def _named(connection: Connection, wanted: Sequence[str]) -> list[tuple[str, str]]:
    found = select(documents.c.incident_id, documents.c.document).where(
        documents.c.incident_id.in_(wanted), documents.c.deleted_at.is_(None)
    )
    texts = {row.incident_id: row.document for row in connection.execute(found)}
    for identifier in wanted:
        if identifier not in texts:
            raise unknown(connection, identifier)
    return [(identifier, texts[identifier]) for identifier in wanted]


def revision_of(connection: Connection, incident_id: str, number: int) -> Incident:
    """An incident as it was in one revision.

    Raises:
        UnknownIncidentError: If there is no such revision; those that there are are named.
    """
    found = select(revisions.c.number, revisions.c.document).where(revisions.c.incident_id == incident_id)
    document = connection.execute(found.where(revisions.c.number == number)).one_or_none()
    if document is None:
        known = connection.execute(found.order_by(revisions.c.number)).scalars()
        raise UnknownIncidentError(f"revision {number} of incident {incident_id}", [str(item) for item in known])
    return incident_from(document.document, f"incident {incident_id}, revision {number}")


def unknown(connection: Connection, identifier: str) -> UnknownIncidentError:
    """What to say of an id that the store does not hold, with a near one."""
    newest = select(documents.c.incident_id).where(documents.c.deleted_at.is_(None))
    newest = newest.order_by(documents.c.begun_at.desc(), documents.c.incident_id.desc())
    known = connection.execute(newest.limit(_NEAR_AMONG)).scalars().all()
    return UnknownIncidentError(f"incident {identifier!r}", known, identifier)
