"""Changing one thing of an incident, which gives a new incident.

A place is written as a path: `title`, `impact.customer_min`, `timeline.m2.text`, `recovery.steps.apologise.status`.
Parts of a list are named by their id, or by `question` where they have one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import ValidationError

from postmortem.record.base import Value
from postmortem.record.errors import DataError, Problem, UnknownNodeError, near
from postmortem.record.parts import Reply
from postmortem.record.reading import problems_in
from postmortem.record.treatment import RecoveryStep

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postmortem.record.incident import Incident

Part = TypeVar("Part", bound=Value)


def made(kind: type[Part], /, **fields: Any) -> Part:  # noqa: ANN401 - any field of any part
    """A new part of a record.

    Raises:
        DataError: If a field does not fit.
    """
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise DataError(kind.__name__.lower(), problems_in(error, model=kind, data=fields)) from None


def changed(value: Part, /, **changes: Any) -> Part:  # noqa: ANN401 - any field of any part
    """The same value with other fields, checked as a whole.

    Raises:
        DataError: If a new value does not fit.
    """
    return made(type(value), **{**value.__dict__, **changes})


def put(incident: Incident, place: str, value: object) -> Incident:
    """The incident with another value at one place.

    Args:
        incident: What is changed; it stays as it is.
        place: The path to the field.
        value: What shall stand there.

    Raises:
        DataError: If the value does not fit, or the field does not exist.
        UnknownNodeError: If the path names a part that is not there.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> put(Incident(title="Late"), "impact.customer_min", 45).impact.customer_min
        45.0
    """
    try:
        edited: Incident = _put(incident, place.split("."), value, place)
    except ValidationError as error:
        raise DataError(place, problems_in(error, place)) from None
    return edited


def get(incident: Incident, place: str) -> Any:  # noqa: ANN401 - whatever stands there
    """What stands at a place of an incident.

    Raises:
        DataError: If the field does not exist.
        UnknownNodeError: If the path names a part that is not there.
    """
    found: Any = incident
    for name in place.split("."):
        listed = isinstance(found, tuple)
        found = _named(found, name, place) if listed else getattr(found, _field(found, name, place))
    return found


def _put(value: Any, path: list[str], new: object, place: str) -> Any:  # noqa: ANN401
    name, rest = path[0], path[1:]
    if isinstance(value, tuple):
        part = _named(value, name, place)
        instead = _put(part, rest, new, place) if rest else new
        if all(item is not part for item in value):
            return (*value, instead)
        return tuple(instead if item is part else item for item in value)
    field = _field(value, name, place)
    under = _put(getattr(value, field), rest, new, place) if rest else new
    return type(value).model_validate({**value.__dict__, field: under})


def _field(value: object, name: str, place: str) -> str:
    known = type(value).model_fields if isinstance(value, Value) else {}
    if name in known:
        return name
    hint = near(name, known)
    remedy = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(known)}" if known else "leave it out"
    raise DataError(place, [Problem(name, "there is no such field", remedy)])


def _named(parts: tuple[Any, ...], name: str, place: str) -> Any:  # noqa: ANN401
    for part in parts:
        if _name(part) == name:
            return part
    if place.startswith("recovery.steps."):
        # The playbook names the steps: one of which nothing was said yet is to do.
        return made(RecoveryStep, id=name)
    raise UnknownNodeError("part", name, [_name(part) for part in parts if _name(part)])


def _name(part: object) -> str:
    return str(getattr(part, "id", getattr(part, "question", "")))


def next_id(letter: str, parts: tuple[Any, ...], gone: tuple[str, ...] = ()) -> str:
    """The next free short id among siblings, such as `w3` after `w1` and `w2`.

    Args:
        letter: What ids of this kind begin with.
        parts: The siblings.
        gone: Ids that were taken out (`Incident.gone`). They are not given again: who still holds an older state means
            the old part by them.

    Examples:
        >>> next_id("m", ()), next_id("m", (), gone=("m4",))
        ('m1', 'm5')
    """
    used = [*(part.id for part in parts), *gone]
    numbers = [int(name[len(letter) :]) for name in used if name.startswith(letter) and name[len(letter) :].isdecimal()]
    return f"{letter}{max(numbers, default=0) + 1}"


_NUMBERED: Final = re.compile(r"([a-z])(\d+)", re.ASCII)


def ids_of(incident: Incident) -> set[str]:
    """The ids of all parts that are numbered here: moments, whys, roots, actions, topics and the like."""
    lists = (
        incident.timeline,
        incident.recovery.compensation,
        incident.whys,
        incident.causes,
        incident.actions,
        incident.checklists,
        incident.commitments,
        incident.topics,
        incident.feedback,
    )
    runs = {run.id for sheet in incident.checklists for run in sheet.runs if run.id}
    return {part.id for parts in lists for part in parts} | runs


def retired(incident: Incident, *names: str) -> Incident:
    """The incident that does not give these ids again. Of each letter the highest is remembered, if none stands above.

    Examples:
        >>> from postmortem.record.incident import Incident
        >>> retired(Incident(title="Late"), "w3", "w2").gone
        ('w3',)
    """
    highest = {found[1]: int(found[2]) for name in incident.gone if (found := _NUMBERED.fullmatch(name))}
    standing = ids_of(incident)
    for name in (*standing, *names):
        if found := _NUMBERED.fullmatch(name):
            highest[found[1]] = max(highest.get(found[1], 0), int(found[2]))
    new = {f"{letter}{number}" for letter, number in highest.items()}.intersection(names) - standing
    if new <= set(incident.gone):
        return incident
    letters = {name[0] for name in new}
    return changed(incident, gone=tuple(sorted({name for name in incident.gone if name[0] not in letters} | new)))


def add(incident: Incident, place: str, part: Value) -> Incident:
    """The incident with one more part at the end of a list (`timeline`, `commitments`, `recovery.compensation`, …)."""
    return put(incident, place, (*get(incident, place), part))


def drop(incident: Incident, place: str, name: str) -> Incident:
    """The incident without one part of a list, and without the findings about it that were put away.

    Raises:
        UnknownNodeError: If there is no such part.
    """
    parts = get(incident, place)
    gone = _named(parts, name, "")
    without = put(incident, place, tuple(part for part in parts if part is not gone))
    return retired(forget(without, f"{place}.{name}"), name)


def forget(incident: Incident, *places: str) -> Incident:
    """The incident without the findings that were put away, and the other wordings, at these places or below.

    A file may give an id again; what was said of the old part must not silence the new one.
    """

    def about(place: str) -> bool:
        return any(place == gone or place.startswith(f"{gone}.") for gone in places)

    kept = tuple(finding for finding in incident.kept if not about(finding.where))
    versions = tuple(version for version in incident.versions if not about(version.place))
    same = kept == incident.kept and versions == incident.versions
    return incident if same else changed(incident, kept=kept, versions=versions)


def readdressed(incident: Incident, before: str, after: str) -> Incident:
    """The incident with what is said of a place or below, put away or waiting there, at the place's new name."""

    def now(place: str) -> str:
        return f"{after}{place.removeprefix(before)}" if place == before or place.startswith(f"{before}.") else place

    kept = (changed(finding, where=now(finding.where)) for finding in incident.kept)
    versions = tuple(changed(version, place=now(version.place)) for version in incident.versions)
    # Of two that say the same of one place the first stays.
    once = {(finding.rule, finding.where): finding for finding in reversed(tuple(kept))}
    return changed(incident, kept=tuple(reversed(once.values())), versions=versions)


def replied(replies: Iterable[Reply], question: str, answer: str) -> tuple[Reply, ...]:
    """The answers with another one to a question, in its place; an empty one takes it back.

    Examples:
        >>> from postmortem.record.parts import Reply
        >>> [(it.question, it.answer) for it in replied([Reply(question="a", answer="no")], "a", "yes")]
        [('a', 'yes')]
    """
    said = {reply.question: reply.answer for reply in replies} | {question: answer}
    return tuple(Reply(question=name, answer=told) for name, told in said.items() if told)
