"""What is done in a round of silent ideas, as plain functions of a retrospective.

`begin`, `write`, `reveal`, `put_in`, `leave`, `end`: from a cell each does what its button does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from postmortem.record import actions, whys
from postmortem.record.errors import PostmortemError
from postmortem.record.phrases import likeness
from postmortem.record.vocabulary import LEGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import Leg
    from postmortem.store import Idea, Round
    from postmortem.store.rounds import Kind
    from postmortem.widgets.meeting import Retrospective

_ALIKE_FROM: Final = 0.4
"""Share of words in common from which two ideas stand together."""


@dataclass
class Own:
    """What one window holds of a round beside the store.

    Attributes:
        unsaved: What was written and could not be kept in the round, by round: the record, the text, and why.
        left: The numbers of the ideas that this person leaves, by round.
    """

    unsaved: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    left: dict[str, set[int]] = field(default_factory=dict)


_OWN: WeakKeyDictionary[Retrospective, Own] = WeakKeyDictionary()


def own_of(meeting: Retrospective) -> Own:
    """What this window holds."""
    return _OWN.setdefault(meeting, Own())


def alike(found: Round, ideas: Iterable[Idea]) -> list[list[Idea]]:
    """The ideas in groups that say nearly the same, in an order that does not tell who wrote them."""

    def shuffled(idea: Idea) -> bytes:
        return hashlib.sha256(f"{found.id} {idea.number}".encode()).digest()

    groups: list[list[Idea]] = []
    for idea in sorted(ideas, key=shuffled):
        near = next((group for group in groups if any(_near(idea, other) for other in group)), None)
        if near is None:
            groups.append([idea])
        else:
            near.append(idea)
    return groups


def _near(one: Idea, other: Idea) -> bool:
    return likeness(one.text, other.text) >= _ALIKE_FROM


def plain_words(text: str) -> str:
    """A text for comparing, without its capitals and spaces."""
    return " ".join(text.split()).casefold()


def said_in(incident: Incident, kind: Kind) -> set[str]:
    """What the record says of a kind already, for comparing."""
    return {plain_words(item.text) for item in (incident.whys if kind == "whys" else incident.actions)}


def begin(meeting: Retrospective, about: str = "", kind: Kind = "whys") -> Round:
    """Open a round at the record in hand.

    Args:
        meeting: The retrospective in hand.
        about: A why or a root, by its id; for whys also a leg (`detection`, `recovery`); empty for the whole.
        kind: `whys` or `actions`.

    Raises:
        StoreError: If one is open already, or it can't be written.
    """
    return meeting.store.open_round(meeting.incident.id, kind, about, by=meeting.by)


def under_way(meeting: Retrospective) -> Round:
    """The round that is not ended.

    Raises:
        PostmortemError: If there is none.
    """
    found = meeting.store.round(meeting.incident.id)
    if found is None:
        raise PostmortemError("There is no round of silent ideas any more: somebody has ended it.")
    return found


def write(meeting: Retrospective, *texts: str) -> None:
    """Let this be all that one has written in the round.

    Raises:
        StoreError: If all were shown already, or it can't be written.
    """
    meeting.store.write_ideas(under_way(meeting).id, meeting.by, texts)


def reveal(meeting: Retrospective) -> None:
    """Show everybody's ideas to everybody."""
    meeting.store.reveal(under_way(meeting).id, by=meeting.by)


def put_in(meeting: Retrospective, *numbers: int, again: bool = False) -> Incident:
    """Put ideas into the record: as whys under what the round is about, or as actions.

    Each is noted as taken first; where somebody else was quicker it stays with theirs. Two of the same words become
    one.

    Args:
        meeting: The retrospective in hand.
        numbers: Which ideas.
        again: Whether also one that is noted as taken, as when it was taken out of the record since.

    Raises:
        PostmortemError: If the record can't be saved just now: nothing is taken then.
    """
    if meeting.trouble:
        raise PostmortemError(f"{meeting.trouble} The ideas stay in the round until then.")
    found = under_way(meeting)
    ideas = {idea.number: idea for idea in meeting.store.ideas(found.id, meeting.by)}
    wanted = [ideas[number] for number in numbers if number in ideas]
    mine = [idea for idea in wanted if meeting.store.take_idea(found.id, idea.by, idea.number) or again]
    once = list({plain_words(idea.text): idea for idea in reversed(mine)}.values())[::-1]
    return meeting.change(lambda incident: _with(incident, found, once)) if once else meeting.incident


def _with(incident: Incident, found: Round, ideas: Sequence[Idea]) -> Incident:
    for idea in ideas:
        incident = with_idea(incident, found.kind, found.about, idea.text, idea.by)
    return incident


def with_idea(incident: Incident, kind: Kind, about: str, text: str, by: str) -> Incident:
    """The incident with one idea more, under what the round is about."""
    if kind == "actions":
        roots = tuple(cause.id for cause in incident.causes if cause.id == about)
        return actions.plan(incident, text, causes=roots, kind="corrective" if roots else "improvement")
    # What it was about may have been taken out since: it stands as a first answer then.
    parent = next((why.id for why in incident.whys if why.id == about), None)
    leg: Leg | None = about if about in LEGS else None
    return whys.answer(incident, parent, text, leg=leg if parent is None else None, by=by)


def leave(meeting: Retrospective, number: int, *, left: bool = True) -> None:
    """Leave an idea out when all are put in, or take that back. Only one's own window minds it."""
    numbers = own_of(meeting).left.setdefault(under_way(meeting).id, set())
    if left:
        numbers.add(number)
    else:
        numbers.discard(number)


def end(meeting: Retrospective) -> None:
    """End the round.

    Raises:
        StoreError: If somebody wrote what nobody else has seen.
    """
    meeting.store.close_round(under_way(meeting).id, by=meeting.by)
