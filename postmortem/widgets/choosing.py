"""The first cell: which mistake, and who is at the keyboard."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from postmortem.record.errors import PostmortemError
from postmortem.store import StoreError
from postmortem.widgets.blocks import Block, head_of, note
from postmortem.widgets.panel import Event, Panel

if TYPE_CHECKING:
    from postmortem.store import Summary
    from postmortem.widgets.meeting import Retrospective

_SHOWN = 50
"""How many records the first cell offers at most."""


class ChoosingPanel(Panel):
    """Which mistake, and who is at the keyboard: the first cell of the retrospective."""

    def __init__(self, meeting: Retrospective) -> None:
        self.meeting = meeting
        self._listed: tuple[Summary, ...] = ()
        self._listed_with: str | None = None
        self._unread = ""
        super().__init__()
        self.refresh()
        meeting.watch(self)

    def __repr__(self) -> str:
        """Short and stable: it stands in the stored notebook."""
        return "Which mistake? Run this cell to go on with a record, or to tell a new one."

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The unfinished records, the one in hand marked."""
        meeting = self.meeting
        if self._listed_with != meeting.incident.id:
            self._look()
        records = [self._record(item) for item in self._listed[:_SHOWN]]
        body: list[Block] = [
            {"t": "records", "rows": records, "new": meeting.is_new},
        ]
        if self._unread:
            body.append(note(self._unread, strong="The records can't be listed.", tone="warn"))
        elif len(self._listed) > _SHOWN:
            rest = len(self._listed) - _SHOWN
            body.append(note(f"{rest:,} more were changed longer ago: retro.open('…') opens any by its id."))
        elif not records:
            body.append(note("No record waits to be finished. Tell a new mistake in the cell below."))
        return head_of(meeting), {
            "stage": "choose",
            "session": f"{id(meeting):x}",
            "body": body,
            "by": meeting.by,
            "asked": not os.environ.get("POSTMORTEM_BY"),
        }

    def _look(self) -> None:
        # Not with every change: thousands may have been imported, and a list of them takes its time.
        try:
            found = sorted(self.meeting.unfinished(), key=lambda item: item.updated_at, reverse=True)
            self._listed, self._unread = tuple(found), ""
        except StoreError as error:
            self._unread = str(error)
        self._listed_with = self.meeting.incident.id

    def _record(self, item: Summary) -> Block:
        incident = self.meeting.incident
        here = item.incident_id == incident.id
        return {
            "id": item.incident_id,
            "title": incident.title if here else item.title,
            "state": incident.state if here else item.state,
            "on": f"{item.updated_at:%d %b %Y}",
            "by": item.updated_by,
            "here": here,
        }

    def handle(self, event: Event) -> str:
        """Another record, a new one, or another name."""
        self._listed_with = None
        kind = event.get("type")
        if kind == "open":
            self.meeting.open(str(event["id"]))
        elif kind == "new":
            self.meeting.begin()
        elif kind == "by":
            self.meeting.by = str(event["value"]).strip() or self.meeting.by
            # A name told late is the name of who was here before: their unfinished record comes into hand.
            if not (self.meeting.is_new and not self.meeting.trouble and self.meeting.resume()):
                self.meeting.refresh()
        elif kind in {"again", "revive"}:
            self.meeting.mend(kind)
        else:
            raise PostmortemError(f"the panel asked for {kind!r}, which nobody knows; run the cell again")
        return ""
