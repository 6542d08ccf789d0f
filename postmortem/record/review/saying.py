"""What will be said to the customer: by which channel, and how it may be heard (R13, R15, R16, R20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import channels, saying, talks
from postmortem.record.errors import near
from postmortem.record.review.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

_WAYS_OUT: Final = "choose another one, or give a reason"


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:  # noqa: ARG001 - as all do
    """Unfit channels without a reason, and one hint for each rule that words may be heard against: said ones too."""
    yield from _channels(incident, playbook)
    places = saying.heard_of(incident, playbook)
    for where, rule in dict.fromkeys((where, found.rule) for where, found in places):
        yield _hint(rule, where, [found for there, found in places if (there, found.rule) == (where, rule)])


def _channels(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    """By which way they are told, and by which they were in the step that tells; each way is warned of once."""
    said = incident.recovery
    why = channels.why_not(said.channel, playbook)
    warned = channels.named(said.channel, playbook) if why and not said.channel_reason.strip() else ""
    if warned:
        yield Finding("R16", "warning", "recovery.channel", why, _WAYS_OUT, "recover")
    for step in channels.telling(incident, playbook):
        why = channels.why_not(step.channel, playbook)
        known = channels.named(step.channel, playbook) == warned or channels.has_reason(incident, step, playbook)
        if why and not known:
            yield Finding("R16", "warning", f"recovery.steps.{step.id}.channel", why, _WAYS_OUT, "recover")
    if incident.source is None:
        everywhere = {f"recovery.steps.{step.id}.channel": step.channel for step in said.steps}
        for place, told in {"recovery.channel": said.channel, **everywhere}.items():
            yield from _unknown(place, told, playbook)


def _unknown(place: str, told: str, playbook: Playbook) -> Iterator[Finding]:
    if told.strip() and not channels.named(told, playbook):
        close = near(told.strip(), playbook.channels)
        remedy = f"did you mean {close}?" if close else f"there are: {', '.join(channels.ranked(playbook))}"
        yield Finding("R16", "hint", place, f"“{told}” is no way of telling in the playbook", remedy, "recover")


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
