"""Checklists (R37): `checklist list`, `checklist print` and `checklist tick`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import postmortem as pm
from postmortem.cli.command import command, family
from postmortem.cli.options import When, as_json, opened, surroundings
from postmortem.cli.printing import counted, cut, say, say_json, table, tell, width
from postmortem.record import checklists
from postmortem.record.errors import DataError, Problem
from postmortem.record.moments import day

if TYPE_CHECKING:
    from datetime import date

    from postmortem.store.lists import Listed

_NAME: Final = 32


@family("checklist", "checklist list", "checklist print 2025-010/heating-closing-list -o list.html")
def checklist() -> None:
    """List, print and tick checklists for a kind of job.

    LIST is a record and a list in it, as 2025-010/heating-closing-list, or the name of a list that no other one has.
    """


@command("list", "checklist list", "checklist list --json")
@as_json
def list_(*, as_json: bool) -> None:
    """List every checklist, how often it was used, and what it missed."""
    from postmortem.store.lists import lists  # noqa: PLC0415 - the database is loaded when asked

    with opened() as store:
        found = lists(store)
    if as_json:
        say_json([_told(listed) for listed in found])
        return
    if not found:
        tell("There is no checklist yet: make one in stage 6 of the retrospective, of an action or by hand.")
        return
    rows = [
        [
            listed.key,
            str(listed.sheet.version),
            str(len(checklists.points(listed.sheet))),
            str(len(listed.sheet.runs)),
            day(listed.last_on) if listed.last_on else "never",
            str(listed.missed_since),
            cut(listed.sheet.name, _NAME),
        ]
        for listed in found
    ]
    say(table(["List", "Version", "Points", "Uses", "Last used", "Missed", "Name"], rows, most=width()))
    tell(f"{counted(len(found), 'list')}. Missed: incidents since this version that it should have caught.")


def _told(listed: Listed) -> dict[str, Any]:
    sheet = listed.sheet
    return {
        "list": listed.key,
        "name": sheet.name,
        "job": sheet.job,
        "by": sheet.by,
        "version": sheet.version,
        "since": checklists.in_force_since(sheet),
        "points": list(checklists.points(sheet)),
        "uses": len(sheet.runs),
        "last_used_on": listed.last_on,
        "missed": [record for record, _ in listed.missed],
        "missed_since_this_version": listed.missed_since,
    }


@command(
    "print",
    "checklist print 2025-010/heating-closing-list -o list.html",
    'checklist print "Before you leave a boiler room" -o list.html',
)
@click.argument("name", metavar="LIST")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to; the suffix .html, .md or .json says how.",
)
def print_(*, name: str, output: Path) -> None:
    """Write a checklist as one sheet, to be printed and ticked by hand.

    It names no customer and no colleague, and opens without a network.
    """
    from postmortem.store.lists import find_list  # noqa: PLC0415 - as above

    with opened() as store:
        listed = find_list(store, name)
        incident, playbook = store.load(listed.incident_id), store.playbook
    page = pm.report.checklist_page(incident, listed.sheet.id, playbook)
    tell(f"{page.name}, version {page.version}: {pm.report.write(page, output)}")


@command(
    "tick",
    'checklist tick 2025-010/heating-closing-list --job "Pump, four flats" --ticked 1',
    'checklist tick 2025-010/heating-closing-list --job "Pump, four flats" --all --on 2026-03-07',
)
@click.argument("name", metavar="LIST")
@click.option("--job", default="", metavar="JOB", help="Which job it was.")
@click.option(
    "--ticked", multiple=True, metavar="POINT", help="A point that was ticked: its words or its number. Repeat it."
)
@click.option("--all", "every", is_flag=True, help="Every point was ticked.")
@click.option("--on", type=When(day=True), metavar="DAY", help="The day of the job; today where nothing is said.")
@click.option(
    "--version", type=click.IntRange(min=1), metavar="N", help="The version on the sheet; else that of the day."
)
@click.option("--note", default="", metavar="WORDS", help="What there is to say of it.")
@as_json
def tick(
    *,
    name: str,
    job: str,
    ticked: tuple[str, ...],
    every: bool,
    on: date | None,
    version: int | None,
    note: str,
    as_json: bool,
) -> None:
    """Keep one use of a checklist on one job.

    Points that were not ticked are kept as open: a list that is used honestly is seldom ticked from top to bottom.
    """
    from postmortem.store.lists import find_list, keep_run  # noqa: PLC0415 - as above

    told = surroundings()
    if every and ticked:
        raise click.UsageError("--all ticks every point: leave --ticked out.")
    with opened() as store:
        listed = find_list(store, name)
        if version is None and on is not None:
            version = checklists.version_on(listed.sheet, on)
        points = checklists.points(listed.sheet, version)
        chosen = points if every else [_point(points, text, listed) for text in ticked]
        saved = keep_run(
            store,
            listed,
            chosen,
            now=told.instant,
            on=on,
            by=told.author,
            job=job,
            note=note,
            version=version,
        )
    run = checklists.find(saved, listed.sheet.id).runs[-1]
    left = [point for point in points if point not in run.ticked]
    if as_json:
        told_run = run.model_dump(mode="json")
        say_json({"list": listed.key, **told_run, "not_ticked": left, "revision": saved.revision})
        return
    kept = (
        f"{len(run.ticked)} of {counted(len(points), 'point')} ticked, kept in {saved.id}, revision {saved.revision}."
    )
    tell(f"{listed.sheet.name}, version {run.version}: {kept}")
    for point in left:
        tell(f"  not ticked: {point}")


def _point(points: tuple[str, ...], text: str, listed: Listed) -> str:
    """A point by its number in the list, else by its words."""
    if not text.strip().isdecimal() or text.strip() in points:
        return text
    number = int(text)
    if not 1 <= number <= len(points):
        finding = f"the list has no point number {number}"
        raise DataError(f"checklist {listed.key}", [Problem("ticked", finding, f"there are {len(points)}")])
    return points[number - 1]


for _command in (list_, print_, tick):
    checklist.add_command(_command)

COMMANDS: Final = (checklist,)
