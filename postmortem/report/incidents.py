"""One incident told to one of three audiences (R41)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.errors import DataError, Problem, near
from postmortem.report.account import account
from postmortem.report.letter import letter
from postmortem.report.summary import AUDIENCES, Audience, IncidentSummary

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook


def incident_summary(incident: Incident, playbook: Playbook, *, audience: Audience, now: datetime) -> IncidentSummary:
    """Everything a report of one incident shows, as plain values; what its audience may not see is not in it.

    Args:
        incident: The record.
        playbook: The rules in force.
        audience: `team` sees all; `manager` all but who the customer is; `customer` gets a letter.
        now: The instant of the report, for its date and for what is overdue.

    Raises:
        DataError: If there is no such audience, or `now` has no offset.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record import Incident, default_playbook
        >>> dead = Incident(title="Line dead at 14 Mill Lane", customer={"name": "14 Mill Lane"})
        >>> now = datetime(2026, 3, 20, tzinfo=UTC)
        >>> incident_summary(dead, default_playbook(), audience="manager", now=now).heading
        'Line dead at the customer'
    """
    problems = []
    if audience not in AUDIENCES:
        hint = near(str(audience), AUDIENCES)
        remedy = f"did you mean {hint!r}?" if hint else ""
        problems.append(Problem("audience", f"expected team, manager or customer, found {audience!r}", remedy))
    if now.utcoffset() is None:
        problems.append(Problem("now", f"expected an instant with its offset, found {now.isoformat()}"))
    if problems:
        raise DataError("report", problems)
    if audience == "customer":
        return letter(incident, playbook, now)
    return account(incident, playbook, now, audience)
