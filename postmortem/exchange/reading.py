"""What reading a file gives: the good incidents, and every row that will not do with all its reasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from postmortem.record.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

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
        incidents: The good ones, in the order of the file.
        rejects: The others, in the order of the file.
        not_carried: Columns that no rule of the mapping uses.
        columns: The header of a table; empty for JSON.
        separator: What stands between the cells of a table.
    """

    subject: str
    rows_read: int
    incidents: tuple[Incident, ...]
    rejects: tuple[Reject, ...] = ()
    not_carried: tuple[str, ...] = ()
    columns: tuple[str, ...] = field(default=(), repr=False)
    separator: str = field(default=",", repr=False)

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
    """

    def __init__(self, subject: str, what: str) -> None:
        self._subject = subject
        self._what = what
        self._good: dict[int, tuple[Incident, str, Table[str, Any]]] = {}
        self._by_name: dict[str, list[int]] = {}
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
        """
        clash = {other for name in names for other in self._by_name.get(name, ())}
        for name in names:
            self._by_name.setdefault(name, []).append(number)
        # Without a name of its own nothing can clash with it: what it held is let go.
        self._good[number] = (incident, " and ".join(names), values if names else {})
        if clash:
            self._settle(number, clash)

    def _settle(self, number: int, clash: set[int]) -> None:
        incident, name, values = self._good[number]
        place = f"{self._what} {number}"
        first = min(clash)
        if first in self._good and self._good[first][0] == incident:
            del self._good[number]
            again = f"the same as {self._what} {first}"
            self.reject(number, values, [Problem(place, again, "nothing to do: it is imported once")])
            return
        for one in sorted({*clash, number}):
            found = self._good.pop(one, None)
            others = " and ".join(f"{self._what} {other}" for other in sorted({*clash, number} - {one}))
            if found is not None:
                told = Problem(
                    f"{self._what} {one}",
                    f"{name} stands also at {others}, with other contents",
                    "keep one of them, or give each its own",
                )
                self.reject(one, found[2], [told])

    def reading(self, **more: Any) -> Reading:  # noqa: ANN401 - the other fields of a reading
        """What was sorted, in the order of the file."""
        return Reading(
            subject=self._subject,
            rows_read=self.count,
            incidents=tuple(incident for incident, _, _ in self._good.values()),
            rejects=tuple(sorted(self._rejects, key=lambda reject: reject.number)),
            **more,
        )
