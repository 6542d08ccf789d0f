"""Who stands by a record, and for which closing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postmortem.record import signatures
from postmortem.record.edit import changed
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
LATE = Incident(title="Late")
AGAIN = changed(signatures.sign(LATE, "Mira", "manager", NOON), state="reopened", closed_at=NOON)


def test_a_signature_has_a_name_and_a_role_and_stands_once():
    """Whoever signs again takes the place of their earlier one (R7)."""
    signed = signatures.sign(signatures.sign(LATE, "Mira", "manager", NOON), "Mira", "duty manager", NOON)

    assert [("Mira", "duty manager")] == [(it.by, it.role) for it in signed.signatures]
    assert () == signatures.unsign(signed, "Mira").signatures


@pytest.mark.parametrize(("by", "role"), [("Mira", " "), ("", "manager")])
def test_a_signature_without_a_name_or_a_role_is_refused(by, role):
    """It would say nothing of who stands by it."""
    with pytest.raises(PostmortemError, match="a name and a role"):
        signatures.sign(LATE, by, role, NOON)


def test_a_signature_stands_for_the_closing_it_was_given_for():
    """It stays in the record, and a record that is open again waits for one of its own (R7, R39)."""
    twice = signatures.sign(AGAIN, "Mira", "manager", NOON + timedelta(days=9))

    assert () == signatures.in_force(AGAIN)
    assert [9, 18] == [it.at.day for it in twice.signatures]
    assert [18] == [it.at.day for it in signatures.in_force(twice)]
    assert 2 == len(signatures.in_force(changed(twice, state="closed", closed_at=NOON + timedelta(days=9))))


def test_the_signature_of_an_earlier_closing_can_not_be_taken_back():
    """What somebody stood by then is a fact."""
    assert AGAIN == signatures.unsign(AGAIN, "Mira")


def test_a_signature_without_a_time_stands_for_the_first_closing_only():
    """Nobody knows that it was given since."""
    undated = changed(AGAIN, signatures=(changed(AGAIN.signatures[0], at=None),))

    assert () == signatures.in_force(undated)
    assert 1 == len(signatures.in_force(changed(undated, closed_at=None)))
