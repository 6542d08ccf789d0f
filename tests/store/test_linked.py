"""No record was made while handling itself, by whatever way round (R4)."""

from __future__ import annotations

import pytest

from postmortem.record import links
from postmortem.record.edit import changed
from postmortem.record.errors import DataError
from postmortem.record.incident import Incident, Link
from postmortem.record.review.linked import circles

MADE = "made while handling"


@pytest.fixture
def three(fresh_store):
    """Three records: the second was made while handling the first, the third while handling the second."""
    first = fresh_store.save(Incident(title="Line is dead"))
    second = fresh_store.save(Incident(title="Wrong number called", links=(Link(incident_id=first.id, kind=MADE),)))
    third = fresh_store.save(Incident(title="Called twice", links=(Link(incident_id=second.id, kind=MADE),)))
    return first, second, third


def test_a_link_that_closes_a_circle_is_refused_with_the_way_round(fresh_store, three):
    """The way is named, and what to do instead; nothing is written."""
    first, second, third = three

    with pytest.raises(DataError, match=f"{first.id} → {third.id} → {second.id} → {first.id}; keep this link in the"):
        fresh_store.save(links.tie(first, third.id, MADE))
    assert (1, ()) == (fresh_store.load(first.id).revision, fresh_store.load(first.id).links)


def test_a_link_of_another_kind_may_lead_back(fresh_store, three):
    """Two that are related, or have the same cause, name each other."""
    first, _, third = three
    saved = fresh_store.save(links.tie(links.tie(first, third.id, "same cause"), "2026-002", "related"))

    assert 2 == saved.revision


def test_a_link_of_a_record_to_itself_is_refused_whatever_its_kind(fresh_store, three):
    """Also where it was put there without `links.tie`, which refuses it too."""
    first = three[0]

    with pytest.raises(DataError, match="it is linked to itself; name the other record"):
        fresh_store.save(changed(first, links=(Link(incident_id=first.id, kind="related"),)))


def test_a_link_to_a_deleted_record_or_to_none_leads_nowhere(fresh_store, three):
    """What is deleted closes no circle, and a link may name what is not here yet."""
    first, second, third = three
    fresh_store.delete(second.id)

    assert 2 == fresh_store.save(links.tie(first, third.id, MADE)).revision
    assert 2 == fresh_store.save(links.tie(third, "2031-007", MADE)).revision


def test_a_circle_from_a_file_is_kept_as_it_came_and_found_by_the_review(fresh_store):
    """An import never fails on one; whoever edits such a record is not kept from it, and can mend it."""
    round_ = [
        Incident(id="2026-008", title="Late", links=(Link(incident_id="2026-009", kind=MADE),)),
        Incident(id="2026-009", title="Lost", links=(Link(incident_id="2026-008", kind=MADE),)),
        Incident(id="2026-010", title="Alone", links=(Link(incident_id="2026-010"),)),
    ]
    counts = fresh_store.save_many(round_)
    edited = fresh_store.save(changed(fresh_store.load("2026-008"), team="Field"))
    mended = fresh_store.save(links.untie(edited, "2026-009"))

    assert 3 == counts.imported
    assert {"2026-008", "2026-009", "2026-010"} == set(circles(round_))
    assert {"2026-010"} == set(circles(fresh_store.incidents()))
    assert () == mended.links


def test_a_circle_that_two_copies_made_together_is_kept_by_a_sync(fresh_store, new_laptop):
    """Each saved half of it; neither half is lost, and the review finds it in both."""
    other = new_laptop()
    late, lost = fresh_store.save(Incident(title="Late")), fresh_store.save(Incident(title="Lost"))
    fresh_store.sync(other)
    fresh_store.save(links.tie(late, lost.id, MADE))
    other.save(links.tie(other.load(lost.id), late.id, MADE))
    fresh_store.sync(other)

    assert {late.id, lost.id} == set(circles(fresh_store.incidents())) == set(circles(other.incidents()))


def test_the_way_of_a_long_chain_is_told_in_short(fresh_store):
    """A chain of hundreds is walked, and not written out."""
    chain = [Incident(id="2026-001", title="First")]
    chain += [
        Incident(id=f"2026-{n:03}", title="Next", links=(Link(incident_id=f"2026-{n - 1:03}", kind=MADE),))
        for n in range(2, 300)
    ]
    fresh_store.save_many(chain)

    with pytest.raises(DataError, match=r"2026-001 → 2026-299 → 2026-298 .* → … → 2026-001"):
        fresh_store.save(links.tie(fresh_store.load("2026-001"), "2026-299", MADE))
