"""Incidents of a file of any size: a few are held in memory, many go to a private temporary file."""

from __future__ import annotations

import pickle
import tempfile
import threading
import weakref
from array import array
from collections.abc import Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, Final, overload

from pydantic_core import PydanticSerializationError

from postmortem.record.errors import DataError, Problem
from postmortem.record.incident import Incident
from postmortem.record.reading import json_text

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

IN_MEMORY: Final = 5_000
"""So many incidents are held as they are. Each takes about 10 KB as a value, and half a kilobyte as text."""

_AT_ONCE: Final = 200
_PICKLED: Final = b"\x80"  # no JSON text begins with it, every pickle does


class Spool:
    """Incidents in the order in which they come, each with whatever belongs to it.

    Beyond a number of them they are written, as text, to a temporary file without a name: only the process that made
    it can open it (mode 0600), and it is gone with the spool, also when the process is killed.

    Args:
        within: How many are held in memory before the file is made.

    Examples:
        >>> spool = Spool(within=1)
        >>> for title in ("Late", "Lost"):
        ...     spool.append(Incident(title=title), {"row": title})
        >>> spool.at(1), len(spool)
        ((<Incident not saved r0: 'Lost'>, {'row': 'Lost'}), 2)
    """

    def __init__(self, within: int = IN_MEMORY) -> None:
        self._within = within
        self._held: list[tuple[Incident, Any]] = []
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()
        # Where the incident of each place begins, and where what belongs to it does; the last one ends at `_end`.
        self._starts = array("Q")
        self._middles = array("Q")
        self._end = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._held) + len(self._starts)

    @property
    def is_in_memory(self) -> bool:
        """Whether no file was needed."""
        return self._file is None

    def append(self, incident: Incident, rest: object) -> None:
        """Keep one more.

        Args:
            incident: The incident.
            rest: Plain data that belongs to it.

        Raises:
            DataError: If there is no room for the file.
        """
        if self._file is None:
            self._held.append((incident, rest))
            if len(self._held) > self._within:
                self._move()
        else:
            self._write(self._file, incident, rest)

    def _move(self) -> None:
        try:
            file: IO[bytes] = tempfile.TemporaryFile(prefix="postmortem-", buffering=1 << 20)  # noqa: SIM115 - it stays open as long as the spool
        except OSError as error:
            raise _no_room(error) from None
        weakref.finalize(self, file.close)
        self._file = file
        for incident, rest in self._held:
            self._write(file, incident, rest)
        self._held.clear()

    def _write(self, file: IO[bytes], incident: Incident, rest: object) -> None:
        try:
            text = json_text(incident).encode()
        except (PydanticSerializationError, UnicodeEncodeError):
            text = pickle.dumps(incident)  # it holds half of a character, which no JSON can hold
        more = pickle.dumps(rest)
        try:
            with self._lock:
                file.write(text)
                file.write(more)
        except OSError as error:
            raise _no_room(error) from None
        self._starts.append(self._end)
        self._middles.append(self._end + len(text))
        self._end += len(text) + len(more)

    def _read(self, start: int, end: int) -> bytes:
        assert self._file is not None  # noqa: S101 - only asked for what was written
        try:
            with self._lock:
                self._file.seek(start)
                found = self._file.read(end - start)
                self._file.seek(0, 2)
        except OSError as error:
            raise _no_room(error) from None
        return found

    def at(self, place: int) -> tuple[Incident, Any]:
        """The incident at a place, counted from 0, and what belongs to it."""
        if self._file is None:
            return self._held[place]
        start, middle = self._starts[place], self._middles[place]
        found = self._read(start, self._after(place))
        # This process wrote it, to a file that no other can open.
        return _incident(found[: middle - start]), pickle.loads(found[middle - start :])  # noqa: S301

    def _after(self, place: int) -> int:
        return self._starts[place + 1] if place + 1 < len(self._starts) else self._end

    def incidents(self) -> Iterator[Incident]:
        """The incidents alone, in their order; several may go through them at once."""
        yield from (incident for incident, _ in self._held)
        for first in range(0, len(self._starts), _AT_ONCE):
            last = min(first + _AT_ONCE, len(self._starts)) - 1
            begin = self._starts[first]
            found = self._read(begin, self._after(last))
            for place in range(first, last + 1):
                yield _incident(found[self._starts[place] - begin : self._middles[place] - begin])


def _incident(text: bytes) -> Incident:
    if text.startswith(_PICKLED):
        found = pickle.loads(text)  # noqa: S301 - as in `Spool.at`
        assert isinstance(found, Incident)  # noqa: S101 - nothing else is written
        return found
    return Incident.model_validate_json(text)


def _no_room(error: OSError) -> DataError:
    found = f"a file of this size needs room for temporary data: {error.strerror}"
    return DataError("import", [Problem("", found, "free some space, or set TMPDIR to a folder that has some")])


class Spooled(Sequence[Incident]):
    """The incidents of a spool without those that were taken out again; they can be gone through any number of times.

    Examples:
        >>> spool = Spool(within=0)
        >>> for title in ("Late", "Lost", "Wrong"):
        ...     spool.append(Incident(title=title), None)
        >>> kept = Spooled(spool, frozenset({1}))
        >>> kept, [incident.title for incident in kept], kept[-1].title
        (<Spooled: 2 incidents>, ['Late', 'Wrong'], 'Wrong')
    """

    def __init__(self, spool: Spool, without: AbstractSet[int] = frozenset()) -> None:
        self._spool = spool
        self._without = without

    def __repr__(self) -> str:
        """How many there are."""
        return f"<Spooled: {len(self)} incident{'' if len(self) == 1 else 's'}>"

    def __len__(self) -> int:
        return len(self._spool) - len(self._without)

    def __iter__(self) -> Iterator[Incident]:
        for place, incident in enumerate(self._spool.incidents()):
            if place not in self._without:
                yield incident

    @overload
    def __getitem__(self, wanted: int) -> Incident: ...
    @overload
    def __getitem__(self, wanted: slice) -> Sequence[Incident]: ...
    def __getitem__(self, wanted: int | slice) -> Incident | Sequence[Incident]:
        if isinstance(wanted, slice):
            return tuple(self[place] for place in range(*wanted.indices(len(self))))
        place = range(len(self))[wanted]  # what lies outside is an IndexError, as in every sequence
        for out in sorted(self._without):
            place += out <= place
        return self._spool.at(place)[0]
