"""The recovery: who knew first, the steps in order and in time, colleagues, managers (R1, R9, R12 to R15, R19)."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from postmortem.record import days, escalation, lateness, moments, recovery, spans
from postmortem.record.gates.customer import losses_asked
from postmortem.record.phrases import no_reason, says_nothing
from postmortem.record.recovery import worded
from postmortem.record.review.finding import Finding, Severeness

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.recovery import StepNow

_FACTS: Final = {"told_at": "the customer was told", "fixed_at": "it was fixed"}
_MANAGER: Final = "recovery.escalation"


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """Findings of the stage recover about the steps with the customer and the hand-over."""
    steps = recovery.steps(incident, playbook, now)
    known = {step.rule.id: step for step in steps}
    found = chain(
        _first(incident),
        _colleagues(incident),
        _losses(incident, playbook, now),
        _procedure(incident, playbook),
        _nobody_talks(incident, steps),
        chain.from_iterable(_step(incident, playbook, step, known, now) for step in steps),
        chain.from_iterable(_undated(incident, step, steps) for step in steps),
        _escalation(incident, playbook, now),
    )
    # What came late or too early stays so: a closed record is not asked about it again.
    yield from (item for item in found if item.level != "hint" or incident.state != "closed")


def _hint(rule: str, where: str, message: str, remedy: str, level: Severeness = "hint") -> Finding:
    return Finding(rule, level, where, message, remedy, "recover")


def _first(incident: Incident) -> Iterator[Finding]:
    lead = recovery.lead_min(incident)
    who = recovery.whom(incident)
    if lead is not None and lead <= 0:
        gap = f"{spans.rough(-lead)} before we told them" if lead <= -1 else "in the moment in which we told them"
        yield _hint(
            "R1",
            "told_at",
            f"the {who} raised it {gap}",
            "that they knew first can't be undone: ask in stage 4 why",
        )
    elif recovery.knew_first(incident) == "them" and incident.told_at is None:
        yield _hint("R1", "told_at", f"the {who} knew of it before we did", "say so, and thank them for telling us")


def _colleagues(incident: Incident) -> Iterator[Finding]:
    if incident.recovery.colleagues_told == "no" and incident.told_at is not None:
        yield _hint(
            "R15",
            "recovery.colleagues_told",
            f"the {recovery.whom(incident)} was told before it was talked through with the colleagues involved",
            "talk with them now, and speak as one team from here on",
        )


def _losses(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """What they paid and lost, from which follows what is owed: asked for once somebody works on it (R18)."""
    if incident.state != "draft" and not recovery.tells_nothing(incident) and not recovery.not_ours(incident):
        for gap in losses_asked(incident, playbook, now):
            yield Finding("R18", "warning", gap.where, gap.message, gap.remedy, gap.stage)


def _procedure(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    rules = playbook.procedures
    taken, fits = recovery.procedure_name(incident, playbook), recovery.not_ours(incident)
    if fits and taken != rules.not_ours:
        shorter = rules.presets[rules.not_ours].title
        yield _hint(
            "R14",
            "recovery.procedure",
            f"the fault is told as “{incident.fault}”, and these steps are for a mistake of ours",
            f"take “{shorter}”, or keep these",
        )
    elif incident.fault in {"ours", "shared"} and taken == rules.not_ours != rules.default:
        yield _hint(
            "R14",
            "recovery.procedure",
            "these steps say that it was not our mistake, and the fault is told as ours",
            "take the steps for a mistake of ours",
            "warning",
        )


def _nobody_talks(incident: Incident, steps: tuple[StepNow, ...]) -> Iterator[Finding]:
    """That all in which somebody talks to them was put away without a word of why: that is no way to do them (R12)."""
    talks = [step.done for step in steps if step.rule.says and not step.rule.only_if]
    if talks and all(done.status == "not needed" and says_nothing(done.because) for done in talks):
        message = (
            f"nobody talks to the {recovery.whom(incident)}: every step that does is put away, and nothing says why"
        )
        yield _hint("R12", "recovery.steps", message, "talk to them, or say why nobody can", "warning")


# -- the steps --------------------------------------------------------------------------------------------------------


def _step(
    incident: Incident, playbook: Playbook, step: StepNow, known: Mapping[str, StepNow], now: datetime
) -> Iterator[Finding]:
    place, done = f"recovery.steps.{step.rule.id}", step.done
    text = worded(step.rule.text, incident)
    if done.status == "not needed" and says_nothing(done.because):
        given = no_reason(done.because)
        message = f"“{text}” is not needed{given or ', without a reason'}"
        yield _hint("R12", f"{place}.because", message, "say why in a few words" if given else "say why", "warning")
    if done.status == "done":
        yield from _its_time(incident, step, text, now)
        yield from _order(incident, step, known, text)
    yield from _fact(incident, step, known, text)
    if step.late_min >= 1 and step.needed is not False and recovery.is_handled_here(incident):
        late = lateness.of_step(step, now, incident.zone)
        if done.status == "done" and not step.too_early:
            yield _hint(
                "R19",
                place,
                f"“{text}” came {late} late",
                "what came late stays late: ask in stage 4 why our answer was late",
            )
        else:
            yield _hint("R19", place, f"“{text}” is {late} late", "do it now, or say why it is not needed", "warning")
    yield from _once_long(incident, playbook, step, text, now)


def _once_long(incident: Incident, playbook: Playbook, step: StepNow, text: str, now: datetime) -> Iterator[Finding]:
    """What is needed once the fix takes long, and has no target of its own: the offer to follow up (R12, step 5)."""
    waited = recovery.minutes_between(recovery.known_at(incident), now)
    is_over = incident.fixed_at is not None or recovery.is_left(incident, playbook)
    if step.rule.condition != "longer" or waited is None or is_over or not (step.is_open and step.needed):
        return
    late = waited - step.rule.over_min
    if late >= 1 and recovery.is_handled_here(incident):
        told = f"“{text}” is {lateness.how_late(days.later(now, -late), now, incident.zone)} late"
        then = "offer it now, or say why it is not needed"
        yield _hint("R19", f"recovery.steps.{step.rule.id}", told, then, "warning")


def _its_time(incident: Incident, step: StepNow, text: str, now: datetime) -> Iterator[Finding]:
    at, where = step.done.at, f"recovery.steps.{step.rule.id}.at"
    if at is None:
        yield _hint("R12", where, f"“{text}” is done, and when is not said", "say when it was", "warning")
        return
    known = recovery.known_at(incident)
    again = "look at both times again"
    if at > now:
        yield _hint("R12", where, f"the time of “{text}” lies ahead of now", "look at it again", "warning")
    if incident.occurred_at is not None and at < incident.occurred_at:
        early = spans.rough((incident.occurred_at - at).total_seconds() / 60)
        yield _hint("R12", where, f"“{text}” was done {early} before the mistake", again, "error")
    elif known is not None and at < known:
        early = spans.rough((known - at).total_seconds() / 60)
        yield _hint("R12", where, f"“{text}” was done {early} before anybody knew of it", again, "warning")
    if step.too_early and incident.fixed_at is not None:
        early = spans.rough((incident.fixed_at - at).total_seconds() / 60)
        yield _hint("R12", where, f"“{text}” was done {early} before it was fixed", "follow up once more", "warning")


def _order(incident: Incident, step: StepNow, known: Mapping[str, StepNow], text: str) -> Iterator[Finding]:
    for name in step.rule.after:
        first = known[name]
        if first.rule.text not in step.before:
            continue
        if step.too_early and first.rule.target == "fix":
            # Said already, with what would do, where its time stands.
            continue
        other = worded(first.rule.text, incident)
        gap = recovery.minutes_between(step.done.at, recovery.time_of(incident, first.rule, first.done))
        if first.done.status == "to do":
            told = f"“{text}” was done, and “{other}”, which comes first, is still to do"
        else:
            told = f"“{text}” came {spans.rough(gap or 0)} before “{other}”"
        then = _in_order_again(first, known, other)
        yield _hint("R13", f"recovery.steps.{step.rule.id}.status", told, then)


def _in_order_again(first: StepNow, known: Mapping[str, StepNow], other: str) -> str:
    """What can still be done now where something else came before a step (R13)."""
    if first.done.status == "to do":
        return f"do “{other}” now, before anything else"
    if first.rule.says and any(step.rule.says and step.is_open and step.needed is not False for step in known.values()):
        return f"begin your next talk with “{other}”, so that they hear it first once"
    return "both are done: ask in stage 4 what made the other one come first"


def _undated(incident: Incident, step: StepNow, steps: tuple[StepNow, ...]) -> Iterator[Finding]:
    """A step without a time, where others have one that come after it: nobody can tell whether they did (R13)."""
    later = [other for other in steps if step.rule.id in other.rule.after and other.done.status == "done"]
    dated = [worded(other.rule.text, incident) for other in later if other.done.at is not None]
    if dated and step.done.status == "done" and recovery.time_of(incident, step.rule, step.done) is None:
        told = f"when “{worded(step.rule.text, incident)}” was is not said: did it come before “{dated[0]}”?"
        yield _hint("R13", f"recovery.steps.{step.rule.id}.at", told, "say it as near as you know")


def _fact(incident: Incident, step: StepNow, known: Mapping[str, StepNow], text: str) -> Iterator[Finding]:
    """The record's own time and the step that tells the same (R1, R19); another step may tell it as well."""
    field = recovery.FACTS.get(step.rule.target, "")
    if not field or step.done.status == "not needed":
        return
    word = _FACTS[field].replace("customer", recovery.whom(incident))
    place, at, fact = f"recovery.steps.{step.rule.id}", step.done.at, getattr(incident, field)
    rule = "R1" if field == "told_at" else "R19"
    apart = recovery.minutes_between(fact, at)
    elsewhere = any(other.done.at == fact for other in known.values() if other.rule.says and other is not step)
    if step.done.status == "to do" and fact is not None:
        yield _hint(rule, f"{place}.status", f"{word}, and “{text}” is still to do", "set it to done, or look again")
    elif step.done.status == "done" and fact is None and at is not None:
        told = f"“{text}” is done, and when {word} is not said"
        yield _hint(rule, f"{place}.at", told, "take the step's time", "warning")
    elif step.done.status == "done" and apart is not None and abs(apart) >= 1 and not elsewhere:
        gap = f"{spans.rough(abs(apart))} {'after' if apart > 0 else 'before'}"
        told = f"“{text}” was done {gap} {word}, as the record has it"
        # Words can come before the admission; an admission cannot come before they were told.
        level: Severeness = "hint" if field == "told_at" and apart > 0 else "warning"
        yield _hint(rule, f"{place}.at", told, "let both say the same, or leave it where both are so", level)


# -- a manager --------------------------------------------------------------------------------------------------------


def _escalation(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    said, who = incident.recovery.escalation, recovery.whom(incident)
    handed = bool(said.handed_to.strip() or said.handed_at)
    reasons = escalation.wanted(incident, playbook)
    if reasons and not escalation.is_said(incident) and recovery.is_handled_here(incident):
        told = f"a manager is asked for: {' and '.join(reasons)}"
        then = "say whether one is there"
        yield _hint("R9", f"{_MANAGER}.manager_available", told, then, "warning")
    if said.handed_at and said.permission == "no":
        told, then = f"it was handed over, and the {who} had not agreed", "say sorry for that, and ask who should go on"
        yield _hint("R9", f"{_MANAGER}.permission", told, then, "warning")
    elif said.handed_at and said.permission != "yes":
        told, then = f"it was handed over, and the {who} was not asked", "ask whether that is all right with them"
        yield _hint("R9", f"{_MANAGER}.permission", told, then, "warning")
    if escalation.was_alone(incident) and not handed and said.called_back_at is None:
        yield from _call_back(incident, now)


def _call_back(incident: Incident, now: datetime) -> Iterator[Finding]:
    day = incident.recovery.escalation.call_back_on
    where = f"{_MANAGER}.call_back_on"
    if day is None:
        yield _hint(
            "R9", where, "no manager was there, and no day is set on which one calls back", "set one", "warning"
        )
        return
    over = recovery.minutes_between(days.ends(day, incident.zone), now)
    if over is not None and over >= 0:
        told = f"a manager's call-back was promised for {moments.day(day)}"
        late = f", {spans.rough(over)} ago" if over >= 1 else ""
        yield _hint("R9", where, f"{told} and is overdue{late}", "let the manager call now", "warning")
