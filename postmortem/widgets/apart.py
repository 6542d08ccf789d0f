"""What a panel may show of a root while two people classify it apart (R31).

Every stage asks here before it shows the kind of a root; the rule itself stands in `record.apart`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from postmortem.analysis import agreement
from postmortem.record import apart, causes
from postmortem.record.edit import changed
from postmortem.store import StoreError
from postmortem.widgets.blocks import Block, category_badge

if TYPE_CHECKING:
    from postmortem.analysis import Agreement
    from postmortem.record.incident import Cause, Incident, Opinion, Reply
    from postmortem.widgets.meeting import Retrospective

_Key = tuple[int, str, str]
COVERED = "kind covered"
"""What a badge says in the place of a kind."""


@dataclass
class _Own:
    """What one window holds beside the record.

    Attributes:
        trails: A person's own answers to the questions, until their opinion is given; by record, person and root.
        counted: The opinions in hand when the agreement was counted last, and what came of it.
    """

    trails: dict[_Key, tuple[Reply, ...]] = field(default_factory=dict)
    counted: tuple[tuple[tuple[Opinion, ...], ...], Agreement | None] | None = None


@dataclass(frozen=True, slots=True)
class _Opinions:
    """The one table that the agreement is counted from."""

    opinions: object


_OWN: WeakKeyDictionary[Retrospective, _Own] = WeakKeyDictionary()


def is_covered(meeting: Retrospective, cause: Cause) -> bool:
    """Whether something of a root is not to be shown in this window yet; where nothing can be given, nothing is."""
    return not meeting.store.read_only and apart.is_covered(meeting.incident, cause.id, meeting.by, meeting.playbook)


def is_giving(meeting: Retrospective, cause: Cause) -> bool:
    """Whether what is chosen here is this person's own opinion: two people are asked for, and it would be apart."""
    if meeting.store.read_only or not apart.is_asked(meeting.incident, cause.id, meeting.playbook):
        return False
    return apart.may_give(meeting.incident, cause.id, meeting.by)


def hides(meeting: Retrospective, place: str) -> bool:
    """Whether what stands at a place belongs to a root that is covered here."""
    name, _, rest = place.partition(".")
    key = rest.partition(".")[0]
    found = next((cause for cause in meeting.incident.causes if cause.id == key), None)
    return name == "causes" and found is not None and is_covered(meeting, found)


def as_seen(meeting: Retrospective) -> Incident:
    """The record in hand as this person may see it: a root that is covered has no kind, reason and opinions yet."""
    incident = meeting.incident
    nothing = {"category": None, "subcategory": "", "reason": "", "trail": (), "opinions": ()}
    roots = [changed(cause, **nothing) if is_covered(meeting, cause) else cause for cause in incident.causes]
    left = tuple(item for item in incident.versions if not hides(meeting, item.place))
    return changed(incident, causes=tuple(roots), versions=left)


def badge(meeting: Retrospective, cause: Cause, *, possible: bool = False) -> Block:
    """The kind of a root, or that it is covered."""
    return category_badge(COVERED if is_covered(meeting, cause) else cause.category, possible=possible)


def trail(meeting: Retrospective, cause: Cause) -> tuple[Reply, ...]:
    """The answers to the questions that this person may see: their own, else the record's."""
    own = _OWN.setdefault(meeting, _Own()).trails.get(_key(meeting, cause.id))
    if own is not None and is_giving(meeting, cause):
        return own
    return () if is_covered(meeting, cause) else cause.trail


def answer(meeting: Retrospective, cause: str, question: str, said: str) -> None:
    """Answer one question: for oneself while two classify apart, else in the record.

    Raises:
        DataError: If it is no answer.
    """
    found = causes.find(meeting.incident, cause)
    if not is_giving(meeting, found):
        meeting.change(causes.answer, cause, question, said)
        return
    told = causes.replied(trail(meeting, found), question, said)
    _OWN.setdefault(meeting, _Own()).trails[_key(meeting, cause)] = told
    opinion = causes.opinion_of(found, meeting.by)
    if opinion is None or is_covered(meeting, found):
        meeting.refresh()
        return
    meeting.change(apart.opine, cause, meeting.by, opinion.category, reason=opinion.reason, trail=told)


def _key(meeting: Retrospective, cause: str) -> _Key:
    return meeting.taken, meeting.by, cause


def counted(meeting: Retrospective) -> Agreement | None:
    """How often two people agree, over all records; `None` before there are two opinions to see here.

    The store is read once for the opinions in hand, not with every change.
    """
    roots = meeting.incident.causes
    if not any(len(cause.opinions) > 1 for cause in roots) or any(is_covered(meeting, cause) for cause in roots):
        return None
    own = _OWN.setdefault(meeting, _Own())
    now = tuple(cause.opinions for cause in roots)
    if own.counted is None or own.counted[0] != now:
        try:
            found = agreement(_Opinions(meeting.store.table("opinions")))
        except StoreError:
            return None
        own.counted = now, found
    return own.counted[1]
