"""Days that count, and when they begin and end, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record import days
from postmortem.record.edit import changed
from postmortem.record.errors import DataError
from postmortem.record.playbook import default_playbook, playbook_from
from tests.strategies import ZONES

CALENDAR = default_playbook().calendar
WORKING = changed(CALENDAR, days="working")
GERMAN = changed(WORKING, country="DE", subdivision="BY")
ANY_DAY = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(ANY_DAY, st.integers(0, 60))
def test_calendar_days_are_added(day, count):
    """Nothing is left out."""
    assert day + timedelta(days=count) == days.after(day, count, CALENDAR)


@given(ANY_DAY, st.integers(1, 60))
@settings(deadline=None)
def test_between_two_working_days_lie_as_many_as_were_counted(day, count):
    """Counted one by one, the last one is worked too."""
    there = days.after(day, count, GERMAN)
    between = [day + timedelta(days=n) for n in range(1, (there - day).days + 1)]

    assert count == sum(days.is_worked(it, GERMAN) for it in between)
    assert days.is_worked(there, GERMAN)


def test_no_days_after_a_day_off_is_the_next_one_that_is_worked():
    """Nobody promises a Saturday who promises working days; calendar days, and a day that is worked, stay."""
    saturday, monday = date(2026, 3, 14), date(2026, 3, 16)

    assert [monday, monday, saturday] == [
        days.after(day, 0, rules) for day, rules in ((saturday, WORKING), (monday, WORKING), (saturday, CALENDAR))
    ]


@given(ANY_DAY, st.sampled_from(ZONES))
def test_a_day_ends_where_the_next_begins(day, zone):
    """Every instant of it is of it, and the first after it is not."""
    begins, ends = days.begins(day, zone), days.ends(day, zone)

    assert ends == days.begins(day + timedelta(days=1), zone)
    assert day == days.of(begins, zone) == days.of(ends - timedelta(microseconds=1), zone)
    assert day + timedelta(days=1) == days.of(ends, zone)


@pytest.mark.parametrize("zone", [*ZONES, "Pacific/Kiritimati", "+14:00", "-14:00"])
def test_the_first_and_the_last_day_of_the_calendar_can_be_told(zone):
    """A slip in a year neither fails nor turns into another day by more than a day."""
    for day in (date.min, date.max):
        assert abs((days.ends(day, zone).astimezone(UTC).date() - day).days) <= 1
        assert abs((days.begins(day, zone).astimezone(UTC).date() - day).days) <= 1
    assert date.max == days.after(date(9999, 12, 30), 5, CALENDAR) == days.after(date(9999, 12, 30), 5, WORKING)
    assert datetime.max.replace(tzinfo=UTC) == days.later(datetime.max.replace(tzinfo=UTC), 1)


def test_where_the_clocks_leave_midnight_out_a_day_begins_later():
    """In Beirut the clocks went from 0:00 to 1:00 on 27 March 2022."""
    assert datetime(2022, 3, 26, 22, tzinfo=UTC) == days.begins(date(2022, 3, 27), "Asia/Beirut")


def test_public_holidays_of_a_country_and_its_part_are_no_working_days():
    """Corpus Christi is one in Bavaria, and not in Berlin."""
    day = date(2026, 6, 4)

    assert not days.is_worked(day, GERMAN)
    assert days.is_worked(day, changed(WORKING, country="DE", subdivision="BE"))
    assert days.is_worked(day, changed(GERMAN, worked=(day,)))


@pytest.mark.parametrize(
    ("told", "match"),
    [
        ({"weekend": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]}, "no day of the week is worked"),
        ({"country": "Germany"}, "there is no 'Germany'"),
        ({"country": "DE", "subdivision": "BX"}, "there is no 'BX'"),
        ({"subdivision": "BY"}, "name the country"),
        ({"carry_out_days": -1}, "carry_out_days"),
        ({"kept_days": -1}, "kept_days"),
    ],
)
def test_a_calendar_that_can_not_be_is_refused(told, match):
    """With what to do, when the playbook is read."""
    with pytest.raises(DataError, match=match):
        playbook_from({"calendar": told})
