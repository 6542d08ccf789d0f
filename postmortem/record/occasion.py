"""When a step that is to do may have been done: at a time that is known, or in the talk that was had (R13, R19)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from postmortem.record import recovery

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Step


@dataclass(frozen=True, slots=True)
class Occasion:
    """When a step was done, as far as the record tells it already.

    Attributes:
        at: When.
        source: `told` or `fixed` where a time of the record says so, `same talk` where it fits into the talk in which
            another step was done.
        channel: How, in that talk.
    """

    at: datetime
    source: Literal["told", "fixed", "same talk"]
    channel: str = ""


def proposed(incident: Incident, step: str, playbook: Playbook) -> Occasion | None:
    """When a step that is to do may have been done: with a time that is known, or in the talk that was had (R13, R19).

    What is said to the customer is most often said in one talk: the latest one is proposed, where nothing that comes
    first is missing then. Nothing is proposed for the follow-up, which is a talk of its own.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> noon = datetime.fromisoformat("2026-03-11T12:00Z")
        >>> told = recovery.do(Incident(title="Late"), "explain-mistake", default_playbook(), at=noon, channel="phone")
        >>> proposed(told, "apologise", default_playbook()).source
        'same talk'
    """
    rules = {rule.id: rule for rule in recovery.procedure(incident, playbook).steps}
    rule = rules.get(step)
    if rule is None or rule.target == "follow_up":
        return None
    if rule.target in recovery.FACTS:
        fact = getattr(incident, recovery.FACTS[rule.target])
        return Occasion(fact, "told" if rule.target == "tell" else "fixed") if fact else None
    if rule.condition == "longer":
        return _before_fix(incident, _same_talk(incident, rule, rules))
    return _same_talk(incident, rule, rules) if rule.says else None


def _before_fix(incident: Incident, found: Occasion | None) -> Occasion | None:
    """To follow up if the fix takes longer is offered while it is awaited: not once it is fixed."""
    fixed = incident.fixed_at
    return found if found is not None and (fixed is None or found.at < fixed) else None


def _same_talk(incident: Incident, rule: Step, rules: dict[str, Step]) -> Occasion | None:
    firsts = [recovery.said_of(incident, first) for first in rule.after]
    if any(first.status == "to do" for first in firsts):
        return None
    earliest = max((first.at for first in firsts if first.at), default=None)
    talks = [
        (item.at, item.channel)
        for item in incident.recovery.steps
        if item.status == "done"
        and item.at
        and (earliest is None or item.at >= earliest)
        and (other := rules.get(item.id)) is not None
        and other.says
        and other.target != "follow_up"
    ]
    # What is said before the fix belongs to the talk of the admission, whatever was said since.
    before_fix = takewhile(lambda other: other.target != "fix", rules.values())
    is_first = any(rules[first].target == "tell" for first in rule.after) and rule in before_fix
    chosen = min if is_first or rule.condition == "longer" else max
    at, channel = chosen(talks, default=(None, ""))
    return Occasion(at, "same talk", channel) if at else None
