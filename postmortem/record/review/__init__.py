"""What a careful reader would ask of one incident: the rules that need no other incident (R21 to R29, R33 to R36)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.review import actions, roots, telling, tree
from postmortem.record.review.finding import Finding, ordered

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

__all__ = ["Finding", "review"]


def review(incident: Incident, playbook: Playbook, now: datetime) -> tuple[Finding, ...]:
    """Every finding about one incident, needed ones first, in the order of the stages.

    A finding that a person has put away with a reason (`incident.kept`) does not return. An "error" is what the record
    can't close with; while the work is still going on, what is only missing yet is a "warning".

    Args:
        incident: The record.
        playbook: The rules in force.
        now: The instant of the question, for what is overdue.

    Examples:
        >>> from datetime import datetime
        >>> from postmortem.record.playbook import default_playbook
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.whys import answer
        >>> told = answer(Incident(title="Line was dead"), None, "The technician forgot the switch")
        >>> now = datetime.fromisoformat("2026-03-02T12:00Z")
        >>> review(told, default_playbook(), now)[0].rule
        'R26'
    """
    put_away = {(kept.rule, kept.where) for kept in incident.kept}
    found = [
        finding
        for look in (telling.findings, tree.findings, roots.findings, actions.findings)
        for finding in look(incident, playbook, now)
        if (finding.rule, finding.where) not in put_away
    ]
    return ordered(found)
