"""Two people at one record: neither loses a word."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record import actions, causes, compensation, recovery, states, unread, whys
from postmortem.record.edit import add, changed, drop, next_id, put
from postmortem.record.incident import Action, Checklist, Commitment, Extra, Incident, Kept, Moment, Reply, Source
from postmortem.record.merging import Clash, merge
from postmortem.record.playbook import default_playbook
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

    assert ("Theirs", "Mine", "Same") == found.learned


def test_a_part_that_was_taken_out_there_but_written_in_here_stays():
    """With everything above it, so that the tree holds together."""
    found = both(lambda it: whys.reword(it, "w2", "No alarm was set"), lambda it: whys.remove(it, "w1"))

    assert {"Left late": None, "No alarm was set": "Left late"} == words(found)


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_a_branch_that_was_taken_out_by_one_but_hung_elsewhere_by_the_other_stays_whole(side):
    """With the whys below it, the root that is marked there and the action that answers it."""
    base = actions.plan(whys.answer(BASE, None, "Far away"), "Set one", causes=("c1",))
    base = whys.answer(whys.answer(base, "w2", "No rule"), "w1", "No list")
    away, gone = whys.move(base, "w1", "w3"), whys.remove(whys.answer(base, None, "New"), "w1")
    three = (base, away, gone) if side == "mine" else (base, gone, away)
    found = merge(*three)

    assert () == found.clashes
    assert {
        "Far away": None, "Left late": "Far away", "No alarm": "Left late", "No rule": "No alarm",
        "No list": "Left late", "New": None,
    } == words(found.incident)  # fmt: skip
    assert ["w2"] == [cause.why for cause in found.incident.causes]
    assert ("c1",) == found.incident.actions[0].causes


def test_what_the_one_who_hung_it_elsewhere_took_out_below_is_gone():
    """Only what they moved stays."""
    found = both(
        lambda it: whys.move(whys.remove(whys.answer(it, None, "Far"), "w2"), "w1", "w3"),
        lambda it: whys.remove(it, "w1"),
    )

    assert {"Far": None, "Left late": "Far"} == words(found)


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


# -- holes that were found, each mended --------------------------------------------------------------------------------


def test_a_value_of_another_system_that_both_changed_is_a_clash():
    """Values without a field of their own are known by their name."""
    base = changed(BASE, extra=(Extra(name="priority", value="P3"), Extra(name="queue", value="north")))
    mine = changed(base, extra=(Extra(name="priority", value="P1"), Extra(name="queue", value="south")))
    theirs = changed(base, extra=(Extra(name="priority", value="P2"), Extra(name="queue", value="north")))
    found = merge(base, mine, theirs)

    assert [Clash("extra.priority.value", "P3", "P1", "P2")] == list(found.clashes)
    assert ["P1", "south"] == [item.value for item in found.incident.extra]


def test_two_answers_to_one_question_are_both_kept():
    """Where a list holds a name twice, its parts are known by what they say."""
    twice = (Reply(question="q", answer="1"), Reply(question="q", answer="2"))
    found = both(
        lambda it: put(it, "evaluation.replies", twice),
        lambda it: put(it, "evaluation.replies", (Reply(question="q", answer="3"),)),
    )

    assert {"1", "2", "3"} == {reply.answer for reply in found.evaluation.replies}


def test_a_line_that_stands_twice_is_counted():
    """One of two is taken out here, another is added there."""
    base = put(BASE, "learned", ("Ask", "Ask"))

    assert ("Ask", "Tell") == merge(
        base, put(base, "learned", ("Ask",)), put(base, "learned", ("Ask", "Ask", "Tell"))
    ).incident.learned


def test_a_source_is_taken_whole():
    """Half of one source and half of another would name neither."""
    mine = changed(BASE, source=Source(system="crm", key="C-1"))
    theirs = changed(BASE, source=Source(system="desk", key="4711", url="https://desk.example/4711"))
    found = merge(BASE, mine, theirs)

    assert [("source", None, mine.source, theirs.source)] == [
        (clash.place, clash.base, clash.mine, clash.theirs) for clash in found.clashes
    ]
    assert mine.source == found.incident.source


def test_what_is_said_of_a_part_follows_it_to_its_new_id():
    """A finding that was put away, and a text that could not be read."""

    def mine(it):
        it = add(it, "timeline", Moment(id="m2", text="Mine"))
        it = put(it, "kept", (Kept(rule="R27", where="timeline.m2.text", reason="A quote"),))
        return unread.kept(it, "timeline.m2.at", "after lunch")

    found = both(mine, lambda it: add(it, "timeline", Moment(id="m2", text="Theirs")))

    assert ["m1", "m2", "m3"] == [moment.id for moment in found.timeline]
    assert "timeline.m3.text" == found.kept[0].where
    assert {"timeline.m3.at": "after lunch"} == unread.texts(found)


def test_a_why_below_one_that_is_given_another_id_stays_below_it():
    """Also where the two below say the same."""
    found = both(
        lambda it: whys.answer(whys.answer(it, None, "Mine"), "w3", "No time"),
        lambda it: whys.answer(whys.answer(it, None, "Theirs"), "w3", "No time"),
    )

    assert {("Mine", None), ("Theirs", None)} <= {(why.text, why.parent) for why in found.whys}
    assert ["Theirs", "Mine"] == [whys.find(found, why.parent).text for why in found.whys if why.text == "No time"]


def test_a_root_that_was_unmarked_and_marked_again_there_is_the_root_that_was_classified_here():
    """Its kind is not lost with its old id."""
    again = lambda it: causes.mark_root(causes.unmark_root(it, "w2"), "w2")  # noqa: E731 - used both ways round
    kind = lambda it: causes.classify(it, "c1", "system", reason="No list")  # noqa: E731

    assert [("w2", "system", "No list")] == [(it.why, it.category, it.reason) for it in both(again, kind).causes]
    assert [("w2", "system", "No list")] == [(it.why, it.category, it.reason) for it in both(kind, again).causes]


def test_an_id_that_came_free_is_not_given_again():
    """What is written there of the old part never lands in the new one."""
    found = both(
        lambda it: add(drop(it, "timeline", "m1"), "timeline", Moment(id=next_id("m", (), ("m1",)), text="New")),
        lambda it: put(it, "timeline.m1.text", "Seen at nine"),
    )
    dropped = drop(BASE, "timeline", "m1")

    assert ["Seen at nine", "New"] == [moment.text for moment in found.timeline]
    assert "m2" == next_id("m", dropped.timeline, dropped.gone)


def test_an_id_is_not_given_again_where_a_file_left_the_part_out():
    """Without a word of it; somebody may still write in the old part."""
    found = both(lambda it: put(it, "timeline", ()), lambda it: put(it, "team", "A"))

    assert ("m2", "A") == (next_id("m", found.timeline, found.gone), found.team)


def test_an_order_that_was_changed_there_is_kept_too():
    """What I added meanwhile stands where I put it."""
    base = put(BASE, "learned", ("A", "B", "C"))
    found = merge(base, put(base, "learned", ("A", "Mine", "B", "C")), put(base, "learned", ("C", "A", "B")))

    assert ("C", "A", "Mine", "B") == found.incident.learned
    assert () == found.clashes


def test_two_orders_of_one_checklist_are_a_clash():
    """Another order is another list to work by."""
    base = changed(BASE, checklists=(Checklist(id="l1", name="Closing", items=("A", "B", "C")),))
    mine, theirs = (put(base, "checklists.l1.items", tuple(order)) for order in ("CBA", "BAC"))
    found = merge(base, mine, theirs)

    assert ["checklists.l1.items"] == [clash.place for clash in found.clashes]
    assert ("C", "B", "A") == found.incident.checklists[0].items


@pytest.mark.parametrize("who_closed", ["mine", "theirs"])
def test_closed_by_one_while_another_sees_an_effect_fail_it_is_opened_again(who_closed):
    """R36, R39: the failure opens it, whoever saved first."""
    base = Incident(title="Late", state="acting", actions=(Action(id="a1", text="Call first"),))
    closed = changed(base, state="closed", closed_at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    failed = states.judge_effect(base, "a1", "not held", date(2026, 3, 9))
    mine, theirs = (closed, failed) if who_closed == "mine" else (failed, closed)
    both = merge(base, mine, theirs).incident

    assert ("reopened", "not held") == (both.state, both.actions[0].effect.result)
    assert "a1 “Call first” did not hold (9 Mar 2026)" == both.reopened_because


def kept(*kinds):
    """An edit that keeps as owed by the rules what was paid, or lost, or both."""
    rules = {rule.kind: rule for rule in compensation.owed(PAID, default_playbook())}
    return lambda it: reduce(compensation.keep, [rules[kind] for kind in kinds], it)


NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
PAID = put(put(BASE, "impact.customer_cost", 64), "impact.customer_min", 120)
BACK, CREDIT = "reimbursement", "service credit"


@pytest.mark.parametrize(
    ("mine", "theirs", "owed"),
    [
        ([BACK], [BACK], [(BACK, 64)]),
        ([CREDIT, BACK], [BACK], [(BACK, 64), (CREDIT, 20)]),
        ([CREDIT, BACK], [BACK, CREDIT], [(BACK, 64), (CREDIT, 20)]),
        ([CREDIT], [BACK], [(BACK, 64), (CREDIT, 20)]),
    ],
)
@pytest.mark.parametrize("offerer", ["nobody", "mine", "theirs"])
def test_what_two_keep_as_owed_by_the_rules_is_owed_once(mine, theirs, owed, offerer):
    """Whatever ids it was given, and whoever of them has offered it; the offer stays."""

    def side(kinds, name):
        made = kept(*kinds)(PAID)
        it = next(item for item in made.recovery.compensation if item.kind == kinds[-1])
        return compensation.offer(made, it.id, it.owed, NOON) if offerer == name else made

    sides = side(mine, "mine"), side(theirs, "theirs")
    found = merge(PAID, sides[0], changed(sides[1], revision=2))
    items = found.incident.recovery.compensation

    assert sorted(owed) == sorted((item.kind, item.owed) for item in items)
    assert ((offerer != "nobody"), ()) == (any(item.offered for item in items), found.clashes)


def test_what_two_offered_are_two_offers():
    """Each told a customer of theirs; and goodwill of one kind may be given twice."""
    offered = compensation.offer(kept(BACK)(PAID), "k1", 64, NOON)
    later = put(offered, "recovery.compensation.k1.offered_at", NOON.replace(hour=13))
    gifts = [compensation.goodwill(PAID, "Flowers"), changed(compensation.goodwill(PAID, "Flowers"), team="Field")]

    assert ["k1", "k2"] == [it.id for it in merge(PAID, offered, later).incident.recovery.compensation]
    gifts[0] = put(gifts[0], "recovery.compensation.k1.owed", 20)
    assert ["k1", "k2"] == [it.id for it in merge(PAID, *gifts).incident.recovery.compensation]
