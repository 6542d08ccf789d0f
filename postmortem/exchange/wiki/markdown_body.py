"""What a page shows of an incident, below its front matter: headings, paragraphs, lists and tables, both ways."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.wiki.markdown_text import block, cell, cells, inline, plain
from postmortem.record.base import zone
from postmortem.record.errors import Problem, near, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.parts import Why

_TEXTS: Final = {"Summary": "summary", "What was expected": "impact.expected", "What happened": "impact.happened"}
_TIMELINE: Final = "Timeline"
_WHYS: Final = "Why it happened"
_CAUSES: Final = "Root causes"
_ACTIONS: Final = "Actions"
_LEARNED: Final = "What we learned"
_KEPT: Final = "Kept from the source"
_SECTIONS: Final = (*_TEXTS, _TIMELINE, _WHYS, _CAUSES, _ACTIONS, _LEARNED, _KEPT)

_TABLES: Final = {
    _TIMELINE: ("timeline", {"Id": "id", "Time": "at", "What was seen or done": "text", "Seen by": "seen_by"}),
    _CAUSES: ("causes", {"Id": "id", "Why": "why", "Category": "category", "Reason": "reason"}),
    _ACTIONS: (
        "actions",
        {"Id": "id", "What": "text", "For": "causes", "Owner": "owner", "Due": "due_on", "Done": "done_on"},
    ),
}
_OPTIONAL: Final = {"at", "category", "due_on", "done_on"}

PARTS: Final = {
    "timeline": frozenset({"id", "at", "text", "seen_by"}),
    "whys": frozenset({"id", "parent", "text"}),
    "causes": frozenset({"id", "why", "category", "reason"}),
    "actions": frozenset({"id", "text", "causes", "owner", "due_on", "done_on"}),
}
"""The lists whose parts stand in the page, and what of each part does."""

BODY_FIELDS: Final = ("title", "summary", "impact.expected", "impact.happened", "learned", "extra", *PARTS)
"""What stands in the page and not in the front matter."""

_DEEPEST: Final = 40  # a chain of a thousand whys would be more indentation than text
_ITEM: Final = re.compile(r"(\s*)[-*+]\s+(.*)")
_NAMED: Final = re.compile(r"\*\*((?:\\.|[^\\*])+)\*\*(.*)")
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T]+(\d\d:\d\d\S*?)\s*(Z|UTC|[+-]\d\d:?\d\d)")
_RULE: Final = re.compile(r"[\s|:-]+")


def told(moment: datetime, name: str) -> str:
    """An instant in its zone, with the offset: `2026-03-02T17:30:00+01:00`; in UTC where the offset has odd seconds.

    Examples:
        >>> from datetime import UTC, datetime
        >>> told(datetime(2026, 3, 2, 16, 30, tzinfo=UTC), "Europe/Berlin")
        '2026-03-02T17:30:00+01:00'
    """
    text = moment.astimezone(zone(name)).isoformat()
    return text if text[-6] in "+-" else moment.isoformat()


def body_lines(incident: Incident) -> tuple[list[str], list[str], frozenset[str]]:
    """The lines of the page; the ids of the whys in their order there; those too deep to stand below their parent."""
    ordered = list(_in_order(incident.whys))
    deep = frozenset(why.id for depth, why in ordered if depth > _DEEPEST)
    return list(_body(incident, ordered)), [why.id for _, why in ordered], deep


def _body(incident: Incident, ordered: list[tuple[int, Why]]) -> Iterator[str]:
    yield from (f"# {inline(incident.title)}", "")
    texts = (incident.summary, incident.impact.expected, incident.impact.happened)
    for heading, text in zip(_TEXTS, texts, strict=True):
        if text:
            yield from (f"## {heading}", "", block(text), "")
    yield from _table(
        _TIMELINE,
        ((one.id, _shown_time(one.at, incident.zone), one.text, one.seen_by) for one in incident.timeline),
    )
    if incident.whys:
        yield from (f"## {_WHYS}", "")
        for depth, why in ordered:
            text = f" {inline(why.text)}" if why.text else ""
            yield f"{'  ' * depth if depth <= _DEEPEST else ''}- **{inline(why.id)}**{text}"
        yield ""
    yield from _table(_CAUSES, ((one.id, one.why, one.category or "", one.reason) for one in incident.causes))
    yield from _table(
        _ACTIONS,
        (
            (one.id, one.text, "\n".join(one.causes), one.owner, str(one.due_on or ""), str(one.done_on or ""))
            for one in incident.actions
        ),
    )
    if incident.learned:
        yield from (f"## {_LEARNED}", "", *(f"- {inline(text)}" for text in incident.learned), "")
    if incident.extra:
        yield from (f"## {_KEPT}", "")
        for one in incident.extra:
            yield from (f"### {inline(one.name)}", "", block(one.value), "")


def _table(heading: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    columns = _TABLES[heading][1]
    first = True
    for row in rows:
        if first:
            yield from (f"## {heading}", "", f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}")
            first = False
        yield f"| {' | '.join(cell(text) for text in row)} |"
    if not first:
        yield ""


def _shown_time(moment: datetime | None, name: str) -> str:
    if moment is None:
        return ""
    text = told(moment, name)
    return f"{text[:10]} {text[11:-6].removesuffix(':00')} {text[-6:]}"


def _in_order(whys: tuple[Why, ...]) -> Iterator[tuple[int, Why]]:
    """Every why below the one it answers, with its depth."""
    below: dict[str | None, list[Why]] = {}
    for why in whys:
        below.setdefault(why.parent, []).append(why)
    waiting = [(0, why) for why in reversed(below.get(None, ()))]
    while waiting:
        depth, why = waiting.pop()
        yield depth, why
        waiting += [(depth + 1, one) for one in reversed(below.get(why.id, ()))]


class Body:
    """A page that is being read.

    Attributes:
        fields: What stands in it, by field.
        parts: The parts of each list, in their order, with what the page shows of each.
        problems: Everything that can't be read.
    """

    def __init__(self, text: str, first_line: int) -> None:
        self.fields: dict[str, Any] = {}
        self.parts: dict[str, list[dict[str, Any]]] = {name: [] for name in PARTS}
        self.problems: list[Problem] = []
        seen: set[str] = set()
        for heading, lines in self._sections(text, first_line):
            if heading in seen:
                self._refuse(lines[0][0] - 1, f"the section {shown(heading)} stands twice", "make one of them")
            seen.add(heading)
            if heading in _TEXTS:
                self.fields[_TEXTS[heading]] = _paragraphs(lines)
            elif heading in _TABLES:
                self._table(heading, lines)
            elif heading == _WHYS:
                self._whys(lines)
            elif heading == _LEARNED:
                self.fields["learned"] = [plain(item) for _, _, item in self._items(lines)]
            elif heading == _KEPT:
                self._kept(lines)

    def _refuse(self, line: int, found: str, remedy: str = "") -> None:
        self.problems.append(Problem(f"line {line}", found, remedy))

    def _sections(self, text: str, first_line: int) -> Iterator[tuple[str, list[tuple[int, str]]]]:
        """The sections by their headings, each line with its number; what stands before the first is the title."""
        heading, lines = "", [(first_line, "")]
        for number, line in enumerate(text.split("\n"), first_line):
            if line.startswith("# ") or line.rstrip() == "#":
                if "title" in self.fields:
                    self._refuse(number, "a second title", "write it as a text")
                self.fields["title"] = plain(line[2:])
            elif line.startswith("## "):
                yield heading, lines
                heading, lines = plain(line[3:]), [(number + 1, "")]
                if heading not in _SECTIONS:
                    hint = near(heading, _SECTIONS)
                    remedy = f"did you mean {hint!r}?" if hint else f"write it below '## {_KEPT}' as '### a name'"
                    self._refuse(number, f"there is no section {shown(heading)}", remedy)
            elif heading:
                lines.append((number, line))
            elif line.strip():
                self._refuse(number, f"{shown(line)} stands in no section", "write it below '## Summary'")
        yield heading, lines

    def _table(self, heading: str, lines: list[tuple[int, str]]) -> None:
        name, columns = _TABLES[heading]
        fields: list[str] = []
        for number, line in lines:
            if not line.strip():
                continue
            if not line.lstrip().startswith("|"):
                self._refuse(number, f"expected a row of the table, found {shown(line)}", "begin it with |")
                continue
            row = cells(line)
            if not fields:
                fields = self._columns(number, row, columns)
                continue
            if _RULE.fullmatch(line):
                if "-" not in line:
                    self._refuse(number, "an empty row", "take it out")
                continue
            if len(row) != len(fields):
                self._refuse(number, f"expected {len(fields)} cells, found {len(row)}", "write a | in a text as \\|")
                continue
            part = {field: plain(text) for field, text in zip(fields, row, strict=True) if field}
            self._add(name, number, {key: one for key, one in part.items() if one or key not in _OPTIONAL})

    def _columns(self, number: int, row: list[str], columns: dict[str, str]) -> list[str]:
        titles = [plain(title) for title in row]
        for title in titles:
            if title not in columns:
                hint = near(title, columns)
                remedy = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(columns)}"
                self._refuse(number, f"there is no column {shown(title)}", remedy)
        if "Id" not in titles or len(set(titles)) < len(titles):
            self._refuse(number, "expected each column once, with Id", f"as in: {' | '.join(columns)}")
        return [columns.get(title, "") for title in titles]

    def _add(self, name: str, number: int, part: dict[str, Any]) -> None:
        if not part.get("id"):
            self._refuse(number, "a row without an id", "give it one of its own, such as x1")
            return
        if name == "actions":
            part["causes"] = part.get("causes", "").split("\n") if part.get("causes") else []
        if "at" in part and (time := _TIME.fullmatch(part["at"])):
            part["at"] = f"{time[1]}T{time[2]}{time[3].replace('UTC', 'Z')}"
        self.parts[name].append(part)

    def _items(self, lines: list[tuple[int, str]]) -> list[tuple[int, int, str]]:
        """The items of a list: line, indentation, text; a line that is no item goes on with the one before."""
        items: list[tuple[int, int, str]] = []
        for number, line in lines:
            item = _ITEM.fullmatch(line) or _ITEM.fullmatch(f"{line} ")
            if item:
                items.append((number, len(item[1].expandtabs(4)), item[2]))
            elif line.strip() and items:
                start, indent, text = items[-1]
                items[-1] = (start, indent, f"{text.rstrip()} {line.strip()}")
            elif line.strip():
                self._refuse(number, f"expected an item of a list, found {shown(line)}", "begin it with -")
        return items

    def _whys(self, lines: list[tuple[int, str]]) -> None:
        above: list[tuple[int, str]] = []
        for number, indent, item in self._items(lines):
            named = _NAMED.fullmatch(item)
            if named is None:
                self._refuse(number, f"a why without an id: {shown(item)}", "begin it with an id of its own: **w9**")
                continue
            identifier = plain(named[1])
            while above and above[-1][0] >= indent:
                above.pop()
            parent = {"parent": above[-1][1]} if above else {}
            above.append((indent, identifier))
            self.parts["whys"].append({"id": identifier, "text": plain(named[2])} | parent)

    def _kept(self, lines: list[tuple[int, str]]) -> None:
        kept: list[dict[str, str]] = []
        waiting: list[tuple[int, str]] = []
        for number, line in lines:
            if line.startswith("### "):
                if kept:
                    kept[-1]["value"] = _paragraphs(waiting)
                kept.append({"name": plain(line[4:]), "value": ""})
                waiting = []
            elif kept:
                waiting.append((number, line))
            elif line.strip():
                self._refuse(number, f"{shown(line)} has no name", "write '### a name' above it")
        if kept:
            kept[-1]["value"] = _paragraphs(waiting)
        self.fields["extra"] = kept


def _paragraphs(lines: list[tuple[int, str]]) -> str:
    return plain("\n".join(line for _, line in lines))
