"""Keeping a store safe: `backup`, `restore`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from postmortem.cli.command import command
from postmortem.cli.options import as_json, opened, surroundings
from postmortem.cli.printing import counted, paragraph, say_json, tell


@command("backup", "backup monday.db", "backup --store postgresql://team-server/notes notes.db")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@as_json
def backup(*, file: Path, as_json: bool) -> None:
    """Write a copy of the whole store to FILE, while others go on.

    FILE is a store of its own, as all was at one moment, in SQLite whatever the store is kept in: open it with --store.
    Only you can read it. A file that is there already is not written over.
    """
    with opened() as store:
        count = len(store)
        store.backup(file)
    if as_json:
        say_json({"file": str(file), "incidents": count})
    else:
        tell(f"{counted(count, 'incident')}, with all revisions, written to {file}.")


@command("restore", "restore monday.db --store new.db", "restore monday.db --replace")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--replace", is_flag=True, help="Put it in the place of what stands here, which is backed up first.")
@as_json
def restore(*, file: Path, replace: bool, as_json: bool) -> None:
    """Bring back what a backup holds, all of it or nothing.

    FILE is checked first; a damaged one, or one of something else, changes nothing. A store that holds incidents is
    left alone unless you say --replace; then it is written to a backup of its own before, and you are told where.
    """
    told = surroundings()
    with opened() as store:
        done = store.restore(file, replace=replace, by=told.author)
    if as_json:
        say_json(asdict(done) | {"kept": str(done.kept) if done.kept else None})
        return
    tell(f"{counted(done.incidents, 'incident')} with {counted(done.revisions, 'revision')} came from {file}.")
    if done.kept:
        tell(f"What stood here before is kept in {done.kept}.")
    if done.again:
        numbers = ", ".join(map(str, done.again))
        tell(
            paragraph(
                f"The backup is older than what was erased here (certificate {numbers}): what was erased then may be "
                "back. Erase it again: postmortem erase"
            )
        )


COMMANDS: Final = (backup, restore)
