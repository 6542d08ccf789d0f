"""What people keep to themselves (R38) goes out by no command, and comes back unharmed with what went out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from postmortem.record import commitments
from postmortem.record.incident import Incident, Source, Version
from postmortem.store import open_store

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
OWN, SHARED, WAITS = "I ring at half time", "I ask before I promise", "I ring before noon"


def kept() -> Incident:
    """One of Ana's that is hers alone, with a text that waits for it, and one that she shares and says worked."""
    told = Incident(title="Late", source=Source(system="desk", key="7"))
    told = commitments.make(commitments.make(told, OWN, who="Ana"), SHARED, who="Ana")
    told = commitments.worked(commitments.share(told, "p2"), "p2", "no")
    return told.model_copy(update={"versions": (Version(place="commitments.p1.text", text=WAITS, by="Ana"),)})


@pytest.fixture
def file(tmp_path):
    """A store with that record, saved by Ana."""
    path = tmp_path / "store.db"
    with open_store(path, clock=lambda: NOW) as store:
        store.save(kept(), by="Ana")
    return path


def standing(file) -> Incident:
    """The record as it stands."""
    with open_store(file, clock=lambda: NOW) as store:
        return store.load("2026-001")


@pytest.fixture
def said(shell, file):
    """What a command prints for somebody."""

    def say(*words: str, by: str = "Ben"):
        return shell(*words, "--store", str(file), "--by", by)

    return say


EVERY = ["show", "show --json", "history --changes", "history --revision 1", "history --changes --json"]


@pytest.mark.parametrize("asked", EVERY)
def test_nobody_reads_in_a_terminal_what_somebody_keeps_to_themselves(said, asked):
    """Not the words, not what waits for them, and not whether it worked."""
    name, *options = asked.split()
    printed = said(name, "2026-001", *options).output

    assert [] == [word for word in (OWN, WAITS, "worked") if word in printed]


def test_whoever_wrote_it_has_it_in_a_terminal(said):
    """As themselves."""
    assert OWN in said("show", "2026-001", "--json", by="Ana").output
    assert OWN in said("history", "2026-001", "--changes", by="Ana").output


@pytest.mark.parametrize("name", ["all.json", "all.jsonl", "year.xlsx", "all.csv", "wiki/"])
def test_an_export_leaves_it_out_whoever_exports(said, tmp_path, name):
    """What is shared goes with it."""
    said("export", f"{tmp_path}/{name}", by="Ana")
    written = [
        it for it in tmp_path.rglob("*") if it.is_file() and it.suffix in {".json", ".jsonl", ".xlsx", ".csv", ".md"}
    ]
    content = b"".join(it.read_bytes() for it in written)

    assert written
    assert [] == [word for word in (OWN, WAITS) if word.encode() in content]
    assert (SHARED.encode() in content) == name.endswith((".json", ".jsonl", "/"))


@pytest.mark.parametrize("name", ["all.json", "all.jsonl", "wiki/"])
def test_what_was_exported_and_imported_again_takes_nothing_away(said, file, tmp_path, name):
    """Neither as it was, nor with another title, nor after somebody saved in between."""
    out = tmp_path / "out" / name if name == "wiki/" else tmp_path / name
    before = standing(file)
    said("export", f"{out}/" if name == "wiki/" else str(out))
    said("import", str(out))

    assert before == standing(file)
    for page in out.rglob("*.md") if out.is_dir() else [out]:
        page.write_text(page.read_text(encoding="utf-8").replace("Late", "Much too late"), encoding="utf-8")
    with open_store(file, clock=lambda: NOW) as store:
        store.save(before.model_copy(update={"team": "Field"}), by="Ben")
    said("import", str(out))
    after = standing(file)
    assert ("Much too late", "Field") == (after.title, after.team)
    assert (before.commitments, before.versions) == (after.commitments, after.versions)


def test_pages_are_written_again_over_those_that_nobody_mended(said, file, tmp_path):
    """That something is left out of them is no mending."""
    pages = f"{tmp_path}/wiki/"
    said("export", pages)
    with open_store(file, clock=lambda: NOW) as store:
        store.save(standing(file).model_copy(update={"team": "Field"}), by="Ben")
    result = said("export", pages)

    assert 0 == result.exit_code
    assert "1 page written" in result.output + result.stderr


def test_an_edit_by_somebody_else_takes_nothing_away(said, file, tmp_path):
    """What was printed for Ben comes back without what is Ana's."""
    path = tmp_path / "it.json"
    told = json.loads(said("show", "2026-001", "--json").stdout)
    path.write_text(json.dumps(told | {"title": "Later"}), encoding="utf-8")
    before = standing(file)
    said("edit", "2026-001", str(path))

    assert ("Later", before.commitments, before.versions) == (
        (after := standing(file)).title,
        after.commitments,
        after.versions,
    )


def test_an_edit_by_oneself_takes_it_out(said, file, tmp_path):
    """It was in the file."""
    path = tmp_path / "it.json"
    told = json.loads(said("show", "2026-001", "--json", by="Ana").stdout)
    path.write_text(json.dumps(told | {"commitments": [], "versions": []}), encoding="utf-8")
    said("edit", "2026-001", str(path), by="Ana")

    assert () == standing(file).commitments


def test_a_search_finds_nothing_by_its_words(file):
    """Whoever searches: what is found would be told."""
    with open_store(file, clock=lambda: NOW) as store:
        assert () == store.list(text="half time")
        assert 1 == len(store.list(text="Late"))


def test_a_calendar_and_a_report_say_nothing_of_it(said, tmp_path):
    """For no audience; and what is shared stands in the team's report."""
    for audience in ("team", "manager", "customer"):
        for kind in ("html", "md", "json"):
            said("report", "2026-001", "--audience", audience, "-o", str(tmp_path / f"{audience}.{kind}"))
    said("due", "--ics", str(tmp_path / "due.ics"))
    content = {
        it.name: it.read_text(encoding="utf-8")
        for it in tmp_path.iterdir()
        if it.suffix in {".html", ".md", ".json", ".ics"}
    }

    assert 9 <= len(content)
    assert [] == [(name, word) for name, text in content.items() for word in (OWN, WAITS, "worked for") if word in text]
    assert SHARED in content["team.md"]


def test_a_synced_copy_and_a_backup_hold_it_as_the_store_does(said, file, tmp_path):
    """They are the store; the screen says so."""
    said("backup", str(tmp_path / "copy.db"))

    assert standing(file).commitments == standing(tmp_path / "copy.db").commitments
