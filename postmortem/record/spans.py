"""Lengths of time in words: exactly, as somebody wrote them, and roughly, as a sentence has them."""

from __future__ import annotations

from typing import Final

_DAY: Final = 1440
_IN_HOURS: Final = 2 * _DAY
_WITHOUT_HOURS: Final = 14
_IN_YEARS: Final = 2 * 365
_NOTHING_OF_A_MINUTE: Final = 1e-6


def exact(minutes: float) -> str:
    """So many minutes to the last one, and to a fraction of it where there is one.

    Examples:
        >>> exact(265), exact(40), exact(120), exact(90.5)
        ('4 h 25 min', '40 min', '2 h', '90.5 min')
    """
    whole = round(minutes)
    if abs(minutes - whole) > _NOTHING_OF_A_MINUTE:
        return f"{minutes:.6f}".rstrip("0") + " min"
    hours, rest = divmod(whole, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


def rough(minutes: float) -> str:
    """So many minutes for reading: days from two days on, without hours from two weeks on, then years.

    Examples:
        >>> rough(2441), rough(95), rough(7200)
        ('40 h 41 min', '1 h 35 min', '5 days')
        >>> rough(30_250), rough(4_521_305)
        ('21 days', '8 years')
    """
    whole = round(minutes)
    if whole < _IN_HOURS:
        return exact(whole)
    days, rest = divmod(whole, _DAY)
    if days >= _IN_YEARS:
        return f"{days // 365} years"
    hours = rest // 60 if days < _WITHOUT_HOURS else 0
    return f"{days} days {hours} h" if hours else f"{days} days"
