"""A change that is made once more where somebody else saved in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from postmortem.store.errors import ConflictError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from postmortem.record.incident import Incident

_ATTEMPTS: Final = 8


class Saves(Protocol):
    """What a change needs of a store."""

    def load(self, incident_id: str, *, revision: int | None = None) -> Incident:
        """The record as it stands."""

    def save(self, incident: Incident, *, by: str = "", note: str = "", coalesce: bool = False) -> Incident:
        """Keep it."""


def changed(store: Saves, incident_id: str, edit: Callable[[Incident], Incident], *, by: str, note: str) -> Incident:
    """Change a record as it stands now; one that stays the same is not saved.

    Raises:
        UnknownIncidentError: If there is no such record.
        StoreError: If it can't be saved, or others save it again and again.
    """
    for _ in range(_ATTEMPTS):
        before = store.load(incident_id)
        after = edit(before)
        if after == before:
            return before
        try:
            return store.save(after, by=by, note=note)
        except ConflictError:
            continue
    raise StoreError(f"Others are saving {incident_id} very often just now. Try again.")
