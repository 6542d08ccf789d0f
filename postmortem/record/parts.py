"""The parts of an incident, in the order of the work.

What happened (R1 to R5), how bad it is (R6 to R9), how it was made good (R11 to R20), why it happened (R21 to R27),
what kind of cause (R28 to R31), what is done (R33 to R38), how it closes (R39).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import Field

from postmortem.record.base import DAY_TOLD, IDENTIFIER_PATTERN, Count, Identifier, Instant, Minutes, Money, Value
from postmortem.record.vocabulary import (
    ActionKind,
    Answer,
    Category,
    EffectResult,
    EvidenceKind,
    Harm,
    Join,
    Leg,
    LinkKind,
    Reputation,
    Severity,
    Trust,
    WhyStatus,
    YesNo,
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
        customers: How many were affected.
        customer_min: Time each of them lost, in minutes.
        customer_cost: What all of them paid because of it, in the incident's currency.
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
    """How bad it is. The level is computed (R6); a person's own level needs a reason, and both are kept (R8).

    Attributes:
        manager_told: Which manager was told of it, as a role (R7).
        manager_told_at: When.
    """

    replies: tuple[Reply, ...] = ()
    level: Severity | None = None
    reason: str = ""
    by: str = ""
    manager_told: str = ""
    manager_told_at: Instant | None = None


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
        holds: Whether the link to the why above held when it was read back: "<this>, therefore <that>" (R25).
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
    holds: YesNo | None = None
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
    check_on: Annotated[date | None, DAY_TOLD] = None
    result: EffectResult = "unknown"
    checked_on: Annotated[date | None, DAY_TOLD] = None
    note: str = ""


class Action(Value):
    """What will be different (R33 to R36). Strength follows from `form`, never from the wording (R34).

    Attributes:
        carried_to: The record in whose retrospective it was taken up again, as `2026-031`; empty where it stands here.
        carried_from: The record and the action it was taken over from, as `2026-031/a2`.
    """

    id: Identifier
    text: str = ""
    causes: tuple[Identifier, ...] = ()
    form: str = ""
    kind: ActionKind = "corrective"
    owner: str = ""
    due_on: Annotated[date | None, DAY_TOLD] = None
    done_on: Annotated[date | None, DAY_TOLD] = None
    done_when: str = ""
    could_break: str = ""
    effect: Effect = Effect()
    checklist: str = ""
    carried_to: str = ""
    carried_from: str = ""


RUN_ID_PATTERN: Final = rf"^$|{IDENTIFIER_PATTERN}"


class ChecklistRun(Value):
    """One use of a checklist on one job.

    Attributes:
        id: What it is known by, so that two people who ticked the same on one day stay two; empty in older files.
        version: Which version of the list was used.
        ticked: The points that were ticked, as the list says them.
    """

    id: str = Field(default="", max_length=120, pattern=RUN_ID_PATTERN)
    on: Annotated[date, DAY_TOLD]
    by: str = ""
    job: str = ""
    version: int = Field(default=1, ge=1)
    ticked: tuple[str, ...] = ()
    note: str = ""


class ChecklistVersion(Value):
    """How a checklist read before it was changed.

    Attributes:
        until_on: The last day on which it was used so.
    """

    version: int = Field(ge=1)
    items: tuple[str, ...] = ()
    until_on: Annotated[date | None, DAY_TOLD] = None


class Checklist(Value):
    """A list for a kind of job (R37), as it reads now, with how it read before and every use of it.

    Attributes:
        job: The kind of job it is for.
        by: Who keeps it, as a role.
        published_on: The first day on which it could be used.
    """

    id: Identifier
    name: str
    job: str = ""
    by: str = ""
    published_on: Annotated[date | None, DAY_TOLD] = None
    version: int = Field(default=1, ge=1)
    items: tuple[str, ...] = ()
    earlier: tuple[ChecklistVersion, ...] = ()
    runs: tuple[ChecklistRun, ...] = ()


class Commitment(Value):
    """What one person will do differently; private unless they say otherwise (R38).

    Attributes:
        worked: Whether it worked for them, in their own view. Nobody else sees it, even where the words are shared.
    """

    id: Identifier
    text: str = ""
    who: str = ""
    private: bool = True
    worked: YesNo | None = None


class Topic(Value):
    """Something the team wants to talk about and had no time for; the next retrospective opens with it.

    Attributes:
        settled: Whether it was talked through.
        carried_to: The record in whose retrospective it was taken up, as `2026-031`.
        carried_from: The record and the topic it was taken over from, as `2026-031/t2`.
    """

    id: Identifier
    text: str = ""
    by: str = ""
    settled: bool = False
    carried_to: str = ""
    carried_from: str = ""


class Entry(Value):
    """A stage of the retrospective, and when the meeting came to it."""

    stage: Identifier
    at: Instant


class Meeting(Value):
    """The retrospective itself. Everybody is named by role.

    Attributes:
        starts_at: When it is planned to begin.
        minutes: How long it shall take; as long as the playbook's stages together where nothing is said.
        where: The room, or the link.
        facilitator: Who leads.
        scribe: Who writes.
        people: Who is asked to come.
        begun_at: When the clock was started.
        begun_by: Who started it: that person's way through the stages is the meeting's.
        entered: When each stage was entered, in order; the last one is where the meeting is.
    """

    starts_at: Instant | None = None
    minutes: Minutes | None = None
    where: str = ""
    facilitator: str = ""
    scribe: str = ""
    people: tuple[str, ...] = ()
    begun_at: Instant | None = None
    begun_by: str = ""
    entered: tuple[Entry, ...] = ()


class Feedback(Value):
    """One person's answers after the meeting: did you learn something, would you come again. Without a name."""

    id: Identifier
    learned: YesNo | None = None
    again: YesNo | None = None
    note: str = ""


class Version(Value):
    """What one person wrote in a field while somebody else saved another text there.

    It stands beside the field on everybody's screen until a person decides, so that neither text is lost.

    Attributes:
        place: The field, as `record.edit` writes places.
        text: What was written, as the field shows it.
        by: Who wrote it.
        at: When.
    """

    place: str
    text: str
    by: str = ""
    at: Instant | None = None


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
