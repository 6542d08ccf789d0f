"""What every part of a record is made of: frozen values, instants, money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Final, NoReturn, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)
from pydantic_core import PydanticCustomError

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200
IDENTIFIER_PATTERN: Final = r"^[^\s/.\x00-\x1f][^/.\x00-\x1f]*$"
INCIDENT_ID_PATTERN: Final = r"^[^\s/\\\x00-\x1f]*$"
CURRENCY_PATTERN: Final = r"^([A-Z]{3})?$"

Key = TypeVar("Key")
Item = TypeVar("Item")


class Value(BaseModel):
    """A frozen part of a record. Changing one gives a new one; an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, ser_json_inf_nan="constants")


def _utc(moment: datetime) -> datetime:
    if EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        # An hour beside the edge the year is another one in UTC, and what was kept could not be read again.
        kept = moment.astimezone(UTC)
        if EARLIEST_YEAR <= kept.year <= LATEST_YEAR:
            return kept
    raise ValueError(f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, found {moment.isoformat()}")


_NUMBER = re.compile(r"[+-]?\d*\.?\d*")


def _instant_told(given: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    # A bare number would be read as seconds since 1970: 20260302 became a day in August 1970.
    if isinstance(given, datetime) or (isinstance(given, str) and not _NUMBER.fullmatch(given.strip())):
        return given
    raise PydanticCustomError("datetime_parsing", "expected a date and time with an offset")


def _day_told(given: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    if given is None or isinstance(given, date) or (isinstance(given, str) and not _NUMBER.fullmatch(given.strip())):
        return given
    raise PydanticCustomError("date_parsing", "expected a day")


_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """The time zone of a name such as `Europe/Berlin`, or of an offset such as `+01:00`.

    Raises:
        ValueError: If there is no such zone.

    Examples:
        >>> zone("+01:00").utcoffset(None)
        datetime.timedelta(seconds=3600)
    """
    if _OFFSET.fullmatch(name):
        sign = -1 if name[0] == "-" else 1
        return timezone(sign * timedelta(hours=int(name[1:3]), minutes=int(name[4:6])))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"expected a time zone such as 'Europe/Berlin' or '+01:00', found {name!r}") from error


def _known_zone(name: str) -> str:
    zone(name)
    return name


Instant = Annotated[AwareDatetime, BeforeValidator(_instant_told), AfterValidator(_utc)]
"""A moment, kept in UTC. Text without an offset is refused: nobody could say later when it was. So is a number."""

DAY_TOLD: Final = BeforeValidator(_day_told)
"""Stands beside a field that takes a day: a number is refused."""

ZoneName = Annotated[str, AfterValidator(_known_zone)]
Money = Annotated[Decimal, Field(ge=0, le=Decimal("1e12"), allow_inf_nan=False)]
"""An amount in the incident's one currency, never negative."""

Minutes = Annotated[float, Field(ge=0, le=5_256_000, allow_inf_nan=False)]
"""A duration in minutes, at most ten years."""

Count = Annotated[int, Field(ge=0, le=10_000_000_000)]
Identifier = Annotated[str, Field(min_length=1, max_length=120, pattern=IDENTIFIER_PATTERN)]
"""A short name, unique among its siblings; without dot, so that it can stand in a place such as `whys.w2.text`."""

FILLED_PATTERN: Final = r"\S"
Filled = Annotated[str, Field(pattern=FILLED_PATTERN)]
"""A text that says something: not empty, and more than blanks."""


class Frozen(dict[Key, Item]):
    """Names and what stands under each; read only, as every part of a value.

    Examples:
        >>> Frozen(phone=2)["phone"]
        2
        >>> Frozen(phone=2).clear()
        Traceback (most recent call last):
        ...
        TypeError: this table is read only
    """

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this table is read only")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[Frozen[Key, Item]], tuple[dict[Key, Item]]]:
        """Copy and pickle by way of a plain dict."""
        return type(self), (dict(self),)


Table = Annotated[Mapping[Key, Item], AfterValidator(Frozen)]
"""A field that holds a read-only table."""
