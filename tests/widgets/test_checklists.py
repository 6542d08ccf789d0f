"""Checklists on screen (R37): made and changed in the stage "act", ticked there and by those who do the job."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from postmortem.record import actions, checklists
from postmortem.record.edit import put as placed
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Incident
from postmortem.store import StoreError, open_store
from postmortem.widgets import Retrospective, Ticking, open_checklists
from postmortem.widgets import checklists as room
from postmortem.widgets.stages import review
from tests.widgets.seen import NOW, blocks, do, fields, pressed, put, send, texts

DAY = date(2026, 3, 2)
LINES, LIGHTS = "All lines ring", "Lights are green"


def of_kind(panel, kind):
    """The one block of a kind."""
    (found,) = [block for block in blocks(panel.view) if block.get("t") == kind]
    return found


@pytest.fixture
def told(store):
    """A closed record with a list of two points, used once, in the store."""
    incident = checklists.publish(Incident(title="Line dead", state="closed"), "Leaving", [LINES, LIGHTS], on=DAY)
    return store.save(checklists.tick(incident, "l1", [LINES], on=DAY, by="Crew 1", job="Mill Road 1"))


@pytest.fixture
def act(retro):
    """The stage of a record with one action of the form checklist."""
    retro.type("title", "Line dead")
    retro.change(actions.plan, "Print a closing list", form="checklist", kind="immediate", owner="Field lead")
    return retro.stage("act")


@pytest.fixture
def job(store, told):  # noqa: ARG001 - the record must stand in the store
    """The panel of those who do the job."""
    return Ticking(store, by="Crew 2", now=lambda: NOW)


# -- in the stage -----------------------------------------------------------------------------------------------------


def test_a_list_is_made_of_an_action_and_the_first_point_is_asked_for(act, retro):
    """Its name and its keeper are proposed; then the button is gone."""
    pressed(act, "Make a checklist of it")

    assert "checklists.l1.items.0" == act.focus["at"]
    assert ("Print a closing list", "Field lead") == (
        fields(act)["checklists.l1.name"]["value"],
        retro.incident.checklists[0].by,
    )
    assert not [block for block in blocks(act.view) if block.get("label") == "Make a checklist of it"]
    assert "Publishes the checklist “Print a closing list”, version 1." in texts(act.view)


def test_points_typed_moved_and_taken_out_stand_in_the_record(act, retro):
    """Enter adds one below; the focus goes with what is moved."""
    pressed(act, "Make a checklist of it")
    do(act, "point", key="l1", at=0, value=LINES, was=[""])
    do(act, "add-point", key="l1", after=0)
    do(act, "point", key="l1", at=1, value=LIGHTS, was=[""])
    do(act, "move-point", key="l1", at=1, by=-1, text=LIGHTS)

    assert "checklists.l1.items.0" == act.focus["at"]
    assert (LIGHTS, LINES) == retro.incident.checklists[0].items
    do(act, "drop-point", key="l1", at=0, text=LIGHTS)
    assert (LINES,) == retro.incident.checklists[0].items


def test_what_changed_since_the_version_before_is_said(store, told):
    """What came, what went, and another order."""
    retro = Retrospective(store, by="Ana")
    retro.open(told.id)
    retro.change(checklists.revise, "l1", (LINES, "Keys are back"), on=NOW.date())
    sheet = of_kind(retro.stage("act"), "sheet")

    assert ["New: Keys are back", f"Gone: {LIGHTS}"] == sheet["changed"]
    assert "Version 2, since 20 Mar 2026" == sheet["version"]


def test_a_use_that_can_not_be_kept_is_told_beside_its_boxes(store, told):
    """The boxes keep what was ticked: they are emptied only when a use was kept."""
    retro = Retrospective(store, by="Ana", now=lambda: NOW)
    retro.open(told.id)
    panel = retro.stage("act")
    do(panel, "tick", key="l1", ticked=[LINES], on="1 Jan 2030")
    before = of_kind(panel, "ticking")
    do(panel, "tick", key="l1", ticked=[LINES], on="19 Mar 2026", job="School")
    after = of_kind(panel, "ticking")

    assert ("2030-01-01 is not yet" in before["said"], 0) == (True, before["kept"])
    assert ("", 1) == (after["said"], after["kept"])
    assert ["School", "Mill Road 1"] == [row["who"].partition(",")[0] for row in of_kind(panel, "sheet")["runs"]]


def test_a_list_of_another_record_is_suggested_by_its_words_and_named(store, told):
    """And taken back; the card of that list says that it let one through."""
    retro = Retrospective(store, by="Ana", now=lambda: NOW)
    retro.begin()
    retro.type("title", "After a repair not all lines would ring")
    panel = retro.stage("act")
    (option,) = of_kind(panel, "caught")["options"]
    do(panel, "caught", key=f"{told.id}/l1")

    assert option["near"]
    assert (f"{told.id}/l1",) == store.load(retro.incident.id).should_have_caught
    other = Retrospective(store, by="Ana", now=lambda: NOW)
    other.open(told.id)
    assert "1 incident that it should have caught" in of_kind(other.stage("act"), "sheet")["missed"]
    do(panel, "not-caught", key=f"{told.id}/l1")
    assert () == retro.incident.should_have_caught


def test_a_list_that_is_gone_meanwhile_is_refused_with_the_near_one(store, told):
    """Nothing is changed."""
    retro = Retrospective(store, by="Ana", now=lambda: NOW)
    retro.begin()
    retro.type("title", "Dead again")
    panel = retro.stage("act")
    do(panel, "caught", key=f"{told.id}/l9")

    assert f"did you mean '{told.id}/l1'?" in panel.head["trouble"]
    assert () == retro.incident.should_have_caught


def test_a_stage_stands_where_the_lists_can_not_be_read(act, monkeypatch):
    """It says so, and the rest is there."""

    def broken(_store):
        raise StoreError("the disk is gone")

    monkeypatch.setattr(room, "lists", broken)
    room._KNOWN.clear()
    act.refresh()

    assert "the disk is gone" == of_kind(act, "caught")["unread"]
    assert "actions.a1.text" in fields(act)


# -- on the job -------------------------------------------------------------------------------------------------------


def test_a_use_is_kept_in_the_record_of_the_list(store, told, job):
    """With who, where and when; a closed record stays closed and gets a revision, and the screen says so."""
    do(job, "tick", key=f"{told.id}/l1", version=1, ticked=[LIGHTS], job="School", by="Crew 2", on="", note="Cold")
    after = store.load(told.id)
    run = after.checklists[0].runs[-1]

    assert (NOW.date(), "Crew 2", "School", (LIGHTS,), "Cold") == (run.on, run.by, run.job, run.ticked, run.note)
    assert ("closed", told.revision + 1) == (after.state, after.revision)
    assert "one more revision" in of_kind(job, "job-sheet")["closed"]
    assert 1 == of_kind(job, "ticking")["kept"]


def test_two_who_keep_the_same_use_at_once_are_both_kept(store, told, job, monkeypatch):
    """The second save meets the first, and nothing tells the two uses apart but their ids."""
    given = {"key": f"{told.id}/l1", "version": 1, "ticked": [LINES, LIGHTS], "job": "", "by": "Crew", "on": ""}
    save, other = store.save, Ticking(store, by="Crew", now=lambda: NOW)

    def between(*args, **kwargs):
        monkeypatch.setattr(store, "save", save)
        do(other, "tick", **given)
        return save(*args, **kwargs)

    monkeypatch.setattr(store, "save", between)
    do(job, "tick", **given)

    assert 3 == len(store.load(told.id).checklists[0].runs)
    assert "" == of_kind(job, "ticking")["said"]


def test_a_sheet_that_was_changed_meanwhile_is_kept_as_what_was_ticked(store, told, job):
    """The use says which version it was."""
    store.save(checklists.revise(store.load(told.id), "l1", ["Keys are back"], on=NOW.date()))
    do(job, "tick", key=f"{told.id}/l1", version=1, ticked=[LIGHTS], on="")

    assert (1, (LIGHTS,)) == ((run := store.load(told.id).checklists[0].runs[-1]).version, run.ticked)


def test_a_use_of_an_older_file_is_taken_out_on_screen(store, told, job):
    """Uses there have no id; the revisions keep it."""
    older = placed(
        told, "checklists.l1.runs", tuple(run.model_copy(update={"id": ""}) for run in told.checklists[0].runs)
    )
    store.save(older)
    send(job, "again")
    (row,) = of_kind(job, "job-sheet")["runs"]
    do(job, "drop-run", **row["args"])

    assert () == store.load(told.id).checklists[0].runs
    assert 1 == len(store.load(told.id, revision=told.revision).checklists[0].runs)


def test_another_list_is_chosen_by_its_key(store, job):
    """Lists of one id in two records do not mix up what is said of them."""
    second = store.save(checklists.publish(Incident(title="Late"), "Arriving", ["Rang before"], on=DAY))
    do(job, "tick", key="", ticked=["Coffee"], on="")
    refused = of_kind(job, "ticking")["said"]
    put(job, "list", f"{second.id}/l1")

    assert "the list has no point 'Coffee'" in refused.replace("The list", "the list")
    assert ("Arriving", "") == (of_kind(job, "job-sheet")["title"], of_kind(job, "ticking")["said"])


def test_what_let_something_through_is_shown_honestly(store, told, job):
    """By record and day, and one without a day too."""
    store.save(Incident(title="Again", should_have_caught=(f"{told.id}/l1",)))
    send(job, "again")

    assert ["2026-002, no day known"] == of_kind(job, "job-sheet")["missed"]
    assert "1 incident" in of_kind(job, "job-sheet")["warn"]


def test_without_lists_the_panel_says_where_they_come_from(store):
    """And is named in the stored notebook."""
    panel = open_checklists(store=store)

    assert any("Make one in stage 6" in text for text in texts(panel.view))
    assert "Checklists: choose a list, tick it for one job, keep it. Run this cell to work in it." == repr(panel)
    with pytest.raises(PostmortemError, match="there is none yet"):
        open_checklists("Leaving", store=store)


def test_a_store_that_is_only_looked_at_has_no_boxes(tmp_path, store, told):
    """It says why."""
    store.close()
    with open_store(shutil.copy(tmp_path / "postmortem.db", tmp_path / "copy.db"), read_only=True) as looked:
        panel = Ticking(looked, now=lambda: NOW)

    assert not of_kind(panel, "job-sheet")["writes"]
    assert any("only looked at" in text for text in texts(panel.view))
    assert told.id in of_kind(panel, "job-sheet")["key"]


def test_the_page_is_written_and_names_no_customer(store, told, job, tmp_path, monkeypatch):
    """It opens without a network, and has the points."""
    monkeypatch.setattr(review, "REPORTS", tmp_path)
    store.save(
        placed(told, "customer.name", "Harbour House").model_copy(update={"title": "Line dead at Harbour House"})
    )
    do(job, "list-print", key=f"{told.id}/l1")
    page = (tmp_path / f"{told.id}-l1-checklist.html").read_text(encoding="utf-8")

    assert job.failure is None
    assert (LINES in page, "Harbour" in page, "://" in page) == (True, False, False)
