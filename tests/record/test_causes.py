"""Roots and their kind (R28 to R31)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postmortem.record import actions, causes, whys
from postmortem.record.edit import changed
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import Incident, Kept, Reply
from postmortem.record.playbook import default_playbook, playbook_from
from postmortem.record.vocabulary import CATEGORIES


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


# -- the questions that narrow the kind -------------------------------------------------------------------------------

OWN = playbook_from(
    {
        "decision_aid": [
            {"id": "seen", "ask": "Had anybody seen it before?", "yes": ["system", "motivation"], "no": ["training"]},
            {
                "id": "paid",
                "ask": "Was it paid for?",
                "yes": ["motivation"],
                "no": ["system", "training", "understanding", "outside our control"],
                "said": {"yes": "it was paid for"},
            },
            {"id": "both", "ask": "Does it rain?", "yes": list(CATEGORIES), "no": list(CATEGORIES)},
        ]
    }
)

ANSWERS = st.sampled_from(["yes", "no", "not known"])
TRAILS = st.lists(
    st.tuples(st.sampled_from([*(it.id for it in default_playbook().decision_aid), "gone"]), ANSWERS),
    unique_by=lambda reply: reply[0],
)


def way(*said: tuple[str, str]) -> tuple[Reply, ...]:
    """Answers as they stand in a record."""
    return tuple(Reply(question=name, answer=word) for name, word in said)


def test_an_answer_takes_its_place_is_changed_there_and_taken_back(rooted: Incident):
    """In the order in which they were given; the kind stays as it is (R29)."""
    said = causes.answer(causes.answer(rooted, "c1", "able", "yes"), "c1", "peer", "no")
    changed_ = causes.answer(said, "c1", "able", "not known")

    assert way(("able", "not known"), ("peer", "no")) == changed_.causes[0].trail
    assert way(("peer", "no")) == causes.answer(said, "c1", "able", "").causes[0].trail
    assert changed_.causes[0].category is None


def test_what_is_no_answer_is_refused(rooted: Incident):
    """With the near one."""
    with pytest.raises(DataError, match="expected yes, no or not known, found 'yess'; did you mean 'yes'"):
        causes.answer(rooted, "c1", "able", "yess")


def test_a_teams_own_questions_narrow_and_are_told_in_their_words():
    """Nothing is known of a question but what the playbook says of it; without words of its own it is quoted."""
    assert "seen" == causes.next_question((), OWN).id
    assert "paid" == causes.next_question(way(("seen", "yes")), OWN).id
    assert ("motivation",) == causes.possible(way(("seen", "yes"), ("paid", "yes")), OWN)
    assert "It was paid for; Had anybody seen it before? Yes." == causes.sentence(
        way(("seen", "yes"), ("paid", "yes")), OWN
    )


def test_a_question_that_tells_nothing_apart_is_never_asked():
    """Both of its answers leave all kinds."""
    assert causes.next_question(way(("seen", "not known"), ("paid", "not known")), OWN) is None


def test_a_kind_is_out_by_the_first_answer_that_excludes_it():
    """So that it can be looked at again."""
    assert {"outside our control": "ours", "training": "able", "understanding": "rewarded"} == causes.excluded(
        way(("ours", "yes"), ("able", "yes"), ("rewarded", "yes")), default_playbook()
    )


@given(trail=TRAILS)
def test_what_is_possible_and_what_is_out_are_all_kinds(trail: list[tuple[str, str]]):
    """Nothing is dropped, whatever is answered, and the next question is one that was not asked."""
    said, playbook = way(*trail), default_playbook()
    coming = causes.next_question(said, playbook)

    assert set(CATEGORIES) == {*causes.possible(said, playbook), *causes.excluded(said, playbook)}
    assert not {*causes.possible(said, playbook)} & {*causes.excluded(said, playbook)}
    assert coming is None or coming.id not in {reply.question for reply in said}


@given(answers=st.lists(ANSWERS, min_size=6, max_size=6))
def test_the_guided_path_ends_where_nothing_can_be_told_apart(answers: list[str]):
    """After at most all questions; a kind that is taken then is none that the answers exclude."""
    playbook, said = default_playbook(), ()
    for answer in answers:
        coming = causes.next_question(said, playbook)
        if coming is None:
            break
        said = (*said, *way((coming.id, answer)))

    assert causes.next_question(said, playbook) is None
    assert bool(causes.sentence(said, playbook)) == bool(causes.excluded(said, playbook))


# -- two people -------------------------------------------------------------------------------------------------------


def test_different_opinions_are_reconciled_with_a_reason_that_names_both(rooted: Incident):
    """The opinions are kept; a reason that leaves somebody out is refused (R31)."""
    both = causes.give_opinion(causes.give_opinion(rooted, "c1", "Ana", "system"), "c1", "Ben", "training", "New")
    done = causes.reconcile(both, "c1", "system", "ana saw the roster, Ben had not.").causes[0]

    assert ("system", both.causes[0].opinions) == (done.category, done.opinions)
    with pytest.raises(DataError, match="names Ana and Ben; it does not name Ben"):
        causes.reconcile(both, "c1", "system", "Ana saw the roster.")
    with pytest.raises(DataError, match="expected the opinions of two people, found 1"):
        causes.reconcile(causes.give_opinion(rooted, "c1", "Ana", "system"), "c1", "system", "Ana")


def test_a_list_of_who_said_what_is_no_reason_yet(rooted: Incident):
    """Something decided it, or one of the two has just been copied."""
    both = causes.give_opinion(causes.give_opinion(rooted, "c1", "Ana", "system", "Late"), "c1", "Ben", "training")
    copied = causes.amend(both, "c1", category="system", reason="Late")
    listed = causes.reconcile(both, "c1", "system", "Ana said system, Ben said training.")
    settled = causes.reconcile(both, "c1", "system", "Ana said system, Ben said training. The roster shows it.")

    assert [False, False, True] == [causes.is_reconciled(it.causes[0]) for it in (copied, listed, settled)]
