"""The telling: the timeline's words (R27), the owner (R2), the order of times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import dated, recovery, unread
from postmortem.record.edit import get
from postmortem.record.phrases import names_in, no_reason, phrases, says_nothing
from postmortem.record.review.finding import LATE, Finding, Severeness
from postmortem.record.severity import assess, depth, unclear
from postmortem.record.signatures import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook, StageId

_TIMES = {
    "fixed_at": "fixed",
    "told_at": "told to the customer",
    "known_at": "known to us",
    "raised_at": "raised by them",
    "closed_at": "closed",
}
_HANDED: Final[Mapping[str, tuple[str, str, StageId]]] = {
    "handed_at": ("R9", "it was handed over", "recover"),
    "called_back_at": ("R9", "the manager called back", "recover"),
    "manager_told_at": ("R7", "a manager was told", "evaluate"),
}
_LATER = ("fixed_at",)
"""Times that the stage "recover" asks for."""
_TOLD = ("title", "summary", "impact.expected", "impact.happened")


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """Findings of the stages tell, evaluate and recover."""
    yield from _times(incident, now)
    yield from _unread(incident)
    yield from _ahead(incident, now)
    yield from _timeline(incident, playbook)
    yield from _names(incident, playbook)
    if incident.occurred_at is None:
        yield Finding("R1", "hint", "occurred_at", "when it happened is not told", "say it as near as you know", "tell")
    yield from _known(incident)
    if not incident.impact.happened.strip() and not incident.summary.strip():
        yield Finding("R5", "hint", "impact.happened", "what happened instead is not told", "say it in a line", "tell")
    yield from _evaluation(incident, playbook)


def _known(incident: Incident) -> Iterator[Finding]:
    """When we knew, from which every target counts (R19); of what came from elsewhere and is over nobody asks."""
    if recovery.known_at(incident) is not None or incident.state == "closed" or recovery.tells_nothing(incident):
        return
    level: Severeness = "hint" if incident.state == "draft" else "warning"
    told = "nobody said when we knew of it, and what is promised to them counts from then"
    yield Finding("R19", level, "known_at", told, "say when we knew, as near as you can", "tell")


def _times(incident: Incident, now: datetime) -> Iterator[Finding]:
    start = incident.occurred_at
    if start is not None and start > now:
        yield Finding(
            "R1", "warning", "occurred_at", "the time it happened lies ahead of now", "look at it again", "tell"
        )
    for field, word in _TIMES.items():
        at = getattr(incident, field)
        if at is not None and start is not None and at < start:
            # A worry may have been raised before: that is looked at, and can be so.
            level: Severeness = "warning" if field == "raised_at" else "error"
            yield Finding("R1", level, field, f"it was {word} before it happened", "look at both times again", "tell")
        elif at is not None and at > now:
            yield Finding(
                "R1", "warning", field, f"the time it was {word} lies ahead of now", "look at it again", "tell"
            )


def _ahead(incident: Incident, now: datetime) -> Iterator[Finding]:
    """What is dated later than now and is asked about nowhere else: it opens no gate until then."""
    for fact in dated.ahead(incident, now):
        kind = fact.place.rpartition(".")[2]
        if kind in _HANDED:
            rule, word, stage = _HANDED[kind]
            yield Finding(rule, "warning", fact.place, f"the time {word} lies ahead of now", "look at it again", stage)
        elif kind == "checked_on":
            found = f"the effect of {fact.place.split('.')[1]} was looked at on a day ahead of today"
            yield Finding("R36", "warning", fact.place, found, "look at it again", "act")
    if any(it.at is not None and it.at > now for it in incident.signatures):
        found = "the time of a signature lies ahead of now"
        yield Finding("R7", "warning", "signatures", found, "sign it when that is so", "review")


def _timeline(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    above: datetime | None = None
    for moment in incident.timeline:
        if moment.at is not None and above is not None and moment.at < above:
            found = "this moment lies before the one above it"
            yield Finding("R5", "hint", f"timeline.{moment.id}.at", found, "write its day, if it was the next", "tell")
        above = moment.at or above
        for phrase in phrases(moment.text, "timeline", playbook):
            yield Finding(
                phrase.rule, "hint", f"timeline.{moment.id}.text", f"“{phrase.text}” {phrase.ask}", "reword it", "tell"
            )


def _unread(incident: Incident) -> Iterator[Finding]:
    for place, text in unread.texts(incident).items():
        stage: StageId = "act" if place.startswith("actions") else "recover" if place in _LATER else "tell"
        stage = "recover" if place.startswith("recovery") else stage
        yield Finding("R5", "warning", place, f"“{text}” could not be read", "write it another way", stage)


def _names(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    for place in _TOLD:
        for phrase in names_in(get(incident, place), playbook):
            yield Finding(phrase.rule, "hint", place, f"“{phrase.text}” {phrase.ask}", "write the role", "tell")


def _evaluation(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    assessment = assess(incident, playbook)
    said = incident.evaluation
    unsaid = assessment.overridden and says_nothing(said.reason)
    if assessment.unexplained or unsaid:
        place, remedy = ("reason", "say why") if unsaid else ("by", "say who set it, as a role")
        found = f"the answers say {assessment.computed or 'nothing yet'}, a person set {said.level}"
        found += no_reason(said.reason) if unsaid else ""
        if assessment.level != said.level:
            found += ", which counts once a reason and a name stand beside it"
        yield Finding("R8", "warning", f"evaluation.{place}", found, remedy, "evaluate")
    if assessment.level is None and incident.state in LATE:
        yield Finding(
            "R6", "warning", "impact.harm", "how bad it was is not answered", "answer the first question", "evaluate"
        )
    for it in unclear(incident, playbook):
        choices = it.question.choices
        there = f"choose one of: {', '.join(choices)}" if choices else "say a number"
        meant = f"choose “{it.near}”, if that is meant" if it.near else there
        found = f"“{it.said}” is no answer to “{it.question.ask}”, which stays open"
        yield Finding("R6", "warning", "evaluation.replies", found, meant, "evaluate")
    if incident.state in LATE and depth(incident, playbook).signature and not in_force(incident):
        remedy = "let a manager sign, with the role"
        yield Finding("R7", "warning", "signatures", "nobody has signed it", remedy, "review")
