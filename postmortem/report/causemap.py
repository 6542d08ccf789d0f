"""The cause map as columns of cards, one a leg (R21, R22), flat and in reading order however deep the tree is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import whys
from postmortem.record.vocabulary import LEGS, UNCLASSIFIED, Category
from postmortem.report.summary import CategoryMark, LegColumn, RootMark, WhyCard
from postmortem.report.wording import clean, first_up, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postmortem.record.incident import Incident, Why
    from postmortem.record.playbook import Playbook

_DEEPEST_INDENT: Final = 4


def mark_of(category: Category | None) -> CategoryMark:
    """The shape that stands for a category; a category is always shape and word as well as colour.

    Examples:
        >>> mark_of("outside our control"), mark_of(None)
        ('outside', 'unclassified')
    """
    if category == "outside our control":
        return "outside"
    return category or "unclassified"


def columns(incident: Incident, playbook: Playbook, hide: Callable[[str], str]) -> tuple[LegColumn, ...]:
    """The legs that were asked, each with its answers in reading order.

    Args:
        incident: The record, as its audience may see it.
        playbook: For the question of each leg.
        hide: What is done to the ids that people chose.
    """
    cards: dict[str, list[WhyCard]] = {leg: [] for leg in LEGS}
    for leg, card in _cards(incident, hide):
        cards[leg].append(card)
    return tuple(
        LegColumn(leg=first_up(leg), asks=playbook.whys.legs[leg], cards=tuple(cards[leg]))
        for leg in LEGS
        if cards[leg]
    )


def _cards(incident: Incident, hide: Callable[[str], str]) -> Iterator[tuple[str, WhyCard]]:
    labels = whys.labels(incident)
    family: dict[str | None, list[Why]] = {}
    for why in incident.whys:
        family.setdefault(why.parent, []).append(why)
    joins = {why.id: why.join for why in incident.whys}
    roots = {cause.why: cause for cause in incident.causes}
    indents: dict[str, int] = {}
    legs: dict[str, str] = {}
    above = last = ""
    for why, _ in whys.walk(incident):
        leg = legs[why.parent] if why.parent else why.leg or "occurrence"
        above = above if leg == last else ""
        legs[why.id] = leg
        siblings = family[why.parent]
        if why.parent is None:
            siblings = [other for other in siblings if (other.leg or "occurrence") == leg]
        place = siblings.index(why)
        forked = why.parent is not None and len(siblings) > 1
        indents[why.id] = (indents[why.parent] if why.parent else 0) + forked
        link, beside = ("why?" if why.parent else ""), ""
        if place:
            link = joins[why.parent] if why.parent else incident.join
            beside = labels[siblings[place - 1].id]
        root = roots.get(why.id)
        yield (
            leg,
            WhyCard(
                label=labels[why.id],
                text=clean(why.text) or "Not answered yet",
                status=why.status,
                indent=min(indents[why.id], _DEEPEST_INDENT),
                link=link,
                beside=beside if place and above != siblings[place - 1].id else "",
                notes=tuple(f"{evidence.kind}: {clean(evidence.text)}" for evidence in why.evidence),
                root=RootMark(id=hide(root.id), category=root.category or UNCLASSIFIED, mark=mark_of(root.category))
                if root
                else None,
            ),
        )
        above, last = why.id, leg


def map_sentence(incident: Incident, playbook: Playbook) -> str:
    """What is to be known of the map as a whole: which questions were not asked."""
    if not incident.whys:
        return "Nobody has asked why yet."
    asked = {why.leg or "occurrence" for why in incident.whys if why.parent is None}
    missing = [f"“{playbook.whys.legs[leg]}”" for leg in LEGS if leg not in asked]
    return f"Not asked: {listed(missing)}" if missing else ""
