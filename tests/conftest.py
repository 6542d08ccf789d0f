"""What tests of several rooms share: one PostgreSQL server for the whole session, where there is one; and their order.

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


# Files that wait more than they work, or take longest, on processes of several: those that start a server or a kernel.
LONG = ("tests/browser/", "tests/notebooks/", "tests/widgets/test_stage.py", "tests/exchange/test_spool.py")


def pytest_collection_modifyitems(config, items):
    """Where several processes take whole files, spread the long ones over the first half of the others.

    A long one that is taken last is waited for by everybody. Two at once, each with a browser and a kernel, wait for
    each other; beside one that waits, another process calculates. A browser's file of few tests is a long walk.
    """
    if not hasattr(config, "workerinput"):
        return
    files = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    long = sorted((name for name in files if name.startswith(LONG)), key=lambda name: len(files[name]))
    rest = sorted((name for name in files if name not in long), key=lambda name: -len(files[name]))
    gap = len(rest) / (2 * len(long) or 1)
    places = {name: number * gap for number, name in enumerate(long)} | {name: at for at, name in enumerate(rest)}
    items[:] = [item for name in sorted(files, key=places.__getitem__) for item in files[name]]


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
