"""The telling: the timeline's words (R27), the owner (R2), the order of times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import unread
from postmortem.record.edit import get
from postmortem.record.review.finding import LATE, Finding, Severeness
from postmortem.record.review.wording import names_in, phrases
from postmortem.record.severity import assess, depth
from postmortem.record.signatures import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator
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
_LATER = ("fixed_at",)
"""Times that the stage "recover" asks for."""
_TOLD = ("title", "summary", "impact.expected", "impact.happened")


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """Findings of the stages tell, evaluate and recover."""
    yield from _times(incident, now)
    yield from _unread(incident)
    yield from _timeline(incident, playbook)
    yield from _names(incident, playbook)
    if incident.occurred_at is None:
        yield Finding("R1", "hint", "occurred_at", "when it happened is not told", "say it as near as you know", "tell")
    if not incident.impact.happened.strip() and not incident.summary.strip():
        yield Finding("R5", "hint", "impact.happened", "what happened instead is not told", "say it in a line", "tell")
    yield from _evaluation(incident, playbook)


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
    if assessment.overridden and not incident.evaluation.reason.strip():
        yield Finding(
            "R8",
            "warning",
            "evaluation.reason",
            f"the answers say {assessment.computed or 'nothing yet'}, a person set {assessment.level}",
            "say why",
            "evaluate",
        )
    if assessment.level is None and incident.state in LATE:
        yield Finding(
            "R6", "warning", "impact.harm", "how bad it was is not answered", "answer the first question", "evaluate"
        )
    if incident.state in LATE and depth(incident, playbook).signature and not in_force(incident):
        remedy = "let a manager sign, with the role"
        yield Finding("R7", "warning", "signatures", "nobody has signed it", remedy, "review")
