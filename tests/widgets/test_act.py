"""The stage in which actions are planned: ties, the ladder, wishes, and what each keeps to themselves."""

from __future__ import annotations

import json
from datetime import date

import pytest

from postmortem.record import actions, causes, commitments, ladder, versions, whys
from postmortem.record.phrases import phrases, starts_with
from postmortem.record.playbook import STAGES
from postmortem.widgets import Retrospective
from tests.widgets.seen import blocks, do, fields, pressed, put, texts


@pytest.fixture
def act(retro):
    """The panel on a record with two confirmed roots and one that is only possible."""
    retro.type("title", "Phone off")
    for text, status in (("One socket", "confirmed"), ("No closing list", "confirmed"), ("No end time", "possible")):
        retro.change(lambda it, text=text, status=status: whys.answer(it, None, text, status=status))
    for name in ("w1", "w2", "w3"):
        retro.change(lambda it, name=name: causes.mark_root(it, name))
    return retro.stage("act")


def action(panel, key="a1"):
    """The block of an action, as it is drawn in full."""
    (found,) = [block for block in blocks(panel.view) if block.get("t") == "action" and block["key"] == key]
    return found


def card(panel, cause):
    """The block of a root."""
    return next(block for block in blocks(panel.view) if block.get("key") == f"root-{cause}")


def kinds(part):
    """What is drawn in a block."""
    return [block["t"] for block in blocks(part) if "t" in block]


def wish(panel, text="Be careful with time promises"):
    """An action against the first root with nothing but words."""
    do(panel, "plan", cause="c1")
    put(panel, "actions.a1.text", text)


# -- roots and ties ---------------------------------------------------------------------------------------------------


def test_an_action_for_two_roots_is_drawn_once_and_named_under_the_other(act):
    """Its fields stand on screen once."""
    wish(act, "Fit a second socket")
    do(act, "tie", key="a1", cause="c2", on=True)

    assert ("c1", "c2") == act.meeting.incident.actions[0].causes
    assert "action" in kinds(card(act, "c1"))
    assert [("a1", "Fit a second socket", "O1")] == [
        (block["key"], block["text"], block["at"])
        for block in blocks(card(act, "c2"))
        if block.get("t") == "action-line"
    ]
    assert "action" not in kinds(card(act, "c2"))


def test_an_action_is_tied_and_untied_root_by_root(act):
    """The focus stays on the tie, wherever the action stands then."""
    wish(act)
    for cause, on in (("c2", True), ("c1", False)):
        do(act, "tie", key="a1", cause=cause, on=on)
        assert f"actions.a1.causes.{cause}" == act.focus["at"]

    assert [False, True, False] == [tie["on"] for tie in action(act)["ties"]]
    assert "action" in kinds(card(act, "c2"))


def test_an_action_that_answers_no_root_any_more_stands_among_the_others(act):
    """And says so."""
    wish(act)
    do(act, "tie", key="a1", cause="c1", on=False)

    assert ["R33"] == [found["rule"] for found in action(act)["findings"]]


def test_a_root_without_an_action_asks_for_one_or_a_reason(act):
    """Both stand there; with a reason it is open and asks no more."""
    (asks,) = [block for block in blocks(card(act, "c1")) if block.get("t") == "accept"]
    assert ["R33"] == [found["rule"] for found in asks["field"]["findings"]]
    assert ["Add an action"] == [button["label"] for button in asks["plan"]]

    put(act, "causes.c1.accepted_because", "The house is pulled down in May")
    (asks,) = [block for block in blocks(card(act, "c1")) if block.get("t") == "accept"]
    assert ([], True) == (asks["field"]["findings"], asks["open"])


def test_the_review_leads_to_the_stages_where_something_is_still_to_look_at(act):
    """With how much, and each told as a sentence of its own."""
    view = act.meeting.stage("review").view
    (block,) = [block for block in blocks(view) if block.get("t") == "ways"]
    told = [text for text in texts(view) if text.startswith("Act: ")]

    assert f"Go to “Act” ({len(told)})" in {way["label"] for way in block["ways"] if way["stage"] == "act"}
    assert all(text.removeprefix("Act: ")[0].isupper() for text in told)


def test_a_root_that_is_only_possible_is_offered_an_investigation(act):
    """No fix before evidence (R24)."""
    assert "Only possible so far: an investigation can be planned, a fix after evidence." in texts(card(act, "c3"))
    assert "Plan an investigation" not in texts(card(act, "c1"))

    pressed(act, "Plan an investigation")
    put(act, "actions.a1.text", "Look at twenty closed jobs")
    assert "R24" not in [found["rule"] for found in act.view["findings"]]
    assert action(act)["investigation"]
    assert [] == action(act)["stronger"]


def test_an_action_says_where_it_was_carried_from_and_to(act):
    """The record, and which one it is there."""
    wish(act)
    act.meeting.change(actions.amend, "a1", carried_from="2026-031/a2", carried_to="2026-044")

    assert ["Carried over from 2026-031, where it is A2.", "Taken up again in 2026-044."] == action(act)["carried"]


# -- wishes and the ladder --------------------------------------------------------------------------------------------


def test_a_wish_is_told_under_its_words_with_an_example_to_start_from(act):
    """As soon as it was typed (R35)."""
    wish(act, "Be careful with the address")
    words = action(act)["words"]

    assert ["R35"] == [found["rule"] for found in words["findings"]]
    assert ("Read-back", "intermediate") == (words["under"]["label"], words["under"]["strength"])


def test_what_is_no_wish_is_left_alone(act):
    """No example where none is needed."""
    wish(act, "Fit a second socket")

    assert ([], None) == (action(act)["words"]["findings"], action(act)["words"]["under"])


def test_an_example_takes_the_place_of_a_wish_and_gives_it_back(act):
    """Words and form."""
    wish(act, "Be careful with the address")
    start = action(act)["words"]["under"]
    do(act, "start-from", key="a1", form=start["form"])
    begun = act.meeting.incident.actions[0]
    assert ("read-back", start["text"], "actions.a1.text") == (begun.form, begun.text, act.focus["at"])
    assert None is action(act)["words"]["under"]

    do(act, "put-back", key="a1", text=start["yours"], form=start["your_form"])
    assert ("", "Be careful with the address") == (
        act.meeting.incident.actions[0].form,
        act.meeting.incident.actions[0].text,
    )


def test_every_example_of_the_playbook_is_an_action_to_start_from(retro):
    """It begins with a verb, is no wish, and names nobody."""
    playbook = retro.playbook
    found = {
        form.example
        for form in playbook.forms.values()
        if phrases(form.example, "actions", playbook) or starts_with(form.example, playbook.words["no-verb"].words)
    }

    assert set() == found


def test_the_ladder_offers_one_rung_up(act):
    """Every form of that rung, and none above the highest."""
    wish(act, "Fit a second socket")
    assert [] == action(act)["stronger"]

    put(act, "actions.a1.form", "remind")
    offered = [item["form"] for item in action(act)["stronger"]]
    assert set(ladder.forms_of(act.meeting.playbook, "intermediate")) == set(offered)

    do(act, "use-form", key="a1", form=offered[0])
    assert (offered[0], "actions.a1.form") == (act.meeting.incident.actions[0].form, act.focus["at"])
    put(act, "actions.a1.form", "automate")
    assert [] == action(act)["stronger"]


def test_not_now_is_kept_with_its_reason_and_name(act):
    """As typed; an empty one takes it back."""
    wish(act, "Send a mail to all crews")
    put(act, "actions.a1.form", "remind")
    place = action(act)["not_now"]["place"]
    do(act, "not-now", place=place, value="The app comes in May")

    assert ("The app comes in May", "Said by Ana.") == tuple(action(act)["not_now"][name] for name in ("value", "help"))
    do(act, "not-now", place=place, value="")
    assert () == act.meeting.incident.kept


def test_the_strengths_so_far_are_counted(act):
    """In words; on a serious mistake not all may be weaker."""
    wish(act, "Send a mail to all crews")
    put(act, "actions.a1.form", "remind")
    put(act, "impact.trust", "lost")
    (so_far,) = [block for block in blocks(act.view) if block.get("t") == "so-far"]
    assert [("Stronger", 0), ("Intermediate", 0), ("Weaker", 1)] == [
        (row["word"], row["count"]) for row in so_far["rows"]
    ]
    assert so_far["note"].startswith("Serious: not all may be weaker.")
    assert "R34" in [found["rule"] for found in act.view["findings"]]

    do(act, "not-now", place=so_far["not_now"]["place"], value="The app comes in May")
    assert "R34" not in [found["rule"] for found in act.view["findings"]]

    put(act, "actions.a1.form", "automate")
    (so_far,) = [block for block in blocks(act.view) if block.get("t") == "so-far"]
    assert "Serious: not all may be weaker. They are not." == so_far["note"]


# -- its fields -------------------------------------------------------------------------------------------------------


def test_the_day_of_the_check_is_proposed_and_not_filled(act):
    """It follows the due day; one press takes it."""
    wish(act, "Fit a second socket")
    put(act, "actions.a1.due_on", "27 Mar 2026")
    field = fields(act)["actions.a1.effect.check_on"]
    assert ("", "29 May 2026") == (field["value"], field["placeholder"])

    do(act, "check-on", key="a1", day=field["under"]["day"])
    assert date(2026, 5, 29) == act.meeting.incident.actions[0].effect.check_on
    assert None is fields(act)["actions.a1.effect.check_on"]["under"]


def test_every_kind_says_what_it_means(act):
    """Beside its word (R33)."""
    wish(act)

    assert {
        kind: f"{kind.capitalize()}: {means[:1].lower()}{means[1:]}"
        for kind, means in act.meeting.playbook.action_kinds.items()
    } == dict(fields(act)["actions.a1.kind"]["options"])


def test_what_is_only_missing_stands_in_one_line(act):
    """So that nothing moves while somebody types; a wish is told whole."""
    wish(act)
    drawn = fields(act)

    assert "whole" == drawn["actions.a1.text"]["brief"]
    assert all(
        drawn[f"actions.a1.{name}"]["brief"]
        for name in ("owner", "due_on", "done_when", "could_break", "effect.measure")
    )


def test_a_small_record_folds_what_it_may_do_without(act):
    """The effect, and what it could break; open where something stands there (R7)."""
    put(act, "impact.harm", "none")
    wish(act, "Fit a second socket")
    (fold,) = [block for block in blocks(action(act)) if block.get("t") == "fold"]
    assert not fold["open"]

    put(act, "actions.a1.could_break", "Three minutes more")
    (fold,) = [block for block in blocks(action(act)) if block.get("t") == "fold"]
    assert fold["open"]


# -- commitments ------------------------------------------------------------------------------------------------------


@pytest.fixture
def ben(act, store):
    """Ben's panel on the same record, in which Ana has promised something to herself."""
    pressed(act, "Add mine")
    put(act, "commitments.p1.text", "I ring at half time")
    other = Retrospective(store, by="Ben")
    other.open(act.meeting.incident.id)
    return other.stage("act")


def everything(*panels):
    """All that browsers are sent, as one text."""
    return json.dumps([[panel.head, panel.view] for panel in panels], ensure_ascii=False)


def test_what_one_promises_is_not_in_the_view_of_another(act, ben):
    """Nowhere in it, in no stage and not in the history; that there is one more is told."""
    others = [ben.meeting.stage(stage) for stage in STAGES]
    history = ben.meeting.history()
    for row in [block for block in blocks(history.view) if "unfolded" in block]:
        do(history, "show", number=row["number"])
        if not row["unfolded"]:
            do(history, "unfold", number=row["number"])
    shown = [item for block in blocks(history.view) for item in (*block.get("changes", ()), *block.get("shown", ()))]
    assert shown

    assert "half time" not in everything(ben, *others, history)
    assert "half time" in everything(act)
    assert "1 more, which only its writer sees." in texts(ben.view)


def test_a_promise_is_shared_and_taken_back_by_whoever_made_it(act, ben):
    """Others read it, and can't change it."""
    pressed(act, "Share it")
    ben.meeting.look("act")
    assert ["I ring at half time"] == [block["text"] for block in blocks(ben.view) if block.get("t") == "shared"]
    assert "commitments.p1.text" not in fields(ben)

    pressed(act, "Keep it to myself")
    ben.meeting.look("act")
    assert "half time" not in everything(ben)


def test_a_promise_without_a_name_can_be_claimed(act, ben):
    """As from an older record: everybody sees it until somebody says it is theirs."""
    act.meeting.change(commitments.claim, "p1", "")
    ben.meeting.look("act")
    pressed(ben, "It is mine")
    act.meeting.look("act")

    assert "Ben" == ben.meeting.incident.commitments[0].who
    assert "half time" not in everything(act)


def test_a_text_that_waits_for_a_private_promise_is_private_too(act, ben):
    """Written in two windows of one person at once."""
    act.meeting.change(
        versions.kept, "commitments.p1.text", "I ring at three quarters", by="Ana", when=act.meeting.now()
    )
    ben.meeting.look("act")

    assert "three quarters" not in everything(ben)


def test_each_step_is_a_function_of_the_record_too(act):
    """What is done in a cell shows in the panel."""
    change = act.meeting.change
    change(actions.plan, "Send a mail to all crews", causes=("c1",), form="remind")
    change(actions.tie, "a1", "c2")
    change(actions.untie, "a1", "c1")
    change(ladder.not_now, "actions.a1", "The app comes in May", by="Ana")
    change(commitments.make, "I ring at half time", who="Ana")
    assert ("The app comes in May", [False, True, False]) == (
        action(act)["not_now"]["value"],
        [tie["on"] for tie in action(act)["ties"]],
    )
    assert "I ring at half time" == fields(act)["commitments.p1.text"]["value"]

    change(ladder.use, "a1", "read-back")
    change(commitments.share, "p1")
    assert ("intermediate", "") == (action(act)["strength"], action(act)["not_now"]["value"])
    assert "Shared, as Ana." in texts(act.view)
