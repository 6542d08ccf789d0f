"""A command line in a folder of one's own, with nobody's settings, and stores with and without the samples."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from click.testing import CliRunner

from postmortem.cli import main

NOW = "2026-03-20T12:00:00+00:00"


class Shell:
    """Runs commands in a folder; `shell("list", "--json")`."""

    def __init__(self, folder):
        self.folder = folder
        self.runner = CliRunner()

    def __call__(self, *words, **more):
        """What a command answers."""
        return self.runner.invoke(main, [str(word) for word in words], **more)

    def json(self, *words):
        """The document that a command prints with --json."""
        return json.loads(self(*words, "--json").stdout)

    def write(self, name, content):
        """A file in the folder, from text or from data."""
        file = self.folder / name
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return file


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """An empty folder, and a shell in it."""
    for name in [name for name in os.environ if name.startswith("POSTMORTEM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("POSTMORTEM_NOW", NOW)
    monkeypatch.setenv("POSTMORTEM_BY", "Ana")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory):
    """A store that the samples were loaded into."""
    file = tmp_path_factory.mktemp("samples") / "postmortem.db"
    CliRunner().invoke(main, ["sample", "--store", str(file)], catch_exceptions=False)
    return file


@pytest.fixture
def samples(shell, loaded):
    """A shell in a folder whose own store holds the samples."""
    (shell.folder / "data").mkdir()
    shutil.copyfile(loaded, shell.folder / "data" / "postmortem.db")
    return shell
