"""Roots and their kind (R28 to R31)."""

from __future__ import annotations

import pytest

from postmortem.record import actions, causes, whys
from postmortem.record.edit import changed
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import Incident, Kept, Reply


@pytest.fixture
def rooted() -> Incident:
    """One root."""
    return causes.mark_root(whys.answer(Incident(title="Late"), None, "No reminder"), "w1")


def test_a_why_is_marked_as_a_root_once(rooted: Incident):
    """Marking it again changes nothing; it is unclassified, not dropped."""
    assert [("c1", "w1", None)] == [(cause.id, cause.why, cause.category) for cause in rooted.causes]
    assert rooted is causes.mark_root(rooted, "w1")
    assert "No reminder" == causes.text(rooted, rooted.causes[0])


def test_an_incident_may_have_several_roots(rooted: Incident):
    """Each with its own id."""
    more = causes.mark_root(whys.answer(rooted, "w1", "No list"), "w2")

    assert ["c1", "c2"] == [cause.id for cause in more.causes]


def test_unmarking_takes_the_mark_and_what_was_said_of_it(rooted: Incident):
    """Actions stay and lose the root; findings put away about it go."""
    planned = changed(
        actions.plan(rooted, "Add a list", causes=("c1",)), kept=(Kept(rule="R29", where="causes.c1.reason"),)
    )
    left = causes.unmark_root(planned, "w1")

    assert ((), (), ()) == (left.causes, left.actions[0].causes, left.kept)
    assert left is causes.unmark_root(left, "w1")


def test_a_root_is_classified_with_reason_and_trail(rooted: Incident):
    """The answers that led there stay (R29)."""
    trail = (Reply(question="able", answer="yes"),)
    cause = causes.classify(rooted, "c1", "system", reason="No time for it", subcategory="time", trail=trail).causes[0]

    assert ("system", "No time for it", "time", trail) == (cause.category, cause.reason, cause.subcategory, cause.trail)
    assert None is causes.classify(rooted, "c1", None).causes[0].category


def test_an_unknown_category_is_refused_with_the_near_one(rooted: Incident):
    """In plain words, from every door."""
    for ask in (
        lambda: causes.classify(rooted, "c1", "trainning"),
        lambda: causes.amend(rooted, "c1", category="trainning"),
        lambda: causes.give_opinion(rooted, "c1", "Ana", "trainning"),
    ):
        with pytest.raises(DataError, match="did you mean 'training'"):
            ask()


def test_two_people_classify_apart_and_each_has_one_opinion(rooted: Incident):
    """A second opinion of one person replaces the first, in its place (R31)."""
    both = causes.give_opinion(causes.give_opinion(rooted, "c1", "Ana", "system"), "c1", "Ben", "training")
    again = causes.give_opinion(both, "c1", "Ana", "motivation", "It does not pay")

    assert [("Ana", "system"), ("Ben", "training")] == [(o.by, o.category) for o in both.causes[0].opinions]
    assert [("Ana", "motivation"), ("Ben", "training")] == [(o.by, o.category) for o in again.causes[0].opinions]
    assert None is again.causes[0].category


def test_a_root_is_accepted_with_a_reason(rooted: Incident):
    """Nothing will be done, and it says why (R33)."""
    assert "Once in ten years" == causes.accept(rooted, "c1", "Once in ten years").causes[0].accepted_because


def test_an_unknown_cause_is_refused(rooted: Incident):
    """With those that are there."""
    for ask in (
        lambda: causes.find(rooted, "c9"),
        lambda: causes.amend(rooted, "c9", reason="x"),
        lambda: causes.classify(rooted, "c9", "system"),
        lambda: causes.give_opinion(rooted, "c9", "Ana", "system"),
        lambda: causes.accept(rooted, "c9", "x"),
    ):
        with pytest.raises(UnknownNodeError, match="no cause 'c9'"):
            ask()
    with pytest.raises(UnknownNodeError, match="no why 'w9'"):
        causes.mark_root(rooted, "w9")
