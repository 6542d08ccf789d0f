"""The why tree's data and deeds, without a browser: what it tells of a record, and what each deed does to it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from postmortem.record import causes, versions, whys
from postmortem.store.together import Present
from postmortem.widgets import Retrospective
from postmortem.widgets.stages.why import DO
from tests.widgets.seen import blocks, do, nodes, send


@pytest.fixture
def tree(retro):
    """The panel of the whys: two that happened, one of them two deep, and one of why nobody saw it."""
    panel = retro.stage("why")
    for parent, text in ((None, "The switch was off"), ("w1", "The tester takes the socket"), (None, "No test")):
        retro.change(whys.answer, parent, text)
    retro.change(whys.answer, None, "Alarms were muted", leg="detection")
    return panel


def block(panel):
    """The tree as the browser gets it."""
    (found,) = [part for part in blocks(panel.view) if part.get("t") == "tree"]
    return found


def places(panel):
    """Where each why stands."""
    return whys.labels(panel.meeting.incident)


def test_a_why_is_moved_by_deeds_to_any_place(tree):
    """In and out, under another, before another and to another leg; the focus goes along."""
    for deed, args, label in (
        ("indent", {}, "O1.2"),
        ("outdent", {}, "O2"),
        ("move", {"parent": "w2"}, "O1.1.1"),
        ("move", {"parent": "", "before": "w4"}, "D1"),
        ("move", {"parent": "", "leg": "recovery"}, "R1"),
        ("move", {"parent": "", "leg": "occurrence", "before": "w1"}, "O1"),
    ):
        do(tree, deed, node="w3", **args)

        assert (label, "") == (places(tree)["w3"], tree.head["trouble"])
        assert "node:w3" == tree.focus["at"]


def test_a_move_below_itself_is_told_and_not_done(tree):
    """A why can't explain itself."""
    before = places(tree)
    do(tree, "move", node="w1", parent="w2")

    assert "can't explain itself" in tree.head["trouble"]
    assert before == places(tree)


def test_a_root_is_classified_where_it_stands_and_keeps_its_reason(tree):
    """A why that is none yet becomes one; what led to the kind stays (R28, R29)."""
    do(tree, "kind", node="w2", kind="system")
    cause = tree.meeting.incident.causes[0].id
    tree.meeting.change(causes.amend, cause, reason="The socket")
    do(tree, "kind", node="w2", kind="understanding")
    assert {"category": "understanding", "possible": True} == nodes(tree)["w2"]["root"]
    assert ["The socket"] == [cause.reason for cause in tree.meeting.incident.causes]

    do(tree, "kind", node="w2", kind="")
    assert "unclassified" == nodes(tree)["w2"]["root"]["category"]


def test_the_first_whys_are_joined_too(tree):
    """By AND or OR, for what the customer met."""
    for how in ("and", "or"):
        do(tree, "join", node="")

        assert how == block(tree)["join"] == tree.meeting.incident.join


def test_a_link_that_does_not_hold_is_found_until_it_is_reworded(tree):
    """Beside the why that it is about, with what can be done (R25)."""
    do(tree, "hold", node="w2", holds="no")
    (finding,) = [item for item in nodes(tree)["w2"]["findings"] if item["where"] == "whys.w2.holds"]
    assert ("no", "read back, O1.1 does not lead to O1") == (nodes(tree)["w2"]["holds"], finding["text"])
    assert ["edit", "hold", "keep"] == [deed for deed, _ in finding["offers"]]

    do(tree, "reword", node="w1", text="The main switch was off")
    assert "" == nodes(tree)["w2"]["holds"]

    do(tree, "hold", node="w2", all=True)
    assert ["yes", "yes"] == [nodes(tree)[name]["holds"] for name in ("w1", "w2")]


def test_what_is_read_back_is_told_once_a_why(tree):
    """The browser puts the lines together as `read_back` does, from each why's own words."""
    incident = tree.meeting.incident
    first, *rest = whys.read_back(incident, "w2")

    assert "The tester takes the socket," == first
    assert f"therefore {nodes(tree)['w1']['therefore']}," == rest[0]
    assert f"therefore {block(tree)['legs'][0]['therefore']}." == rest[1]


@pytest.mark.parametrize(
    ("answers", "folded", "asks"),
    [
        ({"impact.harm": "none"}, ["recovery"], "Minor: question O is asked for."),
        ({"impact.harm": "distress"}, ["recovery"], "Moderate: questions O and D are asked for."),
        ({"impact.trust": "lost"}, ["recovery"], "Serious: questions O and D are asked for, and branches."),
        ({"impact.harm": "injury"}, [], "Critical: questions O, D and R are asked for, and branches."),
        ({}, ["recovery"], "No level yet, so as for a moderate mistake: questions O and D are asked for."),
    ],
)
def test_the_level_says_which_questions_are_asked(tree, answers, folded, asks):
    """What it does not ask for is folded unless somebody answered it anyway (R7, R22)."""
    for place, value in answers.items():
        tree.meeting.put(place, value)

    assert folded == [leg["leg"] for leg in block(tree)["legs"] if leg["folded"]]
    assert asks == block(tree)["asks"]

    do(tree, "ask", leg="recovery")
    assert [] == [leg["leg"] for leg in block(tree)["legs"] if leg["folded"]]


def test_the_foot_says_what_is_missing_and_what_is_there(retro):
    """In the words of the findings about the whys as a whole."""
    panel = retro.stage("why")
    assert ["nobody has asked why yet"] == block(panel)["missing"]

    retro.change(whys.answer, None, "The switch was off")
    assert ["not asked yet: Why did the customer meet it before we did?", "no root is marked yet"] == block(panel)[
        "missing"
    ]

    do(panel, "root", node="w1")
    assert "1 root, 1 possible." == block(panel)["roots"]


def test_every_offer_is_a_deed_that_the_browser_knows(tree):
    """None of the buttons beside a finding leads nowhere, and what the record needs can't be put away."""
    retro = tree.meeting
    retro.change(whys.reword, "w2", "The technician forgot it")
    retro.change(whys.reword, "w3", "")
    retro.change(lambda incident: whys.mark(causes.mark_root(incident, "w1"), "w4", "confirmed"))
    retro.change(whys.hold, "w4", "no")
    offers = {
        (finding["rule"], deed)
        for node in nodes(tree).values()
        for finding in node["findings"]
        for deed, _ in finding["offers"]
    }

    assert {deed for _, deed in offers} <= {*DO, "edit", "look", "above", "keep"}
    assert {("R26", "ask"), ("R26", "edit"), ("R21", "remove"), ("R24", "evidence"), ("R23", "look")} <= offers


def test_who_writes_in_a_why_is_told_there(tree):
    """And only there."""
    since = datetime(2026, 3, 20, 14, 30, tzinfo=UTC)
    ben = Present(by="Ben", session="s", stage="why", place="whys.w2.text", since=since, seen_at=since)
    tree.meeting.others = (ben,)
    tree.meeting.refresh()

    assert "Ben is writing here, from 14:30" == nodes(tree)["w2"]["writing"]
    assert {""} == {node["writing"] for name, node in nodes(tree).items() if name != "w2"}


def test_words_that_were_written_unseen_wait_beside_the_others(tree, store):
    """Both stand at the why until somebody decides; what was seen is written over."""
    ana = tree.meeting
    ben = Retrospective(store, by="Ben")
    ben.open(ana.incident.id)
    ben.change(whys.reword, "w2", "The tester needs the socket")
    ana.look("why", "whys.w2.text")
    do(tree, "reword", node="w2", text="The tester takes a socket", was=["The tester takes the socket"])
    assert "The tester needs the socket" == nodes(tree)["w2"]["text"]
    assert ["The tester takes a socket"] == [item.text for item in versions.at(ana.incident, "whys.w2.text")]
    assert {"The tester takes a socket", "The tester needs the socket"} == {
        side["text"] for side in nodes(tree)["w2"]["versions"]["sides"]
    }

    ana.decide("whys.w2.text")
    do(tree, "reword", node="w2", text="It takes the socket", was=["The tester needs the socket"])
    assert ("It takes the socket", None) == tuple(nodes(tree)["w2"][name] for name in ("text", "versions"))


def test_words_of_a_why_that_was_taken_out_come_back_as_a_new_one(tree):
    """With the focus in them."""
    do(tree, "ask", node="w1", text="Half a sen")

    assert ("w5", "Half a sen") == (tree.meeting.incident.whys[-1].id, nodes(tree)["w5"]["text"])
    assert "edit:w5" == tree.focus["at"]


def test_what_is_done_in_code_is_what_the_deeds_do(tree):
    """Each deed has its twin in the record's own functions."""
    incident = tree.meeting.incident
    twins = {
        "indent": ({"node": "w3"}, lambda it: whys.indent(it, "w3")),
        "outdent": ({"node": "w2"}, lambda it: whys.outdent(it, "w2")),
        "move": ({"node": "w3", "parent": "w4"}, lambda it: whys.move(it, "w3", "w4")),
        "hold": ({"node": "w2", "holds": "no"}, lambda it: whys.hold(it, "w2", "no")),
        "join": ({"node": "w1"}, lambda it: whys.join(it, "w1", "and")),
        "status": ({"node": "w1", "status": "confirmed"}, lambda it: whys.mark(it, "w1", "confirmed")),
    }
    for deed, (args, twin) in twins.items():
        do(tree, deed, **args)
        assert twin(incident).whys == tree.meeting.incident.whys

        send(tree, "undo")
        assert incident.whys == tree.meeting.incident.whys


def test_two_hundred_whys_are_told_in_less_than_a_quarter_of_a_megabyte(retro):
    """What is sent after each change grows with the whys, not with the whys times their depth."""

    def told(count):
        incident, parent = retro.incident, None
        for number in range(count):
            incident = whys.answer(
                incident, parent if number % 7 else None, f"Cause {number}: the sheet asks for no test"
            )
            parent = incident.whys[-1].id
        retro.change(lambda _: incident)
        return len(json.dumps(block(retro.stage("why"))))

    assert told(200) < 250_000
