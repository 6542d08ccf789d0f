"""What will be said to the customer, and how it may be heard (R13 to R16, R20)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from postmortem import widgets
from postmortem.record import recovery
from postmortem.record.reading import incident_from
from postmortem.store import open_store
from postmortem.widgets import Retrospective
from tests.widgets.seen import blocks, do, fields, pressed, put, send

NOW = datetime(2026, 3, 12, 14, 16, tzinfo=UTC)
MOCK = (
    "We are sorry for any misunderstanding about the time. If this caused trouble we apologise, "
    "but the crew had three jobs that day. It will not happen again."
)
ADMITTED = "We left without plugging your main switch back in. That was our mistake, and I am sorry."


@pytest.fixture
def retro(tmp_path) -> Retrospective:
    """The record of the picture: told and fixed, with words that may be heard amiss."""
    done = [
        {"id": name, "status": "done", "at": "2026-03-11T15:58:00+01:00"}
        for name in ("explain-mistake", "apologise", "explain-why", "assure", "fix")
    ]
    incident = incident_from(
        {
            "title": "Phone and internet off",
            "fault": "ours",
            "zone": "Europe/Berlin",
            "owner": "Service desk lead",
            "known_at": "2026-03-11T15:20:00+01:00",
            "told_at": "2026-03-11T15:58:00+01:00",
            "fixed_at": "2026-03-11T15:50:00+01:00",
            "impact": {"happened": "We left without plugging your main switch back in.", "customer_min": 5},
            "recovery": {"wording": MOCK, "channel": "e-mail", "steps": done},
        }
    )
    store = open_store(tmp_path / "retro.db")
    meeting = Retrospective(store, by="Ana", now=lambda: NOW)
    meeting.open(store.save(incident, by="Ana").id)
    return meeting


def saying(panel):
    """The part of the stage that is about the words."""
    (block,) = [block for block in blocks(panel.view) if block.get("t") == "saying"]
    return block


def test_the_title_names_the_next_steps_that_say_something(retro: Retrospective):
    """As in the picture: 6 and 7, for nothing is owed."""
    panel = retro.stage("recover")

    assert "Steps 6 and 7: what you will say" == saying(panel)["title"]


def test_other_steps_can_be_worded_and_the_next_ones_again(retro: Retrospective):
    """It changes what is looked at, and nothing of the record."""
    panel = retro.stage("recover")
    before = retro.incident
    do(panel, "say-steps", steps=["thank"])

    assert "Step 12: what you will say" == saying(panel)["title"]
    assert "Thank you for hearing me out." in saying(panel)["better"]["text"]
    assert before == retro.incident
    do(panel, "say-steps", steps=[])
    assert "Steps 6 and 7: what you will say" == saying(panel)["title"]


def test_the_ways_of_telling_stand_with_the_fittest_first(retro: Retrospective):
    """In person, phone; e-mail and fax last, each still there (R16)."""
    names = [value for value, _ in fields(retro.stage("recover"))["recovery.channel"]["options"]]

    assert ["in person", "phone", "video", "letter", "chat", "e-mail", "fax"] == names


def test_an_unfit_way_has_its_warning_and_two_ways_out(retro: Retrospective):
    """Another way, or this one with a reason; then neither is asked for any more."""
    panel = retro.stage("recover")
    field = fields(panel)["recovery.channel"]

    assert "By e-mail they cannot ask back" in field["findings"][0]["text"]
    assert "Keep e-mail and give a reason" == field["under"]["keep"]
    put(panel, "recovery.channel_reason", "They are deaf")
    assert [] == fields(panel)["recovery.channel"]["findings"]
    assert "under" not in fields(panel)["recovery.channel"]
    put(panel, "recovery.channel_reason", "")
    pressed(panel, "Change to phone")
    assert "phone" == retro.incident.recovery.channel
    assert "recovery.channel_reason" not in fields(panel)


def test_each_place_has_its_letter_and_its_place_as_a_browser_counts(retro: Retrospective):
    """A sign outside the first plane counts twice there."""
    panel = retro.stage("recover")
    put(panel, "recovery.wording", f"\N{SLIGHTLY SMILING FACE} {MOCK}")
    found = saying(panel)["heard"]
    utf16 = retro.incident.recovery.wording.encode("utf-16-le")

    assert ["a", "b", "c", "-"] == [place["letter"] for place in found]
    for place in found:
        assert place["text"] == utf16[2 * place["start"] : 2 * place["end"]].decode("utf-16-le")


def test_a_start_from_the_proposal_loses_no_word(retro: Retrospective):
    """What stood there can be put back, from here and by undo."""
    panel = retro.stage("recover")
    text = saying(panel)["better"]["text"]
    do(panel, "start-words", text=text)

    assert text.startswith(ADMITTED)
    assert text == retro.incident.recovery.wording
    assert MOCK == saying(panel)["better"]["yours"]
    assert [] == saying(panel)["heard"]
    retro.undo()
    assert MOCK == retro.incident.recovery.wording
    do(panel, "start-words", text=text)
    do(panel, "own-words", text=saying(panel)["better"]["yours"])
    assert MOCK == retro.incident.recovery.wording
    assert "" == saying(panel)["better"]["yours"]


def test_yours_is_not_offered_where_the_proposal_was_changed(retro: Retrospective):
    """Putting it back would lose what was typed since."""
    panel = retro.stage("recover")
    do(panel, "start-words", text="We cut you off.")
    put(panel, "recovery.wording", "We cut you off, and I am sorry.")

    assert "" == saying(panel)["better"]["yours"]


def test_hints_are_put_away_and_looked_at_again(retro: Retrospective):
    """A hint never blocks, and never rewrites a text."""
    panel = retro.stage("recover")
    for rule in saying(panel)["rules"]:
        send(panel, "keep", rule=rule, where="recovery.wording")

    assert ([], ["R20"]) == (saying(panel)["heard"], saying(panel)["put_away"])
    assert MOCK == retro.incident.recovery.wording
    send(panel, "unkeep", rule="R20", where="recovery.wording")
    assert 4 == len(saying(panel)["heard"])


def test_the_tone_is_the_records_own(retro: Retrospective):
    """The first of the templates until one is chosen."""
    panel = retro.stage("recover")

    assert "" == fields(panel)["recovery.tone"]["value"]
    put(panel, "recovery.tone", "formal")
    assert "we take full responsibility" in saying(panel)["better"]["text"]


def test_what_was_said_is_done_and_the_next_steps_stand_there(retro: Retrospective):
    """By the way that was chosen, now."""
    put(retro.stage("recover"), "recovery.channel", "phone")
    panel = retro.stage("recover")
    pressed(panel, "Said so, by phone, now: steps 6 and 7 done")
    done = {step.id: step for step in retro.incident.recovery.steps}

    assert ("done", NOW, "phone", "Ana") == (
        done["explain-not-again"].status,
        done["explain-not-again"].at,
        done["explain-not-again"].channel,
        done["explain-not-again"].by,
    )
    assert "Steps 11 and 12: what you will say" == saying(panel)["title"]


def test_what_was_said_leaves_the_field_to_the_next_talk(retro: Retrospective):
    """It stays with the first of its steps, and the card shows what comes next, with its proposal."""
    panel = retro.stage("recover")
    pressed(panel, "Said so, by e-mail, now: steps 6 and 7 done")
    said = {step.id: step.words for step in retro.incident.recovery.steps if step.words}

    assert {"explain-not-again": MOCK} == said
    assert ("", []) == (saying(panel)["said"], saying(panel)["heard"])
    assert "Steps 11 and 12: what you will say" == saying(panel)["title"]
    assert "Thank you for hearing me out." in saying(panel)["better"]["text"]


def test_what_comes_before_the_words_is_said_above_them(retro: Retrospective):
    """They may be written before the fix, and are said after it (R13); the follow-up is for its day."""
    panel = retro.stage("recover")
    retro.change(recovery.undo, "fix", retro.playbook)
    early = saying(panel)["lead"]
    retro.change(recovery.do, "fix", retro.playbook, at=NOW)
    do(panel, "say-steps", steps=["follow-up"])

    assert early.startswith("First comes step 5: Fix it. What we did comes first")
    assert saying(panel)["lead"].startswith("For Monday 16 March. ")


def test_a_script_in_the_record_is_words_like_any_other(retro: Retrospective):
    """Nothing of it is markup: the view is plain data."""
    panel = retro.stage("recover")
    put(panel, "recovery.wording", "Sorry if <script>alert(1)</script>")

    assert "Sorry if" == saying(panel)["heard"][0]["text"]


def test_a_hint_that_is_put_away_is_not_called_mine_to_keep():
    """“Keep mine” stays with two people's texts, where one of them is mine."""
    scripts = Path(widgets.__file__).with_name("static")
    found = {script.name for script in scripts.glob("*.js") if "Keep mine" in script.read_text(encoding="utf-8")}

    assert set() == found
