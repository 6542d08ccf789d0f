"""The checklists for those who do the job (R37): choose a list, tick point by point, keep the use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from postmortem import settings
from postmortem.record import days, moments
from postmortem.record.errors import PostmortemError
from postmortem.store import StoreError
from postmortem.store.lists import drop_run, find_list, keep_run, lists
from postmortem.widgets import checklists as sheets
from postmortem.widgets.blocks import Block, note
from postmortem.widgets.opening import opened
from postmortem.widgets.panel import Event, Panel

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from postmortem.store import Store
    from postmortem.store.lists import Listed

_MISSES: Final = 5
_NAME: Final = "Checklists"
_CLOSED: Final = (
    "The record of this list is closed. Each use that you keep is one more revision of it; nothing else in it changes."
)


class Ticking(Panel):
    """One list after the other, ticked for one job; each use is kept in the record that the list came from.

    What others keep at the same time is kept too. Its twins in code are `postmortem.store.lists.keep_run` and
    `drop_run`.

    Args:
        store: Where the records are.
        by: Who ticks; can be said for each use.
        now: The clock; by default the machine's, or `POSTMORTEM_NOW`.
        chosen: The list that is shown first, by its key or its name; else the first one.

    Raises:
        DataError: If there is no such list; a near name is offered.
    """

    def __init__(
        self, store: Store, *, by: str = "", now: Callable[[], datetime] = settings.now, chosen: str = ""
    ) -> None:
        self.store, self.by, self.now = store, settings.by(by), now
        self._said: dict[str, str] = {}
        self._kept: dict[str, int] = {}
        self._told = ""
        self._chosen = find_list(store, chosen).key if chosen else ""
        super().__init__()
        self.refresh()

    def __repr__(self) -> str:
        """Short and stable: it stands in the stored notebook."""
        return f"{_NAME}: choose a list, tick it for one job, keep it. Run this cell to work in it."

    def drawn(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The panel as plain data."""
        head = {
            "id": "",
            "title": _NAME,
            "saved": self._told or "A use is kept when you press Done.",
            "kept": bool(self._told),
            "trouble": "",
            "unsaved": False,
            "deleted": False,
            "by": self.by,
            "people": [],
            "said": [],
            "follows": False,
            "store": "",
        }
        view = {"stage": "checklists", "name": "Checklists for the job", "session": f"{id(self):x}"}
        try:
            found = lists(self.store)
        except StoreError as error:
            return head, {**view, "body": [note(str(error), strong="The lists can't be read just now.", tone="warn")]}
        return head, {**view, "body": self._body(found)}

    def _body(self, found: tuple[Listed, ...]) -> list[Block]:
        if not found:
            return [
                note("There is no checklist yet. Make one in stage 6 of the retrospective, of an action or by hand.")
            ]
        here = next((listed for listed in found if listed.key == self._chosen), found[0])
        self._chosen = here.key
        choice = {
            "t": "field",
            "kind": "choice",
            "place": "list",
            "label": "Which list",
            "value": here.key,
            "error": "",
            "findings": [],
            "options": [[listed.key, _option(listed)] for listed in found],
        }
        return [choice, *self._sheet(here)]

    def _sheet(self, here: Listed) -> list[Block]:
        sheet = here.sheet
        today = days.of(self.now(), self.store.load(here.incident_id).zone)
        blocks: list[Block] = [
            {
                "t": "job-sheet",
                "key": here.key,
                "title": sheet.name,
                "job": sheet.job,
                "version": sheets.version_line(sheet),
                "changed": sheets.changed_lines(sheet),
                "closed": _CLOSED if here.state == "closed" else "",
                "file": f"{here.incident_id}-{sheet.id}-checklist.html",
                "writes": not self.store.read_only,
                "ticking": sheets.ticking(sheet, here.key, today, self.by, self._said, self._kept),
                "runs": sheets.runs_of(sheet),
                "total": len(sheet.runs),
                "missed": _missed(here),
                "warn": sheets.missed_line(here.missed_since),
            }
        ]
        if self.store.read_only:
            blocks.append(note("This store is only looked at: nothing can be kept here.", tone="warn"))
        return blocks

    def handle(self, event: Event) -> str:
        """A list chosen, a use kept or taken out, a page written."""
        args = event.get("args") or {}
        match event.get("type"), event.get("do"):
            case "put", _:
                self._chosen = find_list(self.store, str(event["value"])).key
                return ""
            case "do", "tick":
                return self._tick(args)
            case "do", "drop-run":
                drop_run(self.store, self._here(), str(args["run"]), by=self.by)
                self._told = "The use was taken out. The revisions keep it."
                return f"ticking.{self._chosen}"
            case "do", "list-print":
                here = self._here()
                wish = sheets.written(self.store.load(here.incident_id), here.sheet, self.store.playbook)
                file, html = wish.removeprefix("file:").split("\n", 1)
                self.send({"report": {"file": file, "name": file.rsplit("/", 1)[-1], "html": html}})
                return ""
        if event.get("type") == "again":
            return ""
        raise PostmortemError(f"the panel asked for {event.get('do')!r}, which nobody knows; run the cell again")

    def _here(self) -> Listed:
        return find_list(self.store, self._chosen)

    def _tick(self, args: Mapping[str, Any]) -> str:
        """Keep one use; what can't be kept is said beside the boxes, which stay as they are."""
        here = self._here()
        key, local = here.key, self.store.load(here.incident_id).zone
        try:
            keep_run(
                self.store,
                here,
                [str(text) for text in args.get("ticked") or ()],
                on=sheets.run_day(args.get("on"), local, self.now()),
                now=self.now(),
                by=str(args.get("by") or ""),
                job=str(args.get("job") or ""),
                note=str(args.get("note") or ""),
                version=int(args["version"]) if args.get("version") else None,
            )
        except PostmortemError as error:
            self._said[key] = sheets.sentence(error)
            return f"ticking.{key}"
        self._said.pop(key, None)
        self._kept[key] = self._kept.get(key, 0) + 1
        self._told = f"Kept in {here.incident_id}."
        return f"ticking.{key}"


def _option(listed: Listed) -> str:
    job = f" ({listed.sheet.job})" if listed.sheet.job else ""
    return f"{listed.sheet.name}{job}, {listed.key}"


def _missed(here: Listed) -> list[str]:
    """The incidents that it should have caught, the newest first; a few of many."""
    told = sorted(here.missed, key=lambda pair: (pair[1] is not None, pair[1] or "", pair[0]), reverse=True)
    lines = [f"{record}{f', {moments.day(day)}' if day else ', no day known'}" for record, day in told[:_MISSES]]
    return [*lines, *([f"and {len(told) - _MISSES} more"] if len(told) > _MISSES else [])]


def open_checklists(chosen: str = "", *, store: Store | str | os.PathLike[str] | None = None, by: str = "") -> Ticking:
    """The checklists for those who do the job: a panel for a notebook cell.

    Args:
        chosen: The list that is shown first, as `2026-001/l1` or by a name that no other has; else the first one.
        store: Where records are kept: an open store, a path or a URL; by default `POSTMORTEM_STORE`.
        by: Who ticks.

    Raises:
        PostmortemError: If the store can't be opened, or there is no such list.
    """
    return Ticking(opened(store, playbook=None), by=by, chosen=chosen)
