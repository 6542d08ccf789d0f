"""The steps with the customer: what is due when, what was done, and what came out of order (R1, R11 to R15, R19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from postmortem.record import (
    days,
    due,
    lateness,
    moments,
    occasion,
    procedures,
    recovery,
    spans,
    talks,
    whys,
)
from postmortem.record.recovery import worded
from postmortem.record.severity import assess
from postmortem.widgets import ways
from postmortem.widgets.blocks import Block, Form, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from postmortem.record.incident import Why
    from postmortem.record.promise import Promise
    from postmortem.record.recovery import StepNow
    from postmortem.record.review import Finding
    from postmortem.widgets.meeting import Retrospective

_WORDS: Final = {"to do": "To do", "done": "Done", "not needed": "Not needed"}
_TALK_MIN: Final = 15
"""How long after the last word of a talk something done may still belong to it."""


def part(form: Form) -> list[Block]:
    """The procedure in force with its steps."""
    playbook, incident = form.meeting.playbook, form.incident
    steps = recovery.steps(incident, playbook, form.meeting.now())
    presets = [(name, preset.title) for name, preset in playbook.procedures.presets.items()]
    rules = playbook.procedures
    promised = {it.id: it for it in due.promises(incident, playbook) if it.status == "open"}
    automatic = rules.presets[rules.not_ours if recovery.not_ours(incident) else rules.default].title
    return [
        section(
            f"The {len(recovery.numbered(steps))} steps with the {recovery.whom(incident)}",
            _lead(form),
            {
                "t": "steps-before",
                "body": [
                    form.toggle(
                        "recovery.colleagues_told",
                        "Have you talked with the colleagues involved first?",
                        [("yes", "Yes"), ("no", "Not yet")],
                        help="" if incident.told_at else "Hear them, then speak for all of you: one team, one apology.",
                    ),
                    form.choice("recovery.procedure", "Procedure", [("", f"As the fault says: {automatic}"), *presets]),
                ],
            },
            {
                "t": "procedure",
                "whom": recovery.whom(incident),
                "rows": [_row(form, step, steps, promised.get(f"step-{step.rule.id}")) for step in steps],
                "before": _before(form),
            },
            aside=_standing(form, steps),
        )
    ]


def _standing(form: Form, steps: tuple[StepNow, ...]) -> str:
    """How far it has come, by which clock and which targets."""
    playbook, incident = form.meeting.playbook, form.incident
    counted = recovery.numbered(steps)
    done = sum(step.done.status == "done" for step in counted)
    late = sum(step.is_open and step.late_min > 0 for step in counted)
    spared = sum(step.done.status == "not needed" for step in counted)
    told = f"{done} of {len(counted)} done"
    told += f", {spared} not needed" if spared else ""
    told += f", {late} late now" if late else ""
    start = recovery.known_at(incident)
    level = assess(incident, playbook).level
    if start is not None:
        clock = f"Times from knowing ({_short(form, start)}), "
    else:
        # The promises count from what is known all the same, and say so as this does.
        since, aside = recovery.begun(incident)
        words = f"{'' if since else 'no times yet: '}{aside.strip(' ()')}. "
        clock = words[:1].upper() + words[1:]
    targets = f"targets for {level}" if level else "targets for moderate until the level is known"
    return f"{told}. {clock}{targets if start else targets[:1].upper() + targets[1:]}."


def _lead(form: Form) -> Block:
    """Who knew first, and how long before or after they raised it we told them (R1)."""
    incident = form.incident
    who = recovery.whom(incident)
    first, lead = recovery.knew_first(incident), recovery.lead_min(incident)
    strong = {"us": "We knew first.", "them": f"The {who} knew first."}.get(first, "Who knew first is not told.")
    if incident.told_at is None:
        told = "They were not told yet." if incident.raised_at is None else "They raised it, and were not told yet."
    elif incident.raised_at is None:
        asked = (
            "they never had to ask" if recovery.told_before_asked(incident) else "nobody says whether they asked first"
        )
        told = f"We told them {_short(form, incident.told_at)}; {asked}."
    elif lead is not None and lead > 0:
        told = f"We told them {spans.rough(lead)} before they raised it."
    else:
        gap = f"{spans.rough(-lead)} after" if lead is not None and lead <= -1 else "as"
        told = f"We told them {gap} they raised it."
    return {"t": "lead", "strong": strong, "text": told, "findings": form.found_at("told_at"), "place": "told_at"}


def _short(form: Form, at: datetime) -> str:
    """A time as the table has it: its weekday and hour, further away its day too."""
    incident = form.incident
    return moments.moment(at, incident.zone, near=recovery.known_at(incident), year=form.around.today.year)


# -- a row ------------------------------------------------------------------------------------------------------------


def _row(form: Form, step: StepNow, steps: tuple[StepNow, ...], promise: Promise | None) -> Block:
    rule, done, incident = step.rule, step.done, form.incident
    place = f"recovery.steps.{rule.id}"
    fields = _fields(form, step, place)
    marks = [found for found in form.findings if found.where == place or found.where.startswith(f"{place}.")]
    soon, past = _stands(form, step, promise)
    late = step.late_min >= 1 and done.status != "not needed" and step.needed is not False
    spared = done.status == "to do" and step.needed is False
    status = "not needed" if spared else done.status
    return {
        "key": rule.id,
        "place": place,
        "number": "" if step.is_part else str(step.number),
        "text": worded(rule.text, incident),
        "due": _due(form, step, steps),
        "late": f"{lateness.of_step(step, form.meeting.now(), form.incident.zone)} late" if late else past,
        "soon": soon,
        "status": status,
        "word": "To do, late" if late and done.status == "to do" else _WORDS[status],
        "is_late": late and done.status == "to do",
        "spared": _why_spared(form, step) if spared else done.because if done.status == "not needed" else "",
        # Whether it came in time nobody can say then, and nothing here says that it did.
        "when": _short(form, done.at) if done.at else "when is not said" if done.status == "done" else "",
        "how": done.channel,
        "by": done.by,
        "note": done.note,
        "quick": _quick(form, step),
        "fields": fields,
        "words": _words(form, step),
        "must": any(field["error"] or field["versions"] or field["findings"] for field in fields),
        "notes": [_note(form, step, found) for found in marks if found.where.endswith((".at", ".status"))],
        "marks": [form.finding(form.findings.index(found) + 1, found) for found in marks],
        "late_why": next((_asked_late(form, step, found) for found in marks if found.where == place), None),
    }


def _note(form: Form, step: StepNow, found: Finding) -> Block:
    """One finding as it stands under its row, with what can be done about it there."""
    tells = found.where.endswith(".at") and found.rule in {"R1", "R19"} and step.rule.target in recovery.FACTS
    return {
        **form.finding(form.findings.index(found) + 1, found),
        "why": _asked(form, found.message) if found.rule == "R13" else None,
        "agree": f"Take {_short(form, step.done.at)} for both" if tells and step.done.at else "",
    }


def _fields(form: Form, step: StepNow, place: str) -> list[Block]:
    if step.done.status == "not needed":
        return [form.text(f"{place}.because", "Not needed, because", placeholder="because…", brief="whole")]
    roles = sorted({item.by for item in form.incident.recovery.steps if item.by} | {form.incident.owner} - {""})
    # What is said of the time stands under the row, whether it is open or not.
    when = {**form.text(f"{place}.at", "When", placeholder="15:20"), "findings": []}
    return [
        when,
        form.text(f"{place}.by", "By", placeholder="a role", list=roles),
        *ways.of_step(form, step, place),
        form.text(f"{place}.note", "Note", placeholder="what was said or agreed", optional=True),
    ]


def _words(form: Form, step: StepNow) -> Block | None:
    """What was said in the talk that began with a step; where no words of it stand anywhere, they can be written."""
    there = bool(step.done.words.strip())
    if not there and (not step.rule.says or step.done.status != "done" or _is_told_elsewhere(form, step)):
        return None
    field = form.area(talks.words_at(step.rule.id), "What was said", optional=not there)
    waits = not there and bool(form.incident.recovery.wording.strip())
    return {"field": field, "there": there, "must": bool(field["error"] or field["versions"]), "take": waits}


def _is_told_elsewhere(form: Form, step: StepNow) -> bool:
    """Whether the words of its talk stand with another step."""
    apart = (recovery.minutes_between(talk.at, step.done.at) for talk in talks.had(form.incident) if talk.step)
    return any(gap is not None and abs(gap) <= _TALK_MIN for gap in apart)


def _due(form: Form, step: StepNow, steps: tuple[StepNow, ...]) -> str:
    """When it is due, in the words of the table."""
    rule = step.rule
    if step.due_on is not None:
        return moments.weekday(step.due_on, form.around.today.year)
    if step.due_at is not None:
        return _short(form, step.due_at)
    if rule.condition or rule.only_if:
        return _on_condition(form, step)
    numbers = {other.rule.id: other.number for other in steps}
    if rule.target == "follow_up":
        return f"{recovery.target_of(form.incident, form.meeting.playbook).follow_up_days:g} days after the fix"
    return f"after {' and '.join(str(numbers[first]) for first in rule.after)}" if rule.after else ""


def _on_condition(form: Form, step: StepNow) -> str:
    """What a step waits for that may never come about; in the playbook's words where only a person can say."""
    if step.rule.condition == "longer":
        return _once_long(form, step)
    if step.rule.condition == "accepted":
        return "at once" if step.needed else "if accepted"
    return f"if {step.rule.only_if}"


def _once_long(form: Form, step: StepNow) -> str:
    """From when on the fix takes long, where it is not fixed yet."""
    start, over = recovery.known_at(form.incident), step.rule.over_min
    if start is None or not step.is_open:
        return f"if over {spans.rough(over)}"
    by = _short(form, days.later(start, over))
    return f"{by}, if not fixed by then" if step.needed is None else by


def _stands(form: Form, step: StepNow, promise: Promise | None) -> tuple[str, str]:
    """What the promise of an open step says besides: due today; or how late it is, as in the list of what is due.

    The second is for what has no target of its own: the offer to follow up is due once the fix takes long.
    """
    if promise is None or not step.is_open:
        return "", ""
    now, where = form.meeting.now(), form.incident.zone
    stands = lateness.when(promise, now, where)
    if stands == "overdue":
        return "", lateness.said(promise, now, where)
    return ("today" if stands == "today" else ""), ""


def _why_spared(form: Form, step: StepNow) -> str:
    """Why the record itself says that a step did not come up."""
    if step.rule.condition == "longer":
        took = recovery.minutes_between(recovery.known_at(form.incident), form.incident.fixed_at)
        return f"fixed in {spans.rough(took)}" if took is not None and took >= 0 else ""
    return "they did not want it" if step.rule.condition == "accepted" else ""


def _quick(form: Form, step: StepNow) -> list[Block]:
    """The ways to set a step done with one press: in the talk that was had, or now; now first once a talk is over."""
    if not step.is_open and step.done.status != "to do":
        return []
    own = step.done.at
    if own is not None and not step.too_early:
        return [{"label": f"Done {_short(form, own)}", "at": "own", "aside": "", "brief": ""}]
    found = occasion.proposed(form.incident, step.rule.id, form.meeting.playbook)
    now = {"label": "Done now", "at": "now", "aside": "", "brief": "now"}
    first = {**now, "label": "Done"}
    if found is None:
        return [first]
    aside = {"told": "as told", "fixed": "as fixed", "same talk": "in the same talk"}[found.source]
    when = _short(form, found.at)
    then = {"label": f"Done {when}", "at": "proposed", "aside": aside, "brief": when}
    since = recovery.minutes_between(found.at, form.meeting.now()) or 0
    return [first, then] if found.source == "same talk" and since > _TALK_MIN else [then, now]


def _asked(form: Form, message: str) -> Block:
    """A thing that came too early, as a why of the recovery leg; said of it whether it stands there."""
    text = message[:1].upper() + message[1:]
    return {"text": text, "stands": any(why.text == text for why in _first_whys(form))}


def _asked_late(form: Form, step: StepNow, found: Finding) -> Block:
    """A late step as such a why: once, however late it was when somebody asked."""
    named = f"“{worded(step.rule.text, form.incident)}” "
    stands = any(why.text.startswith(named) and why.text.endswith(" late") for why in _first_whys(form))
    return {**_asked(form, found.message), "stands": stands}


def _first_whys(form: Form) -> tuple[Why, ...]:
    return whys.children(form.incident, None, "recovery")


def _before(form: Form) -> list[Block]:
    """What was done before the procedure was changed and has no step in it now."""
    return [
        {
            "key": said.id,
            "text": worded(text, form.incident),
            "status": said.status,
            "word": _WORDS[said.status],
            "when": _short(form, said.at) if said.at else "",
            "how": said.channel,
            "by": said.by,
            "note": said.because or said.note,
        }
        for text, said in procedures.left_over(form.incident, form.meeting.playbook)
    ]


# -- what can be done -------------------------------------------------------------------------------------------------


def step_done(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Set a step done: now, or when the record says that it was; by whoever works here, unless somebody is named."""
    name, incident, playbook = str(args["key"]), meeting.incident, meeting.playbook
    said = recovery.said_of(incident, name)
    found = occasion.proposed(incident, name, playbook)
    now = meeting.now().replace(second=0, microsecond=0)
    talk = found if args.get("at") == "proposed" else None
    at = said.at if args.get("at") == "own" and said.at else talk.at if talk else now
    by = said.by or meeting.by or incident.owner
    channel = said.channel or (talk.channel if talk else "")
    meeting.change(lambda before: recovery.do(before, name, playbook, at=at, by=by, channel=channel))
    return f"recovery.steps.{name}"


def step_undone(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Set a step to do again."""
    meeting.change(lambda incident: recovery.undo(incident, str(args["key"]), meeting.playbook))
    return f"recovery.steps.{args['key']}"


def step_spared(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Set a step to not needed; the focus goes to the reason, which stands there where the record tells it."""
    meeting.change(procedures.spare, str(args["key"]), meeting.playbook)
    return f"recovery.steps.{args['key']}.because"


def why_recovery(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Ask why of what came too early or too late: it is a first answer of the recovery leg (R22)."""
    text, by = str(args["text"]), meeting.by
    meeting.change(lambda incident: whys.answer(incident, None, text, leg="recovery", status="confirmed", by=by))
    return ""


def words_said(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """The words in the field were said in the talk that began with a step: they stand there from now on."""
    name = str(args["key"])
    meeting.change(talks.keep, name)
    return talks.words_at(name)


def agree(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let the record's own time say the same as the step."""
    name = str(args["key"])
    meeting.change(lambda incident: recovery.agreed(incident, name, meeting.playbook))
    return f"recovery.steps.{name}"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "step-done": step_done,
    "step-undone": step_undone,
    "step-spared": step_spared,
    "why-recovery": why_recovery,
    "words-said": words_said,
    "agree": agree,
}
