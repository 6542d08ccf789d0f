"""Files at the edge: what kind of file it is, its lines within bounds, and writing all or nothing."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[int, int], None]
"""What is called while a file is read, with the bytes that are done and all of them; or with incidents."""

LONGEST_LINE: Final = 1_000_000
"""Characters in one line of a table. A narrative of a hundred pages fits; a file without line ends does not."""

_SAMPLE = 8192
_MOST_CONTROLS = 0.05
_FEW_CONTROLS = 4  # single ones are told with their row
_MANY_NULS = 0.3
_AROUND = 20
_ESCAPED = 0xDC00
_BLANKS = b"\t\n\r\x0c\x1b"
_KNOWN_STARTS: Final = (
    (b"PK\x03\x04", "a workbook or an archive", "open it in a spreadsheet and save the sheet as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "an old workbook or document", "open it in a spreadsheet and save the sheet as CSV (UTF-8)"),
    (b"%PDF", "a PDF", "export the data itself as CSV or JSON"),
    (b"\x1f\x8b", "compressed", "unpack it first"),
    (b"SQLite format 3", "a database", "name it with --store instead of importing it"),
)


def size_of(path: Path) -> int:
    """The size of a file that can be read, in bytes.

    Raises:
        DataError: If it is missing, is a folder, can't be read, or is empty.
    """
    try:
        if path.is_dir():
            raise DataError(path.name, [Problem("", "this is a folder", "name a file inside it")])
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        raise DataError(path.name, [Problem("", "there is no such file", "check the path")]) from None
    except OSError as error:
        raise DataError(path.name, [Problem("", f"can't be read: {error.strerror}", "check the rights")]) from None
    if size == 0:
        raise DataError(path.name, [Problem("", "the file is empty", "export it again")])
    return size


def check_is_text(path: Path, encoding: str) -> None:
    """Refuse what is not text in the encoding it shall be read in.

    Only the first 8 kB are looked at: a workbook, a PDF, UTF-16 that is to be read as something else, other binary
    data.

    Raises:
        DataError: With what it seems to be, and what to do with it.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    wide = "16" in encoding or "32" in encoding
    for start, what, remedy in _KNOWN_STARTS:
        if sample.startswith(start):
            raise DataError(path.name, [Problem("", f"the file is {what}, not text", remedy)])
    nuls = max(sample[::2].count(0), sample[1::2].count(0)) * 2 / len(sample)
    if not wide and (sample.startswith((b"\xff\xfe", b"\xfe\xff")) or nuls > _MANY_NULS):
        raise DataError(
            path.name, [Problem("", "the file seems to be UTF-16", f"save it as UTF-8; or, {_say_encoding('utf-16')}")]
        )
    controls = sum(byte < ord(" ") and byte not in _BLANKS for byte in sample)
    if not wide and controls > max(_FEW_CONTROLS, _MOST_CONTROLS * len(sample)):
        raise DataError(path.name, [Problem("", "the file is binary, not text", "export the data as CSV or JSON")])
    if not sample.strip(b"\xef\xbb\xbf \t\r\n\xff\xfe\x00"):
        with path.open("rb") as file:
            if all(
                not part.strip(b"\xef\xbb\xbf \t\r\n\xff\xfe\x00") for part in iter(lambda: file.read(1 << 20), b"")
            ):
                raise DataError(path.name, [Problem("", "the file is empty: only blanks", "export it again")])


def _say_encoding(name: str) -> str:
    return f'for a table, set encoding = "{name}" in the section [source] of its mapping'


def encoding_problem(where: str, text: str) -> Problem:
    """What to say of text that holds bytes which are no UTF-8, with how it would read in Windows-1252.

    Examples:
        >>> text = bytes.fromhex("4dfc6c6c6572").decode("utf-8", "surrogateescape")
        >>> encoding_problem("row 2, column 'name'", text).finding
        'not UTF-8, found byte 0xFC'
    """
    start = next(at for at, sign in enumerate(text) if is_undecodable(sign))
    around = text[max(0, start - _AROUND) : start + _AROUND]
    guess = around.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return Problem(
        where,
        f"not UTF-8, found byte 0x{ord(text[start]) - _ESCAPED:02X}",
        f"save the file as UTF-8 (read as Windows-1252 it says {guess!r}); or, {_say_encoding('cp1252')}",
    )


def is_undecodable(text: str) -> bool:
    """Whether a text holds bytes that were not in the encoding it was read in."""
    return not text.isascii() and any("\udc80" <= sign <= "\udcff" for sign in text)


class Lines:
    """The lines of a text file, one at a time, never more than a bounded piece in memory.

    Bytes that are not in the encoding come as lone surrogates, so that the place can be told; see `undecodable`.

    Attributes:
        number: The number of the line that was read last, counted from 1.
        undecodable: Whether the line that was read last holds bytes that are not in the encoding.
    """

    def __init__(self, file: BinaryIO, name: str, encoding: str, longest: int = LONGEST_LINE) -> None:
        self._text: TextIO = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")
        self._file = file
        self._name = name
        self._encoding = encoding
        self._longest = longest
        self._waiting: list[str] = []
        self.number = 0
        self.undecodable = False

    @property
    def done(self) -> int:
        """How many bytes were read."""
        return self._file.tell()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.pop() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.undecodable = is_undecodable(line)
        return line

    def _read(self) -> str:
        try:
            line = self._text.readline(self._longest + 1)
        except UnicodeError as error:
            raise DataError(
                self._name,
                [Problem(f"line {self.number + 1}", f"not {self._encoding}: {error}", "name the right encoding")],
            ) from None
        if len(line) > self._longest:
            raise DataError(
                self._name,
                [
                    Problem(
                        f"line {self.number + 1}",
                        f"longer than {self._longest:,} characters",
                        "the file has no line ends where a row ends; export it again",
                    )
                ],
            )
        return line

    def pieces(self, length: int = 65_536) -> Iterator[str]:
        """The text in pieces, for what has no lines.

        Raises:
            DataError: If bytes are not in the encoding, with the line.
        """
        number = 1
        while piece := self._text.read(length):
            if is_undecodable(piece):
                before = piece[: next(at for at, sign in enumerate(piece) if is_undecodable(sign))]
                raise DataError(self._name, [encoding_problem(f"line {number + before.count(chr(10))}", piece)])
            number += piece.count("\n")
            yield piece

    def put_back(self, lines: list[str]) -> None:
        """Let lines that were read be read once more, in their order."""
        self._waiting.extend(reversed(lines))
        self.number -= len(lines)


@contextmanager
def lines_of(path: Path, encoding: str, longest: int = LONGEST_LINE) -> Iterator[Lines]:
    """Open a file for reading by lines.

    Raises:
        DataError: If it is no file that can be read as text; see `size_of` and `check_is_text`.
    """
    size_of(path)
    check_is_text(path, encoding)
    with path.open("rb") as file:
        yield Lines(file, path.name, encoding, longest)


@contextmanager
def written(*paths: Path) -> Iterator[tuple[TextIO, ...]]:
    """Write one or several files, all or nothing: each into a new file beside it, which takes its place at the end.

    When anything fails on the way, what stood there before stands there still.

    Raises:
        DataError: If a file can't be written there.
    """
    besides = [path.with_name(f".{path.name}.{os.getpid()}.part") for path in paths]
    files: list[TextIO] = []
    try:
        try:
            for path, beside in zip(paths, besides, strict=True):
                if path.is_dir():
                    raise DataError(path.name, [Problem("", "this is a folder", "name a file inside it")])
                files.append(beside.open("w", encoding="utf-8", newline=""))
            yield tuple(files)
            for file in files:
                file.flush()
                os.fsync(file.fileno())
                file.close()
            for path, beside in zip(paths, besides, strict=True):
                beside.replace(path)
        except OSError as error:
            raise DataError(
                paths[0].name, [Problem("", f"can't be written: {error.strerror}", "check the folder and its space")]
            ) from None
    finally:
        for file in files:
            file.close()
        for beside in besides:
            beside.unlink(missing_ok=True)
