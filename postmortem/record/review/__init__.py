"""What a careful reader would ask of one incident: the rules that need no other incident."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from postmortem.record import gates
from postmortem.record.phrases import says_nothing
from postmortem.record.review import actions, lists, owing, recovering, roots, saying, telling, tree
from postmortem.record.review.finding import Finding, ordered

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

__all__ = ["Finding", "review"]


def review(incident: Incident, playbook: Playbook, now: datetime) -> tuple[Finding, ...]:
    """Every finding about one incident, needed ones first, in the order of the stages.

    An "error" is a fact that the record lacks for the state in which it stands, at one of the gates on the way there
    (`record.gates`), or something that can't be so. Putting it away takes a reason and a name, and a missing fact stays
    unless its gate may be waived (R34). What only the next state waits for is a "warning" or a "hint" as yet. Of the
    others, what a person has put away (`incident.kept`) does not return.

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
    for_good = {(kept.rule, kept.where) for kept in incident.kept if not says_nothing(kept.reason) and kept.by.strip()}
    found = [
        finding
        for look in _LOOKS
        for finding in look(incident, playbook, now)
        if (finding.rule, finding.where) not in (for_good if finding.level == "error" else put_away)
    ]
    return ordered(_with_gates(found, gates.missing(incident, playbook, now, incident.state)))


_LOOKS = (
    telling.findings,
    recovering.findings,
    saying.findings,
    owing.findings,
    tree.findings,
    roots.findings,
    actions.findings,
    lists.findings,
)


def _with_gates(found: list[Finding], missing: tuple[gates.Missing, ...]) -> list[Finding]:
    """The findings with what is missing at the gates; what one of them says already is said once, as an error."""
    gaps = Counter((gap.rule, gap.where) for gap in missing)
    said = {(finding.rule, finding.where) for finding in found}
    told: list[Finding] = []
    for finding in found:
        key = (finding.rule, finding.where)
        if gaps[key] == 1:
            told.append(replace(finding, level="error"))
        elif not gaps[key]:
            told.append(finding)
    errors = {finding.where for finding in told if finding.level == "error"}
    return told + [
        gap
        for gap in missing
        if gaps[gap.rule, gap.where] > 1 or ((gap.rule, gap.where) not in said and gap.where not in errors)
    ]
