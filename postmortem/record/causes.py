"""Roots and their kind (R28 to R31): marking, classifying, and what the four categories count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import whys
from postmortem.record.edit import changed, forget, made, next_id, retired
from postmortem.record.errors import UnknownNodeError
from postmortem.record.incident import Cause, Incident, Opinion, Reply

if TYPE_CHECKING:
    from postmortem.record.vocabulary import Category


def find(incident: Incident, cause: str) -> Cause:
    """The cause of an id.

    Raises:
        UnknownNodeError: If there is none.
    """
    for candidate in incident.causes:
        if candidate.id == cause:
            return candidate
    raise UnknownNodeError("cause", cause, [candidate.id for candidate in incident.causes])


def text(incident: Incident, cause: Cause) -> str:
    """How the cause is worded: as the why it is marked at."""
    return whys.find(incident, cause.why).text


def mark_root(incident: Incident, why: str) -> Incident:
    """Mark a why as a root, not classified yet; a root stays as it is.

    Raises:
        UnknownNodeError: If there is no such why.
    """
    whys.find(incident, why)
    if whys.root_at(incident, why) is not None:
        return incident
    return changed(incident, causes=(*incident.causes, Cause(id=next_id("c", incident.causes, incident.gone), why=why)))


def unmark_root(incident: Incident, why: str) -> Incident:
    """Take the mark away; actions that answered the root stay and lose it."""
    root = whys.root_at(incident, why)
    if root is None:
        return incident
    without = changed(
        forget(incident, f"causes.{root.id}"),
        causes=tuple(cause for cause in incident.causes if cause is not root),
        actions=tuple(
            changed(action, causes=tuple(name for name in action.causes if name != root.id))
            for action in incident.actions
        ),
    )
    return retired(without, root.id)


def amend(incident: Incident, cause: str, **changes: object) -> Incident:
    """Change fields of a cause.

    Raises:
        UnknownNodeError: If there is no such cause.
        DataError: If a value does not fit.
    """
    found = find(incident, cause)
    new = changed(found, **changes)
    return changed(incident, causes=tuple(new if item is found else item for item in incident.causes))


def classify(
    incident: Incident,
    cause: str,
    category: Category | None,
    *,
    reason: str = "",
    subcategory: str = "",
    trail: tuple[Reply, ...] = (),
) -> Incident:
    """Name the kind of a root, with the reason and the answers that led there (R28, R29)."""
    return amend(incident, cause, category=category, reason=reason, subcategory=subcategory, trail=trail)


def give_opinion(incident: Incident, cause: str, by: str, category: Category, reason: str = "") -> Incident:
    """Keep how one person classified a cause apart from the others (R31).

    A second opinion of one person replaces the first.
    """
    others = tuple(opinion for opinion in find(incident, cause).opinions if opinion.by != by)
    return amend(incident, cause, opinions=(*others, made(Opinion, by=by, category=category, reason=reason)))


def accept(incident: Incident, cause: str, because: str) -> Incident:
    """Accept a root without action, with the reason (R33)."""
    return amend(incident, cause, accepted_because=because)
