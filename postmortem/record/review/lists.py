"""The checklists (R37): made where an action publishes one, with points that can be seen, and used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import checklists
from postmortem.record.base import zone
from postmortem.record.review.finding import LATE, Finding, Severeness
from postmortem.record.review.wording import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from postmortem.record.incident import Checklist, Incident
    from postmortem.record.playbook import Playbook

FORM: Final = "checklist"
"""The form of an action that publishes a list."""
UNUSED_DAYS: Final = 28
"""After so many days without a use a list is asked about."""
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


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
        yield from _uses(sheet, today)


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


def _uses(sheet: Checklist, today: date) -> Iterator[Finding]:
    place, told = f"checklists.{sheet.id}.runs", f"the list “{sheet.name}”"
    published = sheet.published_on
    if not sheet.runs and published is not None and (today - published).days >= UNUSED_DAYS:
        found = f"nobody has used {told} since it was published on {_day(published)}"
        yield _hint(place, found, "ask those who do the job what keeps them from it")
    for run in sheet.runs:
        if run.on > today:
            yield _hint(place, f"{told}: a use is told for {_day(run.on)}, which is not yet", "mend the day", "warning")
        elif published is not None and run.on < published:
            found = f"{told}: a use is told for {_day(run.on)}, before it was published"
            yield _hint(place, found, "mend the day", "warning")


def _day(on: date) -> str:
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
