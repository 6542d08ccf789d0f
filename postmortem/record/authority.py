"""The handler's limit: what may be offered without asking anybody (R18)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from postmortem.record import compensation, escalation, recovery
from postmortem.record.compensation import (
    NOTHING,
    approved_for,
    currency_of,
    find,
    is_offered,
    worth,
)
from postmortem.record.edit import add, changed, made, next_id, put
from postmortem.record.errors import DataError, Problem
from postmortem.record.money import cents
from postmortem.record.treatment import Compensation

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook


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


def needs_approval(incident: Incident, name: str, playbook: Playbook) -> bool:
    """Whether one thing is for somebody else to approve (R18), given or not: above the limit, or less than they paid.

    Raises:
        UnknownNodeError: If there is no such thing owed.
    """
    item = find(incident, name)
    bare = changed(item, approved_by="", approved_at=None, approved_amount=None)
    if bare.kind == "reimbursement" and bare.because.strip():
        return True
    return is_over_limit(put(incident, f"recovery.compensation.{name}", bare), name, playbook)


def is_own_approval(incident: Incident, item: Compensation, playbook: Playbook) -> bool:
    """Whether whoever handles it approved it too: the owner, or who made the offer; not a manager (R9, R18).

    Examples:
        >>> from postmortem.record.compensation import approve, goodwill
        >>> from postmortem.record.incident import Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> line = goodwill(Incident(title="Off", owner="Desk lead"), "A month free", Decimal(210))
        >>> own, other = (approve(line, "k1", by) for by in ("desk lead", "Head of service"))
        >>> [is_own_approval(it, find(it, "k1"), default_playbook()) for it in (own, other)]
        [True, False]
    """
    by = _named(item.approved_by)
    credit = {rule.id for rule in recovery.procedure(incident, playbook).steps if rule.target == "credit"}
    handlers = {incident.owner, *(step.by for step in incident.recovery.steps if step.id in credit)}
    if not by or by not in set(map(_named, handlers)) or is_exceeded(item):
        return False
    is_managers = by == _named(approver(incident)) or escalation.is_manager(item.approved_by, playbook)
    return not is_managers and needs_approval(incident, item.id, playbook)


def _named(role: str) -> str:
    return " ".join(role.casefold().split())


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


def part_within(incident: Incident, name: str, playbook: Playbook) -> Decimal:
    """How much of one thing above the limit may be offered at once, while the rest waits; 0 where nothing may.

    Raises:
        UnknownNodeError: If there is no such thing owed.
    """
    item, left = find(incident, name), left_of_limit(incident, name, playbook)
    return left if item.owed and left < item.owed and not is_offered(item) else NOTHING


def approver(incident: Incident) -> str:
    """Who may approve what is above the handler's limit: the manager that the record names, as a role (R9, R18).

    Empty while it names none.
    """
    return incident.recovery.escalation.handed_to or incident.evaluation.manager_told
