"""The words to the customer as data: templates of a team's own, and how a language tells days and amounts (R20)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from postmortem.record.errors import DataError
from postmortem.record.playbook import default_playbook, load_playbook, playbook_from

GERMAN = Path(__file__).parents[2] / "data" / "wording" / "de.toml"
TELLING = default_playbook().wording.telling


def refused(tmp_path: Path, old: str, new: str) -> str:
    """What is said of the German file with one part changed."""
    text = GERMAN.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "de.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "team.toml").write_text('[wording]\ntemplates = "de.toml"\n', encoding="utf-8")
    with pytest.raises(DataError) as error:
        load_playbook(tmp_path / "team.toml")
    return str(error.value)


def test_a_teams_words_stand_beside_its_playbook(tmp_path: Path):
    """Named from there; all of the language comes from them, and the lists of words too."""
    (tmp_path / "de.toml").write_text(GERMAN.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "team.toml").write_text('[wording]\ntemplates = "de.toml"\n', encoding="utf-8")
    team = load_playbook(tmp_path / "team.toml")

    assert ("de", "de.toml") == (team.wording.language, team.wording.templates)
    assert ("schlicht", "herzlich", "foermlich") == tuple(team.wording.tones)
    assert "misunderstanding" not in str(team.words["non-apology"].words)
    assert default_playbook().words["person"] == team.words["person"]


def test_a_team_may_change_one_sentence_in_its_playbook():
    """Everything else stays."""
    team = playbook_from({"wording": {"tones": {"plain": {"say": {"thanks": ["Ta."]}}}}})

    assert ("Ta.",) == team.wording.tones["plain"].say["thanks"]
    assert default_playbook().wording.tones["warm"] == team.wording.tones["warm"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "{expected}",
            "{expectd}",
            "tones.schlicht.say.explanation[1]: there is no blank {expectd}; did you mean {exp",
        ),
        ("{lost}.", "{lost.", "tones.schlicht.say.explanation[3]: a brace without its other half"),
        ("{lost}.", "{lost!r}.", "a blank holds a name and nothing else"),
        ("thanks = [", "thank = [", "tones.schlicht.say.thank: expected admission"),
        ("thanks = [", "thank = [", "did you mean 'thanks'?"),
        (
            "[tones.schlicht.shared]",
            "[tones.schlicht.sharde]",
            "tones.schlicht.sharde: unknown field; did you mean 'shared'",
        ),
        ('months = ["Januar", ', "months = [", "telling.months: expected 12 names, found 11"),
        ("{weekday}, {day}. {month}", "{wochentag}", "telling.day: there is no blank {wochentag}"),
        ("[words.excuse]", "[words.excuses]", "words.excuses: there is no 'excuses'; did you mean 'excuse'?"),
        ("[words.excuse]", "[words.excuses]", "words.excuse: missing"),
        ('better = "{sorry}"', 'better = "{sory}"', "words.non-apology.better: there is no blank {sory}"),
        ('language = "de"', 'language = "Deutsch"', "language: expected text of the form"),
        ('language = "de"', "language = ", "not TOML"),
    ],
)
def test_words_that_will_not_do_are_refused_with_file_key_and_near_name(tmp_path: Path, old: str, new: str, told: str):
    """As a playbook is."""
    error = refused(tmp_path, old, new)

    assert error.startswith("words de.toml: ")
    assert told in error


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path):
    """In the lists too."""
    assert "words de.toml: 2 problems" in refused(tmp_path, "[words.excuse]", "[words.excuses]")


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    """The name as the playbook has it, its key, and the folder in which it is looked for."""
    (tmp_path / "team.toml").write_text('[wording]\ntemplates = "fr.toml"\n', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_playbook(tmp_path / "team.toml")

    said = f"wording.templates: there is no file 'fr.toml'; it is looked for in {tmp_path}"
    assert [said] == [str(problem) for problem in caught.value.problems]


def test_a_playbook_with_a_blank_that_nobody_fills_is_refused():
    """In a better form of its own lists."""
    with pytest.raises(DataError, match=r"words\.excuse\.better: there is no blank \{happend\}; did you mean"):
        playbook_from({"words": {"excuse": {"better": "{happend}."}}})
    with pytest.raises(DataError, match=r"words\.excuse\.before: there is no 'admision'; did you mean 'admission'"):
        playbook_from({"words": {"excuse": {"before": "admision"}}})


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0.2, "1 minute"),
        (1, "1 minute"),
        (60, "1 hour"),
        (444, "7 hours and 24 minutes"),
        (2879, "47 hours and 59 minutes"),
        (2880, "2 days"),
        (2 * 1440 + 60, "2 days and 1 hour"),
        (3 * 1440 - 1, "3 days"),
        (20 * 1440 + 300, "20 days"),
    ],
)
def test_a_span_is_said_in_words(minutes: float, said: str):
    """In hours up to two days, then in days."""
    assert said == TELLING.span_said(minutes)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("64", "EUR", "€64"),
        ("1064.5", "GBP", "£1,064.50"),
        ("12", "CHF", "CHF\N{NO-BREAK SPACE}12"),
        ("0.05", "USD", "$0.05"),
    ],
)
def test_an_amount_is_said_with_its_sign(amount: str, currency: str, said: str):
    """To the cent unless it is whole."""
    assert said == TELLING.amount_said(Decimal(amount), currency)


def test_a_day_has_its_year_where_it_is_another_one():
    """And a time its day."""
    noon = datetime(2025, 12, 30, 12, 5, tzinfo=UTC)

    assert "Tuesday 30 December" == TELLING.day_said(noon.date())
    assert "Friday 2 January 2026" == TELLING.day_said(date(2026, 1, 2), noon.date())
    assert "12:05" == TELLING.moment_said(noon, noon)
    assert "12:05 on Tuesday 30 December" == TELLING.moment_said(noon)
