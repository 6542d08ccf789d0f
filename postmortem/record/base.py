"""What every part of a record is made of: frozen values, instants, money."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200


class Value(BaseModel):
    """A frozen part of a record. Changing one gives a new one; an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, ser_json_inf_nan="constants")


def _utc(moment: datetime) -> datetime:
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError(f"expected a year from {EARLIEST_YEAR} to {LATEST_YEAR}, found {moment.year}")
    return moment.astimezone(UTC)


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


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""A moment, kept in UTC. Text without an offset is refused: nobody could say later when it was."""

ZoneName = Annotated[str, AfterValidator(_known_zone)]
Money = Annotated[Decimal, Field(ge=0, le=Decimal("1e12"), allow_inf_nan=False)]
"""An amount in the incident's one currency, never negative."""

Minutes = Annotated[float, Field(ge=0, le=5_256_000, allow_inf_nan=False)]
"""A duration in minutes, at most ten years."""

Count = Annotated[int, Field(ge=0, le=10_000_000_000)]
Identifier = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[^\s/.\x00-\x1f][^/\x00-\x1f]*$")]
"""A short name unique among its siblings; without slash, so that it can stand in a place such as `whys/w2/text`."""
