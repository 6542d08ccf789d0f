"""How long the City of New York took, by our own count and by one of the raw file that uses nothing of ours."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from scipy.stats import CensoredData, ecdf

from postmortem.analysis import told_first, waits
from postmortem.cli import main
from postmortem.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

NOW = datetime(2025, 3, 14, 16, tzinfo=UTC)
THERE = datetime(2025, 3, 14, 12)  # noqa: DTZ001 - the same moment, as the clocks of New York showed it
FORWARD = datetime(2025, 3, 9, 2)  # noqa: DTZ001 - as the file has it: the clock went from two to three


@pytest.fixture(scope="module")
def city(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, str]], object]:
    """The rows of the file, and the tables that came of it."""
    file = shared_data / "nyc311" / "311_Animals_short.csv"
    store = str(tmp_path_factory.mktemp("city") / "kept.db")
    words = ["import", str(file), "--map", "nyc311", "--store", store, "--by", "Ana", "--now", NOW.isoformat()]
    CliRunner().invoke(main, words, catch_exceptions=False)
    with open_store(store) as opened, file.open(encoding="utf-8-sig", newline="") as raw:
        return list(csv.DictReader(raw)), opened.tables()


def minutes(start: datetime, end: datetime) -> int:
    """Whole minutes between two clocks on the wall; the hour that was skipped is taken off."""
    skipped = timedelta(hours=1) if start < FORWARD <= end else timedelta()
    return int((end - start - skipped).total_seconds() // 60)


def clock(text: str) -> datetime:
    """A clock on the wall as the city's file has it."""
    return datetime.strptime(text, "%m/%d/%Y %H:%M")  # noqa: DTZ007 - as above


def by_month(rows: list[dict[str, str]]) -> dict[str, tuple[list[int], list[int]]]:
    """Closed and open waits in minutes, by the month of the wall on which it was asked."""
    found: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for row in rows:
        start, end = clock(row["Created Date"]), row["Closed Date"].strip()
        closed, still = found[start.strftime("%Y-%m")]
        (closed if end else still).append(minutes(start, clock(end) if end else THERE))
    return found


def middle(closed: list[int], still: list[int]) -> float:
    """Where another library's curve passes one half: in the middle of the stretch, where it lies just there."""
    curve = ecdf(CensoredData.right_censored([*closed, *still], [False] * len(closed) + [True] * len(still))).sf
    pairs = list(zip(curve.quantiles, curve.probabilities, strict=True))
    reached = min(at for at, share in pairs if share <= 0.5 + 1e-9)
    passed = min(at for at, share in pairs if share < 0.5 - 1e-9)
    return float(reached + passed) / 2


def fixed(tables: object) -> pd.DataFrame:
    """Our count of the waits until it was put right."""
    frame = waits(tables, now=NOW, zone="America/New_York")
    own = frame[frame["measure"] == "fix"]
    return own.set_index(own["month"].dt.strftime("%Y-%m"))


def test_closed_and_open_waits_of_each_month_are_those_of_the_file(city):
    """277 are open and counted, none is dropped; the city does not say when anybody was told."""
    rows, tables = city
    frame = fixed(tables)
    found = {month: (row["closed"], row["open"]) for month, row in frame.iterrows()}

    assert {month: (len(closed), len(still)) for month, (closed, still) in by_month(rows).items()} == found
    assert (4692, 277, 0) == tuple(frame[f"{name}"].iloc[0] for name in ("all_closed", "all_open", "apart"))
    assert {"fix"} == set(waits(tables, now=NOW)["measure"])


def test_the_median_of_each_month_lies_where_another_librarys_curve_passes_one_half(city):
    """With what is open counted as open, and not as if it were not there."""
    rows, tables = city
    frame = fixed(tables)
    expected = {month: middle(*both) for month, both in by_month(rows).items()}

    assert expected == frame["median"].to_dict()


def test_nobody_is_said_to_have_been_told_late_where_the_source_never_says_when(city):
    """The order is unknown for all of them, and no share is made of it."""
    assert 0 == len(told_first(city[1], now=NOW))
