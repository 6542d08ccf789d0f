"""What comparable cases got, so that nobody gets less for being quieter (R18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import pandas as pd

from postmortem.analysis.frames import gathered, opened
from postmortem.record.errors import DataError, Problem, near

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST: Final = 5
"""Fewer comparable cases than this are looked for more widely, and listed instead of drawn (R43)."""

WIDER: Final[tuple[tuple[str, ...], ...]] = (("kind", "severity"), ("kind",), ("severity",), ())
"""What a case has in common with another, from the most to the least."""

_PAID_BACK: Final = "reimbursement"
_COLUMNS: Final = (
    "incident_id",
    "title",
    "this",
    "kind",
    "severity",
    "offered",
    "reimbursed",
    "lost_min",
    "per_hour",
    "basis",
    "currency",
    "without",
    "median",
)


class Offers(Protocol):
    """Anything that holds the two tables by name, such as what the store gives."""

    @property
    def incidents(self) -> Any: ...  # noqa: ANN401, D102 - any frame that narwhals reads

    @property
    def compensations(self) -> Any: ...  # noqa: ANN401, D102 - same


def comparable(tables: Offers, incident_id: str, *, least: int = LEAST) -> pd.DataFrame:
    """What cases like one were offered beyond what was paid back: credit and goodwill, of a case as a whole.

    Cases are like it that have its currency, its kind of mistake and its severity. Where fewer than `least` of them
    tell what was offered, those of its kind are taken, then those of its severity, then all in its currency. What was
    paid back is told beside: it is as much as was paid, in every case.

    Args:
        tables: The tables `incidents` and `compensations`.
        incident_id: The case.
        least: How many comparable cases are wanted.

    Returns:
        The case itself first, whatever it was offered, then the others from the least offered up:

        - `incident_id`, `title`, `kind`, `severity`; `this`, whether it is the case.
        - `offered`, credit and goodwill that were offered (what was declined among them); missing for the case where
          nothing was; `reimbursed`, what was paid back. In `currency`.
        - `lost_min`, minutes lost by all its customers; `per_hour`, `offered` an hour of them; missing where they lost
          none, or nobody knows.
        - `basis`, what they have in common with it: `kind and severity`, `kind`, `severity` or `currency`; `without`,
          how many others are like it and tell of no offer.
        - `median`, what half of the others were offered or less; missing under five of them (R43).

    Raises:
        DataError: If there is no such case, or a column is missing.
    """
    incidents = gathered(
        opened(tables, "incidents", ["incident_id", "title", "kind", "severity", "currency", "lost_min"])  # type: ignore[arg-type]  # two of the tables are enough
    )
    told = gathered(opened(tables, "compensations", ["incident_id", "kind", "owed", "offered", "offered_at"]))  # type: ignore[arg-type]  # as above
    if incident_id not in set(incidents["incident_id"]):
        hint = near(incident_id, incidents["incident_id"])
        remedy = f"did you mean {hint!r}?" if hint else "it may not be saved yet"
        raise DataError("incident_id", [Problem(incident_id, "there is no such incident", remedy)])
    told = told[told["offered"].notna() | told["offered_at"].notna()]
    worth = told["offered"].astype(float).fillna(told["owed"].astype(float)).fillna(0.0)
    is_back = told["kind"] == _PAID_BACK
    frame = incidents.assign(
        reimbursed=_sums(incidents, told[is_back], worth[is_back]),
        offered=_sums(incidents, told[~is_back], worth[~is_back]),
    )
    hours = frame["lost_min"].astype(float) / 60
    frame["per_hour"] = (frame["offered"] / hours.where(hours > 0)).round(2)
    mine = frame[frame["incident_id"] == incident_id]
    others = frame[(frame["incident_id"] != incident_id) & (frame["currency"] == mine["currency"].iloc[0])]
    like, common = _like(others, mine.iloc[0], least)
    found = pd.concat([mine, like.dropna(subset=["offered"]).sort_values(["offered", "incident_id"])])
    found["this"] = found["incident_id"] == incident_id
    found["basis"] = " and ".join(common) or "currency"
    found["without"] = int(like["offered"].isna().sum())
    offers = found.loc[~found["this"], "offered"]
    found["median"] = offers.median() if len(offers) >= LEAST else float("nan")
    return found[list(_COLUMNS)].reset_index(drop=True)


def _like(others: pd.DataFrame, mine: pd.Series[Any], least: int) -> tuple[pd.DataFrame, Sequence[str]]:
    """The cases that have most in common with one and are enough, and what that is."""
    for common in WIDER:
        if any(pd.isna(mine[column]) for column in common):
            continue
        like = others[(others[list(common)] == mine[list(common)]).all(axis=1)] if common else others
        if like["offered"].notna().sum() >= least or not common:
            return like, common
    raise AssertionError("the last one asks for nothing in common")  # pragma: no cover


def _sums(incidents: pd.DataFrame, told: pd.DataFrame, worth: pd.Series[Any]) -> pd.Series[Any]:
    """What the rows of each incident come to, in whole cents; missing where it has none."""
    sums = worth.groupby(told["incident_id"]).sum().round(4)
    return incidents["incident_id"].map(sums).astype(float)
