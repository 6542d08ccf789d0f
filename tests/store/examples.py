"""One incident with something for every table of the store."""

from __future__ import annotations

from postmortem.record.reading import incident_from

OPINIONS = [{"by": "Ana", "category": "system", "reason": "No list"}, {"by": "", "category": "training"}]
CHECK = {"measure": "Calls about a dead line", "check_on": "2026-05-18", "result": "held", "checked_on": "2026-05-19"}
LIST = {
    "id": "l1",
    "name": "Before you leave",
    "job": "Line repair",
    "version": 2,
    "items": ["Switch on", "Dial out"],
    "earlier": [{"version": 1, "items": ["Switch on"], "until_on": "2026-03-20"}],
    "runs": [
        {"on": "2026-03-20", "by": "Crew lead", "job": "14 Mill Lane", "version": 1, "ticked": ["Switch on"]},
        {"on": "2026-03-21", "version": 2},
    ],
}
WHOLE = incident_from(
    {
        "title": "Phone and internet not reconnected",
        "occurred_at": "2026-03-02T17:30:00+01:00",
        "known_at": "2026-03-02T18:00:00+01:00",
        "kind": "wrong or missing work",
        "team": "Field service",
        "customer": {"vip": True},
        "impact": {"customers": 3, "customer_min": 90, "our_cost": "12.50", "harm": "none", "trust": "unsure"},
        "recovery": {
            "channel": "phone",
            "compensation": [
                {
                    "id": "k1",
                    "kind": "service credit",
                    "owed": "45",
                    "offered": "45.50",
                    "offered_at": "2026-03-02T18:05:00+01:00",
                    "offered_first": "yes",
                    "answer": "accepted",
                    "answered_at": "2026-03-02T18:06:00+01:00",
                },
                {"id": "k2", "kind": "goodwill"},
            ],
            "escalation": {"manager_available": "no", "call_back_on": "2026-03-03"},
            "steps": [
                {"id": "apologise", "status": "done", "at": "2026-03-02T18:05:00+01:00"},
                {"id": "thank", "status": "to do", "at": "2026-03-03T18:05:00+01:00"},
            ],
        },
        "whys": [{"id": "w1", "text": "Switch off"}, {"id": "w2", "parent": "w1", "text": "No reminder"}],
        "causes": [{"id": "c1", "why": "w2", "category": "system", "opinions": OPINIONS}, {"id": "c2", "why": "w1"}],
        "factors": ["better timing", "our own word"],
        "checklists": [LIST, {"id": "l2", "name": "Empty"}],
        "should_have_caught": ["2025-004/l1", "2025-004/l1"],
        "actions": [
            {
                "id": "a1",
                "causes": ["c1", "c2"],
                "text": "Add a list",
                "form": "checklist",
                "due_on": "2026-03-16",
                "effect": CHECK,
            },
            {"id": "a2", "text": "Tell the crew", "form": "a form of our own"},
        ],
        "source": {"system": "crm", "key": "C-1"},
        "meeting": {"starts_at": "2026-03-05T10:00:00+01:00", "begun_at": "2026-03-05T10:04:00+01:00"},
        "feedback": [{"id": "f1", "learned": "yes", "again": "no", "note": "Loud"}, {"id": "f2"}],
        "topics": [{"id": "t1", "text": "Who may promise a time?", "carried_to": "2026-031"}, {"id": "t2"}],
    }
)
