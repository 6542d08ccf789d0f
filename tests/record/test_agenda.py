"""A meeting before it begins: whole minutes that add up, hours that clocks really show, who speaks when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import moments
from postmortem.record.agenda import agenda, in_order, invitation, invited, shares
from postmortem.record.incident import Impact, Incident, Meeting, Moment
from postmortem.record.playbook import STAGES, default_playbook, playbook_from
from tests.record.examples import well_made

RULES = default_playbook()
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
NIGHTS = (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
"""Half an hour before the clocks go forward in London, and before they go back."""


def planned(**meeting) -> Incident:
    """A record with a meeting."""
    return Incident(title="Late", zone="Europe/London", meeting=Meeting(**meeting))


def same(text: str) -> str:
    """Hides nothing."""
    return text


@given(st.lists(st.floats(0.01, 1e4, allow_nan=False), min_size=7, max_size=7).map(tuple), st.integers(5, 600))
def test_the_shares_add_up_to_the_whole(weights, whole):
    """Whatever the stages weigh, not a minute is lost or made; each has one where there are seven."""
    found = shares(weights, whole)

    assert whole == sum(found)
    assert min(found) >= (1 if whole >= len(weights) else 0)


@given(st.integers(5, 600))
def test_a_longer_stage_never_has_the_shorter_share(whole):
    """The order of the stages' lengths is that of their shares."""
    weights = tuple(RULES.stages[stage].minutes for stage in STAGES)
    found = shares(weights, whole)

    assert all(found[here] <= found[there] for here in range(7) for there in range(7) if weights[here] < weights[there])


@given(st.integers(5, 600), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))  # noqa: DTZ001 - made aware below
def test_one_stage_begins_where_the_one_before_ends(minutes, start):
    """No hole and no overlap between the stages, and the last ends with the meeting."""
    plan = agenda(planned(starts_at=start.replace(tzinfo=UTC), minutes=minutes), RULES, NOW)

    assert list(STAGES) == [item.stage for item in plan.items]
    assert all(one.ends_at == other.begins_at for one, other in pairwise(plan.items))
    assert (plan.begins_at, plan.ends_at) == (plan.items[0].begins_at, plan.items[-1].ends_at)
    assert timedelta(minutes=minutes) == plan.ends_at - plan.begins_at


@pytest.mark.parametrize(("night", "hours"), [(NIGHTS[0], ["00:30", "02:30"]), (NIGHTS[1], ["01:30 BST", "01:30 GMT"])])
def test_an_hour_is_an_hour_in_the_night_in_which_the_clocks_change(night, hours):
    """Sixty minutes later the clocks show what they really show; the hour that comes twice is named."""
    plan = agenda(planned(starts_at=night, minutes=60), RULES, NOW)

    assert timedelta(hours=1) == plan.ends_at - plan.begins_at
    assert hours == [moments.clock(at, "Europe/London") for at in (plan.begins_at, plan.ends_at)]


def test_two_thirds_of_the_hour_are_for_what_happened_and_why():
    """35 to 40 of 60 minutes, as those say who have led many (P)."""
    plan = agenda(planned(), RULES, NOW)

    assert 60 == plan.minutes
    assert 35 <= plan.story_min <= 40
    assert plan.begins_at is None


@pytest.mark.parametrize(("harm", "least", "most"), [("none", 20, 30), ("life-threatening", 60, 120)])
def test_a_small_mistake_is_proposed_a_short_meeting(harm, least, most):
    """R7: depth follows severity; nobody spends an hour on a minor one unless they want to."""
    plan = agenda(Incident(title="Late", impact=Impact(harm=harm)), RULES, NOW)

    assert least <= plan.proposed <= most
    assert 60 == plan.minutes


def test_nothing_is_proposed_while_nobody_knows_how_bad_it_is():
    """No answer, no proposal."""
    assert agenda(planned(), RULES, NOW).proposed is None


def test_who_was_there_speaks_first_and_the_most_senior_last():
    """In the order in which they came into it; a lead after the others, a manager after the lead."""
    seen = ("Duty manager", "Crew", "Desk lead", "Desk")
    timeline = tuple(Moment(id=f"m{at}", text="Seen", seen_by=who) for at, who in enumerate(seen, start=1))
    incident = Incident(title="Late", timeline=timeline, owner="Planner")

    assert ["Crew", "Desk", "Planner", "Desk lead", "Duty manager"] == [who.role for who in invited(incident, RULES)]


def test_the_customer_is_not_asked_to_come():
    """Neither by that word nor by their name."""
    timeline = tuple(
        Moment(id=f"m{at}", text="Seen", seen_by=who) for at, who in enumerate(("Customer", "MILL lane ", "Crew"), 1)
    )
    incident = Incident(title="Late", customer={"name": "Mill Lane"}, timeline=timeline)

    assert ["Crew"] == [who.role for who in invited(incident, RULES)]


def test_somebody_whom_the_record_does_not_name_speaks_after_those_it_names():
    """Who was there comes first, whoever was asked first."""
    incident = planned(people=("Trainer", "Crew")).model_copy(
        update={"timeline": (Moment(id="m1", text="Seen", seen_by="Crew"),)}
    )

    assert ["Crew", "Trainer"] == [who.role for who in in_order(incident, RULES)]


def test_what_can_be_made_ready_is_said_before_the_meeting():
    """Nothing told, nothing evaluated, and a leader who was there."""
    bare = agenda(planned(facilitator="Crew", scribe="Crew"), RULES, NOW)
    there = planned(facilitator=" crew").model_copy(
        update={"timeline": (Moment(id="m1", text="Seen", seen_by="Crew"),)}
    )

    assert ["timeline", "impact.harm", "meeting.scribe"] == [item.where for item in bare.ready]
    assert "meeting.facilitator" in [item.where for item in agenda(there, RULES, NOW).ready]
    assert () == agenda(well_made(timeline=[{"id": "m1", "text": "Seen"}]), RULES, NOW).ready


def test_the_invitation_asks_for_what_nobody_has_said():
    """A blank that is not filled is a question, never an empty place."""
    incident = planned()
    text = invitation(incident, agenda(incident, RULES, NOW), RULES, same)

    assert [] == [words for words in ("[which day?]", "[where?]", "[who leads?]", "[who writes?]") if words not in text]
    assert "{" not in text


def test_what_is_filled_in_stays_text():
    """A title that looks like a blank, or spans lines, is neither filled nor breaks out of its line."""
    incident = planned(where="{title}\n\nTo: all {x.__class__}").model_copy(update={"title": "{where} {0} {{day}}"})
    text = invitation(incident, agenda(incident, RULES, NOW), RULES, same)

    assert text.startswith("Looking back together: {where} {0} {{day}}\n\n")
    assert "Where: {title} To: all {x.__class__}." in text


def test_a_team_writes_its_own_invitation_without_code():
    """Only the blanks it names are filled."""
    own = playbook_from({"meeting": {"subject": "Hi", "invitation": "{minutes} min, {people}; {agenda}"}})
    incident = planned(minutes=25, people=("Desk", "Crew"))
    text = invitation(incident, agenda(incident, own, NOW), own, same)

    assert text.startswith("Hi\n\n25 min, Desk, Crew;")
    assert 7 == text.count(" min  ")
