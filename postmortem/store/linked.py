"""Links between records: none was made while handling itself, by whatever way round (R4).

A person who saves such a link is told. What comes from a file, or from another copy of the store, is kept as it came,
for it is all that is known of it; the review finds it there (`record.review.linked`).
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from postmortem.record import links
from postmortem.record.errors import DataError, Problem
from postmortem.store.schema import documents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from postmortem.record.incident import Incident

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
    first = {link.incident_id for link in new if link.kind == links.MADE}
    if way := links.way_back(incident.id, first, partial(_made_while_handling, connection)):
        raise _refused(
            incident.id,
            f"each would have been made while handling the next: {links.told_way(way)}",
            "keep this link in the one that came later only, or say that the two are related",
        )


def _made_while_handling(connection: Connection, names: Sequence[str]) -> dict[str, list[str]]:
    """Which records some were made while handling."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(names), _CHUNK):
        wanted = select(documents.c.incident_id, documents.c.document).where(
            documents.c.incident_id.in_(names[start : start + _CHUNK]),
            documents.c.deleted_at.is_(None),
            documents.c.document.contains(f'"{links.MADE}"'),
        )
        for identifier, document in connection.execute(wanted):
            told = json.loads(document).get("links", [])
            found[identifier] = [link["incident_id"] for link in told if link.get("kind") == links.MADE]
    return found


def _refused(identifier: str, finding: str, remedy: str) -> DataError:
    return DataError(f"incident {identifier}", [Problem("links", finding, remedy)])
