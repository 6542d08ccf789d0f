"""Making it good (R1, R11 to R20): who knew first, the steps and their order, and how fast they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from postmortem.record import days
from postmortem.record.edit import changed, made
from postmortem.record.incident import Incident, RecoveryStep
from postmortem.record.severity import assess

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Procedure, Step, Target


@dataclass(frozen=True, slots=True)
class StepNow:
    """One step of the procedure with what the record says of it.

    Attributes:
        number: Its place in the procedure, counted from 1; a step that belongs to another one has that one's number.
        rule: The step as the playbook has it.
        done: The step as the record has it; a fresh "to do" where nothing was said yet.
        due_at: From when it is late by the severity's targets (R19); `None` without a target or without a start.
        due_on: The day it is due on, where it is due some time on a day; it is late once that day is over.
        late_min: Minutes past the due time, done late or still to do; 0 where it is on time.
        before: Texts of the steps that should have come first and had not (R13).
        needed: Whether the record says that it is needed; `None` where that is for a person to say.
    """

    number: int
    rule: Step
    done: RecoveryStep
    due_at: datetime | None
    late_min: float
    before: tuple[str, ...]
    due_on: date | None = None
    needed: bool | None = None

    @property
    def is_part(self) -> bool:
        """Whether it belongs to another step and has no number of its own."""
        return bool(self.rule.part_of)

    @property
    def is_open(self) -> bool:
        """Whether it is still to do; not where what it depends on did not come about."""
        return self.done.status == "to do" and self.needed is not False


def procedure_name(incident: Incident, playbook: Playbook) -> str:
    """The procedure in force: the one that was chosen, else the one that fits the fault (R14)."""
    chosen = incident.recovery.procedure
    if chosen in playbook.procedures.presets:
        return chosen
    return playbook.procedures.not_ours if not_ours(incident) else playbook.procedures.default


def not_ours(incident: Incident) -> bool:
    """Whether it was not our mistake (R14)."""
    return incident.fault in {"customer", "third party"}


def procedure(incident: Incident, playbook: Playbook) -> Procedure:
    """The steps in force for an incident."""
    return playbook.procedures.presets[procedure_name(incident, playbook)]


def steps(incident: Incident, playbook: Playbook, now: datetime) -> tuple[StepNow, ...]:
    """Every step of the procedure in force, in order, with what is due and what came out of order."""
    chosen = procedure(incident, playbook)
    said = {step.id: step for step in incident.recovery.steps}
    texts = {step.id: step.text for step in chosen.steps}
    target = playbook.targets[assess(incident, playbook).level or "moderate"]
    found: list[StepNow] = []
    number = 0
    for rule in chosen.steps:
        number += not rule.part_of
        done = said.get(rule.id) or RecoveryStep(id=rule.id)
        due_at, due_on = _due(incident, target, rule, playbook)
        needed = _needed(incident, rule, now)
        late = 0.0 if needed is False and done.status == "to do" else _late_min(done, due_at, now)
        early = _out_of_order(done, rule, said, texts)
        found.append(StepNow(number, rule, done, due_at, late, early, due_on, needed))
    return tuple(found)


def numbered(found: Iterable[StepNow]) -> tuple[StepNow, ...]:
    """The steps that have a number of their own: those that a procedure counts, as the thirteen (R12)."""
    return tuple(step for step in found if not step.is_part)


def _needed(incident: Incident, rule: Step, now: datetime) -> bool | None:
    """Whether the record says that a step is needed: what it depends on came about, did not, or is not known yet."""
    if rule.condition == "accepted":
        answers = {item.answer for item in incident.recovery.compensation if item.offered_at or item.offered}
        return True if "accepted" in answers else False if answers == {"declined"} else None
    if rule.condition == "longer":
        start = known_at(incident)
        took = minutes_between(start, incident.fixed_at or now)
        return None if took is None else True if took > rule.over_min else False if incident.fixed_at else None
    return None if rule.only_if else True


def _late_min(done: RecoveryStep, due_at: datetime | None, now: datetime) -> float:
    if due_at is None or done.status == "not needed":
        return 0.0
    end = done.at if done.status == "done" else now
    return max(0.0, (end - due_at).total_seconds() / 60) if end else 0.0


def _due(incident: Incident, target: Target, rule: Step, playbook: Playbook) -> tuple[datetime | None, date | None]:
    if rule.target == "follow_up":
        if incident.fixed_at is None:
            return None, None
        day = days.after(days.of(incident.fixed_at, incident.zone), target.follow_up_days, playbook.calendar)
        return days.ends(day, incident.zone), day
    start = known_at(incident)
    if not rule.target or start is None:
        return None, None
    return start + timedelta(minutes=getattr(target, f"{rule.target}_min")), None


def _out_of_order(
    done: RecoveryStep, rule: Step, said: dict[str, RecoveryStep], texts: dict[str, str]
) -> tuple[str, ...]:
    if done.status != "done":
        return ()
    early = []
    for first in rule.after:
        other = said.get(first)
        if other is None or other.status == "to do" or (other.at and done.at and other.at > done.at):
            early.append(texts[first])
    return tuple(early)


def known_at(incident: Incident) -> datetime | None:
    """From when the clock runs: when we knew, or when the customer raised it, whichever was first (R19)."""
    told = [moment for moment in (incident.known_at, incident.raised_at) if moment is not None]
    return min(told) if told else None


def set_step(incident: Incident, step: str, **changes: object) -> Incident:
    """Say something of one step: its status, when, by whom, how, a note, or why it is not needed.

    Raises:
        DataError: If a value does not fit.
    """
    said = incident.recovery.steps
    if any(item.id == step for item in said):
        new = tuple(changed(item, **changes) if item.id == step else item for item in said)
    else:
        new = (*said, made(RecoveryStep, **{"id": step, **changes}))
    return changed(incident, recovery=changed(incident.recovery, steps=new))


def knew_first(incident: Incident) -> str:
    """Who knew of it first: `us`, `them` or `not known` (R1)."""
    if incident.known_at and incident.raised_at:
        return "us" if incident.known_at < incident.raised_at else "them"
    return incident.found_by


def told_before_asked(incident: Incident) -> bool | None:
    """Whether we told the customer before they raised it (R1); `None` if not known.

    It is the first measure of the whole handling.
    """
    if incident.told_at is None:
        return None
    return incident.raised_at is None or incident.told_at < incident.raised_at


def minutes_between(start: datetime | None, end: datetime | None) -> float | None:
    """Minutes from one instant to another; `None` where one is missing."""
    return (end - start).total_seconds() / 60 if start and end else None
