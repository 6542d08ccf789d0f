"""What is owed, and what became of it: owed, offered, answered, carried out (R17, R18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from postmortem.record import compensation
from postmortem.record.edit import changed
from postmortem.record.incident import Impact, Incident
from postmortem.record.playbook import Playbook, playbook_from

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

    assert ["costs because of the mistake", "1 h 30.5 min lost"] == [
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
