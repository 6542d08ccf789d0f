"""`sync`: both stores hold the same, or it says what does not, and ends with the right code."""

from __future__ import annotations

import pytest


@pytest.fixture
def both(samples):
    """A shell whose store holds the samples, and an empty store of the team beside it."""
    samples("list", "--store", "team.db")
    return samples


def change(shell, title, **where):
    """Save another title of one incident in a store."""
    store = where.get("store", "data/postmortem.db")
    record = shell.json("show", "2025-005", "--store", store)
    shell("edit", "2025-005", shell.write("it.json", record | {"title": title}), "--store", store)


def test_a_sync_sends_everything_and_the_next_one_nothing(both):
    """The team's store holds the samples, with the words of who saved them."""
    first, second = both.json("sync", "team.db"), both.json("sync", "team.db")

    assert (24, True) == (len(first["sent"]), first["agreed"])
    assert (24, []) == (second["unchanged"], second["sent"])
    assert 24 == len(both.json("list", "--store", "team.db"))


def test_what_was_done_is_said_in_sentences(both):
    """New numbers first, then what went where."""
    both("sync", "team.db")
    both("new", both.write("a.json", {"title": "Ours"}))
    both("new", both.write("b.json", {"title": "Theirs"}), "--store", "team.db")
    done = both("sync", "team.db")

    assert 0 == done.exit_code
    assert "2026-005 is now 2026-006." in done.stdout
    assert "1 incident went there: 2026-006" in done.stdout
    assert "1 incident came here: 2026-005" in done.stdout
    assert "hold the same" in done.stderr


def test_a_clash_shows_both_sides_and_ends_with_1(both):
    """Until somebody says which side stands."""
    both("sync", "team.db")
    change(both, "Ours")
    change(both, "Theirs", store="team.db")
    done = both("sync", "team.db")
    settled = both("sync", "team.db", "--prefer", "theirs")

    assert 1 == done.exit_code
    assert "2025-005 title: 'Ours' here, 'Theirs' there" in done.stderr
    assert 0 == settled.exit_code
    assert "Theirs" == both.json("show", "2025-005")["title"]


def test_a_dry_run_changes_nothing(both):
    """It says what would be done."""
    done = both("sync", "team.db", "--dry-run")

    assert "24 incidents went there" in done.stdout
    assert "Nothing is written" in done.stderr
    assert [] == both.json("list", "--store", "team.db")


def test_an_address_where_no_store_lies_makes_none(samples):
    """A slip of the fingers does not become a second team."""
    done = samples("sync", "teem.db")

    assert 1 == done.exit_code
    assert "there is no store at sqlite:///teem.db" in done.stderr
    assert not (samples.folder / "teem.db").exists()


def test_a_password_is_never_shown(samples):
    """Not even where the address leads nowhere."""
    done = samples("sync", "postgresql://ana:geheim@127.0.0.1:1/notes")

    assert 1 == done.exit_code
    assert "geheim" not in done.output
