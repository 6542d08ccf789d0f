"""The facts of a record that have a time of their own, and which of them lie ahead of now: nobody can know those yet.

A gate looks at a record `by_now`: what is dated later has not taken place, whatever else is said of it (R1, R12).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from postmortem.record import days
from postmortem.record.edit import put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from postmortem.record.incident import Incident
    from postmortem.record.treatment import Compensation

_OWN = ("told_at", "fixed_at")


@dataclass(frozen=True, slots=True)
class Dated:
    """One fact and when it was.

    Attributes:
        place: Where its time stands, as a path for `record.edit`.
        at: When; a day where nobody asks for the hour.
        not_yet: What the record says, by place, as long as that time has not come; its own time is then empty.
    """

    place: str
    at: datetime | date
    not_yet: Mapping[str, object] = field(default_factory=dict)

    def is_after(self, moment: datetime, zone: str) -> bool:
        """Whether it was later than a moment; a fact of a day, on a later day in that zone."""
        if isinstance(self.at, datetime):
            return self.at > moment
        return self.at > days.of(moment, zone)


def facts(incident: Incident) -> Iterator[Dated]:
    """What was done with the customer and since, each with its time; what has none is left out.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> [(it.place, f"{it.at:%d %b}") for it in facts(Incident(title="Late", told_at="2026-03-11T12:00Z"))]
        [('told_at', '11 Mar')]
    """
    yield from (Dated(name, at) for name in _OWN if (at := getattr(incident, name)) is not None)
    yield from (Dated(f"timeline.{it.id}.at", it.at) for it in incident.timeline if it.at is not None)
    for step in incident.recovery.steps:
        if step.at is not None and step.status == "done":
            place = f"recovery.steps.{step.id}"
            yield Dated(f"{place}.at", step.at, {f"{place}.status": "to do"})
    for item in incident.recovery.compensation:
        yield from _owed(item)
    handing = incident.recovery.escalation
    for name in ("handed_at", "called_back_at"):
        if (at := getattr(handing, name)) is not None:
            yield Dated(f"recovery.escalation.{name}", at)
    if (at := incident.evaluation.manager_told_at) is not None:
        yield Dated("evaluation.manager_told_at", at, {"evaluation.manager_told": ""})
    for action in incident.actions:
        place, effect = f"actions.{action.id}", action.effect
        if action.done_on is not None:
            yield Dated(f"{place}.done_on", action.done_on)
        if effect.checked_on is not None:
            # One that failed is not undone by a day that was mistyped.
            result = "unknown" if effect.result == "held" else effect.result
            yield Dated(f"{place}.effect.checked_on", effect.checked_on, {f"{place}.effect.result": result})


def _owed(item: Compensation) -> Iterator[Dated]:
    place = f"recovery.compensation.{item.id}"
    owed = item.owed if item.owed is not None else item.offered
    not_yet: dict[str, dict[str, object]] = {
        "offered_at": {"offered": None, "owed": owed},
        # What they accepted is to be carried out all the same; what they declined is not declined yet.
        "answered_at": {"answer": "accepted" if item.answer == "accepted" else "waiting"},
        "carried_out_at": {},
        "approved_at": {"approved_by": ""},
    }
    for name, then in not_yet.items():
        if (at := getattr(item, name)) is not None:
            yield Dated(f"{place}.{name}", at, {f"{place}.{key}": value for key, value in then.items()})


def ahead(incident: Incident, now: datetime) -> tuple[Dated, ...]:
    """The facts that are dated later than now, which can't be so."""
    return tuple(it for it in facts(incident) if it.is_after(now, incident.zone))


def by_now(incident: Incident, now: datetime) -> Incident:
    """The record as it stands now: without what is dated later.

    Args:
        incident: The record; it stays as it is.
        now: The instant of the question; aware.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> told = Incident(title="Late", told_at="2026-03-11T12:00Z")
        >>> [by_now(told, datetime(2026, 3, day, tzinfo=UTC)).told_at is None for day in (11, 12)]
        [True, False]
    """
    for fact in ahead(incident, now):
        for place, value in {**fact.not_yet, fact.place: None}.items():
            incident = put(incident, place, value)
    signed = tuple(it for it in incident.signatures if it.at is None or it.at <= now)
    return incident if signed == incident.signatures else put(incident, "signatures", signed)
