"""A table, in a CSV or TSV file or in a workbook, read through a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from postmortem.exchange import files, tabular
from postmortem.exchange.mapped import sheets
from postmortem.exchange.mapped.conversion import Conversion
from postmortem.exchange.mapped.mapping import CONTENT, Mapping, shipped_mappings
from postmortem.exchange.mapped.translation import Translation
from postmortem.exchange.reading import Reading, Sorting
from postmortem.exchange.tabular import REJECT_COLUMNS, Row
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from postmortem.exchange.files import Lines, Progress
    from postmortem.exchange.mapped.translation import Cell

SUFFIXES: Final = (".csv", ".tsv", *sheets.SUFFIXES)
"""The suffixes of the files that hold a table."""

_EVERY = 1000
_HEADER_SHOWN = 30
_FITS = 0.8


def read_table(
    path: Path, mapping: Mapping, *, now: datetime, progress: Progress | None = None, currency: str = ""
) -> Reading:
    """Read a table: every row becomes an incident or a reject.

    A wrong encoding is a fault of the whole file, as is a header that does not fit; the rest is told row by row.

    Args:
        path: The file.
        mapping: What its columns mean.
        now: What lies later than this can't have happened; usually day and month were taken for each other.
        progress: Called with the bytes (of a workbook, the rows) that are done and all of them.
        currency: The team's, for amounts whose row does not name one; see `Translation`.

    Raises:
        DataError: If the file as a whole will not do.
    """
    if mapping.source.format == "json":
        found = "the mapping is for JSON, and this is a table"
        raise DataError(path.name, [Problem("", found, "name a mapping for tables, or a .json file")])
    if path.suffix.lower() in sheets.SUFFIXES:
        return _read_workbook(path, mapping, now, progress, currency)
    encoding = mapping.source.encoding
    size = files.size_of(path)
    with files.lines_of(path, encoding) as lines:
        separator = mapping.source.separator or _separator(path, lines, frozenset(mapping.columns))
        below = tabular.rows(lines, separator, path.name)
        first = next(below, None)
        if first is None:
            raise DataError(path.name, [Problem("", "the file is empty", "export it again")])
        table = _Table(path.name, first, mapping, now, currency)
        for row in below:
            table.take(row)
            if progress is not None and table.count % _EVERY == 0:
                progress(min(lines.done, size), size)
    if progress is not None:
        progress(size, size)
    return table.reading(separator)


def _read_workbook(path: Path, mapping: Mapping, now: datetime, progress: Progress | None, currency: str) -> Reading:
    sheet = sheets.sheet_of(path, mapping)
    table = _Table(path.name, sheet.header, mapping, now, currency, workbook=True)
    for row in sheet.rows:
        table.take(row)
        if progress is not None and table.count % _EVERY == 0:
            progress(min(row.number, sheet.height), sheet.height)
    if progress is not None:
        progress(sheet.height, sheet.height)
    return table.reading(",", notes=sheet.notes)


def _separator(path: Path, lines: Lines, known: frozenset[str]) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    line = next(lines, "")
    lines.put_back([line] if line else [])
    return tabular.guessed_separator(line, known)


class _Table:
    """The rows of one file on their way to incidents."""

    def __init__(
        self, name: str, first: Row, mapping: Mapping, now: datetime, currency: str, *, workbook: bool = False
    ) -> None:
        header = tabular.header_of(first, name, repeats=mapping.source.repeats)
        self._name = name
        self._mended = tuple(header[: len(REJECT_COLUMNS)]) == REJECT_COLUMNS
        header = header[len(REJECT_COLUMNS) :] if self._mended else header
        self._spare = len(header) - next(
            (at for at, title in enumerate(header) if tabular.is_spare(title)), len(header)
        )
        self._header = header[: len(header) - self._spare] if self._mended else header
        self._titles = tabular.titles_of(self._header) if mapping.source.repeats else self._header
        self._places: dict[str, list[int]] = {}
        for at, title in enumerate(self._header):
            self._places.setdefault(title, []).append(at)
        self._translation = Translation(
            mapping, list(self._places), name, workbook=workbook or self._mended, currency=currency
        )
        self._conversion = Conversion(self._translation, now)
        self._keyed = mapping.source.key != (CONTENT,)
        self._sorting = Sorting(name, "row")
        self._undecodable: list[Problem] = []

    @property
    def count(self) -> int:
        return self._sorting.count

    def take(self, row: Row) -> None:
        """Sort one row."""
        cells = self._own(row.cells)
        if row.undecodable:
            told = [
                files.encoding_problem(f"{row.place}, column {title!r}", cell)
                for title, cell in self._values(cells).items()
                if files.is_undecodable(cell)
            ]
            self._undecodable += told
        fault = row.fault or ("" if any(cell.strip() for cell in cells) else "the row is empty; take it out")
        fault = fault or tabular.width_fault(cells, self._header)
        if fault:
            self._sorting.reject(row.number, self._values(cells), [Problem(row.place, fault)])
            return
        if self._undecodable:
            return  # the file is refused as a whole; only further places are looked for
        incident, problems = self._conversion.incident(self._words(cells), row.place)
        problems = [*self._broken(row), *problems]
        if incident is None or problems:
            self._sorting.reject(row.number, self._values(cells), problems)
        else:
            names = (f"the key {incident.source.key!r}",) if self._keyed and incident.source else ()
            self._sorting.accept(row.number, incident, self._values(cells), names=names)

    def _own(self, cells: list[str]) -> list[str]:
        """The cells of the table itself, where the file is a mended rejects file."""
        if not self._mended:
            return cells
        own = [tabular.as_it_was(cell) for cell in cells[len(REJECT_COLUMNS) :]]
        while self._spare and len(own) > len(self._header) and not own[-1].strip():
            own.pop()
        return own

    def _words(self, cells: list[str]) -> list[Cell]:
        """The cells by the names of the columns: of columns that share one, the words of all."""
        if len(self._places) == len(cells):
            return list(cells)
        return [cells[at[0]] if len(at) == 1 else tuple(cells[one] for one in at) for at in self._places.values()]

    def _broken(self, row: Row) -> Iterator[Problem]:
        """What is said of single cells, as far as anything is made of their columns."""
        before = len(REJECT_COLUMNS) if self._mended else 0
        for at, told in sorted(row.broken.items()):
            if before <= at < len(self._header) + before and self._translation.is_used(self._header[at - before]):
                yield Problem(f"{row.place}, column {self._header[at - before]!r}", told)

    def _values(self, cells: list[str]) -> dict[str, str]:
        titles = [*self._titles, *(tabular.spare_column(at) for at in range(len(self._titles) + 1, len(cells) + 1))]
        return dict(zip(titles, cells, strict=False))

    def reading(self, separator: str, notes: tuple[str, ...] = ()) -> Reading:
        """What the rows came to.

        Raises:
            DataError: If the file is not in the encoding it was read in, with every place.
        """
        if self._undecodable:
            raise DataError(self._name, self._undecodable)
        return self._sorting.reading(
            not_carried=self._translation.not_carried,
            columns=tuple(self._header),
            separator=separator,
            notes=notes,
        )


def no_mapping(path: Path) -> DataError:
    """What to say where a table comes without a mapping: its header, which shipped mapping fits, how to write one.

    Raises:
        DataError: If the file as a whole will not do.
    """
    header = _header(path)
    fits = [name for name, mapping in shipped_mappings().items() if _fits(mapping, header)]
    listed = ", ".join(header[:_HEADER_SHOWN]) + (", …" if len(header) > _HEADER_SHOWN else "")
    example = header[0] if header else "Summary"
    remedy = (
        f"the mapping that comes with the package as {fits[0]!r} fits: name it with --map {fits[0]}"
        if fits
        else f"have one guessed: postmortem map {path.name} -o {path.stem}.toml, then name it with --map; or use the "
        "notebook bring_your_data.ipynb; or write one as TOML: "
        f'[source] with system = "…" and key = "{example}", then [columns] with lines such as "{example}" = "title"'
    )
    return DataError(
        path.name,
        [Problem("", f"a table needs a mapping, which says what its columns mean; its header is: {listed}", remedy)],
    )


def _header(path: Path) -> list[str]:
    if path.suffix.lower() in sheets.SUFFIXES:
        return tabular.header_of(sheets.sheet_of(path).header, path.name, repeats=True)
    with files.lines_of(path, "utf-8-sig") as lines:
        separator = _separator(path, lines, frozenset())
        first = next(tabular.rows(lines, separator, path.name), None)
        return tabular.header_of(first, path.name, repeats=True) if first is not None else []


def _fits(mapping: Mapping, header: list[str]) -> bool:
    """Whether a mapping is likely to be meant: nothing is missing that it needs, or hardly anything that it knows."""
    if mapping.source.format == "json":
        return False
    known = sum(column in header for column in mapping.columns)
    return not mapping.missing_in(header) or known >= _FITS * len(mapping.columns)
