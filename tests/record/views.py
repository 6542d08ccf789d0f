"""What is seen of a story at a moment: each view in a word or two, so that what is expected can be written by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from postmortem.record import gates, lateness
from postmortem.record.base import zone
from postmortem.record.due import promises
from postmortem.record.recovery import numbered, steps
from postmortem.record.review import review
from tests.record.stories import PLAYBOOK, ZONE

if TYPE_CHECKING:
    from postmortem.record.promise import Promise
    from postmortem.record.recovery import StepNow
    from postmortem.record.vocabulary import State
    from tests.record.stories import Moment


def clock(text: str) -> datetime:
    """A time on the wall in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=zone(ZONE))


def step(moment: Moment, name: str) -> StepNow:
    """One step as it stands at a moment."""
    return next(each for each in steps(moment.record, PLAYBOOK, moment.now) if each.rule.id == name)


def dues(moment: Moment) -> dict[str, datetime | None]:
    """From when each step that is to do is late."""
    return {each.rule.id: each.due_at for each in steps(moment.record, PLAYBOOK, moment.now) if each.is_open}


def late(moment: Moment) -> list[str]:
    """The steps that are late, or came late."""
    return [each.rule.id for each in steps(moment.record, PLAYBOOK, moment.now) if each.late_min]


def early(moment: Moment) -> list[str]:
    """The steps that came before one that comes first."""
    return [each.rule.id for each in steps(moment.record, PLAYBOOK, moment.now) if each.before]


def to_do(moment: Moment) -> list[int]:
    """The numbers of the steps that are to do, of the thirteen."""
    return [each.number for each in numbered(steps(moment.record, PLAYBOOK, moment.now)) if each.is_open]


def promise(moment: Moment, name: str) -> Promise:
    """One promise of the record."""
    return next(each for each in promises(moment.record, PLAYBOOK) if each.id == name)


def is_due(moment: Moment) -> dict[str, str]:
    """What is due, and whether by now, today, this week or later."""
    open_ones = [each for each in promises(moment.record, PLAYBOOK) if each.status == "open"]
    return {each.id: lateness.when(each, moment.now, ZONE) for each in open_ones}


def wanting(moment: Moment, to: State) -> list[str]:
    """The gates that are shut on the way to a state, each once."""
    return list(dict.fromkeys(found.gate for found in gates.missing(moment.record, PLAYBOOK, moment.now, to)))


def found(moment: Moment) -> set[tuple[str, str]]:
    """What a careful reader says, by rule and place; hints as well."""
    return {(finding.rule, finding.where) for finding in review(moment.record, PLAYBOOK, moment.now)}


def asked(moment: Moment) -> list[tuple[str, str]]:
    """What a careful reader asks for: no hints."""
    said = review(moment.record, PLAYBOOK, moment.now)
    return [(finding.rule, finding.where) for finding in said if finding.level != "hint"]
