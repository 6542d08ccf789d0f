"""The header and the first rows of a table, and how its file is written; nothing is known of its columns yet."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from postmortem.exchange import files, tabular
from postmortem.exchange.mapped import sheets
from postmortem.record.errors import DataError, Problem, near

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from postmortem.exchange.tabular import Row

ROWS: Final = 500
"""How many rows are looked at closely."""

KEPT: Final = 5_000
"""How many rows are kept, to see whether a key names each row and which number of a date is the day."""

SUFFIXES: Final = (".csv", ".tsv", *sheets.SUFFIXES)
"""The suffixes of the tables a sample can be taken of."""

_MOST_SIGNS = 20_000_000
_PIECE = 1 << 20
_TRIED = 50
_WIDE_STARTS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, eq=False)
class Sample:
    """The first rows of a table.

    Whatever a table comes in (CSV, a sheet, a list of JSON records), a guess needs nothing but this.

    Attributes:
        name: What the file is called.
        header: The names of the columns, each once.
        rows: The first rows, each with as many cells as the header has names; broken ones are left out.
        encoding: How the bytes are read.
        separator: What stands between cells; empty where the file has none.
        whole: Whether these are all the rows there are.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    encoding: str = "utf-8-sig"
    separator: str = ""
    whole: bool = True

    def cells(self, column: str, most: int | None = None) -> tuple[str, ...]:
        """What stands in a column, without the blanks around it.

        Args:
            column: Its name in the header.
            most: How many rows to look at; all that are kept if not said.
        """
        return _cells(self, self.header.index(column), most)


@lru_cache(maxsize=256)  # asked for again with every change of a guess
def _cells(taken: Sample, at: int, most: int | None) -> tuple[str, ...]:
    return tuple(row[at].strip() for row in taken.rows[:most])


def sample(path: str | os.PathLike[str]) -> Sample:
    r"""The header and the first rows of a table or a workbook, with the encoding and the separator that suit it.

    Raises:
        DataError: If the file as a whole will not do: missing, a folder, empty, binary, no table, without a row.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = Path(folder) / "crm.csv"
        ...     _ = file.write_bytes("No;What, and when\n7;Zähler, gestern\n".encode("cp1252"))
        ...     taken = sample(file)
        >>> taken.encoding, taken.separator, taken.rows
        ('cp1252', ';', (('7', 'Zähler, gestern'),))
    """
    file = Path(path)
    files.size_of(file)
    suffix = file.suffix.lower()
    if suffix in sheets.SUFFIXES:
        sheet = sheets.sheet_of(file)
        return _taken(file.name, sheet.header, sheet.rows)
    encoding = encoding_of(file)
    files.check_is_text(file, encoding)
    if suffix not in SUFFIXES:
        hint = near(suffix, SUFFIXES)
        remedy = f"did you mean {hint!r}?" if hint else "save the table as .csv (UTF-8)"
        found = f"a table is needed, found {suffix or 'a file without a suffix'}"
        raise DataError(file.name, [Problem("", found, remedy)])
    separator = "\t" if suffix == ".tsv" else _separator(file, encoding)
    with files.lines_of(file, encoding) as lines:
        found_rows = tabular.rows(lines, separator, file.name)
        first = next(found_rows, None)
        if first is None:
            raise DataError(file.name, [Problem("", "the file is empty", "export it again")])
        return replace(_taken(file.name, first, found_rows), encoding=encoding, separator=separator)


def encoding_of(path: Path) -> str:
    """The encoding that reads every byte of a file: UTF-8, UTF-16 where it says so, else Windows-1252 or Latin-1."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    western = codecs.getincrementaldecoder("cp1252")()
    is_utf8 = is_western = True
    with path.open("rb") as file:
        start = file.read(2)
        if start in _WIDE_STARTS:
            return "utf-16"
        file.seek(0)
        while piece := file.read(_PIECE):
            is_utf8 = is_utf8 and _reads(decoder, piece)
            is_western = is_western and _reads(western, piece)
    if is_utf8 and _reads(decoder, b"", final=True):
        return "utf-8-sig"
    return "cp1252" if is_western else "latin-1"


def _reads(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        return False
    return True


def _separator(path: Path, encoding: str) -> str:
    """The one with which most rows are as wide as the header; of several the one that makes most columns.

    Of two that make as many, the one that no blank follows in the header: a comma with a blank stands in prose.
    """
    with files.lines_of(path, encoding) as lines:
        line = next(lines, "")

    def worth(separator: str) -> tuple[float, int, int]:
        try:
            found = _rows(path, encoding, separator, _TRIED)
        except DataError:
            return 0.0, 0, 0
        width = len(found[0].cells) if found else 0
        fitting = sum(len(row.cells) == width for row in found) / max(1, len(found))
        return (round(fitting, 1) if width > 1 else 0.0, width, -line.count(f"{separator} "))

    return max(tabular.SEPARATORS, key=worth)


def _rows(path: Path, encoding: str, separator: str, most: int) -> list[Row]:
    with files.lines_of(path, encoding) as lines:
        return list(islice(tabular.rows(lines, separator, path.name), most))


def _taken(name: str, first: Row, below: Iterator[Row]) -> Sample:
    kept: list[tuple[str, ...]] = []
    signs = 0
    whole = True
    header = tabular.header_of(first, name)
    mended = tuple(header[: len(tabular.REJECT_COLUMNS)]) == tabular.REJECT_COLUMNS
    own = len(tabular.REJECT_COLUMNS) if mended else 0
    for row in below:
        if len(kept) == KEPT or signs > _MOST_SIGNS:
            whole = False
            break
        if not row.fault and len(row.cells) == len(header) and any(cell.strip() for cell in row.cells):
            kept.append(tuple(row.cells[own:]))
            signs += sum(map(len, row.cells))
    if not kept:
        told = Problem("", "no row below the header can be read", "name a table whose first row holds the column names")
        raise DataError(name, [told])
    return Sample(name, tuple(header[own:]), tuple(kept), whole=whole)
