"""Stage 6: what will be different (R33 to R38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import actions, causes, whys
from postmortem.record.edit import add, drop, next_id
from postmortem.record.incident import Action, Commitment
from postmortem.record.vocabulary import STRENGTHS
from postmortem.widgets.blocks import Block, Form, button, buttons, card, category_badge, neighbour, note, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.playbook import Playbook
    from postmortem.widgets.meeting import Retrospective


def body(form: Form) -> list[Block]:
    """What the stage shows: the roots with their actions, then what each will do."""
    incident = form.incident
    names = whys.labels(incident)
    blocks: list[Block] = []
    for cause in incident.causes:
        answered = [action for action in incident.actions if cause.id in action.causes]
        why = whys.find(incident, cause.why)
        place = f"causes.{cause.id}.accepted_because"
        blocks.append(
            card(
                f"root-{cause.id}",
                *(_action(form, action) for action in answered),
                buttons(button("Add an action", "plan", icon="plus", cause=cause.id)),
                *([] if answered else [form.text(place, "Or accept it as it is, because", optional=True)]),
                title=causes.text(incident, cause) or "(no words yet)",
                label=names[cause.why],
                badge=category_badge(cause.category, possible=why.status == "possible"),
            )
        )
    free = [action for action in incident.actions if not action.causes]
    blocks.append(
        section(
            "Other actions",
            *(_action(form, action) for action in free),
            buttons(button("Add an action", "plan", icon="plus", cause="")),
            hint="What put this one right at once, or makes the work better without answering a root.",
        )
    )
    blocks.append(_commitments(form))
    return blocks


def _action(form: Form, action: Action) -> Block:
    playbook, place = form.meeting.playbook, f"actions.{action.id}"
    forms = [
        ("", "choose a form"),
        *((name, f"{rule.label} ({rule.strength})") for name, rule in playbook.forms.items()),
    ]
    strength = actions.strength(action, playbook)
    return {
        "t": "action",
        "key": action.id,
        "strength": strength or "",
        "summary": {
            "text": action.text or "New action",
            "owner": action.owner or "no owner",
            "due": form.text(f"{place}.due_on", "")["value"] or "no date",
            "done": action.done_on is not None,
        },
        "fields": [
            form.area(f"{place}.text", "What will be done", help="Start with the verb."),
            row(
                form.choice(f"{place}.form", "Form", forms),
                form.choice(
                    f"{place}.kind", "Kind", [(name, name[:1].upper() + name[1:]) for name in playbook.action_kinds]
                ),
            ),
            row(
                form.text(f"{place}.owner", "Owner", placeholder="a role"),
                form.text(f"{place}.due_on", "Due", placeholder="27 Mar 2026"),
            ),
            row(
                form.text(f"{place}.done_when", "Done when"),
                form.text(f"{place}.done_on", "Done on", placeholder="not yet"),
            ),
            row(
                form.text(
                    f"{place}.effect.measure", "Effect is seen from", placeholder="calls “still off after your visit”"
                ),
                form.text(f"{place}.effect.expected", "Expected", placeholder="0 in 30 jobs"),
                form.text(f"{place}.effect.check_on", "Checked on", placeholder="29 May 2026"),
                columns=3,
            ),
            form.toggle(
                f"{place}.effect.result",
                "Did it hold?",
                (("unknown", "Not known yet"), ("held", "Held"), ("not held", "Did not hold")),
            ),
            form.text(
                f"{place}.could_break", "What could it break?", placeholder="for example: 3 minutes more on each job"
            ),
        ],
        "findings": form.found_at(place),
        "ladder": _ladder(playbook, strength),
        "stronger": _one_rung_up(playbook, strength),
    }


def _ladder(playbook: Playbook, strength: str | None) -> list[Block]:
    return [
        {
            "strength": rung,
            "on": rung == strength,
            "forms": ", ".join(rule.label.lower() for rule in playbook.forms.values() if rule.strength == rung),
        }
        for rung in STRENGTHS
    ]


def _one_rung_up(playbook: Playbook, strength: str | None) -> str:
    if strength is None or strength == STRENGTHS[0]:
        return ""
    rung = STRENGTHS[STRENGTHS.index(strength) - 1]
    example = next(rule for rule in playbook.forms.values() if rule.strength == rung)
    return f"for example “{example.label.lower()}”: {example.example}"


def _commitments(form: Form) -> Block:
    rows = [
        row(
            form.text(
                f"commitments.{item.id}.text", "I will", placeholder="call when half of the promised time is gone"
            ),
            form.text(f"commitments.{item.id}.who", "Who", placeholder="a role"),
            buttons(button("Take it out", "drop-commitment", style="quiet", key=item.id)),
            columns=3,
        )
        for item in form.incident.commitments
    ]
    empty = [] if rows else [note("Nobody has to. Whoever wants to adds a line.")]
    return section(
        "What I will do differently",
        *rows,
        *empty,
        buttons(button("Add mine", "commit", icon="plus")),
        hint="Own words, own day, no judgement. It stays out of every report.",
    )


def plan(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """A new action, for a root or for none."""
    cause = str(args.get("cause") or "")
    kind = "corrective" if cause else "immediate"
    after = meeting.change(lambda incident: actions.plan(incident, causes=(cause,) if cause else (), kind=kind))
    return f"actions.{after.actions[-1].id}.text"


def drop_action(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take an action out; the focus goes to its neighbour."""
    key = str(args["key"])
    near = neighbour([action.id for action in meeting.incident.actions], key)
    meeting.change(lambda incident: actions.remove(incident, key))
    return f"actions.{near}.text" if near else ""


def commit(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """A new commitment."""
    name = next_id("p", meeting.incident.commitments, meeting.incident.gone)
    after = meeting.change(lambda incident: add(incident, "commitments", Commitment(id=name)))
    return f"commitments.{after.commitments[-1].id}.text"


def drop_commitment(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a commitment out; the focus goes to its neighbour."""
    key = str(args["key"])
    near = neighbour([item.id for item in meeting.incident.commitments], key)
    meeting.change(lambda incident: drop(incident, "commitments", key))
    return f"commitments.{near}.text" if near else ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "plan": plan,
    "drop-action": drop_action,
    "commit": commit,
    "drop-commitment": drop_commitment,
}
