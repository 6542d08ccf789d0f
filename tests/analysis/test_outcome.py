"""How mistakes are handled and whether actions held, each with its n; and the facts of the answer."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from postmortem.analysis import actions_held, facts, handling


def measure(frame, name: str) -> tuple[float, int, int]:
    """Value, n and of, of one measure."""
    row = frame[frame["measure"] == name].iloc[0]
    return row["value"], row["n"], row["of"]


def test_told_before_asked_counts_whom_we_told_first(tables):
    """Told and never raised, or told before raised; at the same moment is not before; nobody spoke is not in n."""
    early, late = "2026-01-01T10:00Z", "2026-01-01T12:00Z"
    given = tables(
        {"told_at": early},
        {"told_at": early, "raised_at": late},
        {"told_at": late, "raised_at": early},
        {"told_at": early, "raised_at": early},
        {"raised_at": early},
        {},
    )

    assert (0.4, 2, 5) == measure(handling(given), "told before asked")


def test_time_to_tell_is_a_median_in_minutes(tables):
    """Who was told before we are said to have known is left out and shows in the difference of n and of."""
    known = "2026-01-01T10:00Z"
    given = tables(
        *({"known_at": known, "told_at": f"2026-01-01T{at}Z"} for at in ("10:10", "10:30", "14:00", "09:00")),
        {"known_at": known},
    )

    assert (30.0, 3, 4) == measure(handling(given), "time to tell")


def test_steps_that_are_not_needed_count_in_neither(tables):
    """Two of three that were to be done are done."""
    given = tables({"steps": [{"status": status} for status in ("done", "done", "to do", "not needed")]})

    assert (2 / 3, 2, 3) == measure(handling(given), "steps done")


def test_nothing_handled_has_no_share(tables):
    """A share of nothing is missing, and its n is nought."""
    frame = handling(tables())

    assert frame["value"].isna().all()
    assert [0] * 6 == [*frame["n"], *frame["of"]]


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
