"""Every promise has a date, an owner and a place, and is kept by one function."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record import actions, compensation, due, edit, escalation, lateness, procedures, recovery
from postmortem.record.edit import changed
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import (
    Action,
    Compensation,
    Customer,
    Effect,
    Evaluation,
    Impact,
    Incident,
    Recovery,
    Source,
)
from postmortem.record.playbook import default_playbook, playbook_from
from postmortem.record.review import review
from tests.strategies import incidents

RULES = default_playbook()
NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BASE = Incident(title="Line is dead", known_at=NOON, owner="Service desk", zone="Europe/Berlin")


def named(incident, playbook=RULES):
    """The promises by their id."""
    return {item.id: item for item in due.promises(incident, playbook)}


def owing(**facts):
    """A record with one thing owed."""
    return edit.add(BASE, "recovery.compensation", Compensation(id="k1", kind="goodwill", owed=Decimal(30), **facts))


def test_the_steps_are_due_by_the_targets_of_the_severity():
    """From when we knew: a moderate one is told within an hour, a critical one within a quarter."""
    grave = changed(BASE, evaluation=Evaluation(level="critical", reason="gas"))

    assert NOON + HOUR == named(BASE)["step-explain-mistake"].due_at
    assert NOON + HOUR / 4 == named(grave)["step-explain-mistake"].due_at
    assert ("Service desk", "recovery.steps.apologise", "open") == (
        named(BASE)["step-apologise"].who,
        named(BASE)["step-apologise"].place,
        named(BASE)["step-apologise"].status,
    )


def test_a_step_is_met_by_the_time_that_the_record_tells_elsewhere():
    """Whoever notes when they were told need not tick the step to be left alone."""
    told = changed(BASE, told_at=NOON + HOUR / 2)

    assert ("met", told.told_at) == (
        named(told)["step-explain-mistake"].status,
        named(told)["step-explain-mistake"].met_at,
    )


def test_the_offer_to_follow_up_is_due_once_the_fix_takes_long():
    """After an hour without a fix; a quick fix spares it, and so does any fix, for nothing takes longer then."""
    quick = changed(BASE, fixed_at=NOON + HOUR / 2)
    slow = changed(BASE, fixed_at=NOON + 3 * HOUR)

    assert (NOON + HOUR, "open") == (
        named(BASE)["step-offer-follow-up"].due_at,
        named(BASE)["step-offer-follow-up"].status,
    )
    assert ["spared", "spared"] == [named(it)["step-offer-follow-up"].status for it in (quick, slow)]


def test_the_follow_up_is_due_on_the_fifth_day_after_the_fix():
    """All of that day counts; before the fix there is none."""
    fixed = changed(BASE, fixed_at=datetime(2026, 3, 12, 17, tzinfo=UTC))
    follow_up = named(fixed)["step-follow-up"]

    assert "step-follow-up" not in named(BASE)
    assert ("follow-up", date(2026, 3, 17)) == (follow_up.kind, follow_up.due_on)
    assert not follow_up.is_overdue(datetime(2026, 3, 17, 22, 59, tzinfo=UTC))
    assert follow_up.is_overdue(datetime(2026, 3, 17, 23, tzinfo=UTC))


def test_a_follow_up_from_before_the_fix_is_none_of_that_fix():
    """R12, step 13: it stays due on the fifth day, late after it, and done now it is met."""
    fixed = changed(BASE, fixed_at=NOON + DAY)
    early = recovery.do(fixed, "follow-up", RULES, at=NOON + HOUR)
    promise = named(early)["step-follow-up"]
    (step,) = (it for it in recovery.steps(early, RULES, NOON + 9 * DAY) if it.rule.id == "follow-up")
    again = due.keep(early, "step-follow-up", RULES, now=NOON + 5 * DAY)

    assert ("open", None, date(2026, 3, 17)) == (promise.status, promise.met_at, promise.due_on)
    assert (True, True, True) == (step.too_early, step.is_open, step.is_late)
    assert ("met", NOON + 5 * DAY) == (
        named(again)["step-follow-up"].status,
        named(again)["step-follow-up"].met_at,
    )


def test_a_step_that_is_done_nobody_says_when_is_kept_and_neither_early_nor_late():
    """Its promise is met without a time, which charts leave out of what was in time."""
    said = recovery.set_step(BASE, "apologise", status="done")
    (step,) = (it for it in recovery.steps(said, RULES, NOON + 9 * DAY) if it.rule.id == "apologise")

    assert ("met", None) == (named(said)["step-apologise"].status, named(said)["step-apologise"].met_at)
    assert (False, 0.0) == (step.is_late, step.late_min)


def test_where_nothing_can_be_put_right_the_follow_up_counts_from_the_last_talk():
    """R17: a result of none, or a fix that is not needed; else from when they were told, and never from nothing."""
    told = changed(BASE, told_at=NOON)
    spared = procedures.spare(told, "fix", RULES, "it is out of the house")
    none = edit.put(told, "recovery.resolve.result", "none")
    talked = recovery.do(none, "thank", RULES, at=NOON + 2 * DAY)
    alone = recovery.do(talked, "make-sure", RULES, at=NOON + 4 * DAY)

    assert [date(2026, 3, 16), date(2026, 3, 16), date(2026, 3, 18), date(2026, 3, 18)] == [
        named(it)["step-follow-up"].due_on for it in (spared, none, talked, alone)
    ]
    assert "step-follow-up" not in named(changed(none, told_at=None))
    assert "spared" == named(none)["step-offer-follow-up"].status
    assert date(2026, 3, 20) == named(changed(talked, fixed_at=NOON + 4 * DAY))["step-follow-up"].due_on


@pytest.mark.parametrize(
    ("facts", "due_at", "said"),
    [
        ({"occurred_at": NOON - DAY}, NOON - DAY + HOUR / 4, ": counted from when it happened)"),
        ({"told_at": NOON}, NOON + HOUR / 4, ": counted from when the recovery began)"),
        ({}, None, "(nobody said when we knew)"),
    ],
)
def test_where_nobody_said_when_we_knew_the_promises_count_from_what_is_known(facts, due_at, said):
    """And say so: a life in danger is not left without a promise (R19)."""
    grave = Evaluation(level="critical", reason="gas")
    silent = Incident(title="Gas", state="recovering", evaluation=grave, **facts)
    found = named(silent)["step-apologise"]

    assert ("open", due_at) == (found.status, found.due_at)
    assert found.text.endswith(said)
    assert {"step-explain-mistake", "step-apologise", "step-fix"} <= set(named(silent))
    assert "Apologise" == named(changed(silent, known_at=NOON))["step-apologise"].text


@pytest.mark.parametrize(
    ("fixed_at", "zone", "due_on", "due_at"),
    [
        ("2026-03-26T10:00+01:00", "Europe/Berlin", "2026-03-31", "2026-03-31T22:00Z"),
        ("2026-10-23T23:30+02:00", "Europe/Berlin", "2026-10-28", "2026-10-28T23:00Z"),
        ("2028-02-24T09:00Z", "UTC", "2028-02-29", "2028-03-01T00:00Z"),
        ("2028-02-25T09:00Z", "UTC", "2028-03-01", "2028-03-02T00:00Z"),
        ("2026-03-11T20:00Z", "Asia/Kathmandu", "2026-03-17", "2026-03-17T18:15Z"),
    ],
)
def test_the_fifth_day_is_a_day_on_the_wall(fixed_at, zone, due_on, due_at):
    """Whatever the clocks do in between, over a leap day, and where the day is another one than in UTC."""
    follow_up = named(changed(BASE, fixed_at=datetime.fromisoformat(fixed_at), zone=zone))["step-follow-up"]

    assert (date.fromisoformat(due_on), datetime.fromisoformat(due_at)) == (follow_up.due_on, follow_up.due_at)


def test_a_team_may_count_working_days():
    """Five of them, without the weekend and the holidays it names."""
    rules = playbook_from({"calendar": {"days": "working", "holidays": [date(2026, 3, 16)]}})
    fixed = changed(BASE, fixed_at=datetime(2026, 3, 12, 17, tzinfo=UTC))

    assert date(2026, 3, 20) == named(fixed, rules)["step-follow-up"].due_on


def test_a_record_from_elsewhere_that_says_nothing_of_its_recovery_promised_nothing():
    """Thousands are imported; one that was told here is asked for at once."""
    imported = changed(BASE, source=Source(system="crm", key="C-1"), impact=Impact(customer_min=120))
    begun = recovery.do(imported, "explain-mistake", RULES, at=NOON)

    assert () == due.promises(imported, RULES)
    assert "step-apologise" in named(begun)
    assert "step-apologise" in named(BASE)


def test_what_is_owed_is_promised_by_the_credit_target():
    """Each kind by itself, and the step that stands for them is not asked for beside them."""
    lost = changed(BASE, impact=Impact(customer_min=120, customer_cost=Decimal(64)))
    found = named(lost)

    assert ["open", "open", "spared"] == [
        found[name].status for name in ("offer-reimbursement", "offer-service-credit", "step-offer")
    ]
    assert NOON + DAY == found["offer-reimbursement"].due_at
    assert "Offer the reimbursement of EUR 64" == found["offer-reimbursement"].text


def test_where_nothing_is_owed_the_step_waits_until_somebody_says_that_it_is_not_needed():
    """R12: step 8 is not conditional; no single offer is asked for."""
    asked = changed(BASE, impact=Impact(customer_min=10, customer_cost=Decimal(0)))
    theirs = changed(BASE, fault="customer", impact=Impact(customer_min=120))

    assert "open" == named(BASE)["step-offer"].status
    assert ["open", "spared", "spared"] == [
        named(asked)[name].status for name in ("step-offer", "offer-reimbursement", "offer-service-credit")
    ]
    assert "spared" == named(procedures.spare(asked, "offer", RULES, "nothing is owed"))["step-offer"].status
    assert "spared" == named(theirs)["offer-service-credit"].status


def test_what_was_offered_is_met_also_where_they_declined():
    """The promise was to offer; part of it leaves the rest open."""
    declined = owing(offered=Decimal(30), offered_at=NOON, answer="declined")
    part = owing(offered=Decimal(20), offered_at=NOON)

    assert ("met", NOON) == (named(declined)["offer-goodwill"].status, named(declined)["offer-goodwill"].met_at)
    assert ("open", "Offer goodwill of EUR 10") == (
        named(part)["offer-goodwill"].status,
        named(part)["offer-goodwill"].text,
    )


def test_money_they_accepted_is_due_at_once():
    """Within a day of their yes by the playbook; without any time it is due all the same, without a date."""
    yes = owing(offered=Decimal(30), offered_at=NOON, answer="accepted", answered_at=NOON + DAY)
    timeless = owing(offered=Decimal(30), answer="accepted")
    paid = compensation.carry_out(yes, "k1", NOON + 2 * DAY)

    assert (date(2026, 3, 13), "open") == (named(yes)["pay-back-k1"].due_on, named(yes)["pay-back-k1"].status)
    assert (None, "open") == (named(timeless)["pay-back-k1"].due_at, named(timeless)["pay-back-k1"].status)
    assert ("met", NOON + 2 * DAY) == (named(paid)["pay-back-k1"].status, named(paid)["pay-back-k1"].met_at)
    assert "pay-back-k1" not in named(owing(offered=Decimal(30), offered_at=NOON))


def test_what_they_paid_goes_back_without_waiting_for_their_word():
    """R18: from the offer on, and on the same day once they accept; what they declined is not promised."""
    paid = edit.add(BASE, "recovery.compensation", Compensation(id="k1", kind="reimbursement", owed=Decimal(30)))
    offered = compensation.offer(paid, "k1", Decimal(30), NOON)
    yes, no = (compensation.answer(offered, "k1", word, NOON + 3 * DAY) for word in ("accepted", "declined"))

    assert "pay-back-k1" not in named(paid)
    assert [("open", date(2026, 3, 12)), ("open", date(2026, 3, 12)), ("spared", date(2026, 3, 12))] == [
        (named(it)["pay-back-k1"].status, named(it)["pay-back-k1"].due_on) for it in (offered, yes, no)
    ]
    assert NOON + DAY == due.keep(offered, "pay-back-k1", RULES, now=NOON + DAY).recovery.compensation[0].carried_out_at


def test_an_approval_that_was_asked_for_is_due_in_time_for_the_offer():
    """Or a day later, where it was asked for too late for that."""
    early, late = owing(approval_asked_at=NOON + HOUR), owing(approval_asked_at=NOON + 3 * DAY)
    approved = compensation.approve(early, "k1", "Duty manager", NOON + 2 * HOUR)

    assert [NOON + DAY, NOON + 4 * DAY] == [named(it)["approval-k1"].due_at for it in (early, late)]
    assert ("met", "Duty manager") == (named(approved)["approval-k1"].status, named(approved)["approval-k1"].who)
    more = compensation.offer(approved, "k1", Decimal(50_000), NOON + DAY)
    assert ("open", None) == (named(more)["approval-k1"].status, named(more)["approval-k1"].met_at)


def test_the_managers_call_back_is_due_until_somebody_called_or_took_over():
    """Nobody was there at first (R9)."""
    vip = changed(BASE, customer=Customer(name="Harbour House", vip=True))
    alone = escalation.no_manager(vip, RULES, NOON)
    called = escalation.called_back(alone, NOON + HOUR)
    handed = edit.put(alone, "recovery.escalation.handed_at", NOON + HOUR)

    assert ["open", "met", "spared"] == [named(it)["call-back"].status for it in (alone, called, handed)]
    assert date(2026, 3, 12) == named(alone)["call-back"].due_on


def test_what_was_taken_up_elsewhere_is_promised_there():
    """An action, and its effect check with it."""
    plan = Action(id="a1", text="Call first", due_on=date(2026, 3, 16), effect=Effect(check_on=date(2026, 5, 1)))
    moved = actions.carry(changed(BASE, actions=(plan,)), "a1", "2026-031")

    assert {"spared"} == {named(moved)[name].status for name in ("action-a1", "effect-a1")}


def test_open_promises_of_a_closed_record_are_due():
    """An effect check most often lies after the closing."""
    check = Action(id="a1", text="Call first", done_on=date(2026, 3, 12), effect=Effect(check_on=date(2026, 5, 1)))
    closed = changed(BASE, state="closed", closed_at=NOON, actions=(check,))

    assert ["effect-a1"] == [item.id for item in due.promises(closed, RULES)]


def test_a_record_without_times_promises_what_has_a_day():
    """No date is made up."""
    silent = Incident(title="Late", actions=(Action(id="a1"), Action(id="a2", due_on=date(2026, 3, 9))))

    assert ["action-a2"] == [item.id for item in due.promises(silent, RULES)]


KEPT = {
    "step-apologise": (BASE, lambda it: it.recovery.steps[0].by),
    "step-explain-mistake": (BASE, lambda it: it.told_at),
    "action-a1": (
        changed(BASE, actions=(Action(id="a1", due_on=date(2026, 3, 16)),)),
        lambda it: it.actions[0].done_on,
    ),
    "offer-reimbursement": (
        changed(BASE, impact=Impact(customer_cost=Decimal(64))),
        lambda it: it.recovery.compensation[0].offered,
    ),
    "offer-goodwill": (owing(), lambda it: it.recovery.compensation[0].offered_at),
    "pay-back-k1": (
        owing(offered=Decimal(30), offered_at=NOON, answer="accepted"),
        lambda it: it.recovery.compensation[0].carried_out_at,
    ),
    "approval-k1": (owing(approval_asked_at=NOON), lambda it: it.recovery.compensation[0].approved_by),
    "call-back": (escalation.no_manager(BASE, RULES, NOON), lambda it: it.recovery.escalation.called_back_at),
}


@pytest.mark.parametrize("name", KEPT)
def test_each_promise_is_kept_by_its_id(name):
    """It is met then, where it stands in the record; keeping it again changes nothing."""
    before, told = KEPT[name]
    after = due.keep(before, name, RULES, now=NOON + HOUR, by="Ana")

    assert "open" == named(before)[name].status
    assert "met" == named(after)[name].status
    expected = {"step-apologise": "Ana", "approval-k1": "Ana", "action-a1": date(2026, 3, 11)}
    assert expected.get(name, Decimal("64.00") if name == "offer-reimbursement" else NOON + HOUR) == told(after)
    assert after == due.keep(after, name, RULES, now=NOON + DAY, by="Ben")


def test_an_effect_check_asks_what_it_found():
    """Held or not held; one that did not hold opens a closed record again (R39)."""
    check = Action(id="a1", text="Call first", effect=Effect(check_on=date(2026, 5, 1)))
    closed = changed(BASE, state="closed", actions=(check,))

    with pytest.raises(DataError, match="nobody said what the check found; say 'held' or 'not held'"):
        due.keep(closed, "effect-a1", RULES, now=NOON)
    held = due.keep(closed, "effect-a1", RULES, now=NOON, result="held")
    failed = due.keep(closed, "effect-a1", RULES, now=NOON, result="not held")
    assert [("held", "closed"), ("not held", "reopened")] == [
        (it.actions[0].effect.result, it.state) for it in (held, failed)
    ]


def test_a_promise_that_is_none_is_refused_with_a_near_one():
    """A slip of the keyboard."""
    with pytest.raises(UnknownNodeError, match="no promise 'step-apologize' in this incident; did you mean 'step-apol"):
        due.keep(BASE, "step-apologize", RULES, now=NOON)


@given(incidents(), st.sampled_from(["calendar", "working"]))
@settings(max_examples=60, deadline=None)
def test_every_promise_of_any_record_can_be_read(incident, counted):
    """Ids are unique, what is met is not open, what is due on a day is late after it; nothing fails on odd times."""
    rules = playbook_from({"calendar": {"days": counted, "country": "DE"}})
    found = due.promises(incident, rules)

    assert len(found) == len({item.id for item in found})
    for item in found:
        assert item.place
        assert item.due_at is not None or item.due_on is None
        assert item.status == "met" or (item.met_at is None and item.met_on is None)
        assert due.met_by(item, incident.zone) is None or item.status == "met"


@given(incidents(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_promise_that_was_kept_is_met_and_leaves_the_others_their_ids(incident, data):
    """In any record, whichever promise: keeping one never makes another one unmet."""
    open_ = [item for item in due.promises(incident, RULES) if item.status == "open"]
    if not open_:
        return
    chosen = data.draw(st.sampled_from(open_))
    now = datetime(2200, 12, 31, tzinfo=UTC)
    try:
        after = due.keep(incident, chosen.id, RULES, now=now, by="Ana", result="held")
    except DataError:
        # Money that was never noted as offered, or that nobody has: said with what to do.
        after = None
    if after is None:
        assert chosen.kind in {"offer", "pay-back"}
        return
    met = {item.id for item in due.promises(incident, RULES) if item.status == "met"}

    assert "met" == due.find(after, chosen.id, RULES).status
    assert met <= {item.id for item in due.promises(after, RULES) if item.status == "met"}


def test_a_step_of_a_team_is_promised_too():
    """A procedure in a team's own playbook, with a target of its own choice."""
    steps = [{"id": "say-it", "text": "Say it", "target": "tell"}, {"id": "sleep", "text": "Sleep over it"}]
    rules = playbook_from({"procedures": {"presets": {"ours": {"title": "Ours", "steps": steps}}}})
    chosen = changed(BASE, recovery=Recovery(procedure="ours"))

    assert ["step-say-it"] == [item.id for item in due.promises(chosen, rules)]


def test_at_its_very_moment_a_step_and_its_promise_are_both_in_time():
    """One rule for both: late is what comes after it; done at that moment it was kept."""
    step = next(it for it in recovery.steps(BASE, RULES, NOON) if it.rule.target == "tell")
    moments = [step.due_at, step.due_at + timedelta(seconds=1)]
    told = due.find(BASE, f"step-{step.rule.id}", RULES)
    found = [
        (told.is_overdue(now), any(it.is_late for it in recovery.steps(BASE, RULES, now) if it.rule == step.rule))
        for now in moments
    ]

    assert [(False, False), (True, True)] == found
    assert ["today", "overdue"] == [lateness.when(told, now, "UTC") for now in moments]
    assert "due now" == lateness.said(told, step.due_at, "UTC")


def test_the_moment_at_which_its_day_is_over_a_follow_up_is_late():
    """Nobody waits for a minute of the next day."""
    fixed = changed(BASE, fixed_at=NOON + HOUR, zone="UTC")
    told = due.find(fixed, "step-follow-up", RULES)
    step = next(it for it in recovery.steps(fixed, RULES, told.due_at) if it.rule.id == "follow-up")

    assert (True, True) == (told.is_overdue(told.due_at), step.is_late)
    assert ("overdue", "1 day late") == (
        lateness.when(told, told.due_at, "UTC"),
        lateness.said(told, told.due_at, "UTC"),
    )


def test_one_click_offers_nothing_that_somebody_has_to_approve_first():
    """R18: above the handler's limit it is refused in words; once it is approved, the same click offers it."""
    off = changed(BASE, impact=Impact(customer_min=6_000))

    with pytest.raises(DataError, match="over the handler's limit, and nobody has approved it; ask for approval"):
        due.keep(off, "offer-service-credit", RULES, now=NOON)
    kept = compensation.keep(off, compensation.owed(off, RULES)[0])
    approved = compensation.approve(kept, kept.recovery.compensation[0].id, "Duty manager", NOON)
    offered = due.keep(approved, "offer-service-credit", RULES, now=NOON)
    assert Decimal(1000) == offered.recovery.compensation[0].offered


def test_the_review_asks_for_the_steps_that_are_promised():
    """One rule for both: what is promised is late in both, and what was handled elsewhere in neither (R19)."""
    desk = Source(system="crm", key="C-1")
    owed = Recovery(compensation=(Compensation(id="k1", owed=Decimal(64)),))
    late = NOON + 3 * DAY

    def asked(**fields):
        incident = changed(BASE, **fields)
        steps = [it.id for it in due.promises(incident, RULES) if it.kind == "step" and it.is_overdue(late)]
        return bool(steps), any(found.rule == "R19" for found in review(incident, RULES, late))

    assert {(True, True)} == {
        asked(),
        asked(state="recovering"),
        asked(state="reopened", source=desk),
        asked(source=desk, recovery=owed),
    }
    assert {(False, False)} == {
        asked(source=desk),
        asked(state="closed"),
        asked(state="closed", source=desk),
        asked(state="closed", recovery=owed),
        asked(state="closed", source=desk, recovery=owed),
    }


def test_what_is_kept_as_owed_is_promised_also_where_the_steps_are_not():
    """A closed record says nothing of its steps, and of an amount that nobody offered."""
    owed = Recovery(compensation=(Compensation(id="k1", owed=Decimal(64)),))
    closed = changed(BASE, state="closed", recovery=owed)

    assert ["offer-reimbursement"] == [it.id for it in due.promises(closed, RULES) if it.status == "open"]
