"""Erasing a person from the shell, and the certificate of it."""

from __future__ import annotations

import json
import stat

import pytest

from postmortem.cli.erasing import markdown
from postmortem.store import open_store

PERSON = {
    "title": "Maria Lindqvist waited in vain",
    "customer": {"name": "Maria Lindqvist", "contact": "maria@example.org"},
    "summary": "Mariana called for maria lindqvist.",
}
WORDS = ("Maria Lindqvist", "--also", "maria@example.org", "--reason", "request of <b>2 March</b>")


@pytest.fixture
def told(shell):
    """A shell with one incident about a person."""
    shell("new", shell.write("person.json", PERSON))
    (shell.folder / "person.json").unlink()
    return shell


def test_a_dry_run_shows_each_place_and_changes_nothing(told):
    """With the words around it."""
    before = told.json("list")
    done = told("erase", *WORDS, "--dry-run")

    assert "»Maria Lindqvist« waited in vain" in done.stdout
    assert "Nothing was changed" in done.stderr
    assert before == told.json("list")


def test_what_is_erased_is_gone_and_the_certificate_says_so_without_the_words(told):
    """The file is private, and says where copies are."""
    told("backup", "data/postmortem.db.monday.backup")
    done = told("erase", *WORDS, "--yes", "--certificate", "erased.md")
    file = told.folder / "erased.md"

    assert 0 == done.exit_code
    assert "[erased] waited in vain" == told.json("list")[0]["title"]
    assert "Mariana called for [erased]." == told.json("show", "2026-001")["summary"]
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    text = file.read_text(encoding="utf-8")
    assert "indqvist" not in text + done.output
    assert "<b>" not in text.replace("\\<b\\>", "")
    assert "monday.backup, beside the store: still holds it" in text


@pytest.mark.parametrize("suffix", ["html", "json", "md"])
def test_a_certificate_can_be_written_again(told, suffix):
    """From the store that keeps it."""
    told("erase", *WORDS, "--yes")
    told("erase", "--list", "--number", "1", "--certificate", f"again.{suffix}")
    text = (told.folder / f"again.{suffix}").read_text(encoding="utf-8")

    assert "indqvist" not in text
    assert "<b>" not in text.replace("\\<b\\>", "") or suffix == "json"
    assert 1 == told.json("erase", "--list")[0]["number"]
    assert suffix != "json" or json.loads(text)["incidents"] == 1


def test_nothing_is_erased_unless_somebody_says_yes(told):
    """Where nobody can be asked, --yes must be said; a reason always."""
    assert 2 == told("erase", *WORDS).exit_code
    assert 2 == told("erase", "Maria Lindqvist", "--yes").exit_code
    assert 2 == told("erase", "--reason", "x", "--yes").exit_code
    assert PERSON["title"] == told.json("list")[0]["title"]


def test_names_may_come_by_standard_input(told):
    """So they stay out of the shell's history."""
    told("erase", "-", "--reason", "request", "--yes", input="Maria Lindqvist\nmaria@example.org\n")

    assert "[erased]" == told.json("show", "2026-001")["customer"]["name"]


def test_a_word_that_would_erase_too_much_is_refused(told):
    """Two letters; signs alone."""
    for word in ("Jo", "?!"):
        done = told("erase", word, "--reason", "x", "--yes")
        assert 1 == done.exit_code
        assert "Traceback" not in done.output


def test_a_certificate_never_takes_the_place_of_a_file(told):
    """It is refused before anything is erased."""
    told.write("mine.md", "mine")

    assert 1 == told("erase", *WORDS, "--yes", "--certificate", "mine.md").exit_code
    assert 1 == told("erase", *WORDS, "--yes", "--certificate", "mine.pdf").exit_code
    assert PERSON["title"] == told.json("list")[0]["title"]


def test_a_certificate_in_markdown_shows_hostile_text_as_text(tmp_path):
    """Neither a link nor a tag comes about."""
    with open_store(tmp_path / "s.db") as store:
        issued = store.erase(["Nobody"], by="[x](javascript:1)", reason="<img src=x>\n# Title")

    assert "\\[x\\](javascript:1)" in markdown(issued)
    assert "\\<img src=x\\> \\# Title" in markdown(issued)
