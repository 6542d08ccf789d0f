"""How a promise stands at a moment: late, due today, this week, later; and the words for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from postmortem.record import days, moments, recovery, spans

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from postmortem.record.incident import Incident
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
_DAY: Final = 24 * 60


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
        return "due now" if is_now else f"{how_late(promise.due_at, now, zone_name, day=promise.due_on)} late"
    hour = "" if promise.due_on else moments.clock(promise.due_at, zone_name)
    if day - today <= timedelta(days=1):
        return " ".join(filter(None, ("tomorrow" if day > today else "today", hour)))
    return ", ".join(filter(None, (moments.weekday(day, today.year), hour)))


def how_late(due_at: datetime, until: datetime, zone_name: str, *, day: date | None = None) -> str:
    """How late something is, or came: to the minute within a day, from then on in the days of a calendar.

    Every list and sentence says it in these words, so that one promise is not late by three measures.

    Args:
        due_at: When it was due; aware.
        until: When it was done, else the moment of looking; aware, and after it.
        zone_name: The record's zone.
        day: The day it was due on, where it was due some time on a day: nobody gave it an hour.

    Examples:
        >>> from datetime import UTC, datetime
        >>> due = datetime(2026, 3, 9, 15, 20, tzinfo=UTC)
        >>> [how_late(due, datetime(2026, 3, on, 16, 55, tzinfo=UTC), "UTC") for on in (9, 10, 12)]
        ['1 h 35 min', '1 day', '3 days']
    """
    minutes = (until - due_at).total_seconds() / 60
    if day is None and minutes < _DAY:
        return spans.rough(max(int(minutes), 0))
    return days.late(day or days.of(due_at, zone_name), until, zone_name)


def of_step(step: StepNow, now: datetime, zone_name: str) -> str:
    """How late a step came, or is.

    Args:
        step: A step that is late.
        now: The moment of looking; aware.
        zone_name: The record's zone.
    """
    until = step.done.at if step.done.at and not step.is_open else now
    due_at = days.later(until, -step.late_min)
    return how_late(due_at, until, zone_name, day=step.due_on)


def offer_is_told(incident: Incident, playbook: Playbook, now: datetime) -> bool:
    """Whether a step says already how late it is that what is owed was not offered (R19)."""
    return recovery.is_handled_here(incident) and any(
        step.rule.target == "credit" and step.is_open and step.needed is not False and step.late_min >= 1
        for step in recovery.steps(incident, playbook, now)
    )


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
