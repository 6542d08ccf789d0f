"""Which days count: calendar days or working days, without weekends and holidays (R12, step 13)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, get_args

from postmortem.record.base import zone
from postmortem.record.errors import Problem, near
from postmortem.record.rules import Weekday

if TYPE_CHECKING:
    from postmortem.record.rules import CalendarRules

_WEEKDAYS: Final[tuple[Weekday, ...]] = get_args(Weekday)
_LONGEST: Final = 366
"""Days without a working day after which a calendar is taken as broken."""


def is_worked(day: date, rules: CalendarRules) -> bool:
    """Whether somebody works on a day.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> is_worked(date(2026, 3, 7), default_playbook().calendar)
        False
    """
    if day in rules.worked:
        return True
    if _WEEKDAYS[day.weekday()] in rules.weekend or day in rules.holidays:
        return False
    return not rules.country or day not in _public(rules.country, rules.subdivision, day.year)


def after(day: date, count: float, rules: CalendarRules) -> date:
    """The day that lies so many days after another one: calendar days or working days, as the rules say.

    Args:
        day: From when; it does not count itself.
        count: How many days; a part of a day counts as a whole one. None at all is the day itself: where working days
            are counted, the next one that is worked.
        rules: Which days count.

    Examples:
        >>> from postmortem.record.playbook import default_playbook
        >>> from postmortem.record.edit import changed
        >>> rules = default_playbook().calendar
        >>> after(date(2028, 2, 24), 5, rules), after(date(2028, 2, 24), 5, changed(rules, days="working"))
        (datetime.date(2028, 2, 29), datetime.date(2028, 3, 2))
    """
    left, there = -int(-count // 1), day
    try:
        if rules.days == "calendar":
            return day + timedelta(days=left)
        if left <= 0:
            return day if is_worked(day, rules) else _next_worked(day, rules)
        while left > 0:
            there = _next_worked(there, rules)
            left -= 1
    except OverflowError:
        return date.max
    return there


def _next_worked(day: date, rules: CalendarRules) -> date:
    for ahead in range(1, _LONGEST):
        if is_worked(there := day + timedelta(days=ahead), rules):
            return there
    return day + timedelta(days=1)


def of(moment: datetime, zone_name: str) -> date:
    """The day on which a moment fell where it happened.

    Examples:
        >>> of(datetime.fromisoformat("2026-03-11T23:30Z"), "Europe/Berlin")
        datetime.date(2026, 3, 12)
    """
    return moment.astimezone(zone(zone_name)).date()


def begins(day: date, zone_name: str) -> datetime:
    """When a day begins where it is counted; where the clocks leave midnight out, at the first instant there is.

    Examples:
        >>> begins(date(2026, 3, 29), "Europe/Berlin").isoformat()
        '2026-03-29T00:00:00+01:00'
    """
    here = zone(zone_name)
    try:
        # By way of UTC: a midnight that is left out becomes the instant that there is.
        return datetime.combine(day, time(), tzinfo=here).astimezone(UTC).astimezone(here)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def ends(day: date, zone_name: str) -> datetime:
    """When a day is over where it is counted, whatever the clocks do on it: what was due on it is late from then on.

    Examples:
        >>> ends(date(2026, 3, 29), "Europe/Berlin").isoformat()
        '2026-03-30T00:00:00+02:00'
    """
    return begins(day + timedelta(days=1), zone_name) if day < date.max else datetime.max.replace(tzinfo=UTC)


def is_past(due_at: datetime | None, due_on: date | None, at: datetime) -> bool:
    """Whether what is due is late at a moment: the one rule for steps, promises and charts.

    What is due at a moment is in time at that moment, and late after it. What is due some time on a day is late from
    the instant at which that day is over.

    Args:
        due_at: The moment; the end of the day where it is due on one. `None` where it is never due.
        due_on: The day, where it is due some time on one.
        at: The moment of doing it, or of looking.

    Examples:
        >>> noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
        >>> is_past(noon, None, noon), is_past(noon, None, later(noon, 1))
        (False, True)
        >>> is_past(ends(date(2026, 3, 8), "UTC"), date(2026, 3, 8), datetime(2026, 3, 9, tzinfo=UTC))
        True
    """
    return due_at is not None and (due_at <= at if due_on is not None else due_at < at)


def later(moment: datetime, minutes: float) -> datetime:
    """A moment so many minutes after another one: minutes that pass, whatever the clocks do.

    Examples:
        >>> later(datetime.fromisoformat("2026-03-29T00:30Z"), 90).isoformat()
        '2026-03-29T02:00:00+00:00'
    """
    try:
        return moment + timedelta(minutes=minutes)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


@lru_cache(maxsize=64)
def _public(country: str, subdivision: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415 - a fifth of a second that only a team waits for which names a country

    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))


def public_holidays(rules: CalendarRules, year: int) -> dict[date, str]:
    """The public holidays of a year on which nobody works, by day, each with its name; none without a country.

    Examples:
        >>> from postmortem.record.edit import changed
        >>> from postmortem.record.playbook import default_playbook
        >>> public_holidays(changed(default_playbook().calendar, country="DE"), 2027)[date(2027, 1, 1)]
        "New Year's Day"
    """
    if not rules.country:
        return {}
    import holidays  # noqa: PLC0415 - as above

    found = holidays.country_holidays(rules.country, subdiv=rules.subdivision or None, years=year, language="en_US")
    return {day: found[day] for day in sorted(found) if day not in rules.worked}


def problems_of(rules: CalendarRules) -> list[Problem]:
    """What does not fit in the rules: a week without a working day, a country or a part of it that nobody knows."""
    problems = []
    if set(rules.weekend) >= set(_WEEKDAYS) and not rules.worked:
        problems.append(Problem("calendar.weekend", "no day of the week is worked", "leave one out at least"))
    if rules.subdivision and not rules.country:
        problems.append(Problem("calendar.country", "missing", "name the country that the subdivision is a part of"))
    if not rules.country:
        return problems
    import holidays  # noqa: PLC0415 - as above

    countries = holidays.list_supported_countries()
    if rules.country not in countries:
        hint = near(rules.country, countries)
        remedy = f"did you mean {hint!r}?" if hint else "write its two letters, as 'DE'"
        problems.append(Problem("calendar.country", f"there is no {rules.country!r}", remedy))
    elif rules.subdivision and rules.subdivision not in countries[rules.country]:
        hint = near(rules.subdivision, countries[rules.country])
        listed = ", ".join(countries[rules.country]) or "none"
        remedy = f"did you mean {hint!r}?" if hint else f"there are: {listed}"
        problems.append(Problem("calendar.subdivision", f"there is no {rules.subdivision!r}", remedy))
    return problems


def counted(count: int) -> str:
    """How late something is that was due some time on a day: one day from the next midnight on.

    Examples:
        >>> counted(0), counted(1), counted(1_200)
        ('1 day', '1 day', '1,200 days')
    """
    return "1 day" if count <= 1 else f"{count:,} days"


def late(due_on: date, at: datetime, zone_name: str) -> str:
    """How late something came, or is, that was due some time on a day: whole days, for nobody gave it an hour.

    Args:
        due_on: The day it was due on.
        at: When it was done, else the moment of looking; aware, and not on that day.
        zone_name: The record's zone.

    Examples:
        >>> from datetime import UTC
        >>> [late(date(2026, 3, 8), datetime(2026, 3, on, 8, tzinfo=UTC), "UTC") for on in (9, 11)]
        ['1 day', '3 days']
    """
    return counted((of(at, zone_name) - due_on).days)
