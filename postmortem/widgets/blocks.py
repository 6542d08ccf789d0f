"""The parts a panel is made of, as plain data: what the browser draws is a pure function of it.

Nothing here is markup: every text is drawn as text, whatever it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from postmortem.record import gates
from postmortem.record.edit import get
from postmortem.record.errors import PostmortemError
from postmortem.record.severity import depth
from postmortem.widgets import typed
from postmortem.widgets.keeping import UNNAMED
from postmortem.widgets.together import wordings

if TYPE_CHECKING:
    from postmortem.record.playbook import StageId
    from postmortem.record.review import Finding
    from postmortem.widgets.meeting import Retrospective

Block = dict[str, Any]
Options = Sequence[tuple[str, str]]


def head_of(meeting: Retrospective) -> dict[str, Any]:
    """Which record is in hand, and whether it is kept, as the head of every panel says it."""
    incident = meeting.incident
    return {
        "id": incident.id,
        "title": incident.title if incident.title != UNNAMED else "A new record",
        "saved": meeting.saved_line(),
        "kept": not meeting.trouble and not meeting.is_new and not meeting.store.read_only,
        "trouble": meeting.trouble,
        "unsaved": bool(meeting.trouble),
        "deleted": meeting.deleted is not None,
        "by": meeting.by,
        "people": meeting.people(),
        "said": [*meeting.said, *([meeting.away] if meeting.away else [])],
        "follows": True,
        "store": blake2b(meeting.store.url.rpartition("@")[2].encode(), digest_size=6).hexdigest(),
    }


def section(title: str, *body: Block, hint: str = "", aside: str = "") -> Block:
    """A part of a stage with a heading."""
    return {"t": "section", "title": title, "hint": hint, "aside": aside, "body": list(body)}


def fold(title: str, *body: Block, unfolded: bool = False) -> Block:
    """A part that a small record may do without: one line until somebody opens it."""
    return {"t": "fold", "title": title, "open": unfolded, "body": list(body)}


def row(*body: Block, columns: int = 2) -> Block:
    """Fields side by side."""
    return {"t": "row", "columns": columns, "body": list(body)}


def card(
    key: str, *body: Block, title: str = "", label: str = "", aside: str = "", badge: Block | None = None
) -> Block:
    """A framed group that belongs to one thing, such as a root or an action."""
    return {
        "t": "card",
        "key": key,
        "title": title,
        "label": label,
        "aside": aside,
        "badge": badge,
        "body": list(body),
    }


def note(text: str, *, strong: str = "", tone: str = "") -> Block:
    """A sentence; `strong` stands before it in bold, `tone` is `warn`, `bad` or empty."""
    return {"t": "note", "text": text, "strong": strong, "tone": tone}


def lines(items: Iterable[str], *, ordered: bool = False) -> Block:
    """A list of sentences."""
    return {"t": "lines", "items": list(items), "ordered": ordered}


def button(label: str, do: str, *, style: str = "", icon: str = "", off: bool = False, **args: object) -> Block:
    """A button that asks the kernel to do something by name."""
    return {"t": "button", "label": label, "do": do, "style": style, "icon": icon, "off": off, "args": args}


def buttons(*body: Block) -> Block:
    """Buttons in a row."""
    return {"t": "buttons", "body": list(body)}


def category_badge(category: str | None, *, possible: bool = False) -> Block:
    """The kind of a root: shape, word, border."""
    return {"category": category or "unclassified", "possible": possible}


def options(names: Iterable[str], *, empty: str = "") -> list[tuple[str, str]]:
    """Choices whose value is their own word; `empty` names the choice of nothing."""
    start = [("", empty)] if empty else []
    return [*start, *((name, name[:1].upper() + name[1:]) for name in names)]


def neighbour(names: Sequence[str], gone: str) -> str:
    """Where the focus goes when one of a row is taken out: to the next, else to the one before, else nowhere.

    Examples:
        >>> neighbour(["m1", "m2", "m3"], "m2"), neighbour(["m1", "m2"], "m2"), neighbour(["m1"], "m1")
        ('m3', 'm1', '')
    """
    at = names.index(gone) if gone in names else 0
    left = [*names[at + 1 :], *reversed(names[:at])]
    return left[0] if left else ""


def fields_in(part: object) -> Iterator[Block]:
    """The fields of some blocks, however deep they stand."""
    if isinstance(part, Mapping):
        if part.get("t") == "field":
            yield dict(part)
        for inner in part.values():
            yield from fields_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from fields_in(inner)


class Form:
    """Builds the fields of one stage, with their values and what the review says of them.

    Args:
        meeting: The retrospective in hand.
        stage: Whose findings are numbered here.
    """

    def __init__(self, meeting: Retrospective, stage: StageId) -> None:
        self.meeting = meeting
        self.stage = stage
        self.incident = meeting.incident
        self.review = meeting.findings
        self.findings = [finding for finding in self.review if finding.stage == stage and not self._too_soon(finding)]
        self.around = typed.surroundings(self.incident, meeting.now(), meeting.playbook.currency)
        self.short = depth(self.incident, meeting.playbook).short
        self.waiting: set[str] = set()
        asked = gates.missing(self.incident, meeting.playbook, meeting.now(), self.incident.state)
        self.waived = {(it.rule, it.where) for it in asked if meeting.playbook.gates[it.gate].may_be_waived}

    def _too_soon(self, finding: Finding) -> bool:
        """Whether it is a thought about an empty field, before anything was typed in this stage of a draft."""
        if finding.level != "hint" or self.incident.state != "draft":
            return False
        begun = {item.stage: item.started for item in self.meeting.progress}
        if begun[self.stage] or (self.stage == "tell" and not self.meeting.is_new):
            return False
        try:
            return get(self.incident, finding.where) in {None, ""}
        except (PostmortemError, TypeError):
            return False

    @property
    def currency(self) -> str:
        """The currency of this record's amounts."""
        return self.incident.currency or self.meeting.playbook.currency

    def longer(self, title: str, *body: Block) -> Block:
        """What a record of a level with the short form may do without (R7): folded there, unless something was said.

        Args:
            title: What it is about; its heading in the long form.
            body: Its fields.
        """
        if not self.short:
            return section(title, *body)
        said = any(block.get("value") for block in fields_in(list(body)))
        return fold(title, *body, unfolded=said)

    def finding(self, number: int, finding: Finding) -> Block:
        """One finding as it stands under its field or in the list."""
        kind = "Needed" if finding.level == "error" else "Look at"
        return {
            "n": number,
            "kind": kind,
            "need": finding.level != "hint",
            "fixed": finding.level == "error" and (finding.rule, finding.where) not in self.waived,
            "text": finding.message,
            "remedy": "" if finding.message.endswith(finding.remedy) else finding.remedy,
            "rule": finding.rule,
            "where": finding.where,
        }

    def found_at(self, place: str) -> list[Block]:
        """What the review says of a place, each with its number."""
        return [
            self.finding(number, finding)
            for number, finding in enumerate(self.findings, start=1)
            if finding.where == place
        ]

    def all_findings(self) -> list[Block]:
        """Everything the review says of this stage."""
        return [self.finding(number, finding) for number, finding in enumerate(self.findings, start=1)]

    def around_of(self, place: str) -> typed.Place:
        """What a text in one field is understood by."""
        return typed.surroundings(self.incident, self.meeting.now(), self.meeting.playbook.currency, field=place)

    def _field(self, kind: str, place: str, label: str, extra: Mapping[str, Any]) -> Block:
        value = get(self.incident, place)
        shown = typed.show(value, self.around_of(place))
        refused = self.meeting.rejected.get(place)
        unnamed = place == "title" and shown == UNNAMED
        return {
            "t": "field",
            "kind": kind,
            "place": place,
            "label": label,
            "value": refused[0] if refused else "" if unnamed else shown,
            "error": refused[1] if refused else "",
            "findings": self.found_at(place),
            "versions": self.versions_at(place, kind=kind, options=extra.get("options", ())),
            "writing": self.meeting.writing(place),
            **extra,
        }

    def versions_at(self, place: str, *, kind: str = "text", options: Options = ()) -> Block | None:
        """The texts that wait for a field, each with whose it is; `None` where nothing waits.

        Args:
            place: The field.
            kind: How it is drawn: only in an `area` do lines stand below each other.
            options: The words of its choices.
        """
        words = {value: word for value, word in options}  # noqa: C416 - pairs that may be lists
        found = wordings(self.meeting, place, between="\n" if kind == "area" else " / ", words=words)
        if found is not None:
            self.waiting.add(place)
        return found

    def text(self, place: str, label: str, **extra: Any) -> Block:  # noqa: ANN401 - help, placeholder, …
        """A field of one line."""
        return self._field("text", place, label, extra)

    def start(self, place: str, label: str, **extra: Any) -> Block:  # noqa: ANN401
        """The instant that other times are told by: always with its day."""
        field = self._field("text", place, label, extra)
        value = get(self.incident, place)
        if value is not None and not field["error"]:
            field["value"] = typed.show(value, replace(self.around, day=None))
        return field

    def area(self, place: str, label: str, **extra: Any) -> Block:  # noqa: ANN401
        """A field of several lines."""
        return self._field("area", place, label, extra)

    def choice(self, place: str, label: str, choices: Options, **extra: Any) -> Block:  # noqa: ANN401
        """One of many, as a list to open."""
        value = typed.show(get(self.incident, place), self.around_of(place))
        known = [list(choice) for choice in choices]
        if value and value not in {choice[0] for choice in known}:
            known.append([value, f"{value} (not in the playbook)"])
        return self._field("choice", place, label, {"options": known, **extra})

    def toggle(self, place: str, label: str, choices: Options, **extra: Any) -> Block:  # noqa: ANN401
        """One of few, side by side; with `clear` the chosen one can be taken back."""
        return self._field("toggle", place, label, {"options": [list(choice) for choice in choices], **extra})

    def checks(self, place: str, label: str, choices: Options, **extra: Any) -> Block:  # noqa: ANN401
        """Any number of several."""
        field = self._field("checks", place, label, {"options": [list(choice) for choice in choices], **extra})
        return {**field, "value": list(get(self.incident, place))}
