"""How checklists are used: by list and month, with what is not there and what is still to come told apart."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from postmortem.analysis import checklist_use
from postmortem.record import checklists
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident
from postmortem.store import open_store

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
POINTS = ["All lines ring", "Lights are green", "The customer heard it", "Keys are back"]


def used(*days: date, ticked: int = 4) -> Incident:
    """A record with one list, used on these days."""
    told = checklists.publish(Incident(title="Line dead", id="2026-001"), "Before you leave", POINTS)
    for day in days:
        told = checklists.tick(told, "l1", POINTS[:ticked], on=day)
    return told


def counted(*incidents: Incident) -> pd.DataFrame:
    """What the store's own tables give."""
    with open_store(":memory:", clock=lambda: NOW) as store:
        store.save_many(incidents)
        return checklist_use(store.tables(), now=NOW, zone="Europe/Berlin")


def missing(name: str, at: str, number: int) -> Incident:
    """A record that a list should have caught."""
    given = {"title": "Dead again", "id": f"2026-{number:03}", "occurred_at": at, "should_have_caught": [name]}
    return Incident.model_validate(given)


def test_uses_and_points_are_summed_by_month():
    """Three in two months, each with three points of four."""
    frame = counted(used(date(2026, 1, 5), date(2026, 1, 30), date(2026, 3, 2), ticked=3))

    assert [(2, 6, 8), (1, 3, 4)] == list(zip(frame["runs"], frame["ticked"], frame["points"], strict=True))
    assert [3, 3] == frame["all_runs"].tolist()
    assert [0.75, 0.75] == frame["share"].tolist()
    assert pd.Timestamp(2026, 3, 2) == frame["last_on"].iloc[0]


def test_a_miss_counts_in_the_month_in_which_it_happened_where_people_live():
    """Half past eleven in the evening in UTC is the next month in Berlin."""
    frame = counted(used(date(2026, 1, 5)), missing("2026-001/l1", "2026-01-31T23:30:00Z", 2))

    assert [(1, 0), (0, 1)] == list(zip(frame["runs"], frame["misses"], strict=True))
    assert pd.Timestamp(2026, 2, 1) == frame["month"].iloc[1]


def test_a_miss_without_a_day_is_in_the_sum_and_in_no_month():
    """Nothing is dropped."""
    frame = counted(used(date(2026, 1, 5)), Incident(title="?", id="2026-002", should_have_caught=("2026-001/l1",)))

    assert (1, 1, 0) == tuple(frame[["all_misses", "undated", "misses"]].iloc[0])


def test_a_list_that_nobody_used_and_one_that_is_not_there_have_their_rows():
    """The first without a month."""
    frame = counted(used(), missing("2025-009/l4", "2026-01-31T12:00:00Z", 2)).set_index("list")

    assert (0, True) == tuple(frame.loc["2026-001/l1", ["all_runs", "kept"]])
    assert pd.isna(frame.loc["2026-001/l1", "month"])
    assert (1, False) == tuple(frame.loc["2025-009/l4", ["all_misses", "kept"]])


def test_a_use_that_is_still_to_come_is_told_apart():
    """It can only be a slip of the pen."""
    frame = counted(used(date(2026, 3, 20), date(2026, 3, 21)))

    assert (1, 1) == tuple(frame[["all_runs", "ahead"]].iloc[0])


def test_without_lists_there_is_nothing():
    """No row and no error."""
    assert 0 == len(counted(Incident(title="Late", id="2026-001")))


def test_a_moment_without_a_zone_is_refused():
    """Nobody could say on which day it is."""
    with open_store(":memory:", clock=lambda: NOW) as store, pytest.raises(DataError, match="with its zone"):
        checklist_use(store.tables(), now=datetime(2026, 3, 20))  # noqa: DTZ001 - that is what is tried
