"""Files as they arrive when something went wrong on the way, and what must hold of every one of them.

Each damage is a function of good bytes and a source of chance; the same seed gives the same file.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter

from postmortem.exchange import import_into, mapping_from, read
from postmortem.record.errors import DataError, PostmortemError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

    from postmortem.exchange import Mapping
    from postmortem.store import Store

NOW = datetime(2026, 11, 22, tzinfo=UTC)

Damage = "Callable[[bytes, Random], bytes]"
Rows = list[list[str]]


# ------------------------------------------------------------------------------------------------- what must hold


def fate(path: Path, mapping: Mapping | None, store: Store) -> int | None:
    """How many rows of a file are read; `None` where it is refused. Either way nothing is lost without a word.

    Raises:
        AssertionError: If it is: rows that are neither imported nor rejected, a reject without a reason, a refusal
            without a sentence, a second import that changes something.
    """
    try:
        reading = read(path, mapping=mapping, now=NOW)
    except PostmortemError as error:
        _is_a_sentence(error, path.name)
        return None
    good, bad = len(reading.incidents), len(reading.rejects)
    assert reading.rows_read == good + bad
    assert good == sum(1 for _ in reading.incidents)
    assert all(problem.finding for reject in reading.rejects for problem in reject.problems)
    assert all(reject.problems for reject in reading.rejects)
    try:
        told = import_into(store, reading, by="test", dry_run=True)
        first = import_into(store, reading, by="test")
    except PostmortemError as error:
        _is_a_sentence(error, "")
        return None
    second = import_into(store, reading, by="test")
    assert told == first
    assert first.read == reading.rows_read == first.imported + first.unchanged + first.updated + first.rejected
    assert (0, good, 0, bad) == (second.imported, second.unchanged, second.updated, second.rejected)
    return reading.rows_read


def _is_a_sentence(error: PostmortemError, name: str) -> None:
    assert name in str(error)
    if isinstance(error, DataError):
        assert error.problems
        assert all(problem.finding for problem in error.problems)


def plain_mapping(header: list[str], system: str = "anything") -> Mapping:
    """A mapping that takes any table: the first column is the title, whatever looks like a date is when it occurred."""
    named = list(
        dict.fromkeys(title.strip().strip('"').strip() or f"column {at}" for at, title in enumerate(header, 1))
    )
    columns: dict[str, Any] = dict.fromkeys(named, "extra")
    when = next((name for name in named if re.search(r"date|time|day", name, re.IGNORECASE)), None)
    if when is not None:
        columns[when] = "occurred_at"
    dates = ["iso", "%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M", "%d-%m-%Y", "%m-%d-%y", "%m/%d/%y"]
    source = {"system": system, "key": "content", "dates": dates}
    return mapping_from(
        {"source": source, "columns": columns, "templates": {"title": [f"Row of {{{named[0]}}}", "Row"]}}
    )


# ------------------------------------------------------------------------------------------------- damage to bytes


def _spliced(data: bytes, at: int, more: bytes, instead: int = 0) -> bytes:
    return data[:at] + more + data[at + instead :]


def _flipped(data: bytes, draw: Random, count: int, most: int | None = None) -> bytes:
    changed = bytearray(data)
    for _ in range(count):
        at = draw.randrange(min(most or len(changed), len(changed)))
        changed[at] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _shuffled(data: bytes, draw: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    draw.shuffle(lines)
    return b"".join(lines)


def _recoded(data: bytes, encoding: str) -> bytes:
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def _first_line(data: bytes) -> int:
    return data.find(b"\n") + 1 or len(data)


def _inside(data: bytes, draw: Random) -> int:
    """A place behind the first line."""
    first = _first_line(data)
    return draw.randrange(first, len(data)) if first < len(data) else len(data) // 2


def _zipped(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("data.csv", data)
    return made.getvalue()


BYTES: dict[str, Callable[[bytes, Random], bytes]] = {
    "as it is": lambda data, _: data,
    "empty": lambda _data, _: b"",
    "one byte": lambda data, _: data[:1],
    "blanks only": lambda _data, _: b" \r\n\t\n" * 50,
    "NULs only": lambda _data, _: b"\0" * 5_000,
    "cut in the header": lambda data, draw: data[: draw.randrange(1, max(2, _first_line(data)))],
    "cut behind the header": lambda data, _: data[: _first_line(data)],
    "cut at a third": lambda data, _: data[: len(data) // 3],
    "cut in the middle": lambda data, _: data[: len(data) // 2],
    "cut anywhere": lambda data, draw: data[: draw.randrange(len(data))],
    "cut inside a quotation": lambda data, _: data[: data.rfind(b'"', 0, max(1, data.rfind(b'"'))) + 2],
    "cut by one": lambda data, _: data[:-1],
    "beginning lost": lambda data, draw: data[draw.randrange(len(data)) :],
    "middle lost": lambda data, _: data[: len(data) // 3] + data[2 * len(data) // 3 :],
    "twice one after the other": lambda data, _: data + data,
    "a bit flipped": lambda data, draw: _flipped(data, draw, 1),
    "a bit flipped in the header": lambda data, draw: _flipped(data, draw, 1, _first_line(data)),
    "many bits flipped": lambda data, draw: _flipped(data, draw, 1 + len(data) // 50),
    "lines in another order": _shuffled,
    "lines backwards": lambda data, _: b"".join(reversed(data.splitlines(keepends=True))),
    "a NUL in a row": lambda data, draw: _spliced(data, _inside(data, draw), b"\0"),
    "a block of NULs": lambda data, draw: _spliced(data, _inside(data, draw), b"\0" * 512, 512),
    "a NUL in the header": lambda data, _: _spliced(data, 1, b"\0"),
    "control characters": lambda data, draw: _spliced(data, _inside(data, draw), bytes(range(1, 32))),
    "half of a character": lambda data, draw: _spliced(data, _inside(data, draw), b"\xed\xa0\x80"),
    "a byte of Latin-1": lambda data, draw: _spliced(data, _inside(data, draw), b"M\xfcller"),
    "an overlong slash": lambda data, draw: _spliced(data, _inside(data, draw), b"\xc0\xaf"),
    "a byte-order mark": lambda data, _: codecs.BOM_UTF8 + data,
    "two byte-order marks": lambda data, _: codecs.BOM_UTF8 * 2 + data,
    "a byte-order mark in the middle": lambda data, draw: _spliced(data, _inside(data, draw), codecs.BOM_UTF8),
    "the wrong byte-order mark": lambda data, _: codecs.BOM_UTF16_LE + data,
    "UTF-16": lambda data, _: _recoded(data, "utf-16"),
    "UTF-16 without a mark": lambda data, _: _recoded(data, "utf-16-be"),
    "UTF-32": lambda data, _: _recoded(data, "utf-32"),
    "UTF-7": lambda data, _: _recoded(data + "ä".encode(), "utf-7"),
    "Windows-1252": lambda data, draw: _recoded(_spliced(data, _inside(data, draw), "Größe".encode()), "cp1252"),
    "EBCDIC": lambda data, _: _recoded(data, "cp037"),
    "encoded twice": lambda data, _: (
        _recoded(data.decode("utf-8", "replace").encode(), "utf-8").decode("latin-1").encode()
    ),
    "CRLF": lambda data, _: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "CR alone": lambda data, _: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r"),
    "CR CR LF": lambda data, _: data.replace(b"\n", b"\r\r\n"),
    "mixed line ends": lambda data, draw: re.sub(rb"\n", lambda _: draw.choice([b"\n", b"\r\n", b"\r"]), data),
    "line separators of Unicode": lambda data, _: data.replace(b"\n", "\u2028".encode()),
    "no line ends": lambda data, _: data.replace(b"\n", b" "),
    "blank lines between": lambda data, _: data.replace(b"\n", b"\n\n \n"),
    "blank lines before": lambda data, _: b"\n\n\r\n" + data,
    "a quotation opened": lambda data, draw: _spliced(data, _inside(data, draw), b'"'),
    "a quotation opened in the first cell": lambda data, _: _spliced(data, _first_line(data), b'"'),
    "a quotation opened in the header": lambda data, _: b'"' + data,
    "many quotations opened": lambda data, _: data.replace(b",", b',"'),
    "quotation marks lost": lambda data, _: data.replace(b'"', b""),
    "quotation marks doubled": lambda data, _: data.replace(b'"', b'""'),
    "quotation marks of a word processor": lambda data, _: data.replace(b'"', "“".encode()),
    "apostrophes for quotation marks": lambda data, _: data.replace(b'"', b"'"),
    "semicolons": lambda data, _: data.replace(b",", b";"),
    "tabs": lambda data, _: data.replace(b",", b"\t"),
    "blanks for commas": lambda data, _: data.replace(b",", b" "),
    "a separator at every end": lambda data, _: data.replace(b"\n", b",\n"),
    "backslashes": lambda data, draw: _spliced(data, _inside(data, draw), b'\\\\"\\'),
    "a huge word": lambda data, draw: _spliced(data, _inside(data, draw), b"x" * 140_000),
    "a huge line": lambda data, draw: _spliced(data, _inside(data, draw), b"x," * 600_000),
    "deep brackets": lambda data, draw: _spliced(data, _inside(data, draw), b"[" * 100_000),
    "deep brackets in front": lambda data, _: b'[{"a":' * 50_000 + data,
    "NaN and infinity": lambda data, _: re.sub(rb"\d+", b"NaN", re.sub(rb"\d\d+", b"-Infinity", data)),
    "huge numbers": lambda data, _: re.sub(rb"\d+", lambda found: found[0] * 400, data[:2_000]),
    "numbers with commas": lambda data, _: re.sub(rb"(\d)\.(\d)", rb"\1,\2", data),
    "months as words": lambda data, _: re.sub(rb"(\d{4})-(\d\d)", rb"\1 March", data),
    "day and month swapped": lambda data, _: re.sub(rb"(\d\d)([-/])(\d\d)", rb"\3\2\1", data),
    "the year zero": lambda data, _: re.sub(rb"(19|20)\d\d", b"0000", data),
    "the year 9999": lambda data, _: re.sub(rb"(19|20)\d\d", b"9999", data),
    "the 31st of February": lambda data, _: re.sub(rb"-\d\d-\d\d", b"-02-31", data),
    "formulas": lambda data, _: re.sub(rb",(\w)", rb",=\1", data),
    "scripts": lambda data, draw: _spliced(data, _inside(data, draw), b"<script>alert(1)</script>"),
    "signs of PostgreSQL's COPY": lambda data, draw: _spliced(data, _inside(data, draw), b"\\N\\.\\\\\n\\.\n"),
    "percent signs": lambda data, draw: _spliced(data, _inside(data, draw), b"%s %(title)s :title ? {title} ${title}"),
    "escapes of JSON": lambda data, draw: _spliced(data, _inside(data, draw), b"\\ud800\\u0000\\uZZZZ"),
    "a workbook": lambda data, _: _zipped(data),
    "half a workbook": lambda data, _: _zipped(data)[:-30],
    "compressed": lambda data, _: gzip.compress(data),
    "a PDF": lambda data, _: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + data,
    "an old workbook": lambda data, _: bytes.fromhex("d0cf11e0a1b11ae1") + data,
    "a database": lambda data, _: b"SQLite format 3\0" + data,
    "a picture": lambda _data, draw: b"\x89PNG\r\n\x1a\n" + draw.randbytes(3_000),
    "a page of HTML": lambda data, _: b"<!DOCTYPE html><html><body>Please log in</body></html>\n" + data[:0],
    "random bytes": lambda _data, draw: draw.randbytes(4_000),
}
"""Damage to any file, by what it is called."""


# ------------------------------------------------------------------------------------------------ damage to tables


def table_bytes(rows: Rows) -> bytes:
    """Rows as CSV."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows(rows)
    return made.getvalue().encode()


def workbook_bytes(rows: Rows) -> bytes:
    """Rows as a workbook; what reads as a number is a number, as in a sheet that somebody keeps."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet()
        for at, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if re.fullmatch(r"-?\d{1,9}(\.\d+)?", cell):
                    sheet.write_number(at, column, float(cell))
                else:
                    sheet.write_string(at, column, cell[:32_000])
    return made.getvalue()


def _each(change: Callable[[list[str]], list[str]]) -> Callable[[Rows, Random], Rows]:
    return lambda rows, _: [change(list(row)) for row in rows]


def _in_column(words: list[str]) -> Callable[[Rows, Random], Rows]:
    """One word after the other in a column that chance names; the header stays."""

    def changed(rows: Rows, draw: Random) -> Rows:
        at = draw.randrange(len(rows[0]))
        return [rows[0], *([*row[:at], words[n % len(words)], *row[at + 1 :]] for n, row in enumerate(rows[1:]))]

    return changed


def _in_every_column(words: list[str]) -> Callable[[Rows, Random], Rows]:
    return lambda rows, _: [
        rows[0],
        *([words[(n + at) % len(words)] for at in range(len(rows[0]))] for n in range(len(rows) - 1)),
    ]


def _half_without_the_last(rows: Rows, _: Random) -> Rows:
    return [rows[0], *(row[:-1] if n % 2 else row for n, row in enumerate(rows[1:]))]


DATES = [
    "2021-02-31",
    "0000-00-00",
    "31.12.1899",
    "2300-01-01",
    "1e9",
    "20260302",
    "45678",
    "today",
    "12/25",
    "-1",
    "24:61",
]
NUMBERS = ["NaN", "1e999", "-0", "0x1F", "1,5", "1.2.3", "٣", "--1", "∞", "1_000", "1" * 400, "$", "(12)"]
TEXTS = [
    "",
    " ",
    "\u200b",
    "\u202eabc",
    "\ufeff",
    "a\nb",
    "=1+1",
    "@SUM(A1)",
    "'",
    '"',
    "\\",
    "null",
    "x" * 5_000,
    "\x1f",
    "\x7f",
]

TABLES: dict[str, Callable[[Rows, Random], Rows]] = {
    "first column lost": _each(lambda row: row[1:]),
    "last column lost": _each(lambda row: row[:-1]),
    "last column lost in half of the rows": _half_without_the_last,
    "a column doubled": _each(lambda row: [row[0], *row]),
    "a column doubled at the end": _each(lambda row: [*row, row[-1]]),
    "a column more": lambda rows, _: [[*rows[0], "new"], *([*row, "?"] for row in rows[1:])],
    "a cell more": lambda rows, _: [rows[0], *([*row, "?"] for row in rows[1:])],
    "a column renamed": lambda rows, _: [[f"{rows[0][0]} (old)", *rows[0][1:]], *rows[1:]],
    "names in capitals": lambda rows, _: [[name.upper() for name in rows[0]], *rows[1:]],
    "names with blanks": lambda rows, _: [[f" {name}\u00a0" for name in rows[0]], *rows[1:]],
    "names emptied": lambda rows, _: [[""] * len(rows[0]), *rows[1:]],
    "columns swapped": _each(lambda row: row[::-1]),
    "names swapped": lambda rows, _: [rows[0][::-1], *rows[1:]],
    "no header": lambda rows, _: rows[1:],
    "the header again in the middle": lambda rows, _: [*rows[: len(rows) // 2], rows[0], *rows[len(rows) // 2 :]],
    "a title above the header": lambda rows, _: [["Report of today"], [], *rows],
    "a sum below": lambda rows, _: [*rows, ["Sum", *[""] * (len(rows[0]) - 1)]],
    "every row twice": lambda rows, _: [rows[0], *(row for row in rows[1:] for _again in range(2))],
    "every row under one key": lambda rows, _: [rows[0], *([rows[1][0], *row[1:]] for row in rows[1:])],
    "rows of nothing": lambda rows, _: [rows[0], *([""] * len(rows[0]) for _row in rows[1:])],
    "rows of blanks": lambda rows, _: [rows[0], *([" "] * len(rows[0]) for _row in rows[1:])],
    "rows of one cell": lambda rows, _: [rows[0], *(row[:1] for row in rows[1:])],
    "wrong dates in a column": _in_column(DATES),
    "wrong numbers in a column": _in_column(NUMBERS),
    "odd texts in a column": _in_column(TEXTS),
    "wrong dates everywhere": _in_every_column(DATES),
    "wrong numbers everywhere": _in_every_column(NUMBERS),
    "odd texts everywhere": _in_every_column(TEXTS),
    "turned on its side": lambda rows, _: [list(column) for column in zip(*rows, strict=False)],
}
"""Damage to a table, by what it is called."""


# -------------------------------------------------------------------------------------------------- damage to JSON


def _nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = {"a": [value]}
    return value


def _of_each(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any, Random], bytes]:
    return lambda value, _: json.dumps([change(one) for one in _objects(value)]).encode()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in _listed(value) if isinstance(one, dict)] or [{"title": "Late"}]


JSON: dict[str, Callable[[Any, Random], bytes]] = {
    "in an envelope": lambda value, _: json.dumps({"data": value}).encode(),
    "nested": lambda value, _: json.dumps(_nested(value, 60)).encode(),
    "a list of lists": lambda value, _: json.dumps([_listed(value)]).encode(),
    "mixed": lambda value, _: json.dumps([1, None, "x", [], {}, *_listed(value), True, 1.5]).encode(),
    "nothing in the list": lambda _value, _: b"[]",
    "an empty object": lambda _value, _: b"{}",
    "null": lambda _value, _: b"null",
    "a text": lambda _value, _: b'"late"',
    "a number": lambda _value, _: b"12",
    "a comma at the end": lambda value, _: json.dumps(_listed(value)).encode()[:-1] + b",]",
    "single quotation marks": lambda value, _: json.dumps(value).replace('"', "'").encode(),
    "comments": lambda value, _: b"// from the help desk\n" + json.dumps(value).encode(),
    "two documents": lambda value, _: json.dumps(value).encode() * 2,
    "lines": lambda value, _: b"".join(json.dumps(one).encode() + b"\n" for one in _listed(value)),
    "indented": lambda value, _: json.dumps(value, indent=4).encode(),
    "names twice": lambda value, _: re.sub(rb"\{(\"\w+\": )", rb"{\1 0, \1", json.dumps(value).encode()),
    "every value a text": _of_each(lambda one: {name: str(value) for name, value in one.items()}),
    "every value null": _of_each(dict.fromkeys),
    "every value a list": _of_each(lambda one: {name: [value] for name, value in one.items()}),
    "every value a number": _of_each(lambda one: dict.fromkeys(one, 1e308)),
    "names in capitals": _of_each(lambda one: {name.upper(): value for name, value in one.items()}),
    "names that can't be": _of_each(lambda one: one | {"ti\u0000tle\ud800": 1}),
    "fields lost": _of_each(lambda one: dict(list(one.items())[::2])),
    "one key, two contents": lambda value, _: json.dumps(
        [one | {"id": "x", "note": at} for at, one in enumerate(_objects(value))]
    ).encode(),
    "all the same": lambda value, _: json.dumps(_objects(value)[:1] * 5).encode(),
}
"""Damage to a JSON value, by what it is called."""
