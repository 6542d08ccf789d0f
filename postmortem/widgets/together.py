"""Several people in one panel: two texts side by side with whose is whose, and the choice between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record import commitments, versions
from postmortem.widgets.wordings import label

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from postmortem.record.playbook import StageId
    from postmortem.widgets.meeting import Retrospective

    Block = dict[str, Any]

_SAFE = "Nothing is lost: the one you leave stays in the revisions."
_STAGES: Mapping[str, StageId] = {
    "evaluation": "evaluate",
    "recovery": "recover",
    "whys": "why",
    "causes": "classify",
    "factors": "classify",
    "actions": "act",
    "commitments": "act",
    "learned": "review",
    "topics": "review",
}
"""Where the fields of a part are written; all others are told in the first stage."""


def wordings(meeting: Retrospective, place: str, *, between: str, words: Mapping[str, str]) -> Block | None:
    """The texts that wait for a field beside the one that stands there, as this person reads them.

    Args:
        meeting: The retrospective in hand.
        place: The field.
        between: What stands between the texts when they are joined.
        words: What the values of a choice are called.
    """
    waiting = versions.at(meeting.incident, place)
    if not waiting:
        return None
    me, first = meeting.by, meeting.wrote(place)
    here = {"place": place}
    text = meeting.shown(place)
    field = {
        "who": "Yours" if first.by == me else _signed(meeting, first.by, first.at),
        "text": words.get(text, text),
        "keep": "Keep mine" if first.by == me else f"Keep {_owned(first.by)}",
        "args": here,
    }
    if first.by in {item.by for item in waiting}:
        field |= {"who": "In the field", "keep": "Keep what is in the field"}
    others = [
        {
            "who": "Yours" if item.by == me else _signed(meeting, item.by, item.at),
            "text": words.get(item.text, item.text),
            "keep": "Keep mine" if item.by == me else f"Keep {_owned(item.by)}",
            "args": {**here, "keep": item.by},
        }
        for item in waiting
    ]
    sides = sorted([field, *others], key=lambda side: side["who"] != "Yours")
    return {
        "place": place,
        "said": f"{_told(meeting, place)} {_SAFE}",
        "sides": sides,
        "join": {**here, "join": between} if meeting.may_join(place, between) else None,
    }


def _told(meeting: Retrospective, place: str) -> str:
    waiting = versions.at(meeting.incident, place)
    me, first = meeting.by, meeting.wrote(place)
    if any(item.by == me for item in waiting):
        at = f" at {meeting.clock(first.at)}" if first.at else ""
        who = first.by if first.by != me else ""
        return f"{who or 'Somebody else'} saved this field{at} while you were writing."
    last = waiting[-1]
    at = f" at {meeting.clock(last.at)}" if last.at else ""
    if first.by == me:
        return f"{last.by or 'Somebody'} wrote something else here{at}, while yours was saved."
    return f"{first.by or 'Somebody'} and {last.by or 'somebody else'} wrote here at the same time."


def _signed(meeting: Retrospective, by: str, at: Any) -> str:  # noqa: ANN401 - an instant, or none
    return f"{by or 'Somebody'}, {meeting.clock(at)}" if at else by or "Somebody"


def _owned(by: str) -> str:
    return f"{by}\N{RIGHT SINGLE QUOTATION MARK}s" if by else "theirs"


def undrawn(meeting: Retrospective, stage: StageId, drawn: Collection[str]) -> list[Block]:
    """What waits in a stage for a field that has no place of its own on screen, such as an answer in the tree.

    Args:
        meeting: The retrospective in hand.
        stage: The stage that is shown.
        drawn: The places of the fields that it shows, with what waits for them.
    """
    places = dict.fromkeys(item.place for item in meeting.incident.versions)
    return [
        {"t": "versions", "label": label(meeting.incident, place), **found}
        for place in places
        if place not in drawn
        and commitments.may_see(meeting.incident, meeting.by, place)
        and _STAGES.get(place.split(".", 1)[0], "tell") == stage
        and (found := wordings(meeting, place, between=" / ", words={})) is not None
    ]


def decide(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Choose between two texts of one field, or join them; the focus goes to the field."""
    place = str(args["place"])
    keep, join = args.get("keep"), args.get("join")
    meeting.decide(place, None if keep is None else str(keep), join=None if join is None else str(join))
    return place


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"decide": decide}
