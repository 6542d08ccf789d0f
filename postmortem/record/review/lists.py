"""The checklists (R37): made where an action publishes one, with points that can be seen, and used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import checklists, moments
from postmortem.record.base import zone
from postmortem.record.phrases import phrases
from postmortem.record.review.finding import LATE, Finding, Severeness

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from postmortem.record.incident import Checklist, ChecklistRun, Incident
    from postmortem.record.playbook import Playbook

FORM: Final = "checklist"
"""The form of an action that publishes a list."""


def findings(incident: Incident, playbook: Playbook, now: datetime) -> Iterator[Finding]:
    """Findings about the lists, in the stage "act"."""
    today = now.astimezone(zone(incident.zone)).date()
    there = {sheet.id for sheet in incident.checklists}
    for action in incident.actions:
        place = f"actions.{action.id}.checklist"
        if action.checklist and action.checklist not in there:
            found = f"{action.id} publishes the checklist {action.checklist!r}, which is not in this record"
            yield _hint(place, found, "make it, or leave it out")
        elif action.form == FORM and action.done_on is not None and not action.checklist:
            yield _hint(place, f"{action.id} is done, and its checklist is not kept here", "make a checklist of it")
    for sheet in incident.checklists:
        yield from _points(incident, sheet, playbook)
        yield from _uses(sheet, playbook, today)
    for name in incident.should_have_caught:
        if problem := checklists.no_list(incident, name):
            yield _hint("should_have_caught", problem.finding, problem.remedy, "warning")


def _hint(where: str, found: str, remedy: str, level: Severeness = "hint") -> Finding:
    return Finding("R37", level, where, found, remedy, "act")


def _points(incident: Incident, sheet: Checklist, playbook: Playbook) -> Iterator[Finding]:
    place, told = f"checklists.{sheet.id}.items", f"the list “{sheet.name}”"
    if not checklists.points(sheet):
        level: Severeness = "warning" if incident.state in LATE else "hint"
        yield _hint(place, f"{told} has no points yet", "write what is looked at, one point a line", level)
    for point in checklists.points(sheet):
        for phrase in phrases(point, "actions", playbook):
            if phrase.group == "wish":
                found = f"{told}: “{point}” can't be ticked, for nobody can see it"
                yield _hint(place, found, "say what is looked at, and what is seen then")
                break


def _uses(sheet: Checklist, playbook: Playbook, today: date) -> Iterator[Finding]:
    place, told = f"checklists.{sheet.id}.runs", f"the list “{sheet.name}”"
    published = sheet.published_on
    if not sheet.runs and published is not None and (today - published).days >= playbook.checklists.unused_after_days:
        found = f"nobody has used {told} since it was published on {moments.day(published)}"
        yield _hint(place, found, "ask those who do the job what keeps them from it")
    for run in sheet.runs:
        for found, remedy in _amiss(sheet, run, today):
            yield _hint(place, f"{told}: the use of {moments.day(run.on)} {found}", remedy, "warning")


def _amiss(sheet: Checklist, run: ChecklistRun, today: date) -> Iterator[tuple[str, str]]:
    """What can't be so in one use, which a file may say: its day, its version, its points."""
    known = [*(old.version for old in sheet.earlier), sheet.version]
    if run.version not in known:
        yield f"names version {run.version}, which there never was", f"there are: {', '.join(map(str, known))}"
    else:
        there = checklists.points(sheet, run.version)
        for point in run.ticked:
            if point not in there:
                yield f"ticks “{point}”, which is no point of version {run.version}", checklists.meant(point, there)
    if run.on > today:
        yield "lies ahead", "mend the day"
    elif sheet.published_on is not None and run.on < sheet.published_on:
        yield f"is before the list was published, on {moments.day(sheet.published_on)}", "mend the day"
    elif run.version in known and (problem := checklists.untimely(sheet, run.on, run.version)):
        yield f"is before there was version {run.version}", problem.remedy
