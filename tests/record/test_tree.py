"""Whatever a person does to the whys, they stay a tree and lose nothing (R21 to R25)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from postmortem.record import causes, whys
from postmortem.record.incident import Incident
from postmortem.record.vocabulary import LEGS
from tests.strategies import incidents, texts

if TYPE_CHECKING:
    from postmortem.record.incident import Why

PATIENT = settings(deadline=None, max_examples=60)


def order(incident: Incident) -> list[str]:
    """The ids in reading order."""
    return [why.id for why, _ in whys.walk(incident)]


def said(incident: Incident) -> Counter[str]:
    """Every text of the tree, with those of the evidence."""
    return Counter(text for why in incident.whys for text in (why.text, *(proof.text for proof in why.evidence)))


class Editing(RuleBasedStateMachine):
    """Somebody edits a tree, in any way and in any order; what was typed is kept apart and compared."""

    def __init__(self) -> None:
        super().__init__()
        self.incident = Incident(title="The line was dead")
        self.texts: dict[str, str] = {}

    @initialize(start=incidents(most=1))
    def begin(self, start: Incident) -> None:
        """Begin with a tree that another program wrote."""
        self.incident = start
        self.texts = {why.id: why.text for why in start.whys}

    def node(self, data: st.DataObject) -> str:
        """Any node of the tree."""
        assume(self.incident.whys)
        return data.draw(st.sampled_from([why.id for why in self.incident.whys]), label="node")

    def edit(self, after: Incident, copy: Incident) -> None:
        """Take a new value, and see that the old one is untouched."""
        assert copy == self.incident
        self.incident = after

    @rule(data=st.data(), text=texts(), leg=st.sampled_from(LEGS))
    def answer(self, data: st.DataObject, text: str, leg: str) -> None:
        """Ask why of a node, or of the incident."""
        parent = data.draw(st.none() | st.sampled_from([why.id for why in self.incident.whys] or [None]))
        before = self.incident.model_copy(deep=True)
        after = whys.answer(self.incident, parent, text, leg=leg if parent is None else None)
        (new,) = {why.id for why in after.whys} - set(self.texts)
        self.texts[new] = text
        self.edit(after, before)

        assert parent == whys.find(after, new).parent
        assert new == whys.children(after, parent, whys.leg_of(after, new))[-1].id

    @rule(data=st.data(), text=texts())
    def answer_beside(self, data: st.DataObject, text: str) -> None:
        """Put one more cause beside another, before it."""
        node = whys.find(self.incident, self.node(data))
        before = self.incident.model_copy(deep=True)
        after = whys.answer(self.incident, node.parent, text, before=node.id)
        (new,) = {why.id for why in after.whys} - set(self.texts)
        self.texts[new] = text
        row = [why.id for why in whys.children(after, node.parent, whys.leg_of(after, node.id))]
        self.edit(after, before)

        assert row.index(node.id) - 1 == row.index(new)

    @rule(data=st.data(), text=texts())
    def reword(self, data: st.DataObject, text: str) -> None:
        """Say it in other words."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        self.texts[node] = text
        self.edit(whys.reword(self.incident, node, text), before)

    @rule(data=st.data(), leg=st.none() | st.sampled_from(LEGS))
    def move(self, data: st.DataObject, leg: str | None) -> None:
        """Hang a branch elsewhere; below itself is refused."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        parent = data.draw(st.none() | st.sampled_from([why.id for why in self.incident.whys]), label="parent")
        if parent in whys.branch(self.incident, node):
            with pytest.raises(whys.TreeError):
                whys.move(self.incident, node, parent)
            return
        after = whys.move(self.incident, node, parent, leg=leg if parent is None else None)
        branch = set(whys.branch(self.incident, node))
        self.edit(after, before)

        assert parent == whys.find(after, node).parent
        assert branch == set(whys.branch(after, node))

    @rule(data=st.data())
    def move_there_and_back(self, data: st.DataObject) -> None:
        """A branch that comes home again makes the same tree."""
        node, start = self.node(data), self.incident
        home = whys.find(start, node).parent
        outside = [why.id for why in start.whys if why.id not in whys.branch(start, node)]
        there = whys.move(start, node, data.draw(st.none() | st.sampled_from(outside or [None])))
        leg = whys.leg_of(start, node) if home is None else None
        back = whys.move(there, node, home, leg=leg)

        assert {why.id: why.parent for why in start.whys} == {why.id: why.parent for why in back.whys}
        assert {why.id: whys.leg_of(start, why.id) for why in start.whys} == {
            why.id: whys.leg_of(back, why.id) for why in back.whys
        }

    @rule(data=st.data(), by=st.sampled_from([-1, 1]))
    def shift(self, data: st.DataObject, by: int) -> None:
        """Change places with a neighbour; back again is the same order."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        after = whys.shift(self.incident, node, by)
        if after != self.incident:
            assert order(self.incident) == order(whys.shift(after, node, -by))
            assert self.incident == whys.shift(after, node, -by)
        self.edit(after, before)

    @rule(data=st.data(), inwards=st.booleans())
    def indent_or_outdent(self, data: st.DataObject, inwards: bool) -> None:  # noqa: FBT001 - drawn
        """Hang a branch under the one above it, or beside its parent; both ways there and back is the same place."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        old = whys.find(self.incident, node)
        row = [why.id for why in whys.children(self.incident, old.parent, whys.leg_of(self.incident, node))]
        turn, back = (whys.indent, whys.outdent) if inwards else (whys.outdent, whys.indent)
        after = turn(self.incident, node)
        moved = after != self.incident
        leg = whys.leg_of(self.incident, node)
        self.edit(after, before)

        assert leg == whys.leg_of(after, node)
        assert moved == (row[0] != node if inwards else old.parent is not None)
        if moved:
            assert old.parent == whys.find(back(after, node), node).parent
        if moved and inwards:
            assert order(before) == order(back(after, node))

    @rule(data=st.data(), holds=st.sampled_from([None, "yes", "no"]))
    def read_back(self, data: st.DataObject, holds: str | None) -> None:
        """Say whether a link holds, or that all on the way up do."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        after = whys.hold(self.incident, node, holds) if holds else whys.hold_all(self.incident, node)
        self.edit(after, before)

        assert (holds or "yes") == whys.find(after, node).holds

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Take out exactly one branch."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        gone = set(whys.branch(self.incident, node))
        after = whys.remove(self.incident, node)
        self.texts = {name: text for name, text in self.texts.items() if name not in gone}
        kept = [name for name in order(self.incident) if name not in gone]
        self.edit(after, before)

        assert kept == order(after)

    @rule(data=st.data(), how=st.sampled_from(["and", "or"]))
    def join(self, data: st.DataObject, how: str) -> None:
        """Say how causes belong together."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        self.edit(whys.join(self.incident, node, how), before)

    @rule(data=st.data(), status=st.sampled_from(["possible", "confirmed", "ruled out"]))
    def mark(self, data: st.DataObject, status: str) -> None:
        """Say how sure it is."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        self.edit(whys.mark(self.incident, node, status), before)

    @rule(data=st.data())
    def mark_root(self, data: st.DataObject) -> None:
        """Mark a root, or take the mark away."""
        node, before = self.node(data), self.incident.model_copy(deep=True)
        change = causes.mark_root if whys.root_at(self.incident, node) is None else causes.unmark_root
        self.edit(change(self.incident, node), before)

    @invariant()
    def it_is_a_tree(self) -> None:
        """Every id is there once, every parent is there, and every way up ends."""
        names = [why.id for why in self.incident.whys]

        assert len(names) == len(set(names))
        assert {why.parent for why in self.incident.whys} <= {None, *names}
        assert all(None is whys.path(self.incident, name)[0].parent for name in names)

    @invariant()
    def nothing_typed_is_lost(self) -> None:
        """The texts are those that were typed, under their ids."""
        assert self.texts == {why.id: why.text for why in self.incident.whys}

    @invariant()
    def walking_meets_each_once_below_its_parent(self) -> None:
        """The reading order has every node once, with its depth, right after what it answers."""
        walked = list(whys.walk(self.incident))
        seen: set[str | None] = {None}

        assert Counter(why.id for why in self.incident.whys) == Counter(why.id for why, _ in walked)
        for why, level in walked:
            assert why.parent in seen
            assert level == whys.depth(self.incident, why.id)
            seen.add(why.id)

    @invariant()
    def labels_tell_the_place(self) -> None:
        """No label stands twice; its first letter is the leg and it has as many numbers as the node is deep."""
        labels = whys.labels(self.incident)

        assert len(self.incident.whys) == len(set(labels.values()))
        for name, label in labels.items():
            assert whys.leg_of(self.incident, name)[0].upper() == label[0]
            assert whys.depth(self.incident, name) == len(label.split("."))

    @invariant()
    def roots_stand_at_whys(self) -> None:
        """No root is left behind without its why, and no action without its root."""
        assert {cause.why for cause in self.incident.causes} <= set(self.texts)
        assert {name for action in self.incident.actions for name in action.causes} <= {
            cause.id for cause in self.incident.causes
        }


Editing.TestCase.settings = settings(deadline=None, max_examples=60, stateful_step_count=25)
TestAnyEditing = Editing.TestCase


@PATIENT
@given(incidents())
def test_leaves_and_what_stands_above_them_make_the_tree(incident: Incident):
    """Every node is a leaf, or ruled out, or is asked further."""
    asked = {why.parent for why in incident.whys}
    leaves = {why.id for why in whys.leaves(incident)}

    assert {why.id for why in incident.whys if why.status != "ruled out"} == leaves | {
        why.id for why in incident.whys if why.id in asked and why.status != "ruled out"
    }
    assert not leaves & asked


@PATIENT
@given(incidents(), st.data())
def test_a_branch_reads_back_to_the_title(incident: Incident, data: st.DataObject):
    """From the cause to what the customer met, one line a step (R25)."""
    assume(incident.whys)
    node: Why = data.draw(st.sampled_from(incident.whys))
    lines = whys.read_back(incident, node.id)

    assert whys.depth(incident, node.id) + 1 == len(lines)
    assert all(line.startswith("therefore ") for line in lines[1:])


@PATIENT
@given(incidents())
def test_evidence_comes_and_goes_alone(incident: Incident):
    """Adding a piece and taking it away again is as if nothing had been."""
    assume(incident.whys)
    node = incident.whys[0].id
    more = whys.add_evidence(incident, node, "record", "Job sheet 88")

    assert said(incident) + Counter(["Job sheet 88"]) == said(more)
    assert incident == whys.drop_evidence(more, node, len(whys.find(more, node).evidence) - 1)
