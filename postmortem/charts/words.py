"""Numbers, days and names as they stand in a sentence or at a mark."""

from __future__ import annotations

import html
import textwrap
from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPACE: Final = "\u202f"  # a narrow space that does not break
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS: Final = ((1_000_000.0, "million"), (1_000.0, "thousand"))
_LONGEST: Final = 60
_LEAST, _MOST = 0.005, 0.995


def escaped(text: object) -> str:
    """A text that people typed, so that a figure shows it as it is: no markup, no formula, one line.

    Examples:
        >>> escaped("<b>50 $</b>  or more")
        '&lt;b&gt;50 &#36;&lt;/b&gt; or more'
    """
    return html.escape(" ".join(str(text).split()), quote=False).replace("$", "&#36;")


def wrapped(text: object, width: int, lines: int = 2) -> list[str]:
    """A text in a few lines, escaped line by line; what does not fit is cut and ends in an ellipsis.

    Examples:
        >>> wrapped("Job closed without a test from the customer's side", 24)
        ['Job closed without a', "test from the customer's…"]
    """
    plain = " ".join(str(text).split())
    parts = textwrap.wrap(plain, width, break_long_words=True) or [""]
    if len(parts) > lines:
        last = parts[lines - 1].rstrip(" ,;.")
        parts = [*parts[: lines - 1], f"{last}…"]
    return [escaped(part) for part in parts]


def quoted(name: object) -> str:
    r"""A wording in a sentence: in quotes, cut after 60 characters.

    Examples:
        >>> quoted("Nothing reminds the crew") == "\u2018Nothing reminds the crew\u2019"
        True
    """
    plain = " ".join(str(name).split())
    return f"\u2018{plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1].rstrip() + '…'}\u2019"


def number(value: float) -> str:
    r"""A whole number with its thousands apart.

    Examples:
        >>> number(63100).replace("\u202f", " ")
        '63 100'
    """
    return f"{value:,.0f}".replace(",", _SPACE)


def counted(n: float, word: str, plural: str = "") -> str:
    """A number with its noun.

    Examples:
        >>> counted(1, "incident"), counted(2, "day")
        ('1 incident', '2 days')
    """
    return f"{number(n)} {word if n == 1 else plural or word + 's'}"


def percent(share: float) -> str:
    r"""A share as percent; what is not quite none or all does not become it by rounding.

    Examples:
        >>> [percent(share).replace("\xa0", " ") for share in (0.3714, 0.001, 0.999, 1)]
        ['37 %', 'under 1 %', 'over 99 %', '100 %']
    """
    if 0 < share < _LEAST:
        return "under 1\xa0%"
    if _MOST < share < 1:
        return "over 99\xa0%"
    return f"{share * 100:.0f}\xa0%"


def scale(largest: float) -> tuple[float, str]:
    """What to divide large values by, and its word.

    Examples:
        >>> scale(26800), scale(900)
        ((1000.0, 'thousand'), (1.0, ''))
    """
    return next(((by, word) for by, word in _UNITS if largest >= 10 * by), (1.0, ""))


def scaled(value: float, by: float) -> str:
    """A value in the unit of its scale: with one decimal where it was divided."""
    return number(value) if by == 1 else f"{value / by:,.1f}".replace(",", _SPACE)


def day(at: pd.Timestamp) -> str:
    """A day, such as 18 Oct 2026."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def month(at: pd.Timestamp, *, short: bool = False) -> str:
    """A month, such as Oct 2026; or Oct 26, where there is little room.

    Examples:
        >>> month(pd.Timestamp("2026-10-18")), month(pd.Timestamp("2026-10-18"), short=True)
        ('Oct 2026', 'Oct 26')
    """
    return f"{_MONTHS[at.month - 1]} {at.year % 100:02}" if short else f"{_MONTHS[at.month - 1]} {at.year}"


def period(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """From one month to another; what is said where there is no date.

    Examples:
        >>> period(pd.Timestamp("2024-11-03"), pd.Timestamp("2026-10-18"))
        'Nov 2024 to Oct 2026'
    """
    if pd.isna(first) or pd.isna(last):
        return "no dates"
    return month(first) if (first.year, first.month) == (last.year, last.month) else f"{month(first)} to {month(last)}"


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence.

    Examples:
        >>> listed(["a", "b", "c"])
        'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def sentence(*parts: str) -> str:
    """Parts that are there, one after the other, separated by a middle dot."""
    return " · ".join(part for part in parts if part)
