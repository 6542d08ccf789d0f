"""The handler's limit: what may be offered without asking anybody (R18)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from postmortem.record import compensation
from postmortem.record.compensation import (
    NOTHING,
    Owed,
    approved_for,
    currency_of,
    find,
    is_decided,
    is_offered,
    was_offered,
    worth,
)
from postmortem.record.edit import add, changed, made, next_id, put
from postmortem.record.errors import DataError, Problem
from postmortem.record.money import cents
from postmortem.record.treatment import Compensation
from postmortem.record.vocabulary import COMPENSATION_KINDS, CompensationKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Limited:
    """What is owed of one kind and may not be offered yet (R18), and what can be done meanwhile.

    Attributes:
        amount: How much of it waits for an approval.
        asked: Whether the approval was asked for, of all of it.
        within: How much of what is left to offer nobody has to approve: it may be offered now.
    """

    amount: Decimal
    asked: bool
    within: Decimal


def is_exceeded(item: Compensation) -> bool:
    """Whether somebody approved it, and less than it comes to."""
    approved = approved_for(item)
    return approved is not None and worth(item) > approved


def is_approved(item: Compensation) -> bool:
    """Whether somebody approved it, and no less than what it comes to (R18).

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.compensation import approve, goodwill, offer
        >>> from postmortem.record.incident import Incident
        >>> line = approve(goodwill(Incident(title="Off"), "A month free", Decimal(210)), "k1", "Duty manager")
        >>> more = offer(line, "k1", Decimal(420), datetime(2026, 3, 12, tzinfo=UTC))
        >>> is_approved(find(line, "k1")), is_approved(find(more, "k1"))
        (True, False)
    """
    return bool(item.approved_by.strip()) and not is_exceeded(item)


def is_asked(item: Compensation) -> bool:
    """Whether an approval was asked for, and nobody has given one since."""
    if item.approval_asked_at is None or not item.approved_by.strip():
        return item.approval_asked_at is not None
    return item.approved_at is not None and item.approved_at < item.approval_asked_at


def followed(before: Incident, after: Incident) -> Incident:
    """What a person approved is what it came to then: an amount that changes after that is not approved with it (R18).

    Args:
        before: The record as it stood.
        after: As somebody changed a field of it.
    """
    old = {item.id: item for item in before.recovery.compensation}
    for item in after.recovery.compensation:
        was = old.get(item.id, item)
        stood, before_it = item.approved_amount, approved_for(was)
        if approved_for(item) is None:
            stood = stood if before_it is None else None
        elif stood is None and was.approved_amount is None and (before_it is None or worth(item) != before_it):
            stood = worth(item) if before_it is None else before_it
        if stood != item.approved_amount:
            after = put(after, f"recovery.compensation.{item.id}.approved_amount", stood)
    return after


def counts(item: Compensation, playbook: Playbook) -> bool:
    """Whether it counts towards the handler's limit: by the playbook, and not once somebody approved it."""
    return item.kind in playbook.compensation.limit_covers and not is_approved(item)


def left_of_limit(incident: Incident, name: str, playbook: Playbook) -> Decimal:
    """How much of one thing a handler may offer without approval.

    The limit is for a record as a whole: what was offered before without approval counts, so that two small offers are
    no way around it.
    """
    limit = cents(Decimal(str(playbook.compensation.authority_limit)), currency_of(incident, playbook))
    others = (item for item in _before(incident, name) if counts(item, playbook))
    return max(limit - sum((worth(item) for item in others), NOTHING), NOTHING)


def is_over_limit(incident: Incident, name: str, playbook: Playbook) -> bool:
    """Whether offering it, or having offered it, needs an approval that nobody gave (R18).

    Examples:
        >>> from postmortem.record.compensation import approve, goodwill
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> line = goodwill(Incident(title="Off"), "A month free", Decimal(210))
        >>> is_over_limit(line, "k1", default_playbook())
        True
        >>> is_over_limit(approve(line, "k1", "Duty manager"), "k1", default_playbook())
        False
    """
    item = find(incident, name)
    return counts(item, playbook) and worth(item) > left_of_limit(incident, name, playbook)


def offer_part(
    incident: Incident, name: str, amount: Decimal, at: datetime | None, *, by_us_first: bool | None = True
) -> Incident:
    """Offer a part at once and keep the rest owed as a thing of its own, with its own offer, answer and approval.

    Args:
        incident: The record.
        name: Which thing owed, by its id.
        amount: How much of it is offered.
        at: When; `None` where nobody says.
        by_us_first: Whether we offered before they asked.

    Raises:
        DataError: If the part is not less than what is owed, or the offer does not fit.
        UnknownNodeError: If there is no such thing owed.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.compensation import goodwill
        >>> from postmortem.record.incident import Incident
        >>> line = goodwill(Incident(title="Off"), "A month free", Decimal(210))
        >>> line = offer_part(line, "k1", Decimal(150), datetime(2026, 3, 12, 15, tzinfo=UTC))
        >>> [(item.id, str(item.owed), str(item.offered)) for item in line.recovery.compensation]
        [('k1', '150', '150'), ('k2', '60', 'None')]
    """
    item = find(incident, name)
    if item.owed is None or amount >= item.owed:
        problem = Problem("offered", f"{amount} is all that is owed, or more", "offer it as a whole")
        raise DataError(f"recovery.compensation.{name}", [problem])
    after = compensation.offer(incident, name, amount, at, by_us_first=by_us_first)
    new = next_id("k", incident.recovery.compensation, incident.gone)
    own: dict[str, object] = {"owed": amount}
    other: dict[str, object] = {"id": new, "owed": item.owed - amount}
    if (approved := approved_for(item)) is not None:
        own["approved_amount"] = min(amount, approved)
        other["approved_amount"] = approved - min(amount, approved) or None
        # What was approved is offered with the part: the rest is not approved yet.
        other |= {} if other["approved_amount"] else {"approved_by": "", "approved_at": None}
    else:
        # Who was asked to approve was asked for what is left.
        own["approval_asked_at"] = None
    after = put(after, f"recovery.compensation.{name}", changed(find(after, name), **own))
    return add(after, "recovery.compensation", made(Compensation, **{**item.__dict__, **other}))


def _before(incident: Incident, name: str) -> list[Compensation]:
    """What was offered before one thing, or all that was, where that one was not. What was declined cost nothing."""
    told = incident.recovery.compensation
    offered = [item for item in told if is_offered(item) and item.answer != "declined"]
    # Where only an amount is told, the place in the list decides.
    order = sorted(offered, key=lambda item: (item.offered_at is None, item.offered_at or 0, told.index(item)))
    names = [item.id for item in order]
    return order[: names.index(name)] if name in names else order


def offer_owed(
    incident: Incident,
    playbook: Playbook,
    at: datetime | None,
    kinds: Collection[CompensationKind] = COMPENSATION_KINDS,
) -> Incident:
    """Offer what is owed and was not offered, or only in part: all that nobody has to approve first (R18).

    Where nothing is kept as owed of a kind, what the rules give is. What is over the handler's limit stays as it is.

    Args:
        incident: The record; it stays as it is.
        playbook: The rules in force.
        at: When it was offered; aware. `None` to see what may be offered now.
        kinds: Of which kinds.

    Raises:
        DataError: If the time does not fit.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> off = Incident(title="Off", impact=Impact(customer_cost=64, customer_min=6_000))
        >>> off = offer_owed(off, default_playbook(), datetime(2026, 3, 12, tzinfo=UTC))
        >>> [(item.kind, str(item.offered)) for item in off.recovery.compensation]
        [('reimbursement', '64.00')]
    """
    told = incident.recovery.compensation
    there = {item.kind for item in told if item.owed or item.offered or is_decided(item)}
    for owed in compensation.owed(incident, playbook):
        if owed.kind in kinds and owed.kind not in there:
            kept = compensation.keep(incident, owed)
            over = is_over_limit(kept, kept.recovery.compensation[-1].id, playbook)
            incident = incident if over else kept
    for item in incident.recovery.compensation:
        is_settled = item.answer != "waiting" or item.carried_out_at is not None
        less = item.owed is not None and worth(item) < item.owed and not is_decided(item)
        if item.kind not in kinds or is_settled or (is_offered(item) and not less) or item.owed == 0:
            continue
        # What has no price is offered as it is.
        after = compensation.offer(incident, item.id, (item.owed if less else worth(item)) or None, at)
        incident = incident if is_over_limit(after, item.id, playbook) else after
    return incident


def offer_rest(incident: Incident, playbook: Playbook, at: datetime | None, kind: CompensationKind) -> Incident:
    """Offer all that is left to offer of one kind, as far as nobody has to approve it first (R18).

    Beside what `offer_owed` offers that is the rest of what was answered in part, and what the rules give beyond what
    is kept: each becomes a thing of its own.

    Args:
        incident: The record; it stays as it is.
        playbook: The rules in force.
        at: When it was offered; aware. `None` to see what may be offered now.
        kind: Of which kind.

    Raises:
        DataError: If the time does not fit.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.compensation import answer, offer
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> rules, noon = default_playbook(), datetime(2026, 3, 12, tzinfo=UTC)
        >>> off = offer_owed(Incident(title="Off", impact=Impact(customer_cost=64)), rules, noon)
        >>> part = answer(offer(off, "k1", Decimal(50), noon), "k1", "accepted", noon)
        >>> done = offer_rest(part, rules, noon, "reimbursement")
        >>> [(item.id, str(item.offered)) for item in done.recovery.compensation]
        [('k1', '50'), ('k2', '14.00')]
    """
    incident = offer_owed(incident, playbook, at, [kind])
    stands = _rest_apart(incident, playbook, kind)
    if stands is incident:
        return incident
    new = stands.recovery.compensation[-1]
    after = compensation.offer(stands, new.id, new.owed, at)
    return incident if is_over_limit(after, new.id, playbook) else after


def offer_within(incident: Incident, playbook: Playbook, at: datetime | None, kind: CompensationKind) -> Incident:
    """Offer what is left of one kind as `offer_rest` does, and of what is above the limit the part within it.

    Args:
        incident: The record; it stays as it is.
        playbook: The rules in force.
        at: When it was offered; aware. `None` to see what may be offered now.
        kind: Of which kind.

    Raises:
        DataError: If the time does not fit.
    """
    after = offer_rest(incident, playbook, at, kind)
    stands = _rest_apart(after, playbook, kind)
    for item in _waiting(stands, kind):
        if part := part_within(stands, item.id, playbook):
            return offer_part(stands, item.id, part, at)
    return after


def part_within(incident: Incident, name: str, playbook: Playbook) -> Decimal:
    """How much of one thing above the limit may be offered at once, while the rest waits; 0 where nothing may.

    Raises:
        UnknownNodeError: If there is no such thing owed.
    """
    item, left = find(incident, name), left_of_limit(incident, name, playbook)
    return left if item.owed and left < item.owed and not is_offered(item) else NOTHING


def limited(incident: Incident, playbook: Playbook, kind: CompensationKind) -> Limited | None:
    """What of one kind may not be offered before somebody approves it (R18); `None` where all of it may.

    The card of what is owed and the list of what is due both ask here, so that one offers no way that the other bars.

    Args:
        incident: The record.
        playbook: The rules in force.
        kind: Of which kind.

    Examples:
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> off = Incident(title="Off", impact=Impact(customer_min=21 * 60))
        >>> limited(off, default_playbook(), "service credit")
        Limited(amount=Decimal('210.00'), asked=False, within=Decimal('150.00'))
    """
    after = offer_rest(incident, playbook, None, kind)
    amount = _left(after, playbook, kind)
    if not amount:
        return None
    items = _waiting(_rest_apart(after, playbook, kind), kind)
    within = _left(incident, playbook, kind) - _left(offer_within(incident, playbook, None, kind), playbook, kind)
    return Limited(amount, all(map(is_asked, items)), within)


def ask(incident: Incident, playbook: Playbook, at: datetime, kind: CompensationKind) -> Incident:
    """Ask for the approval of all that is left to offer of one kind and is above the limit (R18).

    What is not kept as owed yet is kept with it: the rest of what was answered in part as a thing of its own.

    Args:
        incident: The record; it stays as it is.
        playbook: The rules in force.
        at: When it was asked for; aware.
        kind: Of which kind.

    Raises:
        DataError: If the instant has no offset.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> rules, noon = default_playbook(), datetime(2026, 3, 12, tzinfo=UTC)
        >>> asked = ask(Incident(title="Off", impact=Impact(customer_min=21 * 60)), rules, noon, "service credit")
        >>> [(item.id, str(item.owed), item.approval_asked_at == noon) for item in asked.recovery.compensation]
        [('k1', '210.00', True)]
    """
    barred = _rest_apart(offer_rest(incident, playbook, None, kind), playbook, kind)
    names = [item.id for item in _waiting(barred, kind) if not is_asked(item)]
    if not names:
        return incident
    incident = _rest_apart(incident, playbook, kind)
    for name in names:
        incident = compensation.ask_approval(incident, name, at)
    return incident


def approver(incident: Incident) -> str:
    """Who may approve what is above the handler's limit: the manager that the record names, as a role (R9, R18).

    Empty while it names none.
    """
    return incident.recovery.escalation.handed_to or incident.evaluation.manager_told


def _left(incident: Incident, playbook: Playbook, kind: CompensationKind) -> Decimal:
    found = compensation.outstanding(incident, playbook)
    return sum((item.to_offer for item in found if item.kind == kind), NOTHING)


def _waiting(incident: Incident, kind: CompensationKind) -> list[Compensation]:
    items = incident.recovery.compensation
    return [item for item in items if item.kind == kind and item.owed and not was_offered(item)]


def _rest_apart(incident: Incident, playbook: Playbook, kind: CompensationKind) -> Incident:
    """The record in which what is left to offer of one kind, and waits by itself nowhere, is a thing of its own."""
    items = [item for item in incident.recovery.compensation if item.kind == kind]
    waiting = sum((worth(item) for item in items if not was_offered(item)), NOTHING)
    rest = _left(incident, playbook, kind) - waiting
    if rest <= 0:
        return incident
    for item in items:
        if was_offered(item) and item.owed is not None and worth(item) < item.owed and not is_decided(item):
            incident = put(incident, f"recovery.compensation.{item.id}", changed(item, owed=worth(item)))
    rules = compensation.owed(incident, playbook)
    what = next((item.because for item in rules if item.kind == kind), items[-1].what if items else "")
    return compensation.keep(incident, Owed(kind, rest, what))
