"""The order of an incident's instants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record.incident import Incident
from postmortem.record.order import AFTER_IT_OCCURRED, disorder

BEGAN = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize("field", ["known_at", "told_at", "fixed_at", "closed_at"])
def test_an_end_before_its_beginning_is_told_with_both_instants(field: str):
    """The person sees which two values can't both be right."""
    (problem,) = disorder(Incident(title="Late", occurred_at=BEGAN, **{field: BEGAN - timedelta(days=1)}))

    assert field == problem.where
    assert "2026-03-01T17:30+00:00" in problem.finding
    assert "2026-03-02T17:30+00:00" in problem.finding
    assert problem.remedy


def test_all_of_them_are_told_at_once():
    """Nobody mends one and meets the next."""
    early = dict.fromkeys(AFTER_IT_OCCURRED, BEGAN - timedelta(hours=1))

    assert AFTER_IT_OCCURRED == tuple(
        problem.where for problem in disorder(Incident(title="L", occurred_at=BEGAN, **early))
    )


def test_both_are_shown_in_the_zone_they_were_told_in():
    """They can be found again in the source as they stand there."""
    told = Incident(title="Late", occurred_at="2026-03-02T17:30:00+01:00", fixed_at="2026-03-02T17:00:00+01:00")

    assert "2026-03-02T17:00+01:00 lies before it occurred (occurred_at, 2026-03-02T17:30+01:00)" == (
        disorder(told)[0].finding
    )


def test_what_is_missing_says_nothing():
    """Without a beginning, or without an end, there is no order to break."""
    assert () == disorder(Incident(title="Late", fixed_at=BEGAN))
    assert () == disorder(Incident(title="Late", occurred_at=BEGAN))


@given(minutes=st.integers(0, 10**6), field=st.sampled_from(AFTER_IT_OCCURRED))
def test_at_the_same_moment_or_later_is_in_order(minutes: int, field: str):
    """What was mended at once is no problem."""
    later = BEGAN + timedelta(minutes=minutes)

    assert () == disorder(Incident(title="Late", occurred_at=BEGAN, **{field: later}))


def test_a_worry_raised_beforehand_is_in_order():
    """A customer may have asked about it before it went wrong."""
    assert () == disorder(Incident(title="Late", occurred_at=BEGAN, raised_at=BEGAN - timedelta(days=1)))
