"""Which steps are gone by: from one procedure to another, and steps that are not needed (R11, R12, R14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import compensation, recovery, talks
from postmortem.record.edit import changed, readdressed
from postmortem.record.errors import UnknownNodeError
from postmortem.record.playbook import default_playbook

if TYPE_CHECKING:
    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.rules import Part, Step
    from postmortem.record.treatment import RecoveryStep


def switch(incident: Incident, procedure: str, playbook: Playbook) -> Incident:
    """Go on by another procedure; what was done stays, and stands under the step that means the same (R11, R14).

    Args:
        incident: The record; it stays as it is.
        procedure: Its name in the playbook; empty for the one that fits the fault.
        playbook: The rules in force.

    Raises:
        UnknownNodeError: If there is no such procedure, with a near name.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> noon = datetime.fromisoformat("2026-03-11T12:00Z")
        >>> told = recovery.do(Incident(title="Late"), "explain-mistake", default_playbook(), at=noon)
        >>> [step.id for step in switch(told, "four-steps", default_playbook()).recovery.steps]
        ['admit']
    """
    presets = playbook.procedures.presets
    if procedure and procedure not in presets:
        raise UnknownNodeError("procedure", procedure, list(presets))
    return _carried(changed(incident, recovery=changed(incident.recovery, procedure=procedure)), playbook)


def _carried(incident: Incident, playbook: Playbook) -> Incident:
    """What was said of steps that are not in force stands under those that mean the same, where these say nothing."""
    rules = recovery.procedure(incident, playbook).steps
    said = incident.recovery.steps
    free = [rule for rule in rules if all(item.id != rule.id for item in said)]
    names: dict[str, str] = {}
    for item in said:
        if any(item.id == rule.id for rule in rules):
            continue
        there = next((rule for rule in free if any(_same(rule, old) for old in _rules_of(item.id, playbook))), None)
        if there is not None:
            free.remove(there)
            names[item.id] = there.id
    if not names:
        return incident
    steps = tuple(changed(item, id=names.get(item.id, item.id)) for item in said)
    after = changed(incident, recovery=changed(incident.recovery, steps=steps))
    for old, new in names.items():
        after = readdressed(after, f"recovery.steps.{old}", f"recovery.steps.{new}")
    return after


def _rules_of(step: str, playbook: Playbook) -> list[Step]:
    """A step as the procedures have it, those in force first: a team may have dropped it since it was done."""
    presets = [*playbook.procedures.presets.values(), *default_playbook().procedures.presets.values()]
    return [rule for preset in presets for rule in preset.steps if rule.id == step]


def _same(rule: Step, other: Step) -> bool:
    """Whether two steps of different procedures mean the same: they are dated and worded by the same rules."""
    alike = rule.says == other.says or "" in {rule.says, other.says}
    return rule.target == other.target and bool(rule.target or rule.says == other.says != "") and alike


def spare(incident: Incident, step: str, playbook: Playbook, because: str = "") -> Incident:
    """Set a step to not needed; without a reason the review asks for one (R12).

    That nothing is owed the record tells itself: it is the reason where there is no other.

    Args:
        incident: The record; it stays as it is.
        step: The step's id in the playbook.
        playbook: The rules in force.
        because: Why it is not needed; what was said before stays where nothing is.

    Raises:
        UnknownNodeError: If there is no such step, with a near name.

    Examples:
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late = Incident(title="Late", impact=Impact(customer_cost=0, customer_min=0))
        >>> spare(late, "offer", default_playbook()).recovery.steps[0].because
        'nothing is owed'
    """
    said = recovery.said_of(incident, step)
    # Why it was done by its channel is no reason why it is not needed.
    reason = because or (said.because if said.status != "done" else "")
    target = next((rule.target for rule in recovery.procedure(incident, playbook).steps if rule.id == step), "")
    if not reason and target == "credit" and compensation.owes_nothing(incident, playbook):
        reason = "nothing is owed"
    after = recovery.undo(incident, step, playbook)
    return recovery.set_step(after, step, status="not needed", because=reason)


def left_over(incident: Incident, playbook: Playbook) -> tuple[tuple[str, RecoveryStep], ...]:
    """What was done or spared before the procedure was changed and has no step in it now: each text, and what was said.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> noon = datetime.fromisoformat("2026-03-11T12:00Z")
        >>> thanked = recovery.do(Incident(title="Late"), "thank", default_playbook(), at=noon)
        >>> [text for text, _ in left_over(switch(thanked, "four-steps", default_playbook()), default_playbook())]
        ['Thank the customer for understanding']
    """
    there = {rule.id for rule in recovery.procedure(incident, playbook).steps}
    return tuple(
        (next((rule.text for rule in _rules_of(item.id, playbook)), item.id.replace("-", " ")), item)
        for item in incident.recovery.steps
        if item.id not in there and (item.status != "to do" or item.note or item.words)
    )


def said_in(incident: Incident, part: Part, playbook: Playbook) -> tuple[RecoveryStep, ...]:
    """What the record says of the steps in which a part of the words is said, of whatever procedure they are (R20).

    Those that are not needed are left out.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> given = recovery.set_step(Incident(title="Late"), "contact", note="Call 030 123456")
        >>> [step.note for step in said_in(given, "contact", default_playbook())]
        ['Call 030 123456']
    """
    return tuple(
        item
        for item in incident.recovery.steps
        if item.status != "not needed" and any(rule.says == part for rule in _rules_of(item.id, playbook))
    )


def followed(before: Incident, after: Incident, playbook: Playbook) -> Incident:
    """The incident after something was changed by hand, with what belongs together kept together.

    A time of the record and the step that tells the same follow each other, and another procedure takes over what was
    done under the one before.

    Args:
        before: The record as it was.
        after: The same with one change.
        playbook: The rules in force.
    """
    for step in after.recovery.steps:
        if step.status != "done" == recovery.said_of(before, step.id).status:
            after = talks.take_back(after, step.id)
    if recovery.procedure_name(before, playbook) != recovery.procedure_name(after, playbook):
        after = _carried(after, playbook)
    for rule in recovery.procedure(after, playbook).steps:
        field = recovery.FACTS.get(rule.target)
        old, new = recovery.said_of(before, rule.id), recovery.said_of(after, rule.id)
        if field is None or new.status != "done":
            continue
        was, now = getattr(before, field), getattr(after, field)
        if now == was != new.at and new.at is not None and was in {None, old.at}:
            after = changed(after, **{field: new.at})
        elif now != was and now is not None and new.at == old.at == was:
            after = recovery.set_step(after, rule.id, at=now)
    return after
