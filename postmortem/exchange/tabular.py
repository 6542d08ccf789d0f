"""The rows of a CSV or TSV file, each with its number; a broken one is told and the next is read on."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from postmortem.exchange.files import encoding_problem, is_undecodable
from postmortem.record.errors import DataError, Problem, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from postmortem.exchange.files import Lines

SEPARATORS: Final = (",", ";", "\t", "|")
REJECT_COLUMNS: Final = ("rejected row", "rejected because")
"""The two columns that a rejects file has in front; when it is mended and imported again they are passed over."""

MOST_COLUMNS: Final = 16_384

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_SPARE = "cell "
_READ_AGAIN = 50_000_000
_HARMFUL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - some spreadsheets take the wide signs for the narrow ones


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        number: Its number as a spreadsheet counts: the header is row 1, blank lines count.
        line: The line of the file on which it begins.
        cells: What stands in it, as it stands there.
        fault: Why it can't be read as a row; the cells are then the best guess.
        undecodable: Whether it holds bytes that are not in the file's encoding.
        broken: What is wrong with single cells, by their place in the row, counted from 0.
    """

    number: int
    line: int
    cells: list[str]
    fault: str = ""
    undecodable: bool = False
    broken: Mapping[int, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """How a person finds it: by row, and by line where cells with several lines make the two differ."""
        return f"row {self.number}" if self.number == self.line else f"row {self.number} (line {self.line})"


def rows(lines: Lines, separator: str, name: str) -> Iterator[Row]:
    """Every row that is not blank, the header first.

    A quotation mark that is never closed would swallow the rows that follow: the row it stands in is told as broken,
    and reading goes on with the next line.

    Raises:
        DataError: If a line is too long, or so many quotation marks are open that this can't be a table with this
            separator.
    """
    taken: list[str] = []
    undecodable = False

    def watched() -> Iterator[str]:
        nonlocal undecodable
        for line in lines:
            taken.append(line)
            undecodable = undecodable or lines.undecodable
            yield line

    number = 0
    again = 0
    reader = _reader(watched(), separator)
    while True:
        number += 1
        fault = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            first, rest = taken[0], taken[1:]
            again += sum(map(len, rest))
            if again > _READ_AGAIN:
                raise DataError(
                    name,
                    [
                        Problem(
                            f"row {number}", "too many quotation marks are open", "check the separator and the quotes"
                        )
                    ],
                ) from None
            lines.put_back(rest)
            del taken[1:]
            fault, cells = _said(error), _guessed(first, separator)
            reader = _reader(watched(), separator)
        if not fault and any("\x00" in line for line in taken):
            fault = "a NUL byte stands in the row; take it out"
        if cells:
            yield Row(number, lines.number - len(taken) + 1, cells, fault, undecodable)
        taken.clear()
        undecodable = False


def _reader(lines: Iterator[str], separator: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)


def _said(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quotation mark is opened and never closed; close it, or write it twice where it is meant"
    if "field larger" in text:
        return "a cell is longer than 131,072 characters; is a quotation mark never closed?"
    return f"quotation marks do not fit ({text}); write a mark twice where it is meant"


def _guessed(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return [line.rstrip("\r\n")]


def header_of(row: Row, name: str, *, repeats: bool = False) -> list[str]:
    """The names of the columns: without blanks and quotation marks around them; a nameless one is called by its place.

    Args:
        row: The first row of the table.
        name: What the file is called in an error.
        repeats: Whether columns may share a name.

    Raises:
        DataError: If two columns have one name and may not, with their places.

    Examples:
        >>> header_of(Row(1, 1, ['ID', ' "Event State"', '']), "a.csv")
        ['ID', 'Event State', 'column 3']
    """
    if row.undecodable or row.fault:
        raise DataError(name, [_header_problem(row)])
    if len(row.cells) > MOST_COLUMNS:
        found = f"{len(row.cells):,} columns, more than the {MOST_COLUMNS:,} that any spreadsheet has"
        raise DataError(name, [Problem(f"{row.place} (the header)", found, "is the line end of the header missing?")])
    names = [cell.strip().strip('"').strip() or f"column {at}" for at, cell in enumerate(row.cells, 1)]
    if repeats:
        return names
    places: dict[str, list[int]] = {}
    for at, title in enumerate(names, 1):
        places.setdefault(title, []).append(at)
    doubled = [
        Problem(
            f"column {title!r}",
            f"stands {len(found)} times in the header, as columns {' and '.join(map(str, found))}",
            "give each its own name",
        )
        for title, found in places.items()
        if len(found) > 1
    ]
    if doubled:
        raise DataError(name, doubled)
    return names


def _header_problem(row: Row) -> Problem:
    place = f"{row.place} (the header)"
    if row.undecodable:
        broken = next((cell for cell in row.cells if is_undecodable(cell)), "")
        return encoding_problem(place, broken) if broken else Problem(place, "not UTF-8", "save the file as UTF-8")
    return Problem(place, row.fault)


def guessed_separator(line: str, known: frozenset[str]) -> str:
    """The separator that makes most sense of a header: the one that gives most known names, then most names.

    Examples:
        >>> guessed_separator("No;What, and when;Team", frozenset({"Team"}))
        ';'
    """

    def worth(separator: str) -> tuple[int, int]:
        cells = [cell.strip().strip('"').strip() for cell in _guessed(line, separator)]
        return len(known.intersection(cells)), len(cells)

    return max(SEPARATORS, key=worth)


def spare_column(at: int) -> str:
    """The name for a cell beyond the header, by its place in the row."""
    return f"{_SPARE}{at}"


def is_spare(name: str) -> bool:
    """Whether a column was made for a cell beyond the header."""
    return name.startswith(_SPARE) and name[len(_SPARE) :].isdecimal()


def harmless(text: str) -> str:
    """A text as a spreadsheet will not run it: an apostrophe before what would begin a formula. Numbers stay.

    References:
        OWASP, CSV Injection.

    Examples:
        >>> harmless("=cmd()"), harmless("-93.5"), harmless("fine")
        ("'=cmd()", '-93.5', 'fine')
    """
    if not text.startswith((*_HARMFUL, "'")) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text.startswith(_HARMFUL) or text[1:].startswith((*_HARMFUL, "'")) else text


def as_it_was(text: str) -> str:
    """The text that `harmless` was given.

    Examples:
        >>> [as_it_was(harmless(text)) for text in ("=cmd()", "'=cmd()", "'s", "-1")]
        ['=cmd()', "'=cmd()", "'s", '-1']
    """
    return text[1:] if text.startswith("'") and text[1:].startswith((*_HARMFUL, "'")) else text


def titles_of(header: list[str]) -> list[str]:
    """A name of its own for each column, where several share one.

    Examples:
        >>> titles_of(["No", "Labels", "Labels"])
        ['No', 'Labels', 'Labels (2)']
    """
    titles: dict[str, None] = {}
    counts: dict[str, int] = {}
    for name in header:
        own, count = name, counts.get(name, 1)
        while own in titles:
            count += 1
            own = f"{name} ({count})"
        titles[own], counts[name] = None, count
    return list(titles)


def width_fault(cells: list[str], header: list[str]) -> str:
    """What is wrong with the number of cells of a row; empty when it fits.

    Examples:
        >>> width_fault(["1"], ["No", "What"])
        "expected 2 cells, found 1: no cell for 'What'"
    """
    if len(cells) == len(header):
        return ""
    found = f"expected {len(header)} cells, found {len(cells)}"
    if len(cells) < len(header):
        missing = header[len(cells) :]
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        return f"{found}: no cell for {missing[0]!r}{more}"
    return f"{found}: {shown(cells[len(header)])} has no column; is a separator inside a cell without quotation marks?"
