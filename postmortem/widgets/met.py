"""What was met before: past causes that read like the why in hand, with what was done then and whether it held (R32).

The past is read and indexed once, and again now and then, so that nobody who types waits for it. A suggestion is never
more than that: a person links a record as one with the same cause (`record.links.tie`), or doesn't.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from postmortem.analysis.likeness import Match, Memory, Said, WordEngine
from postmortem.record import links, moments, whys
from postmortem.record.base import zone
from postmortem.record.vocabulary import UNCLASSIFIED
from postmortem.store import StoreError
from postmortem.widgets.blocks import Block, Form, note
from postmortem.widgets.keeping import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from postmortem.analysis.likeness import Engine
    from postmortem.record.incident import Incident
    from postmortem.store import PastAction, PastCause
    from postmortem.widgets.meeting import Retrospective

    Found = tuple[PastCause, Match, tuple[PastAction, ...]]

ENGINE: Engine = WordEngine()
"""What says which causes may mean the same."""
_LEARN_EVERY_S: Final = 60.0
_LEARN_SHARE: Final = 400
"""The past is read again after as many times the time that reading it took, so that no store makes typing stutter."""
_SHOWN: Final = 3
_LOOKED_AT: Final = 12
_FEW: Final = 10
"""Fewer than so many are no trend (R43)."""
_SHOWN_ACTIONS: Final = 2


@dataclass
class _Known:
    """What one window knows of the past.

    Attributes:
        hand: Which record in hand it is of.
        learned_at: When the past causes were read, on a clock that only goes forward.
        took: How long that took, in seconds.
        causes: The past causes, and `memory` what the engine knows of them.
        why: The why that was written in, or picked, last.
        asked: What was asked last, and `found` what was found.
    """

    hand: tuple[int, str]
    learned_at: float = float("-inf")
    took: float = 0.0
    causes: tuple[PastCause, ...] = ()
    memory: Memory | None = None
    why: str = ""
    asked: tuple[str, str] | None = None
    found: tuple[Found, ...] = ()


_KNOWN: WeakKeyDictionary[Retrospective, _Known] = WeakKeyDictionary()


def _known(meeting: Retrospective) -> _Known:
    hand = (meeting.taken, meeting.incident.id)
    known = _KNOWN.get(meeting)
    if known is None or known.hand != hand:
        known = _KNOWN[meeting] = _Known(hand=hand)
    return known


def aside(form: Form) -> list[Block]:
    """What stands beside the whys: past causes that read like the why in hand."""
    meeting, incident = form.meeting, form.incident
    known = _known(meeting)
    try:
        _learn(meeting, known)
        about, text, category = _asked(meeting, known)
        found = _met(meeting, known, text, category) if text else ()
    except StoreError as error:
        return [note(str(error), strong="Earlier records can't be read just now.", tone="warn")]
    records = len({cause.incident_id for cause in known.causes})
    return [
        {
            "t": "met",
            "about": f"Causes that read like {about}." if found else "",
            "rows": [_row(cause, match, done, known, incident) for cause, match, done in found],
            "writes": not meeting.store.read_only,
            "foot": _foot(len(found), records, asked=bool(text)),
        }
    ]


def about(meeting: Retrospective) -> str:
    """What past causes are compared with just now; when it changes, they are looked for again."""
    return _asked(meeting, _known(meeting))[1]


def _learn(meeting: Retrospective, known: _Known) -> None:
    """Read the past where it was not, or is old; the more there is, the less often."""
    begun = time.monotonic()
    if begun - known.learned_at < max(_LEARN_EVERY_S, _LEARN_SHARE * known.took):
        return
    known.causes = meeting.store.past_causes(excluding=meeting.incident.id)
    known.memory = ENGINE.remember(Said(cause.text, cause.category) for cause in known.causes)
    known.learned_at, known.asked = time.monotonic(), None
    known.took = known.learned_at - begun


def _asked(meeting: Retrospective, known: _Known) -> tuple[str, str, str]:
    """What to compare with: the why somebody is in, else the one they were in last, else the newest, else the title.

    Whoever goes from the tree to a suggestion keeps it before them, so the last why stays until another is picked.
    """
    incident = meeting.incident
    nodes = {why.id: why for why in incident.whys if why.text.strip()}
    parts = meeting.place.split(".")
    if parts[0] == "whys" and len(parts) > 1 and parts[1] in nodes:
        known.why = parts[1]
    why = nodes.get(known.why) or next(reversed(nodes.values()), None)
    if why is None:
        return "the title", "" if incident.title == UNNAMED else incident.title, ""
    root = whys.root_at(incident, why.id)
    return whys.labels(incident)[why.id], why.text, (root.category or "") if root else ""


def _met(meeting: Retrospective, known: _Known, text: str, category: str) -> tuple[Found, ...]:
    """The nearest past causes, one a record, each with what was done about it."""
    if known.asked != (text, category):
        matches = known.memory.nearest(text, _LOOKED_AT, category=category) if known.memory else ()
        first: dict[str, tuple[PastCause, Match]] = {}
        for match in matches:
            cause = known.causes[match.index]
            first.setdefault(cause.incident_id, (cause, match))
        nearest = list(first.values())[:_SHOWN]
        done = meeting.store.actions_against(cause for cause, _ in nearest)
        known.found = tuple(
            (cause, match, done.get((cause.incident_id, cause.cause_id), ())) for cause, match in nearest
        )
        known.asked = (text, category)
    return known.found


def _row(cause: PastCause, match: Match, done: tuple[PastAction, ...], known: _Known, incident: Incident) -> Block:
    held, told = _held(cause, done, known.causes)
    return {
        "key": f"{cause.incident_id}/{cause.cause_id}",
        "place": f"met.{cause.incident_id}",
        "text": cause.text,
        "record": cause.incident_id,
        "when": moments.month(cause.at),
        "title": cause.title,
        "category": "" if cause.category == UNCLASSIFIED else cause.category,
        "did": _deeds(done),
        "held": held,
        "told": told,
        "why": f"In common: {match.why}." if match.why else "",
        "linked": links.kind_of(incident, cause.incident_id) == "same cause",
    }


def _deeds(done: Sequence[PastAction]) -> list[str]:
    told = [
        f"{action.text}{f' ({action.strength})' if action.strength else ''}{'' if action.done_on else ', not done'}"
        for action in done[:_SHOWN_ACTIONS]
    ]
    more = len(done) - _SHOWN_ACTIONS
    return [*told, *([f"and {more} more"] if more > 0 else [])] or ["Nothing planned against this cause"]


def _held(cause: PastCause, done: Sequence[PastAction], every: Iterable[PastCause]) -> tuple[str, str]:
    """Whether what was done held (R36): the same cause in a later record says no, whatever was noted before."""
    finished = [action.done_on for action in done if action.done_on]
    if finished and cause.recurring_id:
        for other in every:
            if other.recurring_id == cause.recurring_id and other.at.date() > max(*finished, cause.at.date()):
                return "not held", f"Not held: met again in {other.incident_id}"
    effects = {action.effect for action in done}
    if "not held" in effects:
        return "not held", "Not held"
    return ("held", "Held") if "held" in effects else ("unknown", "Not known")


def _foot(found: int, records: int, *, asked: bool) -> str:
    if not records:
        return "No other record names a cause yet."
    looked = f"{records:,} record{'s were' if records != 1 else ' was'} looked at."
    if not asked:
        return "Write a why, and earlier causes that read like it stand here."
    if not found:
        return f"No earlier record says anything like this. {looked}"
    of = f"{found} of {records:,} earlier record{'s' if records != 1 else ''}."
    return f"{of} Too few for a trend." if found < _FEW else of


def link(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Link the other record as one with the same cause, or take that link back.

    What was done against the cause there, and by then, did not hold: the other record says so from now on (R36), and is
    open again where it was closed. Taking the link back leaves that as it is: whether it held is for those who read it.
    """
    other = str(args["record"])
    if links.kind_of(meeting.incident, other) == "same cause":
        meeting.change(links.untie, other)
        return f"met.{other}"
    meeting.change(links.tie, other, "same cause")
    known = _known(meeting)
    cause = next((past.cause_id for past, _, _ in known.found if past.incident_id == other), "")
    if cause and not meeting.trouble:
        today = meeting.now().astimezone(zone(meeting.incident.zone)).date()
        meeting.store.met_again(other, cause, meeting.incident, today, by=meeting.by)
        known.learned_at = float("-inf")
        meeting.refresh()
    return f"met.{other}"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {"met-link": link}
