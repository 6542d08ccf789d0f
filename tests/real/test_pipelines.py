"""Two tables of pipeline incidents: what is read equals what an independent count of the raw file says."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from postmortem.exchange import load_mapping, read
from postmortem.record import whys
from postmortem.record.vocabulary import UNCLASSIFIED
from tests.real.raw import Rows, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    from postmortem.exchange import Reading

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PHMSA = "phmsa_hazardous_liquid/hl2010toPresent_cleaned.csv"
CER = "cer_pipeline_canada/incidents_en.csv"


@pytest.fixture(scope="module")
def phmsa_rows(shared_data: Path) -> Rows:
    """The raw rows."""
    return rows_of(shared_data / PHMSA)


@pytest.fixture(scope="module")
def phmsa(shared_data: Path) -> Reading:
    """What we read of them."""
    return read(shared_data / PHMSA, mapping=load_mapping("phmsa"), now=NOW)


@pytest.fixture(scope="module")
def cer_rows(shared_data: Path) -> Rows:
    """The raw rows."""
    return rows_of(shared_data / CER)


@pytest.fixture(scope="module")
def cer(shared_data: Path) -> Reading:
    """What we read of them."""
    return read(shared_data / CER, mapping=load_mapping("cer"), now=NOW)


def labels(reading: Reading) -> Counter[str]:
    """How many causes there are of each word."""
    return Counter(whys.find(incident, cause.why).text for incident in reading.incidents for cause in incident.causes)


def categories(reading: Reading) -> Counter[str]:
    """How many causes there are of each category."""
    return Counter(cause.category or UNCLASSIFIED for incident in reading.incidents for cause in incident.causes)


def months(reading: Reading) -> Counter[str]:
    """How many incidents there are in each month."""
    return Counter(f"{incident.occurred_at:%Y-%m}" for incident in reading.incidents)


def test_every_row_of_phmsa_is_an_incident(phmsa_rows: Rows, phmsa: Reading):
    """Also the row that stands twice: both have a key of their own."""
    keys = {incident.source.key for incident in phmsa.incidents}

    assert (len(phmsa_rows), len(phmsa_rows), ()) == (phmsa.rows_read, len(phmsa.incidents), phmsa.rejects)
    assert len(phmsa_rows) == len(keys)
    assert ("year",) == phmsa.not_carried


def test_the_causes_of_phmsa_are_as_many_as_in_the_file(phmsa_rows: Rows, phmsa: Reading):
    """Each in the source's own word."""
    assert Counter(row["cause"].capitalize() for row in phmsa_rows) == labels(phmsa)


def test_what_fits_no_category_of_phmsa_stays_visible(phmsa_rows: Rows, phmsa: Reading):
    """Nothing is squeezed into the four, and nothing is dropped."""
    counted = Counter(row["cause"] for row in phmsa_rows)
    nature, digging, others = "NATURAL FORCE DAMAGE", "EXCAVATION DAMAGE", "OTHER OUTSIDE FORCE DAMAGE"

    assert counted[nature] + counted[digging] + counted[others] == categories(phmsa)["outside our control"]
    assert counted["INCORRECT OPERATION"] + counted["OTHER INCIDENT CAUSE"] == categories(phmsa)[UNCLASSIFIED]
    assert len(phmsa_rows) == categories(phmsa).total()


def test_the_months_of_phmsa_are_those_of_the_file(phmsa_rows: Rows, phmsa: Reading):
    """No incident moves into another month by a time zone."""
    assert Counter(row["time"][:7] for row in phmsa_rows) == months(phmsa)


def test_the_costs_of_phmsa_add_up_to_the_last_digit(phmsa_rows: Rows, phmsa: Reading):
    """Amounts are kept exactly."""
    assert sum(Decimal(row["cost"]) for row in phmsa_rows) == sum(
        incident.impact.our_cost for incident in phmsa.incidents
    )


def test_every_row_of_cer_is_one_incident_however_many_causes_it_has(cer_rows: Rows, cer: Reading):
    """The number of the source is the key."""
    assert [row["IncidentNumber"] for row in cer_rows] == [incident.source.key for incident in cer.incidents]
    assert () == cer.rejects
    assert ("ReportedYear",) == cer.not_carried


def test_the_causes_of_cer_are_as_many_as_its_labels(cer_rows: Rows, cer: Reading):
    """Several in one cell are several causes of one incident."""
    raw = [row["WhyItHappened_EN_LIST"].split(",") for row in cer_rows]

    assert Counter(label for cell in raw for label in cell) == labels(cer)
    assert [len(cell) for cell in raw] == [len(incident.causes) for incident in cer.incidents]
    assert sum(len(cell) > 1 for cell in raw) == sum(len(incident.causes) > 1 for incident in cer.incidents) == 271


def test_what_fits_no_category_of_cer_stays_visible(cer_rows: Rows, cer: Reading):
    """Forces of nature are outside our control; what is not decided, or says only "human", is unclassified."""
    raw = Counter(label for row in cer_rows for label in row["WhyItHappened_EN_LIST"].split(","))

    assert raw["Natural or Environmental Forces"] == categories(cer)["outside our control"]
    assert raw["To be determined"] + raw["Human Factors"] == categories(cer)[UNCLASSIFIED]
    assert raw["Failure in communication"] == categories(cer)["understanding"]
    assert raw.total() == categories(cer).total()


def test_what_is_to_be_determined_is_possible_and_the_rest_confirmed(cer_rows: Rows, cer: Reading):
    """An inquiry that goes on has settled nothing."""
    raw = [label for row in cer_rows for label in row["WhyItHappened_EN_LIST"].split(",")]
    states = Counter(why.status for incident in cer.incidents for why in incident.whys)

    assert {"possible": raw.count("To be determined"), "confirmed": len(raw) - raw.count("To be determined")} == states


def test_the_months_and_companies_of_cer_are_those_of_the_file(cer_rows: Rows, cer: Reading):
    """Names with commas in them stay whole."""
    assert Counter(row["ReportedDate"][:7] for row in cer_rows) == months(cer)
    assert Counter(row["CompanyName_EN"] for row in cer_rows) == Counter(incident.team for incident in cer.incidents)
    assert any("," in incident.team for incident in cer.incidents)


def test_words_for_nothing_are_nothing_in_cer(cer_rows: Rows, cer: Reading):
    """A volume is a number, or it is not there."""
    raw = [row["ApproximateVolumeM3"] for row in cer_rows if not row["ApproximateVolumeM3"].startswith("Not ")]
    kept = [
        extra.value for incident in cer.incidents for extra in incident.extra if extra.name == "volume in cubic metres"
    ]

    assert raw == kept
    assert all(float(value) >= 0 for value in kept)


@pytest.mark.parametrize(("file", "name"), [(PHMSA, "phmsa"), (CER, "cer")])
def test_reading_a_file_again_gives_the_same_keys(shared_data: Path, file: str, name: str):
    """So importing it again changes nothing."""
    first, second = (read(shared_data / file, mapping=load_mapping(name), now=NOW) for _ in range(2))

    assert first.incidents == second.incidents
