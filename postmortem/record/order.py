"""Whether the instants of an incident can stand in the order in which they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record.base import zone
from postmortem.record.errors import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident

AFTER_IT_OCCURRED: Final = ("known_at", "told_at", "fixed_at", "closed_at")
"""What can't come before the mistake itself. A customer may well have raised a worry earlier: `raised_at` is free."""

_REMEDY: Final = "check the day, the month and the time zone of both"


def disorder(incident: Incident) -> tuple[Problem, ...]:
    """Every instant that lies before the mistake occurred; empty when the order holds, or is not known.

    An instant that is missing says nothing, and two equal ones are in order. Both instants are shown in the
    incident's own zone, as a person would look for them in the source.

    Args:
        incident: The record; it stays as it is.

    Returns:
        One problem for each instant, its place being the field's name.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> odd = Incident(title="Late", occurred_at="2026-03-02T17:30:00Z", fixed_at="2026-03-01T09:00:00Z")
        >>> print(disorder(odd)[0].finding)
        2026-03-01T09:00+00:00 lies before it occurred (occurred_at, 2026-03-02T17:30+00:00)
    """
    began = incident.occurred_at
    if began is None:
        return ()
    return tuple(
        Problem(
            field,
            f"{_shown(ended, incident)} lies before it occurred (occurred_at, {_shown(began, incident)})",
            _REMEDY,
        )
        for field in AFTER_IT_OCCURRED
        if (ended := getattr(incident, field)) is not None and ended < began
    )


def _shown(moment: datetime, incident: Incident) -> str:
    local = moment.astimezone(zone(incident.zone))
    exact = "minutes" if not (local.second or local.microsecond) else "auto"
    return local.isoformat(timespec=exact)
