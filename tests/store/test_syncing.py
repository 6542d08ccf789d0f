"""Two copies of a store come to say the same: numbers, histories, changes of both, clashes, deletion, erasure."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event, update

from postmortem.record.edit import changed
from postmortem.record.incident import Incident, Source
from postmortem.store import ConflictError, ImportCounts, StoreError, open_store, syncing, travelling
from postmortem.store.documents import content_of
from postmortem.store.engine import writing
from postmortem.store.schema import revisions
from postmortem.store.travelling import copy_of, inventory, property_of

LATE = Incident(title="Late", occurred_at="2026-03-02T09:00:00Z")
LOST = Incident(title="Lost", occurred_at="2026-03-02T10:00:00Z")


@pytest.fixture
def laptop(new_laptop):
    """A laptop's store: a file."""
    return new_laptop()


@pytest.fixture
def team(fresh_store):
    """The team's store, in either database."""
    return fresh_store


@pytest.fixture
def shared(laptop, team):
    """One incident that both hold."""
    saved = laptop.save(LATE, by="Ana")
    laptop.sync(team)
    return saved


def state(store):
    """What a store holds, whatever it is numbered."""
    with writing(store._engine) as connection:
        return {uid: (entry.incident_id, entry.digest, entry.gone) for uid, entry in inventory(connection).items()}


def told(store, identifier):
    """Who did what to an incident, and when, in whatever order."""
    return sorted((it.at, it.by, it.note, it.deed, content_of(it.incident).digest) for it in store.history(identifier))


def done(result):
    """What a run has done, without the rest."""
    names = ("received", "sent", "updated_here", "updated_there", "merged", "deleted", "clashes", "renumbered")
    return {name: found for name in names if (found := getattr(result, name))}


def erased(store, identifier, field, at="2026-03-05T00:00:00.000000Z"):
    """Take the words of one field out of every revision, as an erasure does."""
    with writing(store._engine) as connection:
        uid = next(uid for uid, entry in inventory(connection).items() if entry.incident_id == identifier)
        for kept in copy_of(connection, uid).revisions:
            clean = content_of(changed(kept.incident, **{field: "[erased]"}))
            connection.execute(
                update(revisions)
                .where(revisions.c.incident_id == identifier, revisions.c.number == kept.number)
                .values(digest=clean.digest, document=clean.document(identifier, kept.number))
            )
        head = copy_of(connection, uid).head
        travelling.append(
            connection,
            copy_of(connection, uid),
            [replace(head, deed="erase", token=f"erased {field} {store.url}", at=at, by="Dora")],
            store.playbook,
            gone=False,
        )


def test_what_is_only_here_goes_there_with_its_whole_history(laptop, team, clock):
    """Every revision keeps who, when, note and deed, and the tables know it at once."""
    saved = laptop.save(LATE, by="Ana", note="by phone")
    clock.move(minutes=9)
    laptop.save(changed(saved, team="Field"), by="Ben")
    result = laptop.sync(team)

    assert {"sent": (saved.id,)} == done(result)
    assert told(laptop, saved.id) == told(team, saved.id)
    assert laptop.load(saved.id) == team.load(saved.id)
    assert ["Field"] == [found.team for found in team.list()]
    assert [] == team.check()


def test_what_is_only_there_comes_here(laptop, team):
    """A new laptop begins with all that the team has."""
    saved = team.save(LATE, by="Ana")
    result = laptop.sync(team)

    assert {"received": (saved.id,)} == done(result)
    assert told(team, saved.id) == told(laptop, saved.id)


def test_running_it_again_does_nothing(laptop, team, shared):
    """Twice is once: no revision more on either side."""
    again = laptop.sync(team)

    assert {} == done(again)
    assert 1 == again.unchanged
    assert 1 == len(laptop.history(shared.id)) == len(team.history(shared.id))


def test_a_number_that_is_taken_there_gives_way_here(laptop, team):
    """The team's incident keeps its number; ours gets the next one, in every revision."""
    theirs = team.save(LOST, by="Ben")
    ours = laptop.save(LATE, by="Ana")
    laptop.save(changed(ours, team="Field"), by="Ana")
    result = laptop.sync(team)

    assert ["2026-001 is now 2026-002"] == list(map(str, result.renumbered))
    assert theirs.id == ours.id
    assert {"2026-001": "Lost", "2026-002": "Late"} == {it.incident_id: it.title for it in laptop.list()}
    assert {"2026-002"} == {it.incident.id for it in laptop.history("2026-002")}
    assert state(laptop) == state(team)
    assert [] == laptop.check() + team.check()


def test_links_and_texts_written_here_follow_the_new_number(laptop, team):
    """What we wrote about our 2026-001 names it by its new number; what the team wrote about theirs stays."""
    team.save(LOST, by="Ben")
    team.save(Incident(title="After it", summary="As in 2026-001", links=[{"incident_id": "2026-001"}]), by="Ben")
    laptop.save(LATE, by="Ana")
    ours = Incident(title="Ours", summary="See 2026-001, not 12026-001", links=[{"incident_id": "2026-001"}])
    laptop.save(ours, by="Ana")
    laptop.sync(team)
    found = {it.title: it for it in laptop.incidents()}

    new = found["Late"].id
    assert new not in {"2026-001", "2026-002"}
    assert (f"See {new}, not 12026-001", new) == (found["Ours"].summary, found["Ours"].links[0].incident_id)
    assert ("As in 2026-001", "2026-001") == (found["After it"].summary, found["After it"].links[0].incident_id)
    assert f"2026-001 is now {new}" in laptop.history(found["Ours"].id)[-1].note
    assert state(laptop) == state(team)


def test_nobody_saves_the_old_number_over_what_has_it_now(laptop, team):
    """What was open in a notebook meanwhile, or stands in a page, reaches the incident it was made from."""
    team.save(LOST, by="Ben")
    ours = laptop.save(LATE, by="Ana")
    laptop.sync(team)
    saved = laptop.save(changed(ours, team="Field"), by="Ana")

    assert ("2026-002", "Late", "Field") == (saved.id, saved.title, saved.team)
    assert ImportCounts(updated=1) == laptop.save_many([changed(ours, owner="Lead")])
    assert ("Field", "Lead") == (laptop.load("2026-002").team, laptop.load("2026-002").owner)
    assert ("Lost", "", "") == tuple(getattr(laptop.load("2026-001"), name) for name in ("title", "team", "owner"))


def test_an_incident_that_was_renumbered_twice_is_reached_from_both_numbers(laptop, new_laptop, team):
    """However far it went; and what never stood under a number is a conflict, as ever."""
    other = new_laptop("other")
    for title in ("One", "Two"):
        team.save(Incident(title=title), by="Ben")
    other.save(LOST, by="Eve")
    first = laptop.save(LATE, by="Ana")
    laptop.sync(other)
    second = laptop.load("2026-002")
    laptop.sync(team)
    now = next(it.id for it in laptop.incidents() if it.title == "Late")

    assert now not in {first.id, second.id}
    assert now == laptop.save(changed(first, team="Field"), by="Ana").id
    assert now == laptop.save(changed(second, owner="Lead"), by="Ana").id
    assert ("Field", "Lead") == (laptop.load(now).team, laptop.load(now).owner)
    with pytest.raises(ConflictError):
        laptop.save(changed(first, revision=9, team="Desk"), by="Ana")


def test_two_that_have_each_others_number_change_places(laptop, team):
    """A swap is no obstacle: one waits outside."""
    laptop.save(LATE, by="Ana")
    laptop.save(LOST, by="Ana")
    laptop.sync(team)
    with writing(laptop._engine) as connection:
        first, second = (copy_of(connection, uid) for uid in inventory(connection))
        playbook = laptop.playbook
        first = travelling.move(connection, first, "aside", playbook)
        travelling.move(connection, second, "2026-001", playbook)
        travelling.move(connection, first, "2026-002", playbook)
    result = laptop.sync(team)

    assert ["2026-001 is now 2026-002", "2026-002 is now 2026-001"] == list(map(str, result.renumbered))
    assert state(laptop) == state(team)
    assert [] == laptop.check()


@pytest.mark.parametrize("side", ["laptop", "team"])
def test_a_change_of_one_side_is_taken_over_revision_by_revision(laptop, team, shared, clock, side):
    """Neither side gets a revision that nobody made."""
    changing = {"laptop": laptop, "team": team}[side]
    for name in ("Field", "Vans"):
        clock.move(minutes=9)
        changing.save(changed(changing.load(shared.id), team=name), by="Ben", note=name)
    result = laptop.sync(team)

    assert {"updated_there" if side == "laptop" else "updated_here": (shared.id,)} == done(result)
    assert 3 == len(laptop.history(shared.id))
    assert told(laptop, shared.id) == told(team, shared.id)


def test_changes_of_both_are_put_together_and_all_revisions_travel(laptop, team, shared, clock):
    """One merged revision on both sides, which says from where; what each side wrote is in the history of both."""
    clock.move(minutes=9)
    laptop.save(changed(shared, team="Field"), by="Ana")
    clock.move(minutes=9)
    team.save(changed(shared, owner="Lead"), by="Ben")
    result = laptop.sync(team, by="Ana")

    assert (shared.id,) == result.merged
    for store in (laptop, team):
        standing, last = store.load(shared.id), store.history(shared.id)[-1]
        assert ("Field", "Lead") == (standing.team, standing.owner)
        assert ("sync", "Ana") == (last.deed, last.by)
        assert last.note.startswith("put together: laptop.db (revision 2) and ")
    assert told(laptop, shared.id) == told(team, shared.id)


def test_a_revision_shows_what_its_author_changed_also_in_the_other_store(laptop, team, shared):
    """Ben's revision does not seem to take out there what Ana wrote meanwhile."""
    team.save(changed(shared, team="Field"), by="Ana")
    laptop.save(changed(shared, owner="Lead"), by="Ben")
    laptop.sync(team)
    by_ben = next(it for it in team.history(shared.id) if it.by == "Ben")

    assert [("owner", "added")] == [(change.place, change.kind) for change in by_ben.changes]


def test_a_clash_is_told_and_nothing_of_it_is_written(laptop, team, shared):
    """Place, mine and theirs; all other incidents are brought together all the same."""
    laptop.save(changed(shared, team="Field", owner="Lead"), by="Ana")
    team.save(changed(shared, team="Vans"), by="Ben")
    other = team.save(LOST, by="Ben")
    result = laptop.sync(team)

    assert not result.agreed
    assert [(shared.id, "team", "Field", "Vans")] == [
        (it.incident_id, it.place, it.mine, it.theirs) for it in result.clashes
    ]
    assert (2, "") == (len(team.history(shared.id)), team.load(shared.id).owner)
    assert 2 == len(laptop.history(shared.id))
    assert "Lost" == laptop.load(other.id).title


@pytest.mark.parametrize(("prefer", "stands"), [("mine", "Field"), ("theirs", "Vans")])
def test_a_preferred_side_settles_a_clash_and_the_other_text_is_kept(laptop, team, shared, prefer, stands):
    """Both histories hold both texts; what did not clash stands in any case."""
    laptop.save(changed(shared, team="Field", owner="Lead"), by="Ana")
    team.save(changed(shared, team="Vans"), by="Ben")
    result = laptop.sync(team, prefer=prefer)

    assert result.agreed
    assert ["team"] == [clash.place for clash in result.settled]
    for store in (laptop, team):
        assert (stands, "Lead") == (store.load(shared.id).team, store.load(shared.id).owner)
        assert {"Field", "Vans"} <= {it.incident.team for it in store.history(shared.id)}


@pytest.mark.parametrize("side", ["laptop", "team"])
def test_what_was_deleted_on_one_side_is_deleted_on_both(laptop, team, shared, side):
    """Who deleted it, and when, goes along."""
    {"laptop": laptop, "team": team}[side].delete(shared.id, by="Ben", note="a test")
    result = laptop.sync(team)

    assert (shared.id,) == result.deleted
    assert 0 == len(laptop) == len(team)
    assert ["delete"] == [it.deed for it in laptop.history(shared.id)[1:]]
    assert told(laptop, shared.id) == told(team, shared.id)
    assert [] == laptop.check() + team.check()


@pytest.mark.parametrize(("prefer", "alive"), [(None, None), ("mine", 0), ("theirs", 1)])
def test_deleted_here_and_changed_there_is_a_clash(laptop, team, shared, prefer, alive):
    """Somebody has to choose; whatever they choose, the change is in the history."""
    laptop.delete(shared.id, by="Ana")
    team.save(changed(shared, team="Vans"), by="Ben")
    result = laptop.sync(team, prefer=prefer)

    clash = (*result.clashes, *result.settled)[0]
    assert ("deleted", "deleted here", "changed there") == (clash.place, clash.mine, clash.theirs)
    if prefer is None:
        assert (0, 1) == (len(laptop), len(team))
    else:
        assert alive == len(laptop) == len(team)
        assert "Vans" in {it.incident.team for it in laptop.history(shared.id)}
        assert {} == done(laptop.sync(team))


def test_what_was_brought_back_comes_back_on_both(laptop, team, shared):
    """A deletion that was taken back is a change like any other."""
    laptop.delete(shared.id, by="Ana")
    laptop.sync(team)
    team.revert(shared.id, 1, by="Ben")
    laptop.sync(team)

    assert 1 == len(laptop) == len(team)


def test_samples_that_were_loaded_in_both_stores_stand_there_once(laptop, team):
    """One source is one incident, and so is one id from one file; changes of both are put together."""
    known = changed(LATE, source=Source(system="crm", key="7"))
    for store in (laptop, team):
        store.save_many([known, changed(LOST, id="2026-050")], by="samples")
    laptop.save(changed(laptop.load("2026-001"), team="Field"), by="Ana")
    team.save(changed(team.load("2026-001"), owner="Lead"), by="Ben")
    result = laptop.sync(team)

    assert result.agreed
    assert 2 == len(laptop) == len(team)
    assert ("Field", "Lead") == (team.load("2026-001").team, laptop.load("2026-001").owner)
    assert state(laptop) == state(team)
    assert {} == done(laptop.sync(team))


def test_one_source_written_up_twice_clashes_field_by_field(laptop, team):
    """Nothing is common: what both say differently is asked, what only one says stands."""
    source = Source(system="crm", key="7")
    laptop.save(changed(LATE, source=source, team="Field"), by="Ana")
    team.save(changed(LATE, source=source, title="Too late", owner="Lead"), by="Ben")
    clashes = laptop.sync(team).clashes
    laptop.sync(team, prefer="theirs")

    assert [("title", "Late", "Too late")] == [(it.place, it.mine, it.theirs) for it in clashes]
    assert 1 == len(laptop) == len(team)
    assert ("Too late", "Field", "Lead") == tuple(
        getattr(laptop.load("2026-001"), name) for name in ("title", "team", "owner")
    )


def test_a_raw_copy_of_a_file_gets_a_name_of_its_own(new_laptop, clock, tmp_path):
    """A copied file knows its incidents; what was written in both since then is put together."""
    team = new_laptop("team")
    saved = team.save(LATE, by="Ben")
    team.close()
    laptop = open_store(shutil.copyfile(tmp_path / "team.db", tmp_path / "laptop.db"), clock=clock)
    team = open_store(tmp_path / "team.db", clock=clock)
    laptop.save(changed(saved, team="Field"), by="Ana")
    team.save(changed(saved, owner="Lead"), by="Ben")
    result = laptop.sync(team)

    assert {"merged", "updated_here", "updated_there"} == set(done(result))
    with writing(laptop._engine) as mine, writing(team._engine) as theirs:
        assert property_of(mine, "store_id") != property_of(theirs, "store_id")


def test_a_store_is_not_synced_with_itself(laptop, tmp_path):
    """Under its own name, nor under another one."""
    (tmp_path / "link.db").symlink_to(tmp_path / "laptop.db")
    for name in ("laptop", "link"):
        with open_store(tmp_path / f"{name}.db") as same, pytest.raises(StoreError, match="is this very store"):
            laptop.sync(same)


def test_the_teams_database_is_known_under_another_name(team, database):
    """An address with other words in it still leads to the same database."""
    if database == "sqlite":
        pytest.skip("a file's other names are tried above")
    with (
        open_store(f"{team.url}?application_name=other") as same,
        pytest.raises(StoreError, match="is this very store"),
    ):
        team.sync(same)


@pytest.mark.parametrize("side", ["laptop", "team"])
def test_a_store_that_was_restored_from_a_backup_gets_back_what_it_lost(laptop, team, shared, tmp_path, side):
    """Numbers that were given again since do not count: revisions are known by their tokens."""
    if side == "laptop":
        laptop.backup(tmp_path / "backup.db")
        laptop.save(changed(shared, team="Field"), by="Ana")
        laptop.sync(team)
        with open_store(tmp_path / "backup.db") as old:
            old.save(changed(shared, owner="Lead"), by="Ana")
            result = old.sync(team)
            assert ("Field", "Lead") == (old.load(shared.id).team, team.load(shared.id).owner)
    else:
        team.backup(tmp_path / "backup.db")
        laptop.save(changed(shared, team="Field"), by="Ana")
        laptop.sync(team)
        with open_store(tmp_path / "backup.db") as old:
            old.save(changed(shared, owner="Lead"), by="Ben")
            result = laptop.sync(old)
            assert ("Field", "Lead") == (old.load(shared.id).team, laptop.load(shared.id).owner)

    assert result.agreed


def test_what_is_typed_on_after_a_sync_is_a_revision_of_its_own(laptop, team):
    """The other store holds what stood then: it is not taken up any more."""
    typed = laptop.save(LATE, by="Ana", coalesce=True)
    laptop.sync(team)
    laptop.save(changed(typed, team="Field"), by="Ana", coalesce=True)
    laptop.sync(team)

    assert 2 == len(laptop.history(typed.id)) == len(team.history(typed.id))
    assert result_of(laptop, team) == {}


def result_of(here, there):
    """What another run does."""
    return done(here.sync(there))


def test_copies_from_before_incidents_had_names_know_each_other(tmp_path, clock):
    """Two copies of a file of the first release went their own ways before they were opened with this one."""
    released = Path(__file__).with_name("released") / "0001.db"
    stores = [open_store(shutil.copyfile(released, tmp_path / f"{name}.db"), clock=clock) for name in ("a", "b")]
    mine, theirs = stores
    first = next(iter(mine.incidents()))
    mine.save(changed(first, team="Ours"), by="Ana")
    theirs.save(changed(first, owner="Lead"), by="Ben")
    count = len(mine)
    result = mine.sync(theirs)

    assert result.agreed
    assert ("Ours", "Lead") == (theirs.load(first.id).team, mine.load(first.id).owner)
    assert count == len(mine) == len(theirs)


def test_a_dry_run_writes_nothing(laptop, team):
    """It says what would be done, and both stand as they stood."""
    team.save(LOST, by="Ben")
    laptop.save(LATE, by="Ana")
    before = state(laptop), state(team)
    result = laptop.sync(team, dry_run=True)

    assert (("2026-001",), ("2026-001",)) == (result.sent, result.received)
    assert ["2026-001 will get another number"] == list(map(str, result.renumbered))
    assert before == (state(laptop), state(team))


def test_a_team_store_that_may_only_be_read_says_so(laptop, team):
    """A sentence, before anything is written there."""
    laptop.save(LATE, by="Ana")
    with open_store(team.url, read_only=True) as there, pytest.raises(StoreError):
        laptop.sync(there)

    assert 0 == len(team)


def test_what_others_save_there_meanwhile_is_read_again(laptop, team, shared, monkeypatch):
    """A save between the reading and the writing is put together with the rest, not written over."""
    laptop.save(changed(shared, team="Field"), by="Ana")
    planned, busy = syncing.plan, iter(["Lead"])

    def plan(*given, **named):
        for owner in busy:
            team.save(changed(team.load(shared.id), owner=owner), by="Ben")
        return planned(*given, **named)

    monkeypatch.setattr(syncing, "plan", plan)
    result = laptop.sync(team)

    assert result.agreed
    assert ("Field", "Lead") == (team.load(shared.id).team, laptop.load(shared.id).owner)


def test_what_others_never_stop_saving_is_left_to_the_next_run(laptop, team, shared, monkeypatch):
    """It tries a few times, and says which ones are not done."""
    laptop.save(changed(shared, team="Field"), by="Ana")
    planned = syncing.plan

    def plan(*given, **named):
        there = team.load(shared.id)
        team.save(changed(there, owner=f"{there.owner}!"), by="Ben")
        return planned(*given, **named)

    monkeypatch.setattr(syncing, "plan", plan)
    result = laptop.sync(team)
    monkeypatch.undo()

    assert (shared.id,) == result.unfinished
    assert not result.agreed
    assert laptop.sync(team).agreed


def test_an_erasure_stands_and_nothing_brings_the_words_back(laptop, team):
    """It wins where the other side left the field alone; the other history is named for the same erasure."""
    saved = laptop.save(changed(LATE, summary="Mrs Pask rang"), by="Ana")
    laptop.sync(team)
    erased(laptop, saved.id, "summary")
    team.save(changed(saved, owner="Lead"), by="Ben")
    result = laptop.sync(team)

    assert [(saved.id, "here")] == [(it.incident_id, it.where) for it in result.erased]
    assert ("[erased]", "Lead") == (team.load(saved.id).summary, laptop.load(saved.id).owner)
    for _ in range(2):
        assert not [it for it in laptop.history(saved.id) if "Pask" in it.document]
        laptop.sync(team)
    erased(team, saved.id, "summary")
    laptop.sync(team)
    assert not [it for store in (laptop, team) for it in store.history(saved.id) if "Pask" in it.document]
    assert result_of(laptop, team) == {}


def test_the_same_erasure_in_both_stores_settles_it(laptop, team):
    """It is named at every run until it was run in the other store too; then both histories are clean and alike."""
    saved = laptop.save(changed(LATE, summary="Mrs Pask rang"), by="Ana Pask")
    laptop.sync(team)
    laptop.erase(["Pask"], by="Dora", reason="at her request")
    first, second = laptop.sync(team), laptop.sync(team)
    team.erase(["Pask"], by="Dora", reason="at her request")
    last = laptop.sync(team)

    assert [saved.id] * 2 == [it.incident_id for result in (first, second) for it in result.erased]
    assert () == last.erased == last.clashes
    assert {} == result_of(laptop, team)
    for store in (laptop, team):
        assert not [it for it in store.history(saved.id) if "Pask" in f"{it.document}{it.by}"]


def test_an_erasure_there_stands_here(laptop, team):
    """The same, the other way round."""
    saved = laptop.save(changed(LATE, summary="Mrs Pask rang"), by="Ana")
    laptop.sync(team)
    erased(team, saved.id, "summary")
    laptop.save(changed(saved, owner="Lead"), by="Ana")
    result = laptop.sync(team)

    assert [(saved.id, "there")] == [(it.incident_id, it.where) for it in result.erased]
    assert ("[erased]", "Lead") == (laptop.load(saved.id).summary, team.load(saved.id).owner)
    assert not [it for it in team.history(saved.id) if "Pask" in it.document]


def test_a_field_that_was_erased_here_and_rewritten_there_is_a_clash(laptop, team):
    """Nobody but a person can tell whether the new text still names whom the old one named."""
    saved = laptop.save(changed(LATE, summary="Mrs Pask rang"), by="Ana")
    laptop.sync(team)
    erased(laptop, saved.id, "summary")
    team.save(changed(saved, summary="Mrs Pask rang twice"), by="Ben")
    result = laptop.sync(team)

    assert ["summary"] == [clash.place for clash in result.clashes]
    assert not [it for it in laptop.history(saved.id) if "Pask" in it.document]


def test_two_erasures_of_different_words_are_a_clash_that_no_side_settles(laptop, team):
    """To take either side would bring back what the other one has erased."""
    saved = laptop.save(changed(LATE, summary="Mrs Pask rang", owner="Mr Orr"), by="Ana")
    laptop.sync(team)
    erased(laptop, saved.id, "summary")
    erased(team, saved.id, "owner")
    for prefer in (None, "mine", "theirs"):
        result = laptop.sync(team, prefer=prefer)
        assert ["history"] == [clash.place for clash in result.clashes]

    assert not [it for it in laptop.history(saved.id) if "Pask" in it.document]
    assert not [it for it in team.history(saved.id) if "Orr" in it.document]


def test_a_thousand_incidents_with_nothing_new_take_a_handful_of_questions(laptop, team):
    """Digests are compared, not documents."""
    laptop.save_many([changed(LATE, title=f"Late {number}") for number in range(1000)], by="Ana")
    laptop.sync(team)
    with counted(laptop, team) as statements:
        result = laptop.sync(team)

    assert 1000 == result.unchanged
    assert 30 > len(statements)


@contextmanager
def counted(*stores):
    """The statements that reach the databases."""
    seen = []

    def see(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    for store in stores:
        event.listen(store._engine, "before_cursor_execute", see)
    yield seen
    for store in stores:
        event.remove(store._engine, "before_cursor_execute", see)


def test_a_password_shows_nowhere(laptop, team, shared, server_password):
    """Neither in the result nor in a note."""
    laptop.save(changed(shared, team="Field"), by="Ana")
    team.save(changed(shared, owner="Lead"), by="Ben")
    result = laptop.sync(team)

    assert server_password not in f"{result!r} {laptop.history(shared.id)!r} {laptop.load(shared.id)!r}"


@pytest.fixture
def server_password(database, request):
    """What an address must not show; something that never shows where there is none."""
    return request.getfixturevalue("server").password if database == "postgresql" else "\0"
