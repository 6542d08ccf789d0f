"""How the customer was treated: the steps of the procedure, what was owed and given, who was told (R11 to R20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import authority, compensation, days, escalation, procedures, recovery, talks
from postmortem.record.moments import day
from postmortem.report import wording
from postmortem.report.summary import Handling, StepRow
from postmortem.report.wording import clean, counted, duration, first_up, money

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo
    from decimal import Decimal

    from postmortem.record.incident import Compensation, Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.recovery import StepNow

_IN_WORDS: Final = {2: "two", 3: "three", 4: "four", 5: "five"}


def handling(incident: Incident, playbook: Playbook, zone: tzinfo, now: datetime) -> Handling:
    """The steps in force with what was done, and what else is to be known of the recovery.

    Args:
        incident: The record, as its audience may see it.
        playbook: The rules in force.
        zone: The zone in which times are shown.
        now: The instant of the report, for what is late.
    """
    steps = recovery.steps(incident, playbook, now)
    return Handling(
        title=recovery.procedure(incident, playbook).title,
        sentence=_sentence(recovery.numbered(steps)),
        steps=tuple(_step(step, zone, incident, now) for step in steps),
        notes=tuple(_notes(incident, playbook, zone)),
    )


def _sentence(steps: tuple[StepNow, ...]) -> str:
    if all(step.done.status == "to do" for step in steps):
        return "No step is noted yet."
    spared = sum(step.done.status == "not needed" for step in steps)
    done = sum(step.done.status == "done" for step in steps)
    parts = [f"{done} of {counted(len(steps), 'step')} done"]
    parts += [f"{spared} not needed"] if spared else []
    late = sum(step.late_min >= 1 for step in steps)
    parts += [f"{late} late"] if late else []
    early = sum(bool(step.before) for step in steps)
    parts += [f"{early} out of order"] if early else []
    apologies = sum(step.rule.apology for step in steps)
    bold = {0: "", 1: " The apology stands in bold."}.get(
        apologies, f" The {_IN_WORDS.get(apologies, apologies)} apologies stand in bold."
    )
    return f"{', '.join(parts)}.{bold}"


def _step(step: StepNow, zone: tzinfo, incident: Incident, now: datetime) -> StepRow:
    said, late = step.done, ""
    if step.late_min >= 1:
        until = said.at if said.at and not step.is_open else now
        late = days.late(step.due_on, until, incident.zone) if step.due_on else duration(step.late_min)
        late = f"{late} late"
    notes = [f"not needed: {clean(said.because)}" if said.status == "not needed" and clean(said.because) else ""]
    notes += (
        [f"why this way: {clean(said.because).rstrip('.')}"] if said.status == "done" and clean(said.because) else []
    )
    notes.append(clean(said.note).rstrip("."))
    notes += [f"before “{recovery.worded(text, incident)}”, which comes first" for text in step.before]
    notes += ["before the fix: another one is due"] if step.too_early else []
    notes += ["when is not said"] if said.status == "done" and said.at is None and step.due_at else []
    if said.status == "to do" and step.needed is False:
        notes.append("did not come up")
    elif (said.status == "to do" or step.too_early) and step.due_at and not late:
        when = day(step.due_on) if step.due_on else wording.moment(step.due_at, zone)
        notes.append(f"due {when}")
    beside = incident.known_at or incident.raised_at or incident.occurred_at
    return StepRow(
        number=step.number,
        text=recovery.worded(step.rule.text, incident),
        is_part=step.is_part,
        apology=step.rule.apology,
        state=said.status,
        late=late,
        when=wording.near_moment(said.at, zone, beside) if said.at else "",
        by=", ".join(filter(None, (clean(said.by), clean(said.channel)))),
        notes=tuple(filter(None, notes)),
    )


def _notes(incident: Incident, playbook: Playbook, zone: tzinfo) -> Iterator[str]:
    said, currency = incident.recovery, incident.currency or playbook.currency
    if said.channel:
        reason = f": {clean(said.channel_reason)}" if clean(said.channel_reason) else ""
        yield f"Told {recovery.by_way(clean(said.channel))}{reason}"
    yield from _said(incident, zone)
    if said.colleagues_told == "yes":
        yield "The colleagues involved were told first"
    yield from _before(incident, playbook, zone)
    yield from _resolve(incident, currency)
    rules = {due.kind: due.amount for due in compensation.owed(incident, playbook)}
    for owed in said.compensation:
        yield _compensation(owed, currency, zone, rules.get(owed.kind))
    if not said.compensation:
        for due in compensation.owed(incident, playbook):
            yield f"Owed by the playbook and not offered yet: {due.kind}, {money(due.amount, currency)} ({due.because})"
    yield from _handed(incident, zone)


def _said(incident: Incident, zone: tzinfo) -> Iterator[str]:
    """What was said, talk by talk, and the words for the next one."""
    for talk in talks.had(incident):
        told = [wording.moment(talk.at, zone) if talk.at else ""]
        told += [recovery.by_way(clean(talk.channel)) if clean(talk.channel) else "", clean(talk.by)]
        when = f" ({', '.join(part for part in told if part)})" if any(told) else ""
        yield f"What was said{when}: “{clean(talk.words)}”"
    if words := clean(talks.to_come(incident)):
        yield f"Words for the next talk: “{words}”"


def _handed(incident: Incident, zone: tzinfo) -> Iterator[str]:
    handed = incident.recovery.escalation
    if escalation.was_alone(incident):
        # That no manager was there at first stays in the record, also once one has taken over (R9).
        first = " at first" if handed.handed_to or handed.manager_available == "yes" else ""
        by = day(handed.call_back_on) if handed.call_back_on else ""
        back = f"; call back on {by}" if by else ""
        if handed.called_back_at:
            called = wording.moment(handed.called_back_at, zone)
            back = f"; one called back on {called}{f', promised by {by}' if by else ''}"
        elif handed.handed_at and by:
            back = f"; a call-back was promised by {by}"
        yield f"No manager was available{first}, so the handler went on{back}"
    if handed.handed_to:
        at = f" on {wording.moment(handed.handed_at, zone)}" if handed.handed_at else ""
        asked = {"yes": ", with their permission", "no": ", without their permission"}.get(handed.permission or "", "")
        yield f"Handed over to {clean(handed.handed_to)}{at}{asked}"
    if clean(handed.note):
        yield clean(handed.note)


def _before(incident: Incident, playbook: Playbook, zone: tzinfo) -> Iterator[str]:
    for text, step in procedures.left_over(incident, playbook):
        at = f", {wording.moment(step.at, zone)}" if step.at else ""
        yield f"Before the procedure was changed: {recovery.worded(text, incident)} ({step.status}{at})"


def _resolve(incident: Incident, currency: str) -> Iterator[str]:
    resolve = incident.recovery.resolve
    if resolve.result:
        yield {"full": "Put right in full", "partial": "Put right in part", "none": "Could not be put right"}[
            resolve.result
        ]
    if clean(resolve.asked_for):
        yield f"They asked for: {clean(resolve.asked_for)}"
    if clean(resolve.given):
        beyond = ", beyond what they asked for" if resolve.beyond == "yes" else ""
        yield f"They were given: {clean(resolve.given)}{beyond}"
    if clean(resolve.redo_or_replace):
        cost = f", at {money(resolve.at_what_cost, currency)}" if resolve.at_what_cost is not None else ""
        yield f"Redo or replace: {clean(resolve.redo_or_replace)}{cost}"


def _compensation(owed: Compensation, currency: str, zone: tzinfo, rule: Decimal | None) -> str:
    what = f" for {clean(owed.what)}" if clean(owed.what) else ""
    parts = [f"owed {money(owed.owed, currency)}" if owed.owed is not None else ""]
    if owed.offered is not None or owed.offered_at:
        amount = f" {money(owed.offered, currency)}" if owed.offered is not None else ""
        first = {"yes": " by us first", "no": " only when asked"}.get(owed.offered_first or "", "")
        parts.append(f"offered{amount}{first}")
        parts.append({"waiting": "no answer yet", "accepted": "accepted", "declined": "declined"}[owed.answer])
    elif owed.owed or not compensation.is_decided(owed):
        parts.append("not offered yet")
    if owed.carried_out_at:
        parts.append(f"carried out {day(owed.carried_out_at.astimezone(zone).date())}")
    elif owed.answer == "accepted":
        parts.append("not carried out yet")
    if owed.approved_by:
        much = f" for {money(compensation.approved_for(owed) or 0, currency)}" if authority.is_exceeded(owed) else ""
        parts.append(f"approved by {clean(owed.approved_by)}{much}")
    if clean(owed.because):
        gives = f"{money(rule, currency)} by the playbook, " if rule is not None else ""
        parts.append(f"{gives}decided otherwise because {clean(owed.because).removeprefix('because ')}")
        if not compensation.is_decided(owed):
            parts.append("not approved yet")
    elif rule is not None and owed.owed == 0:
        parts.append(f"{money(rule, currency)} by the playbook, why less is not said")
    return f"{first_up(owed.kind)}{what}: {', '.join(filter(None, parts))}"
