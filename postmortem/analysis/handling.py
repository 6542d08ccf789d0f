"""Is handling getting better (R42): told before they asked, the waits, the steps one by one, and promises kept.

Nothing here says that it is: each function counts by month, with its n, and leaves the rest to whoever draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import Frames, gathered, moment, opened, zoned
from postmortem.analysis.instants import by_month, earlier, happened, is_past, with_noted, year_and_month
from postmortem.analysis.intervals import exact_share
from postmortem.analysis.monthly import FEW
from postmortem.record.playbook import default_playbook

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.playbook import Playbook

OUTCOMES: Final = ("in order", "out of order", "late", "not needed", "open")
"""What became of a step; each step of an incident is one of these."""

_TOLD: Final = ["month", "complete", "yes", "n", "share", "low", "high"]
_KEPT: Final = ["kind", "month", "complete", "yes", "n", "share", "overdue"]
_ORDER: Final = ("step", "offer", "pay-back", "follow-up", "call-back", "approval", "action", "effect check")


def told_first(tables: Frames, *, now: datetime, zone: str = "UTC") -> pd.DataFrame:
    """Whom we told before they asked, by the month of the first word between us: theirs or ours (R1).

    The record decides it (`record.recovery.told_before_asked`). Who raised it and was not told asked first. The order
    is not known where nothing was said on either side yet; where they found it, and nobody says when they raised it;
    and where it was raised and the record came from a source that never says when somebody was told.

    Args:
        tables: The tidy tables; only `incidents` is read.
        now: What happened after it is not counted; its month is not complete.
        zone: The zone in which months begin.

    Returns:
        One row a month in which the order is known, in the order of time:

        - `month`, its first day; `complete`, whether it was over by `now`.
        - `yes`, told first; `n`, told or raised; `share`; `low` and `high`, the exact 95 % interval, missing under ten
          incidents (R43).
        - the same in every row: `all_yes`, `all_n`, `all_low` and `all_high`; `unknown`, incidents whose order is not
          known.

        Empty where no order is known.

    Raises:
        DataError: If `now` has no zone, there is no such `zone`, or a column is not there.

    Examples:
        >>> from postmortem.analysis.frames import Tables
        >>> at = pd.to_datetime(["2026-01-01T10:00Z", "2026-01-01T12:00Z"])
        >>> given = {"incident_id": ["a", "b"], "told_at": at, "raised_at": at[1], "told_first": ["yes", "no"]}
        >>> incidents = pd.DataFrame(given).assign(source="")
        >>> tables = Tables(incidents, *[incidents.iloc[:0]] * 5)
        >>> told_first(tables, now=pd.Timestamp("2026-02-01T00:00Z"))[["month", "yes", "n"]]
               month  yes  n
        0 2026-01-01    1  2
    """
    until = moment(now)
    columns = ["incident_id", "told_at", "raised_at", "told_first", "source"]
    incidents = with_noted(happened(opened(tables, "incidents", columns), until), "told_at")
    is_told, order = ~nw.col("told_at").is_null(), nw.col("told_first")
    first = is_told & (order == "yes")
    is_known = (is_told & ~order.is_null()) | (~is_told & ~nw.col("raised_at").is_null() & nw.col("noted"))
    sorted_ = incidents.with_columns(earlier("told_at", "raised_at").alias("month"), known=is_known, yes=first)
    total = gathered(sorted_.select(nw.len().alias("all"), nw.col("known").cast(nw.Int64).sum()))
    yes = nw.col("yes").fill_null(value=False).cast(nw.Int64)
    rows = sorted_.filter(nw.col("known")).select(*year_and_month("month", zone), yes)
    counts = rows.group_by("year", "of").agg(nw.len().alias("n"), nw.col("yes").sum())
    frame = by_month(gathered(counts), until, zone)
    if not len(frame):
        return pd.DataFrame({column: [] for column in _TOLD})
    frame = _with_shares(frame.sort_values("month", ignore_index=True))[_TOLD]
    unknown = int(total["all"].iloc[0]) - int(total["known"].iloc[0])
    return frame.assign(**_of_all(frame), unknown=unknown)


def conformance(tables: Frames, *, now: datetime, playbook: Playbook | None = None) -> pd.DataFrame:
    """What became of each step of the default procedure, by the step: the thirteen, where the playbook says so (R12).

    Args:
        tables: The tidy tables; `steps` is read.
        now: From when an open step that is past its time is overdue.
        playbook: Whose procedure; the one that comes with the toolkit where nothing is said.

    Returns:
        One row a step, in the order of the procedure:

        - `number`, `step_id`, `text` as the playbook words it.
        - how many incidents have it `in order` (done, after the steps that come first, and in time where it has a
          time), `out of order` (done too early, R13), `late` (in order, and after its time), `not needed` or `open`.
        - `also_late`, how many of those out of order were late too; `overdue`, how many of the open ones are past
          their time.
        - `n`, how many incidents went by this procedure, and `others`, how many by another; the same in every row.

        Empty where no incident went by it.

    Raises:
        DataError: If `now` has no zone, or a column is not there.
    """
    playbook = playbook or default_playbook()
    name = playbook.procedures.default
    rules = {step.id: step for step in playbook.procedures.presets[name].steps}
    columns = ["incident_id", "procedure", "number", "step_id", "status", "done_at", "due_at", "due_on", "in_order"]
    steps = opened(tables, "steps", columns)
    late = is_past(nw.col("done_at")).fill_null(value=False)
    over = is_past(nw.lit(moment(now).to_pydatetime())).fill_null(value=False)
    own = steps.filter(nw.col("procedure") == name)
    classed = own.with_columns(
        ordered=nw.col("in_order").cast(nw.Int64).fill_null(1), late=late.cast(nw.Int64), over=over.cast(nw.Int64)
    )
    keys = ["number", "step_id", "status", "ordered", "late", "over"]
    found = gathered(classed.group_by(*keys).agg(nw.len().alias("count")))
    everyone = gathered(
        steps.select("incident_id", "procedure").unique().group_by("procedure").agg(nw.len().alias("n"))
    )
    sizes = {str(row["procedure"]): int(row["n"]) for row in everyone.to_dict("records")}
    if not len(found):
        return pd.DataFrame({column: [] for column in ("number", "step_id", "text", *OUTCOMES)})
    rows = []
    for (_, step_id), part in sorted(found.groupby(["number", "step_id"], observed=True)):
        done, to_do = part[part["status"] == "done"], part[part["status"] == "to do"]
        in_order = done[done["ordered"] == 1]
        early = done[done["ordered"] == 0]
        rows.append(
            {
                "number": int(part["number"].iloc[0]),
                "step_id": str(step_id),
                "text": rules[str(step_id)].text if str(step_id) in rules else str(step_id),
                "in order": _sum(in_order[in_order["late"] == 0]),
                "out of order": _sum(early),
                "late": _sum(in_order[in_order["late"] == 1]),
                "not needed": _sum(part[part["status"] == "not needed"]),
                "open": _sum(to_do),
                "also_late": _sum(early[early["late"] == 1]),
                "overdue": _sum(to_do[to_do["over"] == 1]),
            }
        )
    return pd.DataFrame(rows).assign(n=sizes[name], others=sum(sizes.values()) - sizes[name])


def promises_kept(tables: Frames, *, now: datetime, zone: str = "UTC") -> pd.DataFrame:
    """How many promises were kept by their date, by kind and by the month they were due in.

    An open promise that is past its date was not kept. One that is due after `now` is left out, also where it is kept
    already: to count only the early ones would flatter. So is one that turned out not to be needed, and one that was
    kept nobody says when.

    Args:
        tables: The tidy tables; `promises` is read, and where it is not there, there are none.
        now: What is due after it is left out.
        zone: The zone in which months begin, for a promise that is due at a moment; one that is due on a day is in the
            month of that day.

    Returns:
        One row a kind and month in which one of it was due, kinds in the order of the work:

        - `kind`; `month`, its first day; `complete`, whether it was over by `now`.
        - `yes`, kept in time; `n`, due; `share`; `overdue`, how many of those not kept are still open.
        - the same in every row of a kind: `all_yes`, `all_n`, `all_overdue`.
        - the same in every row: `ahead`, due after `now`; `spared`; `unknown`, kept nobody says when.

        Empty where no promise was due yet. There is no interval: the promises of one incident hang together, and an
        interval would take them for as many independent ones.

    Raises:
        DataError: If `now` has no zone, there is no such `zone`, or a column is not there.
    """
    until = moment(now)
    if getattr(tables, "promises", None) is None:
        return pd.DataFrame({column: [] for column in _KEPT})
    promises = opened(tables, "promises", ["kind", "due_at", "due_on", "met_at", "status"])
    due, met, by_day = nw.col("due_at"), nw.col("met_at"), ~nw.col("due_on").is_null()
    in_time = ~met.is_null() & ~is_past(met)
    past = is_past(nw.lit(until.to_pydatetime()))
    day, at = nw.col("due_on").dt, nw.col("month").dt
    rows = (
        promises.filter(~due.is_null())
        .with_columns(due.alias("month"), ahead=(~past).cast(nw.Int64), kept=in_time.cast(nw.Int64))
        .with_columns(zoned("month", zone), undated=(met.is_null()).cast(nw.Int64))
        .with_columns(
            nw.when(by_day).then(day.year()).otherwise(at.year()).alias("year"),
            nw.when(by_day).then(day.month()).otherwise(at.month()).alias("of"),
        )
    )
    keys = ["kind", "year", "of", "status", "ahead", "undated", "kept"]
    found = gathered(rows.group_by(*keys).agg(nw.len().alias("count")))
    ahead = found["ahead"] == 1
    spared = ~ahead & (found["status"] == "spared")
    unknown = ~ahead & (found["status"] == "met") & (found["undated"] == 1)
    due_ = found[~ahead & ~spared & ~unknown]
    if not len(due_):
        return pd.DataFrame({column: [] for column in _KEPT})
    counted = pd.DataFrame(
        {
            "kind": due_["kind"].astype(str),
            "year": due_["year"],
            "of": due_["of"],
            "n": due_["count"].astype(int),
            "yes": due_["count"].where((due_["status"] == "met") & (due_["kept"] == 1), 0).astype(int),
            "overdue": due_["count"].where(due_["status"] == "open", 0).astype(int),
        }
    )
    frame = by_month(counted.groupby(["kind", "year", "of"], as_index=False).sum(), until, zone)
    frame["share"] = frame["yes"] / frame["n"]
    place = {kind: index for index, kind in enumerate(dict.fromkeys((*_ORDER, *sorted(set(frame["kind"])))))}
    frame = frame.assign(place=frame["kind"].map(place)).sort_values(["place", "month"], ignore_index=True)[_KEPT]
    for column in ("yes", "n", "overdue"):
        frame[f"all_{column}"] = frame.groupby("kind")[column].transform("sum")
    left_out = {"ahead": ahead, "spared": spared, "unknown": unknown}
    return frame.assign(**{name: _sum(found[where]) for name, where in left_out.items()})


def _sum(rows: pd.DataFrame) -> int:
    return int(rows["count"].sum())


def _limits(yes: int, n: int) -> tuple[float, float]:
    return exact_share(int(yes), int(n)) if n >= FEW else (float("nan"), float("nan"))


def _with_shares(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(yes=frame["yes"].astype(int), n=frame["n"].astype(int))
    limits = [_limits(yes, n) for yes, n in zip(frame["yes"], frame["n"], strict=True)]
    low, high = ([limit[end] for limit in limits] for end in (0, 1))
    return frame.assign(share=frame["yes"] / frame["n"], low=low, high=high)


def _of_all(frame: pd.DataFrame) -> dict[str, float]:
    yes, n = int(frame["yes"].sum()), int(frame["n"].sum())
    low, high = _limits(yes, n)
    return {"all_yes": yes, "all_n": n, "all_low": low, "all_high": high}
