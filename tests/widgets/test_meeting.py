"""The record in hand: kept with every change, alone and with others, and through trouble."""

from __future__ import annotations

import pytest

from postmortem.record import whys
from postmortem.record.edit import add, put
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident, Moment
from postmortem.store import ConflictError, StoreError, UnknownIncidentError, open_store
from postmortem.widgets import Retrospective, open_retrospective
from postmortem.widgets.history import Looking
from postmortem.widgets.keeping import UNNAMED
from tests.widgets.seen import NOW, blocks, fields, send

REFUSED = "the disk is full; free some space and save again"


def refuse(*_, **__):
    """What a store does that can't be written to."""
    raise StoreError(REFUSED)


@pytest.fixture
def refusing(monkeypatch, store):
    """Lets the store refuse every save until it is told to be well again."""
    monkeypatch.setattr(store, "save", refuse)
    return monkeypatch.undo


@pytest.fixture
def two(store):
    """Ana and Ben, each with a kernel of their own, on one record."""
    ana, ben = Retrospective(store, by="Ana"), Retrospective(store, by="Ben")
    ana.type("title", "Late")
    ben.open(ana.incident.id)
    return ana, ben


EDITS = {
    "a title": lambda it: put(it, "title", "Phone off"),
    "a field in a part": lambda it: put(it, "impact.happened", "Off for a day"),
    "a number": lambda it: put(it, "impact.customer_min", 265),
    "a moment": lambda it: add(it, "timeline", Moment(id="m1", text="Seen", at=NOW)),
    "a why": lambda it: whys.answer(it, None, "Left late"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_every_change_is_there_again_in_a_new_kernel(store, edit):
    """Nobody presses a save button."""
    kept = open_retrospective(store=store, by="Ana").change(edit)

    assert kept == open_retrospective(store=store, by="Ana").incident
    assert edit(Incident(title=UNNAMED, zone="Europe/London")) == kept.model_copy(update={"id": "", "revision": 0})


def test_each_word_is_saved_as_it_is_typed(store):
    """Many saves in one go are one revision."""
    retro = open_retrospective(store=store, by="Ana")
    for text in ("P", "Pho", "Phone off"):
        retro.type("title", text)

        assert [text] == [found.title for found in store.list()]
    assert 1 == len(store.history(retro.incident.id))


def test_a_stage_that_is_left_is_a_revision_of_its_own(retro, store):
    """The next word begins another."""
    retro.type("title", "Phone off")
    retro.leave_stage()
    retro.type("title", "Phone and internet off")

    assert ["Phone off", "Phone and internet off"] == [it.incident.title for it in store.history(retro.incident.id)]


def test_a_new_record_is_kept_from_the_first_word_on_whatever_it_is(retro, store):
    """A title may come last; until then the record says that it has none."""
    retro.type("timeline", "")
    assert 0 == len(store)

    retro.type("summary", "The line was dead")

    assert UNNAMED == store.load(retro.incident.id).title
    assert "The line was dead" == store.load(retro.incident.id).summary


def test_a_new_record_that_nobody_wrote_in_is_not_kept(retro, store):
    """Looking, leaving and trying again make no record."""
    panel = retro.stage("tell")
    retro.type("title", "   ")
    retro.leave_stage()
    retro.save_again()
    send(panel, "again")
    send(panel, "go", stage="why", here=True)

    assert 0 == len(store)
    assert retro.is_new


def test_a_title_that_is_emptied_leaves_the_record_without_one(retro, store):
    """The field is empty; the record is kept."""
    panel = retro.stage("tell")
    retro.type("title", "Phone off")
    retro.type("title", "")

    assert UNNAMED == store.load(retro.incident.id).title
    assert "" == fields(panel)["title"]["value"]
    assert "A new record" == panel.head["title"]


def test_the_placeholder_of_a_title_is_only_that_of_a_title(retro):
    """In another field the same words are somebody's own."""
    panel = retro.stage("tell")
    retro.type("impact.happened", UNNAMED)

    assert UNNAMED == fields(panel)["impact.happened"]["value"]


def test_resuming_takes_what_this_person_saved_last(store, samples):
    """Not what another did, not what was closed, not what was imported."""
    store.save_many(samples.values(), by="Dora")
    mine = store.save(Incident(title="Mine"), by="Ana")
    store.save(Incident(title="Closed", state="closed"), by="Ana")
    store.save(Incident(title="Theirs"), by="Ben")

    assert mine == open_retrospective(store=store, by="Ana").incident
    assert "Theirs" == open_retrospective(store=store, by="Ben").incident.title
    assert open_retrospective(store=store, by="Cleo").is_new
    assert open_retrospective(store=store, by="Dora").is_new


def test_a_record_is_resumed_also_where_somebody_else_was_the_last_to_write(store):
    """Two at one record: who comes back finds it, whoever saved last."""
    both = store.save(Incident(title="Both"), by="Ana")
    store.save(put(both, "summary", "Told by Ben"), by="Ben")

    assert "Both" == open_retrospective(store=store, by="Ana").incident.title
    assert "Both" == open_retrospective(store=store, by="Ben").incident.title
    assert open_retrospective(store=store, by="Cleo").is_new


def test_the_newest_of_several_is_resumed(tmp_path):
    """By the time of the last change."""
    from postmortem.store import open_store  # noqa: PLC0415 - with a clock of its own

    times = iter(NOW.replace(minute=minute) for minute in range(60))
    with open_store(tmp_path / "two.db", clock=lambda: next(times)) as store:
        first = store.save(Incident(title="First", occurred_at="2025-01-01T00:00Z"), by="Ana")
        store.save(Incident(title="Second", occurred_at="2026-01-01T00:00Z"), by="Ana")
        store.save(put(first, "summary", "Again"), by="Ana")

        assert "First" == open_retrospective(store=store, by="Ana").incident.title


def test_a_record_is_opened_by_its_id(full_store):
    """An id that is not there gets a near one."""
    assert "2025-003" == open_retrospective("2025-003", store=full_store).incident.id
    with pytest.raises(UnknownIncidentError, match="did you mean '2025-003'"):
        open_retrospective("2025-0003", store=full_store)


def test_undo_and_redo_are_saved_too(retro, store):
    """There and back again, step by step."""
    for text in ("A", "B", "C"):
        retro.type("team", text)
    retro.undo()
    retro.undo()
    assert "A" == store.load(retro.incident.id).team

    retro.redo()

    assert "B" == store.load(retro.incident.id).team
    assert (True, True) == (retro.can_undo, retro.can_redo)


def test_a_new_change_ends_redoing(retro):
    """What was taken back is past then."""
    retro.type("team", "A")
    retro.undo()
    retro.type("team", "B")
    retro.redo()

    assert "B" == retro.incident.team
    assert not retro.can_redo


def test_undoing_with_nothing_to_undo_is_nothing(retro, store):
    """No error, no record."""
    retro.undo()
    retro.redo()

    assert 0 == len(store)


def test_a_change_that_changes_nothing_can_not_be_undone(retro):
    """Undo never seems dead."""
    retro.type("team", "A")
    retro.type("team", "A")
    retro.undo()

    assert "" == retro.incident.team


def test_a_change_that_does_not_fit_changes_nothing(retro):
    """Neither the record nor what can be undone."""
    with pytest.raises(PostmortemError):
        retro.put("impact.customer_min", -1)

    assert retro.is_new
    assert not retro.can_undo


def test_both_changes_are_kept_when_another_saved_in_between(two, store):
    """In different parts, and in different fields of one part."""
    ana, ben = two
    ben.type("impact.happened", "Off for a day")
    ana.type("impact.expected", "Off for an hour")
    ben.type("owner", "Field lead")

    found = store.load(ana.incident.id)

    assert ("Off for an hour", "Off for a day") == (found.impact.expected, found.impact.happened)
    assert "Field lead" == found.owner
    assert found == ben.incident


def test_whys_that_both_ask_at_once_are_both_kept(two, store):
    """And each of the two goes on in their own."""
    ana, ben = two
    ana.change(lambda it: whys.answer(it, None, "Hers"))
    after = ben.change(lambda it: whys.answer(it, None, "His"))
    ben.change(lambda it: whys.reword(it, after.whys[-1].id, "His own"))

    assert ["Hers", "His own"] == [why.text for why in store.load(ana.incident.id).whys]


def test_undo_leaves_what_another_wrote_in_the_same_field_since(two, store):
    """My words stand no more: there is nothing of mine to take back there."""
    ana, ben = two
    ana.type("team", "Field")
    ben.type("owner", "Lead")
    ben.type("team", "Vans")
    ana.type("service", "Phone")
    ana.undo()
    ana.undo()

    assert ("Vans", "Lead", "") == (ana.incident.team, ana.incident.owner, ana.incident.service)
    assert "Vans" == store.load(ana.incident.id).team


def test_what_was_brought_back_by_another_already_keeps_what_they_wrote(two, store):
    """Reviving a record does not put the deleted state over it."""
    ana, ben = two
    store.delete(ben.incident.id, by="Ben")
    ana.type("team", "Field")
    ben.open(store.revert(ben.incident.id, 1, by="Ben").id)
    ben.type("owner", "Lead")
    ana.revive()

    assert ("Field", "Lead", "") == (ana.incident.team, ana.incident.owner, ana.trouble)
    assert ana.incident == store.load(ana.incident.id)


def test_a_record_that_a_sync_gave_another_number_is_followed(store, tmp_path):
    """Its history and its undo are its own, not those of the record that has its number now."""
    retro = Retrospective(store, by="Ana")
    retro.type("title", "Late")
    retro.leave_stage()
    retro.type("team", "Field")
    old = retro.incident.id
    with open_store(tmp_path / "team.db") as team:
        team.save(retro.incident.model_copy(update={"title": "Theirs", "id": old, "revision": 0}), by="Ben")
        store.sync(team)
    looking = Looking()
    shown = [revision.incident.title for revision in looking.revisions(retro)]
    retro.bring_back(1)

    assert ["Late", "Late"] == shown
    assert ("Late", "") == (retro.incident.title, store.load(retro.incident.id).team)
    assert old != retro.incident.id
    assert "Theirs" == store.load(old).title


def test_one_person_in_two_kernels_loses_no_word_of_either(store):
    """What was typed in one stays a revision where the other types something else in the same field."""
    one, other = Retrospective(store, by="Ana"), Retrospective(store, by="Ana")
    one.type("title", "Late")
    other.open(one.incident.id)
    one.type("team", "Field")
    other.type("team", "Vans")

    assert "Vans" == store.load(one.incident.id).team
    assert "Field" in {it.incident.team for it in store.history(one.incident.id)}


def test_undo_leaves_what_another_wrote_meanwhile(two, store):
    """Also in the same part of the record."""
    ana, ben = two
    ana.change(lambda it: whys.answer(it, None, "Hers"))
    ana.type("impact.expected", "Off for an hour")
    ben.change(lambda it: whys.answer(it, None, "His"))
    ben.type("impact.happened", "Off for a day")
    ana.undo()
    ana.undo()

    found = store.load(ana.incident.id)

    assert ["His"] == [why.text for why in found.whys]
    assert ("", "Off for a day") == (found.impact.expected, found.impact.happened)


def test_what_others_have_seen_stays_a_revision(two, store):
    """Ben's change does not swallow Ana's."""
    ana, ben = two
    ben.type("owner", "Field lead")

    assert ["Ana", "Ben"] == [revision.by for revision in store.history(ana.incident.id)]


def test_a_store_that_refuses_leaves_the_text_on_screen(retro, refusing, store):
    """The head says so, the field holds the words, and trying again keeps them."""
    panel = retro.stage("tell")
    send(panel, "put", place="title", value="Phone off")

    assert ("Not saved", REFUSED, False) == (panel.head["saved"], panel.head["trouble"], panel.head["kept"])
    assert "Phone off" == fields(panel)["title"]["value"]

    refusing()
    send(panel, "again")

    assert "Phone off" == store.load(retro.incident.id).title
    assert ("", True) == (panel.head["trouble"], panel.head["kept"])


def test_the_next_word_keeps_what_was_refused_before(retro, refusing, store):
    """Nobody has to press a button for it."""
    retro.type("title", "Phone off")
    retro.type("team", "Field service")
    refusing()
    retro.type("owner", "Field lead")

    found = store.load(retro.incident.id)

    assert ("Phone off", "Field service", "Field lead") == (found.title, found.team, found.owner)


@pytest.mark.parametrize("how", ["save_again", "another word"])
def test_what_another_saved_while_the_store_refused_mine_is_kept(two, store, monkeypatch, how):
    """Trying again puts both together; it never writes over the other."""
    ana, ben = two
    with monkeypatch.context() as patched:
        patched.setattr(store, "save", refuse)
        ana.change(lambda it: whys.answer(it, None, "Hers"))
        ana.type("team", "Field service")
    ben.change(lambda it: whys.answer(it, None, "His"))
    ben.type("owner", "Field lead")
    ana.save_again() if how == "save_again" else ana.type("summary", "Told")

    found = store.load(ana.incident.id)

    assert {"Hers", "His"} == {why.text for why in found.whys}
    assert ("Field service", "Field lead") == (found.team, found.owner)
    assert "" == ana.trouble


def test_another_record_is_not_opened_over_words_that_are_not_kept(full_store, monkeypatch):
    """First they are tried again; where that fails the record stays in hand."""
    retro = Retrospective(full_store, by="Ana")
    with monkeypatch.context() as patched:
        patched.setattr(full_store, "save", refuse)
        retro.type("title", "Phone off")
        for away in (retro.begin, lambda: retro.open("2025-003")):
            with pytest.raises(PostmortemError, match="stays open"):
                away()

            assert "Phone off" == retro.incident.title
    retro.begin()

    assert "Phone off" in {item.title for item in full_store.list()}
    assert retro.is_new


def test_a_stage_can_be_left_while_the_store_does_not_answer(retro, store, monkeypatch):
    """Going on is never held up; what is wrong is said with the next change."""
    panel = retro.stage("tell")
    retro.type("title", "Phone off")
    monkeypatch.setattr(store, "seal", refuse)
    send(panel, "go", stage="why", here=True)

    assert "why" == panel.view["stage"]
    assert "" == panel.head["trouble"]


def test_many_who_save_at_once_lose_nothing(two, store, monkeypatch):
    """The last of theirs stands in the field, mine waits beside it."""
    ana = two[0]
    save = store.save
    turn = iter(range(100))

    def busy(incident, *, by, **rest):
        if by == "Ana":
            save(put(store.load(incident.id), "team", f"Vans {next(turn)}"), by="Ben")
        return save(incident, by=by, **rest)

    monkeypatch.setattr(store, "save", busy)
    ana.type("team", "Field service")

    assert "" == ana.trouble
    assert ("Vans 1", ["Field service"]) == (ana.incident.team, [it.text for it in ana.incident.versions])


def test_a_record_that_is_never_free_is_told_of(two, store, monkeypatch):
    """After five tries the text stays in hand, and trying again keeps it."""
    ana, ben = two
    ben.type("team", "Vans")
    theirs = ben.incident

    def conflict(incident, **_):
        raise ConflictError(incident, theirs)

    with monkeypatch.context() as patched:
        patched.setattr(store, "save", conflict)
        ana.type("owner", "Field lead")

        assert "very often" in ana.trouble
        assert "Field lead" == ana.incident.owner
    ana.save_again()

    assert ("Vans", "Field lead") == (store.load(ana.incident.id).team, store.load(ana.incident.id).owner)


def test_a_value_that_can_not_be_read_stays_in_its_field(retro, store):
    """With a sentence; a good one, an empty one and undo of it are all well."""
    panel = retro.stage("tell")
    retro.type("occurred_at", "11 Mar 2026 08:25")
    retro.type("occurred_at", "yesterday")

    assert ("yesterday", True) == (fields(panel)["occurred_at"]["value"], bool(fields(panel)["occurred_at"]["error"]))
    assert "2026-03-11T08:25:00+00:00" == store.load(retro.incident.id).occurred_at.isoformat()

    retro.type("occurred_at", "11 Mar 2026 08:25")

    assert ("11 Mar 2026 08:25", "") == tuple(fields(panel)["occurred_at"][name] for name in ("value", "error"))


def test_a_value_out_of_bounds_is_told_in_one_sentence(retro):
    """What the record itself refuses is said like any other."""
    retro.type("impact.customer_min", "99999999")
    retro.type("impact.customer_cost", "-5")
    retro.type("occurred_at", "1 Jan 1628 10:00")

    assert {"impact.customer_min", "impact.customer_cost", "occurred_at"} == set(retro.rejected)
    assert all(sentence and "\n" not in sentence for _, sentence in retro.rejected.values())
    assert "1900" in retro.rejected["occurred_at"][1]


def test_what_was_refused_goes_with_the_part_it_was_typed_in(retro):
    """A new moment under a free id does not begin with an old mistake."""
    retro.change(lambda it: add(it, "timeline", Moment(id="m1")))
    retro.type("timeline.m1.at", "later")
    retro.undo()
    assert {} == retro.rejected

    retro.change(lambda it: add(it, "timeline", Moment(id="m1")))

    assert "" == fields(retro.stage("tell"))["timeline.m1.at"]["value"]


def test_a_word_that_comes_after_its_part_was_taken_out_is_told(retro):
    """It is said in the head, with the word, for there is no field any more."""
    panel = retro.stage("tell")
    retro.change(lambda it: add(it, "timeline", Moment(id="m1")))
    retro.undo()
    send(panel, "put", place="timeline.m1.text", value="Somebody rang")

    assert "Somebody rang" in panel.head["trouble"]


def test_every_panel_follows_every_change(retro):
    """What is done in code shows too."""
    panels = [retro.stage(stage) for stage in ("tell", "review")]
    retro.put("title", "Phone off")

    assert ["Phone off", "Phone off"] == [panel.head["title"] for panel in panels]


def test_the_head_says_who_works_and_when_it_was_kept(retro):
    """The clock is the record's."""
    panel = retro.stage("tell")
    assert "Kept from the first word on" == panel.head["saved"]

    retro.type("title", "Phone off")

    assert "Saved 12:00 - revision 1" == panel.head["saved"]
    assert "Ana" == panel.head["by"]


def test_who_works_here_is_told_else_taken_from_the_surroundings(store, monkeypatch):
    """`POSTMORTEM_BY`, where nobody is named."""
    monkeypatch.setenv("POSTMORTEM_BY", "Reader")

    assert "Reader" == Retrospective(store).by
    assert "Ana" == Retrospective(store, by="Ana").by


def test_a_new_record_is_in_the_zone_of_this_machine(retro, monkeypatch):
    """A machine without a zone, or with one nobody knows, works in UTC."""
    assert "Europe/London" == retro.incident.zone

    for name in (None, "Mars/Olympus"):
        monkeypatch.setattr("postmortem.widgets.keeping.get_localzone_name", lambda name=name: name)
        retro.begin()

        assert "UTC" == retro.incident.zone


def test_showing_it_is_choosing_a_record(retro):
    """In the notebook the first cell says `retro`."""
    shown = retro._repr_mimebundle_()
    data = shown[0] if isinstance(shown, tuple) else shown

    assert data["text/plain"].startswith("Which mistake?")
    assert "records" in {block.get("t") for block in blocks(retro._choosing.view)}
    assert "<Retrospective: a new record>" == repr(retro)
