"""Numbers, days and names as they stand in a sentence or at a mark."""

from __future__ import annotations

import html
import unicodedata
from typing import TYPE_CHECKING, Final

import pandas as pd

from postmortem.record import moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPACE: Final = "\u202f"  # a narrow space that does not break
_UNITS: Final = ((1_000_000.0, "million"), (1_000.0, "thousand"))
_LONGEST: Final = 60
_TURNING: Final = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NARROW: Final = frozenset(" .,:;!|'()[]fijlrtI1-")
_WIDE: Final = frozenset("WMwm@%&")
_LEAST, _MOST = 0.005, 0.995


def plain(text: object) -> str:
    r"""A text on one line, without characters that would turn the line around or hide in it.

    Examples:
        >>> plain("Order\n 12\u202e done")
        'Order 12 done'
    """
    kept = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in str(text) if sign not in _TURNING)
    return " ".join(kept.split())


def escaped(text: object) -> str:
    """A text that people typed, so that a figure shows it as it is: no markup, no formula, one line.

    Examples:
        >>> escaped("<b>50 $</b>  or more")
        '&lt;b&gt;50 &#36;&lt;/b&gt; or more'
    """
    return html.escape(plain(text), quote=False).replace("$", "&#36;")


def width(text: str) -> float:
    """About how many pixels a plain text takes at 13 px, on the wide side: no font is known when figures are laid out.

    Examples:
        >>> width("ill") < width("two") < width("WWW")
        True
    """
    return sum(_pixels(sign) for sign in text)


def _pixels(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return 13.0
    if unicodedata.combining(sign):
        return 0.0
    if sign in _NARROW:
        return 4.2
    return 12.2 if sign in _WIDE else 9.0 if sign.isupper() else 7.2


def wrapped(text: object, room: float, lines: int = 2) -> list[str]:
    """A text in a few lines of so many pixels, escaped; what does not fit is cut and ends in an ellipsis.

    Examples:
        >>> wrapped("Job closed without a test from the customer's side", 140)
        ['Job closed without a', 'test from the custom…']
    """
    done: list[str] = []
    line = ""
    for word in _pieces(plain(text), room):
        longer = f"{line} {word}" if line else word
        if width(longer) <= room:
            line = longer
        elif len(done) + 1 == lines:
            return [*map(escaped, done), f"{escaped(_cut(longer, room))}…"]
        else:
            done, line = [*done, line], word
    return [*map(escaped, done), escaped(line)]


def _pieces(text: str, room: float) -> Iterator[str]:
    """The words of a text; one that is wider than the room comes in pieces."""
    for word in text.split():
        piece = ""
        for sign in word:
            if piece and width(piece + sign) > room:
                yield piece
                piece = ""
            piece += sign
        yield piece


def _cut(text: str, room: float) -> str:
    while text and width(text) > room - width("…"):
        text = text[:-1]
    return text.rstrip(" ,;.")


def quoted(name: object) -> str:
    r"""A wording in a sentence: in quotes, cut after 60 characters.

    Examples:
        >>> quoted("Nothing reminds the crew") == "\u2018Nothing reminds the crew\u2019"
        True
    """
    words = plain(name)
    return f"\u2018{words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + '…'}\u2019"


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


def month(at: pd.Timestamp, *, short: bool = False) -> str:
    """A month, such as Oct 2026; or Oct 26, where there is little room.

    Examples:
        >>> month(pd.Timestamp("2026-10-18")), month(pd.Timestamp("2026-10-18"), short=True)
        ('Oct 2026', 'Oct 26')
    """
    return f"{moments.month(at, at.year)} {at.year % 100:02}" if short else moments.month(at)


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
