"""A store of one's own for every test, and a clock that stands still until it is told to move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from postmortem.store import open_store


class Clock:
    """Says the same instant until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    def __call__(self):
        """What time it is."""
        return self.now

    def move(self, **parts):
        """Let time pass: `minutes=5`."""
        self.now += timedelta(**parts)


@pytest.fixture
def clock():
    """A clock at noon of 2 March 2026."""
    return Clock()


@pytest.fixture
def fresh_store(tmp_path, clock):
    """An empty store in a file."""
    with open_store(tmp_path / "postmortem.db", clock=clock) as store:
        yield store
