"""A laptop's store and the team's: `sync`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

import click

import postmortem as pm
from postmortem.cli.command import command
from postmortem.cli.options import Word, as_json, opened, surroundings
from postmortem.cli.printing import bar, counted, paragraph, plain, say, say_json, tell
from postmortem.record.errors import PostmortemError, shown
from postmortem.record.moments import day

if TYPE_CHECKING:
    from pathlib import Path

    from postmortem.record.merging import Side
    from postmortem.store.results import SyncClash, SyncResult

_LISTED: Final = 8
_DEEDS: Final = {
    "sent": "went there",
    "received": "came here",
    "updated_here": "took over changes here",
    "updated_there": "took over changes there",
    "merged": "put together from changes on both sides",
    "deleted": "deleted on both sides now",
}


@command(
    "sync",
    "sync postgresql://ana@db/incidents",
    "sync team.db --store laptop.db --dry-run",
    "sync team.db --prefer theirs",
)
@click.argument("url", metavar="URL")
@click.option(
    "--prefer",
    type=Word(["mine", "theirs"]),
    metavar="SIDE",
    help="Which side stands where both changed the same: mine (the store here) or theirs (the one at URL).",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@as_json
def sync(*, url: str, prefer: Side | None, dry_run: bool, as_json: bool) -> None:
    """Bring the store here and the one at URL to the same state.

    Incidents go both ways with their whole history. What was changed on one side is taken over, what was changed on
    both is put together field by field. The store at URL gives the numbers: an incident here whose number is taken
    there gets another one, and you are told.

    Where both changed the same field, nothing of that incident is written, the field is shown, and the exit code is 1;
    --prefer settles it, and the other text stays in the history. Run it as often as you like: a run that was cut off
    is finished by the next one.
    """
    told = surroundings()
    _refuse_missing(url)
    with (
        opened() as here,
        pm.open_store(url, playbook=here.playbook) as there,
        bar("Comparing") as progress,
    ):
        result = here.sync(there, by=told.author, prefer=prefer, dry_run=dry_run, progress=progress)
    if as_json:
        say_json(asdict(result) | {"agreed": result.agreed})
    else:
        _print(result)
    click.get_current_context().exit(0 if result.agreed else 1)


def _refuse_missing(url: str) -> None:
    from postmortem.store.engine import masked, sqlite_file, url_of  # noqa: PLC0415 - the database is loaded when asked

    address = url_of(url)
    file: Path | None = sqlite_file(address)
    if file is not None and not file.exists():
        raise PostmortemError(
            f"there is no store at {masked(address)}: check the address; "
            f"postmortem list --store {file} makes an empty one there"
        )


def _print(result: SyncResult) -> None:
    if result.dry_run:
        tell("Nothing is written: this is what would be done.")
    for number in result.renumbered:
        say(f"{number}.")
    for name, words in _DEEDS.items():
        ids = getattr(result, name)
        if ids:
            listed = ", ".join(map(plain, ids[:_LISTED])) + (", …" if len(ids) > _LISTED else "")
            say(paragraph(f"{counted(len(ids), 'incident')} {words}: {listed}", then="  "))
    if result.unchanged:
        say(f"{counted(result.unchanged, 'incident')} the same on both sides.")
    for clash in result.settled:
        say(paragraph(f"Settled, {_sides(clash)}", then="  "))
    _print_left(result)
    if result.agreed:
        tell(f"{result.here} and {result.there} {'would hold' if result.dry_run else 'hold'} the same.")


def _print_left(result: SyncResult) -> None:
    """What somebody has to do."""
    for one in result.erased:
        other, on = ("there" if one.where == "here" else "here"), day(pm.settings.now(one.at))
        told = f"{one.incident_id}: words were erased {one.where} on {on}, and the history {other} still holds them: "
        tell(paragraph(f"{told}run the same erasure {other}.", then="  "))
    if result.clashes:
        count = len({clash.incident_id for clash in result.clashes})
        tell(f"{counted(count, 'incident')} changed differently on both sides, and left as it stands on each:")
        for clash in result.clashes:
            tell(paragraph(_sides(clash), first="  ", then="    "))
        tell("Make both the same by hand, or say which side stands: --prefer mine, --prefer theirs.")
    if result.unfinished:
        tell(f"Others kept saving {', '.join(map(plain, result.unfinished))}: run it again.")


def _sides(clash: SyncClash) -> str:
    return f"{clash.incident_id} {plain(clash.place)}: {shown(clash.mine)} here, {shown(clash.theirs)} there"


COMMANDS: Final = (sync,)
