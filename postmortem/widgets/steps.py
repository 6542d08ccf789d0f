"""The steps with the customer: what is due when, what was done, and what came out of order (R11 to R14, R19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import recovery
from postmortem.record.base import zone
from postmortem.record.severity import assess
from postmortem.widgets import typed
from postmortem.widgets.blocks import Block, Form, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from postmortem.widgets.meeting import Retrospective

_STATUS = (("to do", "To do"), ("done", "Done"), ("not needed", "Not needed"))


def part(form: Form) -> list[Block]:
    """The procedure in force with its steps."""
    playbook, incident = form.meeting.playbook, form.incident
    steps = recovery.steps(incident, playbook, form.meeting.now())
    counted = recovery.numbered(steps)
    done = sum(step.done.status == "done" for step in counted)
    late = sum(step.late_min > 0 and step.done.status == "to do" for step in counted)
    presets = [(name, preset.title) for name, preset in playbook.procedures.presets.items()]
    automatic = recovery.procedure(incident, playbook).title
    level = assess(incident, playbook).level
    targets = f"Targets for {level}" if level else "Targets for moderate until the level is known"
    return [
        section(
            "The steps with the customer",
            form.choice("recovery.procedure", "Procedure", [("", f"As the fault says: {automatic}"), *presets]),
            {"t": "steps", "rows": [_step(form, step) for step in steps]},
            aside=f"{done} of {len(counted)} done{f', {late} late now' if late else ''}. {targets}.",
        )
    ]


def _when(form: Form, at: datetime) -> str:
    local = at.astimezone(zone(form.incident.zone))
    year = "" if local.year == form.around.today.year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def _step(form: Form, step: recovery.StepNow) -> Block:
    place = f"recovery.steps.{step.rule.id}"
    said = any(item.id == step.rule.id for item in form.incident.recovery.steps)
    done = step.done
    refused = form.meeting.rejected.get(f"{place}.at")
    late = f"{typed.say_minutes(step.late_min)} late" if step.late_min >= 1 else ""
    hint = (
        f"Order: this came before “{step.before[0]}”. Nothing to undo; say that first when you call."
        if step.before
        else ""
    )
    return {
        "key": step.rule.id,
        "number": step.number,
        "text": step.rule.text,
        "apology": step.rule.apology,
        "only_if": step.rule.only_if,
        "due": _when(form, step.due_at) if step.due_at else "",
        "late": late if done.status != "not needed" else "",
        "status": done.status,
        "options": [list(choice) for choice in _STATUS],
        "place": place,
        "said": said,
        "at": refused[0] if refused else typed.show(done.at, form.around),
        "error": refused[1] if refused else "",
        "by": done.by,
        "because": done.because,
        "hint": hint,
    }


def step(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say something of one step; a step that is set to done without a time gets the time of now."""
    name, field, text = str(args["key"]), str(args["field"]), str(args["value"])
    place = f"recovery.steps.{name}.{field}"
    value: object = text
    if field == "at":
        try:
            value = typed.read("instant", text, typed.surroundings(meeting.incident, meeting.now()))
        except typed.TypedError as error:
            meeting.refuse(place, text, str(error))
            return ""
        meeting.rejected.pop(place, None)
    changes: dict[str, object] = {field: value}
    if field == "status":
        there = next((item for item in meeting.incident.recovery.steps if item.id == name), None)
        if text == "done" and (there is None or there.at is None):
            changes["at"] = _told_already(meeting, name) or meeting.now().replace(second=0, microsecond=0)
        if text == "done" and (there is None or not there.by):
            changes["by"] = meeting.incident.owner
    meeting.change(lambda incident: recovery.set_step(incident, name, **changes))
    return ""


def _told_already(meeting: Retrospective, name: str) -> datetime | None:
    """The time that stands elsewhere in the record for the same deed."""
    incident = meeting.incident
    rule = next((item for item in recovery.procedure(incident, meeting.playbook).steps if item.id == name), None)
    return {"tell": incident.told_at, "fix": incident.fixed_at}.get(rule.target if rule else "")


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"step": step}
