"""How the checklists are used (R37): uses by month, the share of points that was ticked, and what they missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol, cast

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import gathered, local_day, moment, opened, zoned

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.analysis.frames import Frames

_BY_MONTH: Final = ("runs", "ticked", "points", "misses")
_COLUMNS: Final = [
    "list",
    "name",
    "version",
    "month",
    *_BY_MONTH,
    "all_runs",
    "share",
    "all_misses",
    "undated",
    "last_on",
    "kept",
    "lists",
    "ahead",
]


class WithChecklists(Protocol):
    """Anything that holds the three tables of checklists, such as what the store gives."""

    @property
    def checklists(self) -> Any: ...  # noqa: ANN401, D102 - any frame that narwhals reads

    @property
    def checklist_runs(self) -> Any: ...  # noqa: ANN401, D102 - same

    @property
    def checklist_misses(self) -> Any: ...  # noqa: ANN401, D102 - same


def checklist_use(tables: WithChecklists, *, now: datetime, zone: str = "UTC") -> pd.DataFrame:
    """How often each list was used in each month, how much of it was ticked, and which incidents it missed.

    A list that nobody has used, and one that is named and not there, are counted too: nothing is dropped. A use on a
    day that is still to come counts in `ahead` only.

    Args:
        tables: The tidy tables; `checklists`, `checklist_runs` and `checklist_misses` are read.
        now: The moment the count is made; aware.
        zone: The zone in which days and months begin, for what was missed; a use has its day already.

    Returns:
        One row a list and month in which it was used or missed something, and one without a month for a list with
        neither; the lists in the order of their uses and misses, most first:

        - `list`, its record and its id there, as `2026-001/l1`; `name`; `version` in force, missing for a list that is
          not there; `month`, its first day.
        - `runs`, uses; `ticked` and `points`, summed over them; `misses`, incidents of the month that it should have
          caught.
        - of the list: `all_runs`; `share` of all points of all uses that was ticked, 0 to 1, missing where there is
          none; `all_misses`, of which `undated` have no month; `last_on`, the day of the last use; `kept`, whether the
          list is there.
        - of all: `lists`, how many are there, and `ahead`, uses on a day that is still to come.

        Empty where there is no list and nothing was missed.

    Raises:
        DataError: If `now` has no zone, there is no such `zone`, or a column is not there.

    Examples:
        >>> from types import SimpleNamespace
        >>> day = pd.to_datetime(["2026-03-02", "2026-03-09"], utc=True)
        >>> made = {"incident_id": ["2026-001"], "checklist_id": ["l1"], "name": ["Leaving"], "version": [1]}
        >>> used = {"incident_id": ["2026-001"] * 2, "checklist_id": ["l1"] * 2, "run_on": day}
        >>> used |= {"ticked": [4, 3], "points": [4, 4]}
        >>> none = {"incident_id": [], "list": [], "occurred_at": pd.to_datetime([], utc=True)}
        >>> given = {"checklists": made, "checklist_runs": used, "checklist_misses": none}
        >>> given = SimpleNamespace(**{name: pd.DataFrame(rows) for name, rows in given.items()})
        >>> checklist_use(given, now=pd.Timestamp("2026-03-20", tz="UTC"))[["list", "runs", "share", "misses"]]
                  list  runs  share  misses
        0  2026-001/l1     2  0.875       0
    """
    today = local_day(moment(now), zone)
    held = cast("Frames", tables)
    made = _made(held)
    runs, ahead = _runs(held, today)
    misses = _misses(held, zone)
    months = pd.concat([runs, misses]).groupby(["list", "month"], dropna=False, as_index=False)[list(_BY_MONTH)].sum()
    # A miss without a day is in the sums, and in no month.
    undated = months[months["month"].isna()].set_index("list")["misses"]
    dated = months[months["month"].notna()]
    names = pd.Index(sorted({*made.index, *months["list"]}), name="list")
    totals = months.groupby("list")[list(_BY_MONTH)].sum().reindex(names, fill_value=0)
    of_list = pd.DataFrame(
        {
            "all_runs": totals["runs"].astype(int),
            "share": totals["ticked"] / totals["points"].where(totals["points"] > 0),
            "all_misses": totals["misses"].astype(int),
            "undated": undated.reindex(names, fill_value=0).astype(int),
            "last_on": runs.groupby("list")["last_on"].max().reindex(names).astype("datetime64[us]"),
            "kept": names.isin(made.index),
        },
        index=names,
    ).join(made)
    frame = of_list.reset_index().merge(dated, on="list", how="left")
    frame[list(_BY_MONTH)] = frame[list(_BY_MONTH)].fillna(0).astype(int)
    frame["lists"], frame["ahead"] = len(made), ahead
    frame["weight"] = -(frame["all_runs"] + frame["all_misses"])
    return frame.sort_values(["weight", "list", "month"], ignore_index=True)[_COLUMNS]


def _made(tables: Frames) -> pd.DataFrame:
    rows = gathered(opened(tables, "checklists", ["incident_id", "checklist_id", "name", "version"]))
    rows = rows.assign(list=_key(rows), version=rows["version"].astype(float))
    return rows.set_index("list")[["name", "version"]]


def _key(rows: pd.DataFrame) -> pd.Series[Any]:
    key: pd.Series[Any] = rows["incident_id"].astype(str) + "/" + rows["checklist_id"].astype(str)
    return key


def _runs(tables: Frames, today: pd.Timestamp) -> tuple[pd.DataFrame, int]:
    columns = ["incident_id", "checklist_id", "run_on", "ticked", "points"]
    counts = (nw.len().alias("runs"), nw.col("ticked").sum(), nw.col("points").sum())
    rows = gathered(opened(tables, "checklist_runs", columns).group_by(*columns[:3]).agg(*counts))
    day = pd.to_datetime(rows["run_on"], utc=True).dt.tz_localize(None).astype("datetime64[us]")
    rows = rows.assign(list=_key(rows) if len(rows) else "", last_on=day, month=_first(day), misses=0)
    over = day <= today
    return rows[over][["list", "month", "last_on", *_BY_MONTH]], int(rows.loc[~over, "runs"].sum())


def _misses(tables: Frames, zone: str) -> pd.DataFrame:
    given = opened(tables, "checklist_misses", ["list", "occurred_at"]).with_columns(zoned("occurred_at", zone))
    at = nw.col("occurred_at").dt
    named = given.with_columns(at.year().alias("year"), at.month().alias("of"))
    rows = gathered(named.group_by("list", "year", "of").agg(nw.len().alias("misses")))
    parts = {"year": rows["year"].astype(float), "month": rows["of"].astype(float), "day": 1.0}
    day = pd.to_datetime(pd.DataFrame(parts)).astype("datetime64[us]")
    told = rows.assign(list=rows["list"].astype(object), month=day, runs=0, ticked=0.0, points=0.0)
    return told[["list", "month", *_BY_MONTH]]


def _first(day: pd.Series[Any]) -> pd.Series[Any]:
    first: pd.Series[Any] = day.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    return first
