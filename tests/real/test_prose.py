"""Post-mortems of seven organisations, as their authors wrote them, through the one table of headings."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import read, shipped_headings
from postmortem.record.reading import document

if TYPE_CHECKING:
    from pathlib import Path

    from postmortem.record.incident import Incident

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FOLDERS = ("2i2c", "dfds", "iasql", "learning_equality", "mybinder", "opensuse_obs", "rust_crates_io")

# What is understood and becomes a value: the words of times, and of the headings and columns that are fields.
VALUES = re.compile(
    r"\d+|[ap]m|utc|gmt|pst|pdt|ces?t|bst|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*"
    r"|(mon|tues|wednes|thurs|fri|satur|sun)day|\d+(st|nd|rd|th|am|pm)|t\d+|\d+z"
)
COLUMNS = {"date", "and", "time", "in", "event", "title", "action", "item", "owner"}


@pytest.fixture(scope="module")
def read_(shared_data: Path) -> dict[str, tuple[str, Incident]]:
    """Each document with its incident, by folder and name."""
    folder = shared_data / "postmortems_real"
    found = {}
    for name in FOLDERS:
        for path in sorted((folder / name).glob("*.md")):
            reading = read(path, now=NOW)
            assert (1, 1) == (reading.rows_read, len(reading.incidents)), reading.problems
            found[f"{name}/{path.name}"] = (path.read_text("utf-8-sig"), reading.incidents[0])
    return found


def _leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    return [leaf for one in value for leaf in _leaves(one)] if isinstance(value, list) else [str(value)]


def _without_fields(text: str) -> str:
    """The document without the headings that became fields."""
    fields = shipped_headings()
    return "\n".join(line for line in text.split("\n") if line[:1] != "#" or not fields.field_of(line))


def test_every_document_is_an_incident_and_most_have_their_parts(read_: dict[str, tuple[str, Incident]]):
    """How many have times in their timeline, roots, actions: never fewer than when this was written."""
    incidents = [incident for _, incident in read_.values()]

    assert 117 == len(incidents)
    assert sum(any(one.at for one in incident.timeline) for incident in incidents) >= 87
    assert sum(bool(incident.causes) for incident in incidents) >= 79
    assert sum(bool(incident.actions) for incident in incidents) >= 101
    assert {None} == {cause.category for incident in incidents for cause in incident.causes}
    assert {"possible"} == {why.status for incident in incidents for why in incident.whys}
    assert {""} == {action.form for incident in incidents for action in incident.actions}


def test_every_word_of_every_document_stands_in_its_incident(read_: dict[str, tuple[str, Incident]]):
    """Beside the words of times that were read and of headings that became fields."""
    lost = Counter()
    for text, incident in read_.values():
        there = " ".join(_leaves(document(incident))).casefold()
        lost.update(
            word
            for word in set(re.split(r"[\W_]+", _without_fields(text).casefold())) - COLUMNS
            if word and word not in there and not VALUES.fullmatch(word)
        )

    assert {} == dict(lost)


def test_action_items_are_those_that_were_counted_elsewhere(read_: dict[str, tuple[str, Incident]], shared_data: Path):
    """Where the index counts items below the headings that are fields here; it counts an item below an item apart."""
    with (shared_data / "postmortems_real" / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        counted = {row["file"]: int(row["n_action_items"] or 0) for row in csv.DictReader(file)}
    dfds = {name: incident for name, (_, incident) in read_.items() if name.startswith(("dfds/", "rust_crates_io/"))}
    other = [name for name, incident in dfds.items() if len(incident.actions) != counted[name]]

    assert 46 == len(dfds)
    assert ["PM2020-009", "PM2022-009"] == [name[5:15] for name in other]


def test_the_times_of_a_timeline_are_those_that_its_author_wrote(read_: dict[str, tuple[str, Incident]]):
    """Checked by hand: a table in Central European Time, headings in Pacific Time, a list with the day carried on."""
    kiam = read_["dfds/PM2020-002 - KIAM service disruption on Hellman.md"][1]
    nginx = read_["mybinder/2018-02-22-nginx-down.md"][1]
    docs = read_["rust_crates_io/docsrs-outage-postmortem.md"][1]

    assert ["14:36", "15:02", "15:30", "17:04"] == [f"{one.at:%H:%M}" for one in kiam.timeline]
    assert ["00:30", "00:32", "00:33", "00:35"] == [f"{one.at:%H:%M}" for one in nginx.timeline]
    assert "2019-10-20T00:55:00+00:00" == docs.timeline[0].at.isoformat()
    assert "01:39" == f"{docs.timeline[2].at:%H:%M}"
