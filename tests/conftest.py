"""What tests of several rooms share: one PostgreSQL server for the whole session, where there is one.

Tests that need it skip with the reason where its programs are missing. Under CI they fail: there a missing database is
a missing test. `-k "not postgresql"` leaves them out.
"""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import settings

from tests import postgres

# No test depends on where the machine stands: what has no zone of its own is told in this one.
os.environ["TZ"] = "Europe/London"
time.tzset()

# No test depends on the clock: on a machine that is busy with something else an example may take its time. The same
# examples each time; `HYPOTHESIS_PROFILE=search` looks for others, and for more of them.
settings.register_profile("calm", deadline=None, derandomize=True, max_examples=60)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "calm"))


@pytest.fixture(scope="session")
def server():
    """A private PostgreSQL server, gone after the tests."""
    reason = postgres.missing()
    if reason and os.environ.get("CI", "").lower() in {"", "0", "false"}:
        pytest.skip(f"{reason}; make postgres installs it")
    if reason:
        pytest.fail(f"{reason}; CI must have it (make postgres)", pytrace=False)
    with postgres.Server() as server:
        yield server


@pytest.fixture
def postgresql_url(server):
    """The address of an empty database, made for one test."""
    name = server.create()
    yield server.url(name)
    server.drop(name)
