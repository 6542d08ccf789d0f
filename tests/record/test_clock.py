"""The meeting's clock: shares, visits, and when it ends at this pace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import clock
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.playbook import STAGES, default_playbook

BEGUN = datetime(2026, 3, 13, 13, 56, tzinfo=UTC)
PLAYBOOK = default_playbook()


def at(minute: float) -> datetime:
    """So many minutes into the meeting."""
    return BEGUN + timedelta(minutes=minute)


def begun() -> Incident:
    """A meeting that Ana leads."""
    return clock.start(Incident(title="Late"), BEGUN, by="Ana")


def test_the_shares_are_those_of_the_playbook_and_fill_the_hour():
    """35 to 40 of 60 minutes go to what happened and why, as the playbook suggests."""
    told = clock.clock(begun(), PLAYBOOK, at(0))

    assert [10, 5, 8, 17, 6, 10, 4] == [share.minutes for share in told.shares]
    assert at(60) == told.ends_at


def test_a_longer_meeting_has_longer_shares():
    """Planned for two hours, each stage has twice its share."""
    planned = begun().model_copy(update={"meeting": begun().meeting.model_copy(update={"minutes": 120.0})})

    assert 34 == clock.clock(planned, PLAYBOOK, at(0)).shares[3].minutes


def test_time_is_counted_where_the_meeting_was():
    """Ten minutes of telling, five of evaluating, and back to the telling for two: twelve and five."""
    there = clock.enter(begun(), "evaluate", at(10), by="Ana")
    back = clock.enter(there, "tell", at(15), by="Ana")
    told = clock.clock(back, PLAYBOOK, at(17))

    assert [12, 5, 0] == [share.spent for share in told.shares[:3]]
    assert ["tell"] == [share.stage for share in told.shares if share.here]


def test_what_took_longer_moves_the_end_and_what_was_left_early_does_not_shorten_a_later_stage():
    """Twenty minutes of telling instead of ten: the end is ten minutes later."""
    late = clock.enter(begun(), "evaluate", at(20), by="Ana")

    assert at(70) == clock.clock(late, PLAYBOOK, at(20)).ends_at
    assert at(70) == clock.clock(late, PLAYBOOK, at(24)).ends_at
    assert at(75) == clock.clock(late, PLAYBOOK, at(30)).ends_at


def test_only_who_started_it_moves_it():
    """Six people look at six stages: the meeting is where the one who leads is."""
    assert begun() == clock.enter(begun(), "why", at(3), by="Ben")


def test_the_same_stage_again_is_no_other_visit():
    """Pressing the stage one is in changes nothing."""
    assert begun() == clock.enter(begun(), "tell", at(3), by="Ana")


def test_a_stage_that_is_none_is_refused_with_those_there_are():
    """A misspelt one from code."""
    with pytest.raises(PostmortemError, match="there are: tell, evaluate"):
        clock.start(Incident(title="Late"), BEGUN, by="Ana", stage="whys")  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.sampled_from(STAGES), st.floats(0, 30)), max_size=12), st.floats(0, 30))
def test_the_minutes_in_the_stages_are_the_minutes_of_the_meeting(visits, rest):
    """Whatever way a meeting takes, no minute is lost or counted twice."""
    incident, now = begun(), 0.0
    for stage, minutes in visits:
        now += minutes
        incident = clock.enter(incident, stage, at(now), by="Ana")
    told = clock.clock(incident, PLAYBOOK, at(now + rest))

    assert told.elapsed == pytest.approx(sum(share.spent for share in told.shares), abs=1e-6)
    assert told.ends_at >= at(now + rest)
    assert 1 == sum(share.here for share in told.shares)


def test_a_clock_without_a_visit_stands_at_the_first_stage():
    """As where two people started it at once and one's start stands with the other's visits."""
    before = clock.enter(begun(), "why", at(5), by="Ana")
    meeting = before.meeting.model_copy(update={"begun_at": at(9)})
    told = clock.clock(before.model_copy(update={"meeting": meeting}), PLAYBOOK, at(10))

    assert ("tell", 1.0) == (next(share.stage for share in told.shares if share.here), told.elapsed)
    assert {0.0} == {share.spent for share in told.shares}
