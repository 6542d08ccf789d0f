"""The incident in hand and the store: kept with every change, and never thrown away where that fails."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError
from tzlocal import get_localzone_name

from postmortem import settings
from postmortem.record import gates, moments, states
from postmortem.record.incident import Incident
from postmortem.store import ConflictError, DeletedIncidentError, Store, StoreError
from postmortem.widgets.wordings import Met, met

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from postmortem.record.parts import Version
    from postmortem.record.playbook import Playbook

UNNAMED: Final = gates.UNNAMED
"""The title of a record of which nobody has said in one line what went wrong."""

_ATTEMPTS: Final = 5
_SAID_AT_MOST: Final = 3


class Keeping:
    """One incident in hand, as it is typed, and how far the store has it.

    Args:
        store: Where it is kept.
        by: Who works here; else from the surroundings.
        now: The clock.

    Attributes:
        incident: As it stands on screen.
        trouble: Why it is not kept just now, in a sentence; empty where it is.
        deleted: What the store said, where somebody deleted the record meanwhile.
        saved_at: When it was kept last.
        said: What others did at the same time and a person should know of, a sentence each.
    """

    def __init__(self, store: Store, *, by: str = "", now: Callable[[], datetime] = settings.now) -> None:
        self.store = store
        self.by = by or settings.by()
        self.now = now
        self.incident = blank()
        self._stored = self.incident
        self.trouble = ""
        self.deleted: DeletedIncidentError | None = None
        self.saved_at: datetime | None = None
        self.said: tuple[str, ...] = ()
        self._waiting: tuple[Version, ...] = ()

    def refresh(self) -> None:
        """Let everything on screen show what stands now."""
        raise NotImplementedError

    @property
    def playbook(self) -> Playbook:
        """The rules in force."""
        return self.store.playbook

    @property
    def is_new(self) -> bool:
        """Whether nothing was saved yet."""
        return not self.incident.id

    def leave_stage(self) -> None:
        """Keep the state of this moment as a revision of its own."""
        if not self.is_new and not self.trouble:
            # A store that can't be reached just now keeps nobody from going on; the next change says so.
            with suppress(StoreError):
                self.follow()
                self.store.seal(self.incident.id)

    def follow(self) -> None:
        """Know the record by the id it has now: a sync may have given it another one, and its own to another record."""
        with suppress(StoreError):
            now = self.store.followed(self._stored)
            if now.id != self.incident.id:
                given = {"id": now.id, "revision": now.revision}
                self.incident, self._stored = self.incident.model_copy(update=given), now

    def hear(self) -> None:
        """Put away what was said of others: it was read."""
        self.said = ()
        self.refresh()

    def save_again(self) -> None:
        """Try again to keep what could not be kept."""
        if self.trouble:
            self._keep(self.incident)
        self.refresh()

    def revive(self) -> None:
        """Bring back the record that somebody deleted meanwhile, with what was typed since on top."""
        if self.deleted is not None:
            # Somebody may have brought it back already, and written in it.
            self._keep(self.incident)
            if self.deleted is not None:
                self.store.revert(self.deleted.incident_id, self.deleted.revision, by=self.by)
                self._keep(self.incident)
        self.refresh()

    def mend(self, how: str) -> None:
        """Do what a panel offers beside a trouble: `revive` a deleted record, or try again to keep it."""
        if how == "revive":
            self.revive()
        else:
            self.save_again()

    def _keep(self, wanted: Incident) -> None:
        self.deleted, self._waiting = None, ()
        try:
            saved = self._saved(wanted)
        except StoreError as error:
            # Nothing is thrown away: the change stays in hand and on screen until it can be kept.
            self.incident, self.trouble, self._waiting = wanted, str(error), ()
            if isinstance(error, DeletedIncidentError):
                self._lose(error)
        else:
            self.incident = self._stored = saved
            self.trouble, self.saved_at = "", self.now()
            self._learn(wanted, saved)

    def _lose(self, error: DeletedIncidentError) -> None:
        self.deleted = error
        self.trouble = f"{error.by or 'Somebody'} deleted this record. What you typed stays here, not saved yet."

    def _saved(self, wanted: Incident) -> Incident:
        base = self._stored
        for _ in range(_ATTEMPTS):
            try:
                return self.store.save(wanted, by=self.by, note="retrospective", coalesce=True)
            except ConflictError as conflict:
                both = self._met(base, wanted, conflict.theirs)
                base, wanted = conflict.theirs, both.incident
                self._waiting += both.waiting
        raise StoreError("Others are saving this record very often just now. Your text is kept here; try again.")

    def _met(self, base: Incident, mine: Incident, theirs: Incident) -> Met:
        both = met(base, mine, theirs, by=self.by, when=self.now(), whose=lambda place: self._saved_by(place, theirs))
        self._say(*both.said)
        return replace(both, incident=states.met(both.incident, (mine, theirs), self.playbook, self.now()))

    def _say(self, *sentences: str) -> None:
        self.said = tuple(dict.fromkeys((*self.said, *sentences)))[-_SAID_AT_MOST:]

    def _saved_by(self, _place: str, _theirs: Incident) -> str:
        """Who saved what stands at a place; empty where nobody knows."""
        return ""

    def _learn(self, before: Incident, after: Incident) -> None:
        """Take note of what others changed."""

    def saved_line(self) -> str:
        """When it was saved, as the head of a panel says it."""
        if self.store.read_only:
            return "Read only - nothing is saved"
        if self.trouble:
            return "Not saved"
        if self.is_new:
            return "Kept from the first word on"
        at = self.saved_at
        clock = f" {moments.clock(at, self.incident.zone)}" if at else ""
        return f"Saved{clock} - revision {self.incident.revision}"


def blank() -> Incident:
    """An empty record, in the zone of this machine."""
    try:
        return Incident(title=UNNAMED, zone=get_localzone_name() or "UTC")
    except (ValidationError, LookupError, ValueError, OSError):
        return Incident(title=UNNAMED)
