"""One stage of the retrospective in one cell, and the shell that goes through all seven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record.edit import put
from postmortem.record.errors import PostmortemError, near
from postmortem.record.incident import Kept
from postmortem.record.playbook import STAGES, StageId
from postmortem.record.progress import progress
from postmortem.record.review import review
from postmortem.widgets import apart, ideas, past, stages, standing, timing, together
from postmortem.widgets.blocks import Form, head_of
from postmortem.widgets.panel import Event, Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from postmortem.record.incident import Incident
    from postmortem.widgets.meeting import Retrospective

_ROOMS: Mapping[StageId, ModuleType] = {stage: getattr(stages, stage) for stage in STAGES}
_ABOVE: Mapping[StageId, tuple[ModuleType, ...]] = {"why": (past, ideas), "act": (ideas,)}
"""What stands above a stage's own fields."""
_ASIDE: Mapping[StageId, tuple[ModuleType, ...]] = {"why": (past,)}
"""What stands beside them."""


def deeds(stage: StageId) -> Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]]:
    """Everything that can be done in a stage, by name."""
    rooms = (*_ABOVE.get(stage, ()), *_ASIDE.get(stage, ()), _ROOMS[stage], standing, timing, together)
    return {name: deed for room in rooms for name, deed in room.DO.items()}


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
        body = [
            *(block for room in _ABOVE.get(self.stage, ()) for block in room.part(form)),
            *_ROOMS[self.stage].body(form),
        ]
        following = STAGES[at + 1] if at + 1 < len(STAGES) else None
        view = {
            "stage": self.stage,
            "session": f"{id(meeting):x}",
            "record": meeting.taken,
            "stages": [
                {
                    "id": item.stage,
                    "name": rules[item.stage].name,
                    "word": item.word,
                    "done": item.done,
                    "missing": item.started and (item.missing > 0 or item.late > 0),
                    "minutes": rules[item.stage].minutes,
                }
                for item in progress(form.incident, form.review, meeting.playbook, meeting.now())
            ],
            "wide": self.stage in {"recover", "classify", "act"},
            "clock": timing.clock_of(meeting),
            "purpose": rules[self.stage].purpose,
            "ask": rules[self.stage].prompt,
            "then": rules[self.stage].then,
            "quiet": list(rules[self.stage].quiet),
            "body": [*together.undrawn(meeting, self.stage, form.waiting), *body],
            "aside": [block for room in _ASIDE.get(self.stage, ()) for block in room.aside(form)],
            "findings": form.all_findings(),
            "put_away": _put_away_in(form),
            "nothing": standing.elsewhere(meeting) if self.stage == "review" else "",
            "foot": standing.foot(meeting),
            "next": {"id": following, "name": rules[following].name} if following else None,
            "back": {"id": STAGES[at - 1], "name": rules[STAGES[at - 1]].name} if at else None,
        }
        return head_of(meeting), view

    def attend(self, event: Event) -> None:
        """What the browser tells of itself; whoever goes to another why gets what was met before beside that one."""
        beside = self.stage in _ASIDE and event.get("type") == "look"
        before = past.about(self.meeting) if beside else ""
        super().attend(event)
        if beside and past.about(self.meeting) != before:
            self.refresh()

    def handle(self, event: Event) -> str:
        """What the browser asks for: a field typed, a thing done, another stage."""
        if self._beside(event):
            return ""
        match event.get("type"):
            case "put":
                self._put(str(event["place"]), event["value"])
            case "do":
                return self._do(str(event["do"]), event.get("args") or {})
            case "go":
                self._go(str(event["stage"]), here=bool(event.get("here")))
            case "keep":
                self._put_away(str(event["rule"]), str(event["where"]), str(event.get("reason") or ""))
            case "unkeep":
                self._bring_up(str(event["rule"]), str(event["where"]))
            case "undo":
                self.meeting.undo()
            case "redo":
                self.meeting.redo()
            case "again" | "revive" as how:
                self.meeting.mend(how)
            case other:
                raise PostmortemError(f"the panel asked for {other!r}, which nobody knows; run the cell again")
        return ""

    def _beside(self, event: Event) -> bool:
        """Whether what was typed waits beside what somebody else saved there, which it was typed without seeing."""
        place, value, was = event.get("place"), event.get("value"), event.get("was")
        typed = isinstance(place, str) and isinstance(value, str) and isinstance(was, list)
        return typed and self.meeting.beside(str(place), str(value), [str(text) for text in was or ()])

    def _go(self, stage: str, *, here: bool) -> None:
        self.meeting.leave_stage()
        there = next((name for name in STAGES if name == stage), self.stage)
        timing.entered(self.meeting, there)
        if here:
            self.stage = there

    def _put(self, place: str, value: object) -> None:
        if isinstance(value, list):
            self.meeting.put(place, tuple(str(item) for item in value))
        elif place == "customer.vip":
            self.meeting.put(place, value == "true")
        elif isinstance(value, str) and not value and _may_be_none(place):
            self.meeting.put(place, None)
        else:
            self.meeting.type(place, str(value))

    def _put_away(self, rule: str, where: str, reason: str) -> None:
        kept = Kept(rule=rule, where=where, reason=reason, by=self.meeting.by)
        self.meeting.change(lambda incident: put(incident, "kept", (*_others(incident, rule, where), kept)))

    def _bring_up(self, rule: str, where: str) -> None:
        self.meeting.change(lambda incident: put(incident, "kept", _others(incident, rule, where)))

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
    parts = (("causes.", ".category"), ("commitments.", ".worked"))
    return place in _CHOICES_THAT_MAY_BE_EMPTY or any(
        place.startswith(first) and place.endswith(last) for first, last in parts
    )


class Shell(StagePanel):
    """All seven stages in one cell: one at a time, with the way to each of the others.

    It opens where the work is: where the meeting's clock stands, else where something is late, else at
    the first stage that nobody has begun.

    Args:
        meeting: The retrospective in hand.
        stage: Which stage first; where none is named, the one where the work is.

    Raises:
        PostmortemError: If there is no such stage.
    """

    def __init__(self, meeting: Retrospective, stage: str | None = None) -> None:
        self._hand = meeting.taken
        super().__init__(meeting, stage or where_the_work_is(meeting))

    def __repr__(self) -> str:
        """Short and stable: it stands in the stored notebook."""
        names = ", ".join(self.meeting.playbook.stages[stage].name for stage in STAGES)
        return f"Seven stages: {names}. Run this cell to work in them."

    def refresh(self) -> None:
        """Show what stands now; another record is shown from where its work is."""
        if self._hand != self.meeting.taken:
            self._hand = self.meeting.taken
            self.stage = where_the_work_is(self.meeting)
        super().refresh()


def where_the_work_is(meeting: Retrospective) -> StageId:
    """The stage to open: where the meeting's clock stands, else what is late, else what nobody began, else the last.

    What is late comes before what is next: a customer who still waits is not found behind a stage that has nothing yet.
    """
    entered = meeting.incident.meeting.entered if meeting.incident.meeting.begun_at else ()
    last = entered[-1].stage if entered else ""
    for stage in STAGES:
        if stage == last:
            return stage
    late = [item.stage for item in meeting.progress if item.started and item.late > 0]
    unbegun = [item.stage for item in meeting.progress if not item.started]
    return next(iter([*late, *unbegun]), STAGES[-1])


def _others(incident: Incident, rule: str, where: str) -> tuple[Kept, ...]:
    return tuple(kept for kept in incident.kept if (kept.rule, kept.where) != (rule, where))


def _put_away_in(form: Form) -> list[dict[str, str]]:
    """The findings of a stage that somebody put away: nothing is hidden, and each can be looked at again."""
    meeting = form.meeting
    if not meeting.incident.kept:
        return []
    kept = {(item.rule, item.where): item for item in meeting.incident.kept}
    again = review(put(meeting.incident, "kept", ()), meeting.playbook, meeting.now())
    shown = {(finding.rule, finding.where) for finding in form.review}
    return [
        {
            "rule": finding.rule,
            "where": finding.where,
            "text": finding.message,
            "by": kept[finding.rule, finding.where].by,
            "reason": kept[finding.rule, finding.where].reason,
        }
        for finding in again
        if finding.stage == form.stage
        and (finding.rule, finding.where) in kept.keys() - shown
        # What was said of a root stays covered with it, until this person's own opinion is given (R31).
        and not apart.hides(meeting, finding.where)
    ]
