"""Writers that are killed, and writers who all write at once: short runs of the scripts in `benchmarks/`."""

from __future__ import annotations

import os

import pytest

from benchmarks import kill, writers
from postmortem.store import open_store


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a child is made by forking")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # threads of other tests may be alive: not used
def test_what_was_acknowledged_survives_a_killed_writer(database, request):
    """Ten writers die in the middle of their saves, some with their server: nothing lost, halved, twice or invented."""
    server = request.getfixturevalue("server") if database == "postgresql" else None

    outcome = kill.run(database, 10, server=server)

    assert 10 == outcome.kills
    assert 0 == outcome.wrong
    assert outcome.acknowledged > 0
    assert bool(outcome.of_the_server) == (database == "postgresql")


def test_what_was_lost_would_be_seen(fresh_store):
    """The comparison finds a word that is away, one that stands twice, one that nobody wrote, and rows that differ."""
    fresh_store.save(kill.Incident(title="Shared", id="shared-0", learned=("twice", "twice", "invented", "half")))
    outcome = kill.Outcome("sqlite")

    kill.judge(fresh_store, {"lost": ["shared-0"], "twice": ["shared-0"]}, {"half"}, outcome)

    assert (1, 1, 1, 0) == (outcome.lost, outcome.twice, outcome.invented, outcome.halved)


def test_writers_at_once_lose_no_word(database, request):
    """Four processes in five incidents: no update, no word lost, and nobody is told that the store is busy."""
    server = request.getfixturevalue("server") if database == "postgresql" else None

    outcome = writers.run(database, writers=4, seconds=2, incidents=5, at_least=10, server=server)

    assert (0, 0) == (outcome.wrong, outcome.busy)
    assert outcome.merges + outcome.conflicts > 0
    assert outcome.fewest >= 10


def test_an_update_that_was_lost_would_be_seen(new_url):
    """The comparison finds a word that no revision holds and no incident."""
    done = writers.Done(
        saves=[("shared-0", 1, "list", "w0-0"), ("shared-0", 1, "field", "w0-1")], waits=[0.1], turns=[0.1]
    )
    with open_store(new_url()) as store:
        store.save(writers.Incident(title="Shared", id="shared-0"))
        histories = {"shared-0": store.history("shared-0")}
        outcome = writers._outcome("sqlite", 1, [done], histories)
        writers._judge(store, [done], histories, outcome)

    assert (2, 2) == (outcome.lost_updates, outcome.lost_words)
