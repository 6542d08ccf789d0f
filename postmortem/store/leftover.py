"""Rows of earlier records that somebody may still take up: asked of the flat tables, held against the documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from postmortem.store.derived import incidents
from postmortem.store.schema import documents
from postmortem.store.texts import instant_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Row, Select, Table

WHEN: Final = func.coalesce(incidents.c.occurred_at, documents.c.begun_at)
"""When a record's mistake happened; when the record was begun, where nobody said."""
_PAGE: Final = 200


def of_others(
    table: Table, columns: Sequence[ColumnElement[Any]], excluding: str, before: datetime | None, team: str
) -> Select[Any]:
    """Rows of a table that say something, with the title, the team and the time of their record."""
    joined = table.join(incidents, incidents.c.incident_id == table.c.incident_id)
    joined = joined.join(documents, documents.c.incident_id == table.c.incident_id)
    found = select(*columns, incidents.c.title, incidents.c.team, WHEN.label("at")).select_from(joined)
    found = found.where(table.c.text != "", table.c.incident_id != excluding, documents.c.deleted_at.is_(None))
    if before is not None:
        found = found.where(instant_text(before) > WHEN)
    return found.where(incidents.c.team == team) if team else found


def not_carried(connection: Connection, wanted: Select[Any], kind: str) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    """The rows that no other record has taken over, each with the part of the document that it was made from.

    What a record says it gave away counts only as long as it stands where it went: a record that was deleted, or an
    action that was taken out again, must not make it vanish.
    """
    own = "action_id" if kind == "actions" else "topic_id"
    start = 0
    while rows := connection.execute(wanted.limit(_PAGE).offset(start)).all():
        parts = {
            (name, part.get("id", "")): part
            for name, document in _documents(connection, {row.incident_id for row in rows})
            for part in document.get(kind, ())
        }
        carried = {part["carried_to"] for part in parts.values() if part.get("carried_to")}
        standing = taken_over(connection, kind, carried)
        for row in rows:
            key = (row.incident_id, getattr(row, own))
            part = parts.get(key, {})
            if not str(row.text).strip() or (part.get("carried_to", ""), "/".join(key)) in standing:
                continue
            yield row, part
        start += _PAGE


def taken_over(connection: Connection, kind: str, names: set[str]) -> set[tuple[str, str]]:
    """What some records took over from others: pairs of the record and where the part came from."""
    return {
        (name, part["carried_from"])
        for name, document in _documents(connection, names)
        for part in document.get(kind, ())
        if part.get("carried_from")
    }


def _documents(connection: Connection, names: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    if not names:
        return
    found = select(documents.c.incident_id, documents.c.document)
    found = found.where(documents.c.incident_id.in_(names), documents.c.deleted_at.is_(None))
    for row in connection.execute(found):
        yield row.incident_id, json.loads(row.document)
