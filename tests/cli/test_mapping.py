"""`map` writes down what the columns of a table mean, and says what is left to ask."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from postmortem.exchange import load_mapping

EXAMPLE = Path(__file__).parents[2] / "data" / "examples" / "complaints.csv"


def test_a_guessed_mapping_is_written_and_takes_the_table_in(shell):
    """From a strange table to incidents in two commands."""
    done = shell("map", EXAMPLE, "-o", "map.toml")
    assert (0, "") == (done.exit_code, done.stdout)
    assert "is that 4 November or 11 April?" in done.stderr
    assert "Written to map.toml" in done.stderr

    taken = shell("import", EXAMPLE, "--map", "map.toml", "--json")
    assert (12, 11, 1) == tuple(json.loads(taken.stdout)[name] for name in ("read", "imported", "rejected"))


def test_without_a_file_the_mapping_is_printed(shell):
    """As it would be written; what is asked goes to standard error."""
    done = shell("map", EXAMPLE)
    file = shell.write("map.toml", done.stdout)

    assert "Ticket No" == load_mapping(file).source.key[0]
    assert "? 04/11/2025" in done.stderr
    assert not (shell.folder / "data").exists()


def test_the_proposals_are_there_for_programs(shell):
    """Each column with its field, how sure it is, and why; one document and nothing else."""
    told = shell.json("map", EXAMPLE)
    title = next(column for column in told["columns"] if column["column"] == "Subject")

    assert ("title", "sure") == (title["to"], title["confidence"])
    assert ["day order", "zone"] == [question["name"] for question in told["questions"]]
    assert "Meter read as 9,310 instead of 931" == told["first_rows"][0]["title"]
    assert "Ticket No" == told["mapping"]["source"]["key"]


def test_a_file_that_is_there_is_never_written_over(shell):
    """A mapping that somebody changed by hand stays."""
    shell.write("map.toml", "mine")
    done = shell("map", EXAMPLE, "-o", "map.toml")

    assert 1 == done.exit_code
    assert "there is such a file already" in done.stderr
    assert "mine" == (shell.folder / "map.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("output", ["no/such/map.toml", "."])
def test_where_nothing_can_be_written_is_said(shell, output):
    """In a sentence."""
    done = shell("map", EXAMPLE, "-o", output)

    assert 1 == done.exit_code
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_table_is_told(shell):
    """With what would do."""
    done = shell("map", shell.write("notes.txt", "Dear all\n"))

    assert 1 == done.exit_code
    assert "a table is needed" in done.stderr


def test_import_names_the_command_where_no_mapping_fits(shell):
    """Nobody has to know how a mapping is written."""
    done = shell("import", EXAMPLE)

    assert 1 == done.exit_code
    assert "postmortem map complaints.csv -o" in done.stderr


def test_words_of_another_language_are_named(shell):
    """In a file of the same form as the English ones."""
    shell.write("deutsch.toml", '[fields.title]\nwords = ["betreff"]\n')
    table = shell.write("tickets.csv", "Betreff,Grund\nZu spät,Kein Plan\n")

    assert "extra" == shell.json("map", table)["columns"][0]["to"]
    assert "title" == shell.json("map", table, "--words", "deutsch.toml")["columns"][0]["to"]
