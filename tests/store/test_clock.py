"""A clock that goes backwards, as one that was set, or one of another machine: the order of what happened stays."""

from __future__ import annotations

import pytest

from postmortem.record.edit import changed
from postmortem.record.incident import Incident


@pytest.fixture
def told(fresh_store, clock):
    """An incident with three revisions, each saved an hour before the one before it, as the clock says."""
    incident = Incident(title="Late", id="2026-001")
    for owner in ("Ana", "Ben", "Cem"):
        incident = fresh_store.save(changed(incident, owner=owner), by=owner)
        clock.move(hours=-1)
    return incident


def test_the_history_is_in_the_order_of_the_saves(fresh_store, told):
    """Numbers rise, whatever the clock said; each revision tells the time as it was told."""
    history = fresh_store.history(told.id)

    assert [1, 2, 3] == [revision.number for revision in history]
    assert ["Ana", "Ben", "Cem"] == [revision.incident.owner for revision in history]
    assert history[0].at > history[1].at > history[2].at
    assert "Cem" == fresh_store.load(told.id).owner


def test_a_stale_save_is_known_by_its_number_not_by_the_time(fresh_store, told):
    """A save from an older revision is put together with the later ones, although its clock is behind theirs."""
    stale = changed(fresh_store.load(told.id, revision=1), team="Vans")

    merged = fresh_store.save(stale, by="Dan")

    assert ("Cem", "Vans", 4) == (merged.owner, merged.team, merged.revision)


@pytest.mark.parametrize("minutes", [-4, -6, -600])
def test_typing_on_loses_nothing_when_the_clock_jumps_back(fresh_store, clock, minutes):
    """What is within five minutes is one revision, either way; a longer jump begins a new one."""
    first = fresh_store.save(Incident(title="L"), by="Ana", coalesce=True)
    clock.move(minutes=minutes)
    second = fresh_store.save(changed(first, title="Late"), by="Ana", coalesce=True)

    assert ([2] if minutes > -5 else [1, 2]) == [revision.number for revision in fresh_store.history(first.id)]
    assert second == fresh_store.load(first.id)
    assert [] == fresh_store.check()


def test_ids_are_never_given_twice_when_a_year_comes_again(fresh_store, clock):
    """New year's eve twice: the numbers of the old year go on."""
    ids = []
    for days in (0, 365, -365, 365):
        clock.move(days=days)
        ids.append(fresh_store.save(Incident(title="Late")).id)

    assert ["2026-001", "2027-001", "2026-002", "2027-002"] == ids


def test_the_list_is_in_the_order_in_which_they_occurred(fresh_store, clock):
    """Newest first by what happened; one that does not say counts as of when it was saved, as the clock said then."""
    fresh_store.save(Incident.model_validate({"title": "Old", "occurred_at": "2026-01-05T10:00:00Z"}))
    clock.move(days=-40)
    fresh_store.save(Incident.model_validate({"title": "New", "occurred_at": "2026-02-05T10:00:00Z"}))
    fresh_store.save(Incident(title="Does not say"))

    assert ["New", "Does not say", "Old"] == [summary.title for summary in fresh_store.list()]
    assert [] == fresh_store.check()
