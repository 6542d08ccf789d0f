"""Each stored notebook, executed again on fresh samples, shows exactly what it shows in the repository.

This is a test, and no step of its own in the Makefile, so that `pytest` alone proves everything, each notebook has a
result and a name to run it by, and one line counts all. It runs in a process of its own because nbval, the plugin that
compares the outputs, takes longer to load than most tests to run (it is switched off in pyproject.toml), and because a
notebook reads its store, its clock and its author from the environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.notebooks.build import STORY

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """One program under the story's environment, with the store in the given folder and nobody's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POSTMORTEM_")}
    return subprocess.run(  # noqa: S603
        arguments,
        cwd=ROOT,
        env=kept
        | STORY
        | {"POSTMORTEM_STORE": str(folder / "store" / "postmortem.db"), "IPYTHONDIR": str(folder / "ipython")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def shown_again(notebook: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """A notebook's cells run in order, every output compared strictly with the stored one."""
    pytest_again = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        "pyproject.toml",
        "-p",
        "no:cacheprovider",
        "--color=no",
        "-q",
    ]
    strictly = ["-p", "nbval", "--nbval", "--nbval-sanitize-with", "tests/notebooks/sanitize.cfg"]
    return run([*pytest_again, *strictly, str(notebook)], folder)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that `postmortem sample` filled."""
    folder = tmp_path_factory.mktemp("samples")
    (folder / "store").mkdir()
    done = run([str(Path(sys.executable).with_name("postmortem")), "sample"], folder)
    if done.returncode:
        pytest.fail(f"postmortem sample fails:\n{done.stdout}", pytrace=False)
    return folder


def test_there_are_stored_notebooks():
    """An empty folder would pass every other test here."""
    assert NOTEBOOKS != []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_stored_notebook_still_shows_what_it_showed(notebook: Path, samples: Path, tmp_path: Path):
    """Whoever opens the notebook and runs it sees what the repository shows, whatever ran before."""
    shutil.copytree(samples / "store", tmp_path / "store")
    done = shown_again(notebook, tmp_path)

    if done.returncode:
        pytest.fail(
            f"{notebook.name} shows something else; make notebooks writes it anew\n{done.stdout}", pytrace=False
        )


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_of_a_stored_notebook_was_executed(notebook: Path):
    """A cell that never ran has no output, and nbval would take that for the output expected."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]

    assert [] == ["".join(cell["source"]) for cell in code if cell["execution_count"] is None]


@pytest.mark.parametrize(("stored", "verdict"), [("2", "1 passed"), ("3", "1 failed")], ids=["the same", "another"])
def test_an_output_that_differs_from_the_stored_one_is_seen(stored: str, verdict: str, tmp_path: Path):
    """The comparison bites: the same output passes, another fails."""
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": stored}}
    cell = {"cell_type": "code", "id": "sum", "metadata": {}, "execution_count": 1, "source": "1 + 1"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": [cell | {"outputs": [output]}]}
    notebook = tmp_path / "sum.ipynb"
    notebook.write_text(json.dumps(content), encoding="utf-8")

    assert verdict in shown_again(notebook, tmp_path).stdout
