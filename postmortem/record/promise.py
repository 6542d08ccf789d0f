"""One thing that was promised, with its date; `record.due` finds those of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from postmortem.record import days

if TYPE_CHECKING:
    from datetime import date, datetime

PromiseKind = Literal["step", "follow-up", "offer", "pay-back", "approval", "call-back", "action", "effect check"]
PromiseStatus = Literal["open", "met", "spared"]


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that was promised, to the customer or among us.

    Attributes:
        id: Unique within the record and the same in every revision, such as `step-follow-up` or `action-a1`.
        kind: What sort of promise it is.
        text: What is to be done, in a line.
        who: Whose it is, as a role; empty while nobody's.
        place: Where it stands in the record, as `record.edit` writes places.
        due_at: After when it is late, or the end of the day it is due on (`record.days.is_past`); `None` while it has
            no date.
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
    status: PromiseStatus = "open"

    @property
    def line(self) -> str:
        """What is to be done, where its kind is not shown beside it.

        Examples:
            >>> Promise("effect-a1", "effect check", "Calls within a week", "", "actions.a1.effect").line
            'Did it hold? Calls within a week'
            >>> Promise("action-a1", "action", "Sort the plan", "", "actions.a1").line
            'Sort the plan'
        """
        return f"Did it hold? {self.text}".strip() if self.kind == "effect check" else self.text

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is open and past its time."""
        return self.status == "open" and days.is_past(self.due_at, self.due_on, now)
