"""The rules in force, a team's own, and the shape of a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from postmortem.record import Playbook, default_playbook, json_schema

GERMAN = Path(__file__).parents[2] / "data" / "wording" / "de.toml"


def test_the_rules_in_force_are_shown_whole(shell):
    """For people with every rule by its number; for programs as a playbook that can be read again."""
    page = shell("playbook", "show").stdout

    assert all(f"  {rule} " in page for rule in default_playbook().rules)
    assert 80 >= max(map(len, page.splitlines()))
    assert default_playbook() == Playbook.model_validate(shell.json("playbook", "show"))


def test_a_teams_own_rules_are_the_ones_in_force(shell):
    """--playbook holds wherever it stands."""
    shell.write("team.toml", 'name = "Night desk"\n')

    assert "Night desk" == shell.json("playbook", "show", "--playbook", "team.toml")["name"]
    assert "Night desk" == shell.json("--playbook", "team.toml", "playbook", "show")["name"]
    assert "Night desk" == shell.json("playbook", "--playbook", "team.toml", "show")["name"]


def test_a_file_that_fits_is_said_to_fit(shell):
    """And nothing else happens: no store is made."""
    done = shell("playbook", "check", shell.write("team.toml", 'name = "Night desk"\n'))

    assert 0 == done.exit_code
    assert "fits, as 'Night desk'." in done.stderr
    assert "doctor --rebuild --playbook" in done.stderr
    assert [] == shell.json("playbook", "check", "team.toml")
    assert not (shell.folder / "data").exists()


def test_what_a_teams_words_leave_in_english_in_the_letter_is_said(shell):
    """Beside what fits, and with the rules in force; nothing where the letter is whole (R20)."""
    words = GERMAN.read_text(encoding="utf-8")
    team = shell.write("team.toml", '[wording]\ntemplates = "de.toml"\n')
    shell.write("de.toml", words)
    whole = shell("playbook", "check", team).stderr
    shell.write("de.toml", words.replace('changing = ["Wir ändern, wie wir arbeiten."]\n', ""))
    part = shell("playbook", "check", team).stderr
    shell.write("de.toml", words[: words.index("[letter.labels]")] + words[words.index("[words.non-apology]") :])
    none = shell("playbook", "check", team).stderr

    assert "The letter" not in whole
    assert "The letter to the customer is in de, and in en what is not given: letter.say.changing." in part
    assert "The letter to the customer is in en; a [letter] in the word file gives it in de." in none
    assert "a [letter] in the word file" in " ".join(shell("playbook", "show", "--playbook", team).stdout.split())


STEPS = """
[procedures.presets.thirteen-steps]
add = [{ id = "photo", text = "Send a photo", behind = "make-sure" }]
drop = ["contact"]
change = [{ id = "fix", text = "Repair it", target = "" }]
"""


def test_what_is_owed_who_is_asked_and_which_days_count_are_shown(shell):
    """Shortly; and of a country the public holidays of this year and the next, by the clock that is told."""
    own = 'days = "working"\ncountry = "DE"\nsubdivision = "BY"\nholidays = [2026-12-24]'
    file = shell.write("team.toml", f"[calendar]\n{own}\n[compensation]\nauthority_limit = 5000\n")
    page = shell("playbook", "show", "--playbook", file, "--now", "2031-05-01T09:00Z").stdout
    lines = [" ".join(line.split()) for line in page.splitlines()]

    for line in (
        "paid 100% of what they paid because of it goes back",
        "time 10 EUR for each hour and customer, from 60 min on",
        "limit 5,000 EUR in one record without approval; it covers service credit,",
        "when serious, critical, a customer one takes special care of",
        "phone fit",
        "tones plain (Plain), warm (Warm), formal (Formal)",
        "promises counted in working days",
        "holidays those of DE-BY, 2026-12-24",
    ):
        assert line in lines
    assert ["2031", "2032"] == [line[:4] for line in lines if "6 Jan Epiphany" in line]
    assert "Epiphany" not in shell("playbook", "show").stdout


def test_the_steps_of_a_team_are_shown_as_they_come_out(shell):
    """When they are checked, and among the rules in force; numbered as on screen."""
    file = shell.write("team.toml", STEPS)
    done, page = shell("playbook", "check", file), shell("playbook", "show", "--playbook", file).stdout

    assert 0 == done.exit_code
    for told in (done.stdout, page):
        assert "\n  11  photo              Send a photo\n  12  thank " in told
        assert "\n   5  fix                Repair it\n      offer-follow-up " in told
        assert "  contact  " not in told
    assert "four-steps" not in done.stdout
    assert "four-steps" in page


def test_what_a_gate_would_miss_is_told_beside_what_fits(shell):
    """It is no fault: what a program reads stays empty, and the exit code is 0."""
    file = shell.write("team.toml", STEPS)

    assert (
        "Look at procedures.presets.thirteen-steps: no step puts it right;" in shell("playbook", "check", file).stderr
    )
    assert [] == shell.json("playbook", "check", file)


def test_a_record_can_be_written_under_whatever_playbook_fits(shell):
    """A step's id that no record could hold is refused before."""
    bad = shell.write("bad.toml", STEPS.replace('id = "photo"', 'id = "photo 1."'))
    shell.write("late.json", '{"title": "Late", "known_at": "2026-03-20T09:00Z"}')

    assert 1 == shell("playbook", "check", bad).exit_code
    assert "add[1].id: expected a short name without dots" in shell("new", "late.json", "--playbook", bad).stderr
    assert 0 == shell("new", "late.json", "--playbook", shell.write("team.toml", STEPS)).exit_code


@pytest.mark.parametrize("content", ['curency = "GBP"\n', 'currency = "pounds"\n', "name = \n"])
def test_a_file_that_does_not_fit_is_told_by_key(shell, content):
    """With exit code 1, in words and as JSON."""
    file = shell.write("team.toml", content)

    assert 1 == shell("playbook", "check", file).exit_code
    assert 1 == shell("playbook", "check", file, "--json").exit_code
    assert {"where", "finding", "remedy"} == set(shell.json("playbook", "check", file)[0])


def test_the_schema_is_the_librarys(shell):
    """Other programs get what the library checks with."""
    assert json_schema() == shell.json("schema")
