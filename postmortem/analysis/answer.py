"""What the one sentence at the top of a trends page needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import Frames, gathered, local_day, moment, opened
from postmortem.analysis.labels import NO_CAUSE, OUTSIDE, RANKED
from postmortem.analysis.monthly import FEW
from postmortem.analysis.ranking import pareto
from postmortem.analysis.recurrence import recurrences
from postmortem.record.vocabulary import STRENGTHS, UNCLASSIFIED

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class TopCause:
    """The cause with most incidents.

    Attributes:
        by: What it was counted by: `recurring_id` where one has come back, else `category`.
        label: Its id or category; `name` is its wording.
        tied: Other names with as many incidents; then it doesn't lead.
        share: Of all incidents shown, 0 to 1.
        lost_min_share: Of all the time customers are known to have lost, 0 to 1; `None` where nobody knows any.
        customer_cost: What customers paid because of it; `None` where nobody knows.
    """

    by: str
    label: str
    name: str
    category: str
    incidents: int
    share: float
    lost_min_share: float | None
    customer_cost: float | None
    tied: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recurring:
    """The recurring cause with most incidents."""

    recurring_id: str
    name: str
    incidents: int
    median_days: float | None
    quiet_days: int | None
    longest_yet: bool


@dataclass(frozen=True)
class Overdue:
    """The strongest action that is overdue; of equally strong ones, the latest."""

    incident_id: str
    action_id: str
    text: str
    strength: str
    owner: str
    due_on: pd.Timestamp
    days: int


@dataclass(frozen=True)
class Facts:
    """What may be said about the incidents shown, and what may not.

    Attributes:
        few: Under ten incidents: nothing leads, nothing is usual (R43).
        top: Missing where no cause is classified, or there are few incidents.
        recurring: How many recurring causes have two incidents or more; `worst` is the one with most.
        overdue: How many actions are not done and past their day; `strongest` of them.
    """

    incidents: int
    first_at: pd.Timestamp | None
    last_at: pd.Timestamp | None
    few: bool
    top: TopCause | None
    recurring: int
    worst: Recurring | None
    overdue: int
    strongest: Overdue | None
    unclassified: int
    outside: int
    no_cause: int


def facts(tables: Frames, *, now: datetime, zone: str = "UTC") -> Facts:
    """The facts for the answer: the top cause and its share and cost, what recurs, and what is overdue.

    Args:
        tables: The six tables.
        now: The moment of the answer.
        zone: The zone in which days begin.

    Raises:
        DataError: If `now` has no zone, or there is no such `zone`.
    """
    today = local_day(moment(now), zone)
    kinds = pareto(tables, "category")
    whole = kinds.iloc[-1] if len(kinds) else None
    n = int(whole["incidents"]) if whole is not None else 0
    back = recurrences(tables, now=now, zone=zone)
    back = back[back["incidents"] > 1]
    few = n < FEW
    ranking = ("recurring_id", pareto(tables, "recurring_id")) if len(back) else ("category", kinds)
    overdue = _overdue(tables, today)
    return Facts(
        incidents=n,
        first_at=_instant(whole["first_at"]) if whole is not None else None,
        last_at=_instant(whole["last_at"]) if whole is not None else None,
        few=few,
        top=None if few else _top(*ranking),
        recurring=len(back),
        worst=_worst(back),
        overdue=len(overdue),
        strongest=overdue[0] if overdue else None,
        unclassified=_incidents(kinds, UNCLASSIFIED),
        outside=_incidents(kinds, OUTSIDE),
        no_cause=_incidents(kinds, NO_CAUSE),
    )


def _top(by: str, frame: pd.DataFrame) -> TopCause | None:
    ranked = frame[frame["kind"] == RANKED]
    if not len(ranked):
        return None
    first = ranked.iloc[0]
    tied = ranked[ranked["incidents"] == first["incidents"]]["name"].tolist()[1:]
    return TopCause(
        by=by,
        label=str(first["label"]),
        name=str(first["name"]),
        category=_text(first["category"]),
        incidents=int(first["incidents"]),
        share=float(first["share"]),
        lost_min_share=_number(first["lost_min_share"]),
        customer_cost=_number(first["customer_cost"]),
        tied=tuple(str(name) for name in tied),
    )


def _worst(back: pd.DataFrame) -> Recurring | None:
    if not len(back):
        return None
    first = back.iloc[0]
    return Recurring(
        recurring_id=str(first["recurring_id"]),
        name=str(first["name"]),
        incidents=int(first["incidents"]),
        median_days=_number(first["median_days"]),
        quiet_days=int(first["quiet_days"]) if pd.notna(first["quiet_days"]) else None,
        longest_yet=bool(first["longest_yet"]),
    )


def _overdue(tables: Frames, today: pd.Timestamp) -> list[Overdue]:
    columns = ["incident_id", "action_id", "text", "strength", "owner", "due_on", "done_on"]
    actions = opened(tables, "actions", columns).filter(nw.col("done_on").is_null() & ~nw.col("due_on").is_null())
    found = []
    for row in gathered(actions).to_dict("records"):
        due = pd.Timestamp(row["due_on"]).tz_localize(None).normalize()
        if due < today:
            found.append(
                Overdue(
                    incident_id=_text(row["incident_id"]),
                    action_id=_text(row["action_id"]),
                    text=_text(row["text"]),
                    strength=_text(row["strength"]),
                    owner=_text(row["owner"]),
                    due_on=due,
                    days=(today - due).days,
                )
            )
    ranks: dict[str, int] = {strength: place for place, strength in enumerate(STRENGTHS)}
    last = len(ranks)
    return sorted(
        found, key=lambda late: (ranks.get(late.strength, last), -late.days, late.incident_id, late.action_id)
    )


def _incidents(kinds: pd.DataFrame, kind: str) -> int:
    return int(kinds[kinds["kind"] == kind]["incidents"].sum()) if len(kinds) else 0


def _text(value: object) -> str:
    return str(value) if pd.notna(value) else ""  # type: ignore[call-overload]


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def _instant(value: object) -> pd.Timestamp | None:
    return None if pd.isna(value) else pd.Timestamp(value)  # type: ignore[call-overload, arg-type]
