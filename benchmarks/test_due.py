"""What is due among 100,000 incidents, beside plain SQL of the same rows, and beside reading every record for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Job, Measure

NOW = "2026-03-20T12:00Z"
JOBS = {"postmortem": "due_ours", "SQL, as tuples": "due_plain", "reading every record": "due_documents"}


@pytest.mark.parametrize("who", JOBS)
def test_asking_what_is_due(measure: Measure, job: Job, large: str, who: str):
    """The same promises, and as many of them overdue, whichever way they are found."""
    runs = {one: lambda name=name: job(name, store=large, now=NOW) for one, name in JOBS.items()}

    told = measure("what is due among 100,000 incidents", who, runs, rounds=3)

    assert told[0]["open"] > 1_000
    assert 1 == len({(result["open"], result["overdue"]) for result in told})
