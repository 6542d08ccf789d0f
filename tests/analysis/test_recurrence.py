"""Days between recurrences are counted on the calendar, every one is listed, and the quiet since the last is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from postmortem.analysis import recurrences, time_between
from postmortem.record.errors import DataError

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def again(*days: str, identifier: str = "C-1", category: str = "system") -> list[dict]:
    """Incidents with one recurring cause, on these days."""
    cause = {"category": category, "recurring_id": identifier, "text": f"Wording of {identifier}"}
    return [{"id": f"{identifier}-{day}", "occurred_at": day, "causes": [cause]} for day in days]


def test_every_gap_and_the_quiet_time_are_listed(tables):
    """Three incidents have two gaps, and one that is still counting."""
    frame = time_between(tables(*again("2026-01-01", "2026-01-11", "2026-01-14T23:00Z")), now=AT)

    assert [10, 3, 46] == frame["days"].tolist()[1:]
    assert pd.isna(frame["days"].iloc[0])
    assert ["incident"] * 3 + ["still counting"] == frame["kind"].tolist()


def test_the_order_of_the_rows_does_not_matter(tables):
    """Gaps are between neighbours in time."""
    days = ["2026-01-14", "2026-01-01", "2026-01-11"]

    assert [10, 3, 46] == time_between(tables(*again(*days)), now=AT)["days"].dropna().tolist()


def test_two_on_one_day_are_nought_days_apart(tables):
    """Days are the calendar's."""
    given = tables(*again("2026-01-01T08:00Z", "2026-01-01T20:00Z"))

    assert [0, 59] == time_between(given, now=AT)["days"].dropna().tolist()


def test_days_begin_where_the_team_is(tables):
    """Two evenings in UTC may be one day and the next in Auckland."""
    given = tables(*again("2026-01-01T08:00Z", "2026-01-01T20:00Z"))

    assert [1, 58] == time_between(given, now=AT, zone="Pacific/Auckland")["days"].dropna().tolist()


def test_an_incident_with_the_cause_twice_comes_once(tables):
    """Two legs that end in one recurring cause are one appearance."""
    twice = again("2026-01-01")[0]
    twice["causes"] *= 2

    assert 1 == time_between(tables(twice), now=AT)["n"].iloc[0]


def test_causes_that_nobody_confirmed_to_recur_are_not_in_here(tables):
    """Wordings are never compared: only the register's id counts."""
    cause = {"category": "system", "text": "The same words"}

    assert 0 == len(time_between(tables(*({"occurred_at": "2026-01-01", "causes": [cause]} for _ in "ab")), now=AT))


def test_the_summary_lists_every_gap_with_its_median(tables):
    """R43: under ten events every value is there."""
    row = recurrences(tables(*again("2026-01-01", "2026-01-11", "2026-01-14")), now=AT).iloc[0]

    assert (3, 0, (10, 3), 6.5, 10) == tuple(row[["incidents", "undated", "gaps", "median_days", "longest_days"]])
    assert (46, True) == (row["quiet_days"], row["longest_yet"])


def test_one_appearance_has_no_gap_and_no_longest_quiet(tables):
    """Quiet since the only one is a number of days and no record."""
    row = recurrences(tables(*again("2026-02-01")), now=AT).iloc[0]

    assert (28, False, ()) == tuple(row[["quiet_days", "longest_yet", "gaps"]])
    assert pd.isna(row["median_days"])


def test_an_appearance_without_a_date_is_counted_and_told(tables):
    """It has no gap, but it is an incident."""
    row = recurrences(tables(*again("2026-02-01"), again("")[0] | {"occurred_at": None}), now=AT).iloc[0]

    assert (2, 1) == (row["incidents"], row["undated"])


def test_only_undated_appearances_have_no_quiet_time(tables):
    """Nobody can say how long it has been quiet."""
    row = recurrences(tables(again("")[0] | {"occurred_at": None}), now=AT).iloc[0]

    assert (1, 1, False) == tuple(row[["incidents", "undated", "longest_yet"]])
    assert pd.isna(row["quiet_days"])


def test_the_most_frequent_cause_comes_first(tables):
    """Equal ones stand in the order of their ids."""
    given = tables(
        *again("2026-01-01"),
        *again("2026-01-02", "2026-01-03", identifier="C-9"),
        *again("2026-01-04", identifier="B-1"),
    )

    assert ["C-9", "B-1", "C-1"] == recurrences(given, now=AT)["recurring_id"].tolist()
    assert ["C-9", "B-1", "C-1"] == time_between(given, now=AT)["recurring_id"].unique().tolist()


def test_gaps_and_quiet_days_add_up_to_the_time_that_was_watched(history, now):
    """From the first appearance until now, every day belongs to one gap."""
    for row in recurrences(history, now=now).itertuples():
        assert (pd.Timestamp(now.date()) - row.first_on).days == sum(row.gaps) + row.quiet_days


def test_now_needs_a_zone(tables):
    """Nobody's clock is guessed."""
    with pytest.raises(DataError, match="zone"):
        time_between(tables(), now=datetime(2026, 1, 1))  # noqa: DTZ001 - the zone is what is missing
