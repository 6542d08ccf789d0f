"""Whether actions held, with the n; and the facts of the answer."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from postmortem.analysis import actions_held, facts


def test_an_effect_is_known_only_where_somebody_looked(tables):
    """Unknown is split: not done yet, or done and not checked yet."""
    done = {"done_on": date(2026, 1, 1), "strength": "weaker"}
    given = tables(
        {
            "actions": [
                done | {"effect": "held"},
                done,
                {"strength": "weaker"},
                done | {"effect": "not held"},
                {"form": "?"},
            ]
        }
    )
    frame = actions_held(given)
    cells = {(row.strength, row.effect): row.actions for row in frame.itertuples()}

    assert [1, 1, 1, 1] == [cells["weaker", word] for word in ("held", "not held", "not checked yet", "not done yet")]
    assert 1 == cells["no form chosen", "not done yet"]
    assert ["stronger", "intermediate", "weaker", "no form chosen"] == frame["strength"].unique().tolist()
    assert 5 == frame["actions"].sum()


def test_the_facts_name_the_recurring_cause_once_there_is_one(history, now):
    """What came back is counted by its id; the category is said beside it."""
    told = facts(history, now=now)

    assert (180, False, 5) == (told.incidents, told.few, told.recurring)
    assert ("recurring_id", "C-03", "system", 70) == (
        told.top.by,
        told.top.label,
        told.top.category,
        told.top.incidents,
    )
    assert 70 / 180 == told.top.share
    assert ("C-03", 70) == (told.worst.recurring_id, told.worst.incidents)


def test_without_recurrence_the_category_leads(tables, now):
    """Ten incidents and no register: the most frequent category, and which others are as frequent."""
    words = ["system"] * 4 + ["training"] * 4 + ["motivation"] * 2
    top = facts(tables(*({"causes": [{"category": word}]} for word in words)), now=now).top

    assert ("category", "system", ("training",)) == (top.by, top.label, top.tied)


def test_under_ten_incidents_nothing_leads(tables, now):
    """R43: nine incidents have no top cause."""
    told = facts(tables(*({"causes": [{"category": "system"}]} for _ in range(9))), now=now)

    assert (9, True, None) == (told.incidents, told.few, told.top)


def test_the_strongest_overdue_action_is_the_one_to_name(tables):
    """Stronger before later; due today is not overdue, done is not overdue, without a day it can't be."""
    actions = [
        {"strength": "weaker", "due_on": date(2026, 1, 1)},
        {"strength": "stronger", "due_on": date(2026, 2, 1), "text": "Remove the step", "owner": "Lead"},
        {"strength": "stronger", "due_on": date(2026, 1, 1), "done_on": date(2026, 1, 5)},
        {"strength": "stronger", "due_on": date(2026, 3, 1)},
        {"strength": "stronger"},
    ]
    told = facts(tables({"id": "i", "actions": actions}), now=datetime(2026, 3, 1, 9, tzinfo=UTC))

    assert 2 == told.overdue
    assert ("a2", "Remove the step", "Lead", 28) == (
        told.strongest.action_id,
        told.strongest.text,
        told.strongest.owner,
        told.strongest.days,
    )


def test_what_can_not_be_said_is_counted(tables, now):
    """Unclassified, outside our control and no cause yet are facts too."""
    words = ["unclassified", "", "outside our control"]
    told = facts(tables(*({"causes": [{"category": word}]} for word in words), {}), now=now)

    assert (2, 1, 1) == (told.unclassified, told.outside, told.no_cause)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_no_incident_has_no_facts(tables, now, zone):
    """An empty store is not an error."""
    told = facts(tables(), now=now, zone=zone)

    assert (0, True, None, None, 0) == (told.incidents, told.few, told.top, told.strongest, told.overdue)
