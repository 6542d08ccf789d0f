"""Handing over to a manager: when, only with permission, and the call-back where none is there (R9)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from postmortem.record import due, escalation
from postmortem.record.edit import put
from postmortem.record.escalation import EscalationError
from postmortem.record.incident import Customer, Impact, Incident
from postmortem.record.playbook import Playbook, playbook_from

FRIDAY = datetime(2026, 3, 13, 17, 30, tzinfo=UTC)


def told(**fields: Any) -> Incident:
    """An incident with these fields."""
    return Incident(title="Smell of gas", zone="Europe/Berlin", **fields)


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({}, ()),
        ({"impact": Impact(harm="distress")}, ()),
        ({"impact": Impact(potential_harm="injury")}, ("it is serious",)),
        ({"impact": Impact(potential_harm="life-threatening")}, ("it is critical",)),
        ({"customer": Customer(vip=True)}, ("the customer is one we take special care of",)),
        ({"customer": Customer(vip=True), "harmed": "coworker"}, ("the colleague is one we take special care of",)),
    ],
)
def test_a_manager_is_asked_for_by_the_level_or_for_a_vip(
    fields: dict[str, Any], reasons: tuple[str, ...], playbook: Playbook
):
    """What is not known asks for nobody."""
    assert reasons == escalation.wanted(told(**fields), playbook)


def test_a_team_says_itself_what_asks_for_a_manager():
    """By level, and whether a VIP is a reason."""
    team = playbook_from({"escalation": {"vip": False}, "severity": {"levels": {"moderate": {"escalate": True}}}})
    hit = told(customer=Customer(vip=True), impact=Impact(harm="distress"))

    assert ("it is moderate",) == escalation.wanted(hit, team)


def test_without_a_manager_the_handler_goes_on_and_one_calls_back_on_the_next_working_day(playbook: Playbook):
    """The record says so; a day that was agreed stays."""
    alone = escalation.no_manager(told(), playbook, FRIDAY)
    agreed = put(told(), "recovery.escalation.call_back_on", date(2026, 3, 14))

    assert ("no", date(2026, 3, 16)) == (
        alone.recovery.escalation.manager_available,
        alone.recovery.escalation.call_back_on,
    )
    assert date(2026, 3, 14) == escalation.no_manager(agreed, playbook, FRIDAY).recovery.escalation.call_back_on


def test_the_call_back_counts_days_where_it_happened(playbook: Playbook):
    """Half past eleven on Thursday evening in London is Friday in Berlin."""
    late = datetime(2026, 3, 12, 23, 30, tzinfo=UTC)

    assert date(2026, 3, 16) == escalation.no_manager(told(), playbook, late).recovery.escalation.call_back_on


@pytest.mark.parametrize(
    ("permission", "said"), [(None, "ask first"), ("not known", "ask first"), ("no", "does not want it")]
)
def test_nothing_is_handed_over_without_permission(permission: str | None, said: str):
    """Asked, and agreed to."""
    asked = put(told(), "recovery.escalation.permission", permission)

    with pytest.raises(EscalationError, match=said):
        escalation.hand_over(asked, "Duty manager", at=FRIDAY)


def test_a_hand_over_has_a_name_and_a_time():
    """Named now or before."""
    asked = put(told(), "recovery.escalation.permission", "yes")
    handed = escalation.hand_over(asked, "Duty manager", at=FRIDAY).recovery.escalation

    assert ("Duty manager", FRIDAY, "yes") == (handed.handed_to, handed.handed_at, handed.manager_available)
    with pytest.raises(EscalationError, match="who takes it over"):
        escalation.hand_over(asked, "  ", at=FRIDAY)


def test_whoever_takes_it_over_was_told_with_it():
    """Nobody writes the manager twice; who was told before stays (R7)."""
    asked = put(told(), "recovery.escalation.permission", "yes")
    before = put(asked, "evaluation.manager_told", "Head of service")
    first, second = (escalation.hand_over(it, "Duty manager", at=FRIDAY).evaluation for it in (asked, before))

    assert ("Duty manager", FRIDAY) == (first.manager_told, first.manager_told_at)
    assert ("Head of service", None) == (second.manager_told, second.manager_told_at)


def test_a_manager_who_comes_after_all_leaves_the_promised_call_back_due(playbook: Playbook):
    """The day was told to the customer: it stays until somebody called or took over, and the record says it on (R9)."""
    alone = escalation.available(escalation.no_manager(told(), playbook, FRIDAY))
    asked = put(alone, "recovery.escalation.permission", "yes")
    handed = escalation.hand_over(asked, "Duty manager", at=FRIDAY)

    assert ("yes", date(2026, 3, 16)) == (
        alone.recovery.escalation.manager_available,
        alone.recovery.escalation.call_back_on,
    )
    assert ["open", "spared"] == [due.find(it, "call-back", playbook).status for it in (alone, handed)]
    assert [True, True, False] == [escalation.was_alone(it) for it in (alone, handed, told())]


def test_where_nobody_is_there_once_more_a_new_call_back_is_due(playbook: Playbook):
    """The one that took place stays in the note; pressed twice, nothing moves."""
    called = escalation.called_back(
        escalation.no_manager(told(), playbook, FRIDAY), datetime(2026, 3, 16, 9, tzinfo=UTC)
    )
    again = escalation.no_manager(called, playbook, datetime(2026, 3, 20, 9, tzinfo=UTC))
    twice = escalation.no_manager(again, playbook, datetime(2026, 3, 24, 9, tzinfo=UTC))

    assert ("no", date(2026, 3, 23), None, "A manager called back on 16 Mar 2026, 10:00.") == (
        again.recovery.escalation.manager_available,
        again.recovery.escalation.call_back_on,
        again.recovery.escalation.called_back_at,
        again.recovery.escalation.note,
    )
    assert again == twice


def test_a_call_back_on_the_same_day_is_one_that_is_worked():
    """A team may promise it at once; nobody is there on a Saturday."""
    at_once = playbook_from({"escalation": {"call_back_days": 0}})
    saturday = datetime(2026, 3, 14, 9, tzinfo=UTC)
    days = [escalation.no_manager(told(), at_once, now).recovery.escalation.call_back_on for now in (FRIDAY, saturday)]

    assert [date(2026, 3, 13), date(2026, 3, 16)] == days


def test_a_manager_signs_and_not_just_anybody_with_a_role(playbook: Playbook):
    """R7: a technician's signature is none of a manager's; a team without such words takes any role."""
    anybody = playbook_from({"escalation": {"managers": []}})

    assert escalation.is_manager("Duty manager", playbook)
    assert not escalation.is_manager("Technician", playbook)
    assert not escalation.is_manager("", playbook)
    assert escalation.is_manager("Technician", anybody)


@pytest.mark.parametrize("role", ["Shift lead", "night shift-lead", "Lead of the desk (shift lead)"])
def test_a_manager_may_be_called_by_two_words(role: str):
    """A team's own name for one: both words, one after the other."""
    own = playbook_from({"escalation": {"managers": ["shift lead", ""]}})

    assert escalation.is_manager(role, own)
    assert not escalation.is_manager("Lead of a shift", own)
    assert not escalation.is_manager("", own)
