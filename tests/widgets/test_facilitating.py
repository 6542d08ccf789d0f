"""A meeting planned, led and closed without a browser: what is kept, what is sent, what nobody learns."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import postmortem as pm
from postmortem.record.errors import PostmortemError
from postmortem.record.playbook import playbook_from
from postmortem.record.reading import document
from postmortem.report.wording import clean
from postmortem.store import open_store
from postmortem.widgets import Facilitation, Retrospective
from tests.widgets.hostile import HOSTILE
from tests.widgets.seen import NOW, blocks, fields, pressed, put, send, texts

PLAN = ("meeting.where", "meeting.facilitator", "meeting.scribe")


@pytest.fixture
def guide(full_store):
    """Ana prepares the meeting on a bicycle with a bent fork."""
    return pm.open_facilitation("2026-003", store=full_store, by="Ana")


def answered(panel, **answers):
    """One person answers and hands in."""
    for name, value in answers.items():
        put(panel, f"guide.{name}", value)
    pressed(panel, "Hand it in")


# -- before --------------------------------------------------------------------------------------------------------


def test_a_planned_meeting_is_kept_with_the_record(guide, full_store):
    """Whoever opens the record finds day, room and people."""
    plan = guide.plan()
    put(plan, "meeting.starts_at", "24 Mar 14:00")
    put(plan, "meeting.minutes", "45")
    for place, text in zip(PLAN, ("Crew room", "Rebooking lead", "Gate agent"), strict=True):
        put(plan, place, text)
    put(plan, "meeting.people", ["Ramp", "Baggage desk"])
    meeting = full_store.load("2026-003").meeting

    assert datetime(2026, 3, 24, 14, tzinfo=UTC) == meeting.starts_at
    assert (45.0, "Crew room", "Rebooking lead") == (meeting.minutes, meeting.where, meeting.facilitator)
    assert ("Ramp", "Baggage desk") == meeting.people


def test_a_time_without_a_day_is_of_the_meetings_day_and_never_of_the_mistakes(guide):
    """The first time asks for its day; later ones belong to it."""
    plan = guide.plan()
    put(plan, "meeting.starts_at", "14:00")
    asked = fields(plan)["meeting.starts_at"]
    put(plan, "meeting.starts_at", "24 Mar 14:00")
    put(plan, "meeting.starts_at", "15:30")

    assert ("14:00", True) == (asked["value"], asked["error"].startswith("Of which day"))
    assert "" == fields(plan)["meeting.starts_at"]["error"]
    assert datetime(2026, 3, 24, 15, 30, tzinfo=UTC) == guide.agenda.begins_at


def test_roles_that_the_record_names_are_offered_and_others_can_be_asked(guide):
    """A box for each, and a field for somebody else; asked twice is asked once."""
    plan = guide.plan()
    offered = [value for value, _ in fields(plan)["meeting.people"]["options"]]
    for _ in range(2):
        put(plan, "guide.person", "  Crew   trainer ")
        pressed(plan, "Ask them too")

    assert {"Ramp", "Baggage desk", "Check-in agent"} <= set(offered)
    assert ("Crew trainer",) == guide.meeting.incident.meeting.people
    assert "" == fields(plan)["guide.person"]["value"]


def test_a_minor_mistake_offers_a_short_meeting(store):
    """One press takes it; nothing is decided before."""
    saved = store.save(pm.incident_from({"title": "Late", "impact": {"harm": "none"}}), by="Ana")
    plan = pm.open_facilitation(saved.id, store=store, by="Ana").plan()
    before = plan.guide.agenda.minutes
    pressed(plan, "Take 25 minutes")

    assert (60, 25) == (before, plan.guide.agenda.minutes)
    assert not [block for block in blocks(plan.view) if block.get("t") == "button" and "Take" in block["label"]]


def test_every_part_follows_the_plan(guide):
    """The agenda, the invitation and the words change with the length, in panels that were open before."""
    plan, letter, words = guide.plan(), guide.invitation(), guide.words()
    put(plan, "meeting.minutes", "30")
    put(plan, "meeting.starts_at", "24 Mar 14:00")

    assert any("14:00 to 14:30: 30 minutes" in text for text in texts(letter.view))
    assert any("The 30 minutes:" in text for text in texts(letter.view))
    assert any("We have 30 minutes" in text for text in texts(words.view))


def test_a_new_mistake_is_told_in_one_line_where_its_meeting_is_planned(store):
    """Until then the invitation asks what happened; nothing stands in it that is not meant to be sent."""
    guide = pm.open_facilitation(store=store, by="Ana")
    panel = guide.plan()
    put(panel, "meeting.where", "Online")
    before = guide.text
    put(panel, "title", "No launches for over an hour")

    assert "[what happened?]" in before
    assert "(no title yet)" not in before
    assert "No launches for over an hour" in guide.text
    assert "invite" == fields(panel)["guide.person"]["enter"]


def test_the_invitation_never_names_the_customer(store):
    """Not in the title, not in the place, in no spelling."""
    made = {"title": "Mill Lane was cut off", "customer": {"name": "Residents of Mill Lane", "contact": "555 0142"}}
    meeting = {"where": "MILL LANE 3", "facilitator": "Lead, 5550142", "people": ["Mill lane's desk"]}
    saved = store.save(pm.incident_from(made | {"meeting": meeting}), by="Ana")
    guide = pm.open_facilitation(saved.id, store=store, by="Ana")
    shown = " ".join(text for panel in (guide.invitation(), guide.words()) for text in texts(panel.view))

    assert "Looking back together: The customer was cut off" == guide.text.splitlines()[0]
    assert [] == [word for word in ("mill", "5550142", "residents") if word in guide.text.lower()]
    assert "mill" not in shown.lower()


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_stay_text(guide, hostile):
    """Kept as typed, sent as it is read, and never filled in as a blank or run as anything."""
    plan, letter = guide.plan(), guide.invitation()
    for place in PLAN:
        put(plan, place, hostile)
    put(plan, "meeting.people", [hostile])

    assert [hostile] * 3 == [fields(plan)[place]["value"] for place in PLAN]
    assert clean(" ".join(hostile.split())) in clean(guide.text)
    assert None is plan.failure
    assert None is letter.failure


def test_a_teams_own_words_are_shown_as_text(tmp_path):
    """Also hostile ones; only the known blanks are filled."""
    bad = "<script>alert(1)</script> {minutes}"
    rules = {"meeting": {"start": [bad], "ground_rules": ["{title}"], "questions": {"again": "<b>Once more?</b>"}}}
    with open_store(tmp_path / "own.db", playbook=playbook_from(rules), clock=lambda: NOW) as store:
        guide = Facilitation(Retrospective(store, by="Ana"))
        said = texts(guide.words().view)
        asked = fields(guide.close())["guide.again"]["label"]

    assert "<script>alert(1)</script> 60" in said
    assert "{title}" in said
    assert "<b>Once more?</b>" == asked


# -- after ---------------------------------------------------------------------------------------------------------


def test_no_answer_bears_a_name(full_store):
    """Neither in the record nor in its history, whoever sits at the keyboard."""
    for by in ("Ana", "Ben", "Carla"):
        answered(pm.open_facilitation("2026-003", store=full_store, by=by).close(), learned="yes", again="no")
    record = full_store.load("2026-003")
    authors = {found.by for found in full_store.history("2026-003") if found.incident.feedback}
    said = str(document(record)["feedback"])

    assert 3 == len(record.feedback)
    assert {"somebody in the meeting"} == authors
    assert [] == [name for name in ("Ana", "Ben", "Carla", "202") if name in said]


def test_the_order_of_the_answers_is_not_the_order_of_the_people(guide, full_store):
    """They stand by ids that chance gave."""
    for note in "abcdefgh":
        guide.answer(note=note)
    kept = full_store.load("2026-003").feedback

    assert sorted(answer.id for answer in kept) == [answer.id for answer in kept]
    assert set("abcdefgh") == {answer.note for answer in kept}


def test_the_next_person_finds_an_empty_form(guide):
    """Nothing of the one before is left on the screen, nor the answers together."""
    close = guide.close()
    for _ in range(3):
        answered(close, learned="yes", again="no", note="Start on time")
    pressed(close, "Show the answers together")
    shown = texts(close.view)
    put(close, "guide.learned", "no")

    assert "Start on time" in shown
    assert "Start on time" not in texts(close.view)
    assert {"guide.learned": "no", "guide.again": "", "guide.note": ""} == {
        place: field["value"] for place, field in fields(close).items()
    }


def test_one_or_two_answers_are_not_shown(guide):
    """Of two, each knows the other's."""
    close = guide.close()
    answered(close, learned="no", note="Too long")
    answered(close, learned="yes")
    send(close, "do", do="show", args={})

    assert any("2 answers so far" in text for text in texts(close.view))
    assert "Too long" not in texts(close.view)


def test_an_empty_answer_is_told_and_not_counted(guide):
    """A sentence in the panel, and no answer."""
    close = guide.close()
    pressed(close, "Hand it in")

    assert any(text.startswith("Answer one of the questions first") for text in texts(close.view))
    assert 0 == guide.tally.answers


def test_the_form_is_empty_as_soon_as_an_answer_is_counted(guide):
    """No drawing shows the new number beside the old answers: the next person could take them for their own."""
    close, drawn = guide.close(), []
    close.observe(lambda change: drawn.append(change["new"]), "view")
    answered(close, learned="yes")
    counted = [view for view in drawn if any("1 answer so far" in text for text in texts(view))]

    assert counted
    assert {""} == {block["value"] for view in counted for block in blocks(view) if block.get("kind") == "toggle"}


def test_an_answer_that_can_not_be_saved_stays_in_the_form(guide, monkeypatch):
    """A sentence, and nothing to type again."""

    def refuse(**_: object):
        raise PostmortemError("the disk is full")

    close = guide.close()
    monkeypatch.setattr(guide, "answer", refuse)
    answered(close, learned="no", note="Start on time")

    assert "the disk is full" == close.head["trouble"]
    assert ("no", "Start on time") == tuple(fields(close)[f"guide.{name}"]["value"] for name in ("learned", "note"))


def test_answers_from_several_screens_all_count(guide, full_store):
    """Each adds its own; nobody's is lost, nor what the facilitator writes meanwhile."""
    others = [pm.open_facilitation("2026-003", store=full_store, by=by) for by in ("Ben", "Carla")]
    guide.meeting.put("summary", "One")
    for each in (guide, *others, guide):
        each.answer(again="yes")
    guide.meeting.put("summary", "Two")
    kept = full_store.load("2026-003")

    assert (4, "Two") == (len(kept.feedback), kept.summary)


def test_a_record_that_is_not_told_yet_takes_no_answers(store):
    """There was no meeting about nothing."""
    with pytest.raises(PostmortemError, match="Nothing is told yet"):
        Facilitation(Retrospective(store, by="Ana")).answer(again="yes")


def test_the_chart_follows_what_is_handed_in(guide):
    """One more answer, one more in the title."""
    chart = guide.answers()
    before = chart.value.title
    guide.answer(learned="yes", again="yes")

    assert ("46 of 57 learned something, 45 of 56 would come again") == before
    assert "47 of 58 learned something, 46 of 57 would come again" == chart.value.title


def test_what_a_panel_does_not_know_is_told(guide):
    """An event from an older page ends in a sentence, and changes nothing."""
    for panel in (guide.plan(), guide.invitation(), guide.words(), guide.close()):
        put(panel, "owner", "Other")
        send(panel, "do", do="delete", args={})

        assert "run the cell again" in panel.head["trouble"]
    assert "A touring bicycle" in guide.meeting.incident.title
    with pytest.raises(PostmortemError, match="no chart"):
        guide.drawn("causes")


def test_each_part_says_itself_in_a_line(guide):
    """What stands in the stored notebook is short and the same every day."""
    parts = (guide, guide.plan(), guide.invitation(), guide.words(), guide.close())

    assert all(len(repr(part)) < 100 and "\n" not in repr(part) for part in parts)
    assert "<Facilitation: 2026-003>" == repr(guide)
