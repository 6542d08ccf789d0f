"""Where the record stands: what the next state waits for, going on and back, opening again, signing (R7, R39, R40)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import days, gates, moments, signatures, states
from postmortem.record.severity import depth
from postmortem.widgets import apart
from postmortem.widgets.blocks import Block, Form, section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from postmortem.record.gates import Missing
    from postmortem.record.incident import Incident
    from postmortem.record.vocabulary import State
    from postmortem.widgets.meeting import Retrospective

_CLOSED = "This record is closed. What you change now is a new revision of it; how it stood stays among the revisions."


# -- the foot of every stage ------------------------------------------------------------------------------------------


def foot(meeting: Retrospective) -> Block:
    """What the next state waits for, in one sentence with the first thing by name; or the button that goes there."""
    incident, to = meeting.incident, gates.next_state(meeting.incident)
    kept = "Everything is kept as you type."
    if meeting.is_new:
        return _said(f"You can go on now and come back. {kept}")
    if to is None:
        # A closed one that came from elsewhere may lack what closing asks for: it is said, and nothing is refused.
        open_ = gates.missing(incident, meeting.playbook, meeting.now())
        return _sentence(open_, f"{_CLOSED} Closing it here would have asked: ", "") if open_ else _said(_CLOSED)
    open_ = gates.missing(incident, meeting.playbook, meeting.now(), to)
    if open_:
        return _sentence(open_, f"Before this record can move to “{to}”: ", " You can go on meanwhile.")
    word = "close" if to == "closed" else f"move on to “{to}”"
    return _said(f"Nothing is missing: this record can {word}. {kept}") | {"move": _move(to, writes=_writes(meeting))}


def _said(before: str) -> Block:
    return {"before": before, "link": None, "after": "", "more": "", "rest": [], "move": None}


def _sentence(missing: tuple[Missing, ...], before: str, after: str) -> Block:
    first, *rest = (_link(gap) for gap in missing)
    more = f"And {len(rest)} more" if rest else ""
    return {**_said(before), "link": first, "after": f".{after}", "more": more, "rest": rest}


def _link(gap: Missing) -> Block:
    """What would do, as words to press, and where it leads."""
    return {"label": gap.remedy, "stage": gap.stage, "place": gap.at}


def _move(to: State, *, writes: bool) -> Block:
    label = "Close this record" if to == "closed" else f"Move on to {to}"
    return {"label": label, "do": "advance", "args": {"to": to}, "off": not writes}


def _writes(meeting: Retrospective) -> bool:
    return not meeting.store.read_only


def elsewhere(meeting: Retrospective) -> str:
    """What the review says where nothing is to look at in its own fields, and something in other stages."""
    count = sum(finding.stage != "review" and finding.level != "hint" for finding in meeting.findings)
    return f"nothing here, {count} in other stages" if count else ""


# -- the review -------------------------------------------------------------------------------------------------------


def part(form: Form) -> Block:
    """The five states, each gate of the next one, and what can be done."""
    meeting, incident = form.meeting, form.incident
    to = gates.next_state(incident) or "closed"
    open_ = () if meeting.is_new else gates.missing(incident, meeting.playbook, meeting.now(), to)
    here, writes = states.rank(incident.state), _writes(meeting)
    earlier = gates.WAY[here - 1] if 0 < here < len(gates.WAY) - 1 else None
    closed = incident.state == "closed"
    return section(
        "Where the record stands",
        {
            "t": "standing",
            "states": [
                {"name": _word(incident, name), "now": at == here, "past": at < here}
                for at, name in enumerate(gates.WAY)
            ],
            "told": _told(incident),
            "title": "What closing asks for" if closed else f"What “{to}” asks for",
            "rows": _rows(form, to, open_),
            "open": len({gap.gate for gap in open_}),
            "move": None if closed or open_ or meeting.is_new else _move(to, writes=writes),
            "waits": "" if closed or not open_ else f"“{to}” waits until all of these are there.",
            "back": {"label": f"Go back to {earlier}", "to": earlier, "off": not writes} if earlier else None,
            "reopen": closed and writes,
        },
        *_signatures(form),
        hint="A closed record is changed only by a new revision; nothing is ever lost.",
    )


def _word(incident: Incident, name: State) -> str:
    return "reopened" if (name, incident.state) == ("acting", "reopened") else name


def _told(incident: Incident) -> list[str]:
    when = f" {_when(incident.closed_at, incident)}" if incident.closed_at else ""
    told = [_CLOSED] if incident.state == "closed" else []
    if incident.closed_at:
        told.insert(0, f"Closed{when}." if incident.state == "closed" else f"It was closed before,{when}.")
    because = [f"Opened again because: {incident.reopened_because}"] if incident.reopened_because else []
    return [line for line in (" ".join(told), *because) if line]


def _when(at: datetime | None, incident: Incident) -> str:
    if at is None:
        return ""
    return f"on {moments.day(days.of(at, incident.zone))} at {moments.clock(at, incident.zone)}"


def _rows(form: Form, to: State, open_: Iterable[Missing]) -> list[Block]:
    """Each gate of the state, and those of earlier ones that are still open, with what is missing at it."""
    meeting = form.meeting
    gaps: dict[str, list[Missing]] = {}
    for gap in open_:
        gaps.setdefault(gap.gate, []).append(gap)
    earlier = [name for name, found in gaps.items() if found[0].to != to]
    names = [*earlier, *gates.asked(form.incident, meeting.playbook, to)]
    return [
        {
            "key": name,
            "ask": meeting.playbook.gates[name].ask,
            "rule": meeting.playbook.gates[name].rule,
            "met": name not in gaps,
            "missing": [
                {
                    "text": "what was said of it is covered for you"
                    if apart.hides(meeting, gap.where)
                    else gap.message,
                    "remedy": gap.remedy,
                    "stage": gap.stage,
                    "where": meeting.playbook.stages[gap.stage].name,
                    "place": gap.at,
                }
                for gap in gaps.get(name, ())
            ],
        }
        for name in names
    ]


def _signatures(form: Form) -> list[Block]:
    """Who stands by it: where the level asks for it, or somebody signed all the same (R7)."""
    incident, meeting = form.incident, form.meeting
    if not (depth(incident, meeting.playbook).signature or incident.signatures):
        return []
    now = signatures.in_force(incident)
    signed = [
        {"by": it.by, "role": it.role, "when": _when(it.at, incident), "mine": it.by == meeting.by and it in now}
        for it in incident.signatures
    ]
    return [
        {
            "t": "signatures",
            "place": "signatures",
            "asked": depth(incident, meeting.playbook).signature,
            "signed": signed,
            "by": meeting.by,
            "writes": _writes(meeting),
            "findings": form.found_at("signatures"),
        }
    ]


# -- what is done here ------------------------------------------------------------------------------------------------


def advance(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Go on to a state whose gates are open, or back to an earlier one."""
    meeting.change(states.advance, meeting.playbook, meeting.now(), args["to"])
    # What is typed after it belongs to a revision of its own.
    meeting.leave_stage()
    return "state"


def reopen(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Open a closed record again, for a reason."""
    meeting.change(states.reopen, str(args["because"]))
    meeting.leave_stage()
    return "state"


def sign(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Stand by the record, as what is said there."""
    meeting.change(signatures.sign, meeting.by, str(args["role"]), meeting.now())
    return "signatures"


def unsign(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """Take one's own signature back."""
    meeting.change(signatures.unsign, meeting.by)
    return "signatures"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "advance": advance,
    "reopen": reopen,
    "sign": sign,
    "unsign": unsign,
}
