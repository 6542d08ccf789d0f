"""Names that people typed: whether two are one person's, and which are colleagues'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.phrases import clean

if TYPE_CHECKING:
    from postmortem.record.incident import Incident


def key(name: str) -> str:
    """A name as names are compared: without spaces around it, in small letters.

    Examples:
        >>> key("Ana "), key("ana") == key("ANA")
        ('ana', True)
    """
    return name.strip().casefold()


def is_same(one: str, other: str) -> bool:
    """Whether two names are one person's.

    Examples:
        >>> is_same("Ana", "ana "), is_same("Ana", "Anna")
        (True, False)
    """
    return key(one) == key(other)


def colleagues(incident: Incident) -> tuple[str, ...]:
    """Roles and names of colleagues, as the record has them in a field for one; the team's own name stays."""
    said = incident.recovery
    names = [incident.owner, incident.evaluation.by, incident.evaluation.manager_told, said.escalation.handed_to]
    names += [step.by for step in said.steps]
    names += [item.approved_by for item in said.compensation]
    names += [why.by for why in incident.whys]
    names += [opinion.by for cause in incident.causes for opinion in cause.opinions]
    names += [action.owner for action in incident.actions]
    names += [promise.who for promise in incident.commitments]
    names += [name for signature in incident.signatures for name in (signature.by, signature.role)]
    told = {clean(name) for name in names}
    return tuple(sorted(name for name in told if len(name) > 1 and name != clean(incident.team)))
