"""Importing a table, beside pandas reading it and writing it as one table."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Job, Measure

JOBS = {"postmortem": "import_ours", "read_csv and to_sql": "import_pandas"}


@pytest.mark.parametrize("who", JOBS)
@pytest.mark.parametrize(("n", "rounds"), [(3144, 7), (100_000, 3)])
def test_importing(  # noqa: PLR0917 - fixtures and parameters
    measure: Measure,
    job: Job,
    fresh: Callable[[str], str],
    request: pytest.FixtureRequest,
    n: int,
    rounds: int,
    who: str,
):
    """From a CSV file to a store on disk: every row arrives, and causes and costs add up to those of the file."""
    file = request.getfixturevalue("few_rows" if n == 3144 else "many_rows")
    with file.open(newline="", encoding="utf-8-sig") as opened:
        raw = list(csv.DictReader(opened))
    runs = {one: lambda name=name: job(name, file=str(file), store=fresh(".db")) for one, name in JOBS.items()}

    told = measure(f"import {n:,} rows", who, runs, rounds=rounds)

    assert n == len(raw)
    for result in told:
        assert [n, n, 0, n, n] == result["counts"]
        assert Counter(row["cause"] for row in raw) == Counter(result["causes"])
        assert sum(float(row["cost"]) for row in raw) == pytest.approx(result["cost"])
