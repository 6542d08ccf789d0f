"""The heating that could have leaked: critical, a VIP, and no manager at first; what the playbook asks for at each."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from postmortem.record import authority, compensation, escalation, recovery
from postmortem.record.severity import assess, depth
from tests.record.stories import PLAYBOOK, heating
from tests.record.views import asked, clock, dues, early, is_due, late, promise, step, to_do, wanting


def test_harm_is_asked_first_and_what_is_unknown_raises_nothing():
    """Nobody was harmed is minor so far; what could have happened is first of the open questions (R6)."""
    assessment = assess(heating()["nobody was harmed"].record, PLAYBOOK)

    assert "minor" == assessment.level
    assert "potential-harm" == assessment.open_questions[0]
    assert 7 == len(assessment.open_questions)


def test_what_could_have_happened_alone_makes_it_critical():
    """The worst answer wins, and is the first reason (R6)."""
    assessment = assess(heating()["somebody could have been"].record, PLAYBOOK)

    assert ("critical", "critical") == (assessment.level, assessment.computed)
    assert ("potential-harm", "life-threatening", "critical") == (
        assessment.reasons[0].question,
        assessment.reasons[0].answer,
        assessment.reasons[0].level,
    )


def test_a_critical_one_asks_for_all_there_is():
    """Three legs, branches, a second person, an effect check, a signature, a manager (R7); for two reasons (R9)."""
    record = heating()["somebody could have been"].record
    asks = depth(record, PLAYBOOK)

    assert ("occurrence", "detection", "recovery") == asks.legs
    assert all(
        (asks.branches, asks.inform_manager, asks.second_opinion, asks.effect_check, asks.signature, asks.escalate)
    )
    assert 2 == len(escalation.wanted(record, PLAYBOOK))


def test_they_are_told_within_15_minutes_and_it_is_fixed_within_120():
    """From ten o'clock, when we knew: 10:15, 10:15, 12:00, and what is owed by 18:00 (R19)."""
    due = dues(heating()["somebody could have been"])

    assert clock("2026-03-25 10:15") == due["explain-mistake"] == due["apologise"]
    assert clock("2026-03-25 12:00") == due["fix"]
    assert clock("2026-03-25 18:00") == due["offer"]


def test_they_are_told_before_they_ask():
    """We knew first, told at 10:08, and they rang at 10:40: 32 minutes ahead (R1)."""
    at = heating()["they ring with a question"]

    assert "us" == recovery.knew_first(at.record)
    assert True is recovery.told_before_asked(at.record)
    assert 32 == recovery.lead_min(at.record)
    assert ([], []) == (late(at), early(at))


def test_a_manager_is_asked_for_at_once_and_where_none_is_the_desk_goes_on():
    """The record says so, and a call-back is due the next day; the steps are as much to do as before (R9)."""
    before, after = heating()["they are told"], heating()["no manager is there"]
    said = after.record.recovery.escalation

    assert ("R9", "recovery.escalation.manager_available") in asked(before)
    assert ("R9", "recovery.escalation.manager_available") not in asked(after)
    assert {"manager-told", "escalated", "losses-asked"} == set(wanting(before, "analysing"))
    assert ["manager-told", "losses-asked"] == wanting(after, "analysing")
    assert ("no", date(2026, 3, 26)) == (said.manager_available, said.call_back_on)
    assert to_do(before) == to_do(after)
    assert "this week" == is_due(after)["call-back"]


def test_it_can_not_be_handed_over_without_their_permission():
    """Ask first (R9)."""
    at = heating()["no manager is there"]

    with pytest.raises(escalation.EscalationError, match="was not asked yet"):
        escalation.hand_over(at.record, "Head of service", at=at.now)


def test_it_is_fixed_in_time_and_the_follow_up_lies_behind_the_change_of_the_clocks():
    """80 minutes of 120. Five days from Wednesday is Monday, 30 March, which ends at midnight in summer time."""
    at = heating()["the seal is in"]
    follow_up = step(at, "follow-up")

    assert [] == late(at)
    assert date(2026, 3, 30) == follow_up.due_on
    assert datetime.fromisoformat("2026-03-30T22:00Z") == follow_up.due_at


def test_all_that_they_paid_is_owed_and_credit_for_what_they_lost():
    """64.90 in full, and 200 minutes at 10 an hour: 33.33 (R18). Both are to be offered by 18:00."""
    at = heating()["what they paid and lost"]

    assert [("reimbursement", Decimal("64.90")), ("service credit", Decimal("33.33"))] == [
        (item.kind, item.amount) for item in compensation.owed(at.record, PLAYBOOK)
    ]
    assert {clock("2026-03-25 18:00")} == {
        promise(at, name).due_at for name in ("offer-reimbursement", "offer-service-credit")
    }
    assert "offered" in wanting(at, "analysing")


def test_what_they_accepted_is_to_be_carried_out_at_once():
    """Both, by the next day; step 9 is needed now."""
    at = heating()["what is owed is accepted"]

    assert step(at, "carry-out").needed is True
    assert {date(2026, 3, 26)} == {promise(at, name).due_on for name in ("pay-back-k1", "pay-back-k2")}
    assert "offered" not in wanting(at, "analysing")


def test_above_the_limit_somebody_approves():
    """33.33 and 140 are more than 150; what they paid counts as nothing given (R18)."""
    before, after = heating()["more than the desk may give"], heating()["approval is asked for"]

    assert Decimal("116.67") == authority.left_of_limit(before.record, "k3", PLAYBOOK)
    assert authority.is_over_limit(before.record, "k3", PLAYBOOK)
    assert clock("2026-03-25 18:00") == promise(after, "approval-k3").due_at
    assert "today" == is_due(after)["approval-k3"]


def test_the_next_morning_the_approval_is_late_and_the_call_back_is_due():
    """Overdue first: who opens the list sees what to do."""
    expected = {"step-follow-up": "later", "offer-goodwill": "overdue", "approval-k3": "overdue", "call-back": "today"}

    assert expected == is_due(heating()["the next morning"])


def test_with_permission_a_manager_takes_over():
    """Called back, asked, handed over, told: what stood in the way of it does so no longer (R7, R9)."""
    at = heating()["the manager has called, asked and taken over"]
    said = at.record.recovery.escalation

    assert ("yes", "Head of service") == (said.permission, said.handed_to)
    assert "met" == promise(at, "call-back").status
    assert not {"manager-told", "escalated"} & set(wanting(at, "analysing"))
    assert [] == [place for rule, place in asked(at) if rule == "R9"]


def test_approved_offered_and_carried_out_leaves_the_follow_up():
    """All owed is given; Monday's call is what is left."""
    at = heating()["approved, offered, carried out"]

    assert [13] == to_do(at)
    assert ["step-follow-up"] == list(is_due(at))
    assert [] == wanting(at, "analysing")
    assert not authority.is_over_limit(at.record, "k3", PLAYBOOK)


def test_one_leg_will_not_do():
    """Three questions, more than a chain, two people, an action for each (R7)."""
    one, chains, three = (
        heating()[name] for name in ("one leg of whys", "three legs of whys, each a chain", "three legs of whys")
    )

    assert {"legs", "branches"} <= set(wanting(one, "acting"))
    assert "branches" in wanting(chains, "acting")
    assert {"classified", "second-opinion", "answered", "actions-planned"} == set(wanting(three, "acting"))


def test_a_second_person_classifies():
    """One opinion is none (R7, R31)."""
    assert "second-opinion" in wanting(heating()["one person classified"], "acting")
    assert {"answered", "actions-planned"} == set(wanting(heating()["a second person classified"], "acting"))


def test_the_effect_is_to_be_checked():
    """Without a measure and a day it can't be closed (R7, R36)."""
    assert "effects-named" in wanting(heating()["an action without an effect to check"], "closed")
    assert [] == wanting(heating()["actions planned"], "acting")
    assert {"steps", "actions-done", "signed"} == set(wanting(heating()["actions planned"], "closed"))


def test_the_fifth_day_lasts_until_its_midnight_in_summer_time():
    """At 23:30 it is due today, at midnight it is late: by the clock of winter that is still 23 o'clock."""
    last, over = heating()["the last hour of the fifth day"], heating()["the fifth day is over"]

    assert "today" == is_due(last)["step-follow-up"]
    assert "overdue" == is_due(over)["step-follow-up"]


def test_every_step_came_in_time_and_in_order():
    """Thirteen, of which none is late or early."""
    at = heating()["the follow-up is done"]

    assert ([], [], []) == (to_do(at), late(at), early(at))


def test_it_is_closed_by_a_manager_s_signature():
    """All is done, and nobody stands by it yet (R7)."""
    assert ["signed"] == wanting(heating()["all is done but the signature"], "closed")
    assert [] == wanting(heating()["a manager signs"], "closed")
    assert [] == [place for rule, place in asked(heating()["closed"])]


def test_the_effects_are_due_on_15_june():
    """Three actions, three looks; on the 16th they are late (R36)."""
    assert {"effect-a1": "overdue", "effect-a2": "overdue", "effect-a3": "overdue"} == is_due(
        heating()["the effect was to be looked at"]
    )


def test_an_effect_that_did_not_hold_opens_it_again():
    """It says why, keeps when it was closed, and shows what the next closing waits for (R36, R39)."""
    at = heating()["the effect did not hold"]

    assert "reopened" == at.record.state
    assert "a1" in at.record.reopened_because
    assert "did not hold" in at.record.reopened_because
    assert clock("2026-04-20 09:00") == at.record.closed_at
    assert ["failed-answered", "signed"] == wanting(at, "closed")
    assert ("R36", "actions.a1.effect.result") in asked(at)


def test_a_stronger_one_lets_it_be_closed_again():
    """Planned it waits to be done; done it waits for a second signature: the first stood by less (R7, R36, R39)."""
    planned, done, closed = (
        heating()[name] for name in ("a stronger one is planned", "that one is done", "closed again")
    )

    assert ["actions-done", "signed"] == wanting(planned, "closed")
    assert "later" == is_due(planned)["action-a4"]
    assert ["signed"] == wanting(done, "closed")
    assert ["2026-04-20", "2026-07-02"] == [f"{it.at:%F}" for it in closed.record.signatures]
    assert ("closed", clock("2026-07-02 09:00")) == (closed.record.state, closed.record.closed_at)
