"""The five whys as a tree, by examples (R21 to R25)."""

from __future__ import annotations

import pytest

from postmortem.record import actions, causes, whys
from postmortem.record.edit import changed
from postmortem.record.errors import DataError, UnknownNodeError
from postmortem.record.incident import Evidence, Incident, Kept, Why


@pytest.fixture
def tree() -> Incident:
    """Two branches: why it happened, two deep on one side, and why nobody saw it."""
    told = Incident(title="The line was dead")
    told = whys.answer(told, None, "The switch was off")
    told = whys.answer(told, "w1", "The crew unplugged it")
    told = whys.answer(told, "w1", "Nobody looked")
    told = whys.answer(told, "w2", "The tester needs the socket")
    return whys.answer(told, None, "Nobody tested from the flat", leg="detection")


def order(incident: Incident) -> list[str]:
    """The ids in reading order."""
    return [why.id for why, _ in whys.walk(incident)]


def test_the_tree_is_read_branch_by_branch(tree: Incident):
    """From the top of each branch to its leaves, leg by leg."""
    assert ["w1", "w2", "w4", "w3", "w5"] == order(tree)
    assert {"w1": "O1", "w2": "O1.1", "w4": "O1.1.1", "w3": "O1.2", "w5": "D1"} == whys.labels(tree)


def test_legs_are_read_in_their_order_whichever_was_asked_first():
    """Why it happened stands before why nobody saw it, and before why the answer was slow (R22)."""
    told = Incident(title="Late")
    for leg in ("recovery", "detection", "occurrence"):
        told = whys.answer(told, None, leg, leg=leg)

    assert ["occurrence", "detection", "recovery"] == [why.text for why, _ in whys.walk(told)]


def test_what_is_asked_of_the_incident_can_be_asked_by_leg(tree: Incident):
    """Children of the incident itself are those of one leg, or of all."""
    assert ("w1", "w5") == tuple(why.id for why in whys.children(tree, None))
    assert ("w5",) == tuple(why.id for why in whys.children(tree, None, "detection"))
    assert ("w2", "w3") == tuple(why.id for why in whys.children(tree, "w1", "detection"))


def test_a_branch_takes_the_leg_of_its_first_why(tree: Incident):
    """A node deep down answers the question its branch answers."""
    assert ("occurrence", "detection") == (whys.leg_of(tree, "w4"), whys.leg_of(tree, "w5"))


def test_a_first_why_without_a_leg_answers_why_it_happened():
    """What other programs leave out means the first question."""
    told = Incident(title="Late", whys=(Why(id="a"), Why(id="b", leg="occurrence")))

    assert ("a", "b") == tuple(why.id for why in whys.children(told, None, "occurrence"))
    assert {"a": "O1", "b": "O2"} == whys.labels(told)


def test_the_way_down_to_a_node_is_its_path(tree: Incident):
    """The first answer stands first; its number of steps is the depth."""
    assert ("w1", "w2", "w4") == tuple(why.id for why in whys.path(tree, "w4"))
    assert 3 == whys.depth(tree, "w4")


def test_leaves_are_what_nobody_asked_further(tree: Incident):
    """A leaf that is ruled out is none."""
    assert ["w4", "w3", "w5"] == [why.id for why in whys.leaves(tree)]
    assert ["w4", "w5"] == [why.id for why in whys.leaves(whys.mark(tree, "w3", "ruled out"))]


def test_an_answer_can_stand_before_another(tree: Incident):
    """Side by side, in the order the team wants."""
    more = whys.answer(tree, "w1", "The tag was missing", before="w2")

    assert ("w6", "w2", "w3") == tuple(why.id for why in whys.children(more, "w1"))


def test_an_answer_before_a_first_why_joins_its_leg(tree: Incident):
    """Beside a why of detection stands a why of detection."""
    assert "detection" == whys.leg_of(whys.answer(tree, None, "No alarm", before="w5"), "w6")


@pytest.mark.parametrize(
    ("parent", "options"),
    [
        ("w1", {"leg": "detection"}),
        ("w1", {"before": "w4"}),
        (None, {"before": "w2"}),
        (None, {"leg": "recovery", "before": "w1"}),
    ],
)
def test_an_answer_that_would_stand_elsewhere_is_refused(tree: Incident, parent: str | None, options: dict[str, str]):
    """A leg that is not the branch's, or a sibling that is none."""
    with pytest.raises(whys.TreeError):
        whys.answer(tree, parent, "x", **options)


def test_an_unknown_node_is_refused_with_the_near_one(tree: Incident):
    """Each function says which ids there are."""
    for ask in (
        lambda: whys.find(tree, "w"),
        lambda: whys.answer(tree, "w", "x"),
        lambda: whys.answer(tree, None, "x", before="w"),
        lambda: whys.reword(tree, "w", "x"),
        lambda: whys.move(tree, "w", None),
        lambda: whys.move(tree, "w1", "w"),
        lambda: whys.shift(tree, "w", 1),
        lambda: whys.indent(tree, "w"),
        lambda: whys.outdent(tree, "w"),
        lambda: whys.hold(tree, "w", "yes"),
        lambda: whys.hold_all(tree, "w"),
        lambda: whys.branch(tree, "w"),
        lambda: whys.remove(tree, "w"),
        lambda: whys.mark(tree, "w", "confirmed"),
        lambda: whys.join(tree, "w", "and"),
        lambda: whys.add_evidence(tree, "w", "record", "x"),
        lambda: whys.drop_evidence(tree, "w", 0),
        lambda: whys.stop_test(tree, "w", can_act="yes", would_have_helped="yes"),
        lambda: whys.read_back(tree, "w"),
        lambda: whys.path(tree, "w"),
    ):
        with pytest.raises(UnknownNodeError, match="no why 'w' in this incident"):
            ask()


def test_a_value_that_does_not_fit_is_told_in_plain_words(tree: Incident):
    """A misspelt status or leg ends in the words that would do."""
    with pytest.raises(DataError, match="did you mean 'confirmed'"):
        whys.mark(tree, "w1", "confirmd")
    with pytest.raises(DataError, match="did you mean 'detection'"):
        whys.answer(tree, None, "x", leg="detecton")
    with pytest.raises(DataError, match="expected record, observation"):
        whys.add_evidence(tree, "w1", "rumour", "x")


def test_a_why_cannot_explain_itself(tree: Incident):
    """A branch can't hang below itself (R25)."""
    for below in ("w1", "w2", "w4"):
        with pytest.raises(whys.TreeError, match="can't explain itself"):
            whys.move(tree, "w1", below)


def test_a_branch_moves_with_all_below_it(tree: Incident):
    """It stands last under its new parent, with the leg of its new branch."""
    moved = whys.move(tree, "w2", "w5")

    assert ["w1", "w3", "w5", "w2", "w4"] == order(moved)
    assert "detection" == whys.leg_of(moved, "w4")


def test_a_branch_can_become_a_first_why_of_any_leg(tree: Incident):
    """Its own leg where none is named, the sibling's where it is put before one."""
    assert "occurrence" == whys.leg_of(whys.move(tree, "w2", None), "w4")
    assert "recovery" == whys.leg_of(whys.move(tree, "w2", None, leg="recovery"), "w4")
    assert "detection" == whys.leg_of(whys.move(tree, "w2", None, before="w5"), "w4")


def test_a_branch_that_repeats_its_leg_can_move_to_another():
    """Other programs name the leg on every node; that must not hold a branch where it is."""
    told = Incident(
        title="Late",
        whys=(
            Why(id="a", leg="occurrence"),
            Why(id="b", parent="a", leg="occurrence"),
            Why(id="c", leg="detection"),
        ),
    )

    assert "detection" == whys.leg_of(whys.move(told, "a", "c"), "b")
    assert "recovery" == whys.leg_of(whys.move(told, "a", None, leg="recovery"), "b")


def test_a_move_to_a_leg_that_is_not_the_branchs_is_refused(tree: Incident):
    """As with an answer."""
    with pytest.raises(whys.TreeError):
        whys.move(tree, "w2", "w5", leg="recovery")


def test_neighbours_change_places_within_their_leg(tree: Incident):
    """At the end of the row nothing happens; another leg is another row."""
    assert ["w1", "w3", "w2", "w4", "w5"] == order(whys.shift(tree, "w2", 1))
    assert tree == whys.shift(tree, "w3", 1)
    assert tree == whys.shift(tree, "w1", 1)
    assert tree == whys.shift(tree, "w5", -1)


def test_removing_takes_the_branch_its_roots_and_their_answers(tree: Incident):
    """Actions stay, and lose the root they answered (R33)."""
    rooted = causes.mark_root(causes.mark_root(tree, "w4"), "w5")
    planned = actions.plan(rooted, "Add a tag", causes=("c1", "c2"))
    left = whys.remove(planned, "w2")

    assert ["w1", "w3", "w5"] == order(left)
    assert ("c2",) == tuple(cause.id for cause in left.causes)
    assert ("c2",) == left.actions[0].causes


def test_a_finding_put_away_goes_with_its_branch(tree: Incident):
    """A new why may get a removed one's id; what was said of the old one does not silence it."""
    kept = (Kept(rule="R26", where="whys.w5.text"), Kept(rule="R26", where="whys.w1.text"))
    left = whys.remove(changed(tree, kept=kept), "w5")

    assert ("whys.w1.text",) == tuple(finding.where for finding in left.kept)


def test_causes_are_needed_together_or_stand_side_by_side(tree: Incident):
    """For a why and for the incident itself."""
    assert "and" == whys.find(whys.join(tree, "w1", "and"), "w1").join
    assert "and" == whys.join(tree, None, "and").join


def test_evidence_that_is_not_there_cannot_be_dropped(tree: Incident):
    """Counting from the end is no way to lose a piece."""
    for index in (-1, 0, 1):
        with pytest.raises(UnknownNodeError):
            whys.drop_evidence(tree, "w1", index)


@pytest.mark.parametrize(
    ("can_act", "helped", "proofs", "may_stop"),
    [
        ("yes", "yes", 1, True),
        ("yes", "yes", 0, False),
        ("no", "yes", 1, False),
        ("yes", "not known", 1, False),
        (None, "yes", 1, False),
    ],
)
def test_a_why_may_stop_when_all_three_hold(can_act: str | None, helped: str, proofs: int, may_stop: bool):  # noqa: FBT001 - a row of the table
    """We can act, it would have helped, and there is evidence (R23)."""
    proof = (Evidence(kind="record", text="Job sheet 88"),) * proofs

    assert may_stop is whys.may_stop(Why(id="w1", can_act=can_act, would_have_helped=helped, evidence=proof))


def test_a_why_is_hung_under_the_one_above_or_beside_its_parent(tree: Incident):
    """Right after the parent, before what stood there; where there is nowhere to go it stays."""
    wider = whys.answer(tree, None, "The tag was off")

    assert {"w3": "O1.1.2", "w4": "O1.1.1"}.items() <= whys.labels(whys.indent(tree, "w3")).items()
    assert {"w2": "O2", "w4": "O2.1", "w6": "O3"}.items() <= whys.labels(whys.outdent(wider, "w2")).items()
    assert {"w4": "O1.2", "w3": "O1.3"}.items() <= whys.labels(whys.outdent(tree, "w4")).items()
    for stays in (whys.indent(tree, "w2"), whys.indent(tree, "w5"), whys.outdent(tree, "w5")):
        assert tree == stays


def test_an_answer_of_the_read_back_goes_with_the_words_it_was_about(tree: Incident):
    """Reworded, a why and what stands right below it are open again; saying the same again changes nothing (R25)."""
    read = whys.hold_all(tree, "w4")

    def holds(incident: Incident) -> list[str | None]:
        return [whys.find(incident, name).holds for name in ("w1", "w2", "w4", "w3")]

    assert ["yes", "yes", "yes", None] == holds(read)
    assert ["yes", None, None, None] == holds(whys.reword(read, "w2", "The crew took it out"))
    assert read == whys.reword(read, "w2", "The crew unplugged it")
    assert ["yes", "yes", None, None] == holds(whys.move(read, "w4", "w3"))
    assert ["yes", "yes", "yes", None] == holds(whys.shift(read, "w2", 1))
    assert [None, "yes", "yes", None] == holds(whys.hold(read, "w1", None))


def test_reading_back_keeps_names_and_abbreviations(tree: Incident):
    """Only an ordinary first word loses its capital."""
    told = whys.answer(whys.answer(Incident(title="VoIP was down!"), None, "A fuse blew."), "w1", "DHL came late")

    assert ("DHL came late,", "therefore a fuse blew,", "therefore VoIP was down.") == whys.read_back(told, "w2")
    assert "therefore the customer met it before we did." == whys.read_back(tree, "w5")[-1]


def test_an_outline_names_the_roots(tree: Incident):
    """A reader of plain text sees where the roots are, and what kind they are."""
    rooted = causes.classify(causes.mark_root(causes.mark_root(tree, "w3"), "w4"), "c1", "system")

    assert "  O1.2 Nobody looked (possible; root: system)" in whys.outline(rooted).splitlines()
    assert "    O1.1.1 The tester needs the socket (possible; root: unclassified)" in whys.outline(rooted).splitlines()


def test_a_very_deep_tree_is_no_trouble():
    """Two thousand whys in one chain: looking, labelling and reading back end."""
    chain = tuple(Why(id=f"w{step}", text="x", parent=f"w{step - 1}" if step else None) for step in range(2000))
    told = Incident(title="Late", whys=chain)

    assert 2000 == whys.depth(told, "w1999")
    assert 2001 == len(whys.read_back(told, "w1999"))
    assert ("w1999",) == tuple(why.id for why in whys.leaves(told))
