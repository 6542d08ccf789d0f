"""The fields of an incident that a column of a table can fill, and what kind of value each takes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from postmortem.record.base import Value
from postmortem.record.incident import Incident

Kind = Literal["text", "instant", "day", "number", "other", "list"]

SPECIAL: Final = frozenset({"whys", "chain", "category", "actions", "extra"})
"""What is no single field: a column may become several parts of an incident."""

_GIVEN_BY_OTHERS: Final = frozenset({"id", "revision", "source"})
"""The store gives `id` and `revision`; the mapping's own section gives `source`."""


def target_of(path: str) -> Kind | None:
    """What kind of value a field takes; `None` where there is no such field.

    Examples:
        >>> target_of("impact.our_cost"), target_of("occurred_at"), target_of("tags"), target_of("titel")
        ('number', 'instant', 'list', None)
    """
    return _targets().get(path)


def target_names() -> tuple[str, ...]:
    """Every field that a column can fill, as a path."""
    return tuple(_targets())


def is_list(path: str) -> bool:
    """Whether a field takes several texts."""
    return target_of(path) == "list"


@lru_cache(maxsize=1)
def _targets() -> dict[str, Kind]:
    return dict(_below(Incident, ""))


def _below(model: type[Value], above: str) -> list[tuple[str, Kind]]:
    found: list[tuple[str, Kind]] = []
    for name, field in model.model_fields.items():
        plain = _plain(field.annotation)
        if not above and name in _GIVEN_BY_OTHERS:
            continue
        if isinstance(plain, type) and issubclass(plain, Value):
            found += _below(plain, f"{above}{name}.")
        elif get_origin(plain) is tuple:
            if get_args(plain)[0] is str:
                found.append((f"{above}{name}", "list"))
        else:
            found.append((f"{above}{name}", _kind(plain)))
    return found


def _plain(annotation: Any) -> Any:  # noqa: ANN401 - a type expression
    """The type without `None` and without what is said about it."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return _plain(next(part for part in get_args(annotation) if part is not NoneType))
    return annotation


def _kind(plain: Any) -> Kind:  # noqa: ANN401 - a type expression
    if plain is str:
        return "text"
    if plain is date:
        return "day"
    if plain in {int, float, Decimal}:
        return "number"
    # AwareDatetime is a class of pydantic's own, not a datetime; words and yes/no are checked by the model itself.
    return "instant" if plain is datetime or getattr(plain, "__name__", "") == "AwareDatetime" else "other"
