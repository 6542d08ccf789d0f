"""Every save is a revision; a stale one is a conflict that keeps both sides."""

from __future__ import annotations

import pytest

from postmortem.record import whys
from postmortem.record.edit import changed
from postmortem.record.incident import Action, Cause, Incident, Why
from postmortem.store import ConflictError, StoreError, UnknownIncidentError

LATE = Incident.model_validate({"title": "Two hours late", "occurred_at": "2025-12-30T10:00:00Z"})


def test_the_first_save_gives_an_id_and_revision_one(fresh_store):
    """The id begins with the year in which it occurred."""
    saved = fresh_store.save(LATE, by="Ana")

    assert ("2025-001", 1) == (saved.id, saved.revision)


def test_numbers_run_on_within_a_year_and_begin_anew_in_the_next(fresh_store):
    """An incident that does not say when it occurred is counted in the year of its first save."""
    ids = [fresh_store.save(incident).id for incident in (LATE, LATE, Incident(title="Lost"), LATE)]

    assert ["2025-001", "2025-002", "2026-001", "2025-003"] == ids


def test_the_year_is_that_of_the_place_where_it_occurred(fresh_store):
    """Half an hour into the new year in Auckland is still the old year in UTC."""
    new_year = Incident.model_validate({"title": "Late", "occurred_at": "2026-01-01T00:30:00+13:00"})

    assert "2026-001" == fresh_store.save(new_year).id


def test_a_number_that_came_with_an_id_is_not_given_again(fresh_store):
    """An id brought along is kept, and counts as taken."""
    brought = fresh_store.save(changed(LATE, id="2025-041"))

    assert ("2025-041", "2025-042") == (brought.id, fresh_store.save(LATE).id)


def test_what_is_saved_is_what_is_loaded(fresh_store):
    """The value that save gives back and the one in the store are equal."""
    saved = fresh_store.save(whys.answer(LATE, None, "The van was full"))

    assert saved == fresh_store.load(saved.id)


def test_each_save_is_kept_with_who_when_and_what(fresh_store, clock):
    """The history tells every revision, and each can be loaded again."""
    first = fresh_store.save(LATE, by="Ana", note="told by phone")
    clock.move(hours=1)
    second = fresh_store.save(changed(first, owner="Ben"), by="Ben")

    history = fresh_store.history(first.id)

    assert [(1, "Ana", "told by phone"), (2, "Ben", "")] == [(item.number, item.by, item.note) for item in history]
    assert clock.now == history[1].at
    assert [first, second] == [item.incident for item in history]
    assert first == fresh_store.load(first.id, revision=1)


def test_saving_the_same_again_gives_no_revision(fresh_store):
    """A save that says nothing new gives back what stands there, even when it comes from an older revision."""
    first = fresh_store.save(LATE, by="Ana")
    second = fresh_store.save(changed(first, owner="Ben"), by="Ana")

    again = fresh_store.save(changed(second, revision=1), by="Cem")

    assert second == again
    assert 2 == len(fresh_store.history(first.id))


def test_a_stale_save_is_a_conflict_that_holds_both_sides(fresh_store):
    """Whoever saves on top of a revision that is no longer the current one loses nothing and overwrites nothing."""
    base = fresh_store.save(LATE, by="Ana")
    theirs = fresh_store.save(changed(base, owner="Ben"), by="Ben")

    with pytest.raises(ConflictError, match="Ben saved revision 2 after you opened revision 1") as caught:
        fresh_store.save(changed(base, owner="Ana"), by="Ana")

    assert (theirs, "Ana") == (caught.value.theirs, caught.value.yours.owner)
    assert base.id == caught.value.incident_id
    assert theirs == fresh_store.load(base.id)


def test_an_unknown_id_is_told_with_a_near_one(fresh_store):
    """A mistyped id is answered with the one that was probably meant."""
    fresh_store.save(LATE)

    for ask in (fresh_store.load, fresh_store.history, fresh_store.seal, lambda name: [*fresh_store.incidents([name])]):
        with pytest.raises(UnknownIncidentError, match="no incident '2025-01'; did you mean '2025-001'"):
            ask("2025-01")


def test_an_unknown_revision_is_told_with_those_there_are(fresh_store):
    """A revision that was never there is an error, not the current one."""
    fresh_store.save(LATE)

    with pytest.raises(UnknownIncidentError, match="no revision 7 of incident 2025-001; there are: 1"):
        fresh_store.load("2025-001", revision=7)


def test_a_revision_that_is_not_there_is_told_with_all_there_are(fresh_store):
    """However many: in a run, from the first to the last."""
    saved = fresh_store.save(LATE)
    for number in range(2, 10):
        saved = fresh_store.save(changed(saved, title=f"Late {number}"), by=f"Hand {number}")

    with pytest.raises(UnknownIncidentError, match="no revision 40 of incident 2025-001; there are: 1 to 9"):
        fresh_store.revert("2025-001", 40)


def test_incidents_come_whole_and_in_the_order_asked_for(fresh_store):
    """All by id, or those named in their order."""
    saved = [fresh_store.save(LATE) for _ in range(3)]

    assert saved == list(fresh_store.incidents())
    assert [saved[2], saved[0]] == list(fresh_store.incidents([saved[2].id, saved[0].id]))


def test_a_reader_of_all_incidents_may_save_meanwhile(fresh_store):
    """Reading incident by incident holds no lock on the store."""
    for _ in range(3):
        fresh_store.save(LATE)

    for incident in fresh_store.incidents():
        fresh_store.save(changed(incident, owner="Ana"))

    assert ["Ana"] * 3 == [incident.owner for incident in fresh_store.incidents()]


def test_an_error_half_way_leaves_the_store_as_it_was(fresh_store, behind):
    """A row that can't be written takes the document and the revision back with it."""
    first = fresh_store.save(LATE)
    behind(fresh_store.url, "ALTER TABLE action_causes RENAME TO elsewhere")
    whole = changed(
        first,
        whys=(Why(id="w1", text="Full van"),),
        causes=(Cause(id="c1", why="w1"),),
        actions=(Action(id="a1", causes=("c1",)),),
    )

    with pytest.raises(StoreError, match=r"could not do it.*action_causes"):
        fresh_store.save(whole)
    behind(fresh_store.url, "ALTER TABLE elsewhere RENAME TO action_causes")

    assert first == fresh_store.load(first.id)
    assert 1 == len(fresh_store.history(first.id))
    assert [] == fresh_store.check()
    assert 0 == len(fresh_store.tables().causes)
