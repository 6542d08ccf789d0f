"""What the cells of a column have in common: dates and how they are written, numbers, words, several in one cell."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DayOrder = Literal["", "day first", "month first"]

_CLOCK = (
    r"(?P<gap>[T\s]\s*|,\s*)(?P<h>\d{1,2}):\d{2}(?P<s>:\d{2})?(?P<f>[.,]\d{1,6})?"
    r"(?P<ap>\s?[AaPp][Mm])?(?P<z>\s?(?:Z|[+-]\d{2}:?\d{2}))?"
)
_FIGURES = re.compile(rf"(?P<a>\d{{1,4}})(?P<sep>[/.-])(?P<b>\d{{1,2}})(?P=sep)(?P<c>\d{{1,4}})(?:{_CLOCK})?")
_DAY_NAMED = re.compile(rf"\d{{1,2}}(?P<x>[ /-])(?P<m>[A-Za-z]{{3,9}})(?P<y>[ /-])(?P<c>\d{{4}}|\d{{2}})(?:{_CLOCK})?")
_MONTH_NAMED = re.compile(rf"(?P<m>[A-Za-z]{{3,9}}) \d{{1,2}}(?P<comma>,?) (?P<c>\d{{4}})(?:{_CLOCK})?")
_TIME_ALONE = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(\s?[AaPp][Mm])?")
_SHORT_MONTH = 3
_YEAR = 4

_SIGNS: Final = "$€£ \u00a0\u202f"
_NUMBER = re.compile(r"[+-]?\d[\d.,'\u2019]*")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:([.,])\d{3})+")
_OTHER: Final = {".": ",", ",": "."}
_YES_NO: Final = frozenset({"yes", "no", "y", "n", "true", "false", "0", "1"})

_MOST_IN_A_WORD = 60
_OFTEN = 0.2
_ALONE = 0.5


@dataclass(frozen=True, slots=True)
class Looks:
    """What the values of one column look like.

    Attributes:
        seen: How many rows were looked at.
        filled: How many of them hold a value.
        distinct: How many different values they hold.
        dates: How many of the values are dates or times.
        clocked: How many of those tell a time of the day.
        numbers: How many of the values are numbers.
        whole: How many of the values are whole numbers.
        yes_no: Whether all values are yes or no.
        length: Signs in a usual value.
        words: Words in a usual value.
        separator: What stands between the words of cells that hold several; empty where they hold one.
        examples: The first different values.
    """

    seen: int
    filled: int
    distinct: int
    dates: int
    clocked: int
    numbers: int
    whole: int
    yes_no: bool
    length: float
    words: float
    separator: str
    examples: tuple[str, ...]

    def share(self, count: int) -> float:
        """A count as a share of the values there are, from 0 to 1."""
        return count / self.filled if self.filled else 0.0


def looks(cells: Sequence[str], empty: frozenset[str]) -> Looks:
    """What a column looks like.

    Args:
        cells: Its cells, without blanks around them.
        empty: Words that mean "no value", in lower case.

    Examples:
        >>> found = looks(["25/12/2025 14:00", "", "N/A"], frozenset({"", "n/a"}))
        >>> found.filled, found.dates, found.clocked
        (1, 1, 1)
    """
    values = [cell for cell in cells if cell and cell.casefold() not in empty]
    different = Counter(values)
    readings = {value: date_readings(value) for value in different}
    dates = sum(count for value, count in different.items() if readings[value])
    clocked = sum(count for value, count in different.items() if readings[value] and ":" in value)
    numbers = sum(count for value, count in different.items() if is_number(value))
    whole = sum(count for value, count in different.items() if value.isascii() and value.isdecimal())
    filled = len(values)
    return Looks(
        seen=len(cells),
        filled=filled,
        distinct=len(different),
        dates=dates,
        clocked=clocked,
        numbers=numbers,
        whole=whole,
        yes_no=bool(values) and all(value.casefold() in _YES_NO for value in different),
        length=sum(map(len, values)) / max(1, filled),
        words=sum(len(value.split()) for value in values) / max(1, filled),
        separator="" if dates or numbers > filled / 2 else separator_of(different),
        examples=tuple(different)[:3],
    )


def is_number(text: str) -> bool:
    """Whether a cell is a number, an amount with its sign among them.

    Examples:
        >>> [is_number(text) for text in ("1.234,50 €", "$12", "3 apples", "10.0.0.1")]
        [True, True, False, False]
    """
    plain = text.strip(_SIGNS)
    return bool(_NUMBER.fullmatch(plain)) and (max(plain.count("."), plain.count(",")) < 2 or _grouped(plain))  # noqa: PLR2004 - one mark of each


def _grouped(text: str) -> bool:
    whole, _, rest = text.rpartition("," if text.rfind(",") > text.rfind(".") else ".")
    return bool(_THOUSANDS.fullmatch(text) or (_THOUSANDS.fullmatch(whole) and rest.isdecimal()))


def separator_of(values: Counter[str]) -> str:
    """What stands between the words of cells that hold several; empty where a cell holds one text.

    A comma also stands inside names and sentences: it counts only where the words between commas stand alone in other
    cells.

    Examples:
        >>> separator_of(Counter({"Equipment;Weather;": 2, "Weather;": 5}))
        ';'
        >>> separator_of(Counter({"Fire, Explosion": 1, "Fire": 4, "Explosion": 2, "Leak": 1}))
        ','
        >>> separator_of(Counter({"Opening, closing, or moving an account": 9}))
        ''
    """
    total = sum(values.values())
    for sign in (";", "|", "\n", ","):
        several = {value: count for value, count in values.items() if sign in value}
        if not several or (sign != "," and sum(several.values()) < _OFTEN * total):
            continue
        words = [word for value in several for part in value.split(sign) if (word := part.strip())]
        if not words or max(map(len, words)) > _MOST_IN_A_WORD:
            continue
        different = set(words)
        alone = {value.strip().rstrip(sign).strip() for value in values if value.rstrip().rstrip(sign).count(sign) == 0}
        if sign == "," and len(different & alone) < _ALONE * len(different):
            continue
        if sign != "," and len(different) > _ALONE * len(words) and not different & alone:
            continue
        return sign
    return ""


# ---------------------------------------------------------------------------------------------------------------- dates


@lru_cache(maxsize=65_536)
def date_readings(text: str) -> tuple[tuple[DayOrder, str], ...]:
    """How a text can be read as a date: the patterns, each with the order of day and month that it takes.

    Examples:
        >>> date_readings("25/12/2025"), date_readings("2026-03-02T17:30:00+01:00")
        ((('day first', '%d/%m/%Y'),), (('', 'iso'),))
        >>> [order for order, _ in date_readings("03/04/2025 2:30 PM")]
        ['day first', 'month first']
        >>> date_readings("12/Mar/26 3:04 PM"), date_readings("7")
        ((('', '%d/%b/%y %I:%M %p'),), ())
    """
    if found := _FIGURES.fullmatch(text):
        candidates = _of_figures(found, text)
    elif found := _DAY_NAMED.fullmatch(text):
        year = "%Y" if len(found["c"]) == _YEAR else "%y"
        candidates = [("", f"%d{found['x']}{_month(found['m'])}{found['y']}{year}{_clock(found)}")]
    elif found := _MONTH_NAMED.fullmatch(text):
        candidates = [("", f"{_month(found['m'])} %d{found['comma']} %Y{_clock(found)}")]
    else:
        return ()
    return tuple((order, pattern) for order, pattern in candidates if _fits(text, pattern))


def _of_figures(found: re.Match[str], text: str) -> list[tuple[DayOrder, str]]:
    sign, clock = found["sep"], _clock(found)
    if len(found["a"]) == _YEAR:
        if _is_iso(text):
            return [("", "iso")]
        return [("", f"%Y{sign}%m{sign}%d{clock}")] if len(found["c"]) < _YEAR else []
    if len(found["a"]) > 2 or len(found["c"]) not in {2, _YEAR}:  # noqa: PLR2004 - figures of a day
        return []
    year = "%Y" if len(found["c"]) == _YEAR else "%y"
    return [("day first", f"%d{sign}%m{sign}{year}{clock}"), ("month first", f"%m{sign}%d{sign}{year}{clock}")]


def _month(word: str) -> str:
    return "%b" if len(word) == _SHORT_MONTH else "%B"


def _clock(found: re.Match[str]) -> str:
    if found["h"] is None:
        return ""
    gap = found["gap"]
    start = "T" if gap.startswith("T") else ", " if gap.startswith(",") else " "
    fraction = f"{found['f'][0]}%f" if found["f"] else ""
    half = f"{' ' if found['ap'][:1].isspace() else ''}%p" if found["ap"] else ""
    offset = f"{' ' if found['z'][:1].isspace() else ''}%z" if found["z"] else ""
    return f"{start}{'%I' if half else '%H'}:%M{':%S' if found['s'] else ''}{fraction}{half}{offset}"


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _fits(text: str, pattern: str) -> bool:
    if pattern == "iso":
        return True
    try:
        datetime.strptime(text, pattern)  # noqa: DTZ007 - only whether it can be read
    except ValueError:
        return False
    return True


def is_clock(text: str) -> bool:
    """Whether a text is a time of the day without a day.

    Examples:
        >>> is_clock("2:00 PM"), is_clock("17:30"), is_clock("17")
        (True, True, False)
    """
    return bool(_TIME_ALONE.fullmatch(text))


@dataclass(frozen=True, slots=True)
class Dates:
    """How the dates of a table are written.

    Attributes:
        day_first: How many values can only be read with the day first.
        month_first: How many values can only be read with the month first.
        either: A value that can be read both ways, if there is one.
        patterns: The patterns for each order, the most frequent ones first.
    """

    day_first: int
    month_first: int
    either: str
    patterns: tuple[tuple[DayOrder, tuple[str, ...]], ...]

    @property
    def order(self) -> DayOrder:
        """The order that the values prove, or that more of them prove; empty where none proves anything."""
        if self.day_first == self.month_first:
            return ""
        return "day first" if self.day_first > self.month_first else "month first"

    def taken(self, order: DayOrder) -> tuple[str, ...]:
        """The patterns to try, with this order of day and month; `iso` alone where there are no dates."""
        return dict(self.patterns).get(order or "day first") or ("iso",)


def dates_in(cells: Iterable[str]) -> Dates:
    """How dates are written, told from all of them together.

    Examples:
        >>> dates_in(["03/04/2025", "25/12/2025"]).order, dates_in(["03/04/2025"]).order
        ('day first', '')
    """
    counted = Counter(cells)
    proof: Counter[str] = Counter()
    either = ""
    patterns: dict[DayOrder, Counter[str]] = {"day first": Counter(), "month first": Counter()}
    for value, count in counted.items():
        readings = date_readings(value)
        orders = {order for order, _ in readings}
        if len(orders) > 1:
            either = either or (value if not _same_both_ways(value, readings) else "")
        elif orders and "" not in orders:
            proof[orders.pop()] += count
        for order, pattern in readings:
            for kind, found in patterns.items():
                if order in {"", kind}:
                    found[pattern] += count
    return Dates(
        proof["day first"],
        proof["month first"],
        either,
        tuple((kind, tuple(pattern for pattern, _ in found.most_common())) for kind, found in patterns.items()),
    )


def _same_both_ways(value: str, readings: tuple[tuple[DayOrder, str], ...]) -> bool:
    return len({datetime.strptime(value, pattern) for _, pattern in readings}) == 1  # noqa: DTZ007 - compared only


# -------------------------------------------------------------------------------------------------------------- numbers


def marks_in(values: Iterable[str]) -> tuple[str, str, str]:
    """The decimal mark and the sign between thousands, and a number that can be read both ways.

    One value that fits one way only decides for all of them; where none does, a point is a decimal mark and a comma
    stands between thousands, and a number that tells nothing is given back to be asked about.

    Examples:
        >>> marks_in(["1.234,50", "12"]), marks_in(["48,50", "1.200"]), marks_in(["1,234.5"]), marks_in(["1,234"])
        ((',', '.', ''), (',', '.', ''), ('.', ',', ''), ('.', ',', '1,234'))
    """
    proof: Counter[tuple[str, str]] = Counter()
    open_: dict[str, str] = {}
    for value in values:
        plain = value.strip(_SIGNS)
        between = next((sign for sign in ("'", "\u2019") if sign in plain), "")
        found = sorted((sign for sign in (",", ".") if sign in plain), key=plain.rfind)
        if between:
            proof[found[-1] if found else ".", between] += 1
        elif len(found) > 1:
            proof[found[1], found[0]] += 1
        elif found and plain.count(found[0]) > 1:
            proof[_OTHER[found[0]], found[0]] += 1
        elif found and _THOUSANDS.fullmatch(plain):
            open_.setdefault(found[0], plain)
        elif found:
            proof[found[0], ""] += 1
    if not proof:
        either = open_.get(",") or open_.get(".") or ""
        return ".", "," if "," in open_ else "", either
    decimal = max((".", ","), key=lambda mark: sum(count for (found, _), count in proof.items() if found == mark))
    told = [sign for (mark, sign), _ in proof.most_common() if mark == decimal and sign]
    return decimal, told[0] if told else _OTHER[decimal] if _OTHER[decimal] in open_ else "", ""
