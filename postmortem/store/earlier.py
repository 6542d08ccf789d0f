"""What is told of earlier records: an open action or topic there, a cause that was met, what was planned against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An action that was planned in an earlier record and is not done.

    Attributes:
        incident_id: The record.
        title: What went wrong there.
        team: Its team; empty where nobody said.
        action_id: The action, by its id there.
        text: What was to be done.
        owner: By whom; empty where nobody said.
        due_on: By when; `None` where nobody said.
        strength: How strong its form is (R34); empty where none is chosen.
        overdue_days: How many days it is late; 0 where it is not.
    """

    incident_id: str
    title: str
    team: str
    action_id: str
    text: str
    owner: str
    due_on: date | None
    strength: str
    overdue_days: int


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """What an earlier retrospective had no time for, and nobody has taken up since.

    Attributes:
        incident_id: The record.
        title: What went wrong there.
        team: Its team; empty where nobody said.
        topic_id: The topic, by its id there.
        text: What it is about.
        by: Who brought it up; empty where nobody said.
    """

    incident_id: str
    title: str
    team: str
    topic_id: str
    text: str
    by: str


@dataclass(frozen=True, slots=True)
class PastCause:
    """A root of another record.

    Attributes:
        incident_id: The record.
        title: What went wrong there.
        at: When it occurred, else when it was first saved, in UTC.
        cause_id: The root, by its id there.
        text: How it is worded.
        category: Its category, or `unclassified` (R28).
        recurring_id: The recurring cause that a person confirmed it to be; empty where none.
    """

    incident_id: str
    title: str
    at: datetime
    cause_id: str
    text: str
    category: str
    recurring_id: str


@dataclass(frozen=True, slots=True)
class PastAction:
    """What was planned against a past cause.

    Attributes:
        action_id: The action, by its id in that record.
        text: What was to be done.
        strength: How strong its form is (R34); empty where none is chosen.
        done_on: When it was done; `None` where it is not.
        effect: Whether it held: `held`, `not held` or `unknown` (R36).
    """

    action_id: str
    text: str
    strength: str
    done_on: date | None
    effect: str
