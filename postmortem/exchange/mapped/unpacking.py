"""A workbook looked at before it is opened: how large it is unpacked, how wide its sheets are, which cells are broken.

A workbook is a packed folder of XML. A few kilobytes of it can unpack to more than a machine holds, or name one cell in
the last row and column, which makes a reader lay out all the cells between. Both are refused here, with the size.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final

from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_UNPACKED: Final = 1_000_000_000
"""Bytes of all parts together. A million rows of twenty columns have about that."""

MOST_CELLS: Final = 30_000_000
"""Cells between the first and the last one of a sheet, the empty ones too: that is what a reader lays out."""

_LONGEST_ROW: Final = 64_000_000
_LONGEST_PART: Final = 16_000_000
_PIECE: Final = 1 << 20
_OLD: Final = b"\xd0\xcf\x11\xe0"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED: Final = 0x1
_LOCAL: Final = 30
_AGAIN: Final = "open it in a spreadsheet and save it again as .xlsx"

_ATTRIBUTES: Final = rb"""((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)"""
_TOKEN: Final = re.compile(rb"<(?:\w+:)?(row|c)" + _ATTRIBUTES + rb"\s*(/?)>")
_OPENED: Final = re.compile(rb"<(?:\w+:)?(?:row|c)[\s/>]")
_ATTRIBUTE: Final = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REFERENCE: Final = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
_ROW_ENDS: Final = re.compile(rb"</(?:\w+:)?row\s*>")
_CELL_ENDS: Final = re.compile(rb"</(?:\w+:)?c\s*>")
_FORMULA: Final = re.compile(rb"\s*<(?:\w+:)?f[\s/>]")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)<")
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet" + _ATTRIBUTES + rb"\s*/?>")
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship" + _ATTRIBUTES + rb"\s*/?>")


@dataclass(slots=True)
class Extent:
    """How far a sheet reaches, and which of its cells can't be taken as they are.

    Attributes:
        rows: The last row that holds anything, counted from 1.
        columns: The last column, counted from 1.
        broken: What is wrong with a cell, by row and column, both counted from 1.
        errors: The error value of a cell, such as `#N/A`, by row and column.
    """

    rows: int = 0
    columns: int = 0
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


class Package:
    """The parts of a workbook.

    Args:
        file: The open file.
        name: What it is called in an error.

    Raises:
        DataError: If it is no workbook, is protected by a password, or unpacks to more than `MOST_UNPACKED`.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._name = name
        start = file.read(len(_OLD))
        if start == _OLD:
            file.seek(0)
            if any(_LOCKED in piece for piece in _overlapping(file)):
                raise self._refused("the workbook is protected by a password", "save it without one, as .xlsx")
            raise self._refused("this is an old workbook (.xls) by another name", _AGAIN)
        try:
            self._zip = zipfile.ZipFile(file)
            self._parts = {info.filename: info for info in self._zip.infolist()}
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise self._refused(f"no workbook, or a broken one: {_plain(error)}", _AGAIN) from None
        self._check(file)

    def _refused(self, finding: str, remedy: str) -> DataError:
        return DataError(self._name, [Problem("", finding, remedy)])

    def _check(self, file: IO[bytes]) -> None:
        if any(info.flag_bits & _ENCRYPTED for info in self._parts.values()):
            raise self._refused("the workbook is protected by a password", "save it without one, as .xlsx")
        told = sum(info.file_size for info in self._zip.infolist())
        if told > MOST_UNPACKED:
            raise self._too_large(told)
        for info in self._zip.infolist():
            if info.header_offset < 0:
                raise self._refused("a broken workbook: a part begins before the file does", _AGAIN)
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise self._refused("its parts are packed in a way that no spreadsheet writes", _AGAIN)
            real = info.compress_size if info.compress_type == zipfile.ZIP_STORED else _unpacked(file, info)
            if real > info.file_size:  # a size that lies is how a small file fills a machine
                found = f"{info.filename[:80]!r} unpacks to more than the {info.file_size:,} bytes it tells"
                raise self._refused(found, _AGAIN)

    def _too_large(self, size: int) -> DataError:
        found = f"unpacked it has {size / 1e9:,.1f} GB; up to {MOST_UNPACKED / 1e9:,.0f} GB are read"
        return self._refused(found, "save the sheet alone, as CSV (UTF-8)")

    def _part(self, path: str) -> bytes:
        info = self._parts.get(path)
        if info is None or info.file_size > _LONGEST_PART:
            raise self._refused(f"no workbook: {path} is missing or far too long", _AGAIN)
        try:
            return self._zip.read(info)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise self._refused(f"a broken workbook: {_plain(error)}", _AGAIN) from None

    def sheets(self) -> dict[str, str]:
        """The path of each sheet's part, by the sheet's name, in the order of the workbook.

        Raises:
            DataError: If the parts do not make a workbook.
        """
        targets = {
            found.get(b"Id", b""): found.get(b"Target", b"").decode("utf-8", "replace")
            for match in _RELATION.finditer(self._part("xl/_rels/workbook.xml.rels"))
            if (found := _attributes(match[1]))
        }
        paths: dict[str, str] = {}
        for match in _SHEET.finditer(self._part("xl/workbook.xml")):
            found = _attributes(match[1])
            relation = next((value for name, value in found.items() if name.endswith(b":id")), b"")
            target = targets.get(relation, "")
            name = html.unescape(found.get(b"name", b"").decode("utf-8", "replace"))
            paths[name] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        return paths

    def extent(self, path: str) -> Extent:
        """How far the sheet in a part reaches, and which of its cells are broken.

        Raises:
            DataError: If it is broken, or would lay out more than `MOST_CELLS`.
        """
        info = self._parts.get(path)
        if info is None:
            raise self._refused(f"no workbook: {path[:80]!r} is missing", _AGAIN)
        extent = Extent()
        try:
            with self._zip.open(info) as part:
                for text in self._whole_rows(part):
                    if len(_OPENED.findall(text)) != _take(text, extent):
                        raise self._refused("a sheet is written in a way that no spreadsheet writes", _AGAIN)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise self._refused(f"a broken workbook: {_plain(error)}", _AGAIN) from None
        if extent.rows * extent.columns > MOST_CELLS:
            found = f"a sheet reaches to row {extent.rows:,} and column {extent.columns:,}"
            raise self._refused(
                f"{found}: {extent.rows * extent.columns:,} cells, up to {MOST_CELLS:,} are read",
                "delete what stands far out, or save the sheet as CSV (UTF-8)",
            )
        return extent

    def _whole_rows(self, part: IO[bytes]) -> Iterator[bytes]:
        waiting = b""
        while piece := part.read(_PIECE):
            waiting += piece
            ends = [match.end() for match in _ROW_ENDS.finditer(waiting)]
            if ends:
                yield waiting[: ends[-1]]
                waiting = waiting[ends[-1] :]
            elif len(waiting) > _LONGEST_ROW:
                raise self._refused("a row is longer than any spreadsheet writes", _AGAIN)
        yield waiting


def _take(text: bytes, extent: Extent) -> int:
    """Take in the rows of a piece; how many tags of rows and cells were understood."""
    count = 0
    row, column = extent.rows, 0
    for match in _TOKEN.finditer(text):
        found = _attributes(match[2])
        reference = found.get(b"r", b"")
        if match[1] == b"row":
            count += 1
            row = int(reference) if reference.isdigit() and len(reference) < 8 else row + 1  # noqa: PLR2004 - seven figures
            column = 0
            extent.rows = max(extent.rows, row)
            continue
        place = _REFERENCE.fullmatch(reference)
        if reference and place is None:
            continue  # not understood, so not counted
        count += 1
        column = _column(place[1]) if place else column + 1
        row = int(place[2]) if place else row
        extent.rows, extent.columns = max(extent.rows, row), max(extent.columns, column)
        if not match[3]:
            _look(text, match.end(), found.get(b"t", b""), (row, column), extent)
    return count


def _look(text: bytes, start: int, kind: bytes, place: tuple[int, int], extent: Extent) -> None:
    """What stands in a cell that a reader would give back as empty: an error, a formula without its value."""
    formula = _FORMULA.match(text, start)
    if kind != b"e" and formula is None:
        return
    end = _CELL_ENDS.search(text, start)
    value = _VALUE.search(text, start, end.start() + 1 if end else len(text))
    told = html.unescape(value[1].decode("utf-8", "replace")).strip() if value else ""
    if kind == b"e":
        extent.errors[place] = told or "#ERROR"
    elif not told and kind != b"str":
        extent.broken[place] = "holds a formula without its value; open the workbook in a spreadsheet and save it again"


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(text)}


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _overlapping(file: IO[bytes]) -> Iterator[bytes]:
    before = b""
    while piece := file.read(_PIECE):
        yield before + piece
        before = piece[-len(_LOCKED) :]


def _unpacked(file: IO[bytes], info: zipfile.ZipInfo) -> int:
    """How many bytes a part really unpacks to, up to one more than it tells."""
    file.seek(info.header_offset)
    local = file.read(_LOCAL)
    if len(local) < _LOCAL:
        return 0  # reading it says that it is broken
    file.seek(int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little"), 1)
    left, size = info.compress_size, 0
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while left > 0 and size <= info.file_size and not unpacking.eof:
            piece = file.read(min(left, _PIECE))
            left -= len(piece) or left
            while piece and size <= info.file_size:
                size += len(unpacking.decompress(piece, _PIECE))
                piece = unpacking.unconsumed_tail
    except zlib.error:
        return 0  # as above
    return size


def _plain(error: Exception) -> str:
    return str(error).rstrip(".")[:200] or type(error).__name__
