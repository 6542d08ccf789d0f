"""What is due, as a calendar file (iCalendar) that other programs take in, and take in again when something changed.

An event is known by a UID that stays the same in every export, so that a second import moves what was moved. What was
kept, turned out not to be needed, or left its record comes as cancelled, with a SEQUENCE that is higher than before. A
calendar is seen by others than the team: no customer is named in it (R41).

References:
    RFC 5545, 3.6.1 (events), 3.6.6 (alarms), 3.8.4.7 (UID), 3.8.7.4 (SEQUENCE), 3.8.1.11 (STATUS); RFC 7986, 5.1.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import quote
from zoneinfo import ZoneInfo

from postmortem.exchange import files
from postmortem.record import lateness
from postmortem.record.base import zone as zone_of

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable

    from icalendar import Alarm, Event

    from postmortem.record.promise import Promise

MINUTES: Final = 15
"""How long an event lasts that is due at a time; it begins when it is due."""

AHEAD: Final = timedelta(minutes=-15)
"""When a calendar reminds of what is due at a time."""

MORNING: Final = timedelta(hours=9)
"""When it reminds of what is due on a day: so long after its midnight."""

_NAME: Final = "What is due"
_CALENDAR: Final = "what-is-due@postmortem"
_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)
"""Between these a zone's rules are told."""


class Entry(Protocol):
    """A promise, with what a calendar says of its record; the store's own rows fit."""

    @property
    def incident_id(self) -> str:
        """The record."""

    @property
    def title(self) -> str:
        """What went wrong there."""

    @property
    def zone(self) -> str:
        """In which its times are told."""

    @property
    def promise(self) -> Promise:
        """What was promised."""

    @property
    def uid(self) -> str:
        """What the record is known by in every copy of a store."""

    @property
    def sequence(self) -> int:
        """A number that rises whenever the event may have changed."""

    @property
    def stamp(self) -> datetime:
        """When it rose last."""


def write_ics(
    path: Path | str | os.PathLike[str], entries: Iterable[Entry], hide: Callable[[str, str], str]
) -> tuple[Path, ...]:
    """Write what is due as a calendar file.

    Args:
        path: The file.
        entries: The promises; those without a date are left out, for a calendar has no place for them.
        hide: Takes the customer out of a text of a record: from the text and the record's id, the text without.

    Returns:
        The file that was written.

    Raises:
        DataError: If it can't be written; what stood there before stands there still.
    """
    path = Path(path)
    content = calendar(entries, hide)
    with files.written(path) as (handle,):
        handle.buffer.write(content)
    return (path,)


def calendar(entries: Iterable[Entry], hide: Callable[[str, str], str]) -> bytes:
    """What is due, as the bytes of a calendar; the same promises give the same bytes. See `write_ics`.

    Examples:
        >>> from dataclasses import dataclass
        >>> from postmortem.record.promise import Promise
        >>> @dataclass
        ... class Row:
        ...     incident_id, title, zone, uid, sequence = "2026-001", "Line dead at Mill Lane", "Europe/Berlin", "7f", 3
        ...     stamp = datetime(2026, 3, 9, 12, tzinfo=UTC)
        ...     promise = Promise("action-a1", "action", "Call first", "Lead", "", stamp, date(2026, 3, 16))
        >>> lines = calendar([Row()], lambda text, _: text.replace("Mill Lane", "the customer")).decode().splitlines()
        >>> [line for line in lines if line.startswith(("SUMMARY", "DTSTART", "SEQUENCE"))]
        ['SUMMARY:Call first (2026-001)', 'DTSTART;VALUE=DATE:20260316', 'SEQUENCE:3']
    """
    from icalendar import Calendar  # noqa: PLC0415 - a quarter of a second that only a calendar needs

    made = Calendar.new(prodid="-//Postmortem//What is due//EN", method="PUBLISH", name=_NAME, uid=_CALENDAR)
    years = []
    for entry in entries:
        if day := lateness.day_of(entry.promise, entry.zone):
            made.add_component(_event(entry, hide))
            years.append(day.year)
    if years:
        # Beside each zone's name its rules, as far as they are needed: not every program knows the names.
        first, last = (min(max(year, _FIRST.year), _LAST.year) for year in (min(years) - 1, max(years) + 2))
        made.add_missing_timezones(first_date=date(first, 1, 1), last_date=date(last, 1, 1))
    written: bytes = made.to_ical()
    return written


def _event(entry: Entry, hide: Callable[[str, str], str]) -> Event:
    from icalendar import STATUS, TRANSP, Event  # noqa: PLC0415 - as above

    promise, is_open = entry.promise, entry.promise.status == "open"

    def plain(text: str) -> str:
        return _one_line(hide(text, entry.incident_id))

    # A record that was deleted has no title any more.
    told = [*filter(None, [plain(entry.title)]), f"Record {_one_line(entry.incident_id)}"]
    told += [f"Whose: {plain(promise.who)}"] if promise.who.strip() else ["Nobody's yet"]
    if not is_open:
        told.append("Done." if promise.status == "met" else "Not needed any more.")
    start, end = _times(entry)
    event: Event = Event.new(
        uid=f"{quote(entry.uid, safe='')}-{quote(promise.id, safe='')}@postmortem",
        stamp=entry.stamp,
        last_modified=entry.stamp,
        sequence=entry.sequence,
        start=start,
        end=end,
        summary=f"{plain(promise.line) or 'Something without words'} ({_one_line(entry.incident_id)})",
        description="\n".join(told),
        categories=[promise.kind],
        status=STATUS.CONFIRMED if is_open else STATUS.CANCELLED,
        # What is due takes nobody's time: it does not make them busy.
        transparency=TRANSP.TRANSPARENT,
    )
    if is_open:
        event.add_component(_alarm(event, is_day=promise.due_on is not None))
    return event


def _times(entry: Entry) -> tuple[date, date | None]:
    """A whole day, or a quarter of an hour from when it is late, in the zone of the record where calendars know it."""
    promise = entry.promise
    if promise.due_on is not None or promise.due_at is None:
        return promise.due_on or _LAST, None
    here = zone_of(entry.zone)
    start = promise.due_at.astimezone(here if isinstance(here, ZoneInfo) and here.key != "UTC" else UTC)
    # Counted in UTC: in the night in which the clocks change a quarter of an hour is one too.
    return start, (start.astimezone(UTC) + timedelta(minutes=MINUTES)).astimezone(start.tzinfo)


def _alarm(event: Event, *, is_day: bool) -> Alarm:
    from icalendar import Alarm  # noqa: PLC0415 - as above

    # With a name of its own that stays the same: else the library gives it another one each time.
    alarm = Alarm.new(description=str(event["summary"]), uid=f"{event['uid']}-alarm")
    alarm.add("action", "DISPLAY")
    alarm.TRIGGER = MORNING if is_day else AHEAD
    return alarm


def _one_line(text: str) -> str:
    """A text without what no calendar can hold: on one line, nothing that can't be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
