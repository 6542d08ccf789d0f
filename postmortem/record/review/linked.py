"""What can be said of links only by looking at several records: none was made while handling itself (R4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import links
from postmortem.record.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postmortem.record.incident import Incident


def circles(incidents: Iterable[Incident]) -> dict[str, Finding]:
    """The records that lead back to themselves by their links, each with what to mend.

    "Made while handling" has a direction: the other one was there first. Two that have the same cause, or are related,
    may well name each other. A link to itself is wrong whatever its kind.

    Args:
        incidents: The records to look at; a link to any other leads nowhere from here.

    Returns:
        A finding for each record that is on a circle, by its id.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.links import tie
        >>> late = tie(Incident(id="2026-001", title="Late"), "2026-002", "made while handling")
        >>> lost = tie(Incident(id="2026-002", title="Lost"), "2026-001", "made while handling")
        >>> print(circles([late, lost])["2026-001"].message)
        each is said to have been made while handling the next: 2026-001 → 2026-002 → 2026-001
    """
    made: dict[str, tuple[str, ...]] = {}
    found: dict[str, Finding] = {}
    for incident in incidents:
        named = {link.incident_id for link in incident.links if link.kind == links.MADE}
        made[incident.id] = tuple(sorted(named - {incident.id}))
        if any(link.incident_id == incident.id for link in incident.links):
            found[incident.id] = _finding("it is linked to itself", "take the link out, or name the other record")
    for home in sorted(made):
        circle = links.way_back(home, made.get(home, ()), lambda _: made)[1:]
        for place, name in enumerate(circle, 1):
            way = [name, *circle[place:], *circle[:place]]
            found[name] = _finding(
                f"each is said to have been made while handling the next: {links.told_way(way)}",
                "keep the link in the one that came later",
            )
        for name in circle or [home]:
            made.pop(name, None)  # no other circle is looked for through it
    return found


def _finding(message: str, remedy: str) -> Finding:
    return Finding("R4", "warning", "links", message, remedy, "tell")
