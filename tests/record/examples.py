"""A closed record that nothing can be said against, to change one thing of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record.reading import incident_from

if TYPE_CHECKING:
    from postmortem.record.incident import Incident

WELL_MADE: dict[str, Any] = {
    "title": "Phone not reconnected after a repair",
    "state": "closed",
    "owner": "Field lead",
    "summary": "The line was dead from Monday to Wednesday.",
    "occurred_at": "2026-03-02T17:30+01:00",
    "told_at": "2026-03-02T18:00+01:00",
    "closed_at": "2026-03-20T09:00+01:00",
    "impact": {"happened": "No phone for two days", "harm": "none", "customer_min": 90},
    "recovery": {"channel": "phone", "wording": "We left the main switch unplugged. That was our mistake; I am sorry."},
    "whys": [
        {"id": "w1", "text": "The main switch was left unplugged", "leg": "occurrence"},
        {"id": "w2", "parent": "w1", "text": "The tester has no battery and takes the socket"},
        {
            "id": "w3",
            "parent": "w2",
            "text": "The job sheet ends before the clearing of the site",
            "status": "confirmed",
            "evidence": [{"kind": "record", "text": "Job sheet 88"}],
            "can_act": "yes",
            "would_have_helped": "yes",
        },
        {"id": "w4", "text": "The exchange shows no alarm for a socket without power", "leg": "detection"},
        {"id": "w5", "parent": "w4", "text": "The customer tests first, on coming home"},
        {"id": "w6", "parent": "w5", "text": "The job is closed from the van"},
    ],
    "causes": [{"id": "c1", "why": "w3", "category": "system", "reason": "The sheet does not allow it"}],
    "actions": [
        {
            "id": "a1",
            "text": "Put a closing list on the job sheet",
            "causes": ["c1"],
            "form": "checklist",
            "owner": "Field lead",
            "due_on": "2026-03-16",
            "done_on": "2026-03-16",
            "done_when": "The new sheet is in every van",
            "could_break": "Jobs take two minutes longer",
            "effect": {"measure": "Calls within a day of a job", "expected": "0", "check_on": "2026-06-16"},
        }
    ],
}


def well_made(**changes: Any) -> Incident:
    """A closed record that nothing can be said against, but for these changes."""
    return incident_from({**WELL_MADE, **changes})
