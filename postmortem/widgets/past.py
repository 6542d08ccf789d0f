"""What is still open from earlier retrospectives (R36): done, carried over to this one, or left as it is.

It is read from the store when it is drawn, and kept for some seconds. Each deed is a plain function of the store too:
`complete_action`, `carry_action`, `carry_topic`, `settle_topic`. What was met before stands in `met`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from postmortem.record import moments, topics
from postmortem.record.base import zone
from postmortem.record.errors import PostmortemError
from postmortem.store import StoreError
from postmortem.widgets import met
from postmortem.widgets.blocks import Block, Form, button, note

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from postmortem.record.incident import Incident
    from postmortem.store import OpenAction, OpenTopic
    from postmortem.store.past import Change
    from postmortem.widgets.meeting import Retrospective

FRESH_S: Final = 15.0
"""How long what is open elsewhere is shown before it is looked up again, in seconds."""
_MOST: Final = 200
_FEW: Final = 3
"""So many stand open above the first why, and all that are overdue; more fold, so that the first why is in sight."""


@dataclass
class _Known:
    """What one window holds of the past.

    Attributes:
        hand: Which record in hand it is of.
        read_at: When what is open was read, on a clock that only goes forward.
        carried: What this record had taken over then.
        actions: The open actions.
        topics: The open topics.
        unread: Why they can't be read, in a sentence.
        every_team: Whether those of other teams are shown too.
        left: What was left as it is in this meeting, as record and part.
        said: What the last deed could not do, in a sentence.
    """

    hand: tuple[int, str] = (-1, "")
    read_at: float = float("-inf")
    carried: frozenset[str] = frozenset()
    actions: tuple[OpenAction, ...] = ()
    topics: tuple[OpenTopic, ...] = ()
    unread: str = ""
    every_team: bool = False
    left: set[str] = field(default_factory=set)
    said: str = ""


_KNOWN: WeakKeyDictionary[Retrospective, _Known] = WeakKeyDictionary()


def _known(meeting: Retrospective) -> _Known:
    hand = (meeting.taken, meeting.incident.id)
    known = _KNOWN.get(meeting)
    if known is None or known.hand[0] != hand[0]:
        known = _KNOWN[meeting] = _Known(hand=hand)
    elif known.hand != hand:
        # A new record has its id now: what is its own is no longer looked for elsewhere.
        known.hand, known.read_at = hand, float("-inf")
    return known


# -- what is open from earlier retrospectives -------------------------------------------------------------------------


def part(form: Form) -> list[Block]:
    """What stands above the first why: unfolded where little or something overdue is open; a line once there is one."""
    meeting, incident = form.meeting, form.incident
    known = _known(meeting)
    carried = frozenset(
        [action.carried_from for action in incident.actions] + [topic.carried_from for topic in incident.topics]
    )
    if time.monotonic() - known.read_at > FRESH_S or known.carried != carried:
        known.carried = carried
        _read(meeting, known)
    if known.unread:
        return [note(known.unread, strong="Earlier records can't be read just now.", tone="warn")]
    shown = [action for action in known.actions if known.every_team or _is_near(action.team, incident.team)]
    waiting = [topic for topic in known.topics if known.every_team or _is_near(topic.team, incident.team)]
    others = len(known.actions) + len(known.topics) - len(shown) - len(waiting)
    rows = [_action_row(action, incident) for action in shown if _key(action) not in known.left]
    topic_rows = [_topic_row(topic) for topic in waiting if _key(topic) not in known.left]
    left = len(shown) + len(waiting) - len(rows) - len(topic_rows)
    in_sight = 0 < len(rows) + len(topic_rows) <= _FEW or any(row["late"] for row in rows)
    here = _taken_up(incident)
    writes = not meeting.store.read_only
    return [
        {
            "t": "past",
            "summary": _summary(shown, waiting),
            "nothing": not (shown or waiting or others or here),
            "open": bool(in_sight or known.said) and not incident.whys,
            "said": known.said,
            "actions": rows,
            "topics": topic_rows,
            "here": here,
            "writes": writes,
            "more": f"More than {_MOST} are open. These are the longest overdue."
            if len(known.actions) >= _MOST
            else "",
            "left": button(f"Show what was left as it is ({left})", "past-show", style="quiet") if left else None,
            "others": button(f"Show those of other teams too ({others})", "past-teams", style="quiet")
            if others
            else None,
        }
    ]


def _read(meeting: Retrospective, known: _Known) -> None:
    store, own = meeting.store, meeting.incident.id
    try:
        found = store.open_actions(excluding=own, limit=_MOST, today=_today(meeting))
        if len(found) == _MOST and meeting.incident.team:
            # Those of one's own team must not drown in those of all others.
            team = store.open_actions(excluding=own, team=meeting.incident.team, limit=_MOST, today=_today(meeting))
            found = tuple(dict.fromkeys((*team, *found)))
        known.actions, known.topics = found, store.open_topics(excluding=own, limit=_MOST)
        known.unread = ""
    except StoreError as error:
        known.unread = str(error)
    known.read_at = time.monotonic()


def _is_near(team: str, own: str) -> bool:
    """Whether it concerns whoever works on this record: of the same team, or nobody said of which."""
    return not own or team in {"", own}


def _key(item: OpenAction | OpenTopic) -> str:
    return f"{item.incident_id}/{getattr(item, 'action_id', '') or getattr(item, 'topic_id', '')}"


def _summary(shown: Sequence[OpenAction], waiting: Sequence[OpenTopic]) -> str:
    late = sum(action.overdue_days > 0 for action in shown)
    parts = [_several(len(shown), "action"), _several(len(waiting), "topic")]
    told = " and ".join(told for told in parts if told)
    if not told:
        return "Nothing is open from earlier records."
    verb = "is" if len(shown) + len(waiting) == 1 else "are"
    return f"{told} {verb} still open from earlier retrospectives{f', {late} overdue' if late else ''}"


def _several(count: int, name: str) -> str:
    return f"{count} {name}{'s' if count != 1 else ''}" if count else ""


def _action_row(action: OpenAction, incident: Incident) -> Block:
    key = _key(action)
    late = _several(action.overdue_days, "day")
    twin = next((item.id.upper() for item in incident.actions if item.carried_from == key), "")
    args = {"record": action.incident_id, "part": action.action_id}
    return {
        "key": key,
        "place": f"past.{key}",
        "record": action.incident_id,
        "title": action.title,
        "text": action.text,
        "owner": action.owner or "no owner",
        "due": f"due {moments.day(action.due_on)}" if action.due_on else "no date",
        "late": f"{late} late" if late else "",
        "strength": action.strength,
        "half": f"Stands here as {twin}, not noted in {action.incident_id} yet." if twin else "",
        "args": args,
    }


def _topic_row(topic: OpenTopic) -> Block:
    key = _key(topic)
    return {
        "key": key,
        "place": f"past.{key}",
        "record": topic.incident_id,
        "title": topic.title,
        "text": topic.text,
        "by": topic.by,
        "args": {"record": topic.incident_id, "part": topic.topic_id},
    }


def _taken_up(incident: Incident) -> list[Block]:
    """What this retrospective took over: topics to talk about now, actions that stand in a later stage."""
    found: list[Block] = [
        {
            "key": topic.id,
            "place": f"past.here.{topic.id}",
            "text": topic.text,
            "told": f"Taken up from {topic.carried_from.partition('/')[0]}.",
            "settled": topic.settled,
            "topic": topic.id,
        }
        for topic in incident.topics
        if topic.carried_from
    ]
    stands = "It stands in stage 6 as"
    return found + [
        {
            "key": action.id,
            "place": f"past.here.{action.id}",
            "text": action.text,
            "told": f"Carried over from {action.carried_from.partition('/')[0]}. {stands} {action.id.upper()}.",
            "settled": False,
            "topic": "",
        }
        for action in incident.actions
        if action.carried_from
    ]


def _today(meeting: Retrospective) -> date:
    return meeting.now().astimezone(zone(meeting.incident.zone)).date()


def aside(form: Form) -> list[Block]:
    """What stands beside the whys: what was met before."""
    return met.aside(form)


def about(meeting: Retrospective) -> str:
    """What past causes are compared with just now."""
    return met.about(meeting)


# -- what can be done -------------------------------------------------------------------------------------------------


def _in_hand(meeting: Retrospective) -> Change:
    """Changes the record in hand, and says so where it could not be kept: nothing is noted elsewhere then."""

    def change(edit: Callable[[Incident], Incident]) -> Incident:
        after = meeting.change(edit)
        if meeting.trouble:
            raise PostmortemError(
                f"This record can't be saved just now, so nothing was noted elsewhere. {meeting.trouble}"
            )
        return after

    return change


def _done(meeting: Retrospective, args: Mapping[str, Any], deed: Callable[[str, str], object]) -> str:
    """Do something with a part of another record; what can't be done is told in its place, and the list read again."""
    known = _known(meeting)
    record, name = str(args["record"]), str(args["part"])
    keys = [key for key in (*map(_key, known.actions), *map(_key, known.topics)) if key not in known.left]
    try:
        deed(record, name)
        known.said = ""
    except PostmortemError as error:
        known.said = str(error)
    _read(meeting, known)
    here = f"{record}/{name}"
    open_now = {*map(_key, known.actions), *map(_key, known.topics)} - known.left
    at = keys.index(here) if here in keys else len(keys)
    order = [here, *keys[at + 1 :], *reversed(keys[:at])]
    return next((f"past.{key}" for key in order if key in open_now), "past")


def complete(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say in the other record that an action was done today."""
    store, by, today = meeting.store, meeting.by, _today(meeting)
    return _done(meeting, args, lambda record, name: store.complete_action(record, name, today, by=by))


def carry_action(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Carry an action over to the record in hand."""
    store, by, change = meeting.store, meeting.by, _in_hand(meeting)
    return _done(meeting, args, lambda record, name: store.carry_action(record, name, change, by=by))


def carry_topic(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a topic up in the record in hand."""
    store, by, change = meeting.store, meeting.by, _in_hand(meeting)
    return _done(meeting, args, lambda record, name: store.carry_topic(record, name, change, by=by))


def settle_topic(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say in the other record that a topic was talked through."""
    store, by = meeting.store, meeting.by
    return _done(meeting, args, lambda record, name: store.settle_topic(record, name, by=by))


def leave(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Leave it as it is: it is out of sight in this meeting, and open as before."""
    left = _known(meeting).left
    return _done(meeting, args, lambda record, name: left.add(f"{record}/{name}"))


def show(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """Show again what was left as it is."""
    _known(meeting).left.clear()
    return "past"


def every_team(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """Show what is open in other teams too."""
    _known(meeting).every_team = True
    return "past"


def settle_here(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Say that a topic taken up here was talked through, or that it was not after all."""
    name, settled = str(args["topic"]), bool(args["settled"])
    meeting.change(topics.settle, name, settled=settled)
    return f"past.here.{name}"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "past-done": complete,
    "past-carry": carry_action,
    "past-take-up": carry_topic,
    "past-settle": settle_topic,
    "past-leave": leave,
    "past-show": show,
    "past-teams": every_team,
    "past-settle-here": settle_here,
    **met.DO,
}
