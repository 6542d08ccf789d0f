"""Post-mortems as teams write them in Markdown: headings become fields, tables and lists actions and moments.

Nothing is lost: a section whose heading says nothing here is kept whole under its heading, and every line with a word
that has found no place is kept beside it. Nothing is made up: a cause stays possible and unclassified, an action has no
form, a time without a stated zone stays text.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.prose.headings import plain
from postmortem.exchange.prose.outline import Piece, items_of, outline, rows_of, text_of
from postmortem.exchange.prose.storyline import Storyline
from postmortem.exchange.prose.told_times import Times
from postmortem.exchange.wiki import front_matter
from postmortem.record.errors import DataError
from postmortem.record.reading import document, incident_from

if TYPE_CHECKING:
    from datetime import date

    from postmortem.exchange.prose.headings import Headings
    from postmortem.exchange.prose.outline import Token
    from postmortem.record.incident import Incident

SYSTEM: Final = "post-mortem document"
"""The system that the source of such an incident names; its key is the document's folder and file name."""

REST: Final = "also in the document"
"""The name under which lines stand that have found no place of their own."""

_WORD: Final = re.compile(r"\w+")
_COUNTED: Final = re.compile(r"^[\s>]*\d{1,9}[.)](?=\s)")  # the number of an item, which is its place in the list
_OWNER: Final = re.compile(r"(?i)\b(?:owner|assignee|assigned to|responsible)\s*:\s*\**\s*@?([^,;|)\]\n]+)")
_DUE: Final = re.compile(r"(?i)\b(?:due|deadline)(?: date| on)?\s*:\s*\**\s*([^,;|)\]\n]+)")
_DATE: Final = re.compile(r"(?im)^[\s*_-]*(?:incident )?date(?: of (?:the )?incident)?[*_]*\s*:[\s*_]*(.+)$")
_TOML: Final = "+++"


def incident_of(text: str, key: str, headings: Headings, *, stem: str = "") -> Incident:
    r"""The incident that a document tells.

    The title is that of the front matter, else the first heading, else the file's name. It occurred at the first moment
    of the timeline that could be read; where there is none, at 00:00 UTC of the day that the document states, or with
    which its timeline begins.

    Args:
        text: The document.
        key: What it is called in its source.
        headings: What headings mean.
        stem: The file's name without suffix, for a document without a title.

    Raises:
        DataError: If a part does not fit.

    References:
        Beyer et al., Site Reliability Engineering (2016), chapter 15 and appendix D.

    Examples:
        >>> from postmortem.exchange.prose.headings import shipped_headings
        >>> told = "# Disk full\n\n## Root Cause\n\nNo alert\n\n## Action Items\n\n- Add one\n"
        >>> incident = incident_of(told, "docs/disk.md", shipped_headings())
        >>> incident.title, incident.whys[0].text, incident.causes[0].category, incident.actions[0].text
        ('Disk full', 'No alert', None, 'Add one')
    """
    work = _Document(text, headings, stem or key)
    data = work.data | {"source": {"system": SYSTEM, "key": key, "url": work.url}}
    made = incident_from(data, key)
    rest = _unplaced(text, made, work.said)
    if rest:
        data["extra"] = [*data.get("extra", []), {"name": REST, "value": rest}]
        made = incident_from(data, key)
    return made


def _unplaced(text: str, incident: Incident, said: list[str]) -> str:
    """The lines of a document with a word that stands nowhere in the incident."""
    placed = set(_WORD.findall(" ".join((*_texts(document(incident)), *said)).casefold()))
    lines = [
        line for line in text.split("\n") if not placed.issuperset(_WORD.findall(_COUNTED.sub("", line.casefold())))
    ]
    return "\n".join(lines).strip("\n")


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


@dataclass(slots=True)
class _Section:
    """The pieces that belong to one field, or to one heading that is not known."""

    says: str | None
    head: Piece
    below: list[Piece] = field(default_factory=list)


class _Document:
    """A document on its way to an incident.

    Attributes:
        data: The fields of the incident.
        said: What was understood and does not stand in a text: times, headings.
        url: Where it stands in public, if it says so.
    """

    def __init__(self, text: str, headings: Headings, stem: str) -> None:
        self.headings = headings
        self.times = Times(text, headings)
        self.said: list[str] = []
        self.url = ""
        self.extra: list[dict[str, str]] = []
        self.lists: dict[str, list[Any]] = {name: [] for name in ("whys", "causes", "actions", "learned")}
        self.texts: dict[str, list[str]] = {}
        head, body = self._head(text)
        pieces = outline(body)
        title = head.pop("title", "").strip()
        first = next((piece for piece in pieces if piece.level), None)
        if not title and first is not None and first.level == 1 and headings.field_of(first.heading) is None:
            title, first.level = first.heading, 0
            self.said.append(first.heading)
            first.heading = ""
        self.title = " ".join(re.sub(r"^#+\s*|[*`]", "", title).split()) or stem.replace("-", " ").strip() or "Untitled"
        stated = _DATE.search(body)
        days = self.times.days_in(head.get("date", "")) or self.times.days_in(stated[1] if stated else "")
        self.day: date | None = next(iter(days or self.times.days_in(self.title)), None)
        self.extra += [{"name": name, "value": value} for name, value in head.items()]
        self.story = Storyline(self.times, headings, self.day)
        self._sections(pieces)
        self.said += self.story.said
        self.data = self._data()

    def _head(self, text: str) -> tuple[dict[str, str], str]:
        """The front matter as names with texts, and what follows it."""
        parted, data = front_matter.split(text), None
        try:
            if parted is not None:
                data = front_matter.load(parted[0], "front matter")
            elif text.startswith(f"{_TOML}\n") and (end := text.find(f"\n{_TOML}\n")) > 0:
                parted = ("", text[end + len(_TOML) + 2 :], 0)
                data = tomllib.loads(text[len(_TOML) + 1 : end])
        except (DataError, tomllib.TOMLDecodeError, RecursionError):
            raw = parted[0] or text[: len(text) - len(parted[1])] if parted else ""
            return {"front matter": raw}, parted[1] if parted else text
        if parted is None or data is None:
            return {}, text
        self.url = next((data[name] for name in ("url", "permalink") if isinstance(data.get(name), str)), "")
        self.said += list(data)
        return {
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            for name, value in data.items()
            if value not in (None, "", [], {})
        }, parted[1]

    def _sections(self, pieces: list[Piece]) -> None:
        sections: list[_Section] = []
        open_: list[_Section] = []
        for piece in pieces:
            known = self.headings.field_of(piece.heading) if piece.level else None
            while open_ and piece.level <= open_[-1].head.level and piece.level:
                open_.pop()
            if known is None and piece.level and open_:
                # A heading below a section belongs to it; also one below a section that is itself below it.
                open_[-1].below.append(piece)
                continue
            section = _Section(known, piece)
            sections.append(section)
            if piece.level:
                open_.append(section)
        has_summary = any(section.says == "summary" for section in sections)
        for section in sections:
            self._section(section, has_summary=has_summary)

    def _section(self, section: _Section, *, has_summary: bool) -> None:
        name, head = section.says, section.head
        if name is None:
            text = "\n\n".join(filter(None, (head.text, *(_with_heading(piece) for piece in section.below))))
            if not head.level:
                if text and has_summary:
                    self.extra.append({"name": "introduction", "value": text})
                elif text:
                    self.texts.setdefault("summary", []).append(text)
            else:
                self.extra.append({"name": head.heading, "value": text})
            return
        if plain(head.heading) == " ".join(head.heading.casefold().split()).strip(" :.?!"):
            self.said.append(head.heading)
        pieces = [Piece("", 0, head.tokens), *section.below]
        if name in {"summary", "impact.happened"}:
            text = "\n\n".join(filter(None, (head.text, *(_with_heading(piece) for piece in section.below))))
            self.texts.setdefault(name, []).append(text)
        elif name == "timeline":
            self.story.add(head, pieces)
            self.extra += [{"name": head.heading, "value": note} for note in self.story.notes]
            self.story.notes = []
        elif name == "actions":
            self._actions(head, pieces)
        elif name == "learned":
            self._learned(head, pieces)
        else:
            self._causes(head, pieces, chain=name == "five_whys")

    def _note(self, head: Piece, text: str) -> None:
        """Keep what stands beside the items of a section, under its heading."""
        if text:
            self.extra.append({"name": head.heading, "value": text})

    def _causes(self, head: Piece, pieces: list[Piece], *, chain: bool) -> None:
        parent = None
        for piece in pieces:
            texts, beside = _units(piece)
            self._note(head, beside)
            for text in texts:
                name = f"w{len(self.lists['whys']) + 1}"
                top = {"leg": "occurrence"} if parent is None else {}
                self.lists["whys"].append({"id": name, "text": text, "parent": parent} | top)
                if chain:
                    parent = name
                else:
                    self.lists["causes"].append({"id": f"c{len(self.lists['causes']) + 1}", "why": name})
        if chain and parent:
            self.lists["causes"].append({"id": f"c{len(self.lists['causes']) + 1}", "why": parent})

    def _learned(self, head: Piece, pieces: list[Piece]) -> None:
        own = re.sub(r"[*_`]", "", head.heading).strip(" :?!.")
        for piece in pieces:
            heading = piece.heading.strip(" :?!.") or (
                own if "learn" not in own.lower() and own.lower() != "lessons" else ""
            )
            texts, beside = _units(Piece("", 0, piece.tokens))
            for text in ([beside] if beside else []) + texts:
                self.lists["learned"].append(f"{heading}: {text}" if heading else text)
            if not texts and not beside and piece.heading:
                self.lists["learned"].append(piece.heading)

    def _actions(self, head: Piece, pieces: list[Piece]) -> None:
        for piece in pieces:
            before = len(self.lists["actions"])
            tables = [token for token in piece.tokens if token["type"] == "table"]
            for token in tables:
                self._action_table(token)
            others = [token for token in piece.tokens if token["type"] != "table"]
            items = items_of(others)
            prose = [token for token in others if token["type"] != "list"]
            if items or tables:
                self._note(head, text_of(prose))
            elif prose:
                items = [text_of(prose)]
            for text in items:
                self._action(text)
            made = [action["id"] for action in self.lists["actions"][before:]]
            if piece.heading:
                self.extra.append({"name": f"{head.heading}: {piece.heading}", "value": ", ".join(made)})

    def _action(self, text: str, **more: Any) -> None:  # noqa: ANN401 - fields of an action
        owner, due = _OWNER.search(text), _DUE.search(text)
        action: dict[str, Any] = {"id": f"a{len(self.lists['actions']) + 1}", "text": text}
        if owner:
            action["owner"] = owner[1].strip(" *_")
        days = self.times.days_in(due[1]) if due else []
        if days:
            action["due_on"] = days[0]
        self.lists["actions"].append(action | more)

    def _action_table(self, token: Token) -> None:
        header, *rows = rows_of(token)
        fields = [self.headings.column_of("actions", title) for title in header]
        if "actions.text" not in fields and fields:
            fields[0] = "actions.text"
        for row in rows:
            texts: list[str] = []
            more: dict[str, Any] = {}
            for name, title, cell in zip(fields, header, row, strict=False):
                days = self.times.days_in(cell)
                if name == "actions.text" and cell:
                    texts.insert(0, cell)
                elif name == "actions.owner" and cell and "owner" not in more:
                    more["owner"] = cell
                elif name in {"actions.due_on", "actions.done_on"} and days:
                    more[name.partition(".")[2]] = days[0]
                    self.said.append(cell)
                elif cell:
                    texts.append(f"{title}: {cell}")
            if any(row):
                self._action("; ".join(texts), **more)
        self.said += [title for title, name in zip(header, fields, strict=True) if name]

    def _data(self) -> dict[str, Any]:
        data: dict[str, Any] = {"title": self.title, "extra": self.extra}
        data |= {name: found for name, found in self.lists.items() if found}
        if "summary" in self.texts:
            data["summary"] = "\n\n".join(filter(None, self.texts["summary"]))
        if "impact.happened" in self.texts:
            data["impact"] = {"happened": "\n\n".join(filter(None, self.texts["impact.happened"]))}
        read = [one["at"] for one in self.story.moments if "at" in one]
        day = self.day or self.story.first_day
        if self.story.moments:
            data["timeline"] = self.story.moments
        if read:
            data["occurred_at"] = read[0]
        elif day is not None:
            data["occurred_at"] = f"{day.isoformat()}T00:00:00Z"
        if self.story.zones:
            data["zone"] = self.story.zones[0]
        return data


def _with_heading(piece: Piece) -> str:
    return "\n\n".join(filter(None, (f"{'#' * piece.level} {piece.heading}" if piece.heading else "", piece.text)))


def _units(piece: Piece) -> tuple[list[str], str]:
    """What a section names one by one, and what stands beside it.

    The items of its lists, where it is lists with at most a lead before them; else the whole of it as one.
    """
    lists = [token for token in piece.tokens if token["type"] == "list"]
    others = [token for token in piece.tokens if token["type"] != "list"]
    lead = text_of(others)
    if lists and (not others or (len(others) == 1 and piece.tokens[0] is others[0] and lead.endswith((":", "…")))):
        texts = items_of(lists)
        return ([f"{piece.heading}: {text}" for text in texts] if piece.heading else texts), lead
    return ([piece.whole] if piece.whole else []), ""
