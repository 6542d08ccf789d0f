"""The examples in the help, typed as they stand there, with the samples loaded."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from postmortem.cli import main

_RECORD = re.compile(r"\b20\d\d-\d{3}\b")
_WITH = {"words.txt": "We cut your line. That was our mistake, and I am sorry.\n"}
"""Files that an example reads and no other one writes."""


def _lines(command):
    """The lines of a help and of all below it, as they are typed."""
    for line in (command.epilog or "").splitlines():
        if line.strip().startswith("postmortem "):
            yield line.strip()
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _lines(below)


EXAMPLES = sorted({line for line in _lines(main) if _RECORD.search(line) or " checklist " in line})


def _typed(shell, line):
    """What a line answers; what it prints goes where its > says."""
    words, _, file = line.removeprefix("postmortem ").partition(" > ")
    done = shell(*shlex.split(words), input="y\n")
    if file:
        shell.write(file.strip(), done.stdout)
    return done


def test_there_are_examples_of_what_is_asked_most():
    """An empty list would hold nothing."""
    named = {line.split()[1] for line in EXAMPLES}

    assert {"checklist", "show", "check", "wording", "report", "whys"} <= named


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_that_names_a_record_runs_on_the_samples(samples, line):
    """Who copies it from the help sees it work; what it finds amiss in the record is its answer."""
    for name, text in _WITH.items():
        samples.write(name, text)
    if "it.json" in line:
        _typed(samples, "postmortem show 2026-001 --json > it.json")
    done = _typed(samples, line)

    assert done.exit_code == 0 or (" check " in line and done.stdout), done.stderr
