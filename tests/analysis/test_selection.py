"""Filters keep whole incidents, refuse what does not exist, and leave the kind of frame alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from postmortem.analysis import Tables, count, pareto, select
from postmortem.record.errors import DataError


@pytest.fixture
def three(tables):
    """Three incidents: two causes, none, and one without a date."""
    return tables(
        {
            "id": "two",
            "occurred_at": "2026-03-31T23:30Z",
            "team": "Field",
            "severity": "serious",
            "state": "closed",
            "causes": [{"category": "system"}, {"category": "training"}],
            "actions": [{"for": ["c1"]}],
            "factors": ["better timing"],
            "steps": [{"status": "done"}],
        },
        {"id": "none", "occurred_at": "2026-04-02", "team": "Desk", "severity": "minor", "state": "draft"},
        {"id": "undated", "team": "Field", "causes": [{"category": "unclassified"}]},
    )


def ids(selected) -> list[str]:
    """The incidents that are left."""
    return selected.incidents["incident_id"].tolist()


def test_no_filter_lets_everything_through(three):
    """An empty filter keeps every row of every table."""
    selected = select(three)

    assert ["two", "none", "undated"] == ids(selected)
    assert 3 == len(selected.causes)
    assert [1, 1, 1, 1] == [
        len(frame) for frame in (selected.actions, selected.action_causes, selected.factors, selected.steps)
    ]


def test_a_category_keeps_the_whole_incident(three):
    """Who asks for training sees the system cause of the same incident too."""
    selected = select(three, categories=["training"])

    assert ["two"] == ids(selected)
    assert ["system", "training"] == selected.causes["category"].tolist()


def test_incidents_without_any_cause_can_be_asked_for(three):
    """`no cause yet` and `unclassified` are filters like the categories."""
    assert ["none"] == ids(select(three, categories=["no cause yet"]))
    assert ["undated"] == ids(select(three, categories=["unclassified"]))
    assert {"undated", "none"} == set(ids(select(three, categories=["unclassified", "no cause yet"])))


def test_a_cause_that_was_ruled_out_is_no_cause(tables):
    """An incident whose only cause is ruled out has no cause yet."""
    given = tables({"causes": [{"category": "system", "status": "ruled out"}]})

    assert [] == ids(select(given, categories=["system"]))
    assert 1 == len(ids(select(given, categories=["no cause yet"])))


def test_days_begin_where_the_team_is(three):
    """Half past eleven at night in UTC is the next day in Berlin."""
    assert ["two"] == ids(select(three, until=date(2026, 3, 31)))
    assert [] == ids(select(three, until=date(2026, 3, 31), zone="Europe/Berlin"))
    assert ["two", "none"] == ids(select(three, since=date(2026, 4, 1), zone="Europe/Berlin"))


def test_the_last_day_is_in_and_a_last_instant_is_not(three):
    """`until` as a day means all of that day; as an instant it means before it."""
    assert ["two", "none"] == ids(select(three, until=date(2026, 4, 2)))
    assert ["two"] == ids(select(three, until=datetime(2026, 4, 2, tzinfo=UTC)))


def test_an_undated_incident_is_hidden_only_by_a_period(three):
    """Without a date it can't be in a period, but every other filter may keep it."""
    assert "undated" in ids(select(three, teams=["Field"]))
    assert "undated" not in ids(select(three, teams=["Field"], since=date(1900, 1, 1)))


def test_filters_hold_together(three):
    """An incident must fit every filter."""
    assert ["two"] == ids(select(three, teams=["Field"], severities=["serious"], states=["closed"]))
    assert [] == ids(select(three, teams=["Desk"], severities=["serious"]))


def test_all_problems_are_told_at_once(three):
    """A wrong category, a wrong state and a turned period make one error with three problems and a near name."""
    with pytest.raises(DataError) as caught:
        select(three, categories=["trainning"], states=["open"], since=date(2026, 2, 1), until=date(2026, 1, 1))

    assert ["categories", "states", "until"] == [problem.where for problem in caught.value.problems]
    assert "did you mean 'training'?" == caught.value.problems[0].remedy


@pytest.mark.parametrize("given", [{"since": datetime(2026, 1, 1)}, {"since": date(2026, 1, 1), "zone": "Moon/Base"}])  # noqa: DTZ001 - the zone is what is missing
def test_a_period_needs_a_zone_that_exists(three, given):
    """An instant without a zone, or a zone that nobody knows, is refused."""
    with pytest.raises(DataError, match="zone"):
        select(three, **given)


def test_a_missing_column_is_named_with_a_near_one(three):
    """A table that lacks what is needed says which column, and the one that looks like it."""
    wrong = Tables(
        three.incidents.rename(columns={"team": "teams"}),
        three.causes,
        three.actions,
        three.action_causes,
        three.factors,
        three.steps,
    )

    with pytest.raises(DataError, match="column 'team': missing; did you mean 'teams'"):
        select(wrong, teams=["Field"])


def test_instants_that_are_text_are_refused(three):
    """A column of text is not silently compared letter by letter."""
    text = three.incidents.assign(occurred_at="2026-01-01").astype({"occurred_at": "str"})
    wrong = Tables(text, three.causes, three.actions, three.action_causes, three.factors, three.steps)

    with pytest.raises(DataError, match="expected instants"):
        select(wrong, since=date(2026, 1, 1))


def test_polars_gives_what_pandas_gives(history):
    """Another engine gives the same incidents and the same ranking, in its own frames."""
    polars = pytest.importorskip("polars")
    columns = {
        name: {
            column: [
                None if pd.isna(value) else getattr(value, "to_pydatetime", lambda v=value: v)()
                for value in frame[column]
            ]
            for column in frame
        }
        for name, frame in vars(history).items()
    }
    other = Tables(**{name: polars.DataFrame(values) for name, values in columns.items()})
    chosen = {"categories": ["system", "no cause yet"], "teams": ["Field repair"]}

    assert count(select(history, **chosen)) == count(select(other, **chosen))
    pd.testing.assert_frame_equal(pareto(history, "recurring_id"), pareto(other, "recurring_id"), check_dtype=False)
