"""When what was offered is carried out: what they accepted, and what they paid, which waits for no answer (R18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record import days
from postmortem.record.compensation import is_offered

if TYPE_CHECKING:
    from datetime import date, datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.treatment import Compensation


def is_due(item: Compensation) -> bool:
    """Whether it is to be carried out, or was to be: it was accepted, or it is what they paid, once it was offered.

    Examples:
        >>> from decimal import Decimal
        >>> from postmortem.record.incident import Compensation
        >>> told = {"owed": Decimal(64), "offered": Decimal(64)}
        >>> kinds = ("reimbursement", "goodwill")
        >>> [is_due(Compensation(id="k1", kind=kind, **told)) for kind in kinds]
        [True, False]
    """
    at_once = item.kind == "reimbursement" and item.answer == "waiting" and is_offered(item)
    return item.answer == "accepted" or at_once


def due_on(item: Compensation, incident: Incident, playbook: Playbook) -> date | None:
    """Until which day it is carried out: what they paid counts from the offer on, all else from their answer.

    `None` where nobody says when that was.
    """
    since = item.offered_at if item.kind == "reimbursement" else None
    since = since or item.answered_at or item.offered_at
    if since is None:
        return None
    return days.after(days.of(since, incident.zone), playbook.calendar.carry_out_days, playbook.calendar)


def is_overdue(item: Compensation, incident: Incident, playbook: Playbook, now: datetime) -> bool:
    """Whether it is to be carried out, is not, and its day is over."""
    day = due_on(item, incident, playbook)
    is_open = item.carried_out_at is None and is_due(item)
    return is_open and day is not None and days.is_past(days.ends(day, incident.zone), day, now)
