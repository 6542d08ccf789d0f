"""The panels of the facilitator's notebook: the plan, the invitation, the words to say, and the closing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from postmortem.record import agenda as agendas
from postmortem.record import moments
from postmortem.record.errors import PostmortemError
from postmortem.record.facilitation import BLANKS, filled
from postmortem.widgets import typed
from postmortem.widgets.blocks import Block, Form, button, buttons, head_of, lines, note, row, section
from postmortem.widgets.panel import Event, Panel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from postmortem.record.facilitation import Role
    from postmortem.record.vocabulary import YesNo
    from postmortem.widgets.facilitating import Facilitation
    from postmortem.widgets.meeting import Retrospective

SHOWN_FROM: Final = 3
"""From how many answers on they are shown together: of one or two, everybody knows whose they are."""

_WHEN: Final = "meeting.starts_at"
_FIELDS: Final = ("title", _WHEN, "meeting.minutes", "meeting.where", "meeting.facilitator", "meeting.scribe")
_ROLES: Final[tuple[tuple[Role, str], ...]] = (
    ("facilitator", "Who leads"),
    ("scribe", "Who writes"),
    ("speaker", "Everybody else"),
)
_YES_NO: Final[tuple[tuple[YesNo, str], ...]] = (("yes", "Yes"), ("no", "No"))


class GuidePanel(Panel):
    """One part of leading a meeting, with the same head as a stage.

    Args:
        guide: The meeting that is prepared or closed.
    """

    part: ClassVar[str]
    name: ClassVar[str]
    does: ClassVar[str]

    def __init__(self, guide: Facilitation) -> None:
        self.guide = guide
        super().__init__()
        self.refresh()
        guide.meeting.watch(self)

    def __repr__(self) -> str:
        """Short and stable: it stands in the stored notebook."""
        return f"{self.name} Run this cell to {self.does}."

    @property
    def meeting(self) -> Retrospective:
        """The retrospective in hand."""
        return self.guide.meeting

    def body(self) -> Iterator[Block]:
        """What stands in the panel."""
        raise NotImplementedError

    def put(self, place: str, value: object) -> None:
        """Take what was typed or chosen."""
        raise PostmortemError(f"there is no field {place!r} here for {value!r}; run the cell again")

    def deeds(self) -> Mapping[str, Callable[[Mapping[str, Any]], str]]:
        """What can be done here, by name; each gives back where the focus goes."""
        return {}

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The part as plain data."""
        session = f"{id(self.meeting):x}"
        view = {"stage": f"guide-{self.part}", "name": self.name, "session": session, "body": list(self.body())}
        return head_of(self.meeting), view

    def handle(self, event: Event) -> str:
        """A field typed, or a thing done."""
        kind, deed = event.get("type"), self.deeds().get(str(event.get("do")))
        if kind == "put":
            self.put(str(event["place"]), event["value"])
            return ""
        if kind == "do" and deed is not None:
            return deed(event.get("args") or {})
        if kind not in {"again", "revive"}:
            raise PostmortemError(f"the panel asked for {kind!r}, which nobody knows; run the cell again")
        self.meeting.mend(kind)
        return ""


class PlanPanel(GuidePanel):
    """When, how long, where, who leads, who writes, who comes; and what to have ready."""

    part = "plan"
    name = "Who comes, and when?"
    does = "plan the meeting"

    def __init__(self, guide: Facilitation) -> None:
        self._person = ""
        super().__init__(guide)

    def body(self) -> Iterator[Block]:
        """The fields, and what is still missing in the record."""
        meeting, plan = self.meeting, self.guide.agenda
        form = Form(meeting, "tell")
        known = agendas.invited(meeting.incident, meeting.playbook)
        roles = [who.role for who in known]
        yield form.text("title", "What happened, in one line", placeholder="For example: no launches for over an hour")
        yield row(
            form.start(_WHEN, "When", placeholder="24 Mar 14:00", help=self._ends(plan)),
            form.text("meeting.minutes", "How long", placeholder=f"{plan.minutes} min"),
        )
        if plan.proposed and plan.proposed != plan.minutes:
            told = f"For a {plan.severity} mistake {plan.proposed} minutes are proposed, in place of {plan.minutes}."
            yield note(told)
            yield buttons(button(f"Take {plan.proposed} minutes", "take-proposed"))
        yield form.text("meeting.where", "Where", placeholder="the room, or the link")
        does = meeting.playbook.meeting.roles
        yield row(
            form.text("meeting.facilitator", "Who leads", placeholder="a role", help=does["facilitator"], list=roles),
            form.text("meeting.scribe", "Who writes", placeholder="a role", help=does["scribe"], list=roles),
        )
        people = meeting.incident.meeting.people
        named = [(who.role, f"{who.role} ({who.because})") for who in known]
        others = [(role, role) for role in people if role not in roles]
        if named or others:
            yield form.checks("meeting.people", "Who is asked to come", [*named, *others])
        yield row(
            {
                "t": "field",
                "kind": "text",
                "place": "guide.person",
                "label": "Somebody else, as a role",
                "enter": "invite",
                "value": self._person,
                "error": "",
                "findings": [],
            },
            buttons(button("Ask them too", "invite", icon="plus")),
        )
        yield section(
            "To have ready", *self._ready(plan), hint="Mended in the retrospective, in the stages named here."
        )

    def _ends(self, plan: agendas.Agenda) -> str:
        zone = self.meeting.incident.zone
        if plan.begins_at is None or plan.ends_at is None:
            return f"Clocks in {zone}."
        gone = plan.begins_at < self.meeting.now() and self.meeting.incident.meeting.begun_at is None
        ends = f"It ends at {moments.clock(plan.ends_at, zone)}, clocks in {zone}."
        return f"{ends} That time is past." if gone else ends

    def _ready(self, plan: agendas.Agenda) -> Iterator[Block]:
        stages = self.meeting.playbook.stages
        if not plan.ready:
            yield note("Nothing is missing that could be made ready before the meeting.")
        for stage in agendas.BEFORE:
            found = [f"{item.message}: {item.remedy}" for item in plan.ready if item.stage == stage]
            if found:
                yield note("", strong=stages[stage].name)
                yield lines(f"{told[:1].upper()}{told[1:]}." for told in found)

    def put(self, place: str, value: object) -> None:
        """A field of the meeting."""
        if place == "guide.person":
            self._person = str(value)
        elif place == "meeting.people" and isinstance(value, list):
            self.meeting.put(place, tuple(str(item) for item in value))
        elif place == _WHEN:
            self._begin(str(value))
        elif place in _FIELDS:
            self.meeting.type(place, str(value))
        else:
            super().put(place, value)

    def _begin(self, text: str) -> None:
        # A time without a day is of the meeting's own day, never of the day of the mistake.
        meeting = self.meeting
        around = typed.surroundings(meeting.incident, meeting.now())
        begins = meeting.incident.meeting.starts_at
        own = replace(around, day=begins.astimezone(around.zone).date() if begins else None)
        try:
            at = typed.read("instant", text, own)
        except PostmortemError as error:
            meeting.refuse(_WHEN, text, str(error))
        else:
            meeting.type(_WHEN, typed.show(at, replace(around, day=None)))

    def deeds(self) -> Mapping[str, Callable[[Mapping[str, Any]], str]]:
        """Take the proposed length, ask one more person."""
        return {"take-proposed": self._take_proposed, "invite": self._invite}

    def _take_proposed(self, _args: Mapping[str, Any]) -> str:
        proposed = self.guide.agenda.proposed
        if proposed:
            self.meeting.put("meeting.minutes", float(proposed))
        return "meeting.minutes"

    def _invite(self, _args: Mapping[str, Any]) -> str:
        role = " ".join(self._person.split())
        people = self.meeting.incident.meeting.people
        if role and role not in people:
            self.meeting.put("meeting.people", (*people, role))
        self._person = ""
        return "guide.person"


class LetterPanel(GuidePanel):
    """The agenda as a table, and the invitation ready to copy."""

    part = "letter"
    name = "What shall we send them?"
    does = "see the agenda and copy the invitation"

    def body(self) -> Iterator[Block]:
        """The table, and the text."""
        incident, plan = self.meeting.incident, self.guide.agenda
        zone = incident.zone
        rows = [
            {
                "time": moments.clock(item.begins_at, zone) if item.begins_at else f"after {item.from_min} min",
                "name": item.name,
                "minutes": item.minutes,
                "ask": item.ask,
                "speaks": item.speaks,
            }
            for item in plan.items
        ]
        told = f"{plan.minutes} minutes, {plan.story_min} of them for what happened and why"
        if plan.begins_at is not None and plan.ends_at is not None:
            from_to = f"{moments.clock(plan.begins_at, zone)} to {moments.clock(plan.ends_at, zone)}"
            told = f"{agendas.day_text(plan.begins_at, zone)}, {from_to}: {told}"
        yield section("The agenda", {"t": "agenda", "rows": rows, "caption": f"{told}."})
        text = self.guide.text
        still = [words for words in BLANKS.values() if words in text]
        open_ = note(f"Still open in it: {', '.join(words.strip('[]') for words in still)}") if still else note("")
        name = f"invitation-{incident.id or 'new'}.txt"
        letter = {"t": "letter", "text": text, "file": name, "label": "The invitation"}
        hint = "The text is the playbook's, section [meeting]; the customer is never named in it."
        yield section("The invitation", open_, letter, hint=hint)


class WordsPanel(GuidePanel):
    """Who speaks in which order, and sentences for the start, for hard moments, and for the end."""

    part = "words"
    name = "What do I say, and who speaks?"
    does = "have the words at hand"

    def body(self) -> Iterator[Block]:
        """Everything the playbook says about leading."""
        guide, meeting = self.guide, self.meeting
        rules = meeting.playbook.meeting
        blanks = agendas.said(meeting.incident, guide.agenda, meeting.playbook, guide.hide)
        yield section("At the start", _say(filled(line, blanks) for line in rules.start))
        yield section("What we ask of each other", lines(rules.ground_rules))
        order = agendas.in_order(meeting.incident, meeting.playbook)
        people = [f"{guide.hide(who.role)}: {who.because}" for who in order]
        here = [note("", strong="Here, then"), lines(people, ordered=True)] if people else []
        yield section("Who speaks", lines(rules.order), *here)
        yield section("Roles", {"t": "pairs", "rows": [[label, rules.roles[role]] for role, label in _ROLES]})
        hard = [{"when": moment.when, "say": list(moment.say)} for moment in rules.hard_moments.values()]
        yield section("When it gets hard", {"t": "hard", "rows": hard})
        yield section("At the end", _say(filled(line, blanks) for line in rules.end))


def _say(words: Iterator[str]) -> Block:
    return {"t": "say", "items": list(words)}


class ClosingPanel(GuidePanel):
    """Two questions and a line, for one person after the other; nobody's name stands at an answer."""

    part = "closing"
    name = "How did the meeting go?"
    does = "let everybody answer two questions"

    def __init__(self, guide: Facilitation) -> None:
        self._draft: dict[str, str] = {}
        self._thanks = self._shown = self._early = False
        super().__init__(guide)
        guide.watch(self)

    def body(self) -> Iterator[Block]:
        """The questions for the next person, how many answered, and the answers together once somebody asks."""
        rules, tally = self.meeting.playbook.meeting, self.guide.tally
        draft = self._draft
        yield section(
            "Your answers",
            _asked("learned", rules.questions["learned"], draft),
            _asked("again", rules.questions["again"], draft),
            {
                "t": "field",
                "kind": "text",
                "place": "guide.note",
                "label": rules.questions["better"],
                "value": draft.get("note", ""),
                "error": "",
                "findings": [],
                "optional": True,
            },
            buttons(button("Hand it in", "hand-in", style="pri", icon="check")),
            hint="One person after the other, here or on your own screen. No name is kept with an answer.",
        )
        count = f"{tally.answers} answer{'' if tally.answers == 1 else 's'} so far."
        first = "Answer one of the questions first; one is enough. " if self._early else ""
        yield {"t": "told", "text": f"Thank you. {count}" if self._thanks else f"{first}{count}"}
        if tally.answers < SHOWN_FROM:
            yield note(f"They are shown together from {SHOWN_FROM} on, so that nobody is known by theirs.")
        elif not self._shown:
            yield buttons(button("Show the answers together", "show"))
        else:
            rows = [
                [rules.questions["learned"], f"{tally.learned[0]} of {tally.learned[1]} said yes"],
                [rules.questions["again"], f"{tally.again[0]} of {tally.again[1]} said yes"],
            ]
            notes = [note("", strong=rules.questions["better"]), lines(tally.notes)] if tally.notes else []
            yield section("The answers together", {"t": "pairs", "rows": rows}, *notes)

    def put(self, place: str, value: object) -> None:
        """One answer of the person at the keyboard; kept when it is handed in."""
        name = place.removeprefix("guide.")
        if name not in {"learned", "again", "note"} or not place.startswith("guide."):
            super().put(place, value)
        self._draft[name] = str(value)
        # Who comes next sees neither the thanks nor the answers of the others before their own.
        self._thanks = self._shown = self._early = False

    def deeds(self) -> Mapping[str, Callable[[Mapping[str, Any]], str]]:
        """Hand in, and show."""
        return {"hand-in": self._hand_in, "show": self._show}

    def _hand_in(self, _args: Mapping[str, Any]) -> str:
        draft, self._draft = self._draft, {}
        self._thanks, self._shown = True, False
        if not any(text.strip() for text in draft.values()):
            self._thanks, self._early = False, True
            return "guide.learned"
        learned, again = (_yes_no(draft.get(name, "")) for name in ("learned", "again"))
        try:
            # What follows the answers is drawn at once: the form is empty by then.
            self.guide.answer(learned=learned, again=again, note=draft.get("note", ""))
        except PostmortemError:
            self._draft, self._thanks = draft, False
            raise
        return "guide.learned"

    def _show(self, _args: Mapping[str, Any]) -> str:
        self._shown = self.guide.tally.answers >= SHOWN_FROM
        return ""


def _asked(name: str, question: str, draft: Mapping[str, str]) -> Block:
    return {
        "t": "field",
        "kind": "toggle",
        "place": f"guide.{name}",
        "label": question,
        "value": draft.get(name, ""),
        "options": [list(choice) for choice in _YES_NO],
        "clear": True,
        "error": "",
        "findings": [],
    }


def _yes_no(text: str) -> YesNo | None:
    return next((word for word, _ in _YES_NO if word == text), None)
