"""A store of one's own, a clock that stands still, and retrospectives without a browser and without a kernel."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from postmortem.record.reading import incident_from
from postmortem.store import open_store
from postmortem.widgets import Retrospective
from tests.widgets.seen import NOW

SAMPLES = Path(__file__).parents[2] / "data" / "samples"


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch):
    """Nobody's own settings, one day."""
    for name in ("POSTMORTEM_STORE", "POSTMORTEM_BY", "POSTMORTEM_PLAYBOOK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POSTMORTEM_NOW", NOW.isoformat())


@pytest.fixture(scope="session")
def _made(tmp_path_factory, samples):
    """Stores made once and copied for each test: making one takes longer than most tests."""
    folder = tmp_path_factory.mktemp("stores")
    for name, incidents in (("empty", ()), ("full", samples.values())):
        with open_store(folder / f"{name}.db", clock=lambda: NOW) as made:
            made.save_many(incidents)
    return folder


@pytest.fixture
def store(tmp_path, _made):
    """An empty store in a file."""
    with open_store(shutil.copy(_made / "empty.db", tmp_path / "postmortem.db"), clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def retro(store):
    """Ana's retrospective on a new record."""
    return Retrospective(store, by="Ana")


@pytest.fixture
def ours(retro):
    """The retrospective on a mistake of ours that was known two hours ago."""
    retro.put("title", "Line dead")
    retro.put("known_at", NOW - timedelta(hours=2))
    retro.put("impact.harm", "distress")
    return retro


@pytest.fixture(scope="session")
def samples():
    """The sample incidents, by id."""
    return {file.stem: incident_from(file.read_bytes(), file.name) for file in sorted(SAMPLES.glob("*.json"))}


@pytest.fixture
def full_store(tmp_path, _made):
    """A store with the samples in it."""
    with open_store(shutil.copy(_made / "full.db", tmp_path / "full.db"), clock=lambda: NOW) as opened:
        yield opened
