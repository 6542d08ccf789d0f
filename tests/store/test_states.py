"""No way into the store, and none back out of its history, leads past the gates (R36, R39, R40)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from postmortem.record import gates, recovery, states
from postmortem.record.edit import changed, put
from postmortem.record.incident import Source
from postmortem.store import ConflictError, ImportCounts
from tests.record.examples import well_made

CLOSED = well_made()
OPEN = changed(CLOSED, state="acting", closed_at=None)
IMPORTED = changed(CLOSED, source=Source(system="crm", key="7"), owner="", actions=(), whys=(), causes=())


@pytest.fixture
def store(fresh_store, clock):
    """A store on the day on which the record was closed, or the day after."""
    clock.now = CLOSED.closed_at + timedelta(days=1)
    return fresh_store


@pytest.fixture
def base(store):
    """A record that lacks nothing for closing, and that everybody has open."""
    return store.save(OPEN, by="Ana")


def closed(incident, store):
    """The record, closed by its gates."""
    return states.close(incident, store.playbook, store._clock())


def undone(incident, store):
    """The record without its follow-up, in Ben's words."""
    return put(recovery.undo(incident, "follow-up", store.playbook), "team", "Vans")


# -- brought back ------------------------------------------------------------------------------------------------------


def test_a_closed_revision_comes_back_with_what_it_says_and_open(store, base):
    """An effect that failed opened the record: it does not close by bringing back what stood before (R36)."""
    second = store.save(closed(base, store), by="Ana")
    failed = store.save(states.judge_effect(second, "a1", "not held", date(2026, 3, 22)), by="Ana")
    back = store.revert(base.id, second.revision, by="Ben")
    last = store.history(base.id)[-1]

    assert ("reopened", failed.reopened_because, second.closed_at) == (
        back.state,
        back.reopened_because,
        back.closed_at,
    )
    assert second.actions == back.actions
    assert ("restore", "revision 2 brought back; it was “closed”, and stays “reopened”") == (last.deed, last.note)
    assert failed == store.load(base.id, revision=3)
    assert [] == store.check()


def test_no_later_state_comes_back_even_with_every_fact(store, base):
    """Going on is a deed of its own."""
    store.save(changed(base, state="recovering", team="Vans"), by="Ana")
    back = store.revert(base.id, base.revision, by="Ben")

    assert ("recovering", OPEN.team) == (back.state, back.team)


def test_a_closed_record_goes_back_with_an_older_revision_and_says_so(store, base):
    """With when it was closed."""
    second = store.save(closed(base, store), by="Ana")
    back = store.revert(base.id, base.revision, by="Ben")

    assert ("acting", second.closed_at, "revision 1 brought back") == (
        back.state,
        back.closed_at,
        back.reopened_because,
    )


def test_a_revision_that_says_nothing_else_is_not_brought_back(store, base):
    """But for a state that does not come along."""
    second = store.save(closed(base, store), by="Ana")
    again = store.save(states.reopen(second, "They rang"), by="Ana")

    assert again == store.revert(base.id, second.revision)
    assert 3 == len(store.history(base.id))


def test_a_closed_record_that_was_deleted_comes_back_closed(store):
    """It stands as it stood: nothing was taken on."""
    kept = store.save(CLOSED, by="Ana")
    gone = store.delete(kept.id, by="Ben")

    assert "closed" == store.revert(kept.id, gone.revision).state


# -- two saves that met ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last", ["Ana", "Ben"])
def test_a_record_that_was_closed_meanwhile_is_open_again_where_it_lacks_a_fact_now(store, base, last):
    """Both keep their words; whoever saves last is told why."""
    both = [
        (put(closed(base, store), "summary", "Closed by Ana"), "Ana"),
        (put(undone(base, store), "evaluation.level", "critical"), "Ben"),
    ]
    for incident, by in both if last == "Ben" else both[::-1]:
        saved = store.save(incident, by=by)

    assert ("reopened", "Closed by Ana", "Vans", "critical") == (
        saved.state,
        saved.summary,
        saved.team,
        saved.evaluation.level,
    )
    assert saved.reopened_because.startswith("two changes met: ")
    assert "more facts are missing" in saved.reopened_because
    assert "merge" == store.history(base.id)[-1].deed
    assert saved == store.load(base.id)
    assert store.holds(both[1][0])
    assert [base.id] == [it.incident_id for it in store.list(state="reopened")]


@pytest.mark.parametrize("prefer", [None, "mine", "theirs"])
def test_two_stores_that_meet_do_not_keep_it_closed_either(new_laptop, store, base, prefer, clock):
    """The same stands in both, and is said once."""
    laptop = new_laptop()
    laptop._clock = clock
    laptop.sync(store)
    laptop.save(closed(base, store), by="Ana")
    store.save(undone(base, store), by="Ben")
    laptop.sync(store, prefer=prefer)
    found = laptop.load(base.id)

    assert ("reopened", "Vans") == (found.state, found.team)
    assert found.model_copy(update={"revision": 0}) == store.load(base.id).model_copy(update={"revision": 0})
    assert found.reopened_because.startswith("two changes met: ")
    assert laptop.sync(store).agreed
    assert found == laptop.load(base.id)


def test_a_clash_that_a_person_settles_is_asked_too(store, base):
    """What both changed is chosen by hand; that it is closed and lacks a fact is still seen."""
    store.save(put(closed(base, store), "team", "Field"), by="Ana")
    with pytest.raises(ConflictError) as conflict:
        store.save(undone(base, store), by="Ben")
    sides = (conflict.value.yours, conflict.value.theirs)
    chosen = states.met(conflict.value.merge.incident, sides, store.playbook, store._clock())

    assert ("reopened", "Vans") == (chosen.state, chosen.team)


# -- files -------------------------------------------------------------------------------------------------------------


def test_what_another_system_says_is_closed_is_taken_as_it_is(store):
    """New, said again, and after people worked at it; it has findings for what it lacks."""
    store.save_many([IMPORTED])
    (kept,) = store.incidents()
    store.save(put(kept, "team", "Field"), by="Ana")
    counts = store.save_many([put(IMPORTED, "service", "Phone")])
    found = store.load(kept.id)

    assert ImportCounts(updated=1) == counts
    assert ("closed", "Field", "Phone") == (found.state, found.team, found.service)
    assert gates.missing(found, store.playbook, store._clock())


def test_news_from_another_system_open_what_people_closed_where_it_lacks_a_fact_now(store):
    """In a new revision, with the reason; what they closed stands in the one before (R40)."""
    source = Source(system="crm", key="7")
    store.save_many([changed(OPEN, source=source)])
    (kept,) = store.incidents()
    before = store.save(closed(kept, store), by="Ana")
    store.save_many([put(changed(OPEN, source=source), "impact.harm", "life-threatening")])
    found = store.load(kept.id)

    assert ("reopened", "life-threatening", before.revision + 1) == (found.state, found.impact.harm, found.revision)
    assert found.reopened_because.startswith("two changes met: ")
    assert before == store.load(kept.id, revision=before.revision)


def test_an_edited_export_is_no_way_past_a_gate(store, base):
    """Its words are taken in, its state is not, and taking it in again changes nothing."""
    sparse = store.save(put(base, "actions", ()), by="Ana")
    told = changed(sparse, title="In other words", state="closed")
    counts = [store.save_many([told]), store.save_many([told])]

    assert [ImportCounts(updated=1), ImportCounts(unchanged=1)] == counts
    assert ("In other words", "acting", 3) == (
        (found := store.load(base.id)).title,
        found.state,
        found.revision,
    )


def test_an_edited_export_with_every_fact_closes_its_record(store, base):
    """As a button would; and one that opens it again says that a file did."""
    store.save_many([closed(base, store)])
    kept = store.load(base.id)
    store.save_many([changed(kept, state="acting")])

    assert "closed" == kept.state
    assert ("acting", "a file said “acting”") == ((found := store.load(base.id)).state, found.reopened_because)


# -- a closed record changes by a new revision only --------------------------------------------------------------------


def test_each_way_to_change_a_closed_record_makes_a_new_revision(store, base, new_laptop, clock):
    """Typed in one go, imported, brought together: what stood is there under its number (R40)."""
    kept = [store.save(closed(base, store), by="Ana", coalesce=True)]
    for words in ("Ty", "Typed"):
        kept.append(store.save(put(kept[-1], "summary", words), by="Ana", coalesce=True))
    store.save_many([put(kept[-1], "summary", "From a file")])
    kept.append(store.load(base.id))
    laptop = new_laptop()
    laptop._clock = clock
    laptop.sync(store)
    laptop.save(put(laptop.load(base.id), "summary", "On a laptop"), by="Ana")
    laptop.sync(store)
    kept.append(store.load(base.id))

    assert [2, 3, 4, 5, 6] == [it.revision for it in kept]
    assert ["Ty", "Typed", "From a file", "On a laptop"] == [it.summary for it in kept[1:]]
    assert kept == [store.load(base.id, revision=it.revision) for it in kept]
    assert {"closed"} == {it.state for it in kept}
