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

    A finding that a person has put away (`incident.kept`) does not return. An "error" is what the record can't close
    with: putting it away takes a reason and a name (R34). While the work is still going on, what is only missing yet is
    a "warning".

    Args:
        incident: The record.
        playbook: The rules in force.
        now: The instant of the question, for what is overdue; aware.

    Raises:
        ValueError: If `now` has no offset.

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
    if now.utcoffset() is None:
        raise ValueError(f"expected an instant with an offset, found {now.isoformat()}")
    put_away = {(kept.rule, kept.where) for kept in incident.kept}
    for_good = {(kept.rule, kept.where) for kept in incident.kept if kept.reason.strip() and kept.by.strip()}
    found = [
        finding
        for look in (telling.findings, tree.findings, roots.findings, actions.findings)
        for finding in look(incident, playbook, now)
        if (finding.rule, finding.where) not in (for_good if finding.level == "error" else put_away)
    ]
    return ordered(found)
