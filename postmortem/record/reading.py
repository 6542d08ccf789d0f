"""From plain data to an incident, with every fault told in plain words."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from postmortem.record.base import CURRENCY_PATTERN, FILLED_PATTERN, IDENTIFIER_PATTERN, INCIDENT_ID_PATTERN
from postmortem.record.errors import DataError, Problem, Unsound, near, shown, shown_name
from postmortem.record.incident import Incident

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]

_BYTE_ORDER_MARK = "\ufeff"


def incident_from(data: Mapping[str, Any] | str | bytes, subject: str = "incident") -> Incident:
    """Read one incident from a mapping or from JSON text.

    Args:
        data: The fields, or a JSON document of them.
        subject: What it is called in an error: a file's name, `line 3`.

    Raises:
        DataError: With all that does not fit, each with its place and a remedy. A part of a list is named by its id,
            or by its number, counted from 1, where it has none.

    Examples:
        >>> incident_from({"title": "Late", "occured_at": "2026-03-02T17:30Z"})
        Traceback (most recent call last):
        ...
        postmortem.record.errors.DataError: incident: 1 problem
          occured_at: unknown field; did you mean 'occurred_at'?
    """
    if not isinstance(data, str | bytes):
        try:
            return Incident.model_validate(data)
        except ValidationError as error:
            raise DataError(subject, problems_in(error, data=data)) from None
    text = _text_of(data, subject)
    try:
        incident = Incident.model_validate_json(text)
    except ValidationError as error:
        plain = _parsed(text)
        twice = _said_twice(text) if plain is not None else []
        raise DataError(subject, [*problems_in(error, data=plain), *twice]) from None
    twice = _said_twice(text)
    if twice:
        raise DataError(subject, twice)
    return incident


def _text_of(data: str | bytes, subject: str) -> str:
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"not UTF-8 text: byte {error.start + 1} does not belong there"
        raise DataError(subject, [Problem("", found, "save the file as UTF-8")]) from None
    text = text.removeprefix(_BYTE_ORDER_MARK)
    if not text.strip():
        raise DataError(subject, [Problem("", "it is empty", 'expected at least {"title": "…"}')])
    return text


def _parsed(text: str) -> object:
    """The plain data of a JSON text, to name parts by their ids; nothing where it is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _said_twice(text: str) -> list[Problem]:
    """The fields that stand twice in one object of a JSON text: reading it would keep the last and lose the first."""
    found: list[tuple[dict[str, Any], str]] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(pairs)
        if len(seen) < len(pairs):
            counted = Counter(name for name, _ in pairs)
            found.extend((seen, name) for name, count in counted.items() if count > 1)
        return seen

    whole = json.loads(text, object_pairs_hook=once)
    return [
        Problem(place_of((*_way_to(part, whole), name), whole), "stands twice in the text", "keep one of them")
        for part, name in found
    ]


def _way_to(part: object, whole: object) -> Location:
    """The steps from plain data down to one object in it."""
    ways: list[tuple[object, Location]] = [(whole, ())]
    for value, way in ways:
        if value is part:
            return way
        if isinstance(value, dict):
            ways.extend((below, (*way, name)) for name, below in value.items())
        elif isinstance(value, list):
            ways.extend((below, (*way, number)) for number, below in enumerate(value))
    return ()


def problems_in(
    error: ValidationError, place: str = "", model: type[BaseModel] = Incident, data: object = None
) -> list[Problem]:
    """A validation error in plain words: place, finding, remedy.

    Args:
        error: What pydantic found.
        place: Where it stands, if that is known better than from the error.
        model: The model that was read, for near names of unknown fields.
        data: What was read, to name the parts of a list by their ids.
    """
    return list(_problems(error.errors(include_url=False), place, model, data))


def _problems(details: Iterable[ErrorDetails], place: str, model: type[BaseModel], data: object) -> Iterator[Problem]:
    for detail in details:
        if _is_long_enough(detail):
            continue
        where = place or place_of(detail["loc"], data)
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, Unsound):
            yield from cause.problems
        elif detail["type"] == "value_error":
            for line in str(cause or detail["msg"]).splitlines():
                yield Problem(where, line)
        else:
            yield Problem(where, *_said(detail, model))


def _is_long_enough(detail: ErrorDetails) -> bool:
    """Whether a list is said to be too short only because its parts do not fit: they are told already."""
    found = detail["input"]
    needed = detail.get("ctx", {}).get("min_length", 0)
    return detail["type"] == "too_short" and isinstance(found, list | tuple) and len(found) >= needed


def place_of(location: Location, data: object = None) -> str:
    """A place as its owner would name it: `whys.w2.leg`, or `whys[2].leg`, counted from 1, where the why has no id.

    Args:
        location: The steps from the whole to the part, as pydantic has them.
        data: What was read.

    Examples:
        >>> place_of(("whys", 1, "leg"), {"whys": [{"id": "w1"}, {"id": "w7"}]})
        'whys.w7.leg'
        >>> place_of(("whys", 1, "leg"))
        'whys[2].leg'
    """
    place = ""
    for step in location:
        if step == "[key]":  # the fault is the key before it
            continue
        data = _below(data, step)
        if isinstance(step, str):
            place += f".{shown_name(step)}" if place else shown_name(step)
        else:
            name = _below(data, "id")
            known = isinstance(name, str) and name and "." not in name
            place += f".{shown_name(str(name))}" if known else f"[{step + 1}]"
    return place


def _below(data: object, step: int | str) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(step, int) and isinstance(data, Sequence) and not isinstance(data, str) and step < len(data):
        return data[step]
    return getattr(data, step, None) if isinstance(step, str) and isinstance(data, BaseModel) else None


_PATTERNS = {
    IDENTIFIER_PATTERN: "a short name without dots and slashes, such as 'w1'",
    INCIDENT_ID_PATTERN: "an id without spaces and slashes, such as '2026-014'",
    CURRENCY_PATTERN: "three capital letters such as EUR",
    FILLED_PATTERN: "a few words",
    r"^[A-Z]{3}$": "three capital letters such as EUR",
}
_EXPECTED = {
    "bool": "true or false",
    "date": "a day such as 2026-03-07",
    "datetime": "a date and time with an offset such as 2026-03-07T14:02:00+01:00",
    "decimal": "an amount such as 12.50",
    "finite": "a number such as 12.5",
    "float": "a number such as 12.5",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "int": "a whole number",
    "less_than": "less than {lt:,}",
    "less_than_equal": "at most {le:,.0f}",
    "list": "a list in square brackets",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "at least {min_length} character(s)",
    "string_type": "text",
    "string_unicode": "text without broken characters",
    "timezone": "a date and time with an offset such as 2026-03-07T14:02:00+01:00",
    "too_long": "at most {max_length} in the list",
    "too_short": "at least {min_length} in the list",
    "tuple": "a list in square brackets",
}
"""What would do, by pydantic's name of the fault, or by its family: the first word of that name."""

_OBJECTS = {"model_type", "model_attributes_type", "dict_type", "mapping_type"}
_LISTED = 8


def _said(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """What was found, and what would do."""
    special = _SPECIAL.get(detail["type"])
    if special is not None:
        return special(detail, model)
    if detail["input"] is None:
        return "nothing stands there (null)", "fill it, or leave the field out"
    found, expected = shown(detail["input"]), _expected(detail, model)
    if not expected:
        return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, found {found}", ""
    number = detail["type"] == "string_type" and isinstance(detail["input"], int | float)
    return f"expected {expected}, found {found}", "put it in quotes" if number else ""


def _expected(detail: ErrorDetails, model: type[BaseModel]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _OBJECTS:
        names = _fields_at(model, detail["loc"])
        listed = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
        return f"named fields ({listed})" if names else "names with values"
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(context.get("pattern")), f"text of the form {context.get('pattern')}")
    return _EXPECTED.get(kind, _EXPECTED.get(kind.split("_")[0], "")).format(**context)


def _unknown_field(detail: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    if model is Incident and detail["loc"][-1] == "currency":
        return "unknown field", "a record has one currency, told once beside its title: convert the amount to that one"
    hint = near(str(detail["loc"][-1])[:_LONGEST_WORD], _fields_at(model, detail["loc"][:-1]))
    return "unknown field", f"did you mean {hint!r}?" if hint else "remove it or rename it"


def _missing(_detail: ErrorDetails, _model: type[BaseModel]) -> tuple[str, str]:
    return "missing", "this field is needed"


def _unknown_word(detail: ErrorDetails, _model: type[BaseModel]) -> tuple[str, str]:
    expected = str(detail.get("ctx", {})["expected"]).replace("'", "").removeprefix(", ")
    hint = near(str(detail["input"])[:_LONGEST_WORD], expected.replace(" or ", ", ").split(", "))
    return f"expected {expected}, found {shown(detail['input'])}", f"did you mean {hint!r}?" if hint else ""


def _not_json(detail: ErrorDetails, _model: type[BaseModel]) -> tuple[str, str]:
    message = str(detail.get("ctx", {}).get("error", ""))
    if message.startswith("EOF"):
        return f"not JSON: it ends too early ({message})", "the file may be cut off; export it again"
    return f"not JSON: {message}", "mend it there, or export the file again"


_SPECIAL: dict[str, Callable[[ErrorDetails, type[BaseModel]], tuple[str, str]]] = {
    "extra_forbidden": _unknown_field,
    "missing": _missing,
    "literal_error": _unknown_word,
    "json_invalid": _not_json,
}
_LONGEST_WORD = 120


def _fields_at(model: type[BaseModel], location: Location) -> list[str]:
    """The names that would do at a place of a model."""
    found = _model_at(model, location)
    return list(found.model_fields) if found is not None else []


def _model_at(model: type[BaseModel], location: Location) -> type[BaseModel] | None:
    """The model that stands at a place of another; none where only a value or a table stands."""
    current: Any = model
    for step in location:
        if isinstance(step, int) or current is None:
            continue
        field = current.model_fields.get(step)
        if field is not None:  # else the step is a key of a table, and what stands below the key is known already
            current = _model_in(field.annotation)
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)


def document(incident: Incident) -> dict[str, Any]:
    """The incident as plain JSON data: what is not the default, in the order of the fields.

    Reading it again gives an equal incident.
    """
    return incident.model_dump(mode="json", exclude_defaults=True)


def json_text(incident: Incident) -> str:
    """The incident as one line of JSON; the same value always gives the same text."""
    return incident.model_dump_json(exclude_defaults=True)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of an incident, for editors and other programs."""
    return TypeAdapter(Incident).json_schema()
