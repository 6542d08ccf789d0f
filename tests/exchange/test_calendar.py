"""What is due as a calendar: taken in by other programs, and taken in again when something changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from postmortem.exchange import calendar, write_ics
from postmortem.record import days
from postmortem.record.errors import DataError
from postmortem.record.promise import Promise
from tests.strategies import HOSTILE, ZONES, texts

SAVED = datetime(2026, 3, 11, 12, tzinfo=UTC)
DAY = date(2026, 3, 16)


@dataclass(frozen=True)
class Row:
    """A promise as a store gives it."""

    promise: Promise
    incident_id: str = "2026-001"
    title: str = "Line dead at 14 Mill Lane"
    zone: str = "Europe/Berlin"
    uid: str = "7f"
    sequence: int = 3
    stamp: datetime = SAVED


ACTION = Promise("action-a1", "action", "Call 14 Mill Lane first", "Lead", "actions.a1", days.ends(DAY, "UTC"), DAY)
STEP = Promise("step-fix", "step", "Fix it", "", "recovery.steps.fix", datetime(2026, 3, 28, 23, 30, tzinfo=UTC))


def hide(text, _incident_id):
    """The customer is named nowhere."""
    return text.replace("14 Mill Lane", "the customer")


def events(*rows):
    """What another program reads."""
    return Calendar.from_ical(calendar(rows, hide)).walk("VEVENT")


def test_what_is_due_on_a_day_is_a_whole_day():
    """It reminds in the morning, and makes nobody busy."""
    (event,) = events(Row(ACTION))

    assert (DAY, "TRANSPARENT", "CONFIRMED") == (event.decoded("dtstart"), event["transp"], event["status"])
    assert "Call the customer first (2026-001)" == event["summary"]
    assert timedelta(hours=9) == event.walk("VALARM")[0].TRIGGER


def test_what_is_due_at_a_time_is_told_in_the_zone_of_the_record():
    """With the rules of the zone, in the night in which the clocks change as well."""
    content = calendar([Row(STEP)], hide)
    (event,) = Calendar.from_ical(content).walk("VEVENT")

    assert b"BEGIN:VTIMEZONE" in content
    assert b"DTSTART;TZID=Europe/Berlin:20260329T003000" in content
    assert STEP.due_at == event.decoded("dtstart").astimezone(UTC)
    assert timedelta(minutes=15) == event.decoded("dtend").astimezone(UTC) - STEP.due_at
    assert timedelta(minutes=-15) == event.walk("VALARM")[0].TRIGGER


@pytest.mark.parametrize("zone", ["UTC", "+01:00"])
def test_a_zone_without_a_name_is_told_in_utc(zone):
    """An offset is no zone that a calendar knows."""
    assert b"DTSTART:20260328T233000Z" in calendar([Row(STEP, zone=zone)], hide)


def test_an_event_is_known_by_the_same_name_in_every_export():
    """What was moved is the same event, of a later revision."""
    moved = replace(ACTION, due_on=DAY + timedelta(days=4), text="Call them first")
    (before,), (after,) = events(Row(ACTION)), events(Row(moved, sequence=4, stamp=SAVED + timedelta(hours=1)))

    assert "7f-action-a1@postmortem" == before["uid"] == after["uid"]
    assert [3, 4] == [before["sequence"], after["sequence"]]
    assert before.decoded("last-modified") < after.decoded("last-modified")
    assert DAY + timedelta(days=4) == after.decoded("dtstart")


@pytest.mark.parametrize(("status", "said"), [("met", "Done."), ("spared", "Not needed any more.")])
def test_what_was_kept_or_is_not_needed_is_cancelled(status, said):
    """And reminds of nothing."""
    (event,) = events(Row(replace(ACTION, status=status)))

    assert "CANCELLED" == event["status"]
    assert str(event["description"]).endswith(said)
    assert [] == event.walk("VALARM")


def test_the_same_promises_give_the_same_bytes():
    """Nothing random, and no clock."""
    assert calendar([Row(ACTION), Row(STEP)], hide) == calendar([Row(ACTION), Row(STEP)], hide)


def test_no_customer_is_named():
    """Neither in the title nor in a text (R41)."""
    assert b"Mill" not in calendar([Row(ACTION), Row(STEP)], hide)


def test_a_promise_without_a_date_is_left_out():
    """A calendar has no place for it; one without any event is a calendar all the same."""
    content = calendar([Row(Promise("pay-back-k1", "pay-back", "Pay", "", ""))], hide)

    assert [] == Calendar.from_ical(content).walk("VEVENT")


@pytest.mark.parametrize("text", [*HOSTILE, "a\nEND:VEVENT\nBEGIN:VEVENT", "x" * 500, "\x00\x07\x1b[31m", "ä" * 200])
def test_a_hostile_text_stays_a_text(text):
    """One event, no other line than its own, none longer than 75 bytes; what can't be seen is left out."""
    content = calendar([Row(replace(ACTION, text=text, who=text), title=text or "-")], hide)
    (event,) = Calendar.from_ical(content).walk("VEVENT")

    assert 75 >= max(map(len, content.split(b"\r\n")))
    assert all(sign.isprintable() for sign in str(event["summary"]))
    seen = "".join(sign if sign.isprintable() else " " for sign in text).split()
    assert f"{' '.join(seen) or 'Something without words'} (2026-001)" == event["summary"]


@given(texts(), texts(), st.sampled_from(ZONES), st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.booleans())
@settings(deadline=None, max_examples=60)
def test_whatever_a_record_says_another_program_reads_it(text, who, zone, day, is_day):
    """In any zone and any year."""
    at = days.ends(day, zone)
    (event,) = events(Row(replace(ACTION, text=text, who=who, due_at=at, due_on=day if is_day else None), zone=zone))

    start = event.decoded("dtstart")
    assert start == day if is_day else at.astimezone(UTC) == start.astimezone(UTC)
    assert isinstance(start, date)


def test_the_file_is_written_as_a_whole_or_not_at_all(tmp_path):
    """A folder that is not there is told."""
    (file,) = write_ics(tmp_path / "due.ics", [Row(ACTION)], hide)

    assert calendar([Row(ACTION)], hide) == file.read_bytes()
    with pytest.raises(DataError, match=r"due\.ics"):
        write_ics(tmp_path / "none" / "due.ics", [Row(ACTION)], hide)


def test_the_zone_of_berlin_is_the_one_that_python_knows():
    """The rules beside the name say the same for the days around."""
    content = calendar([Row(STEP)], hide)
    zone = Calendar.from_ical(content).timezones[0].to_tz()

    for day in (date(2026, 3, 28), date(2026, 3, 30), date(2026, 10, 26)):
        noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - put into each zone below
        expected = noon.replace(tzinfo=ZoneInfo("Europe/Berlin")).utcoffset()
        assert expected == noon.replace(tzinfo=zone).utcoffset()
