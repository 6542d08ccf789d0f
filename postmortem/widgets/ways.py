"""By which way they are told, on screen: the fittest first, and two ways out of an unfit one (R16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import channels
from postmortem.widgets.blocks import Block, Form, button, options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.recovery import StepNow
    from postmortem.widgets.meeting import Retrospective

_TOLD = "recovery.channel"


def way(form: Form) -> list[Block | None]:
    """The way that is chosen for what will be said, and the reason for it where one is asked for or was given."""
    incident, playbook = form.incident, form.meeting.playbook
    said = incident.recovery
    ranked = channels.ranked(playbook)
    field = _as_named(form, form.toggle(_TOLD, "How will you tell them", options(ranked), clear=True))
    unfit, given = bool(channels.why_not(said.channel, playbook)), bool(said.channel_reason.strip())
    if unfit and not given:
        field["under"] = _ways_out(form, said.channel, "recovery.channel_reason")
    reason = form.text("recovery.channel_reason", "Why this way", optional=not unfit, brief=True)
    return [field, reason if unfit or said.channel_reason else None]


def of_step(form: Form, step: StepNow, place: str) -> list[Block]:
    """The way by which a step was done; of the one that tells, with the same two ways out as above."""
    playbook, done = form.meeting.playbook, step.done
    known = [("", "not said"), *options(playbook.channels)]
    field = _as_named(form, form.choice(f"{place}.channel", "How", known))
    unfit = step.rule.target == "tell" and bool(channels.why_not(done.channel, playbook))
    warned = any(found["rule"] == "R16" for found in field["findings"])
    if not unfit or not (warned or done.because):
        # Where the record's own channel is the same, its reason is asked for above.
        return [field]
    if warned:
        field["under"] = _ways_out(form, done.channel, f"{place}.because", step.rule.id)
    return [field, form.text(f"{place}.because", "Why this way", brief=True)]


def _as_named(form: Form, field: Block) -> Block:
    """The field with a channel under its name in the playbook, however it was written."""
    name = channels.named(str(field["value"] or ""), form.meeting.playbook)
    if name and name != field["value"]:
        field["options"] = [item for item in field["options"] if item[0] != field["value"]]
        field["value"] = name
    return field


def _ways_out(form: Form, channel: str, reason: str, step: str = "") -> Block:
    near = channels.best(form.meeting.playbook)
    return {
        "t": "ways-out",
        "change": button(f"Change to {near}", "tell-by", channel=near, step=step) if near else None,
        "keep": f"Keep {channels.named(channel, form.meeting.playbook)} and give a reason",
        "reason": reason,
    }


def tell_by(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Tell them by another way; or say so of a step."""
    place = f"recovery.steps.{args['step']}.channel" if args.get("step") else _TOLD
    meeting.put(place, str(args["channel"]))
    return place


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"tell-by": tell_by}
