"""Taking a person out of a record at their request, as privacy law lets them ask: whole words, wherever they stand.

What stands there instead says that something was erased, and not what. `record.terms` says what is found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count, zip_longest
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

from postmortem.record.base import IDENTIFIER_PATTERN, INCIDENT_ID_PATTERN, Value
from postmortem.record.incident import Incident
from postmortem.record.reading import incident_from
from postmortem.record.terms import ERASED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postmortem.record.terms import Terms

Part = TypeVar("Part", bound=Value)

_LONGEST_ID: Final = 120
_NAMING: Final = {"links.incident_id", "actions.carried_to", "topics.carried_to"}
"""Fields that name another record."""
_AROUND: Final = 30

Kind = Literal["text", "name", "incident", "closed"]
"""How a field is treated: a text; the id of a part; the id of an incident; certain words only."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a term stands.

    Attributes:
        field: The field, without the ids of parts: `whys.text`.
        before: The words before it.
        found: The words that are meant.
        after: The words after it.
        closed: Whether it stands in a field that takes only certain words, where nothing can be put in its place.
    """

    field: str
    before: str
    found: str
    after: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Erasure:
    """A document without what was to be erased.

    Attributes:
        incident: The record as it stands now.
        mentions: Every place where something was erased, or could not be.
    """

    incident: Incident
    mentions: tuple[Mention, ...]


def erase(incident: Incident, terms: Terms, ids: Mapping[str, str] | None = None) -> Erasure:
    """A record without some words, in every text of it: sources, owners, signatures and values of other systems too.

    Ids of parts that hold a term get another one, the same wherever they are named. Fields that take only certain
    words keep theirs.

    Args:
        incident: The record; it stays as it is.
        terms: What is erased.
        ids: New ids for incidents whose own id holds a term.

    Raises:
        DataError: If the record does not fit together any more.

    Examples:
        >>> from postmortem.record.terms import Terms
        >>> found = erase(Incident(title="Late", owner="Maria Lindqvist"), Terms(("Maria Lindqvist",)))
        >>> found.incident.owner, [mention.field for mention in found.mentions]
        ('[erased]', ['owner'])
    """
    data = incident.model_dump(mode="json", exclude_defaults=True)
    walk = _Walk(terms, ids or {}, _names(Incident, data, terms))
    new = walk.value(Incident, data, "")
    if not walk.mentions:
        return Erasure(incident, ())
    return Erasure(incident_from(new, f"incident {incident.id}"), tuple(walk.mentions))


def text_mentions(text: str, terms: Terms, field: str) -> tuple[Mention, ...]:
    """The places in one text where a term stands."""
    return tuple(
        Mention(field, _said(text[:start])[-_AROUND:], _said(text[start:end]), _said(text[end:])[:_AROUND])
        for start, end in terms.spans(text)
    )


def _said(text: str) -> str:
    return re.sub(r"\s+", " ", text)


class _Walk:
    """Goes through the plain data of a record by the fields of its model."""

    def __init__(self, terms: Terms, ids: Mapping[str, str], names: Mapping[str, str]) -> None:
        self._terms = terms
        self._ids = ids
        self._names = names
        self.mentions: list[Mention] = []

    def value(self, model: type[Value], data: Mapping[str, Any], place: str) -> dict[str, Any]:
        """The data of one part."""
        new = {}
        for name, given in data.items():
            info = model.model_fields[name]
            annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            new[name] = self._any(annotation, given, f"{place}.{name}" if place else name)
        return new

    def _any(self, annotation: Any, given: Any, place: str) -> Any:  # noqa: ANN401 - any part of a record
        kind, inner = _kind(annotation)
        if isinstance(given, list):
            return [self._any(inner, part, place) for part in given]
        if isinstance(given, dict) and isinstance(inner, type) and issubclass(inner, Value):
            return self.value(inner, given, place)
        if not isinstance(given, str):
            return given
        return self._text(kind, given, place)

    def _text(self, kind: Kind, given: str, place: str) -> str:
        found = text_mentions(given, self._terms, place)
        if given in self._ids and (kind == "incident" or place in _NAMING):
            self.mentions.extend(found)
            return self._ids[given]
        if kind in {"closed", "incident"}:
            self.mentions.extend(Mention(it.field, it.before, it.found, it.after, closed=True) for it in found)
            return given
        self.mentions.extend(found)
        if kind == "name":
            return self._names.get(given, given)
        return self._terms.erased(given) if found else given


def _kind(annotation: Any) -> tuple[Kind, Any]:  # noqa: ANN401 - a type expression
    """How a field is treated, and what a list holds or a part is."""
    patterns: set[str] = set()
    while True:
        origin, inner = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            patterns |= {"" if found is None else found for found in map(_pattern_in, inner[1:])}
            annotation = inner[0]
        elif origin in {Union, UnionType}:
            annotation = next(part for part in inner if part is not NoneType)
        elif origin is tuple:
            return "closed", inner[0]
        else:
            break
    if annotation is not str:
        return "closed", annotation
    if IDENTIFIER_PATTERN in patterns:
        return "name", str
    if INCIDENT_ID_PATTERN in patterns:
        return "incident", str
    return ("closed" if patterns else "text"), str


def _pattern_in(metadata: object) -> str | None:
    pattern = getattr(metadata, "pattern", None)
    if pattern is None:
        pattern = next((found for part in getattr(metadata, "metadata", ()) if (found := _pattern_in(part))), None)
    return pattern


def _names(model: type[Value], data: Mapping[str, Any], terms: Terms) -> dict[str, str]:
    """New ids for the parts whose id holds a term, each of its own."""
    old = dict.fromkeys(_identifiers(model, data))
    taken = {name for name in old if not terms.spans(name)}
    new: dict[str, str] = {}
    for name in old:
        if name not in taken:
            wanted = terms.erased(name)[:_LONGEST_ID]
            numbered = (f"{wanted[: _LONGEST_ID - 8]} {number}" for number in count(2))
            new[name] = wanted if wanted not in taken else next(it for it in numbered if it not in taken)
            taken.add(new[name])
    return new


def _identifiers(model: type[Value], data: Mapping[str, Any]) -> Iterator[str]:
    for name, given in data.items():
        info = model.model_fields[name]
        annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        yield from _identifiers_in(annotation, given)


def _identifiers_in(annotation: Any, given: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a record
    kind, inner = _kind(annotation)
    if isinstance(given, list):
        for part in given:
            yield from _identifiers_in(inner, part)
    elif isinstance(given, dict) and isinstance(inner, type) and issubclass(inner, Value):
        yield from _identifiers(inner, given)
    elif kind == "name" and isinstance(given, str):
        yield given


def settled(before: Part, told: Part) -> Part:
    """What a file tells now, with the fields from which something was erased as they were left.

    The file may still hold what was erased. Nobody knows any more what it was, so nothing of such a field is taken.

    Args:
        before: What the file told last, without what was erased since.
        told: What it tells now.

    Examples:
        >>> before = Incident(title="Call of [erased]", team="Vans")
        >>> kept = settled(before, Incident(title="Call of Maria Lindqvist", team="Field"))
        >>> kept.title, kept.team
        ('Call of [erased]', 'Field')
    """
    new: dict[str, Any] = {
        name: _settled(getattr(before, name, None), value) for name, value in told if name not in {"id", "revision"}
    }
    return told.model_copy(update=new)


def _settled(before: Any, told: Any) -> Any:  # noqa: ANN401 - any part of a record
    if isinstance(told, str):
        return before if isinstance(before, str) and ERASED in before else told
    if isinstance(told, Value) and isinstance(before, Value):
        return settled(before, told)
    if isinstance(told, tuple) and isinstance(before, tuple):
        if all(_name(part) for part in (*told, *before)):
            known = {_name(part): part for part in before}
            return tuple(_settled(known.get(_name(part)), part) for part in told)
        return tuple(_settled(old, part) for old, part in zip_longest(before[: len(told)], told))
    return told


def _name(part: object) -> str:
    return str(getattr(part, "id", getattr(part, "question", "")))
