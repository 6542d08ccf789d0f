"""How long customers waited for us (R19): until we told them, apologised, put it right, and asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import Frames, Lazy, gathered, moment, opened, zoned
from postmortem.analysis.instants import by_month, earlier, happened, with_noted, year_and_month
from postmortem.analysis.monthly import FEW
from postmortem.analysis.survival import median_wait
from postmortem.record.playbook import default_playbook

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.playbook import Playbook

MEASURES: Final = {"tell": "minutes", "apologise": "minutes", "fix": "minutes", "follow up": "days"}
"""The waits in the order of the work, with their units."""

_COLUMNS: Final = ["measure", "unit", "month", "complete", "n", "closed", "open", "median", "waits", "still"]
_DAY: Final = 24 * 60


def waits(tables: Frames, *, now: datetime, zone: str = "UTC", playbook: Playbook | None = None) -> pd.DataFrame:
    """The median wait by month, each in the month in which it began; what is still open counts as open.

    Telling, apologising and putting right run from knowing: when we knew, or when they raised it, whichever was first.
    Following up runs from putting right, in days of the calendar, so that a change of the clocks makes no difference.

    The median is Kaplan's and Meier's (`median_wait`), because a median of those that are over alone would leave out
    just the ones that take long: a month in which the quick half is done would look like a quick month.

    Args:
        tables: The tidy tables; `incidents` and `steps` are read.
        now: Until when what is open has waited; what happened after it is not counted.
        zone: The zone in which days and months begin.
        playbook: Whose targets say which step is the apology and which the follow-up; the one that comes with the
            toolkit where nothing is said.

    Returns:
        One row a measure and month in which such a wait began, in the order of the work and of time:

        - `measure`, `tell`, `apologise`, `fix` or `follow up`; `unit`, `minutes` (whole ones) or `days`.
        - `month`, its first day; `complete`, whether it was over by `now`.
        - `n`, waits that began; `closed`, those that are over; `open`, those that are not.
        - `median`, missing under ten waits (R43), and where half of them are not over yet.
        - `waits` and `still`, under ten waits every one of them, closed and open so far, as tuples; else empty.
        - the same in every row of a measure: `all_n`, `all_closed`, `all_open`, `all_median`; `apart`, what could not
          be counted: nobody said since when or until when, or it was over before it began.

        A wait is closed or open only where somebody would have said so: a source that never says when something was
        done is `apart`, as is a step of an incident that is done without a time. A step that is not needed, or that is
        no part of the incident's procedure, is in no number. Empty where no wait began.

    Raises:
        DataError: If `now` has no zone, there is no such `zone`, or a column is not there.

    Examples:
        >>> from postmortem.analysis.frames import Tables
        >>> at = pd.to_datetime(["2026-01-01T10:00Z", "2026-01-01T10:20Z"])
        >>> given = {"incident_id": ["a", "b"], "known_at": at[0], "raised_at": at, "told_at": at[1], "source": ""}
        >>> incidents = pd.DataFrame(given).assign(fixed_at=pd.NaT)
        >>> step = {"incident_id": "a", "procedure": "thirteen-steps", "step_id": "apologise", "status": "done"}
        >>> steps = pd.DataFrame([step | {"done_at": at[1]}])
        >>> tables = Tables(incidents, *[incidents.iloc[:0]] * 4, steps)
        >>> waits(tables, now=pd.Timestamp("2026-02-01T00:00Z"))[["measure", "n", "open", "waits"]]
             measure  n  open     waits
        0       tell  2     0  (20, 20)
        1  apologise  1     0     (20,)
        2        fix  2     2        ()
    """
    until = moment(now)
    playbook = playbook or default_playbook()
    columns = ["incident_id", "known_at", "raised_at", "told_at", "fixed_at", "source"]
    incidents = happened(opened(tables, "incidents", columns), until)
    incidents = incidents.with_columns(earlier("known_at", "raised_at").alias("start_at"))
    told, fixed = (_of_incidents(incidents, name) for name in ("told_at", "fixed_at"))
    apologised = _of_steps(tables, incidents, "start_at", _ids(playbook, "apologise"), until)
    followed = _of_steps(tables, incidents, "fixed_at", _ids(playbook, "follow_up"), until)
    rows = dict(zip(MEASURES, (told, apologised, fixed, followed), strict=True))
    parts = [_counted(measure, frame, until, zone) for measure, frame in rows.items()]
    there = [part for part in parts if len(part)]
    return pd.concat(there, ignore_index=True) if there else pd.DataFrame({column: [] for column in _COLUMNS})


def _ids(playbook: Playbook, target: str) -> dict[str, str]:
    """The first step with a target in each of the procedures that have one."""
    procedures = playbook.procedures.presets.items()
    found = {name: [step.id for step in procedure.steps if step.target == target] for name, procedure in procedures}
    return {name: steps[0] for name, steps in found.items() if steps}


def _of_incidents(incidents: Lazy, end: str) -> Lazy:
    """Every incident: since when we knew, until when, and whether somebody would have said it."""
    return with_noted(incidents, end).select("start_at", nw.col(end).alias("end_at"), "noted")


def _of_steps(tables: Frames, incidents: Lazy, start: str, ids: dict[str, str], until: pd.Timestamp) -> Lazy:
    """The incidents that have one of the steps and need it, and whose wait began where that is the fix."""
    columns = ["incident_id", "procedure", "step_id", "status", "done_at"]
    steps = opened(tables, "steps", columns)
    wanted = nw.lit(value=False)
    for name, step_id in ids.items():
        wanted = wanted | ((nw.col("procedure") == name) & (nw.col("step_id") == step_id))
    to_come = (nw.col("done_at") > nw.lit(until.to_pydatetime())).fill_null(value=False)
    is_open = (nw.col("status") == "to do") | to_come
    steps = happened(steps.filter(wanted & (nw.col("status") != "not needed")).with_columns(noted=is_open), until)
    starts = incidents.select("incident_id", nw.col(start).alias("start_at"))
    if start == "fixed_at":
        starts = starts.filter(~nw.col("start_at").is_null())
    return steps.join(starts, on="incident_id", how="inner").select(
        "start_at", nw.col("done_at").alias("end_at"), "noted"
    )


class _Wait(NamedTuple):
    """What became of one measure in one month."""

    n: int
    closed: int
    open: int
    median: float
    waits: tuple[int, ...]
    still: tuple[int, ...]


def _counted(measure: str, rows: Lazy, until: pd.Timestamp, zone: str) -> pd.DataFrame:
    start, end = nw.col("start_at"), nw.col("end_at")
    closed = ~start.is_null() & ~end.is_null() & (end >= start)
    waiting = ~start.is_null() & end.is_null() & nw.col("noted")
    now = nw.lit(until.to_pydatetime())
    ended = rows.with_columns(
        closed=closed.fill_null(value=False).cast(nw.Int64),
        counts=(closed.fill_null(value=False) | waiting),
        end_at=nw.when(end.is_null()).then(now).otherwise(end),
    )
    total = gathered(ended.select(nw.len().alias("all"), nw.col("counts").cast(nw.Int64).sum()))
    unit = MEASURES[measure]
    kept = ended.filter(nw.col("counts")).with_columns(*year_and_month("start_at", zone))
    if unit == "days":
        kept = kept.with_columns(*(zoned(name, zone).dt.truncate("1d") for name in ("start_at", "end_at")))
    keys = ["year", "of", "closed", "wait"]
    timed = kept.with_columns((end - start).dt.total_minutes().alias("wait")).group_by(*keys)
    found = gathered(timed.agg(nw.len().alias("count")))
    if not len(found):
        return pd.DataFrame({column: [] for column in _COLUMNS})
    found = by_month(found.astype(dict.fromkeys((*keys, "count"), int)), until, zone)
    if unit == "days":
        found["wait"] = found["wait"] // _DAY
    result = [
        {"month": month, "complete": bool(part["complete"].iloc[0]), **_wait(part)._asdict()}
        for month, part in found.groupby("month")
    ]
    whole = _wait(found)
    return (
        pd.DataFrame(result)
        .assign(measure=measure, unit=unit)[_COLUMNS]
        .assign(all_n=whole.n, all_closed=whole.closed, all_open=whole.open, all_median=whole.median)
        .assign(apart=int(total["all"].iloc[0]) - whole.n)
    )


def _wait(rows: pd.DataFrame) -> _Wait:
    table = rows.pivot_table(index="wait", columns="closed", values="count", aggfunc="sum", fill_value=0)
    counts = {word: table[word].to_numpy() if word in table else 0 * table.iloc[:, 0].to_numpy() for word in (0, 1)}
    closed, still = int(counts[1].sum()), int(counts[0].sum())
    n, times = closed + still, [int(time) for time in table.index]
    few = n < FEW
    median = float("nan") if few else median_wait(times, counts[1].tolist(), counts[0].tolist())
    each = {word: tuple(t for t, k in zip(times, counts[word], strict=True) for _ in range(int(k))) for word in (0, 1)}
    return _Wait(n, closed, still, median, each[1] if few else (), each[0] if few else ())
