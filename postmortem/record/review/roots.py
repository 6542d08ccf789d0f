"""The roots and their kind (R28, R29, R31)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import causes, whys
from postmortem.record.review.finding import LATE, Finding
from postmortem.record.severity import depth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from postmortem.record.incident import Cause, Incident
    from postmortem.record.playbook import Playbook


def findings(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Finding]:
    """Findings of the stage "classify"."""
    names = whys.labels(incident)
    late = incident.state in LATE
    two_people = depth(incident, playbook).second_opinion
    for cause in incident.causes:
        name, place = names[cause.why], f"causes.{cause.id}"
        if whys.find(incident, cause.why).status == "ruled out":
            yield Finding(
                "R24", "warning", f"{place}.why", f"root {name} is ruled out", "take the mark away", "classify"
            )
            continue
        if cause.category is None:
            yield Finding(
                "R28",
                "warning",
                f"{place}.category",
                f"root {name} has no kind yet",
                "choose one of the four, or outside our control",
                "classify",
            )
            yield from _opinions(cause, name, two_people=False, late=late)
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
        yield from _opinions(cause, name, two_people=two_people, late=late)


def _trail(cause: Cause, name: str, playbook: Playbook) -> Iterator[Finding]:
    left = causes.possible(cause.trail, playbook)
    if cause.trail and cause.category is not None and cause.category not in left:
        yield Finding(
            "R29",
            "hint",
            f"causes.{cause.id}.category",
            f"root {name}: the answers point to {' or '.join(left) or 'nothing'}, not to {cause.category}",
            "look at the answers again, or say why",
            "classify",
        )


def _opinions(cause: Cause, name: str, *, two_people: bool, late: bool) -> Iterator[Finding]:
    """A second opinion that is asked for and missing, and opinions that the root does not follow (R31)."""
    place = f"causes.{cause.id}.opinions"
    people = causes.people(cause)
    both = causes.agreed(cause)
    if two_people and len(people) < 2:  # noqa: PLR2004 - two people, as R31 says
        told = f"root {name}: {'one person' if people else 'nobody'} classified it apart"
        yield Finding("R31", "warning" if late else "hint", place, told, "ask a second person", "classify")
    elif both and cause.category != both:
        told = f"root {name}: all who gave an opinion say {both}, and {cause.category or 'no kind'} stands there"
        if not causes.is_reconciled(cause):
            yield Finding("R31", "hint", place, told, f"take {both}, or say why not", "classify")
    elif causes.differ(cause) and not causes.is_reconciled(cause):
        told = f"root {name}: the opinions differ"
        remedy = "talk it over, choose, and write a reason that names each"
        yield Finding("R31", "warning" if late and two_people else "hint", place, told, remedy, "classify")
