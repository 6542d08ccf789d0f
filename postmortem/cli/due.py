"""What is due: `due`, in the terminal or as a calendar."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

import postmortem as pm
from postmortem.cli.command import command
from postmortem.cli.options import as_json, narrowed, opened, surroundings
from postmortem.cli.printing import counted, cut, say, say_json, table, tell, width
from postmortem.record import days, lateness
from postmortem.record.errors import near

if TYPE_CHECKING:
    from datetime import datetime

    from postmortem.store import Due, Store

_ROOMY: Final = 100
_WHO: Final = 20


@command(
    "due",
    "due",
    'due --days 7 --who "Field lead"',
    "due --team Field --json",
    "due --ics due.ics",
)
@narrowed
@click.option("--who", multiple=True, metavar="ROLE", help="Whose promises, as the records name them. May be repeated.")
@click.option(
    "--days", "ahead", type=click.IntRange(min=0), metavar="N", help="Only what is overdue, or due within N days."
)
@click.option(
    "--ics",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a calendar to import, and to import again later: what was moved moves, what is over is cancelled.",
)
@as_json
def due(*, who: tuple[str, ...], ahead: int | None, ics: Path | None, as_json: bool, **chosen: Any) -> None:  # noqa: ANN401 - the values of the filters
    """Show what was promised and is not kept yet.

    Steps with the customer, what is owed to them, call-backs, actions and effect checks: overdue first, then today,
    the rest of the week, later. Those of closed incidents are due too. Days are counted where the incident's times are
    told.

    A calendar names no customer. What is kept, or not needed any more, is cancelled in it for 90 days, and so is what
    left its incident, as an action that was taken out or an incident that was deleted. Import the file again into the
    same calendar: a program that knows an event again moves or strikes it, and one that does not keeps the old one.
    """
    now = surroundings().instant
    # A day more than asked for: which day it is now differs between the zones of the world.
    until = days.of(now, "UTC") + timedelta(days=ahead + 1) if ahead is not None else None
    with opened() as store:
        since = lateness.kept_since(store.playbook, now) if ics else None
        found = store.due(now=now, until=until, who=who, kept_since=since, **chosen)
        found = tuple(row for row in found if ahead is None or _days_ahead(row, now) <= ahead)
        rows = tuple(row for row in found if row.promise.status == "open")
        hint = _near_role(store, who, now) if who and not rows else ""
        all_, is_narrow = len(store), bool(who or ahead is not None or any(chosen.values()))
        events = _calendar(store, ics, found) if ics is not None else 0
    if as_json:
        say_json([_as_json(row, now) for row in rows])
    elif not rows:
        tell(_nothing(all_, is_narrow=is_narrow, hint=hint))
    else:
        _print(rows, now)
    if ics is not None:
        tell(f"{counted(events, 'event')} written to {ics}. Import it again whenever something changed.")


def _days_ahead(row: Due, now: datetime) -> float:
    day = lateness.day_of(row.promise, row.zone)
    return float("inf") if day is None else (day - days.of(now, row.zone)).days


def _print(rows: tuple[Due, ...], now: datetime) -> None:
    roomy = width() >= _ROOMY
    for when in lateness.WHEN:
        found = [row for row in rows if row.when == when]
        if not found:
            continue
        lines = [
            [
                lateness.said(row.promise, now, row.zone),
                row.incident_id,
                cut(row.promise.who, _WHO) or "nobody yet",
                *([cut(row.title, _WHO * 2)] if roomy else []),
                row.promise.line or "-",
            ]
            for row in found
        ]
        titles = ["Due", "Id", "Whose", *(["What went wrong"] if roomy else []), "What"]
        say(f"{lateness.HEADINGS[when]} ({len(found):,})")
        say(table(titles, lines, most=width(), whole=True))
        say()
    late = sum(row.when == "overdue" for row in rows)
    tell(f"{counted(len(rows), 'promise')}, {late:,} overdue.")


def _as_json(row: Due, now: datetime) -> dict[str, Any]:
    promise = row.promise
    return {
        "incident_id": row.incident_id,
        "title": row.title,
        "team": row.team,
        "promise_id": promise.id,
        "kind": promise.kind,
        "text": promise.text,
        "who": promise.who,
        "place": promise.place,
        "due_at": promise.due_at,
        "due_on": promise.due_on,
        "when": row.when,
        "late_min": round(row.late_min, 1),
        "said": lateness.said(promise, now, row.zone),
    }


def _calendar(store: Store, file: Path, found: tuple[Due, ...]) -> int:
    """Write the calendar; say how many events it has."""
    from postmortem.report.customers import Customers  # noqa: PLC0415 - pandas, which only a calendar needs here

    pm.exchange.write_ics(file, found, Customers(store.customers()).hide)
    return sum(row.promise.due_at is not None for row in found)


def _near_role(store: Store, who: tuple[str, ...], now: datetime) -> str:
    """Where a role is named that promised nothing that is open: what was perhaps meant."""
    known = sorted({row.promise.who for row in store.due(now=now)} - {""})
    for name in who:
        hint = near(name, known) if name not in known else ""
        if hint:
            return f" Nothing is {name!r}'s; did you mean {hint!r}?"
    return ""


def _nothing(all_: int, *, is_narrow: bool, hint: str) -> str:
    if not all_:
        return "Nothing is due: there is no incident yet. postmortem lab begins one, postmortem sample loads some."
    if is_narrow:
        return f"Nothing that is open fits.{hint or ' postmortem due alone shows all that is due.'}"
    return "Nothing is due. Promises get their dates in the records, which postmortem lab opens."


COMMANDS: Final = (due,)
