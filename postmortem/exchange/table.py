"""A CSV or TSV file, read through a mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from postmortem.exchange import files, tabular
from postmortem.exchange.mapping import CONTENT, Mapping, shipped_mappings
from postmortem.exchange.reading import Reading, Sorting
from postmortem.exchange.tabular import REJECT_COLUMNS, Row
from postmortem.exchange.translation import Translation
from postmortem.record.base import zone
from postmortem.record.errors import DataError, Problem
from postmortem.record.incident import Incident
from postmortem.record.order import disorder
from postmortem.record.reading import problems_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from postmortem.exchange.files import Lines, Progress

_INSTANTS: Final = ("occurred_at", "known_at", "raised_at", "told_at", "fixed_at", "closed_at")
_EVERY = 1000
_HEADER_SHOWN = 30
_FITS = 0.8


def read_table(path: Path, mapping: Mapping, *, now: datetime, progress: Progress | None = None) -> Reading:
    """Read a table: every row becomes an incident or a reject.

    A wrong encoding is a fault of the whole file, as is a header that does not fit; the rest is told row by row.

    Args:
        path: The file.
        mapping: What its columns mean.
        now: What lies later than this can't have happened; usually day and month were taken for each other.
        progress: Called with the bytes that are done and all bytes.

    Raises:
        DataError: If the file as a whole will not do.
    """
    encoding = mapping.source.encoding
    size = files.size_of(path)
    with files.lines_of(path, encoding) as lines:
        separator = mapping.source.separator or _separator(path, lines, frozenset(mapping.columns))
        found = tabular.rows(lines, separator, path.name)
        first = next(found, None)
        if first is None:
            raise DataError(path.name, [Problem("", "the file is empty", "export it again")])
        table = _Table(path.name, tabular.header_of(first, path.name), mapping, now)
        for row in found:
            table.take(row)
            if progress is not None and table.count % _EVERY == 0:
                progress(min(lines.done, size), size)
    if progress is not None:
        progress(size, size)
    return table.reading(separator)


def _separator(path: Path, lines: Lines, known: frozenset[str]) -> str:
    if path.suffix.lower() == ".tsv":
        return "\t"
    line = next(lines, "")
    lines.put_back([line] if line else [])
    return tabular.guessed_separator(line, known)


class _Table:
    """The rows of one file on their way to incidents."""

    def __init__(self, name: str, header: list[str], mapping: Mapping, now: datetime) -> None:
        self._name = name
        self._mended = tuple(header[: len(REJECT_COLUMNS)]) == REJECT_COLUMNS
        header = header[len(REJECT_COLUMNS) :] if self._mended else header
        self._spare = len(header) - next(
            (at for at, title in enumerate(header) if tabular.is_spare(title)), len(header)
        )
        self._header = header[: len(header) - self._spare] if self._mended else header
        self._translation = Translation(mapping, self._header, name)
        self._keyed = mapping.source.key != (CONTENT,)
        self._now = now
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
        incident, problems = self._incident(cells, row.place)
        if incident is None:
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

    def _values(self, cells: list[str]) -> dict[str, str]:
        titles = [*self._header, *(tabular.spare_column(at) for at in range(len(self._header) + 1, len(cells) + 1))]
        return dict(zip(titles, cells, strict=False))

    def _incident(self, cells: list[str], place: str) -> tuple[Incident | None, list[Problem]]:
        document, problems = self._translation.document(cells)
        try:
            incident = Incident.model_validate(document)
        except ValidationError as error:
            problems += problems_in(error)
            return None, list(self._placed(problems, place))
        problems += [*disorder(incident), *self._later(incident)]
        return (None, list(self._placed(problems, place))) if problems else (incident, [])

    def _later(self, incident: Incident) -> Iterator[Problem]:
        for field in _INSTANTS:
            moment = getattr(incident, field)
            if moment is not None and moment > self._now:
                shown = moment.astimezone(zone(incident.zone)).isoformat()
                yield Problem(
                    field, f"{shown} lies in the future", "check the order of day and month under dates in [source]"
                )

    def _placed(self, problems: list[Problem], place: str) -> Iterator[Problem]:
        for problem in problems:
            where = problem.where if problem.where.startswith("column") else self._translation.place(problem.where)
            yield Problem(f"{place}, {where}", problem.finding, problem.remedy)

    def reading(self, separator: str) -> Reading:
        """What the rows came to.

        Raises:
            DataError: If the file is not in the encoding it was read in, with every place.
        """
        if self._undecodable:
            raise DataError(self._name, self._undecodable)
        return self._sorting.reading(
            not_carried=self._translation.not_carried, columns=tuple(self._header), separator=separator
        )


def no_mapping(path: Path) -> DataError:
    """What to say where a table comes without a mapping: its header, which shipped mapping fits, how to write one.

    Raises:
        DataError: If the file as a whole will not do.
    """
    with files.lines_of(path, "utf-8-sig") as lines:
        separator = _separator(path, lines, frozenset())
        first = next(tabular.rows(lines, separator, path.name), None)
        header = tabular.header_of(first, path.name) if first is not None else []
    fits = [
        name
        for name, mapping in shipped_mappings().items()
        if sum(column in header for column in mapping.columns) >= _FITS * len(mapping.columns)
    ]
    listed = ", ".join(header[:_HEADER_SHOWN]) + (", …" if len(header) > _HEADER_SHOWN else "")
    example = header[0] if header else "Summary"
    remedy = (
        f"the mapping that comes with the package as {fits[0]!r} fits: name it with --map {fits[0]}"
        if fits
        else "write one as TOML and name it with --map: "
        f'[source] with system = "…" and key = "{example}", then [columns] with lines such as "{example}" = "title"'
    )
    return DataError(path.name, [Problem("", f"a table needs a mapping; its header is: {listed}", remedy)])
