"""The command line with a team's store: a walk through PostgreSQL, and no password on the way."""

from __future__ import annotations

import pytest


@pytest.fixture
def team(shell, server, postgresql_url):
    """Commands on an empty store in PostgreSQL, and all that they have said."""
    said = []

    def run(*words, code=0):
        done = shell(*words, "--store", postgresql_url)
        said.append(done.output + done.stderr)
        assert code == done.exit_code, done.output
        return done

    run.said, run.folder, run.write = said, shell.folder, shell.write
    run.password = server.password
    return run


def test_a_walk_through_the_commands(team):
    """Samples, a file imported twice, a list, an edit with its history, a deletion, an export, and a check-up."""
    team("sample")
    file = team.write("one.json", {"title": "Parcel left in the rain", "id": "2026-050", "team": "Vans"})
    team("import", file)
    again = team("import", file)
    file = team.write(
        "two.json", {"title": "Parcel left in the rain", "id": "2026-050", "revision": 1, "team": "House"}
    )
    team("edit", "2026-050", file)
    history = team("history", "2026-050").stdout
    listed = team("list", "--text", "parcel rain").stdout
    team("delete", "2026-050", "--yes")
    team("revert", "2026-050", "--revision", "1")
    team("export", team.folder / "all.json")
    doctor = team("doctor").stdout

    assert "unchanged" in again.output + again.stderr
    assert "from two.json" in history
    assert "2026-050" in listed
    assert "25 incidents" in doctor
    assert not any(team.password in said for said in team.said)


def test_a_store_that_is_not_there_is_a_sentence(shell, server):
    """No traceback, no password, and an exit code."""
    done = shell("list", "--store", server.url("missing"))

    assert 1 == done.exit_code
    assert "has no database of this name: create it" in done.stderr
    assert server.password not in done.output + done.stderr
