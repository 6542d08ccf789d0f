"""A checklist on one sheet of paper (R37): what is looked at, boxes to tick, and why the list exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.record import checklists
from postmortem.record.base import Value
from postmortem.record.incident import Customer
from postmortem.record.moments import day
from postmortem.record.phrases import phrases
from postmortem.report import wording
from postmortem.report.redaction import of_colleagues, of_customer, without_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

_ROOM_MM: Final = 160
"""What is left for the points on a sheet of A4; where they need more, they stand closer."""
_POINT_MM: Final = 11.2
_LINE_MM: Final = 6.1
_LINE: Final = 72
"""How many characters fit on a line of a point."""


class SheetSummary(Value):
    """All that the page shows: no name of a customer or a colleague, and no blame.

    Attributes:
        key: The list's record and its id there.
        since: The day of this version, in words; empty where nobody kept it.
        why: Why the list exists, in one sentence.
        dense: Whether the points stand closer.
    """

    key: str
    name: str
    job: str
    version: int
    since: str
    points: tuple[str, ...]
    why: str
    foot: str
    dense: bool


def checklist_page(incident: Incident, name: str, playbook: Playbook) -> SheetSummary:
    """One checklist of a record, to be printed and ticked by hand.

    Whoever does the job reads it, often in the customer's house: the customer's name and contact, and every other
    name, are left out of it. Roles stay in the points.

    Args:
        incident: The record in which the list stands.
        name: The id of the list.
        playbook: The rules in force.

    Raises:
        UnknownNodeError: If there is no such list.

    Examples:
        >>> from postmortem.record import Incident, default_playbook
        >>> told = checklists.publish(Incident(title="Line dead at Mill House"), "Before you leave", ["All lines ring"])
        >>> checklist_page(told, "l1", default_playbook()).why
        'It was made so that this does not happen again: “Line dead at Mill House”.'
    """
    sheet = checklists.find(incident, name)
    hide, nobody = _without_people(incident, playbook), of_colleagues(incident, playbook)
    key = checklists.key(incident, sheet.id).lstrip("/")
    points = tuple(hide(wording.clean(point)) for point in checklists.points(sheet))
    return SheetSummary(
        key=key,
        name=hide(wording.clean(sheet.name)) or "Checklist",
        job=hide(wording.clean(sheet.job)),
        version=sheet.version,
        since=_day(checklists.in_force_since(sheet)),
        points=points,
        why=_why(incident, playbook, lambda text: nobody(hide(text))),
        foot=f"List {key}, version {sheet.version}. A ticked sheet counts once it is kept in the record of the list.",
        dense=sum(_POINT_MM + _LINE_MM * (len(point) // _LINE) for point in points) > _ROOM_MM,
    )


def _without_people(incident: Incident, playbook: Playbook) -> Callable[[str], str]:
    """Hides the customer and every name; a role stays, for a point may say whom to tell."""
    customer = of_customer(incident.customer.name, incident.customer.contact)
    return lambda text: without_names(customer(text), playbook, Customer())


def _why(incident: Incident, playbook: Playbook, hide: Callable[[str], str]) -> str:
    """One sentence; where the title speaks of a person's fault, it is not repeated."""
    title = wording.clean(incident.title).rstrip(".")
    blames = any(found.group != "names" for found in phrases(title, "whys", playbook))
    if blames or not title:
        return "It was made after something had gone wrong once, so that it does not happen again."
    return f"It was made so that this does not happen again: “{hide(title)}”."


def _day(on: date | None) -> str:
    return "" if on is None else day(on)
