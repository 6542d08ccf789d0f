"""What the columns of a table mean: `map` guesses it and writes it down."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import postmortem as pm
from postmortem.cli.command import command
from postmortem.cli.options import as_json
from postmortem.cli.printing import counted, paragraph, plain, say, say_json, tell
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from postmortem.exchange import Guess

_FIRST: Final = 5


@command("map", "map complaints.csv", "map complaints.csv -o complaints.toml", "map tickets.csv --words deutsch.toml")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="MAP.toml", help="Write the mapping here, with reasons."
)
@click.option("--words", type=click.Path(path_type=Path), metavar="FILE", help="Words for headers in your language.")
@as_json
def map_(*, file: Path, output: Path | None, words: Path | None, as_json: bool) -> None:
    """Guess what the columns of a table mean, for `import`.

    Nothing is imported. Every column gets a proposal with its reason; what only you can tell is asked, and stands in
    the mapping with what is assumed. Look the mapping through, change it, then: postmortem import FILE --map MAP.toml
    """
    guess = pm.exchange.guess(file, words=words)
    if output is not None:
        _write(output, guess.text)
    if as_json:
        say_json(_plain(guess))
    elif output is None:
        say(guess.text.rstrip("\n"))
    _tell(guess, file, output)


def _write(output: Path, text: str) -> None:
    if output.exists():
        raise DataError(str(output), [Problem("", "there is such a file already", "name another one")])
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(str(output), [Problem("", f"can't be written: {error.strerror}", "check the folder")]) from None


def _tell(guess: Guess, file: Path, output: Path | None) -> None:
    shown = guess.preview(_FIRST)
    good = sum(row.incident is not None for row in shown)
    tell(
        f"Of the first {counted(len(shown), 'row')}, {good} would become {'an incident' if good == 1 else 'incidents'}."
    )
    for question in guess.questions:
        assumed = dict(question.options).get(question.assumed, question.assumed)
        until = f"Assumed: {assumed}." if assumed else ""
        tell(paragraph(f"{question.text} {until}", first="  ? ", then="    "))
    if output is not None:
        names = f"{plain(str(file))} --map {plain(str(output))}"
        tell(f"Written to {plain(str(output))}. Look it through, then: postmortem import {names} --dry-run")


def _plain(guess: Guess) -> dict[str, Any]:
    """A guess as JSON data."""
    return {
        "file": guess.sample.name,
        "mapping": guess.data,
        "columns": [
            {
                "column": one.column,
                "to": one.to,
                "confidence": one.confidence,
                "reason": one.reason,
                "alternatives": list(one.alternatives),
            }
            for one in guess.proposals
        ],
        "questions": [asdict(question) for question in guess.questions],
        "first_rows": [
            {
                "row": shown.number + 1,
                "title": shown.incident.title if shown.incident else None,
                "problems": [asdict(problem) for problem in shown.problems],
            }
            for shown in guess.preview(_FIRST)
        ],
    }


COMMANDS: Final = (map_,)
