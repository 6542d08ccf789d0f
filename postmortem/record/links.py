"""Other records that belong to this one (R4, R32)."""

from __future__ import annotations

from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Final

from postmortem.record.edit import changed, made
from postmortem.record.errors import DataError, Problem
from postmortem.record.incident import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import LinkKind

MADE: Final = "made while handling"
"""The kind of link that has a direction: the other record was there first."""
_SHOWN: Final = 8
"""So many records of a way round are named."""


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


def way_back(
    home: str, first: Iterable[str], onward: Callable[[Sequence[str]], Mapping[str, Iterable[str]]]
) -> list[str]:
    """The shortest way from a record over others back to it, where it was made while handling itself (R4).

    Args:
        home: The record.
        first: What it was made while handling.
        onward: Tells of some records what each was made while handling; one without any may be left out.

    Returns:
        The records on the way, the first of them at both ends; none where no way leads back.

    Examples:
        >>> made = {"a": ["b"], "b": ["c"], "c": ["a", "b"]}
        >>> way_back("a", made["a"], lambda _: made), way_back("d", made["a"], lambda _: made)
        (['a', 'b', 'c', 'a'], [])
    """
    came_from = dict.fromkeys(sorted(first), home)
    ahead = list(came_from)
    while ahead:
        found = onward(ahead)
        following: list[str] = []
        for name in ahead:
            for other in found.get(name, ()):
                if other == home:
                    return _retraced(came_from, home, name)
                if other not in came_from:
                    came_from[other] = name
                    following.append(other)
        ahead = following
    return []


def _retraced(came_from: Mapping[str, str], home: str, last: str) -> list[str]:
    way = [home]
    while last != home:
        way.append(last)
        last = came_from[last]
    return [home, *reversed(way)]


def circling(made: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """What is left of a web of records without those that are surely on no way back: an end of a chain, on either side.

    It is taken off end by end, so that a chain, however long, is walked once.

    Args:
        made: What each record was made while handling.

    Examples:
        >>> circling({"a": ["b"], "b": ["c"], "c": ["b", "d"]})
        {'b': ('c',), 'c': ('b',)}
    """
    left = {name: tuple(others) for name, others in made.items()}
    for _ in ("those that lead nowhere", "those that nothing leads to"):
        left = _turned(_unended(left))
    return left


def _unended(onward: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Those that lead on for ever, and where they lead."""
    chains = TopologicalSorter(onward)
    # Where there is a circle it gives all that is on no way to it.
    with suppress(CycleError):
        chains.prepare()
    ended = set[str]()
    while ready := chains.get_ready():
        ended.update(ready)
        chains.done(*ready)
    kept = ((name, tuple(other for other in others if other not in ended)) for name, others in onward.items())
    return {name: others for name, others in kept if name not in ended}


def _turned(onward: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """The same links the other way round."""
    found: dict[str, list[str]] = {name: [] for name in onward}
    for name, others in onward.items():
        for other in others:
            found[other].append(name)
    return {name: tuple(sorted(others)) for name, others in found.items()}


def told_way(way: Sequence[str]) -> str:
    """A way round in one line; of a long one the middle is left out.

    Examples:
        >>> told_way(["a", "b", "a"])
        'a → b → a'
    """
    shown = way if len(way) <= _SHOWN else [*way[: _SHOWN - 2], "…", way[-1]]
    return " → ".join(shown)
