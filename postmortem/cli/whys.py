"""The tree of whys as a drawing for the wall, as text for an e-mail, for Mermaid: `whys`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

import postmortem as pm
from postmortem.cli.command import command
from postmortem.cli.options import Word, as_json, opened, surroundings
from postmortem.cli.printing import say, say_json, tell
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from postmortem.report import MapSummary
    from postmortem.report.rendering import MapKind

_FORMS: Final[dict[str, tuple[MapKind, ...]]] = {"text": ("txt",), "map": ("html",), "mermaid": ("mmd", "md")}


@command(
    "whys", "whys 2025-005", "whys 2025-005 -o wall.html", "whys 2025-005 --as mermaid --audience manager -o why.md"
)
@click.argument("incident_id", metavar="ID")
@click.option(
    "--as",
    "form",
    type=Word(list(_FORMS)),
    metavar="FORM",
    help="text: for an e-mail; map: a page for the wall; mermaid: for a wiki. Else as FILE's suffix says, or text.",
)
@click.option(
    "--audience",
    type=Word(["team", "manager", "customer"]),
    default="team",
    metavar="WHO",
    help="team (as it is where nothing is said): all of it; manager: without the customer's name.",
)
@click.option(
    "--paper",
    type=Word(["A3", "A4"], case_sensitive=False),
    default="A3",
    metavar="SIZE",
    help="What a map is printed on, landscape: A3, or A4 on more sheets.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to: .txt, .html for a map, .mmd or .md for Mermaid, .json; else it is printed.",
)
@as_json
def whys(*, incident_id: str, form: str | None, audience: str, paper: str, output: Path | None, as_json: bool) -> None:
    """Draw the whys of one incident from left to right.

    Left to right asks why; right to left reads therefore. A map is a single file that opens without a network; a
    large one is printed on as many sheets as it takes to be read.
    """
    _fitting(form, output, as_json=as_json)
    with opened() as store:
        incident, playbook = store.load(incident_id), store.playbook
    drawn: MapSummary = pm.report.cause_map(
        incident,
        playbook,
        audience=audience,  # type: ignore[arg-type] # a customer is refused there, in words
        now=surroundings().instant,
        paper=paper,  # type: ignore[arg-type] # one of the two
    )
    if as_json:
        say_json(json.loads(pm.report.render(drawn, "json")))
    elif output is None:
        say(pm.report.render(drawn, _FORMS[form or "text"][0]).removesuffix("\n"))
    if output is not None:
        tell(f"{incident_id} for the {audience}: {pm.report.write(drawn, output)}")


def _fitting(form: str | None, output: Path | None, *, as_json: bool) -> None:
    """See that what is asked for can be one file.

    Raises:
        DataError: If the suffix says another form than the option.
    """
    if form is None:
        return
    if as_json:
        raise DataError("whys", [Problem("--json", f"prints one JSON document, not {form}", "leave one of them out")])
    suffixes = [f".{kind}" for kind in _FORMS[form]]
    if output is not None and output.suffix.lower() not in suffixes:
        found = f"{form} is written to {' or '.join(suffixes)}, found {output.suffix or 'no suffix'}"
        raise DataError(f"whys {output.name}", [Problem("--as", found, "leave --as out, or name the file so")])


COMMANDS: Final = (whys,)
