"""One way in for every kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from postmortem.exchange import documents, files
from postmortem.exchange.table import no_mapping, read_table
from postmortem.record.errors import DataError, Problem, near

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from postmortem.exchange.files import Progress
    from postmortem.exchange.mapping import Mapping
    from postmortem.exchange.reading import Reading

SUFFIXES: Final = (".json", ".jsonl", ".ndjson", ".csv", ".tsv")
"""The suffixes of the files that can be read."""


def read(
    path: str | os.PathLike[str], *, mapping: Mapping | None = None, now: datetime, progress: Progress | None = None
) -> Reading:
    """Read a file; nothing is saved yet.

    `.json` holds one incident, a list of them, or a list of five-why chains; `.jsonl` and `.ndjson` one incident a
    line; `.csv` and `.tsv` a table, which needs a mapping.

    Args:
        path: The file.
        mapping: What the columns of a table mean; see `load_mapping`.
        now: Rows of a table that lie later are rejected.
        progress: Called with the bytes that are done and all bytes.

    Returns:
        The good incidents, and every row that will not do with all its reasons.

    Raises:
        DataError: If the file as a whole will not do: missing, empty, binary, cut off, in another encoding, without a
            mapping.
    """
    file = Path(path)
    files.size_of(file)
    suffix = file.suffix.lower()
    if suffix == ".json":
        return documents.read_json(file, progress=progress)
    if suffix in {".jsonl", ".ndjson"}:
        return documents.read_lines(file, progress=progress)
    if suffix in {".csv", ".tsv"}:
        if mapping is None:
            raise no_mapping(file)
        return read_table(file, mapping, now=now, progress=progress)
    files.check_is_text(file, "utf-8")  # says of a workbook what to do with it
    hint = near(suffix, SUFFIXES)
    remedy = f"did you mean {hint!r}?" if hint else f"name it {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
    raise DataError(file.name, [Problem("", f"unknown kind of file {suffix!r}", remedy)])
