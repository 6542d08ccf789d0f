"""Pages to give away: `report` and `trends`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import postmortem as pm
from postmortem.cli.command import command
from postmortem.cli.options import Word, filters, opened, spoken, surroundings
from postmortem.cli.printing import counted, tell
from postmortem.record import contact

if TYPE_CHECKING:
    from postmortem.analysis import Frames
    from postmortem.report.summary import Audience

AUDIENCES: Final[tuple[Audience, ...]] = ("team", "manager", "customer")

_to_file = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to; the suffix .html, .md or .json says how.",
)


@command("report", "report 2025-005 --audience team -o review.html", "report 2025-005 --audience customer -o letter.md")
@click.argument("incident_id", metavar="ID")
@click.option(
    "--audience",
    type=Word(AUDIENCES),
    required=True,
    metavar="WHO",
    help="team: all of it; manager: without the customer's name; customer: what happened and what we did.",
)
@_to_file
def report(*, incident_id: str, audience: Audience, output: Path) -> None:
    """Write the report of one incident.

    It is made for one audience, and is a single file that opens without a network.

    A letter opens with the admission as it was said. Its sentences, headings and dates come from the team's word file
    (playbook, [wording]); what the file does not give is English, and postmortem playbook check names it. The other
    reports are English.
    """
    with opened() as store:
        incident, playbook = store.load(incident_id), store.playbook
    summary = pm.report.incident_summary(incident, playbook, audience=audience, now=surroundings().instant)
    tell(f"{incident_id} for the {audience}: {pm.report.write(summary, output)}")
    if audience == "customer" and (note := contact.wanted(incident, playbook)):
        tell(note)


@command("trends", "trends -o year.html", 'trends --team "Field service" --since 2026-01-01 -o field.html')
@filters
@_to_file
def trends(*, output: Path, **chosen: Any) -> None:  # noqa: ANN401 - the values of the filters
    """Write the report of many incidents.

    Which causes recur, what they cost, whether the actions held: a single file that opens without a network.

    An incident without a date fits only where neither --since nor --until is given.
    """
    told = surroundings()
    with opened() as store:
        tables: Frames = store.tables()
        all_, customers = pm.analysis.count(tables), store.customers()
        if chosen["text"]:
            tables = _among(tables, [found.incident_id for found in store.list(text=chosen["text"])])
    shown = pm.analysis.select(
        tables,
        since=chosen["since"],
        until=chosen["until"],
        teams=chosen["team"],
        services=chosen["service"],
        categories=chosen["category"],
        severities=chosen["severity"],
        states=chosen["state"],
    )
    summary = pm.report.portfolio_summary(
        shown, told.rules(), now=told.instant, filters=spoken(**chosen), of=all_, customers=customers
    )
    written = pm.report.write(summary, output)
    tell(f"{pm.analysis.count(shown):,} of {counted(all_, 'incident')}: {written}")


def _among(tables: Frames, ids: list[str]) -> Frames:
    """The tables without the incidents that don't hold the words: only the store knows those."""
    return pm.analysis.Tables.of(tables).each(lambda _, frame: frame[frame["incident_id"].isin(ids)])


COMMANDS: Final = (report, trends)
