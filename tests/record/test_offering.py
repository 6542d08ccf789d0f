"""What is left to offer, and what may be done where somebody has to approve it first (R18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import authority, blanks, compensation, offering, saying
from postmortem.record.errors import DataError
from postmortem.record.incident import Impact, Incident
from postmortem.record.offering import Limited, limited
from postmortem.record.playbook import default_playbook

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook

NOON = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
CREDIT = "service credit"
RULES = default_playbook()


def lost(hours: int) -> Incident:
    """A mistake that cost one customer these hours, at 10 an hour."""
    return Incident(title="Off", impact=Impact(customer_min=hours * 60))


def left(incident: Incident, playbook: Playbook = RULES) -> Decimal:
    """How much is left to offer."""
    return sum((item.to_offer for item in compensation.outstanding(incident, playbook)), Decimal(0))


def offers(incident: Incident) -> list[tuple[str, Decimal | None, Decimal | None]]:
    """Each thing: what is owed of it, and what was offered."""
    return [(item.id, item.owed, item.offered) for item in incident.recovery.compensation]


def test_what_the_limit_covers_waits_for_nobody():
    """The playbook's limit is 150: fifteen hours may be offered at once."""
    incident = offering.offer_rest(lost(15), RULES, NOON, CREDIT)

    assert limited(lost(15), RULES, CREDIT) is None
    assert [("k1", Decimal(150), Decimal(150))] == offers(incident)
    assert 0 == left(incident)


def test_what_is_above_the_limit_is_offered_by_nobody_alone():
    """Without an approval nothing of it stands as offered, and all of it is still owed."""
    incident = offering.offer_rest(lost(21), RULES, NOON, CREDIT)

    assert [offered for _, _, offered in offers(incident) if offered] == []
    assert 210 == left(incident)
    assert Limited(Decimal(210), asked=False, within=Decimal(150)) == limited(lost(21), RULES, CREDIT)


def test_the_part_within_the_limit_is_offered_and_the_rest_waits():
    """150 now; the other 60 may not even be offered in parts after it."""
    incident = offering.offer_within(lost(21), RULES, NOON, CREDIT)

    assert 60 == left(incident)
    assert Limited(Decimal(60), asked=False, within=Decimal(0)) == limited(incident, RULES, CREDIT)
    assert offers(incident) == offers(offering.offer_within(incident, RULES, NOON, CREDIT))


def test_an_approval_is_asked_for_once():
    """Who asks again changes nothing, and the first time stands."""
    asked = offering.ask(lost(21), RULES, NOON, CREDIT)
    again = offering.ask(asked, RULES, NOON + timedelta(hours=1), CREDIT)

    assert asked == again
    found = limited(asked, RULES, CREDIT)
    assert found is not None
    assert found.asked


def test_what_was_approved_may_be_offered_whole():
    """After it nothing waits any more."""
    asked = offering.ask(lost(21), RULES, NOON, CREDIT)
    approved = compensation.approve(asked, "k1", "Duty manager")
    incident = offering.offer_rest(approved, RULES, NOON, CREDIT)

    assert limited(approved, RULES, CREDIT) is None
    assert 0 == left(incident)


def test_the_rest_of_an_answered_part_is_a_thing_of_its_own():
    """What they said yes to stays as they were offered it; the other 60 is asked for beside it."""
    part = offering.offer_within(lost(21), RULES, NOON, CREDIT)
    (name,) = [name for name, _, offered in offers(part) if offered]
    accepted = compensation.answer(part, name, "accepted", NOON)
    asked = offering.ask(accepted, RULES, NOON, CREDIT)

    assert Decimal(150) == compensation.find(asked, name).offered
    assert "accepted" == compensation.find(asked, name).answer
    (waiting,) = [item for item in asked.recovery.compensation if item.approval_asked_at]
    assert 60 == waiting.owed
    assert name != waiting.id
    assert 60 == left(asked)


def test_the_words_and_the_press_offer_the_rest_of_an_answered_part_too():
    """64 was paid, 50 of it offered and accepted: what is said offers all of it, and who said so has offered it."""
    paid = Incident(title="Off", fault="ours", impact=Impact(customer_cost=64))
    part = compensation.offer(offering.offer_rest(paid, RULES, NOON), "k1", Decimal(50), NOON)
    accepted = compensation.answer(part, "k1", "accepted", NOON)
    said = saying.say(accepted, ["offer"], RULES, at=NOON)

    assert "€64" == blanks.blanks(accepted, RULES).filled["back"]
    assert 0 == left(said)
    assert ["offer"] == [step.id for step in said.recovery.steps if step.status == "done"]


def test_a_time_without_an_offset_is_refused_whole():
    """Nothing is asked for at a moment that nobody can place."""
    with pytest.raises(DataError, match="offset"):
        offering.ask(lost(21), RULES, datetime(2026, 3, 20, 12, 0), CREDIT)  # noqa: DTZ001 - that is the mistake


@given(
    st.integers(1, 60),
    st.lists(st.sampled_from(("rest", "within", "ask", "accept", "decline")), max_size=6),
)
def test_no_way_offers_above_the_limit_without_an_approval(hours: int, ways: list[str]):
    """In whatever order the buttons are pressed; and what was offered and what is left never exceed what is owed."""
    incident, total = lost(hours), left(lost(hours))
    for way in ways:
        if way in {"accept", "decline"}:
            for item in incident.recovery.compensation:
                if item.offered and item.answer == "not answered":
                    incident = compensation.answer(
                        incident, item.id, "accepted" if way == "accept" else "declined", NOON
                    )
        else:
            deed = {"rest": offering.offer_rest, "within": offering.offer_within, "ask": offering.ask}[way]
            incident = deed(incident, RULES, NOON, CREDIT)

    offered = sum((item.offered or Decimal(0) for item in incident.recovery.compensation), Decimal(0))
    assert offered <= RULES.compensation.authority_limit
    assert offered + left(incident) <= total
    for item in incident.recovery.compensation:
        if authority.is_asked(item):
            incident = compensation.approve(incident, item.id, "Duty manager")
    if limited(incident, RULES, CREDIT) is None:
        assert 0 == left(offering.offer_rest(incident, RULES, NOON, CREDIT))
