"""Many incidents at once: all or none, and twice is the same as once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from postmortem.record import whys
from postmortem.record.edit import changed
from postmortem.record.incident import Incident, Source
from postmortem.record.reading import json_text
from postmortem.store import ConflictError, DeletedIncidentError, ImportCounts, open_store
from postmortem.store.documents import content_of
from tests.strategies import incidents


def row(key, title="Late", **fields):
    """What a file says of one incident."""
    return Incident.model_validate({"title": title, "source": {"system": "crm", "key": key}, **fields})


def test_the_same_file_twice_is_the_same_as_once(fresh_store):
    """Nothing is imported again, and no revision is made."""
    rows = [row("1"), row("2"), Incident(title="Lost")]

    assert ImportCounts(imported=3) == fresh_store.save_many(rows, by="Ana")
    assert ImportCounts(unchanged=3) == fresh_store.save_many(rows, by="Ana")
    assert [1, 1, 1] == [len(fresh_store.history(incident.id)) for incident in fresh_store.incidents()]


def test_what_changed_in_the_file_is_a_new_revision_of_the_same_incident(fresh_store):
    """The source's key names the incident, whatever id the store gave it."""
    fresh_store.save_many([row("1"), row("2")])

    counts = fresh_store.save_many([row("1"), row("2", "Very late")])

    assert ImportCounts(unchanged=1, updated=1) == counts
    assert "Very late" == fresh_store.load(fresh_store.find_source("crm", "2")).title


def test_a_file_that_goes_back_to_what_it_said_before_is_followed(fresh_store):
    """The last word of a source counts, also where it is an old one."""
    for title in ("Late", "Very late", "Late"):
        fresh_store.save_many([row("1", title)])

    incident = fresh_store.load(fresh_store.find_source("crm", "1"))

    assert ("Late", 3) == (incident.title, incident.revision)


def test_a_file_with_nothing_new_leaves_the_peoples_work_alone(fresh_store):
    """What was added after the import stays, although the record now says something else than the file."""
    fresh_store.save_many([row("1")])
    worked_on = fresh_store.save(whys.answer(fresh_store.load("2026-001"), None, "The van was full"), by="Ana")

    counts = fresh_store.save_many([row("1")])

    assert ImportCounts(unchanged=1) == counts
    assert worked_on == fresh_store.load("2026-001")


def test_a_file_with_news_changes_only_what_it_has_news_of(fresh_store):
    """The file's new field comes in, and the whys that people have asked stay; then the file has no more news."""
    fresh_store.save_many([row("1")])
    fresh_store.save(whys.answer(fresh_store.load("2026-001"), None, "The van was full"), by="Ana")

    counts = [fresh_store.save_many([row("1", team="Vans")]) for _ in range(2)]
    merged = fresh_store.load("2026-001")

    assert [ImportCounts(updated=1), ImportCounts(unchanged=1)] == counts
    assert ("Vans", ["The van was full"], 3) == (merged.team, [why.text for why in merged.whys], merged.revision)


def test_a_file_does_not_empty_a_record_that_was_written_by_hand(fresh_store):
    """A record that already names the source keeps what the file does not speak of."""
    fresh_store.save(changed(row("1"), owner="Ana"))

    counts = fresh_store.save_many([row("1", "Very late")])

    assert ImportCounts(updated=1) == counts
    assert ("Very late", "Ana") == (fresh_store.load("2026-001").title, fresh_store.load("2026-001").owner)


def test_a_root_that_people_marked_keeps_its_why_when_the_file_drops_it(fresh_store):
    """The file's new why is taken over, and what people hung on the old one stays."""
    fresh_store.save_many([row("1", whys=[{"id": "w1", "text": "Full van"}])])
    mine = changed(fresh_store.load("2026-001"), causes=({"id": "c1", "why": "w1"},))
    fresh_store.save(mine, by="Ana")

    fresh_store.save_many([row("1", whys=[{"id": "w9", "text": "No second van"}])])
    merged = fresh_store.load("2026-001")

    assert ["w1", "w9"] == [why.id for why in merged.whys]
    assert ["w1"] == [cause.why for cause in merged.causes]


def test_the_same_key_twice_in_one_file_is_one_incident(fresh_store):
    """The later row changes what the earlier one said, within one import."""
    counts = fresh_store.save_many([row("1"), row("1", "Very late"), row("1", "Very late")])

    assert ImportCounts(imported=1, unchanged=1, updated=1) == counts
    assert ["Very late"] == [incident.title for incident in fresh_store.incidents()]


def test_rows_without_a_key_count_as_often_as_they_stand_there(fresh_store):
    """Two equal rows are two incidents, and the same two when the file comes again; a third is new."""
    twin = Incident(title="Late")

    assert ImportCounts(imported=2) == fresh_store.save_many([twin, twin])
    assert ImportCounts(imported=1, unchanged=2) == fresh_store.save_many([twin, twin, twin])


def test_an_export_comes_back_as_it_was(fresh_store, new_url):
    """Ids and revisions stay in another store, and nothing changes in the own one."""
    first = fresh_store.save(Incident(title="Late"), by="Ana")
    fresh_store.save(changed(first, owner="Ana"), by="Ana")
    exported = list(fresh_store.incidents())

    with open_store(new_url()) as other:
        assert ImportCounts(imported=1) == other.save_many(exported)
        assert list(map(json_text, exported)) == list(map(json_text, other.incidents()))
    assert ImportCounts(unchanged=2) == fresh_store.save_many([first, *exported])


def test_an_id_that_stands_here_with_other_words_is_a_conflict(fresh_store):
    """A whole file is refused rather than one record written over another."""
    fresh_store.save(Incident(title="Late"), by="Ana")

    with pytest.raises(ConflictError):
        fresh_store.save_many([Incident(title="New"), Incident(title="Quite another", id="2026-001")])

    assert ["Late"] == [incident.title for incident in fresh_store.incidents()]


def test_an_edited_export_is_the_next_revision(fresh_store):
    """A document that was made from the current revision takes its place."""
    saved = fresh_store.save(Incident(title="Late"), by="Ana")

    counts = fresh_store.save_many([changed(saved, title="Very late")])

    assert ImportCounts(updated=1) == counts
    assert ("Very late", 2) == (fresh_store.load(saved.id).title, fresh_store.load(saved.id).revision)


def test_a_document_that_was_changed_back_is_news(fresh_store):
    """What stood before the revision it was made from is not held to be taken in already; taking it in again is."""
    first = fresh_store.save(Incident(title="Late"), by="Ana")
    second = fresh_store.save(changed(first, owner="Field lead"), by="Ana")
    back = changed(second, owner="")

    assert not fresh_store.holds(back)
    assert ImportCounts(unchanged=1) == fresh_store.save_many([first])
    assert ImportCounts(updated=1) == fresh_store.save_many([back])
    assert "" == fresh_store.load(first.id).owner
    fresh_store.save(changed(fresh_store.load(first.id), owner="Desk"), by="Ana")
    assert ImportCounts(unchanged=1) == fresh_store.save_many([back])
    assert fresh_store.holds(back)


def test_a_document_that_was_mended_after_its_incident_was_deleted_is_told(fresh_store):
    """Its words are not passed over as unchanged; the document as it was is."""
    saved = fresh_store.save(Incident(title="Late"), by="Ana")
    fresh_store.delete(saved.id, by="Ben")

    assert ImportCounts(unchanged=1) == fresh_store.save_many([saved])
    with pytest.raises(DeletedIncidentError, match=r"deleted by Ben .* --revision 2"):
        fresh_store.save_many([changed(saved, title="Very late")])


def test_anothers_record_with_a_taken_id_gets_its_own(fresh_store):
    """A source is a better name than an id: the record of another store is not mixed with ours."""
    fresh_store.save(row("ours"))

    fresh_store.save_many([changed(row("theirs"), id="2026-001")])

    assert ("2026-001", "2026-002") == (
        fresh_store.find_source("crm", "ours"),
        fresh_store.find_source("crm", "theirs"),
    )


def test_an_error_in_the_last_row_leaves_nothing_behind(fresh_store):
    """Rows that were already taken are gone when the reading fails, and their numbers are free again."""

    def rows():
        yield from (row(str(number)) for number in range(1200))
        raise ValueError("the file ends here")

    with pytest.raises(ValueError, match="ends here"):
        fresh_store.save_many(rows())

    assert [] == list(fresh_store.incidents())
    assert "2026-001" == fresh_store.save(row("1")).id


def test_progress_is_told_and_ends_at_the_last_row(fresh_store):
    """The count of rows taken so far, rising."""
    told = []

    fresh_store.save_many((row(str(number)) for number in range(1200)), progress=told.append)

    assert sorted(told) == told
    assert 1200 == told[-1]


def test_a_source_is_found_by_system_and_key_together(fresh_store):
    """The same key in another system is another incident."""
    saved = fresh_store.save(changed(row("1"), source=Source(system="desk", key="1")))

    assert (saved.id, None) == (fresh_store.find_source("desk", "1"), fresh_store.find_source("crm", "1"))


@given(incidents())
@settings(deadline=None, max_examples=50)
def test_a_document_is_numbered_without_writing_it_anew(incident):
    """What is put together from the content is what the numbered incident says of itself."""
    content = content_of(incident)

    assert json_text(content.numbered("2026-7\"x'é", 12)) == content.document("2026-7\"x'é", 12)


def test_a_dry_run_counts_as_the_import_does_and_leaves_nothing(fresh_store):
    """New, unchanged and changed are told apart; then everything is taken back, numbers too."""
    fresh_store.save_many([row("1"), row("2")])
    news = [row("1"), row("2", "Very late"), row("3")]

    told = fresh_store.save_many(news, dry_run=True)
    before = list(fresh_store.incidents())

    assert ImportCounts(imported=1, unchanged=1, updated=1) == told
    assert ["Late", "Late"] == [incident.title for incident in before]
    assert told == fresh_store.save_many(news)
    assert "2026-003" == fresh_store.find_source("crm", "3")


def test_a_document_that_was_mended_elsewhere_is_put_together_with_what_was_saved_here(fresh_store):
    """Other fields: both stand. The same field: nothing is taken in silently. Once in, the store holds it."""
    first = fresh_store.save(Incident(title="Late", source=Source(system="crm", key="1")), by="Ana")
    fresh_store.save(changed(first, owner="Field lead"), by="Ana")
    mended = changed(first, team="Vans")

    assert not fresh_store.holds(mended)
    assert ImportCounts(updated=1) == fresh_store.save_many([mended], by="Ben")
    assert ("Vans", "Field lead") == (fresh_store.load(first.id).team, fresh_store.load(first.id).owner)
    assert fresh_store.holds(mended)
    assert fresh_store.holds(first)
    assert "merge" == fresh_store.history(first.id)[-1].deed
    assert ImportCounts(unchanged=1) == fresh_store.save_many([mended], by="Ben")
    with pytest.raises(ConflictError, match="both changed owner"):
        fresh_store.save_many([changed(first, owner="Desk")], by="Ben")
