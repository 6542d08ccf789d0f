"""How often a recurring cause comes back, and how long it stays away (R36, R42).

Only causes that a person confirmed to be one recurring cause count; wordings are never compared here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import Frames, gathered, local_day, moment, opened, zoned
from postmortem.analysis.labels import standing
from postmortem.analysis.ranking import MEASURES, SEVERAL, currency

if TYPE_CHECKING:
    from datetime import datetime

EVENT: Final = "incident"
OPEN: Final = "still counting"
_EVENTS: Final = [
    "recurring_id",
    "name",
    "category",
    "kind",
    "incident_id",
    "on",
    "days",
    "n",
    "median_days",
    "longest_days",
]
_CAUSES: Final = [
    "recurring_id",
    "name",
    "category",
    "incidents",
    "undated",
    "first_on",
    "last_on",
    "gaps",
    "median_days",
]


def time_between(tables: Frames, *, now: datetime, zone: str = "UTC") -> pd.DataFrame:
    """Every appearance of every recurring cause, with the days since the one before.

    Args:
        tables: The six tables.
        now: The moment until which the cause is known to be quiet.
        zone: The zone in which days begin. Days are counted on the calendar, so two on one day are 0 days apart.

    Returns:
        The causes with most incidents first, each in the order of its days:

        - `recurring_id`; `name`, its most frequent wording; `category`, its most frequent one.
        - `kind`: `incident`, and one row `still counting` at the end of each cause, for the quiet days until `now`.
        - `incident_id`, empty in that last row; `on`, the day; `days` since the one before, missing for the first.
        - `n`, its incidents with a date; `median_days` and `longest_days` of the gaps that are over, missing where
          there are none.

    Raises:
        DataError: If `now` has no zone, or there is no such `zone`.

    Examples:
        >>> from postmortem.analysis.frames import Tables
        >>> at = pd.to_datetime(["2026-01-01", "2026-01-11"])
        >>> incidents = pd.DataFrame({"incident_id": ["a", "b"], "occurred_at": at})
        >>> causes = incidents.assign(category="system", status="confirmed", recurring_id="C-1", text="No list")
        >>> other = incidents.iloc[:0]
        >>> given = Tables(incidents, causes, other, other, other, other)
        >>> time_between(given, now=pd.Timestamp("2026-02-01", tz="UTC"))[["kind", "on", "days"]]
                     kind         on  days
        0        incident 2026-01-01  <NA>
        1        incident 2026-01-11    10
        2  still counting 2026-02-01    21
    """
    today = local_day(moment(now), zone)
    rows = _appearances(tables, zone).dropna(subset="on")
    if not len(rows):
        return pd.DataFrame({column: [] for column in _EVENTS})
    last = rows.groupby("recurring_id", as_index=False)["on"].max()
    counting = last.assign(kind=OPEN, incident_id="", on=last["on"].where(last["on"] > today, today))
    frame = pd.concat([rows.assign(kind=EVENT), counting], ignore_index=True)
    frame = frame.sort_values(["recurring_id", "on", "kind", "incident_id"], ignore_index=True)
    groups = frame.groupby("recurring_id")
    frame["days"] = groups["on"].diff().dt.days.astype("Int64")
    over = frame[frame["kind"] == EVENT].groupby("recurring_id")
    measures = pd.DataFrame(
        {"n": over.size(), "median_days": over["days"].median(), "longest_days": over["days"].max()}
    )
    names = _names(tables)
    frame = frame.join(measures, on="recurring_id").join(names, on="recurring_id")
    events: pd.DataFrame = frame[_EVENTS]
    return events.sort_values(["n", "recurring_id"], ascending=[False, True], kind="stable", ignore_index=True)


def recurrences(tables: Frames, *, now: datetime, zone: str = "UTC") -> pd.DataFrame:
    """Every recurring cause on one row: how often, how far apart, how quiet now, and what it cost.

    Args:
        tables: The six tables.
        now: The moment until which the cause is known to be quiet.
        zone: The zone in which days begin.

    Returns:
        The causes with most incidents first:

        - `recurring_id`, `name`, `category`; `incidents`, and `undated`, how many of them have no date.
        - `first_on`, `last_on`; `gaps`, the days between them as a tuple, in order, every value (R43); `median_days`
          and `longest_days` of these, missing where there are none.
        - `quiet_days` since the last; `longest_yet`, whether that is longer than every gap before.
        - the sums `lost_min` (customers times minutes), `customer_cost` and `our_cost` (money), missing where nobody
          knows; money in several currencies is not summed.

    Raises:
        DataError: If `now` has no zone, or there is no such `zone`.
    """
    events = time_between(tables, now=now, zone=zone)
    every = _appearances(tables, zone, *MEASURES)
    columns = [*_CAUSES, "longest_days", "quiet_days", "longest_yet", *MEASURES]
    if not len(every):
        return pd.DataFrame({column: [] for column in columns})
    every = every.join(_names(tables), on="recurring_id")
    result = []
    for (identifier, name, category), rows in every.groupby(["recurring_id", "name", "category"]):
        own = events[events["recurring_id"] == identifier]
        over, counting = own[own["kind"] == EVENT], own[own["kind"] == OPEN]
        gaps = tuple(int(days) for days in over["days"].dropna())
        quiet = int(counting["days"].iloc[0]) if len(counting) else None
        row = {"recurring_id": identifier, "name": name, "category": category, "incidents": len(rows)}
        row |= {
            "undated": len(rows) - len(over),
            "first_on": over["on"].min(),
            "last_on": over["on"].max(),
            "gaps": gaps,
        }
        row |= {
            "median_days": float(pd.Series(gaps).median()) if gaps else None,
            "longest_days": max(gaps, default=None),
        }
        row |= {"quiet_days": quiet, "longest_yet": bool(gaps) and quiet is not None and quiet > max(gaps)}
        row |= {measure: rows[measure].sum(min_count=1) for measure in MEASURES}
        result.append(row)
    frame = pd.DataFrame(result, columns=columns)
    if currency(tables) == SEVERAL:
        frame[list(MEASURES[1:])] = float("nan")
    frame = frame.astype({"median_days": "float64", "longest_days": "Int64", "quiet_days": "Int64"})
    return frame.sort_values(["incidents", "recurring_id"], ascending=[False, True], ignore_index=True)


def _appearances(tables: Frames, zone: str, *measures: str) -> pd.DataFrame:
    """Each incident of each recurring cause once, with its day, which may be missing, and what it cost."""
    causes = standing(tables, "recurring_id").filter(~nw.col("recurring_id").is_null())
    pairs = causes.select("incident_id", "recurring_id").unique()
    incidents = opened(tables, "incidents", ["incident_id", "occurred_at", *measures])
    incidents = incidents.with_columns(zoned("occurred_at", zone))
    frame = gathered(pairs.join(incidents, on="incident_id", how="inner")).rename(columns={"occurred_at": "on"})
    days = pd.to_datetime(frame["on"]).astype("datetime64[us]").dt.normalize()
    return frame.astype(dict.fromkeys(measures, "float64")).assign(on=days)


def _names(tables: Frames) -> pd.DataFrame:
    """The most frequent wording and category of every recurring cause; at equal counts the first of the alphabet."""
    causes = standing(tables, "recurring_id", "text").filter(~nw.col("recurring_id").is_null())
    counted = gathered(causes.group_by("recurring_id", "category", "text").agg(nw.len().alias("n")))
    found = {}
    for column, source in (("name", "text"), ("category", "category")):
        sums = pd.DataFrame(counted.groupby(["recurring_id", source], as_index=False)["n"].sum())
        sums = sums.sort_values(["n", source], ascending=[False, True]).drop_duplicates("recurring_id")
        found[column] = sums.set_index("recurring_id")[source]
    identifiers = pd.Index(sorted(counted["recurring_id"].unique()), name="recurring_id")
    names = found["name"].reindex(identifiers)
    return pd.DataFrame(
        {"name": names.fillna(names.index.to_series()), "category": found["category"].reindex(identifiers)}
    )
