"""What the charts show of real incident tables is what stands in the raw files, counted apart from our own code."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from postmortem import analysis, charts
from postmortem.exchange import import_into, load_mapping, read
from postmortem.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
FILES = {
    "phmsa": "phmsa_hazardous_liquid/hl2010toPresent_cleaned.csv",
    "cer": "cer_pipeline_canada/incidents_en.csv",
}


@pytest.fixture(scope="module")
def kept(shared_data: Path, tmp_path_factory: pytest.TempPathFactory):
    """The tidy tables of both files, each by way of its mapping and a store of its own, and the raw rows."""
    found = {}
    for name, file in FILES.items():
        with (shared_data / file).open(encoding="utf-8-sig", newline="") as lines:
            raw = list(csv.DictReader(lines))
        with open_store(tmp_path_factory.mktemp(name) / "store.db") as store:
            result = import_into(store, read(shared_data / file, mapping=load_mapping(name), now=NOW), by="test")
            again = import_into(store, read(shared_data / file, mapping=load_mapping(name), now=NOW), by="test")
            found[name] = (store.tables(), raw, result, again)
    return found


def shown(chart: Any, column: str) -> dict[str, Any]:
    """One column of a chart's table, by its first."""
    table = chart.table
    return dict(zip(table.iloc[:, 0], table[column], strict=True))


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_taken_in_once_and_a_second_time_changes_nothing(kept, name):
    """Read is the sum of the rest, and the same file again is unchanged."""
    _, raw, result, again = kept[name]

    assert (len(raw), len(raw), 0) == (result.read, result.imported, result.rejected)
    assert (len(raw), len(raw)) == (again.read, again.unchanged)


@pytest.mark.parametrize(("name", "column", "sliced"), [("phmsa", "time", 7), ("cer", "ReportedDate", 7)])
def test_the_months_of_the_chart_are_those_of_the_file(kept, name, column, sliced):
    """Every month with its incidents, months without any as nought, and the sum is every row."""
    tables, raw, _, _ = kept[name]
    expected = Counter(row[column][:sliced] for row in raw)
    chart = charts.draw("months", tables, now=NOW)
    counted = analysis.counts_by_month(tables, now=NOW)
    months = dict(zip(counted["month"].dt.strftime("%Y-%m"), counted["incidents"], strict=True))

    assert expected == {month: count for month, count in months.items() if count}
    assert len(raw) == sum(expected.values()) == int(sum(chart.table.iloc[:, 1]))


def test_the_causes_of_phmsa_in_the_chart_are_those_of_the_file(kept):
    """Each row has one cause: what ranks, and what is shown below the line, adds up to every incident."""
    tables, raw, _, _ = kept["phmsa"]
    expected = Counter(row["cause"] for row in raw)
    incidents = shown(charts.draw("categories", tables, now=NOW), "Incidents")
    outside = ("NATURAL FORCE DAMAGE", "EXCAVATION DAMAGE", "OTHER OUTSIDE FORCE DAMAGE")
    system = ("EQUIPMENT FAILURE", "CORROSION FAILURE", "MATERIAL FAILURE OF PIPE OR WELD")
    unknown = ("INCORRECT OPERATION", "OTHER INCIDENT CAUSE")

    assert sum(expected[cause] for cause in system) == incidents["System"]
    assert sum(expected[cause] for cause in outside) == incidents["Outside our control"]
    assert sum(expected[cause] for cause in unknown) == incidents["Unclassified yet"]


def test_the_cost_of_phmsa_in_the_chart_is_that_of_the_file(kept):
    """To the cent, over all rows."""
    tables, raw, _, _ = kept["phmsa"]
    total = analysis.pareto(tables, "category").iloc[-1]

    assert round(sum(float(row["cost"]) for row in raw), 2) == pytest.approx(round(total["our_cost"], 2), abs=0.01)


def test_an_incident_of_cer_with_two_causes_is_one_incident_under_each(kept):
    """Labels are counted by label, incidents once in all."""
    tables, raw, _, _ = kept["cer"]
    labels = Counter(
        label for row in raw for label in {part.strip() for part in row["WhyItHappened_EN_LIST"].split(",")}
    )
    counted = analysis.pareto(tables, "text", most=50)
    ranked = counted[counted["kind"] == "ranked"]

    assert len(raw) == counted["incidents"].iloc[-1]
    assert sum(labels.values()) > len(raw)
    for label, incidents in zip(ranked["label"], ranked["incidents"], strict=True):
        assert (label, labels[label]) == (label, incidents)
    assert len(ranked) >= 5
