"""What will be said to the customer: by which channel, and how it may be heard (R13, R15, R16, R20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import saying
from postmortem.record.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

_WORDS = "recovery.wording"


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:  # noqa: ARG001 - as all do
    """An unfit channel without a reason, and one hint for each rule that the words may be heard against."""
    recovery = incident.recovery
    channel = playbook.channels.get(recovery.channel)
    if channel is not None and not channel.fit and not recovery.channel_reason.strip():
        yield Finding(
            "R16", "warning", "recovery.channel", channel.why_not, "choose another one, or give a reason", "recover"
        )
    places = saying.hearing(incident, playbook)
    for rule in dict.fromkeys(place.rule for place in places):
        yield _hint(rule, [place for place in places if place.rule == rule])


def _hint(rule: str, places: list[saying.Heard]) -> Finding:
    first = places[0]
    if len(places) == 1:
        message = first.why
    else:
        told = [f"“{place.text}”" if place.text else "no admission yet" for place in places]
        message = f"{len(places)} places may be heard amiss: {', '.join(told)}"
    better = next((f"one way: “{place.better}”" for place in places if place.better), "say it another way")
    return Finding(rule, "hint", _WORDS, message, better, "recover")
