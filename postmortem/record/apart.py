"""Two people classify apart (R31): who may see whose opinion, and when.

While a second opinion is asked for, what others chose and wrote about a root is covered for whoever has not given an
own opinion, and for whoever has until they look. Who has looked gives no opinion any more: each one in the record was
formed apart, so that the agreement over many records means something.

References:
    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960):
    the judges operate independently.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from postmortem.record import causes
from postmortem.record.edit import changed
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Kept
from postmortem.record.people import is_same, key
from postmortem.record.severity import depth

if TYPE_CHECKING:
    from postmortem.record.incident import Cause, Incident, Reply
    from postmortem.record.playbook import Playbook
    from postmortem.record.vocabulary import Category

_RULE: Final = "R31"
_LOOKED: Final = "looked at the opinions"
_MARKS: Final = 997


def is_asked(incident: Incident, cause: str, playbook: Playbook) -> bool:
    """Whether a root is classified by two people apart: the level asks for it (R7), or somebody has begun."""
    return depth(incident, playbook).second_opinion or bool(causes.find(incident, cause).opinions)


def is_settled(cause: Cause) -> bool:
    """Whether two gave their opinions and a kind stands: the one that all named, or one with a reason of its own."""
    if len(causes.people(cause)) < 2 or cause.category is None:  # noqa: PLR2004 - two people, as R31 says
        return False
    return cause.category == causes.agreed(cause) or causes.is_reconciled(cause)


def has_looked(incident: Incident, cause: str, by: str) -> bool:
    """Whether a person has seen what the others said of a root."""
    place = f"causes.{cause}.opinions."
    return any(mark.rule == _RULE and is_same(mark.by, by) and mark.where.startswith(place) for mark in incident.kept)


def look(incident: Incident, cause: str, by: str) -> Incident:
    """Note that a person sees what the others said of a root; from then on their own opinion stands as it is.

    Raises:
        UnknownNodeError: If there is no such cause.
    """
    causes.find(incident, cause)
    if has_looked(incident, cause, by):
        return incident
    # Two who look at the same moment leave two marks; the number does not tell a name.
    number = int.from_bytes(blake2b(key(by).encode(), digest_size=4).digest()) % _MARKS
    mark = Kept(rule=_RULE, where=f"causes.{cause}.opinions.{number}", reason=_LOOKED, by=by)
    return changed(incident, kept=(*incident.kept, mark))


def may_give(incident: Incident, cause: str, by: str) -> bool:
    """Whether a person's opinion would be one apart: they have not looked, and nothing is settled without theirs.

    Examples:
        >>> from postmortem.record import whys
        >>> from postmortem.record.incident import Incident
        >>> late = causes.mark_root(whys.answer(Incident(title="Late"), None, "The van was full"), "w1")
        >>> may_give(late, "c1", "Ben"), may_give(look(late, "c1", "Ben"), "c1", "Ben")
        (True, False)
    """
    found = causes.find(incident, cause)
    if incident.state == "closed" or has_looked(incident, cause, by):
        return False
    return causes.opinion_of(found, by) is not None or not is_settled(found)


def opine(
    incident: Incident,
    cause: str,
    by: str,
    category: Category,
    *,
    reason: str = "",
    trail: tuple[Reply, ...] | None = None,
) -> Incident:
    """Give an opinion, or change one's own. While nobody settled the root otherwise, its kind is the first one's.

    Args:
        incident: The record; it stays as it is.
        cause: Which root.
        by: Who, by name or role.
        category: The kind.
        reason: Why this kind.
        trail: The answers of the decision aid that led there; `None` leaves those of the root as they are.

    Raises:
        UnknownNodeError: If there is no such cause.
        DataError: If there is no such kind.
        PostmortemError: If it would not be one apart: this person has looked, or it is settled.

    Examples:
        >>> from postmortem.record import whys
        >>> from postmortem.record.incident import Incident
        >>> late = causes.mark_root(whys.answer(Incident(title="Late"), None, "The van was full"), "w1")
        >>> both = opine(opine(late, "c1", "Ana", "system"), "c1", "Ben", "training").causes[0]
        >>> both.category, [opinion.category for opinion in both.opinions]
        ('system', ['system', 'training'])
    """
    found = causes.find(incident, cause)
    if not may_give(incident, cause, by):
        raise PostmortemError(
            "An opinion is given apart: before the others' are seen, and before the kind is settled. "
            "This one comes after that; write it into the reason of the root."
        )
    leads = _leads(found, by)
    given = causes.give_opinion(incident, cause, by, category, reason)
    if not leads:
        return given
    way = found.trail if trail is None else trail
    return causes.classify(given, cause, category, reason=reason, subcategory=_below(found, category), trail=way)


def _leads(cause: Cause, by: str) -> bool:
    """Whether the root says what this person says: they were the first, and nobody chose anything else since."""
    own = causes.opinion_of(cause, by)
    if own is None:
        return not cause.opinions and cause.category is None
    return cause.opinions[0] is own and (cause.category, cause.reason) == (own.category, own.reason)


def _below(cause: Cause, category: Category) -> str:
    return cause.subcategory if category == cause.category else ""


def is_covered(incident: Incident, cause: str, by: str, playbook: Playbook) -> bool:
    """Whether something is there that a person shall not see before their own opinion is given.

    Args:
        incident: The record.
        cause: Which root.
        by: Who wants to see it.
        playbook: The rules in force: from which level on two people are asked.

    Raises:
        UnknownNodeError: If there is no such cause.
    """
    found = causes.find(incident, cause)
    if incident.state == "closed" or has_looked(incident, cause, by):
        return False
    others = any(not is_same(opinion.by, by) for opinion in found.opinions)
    own = causes.opinion_of(found, by)
    chosen = bool(found.category or found.reason.strip() or found.trail or found.subcategory)
    if own is not None:
        return others or (chosen and not _leads(found, by))
    return is_asked(incident, cause, playbook) and not is_settled(found) and (others or chosen)
