"""What is due: the promises of all records, overdue first, kept with one click, and taken back with another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from tzlocal import get_localzone_name

from postmortem import exchange, settings
from postmortem.record import due, lateness, moments
from postmortem.record.base import zone as zone_of
from postmortem.record.edit import get
from postmortem.record.errors import DataError, PostmortemError
from postmortem.store import NOBODY
from postmortem.widgets.blocks import Block, button, buttons, note
from postmortem.widgets.meeting import Retrospective
from postmortem.widgets.opening import opened
from postmortem.widgets.panel import Event, Panel
from postmortem.widgets.stages.review import REPORTS

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from postmortem.record.promise import Promise, PromiseKind
    from postmortem.record.vocabulary import EffectResult
    from postmortem.store import Due, Store

Filter = Literal["who", "team"]
Key = tuple[str, str]

_DONE: Final[dict[PromiseKind, str]] = {
    "step": "Done",
    "follow-up": "Done",
    "offer": "Offered",
    "pay-back": "Carried out",
    "approval": "Approved",
    "call-back": "Called back",
    "action": "Done",
}
"""What the button says; an effect check has two."""
_STAGES: Final[dict[PromiseKind, str]] = {"action": "act", "effect check": "act"}
_MOST: Final = 200
"""How many promises the panel draws; the filters reach the others."""
_FILE: Final = "what-is-due.ics"


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
        still = [row for row in self._open if _key(row) not in self.kept]
        rows = [row for row in (*still, *(row for row, _ in self.kept.values())) if self._fits(row)]
        steps = lateness.step_order(self.store.playbook)
        return tuple(sorted(rows, key=lambda row: lateness.order(row.promise, row.incident_id, steps)))

    def look(self) -> WhatIsDue:
        """Read the store again; what was kept here is gone from the list then."""
        self.kept.clear()
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
        meeting = Retrospective(self.store, by=self.by, now=self.now)
        meeting.open(incident_id)
        row = next((it for it in self._open if _key(it) == (incident_id, promise_id)), None)
        playbook, moment = self.store.playbook, self.now()
        if (standing := due.find(meeting.incident, promise_id, playbook)).status != "open":
            self._read()
            raise PostmortemError(_settled(standing, incident_id))
        meeting.change(lambda it: due.keep(it, promise_id, playbook, now=moment, by=self.by, result=result))
        _refuse_unsaved(meeting)
        meeting.leave_stage()
        if row is not None:
            self.kept[incident_id, promise_id] = (row, meeting)
        self._read()

    def undo(self, incident_id: str, promise_id: str) -> None:
        """Take back what was kept here since the last look; what others changed since stays.

        Raises:
            PostmortemError: If it was not kept here, or it can't be saved.
        """
        if (incident_id, promise_id) not in self.kept:
            raise PostmortemError(f"{promise_id!r} of {incident_id} was not kept here since the last look")
        _, meeting = self.kept[incident_id, promise_id]
        meeting.undo()
        _refuse_unsaved(meeting)
        del self.kept[incident_id, promise_id]
        self._read()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write what is due as a calendar, with what was kept of late as cancelled; it names no customer (R41).

        Raises:
            DataError: If it can't be written.
        """
        return exchange.write_ics(Path(path), self._events(), self._hide())[0]

    def sentence(self) -> str:
        """How much is due."""
        rows = [row for row in self.rows if _key(row) not in self.kept]
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


class DuePanel(Panel):
    """The list of what is due."""

    def __init__(self, listed: WhatIsDue) -> None:
        self.listed = listed
        self.written: dict[str, Any] | None = None
        super().__init__()
        self.refresh()

    def __repr__(self) -> str:
        """As the list it shows."""
        return repr(self.listed)

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The filters, and under each heading its promises."""
        listed, now = self.listed, self.listed.now()
        rows = listed.rows
        groups = [
            {"t": "due", "key": when, "title": lateness.HEADINGS[when], "rows": [self._row(row, now) for row in found]}
            for when in lateness.WHEN
            if (found := [row for row in rows[:_MOST] if row.when == when])
        ]
        body: list[Block] = [
            {
                "t": "dueFilters",
                "fields": [_field(listed, "who", "Whose"), _field(listed, "team", "Team")],
                "by": listed.by,
            },
            *(groups or [note(self._nothing())]),
        ]
        if len(rows) > _MOST:
            body.append(note(f"{len(rows) - _MOST:,} more are due later: choose whose, or a team, to see them."))
        body.append(
            buttons(
                button("Read the store again", "look"),
                button("Write the calendar", "calendar", icon="page"),
            )
        )
        if self.written:
            body.append({"t": "calendarFile", **self.written})
        head = {"title": "What is due", "saved": f"{listed.sentence()} {_as_of(now)}", "kept": False, "by": listed.by}
        return {"id": "", "people": [], "said": [], "trouble": "", **head}, {
            "stage": "due",
            "name": "What is due",
            "session": f"{id(listed):x}",
            "body": body,
        }

    def _row(self, row: Due, now: datetime) -> Block:
        promise, key = row.promise, _key(row)
        is_kept = key in self.listed.kept
        asked: list[tuple[str, str]] = [(_DONE.get(promise.kind, "Done"), "")]
        if promise.kind == "effect check":
            asked = [("Held", "held"), ("Not held", "not held")]
        return {
            "key": "/".join(key),
            "record": row.incident_id,
            "promise": promise.id,
            "due": lateness.said(promise, now, row.zone),
            "late": row.when == "overdue",
            "now": row.when in {"overdue", "today"},
            "kind": _kind(promise),
            "text": promise.line or "Something without words",
            "title": row.title,
            "who": promise.who or NOBODY,
            "team": row.team,
            "kept": is_kept,
            "now_kept": self._kept(key, promise.place) if is_kept else "",
            "asked": [] if is_kept or self.listed.store.read_only else [list(choice) for choice in asked],
            "command": f'pm.open_retrospective("{row.incident_id}").stages("{_STAGES.get(promise.kind, "recover")}")',
        }

    def _kept(self, key: Key, place: str) -> str:
        """How it was kept: an effect held, or did not and its record is open again (R36, R39)."""
        _, meeting = self.listed.kept[key]
        if not place.endswith(".effect"):
            return "Done now"
        result = get(meeting.incident, f"{place}.result")
        again = f", {key[0]} is open again" if meeting.incident.state == "reopened" else ""
        return {"held": "Held", "not held": f"Did not hold{again}"}.get(result, "Done now")

    def _nothing(self) -> str:
        if any(self.listed.filters.values()):
            return "Nothing that is open fits. Choose all roles and all teams to see everything that is due."
        if not len(self.listed.store):
            return "Nothing is due: no record is in the store yet. Tell a mistake in the retrospective notebook."
        return "Nothing is due. Steps, follow-ups, actions and effect checks appear here once their record dates them."

    def handle(self, event: Event) -> str:
        """Keep a promise or take it back, choose whose, look again, write the calendar."""
        kind, deed, args = event.get("type"), event.get("do"), event.get("args") or {}
        if kind == "put":
            self.listed.filter(**{str(event["place"]).removeprefix("due."): str(event["value"])})
        elif kind == "by":
            self.listed.by = str(event["value"]).strip() or self.listed.by
        elif kind == "again" or deed == "look":
            self.written = None
            self.listed.look()
        elif deed == "calendar":
            self._write()
        elif deed in {"keep", "undo"}:
            record, promise = str(args["record"]), str(args["promise"])
            if deed == "undo":
                self.listed.undo(record, promise)
            else:
                self._keep(record, promise, args.get("result") or None)
            return f"due {record}/{promise}"
        else:
            raise PostmortemError(f"the panel asked for {deed or kind!r}, which nobody knows; run the cell again")
        return ""

    def _keep(self, record: str, promise: str, result: EffectResult | None) -> None:
        """Keep a promise; what does not fit is told as a sentence, for a place in the record tells nobody anything."""
        try:
            self.listed.keep(record, promise, result=result)
        except DataError as error:
            told = " ".join(f"{problem.finding}: {problem.remedy}." for problem in error.problems)
            raise PostmortemError(f"{record} stays as it is. {told[:1].upper()}{told[1:]}") from error

    def _write(self) -> None:
        REPORTS.mkdir(parents=True, exist_ok=True)
        file = self.listed.save(REPORTS / _FILE)
        self.written = {"file": str(file), "name": file.name, "text": file.read_bytes().decode("utf-8")}


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


def _kind(promise: Promise) -> str:
    """What sort of promise it is; of an effect check, which action it is about."""
    if promise.kind != "effect check":
        return promise.kind
    return f"effect check of {promise.place.split('.')[1].upper()}"


def _key(row: Due) -> Key:
    return row.incident_id, row.promise.id


def _field(listed: WhatIsDue, name: Filter, label: str) -> Block:
    names = listed.choices(name)
    return {
        "t": "field",
        "kind": "choice",
        "place": f"due.{name}",
        "label": label,
        "value": listed.filters[name],
        "options": [["", f"all {len(names)}" if names else "all"], *([item, item] for item in names)],
        "findings": [],
    }


def _as_of(now: datetime) -> str:
    name = get_localzone_name() or "UTC"
    try:
        local = now.astimezone(zone_of(name))
    except ValueError:
        local = now
    return f"As of {moments.weekday(local.date())}, {local:%H:%M}."


def _settled(promise: Promise, incident_id: str) -> str:
    """What to say to whoever kept a promise that is not open any more: nothing of theirs was kept."""
    how = "was kept meanwhile" if promise.status == "met" else "is not needed any more"
    text = promise.text.strip().rstrip(".") or "It"
    return f"“{text}” {how}, as {incident_id} has it; nothing was changed. What you know of it can be said there."


def _refuse_unsaved(meeting: Retrospective) -> None:
    if meeting.trouble:
        raise PostmortemError(meeting.trouble)
