"""The list of what is due, on screen: each promise with its button, or with what can be done instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from tzlocal import get_localzone_name

from postmortem.record import authority, compensation, due, lateness, moments
from postmortem.record.base import zone as zone_of
from postmortem.record.edit import get
from postmortem.record.errors import DataError, PostmortemError
from postmortem.record.money import said
from postmortem.store import NOBODY
from postmortem.widgets.blocks import Block, button, buttons, note
from postmortem.widgets.panel import Event, Panel
from postmortem.widgets.stages.review import REPORTS

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.record.incident import Incident
    from postmortem.record.playbook import Playbook
    from postmortem.record.promise import Promise, PromiseKind
    from postmortem.record.vocabulary import EffectResult
    from postmortem.store import Due
    from postmortem.widgets.due import Filter, WhatIsDue

Deed = Literal["keep", "ask-approval", "offer-within"]
Key = tuple[str, str]
Asked = list[tuple[str, str, Deed]]
"""The buttons of a row: the words, what an effect check found, and what is done."""
Barred = tuple[str, Asked]

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
        barred = listed.limited(rows[:_MOST])
        groups = [
            {
                "t": "due",
                "key": when,
                "title": lateness.HEADINGS[when],
                "rows": [self._row(row, now, barred.get(key_of(row))) for row in found],
            }
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

    def _row(self, row: Due, now: datetime, barred: Barred | None) -> Block:
        promise, key = row.promise, key_of(row)
        is_kept = key in self.listed.kept
        asked: Asked = [(_DONE.get(promise.kind, "Done"), "", "keep")]
        if promise.kind == "effect check":
            asked = [("Held", "held", "keep"), ("Not held", "not held", "keep")]
        elif by := gives(promise):
            asked = [(f"Approved by: {by}", "", "keep")]
        elif barred is not None:
            asked = barred[1]
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
            "why": barred[0] if barred is not None and not is_kept else "",
            "back": is_kept or bool(self.listed.begun.get(key)),
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
        elif deed in {"keep", "undo", "ask-approval", "offer-within"}:
            record, promise = str(args["record"]), str(args["promise"])
            if deed == "undo":
                self.listed.undo(record, promise)
            elif deed == "keep":
                self._keep(record, promise, args.get("result") or None)
            else:
                do = self.listed.ask_approval if deed == "ask-approval" else self.listed.offer_within
                do(record, promise)
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


def _kind(promise: Promise) -> str:
    """What sort of promise it is; of an effect check, which action it is about."""
    if promise.kind != "effect check":
        return promise.kind
    return f"effect check of {promise.place.split('.')[1].upper()}"


def gives(promise: Promise) -> str:
    """Who gives an approval that was asked for: the manager that the record names; nobody for any other promise."""
    return promise.who.strip() if promise.kind == "approval" else ""


def barred(incident: Incident, promise: Promise, playbook: Playbook) -> Barred | None:
    """Why a promised offer can't be made yet, by whom it may be, and the ways there are; `None` where it can."""
    found = due.limited(incident, promise, playbook)
    if found is None:
        return None
    currency = compensation.currency_of(incident, playbook)
    by, amount = authority.approver(incident).strip() or "a manager", said(found.amount, currency)
    told = f"{amount} needs an approval first: {by} may give it."
    if found.asked:
        told = f"{amount} waits for the approval that was asked for: {by} may give it."
    asked: Asked = [] if found.asked else [("Ask for approval", "", "ask-approval")]
    if found.within:
        asked.append((f"Offer {said(found.within, currency)} now", "", "offer-within"))
    return told, asked


def key_of(row: Due) -> Key:
    """The record and the promise: what a row is known by."""
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
