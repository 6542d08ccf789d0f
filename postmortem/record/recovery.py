"""Making it good (R1, R11 to R20): who knew first, the steps and their order, and how fast they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from postmortem.record import days, talks
from postmortem.record.edit import changed, made
from postmortem.record.errors import UnknownNodeError
from postmortem.record.incident import Incident, Recovery, RecoveryStep
from postmortem.record.severity import in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Procedure, Step, Target

FACTS: Final = {"tell": "told_at", "fix": "fixed_at"}
"""The targets whose step tells the same as a time of the record."""


@dataclass(frozen=True, slots=True)
class StepNow:
    """One step of the procedure with what the record says of it.

    Attributes:
        number: Its place in the procedure, counted from 1; a step that belongs to another one has that one's number.
        rule: The step as the playbook has it.
        done: The step as the record has it; a fresh "to do" where nothing was said yet.
        due_at: After when it is late by the severity's targets (R19); `None` without a target or without a start.
        due_on: The day it is due on, where it is due some time on a day; it is late once that day is over.
        late_min: Minutes past the due time, done late or still to do; 0 where it is on time.
        before: Texts of the steps that should have come first and had not (R13).
        is_late: Whether it was done late, or is still to do and late (`record.days.is_past`).
        too_early: Whether it is a follow-up from before the fix: it is none of that fix, and another one is due (R12).
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
    is_late: bool = False
    too_early: bool = False

    @property
    def is_part(self) -> bool:
        """Whether it belongs to another step and has no number of its own."""
        return bool(self.rule.part_of)

    @property
    def is_open(self) -> bool:
        """Whether it is still to do, or to do again; not where what it depends on did not come about."""
        return self.too_early or (self.done.status == "to do" and self.needed is not False)


def procedure_name(incident: Incident, playbook: Playbook) -> str:
    """The procedure in force: the one that was chosen, else the one that fits the fault (R14)."""
    chosen = incident.recovery.procedure
    if chosen in playbook.procedures.presets:
        return chosen
    return playbook.procedures.not_ours if not_ours(incident) else playbook.procedures.default


def not_ours(incident: Incident) -> bool:
    """Whether it was not our mistake (R14)."""
    return incident.fault in {"customer", "third party"}


def tells_nothing(incident: Incident) -> bool:
    """Whether it came from elsewhere without a word of the recovery: nobody here knows what was done then."""
    return incident.source is not None and incident.recovery == Recovery()


def is_handled_here(incident: Incident) -> bool:
    """Whether its steps with the customer are ours: asked for, dated and late where they are not done.

    Of a record of our own they are from its first word on, a draft's too; of one from another system once anything is
    said of its recovery, or once it was opened again here. What is closed without a word of its steps was handled
    elsewhere, or before such words were kept: an amount in it is none of them.

    Examples:
        >>> from postmortem.record.incident import Compensation
        >>> own, paid = Incident(title="Late"), Recovery(compensation=(Compensation(id="k1", owed=64),))
        >>> is_handled_here(own), is_handled_here(changed(own, state="closed", recovery=paid))
        (True, False)
    """
    said = incident.recovery
    if said.steps or said.procedure or incident.state == "reopened":
        return True
    return incident.state != "closed" and not tells_nothing(incident)


def procedure(incident: Incident, playbook: Playbook) -> Procedure:
    """The steps in force for an incident."""
    return playbook.procedures.presets[procedure_name(incident, playbook)]


def asked(incident: Incident, playbook: Playbook) -> Procedure:
    """The steps that are asked of an incident: those in force; of a closed one, those that were asked when it closed.

    A closed record whose steps were told says something of each that was asked of it; where it says nothing of one,
    the playbook asks for that since then. One that is opened again follows the playbook as it is.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.playbook import default_playbook
        >>> late = set_step(Incident(title="Late", closed_at=datetime(2025, 3, 2, tzinfo=UTC)), "apologise")
        >>> [step.id for step in asked(changed(late, state="closed"), default_playbook()).steps]
        ['apologise']
    """
    chosen, said = procedure(incident, playbook), {step.id for step in incident.recovery.steps}
    if incident.state != "closed" or (at := incident.closed_at) is None or said.isdisjoint(chosen.numbers()):
        return chosen
    there = {rule.id for rule in chosen.steps if rule.id in said or _needed(incident, rule, at) is False}
    there -= {rule.id for rule in chosen.steps if rule.part_of and rule.part_of not in there and rule.id not in said}
    return chosen.only(there)


def steps(incident: Incident, playbook: Playbook, now: datetime) -> tuple[StepNow, ...]:
    """Every step that is asked of it, in order, with what is due and what came out of order."""
    chosen = asked(incident, playbook)
    said = {step.id: step for step in incident.recovery.steps}
    rules = {step.id: step for step in chosen.steps}
    target = target_of(incident, playbook)
    numbers = chosen.numbers()
    found: list[StepNow] = []
    for rule in chosen.steps:
        number = numbers[rule.id]
        done = said.get(rule.id) or RecoveryStep(id=rule.id)
        due_at, due_on = _due(incident, target, rule, playbook)
        needed = _needed(incident, rule, now)
        too_early = _comes_too_early(incident, rule, done)
        until = None if needed is False and done.status == "to do" else now if too_early else _until(done, now)
        is_late = until is not None and days.is_past(due_at, due_on, until)
        late = max(0.0, minutes_between(due_at, until) or 0.0)
        early = _out_of_order(incident, rule, said, rules)
        found.append(StepNow(number, rule, done, due_at, late, early, due_on, needed, is_late, too_early))
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


def _until(done: RecoveryStep, now: datetime) -> datetime | None:
    """When a step was done, or the moment of looking while it is to do; `None` where nobody can say."""
    return {"done": done.at, "to do": now, "not needed": None}[done.status]


def _due(incident: Incident, target: Target, rule: Step, playbook: Playbook) -> tuple[datetime | None, date | None]:
    if rule.target == "follow_up":
        start = incident.fixed_at or _left_as_it_is(incident, playbook)
        if start is None:
            return None, None
        day = days.after(days.of(start, incident.zone), target.follow_up_days, playbook.calendar)
        return days.ends(day, incident.zone), day
    start = known_at(incident)
    if not rule.target or start is None:
        return None, None
    return days.later(start, getattr(target, f"{rule.target}_min")), None


def is_left(incident: Incident, playbook: Playbook) -> bool:
    """Whether it stays as it is: it can't be put right, or the step for it is not needed (R12, R17).

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> told = set_step(Incident(title="Told a stranger"), "fix", status="not needed", because="gone")
        >>> is_left(told, default_playbook())
        True
    """
    if incident.fixed_at is not None:
        return False
    fixes = [said_of(incident, rule.id) for rule in asked(incident, playbook).steps if rule.target == "fix"]
    spared = bool(fixes) and all(said.status == "not needed" for said in fixes)
    return spared or incident.recovery.resolve.result == "none"


def _left_as_it_is(incident: Incident, playbook: Playbook) -> datetime | None:
    """From when the follow-up counts where nothing is put right: the last talk with them, else when they were told."""
    if not is_left(incident, playbook):
        return None
    says = {rule.id for rule in procedure(incident, playbook).steps if rule.says and rule.target != "follow_up"}
    said = (step for step in incident.recovery.steps if step.id in says and step.status == "done")
    return max((step.at for step in said if step.at), default=incident.told_at)


def _comes_too_early(incident: Incident, rule: Step, done: RecoveryStep) -> bool:
    """Whether a follow-up was dated before the fix: it is none of that fix, and another one is due (R12, step 13)."""
    at = done.at if done.status == "done" and rule.target == "follow_up" else None
    return at is not None and incident.fixed_at is not None and at < incident.fixed_at


def _out_of_order(
    incident: Incident, rule: Step, said: Mapping[str, RecoveryStep], rules: Mapping[str, Step]
) -> tuple[str, ...]:
    done = said.get(rule.id)
    if done is None or done.status != "done":
        return ()
    early = []
    for first in rule.after:
        other = said.get(first)
        at = time_of(incident, rules[first], other) if other is not None else None
        if other is None or other.status == "to do" or (at and done.at and at > done.at):
            early.append(rules[first].text)
    return tuple(early)


def time_of(incident: Incident, rule: Step, done: RecoveryStep) -> datetime | None:
    """When a step was done: as it says itself, else as the record's own time of the same deed; `None` with neither."""
    field = FACTS.get(rule.target)
    fact: datetime | None = getattr(incident, field) if field and done.status == "done" else None
    return done.at or fact


def known_at(incident: Incident) -> datetime | None:
    """From when the clock runs: when we knew, or when the customer raised it, whichever was first (R19)."""
    told = [moment for moment in (incident.known_at, incident.raised_at) if moment is not None]
    return min(told) if told else None


def target_of(incident: Incident, playbook: Playbook) -> Target:
    """How fast it goes, by the level (R19)."""
    return playbook.targets[in_force(incident, playbook)]


def begun(incident: Incident) -> tuple[datetime | None, str]:
    """From when the targets count, and what to say of it where nobody said when we knew (R19)."""
    if (known := known_at(incident)) is not None:
        return known, ""
    done = (step.at for step in incident.recovery.steps if step.status == "done")
    first = min((at for at in (incident.told_at, *done) if at is not None), default=None)
    when = "it happened" if incident.occurred_at is not None else "the recovery began"
    counted = f": counted from when {when}" if incident.occurred_at or first else ""
    return incident.occurred_at or first, f" (nobody said when we knew{counted})"


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


def do(
    incident: Incident, step: str, playbook: Playbook, *, at: datetime, by: str = "", channel: str = "", note: str = ""
) -> Incident:
    """Set a step done; the admission is also when they were told, the fix also when it was fixed (R12, R19).

    Args:
        incident: The record; it stays as it is.
        step: The step's id in the playbook.
        playbook: The rules in force.
        at: When it was done; aware.
        by: Who did it, as a role; what was said before stays where nothing is.
        channel: How; what was said before stays where nothing is.
        note: What else is to be known; likewise.

    Raises:
        UnknownNodeError: If there is no such step, with a near name.
        DataError: If a value does not fit.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.playbook import default_playbook
        >>> noon = datetime.fromisoformat("2026-03-11T12:00Z")
        >>> told = do(Incident(title="Late"), "explain-mistake", default_playbook(), at=noon, by="Service desk")
        >>> told.told_at.isoformat(), told.recovery.steps[0].status
        ('2026-03-11T12:00:00+00:00', 'done')
    """
    target = _target(incident, step, playbook)
    more = {name: text for name, text in {"by": by, "channel": channel, "note": note}.items() if text}
    after = set_step(incident, step, status="done", at=at, **more)
    field = FACTS.get(target)
    return changed(after, **{field: at}) if field and getattr(after, field) is None else after


def undo(incident: Incident, step: str, playbook: Playbook) -> Incident:
    """Set a step to do again: its time goes, and with it the record's own time of the same deed. All else stays.

    The words of a talk that began with it are for the next talk again, where no others are written yet.

    Raises:
        UnknownNodeError: If there is no such step, with a near name.
    """
    field = FACTS.get(_target(incident, step, playbook))
    at = said_of(incident, step).at
    after = talks.take_back(set_step(incident, step, status="to do", at=None), step)
    return changed(after, **{field: None}) if field and at and getattr(after, field) == at else after


def agreed(incident: Incident, step: str, playbook: Playbook) -> Incident:
    """Let the record's own time of the same deed say what a step says (R1, R19).

    Raises:
        UnknownNodeError: If there is no such step, with a near name.
    """
    field, at = FACTS.get(_target(incident, step, playbook)), said_of(incident, step).at
    return changed(incident, **{field: at}) if field and at else incident


def said_of(incident: Incident, step: str) -> RecoveryStep:
    """What the record says of a step; a fresh "to do" where it says nothing yet."""
    return next((item for item in incident.recovery.steps if item.id == step), None) or made(RecoveryStep, id=step)


def _target(incident: Incident, step: str, playbook: Playbook) -> str:
    known = {rule.id: rule.target for rule in procedure(incident, playbook).steps}
    there = [item.id for item in incident.recovery.steps]
    if step not in known and step not in there:
        raise UnknownNodeError("step", step, [*known, *there])
    return known.get(step, "")


def whom(incident: Incident) -> Literal["customer", "colleague"]:
    """The word for who was hurt: a coworker is a colleague (R1)."""
    return "colleague" if incident.harmed == "coworker" else "customer"


def by_way(channel: str) -> str:
    """A way of telling, as a sentence has it.

    Examples:
        >>> by_way("phone"), by_way("in person")
        ('by phone', 'in person')
    """
    return channel if channel.startswith("in ") else f"by {channel}"


def worded(text: str, incident: Incident) -> str:
    """A text of the playbook in words that fit who was hurt.

    Examples:
        >>> worded("Thank the customer for understanding", Incident(title="Late", harmed="coworker"))
        'Thank the colleague for understanding'
    """
    if whom(incident) == "customer":
        return text
    return text.replace("customer", "colleague").replace("Customer", "Colleague")


def lead_min(incident: Incident) -> float | None:
    """How many minutes before they raised it we told them (R1); negative where they came first, `None` if not known."""
    return minutes_between(incident.told_at, incident.raised_at)


def knew_first(incident: Incident) -> str:
    """Who knew of it first: `us`, `them` or `not known` (R1)."""
    if incident.known_at and incident.raised_at:
        return "us" if incident.known_at < incident.raised_at else "them"
    if incident.found_by == "not known" and (incident.known_at or incident.raised_at):
        # As far as anybody has told, only one side knows of it: we who have not heard from them, or they who raised it.
        return "us" if incident.known_at else "them"
    return incident.found_by


def told_before_asked(incident: Incident) -> bool | None:
    """Whether we told the customer before they raised it (R1); `None` if not known.

    Where they found it and nobody says when they raised it, it is not known: they may have asked first.
    It is the first measure of the whole handling.
    """
    if incident.told_at is None:
        return None
    if incident.raised_at is None:
        return None if incident.found_by == "them" else True
    return incident.told_at < incident.raised_at


def minutes_between(start: datetime | None, end: datetime | None) -> float | None:
    """Minutes from one instant to another; `None` where one is missing."""
    return (end - start).total_seconds() / 60 if start and end else None
