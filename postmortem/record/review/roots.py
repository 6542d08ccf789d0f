"""The roots and their kind (R28, R29, R31)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import whys
from postmortem.record.review.finding import Finding, Severeness
from postmortem.record.severity import depth
from postmortem.record.vocabulary import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from postmortem.record.incident import Cause, Incident
    from postmortem.record.playbook import Playbook

_LATE = {"acting", "closed"}


def findings(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Finding]:
    """Findings of the stage "classify"."""
    names = whys.labels(incident)
    late = incident.state in _LATE
    two_people = depth(incident, playbook).second_opinion
    for cause in incident.causes:
        name, place = names[cause.why], f"causes.{cause.id}"
        if whys.find(incident, cause.why).status == "ruled out":
            yield Finding(
                "R24", "warning", f"{place}.why", f"root {name} is ruled out", "take the mark away", "classify"
            )
            continue
        if cause.category is None:
            level: Severeness = "error" if late else "warning"
            yield Finding(
                "R28",
                level,
                f"{place}.category",
                f"root {name} has no kind yet",
                "choose one of the four, or outside our control",
                "classify",
            )
            continue
        if cause.subcategory and cause.subcategory not in playbook.categories[cause.category].below:
            yield Finding(
                "R28",
                "warning",
                f"{place}.subcategory",
                f"root {name}: {cause.subcategory!r} is not below {cause.category} in the playbook",
                "choose one of the playbook's, or add it there",
                "classify",
            )
        if not cause.reason.strip() and not cause.trail:
            yield Finding(
                "R29",
                "hint",
                f"{place}.reason",
                f"root {name}: why {cause.category}?",
                "answer the questions",
                "classify",
            )
        yield from _trail(cause, name, playbook)
        if two_people and late and not cause.opinions:
            yield Finding(
                "R31",
                "warning",
                f"{place}.opinions",
                f"root {name}: one person classified it",
                "ask a second",
                "classify",
            )


def _trail(cause: Cause, name: str, playbook: Playbook) -> Iterator[Finding]:
    left = possible(cause, playbook)
    if cause.trail and cause.category is not None and cause.category not in left:
        yield Finding(
            "R29",
            "hint",
            f"causes.{cause.id}.category",
            f"root {name}: the answers point to {' or '.join(left) or 'nothing'}, not to {cause.category}",
            "look at the answers again, or say why",
            "classify",
        )


def possible(cause: Cause, playbook: Playbook) -> tuple[str, ...]:
    """The categories that stay possible after the answers of the decision aid (R29).

    An answer "not known", or to a question that the playbook no longer has, narrows nothing.
    """
    left = set(CATEGORIES)
    questions = {question.id: question for question in playbook.decision_aid}
    for reply in cause.trail:
        question = questions.get(reply.question)
        if question is not None and reply.answer in {"yes", "no"}:
            left &= set(question.yes if reply.answer == "yes" else question.no)
    return tuple(category for category in CATEGORIES if category in left)
