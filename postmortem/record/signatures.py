"""Who stands by a record, and as what (R7). One that was opened again is signed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.edit import changed, made
from postmortem.record.errors import PostmortemError
from postmortem.record.parts import Signature

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident


def in_force(incident: Incident) -> tuple[Signature, ...]:
    """The signatures with a name and a role, those of an earlier closing left out.

    Examples:
        >>> from datetime import UTC, datetime, timedelta
        >>> from postmortem.record.incident import Incident
        >>> noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
        >>> late = sign(Incident(title="Late"), "Mira", "duty manager", noon)
        >>> again = changed(late, state="reopened", closed_at=noon)
        >>> len(in_force(late)), len(in_force(again))
        (1, 0)
        >>> [f"{it.at:%H}" for it in sign(again, "Mira", "duty manager", noon + timedelta(hours=1)).signatures]
        ['12', '13']
    """
    before = None if incident.state == "closed" else incident.closed_at
    named = (it for it in incident.signatures if it.by.strip() and it.role.strip())
    return tuple(it for it in named if before is None or (it.at is not None and it.at > before))


def sign(incident: Incident, by: str, role: str, at: datetime) -> Incident:
    """Stand by a record (R7). Whoever signs again takes the place of their signature, not of an earlier closing's.

    Args:
        incident: The record; it stays as it is.
        by: Who.
        role: As what, such as a manager.
        at: When; aware.

    Raises:
        PostmortemError: If the name or the role is missing.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> signed = sign(Incident(title="Late"), "Mira", "duty manager", datetime(2026, 3, 9, tzinfo=UTC))
        >>> [(it.by, it.role) for it in signed.signatures]
        [('Mira', 'duty manager')]
    """
    if not by.strip() or not role.strip():
        raise PostmortemError("a signature needs a name and a role: say who signs, and as what")
    new = made(Signature, by=by.strip(), role=role.strip(), at=at.replace(microsecond=0))
    return changed(incident, signatures=(*_without(incident, by.strip()), new))


def unsign(incident: Incident, by: str) -> Incident:
    """Take somebody's signature back; where there is none in force, nothing changes."""
    return changed(incident, signatures=_without(incident, by))


def _without(incident: Incident, by: str) -> tuple[Signature, ...]:
    now = in_force(incident)
    return tuple(it for it in incident.signatures if it.by != by or it not in now)
