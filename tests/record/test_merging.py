"""Two people at one record: neither loses a word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record import actions, causes, recovery, whys
from postmortem.record.edit import add, changed, drop, put
from postmortem.record.incident import Commitment, Incident, Moment, Reply
from postmortem.record.merging import Clash, merge
from tests.strategies import incidents

BASE = whys.answer(whys.answer(Incident(title="Late", id="2026-001", revision=1), None, "Left late"), "w1", "No alarm")
BASE = add(causes.mark_root(BASE, "w2"), "timeline", Moment(id="m1", text="Seen"))


def both(mine, theirs):
    """What stands when two edits of one base meet; theirs was saved first."""
    return merge(BASE, mine(BASE), changed(theirs(BASE), revision=2)).incident


def words(incident):
    """The texts of the whys, each with that of its parent."""
    named = {why.id: why.text for why in incident.whys}
    return {why.text: named.get(why.parent) for why in incident.whys}


def test_fields_of_one_part_are_merged_apart():
    """One answers what was expected, another what happened."""
    found = both(
        lambda it: put(it, "impact.expected", "On time"), lambda it: put(it, "impact.happened", "Two hours late")
    )

    assert ("On time", "Two hours late") == (found.impact.expected, found.impact.happened)
    assert ("2026-001", 2) == (found.id, found.revision)


def test_where_both_change_one_field_a_clash_holds_both():
    """And the incident says what the preferred side says."""
    mine, theirs = put(BASE, "team", "B"), put(BASE, "team", "A")

    assert (Clash("team", "", "B", "A"),) == merge(BASE, mine, theirs).clashes
    assert "B" == merge(BASE, mine, theirs).incident.team
    assert "A" == merge(BASE, mine, theirs, prefer="theirs").incident.team


def test_whys_that_both_add_under_one_id_stay_apart():
    """Each keeps its place in the tree, and a root marked at mine is mine."""
    found = both(
        lambda it: causes.mark_root(whys.answer(it, "w2", "Mine"), "w3"),
        lambda it: causes.mark_root(whys.answer(it, "w1", "Theirs"), "w3"),
    )

    assert {"Left late": None, "No alarm": "Left late", "Mine": "No alarm", "Theirs": "Left late"} == words(found)
    assert ["No alarm", "Theirs", "Mine"] == [causes.text(found, cause) for cause in found.causes]
    assert "Mine" == found.whys[-1].text


def test_actions_that_both_add_answer_the_roots_they_were_meant_for():
    """Ids are given anew on one side, and what points at them follows."""
    found = both(
        lambda it: actions.plan(causes.mark_root(whys.answer(it, "w2", "Mine"), "w3"), "My action", causes=("c2",)),
        lambda it: actions.plan(
            causes.mark_root(whys.answer(it, "w1", "Theirs"), "w3"), "Their action", causes=("c2",)
        ),
    )
    answered = {
        action.text: [causes.text(found, causes.find(found, name)) for name in action.causes]
        for action in found.actions
    }

    assert {"Their action": ["Theirs"], "My action": ["Mine"]} == answered


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("timeline", lambda text: Moment(id="m2", text=text)),
        ("commitments", lambda text: Commitment(id="p1", text=text)),
    ],
)
def test_lines_that_both_add_are_both_there_mine_last(place, part):
    """So that the focus goes to the line I have just made."""
    found = both(lambda it: add(it, place, part("Mine")), lambda it: add(it, place, part("Theirs")))

    assert ["Theirs", "Mine"] == [item.text for item in getattr(found, place)][-2:]


def test_one_root_marked_by_both_is_one_root():
    """An action planned for it here answers it."""
    found = both(
        lambda it: actions.plan(causes.mark_root(it, "w1"), "Mine", causes=("c2",)),
        lambda it: causes.mark_root(it, "w1"),
    )

    assert ["w2", "w1"] == [cause.why for cause in found.causes]
    assert ("c2",) == found.actions[0].causes


def test_answers_to_different_questions_are_both_kept():
    """Steps and replies are known by the playbook's own ids."""
    found = both(
        lambda it: recovery.set_step(put(it, "evaluation.replies", (Reply(question="a", answer="1"),)), "tell", by="A"),
        lambda it: recovery.set_step(
            put(it, "evaluation.replies", (Reply(question="b", answer="2"),)), "tell", note="B"
        ),
    )

    assert {"a": "1", "b": "2"} == {reply.question: reply.answer for reply in found.evaluation.replies}
    assert [("A", "B")] == [(step.by, step.note) for step in found.recovery.steps]


def test_lessons_and_factors_of_both_are_kept():
    """Lines without a name are told apart by their words."""
    found = both(lambda it: put(it, "learned", ("Mine", "Same")), lambda it: put(it, "learned", ("Theirs", "Same")))

    assert ("Theirs", "Same", "Mine") == found.learned


def test_a_part_that_was_taken_out_there_but_written_in_here_stays():
    """With everything above it, so that the tree holds together."""
    found = both(lambda it: whys.reword(it, "w2", "No alarm was set"), lambda it: whys.remove(it, "w1"))

    assert {"Left late": None, "No alarm was set": "Left late"} == words(found)


def test_a_part_that_was_taken_out_here_but_written_in_there_stays():
    """Their words are not mine to lose."""
    found = both(lambda it: drop(it, "timeline", "m1"), lambda it: put(it, "timeline.m1.text", "Seen at nine"))

    assert ["Seen at nine"] == [moment.text for moment in found.timeline]


def test_a_part_that_nobody_wrote_in_is_taken_out():
    """Mine or theirs."""
    assert () == both(lambda it: drop(it, "timeline", "m1"), lambda it: put(it, "team", "A")).timeline
    assert () == both(lambda it: put(it, "team", "A"), lambda it: drop(it, "timeline", "m1")).timeline


def test_an_action_loses_a_root_that_is_gone():
    """As it does when one person takes the mark away."""
    found = both(lambda it: actions.plan(it, "Mine", causes=("c1",)), lambda it: causes.unmark_root(it, "w2"))

    assert [()] == [action.causes for action in found.actions]


def test_an_order_that_was_changed_here_is_kept():
    """What they added meanwhile stands at the end."""
    base = whys.answer(BASE, "w1", "Second")
    found = merge(base, whys.shift(base, "w3", -1), whys.answer(base, "w1", "Third")).incident

    assert ["Second", "No alarm", "Third"] == [why.text for why in whys.children(found, "w1")]


def test_what_reached_the_store_unseen_is_not_doubled():
    """A save that was told to have failed may have been kept all the same."""
    edit = lambda it: whys.answer(it, "w2", "Mine")  # noqa: E731 - the same edit, twice

    assert edit(BASE).whys == both(edit, edit).whys


def test_two_moves_that_make_a_circle_are_a_clash_of_the_whole_analysis():
    """No side is chosen silently, and each side can be taken whole."""
    base = whys.answer(BASE, None, "Other")
    mine, theirs = whys.move(base, "w1", "w3"), whys.move(base, "w3", "w1")
    found = merge(base, mine, theirs)

    assert ["whys"] == [clash.place for clash in found.clashes]
    assert (base.whys, mine.whys, theirs.whys) == (
        found.clashes[0].base,
        found.clashes[0].mine,
        found.clashes[0].theirs,
    )
    assert mine.whys == found.incident.whys
    assert theirs.whys == merge(base, mine, theirs, prefer="theirs").incident.whys


@settings(max_examples=60)
@given(incidents(), st.data())
def test_without_a_change_on_one_side_the_other_side_stands(base, data):
    """For any record, and any change of one field."""
    name = data.draw(st.sampled_from(["summary", "team", "owner", "factors", "learned"]))
    value = data.draw(st.text()) if name not in {"factors", "learned"} else tuple(data.draw(st.lists(st.text())))
    edited = changed(base, **{name: value})

    assert edited == merge(base, base, edited).incident
    assert edited == merge(base, edited, base).incident
    assert edited == merge(base, edited, edited).incident
