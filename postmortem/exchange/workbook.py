"""The tidy tables as one workbook (XLSX): a sheet a table, real dates, numbers and booleans, and nothing that runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange import files
from postmortem.exchange.tables import frames_of, is_missing, values_of
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping as Table

LONGEST_CELL: Final = 32_767
"""What a spreadsheet holds in one cell, in UTF-16 code units."""

MOST_ROWS: Final = 1_048_576
"""What a spreadsheet holds in one sheet, the header included."""

LONG_TEXTS: Final = "long_texts"
"""The sheet that holds, in pieces, the texts which are too long for a cell. It is there only where there are any."""

_CONTINUES: Final = f" … (the whole text stands in the sheet {LONG_TEXTS})"
_PIECE: Final = 16_000  # characters; each is at most two code units
_MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook has no zones; the same for each, so that equal tables give equal bytes
_FIRST_DAY: Final = date(1900, 1, 1)


def write_xlsx(path: Path | str | os.PathLike[str], tables: object) -> tuple[Path, ...]:
    """Write the tidy tables as one workbook, a sheet a table, the header frozen.

    Instants (`…_at`) are real times in UTC and say so; days (`…_on`) are real days; numbers are numbers, booleans are
    booleans, a missing value is an empty cell. A text is always a text: never a formula, a link or a number. Instants
    are rounded to the millisecond, which is what a spreadsheet holds. A text of more than 32,767 characters ends with
    a note, and stands whole, in pieces, in the sheet `long_texts`. The same tables give the same bytes.

    Args:
        path: The file.
        tables: Frames with the names of `TABLES`, as attributes (what `store.tables()` gives) or by key.

    Returns:
        The file that was written.

    Raises:
        DataError: If a table is missing or has more rows than a sheet, or the file can't be written; what stood there
            before stands there still.

    References:
        OWASP, CSV Injection; ECMA-376, 18.3.1.53 and 22.9.2.19 for texts in cells.
    """
    path = Path(path)
    frames = frames_of(tables, path.name)
    large = [
        Problem(
            name, f"{len(frame):,} rows are more than a sheet holds ({MOST_ROWS - 1:,})", "name it .parquet or .csv"
        )
        for name, frame in frames.items()
        if len(frame) >= MOST_ROWS
    ]
    if large:
        raise DataError(path.name, large)
    with files.written(path) as (handle,):
        _write(handle.buffer, frames)
    return (path,)


def _write(target: Any, frames: Table[str, Any]) -> None:  # noqa: ANN401 - an open file
    import xlsxwriter  # noqa: PLC0415 - loaded when a workbook is written, not before

    options = {
        "constant_memory": True,
        "remove_timezone": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties(
            {"title": "Postmortem: the tidy tables", "comments": "Instants are in UTC.", "created": _MADE}
        )
        sheet = _Sheets(book)
        for name, frame in frames.items():
            sheet.add(name, frame)
        sheet.add_long_texts()


class _Sheets:
    """The sheets of a workbook that is being written."""

    def __init__(self, book: Any) -> None:  # noqa: ANN401 - the library has no types
        self.book = book
        self.head = book.add_format({"bold": True, "text_wrap": False, "bottom": 1})
        self.instant = book.add_format({"num_format": 'yyyy-mm-dd hh:mm:ss "UTC"'})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.text = book.add_format({"num_format": "@"})
        self.long: list[tuple[str, int, str, str]] = []

    def add(self, name: str, frame: Any) -> None:  # noqa: ANN401 - a frame of any library
        columns = [str(column) for column in frame.columns]
        sheet = self._sheet(name, columns)
        for number, row in enumerate(values_of(frame), 1):
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                if isinstance(value, str):
                    sheet.write_string(number, at, self._fitting(name, number, column, value), self.text)
                elif not is_missing(value):
                    self._cell(sheet, number, at, column, value)

    def add_long_texts(self) -> None:
        """The sheet of what did not fit into its cell."""
        if not self.long:
            return
        sheet = self._sheet(LONG_TEXTS, ["table", "row", "column", "part", "text"])
        line = 0
        for table, row, column, text in self.long:
            for part, start in enumerate(range(0, len(text), _PIECE), 1):
                line += 1
                sheet.write_string(line, 0, table, self.text)
                sheet.write_number(line, 1, row)
                sheet.write_string(line, 2, column, self.text)
                sheet.write_number(line, 3, part)
                sheet.write_string(line, 4, text[start : start + _PIECE], self.text)

    def _sheet(self, name: str, columns: list[str]) -> Any:  # noqa: ANN401 - the library has no types
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            width = 24 if column.endswith("_at") else max(10, len(column) + 2)
            sheet.set_column(at, at, width)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column, self.head)
        return sheet

    def _cell(self, sheet: Any, row: int, at: int, column: str, value: Any) -> None:  # noqa: ANN401 - same
        value = value.item() if hasattr(value, "item") else value  # a number of numpy as a plain one
        if isinstance(value, bool):
            sheet.write_boolean(row, at, value)
        elif isinstance(value, datetime):
            moment = value.astimezone(UTC) if value.tzinfo is not None else value
            sheet.write_datetime(row, at, moment, self.day if column.endswith("_on") else self.instant)
        elif isinstance(value, date) and value >= _FIRST_DAY:
            sheet.write_datetime(row, at, value, self.day)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(row, at, value)
        else:
            sheet.write_string(row, at, str(value), self.text)

    def _fitting(self, table: str, row: int, column: str, text: str) -> str:
        """A text as it goes into one cell; the whole of one that is too long is kept for its own sheet."""
        if len(text) <= _PIECE or len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL:
            return text
        self.long.append((table, row + 1, column, text))
        return text[: _PIECE - len(_CONTINUES)] + _CONTINUES
