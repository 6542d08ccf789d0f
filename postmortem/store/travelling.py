"""Whole incidents with their histories, taken out of one database and put into another; and ids that change.

Every function works within the caller's transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, delete, func, insert, select, update

from postmortem.record.reading import incident_from
from postmortem.store.copies import Copy, Kept, numbered
from postmortem.store.derived import FLAT
from postmortem.store.documents import Numbers, drop_flat, write_flat
from postmortem.store.flat import rows_of
from postmortem.store.saving import seal
from postmortem.store.schema import certificates, documents, meetings, presences, properties, revisions, rounds
from postmortem.store.texts import instant_text, source_digest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from postmortem.record.playbook import Playbook

_KEPT: Final = ("number", "at", "by", "note", "state", "sealed", "digest", "deed", "token", "document", "made_from")
_HEADER: Final = (
    "uid",
    "incident_id",
    "begun_at",
    "deleted_at",
    "imported_digest",
    "imported_revision",
    "imported_document",
)
_MOVED: Final = "moved "


@dataclass(frozen=True, slots=True)
class Entry:
    """As much of an incident as tells whether there is anything to do about it."""

    incident_id: str
    revision: int
    digest: str
    gone: bool
    source_digest: str | None
    imported_digest: str | None
    begun_at: str


def inventory(connection: Connection) -> dict[str, Entry]:
    """Every incident of a store, deleted ones too, by what it is known by in every copy."""
    names = ("uid", "incident_id", "revision", "digest", "deleted_at", "source_digest", "imported_digest", "begun_at")
    found = select(*(documents.c[name] for name in names)).order_by(documents.c.begun_at, documents.c.incident_id)
    return {
        row.uid: Entry(
            row.incident_id,
            row.revision,
            row.digest,
            row.deleted_at is not None,
            row.source_digest,
            row.imported_digest,
            row.begun_at,
        )
        for row in connection.execute(found)
    }


def copy_of(connection: Connection, uid: str) -> Copy | None:
    """An incident with its whole history; `None` where there is none."""
    columns = (*(documents.c[name] for name in _HEADER), *(revisions.c[name] for name in _KEPT))
    same = revisions.c.incident_id == documents.c.incident_id
    found = select(*columns).join(revisions, same).where(documents.c.uid == uid).order_by(revisions.c.number)
    rows = connection.execute(found).all()
    if not rows:
        return None
    head = {name: getattr(rows[0], name) for name in _HEADER}
    return Copy(**head, revisions=tuple(Kept(**{name: getattr(row, name) for name in _KEPT}) for row in rows))


def still(connection: Connection, copy: Copy) -> bool:
    """Whether an incident stands as it was read."""
    names = ("incident_id", "revision", "digest", "deleted_at")
    found = select(*(documents.c[name] for name in names)).where(documents.c.uid == copy.uid)
    row = connection.execute(found).one_or_none()
    as_read = (copy.incident_id, copy.head.number, copy.head.digest, copy.deleted_at)
    return row is not None and tuple(row) == as_read


def close(connection: Connection, copy: Copy) -> bool:
    """Keep the current revision for good, since another store is about to hold it; whether it stood as it was read."""
    if not still(connection, copy):
        return False
    seal(connection, copy.incident_id)
    return True


def is_known(connection: Connection, uid: str) -> bool:
    """Whether the store holds an incident, under whatever id."""
    found = select(documents.c.incident_id).where(documents.c.uid == uid)
    return connection.execute(found).first() is not None


def is_free(connection: Connection, incident_id: str) -> bool:
    """Whether an id is not given to anything."""
    found = select(documents.c.uid).where(documents.c.incident_id == incident_id)
    return connection.execute(found).first() is None


def begin(connection: Connection, copy: Copy, playbook: Playbook, now: datetime) -> tuple[str, int]:
    """Take in an incident that this store does not hold, with its whole history.

    It keeps its id where that is free; else the store gives the next number.

    Returns:
        Its id, and the number of its current revision.
    """
    count = Numbers(connection)
    incident_id = copy.incident_id
    while not is_free(connection, incident_id):
        incident_id = count.take(copy.head.incident, now)
    count.respect(incident_id)
    count.write()
    # Whoever still holds what had this id before must not be able to save it over this one.
    shift = _last_number(connection, incident_id)
    rows = [_row(incident_id, kept, kept.number + shift) for kept in copy.revisions]
    given = {
        "uid": copy.uid,
        "begun_at": copy.begun_at,
        "imported_digest": copy.imported_digest,
        "imported_revision": copy.imported_revision and copy.imported_revision + shift,
        "imported_document": copy.imported_document,
    }
    connection.execute(insert(documents).values(**_current(rows[-1]), deleted_at=copy.deleted_at, **given))
    connection.execute(insert(revisions), rows)
    _flatten(connection, rows[-1], playbook, gone=copy.gone)
    return incident_id, rows[-1]["number"]


def append(
    connection: Connection,
    copy: Copy,
    new: Iterable[Kept],
    playbook: Playbook,
    *,
    gone: bool,
    source: Copy | None = None,
    uid: str = "",
) -> int:
    """Append revisions to an incident that this store holds.

    Args:
        connection: In a transaction that writes.
        copy: The incident as this store holds it.
        new: The revisions; they are given the next numbers.
        playbook: The rules the flat rows are made with.
        gone: Whether it is deleted then.
        source: The other copy, from which they come.
        uid: What it is known by from now on, where that changes.

    Returns:
        The number of its current revision.
    """
    seal(connection, copy.incident_id)
    rows = _continued(copy, new, source)
    changes: dict[str, Any] = {"uid": uid or copy.uid}
    if rows:
        connection.execute(insert(revisions), rows)
        changes |= _current(rows[-1]) | {"deleted_at": rows[-1]["at"] if gone else None}
    change = update(documents).where(documents.c.incident_id == copy.incident_id)
    connection.execute(change.values(**changes))
    if changes["uid"] != copy.uid:
        for table in (presences, rounds):
            connection.execute(update(table).where(table.c.uid == copy.uid).values(uid=uid))
    if rows:
        drop_flat(connection, [copy.incident_id])
        _flatten(connection, rows[-1], playbook, gone=gone)
    return rows[-1]["number"] if rows else copy.head.number


def _continued(copy: Copy, new: Iterable[Kept], source: Copy | None) -> list[dict[str, Any]]:
    """The rows of revisions that follow those of a copy, each with the one it was made from."""
    known = {kept.digest: kept.number for kept in copy.revisions} | {kept.name: kept.number for kept in copy.revisions}
    rows: list[dict[str, Any]] = []
    for number, kept in enumerate(new, start=copy.head.number + 1):
        # What puts both together was made from what stood here, and shows what came from the other side.
        made_from: int | None = copy.head.number
        if source is not None and kept in source.revisions:
            origin = source.origin(kept)
            made_from = known.get(origin.name, known.get(origin.digest)) if origin is not None else None
        known[kept.name] = number
        rows.append(
            _row(copy.incident_id, kept, number) | {"made_from": made_from if made_from != number - 1 else None}
        )
    return rows


def _row(incident_id: str, kept: Kept, number: int) -> dict[str, Any]:
    return {
        "incident_id": incident_id,
        "number": number,
        "at": kept.at,
        "by": kept.by,
        "note": kept.note,
        "state": kept.state,
        "sealed": True,
        "digest": kept.digest,
        "deed": kept.deed,
        "token": kept.name,
        "made_from": kept.made_from and kept.made_from + number - kept.number,
        "document": numbered(kept.document, incident_id, number),
    }


def _current(row: dict[str, Any]) -> dict[str, Any]:
    source = incident_from(row["document"], f"incident {row['incident_id']}").source
    return {
        "incident_id": row["incident_id"],
        "revision": row["number"],
        "updated_at": row["at"],
        "updated_by": row["by"],
        "digest": row["digest"],
        "document": row["document"],
        "source_digest": source_digest(source.system, source.key) if source else None,
    }


def _flatten(connection: Connection, row: dict[str, Any], playbook: Playbook, *, gone: bool) -> None:
    if gone:
        return
    flat = rows_of(incident_from(row["document"], f"incident {row['incident_id']}"), playbook)
    write_flat(connection, {table.name: list(getattr(flat, table.name)) for table in FLAT})


def move(connection: Connection, copy: Copy, incident_id: str, playbook: Playbook) -> Copy:
    """Give an incident another id, which is free, in all its revisions."""
    shift = _last_number(connection, incident_id)
    rows = [_row(incident_id, kept, kept.number + shift) for kept in copy.revisions]
    old = connection.execute(select(documents).where(documents.c.uid == copy.uid)).mappings().one()
    # A name is given once: the old row lets go of it before the new one takes it.
    connection.execute(update(documents).where(documents.c.uid == copy.uid).values(uid=None))
    new = dict(old) | {
        "incident_id": incident_id,
        "revision": rows[-1]["number"],
        "document": rows[-1]["document"],
        "imported_revision": old["imported_revision"] and old["imported_revision"] + shift,
    }
    connection.execute(insert(documents).values(**new))
    drop_flat(connection, [copy.incident_id])
    connection.execute(delete(revisions).where(revisions.c.incident_id == copy.incident_id))
    connection.execute(insert(revisions), rows)
    connection.execute(delete(documents).where(documents.c.incident_id == copy.incident_id))
    _flatten(connection, rows[-1], playbook, gone=copy.gone)
    if shift:
        connection.execute(update(meetings).where(meetings.c.uid == copy.uid).values(here=meetings.c.here + shift))
    kept = tuple(
        replace(one, number=row["number"], document=row["document"], token=row["token"], sealed=True)
        for one, row in zip(copy.revisions, rows, strict=True)
    )
    return replace(copy, incident_id=incident_id, revisions=kept)


def respect(connection: Connection, identifiers: Iterable[str]) -> None:
    """Never give the numbers of some ids that come from elsewhere."""
    count = Numbers(connection)
    for identifier in identifiers:
        count.respect(identifier)
    count.write()


def remember(connection: Connection, copy: Copy, incident_id: str) -> None:
    """Note that an incident leaves its id for another one, and which numbers its revisions had."""
    last = max(copy.head.number, _last_number(connection, copy.incident_id))
    told = json.dumps({"to": incident_id, "last": last}, ensure_ascii=False)
    put_property(connection, f"{_MOVED}{copy.incident_id}", told)


def _last_number(connection: Connection, incident_id: str) -> int:
    """The last number that a revision of anything had that was known by an id before; 0 where nothing was."""
    told = property_of(connection, f"{_MOVED}{incident_id}")
    return int(json.loads(told)["last"]) if told else 0


def property_of(connection: Connection, name: str) -> str:
    """A property of the store itself; empty where it has none of this name."""
    found = select(properties.c.value).where(properties.c.name == name)
    return connection.execute(found).scalar() or ""


def put_property(connection: Connection, name: str, value: str) -> None:
    """Note a property of the store itself; an empty one is taken out."""
    connection.execute(delete(properties).where(properties.c.name == name))
    if value:
        connection.execute(insert(properties).values(name=name, value=value))


def meetings_with(connection: Connection, peer: str) -> dict[str, tuple[int, int]]:
    """Which revisions said the same here and there when the incidents met last."""
    found = select(meetings.c.uid, meetings.c.here, meetings.c.there).where(meetings.c.peer == peer)
    return {row.uid: (row.here, row.there) for row in connection.execute(found)}


def note_meeting(connection: Connection, peer: str, uid: str, numbers: tuple[int, int], at: datetime) -> None:
    """Note which revisions say the same here and there."""
    connection.execute(delete(meetings).where(meetings.c.peer == peer, meetings.c.uid == uid))
    row = {"peer": peer, "uid": uid, "here": numbers[0], "there": numbers[1], "at": instant_text(at)}
    connection.execute(insert(meetings).values(**row))


def naming(connection: Connection, identifier: str) -> list[str]:
    """The incidents, by what they are known by, whose document holds an id anywhere but as its own."""
    found = select(documents.c.uid).where(
        documents.c.document.contains(identifier, autoescape=True), documents.c.deleted_at.is_(None)
    )
    return list(connection.execute(found).scalars())


def erased(connection: Connection) -> dict[str, str]:
    """When something was erased last, by what the incidents are known by; empty where nothing ever was."""
    if not connection.execute(select(func.count()).select_from(certificates)).scalar_one():
        return {}
    found = select(documents.c.uid, func.max(revisions.c.at)).join(
        revisions, and_(revisions.c.incident_id == documents.c.incident_id, revisions.c.deed == "erase")
    )
    return {row[0]: row[1] for row in connection.execute(found.group_by(documents.c.uid))}
