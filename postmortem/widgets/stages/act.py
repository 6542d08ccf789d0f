"""Stage 6: what will be different (R33 to R38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import actions, causes, ladder, whys
from postmortem.record.severity import assess
from postmortem.record.vocabulary import STRENGTHS
from postmortem.widgets import apart, checklists, misses, personal, typed
from postmortem.widgets.blocks import (
    Block,
    Form,
    button,
    buttons,
    card,
    fold,
    neighbour,
    note,
    row,
    section,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from postmortem.record.incident import Action, Cause
    from postmortem.record.playbook import Playbook
    from postmortem.widgets.meeting import Retrospective

_RESULTS = (("unknown", "Not known yet"), ("held", "Held"), ("not held", "Did not hold"))


def body(form: Form) -> list[Block]:
    """What the stage shows: the roots with their actions, the checklists, how strong it all is, what each will do."""
    incident = form.incident
    drawn: dict[str, str] = {}
    blocks = [_root(form, cause, drawn) for cause in incident.causes]
    free = [action for action in incident.actions if not action.causes]
    blocks.append(
        section(
            "Other actions",
            *(_action(form, action) for action in free),
            buttons(button("Add an action", "plan", icon="plus", cause="")),
            hint="What put this one right at once, or makes the work better without answering a root.",
        )
    )
    blocks += [checklists.part(form), misses.part(form)]
    blocks.append({"t": "pair", "body": [personal.part(form), _so_far(form)]})
    return blocks


# -- the roots --------------------------------------------------------------------------------------------------------


def _root(form: Form, cause: Cause, drawn: dict[str, str]) -> Block:
    """A root with its actions; one that stands in full under an earlier root is a line here."""
    incident = form.incident
    label, why = whys.labels(incident)[cause.why], whys.find(incident, cause.why)
    answered = [action for action in incident.actions if cause.id in action.causes]
    parts: list[Block] = []
    for action in answered:
        if action.id in drawn:
            parts.append({"t": "action-line", "key": action.id, "text": action.text, "at": drawn[action.id]})
        else:
            drawn[action.id] = label
            parts.append(_action(form, action))
    possible = why.status == "possible"
    inquiry = next((name for name, rule in form.meeting.playbook.forms.items() if rule.investigation), "")
    if possible and inquiry:
        parts.append(note("Only possible so far: an investigation can be planned, a fix after evidence."))
    planning = [button("Add an action", "plan", icon="plus", cause=cause.id)]
    if possible and inquiry:
        planning.append(button("Plan an investigation", "plan", icon="plus", cause=cause.id, form=inquiry))
    if answered:
        parts.append(buttons(*planning))
    else:
        place = f"causes.{cause.id}.accepted_because"
        field = form.text(place, "Accepted as it is, because")
        accepted = bool(cause.accepted_because.strip())
        parts.append({"t": "accept", "key": cause.id, "field": field, "plan": planning, "open": accepted})
    title = causes.text(incident, cause) or "(no words yet)"
    badge = apart.badge(form.meeting, cause, possible=possible)
    return card(f"root-{cause.id}", *parts, title=title, label=label, badge=badge)


# -- an action --------------------------------------------------------------------------------------------------------


def _action(form: Form, action: Action) -> Block:
    playbook, place = form.meeting.playbook, f"actions.{action.id}"
    rule = playbook.forms.get(action.form)
    strength = actions.strength(action, playbook)
    return {
        "t": "action",
        "key": action.id,
        "strength": strength or "",
        "investigation": bool(rule and rule.investigation),
        "summary": {
            "text": action.text or "New action",
            "owner": action.owner or "no owner",
            "due": typed.show(action.due_on, form.around) or "no date",
            "done": action.done_on is not None,
            "failed": action.effect.result == "not held",
        },
        "carried": _carried(action),
        "words": form.area(
            f"{place}.text",
            "What will be done",
            help="Start with the verb: what will a person do, or not be able to do any more?",
            under=_start(form, action),
            brief="whole",
        ),
        "fields": [
            row(form.choice(f"{place}.form", "Form", _forms(playbook), brief=True), _kind(form, action)),
            row(
                form.text(f"{place}.owner", "Owner", placeholder="a role", list=_roles(form), brief=True),
                form.text(f"{place}.due_on", "Due", placeholder="27 Mar 2026", brief=True),
            ),
            row(
                form.text(f"{place}.done_when", "Done when", placeholder="what will be seen then", brief=True),
                form.text(f"{place}.done_on", "Done on", placeholder="not yet", brief=True),
            ),
            *_afterwards(form, action),
        ],
        "ties": _ties(form, action),
        "findings": [*form.found_at(place), *form.found_at(f"{place}.causes")],
        "ladder": _ladder(playbook, strength),
        "stronger": _one_rung_up(form, action),
        "not_now": _not_now(form, place, "Not now, because"),
        "checklist": checklists.of_action(form, action),
    }


def _forms(playbook: Playbook) -> list[tuple[str, str]]:
    return [
        ("", "choose a form"),
        *(
            (name, f"{rule.label} ({'investigation' if rule.investigation else rule.strength})")
            for name, rule in playbook.forms.items()
        ),
    ]


def _kind(form: Form, action: Action) -> Block:
    kinds = form.meeting.playbook.action_kinds
    told = [(name, f"{name[:1].upper()}{name[1:]}: {means[:1].lower()}{means[1:]}") for name, means in kinds.items()]
    return form.choice(f"actions.{action.id}.kind", "Kind", told)


def _roles(form: Form) -> list[str]:
    """Who was named so far, for the field of the owner to offer."""
    incident = form.incident
    named = [incident.owner, *(action.owner for action in incident.actions), *incident.meeting.people]
    return sorted({name.strip() for name in named} - {""})


def _afterwards(form: Form, action: Action) -> list[Block]:
    """Whether it worked, and what it could break: folded where a small record may do without."""
    place = f"actions.{action.id}"
    day = actions.proposed_check(action, form.meeting.playbook, form.around.today)
    proposed = typed.show(day, form.around)
    take = {"t": "take-day", "key": action.id, "day": proposed} if action.effect.check_on is None else None
    measured = "calls “still off after you left”"
    parts = [
        row(
            form.text(f"{place}.effect.measure", "Effect is seen from", placeholder=measured, brief=True),
            form.text(f"{place}.effect.expected", "Expected", placeholder="0 in 30 jobs", brief=True),
            form.text(f"{place}.effect.check_on", "Checked on", placeholder=proposed, brief=True, under=take),
            columns=3,
        ),
        form.toggle(f"{place}.effect.result", "Did it hold?", _RESULTS, brief=True),
        form.text(
            f"{place}.could_break",
            "What could it break?",
            placeholder="for example: 3 minutes more on each job",
            help="Empty is allowed. Ask those who do it; they will know.",
            brief=True,
        ),
    ]
    if not form.short:
        return parts
    effect = action.effect
    said = (
        bool(effect.measure or effect.expected or effect.check_on or action.could_break) or effect.result != "unknown"
    )
    return [fold(f"Effect of {action.id.upper()}, and what it could break", *parts, unfolded=said)]


def _carried(action: Action) -> list[str]:
    told = []
    if action.carried_from:
        record, _, old = action.carried_from.partition("/")
        told.append(f"Carried over from {record}" + (f", where it is {old.upper()}." if old else "."))
    if action.carried_to:
        told.append(f"Taken up again in {action.carried_to}.")
    return told


def _start(form: Form, action: Action) -> Block | None:
    """A better-formed example to start from, where what is written is a wish or nothing yet (R35)."""
    playbook = form.meeting.playbook
    wishes = [item for item in form.found_at(f"actions.{action.id}.text") if item["rule"] == "R35"]
    forms = ladder.stronger(form.incident, action, playbook)
    if not forms or not wishes or not action.text.strip():
        return None
    rule = playbook.forms[forms[0]]
    return {
        "t": "start-from",
        "key": action.id,
        "form": forms[0],
        "label": rule.label,
        "text": rule.example,
        "strength": rule.strength,
        "yours": action.text,
        "your_form": action.form,
    }


def _ties(form: Form, action: Action) -> list[Block]:
    """The roots, and which of them the action answers."""
    names = whys.labels(form.incident)
    return [
        {
            "cause": cause.id,
            "place": f"actions.{action.id}.causes.{cause.id}",
            "label": names[cause.why],
            "text": causes.text(form.incident, cause) or "(no words yet)",
            "on": cause.id in action.causes,
        }
        for cause in form.incident.causes
    ]


def _ladder(playbook: Playbook, strength: str | None) -> list[Block]:
    return [
        {
            "strength": rung,
            "on": rung == strength,
            "forms": ", ".join(rule.label.lower() for rule in playbook.forms.values() if rule.strength == rung),
        }
        for rung in STRENGTHS
    ]


def _one_rung_up(form: Form, action: Action) -> list[Block]:
    """The forms one rung stronger, the nearest first; none before a form is chosen, and none for an investigation."""
    playbook = form.meeting.playbook
    rule = playbook.forms.get(action.form)
    if rule is None or rule.investigation:
        return []
    return [
        {"form": name, "label": playbook.forms[name].label, "example": playbook.forms[name].example}
        for name in ladder.stronger(form.incident, action, playbook)
    ]


def _not_now(form: Form, where: str, label: str) -> Block:
    """The field for why nothing stronger is done now."""
    kept = ladder.said(form.incident, where)
    return {
        "t": "field",
        "kind": "text",
        "place": f"{where}.not_now",
        "label": label,
        "value": kept.reason if kept else "",
        "error": "",
        "findings": [],
        "do": "not-now",
        "placeholder": "the app comes in May",
        "help": f"Said by {kept.by}." if kept and kept.by else "",
    }


# -- all together -----------------------------------------------------------------------------------------------------


def _so_far(form: Form) -> Block:
    """How strong the actions are together, and that a serious mistake takes more than weaker ones (R34)."""
    incident, playbook = form.incident, form.meeting.playbook
    counted = ladder.tally(incident, playbook)
    words = {"investigation": "Investigation", "open": "No form yet"}
    rows = [
        {"strength": name, "word": words.get(name, name[:1].upper() + name[1:]), "count": count}
        for name, count in counted.items()
        if name in STRENGTHS or count
    ]
    grave, weak = actions.is_grave(incident, playbook), actions.only_weaker(incident, playbook)
    said = "They are: add one that works without anyone having to remember." if weak else "They are not."
    named = any(counted[name] for name in STRENGTHS)
    level = assess(incident, playbook).level or ""
    return {
        "t": "so-far",
        "rows": rows,
        "note": f"{level.capitalize()}: not all may be weaker. {said if named else ''}".strip() if grave else "",
        "tone": "warn" if grave and weak else "",
        "findings": form.found_at(ladder.ALL),
        "not_now": _not_now(form, ladder.ALL, "Or these must do, because") if grave and weak else None,
    }


# -- what is done here ------------------------------------------------------------------------------------------------


def plan(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """A new action, for a root or for none; with a form, such as an investigation, where one is named."""
    cause, form = str(args.get("cause") or ""), str(args.get("form") or "")
    kind = "corrective" if cause else "immediate"
    roots = (cause,) if cause else ()
    after = meeting.change(lambda incident: actions.plan(incident, causes=roots, kind=kind, form=form))
    return f"actions.{after.actions[-1].id}.text"


def drop_action(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take an action out; the focus goes to its neighbour."""
    key = str(args["key"])
    near = neighbour([action.id for action in meeting.incident.actions], key)
    meeting.change(lambda incident: actions.remove(incident, key))
    return f"actions.{near}.text" if near else ""


def tie(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let an action answer one more root, or one less; the focus stays, wherever the action stands then."""
    key, cause = str(args["key"]), str(args["cause"])
    edit = actions.tie if args.get("on") else actions.untie
    meeting.change(lambda incident: edit(incident, key, cause))
    return f"actions.{key}.causes.{cause}"


def use_form(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let an action take a form."""
    key, form = str(args["key"]), str(args["form"])
    meeting.change(lambda incident: ladder.use(incident, key, form))
    return f"actions.{key}.form"


def start_from(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let an action begin with the playbook's example of a form, to be reworded."""
    key, form = str(args["key"]), str(args["form"])
    text = meeting.playbook.forms[form].example
    meeting.change(lambda incident: ladder.use(incident, key, form, text=text))
    return f"actions.{key}.text"


def put_back(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let an action have the words and the form again that it had before an example."""
    key, form, text = (str(args[name]) for name in ("key", "form", "text"))
    meeting.change(lambda incident: ladder.use(incident, key, form, text=text))
    return f"actions.{key}.text"


def not_now(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep why nothing stronger is done now."""
    where, value = str(args["place"]).removesuffix(".not_now"), str(args["value"])
    meeting.change(lambda incident: ladder.not_now(incident, where, value, by=meeting.by))
    return ""


def check_on(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take the proposed day for looking at the effect."""
    place = f"actions.{args['key']}.effect.check_on"
    meeting.type(place, str(args["day"]))
    return place


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "plan": plan,
    "drop-action": drop_action,
    "tie": tie,
    "use-form": use_form,
    "start-from": start_from,
    "put-back": put_back,
    "not-now": not_now,
    "check-on": check_on,
    **checklists.DO,
    **misses.DO,
    **personal.DO,
}
