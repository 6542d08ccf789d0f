"""A run that is cut off anywhere is finished by the next one, and any order of edits and syncs ends in one state."""

from __future__ import annotations

import os
import random

import pytest
from sqlalchemy import event

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import open_store
from postmortem.store.engine import read
from postmortem.store.travelling import copy_of, inventory

STEPS = {"sqlite": 5, "postgresql": 11}
"""Every how many statements a run is cut off; 1 tries all of them, and takes minutes."""


def state(store):
    """What a store holds: ids, contents, and what is deleted."""
    found = read(store._engine, inventory)
    return {uid: (entry.incident_id, entry.digest, entry.gone) for uid, entry in found.items()}


def words(store):
    """Every text that ever stood in a summary or a team, by incident; and how often it was saved."""

    def all_of(connection):
        copies = [copy_of(connection, uid) for uid in inventory(connection)]
        return [(copy.uid, kept.incident.summary, kept.incident.team) for copy in copies for kept in copy.revisions]

    return read(store._engine, all_of)


def prepare(laptop, team):
    """Something of everything: new on both sides under one number, changed, merged, deleted, linked."""
    base = [laptop.save(Incident(title=title), by="Ana") for title in ("merged", "deleted", "forward")]
    laptop.sync(team)
    laptop.save(changed(base[0], team="Field"), by="Ana")
    team.save(changed(base[0], owner="Lead"), by="Ben")
    team.delete(base[1].id, by="Ben")
    team.save(changed(base[2], summary="theirs"), by="Ben")
    team.save(Incident(title="theirs"), by="Ben")
    ours = laptop.save(Incident(title="ours"), by="Ana")
    laptop.save(Incident(title="linked", links=[{"incident_id": ours.id}], summary=f"see {ours.id}"), by="Ana")


def ended_at(number, side, here, there):
    """Sync in a process that is gone at once after the statement of this number; whether it came that far."""
    child = os.fork()
    if not child:
        code = 1
        try:
            stores = {"laptop": open_store(here), "team": open_store(there)}
            left = iter(range(number))

            def count(*_seen):
                if next(left, None) == number - 1:
                    os._exit(9)

            event.listen(stores[side]._engine, "after_cursor_execute", count)
            stores["laptop"].sync(stores["team"])
            code = 0
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert code in {0, 9}
    return code == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.parametrize("side", ["laptop", "team"])
def test_a_run_that_is_killed_after_any_statement_is_finished_by_the_next(new_laptop, new_url, clock, side, database):
    """Nothing is doubled, nothing is lost, whichever store it was talking to when its process was gone."""
    number, step, reached = 1, STEPS[database], True
    while reached:
        url = new_url()
        with new_laptop(f"laptop_{number}") as laptop, open_store(url, clock=clock) as team:
            prepare(laptop, team)
        reached = ended_at(number, side, laptop.url, url)
        with open_store(laptop.url) as laptop, open_store(url) as team:
            result = laptop.sync(team)
            again = laptop.sync(team)

            assert result.agreed
            assert state(laptop) == state(team)
            assert sorted(words(laptop)) == sorted(words(team))
            found = {it.title: it for it in team.incidents()}
            ours, linked = found["ours"].id, found["linked"]
            assert (f"see {ours}", ours) == (linked.summary, linked.links[0].incident_id)
            assert 6 == again.unchanged == len(state(team))
            assert [] == laptop.check() + team.check()
        number += step

    assert number > 20


def edit(rnd, store, number):
    """One thing that somebody does."""
    found = state(store).values()
    alive, dead = ([identifier for identifier, _, gone in found if gone is which] for which in (False, True))
    deed = rnd.random()
    if deed < 0.25 or not alive:
        links = [{"incident_id": rnd.choice(alive)}] if alive and rnd.random() < 0.4 else ()
        store.save(Incident(title=f"I{number}", summary=f"s{number}", links=links), by="Ana")
    elif deed < 0.85:
        incident = store.load(rnd.choice(alive))
        field = rnd.choice(["summary", "team", "owner", "service"])
        text = f"v{number}" if rnd.random() < 0.8 else ""
        store.save(changed(incident, **{field: text}), by=store.url[-4:], coalesce=rnd.random() < 0.3)
    elif deed < 0.93 or not dead:
        store.delete(rnd.choice(alive), by="Ben")
    else:
        identifier = rnd.choice(dead)
        store.revert(identifier, store.history(identifier)[-1].number, by="Ben")


@pytest.mark.parametrize("seed", range(6))
def test_three_stores_end_in_one_state_whatever_was_done_in_whatever_order(new_laptop, fresh_store, clock, seed):
    """Two laptops and a team: the same incidents, numbers and words, unless a clash stands; twice is once."""
    rnd = random.Random(seed)  # noqa: S311 - edits, not secrets
    team, laptops = fresh_store, [new_laptop("ann"), new_laptop("bob")]
    for number in range(30):
        clock.move(seconds=rnd.choice([0, 1, 60]))
        if rnd.random() < 0.3:
            rnd.choice(laptops).sync(team, prefer=rnd.choice([None, "mine", "theirs"]))
        else:
            edit(rnd, rnd.choice([team, *laptops]), number)
    said = {word for store in (team, *laptops) for word in words(store)}
    prefer = [None, "mine", "theirs"][seed % 3]
    for laptop in laptops * 2:
        laptop.sync(team, prefer=prefer)
    last = [laptop.sync(team) for laptop in laptops]

    clashing = {clash.incident_id for result in last for clash in result.clashes}
    assert not (clashing and prefer)
    there = state(team)
    for laptop, result in zip(laptops, last, strict=True):
        here = state(laptop)
        assert here.keys() == there.keys()
        assert {it[0] for uid, it in here.items() if it != there[uid]} <= clashing
        assert (len(there), ()) == (result.unchanged + len({it.incident_id for it in result.clashes}), result.sent)
    assert said <= {word for store in (team, *laptops) for word in words(store)}
    assert [] == [problem for store in (team, *laptops) for problem in store.check()]
