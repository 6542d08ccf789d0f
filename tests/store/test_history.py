"""What became of an incident: every revision, what changed in each, any of them back, and deleting as a revision."""

from __future__ import annotations

import pytest

from postmortem.record import whys
from postmortem.record.edit import changed, put
from postmortem.record.incident import Incident, Source
from postmortem.store import DeletedIncidentError, UnknownIncidentError
from postmortem.store.importing import ImportCounts

LATE = Incident.model_validate({"title": "Late", "occurred_at": "2026-03-02T10:00:00Z", "team": "Field"})
FLAT = ("incidents", "causes", "actions", "action_causes", "factors", "steps", "opinions", "feedback", "topics")


@pytest.fixture
def late(fresh_store):
    """An incident in three revisions."""
    first = fresh_store.save(LATE, by="Ana")
    second = fresh_store.save(whys.answer(first, None, "Left late"), by="Ben")
    return fresh_store.save(put(second, "title", "Too late"), by="Ana")


def rows(store, behind):
    """How many rows the tidy tables have."""
    return sum(behind(store.url, f"SELECT count(*) FROM {table}")[0][0] for table in FLAT)  # noqa: S608 - our own names


def test_every_revision_tells_what_changed(fresh_store, late):
    """Against the one before; the first one tells all that stands."""
    told = [[(it.place, it.kind, it.after) for it in revision.changes] for revision in fresh_store.history(late.id)]

    assert ("title", "added", "Late") in told[0]
    assert [("whys.w1", "added")] == [it[:2] for it in told[1]]
    assert [("title", "changed", "Too late")] == told[2]


def test_whoever_saved_a_revision_worked_on_the_incident(fresh_store, late):
    """Of those that are asked about, by exactly this person."""
    other = fresh_store.save(Incident(title="Other"), by="Cleo")
    both = [late.id, other.id]

    assert {late.id} == fresh_store.worked_on("Ben", both)
    assert {other.id} == fresh_store.worked_on("Cleo", both)
    assert set() == fresh_store.worked_on("Ben", [other.id])
    assert set() == fresh_store.worked_on("Dora", [])


def test_what_was_taken_up_is_told_with_what_took_it_up(fresh_store):
    """No change falls between two revisions."""
    first = fresh_store.save(LATE, by="Ana")
    second = fresh_store.save(changed(first, team="Vans"), by="Ben", coalesce=True)
    fresh_store.save(changed(second, owner="Lead"), by="Ben", coalesce=True)

    assert ["team", "owner"] == [it.place for it in fresh_store.history(first.id)[-1].changes]


def test_any_revision_can_stand_again(fresh_store, late):
    """As a new revision, so that what stood until now is kept too."""
    back = fresh_store.revert(late.id, 1, by="Cleo")
    last = fresh_store.history(late.id)[-1]

    assert (changed(LATE, id=late.id, revision=4), 4) == (back, last.number)
    assert ("restore", "Cleo", "revision 1 brought back") == (last.deed, last.by, last.note)
    assert late == fresh_store.load(late.id, revision=3)
    assert back == fresh_store.load(late.id)
    assert [] == fresh_store.check()


def test_what_stands_already_is_not_brought_back(fresh_store, late):
    """No revision without a change."""
    assert late == fresh_store.revert(late.id, 3)
    assert 3 == len(fresh_store.history(late.id))


def test_a_revision_that_there_never_was_can_not_stand_again(fresh_store, late):
    """Those that there are are named."""
    with pytest.raises(UnknownIncidentError, match="revision 9 of incident 2026-001; there are: 1 to 3"):
        fresh_store.revert(late.id, 9)
    with pytest.raises(UnknownIncidentError, match="did you mean '2026-001'"):
        fresh_store.revert("2026-01", 1)


def test_typing_does_not_take_up_what_was_brought_back(fresh_store, late):
    """Nor does bringing back take up what was typed."""
    fresh_store.save(changed(late, owner="L"), by="Ana", coalesce=True)
    back = fresh_store.revert(late.id, 1, by="Ana")
    fresh_store.save(changed(back, owner="M"), by="Ana", coalesce=True)

    assert [1, 2, 3, 4, 5, 6] == [revision.number for revision in fresh_store.history(late.id)]


def test_a_deleted_incident_is_in_no_list_and_in_no_table(fresh_store, late, behind):
    """Its history stays, and says who deleted it and why."""
    gone = fresh_store.delete(late.id, by="Ben", note="told twice")
    last = fresh_store.history(late.id)[-1]

    assert (0, (), 0) == (len(fresh_store), fresh_store.list(), rows(fresh_store, behind))
    assert () == tuple(fresh_store.incidents())
    assert ("delete", "Ben", "told twice", 4, ()) == (last.deed, last.by, last.note, last.number, last.changes)
    assert late == changed(gone, revision=3)
    assert [] == fresh_store.check()


def test_loading_a_deleted_incident_says_who_deleted_it_and_how_it_comes_back(fresh_store, late, clock):
    """Each of its revisions can still be read."""
    clock.move(hours=1)
    fresh_store.delete(late.id, by="Ben")
    with pytest.raises(DeletedIncidentError) as raised:
        fresh_store.load(late.id)

    assert "incident 2026-001 was deleted by Ben on 2026-03-02 13:00 UTC" in str(raised.value)
    assert "postmortem revert 2026-001 --revision 4 brings it back" in str(raised.value)
    assert ("Ben", clock.now, 4) == (raised.value.by, raised.value.at, raised.value.revision)
    assert late == fresh_store.load(late.id, revision=3)


@pytest.mark.parametrize("revision", [3, 4])
def test_a_deleted_incident_comes_back_by_any_revision(fresh_store, late, behind, revision):
    """By the deletion itself it stands as it stood."""
    before = rows(fresh_store, behind)
    fresh_store.delete(late.id, by="Ben")
    back = fresh_store.revert(late.id, revision, by="Ana")

    assert changed(late, revision=5) == back == fresh_store.load(late.id)
    assert (1, before, ()) == (len(fresh_store), rows(fresh_store, behind), fresh_store.deleted())
    assert ["save", "save", "save", "delete", "restore"] == [it.deed for it in fresh_store.history(late.id)]
    assert [] == fresh_store.check()


def test_what_was_deleted_is_listed_the_last_one_first(fresh_store, late, clock):
    """With who, when and why."""
    other = fresh_store.save(Incident(title="Lost"))
    fresh_store.delete(other.id, by="Ana")
    clock.move(minutes=1)
    fresh_store.delete(late.id, by="Ben", note="told twice")
    found = fresh_store.deleted()

    assert [late.id, other.id] == [it.incident_id for it in found]
    assert ("Too late", "Ben", "told twice", clock.now, 4) == (
        found[0].title,
        found[0].by,
        found[0].note,
        found[0].deleted_at,
        found[0].revision,
    )


def test_deleting_twice_is_told(fresh_store, late):
    """By whom it was deleted before."""
    fresh_store.delete(late.id, by="Ben")
    with pytest.raises(DeletedIncidentError, match="deleted by Ben"):
        fresh_store.delete(late.id, by="Ana")
    with pytest.raises(UnknownIncidentError):
        fresh_store.delete("2026-099")


def test_the_id_of_a_deleted_incident_is_never_given_again(fresh_store, late):
    """Neither as the next number nor to one that brings it along."""
    own = fresh_store.save(changed(LATE, id="CASE-7"))
    fresh_store.delete(late.id)
    fresh_store.delete(own.id)

    assert "2026-002" == fresh_store.save(Incident(title="Lost")).id
    with pytest.raises(DeletedIncidentError):
        fresh_store.save(Incident(title="Another", id="CASE-7"))


def test_an_import_does_not_bring_a_deleted_incident_back(fresh_store):
    """Known by its source, by its id, or by what it says."""
    files = (
        changed(LATE, source=Source(system="crm", key="C-1")),
        changed(LATE, id="CASE-7", revision=1),
        changed(LATE, title="Nameless"),
    )
    fresh_store.save_many(files)
    for found in fresh_store.list():
        fresh_store.delete(found.incident_id, by="Ben")

    assert ImportCounts(unchanged=3) == fresh_store.save_many(files)
    assert 0 == len(fresh_store)


def test_who_saves_what_was_deleted_meanwhile_is_told(fresh_store, late):
    """Their words go on top once it is back, also those made before it was deleted."""
    mine = changed(late, owner="Lead")
    gone = fresh_store.delete(late.id, by="Ben")
    with pytest.raises(DeletedIncidentError):
        fresh_store.save(mine, by="Ana")
    fresh_store.revert(late.id, gone.revision, by="Ana")

    assert ("Lead", "Too late") == (fresh_store.save(mine, by="Ana").owner, fresh_store.load(late.id).title)


def test_the_tables_are_made_again_without_what_was_deleted(fresh_store, late, behind):
    """Rebuilding does not bring it back."""
    fresh_store.delete(late.id)
    fresh_store.rebuild_tables()

    assert (0, []) == (rows(fresh_store, behind), fresh_store.check())
