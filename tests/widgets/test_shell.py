"""The shell: seven stages in one cell, where it opens, its clock, the short form, and what was put away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postmortem.record import clock
from postmortem.record.errors import PostmortemError
from postmortem.record.playbook import playbook_from
from postmortem.record.severity import assess
from postmortem.store import open_store
from postmortem.widgets import Retrospective
from tests.widgets.seen import NOW, blocks, do, fields, put, send, texts


def go(shell, stage):
    """Press a stage in the bar."""
    send(shell, "go", stage=stage, here=True)


def test_it_opens_where_the_work_is(full_store, samples):
    """At what is late, for somebody still waits; else at the first stage that nobody has begun (R19)."""
    retro = Retrospective(full_store, by="Ana")
    late = set()

    assert "tell" == retro.stages().stage
    for name in samples:
        retro.open(name)
        begun = {item.stage: item.late for item in retro.progress if item.started}
        unbegun = next((item.stage for item in retro.progress if not item.started), "review")
        expected = next((stage for stage, count in begun.items() if count), unbegun)
        late |= {expected} if expected in begun else set()
        assert retro.stages().stage == expected
    assert "recover" in late


def test_it_turns_when_another_record_comes_into_hand_and_stays_when_a_new_one_gets_its_id(retro, full_store):
    """The first word gives a record its id; nobody is taken elsewhere by that."""
    shell = retro.stages()
    go(shell, "recover")
    retro.type("title", "A lamp was off")

    assert ("recover", "2026-001") == (shell.view["stage"], shell.head["id"])

    other = Retrospective(full_store, by="Ana")
    shell = other.stages("act")
    other.open(full_store.list()[0].incident_id)
    assert shell.view["stage"] == other.stages().stage


def test_a_stage_that_is_none_is_refused(retro):
    """A near name is offered."""
    with pytest.raises(PostmortemError, match="did you mean 'why'"):
        retro.stages("whyy")


def test_the_clock_stands_on_every_screen_and_follows_the_one_who_leads(store):
    """Ana starts it and goes on; Ben's steps do not move it; a cell run again shows the same."""
    ana = Retrospective(store, by="Ana")
    ana.type("title", "A lamp was off")
    hers = ana.stages("tell")

    assert {"begun": None, "minutes": 60} == hers.view["clock"]
    do(hers, "start-clock", stage="tell")
    ben = Retrospective(store, by="Ben")
    ben.open(ana.incident.id)
    his = ben.stages()
    go(his, "act")
    go(hers, "why")

    assert ["tell", "why"] == [entry.stage for entry in store.load(ana.incident.id).meeting.entered]
    assert ("Ana", True) == (ana.incident.meeting.begun_by, hers.view["clock"]["mine"])
    assert not his.view["clock"]["mine"]
    again = Retrospective(store, by="Ana")
    again.open(ana.incident.id)
    assert "why" == again.stages().stage
    do(hers, "stop-clock")
    assert None is store.load(ana.incident.id).meeting.begun_at


def test_undo_does_not_turn_the_clock_back(retro):
    """What is taken back is what was typed, not the minute at which a stage was entered."""
    retro.type("title", "A lamp was off")
    shell = retro.stages("tell")
    do(shell, "start-clock", stage="tell")
    go(shell, "why")
    retro.undo()

    assert NOW == retro.incident.meeting.begun_at
    assert ["tell", "why"] == [entry.stage for entry in retro.incident.meeting.entered]


def test_the_browser_counts_what_the_record_counts(retro):
    """Begun, entered, before and after are all it needs: together they give the end that the record gives."""
    retro.type("title", "A lamp was off")
    retro.quietly(clock.start, NOW - timedelta(minutes=20), by="Ana")
    retro.quietly(clock.enter, "evaluate", NOW - timedelta(minutes=4), by="Ana")
    told = clock.clock(retro.incident, retro.playbook, NOW)
    drawn = retro.stages().view["clock"]
    spent = drawn["before"] + (NOW.timestamp() * 1000 - drawn["entered"]) / 60_000
    here = next(share for share in drawn["shares"] if share["here"])
    ends = NOW + timedelta(minutes=max(0, here["minutes"] - spent) + drawn["after"])

    assert told.ends_at == ends
    assert ("evaluate", 4) == (here["id"], spent)


def test_a_minor_record_has_the_short_form_and_folds_nothing_that_was_said(retro):
    """R7: depth follows severity. A fold opens where something stands in it."""
    retro.type("title", "A lamp was off")
    retro.put("impact.harm", "none")
    tell, recover = retro.stage("tell"), retro.stage("recover")

    def resolved():
        folds = [block for block in blocks(recover.view["body"]) if block.get("t") == "fold"]
        return [block["open"] for block in folds if block["title"] == "How it was resolved"]

    assert "minor" == assess(retro.incident, retro.playbook).level
    assert [False] == resolved()
    put(recover, "recovery.resolve.given", "A new lamp")
    assert [True] == resolved()
    retro.put("impact.harm", "injury")
    assert [] == resolved()
    assert "occurred_at" in fields(tell)


def test_what_is_put_away_stays_in_sight_and_comes_back(retro):
    """Nothing is hidden: who put it away and why is said, and one press shows it again."""
    retro.type("title", "A lamp was off")
    shell = retro.stages("tell")
    first = shell.view["findings"][0]
    send(shell, "keep", rule=first["rule"], where=first["where"], reason="told by phone")

    assert first["text"] not in [finding["text"] for finding in shell.view["findings"]]
    assert [(first["text"], "Ana", "told by phone")] == [
        (item["text"], item["by"], item["reason"]) for item in shell.view["put_away"]
    ]
    send(shell, "unkeep", rule=first["rule"], where=first["where"])
    assert first["text"] in [finding["text"] for finding in shell.view["findings"]]
    assert [] == shell.view["put_away"]


def test_each_stage_says_what_it_is_for_in_a_sentence_of_the_playbook(retro):
    """A team's own playbook words it."""
    for stage, rules in retro.playbook.stages.items():
        view = retro.stage(stage).view

        assert rules.purpose == view["purpose"]
        assert rules.prompt in texts(view)


def test_a_team_may_ask_for_no_whys_at_a_level(tmp_path):
    """Its playbook decides; each stage is drawn and says so."""
    own = {"severity": {"levels": {"moderate": {"legs": []}}}}
    with open_store(tmp_path / "own.db", playbook=playbook_from(own)) as store:
        retro = Retrospective(store, by="Ana")
        retro.put("evaluation.level", "moderate")

        assert any(text.startswith("No whys") for text in texts(retro.stage("evaluate").view))
        assert any("no whys are asked for" in text for text in texts(retro.stage("why").view))
