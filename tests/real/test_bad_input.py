"""Awkward files as other systems really write them."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import load_mapping, mapping_from, read
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SAFENET = {
    "source": {"system": "safenet", "key": ["SAFENET ID", "Iteration"], "dates": ["%m/%d/%Y %H:%M"]},
    "columns": {
        "Incident Name": "extra",
        "Narrative": "summary",
        "Event Start Date": "occurred_at",
        "Contributing Factors": {"to": "whys", "separator": ";"},
        "Event State": "tags",
    },
    "templates": {"title": ["{Incident Name}", "Report from {Event State}", "Report"]},
}


def test_headers_with_leading_blanks_and_quotes_are_matched(shared_data: Path):
    """Cells with several lines, trailing separators and 23 files: each row is an incident or is told."""
    mapping = mapping_from(SAFENET)
    files = sorted(shared_data.glob("safenet_wildfire/SAFENET_*.csv"))
    if not files:
        pytest.skip("the yearly files of the wildfire reports are not there")

    for path in files:
        with path.open(newline="", encoding="utf-8-sig") as file:
            raw = [row for row in csv.reader(file, skipinitialspace=True) if row][1:]
        found = read(path, mapping=mapping, now=NOW)

        assert len(raw) == found.rows_read == len(found.incidents) + len(found.rejects)
        assert all(reject.problems for reject in found.rejects)
        assert len(found.incidents) > 0.9 * len(raw)


def test_a_table_without_its_mapping_is_told_which_one_fits(shared_data: Path):
    """Both known tables are recognised by their headers."""
    for file, name in (
        ("phmsa_hazardous_liquid/hl2010toPresent_cleaned.csv", "phmsa"),
        ("cer_pipeline_canada/incidents_en.csv", "cer"),
    ):
        with pytest.raises(DataError, match=f"name it with --map {name}"):
            read(shared_data / file, now=NOW)


def test_a_table_with_the_wrong_mapping_is_refused_as_a_whole(shared_data: Path):
    """Every column that is missing is named at once."""
    with pytest.raises(DataError, match=r"column 'IncidentNumber'.*not in the header"):
        read(shared_data / "phmsa_hazardous_liquid/hl2010toPresent_cleaned.csv", mapping=load_mapping("cer"), now=NOW)
