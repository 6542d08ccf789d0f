"""Whether a store is sound, for `postmortem doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select, text

from postmortem.record.errors import DataError, Problem, shown
from postmortem.record.reading import incident_from
from postmortem.store.documents import content_of
from postmortem.store.errors import StoreError
from postmortem.store.flat import rows_of
from postmortem.store.migration import version
from postmortem.store.schema import FLAT, HEAD, documents, revisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Table

    from postmortem.record.playbook import Playbook

SAMPLED: Final = 1_000
"""How many of the incidents saved last have every row compared with their document."""

_REBUILD: Final = "make the rows again with store.rebuild_tables(); the documents are not touched"


def problems(connection: Connection, playbook: Playbook) -> list[Problem]:
    """Everything that is wrong with a store; empty when all is sound."""
    try:
        found = version(connection)
    except StoreError as error:
        return [Problem("schema", str(error))]
    if found != HEAD:
        return [Problem("schema", f"version {found or 'missing'}, expected {HEAD}", "open the store again")]
    return [
        *_file(connection),
        *_revisions(connection),
        *_counts(connection),
        *_rows(connection, playbook),
    ]


def _file(connection: Connection) -> Iterator[Problem]:
    if connection.dialect.name != "sqlite":
        return
    for (line,) in connection.execute(text("PRAGMA integrity_check(10)")):
        if line != "ok":
            yield Problem("file", str(line), "keep a copy of the file, and restore the last backup")
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        yield Problem("file", f"{len(broken)} rows belong to an incident that is not there", _REBUILD)


def _revisions(connection: Connection) -> Iterator[Problem]:
    same = and_(
        revisions.c.incident_id == documents.c.incident_id,
        revisions.c.number == documents.c.revision,
        revisions.c.document == documents.c.document,
    )
    lost = (
        select(documents.c.incident_id)
        .outerjoin(revisions, same)
        .where(revisions.c.incident_id.is_(None))
        .order_by(documents.c.incident_id)
        .limit(10)
    )
    for identifier in connection.execute(lost).scalars():
        yield Problem(
            f"incident {identifier}",
            "its current document is not the one of its last revision",
            "load it and save it again",
        )


def _counts(connection: Connection) -> Iterator[Problem]:
    standing = select(func.count()).select_from(documents).where(documents.c.deleted_at.is_(None))
    kept = connection.execute(standing).scalar_one()
    rows = connection.execute(select(func.count()).select_from(FLAT[0])).scalar_one()
    if kept != rows:
        yield Problem("table incidents", f"{rows} rows for {kept} documents", _REBUILD)


def _rows(connection: Connection, playbook: Playbook) -> Iterator[Problem]:
    latest = select(documents.c.incident_id, documents.c.digest, documents.c.document)
    latest = (
        latest.where(documents.c.deleted_at.is_(None))
        .order_by(documents.c.updated_at.desc(), documents.c.incident_id.desc())
        .limit(SAMPLED)
    )
    sampled = connection.execute(latest).all()
    stored = {table.name: _stored(connection, table, [row.incident_id for row in sampled]) for table in FLAT}
    for identifier, digest, document in sampled:
        try:
            incident = incident_from(document, f"incident {identifier}")
        except DataError as error:
            yield Problem(f"incident {identifier}", f"its document can't be read: {shown(str(error))}")
            continue
        if content_of(incident).digest != digest:
            yield Problem(f"incident {identifier}", "its document was changed outside the store", "save it again")
        flat = rows_of(incident, playbook)
        for table in FLAT:
            expected = sorted(map(_comparable, getattr(flat, table.name)))
            if expected != sorted(stored[table.name].get(identifier, [])):
                yield Problem(f"incident {identifier}", f"its rows in {table.name} differ from its document", _REBUILD)


def _stored(connection: Connection, table: Table, identifiers: list[str]) -> dict[str, list[str]]:
    rows: dict[str, list[str]] = {}
    found = select(table).where(table.c.incident_id.in_(identifiers))
    for row in connection.execute(found).mappings():
        rows.setdefault(row["incident_id"], []).append(_comparable(dict(row)))
    return rows


def _comparable(row: dict[str, Any]) -> str:
    return repr(sorted(row.items()))
