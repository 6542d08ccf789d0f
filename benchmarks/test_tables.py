"""Loading the tidy tables of 100,000 incidents, beside `pandas.read_sql` of the same columns."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Job, Measure, Result


@pytest.fixture(scope="module")
def ours(job: Job, large: str) -> Result:
    """What we load: the columns of each table."""
    return job("tables_ours", store=large)


JOBS = {
    "postmortem": ("tables_ours", {}),
    "read_sql, sqlite3": ("tables_sqlite3", {}),
    "read_sql, sqlite3, dates as dates": ("tables_sqlite3", {"dates": True}),
    "read_sql, SQLAlchemy": ("tables_sqlalchemy", {}),
}


@pytest.mark.parametrize("who", JOBS)
def test_loading_the_tables(measure: Measure, job: Job, large: str, ours: Result, who: str):
    """Six frames with as many rows as the tables have, and the same sum of minutes."""
    with closing(sqlite3.connect(large)) as database:
        counts = {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ours["rows"]}  # noqa: S608 - our names
        minutes = database.execute("SELECT sum(customer_min) FROM incidents").fetchone()[0]
    columns = {"columns": ours["columns"]}
    runs = {
        one: lambda name=name, more=more: job(name, store=large, **more, **({} if name == "tables_ours" else columns))
        for one, (name, more) in JOBS.items()
    }

    told = measure("tables of 100,000 incidents", who, runs)

    assert counts["incidents"] == 100_000
    assert all(counts == result["rows"] and ours["columns"] == result["columns"] for result in told)
    assert all(minutes == result["minutes"] for result in told)
