"""The history in the notebook: who changed what and when, how it stood, and any revision back."""

from __future__ import annotations

import json

import pytest

from postmortem.record import causes, commitments, versions, whys
from postmortem.store import StoreError
from postmortem.widgets import Retrospective
from postmortem.widgets.choosing import ChoosingPanel
from tests.widgets.hostile import HOSTILE
from tests.widgets.seen import NOW, blocks, do, pressed, put, send, texts


@pytest.fixture
def told(retro):
    """Ana's record in three revisions, one of them Ben's."""
    retro.type("title", "Phone off")
    ben = Retrospective(retro.store, by="Ben")
    ben.open(retro.incident.id)
    ben.change(lambda it: whys.answer(it, None, "The plug was out"))
    ben.leave_stage()
    retro.type("team", "Field service")
    retro.leave_stage()
    return retro


def rows(panel):
    """The revisions that a panel lists, by their number."""
    found = [block for block in blocks(panel.view) if block.get("t") == "history"]
    return {row["number"]: row for row in found[0]["rows"]} if found else {}


def test_every_revision_is_listed_the_last_one_first(told):
    """With who, when in the zone of the record, and what was done."""
    listed = rows(told.history())

    assert [3, 2, 1] == list(listed)
    assert ["Ana", "Ben", "Ana"] == [row["by"] for row in listed.values()]
    assert ["put together", "saved", "saved"] == [row["done"] for row in listed.values()]
    assert [True, False, False] == [row["here"] for row in listed.values()]
    assert "20 Mar 2026, 12:00" == listed[1]["when"]


def test_the_last_revision_tells_at_once_what_it_changed(told):
    """Another one when it is unfolded."""
    panel = told.history()

    assert [("Added", "Team", [["added", "Field service"]])] == [
        (it["kind"], it["label"], it["pieces"]) for it in rows(panel)[3]["changes"]
    ]
    assert [] == rows(panel)[2]["changes"]

    do(panel, "unfold", number=2)

    assert ["Why"] == [it["label"] for it in rows(panel)[2]["changes"]]
    assert "history.2" == panel.focus["at"]


def test_changed_words_stand_among_those_that_stayed(told):
    """Each marked as what it is."""
    told.type("title", "Phone off all day")
    panel = told.history()

    assert [["same", "Phone off"], ["added", " all day"]] == rows(panel)[4]["changes"][0]["pieces"]


def test_a_revision_is_shown_as_it_was(told):
    """Everything that stood in it, and nothing else."""
    panel = told.history()
    do(panel, "as-it-was", number=1)
    shown = {item["label"]: item["text"] for item in rows(panel)[1]["shown"]}

    assert "Phone off" == shown["What went wrong, in one line"]
    assert not {"Team", "Why"} & set(shown)

    do(panel, "as-it-was", number=1)

    assert [] == rows(panel)[1]["shown"]


def test_bringing_back_asks_once(told):
    """A no changes nothing; the focus goes where it came from."""
    panel = told.history()
    before = told.incident
    do(panel, "ask-back", number=1)
    assert rows(panel)[1]["asked"]
    assert "history.1.yes" == panel.focus["at"]

    do(panel, "leave-it", number=1)

    assert not rows(panel)[1]["asked"]
    assert "history.1.back" == panel.focus["at"]
    assert before == told.store.load(before.id)


def test_a_revision_that_is_brought_back_stands_as_a_new_one(told):
    """What stood until then is kept, every panel shows it, and undo goes back."""
    panel, tell = told.history(), told.stage("tell")
    before = told.incident
    do(panel, "ask-back", number=1)
    do(panel, "bring-back", number=1)

    assert ("", (), 4) == (told.incident.team, told.incident.whys, told.incident.revision)
    assert told.incident == told.store.load(before.id)
    assert before == told.store.load(before.id, revision=3)
    assert "brought back" == rows(panel)[4]["done"]
    assert "history.4" == panel.focus["at"]
    assert "Field service" not in texts(tell.view)

    told.undo()

    assert ("Field service", 1) == (told.incident.team, len(told.incident.whys))


def test_bringing_back_is_possible_from_code(told):
    """The twin of the button."""
    assert "" == told.bring_back(1).team
    assert "restore" == told.store.history(told.incident.id)[-1].deed


def test_the_last_stage_opens_the_history_and_closes_it(told):
    """It is read only when somebody wants to see it."""
    panel = told.stage("review")
    assert {} == rows(panel)

    pressed(panel, "Show what changed")
    assert [3, 2, 1] == list(rows(panel))
    do(panel, "unfold", number=3)
    assert 1 == len(rows(panel)[3]["changes"])
    do(panel, "bring-back", number=1)
    assert "" == told.incident.team

    pressed(panel, "Close the history")
    assert {} == rows(panel)


def test_another_record_begins_with_a_closed_history(told):
    """Nothing of the last one is left."""
    panel, own = told.stage("review"), told.history()
    pressed(panel, "Show what changed")
    told.begin()

    assert {} == rows(panel) == rows(own)
    assert "Nothing is kept yet" in str(texts(own.view))


def test_a_long_history_is_listed_in_parts(told):
    """The newest first; the focus goes to the first of the older ones."""
    for number in range(30):
        told.type("team", f"Team {number}")
        told.leave_stage()
    panel = told.history()

    assert 20 == len(rows(panel))
    pressed(panel, "Show 13 older ones")
    assert 33 == len(rows(panel))
    assert "history.13" == panel.focus["at"]


def test_the_history_is_read_only_when_something_changed(told, monkeypatch):
    """Not with every refresh."""
    panel = told.history()
    monkeypatch.setattr(told.store, "history", None)
    for _ in range(3):
        panel.refresh()

    assert 3 == len(rows(panel))


def test_a_history_that_can_not_be_read_is_told(told, monkeypatch):
    """The rest of the stage stays."""
    panel = told.stage("review")

    def refuse(*_):
        raise StoreError("the disk is gone")

    monkeypatch.setattr(told.store, "history", refuse)
    pressed(panel, "Show what changed")

    assert "the disk is gone" in texts(panel.view)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_a_text_in_the_history(retro, text):
    """Plain data, to the last sign."""
    retro.type("title", "Phone off")
    retro.type("summary", text)
    panel = retro.history()
    do(panel, "as-it-was", number=retro.incident.revision)

    assert panel.view == json.loads(json.dumps(panel.view))
    assert not text.strip() or text in "\n".join(texts(panel.view))


# -- deleted ----------------------------------------------------------------------------------------------------------


def test_a_record_that_was_deleted_meanwhile_keeps_what_is_typed(told):
    """On screen, with who deleted it and a way back."""
    panel = told.stage("tell")
    told.store.delete(told.incident.id, by="Ben")
    put(panel, "owner", "Field lead")

    assert "Ben deleted this record. What you typed stays here, not saved yet." == panel.head["trouble"]
    assert (True, False) == (panel.head["deleted"], panel.head["kept"])
    assert "Field lead" == told.incident.owner


def test_a_deleted_record_is_brought_back_with_what_was_typed_since(told):
    """One button, one revision for the record and one for the words."""
    panel = told.stage("tell")
    told.store.delete(told.incident.id, by="Ben")
    put(panel, "owner", "Field lead")
    send(panel, "revive")

    assert ("", False) == (panel.head["trouble"], panel.head["deleted"])
    assert ("Field lead", "Field service") == tuple(
        getattr(told.store.load(told.incident.id), name) for name in ("owner", "team")
    )
    assert ["delete", "restore"] == [it.deed for it in told.store.history(told.incident.id)][3:5]


def test_a_deleted_record_is_not_offered(told):
    """Until it is back."""
    panel = ChoosingPanel(told)
    identifier = told.incident.id
    told.begin()
    assert identifier in texts(panel.view)

    told.store.delete(identifier, by="Ben")
    send(panel, "new")

    assert identifier not in texts(panel.view)


def test_trying_again_says_again_that_it_was_deleted(told):
    """And loses nothing."""
    panel = told.stage("tell")
    told.store.delete(told.incident.id)
    put(panel, "owner", "Field lead")
    send(panel, "again")

    assert "Somebody deleted this record" in panel.head["trouble"]
    assert "Field lead" == told.incident.owner


def test_an_id_that_was_taken_back_is_not_given_again(told):
    """Ben may have written in the line that Ana undid."""
    panel = told.stage("tell")
    do(panel, "add-moment")
    told.undo()
    do(panel, "add-moment")

    assert ["m2"] == [moment.id for moment in told.incident.timeline]


def looked_through(panel):
    """Everything that the history can show of each revision."""
    told = ""
    for number in rows(panel):
        for deed in ("unfold", "as-it-was"):
            do(panel, deed, number=number)
            told += json.dumps(panel.view)
    return told


def test_the_history_covers_what_is_covered_until_ones_own_opinion_is_given(told):
    """Of a grave mistake: neither the kind, nor the reason, nor a wording of it that waits (R31)."""
    told.put("impact.potential_harm", "life-threatening")
    told.change(causes.mark_root, "w1")
    do(told.stage("classify"), "opinion", place="causes.c1.category", value="motivation")
    do(told.stage("classify"), "opinion-reason", place="causes.c1.reason", value="Nobody thanks for a call")
    told.change(versions.kept, "causes.c1.reason", "Nobody counts the calls", by="Ana", when=NOW)
    ben = Retrospective(told.store, by="Ben")
    ben.open(told.incident.id)
    before = looked_through(ben.history())
    assert "The plug was out" in before
    assert [] == [word for word in ("motivation", "Nobody thanks", "Nobody counts") if word in before]

    do(ben.stage("classify"), "opinion", place="causes.c1.category", value="system")
    do(ben.stage("classify"), "look", cause="c1")

    assert "Nobody thanks for a call" in looked_through(ben.history())


def test_a_wording_that_waits_for_a_private_commitment_is_its_writers_alone(told):
    """Two may have written in one without a name, before one of them claimed it (R38)."""
    told.change(commitments.make, "I ring at half time", who="Ana")
    told.change(versions.kept, "commitments.p1.text", "I ring at once", by="Ana", when=NOW)
    ben = Retrospective(told.store, by="Ben")
    ben.open(told.incident.id)

    assert "I ring" in looked_through(told.history())
    assert "I ring" not in looked_through(ben.history())
