"""Every command explains itself, refuses what will not do in plain words, and ends with the right code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from postmortem.cli import main, records

PROGRAM = str(Path(sys.executable).with_name("postmortem"))


def every_command(group, path=()):
    """All commands below a group, with the words that call them."""
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from every_command(command, (*path, name))


COMMANDS = dict(every_command(main))
PROMISED = "lab dashboard sample import map export list show history check report trends doctor playbook schema new"
PROMISED += " edit sync delete revert backup restore erase whys wording due checklist"


def test_the_promised_commands_are_there():
    """Every command that was promised, and that this version has, answers to its name."""
    assert set(PROMISED.split()) == set(main.commands)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(shell, words):
    """--help says what a command does, in one line that is not cut off, and shows how it is typed."""
    done = shell(*words, "--help")

    assert 0 == done.exit_code
    assert f"  postmortem {' '.join(words)}" in done.stdout.split("Example")[1]
    assert "…" not in COMMANDS[words].get_short_help_str(66)
    assert not COMMANDS[words].get_short_help_str(66).endswith("...")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_is_for(words):
    """No option stands in the help without a word."""
    silent = [param.name for param in COMMANDS[words].params if isinstance(param, click.Option) and not param.help]

    assert [] == silent


@pytest.mark.parametrize("words", [words for words in COMMANDS if words != ("playbook",)], ids=" ".join)
def test_every_command_takes_the_common_options(words):
    """--store, --playbook, --now and --by stand with every command."""
    assert {"store", "playbook", "now", "by"} <= {param.name for param in COMMANDS[words].params}


@pytest.mark.parametrize("words", [["--store", "a.db", "list", "--json"], ["list", "--json", "--store", "a.db"]])
def test_an_option_may_stand_before_or_after_the_command(shell, words):
    """Where it stands makes no difference."""
    shell("sample", "--store", "a.db")

    assert 0 == shell(*words).exit_code
    assert "2025-005" in shell(*words).stdout


def test_what_stands_after_the_command_counts_more(shell):
    """Said twice, the nearer one holds."""
    shell("sample", "--store", "a.db")

    assert [] != shell.json("--store", "b.db", "list", "--store", "a.db")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lst"], "Did you mean 'list'?"),
        (["list", "--severty", "serious"], "--severity"),
        (["list", "--severity", "seriuos"], "Did you mean 'serious'?"),
        (["list", "--since", "March"], "a day such as 2026-03-07"),
        (["list", "--now", "noon"], "a time with its offset"),
        (["report", "2025-005", "--audience", "teem", "-o", "a.html"], "Did you mean 'team'?"),
        (["report", "2025-005", "-o", "a.html"], "--audience"),
        (["show"], "Missing argument"),
        (["import"], "Missing argument"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_would_do(shell, words, said):
    """A slip of the finger is answered with the right word, on standard error."""
    done = shell(*words)

    assert 2 == done.exit_code
    assert said in done.stderr
    assert "" == done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "2025-0005"], "did you mean '2025-005'?"),
        (["history", "nix"], "the store holds no incident 'nix'"),
        (["check", "2025-005", "nix"], "the store holds no incident 'nix'"),
        (["show", "2025-005", "--revision", "9"], "9"),
        (["edit", "2025-005", "nix.json"], "check the path"),
        (["export", "year.docx"], "name it .json, .jsonl, .csv, .xlsx, .parquet; or a folder"),
        (["export", "year"], "name it .json, .jsonl, .csv, .xlsx, .parquet; or a folder"),
        (["report", "2025-005", "--audience", "team", "-o", "a.pdf"], "print it to a PDF"),
        (["trends", "-o", "a.docx"], ".md or .html"),
        (["trends", "-o", "a.html", "--since", "2026-02-01", "--until", "2026-01-01"], "swap them"),
        (["list", "--playbook", "nix.toml"], "playbook nix.toml"),
        (["list", "--store", "mysql://host/db"], "SQLite or PostgreSQL"),
    ],
)
def test_refused_input_ends_with_1_in_the_librarys_own_words(samples, words, said):
    """No traceback, nothing on standard output: a sentence on standard error."""
    done = samples(*words)

    assert 1 == done.exit_code
    assert said in done.stderr
    assert "" == done.stdout
    assert isinstance(done.exception, SystemExit)


def test_a_wrong_instant_in_the_surroundings_is_refused(samples, monkeypatch):
    """POSTMORTEM_NOW is input as well."""
    monkeypatch.setenv("POSTMORTEM_NOW", "noon")
    done = samples("check")

    assert 1 == done.exit_code
    assert "POSTMORTEM_NOW" in done.stderr


def test_ctrl_c_is_said_and_leaves_nothing_half_done(samples, monkeypatch):
    """Whoever stops a command is told what that means."""

    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(records, "table", stopped)
    done = samples("list")

    assert 1 == done.exit_code
    assert "Stopped." in done.stderr


def test_a_reader_who_goes_away_ends_it_quietly(samples):
    """`postmortem … | head -1` prints no complaint about the closed pipe."""
    with subprocess.Popen(  # noqa: S603
        [PROGRAM, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=samples.folder, text=True
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()

    assert "" == complaint


def test_a_terminal_without_a_sign_still_shows_the_rest(samples):
    """Where the output can't say “ and ”, a question mark stands for them."""
    done = subprocess.run(  # noqa: S603
        [PROGRAM, "show", "2025-005"],
        capture_output=True,
        cwd=samples.folder,
        env={"PYTHONIOENCODING": "latin-1", "PATH": ""},
        check=False,
    )

    assert b"" == done.stderr
    assert b"?A few hours? went from the crew" in done.stdout


def test_help_needs_no_database_and_no_charts():
    """`postmortem --help` loads neither tables nor charts nor templates nor the database."""
    code = """
import sys
from click.testing import CliRunner
import postmortem.cli
CliRunner().invoke(postmortem.cli.main, ["--help"], catch_exceptions=False)
heavy = {"pandas", "plotly", "nbformat", "nbconvert", "jsonschema", "sqlalchemy", "jinja2", "ipywidgets", "numpy"}
print(sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603

    assert "[]\n" == done.stdout
