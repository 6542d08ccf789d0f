"""A connection that gets lost at any moment of a save: it stands exactly once, or the error says what became of it."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from postmortem.record.edit import changed
from postmortem.record.incident import Incident
from postmortem.store import ImportCounts, StoreError, engine, open_store
from tests.proxy import Proxy

MOMENTS = ("before", "half", "after")
LATE = Incident(title="Late", id="2026-001")


@pytest.fixture
def proxy(server, monkeypatch):
    """A way round to the server, and pauses of the length of a test."""
    monkeypatch.setattr(engine, "PAUSES_S", (0.0, 0.01, 0.02, 0.05))
    with Proxy(server.port) as proxy:
        yield proxy


@pytest.fixture
def store(postgresql_url, server, proxy):
    """An empty store, reached by way of the proxy."""
    with open_store(postgresql_url.replace(f":{server.port}/", f":{proxy.port}/") + "?sslmode=disable") as store:
        yield store


@pytest.fixture
def plain(postgresql_url):
    """The same store, reached directly: what others see."""
    with open_store(postgresql_url) as store:
        yield store


def every_moment(proxy, deed):
    """Do something until no cut meets it any more: before, in and after its first request, its second, and so on."""
    for moment in MOMENTS:
        for request in range(1, 200):
            proxy.cut(request, moment)
            yield deed(f"{moment} {request}")
            if not proxy.cuts:
                break
        assert request > 5


def test_a_new_incident_is_begun_exactly_once(store, plain, proxy):
    """Whatever request of the save the connection is lost at."""
    for saved in every_moment(proxy, lambda name: store.save(Incident(title=name), by="Ana")):
        assert saved == plain.load(saved.id)
        assert 1 == saved.revision

    titles = [incident.title for incident in plain.incidents()]
    assert len(titles) == len(set(titles)) == len(plain)
    assert [] == plain.check()


@pytest.mark.parametrize("coalesce", [False, True])
def test_a_change_is_kept_exactly_once(store, plain, proxy, coalesce):
    """Every save is one revision further, none two, also where typing is taken up into the revision before."""
    last = store.save(LATE, by="Ana", coalesce=coalesce)

    def change(name):
        return store.save(changed(last, learned=(*last.learned, name)), by="Ana", coalesce=coalesce)

    for saved in every_moment(proxy, change):
        assert (last.revision + 1, len(last.learned) + 1) == (saved.revision, len(saved.learned))
        # Not `load` or `incidents`: what they gave is never taken up.
        assert saved == plain.history(LATE.id)[-1].incident
        last = saved

    assert (1 if coalesce else last.revision) == len(plain.history(LATE.id))
    assert [] == plain.check()


def test_what_is_read_is_read_again(store, proxy):
    """Nobody notices a connection that got lost while looking."""
    store.save(LATE)

    for found in every_moment(proxy, lambda _name: [*store.incidents(), *store.list(text="late"), store.load(LATE.id)]):
        assert 3 == len(found)
    for rows in every_moment(proxy, lambda _name: store.tables()):
        assert 1 == len(rows.incidents)
    for count in every_moment(proxy, lambda _name: store.rebuild_tables()):
        assert 1 == count
    assert [] == store.check()


def test_an_import_from_a_list_begins_again(store, plain, proxy):
    """All of it stands once."""
    names = []

    def bring(name):
        names.append(name)
        return store.save_many([Incident(title=f"{name} {row}") for row in range(3)])

    for counts in every_moment(proxy, bring):
        assert ImportCounts(imported=3) == counts
        assert 3 * len(names) == len(plain)


def test_an_import_that_is_read_as_it_comes_says_whether_it_stands(store, plain, proxy):
    """What was read is used up: it is not begun again, and all of it stands or the error says that nothing does."""
    kept, refused = 0, 0

    def bring(name):
        try:
            return store.save_many(Incident(title=f"{name} {row}") for row in range(3))
        except StoreError as error:
            return error

    for result in every_moment(proxy, bring):
        if isinstance(result, StoreError):
            assert "nothing was saved: begin again" in str(result)
            refused += 1
        else:
            assert ImportCounts(imported=3) == result
            kept += 1
        assert 3 * kept == len(plain)
    assert refused > 9
    assert kept > 6  # before it was begun, after its commit, and where no cut met it


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_that_stays_away_is_told_as_it_is(store, plain, proxy, moment):
    """The save stands at most once, and not at all where the error is sure of it."""
    sure, unsure = 0, 0
    for request in range(1, 200):
        proxy.cut(request, moment, for_good=True)
        before = len(plain)
        said = ""
        try:
            store.save(Incident(title=f"Late {request}"))
        except StoreError as error:
            said = str(error)
        new = len(plain) - before
        if "whether this was saved is not known" in said:
            assert new in {0, 1}
            unsure += 1
        elif said:
            assert "can't be reached" in said
            assert 0 == new
            sure += 1
        else:
            assert 1 == new
        proxy.reopen()
        if not proxy.cuts:
            break

    assert sure > 5
    assert 1 == unsure


def test_a_restore_whose_end_is_not_answered_says_that_this_is_not_known(store, plain, proxy, tmp_path, monkeypatch):
    """Where it stands though its answer was lost, no sentence says otherwise, and what stood before is in a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logging.getLogger("sqlalchemy.pool"), "disabled", True)
    store.save(LATE, by="Ana")
    plain.backup(tmp_path / "backup.db")
    plain.save(Incident(title="Lost"), by="Ana")
    proxy.cut(1_000, "after")
    store.restore(tmp_path / "backup.db", replace=True)
    unsure = 0
    for request in range(proxy.requests - 6, proxy.requests + 3):
        lost = plain.save(Incident(title=f"Lost {request}"), by="Ana")
        proxy.cut(request, "after")
        try:
            store.restore(tmp_path / "backup.db", replace=True)
        except StoreError as error:
            said, stands = str(error), lost.id not in {incident.id for incident in plain.incidents()}

            assert stands == ("whether this was saved is not known" in said)
            unsure += stands

    assert 1 == unsure


def test_a_save_that_fell_silent_does_not_land_later(store, plain, proxy, monkeypatch):
    """A server that does not notice a lost connection keeps the writers' lock: the next try waits for its end."""
    monkeypatch.setattr(engine, "IDLE_MS", 150)
    store.save(LATE)
    proxy.cut(1_000, "silent")
    store.save(Incident(title="To count requests"))
    commit = proxy.requests

    for request in range(commit - 2, commit + 1):
        proxy.cut(request, "silent")
        saved = store.save(Incident(title=f"Silent {request}"))
        assert [saved.id] == [summary.incident_id for summary in plain.list(text=f"silent {request}")]


def test_what_was_taken_up_meanwhile_is_not_saved_again(store, plain, proxy, monkeypatch):
    """Between the lost answer and the second look the same person types on elsewhere: their words stand once each."""
    first = store.save(LATE, by="Ana", coalesce=True)

    def type_on(_seconds):
        # Not `load`: what was loaded is never taken up.
        there = plain.history(LATE.id)[-1].incident
        plain.save(changed(there, learned=(*there.learned, f"there {there.revision}")), by="Ana", coalesce=True)

    monkeypatch.setattr(time, "sleep", type_on)
    proxy.cut(1_000, "after")
    saved = store.save(changed(first, learned=("here",)), by="Ana", coalesce=True)
    proxy.cut(proxy.requests, "after")
    again = store.save(changed(saved, learned=(*saved.learned, "here again")), by="Ana", coalesce=True)

    assert ("here", "here again", "there 3") == again.learned
    assert again == plain.load(LATE.id)


def test_a_server_that_is_started_again_is_waited_for(server, postgresql_url):
    """People type on while the server is restarted and their connections are ended: every word stands once."""
    done, typed = threading.Event(), []

    def type_on(store):
        incident = store.save(LATE)
        while not done.is_set():
            number = len(incident.learned)
            incident = store.save(changed(incident, learned=(*incident.learned, str(number))))
        typed.append(incident)

    with open_store(postgresql_url) as store:
        thread = threading.Thread(target=type_on, args=(store,))
        thread.start()
        for _ in range(3):
            time.sleep(0.1)
            server.cut(postgresql_url.rpartition("/")[2])
            time.sleep(0.1)
            server.restart()
        done.set()
        thread.join()

        # How many depends on how busy the machine is.
        assert len(typed[0].learned) > 2
        assert typed == [store.load(LATE.id)]
        assert typed[0].revision == len(store.history(LATE.id)) == len(typed[0].learned) + 1


def test_a_database_that_was_dropped_is_told(server):
    """Nothing is made in its place."""
    name = server.create()
    with open_store(server.url(name)) as store:
        store.save(LATE)
        server.drop(name)
        with pytest.raises(StoreError, match="has no database of this name"):
            store.save(changed(LATE, title="Very late"))
        with pytest.raises(StoreError, match="has no database of this name"):
            store.load(LATE.id)
