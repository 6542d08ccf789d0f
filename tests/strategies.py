"""Hypothesis strategies for whole incidents, over all their fields, for the tests of every room.

The fields are read from the models themselves, so that a new one is tried as soon as it is there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from postmortem.record.base import Count, Identifier, Instant, Minutes, Money, Value, ZoneName
from postmortem.record.incident import Action, Cause, ChecklistRun, Incident, Why
from postmortem.record.vocabulary import LEGS

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic.fields import FieldInfo

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd()",
    "'; DROP TABLE incidents; --",
    "{{ 7 * 7 }}",
    "a\r\nb\u2028c",
    "“ÄÖ” 日本語 🙂",
    "\u202eknip\u202c",
    " ",
)
ZONES = ("UTC", "+01:00", "-03:30", "Europe/Berlin", "America/New_York", "Asia/Kathmandu")

_CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")


def texts(max_size: int = 20) -> st.SearchStrategy[str]:
    """Anything a person, or another program, may put into a field."""
    return st.text(_CHARACTERS, max_size=max_size) | st.sampled_from(HOSTILE)


def identifiers() -> st.SearchStrategy[str]:
    """Ids as they are given here, and as others give them."""
    return st.from_regex(r"\A[a-z][0-9]{1,2}\Z") | st.from_regex(r"\A[A-Za-zäß0-9_:#-][A-Za-z 0-9_:#-]{0,12}\Z")


def instants() -> st.SearchStrategy[datetime]:
    """Moments in any zone, a day off the edges of what is taken."""
    zones = [UTC, timezone(timedelta(hours=1)), timezone(-timedelta(hours=3, minutes=30)), ZoneInfo("Europe/Berlin")]
    return st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30), timezones=st.sampled_from(zones))  # noqa: DTZ001 - the zones are drawn


def amounts() -> st.SearchStrategy[Decimal]:
    """Money, to the cent."""
    return st.decimals(0, 10_000_000, places=2)


_BY_TYPE: tuple[tuple[Any, st.SearchStrategy[Any]], ...] = (
    (Identifier, identifiers()),
    (Instant, instants()),
    (ZoneName, st.sampled_from(ZONES)),
    (Money, amounts()),
    (Minutes, st.floats(0, 100_000)),
    (Count, st.integers(0, 10_000_000_000)),
    (str, texts()),
    (bool, st.booleans()),
    (int, st.integers(1, 1_000)),
    (date, st.dates(date(1900, 1, 1), date(2200, 12, 31))),
)
_BY_PLACE: dict[tuple[type[Value], str], st.SearchStrategy[Any]] = {
    (Incident, "title"): texts().filter(str.strip),
    (Incident, "id"): st.just("") | st.from_regex(r"\A20[0-9]{2}-[0-9]{3}\Z"),
    (ChecklistRun, "id"): st.just("") | identifiers(),
    (Incident, "currency"): st.sampled_from(["", "EUR", "USD"]),
}
_FITTING = {"whys", "causes", "actions"}
"""Fields of an incident whose parts point at each other."""


def _of(hint: Any, most: int) -> st.SearchStrategy[Any]:
    for known, strategy in _BY_TYPE:
        if hint == known:
            return strategy
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _of(inner[0], most)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in {Union, UnionType}:
        return st.one_of(*(st.none() if part is NoneType else _of(part, most) for part in inner))
    if origin is tuple:
        return _rows(inner[0], most)
    if isinstance(hint, type) and issubclass(hint, Value):
        return parts(hint, most=most)
    raise TypeError(f"no strategy for {hint!r}: add one to tests/strategies.py")


def _rows(hint: Any, most: int) -> st.SearchStrategy[tuple[Any, ...]]:
    unique = (lambda part: part.id) if isinstance(hint, type) and "id" in getattr(hint, "model_fields", {}) else None
    return st.lists(_of(hint, most), max_size=most, unique_by=unique).map(tuple)


def fields(model: type[Value], most: int = 2) -> dict[str, st.SearchStrategy[Any]]:
    """A strategy for each field of a part."""
    hints = get_type_hints(model, include_extras=True)
    return {
        name: _BY_PLACE[model, name] if (model, name) in _BY_PLACE else _of(hints[name], most)
        for name in model.model_fields
    }


def parts(model: type[Value], most: int = 2, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One part of a record: what it needs and its own parts always, any other field now and then."""
    every = fields(model, most) | given
    needed = {name for name, field in model.model_fields.items() if field.is_required() or _is_part(field)} | set(given)
    return st.fixed_dictionaries(
        {name: strategy for name, strategy in every.items() if name in needed},
        optional={name: strategy for name, strategy in every.items() if name not in needed},
    ).map(model.model_validate)


def _is_part(field: FieldInfo) -> bool:
    return isinstance(field.default, Value)


@st.composite
def trees(draw: st.DrawFn, most: int = 6) -> tuple[Why, ...]:
    """Whys that are a tree: several branches, any depth, children before their parents as well as after."""
    names = draw(st.lists(identifiers(), max_size=most, unique=True))
    legs: dict[str, str] = {}
    whys = []
    for place, name in enumerate(names):
        parent = draw(st.none() | st.sampled_from(names[:place])) if place else None
        leg = draw(st.none() | st.sampled_from(LEGS)) if parent is None else draw(st.sampled_from([None, legs[parent]]))
        legs[name] = (leg or "occurrence") if parent is None else legs[parent]
        whys.append(draw(parts(Why, id=st.just(name), parent=st.just(parent), leg=st.just(leg))))
    return tuple(draw(st.permutations(whys)))


@st.composite
def incidents(draw: st.DrawFn, most: int = 2) -> Incident:
    """A whole incident that fits together, over all fields.

    Args:
        draw: Given by Hypothesis.
        most: How many parts a list has at most; the whys have three times as many.
    """
    given = {name: strategy for name, strategy in fields(Incident, most).items() if name not in _FITTING}
    needed = {
        name: given.pop(name) for name in tuple(given) if name == "title" or _is_part(Incident.model_fields[name])
    }
    plain = draw(st.fixed_dictionaries(needed, optional=given))
    whys = draw(trees(most * 3))
    names = [why.id for why in whys]
    rooted = draw(st.lists(st.sampled_from(names), max_size=most, unique=True)) if names else []
    causes = [draw(parts(Cause, id=st.just(f"c{place}"), why=st.just(name))) for place, name in enumerate(rooted)]
    roots = st.lists(st.sampled_from([cause.id for cause in causes]), unique=True).map(tuple) if causes else st.just(())
    actions = draw(st.lists(parts(Action, causes=roots), max_size=most, unique_by=lambda action: action.id))
    return Incident.model_validate({**plain, "whys": whys, "causes": tuple(causes), "actions": tuple(actions)})
