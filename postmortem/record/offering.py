"""What is left to offer, whoever has to approve it: at once, in part, or once the approval was asked for (R18)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from postmortem.record import compensation
from postmortem.record.authority import is_asked, is_over_limit, offer_part, part_within
from postmortem.record.compensation import NOTHING, Owed, is_decided, is_offered, was_offered, worth
from postmortem.record.edit import changed, put
from postmortem.record.phrases import says_nothing
from postmortem.record.vocabulary import COMPENSATION_KINDS

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from decimal import Decimal

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.treatment import Compensation
    from postmortem.record.vocabulary import CompensationKind


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


def offer_rest(incident: Incident, playbook: Playbook, at: datetime | None, *kinds: CompensationKind) -> Incident:
    """Offer all that is left to offer, as far as nobody has to approve it first (R18).

    That is what is kept as owed, what the rules give where nothing is kept of a kind, the rest of what was answered in
    part, and what the rules give beyond what is kept: the last two become things of their own.

    Args:
        incident: The record; it stays as it is.
        playbook: The rules in force.
        at: When it was offered; aware. `None` to see what may be offered now.
        kinds: Of which kinds; of all where none are named.

    Raises:
        DataError: If the time does not fit.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from decimal import Decimal
        >>> from postmortem.record.compensation import answer, offer
        >>> from postmortem.record.incident import Impact, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> rules, noon = default_playbook(), datetime(2026, 3, 12, tzinfo=UTC)
        >>> off = offer_rest(Incident(title="Off", impact=Impact(customer_cost=64, customer_min=6_000)), rules, noon)
        >>> [(item.kind, str(item.offered)) for item in off.recovery.compensation]
        [('reimbursement', '64.00')]
        >>> part = answer(offer(off, "k1", Decimal(50), noon), "k1", "accepted", noon)
        >>> done = offer_rest(part, rules, noon, "reimbursement")
        >>> [(item.id, str(item.offered)) for item in done.recovery.compensation]
        [('k1', '50'), ('k2', '14.00')]
    """
    wanted = kinds or COMPENSATION_KINDS
    incident = _offer_owed(incident, playbook, at, wanted)
    for kind in wanted:
        stands = _rest_apart(incident, playbook, kind)
        if stands is incident:
            continue
        new = stands.recovery.compensation[-1]
        after = compensation.offer(stands, new.id, new.owed, at)
        incident = incident if is_over_limit(after, new.id, playbook) else after
    return incident


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


def reasoned(incident: Incident) -> Incident:
    """The record without what stands where less than is owed has its reason, and is none (R18).

    Examples:
        >>> from decimal import Decimal
        >>> from postmortem.record.incident import Incident
        >>> lost = Owed("service credit", Decimal(20), "lost 2 h")
        >>> told = compensation.decide_otherwise(Incident(title="Off"), lost, "-")
        >>> [item.because for item in reasoned(told).recovery.compensation]
        ['']
    """
    for item in incident.recovery.compensation:
        if item.because and says_nothing(item.because):
            incident = put(incident, f"recovery.compensation.{item.id}", changed(item, because=""))
    return incident


def _offer_owed(
    incident: Incident, playbook: Playbook, at: datetime | None, kinds: Collection[CompensationKind]
) -> Incident:
    """Offer what is kept as owed and was not answered, and where nothing is kept of a kind, what the rules give."""
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
