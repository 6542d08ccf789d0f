"""What can be said of links only by looking at several records: none was made while handling itself (R4)."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from postmortem.record.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from postmortem.record.incident import Incident

_LISTED: Final = 8


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
        named = {link.incident_id for link in incident.links if link.kind == "made while handling"}
        made[incident.id] = tuple(sorted(named - {incident.id}))
        if any(link.incident_id == incident.id for link in incident.links):
            found[incident.id] = _finding("it is linked to itself", "take the link out, or name the other record")
    while circle := _circle(made):
        for place, name in enumerate(circle):
            way = [*circle[place:], *circle[:place], name]
            found[name] = _finding(
                f"each is said to have been made while handling the next: {_told(way)}",
                "keep the link in the one that came later",
            )
            del made[name]
    return found


def _circle(made: dict[str, tuple[str, ...]]) -> list[str]:
    """One circle, from a record to the one that is said to have been there first; empty where there is none."""
    try:
        TopologicalSorter({name: [other for other in first if other in made] for name, first in made.items()}).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))[:-1]
    return []


def _told(way: Sequence[str]) -> str:
    shown = way if len(way) <= _LISTED else [*way[: _LISTED - 2], "…", way[-1]]
    return " → ".join(shown)


def _finding(message: str, remedy: str) -> Finding:
    return Finding("R4", "warning", "links", message, remedy, "tell")
