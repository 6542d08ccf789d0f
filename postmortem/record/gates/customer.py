"""The facts about whom it hurt: told, apologised to, offered, put right (R1, R2, R6 to R9, R12 to R18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import authority, compensation, escalation, offering, paying, recovery
from postmortem.record.gates.gap import Check, Concern, Gap
from postmortem.record.money import said
from postmortem.record.order import AFTER_IT_OCCURRED
from postmortem.record.phrases import no_reason, says_nothing
from postmortem.record.severity import assess, depth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.recovery import StepNow
    from postmortem.record.rules import Step
    from postmortem.record.treatment import RecoveryStep

UNNAMED: Final = "(no title yet)"
"""The title of a record of which nobody has said in one line what went wrong."""


def told(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """It is told in one line."""
    if not incident.title.strip() or incident.title == UNNAMED:
        yield Gap("title", "nobody has said what went wrong", "say it in one line", "tell")


def owner(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """One of us owns the recovery (R2)."""
    if not incident.owner.strip():
        yield Gap("owner", "nobody owns the recovery", "name one of us as the owner of the recovery", "tell")


def severity(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """It is known how bad it was; whether a person was harmed is asked first, and "not known" is an answer (R6)."""
    impact = incident.impact
    asks = any(question.field == "harm" for question in playbook.severity.questions)
    is_open = asks and impact.harm is None and "harm" not in impact.not_known
    if assess(incident, playbook).level is None:
        remedy = f"answer the first question on it{'' if is_open else ' of which something is known'}"
        yield Gap("impact.harm", "how bad it was is not answered", remedy, "evaluate")
    elif is_open:
        remedy = "answer the first question on it; “not known yet” is an answer"
        yield Gap("impact.harm", "whether a person was harmed is not answered", remedy, "evaluate")


def level_explained(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """A level that a person set beside the computed one has its reason and its name (R8)."""
    said = incident.evaluation
    if not assess(incident, playbook).overridden:
        return
    found = f"{said.level} was set by hand, and not"
    if says_nothing(said.reason):
        told = f"{found} why{no_reason(said.reason)}"
        yield Gap("evaluation.reason", told, "say why, or take the level as computed", "evaluate")
    if not said.by.strip():
        yield Gap("evaluation.by", f"{found} by whom", "say who set it, as a role", "evaluate")


def losses_asked(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """It is known what they paid and lost, be it nothing: what is owed follows from it (R18)."""
    who = recovery.whom(incident)
    if incident.impact.customer_cost is None:
        found = f"what the {who} paid because of it is not told"
        yield Gap("impact.customer_cost", found, "write the amount, or 0", "tell")
    if incident.impact.customer_min is None:
        found = f"how much time the {who} lost is not told"
        yield Gap("impact.customer_min", found, "write how long, or 0", "tell")


def manager_told(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """The manager knows, where the level asks for it (R7)."""
    if not incident.evaluation.manager_told.strip():
        yield Gap("evaluation.manager_told", "no manager was told of it", "tell a manager, and say which", "evaluate")


def customer_told(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Gap]:
    """Whom it hurt was told by us (R12, step 1)."""
    if incident.told_at is not None:
        return
    step = _first(incident, playbook, now, lambda rule: rule.target == "tell")
    if step is None:
        yield Gap("told_at", "the customer was not told", "tell them, and say when", "tell")
    elif _undated(step):
        yield _when(step, "they were told, and when is not said")
    elif not _said(step):
        yield _open(incident, step, "the customer was not told", f"tell them{_number(step)}, then say so")


def apologised(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Gap]:
    """They heard an apology (R12, step 2); a procedure without one asks for none (R14)."""
    first = _apology(incident, playbook)
    step = _first(incident, playbook, now, lambda rule: first is not None and rule.id == first.id)
    if step is None or _said(step):
        return
    if _undated(step):
        yield _when(step, "somebody apologised to them, and when is not said")
    else:
        yield _open(incident, step, "nobody has apologised to them", f"apologise{_number(step)}, then say so")


def offered(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Gap]:
    """All that is owed was offered, whatever the answer was (R18)."""
    incident = offering.reasoned(incident)
    items = incident.recovery.compensation
    step = _first(incident, playbook, now, lambda rule: rule.target == "credit")
    number = _number(step) if step is not None else ""
    for kind in compensation.outstanding(incident, playbook):
        if not (short := kind.to_offer):
            continue
        given = [it for it in items if it.kind == kind.kind and compensation.was_offered(it)]
        currency = compensation.currency_of(incident, playbook)
        place = "recovery.compensation"
        waiting = next((it for it in items if it.kind == kind.kind and not compensation.was_offered(it)), None)
        if waiting is not None:
            place = f"{place}.{waiting.id}.offered_at"
        elif given:
            place = f"{place}.{given[-1].id}.offered"
        some = "only a part of" if given else "nothing of"
        reasoned = any(it.kind == kind.kind and it.because.strip() for it in items)
        yield Gap(
            place,
            f"{some} the {kind.kind} that is owed was offered; {said(short, currency)} to go",
            f"offer the {'rest of the ' if given else ''}{kind.kind}{number}"
            + (", or let a manager approve less" if reasoned else ""),
            "recover",
        )


def escalated(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """It was handed over with permission, they would rather not, or nobody was there and a call-back stands (R9)."""
    said, place = incident.recovery.escalation, "recovery.escalation"
    named = bool(said.handed_to.strip())
    if said.permission == "no" or (said.permission == "yes" and named and said.handed_at is not None):
        return
    if said.manager_available == "no":
        if said.call_back_on is None and said.called_back_at is None:
            found = "no manager was there, and no call-back is promised"
            yield Gap(f"{place}.call_back_on", found, "say until when a manager calls back", "recover")
    elif said.manager_available != "yes":
        found = "it is not handed over to a manager"
        yield Gap(f"{place}.manager_available", found, "say whether a manager is there", "recover")
    elif said.permission != "yes":
        found = "nobody has asked them whether a manager may take it on"
        yield Gap(f"{place}.permission", found, "ask for permission, and keep the answer", "recover")
    elif not named:
        yield Gap(f"{place}.handed_to", "it is not handed over to a manager", "say who took it on", "recover")
    else:
        yield Gap(f"{place}.handed_at", "it is not handed over yet", "hand it over, and say when", "recover")


def called_back(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """A call-back that was promised took place (R9)."""
    said = incident.recovery.escalation
    if said.call_back_on is not None and said.called_back_at is None and said.handed_at is None:
        place = "recovery.escalation.called_back_at"
        yield Gap(place, "the manager has not called back yet", "call them, and say when", "recover")


def times(incident: Incident, _playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """It was neither known, told, fixed nor closed before it happened (R1)."""
    start = incident.occurred_at
    for field in AFTER_IT_OCCURRED:
        at = getattr(incident, field)
        # When it was closed before says nothing of one that is closed now.
        if start is None or at is None or at >= start or (field == "closed_at" and incident.state != "closed"):
            continue
        yield Gap(field, f"it was {_WORDS[field]} before it happened", "look again at both times", "tell")
    for step in incident.recovery.steps:
        if start is not None and step.status == "done" and step.at is not None and step.at < start:
            found = "a step with the customer was done before it happened"
            yield Gap(f"recovery.steps.{step.id}.at", found, "look at both times again", "recover")


def fixed(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Gap]:
    """It was put right, or it is said how far it was (R17)."""
    if incident.fixed_at is not None or incident.recovery.resolve.result is not None:
        return
    step = _first(incident, playbook, now, lambda rule: rule.target == "fix")
    if step is not None and _undated(step):
        yield _when(step, "it was fixed, and when is not said")
    elif step is None or not _said(step):
        found = "it is not said whether it was put right"
        yield Gap(
            "fixed_at", found, "say when it was fixed, or how far it could be", "recover", "recovery.resolve.result"
        )


def steps(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Gap]:
    """Every step with the customer is done, or not needed for a reason; the follow-up too (R12)."""
    every = recovery.steps(incident, playbook, now)
    if not incident.recovery.steps:
        count = len(recovery.numbered(every))
        found = f"none of the {count} steps with the customer is done yet"
        yield Gap("recovery.steps", found, f"do the {count} steps with them, or say why one is not needed", "recover")
        return
    for step in every:
        if step.done.status == "not needed" and not _not_needed(step.done):
            found = f"“{step.rule.text}”{_number(step)} is said not to be needed, and not why"
            yield _open(incident, step, found, f"say why “{step.rule.text}” is not needed")
        elif _undated(step):
            yield _when(step, f"“{step.rule.text}”{_number(step)} is done, and when is not said")
        elif step.is_open:
            found = f"“{step.rule.text}”{_number(step)} is still to do"
            remedy = f"do “{step.rule.text}”{_number(step)}, or say why it is not needed"
            yield _open(incident, step, found, remedy)


def carried_out(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Gap]:
    """What they accepted was carried out, and what they paid went back in time, which waits for no answer (R18)."""
    for item in incident.recovery.compensation:
        is_late = paying.is_overdue(item, incident, playbook, now)
        if item.carried_out_at is None and (item.answer == "accepted" or is_late):
            found = f"the {'accepted' if item.answer == 'accepted' else 'offered'} {item.kind} is not carried out"
            remedy = f"carry the {item.kind} out, and say when"
            yield Gap(f"recovery.compensation.{item.id}.carried_out_at", found, remedy, "recover")


_WORDS: Final[Mapping[str, str]] = {
    "fixed_at": "fixed",
    "told_at": "told to the customer",
    "known_at": "known to us",
    "closed_at": "closed",
}


def approved(incident: Incident, playbook: Playbook, _now: datetime) -> Iterator[Gap]:
    """What was offered over the handler's limit was approved (R18)."""
    for item in incident.recovery.compensation:
        if compensation.is_offered(item) and authority.is_over_limit(incident, item.id, playbook):
            found = f"the {item.kind} was offered over the handler's limit, and nobody approved "
            found += "so much" if authority.is_exceeded(item) else "it"
            remedy = "ask for approval, and write who gave it, as a role"
            yield Gap(f"recovery.compensation.{item.id}.approved_by", found, remedy, "recover")


CHECKS: Final[Mapping[str, Check]] = {
    "told": told,
    "owner": owner,
    "severity": severity,
    "level-explained": level_explained,
    "manager-told": manager_told,
    "customer-told": customer_told,
    "apologised": apologised,
    "losses-asked": losses_asked,
    "offered": offered,
    "escalated": escalated,
    "times": times,
    "fixed": fixed,
    "steps": steps,
    "approved": approved,
    "carried-out": carried_out,
    "called-back": called_back,
}


def _out_of_reach(incident: Incident, playbook: Playbook) -> bool:
    # Whom nobody could reach, for a reason that is said, nobody can ask for permission: there is no talk to hand over.
    rules = {rule.id: rule for rule in recovery.procedure(incident, playbook).steps}
    said = [step for step in incident.recovery.steps if step.id in rules]
    spared = any(rules[step.id].target == "tell" and _not_needed(step) for step in said)
    spoken = incident.told_at is not None or any(step.status == "done" and rules[step.id].says for step in said)
    return spared and not spoken


def _may_owe(incident: Incident, playbook: Playbook) -> bool:
    return not _is_over(incident) and bool(compensation.outstanding(incident, playbook))


def _is_over(incident: Incident) -> bool:
    # Of one that was closed elsewhere nobody here knows what was offered; opened again, it is asked for.
    return incident.state == "closed" and recovery.tells_nothing(incident)


CONCERNS: Final[Mapping[str, Concern]] = {
    "manager-told": lambda incident, playbook: depth(incident, playbook).inform_manager,
    "apologised": lambda incident, playbook: _apology(incident, playbook) is not None,
    "level-explained": lambda incident, playbook: assess(incident, playbook).overridden,
    "losses-asked": lambda incident, _: not (_is_over(incident) or recovery.not_ours(incident)),
    "offered": _may_owe,
    "escalated": lambda incident, playbook: (
        bool(escalation.wanted(incident, playbook)) and not _out_of_reach(incident, playbook)
    ),
    "approved": lambda incident, _: any(map(compensation.is_offered, incident.recovery.compensation)),
    "carried-out": lambda incident, _: any(map(paying.is_due, incident.recovery.compensation)),
    "called-back": lambda incident, _: incident.recovery.escalation.call_back_on is not None,
}
"""Which records a gate concerns at all; a gate that is not named concerns every one."""


def _apology(incident: Incident, playbook: Playbook) -> Step | None:
    rules = recovery.asked(incident, playbook).steps
    timed = next((rule for rule in rules if rule.target == "apologise"), None)
    return timed or next((rule for rule in rules if rule.apology), None)


def _first(incident: Incident, playbook: Playbook, now: datetime, is_it: Callable[[Step], bool]) -> StepNow | None:
    return next((step for step in recovery.steps(incident, playbook, now) if is_it(step.rule)), None)


def _not_needed(done: RecoveryStep) -> bool:
    """Whether a step is not needed for a reason."""
    return done.status == "not needed" and not says_nothing(done.because)


def _said(step: StepNow) -> bool:
    """Whether a step is done and it is said when, or not needed for a reason (R12)."""
    done = step.done
    return (done.status == "done" and done.at is not None) or _not_needed(done)


def _undated(step: StepNow) -> bool:
    return step.done.status == "done" and step.done.at is None


def _when(step: StepNow, message: str) -> Gap:
    return Gap(f"recovery.steps.{step.rule.id}.at", message, "say when it was", "recover")


def _number(step: StepNow) -> str:
    return f" (step {step.number})" if not step.is_part else ""


def _open(incident: Incident, step: StepNow, message: str, remedy: str) -> Gap:
    place = f"recovery.steps.{step.rule.id}"
    said = any(item.id == step.rule.id for item in incident.recovery.steps)
    return Gap(f"{place}.status" if said else "recovery.steps", message, remedy, "recover", f"{place}.status")
