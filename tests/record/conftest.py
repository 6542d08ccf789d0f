"""What the tests of one incident share."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from postmortem.record.playbook import Playbook, default_playbook


@pytest.fixture
def playbook() -> Playbook:
    """The rules that come with the package."""
    return default_playbook()


@pytest.fixture
def now() -> datetime:
    """The instant of the question."""
    return datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
