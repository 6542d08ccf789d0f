"""What is due is asked of the store, and goes wherever the store goes."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import create_engine, event

from postmortem.record import due, edit
from postmortem.record.edit import changed
from postmortem.record.errors import DataError
from postmortem.record.incident import Action, Incident
from postmortem.record.playbook import default_playbook, playbook_from
from postmortem.store import NOBODY, Due, Tables, open_store, promised, withdrawn
from postmortem.store.engine import url_of
from tests.store.examples import WHOLE

RELEASED = Path(__file__).with_name("released")
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
NEW = ("promises", "compensations", "checklists", "checklist_runs", "checklist_misses")


def planned(title, *days, team="", zone="UTC", **more):
    """A record with an action for each day; one without a day has no date."""
    plan = tuple(Action(id=f"a{n}", text=f"Do {n}", due_on=day, **more) for n, day in enumerate(days, start=1))
    return Incident(title=title, team=team, zone=zone, actions=plan)


def asked(store, **more):
    """What is due, in short."""
    return [(row.incident_id, row.promise.id, row.when) for row in store.due(now=NOW, **more)]


def new_rows(store):
    """The rows of the five tables, as a person would compare them."""
    tables = store.tables()
    return {name: getattr(tables, name).astype(object).fillna("").to_numpy().tolist() for name in NEW}


def test_what_is_due_comes_overdue_first_and_without_a_date_last(fresh_store):
    """Over all records; what is done, deleted or has no day is not among it."""
    fresh_store.save(planned("Later", date(2026, 4, 1), date(2026, 3, 11), None))
    late = fresh_store.save(planned("Late", date(2026, 3, 2), owner="Lead"))
    fresh_store.save(planned("Done", date(2026, 3, 2), done_on=date(2026, 3, 2)))
    gone = fresh_store.save(planned("Gone", date(2026, 3, 2)))
    fresh_store.delete(gone.id)
    owed = {"id": "k1", "owed": 30, "offered": 30, "answer": "accepted"}
    fresh_store.save(Incident(title="Owed", recovery={"compensation": (owed,)}))

    assert [
        ("2026-002", "action-a1", "overdue"),
        ("2026-001", "action-a2", "today"),
        ("2026-001", "action-a1", "later"),
        ("2026-005", "pay-back-k1", "no date"),
    ] == asked(fresh_store)
    row = fresh_store.due(now=NOW)[0]
    assert (late.title, "Lead", 1, 8.5 * 24 * 60) == (row.title, row.promise.who, row.revision, row.late_min)
    assert {field.name for field in fields(Due)} >= {"incident_id", "title", "promise"}


def test_what_is_due_can_be_narrowed(fresh_store):
    """By whose it is, by team, by a last day or moment, by words; an empty filter asks for nothing."""
    fresh_store.save(planned("Line dead", date(2026, 3, 2), team="Field", owner="Lead"))
    fresh_store.save(planned("Room cold", date(2026, 3, 12), date(2026, 3, 20), team="Hotel"))

    assert ["2026-001"] == [row.incident_id for row in fresh_store.due(now=NOW, who="Lead")]
    assert [("2026-002", "action-a1", "this week"), ("2026-002", "action-a2", "later")] == asked(
        fresh_store, who=[NOBODY], team="Hotel"
    )
    assert 2 == len(asked(fresh_store, until=date(2026, 3, 12)))
    assert 1 == len(asked(fresh_store, until=NOW))
    assert [] == asked(fresh_store, text="room line")
    assert 3 == len(asked(fresh_store, who="", team=(), text="", state=None))


def test_the_last_day_is_one_where_the_records_times_are_told(fresh_store):
    """A day ends half a day earlier in the far east than in UTC, and half a day later in the far west."""
    for zone in ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"):
        fresh_store.save(planned(zone, date(2026, 3, 12), date(2026, 3, 13), zone=zone))

    assert ["action-a1"] * 3 == [row.promise.id for row in fresh_store.due(now=NOW, until=date(2026, 3, 12))]


def test_a_moment_without_an_offset_and_a_level_that_is_none_are_refused(fresh_store):
    """With what would do."""
    with pytest.raises(DataError, match="now: expected a moment with an offset"):
        fresh_store.due(now=datetime(2026, 3, 11))  # noqa: DTZ001 - that is the test
    with pytest.raises(DataError, match="did you mean 'serious'"):
        fresh_store.due(now=NOW, severity="serous")


def test_what_was_kept_of_late_can_be_asked_for_too(fresh_store, clock):
    """A calendar has to hear of it; what was kept long ago, and was due long ago, is not told again."""
    old = planned("Old", date(2025, 3, 2), done_on=date(2025, 3, 1))
    fresh_store.save(old)
    saved = fresh_store.save(planned("Now", date(2026, 3, 16)))
    clock.move(hours=1)
    fresh_store.save(due.keep(saved, "action-a1", default_playbook(), now=NOW))

    assert [] == asked(fresh_store)
    assert [("2026-002", "action-a1", "met", 2)] == [
        (row.incident_id, row.promise.id, row.promise.status, row.revision)
        for row in fresh_store.due(now=NOW, kept_since=NOW - timedelta(days=90))
    ]


def left_since(store, **more):
    """What left its record of late, in short."""
    rows = store.due(now=NOW, kept_since=NOW - timedelta(days=90), **more)
    return [(row.incident_id, row.promise.id, row.sequence) for row in rows if row.promise.text == withdrawn.TEXT]


def test_what_left_its_record_of_late_can_be_asked_for_too(fresh_store, clock):
    """An action that was taken out, a day that was emptied, a step of another procedure, a record that was deleted."""
    out = fresh_store.save(planned("Out", date(2026, 3, 16), date(2026, 3, 17), team="Field"))
    stays = fresh_store.save(planned("Stays", date(2026, 3, 16)))
    gone = fresh_store.save(planned("Gone", date(2026, 3, 16), team="Field", owner="Lead"))
    clock.move(hours=1)
    fresh_store.save(edit.drop(edit.put(out, "actions.a2.due_on", None), "actions", "a1"))
    fresh_store.save(edit.put(stays, "title", "Stays all the same"))
    fresh_store.delete(gone.id)
    lines = [("2026-001", "action-a1", 2), ("2026-003", "action-a1", 2), ("2026-001", "action-a2", 2)]

    assert lines == left_since(fresh_store)
    assert lines == left_since(fresh_store, team="Field")
    assert [lines[1]] == left_since(fresh_store, who="Lead")
    assert [lines[0], lines[2]] == left_since(fresh_store, who=NOBODY)
    assert [lines[0], lines[2]] == left_since(fresh_store, text="out")
    assert [] == left_since(fresh_store, team="Hotel")
    assert [] == [row for row in fresh_store.due(now=NOW) if row.promise.status != "open"]
    clock.move(days=200)
    assert [] == [row for row in fresh_store.due(kept_since=clock()) if row.promise.status != "open"]


def test_promises_that_other_rules_date_anew_are_told_by_a_number_that_rises(tmp_path):
    """No revision tells of it; made again without a change, nothing rises."""
    later = NOW + timedelta(days=1)

    def told(rules, now, *, again=True):
        with open_store(tmp_path / "one.db", playbook=rules, clock=lambda: now) as store:
            if not len(store):
                store.save(Incident(title="Late", known_at=NOW, fixed_at=NOW, state="recovering"))
            if again:
                store.rebuild_tables()
            (row,) = (row for row in store.due(now=NOW) if row.promise.kind == "follow-up")
            return row.promise.due_on, row.sequence, row.stamp

    working = playbook_from({"calendar": {"days": "working"}})

    assert (date(2026, 3, 16), 1, NOW) == told(default_playbook(), NOW) == told(default_playbook(), later)
    assert (date(2026, 3, 18), 2, later) == told(working, later)
    assert (date(2026, 3, 18), 2, later) == told(working, later + timedelta(days=1))
    assert 3 == told(default_playbook(), later)[1]


def test_rows_of_the_store_say_what_the_record_says(fresh_store):
    """Every promise that is open comes back as the record's room tells it."""
    saved = fresh_store.save(WHOLE)
    told = {item.id: item for item in due.promises(saved, default_playbook()) if item.status == "open"}

    assert told == {row.promise.id: row.promise for row in fresh_store.due(now=NOW)}


def test_no_document_is_read_for_it(fresh_store):
    """The flat tables say it all, which keeps it quick where there are many records."""
    fresh_store.save(WHOLE)
    said = []
    event.listen(fresh_store._engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    fresh_store.due(now=NOW)

    assert said
    assert not any("documents.document" in statement for statement in said)


def test_the_index_is_used(tmp_path):
    """Of a hundred thousand promises that were kept, none is looked at."""
    with open_store(tmp_path / "one.db") as store:
        store.save(WHOLE)
    wanted = promised._wanted(date(2026, 3, 12), None)
    statement = promised._found
    engine = create_engine(url_of(tmp_path / "one.db"))
    plans = []

    def explain(connection, _cursor, text, parameters, *_rest):
        if text.startswith("SELECT") and "promises" in text:
            plan = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {text}", parameters).fetchall()
            plans.extend(row[-1] for row in plan)

    event.listen(engine, "before_cursor_execute", explain)
    with engine.connect() as connection:
        statement(connection, wanted, [])
    engine.dispose()

    assert any("ix_promises_status_due_at (status=? AND due_at<?)" in line for line in plans), plans


def test_a_backup_and_a_restore_carry_all_tables(fresh_store, new_url, tmp_path):
    """Into either database; the rows are those of before."""
    fresh_store.save(WHOLE)
    before = new_rows(fresh_store)
    fresh_store.backup(tmp_path / "kept.db")
    with open_store(new_url()) as other:
        other.restore(tmp_path / "kept.db")

        assert all(before.values())
        assert before == new_rows(other)
        assert [] == other.check(everything=True)


def test_a_sync_carries_all_tables_both_ways(fresh_store, new_laptop):
    """What was kept on one side is met on the other."""
    other = new_laptop()
    fresh_store.save(WHOLE)
    fresh_store.sync(other)
    taken = other.load("2026-001")
    other.save(due.keep(taken, "action-a1", default_playbook(), now=NOW))
    fresh_store.sync(other)

    assert new_rows(fresh_store) == new_rows(other)
    assert "action-a1" not in {row.promise.id for row in fresh_store.due(now=NOW)}
    assert [row.uid for row in fresh_store.due(now=NOW)] == [row.uid for row in other.due(now=NOW)]


def test_a_store_that_is_only_looked_at_says_what_is_due(fresh_store):
    """And gives all tables."""
    fresh_store.save(WHOLE)
    with open_store(fresh_store.url, read_only=True) as looking:
        assert fresh_store.due(now=NOW) == looking.due(now=NOW) != ()
        assert new_rows(fresh_store) == new_rows(looking)


def test_a_person_who_was_erased_stands_in_no_row(fresh_store):
    """Whose a promise is, who ticked, what was promised: everywhere."""
    name = "Maria Lindqvist"
    runs = [{"on": "2026-03-20", "by": name, "job": f"At {name}'s"}]
    told = changed(
        WHOLE,
        actions=(Action(id="a1", text=f"Call {name}", owner=name, due_on=date(2026, 3, 16)),),
        checklists=({"id": "l1", "name": f"{name}'s list", "job": name, "runs": runs},),
        should_have_caught=(f"{name}/l1",),
        owner=name,
    )
    fresh_store.save(told)
    fresh_store.erase([name], by="Ana", reason="at her request")

    cells = [cell for rows in new_rows(fresh_store).values() for row in rows for cell in row]
    assert not [cell for cell in cells if "Lindqvist" in str(cell)]
    assert {"[erased]"} <= {row.promise.who for row in fresh_store.due(now=NOW)}
    assert [] == fresh_store.check(everything=True)


@pytest.mark.parametrize("version", ["0001", "0002", "0003"])
def test_the_new_tables_of_an_older_store_are_filled_when_it_is_opened(version, tmp_path):
    """From the documents, with everything that the documents promise: as if they had been saved today."""
    file = tmp_path / "old.db"
    shutil.copyfile(RELEASED / f"{version}.db", file)
    # A record of today, as a person may have written it with the older version.
    document = WHOLE.model_copy(update={"id": "2026-001", "revision": 1}).model_dump_json(exclude_defaults=True)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE documents SET document = ?, revision = 1 WHERE incident_id = '2026-001'", [document])
    with open_store(tmp_path / "today.db") as today:
        today.save(WHOLE)
        expected = new_rows(today)
    with open_store(file, said=[].append) as store:
        found = new_rows(store)

        assert expected == {name: [row for row in rows if row[0] == "2026-001"] for name, rows in found.items()}


def test_the_tables_are_frames_of_the_same_names(fresh_store):
    """Nobody has to guess."""
    assert set(NEW) <= {field.name for field in fields(Tables)}
    assert all(isinstance(fresh_store.table(name), pd.DataFrame) for name in NEW)
