"""Words that a hint is about (R20, R26, R27, R35)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from postmortem.record.phrases import has, heard, likeness, names_in, phrases, starts_with, words_of
from postmortem.record.playbook import default_playbook, playbook_from
from tests import hang
from tests.strategies import texts

if TYPE_CHECKING:
    from postmortem.record.playbook import Playbook

PLACES = ("whys", "timeline", "actions", "wording")


def found(text: str, place: str) -> list[tuple[str, str]]:
    """Group and words of each hint, in reading order."""
    return [(phrase.group, phrase.text) for phrase in phrases(text, place, default_playbook())]


@pytest.mark.parametrize(
    ("text", "place", "hints"),
    [
        # R26: a person is never a root
        ("Human error", "whys", [("person", "Human error")]),
        ("The technician forgot it", "whys", [("person", "forgot")]),
        ("It was forgotten, carelessly", "whys", [("person", "forgotten"), ("person", "carelessly")]),
        ("The crew didn't follow the sheet", "whys", [("person", "didn't follow")]),
        ("The crew didn\u2019t follow the sheet", "whys", [("person", "didn\u2019t follow")]),
        ("The crew did  not\nfollow it", "whys", [("person", "did  not\nfollow")]),
        ("An unforgotten switch", "whys", []),
        ("Nothing reminds the crew", "whys", []),
        # R26: vague words ask how much, against what
        ("Poor lighting and lack of time", "whys", [("vague", "Poor"), ("vague", "lack of")]),
        ("The poorhouse had no lift", "whys", []),
        ("Two lamps of ten were lit", "whys", []),
        # R26: names become roles
        ("Tom left early", "whys", [("names", "Tom")]),
        ("Mr. Smith and Frau Özil called", "timeline", [("names", "Mr. Smith"), ("names", "Frau Özil")]),
        ("Ask Sarah Miller", "actions", [("names", "Sarah Miller")]),
        ("MS Teams was down for 20 ms", "whys", []),
        ("We miss Monday's delivery", "timeline", []),
        ("The atom, the tomb and tom", "whys", []),
        ("Dear Mr Smith, that was our mistake", "wording", []),
        # R27: hindsight, in the timeline alone
        ("He should have looked", "timeline", [("hindsight", "should have")]),
        ("She failed to call", "timeline", [("hindsight", "failed to")]),
        ("It should have been checked", "whys", []),
        ("She called at nine", "timeline", []),
        # R35, wishes: nobody can see when they are done
        ("Be more careful", "actions", [("wish", "Be more careful")]),
        ("Improve the monitor", "actions", [("wish", "Improve"), ("wish", "monitor")]),
        ("Put a tag on the plug", "actions", []),
        ("Be more careful", "whys", []),
        # R20: how it may be heard
        ("I am sorry you feel that way", "wording", [("non-apology", "sorry you feel")]),
        ("Sorry for the misunderstanding", "wording", [("non-apology", "Sorry for the misunderstanding")]),
        ("I apologise if anything went wrong", "wording", [("conditional", "apologise if")]),
        ("We were late, but the road was shut", "wording", [("excuse", "but the road was shut")]),
        ("This was due to high volume", "wording", [("reason", "due to high")]),
        ("Our supplier was late", "wording", [("buck", "Our supplier was")]),
        ("The button is red", "wording", []),
        # R20: what only looks like it
        ("If you have any questions, call me. I am sorry.", "wording", []),
        ("I am sorry, and if it happens again I come myself.", "wording", []),
        ("I am sorry. Your part was here, but we left it on a shelf.", "wording", []),
        ("We were wrong, but that is no excuse.", "wording", []),
        ("Nothing but our mistake, I am sorry.", "wording", []),
        ("Your heating system is back on. I am sorry.", "wording", []),
        ("The road was shut, but you have it now.", "wording", []),
        ("The system did not save it. Sorry.", "wording", [("buck", "The system did")]),
        ("I am sorry. But the crew was busy, and so on", "wording", [("excuse", "But the crew was busy")]),
        # R15: no fall guy
        ("Tom forgot your switch. I am sorry.", "wording", [("fall-guy", "Tom forgot")]),
        ("Our technician did not look. I am sorry.", "wording", [("fall-guy", "Our technician did not")]),
        ("The system failed. Sorry.", "wording", [("buck", "The system failed")]),
        ("I am sorry, Tom, and thank you.", "wording", []),
        ("Tom is with you at nine.", "wording", []),
        # R13: what we did comes first
        ("Because it rained we left it open.", "wording", [("reason-first", "Because it rained we left it open")]),
        ("We left it open because it rained.", "wording", []),
    ],
)
def test_words_are_found_where_they_matter(text: str, place: str, hints: list[tuple[str, str]]):
    """As they stand there; other words and other places are left alone."""
    assert hints == found(text, place)


def spelt(words: str) -> str:
    """One way in which a phrase of the playbook may be said."""
    said = {"…": "three of them", "<name>": "Tom"}
    return " ".join(said.get(word, word.split("|")[0]).replace("*", "en") for word in words.split())


def test_every_word_of_the_playbook_is_found_where_it_belongs(playbook: Playbook):
    """None is hidden by a longer one or lost in the pattern."""
    for name, group in playbook.words.items():
        alone = group.model_copy(update={"near": (), "after": (), "before": "", "unless": ()})
        team = playbook.model_copy(update={"words": {name: alone}})
        for words in group.words:
            for place in group.where:
                assert name in {phrase.group for phrase in phrases(f"x {spelt(words)} x", place, team)}, words


def test_every_first_name_and_title_is_found(playbook: Playbook):
    """As written in a sentence."""
    for name in playbook.names.first:
        assert [name.capitalize()] == [p.text for p in names_in(f"then {name.capitalize()} left", playbook)]
    for title in playbook.names.titles:
        assert [f"{title.capitalize()} Xu"] == [
            p.text for p in names_in(f"then {title.capitalize()} Xu left", playbook)
        ]


def test_a_phrase_says_its_rule_its_place_and_what_it_asks(playbook: Playbook):
    """What a hint needs."""
    (phrase,) = phrases("The technician forgot it", "whys", playbook)

    assert ("R26", "person", "forgot", 15) == (phrase.rule, phrase.group, phrase.text, phrase.start)
    assert "what made it the sensible thing to do?" in phrase.ask


def test_phrases_stand_in_reading_order(playbook: Playbook):
    """Whatever group they belong to."""
    starts = [phrase.start for phrase in phrases("Tom forgot it, poor man, and Ann was careless", "whys", playbook)]

    assert sorted(starts) == starts


def test_words_without_an_admission_are_heard_as_none(playbook: Playbook):
    """Said once, at the end (R20)."""
    last = heard("We are sorry", playbook)[-1]

    assert ("R20", "admission", "", 12) == (last.rule, last.group, last.text, last.start)
    assert "admission" not in {phrase.group for phrase in heard("We left the switch off. I am sorry.", playbook)}
    assert "admission" not in {phrase.group for phrase in heard("We didn\u2019t call you. I am sorry.", playbook)}
    assert () == heard("  ", playbook)


@pytest.mark.parametrize(
    ("text", "admits"),
    [
        ("We deployed several changes at once.", True),
        ("We accidentally charged you twice.", True),
        ("I have mixed up two addresses.", True),
        ("The mistake was ours.", True),
        ("This happened on our side.", True),
        ("We shut the gate while you were in the corridor.", True),
        ("You told us six, and we did not pass it on.", True),
        ("A change by us deleted it.", True),
        ("That was not our mistake.", False),
        ("Every step on our side was right.", False),
        ("The machine failed us.", False),
        ("It isn't our fault.", False),
        ("We did nothing wrong.", False),
        ("We fixed it within the hour.", False),
        ("We apologised, investigated and refunded you.", False),
        ("We have restored your line.", False),
        ("You sent the wrong form too late.", False),
        ("It will not happen again.", False),
        ("I am so sorry.", False),
    ],
)
def test_an_admission_is_found_in_its_usual_forms(text: str, admits: bool, playbook: Playbook):  # noqa: FBT001 - a row of the table
    """What we did, in any words; not what it was not, and not what we did about it (R20)."""
    assert admits == has(text, "admission", playbook)


def test_a_team_may_empty_a_list():
    """No words are no hints; an empty list finds nothing, not everything."""
    team = playbook_from({"words": {"person": {"words": []}}, "names": {"titles": [], "first": []}})

    assert () == phrases("Tom forgot it", "whys", team)
    assert not starts_with("anything", ())


def test_a_teams_words_are_taken_literally():
    """A dot or a bracket in a list is no pattern."""
    team = playbook_from({"words": {"person": {"words": ["a.b", "(oops", "[x", "+"]}}})

    assert ["a.b", "(oops"] == [phrase.text for phrase in phrases("a.b axb (oops", "whys", team)]


def test_a_text_starts_with_a_word():
    """A whole one, after any space."""
    assert starts_with("  The list", ("the",))
    assert not starts_with("Thefts are counted", ("the",))
    assert not starts_with("Write the list", ("the",))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("The switch was off", "The switch was off.", 1.0),
        ("The switches were off", "switch off", 0.33),
        ("Switch off", "OFF: switch", 1.0),
        ("The switch was tested", "The switch was not tested", 0.67),
        ("No list", "No time", 0.33),
        ("", "", 0.0),
        ("the", "a", 0.0),
    ],
)
def test_likeness_is_the_share_of_words_in_common(one: str, other: str, share: float):
    """Small words and the order do not count; a word left out does."""
    assert share == pytest.approx(likeness(one, other), abs=0.01)


@settings(deadline=None)
@given(texts(), texts())
def test_likeness_is_the_same_either_way(one: str, other: str):
    """Between nothing and all in common; of any text with itself, all."""
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1.0 if words_of(one) else 0.0)


@settings(deadline=None)
@given(texts(60), st.sampled_from(PLACES))
def test_a_phrase_is_what_stands_at_its_place(text: str, place: str):
    """The words can be shown where they are, in any text."""
    for phrase in phrases(text, place, default_playbook()):
        assert phrase.text == text[phrase.start : phrase.start + len(phrase.text)]


@pytest.mark.parametrize(
    "text",
    [
        "forgot " * 15_000,
        "a" * 100_000,
        " " * 100_000,
        "did" + " " * 100_000 + "x",
        "did not " * 12_500,
        "Mr. " * 25_000,
        "Mr A" + "a" * 100_000,
        "Tom " * 25_000,
        "\n\t" * 50_000,
        "\u2019" * 100_000,
        "\u017f" * 100_000,
        "🙂" * 100_000,
    ],
    ids=lambda text: f"{text[:8]!r}",
)
@pytest.mark.parametrize("place", PLACES)
def test_a_hundred_thousand_characters_are_looked_at_to_the_end(text: str, place: str, playbook: Playbook):
    """No text makes the search hang."""
    with hang.ends():
        phrases(text, place, playbook)
        heard(text, playbook)

        assert likeness(text, text) in {0, 1}
