"""The README promises nothing that is not there."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from postmortem.cli import main
from postmortem.record import default_playbook, load_playbook

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALL = 400_000
"""Bytes of a picture that still opens quickly."""


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_every_file_that_is_linked_is_there():
    """Pictures and pages alike."""
    linked = re.findall(r"\]\(([^)#]+)\)", README)

    assert [] == [target for target in linked if not (ROOT / target).exists()]
    assert len(linked) > 10


def test_pictures_are_small():
    """A README opens at once."""
    assert [] == [path.name for path in (ROOT / "docs" / "pictures").iterdir() if path.stat().st_size > SMALL]


def test_every_command_is_one():
    """What the console blocks name exists, with its options."""
    told = re.findall(r"^\$ postmortem (\w+)(.*?)(?:#|$)", "".join(blocks("console")), re.MULTILINE)

    assert [] == [name for name, _ in told if name not in main.commands]
    for name, words in told:
        found = main.commands[name]
        below = getattr(found, "commands", {}).get(words.split()[0]) if words.split() else None
        known = {option for param in (below or found).params for option in param.opts}
        assert (name, set()) == (name, set(re.findall(r"(?<!\S)(--?[a-z-]+)", words)) - known)


def test_every_chore_is_one():
    """`make lab` and `make test` stand in the Makefile."""
    chores = re.findall(r"^\$ make (\w+)", "".join(blocks("console")), re.MULTILINE)
    made = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert ["lab", "test"] == chores
    assert all(re.search(rf"^{chore}:", made, re.MULTILINE) for chore in chores)


@pytest.mark.parametrize("code", blocks("python"))
def test_the_code_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Copied into a notebook as it stands, it does what is written beside it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own words

    assert "O1.1 Nothing reminds the crew" in capsys.readouterr().out


@pytest.mark.parametrize("rules", blocks("toml"))
def test_the_teams_own_playbook_is_one(rules: str, tmp_path: Path):
    """The example is taken on top of the default."""
    file = tmp_path / "team.toml"
    file.write_text(rules, encoding="utf-8")
    shutil.copy(ROOT / "data" / "wording" / "de.toml", tmp_path)
    named = tomllib.loads(rules)
    taken = load_playbook(file)

    assert named.get("currency", "EUR") == taken.currency
    assert named.get("procedures", {}).get("default", "thirteen-steps") == taken.procedures.default
    assert ("wording" in named) == (taken.wording != default_playbook().wording)
