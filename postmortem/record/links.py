"""Other records that belong to this one (R4, R32)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.edit import changed, made
from postmortem.record.errors import DataError, Problem
from postmortem.record.incident import Link

if TYPE_CHECKING:
    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import LinkKind


def tie(incident: Incident, other: str, kind: LinkKind = "related") -> Incident:
    """Link another record; one that is linked already is linked as this kind now, in its place.

    Args:
        incident: The record; it stays as it is.
        other: The id of the other one.
        kind: How the two belong together.

    Raises:
        DataError: If it is the record itself, or there is no such kind.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> [link.kind for link in tie(Incident(title="Line is dead"), "2025-112", "same cause").links]
        ['same cause']
    """
    if other == incident.id:
        raise DataError("links", [Problem("incident_id", f"expected another record, found {other} itself")])
    new = made(Link, incident_id=other, kind=kind)
    if kind_of(incident, other) is None:
        return changed(incident, links=(*incident.links, new))
    return changed(incident, links=tuple(new if link.incident_id == other else link for link in incident.links))


def untie(incident: Incident, other: str) -> Incident:
    """Take the link to another record out; one that is not linked stays so."""
    return changed(incident, links=tuple(link for link in incident.links if link.incident_id != other))


def kind_of(incident: Incident, other: str) -> LinkKind | None:
    """How another record belongs to this one; `None` where it is not linked."""
    return next((link.kind for link in incident.links if link.incident_id == other), None)
