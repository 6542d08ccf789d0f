"""A person who was erased stands nowhere in the store any more, in no table, revision or file; all else does."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Text, select

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.record.merging import merge
from postmortem.record.terms import ERASED, Terms
from postmortem.store import ConflictError, DeletedIncidentError, ImportCounts, open_store
from postmortem.store.derived import FLAT
from postmortem.store.engine import reading
from postmortem.store.erasing import LOOKED_AT
from postmortem.store.schema import metadata
from postmortem.store.traces import strings

RELEASED = Path(__file__).with_name("released")
NAME = "Maria Lindqvist"
ROW = Incident(
    title=f"Call of {NAME}", customer={"name": NAME}, team="Field", source={"system": "crm", "key": f"{NAME}/1"}
)


def everything(store):
    """Every text in every table."""
    texts = {table: [it for it in table.columns if isinstance(it.type, Text)] for table in metadata.sorted_tables}
    with reading(store._engine) as connection:
        return [
            part
            for columns in texts.values()
            for row in (connection.execute(select(*columns)).all() if columns else ())
            for value in row
            if value
            for part in strings(value)
        ]


def holds(store, name=NAME):
    """Where a name still stands."""
    return [text for text in everything(store) if Terms((name,)).spans(text)]


@pytest.fixture
def told(fresh_store, clock):
    """A store in which somebody stands everywhere: as author, in a note, as customer, in what is deleted, in an id."""
    first = fresh_store.save(Incident(title="Late", owner=NAME, summary="maria\nlindqvist waited"), by=NAME, note=NAME)
    clock.move(minutes=1)
    fresh_store.save(changed(first, owner="", learned=("Ask Mariana Lindqvistsson",)), by="Ben")
    gone = fresh_store.save(Incident(title=f"{NAME} twice"), by="Ana")
    fresh_store.delete(gone.id, by=NAME)
    fresh_store.save_many([ROW, Incident(title="Other", id="maria-lindqvist-7")], by="import", note=f"list of {NAME}")
    fresh_store.save(Incident(title="Another", links=({"incident_id": "maria-lindqvist-7"},)), by="Ana")
    fresh_store.save(Incident(title="Untouched", owner="Ben"), by="Ben")
    begun = fresh_store.open_round(first.id, "whys", by=NAME)
    fresh_store.write_ideas(begun.id, NAME, ["The switch was off", f"{NAME} was not asked"])
    fresh_store.write_ideas(begun.id, "Ben", ["Ask MARIA LINDQVIST", "Nobody looked"])
    fresh_store.reveal(begun.id, by=NAME)
    fresh_store.close_round(begun.id, by=NAME)
    fresh_store.arrive(first.id, "s1", by=NAME, stage="why")
    return fresh_store


def test_no_text_of_the_store_holds_the_name(told):
    """Not in a revision, a note, an author, an id, a certificate; not in the words that are searched."""
    assert holds(told)
    issued = told.erase([NAME], by=NAME, reason=f"at the request of {NAME}")

    assert [] == holds(told)
    assert [] == told.check(everything=True)
    assert (5, ERASED) == (issued.incidents, issued.by)
    assert NAME not in json.dumps(issued.document())
    assert issued == told.certificates()[-1]


def test_everything_else_is_as_it_was(told):
    """Other words, other incidents, numbers, who saved and when."""
    untouched = told.list(text="untouched")[0].incident_id
    before = told.history(untouched)
    old = told.history("2026-001")
    told.erase([NAME], by="Cem", reason="request")
    new = told.history("2026-001")

    assert before == told.history(untouched)
    assert ("Ask Mariana Lindqvistsson",) == told.load("2026-001").learned
    assert [it.at for it in old] == [it.at for it in new[:-1]]
    assert [Terms((NAME,)).erased(it.incident.summary) for it in old] == [it.incident.summary for it in new[:-1]]
    assert ("erase", "Cem") == (new[-1].deed, new[-1].by)
    assert NAME not in new[-1].note


def test_links_follow_an_incident_whose_id_was_erased(told):
    """It gets another number, as any incident has."""
    told.erase([NAME], by="Cem", reason="request")
    link = told.load(told.list(text="another")[0].incident_id).links[0].incident_id

    assert "Other" == told.load(link).title


def test_a_deleted_incident_stays_deleted(told):
    """And can still be looked at, without the name."""
    told.erase([NAME], by="Cem", reason="request")

    with pytest.raises(DeletedIncidentError):
        told.load("2026-002")
    assert f"{ERASED} twice" == told.load("2026-002", revision=1).title


def test_twice_is_the_same_as_once(told):
    """The second finds nothing, and makes no revision."""
    told.erase([NAME], by="Cem", reason="request")
    before = [(it.incident_id, it.revision) for it in told.list()]
    again = told.erase([NAME], by="Cem", reason="request")

    assert (0, 0, (), ()) == (again.incidents, again.revisions, again.places, again.left)
    assert before == [(it.incident_id, it.revision) for it in told.list()]


def test_a_dry_run_counts_the_same_and_changes_nothing(told):
    """With each place and the words around it."""
    before = everything(told)
    looked = told.erase([NAME], by="Cem", reason="request", dry_run=True)

    assert before == everything(told)
    assert (0, ()) == (looked.number, told.certificates())
    assert any((it.mention.before, it.mention.found) == ("Call of ", NAME) for it in looked.found)
    done = told.erase([NAME], by="Cem", reason="request")
    assert (looked.incidents, looked.revisions, looked.places) == (done.incidents, done.revisions, done.places)


def test_the_same_row_of_a_file_is_recognised_and_brings_nothing_back(told):
    """The file still says it: by the digest of what it said, the row is known, though its key held the name."""
    told.erase([NAME], by="Cem", reason="request")
    row = Incident(title="Other", id="maria-lindqvist-7")

    assert ImportCounts(unchanged=1) == told.save_many([ROW])
    assert [] == holds(told)
    assert ImportCounts(imported=1) == told.save_many([row])  # its id was the name: it is not known any more


def test_a_row_that_changed_since_brings_its_news_and_not_the_name(told):
    """Fields from which something was erased are not taken from the file any more; and the next import neither."""
    told.erase([NAME], by="Cem", reason="request")
    news = changed(ROW, team="Vans", title=f"Second call of {NAME}")

    for counts in (ImportCounts(updated=1), ImportCounts(unchanged=1)):
        assert counts == told.save_many([news])
        assert [] == holds(told)
    found = told.list(team="Vans")[0]
    assert f"Call of {ERASED}" == found.title
    told.save(changed(told.load(found.incident_id), owner="Dora"), by="Dora")
    assert ImportCounts(updated=1) == told.save_many([changed(news, team="Night")])
    assert [] == holds(told)
    assert [] == told.check(everything=True)


def test_a_notebook_that_still_holds_the_name_does_not_bring_it_back(told):
    """The save is told; put together with what it was opened from, what nobody changed stays erased."""
    opened = told.load("2026-001")
    told.erase([NAME], by="Cem", reason="request")
    wanted = changed(opened, team="Vans")
    with pytest.raises(ConflictError) as caught:
        told.save(wanted, by="Ben")
    told.save(merge(opened, wanted, caught.value.theirs).incident, by="Ben")

    assert "Vans" == told.load("2026-001").team
    assert [] == holds(told)


def test_a_playbook_word_is_left_where_only_it_may_stand(fresh_store):
    """A closed field keeps its word, and the certificate says so."""
    fresh_store.save(Incident(title="Late", zone="Europe/Berlin"))
    issued = fresh_store.erase(["Berlin"], by="Cem", reason="request")

    assert [("documents", "zone"), ("revisions", "zone")] == [(it.table, it.field) for it in issued.left]
    assert 0 == issued.incidents
    assert 1 == fresh_store.load(fresh_store.list()[0].incident_id).revision


def test_a_person_stands_in_no_round_of_ideas_any_more_and_the_ideas_of_all_stay(fresh_store):
    """Two who are erased one after the other have no name, and each of their ideas is there; the certificate counts."""
    incident = fresh_store.save(Incident(title="Late"), by="Ana").id
    begun = fresh_store.open_round(incident, "whys", by="Ana")
    for by in (NAME, "Nils Holm", "Ana"):
        fresh_store.write_ideas(begun.id, by, [f"{by} thinks so", "Nobody looked"])
    fresh_store.reveal(begun.id, by=NAME)
    fresh_store.arrive(incident, "s1", by=NAME, stage="why", place="whys.w3.text")
    fresh_store.arrive(incident, "s2", by="Ana", stage="why")
    looked = fresh_store.erase([NAME], by="Cem", reason="request", dry_run=True)
    issued = fresh_store.erase([NAME], by="Cem", reason="request")
    fresh_store.erase(["Nils Holm"], by="Cem", reason="request")

    places = [("ideas", "by", 2), ("ideas", "text", 1), ("presences", "by", 1), ("rounds", "revealed_by", 1)]
    assert places == [(it.table, it.field, it.count) for it in issued.places]
    assert (issued.places, {incident}) == (looked.places, {it.incident_id for it in looked.found})
    assert ["Ana"] == [it.by for it in fresh_store.present(incident)]
    shown = [(it.by, it.text) for it in fresh_store.ideas(begun.id, "Ana")]
    assert [("Ana", "Ana thinks so"), ("Ana", "Nobody looked")] == shown[:2]
    assert [(ERASED, "Nobody looked")] * 2 + [(ERASED, f"{ERASED} thinks so")] * 2 == sorted(shown[2:])
    assert 1 == fresh_store.load(incident).revision
    assert [] == fresh_store.check(everything=True)


def test_every_column_that_a_person_writes_in_is_looked_at():
    """A new one can't be forgotten: it is added to LOOKED_AT, or to those that the store alone writes."""
    own = {
        "documents": {"begun_at", "updated_at", "digest", "imported_digest", "source_digest", "uid", "deleted_at"},
        "revisions": {"incident_id", "at", "state", "digest", "deed", "token"},
        "properties": {"name"},
        "meetings": {"uid", "at"},
        "certificates": {"at"},
        "presences": {"uid", "since", "seen_at"},
        "rounds": {"round_id", "uid", "kind", "opened_at", "revealed_at", "closed_at"},
        "ideas": {"round_id"},
    }
    known = {(table, name) for table, names in own.items() for name in names}
    known |= {(column.table.name, column.name) for column in LOOKED_AT}
    made = {table.name for table in FLAT}

    assert known == {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if table.name not in made and isinstance(column.type, Text)
    }


PIECES = st.lists(st.sampled_from([NAME, "MARIA\nLINDQVIST", "Marianne", "é", "Lindqvist", "said", "\\n", '"', "x"]))


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(PIECES.map(" ".join), min_size=1, max_size=4))
def test_whatever_was_saved_the_name_goes_and_the_rest_stays(fresh_store, texts):
    """Sound, with every other text as it was, over many histories in one store."""
    incident = fresh_store.save(Incident(title="x"), by="Ana")
    for text in texts:
        incident = fresh_store.save(
            changed(incident, summary=text, learned=(*incident.learned, text)), by=text or "Ana"
        )
    before = [it.incident for it in fresh_store.history(incident.id)]
    fresh_store.erase([NAME], by="Cem", reason="request")
    after = [it.incident for it in fresh_store.history(incident.id)][: len(before)]

    assert [] == holds(fresh_store)
    assert [] == fresh_store.check(everything=True)
    terms = Terms((NAME,))
    assert [terms.erased(it.summary) for it in before] == [it.summary for it in after]
    assert [tuple(map(terms.erased, it.learned)) for it in before] == [it.learned for it in after]


def test_no_byte_of_the_name_is_left_in_the_files_of_the_store(tmp_path):
    """Not in the file, not in the log beside it, not in its index: while the store is open, and after."""
    with open_store(tmp_path / "s.db") as store:
        for number in range(40):
            store.save_many([Incident(title=f"{NAME} {number}", summary=f"{NAME} " * 400)], by=NAME)
        assert any(NAME.encode() in file.read_bytes() for file in tmp_path.iterdir())
        issued = store.erase([NAME], by="Cem", reason="request")

        assert not [file for file in tmp_path.iterdir() if b"indqvist" in file.read_bytes().lower()]
        assert not any("file of the store" in line for line in issued.remains)
    assert not [file for file in tmp_path.iterdir() if b"indqvist" in file.read_bytes().lower()]


def test_a_reader_that_keeps_the_log_is_told_of(tmp_path, monkeypatch):
    """The certificate says what remains, and the next erasing cleans it."""
    monkeypatch.setattr("postmortem.store.traces._PAUSE_S", 0.01)
    monkeypatch.setattr("postmortem.store.engine.BUSY_TIMEOUT_MS", 50)
    with open_store(tmp_path / "s.db") as store:
        store.save(Incident(title=NAME))
        with closing(sqlite3.connect(tmp_path / "s.db", isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT * FROM documents").fetchall()
            issued = store.erase([NAME], by="Cem", reason="request")
        assert any("another program was reading it" in line for line in issued.remains)
        assert [] == store.list(text="lindqvist") or () == store.list(text="lindqvist")
        again = store.erase([NAME], by="Cem", reason="request")

        assert not any("another program was reading it" in line for line in again.remains)
        assert not [file for file in tmp_path.iterdir() if b"indqvist" in file.read_bytes().lower()]


def test_copies_beside_the_store_are_named_and_looked_into(tmp_path):
    """Those that hold it, and those that do not; a file's own name does not give it away either."""
    with open_store(tmp_path / "s.db") as store:
        store.backup(tmp_path / "before.db")
        store.save(Incident(title=NAME))
        store.backup(tmp_path / "maria-lindqvist.backup")
        (tmp_path / "note.txt").write_text(NAME)
        copies = store.erase([NAME], by="Cem", reason="request").copies

    assert [
        "before.db, beside the store: does not hold it",
        f"{ERASED}.backup, beside the store: still holds it; delete it, or restore it elsewhere and erase there",
    ] == list(copies)


def test_a_copy_that_holds_the_name_in_a_round_of_ideas_only_is_found(tmp_path):
    """Beside a file; and a copy of an older schema, which has no rounds, is looked into all the same."""
    with open_store(tmp_path / "s.db") as store:
        incident = store.save(Incident(title="Late"), by="Ana").id
        begun = store.open_round(incident, "whys", by="Ana")
        store.write_ideas(begun.id, "Ben", [f"{NAME} was not asked"])
        store.backup(tmp_path / "holds.db")
        shutil.copyfile(RELEASED / "0001.db", tmp_path / "older.db")
        copies = store.erase([NAME], by="Cem", reason="request").copies

    assert ["still holds it", "still holds it"] == [line.split(": ")[1].split(";")[0] for line in copies]


def test_the_pages_of_postgresql_are_written_anew(postgresql_url, server):
    """What the tables' own files held is gone with them; the server's log is told of."""
    with open_store(postgresql_url) as store:
        saved = store.save(Incident(title=f"{NAME} x"), by=NAME)
        store.write_ideas(store.open_round(saved.id, "whys", by=NAME).id, NAME, [f"{NAME} was not asked"])
        store.arrive(saved.id, "s1", by=NAME, stage="why")
        issued = store.erase([NAME], by="Cem", reason="request")
        with reading(store._engine) as connection:
            statistics = connection.exec_driver_sql("SELECT * FROM pg_stats WHERE schemaname = 'public'").all()
            files = [
                connection.exec_driver_sql(f"SELECT pg_relation_filepath('{table}')").scalar_one()
                for table in ("revisions", "presences", "rounds", "ideas")
            ]

        assert NAME not in repr(statistics)
        assert any("the server's own log" in line for line in issued.remains)
    server.stop()
    assert [] == [file for file in files if NAME.encode() in (server._folder / "data" / file).read_bytes()]
    server.start()
