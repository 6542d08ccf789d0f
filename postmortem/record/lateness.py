"""How a promise stands at a moment: late, due today, this week, later; and the words for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from postmortem.record import days, moments, spans

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from postmortem.record.playbook import Playbook
    from postmortem.record.promise import Promise
    from postmortem.record.recovery import StepNow

When = Literal["overdue", "today", "this week", "later", "no date"]
HEADINGS: Final[Mapping[When, str]] = {
    "overdue": "Overdue",
    "today": "Today",
    "this week": "Tomorrow and the rest of the week",
    "later": "Later",
    "no date": "Without a date",
}
"""What the parts of a list of what is due are called; true on a Sunday, too, whose week is over with it."""
WHEN: Final[tuple[When, ...]] = get_args(When)
"""In the order in which a list shows them."""

_SUNDAY: Final = 6
_A_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def when(promise: Promise, now: datetime, zone_name: str) -> When:
    """Where a promise stands in a list of what is due, whether it is kept or not.

    A week ends with its Sunday; tomorrow always belongs to it. Days begin and end where the record's times are told.

    Args:
        promise: The promise.
        now: The moment of looking; aware.
        zone_name: The record's zone.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.promise import Promise
        >>> day = date(2026, 3, 9)
        >>> call = Promise("action-a1", "action", "Call", "", "", days.ends(day, "Europe/Berlin"), day)
        >>> [when(call, datetime(2026, 3, on, 22, 30, tzinfo=UTC), "Europe/Berlin") for on in (1, 8, 9)]
        ['later', 'this week', 'today']
    """
    if promise.due_at is None:
        return "no date"
    if days.is_past(promise.due_at, promise.due_on, now):
        return "overdue"
    today, day = days.of(now, zone_name), day_of(promise, zone_name)
    if day is None or day <= today:
        return "today"
    return "this week" if (day - today).days <= max(1, _SUNDAY - today.weekday()) else "later"


def day_of(promise: Promise, zone_name: str) -> date | None:
    """The day on which it is due, where the record's times are told."""
    return promise.due_on or (days.of(promise.due_at, zone_name) if promise.due_at is not None else None)


def late_min(promise: Promise, now: datetime) -> float:
    """Minutes that an open promise is past its time; 0 where it is not."""
    return (now - promise.due_at).total_seconds() / 60 if promise.due_at and promise.is_overdue(now) else 0.0


def said(promise: Promise, now: datetime, zone_name: str) -> str:
    """When it is due, or how late it is, in a few words.

    Args:
        promise: The promise.
        now: The moment of looking; aware.
        zone_name: The record's zone.

    Examples:
        >>> from datetime import UTC, datetime
        >>> from postmortem.record.promise import Promise
        >>> tell = Promise("step-tell", "step", "Tell them", "", "", datetime(2026, 3, 9, 13, tzinfo=UTC))
        >>> [said(tell, datetime(2026, 3, on, hour, 40, tzinfo=UTC), "UTC") for on, hour in ((8, 9), (9, 9), (9, 13))]
        ['tomorrow 13:00', 'today 13:00', '40 min late']
        >>> said(tell, datetime(2026, 3, 12, tzinfo=UTC), "UTC"), said(tell, datetime(2025, 3, 8, tzinfo=UTC), "UTC")
        ('3 days late', 'Mon 9 Mar 2026, 13:00')
    """
    if promise.due_at is None:
        return "no date yet"
    day = day_of(promise, zone_name) or date.max
    today = days.of(now, zone_name)
    if promise.due_at <= now:
        is_now = promise.due_on is None and now - promise.due_at < _A_MINUTE
        return "due now" if is_now else f"{_late(promise, now, (today - day).days)} late"
    hour = "" if promise.due_on else moments.clock(promise.due_at, zone_name)
    if day - today <= timedelta(days=1):
        return " ".join(filter(None, ("tomorrow" if day > today else "today", hour)))
    return ", ".join(filter(None, (moments.weekday(day, today.year), hour)))


def _late(promise: Promise, now: datetime, count: int) -> str:
    minutes = (now - (promise.due_at or now)).total_seconds() / 60
    if not promise.due_on and minutes < _DAY:
        return f"{int(minutes)} min" if minutes < _HOUR else f"{int(minutes // _HOUR)} h"
    return days.counted(count)


def of_step(step: StepNow, now: datetime, zone_name: str) -> str:
    """How late a step came, or is: in days where it was due some time on a day.

    Args:
        step: A step that is late.
        now: The moment of looking; aware.
        zone_name: The record's zone.
    """
    if step.due_on is None:
        return spans.rough(step.late_min)
    until = step.done.at if step.done.at and not step.is_open else now
    return days.late(step.due_on, until, zone_name)


def kept_since(playbook: Playbook, now: datetime) -> datetime:
    """From when on a calendar is told of what was kept, or is not needed any more."""
    return now - timedelta(days=playbook.calendar.kept_days)


def step_order(playbook: Playbook) -> dict[str, int]:
    """Where the promise of each step stands in its procedure: the admission comes before the apology (R13)."""
    presets = playbook.procedures.presets.values()
    return {f"step-{step.id}": at for preset in presets for at, step in enumerate(preset.steps)}


def order(promise: Promise, incident_id: str, steps: Mapping[str, int]) -> tuple[bool, float, str, int, str]:
    """What a list of what is due is sorted by: the earliest first, what has no date last, steps in their order.

    Args:
        promise: The promise.
        incident_id: Its record.
        steps: The order of the steps, as `step_order` gives it.
    """
    at = promise.due_at
    return at is None, at.timestamp() if at else 0.0, incident_id, steps.get(promise.id, len(steps)), promise.id
