"""The check of the words to the customer, held to talks that were sorted by hand (R13, R15, R20)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from postmortem.record.phrases import heard
from postmortem.record.playbook import default_playbook, playbook_from
from tests.record import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from postmortem.record.playbook import Playbook

ENGLISH = default_playbook()
GERMAN = playbook_from({"wording": {"templates": str(Path(__file__).parents[2] / "data" / "wording" / "de.toml")}})


def groups(words: str, playbook: Playbook) -> list[str]:
    """What is heard in a talk about a mistake of ours."""
    return [phrase.group for phrase in heard(words, playbook)]


def measured(good: Sequence[str], bad: Mapping[str, Sequence[str]], playbook: Playbook) -> tuple[float, float]:
    """Precision and recall: how many hints are right, and how many bad talks get one; both 0 to 1."""
    caught = sum(bool(groups(words, playbook)) for talks in bad.values() for words in talks)
    alarms = sum(bool(groups(words, playbook)) for words in good)
    return caught / (caught + alarms), caught / sum(len(talks) for talks in bad.values())


@pytest.mark.parametrize(
    ("playbook", "words"),
    [*((ENGLISH, words) for words in said.GOOD), *((GERMAN, words) for words in said.GOOD_GERMAN)],
    ids=lambda value: value[:50] if isinstance(value, str) else value.wording.language,
)
def test_nothing_is_said_of_good_words(playbook: Playbook, words: str):
    """An admission and an apology stand in each, told in many ways."""
    assert [] == groups(words, playbook)


@pytest.mark.parametrize(
    ("playbook", "group", "words"),
    [
        (playbook, group, words)
        for playbook, bad in ((ENGLISH, said.BAD), (GERMAN, said.BAD_GERMAN))
        for group, talks in bad.items()
        for words in talks
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else value.wording.language,
)
def test_bad_words_are_heard_for_what_they_are(playbook: Playbook, group: str, words: str):
    """By the list they belong to; others may have something to say as well."""
    assert group in groups(words, playbook)


def test_each_list_of_the_language_has_talks_to_hold_it_to():
    """At least sixty good ones and sixty bad ones in English, twenty each in German."""
    assert len(said.GOOD) >= 60 <= sum(map(len, said.BAD.values()))
    assert len(said.GOOD_GERMAN) >= 20 <= sum(map(len, said.BAD_GERMAN.values()))
    for bad in (said.BAD, said.BAD_GERMAN):
        assert {*bad} == {"admission", *(name for name, group in ENGLISH.words.items() if "wording" in group.where)}


def test_words_that_nobody_had_in_mind_are_heard_about_half_of_the_time():
    """Of talks written when the lists were done: seven of ten hints are right, and half of the bad talks are heard.

    It is a hint for that reason: it blocks nothing, and that it is silent says nothing.
    """
    precision, recall = measured(said.LATER_GOOD, {"": said.LATER_BAD}, ENGLISH)

    assert 0.7 <= precision
    assert 0.5 <= recall
