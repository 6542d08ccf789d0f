"""One way in for every kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from postmortem.exchange import documents, files
from postmortem.exchange.mapped import records, table
from postmortem.exchange.wiki import pages
from postmortem.record.errors import DataError, Problem, near

if TYPE_CHECKING:
    import os
    from datetime import datetime

    from postmortem.exchange.files import Progress
    from postmortem.exchange.mapped.mapping import Mapping
    from postmortem.exchange.prose.headings import Headings
    from postmortem.exchange.reading import Reading

SUFFIXES: Final = (*records.SUFFIXES, *table.SUFFIXES, *pages.SUFFIXES)
"""The suffixes of the files that can be read."""


def read(
    path: str | os.PathLike[str],
    *,
    mapping: Mapping | None = None,
    headings: Headings | None = None,
    now: datetime,
    progress: Progress | None = None,
    currency: str = "",
) -> Reading:
    """Read a file; nothing is saved yet.

    `.json` holds one incident, a list of them, or a list of five-why chains; `.jsonl` and `.ndjson` one incident a
    line; `.csv`, `.tsv`, `.xlsx` and `.xlsm` a table, which needs a mapping. With a mapping of the format `json` the
    first three hold the records of another system. `.md` and `.markdown` hold one incident: a page that was exported
    here, or a post-mortem as a team writes them.

    Args:
        path: The file.
        mapping: What the columns of a table, or the fields of another system's records, mean; see `load_mapping`.
        headings: What the headings of a post-mortem in Markdown mean; see `load_headings`. The shipped table where none
            is given.
        now: Rows that lie later are rejected.
        progress: Called with the bytes that are done and all bytes.
        currency: The team's: an amount of a table with the sign of another one, and no currency named, is rejected.

    Returns:
        The good incidents, and every row that will not do with all its reasons.

    Raises:
        DataError: If the file as a whole will not do: missing, empty, binary, cut off, in another encoding, without a
            mapping.
    """
    file = Path(path)
    files.size_of(file)
    suffix = file.suffix.lower()
    if suffix in records.SUFFIXES and mapping is not None and mapping.source.format == "json":
        return records.read_records(file, mapping, now=now, progress=progress, currency=currency)
    if suffix == ".json":
        return documents.read_json(file, progress=progress)
    if suffix in {".jsonl", ".ndjson"}:
        return documents.read_lines(file, progress=progress)
    if suffix in table.SUFFIXES:
        if mapping is None:
            raise table.no_mapping(file)
        return table.read_table(file, mapping, now=now, progress=progress, currency=currency)
    if suffix in pages.SUFFIXES:
        return pages.read_markdown(file, headings)
    files.check_is_text(file, "utf-8")  # says of a workbook what to do with it
    hint = near(suffix, SUFFIXES)
    remedy = f"did you mean {hint!r}?" if hint else f"name it {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
    raise DataError(file.name, [Problem("", f"unknown kind of file {suffix!r}", remedy)])
