"""The rows of a sheet of an Excel workbook, each with its number, its cells as text as a CSV file would have them.

Only values are read: a formula counts with the value it had when the workbook was saved, macros and links are not
looked at.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.mapped.unpacking import Extent, Package
from postmortem.exchange.tabular import Row
from postmortem.record.errors import DataError, Problem, near, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from python_calamine import CalamineSheet, CalamineWorkbook

    from postmortem.exchange.mapped.mapping import Mapping as Meaning
    from postmortem.exchange.mapped.mapping import Origin

SUFFIXES: Final = (".xlsx", ".xlsm")
"""The suffixes of the workbooks that can be read."""

_LOOKED_AT = 50
_EXACT = Decimal(10) ** 15
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook.

    Attributes:
        name: Its name.
        header: The row with the names of the columns.
        rows: The rows below it that are not blank.
        height: How many rows there are, the blank ones too.
        notes: What a person should know: other sheets, rows above the header.
    """

    name: str
    header: Row
    rows: Iterator[Row]
    height: int
    notes: tuple[str, ...] = ()


def sheet_of(path: Path, mapping: Meaning | None = None) -> Sheet:
    """The sheet that the mapping names, else the first one that is visible and holds anything.

    The header is the first row that has all the columns of the mapping; rows above it are told. Where no row has them,
    it is the one that has most.

    Args:
        path: The workbook.
        mapping: What its columns mean; without one the first row that is not blank is the header.

    Raises:
        DataError: If the workbook is protected, broken, absurdly large or empty, or has no such sheet.
    """
    with path.open("rb") as file:
        package = Package(file, path.name)
        parts = package.sheets()
        with _readable(path.name), _opened(path) as workbook:
            name, extent, sheet = _chosen(path.name, workbook, package, parts, mapping.source.sheet if mapping else "")
            rows = _rows(sheet, extent, mapping.source if mapping else None)
            first = list(islice(rows, _LOOKED_AT))
            at = _header_at([row.cells for row in first], mapping)
            notes = [*_others(name, list(parts)), *_above(first[:at], first[at])]
            header = first[at]
            while header.cells and not header.cells[-1].strip():
                header.cells.pop()
            below = (_cut(row, len(header.cells)) for row in chain(first[at + 1 :], rows))
            return Sheet(name, header, below, extent.rows, tuple(notes))


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Say what the reader says in our own words; a fault inside it is a broken file too."""
    from python_calamine import CalamineError  # noqa: PLC0415 - loaded when a workbook is read

    try:
        yield
    except (CalamineError, ValueError) as error:
        raise _refused(name, f"a broken workbook: {error}"[:300]) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the reader raises where it gives up
            raise
        raise _refused(name, "a broken workbook: the reader gave up on it") from None


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - as above

    yield CalamineWorkbook.from_path(path)


def _refused(name: str, finding: str, remedy: str = "open it in a spreadsheet and save it again as .xlsx") -> DataError:
    return DataError(name, [Problem("", finding, remedy)])


def _chosen(
    file: str, workbook: CalamineWorkbook, package: Package, parts: Mapping[str, str], wanted: str
) -> tuple[str, Extent, CalamineSheet]:
    names = [wanted] if wanted else [one.name for one in workbook.sheets_metadata if _is_shown(one)]
    for name in names:
        if name not in parts or name not in workbook.sheet_names:
            hint = near(name, parts)
            told = f"did you mean {hint!r}?" if hint else f"there are: {', '.join(list(parts)[:_NAMED])}"
            raise _refused(file, f"there is no sheet {name!r}", told)
        extent = package.extent(parts[name])
        sheet = workbook.get_sheet_by_name(name)
        if any(any(cell != "" for cell in row) for row in sheet.iter_rows()):
            return name, extent, sheet
    where = f"the sheet {wanted!r}" if wanted else "every sheet"
    raise _refused(file, f"{where} is empty", 'name the sheet that holds the rows: sheet = "…" under [source]')


def _is_shown(one: Any) -> bool:  # noqa: ANN401 - the reader's own class
    return str(one.visible).endswith("Visible") and str(one.typ).endswith("WorkSheet")


def _header_at(rows: list[list[str]], mapping: Meaning | None) -> int:
    if mapping is None:
        return 0
    missing = [len(mapping.missing_in({cell.strip() for cell in cells})) for cells in rows]
    return missing.index(min(missing))


def _others(name: str, names: list[str]) -> Iterator[str]:
    others = [other for other in names if other != name]
    if others:
        listed = ", ".join(map(repr, others[:_NAMED])) + (", …" if len(others) > _NAMED else "")
        yield f"the sheet {name!r} is read; not read: {listed} (another one is named by sheet under [source])"


def _above(rows: list[Row], header: Row) -> Iterator[str]:
    if rows:
        words = " ".join(cell for row in rows for cell in row.cells if cell)
        yield f"the header is row {header.number}; passed over above it: {shown(words)}"


def _cut(row: Row, width: int) -> Row:
    """A row without the empty cells beyond the header."""
    while len(row.cells) > width and not row.cells[-1]:
        row.cells.pop()
    return row


def _rows(sheet: CalamineSheet, extent: Extent, source: Origin | None) -> Iterator[Row]:
    left = sheet.start[1] if sheet.start else 0
    merged = _Merged(sheet, left)
    faults: dict[int, dict[int, str]] = {}
    for (number, column), fault in extent.broken.items():
        faults.setdefault(number, {})[column - 1 - left] = fault
    errors: dict[int, dict[int, str]] = {}
    for (number, column), word in extent.errors.items():
        errors.setdefault(number, {})[column - 1 - left] = word
    for number, values in enumerate(sheet.iter_rows(), 1):
        told = [_text(value, source) for value in values]
        cells, broken = [text for text, _ in told], {at: fault for at, (_, fault) in enumerate(told) if fault}
        for at, word in errors.get(number, {}).items():
            if 0 <= at < len(cells):
                cells[at] = word
                broken[at] = f"holds the error value {word}; mend the formula, or empty the cell"
        broken |= faults.get(number, {})
        covered = merged.in_row(number)
        if any(cells) or broken:
            broken |= {at: where for at, where in covered.items() if at < len(cells) and not cells[at]}
            yield Row(number, number, cells, broken={at: told for at, told in broken.items() if at >= 0})


class _Merged:
    """Cells that are covered by a merged one: they are empty, and what they mean stands elsewhere."""

    def __init__(self, sheet: CalamineSheet, left: int) -> None:
        self._ranges = sorted(sheet.merged_cell_ranges or (), reverse=True)
        self._left = left
        self._open: list[tuple[tuple[int, int], tuple[int, int]]] = []

    def in_row(self, number: int) -> dict[int, str]:
        """What is said of each covered cell of a row, by its place; rows are asked for in their order."""
        while self._ranges and self._ranges[-1][0][0] < number:
            self._open.append(self._ranges.pop())
        self._open = [one for one in self._open if one[1][0] >= number - 1]
        found: dict[int, str] = {}
        for (top, first), (_, last) in self._open:
            covered = range(first + (top == number - 1), last + 1)
            where = f"is merged with the cell in row {top + 1}; split the merged cells and fill each"
            found |= {column - self._left: where for column in covered}
        return found


def _text(value: Any, source: Origin | None) -> tuple[str, str]:  # noqa: ANN401 - what a cell holds
    """A value as a CSV file would have it, and what is wrong with it."""
    if isinstance(value, bool):
        return str(value).lower(), ""
    if isinstance(value, int | float):
        return _number(value, source)
    return (value if isinstance(value, str) else _moment(value, source)), ""


def _moment(value: datetime | date | time | timedelta, source: Origin | None) -> str:
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="auto" if value.microsecond else "seconds")
    # Where the source writes the day before the month behind the year, the time says that this is not so here.
    swapped = isinstance(value, date) and source is not None and any("%Y-%d" in one for one in source.dates)
    return f"{value.isoformat()}T00:00:00" if swapped else value.isoformat()


def _number(value: float, source: Origin | None) -> tuple[str, str]:
    if not isfinite(value):
        return str(value), "is no number"
    exact = Decimal(repr(value))
    text = str(int(value)) if value == int(value) else format(exact, "f")
    decimal = source.decimal if source is not None else "."
    fault = ""
    if abs(exact) >= _EXACT:
        fault = "is a number of more than 15 figures, of which a workbook loses the last ones; make the column a text"
    return text.replace(".", decimal), fault
