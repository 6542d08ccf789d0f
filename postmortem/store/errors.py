"""What is said when the store can't do what it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.errors import PostmortemError, near
from postmortem.record.merging import merge

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.merging import Clash

_SHOWN = 5


class StoreError(PostmortemError):
    """The store can't be opened, read or written; the text says why and what would help."""


class BusyError(StoreError):
    """Somebody else has been writing for too long; nothing was saved, and another try may do."""


class ReadOnlyError(StoreError):
    """Something was to be changed in a store that was opened to look at only; nothing was."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is open to read only: nothing is saved; open it without --read-only (POSTMORTEM_READ_ONLY) to "
            "change something"
        )


class UnknownIncidentError(PostmortemError):
    """An incident, or one of its revisions, was asked for that the store does not hold.

    Args:
        asked: What was asked for, in words: `incident '2026-13'`.
        known: What there is, to offer a near one.
        identifier: The id that was asked for, to look for near ones.
    """

    def __init__(self, asked: str, known: Sequence[str] = (), identifier: str = "") -> None:
        hint = near(identifier, known) if identifier else ""
        if hint:
            tail = f"; did you mean {hint!r}?"
        elif known:
            more = ", …" if len(known) > _SHOWN else ""
            tail = f"; there are: {', '.join(known[:_SHOWN])}{more}"
        else:
            tail = "; the store is empty"
        super().__init__(f"the store holds no {asked}{tail}")


class DeletedIncidentError(StoreError):
    """An incident was deleted; all its revisions are kept, and each can be brought back.

    Attributes:
        incident_id: Which one.
        by: Who deleted it; empty where nobody said.
        at: When, in UTC.
        revision: The number of the deletion.
    """

    def __init__(self, incident_id: str, by: str, at: datetime, revision: int) -> None:
        self.incident_id = incident_id
        self.by = by
        self.at = at
        self.revision = revision
        super().__init__(
            f"incident {incident_id} was deleted by {by or 'somebody'} on {at:%Y-%m-%d %H:%M} UTC; nothing of it is "
            f"lost: postmortem revert {incident_id} --revision {revision} brings it back"
        )


class ConflictError(PostmortemError):
    """Somebody else saved in between, and both changed the same. Nothing was written; both sides are kept here.

    Attributes:
        yours: What was to be saved.
        theirs: What stands in the store.
        base: What both were made from; `None` where the store no longer knows it.
        merge: Both put together, with the places where a person has to choose; yours stands there. `None` where the
            base is not known.
        incident_id: The incident both are about.
    """

    def __init__(self, yours: Incident, theirs: Incident, by: str = "", base: Incident | None = None) -> None:
        self.yours = yours
        self.theirs = theirs
        self.base = base
        self.merge = merge(base, yours, theirs) if base is not None else None
        self.incident_id = theirs.id
        who = by or "somebody else"
        places = ", ".join(clash.place for clash in self.clashes[:_SHOWN])
        more = ", …" if len(self.clashes) > _SHOWN else ""
        what = f"; both changed {places}{more}" if places else ""
        super().__init__(
            f"incident {theirs.id}: {who} saved revision {theirs.revision} after you opened revision {yours.revision}"
            f"{what}; nothing of yours is lost: compare the two, then save again on top of theirs"
        )

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """The fields that both changed, each to something else."""
        return self.merge.clashes if self.merge is not None else ()
