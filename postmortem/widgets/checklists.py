"""The checklists of a record (R37): a card a list, made, changed, printed and ticked."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from postmortem.record import actions, checklists, days, moments, points
from postmortem.record.base import zone
from postmortem.record.errors import PostmortemError
from postmortem.record.review.lists import FORM
from postmortem.store import StoreError
from postmortem.store.lists import lists
from postmortem.widgets import typed
from postmortem.widgets.blocks import Block, Form, button, buttons, row, section

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from postmortem.record.incident import Action, Checklist, ChecklistRun, Incident
    from postmortem.record.playbook import Playbook
    from postmortem.store.lists import Listed
    from postmortem.widgets.meeting import Retrospective

FRESH_S: Final = 30.0
"""How long the lists of other records are shown before they are looked up again, in seconds."""
RUNS: Final = 5


@dataclass
class Known:
    """What one window knows of the lists of the store.

    Attributes:
        read_at: When they were read, on a clock that only goes forward.
        every: The lists of all records.
        unread: Why they can't be read, in a sentence.
        said: What could not be ticked, in a sentence, by the id of the list.
        kept: How many uses of each list were kept from here: the boxes are empty again after each.
    """

    read_at: float = float("-inf")
    every: tuple[Listed, ...] = ()
    unread: str = ""
    said: dict[str, str] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)


_KNOWN: WeakKeyDictionary[Retrospective, Known] = WeakKeyDictionary()


def known_lists(meeting: Retrospective) -> Known:
    """The lists of all records, read again now and then."""
    known = _KNOWN.setdefault(meeting, Known())
    if time.monotonic() - known.read_at > FRESH_S:
        try:
            known.every, known.unread = lists(meeting.store), ""
        except StoreError as error:
            known.unread = str(error)
        known.read_at = time.monotonic()
    return known


# -- on an action -----------------------------------------------------------------------------------------------------


def of_action(form: Form, action: Action) -> Block | None:
    """What an action says of its checklist: which it publishes, or a button to make one of it."""
    sheet = next((item for item in form.incident.checklists if item.id == action.checklist), None)
    findings = form.found_at(f"actions.{action.id}.checklist")
    if sheet is not None:
        told = f"Publishes the checklist “{sheet.name}”, version {sheet.version}."
        return {"text": told, "make": None, "findings": findings}
    if action.form != FORM and not findings:
        return None
    make = button("Make a checklist of it", "list-of-action", style="sm", icon="plus", key=action.id)
    return {"text": "", "make": make, "findings": findings}


# -- the cards --------------------------------------------------------------------------------------------------------


def part(form: Form) -> Block:
    """The lists of this record."""
    known = known_lists(form.meeting)
    cards = [_card(form, sheet, known) for sheet in form.incident.checklists]
    return section(
        "Checklists",
        *cards,
        buttons(button("Make a checklist", "list-new", icon="plus")),
        hint="For a kind of job: a few points that one person can see and tick. Those who do the job open them in a "
        "notebook with pm.open_checklists(), or have the page.",
    )


def _card(form: Form, sheet: Checklist, known: Known) -> Block:
    incident, place = form.incident, f"checklists.{sheet.id}"
    makers = [action.id.upper() for action in incident.actions if action.checklist == sheet.id]
    today = form.around.today
    return {
        "t": "sheet",
        "key": sheet.id,
        "title": sheet.name,
        "from": f"Published by {' and '.join(makers)}." if makers else "",
        "version": version_line(sheet),
        "changed": changed_lines(sheet),
        "fields": [
            form.text(f"{place}.name", "What it is called", brief=True),
            row(
                form.text(f"{place}.job", "For which kind of job", placeholder="Line repair", brief=True),
                form.text(f"{place}.by", "Who keeps it", placeholder="a role", brief=True),
            ),
        ],
        "points": [
            {"at": at, "text": text, "place": f"{place}.items.{at}", "last": at == len(sheet.items) - 1}
            for at, text in enumerate(sheet.items)
        ],
        "findings": [*form.found_at(f"{place}.items"), *form.found_at(f"{place}.runs")],
        "does": [
            button("Print page", "list-print", style="sm", icon="page", key=sheet.id),
            button("Take the list out", "list-drop", style="quiet", key=sheet.id),
        ],
        "file": page_name(incident, sheet),
        "ticking": ticking(sheet, sheet.id, today, form.meeting.by, known.said, known.kept),
        "total": len(sheet.runs),
        "runs": runs_of(sheet),
        "missed": missed_line(_misses(incident, sheet, known)),
    }


def _misses(incident: Incident, sheet: Checklist, known: Known) -> int:
    """Those of other records as they were read last, those of this one as they stand."""
    key = checklists.key(incident, sheet.id)
    other = next((listed for listed in known.every if listed.key == key), None)
    happened = [day for record, day in (other.missed if other else ()) if record != incident.id]
    if key in incident.should_have_caught:
        happened.append(days.of(incident.occurred_at, incident.zone) if incident.occurred_at else None)
    dated = [day for day in happened if day is not None]
    return checklists.missed_since(sheet, dated) + len(happened) - len(dated)


def version_line(sheet: Checklist) -> str:
    """Which version is in force, and since when."""
    since = checklists.in_force_since(sheet)
    return f"Version {sheet.version}{f', since {moments.day(since)}' if since else ''}"


def changed_lines(sheet: Checklist) -> list[str]:
    """What is another than in the version before: what came, what went, and whether the order is another."""
    if not sheet.earlier:
        return []
    old, new = checklists.points_of(sheet.earlier[-1].items), checklists.points(sheet)
    came = [f"New: {point}" for point in new if point not in old]
    went = [f"Gone: {point}" for point in old if point not in new]
    stayed = [point for point in new if point in old] != [point for point in old if point in new]
    return [*came, *went, *(["In another order."] if stayed else [])]


def missed_line(count: int) -> str:
    """What is said of the incidents that the version in force should have caught; empty where there is none."""
    if not count:
        return ""
    told = "1 incident that it should have caught" if count == 1 else f"{count} incidents that it should have caught"
    return f"It let through {told} since this version was made. Change it, or ask why it was not used."


def runs_of(sheet: Checklist, most: int = RUNS) -> list[Block]:
    """The last uses, the newest first, with what was not ticked."""
    newest = sorted(enumerate(sheet.runs), key=lambda pair: (pair[1].on, pair[0]), reverse=True)
    return [_run(sheet, run) for _, run in newest[:most]]


def _run(sheet: Checklist, run: ChecklistRun) -> Block:
    known = {sheet.version, *(old.version for old in sheet.earlier)}
    asked = checklists.points(sheet, run.version) if run.version in known else run.ticked
    left = [item for item in asked if item not in run.ticked]
    who = f", {run.by}" if run.by else ""
    version = f", version {run.version}" if run.version != sheet.version else ""
    return {
        "key": checklists.run_name(sheet, run),
        "when": moments.day(run.on),
        "who": f"{run.job or 'no job named'}{who}{version}",
        "told": f"{len(asked) - len(left)} of {len(asked)} ticked",
        "left": left,
        "note": run.note,
        "args": {"key": sheet.id, "run": checklists.run_name(sheet, run)},
    }


def ticking(  # noqa: PLR0917 - private to the two panels
    sheet: Checklist, key: str, today: date, by: str, said: Mapping[str, str], kept: Mapping[str, int]
) -> Block:
    """The boxes for one job; what is ticked stays in the window until it is kept.

    Args:
        sheet: The list.
        key: What the list is called in this panel.
        today: The day that is proposed.
        by: Who is proposed.
        said: What could not be kept last, by such a key.
        kept: How many uses were kept from here, by such a key.
    """
    return {
        "t": "ticking",
        "key": key,
        "version": sheet.version,
        "points": list(checklists.points(sheet)),
        "today": moments.day(today),
        "by": by,
        "said": said.get(key, ""),
        "kept": kept.get(key, 0),
    }


def page_name(incident: Incident, sheet: Checklist) -> str:
    """The file of a list's print page."""
    return f"{incident.id or 'new'}-{sheet.id}-checklist.html"


# -- what can be done -------------------------------------------------------------------------------------------------


def _today(meeting: Retrospective) -> date:
    return days.of(meeting.now(), meeting.incident.zone)


def make(meeting: Retrospective, _args: Mapping[str, Any]) -> str:
    """A new list, made by hand."""
    day = _today(meeting)
    after = meeting.change(lambda incident: checklists.publish(incident, "New checklist", [""], on=day))
    return f"checklists.{after.checklists[-1].id}.name"


def make_of_action(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """A new list that an action publishes; its name is proposed from the action."""
    key, day = str(args["key"]), _today(meeting)
    after = meeting.change(lambda incident: checklists.publish(incident, items=[""], action=key, on=day))
    return f"checklists.{actions.find(after, key).checklist}.items.0"


def drop(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a list out; the revisions keep it."""
    key = str(args["key"])
    meeting.change(lambda incident: checklists.drop(incident, key))
    return ""


def point(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Give one point other words, as they are typed."""
    key, at, text, day = str(args["key"]), int(args["at"]), str(args["value"]), _today(meeting)
    was = [str(seen) for seen in args.get("was") or ()]
    meeting.change(lambda incident: points.reword(incident, key, at, text, was, day))
    return ""


def add_point(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """One more point, below another or at the end."""
    key, after, day = str(args["key"]), args.get("after"), _today(meeting)
    place = len(checklists.find(meeting.incident, key).items) if after is None else int(after) + 1
    meeting.change(lambda incident: points.add(incident, key, after=place - 1, on=day))
    return f"checklists.{key}.items.{place}"


def drop_point(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take a point out; the focus goes to the one that takes its place."""
    key, at, text, day = str(args["key"]), int(args["at"]), args.get("text"), _today(meeting)
    after = meeting.change(lambda incident: points.drop(incident, key, at, text=text, on=day))
    left = len(checklists.find(after, key).items)
    return f"checklists.{key}.items.{min(at, left - 1)}" if left else f"checklists.{key}.name"


def move_point(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Move a point up or down; the focus goes with it."""
    key, at, by, text, day = str(args["key"]), int(args["at"]), int(args["by"]), args.get("text"), _today(meeting)
    after = meeting.change(lambda incident: points.shift(incident, key, at, by, text=text, on=day))
    return f"checklists.{key}.items.{min(max(at + by, 0), len(checklists.find(after, key).items) - 1)}"


def run_day(text: object, local: str, now: datetime) -> date | None:
    """The day that was typed for a use; `None` where nothing was.

    Raises:
        TypedError: If it can't be read, with an example of what can.
    """
    found: date | None = typed.read("day", str(text or ""), typed.Place(zone(local), None, days.of(now, local)))
    return found


def sentence(error: PostmortemError) -> str:
    """What was refused, in a sentence without the place, for it stands beside it."""
    problems = getattr(error, "problems", ())
    told = "; ".join(f"{it.finding}; {it.remedy}" if it.remedy else it.finding for it in problems) or str(error)
    return f"{told[:1].upper()}{told[1:].rstrip('.')}."


def tick(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Keep one use; what can't be kept is said beside the boxes, which stay as they are."""
    key, known = str(args["key"]), _KNOWN.setdefault(meeting, Known())
    try:
        day = run_day(args.get("on"), meeting.incident.zone, meeting.now())
        run = str(args.get("run") or f"r-{secrets.token_hex(4)}")
        meeting.change(
            checklists.tick,
            key,
            [str(text) for text in args.get("ticked") or ()],
            on=day,
            by=str(args.get("by") or ""),
            job=str(args.get("job") or ""),
            note=str(args.get("note") or ""),
            version=int(args["version"]) if args.get("version") else None,
            now=meeting.now(),
            run=run,
        )
    except PostmortemError as error:
        known.said[key] = sentence(error)
        return f"ticking.{key}"
    known.said.pop(key, None)
    known.kept[key] = known.kept.get(key, 0) + 1
    return f"ticking.{key}"


def drop_run(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Take one use out, as when it was ticked for the wrong job."""
    key, run = str(args["key"]), str(args["run"])
    meeting.change(lambda incident: checklists.drop_run(incident, key, run))
    return f"ticking.{key}"


def print_page(meeting: Retrospective, args: Mapping[str, Any]) -> str:
    """Write a list as one sheet; the panel says where it is."""
    sheet = checklists.find(meeting.incident, str(args["key"]))
    return written(meeting.incident, sheet, meeting.playbook)


def written(incident: Incident, sheet: Checklist, playbook: Playbook) -> str:
    """The print page as a file, told as a panel hears it: where it is, and what stands in it."""
    from postmortem.report import checklist_page, render, write  # noqa: PLC0415 - only when somebody asks for it
    from postmortem.widgets.stages.review import REPORTS  # noqa: PLC0415 - the stages need this room

    page = checklist_page(incident, sheet.id, playbook)
    REPORTS.mkdir(parents=True, exist_ok=True)
    return f"file:{write(page, REPORTS / page_name(incident, sheet))}\n{render(page, 'html')}"


DO: Mapping[str, Callable[[Retrospective, Mapping[str, Any]], str]] = {
    "list-new": make,
    "list-of-action": make_of_action,
    "list-drop": drop,
    "list-print": print_page,
    "point": point,
    "add-point": add_point,
    "drop-point": drop_point,
    "move-point": move_point,
    "tick": tick,
    "drop-run": drop_run,
}
