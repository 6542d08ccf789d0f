"""From a reading into a store, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from postmortem.exchange.reading import Reading
    from postmortem.record.incident import Incident

_EVERY: Final = 100


class Counts(Protocol):
    """What became of the incidents that a store was given; together they are as many as were given."""

    @property
    def imported(self) -> int:
        """How many are new."""

    @property
    def unchanged(self) -> int:
        """How many stood there already, as they are."""

    @property
    def updated(self) -> int:
        """How many stood there in an earlier form."""


class Taker(Protocol):
    """Whatever keeps incidents: the store, or something else that saves many in one transaction."""

    def save_many(self, incidents: Iterable[Incident], *, by: str, dry_run: bool = False) -> Counts:
        """Save them all, or none; what was imported before is recognised by its source."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of the rows of a file.

    Attributes:
        read: How many there were: the sum of the others, always.
        imported: How many are new in the store.
        unchanged: How many stood there already, as they are.
        updated: How many stood there in an earlier form, which stays as a revision.
        rejected: How many will not do; the reading tells why.
    """

    read: int
    imported: int
    unchanged: int
    updated: int
    rejected: int


def import_into(
    store: Taker,
    reading: Reading,
    *,
    by: str,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportResult:
    """Save the good incidents of a reading, in one transaction.

    Args:
        store: Where they go.
        reading: What was read.
        by: Who imports.
        dry_run: Whether the store only says what it would do, and takes it back.
        progress: Called with the incidents that are done and all of them.

    Raises:
        PostmortemError: Whatever the store says; then nothing of the file was saved.
    """
    counts = store.save_many(_Watched(reading.incidents, progress), by=by, dry_run=dry_run)
    return ImportResult(
        read=reading.rows_read,
        imported=counts.imported,
        unchanged=counts.unchanged,
        updated=counts.updated,
        rejected=len(reading.rejects),
    )


class _Watched(Sequence["Incident"]):
    """Incidents that tell how far somebody has come through them; a sequence, for they may be needed once more."""

    def __init__(self, incidents: Sequence[Incident], progress: Callable[[int, int], None] | None) -> None:
        self._incidents = incidents
        self._progress = progress

    def __len__(self) -> int:
        return len(self._incidents)

    @overload
    def __getitem__(self, wanted: int) -> Incident: ...
    @overload
    def __getitem__(self, wanted: slice) -> Sequence[Incident]: ...
    def __getitem__(self, wanted: int | slice) -> Incident | Sequence[Incident]:
        return self._incidents[wanted]

    def __iter__(self) -> Iterator[Incident]:
        total = len(self._incidents)
        for done, incident in enumerate(self._incidents):
            if self._progress is not None and done % _EVERY == 0:
                self._progress(done, total)
            yield incident
        if self._progress is not None:
            self._progress(total, total)
