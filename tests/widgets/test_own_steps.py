"""A team's own steps in its own language, wherever steps are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from postmortem.exchange import calendar
from postmortem.record import gates, saying
from postmortem.record.playbook import load_playbook
from postmortem.report import incident_summary, render
from postmortem.store import open_store
from postmortem.widgets import Retrospective
from tests.widgets.seen import NOW, blocks, do

OWN = """
[procedures.presets.thirteen-steps]
title = "Die Schritte"
drop = ["explain-why", "assure", "explain-not-again", "apologise-again", "offer", "carry-out", "thank"]
add = [{ id = "foto", text = "Ein Foto der Reparatur schicken", only_if = "sie eines wollen", behind = "make-sure" },
       { id = "nummer", text = "Die Durchwahl nennen", behind = "foto", says = "contact" }]
change = [
  { id = "explain-mistake", text = "Den Fehler zugeben" },
  { id = "apologise", text = "Um Entschuldigung bitten" },
  { id = "fix", text = "Den Schaden beheben" },
  { id = "offer-follow-up", text = "Einen Anruf anbieten" },
  { id = "make-sure", text = "Nachprüfen" },
  { id = "follow-up", text = "Noch einmal anrufen" },
  { id = "contact", text = "Die Nummer nennen" },
]
move = [{ id = "contact", behind = "apologise" }]
"""
ORDER = [
    "Den Fehler zugeben",
    "Um Entschuldigung bitten",
    "Die Nummer nennen",
    "Den Schaden beheben",
    "Einen Anruf anbieten",
    "Nachprüfen",
    "Ein Foto der Reparatur schicken",
    "Die Durchwahl nennen",
    "Noch einmal anrufen",
]


@pytest.fixture
def retro(tmp_path):
    """A retrospective under a team's own playbook, of a mistake that was known an hour ago."""
    file = tmp_path / "team.toml"
    file.write_text(OWN, encoding="utf-8")
    with open_store(tmp_path / "own.db", playbook=load_playbook(file), clock=lambda: NOW) as store:
        retro = Retrospective(store, by="Ana")
        for place, value in {"title": "Line dead", "owner": "Desk", "known_at": NOW - timedelta(hours=1)}.items():
            retro.put(place, value)
        yield retro


def in_order(page, words):
    """The words that stand on a page, in the order in which they stand there first."""
    return sorted((word for word in words if word in page), key=page.index)


def test_the_screen_shows_a_teams_own_steps(retro):
    """In their order, and each can be done."""
    panel = retro.stage("recover")
    do(panel, "step-done", key="foto", at="now")
    (found,) = [block for block in blocks(panel.view) if block.get("t") == "procedure"]

    assert ORDER == [row["text"] for row in found["rows"]]
    assert "if sie eines wollen" == next(row["due"] for row in found["rows"] if row["key"] == "foto")
    assert "done" == next(step.status for step in retro.incident.recovery.steps if step.id == "foto")


def test_what_is_due_and_the_calendar_show_them(retro):
    """Those that are dated, and the follow-up once it is fixed."""
    do(retro.stage("recover"), "step-done", key="fix", at="now")
    found = retro.store.due(now=NOW)
    written = calendar(found, lambda text, _: text).decode()

    assert {"Den Fehler zugeben", "Um Entschuldigung bitten", "Noch einmal anrufen"} == {
        row.promise.text for row in found if row.promise.place.startswith("recovery.steps")
    }
    assert all(f"SUMMARY:{text}" in written for text in ("Den Fehler zugeben", "Noch einmal anrufen"))


def test_the_gates_and_the_reports_show_them(retro):
    """What is still to do by its own words; every step in the team's report, in its order."""
    do(retro.stage("recover"), "step-done", key="foto", at="now")
    missing = " ".join(it.message for it in gates.missing(retro.incident, retro.playbook, NOW, "closed"))
    summary = incident_summary(retro.incident, retro.playbook, audience="team", now=NOW)

    assert {"Die Nummer nennen", "Die Durchwahl nennen", "Nachprüfen"} <= {text for text in ORDER if text in missing}
    for kind in ("html", "md"):
        assert ORDER == in_order(render(summary, kind), ORDER)


def test_what_they_say_is_asked_for_in_the_words(retro):
    """And a number that is given in a step of the team's own is the way to reach us, in the words and in the letter."""
    panel = retro.stage("recover")
    do(panel, "step-done", key="nummer", at="now")
    retro.put("recovery.steps.nummer.note", "Durchwahl 030 1234567")
    letter = incident_summary(retro.incident, retro.playbook, audience="customer", now=NOW)

    assert {"admission", "apology", "contact", "follow-up"} == {
        step.rule.says for step in saying.speaking_steps(retro.incident, retro.playbook, NOW)
    }
    assert "030 1234567" in render(letter, "html")
