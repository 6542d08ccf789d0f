"""What was said, talk by talk: the words stay with the step that a talk began with (R12, R20)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postmortem.record import procedures, recovery, saying, talks, versions
from postmortem.record.difference import changes
from postmortem.record.edit import changed, put
from postmortem.record.erasure import erase
from postmortem.record.incident import Incident, Kept
from postmortem.record.merging import merge
from postmortem.record.review import review
from postmortem.record.terms import ERASED, Terms

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=5)
ADMISSION = "We left your main switch unplugged. That was our mistake, and I am sorry."
FOLLOW_UP = "Is your line all right? I am sorry once more for that day."
FIRST = ("explain-mistake", "apologise", "assure")


def written(words: str, incident: Incident | None = None) -> Incident:
    """With words in the field."""
    return put(incident or Incident(title="Off", fault="ours"), "recovery.wording", words)


@pytest.fixture
def told(playbook) -> Incident:
    """The admission was made, by phone."""
    return saying.say(written(f" {ADMISSION}\n"), FIRST, playbook, at=NOON, by="Desk", channel="phone")


def words_of(incident: Incident) -> dict[str, str]:
    """The words that stand with the steps."""
    return {step.id: step.words for step in incident.recovery.steps if step.words}


def hints(incident: Incident, playbook) -> set[tuple[str, str]]:
    """Rule and place of what is said of words."""
    return {(it.rule, it.where) for it in review(incident, playbook, LATER) if it.where.endswith(("wording", "words"))}


def test_what_was_said_stays_with_the_first_step_and_the_field_is_free(told):
    """As it stood, trimmed."""
    assert {"explain-mistake": ADMISSION} == words_of(told)
    assert "" == told.recovery.wording


def test_the_first_step_is_the_first_of_the_procedure(playbook):
    """However the steps were named."""
    said = saying.say(written(ADMISSION), ["assure", "explain-mistake"], playbook, at=NOON)

    assert {"explain-mistake": ADMISSION} == words_of(said)


def test_the_follow_up_overwrites_nothing(told, playbook):
    """Each talk has its time, its way, who spoke, and its words."""
    both = saying.say(written(FOLLOW_UP, told), ["follow-up"], playbook, at=LATER, by="Lead", channel="in person")

    assert [
        (NOON, "phone", "Desk", ADMISSION),
        (LATER, "in person", "Lead", FOLLOW_UP),
    ] == [(talk.at, talk.channel, talk.by, talk.words) for talk in talks.had(both)]


def test_a_talk_without_written_words_keeps_none(playbook):
    """The steps are done all the same."""
    assert {} == words_of(saying.say(Incident(title="Off"), FIRST, playbook, at=NOON))


def test_words_stay_in_the_field_while_their_step_is_still_to_do(playbook):
    """An offer that nobody could make yet was not said (R18)."""
    grave = put(written("We credit you for it."), "impact.customer_min", 6000)

    assert "We credit you for it." == saying.say(grave, ["offer"], playbook, at=NOON).recovery.wording


def test_a_step_that_is_to_do_again_gives_its_words_back(told, playbook):
    """Where the field is free; and what was put away of them with them."""
    kept = changed(told, kept=(Kept(rule="R20", where="recovery.steps.explain-mistake.words"),))
    again = recovery.undo(kept, "explain-mistake", playbook)

    assert (ADMISSION, {}) == (again.recovery.wording, words_of(again))
    assert ["recovery.wording"] == [it.where for it in again.kept]


def test_words_that_are_written_already_stay_where_a_step_is_undone(told, playbook):
    """Then the others stay with the step, and no talk is told; said once more, both stand there."""
    again = recovery.undo(written(FOLLOW_UP, told), "explain-mistake", playbook)
    twice = saying.say(again, ["explain-mistake"], playbook, at=LATER)

    assert (FOLLOW_UP, {"explain-mistake": ADMISSION}) == (again.recovery.wording, words_of(again))
    assert () == talks.had(again)
    assert {"explain-mistake": f"{ADMISSION}\n\n{FOLLOW_UP}"} == words_of(twice)


@pytest.mark.parametrize("status", ["to do", "not needed"])
def test_a_status_that_is_set_by_hand_gives_the_words_back_too(told, playbook, status):
    """As the button does."""
    by_hand = put(told, "recovery.steps.explain-mistake.status", status)

    assert ADMISSION == procedures.followed(told, by_hand, playbook).recovery.wording


def test_another_procedure_takes_the_words_along(told, playbook):
    """With what was put away of them."""
    kept = changed(told, kept=(Kept(rule="R20", where="recovery.steps.explain-mistake.words"),))
    four = procedures.switch(kept, "four-steps", playbook)

    assert {"admit": ADMISSION} == words_of(four)
    assert ["recovery.steps.admit.words"] == [it.where for it in four.kept]


def test_a_record_of_before_says_in_its_field_what_was_said_last(playbook):
    """Told and done, without words at any step; before anybody was told they are for the talk to come."""
    draft = written(ADMISSION)
    before = recovery.do(draft, "explain-mistake", playbook, at=NOON)

    assert ([(None, ADMISSION)], "") == ([(it.at, it.words) for it in talks.had(before)], talks.to_come(before))
    assert ((), ADMISSION) == (talks.had(draft), talks.to_come(draft))
    assert (ADMISSION,) == talks.told(draft) == talks.told(before)


def test_hints_in_said_words_are_told_where_they_stand(playbook):
    """The field is empty and says nothing; a hint that was put away stays so, and new words are looked at anew."""
    amiss = "We left it off. That was our mistake. Sorry if you noticed."
    put_away = changed(written(amiss), kept=(Kept(rule="R20", where="recovery.wording"),))
    said = saying.say(written(amiss), FIRST, playbook, at=NOON)
    quiet = saying.say(put_away, FIRST, playbook, at=NOON)

    assert {("R20", "recovery.wording")} == hints(written(amiss), playbook)
    assert {("R20", "recovery.steps.explain-mistake.words")} == hints(said, playbook)
    assert set() == hints(quiet, playbook)
    assert {("R20", "recovery.wording")} == hints(written("Sorry if you noticed.", quiet), playbook)


def test_a_missing_admission_is_told_once_and_asked_for_no_more_when_made(told, playbook):
    """Who has admitted it need not do so in every talk; where nobody has, the first talk says so."""
    without = saying.say(written("I am sorry."), FIRST, playbook, at=NOON)
    later = saying.say(written("I am sorry once more.", without), ["follow-up"], playbook, at=LATER)

    assert set() == hints(written("I am sorry once more.", told), playbook)
    assert {("R20", "recovery.steps.explain-mistake.words")} == hints(later, playbook)


def test_the_history_says_what_was_said_in_plain_words(playbook):
    """The step by its name, the field as the screen calls it."""
    draft = written(ADMISSION)
    said = saying.say(draft, FIRST, playbook, at=NOON)
    found = {(it.label, it.kind) for it in changes(draft, said)}
    corrected = changes(said, put(said, "recovery.steps.explain-mistake.words", FOLLOW_UP))

    assert ("The words to them", "removed") in found
    assert ["Step explain mistake: What was said"] == [it.label for it in corrected]


@pytest.mark.parametrize("prefer", ["mine", "theirs"])
def test_what_one_said_and_what_another_wrote_since_both_stay(playbook, prefer):
    """The words with their step, the others in the field: nobody has to choose."""
    base = written(ADMISSION)
    said, wrote = saying.say(base, FIRST, playbook, at=NOON), written(FOLLOW_UP, base)

    for mine, theirs in ((said, wrote), (wrote, said)):
        both = merge(base, mine, theirs, prefer=prefer)
        assert ({"explain-mistake": ADMISSION}, FOLLOW_UP, ()) == (
            words_of(both.incident),
            both.incident.recovery.wording,
            both.clashes,
        )
    assert "" == merge(base, said, put(base, "team", "Field")).incident.recovery.wording


def test_words_of_two_talks_said_apart_both_stay(told, playbook):
    """One person follows up, another corrects what was said first."""
    followed_up = saying.say(written(FOLLOW_UP, told), ["follow-up"], playbook, at=LATER)
    corrected = put(told, "recovery.steps.explain-mistake.words", "We left it off.")

    assert {"explain-mistake": "We left it off.", "follow-up": FOLLOW_UP} == words_of(
        merge(told, followed_up, corrected).incident
    )


def test_another_wording_that_waits_goes_with_the_words(playbook):
    """It was written for this talk."""
    waiting = versions.kept(written(ADMISSION), talks.FIELD, "We cut you off.", by="Bo", when=NOON)
    said = saying.say(waiting, FIRST, playbook, at=NOON)

    assert ["recovery.steps.explain-mistake.words"] == [it.place for it in said.versions]


def test_a_name_is_erased_from_what_was_said(playbook):
    """Wherever it stands (R41)."""
    said = saying.say(written("Mrs Abendroth, we cut you off."), FIRST, playbook, at=NOON)
    erased = erase(said, Terms(("Abendroth",))).incident

    assert {"explain-mistake": f"Mrs {ERASED}, we cut you off."} == words_of(erased)


def test_a_talk_without_a_time_stands_last(told):
    """Nothing is left out for want of a time."""
    steps = (*told.recovery.steps, changed(told.recovery.steps[1], words="Sorry again.", at=None, id="thank"))
    found = talks.had(changed(told, recovery=changed(told.recovery, steps=steps)))

    assert ["explain-mistake", "thank"] == [talk.step for talk in found]
