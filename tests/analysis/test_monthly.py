"""Months without incidents are nought and not missing, the running month is not complete, and teams show their n."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from postmortem.analysis import category_by_team, counts_by_month
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def by_month(frame: pd.DataFrame) -> dict[str, int]:
    """The counts of one label."""
    return {at.strftime("%Y-%m"): n for at, n in zip(frame["month"], frame["incidents"], strict=True)}


def dated(*days: str) -> list[dict]:
    """Incidents on these days."""
    return [{"occurred_at": day} for day in days]


def test_a_month_without_incidents_is_nought(tables, now):
    """From the first month to the last, every month has a row."""
    frame = counts_by_month(tables(*dated("2026-01-31", "2026-04-01", "2026-04-30")), now=now)

    assert {"2026-01": 1, "2026-02": 0, "2026-03": 0, "2026-04": 2} == by_month(frame)
    assert frame["complete"].all()


def test_the_running_month_is_not_complete(tables):
    """Its last day must be over."""
    given = tables(*dated("2026-01-01", "2026-02-01"))

    assert [True, False] == counts_by_month(given, now=datetime(2026, 2, 28, 23, tzinfo=UTC))["complete"].tolist()
    assert [True, True] == counts_by_month(given, now=datetime(2026, 3, 1, tzinfo=UTC))["complete"].tolist()


def test_months_begin_where_the_team_is(tables, now):
    """Half past eleven at night on the last of January in UTC is February in Berlin."""
    given = tables(*dated("2026-01-31T23:30Z"))

    assert {"2026-01": 1} == by_month(counts_by_month(given, now=now))
    assert {"2026-02": 1} == by_month(counts_by_month(given, now=now, zone="Europe/Berlin"))


def test_who_looked_longer_sees_more_noughts(tables, now):
    """`since` and `until` say when someone was looking; a month they cut is not complete."""
    frame = counts_by_month(tables(*dated("2026-02-10")), now=now, since=date(2026, 1, 15), until=date(2026, 3, 31))

    assert {"2026-01": 0, "2026-02": 1, "2026-03": 0} == by_month(frame)
    assert [False, True, True] == frame["complete"].tolist()


def test_incidents_without_a_date_are_counted_apart(tables, now):
    """They can't be in a month, and are not dropped without a word."""
    frame = counts_by_month(tables(*dated("2026-02-10"), {}, {}), now=now)

    assert (1, 2) == (frame["of"].iloc[0], frame["undated"].iloc[0])


def test_an_incident_counts_under_each_of_its_labels(tables, now):
    """Two categories are two rows; two causes of one category are one."""
    causes = [{"category": "system"}, {"category": "system"}, {"category": "training"}]
    frame = counts_by_month(tables({"occurred_at": "2026-02-10", "causes": causes}), "category", now=now)

    assert {"system": 1, "training": 1} == dict(zip(frame["label"], frame["incidents"], strict=True))
    assert {1} == set(frame["of"])


def test_nothing_is_usual_under_ten_events_or_ten_months(tables, now):
    """R43: nine incidents, or nine complete months, have no usual month."""
    ten = [f"2025-{month:02}-05" for month in range(1, 11)]

    assert 1 == counts_by_month(tables(*dated(*ten)), now=now)["usual"].iloc[0]
    assert counts_by_month(tables(*dated(*ten[:9], ten[8])), now=now)["usual"].isna().all()
    assert counts_by_month(tables(*dated(*ten[1:9], ten[9])), now=now)["usual"].isna().all()


def test_the_running_month_does_not_count_as_usual(tables):
    """A month that has just begun would make every month look unusual."""
    days = [f"2025-{month:02}-{day:02}" for month in range(1, 11) for day in (1, 2)]
    frame = counts_by_month(tables(*dated(*days, "2025-11-01")), now=datetime(2025, 11, 2, tzinfo=UTC))

    assert 2 == frame["usual"].iloc[0]


def test_teams_stand_in_the_order_of_the_alphabet(tables, now):
    """Never in the order of their counts."""
    given = tables(*({"occurred_at": "2026-02-10", "team": team} for team in ("Zoo", "Zoo", "Ant")))

    assert ["Ant", "Zoo"] == counts_by_month(given, "team", now=now)["label"].tolist()


def test_no_incident_gives_an_empty_frame_with_all_its_columns(tables, now):
    """Whoever draws it can rely on the columns."""
    full, empty = counts_by_month(tables(*dated("2026-02-10")), now=now), counts_by_month(tables(), now=now)

    assert full.columns.tolist() == empty.columns.tolist()
    assert 0 == len(empty)


@pytest.mark.parametrize("wrong", [{"now": datetime(2026, 1, 1)}, {"zone": "Moon/Base"}, {"by": "months"}])  # noqa: DTZ001 - the zone is what is missing
def test_what_will_not_do_is_refused(tables, now, wrong):
    """An instant without a zone, an unknown zone, an unknown label."""
    with pytest.raises(DataError):
        counts_by_month(tables(*dated("2026-02-10")), **({"now": now} | wrong))


def test_the_months_add_up_to_the_incidents(history, now):
    """Nothing is lost on the way, whatever the zone."""
    for zone in ("UTC", "Pacific/Auckland", "-11:00"):
        assert 180 == counts_by_month(history, now=now, zone=zone)["incidents"].sum()


def test_every_team_and_category_has_a_cell(tables):
    """The four categories always stand, nought included; others only where somebody has them."""
    frame = category_by_team(
        tables({"team": "Desk", "causes": [{"category": "system"}, {"category": "training"}]}, {"team": "Field"}, {})
    )
    cells = {(team, word): n for team, word, n in frame[["team", "category", "incidents"]].itertuples(index=False)}

    assert ["Desk", "Field", "no team given"] == frame["team"].unique().tolist()
    assert ["training", "understanding", "motivation", "system", "no cause yet"] == frame["category"].unique().tolist()
    assert [1, 1, 0] == [cells["Desk", word] for word in ("system", "training", "motivation")]
    assert 1 == cells["Field", "no cause yet"]


def test_a_team_shows_its_own_n(history):
    """Each team's n counts an incident once, and all of them together are all incidents."""
    frame = category_by_team(history)

    assert 180 == frame.drop_duplicates("team")["of"].sum()
    assert (frame["incidents"] <= frame["of"]).all()
