"""The sentences of the letter as data: a team's own in its word file, checked as its other words are (R20, R41)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from postmortem.record import letters
from postmortem.record.errors import DataError
from postmortem.record.letters import Letter
from postmortem.record.playbook import DEFAULT_WORDING, Playbook, default_playbook, load_playbook, playbook_from

GERMAN = Path(__file__).parents[2] / "data" / "wording" / "de.toml"
ENGLISH = default_playbook().wording.letter


def team(tmp_path: Path, *changes: tuple[str, str], until: str = "") -> Playbook:
    """A playbook with the German words, some of them changed, and the letter of the file up to a line."""
    text = GERMAN.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    if until:
        text = text[: text.index("[letter.labels]")] + until + text[text.index("[words.non-apology]") :]
    (tmp_path / "de.toml").write_text(text, encoding="utf-8")
    (tmp_path / "team.toml").write_text('[wording]\ntemplates = "de.toml"\n', encoding="utf-8")
    return load_playbook(tmp_path / "team.toml")


def test_the_default_gives_every_part_and_every_label():
    """So that there is English in place of whatever a team leaves out."""
    assert set(letters.PARTS) == set(ENGLISH.say)
    assert set(letters.LABELS) == set(ENGLISH.labels)
    assert () == letters.gaps(ENGLISH, ENGLISH)


def test_the_example_in_german_gives_the_whole_letter(tmp_path: Path):
    """Whoever starts from a copy of it leaves nothing out."""
    assert () == letters.gaps(team(tmp_path).wording.letter, ENGLISH)


def test_no_blank_of_the_letter_is_a_colleague_a_cause_or_how_bad_it_was():
    """Each blank that a part has is explained, and the owner, which one may say, is none of them (R41)."""
    used = {name for known in (*letters.PART_BLANKS.values(), *letters.LABEL_BLANKS.values()) for name in known}

    assert set(letters.BLANKS) == used
    assert {"owner", "cause", "category", "severity"}.isdisjoint(used)


def test_the_file_in_english_names_the_blanks_of_each_part():
    """A team reads there what it may write."""
    listed = DEFAULT_WORDING.read_text(encoding="utf-8").split("# The letter that")[1].split("[letter.labels]")[0]
    parts = {part: names for part, names in letters.PART_BLANKS.items() if names}

    for part, names in parts.items():
        line = next(line for line in listed.splitlines() if line.startswith(f"#     {part} "))
        assert line.split(None, 2)[2] == ", ".join(f"{{{name}}}" for name in names)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{follow_up}", "{folow_up}", "letter.say.closing[1]: there is no blank {folow_up}; did you mean {follow_up}?"),
        ('"Fragen Sie nach {team}."', '"{owner}"', "letter.say.reach[1]: there is no blank {owner}; there are"),
        ("Erledigt am {done}: {action}.", "{action.", "letter.say.done[1]: a brace without its other half"),
        ("Das war unser Fehler, und wir bitten", "{team} bittet", "letter.say.apology[1]: there is no blank {team}"),
        ("undecided = [", "undecidet = [", "did you mean 'undecided'?"),
        ("[letter.shared]", "[letter.sharde]", "letter.sharde: unknown field; did you mean 'shared'"),
        ('began = "Beginn"', 'begann = "Beginn"', "did you mean 'began'?"),
        ('began = "Beginn"', 'began = " "', "letter.labels.began: "),
        ("uns nicht bekannt: {span}", "{spann}", "letter.labels.unnoticed: there is no blank {spann}; did you mean"),
        ('reach = "So', 'reach = "{team}: So', "letter.labels.reach: there is no blank {team}; there is nothing to"),
        ('months = ["Jan.", ', "months = [", "telling.written.months: expected 12 names, found 11"),
        ('near_day = "{day}. {short}"', 'near_day = "{tag}"', "telling.written.near_day: there is no blank {tag}"),
        ('days = ["Tag", "Tage"]\n\n[reading]', "[reading]", "telling.written.units.days: missing"),
    ],
)
def test_a_letter_that_will_not_do_is_refused_with_file_key_and_near_name(
    tmp_path: Path, old: str, new: str, told: str
):
    """As the words that one says are."""
    with pytest.raises(DataError) as caught:
        team(tmp_path, (old, new))

    assert str(caught.value).startswith("words de.toml: ")
    assert told in str(caught.value)


def test_all_that_is_wrong_in_a_letter_is_said_at_once(tmp_path: Path):
    """With what is wrong elsewhere in the file."""
    with pytest.raises(DataError) as caught:
        team(tmp_path, ("{follow_up}", "{tag}"), ("{since}", "{seit}"), ("{expected}", "{expectd}"))

    assert 3 == len(caught.value.problems)


def test_what_a_file_does_not_give_is_named_by_key(tmp_path: Path):
    """A file from before there was a letter in it fits as well."""
    old = team(tmp_path, until="").wording
    none = team(tmp_path, until="# nothing\n").wording
    reach, changing = 'reach = "So erreichen Sie uns"\n', 'changing = ["Wir ändern, wie wir arbeiten."]\n'
    some = team(tmp_path, (reach, ""), (changing, ""))

    assert Letter() != old.letter
    assert Letter() == none.letter
    assert len(letters.gaps(none.letter, ENGLISH)) == sum(len(getattr(ENGLISH, name)) for name in Letter.model_fields)
    assert ("letter.labels.reach", "letter.say.changing") == letters.gaps(some.wording.letter, ENGLISH)


def test_what_was_not_our_mistake_is_never_told_in_the_sentences_for_ours(tmp_path: Path):
    """Where a team has no sentences for it, the English ones are taken (R14)."""
    said = team(tmp_path, until='[letter.say]\nclosing = ["Wir entschuldigen uns."]\n').wording.letter
    whole = letters.whole(said, ENGLISH)

    assert ("Wir entschuldigen uns.",) == whole.sentences("closing", "ours")
    assert ENGLISH.not_ours["closing"] == whole.sentences("closing", "third party")
    assert ENGLISH.unknown["closing"] == whole.sentences("closing", "not yet known")


def test_a_team_may_change_one_sentence_of_the_letter_in_its_playbook():
    """Everything else stays as it is, in English."""
    own = playbook_from({"wording": {"letter": {"say": {"changing": ["We do it another way."]}}}}).wording.letter

    assert ("We do it another way.",) == own.say["changing"]
    assert ENGLISH.say["closing"] == own.say["closing"]


def test_what_the_letter_does_not_write_another_way_is_written_as_it_is_said(tmp_path: Path):
    """In the language of the file, never in English."""
    text = GERMAN.read_text(encoding="utf-8")
    start, end = text.index("[telling.written]"), text.index("[reading]")
    paper = team(tmp_path, (text[start:end], "")).wording.telling.on_paper()

    assert "{weekday}, {day}. {month} {year}" == paper.written.day
    assert "Minute" == paper.units["minutes"][0]


def test_every_whose_of_the_letter_is_one_of_a_tone():
    """One way to say it, under the same names."""
    tone = tomllib.loads(GERMAN.read_text(encoding="utf-8"))["tones"]["schlicht"]

    assert set(get_args(letters.Whose)) == set(tone) - {"title", "joined"}
