"""The words a record is written in that no playbook changes.

What a team may change (kinds of mistake, channels, procedures, action forms, factors, subcategories) is data in
the playbook. What the charts and the rules stand on is fixed here.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Category = Literal["training", "understanding", "motivation", "system", "outside our control"]
"""R28: the four kinds of cause, and beside them, never counted as one of them, what nobody here controls."""

Fault = Literal["ours", "customer", "shared", "third party", "not yet known"]
Harmed = Literal["customer", "coworker", "both"]
FoundBy = Literal["us", "them", "not known"]
Severity = Literal["minor", "moderate", "serious", "critical"]
State = Literal["draft", "recovering", "analysing", "acting", "closed", "reopened"]

Harm = Literal["none", "distress", "injury", "life-threatening"]
Reputation = Literal["none", "grumbling", "complaint", "public"]
Trust = Literal["will stay", "unsure", "lost"]

Leg = Literal["occurrence", "detection", "recovery"]
Join = Literal["and", "or"]
WhyStatus = Literal["possible", "confirmed", "ruled out"]
EvidenceKind = Literal["record", "observation", "quote", "data", "policy"]
Answer = Literal["yes", "no", "not known"]
YesNo = Literal["yes", "no"]

StepStatus = Literal["to do", "done", "not needed"]
Resolved = Literal["full", "partial", "none"]
CompensationKind = Literal["reimbursement", "service credit", "goodwill"]
CompensationAnswer = Literal["waiting", "accepted", "declined"]

ActionKind = Literal["immediate", "corrective", "preventive", "improvement"]
Strength = Literal["stronger", "intermediate", "weaker"]
EffectResult = Literal["unknown", "held", "not held"]

LinkKind = Literal["made while handling", "same cause", "related"]

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
FOUR_CATEGORIES: Final[tuple[Category, ...]] = CATEGORIES[:4]
UNCLASSIFIED: Final = "unclassified"
"""The word charts and tables use where a cause has no category yet (R28: shown, never dropped)."""

LEGS: Final[tuple[Leg, ...]] = get_args(Leg)
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""From the mildest to the worst; their order is their rank."""
STATES: Final[tuple[State, ...]] = get_args(State)
COMPENSATION_KINDS: Final[tuple[CompensationKind, ...]] = get_args(CompensationKind)
STRENGTHS: Final[tuple[Strength, ...]] = get_args(Strength)
