"""What the review says of what is owed, and of how it was put right (R17, R18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from postmortem.record import authority, compensation, due, offering, recovery, saying
from postmortem.record.edit import put
from postmortem.record.errors import DataError
from postmortem.record.gates import customer
from postmortem.record.incident import Impact, Incident
from postmortem.record.playbook import default_playbook, playbook_from
from postmortem.record.review import owing

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook
    from postmortem.record.review import Finding

NINE = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
TEN, NOON = NINE + timedelta(hours=1), NINE + timedelta(hours=3)
NEXT = NINE + timedelta(days=1, hours=1)


def told(**fields: Any) -> Incident:
    """A mistake of ours, known at nine."""
    return Incident(title="Off", fault="ours", **{"occurred_at": NINE, "known_at": NINE, **fields})


def found(incident: Incident, playbook: Playbook, where: str, now: datetime = NOON) -> list[Finding]:
    """What is said of a place under the two rules."""
    return [item for item in owing.findings(incident, playbook, now) if item.where == where]


def paid(playbook: Playbook, amount: int = 64, **fields: Any) -> Incident:
    """A record that keeps as owed what they paid."""
    incident = told(impact=Impact(customer_cost=amount), **fields)
    return compensation.keep(incident, compensation.owed(incident, playbook)[0])


def test_what_they_paid_is_asked_for_at_once(playbook: Playbook):
    """Before anybody has kept it; and late from the target on, where the step that offers does not say so itself."""
    incident = told(impact=Impact(customer_cost=64))
    (now,) = found(incident, playbook, "recovery.compensation")
    (by_step,) = found(incident, playbook, "recovery.compensation", NEXT)
    spared = recovery.set_step(incident, "offer", status="not needed", because="by letter")
    (late,) = found(spared, playbook, "recovery.compensation", NEXT)

    assert ("warning", "EUR 64 is owed and not offered: costs because of the mistake") == (
        now.level,
        now.message,
    )
    assert "pay it back at once, before they ask" == now.remedy
    assert now.message == by_step.message
    assert late.message.endswith("late since Sat 21 Mar 2026 09:00")


@pytest.mark.parametrize("state", ["acting", "closed"])
def test_a_record_does_not_close_with_something_owed(state: str, playbook: Playbook):
    """What is owed and not offered, or accepted and not carried out, is then missing."""
    owed = paid(playbook, state=state)
    accepted = compensation.answer(compensation.offer(owed, "k1", Decimal(64), TEN), "k1", "accepted", TEN)

    assert ["error"] == [item.level for item in found(owed, playbook, "recovery.compensation.k1.offered_at")]
    assert ["error"] == [item.level for item in found(accepted, playbook, "recovery.compensation.k1.carried_out_at")]
    done = compensation.carry_out(accepted, "k1", NOON)
    assert not found(done, playbook, "recovery.compensation.k1.carried_out_at")


def test_less_than_owed_is_seen_and_a_hundred_times_as_much_is(playbook: Playbook):
    """A missing decimal sign is a question, not a refusal."""
    less = compensation.offer(paid(playbook), "k1", Decimal(50), TEN)
    more = compensation.offer(paid(playbook), "k1", Decimal(6400), TEN)

    assert (
        "EUR 50 was offered of EUR 64 that is owed"
        in found(less, playbook, "recovery.compensation.k1.because")[0].message
    )
    assert found(more, playbook, "recovery.compensation.k1.offered")[0].message.endswith("is it so much?")


def test_the_limit_asks_for_an_approval_before_and_after(playbook: Playbook):
    """Before the offer with the way out, after it as what can't close; with the approval neither."""
    owed = compensation.goodwill(told(), "A month free", Decimal(210))
    offered = compensation.offer(owed, "k1", Decimal(210), TEN)
    approved = compensation.approve(offered, "k1", "Duty manager", TEN)
    (before,) = found(owed, playbook, "recovery.compensation.k1.offered_at")
    (after,) = found(offered, playbook, "recovery.compensation.k1.approved_by")

    assert "over your limit of EUR 150" in before.message
    assert "ask for approval now, or offer EUR 150 at once and the rest when it is approved" == before.remedy
    assert "error" == after.level
    assert not found(approved, playbook, "recovery.compensation.k1.approved_by")


@pytest.mark.parametrize(
    ("by", "amount", "is_told"),
    [("desk  LEAD", 210, True), ("Ana", 210, True), ("Desk lead", 100, False), ("Head of service", 210, False)],
)
def test_that_whoever_handles_it_approved_it_too_is_said_and_holds_nothing_up(
    by: str,
    amount: int,
    is_told: bool,  # noqa: FBT001 - a row of the table
    playbook: Playbook,
):
    """The owner, or who made the offer; not within the limit, and not a manager (R18)."""
    line = compensation.goodwill(told(owner="Desk lead"), "A year free", Decimal(amount))
    line = recovery.do(line, "offer", playbook, at=TEN, by="Ana")
    own = compensation.offer(compensation.approve(line, "k1", by, TEN), "k1", Decimal(amount), TEN)
    said = found(own, playbook, "recovery.compensation.k1.approved_by")

    assert [("warning", is_told)] * is_told == [
        (item.level, item.message.startswith("asked and approved by the same person")) for item in said
    ]
    assert [] == list(customer.approved(own, playbook, NOON))


def test_a_manager_who_handles_it_may_approve_it(playbook: Playbook):
    """By the playbook's words for one, or because the record names who took it over (R9)."""
    for owner, handed in (("Duty manager", ""), ("Ben", "ben")):
        line = put(told(owner=owner), "recovery.escalation.handed_to", handed)
        own = compensation.approve(compensation.goodwill(line, "x", Decimal(210)), "k1", owner, TEN)

        assert [] == found(own, playbook, "recovery.compensation.k1.approved_by")


def test_an_approval_is_for_what_it_came_to_then(playbook: Playbook):
    """What is offered beyond it is said in plain words, and does not close; nor does an amount that grew on screen."""
    line = compensation.approve(compensation.goodwill(told(), "A year free", Decimal(200)), "k1", "Duty manager", TEN)
    more = compensation.offer(line, "k1", Decimal(50_000), NOON)
    typed = authority.followed(line, put(line, "recovery.compensation.k1.owed", Decimal(300)))
    (after,) = found(more, playbook, "recovery.compensation.k1.approved_by")
    (before,) = found(typed, playbook, "recovery.compensation.k1.offered_at")

    assert "it is approved for EUR 200, and this is above that" in after.message
    assert "it is approved for EUR 200, and this is above that" in before.message
    assert ["the goodwill was offered over the handler's limit, and nobody approved so much"] == [
        gap.message for gap in customer.approved(more, playbook, NOON)
    ]
    again = compensation.ask_approval(more, "k1", NOON)
    assert [] == found(again, playbook, "recovery.compensation.k1.approved_at")
    assert [] == list(customer.approved(compensation.approve(again, "k1", "Head", NOON), playbook, NOON))


def lower(playbook: Playbook, kind: int, amount: int = 0, because: str = "") -> Incident:
    """They paid 64 and lost two hours; of one of both less was decided, the other is offered."""
    incident = told(impact=Impact(customer_cost=64, customer_min=120, harm="none"))
    rules = compensation.owed(incident, playbook)
    incident = compensation.decide_otherwise(incident, rules[kind], because, Decimal(amount))
    incident = compensation.keep(incident, rules[1 - kind])
    incident = compensation.offer(incident, "k2", rules[1 - kind].amount, TEN)
    return compensation.offer(incident, "k1", Decimal(amount), TEN) if amount else incident


@pytest.mark.parametrize(("amount", "kept"), [(0, "nothing"), (5, "EUR 5")])
def test_less_than_the_rules_give_is_asked_for_until_a_reason_stands(amount: int, kept: str, playbook: Playbook):
    """Whether a part was kept and offered, or nothing; then nothing more is asked, offered, or promised."""
    (asked,) = found(lower(playbook, 1, amount), playbook, "recovery.compensation.k1.because")
    decided = lower(playbook, 1, amount, "The same hours were credited with last week's")

    assert ("warning", f"the playbook gives EUR 20 (2 h lost), and {kept} is kept as owed") == (
        asked.level,
        asked.message,
    )
    assert asked.remedy.endswith("or write why you decided otherwise")
    assert [] == [item for item in owing.findings(decided, playbook, NOON) if item.level != "hint"]
    assert [] == list(customer.offered(decided, playbook, NOON))
    assert decided == offering.offer_rest(decided, playbook, NOON)
    assert [] == [it.id for it in due.promises(decided, playbook) if it.kind == "offer" and it.status == "open"]


def test_less_than_the_rules_give_is_not_decided_by_a_word_that_says_nothing(playbook: Playbook):
    """It stays as it was typed, is asked for as before, and opens no gate (R18)."""
    nothing_said = lower(playbook, 1, 5, "x")
    (asked,) = found(nothing_said, playbook, "recovery.compensation.k1.because")

    assert "x" == compensation.find(nothing_said, "k1").because
    assert asked.remedy.endswith("or write why you decided otherwise")
    assert ["recovery.compensation.k1.offered"] == [gap.where for gap in customer.offered(nothing_said, playbook, NOON)]


@pytest.mark.parametrize("amount", [0, 50])
def test_that_less_is_paid_back_than_they_paid_a_manager_approves(amount: int, playbook: Playbook):
    """All of it is owed: a reason alone would let whoever handles it keep their money unseen (R18)."""
    decided = lower(playbook, 0, amount, "They drove anyway")
    approved = compensation.approve(decided, "k1", "Duty manager", NOON)
    (asked,) = found(decided, playbook, "recovery.compensation.k1.approved_by")

    assert asked.message.endswith("what they paid is owed in full, and nobody approved less")
    assert ["recovery.compensation"] == [gap.where[:21] for gap in customer.offered(decided, playbook, NOON)]
    assert [] == found(approved, playbook, "recovery.compensation.k1.approved_by")
    assert [] == list(customer.offered(approved, playbook, NOON))
    lowered = put(approved, "recovery.compensation.k1.offered", Decimal(1))
    assert bool(amount) == bool(found(lowered, playbook, "recovery.compensation.k1.approved_by"))


def test_an_offer_of_a_part_stands_with_its_reason(playbook: Playbook):
    """Kept in full, offered in part: with the reason neither the review nor the gate asks for the rest."""
    part = compensation.offer(told_credit(playbook), "k1", Decimal(15), TEN)
    reason = put(part, "recovery.compensation.k1.because", "They asked for no more")

    assert ["warning"] == [item.level for item in found(part, playbook, "recovery.compensation.k1.because")]
    assert [] == found(reason, playbook, "recovery.compensation.k1.because")
    assert ([1], []) == (
        [1 for _ in customer.offered(part, playbook, NOON)],
        [*customer.offered(reason, playbook, NOON)],
    )


def told_credit(playbook: Playbook) -> Incident:
    """They lost two hours, and the credit for it is kept."""
    incident = told(impact=Impact(customer_min=120))
    return compensation.keep(incident, compensation.owed(incident, playbook)[0])


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("offered_at", NINE - timedelta(hours=1), "it was offered before it happened"),
        ("offered_at", NEXT, "the time it was offered lies ahead of now"),
        ("answered_at", NINE, "it was answered before it was offered"),
        ("carried_out_at", NINE, "it was carried out before it was offered"),
        ("offered_first", "no", "it was offered only when they asked"),
    ],
)
def test_what_can_not_be_or_should_not_be_is_said_where_it_stands(
    field: str, value: object, message: str, playbook: Playbook
):
    """Typed times are taken as they are, and looked at."""
    offered = compensation.offer(paid(playbook), "k1", Decimal(64), TEN)
    place = f"recovery.compensation.k1.{field}"

    assert [message] == [item.message for item in found(put(offered, place, value), playbook, place)]
    assert [] == found(offered, playbook, place)


def test_what_was_declined_is_noted_and_not_carried_out(playbook: Playbook):
    """A hint while the record is open; both at once is a contradiction."""
    offered = compensation.offer(paid(playbook), "k1", Decimal(64), TEN)
    declined = compensation.answer(offered, "k1", "declined", TEN)
    both = put(declined, "recovery.compensation.k1.carried_out_at", NOON)
    place = "recovery.compensation.k1.answer"

    assert [("hint", "they declined EUR 64")] == [(it.level, it.message) for it in found(declined, playbook, place)]
    assert ["warning"] == [item.level for item in found(both, playbook, place)]


def test_what_was_carried_out_without_an_offer_asks_when_it_was_offered(playbook: Playbook):
    """Offered, accepted and carried out are three facts."""
    given = put(paid(playbook), "recovery.compensation.k1.carried_out_at", NOON)
    (asked,) = found(given, playbook, "recovery.compensation.k1.offered_at")

    assert "it was carried out, and nothing says that it was offered" == asked.message


def test_nothing_is_owed_where_it_was_not_our_mistake(playbook: Playbook):
    """What is kept as owed all the same is goodwill (R14)."""
    theirs = put(paid(playbook), "fault", "customer")

    assert "as goodwill" in found(theirs, playbook, "recovery.compensation.k1.owed")[0].remedy
    assert [] == found(
        put(told(impact=Impact(customer_cost=64)), "fault", "customer"), playbook, "recovery.compensation"
    )


def test_a_record_from_elsewhere_that_tells_nothing_is_not_reproached(playbook: Playbook):
    """Nobody here knows what was offered then: a hint, also once it is closed no more than that."""
    incident = told(impact=Impact(customer_cost=64), source={"system": "calls", "key": "7"})
    (hint,) = found(incident, playbook, "recovery.compensation")

    assert "hint" == hint.level
    assert [] == found(put(incident, "state", "closed"), playbook, "recovery.compensation")


def test_another_currency_than_the_playbooks_is_said_once_amounts_stand(playbook: Playbook):
    """Nothing is converted when the currency of a record changes."""
    pounds = put(paid(playbook), "currency", "GBP")

    assert "amounts here are in GBP" in found(pounds, playbook, "currency")[0].message
    assert [] == found(told(currency="GBP"), playbook, "currency")
    assert [] == found(paid(playbook), playbook, "currency")


def test_once_it_is_fixed_the_worksheet_says_how_far(playbook: Playbook):
    """Full, partial or none; what they got for what they asked; and whether it went beyond (R17)."""
    fixed = told(fixed_at=NOON, impact=Impact(trust="unsure"))
    asked = put(put(fixed, "recovery.resolve.result", "full"), "recovery.resolve.asked_for", "A working line")
    given = put(asked, "recovery.resolve.given", "A new socket")

    assert ["warning"] == [item.level for item in found(fixed, playbook, "recovery.resolve.result")]
    assert "what they got is not told" in found(asked, playbook, "recovery.resolve.given")[0].message
    assert [] == found(given, playbook, "recovery.resolve.given")
    assert ["hint"] == [item.level for item in found(given, playbook, "recovery.resolve.beyond")]
    assert [] == found(told(), playbook, "recovery.resolve.result")


def test_what_could_not_be_put_right_asks_what_they_got_instead(playbook: Playbook):
    """In part, or not at all."""
    partly = put(told(fixed_at=NOON), "recovery.resolve.result", "partial")

    assert ["hint"] == [item.level for item in found(partly, playbook, "recovery.resolve.given")]


@pytest.mark.parametrize(
    ("state", "level"), [("analysing", "warning"), ("acting", "error"), ("reopened", "error"), ("closed", "error")]
)
def test_what_is_owed_and_not_offered_is_missing_once_the_work_is_over(playbook, state, level):
    """A record that was opened again is as late as one that is acting."""
    late = told(state=state, impact=Impact(customer_cost=64))

    assert [level] == [item.level for item in found(late, playbook, "recovery.compensation")]


def at_odds(incident: Incident, playbook: Playbook) -> tuple[int, list[str], str]:
    """What is left to offer of what they paid, as the record, the gate and the list of what is due have it."""
    (state,) = compensation.outstanding(incident, playbook)
    gaps = [gap.message.rpartition("; ")[2] for gap in customer.offered(incident, playbook, NOON)]
    return int(state.to_offer), gaps, due.find(incident, "offer-reimbursement", playbook).status


def test_what_is_left_to_offer_is_the_same_wherever_it_is_asked(playbook: Playbook):
    """A part that was accepted leaves the rest; all of it declined, or less of it approved, leaves nothing."""
    part = compensation.answer(compensation.offer(paid(playbook), "k1", Decimal(50), TEN), "k1", "accepted", TEN)
    part = compensation.carry_out(part, "k1", TEN)
    no = compensation.answer(compensation.offer(paid(playbook), "k1", Decimal(64), TEN), "k1", "declined", TEN)
    little = compensation.offer(put(paid(playbook), "recovery.compensation.k1.owed", Decimal(1)), "k1", Decimal(1), TEN)
    reasoned = put(little, "recovery.compensation.k1.because", "They agreed")

    assert (14, ["EUR 14 to go"], "open") == at_odds(part, playbook)
    assert (0, [], "met") == at_odds(no, playbook)
    assert (63, ["EUR 63 to go"], "open") == at_odds(little, playbook) == at_odds(reasoned, playbook)
    assert (0, [], "met") == at_odds(compensation.approve(reasoned, "k1", "Duty manager", NOON), playbook)


def test_words_that_were_said_once_more_after_a_no_are_done(playbook: Playbook):
    """They were offered all of it: the step that offers is not kept open for ever."""
    no = compensation.answer(compensation.offer(paid(playbook), "k1", Decimal(64), TEN), "k1", "declined", TEN)

    assert ["offer"] == [step.id for step in saying.say(no, ["offer"], playbook, at=NOON).recovery.steps]


@pytest.mark.parametrize("kept", [0, 1, 64])
def test_the_rest_is_offered_from_the_list_of_what_is_due(kept: int, playbook: Playbook):
    """As a thing of its own, beside what was kept and answered; then nothing is left, and nothing is counted twice."""
    part = put(paid(playbook), "recovery.compensation.k1.owed", Decimal(kept))
    if kept:
        part = compensation.offer(part, "k1", Decimal(min(kept, 50)), TEN)
        part = compensation.answer(part, "k1", "accepted", TEN)
    after = due.keep(part, "offer-reimbursement", playbook, now=NOON)
    (state,) = compensation.outstanding(after, playbook)

    assert (64, 64, 0) == (state.kept, state.offered, state.to_offer)
    assert (0, [], "met") == at_odds(after, playbook)


def test_what_they_paid_is_asked_for_once_it_should_have_gone_back(playbook: Playbook):
    """From the offer on, without waiting for an answer: by the list, the gate and the review on the same day (R18)."""
    offered = compensation.offer(paid(playbook), "k1", Decimal(64), TEN)
    place = "recovery.compensation.k1.carried_out_at"
    ends = datetime(2026, 3, 22, tzinfo=UTC)

    def asked(now: datetime) -> list[bool]:
        gaps = [gap.where for gap in customer.carried_out(offered, playbook, now)]
        is_late = due.find(offered, "pay-back-k1", playbook).is_overdue(now)
        return [is_late, gaps == [place], bool(found(offered, playbook, place, now))]

    assert [[False] * 3, [True] * 3] == [asked(ends - timedelta(seconds=1)), asked(ends)]
    assert [] == list(customer.carried_out(compensation.carry_out(offered, "k1", TEN), playbook, ends))


def test_a_team_says_from_how_many_times_an_offer_is_doubted():
    """By default from a hundred times what is owed; once or less would doubt every offer."""
    offered = compensation.offer(paid(default_playbook()), "k1", Decimal(640), TEN)
    own = playbook_from({"compensation": {"doubted_from": 10}})

    place = "recovery.compensation.k1.offered"
    assert [0, 1] == [len(found(offered, rules, place)) for rules in (default_playbook(), own)]
    with pytest.raises(DataError, match="doubted_from"):
        playbook_from({"compensation": {"doubted_from": 1}})


def test_a_credit_waits_for_their_answer(playbook: Playbook):
    """What they may decline is carried out once they accept it."""
    offered = compensation.offer(told_credit(playbook), "k1", Decimal(20), TEN)

    assert [] == list(customer.carried_out(offered, playbook, NEXT + timedelta(days=30)))
