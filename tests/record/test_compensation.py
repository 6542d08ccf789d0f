"""What is owed, and what became of it: owed, offered, answered, carried out (R17, R18)."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import authority, compensation
from postmortem.record.edit import changed
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import Impact, Incident
from postmortem.record.playbook import Playbook, default_playbook, playbook_from
from postmortem.record.review import owing

NINE = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
TEN, NOON = NINE + timedelta(hours=1), NINE + timedelta(hours=3)


def told(**fields: Any) -> Incident:
    """An incident with these fields."""
    return Incident(title="Late", **fields)


@pytest.mark.parametrize(
    ("impact", "owed"),
    [
        ({}, []),
        ({"customer_cost": "0"}, []),
        ({"customer_cost": "12.50"}, [("reimbursement", "12.50")]),
        ({"customer_min": 59}, []),
        ({"customer_min": 60}, [("service credit", "10.00")]),
        ({"customer_min": 100, "customer_cost": "0.10"}, [("reimbursement", "0.10"), ("service credit", "16.67")]),
    ],
)
def test_what_was_paid_is_owed_and_much_lost_time_is(
    impact: dict[str, Any], owed: list[tuple[str, str]], playbook: Playbook
):
    """All that was paid because of it; a credit from an hour on (R18)."""
    incident = changed(told(), impact=Impact(**impact))

    assert owed == [(item.kind, str(item.amount)) for item in compensation.owed(incident, playbook)]


def test_what_is_owed_says_why(playbook: Playbook):
    """The person who offers it can say what for."""
    incident = changed(told(), impact=Impact(customer_min=90.5, customer_cost="5"))

    assert ["costs because of the mistake", "90.5 min lost"] == [
        item.because for item in compensation.owed(incident, playbook)
    ]


def test_what_is_owed_is_an_amount_of_money():
    """No fractions of a cent from a team's share."""
    team = playbook_from({"compensation": {"reimburse_share": 0.7}})
    incident = changed(told(), impact=Impact(customer_cost="12.10"))

    assert ["8.47"] == [str(item.amount) for item in compensation.owed(incident, team)]


@pytest.mark.parametrize("fault", ["customer", "third party"])
def test_nothing_is_owed_for_what_was_not_our_mistake(fault: str, playbook: Playbook):
    """What eases it then is goodwill (R14), never a debt."""
    hurt = Impact(customer_cost="64", customer_min=265)

    assert () == compensation.owed(told(fault=fault, impact=hurt), playbook)
    assert () != compensation.owed(told(fault="shared", impact=hurt), playbook)


def test_a_credit_is_for_each_of_those_who_lost_the_time(playbook: Playbook):
    """Two thousand people are not one; where nobody counted them it is for one, and for nobody there is none."""
    lost = {"customer_min": 120}
    (many,) = compensation.owed(told(impact=Impact(customers=2_000, **lost)), playbook)
    (one,) = compensation.owed(told(impact=Impact(**lost)), playbook)

    assert (Decimal(20), Decimal(40_000), 2_000) == (many.each, many.amount, many.customers)
    assert Decimal(20) == one.amount
    assert () == compensation.owed(told(impact=Impact(customers=0, **lost)), playbook)


def test_each_gets_whole_cents_and_all_get_as_many_times_that(playbook: Playbook):
    """What stands for all is what is paid out in the end."""
    (owed,) = compensation.owed(told(impact=Impact(customers=3, customer_min=100)), playbook)

    assert (Decimal("16.67"), Decimal("50.01")) == (owed.each, owed.amount)


def kept(playbook: Playbook, **impact: Any) -> Incident:
    """What the rules give, kept as owed."""
    incident = told(impact=Impact(**impact))
    for item in compensation.owed(incident, playbook):
        incident = compensation.keep(incident, item)
    return incident


def test_the_four_facts_follow_each_other(playbook: Playbook):
    """Each with its time; what is outstanding becomes less."""
    owed = kept(playbook, customer_cost=64)
    offered = compensation.offer(owed, "k1", Decimal(64), NINE)
    accepted = compensation.answer(offered, "k1", "accepted", TEN)
    paid = compensation.carry_out(accepted, "k1", NOON)
    item = compensation.find(paid, "k1")

    assert (NINE, "yes", TEN, NOON) == (item.offered_at, item.offered_first, item.answered_at, item.carried_out_at)
    assert [64, 0, 0, 0] == [
        compensation.outstanding(it, playbook)[0].to_offer for it in (owed, offered, accepted, paid)
    ]


@pytest.mark.parametrize(
    ("deed", "args", "remedy"),
    [
        (compensation.answer, ("accepted", NOON), "note the offer first"),
        (compensation.carry_out, (NOON,), "note the offer first"),
        (compensation.offer, (Decimal(0), NOON), "say how much"),
        (compensation.offer, (Decimal(-5), NOON), "say how much"),
        (compensation.offer, (Decimal(5), datetime(2026, 3, 1)), "offset|zone"),  # noqa: DTZ001 - without a zone
        (authority.offer_part, (Decimal(64), NOON), "as a whole"),
        (compensation.approve, (" ",), "as a role"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would_do(deed: Any, args: Any, remedy: str, playbook: Playbook):
    """From code as from a button."""
    with pytest.raises(DataError, match=remedy):
        deed(kept(playbook, customer_cost=64), "k1", *args)


def test_an_answer_before_the_offer_and_a_payment_that_they_declined_are_refused(playbook: Playbook):
    """The times are those of one talk after the other."""
    offered = compensation.offer(kept(playbook, customer_cost=64), "k1", Decimal(64), TEN)
    declined = compensation.answer(offered, "k1", "declined", NOON)

    for deed, incident, args in (
        (compensation.answer, offered, ("accepted", NINE)),
        (compensation.carry_out, offered, (NINE,)),
        (compensation.carry_out, declined, (NOON,)),
        (compensation.offer, declined, (Decimal(80), NOON)),
    ):
        with pytest.raises(DataError):
            deed(incident, "k1", *args)


def test_an_unknown_thing_is_refused_with_a_near_name(playbook: Playbook):
    """As everywhere."""
    with pytest.raises(UnknownNodeError):
        compensation.offer(kept(playbook, customer_cost=64), "k7", Decimal(1), NOON)


def test_two_small_offers_are_no_way_around_the_limit(playbook: Playbook):
    """The limit is for the record: what was offered without approval counts; what was approved or declined does not."""
    first = compensation.goodwill(compensation.goodwill(told(), "One", Decimal(100)), "Two", Decimal(100))
    offered = compensation.offer(first, "k1", Decimal(100), NINE)
    approved = compensation.approve(offered, "k1", "Duty manager")
    declined = compensation.answer(offered, "k1", "declined", TEN)

    assert not authority.is_over_limit(first, "k2", playbook)
    assert authority.is_over_limit(offered, "k2", playbook)
    assert Decimal(50) == authority.left_of_limit(offered, "k2", playbook)
    assert not authority.is_over_limit(approved, "k2", playbook)
    assert not authority.is_over_limit(declined, "k2", playbook)


def test_what_they_paid_needs_no_approval_unless_a_team_says_so(playbook: Playbook):
    """It is paid back at once (R18); a team may let its limit cover it."""
    owed = kept(playbook, customer_cost=900)
    strict = playbook_from({"compensation": {"limit_covers": ["reimbursement", "goodwill"]}})

    assert not authority.is_over_limit(owed, "k1", playbook)
    assert authority.is_over_limit(owed, "k1", strict)


def test_a_part_is_offered_and_the_rest_stays_owed(playbook: Playbook):
    """Together they are what was owed, and only the rest waits for the approval."""
    owed = compensation.ask_approval(compensation.goodwill(told(), "A month", Decimal(210)), "k1", NINE)
    parted = authority.offer_part(owed, "k1", authority.left_of_limit(owed, "k1", playbook), TEN)
    part, rest = parted.recovery.compensation

    assert (Decimal(150), Decimal(150), None) == (part.owed, part.offered, part.approval_asked_at)
    assert (Decimal(60), None, NINE) == (rest.owed, rest.offered, rest.approval_asked_at)
    assert not authority.is_over_limit(parted, part.id, playbook)
    assert authority.is_over_limit(parted, rest.id, playbook)


MONEY = st.sampled_from([Decimal(60), Decimal(100), Decimal(150), Decimal("150.01")]) | st.decimals(1, 2_000, places=2)
WHEN = st.integers(0, 500).map(lambda minutes: NINE + timedelta(minutes=minutes))
NAMES = st.sampled_from(["k1", "k2"])
DEEDS = st.one_of(
    st.tuples(st.just(compensation.offer), NAMES, MONEY, WHEN),
    st.tuples(st.just(authority.offer_part), NAMES, MONEY, WHEN),
    st.tuples(st.just(compensation.answer), NAMES, st.sampled_from(["waiting", "accepted", "declined"]), WHEN),
    st.tuples(st.just(compensation.carry_out), NAMES, WHEN),
    st.tuples(st.just(compensation.ask_approval), NAMES, WHEN),
    st.tuples(st.just(compensation.approve), NAMES, st.sampled_from(["", "Manager"]), WHEN),
)


@given(st.lists(DEEDS, max_size=12))
def test_no_order_of_edits_pays_without_an_offer_or_offers_over_the_limit_unseen(deeds: list[tuple[Any, ...]]):
    """Whatever is refused changes nothing; what was offered without approval beyond the limit has a finding."""
    playbook = default_playbook()
    incident = told(fault="ours")
    for amount in (200, 100):
        incident = compensation.goodwill(incident, "Goodwill", Decimal(amount))
    for deed, *args in deeds:
        with suppress(DataError, UnknownNodeError):
            incident = deed(incident, *args)
    items = incident.recovery.compensation
    free = [item for item in items if compensation.is_offered(item) and authority.counts(item, playbook)]
    total = sum((compensation.worth(item) for item in free if item.answer != "declined"), Decimal(0))
    said = {item.where for item in owing.findings(incident, playbook, NOON) if item.level == "error"}

    assert all(compensation.is_offered(item) for item in items if item.carried_out_at)
    assert all(item.answer != "declined" or not item.carried_out_at for item in items)
    assert total <= 150 or any(f"recovery.compensation.{item.id}.approved_by" in said for item in free)
    assert total == sum(int(compensation.worth(it) * 100) for it in free if it.answer != "declined") / Decimal(100)


@pytest.mark.parametrize("key", ["credit_per_hour", "authority_limit"])
def test_a_playbook_has_no_amount_without_an_end(key: str):
    """TOML has `inf`; an amount of money has not."""
    with pytest.raises(DataError, match=f"compensation.{key}: expected at most"):
        playbook_from({"compensation": {key: float("inf")}})
