"""Times as people write them in a timeline: read where they can mean one moment only, else left as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from postmortem.record.base import zone

if TYPE_CHECKING:
    from postmortem.exchange.prose.headings import Headings

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY: Final = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_DAY: Final = re.compile(
    rf"{_WEEKDAY}(?:"
    r"(?P<y>\d{4})[-/](?P<m>\d\d?)[-/](?P<d>\d\d?)(?!\d)"
    r"|(?P<a>\d\d?)[-/](?P<b>\d\d?)[-/](?P<y2>\d{4})(?!\d)"
    r"|(?P<d3>\d\d?)\.\s?(?P<m3>\d\d?)\.\s?(?P<y3>\d{4})(?!\d)"
    rf"|{_MONTH.format('n4')}\s+(?P<d4>\d\d?)(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y4>\d{{4}})(?![\d:]))?"
    rf"|(?P<d5>\d\d?)(?:st|nd|rd|th|\.)?\s+{_MONTH.format('n5')}(?![a-z])(?:,?\s+(?P<y5>\d{{4}})(?![\d:]))?"
    r")",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(
    r"(?P<h>\d{1,2})(?::(?P<m>\d\d)(?::(?P<s>\d\d))?)?\s*(?P<half>[ap]\.?m\.?)?(?![\w/]|:\d)", re.IGNORECASE
)
_OFFSET: Final = re.compile(
    r"\s*\(?(?P<utc>(?:UTC|GMT)\s?)?(?P<sign>[+-])(?P<h>\d\d?)(?::?(?P<m>[0-5]\d))?\)?(?![\w:])"
)
_NAME: Final = re.compile(r"\s*\(?(?P<name>[A-Za-z]{2,5})\)?(?!\w)")
_OPEN: Final = re.compile(r"^[\s*_`\[(~]*(?:(?:ca|approx|around|about)\.?\s+)?", re.IGNORECASE)
_SHUT: Final = re.compile(r"^[\s*_`\])]*(?:[-–—:|,]+(?=\s|$|\*))?[\s*_`\])]*")  # noqa: RUF001 - the dashes are meant
_MARKED: Final = re.compile(r"[*_`]")
_NOON: Final = 12
_FARTHEST: Final = 14
_MONTHS_OF_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Told:
    """What stands at the beginning of a line of a timeline.

    Attributes:
        day: The day, where one stands there.
        clock: The time of the day, where one stands there.
        zone: The zone that stands behind it: a name, empty where the name has several meanings, nothing if none.
        words: What was read, as it stands there.
        rest: What follows.
    """

    day: date | None
    clock: time | None
    zone: str | None
    words: str
    rest: str


class Times:
    """Reads the times of one document.

    Args:
        text: The document, for the order of day and month in days such as 06/04/2023: where one of them can only be
            day first, all are.
        headings: The names of the time zones.
    """

    def __init__(self, text: str, headings: Headings) -> None:
        self._headings = headings
        pairs = [(int(found["a"]), int(found["b"])) for found in _DAY.finditer(text) if found["a"]]
        day_first = any(a > _MONTHS_OF_A_YEAR for a, _ in pairs)
        month_first = any(b > _MONTHS_OF_A_YEAR for _, b in pairs)
        self._day_first = day_first if day_first != month_first else None

    def days_in(self, text: str) -> list[date]:
        """All days with a year in a text."""
        return [day for found in _DAY.finditer(text) if (day := self._day(found, None))]

    def zone_in(self, text: str) -> str | None:
        """The one time zone that a text names; empty where it names one with several meanings, or two."""
        names = re.findall(r"(?<!\w)[A-Z]{2,5}(?!\w)", text)
        zones = {found for name in names if (found := self._headings.zone_of(name)) is not None}
        return None if not zones else zones.pop() if len(zones) == 1 else ""

    def told(self, line: str, year: int | None = None) -> Told:
        """The day and the time with which a line begins.

        Args:
            line: The line.
            year: The year of a day without one.

        Examples:
            >>> from postmortem.exchange.prose.headings import shipped_headings
            >>> told = Times("", shipped_headings()).told("**2019-10-20 00:55 UTC**: builds failed")
            >>> told.day.isoformat(), told.clock.isoformat(), told.zone, told.rest
            ('2019-10-20', '00:55:00', 'UTC', 'builds failed')
        """
        start = at = _end(_OPEN, line, 0)
        day = clock = name = None
        found = _DAY.match(line, at)
        if found and (day := self._day(found, year)):
            at = found.end()
            between = re.compile(r"[\s,T*_`]*(?:at\s+|[-–]\s+)?").match(line, at)  # noqa: RUF001 - the dash is meant
            clock, end = _clock(line, between.end() if between else at)
        else:
            clock, end = _clock(line, at)
        if clock is not None:
            iso = "T" in line[max(at - 1, 0) : end]
            name, at = self._zone(line, end, iso=iso)
            if day is None:  # the day may follow: 16:30, 2 March 2026
                after = re.compile(r"[\s,]*(?:on\s+)?").match(line, at)
                found = _DAY.match(line, after.end()) if after else None
                if found and (day := self._day(found, year)):
                    at = found.end()
        if day is None and clock is None:
            return Told(None, None, None, "", line.strip())
        prefix = _MARKED.sub("", line[:start]).strip(" [(")
        rest = line[at:]
        if not _MARKED.search(line[:start]) or _SHUT.match(rest):
            rest = rest[_end(_SHUT, rest, 0) :]
        return Told(day, clock, name, line[start:at], " ".join(filter(None, (prefix, rest.strip()))))

    def _zone(self, line: str, at: int, *, iso: bool) -> tuple[str | None, int]:
        if line[at : at + 1] == "Z":
            return "UTC", at + 1
        offset = _OFFSET.match(line, at)
        # 10:30-11:00 is a span of time; an offset follows a time after T, or the word UTC.
        if offset and int(offset["h"]) <= _FARTHEST and (offset["utc"] or iso):
            return f"{offset['sign']}{int(offset['h']):02d}:{offset['m'] or '00'}", offset.end()
        name = _NAME.match(line, at)
        found = self._headings.zone_of(name["name"]) if name and name["name"].isupper() else None
        return (found, name.end()) if name and found is not None else (None, at)

    def _day(self, found: re.Match[str], year: int | None) -> date | None:
        part = found.groupdict()
        try:
            if part["y"]:
                return date(int(part["y"]), int(part["m"]), int(part["d"]))
            if part["y3"]:
                return date(int(part["y3"]), int(part["m3"]), int(part["d3"]))
            if part["y2"]:
                a, b = int(part["a"]), int(part["b"])
                if self._day_first is None and a != b:
                    return None
                return date(int(part["y2"]), b, a) if self._day_first else date(int(part["y2"]), a, b)
            named = part["n4"] or part["n5"]
            stated = part["y4"] or part["y5"] or year
            month = _MONTHS.index(named[:3].lower()) + 1
            return date(int(stated), month, int(part["d4"] or part["d5"])) if stated else None
        except ValueError:
            return None


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _clock(line: str, at: int) -> tuple[time | None, int]:
    found = _CLOCK.match(line, at)
    if found is None or not (found["m"] or found["half"]):
        return None, at
    hour, half = int(found["h"]), (found["half"] or "").lower()[:1]
    if half and not 1 <= hour <= _NOON:
        return None, at
    if half:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    try:
        return time(hour, int(found["m"] or 0), int(found["s"] or 0)), found.end()
    except ValueError:
        return None, at


def moment(day: date, clock: time, name: str) -> datetime:
    """The moment of a day and a time in a zone."""
    return datetime.combine(day, clock, zone(name))
