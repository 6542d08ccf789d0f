"""What each person will do differently (R38): in their own words, theirs alone until they say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.edit import add, changed, next_id, put
from postmortem.record.edit import drop as drop_part
from postmortem.record.errors import UnknownNodeError
from postmortem.record.incident import Commitment
from postmortem.record.people import is_same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import YesNo


def find(incident: Incident, commitment: str) -> Commitment:
    """The commitment of an id.

    Raises:
        UnknownNodeError: If there is none.
    """
    for candidate in incident.commitments:
        if candidate.id == commitment:
            return candidate
    raise UnknownNodeError("commitment", commitment, [candidate.id for candidate in incident.commitments])


def make(incident: Incident, text: str = "", *, who: str = "") -> Incident:
    """Write down what one will do differently; nobody else sees it until it is shared.

    Args:
        incident: The record; it stays as it is.
        text: The words.
        who: Who will do it: the one who sees it.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> make(Incident(title="Late"), "I ring at half time", who="Ana").commitments[0].private
        True
    """
    name = next_id("p", incident.commitments, incident.gone)
    return add(incident, "commitments", Commitment(id=name, text=text, who=who))


def share(incident: Incident, commitment: str, *, shared: bool = True) -> Incident:
    """Let everybody see it, or nobody else any more.

    Raises:
        UnknownNodeError: If there is no such commitment.
    """
    find(incident, commitment)
    return put(incident, f"commitments.{commitment}.private", not shared)


def claim(incident: Incident, commitment: str, who: str) -> Incident:
    """Put a name to one that has none: it is that person's from then on.

    Raises:
        UnknownNodeError: If there is no such commitment.
    """
    find(incident, commitment)
    return put(incident, f"commitments.{commitment}.who", who)


def worked(incident: Incident, commitment: str, answer: YesNo | None) -> Incident:
    """Say for oneself whether it worked; nobody else sees it. `None` takes the answer back.

    Raises:
        UnknownNodeError: If there is no such commitment.
        DataError: If it is no such answer.
    """
    find(incident, commitment)
    return put(incident, f"commitments.{commitment}.worked", answer)


def drop(incident: Incident, commitment: str) -> Incident:
    """Take it out.

    Raises:
        UnknownNodeError: If there is no such commitment.
    """
    find(incident, commitment)
    return drop_part(incident, "commitments", commitment)


def is_of(commitment: Commitment, person: str) -> bool:
    """Whether it is this person's own; capitals and spaces around a name do not count.

    Examples:
        >>> is_of(Commitment(id="p1", who="Ana"), " ana"), is_of(Commitment(id="p1"), "")
        (True, False)
    """
    return bool(commitment.who.strip()) and is_same(commitment.who, person)


def seen_by(incident: Incident, person: str) -> tuple[Commitment, ...]:
    """What one person may see: their own, what others share, and what nobody has put a name to."""
    return tuple(
        item for item in incident.commitments if is_of(item, person) or not item.private or not item.who.strip()
    )


def may_see(incident: Incident, person: str, place: str) -> bool:
    """Whether what stands at a place may be shown to a person: it is no commitment, or one that they may see.

    One that is not in the record, as after it was taken out, is shown to nobody.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> told = make(Incident(title="Late"), "I ring at half time", who="Ana")
        >>> may_see(told, "Ana", "commitments.p1.text"), may_see(told, "Ben", "commitments.p1")
        (True, False)
    """
    name, _, rest = place.partition(".")
    if name != "commitments":
        return True
    key, _, field = rest.partition(".")
    seen = {item.id: item for item in seen_by(incident, person)}
    return key in seen and (field != "worked" or is_of(seen[key], person))


def public(incident: Incident, person: str = "", *, beside: Iterable[Incident] = ()) -> Incident:
    """The record as one person may have it, or as it leaves the house where nobody is named.

    Out of it are what others keep to themselves, the texts that wait for it, and what others say of how theirs worked.

    Args:
        incident: The record; it stays as it is.
        person: Who looks; where nobody is named, only what is shared stays in.
        beside: Other states of the record: what is hidden in one of them is hidden here too.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> told = make(Incident(title="Late"), "I ring at half time", who="Ana")
        >>> len(public(told).commitments), len(public(told, "Ana").commitments)
        (0, 1)
    """
    if not incident.commitments:
        return incident
    named = bool(person.strip())
    seen = [{item.id for item in seen_by(state, person) if named or not item.private} for state in (incident, *beside)]
    known = [{item.id for item in state.commitments} for state in (incident, *beside)]
    hidden = {name for there, may in zip(known, seen, strict=True) for name in there - may}
    left = tuple(
        item if is_of(item, person) or item.worked is None else changed(item, worked=None)
        for item in incident.commitments
        if item.id not in hidden
    )
    gone = tuple(f"commitments.{name}." for name in hidden)
    waiting = tuple(item for item in incident.versions if not item.place.startswith(gone or ("\0",)))
    if left == incident.commitments and waiting == incident.versions:
        return incident
    return changed(incident, commitments=left, versions=waiting)


def with_hidden(incident: Incident, standing: Incident, person: str = "") -> Incident:
    """A copy that somebody brings back, with what was left out of it because it was not theirs to see.

    Args:
        incident: The copy, made of what `public` gave; it stays as it is.
        standing: The record as it stands.
        person: Who was given the copy.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> told = make(Incident(title="Late"), "I ring at half time", who="Ana")
        >>> with_hidden(public(told), told) == told
        True
    """
    mine = {item.id: item for item in incident.commitments}
    shown = {item.id for item in public(standing, person).commitments}
    parts = []
    for item in standing.commitments:
        told = mine.pop(item.id, None)
        if told is None and item.id not in shown:
            parts.append(item)
        elif told is not None:
            kept = told.worked is None and item.worked is not None and not is_of(item, person)
            parts.append(changed(told, worked=item.worked) if kept else told)
    versions = {(item.place, item.by): item for item in incident.versions}
    seen = set(public(standing, person).versions)
    back = tuple(it for it in standing.versions if it not in seen and (it.place, it.by) not in versions)
    after = (*parts, *mine.values())
    if after == incident.commitments and not back:
        return incident
    return changed(incident, commitments=after, versions=(*incident.versions, *back))
