"""What works here, what doesn't, and how to mend it."""

from __future__ import annotations

import re
import sqlite3

import pytest

from postmortem.cli import health


def by_name(shell, *words):
    """The checks of the doctor, by name."""
    return {check["name"]: check for check in shell.json("doctor", *words)}


def test_a_sound_place_is_said_to_be_sound(samples):
    """Every line is ok, and the code is 0."""
    done = samples("doctor")

    assert 0 == done.exit_code
    assert "Everything that is needed works." in done.stderr
    looked_at = {"Python", "packages", "playbook", "folder", "disk", "store", "compared", "backups", "browser"}
    assert looked_at == set(by_name(samples))


def test_looking_does_not_make_a_store(shell):
    """A store that is not there yet is no fault, and is not made by asking."""
    assert by_name(shell)["store"]["ok"]
    assert [] == list(shell.folder.iterdir())


def test_a_file_that_is_no_store_is_named(shell):
    """With exit code 1."""
    shell.write("note.txt", "hello")

    assert not by_name(shell, "--store", "note.txt")["store"]["ok"]
    assert 1 == shell("doctor", "--store", "note.txt").exit_code


def test_rows_that_differ_from_their_document_are_found(samples):
    """What the store itself finds is passed on with its remedy."""
    with sqlite3.connect(samples.folder / "data" / "postmortem.db") as database:
        database.execute("DELETE FROM causes WHERE incident_id = '2025-005'")
    database.close()
    found = by_name(samples)["store, incident 2025-005"]

    assert not found["ok"]
    assert "rebuild_tables" in found["remedy"]


def test_dates_that_follow_another_playbook_are_one_line(samples):
    """Nothing is damaged: the command that dates them anew names the playbook that was told, and does it."""
    samples.write("team.toml", '[calendar]\ndays = "working"\n')
    told = {name: it for name, it in by_name(samples, "--playbook", "team.toml").items() if name.startswith("store,")}

    assert ["store, rows"] == list(told)
    assert re.fullmatch(r"the dates of \d+ incidents follow other .* now", told["store, rows"]["said"])
    assert "postmortem doctor --rebuild --playbook team.toml" == told["store, rows"]["remedy"]
    samples(*told["store, rows"]["remedy"].split()[1:])
    assert "store, rows" not in by_name(samples, "--playbook", "team.toml")


def test_a_playbook_that_does_not_fit_is_one_line(shell):
    """It is told here too, and where to look closer."""
    shell.write("team.toml", 'curency = "GBP"\n')
    found = by_name(shell, "--playbook", "team.toml")["playbook"]

    assert "did you mean 'currency'?" in found["said"]
    assert not found["ok"]


def test_a_folder_that_can_not_be_written_to_is_named(shell, monkeypatch):
    """Before the first save fails."""

    def refused(**_):
        raise PermissionError

    monkeypatch.setattr(health.tempfile, "TemporaryFile", refused)

    assert not by_name(shell)["folder"]["ok"]


def test_a_missing_browser_is_a_note_and_no_fault(shell, monkeypatch):
    """Files and the shell work without one."""

    def none_found():
        raise health.webbrowser.Error

    monkeypatch.setattr(health.shutil, "which", lambda _: None)
    monkeypatch.setattr(health.webbrowser, "get", none_found)

    assert not by_name(shell)["browser"]["ok"]
    assert 0 == shell("doctor").exit_code
    assert "note  browser" in shell("doctor").stdout


@pytest.mark.parametrize(
    ("requirement", "fault"),
    [
        ("click>=8.0", ""),
        ("click", ""),
        ("click>=999.1", "needed 999.1 or newer"),
        ("no-such-package-here>=1", "no-such-package-here is missing"),
    ],
)
def test_a_package_that_is_missing_or_too_old_is_named(requirement, fault):
    """By the bound that the installation itself carries."""
    assert fault in health._fault(requirement)
    assert bool(fault) == bool(health._fault(requirement))


def test_rows_are_made_again_by_one_word(samples):
    """Doctor --rebuild mends what it would find, and says how many."""
    with sqlite3.connect(samples.folder / "data" / "postmortem.db") as database:
        database.execute("DELETE FROM causes")
    database.close()

    assert 1 == samples("doctor").exit_code
    assert "made again for" in by_name(samples, "--rebuild")["rows"]["said"]
    assert 0 == samples("doctor").exit_code


def test_it_says_how_much_was_compared(samples):
    """All of it on request, with every revision."""
    assert "with their rows" in by_name(samples)["compared"]["said"]
    assert "every revision read" in by_name(samples, "--everything")["compared"]["said"]


def test_it_says_how_old_the_last_backup_is(samples):
    """A store without one is a note; one that was made today is well."""
    assert not by_name(samples)["backups"]["ok"]
    samples("backup", "data/postmortem.db.monday.backup")
    found = by_name(samples)["backups"]

    assert found["ok"]
    assert "1 copy beside the store, the last one postmortem.db.monday.backup" in found["said"]


def test_a_store_with_rules_of_its_own_is_compared_by_them(shell):
    """What the team's playbook made is no fault."""
    shell.write("team.toml", 'currency = "GBP"\n')
    shell("sample", "--playbook", "team.toml")

    assert 0 == shell("doctor", "--playbook", "team.toml").exit_code
