"""What can be said of links only by looking at several records (R4).

None was made while handling itself, and what is carried over leads to one that is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import links
from postmortem.record.errors import near
from postmortem.record.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import StageId

_SHOWN: Final = 60
_ELSEWHERE: Final = "://"
"""What stands in the address of something that is kept elsewhere."""


def among(incidents: Sequence[Incident], known: Collection[str]) -> dict[str, tuple[Finding, ...]]:
    """What is found of each record only beside the others, by its id: `circles` and `strays`.

    Args:
        incidents: The records to look at.
        known: The ids of all records that there are.
    """
    around = circles(incidents)
    return {it.id: (*([around[it.id]] if it.id in around else ()), *strays(it, known)) for it in incidents}


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
    made = links.circling(made)
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


def strays(incident: Incident, known: Collection[str]) -> tuple[Finding, ...]:
    """What a record says to have carried over to one that is not there: nobody takes it up again (R4, R39).

    An address leads elsewhere, where nobody can look from here. Whatever stands there stays there: it may be the id of
    a record that is to come.

    Args:
        incident: The record.
        known: The ids of all records that there are.

    Examples:
        >>> from postmortem.record.incident import Action, Incident
        >>> late = Incident(id="2026-001", title="Late", actions=(Action(id="a1", text="x", carried_to="2026-02"),))
        >>> [(it.where, it.remedy) for it in strays(late, ["2026-001", "2026-002"])]
        [('actions.a1.carried_to', 'did you mean 2026-002?')]
    """
    return tuple(_strays(incident, known))


def carries(incident: Incident) -> bool:
    """Whether it says of anything that it was carried over."""
    return any(to for _, to, _ in _carried(incident))


def _carried(incident: Incident) -> Iterator[tuple[str, str, StageId]]:
    for action in incident.actions:
        yield f"actions.{action.id}", action.carried_to.strip(), "act"
    for topic in incident.topics:
        yield f"topics.{topic.id}", topic.carried_to.strip(), "review"


def _strays(incident: Incident, known: Collection[str]) -> Iterator[Finding]:
    for part, to, stage in _carried(incident):
        name, place = part.rpartition(".")[2], f"{part}.carried_to"
        if to and to == incident.id:
            message = f"{name} is carried over to the record in which it stands"
            yield Finding("R4", "warning", place, message, "name the other record, or do it here", stage)
        elif to and to not in known and _ELSEWHERE not in to:
            shown = to if len(to) <= _SHOWN else f"{to[:_SHOWN]}…"
            hint = near(to, known)
            remedy = f"did you mean {hint}?" if hint else "name a record, or give the address where it stands"
            yield Finding("R4", "warning", place, f"{name} is carried over to “{shown}”, no record here", remedy, stage)


def _finding(message: str, remedy: str) -> Finding:
    return Finding("R4", "warning", "links", message, remedy, "tell")
