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


def test_whether_it_worked_is_for_oneself_alone(two: Incident):
    """Also where the words are shared."""
    told = commitments.worked(commitments.share(two, "p1"), "p1", "no")

    assert "no" == commitments.find(commitments.public(told, "ana "), "p1").worked
    assert commitments.find(commitments.public(told, "Ben"), "p1").worked is None
    assert (True, False) == tuple(
        commitments.may_see(told, person, "commitments.p1.worked") for person in ("Ana", "Ben")
    )


def test_nothing_private_leaves_the_house_whoever_wrote_it(two: Incident):
    """Nor one without a name, which everybody sees in the house."""
    told = commitments.make(commitments.share(two, "p2"), "Nobody's")

    assert ["I ask"] == [item.text for item in commitments.public(told).commitments]


def test_what_is_hidden_in_another_state_is_hidden_here_too(two: Incident):
    """Shared once, and taken back since."""
    shared = commitments.share(two, "p1")

    assert [] == [it for it in commitments.public(shared, "Ben", beside=[two]).commitments if it.who == "Ana"]


def test_a_copy_brought_back_has_what_was_left_out_and_what_was_changed(two: Incident):
    """A new one in it stays, and an answer that was left out is there again."""
    told = commitments.worked(commitments.share(two, "p1"), "p1", "yes")
    copy = commitments.share(commitments.make(commitments.public(told, "Ben"), "I look", who="Ben"), "p3")
    back = commitments.with_hidden(copy, told, "Ben")

    assert ["I ring", "I ask", "I look"] == [item.text for item in back.commitments]
    assert "yes" == back.commitments[0].worked
