"""Finding whole incidents in the store, page by page, by their ids and by the numbers of their revisions."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, select

from postmortem.record.reading import incident_from
from postmortem.store.engine import read, write
from postmortem.store.errors import StoreError, UnknownIncidentError
from postmortem.store.readonly import is_read_only
from postmortem.store.saving import seal
from postmortem.store.schema import documents, revisions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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
        chunk = _kept(engine, partial(page, after=last))
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
        yield from _kept(engine, partial(_named, wanted=wanted[start : start + _CHUNK]))


def _kept(engine: Engine, work: Callable[[Connection], list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Some documents, whose revisions no later save takes up: they may be mended elsewhere, and come back."""

    def look(connection: Connection) -> tuple[list[tuple[str, str]], list[str]]:
        found = work(connection)
        return found, _unsealed(connection, [identifier for identifier, _ in found])

    def keep(connection: Connection) -> list[tuple[str, str]]:
        found, typed = look(connection)
        for identifier in typed:
            seal(connection, identifier)
        return found

    found, typed = read(engine, look)
    if typed and not is_read_only(engine):
        # Looking does not fail where nothing can be written.
        with suppress(StoreError):
            return write(engine, keep)
    return found


def _unsealed(connection: Connection, identifiers: list[str]) -> list[str]:
    found = (
        select(documents.c.incident_id)
        .join(
            revisions,
            and_(revisions.c.incident_id == documents.c.incident_id, revisions.c.number == documents.c.revision),
        )
        .where(documents.c.incident_id.in_(identifiers), revisions.c.sealed.is_(False))
    )
    return list(connection.execute(found).scalars())


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
        raise UnknownIncidentError(f"revision {number} of incident {incident_id}", _near(number, list(known)))
    return incident_from(document.document, f"incident {incident_id}, revision {number}")


def unknown(connection: Connection, identifier: str) -> UnknownIncidentError:
    """What to say of an id that the store does not hold, with a near one."""
    newest = select(documents.c.incident_id).where(documents.c.deleted_at.is_(None))
    newest = newest.order_by(documents.c.begun_at.desc(), documents.c.incident_id.desc())
    known = connection.execute(newest.limit(_NEAR_AMONG)).scalars().all()
    return UnknownIncidentError(f"incident {identifier!r}", known, identifier)


def _near(number: int, known: Sequence[int]) -> list[str]:
    """Numbers as a person reads them, in runs, those next to a number first.

    Examples:
        >>> _near(7, [1, 2, 3, 5, 9, 10])
        ['5', '9 to 10', '1 to 3']
    """
    runs: list[tuple[int, int]] = []
    for one in known:
        if runs and runs[-1][1] == one - 1:
            runs[-1] = (runs[-1][0], one)
        else:
            runs.append((one, one))
    runs.sort(key=lambda run: min(abs(number - end) for end in run))
    return [str(first) if first == last else f"{first} to {last}" for first, last in runs]
