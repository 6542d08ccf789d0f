"""What will be said to the customer: by which channel, and how it may be heard (R13, R15, R16, R20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import saying, talks
from postmortem.record.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:  # noqa: ARG001 - as all do
    """An unfit channel without a reason, and one hint for each rule that words may be heard against: said ones too."""
    recovery = incident.recovery
    channel = playbook.channels.get(recovery.channel)
    if channel is not None and not channel.fit and not recovery.channel_reason.strip():
        yield Finding(
            "R16", "warning", "recovery.channel", channel.why_not, "choose another one, or give a reason", "recover"
        )
    places = saying.heard_of(incident, playbook)
    for where, rule in dict.fromkeys((where, found.rule) for where, found in places):
        yield _hint(rule, where, [found for there, found in places if (there, found.rule) == (where, rule)])


def _hint(rule: str, where: str, places: list[saying.Heard]) -> Finding:
    first = places[0]
    if len(places) == 1:
        message = first.why
    else:
        told = [f"“{place.text}”" if place.text else "no admission yet" for place in places]
        message = f"{len(places)} places may be heard amiss: {', '.join(told)}"
    better = next((place.better for place in places if place.better), "")
    if where == talks.FIELD:
        remedy = f"one way: “{better}”" if better else "say it another way"
    else:
        # What was said is said: there is a next talk.
        remedy = f"when you talk next: “{better}”" if better else "say it another way when you talk next"
    return Finding(rule, "hint", where, message, remedy, "recover")
