"""A clock walks through two stories, and at each moment the views say what the playbook's text asks for.

The expected values were written by hand, from the rules: R6 and R7 for the level and its depth, R9 for the manager, R12
and R13 for the steps, R16 for the channel, R18 for money, R19 for the targets, R39 for the states.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from postmortem.record import compensation, escalation, gates, lateness, recovery
from postmortem.record.base import zone
from postmortem.record.due import promises
from postmortem.record.recovery import numbered, steps
from postmortem.record.review import review
from postmortem.record.severity import assess, depth
from tests.record.stories import PLAYBOOK, ZONE, heating, switch

if TYPE_CHECKING:
    from postmortem.record.due import Promise
    from postmortem.record.recovery import StepNow
    from postmortem.record.vocabulary import State
    from tests.record.stories import Moment


def clock(text: str) -> datetime:
    """A time on the wall in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=zone(ZONE))


def step(moment: Moment, name: str) -> StepNow:
    """One step as it stands at a moment."""
    return next(each for each in steps(moment.record, PLAYBOOK, moment.now) if each.rule.id == name)


def dues(moment: Moment) -> dict[str, datetime | None]:
    """From when each step that is to do is late."""
    return {each.rule.id: each.due_at for each in steps(moment.record, PLAYBOOK, moment.now) if each.is_open}


def late(moment: Moment) -> list[str]:
    """The steps that are late, or came late."""
    return [each.rule.id for each in steps(moment.record, PLAYBOOK, moment.now) if each.late_min]


def early(moment: Moment) -> list[str]:
    """The steps that came before one that comes first."""
    return [each.rule.id for each in steps(moment.record, PLAYBOOK, moment.now) if each.before]


def to_do(moment: Moment) -> list[int]:
    """The numbers of the steps that are to do, of the thirteen."""
    return [each.number for each in numbered(steps(moment.record, PLAYBOOK, moment.now)) if each.is_open]


def promise(moment: Moment, name: str) -> Promise:
    """One promise of the record."""
    return next(each for each in promises(moment.record, PLAYBOOK) if each.id == name)


def is_due(moment: Moment) -> dict[str, str]:
    """What is due, and whether by now, today, this week or later."""
    open_ones = [each for each in promises(moment.record, PLAYBOOK) if each.status == "open"]
    return {each.id: lateness.when(each, moment.now, ZONE) for each in open_ones}


def wanting(moment: Moment, to: State) -> list[str]:
    """The gates that are shut on the way to a state, each once."""
    return list(dict.fromkeys(found.gate for found in gates.missing(moment.record, PLAYBOOK, moment.now, to)))


def found(moment: Moment) -> set[tuple[str, str]]:
    """What a careful reader says, by rule and place; hints as well."""
    return {(finding.rule, finding.where) for finding in review(moment.record, PLAYBOOK, moment.now)}


def asked(moment: Moment) -> list[tuple[str, str]]:
    """What a careful reader asks for: no hints."""
    said = review(moment.record, PLAYBOOK, moment.now)
    return [(finding.rule, finding.where) for finding in said if finding.level != "hint"]


# -- the switch that was left unplugged -------------------------------------------------------------------------------


def test_the_household_knew_first():
    """They rang at 15:20, and until then nobody here knew; who tells them is not said yet (R1, R2)."""
    at = switch()["the customer rings"]

    assert "them" == recovery.knew_first(at.record)
    assert None is recovery.told_before_asked(at.record)
    assert None is assess(at.record, PLAYBOOK).level
    assert ["owner"] == wanting(at, "recovering")


def test_nothing_is_missing_to_begin_once_somebody_owns_it():
    """What comes next waits for: how bad it was, that they are told, and an apology (R39)."""
    at = switch()["the desk takes it on"]

    assert [] == wanting(at, "recovering")
    assert ["severity", "customer-told", "apologised"] == wanting(at, "analysing")


def test_the_switch_is_minor_by_every_answer():
    """40 minutes of their time, nothing paid, no harm and none possible, they stay: eight answers, none above minor."""
    assessment = assess(switch()["the questions are answered"].record, PLAYBOOK)

    assert "minor" == assessment.level
    assert 8 == len(assessment.reasons)
    assert {"minor"} == {reason.level for reason in assessment.reasons}
    assert () == assessment.open_questions
    assert not assessment.overridden


def test_a_minor_one_asks_for_one_leg_and_one_action():
    """No manager, no second person, no check of the effect, no signature (R7, R9)."""
    record = switch()["the questions are answered"].record
    asks = depth(record, PLAYBOOK)

    assert (("occurrence",), 1) == (asks.legs, asks.actions)
    assert not any(
        (asks.branches, asks.inform_manager, asks.second_opinion, asks.effect_check, asks.signature, asks.escalate)
    )
    assert () == escalation.wanted(record, PLAYBOOK)


def test_they_are_told_within_240_minutes_and_it_is_fixed_in_two_days():
    """From 15:20, when they rang: told and apologised by 19:20, fixed and offered something by 15:20 in two days."""
    due = dues(switch()["the questions are answered"])

    assert clock("2026-03-03 19:20") == due["explain-mistake"] == due["apologise"]
    assert clock("2026-03-05 15:20") == due["fix"] == due["offer"]
    assert None is due["follow-up"]


def test_nothing_is_owed_below_an_hour_and_without_a_cost():
    """40 minutes are under the threshold of 60 (R18)."""
    assert () == compensation.owed(switch()["the questions are answered"].record, PLAYBOOK)


def test_e_mail_is_warned_of_and_the_phone_is_not():
    """They can't ask back by e-mail (R16)."""
    assert ("R16", "recovery.channel") in asked(switch()["e-mail is chosen"])
    assert ("R16", "recovery.channel") not in asked(switch()["they were told"])


def test_they_had_to_raise_it_and_were_told_ten_minutes_later():
    """Not before they asked; in time all the same, in order, in fit words; nothing in the way of the next state."""
    at = switch()["they were told"]

    assert False is recovery.told_before_asked(at.record)
    assert -10 == recovery.lead_min(at.record)
    assert ([], []) == (late(at), early(at))
    assert [3, 5, 6, 7, 8, 9, 10, 11, 12, 13] == to_do(at)
    assert ("R20", "recovery.wording") not in found(at)
    assert [] == wanting(at, "analysing")


def test_had_they_explained_before_they_admitted_it_it_would_be_shown():
    """The cause comes after the admission (R13): shown, and not forbidden."""
    at = switch()["they were told"]
    early_one = recovery.do(at.record, "explain-why", PLAYBOOK, at=clock("2026-03-03 15:29"))
    shown = next(each for each in steps(early_one, PLAYBOOK, at.now) if each.rule.id == "explain-why")

    assert ("Explain the mistake (the admission)",) == shown.before


def test_to_follow_up_is_offered_once_it_takes_longer_than_an_hour():
    """Step 5's offer is conditional (R12): not needed at 59 minutes, needed at 65."""
    before, after = (
        step(switch()[name], "offer-follow-up") for name in ("an hour is not over", "it takes longer than an hour")
    )

    assert before.needed is not True
    assert after.needed is True
    assert after.is_open
    assert "step-offer-follow-up" in is_due(switch()["it takes longer than an hour"])


def test_the_fix_is_in_time_and_dates_the_follow_up():
    """Fixed on Tuesday at 17:10; five days later is Sunday, and late from Monday on (R12, step 13)."""
    at = switch()["the line works"]
    follow_up = step(at, "follow-up")

    assert clock("2026-03-03 17:10") == at.record.fixed_at
    assert (date(2026, 3, 8), clock("2026-03-09 00:00")) == (follow_up.due_on, follow_up.due_at)
    assert [] == late(at)


def test_offered_accepted_and_carried_out_are_three_facts():
    """Step 9 is there once they accepted: due at once, which is by the next day (R12, R18)."""
    offered, accepted, done = (
        switch()[name] for name in ("something small is offered", "they take it", "it is carried out")
    )

    assert [None, True] == [step(at, "carry-out").needed for at in (offered, accepted)]
    assert "pay-back-k1" not in is_due(offered)
    assert date(2026, 3, 4) == promise(accepted, "pay-back-k1").due_on
    assert "met" == promise(done, "pay-back-k1").status
    assert not compensation.is_over_limit(done.record, "k1", PLAYBOOK)


def test_on_the_next_day_only_the_follow_up_is_left():
    """Twelve of thirteen; on Sunday it is due, and nothing else is."""
    at = switch()["it is carried out"]

    assert [13] == to_do(at)
    assert {"step-follow-up": "this week"} == is_due(at)
    assert ([], []) == (late(at), early(at))


def test_one_leg_will_do_and_its_root_wants_a_kind_and_an_action():
    """Before acting: classified, answered, planned (R28, R33)."""
    assert ["classified", "answered", "actions-planned"] == wanting(switch()["one leg of whys"], "acting")
    assert [] == wanting(switch()["one action"], "acting")


def test_the_follow_up_is_due_on_the_fifth_day_and_late_after_it():
    """All of Sunday it is due; from midnight on it is late."""
    on_the_day, after = switch()["the fifth day"], switch()["the fifth day went by without a call"]

    assert "today" == is_due(on_the_day)["step-follow-up"]
    assert [] == late(on_the_day)
    assert "overdue" == is_due(after)["step-follow-up"]
    assert ("R19", "recovery.steps.follow-up") not in asked(on_the_day)


def test_all_thirteen_are_done_in_order_and_in_time():
    """Nothing to do, nothing late, nothing early; the action is what closing waits for."""
    at = switch()["the follow-up is done"]

    assert ([], [], []) == (to_do(at), late(at), early(at))
    assert list(range(1, 14)) == [each.number for each in numbered(steps(at.record, PLAYBOOK, at.now))]
    assert ["actions-done"] == wanting(at, "closed")
    assert {"action-a1": "this week", "effect-a1": "later"} == is_due(at)


def test_then_it_may_be_closed_and_nothing_is_asked_of_it():
    """One leg, one action, every step: to the letter of a minor one."""
    assert [] == wanting(switch()["the action is done"], "closed")
    assert [] == asked(switch()["closed"])
    assert {"effect-a1": "later"} == is_due(switch()["closed"])


def test_the_effect_is_to_be_looked_at_on_its_day_also_when_it_is_closed():
    """On 11 May; on the 12th it is late (R36)."""
    assert {"effect-a1": "overdue"} == is_due(switch()["the effect was to be looked at"])


# -- the heating that could have leaked -------------------------------------------------------------------------------


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
    assert ["manager-told", "escalated"] == wanting(before, "analysing")
    assert ["manager-told"] == wanting(after, "analysing")
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

    assert Decimal("116.67") == compensation.left_of_limit(before.record, "k3", PLAYBOOK)
    assert compensation.is_over_limit(before.record, "k3", PLAYBOOK)
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
    assert not compensation.is_over_limit(at.record, "k3", PLAYBOOK)


def test_one_leg_will_not_do():
    """Three questions, more than a chain, two people, an action for each (R7)."""
    one, three = heating()["one leg of whys"], heating()["three legs of whys"]

    assert {"legs", "branches"} <= set(wanting(one, "acting"))
    assert ["classified", "second-opinion", "answered", "actions-planned"] == wanting(three, "acting")


def test_a_second_person_classifies():
    """One opinion is none (R7, R31)."""
    assert "second-opinion" in wanting(heating()["one person classified"], "acting")
    assert ["answered", "actions-planned"] == wanting(heating()["a second person classified"], "acting")


def test_the_effect_is_to_be_checked():
    """Without a measure and a day it can't be closed (R7, R36)."""
    assert "effects-named" in wanting(heating()["an action without an effect to check"], "closed")
    assert [] == wanting(heating()["actions planned"], "acting")
    assert ["steps", "actions-done", "signed"] == wanting(heating()["actions planned"], "closed")


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


def test_what_did_not_hold_is_answered_before_it_may_be_closed_again():
    """A stronger one, or carried on elsewhere (R36, R39)."""
    at = heating()["the effect did not hold"]

    assert ["failed-answered"] == wanting(at, "closed")
    assert ("R36", "actions.a1.effect.result") in asked(at)
