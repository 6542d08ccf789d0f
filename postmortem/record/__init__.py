"""One incident: what it is, and the rules for handling it. Plain values and pure functions; no files, no screens."""

from postmortem.record import (
    actions,
    agenda,
    causes,
    checklists,
    clock,
    compensation,
    due,
    edit,
    escalation,
    feedback,
    gates,
    procedures,
    recovery,
    saying,
    severity,
    states,
    talks,
    topics,
    versions,
    whys,
)
from postmortem.record.errors import DataError, PostmortemError, Problem, UnknownNodeError
from postmortem.record.incident import Incident
from postmortem.record.playbook import Playbook, default_playbook, load_playbook
from postmortem.record.reading import incident_from, json_schema
from postmortem.record.review import Finding, review
from postmortem.record.states import GateError

__all__ = [
    "DataError",
    "Finding",
    "GateError",
    "Incident",
    "Playbook",
    "PostmortemError",
    "Problem",
    "UnknownNodeError",
    "actions",
    "agenda",
    "causes",
    "checklists",
    "clock",
    "compensation",
    "default_playbook",
    "due",
    "edit",
    "escalation",
    "feedback",
    "gates",
    "incident_from",
    "json_schema",
    "load_playbook",
    "procedures",
    "recovery",
    "review",
    "saying",
    "severity",
    "states",
    "talks",
    "topics",
    "versions",
    "whys",
]
