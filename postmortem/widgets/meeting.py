"""One retrospective at work: the incident in hand, saved with every change, seen by every open panel."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Protocol

from postmortem import settings
from postmortem.record import states
from postmortem.record.errors import PostmortemError
from postmortem.record.progress import StageProgress, progress
from postmortem.record.review import Finding, review
from postmortem.widgets.keeping import blank
from postmortem.widgets.opening import opened
from postmortem.widgets.writing import Writing, refused_before

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import StageId
    from postmortem.store import Store, Summary
    from postmortem.widgets.history import HistoryPanel
    from postmortem.widgets.stage import Shell, StagePanel


class Watcher(Protocol):
    """Something on screen that follows the incident."""

    def refresh(self) -> None:
        """Show what stands now."""


class Retrospective(Writing):
    """A team's work on one incident, kept in the store with every change.

    Every step is possible from code too: `change` takes any function from an incident to an incident, and what is
    done there shows in every panel.

    Args:
        store: Where it is kept.
        by: Who works here; asked once in the notebook, else from the surroundings.
        now: The clock; by default the machine's, or `POSTMORTEM_NOW`.
    """

    def __init__(self, store: Store, *, by: str = "", now: Callable[[], datetime] = settings.now) -> None:
        super().__init__(store, by=by, now=now)
        self.taken = 0
        self._watchers: weakref.WeakSet[Watcher] = weakref.WeakSet()

    def __repr__(self) -> str:
        """Which record is in hand."""
        return f"<Retrospective: {self.incident.id or 'a new record'}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - Jupyter's own protocol
        """Shown in a cell, it lets choose the record."""
        from postmortem.widgets.choosing import ChoosingPanel  # noqa: PLC0415 - it needs this class

        self._choosing = ChoosingPanel(self)
        return self._choosing._repr_mimebundle_(**kwargs)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the review says of the incident in hand."""
        return review(self.incident, self.playbook, self.now())

    @property
    def progress(self) -> tuple[StageProgress, ...]:
        """How far it has come."""
        return progress(self.incident, self.findings, self.playbook, self.now())

    # -- which record ---------------------------------------------------------------------------------------------

    def open(self, incident_id: str) -> None:
        """Take a record in hand.

        Raises:
            UnknownIncidentError: If there is none with this id; near ids are offered.
            PostmortemError: If the record in hand has changes that can't be kept just now.
        """
        self._settle()
        self._take(self.store.load(incident_id))

    def begin(self) -> None:
        """Take a new, empty record in hand; it is kept from the first word on.

        Raises:
            PostmortemError: If the record in hand has changes that can't be kept just now.
        """
        self._settle()
        self._take(blank())

    def resume(self) -> bool:
        """Take the unfinished record in hand that this person worked on last; say whether there was one."""
        latest = sorted(self.unfinished(), key=lambda item: item.updated_at, reverse=True)
        # Also where somebody else was the last to write in it: in a meeting that is as often so as not.
        there = self.store.worked_on(self.by, [item.incident_id for item in latest])
        for summary in [item for item in latest if item.incident_id in there][:20]:
            incident = self.store.load(summary.incident_id)
            if incident.source is None:
                self._take(incident)
                return True
        return False

    def unfinished(self) -> tuple[Summary, ...]:
        """Records that are not closed, newest first."""
        return self.store.list(state=("draft", "recovering", "analysing", "acting", "reopened"))

    def _settle(self) -> None:
        # Where nothing can be saved, what was typed to try something does not keep anybody from looking at others.
        if self.trouble and self.store.read_only:
            self.trouble = ""
        if self.trouble:
            self.save_again()
        if self.trouble:
            raise PostmortemError(f"{self.trouble} Until then this record stays open, so that nothing of it is lost.")

    def _take(self, incident: Incident) -> None:
        self.incident = self._stored = incident
        self.taken += 1
        self.trouble, self.deleted, self.saved_at = "", None, None
        self.said, self.others, self.away = (), (), ""
        self._wrote.clear()
        self.rejected = refused_before(incident)
        self._undo.clear()
        self._redo.clear()
        self.refresh()

    def bring_back(self, revision: int) -> Incident:
        """Let the record stand again as it stood in one revision; what stands now is kept as one, and undo goes back.

        A later state does not come back with it; whoever brought it back is told.

        Raises:
            UnknownIncidentError: If there is no such revision.
            PostmortemError: If it can't be kept just now, or the record in hand has changes that can't.
        """
        self._settle()
        self.follow()
        before = self.incident
        earlier = self.store.load(before.id, revision=revision)
        self.incident = self._stored = self.store.revert(before.id, revision, by=self.by)
        if told := states.stays(self.incident, earlier.state):
            self._say(told)
        self._undo.append((before, self.incident))
        self._redo.clear()
        self.saved_at, self.rejected = self.now(), refused_before(self.incident)
        self.refresh()
        return self.incident

    # -- on screen ------------------------------------------------------------------------------------------------

    def watch(self, watcher: Watcher) -> None:
        """Let something follow the incident for as long as it lives."""
        self._watchers.add(watcher)

    def refresh(self) -> None:
        """Let everything on screen show what stands now."""
        for watcher in tuple(self._watchers):
            watcher.refresh()

    def stage(self, stage: StageId) -> StagePanel:
        """One stage as a panel for a notebook cell.

        Args:
            stage: `tell`, `evaluate`, `recover`, `why`, `classify`, `act` or `review`.

        Raises:
            PostmortemError: If there is no such stage; a near name is offered.
        """
        from postmortem.widgets.stage import StagePanel  # noqa: PLC0415 - it needs this class

        return StagePanel(self, stage)

    def stages(self, stage: StageId | None = None) -> Shell:
        """All seven stages in one cell: the guided retrospective.

        Args:
            stage: Which one first; where none is named, the one where the work is.

        Raises:
            PostmortemError: If there is no such stage; a near name is offered.
        """
        from postmortem.widgets.stage import Shell  # noqa: PLC0415 - it needs this class

        return Shell(self, stage)

    def history(self) -> HistoryPanel:
        """Every revision as a panel for a notebook cell: who changed what, how it stood, and any of them back."""
        from postmortem.widgets.history import HistoryPanel  # noqa: PLC0415 - it needs this class

        return HistoryPanel(self)


def open_retrospective(
    incident_id: str | None = None,
    *,
    store: Store | str | os.PathLike[str] | None = None,
    playbook: str | os.PathLike[str] | None = None,
    by: str = "",
) -> Retrospective:
    """Open a retrospective: on one record, on the one you worked on last, or on a new one.

    Args:
        incident_id: The record; where none is named, the unfinished one that you saved last, else a new one.
        store: Where records are kept: an open store, a path or a URL; by default `POSTMORTEM_STORE`.
        playbook: A team's own playbook file; by default `POSTMORTEM_PLAYBOOK`.
        by: Who works here.

    Raises:
        PostmortemError: If the store or the playbook can't be opened, or there is no such record.
    """
    retrospective = Retrospective(opened(store, playbook=playbook), by=by)
    if incident_id:
        retrospective.open(incident_id)
    else:
        retrospective.resume()
    return retrospective
