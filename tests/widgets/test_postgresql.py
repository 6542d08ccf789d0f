"""The notebook with a team's store: two people in PostgreSQL, and a server that is started again meanwhile."""

from __future__ import annotations

import pytest

from postmortem.record import whys
from postmortem.store import open_store
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
