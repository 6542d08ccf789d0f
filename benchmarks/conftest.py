"""How a benchmark measures: every round is a process of its own, and its own clock counts.

A benchmark names what is measured and who does it; all who do the same stand in one group, ours first. Nothing here
asserts a time: what is asserted is that the work was done, so that a number is a number of something.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import pytest

HERE = Path(__file__).parent
REAL = "phmsa_hazardous_liquid/hl2010toPresent_cleaned.csv"
LARGE = 100_000
KEPT = ("peak_mb", "frames_mb", "file_mb", "mb", "gzip_mb")
"""What a process tells beside its times, in megabytes."""

Result = dict[str, Any]


class Job(Protocol):
    """Runs one job of `job.py` in a process of its own."""

    def __call__(self, name: str, **arguments: object) -> Result:
        """What the job tells; `seconds` has the whole process as `wall`."""


Runs = dict[str, Callable[[], Result]]
"""Who does something, ours first, and how."""


class Measure(Protocol):
    """Measures what somebody does, some rounds, and keeps what else they tell."""

    def __call__(
        self, what: str, who: str, runs: Runs, *, part: str = ..., rounds: int = ..., title: str = ...
    ) -> list[Result]:
        """The results of all rounds of one of them; `part` is the time that counts."""


class _Clock:
    """Goes on by what a process says that its work took."""

    seconds = 0.0


def reported() -> float:
    """The time as the benchmarks see it, in seconds."""
    return _Clock.seconds


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let every benchmark be timed by what its processes report."""
    if "measure" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.benchmark(timer=reported))


@pytest.fixture(scope="session")
def series() -> dict[str, dict[str, list[Result]]]:
    """What was done so far in this run: by what it is and by who did it, round by round."""
    return {}


@pytest.fixture
def measure(benchmark: Any, series: dict[str, dict[str, list[Result]]]) -> Measure:
    """Measure what somebody does, beside all others who do the same.

    They take turns, round by round, so that all of them meet the same noise of the machine.
    """

    def run(what: str, who: str, runs: Runs, *, part: str = "all", rounds: int = 5, title: str = "") -> list[Result]:
        if what not in series:
            turns = [{name: one() for name, one in runs.items()} for _ in range(rounds)]
            series[what] = {name: [turn[name] for turn in turns] for name in runs}
        told = series[what][who]
        each = iter(told)

        def once() -> None:
            _Clock.seconds += next(each)["seconds"][part]

        benchmark.group = title or what
        benchmark.pedantic(once, rounds=len(told))
        numbers = {name: statistics.median(result[name] for result in told) for name in KEPT if name in told[0]}
        parts = {name: statistics.median(result["seconds"][name] for result in told) for name in told[0]["seconds"]}
        benchmark.extra_info |= {"who": who, "parts": parts, **numbers}
        return told

    return run


def _timed(command: list[str]) -> tuple[float, str]:
    begun = perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)  # noqa: S603 - our own
    seconds = perf_counter() - begun
    if done.returncode:
        pytest.fail(f"{' '.join(command)[:300]} fails:\n{done.stderr}", pytrace=False)
    return seconds, done.stdout


@pytest.fixture(scope="session")
def python() -> Callable[..., Result]:
    """Run Python with some arguments; what it prints is `said`."""

    def run(*arguments: str) -> Result:
        seconds, said = _timed([sys.executable, *arguments])
        return {"seconds": {"wall": seconds}, "said": said}

    return run


@pytest.fixture(scope="session")
def job() -> Job:
    """Run a job in a process of its own."""

    def run(name: str, **arguments: object) -> Result:
        seconds, said = _timed([sys.executable, str(HERE / "job.py"), name, json.dumps(arguments)])
        result: Result = json.loads(said)
        result.setdefault("seconds", {})["wall"] = seconds
        return result

    return run


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where everything that is made up lies; gone when the run is over."""
    return tmp_path_factory.mktemp("benchmarks")


@pytest.fixture(scope="session")
def fresh(folder: Path) -> Callable[[str], str]:
    """The path of a file that is not there yet."""
    numbers = count(1)
    return lambda suffix: str(folder / f"{next(numbers)}{suffix}")


@pytest.fixture(scope="session")
def few_rows(job: Job, folder: Path) -> Path:
    """3,144 rows: PHMSA's own where the real data is there, else made up in the same shape."""
    named = os.environ.get("POSTMORTEM_REAL_DATA")
    real = (Path(named) if named else HERE.parents[1] / "shared" / "data") / REAL
    if real.is_file():
        return real
    made = folder / "few.csv"
    job("rows", file=str(made), count=3144)
    return made


@pytest.fixture(scope="session")
def many_rows(job: Job, folder: Path) -> Path:
    """100,000 made-up rows."""
    made = folder / "many.csv"
    job("rows", file=str(made), count=LARGE)
    return made


@pytest.fixture(scope="session")
def samples(job: Job, folder: Path) -> str:
    """A store with the 24 samples."""
    store = str(folder / "samples.db")
    assert 24 == job("fill", store=store, count=24)["rows"]
    return store


@pytest.fixture(scope="session")
def large(job: Job, folder: Path) -> str:
    """A store with 100,000 made-up incidents."""
    store = str(folder / "large.db")
    assert LARGE == job("fill", store=store, count=LARGE)["rows"]
    return store


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser: POSTMORTEM_CHROMIUM, else the first Chromium or Chrome on PATH."""
    named = os.environ.get("POSTMORTEM_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("no Chromium: make browser installs one")
    return found
