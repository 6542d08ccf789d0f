"""What only PostgreSQL can say; everything else of the store is tried on both databases in the other files."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text

from postmortem.record.incident import Incident
from postmortem.record.reading import incident_from, json_text
from postmortem.store import ImportCounts, StoreError, open_store
from postmortem.store.derived import FLAT
from postmortem.store.engine import reading


@pytest.fixture
def store(postgresql_url):
    """An empty store."""
    with open_store(postgresql_url) as store:
        yield store


def test_both_databases_give_the_same(store, tmp_path):
    """One file imported into both: the same documents, tables, lists and findings, whatever the texts hold."""
    full = incident_from(
        {
            "title": "a\x00b 'c' 100%",
            "source": {"system": "crm", "key": "1\x00"},
            "occurred_at": "2026-03-02T17:30:00.000001+01:00",
            "impact": {"customers": 10_000_000_000, "customer_min": 0.1, "our_cost": "12.50"},
            "whys": [{"id": "w1", "text": "x" * 5000}],
            "causes": [{"id": "c1", "why": "w1", "category": "system"}],
            "factors": ["y" * 5000, "better timing"],
            "actions": [{"id": "a1", "causes": ["c1"], "form": "checklist", "due_on": "0001-01-01"}],
            "recovery": {"steps": [{"id": "apologise", "status": "done"}]},
        }
    )
    long = incident_from({"title": "Late", "source": {"system": "crm", "key": "z" * 9000}})
    rows = [full, long, Incident(title="\ud83d"), Incident(title="Ünïcode \U0001f600")]
    with open_store(tmp_path / "postmortem.db") as other:
        for each in (store, other):
            assert ImportCounts(imported=4) == each.save_many(rows)
            assert ImportCounts(unchanged=4) == each.save_many(rows)
            assert [] == each.check()
            assert 4 == each.rebuild_tables()
        assert list(map(json_text, other.incidents())) == list(map(json_text, store.incidents()))
        ours, theirs = store.tables(), other.tables()
        for name in (table.name for table in FLAT):
            assert getattr(theirs, name).equals(getattr(ours, name))
            assert getattr(theirs, name).dtypes.equals(getattr(ours, name).dtypes)
        assert [summary.title for summary in other.list()] == [summary.title for summary in store.list()]
        assert ["2026-001"] == [summary.incident_id for summary in store.list(text="100%", category="system")]
        assert other.find_source("crm", "1\x00") == store.find_source("crm", "1\x00") == "2026-001"


def test_a_database_that_is_not_there_is_told(server):
    """The sentence says what to do, and no password."""
    with pytest.raises(StoreError, match="has no database of this name: create it") as caught:
        open_store(server.url("missing"))

    assert server.password not in str(caught.value)


def test_a_server_that_is_not_there_is_told_at_once(server, monkeypatch):
    """Nobody waits for an address that was wrong from the start."""
    monkeypatch.setattr(time, "sleep", pytest.fail)
    with pytest.raises(StoreError, match="can't be reached: is it running") as caught:
        open_store(server.url("notes", port=1))

    assert server.password not in str(caught.value)


def test_a_wrong_password_is_told_at_once_and_not_repeated(server, monkeypatch):
    """The server's own words may hold what was typed."""
    monkeypatch.setattr(time, "sleep", pytest.fail)
    address = server.url("postgres").replace(server.password, "s3cret-and-wrong")

    with pytest.raises(StoreError, match="refuses you: check the name and the password") as caught:
        open_store(address)

    assert "s3cret" not in str(caught.value)


def test_a_password_is_in_no_text_that_a_store_shows(server, store):
    """Neither in its name nor in what is said when it is cut off."""
    said = [repr(store), str(store._engine), str(store._engine.url)]

    assert not any(server.password in text for text in said)


def test_somebody_without_the_right_to_write_is_told(server, store, behind):
    """The owner of the database is asked for it."""
    behind(
        store.url,
        f"CREATE USER manager PASSWORD '{server.password}'",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO manager",
    )
    address = store.url.replace(f"postmortem:{server.password}", f"manager:{server.password}")
    with open_store(address) as manager:
        assert 0 == len(manager)
        with pytest.raises(StoreError, match="you may not do this there: ask its owner"):
            manager.save(Incident(title="Late"))


def test_what_is_read_together_is_of_one_moment(store):
    """A reader of several tables does not see half of what somebody saves meanwhile."""
    count = text("SELECT count(*) FROM documents")
    with reading(store._engine) as connection:
        before = connection.execute(count).scalar()
        store.save(Incident(title="Late"))

        assert before == connection.execute(count).scalar()
    assert 1 == len(store)
