"""One stage of the retrospective in one cell, and the panel in which a record is chosen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from postmortem.record.edit import put
from postmortem.record.errors import PostmortemError, near
from postmortem.record.incident import Kept
from postmortem.record.playbook import STAGES, StageId
from postmortem.store import StoreError
from postmortem.widgets import ideas, past, stages
from postmortem.widgets.blocks import Block, Form, head_of, note
from postmortem.widgets.panel import Event, Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from postmortem.store import Summary
    from postmortem.widgets.meeting import Retrospective

_ROOMS: Mapping[StageId, ModuleType] = {stage: getattr(stages, stage) for stage in STAGES}
_ABOVE: Mapping[StageId, tuple[ModuleType, ...]] = {"why": (past, ideas), "act": (ideas,)}
"""What stands above a stage's own fields."""
_ASIDE: Mapping[StageId, tuple[ModuleType, ...]] = {"why": (past,)}
"""What stands beside them."""


def deeds(stage: StageId) -> Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]]:
    """Everything that can be done in a stage, by name."""
    return {name: deed for room in (*_ABOVE.get(stage, ()), _ROOMS[stage]) for name, deed in room.DO.items()}


class StagePanel(Panel):
    """One stage: its question, its fields, what is still to look at, and the way to the next.

    Args:
        meeting: The retrospective in hand.
        stage: Which stage.

    Raises:
        PostmortemError: If there is no such stage.
    """

    def __init__(self, meeting: Retrospective, stage: str) -> None:
        if stage not in STAGES:
            hint = near(stage, STAGES)
            told = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(STAGES)}"
            raise PostmortemError(f"there is no stage {stage!r}; {told}")
        self.meeting = meeting
        self.stage: StageId = next(name for name in STAGES if name == stage)
        super().__init__()
        self.refresh()
        meeting.watch(self)

    def __repr__(self) -> str:
        """Short and stable: it stands in the stored notebook."""
        number = STAGES.index(self.stage) + 1
        rules = self.meeting.playbook.stages[self.stage]
        return f"Stage {number} of 7, {rules.name}: {rules.purpose} Run this cell to work in it."

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The stage as plain data."""
        meeting = self.meeting
        form = Form(meeting, self.stage)
        rules = meeting.playbook.stages
        at = STAGES.index(self.stage)
        following = STAGES[at + 1] if at + 1 < len(STAGES) else None
        view = {
            "stage": self.stage,
            "session": f"{id(meeting):x}",
            "stages": [
                {
                    "id": item.stage,
                    "name": rules[item.stage].name,
                    "word": item.word,
                    "done": item.done,
                    "missing": item.started and (item.missing > 0 or item.late > 0),
                    "minutes": rules[item.stage].minutes,
                }
                for item in meeting.progress
            ],
            "wide": self.stage in {"recover", "classify", "act"},
            "ask": rules[self.stage].prompt,
            "then": rules[self.stage].then,
            "quiet": list(rules[self.stage].quiet),
            "body": [
                *(block for room in _ABOVE.get(self.stage, ()) for block in room.part(form)),
                *_ROOMS[self.stage].body(form),
            ],
            "aside": [block for room in _ASIDE.get(self.stage, ()) for block in room.aside(form)],
            "findings": form.all_findings(),
            "next": {"id": following, "name": rules[following].name} if following else None,
            "back": {"id": STAGES[at - 1], "name": rules[STAGES[at - 1]].name} if at else None,
        }
        return head_of(meeting), view

    def handle(self, event: Event) -> str:
        """What the browser asks for: a field typed, a thing done, another stage."""
        match event.get("type"):
            case "put":
                self._put(str(event["place"]), event["value"])
            case "do":
                return self._do(str(event["do"]), event.get("args") or {})
            case "go":
                self._go(str(event["stage"]), here=bool(event.get("here")))
            case "keep":
                self._put_away(str(event["rule"]), str(event["where"]))
            case "undo":
                self.meeting.undo()
            case "redo":
                self.meeting.redo()
            case "again" | "revive" as how:
                self.meeting.mend(how)
            case other:
                raise PostmortemError(f"the panel asked for {other!r}, which nobody knows; run the cell again")
        return ""

    def _go(self, stage: str, *, here: bool) -> None:
        self.meeting.leave_stage()
        if here:
            self.stage = next((name for name in STAGES if name == stage), self.stage)

    def _put(self, place: str, value: object) -> None:
        if isinstance(value, list):
            self.meeting.put(place, tuple(str(item) for item in value))
        elif place == "customer.vip":
            self.meeting.put(place, value == "true")
        elif isinstance(value, str) and not value and _may_be_none(place):
            self.meeting.put(place, None)
        else:
            self.meeting.type(place, str(value))

    def _put_away(self, rule: str, where: str) -> None:
        kept = Kept(rule=rule, where=where, by=self.meeting.by)
        self.meeting.change(lambda incident: put(incident, "kept", (*incident.kept, kept)))

    def _do(self, name: str, args: Mapping[str, Any]) -> str:
        deed = deeds(self.stage).get(name)
        if deed is None:
            raise PostmortemError(f"the stage has no {name!r}; run the cell again")
        wish = str(deed(self.meeting, args))
        if wish.startswith("file:"):
            file, html = wish.removeprefix("file:").split("\n", 1)
            self.send({"report": {"file": file, "name": file.rsplit("/", 1)[-1], "html": html}})
            return ""
        return wish


_CHOICES_THAT_MAY_BE_EMPTY = (
    "impact.harm",
    "impact.potential_harm",
    "impact.reputation",
    "impact.trust",
    "evaluation.level",
    "recovery.resolve.result",
)


def _may_be_none(place: str) -> bool:
    return place in _CHOICES_THAT_MAY_BE_EMPTY or (place.startswith("causes.") and place.endswith(".category"))


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
            body.append(note("Every record is closed. Tell a new mistake in the cell below."))
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
