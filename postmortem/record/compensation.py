"""What is owed to the customer, and what became of it: owed, offered, answered, carried out (R18).

Four facts of each thing owed, each told by itself. What happened is taken as it is told; whether it was enough, in time
and within the handler's limit is what the review says of it. Amounts are decimals, rounded half up to the cents of
their currency, so that sums are what a person adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from postmortem.record import days, spans
from postmortem.record.edit import add, changed, get, made, next_id, put
from postmortem.record.errors import DataError, Problem
from postmortem.record.money import cents
from postmortem.record.recovery import begun, not_ours, target_of
from postmortem.record.treatment import Compensation
from postmortem.record.vocabulary import COMPENSATION_KINDS, CompensationKind

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Owed:
    """What the customers are owed for one reason (R18), in the incident's currency.

    Attributes:
        kind: Why it is owed: money paid, time lost, or neither.
        amount: For all customers together.
        because: The reason, in a few words.
        each: What each of them is owed, where it is counted for each.
        customers: For how many it is counted.
    """

    kind: CompensationKind
    amount: Decimal
    because: str
    each: Decimal | None = None
    customers: int = 1


@dataclass(frozen=True, slots=True)
class Outstanding:
    """How far what is owed of one kind has come, in the incident's currency.

    Attributes:
        owed: By the rules of the playbook.
        kept: What the record keeps as owed.
        offered: What was offered and not declined.
        declined: What was offered, and they said no to it.
        accepted: What was accepted.
        carried_out: What was carried out.
        decided: What is to be offered where less than the rules give stands as decided; else `None`.
    """

    kind: CompensationKind
    owed: Decimal = NOTHING
    kept: Decimal = NOTHING
    offered: Decimal = NOTHING
    accepted: Decimal = NOTHING
    carried_out: Decimal = NOTHING
    decided: Decimal | None = None
    declined: Decimal = NOTHING

    @property
    def to_keep(self) -> Decimal:
        """What the rules give beyond what the record keeps, or offers; nothing once less stands as decided."""
        there = max(self.kept, self.offered + self.declined)
        return max(self.owed - there, NOTHING) if self.decided is None else NOTHING

    @property
    def claim(self) -> Decimal:
        """What is to be offered: by the rules, or more where more is kept; less only once that stands as decided."""
        return self.decided if self.decided is not None else max(self.kept, self.owed)

    @property
    def to_offer(self) -> Decimal:
        """What is left to offer, which all who ask for an offer ask: the review, the gates, the lists, the talk.

        What they declined was offered to them; of what was offered only in part the rest is left, whatever they said.
        """
        return max(self.claim - self.offered - self.declined, NOTHING)


def currency_of(incident: Incident, playbook: Playbook) -> str:
    """The one currency of a record's amounts: its own, else the team's."""
    return incident.currency or playbook.currency


def owed(incident: Incident, playbook: Playbook) -> tuple[Owed, ...]:
    """What is owed by the playbook: all that was paid because of it, and credit for much lost time (R18).

    What was paid is told for all customers together; lost time is told for each, and is credited to each of them. Where
    nobody said how many there were, it is counted for one.

    Examples:
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> off = Incident(title="Off", impact=Impact(customer_min=120, customers=2_000))
        >>> [(item.kind, item.each, item.amount) for item in owed(off, default_playbook())]
        [('service credit', Decimal('20.00'), Decimal('40000.00'))]

    Where the fault was not ours nothing is owed; what eases it then is goodwill (R14).
    """
    if not_ours(incident):
        return ()
    rules, impact, currency = playbook.compensation, incident.impact, currency_of(incident, playbook)
    due: list[Owed] = []
    if impact.customer_cost:
        amount = cents(impact.customer_cost * _exact(rules.reimburse_share), currency)
        due.append(Owed("reimbursement", amount, "costs because of the mistake"))
    if impact.customer_min is not None and impact.customer_min >= rules.credit_from_min:
        each = cents(_exact(impact.customer_min) * _exact(rules.credit_per_hour) / 60, currency)
        customers = 1 if impact.customers is None else impact.customers
        because = f"{spans.exact(impact.customer_min)} lost"
        if customers != 1:
            because = f"each of {customers:,} customers lost {spans.exact(impact.customer_min)}"
        due.append(Owed("service credit", each * customers, because, each, customers))
    return tuple(item for item in due if item.amount)


def outstanding(incident: Incident, playbook: Playbook) -> tuple[Outstanding, ...]:
    """What is owed of each kind against what was kept, offered, accepted and carried out.

    A kind of which nothing is told, and nothing owed, is left out.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> rules, noon = default_playbook(), datetime(2026, 3, 12, 12, tzinfo=UTC)
        >>> off = Incident(title="Off", impact=Impact(customer_cost=64))
        >>> off = offer(keep(off, owed(off, rules)[0]), "k1", Decimal(50), noon)
        >>> [(str(item.kept), str(item.offered), str(item.to_offer)) for item in outstanding(off, rules)]
        [('64.00', '50', '14.00')]
        >>> no = answer(offer(off, "k1", Decimal(64), noon), "k1", "declined", noon)
        >>> [(str(item.offered), str(item.declined), str(item.to_offer)) for item in outstanding(no, rules)]
        [('0', '64', '0.00')]
    """
    rules = {item.kind: item.amount for item in owed(incident, playbook)}
    told = incident.recovery.compensation
    found = []
    for kind in COMPENSATION_KINDS:
        items = [item for item in told if item.kind == kind]
        if not items and kind not in rules:
            continue
        found.append(
            Outstanding(
                kind,
                rules.get(kind, NOTHING),
                sum((item.owed or NOTHING for item in items), NOTHING),
                sum((worth(item) for item in items if was_offered(item) and item.answer != "declined"), NOTHING),
                sum((worth(item) for item in items if item.answer == "accepted"), NOTHING),
                sum((worth(item) for item in items if item.carried_out_at), NOTHING),
                sum(map(_claimed, items), NOTHING) if any(map(is_decided, items)) else None,
                sum((worth(item) for item in items if item.answer == "declined"), NOTHING),
            )
        )
    return tuple(found)


def owes_nothing(incident: Incident, playbook: Playbook) -> bool:
    """Whether it is known that nothing is owed: what they paid and lost was asked, or the fault was not ours (R18)."""
    impact = incident.impact
    is_known = impact.customer_cost is not None and impact.customer_min is not None
    return (is_known or not_ours(incident)) and not outstanding(incident, playbook)


def is_offered(item: Compensation) -> bool:
    """Whether it was offered: a time says so, and so does an amount."""
    return item.offered_at is not None or item.offered is not None


def was_offered(item: Compensation) -> bool:
    """Whether it was offered, noted or not: what was answered or carried out was; the review asks for its time."""
    return is_offered(item) or item.carried_out_at is not None or item.answer != "waiting"


def worth(item: Compensation) -> Decimal:
    """What it comes to: the offered amount, else the owed one."""
    return item.offered if item.offered is not None else item.owed or NOTHING


def approved_for(item: Compensation) -> Decimal | None:
    """What was approved: where the record does not say, what it comes to; `None` while nobody approved it."""
    if not item.approved_by.strip():
        return None
    return worth(item) if item.approved_amount is None else item.approved_amount


def is_decided(item: Compensation) -> bool:
    """Whether less than the rules give stands as decided: why is written.

    What they paid is owed in full (R18): that less of it is paid back stands once it was approved too, for no more
    than this.
    """
    approved = approved_for(item)
    may = item.kind != "reimbursement" or (approved is not None and approved <= worth(item))
    return may and bool(item.because.strip())


def _claimed(item: Compensation) -> Decimal:
    return worth(item) if is_decided(item) else item.owed or NOTHING


def find(incident: Incident, name: str) -> Compensation:
    """One thing owed by its id.

    Raises:
        UnknownNodeError: If there is none; a near id is offered.
    """
    found: Compensation = get(incident, f"recovery.compensation.{name}")
    return found


def due_at(incident: Incident, playbook: Playbook) -> datetime | None:
    """From when it is late not to have offered what is owed (R19); `None` while nobody says from when that counts.

    What was paid is due at once (R18): it is asked for from the first moment, and late from this one.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late = Incident(title="Late", known_at=datetime(2026, 3, 11, 15, 20, tzinfo=UTC))
        >>> due_at(late, default_playbook()).isoformat()
        '2026-03-12T15:20:00+00:00'
    """
    start, _ = begun(incident)
    return days.later(start, target_of(incident, playbook).credit_min) if start is not None else None


# -- the four facts -----------------------------------------------------------------------------------------------


def keep(incident: Incident, what: Owed) -> Incident:
    """Keep as owed what the rules give.

    Raises:
        DataError: If the amount does not fit.
    """
    return _with(incident, kind=what.kind, what=what.because, owed=what.amount)


def decide_otherwise(incident: Incident, what: Owed, because: str = "", amount: Decimal = NOTHING) -> Incident:
    """Keep less as owed than the rules give, or nothing, and why (R18). Until a reason stands the review asks for it.

    Args:
        incident: The record.
        what: What the rules give.
        because: Why less was decided; it may be written later.
        amount: What is kept as owed instead.

    Raises:
        DataError: If the amount does not fit.

    Examples:
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> rules, off = default_playbook(), Incident(title="Off", impact=Impact(customer_min=120))
        >>> off = decide_otherwise(off, owed(off, rules)[0], "They asked us to give nothing")
        >>> [(str(item.owed), str(item.kept), str(item.claim)) for item in outstanding(off, rules)]
        [('20.00', '0', '0')]
    """
    return _with(incident, kind=what.kind, what=what.because, owed=amount, because=because.strip())


def goodwill(incident: Incident, what: str = "goodwill", amount: Decimal | None = None) -> Incident:
    """Keep something as owed that no rule asks for; the amount may be told later.

    Raises:
        DataError: If the amount does not fit.
    """
    return _with(incident, kind="goodwill", what=what, owed=amount)


def offer(
    incident: Incident, name: str, amount: Decimal | None, at: datetime | None, *, by_us_first: bool | None = True
) -> Incident:
    """Note that it was offered. An offer above the limit is taken as told, and the review asks for the approval.

    Args:
        incident: The record.
        name: Which thing owed, by its id.
        amount: How much; `None` for something without a price.
        at: When; `None` where nobody says.
        by_us_first: Whether we offered before they asked; `None` where nobody knows.

    Raises:
        DataError: If the amount is not above 0, the instant has no offset, or it was answered or carried out before.
        UnknownNodeError: If there is no such thing owed.
    """
    item = find(incident, name)
    if amount is not None and not amount > 0:
        raise _refused(name, "offered", f"expected more than 0, found {amount}", "say how much was offered")
    if item.carried_out_at is not None or item.answer != "waiting":
        raise _refused(name, "offered_at", "it was answered or carried out before", "take that back first")
    first = {True: "yes", False: "no", None: "not known"}[by_us_first]
    stood = approved_for(item)
    return _told(incident, item, offered=amount, offered_at=at, offered_first=first, approved_amount=stood)


def answer(
    incident: Incident, name: str, said: Literal["waiting", "accepted", "declined"], at: datetime | None
) -> Incident:
    """Note what they said to an offer; `waiting` takes an answer back.

    Raises:
        DataError: If it was not offered, or not yet at that time; if they declined what was carried out.
        UnknownNodeError: If there is no such thing owed.
    """
    item = find(incident, name)
    if said == "waiting":
        return _told(incident, item, answer=said, answered_at=None)
    if not is_offered(item):
        raise _refused(name, "answer", "it was not offered yet", "note the offer first")
    if said == "declined" and item.carried_out_at is not None:
        raise _refused(name, "answer", "it was carried out already", "take that back first, if it was not")
    _not_before(item, "answered_at", at, item.offered_at, "it was offered")
    return _told(incident, item, answer=said, answered_at=at)


def carry_out(incident: Incident, name: str, at: datetime) -> Incident:
    """Note that it was paid or done. A refund may be made before they said yes; what they declined may not.

    Raises:
        DataError: If it was not offered, or was declined, or the time lies before the offer.
        UnknownNodeError: If there is no such thing owed.
    """
    item = find(incident, name)
    if not is_offered(item):
        raise _refused(name, "carried_out_at", "it was not offered yet", "note the offer first")
    if item.answer == "declined":
        raise _refused(name, "carried_out_at", "they declined it", "note that they accepted, if they did")
    _not_before(item, "carried_out_at", at, item.offered_at, "it was offered")
    return _told(incident, item, carried_out_at=at)


def ask_approval(incident: Incident, name: str, at: datetime) -> Incident:
    """Note that somebody was asked to approve what is above the handler's limit.

    Raises:
        DataError: If the instant has no offset.
        UnknownNodeError: If there is no such thing owed.
    """
    return _told(incident, find(incident, name), approval_asked_at=at)


def approve(incident: Incident, name: str, by: str, at: datetime | None = None) -> Incident:
    """Note who approved it, as a role. It is approved for what is offered, or else owed, now; for no more.

    Raises:
        DataError: If nobody is named, or it lies before it was asked for.
        UnknownNodeError: If there is no such thing owed.
    """
    item = find(incident, name)
    if not by.strip():
        raise _refused(name, "approved_by", "nobody is named", "write who approved it, as a role")
    _not_before(item, "approved_at", at, item.approval_asked_at, "it was asked for")
    return _told(incident, item, approved_by=by.strip(), approved_at=at, approved_amount=worth(item))


def _with(incident: Incident, **fields: object) -> Incident:
    return add(incident, "recovery.compensation", made(Compensation, id=_free(incident), **fields))


def _free(incident: Incident) -> str:
    return next_id("k", incident.recovery.compensation, incident.gone)


def _told(incident: Incident, item: Compensation, **facts: object) -> Incident:
    return put(incident, f"recovery.compensation.{item.id}", changed(item, **facts))


def _not_before(item: Compensation, field: str, at: datetime | None, start: datetime | None, what: str) -> None:
    told = changed(item, **{field: at})
    at = getattr(told, field)
    if at is not None and start is not None and at < start:
        raise _refused(item.id, field, f"that lies before {what}", "look at both times again")


def _refused(name: str, field: str, finding: str, remedy: str) -> DataError:
    return DataError(f"recovery.compensation.{name}", [Problem(field, finding, remedy)])


def _exact(number: float) -> Decimal:
    """A number of the playbook as it is written there, not as a binary fraction."""
    return Decimal(str(number))
