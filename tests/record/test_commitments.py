"""What each person will do differently (R38): theirs alone until they share it."""

from __future__ import annotations

import pytest

from postmortem.record import commitments
from postmortem.record.errors import UnknownNodeError
from postmortem.record.incident import Commitment, Incident


@pytest.fixture
def two() -> Incident:
    """One of Ana's and one of Ben's."""
    return commitments.make(commitments.make(Incident(title="Late"), "I ring", who="Ana"), "I ask", who="Ben")


def seen(incident: Incident, person: str) -> list[str]:
    """The words a person may see."""
    return [item.text for item in commitments.seen_by(incident, person)]


def test_each_sees_their_own_only(two: Incident):
    """However a name is written."""
    assert (["I ring"], ["I ask"], []) == (seen(two, " ana "), seen(two, "Ben"), seen(two, "Cleo"))


def test_a_shared_one_is_seen_by_all_until_it_is_not(two: Incident):
    """Whoever wrote it says so."""
    shared = commitments.share(two, "p1")

    assert ["I ring", "I ask"] == seen(shared, "Ben")
    assert ["I ask"] == seen(commitments.share(shared, "p1", shared=False), "Ben")


def test_one_without_a_name_is_seen_by_all_until_somebody_claims_it(two: Incident):
    """As from an older record; nobody could see it else."""
    named = commitments.claim(two, "p1", " ")
    assert ["I ring", "I ask"] == seen(named, "Ben")

    assert ["I ask"] == seen(commitments.claim(named, "p1", "Ana"), "Ben")


def test_what_is_said_of_a_private_one_elsewhere_is_private_too(two: Incident):
    """A change of it in the history, or a text that waits for it; also after it was taken out."""
    places = ("commitments.p2", "commitments.p2.text", "commitments.p9.text", "commitments")

    assert [False] * 4 == [commitments.may_see(two, "Ana", place) for place in places]
    assert commitments.may_see(two, "Ana", "commitments.p1.text")
    assert commitments.may_see(two, "Ana", "title")


def test_one_that_is_taken_out_gives_its_id_to_no_other(two: Incident):
    """Who still has the old one in hand means that one by it."""
    again = commitments.make(commitments.drop(two, "p2"), "I look", who="Cleo")

    assert ["p1", "p3"] == [item.id for item in again.commitments]


def test_an_unknown_one_is_refused(two: Incident):
    """With those that are there."""
    for ask in (
        lambda: commitments.find(two, "p9"),
        lambda: commitments.share(two, "p9"),
        lambda: commitments.claim(two, "p9", "Ana"),
        lambda: commitments.drop(two, "p9"),
    ):
        with pytest.raises(UnknownNodeError, match="no commitment 'p9'"):
            ask()


def test_nobody_owns_what_has_no_name():
    """Not even a person without one."""
    assert not commitments.is_of(Commitment(id="p1"), "")
