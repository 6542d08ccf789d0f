"""A notebook on a store that is only looked at: all can be seen, what is typed stays on screen, nothing is saved."""

from __future__ import annotations

import pytest

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import open_store
from postmortem.widgets import Retrospective
from postmortem.widgets.blocks import head_of


@pytest.fixture
def looking(tmp_path):
    """A manager in front of a record that Ana saved."""
    with open_store(tmp_path / "s.db") as store:
        first = store.save(Incident(title="Late", summary="The van was full"), by="Ana")
        store.save(Incident(title="Another"), by="Ana")
    with open_store(tmp_path / "s.db", read_only=True) as store:
        retro = Retrospective(store, by="Mo")
        retro.open(first.id)
        yield retro


def test_the_head_says_that_nothing_is_saved(looking):
    """Before anything is typed."""
    head = head_of(looking)

    assert "Read only - nothing is saved" == head["saved"]
    assert not head["kept"]
    assert not head["trouble"]


def test_what_is_typed_stays_on_screen_with_a_sentence(looking):
    """And is not in the store; another record can still be looked at."""
    looking.type("owner", "Mo")

    assert "Mo" == looking.incident.owner
    assert "open to read only" in head_of(looking)["trouble"]
    assert "" == looking.store.load(looking.incident.id).owner
    other = next(it for it in looking.store.list() if it.title == "Another")
    looking.open(other.incident_id)
    assert "Another" == looking.incident.title
    assert "" == head_of(looking)["trouble"]


def test_a_name_that_was_erased_does_not_come_back_from_an_open_notebook(tmp_path):
    """What somebody types on in another field is kept, and the name is not."""
    with open_store(tmp_path / "s.db") as store:
        first = store.save(Incident(title="Late", summary="Maria Lindqvist waited"), by="Ana")
        retro = Retrospective(store, by="Ben")
        retro.open(first.id)
        store.erase(["Maria Lindqvist"], by="Cem", reason="request")
        retro.type("owner", "Ben")

        assert ("Ben", "[erased] waited") == (retro.incident.owner, retro.incident.summary)
        assert changed(retro.incident) == store.load(first.id)
