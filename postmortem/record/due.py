"""Every promise of a record with its date: steps with the customer, what is owed, call-backs, actions, effect checks.

A promise is met, or spared because it is not needed, or open. Whether an open one is overdue is a question of now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Literal

from postmortem.record import days, recovery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook

PromiseKind = Literal["step", "follow-up", "offer", "pay-back", "approval", "call-back", "action", "effect check"]


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that was promised, to the customer or among us.

    Attributes:
        id: Unique within the record and the same in every revision, such as `step-follow-up` or `action-a1`.
        kind: What sort of promise it is.
        text: What is to be done, in a line.
        who: Whose it is, as a role; empty while nobody's.
        place: Where it stands in the record, as `record.edit` writes places.
        due_at: From when it is late; `None` while it has no date.
        due_on: The day, where it is due some time on a day.
        met_at: When it was kept; `None` while it was not, or where only the day is known.
        met_on: The day on which it was kept.
        status: `open`, `met`, or `spared` where it turned out not to be needed.
    """

    id: str
    kind: PromiseKind
    text: str
    who: str
    place: str
    due_at: datetime | None = None
    due_on: date | None = None
    met_at: datetime | None = None
    met_on: date | None = None
    status: Literal["open", "met", "spared"] = "open"

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is open and past its time."""
        return self.status == "open" and self.due_at is not None and self.due_at <= now


def promises(incident: Incident, playbook: Playbook) -> tuple[Promise, ...]:
    """Every promise of a record, kept or not, in the order of the work.

    Examples:
        >>> from postmortem.record.incident import Action, Incident
        >>> from postmortem.record.playbook import default_playbook
        >>> late = Incident(title="Late", actions=(Action(id="a1", text="Call first", due_on=date(2026, 3, 9)),))
        >>> [(item.id, item.due_on.isoformat()) for item in promises(late, default_playbook())]
        [('action-a1', '2026-03-09')]
    """
    return (*_steps(incident, playbook), *_actions(incident))


def _steps(incident: Incident, playbook: Playbook) -> Iterator[Promise]:
    # A record that says nothing of its recovery (an import, most often) promised nothing.
    if not incident.recovery.steps and not incident.recovery.procedure:
        return
    for step in recovery.steps(incident, playbook, datetime.max.replace(tzinfo=UTC)):
        if step.due_at is None:
            continue
        done = step.done.status == "done"
        yield Promise(
            f"step-{step.rule.id}",
            "follow-up" if step.rule.target == "follow_up" else "step",
            step.rule.text,
            step.done.by or incident.owner,
            f"recovery.steps.{step.rule.id}",
            step.due_at,
            step.due_on,
            step.done.at if done else None,
            status="met" if done else "spared" if not step.is_open else "open",
        )


def _actions(incident: Incident) -> Iterator[Promise]:
    for action in incident.actions:
        place = f"actions.{action.id}"
        if action.due_on is not None and not action.carried_to:
            yield Promise(
                f"action-{action.id}",
                "action",
                action.text,
                action.owner,
                place,
                days.ends(action.due_on, incident.zone),
                action.due_on,
                met_on=action.done_on,
                status="met" if action.done_on else "open",
            )
        effect = action.effect
        if effect.check_on is not None:
            checked = effect.result != "unknown"
            yield Promise(
                f"effect-{action.id}",
                "effect check",
                effect.measure or action.text,
                action.owner,
                f"{place}.effect",
                days.ends(effect.check_on, incident.zone),
                effect.check_on,
                met_on=effect.checked_on,
                status="met" if checked else "open",
            )


def met_by(promise: Promise, zone_name: str) -> datetime | None:
    """When it was kept, as an instant: where only the day is known, the start of that day."""
    if promise.met_at is not None or promise.met_on is None:
        return promise.met_at
    from postmortem.record.base import zone  # noqa: PLC0415 - only here

    return datetime.combine(promise.met_on, time(), tzinfo=zone(zone_name))
