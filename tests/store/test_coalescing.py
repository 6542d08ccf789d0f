"""What one person types in one go becomes one revision; what anybody else has seen stays."""

from __future__ import annotations

import pytest

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import ConflictError, ImportCounts


@pytest.fixture
def typed(fresh_store):
    """An incident that Ana has begun to type."""
    return fresh_store.save(Incident(title="L"), by="Ana", coalesce=True)


def numbers(store, incident):
    """The numbers of the revisions that are kept."""
    return [revision.number for revision in store.history(incident.id)]


def on(store, incident, title, by="Ana", *, coalesce=True, **others):
    """Ana types on."""
    return store.save(changed(incident, title=title, **others), by=by, coalesce=coalesce)


def test_typing_in_one_go_is_one_revision_whose_number_rises(fresh_store, typed, clock):
    """Three saves while typing leave one revision, which says all; its number tells others that there was more."""
    clock.move(minutes=4)
    second = on(fresh_store, typed, "La")
    clock.move(minutes=4)
    third = on(fresh_store, second, "Late")

    assert [3] == numbers(fresh_store, typed)
    assert ("Late", 3) == (third.title, third.revision)
    assert [] == fresh_store.check()


def test_after_five_minutes_a_new_revision_begins(fresh_store, typed, clock):
    """A pause is a good place to come back to."""
    clock.move(minutes=5)
    on(fresh_store, typed, "Late")

    assert [1, 2] == numbers(fresh_store, typed)


def test_another_person_begins_a_new_revision(fresh_store, typed):
    """Nobody's words are taken up into somebody else's revision."""
    on(fresh_store, typed, "Late", by="Ben")

    assert [1, 2] == numbers(fresh_store, typed)


def test_people_without_a_name_are_not_one_person(fresh_store):
    """Saves without a name are kept apart: they may be two people's."""
    first = fresh_store.save(Incident(title="L"), coalesce=True)
    on(fresh_store, first, "Late", by="")

    assert [1, 2] == numbers(fresh_store, first)


def test_what_somebody_else_has_loaded_is_kept(fresh_store, typed):
    """A state that another person has seen is never taken up."""
    fresh_store.load(typed.id)
    on(fresh_store, typed, "Late")

    assert [1, 2] == numbers(fresh_store, typed)


@pytest.mark.parametrize("by", ["Ana", ""])
def test_what_was_loaded_is_kept_whoever_loaded_it(fresh_store, typed, by):
    """Ana may go on with it in another window, and a program says no name: a save finds what it was made from."""
    elsewhere = fresh_store.load(typed.id)
    on(fresh_store, typed, "Late")
    both = fresh_store.save(changed(elsewhere, team="Field"), by=by)

    assert [1, 2, 3] == numbers(fresh_store, typed)
    assert ("Late", "Field") == (both.title, both.team)


def test_what_went_out_into_a_file_is_kept(fresh_store, typed):
    """A page that was mended meanwhile can be put together with what was typed on."""
    (page,) = fresh_store.incidents()
    on(fresh_store, typed, "L", team="Field")

    assert ImportCounts(updated=1) == fresh_store.save_many([changed(page, summary="Mended")], by="Ben")
    assert ("Field", "Mended") == (fresh_store.load(typed.id).team, fresh_store.load(typed.id).summary)


def test_a_stage_that_is_left_is_kept(fresh_store, typed):
    """A sealed revision stays."""
    fresh_store.seal(typed.id)
    on(fresh_store, typed, "Late")

    assert [1, 2] == numbers(fresh_store, typed)


def test_a_save_on_purpose_is_kept_before_and_after(fresh_store, typed):
    """A save that does not come from typing takes nothing up, and is not taken up."""
    second = on(fresh_store, typed, "La", coalesce=False)
    on(fresh_store, second, "Late")

    assert [1, 2, 3] == numbers(fresh_store, typed)


def test_what_was_typed_and_then_saved_on_purpose_is_kept(fresh_store, typed):
    """Though the save on purpose said nothing new."""
    on(fresh_store, fresh_store.save(typed, by="Ana"), "Late")

    assert [1, 2] == numbers(fresh_store, typed)


def test_what_a_conflict_has_shown_is_kept(fresh_store, typed):
    """One person in two kernels: what is saved on top of the conflict does not take up what the other kernel typed."""
    start = on(fresh_store, typed, "Late", coalesce=False)
    theirs = on(fresh_store, start, "Late", owner="Desk")
    with pytest.raises(ConflictError) as conflict:
        on(fresh_store, start, "Late", owner="Field")
    on(fresh_store, conflict.value.merge.incident, "Late")

    assert ["", "Desk", "Field"] == [it.incident.owner for it in fresh_store.history(typed.id)[1:]]
    assert theirs.revision in numbers(fresh_store, typed)


def test_a_gate_that_is_passed_is_kept(fresh_store, typed):
    """Another state of the record is another revision."""
    on(fresh_store, typed, "Late", state="recovering")

    assert [1, 2] == numbers(fresh_store, typed)


def test_a_closed_record_is_changed_by_a_new_revision_only(fresh_store, typed):
    """R40: each state in which a record was closed stays."""
    second = on(fresh_store, typed, "Late", state="closed")
    on(fresh_store, second, "Late again", state="closed")

    assert [1, 2, 3] == numbers(fresh_store, typed)


def test_the_note_of_what_was_taken_up_stays(fresh_store):
    """A note is not lost because its writer typed on."""
    first = fresh_store.save(Incident(title="L"), by="Ana", note="told by phone", coalesce=True)
    on(fresh_store, first, "Late")

    assert ["told by phone"] == [revision.note for revision in fresh_store.history(first.id)]
