"""Who is at a record, and what stands of it: cheap to ask, in nobody's way, true for everybody."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import Present, Standing, StoreError, UnknownIncidentError, open_store
from postmortem.store.engine import engine_of, url_of, writing
from postmortem.store.errors import ReadOnlyError

LATE = Incident(title="Late", occurred_at="2026-03-02T10:00:00Z")


@pytest.fixture
def late(fresh_store):
    """An incident to be at."""
    return fresh_store.save(LATE, by="Ana").id


def here(store, incident_id, **options):
    """Who is there, and at what."""
    return [(it.by, it.stage, it.place) for it in store.present(incident_id, **options)]


@contextmanager
def somebody_writing(url):
    """Somebody else who writes for long."""
    engine = engine_of(url_of(url))
    try:
        with writing(engine):
            yield
    finally:
        engine.dispose()


def test_everybody_at_an_incident_is_seen_by_everybody(fresh_store, late, clock):
    """Also by whoever reaches the store another way; whoever came first stands first."""
    other = fresh_store.save(LATE, by="Ana").id
    with open_store(fresh_store.url, clock=clock) as second:
        fresh_store.arrive(late, "s1", by="Ana", stage="why", place="whys.w3.text")
        came = clock()
        clock.move(seconds=1)
        second.arrive(late, "s2", by="Ben", stage="act")
        second.arrive(other, "s3", by="Cem", stage="tell")

        assert [("Ana", "why", "whys.w3.text"), ("Ben", "act", "")] == here(second, late)
        assert fresh_store.present(late) == second.present(late)
        assert Present("Ana", "s1", "why", "whys.w3.text", came, came) == fresh_store.present(late)[0]


def test_a_sign_of_life_says_where_somebody_is_now_and_since_when(fresh_store, late, clock):
    """The same window is one row, however often it is heard of."""
    came = clock()
    fresh_store.arrive(late, "s1", by="Ana", stage="why")
    clock.move(seconds=5)
    fresh_store.arrive(late, "s1", by="Ana", stage="act", place="actions.a1.owner")

    assert (Present("Ana", "s1", "act", "actions.a1.owner", came, clock()),) == fresh_store.present(late)


def test_a_window_is_at_one_incident(fresh_store, late, clock):
    """Whoever turns to another one is gone from the first, and new at the second."""
    other = fresh_store.save(LATE, by="Ana").id
    fresh_store.arrive(late, "s1", by="Ana", stage="why")
    clock.move(seconds=5)
    fresh_store.arrive(other, "s1", by="Ana", stage="tell")

    assert () == fresh_store.present(late)
    assert [clock()] == [it.since for it in fresh_store.present(other)]


def test_whoever_is_not_heard_of_any_more_is_gone_after_a_while(fresh_store, late, clock):
    """After twenty seconds, or as long as one asks for; whoever says that they leave, at once."""
    fresh_store.arrive(late, "s1", by="Ana", stage="why")
    clock.move(seconds=20)
    fresh_store.arrive(late, "s2", by="Ben", stage="why")

    assert ["Ana", "Ben"] == [it.by for it in fresh_store.present(late)]
    clock.move(seconds=1)
    assert ["Ben"] == [it.by for it in fresh_store.present(late)]
    assert ["Ana", "Ben"] == [it.by for it in fresh_store.present(late, within=timedelta(minutes=1))]
    fresh_store.depart("s2")
    fresh_store.depart("never came")
    assert ["Ana"] == [it.by for it in fresh_store.present(late, within=timedelta(minutes=1))]


def test_whoever_went_long_ago_is_forgotten_when_the_next_one_comes(fresh_store, late, clock, behind):
    """After a day; not when somebody who is there is heard of again."""
    fresh_store.arrive(late, "s1", by="Ana", stage="why")
    clock.move(days=1)
    fresh_store.arrive(late, "s2", by="Ben", stage="why")
    clock.move(seconds=1)
    fresh_store.arrive(late, "s2", by="Ben", stage="act")
    rows = "SELECT count(*) FROM presences"

    assert 2 == behind(fresh_store.url, rows)[0][0]
    fresh_store.arrive(late, "s3", by="Cem", stage="why")
    assert 2 == behind(fresh_store.url, rows)[0][0]
    assert ["Ben", "Cem"] == [it.by for it in fresh_store.present(late, within=timedelta(days=9))]


def test_nobody_is_at_a_deleted_incident(fresh_store, late):
    """Until it is brought back; where it was never saved, that is an error of whoever asks to arrive."""
    fresh_store.arrive(late, "s1", by="Ana", stage="why")
    fresh_store.delete(late, by="Ben")

    assert not fresh_store.arrive(late, "s2", by="Cem", stage="why")
    assert () == fresh_store.present(late)
    fresh_store.revert(late, 1, by="Ben")
    assert ["Ana"] == [it.by for it in fresh_store.present(late)]
    assert () == fresh_store.present("2026-999")
    with pytest.raises(UnknownIncidentError, match="no incident '2026-999'"):
        fresh_store.arrive("2026-999", "s1", by="Ana", stage="why")


def test_what_stands_is_told_without_the_document(fresh_store, late, clock):
    """Who saved last, when, which revision, whether it was deleted."""
    assert Standing(1, "Ana", clock(), deleted=False) == fresh_store.standing(late)
    clock.move(minutes=1)
    fresh_store.save(changed(fresh_store.load(late), team="Field"), by="Ben")
    assert Standing(2, "Ben", clock(), deleted=False) == fresh_store.standing(late)
    fresh_store.delete(late, by="Cem")
    assert Standing(3, "Cem", clock(), deleted=True) == fresh_store.standing(late)
    assert fresh_store.standing("2026-999") is None


def test_asking_what_stands_reads_no_document_and_keeps_no_revision(fresh_store):
    """What is typed goes on being one revision while others look every second."""
    saved = fresh_store.save(LATE, by="Ana", coalesce=True)
    said = []

    def note(_connection, _cursor, statement, *_more):
        said.append(statement)

    event.listen(fresh_store._engine, "before_cursor_execute", note)
    fresh_store.standing(saved.id)
    event.remove(fresh_store._engine, "before_cursor_execute", note)
    fresh_store.save(changed(saved, team="Field"), by="Ana", coalesce=True)

    assert 1 == sum("FROM documents" in statement for statement in said)
    assert not any("document," in statement for statement in said)
    assert 1 == len(fresh_store.history(saved.id))


def test_a_sign_of_life_is_one_statement(fresh_store, late):
    """Nothing but that row is touched."""
    fresh_store.arrive(late, "s1", by="Ana", stage="why")
    said = []

    def note(_connection, _cursor, statement, *_more):
        said.append(statement.split()[0])

    event.listen(fresh_store._engine, "before_cursor_execute", note)
    fresh_store.arrive(late, "s1", by="Ana", stage="act")
    event.remove(fresh_store._engine, "before_cursor_execute", note)

    assert ["UPDATE"] == [word for word in said if word not in {"SELECT", "BEGIN"}]


def test_a_sign_of_life_does_not_wait_for_a_long_save(fresh_store, late):
    """It is left out, without an error: the next one comes soon. Whoever asks who is there is not kept waiting."""
    fresh_store.arrive(late, "s1", by="Ana", stage="why")
    with somebody_writing(fresh_store.url):
        noted = fresh_store.arrive(late, "s1", by="Ana", stage="act")
        fresh_store.depart("s1")

        assert not noted
        assert [("Ana", "why", "")] == here(fresh_store, late)
    assert fresh_store.arrive(late, "s1", by="Ana", stage="act")


def test_signs_of_life_without_pause_do_not_keep_a_save_from_being_written(fresh_store, late, clock):
    """Six windows that do nothing else, and somebody who types."""
    stop, failed = threading.Event(), []

    def beat(number):
        with open_store(fresh_store.url, clock=clock) as store:
            while not stop.is_set():
                try:
                    store.arrive(late, f"s{number}", by=f"P{number}", stage="why")
                except StoreError as error:
                    failed.append(error)

    beating = [threading.Thread(target=beat, args=(number,)) for number in range(6)]
    for thread in beating:
        thread.start()
    try:
        incident = fresh_store.load(late)
        for number in range(30):
            incident = fresh_store.save(changed(incident, team=f"T{number}"), by="Ana")
    finally:
        stop.set()
        for thread in beating:
            thread.join()

    assert [] == failed
    assert 31 == incident.revision
    assert [f"P{number}" for number in range(6)] == sorted(it.by for it in fresh_store.present(late))


def test_who_is_there_can_be_seen_where_nothing_may_be_written(fresh_store, late, clock):
    """And nobody is noted there: with the sentence that every refusal says."""
    fresh_store.arrive(late, "s1", by="Ana", stage="why")
    with open_store(fresh_store.url, clock=clock, read_only=True) as looking:
        assert [("Ana", "why", "")] == here(looking, late)
        assert 1 == looking.standing(late).revision
        for write in (
            lambda: looking.arrive(late, "s2", by="Ben", stage="why"),
            lambda: looking.depart("s1"),
        ):
            with pytest.raises(ReadOnlyError, match="open to read only: nothing is saved"):
                write()
    assert [("Ana", "why", "")] == here(fresh_store, late)


def test_hostile_words_are_only_words(fresh_store, late):
    """Quotes, markup, halves of characters and NUL are kept as every other text of the store."""
    fresh_store.arrive(late, "x'); --", by="<b>Ana\x00", stage='"', place="\ud83d")

    assert [("<b>Ana\N{REPLACEMENT CHARACTER}", '"', "\N{REPLACEMENT CHARACTER}")] == here(fresh_store, late)
    fresh_store.depart("x'); --")
    assert [] == here(fresh_store, late)


def test_whoever_is_there_follows_an_incident_that_a_sync_gives_another_id(fresh_store, new_laptop, behind):
    """Their window, and the round under way, are at the same incident as before; the other store hears of neither."""
    laptop = new_laptop()
    fresh_store.save(LATE, by="Ana")
    mine = laptop.save(changed(LATE, title="Mine"), by="Ben")
    laptop.arrive(mine.id, "s1", by="Ben", stage="why")
    begun = laptop.open_round(mine.id, "whys", by="Ben")
    laptop.write_ideas(begun.id, "Ben", ["It was off"])
    laptop.sync(fresh_store, by="Ben")
    now = laptop.followed(mine).id

    assert ("2026-001", "2026-002") == (mine.id, now)
    assert ([], ["Ben"]) == ([it.by for it in laptop.present(mine.id)], [it.by for it in laptop.present(now)])
    assert (None, begun.id) == (laptop.round(mine.id), laptop.round(now).id)
    assert now == laptop.round(now).incident_id
    assert ["It was off"] == [idea.text for idea in laptop.ideas(begun.id, "Ben")]
    assert [0, 0, 0] == [
        behind(fresh_store.url, f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - our own names
        for table in ("presences", "rounds", "ideas")
    ]


def test_whoever_is_there_follows_an_incident_that_turns_out_to_be_one_with_another(fresh_store, new_laptop):
    """The same row of a file, brought into two stores apart, is one incident after they met."""
    laptop = new_laptop()
    row = Incident(title="Late van", source={"system": "crm", "key": "C-1"}, occurred_at="2026-03-03T08:00:00Z")
    for store in (fresh_store, laptop):
        store.save_many([row], by="import")
    name = laptop.find_source("crm", "C-1")
    begun = laptop.open_round(name, "whys", by="Ben")
    laptop.arrive(name, "s1", by="Ben", stage="why")
    laptop.sync(fresh_store, by="Ben")
    now = laptop.find_source("crm", "C-1")

    assert begun.id == laptop.round(now).id
    assert ["Ben"] == [it.by for it in laptop.present(now)]
    assert [] == laptop.check(everything=True)


def test_a_round_without_its_incident_is_found_by_the_check(fresh_store, late, behind):
    """Nothing of the store leaves one behind; what somebody did behind its back is told."""
    fresh_store.open_round(late, "whys", by="Ana")
    assert [] == fresh_store.check(everything=True)
    behind(fresh_store.url, "UPDATE rounds SET uid = 'x'")

    assert ["rounds of ideas: 1 of them belongs to an incident that is not there"] == [
        f"{it.where}: {it.finding}" for it in fresh_store.check()
    ]


def test_the_log_beside_a_file_does_not_grow_with_the_signs_of_life(tmp_path):
    """An hour of six windows, one sign every five seconds, leaves a few megabytes at most."""
    with open_store(tmp_path / "s.db") as store:
        late = store.save(LATE).id
        for number in range(1_000):
            store.arrive(late, f"s{number % 6}", by="Ana", stage="why", place=f"whys.w{number}.text")

        assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 8_000_000
    with closing(sqlite3.connect(tmp_path / "s.db")) as file:
        assert [(6,)] == file.execute("SELECT count(*) FROM presences").fetchall()
