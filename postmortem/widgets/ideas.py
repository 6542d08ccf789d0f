"""A round of silent ideas: everyone writes alone, then all are shown together.

The loudest or the most senior voice does not set the answer then. Until the reveal nobody's words but one's own are in
the view, only who has written how many. What is put into the record is noted in the store first, so that two people
who press at once do not put it in twice.

Each step is a plain function too, in `silence`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from postmortem.record import causes, moments, whys
from postmortem.record.vocabulary import LEGS
from postmortem.store import StoreError
from postmortem.widgets import silence
from postmortem.widgets.blocks import Block, Form, button, note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import StageId
    from postmortem.record.vocabulary import Leg
    from postmortem.store import Idea, Round
    from postmortem.store.rounds import Kind
    from postmortem.widgets.meeting import Retrospective

_KINDS: Final[Mapping[str, Kind]] = {"why": "whys", "act": "actions"}
_STAGE: Final[Mapping[Kind, StageId]] = {"whys": "why", "actions": "act"}
_CUT: Final = 70
_WHAT_FOR: Final = (
    "Everyone writes alone for some minutes, so that the loudest or most senior voice does not set the answer. "
    "Then all ideas are shown together, without names."
)


# -- what is seen -----------------------------------------------------------------------------------------------------


def part(form: Form) -> list[Block]:
    """What stands above the whys, and above the actions. The store is read once."""
    meeting, kind = form.meeting, _KINDS[form.stage]
    if meeting.is_new:
        return [] if meeting.store.read_only else [_offer(form, kind, off=True)]
    try:
        found = meeting.store.round(meeting.incident.id)
        meeting.silent = (found, {})
        if found is None:
            return _late(form, None) if meeting.store.read_only else [*_late(form, None), _offer(form, kind)]
        if found.kind != kind:
            return [*_late(form, found), _elsewhere(form, found)]
        own = meeting.store.ideas(found.id, meeting.by)
        if found.revealed_at:
            return [*_late(form, found), _shown(form, found, own)]
        writers = meeting.store.writers(found.id)
        meeting.silent = (found, writers)
        return [*_late(form, found), _open(form, found, own, writers)]
    except StoreError as error:
        return [note(str(error), strong="Silent ideas can't be read just now.", tone="warn")]


def _offer(form: Form, kind: Kind, *, off: bool = False) -> Block:
    """Nothing is open: one quiet button, what it is for, and what it is about."""
    choices = _abouts(form.incident, form.meeting.playbook.whys.legs, kind)
    here = form.meeting.place.split(".")
    near = here[1] if len(here) > 1 and here[0] in {"whys", "causes"} else ""
    return {
        "t": "ideas",
        "state": "none",
        "off": off,
        "for": "Tell in stage 1 what went wrong, in one line: a round belongs to a record." if off else _WHAT_FOR,
        "options": [list(choice) for choice in choices],
        "about": near if near in dict(choices) else "",
    }


def _abouts(incident: Incident, legs: Mapping[Leg, str], kind: Kind) -> list[tuple[str, str]]:
    """What a round can be about: a leg or a why; all roots or one."""
    names = whys.labels(incident)
    if kind == "whys":
        asked = [("" if leg == LEGS[0] else leg, legs[leg]) for leg in LEGS]
        tree = [why for why, _ in whys.walk(incident) if why.status != "ruled out" and why.text.strip()]
        return [*asked, *((why.id, f"{names[why.id]} {_cut(why.text)}") for why in tree)]
    roots = [(cause.id, f"{names[cause.why]} {_cut(causes.text(incident, cause))}") for cause in incident.causes]
    return [("", "All roots" if roots else "The whole incident"), *roots]


def _cut(text: str) -> str:
    return text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"


def _about(form: Form, found: Round) -> str:
    """What a round is about, in words; a why that was taken out since is said to be gone."""
    known = dict(_abouts(form.incident, form.meeting.playbook.whys.legs, found.kind))
    return known.get(found.about, "something that was taken out since")


def _elsewhere(form: Form, found: Round) -> Block:
    there = _STAGE[found.kind]
    name = form.meeting.playbook.stages[there].name
    text = f"A round of silent ideas is open in the stage “{name}”: {_about(form, found)}"
    return {"t": "ideas", "state": "elsewhere", "text": text, "stage": there, "name": name}


def _clock(form: Form, found: Round) -> str:
    return moments.clock(found.opened_at, form.incident.zone)


def _open(form: Form, found: Round, own: Sequence[Idea], writers: Mapping[str, int]) -> Block:
    """Everyone writes: one's own lines, and who has written how many."""
    meeting = form.meeting
    text = "\n".join(idea.text for idea in own)
    unsaved = silence.own_of(meeting).unsaved.get(found.id)
    told = ", ".join(f"{name} {count}" for name, count in writers.items())
    block: Block = {
        "t": "ideas",
        "state": "open",
        "about": _about(form, found),
        "since": f"{found.opened_by or 'Somebody'} opened it at {_clock(form, found)}.",
        "written": f"Written so far: {told}." if told else "Nobody has written yet.",
        "field": {
            "t": "field",
            "kind": "area",
            "place": "ideas",
            "label": "Your ideas, one a line",
            "value": unsaved[1] if unsaved else text,
            "error": unsaved[2] if unsaved else "",
            "refused": "Not saved",
            "findings": [],
            "tall": True,
            "help": "Saved as you type. Nobody else sees them until all are shown.",
            "do": "write-ideas",
            "args": {"round": found.id},
        },
        "reveal": None,
        "end": None,
    }
    if meeting.store.read_only:
        return block | {"field": None}
    if writers:
        ask = "All ideas will be shown, to everybody at once, and can't be changed after that. Has everybody finished?"
        block["reveal"] = {"ask": ask, "yes": button("Show them to everybody", "reveal-ideas", style="pri")}
    else:
        block["end"] = button("End the round", "end-ideas", style="quiet")
    return block


def _shown(form: Form, found: Round, ideas: Sequence[Idea]) -> Block:
    """All ideas together, those that say nearly the same next to each other, without names."""
    meeting = form.meeting
    left = silence.own_of(meeting).left.get(found.id, set())
    there = silence.said_in(form.incident, found.kind)
    writes = not meeting.store.read_only
    groups = [
        [
            {
                "number": idea.number,
                "text": idea.text,
                "taken": idea.taken,
                "there": silence.plain_words(idea.text) in there,
                "left": idea.number in left,
            }
            for idea in group
        ]
        for group in silence.alike(found, ideas)
    ]
    waiting = [idea for idea in ideas if not idea.taken]
    open_ones = [idea for idea in waiting if idea.number not in left]
    ask = f"{len(waiting)} {'is' if len(waiting) == 1 else 'are'} not in the record, and will not be shown again."
    return {
        "t": "ideas",
        "state": "shown",
        "about": _about(form, found),
        "kind": found.kind,
        "groups": groups,
        "put": "Put it in the tree" if found.kind == "whys" else "Make it an action",
        "done": "In the tree" if found.kind == "whys" else "Among the actions",
        "writes": writes,
        "all": button("Put all in", "put-all-ideas", icon="plus") if writes and len(open_ones) > 1 else None,
        "end": {"ask": ask if waiting else "", "yes": button("End the round", "end-ideas")} if writes else None,
    }


def _late(form: Form, found: Round | None) -> list[Block]:
    """What one wrote after all were shown: it is not in the round, and not lost."""
    writing = found.id if found and not found.revealed_at else ""
    late = {
        name: text
        for name, (record, text, _) in silence.own_of(form.meeting).unsaved.items()
        if record == form.incident.id and name != writing and text.strip()
    }
    return [
        {
            "t": "ideas",
            "state": "late",
            "text": text,
            "put": "Put it in the tree" if form.stage == "why" else "Make it an action",
            "args": {"round": name},
            "said": "All ideas were shown before this was saved. It stands only here:"
            if found and found.id == name
            else "The round ended before this was saved. It stands only here:",
        }
        for name, text in late.items()
    ]


# -- what is done -----------------------------------------------------------------------------------------------------


def _begin(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    kind = _KINDS[str(args["stage"])]
    silence.begin(meeting, str(args.get("about") or ""), kind)
    return "ideas"


def _write(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep what was typed; what the round takes no more stays on screen, with the reason."""
    name, text = str(args["round"]), str(args["value"])
    unsaved = silence.own_of(meeting).unsaved
    try:
        meeting.store.write_ideas(name, meeting.by, text.splitlines())
    except StoreError as error:
        unsaved[name] = (meeting.incident.id, text, str(error))
    else:
        unsaved.pop(name, None)
    return ""


def _reveal(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    silence.reveal(meeting)
    return "ideas.shown"


def _put(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    number = int(args["number"])
    silence.put_in(meeting, number, again=bool(args.get("again")))
    return _next(meeting, number)


def _put_all(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    found = silence.under_way(meeting)
    left = silence.own_of(meeting).left.get(found.id, set())
    ideas = [idea for group in silence.alike(found, meeting.store.ideas(found.id, meeting.by)) for idea in group]
    silence.put_in(meeting, *(idea.number for idea in ideas if idea.number not in left and not idea.taken))
    return "ideas.end"


def _leave(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    number, left = int(args["number"]), bool(args.get("left", True))
    silence.leave(meeting, number, left=left)
    return _next(meeting, number) if left else f"ideas.{number}"


def _next(meeting: Retrospective, number: int) -> str:
    """Where the focus goes: to the next idea that waits, in the order on screen."""
    found = silence.under_way(meeting)
    left = silence.own_of(meeting).left.get(found.id, set())
    order = [idea for group in silence.alike(found, meeting.store.ideas(found.id, meeting.by)) for idea in group]
    at = next((place for place, idea in enumerate(order) if idea.number == number), 0)
    waiting = [idea for idea in (*order[at:], *order[:at]) if not idea.taken and idea.number not in left]
    return f"ideas.{waiting[0].number}" if waiting else "ideas.end"


def _end(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    silence.end(meeting)
    return "ideas.begin"


def _put_late(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Put what was written too late into the record, each line as one's own."""
    _, text, _ = silence.own_of(meeting).unsaved.get(str(args["round"]), ("", "", ""))
    kind: Kind = _KINDS[str(args["stage"])]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = meeting.store.round(meeting.incident.id)
    about = found.about if found and found.kind == kind else ""

    def edit(incident: Incident) -> Incident:
        for line in lines:
            incident = silence.with_idea(incident, kind, about, line, meeting.by)
        return incident

    meeting.change(edit)
    silence.own_of(meeting).unsaved.pop(str(args["round"]), None)
    return ""


def _drop_late(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Let go of what was written too late."""
    silence.own_of(meeting).unsaved.pop(str(args["round"]), None)
    return ""


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "begin-ideas": _begin,
    "write-ideas": _write,
    "reveal-ideas": _reveal,
    "put-idea": _put,
    "put-all-ideas": _put_all,
    "leave-idea": _leave,
    "end-ideas": _end,
    "put-late-ideas": _put_late,
    "drop-late-ideas": _drop_late,
}
