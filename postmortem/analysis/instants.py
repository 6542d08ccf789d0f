"""Instants as they were noted: what had happened by now, what a source never says, and the month it was in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import local_day, zoned

if TYPE_CHECKING:
    from postmortem.analysis.frames import Lazy


def earlier(one: str, other: str) -> nw.Expr:
    """The earlier of two instants; the one that is there where one is missing."""
    first, second = nw.col(one), nw.col(other)
    return nw.when(first.is_null() | (second < first)).then(second).otherwise(first)


def is_past(at: nw.Expr) -> nw.Expr:
    """Whether what is due at `due_at`, or some time on `due_on`, is late at a moment (`record.days.is_past`)."""
    due = nw.col("due_at")
    return nw.when(nw.col("due_on").is_null()).then(due < at).otherwise(due <= at)


def happened(frame: Lazy, until: pd.Timestamp) -> Lazy:
    """What was said of instants that have not come yet, as if nobody had said it."""
    now = nw.lit(until.to_pydatetime())
    instants = [name for name in frame.collect_schema() if name.endswith("_at")]
    return frame.with_columns(*(nw.when(nw.col(name) <= now).then(nw.col(name)).alias(name) for name in instants))


def with_noted(incidents: Lazy, instant: str) -> Lazy:
    """Whether somebody would have said when something was done: `noted`.

    A missing instant means that it was not done yet. But a source that never gives it for any incident does not say
    when, and then nothing is known of it. Our own records always say.
    """
    incidents = incidents.with_columns(nw.col("source").fill_null("").alias("source"))
    says = incidents.group_by("source").agg(nw.col(instant).count().alias("says"))
    joined = incidents.join(says, on="source", how="left")
    return joined.with_columns(((nw.col("source") == "") | (nw.col("says") > 0)).alias("noted"))


def year_and_month(instant: str, zone: str) -> tuple[nw.Expr, nw.Expr]:
    """The year and the month of an instant, as the clocks of a zone show it."""
    at = zoned(instant, zone).dt
    return at.year().alias("year"), at.month().alias("of")


def by_month(frame: pd.DataFrame, until: pd.Timestamp, zone: str) -> pd.DataFrame:
    """Rows with the first day of their month, and whether it was over."""
    if not len(frame):
        return frame
    days: dict[str, Any] = {"year": frame["year"].astype(int), "month": frame["of"].astype(int), "day": 1}
    first = pd.to_datetime(pd.DataFrame(days))
    over = first + pd.offsets.MonthEnd(0) < local_day(until, zone)
    return frame.assign(month=first.astype("datetime64[us]"), complete=over).drop(columns=["year", "of"])
