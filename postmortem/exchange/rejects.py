"""The rejected rows as a file that a person mends and imports again."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from postmortem.exchange import files, tabular
from postmortem.exchange.tabular import REJECT_COLUMNS
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postmortem.exchange.reading import Reading

_LINES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv")


def write_rejects(path: Path | str, reading: Reading) -> None:
    """Write what was rejected, with every reason, so that it can be mended and imported again.

    A table becomes a table: the number of the row, the reasons, then the original columns; cells that a spreadsheet
    would run as a formula have an apostrophe in front, which is taken away when the file is read. JSON becomes JSON
    lines, each with `rejected`, `because` and the `document` (or its `text`, where it could not be read).

    Raises:
        DataError: If the file can't be written, or its suffix belongs to the other kind.

    Examples:
        >>> import tempfile
        >>> from postmortem.exchange.reading import Reject, Reading
        >>> bad = Reject(2, {"No": "7", "When": "soon"}, (Problem("row 2, column 'When'", "expected a day"),))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "rejects.csv"
        ...     write_rejects(file, Reading("a.csv", 1, (), (bad,), columns=("No", "When")))
        ...     print(file.read_text(), end="")
        "rejected row","rejected because","No","When"
        "2","row 2, column 'When': expected a day","7","soon"
    """
    path = Path(path)
    table = bool(reading.columns)
    if path.suffix.lower() not in (_TABLES if table else _LINES):
        kind, suffix = ("a table", ".csv") if table else ("JSON lines", ".jsonl")
        raise DataError(
            path.name, [Problem("", f"the rejects of {reading.subject} are {kind}", f"name the file {suffix}")]
        )
    with files.written(path) as (file,):
        if table:
            # Written as it was read, so that the same mapping, which may name the separator, reads it again.
            csv.writer(file, delimiter=reading.separator, quoting=csv.QUOTE_ALL).writerows(_rows(reading))
        else:
            file.writelines(_lines(reading))


def _rows(reading: Reading) -> Iterator[list[str]]:
    widest = max((len(reject.values) for reject in reading.rejects), default=0)
    spare = [tabular.spare_column(at) for at in range(len(reading.columns) + 1, widest + 1)]
    yield [*REJECT_COLUMNS, *reading.columns, *spare]
    for reject in reading.rejects:
        # As many cells as there were: one that is missing is missing until somebody puts it there.
        cells = [tabular.harmless(str(cell)) for cell in reject.values.values()]
        yield [str(reject.number), tabular.harmless(reject.reasons), *cells]


def _lines(reading: Reading) -> Iterator[str]:
    for reject in reading.rejects:
        line: dict[str, Any] = {"rejected": reject.number, "because": [str(problem) for problem in reject.problems]}
        unread = reject.values.keys() == {"text"}
        line |= {"text": reject.values["text"]} if unread else {"document": dict(reject.values)}
        yield f"{json.dumps(line)}\n"
