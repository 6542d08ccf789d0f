"""The notebook with a team's store: two people in PostgreSQL, and a server that is started again meanwhile."""

from __future__ import annotations

import pytest

from postmortem.record import whys
from postmortem.store import engine, open_store
from postmortem.widgets import Retrospective, open_retrospective
from tests.widgets.seen import NOW


@pytest.fixture
def store(postgresql_url):
    """An empty store of a team."""
    with open_store(postgresql_url, clock=lambda: NOW) as opened:
        yield opened


def test_two_people_type_in_one_record_while_the_server_is_started_again(store, server):
    """Words of both are there, in a new kernel too; nobody noticed the server."""
    ana, ben = Retrospective(store, by="Ana"), Retrospective(store, by="Ben")
    ana.type("title", "Late")
    ben.open(ana.incident.id)
    server.restart()
    ana.type("title", "Two hours late")
    ben.type("team", "Vans")
    server.cut(store.url.rpartition("/")[2])
    ben.change(lambda incident: whys.answer(incident, None, "The van was full"))
    kept = open_retrospective(ana.incident.id, store=store, by="Cem").incident

    assert ("Two hours late", "Vans") == (kept.title, kept.team)
    assert ["The van was full"] == [why.text for why in kept.whys]
    assert [] == store.check()


def test_two_texts_for_one_field_wait_on_both_machines_until_one_decides(store, postgresql_url):
    """Each with a connection of their own, and each seen by the other."""
    with open_store(postgresql_url, clock=lambda: NOW) as other:
        ana, ben = Retrospective(store, by="Ana"), Retrospective(other, by="Ben")
        ana.type("title", "Late")
        ben.open(ana.incident.id)
        ben.type("summary", "Phone off")
        ana.type("summary", "All service off")
        for one in (ana, ben, ana):
            one.look("tell", "summary")

        assert ["Ben is on stage 1"] == [person["word"] for person in ana.people()]
        assert ("Phone off", ["All service off"]) == (ben.incident.summary, [it.text for it in ben.incident.versions])

        ben.decide("summary", "Ana")
        ana.look("tell")

        assert ("All service off", ()) == (ana.incident.summary, ana.incident.versions)
        assert any("Phone off" in revision.document for revision in store.history(ana.incident.id))
        assert [] == store.check()


def test_a_server_that_is_away_is_said_once_and_followed_again(store, server, monkeypatch):
    """What was typed meanwhile is kept by the next look that reaches it."""
    # As often as ever, in the time of a test: what stays away is given up after eight seconds for each thing asked.
    monkeypatch.setattr(engine, "PAUSES_S", (0.0, 0.01, 0.02, 0.05, 0.1, 0.2))
    ana = Retrospective(store, by="Ana")
    ana.type("title", "Late")
    ana.look("tell")
    server.stop()
    try:
        ana.type("team", "Vans")
        ana.look("tell")

        assert ana.trouble
        assert not ana.away
    finally:
        server.start()
    for _ in range(4):
        ana.look("tell")

    assert ("", "", "Vans") == (ana.trouble, ana.away, store.load(ana.incident.id).team)
