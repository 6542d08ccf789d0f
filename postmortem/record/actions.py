"""What will be different (R33 to R36): planning, amending, and how strong an action is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.edit import changed, forget, made, next_id, retired
from postmortem.record.errors import UnknownNodeError
from postmortem.record.incident import Action, Incident

if TYPE_CHECKING:
    from datetime import date

    from postmortem.record.playbook import Playbook
    from postmortem.record.vocabulary import EffectResult, Strength


def find(incident: Incident, action: str) -> Action:
    """The action of an id.

    Raises:
        UnknownNodeError: If there is none.
    """
    for candidate in incident.actions:
        if candidate.id == action:
            return candidate
    raise UnknownNodeError("action", action, [candidate.id for candidate in incident.actions])


def plan(incident: Incident, text: str = "", *, causes: tuple[str, ...] = (), **fields: object) -> Incident:
    """Add an action that answers one or more roots (R33).

    Args:
        incident: The record; it stays as it is.
        text: What will be done, verb first (R35).
        causes: The ids of the roots it answers.
        **fields: Any other field of `Action`.

    Raises:
        DataError: If a field does not fit or a root is not there.
    """
    new = made(
        Action, **{"id": next_id("a", incident.actions, incident.gone), "text": text, "causes": causes, **fields}
    )
    return changed(incident, actions=(*incident.actions, new))


def amend(incident: Incident, action: str, **changes: object) -> Incident:
    """Change fields of an action.

    Raises:
        UnknownNodeError: If there is no such action.
        DataError: If a value does not fit.
    """
    found = find(incident, action)
    new = changed(found, **changes)
    return changed(incident, actions=tuple(new if item is found else item for item in incident.actions))


def complete(incident: Incident, action: str, on: date) -> Incident:
    """Say on which day an action was done."""
    return amend(incident, action, done_on=on)


def check_effect(incident: Incident, action: str, result: EffectResult, on: date, note: str = "") -> Incident:
    """Keep what the effect check found (R36)."""
    effect = changed(find(incident, action).effect, result=result, checked_on=on, note=note)
    return amend(incident, action, effect=effect)


def remove(incident: Incident, action: str) -> Incident:
    """Take an action out.

    Raises:
        UnknownNodeError: If there is no such action.
    """
    gone = find(incident, action)
    left = tuple(item for item in incident.actions if item is not gone)
    return retired(changed(forget(incident, f"actions.{gone.id}"), actions=left), gone.id)


def strength(action: Action, playbook: Playbook) -> Strength | None:
    """How strong the action's form is (R34); `None` where no form is chosen. Its wording never counts.

    References:
        VA National Center for Patient Safety, RCA2: action hierarchy.
    """
    form = playbook.forms.get(action.form)
    return form.strength if form else None


def is_open(action: Action) -> bool:
    """Whether it is still to be done."""
    return action.done_on is None
