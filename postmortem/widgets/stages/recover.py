"""Stage 3: where we stand with the customer (R11 to R20)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from postmortem.record import recovery
from postmortem.record.base import zone
from postmortem.record.edit import add, drop, next_id
from postmortem.record.incident import Compensation
from postmortem.record.review.wording import heard
from postmortem.record.severity import assess
from postmortem.widgets import typed
from postmortem.widgets.blocks import Block, Form, button, buttons, card, lines, neighbour, note, options, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from postmortem.widgets.meeting import Retrospective

_STATUS = (("to do", "To do"), ("done", "Done"), ("not needed", "Not needed"))


def body(form: Form) -> list[Block]:
    """What the stage shows."""
    playbook, incident = form.meeting.playbook, form.incident
    steps = recovery.steps(incident, playbook, form.meeting.now())
    done = sum(step.done.status == "done" for step in steps)
    late = sum(step.late_min > 0 and step.done.status == "to do" for step in steps)
    presets = [(name, preset.title) for name, preset in playbook.procedures.presets.items()]
    automatic = recovery.procedure(incident, playbook).title
    level = assess(incident, playbook).level
    targets = f"Targets for {level}" if level else "Targets for moderate until the level is known"
    return [
        section(
            "The steps with the customer",
            form.choice("recovery.procedure", "Procedure", [("", f"As the fault says: {automatic}"), *presets]),
            {"t": "steps", "rows": [_step(form, step) for step in steps]},
            aside=f"{done} of {len(steps)} done{f', {late} late now' if late else ''}. {targets}.",
        ),
        section(
            "What you will say",
            form.toggle("recovery.channel", "How will you tell them", options(playbook.channels), clear=True),
            form.text("recovery.channel_reason", "Why this way", optional=True) if _unfit(form) else note(""),
            form.area("recovery.wording", "Your words", tall=True, help="Kept as you type. Nothing is sent from here."),
            lines(_heard(form)),
            hint="What we did comes first, then that we are sorry, then what happens now.",
        ),
        section("What we owe", *_owed(form), hint="All that they paid because of it, at once. We offer first."),
        form.text("fixed_at", "Fixed at", placeholder="15:50"),
        form.longer(
            "How it was resolved",
            row(
                form.toggle("recovery.resolve.result", "Put right", options(("full", "partial", "none")), clear=True),
                form.text("recovery.resolve.asked_for", "What they asked for", optional=True),
                form.text("recovery.resolve.given", "What they got", optional=True),
                columns=3,
            ),
        ),
    ]


def _unfit(form: Form) -> bool:
    channel = form.meeting.playbook.channels.get(form.incident.recovery.channel)
    return channel is not None and not channel.fit


def _heard(form: Form) -> list[str]:
    """Another way to say what stands under the field as a hint."""
    found = heard(form.incident.recovery.wording, form.meeting.playbook)
    return [f"One way to say it: {better}" for better in dict.fromkeys(phrase.better for phrase in found) if better]


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


def _owed(form: Form) -> list[Block]:
    incident, currency = form.incident, form.currency
    owed = recovery.owed(incident, form.meeting.playbook)
    there = {item.kind for item in incident.recovery.compensation}
    blocks: list[Block] = []
    for item in owed:
        blocks.append(note(f"{item.amount:.2f} {currency}, {item.because}.", strong=f"{_title(item.kind)}:"))
        if item.kind not in there:
            label = f"Keep it as owed: {item.amount:.2f} {currency}"
            blocks.append(buttons(button(label, "owe", kind=item.kind, amount=f"{item.amount:.2f}", what=item.because)))
    if not owed and not there:
        blocks.append(
            note(
                "Time lost and money paid stand in stage 1; what is owed follows from them.",
                strong="Nothing owed so far.",
            )
        )
    blocks += [_promised(form, item, currency) for item in incident.recovery.compensation]
    blocks.append(
        buttons(button("Add something else", "owe", icon="plus", kind="goodwill", amount="", what="goodwill"))
    )
    return blocks


def _promised(form: Form, item: Compensation, currency: str) -> Block:
    place = f"recovery.compensation.{item.id}"
    limit = form.meeting.playbook.compensation.authority_limit
    over = item.owed is not None and item.owed > Decimal(str(limit)) and not item.approved_by
    told = f"Over the limit of {limit:.0f} {currency}: ask for approval, then offer it."
    approval = [
        note(told, tone="warn", strong="Needed"),
        form.text(f"{place}.approved_by", "Approved by", placeholder="a role"),
    ]
    return card(
        item.id,
        row(
            form.text(f"{place}.owed", f"Owed, in {currency}"),
            form.text(f"{place}.offered_at", "Offered at", placeholder="not yet"),
            form.toggle(f"{place}.answer", "Their answer", options(("waiting", "accepted", "declined"))),
            form.text(f"{place}.carried_out_at", "Carried out at", placeholder="not yet"),
            columns=4,
        ),
        *(approval if over or item.approved_by else []),
        buttons(button("Take it out", "drop-owed", style="quiet", key=item.id)),
        title=_title(item.kind),
        aside=item.what,
    )


def _title(kind: str) -> str:
    return {"reimbursement": "Pay back what they paid", "service credit": "Service credit"}.get(kind, "Goodwill")


def owe(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep one thing as owed."""
    name = next_id("k", meeting.incident.recovery.compensation, meeting.incident.gone)
    amount = Decimal(str(args["amount"])) if args.get("amount") else None
    new = Compensation.model_validate({"id": name, "kind": args["kind"], "what": args.get("what", ""), "owed": amount})
    after = meeting.change(lambda incident: add(incident, "recovery.compensation", new))
    return f"recovery.compensation.{after.recovery.compensation[-1].id}.owed"


def drop_owed(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take one thing owed out; the focus goes to its neighbour."""
    key = str(args["key"])
    near = neighbour([item.id for item in meeting.incident.recovery.compensation], key)
    meeting.change(lambda incident: drop(incident, "recovery.compensation", key))
    return f"recovery.compensation.{near}.owed" if near else "recovery.resolve.asked_for"


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


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"owe": owe, "drop-owed": drop_owed, "step": step}
