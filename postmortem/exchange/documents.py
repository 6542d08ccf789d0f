"""Whole incidents as JSON and JSON lines, in and out without loss."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from postmortem.exchange import chains, files
from postmortem.exchange.reading import Reading, Sorting
from postmortem.exchange.stream import LONGEST_DOCUMENT, Decoder, Element, Elements
from postmortem.record.errors import DataError, Problem, shown
from postmortem.record.order import disorder
from postmortem.record.reading import incident_from, json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from postmortem.exchange.files import Lines, Progress
    from postmortem.record.incident import Incident

_EVERY = 100


def read_lines(path: Path, *, progress: Progress | None = None) -> Reading:
    """Read JSON lines: every line that is not blank becomes an incident or a reject.

    Raises:
        DataError: If the file as a whole will not do.
    """
    size = files.size_of(path)
    with files.lines_of(path, "utf-8-sig", LONGEST_DOCUMENT) as lines:
        reading = _sorted(watched(line_elements(lines, path.name), lines, size, progress), path.name, "line")
    if progress is not None:
        progress(size, size)
    return reading


def line_elements(lines: Lines, name: str) -> Iterator[tuple[int, Element]]:
    """What stands in each line that is not blank, with the line's number; of a rejects file what was rejected.

    Raises:
        DataError: If a line is not in the encoding it was read in.
    """
    decoder = Decoder()
    for line in lines:
        if lines.undecodable:
            raise DataError(name, [files.encoding_problem(f"line {lines.number}", line)])
        if line.strip():
            yield lines.number, decoder.own(line)


def read_json(path: Path, *, progress: Progress | None = None) -> Reading:
    """Read one incident, a list of incidents, or a list of five-why chains.

    The list is read piece by piece, so that a large one needs no more memory than its incidents. A file that is not
    JSON, because it was cut off for example, is refused as a whole.

    Raises:
        DataError: If the file as a whole will not do.
    """
    size = files.size_of(path)
    with files.lines_of(path, "utf-8-sig") as lines:
        elements = enumerate(Elements(lines.pieces(), path.name), 1)
        reading = _sorted(watched(elements, lines, size, progress), path.name, "incident")
    if progress is not None:
        progress(size, size)
    return reading


def watched(
    elements: Iterable[tuple[int, Element]], lines: Lines, size: int, progress: Progress | None
) -> Iterator[tuple[int, Element]]:
    """The same elements, telling how far the file is read."""
    for count, element in enumerate(elements, 1):
        if progress is not None and count % _EVERY == 0:
            progress(min(lines.done, size), size)
        yield element


def _sorted(elements: Iterator[tuple[int, Element]], name: str, what: str) -> Reading:
    """Incidents or chains, whichever the first one is."""
    first = next(elements, None)
    everything = chain([first] if first is not None else [], elements)
    if first is not None and chains.is_chain(first[1].value):
        return chains.reading_of(everything, name)
    taken = _Documents(name, what)
    for number, element in everything:
        taken.take(number, element)
    return taken.reading()


class _Documents:
    """The documents of one file on their way to incidents."""

    def __init__(self, name: str, what: str) -> None:
        self._what = what
        self._sorting = Sorting(name, what)

    def take(self, number: int, element: Element) -> None:
        """Sort one document."""
        place, fields = f"{self._what} {number}", element.fields
        problems = [Problem(place, fault) for fault in element.faults]
        if not problems and not isinstance(element.value, dict):
            problems = [Problem(place, f"expected an incident as {{…}}, found {shown(element.value)}")]
        if problems:
            self._sorting.reject(number, fields, problems)
            return
        try:
            incident = incident_from(fields)
        except DataError as error:
            self._sorting.reject(number, fields, [_placed(place, problem) for problem in error.problems])
            return
        # What comes out of a store is taken as it stands there, or it could be lost; the review tells its faults.
        odd = () if incident.revision else disorder(incident)
        if odd:
            self._sorting.reject(number, fields, [_placed(place, problem) for problem in odd])
            return
        source = incident.source
        names = [f"the id {incident.id!r}"] if incident.id else []
        names += [f"the key {source.key!r} of {source.system!r}"] if source is not None else []
        self._sorting.accept(number, incident, fields, names=tuple(names))

    def reading(self) -> Reading:
        """What they came to."""
        return self._sorting.reading()


def _placed(place: str, problem: Problem) -> Problem:
    return Problem(f"{place}, {problem.where}" if problem.where else place, problem.finding, problem.remedy)


def write_json(path: Path | str, incidents: Iterable[Incident]) -> None:
    """Write incidents as a JSON list, one incident a line; `read` gives the same values again.

    Raises:
        DataError: If the file can't be written; what stood there before stands there still.
    """
    with files.written(Path(path)) as (file,):
        between = "[\n"
        for incident in incidents:
            file.write(f"{between}{json_text(incident)}")
            between = ",\n"
        file.write("[]\n" if between == "[\n" else "\n]\n")


def write_jsonl(path: Path | str, incidents: Iterable[Incident]) -> None:
    """Write incidents as JSON lines; `read` gives the same values again.

    Raises:
        DataError: If the file can't be written; what stood there before stands there still.
    """
    with files.written(Path(path)) as (file,):
        for incident in incidents:
            file.write(f"{json_text(incident)}\n")
