"""Complaints of the CFPB in both forms: what is read equals what an independent count of the raw file says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import load_mapping, read, read_fitting
from tests.real.raw import Rows, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from postmortem.exchange import Reading

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LONG = "cfpb_complaints/complaints_sample_6623.csv"
SHORT = "cfpb_complaints/cfpb_official_fixture_subset.csv"
NARRATIVES = "cfpb_complaints/with_narrative_1532.csv"


@pytest.fixture(scope="module")
def raw(shared_data: Path) -> Rows:
    """The raw rows of the long form."""
    return rows_of(shared_data / LONG)


@pytest.fixture(scope="module")
def long(shared_data: Path) -> Reading:
    """What we read of them."""
    return read(shared_data / LONG, mapping=load_mapping("cfpb"), now=NOW)


def kept(reading: Reading, name: str) -> Counter[str]:
    """How often each value is kept under a name."""
    return Counter(extra.value for incident in reading.incidents for extra in incident.extra if extra.name == name)


def told(rows: Rows, column: str) -> Counter[str]:
    """How often each value stands in the raw file."""
    return Counter(row[column].strip() for row in rows if row[column].strip() not in {"", "N/A", "None"})


@pytest.mark.parametrize(("file", "name"), [(LONG, "cfpb"), (SHORT, "cfpb_short"), (NARRATIVES, "cfpb")])
def test_each_form_finds_its_mapping_and_every_row_is_an_incident(shared_data: Path, file: str, name: str):
    """Read is accepted and rejected together, and no column is left behind."""
    reading, found = read_fitting(shared_data / file, now=NOW)

    assert (name, (), ()) == (found, reading.rejects, reading.not_carried)
    assert len(rows_of(shared_data / file)) == reading.rows_read == len(reading.incidents)
    assert reading.rows_read == len({incident.source.key for incident in reading.incidents})


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("issue", "Issue"),
        ("sub-issue", "Sub-issue"),
        ("came by", "Submitted via"),
        ("response", "Company response to consumer"),
        ("timely response", "Timely response?"),
        ("disputed", "Consumer disputed?"),
        ("public response", "Company public response"),
        ("state", "State"),
    ],
)
def test_what_is_to_be_counted_later_is_kept_as_often_as_it_stands_there(
    raw: Rows, long: Reading, name: str, column: str
):
    """In the source's own words."""
    assert told(raw, column) == kept(long, name)


def test_days_stay_the_days_of_the_file(raw: Rows, long: Reading):
    """Received, and sent to the company; neither moves by a zone."""
    days = [(incident.raised_at, incident.known_at) for incident in long.incidents]

    assert [row["Date received"].split("/") for row in raw] == [
        [str(d) for d in received.timetuple()[:3]] for received, _ in days
    ]
    assert [row["Date sent to company"].split("/") for row in raw] == [
        [str(d) for d in sent.timetuple()[:3]] for _, sent in days
    ]


def test_narratives_are_kept_to_the_letter(raw: Rows, long: Reading):
    """Except for the blanks around them."""
    assert [row["Consumer complaint narrative"].strip() for row in raw] == [one.summary for one in long.incidents]


def test_no_complaint_gets_a_cause(long: Reading):
    """The source says what is complained of, not why."""
    assert [] == [incident for incident in long.incidents if incident.whys or incident.causes]
