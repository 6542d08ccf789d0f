"""Links between records: none was made while handling itself, by whatever way round (R4).

A person who saves such a link is told. What comes from a file, or from another copy of the store, is kept as it came,
for it is all that is known of it; the review finds it there (`record.review.linked`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from postmortem.record.errors import DataError, Problem
from postmortem.store.schema import documents

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from postmortem.record.incident import Incident

_MADE: Final = "made while handling"
_SHOWN: Final = 8
_CHUNK: Final = 500


def refuse_circle(connection: Connection, incident: Incident, stands: str | None) -> None:
    """Refuse a link that is new in a record and leads back to it. One that stands there already is nobody's news.

    Args:
        connection: In a transaction that keeps other writers out.
        incident: What shall stand; nothing leads back to one without an id.
        stands: The document that stands there now, if any.

    Raises:
        DataError: With the way round, and what to do.
    """
    if not incident.links or not incident.id:
        return
    told = json.loads(stands).get("links", []) if stands else []
    before = {(link["incident_id"], link.get("kind", "related")) for link in told}
    new = [link for link in incident.links if (link.incident_id, link.kind) not in before]
    if any(link.incident_id == incident.id for link in new):
        raise _refused(incident.id, "it is linked to itself", "name the other record, or take the link out")
    first = {link.incident_id for link in new if link.kind == _MADE}
    if first and (way := _way_back(connection, incident.id, first)):
        shown = way if len(way) <= _SHOWN else [*way[: _SHOWN - 2], "…", way[-1]]
        raise _refused(
            incident.id,
            f"each would have been made while handling the next: {' → '.join(shown)}",
            "keep this link in the one that came later only, or say that the two are related",
        )


def _way_back(connection: Connection, home: str, first: set[str]) -> list[str]:
    """The way from a record over some others back to it; empty where none leads there."""
    came_from = dict.fromkeys(sorted(first), home)
    ahead = sorted(first)
    while ahead:
        found = _links(connection, ahead)
        following: list[str] = []
        for name in ahead:
            for other in found.get(name, ()):
                if other == home:
                    return _told(came_from, home, name)
                if other not in came_from:
                    came_from[other] = name
                    following.append(other)
        ahead = following
    return []


def _told(came_from: dict[str, str], home: str, last: str) -> list[str]:
    way = [home]
    while last != home:
        way.append(last)
        last = came_from[last]
    return [home, *reversed(way)]


def _links(connection: Connection, names: list[str]) -> dict[str, list[str]]:
    """Which records some were made while handling."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(names), _CHUNK):
        wanted = select(documents.c.incident_id, documents.c.document).where(
            documents.c.incident_id.in_(names[start : start + _CHUNK]),
            documents.c.deleted_at.is_(None),
            documents.c.document.contains(f'"{_MADE}"'),
        )
        for identifier, document in connection.execute(wanted):
            links = json.loads(document).get("links", [])
            found[identifier] = [link["incident_id"] for link in links if link.get("kind") == _MADE]
    return found


def _refused(identifier: str, finding: str, remedy: str) -> DataError:
    return DataError(f"incident {identifier}", [Problem("links", finding, remedy)])
