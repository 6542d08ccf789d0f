"""Between what a person types and a value of the record: times, days, durations, money, numbers.

Reading is generous in form and strict in meaning: `4 h 25`, `4:25 h` and `265` are one duration; `31 Feb` is refused
with a sentence. What is shown reads back to the same value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

from postmortem.exchange.prose.headings import shipped_headings
from postmortem.record import moments, money, recovery, spans
from postmortem.record.base import Count, Instant, Minutes, Money, Value, ZoneName, zone
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["text", "instant", "day", "minutes", "money", "currency", "count", "zone"]

_LONGEST = 60
_BELOW_NOTHING = re.compile(r"[-\N{MINUS SIGN}]\s*\d[\d.,\s]*$")
_EXAMPLES: Mapping[Kind, str] = {
    "instant": "a time. Write it like 15:20, or 11 Mar 2026 15:20",
    "day": "a day. Write it like 27 Mar 2026",
    "minutes": "a duration. Write it like 4 h 25 min",
    "money": "an amount. Write it like 64 or 64.50",
    "currency": "a currency. Write its three letters, like EUR",
    "count": "a number. Write it like 40",
    "zone": "a time zone. Write it like Europe/London",
}


class TypedError(PostmortemError):
    """What was typed can't be read as what the field holds; the text stays in the field."""


@dataclass(frozen=True, slots=True)
class Place:
    """What surrounds a field: the zone its times are told in, the day they belong to, the year of days, the currency.

    Attributes:
        currency: What amounts are in; empty where nobody knows, and then an amount in any currency is read.
    """

    zone: tzinfo
    day: date | None
    today: date
    currency: str = ""


_OF_THE_RECOVERY: Final = ("recovery.", "told_at", "fixed_at")
"""What comes after somebody knew of it: a time there without a day is not of the day on which it happened."""


def surroundings(incident: Incident, now: datetime, currency: str = "", *, field: str = "") -> Place:
    """What a time without a day, a day without a year, or an amount without its currency is understood by.

    Args:
        incident: The record.
        now: The instant at which it is typed.
        currency: The team's currency, where the record has none of its own.
        field: The place of the field, where one is meant: what we did about it is of the day on which it was known.
    """
    local = zone(incident.zone)
    first = incident.occurred_at or incident.known_at or incident.raised_at
    if field.startswith(_OF_THE_RECOVERY):
        first = recovery.known_at(incident) or first
    day = first.astimezone(local).date() if first else None
    return Place(local, day, now.astimezone(local).date(), incident.currency or currency)


@lru_cache(maxsize=512)
def kind_of(place: str) -> Kind:
    """What kind of value a place of an incident holds, read from the model itself.

    Examples:
        >>> kind_of("impact.customer_min"), kind_of("actions.a1.due_on"), kind_of("timeline.m1.at"), kind_of("title")
        ('minutes', 'day', 'instant', 'text')
    """
    if place == "currency":
        return "currency"
    annotation: Any = Incident
    for name in place.split("."):
        model = _model_in(annotation)
        if model is not None and name in model.model_fields and not _is_list(annotation):
            field = model.model_fields[name]
            annotation = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        # Otherwise the name is the id of a part in a list: the kind of part stays.
        elif _is_list(annotation):
            annotation = model
    return _kind(annotation)


def _is_list(annotation: Any) -> bool:  # noqa: ANN401 - a type expression
    return get_origin(annotation) is tuple


def _model_in(annotation: Any) -> type[Value] | None:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, Value):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


_KINDS: tuple[tuple[Any, Kind], ...] = (
    (Instant, "instant"),
    (Minutes, "minutes"),
    (Money, "money"),
    (Count, "count"),
    (ZoneName, "zone"),
)
_ALIASES = [alias for alias, _ in _KINDS]


def _kind(annotation: Any) -> Kind:  # noqa: ANN401
    if annotation not in _ALIASES and get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    parts = get_args(annotation) if get_origin(annotation) in {Union, UnionType} else (annotation,)
    for part in parts:
        for alias, kind in _KINDS:
            if part == alias:
                return kind
        if part is date:
            return "day"
    return "text"


def read(kind: Kind, text: str, place: Place) -> Any:  # noqa: ANN401 - a value of the field's own type
    """The value that a text means; an empty text means none.

    Raises:
        TypedError: If it can't be read, with an example of what can.
    """
    if kind == "text":
        return text
    plain = " ".join(text.split())
    if len(plain) > _LONGEST:
        raise TypedError(f"“{plain[:_LONGEST]}…” is too long for {_EXAMPLES[kind]}.")
    if not plain:
        return "" if kind == "currency" else None
    if kind in {"count", "minutes", "money"} and _BELOW_NOTHING.match(plain):
        raise TypedError(f"“{plain}” is less than 0: write 0 or more.")
    return _READERS[kind](plain, place)


def show(value: Any, place: Place) -> str:  # noqa: ANN401
    """A value as text that reads back to the same value."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return show_instant(value, place)
    if isinstance(value, date):
        return moments.day(value)
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        # Three digits after the point could be thousands: a fourth says that they are not.
        return f"{plain}0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", plain) else plain
    if isinstance(value, float):
        return spans.exact(value)
    return str(value)


def show_instant(at: datetime, place: Place) -> str:
    """An instant in the incident's zone; the day is left out where it is the incident's own, the year likewise."""
    local = at.astimezone(place.zone)
    clock = local.time().isoformat("auto" if local.second or local.microsecond else "minutes")
    other = local.replace(fold=1 - local.fold)
    if other.utcoffset() != local.utcoffset():
        # The hour stands twice on the day on which the clocks go back.
        clock += f" {local.tzname()}" if local.tzname() != other.tzname() else f" {local.isoformat()[-6:]}"
    if local.date() == place.day:
        return clock
    return f"{moments.day(local.date(), place.day.year if place.day else None)} {clock}"


_DAY_FORMS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y")
_NEAR_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_SHORT_DAY_FORMS = ("%d %b", "%d %B", "%d.%m.")
_CLOCK = re.compile(
    r"(?P<h>\d{1,2})[:.](?P<m>\d{2})(?::(?P<s>\d{2})(?:\.(?P<fraction>\d{1,6}))?)?"
    r"\s*(?P<zone>[A-Za-z]{1,5}|[+-]\d{2}(?::?\d{2})?)?$"
)


def _day(text: str, place: Place) -> date:
    tidy = re.sub(r"[,\s]+", " ", text).strip()
    if tidy.lower() in _NEAR_DAYS:
        return place.today + timedelta(days=_NEAR_DAYS[tidy.lower()])
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(tidy, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
    year = (place.day or place.today).year
    for form in _SHORT_DAY_FORMS:
        try:
            return datetime.strptime(f"{tidy} {year}", f"{form} %Y").replace(tzinfo=UTC).date()
        except ValueError:
            continue
    raise TypedError(f"“{text}” is not a day. Write it like 27 Mar 2026 or 2026-03-27.")


def _instant(text: str, place: Place) -> datetime:
    tidy = re.sub(r"(?<=\d)T(?=\d)", " ", text)
    match = _CLOCK.search(tidy)
    example = "Write it like 15:20, or 11 Mar 2026 15:20."
    if not match:
        raise TypedError(f"“{text}” is not a time. {example}")
    half = (match["zone"] or "").lower()
    hour = int(match["h"])
    if half in {"am", "pm"}:
        hour = hour % 12 + 12 * (half == "pm") if 1 <= hour <= 12 else 24  # noqa: PLR2004 - the hours of half a day
    try:
        clock = time(hour, int(match["m"]), int(match["s"] or 0), int((match["fraction"] or "").ljust(6, "0")))
    except ValueError:
        raise TypedError(f"“{text}” is not a time of the day. {example}") from None
    before = tidy[: match.start()].strip(" ,")
    if not before and place.day is None:
        raise TypedError(f"Of which day is “{text}”? Write it like 11 Mar 2026 15:20.")
    day = _day(before, place) if before else place.day
    told = "" if half in {"am", "pm"} else match["zone"] or ""
    try:
        return _in_zone(datetime.combine(day or place.today, clock), told, text, place)
    except OverflowError:
        raise TypedError(f"“{text}” is too far from today. {example}") from None


def _in_zone(wall: datetime, told: str, text: str, place: Place) -> datetime:
    """The instant at which clocks show a time, in the place's zone or in the one that was told."""
    if told[:1] in {"+", "-"} or told.upper() in {"Z", "UTC"}:
        offset = datetime.strptime(told.replace(":", "").ljust(5, "0"), "%z").tzinfo if told[:1] in {"+", "-"} else UTC
        return wall.replace(tzinfo=offset).astimezone(UTC)
    first, second = (wall.replace(tzinfo=place.zone, fold=fold) for fold in (0, 1))
    named = [local for local in (first, second) if told.upper() in {"", str(local.tzname()).upper()}]
    # A name that is the record's own zone at that time means that one; else the names that imported files may use.
    known = "" if named else shipped_headings().zone_of(told) or ""
    if known:
        return _in_zone(wall, known, text, place)
    if first.astimezone(UTC).astimezone(place.zone).replace(fold=0) != first:
        raise TypedError(
            f"“{text}” did not exist on that day: the clocks went forward. Write the time before or after."
        )
    if not named:
        raise TypedError(
            f"“{told}” can't be told as a time zone. Write how far it is from UTC in its place, as in 15:20 +02:00; "
            f"without either, clocks in {place.zone} are meant."
        )
    return named[0].astimezone(UTC)


_DURATION = re.compile(
    r"^(?:(?P<d>\d+(?:[.,]\d+)?)\s*d(?:ays?)?)?\s*(?:(?P<h>\d+(?:[.,]\d+)?)\s*h(?:ours?|rs?)?)?\s*"
    r"(?:(?P<m>\d+(?:[.,]\d+)?)\s*(?:m(?:in(?:utes?)?)?)?)?$",
    re.IGNORECASE,
)
_HOURS_AND_MINUTES = re.compile(r"^(\d+):(\d{2})\s*h?$")


def _minutes(text: str, _place: Place) -> float:
    tidy = _without_about(text)
    if clock := _HOURS_AND_MINUTES.match(tidy):
        return int(clock[1]) * 60.0 + int(clock[2])
    match = _DURATION.match(tidy)
    if not match or not any(match.groupdict().values()):
        raise TypedError(f"“{text}” is not a duration. Write it like 4 h 25 min, or 40 min.")
    days, hours, minutes = (_number(match[name]) for name in ("d", "h", "m"))
    return days * 1440 + hours * 60 + minutes


def _number(text: str | None) -> float:
    return float(text.replace(",", ".")) if text else 0.0


def _without_about(text: str) -> str:
    return re.sub(r"^(about|around|ca\.?|approximately|~)\s*", "", text, flags=re.IGNORECASE)


def _money(text: str, place: Place) -> Decimal:
    try:
        return money.amount(_without_about(text), place.currency)
    except money.AmountError as error:
        remedy = (
            f" Write it in {place.currency}, or change the currency in stage 1." if "currency" in str(error) else ""
        )
        raise TypedError(f"{error}{remedy}") from None


def _currency(text: str, _place: Place) -> str:
    meant = money.currencies(text)
    # A pound is a pound here; a crown or a dollar is of several countries.
    if not meant or (len(meant) > 1 and meant[0] != "GBP"):
        raise TypedError(f"“{text}” is not one currency. Write its three letters, like EUR.")
    return meant[0]


def _count(text: str, _place: Place) -> int:
    tidy = re.sub(r"(?<=\d)[ ,.\u00a0](?=\d{3}\b)", "", _without_about(text))
    if not tidy.isdecimal():
        raise TypedError(f"“{text}” is not a number. Write it like 40.")
    return int(tidy)


def _zone(text: str, _place: Place) -> str:
    name = shipped_headings().zone_of(text) or text
    try:
        zone(name)
    except ValueError:
        raise TypedError(f"“{text}” is not a time zone. Write it like Europe/London, or +01:00.") from None
    return name


_READERS: Mapping[Kind, Any] = {
    "instant": _instant,
    "day": _day,
    "minutes": _minutes,
    "money": _money,
    "currency": _currency,
    "count": _count,
    "zone": _zone,
}
