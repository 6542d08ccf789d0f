"""What the fields of a record are called in plain words, as the screens call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from postmortem.record.base import Value

_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "Incident": {
        "title": "What went wrong, in one line",
        "harmed": "Who was hurt by it",
        "kind": "Kind of mistake",
        "owner": "Owner of the recovery",
        "zone": "Time zone",
        "found_by": "Who found it",
        "occurred_at": "It happened",
        "known_at": "We knew",
        "raised_at": "They raised it",
        "told_at": "We told them",
        "fixed_at": "Fixed at",
        "closed_at": "Closed at",
        "reopened_because": "Why it was opened again",
        "timeline": "Moment",
        "join": "How the first whys belong together",
        "whys": "Why",
        "causes": "Root",
        "factors": "What would have avoided it",
        "actions": "Action",
        "checklists": "Checklist",
        "should_have_caught": "What should have caught it",
        "commitments": "What somebody will do",
        "learned": "What we take with us",
        "meeting": "The meeting",
        "topics": "Topic for later",
        "feedback": "Answer after the meeting",
        "versions": "Other wording",
        "links": "Linked record",
        "signatures": "Signature",
        "kept": "Finding put away",
        "tags": "Tag",
        "source": "Where it came from",
        "extra": "Value of the source",
    },
    "Customer": {"name": "Customer", "contact": "Contact of the customer", "vip": "A customer we take special care of"},
    "Source": {"system": "System", "key": "Key", "url": "Address"},
    "Link": {"kind": "How it belongs to this one", "incident_id": "Record"},
    "Moment": {"text": "Seen or done", "at": "Time", "seen_by": "Seen by"},
    "Impact": {
        "expected": "What the customer expected",
        "happened": "What happened instead",
        "customers": "Customers affected",
        "customer_min": "Time lost by each",
        "customer_cost": "Money they paid",
        "our_cost": "What it cost us",
        "harm": "Harm to a person",
        "potential_harm": "The worst that could have happened",
        "reputation": "What it did to our name",
        "trust": "Whether they will stay",
        "others_told": "How many others they told",
        "not_known": "Answered “not known yet”",
    },
    "Reply": {"answer": "Answer"},
    "Evaluation": {
        "replies": "Answer to the question",
        "level": "Level set by hand",
        "reason": "Why another level",
        "by": "Who set the level",
    },
    "RecoveryStep": {"at": "When", "because": "Why not needed, or why this way", "words": "What was said"},
    "Resolve": {
        "can_be_undone": "Whether it can be undone",
        "redo_or_replace": "Redo or replace",
        "at_what_cost": "At what cost",
        "result": "Put right",
        "asked_for": "What they asked for",
        "given": "What they got",
        "beyond": "Whether we went beyond it",
    },
    "Compensation": {
        "what": "What for",
        "offered_first": "Whether we offered before they asked",
        "answer": "Their answer",
        "approved_amount": "Approved for",
        "because": "Decided otherwise, because",
    },
    "Escalation": {
        "manager_available": "Whether a manager was there",
        "permission": "Whether they agreed to be handed over",
        "call_back_on": "Call back on",
        "note": "Note on handing over",
    },
    "Recovery": {
        "steps": "Step",
        "colleagues_told": "Whether colleagues were told",
        "channel": "How they are told",
        "channel_reason": "Why this way",
        "wording": "The words to them",
        "compensation": "What is owed",
    },
    "Evidence": {"kind": "Kind of evidence", "text": "Evidence"},
    "Why": {
        "text": "Answer",
        "parent": "Where it stands",
        "leg": "Question it answers",
        "join": "How the whys below belong together",
        "can_act": "Whether we can act on it",
        "would_have_helped": "Whether it would have helped",
        "holds": "Whether the link held when it was read back",
        "by": "Who answered",
    },
    "Opinion": {"by": "Whose opinion", "category": "Kind of cause"},
    "Cause": {
        "why": "The why it stands at",
        "category": "Kind of cause",
        "subcategory": "More exactly",
        "reason": "Why this kind",
        "trail": "Answer on the way to the kind",
        "opinions": "Opinion",
        "accepted_because": "Accepted as it is, because",
        "recurring_id": "Recurring cause",
    },
    "Effect": {
        "measure": "Effect is seen from",
        "check_on": "To be checked on",
        "result": "Did it hold?",
        "note": "Note on the effect",
    },
    "Action": {
        "text": "What will be done",
        "causes": "Answers the root",
        "due_on": "Due",
        "could_break": "What could it break?",
        "carried_to": "Taken up again in",
        "carried_from": "Taken over from",
    },
    "Topic": {
        "text": "What to talk about",
        "by": "Who brought it up",
        "settled": "Whether it was talked through",
        "carried_to": "Taken up again in",
        "carried_from": "Taken over from",
    },
    "Entry": {"at": "When"},
    "Meeting": {
        "starts_at": "It begins",
        "minutes": "How long",
        "where": "Where",
        "facilitator": "Who leads",
        "scribe": "Who writes",
        "people": "Who is asked to come",
        "begun_at": "The clock was started",
        "begun_by": "Who started the clock",
        "entered": "Stage",
    },
    "Feedback": {
        "learned": "Did you learn something?",
        "again": "Would you come again?",
        "note": "What would have made it better",
    },
    "Version": {"place": "At", "by": "Who wrote it", "at": "When", "text": "Text"},
    "ChecklistRun": {"on": "Used on", "job": "On the job", "ticked": "Ticked"},
    "ChecklistVersion": {"items": "Point", "until_on": "Used until"},
    "Checklist": {
        "job": "For the job",
        "by": "Who keeps it",
        "items": "Point",
        "earlier": "Earlier version",
        "runs": "Use",
    },
    "Commitment": {"text": "What they will do", "private": "Private", "worked": "Whether it worked for them"},
    "Kept": {"where": "At", "by": "Put away by"},
}


def label(model: type[Value], field: str) -> str:
    """What a field is called on screen; one that has no name there is called as in the record.

    Examples:
        >>> from postmortem.record.parts import Action, Moment
        >>> label(Moment, "text"), label(Action, "done_on"), label(Action, "owner")
        ('Seen or done', 'Done on', 'Owner')
    """
    named = _NAMES.get(model.__name__, {}).get(field)
    return named or field.replace("_", " ").capitalize()


def names_told() -> set[tuple[str, str]]:
    """Every part and field that has a name of its own here."""
    return {(model, field) for model, fields in _NAMES.items() for field in fields}
