"""What is due: the promises of all records, overdue first, kept with one click, and taken back with another."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from postmortem import exchange, settings
from postmortem.record import due, lateness, offering
from postmortem.record.errors import PostmortemError
from postmortem.store import NOBODY
from postmortem.widgets.duties import Barred, DuePanel, Key, barred, gives, key_of
from postmortem.widgets.meeting import Retrospective
from postmortem.widgets.opening import opened

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.promise import Promise
    from postmortem.record.vocabulary import CompensationKind, EffectResult
    from postmortem.store import Due, Store

    Way = Callable[[Incident, Playbook, datetime, CompensationKind], Incident]

Filter = Literal["who", "team"]


class WhatIsDue:
    """The promises of all records that are not kept yet.

    Shown in a cell it is the list, with a button for each. Every button has a twin here.

    Args:
        store: Where the records are kept.
        by: Who works here; else as the surroundings say.
        now: The clock; by default the machine's, or `POSTMORTEM_NOW`.
    """

    def __init__(self, store: Store, *, by: str = "", now: Callable[[], datetime] = settings.now) -> None:
        self.store = store
        self.by = settings.by(by or None)
        self.now = now
        self.filters: dict[Filter, str] = {"who": "", "team": ""}
        self.kept: dict[Key, tuple[Due, Retrospective]] = {}
        self.begun: dict[Key, list[Retrospective]] = {}
        self._open: tuple[Due, ...] = ()
        self._read()

    def __repr__(self) -> str:
        """How much is due; it stands in the stored notebook."""
        return f"{self.sentence()} Run this cell to see and to keep them."

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:  # noqa: ANN401 - Jupyter's own protocol
        self._shown = DuePanel(self)
        return self._shown._repr_mimebundle_(**kwargs)

    @property
    def rows(self) -> tuple[Due, ...]:
        """What is open and fits the filters, with what was kept here since the last look, the longest overdue first."""
        still = [row for row in self._open if key_of(row) not in self.kept]
        rows = [row for row in (*still, *(row for row, _ in self.kept.values())) if self._fits(row)]
        steps = lateness.step_order(self.store.playbook)
        return tuple(sorted(rows, key=lambda row: lateness.order(row.promise, row.incident_id, steps)))

    def look(self) -> WhatIsDue:
        """Read the store again; what was kept here is gone from the list then."""
        self.kept.clear()
        self.begun.clear()
        self._read()
        return self

    def filter(self, *, who: str | None = None, team: str | None = None) -> WhatIsDue:
        """Show only what one role promised, or one team; an empty text takes the filter away."""
        for name, value in (("who", who), ("team", team)):
            if value is not None:
                self.filters[name] = value  # type: ignore[index] # one of the two
        return self

    def keep(self, incident_id: str, promise_id: str, *, result: EffectResult | None = None) -> None:
        """Keep a promise now: in its record a step is done, money carried out, an action done, an effect looked at.

        Args:
            incident_id: The record.
            promise_id: The promise, as `record.due` names it.
            result: What an effect check found.

        Raises:
            PostmortemError: If there is no such promise, somebody else kept it meanwhile, it does not fit, or it can't
                be saved.
        """
        row = next((it for it in self._open if key_of(it) == (incident_id, promise_id)), None)
        playbook, moment = self.store.playbook, self.now()

        def kept(incident: Incident, promise: Promise) -> Incident:
            by = gives(promise) or self.by
            return due.keep(incident, promise_id, playbook, now=moment, by=by, result=result)

        meeting = self._changed(incident_id, promise_id, kept)
        if row is not None:
            self.kept[incident_id, promise_id] = (row, meeting)
        self._read()

    def ask_approval(self, incident_id: str, promise_id: str) -> None:
        """Ask now for the approval of what of a promised offer is above the limit (R18); its answer is due then.

        Args:
            incident_id: The record.
            promise_id: The offer, as `record.due` names it.

        Raises:
            PostmortemError: If there is no such offer, somebody else made it meanwhile, or it can't be saved.
        """
        self._begin(incident_id, promise_id, offering.ask)

    def offer_within(self, incident_id: str, promise_id: str) -> None:
        """Make now what of a promised offer nobody has to approve; the rest stays due (R18).

        Args:
            incident_id: The record.
            promise_id: The offer, as `record.due` names it.

        Raises:
            PostmortemError: If there is no such offer, somebody else made it meanwhile, or it can't be saved.
        """
        self._begin(incident_id, promise_id, offering.offer_within)

    def _begin(self, incident_id: str, promise_id: str, way: Way) -> None:
        """Go a part of the way: the promise stays due, and what was done can be taken back."""
        playbook, moment = self.store.playbook, self.now().replace(second=0, microsecond=0)
        meeting = self._changed(
            incident_id, promise_id, lambda incident, promise: way(incident, playbook, moment, due.kind_of(promise))
        )
        self.begun.setdefault((incident_id, promise_id), []).append(meeting)
        self._read()

    def _changed(
        self, incident_id: str, promise_id: str, edit: Callable[[Incident, Promise], Incident]
    ) -> Retrospective:
        """Change a record in which a promise is open still, and save it."""
        meeting = Retrospective(self.store, by=self.by, now=self.now)
        meeting.open(incident_id)
        promise = due.find(meeting.incident, promise_id, self.store.playbook)
        if promise.status != "open":
            self._read()
            raise PostmortemError(_settled(promise, incident_id))
        meeting.change(lambda incident: edit(incident, promise))
        _refuse_unsaved(meeting)
        meeting.leave_stage()
        return meeting

    def undo(self, incident_id: str, promise_id: str) -> None:
        """Take back what was kept here since the last look; what others changed since stays.

        Raises:
            PostmortemError: If it was not kept here, or it can't be saved.
        """
        key = (incident_id, promise_id)
        begun = self.begun.get(key, [])
        if key not in self.kept and not begun:
            raise PostmortemError(f"{promise_id!r} of {incident_id} was not kept here since the last look")
        meeting = self.kept[key][1] if key in self.kept else begun[-1]
        meeting.undo()
        _refuse_unsaved(meeting)
        if key in self.kept:
            del self.kept[key]
        else:
            begun.pop()
        self._read()

    def limited(self, rows: Iterable[Due]) -> dict[Key, Barred]:
        """Of each offer that somebody has to approve first: a sentence that says so, and what can be done instead."""
        offers = [row for row in rows if row.promise.kind == "offer" and key_of(row) not in self.kept]
        records = self._records(dict.fromkeys(row.incident_id for row in offers))
        there = [row for row in offers if row.incident_id in records]
        told = {key_of(row): barred(records[row.incident_id], row.promise, self.store.playbook) for row in there}
        return {key: found for key, found in told.items() if found is not None}

    def _records(self, names: Collection[str]) -> dict[str, Incident]:
        """The records of some ids. One that somebody took out meanwhile is gone from the list with the next look."""
        found: dict[str, Incident] = {}
        try:
            found.update((incident.id, incident) for incident in self.store.incidents(names))
        except PostmortemError:
            for name in names:
                with suppress(PostmortemError):
                    found[name] = self.store.load(name)
        return found

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write what is due as a calendar, with what was kept of late as cancelled; it names no customer (R41).

        Raises:
            DataError: If it can't be written.
        """
        return exchange.write_ics(Path(path), self._events(), self._hide())[0]

    def sentence(self) -> str:
        """How much is due."""
        rows = [row for row in self.rows if key_of(row) not in self.kept]
        late = sum(row.when == "overdue" for row in rows)
        if not rows:
            return "Nothing is due." if not any(self.filters.values()) else "Nothing that is open fits."
        return f"{len(rows):,} {'promise' if len(rows) == 1 else 'promises'}, {late:,} overdue."

    def choices(self, name: Filter) -> list[str]:
        """What can be chosen in a filter."""
        rows = [*self._open, *(row for row, _ in self.kept.values())]
        found = {row.promise.who or NOBODY if name == "who" else row.team for row in rows} | {self.filters[name]}
        return sorted(found - {""})

    def _read(self) -> None:
        self._open = self.store.due(now=self.now())

    def _fits(self, row: Due) -> bool:
        who, team = self.filters["who"], self.filters["team"]
        return who in {"", row.promise.who or NOBODY} and team in {"", row.team}

    def _events(self) -> Iterable[Due]:
        since = lateness.kept_since(self.store.playbook, self.now())
        return [row for row in self.store.due(now=self.now(), kept_since=since) if self._fits(row)]

    def _hide(self) -> Callable[[str, str], str]:
        from postmortem.report.customers import Customers  # noqa: PLC0415 - only for what leaves the team

        return Customers(self.store.customers()).hide


def open_due(
    store: Store | str | os.PathLike[str] | None = None,
    *,
    playbook: str | os.PathLike[str] | None = None,
    by: str = "",
) -> WhatIsDue:
    """See what was promised in all records and is not kept yet, and keep it.

    Args:
        store: Where the records are kept: an open store, a path or a URL; by default `POSTMORTEM_STORE`.
        playbook: A team's own playbook file; by default `POSTMORTEM_PLAYBOOK`.
        by: Who works here; else as the surroundings say.

    Raises:
        PostmortemError: If the store or the playbook can't be opened.
    """
    return WhatIsDue(opened(store, playbook=playbook), by=by)


def _settled(promise: Promise, incident_id: str) -> str:
    """What to say to whoever kept a promise that is not open any more: nothing of theirs was kept."""
    how = "was kept meanwhile" if promise.status == "met" else "is not needed any more"
    text = promise.text.strip().rstrip(".") or "It"
    return f"“{text}” {how}, as {incident_id} has it; nothing was changed. What you know of it can be said there."


def _refuse_unsaved(meeting: Retrospective) -> None:
    if meeting.trouble:
        raise PostmortemError(meeting.trouble)
