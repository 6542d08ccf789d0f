"""How a promise stands at a moment, and the words for it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from postmortem.record import days, lateness
from postmortem.record.playbook import default_playbook, playbook_from
from postmortem.record.promise import Promise

BERLIN = "Europe/Berlin"


def on(day):
    """A promise of a day."""
    return Promise("action-a1", "action", "Call", "", "", days.ends(day, BERLIN), day)


@pytest.mark.parametrize(
    ("day", "when", "said"),
    [
        ("2026-03-10", "overdue", "1 day late"),
        ("2026-02-09", "overdue", "30 days late"),
        ("2026-03-11", "today", "today"),
        ("2026-03-12", "this week", "tomorrow"),
        ("2026-03-15", "this week", "Sun 15 Mar"),
        ("2026-03-16", "later", "Mon 16 Mar"),
        ("2027-03-16", "later", "Tue 16 Mar 2027"),
    ],
)
def test_a_day_is_overdue_once_it_is_over_and_a_week_ends_with_its_sunday(day, when, said):
    """Seen on a Wednesday evening where the record's times are told, which is another day further east."""
    promise, now = on(date.fromisoformat(day)), datetime(2026, 3, 11, 22, 30, tzinfo=UTC)

    assert (when, said) == (lateness.when(promise, now, BERLIN), lateness.said(promise, now, BERLIN))


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-10-24T12:00Z", "tomorrow 02:30 CET"),
        ("2026-10-25T01:00Z", "today 02:30 CET"),
        ("2026-10-25T01:30Z", "due now"),
        ("2026-10-25T03:29Z", "1 h 59 min late"),
        ("2026-10-26T12:00Z", "1 day late"),
    ],
)
def test_an_instant_is_late_from_its_minute_on(now, said):
    """Also in the hour that the clocks show twice."""
    promise = Promise("step-fix", "step", "Fix it", "", "", datetime(2026, 10, 25, 1, 30, tzinfo=UTC))

    assert said == lateness.said(promise, datetime.fromisoformat(now), BERLIN)


def test_tomorrow_belongs_to_the_week_also_on_a_sunday():
    """Whoever looks on Sunday evening sees Monday's."""
    assert "this week" == lateness.when(on(date(2026, 3, 16)), datetime(2026, 3, 15, 18, tzinfo=UTC), BERLIN)


def test_what_has_no_date_and_what_is_kept_is_never_late():
    """It stands in a list of its own, and counts no minutes."""
    undated, now = Promise("pay-back-k1", "pay-back", "Pay", "", ""), datetime(2026, 3, 11, tzinfo=UTC)
    met = Promise("step-fix", "step", "Fix", "", "", datetime(2026, 3, 1, tzinfo=UTC), status="met")

    assert ("no date", "no date yet", 0.0) == (
        lateness.when(undated, now, BERLIN),
        lateness.said(undated, now, BERLIN),
        lateness.late_min(undated, now),
    )
    assert 0.0 == lateness.late_min(met, now)


def test_steps_that_are_due_at_once_come_in_the_order_of_the_procedure(playbook):
    """The admission before the apology, whatever their names (R13); what has no date comes last."""
    at = datetime(2026, 3, 11, 12, tzinfo=UTC)
    late = [Promise(f"step-{name}", "step", name, "", "", at) for name in ("apologise", "explain-mistake")]
    late.insert(0, Promise("step-thank", "step", "thank", "", ""))
    steps = lateness.step_order(playbook)

    assert ["explain-mistake", "apologise", "thank"] == [
        item.text for item in sorted(late, key=lambda item: lateness.order(item, "2026-001", steps))
    ]


def test_a_team_says_how_long_a_calendar_is_told_of_what_was_kept():
    """By default for a quarter of a year."""
    now = datetime(2026, 6, 29, 12, tzinfo=UTC)
    rules = [default_playbook(), playbook_from({"calendar": {"kept_days": 0}})]

    assert [datetime(2026, 3, 31, 12, tzinfo=UTC), now] == [lateness.kept_since(it, now) for it in rules]
