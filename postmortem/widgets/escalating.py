"""Handing over to a manager: is one there, may we, what to say, and the call-back where none is there (R9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import escalation, recovery
from postmortem.record.recovery import worded
from postmortem.widgets.blocks import Block, Form, button, buttons, fold, lines, note, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.widgets.meeting import Retrospective

_PLACE = "recovery.escalation"


def part(form: Form) -> list[Block]:
    """Whether it is handed over, and what is said then; one line where nothing asks for it."""
    reasons = escalation.wanted(form.incident, form.meeting.playbook)
    said = escalation.is_said(form.incident)
    if not reasons and not said:
        return [fold("Nothing here asks for a manager. Hand it over all the same", *_body(form))]
    because = f"Because {' and '.join(reasons)}." if reasons else ""
    return [section("Hand over to a manager", *_body(form), aside=because)]


def _body(form: Form) -> list[Block]:
    incident = form.incident
    said, who = incident.recovery.escalation, recovery.whom(incident)
    there = form.toggle(
        f"{_PLACE}.manager_available",
        "Is a manager available now?",
        [("yes", "Yes"), ("no", "No")],
        do="manager",
        args={},
    )
    if said.handed_at is not None:
        # That nobody was there stays in the record, and is seen here, too (R9).
        alone = " No manager was there at first: the handler went on" if escalation.was_alone(incident) else ""
        alone += f"{', and one called back' if said.called_back_at else ''}." if alone else ""
        told = f"{said.handed_to or 'A manager'} took it over.{alone}"
        return [note(told, strong="Handed over."), *_noted(form), row(*_handed(form), columns=3)]
    blocks: list[Block] = [there]
    if escalation.was_alone(incident):
        blocks += _alone(form)
    if said.manager_available == "yes":
        script = [worded(line, incident) for line in form.meeting.playbook.escalation.script]
        blocks += [
            note("", strong="What you say, in this order:"),
            lines(script, ordered=True),
            row(
                form.toggle(f"{_PLACE}.permission", f"Is the {who} all right with it?", [("yes", "Yes"), ("no", "No")]),
                form.text(f"{_PLACE}.handed_to", "To whom", placeholder="a role, such as duty manager"),
            ),
        ]
        if said.permission == "no":
            blocks.append(note("You go on yourself, and keep the manager informed.", strong="Not handed over."))
        else:
            # What can't be done yet is not offered: its refusal would stand far above, at the head.
            may = said.permission == "yes" and bool(said.handed_to.strip())
            blocks.append(buttons(button("Hand over now", "hand-over", style="pri" if may else "", off=not may)))
    return blocks


def _handed(form: Form) -> list[Block]:
    who = recovery.whom(form.incident)
    return [
        form.text(f"{_PLACE}.handed_to", "To whom", placeholder="a role"),
        form.text(f"{_PLACE}.handed_at", "When", placeholder="15:20"),
        form.toggle(f"{_PLACE}.permission", f"Was the {who} all right with it?", [("yes", "Yes"), ("no", "No")]),
    ]


def _alone(form: Form) -> list[Block]:
    """Nobody is there: the handler goes on, and a call-back is due."""
    said = form.incident.recovery.escalation
    who = recovery.whom(form.incident)
    is_there = said.manager_available == "yes"
    strong = "Nobody was there at first." if is_there or said.called_back_at else "Nobody is there."
    told = f"Go on yourself; do not let the {who} wait. Say that a manager will call, and by which day."
    if said.called_back_at:
        told = "The handler went on, and a manager has called back."
        told += "" if is_there else " To hand it over now, say above that one is available."
    elif is_there:
        told = "The handler went on. A call-back that was promised stays due until a manager calls or takes over."
    asked = [] if said.called_back_at else [button("A manager has called back", "called-back")]
    asked += [button("Nobody was there once more", "manager", value="no")] if said.called_back_at else []
    return [
        note(told, strong=strong),
        *_noted(form),
        row(
            form.text(f"{_PLACE}.call_back_on", "A manager calls back by", placeholder="16 Mar 2026"),
            form.text(f"{_PLACE}.called_back_at", "Called back at", placeholder="not yet"),
        ),
        buttons(*asked),
    ]


def _noted(form: Form) -> list[Block]:
    """What is noted besides, as of an earlier call-back."""
    text = form.incident.recovery.escalation.note.strip()
    return [note(text)] if text else []


def manager(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say whether a manager is there; where none is, the call-back is due."""
    if args["value"] == "no":
        meeting.change(escalation.no_manager, meeting.playbook, meeting.now())
        return f"{_PLACE}.call_back_on"
    if args["value"] == "yes":
        meeting.change(escalation.available)
    return f"{_PLACE}.manager_available"


def hand_over(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """Hand over now, with the permission that was given."""
    now = meeting.now().replace(second=0, microsecond=0)
    meeting.change(lambda incident: escalation.hand_over(incident, at=now))
    return f"{_PLACE}.handed_at"


def called_back(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """A manager has called back now."""
    now = meeting.now().replace(second=0, microsecond=0)
    meeting.change(lambda incident: escalation.called_back(incident, now))
    return f"{_PLACE}.called_back_at"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "manager": manager,
    "hand-over": hand_over,
    "called-back": called_back,
}
