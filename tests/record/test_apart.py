"""Two people classify apart: who may see what, and when (R31)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import apart, causes, whys
from postmortem.record.edit import changed
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Impact, Incident, Reply
from postmortem.record.playbook import default_playbook
from postmortem.record.review import review

if TYPE_CHECKING:
    from datetime import datetime

PLAYBOOK = default_playbook()
PEOPLE = ("Ana", "Ben", "Cleo")


@pytest.fixture
def rooted() -> Incident:
    """One root in a record of which nobody has said how bad it is."""
    return causes.mark_root(whys.answer(Incident(title="Late"), None, "No reminder"), "w1")


@pytest.fixture
def grave(rooted: Incident) -> Incident:
    """The same where somebody could have been killed: two people classify."""
    return changed(rooted, impact=Impact(potential_harm="life-threatening"))


def covered(incident: Incident) -> list[bool]:
    """From whom of the three something is covered."""
    return [apart.is_covered(incident, "c1", by, PLAYBOOK) for by in PEOPLE]


def test_nothing_is_covered_where_nobody_asks_for_two(rooted: Incident):
    """A kind that the room chose together is everybody's."""
    assert [False] * 3 == covered(causes.classify(rooted, "c1", "system", reason="No list"))


def test_the_first_opinion_is_covered_from_all_others_and_the_kind_follows_it(rooted: Incident):
    """Whoever gave it goes on seeing their own, also after rewording it."""
    said = apart.opine(rooted, "c1", "Ana", "training", trail=(Reply(question="able", answer="no"),))
    again = apart.opine(said, "c1", "Ana", "system", reason="No list")

    assert [False, True, True] == covered(said) == covered(again)
    assert ("system", "No list", 1) == (
        again.causes[0].category,
        again.causes[0].reason,
        len(again.causes[0].trail),
    )


def test_the_second_opinion_leaves_the_kind_alone_and_each_looks_by_themselves(rooted: Incident):
    """What one sees does not uncover it for another."""
    both = apart.opine(apart.opine(rooted, "c1", "Ana", "system"), "c1", "Ben", "training")

    assert "system" == both.causes[0].category
    assert [True, True, True] == covered(both)
    assert [True, False, True] == covered(apart.look(both, "c1", "Ben"))


def test_who_has_looked_gives_no_opinion_and_changes_none(rooted: Incident):
    """Looking twice is looking once."""
    seen = apart.look(apart.opine(rooted, "c1", "Ana", "system"), "c1", "Ben")

    assert seen is apart.look(seen, "c1", "Ben")
    with pytest.raises(PostmortemError, match="An opinion is given apart"):
        apart.opine(seen, "c1", "Ben", "training")
    with pytest.raises(PostmortemError, match="An opinion is given apart"):
        apart.opine(apart.look(seen, "c1", "Ana"), "c1", "Ana", "training")


def test_where_two_agree_a_third_sees_it_and_gives_none(rooted: Incident):
    """An opinion after that would not be apart."""
    both = apart.opine(apart.opine(rooted, "c1", "Ana", "system"), "c1", "Ben", "system")

    assert apart.is_settled(both.causes[0])
    assert not covered(both)[2]
    assert not apart.may_give(both, "c1", "Cleo")


def test_a_third_person_may_give_one_as_long_as_two_differ(rooted: Incident):
    """Then all three stand there, and the kind is still the first one's."""
    both = apart.opine(apart.opine(rooted, "c1", "Ana", "system"), "c1", "Ben", "training")
    all_ = apart.opine(both, "c1", "Cleo", "training").causes[0]

    assert ["system", "training", "training"] == [opinion.category for opinion in all_.opinions]
    assert "system" == all_.category


def test_a_critical_record_covers_what_was_chosen_before(grave: Incident):
    """Also where nobody's name stands at it; with nothing chosen there is nothing to cover."""
    assert [False] * 3 == covered(grave)
    assert [True] * 3 == covered(causes.classify(grave, "c1", "system"))


def test_a_closed_record_covers_nothing(grave: Incident):
    """It is there to be read."""
    closed = changed(apart.opine(grave, "c1", "Ana", "system"), state="closed")

    assert [False] * 3 == covered(closed)
    assert not apart.may_give(closed, "c1", "Ben")


def test_the_mark_of_a_look_goes_with_its_root(rooted: Incident):
    """A root marked anew is another one."""
    seen = apart.look(apart.opine(rooted, "c1", "Ana", "system"), "c1", "Ben")
    anew = causes.unmark_root(seen, "w1")

    assert () == anew.kept


def test_the_review_asks_for_the_second_opinion_and_for_settling_a_difference(grave: Incident, now: datetime):
    """Until a second is there, until a kind stands with a reason, and where another kind stands than both named."""

    def told(incident: Incident) -> list[str]:
        return [finding.message for finding in review(incident, PLAYBOOK, now) if finding.rule == "R31"]

    one = apart.opine(grave, "c1", "Ana", "system")
    two = apart.opine(one, "c1", "Ben", "training")
    same = apart.opine(one, "c1", "Ben", "system")

    assert ["root O1: one person classified it apart"] == told(one)
    assert ["root O1: the opinions differ"] == told(two)
    assert [] == told(causes.reconcile(two, "c1", "system", "Ana and Ben looked at the roster together."))
    assert [] == told(same)
    assert ["root O1: all who gave an opinion say system, and training stands there"] == told(
        causes.amend(same, "c1", category="training", reason="")
    )


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["system", "training", "motivation", "look"])), max_size=12
    )
)
def test_no_opinion_is_given_or_changed_after_the_others_were_seen(steps: list[tuple[str, str]]):
    """Whatever three people do in whatever order: what stands was said before its author saw another's."""
    incident = causes.mark_root(whys.answer(Incident(title="Late"), None, "No reminder"), "w1")
    last: dict[str, str] = {}
    for by, what in steps:
        shown = apart.is_asked(incident, "c1", PLAYBOOK) and not apart.is_covered(incident, "c1", by, PLAYBOOK)
        others = any(opinion.by != by for opinion in incident.causes[0].opinions)
        if what == "look":
            incident = apart.look(incident, "c1", by)
        elif apart.may_give(incident, "c1", by):
            assert not (shown and others)
            incident, last[by] = apart.opine(incident, "c1", by, what), what

    assert last == {opinion.by: opinion.category for opinion in incident.causes[0].opinions}
