"""Whether the parts of an incident fit together: ids are unique, references are met, the whys are a tree."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from postmortem.record.errors import Problem, near

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import Leg


_COMPARED = 200
_LISTED = 8


def problems_of(incident: Incident) -> list[Problem]:
    """Everything that does not fit together, in the order in which it stands in the record; empty when all is sound."""
    return [*_repeated(incident), *_unmet(incident), *_not_a_tree(incident)]


def _repeated(incident: Incident) -> Iterable[Problem]:
    parts: dict[str, tuple[Any, ...]] = {
        "timeline": incident.timeline,
        "recovery.steps": incident.recovery.steps,
        "recovery.compensation": incident.recovery.compensation,
        "whys": incident.whys,
        "causes": incident.causes,
        "actions": incident.actions,
        "checklists": incident.checklists,
        "commitments": incident.commitments,
        "topics": incident.topics,
        "feedback": incident.feedback,
        # Uses in older files have no id.
        **{f"checklists.{sheet.id}.runs": tuple(run for run in sheet.runs if run.id) for sheet in incident.checklists},
    }
    for name, items in parts.items():
        if len({item.id for item in items}) == len(items):
            continue
        for identifier, count in Counter(item.id for item in items).items():
            if count > 1:
                yield Problem(f"{name}.{identifier}", f"the id stands {count} times", "give each its own")
    if len({cause.why for cause in incident.causes}) == len(incident.causes):
        return
    marked = Counter(cause.why for cause in incident.causes)
    for why, count in marked.items():
        if count > 1:
            yield Problem(f"causes of {why}", f"{count} causes name the same why", "keep one root a why")


def _unmet(incident: Incident) -> Iterable[Problem]:
    whys = dict.fromkeys(why.id for why in incident.whys)
    causes = dict.fromkeys(cause.id for cause in incident.causes)
    for why in incident.whys:
        if why.parent is not None:
            yield from _reference(f"whys.{why.id}.parent", why.parent, whys, "why")
    for cause in incident.causes:
        yield from _reference(f"causes.{cause.id}.why", cause.why, whys, "why")
    for action in incident.actions:
        for named in action.causes:
            yield from _reference(f"actions.{action.id}.causes", named, causes, "cause")


def _reference(where: str, named: str, known: dict[str, None], what: str) -> Iterable[Problem]:
    if named not in known:
        some = list(islice(known, _COMPARED))  # looking for a near name among thousands takes minutes
        hint = near(named, some)
        listed = ", ".join(some[:_LISTED]) + (", …" if len(known) > _LISTED else "")
        remedy = f"did you mean {hint!r}?" if hint else f"there are: {listed}" if listed else f"add the {what} first"
        yield Problem(where, f"there is no {what} {named!r}", remedy)


def _not_a_tree(incident: Incident) -> Iterable[Problem]:
    parent = {why.id: why.parent for why in incident.whys}
    settled: set[str] = set()
    for start in parent:
        path: dict[str, None] = {}
        node: str | None = start
        while node is not None and node in parent and node not in settled and node not in path:
            path[node] = None
            node = parent[node]
        if node is not None and node in path:
            way = list(path)
            circle = way[way.index(node) :]
            if len(circle) > _LISTED:
                circle = [*circle[: _LISTED - 1], "…"]
            yield Problem(
                f"whys.{node}.parent", f"{' → '.join([*circle, node])} is a circle", "a why can't explain itself"
            )
        settled.update(path)
    yield from _wrong_legs(incident, parent)


def _wrong_legs(incident: Incident, parent: dict[str, str | None]) -> Iterable[Problem]:
    legs: dict[str, Leg | None] = {why.id: why.leg or "occurrence" for why in incident.whys if why.parent is None}
    for why in incident.whys:
        if why.parent is None or why.leg is None:
            continue
        below: list[str] = []
        node: str | None = why.id
        while node is not None and node not in legs:
            below.append(node)
            legs[node] = None  # what hangs on a circle or on nothing has no leg; that is told already
            node = parent.get(node)
        leg = legs[node] if node is not None else None
        legs.update(dict.fromkeys(below, leg))
        if leg is not None and leg != why.leg:
            yield Problem(
                f"whys.{why.id}.leg",
                f"found {why.leg!r} under a branch of {leg!r}",
                "leave it out below the first why of a branch",
            )
