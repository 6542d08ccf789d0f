"""JSON of another system, read through a mapping: each object is a row, and a column is a path to a field of it."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange import files
from postmortem.exchange.documents import line_elements, watched
from postmortem.exchange.mapped.conversion import Conversion
from postmortem.exchange.mapped.mapping import CONTENT, Column, Mapping
from postmortem.exchange.mapped.markup import atlassian_text, is_atlassian
from postmortem.exchange.mapped.translation import Translation, no_columns
from postmortem.exchange.reading import Reading, Sorting
from postmortem.exchange.stream import LONGEST_DOCUMENT, Element, Rows
from postmortem.record.errors import DataError, Problem, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from postmortem.exchange.files import Lines, Progress
    from postmortem.exchange.mapped.translation import Cell

SUFFIXES: Final = (".json", ".jsonl", ".ndjson")
"""The suffixes of the files that hold JSON."""

_MOST_NAMES = 500
_LONGEST_NAME = 120


def read_records(
    path: Path, mapping: Mapping, *, now: datetime, progress: Progress | None = None, currency: str = ""
) -> Reading:
    """Read JSON, or JSON lines, of another system: every object becomes an incident or a reject.

    A list is read piece by piece. A file that is not JSON, because it was cut off for example, is refused as a whole;
    of JSON lines a broken line is a reject.

    Args:
        path: The file.
        mapping: What the fields mean; of the format `json`.
        now: What lies later than this can't have happened.
        progress: Called with the bytes that are done and all bytes.
        currency: The team's, for amounts whose row does not name one; see `Translation`.

    Raises:
        DataError: If the file as a whole will not do, or the mapping names fields that no row has.
    """
    size = files.size_of(path)
    by_line = path.suffix.lower() != ".json"
    with files.lines_of(path, mapping.source.encoding, LONGEST_DOCUMENT) as lines:
        taken = _Records(path.name, mapping, now, currency, "line" if by_line else "record")
        if by_line:
            for number, element in watched(line_elements(lines, path.name), lines, size, progress):
                taken.take(number, element)
        else:
            rows = Rows(lines.pieces(), path.name, mapping.source.rows)
            for number, element in watched(enumerate(rows, 1), lines, size, progress):
                taken.take(number, element)
            taken.beside(rows.beside)
    if progress is not None:
        progress(size, size)
    return taken.reading()


def rows_of(path: Path, lines: Lines, mapping: Mapping) -> Iterator[Element]:
    """The rows of a file, without their numbers.

    Raises:
        DataError: While iterating, if the file is not JSON.
    """
    if path.suffix.lower() != ".json":
        return (element for _, element in line_elements(lines, path.name))
    return iter(Rows(lines.pieces(), path.name, mapping.source.rows))


def fields_of(row: dict[str, Any], paths: Iterable[str]) -> set[str]:
    """The paths that lead to something in a row.

    Examples:
        >>> sorted(fields_of({"key": "A-1", "fields": {"summary": None}}, ["key", "fields.summary", "fields.labels"]))
        ['fields.summary', 'key']
    """
    return {path for path in paths if next(_at(row, path), None) is not None}


class _Records:
    """The rows of one file on their way to incidents."""

    def __init__(self, name: str, mapping: Mapping, now: datetime, currency: str, what: str) -> None:
        self._name = name
        self._mapping = mapping
        self._what = what
        self._paths = mapping.names()
        self._plain = Column(to="extra")
        translation = Translation(mapping, self._paths, name, currency=currency)
        self._conversion = Conversion(translation, now)
        self._whole = mapping.source.key == (CONTENT,)
        self._sorting = Sorting(name, what)
        self._seen: set[str] = set()
        self._tree = _tree(self._paths)
        self._unused: dict[str, None] = {}

    def take(self, number: int, element: Element) -> None:
        """Sort one row."""
        place, row = f"{self._what} {number}", element.value
        problems = [Problem(place, fault) for fault in element.faults]
        if not problems and not isinstance(row, dict):
            problems = [Problem(place, f"expected a record as {{…}}, found {shown(row)}")]
        if problems:
            self._sorting.reject(number, element.fields, problems)
            return
        if len(self._unused) < _MOST_NAMES:
            self._unused |= dict.fromkeys(_unused(row, self._tree, ""))
        cells = [self._cell(path, row, place, problems) for path in self._paths]
        content = json.dumps(row, sort_keys=True) if self._whole else ""
        incident, found = self._conversion.incident(cells, place, content)
        problems += found
        if incident is None or problems:
            self._sorting.reject(number, row, problems)
            return
        named = incident.source is not None and not self._whole
        self._sorting.accept(
            number, incident, row, names=(f"the key {incident.source.key!r}",) if named and incident.source else ()
        )

    def _cell(self, path: str, row: dict[str, Any], place: str, problems: list[Problem]) -> Cell:
        column = self._mapping.columns.get(path, self._plain)
        words: list[str] = []
        listed = False
        for value, in_list in _at(row, path):
            self._seen.add(path)
            listed = listed or in_list
            word = self._word(value, column)
            if word is None:
                inside = next((name for name in value if isinstance(name, str)), "name") if value else "name"
                told = f"name a field inside it, such as {path}.{inside[:_LONGEST_NAME]}; or say objects in [source]"
                problems.append(Problem(f"{place}, field {path!r}", f"expected a word, found {shown(value)}", told))
            else:
                words.append(word)
        return tuple(words) if listed else "".join(words)

    def _word(self, value: Any, column: Column) -> str | None:  # noqa: ANN401 - any JSON value
        """A value as text; nothing where an object stands instead of a word."""
        if isinstance(value, dict):
            return self._inside(value, column)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float):
            return format(Decimal(repr(value)), "f").replace(".", self._mapping.source.decimal)
        return "" if value is None else str(value)

    def _inside(self, value: dict[str, Any], column: Column) -> str | None:
        """The word that an object stands for, if it does."""
        if column.markup == "atlassian" and is_atlassian(value):
            return atlassian_text(value)
        words = column.objects or self._mapping.source.objects
        found = next((value[name] for name in words if value.get(name) is not None), None)
        if found is None:
            return "" if all(one is None for one in value.values()) else None
        return None if isinstance(found, dict | list) else self._word(found, column)

    def beside(self, names: dict[str, None]) -> None:
        """Note what stands beside the rows."""
        self._unused |= names

    def reading(self) -> Reading:
        """What the rows came to.

        Raises:
            DataError: If the mapping needs fields that no row of the file has.
        """
        if self._sorting.count and (missing := self._mapping.missing_in(self._seen)):
            names = [*self._seen, *self._unused]
            raise DataError(self._name, no_columns(missing, names, "field"))
        return self._sorting.reading(not_carried=tuple(self._unused))


def _at(value: Any, path: str) -> Iterator[tuple[Any, bool]]:  # noqa: ANN401 - any JSON value
    """What stands at the end of a path, and whether a list was passed on the way; the elements of lists one by one.

    A field that has dots in its own name is found as well.

    Examples:
        >>> list(_at({"fields": {"components": [{"name": "Web"}, {"name": "Pay"}]}}, "fields.components.name"))
        [('Web', True), ('Pay', True)]
        >>> list(_at({"group.name": "Desk"}, "group.name"))
        [('Desk', False)]
    """
    waiting: list[tuple[Any, str, bool]] = [(value, path, False)]
    while waiting:
        value, rest, listed = waiting.pop()
        if isinstance(value, list):
            waiting += [(one, rest, True) for one in reversed(value)]
            if not value:
                yield None, True
        elif not rest:
            yield value, listed
        elif isinstance(value, dict):
            if rest in value:
                waiting.append((value[rest], "", listed))
                continue
            step, _, below = rest.partition(".")
            if below and step in value:
                waiting.append((value[step], below, listed))
        elif value is None:
            yield None, listed


_Tree = dict[str, Any]


def _tree(paths: tuple[str, ...]) -> _Tree:
    tree: _Tree = {}
    for path in paths:
        place = tree
        for step in path.split("."):
            place = place.setdefault(step, {})
        place[""] = True
    return tree


def _unused(value: Any, tree: _Tree, above: str) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """The fields that hold something and that no column names, each as a path, the shortest that says it."""
    if isinstance(value, list):
        for one in value:
            yield from _unused(one, tree, above)
    elif not isinstance(value, dict):
        if value not in (None, "") and above:
            yield above
    else:
        for name, below in value.items():
            place: _Tree | None = tree
            for step in name.split("."):
                place = place.get(step) if place is not None else None
            path = f"{above}.{name}" if above else name
            if place is None:
                if below not in (None, "", [], {}):
                    yield path[:_LONGEST_NAME]
            elif "" not in place:
                yield from _unused(below, place, path)
