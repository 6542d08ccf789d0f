"""The clock times of a record in another zone: the same moments, or the same readings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from postmortem.record.base import Value, zone
from postmortem.record.edit import changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.record.incident import Incident

_BY_THE_CLOCK: Final = frozenset({"closed_at", "meeting", "signatures", "versions"})
"""What the machine's own clock wrote down, or an invitation promised, is that moment in every zone."""


def told(incident: Incident) -> tuple[datetime, ...]:
    """Every moment that people tell of the mistake, in the order of the record.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> len(told(Incident(title="Late", occurred_at="2026-03-11T16:30Z")))
        1
    """
    return tuple(_moments(incident))


def kept(incident: Incident, was: str) -> Incident:
    """The record with each told moment reading in its zone what it read in another one: the clock times as typed.

    A reading that the clocks skip there, in the night in which they go forward, moves on with them; of one that they
    show twice, the first is meant.

    Args:
        incident: The record, in the zone in which the readings are meant.
        was: The zone in which they stood.

    Raises:
        ValueError: If there is no such zone.
        DataError: If the record does not fit any more.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> late = Incident(title="Late", zone="Europe/Berlin", occurred_at="2026-03-11T16:30Z")
        >>> kept(late, "UTC").occurred_at.isoformat()
        '2026-03-11T15:30:00+00:00'
    """
    zone(was)
    fields = {name: _meant(part, was, incident.zone) for name, part in incident if name not in _BY_THE_CLOCK}
    return changed(incident, **fields)


def _meant(part: Any, was: str, now: str) -> Any:  # noqa: ANN401 - whatever stands in a record
    if isinstance(part, datetime):
        try:
            return part.astimezone(zone(was)).replace(tzinfo=zone(now), fold=0).astimezone(UTC)
        except OverflowError:
            return part
    if isinstance(part, tuple):
        return tuple(_meant(item, was, now) for item in part)
    if isinstance(part, Value):
        return part.model_copy(update={name: _meant(item, was, now) for name, item in part})
    return part


def _moments(part: Any) -> Iterator[datetime]:  # noqa: ANN401 - whatever stands in a record
    if isinstance(part, datetime):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from _moments(item)
    elif isinstance(part, Value):
        for name, item in part:
            if name not in _BY_THE_CLOCK:
                yield from _moments(item)
