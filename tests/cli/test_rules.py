"""The rules in force, a team's own, and the shape of a record."""

from __future__ import annotations

import pytest

from postmortem.record import Playbook, default_playbook, json_schema


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
