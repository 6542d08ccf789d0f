"""The tidy tables as they come in, and the one door they come in through.

Any frame that narwhals reads will do (pandas, Polars, DuckDB, PySpark, Dask); it is aggregated where it lives, and only
small frames come back, as pandas. `data/README.md` defines every column.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import narwhals as nw
import pandas as pd

from postmortem.record.base import zone as zone_of
from postmortem.record.errors import DataError, Problem, near

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime, tzinfo

Lazy: TypeAlias = "nw.LazyFrame[Any]"

_INSTANT = "_at"
LOST: Final = "lost_min"
"""Customers affected times the minutes each of them lost (R5)."""
ALONE: Final = "lost_alone"
"""1 where there are minutes, but nobody said how many lost them: one customer is taken."""
_NUMBERS = frozenset(
    {"customers", "customer_min", "customer_cost", "our_cost", "depth", "number", "ticked", "points", "version"}
)
_AS_THEY_ARE = frozenset({"vip", "due_on", "done_on", "run_on", "in_order"})


class Frames(Protocol):
    """Anything that holds the six tables by name, such as what the store gives."""

    @property
    def incidents(self) -> Any: ...  # noqa: ANN401, D102 - any frame that narwhals reads

    @property
    def causes(self) -> Any: ...  # noqa: ANN401, D102 - same

    @property
    def actions(self) -> Any: ...  # noqa: ANN401, D102 - same

    @property
    def action_causes(self) -> Any: ...  # noqa: ANN401, D102 - same

    @property
    def factors(self) -> Any: ...  # noqa: ANN401, D102 - same

    @property
    def steps(self) -> Any: ...  # noqa: ANN401, D102 - same


@dataclass(frozen=True, eq=False)
class Tables:
    """The tidy tables of many incidents, in frames of one kind: six of them, and others where they are there."""

    incidents: Any
    causes: Any
    actions: Any
    action_causes: Any
    factors: Any
    steps: Any
    promises: Any = None
    checklists: Any = None
    checklist_runs: Any = None
    checklist_misses: Any = None

    @classmethod
    def of(cls, given: Frames) -> Tables:
        """The tables of anything that holds them by name, such as what the store gives; nothing is copied."""
        return cls(**{table.name: getattr(given, table.name, None) for table in fields(cls)})

    def each(self, change: Callable[[str, Any], Any]) -> Tables:
        """The tables that are there, each changed by its name; one that is not there stays away."""
        there = ((table.name, getattr(self, table.name)) for table in fields(self))
        return Tables(**{name: None if frame is None else change(name, frame) for name, frame in there})

    def __repr__(self) -> str:
        """The kind of its frames; counting could be dear."""
        return f"<Tables of {type(self.incidents).__module__.partition('.')[0]} frames>"


def opened(tables: Frames, name: str, columns: Iterable[str]) -> Lazy:
    """One table, with the columns asked for in the types this room counts on.

    Texts are stripped, and an empty one is missing; instants are aware and in UTC (a naive one is taken as UTC);
    numbers are floats.

    Two columns of the incidents can be asked for that are not in the tables: `lost_min`, the minutes each customer lost
    times the customers affected; and `lost_alone`, 1 where these are minutes of one customer because nobody said how
    many were affected (or said none), else 0. Both are missing where no minutes are known.

    Args:
        tables: The six tables.
        name: Which of them.
        columns: The columns that are needed.

    Raises:
        DataError: If a column is not there, or is not what its name says; with all problems at once.
    """
    frame: Lazy = nw.from_native(getattr(tables, name)).lazy()
    schema = frame.collect_schema()
    asked = list(columns)
    if LOST in asked or ALONE in asked:
        return _with_lost_time(tables, name, asked)
    problems = [
        Problem(f"column {column!r}", "missing", f"did you mean {hint!r}?" if (hint := near(column, schema)) else "")
        for column in asked
        if column not in schema
    ]
    problems += [
        Problem(f"column {column!r}", f"expected instants, found {schema[column]}", "read it as dates with a zone")
        for column in asked
        if column.endswith(_INSTANT) and column in schema and not _may_be_instants(schema[column])
    ]
    if problems:
        raise DataError(f"table {name}", problems)
    return frame.select(*(_typed(column, schema[column]) for column in asked))


def _with_lost_time(tables: Frames, name: str, asked: list[str]) -> Lazy:
    there = nw.from_native(getattr(tables, name)).lazy().collect_schema()
    parts = ["customer_min", *(["customers"] if "customers" in there else [])]
    frame = opened(tables, name, dict.fromkeys([*(column for column in asked if column not in {LOST, ALONE}), *parts]))
    people: Any = nw.col("customers") if "customers" in there else nw.lit(None, dtype=nw.Float64)
    minutes, counted = nw.col("customer_min"), people >= 1
    customers = nw.when(counted).then(people).otherwise(nw.lit(1.0))
    alone = nw.when(counted).then(nw.lit(0.0)).otherwise(nw.lit(1.0))
    known = ~minutes.is_null()
    derived = {LOST: minutes * customers, ALONE: nw.when(known).then(alone).otherwise(None)}
    return frame.with_columns(**derived).select(*asked)


def gathered(frame: Lazy) -> pd.DataFrame:
    """A small result as a pandas frame, whatever it was counted in."""
    # DuckDB gives pandas by itself; the way over Arrow would need one more library.
    collected = frame.collect("pandas") if frame.implementation.is_duckdb() else frame.collect()
    if collected.implementation.is_pandas():
        native: pd.DataFrame = collected.to_native()
        return native.reset_index(drop=True)
    return pd.DataFrame(collected.to_dict(as_series=False))


def count(tables: Frames) -> int:
    """How many incidents there are.

    Examples:
        >>> frame = pd.DataFrame({"incident_id": ["a", "b"]})
        >>> count(Tables(frame, frame, frame, frame, frame, frame))
        2
    """
    return int(gathered(opened(tables, "incidents", ["incident_id"]).select(nw.len().alias("n")))["n"].iloc[0])


def moment(now: datetime, what: str = "now") -> pd.Timestamp:
    """An instant as pandas keeps it.

    Raises:
        DataError: If it is not an instant, or has no zone.
    """
    stamp = pd.Timestamp(now)
    if pd.isna(stamp) or stamp.tzinfo is None:
        raise DataError(what, [Problem("", f"expected an instant with its zone, found {now!r}")])
    return stamp


def zoned(column: str, zone: str) -> nw.Expr:
    """What the clocks of a zone showed at an instant, without the zone.

    Raises:
        DataError: If there is no such zone.
    """
    _known_zone(zone)
    # What is in UTC already need not be asked of an engine that knows one zone only.
    instant = nw.col(column) if zone == "UTC" else nw.col(column).dt.convert_time_zone(zone)
    return instant.dt.replace_time_zone(None)


def local_day(instant: pd.Timestamp, zone: str) -> pd.Timestamp:
    """The day that an instant fell on in a zone, as midnight without a zone.

    Raises:
        DataError: If there is no such zone.

    Examples:
        >>> local_day(pd.Timestamp("2026-01-31T23:30Z"), "Europe/Berlin")
        Timestamp('2026-02-01 00:00:00')
    """
    return instant.tz_convert(_known_zone(zone)).tz_localize(None).normalize()


def _known_zone(zone: str) -> tzinfo:
    try:
        return zone_of(zone)
    except ValueError as error:
        raise DataError("zone", [Problem("", str(error))]) from error


def _may_be_instants(dtype: Any) -> bool:  # noqa: ANN401 - a narwhals dtype, class or instance
    # A column without any value has no type of its own in some engines.
    return dtype == nw.Datetime or dtype in (nw.Object, nw.Unknown) or dtype == nw.Date


def _typed(column: str, dtype: Any) -> nw.Expr:  # noqa: ANN401 - a narwhals dtype, class or instance
    expression = nw.col(column)
    if column in _AS_THEY_ARE:
        return expression
    if column in _NUMBERS:
        return expression.cast(nw.Float64)
    if column.endswith(_INSTANT):
        if dtype == nw.Datetime and dtype.time_zone is None:
            return expression.dt.replace_time_zone("UTC")
        return expression if dtype == nw.Datetime else expression.cast(nw.Datetime("us", "UTC"))
    stripped = expression.cast(nw.String).str.strip_chars()
    return nw.when(stripped != "").then(stripped).otherwise(None).alias(column)
