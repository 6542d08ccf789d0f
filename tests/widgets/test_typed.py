"""Between what a person types and a value: generous in form, strict in meaning, and back to the same value."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from postmortem.record import spans
from postmortem.record.incident import Incident
from postmortem.widgets.typed import Place, TypedError, kind_of, read, show, surroundings
from tests.widgets.seen import NOW

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
# The hours around which the clocks go forward and back, in UTC.
CHANGES = {
    LONDON: (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    NEW_YORK: (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
}
AT = Place(LONDON, date(2026, 3, 11), date(2026, 3, 20))
NO_DAY = Place(LONDON, None, date(2026, 3, 20))


@st.composite
def around_a_change(draw):
    """An instant within a day of a change of the clocks, with and without a day of the incident."""
    zone = draw(st.sampled_from([LONDON, NEW_YORK]))
    change = draw(st.sampled_from(CHANGES[zone]))
    seconds = draw(st.integers(-86_400, 86_400)) if draw(st.booleans()) else 60 * draw(st.integers(-180, 180))
    local = change.astimezone(zone).date()
    day = draw(st.sampled_from([None, local, local - timedelta(days=1), local.replace(year=2025)]))
    return change + timedelta(seconds=seconds), Place(zone, day, local)


@given(around_a_change())
@example((datetime(2026, 10, 25, 0, 30, tzinfo=UTC), Place(LONDON, date(2026, 10, 25), date(2026, 10, 25))))
@example((datetime(2026, 10, 25, 1, 30, tzinfo=UTC), Place(LONDON, date(2026, 10, 25), date(2026, 10, 25))))
@example((datetime(2026, 11, 1, 6, 30, tzinfo=UTC), Place(NEW_YORK, None, date(2026, 11, 1))))
def test_an_instant_reads_back_also_where_the_clocks_change(told):
    """An hour that stands twice says which of the two it is."""
    at, place = told

    assert at == read("instant", show(at, place), place)


@given(st.datetimes(datetime(1900, 1, 2), datetime(2200, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 - drawn in UTC
def test_any_instant_of_a_record_reads_back(at):
    """To the microsecond, in a zone that was not always a whole number of minutes from UTC."""
    place = Place(ZoneInfo("Asia/Kathmandu"), date(2026, 3, 11), date(2026, 3, 20))

    assert at == read("instant", show(at, place), place)


@given(st.dates())
def test_any_day_reads_back(day):
    """Days are shown with their year."""
    assert day == read("day", show(day, AT), AT)


@given(st.integers(0, 5_256_000))
def test_whole_minutes_read_back(minutes):
    """From none to ten years."""
    assert minutes == read("minutes", show(float(minutes), AT), AT)


@given(st.floats(0, 5_256_000))
def test_a_fraction_of_a_minute_reads_back_to_the_millionth(minutes):
    """A duration that was imported is not coarsened by looking at it."""
    assert pytest.approx(minutes, abs=1.1e-6) == read("minutes", show(minutes, AT), AT)


@given(st.decimals(0, 1_000_000_000_000, places=2) | st.decimals(0, 1_000_000, places=9))
@example(Decimal("1234.567"))
@example(Decimal("1E+5"))
def test_money_reads_back_to_the_last_digit(amount):
    """Whatever its number of decimals."""
    assert amount == read("money", show(amount, AT), AT)


@given(st.integers(0, 10_000_000_000))
def test_a_count_reads_back(number):
    """From nobody to everybody."""
    assert number == read("count", show(number, AT), AT)


@pytest.mark.parametrize("kind", ["instant", "day", "minutes", "money", "count"])
@pytest.mark.parametrize("text", ["", " ", "\t\n", "\N{NO-BREAK SPACE}"])
def test_nothing_is_none(kind, text):
    """An emptied field is not known again."""
    assert read(kind, text, AT) is None


@given(st.text())
def test_a_text_is_taken_as_it_is(text):
    """Spaces, lines and signs included."""
    assert text == read("text", text, AT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15:20", "2026-03-11T15:20"),
        ("15.20", "2026-03-11T15:20"),
        (" 9:05 ", "2026-03-11T09:05"),
        ("15:20:30", "2026-03-11T15:20:30"),
        ("3:20 pm", "2026-03-11T15:20"),
        ("12:05am", "2026-03-11T00:05"),
        ("12 Mar 15:20", "2026-03-12T15:20"),
        ("12 march 15:20", "2026-03-12T15:20"),
        ("12.3. 15:20", "2026-03-12T15:20"),
        ("12.03.2026 15.20", "2026-03-12T15:20"),
        ("12 Mar 2025, 15:20", "2025-03-12T15:20"),
        ("2025-03-12 15:20", "2025-03-12T15:20"),
        ("2025-03-12T15:20", "2025-03-12T15:20"),
        ("2025-03-12T15:20Z", "2025-03-12T15:20"),
        ("2025-03-12T15:20+01:00", "2025-03-12T14:20"),
        ("12 Mar 2025 15:20 -0500", "2025-03-12T20:20"),
        ("11 Jul 2026 15:20", "2026-07-11T14:20"),
        ("11 Jul 2026 15:20 BST", "2026-07-11T14:20"),
    ],
)
def test_a_time_is_read_in_many_forms(text, expected):
    """In the incident's zone, on the incident's day where none is told."""
    assert datetime.fromisoformat(expected).replace(tzinfo=UTC) == read("instant", text, AT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("27 Mar 2026", date(2026, 3, 27)),
        ("27 March 2026", date(2026, 3, 27)),
        ("27 mar", date(2026, 3, 27)),
        ("27.3.2026", date(2026, 3, 27)),
        ("27.03.", date(2026, 3, 27)),
        ("2026-03-27", date(2026, 3, 27)),
        ("29 Feb 2028", date(2028, 2, 29)),
        ("27  Mar,  2026", date(2026, 3, 27)),
    ],
)
def test_a_day_is_read_in_many_forms(text, expected):
    """A day without a year is of the incident's year."""
    assert expected == read("day", text, AT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4 h 25 min", 265),
        ("4h25", 265),
        ("4:25 h", 265),
        ("4:25", 265),
        ("265", 265),
        ("265 min", 265),
        ("265 minutes", 265),
        ("1.5 h", 90),
        ("1,5 hours", 90),
        ("about 40 min", 40),
        ("~2h", 120),
        ("2 d", 2880),
        ("1 day 2 h 3 min", 1563),
        ("0", 0),
    ],
)
def test_a_duration_is_read_in_many_forms(text, expected):
    """A bare number is minutes."""
    assert expected == read("minutes", text, AT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("64", "64"),
        ("64.50", "64.50"),
        ("64,50", "64.50"),
        ("£64.50", "64.50"),
        ("64 EUR", "64"),
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234", "1234"),
        ("1 234.50", "1234.50"),
        ("about 64", "64"),
    ],
)
def test_an_amount_is_read_in_many_forms(text, expected):
    """With either sign for the decimals, with or without the currency."""
    assert Decimal(expected) == read("money", text, AT)


@pytest.mark.parametrize("text", ["£20", "20 USD", "CHF 20", "$ 20", "20 pounds", "20 kr"])
def test_an_amount_in_another_currency_is_refused_with_what_would_do(text):
    """One record has one currency: a pound is never taken for a euro."""
    with pytest.raises(TypedError, match=f"“{re.escape(text)}” names another currency.*Write it in EUR, or change"):
        read("money", text, replace(AT, currency="EUR"))


@pytest.mark.parametrize(
    ("text", "expected"), [("gbp", "GBP"), ("£", "GBP"), ("euros", "EUR"), ("CHF", "CHF"), ("", ""), (" ", "")]
)
def test_a_currency_is_read_by_its_letters_or_its_sign(text, expected):
    """An emptied field is the team's own again."""
    assert expected == read("currency", text, AT)


@pytest.mark.parametrize(
    ("text", "expected"), [("40", 40), ("1,200", 1200), ("1.200", 1200), ("1 200 000", 1_200_000), ("about 40", 40)]
)
def test_a_count_is_read_in_many_forms(text, expected):
    """Thousands may be set apart."""
    assert expected == read("count", text, AT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18 Apr 2018 12:35 CEST", datetime(2018, 4, 18, 10, 35, tzinfo=UTC)),
        ("18 Apr 2018 4:23 PDT", datetime(2018, 4, 18, 11, 23, tzinfo=UTC)),
        ("11 Mar 2026 15:20 cet", datetime(2026, 3, 11, 14, 20, tzinfo=UTC)),
    ],
)
def test_a_time_may_name_the_zone_it_was_told_in(text, expected):
    """The names that imported post-mortems may use are read when they are typed, too."""
    assert expected == read("instant", text, AT)


def test_the_zone_of_a_record_is_read_by_its_name():
    """A place, or an offset."""
    assert "zone" == kind_of("zone")
    assert ["Europe/Berlin", "+01:00"] == [read("zone", text, AT) for text in ("Europe/Berlin", "CET")]


@pytest.mark.parametrize(
    ("kind", "text", "example"),
    [
        ("instant", "yesterday", "11 Mar 2026 15:20"),
        ("instant", "25:00", "15:20"),
        ("instant", "13:00 pm", "15:20"),
        ("instant", "31 Feb 2026 10:00", "27 Mar 2026"),
        ("instant", "29 Mar 2026 01:30", "the clocks went forward"),
        ("instant", "11 Mar 2026 15:20 CST", "+02:00"),
        ("zone", "Berlin", "Europe/London"),
        ("instant", "1 Jan 0001 00:00 +01:00", "11 Mar 2026 15:20"),
        ("day", "31 Feb", "27 Mar 2026"),
        ("day", "soon", "2026-03-27"),
        ("minutes", "a while", "4 h 25 min"),
        ("minutes", "-5", "write 0 or more"),
        ("money", "a lot", "64.50"),
        ("money", "1.2.3", "64.50"),
        ("money", "1E100", "64.50"),
        ("money", "1_0", "64.50"),
        ("money", "20 quid", "64.50"),
        ("money", "1.234", "1234 or 1.23"),
        ("currency", "money", "like EUR"),
        ("currency", "kr", "like EUR"),
        ("count", "many", "like 40"),
        ("count", "-1", "write 0 or more"),
        ("count", "1.5", "like 40"),
    ],
)
def test_what_can_not_be_read_is_refused_with_an_example(kind, text, example):
    """The sentence says what stood there and what would do."""
    with pytest.raises(TypedError) as refused:
        read(kind, text, AT)

    assert example in str(refused.value)
    assert text[:5] in str(refused.value) or "zone" in str(refused.value)


def test_a_time_without_any_day_asks_for_the_day():
    """The first time of a record needs its day."""
    with pytest.raises(TypedError, match="Of which day is “15:20”"):
        read("instant", "15:20", NO_DAY)


@pytest.mark.parametrize("kind", ["instant", "day", "minutes", "money", "count"])
@pytest.mark.parametrize("text", ["9" * 5_000, "1d" + " " * 50_000 + "x", "9" * 400 + " h", "x" * 100_000])
def test_a_very_long_text_is_refused_at_once(kind, text):
    """Pasting a page into a small field neither hangs nor breaks anything, and it is not all said back."""
    with pytest.raises(TypedError) as refused:
        read(kind, text, AT)

    assert len(str(refused.value)) < 200


@given(st.sampled_from(["instant", "day", "minutes", "money", "count"]), st.text(max_size=80))
def test_any_text_gives_a_value_or_a_sentence(kind, text):
    """Nothing a person types ends in another error, and what is read reads back."""
    try:
        value = read(kind, text, AT)
    except TypedError:
        return

    again = read(kind, show(value, AT), AT)

    assert value == again or abs(value - again) < 1e-6


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("title", "text"),
        ("occurred_at", "instant"),
        ("timeline.m1.at", "instant"),
        ("recovery.steps.apologise.at", "instant"),
        ("impact.customers", "count"),
        ("impact.customer_min", "minutes"),
        ("impact.customer_cost", "money"),
        ("currency", "currency"),
        ("recovery.compensation.k1.owed", "money"),
        ("actions.a1.due_on", "day"),
        ("actions.a1.effect.check_on", "day"),
        ("recovery.escalation.call_back_on", "day"),
        ("whys.w1.text", "text"),
        ("nowhere.at.all", "text"),
    ],
)
def test_the_kind_of_a_place_is_read_from_the_model(place, expected):
    """A field added to the record is read rightly without being named here."""
    assert expected == kind_of(place)


def test_the_incidents_own_day_is_left_out():
    """Beside times of the same day the day only makes noise; another year is said."""
    at = datetime(2026, 3, 11, 15, 20, tzinfo=UTC)

    assert "15:20" == show(at, AT)
    assert "12 Mar 15:20" == show(at + timedelta(days=1), AT)
    assert "11 Mar 2025 15:20" == show(at.replace(year=2025), AT)
    assert "11 Mar 2026 15:20" == show(at, NO_DAY)


def test_what_surrounds_a_field_comes_from_the_record():
    """Its zone, its first instant, and today's day there."""
    late = Incident.model_validate({"title": "Late", "zone": "Asia/Tokyo", "known_at": "2026-03-10T20:00Z"})

    assert Place(ZoneInfo("Asia/Tokyo"), date(2026, 3, 11), date(2026, 3, 20)) == surroundings(late, NOW)


@pytest.mark.parametrize(
    ("field", "day"),
    [("", 10), ("raised_at", 10), ("recovery.steps.fix.at", 11), ("recovery.compensation.k1.offered_at", 11)],
)
def test_what_we_did_about_it_is_of_the_day_on_which_it_was_known(field, day):
    """A bare time beside a step lay on the day of the mistake, hours before anybody knew of it."""
    found_later = Incident.model_validate(
        {"title": "Gas", "occurred_at": "2026-03-10T16:00Z", "known_at": "2026-03-11T09:00Z"}
    )

    assert date(2026, 3, day) == surroundings(found_later, NOW, field=field).day


@pytest.mark.parametrize(
    ("minutes", "exactly", "roughly"),
    [(0, "0 min", "0 min"), (60, "1 h", "1 h"), (2880, "48 h", "2 days"), (2945, "49 h 5 min", "2 days 1 h")],
)
def test_durations_are_said_as_people_say_them(minutes, exactly, roughly):
    """Exactly in a field, roughly in a sentence."""
    assert exactly == spans.exact(minutes)
    assert roughly == spans.rough(minutes)


def test_yesterday_is_the_day_before_today():
    """The three days that people name by a word, alone and before a time."""
    assert date(2026, 3, 19) == read("day", "Yesterday", AT)
    assert date(2026, 3, 20) == read("day", "today", AT)
    assert date(2026, 3, 21) == read("day", "tomorrow", AT)
    assert datetime(2026, 3, 19, 11, 40, tzinfo=UTC) == read("instant", "yesterday 11:40", AT)


@pytest.mark.parametrize("kind", ["count", "minutes", "money"])
@pytest.mark.parametrize("text", ["-2", "\N{MINUS SIGN}2"])
def test_what_is_less_than_nothing_is_said_to_be_so(kind, text):
    """It is a number: it is not called none, and what would do is said."""
    with pytest.raises(TypedError, match=f"“{text}” is less than 0: write 0 or more"):
        read(kind, text, AT)
