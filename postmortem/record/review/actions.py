"""The actions: each answers a root, is strong enough, well formed, and its effect is checked (R24, R33 to R36)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import whys
from postmortem.record.actions import is_grave, only_weaker
from postmortem.record.base import zone
from postmortem.record.phrases import no_reason, phrases, says_nothing, starts_with
from postmortem.record.review.finding import LATE, Finding, Severeness
from postmortem.record.severity import depth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from postmortem.record.incident import Action, Incident
    from postmortem.record.playbook import Playbook


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """Findings of the stage "act"."""
    today = now.astimezone(zone(incident.zone)).date()
    yield from _unanswered(incident)
    for action in incident.actions:
        if not (action.text.strip() or action.form or action.owner.strip() or incident.state in LATE):
            # Just added: the rest is asked for once something is written.
            place = f"actions.{action.id}.text"
            yield Finding("R35", "hint", place, f"{action.id} is empty", "write it, verb first", "act")
            continue
        yield from _form(incident, action, playbook)
        yield from _well_formed(action, playbook)
        yield from _dates(incident, action, today)
        yield from _effect(incident, action, playbook, today)
    yield from _together(incident, playbook)


def _unanswered(incident: Incident) -> Iterator[Finding]:
    names = whys.labels(incident)
    answered = {name for action in incident.actions for name in action.causes}
    for cause in incident.causes:
        if cause.id in answered or not says_nothing(cause.accepted_because):
            continue
        if whys.find(incident, cause.why).status == "ruled out":
            continue
        yield Finding(
            "R33",
            "warning",
            f"causes.{cause.id}.accepted_because",
            f"root {names[cause.why]} has no action{no_reason(cause.accepted_because)}",
            "plan one, or accept the root and say why",
            "act",
        )


def _form(incident: Incident, action: Action, playbook: Playbook) -> Iterator[Finding]:
    place = f"actions.{action.id}"
    if not action.causes and action.kind in {"corrective", "preventive"} and incident.causes:
        yield Finding(
            "R33",
            "warning",
            f"{place}.causes",
            f"{action.id} answers no root",
            "say which, or call it an improvement",
            "act",
        )
    form = playbook.forms.get(action.form)
    if form is None:
        found = f"{action.form!r} is no form of the playbook" if action.form else "no form is chosen"
        yield Finding(
            "R34", "hint", f"{place}.form", f"{action.id}: {found}; its strength is open", "choose a form", "act"
        )
        return
    statuses = {whys.find(incident, cause.why).status for cause in incident.causes if cause.id in action.causes}
    if statuses == {"possible"} and not form.investigation and action.kind != "immediate":
        yield Finding(
            "R24",
            "warning",
            f"{place}.form",
            f"{action.id} mends a root that is only possible",
            "find evidence first, or plan to find out more",
            "act",
        )


def _well_formed(action: Action, playbook: Playbook) -> Iterator[Finding]:
    place, name = f"actions.{action.id}", action.id
    text = action.text.strip()
    if not text:
        yield Finding("R35", "warning", f"{place}.text", f"{name} is empty", "write it, verb first", "act")
        return
    for phrase in phrases(text, "actions", playbook):
        # At the start it is the whole action; further on it may be a detail.
        level: Severeness = "warning" if phrase.start == 0 and phrase.group != "names" else "hint"
        remedy = "write the role" if phrase.group == "names" else "say what will be seen"
        yield Finding(phrase.rule, level, f"{place}.text", f"{name}: “{phrase.text}” {phrase.ask}", remedy, "act")
    no_verb = playbook.words.get("no-verb")
    if no_verb is not None and starts_with(text, no_verb.words):
        yield Finding(no_verb.rule, "hint", f"{place}.text", f"{name} {no_verb.ask}", "start with what is done", "act")
    if not action.owner.strip():
        yield Finding("R35", "warning", f"{place}.owner", f"{name} has no owner", "name a role", "act")
    if action.due_on is None and action.done_on is None:
        yield Finding("R35", "warning", f"{place}.due_on", f"{name} has no due date", "name a day", "act")
    if not action.done_when.strip() and action.kind != "immediate":
        yield Finding(
            "R35", "hint", f"{place}.done_when", f"{name}: how will it be seen that it is done?", "say it", "act"
        )
    if not action.could_break.strip() and action.kind != "immediate":
        yield Finding(
            "R35", "hint", f"{place}.could_break", f"{name}: what could it break?", "ask those who do it", "act"
        )


def _dates(incident: Incident, action: Action, today: date) -> Iterator[Finding]:
    place = f"actions.{action.id}"
    if action.done_on is None and action.due_on is not None and action.due_on < today and incident.state != "closed":
        days = (today - action.due_on).days
        late = f"{action.id} is {days} day{'' if days == 1 else 's'} late"
        yield Finding("R35", "warning", f"{place}.due_on", late, "do it, or name a new day", "act")
    if action.done_on is not None and action.done_on > today:
        yield Finding(
            "R35", "warning", f"{place}.done_on", f"{action.id} was done on a day ahead of today", "look again", "act"
        )
    if action.done_on is None and incident.state == "closed" and not action.carried_to:
        yield Finding(
            "R35", "warning", f"{place}.done_on", f"{action.id} is still open", "do it, or carry it over", "act"
        )


def _effect(incident: Incident, action: Action, playbook: Playbook, today: date) -> Iterator[Finding]:
    effect, place, name = action.effect, f"actions.{action.id}.effect", action.id
    if effect.result == "not held":
        if action.carried_to:
            found = f"{name} did not hold; it was carried to {action.carried_to}"
            yield Finding("R36", "hint", f"{place}.result", found, "look there whether the next one held", "act")
        else:
            yield Finding("R36", "warning", f"{place}.result", f"{name} did not hold", "plan a stronger one", "act")
        return
    if action.kind in {"immediate", "improvement"} or effect.result == "held":
        return
    mandatory = depth(incident, playbook).effect_check
    if not effect.measure.strip():
        level: Severeness = "warning" if mandatory else "hint"
        found = f"{name}: how would you see that it worked?"
        yield Finding("R36", level, f"{place}.measure", found, "name a measure", "act")
        return
    if not effect.expected.strip():
        found = f"{name}: which value of the measure do you expect?"
        yield Finding("R36", "hint", f"{place}.expected", found, "name a value", "act")
    if effect.check_on is None:
        yield Finding(
            "R36", "warning", f"{place}.check_on", f"{name}: when is its effect checked?", "name a day", "act"
        )
    elif effect.check_on < today:
        found = f"{name}: its effect was to be checked by now"
        yield Finding("R36", "warning", f"{place}.result", found, "check it", "act")


def _together(incident: Incident, playbook: Playbook) -> Iterator[Finding]:
    if only_weaker(incident, playbook) and is_grave(incident, playbook):
        yield Finding(
            "R34",
            "warning",
            "actions",
            "it is serious, and all actions are weaker ones",
            "add one that works without anyone having to remember, or put this away with a reason and a name",
            "act",
        )
