"""Which of the shipped mappings a file of another system fits."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from postmortem.exchange import doors, files
from postmortem.exchange.mapped import records, table
from postmortem.exchange.mapped.mapping import shipped_mappings
from postmortem.record.errors import DataError

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from postmortem.exchange.files import Progress
    from postmortem.exchange.mapped.mapping import Mapping
    from postmortem.exchange.prose.headings import Headings
    from postmortem.exchange.reading import Reading

_LOOKED_AT: Final = 100


def read_fitting(
    path: str | os.PathLike[str],
    *,
    headings: Headings | None = None,
    now: datetime,
    progress: Progress | None = None,
    currency: str = "",
) -> tuple[Reading, str | None]:
    """Read a file for which no mapping is named: a table, or JSON of another system, through the one that fits it.

    Args:
        path: The file.
        headings: As for `read`.
        now: As for `read`.
        progress: As for `read`.
        currency: As for `read`.

    Returns:
        The reading, and the name of the shipped mapping; none where the file was read without one.

    Raises:
        DataError: If the file will not do; for a table that no mapping fits, or several, with what a mapping is.
    """
    file = Path(path)
    files.size_of(file)
    suffix = file.suffix.lower()
    if suffix in records.SUFFIXES:
        fitting = [name for name, mapping in shipped_mappings().items() if _fits(file, mapping)]
        if len(fitting) == 1:
            mapping = shipped_mappings()[fitting[0]]
            return doors.read(file, mapping=mapping, now=now, progress=progress, currency=currency), fitting[0]
    if suffix not in table.SUFFIXES:
        return doors.read(file, headings=headings, now=now, progress=progress), None
    read: list[tuple[Reading, str]] = []
    for name, mapping in shipped_mappings().items():
        try:
            read.append((doors.read(file, mapping=mapping, now=now, progress=progress, currency=currency), name))
        except DataError:
            continue  # another header: the next one
    if len(read) == 1:
        return read[0]
    return doors.read(file, now=now), None  # says what a mapping is, and which would do


def _fits(file: Path, mapping: Mapping) -> bool:
    """Whether the first rows of a JSON file have all that a mapping needs; an incident of ours never has."""
    if mapping.source.format != "json":
        return False
    seen: set[str] = set()
    try:
        with files.lines_of(file, mapping.source.encoding) as lines:
            for row in islice(records.rows_of(file, lines, mapping), _LOOKED_AT):
                if isinstance(row.value, dict):
                    seen |= records.fields_of(row.value, mapping.names())
    except DataError:
        return False
    return bool(seen) and not mapping.missing_in(seen)
