"""From plain data to an incident, with every fault told in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from postmortem.record.errors import DataError, Problem, near, shown
from postmortem.record.incident import Incident

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails


def incident_from(data: Mapping[str, Any] | str | bytes, subject: str = "incident") -> Incident:
    """Read one incident from a mapping or from JSON text.

    Args:
        data: The fields, or a JSON document of them.
        subject: What it is called in an error: a file's name, `line 3`.

    Raises:
        DataError: With all that does not fit, each with its place and a remedy.

    Examples:
        >>> incident_from({"title": "Late", "occured_at": "2026-03-02T17:30Z"})
        Traceback (most recent call last):
        ...
        postmortem.record.errors.DataError: incident: 1 problem
          occured_at: unknown field; did you mean 'occurred_at'?
    """
    try:
        if isinstance(data, str | bytes):
            return Incident.model_validate_json(data)
        return Incident.model_validate(data)
    except ValidationError as error:
        raise DataError(subject, problems_in(error, model=Incident)) from None


def problems_in(error: ValidationError, place: str = "", model: type[BaseModel] = Incident) -> list[Problem]:
    """A validation error in plain words: place, finding, remedy.

    Args:
        error: What pydantic found.
        place: Where it stands, if that is known better than from the error.
        model: The model that was read, for near names of unknown fields.
    """
    return list(_problems(error.errors(include_url=False), place, model))


def _problems(details: Iterable[ErrorDetails], place: str, model: type[BaseModel]) -> Iterable[Problem]:
    for detail in details:
        where = place or ".".join(str(step) for step in detail["loc"])
        kind, found = detail["type"], shown(detail["input"])
        context = detail.get("ctx", {})
        if kind == "extra_forbidden":
            name = str(detail["loc"][-1])
            hint = near(name, _fields_at(model, detail["loc"][:-1]))
            yield Problem(where, "unknown field", f"did you mean {hint!r}?" if hint else "remove it or rename it")
        elif kind == "missing":
            yield Problem(where, "missing", "this field is needed")
        elif kind == "literal_error":
            expected = str(context["expected"]).replace("'", "")
            hint = near(str(detail["input"]), expected.replace(" or ", ", ").split(", "))
            yield Problem(where, f"expected {expected}, found {found}", f"did you mean {hint!r}?" if hint else "")
        elif kind == "value_error":
            text = str(context.get("error", detail["msg"]))
            for line in text.splitlines():
                yield Problem(where, line)
        elif kind.startswith(("timezone", "datetime")):
            yield Problem(
                where, f"expected a date and time with an offset such as 2026-03-07T14:02:00+01:00, found {found}"
            )
        elif kind.startswith("date"):
            yield Problem(where, f"expected a day such as 2026-03-07, found {found}")
        elif kind == "json_invalid":
            yield Problem(where, f"not JSON: {context.get('error', '')}", "the file may be cut off; export it again")
        else:
            yield Problem(where, f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, found {found}")


def _fields_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The names that would do at a place of a model; all names anywhere where the place is not found."""
    current: Any = model
    for step in location:
        if isinstance(step, int):
            continue
        field = getattr(current, "model_fields", {}).get(step)
        current = _model_in(field.annotation) if field is not None else None
    return list(current.model_fields) if current is not None and hasattr(current, "model_fields") else []


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
