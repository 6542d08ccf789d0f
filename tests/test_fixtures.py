"""The fixtures that look for a browser and for real data: what they find, and what they say where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

BROWSER_TEST = """
def test_finds_a_browser(chromium):
    print("FOUND", chromium)
"""

REAL_TEST = """
def test_finds_the_data(shared_data):
    print("FOUND", shared_data)
"""


def run(folder: Path, room: str, test: str, *options: str, **environment: str) -> str:
    """What pytest says of one test beside a copy of a folder's conftest, under a given environment."""
    shutil.copy(TESTS / room / "conftest.py", folder / "conftest.py")
    (folder / "test_one.py").write_text(test, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n  browser:\n  real:\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("POSTMORTEM_")}
    kept["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # none is needed, and each costs time
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "--strict-markers"]
    done = subprocess.run(  # noqa: S603
        [*command, *options, "test_one.py"],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.fixture
def fake_browser(tmp_path: Path) -> Path:
    """A program with the name of a browser, in a folder of its own."""
    path = tmp_path / "bin" / "chromium-browser"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_missing_browser_skips_the_test_with_the_reason(tmp_path: Path):
    """At home a person without Chromium sees what was not tested, why, and the remedy."""
    said = run(tmp_path, "browser", BROWSER_TEST, PATH="")

    assert "1 skipped" in said
    assert "none of chromium, chromium-browser, google-chrome is on PATH" in said
    assert "make browser installs one" in said


def test_a_missing_browser_fails_the_test_under_ci(tmp_path: Path):
    """CI can't turn green without the browser tests."""
    said = run(tmp_path, "browser", BROWSER_TEST, PATH="", CI="true")

    assert "1 error" in said
    assert "CI must have one" in said


def test_ci_set_to_false_is_not_ci(tmp_path: Path):
    """CI=false means what it says."""
    said = run(tmp_path, "browser", BROWSER_TEST, PATH="", CI="false")

    assert "1 skipped" in said


def test_a_browser_on_the_path_is_found_under_its_other_names(tmp_path: Path, fake_browser: Path):
    """Distributions name Chromium differently."""
    said = run(tmp_path, "browser", BROWSER_TEST, PATH=str(fake_browser.parent))

    assert f"FOUND {fake_browser}" in said


def test_a_named_browser_wins_over_the_path(tmp_path: Path, fake_browser: Path):
    """POSTMORTEM_CHROMIUM decides, also where another is on PATH."""
    named = fake_browser.rename(fake_browser.with_name("my-browser"))
    said = run(tmp_path, "browser", BROWSER_TEST, POSTMORTEM_CHROMIUM=str(named))

    assert f"FOUND {named}" in said


def test_a_named_browser_that_is_not_there_is_not_replaced_by_another(tmp_path: Path, fake_browser: Path):
    """A misspelt POSTMORTEM_CHROMIUM is told, not passed over."""
    said = run(tmp_path, "browser", BROWSER_TEST, PATH=str(fake_browser.parent), POSTMORTEM_CHROMIUM="chromum")

    assert "1 skipped" in said
    assert "POSTMORTEM_CHROMIUM names chromum, which can't be run" in said


@pytest.mark.parametrize(("room", "test"), [("browser", BROWSER_TEST), ("real", REAL_TEST)])
def test_every_test_of_the_folder_carries_its_marker(tmp_path: Path, room: str, test: str):
    """A person who deselects the marker runs none of the folder's tests."""
    said = run(tmp_path, room, test, "-m", f"not {room}")

    assert "1 deselected" in said


def test_absent_data_skips_the_test_with_the_reason(tmp_path: Path):
    """Who has no real data sees so, and the remedy."""
    said = run(tmp_path, "real", REAL_TEST)

    assert "1 skipped" in said
    assert "real data is absent: no shared/data beside the checkout; set POSTMORTEM_REAL_DATA to its folder" in said


def test_named_data_is_found(tmp_path: Path):
    """POSTMORTEM_REAL_DATA decides."""
    data = tmp_path / "elsewhere"
    data.mkdir()
    said = run(tmp_path, "real", REAL_TEST, POSTMORTEM_REAL_DATA=str(data))

    assert f"FOUND {data}" in said


def test_named_data_that_is_not_there_is_told(tmp_path: Path):
    """A misspelt POSTMORTEM_REAL_DATA is named in the reason."""
    said = run(tmp_path, "real", REAL_TEST, POSTMORTEM_REAL_DATA="nowhere")

    assert "1 skipped" in said
    assert "POSTMORTEM_REAL_DATA names nowhere" in said


SERVER_TEST = """
def test_finds_a_server(server):
    print("FOUND", server)
"""


def test_a_missing_postgresql_skips_the_test_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """At home a person without it sees what was not tested, why, and the remedy; under CI that fails."""
    (tmp_path / "postgres.py").write_text("def missing():\n    return 'no PostgreSQL: none'\n", encoding="utf-8")
    (tmp_path / "tests").mkdir()
    shutil.move(tmp_path / "postgres.py", tmp_path / "tests" / "postgres.py")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    at_home = run(tmp_path, ".", SERVER_TEST)
    at_ci = run(tmp_path, ".", SERVER_TEST, CI="true")

    assert "1 skipped" in at_home
    assert "no PostgreSQL: none; make postgres installs it" in at_home
    assert "1 error" in at_ci
    assert "CI must have it (make postgres)" in at_ci
