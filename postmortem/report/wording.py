"""How instants, spans, amounts and counts read on a page. Plain British English, the same on every machine."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from postmortem.record.base import Frozen, Value
from postmortem.record.moments import day
from postmortem.record.sentences import is_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime, tzinfo
    from decimal import Decimal

HOUR: Final = 60
DAY: Final = 24 * HOUR
_WEEK: Final = 7
Words = TypeVar("Words", bound=Value)
Unit = Literal["minutes", "hours", "days"]
UNITS: Final[Mapping[Unit, tuple[str, str]]] = {"minutes": ("min", "min"), "hours": ("h", "h"), "days": ("day", "days")}
_NARROW = "\N{NARROW NO-BREAK SPACE}"
# What can't be seen and would only mislead: controls, and marks that turn the direction of reading.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


def seen(text: str) -> str:
    r"""Typed text as it is read: composed, and without characters that can't be seen; its lines stay.

    Examples:
        >>> seen("Har\u200bbour\xad House\r\nagain")
        'Harbour House\n\nagain'
    """
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text.replace("\r", "\n")))


def legible(told: Words) -> Words:
    r"""A part of a word file as it may stand on a page: every text in it as `seen`, for a person typed it.

    Examples:
        >>> from postmortem.record.letters import Letter
        >>> legible(Letter(labels={"heading": "What\u202e happened"})).labels["heading"]
        'What happened'
    """
    return told.model_copy(update={name: _legible(getattr(told, name)) for name in type(told).model_fields})


def _legible(part: object) -> object:
    if isinstance(part, str):
        return seen(part)
    if isinstance(part, tuple):
        return tuple(map(_legible, part))
    if isinstance(part, Frozen):
        return Frozen({name: _legible(told) for name, told in part.items()})
    return legible(part) if isinstance(part, Value) else part


def clean(text: str) -> str:
    r"""Typed text as it may stand on a page: composed, on one line, without characters that can't be seen.

    Examples:
        >>> clean(" left  unplugged\n again\u202e ")
        'left unplugged again'
    """
    return " ".join(seen(text).split())


def clock(at: datetime, zone: tzinfo) -> str:
    """The time of day in a zone, such as 15:05."""
    return f"{at.astimezone(zone):%H:%M}"


def moment(at: datetime, zone: tzinfo) -> str:
    """Day and time in a zone, such as 7 Oct 2026, 15:05."""
    local = at.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M}"


def near_moment(
    at: datetime,
    zone: tzinfo,
    beside: datetime | None,
    *,
    day: Callable[[date, int | None], str] = day,
    clock: Callable[[datetime, tzinfo], str] = clock,
    form: str = "{day}, {time}",
) -> str:
    """The time alone where the reader knows the day from what stands beside it, else day and time."""
    on, time = at.astimezone(zone).date(), clock(at, zone)
    other = beside.astimezone(zone).date() if beside is not None else None
    return time if on == other else form.format(day=day(on, other.year if other else None), time=time)


def duration(minutes: float, units: Mapping[Unit, tuple[str, str]] = UNITS, under: str = "under 1 min") -> str:
    """A span, in the two largest units that say it.

    Args:
        minutes: The span in minutes; not negative.
        units: One and many of minutes, hours and days.
        under: What is shorter than a minute; without it, that is one.

    Examples:
        >>> duration(385), duration(0.4), duration(30), duration(4 * 1440), duration(1500)
        ('6 h 25 min', 'under 1 min', '30 min', '4 days', '1 day 1 h')
    """
    if 0 < minutes < 1 and under:
        return under
    whole = round(minutes) if not 0 < minutes < 1 else 1
    if whole < HOUR:
        return _units(units, {"minutes": whole})
    if whole < DAY:
        hours, rest = divmod(whole, HOUR)
        return _units(units, {"hours": hours, "minutes": rest} if rest else {"hours": hours})
    days, hours = divmod(round(whole / HOUR), 24)
    # Beyond a week nobody counts hours.
    return _units(units, {"days": days, "hours": hours} if hours and days < _WEEK else {"days": days})


def _units(units: Mapping[Unit, tuple[str, str]], counts: Mapping[Unit, int]) -> str:
    return " ".join(counted(count, *units[unit]) for unit, count in counts.items())


def number(value: float) -> str:
    r"""A number with its thousands apart.

    Examples:
        >>> number(3735).replace("\u202f", " "), number(1.5)
        ('3 735', '1.5')
    """
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.replace(",", _NARROW)


def money(amount: Decimal | float, currency: str) -> str:
    """An amount with its currency.

    Examples:
        >>> money(20, "EUR"), money(12.5, "GBP")
        ('EUR 20', 'GBP 12.50')
    """
    whole = float(amount) == int(amount)
    return f"{currency} {f'{amount:,.0f}' if whole else f'{amount:,.2f}'}".replace(",", _NARROW).strip()


def counted(count: int, one: str, many: str = "") -> str:
    """A count with its noun.

    Examples:
        >>> counted(1, "step"), counted(3, "step"), counted(2, "person", "people")
        ('1 step', '3 steps', '2 people')
    """
    return f"{number(count)} {one if count == 1 else many or f'{one}s'}"


def listed(parts: Sequence[str], joint: str = "and") -> str:
    """Parts as one reads them aloud.

    Examples:
        >>> listed(["one", "two", "three"])
        'one, two and three'
    """
    return f" {joint} ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def first_up(text: str) -> str:
    """A text as the beginning of a sentence.

    Examples:
        >>> first_up("acting")
        'Acting'
    """
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A text with a full stop, unless it ends with its own mark.

    Examples:
        >>> sentence("The line was dead"), sentence("Why?"), sentence("They said: “Done.”")
        ('The line was dead.', 'Why?', 'They said: “Done.”')
    """
    text = text.strip()
    return text if not text or is_ended(text) else f"{text}."
