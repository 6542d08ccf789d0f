"""Where the record stands, on screen: the foot of every stage, the gates in the review, going on, back and again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest

from postmortem.record import gates, states
from postmortem.record.edit import add
from postmortem.record.errors import PostmortemError
from postmortem.record.incident import Action, Cause, Incident, Moment, Why
from postmortem.record.playbook import STAGES
from tests.record.examples import well_made
from tests.widgets.seen import NOW, blocks, do, put, texts


def standing(panel):
    """The block that says where the record stands."""
    (block,) = [block for block in blocks(panel.view) if block.get("t") == "standing"]
    return block


def press(panel, move):
    """Press the button that moves the record."""
    do(panel, move["do"], **move["args"])


def note(retro):
    """Write in the timeline what was done since it was closed."""
    retro.change(add, "timeline", Moment(id="m9", text="We rang them once more", at=NOW))


@pytest.fixture
def closed(retro, store):
    """A closed record in hand that nothing can be said against."""
    kept = store.save(well_made(), by="Ana")
    retro.open(kept.id)
    return retro


@pytest.mark.parametrize("stage", STAGES)
def test_the_foot_of_every_stage_names_the_first_thing_that_is_missing_and_where(retro, stage):
    """In one sentence, with a way there, and the others in a list below; nobody is kept from going on."""
    retro.type("title", "Phone off")
    retro.type("owner", "Desk lead")
    retro.change(states.advance, retro.playbook, NOW)
    foot = retro.stage(stage).view["foot"]

    assert ("Before this record can move to “analysing”: ", ". You can go on meanwhile.", "And 4 more") == (
        foot["before"],
        foot["after"],
        foot["more"],
    )
    waits = gates.missing(retro.incident, retro.playbook, NOW, "analysing")
    assert [(gap.remedy, gap.stage, gap.at) for gap in waits[1:]] == [tuple(link.values()) for link in foot["rest"]]
    place = "recovery.steps.explain-mistake.status"
    assert {"label": "tell them (step 1), then say so", "stage": "recover", "place": place} == foot["link"]
    assert foot["move"] is None


def test_the_way_leads_to_the_step_itself(retro):
    """Also where nothing is said of it yet."""
    retro.change(lambda _: Incident(title="Phone off", owner="Desk", state="recovering", impact={"harm": "none"}))
    link = retro.stage("tell").view["foot"]["link"]

    assert ("tell them (step 1), then say so", "recover", "recovery.steps.explain-mistake.status") == tuple(
        link.values()
    )


def test_where_nothing_is_missing_the_foot_has_the_button_that_goes_on(retro):
    """Pressed, the record stands there, and the revision is kept for good."""
    retro.type("title", "Phone off")
    retro.type("owner", "Desk lead")
    panel = retro.stage("tell")
    move = panel.view["foot"]["move"]
    press(panel, move)

    assert "Move on to recovering" == move["label"]
    assert "recovering" == retro.incident.state == retro.store.load(retro.incident.id).state
    assert panel.failure is None


def test_the_review_shows_the_way_and_each_gate_with_its_word(retro):
    """There, or missing with what would do."""
    retro.type("title", "Phone off")
    block = standing(retro.stage("review"))

    assert [("draft", True), ("recovering", False)] == [(it["name"], it["now"]) for it in block["states"][:2]]
    assert [("told", True), ("owner", False)] == [(row["key"], row["met"]) for row in block["rows"]]
    assert "name one of us as the owner of the recovery" == block["rows"][1]["missing"][0]["remedy"]
    assert block["move"] is None
    assert block["waits"]


def test_a_press_that_comes_too_early_is_told_and_changes_nothing(retro):
    """As from a page that was drawn before somebody took a fact back."""
    retro.type("title", "Phone off")
    panel = retro.stage("review")
    do(panel, "advance", to="recovering")

    assert "it can't be “recovering” yet: 1 fact is missing" in panel.head["trouble"]
    assert "draft" == retro.incident.state


def test_going_back_is_one_press(retro):
    """Whatever is missing."""
    retro.open(retro.store.save(Incident(title="Phone off", state="acting")).id)
    panel = retro.stage("review")
    do(panel, "advance", to=standing(panel)["back"]["to"])

    assert "analysing" == retro.incident.state


def test_a_closed_record_says_so_and_is_opened_again_for_a_reason(closed):
    """When it was closed stays in it."""
    panel = closed.stage("review")
    told = " ".join(texts(panel.view))
    before = closed.incident.closed_at
    do(panel, "reopen", because="They rang again")

    assert "Closed on 20 Mar 2026 at 09:00." in told
    assert "What you change now is a new revision of it" in told
    assert ("reopened", before) == (closed.incident.state, closed.incident.closed_at)
    assert "Opened again because: They rang again" in texts(panel.view)
    assert "write in the timeline" in panel.view["foot"]["link"]["label"]
    note(closed)
    assert "Close this record" == panel.view["foot"]["move"]["label"]


def test_closing_says_when_and_once_more_says_when_again(closed):
    """At this minute."""
    do(closed.stage("review"), "reopen", because="They rang again")
    note(closed)
    panel = closed.stage("act")
    press(panel, panel.view["foot"]["move"])

    assert ("closed", NOW) == (closed.incident.state, closed.incident.closed_at)


def test_each_change_of_a_closed_record_is_a_revision_of_its_own(closed):
    """The one that closed it stays as it was, whoever types what how fast (R40)."""
    start = len(closed.store.history(closed.incident.id))
    for text in ("In other words", "In other words still"):
        closed.type("summary", text)
    history = closed.store.history(closed.incident.id)

    assert start + 2 == len(history)
    assert well_made().summary == history[start - 1].incident.summary


def test_nothing_is_taken_up_into_the_revision_that_closed_a_record(closed):
    """Nor into the one that opened it again."""
    do(closed.stage("review"), "reopen", because="They rang again")
    closed.type("summary", "While it was open")
    note(closed)
    panel = closed.stage("review")
    press(panel, panel.view["foot"]["move"])
    closed.type("summary", "After it was closed")
    told = [(it.incident.state, it.incident.summary) for it in closed.store.history(closed.incident.id)]

    first = well_made().summary
    assert [
        ("closed", first),
        ("reopened", first),
        ("reopened", "While it was open"),
        ("closed", "While it was open"),
        ("closed", "After it was closed"),
    ] == told


def test_an_effect_that_did_not_hold_opens_a_closed_record_whichever_way_it_is_said(closed):
    """By the toggle of its stage; undo takes both back."""
    panel = closed.stage("act")
    put(panel, "actions.a1.effect.result", "not held")

    assert ("reopened", date(2026, 3, 20)) == (closed.incident.state, closed.incident.actions[0].effect.checked_on)
    assert "a1 “Put a closing list on the job sheet” did not hold (20 Mar 2026)" == closed.incident.reopened_because

    closed.undo()

    assert ("closed", "unknown") == (closed.incident.state, closed.incident.actions[0].effect.result)


def test_code_that_says_so_opens_it_too(closed):
    """No way round is left."""
    closed.put("actions.a1.effect.result", "not held")

    assert "reopened" == closed.incident.state


def test_a_cause_that_comes_back_opens_the_record_in_which_it_was_met_first(closed, store):
    """What was done against it there by then did not hold (R36, R39)."""
    first = closed.incident.id
    closed.begin()
    closed.type("title", "Phone off once more")
    closed.type("occurred_at", "19 Mar 2026 09:00")
    panel = closed.stage("why")
    do(panel, "ask", leg="occurrence")
    do(panel, "reword", node="w1", text="The job sheet ends before the clearing of the site")
    do(panel, "met-link", record=first)
    there = store.load(first)

    assert panel.failure is None
    assert ("reopened", "not held") == (there.state, there.actions[0].effect.result)
    assert f"met again in {closed.incident.id}" == there.actions[0].effect.note


def test_whoever_signs_says_as_what(retro):
    """Where the level asks for it; one's own can be taken back (R7)."""
    grave = {"harm": "injury"}
    retro.change(lambda _: Incident(title="Gas", impact=grave))
    panel = retro.stage("review")
    do(panel, "sign", role="duty manager")
    (block,) = [block for block in blocks(panel.view) if block.get("t") == "signatures"]

    assert [("Ana", "duty manager", True)] == [(it["by"], it["role"], it["mine"]) for it in block["signed"]]

    do(panel, "unsign")

    assert () == retro.incident.signatures


@pytest.mark.parametrize("said", ["put", "type"])
def test_a_value_put_at_its_place_is_no_way_past_a_gate(retro, said):
    """R39: the state waits for its facts, whichever way it is said."""
    retro.change(lambda _: Incident(title="Late", owner="Desk", state="recovering"))
    with suppress(PostmortemError):
        getattr(retro, said)("state", "closed")

    assert "recovering" == retro.incident.state


def test_a_small_record_is_asked_for_no_signature(retro):
    """Nothing to fill in that nobody asks for."""
    retro.change(lambda _: Incident(title="Late", impact={"harm": "none"}))

    assert "signatures" not in {block.get("t") for block in blocks(retro.stage("review").view)}


def test_the_open_steps_with_the_customer_stand_in_the_review_by_name(retro):
    """Each of them: a number alone sends nobody to the phone."""
    retro.change(lambda _: Incident(title="Late", owner="Desk", state="recovering"))
    told = [text for text in texts(retro.stage("review").view) if "still to do with the customer" in text]

    assert 1 == len(told)
    assert told[0].startswith("Recover: 13 steps are still to do with the customer: 1 Explain the mistake")
    assert "12 Thank the customer for understanding" in told[0]


def test_what_waits_in_other_stages_is_said_beside_a_review_that_has_nothing_itself(retro):
    """Not “nothing” beside a list of points."""
    retro.open(retro.store.save(Incident(title="Late", state="recovering")).id)

    assert retro.stage("review").view["nothing"].startswith("nothing here, ")
    assert "" == retro.stage("tell").view["nothing"]


def test_a_fact_that_is_missing_offers_no_putting_away(retro):
    """Nobody can; that all actions are weaker ones, somebody may stand by (R34)."""
    whys = (Why(id="w1", text="The plug was out"),)
    weak = (Action(id="a1", text="Remind the crew", form="remind", causes=("c1",)),)
    kept = retro.store.save(
        Incident(
            title="Late",
            state="closed",
            impact={"harm": "none", "trust": "lost"},
            whys=whys,
            causes=(Cause(id="c1", why="w1"),),
            actions=weak,
        )
    )
    retro.open(kept.id)
    found = {item["rule"]: item["fixed"] for item in retro.stage("act").view["findings"] if item["kind"] == "Needed"}

    assert not found["R34"]
    assert found["R35"]


def test_a_store_that_is_only_looked_at_moves_nothing(retro, monkeypatch):
    """The buttons are off."""
    retro.type("title", "Phone off")
    retro.type("owner", "Desk lead")
    monkeypatch.setattr(type(retro.store), "read_only", property(lambda _store: True))

    assert retro.stage("tell").view["foot"]["move"]["off"]
