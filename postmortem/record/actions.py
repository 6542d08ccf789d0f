"""What will be different (R33 to R36): planning, amending, and how strong an action is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from postmortem.record.edit import changed, forget, made, next_id, retired
from postmortem.record.errors import UnknownNodeError
from postmortem.record.incident import Action, Incident
from postmortem.record.severity import assess, rank

if TYPE_CHECKING:
    from datetime import date

    from postmortem.record.playbook import Playbook
    from postmortem.record.vocabulary import Strength


_SATURDAY: Final = 5
_A_WEEK: Final = 7


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


def remove(incident: Incident, action: str) -> Incident:
    """Take an action out.

    Raises:
        UnknownNodeError: If there is no such action.
    """
    gone = find(incident, action)
    left = tuple(item for item in incident.actions if item is not gone)
    return retired(changed(forget(incident, f"actions.{gone.id}"), actions=left), gone.id)


def tie(incident: Incident, action: str, cause: str) -> Incident:
    """Let an action answer one more root (R33); one that it answers already stays once.

    Raises:
        UnknownNodeError: If there is no such action.
        DataError: If there is no such root.
    """
    answered = find(incident, action).causes
    return incident if cause in answered else amend(incident, action, causes=(*answered, cause))


def untie(incident: Incident, action: str, cause: str) -> Incident:
    """Let an action no longer answer a root.

    Raises:
        UnknownNodeError: If there is no such action.
    """
    left = tuple(name for name in find(incident, action).causes if name != cause)
    return amend(incident, action, causes=left)


def carry(incident: Incident, action: str, to: str) -> Incident:
    """Say in whose retrospective an action was taken up again; an empty text takes that back.

    Raises:
        UnknownNodeError: If there is no such action.
    """
    return amend(incident, action, carried_to=to)


def take_over(incident: Incident, action: Action, origin: str) -> Incident:
    """Add an action of an earlier record that is still open; one that was taken over already is not added again.

    It keeps what was planned and by when. What it answered, and the checklist it published, are the other record's.

    Args:
        incident: The record that takes it over; it stays as it is.
        action: The action as it stands in the earlier record.
        origin: That record and the action, as `2026-031/a2`.

    Examples:
        >>> late = Action(id="a2", text="Add a last test", owner="Field lead")
        >>> take_over(Incident(title="Line is dead"), late, "2026-031/a2").actions[0].carried_from
        '2026-031/a2'
    """
    if any(item.carried_from == origin for item in incident.actions):
        return incident
    name = next_id("a", incident.actions, incident.gone)
    effect = changed(action.effect, result="unknown", checked_on=None, note="")
    new = changed(action, id=name, causes=(), checklist="", effect=effect, carried_to="", carried_from=origin)
    return changed(incident, actions=(*incident.actions, new))


def proposed_check(action: Action, playbook: Playbook, today: date) -> date:
    """A day on which the effect can be seen (R36): some weeks after it is done, or due, and no day of a weekend.

    Args:
        action: What is planned.
        playbook: The rules in force; `effect.check_after_days` says how long after.
        today: The day of the question, where neither is known.

    Examples:
        >>> from datetime import date
        >>> from postmortem.record.playbook import default_playbook
        >>> proposed_check(Action(id="a1", due_on=date(2026, 3, 27)), default_playbook(), date(2026, 3, 20)).isoformat()
        '2026-05-29'
    """
    day = (action.done_on or action.due_on or today) + timedelta(days=playbook.effect.check_after_days)
    return day + timedelta(days=max(0, _A_WEEK - day.weekday()) if day.weekday() >= _SATURDAY else 0)


def strength(action: Action, playbook: Playbook) -> Strength | None:
    """How strong the action's form is (R34); `None` where no form is chosen. Its wording never counts.

    References:
        VA National Center for Patient Safety, RCA2: action hierarchy.
    """
    form = playbook.forms.get(action.form)
    return form.strength if form else None


def only_weaker(incident: Incident, playbook: Playbook) -> bool:
    """Whether all that is planned against coming back is of a weaker form.

    What puts this one right at once, and what has no form yet, does not count.
    """
    planned = (action for action in incident.actions if action.kind != "immediate")
    return {strength(action, playbook) for action in planned} - {None} == {"weaker"}


def is_grave(incident: Incident, playbook: Playbook) -> bool:
    """Whether the incident is serious or worse: not all of its actions may be weaker ones then (R34)."""
    return rank(assess(incident, playbook).level) >= rank("serious")


def is_open(action: Action) -> bool:
    """Whether it is still to be done."""
    return action.done_on is None
