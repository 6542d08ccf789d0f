"""A closed record that nothing can be said against, to change one thing of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postmortem.record.reading import incident_from

if TYPE_CHECKING:
    from postmortem.record.incident import Incident

STEPS = {
    "explain-mistake": "2026-03-02T18:00+01:00",
    "apologise": "2026-03-02T18:01+01:00",
    "explain-why": "2026-03-02T18:02+01:00",
    "assure": "2026-03-02T18:03+01:00",
    "fix": "2026-03-03T10:00+01:00",
    "offer-follow-up": "2026-03-02T18:05+01:00",
    "explain-not-again": "2026-03-03T10:05+01:00",
    "apologise-again": "2026-03-03T10:06+01:00",
    "offer": "2026-03-03T10:07+01:00",
    "carry-out": "2026-03-03T11:00+01:00",
    "make-sure": "2026-03-03T11:05+01:00",
    "contact": "2026-03-03T11:06+01:00",
    "thank": "2026-03-03T11:07+01:00",
    "follow-up": "2026-03-06T10:00+01:00",
}
"""Every step with the customer, and when it was done."""

RECOVERY: dict[str, Any] = {
    "channel": "phone",
    "wording": "We left the main switch unplugged. That was our mistake; I am sorry.",
    "colleagues_told": "yes",
    "steps": [
        {"id": step, "status": "done", "at": at, "by": "Field lead", "channel": "phone"} for step, at in STEPS.items()
    ],
    "resolve": {"result": "full"},
    "compensation": [
        {
            "id": "k1",
            "kind": "service credit",
            "owed": 15,
            "offered": 15,
            "offered_at": "2026-03-02T18:00+01:00",
            "offered_first": "yes",
            "answer": "accepted",
            "carried_out_at": "2026-03-03T09:00+01:00",
        }
    ],
}

WELL_MADE: dict[str, Any] = {
    "title": "Phone not reconnected after a repair",
    "state": "closed",
    "owner": "Field lead",
    "summary": "The line was dead from Monday to Wednesday.",
    "occurred_at": "2026-03-02T17:30+01:00",
    "known_at": "2026-03-02T17:45+01:00",
    "told_at": "2026-03-02T18:00+01:00",
    "fixed_at": "2026-03-03T10:00+01:00",
    "closed_at": "2026-03-20T09:00+01:00",
    "impact": {"happened": "No phone for two days", "harm": "none", "customer_min": 90, "customer_cost": 0},
    "recovery": RECOVERY,
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
        {
            "id": "w6",
            "parent": "w5",
            "text": "The job is closed from the van",
            "status": "confirmed",
            "evidence": [{"kind": "observation", "text": "Rode along"}],
            "can_act": "yes",
            "would_have_helped": "yes",
        },
    ],
    "causes": [
        {"id": "c1", "why": "w3", "category": "system", "reason": "The sheet does not allow it"},
        {
            "id": "c2",
            "why": "w6",
            "category": "system",
            "reason": "Closing asks for no test",
            "accepted_because": "With the closing list nobody closes from the van",
        },
    ],
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
            "checklist": "l1",
            "effect": {"measure": "Calls within a day of a job", "expected": "0", "check_on": "2026-06-16"},
        }
    ],
    "checklists": [{"id": "l1", "name": "Closing list", "job": "Line repair", "items": ["Plug the main switch in"]}],
}


def well_made(**changes: Any) -> Incident:
    """A closed record that nothing can be said against, but for these changes."""
    return incident_from({**WELL_MADE, **changes})
