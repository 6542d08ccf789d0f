"""What is due: the promises of many records, asked of the flat table; no document is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, or_, select

from postmortem.record import days, lateness
from postmortem.record.errors import DataError, Problem
from postmortem.record.promise import Promise
from postmortem.store import catalogue, rebuilding
from postmortem.store.derived import incidents, promises
from postmortem.store.engine import read
from postmortem.store.schema import documents
from postmortem.store.texts import instant_from, instant_text
from postmortem.store.withdrawn import withdrawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Connection, Engine, Row

    from postmortem.record.lateness import When
    from postmortem.record.playbook import Playbook
    from postmortem.store.catalogue import Words
    from postmortem.store.rebuilding import Redated
    from postmortem.store.withdrawn import Withdrawn

NOBODY: Final = "nobody yet"
"""The word for promises that are nobody's, where it is asked whose they are."""


@dataclass(frozen=True, slots=True)
class Due:
    """A promise, with what a list says of its record.

    Attributes:
        incident_id: The record.
        title: What went wrong there, in one line.
        team: Whose record it is; empty where nobody said.
        zone: In which its times are told: its days begin and end there.
        promise: What was promised, when it is due, and whether it was kept.
        when: Where it stands in a list at the moment of asking.
        late_min: Minutes past its time at the moment of asking; 0 where it is not late, or not open.
        uid: What the record is known by in every copy of the store, whatever number it has there.
        revision: The number of the record's current revision.
        updated_at: When the record was last saved, in UTC.
        sequence: A number that rises with each revision, and whenever the promises are dated anew by other rules.
        stamp: When it rose last, in UTC.
    """

    incident_id: str
    title: str
    team: str
    zone: str
    promise: Promise
    when: When
    late_min: float
    uid: str
    revision: int
    updated_at: datetime
    sequence: int
    stamp: datetime


class Promised:
    """The part of a `Store` that says what is due."""

    playbook: Playbook
    _clock: Callable[[], datetime]

    @property
    def _engine(self) -> Engine:
        raise NotImplementedError

    def due(
        self,
        *,
        now: datetime | None = None,
        until: datetime | date | None = None,
        who: Words = None,
        kept_since: datetime | None = None,
        category: Words = None,
        team: Words = None,
        service: Words = None,
        state: Words = None,
        severity: Words = None,
        text: str | None = None,
    ) -> tuple[Due, ...]:
        """Every open promise of the records that are not deleted, the longest overdue first, those without a date last.

        Those of closed records are among them. A filter that is left out, or empty, asks for nothing.

        Args:
            now: The moment of asking; the store's own clock where none is named.
            until: The last day on which it is due where its record's times are told, or the last moment. What has no
                date is left out then.
            who: One or several roles whose promises are wanted, as the records name them; `NOBODY` for nobody's.
            kept_since: Also those that were kept since this moment, those that were kept or spared and would be due
                after it, and as spared those that left their record since, as an action that was taken out; none
                where nothing is said. Of the last the earlier revisions are read, about a millisecond each.
            category: Only of records with a cause of one of these categories.
            team: Only of these teams.
            service: Only of these services.
            state: Only of records in these states.
            severity: Only of records of these levels.
            text: Words that all stand somewhere in the record.

        Raises:
            DataError: If a moment has no offset, or a category, state or level is none; a near one is offered.

        Examples:
            >>> from datetime import UTC
            >>> from postmortem.record.incident import Action, Incident
            >>> from postmortem.store import open_store
            >>> with open_store("sqlite://") as store:
            ...     call = Action(id="a1", text="Call first", due_on=date(2026, 3, 9))
            ...     saved = store.save(Incident(title="Late", actions=(call,)))
            ...     [(item.promise.text, item.when) for item in store.due(now=datetime(2026, 3, 9, tzinfo=UTC))]
            [('Call first', 'today')]
        """
        moment = now or self._clock()
        for name, given in (("now", moment), ("until", until), ("kept_since", kept_since)):
            if isinstance(given, datetime) and given.utcoffset() is None:
                found = f"expected a moment with an offset, found {given.isoformat()!r}"
                raise DataError("due", [Problem(name, found, "write it as 2026-03-07T14:02:00+01:00")])
        chosen = catalogue.conditions(
            category=category, team=team, service=service, state=state, severity=severity, text=text
        )
        whose, teams = _words(who), _words(team)

        def look(connection: Connection) -> list[Due]:
            again = rebuilding.redated(connection)
            found = _found(connection, _wanted(until, kept_since), [*chosen, *_whose(whose)])
            rows = [_due(row, moment, again) for row in found]
            if kept_since is not None:
                left = withdrawn(connection, self.playbook, kept_since, chosen, teams)
                rows += [_left(item, moment, again) for item in left if _is_of(item.promise.who, whose)]
            return rows

        every = read(self._engine, look)
        kept = [item for item in every if until is None or _is_by(item, until)]
        steps = lateness.step_order(self.playbook)
        # One database puts what has no date first, another one last; steps that are due at once come in their order.
        return tuple(sorted(kept, key=lambda item: lateness.order(item.promise, item.incident_id, steps)))


_COLUMNS: Final = (
    *(promises.c[name] for name in ("incident_id", "promise_id", "kind", "text", "who", "place")),
    *(promises.c[name] for name in ("due_at", "due_on", "met_at", "status")),
    *(incidents.c[name] for name in ("title", "team", "zone")),
    *(documents.c[name] for name in ("uid", "revision", "updated_at")),
)


def _wanted(until: datetime | date | None, kept_since: datetime | None) -> ColumnElement[bool]:
    wanted = promises.c.status == "open"
    if until is not None:
        # The end of a day differs by up to a day and a half between the zones of the world; `_is_by` looks closer.
        last = until if isinstance(until, datetime) else days.later(days.ends(until, "UTC"), 36 * 60)
        wanted = and_(wanted, promises.c.due_at <= instant_text(last))
    if kept_since is not None:
        since = instant_text(kept_since)
        over = and_(promises.c.status != "open", or_(promises.c.due_at >= since, promises.c.met_at >= since))
        wanted = or_(wanted, over)
    return wanted


def _words(words: Words) -> list[str]:
    return [word for word in ([words] if isinstance(words, str) else words or ()) if word]


def _whose(names: list[str]) -> list[ColumnElement[bool]]:
    if not names:
        return []
    is_nobodys = [promises.c.who.is_(None)] if NOBODY in names else []
    return [or_(promises.c.who.in_(names), *is_nobodys)]


def _is_of(who: str, names: list[str]) -> bool:
    return not names or (who or NOBODY) in names


def _found(
    connection: Connection, wanted: ColumnElement[bool], chosen: list[ColumnElement[bool]]
) -> list[Row[*tuple[Any, ...]]]:
    joined = promises.join(incidents, incidents.c.incident_id == promises.c.incident_id).join(
        documents, documents.c.incident_id == promises.c.incident_id
    )
    found = select(*_COLUMNS).select_from(joined).where(wanted, *chosen)
    order = (promises.c.due_at, promises.c.incident_id, promises.c.promise_id)
    return list(connection.execute(found.order_by(*order)).all())


def _due(row: Row[*tuple[Any, ...]], now: datetime, again: Redated) -> Due:
    # By their places, as `_COLUMNS` has them: by their names it would take half as long again.
    incident_id, name, kind, text, who, place, due_at, due_on, met_at, status, title, team, zone, uid, number, at = row
    promise = Promise(
        id=name,
        kind=kind,
        text=text,
        who=who or "",
        place=place,
        due_at=instant_from(due_at) if due_at else None,
        due_on=date.fromisoformat(due_on) if due_on else None,
        met_at=instant_from(met_at) if met_at else None,
        status=status,
    )
    saved_at = instant_from(at)
    return Due(
        incident_id=incident_id,
        title=title,
        team=team or "",
        zone=zone,
        promise=promise,
        when=lateness.when(promise, now, zone),
        late_min=lateness.late_min(promise, now),
        uid=uid or incident_id,
        revision=number,
        updated_at=saved_at,
        sequence=number + again.times,
        stamp=max(saved_at, again.at),
    )


def _left(item: Withdrawn, now: datetime, again: Redated) -> Due:
    """One that left its record since: as one that is not needed any more."""
    saved_at = instant_from(item.updated_at)
    return Due(
        incident_id=item.incident_id,
        title=item.title,
        team=item.team,
        zone=item.zone,
        promise=item.promise,
        when=lateness.when(item.promise, now, item.zone),
        late_min=0.0,
        uid=item.uid,
        revision=item.revision,
        updated_at=saved_at,
        sequence=item.revision + again.times,
        stamp=max(saved_at, again.at),
    )


def _is_by(item: Due, until: datetime | date) -> bool:
    if isinstance(until, datetime):
        return item.promise.status != "open" or (item.promise.due_at is not None and item.promise.due_at <= until)
    day = lateness.day_of(item.promise, item.zone)
    return item.promise.status != "open" or (day is not None and day <= until)
