"""Two people save from the same revision, or three: what fits together stands together, the rest is said to both."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from postmortem.record import compensation, whys
from postmortem.record.edit import add, changed, put
from postmortem.record.incident import Incident, Moment
from postmortem.store import ConflictError, open_store
from tests.edits import edited, said, told


@pytest.fixture
def base(fresh_store):
    """A record that everybody has open."""
    return fresh_store.save(whys.answer(Incident(title="Late"), None, "Left late"), by="Ana")


def test_different_fields_stand_together(fresh_store, base):
    """The second save has the changes of the first, and says so."""
    fresh_store.save(put(base, "impact.happened", "Two hours late"), by="Ben")
    both = fresh_store.save(put(base, "impact.expected", "On time"), by="Cleo", note="from it.json")

    assert ("On time", "Two hours late", 3) == (both.impact.expected, both.impact.happened, both.revision)
    assert both == fresh_store.load(base.id)
    assert [] == fresh_store.check()


def test_a_merged_revision_says_whose_it_is(fresh_store, base):
    """With the note of who saved it."""
    fresh_store.save(changed(base, team="Field"), by="Ben")
    fresh_store.save(changed(base, service="Lines"), by="Dora")
    fresh_store.save(changed(base, owner="Lead"), by="Cleo", note="from it.json")
    last = fresh_store.history(base.id)[-1]

    assert ("merge", "Cleo") == (last.deed, last.by)
    assert "from it.json; put together with what Ben and Dora saved after revision 1" == last.note


def test_the_same_field_is_a_conflict_that_holds_both(fresh_store, base):
    """Nothing is written; each side, what both began with, and both put together are there."""
    theirs = fresh_store.save(changed(base, team="Field", owner="Lead"), by="Ben")
    mine = changed(base, team="Vans", service="Lines")
    with pytest.raises(
        ConflictError, match="Ben saved revision 2 after you opened revision 1; both changed team"
    ) as raised:
        fresh_store.save(mine, by="Cleo")
    conflict = raised.value

    assert (mine, theirs, base) == (conflict.yours, conflict.theirs, conflict.base)
    assert [("team", "", "Vans", "Field")] == [(it.place, it.base, it.mine, it.theirs) for it in conflict.clashes]
    assert ("Vans", "Lines", "Lead") == tuple(
        getattr(conflict.merge.incident, it) for it in ("team", "service", "owner")
    )
    assert theirs == fresh_store.load(base.id)


def test_what_a_conflict_put_together_can_be_saved_on_top(fresh_store, base):
    """Once a person has looked at it."""
    fresh_store.save(changed(base, team="Field", owner="Lead"), by="Ben")
    with pytest.raises(ConflictError) as raised:
        fresh_store.save(changed(base, team="Vans"), by="Cleo")
    saved = fresh_store.save(raised.value.merge.incident, by="Cleo")

    assert ("Vans", "Lead", 3) == (saved.team, saved.owner, saved.revision)
    assert ["save", "save", "save"] == [revision.deed for revision in fresh_store.history(base.id)]


def test_three_save_what_each_made_of_one_revision(fresh_store, base):
    """Each adds a why and a moment under ids of their own making; none is lost."""
    for who in ("Ana", "Ben", "Cleo"):
        more = add(whys.answer(base, "w1", who), "timeline", Moment(id="m1", text=f"{who} saw it"))
        fresh_store.save(more, by=who)
    found = fresh_store.load(base.id)

    assert ["Left late", "Ana", "Ben", "Cleo"] == [why.text for why in found.whys]
    assert ["m1", "m2", "m3"] == [moment.id for moment in found.timeline]
    assert ["save", "save", "merge", "merge"] == [revision.deed for revision in fresh_store.history(base.id)]


def test_saving_the_same_twice_from_one_revision_is_one_revision(fresh_store, base):
    """A save that was told to have failed may be tried again."""
    edit = whys.answer(base, "w1", "No alarm")
    once, twice = fresh_store.save(edit, by="Ana"), fresh_store.save(edit, by="Ana")

    assert once == twice
    assert 2 == len(fresh_store.history(base.id))


def test_typing_never_takes_away_what_somebody_began_with(fresh_store, base, clock):
    """Ben holds what Ana was typing; his save finds it hours later."""
    typing = fresh_store.save(changed(base, team="F"), by="Ana", coalesce=True)
    held = fresh_store.load(base.id)
    for team in ("Fi", "Fie", "Field"):
        clock.move(seconds=2)
        typing = fresh_store.save(changed(typing, team=team), by="Ana", coalesce=True)
    both = fresh_store.save(changed(held, owner="Lead"), by="Ben")

    assert ("Field", "Lead") == (both.team, both.owner)
    assert held == fresh_store.load(base.id, revision=held.revision)


def test_a_merge_while_typing_is_not_taken_into_what_came_before(fresh_store, base):
    """What another person saved stays a revision of its own."""
    fresh_store.save(changed(base, team="Field"), by="Ben")
    both = fresh_store.save(changed(base, owner="L"), by="Ana", coalesce=True)
    fresh_store.save(changed(both, owner="Lead"), by="Ana", coalesce=True)

    assert ["Ana", "Ben", "Ana"] == [revision.by for revision in fresh_store.history(base.id)]
    assert [1, 2, 4] == [revision.number for revision in fresh_store.history(base.id)]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_two_people_save_is_kept(data):
    """In the record, or in the conflict that the second is told of; the tables fit the documents."""
    with open_store("sqlite://") as store:
        base = store.save(data.draw(edited(Incident(title="Late"), "base", most=10)))
        mine, theirs = data.draw(edited(base, "mine")), data.draw(edited(base, "theirs"))
        store.save(theirs, by="Ben")
        try:
            kept = said(store.save(mine, by="Ana"))
        except ConflictError as conflict:
            kept = said(conflict.merge.incident) | told(conflict.clashes)
            store.save(conflict.merge.incident, by="Ana")

        assert said(mine, theirs) - said(base) <= kept
        assert [] == store.check()


def test_what_two_keep_as_owed_at_once_is_owed_once(fresh_store):
    """By the rules, whatever ids it has on either side; the offer that one of them made stays."""
    base = fresh_store.save(Incident(title="Off", impact={"customer_cost": 64, "customer_min": 120}), by="Ana")
    back, credit = compensation.owed(base, fresh_store.playbook)
    noon = datetime(2026, 3, 2, 11, tzinfo=UTC)
    fresh_store.save(compensation.keep(base, back), by="Ben")
    mine = compensation.keep(compensation.keep(base, credit), back)
    fresh_store.save(compensation.offer(mine, "k2", back.amount, noon), by="Cleo")
    items = {(it.kind, it.owed, it.offered_at) for it in fresh_store.load(base.id).recovery.compensation}

    assert {("reimbursement", 64, noon), ("service credit", 20, None)} == items
    assert [20, 64] == sorted(fresh_store.tables().compensations["owed"])
