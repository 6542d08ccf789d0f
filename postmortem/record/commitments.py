"""What each person will do differently (R38): in their own words, theirs alone until they say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.edit import add, next_id, put
from postmortem.record.edit import drop as drop_part
from postmortem.record.errors import UnknownNodeError
from postmortem.record.incident import Commitment

if TYPE_CHECKING:
    from postmortem.record.incident import Incident


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
    return bool(commitment.who.strip()) and commitment.who.strip().casefold() == person.strip().casefold()


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
    return name != "commitments" or rest.partition(".")[0] in {item.id for item in seen_by(incident, person)}
