"""Looking for incidents: the few things a list shows of each, filtered in the database."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from postmortem.record.errors import DataError, Problem, near
from postmortem.record.incident import Customer
from postmortem.record.vocabulary import CATEGORIES, SEVERITIES, STATES, UNCLASSIFIED
from postmortem.store.derived import causes, incidents
from postmortem.store.schema import documents
from postmortem.store.texts import folded, instant_from, instant_text

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

Words = str | Collection[str] | None
"""One word or several of which any may stand there; nothing (or an empty text or collection) asks for nothing."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list shows of an incident.

    Attributes:
        incident_id: Its id.
        revision: The number of its current revision.
        title: What went wrong, in one line.
        state: Where it stands (R39).
        severity: Its level (R6); `None` while nothing is answered.
        team: The team; empty where nobody said.
        service: The service; empty where nobody said.
        kind: The kind of mistake (R3); empty where nobody said.
        occurred_at: When it happened, in UTC.
        updated_at: When it was last saved, in UTC.
        updated_by: Who saved it last.
        categories: The categories of its causes (R28), each once, in the order of the vocabulary.
    """

    incident_id: str
    revision: int
    title: str
    state: str
    severity: str | None
    team: str
    service: str
    kind: str
    occurred_at: datetime | None
    updated_at: datetime
    updated_by: str
    categories: tuple[str, ...]


_KNOWN: Final = {
    "category": (*CATEGORIES, UNCLASSIFIED),
    "state": STATES,
    "severity": SEVERITIES,
}
_WHEN: Final = func.coalesce(incidents.c.occurred_at, documents.c.begun_at)


def summaries(
    connection: Connection,
    *,
    category: Words = None,
    team: Words = None,
    service: Words = None,
    state: Words = None,
    severity: Words = None,
    since: datetime | date | None = None,
    until: datetime | date | None = None,
    text: str | None = None,
) -> tuple[Summary, ...]:
    """The incidents that meet every filter, newest first. See `Store.list`."""
    chosen = conditions(category=category, team=team, service=service, state=state, severity=severity, text=text)
    if since is not None:
        chosen.append(instant_text(_moment(since, "since")) <= _WHEN)
    if until is not None:
        chosen.append(_not_after(until))
    return _found(connection, chosen)


def conditions(
    *,
    category: Words = None,
    team: Words = None,
    service: Words = None,
    state: Words = None,
    severity: Words = None,
    text: str | None = None,
) -> list[ColumnElement[bool]]:
    """What a row of `incidents` is asked by the filters that every list of incidents takes. See `Store.list`.

    Raises:
        DataError: If a category, state or level is none.
    """
    asked = {"category": category, "team": team, "service": service, "state": state, "severity": severity}
    wanted = {name: _several(words) for name, words in asked.items()}
    _refuse_unknown(wanted)
    found: list[ColumnElement[bool]] = [
        incidents.c[name].in_(words) for name, words in wanted.items() if words and name != "category"
    ]
    if wanted["category"]:
        found.append(
            incidents.c.incident_id.in_(select(causes.c.incident_id).where(causes.c.category.in_(wanted["category"])))
        )
    return [*found, *(incidents.c.words.contains(word, autoescape=True) for word in folded(text or "").split())]


def _found(connection: Connection, tests: list[ColumnElement[bool]]) -> tuple[Summary, ...]:
    both = documents.join(incidents, incidents.c.incident_id == documents.c.incident_id)
    columns = [documents.c[name] for name in ("incident_id", "revision", "updated_at", "updated_by")]
    columns += [incidents.c[name] for name in ("title", "state", "severity", "team", "service", "kind", "occurred_at")]
    found = select(*columns).select_from(both).where(*tests)
    within = select(documents.c.incident_id).select_from(both).where(*tests)
    pairs = select(causes.c.incident_id, causes.c.category).distinct()
    kinds: dict[str, set[str]] = {}
    for identifier, category in connection.execute(pairs.where(causes.c.incident_id.in_(within)) if tests else pairs):
        kinds.setdefault(identifier, set()).add(category)
    return tuple(
        Summary(
            incident_id=row.incident_id,
            revision=row.revision,
            title=row.title,
            state=row.state,
            severity=row.severity,
            team=row.team or "",
            service=row.service or "",
            kind=row.kind or "",
            occurred_at=instant_from(row.occurred_at) if row.occurred_at else None,
            updated_at=instant_from(row.updated_at),
            updated_by=row.updated_by,
            categories=tuple(word for word in _KNOWN["category"] if word in kinds.get(row.incident_id, ())),
        )
        for row in connection.execute(found.order_by(_WHEN.desc(), documents.c.incident_id.desc()))
    )


def _several(words: Words) -> tuple[str, ...]:
    if not words:
        return ()
    return (words,) if isinstance(words, str) else tuple(words)


def _refuse_unknown(wanted: dict[str, tuple[str, ...]]) -> None:
    problems: list[Problem] = []
    for name, known in _KNOWN.items():
        for word in wanted[name]:
            if word not in known:
                hint = near(word, known)
                listed = f"{', '.join(known[:-1])} or {known[-1]}"
                remedy = f"did you mean {hint!r}?" if hint else ""
                problems.append(Problem(name, f"expected {listed}, found {word!r}", remedy))
    if problems:
        raise DataError("filter", problems)


def _moment(bound: datetime | date, name: str) -> datetime:
    if not isinstance(bound, datetime):
        return datetime.combine(bound, time(), UTC)
    if bound.utcoffset() is None:
        raise DataError(
            "filter", [Problem(name, f"expected a day, or a moment with an offset, found {bound.isoformat()!r}")]
        )
    return bound


def _not_after(until: datetime | date) -> ColumnElement[bool]:
    bound: Any = _moment(until, "until")
    if isinstance(until, datetime):
        return _WHEN <= instant_text(bound)  # noqa: SIM300 - the column leads: it makes the test
    return instant_text(bound + timedelta(days=1)) > _WHEN


def customers(connection: Connection) -> dict[str, Customer]:
    """The customers that are named, or can be reached, by the incident's id."""
    told = select(documents.c.incident_id, documents.c.document).where(
        documents.c.document.contains('"customer":{'), documents.c.deleted_at.is_(None)
    )
    found = {
        identifier: Customer.model_validate(json.loads(document).get("customer", {}))
        for identifier, document in connection.execute(told)
    }
    return {identifier: customer for identifier, customer in found.items() if customer.name or customer.contact}
