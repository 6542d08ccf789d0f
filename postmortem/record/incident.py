"""One incident: everything a team writes down about one mistake, as one frozen value.

The fields follow the order of the work: what happened (R1 to R5), how bad it is (R6 to R9), how it was made good
(R11 to R20), why it happened (R21 to R27), what kind of cause (R28 to R31), what is done (R33 to R38), how it
closes (R39).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from postmortem.record.base import Count, Identifier, Instant, Minutes, Money, Value, ZoneName
from postmortem.record.vocabulary import (
    ActionKind,
    Answer,
    Category,
    CompensationAnswer,
    CompensationKind,
    EffectResult,
    EvidenceKind,
    Fault,
    FoundBy,
    Harm,
    Harmed,
    Join,
    Leg,
    LinkKind,
    Reputation,
    Resolved,
    Severity,
    State,
    StepStatus,
    Trust,
    WhyStatus,
)


class Customer(Value):
    """Who was hurt. The name and the contact leave the house in the team report only (R41)."""

    name: str = ""
    contact: str = ""
    vip: bool = False


class Source(Value):
    """Where the record came from; the pair of system and key names it there."""

    system: str
    key: str
    url: str = ""


class Extra(Value):
    """A value of the source that has no field of its own here, kept under its own name."""

    name: str
    value: str


class Link(Value):
    """Another incident that belongs to this one (R4)."""

    incident_id: str
    kind: LinkKind = "related"


class Moment(Value):
    """One line of the timeline: what was seen or done, and who saw it. Facts only (R27)."""

    id: Identifier
    text: str = ""
    at: Instant | None = None
    seen_by: str = ""


class Impact(Value):
    """What it cost them and us (R5).

    `None` is "not answered"; a field named in `not_known` was answered "not known yet".

    Attributes:
        customer_min: Time the customer lost, in minutes.
        customer_cost: What the customer paid because of it, in the incident's currency.
        our_cost: What it cost us, in the incident's currency.
        potential_harm: The worst that could have happened to a person.
        others_told: How many others the customer told of it.
    """

    expected: str = ""
    happened: str = ""
    customers: Count | None = None
    customer_min: Minutes | None = None
    customer_cost: Money | None = None
    our_cost: Money | None = None
    harm: Harm | None = None
    potential_harm: Harm | None = None
    reputation: Reputation | None = None
    trust: Trust | None = None
    others_told: Count | None = None
    not_known: tuple[str, ...] = ()


class Reply(Value):
    """The answer to one question of the playbook, by the question's id."""

    question: Identifier
    answer: str


class Evaluation(Value):
    """How bad it is. The level is computed (R6); a person's own level needs a reason, and both are kept (R8)."""

    replies: tuple[Reply, ...] = ()
    level: Severity | None = None
    reason: str = ""
    by: str = ""


class RecoveryStep(Value):
    """One step of the chosen procedure, by the step's id in the playbook (R12)."""

    id: Identifier
    status: StepStatus = "to do"
    at: Instant | None = None
    by: str = ""
    channel: str = ""
    note: str = ""
    because: str = ""


class Resolve(Value):
    """The worksheet for putting it right (R17)."""

    can_be_undone: Answer | None = None
    redo_or_replace: str = ""
    at_what_cost: Money | None = None
    result: Resolved | None = None
    asked_for: str = ""
    given: str = ""
    beyond: Answer | None = None


class Compensation(Value):
    """One thing owed to the customer (R18). Owed, offered, accepted and carried out are separate facts."""

    id: Identifier
    kind: CompensationKind = "reimbursement"
    what: str = ""
    owed: Money | None = None
    offered: Money | None = None
    offered_at: Instant | None = None
    offered_first: Answer | None = None
    answer: CompensationAnswer = "waiting"
    carried_out_at: Instant | None = None
    approved_by: str = ""


class Escalation(Value):
    """Handing over to a manager (R9)."""

    manager_available: Answer | None = None
    permission: Answer | None = None
    handed_to: str = ""
    handed_at: Instant | None = None
    call_back_on: date | None = None
    note: str = ""


class Recovery(Value):
    """How it was made good with the person who was hurt (R11 to R20)."""

    procedure: str = ""
    steps: tuple[RecoveryStep, ...] = ()
    colleagues_told: Answer | None = None
    channel: str = ""
    channel_reason: str = ""
    wording: str = ""
    resolve: Resolve = Resolve()
    compensation: tuple[Compensation, ...] = ()
    escalation: Escalation = Escalation()


class Evidence(Value):
    """What a why stands on (R24)."""

    kind: EvidenceKind
    text: str


class Why(Value):
    """One answer to "why?" of its parent, or of the incident itself where it has none (R21).

    Attributes:
        leg: Which question the branch answers (R22). Only on a branch's first node; the nodes below take it from there.
        join: How the causes below this one belong together: all needed (`and`) or each enough (`or`).
        can_act: First question of the stop test (R23).
        would_have_helped: Second question of the stop test; the third, evidence, is seen from `evidence`.
        by: Who gave the answer, as a role.
    """

    id: Identifier
    text: str = ""
    parent: Identifier | None = None
    leg: Leg | None = None
    join: Join = "or"
    status: WhyStatus = "possible"
    evidence: tuple[Evidence, ...] = ()
    can_act: Answer | None = None
    would_have_helped: Answer | None = None
    by: str = ""


class Opinion(Value):
    """How one person classified a cause, apart from the others (R31)."""

    by: str
    category: Category
    reason: str = ""


class Cause(Value):
    """A why that is marked as a root, and its kind (R28). Its wording is the why's.

    Attributes:
        category: `None` is unclassified: shown, never dropped.
        trail: The answers of the decision aid that led to the category (R29).
        accepted_because: Why nothing will be done about it (R33).
        recurring_id: The recurring cause of the register that a person confirmed it to be.
    """

    id: Identifier
    why: Identifier
    category: Category | None = None
    subcategory: str = ""
    reason: str = ""
    trail: tuple[Reply, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    accepted_because: str = ""
    recurring_id: str = ""


class Effect(Value):
    """Whether an action worked (R36)."""

    measure: str = ""
    expected: str = ""
    check_on: date | None = None
    result: EffectResult = "unknown"
    checked_on: date | None = None
    note: str = ""


class Action(Value):
    """What will be different (R33 to R36). Strength follows from `form`, never from the wording (R34)."""

    id: Identifier
    text: str = ""
    causes: tuple[Identifier, ...] = ()
    form: str = ""
    kind: ActionKind = "corrective"
    owner: str = ""
    due_on: date | None = None
    done_on: date | None = None
    done_when: str = ""
    could_break: str = ""
    effect: Effect = Effect()
    checklist: str = ""
    carried_to: str = ""


class ChecklistRun(Value):
    """One use of a checklist on one job."""

    on: date
    by: str = ""
    job: str = ""
    ticked: tuple[str, ...] = ()


class Checklist(Value):
    """A list for a kind of job, in one version (R37)."""

    id: Identifier
    name: str
    job: str = ""
    version: int = Field(default=1, ge=1)
    items: tuple[str, ...] = ()
    runs: tuple[ChecklistRun, ...] = ()


class Commitment(Value):
    """What one person will do differently; private unless they say otherwise (R38)."""

    id: Identifier
    text: str = ""
    who: str = ""
    private: bool = True


class Signature(Value):
    """Who stood by the record, as what (R7)."""

    by: str
    role: str = ""
    at: Instant | None = None


class Kept(Value):
    """A finding that a person has looked at and put away, with the reason. It does not return."""

    rule: str
    where: str
    reason: str = ""
    by: str = ""


class Incident(Value):
    """One mistake, from the telling to the last check.

    Only `title` is needed. Instants are kept in UTC and shown in `zone`; where no zone is given, the offset in which
    the first instant was told is taken. `id` and `revision` are given by the store.

    Raises:
        pydantic.ValidationError: If a part does not fit; `record.reading.incident_from` says it in plain words.

    Examples:
        >>> incident = Incident.model_validate({"title": "Line dead", "occurred_at": "2026-03-02T17:30:00+01:00"})
        >>> incident.occurred_at.isoformat(), incident.zone
        ('2026-03-02T16:30:00+00:00', '+01:00')
    """

    title: str
    id: str = Field(default="", max_length=120, pattern=r"^[^\s/\\\x00-\x1f]*$")
    revision: int = Field(default=0, ge=0)
    state: State = "draft"

    summary: str = ""
    team: str = ""
    service: str = ""
    kind: str = ""
    harmed: Harmed = "customer"
    customer: Customer = Customer()
    fault: Fault = "not yet known"
    owner: str = ""
    zone: ZoneName = "UTC"
    currency: str = Field(default="", pattern=r"^([A-Z]{3})?$")

    found_by: FoundBy = "not known"
    occurred_at: Instant | None = None
    known_at: Instant | None = None
    raised_at: Instant | None = None
    told_at: Instant | None = None
    fixed_at: Instant | None = None
    closed_at: Instant | None = None
    timeline: tuple[Moment, ...] = ()

    impact: Impact = Impact()
    evaluation: Evaluation = Evaluation()
    recovery: Recovery = Recovery()

    join: Join = "or"
    whys: tuple[Why, ...] = ()
    causes: tuple[Cause, ...] = ()
    factors: tuple[str, ...] = ()

    actions: tuple[Action, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    should_have_caught: tuple[str, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    learned: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    signatures: tuple[Signature, ...] = ()
    kept: tuple[Kept, ...] = ()
    tags: tuple[str, ...] = ()

    source: Source | None = None
    extra: tuple[Extra, ...] = ()

    def __repr__(self) -> str:
        """Id, revision and title: what a person wants to know."""
        return f"<Incident {self.id or 'not saved'} r{self.revision}: {self.title!r}>"

    @model_validator(mode="before")
    @classmethod
    def _zone_as_told(cls, given: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        if not isinstance(given, Mapping) or given.get("zone"):
            return given
        told = (given.get(name) for name in ("occurred_at", "known_at", "raised_at", "told_at", "fixed_at"))
        offset = next((found for value in told if (found := _offset_of(value))), "")
        return {**given, "zone": offset} if offset else given

    @field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        if not title.strip():
            raise ValueError("expected a title: what went wrong, in one line")
        return title

    @model_validator(mode="after")
    def _sound(self) -> Self:
        # The tree and the references are checked in one place each, and all problems are told at once.
        from postmortem.record.soundness import problems_of  # noqa: PLC0415 - it needs the classes above

        problems = problems_of(self)
        if problems:
            raise ValueError("\n".join(str(problem) for problem in problems))
        return self


_TOLD_OFFSET = re.compile(r"(?<=\d)[+-]\d\d:\d\d$")


def _offset_of(value: object) -> str:
    """The offset in which an instant was told, as `+01:00`; empty for UTC and for what is not an instant."""
    if isinstance(value, datetime):
        return value.isoformat()[-6:] if value.utcoffset() else ""
    told = _TOLD_OFFSET.search(value) if isinstance(value, str) else None
    return told.group() if told and told.group()[1:] != "00:00" else ""
