"""Changing one thing of an incident, which gives a new incident.

A place is written as a path: `title`, `impact.customer_min`, `timeline.m2.text`, `recovery.steps.apologise.status`.
Parts of a list are named by their id, or by `question` where they have one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from postmortem.record.base import Value
from postmortem.record.errors import DataError, Problem, UnknownNodeError, near
from postmortem.record.reading import problems_in

if TYPE_CHECKING:
    from postmortem.record.incident import Incident

Part = TypeVar("Part", bound=Value)


def changed(value: Part, **changes: Any) -> Part:  # noqa: ANN401 - any field of any part
    """The same value with other fields, checked as a whole.

    Raises:
        pydantic.ValidationError: If a new value does not fit.
    """
    return type(value).model_validate({**value.__dict__, **changes})


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
        edited: Incident = _put(incident, place.split("."), value)
    except ValidationError as error:
        raise DataError(place, problems_in(error, place)) from None
    return edited


def get(incident: Incident, place: str) -> Any:  # noqa: ANN401 - whatever stands there
    """What stands at a place of an incident.

    Raises:
        UnknownNodeError: If the path names a part that is not there.
    """
    found: Any = incident
    for name in place.split("."):
        found = _named(found, name) if isinstance(found, tuple) else getattr(found, name)
    return found


def _put(value: Any, path: list[str], new: object) -> Any:  # noqa: ANN401
    name, rest = path[0], path[1:]
    if isinstance(value, tuple):
        part = _named(value, name)
        return tuple(_put(item, rest, new) if item is part else item for item in value)
    if name not in type(value).model_fields:
        hint = near(name, type(value).model_fields)
        raise DataError(name, [Problem(name, "there is no such field", f"did you mean {hint!r}?" if hint else "")])
    return changed(value, **{name: _put(getattr(value, name), rest, new) if rest else new})


def _named(parts: tuple[Any, ...], name: str) -> Any:  # noqa: ANN401
    for part in parts:
        if getattr(part, "id", getattr(part, "question", None)) == name:
            return part
    raise UnknownNodeError("part", name, [str(getattr(part, "id", "")) for part in parts])


def next_id(letter: str, parts: tuple[Any, ...]) -> str:
    """The next free short id among siblings, such as `w3` after `w1` and `w2`.

    Examples:
        >>> next_id("m", ())
        'm1'
    """
    used = [part.id for part in parts]
    numbers = [int(name[len(letter) :]) for name in used if name.startswith(letter) and name[len(letter) :].isdecimal()]
    return f"{letter}{max(numbers, default=0) + 1}"


def add(incident: Incident, place: str, part: Value) -> Incident:
    """The incident with one more part at the end of a list (`timeline`, `commitments`, `recovery.compensation`, …)."""
    return put(incident, place, (*get(incident, place), part))


def drop(incident: Incident, place: str, name: str) -> Incident:
    """The incident without one part of a list.

    Raises:
        UnknownNodeError: If there is no such part.
    """
    parts = get(incident, place)
    gone = _named(parts, name)
    return put(incident, place, tuple(part for part in parts if part is not gone))
