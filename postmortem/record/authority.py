"""The handler's limit: what may be offered without asking anybody (R18)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from postmortem.record.compensation import NOTHING, currency_of, find, is_offered, worth
from postmortem.record.money import cents

if TYPE_CHECKING:
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
