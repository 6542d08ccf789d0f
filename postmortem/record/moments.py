"""Days and times in a few words, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record.base import zone

if TYPE_CHECKING:
    from datetime import date, datetime

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT: Final = 3
"""So many letters of a month or a weekday name it where there is little room."""
_NEAR: Final = 6
"""So many days around a moment a weekday names one day only."""


def day(on: date, year: int | None = None) -> str:
    """A day as people read it; the year is left out where it is this one.

    Examples:
        >>> from datetime import date
        >>> day(date(2026, 3, 2)), day(date(2026, 3, 2), 2026)
        ('2 Mar 2026', '2 Mar')
    """
    return _with_year(f"{on.day} {_MONTHS[on.month - 1][:_SHORT]}", on, year)


def long_day(on: date, year: int | None = None) -> str:
    """A day as a letter says it; the year is left out where it is this one.

    Examples:
        >>> from datetime import date
        >>> long_day(date(2026, 3, 2)), long_day(date(2026, 3, 2), 2026)
        ('2 March 2026', '2 March')
    """
    return _with_year(f"{on.day} {_MONTHS[on.month - 1]}", on, year)


def month(on: date, year: int | None = None) -> str:
    """A month; the year is left out where it is this one.

    Examples:
        >>> from datetime import date
        >>> month(date(2026, 3, 2)), month(date(2026, 3, 2), 2026)
        ('Mar 2026', 'Mar')
    """
    return _with_year(_MONTHS[on.month - 1][:_SHORT], on, year)


def _with_year(told: str, on: date, year: int | None) -> str:
    return told if on.year == year else f"{told} {on.year:04}"


def weekday(on: date, year: int | None = None) -> str:
    """A day with its weekday; the year is left out where it is this one.

    Examples:
        >>> from datetime import date
        >>> weekday(date(2026, 3, 2)), weekday(date(2026, 3, 2), 2026)
        ('Mon 2 Mar 2026', 'Mon 2 Mar')
    """
    return f"{_WEEKDAYS[on.weekday()][:_SHORT]} {day(on, year)}"


def long_weekday(on: date, year: int | None = None) -> str:
    """A day with its weekday as a letter says it; the year is left out where it is this one.

    Examples:
        >>> from datetime import date
        >>> long_weekday(date(2026, 3, 2)), long_weekday(date(2026, 3, 2), 2026)
        ('Monday 2 March 2026', 'Monday 2 March')
    """
    return f"{_WEEKDAYS[on.weekday()]} {long_day(on, year)}"


def clock(at: datetime, zone_name: str) -> str:
    """A time of the day in a zone; with the zone's own word in the hour that the clocks show twice.

    Args:
        at: Aware.
        zone_name: The zone.

    Examples:
        >>> from datetime import UTC, datetime
        >>> clock(datetime(2026, 3, 24, 14, tzinfo=UTC), "Europe/Berlin")
        '15:00'
        >>> [clock(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), "Europe/London") for hour in (0, 1)]
        ['01:30 BST', '01:30 GMT']
    """
    local = at.astimezone(zone(zone_name))
    twice = local.replace(fold=1 - local.fold).utcoffset() != local.utcoffset()
    return f"{local:%H:%M}{f' {local.tzname()}' if twice else ''}"


def moment(at: datetime, zone_name: str, *, near: datetime | None = None, year: int | None = None) -> str:
    """A moment in a zone, with its weekday; by its weekday only where another moment is near.

    Args:
        at: Aware.
        zone_name: The zone.
        near: The other moment, such as now; aware.
        year: The year that is left out.

    Examples:
        >>> from datetime import UTC, datetime, timedelta
        >>> noon = datetime(2026, 3, 11, 12, tzinfo=UTC)
        >>> moment(noon, "UTC"), moment(noon, "UTC", year=2026), moment(noon, "UTC", near=noon + timedelta(days=2))
        ('Wed 11 Mar 2026 12:00', 'Wed 11 Mar 12:00', 'Wed 12:00')
    """
    local = at.astimezone(zone(zone_name))
    is_near = near is not None and abs((at - near).days) < _NEAR
    told = _WEEKDAYS[local.weekday()][:_SHORT] if is_near else weekday(local.date(), year)
    return f"{told} {clock(at, zone_name)}"
