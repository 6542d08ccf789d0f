"""The handler's limit: what may be offered without asking anybody (R18)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from postmortem.record import compensation
from postmortem.record.compensation import NOTHING, currency_of, find, is_offered, worth
from postmortem.record.money import cents
from postmortem.record.vocabulary import COMPENSATION_KINDS, CompensationKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.treatment import Compensation


def counts(item: Compensation, playbook: Playbook) -> bool:
    """Whether it counts towards the handler's limit: by the playbook, and not once somebody approved it."""
    return item.kind in playbook.compensation.limit_covers and not item.approved_by.strip()


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


def _before(incident: Incident, name: str) -> list[Compensation]:
    """What was offered before one thing, or all that was, where that one was not. What was declined cost nothing."""
    told = incident.recovery.compensation
    offered = [item for item in told if is_offered(item) and item.answer != "declined"]
    # Where only an amount is told, the place in the list decides.
    order = sorted(offered, key=lambda item: (item.offered_at is None, item.offered_at or 0, told.index(item)))
    names = [item.id for item in order]
    return order[: names.index(name)] if name in names else order


def offer_owed(
    incident: Incident, playbook: Playbook, at: datetime, kinds: Collection[CompensationKind] = COMPENSATION_KINDS
) -> Incident:
    """Offer what is owed and was not offered, or only in part: all that nobody has to approve first (R18).

    Where nothing is kept as owed of a kind, what the rules give is. What is over the handler's limit stays as it is.

    Args:
        incident: The record; it stays as it is.
        playbook: The rules in force.
        at: When it was offered; aware.
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
    there = {item.kind for item in incident.recovery.compensation if item.owed or item.offered}
    for owed in compensation.owed(incident, playbook):
        if owed.kind in kinds and owed.kind not in there:
            kept = compensation.keep(incident, owed)
            over = is_over_limit(kept, kept.recovery.compensation[-1].id, playbook)
            incident = incident if over else kept
    for item in incident.recovery.compensation:
        is_settled = item.answer != "waiting" or item.carried_out_at is not None
        less = item.owed is not None and worth(item) < item.owed
        if item.kind not in kinds or is_settled or (is_offered(item) and not less) or item.owed == 0:
            continue
        after = compensation.offer(incident, item.id, item.owed if less else worth(item), at)
        incident = incident if is_over_limit(after, item.id, playbook) else after
    return incident
