"""What each will do differently, on screen (R38): one's own is for oneself, and what can't be promised is said."""

from __future__ import annotations

import pytest

from postmortem.record import commitments
from postmortem.record.incident import Incident
from postmortem.widgets import Retrospective
from tests.widgets.seen import NOW, do, fields, put, texts


@pytest.fixture
def both(store):
    """Ana's retrospective and Ben's, on one record in which Ana shares one of two."""
    told = commitments.make(commitments.make(Incident(title="Late"), "I ring", who="Ana"), "I ask", who="Ana")
    saved = store.save(commitments.share(told, "p2"), by="Ana")
    pair = Retrospective(store, by="Ana", now=lambda: NOW), Retrospective(store, by="Ben", now=lambda: NOW)
    for retro in pair:
        retro.open(saved.id)
    return pair


def test_whether_it_worked_is_asked_of_oneself_and_shown_to_nobody_else(both):
    """Not in the stage and not in the history; and it can be taken back."""
    ana, ben = both
    put(ana.stage("act"), "commitments.p2.worked", "no")
    ben.follow()
    panel = ben.history()

    assert "no" == fields(ana.stage("act"))["commitments.p2.worked"]["value"]
    assert "commitments.p2.worked" not in fields(ben.stage("act"))
    do(panel, "as-it-was", number=ben.incident.revision)
    assert [] == [text for text in texts(panel.view) if "worked" in text]
    assert [text for text in texts(panel.view) if "I ask" in text]
    put(ana.stage("act"), "commitments.p2.worked", "")
    assert ana.incident.commitments[1].worked is None


def test_the_history_tells_its_writer_whether_it_worked(both):
    """As every change of their own."""
    ana, _ = both
    put(ana.stage("act"), "commitments.p1.worked", "yes")
    panel = ana.history()

    assert [text for text in texts(panel.view) if "worked for them" in text]


def test_what_can_not_be_private_is_said(both):
    """The file itself can be read by whoever may read the file."""
    for retro in both:
        assert [text for text in texts(retro.stage("act").view) if "a courtesy here, not a lock" in text]
