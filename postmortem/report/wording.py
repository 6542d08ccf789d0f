"""How instants, spans, amounts and counts read on a page. Plain British English, the same on every machine."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from postmortem.record.moments import day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo
    from decimal import Decimal

HOUR: Final = 60
DAY: Final = 24 * HOUR
_CLOSING: Final = "\"')]\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
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


def near_moment(at: datetime, zone: tzinfo, beside: datetime | None) -> str:
    """The time alone where the reader knows the day from what stands beside it, else day and time."""
    local = at.astimezone(zone)
    if beside is None:
        return moment(at, zone)
    other = beside.astimezone(zone)
    if local.date() == other.date():
        return f"{local:%H:%M}"
    return f"{day(local.date(), other.year)}, {local:%H:%M}"


def duration(minutes: float) -> str:
    """A span, in the two largest units that say it.

    Args:
        minutes: The span in minutes; not negative.

    Examples:
        >>> duration(385), duration(0.4), duration(30), duration(4 * 1440), duration(1500)
        ('6 h 25 min', 'under 1 min', '30 min', '4 days', '1 day 1 h')
    """
    if 0 < minutes < 1:
        return "under 1 min"
    whole = round(minutes)
    if whole < HOUR:
        return f"{whole} min"
    if whole < DAY:
        hours, rest = divmod(whole, HOUR)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(round(whole / HOUR), 24)
    text = counted(days, "day")
    return f"{text} {hours} h" if hours and days < 7 else text  # noqa: PLR2004 - beyond a week nobody counts hours


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
    return text if not text or text.rstrip(_CLOSING)[-1:] in ".!?…:" else f"{text}."
