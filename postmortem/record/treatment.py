"""The parts of a record that tell how the customer was treated (R9, R11 to R20)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from postmortem.record.base import DAY_TOLD, Identifier, Instant, Money, Value
from postmortem.record.vocabulary import Answer, CompensationAnswer, CompensationKind, Resolved, StepStatus


class RecoveryStep(Value):
    """One step of the chosen procedure, by the step's id in the playbook (R12).

    Attributes:
        because: Why it is not needed (R12); of a step that was told, why by this channel (R16).
        words: What was said to the customer in the talk that began with this step, as it stood then (R20).
    """

    id: Identifier
    status: StepStatus = "to do"
    at: Instant | None = None
    by: str = ""
    channel: str = ""
    note: str = ""
    because: str = ""
    words: str = ""


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
    """One thing owed to the customer (R18). Owed, offered, accepted and carried out are separate facts.

    Attributes:
        offered_first: Whether we offered it before they asked.
        approval_asked_at: When somebody was asked to approve what is above the handler's limit.
        approved_by: Who approved it, as a role; empty while nobody has.
        approved_amount: What was approved; where it is not told, whatever it came to then.
        because: Why less than the rules give was decided; empty where it was not.
    """

    id: Identifier
    kind: CompensationKind = "reimbursement"
    what: str = ""
    owed: Money | None = None
    offered: Money | None = None
    offered_at: Instant | None = None
    offered_first: Answer | None = None
    answer: CompensationAnswer = "waiting"
    answered_at: Instant | None = None
    carried_out_at: Instant | None = None
    approval_asked_at: Instant | None = None
    approved_by: str = ""
    approved_at: Instant | None = None
    approved_amount: Money | None = None
    because: str = ""


class Escalation(Value):
    """Handing over to a manager (R9).

    Attributes:
        permission: Whether the customer agreed to it.
        call_back_on: Until when a manager calls back, where none was there.
        called_back_at: When one did.
    """

    manager_available: Answer | None = None
    permission: Answer | None = None
    handed_to: str = ""
    handed_at: Instant | None = None
    call_back_on: Annotated[date | None, DAY_TOLD] = None
    called_back_at: Instant | None = None
    note: str = ""


class Recovery(Value):
    """How it was made good with the person who was hurt (R11 to R20).

    Attributes:
        colleagues_told: Whether it was talked through with the colleagues involved before the customer was told (R15).
        tone: In which tone the words to the customer are proposed; the templates' first where nothing is said.
    """

    procedure: str = ""
    steps: tuple[RecoveryStep, ...] = ()
    colleagues_told: Answer | None = None
    channel: str = ""
    channel_reason: str = ""
    wording: str = ""
    tone: str = ""
    resolve: Resolve = Resolve()
    compensation: tuple[Compensation, ...] = ()
    escalation: Escalation = Escalation()
