"""What is said when the store can't do what it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postmortem.record.errors import PostmortemError, near

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postmortem.record.incident import Incident

_SHOWN = 5


class StoreError(PostmortemError):
    """The store can't be opened, read or written; the text says why and what would help."""


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


class ConflictError(PostmortemError):
    """Somebody else saved in between. Nothing was written; both sides are kept here.

    Attributes:
        yours: What was to be saved.
        theirs: What stands in the store.
        incident_id: The incident both are about.
    """

    def __init__(self, yours: Incident, theirs: Incident, by: str = "") -> None:
        self.yours = yours
        self.theirs = theirs
        self.incident_id = theirs.id
        who = by or "somebody else"
        super().__init__(
            f"incident {theirs.id}: {who} saved revision {theirs.revision} after you opened revision {yours.revision}; "
            "nothing of yours is lost: compare the two, then save again on top of theirs"
        )
