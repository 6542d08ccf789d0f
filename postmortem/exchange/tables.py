"""The tidy tables as CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from collections.abc import Mapping as Table
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

from postmortem.exchange import files, tabular
from postmortem.record.errors import DataError, Problem

TABLES: Final = (
    "incidents",
    "causes",
    "actions",
    "action_causes",
    "factors",
    "steps",
    "opinions",
    "feedback",
    "topics",
    "promises",
    "compensations",
    "checklists",
    "checklist_runs",
    "checklist_misses",
)
"""The tidy tables, the first of which goes into the file that was named; see `data/README.md` for their columns."""


def table_files(path: Path | str) -> dict[str, Path]:
    """Which table goes into which file.

    Examples:
        >>> table_files("out/year.csv")["causes"].as_posix()
        'out/year-causes.csv'
    """
    path = Path(path)
    return {name: path if name == TABLES[0] else path.with_name(f"{path.stem}-{name}{path.suffix}") for name in TABLES}


def write_csv(path: Path | str, tables: object) -> tuple[Path, ...]:
    """Write the tidy tables as CSV in UTF-8: `FILE` gets the incidents, `FILE-causes.csv` and so on the others.

    Instants are written in UTC as ISO 8601, a missing value as an empty cell. A text that a spreadsheet would run as a
    formula has an apostrophe in front. It is part of the cell: whoever imports such a table again gets it too, since
    nobody can tell it from one that was typed. Whole incidents travel as JSON, or as pages.

    Args:
        path: The file for the incidents.
        tables: Frames with the names of `TABLES`, as attributes (what `store.tables()` gives) or by key.

    Returns:
        The files that were written. Either all are, or none.

    Raises:
        DataError: If a table is missing, or a file can't be written.

    References:
        OWASP, CSV Injection.
    """
    named = table_files(path)
    frames = frames_of(tables, Path(path).name)
    with files.written(*named.values()) as handles:
        for frame, handle in zip(frames.values(), handles, strict=True):
            csv.writer(handle).writerows(_rows(frame))
    return tuple(named.values())


def frames_of(tables: object, subject: str) -> dict[str, Any]:
    """The tidy tables by their names, in the order of `TABLES`.

    Args:
        tables: Frames with the names of `TABLES`, as attributes or by key.
        subject: What is written, for the error.

    Raises:
        DataError: If a table is missing.

    Examples:
        >>> list(frames_of(dict.fromkeys(TABLES, "a frame"), "year.csv"))[:2]
        ['incidents', 'causes']
    """
    frames = {name: tables.get(name) if isinstance(tables, Table) else getattr(tables, name, None) for name in TABLES}
    missing = [
        Problem(name, "there is no such table", "give what store.tables() gives")
        for name in TABLES
        if frames[name] is None
    ]
    if missing:
        raise DataError(subject, missing)
    return frames


def values_of(frame: Any) -> Iterable[tuple[Any, ...]]:  # noqa: ANN401 - a frame of any library that narwhals knows
    """The rows of a frame, each as its values."""
    if hasattr(frame, "itertuples"):
        return cast("Iterable[tuple[Any, ...]]", frame.itertuples(index=False, name=None))
    return cast("Iterable[tuple[Any, ...]]", frame.iter_rows())


def is_missing(value: object) -> bool:
    """Whether nothing stands there: `None`, `NaN`, `NaT`, `<NA>`."""
    return value is None or (not isinstance(value, str) and str(value) in {"nan", "NaT", "<NA>"})


def _rows(frame: Any) -> Iterable[list[str]]:  # noqa: ANN401 - same
    yield [tabular.harmless(str(name)) for name in frame.columns]
    for row in values_of(frame):
        yield [_cell(value) for value in row]


def _cell(value: object) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, int | float | Decimal) else tabular.harmless(str(value))
