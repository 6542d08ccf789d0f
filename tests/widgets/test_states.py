"""On screen and from code nothing leads past the gates: not undo, not the history, not two people at once (R2, R39)."""

from __future__ import annotations

import pytest

from postmortem.record import gates, recovery, states
from postmortem.record.edit import changed, put
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.playbook import STAGES
from postmortem.widgets import Retrospective
from tests.record.examples import well_made
from tests.widgets.seen import NOW, do, fields

OPEN = changed(well_made(), state="acting", closed_at=None)


@pytest.fixture
def acting(retro, store):
    """A record in hand that lacks nothing for closing."""
    retro.open(store.save(OPEN, by="Ana").id)
    return retro


@pytest.fixture
def closed(acting):
    """It, closed."""
    acting.change(states.close, acting.playbook, NOW)
    acting.leave_stage()
    return acting


@pytest.mark.parametrize(
    "edit",
    [
        lambda it: changed(it, state="acting"),
        lambda _: Incident(title="Phone off", state="closed"),
        lambda it: put(it, "state", "recovering"),
    ],
)
def test_a_change_from_code_is_no_way_past_a_gate(retro, edit):
    """Whatever function makes it; nothing is changed then."""
    retro.type("title", "Phone off")
    with pytest.raises(PostmortemError, match="it can't be"):
        retro.change(edit)

    assert ("draft", "Phone off") == (retro.incident.state, retro.incident.title)


@pytest.mark.parametrize("words", ["", "  "])
def test_whoever_clears_the_owner_to_type_another_is_told_and_loses_nothing(acting, words):
    """R2: the last owner stands in the record until another does; the field stays as it was typed."""
    acting.type("owner", words)
    (cleared,) = [shown["owner"] for stage in STAGES if "owner" in (shown := fields(acting.stage(stage)))]
    kept = acting.store.load(acting.incident.id).owner
    acting.type("owner", "Night lead")

    assert OPEN.owner == kept
    assert words == cleared["value"]
    assert "Night lead" == acting.store.load(acting.incident.id).owner
    assert {} == acting.rejected


def test_the_sentence_beside_an_owner_who_was_cleared_says_what_to_do(acting):
    """As with anything that can't stand."""
    acting.type("owner", "")

    assert ("", "the recovery has begun, and somebody owns it until it is closed: name who owns it now") == (
        acting.rejected["owner"]
    )
    assert "" == acting.shown("owner")


def test_a_closed_revision_is_brought_back_open_and_that_is_said(closed):
    """Its words stand; an effect that failed is not forgotten by going back."""
    revision = closed.incident.revision
    closed.change(states.judge_effect, "a1", "not held", NOW.date())
    panel = closed.history()
    closed.bring_back(revision)

    assert ("reopened", "a1") == (closed.incident.state, closed.incident.reopened_because[:2])
    assert "unknown" == closed.incident.actions[0].effect.result
    assert "it was “closed”, and stays “reopened” until it is taken on again" in panel.head["said"][0]


def test_undo_takes_back_a_closing_and_the_record_says_so(closed):
    """Done once more it is closed, as it lacks nothing."""
    at = closed.incident.closed_at
    closed.undo()
    taken_back = closed.incident
    closed.redo()

    assert ("acting", None, "the closing was taken back") == (
        taken_back.state,
        taken_back.closed_at,
        taken_back.reopened_because,
    )
    assert ("closed", at) == (closed.incident.state, closed.incident.closed_at)


def test_undo_does_not_close_what_lacks_a_fact_by_now(closed, store):
    """What was done is taken back, the state is not, and that is said."""
    closed.change(states.reopen, "They rang again")
    ben = Retrospective(store, by="Ben")
    ben.open(closed.incident.id)
    ben.change(recovery.undo, "follow-up", ben.playbook)
    closed.look()
    closed.undo()

    assert "reopened" == closed.incident.state
    assert any("stays “reopened”" in sentence for sentence in closed.said)
    assert gates.missing(closed.incident, closed.playbook, NOW)


def test_closed_by_one_while_another_takes_a_fact_out_both_are_told(acting, store):
    """Each in their own window, with the reason."""
    ben = Retrospective(store, by="Ben")
    ben.open(acting.incident.id)
    do(acting.stage("review"), "advance", to="closed")
    before = acting.incident.state
    ben.change(recovery.undo, "follow-up", ben.playbook)
    acting.look()

    assert ["closed", "reopened", "reopened"] == [before, ben.incident.state, acting.incident.state]
    for meeting in (ben, acting):
        assert any("This record is open again: two changes met: " in sentence for sentence in meeting.said)
