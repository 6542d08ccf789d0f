"""Where an incident is found that was renumbered while somebody had it open, or its page, under its old id.

A revision keeps its words and gets another id, and sometimes another number. What was known by an id and a range of
numbers is noted, so that what was made from one of them reaches the incident it was made from, and no other one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select

from postmortem.store.schema import documents, properties

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from postmortem.record.incident import Incident

_WAY: Final = "way "


def note(connection: Connection, uid: str, old: tuple[str, int, int], new: tuple[str, int]) -> None:
    """Note where the revisions of an incident went.

    Args:
        connection: In a transaction that writes.
        uid: What the incident is known by.
        old: The id it had, with its first and its last number there.
        new: The id it has, and the number that the last one has there.
    """
    name, first, last = old
    told = {"uid": uid, "first": first, "last": last, "to": new[0], "shift": new[1] - last}
    ways = [*_ways(connection, name), told]
    connection.execute(delete(properties).where(properties.c.name == f"{_WAY}{name}"))
    connection.execute(insert(properties).values(name=f"{_WAY}{name}", value=json.dumps(ways, ensure_ascii=False)))


def names(connection: Connection) -> set[str]:
    """The ids that some incident has left."""
    found = select(properties.c.name).where(properties.c.name.startswith(_WAY))
    return {name.removeprefix(_WAY) for name in connection.execute(found).scalars()}


def forwarded(connection: Connection, incident: Incident) -> Incident:
    """The incident under the id and the number that what it was made from has now; the same where that has not moved.

    Args:
        connection: One to read with.
        incident: An incident as somebody has it in hand, or as it stands in a page.
    """
    if not incident.id or not incident.revision:
        return incident
    place, uid = (incident.id, incident.revision), ""
    seen = set()
    while place not in seen:
        seen.add(place)
        ways = _ways(connection, place[0])
        way = next((it for it in ways if it["first"] <= place[1] <= it["last"] and uid in {"", it["uid"]}), None)
        if way is None:
            break
        uid = str(way["uid"])
        place = (str(way["to"]), place[1] + int(way["shift"]))
    if not uid or _known_by(connection, place[0]) != uid or _known_by(connection, incident.id) == uid:
        return incident
    return incident.model_copy(update={"id": place[0], "revision": place[1]})


def _ways(connection: Connection, name: str) -> list[dict[str, Any]]:
    found = select(properties.c.value).where(properties.c.name == f"{_WAY}{name}")
    told = connection.execute(found).scalar()
    return list(json.loads(told)) if told else []


def _known_by(connection: Connection, incident_id: str) -> str | None:
    found = select(documents.c.uid).where(documents.c.incident_id == incident_id)
    return connection.execute(found).scalar()
