"""One retrospective at work: the incident in hand, saved with every change, seen by every open panel."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol

from pydantic import ValidationError

from postmortem import settings
from postmortem.record import unread, versions
from postmortem.record.edit import changed, get, ids_of, put, retired
from postmortem.record.errors import DataError, PostmortemError
from postmortem.record.incident import Incident
from postmortem.record.merging import merge
from postmortem.record.progress import StageProgress, progress
from postmortem.record.review import Finding, review
from postmortem.widgets import typed
from postmortem.widgets.following import Following
from postmortem.widgets.keeping import UNNAMED, blank
from postmortem.widgets.opening import opened
from postmortem.widgets.wordings import as_typed, at, may_hold, with_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from postmortem.record.playbook import StageId
    from postmortem.store import Store, Summary
    from postmortem.widgets.history import HistoryPanel
    from postmortem.widgets.stage import Shell, StagePanel

_P = ParamSpec("_P")
_Step = tuple[Incident, Incident]

_SAID_BACK = 60


class Watcher(Protocol):
    """Something on screen that follows the incident."""

    def refresh(self) -> None:
        """Show what stands now."""


class Retrospective(Following):
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
        self.rejected: dict[str, tuple[str, str]] = {}
        self.taken = 0
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []
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
        mine = [summary for summary in self.unfinished() if summary.updated_by == self.by]
        for summary in sorted(mine, key=lambda item: item.updated_at, reverse=True)[:20]:
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
        self.rejected = _refused_before(incident)
        self._undo.clear()
        self._redo.clear()
        self.refresh()

    # -- changing -------------------------------------------------------------------------------------------------

    def change(
        self, edit: Callable[Concatenate[Incident, _P], Incident], *args: _P.args, **kwargs: _P.kwargs
    ) -> Incident:
        """Change the incident and keep it at once: `retro.change(whys.answer, None, "Left late")`.

        When somebody else saved in between, both changes are made, so that neither is lost.

        Args:
            edit: From the incident as it stands to the incident as it shall be.
            args: What else it takes.
            kwargs: And by name.

        Raises:
            PostmortemError: If the change does not fit; nothing is changed then.
        """
        before = self.incident
        try:
            wanted = edit(before, *args, **kwargs)
        except ValidationError as error:
            raise PostmortemError(_plain(error)) from None
        if wanted == before:
            return before
        self._keep(wanted)
        # A text that waits beside another's is taken back with the words it was made of.
        for version in self._waiting:
            left = versions.without(wanted, version.place, version.by)
            wanted = changed(left, versions=(*left.versions, version))
        self._undo.append((before, wanted))
        self._redo.clear()
        self._forget_gone(before)
        self.refresh()
        return self.incident

    def quietly(self, edit: Callable[..., Incident], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the edit's own
        """Keep what nobody would want to undo, such as the minute at which a stage was entered."""
        wanted = edit(self.incident, *args, **kwargs)
        if wanted != self.incident:
            self._keep(wanted)
            self.refresh()

    def put(self, place: str, value: object) -> Incident:
        """Put a value at a place of the incident, such as `impact.customer_min`."""
        return self.change(lambda incident: put(incident, place, value))

    def type(self, place: str, text: str, *, was: Sequence[str] | None = None) -> None:
        """Take what was typed into a field. What can't be read stays in the field, with a sentence.

        Args:
            place: The field.
            text: What stands in it on screen now.
            was: What it showed while this was typed. Where somebody else's words stand there, which whoever typed had
                not seen, theirs stay, and these wait beside them.

        Raises:
            PostmortemError: If there is no such field any more.
        """
        if not _is_there(self.incident, place):
            raise PostmortemError(
                f"“{text}” has no place any more: the part it was typed in was taken out. Undo brings it back."
            )
        if self.beside(place, text, was):
            return
        try:
            around = typed.surroundings(self.incident, self.now())
            value = typed.read(typed.kind_of(place), text, around)
            if place == "title" and not text.strip():
                value = UNNAMED
            self.change(lambda incident: unread.without(put(incident, place, value), place))
        except PostmortemError as error:
            if not text.strip() or typed.kind_of(place) == "text":
                self.rejected[place] = (text, _sentence(error, text))
                self.refresh()
            else:
                self.refuse(place, text, _sentence(error, text))
        else:
            if self.rejected.pop(place, None) is not None:
                self.refresh()

    def beside(self, place: str, text: str, was: Sequence[str] | None = None) -> bool:
        """Let a text wait beside what somebody else wrote in a field, where it was typed without seeing that.

        Args:
            place: The field.
            text: What was typed.
            was: What the field showed while it was typed; `None` where nobody knows.

        Returns:
            Whether it waits there; else it is to be put into the field.
        """
        shown, stands = self.shown(place), at(self.incident, place)
        around = typed.surroundings(self.incident, self.now())

        def says(words: str) -> bool:
            read = bool(words) and place not in self.rejected
            return words == shown or (read and _means(place, words, around, stands))

        mine = next((item for item in versions.at(self.incident, place) if item.by == self.by), None)
        seen = was is not None and any(map(says, was))
        if says(text):
            if mine is not None:
                self.leave_stage()
                self.change(versions.without, place, self.by)
            return mine is not None
        if seen or (mine is None and (was is None or not self.is_theirs(place))):
            return False
        if text.strip():
            self.change(versions.kept, place, text, by=self.by, when=self.now())
        elif mine is not None:
            self.change(versions.without, place, self.by)
        return True

    def shown(self, place: str) -> str:
        """What a field shows."""
        if place in self.rejected:
            return self.rejected[place][0]
        text = as_typed(at(self.incident, place), self.incident, self.now())
        return "" if place == "title" and text == UNNAMED else text

    def decide(self, place: str, keep: str | None = None, *, join: str | None = None) -> Incident:
        """Choose between the texts that wait for one field. What is left stays in the revisions.

        Args:
            place: The field.
            keep: Whose waiting text takes the place of what stands in the field; `None` keeps what stands there.
            join: Put all of them into the field instead, one after the other, with this between.

        Raises:
            PostmortemError: If nobody's text of that name waits there, or nothing can be kept just now.
        """
        if self.trouble:
            self.save_again()
        if self.trouble:
            raise PostmortemError("Not decided yet: what is left now could not be kept in the revisions just now.")
        waiting = versions.at(self.incident, place)
        chosen = [item for item in waiting if keep is None or item.by == keep]
        if not chosen:
            raise PostmortemError(f"nothing of {keep or 'anybody'} waits at {place!r} any more")
        texts = [self.shown(place), *(item.text for item in waiting)] if join is not None else [chosen[0].text]
        # The text that is left must be in a revision that no later save takes up.
        self.leave_stage()

        def decided(incident: Incident) -> Incident:
            left = versions.without(incident, place)
            if keep is None and join is None:
                return left
            return with_text(left, place, (join or "").join(filter(None, texts)), self.now())

        after = self.change(decided)
        self.rejected.pop(place, None)
        self.rejected |= {name: told for name, told in _refused_before(after).items() if name == place}
        self.refresh()
        return after

    def may_join(self, place: str, join: str) -> bool:
        """Whether the texts that wait for a field could stand there one after the other."""
        texts = [self.shown(place), *(item.text for item in versions.at(self.incident, place))]
        return may_hold(self.incident, place, join.join(texts))

    def refuse(self, place: str, text: str, why: str) -> None:
        """Keep a text that can't be read at its place: on screen with a sentence, and in the record as it was typed."""
        self.rejected[place] = (text, why)
        self._keep(unread.kept(self.incident, place, text))
        self.refresh()

    def undo(self) -> None:
        """Take back the last change; what others changed since then stays."""
        if self._undo:
            before, after = self._undo[-1]
            self._turn(after, before)
            self._redo.append(self._undo.pop())
            self.refresh()

    def redo(self) -> None:
        """Make the change again that was taken back last."""
        if self._redo:
            before, after = self._redo[-1]
            self._turn(before, after)
            self._undo.append(self._redo.pop())
            self.refresh()

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether a change was taken back."""
        return bool(self._redo)

    def _turn(self, start: Incident, end: Incident) -> None:
        before = self.incident
        turned = merge(start, end, before, prefer="theirs").incident
        # Others may have seen what is taken back: its ids are theirs for good.
        self._keep(retired(turned, *(ids_of(before) - ids_of(turned))))
        self._forget_gone(before)
        self.rejected = _refused_before(self.incident)

    def bring_back(self, revision: int) -> Incident:
        """Let the record stand again as it stood in one revision; what stands now is kept as one, and undo goes back.

        Raises:
            UnknownIncidentError: If there is no such revision.
            PostmortemError: If it can't be kept just now, or the record in hand has changes that can't.
        """
        self._settle()
        self.follow()
        before = self.incident
        self.incident = self._stored = self.store.revert(before.id, revision, by=self.by)
        self._undo.append((before, self.incident))
        self._redo.clear()
        self.saved_at, self.rejected = self.now(), _refused_before(self.incident)
        self.refresh()
        return self.incident

    def _learn(self, before: Incident, after: Incident, **told: Any) -> None:  # noqa: ANN401 - by whom, and when
        super()._learn(before, after, **told)
        old, new = unread.texts(before), _refused_before(after)
        self.rejected = {place: it for place, it in self.rejected.items() if place not in old or place in new}
        self.rejected |= {place: it for place, it in new.items() if old.get(place) != it[0]}

    def _forget_gone(self, before: Incident) -> None:
        gone = [name for name in self.rejected if _is_there(before, name) and not _is_there(self.incident, name)]
        for name in gone:
            del self.rejected[name]
        kept = self.incident
        for name in gone:
            kept = unread.without(kept, name)
        if kept != self.incident:
            self._keep(kept)

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


def _means(place: str, text: str, around: typed.Place, value: object) -> bool:
    try:
        return bool(typed.read(typed.kind_of(place), text, around) == value)
    except PostmortemError:
        return False


def _is_there(incident: Incident, place: str) -> bool:
    try:
        get(incident, place)
    except PostmortemError:
        return False
    return True


def _sentence(error: PostmortemError, text: str) -> str:
    if not isinstance(error, DataError):
        return str(error)
    told = "; ".join(problem.finding.split(", found ")[0] for problem in error.problems)
    return f"“{text if len(text) <= _SAID_BACK else text[:_SAID_BACK] + '…'}” will not do: {told}."


def _refused_before(incident: Incident) -> dict[str, tuple[str, str]]:
    again = "could not be read, and is kept as it was typed. Write it another way."
    return {place: (text, f"“{text}” {again}") for place, text in unread.texts(incident).items()}


def _plain(error: ValidationError) -> str:
    from postmortem.record.reading import problems_in  # noqa: PLC0415 - only when something does not fit

    return "; ".join(str(problem) for problem in problems_in(error))
