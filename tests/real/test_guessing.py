"""A mapping is guessed for tables that others publish: every row is read, and what was missed is written down here."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest

from postmortem.exchange import guess, load_mapping, mapping_from, read

NOW = datetime(2026, 11, 22, tzinfo=UTC)

TABLES = {
    # folder/file: (column of the time, key, title or where none is called so "", rows, rows taken)
    "phmsa_hazardous_liquid/hl2010toPresent_cleaned.csv": ("time", "content", "", 3144, 3144),
    "cer_pipeline_canada/incidents_en.csv": ("ReportedDate", "IncidentNumber", "", 1264, 1264),
    "cfpb_complaints/complaints_sample_6623.csv": ("Date received", "Complaint ID", "Issue", 6623, 6623),
    "cfpb_complaints/cfpb_official_fixture_subset.csv": ("date_received", "content", "issue", 280, 280),
    "cfpb_complaints/with_narrative_1532.csv": ("Date received", "Complaint ID", "Issue", 1532, 1532),
    "nyc311/311_Animals_short.csv": ("Created Date", "Unique Key", "", 4969, 4969),
    "nyc311/sandy-311-calls-by-day.csv": ("date", "content", "", 1783, 1783),
    "nasa_llis/llis_250.csv": ("", "lesson_id", "", 250, 250),
    "safecom_uas/SAFECOM_UAS_fire_data.csv": ("Date", "Tracking #", "", 180, 180),
    "safenet_wildfire/SAFENET_2008.csv": ("Event Start Date", "ID", "Incident Name", 145, 142),
    "safenet_wildfire/SAFENET_2015.csv": ("Event Start Date", "ID", "Incident Name", 66, 66),
}


def column(it, to):
    """The column for a field; empty where there is none."""
    return next((one.column for one in it.proposals if one.to == to), "")


@pytest.mark.parametrize("name", TABLES)
def test_the_time_the_key_and_every_row_are_found(shared_data, name):
    """Rows that are empty in the file are the only ones that are rejected."""
    it = guess(shared_data / name)
    reading = read(shared_data / name, mapping=it.mapping, now=NOW)
    at, key, title, rows, taken = TABLES[name]

    assert (at, (key,), title) == (column(it, "occurred_at"), it.mapping.source.key, column(it, "title"))
    assert (rows, taken) == (reading.rows_read, len(reading.incidents))
    assert all("the row is empty" in reject.reasons for reject in reading.rejects)


@pytest.mark.parametrize("year", range(2000, 2016))
def test_each_year_of_safenet_gives_whys_and_actions(shared_data, year):
    """Several contributing factors in a cell, each with a semicolon behind it, are several whys."""
    file = shared_data / "safenet_wildfire" / f"SAFENET_{year}.csv"
    it = guess(file)
    whys = {why.text for one in read(file, mapping=it.mapping, now=NOW).incidents for why in one.whys}

    assert ("Contributing Factors", "Immediate Action Taken") == (column(it, "whys"), column(it, "actions"))
    assert {"Communications", "Human Factors"} <= whys
    assert not any(";" in text for text in whys)


@pytest.mark.parametrize(
    ("name", "file", "same", "other"),
    [
        (
            "phmsa",
            "phmsa_hazardous_liquid/hl2010toPresent_cleaned.csv",
            {"time", "cost", "cause", "lat", "long", "volume", "water"},
            {"commodity": ("service", "extra"), "release type": ("extra", "kind"), "state": ("tags", "extra")},
        ),
        (
            "cer",
            "cer_pipeline_canada/incidents_en.csv",
            {
                "ReportedDate",
                "CompanyName_EN",
                "IncidentType_EN_LIST",
                "WhyItHappened_EN_LIST",
                "ApproximateVolumeM3",
                "SubstanceName_EN",
                "IncidentStatus_EN",
                "NearestPopulationCenter_EN",
                "ProvinceName_EN",
                "Latitude",
                "Longitude",
                "WerePipelineSystemComponentsInvolved",
                "PipelineComponent_EN_LIST",
                "WhatHappened_EN_LIST",
            },
            {"PipelinePhase_EN": ("service", "extra"), "ReleaseType_EN": ("extra", "kind")},
        ),
    ],
)
def test_a_guess_beside_the_mapping_that_people_wrote(shared_data, name, file, same, other):
    """Hits and misses, column by column; nothing is lost by a miss, for what has no field is kept as it is."""
    it = guess(shared_data / file)
    written = {
        title: rule.to.partition(".")[0] if rule.to.startswith("extra") else rule.to
        for title, rule in load_mapping(name).columns.items()
    }
    guessed = {one.column: one.to for one in it.proposals}

    assert same == {title for title, to in written.items() if to == guessed[title]}
    assert other == {title: (to, guessed[title]) for title, to in written.items() if to != guessed[title]}


def test_no_table_gets_a_kind_of_cause(shared_data):
    """Whatever its words sound like."""
    for name in TABLES:
        incidents = read(shared_data / name, mapping=guess(shared_data / name).mapping, now=NOW).incidents

        assert {None} >= {cause.category for incident in incidents for cause in incident.causes}


def test_every_table_there_is_gives_a_mapping_that_can_be_saved(shared_data):
    """Also tables that hold no incidents at all."""
    files = sorted(shared_data.glob("*/*.csv"))

    assert len(files) > 20
    for file in files:
        it = guess(file)
        assert (file.name, it.mapping) == (file.name, mapping_from(tomllib.loads(it.text)))
