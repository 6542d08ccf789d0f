"""The first and the second chart of a process, beside Plotly Express drawing the same counts as bars."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Job, Measure

JOBS = {"postmortem": "chart_ours", "Plotly Express": "chart_express"}
PARTS = {"first": "first chart, with its imports", "second": "second chart", "again": "first chart again"}

_STANDING = """
SELECT category, count(DISTINCT incident_id) FROM causes WHERE status != 'ruled out' GROUP BY category
"""


@pytest.fixture(scope="module")
def pickles(job: Job, samples: str, large: str, folder: Path) -> dict[str, tuple[str, str]]:
    """The stores and their tables, as files."""
    made = {"24": (samples, str(folder / "24.pickle")), "100,000": (large, str(folder / "100000.pickle"))}
    for store, file in made.values():
        job("dump", store=store, file=file)
    return made


@pytest.mark.parametrize("who", JOBS)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("size", ["24", "100,000"])
def test_drawing(  # noqa: PLR0917 - fixtures and parameters
    measure: Measure, job: Job, pickles: dict[str, tuple[str, str]], size: str, part: str, who: str
):
    """From the tables to the JSON of the figure: the counts are those of the database, by category and by month."""
    store, file = pickles[size]
    with closing(sqlite3.connect(store)) as database:
        counts = dict(database.execute(_STANDING))
        dated = database.execute("SELECT count(occurred_at) FROM incidents").fetchone()[0]
    runs = {one: lambda name=name: job(name, file=file) for one, name in JOBS.items()}

    title = f"{PARTS[part]}, {size} incidents"
    told = measure(f"charts of {size}", who, runs, part=part, rounds=9, title=title)

    assert int(size.replace(",", "")) == dated
    assert all(dated == result["months"] for result in told)
    assert all(counts == {word: n for word, n in result["counts"].items() if n} for result in told)
