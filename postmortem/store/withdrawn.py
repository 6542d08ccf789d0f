"""What was promised in an earlier revision of a record and left it since, so that a calendar can be told.

A promise that was kept, or turned out not to be needed, still stands in its record. One goes without a trace there
where its action was taken out, its step is in another procedure, its day was emptied, or its record was deleted; the
revisions still tell of it. What was put in and taken out again within one revision nobody can tell of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, or_, select

from postmortem.record import due
from postmortem.record.reading import incident_from
from postmortem.store.derived import incidents, promises
from postmortem.store.schema import documents, revisions
from postmortem.store.texts import instant_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row

    from postmortem.record.playbook import Playbook
    from postmortem.record.promise import Promise

TEXT: Final = "No longer promised"
"""What is left of its words: those of an earlier revision may name somebody whom no calendar names (R41)."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A promise that left its record, as it last stood, with what there is to say of the record.

    Attributes:
        revision: The number of the record's current revision.
        updated_at: When that was saved, as the store writes it.
        title: What went wrong there; empty where the record was deleted.
    """

    incident_id: str
    uid: str
    revision: int
    updated_at: str
    title: str
    team: str
    zone: str
    promise: Promise


def withdrawn(
    connection: Connection,
    playbook: Playbook,
    since: datetime,
    chosen: Sequence[ColumnElement[bool]] = (),
    teams: Collection[str] = (),
) -> Iterator[Withdrawn]:
    """The promises that were open and dated in a revision that stood since a moment, and are in their record no more.

    Args:
        connection: To the store.
        playbook: The rules that date the promises.
        since: Only what stood at this moment, or came after it.
        chosen: What the row of the record in `incidents` is asked; deleted ones have none, and meet no filter but
            that of the team.
        teams: Only of these teams, where any is named; it stands in `chosen` too.
    """
    earlier = revisions.alias()
    before = (
        select(func.coalesce(func.max(earlier.c.number), 0))
        .where(earlier.c.incident_id == documents.c.incident_id, earlier.c.at < instant_text(since))
        .correlate(documents)
        .scalar_subquery()
    )
    # Of a deleted one there is no row to ask; its team stands in its document.
    is_wanted = [incidents.c.incident_id.is_not(None), *chosen]
    is_gone = [documents.c.deleted_at.is_not(None)] if len(chosen) == bool(teams) else []
    columns = [documents.c[name] for name in ("incident_id", "uid", "revision", "updated_at")]
    found = (
        select(*columns, *(incidents.c[name] for name in ("title", "team", "zone")), revisions.c.document)
        .select_from(
            documents.join(revisions, revisions.c.incident_id == documents.c.incident_id).outerjoin(
                incidents, incidents.c.incident_id == documents.c.incident_id
            )
        )
        .where(
            documents.c.updated_at >= instant_text(since),
            revisions.c.number < documents.c.revision,
            revisions.c.number >= before,
            or_(and_(*is_wanted), *is_gone),
        )
        .order_by(documents.c.incident_id, revisions.c.number)
    )
    # Read as they come: nobody needs all revisions of all records at once.
    rows = connection.execute(found.execution_options(yield_per=100))
    for incident_id, told in groupby(rows, key=attrgetter("incident_id")):
        yield from _of(connection, incident_id, told, playbook, teams)


def _of(
    connection: Connection,
    incident_id: str,
    told: Iterator[Row[*tuple[Any, ...]]],
    playbook: Playbook,
    teams: Collection[str],
) -> Iterator[Withdrawn]:
    """Those of one record, from its earlier revisions, the first one first."""
    were: dict[str, Promise] = {}
    for row in told:
        then = incident_from(row.document, f"incident {incident_id}")
        were |= {it.id: it for it in due.promises(then, playbook) if it.status == "open" and it.due_at is not None}
    if not were or (teams and (row.team if row.title is not None else then.team) not in teams):
        return
    still = select(promises.c.promise_id).where(promises.c.incident_id == incident_id, promises.c.due_at.is_not(None))
    for name in connection.execute(still).scalars():
        were.pop(name, None)
    for promise in were.values():
        yield Withdrawn(
            incident_id,
            row.uid or incident_id,
            row.revision,
            row.updated_at,
            row.title or "",
            (row.team or "") if row.title is not None else then.team,
            row.zone or then.zone,
            replace(promise, text=TEXT, met_at=None, met_on=None, status="spared"),
        )
