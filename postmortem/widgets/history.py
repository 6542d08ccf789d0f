"""What became of the record in hand: who changed what and when, how it stood, and any revision back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakKeyDictionary

from postmortem.record import commitments, days, moments
from postmortem.record.difference import changes
from postmortem.record.errors import PostmortemError
from postmortem.store import StoreError
from postmortem.widgets import apart
from postmortem.widgets.blocks import Block, button, buttons, head_of, note, section
from postmortem.widgets.panel import Event, Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from postmortem.record.difference import Change
    from postmortem.store import Revision
    from postmortem.widgets.meeting import Retrospective

Deed: TypeAlias = "Callable[[Retrospective, Looking, Mapping[str, Any]], str]"

_AT_ONCE = 20
_KINDS = {"added": "Added", "removed": "Taken out", "changed": "Changed", "moved": "Moved"}


@dataclass(slots=True)
class Looking:
    """How far somebody looks into the history of a record.

    Attributes:
        open: Whether it is shown at all.
        unfolded: The revisions that tell what they changed.
        shown: The revision that is shown as it was.
        asked: The revision that may be brought back, if the answer is yes.
        most: How many revisions are listed, the newest first.
    """

    open: bool = False
    unfolded: set[int] = field(default_factory=set)
    shown: int | None = None
    asked: int | None = None
    most: int = _AT_ONCE
    _read: tuple[Revision, ...] = ()
    _read_at: tuple[str, int] = ("", 0)

    def revisions(self, meeting: Retrospective) -> tuple[Revision, ...]:
        """Every revision of the record in hand, the last one first."""
        now = (meeting.incident.id, meeting.incident.revision)
        if self._read_at != now:
            meeting.follow()
            now = (meeting.incident.id, meeting.incident.revision)
            self._read = meeting.store.history(meeting.incident.id)[::-1]
            self._read_at = now
        return self._read


def body(meeting: Retrospective, looking: Looking) -> list[Block]:
    """The history as plain data."""
    if meeting.is_new:
        return [note("Nothing is kept yet. The history begins with the first word.")]
    try:
        found = looking.revisions(meeting)
    except StoreError as error:
        return [note(str(error), strong="The history can't be read.", tone="warn")]
    listed = found[: looking.most]
    blocks: list[Block] = [{"t": "history", "rows": [_row(meeting, looking, it, last=found[0]) for it in listed]}]
    if len(found) > len(listed):
        blocks.append(buttons(button(f"Show {min(_AT_ONCE, len(found) - len(listed))} older ones", "older")))
    return blocks


def _row(meeting: Retrospective, looking: Looking, revision: Revision, *, last: Revision) -> Block:
    unfolded = revision.number in looking.unfolded
    return {
        "number": revision.number,
        "when": _moment(meeting, revision.at),
        "by": revision.by or "nobody said",
        "done": revision.done,
        "note": revision.note if revision.note != "retrospective" else "",
        "here": revision is last,
        "unfolded": unfolded,
        "changes": [_change(change) for change in _told(meeting, revision)] if unfolded else [],
        "asked": looking.asked == revision.number,
        "shown": _as_it_was(meeting, revision) if looking.shown == revision.number else [],
    }


def _moment(meeting: Retrospective, at: datetime) -> str:
    here = meeting.incident.zone
    return f"{moments.day(days.of(at, here))}, {moments.clock(at, here)}"


def _change(change: Change) -> Block:
    return {
        "kind": _KINDS[change.kind],
        "label": change.label,
        "pieces": [[piece.kind, piece.text] for piece in change.pieces],
    }


def _as_it_was(meeting: Retrospective, revision: Revision) -> list[Block]:
    return [
        {"label": change.label, "text": change.after}
        for change in changes(None, commitments.public(revision.incident, meeting.by, beside=[meeting.incident]))
        if _may_see(meeting, change) and commitments.may_see(meeting.incident, meeting.by, _place(change))
    ]


def _told(meeting: Retrospective, revision: Revision) -> list[Change]:
    # What somebody keeps to themselves is theirs here too, whether it was shared before or since.
    return [it for it in revision.changes_for(meeting.by, meeting.incident) if _may_see(meeting, it)]


def _may_see(meeting: Retrospective, change: Change) -> bool:
    return not apart.hides(meeting, _place(change))


def _place(change: Change) -> str:
    # A wording that waits is as private as the field that it is for.
    return change.place.removeprefix("versions.")


def turn(_meeting: Retrospective, looking: Looking, _args: Mapping[str, Any]) -> str:
    """Open the history, or close it."""
    looking.open = not looking.open
    looking.shown = looking.asked = None
    return "history"


def unfold(_meeting: Retrospective, looking: Looking, args: Mapping[str, Any]) -> str:
    """Tell what one revision changed, or no longer."""
    number = int(args["number"])
    looking.unfolded ^= {number}
    looking.shown = looking.asked = None
    return f"history.{number}"


def older(meeting: Retrospective, looking: Looking, _args: Mapping[str, Any]) -> str:
    """List more; the focus goes to the first one of them."""
    before, looking.most = looking.most, looking.most + _AT_ONCE
    listed = looking.revisions(meeting)[before : before + 1]
    return f"history.{listed[0].number}" if listed else ""


def show(_meeting: Retrospective, looking: Looking, args: Mapping[str, Any]) -> str:
    """Show the record as it was in one revision, or no longer."""
    number = int(args["number"])
    looking.shown = None if looking.shown == number else number
    return f"history.{number}.show"


def ask(_meeting: Retrospective, looking: Looking, args: Mapping[str, Any]) -> str:
    """Ask once before a revision is brought back."""
    looking.asked = int(args["number"])
    return f"history.{looking.asked}.yes"


def leave(_meeting: Retrospective, looking: Looking, args: Mapping[str, Any]) -> str:
    """Leave the record as it is."""
    looking.asked = None
    return f"history.{int(args['number'])}.back"


def bring_back(meeting: Retrospective, looking: Looking, args: Mapping[str, Any]) -> str:
    """Let a revision stand again; the focus goes to the new one."""
    looking.asked = looking.shown = None
    after = meeting.bring_back(int(args["number"]))
    return f"history.{after.revision}"


DEEDS: Mapping[str, Deed] = {
    "history": turn,
    "unfold": unfold,
    "older": older,
    "as-it-was": show,
    "ask-back": ask,
    "leave-it": leave,
    "bring-back": bring_back,
}


_LOOKING: WeakKeyDictionary[Retrospective, tuple[str, Looking]] = WeakKeyDictionary()


def _looking(meeting: Retrospective) -> Looking:
    """How far the last stage looks into the history; closed again when another record is taken in hand."""
    record, looking = _LOOKING.get(meeting, ("", Looking()))
    if record != meeting.incident.id or meeting not in _LOOKING:
        record, looking = meeting.incident.id, Looking()
        _LOOKING[meeting] = (record, looking)
    return looking


def part(meeting: Retrospective) -> Block:
    """The history as a part of a stage, closed until somebody opens it."""
    looking = _looking(meeting)
    turned = button("Close the history" if looking.open else "Show what changed", "history", off=meeting.is_new)
    return section(
        "History",
        buttons({**turned, "place": "history"}),
        *(body(meeting, looking) if looking.open else []),
        hint="Every revision is kept: who changed what, and when. Any of them can be brought back.",
    )


def _in_stage(deed: Deed) -> Callable[[Retrospective, Mapping[str, Any]], str]:
    return lambda meeting, args: deed(meeting, _looking(meeting), args)


DO = {name: _in_stage(deed) for name, deed in DEEDS.items()}
"""The same deeds for a stage."""


class HistoryPanel(Panel):
    """The history of the record in hand, in a cell of its own."""

    def __init__(self, meeting: Retrospective) -> None:
        self.meeting = meeting
        self._record = ""
        self.looking = Looking()
        super().__init__()
        self.refresh()
        meeting.watch(self)

    def __repr__(self) -> str:
        """Short and stable: it stands in the stored notebook."""
        return "The history of the record: who changed what, and when. Run this cell to look at it."

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Every revision, the last one first and unfolded."""
        incident = self.meeting.incident
        if self._record != incident.id:
            self._record = incident.id
            self.looking = Looking(open=True, unfolded={incident.revision})
        view = {
            "stage": "history",
            "session": f"{id(self.meeting):x}",
            "body": body(self.meeting, self.looking),
        }
        return head_of(self.meeting), view

    def handle(self, event: Event) -> str:
        """Another revision looked at, or brought back."""
        kind, deed = event.get("type"), DEEDS.get(str(event.get("do")))
        if kind == "do" and deed is not None:
            return deed(self.meeting, self.looking, event.get("args") or {})
        if kind not in {"again", "revive"}:
            raise PostmortemError(f"the panel asked for {kind!r}, which nobody knows; run the cell again")
        self.meeting.mend(kind)
        return ""
