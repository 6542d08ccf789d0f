"""A clock walks through two stories, and at each moment the views say what the playbook's text asks for.

The expected values were written by hand, from the rules: R6 and R7 for the level and its depth, R9 for the manager, R12
and R13 for the steps, R16 for the channel, R18 for money, R19 for the targets, R39 for the states. Here is the switch
that was left unplugged, and what holds in both; the heating stands in `test_stories_critical`.
"""

from __future__ import annotations

from datetime import date

import pytest

from postmortem.record import authority, compensation, escalation, gates, recovery, states, talks
from postmortem.record.edit import put
from postmortem.record.recovery import numbered, steps
from postmortem.record.severity import assess, depth
from tests.record.stories import PLAYBOOK, Moment, heating, switch
from tests.record.views import asked, clock, dues, early, found, is_due, late, promise, step, to_do, wanting

# -- the switch that was left unplugged -------------------------------------------------------------------------------


def test_the_household_knew_first():
    """They rang at 15:20, and until then nobody here knew; who tells them is not said yet (R1, R2)."""
    at = switch()["the customer rings"]

    assert "them" == recovery.knew_first(at.record)
    assert None is recovery.told_before_asked(at.record)
    assert None is assess(at.record, PLAYBOOK).level
    assert ["owner"] == wanting(at, "recovering")


def test_nothing_is_missing_to_begin_once_somebody_owns_it():
    """What comes next waits for: how bad it was, what they lost, that they are told, and an apology (R39)."""
    at = switch()["the desk takes it on"]

    assert [] == wanting(at, "recovering")
    assert {"severity", "losses-asked", "customer-told", "apologised"} == set(wanting(at, "analysing"))


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


def test_e_mail_is_taken_where_there_is_a_reason():
    """A warning, and no ban: they asked for it in writing (R16)."""
    record = put(switch()["e-mail is chosen"].record, "recovery.channel_reason", "They asked for it in writing")

    assert ("R16", "recovery.channel") not in asked(Moment(switch()["e-mail is chosen"].now, record))


def test_they_had_to_raise_it_and_were_told_ten_minutes_later():
    """Not before they asked; in time all the same, in order, in fit words; nothing in the way of the next state."""
    at = switch()["they were told"]

    assert False is recovery.told_before_asked(at.record)
    assert -10 == recovery.lead_min(at.record)
    assert ([], []) == (late(at), early(at))
    assert [3, 5, 6, 7, 8, 9, 10, 11, 12, 13] == to_do(at)
    assert "R20" not in {rule for rule, _ in found(at)}
    assert [] == wanting(at, "analysing")


def test_the_follow_up_leaves_the_words_of_the_admission():
    """Two talks stand in the record at the end, each with its words; nothing in them may be heard amiss (R12, R20)."""
    at = switch()["closed"]
    said = talks.had(at.record)

    assert ["explain-mistake", "follow-up"] == [talk.step for talk in said]
    assert said[0].words.startswith("We left your main switch unplugged")
    assert "R20" not in {rule for rule, _ in found(at)}


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
    assert not authority.is_over_limit(done.record, "k1", PLAYBOOK)


def test_on_the_next_day_only_the_follow_up_is_left():
    """Twelve of thirteen; on Sunday it is due, and nothing else is."""
    at = switch()["it is carried out"]

    assert [13] == to_do(at)
    assert {"step-follow-up": "this week"} == is_due(at)
    assert ([], []) == (late(at), early(at))


def test_one_leg_will_do_and_its_root_wants_a_kind_and_an_action():
    """Before acting: classified, answered, planned (R28, R33)."""
    assert {"classified", "answered", "actions-planned"} == set(wanting(switch()["one leg of whys"], "acting"))
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


# -- both -------------------------------------------------------------------------------------------------------------

MOMENTS = {f"{story.__name__}: {name}": moment for story in (switch, heating) for name, moment in story().items()}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_what_is_missing_for_the_next_state_is_what_moving_on_is_refused_for(moment: Moment):
    """At every moment, with where and how to mend it (R39); and nothing that is missing has been passed already."""
    missing = gates.missing(moment.record, PLAYBOOK, moment.now)

    assert all(found.where and found.message and found.remedy for found in missing)
    assert [] == wanting(moment, moment.record.state) or moment.record.state == "reopened"
    if missing:
        with pytest.raises(states.GateError) as refused:
            states.advance(moment.record, PLAYBOOK, moment.now)
        assert missing == refused.value.missing
    else:
        assert gates.next_state(moment.record) in {states.advance(moment.record, PLAYBOOK, moment.now).state, None}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_no_step_is_late_in_a_story_in_which_all_was_done_in_time(moment: Moment):
    """But for the moments at which the follow-up, or the offer of one, was left out on purpose."""
    expected = {
        "switch: the fifth day went by without a call": ["follow-up"],
        "heating: the fifth day is over": ["follow-up"],
    }
    name = next(name for name, each in MOMENTS.items() if each is moment)

    assert expected.get(name, []) == late(moment)
    assert [] == early(moment)
