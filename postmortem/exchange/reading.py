"""What reading a file gives: the good incidents, and every row that will not do with all its reasons."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from postmortem.exchange.spool import Spool, Spooled
from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping as Table
    from collections.abc import Sequence

    from postmortem.record.incident import Incident

MOST_REJECTS: Final = 100_000
"""Above this the mapping, or the file, is to be mended first: nobody works through so many rows one by one."""


@dataclass(frozen=True, slots=True)
class Reject:
    """One row, line or document that is not imported.

    Attributes:
        number: Where it stands: the row as a spreadsheet counts, the line of JSON lines, the place in a JSON list.
        values: What it holds, by column; for JSON its fields; `{"text": …}` where it could not be read at all.
        problems: Every reason.
    """

    number: int
    values: Table[str, Any]
    problems: tuple[Problem, ...]

    @property
    def reasons(self) -> str:
        """All reasons on one line."""
        return " | ".join(str(problem) for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that was read; nothing is imported yet.

    Attributes:
        subject: The file's name.
        rows_read: How many rows, lines or documents were read; always incidents and rejects together. Of five-why
            chains that are branches of one tree, the tree counts as one.
        incidents: The good ones, in the order of the file; of a large file they are read from a temporary file each
            time they are gone through.
        rejects: The others, in the order of the file.
        not_carried: Columns that no rule of the mapping uses.
        columns: The header of a table; empty for JSON.
        separator: What stands between the cells of a table.
        notes: What a person should know of how the file was read, such as other sheets of a workbook; a sentence each.
    """

    subject: str
    rows_read: int
    incidents: Sequence[Incident]
    rejects: tuple[Reject, ...] = ()
    not_carried: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=(), repr=False)
    separator: str = field(default=",", repr=False)
    notes: tuple[str, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        """What was read, in numbers."""
        good, bad = len(self.incidents), len(self.rejects)
        return f"<Reading {self.subject!r}: {self.rows_read} read, {good} good, {bad} rejected>"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of every rejected row, each with its place; what `DataError` shows."""
        return tuple(problem for reject in self.rejects for problem in reject.problems)


class Sorting:
    """Sorts what is read into good ones and rejects, and tells keys that stand twice.

    Where one key stands twice with different contents nobody can say which holds: all of them are rejected, each
    naming the others. Where it stands twice with the same content, the first one counts.

    What is good is held in a `Spool`, so that a large file needs little memory: 16 bytes for an incident, and 16 for
    each of its names.
    """

    def __init__(self, subject: str, what: str) -> None:
        self._subject = subject
        self._what = what
        self._good = Spool()
        self._numbers = array("Q")
        # Every name as a number that is equal for equal names, beside the place that has it.
        self._marks = array("q")
        self._named = array("Q")
        self._rejects: list[Reject] = []

    @property
    def count(self) -> int:
        """How many were sorted."""
        return len(self._good) + len(self._rejects)

    def reject(self, number: int, values: Table[str, Any], problems: list[Problem]) -> None:
        """Put one aside, with every reason.

        Raises:
            DataError: If there are more than anybody would work through.
        """
        self._rejects.append(Reject(number, values, tuple(problems)))
        if len(self._rejects) > MOST_REJECTS:
            found = f"more than {MOST_REJECTS:,} {self._what}s do not fit; the first one: {self._rejects[0].reasons}"
            raise DataError(self._subject, [Problem("", found, "mend the mapping or the file first")])

    def accept(self, number: int, incident: Incident, values: Table[str, Any], *, names: tuple[str, ...] = ()) -> None:
        """Keep a good one.

        Args:
            number: Where it stands.
            incident: What it became.
            values: What it holds, in case it must be rejected later.
            names: What must be its own: its key in the source, its id.

        Raises:
            DataError: If there is no room for a temporary file.
        """
        place = len(self._good)
        # Without a name of its own nothing can clash with it: what it held is let go.
        self._good.append(incident, (names, values) if names else None)
        self._numbers.append(number)
        for name in names:
            self._marks.append(hash(name))
            self._named.append(place)

    def _suspects(self) -> list[int]:
        """The places of all that may share a name with another, in their order."""
        ordered = sorted(self._marks)
        twice = {mark for mark, following in pairwise(ordered) if mark == following}
        if not twice:
            return []
        return sorted({place for mark, place in zip(self._marks, self._named, strict=True) if mark in twice})

    def _settled(self) -> frozenset[int]:
        """Reject whatever shares a name with another; the places that are good no longer."""
        out: set[int] = set()
        by_name: dict[str, list[int]] = {}
        for place in self._suspects():
            incident, (names, values) = self._good.at(place)
            clash = {other for name in names for other in by_name.get(name, ())}
            for name in names:
                by_name.setdefault(name, []).append(place)
            if not clash:
                continue
            first = min(clash)
            if first not in out and self._good.at(first)[0] == incident:
                out.add(place)
                told = Problem(self._at(place), f"the same as {self._at(first)}", "nothing to do: it is imported once")
                self.reject(self._numbers[place], values, [told])
                continue
            for one in sorted({*clash, place} - out):
                out.add(one)
                self._doubled(one, {*clash, place} - {one})
        return frozenset(out)

    def _doubled(self, place: int, others: set[int]) -> None:
        _, (names, values) = self._good.at(place)
        told = Problem(
            self._at(place),
            f"{' and '.join(names)} stands also at {' and '.join(map(self._at, sorted(others)))}, with other contents",
            "keep one of them, or give each its own",
        )
        self.reject(self._numbers[place], values, [told])

    def _at(self, place: int) -> str:
        return f"{self._what} {self._numbers[place]}"

    def reading(self, **more: Any) -> Reading:  # noqa: ANN401 - the other fields of a reading
        """What was sorted, in the order of the file.

        Raises:
            DataError: If more are rejected than anybody would work through.
        """
        count, out = self.count, self._settled()
        kept = Spooled(self._good, out)
        return Reading(
            subject=self._subject,
            rows_read=count,
            incidents=tuple(kept) if self._good.is_in_memory else kept,
            rejects=tuple(sorted(self._rejects, key=lambda reject: reject.number)),
            **more,
        )
