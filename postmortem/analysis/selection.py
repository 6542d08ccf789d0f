"""The incidents a person wants to look at, and everything that belongs to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd

from postmortem.analysis.frames import Frames, Lazy, Tables, moment, opened
from postmortem.analysis.labels import CATEGORY_ORDER, NO_CAUSE, standing
from postmortem.record.base import zone as zone_of
from postmortem.record.errors import DataError, Problem, near
from postmortem.record.vocabulary import SEVERITIES, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence


def select(
    tables: Frames,
    *,
    since: date | datetime | None = None,
    until: date | datetime | None = None,
    teams: Sequence[str] = (),
    services: Sequence[str] = (),
    categories: Sequence[str] = (),
    severities: Sequence[str] = (),
    states: Sequence[str] = (),
    zone: str = "UTC",
) -> Tables:
    """The incidents that fit all filters, with all that belongs to them.

    An empty filter lets everything through. An incident without a date fits only where neither `since` nor `until` is
    given.

    Args:
        tables: The six tables.
        since: The first day, or the first instant.
        until: The last day, which is still in; or the first instant that is not.
        teams: Names of teams.
        services: Names of services.
        categories: Keeps incidents with at least one cause of one of these; `unclassified` and `no cause yet` may be
            asked for too. Their other causes stay, for an incident is kept whole.
        severities: Levels of severity.
        states: States of the record.
        zone: The zone in which days begin and end.

    Raises:
        DataError: If a category, severity or state does not exist, an instant has no zone, or the end is before the
            beginning; with all problems at once.

    Examples:
        >>> causes = pd.DataFrame({"incident_id": ["a"], "category": ["system"], "status": ["confirmed"]})
        >>> incidents = pd.DataFrame({"incident_id": ["a", "b"]})
        >>> other = incidents.iloc[:0]
        >>> given = Tables(incidents, causes, other, other, other, other)
        >>> select(given, categories=["system"]).incidents["incident_id"].tolist()
        ['a']
    """
    start, end = _instant(since, zone, "since"), _instant(until, zone, "until", last=True)
    problems = [
        *_unknown("categories", categories, CATEGORY_ORDER),
        *_unknown("severities", severities, SEVERITIES),
        *_unknown("states", states, STATES),
    ]
    if start is not None and end is not None and end <= start:
        problems.append(Problem("until", f"{until} is before since, {since}", "swap them"))
    if problems:
        raise DataError("filter", problems)
    wanted = {"team": teams, "service": services, "severity": severities, "state": states}
    wanted = {column: list(values) for column, values in wanted.items() if values}
    dated = start is not None or end is not None
    kept = opened(tables, "incidents", ["incident_id", *wanted, *(["occurred_at"] if dated else [])])
    for column, values in wanted.items():
        kept = kept.filter(nw.col(column).is_in(values))
    if start is not None:
        kept = kept.filter(nw.col("occurred_at") >= start.to_pydatetime())
    if end is not None:
        kept = kept.filter(nw.col("occurred_at") < end.to_pydatetime())
    if categories:
        kept = _with_category(tables, kept, list(categories))
    return _those(tables, kept.select("incident_id"))


def _with_category(tables: Frames, incidents: Lazy, categories: list[str]) -> Lazy:
    causes = standing(tables)
    kept = incidents.join(causes.filter(nw.col("category").is_in(categories)), on="incident_id", how="semi")
    if NO_CAUSE not in categories:
        return kept
    return nw.concat([kept, incidents.join(causes, on="incident_id", how="anti")])


def _those(tables: Frames, kept: Lazy) -> Tables:
    def of(_: str, native: Any) -> Any:  # noqa: ANN401 - a frame of the kind that came in
        frame = nw.from_native(native)
        # A table without rows may have columns without a type, which would not join.
        typed = frame.lazy().with_columns(nw.col("incident_id").cast(nw.String))
        rows = typed.join(kept, on="incident_id", how="semi")
        return (rows.collect() if isinstance(frame, nw.DataFrame) else rows).to_native()

    return Tables.of(tables).each(of)


def _instant(day: date | datetime | None, zone: str, what: str, *, last: bool = False) -> pd.Timestamp | None:
    if day is None:
        return None
    if isinstance(day, datetime):
        return moment(day, what)
    try:
        local = pd.Timestamp(day + timedelta(days=1) if last else day).tz_localize(zone_of(zone))
    except ValueError as error:
        raise DataError(what, [Problem("zone", str(error))]) from error
    return local.tz_convert("UTC")


def _unknown(what: str, given: Sequence[str], known: Sequence[str]) -> list[Problem]:
    return [
        Problem(what, f"expected {', '.join(known[:-1])} or {known[-1]}, found {value!r}", f"did you mean {hint!r}?")
        if (hint := near(value, known))
        else Problem(what, f"expected {', '.join(known[:-1])} or {known[-1]}, found {value!r}")
        for value in given
        if value not in known
    ]
