"""How long it took, and what was done, in two real tables: what we keep gives the numbers of an independent count.

The count reads the raw files with the csv module and nothing of ours; where the clocks change it takes the hour off by
hand.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from postmortem import analysis, charts
from postmortem.cli import main
from postmortem.record import recovery
from postmortem.store import open_store
from tests.real.raw import Rows, rows_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from postmortem.record import Incident
    from postmortem.store import Tables

NOW = "2025-03-14T16:00Z"
REQUESTS = "nyc311/311_Animals_short.csv"
COMPLAINTS = "cfpb_complaints/complaints_sample_6623.csv"
DAY = 24 * 60
FORWARD = datetime(2025, 3, 9, 2)  # noqa: DTZ001 - the clock on the wall, as the file has it
"""When the clocks of New York went from two to three."""
NOON = datetime(2025, 3, 14, 12)  # noqa: DTZ001 - NOW on the wall in New York


class Kept:
    """What came of a file that was imported twice: what the command said, the tables, and the records."""

    def __init__(self, file: Path, mapping: str, folder: Path) -> None:
        store = str(folder / "kept.db")
        words = ["import", str(file), "--map", mapping, "--store", store, "--by", "Ana", "--now", NOW, "--json"]
        self.first, self.again = (
            json.loads(CliRunner().invoke(main, words, catch_exceptions=False).stdout) for _ in range(2)
        )
        with open_store(store) as opened:
            self.tables: Tables = opened.tables()
            self.records: list[Incident] = list(opened.incidents())
        self.raw: Rows = rows_of(file)

    def said(self, name: str) -> Counter[str]:
        """How often each value is kept under a name."""
        return Counter(extra.value for record in self.records for extra in record.extra if extra.name == name)


@pytest.fixture(scope="module")
def requests(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Service requests to the City of New York."""
    return Kept(shared_data / REQUESTS, "nyc311", tmp_path_factory.mktemp("requests"))


@pytest.fixture(scope="module")
def complaints(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Complaints to the CFPB."""
    return Kept(shared_data / COMPLAINTS, "cfpb", tmp_path_factory.mktemp("complaints"))


def clock(text: str) -> datetime:
    """The clock on the wall as the city's file has it."""
    return datetime.strptime(text, "%m/%d/%Y %H:%M")  # noqa: DTZ007 - as above


def lasted(start: datetime, end: datetime) -> float:
    """Minutes between two times on the wall in New York, counted by hand."""
    skipped = timedelta(hours=1) if start < FORWARD <= end else timedelta()
    return (end - start - skipped).total_seconds() / 60


def took(row: dict[str, str]) -> float | None:
    """Minutes from asking to closing; nothing while it is open."""
    return lasted(clock(row["Created Date"]), clock(row["Closed Date"])) if row["Closed Date"].strip() else None


def until_half_were_over(rows: Rows) -> float | None:
    """Kaplan's and Meier's median, from the rows alone: the middle of the times between which half are open."""
    closed = [done for row in rows if (done := took(row)) is not None]
    still = [lasted(clock(row["Created Date"]), NOON) for row in rows if took(row) is None]
    share, half = Fraction(1), Fraction(1, 2)
    first = None
    for time in sorted(set(closed)):
        share *= 1 - Fraction(closed.count(time), sum(each >= time for each in (*closed, *still)))
        if first is not None or share < half:
            return time if first is None else (first + time) / 2
        first = time if share == half else None
    return None


def minutes(incidents: pd.DataFrame) -> pd.Series[float]:
    """Minutes from asking to closing, by our table; missing while it is open."""
    return (incidents["fixed_at"] - incidents["raised_at"]).dt.total_seconds() / 60


@pytest.mark.parametrize(("kind", "rows"), [("requests", 4969), ("complaints", 6623)])
def test_every_row_comes_in_once_and_nothing_is_rejected(kind: str, rows: int, request: pytest.FixtureRequest):
    """Read is taken and rejected together; the same file again changes nothing."""
    kept: Kept = request.getfixturevalue(kind)

    assert rows == len(kept.raw) == len(kept.records) == len(kept.tables.incidents)
    assert (rows, rows, 0) == tuple(kept.first[name] for name in ("read", "imported", "rejected"))
    assert (rows, rows, 0) == tuple(kept.again[name] for name in ("read", "unchanged", "imported"))


def test_open_requests_are_counted_as_open_and_not_dropped(requests: Kept):
    """277 have no time at which they were put right, and they are the city's own "In Progress"."""
    still = requests.tables.incidents[requests.tables.incidents["fixed_at"].isna()]
    expected = {row["Unique Key"] for row in requests.raw if row["Status"] == "In Progress"}

    assert 277 == len(expected) == sum(took(row) is None for row in requests.raw)
    assert expected == set(still["source_key"])
    assert not still["raised_at"].isna().any()


def test_the_median_from_asking_to_closing_is_that_of_the_file(requests: Kept):
    """Over all that were closed; what is open has no duration yet."""
    expected = [done for row in requests.raw if (done := took(row)) is not None]
    found = minutes(requests.tables.incidents)

    assert 4692 == len(expected) == found.notna().sum()
    assert median(expected) == found.median()
    assert sorted(expected) == sorted(found.dropna())


def test_the_median_of_each_month_is_that_of_the_file(requests: Kept):
    """A month is the one on the wall in New York, where it was asked."""
    expected = defaultdict(list)
    for row in requests.raw:
        if (done := took(row)) is not None:
            expected[clock(row["Created Date"]).strftime("%Y-%m")].append(done)
    table = requests.tables.incidents
    months = table["raised_at"].dt.tz_convert("America/New_York").dt.strftime("%Y-%m")
    found = minutes(table).groupby(months).median()

    assert {"America/New_York"} == set(table["zone"])
    assert ["2025-01", "2025-02", "2025-03"] == sorted(expected)
    assert {month: median(all_of_it) for month, all_of_it in expected.items()} == found.to_dict()


def test_the_share_closed_within_a_day_is_that_of_the_file(requests: Kept):
    """Of all requests, open ones among them: leaving these out would flatter."""
    expected = sum(done is not None and done <= DAY for done in map(took, requests.raw)) / len(requests.raw)
    found = minutes(requests.tables.incidents)

    assert expected == (found <= DAY).sum() / len(found)
    assert expected < (found.dropna() <= DAY).mean()


def test_the_waits_that_are_shown_are_those_of_the_file(requests: Kept):
    """By month: how many began, are over and are open, and the median with the open ones counted as open."""
    expected = defaultdict(list)
    for row in requests.raw:
        expected[clock(row["Created Date"]).strftime("%Y-%m")].append(row)
    shown = analysis.waits(requests.tables, now=datetime.fromisoformat(NOW), zone="America/New_York")
    counted = shown.assign(month=shown["month"].dt.strftime("%Y-%m")).set_index("month")

    assert {"fix"} == set(shown["measure"])
    assert {month: len(rows) for month, rows in expected.items()} == counted["n"].to_dict()
    assert {month: sum(took(row) is None for row in rows) for month, rows in expected.items()} == counted[
        "open"
    ].to_dict()
    assert {month: until_half_were_over(rows) for month, rows in expected.items()} == counted["median"].to_dict()
    assert [(4969, 4692, 277, until_half_were_over(requests.raw))] == [
        *shown[["all_n", "all_closed", "all_open", "all_median"]].drop_duplicates().itertuples(index=False, name=None)
    ]


def test_the_chart_of_the_waits_says_the_numbers_of_the_file(requests: Kept):
    """What is over and what is open, by month; all of the open ones in the title."""
    expected = Counter((f"{clock(row['Created Date']):%b %Y}", took(row) is None) for row in requests.raw)
    chart = charts.draw("waits", requests.tables, now=datetime.fromisoformat(NOW), zone="America/New_York")
    months = [month.split(",")[0] for month in chart.table["Began in"]]

    assert [expected[month, False] for month in months] == [int(str(n).replace(",", "")) for n in chart.table["Over"]]
    assert [expected[month, True] for month in months] == list(chart.table["Open"])
    assert "277" in chart.title


def test_with_the_open_ones_the_wait_is_longer_than_that_of_the_closed_alone(requests: Kept):
    """What takes long is what is still open."""
    closed = [done for row in requests.raw if (done := took(row)) is not None]
    shown = analysis.waits(requests.tables, now=datetime.fromisoformat(NOW), zone="America/New_York")

    assert median(closed) < shown["all_median"].iloc[0]


def test_an_hour_that_the_clocks_skipped_is_not_counted(requests: Kept):
    """79 requests were open over the night of 9 March 2025: the clocks on the wall say an hour more than they took."""
    across = {
        row["Unique Key"]: took(row)
        for row in requests.raw
        if row["Closed Date"].strip() and clock(row["Created Date"]) < FORWARD <= clock(row["Closed Date"])
    }
    table = requests.tables.incidents.set_index("source_key")

    assert 79 == len(across)
    assert across == minutes(table.loc[list(across)]).to_dict()


def test_agencies_subjects_and_descriptors_are_as_many_as_in_the_file(requests: Kept):
    """Also where the file has nothing to say: "N/A" is no descriptor."""
    told = Counter(row["Descriptor"] for row in requests.raw if row["Descriptor"] not in {"", "N/A"})

    assert Counter(row["Agency Name"] for row in requests.raw) == Counter(requests.tables.incidents["team"])
    assert Counter(row["Complaint Type"] for row in requests.raw) == Counter(requests.tables.incidents["service"])
    assert told == requests.said("descriptor")
    assert {"Closed": 4692, "In Progress": 277} == requests.said("status at the source")


def test_no_home_of_anybody_is_carried(requests: Kept):
    """Addresses and coordinates are told as left behind, and stand nowhere in the records."""
    left = requests.first["files"][0]["not_carried"]
    addresses = {row["Incident Address"] for row in requests.raw if row["Address Type"] == "ADDRESS"}
    kept = {extra.value for record in requests.records for extra in record.extra}

    assert {"Incident Address", "Latitude", "Longitude", "Location"} <= set(left)
    assert set() == kept & addresses


def test_days_from_received_to_sent_are_those_of_the_file(complaints: Kept):
    """Half and more were passed on the same day; the longest waited for 215."""

    def day(text: str) -> datetime:
        return datetime.strptime(text, "%Y/%m/%d")  # noqa: DTZ007 - a day, as the file has it

    expected = [(day(row["Date sent to company"]) - day(row["Date received"])).days for row in complaints.raw]
    table = complaints.tables.incidents
    found = (table["known_at"] - table["raised_at"]).dt.days

    assert (0, 215) == (median(expected), max(expected))
    assert (0, 215) == (found.median(), found.max())
    assert Counter(expected) == Counter(found)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("timely response", "Timely response?"),
        ("response", "Company response to consumer"),
        ("disputed", "Consumer disputed?"),
    ],
)
def test_shares_of_what_companies_did_are_those_of_the_file(complaints: Kept, name: str, column: str):
    """Shares are of what was said: "N/A" is neither yes nor no."""
    said = Counter(row[column] for row in complaints.raw if row[column] not in {"", "N/A"})
    found = complaints.said(name)

    assert {word: count / said.total() for word, count in said.items()} == {
        word: count / found.total() for word, count in found.items()
    }


def test_timely_answers_are_98_6_of_a_hundred(complaints: Kept):
    """6,529 in time, 94 not: none of the 6,623 is without a word."""
    assert {"Yes": 6529, "No": 94} == complaints.said("timely response")


@pytest.mark.parametrize("field", ["told_at", "fixed_at", "closed_at"])
def test_when_a_company_answered_is_not_in_the_file_and_is_not_made_up(complaints: Kept, field: str):
    """A response has a kind and no time; so nothing is said of when they were told, and no speed is computed."""
    assert complaints.tables.incidents[field].isna().all()
    assert {None} == {recovery.told_before_asked(record) for record in complaints.records}


def test_no_wait_and_no_order_is_shown_where_the_file_says_none(complaints: Kept):
    """Not told is not the same as not said: 6,623 unknown are no 6,623 that asked first."""
    now = datetime.fromisoformat(NOW)

    assert 0 == len(analysis.waits(complaints.tables, now=now))
    assert 0 == len(analysis.told_first(complaints.tables, now=now))
    assert all(charts.draw(key, complaints.tables, now=now).empty for key in ("waits", "told", "steps", "promises"))


@pytest.mark.parametrize("kind", ["requests", "complaints"])
def test_nothing_was_promised_where_nothing_was_said_of_the_recovery(kind: str, request: pytest.FixtureRequest):
    """An import brings no list of late promises into the first week."""
    kept: Kept = request.getfixturevalue(kind)

    assert (0, 0, 0) == tuple(len(getattr(kept.tables, name)) for name in ("steps", "promises", "compensations"))


@pytest.mark.parametrize("kind", ["requests", "complaints"])
def test_whoever_asked_knew_first(kind: str, request: pytest.FixtureRequest):
    """The city, and the company, knew of it from those who told them."""
    kept: Kept = request.getfixturevalue(kind)

    assert {"them"} == {recovery.knew_first(record) for record in kept.records}
