"""A backup from the shell, and the way back."""

from __future__ import annotations

import stat


def test_a_backup_can_be_opened_as_a_store(samples):
    """It holds the same incidents, and only its owner may read it."""
    done = samples("backup", "monday.db")

    assert 0 == done.exit_code
    assert 0o600 == stat.S_IMODE((samples.folder / "monday.db").stat().st_mode)
    assert samples.json("list") == samples.json("list", "--store", "monday.db")


def test_a_file_that_is_there_is_not_written_over(samples):
    """With exit code 1, and a sentence."""
    samples.write("monday.db", "mine")
    done = samples("backup", "monday.db")

    assert 1 == done.exit_code
    assert "is there already" in done.stderr
    assert "mine" == (samples.folder / "monday.db").read_text()


def test_what_a_backup_holds_comes_back_into_an_empty_store(samples):
    """And says how many."""
    samples("backup", "monday.db")
    done = samples("restore", "monday.db", "--store", "new.db")

    assert "came from monday.db" in done.stderr
    assert samples.json("list") == samples.json("list", "--store", "new.db")


def test_a_store_that_holds_incidents_is_left_alone_unless_told(samples):
    """With --replace it is written to a backup first; the sentence says where."""
    samples("backup", "monday.db")
    before = samples.json("list")
    samples("delete", before[0]["incident_id"], "--yes", "--note", "twice")

    assert 1 == samples("restore", "monday.db").exit_code
    done = samples.json("restore", "monday.db", "--replace")
    assert [it["incident_id"] for it in before] == [it["incident_id"] for it in samples.json("list")]
    assert len(before) - 1 == len(samples.json("list", "--store", done["kept"]))


def test_a_file_that_is_no_backup_changes_nothing(samples):
    """A text, a missing one, a folder."""
    samples.write("note.txt", "hello")
    before = samples.json("list")

    for name in ("note.txt", "missing.db", "."):
        done = samples("restore", name, "--replace")
        assert 1 == done.exit_code
        assert "Traceback" not in done.output
    assert before == samples.json("list")


def test_looking_changes_nothing(samples):
    """--read-only is refused by what saves, and goes on with what looks."""
    before = samples.json("list")
    done = samples("--read-only", "delete", before[0]["incident_id"], "--yes", "--note", "twice")

    assert 1 == done.exit_code
    assert "open to read only" in done.stderr
    assert before == samples.json("--read-only", "list")


def test_looking_makes_no_store(shell):
    """Where there is none, it says so."""
    done = shell("list", "--read-only")

    assert 1 == done.exit_code
    assert "there is no store" in done.stderr
    assert [] == list(shell.folder.iterdir())


def test_the_surroundings_may_say_that_it_is_only_looked_at(samples, monkeypatch):
    """POSTMORTEM_READ_ONLY; a word that says neither yes nor no is refused."""
    monkeypatch.setenv("POSTMORTEM_READ_ONLY", "yes")
    assert 1 == samples("sample").exit_code
    monkeypatch.setenv("POSTMORTEM_READ_ONLY", "perhaps")

    assert "expected yes or no" in samples("list").stderr
